"""Replay against a loop that does what the vendor does, minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.demand import prepared
from credits.plan import Plan
from credits.replay import curve, least_users, play, replay
from credits.series import held
from credits.windows import KINDS, running, steps

START = datetime(2026, 3, 28, 12)


def demand(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    """Minutes since the start, calls and credits as the frame that is replayed."""
    frame = pd.DataFrame(rows, columns=["minute", "calls", "credits"]).astype("int64")
    frame["minute"] = (START + pd.to_timedelta(frame["minute"], unit="m")).astype("datetime64[us]")
    return frame.groupby("minute", as_index=False).sum()


def flat(allowance: int) -> Plan:
    """A plan that gives just so many credits."""
    return Plan(allowance, 0, 0)


def brute_force(frame: pd.DataFrame, allowance: int, kind: str, zone: str) -> list[int]:
    """Credits admitted in each minute, by asking of every earlier one whether it still counts."""
    admitted: list[int] = []
    times = [row.to_pydatetime() for row in frame["minute"]]
    block: datetime | None = None
    opened: list[datetime] = []
    for at, wanted in zip(times, frame["credits"], strict=True):
        if block is None or at >= block + timedelta(hours=24):
            block = at
        opened.append(block)

        def counts(other: int, at: datetime = at) -> bool:
            if kind == "trailing":
                return times[other] > at - timedelta(hours=24)
            if kind == "anchored":
                return opened[other] == opened[-1]
            days = [t.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
                    for t in (times[other], at)]  # fmt: skip
            return days[0] == days[1]

        used = sum(credits for i, credits in enumerate(admitted) if counts(i))
        admitted.append(min(wanted, max(allowance - used, 0)))
    return admitted


minutes = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 6000), st.sampled_from([0, 1, 1439, 1440, 1441, 2880, 2879])),
        st.integers(1, 5),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=60,
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])


@given(minutes, st.integers(0, 300), st.sampled_from(KINDS), zones)
def test_a_replay_equals_a_loop_over_every_minute(rows, allowance, kind, zone) -> None:
    """Skipping what fits gives the same as looking at every minute."""
    frame = demand(rows)
    found = replay(frame, flat(allowance), kind, zone)
    assert found.minutes["admitted"].tolist() == brute_force(frame, allowance, kind, zone)


@given(minutes, st.sampled_from(KINDS), zones)
def test_the_least_allowance_refuses_nothing_and_one_less_does(rows, kind, zone) -> None:
    """`least_allowance` is the boundary itself."""
    frame = demand(rows)
    least = replay(frame, flat(0), kind, zone).least_allowance
    assert replay(frame, flat(least), kind, zone).refused == 0
    if least:
        assert replay(frame, flat(least - 1), kind, zone).refused > 0


@given(minutes, st.integers(0, 200), st.integers(0, 100), st.sampled_from(KINDS))
def test_more_allowance_never_refuses_more(rows, allowance, more, kind) -> None:
    """A greater plan is never worse."""
    frame = demand(rows)
    small, large = (replay(frame, flat(a), kind).refused for a in (allowance, allowance + more))
    assert large <= small


@given(minutes, st.integers(0, 200), st.sampled_from(KINDS), zones)
def test_admitted_and_refused_add_up_everywhere(rows, allowance, kind, zone) -> None:
    """Minutes and days conserve the demand, and what is used never passes the allowance."""
    frame = demand(rows)
    found = replay(frame, flat(allowance), kind, zone)
    parts = found.minutes
    assert (parts["admitted"] + parts["refused"]).tolist() == frame["credits"].tolist()
    assert found.days["demand"].sum() == frame["credits"].sum()
    assert found.days["refused"].sum() == found.refused
    assert found.peak_used <= allowance
    assert found.peak_used == found.days["peak_used"].max()
    assert (parts["refused_calls"] <= parts["calls"]).all()
    assert ((parts["refused"] > 0) == (parts["refused_calls"] > 0)).all()


def test_what_is_admitted_comes_back_24_hours_later() -> None:
    """At 23:59 later there is no room, at 24:00 there is."""
    frame = demand([(0, 1, 10), (1439, 1, 1), (1440, 1, 1)])
    assert replay(frame, flat(10)).minutes["refused"].tolist() == [0, 1, 0]


def test_growth_raises_demand_and_zero_growth_leaves_it() -> None:
    """110 % of 10 is 11."""
    frame = demand([(0, 10, 10), (5, 10, 20)])
    assert replay(frame, flat(100), growth=0).minutes["demand"].tolist() == [10, 20]
    assert replay(frame, flat(100), growth=10).minutes["demand"].tolist() == [11, 22]


def test_blocked_spans_reach_from_the_first_refusal_to_the_last() -> None:
    """A minute without calls between two refusals does not end the span."""
    frame = demand([(0, 1, 10), (5, 1, 1), (9, 1, 1), (1440, 1, 1), (1441, 1, 1)])
    found = replay(frame, flat(10))
    at = [pd.Timestamp(START + timedelta(minutes=m)) for m in (5, 10)]
    assert found.blocked.to_numpy().tolist() == [[*at, 2, 2]]
    assert found.blocked_minutes == 2


@pytest.mark.parametrize(
    ("allowance", "users"), [(50_000, 0), (50_001, 1), (52_500, 10), (52_501, 11), (100_001, None)]
)
def test_the_least_users_that_give_an_allowance(allowance: int, users: int | None) -> None:
    """A started user counts whole; beyond the cap no number is enough."""
    assert least_users(Plan(50_000, 3, 250, 0, 100_000), allowance) == users


def test_nothing_demanded_is_nothing_refused() -> None:
    """An empty log replays to zeros."""
    found = replay(demand([]), flat(5))
    assert (found.refused, found.least_allowance, found.peak_used) == (0, 0, 0)
    assert found.headroom() == {"min": 5, "p5": 5, "median": 5}


# ── growth, the curve, fractions ──────────────────────────────────────────────────────────────

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


def test_every_column_of_pixels_of_a_year_shows_what_it_refused() -> None:
    """A minute that refuses is seen, however long the log; so are the greatest and the least."""
    rng = np.random.default_rng(1)
    frame = demand([(each, 1, int(rng.integers(0, 60))) for each in range(0, 525_600, 7)])
    whole = prepared(frame, "trailing", "UTC")
    found = play(whole, whole.least_allowance - 300)
    assert not found.refuses_nothing
    columns = np.linspace(int(whole.timeline.at[0]), int(whole.timeline.at[-1]), 541)
    drawn = found.drawn
    after = (drawn["wanted"] > drawn["used"]).to_numpy()
    times = drawn["occurred_at"].to_numpy().astype(np.int64)
    seen = np.histogram(times[after], columns)[0] > 0
    begun = np.histogram(whole.timeline.times[found.refusing], columns)[0] > 0
    assert not (begun & ~seen).any()
    assert begun.any()
    for name, values in (("wanted", whole.in_window), ("used", found.used)):
        for pick in (np.maximum, np.minimum):
            exact = pick.reduceat(values, np.searchsorted(whole.timeline.at, columns[:-1]))
            shown = pick.reduceat(drawn[name].to_numpy(), np.searchsorted(times, columns[:-1]))
            # Columns of this test and of the chart may differ by a pixel at their edges.
            near = pick.reduce([shown[:-2], shown[1:-1], shown[2:]])
            assert (pick(near, exact[1:-1]) == near).all()
    assert len(drawn) <= 4 * 540 + 10


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


@pytest.mark.parametrize(
    ("kind", "used"),
    [("trailing", [0, 7, 7, 0]), ("calendar", [0, 7, 0, 0]), ("anchored", [0, 7, 7, 0])],
)
def test_days_of_a_period_reach_beyond_the_minutes_with_calls(kind: str, used: list[int]) -> None:
    found = replay(demand([(0, 1, 10)]), flat(7), kind)
    noon = pd.Timestamp(START)
    days = found.days_between(noon - pd.Timedelta(days=1), noon + pd.Timedelta(days=2))
    assert days["day"].tolist() == [(START + timedelta(days=n)).date() for n in range(-1, 3)]
    assert days["demand"].tolist() == [0, 10, 0, 0]
    assert days["refused"].tolist() == [0, 3, 0, 0]
    assert days["peak_used"].tolist() == used
