"""A rate card while it is edited: kept in the session, so that nothing typed is lost.

A browser's table remembers what was typed only as long as it is drawn and given the same rows. So
what it shows is kept here after each run, and given to a new table where the old one is gone: after
another page, and whenever its figures change (another `round`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from credits import CreditsError, cards, rates
from credits.rates import RateCard
from pages import data

FIGURES = ("calls", "spent")
_SHOWN = (
    *("order", "name", "credits", "per_records", *FIGURES, "max_records", "max_credits"),
    *("assumed", *cards.LISTS),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


@dataclass
class Draft:
    """A rate card that somebody edits."""

    origin: RateCard
    """What it was before."""
    follows: bool
    """Whether it began as the card in force, and so goes with it as long as nothing is typed."""
    rows: pd.DataFrame
    """What the table shows now; see `cards.frame`."""
    name: str
    free: list[str]
    round: int
    base: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What the table was given in this round."""
    seen: Any = None
    """The data version of its figures."""
    tried: bool = False

    def card(self) -> RateCard:
        """The card that is typed. Raises CreditsError, naming the row, where it is none."""
        statuses = frozenset(status.strip() for status in self.free if status.strip())
        card = cards.from_frame(self.rows, replace(self.origin, free_statuses=statuses))
        if card == self.origin and self.name == first_name(self.origin):
            return card
        today = data.now().date()
        return cards.named(cards.edited(card, self.origin, today), self.name)

    @property
    def touched(self) -> bool:
        """Whether something was typed."""
        try:
            return self.card() != self.origin
        except CreditsError:
            return True


def first_name(card: RateCard) -> str:
    """The name that an edited card is offered: those of the project keep theirs."""
    return f"{card.name} edited" if card.name in rates.names() else card.name


def begin(card: RateCard, *, follows: bool = False) -> Draft:
    """Edit another card, or the same from the beginning."""
    old: Draft | None = st.session_state.get("rates_draft")
    number = old.round + 1 if old else 0
    draft = Draft(
        card, follows, cards.frame(card), first_name(card), sorted(card.free_statuses), number
    )
    st.session_state["rates_draft"] = draft
    return draft


def current(force: RateCard) -> Draft:
    """What is being edited: the card in force, unless somebody chose otherwise."""
    draft: Draft | None = st.session_state.get("rates_draft")
    if draft is None or (draft.follows and draft.origin != force and not draft.touched):
        return begin(force, follows=True)
    return draft


def table(draft: Draft, version: Any) -> None:
    """The rows as a table to edit, with the calls and credits that each accounts for."""
    key = f"rates_rows_{draft.round}"
    if draft.seen != version:
        draft.round += draft.seen is not None
        key = f"rates_rows_{draft.round}"
    if key not in st.session_state:
        draft.base, draft.seen = _with_figures(draft, version), version
    edited = st.data_editor(
        draft.base,
        key=key,
        num_rows="dynamic",
        placeholder="",
        hide_index=True,
        height=35 * (min(len(draft.base), 13) + 2),
        column_order=_SHOWN,
        column_config=_columns(draft.base),
        disabled=list(FIGURES),
    )
    draft.rows = edited[list(cards.COLUMNS)]


def again(draft: Draft) -> None:
    """Give the table its rows anew, in their order and with the figures of what is typed."""
    draft.seen = ()


def _with_figures(draft: Draft, version: Any) -> pd.DataFrame:
    try:
        card = draft.card()
        rows = cards.frame(card)
        found = data.tried(*version, cards.document(card), card).rules
    except CreditsError:
        return draft.rows.assign(calls=pd.NA, spent=pd.NA)
    return rows.assign(calls=found["calls"], spent=found["tried"])


def _columns(rows: pd.DataFrame) -> dict[str, Any]:
    known = {method for cell in rows["methods"] for method in _listed(cell)}
    number, texts = st.column_config.NumberColumn, st.column_config.ListColumn
    return {
        "order": number(
            "No.", width=64, help="The first row that matches decides. 2.5 comes after 2."
        ),
        "name": st.column_config.TextColumn("Call", width="medium", required=True),
        "credits": number("Credits", min_value=0, max_value=rates.MOST_CREDITS, required=True),
        "per_records": number(
            "per records", min_value=1, max_value=rates.MOST_RECORDS,
            help="How many records one charge covers; empty where their number does not matter.",
        ),
        "calls": number("Calls", format="localized", help="Loaded calls that this row prices."),
        "spent": number("Used", format="localized", help="Credits of those calls."),
        "max_records": number(
            "Records at most", min_value=1, max_value=rates.MOST_RECORDS,
            help="How many records one call can carry.",
        ),
        "max_credits": number("Credits at most", min_value=0, max_value=rates.MOST_CREDITS),
        "assumed": st.column_config.CheckboxColumn(
            "Assumed", default=False, help="The price is a guess: the vendor names a range."
        ),
        "operations": texts("Operations", width="medium", help="Names of operations, * is any."),
        "methods": st.column_config.MultiselectColumn(
            "Methods", options=sorted({*METHODS, *known}), accept_new_options=True
        ),
        "paths": texts("Paths", width="medium", help="{anything} is one segment, ** any rest."),
        "parameters": texts("Parameters", help="Query parameters that must all be there."),
    }  # fmt: skip


def _listed(cell: Any) -> Sequence[str]:
    return [] if cell is None or isinstance(cell, float) else list(cell)


def kept(key: str, value: Any) -> str:
    """The key of a control, which has `value` where it was not drawn in the run before."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key
