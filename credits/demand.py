"""What was wanted of the credits, ready to be played again under any number of plans.

Which minutes a window holds depends on no plan, and on no growth. It is worked out once, in
integers, so that a plan costs one pass over the minutes and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits import CreditsError, extremes, windows
from credits.series import COLUMNS, outline, stretches
from credits.sums import cumulative
from credits.times import Ints, microseconds
from credits.windows import Kind

MINUTE = pd.Timedelta(minutes=1)
_MINUTE = 60_000_000
_DAY = 24 * 60 * _MINUTE
_PARTS = 1_000_000


@dataclass(frozen=True)
class Timeline:
    """The minutes with calls, and which of them each window holds. Times are microseconds UTC."""

    kind: Kind
    zone: str
    times: Ints
    """The minutes, in order."""
    period: tuple[int, int] | None = None
    """What `at` and `days` cover, up to before its end; None: from the first minute to the last."""

    @cached_property
    def before(self) -> Ints:
        """For each minute, how many minutes came before all that its window holds."""
        return windows.held(self.times, self.times, self.kind, self.zone)[0]

    @cached_property
    def rounds(self) -> list[tuple[int, int]]:
        """The minutes in rounds, from one position up to before another; see `Demand.admitted`.

        All windows of a round began no later than with its first minute.
        """
        found, start = [], 0
        while start < len(self.before):
            stop = int(np.searchsorted(self.before, start, side="right"))
            found.append((start, stop))
            start = stop
        return found

    @cached_property
    def at(self) -> Ints:
        """The instants at which the window may change; the last one closes the log."""
        if self.period is not None:
            return windows.changes(self.times, self.kind, self.zone, *self.period)
        if not len(self.times):
            return self.times
        first, last = int(self.times[0]), int(self.times[-1]) + _MINUTE
        return windows.changes(self.times, self.kind, self.zone, first, last)

    @cached_property
    def lengths(self) -> Ints:
        """How long each of the instants `at` lasts; the last has no length."""
        return np.diff(self.at)

    @cached_property
    def _held(self) -> tuple[Ints, Ints]:
        return windows.held(self.times, self.at, self.kind, self.zone)

    def in_window(self, sums: Ints) -> Ints:
        """What the window holds at each of the instants `at`, of sums as `Demand.total` is."""
        low, high = self._held
        found: Ints = sums[high]
        # In place: on a year of minutes, the memory of another array takes as long as the sums.
        found -= sums[low]
        return found

    @cached_property
    def stretches(self) -> Ints:
        """Where equal stretches of time begin among the instants: a chart's columns of pixels."""
        return stretches(self.at, 3 * COLUMNS)

    def outline(self, values: Ints) -> Ints:
        """The instants that a chart needs of values at all of them."""
        return outline(self.at, values, self.stretches)

    @cached_property
    def unit(self) -> extremes.Unit | None:
        """Of what a chart draws the highest and lowest; None: it has room for every step."""
        return extremes.unit(int(self.at[0]), int(self.at[-1])) if len(self.at) else None

    @cached_property
    def units(self) -> Ints:
        """Where these units begin, where there are any."""
        if self.unit is None:
            return self.at[:0]
        return extremes.begins(int(self.at[0]), int(self.at[-1]), self.unit, self.zone)

    @cached_property
    def days(self) -> pd.DataFrame:
        """Every day of the zone: day, start, end (naive UTC); see `windows.days`."""
        times = self.times
        if self.period is not None:
            times = np.array([self.period[0], self.period[1] - 1], dtype=np.int64)
        nothing = np.zeros_like(times)
        usage = {"occurred_at": stamps(times), "calls": nothing, "credits": nothing}
        return windows.days(pd.DataFrame(usage), self.zone)[["day", "start", "end"]]

    @cached_property
    def day_edges(self) -> tuple[Ints, Ints]:
        """Where each of these days starts and ends."""
        return microseconds(self.days["start"]), microseconds(self.days["end"])

    @cached_property
    def day_places(self) -> tuple[Ints, Ints]:
        """Which minutes each of these days holds: from one position up to before another."""
        starts, ends = self.day_edges
        return np.searchsorted(self.times, starts), np.searchsorted(self.times, ends)

    @property
    def months(self) -> Fraction:
        """How many months of 30 days the minutes cover, at least a day's worth."""
        span = int(self.times[-1] - self.times[0]) + _MINUTE if len(self.times) else _DAY
        return Fraction(max(span, _DAY), 30 * _DAY)


