"""Logs: drop files, see what was understood, load them, see what became of every row, undo."""

from __future__ import annotations

from typing import Any

import streamlit as st

from credits import CreditsError, rates, views
from credits.formats import Options, formats
from credits.formats.base import FIELDS
from credits.store import Terms
from pages import data, parts, uploads

LABELS = {"occurred_at": "Time", "api": "API", "ip": "IP address", "request_id": "Request id"}
AUTOMATIC = "Found from the content"
SHOWN = 20
"""Files whose beginning is shown before they are loaded."""
LOADS = {
    "path": "File",
    "format": "Format",
    "rows": "Rows",
    "loaded": "Loaded",
    "duplicates": "Known already",
    "rejected": "Rejected",
    "skipped": "Skipped",
    "calls": "Calls",
    "first": "First call",
    "last": "Last call",
    "loaded_at": "Loaded at",
}


def label(field: str) -> str:
    """A field of the call schema, as a person calls it."""
    return LABELS.get(field, field.capitalize())


def terms_from(columns: list[str], ask_days: bool) -> Terms:
    """How the files are to be read: found from the content, unless the person says otherwise."""
    state = st.session_state
    with st.expander("Read it differently", expanded=ask_days):
        one, two, three = st.columns(3)
        names = {AUTOMATIC: None} | {form.title: form.name for form in formats()}
        form = one.selectbox("Format", list(names), key="format")
        zone = two.selectbox(
            "Zone of times that carry none", parts.zones(), key="log_zone", index=parts.utc()
        )
        card = three.selectbox("Rate card", rates.names(), key="rate_card")
        days = st.segmented_control(
            "Dates such as 05/06/2026",
            ["As the log shows", "Day first", "Month first"],
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
            " what it reads.",
        )
        keep = st.toggle(
            "Load rows again that are known already", key="keep", help="Off: overlaps unite."
        )
    first = {"Day first": True, "Month first": False}.get(days)
    options = Options(names[form], mapping, pattern or None, zone or "UTC", first)
    state["terms"] = Terms(options, card, keep)
    return state["terms"]


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


def shown(preview: Any, place: int) -> None:
    """What was understood of the log that stands in this place: two may have one name."""
    with st.container(border=True):
        if preview.problem:
            st.text(preview.name)
            st.error(parts.plain(preview.problem))
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
        st.text(f"Understood: {found}")
        if preview.ambiguous_days:
            st.warning(
                "Its dates may be day-first or month-first, and nothing in its beginning tells:"
                " choose below, before you load it."
            )
        rows = preview.rows.dropna(axis="columns", how="all")
        st.dataframe(rows.rename(columns=label), hide_index=True, key=f"preview_{place}")


def take_in(files: list[uploads.Dropped], terms: Terms) -> None:
    """Load the files one after another, telling how far it is, and remember what became of them."""
    bar = st.progress(0.0, "Starting …")
    results, problems, notes = [], [], []
    for place, file in enumerate(files):

        def tell(share: float, message: str, place: int = place) -> None:
            text = f"{message} ({place + 1} of {len(files)})" if len(files) > 1 else message
            bar.progress(min((place + share) / len(files), 1.0), parts.plain(text))

        try:
            loads, passed = data.store().load(
                file.path, terms, now=data.now(), name=file.name, progress=tell
            )
        except CreditsError as error:
            problems.append(str(error))
            continue
        results += loads
        notes += [note for load in loads for note in load.notes]
        notes += [f"Passed over: {other.reason}" for other in passed]
    st.session_state["results"] = (results, problems, notes)
    uploads.forget()
    st.rerun()


def outcome() -> None:
    """What became of the files that were loaded last."""
    results, problems, notes = st.session_state.get("results", ([], [], []))
    for problem in problems:
        st.error(parts.plain(problem))
    for note in notes:
        st.info(parts.plain(note))
    if not results:
        return
    known = sum(load.duplicates for load in results)
    with st.container(border=True):
        calls = sum(load.calls for load in results)
        st.success(f"Loaded {calls:,} calls from {len(results):,} file(s).")
        parts.counts(results)
        if known:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{known:,} rows were known already, from logs loaded before.")
                st.button("Count them all the same", key="keep_all", on_click=_keep, args=[results])
        with st.container(horizontal=True):
            if st.button("See the organization", type="primary", key="to_organization"):
                st.switch_page("organization.py")
            st.button(
                "Close", key="close_results", on_click=lambda: st.session_state.pop("results", None)
            )


