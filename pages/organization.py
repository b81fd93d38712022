"""Organization API storage: how much is left, who used it, when does it come back?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from credits import charts, extremes, series, times, usage, views, windows
from credits.phrases import begun, clock, clock_beside, counted, duration, percent
from credits.plan import Plan
from pages import choices, data, following, parts
from pages.parts import number

summary, chosen, version = parts.opening("Organization API storage")
zone, colours = chosen.zone, parts.palette()
shown = data.overview(*version, chosen.at, chosen.start, chosen.end, chosen.kind, zone)


@dataclass(frozen=True)
class Still:
    """What stands still while a plan's slider moves: frames as they are drawn, and their charts."""

    steps: pd.DataFrame
    of: extremes.Unit | None
    """Of what `steps` are the extremes, where they are."""
    who: charts.Drawing
    back: pd.DataFrame
    coming_back: charts.Drawing
    grid: pd.DataFrame
    heat: charts.Drawing


def still() -> Still:
    """Draw what knows no plan."""
    steps, of = extremes.drawn(shown.series.steps, 900, zone)
    back = views.localized(views.returned(shown.window.at, shown.back), "at", zone)
    back = series.thin(back, 400, at="at")
    grid = views.grid(shown.hours, *chosen.by_the_clock)
    # An app may have the name of a user.
    who = shown.window_users.merge(views.told_apart(shown.window_users))
    return Still(
        steps=steps,
        of=of,
        who=charts.ranked(views.top(who, "name", 5), "name", colours, height=270),
        back=back,
        coming_back=charts.coming_back(back, colours),
        grid=grid,
        heat=charts.heat(grid, colours),
    )


view = (*version, chosen.at, chosen.start, chosen.end, chosen.kind, zone, colours is charts.DARK)
calm = data.drawn("organization", view, still)
window, peak = shown.window, shown.series.peak
used = window.credits
idle = "" if window.calls else "No calls in this window."
quiet = "" if shown.sums["calls"] else f"No calls {chosen.within}."


@dataclass(frozen=True)
class Under:
    """What is chosen at this move of a control, and what it means."""

    plan: Plan
    above: pd.Timedelta
    """How long the window's sum was above the allowance."""
    chart: charts.Drawing


def under_plan() -> Under:
    """Set the usage against the plan."""
    plan = choices.plan()
    above = series.time_above(series.above(shown.series.steps, plan.allowance))
    local_peak = windows.Peak(
        peak.credits, peak.calls, None if peak.end is None else times.local(peak.end, zone)
    )
    chart = charts.trailing(calm.steps, plan.allowance, local_peak, colours, of=calm.of, height=270)
    return Under(plan, above, chart)


def answer(now: Under) -> list[dict[str, Any]]:
    """All that knows the plan: the numbers, the gauge, and the window's sum over time."""
    plan = now.plan
    share = used / plan.allowance if plan.allowance else float(used > 0)
    numbers(plan, share)
    st.image(
        charts.gauge(share, colours),
        width="stretch",
        caption=parts.unbroken(
            f"{percent(share)} of the allowance used; the marks stand at 80 % and 90 %."
        )
        if plan.allowance
        else "The plan gives no allowance.",
    )
    with wide:
        return over_time(now)


def numbers(plan: Plan, share: float) -> None:
    """Used, unused, total, what comes back, and the peak."""
    level = (
        f"{percent(share)}, {charts.level_in_words(share)}" if plan.allowance else "no allowance"
    )
    next_hour = usage.back_by(shown.back, chosen.at + pd.Timedelta(hours=1))
    over = peak.credits - plan.allowance
    at_peak = "no calls" if peak.end is None else clock_beside(peak.end, chosen.at, zone)
    parts.cards(
        (
            (
                "Used",
                number(used),
                level,
                "red" if share >= 0.9 else "orange" if share >= 0.8 else "gray",
                f"Credits in the window at {clock(chosen.at, zone)} ({zone}).",
            ),
            (
                "Unused",
                number(max(plan.allowance - used, 0)),
                f"{counted(window.calls, 'call')} made"
                if used or window.calls
                else "no calls in this window",
                "gray",
            ),
            (
                "Total",
                number(plan.allowance),
                plan.origin,
                "gray",
                f"Credits per 24 hours: {plan.formula}.",
            ),
            (
                "Back in the next hour",
                number(next_hour),
                f"{number(usage.back_by(shown.back, chosen.at + windows.DAY))} in 24 hours",
                "gray",
                "Credits that are freed if nothing more is called.",
            ),
            (
                f"Peak, {chosen.period}",
                number(peak.credits),
                (f"{number(over)} over · " if over > 0 else "") + at_peak,
                "red" if over > 0 else "gray",
            ),
        ),
        key="answer",
    )


