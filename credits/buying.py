"""What money buys: one more user, one more thousand credits, and the cheapest way to an allowance.

The other side of `prices`: there a plan has a cost, here a cost has credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from math import gcd
from typing import Literal

import pandas as pd

from credits.plan import Plan
from credits.prices import Prices, add_on_a_month, cost, quotient, thousands

Way = Literal["users", "add-on"]


@dataclass(frozen=True)
class More:
    """What a purchase adds to a plan's allowance, and to its cost a month."""

    credits: int
    """Credits per 24 hours; less than was bought where the cap is near, 0 at the cap."""
    cost: Decimal | None
    """Per month; None where no price was entered."""

    @property
    def per_unit(self) -> Decimal | None:
        """Credits for one unit of the currency (one dollar); None where nothing is bought for
        money: at the cap, without a price, or for free.
        """
        if not self.cost or not self.credits:
            return None
        return quotient(self.credits, self.cost)


@dataclass(frozen=True)
class UnitBuys:
    """Credits per 24 hours that one more unit of the currency a month buys, by each way.

    A rate: neither users nor thousands of credits are sold in parts. None as in `More.per_unit`.
    """

    users: Decimal | None
    add_on: Decimal | None

    @property
    def way(self) -> Way | None:
        """The way that buys more, through users where both buy the same."""
        if self.users is not None and (self.add_on is None or self.users >= self.add_on):
            return "users"
        return None if self.add_on is None else "add-on"

    @property
    def most(self) -> Decimal | None:
        """What the better way buys."""
        return {"users": self.users, "add-on": self.add_on, None: None}[self.way]


def one_more_user(plan: Plan, prices: Prices) -> More:
    """What one more user adds."""
    return More(_gain(plan, replace(plan, users=plan.users + 1)), prices.per_user)


def one_more_thousand(plan: Plan, prices: Prices) -> More:
    """What 1,000 more add-on credits add, at the price of the slab they lie in."""
    larger = replace(plan, add_on=plan.add_on + 1_000)
    before, after = (add_on_a_month(prices, each.add_on) for each in (plan, larger))
    price = None if before is None or after is None else after - before
    return More(_gain(plan, larger), price)


def unit_buys(plan: Plan, prices: Prices) -> UnitBuys:
    """What one more unit of the currency (one dollar a month) buys through users and add-ons."""
    return UnitBuys(one_more_user(plan, prices).per_unit, one_more_thousand(plan, prices).per_unit)


def by_users(plan: Plan, prices: Prices, most: int) -> pd.DataFrame:
    """A plan with 0 to `most` users: users, allowance, cost (a month; Decimal or None)."""
    plans = [replace(plan, users=count) for count in range(most + 1)]
    return pd.DataFrame(
        {
            "users": range(most + 1),
            "allowance": [each.allowance for each in plans],
            "cost": pd.Series([cost(each, prices).total for each in plans], dtype=object),
        }
    )


def cheapest(plan: Plan, prices: Prices, wanted: int, least_users: int = 0) -> Plan | None:
    """The plan with this one's base, credits per user and cap that gives at least `wanted` credits
    for the least money, from `least_users` users on, with add-on credits by the thousand.

    Of plans that cost the same, the one with the fewest add-on credits; those without a price are
    not bought. None where no plan gives that much, or where no price per user was entered.

    Only some combinations are tried. Say that g is the greatest common divisor of c credits per
    user and 1,000: then 1000/g users give as much as c/g thousands. Within a slab that exchange
    always costs the same, so it pays in one direction (or in none), until less than one exchange is
    left to a slab's end, or to the thousands with which the least users are enough. What lies there
    is all there is to compare.
    """
    if prices.per_user is None or (plan.cap is not None and wanted > plan.cap):
        return None
    start = replace(plan, users=least_users, add_on=0)
    missing = max(wanted - start.uncapped, 0)
    found = (
        _bought(start, missing, units) for units in sorted(set(_units(start, prices, missing)))
    )
    priced = [
        (total, each.add_on, each.users, each)
        for each in found
        if each is not None and (total := cost(each, prices).total) is not None
    ]
    return min(priced, key=lambda row: row[:3])[3] if priced else None


def _gain(plan: Plan, larger: Plan) -> int:
    return larger.allowance - plan.allowance


def _bought(start: Plan, missing: int, units: int) -> Plan | None:
    """So many thousands of add-on credits, and as few users more as then give what is missing."""
    left = max(missing - units * 1_000, 0)
    if left and not start.credits_per_user:
        return None
    more = -(-left // start.credits_per_user) if left else 0
    return replace(start, users=start.users + more, add_on=units * 1_000)


def _units(start: Plan, prices: Prices, missing: int) -> Iterator[int]:
    """Thousands of add-on credits that may be the cheapest; see `cheapest`."""
    yield 0
    if not prices.sells_add_ons or not missing:
        return
    every, each = thousands(missing), start.credits_per_user
    yield every
    if not each:
        return
    step = each // gcd(each, 1_000)
    most_users = missing // each + 1
    if most_users <= step:
        # So few users are enough that trying every number of them is less work.
        yield from (thousands(max(missing - count * each, 0)) for count in range(most_users + 1))
        return
    bounds = [slab.up_to for slab in prices.slabs] if prices.add_on is None else []
    ends = [min(bound // 1_000, every) for bound in bounds if bound is not None]
    for end in {0, every, *ends}:
        yield from range(max(end - step, 0), min(end + step, every) + 1)
