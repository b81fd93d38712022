"""How files are to be read: found from their content, unless the person says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from credits import CreditsError
from credits.formats import Options, formats
from credits.formats.base import FIELDS, Correction
from credits.settings import settings
from credits.store import Preview, Terms
from pages import data, keystrokes, parts

LABELS = {
    "occurred_at": "Time",
    "user_basis": "Known by",
    "api": "API",
    "ip": "IP address",
    "request_id": "Request id",
}
OPEN = "read_differently"
AUTOMATIC = "Found from the content"
DAYS = {"As the log shows": None, "Day first": True, "Month first": False}
_HERE = (
    ("with --format", "below, under “Format”"),
    ("with --map or on the Logs page", "below, under “Columns”"),
    ("with --map", "under “Columns”"),
    ("give a --pattern", "give a pattern"),
    ("with --pattern", "below"),
)
"""Options of the command line, as the page has them."""


def label(field: str) -> str:
    """A field of the call schema, as a person calls it."""
    return LABELS.get(field, field.capitalize())


def terms_from(columns: list[str], ask: bool) -> Terms:
    """What the person says of the files. `ask`: something can't be told without them."""
    state = st.session_state
    # It opens where something is asked, and closes by hand alone: who answers may have more to say.
    if ask and (OPEN not in state or not state.get("_asked")):
        state[OPEN] = True
    state["_asked"] = ask
    with st.expander("Read it differently", key=OPEN, on_change="rerun"):
        one, two, three = st.columns(3)
        names = {AUTOMATIC: None} | {form.title: form.name for form in formats()}
        form = one.selectbox("Format", list(names), key="format")
        zone = two.selectbox(
            "Zone of times that carry none", parts.zones(), key="log_zone", index=parts.utc()
        )
        card = three.selectbox("Rate card", list(cards := _cards()), key="rate_card")
        days = st.segmented_control(
            "Dates such as 05/06/2026",
            list(DAYS),
            default="As the log shows",
            key="days",
            required=True,
        )
        mapping = _mapping(columns)
        pattern = st.text_input(
            "Pattern for a text log",
            key="pattern",
            placeholder=r"^(?P<occurred_at>\S+) (?P<user>\S+) (?P<path>\S+)",
            help="A regular expression whose named groups are fields. The preview shows at once"
            " what it reads, while you type.",
        )
        keystrokes.answering("pattern")
        keep = st.toggle(
            "Load rows again that are known already", key="keep", help="Off: overlaps unite."
        )
        options = Options(names[form], mapping, pattern or None, zone or "UTC", DAYS[days])
        if columns:
            _corrections(columns, options)
    return Terms(options, cards[card], keep, settings().fold)


def _cards() -> dict[str, str | None]:
    """Rate cards as they are shown, the one in force first, each with the name to load by."""
    force, names = data.store().rate_cards()
    others: dict[str, str | None] = {name: name for name in names if name != force}
    return {f"{force} (in force)": None} | others


def _corrections(columns: list[str], options: Options) -> None:
    """Save what is chosen under a name, to be used for every log with the same columns."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Save this under a name",
            key="correction",
            placeholder="Partner export",
            help="A log with the same columns is then read in this way without asking.",
        )
        if st.button("Save", key="save_correction", disabled=not name):
            header = tuple(columns)
            kept = Correction(name, header, options.mapping, options.time_zone, options.day_first)
            try:
                data.store().save_correction(kept)
            except CreditsError as error:
                st.error(parts.plain(str(error)))
    for correction in data.store().corrections():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(correction.name, width="stretch")
            st.button(
                "Forget",
                key=f"forget_{correction.name}",
                on_click=data.store().forget_correction,
                args=[correction.name],
            )


def _mapping(columns: list[str]) -> dict[str, str]:
    """Columns that the person chose for fields."""
    if not columns:
        return {}
    st.caption("Columns: choose one where what was found is wrong.")
    chosen = {}
    places = st.columns(4)
    for place, field in enumerate(FIELDS):
        with places[place % 4]:
            column = st.selectbox(
                label(field), columns, None, key=f"map_{field}", placeholder="as found"
            )
        if column is not None:
            number = column.removeprefix("column ")
            chosen[field] = number if column.startswith("column ") else column
    return chosen


def timeless(preview: Preview) -> bool:
    """Whether nothing in a log is taken for the time, so that no row would be loaded."""
    rows = preview.rows
    if rows.empty or "occurred_at" in preview.columns:
        return False
    return bool(rows["occurred_at"].isna().all())


def asks(previews: Sequence[Preview]) -> bool:
    """Whether something about some logs can't be told without the person."""
    return any(each.ambiguous_days or each.problem or timeless(each) for each in previews)


def _here(problem: str) -> str:
    """Why a log can't be read, with what helps called as it is on this page."""
    for option, box in _HERE:
        problem = problem.replace(option, box)
    return problem


def shown(preview: Preview, place: int) -> None:
    """What was understood of the log that stands in this place: two may have one name."""
    with st.container(border=True):
        if preview.problem:
            st.text(preview.name)
            st.error(parts.plain(_here(preview.problem)))
            if preview.names:
                st.caption("Choose its columns below, under “Read it differently”.")
            return
        title = (
            next(form.title for form in formats() if form.name == preview.format)
            if any(form.name == preview.format for form in formats())
            else preview.format
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(preview.name, width="stretch")
            st.badge(title, color="blue")
        found = ", ".join(f"{label(field)} ← {name}" for field, name in preview.columns.items())
        st.text(f"Understood: {found or 'no column'}")
        if preview.correction:
            st.caption(f"Read as saved under “{parts.plain(preview.correction)}”.")
        if preview.ambiguous_days:
            st.warning(
                "Its dates may be day-first or month-first, and nothing in its beginning tells:"
                " choose below, before you load it."
            )
        if timeless(preview):
            st.warning(
                "No column of it is taken for the time, so no row would be loaded: choose one"
                " below, under “Read it differently”."
            )
        rows = preview.rows.dropna(axis="columns", how="all")
        st.dataframe(
            rows.rename(columns=label), hide_index=True, key=f"preview_{place}", placeholder=""
        )
