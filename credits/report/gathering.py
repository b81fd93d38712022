"""Everything that a report says, asked of the functions that pages and command line ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from credits import CreditsError, people, times, usage, windows
from credits import replay as replays
from credits.comparison import compare
from credits.editions import editions
from credits.plan import Plan
from credits.prices import Cost, Prices, cost, rounded
from credits.rates import RateCard
from credits.scenarios import Scenario, of_edition
from credits.showback import BY, By, showback
from credits.sums import whole
from credits.windows import Kind


class Answers(usage.Answers, Protocol):
    """What a report asks of the store; see `credits.store.questions.Answers`."""

    def demand(self, *, refused: bool = True) -> pd.DataFrame:
        """What was wanted: minute, calls, credits. `refused`: with calls that the log refused."""

    def loads(self) -> pd.DataFrame:
        """Every load, with the columns of the table `loads`."""

    def rate_card(self, name: str) -> RateCard:
        """A rate card by its name. Raises CreditsError where there is none."""


@dataclass(frozen=True)
class Wanted:
    """What a report is to be about."""

    plan: Scenario
    """The plan in force, with its growth and prices."""
    kind: Kind = "trailing"
    zone: str = "UTC"
    start: datetime | None = None
    """The period's first instant, naive UTC; None: the first call."""
    end: datetime | None = None
    """The period's last instant, naive UTC; None: the last call."""
    bill: Decimal | None = None
    """What is shared out, in the currency of the plan's prices; None: no showback."""
    by: By = "user"
    others: tuple[Scenario, ...] = ()
    """Scenarios to stand beside the plan; none: every edition, with as many users."""
    refused: bool = True
    """Whether calls that the log shows as refused are played again too."""


@dataclass(frozen=True)
class Card:
    """A rate card by which calls were rated."""

    name: str
    title: str = ""
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class Report:
    """What a report says. Times are naive UTC; see the functions that are named for the frames."""

    wanted: Wanted
    now: pd.Timestamp
    """When the report was made."""
    summary: Any
    """Everything loaded: `store.Summary`."""
    rows: dict[str, int]
    """Rows of all loads: rows, loaded, duplicates, rejected, skipped."""
    cards: tuple[Card, ...]
    start: pd.Timestamp
    at: pd.Timestamp
    """The period's end, no later than the last call: “used” speaks of the window here."""
    window: usage.Window
    series: usage.Series
    sums: dict[str, Any]
    """calls, credits, assumed, refused of the period."""
    users: pd.DataFrame
    """Of the period, see `usage.users`."""
    days: pd.DataFrame
    """Of the period: day, calls, credits (as logged), demand, admitted, refused, peak_used,
    peak_demand (the greatest sum that the window takes on the day if nothing is refused). Of a day
    that the period cuts, its part; what is played again to the minute."""
    played: replays.Replay
    """Everything loaded, played again under the plan."""
    compared: pd.DataFrame
    """Everything loaded under each scenario, see `comparison.compare`; the plan is the first."""
    cost: Cost
    shared: pd.DataFrame | None = field(default=None)
    """The bill shared out over the period, see `showback.showback`; None without a bill."""

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self.wanted.plan.plan

    @property
    def used(self) -> int | float:
        """Credits used in the window at the period's end."""
        return whole(self.window.credits)

    @property
    def unused(self) -> int | float:
        """What the allowance leaves, never below zero."""
        return whole(max(self.plan.allowance - self.window.credits, 0))

    @property
    def headroom(self) -> int | float:
        """Allowance − the period's peak."""
        return whole(self.plan.allowance - self.series.peak.credits)


def gather(answers: Answers, wanted: Wanted, *, now: datetime) -> Report:
    """All that a report says, of one moment of the data. `now` is naive UTC.

    Calls, credits, users, days and showback cover the period; what is played again covers
    everything loaded, as in `python -m credits replay`. Raises CreditsError where nothing is
    loaded, and for a period that ends before it begins.
    """
    summary = answers.summary()
    if summary.first is None or summary.last is None:
        raise CreditsError(usage.NOTHING)
    start, at = _period(wanted, summary.first, summary.last)
    kind, zone, plan = wanted.kind, wanted.zone, wanted.plan
    demand, loads = answers.demand(refused=wanted.refused), answers.loads()
    played = replays.replay(demand, plan.plan, kind, zone, plan.growth)
    return Report(
        wanted=wanted,
        now=pd.Timestamp(now),
        summary=summary,
        rows={name: int(loads[name].sum()) for name in _ROWS},
        cards=tuple(_cards(answers, loads["rate_card"].unique())),
        start=start,
        at=at,
        window=usage.window_at(answers, at, kind, zone),
        series=usage.series(answers, start, at, kind, zone),
        sums=dict(answers.totals([], start, at).astype(object).iloc[0]),
        users=people.users(answers, start, at, kind, zone),
        days=_days(
            answers.window_usage(kind, zone, start, start, at),
            demand,
            played,
            wanted,
            # Whatever is left out of the demand, and no longer than there are calls.
            (max(start, summary.first), min(at, summary.last)),
        ),
        played=played,
        compared=compare(demand, _scenarios(wanted), kind, zone),
        cost=cost(plan.plan, plan.prices),
        shared=_shared(answers, wanted, start, at),
    )


