"""Loads made earlier: what became of their rows, what was rejected and folded, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from credits import CreditsError, views
from pages import data, parts

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


def listed(version: int) -> None:
    """Every load, its rejects, and the way back."""
    loads = data.store().loads()
    if loads.empty:
        st.caption("Nothing is loaded yet: drop a file, or look around in the sample.")
        parts.offer_sample()
        return
    st.subheader("Loads", anchor=False)
    zone = st.session_state["zone"]
    table = loads[list(LOADS)].copy()
    for column in ("first", "last", "loaded_at"):
        table = views.localized(table, column, zone)
    # A choice is of a row, and what stands in that row changes with the data.
    rows = parts.numbers(
        table, "loads", LOADS, on_select="rerun", selection_mode="single-row",
        rows_key=f"loads_rows_{version}",
        column_config={
            name: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
            for name in ("First call", "Last call", "Loaded at")
        },
    )["selection"]["rows"]  # fmt: skip
    if not rows or rows[0] >= len(loads):
        st.caption("Choose a row to see what was rejected, or to undo that load.")
        return
    _one(loads.iloc[rows[0]])


def _one(load: pd.Series[Any]) -> None:
    """What became of a load's rows, its rejects and its folded paths, and the way back."""
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
                    on_click=keep, args=[int(load["load_id"])],
                )  # fmt: skip
        if load["rejected"]:
            st.markdown(f"**{load['rejected']:,} rejected rows**")
            rejects = data.store().rejects(int(load["load_id"]))
            st.dataframe(rejects.head(1_000), hide_index=True, key="rejects_rows")
            parts.download(rejects, "rejects")
        folded = data.store().folded(int(load["load_id"]))
        if not folded.empty:
            with st.expander(f"{len(folded):,} APIs stand for paths with ids in them"):
                st.caption("More rules can be added in the setting CREDITS_FOLD.")
                parts.numbers(folded, "folded")


def keep(load_id: int) -> None:
    """Count the known rows of a load all the same."""
    _told(data.store().keep_duplicates, load_id)


def _undo(load_id: int) -> None:
    st.session_state.pop("results", None)
    _told(data.store().undo, load_id)


def _told(change: Callable[[int], None], load_id: int) -> None:
    """Change a load; that it is gone, undone in another browser, is told at the top of the page."""
    try:
        change(load_id)
    except CreditsError as error:
        st.session_state["results"] = ([], [str(error)], [])
