"""Scenarios side by side: the same demand played again under each, and what each would cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from credits import buying
from credits.plan import Plan
from credits.prices import DAYS, cost, per_thousand
from credits.replay import MINUTE, Replay, least_users, replay
from credits.scenarios import Scenario
from credits.windows import Kind

COLUMNS = (
    "name", "edition", "users", "growth", "allowance", "currency", "cost", "refused",
    "refused_calls", "blocked_minutes", "headroom", "peak_used", "cost_per_1000", "least_allowance",
    "least_users", "refuses_nothing", "user_buys", "unit_buys", "unit_way",
)  # fmt: skip
_MAY_BE_NONE = ("cost", "cost_per_1000", "unit_buys", "unit_way")
_DAY_MINUTES = 24 * 60


def compare(
    demand: pd.DataFrame, scenarios: Sequence[Scenario], kind: Kind = "trailing", zone: str = "UTC"
) -> pd.DataFrame:
    """Scenarios in their order, a row each, with what they would have done with the demand.

    `demand` as for `replay.replay`. Columns:

    - name, edition, users, growth (per cent), allowance (credits per 24 hours), currency;
    - cost: a month, Decimal, or None where a price was not entered;
    - refused (credits), refused_calls, blocked_minutes, refuses_nothing;
    - headroom: the least, in credits; peak_used: the most that was admitted in a window;
    - cost_per_1000: of the credits used, Decimal or None; a month's use is what was admitted,
      scaled from the time between the first minute and the last (at least a day) to 30 days;
    - least_allowance: that would refuse nothing, whatever the plan;
    - least_users: with which the plan would refuse nothing, NA where no number of them would;
    - user_buys: credits per 24 hours that one more user adds, 0 at the cap;
    - unit_buys: credits that one more unit of the currency a month buys, by the better way
      (unit_way: users or add-on); both None where nothing can be bought or has a price.
    """
    played: dict[tuple[float, int], Replay] = {}
    for growth in {each.growth for each in scenarios}:
        allowances = {each.plan.allowance for each in scenarios if each.growth == growth}
        found = _played(demand, allowances, kind, zone, growth)
        played |= {(growth, allowance): each for allowance, each in found.items()}
    months = _months(demand)
    rows = [_row(each, played[each.growth, each.plan.allowance], months) for each in scenarios]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kept = {name: pd.Series([row[name] for row in rows], dtype=object) for name in _MAY_BE_NONE}
    enough = pd.Series([row["least_users"] for row in rows], dtype="Int64")
    return frame.assign(**kept, least_users=enough)


def _played(
    demand: pd.DataFrame, allowances: Iterable[int], kind: Kind, zone: str, growth: float
) -> dict[int, Replay]:
    """The demand played again under every allowance.

    Allowances that refuse nothing differ only in their headroom, so they share one replay.
    """
    found: dict[int, Replay] = {}
    roomy: Replay | None = None
    for allowance in sorted(allowances, reverse=True):
        if roomy is not None and allowance >= roomy.least_allowance:
            found[allowance] = replace(roomy, allowance=allowance)
            continue
        found[allowance] = replay(demand, Plan(allowance, 0, 0), kind, zone, growth)
        if found[allowance].least_allowance <= allowance:
            roomy = found[allowance]
    return found


def _months(demand: pd.DataFrame) -> Fraction:
    """How many months of 30 days the demand covers, at least a day's worth."""
    if demand.empty:
        return Fraction(1, DAYS)
    span = demand["minute"].max() - demand["minute"].min() + MINUTE
    return Fraction(max(span // MINUTE, _DAY_MINUTES), _DAY_MINUTES * DAYS)


def _admitted(found: Replay) -> Fraction:
    """All credits admitted, exactly: fractions of them are added up in millionths, as elsewhere."""
    values = found.minutes["admitted"].to_numpy()
    if values.dtype.kind == "i":
        return Fraction(int(values.sum()))
    return Fraction(int(np.rint(values * 1e6).astype(np.int64).sum()), 1_000_000)


def _row(scenario: Scenario, found: Replay, months: Fraction) -> dict[str, Any]:
    plan, prices = scenario.plan, scenario.prices
    total: Decimal | None = cost(plan, prices).total
    more = buying.unit_buys(plan, prices)
    return {
        "name": scenario.name,
        "edition": scenario.edition,
        "users": plan.users,
        "growth": scenario.growth,
        "allowance": plan.allowance,
        "currency": prices.currency,
        "cost": total,
        "refused": found.refused,
        "refused_calls": found.refused_calls,
        "blocked_minutes": found.blocked_minutes,
        "headroom": found.headroom()["min"],
        "peak_used": found.peak_used,
        "cost_per_1000": per_thousand(total, _admitted(found) / months),
        "least_allowance": found.least_allowance,
        "least_users": least_users(plan, found.least_allowance),
        "refuses_nothing": found.least_allowance <= plan.allowance,
        "user_buys": buying.one_more_user(plan, prices).credits,
        "unit_buys": more.most,
        "unit_way": more.way,
    }
