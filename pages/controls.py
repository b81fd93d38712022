"""The controls that show the shared choices and change them: plan, forecast, view and bill."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from credits import times
from credits.editions import editions
from credits.scenarios import OTHER_VENDOR, OWN
from credits.windows import KINDS
from pages import planned
from pages.address import AHEAD, EARLIEST, LATEST, PERIODS, RISKS, ZONES
from pages.choices import edition_name, hidden, plan, ready
from pages.planned import MOST, MOST_CAP

# Up to each number in such steps: one scale for small plans and large ones.
STEPS = {
    "base": ((200_000, 1_000), (1_000_000, 10_000), (5_000_000, 50_000)),
    "users": ((100, 1), (500, 5), (5_000, 50)),
    "per_user": ((1_000, 50), (5_000, 250)),
    "add_on": ((100_000, 1_000), (1_000_000, 10_000)),
}
GROWTH = range(-50, 201, 5)
"""Per cent by which demand grows; any other that a link says stands among them."""


def plan_controls(*, whole: bool = False) -> None:
    """Sliders and exact numbers for the plan, and the editions that set them.

    `whole`: with the demand that is played again.
    """
    _set("edition", edition_name())
    ready("edition")
    names = [edition.name for edition in editions()]
    st.selectbox("Edition", [*names, OTHER_VENDOR, OWN], key="edition", on_change=_take_edition)
    if st.session_state["edition"] == OTHER_VENDOR:
        ready("vendor")
        st.text_input("Vendor and edition", key="vendor", max_chars=80)
    else:
        hidden("vendor")
    _pair("Base limit", "base")
    _pair("Users", "users")
    if whole:
        _demand_controls()
    rarer = st.expander("Credits per user, add-on, cap", key="rarer", on_change="rerun")
    if rarer.open:
        with rarer:
            _pair("Credits per user", "per_user")
            _pair("Add-on credits", "add_on")
            ready("cap")
            st.number_input("Cap", 0, MOST_CAP, None, key="cap", step=1_000, placeholder="no cap")
    else:
        # What nobody sees is not sent with every move of a slider. Set again, it stays what it is:
        # of a control that is not drawn Streamlit brings back what it held before.
        state = st.session_state
        state.update({name: state[name] for name in ("per_user", "add_on", "cap")})
        hidden("per_user", "per_user_exact", "add_on", "add_on_exact", "cap")
    chosen = plan()
    formula, _, allowance = chosen.formula.partition(" = ")
    st.caption(f"{formula} = **{allowance}** credits")
    if chosen.at_cap:
        st.caption(f"At its cap of {chosen.cap:,}: more users add nothing.")


def _demand_controls() -> None:
    """What is played again: by how much demand grows, and whether refused calls were wanted."""
    growth_control()
    refused_control()


def refused_control() -> None:
    """A switch: whether calls that the log shows as refused were wanted too."""
    ready("refused")
    st.toggle(
        "Calls refused in the log count",
        key="refused",
        help="Calls that the log shows as turned down (429) were wanted too, and count with what"
        " they would have cost.",
    )


def _pair(label: str, key: str) -> None:
    """A slider, and a field beside it for the exact number."""
    state = st.session_state
    typed = f"{key}_exact"
    _set(typed, state[key])
    ready(key, typed)
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.select_slider(
            label, _scale(key), key=key, format_func=lambda value: f"{value:,}", width="stretch"
        )
        st.number_input(
            f"{label}, exactly",
            0,
            MOST[key],
            key=typed,
            step=STEPS[key][0][1],
            label_visibility="collapsed",
            width=96,
            on_change=_take_exact,
            args=[key],
        )


def _scale(key: str) -> list[int]:
    """Where a slider can stand: in steps that suit the size, and where it stands now."""
    places, start = {st.session_state[key]}, 0
    for end, step in STEPS[key]:
        places.update(range(start, end + 1, step))
        start = end
    return sorted(places)


def _take_exact(key: str) -> None:
    """Take the number that was typed.

    Where the slider has moved in the same run, nothing was typed: the field lags behind it.
    """
    state = st.session_state
    if state[key] == state["_kept"][key]:
        state[key] = state[f"{key}_exact"]


def _take_edition() -> None:
    state = st.session_state
    chosen = planned.known(state["edition"])
    if chosen is not None:
        state.update(base=chosen.base_limit, per_user=chosen.credits_per_user, cap=chosen.cap)
        if not chosen.add_ons:
            state["add_on"] = 0


def _set(key: str, value: Any) -> None:
    """Before a control is drawn that follows others: give it its value, if it has another one."""
    state = st.session_state
    if key not in state or state[key] != value:
        state[key] = value
    ready(key)


def growth_control() -> None:
    """A slider for the growth of demand."""
    state = st.session_state
    ready("growth")
    st.select_slider(
        "Growth of demand",
        sorted({*GROWTH, state["growth"]}),
        key="growth",
        format_func=lambda value: f"{value:+g} %" if value else "0 %",
        help="How much more will be wanted than in the past.",
    )


def forecast_controls(of_risk: str = "") -> None:
    """Days ahead, growth of demand, risk, and whether refused calls count.

    `of_risk`: a sentence about what the risk does.
    """
    ready("ahead", "risk")
    with st.container(horizontal=True):
        st.slider("Days ahead", *AHEAD, key="ahead", width=260)
        with st.container(width=260):
            growth_control()
        st.segmented_control(
            "Risk you take",
            RISKS,
            format_func=lambda risk: f"{risk} %",
            key="risk",
            required=True,
            help="How likely it may be that the allowance is exceeded at least once.",
        )
    if of_risk:
        st.caption(of_risk)
    refused_control()


def view_controls(first: pd.Timestamp, last: pd.Timestamp, *, moments: bool = True) -> None:
    """Period, moment, window and zone. `first` and `last`: of the calls, naive UTC.

    `moments`: whether the page looks at a period and a moment, and not at all that is loaded.
    """
    if moments:
        _moments(first, last)
    else:
        hidden("period", "from", "to", "at")
    ready("window", "zone")
    st.segmented_control(
        "24 hours are",
        list(KINDS),
        format_func=str.capitalize,
        key="window",
        required=True,
        help="Trailing: the 24 hours before. Calendar: days of the time zone."
        " Anchored: blocks that open with the first call after the one before.",
    )
    st.selectbox("Time zone", ZONES, key="zone")


def _moments(first: pd.Timestamp, last: pd.Timestamp) -> None:
    state = st.session_state
    zone = state["zone"]
    days = times.local(first, zone).date(), times.local(last, zone).date()
    ready("period")
    st.segmented_control(
        "Period", list(PERIODS), format_func=PERIODS.__getitem__, key="period", required=True
    )
    if state["period"] == "own":
        hidden("at")
        for key, day in zip(("from", "to"), days, strict=True):
            _set(key, state[key] or min(max(day, EARLIEST.date()), LATEST.date()))
        # One above the other: side by side, a sidebar has no room for the day.
        for label, key in (("From", "from"), ("To", "to")):
            st.date_input(label, None, EARLIEST.date(), LATEST.date(), key=key, format="YYYY-MM-DD")
    else:
        hidden("from", "to")
        ready("at")
        st.datetime_input(
            "As of",
            None,
            EARLIEST,
            LATEST,
            key="at",
            step=60,
            format="YYYY-MM-DD",
            help="The moment that “used” and “coming back” speak of. Empty: the last call.",
        )


def share_controls(words: dict[Any, str]) -> None:
    """By whom a bill is shared out (`words`: what each is called), the bill and its currency.

    Without one of its own, the bill is in the currency of the plan's prices.
    """
    ready("share_by", "bill", "bill_currency")
    with st.container(horizontal=True, vertical_alignment="top"):
        st.segmented_control(
            "Share by", list(words), format_func=words.__getitem__, key="share_by", required=True
        )
        st.text_input("Bill", key="bill", placeholder="such as 1,234.50", width=180, max_chars=40)
        st.text_input(
            "Currency",
            key="bill_currency",
            placeholder=st.session_state["currency"],
            width=110,
            max_chars=12,
        )
