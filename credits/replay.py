"""Usage played again under a plan: what would have been refused, when, and what would be enough.

In each minute, in order, demand is admitted while the credits admitted in the window leave room.
What is admitted comes back 24 hours later (trailing), at the zone's midnight (calendar) or when the
block ends (anchored). A minute may be admitted in part; its calls are then refused in proportion,
rounded up. Calls that the log shows as refused were wanted too, and count as demand.

All sums are integers (see `windows` for fractions): what is refused and what is admitted add up to
the demand exactly. What is not asked for is not worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from credits import extremes
from credits.demand import MINUTE, Demand, prepared, stamps
from credits.plan import Plan
from credits.series import held
from credits.sharing import product_over
from credits.times import Ints, microseconds
from credits.windows import Kind

__all__ = ["MINUTE", "Replay", "curve", "document", "least_users", "play", "replay"]

_PARTS = {"min": 0.0, "p5": 0.05, "median": 0.5}


@dataclass(frozen=True)
class Replay:
    """What an allowance would have done with the demand. Credits, calls; times naive UTC."""

    demand: Demand
    allowance: int
    sums: Ints
    """Admitted before each minute and altogether; see `Demand.admitted`."""

    @property
    def kind(self) -> Kind:
        """The kind of window."""
        return self.demand.timeline.kind

    @property
    def least_allowance(self) -> int:
        """The least allowance that refuses nothing."""
        return self.demand.least_allowance

    @cached_property
    def wanted(self) -> int | float:
        """Credits wanted."""
        return self.demand.credit(int(self.demand.total[-1]))

    @cached_property
    def admitted(self) -> int | float:
        """Credits admitted."""
        return self.demand.credit(int(self.sums[-1]))

    @cached_property
    def refused(self) -> int | float:
        """Credits refused."""
        return self.demand.credit(int(self.demand.total[-1] - self.sums[-1]))

    @property
    def admitted_a_month(self) -> Fraction:
        """Credits admitted in 30 days, exactly."""
        whole = Fraction(int(self.sums[-1]), self.demand.scale)
        return whole / self.demand.timeline.months

    @property
    def refused_share(self) -> float:
        """The part of the demand that is refused, 0 to 1."""
        return self.refused / self.wanted if self.wanted else 0.0

    @property
    def refuses_nothing(self) -> bool:
        """Whether the allowance is enough."""
        return bool(self.sums[-1] == self.demand.total[-1])

    @cached_property
    def refused_by_minute(self) -> Ints:
        """Refused in each minute of the demand, × scale."""
        refused = np.diff(self.sums)
        np.subtract(self.demand.wanted, refused, out=refused)
        return refused

    @cached_property
    def refusing(self) -> Ints:
        """Positions of the minutes that refuse something."""
        if self.refuses_nothing:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.refused_by_minute)

    @cached_property
    def calls_by_refusing_minute(self) -> Ints:
        """Calls refused in each of the minutes `refusing`: in proportion, rounded up."""
        at = self.refusing
        calls, wanted = self.demand.calls[at], self.demand.wanted[at]
        return -product_over(-self.refused_by_minute[at], calls, wanted)

    @cached_property
    def refused_calls(self) -> int:
        """Calls refused."""
        return int(self.calls_by_refusing_minute.sum())

    @property
    def blocked_minutes(self) -> int:
        """Minutes in which something was refused."""
        return len(self.refusing)

    @cached_property
    def days_refusing(self) -> int:
        """Days of the zone on which something was refused."""
        wanted, admitted = self._by_day
        return int(np.count_nonzero(wanted > admitted))

    @property
    def _by_day(self) -> tuple[Ints, Ints]:
        """Wanted and admitted on each day of the zone, × scale."""
        return self._sums(*self.demand.timeline.day_places)

    def _sums(self, first: Ints, last: Ints) -> tuple[Ints, Ints]:
        """Wanted and admitted from the minutes at some positions up to before others, × scale."""
        wanted, admitted = (sums[last] - sums[first] for sums in (self.demand.total, self.sums))
        return wanted, admitted

    @cached_property
    def used(self) -> Ints:
        """Admitted in the window at each of the instants `Demand.at`, × scale."""
        if self.sums is self.demand.total:
            return self.demand.in_window
        return self.demand.timeline.in_window(self.sums)

    @cached_property
    def peak_used(self) -> int | float:
        """The most credits that were admitted in a window."""
        return self.demand.credit(int(self.used.max())) if len(self.used) else 0

    @property
    def least_headroom(self) -> int | float:
        """Allowance − used where it is least."""
        most = int(self.used.max()) if len(self.used) else 0
        return self.demand.credit(self.allowance * self.demand.scale - most)

    def headroom(self) -> dict[str, int | float]:
        """Allowance − used: the least, the 5th percentile and the median over all time."""
        return dict(self._headroom)

    @cached_property
    def _headroom(self) -> dict[str, int | float]:
        if not len(self.used):
            return dict.fromkeys(_PARTS, self.allowance)
        found = held(self.used[:-1], self.demand.timeline.lengths, tuple(_PARTS.values()))
        room = self.allowance * self.demand.scale
        credit = self.demand.credit
        return {name: credit(room - used) for name, used in zip(_PARTS, found, strict=True)}

    @cached_property
    def minutes(self) -> pd.DataFrame:
        """minute, calls, demand, admitted, refused (credits), refused_calls; minutes with calls."""
        demand = self.demand
        refused_calls = np.zeros(len(demand.timeline.times), dtype=np.int64)
        refused_calls[self.refusing] = self.calls_by_refusing_minute
        return pd.DataFrame(
            {
                "minute": stamps(demand.timeline.times),
                "calls": demand.calls,
                "demand": demand.credits(demand.wanted),
                "admitted": demand.credits(np.diff(self.sums)),
                "refused": demand.credits(self.refused_by_minute),
                "refused_calls": refused_calls,
            }
        )

    @cached_property
    def days(self) -> pd.DataFrame:
        """day, demand, admitted, refused, peak_used: every day of the zone, zeros included."""
        timeline = self.demand.timeline
        return self._days(timeline.days["day"], *timeline.day_edges)

    def days_between(self, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """The same of a period (naive UTC, both included); of a day that it cuts, its part.

        To the minute: a minute that lies in the period in part counts whole. A period that ends
        before it begins has no days.
        """
        first, after = start.floor("min"), end.floor("min") + MINUTE
        low, high = (int(each) for each in microseconds([first, after]))
        if low >= high:
            return self.days.head(0)
        timeline = replace(self.demand.timeline, period=(low, high))
        of_period = replace(self, demand=replace(self.demand, timeline=timeline))
        starts, ends = timeline.day_edges
        days = timeline.days["day"]
        return of_period._days(days, np.maximum(starts, low), np.minimum(ends, high))

    def _days(self, days: pd.Series[Any], starts: Ints, ends: Ints) -> pd.DataFrame:
        demand = self.demand
        places = (np.searchsorted(demand.timeline.times, edges) for edges in (starts, ends))
        wanted, admitted = self._sums(*places)
        amounts = {
            "demand": wanted,
            "admitted": admitted,
            "refused": wanted - admitted,
            "peak_used": self._most_used(starts, ends),
        }
        columns = {name: demand.credits(values) for name, values in amounts.items()}
        return pd.DataFrame({"day": days, **columns})

    def _most_used(self, starts: Ints, ends: Ints) -> Ints:
        """The most used in each of some spans; what a span begins with is used in it too."""
        if not len(starts):
            return starts
        first = np.searchsorted(self.demand.timeline.at, starts, "right") - 1
        last = np.searchsorted(self.demand.timeline.at, ends)
        edges = np.stack([np.maximum(first, 0), np.maximum(last, 1)], axis=1).ravel()
        found: Ints = np.maximum.reduceat(np.append(self.used, 0), edges)[::2]
        return found

    @cached_property
    def blocked(self) -> pd.DataFrame:
        """start, end, refused, calls: spans in which whatever was called was refused, in part.

        A span reaches from a minute that refuses something to the last before one that takes all.
        """
        at, times = self.refusing, self.demand.timeline.times
        first = np.flatnonzero(np.diff(at, prepend=-2) > 1)
        last = np.append(first[1:], len(at))[: len(first)] - 1
        refused, calls = self.refused_by_minute[at], self.calls_by_refusing_minute
        if len(at):
            refused, calls = (np.add.reduceat(each, first) for each in (refused, calls))
        ends = stamps(times[at[last]]) + MINUTE.to_timedelta64()
        return pd.DataFrame(
            {
                "start": stamps(times[at[first]]),
                "end": ends.astype("datetime64[us]"),
                "refused": self.demand.credits(refused),
                "calls": calls,
            }
        )

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """What a chart needs of the window: occurred_at, used, wanted (had nothing been refused).

        Step series; what the window was refused stands between the two. Of each column of pixels
        they keep the greatest and the least, so that nothing refused is too short to be seen.
        """
        demand, kept = self.demand, self.demand.kept
        if not self.refuses_nothing:
            kept = np.union1d(kept, demand.timeline.outline(self.used))
        return pd.DataFrame(
            {
                "occurred_at": stamps(demand.timeline.at[kept]),
                "used": demand.credits(self.used[kept]),
                "wanted": demand.credits(demand.in_window[kept]),
            }
        )

    @cached_property
    def extremes(self) -> pd.DataFrame:
        """The same in as few rows as the timeline has units (`Timeline.unit`), by the zone's clock.

        start, occurred_at, wanted (the highest), used_at, used (the highest), low_at, low (the
        lowest used).
        """
        demand, timeline = self.demand, self.demand.timeline
        wanted_at, wanted = demand.highest
        used_at, used = extremes.highest(timeline.at, self.used, timeline.units)
        low_at, low = extremes.lowest(timeline.at, self.used, timeline.units)
        columns = {
            "start": timeline.units,
            "wanted": demand.credits(wanted),
            "occurred_at": wanted_at,
            "used": demand.credits(used),
            "used_at": used_at,
            "low": demand.credits(low),
            "low_at": low_at,
        }
        return extremes.by_the_clock(columns, timeline.zone)


def replay(
    demand: pd.DataFrame, plan: Plan, kind: Kind = "trailing", zone: str = "UTC", growth: float = 0
) -> Replay:
    """Play demand again under a plan.

    `demand`: see `demand.prepared`. `growth`: per cent; see `Demand.grown`.
    """
    return play(prepared(demand, kind, zone).grown(growth), plan.allowance)


def play(demand: Demand, allowance: int) -> Replay:
    """Play prepared demand again under an allowance, in credits per 24 hours."""
    return Replay(demand, allowance, demand.admitted(allowance))


def curve(demand: Demand, points: int = 32) -> pd.DataFrame:
    """Refused against allowance: allowance, refused (credits), refused_share, rising allowances.

    From none to a tenth beyond the least that refuses nothing, which is among them, closer to each
    other towards it: there refusing begins.
    """
    least = demand.least_allowance
    shares = 1 - np.linspace(1, 0, points) ** 2
    rising = {int(least * share) for share in shares} | {least, least + least // 10}
    rows = [(each, play(demand, each)) for each in sorted(rising)]
    return pd.DataFrame(
        {
            "allowance": [each for each, _ in rows],
            "refused": [found.refused for _, found in rows],
            "refused_share": [found.refused_share for _, found in rows],
        }
    )


def least_users(plan: Plan, allowance: int) -> int | None:
    """The least number of users with which a plan gives an allowance; None where none does."""
    missing = allowance - plan.base_limit - plan.add_on
    if plan.cap is not None and allowance > plan.cap:
        return None
    if missing <= 0:
        return 0
    return -(-missing // plan.credits_per_user) if plan.credits_per_user else None


def document(found: Replay, plan: Plan) -> dict[str, Any]:
    """The document of `python -m credits replay`, as the README describes it."""
    return {
        "allowance": found.allowance,
        "window": found.kind,
        "resolution": "minute",
        "demand": {
            "calls": int(found.demand.calls.sum()),
            "credits": found.wanted,
        },
        "admitted": {"credits": found.admitted},
        "refused": {"calls": found.refused_calls, "credits": found.refused},
        "blocked_minutes": found.blocked_minutes,
        "blocked": [
            {"from": row["start"], "to": row["end"]} for row in found.blocked.to_dict("records")
        ],
        "days": [{**row, "day": str(row["day"])} for row in found.days.to_dict("records")],
        "peak_used": found.peak_used,
        "headroom": found.headroom(),
        "least_allowance": found.least_allowance,
        "least_users": least_users(plan, found.least_allowance),
    }
