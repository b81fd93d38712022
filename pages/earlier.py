"""Loads made earlier: what became of their rows, what was rejected and folded, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from credits import CreditsError, views
from credits.phrases import counted
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
        table, "loads", LOADS, on_select="rerun", selection_mode="multi-row",
        rows_key=f"loads_rows_{version}",
        column_config={
            name: st.column_config.DatetimeColumn(format=parts.CLOCK)
            for name in ("First call", "Last call", "Loaded at")
        },
    )["selection"]["rows"]  # fmt: skip
    chosen = loads.iloc[[row for row in rows if row < len(loads)]]
    if chosen.empty:
        st.caption("Choose a row to see what was rejected, or to undo that load; or several.")
    elif len(chosen) == 1:
        _one(chosen.iloc[0])
    else:
        _several(chosen)


def _several(loads: pd.DataFrame) -> None:
    """What some loads brought, and the way back."""
    with st.container(border=True):
        brought = counted(int(loads["calls"].sum()), "call")
        st.text(f"{len(loads):,} loads with {brought}")
        st.button(
            f"Undo these {len(loads):,} loads", key="undo", on_click=undo,
            args=[int(load_id) for load_id in loads["load_id"]],
            help="Their calls go; calls of other loads that they had shadowed come back.",
        )  # fmt: skip


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
                "Undo this load", key="undo", on_click=undo, args=[int(load["load_id"])],
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


def keep(*load_ids: int) -> None:
    """Count the known rows of loads all the same."""
    _told(data.store().keep_duplicates, load_ids)


def undo(*load_ids: int) -> None:
    """Take back loads."""
    st.session_state.pop("results", None)
    _told(data.store().undo, load_ids)


def _told(change: Callable[..., None], load_ids: Sequence[int]) -> None:
    """Change the loads that are still there; that all are gone, undone in another browser, is told
    at the top of the page.
    """
    there = set(data.store().loads()["load_id"])
    try:
        change(*([each for each in load_ids if each in there] or load_ids))
    except CreditsError as error:
        st.session_state["results"] = ([], [str(error)], [])