def document(report: Report) -> dict[str, Any]:
    """The numbers of a report, as `python -m credits report --json` says them.

    Money stands in it as text, so that it stays decimal.
    """
    played, peak, bill = report.played, report.series.peak, report.wanted.bill
    return {
        "from": report.start,
        "to": report.at,
        "window": report.wanted.kind,
        "calls": int(report.sums["calls"]),
        "credits": whole(report.sums["credits"]),
        "assumed_credits": whole(report.sums["assumed"]),
        "allowance": report.plan.allowance,
        "used": report.used,
        "unused": report.unused,
        "headroom": report.headroom,
        "peak": {"credits": whole(peak.credits), "calls": peak.calls, "end": peak.end},
        "demand": {"credits": total(played.minutes["demand"])},
        "refused": {"calls": played.refused_calls, "credits": whole(played.refused)},
        "blocked_minutes": played.blocked_minutes,
        "least_allowance": played.least_allowance,
        "cost": _money(report.cost.total, report.cost.currency),
        "bill": _money(bill, report.cost.currency),
        "currency": report.cost.currency,
    }


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{rounded(amount, currency):f}"


def total(column: pd.Series) -> int | float:
    """The sum of a column of calls or credits; whole numbers exactly, as ints."""
    values = column.to_numpy()
    return whole(values.sum().item()) if len(values) else 0


_ROWS = ("rows", "loaded", "duplicates", "rejected", "skipped")


def _period(
    wanted: Wanted, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The period within the data; where it lies beside them, its end alone."""
    start = first if wanted.start is None else pd.Timestamp(wanted.start)
    end = last if wanted.end is None else pd.Timestamp(wanted.end)
    if wanted.start is not None and wanted.end is not None and start > end:
        raise CreditsError("The period ends before it begins: swap its days.")
    return times.within_data(start, max(start, end), first, last)


def _days(
    used: pd.DataFrame,
    demand: pd.DataFrame,
    played: replays.Replay,
    wanted: Wanted,
    period: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    # Under the least allowance that refuses nothing, what is used is what was wanted.
    enough = Plan(played.least_allowance, 0, 0)
    free = replays.replay(demand, enough, wanted.kind, wanted.zone, wanted.plan.growth)
    days = played.days_between(*period)
    days = days.assign(peak_demand=free.days_between(*period)["peak_used"])
    logged = windows.days(used, wanted.zone).set_index("day")[["calls", "credits"]]
    logged = logged.reindex(days["day"], fill_value=0).reset_index()
    return logged.merge(days, on="day")


def _scenarios(wanted: Wanted) -> list[Scenario]:
    chosen = wanted.plan
    # What was entered is the price of the plan in force; another edition's is not known.
    unpriced = Prices(chosen.prices.currency)
    others: Iterable[Scenario] = wanted.others or (
        of_edition(each, chosen.plan.users, unpriced, chosen.plan.add_on, chosen.growth)
        for each in editions()
        if each.name != chosen.edition
    )
    return [replace(chosen, name=f"{chosen.title} (in force)"[:80]), *others]


def _shared(
    answers: Answers, wanted: Wanted, start: pd.Timestamp, at: pd.Timestamp
) -> pd.DataFrame | None:
    if wanted.bill is None:
        return None
    sums = answers.totals(BY[wanted.by], start, at)
    return showback(sums, wanted.bill, wanted.plan.prices.currency)


def _cards(answers: Answers, names: Iterable[str]) -> Iterable[Card]:
    """The rate cards of the loads; of one that can't be read any more, the name."""
    for name in names:
        try:
            card = answers.rate_card(name)
        except CreditsError:
            yield Card(name)
        else:
            yield Card(name, card.title, card.source, f"{card.as_of:%d %b %Y}")
