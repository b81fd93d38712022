"""Peaks found among few windows are the peaks of all windows."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import trailing, windows

START = 1_767_225_600_000_000
HALF_HOUR = 1_800_000_000


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Usage of a few users within minutes, days or weeks; some calls cost nothing, some weigh."""
    count = draw(st.integers(1, 40))

    def many(each: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(each, min_size=count, max_size=count))

    unit = draw(st.sampled_from([1, 60_000_000, HALF_HOUR, 2 * HALF_HOUR]))
    times = np.array(many(st.integers(0, draw(st.sampled_from([10, 60, 1500])))), dtype=np.int64)
    scale = draw(st.sampled_from([1, 8]))
    return pd.DataFrame(
        {
            "occurred_at": (START + times * unit).view("datetime64[us]"),
            "user": many(st.sampled_from(["ada", "bob", "cleo"])),
            "user_basis": many(st.sampled_from(["user", "ip"])),
            "calls": many(st.sampled_from([0, 1, 1, 1, 5])),
            "credits": np.array(many(st.integers(0, draw(st.sampled_from([0, 1, 50])))))
            / (scale if scale > 1 else 1),
        }
    ).astype({"credits": "float64" if scale > 1 else "int64"})


def everything(usage: pd.DataFrame, edge: pd.Timestamp | None) -> pd.DataFrame:
    """The peaks of all windows."""
    with patch.object(trailing, "MANY", 10**9):
        return windows.peaks(usage, start=edge)


@given(frames(), st.none() | st.integers(-60, 200))
def test_peaks_among_few_windows_are_those_of_all(usage: pd.DataFrame, later: int | None):
    edge = later and usage["occurred_at"].min() + pd.Timedelta(later * HALF_HOUR, unit="us")
    with patch.object(trailing, "MANY", 1), patch.object(trailing, "_CELLS", 10**9):
        found = windows.peaks(usage, start=edge)
    pd.testing.assert_frame_equal(found, everything(usage, edge))


@pytest.mark.parametrize("edge", [None, pd.Timestamp("2026-01-12 07:30")])
def test_of_many_calls_few_are_looked_at_and_the_peaks_are_the_same(edge: pd.Timestamp | None):
    random = np.random.default_rng(5)
    count = 60_000
    usage = pd.DataFrame(
        {
            "occurred_at": (START + np.sort(random.integers(0, 28 * windows._DAY, count))).view(
                "datetime64[us]"
            ),
            "user": random.integers(0, 20, count).astype(str),
            "user_basis": "user",
            "calls": 1,
            "credits": random.integers(1, 5, count),
        }
    )
    whose = usage["user"].astype("int64").to_numpy()
    stamp = None if edge is None else edge.value // 1000
    looked_at = trailing.candidates(windows.as_integers(usage), whose, stamp)
    assert looked_at is not None
    assert len(looked_at[0]) < count / 5
    pd.testing.assert_frame_equal(windows.peaks(usage, start=edge), everything(usage, edge))


def test_sums_too_great_for_floating_point_are_left_to_integers():
    usage = pd.DataFrame(
        {
            "occurred_at": (START + np.arange(30_000) * HALF_HOUR // 900).view("datetime64[us]"),
            "user": "ada",
            "user_basis": "user",
            "calls": 1,
            "credits": 2**46 + np.arange(30_000) % 2,
        }
    )
    found = windows.peaks(usage)
    assert found["peak_credits"].tolist() == [windows.peak(usage).credits]
