"""What pages are put together from: headings, panels with a chart and its table, messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from credits import charts, extremes, phrases, tables, times
from credits.store import Summary
from pages import address, choices, data

Version = tuple[Any, int]
Card = tuple[str, str, str, Any] | tuple[str, str, str, Any, str]
"""A label, a value, a remark (in Markdown), the remark's colour; perhaps a help text."""
SHARE = "%.1f"
"""How tables show per cent: as many decimals in every row."""
DAY = "D MMM YYYY"
CLOCK = f"{DAY}, HH:mm"
"""How tables show days and times, as sentences do."""
_CONFIG = {"displaylogo": False, "displayModeBar": False, "showSendToCloud": False}


def palette() -> charts.Palette:
    """The palette of the theme in force."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT


def zones() -> list[str]:
    """Time zones by name."""
    return address.ZONES


def utc() -> int:
    """Where UTC stands among them."""
    return address.ZONES.index("UTC")


_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]+)")


def plain(text: str) -> str:
    """Text from outside in a place that reads Markdown: shown to the letter, on one line.

    Streamlit replaces some signs after Markdown is read (`--`, `->`, `:smile:`), where a backslash
    no longer helps: those are kept apart by a joiner that nobody sees, and options of the command
    line, which people copy, stand as code.
    """
    pieces = _OPTION.split(" ".join(text.split()))
    return "".join(f"`{p}`" if place % 2 else _escaped(p) for place, p in enumerate(pieces))


def _escaped(text: str) -> str:
    # The last two, or an address becomes a link: of a mail, `https://…`, `www.…`.
    apart = re.sub(r"[-<>=~:](?=[-<>=~\w])|@(?=\w)|(:|www)(?=[/.])", "\\g<0>\u2060", text)
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", apart)


def unbroken(text: str) -> str:
    """A number stays on one line with its per cent sign: a space that never breaks is between."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def counts(results: Sequence[Any]) -> None:
    """What became of every row: the four counts of each load."""
    names = ["path", "format", "rows", "loaded", "duplicates", "rejected", "skipped", "calls"]
    frame = pd.DataFrame([{name: getattr(load, name) for name in names} for load in results])
    shown = {name: name.capitalize() for name in names}
    numbers(frame, "results", {**shown, "path": "File", "duplicates": "Known already"})


def number(value: float) -> str:
    """`52,500`; a fraction to two places; `1,000.0 tn` where a card has no room for more."""
    for size, unit in ((10**12, "tn"), (10**9, "bn")):
        if abs(value) >= 10 * size:
            return f"{value / size:,.1f} {unit}"
    return phrases.number(value)


def opening(title: str) -> tuple[Summary, choices.Choices, Version]:
    """Title and origin of the data; what is chosen. Ends the page where nothing is loaded."""
    store = data.store()
    version = (store.path, store.version())
    summary = data.summary(*version)
    if summary.first is None or summary.last is None:
        heading(title, "", summary)
        nothing_loaded()
        st.stop()
    chosen = choices.choices(summary.first, summary.last)
    heading(title, through(summary, chosen.zone), summary)
    return summary, chosen, version


def through(summary: Summary, zone: str) -> str:
    """Up to when there are calls, and since when they are here; nothing where there are none."""
    if summary.last is None:
        return ""
    loaded = phrases.ago(summary.loaded_at, data.now())
    return f"Calls through **{phrases.clock(summary.last, zone)}** ({zone}) · loaded {loaded}"


def heading(title: str, caption: str, summary: Summary) -> None:
    """A title with one or two lines below it; the sample is named as such, and can be cleared."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            st.title(title, anchor=False)
            if caption:
                first, _, more = caption.partition("\n")
                sample = " · **sample data**" if summary.sample else ""
                st.caption(f"{first}{sample}" + (f"  \n{more}" if more else ""))
        if summary.sample:
            clear = data.store().clear_sample
            words = {"sure": "Yes, clear it", "keep": "Keep it"}
            asked("Clear the sample", "clear_sample", clear, **words)


def chosen_panel(key: str, names: Sequence[str]) -> str:
    """Which of some panels is to be drawn: buttons in a row, the first one at first.

    Not Streamlit's tabs: a browser draws each of these anew at every move of a slider, which took
    a third of the time.
    """
    st.session_state.setdefault(key, names[0])
    st.segmented_control("More", names, key=key, required=True, label_visibility="collapsed")
    chosen: str = st.session_state[key]
    return chosen


def asked(
    label: str, key: str, act: Callable[..., object], *given: Hashable, sure: str, keep: str
) -> None:
    """A button that asks once before it does what can't be undone: two buttons take its place."""
    state, of = st.session_state, f"{key}_asked"
    question = (*given, state["_page"])
    if state.get(of) != question:
        st.button(label, key=key, on_click=state.__setitem__, args=[of, question])
        return

    def do() -> None:
        state.pop(of, None)
        act(*given)

    st.button(sure, key=f"{key}_yes", type="primary", on_click=do)
    st.button(keep, key=f"{key}_no", on_click=state.pop, args=[of, None])


def nothing_loaded() -> None:
    """What a page says before anything is loaded."""
    with st.container(border=True):
        st.subheader("Nothing is loaded yet", anchor=False)
        st.write(
            "Drop a call log on the Logs page, and these pages show what is left of the"
            " allowance, who used the rest, when it comes back, and which plan would do. Or look"
            " around in the sample."
        )
        with st.container(horizontal=True):
            if st.button("Upload a log", type="primary", key="to_logs"):
                st.switch_page("logs.py")
            offer_sample()


