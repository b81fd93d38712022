"""Logs: drop files, see what was understood, load them, see what became of every row, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from credits import CreditsError
from credits.phrases import counted
from credits.store import Preview, Terms
from pages import data, earlier, parts, reading, uploads

SHOWN = 20
"""Logs whose beginning is shown before they are loaded."""
TOLD = 5
"""Sentences about single files that are shown at once; there may be thousands."""


def take_in(files: list[uploads.Dropped], terms: Terms) -> None:
    """Load the files, telling how far it is, and remember what became of them."""
    bar = st.progress(0.0, "Starting …")
    results, problems, notes = [], [], []
    try:
        taken = data.store().load_all(
            [(file.path, file.name) for file in files],
            terms,
            now=data.now(),
            progress=lambda share, message: bar.progress(share, parts.plain(message)),
        )
    except CreditsError as error:
        taken = []
        problems.append(str(error))
    for file in taken:
        results += file.loads
        notes += file.notes
        if file.problem is not None:
            problems.append(str(file.problem))
    st.session_state["results"] = (results, problems, notes)
    uploads.forget()
    st.rerun()


def outcome() -> None:
    """What became of the files that were loaded last."""
    results, problems, notes = st.session_state.get("results", ([], [], []))
    _told(problems, st.error)
    _told(notes, st.info)
    close = {"key": "close_results", "on_click": lambda: st.session_state.pop("results", None)}
    if not results:
        if problems:
            st.button("Close", **close)
        return
    known = sum(load.duplicates for load in results)
    with st.container(border=True):
        calls, files = sum(load.calls for load in results), counted(len(results), "file")
        if calls:
            st.success(f"Loaded {counted(calls, 'call')} from {files}.")
        else:
            st.warning(f"No call was loaded from {files}: {_why_none(results)}.")
        parts.counts(results)
        if known:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(_known(known))
                st.button("Count them all the same", key="keep_all", on_click=_keep, args=[results])
        with st.container(horizontal=True):
            if st.button("See the organization", type="primary", key="to_organization"):
                st.switch_page("organization.py")
            st.button("Close", **close)
            st.button(
                "Undo", key="undo_results", on_click=earlier.undo, args=_ids(results),
                help="Takes back what is listed here; calls of other loads that it had shadowed"
                " come back.",
            )  # fmt: skip


def _ids(results: list[Any]) -> list[int]:
    return [load.load_id for load in results]


def _told(sentences: list[str], tell: Callable[[str], Any]) -> None:
    """Sentences about what was loaded, the first of them at once."""
    for sentence in sentences[:TOLD]:
        tell(parts.plain(sentence))
    if others := sentences[TOLD:]:
        with st.expander(f"{len(others):,} more of these"):
            st.text("\n".join(others))


def _why_none(results: list[Any]) -> str:
    if any(load.duplicates for load in results):
        return "what is in it was loaded before"
    if any(load.rejected for load in results):
        return "its rows can't be read; choose the load below to see why"
    return "none of its rows is a call"


def _known(rows: int) -> str:
    were = "was" if rows == 1 else "were"
    return f"{counted(rows, 'row')} {were} known already, from logs loaded before."


def _keep(results: list[Any]) -> None:
    st.session_state.pop("results", None)
    earlier.keep(*_ids(results))


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
waiting += uploads.from_inbox()
for sentence in refused:
    st.error(parts.plain(sentence))
if waiting:
    # The choices stand below the previews they change, so those of the last run are used first.
    place = st.container()
    last = st.session_state.get("previewed", ([], False))
    terms = reading.terms_from(*last)
    previews: list[Preview] = []
    for file in waiting:
        # One more than are shown tells whether there are others.
        if (left := SHOWN + 1 - len(previews)) > 0:
            previews += data.preview(version, file.path, file.name, terms, left)
    columns = list(dict.fromkeys(name for preview in previews for name in preview.names))
    ask = reading.asks(previews)
    if (columns, ask) != last:
        st.session_state["previewed"] = (columns, ask)
        st.rerun()
    with place:
        # Those that can be read, where there are too many to show.
        if cut := len(previews) > SHOWN:
            previews.sort(key=lambda preview: bool(preview.problem))
        readable = cut or not all(each.problem or reading.timeless(each) for each in previews)
        with st.container(horizontal=True, vertical_alignment="center"):
            word = f"Load {waiting[0].name}" if len(waiting) == 1 else f"Load {len(waiting)} files"
            go = st.button(parts.plain(word), type="primary", key="load", disabled=not readable)
            st.button("Remove", key="forget", on_click=uploads.forget)
        if go:
            take_in(waiting, terms)
        for number, preview in enumerate(previews[:SHOWN]):
            reading.shown(preview, number)
        if cut:
            st.caption(f"These are the first {SHOWN} logs; the others are read in the same way.")
else:
    st.session_state.pop("previewed", None)
earlier.listed(version)
