"""Of a long series charts show each day's, week's or month's highest and lowest, at their instants.

A series short enough for its steps to be told apart is drawn as it is.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import extremes
from credits.times import DAY, microseconds

HOUR = DAY // 24


def series(days: int, *, seed: int = 1, start: str = "2026-01-01 10:30") -> pd.DataFrame:
    """A step every seven hours."""
    times = pd.date_range(
        start, pd.Timestamp(start) + pd.Timedelta(days=days), freq="7h", unit="us"
    )
    values = np.random.default_rng(seed).integers(0, 1_000, len(times))
    return pd.DataFrame({"occurred_at": times, "credits": values, "calls": 1})


@pytest.mark.parametrize(
    ("days", "unit"),
    [(62, None), (63, "day"), (200, "day"), (201, "week"), (1_500, "week"), (1_501, "month")],
)
def test_units_grow_with_the_range_so_that_each_has_some_pixels(days, unit) -> None:
    assert extremes.unit(0, days * DAY) == unit


def test_a_short_series_is_drawn_as_it_is_by_the_zones_clock() -> None:
    steps = series(3)
    found, unit = extremes.drawn(steps, 900, "Europe/Berlin")
    assert unit is None
    assert found["credits"].tolist() == steps["credits"].tolist()
    assert found["occurred_at"][0] == pd.Timestamp("2026-01-01 11:30")


def test_nothing_can_be_drawn() -> None:
    found, unit = extremes.drawn(series(1).head(0), 900, "UTC")
    assert (len(found), unit) == (0, None)


@pytest.mark.parametrize(
    ("days", "first", "second"),
    [
        (100, "2026-01-01 11:30", "2026-01-02"),
        (400, "2026-01-01 11:30", "2026-01-05"),
        (3_000, "2026-01-01 11:30", "2026-02-01"),
    ],
)
def test_days_weeks_and_months_are_the_zones_and_the_first_begins_with_the_series(
    days, first, second
) -> None:
    found, _ = extremes.drawn(series(days), 900, "Europe/Berlin")
    assert found["start"][:2].tolist() == [pd.Timestamp(first), pd.Timestamp(second)]


def test_a_month_with_a_change_of_the_clock_begins_at_midnight_all_the_same() -> None:
    found, _ = extremes.drawn(series(3_000), 900, "Europe/Berlin")
    assert (found["start"][1:].dt.hour == 0).all()


def test_the_peak_survives_at_its_earliest_instant() -> None:
    steps = series(1_096)
    steps.loc[[500, 501], "credits"] = 5_000
    found, unit = extremes.drawn(steps, 900, "UTC")
    top = found.loc[found["credits"].idxmax()]
    assert unit == "week"
    assert (top["credits"], top["occurred_at"]) == (5_000, steps["occurred_at"][500])
    assert len(found) < 160


def test_what_is_held_as_a_unit_starts_is_among_its_values() -> None:
    times = np.array([0, 20, 30]) * HOUR
    starts = np.array([0, 24, 48]) * HOUR
    at, values = extremes.highest(times, np.array([5, 9, 1]), starts)
    assert values.tolist() == [9, 9, 1]
    assert (at // HOUR).tolist() == [20, 24, 48]
    at, values = extremes.lowest(times, np.array([5, 9, 1]), starts)
    assert values.tolist() == [5, 1, 1]
    assert (at // HOUR).tolist() == [0, 30, 48]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9)), min_size=1, max_size=40),
    st.lists(st.integers(1, 60), max_size=8),
)
def test_extremes_equal_those_of_every_hour_looked_at(rows, gaps) -> None:
    rows = sorted(dict(rows).items())
    times, values = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    starts = times[0] + np.cumsum([0, *gaps])
    last = max(int(times[-1]), int(starts[-1])) + 1
    held = {hour: values[times <= hour][-1] for hour in range(int(times[0]), last)}
    edges = [*starts.tolist(), last]
    for find, pick in ((extremes.highest, max), (extremes.lowest, min)):
        at, found = find(times, values, starts)
        for place, (start, end) in enumerate(pairwise(edges)):
            within = {hour: held[hour] for hour in range(start, end)}
            best = pick(within.values())
            assert found[place] == best
            assert at[place] == next(hour for hour in within if within[hour] == best)


def test_a_stamp_of_every_extreme_is_one_at_which_the_series_has_that_value() -> None:
    steps = series(500)
    found, _ = extremes.drawn(steps, 900, "UTC")
    times, values = microseconds(steps["occurred_at"]), steps["credits"].to_numpy()
    for at, value in (("occurred_at", "credits"), ("low_at", "low")):
        held = values[np.searchsorted(times, microseconds(found[at]), "right") - 1]
        assert held.tolist() == found[value].tolist()
