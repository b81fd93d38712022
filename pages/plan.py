"""Credit plan: which plan should we buy, and what is the risk?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from credits import CreditsError, charts, prices, views
from credits import advice as words
from credits.editions import editions
from credits.phrases import counted, duration
from pages import choices, data, keeping, parts, planned, played, pricing
from pages.controls import plan_controls
from pages.parts import number
from pages.played import Shown

TITLE = "Credit plan"
_, chosen, version = parts.opening(TITLE)


def shown() -> Shown:
    """What the controls say now, and what it would have meant."""
    plan, label, state = choices.plan(), planned.label(), st.session_state
    again = (*version, chosen.kind, chosen.zone, state["refused"], state["growth"])
    return Shown(
        plan=plan,
        label=label,
        prices=planned.prices(label),
        played=again,
        found=data.replayed(again, plan.allowance),
        zone=chosen.zone,
        colours=parts.palette(),
    )


def answer(now: Shown) -> None:
    """The answer in a sentence, and the numbers behind it."""
    edition = planned.known(now.label)
    said = words.advice(
        now.found,
        now.plan,
        planned.called(),
        editions(),
        vendor=edition.vendor if edition else "",
        growth=st.session_state["growth"],
    )
    box = st.success if said.enough else st.warning
    box(f"**{parts.plain(said.verdict)}** {parts.plain(said.remedy)}")
    parts.cards((*refusals(now), headroom(now), cost(now)))


def refusals(now: Shown) -> tuple[parts.Card, ...]:
    """What the plan gives, and what it would have refused."""
    found = now.found
    colour = "red" if found.refused else "gray"
    days = counted(len(found.demand.timeline.days), "day")
    blocked = duration(pd.Timedelta(minutes=found.blocked_minutes))
    return (
        ("Allowance", number(now.plan.allowance), now.plan.origin, "gray"),
        ("Refused", number(found.refused), counted(found.refused_calls, "call"), colour),
        (
            "Blocked",
            blocked if found.blocked_minutes else "never",
            f"on {found.days_refusing:,} of {days}" if found.days_refusing else f"in {days}",
            colour,
        ),
    )


def headroom(now: Shown) -> parts.Card:
    """What the plan leaves."""
    free = now.found.headroom()
    often = f"5 % of the time ≤ {number(free['p5'])}, half ≤ {number(free['median'])}"
    return "Least headroom", number(free["min"]), often, "gray"


def cost(now: Shown) -> parts.Card:
    """What the plan costs, as far as its prices were entered."""
    paid = prices.cost(now.plan, now.prices).total
    if paid is None:
        return "Cost a month", "no price", "enter prices below", "gray"
    each = prices.per_thousand(paid, now.found.admitted_a_month)
    remark = "nothing used" if each is None else f"{prices.finely(each):,f} per 1,000 used"
    return "Cost a month", prices.written(paid, now.prices.currency), remark, "gray"


def outline(now: Shown) -> pd.DataFrame:
    """What a chart of the window needs, by the zone's clock."""
    found, view = now.found, (*now.played, now.plan.allowance)
    if found.demand.timeline.unit is not None:
        return data.drawn("replayed", view, lambda: found.extremes)
    return data.drawn(
        "replayed", view, lambda: views.localized(found.drawn, "occurred_at", now.zone)
    )


def work_out(now: Shown) -> None:
    """Do what takes time before anything is drawn: what comes in drops, a browser draws often."""
    now.found.headroom()
    _ = now.found.refused_calls, now.found.days_refusing, outline(now)


def usage_again(now: Shown) -> None:
    """What the window used under this plan, and what it was refused."""
    thin, of = outline(now), now.found.demand.timeline.unit
    names = {"occurred_at": f"from ({now.zone})", "wanted": "wanted (used and refused)"}
    if of is not None:
        names = parts.extremes_names(of, now.zone) | {
            "wanted": "most wanted (used and refused)",
            "occurred_at": "most wanted at",
            "used": "most used",
            "used_at": "most used at",
            "low": "least used",
            "low_at": "least used at",
        }
    parts.panel(
        "Credits used under this plan, and on top what it would have refused",
        lambda: charts.replayed(thin, now.plan.allowance, now.colours, of=of, height=400),
        lambda: thin,
        "replayed",
        height="content",
        note=parts.as_extremes(of),
        names=names,
    )


@st.fragment
def page() -> None:
    """All that a slider changes. A fragment, so that the sidebar and the title stay as they are."""
    choices.resume(TITLE)
    data.follow(version[1])
    try:
        whole()
    except CreditsError as error:
        st.error(parts.plain(str(error)))


def whole() -> None:
    """The answer, the controls, the usage played again, and what stands below."""
    work_out(shown())
    # Above the columns: inside of one, a phone draws cards of equal height over what follows them.
    keeping.opened()
    result = st.container()
    controls, picture = st.columns([1, 2.4])
    with controls, st.container(border=True):
        plan_controls(whole=True)
        pricing.controls()
    choices.remember()
    now = shown()
    with result:
        answer(now)
    with picture:
        usage_again(now)
    played.chosen(now)


page()
