"""Credit plan: another base limit, edition or number of users, against what really happened."""

from __future__ import annotations

import streamlit as st

from credits import charts, views, windows
from credits import plan as plans
from pages import choices, data, parts
from pages.parts import number

summary, chosen, version = parts.opening("Credit plan")
zone, colours = chosen.zone, parts.palette()
controls, answer = st.columns([1, 2.4])
with controls, st.container(border=True):
    choices.plan_controls(whole=True)
plan = choices.plan()
shown = data.overview(*version, chosen.at, chosen.start, chosen.end, chosen.kind, zone)
steps, peak, used = shown.series.steps, shown.series.peak, shown.window.credits
above = windows.time_above(windows.above(steps, plan.allowance))
headroom = plan.allowance - peak.credits
seen = int((shown.users["user_basis"] == "user").sum())

with answer:
    with st.container(horizontal=True):
        for label, value, delta, bad in (
            ("Allowance", number(plan.allowance), plan.formula.rsplit(" = ", 1)[0], False),
            (
                "Headroom at the peak",
                number(headroom),
                (f"peak {number(peak.credits)}" if peak.end is not None else "no calls")
                + (", over" if headroom < 0 else ""),
                headroom < 0,
            ),
            (
                "Above the limit",
                views.duration(above) if above else "never",
                chosen.period,
                bool(above),
            ),
            (
                "Used now",
                number(used),
                f"{number(max(plan.allowance - used, 0))} unused"
                if shown.window.calls
                else "no calls in this window",
                False,
            ),
        ):
            st.metric(
                label,
                value,
                delta,
                delta_color="red" if bad else "gray",
                delta_arrow="off",
                border=True,
                height="stretch",
            )
    people = f"The logs show **{seen:,} users**; the plan pays for **{plan.users:,}**."
    if plan.at_cap:
        reached = "" if plan.users_at_cap is None else f" (reached at {plan.users_at_cap:,} users)"
        st.warning(f"At its cap of {plan.cap:,} credits{reached}: more users add nothing. {people}")
    else:
        st.caption(people)
    thin = windows.thin(views.localized(steps, "occurred_at", zone), 900)
    ended = None if peak.end is None else views.local(peak.end, zone)
    parts.panel(
        f"Credits used, {chosen.period}, under this plan",
        lambda: charts.trailing(
            thin, plan.allowance, windows.Peak(peak.credits, peak.calls, ended), colours, height=340
        ),
        lambda: thin,
        "plan_trailing",
        names={"occurred_at": f"from ({zone})"},
    )

# Only the tab that is open is drawn: a chart more would double what a slider takes.
over, curve_tab = st.tabs(
    ["When it was above the limit", "Allowance by number of users"], key="more", on_change="rerun"
)
if over.open:
    with over:
        spans = windows.above(steps, plan.allowance)
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