def offer_sample() -> None:
    """A button that loads the sample."""
    if st.button("Load the sample", key="load_sample"):
        with st.spinner("Loading the sample log …"):
            data.load_sample()
        st.rerun()


def cards(entries: Sequence[Card], key: str | None = None) -> None:
    """Numbers side by side."""
    with st.container(horizontal=True, key=key):
        for label, value, remark, colour, *more in entries:
            st.metric(
                label,
                value,
                remark,
                delta_color=colour,
                delta_arrow="off",
                border=True,
                help=more[0] if more else None,
                height="stretch",
            )


def panel(
    title: str,
    figure: Callable[[], charts.Drawing],
    table: Callable[[], pd.DataFrame],
    key: str,
    *,
    note: str = "",
    height: Any = "stretch",
    selects: bool = False,
    names: dict[str, str] | None = None,
    nothing: str = "",
) -> Any:
    """A bordered panel: a chart, or its numbers as a table with a CSV to take away.

    `nothing`: what it says instead where there is nothing to draw. Gives the chart's selection
    (points) where `selects`; clicking chooses, and the whole page runs: what looks at the points
    may stand outside of the fragment that the panel is in.
    """
    changed = st.rerun if selects else None
    with st.container(border=True, height=height):
        if nothing:
            st.markdown(f"**{title}**")
            st.caption(nothing)
            return []
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            words = f"**{title}**" + (f"  \n:gray[:small[{note}]]" if note else "")
            st.markdown(unbroken(words), width="stretch")
            as_table = st.toggle("Table", key=f"{key}_table", on_change=changed)
        if as_table:
            numbers(table(), key, names)
            return []
        drawing = figure()
        chosen = st.plotly_chart(
            drawing.selectable() if selects else drawing,
            key=key,
            config=_CONFIG,
            theme=None,  # Plotly would draw it twice
            on_select=changed or "ignore",
            selection_mode="points",
        )
        return chosen["selection"]["points"] if selects else []


def as_extremes(of: extremes.Unit | None) -> str:
    """What is drawn instead of the window's sum, in a sentence; nothing where that is drawn."""
    return "" if of is None else f"Each {of}'s lowest to highest."


def extremes_names(of: extremes.Unit | None, zone: str) -> dict[str, str]:
    """What stands above the columns of a window's sum, or of its extremes (`extremes.drawn`)."""
    if of is None:
        return {"occurred_at": f"from ({zone})"}
    return {
        "start": f"{of} from ({zone})",
        "credits": "highest",
        "occurred_at": "highest at",
        "low": "lowest",
        "low_at": "lowest at",
    }


def numbers(
    frame: pd.DataFrame, key: str, names: dict[str, str] | None = None, **options: Any
) -> Any:
    """A table with formatted numbers, and the same as CSV. `rows_key`: another key than usual.

    A share, in per cent and called `…, %`, is shown to a tenth in every table.
    """
    shown = frame.rename(columns=names or {})
    known = {name: _column(str(name), shown[name]) for name in shown.columns}
    config = {name: how for name, how in known.items() if how is not None}
    config |= options.pop("column_config", {})
    rows_key = options.pop("rows_key", f"{key}_rows")
    found = st.dataframe(
        shown, hide_index=True, column_config=config, key=rows_key, placeholder="", **options
    )
    download(shown, key)
    return found


def _column(name: str, values: pd.Series) -> Any:
    """How a column is shown: numbers and times alike in all tables; None as Streamlit has it."""
    if pd.api.types.is_numeric_dtype(values):
        return st.column_config.NumberColumn(format=SHARE if name.endswith(", %") else "localized")
    if pd.api.types.is_datetime64_any_dtype(values):
        whole = (values.dropna().dt.second == 0).all()
        return st.column_config.DatetimeColumn(format=CLOCK if whole else f"{CLOCK}:ss")
    if pd.api.types.infer_dtype(values) == "date":
        return st.column_config.DateColumn(format=DAY)
    return None


def tall(rows: int, most: int) -> int:
    """The height of a table in pixels: no more than its rows need, and no more than `most`."""
    return min(35 * rows + 38, most)


def download(frame: pd.DataFrame, key: str) -> None:
    """A button that gives a frame as CSV, made only when it is pressed."""
    st.download_button(
        "CSV",
        lambda: tables.csv(frame),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        on_click="ignore",
    )


def picked(points: Sequence[dict[str, Any]], names: Sequence[Any]) -> list[Any]:
    """The entries of `names` whose bars were clicked; bars stand at 0, 1, 2 and so on."""
    places = [int(point["y"]) for point in points if isinstance(point.get("y"), int | float)]
    return [names[place] for place in places if 0 <= place < len(names)]


def moment(points: Sequence[dict[str, Any]], chosen: choices.Choices) -> pd.Timestamp | None:
    """The instant of a point that was clicked, naive UTC; None for one of another period."""
    x = pd.to_datetime(points[0].get("x") if points else None, errors="coerce")
    if not isinstance(x, pd.Timestamp):
        return None
    instant = times.instant(x.to_pydatetime(), chosen.zone)
    return instant if chosen.start <= instant <= chosen.end else None
