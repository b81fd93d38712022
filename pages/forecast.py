"""Forecast: will the plan hold, until when, and what allowance would be enough?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from credits import charts, replay
from credits.forecast import Backtest, Forecast, TooShortError
from credits.phrases import counted, percent
from credits.plan import Plan
from credits.windows import Kind
from pages import choices, controls, data, following, parts
from pages.address import RISKS
from pages.parts import number

SHARES = (0.05, 0.5)
"""Of risk: the first days that reach them are told."""
FEW_DAYS = 42
"""Under this, the band is too narrow on simulated logs."""

_, chosen, version = parts.opening("Forecast")
zone, colours = chosen.zone, parts.palette()
# Which call opens the next block nobody can foresee by the hour; no block holds more than this.
kind: Kind = "trailing" if chosen.kind == "anchored" else chosen.kind


@dataclass(frozen=True)
class Shown:
    """What is chosen at this move of a control, and what is to be expected."""

    plan: Plan
    ahead: int
    risk: float
    found: Forecast
    band: pd.DataFrame
    """The median and the band of the coming days."""
    holds: float
    """How probable it is that the plan holds."""
    least: int
    """The allowance that would be enough."""
    passes: list[tuple[float, date | None]]
    """The first days that reach each share of risk."""
    chart: charts.Drawing


def chance(share: float) -> str:
    """A probability as it is shown; samples don't tell the very likely from the certain."""
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else percent(share)


def verdict(now: Shown) -> None:
    """The answer in a sentence."""
    days = f"the next {now.ahead} days"
    enough = f"At {percent(now.risk)} risk, **{number(now.least)}** would be enough."
    if not now.plan.allowance:
        st.error(f"The plan gives no allowance. {enough}")
    elif now.holds >= 1 - now.risk:
        few = now.found.drawn_from < FEW_DAYS
        told = f", as far as {now.found.drawn_from} days of history can tell" if few else ""
        st.success(f"This plan holds for {days}{told}: its risk is within the one you take.")
    elif now.holds >= 0.5:
        st.warning(f"This plan may be exceeded within {days}. {enough}")
    else:
        st.error(f"This plan will probably be exceeded within {days}. {enough}")


def cards(now: Shown) -> None:
    """Whether the plan holds, until when, what would be enough, and what is expected at most."""
    plan, least, (soon, likely) = now.plan, now.least, (day for _, day in now.passes)
    users = replay.least_users(plan, least)
    if users is None:
        given = "above the plan's cap" if plan.cap is not None else "no users give it"
    else:
        given = f"{users:,} users, all else as planned" if users else "given without users"
    top = now.band.loc[now.band["median"].idxmax()]
    share = f", {percent(top['median'] / plan.allowance)} of plan" if plan.allowance else ""
    last = now.found.days[-1]
    parts.cards(
        (
            (
                f"Chance to hold {now.ahead} days",
                chance(now.holds),
                f"to {last:%a %d %b %Y}",
                "gray" if now.holds >= 1 - now.risk else "orange" if now.holds >= 0.5 else "red",
            ),
            (
                "First day of 5 % risk",
                f"{soon:%a %d %b}" if soon else "none",
                f"at 50 %: {f'{likely:%a %d %b}' if likely else f'none by {last:%d %b}'}",
                "red" if likely else "orange" if soon else "gray",
                "The first day that exceeds the plan with this probability, taken by itself: see"
                " “Risk of each day”. The chance to hold is that of all days together.",
            ),
            (
                f"Enough at {percent(now.risk)} risk",
                number(least),
                given,
                "gray" if least <= plan.allowance else "orange",
            ),
            ("Usual peak", number(top["median"]), f"{top['day']:%a %d %b}{share}", "gray"),
        )
    )


def in_words(tested: Backtest | None) -> str:
    """How the method did on this organization's own past."""
    if tested is None:
        return "The history is too short to try the method on it: that takes a week more."
    days = len(tested.days)
    return (
        f"On the last {days} whole days, each week forecast from what was known when it began,"
        f" **{tested.inside} of {days}** peaks lay in the band ({percent(tested.coverage)};"
        f" it promises 90 %). The median missed by **{percent(tested.relative_error())}** on"
        " average; the same day of the week before, taken as a forecast, by"
        f" **{percent(tested.relative_error('last_week'))}**."
    )


def method(now: Shown) -> None:
    """What the forecast rests on, and what it leaves out."""
    found, refused = now.found, st.session_state["refused"]
    less = 1 - found.hourly_peak / found.peak if found.peak else 0
    st.markdown(
        f"- Coming days are put together {len(found.peaks):,} times over: what their weekday leads"
        " to expect, hour by hour (the median of six weeks), and how far a past day lay from what"
        f" was expected of it. Drawn from {found.drawn_from:,} whole days of {zone}: days of"
        " the same weekday, or of a similar size where there are under 13 weeks.\n"
        "- It goes on from the last 24 hours of the log. Calls that the log shows as refused"
        f" {'were wanted too, and count' if refused else 'are left out, as the switch says'}.\n"
        "- Growth lifts all coming demand by the same share. Trends, holidays and what never"
        " happened before are not foreseen.\n"
        f"- Peaks are {of_what()}. Past ones are to the minute, as on the Credit plan page, at most"
        f" {number(found.peak)}; coming ones are by the hour, which made the greatest so far"
        f" {number(found.hourly_peak)} ({percent(less, 1)} less)."
    )


