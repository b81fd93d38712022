"""Which plan to buy, and what is the risk: a replay in the sentences that its reader came for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from credits import buying
from credits.editions import Edition
from credits.phrases import counted, number, percent
from credits.plan import Plan
from credits.prices import Prices, written
from credits.replay import Replay, least_users


@dataclass(frozen=True)
class Offer:
    """An edition, and the users with whom it gives an allowance."""

    edition: Edition
    users: int

    @property
    def words(self) -> str:
        """`Zoho CRM Professional with 59 users`; an edition that asks for none is named alone."""
        if not self.edition.credits_per_user:
            return self.edition.name
        return f"{self.edition.name} with {counted(self.users, 'user')}"


def offer(
    editions: Iterable[Edition], allowance: int, users: int, vendor: str = ""
) -> Offer | None:
    """The least edition that gives an allowance, with so many users or more; None if none does.

    The least is the one with the lowest cap, since vendors name no prices; among those of one cap,
    a named vendor's before others', and then the one that takes the fewest users.
    """
    found = []
    for place, each in enumerate(editions):
        enough = least_users(each.plan(0), allowance)
        if enough is not None:
            cap = float("inf") if each.cap is None else each.cap
            key = (cap, each.vendor != vendor, max(enough, users), place)
            found.append((key, Offer(each, max(enough, users))))
    return min(found, key=lambda pair: pair[0])[1] if found else None


@dataclass(frozen=True)
class Advice:
    """What a replay says to whoever has to buy. Sentences are plain text."""

    enough: bool
    """Whether the plan would have refused nothing."""
    verdict: str
    """What the plan would have done."""
    remedy: str
    """The least that refuses nothing, and how to come by it."""


def advice(
    found: Replay,
    plan: Plan,
    name: str,
    editions: Iterable[Edition],
    *,
    vendor: str = "",
    growth: float = 0,
) -> Advice:
    """Say it of a plan that is called by a name (its edition, or `this plan`).

    `growth`: per cent by which the demand had been grown.
    """
    days = len(found.demand.timeline.days)
    this = "This plan"
    if growth:
        way = "more" if growth > 0 else "less"
        this = f"With {abs(growth):g} % {way} demand, this plan"
    period = "on the one day" if days == 1 else f"in the {days:,} days"
    if found.refuses_nothing:
        # As the cards say it: the least allowance is a whole number, what is used need not be.
        spare = found.least_headroom
        verdict = f"{this} would have refused nothing {period} that the logs cover."
        tight = (
            f"It leaves {number(spare)} credits to spare at the peak."
            if spare
            else "It leaves nothing to spare at the peak."
        )
        return Advice(True, verdict, f"{tight} {_least(found, plan, name, editions, vendor)}")
    verdict = (
        f"{this} would have refused {number(found.refused)} credits"
        f" ({percent(found.refused_share, 1)} of what was wanted) on"
        f" {found.days_refusing:,} of {counted(days, 'day')}."
    )
    return Advice(False, verdict, _least(found, plan, name, editions, vendor))


def _least(found: Replay, plan: Plan, name: str, editions: Iterable[Edition], vendor: str) -> str:
    least = found.least_allowance
    need = f"The least that refuses nothing is {least:,} credits per 24 hours"
    users = least_users(plan, least)
    if users is not None:
        if not users:
            return f"{need}: {name} gives that without a single user."
        return f"{need}: {counted(users, 'user')} on {name}."
    best = offer(editions, least, plan.users, vendor)
    if plan.cap is not None and least > plan.cap:
        why = f"{name} is capped at {plan.cap:,}"
    else:
        why = f"no number of users gives that on {name}"
    if best is None:
        return f"{need}; {why}, and no edition known here gives as much."
    return f"{need}; {why}, but {best.words} would do."


def margin(plan: Plan, prices: Prices) -> str:
    """What one more user buys, and one more unit of the currency."""
    user, unit = buying.one_more_user(plan, prices), buying.unit_buys(plan, prices)
    if not user.credits:
        why = "the plan is at its cap" if plan.at_cap else "users add no credits"
        text = f"One more user adds nothing: {why}."
    else:
        paid = "" if user.cost is None else f" for {written(user.cost, prices.currency)} a month"
        text = f"One more user adds {user.credits:,} credits per 24 hours{paid}."
    if unit.most is not None:
        way = "users" if unit.way == "users" else "add-on credits"
        return f"{text} One more {prices.currency} a month buys {unit.most:,.1f} through {way}."
    if prices.per_user is None and user.credits:
        return f"{text} Enter a price per user to see what one more {prices.currency} buys."
    return text
