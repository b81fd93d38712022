"""The peak is the same whether all calls are read one by one or only those where it may lie."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits import windows
from credits.pruning import Buckets, needed
from credits.store.wanted import stretches
from credits.sums import as_integers
from credits.times import microseconds
from credits.windows import KINDS, Kind

MINUTE = 60_000_000
ALL = (0, 2**62)
START = pd.Timestamp("2026-03-27 21:07:30.5")

# Steps that land calls on, just before and just after the ends of buckets, and days apart.
STEPS = st.sampled_from([0, 1, 29_499_999, 29_500_000, MINUTE, 7 * MINUTE, 11 * 3_600_000_000])
CALLS = st.lists(
    st.tuples(STEPS, st.integers(0, 2), st.integers(0, 3), st.integers(1, 3)), min_size=1
)


def frame(calls: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    steps, users, credits, weights = (np.array(column) for column in zip(*calls, strict=True))
    return pd.DataFrame(
        {
            "occurred_at": START + pd.to_timedelta(np.cumsum(steps), unit="us"),
            "user": users.astype(str),
            "user_basis": "user",
            "calls": weights,
            "credits": credits,
        }
    )


def pruned(usage: pd.DataFrame, kind: Kind, zone: str, width: int, by_user: bool) -> pd.DataFrame:
    """The frame with every bucket in one row at its end, but for those that are needed."""
    rows = as_integers(usage)
    keyed = usage.assign(
        owner=usage["user"].astype(int) if by_user else 0, place=rows.times // width
    )
    sums = keyed.groupby(["owner", "place"], as_index=False)[["calls", "credits"]].sum()
    buckets = Buckets(width, *(sums[name].to_numpy() for name in sums))
    opened = windows.blocks(usage)["start"]
    openings = microseconds(opened) if kind == "anchored" else None
    exact = needed(buckets, kind, zone, ALL, openings=openings)
    hot = keyed.merge(sums[["owner", "place"]][exact])
    cold = sums[~exact].assign(
        occurred_at=buckets.ends[~exact].view("datetime64[us]"),
        user=lambda some: some["owner"].astype(str),
        user_basis="user",
    )
    return pd.concat([hot, cold])[list(usage)]


@settings(max_examples=100, deadline=None)
@given(
    calls=CALLS,
    kind=st.sampled_from(KINDS),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    width=st.sampled_from([MINUTE, 15 * MINUTE]),
)
def test_pruned_usage_has_the_same_peaks(calls, kind: Kind, zone: str, width: int):
    usage = frame(calls)
    few = pruned(usage, kind, zone, width, by_user=False)
    for measure in ("credits", "calls"):
        assert windows.peak(few, kind, zone, measure) == windows.peak(usage, kind, zone, measure)


@settings(max_examples=100, deadline=None)
@given(calls=CALLS, kind=st.sampled_from(["trailing", "calendar"]))
def test_pruned_usage_has_the_same_peaks_for_each_user(calls, kind: Kind):
    usage = frame(calls)
    few = pruned(usage, kind, "Europe/Berlin", 15 * MINUTE, by_user=True)
    zone = "Europe/Berlin"
    pd.testing.assert_frame_equal(
        windows.peaks(few, kind, zone), windows.peaks(usage, kind, zone), check_dtype=False
    )


def test_of_steady_usage_with_one_busy_day_little_is_needed():
    minutes = np.arange(28 * 1440)
    calls = np.where(minutes // 1440 == 20, 20, 10) + minutes % 7
    nobody = np.zeros(len(minutes), dtype=np.int64)
    exact = needed(Buckets(MINUTE, nobody, minutes, calls, calls), "trailing", "UTC", ALL)
    assert 0 < exact.sum() < 20


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_needs_nothing(kind: Kind):
    nothing = np.zeros(0, dtype=np.int64)
    buckets = Buckets(MINUTE, nothing, nothing, nothing, nothing)
    assert not needed(buckets, kind, "UTC", ALL, openings=nothing).any()


@given(places=st.lists(st.integers(0, 5) | st.integers(1_000, 2_000) | st.integers(0, 10**7)))
def test_a_few_stretches_hold_every_bucket_once(places: list[int]):
    found = stretches(pd.Series(places, dtype="int64"), MINUTE)
    if not places:
        assert found == [(0, 0)]
        return
    assert len(found) <= 16
    assert found == sorted(found)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(found))
    edges = {edge // MINUTE for begin, end in found for edge in (begin, end - 1)}
    assert edges <= set(places), "no wider than the buckets"
    for place in places:
        within = [begin <= place * MINUTE and (place + 1) * MINUTE <= end for begin, end in found]
        assert sum(within) == 1
