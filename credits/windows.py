"""24-hour windows over usage frames: the one place that says which calls a window holds.

Three kinds of window stand side by side, because vendors mean different things by "24 hours":

trailing    the sum over (t − 24 h, t]; a call exactly 24 hours old has left. This is how Zoho
            counts ("Kaizen #93": every call is checked against the 24 hours before it, and
            credits come back 24 hours after they were used).
calendar    the sum over [midnight, t] in a named zone; 23 or 25 hours where the clock changes.
anchored    the sum over [s, t], where the first call s opens a block of 24 hours [s, s + 24 h),
            and the first call at or after its end opens the next.

A **usage frame** has the columns `occurred_at` (naive UTC, datetime64), `calls` (int64) and
`credits` (int64, or float64 with at most 6 decimals, never negative), rows in any order, ties
allowed. Every row is a call: it can open a block. Frames given are never changed.

Sums are exact: integers stay int64, and credits with fractions are summed in integer millionths.
Stamps are integer microseconds, so that every window is a closed range [lower, t] and each
question costs two binary searches in one cumulative sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from credits import CreditsError
from credits.sums import (
    Rows,
    as_integers,
    between,
    by_instant,
    collapsed,
    cumulative,
    first_maxima,
    in_credits,
    ranked,
    since,
)
from credits.times import DAY as _DAY
from credits.times import (
    Instant,
    Instants,
    Ints,
    day_starts,
    firsts,
    microseconds,
    midnights,
    timestamp,
)
from credits.trailing import candidates, from_edge

Kind = Literal["trailing", "calendar", "anchored"]
Measure = Literal["credits", "calls"]

KINDS: tuple[Kind, ...] = ("trailing", "calendar", "anchored")
DAY = pd.Timedelta(hours=24)


@dataclass(frozen=True)
class Peak:
    """The fullest that a window gets."""

    credits: int | float
    """Credits in that window at its end."""
    calls: int
    """Calls in that window at its end."""
    end: pd.Timestamp | None
    """The earliest recorded stamp (naive UTC) that reaches the peak; None without calls."""


def instants(usage: pd.DataFrame) -> pd.DataFrame:
    """Usage as `occurred_at, calls, credits`: sorted, one row per distinct stamp, ties summed."""
    rows = by_instant(usage)
    return _frame("occurred_at", rows.times, rows.calls, rows.amounts, rows.scale)


def running(usage: pd.DataFrame, kind: Kind = "trailing", zone: str = "UTC") -> pd.DataFrame:
    """The window's sum at every recorded stamp, all its ties counted.

    Gives `occurred_at, calls, credits`, sorted, one row per distinct stamp.
    """
    rows = by_instant(usage)
    calls, amounts = _running(rows, kind, zone)
    return _frame("occurred_at", rows.times, calls, amounts, rows.scale)


def running_at(
    usage: pd.DataFrame, at: Instants, kind: Kind = "trailing", zone: str = "UTC"
) -> pd.DataFrame:
    """The window's sum at any instants: `at, calls, credits`, one row for each, in their order."""
    rows = by_instant(usage)
    times = microseconds(at)
    calls, amounts = _used(rows, times, kind, zone)
    return _frame("at", times, calls, amounts, rows.scale)


def window_start(
    usage: pd.DataFrame, at: Instant, kind: Kind = "trailing", zone: str = "UTC"
) -> tuple[pd.Timestamp | None, bool]:
    """Where the window at `at` begins (naive UTC), and whether it holds that very instant.

    `(at − 24 h, False)`, `(midnight, True)`, `(block start, True)`, or `(None, True)` when
    `at` lies in no anchored block.
    """
    now = microseconds([at])
    if kind == "trailing":
        return timestamp(int(now[0]) - _DAY), False
    lower = int(_lower(by_instant(usage).times, now, kind, zone)[0])
    return (None if lower > int(now[0]) else timestamp(lower)), True


