"""What stands below the answer on the plan page, a tab each; only the one that is open is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from credits import advice as words
from credits import buying, charts, comparison, prices, scenarios, views
from credits.editions import editions
from credits.phrases import counted
from credits.plan import Plan
from credits.prices import Prices
from credits.replay import Replay, least_users
from credits.scenarios import Scenario
from pages import data, keeping, parts, planned

REFUSED = {
    "user": "User",
    "user_basis": "Known by",
    "api": "API",
    "how long": "How long",
    "demand": "Wanted",
    "admitted": "Admitted",
    "refused": "Refused",
    "peak_used": "Peak used",
    "share": "Share, %",
    "calls": "Calls",
}
"""What stands above the columns of what was refused."""


@dataclass(frozen=True)
class Shown:
    """What is chosen at this move of a control, and what it would have meant."""

    plan: Plan
    label: str
    """What the plan is sold as."""
    prices: Prices
    played: data.Played
    found: Replay
    zone: str
    colours: charts.Palette

    @cached_property
    def saved(self) -> list[Scenario]:
        """The plans that people have saved, read where a tab shows them."""
        return data.store().scenarios()


def more(now: Shown) -> None:
    """What one more user and one more dollar buy, and how many users there are."""
    plan = now.plan
    seen = data.users_seen(*now.played[:2])
    st.markdown(parts.plain(words.margin(plan, now.prices)))
    st.markdown(f"The logs show **{counted(seen, 'user')}**; the plan pays for **{plan.users:,}**.")
    if plan.at_cap:
        reached = "" if plan.users_at_cap is None else f" (reached at {plan.users_at_cap:,} users)"
        st.markdown(f"At its cap of {plan.cap:,} credits{reached}: more users add nothing.")


def compare(now: Shown) -> None:
    """The chosen plan, saved ones and every edition, side by side."""
    users, growth = now.plan.users, st.session_state["growth"]
    rows: list[Scenario] = [planned.scenario("This plan", now.plan), *now.saved]
    rows += [
        scenarios.of_edition(each, users, planned.prices(each.name), now.plan.add_on, growth)
        for each in editions()
    ]
    found_of = {}
    for each in {row.growth for row in rows}:
        allowances = [row.plan.allowance for row in rows if row.growth == each]
        found_of[each] = data.outcomes((*now.played[:-1], each), allowances)
    outcomes = [found_of[row.growth].pop(0) for row in rows]
    table = comparison.listed(comparison.side_by_side(rows, outcomes))
    st.caption(
        "The same usage played again under each; editions with the users and add-on credits"
        " chosen above. Prices are those entered for each edition."
    )
    # All rows at once, as long as nobody has saved dozens.
    parts.numbers(table, "compared", height=parts.tall(len(table), 900))


def refused_by_allowance(now: Shown) -> None:
    """How much less is refused for how much more allowance."""
    today = next((each.plan for each in now.saved if each.name == keeping.TODAY), Plan())
    marks = [
        ("This plan", now.plan.allowance),
        ("Least that refuses nothing", now.found.least_allowance),
        (keeping.TODAY, today.allowance),
    ]
    curve = data.curve(now.played)
    parts.panel(
        "Credits refused by allowance",
        lambda: charts.refused_curve(curve, marks, now.colours),
        lambda: curve,
        "refused_curve",
        note=f"{keeping.TODAY} is {today.formula}, until another is kept as such.",
    )


def cost_by_users(now: Shown) -> None:
    """What so many users cost and give."""
    enough = least_users(now.plan, now.found.least_allowance)
    most = max(now.plan.users, enough or 0, now.plan.users_at_cap or 0, 10) * 5 // 4
    curve = buying.by_users(now.plan, now.prices, min(most, 5_000))
    known = prices.cost(now.plan, now.prices).total is not None
    marks = [("This plan", now.plan.users)]
    marks += [("Refuses nothing", enough)] if enough is not None else []
    marks += [("At the cap", now.plan.users_at_cap)] if now.plan.users_at_cap else []
    parts.panel(
        "Cost by users" if known else "Allowance by users",
        lambda: charts.plan_curve(
            curve, marks, now.colours, currency=now.prices.currency if known else ""
        ),
        lambda: curve,
        "plan_curve",
        note="" if known else "Enter prices to see what they cost.",
    )


def when(now: Shown) -> None:
    """When something was refused, and every day."""
    if now.found.refuses_nothing:
        st.caption("Never: this plan would have been enough.")
    else:
        blocked = now.found.blocked
        spans = views.spans(blocked, now.zone)
        parts.numbers(
            spans.assign(refused=blocked["refused"], calls=blocked["calls"]),
            "blocked",
            REFUSED | {"from": f"From ({now.zone})", "to": f"To ({now.zone})"},
            height=260,
        )
    parts.numbers(now.found.days, "days", REFUSED | {"day": f"Day ({now.zone})"}, height=260)


def whose(now: Shown) -> None:
    """Whose calls were refused, and which."""
    if now.found.refuses_nothing:
        st.caption("Nobody's: this plan would have refused nothing.")
        return
    st.caption(
        "What a minute refused is shared out among its users, and its APIs, by what they wanted."
    )
    for column, by in zip(st.columns(2), ("user", "api"), strict=True):
        with column:
            found = data.whose(now.played, now.plan.allowance, by)
            parts.numbers(
                found.assign(share=100 * found["share"]), f"whose_{by}", REFUSED, height=320
            )


def keep(now: Shown) -> None:
    """Save, open, share."""
    keeping.panel(now.plan, now.saved)


MORE: dict[str, Callable[[Shown], None]] = {
    "What more buys": more,
    "Compare plans": compare,
    "Save and share": keep,
    "Refused by allowance": refused_by_allowance,
    "Cost by users": cost_by_users,
    "When": when,
    "Whose calls": whose,
}


def chosen(now: Shown) -> None:
    """Draw what is chosen of them."""
    MORE[parts.chosen_panel("more", list(MORE))](now)