@dataclass(frozen=True)
class Demand:
    """What was wanted in each minute of a timeline. Exact: credits × `scale` is whole."""

    timeline: Timeline
    scale: int
    """1 for whole credits, a million where the log has fractions."""
    calls: Ints
    wanted: Ints
    """Credits × scale."""

    @cached_property
    def total(self) -> Ints:
        """Wanted before each minute and, in the end, altogether: one entry more than minutes."""
        return cumulative(self.wanted)

    @cached_property
    def peak(self) -> int:
        """The greatest sum that the window takes, × scale."""
        sums = self.total[1:] - self.total[self.timeline.before]
        return int(sums.max()) if len(sums) else 0

    @property
    def least_allowance(self) -> int:
        """The least allowance that refuses nothing, in whole credits."""
        return -(-self.peak // self.scale)

    def admitted(self, allowance: int) -> Ints:
        """Admitted before each minute and, in the end, altogether, × scale; as `total`.

        What a minute admits is bounded twice: it was wanted, and with all that its window has
        admitted it fits the allowance. So the sum S of all admitted so far is
        S[i] = min(S[i − 1] + wanted[i], allowance + S[before[i]]). Minutes whose windows began no
        later than a certain minute know the second bound from the start, and what they were short
        of is then the least of all bounds so far: a whole day at once.
        """
        if allowance * self.scale >= self.peak:
            return self.total
        room, before, total = allowance * self.scale, self.timeline.before, self.total
        sums = np.zeros_like(total)
        for start, stop in self.timeline.rounds:
            short = sums[before[start:stop]]
            short -= total[start + 1 : stop + 1]
            short += room
            np.minimum.accumulate(short, out=short)
            np.minimum(short, sums[start] - total[start], out=short)
            np.add(total[start + 1 : stop + 1], short, out=sums[start + 1 : stop + 1])
        return sums

    @cached_property
    def in_window(self) -> Ints:
        """What the window would hold at each instant had nothing been refused, × scale."""
        return self.timeline.in_window(self.total)

    @cached_property
    def kept(self) -> Ints:
        """The instants that a chart of it needs."""
        return self.timeline.outline(self.in_window)

    @cached_property
    def highest(self) -> tuple[Ints, Ints]:
        """The most that it would hold in each of the timeline's units: when, and how much."""
        return extremes.highest(self.timeline.at, self.in_window, self.timeline.units)

    def grown(self, growth: float) -> Demand:
        """The same demand, grown by so many per cent.

        What has grown is rounded up in the sum so far, not minute by minute: so the whole grows by
        just so much, and a small minute does not grow by a whole credit.

        Raises CreditsError for a growth that is no number, or beyond what can be counted.
        """
        if not growth:
            return self
        if not isfinite(growth) or growth < -100:
            raise CreditsError("The growth must be a number of per cent, and no less than -100.")
        factor = round((1 + Fraction(str(growth)) / 100) * _PARTS)
        return replace(self, calls=_grown(self.calls, factor), wanted=_grown(self.wanted, factor))

    def credits(self, amounts: Ints) -> npt.NDArray[Any]:
        """Amounts in credits: whole numbers where the log's are."""
        return amounts if self.scale == 1 else amounts / self.scale

    def credit(self, amount: int) -> int | float:
        """One amount in credits."""
        return amount if self.scale == 1 else amount / self.scale


def prepared(demand: pd.DataFrame, kind: Kind = "trailing", zone: str = "UTC") -> Demand:
    """Demand to be played again.

    `demand`: minute (naive UTC), calls, credits (what the calls cost had none been refused), one
    row for each minute with calls.
    """
    usage = demand.rename(columns={"minute": "occurred_at"})
    times, calls, wanted, scale = windows.integers(usage)
    return Demand(Timeline(kind, zone, times), scale, calls, wanted)


def stamps(times: Ints) -> npt.NDArray[np.datetime64]:
    """Microseconds as stamps, naive UTC."""
    return times.view("datetime64[us]")


def _grown(amounts: Ints, factor: int) -> Ints:
    """Amounts times a factor in millionths; their sums, from the first on, are rounded up."""
    sums = cumulative(amounts)
    if int(sums[-1]) * factor >= 2**63 * _PARTS:
        raise CreditsError("With this growth, more is wanted than can be counted: enter less.")
    parts, rest = np.divmod(sums, _PARTS)
    found: Ints = np.diff(parts * factor - (-rest * factor) // _PARTS)
    return found
