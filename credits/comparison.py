"""Scenarios side by side: the same demand played again under each, and what each would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from credits import buying
from credits.demand import Demand, prepared
from credits.prices import cost, finely, per_thousand, written
from credits.replay import least_users, play
from credits.scenarios import Scenario
from credits.windows import Kind

COLUMNS = (
    "name", "edition", "users", "growth", "allowance", "currency", "cost", "refused",
    "refused_share", "refused_calls", "blocked_minutes", "headroom", "peak_used", "cost_per_1000",
    "least_allowance", "least_users", "refuses_nothing", "user_buys", "unit_buys", "unit_way",
)  # fmt: skip
_MAY_BE_NONE = ("cost", "cost_per_1000", "unit_buys", "unit_way")


def compare(
    demand: pd.DataFrame, scenarios: Sequence[Scenario], kind: Kind = "trailing", zone: str = "UTC"
) -> pd.DataFrame:
    """Scenarios in their order, a row each, with what they would have done with the demand.

    `demand` as for `replay.replay`. Columns:

    - name, edition, users, growth (per cent), allowance (credits per 24 hours), currency;
    - cost: a month, Decimal, or None where a price was not entered;
    - refused (credits), refused_share (of the demand, 0 to 1), refused_calls, blocked_minutes,
      refuses_nothing;
    - headroom: the least, in credits; peak_used: the most that was admitted in a window;
    - cost_per_1000: of the credits used, Decimal or None; a month's use is what was admitted,
      scaled from the time between the first minute and the last (at least a day) to 30 days;
    - least_allowance: that would refuse nothing, whatever the plan;
    - least_users: with which the plan would refuse nothing, NA where no number of them would;
    - user_buys: credits per 24 hours that one more user adds, 0 at the cap;
    - unit_buys: credits that one more unit of the currency a month buys, by the better way
      (unit_way: users or add-on); both None where nothing can be bought or has a price.
    """
    whole = prepared(demand, kind, zone)
    demands = {growth: whole.grown(growth) for growth in {each.growth for each in scenarios}}
    found: dict[tuple[float, int], Outcome] = {}
    for each in scenarios:
        key = (each.growth, each.plan.allowance)
        if key not in found:
            found[key] = outcome(demands[each.growth], each.plan.allowance)
    return side_by_side(scenarios, [found[e.growth, e.plan.allowance] for e in scenarios])


@dataclass(frozen=True)
class Outcome:
    """What an allowance would have done with the demand, in a few numbers that are cheap to keep.

    Credits, calls, minutes; see `replay.Replay`.
    """

    refused: int | float
    refused_share: float
    refused_calls: int
    blocked_minutes: int
    headroom: int | float
    peak_used: int | float
    least_allowance: int
    admitted_a_month: Fraction


def outcome(demand: Demand, allowance: int) -> Outcome:
    """What an allowance would have done with the demand."""
    found = play(demand, allowance)
    return Outcome(
        refused=found.refused,
        refused_share=found.refused_share,
        refused_calls=found.refused_calls,
        blocked_minutes=found.blocked_minutes,
        headroom=found.least_headroom,
        peak_used=found.peak_used,
        least_allowance=found.least_allowance,
        admitted_a_month=found.admitted_a_month,
    )


def side_by_side(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Scenarios with what became of each; the columns of `compare`."""
    rows = [_row(*each) for each in zip(scenarios, outcomes, strict=True)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kept = {name: pd.Series([row[name] for row in rows], dtype=object) for name in _MAY_BE_NONE}
    enough = pd.Series([row["least_users"] for row in rows], dtype="Int64")
    return frame.assign(**kept, least_users=enough)


def listed(compared: pd.DataFrame) -> pd.DataFrame:
    """What `side_by_side` gives as a table to be read and taken away; money as text."""
    money = zip(compared["cost"], compared["cost_per_1000"], compared["currency"], strict=True)
    texts = [(written(cost, code), _each(share, code)) for cost, share, code in money]
    return pd.DataFrame(
        {
            "Plan": compared["name"],
            "Users": compared["users"],
            "Allowance": compared["allowance"],
            "Cost a month": [cost for cost, _ in texts],
            "Refused": compared["refused"],
            "Refused, %": (compared["refused_share"] * 100).round(2),
            "Blocked hours": (compared["blocked_minutes"] / 60).round(1),
            "Headroom": compared["headroom"],
            "Per 1,000 used": [share for _, share in texts],
            "Users that refuse nothing": compared["least_users"],
            "Growth %": compared["growth"],
            "Edition": compared["edition"],
        }
    )


def _each(share: Decimal | None, currency: str) -> str:
    return "" if share is None else f"{finely(share):,f} {currency}"


def _row(scenario: Scenario, found: Outcome) -> dict[str, Any]:
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
        "refused_share": found.refused_share,
        "refused_calls": found.refused_calls,
        "blocked_minutes": found.blocked_minutes,
        "headroom": found.headroom,
        "peak_used": found.peak_used,
        "cost_per_1000": per_thousand(total, found.admitted_a_month),
        "least_allowance": found.least_allowance,
        "least_users": least_users(plan, found.least_allowance),
        "refuses_nothing": found.least_allowance <= plan.allowance,
        "user_buys": buying.one_more_user(plan, prices).credits,
        "unit_buys": more.most,
        "unit_way": more.way,
    }
