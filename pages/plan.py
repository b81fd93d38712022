"""Credit plan: which plan should we buy, and what is the risk?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from credits import advice as words
from credits import buying, charts, comparison, prices, scenarios, views
from credits.editions import editions
from credits.plan import Plan
from credits.replay import Replay, least_users
from credits.scenarios import Scenario
from pages import choices, data, keeping, parts, planned, pricing
from pages.parts import number

summary, chosen, version = parts.opening("Credit plan")
zone, colours = chosen.zone, parts.palette()
# Above the columns: inside of one, a phone draws cards of equal height over what follows them.
result = st.container()
controls, picture = st.columns([1, 2.4])
with controls, st.container(border=True):
    choices.plan_controls(whole=True)
    pricing.controls()
choices.remember()
plan, label, state = choices.plan(), planned.label(), st.session_state
priced = planned.prices(label)
played = (*version, chosen.kind, zone, state["refused"], state["growth"])
found: Replay = data.replayed(played, plan.allowance)
saved = data.store().scenarios()
TABS = (
    "Compare plans",
    "Save and share",
    "Refused by allowance",
    "Cost by users",
    "When",
    "Whose calls",
)


def answer() -> None:
    """The answer in a sentence, and the numbers behind it."""
    edition = planned.known(label)
    vendor = edition.vendor if edition else ""
    said = words.advice(found, plan, label, editions(), vendor)
    box = st.success if said.enough else st.warning
    box(f"**{parts.plain(said.verdict)}** {parts.plain(said.remedy)}")
    free, paid = found.headroom(), prices.cost(plan, priced)
    outcome = data.outcome(played, plan.allowance)
    each = prices.per_thousand(paid.total, outcome.admitted_a_month)
    refused = "red" if found.refused else "gray"
    parts.cards(
        (
            ("Allowance", number(plan.allowance), plan.formula.rsplit(" = ", 1)[0], "gray"),
            ("Refused", number(found.refused), f"{found.refused_calls:,} calls", refused),
            (
                "Blocked",
                views.duration(pd.Timedelta(minutes=found.blocked_minutes))
                if found.blocked_minutes
                else "never",
                f"on {found.days_refusing:,} of {words.counted(len(found.days), 'day')}",
                refused,
            ),
            (
                "Least headroom",
                number(free["min"]),
                f"5 % of the time ≤ {number(free['p5'])}, half ≤ {number(free['median'])}",
                "gray",
            ),
            (
                "Cost a month",
                "no price" if paid.total is None else prices.written(paid.total, priced.currency),
                "enter prices below"
                if paid.total is None
                else "nothing used"
                if each is None
                else f"{each:,.4f} per 1,000 used",
                "gray",
            ),
        )
    )


def usage_again() -> None:
    """What the window used under this plan, and what it was refused."""
    view = (*played, plan.allowance)
    thin = data.drawn("replayed", view, lambda: views.localized(found.drawn, "occurred_at", zone))
    parts.panel(
        "Credits used under this plan, and on top what it would have refused",
        lambda: charts.replayed(thin, plan.allowance, colours, height=330),
        lambda: thin,
        "replayed",
        names={"occurred_at": f"from ({zone})", "wanted": "wanted (used and refused)"},
    )


def compare() -> None:
    """The chosen plan, saved ones and every edition, side by side."""
    users, growth = plan.users, state["growth"]
    rows: list[Scenario] = [planned.scenario("This plan", plan), *saved]
    rows += [
        scenarios.of_edition(each, users, planned.prices(each.name), plan.add_on, growth)
        for each in editions()
    ]
    grown = {each: (*played[:-1], each) for each in {row.growth for row in rows}}
    outcomes = [data.outcome(grown[row.growth], row.plan.allowance) for row in rows]
    table = comparison.listed(comparison.side_by_side(rows, outcomes))
    st.caption(
        "The same usage played again under each; editions with the users and add-on credits"
        " chosen above. Prices are those entered for each edition."
    )
    parts.numbers(table, "compared")


def refused_by_allowance() -> None:
    """How much less is refused for how much more allowance."""
    today = next((each.plan for each in saved if each.name == keeping.TODAY), Plan())
    marks = [
        ("This plan", plan.allowance),
        ("Least that refuses nothing", found.least_allowance),
        (keeping.TODAY, today.allowance),
    ]
    curve = data.curve(played)
    parts.panel(
        "Credits refused by allowance",
        lambda: charts.refused_curve(curve, marks, colours),
        lambda: curve,
        "refused_curve",
        note=f"{keeping.TODAY} is {today.formula}, until another is kept as such.",
    )


def cost_by_users() -> None:
    """What so many users cost and give."""
    enough = least_users(plan, found.least_allowance)
    most = max(plan.users, enough or 0, plan.users_at_cap or 0, 10) * 5 // 4
    curve = buying.by_users(plan, priced, min(most, 5_000))
    known = prices.cost(plan, priced).total is not None
    marks = [("This plan", plan.users)]
    marks += [("Refuses nothing", enough)] if enough is not None else []
    marks += [("At the cap", plan.users_at_cap)] if plan.users_at_cap else []
    parts.panel(
        "Cost by users" if known else "Allowance by users",
        lambda: charts.plan_curve(curve, marks, colours, currency=priced.currency if known else ""),
        lambda: curve,
        "plan_curve",
        note="" if known else "Enter prices to see what they cost.",
    )


def when() -> None:
    """When something was refused, and every day."""
    if found.refuses_nothing:
        st.caption("Never: this plan would have been enough.")
    else:
        blocked = found.blocked
        spans = views.spans(blocked, zone)
        parts.numbers(
            spans.assign(refused=blocked["refused"], calls=blocked["calls"]), "blocked", height=260
        )
    parts.numbers(found.days, "days", {"demand": "wanted", "peak_used": "peak used"}, height=260)


def whose() -> None:
    """Whose calls were refused, and which."""
    if found.refuses_nothing:
        st.caption("Nobody's: this plan would have refused nothing.")
        return
    st.caption(
        "What a minute refused is shared out among its users, and its APIs, by what they wanted."
    )
    for column, by in zip(st.columns(2), ("user", "api"), strict=True):
        with column:
            parts.numbers(
                data.whose(played, plan.allowance, by),
                f"whose_{by}",
                height=320,
                column_config={"share": st.column_config.NumberColumn(format="percent")},
            )


with result:
    answer()
with picture:
    usage_again()
    st.caption(words.margin(plan, priced))
# Only the tab that is open is drawn: a chart more would double what a slider takes.
drawn = (
    compare,
    lambda: keeping.panel(plan, saved),
    refused_by_allowance,
    cost_by_users,
    when,
    whose,
)
for tab, draw in zip(st.tabs(TABS, key="more", on_change="rerun"), drawn, strict=True):
    if tab.open:
        with tab:
            draw()