def over_time(now: Under) -> list[dict[str, Any]]:
    """The window's sum against the allowance; gives the points that are chosen in it."""
    long = duration(now.above)
    limit = f":red[**{long} above the limit**]" if now.above else "never above the limit"
    refused = int(shown.sums["refused"])
    said = f"{counted(refused, 'call')} refused (429)"
    turned = f":red[**{said}**]" if refused else "no call refused"
    found: list[dict[str, Any]] = parts.panel(
        f"Credits used in the {'trailing 24 hours' if chosen.kind == 'trailing' else 'window'},"
        " against the allowance",
        lambda: now.chart,
        lambda: calm.steps,
        "trailing",
        note=f"{begun(chosen.period)}: {limit}, {turned}. {parts.as_extremes(calm.of)}",
        selects=True,
        names=parts.extremes_names(calm.of, zone),
    )
    return found


top = st.container()
wide, narrow = st.columns([2, 1])
with top:
    points = following.plan(version, under_plan, answer) or []
with narrow:
    parts.panel(
        "Who used it",
        lambda: calm.who,
        lambda: shown.window_users,
        "who",
        note=f"{counted(len(shown.window_users), 'user')} in this window.",
        nothing=idle,
    )

left, right = st.columns(2)
with left:
    parts.panel(
        "Credits coming back, added up",
        lambda: calm.coming_back,
        lambda: calm.back,
        "back",
        note="If nothing more is called.",
        nothing=idle,
        names={"at": f"by ({zone})", "credits": "credits back"},
    )
with right:
    parts.panel(
        f"Credits by {views.of_days(calm.grid)}",
        lambda: calm.heat,
        lambda: views.listed(calm.grid),
        "hours",
        nothing=quiet,
    )

# ── what it was made of, narrowed by what is clicked ──────────────────────────────────────────
first, last, words = chosen.start, chosen.end, chosen.period
within = chosen.within
moment = parts.moment(points, chosen)
if moment is not None:
    at_point = data.window(*version, moment, chosen.kind, zone)
    first, last = at_point.first, moment
    words = f"the window at {clock(moment, zone)}"
    within = f"in {words}"
st.subheader(f"What it was made of: {words}", anchor=False)
where: tuple[tuple[str, tuple[str | None, ...]], ...] = ()


def breakdown(dimension: str, measure: str) -> tuple[pd.DataFrame, charts.Drawing]:
    """Sums by a dimension, the greatest first, and its ten greatest as a chart."""
    sums = data.totals(*version, (dimension,), first, last, where)
    sums = sums.sort_values(measure, ascending=False, kind="stable")
    head = views.named(sums.head(10), dimension)
    return sums, charts.ranked(head, dimension, colours, measure=measure, height=320)


for column, dimension, title in zip(
    st.columns(3), ("api", "app", "status"), ("By API", "By app", "By status"), strict=True
):
    # Refused calls cost nothing, so that statuses show by calls.
    measure = "calls" if dimension == "status" else "credits"
    sums, bars = data.drawn(
        f"by_{dimension}",
        (*version, first, last, where, colours is charts.DARK),
        lambda dimension=dimension, measure=measure: breakdown(dimension, measure),
    )
    with column:
        clicked = parts.panel(
            title,
            lambda bars=bars: bars,
            lambda sums=sums, dimension=dimension: views.named(sums, dimension),
            f"by_{dimension}",
            note=f"{measure} of what is chosen at the left"
            if where
            else f"{measure}; {len(sums):,} in all",
            selects=True,
            nothing=f"No calls {within}." if sums.empty else "",
        )
    values = parts.picked(clicked, list(sums[dimension].head(10)))
    if values:
        where = (*where, (dimension, tuple(None if pd.isna(v) else v for v in values)))
if int(shown.sums["assumed"]):
    st.caption(
        f"{number(shown.sums['assumed'])} of {number(shown.sums['credits'])} credits rest on an"
        " assumption: the log does not say how many records those calls wrote, so they are rated"
        " at the rule's minimum."
    )