def _keep(results: list[Any]) -> None:
    for load in results:
        data.store().keep_duplicates(load.load_id)
    st.session_state.pop("results", None)


def earlier(version: int) -> None:
    """Every load, its rejects, and the way back."""
    loads = data.store().loads()
    if loads.empty:
        st.caption("Nothing is loaded yet: drop a file, or look around in the sample.")
        parts.offer_sample()
        return
    st.subheader("Loads", anchor=False)
    zone = st.session_state["zone"]
    listed = loads[list(LOADS)].copy()
    for column in ("first", "last", "loaded_at"):
        listed = views.localized(listed, column, zone)
    # A choice is of a row, and what stands in that row changes with the data.
    rows = parts.numbers(
        listed, "loads", LOADS, on_select="rerun", selection_mode="single-row",
        rows_key=f"loads_rows_{version}",
        column_config={
            name: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
            for name in ("First call", "Last call", "Loaded at")
        },
    )["selection"]["rows"]  # fmt: skip
    if not rows or rows[0] >= len(loads):
        st.caption("Choose a row to see what was rejected, or to undo that load.")
        return
    load = loads.iloc[rows[0]]
    with st.container(border=True):
        st.text(
            f"{load['path']}: {load['rows']:,} rows = {load['loaded']:,} loaded"
            f" + {load['duplicates']:,} known already + {load['rejected']:,} rejected"
            f" + {load['skipped']:,} skipped"
        )
        with st.container(horizontal=True):
            st.button(
                "Undo this load", key="undo", on_click=_undo, args=[int(load["load_id"])],
                help="Its calls go; calls of other loads that it had shadowed come back.",
            )  # fmt: skip
            if load["duplicates"]:
                st.button(
                    "Count its known rows all the same", key="keep_one",
                    on_click=data.store().keep_duplicates, args=[int(load["load_id"])],
                )  # fmt: skip
        if load["rejected"]:
            st.markdown(f"**{load['rejected']:,} rejected rows**")
            rejects = data.store().rejects(int(load["load_id"]))
            st.dataframe(rejects.head(1_000), hide_index=True, key="rejects_rows")
            parts.download(rejects, "rejects")


def _undo(load_id: int) -> None:
    try:
        data.store().undo(load_id)
    except CreditsError as error:
        st.session_state["results"] = ([], [str(error)], [])


store = data.store()
version = store.version()
parts.heading(
    "Logs",
    "CSV, JSON, Parquet, access logs and more; plain, gz, zst, bz2 or zip. Nothing leaves this"
    " machine.",
    data.summary(store.path, version),
)
outcome()
kind = st.toggle("A whole folder", key="whole_folder")
files = st.file_uploader(
    "Drop log files here",
    accept_multiple_files="directory" if kind else True,
    key=f"drop_{st.session_state.get('drop_round', 0)}_{kind}",
)
waiting, refused = uploads.dropped(files or [])
for sentence in refused:
    st.error(parts.plain(sentence))
if waiting:
    # The choices stand below the previews they change, so those of the last run are used first.
    place = st.container()
    last = st.session_state.get("previewed", ([], False))
    terms = terms_from(*last)
    previews = [
        preview
        for file in waiting[:SHOWN]
        for preview in data.preview(file.path, file.name, terms.options)
    ]
    columns = list(dict.fromkeys(name for preview in previews for name in preview.names))
    ask = any(preview.ambiguous_days for preview in previews)
    if (columns, ask) != last:
        st.session_state["previewed"] = (columns, ask)
        st.rerun()
    with place:
        readable = any(not preview.problem for preview in previews)
        with st.container(horizontal=True, vertical_alignment="center"):
            word = f"Load {waiting[0].name}" if len(waiting) == 1 else f"Load {len(waiting)} files"
            go = st.button(parts.plain(word), type="primary", key="load", disabled=not readable)
            st.button("Remove", key="forget", on_click=uploads.forget)
        if go:
            take_in(waiting, terms)
        for number, preview in enumerate(previews):
            shown(preview, number)
        if len(waiting) > SHOWN:
            st.caption(f"… and {len(waiting) - SHOWN:,} more files, read in the same way.")
earlier(version)