def of_what() -> str:
    """What a day's peak is the sum of."""
    if kind == "calendar":
        return f"the credits of whole days of {zone}"
    return "the most of any trailing 24 hours that end on the day"


def remarks(now: Shown) -> str:
    """What is to be known before the chart is read."""
    found = now.found
    highest = found.history.loc[found.history["peak"].idxmax()]
    said = []
    if found.drawn_from < FEW_DAYS:
        said.append(f"From only {found.drawn_from} whole days: take the band as a rough guide.")
    if highest["peak"] > now.plan.allowance > 0:
        said.append(
            f"The past itself passed this allowance, most on {highest['day']:%d %b %Y}"
            f" ({number(highest['peak'])}): what happened once may happen again."
        )
    return " ".join(said)


def of_risk(found: Forecast) -> str:
    """That the risk changes nothing, where it doesn't: few days lead to few different answers."""
    enough = {found.least_allowance(risk / 100) for risk in RISKS}
    if len(enough) > 1:
        return ""
    days = counted(found.drawn_from, "whole day")
    return (
        f"At each of these risks {number(enough.pop())} would be enough: {days} of history can't"
        " tell them apart."
    )


def days_to_come(now: Shown) -> None:
    """Past peaks and what is to be expected, against the allowance."""
    parts.panel(
        f"Credits by day of {zone}"
        if kind == "calendar"
        else "Greatest use of trailing 24 hours, by day",
        lambda: now.chart,
        lambda: pd.concat([past_days(now.found), now.band], ignore_index=True),
        "forecast",
        note=remarks(now),
        names={"peak": "past peak", "low": "5 %", "high": "95 %"},
    )


def risks(now: Shown) -> None:
    """The risk of each coming day."""
    daily = now.found.probabilities(now.plan.allowance)
    parts.panel(
        f"Probability that {number(now.plan.allowance)} credits are exceeded, day by day",
        lambda: charts.probabilities(daily, SHARES, colours),
        lambda: daily.assign(probability=100 * daily["probability"]),
        "probabilities",
        names={"probability": "probability, %"},
    )


def past(now: Shown) -> None:
    """The method tried on what has happened."""
    tested = now.found.backtest
    st.markdown(in_words(tested))
    if tested is not None:
        parts.panel(
            "What happened, and what would have been forecast",
            lambda: charts.forecast(tested.days, tested.days, now.plan.allowance, (), colours),
            lambda: tested.days,
            "backtest",
            names={"low": "5 %", "high": "95 %", "last_week": "a week before"},
        )


MORE: dict[str, Callable[[Shown], None]] = {
    "Risk of each day": risks,
    "How it did on your own past": past,
    "How it is worked out": method,
}


def past_days(found: Forecast) -> pd.DataFrame:
    """Of the past, as much as lies ahead, and four weeks at least."""
    return found.history.tail(max(28, len(found.days)))


def looked_ahead() -> Shown | TooShortError:
    """What is to be expected under the plan, or why nothing can be."""
    state = st.session_state
    refused, growth, ahead, risk = (
        state["refused"], choices.growth(), state["ahead"], state["risk"] / 100
    )  # fmt: skip
    try:
        whole = data.foreseen(*version, kind, zone, refused, growth)
    except TooShortError as short:
        return short
    found, plan = whole.ahead(ahead), choices.plan()
    view = (*version, kind, zone, refused, growth, ahead)
    band = data.drawn("band", view, found.band)
    passes = [(share, found.first_day(plan.allowance, share)) for share in SHARES]
    return Shown(
        plan=plan,
        ahead=ahead,
        risk=risk,
        found=found,
        band=band,
        holds=found.holds(plan.allowance),
        least=found.least_allowance(risk),
        passes=passes,
        chart=charts.forecast(past_days(found), band, plan.allowance, passes, colours),
    )


def whole(now: Shown | TooShortError) -> None:
    """The answer, its controls, the days to come, and what stands below: all know the plan."""
    if isinstance(now, TooShortError):
        choices.hidden(*choices.FORESEEN)
        st.info(parts.plain(str(now)))
        return
    verdict(now)
    if chosen.kind == "anchored":
        st.info(
            "The View says anchored 24 hours. Which call will open a block can't be foreseen, so"
            " this page speaks of trailing 24 hours: no block ever holds more than these."
        )
    cards(now)
    controls.forecast_controls(of_risk(now.found))
    choices.remember()
    days_to_come(now)
    MORE[parts.chosen_panel("forecast_more", list(MORE))](now)


following.plan(version, looked_ahead, whole)
