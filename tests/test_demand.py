"""Demand that grows, its curve, and fractions of credits: exact, whatever the window."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.demand import prepared
from credits.plan import Plan
from credits.replay import curve, play, replay
from credits.series import held
from credits.windows import KINDS, running, steps

from .test_replay import brute_force, demand, minutes, zones

START = datetime(2026, 3, 28, 12)
growths = st.sampled_from([-100, -50, -7.5, 0, 0.1, 10, 33.3, 100, 200])


def fractions(count: int = 20) -> pd.DataFrame:
    """Minutes of 5 calls that cost 0.1, 0.2, 0.3 … credits."""
    frame = pd.DataFrame({"minute": START + pd.to_timedelta(range(count), unit="m")})
    return frame.assign(calls=5, credits=[round((i + 1) / 10, 6) for i in range(count)])


@pytest.mark.parametrize("kind", KINDS)
def test_fractions_of_credits_refuse_nothing_by_the_dust_of_binary(kind) -> None:
    found = replay(fractions(), Plan(1_000, 0, 0), kind)
    assert (found.refused, found.refused_calls, found.blocked_minutes) == (0, 0, 0)
    assert found.blocked.empty


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 9_999)), min_size=1, max_size=30),
    st.integers(0, 60),
    st.sampled_from(KINDS),
)
def test_fractions_are_played_as_exactly_as_whole_credits(rows, allowance, kind) -> None:
    whole = demand([(at, 1, credits) for at, credits in rows])
    parts = whole.assign(credits=whole["credits"] / 1_000)
    one = play(prepared(whole, kind), allowance * 1_000)
    other = play(prepared(parts, kind), allowance)
    assert (other.sums == one.sums * 1_000).all()
    assert other.demand.least_allowance == -(-one.demand.least_allowance // 1_000)


@given(minutes, growths)
def test_what_grows_is_rounded_up_in_its_sum_and_not_in_every_minute(rows, growth) -> None:
    whole = prepared(demand(rows))
    factor = 1 + Fraction(str(growth)) / 100
    sums = [-((-int(total) * factor.numerator) // factor.denominator) for total in whole.total]
    assert whole.grown(growth).total.tolist() == sums


@pytest.mark.parametrize("growth", [float("nan"), float("inf"), -101, 1e30])
def test_a_growth_that_cannot_be_is_said_in_a_sentence(growth: float) -> None:
    with pytest.raises(CreditsError):
        prepared(fractions()).grown(growth)


@given(minutes, st.sampled_from(KINDS), zones)
def test_the_curve_falls_to_nothing_at_the_least_allowance(rows, kind, zone) -> None:
    whole = prepared(demand(rows), kind, zone)
    found = curve(whole, 8)
    assert found["refused"].is_monotonic_decreasing
    assert found["allowance"].is_monotonic_increasing
    enough = found["allowance"] >= whole.least_allowance
    assert (found.loc[enough, "refused"] == 0).all()
    assert (found.loc[~enough, "refused"] > 0).all()


@given(minutes, st.integers(0, 300), st.sampled_from(KINDS), zones)
def test_what_is_used_and_refused_in_a_window_stands_under_what_was_wanted(
    rows, allowance, kind, zone
) -> None:
    """The line of what was wanted is the window's own, and what is admitted never passes it."""
    frame = demand(rows)
    found = play(prepared(frame, kind, zone), allowance)
    usage = frame.rename(columns={"minute": "occurred_at"})
    ends = usage["occurred_at"].iloc[[0, -1]] + pd.to_timedelta([0, 1], unit="m").to_numpy()
    series = steps(usage, kind, zone, *ends)
    drawn = found.drawn.merge(series, on="occurred_at")
    assert drawn["wanted"].tolist() == drawn["credits"].tolist()
    assert (found.drawn["used"] <= found.drawn["wanted"]).all()
    assert found.drawn["used"].max() == found.peak_used
    assert found.drawn["wanted"].max() == found.least_allowance
    assert found.peak_used == min(allowance, running(usage, kind, zone)["credits"].max())


@given(minutes, st.integers(0, 300), st.sampled_from(KINDS), zones)
def test_blocked_spans_hold_all_that_is_refused(rows, allowance, kind, zone) -> None:
    frame = demand(rows)
    found = play(prepared(frame, kind, zone), allowance)
    assert found.blocked["refused"].sum() == found.refused
    assert found.blocked["calls"].sum() == found.refused_calls
    refusing = found.days["refused"] > 0
    assert found.days_refusing == int(refusing.sum())
    admitted = brute_force(frame, allowance, kind, zone)
    assert found.admitted == sum(admitted)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 50)), min_size=1, max_size=40),
    st.floats(0, 1),
)
def test_what_is_held_for_a_part_of_the_time_equals_a_sort(rows, part) -> None:
    values, lengths = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    order = np.argsort(-values, kind="stable")
    share = np.cumsum(lengths[order])
    place = min(int(np.searchsorted(share, part * share[-1])), len(order) - 1)
    assert held(values, lengths, (part,)) == [values[order][place]]
