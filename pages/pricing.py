"""What the chosen edition costs, as far as somebody enters it: no price is invented."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from credits import CreditsError
from credits.amounts import amount
from credits.prices import currency
from pages import parts, planned

FIELDS = {
    "per_user": "Price per user and month",
    "fixed": "Fixed fee a month",
    "add_on": "1,000 add-on credits a month",
}


def controls() -> None:
    """Fields for the prices of the edition that is chosen, drawn only while they are open."""
    label = planned.label()
    folded = st.expander("Prices", key="prices_open", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.caption(f"Of {parts.plain(planned.called())}; other editions have their own.")
        _field("Currency", "currency_typed", st.session_state["currency"], _take_currency)
        for name in FIELDS:
            _price(name, label)


def _price(name: str, label: str) -> None:
    said = planned.entered(label).texts[name]
    published = bool(planned.prices(label).slabs) and name == "add_on"
    _field(
        FIELDS[name],
        f"price_{name}",
        said,
        _take_price,
        name,
        label,
        hint="as published" if published else "none entered",
    )


def _field(
    words: str, key: str, said: str, take: Callable[..., None], *given: str, hint: str = ""
) -> None:
    """A text field that shows what is kept, until somebody types what can't be read."""
    state = st.session_state
    of = f"{key}_of"
    # What is kept takes the place of what was typed only where it has changed meanwhile.
    if key not in state or state.get(of) != (said, *given):
        state[key], state[of], state[f"{key}_error"] = said, (said, *given), ""
    st.text_input(words, key=key, on_change=take, args=given, placeholder=hint or None)
    if sentence := state.get(f"{key}_error"):
        st.error(parts.plain(sentence))


def _take_price(name: str, label: str) -> None:
    state = st.session_state
    key = f"price_{name}"
    state[f"{key}_error"] = ""
    try:
        planned.enter(label, **{name: amount(state[key])})
    except CreditsError as error:
        state[f"{key}_error"] = str(error)
        return
    state[f"{key}_of"] = (planned.entered(label).texts[name], name, label)


def _take_currency() -> None:
    state = st.session_state
    state["currency_typed_error"] = ""
    try:
        state["currency"] = currency(state["currency_typed"])
    except CreditsError as error:
        state["currency_typed_error"] = str(error)
