"""Step series, as charts draw them: what is above a limit, and fewer points that look the same."""

from __future__ import annotations

import numpy as np
import pandas as pd

from credits.times import firsts, microseconds
from credits.windows import Measure, first_maxima


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
    stretches = max((points - 1) // 3, 1)
    width = int(times[-1] - times[0]) // stretches + 1
    first = firsts((times - times[0]) // width)
    lasts = np.append(first[1:], len(times)) - 1
    ends = np.array([0, len(times) - 1])
    tops, bottoms = first_maxima(values, first), first_maxima(-values, first)
    kept = np.unique(np.concatenate([ends, lasts, tops, bottoms]))
    return steps.iloc[kept].reset_index(drop=True)
