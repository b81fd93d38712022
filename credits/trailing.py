"""The 24 hours before each call, for many owners at once: only where an owner's peak may lie.

A million calls need not be put in order to find where each of some hundred owners peaked. Their
hours are added up, which takes no order; at the end of an hour the sum of the 24 hours before it
follows from whole hours, and within the hour it is no more than that and what the hour has in which
the window begins. So a peak lies in one of the few hours whose bound reaches the owner's greatest
sum at an end, and only the calls of these, and of the hours a day before them, are looked at one by
one. See `pruning` for the same in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from credits.sums import Rows, cumulative
from credits.times import DAY, Ints, firsts

HOUR = DAY // 24
MANY = 20_000
"""Rows from which on it is worth while."""
_CELLS = 8
"""Hours of owners that a row may cost."""
_EXACT = 2**53
"""Sums below this are exact as floating-point numbers, in which numpy adds up by group."""

Mask = npt.NDArray[np.bool_]
Found = tuple[Ints, Ints, Ints, Ints]
"""Owner, stamp, calls and amount of windows, in the order of the first two."""


def candidates(rows: Rows, owners: Ints, edge: int | None) -> Found | None:
    """Windows among which are each owner's earliest greatest ones, of calls and of amounts.

    They end at recorded stamps; with `edge` (microseconds), at that instant too, and none before.
    Of calls of one stamp, in any order, the last holds them all. `owners`: whose each row is, as
    numbers from 0. None where there are too few rows for it to be worth while, too many hours for
    them, or sums too great.
    """
    if len(owners) < MANY or max(int(rows.calls.sum()), int(rows.amounts.sum())) >= _EXACT:
        return None
    times, calls, amounts = rows.times, rows.calls, rows.amounts
    count = int(owners.max()) + 1
    if edge is not None:
        nothing = np.zeros(count, dtype=np.int64)
        owners = np.concatenate([owners, np.arange(count)])
        times = np.concatenate([times, nothing + edge])
        calls, amounts = np.concatenate([calls, nothing]), np.concatenate([amounts, nothing])
    first = int(times.min()) // HOUR
    hours = int(times.max()) // HOUR - first + 1
    if count * hours > _CELLS * len(times):
        return None
    cells = times // HOUR
    cells += owners * hours - first
    rows_of = np.bincount(cells, minlength=count * hours).reshape(count, hours)
    sums = [_Hours.of(cells, each, rows_of) for each in (calls, amounts)]
    seen = rows_of > 0
    if edge is not None:
        seen[:, : edge // HOUR - first] = False
    counted = sums[0].at_ends > 0
    hot = sums[0].hot(seen, counted) | sums[1].hot(seen, counted)
    known = hot.copy()
    known[:, :-24] |= hot[:, 24:]
    chosen = np.flatnonzero(known.ravel()[cells])
    found = _windows(
        (owners[chosen], times[chosen], cells[chosen], calls[chosen], amounts[chosen]),
        hot,
        sums,
    )
    return found if edge is None else from_edge(found, edge)


def from_edge(found: Found, edge: int) -> Found:
    """The windows that end after an instant, and those that end at it and hold something."""
    owners, times, calls, amounts = found
    kept = (times > edge) | ((times == edge) & ((calls > 0) | (amounts > 0)))
    return owners[kept], times[kept], calls[kept], amounts[kept]


@dataclass(frozen=True)
class _Hours:
    """Sums by owner and hour."""

    each: Ints
    """A row for each owner, a column for each hour."""
    before: Ints
    """The sums of all hours before, one more column."""

    @classmethod
    def of(cls, cells: Ints, amounts: Ints, rows: Ints) -> _Hours:
        """Sums of amounts; `rows`: how many there are, which is their sum where each is one."""
        each = rows
        if not np.all(amounts == 1):
            added = np.bincount(cells, weights=amounts, minlength=rows.size)
            each = added.astype(np.int64).reshape(rows.shape)
        before = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.int64)
        np.cumsum(each, axis=1, out=before[:, 1:])
        return cls(each, before)

    @cached_property
    def at_ends(self) -> Ints:
        """What the 24 hours before the end of each hour hold."""
        sums = self.before[:, 1:].copy()
        sums[:, 24:] -= self.before[:, 1:-24]
        return sums

    def hot(self, seen: Mask, counted: Mask) -> Mask:
        """Which of the hours that are `seen` may hold a peak; those `counted` hold a call."""
        most = self.at_ends.copy()
        most[:, 24:] += self.each[:, :-24]
        best = np.where(seen & counted, self.at_ends, 0).max(axis=1, keepdims=True)
        found: Mask = seen & (most >= best)
        # Of whoever used nothing the peak is nothing, at the first of the calls: in the first hour,
        # or in the second, where the first has only the edge, which no call of theirs precedes.
        nothing = np.flatnonzero(best == 0)
        nothing = nothing[np.where(seen[nothing], most[nothing], 0).max(axis=1) == 0]
        found[nothing] &= np.cumsum(seen[nothing], axis=1) <= 2
        return found

    def whole(self, owners: Ints, places: Ints) -> Ints:
        """What the 23 hours before some hours hold."""
        return self.before[owners, places] - self.before[owners, np.maximum(places - 23, 0)]


def _windows(rows: tuple[Ints, Ints, Ints, Ints, Ints], hot: Mask, sums: list[_Hours]) -> Found:
    """The windows that end in hot hours; `rows` are all calls of these and of a day before."""
    owners, times, cells = rows[:3]
    hours = hot.shape[1]
    stride = int(np.ptp(times)) + DAY + 1
    keys = owners * stride + (times - times.min())
    order = np.argsort(keys, kind="stable")
    keys, cells = keys[order], cells[order]
    ends = np.flatnonzero(hot.ravel()[cells])
    owner, place = cells[ends] // hours, cells[ends] % hours
    starts = firsts(cells)
    begin = starts[np.searchsorted(starts, ends, "right") - 1]
    # The hour in which the window begins, if calls are known of it: what is not 24 hours old.
    high = np.searchsorted(cells, np.where(place >= 24, cells[ends] - 24, -1), "right")
    low = np.minimum(np.searchsorted(keys, keys[ends] - (DAY - 1)), high)
    values = []
    for amounts, added in zip(rows[3:], sums, strict=True):
        until = cumulative(amounts[order])
        values.append(
            added.whole(owner, place) + until[ends + 1] - until[begin] + until[high] - until[low]
        )
    return owner, times[order][ends], values[0], values[1]