def peak(
    usage: pd.DataFrame,
    kind: Kind = "trailing",
    zone: str = "UTC",
    measure: Measure = "credits",
) -> Peak:
    """The greatest sum of `measure` that the window takes, at the earliest stamp that reaches it.

    Calls that all measure 0 peak at 0 with the first of them; without calls the end is None.
    """
    rows = by_instant(usage)
    if not len(rows.times):
        return Peak(0, 0, None)
    calls, amounts = _running(rows, kind, zone)
    top = int(np.argmax(calls if measure == "calls" else amounts))
    value = in_credits(amounts[top : top + 1], rows.scale)[0].item()
    return Peak(value, int(calls[top]), timestamp(int(rows.times[top])))


def peaks(
    usage: pd.DataFrame,
    kind: Kind = "trailing",
    zone: str = "UTC",
    start: Instant | None = None,
) -> pd.DataFrame:
    """Each user's own peaks, from a usage frame that also has `user` and `user_basis`.

    Gives `user, user_basis, peak_credits, peak_credits_end, peak_calls, peak_calls_end`, sorted
    by user and basis. Anchored blocks are the organization's, because the allowance is: a user's
    calls are summed in the blocks that anyone's call opened. So give the calls of all users.

    With `start`, peaks are those from that instant on, as in `steps`: calls before it only count
    in the windows that still hold them, and a user's peak may be at `start` itself. Give every
    call that such a window holds.
    """
    rows = as_integers(usage)
    user, users = pd.factorize(usage["user"], sort=True, use_na_sentinel=False)
    basis, bases = _bases(usage["user_basis"])
    identity = user.astype(np.int64, copy=False)
    if len(bases) > 1:
        identity = identity * len(bases) + basis
    edge = None if start is None else int(microseconds([start])[0])
    found_there = candidates(rows, identity, edge) if kind == "trailing" else None
    owner, at, calls, amounts = found_there or _running_by_owner(rows, identity, kind, zone, edge)
    first = firsts(owner)
    top_calls, top_amounts = first_maxima(calls, first), first_maxima(amounts, first)
    found, kinds = owner[first], max(len(bases), 1)
    return pd.DataFrame(
        {
            "user": users.take(found // kinds),
            "user_basis": bases.take(found % kinds),
            "peak_credits": in_credits(amounts[top_amounts], rows.scale),
            "peak_credits_end": at[top_amounts].view("datetime64[us]"),
            "peak_calls": calls[top_calls],
            "peak_calls_end": at[top_calls].view("datetime64[us]"),
        }
    )


def _bases(column: pd.Series[str]) -> tuple[Ints, pd.Index[str]]:
    """Numbers for bases of users, and the bases; nearly always there is but one."""
    if len(column) and bool((column == column.iloc[0]).all()):
        return np.zeros(len(column), dtype=np.int64), pd.Index(column.iloc[:1])
    codes, bases = pd.factorize(column, sort=True, use_na_sentinel=False)
    return codes.astype(np.int64), pd.Index(bases)


def _running_by_owner(
    rows: Rows, owners: Ints, kind: Kind, zone: str, edge: int | None
) -> tuple[Ints, Ints, Ints, Ints]:
    """Owner, stamp, calls and amount of each owner's window at each of its stamps, in that order.

    `owners`: whose each row is. From `edge` on, and at that instant too if the window holds calls.
    """
    stamps, calls, amounts = rows.times, rows.calls, rows.amounts
    opening = times = ranked(stamps)[0]
    if edge is not None:
        everyone = np.unique(owners)
        nothing = np.zeros(len(everyone), dtype=np.int64)
        owners = np.concatenate([owners, everyone])
        stamps = np.concatenate([stamps, nothing + edge])
        calls, amounts = np.concatenate([calls, nothing]), np.concatenate([amounts, nothing])
    times, rank = ranked(stamps)
    # One ascending key for "this user, at this stamp". With the stamp's rank in place of the
    # stamp it can't overflow, however many users there are and however long the log is.
    size = max(len(times), 1)
    keys, calls, amounts = collapsed(owners * size + rank, calls, amounts)
    place = keys % size
    lower = np.searchsorted(times, _lower(opening, times, kind, zone))
    low = np.searchsorted(keys, keys - place + lower[place])
    found = keys // size, times[place], since(calls, low), since(amounts, low)
    return found if edge is None else from_edge(found, edge)


def coming_back(
    usage: pd.DataFrame, at: Instant, kind: Kind = "trailing", zone: str = "UTC"
) -> pd.DataFrame:
    """When the credits used at `at` come back: `at, credits, calls`, sorted; the sum is the used.

    Trailing: each stamp of the window, 24 hours later. Calendar: everything at the next midnight
    (which a 25-hour day can put more than 24 hours away). Anchored: everything when the block
    ends. Nothing used gives no rows.
    """
    rows = by_instant(usage)
    now = microseconds([at])
    lower = _lower(rows.times, now, kind, zone)
    low = int(np.searchsorted(rows.times, lower)[0])
    high = int(np.searchsorted(rows.times, now, "right")[0])
    calls, amounts = rows.calls[low:high], rows.amounts[low:high]
    if kind == "trailing":
        back = rows.times[low:high] + _DAY
    elif low == high:
        back = rows.times[:0]
    else:
        back = lower + _DAY
        if kind == "calendar":
            days_begin = midnights(now, zone)
            back = days_begin[np.searchsorted(days_begin, now, "right")]
        calls, amounts = calls.sum(keepdims=True), amounts.sum(keepdims=True)
    return _frame("at", back, calls, amounts, rows.scale)[["at", "credits", "calls"]]


def days(usage: pd.DataFrame, zone: str = "UTC") -> pd.DataFrame:
    """Usage per day of `zone`: `day` (datetime.date), `start`, `end` (naive UTC), calls, credits.

    Every day from the first call's to the last call's, zeros included. A day that a zone left
    out (Pacific/Apia, 2011-12-30) is left out here too.
    """
    rows = by_instant(usage)
    dates = np.empty(0, "datetime64[D]")
    starts = ends = rows.times
    if len(rows.times):
        first, last = rows.times[[0, -1]].view("datetime64[us]").astype("datetime64[D]")
        dates, starts = day_starts(np.arange(first - 1, last + 3), zone)
        low, high = np.searchsorted(starts, rows.times[[0, -1]], "right")
        dates, starts, ends = dates[low - 1 : high], starts[low - 1 : high], starts[low : high + 1]
    frame = _spans(rows, starts, ends)
    frame.insert(0, "day", np.asarray(dates.astype(object), dtype=object))
    return frame


def blocks(usage: pd.DataFrame) -> pd.DataFrame:
    """The anchored blocks: `start`, `end` (naive UTC, 24 hours apart), calls, credits."""
    rows = by_instant(usage)
    starts = _block_starts(rows.times)
    return _spans(rows, starts, starts + _DAY)


def steps(usage: pd.DataFrame, kind: Kind, zone: str, start: Instant, end: Instant) -> pd.DataFrame:
    """The window's sum as a step series over [start, end]: `occurred_at, calls, credits`.

    A row for every instant at which the sum changes (calls arriving, calls leaving, midnights,
    blocks ending), with the sum from then on; it begins with a row at `start` and closes with
    one at `end`. Raises ValueError when `end` is before `start`.
    """
    first, last = (int(value) for value in microseconds([start, end]))
    if last < first:
        raise ValueError("steps: the end is before the start")
    rows = by_instant(usage)
    at = changes(rows.times, kind, zone, first, last)
    calls, amounts = _used(rows, at, kind, zone)
    kept = np.ones(len(at), dtype=bool)
    kept[1:-1] = ((np.diff(calls) != 0) | (np.diff(amounts) != 0))[:-1]
    return _frame("occurred_at", at[kept], calls[kept], amounts[kept], rows.scale)


def integers(usage: pd.DataFrame) -> tuple[Ints, Ints, Ints, int]:
    """Usage as exact integers: stamps (microseconds), calls, credits × scale, and that scale.

    Sorted, one entry per distinct stamp, ties summed. The scale is 1 for whole credits, and a
    million where the log has fractions.
    """
    rows = by_instant(usage)
    return rows.times, rows.calls, rows.amounts, rows.scale


def held(times: Ints, at: Ints, kind: Kind = "trailing", zone: str = "UTC") -> tuple[Ints, Ints]:
    """Which of the sorted stamps each window holds: those from position `low` up to before `high`.

    A window at each of the instants `at`, all in microseconds.
    """
    low = np.searchsorted(times, _lower(times, at, kind, zone))
    return low, np.maximum(np.searchsorted(times, at, "right"), low)


def changes(times: Ints, kind: Kind, zone: str, first: int, last: int) -> Ints:
    """The instants in [first, last] at which a window over sorted stamps may change, and both ends.

    Calls arriving, calls leaving, midnights, blocks ending; all in microseconds.
    """
    if kind == "trailing":
        left = between(times, first - _DAY, last - _DAY) + _DAY
    elif kind == "calendar":
        left = between(midnights(times, zone), first, last)
    else:
        left = between(_block_starts(times) + _DAY, first, last)
    edges = np.array([first, last], dtype=np.int64)
    # Stable sorting is a merge here, because both long parts are already in order.
    at = np.sort(np.concatenate([between(times, first, last), left, edges]), kind="stable")
    return at[firsts(at)]


def _frame(name: str, times: Ints, calls: Ints, amounts: Ints, scale: int) -> pd.DataFrame:
    stamps = times.view("datetime64[us]")
    return pd.DataFrame({name: stamps, "calls": calls, "credits": in_credits(amounts, scale)})


def _running(rows: Rows, kind: Kind, zone: str) -> tuple[Ints, Ints]:
    """Calls and amounts of the window at each recorded stamp; `rows` sorted, one per stamp."""
    low = np.searchsorted(rows.times, _lower(rows.times, rows.times, kind, zone))
    return since(rows.calls, low), since(rows.amounts, low)


def _used(rows: Rows, at: Ints, kind: Kind, zone: str) -> tuple[Ints, Ints]:
    """Calls and amounts of the window at each instant; `rows` sorted, one per stamp."""
    low, high = held(rows.times, at, kind, zone)
    calls, amounts = cumulative(rows.calls), cumulative(rows.amounts)
    return calls[high] - calls[low], amounts[high] - amounts[low]


def _spans(rows: Rows, starts: Ints, ends: Ints) -> pd.DataFrame:
    """`start, end, calls, credits`: the usage within each [start, end)."""
    low, high = np.searchsorted(rows.times, starts), np.searchsorted(rows.times, ends)
    calls, amounts = cumulative(rows.calls), cumulative(rows.amounts)
    sums = calls[high] - calls[low], amounts[high] - amounts[low]
    frame = _frame("start", starts, *sums, rows.scale)
    frame.insert(1, "end", ends.view("datetime64[us]"))
    return frame


def _lower(times: Ints, at: Ints, kind: Kind, zone: str) -> Ints:
    """The earliest microsecond in the window at each instant: the window is [lower, at].

    `times` are the organization's stamps, sorted. Outside every block `lower` is past `at`.
    """
    if kind == "trailing":
        return at - (_DAY - 1)
    if kind not in KINDS:
        raise CreditsError(f"There is no window {kind!r}: choose one of {', '.join(KINDS)}.")
    starts = midnights(at, zone) if kind == "calendar" else _block_starts(times)
    if not len(starts):
        return at + 1
    lower = starts[np.maximum(np.searchsorted(starts, at, "right") - 1, 0)]
    if kind == "anchored":
        lower = np.where((lower <= at) & (at < lower + _DAY), lower, at + 1)
    return lower


def _block_starts(times: Ints) -> Ints:
    """The stamps that open an anchored block; a step per block, not per call."""
    starts = []
    position = 0
    while position < len(times):
        starts.append(times[position])
        position = int(np.searchsorted(times, times[position] + _DAY))
    return np.array(starts, dtype=np.int64)
