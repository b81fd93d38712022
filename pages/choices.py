"""The choices that every page shares: plan, period, moment, window and time zone.

They live in the session, so that they survive going from page to page, and in the address, so that
a link shows what its sender saw. Only what differs from the default stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from credits import views
from credits.editions import Edition, editions
from credits.plan import Plan
from credits.windows import KINDS, Kind

OWN = "Own numbers"
PERIODS = {"24h": "24h", "7d": "7d", "30d": "30d", "all": "All", "own": "Own"}
LENGTHS = {"24h": pd.Timedelta("24h"), "7d": pd.Timedelta("7D"), "30d": pd.Timedelta("30D")}
MOST = {"base": 5_000_000, "users": 5_000, "per_user": 5_000, "add_on": 1_000_000}
_DEFAULT = next(e for e in editions() if e.name == "Bigin Express")


def _number(most: int) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        return int(text) if text.isdigit() and int(text) <= most else None

    return parse


def _one_of(values: Any) -> Callable[[str], str | None]:
    return lambda text: text if text in values else None


def _cap(text: str) -> int | str | None:
    return "none" if text == "none" else _number(10**12)(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")

# Name in session and address → default, and how the address's text is read (None: it is no value).
_KEPT: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "base": (_DEFAULT.base_limit, _number(MOST["base"])),
    "users": (10, _number(MOST["users"])),
    "per_user": (_DEFAULT.credits_per_user, _number(MOST["per_user"])),
    "add_on": (0, _number(MOST["add_on"])),
    "cap": (_DEFAULT.cap, _cap),
    "period": ("7d", _one_of(PERIODS)),
    "from": (None, _day),
    "to": (None, _day),
    "at": (None, _moment),
    "window": ("trailing", _one_of(KINDS)),
    "zone": ("", _one_of(ZONES)),
}


@dataclass(frozen=True)
class Choices:
    """What is chosen, with the moments worked out. Times are naive UTC."""

    plan: Plan
    kind: Kind
    zone: str
    at: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp
    period: str
    """In words: `last 7 days`."""


def restore() -> None:
    """Bring the session and the address together, before any widget is drawn."""
    state, address = st.session_state, st.query_params
    arrived = {name: address[name] for name in _KEPT if name in address}
    followed = bool(arrived) and arrived != state.get("_address")
    for name, (default, parse) in _KEPT.items():
        if followed or name not in state:
            value = parse(arrived[name]) if name in arrived else None
            state[name] = default if value is None else None if value == "none" else value
        else:
            # A widget that this page does not draw would otherwise lose its value.
            state[name] = state[name]
    if not state["zone"]:
        own = st.context.timezone or "UTC"
        state["zone"] = own if own in ZONES else "UTC"
    _write()


def _write() -> None:
    """Put what differs from the defaults into the address."""
    state = st.session_state
    wanted = {
        name: "none" if state[name] is None else _text(state[name])
        for name, (default, _) in _KEPT.items()
        if state[name] != default
    }
    for name in _KEPT:
        if name in wanted and st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]
        elif name not in wanted and name in st.query_params:
            del st.query_params[name]
    state["_address"] = wanted


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def plan() -> Plan:
    """The plan that the controls say."""
    state = st.session_state
    return Plan(state["base"], state["users"], state["per_user"], state["add_on"], state["cap"])


def plan_controls(*, whole: bool = False) -> None:
    """Sliders and exact numbers for the plan, and the editions that set them.

    `whole`: with the rarer numbers open to view.
    """
    state = st.session_state
    state["edition"] = _edition()
    names = [edition.name for edition in editions()]
    st.selectbox("Edition", [*names, OWN], key="edition", on_change=_take_edition)
    _pair("Base limit", "base", _step(state["base"]))
    _pair("Users", "users", 1)
    with st.expander("Credits per user, add-on, cap", expanded=whole):
        _pair("Credits per user", "per_user", 50)
        _pair("Add-on credits", "add_on", 1_000)
        st.number_input("Cap", 0, None, key="cap", step=1_000, placeholder="no cap")
    chosen = plan()
    formula, _, allowance = chosen.formula.partition(" = ")
    st.caption(f"{formula} = **{allowance}** credits")
    if chosen.is_capped:
        st.caption(f"At its cap of {chosen.cap:,}: more users add nothing.")


def _step(value: int) -> int:
    return 1_000 if value < 200_000 else 10_000 if value < 1_000_000 else 50_000


def _pair(label: str, key: str, step: int) -> None:
    """A slider, and a field beside it for the exact number."""
    state = st.session_state
    typed = f"{key}_exact"
    state[typed] = state[key]
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.slider(label, 0, MOST[key], key=key, step=step, format="localized", width="stretch")
        st.number_input(
            f"{label}, exactly",
            0,
            MOST[key],
            key=typed,
            step=step,
            label_visibility="collapsed",
            width=96,
            on_change=lambda: state.update({key: state[typed]}),
        )


def _edition() -> str:
    """The edition whose numbers these are: the one chosen last if it fits, else the first."""
    fits = [edition.name for edition in editions() if _fits(edition)]
    last = st.session_state.get("edition")
    return last if last in fits else fits[0] if fits else OWN


def _fits(edition: Edition) -> bool:
    state = st.session_state
    numbers = (state["base"], state["per_user"], state["cap"])
    return numbers == (edition.base_limit, edition.credits_per_user, edition.cap)


def _take_edition() -> None:
    state = st.session_state
    chosen = next((e for e in editions() if e.name == state["edition"]), None)
    if chosen is not None:
        state.update(base=chosen.base_limit, per_user=chosen.credits_per_user, cap=chosen.cap)
        if not chosen.add_ons:
            state["add_on"] = 0


def view_controls(first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Period, moment, window and zone. `first` and `last`: of the calls, naive UTC."""
    state = st.session_state
    zone = state["zone"]
    days = views.local(first, zone).date(), views.local(last, zone).date()
    st.segmented_control(
        "Period", list(PERIODS), format_func=PERIODS.__getitem__, key="period", required=True
    )
    if state["period"] == "own":
        state["from"] = state["from"] or days[0]
        state["to"] = state["to"] or days[1]
        with st.container(horizontal=True):
            st.date_input("From", key="from", format="YYYY-MM-DD")
            st.date_input("To", key="to", format="YYYY-MM-DD")
    else:
        st.datetime_input(
            "As of",
            None,
            key="at",
            step=60,
            format="YYYY-MM-DD",
            help="The moment that “used” and “coming back” speak of. Empty: the last call.",
        )
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


def choices(first: pd.Timestamp, last: pd.Timestamp) -> Choices:
    """What is chosen, for data from `first` to `last` (naive UTC)."""
    state = st.session_state
    zone, period = state["zone"], state["period"]
    at = views.instant(state["at"], zone) if state["at"] else last
    start = first
    words = "all data"
    if period == "own" and state["from"] and state["to"]:
        begin, end = sorted((state["from"], state["to"]))
        start = views.instant(datetime.combine(begin, datetime.min.time()), zone)
        close = datetime.combine(end + pd.Timedelta(days=1), datetime.min.time())
        at = min(views.instant(close, zone) - pd.Timedelta(1, unit="us"), last)
        words = f"{begin:%d %b} to {end:%d %b %Y}"
    elif period in LENGTHS:
        start = at - LENGTHS[period]
        words = {"24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days"}[period]
    # Before the first call there is nothing to draw.
    start = min(max(start, min(first, at)), at)
    return Choices(plan(), state["window"], zone, at, start, at, words)
