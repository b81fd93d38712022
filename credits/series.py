"""Step series, as charts draw them: what is above a limit, and fewer points that look the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits.sums import first_maxima
from credits.times import Ints, firsts, microseconds
from credits.windows import Measure

_BITS = 18
"""Of a bin's number: some 260,000 bins at most."""
COLUMNS = 540
"""Of pixels, in a chart beside the controls of a page of 1440."""


def above(steps: pd.DataFrame, limit: float) -> pd.DataFrame:
    """The spans `start, end` in which a step series is greater than `limit` credits.

    `steps` is sorted, with `occurred_at` and `credits` (see `windows.steps`); a value holds
    until the next row, and the last row only closes it. Spans are [start, end), never empty.
    """
    times = microseconds(steps["occurred_at"])
    over = np.zeros(len(times) + 1, dtype=bool)
    over[1:-1] = (steps["credits"].to_numpy() > limit)[:-1]
    turns = np.flatnonzero(over[1:] != over[:-1])
    edges = times[turns].view("datetime64[us]")
    return pd.DataFrame({"start": edges[::2], "end": edges[1::2]})


def time_above(spans: pd.DataFrame) -> pd.Timedelta:
    """The length of all spans (`start, end`) together."""
    length = microseconds(spans["end"]) - microseconds(spans["start"])
    return pd.Timedelta(int(length.sum()), unit="us")


def thin(
    steps: pd.DataFrame, points: int, measure: Measure = "credits", at: str = "occurred_at"
) -> pd.DataFrame:
    """At most about `points` rows (and never under 4) of a sorted step series, to be drawn.

    Keeps the first and the last row and, in equal stretches of time, the earliest least, the
    earliest greatest and the last value of `measure`: peaks survive, and a plateau stays at its
    height. `at` is the column of its times.
    """
    if len(steps) <= max(points, 4):
        return steps.reset_index(drop=True)
    times = microseconds(steps[at])
    values = steps[measure].to_numpy()
    first = stretches(times, points)
    lasts = np.append(first[1:], len(times)) - 1
    ends = np.array([0, len(times) - 1])
    tops, bottoms = first_maxima(values, first), first_maxima(-values, first)
    kept = np.unique(np.concatenate([ends, lasts, tops, bottoms]))
    return steps.iloc[kept].reset_index(drop=True)


def stretches(times: Ints, points: int) -> Ints:
    """Where equal stretches of time begin among sorted times: a third as many as points."""
    if not len(times):
        return firsts(times)
    width = int(times[-1] - times[0]) // max((points - 1) // 3, 1) + 1
    return firsts((times - times[0]) // width)


def outline(times: Ints, values: npt.NDArray[Any], first: Ints) -> Ints:
    """The rows of a step series that a chart needs, if the stretches from `first` are its columns.

    Of every column the earliest greatest and least; the first and the last row, and what is held
    where no row follows for half a column and more.
    """
    if not len(first):
        return first
    half = int(times[-1] - times[0]) // COLUMNS // 2
    before = first[1:] - 1
    gaps = before[times[first[1:]] - times[before] > half]
    tops, bottoms = first_maxima(values, first), first_maxima(-values, first)
    return np.unique(np.concatenate([[0, len(times) - 1], gaps, tops, bottoms]))


def told(times: Ints, values: npt.NDArray[Any], finest: float) -> Ints:
    """The rows of a step series that tell an eye something: its outline, in coarse steps.

    Left out are those less than `finest` credits off the row before; the peak is kept.
    """
    kept = outline(times, values, stretches(times, 3 * COLUMNS))
    if not len(kept):
        return kept
    steps = np.floor(values[kept] / (finest or 1))
    seen = np.append(True, steps[1:] != steps[:-1])
    seen[[int(values[kept].argmax()), -1]] = True
    found: Ints = kept[seen]
    return found


def held(values: Ints, lengths: Ints, parts: tuple[float, ...]) -> list[int]:
    """The greatest values that are held or passed for such parts of the time, 0 to 1.

    `lengths`: how long each of the values (not negative) is held. Counted into bins, once for all
    parts, in place of sorting a million values; where a bin is wider than one value, what lies in
    it is counted into bins of its own.
    """
    total = int(lengths.sum())
    shift = max(int(values.max()).bit_length() - _BITS, 0)
    lasting = np.bincount(values >> shift if shift else values, weights=lengths)
    sums = lasting[::-1].cumsum()
    return [_held(values, lengths, part * total, sums, shift) for part in parts]


def _held(
    values: Ints, lengths: Ints, wanted: float, sums: npt.NDArray[np.float64], shift: int
) -> int:
    """`sums`: how long each bin or a greater one is held, from the greatest down."""
    place = min(int(np.searchsorted(sums, wanted)), len(sums) - 1)
    found = len(sums) - 1 - place
    if not shift:
        return found
    inside = values >> shift == found
    low, there = found << shift, lengths[inside]
    left = wanted - (float(sums[place - 1]) if place else 0.0)
    # A part of what is held in this bin; where nothing lasts there, its greatest value.
    return low + held(values[inside] - low, there, (left / (int(there.sum()) or 1),))[0]
