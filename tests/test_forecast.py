"""The forecast against slow twins, against series whose future is known, and on its own past."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from credits import CreditsError, bootstrap, forecast
from credits.forecast import Forecast, TooShortError
from credits.windows import days, peak

MONDAY = "2026-03-02"
WEEKDAYS = np.array([1.0, 1.1, 1.0, 1.05, 0.9, 0.2, 0.15])
HOURS = np.repeat([20.0, 200.0, 40.0], [7, 11, 6])


def demand(hours: np.ndarray, start: str = MONDAY, dtype: str = "int64") -> pd.DataFrame:
    """Credits by the hour (UTC) as the frame that is forecast."""
    minute = pd.date_range(start, periods=hours.size, freq="h", unit="us")
    frame = pd.DataFrame({"minute": minute, "calls": 1, "credits": hours.ravel().astype(dtype)})
    return frame[frame["credits"] > 0].reset_index(drop=True)


def periodic(weeks: int) -> np.ndarray:
    """The same week over and over: days × 24."""
    return np.rint(np.outer(np.tile(WEEKDAYS, weeks), HOURS))


def stationary(days: int, seed: int) -> np.ndarray:
    """Weeks alike but for chance: a factor for each day, and one for each hour."""
    rng = np.random.default_rng(seed)
    factors = np.exp(rng.normal(0, 0.2, (days, 1))) * np.exp(rng.normal(0, 0.3, (days, 24)))
    weekdays = WEEKDAYS[np.arange(days) % 7][:, None]
    return np.rint(weekdays * factors * HOURS)


def made_of(peaks: np.ndarray) -> Forecast:
    """A forecast with these samples × days."""
    days = tuple((np.datetime64(MONDAY) + np.arange(peaks.shape[1])).tolist())
    history = pd.DataFrame({"day": [], "peak": []})
    return Forecast(days, peaks, history, None, 0.0, 20)


samples = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(1, 6)),
    elements=st.integers(0, 40).map(lambda tenths: tenths / 4),
)


# ── sums, maxima, quantiles ───────────────────────────────────────────────────────────────────


@given(st.lists(st.integers(0, 10**6), min_size=24, max_size=24 * 6), st.sampled_from([1, 10**6]))
def test_trailing_hours_equal_a_loop(values: list[int], parts: int) -> None:
    hours = np.array(values) / parts
    slow = [round(float(np.sum(hours[max(0, i - 23) : i + 1])), 6) for i in range(len(hours))]
    assert bootstrap.trailing_hours(hours).tolist() == pytest.approx(slow, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 30 * 1440), st.integers(0, 99)), max_size=80))
def test_the_past_peaks_equal_a_loop_over_every_hour(rows: list[tuple[int, int]]) -> None:
    """To the minute, as a replay has them; by the hour: of 24 whole hours that end within a day."""
    rows += [(0, 1), (31 * 1440 - 1, 1)]
    frame = pd.DataFrame(rows, columns=["at", "credits"]).groupby("at", as_index=False).sum()
    minute = pd.Timestamp(MONDAY).as_unit("us") + pd.to_timedelta(frame["at"], unit="m")
    found = forecast.forecast(
        pd.DataFrame({"minute": minute, "calls": 1, "credits": frame["credits"]}), samples=2
    )
    hourly = []
    for day in range(len(found.history)):
        ends = [(day * 24 + hour + 1) * 60 for hour in range(24)]
        hourly.append(max(sum(c for at, c in rows if end - 1440 <= at < end) for end in ends))
    assert (found.history["peak"] >= hourly).all()
    assert found.hourly_peak == max(hourly)
    assert found.peak == peak(frame.assign(occurred_at=minute, calls=1)).credits
    busiest = max(sum(c for at, c in rows if at // 60 == hour) for hour in range(31 * 24))
    assert found.peak <= found.hourly_peak + busiest


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_forecast_of_calendar_days_goes_on_from_the_sums_of_days(zone: str) -> None:
    frame = demand(stationary(60, 3))
    found = forecast.forecast(frame, zone, 10, kind="calendar", samples=50)
    sums = days(frame.rename(columns={"minute": "occurred_at"}), zone)
    assert found.history["peak"].tolist() == sums["credits"].tolist()
    assert found.history["day"].tolist() == sums["day"].tolist()
    assert found.peak == found.hourly_peak == sums["credits"].max()
    # What is summed up anew at midnight never passes what is summed up without an end.
    trailing = forecast.forecast(frame, zone, 10, samples=50)
    assert (found.peaks <= trailing.peaks).all()
    assert (found.peaks > 0).all()


def test_what_is_periodic_goes_on_by_calendar_days_too() -> None:
    hours = periodic(6)
    found = forecast.forecast(demand(hours), ahead=7, samples=20, kind="calendar")
    assert (found.peaks == hours[:7].sum(axis=1)).all()


def test_anchored_windows_are_refused_in_a_sentence() -> None:
    with pytest.raises(CreditsError, match="Anchored windows"):
        forecast.forecast(demand(periodic(4)), kind="anchored")


@given(samples)
def test_the_band_is_the_least_that_so_many_samples_do_not_exceed(peaks: np.ndarray) -> None:
    band = made_of(peaks).band()
    for day in range(peaks.shape[1]):
        column = sorted(peaks[:, day])
        for name, share in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
            slow = next(v for v in column if np.mean(peaks[:, day] <= v) >= share - 1e-12)
            assert band[name][day] == slow


@given(samples, st.sampled_from([0.01, 0.05, 0.1, 0.2, 0.5]))
def test_the_least_allowance_keeps_the_risk_and_one_less_does_not(
    peaks: np.ndarray, risk: float
) -> None:
    found = made_of(peaks)
    least = found.least_allowance(risk)
    assert found.holds(least) >= 1 - risk - 1e-12
    if least:
        assert found.holds(least - 1) < 1 - risk - 1e-12


@given(samples, st.integers(0, 11), st.sampled_from([0.05, 0.5]))
def test_probabilities_and_first_days_count_samples_above(
    peaks: np.ndarray, allowance: int, risk: float
) -> None:
    """A peak that equals the allowance does not exceed it."""
    found = made_of(peaks)
    slow = [sum(v > allowance for v in column) / len(column) for column in peaks.T]
    assert found.probabilities(allowance)["probability"].tolist() == pytest.approx(slow)
    assert found.first_day(allowance, risk) == next(
        (day for day, p in zip(found.days, slow, strict=True) if p >= risk), None
    )
    assert found.holds(allowance) == sum(max(row) <= allowance for row in peaks) / len(peaks)


# ── what is known of the future ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("weeks", [2, 3, 8, 30])
@pytest.mark.parametrize("cut", [0, 7, 23])
def test_a_perfectly_periodic_past_forecasts_itself_without_a_band(weeks: int, cut: int) -> None:
    """However far into its last day the log reaches, few weeks or many."""
    hours = periodic(weeks + 3).ravel()
    end = weeks * 168 + cut
    band = forecast.forecast(demand(hours[:end]), ahead=10, samples=50).band()
    start = -(-end // 24)
    twin = bootstrap.daily_peaks(hours)[start : start + 10]
    for name in ("low", "median", "high"):
        assert band[name].tolist() == pytest.approx(twin.tolist(), abs=1e-5)


def test_coverage_is_near_90_per_cent_where_weeks_are_alike_but_for_chance() -> None:
    inside = []
    for seed in range(12):
        hours = stationary(240 + 14, seed)
        band = forecast.forecast(demand(hours[:240]), ahead=14, samples=300).band()
        peaks = bootstrap.daily_peaks(hours.ravel())[240:]
        inside += ((band["low"] <= peaks) & (peaks <= band["high"])).tolist()
    assert 0.85 <= np.mean(inside) <= 0.96


def test_the_backtest_beats_last_week_where_weeks_are_alike_but_for_chance() -> None:
    tested = forecast.forecast(demand(stationary(300, 1)), ahead=7, samples=10).backtest
    assert tested is not None
    assert len(tested.days) == 84
    assert tested.relative_error() < tested.relative_error("last_week")
    assert 0.8 <= tested.coverage <= 1


def test_growth_of_100_per_cent_doubles_and_the_last_24_hours_stay() -> None:
    """From the second day on nothing of the log is left in the window."""
    frame = demand(stationary(60, 3))
    once, twice = (forecast.forecast(frame, growth=g, ahead=9, samples=40) for g in (0, 100))
    assert twice.peaks[:, 1:] == pytest.approx(2 * once.peaks[:, 1:], abs=1.5)
    assert (twice.peaks[:, 0] <= 2 * once.peaks[:, 0] + 1.5).all()
    assert (twice.peaks[:, 0] > once.peaks[:, 0]).all()


def test_the_first_day_still_holds_what_was_used_before_it() -> None:
    """A night in which an integration ran away fills the windows of the day after."""
    hours = np.full((28, 24), 10.0)
    hours[-1, 20:] = 5_000
    peaks = forecast.forecast(demand(hours), ahead=7, samples=50).peaks
    assert (peaks[:, 0] >= 20_000).all()


# ── promises ──────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_and_a_longer_forecast_begins_with_the_shorter() -> None:
    frame = demand(stationary(40, 5))
    long, again, other = (
        forecast.forecast(frame, ahead=30, seed=seed, samples=60) for seed in (0, 0, 1)
    )
    assert np.array_equal(long.peaks, again.peaks)
    assert not np.array_equal(long.peaks, other.peaks)
    short = forecast.forecast(frame, ahead=7, samples=60)
    assert short.days == long.days[:7]
    assert np.array_equal(long.ahead(7).peaks, short.peaks)


@pytest.mark.parametrize(("hours", "enough"), [(14 * 24 - 1, False), (14 * 24, True)])
def test_under_two_weeks_nothing_is_forecast(hours: int, enough: bool) -> None:
    frame = demand(np.full(hours, 5.0), start="2026-03-05T16:00")
    if enough:
        found = forecast.forecast(frame, samples=5)
        assert (found.drawn_from, found.backtest) == (13, None)
        assert found.days[0] == date(2026, 3, 20)
        assert (found.peaks == 120).all()
    else:
        with pytest.raises(
            TooShortError, match="two weeks of history; the log covers 13 whole days"
        ):
            forecast.forecast(frame)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_log_of_nothing_or_of_one_call_is_too_short(rows: int) -> None:
    with pytest.raises(CreditsError, match="covers 0 whole days"):
        forecast.forecast(demand(np.ones(rows)))


def test_nothing_after_a_day_is_known_when_that_day_is_forecast() -> None:
    """The backtest of a week is the same whatever came after it."""
    hours = stationary(70, 7)
    spoiled = hours.copy()
    spoiled[63:] *= 9
    first, second = (
        forecast.forecast(demand(h), ahead=7, samples=5).backtest for h in (hours, spoiled)
    )
    assert first is not None
    assert second is not None
    same = ["day", "low", "median", "high", "last_week"]
    until = first.days["day"] < date(2026, 3, 2 + 7) + pd.Timedelta(days=63)
    pd.testing.assert_frame_equal(first.days.loc[until, same], second.days.loc[until, same])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"])
@pytest.mark.parametrize("start", ["2026-03-05", "2026-10-08"])
def test_days_are_those_of_the_zone_and_clock_changes_lose_no_credit(zone: str, start: str) -> None:
    hours = stationary(30, 2)
    past = bootstrap.table(demand(hours, start), zone)
    assert past.hours.sum() == hours.sum()
    first = pd.Timestamp(start, tz="UTC").tz_convert(zone).date()
    assert past.first == np.datetime64(first)


def test_large_and_fractional_credits_are_forecast_without_overflow() -> None:
    whole = forecast.forecast(demand(periodic(3) * 10**12), ahead=7, samples=5)
    parts = forecast.forecast(demand(periodic(3) / 1000, dtype="float64"), ahead=7, samples=5)
    assert whole.least_allowance(0.05) == pytest.approx(parts.peaks.max() * 10**15, rel=1e-9)
    assert parts.least_allowance(0.05) == math.ceil(parts.peaks.max())


def test_refused_calls_alone_are_forecast_as_nothing() -> None:
    frame = demand(np.ones(20 * 24)).assign(credits=0)
    found = forecast.forecast(frame, samples=5)
    assert found.least_allowance(0.01) == 0
    assert found.holds(0) == 1
    assert found.backtest is None or found.backtest.relative_error() == 0
