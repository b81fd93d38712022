"""The choices that every page shares: plan, period, moment, window and time zone.

They live in the session, so that they survive going from page to page, and in the address, so that
a link shows what its sender saw. Only what differs from the default stands in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credits import times
from credits.editions import editions
from credits.plan import Plan
from credits.scenarios import OTHER_VENDOR, OWN
from credits.windows import Kind
from pages import planned
from pages.address import KEPT, ZONES, written
from pages.planned import MOST

LENGTHS = {"24h": pd.Timedelta("24h"), "7d": pd.Timedelta("7D"), "30d": pd.Timedelta("30D")}
_TICK = pd.Timedelta(1, unit="us")
PLANNED = ("edition", *(name for key in MOST for name in (key, f"{key}_exact")), "cap")
"""The controls of the plan."""
FORESEEN = ("ahead", "growth", "risk", "refused")
"""The controls of what is to come."""
VIEWED = ("period", "from", "to", "at", "window", "zone")
"""The controls of the view."""


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
    within: str
    """The same in a sentence: `in the last 7 days`, `from 10 Aug to 12 Aug 2026`."""

    @property
    def by_the_clock(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The period's start and end as the zone's clock shows them."""
        return times.local(self.start, self.zone), times.local(self.end, self.zone)


def restore(page: str) -> None:
    """Bring the session and the address together, before any widget of a page is drawn.

    The address speaks on a visitor's first run and when the back button led here. In between the
    session does: a browser that sends one change after another still has the address before them.
    """
    state = st.session_state
    if state.get("_kept") is None or _went_back():
        state["_kept"] = _from_address()
        state.update(state["_kept"])
    resume(page)


def resume(page: str) -> None:
    """What a fragment begins with: it runs without what comes before it, or after its widgets."""
    state = st.session_state
    state["_page"] = page
    state.setdefault("_drawn", {})
    # Streamlit forgets what a page does not draw.
    state.update({name: state["_kept"][name] for name in KEPT if name not in state})
    remember()


def ready(*names: str) -> None:
    """Before controls are drawn: give those their value that were not drawn here before.

    A browser shows a new control, and one in another place is new, with the value set in the same
    run. The others are left alone: what is set takes the place of what is being typed.
    """
    state = st.session_state
    for name in names:
        if state["_drawn"].get(name) != state["_page"]:
            state[name] = state[name]
            state["_drawn"][name] = state["_page"]


def hidden(*names: str) -> None:
    """Note that a page does not draw some controls; without names, all of them."""
    drawn = st.session_state.get("_drawn", {})
    for name in names or list(drawn):
        drawn.pop(name, None)


def _went_back() -> bool:
    """Whether the browser's back or forward button led to an address with choices.

    One without is what the browser shows for a moment while it goes from page to page.
    """
    context = get_script_run_ctx()
    history = context is not None and context.is_history_navigation
    return history and any(name in st.query_params for name in KEPT)


def _from_address() -> dict[str, Any]:
    """Every choice as the address says it, else its default; what is no value is ignored."""
    found: dict[str, Any] = {}
    for name, (default, parse) in KEPT.items():
        value = parse(st.query_params[name]) if name in st.query_params else None
        empty = name == "cap" and value == "none"
        found[name] = default if value is None else None if empty else value
    if not found["zone"]:
        own = st.context.timezone or "UTC"
        found["zone"] = own if own in ZONES else "UTC"
    if found["at"] is not None and found["at"].tzinfo is not None:
        found["at"] = found["at"].astimezone(ZoneInfo(found["zone"])).replace(tzinfo=None)
    return found | planned.from_link(found["prices"])


def remember() -> None:
    """Keep what is chosen for the next page, and put what differs from the default in the address.

    To be called again after the controls are drawn, because some fill themselves in.
    """
    state = st.session_state
    state["_kept"] = {name: state[name] for name in KEPT}
    wanted = {
        name: "none" if state[name] is None else written(state[name])
        for name, (default, _) in KEPT.items()
        if state[name] != default and name != "edition"
    }
    # Numbers that only one edition has name it already.
    if (named := edition_name()) != _guessed():
        wanted["edition"] = named
    there = st.query_params.to_dict()
    # Said again where only the browser lags behind: it may be about to show the last but one.
    shown = {n: v for n, v in there.items() if n in KEPT or planned.of_links(n)}
    if wanted != shown or wanted != state.get("_address"):
        others = {
            name: value
            for name, value in there.items()
            if name not in KEPT and not planned.of_links(name)
        }
        st.query_params.from_dict(others | wanted)
    state["_address"] = wanted


def played() -> dict[str, str]:
    """How usage is played again, as an address says it: what differs from the default."""
    address: dict[str, str] = st.session_state.get("_address") or {}
    return {name: address[name] for name in ("window", "zone", "refused") if name in address}


def plan() -> Plan:
    """The plan that the controls say."""
    state = st.session_state
    return Plan(state["base"], state["users"], state["per_user"], state["add_on"], state["cap"])


def edition_name() -> str:
    """The edition whose numbers these are: the one chosen last if it fits, else the first."""
    last = st.session_state.get("edition")
    if last == OTHER_VENDOR:
        return OTHER_VENDOR
    fitting = _fitting()
    return last if last in fitting else next(iter(fitting), OWN)


def _guessed() -> str:
    """The first edition whose numbers these are."""
    return next(iter(_fitting()), OWN)


def _fitting() -> list[str]:
    """The editions whose numbers these are."""
    state = st.session_state
    numbers = (state["base"], state["per_user"], state["cap"])
    return [
        each.name
        for each in editions()
        if numbers == (each.base_limit, each.credits_per_user, each.cap)
    ]


def growth() -> int | float:
    """The growth of demand that is chosen, in per cent."""
    found: int | float = st.session_state["growth"]
    return found


def choices(first: pd.Timestamp, last: pd.Timestamp) -> Choices:
    """What is chosen, for data from `first` to `last` (naive UTC)."""
    state = st.session_state
    zone, period = state["zone"], state["period"]
    at = times.instant(state["at"], zone) if state["at"] else last
    start = first
    words, within = "all data", "in all data"
    if period == "own" and state["from"] and state["to"]:
        begin, end = sorted((state["from"], state["to"]))
        start, close = times.day_span(begin, end, zone)
        at = times.within_data(start, close, first, last)[1]
        year = "" if begin.year == end.year else f" {begin.year}"
        words = f"{begin:%d %b}{year} to {end:%d %b %Y}"
        within = f"from {words}"
    elif period in LENGTHS:
        # A call exactly as old as the period is long has left it, as it has left the window.
        start = at - LENGTHS[period] + _TICK
        words = {"24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days"}[period]
        within = f"in the {words}"
    # Before the first call there is nothing to draw.
    start = min(max(start, min(first, at)), at)
    return Choices(plan(), state["window"], zone, at, start, at, words, within)
