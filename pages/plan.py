"""Credit plan: another base limit, edition or number of users, against what really happened."""

from __future__ import annotations

import streamlit as st

from credits import charts, replay, series, views, windows
from credits import plan as plans
from pages import choices, data, parts
from pages.parts import number

summary, chosen, version = parts.opening("Credit plan")
zone, colours = chosen.zone, parts.palette()
# Above the columns: inside of one, a phone draws cards of equal height over what follows them.
result = st.container()
controls, answer = st.columns([1, 2.4])
with controls, st.container(border=True):
    choices.plan_controls(whole=True)
plan = choices.plan()
shown = data.overview(*version, chosen.at, chosen.start, chosen.end, chosen.kind, zone)
steps, peak, used = shown.series.steps, shown.series.peak, shown.window.credits
above = series.time_above(series.above(steps, plan.allowance))
headroom = plan.allowance - peak.credits
seen = int((shown.users["user_basis"] == "user").sum())

with result:
    idle = "no calls in this window"
    parts.cards(
        (
            ("Allowance", number(plan.allowance), plan.formula.rsplit(" = ", 1)[0], "gray"),
            (
                "Headroom at the peak",
                number(headroom),
                (f"peak {number(peak.credits)}" if peak.end is not None else "no calls")
                + (", over" if headroom < 0 else ""),
                "red" if headroom < 0 else "gray",
            ),
            (
                "Above the limit",
                views.duration(above) if above else "never",
                chosen.period,
                "red" if above else "gray",
            ),
            (
                "Used now",
                number(used),
                f"{number(max(plan.allowance - used, 0))} unused" if shown.window.calls else idle,
                "gray",
            ),
        )
    )
with answer:
    people = f"The logs show **{seen:,} users**; the plan pays for **{plan.users:,}**."
    if plan.at_cap:
        reached = "" if plan.users_at_cap is None else f" (reached at {plan.users_at_cap:,} users)"
        st.warning(f"At its cap of {plan.cap:,} credits{reached}: more users add nothing. {people}")
    else:
        st.caption(people)
    view = (*version, chosen.start, chosen.end, chosen.kind, zone)
    thin = data.drawn(
        "plan", view, lambda: series.thin(views.localized(steps, "occurred_at", zone), 900)
    )
    ended = None if peak.end is None else views.local(peak.end, zone)
    parts.panel(
        f"Credits used, {chosen.period}, under this plan",
        lambda: charts.trailing(
            thin, plan.allowance, windows.Peak(peak.credits, peak.calls, ended), colours, height=430
        ),
        lambda: thin,
        "plan_trailing",
        names={"occurred_at": f"from ({zone})"},
    )


def played_again() -> None:
    """All demand played again under this plan: what would have been refused, what is enough."""
    choices.growth_control()
    found = data.replayed(*version, plan.allowance, chosen.kind, zone, choices.growth())
    enough = replay.least_users(plan, found.least_allowance)
    free = found.headroom()
    blocked = found.days[found.days["refused"] > 0]
    parts.cards(
        (
            (
                "Refused credits",
                number(found.refused),
                f"{found.refused_calls:,} calls",
                "red" if found.refused else "gray",
            ),
            (
                "Blocked minutes",
                number(found.blocked_minutes),
                f"on {len(blocked):,} of {len(found.days):,} days",
                "red" if found.blocked_minutes else "gray",
            ),
            (
                "Least allowance for no refusal",
                number(found.least_allowance),
                "no number of users gives it" if enough is None else f"{enough:,} users",
                "gray",
            ),
            (
                "Headroom, median",
                number(free["median"]),
                f"least {number(free['min'])}, 5th percentile {number(free['p5'])}",
                "gray",
            ),
        )
    )
    st.caption(
        "All that is loaded, minute by minute; calls that the log shows as refused were wanted too."
        " What is admitted comes back as the chosen kind of window says."
    )
    if blocked.empty:
        st.success("This plan would have refused nothing.")
    else:
        parts.numbers(blocked, "refused_days", {"peak_used": "peak used"})


# Only the tab that is open is drawn: a chart more would double what a slider takes.
again, over, curve_tab = st.tabs(
    ["Played again under this plan", "When it was above the limit", "Allowance by users"],
    key="more",
    on_change="rerun",
)
if again.open:
    with again:
        played_again()
else:
    choices.hidden("growth")
if over.open:
    with over:
        spans = series.above(steps, plan.allowance)
        if spans.empty:
            st.caption(f"Never in the {chosen.period}: this plan would have been enough.")
        else:
            parts.numbers(views.spans(spans, zone), "above", height=260)
if curve_tab.open:
    with curve_tab:
        curve = plans.by_users(plan, max(300, plan.users + 50))
        parts.panel(
            "Allowance by number of users",
            lambda: charts.plan_curve(curve, plan.users, colours),
            lambda: curve,
            "plan_curve",
        )
