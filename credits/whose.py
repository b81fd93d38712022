"""Whose calls, and of which API, a replay refused.

A replay knows minutes, and not whose each of them is. What a minute refused is shared out among
those who wanted something in it, in proportion to what they wanted, so that the parts add up.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from credits.replay import Replay
from credits.sharing import shared_out
from credits.times import microseconds


def whose(found: Replay, wanted: pd.DataFrame) -> pd.DataFrame:
    """What was refused by user or by API, the most first: those columns, refused, share, calls.

    `wanted`: minute, the columns that tell apart, calls, credits: the demand of the minutes that
    refused something, before it grew (see `Answers.demand_by`). Credits refused; their share of
    all refused (0 to 1); calls refused.
    """
    names = [name for name in wanted.columns if name not in ("minute", "calls", "credits")]
    at = found.refusing
    times = microseconds(wanted["minute"])
    known = np.isin(times, found.demand.timeline.times[at])
    wanted, times = wanted[known], times[known]
    order = np.argsort(times, kind="stable")
    wanted, times = wanted.iloc[order], times[order]
    group = np.searchsorted(found.demand.timeline.times[at], times)
    weights = np.rint(wanted["credits"].to_numpy() * found.demand.scale).astype(np.int64)
    refused = shared_out(found.refused_by_minute[at], group, weights)
    calls = shared_out(found.calls_by_refusing_minute, group, wanted["calls"].to_numpy())
    parts = wanted[names].assign(refused=refused, calls=calls)
    sums = parts.groupby(names, dropna=False, as_index=False)[["refused", "calls"]].sum()
    sums = sums.sort_values(["refused", *names], ascending=[False] + [True] * len(names))
    whole = max(int(sums["refused"].sum()), 1)
    share = sums["refused"] / whole
    credits = found.demand.credits(sums["refused"].to_numpy())
    frame = sums[names].assign(refused=credits, share=share, calls=sums["calls"])
    return frame[frame["refused"] > 0].reset_index(drop=True)
