"""What a 24-hour window holds, each clever algorithm beside a brute-force twin."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits import CreditsError, windows
from credits.series import above, thin, time_above
from credits.windows import DAY, KINDS, Peak

HOURS_24 = timedelta(hours=24)
MICROSECOND = timedelta(microseconds=1)
# For properties that ask many questions of one log, or that a twin proves more closely.
FEWER = settings(max_examples=settings().max_examples // 3)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Asia/Kolkata")
# Clock changes near which random calls are thrown: Berlin (23 and 25 hours), São Paulo (no
# midnight; 25 hours), Beirut (no midnight).
BASES = tuple(
    datetime.fromisoformat(day)
    for day in ("2026-03-28", "2026-10-24", "2018-11-03", "2018-02-17", "2026-03-27")
)


def usage_of(rows, *, fractional=False):
    """A usage frame of (occurred_at, calls, credits[, user]) rows."""
    frame = pd.DataFrame(
        {
            "occurred_at": np.array([row[0] for row in rows], dtype="datetime64[us]"),
            "calls": np.array([row[1] for row in rows], dtype=np.int64),
            "credits": np.array([row[2] for row in rows], float if fractional else np.int64),
        }
    )
    if rows and len(rows[0]) > 3:
        frame["user"] = [row[3] for row in rows]
        frame["user_basis"] = "user"
    return frame


def log(*calls):
    """A usage frame of single calls: ("2026-01-01 09:00", credits)."""
    return usage_of([(datetime.fromisoformat(at), 1, amount) for at, amount in calls])


def values(frame):
    """A frame's rows as tuples of plain Python values."""
    plain = {
        column: [
            value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
            for value in frame[column].tolist()
        ]
        for column in frame
    }
    return list(zip(*plain.values(), strict=True))


# The twins: one call at a time, with nothing but datetime.


def local_day(at, zone):
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def blocks_twin(rows):
    starts = []
    for at in sorted(row[0] for row in rows):
        if not starts or at >= starts[-1] + HOURS_24:
            starts.append(at)
    return starts


def block_twin(rows, at):
    return next((s for s in blocks_twin(rows) if s <= at < s + HOURS_24), None)


def held_twin(rows, at, kind, zone, organization=None):
    """The rows that the window at `at` holds."""
    block = block_twin(organization or rows, at) if kind == "anchored" else None
    holds = {
        "trailing": lambda t: at - HOURS_24 < t <= at,
        "calendar": lambda t: t <= at and local_day(t, zone) == local_day(at, zone),
        "anchored": lambda t: block is not None and block <= t <= at,
    }[kind]
    return [row for row in rows if holds(row[0])]


def sums_twin(rows, at, kind, zone, organization=None):
    held = held_twin(rows, at, kind, zone, organization)
    return sum(row[1] for row in held), sum(row[2] for row in held)


def peak_twin(rows, kind, zone, measure, organization=None):
    """The sums at the peak and its end."""
    best = None
    for at in sorted({row[0] for row in rows}):
        sums = sums_twin(rows, at, kind, zone, organization)
        value = sums[measure == "credits"]
        if best is None or value > best[0]:
            best = (value, sums, at)
    return best[1:] if best else ((0, 0), None)


# Random calls: minutes and ties, gaps of days, and clusters just around multiples of 24 hours.

offsets = st.one_of(
    st.integers(0, 4 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([0, 1, 23, 24, 25, 47, 48, 49, 240]).map(lambda h: timedelta(hours=h)),
    st.tuples(st.integers(0, 4), st.integers(-2, 2)).map(
        lambda pair: pair[0] * HOURS_24 + pair[1] * MICROSECOND
    ),
)


@st.composite
def logs(draw, minimum=0, users=False):
    """Rows near one clock change, in no order."""
    base = draw(st.sampled_from(BASES))
    row = [offsets.map(lambda offset: base + offset), st.integers(1, 3), st.integers(0, 9)]
    if users:
        row.append(st.sampled_from(["ann", "bob", "cy"]))
    return draw(st.lists(st.tuples(*row), min_size=minimum, max_size=14))


kinds, zones = st.sampled_from(KINDS), st.sampled_from(ZONES)


# Trailing


def test_kaizen_93_credits_come_back_24_hours_after_they_were_used():
    """Zoho's example: 100 of 5,000 used from 9:00 to 9:05 come back next day, 9:00 to 9:05."""
    usage = log(*[(f"2026-01-01 09:0{minute}", 20) for minute in range(1, 6)])
    at = pd.DatetimeIndex(
        ["2026-01-01 09:05", "2026-01-02 09:00", "2026-01-02 09:02", "2026-01-02 09:05"]
    )
    used = windows.running_at(usage, at)["credits"]
    assert (5_000 - used).tolist() == [4_900, 4_900, 4_940, 5_000]
    back = windows.coming_back(usage, at[0])
    assert values(back) == [(datetime(2026, 1, 2, 9, minute), 20, 1) for minute in range(1, 6)]


@pytest.mark.parametrize(
    ("second", "used"),
    [("08:59:59.999999", 5), ("09:00:00", 3), ("09:00:00.000001", 3)],
    ids=["just below", "equal", "just above"],
)
def test_a_call_exactly_24_hours_old_has_left_the_window(second, used):
    """The window is (t − 24 h, t]: open where it begins."""
    usage = log(("2026-01-01 09:00:00", 2), (f"2026-01-02 {second}", 3))
    assert windows.running(usage)["credits"].tolist() == [2, used]
    assert windows.running_at(usage, [f"2026-01-02 {second}"])["credits"].tolist() == [used]


def test_the_peak_ends_at_the_earliest_stamp_that_reaches_it():
    """A plateau's peak is its beginning, not its last stamp."""
    usage = log(("2026-01-01 09:00", 4), ("2026-01-01 10:00", 0), ("2026-01-03 09:00", 4))
    assert windows.peak(usage) == Peak(4, 1, pd.Timestamp("2026-01-01 09:00"))


def test_calls_at_one_stamp_count_together():
    """Ties are one step: no window holds only some of them."""
    usage = log(("2026-01-01 09:00", 1), ("2026-01-01 09:00", 2), ("2026-01-01 09:00", 3))
    assert values(windows.running(usage)) == [(datetime(2026, 1, 1, 9), 3, 6)]
    assert values(windows.instants(usage)) == values(windows.running(usage))


def test_after_a_gap_the_window_holds_only_the_new_calls():
    """A window without calls is a zero, not a gap."""
    usage = log(("2026-01-01 09:00", 7), ("2026-02-01 09:00", 1))
    assert windows.running(usage)["credits"].tolist() == [7, 1]
    assert windows.running_at(usage, ["2026-01-20"])["credits"].tolist() == [0]


def test_a_row_can_stand_for_many_calls():
    """Logs that are already counted carry a weight in `calls`."""
    usage = usage_of([(datetime(2026, 1, 1), 40, 5), (datetime(2026, 1, 2), 1, 9)])
    assert windows.peak(usage, measure="calls") == Peak(5, 40, pd.Timestamp("2026-01-01"))
    assert windows.peak(usage) == Peak(9, 1, pd.Timestamp("2026-01-02"))


def test_calls_that_cost_nothing_peak_at_zero_with_the_first_call():
    """Zero credits used is not the same as no calls."""
    usage = log(("2026-01-02", 0), ("2026-01-01", 0))
    for kind in KINDS:
        assert windows.peak(usage, kind) == Peak(0, 1, pd.Timestamp("2026-01-01"))


@pytest.mark.parametrize("kind", KINDS)
def test_without_calls_everything_is_zero_or_empty(kind):
    """An empty frame is an answer, not an error, even where pandas left its columns untyped."""
    typed, untyped = usage_of([]), pd.DataFrame(columns=list(usage_of([])))
    for usage in (typed, untyped, untyped.assign(user=[], user_basis=[])):
        assert windows.peak(usage, kind) == Peak(0, 0, None)
        assert windows.running_at(usage, ["2026-01-01"], kind)["credits"].tolist() == [0]
        assert windows.steps(usage, kind, "UTC", "2026-01-01", "2026-01-02")["calls"].sum() == 0
        for frame in (
            windows.instants(usage),
            windows.running(usage, kind),
            windows.coming_back(usage, "2026-01-01", kind),
            windows.days(usage),
            windows.blocks(usage),
        ):
            assert frame.empty
            assert frame["credits"].dtype == np.int64
    assert windows.peaks(untyped.assign(user=[], user_basis=[]), kind).empty


# Calendar


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", date(2026, 3, 29), "2026-03-29 00:00", 24),
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28 23:00", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24 22:00", 25),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04 03:00", 23),
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17 02:00", 25),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28 22:00", 23),
        ("America/Havana", date(2026, 11, 1), "2026-11-01 04:00", 25),
        ("America/Toronto", date(1919, 3, 31), "1919-03-31 04:30", 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04 13:00", 24.5),
        ("Pacific/Apia", date(2010, 9, 26), "2010-09-26 11:00", 23),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30 10:00", 24),
    ],
)
def test_a_day_begins_at_its_first_instant_and_is_as_long_as_the_clock_makes_it(
    zone, day, start, hours
):
    """Midnight that is skipped or comes twice still gives one beginning."""
    start = pd.Timestamp(start)
    end = start + pd.Timedelta(hours=hours)
    middle = (start + pd.Timedelta(hours=5)).isoformat()
    assert values(windows.days(log((middle, 3)), zone)) == [
        (day, start.to_pydatetime(), end.to_pydatetime(), 1, 3)
    ]
    edges = [start - pd.Timedelta(1, "us"), start, end - pd.Timedelta(1, "us"), end]
    usage = log(*[(edge.isoformat(), 10**place) for place, edge in enumerate(edges)])
    assert windows.running(usage, "calendar", zone)["credits"].tolist() == [1, 10, 110, 1_000]
    assert windows.window_start(usage, middle, "calendar", zone) == (start, True)


def test_a_day_that_a_zone_left_out_is_left_out():
    """Samoa went from December 29 to 31: there was no 30th to have calls."""
    usage = log(("2011-12-29 12:00", 1), ("2011-12-31 12:00", 1))
    days = windows.days(usage, "Pacific/Apia")
    assert days["day"].tolist() == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]
    assert (days["end"][:-1].to_numpy() == days["start"][1:].to_numpy()).all()


def test_a_day_without_calls_is_a_zero():
    """Days between the first call's and the last call's are all there."""
    days = windows.days(log(("2026-01-03 01:00", 2), ("2026-01-01 23:00", 1)))
    assert days["day"].tolist() == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]
    assert days["credits"].tolist() == [1, 0, 2]


def test_at_midnight_itself_the_new_day_has_begun():
    """A call at midnight is the new day's, and comes back a whole day later."""
    usage = log(("2026-01-01 23:59:59.999999", 1), ("2026-01-02", 2))
    assert windows.running(usage, "calendar")["credits"].tolist() == [1, 2]
    back = windows.coming_back(usage, "2026-01-02", "calendar")
    assert values(back) == [(datetime(2026, 1, 3), 2, 1)]


def test_in_a_25_hour_day_everything_comes_back_at_midnight():
    """Even where midnight is more than 24 hours away, what comes back is all that is used."""
    back = windows.coming_back(
        log(("2026-10-24 22:05", 3)), "2026-10-24 22:10", "calendar", "Europe/Berlin"
    )
    assert values(back) == [(datetime(2026, 10, 25, 23), 3, 1)]


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc", "Europe"])
def test_an_unknown_time_zone_is_named(zone):
    """A zone that nobody knows is bad input, said in a sentence."""
    with pytest.raises(CreditsError, match="There is no time zone"):
        windows.running(log(("2026-01-01", 1)), "calendar", zone)


# Anchored


def test_the_first_call_at_or_after_a_blocks_end_opens_the_next():
    """A block is [s, s + 24 h), and blocks don't follow without a call."""
    usage = log(
        ("2026-01-01 09:00", 1),
        ("2026-01-02 08:59:59.999999", 2),
        ("2026-01-02 09:00", 4),
        ("2026-01-05 12:00", 8),
    )
    blocks = windows.blocks(usage)
    assert blocks["start"].tolist() == [
        pd.Timestamp("2026-01-01 09:00"),
        pd.Timestamp("2026-01-02 09:00"),
        pd.Timestamp("2026-01-05 12:00"),
    ]
    assert (blocks["end"] - blocks["start"] == DAY).all()
    assert blocks["credits"].tolist() == [3, 4, 8]
    assert windows.running(usage, "anchored")["credits"].tolist() == [1, 3, 4, 8]


def test_in_no_block_nothing_is_used():
    """Before the first block, and between a block's end and the next call, used is 0."""
    usage = log(("2026-01-01 09:00", 1), ("2026-01-05 09:00", 1))
    for at in ("2025-12-31", "2026-01-02 09:00", "2026-01-04", "2026-01-06 09:00"):
        assert windows.running_at(usage, [at], "anchored")["credits"].tolist() == [0]
        assert windows.window_start(usage, at, "anchored") == (None, True)
        assert windows.coming_back(usage, at, "anchored").empty


def test_a_users_anchored_peak_lies_in_the_organizations_blocks():
    """The allowance is the organization's, so anyone's call opens the block."""
    rows = [
        (datetime(2026, 1, 1, 0), 1, 1, "ann"),
        (datetime(2026, 1, 1, 20), 1, 5, "bob"),
        (datetime(2026, 1, 2, 4), 1, 5, "bob"),
    ]
    peaks = windows.peaks(usage_of(rows), "anchored")
    assert peaks["peak_credits"].tolist() == [1, 5]
    assert windows.peak(usage_of(rows[1:]), "anchored").credits == 10


def test_an_unknown_window_is_named():
    """The command line hands over what was typed."""
    for ask in (windows.running, windows.peaks, windows.peak):
        with pytest.raises(CreditsError, match="no window 'weekly'"):
            ask(usage_of([(datetime(2026, 1, 1), 1, 1, "ann")]), "weekly")


# Numbers


@pytest.mark.parametrize("kind", KINDS)
def test_sums_beyond_2_to_the_53_are_exact(kind):
    """Whole credits never pass through floating point."""
    usage = log(("2026-01-01 09:00", 2**53), ("2026-01-01 10:00", 1))
    assert windows.peak(usage, kind).credits == 2**53 + 1
    assert windows.running(usage, kind)["credits"].tolist() == [2**53, 2**53 + 1]
    named = usage.assign(user="ann", user_basis="user")
    assert windows.peaks(named, kind)["peak_credits"].tolist() == [2**53 + 1]


def test_fractions_of_credits_add_up_exactly():
    """0.1 + 0.2 is 0.3, and what left leaves nothing behind."""
    rows = [(datetime(2026, 1, 1, hour), 1, amount) for hour, amount in enumerate([0.1, 0.2])]
    usage = usage_of(rows, fractional=True)
    assert windows.peak(usage) == Peak(0.3, 2, pd.Timestamp("2026-01-01 01:00"))
    at = ["2026-01-01 01:00", "2026-01-02 00:00", "2026-01-02 01:00"]
    assert windows.running_at(usage, at)["credits"].tolist() == [0.3, 0.2, 0.0]
    assert above(windows.steps(usage, "trailing", "UTC", at[0], at[2]), 0.3).empty


def test_fractions_are_rounded_to_the_nearest_millionth():
    """1.001 × 1,000,000 is 1,000,999.99… in floating point, and still 1,001,000 millionths."""
    every = [n / 1_000 for n in range(3_000)]
    usage = usage_of([(datetime(2026, 1, 1), 1, amount) for amount in every], fractional=True)
    assert windows.peak(usage).credits == 4_498.5


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e15])
def test_what_cannot_be_added_up_exactly_is_refused(bad):
    """A wrong sum would look like a right one."""
    usage = usage_of([(datetime(2026, 1, 1), 1, bad)], fractional=True)
    with pytest.raises(CreditsError, match="The credits can't be added up"):
        windows.peak(usage)


def test_half_calls_and_missing_times_are_refused():
    """A call is counted whole, at an instant."""
    usage = log(("2026-01-01", 1))
    with pytest.raises(CreditsError, match="calls must be whole"):
        windows.running(usage.assign(calls=0.5))
    with pytest.raises(CreditsError, match="time is missing"):
        windows.running(usage.assign(occurred_at=pd.NaT))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_stamps_of_any_unit_are_read_as_microseconds(unit):
    """Frames from elsewhere count the same; answers are always microseconds."""
    usage = log(("2026-01-01 09:00", 1), ("2026-01-02 09:00", 2))
    other = usage.assign(occurred_at=usage["occurred_at"].astype(f"datetime64[{unit}]"))
    pd.testing.assert_frame_equal(windows.running(other), windows.running(usage))
    zoned = usage.assign(occurred_at=usage["occurred_at"].dt.tz_localize("UTC"))
    pd.testing.assert_frame_equal(windows.running(zoned), windows.running(usage))


# Step series


def test_steps_begin_at_the_start_and_show_credits_leaving():
    """A chart draws every change: arriving, leaving, and where the series closes."""
    usage = log(("2026-01-01 09:00", 2), ("2026-01-01 12:00", 3))
    steps = windows.steps(usage, "trailing", "UTC", "2026-01-01 06:00", "2026-01-03")
    assert list(zip(steps["occurred_at"].dt.strftime("%d %H"), steps["credits"], strict=True)) == [
        ("01 06", 0),
        ("01 09", 2),
        ("01 12", 5),
        ("02 09", 3),
        ("02 12", 0),
        ("03 00", 0),
    ]
    with pytest.raises(ValueError, match="end is before"):
        windows.steps(usage, "trailing", "UTC", "2026-01-02", "2026-01-01")


def test_steps_show_what_leaves_although_it_came_before_the_start():
    """A chart of one afternoon shows yesterday's credits coming back."""
    usage = log(("2026-01-01 09:00", 2), ("2026-01-01 12:00", 3))
    steps = windows.steps(usage, "trailing", "UTC", "2026-01-02 08:00", "2026-01-02 10:00")
    assert steps["occurred_at"].dt.hour.tolist() == [8, 9, 10]
    assert steps["credits"].tolist() == [5, 3, 3]


@pytest.mark.parametrize(("limit", "hours"), [(4, 21), (5, 0), (6, 0)])
def test_the_time_above_a_limit_is_the_time_strictly_above_it(limit, hours):
    """Using exactly the allowance is not overage."""
    usage = log(("2026-01-01 09:00", 2), ("2026-01-01 12:00", 3))
    steps = windows.steps(usage, "trailing", "UTC", "2026-01-01", "2026-01-03")
    spans = above(steps, limit)
    assert time_above(spans) == pd.Timedelta(hours=hours)
    if hours:
        assert values(spans) == [(datetime(2026, 1, 1, 12), datetime(2026, 1, 2, 9))]


def test_a_span_still_above_at_the_end_closes_with_the_series():
    """What is above from the first row to the last is one span."""
    usage = log(("2026-01-01 09:00", 2))
    steps = windows.steps(usage, "trailing", "UTC", "2026-01-01 10:00", "2026-01-01 11:30")
    assert time_above(above(steps, 1)) == pd.Timedelta(minutes=90)


@pytest.mark.parametrize("points", [4, 10, 100, 333])
def test_a_thinned_series_keeps_its_ends_and_its_extremes(points):
    """At most `points` rows, and neither the peak nor its instant is lost."""
    random = np.random.default_rng(93)
    amounts = random.integers(0, 1_000, 5_000)
    series = windows.instants(
        log(*[(f"2026-01-{1 + i // 1_440:02} {i // 60 % 24:02}:{i % 60:02}", int(amount))
              for i, amount in enumerate(amounts)])
    )  # fmt: skip
    thinned = thin(series, points)
    assert len(thinned) <= points
    assert values(thinned)[0] == values(series)[0]
    assert values(thinned)[-1] == values(series)[-1]
    assert set(values(thinned)) <= set(values(series))
    top = series["credits"].idxmax()
    assert values(series)[top] in values(thinned)
    assert thinned["credits"].min() == series["credits"].min()


def test_a_thinned_plateau_stays_at_its_height():
    """The value that holds after a burst is kept, or the burst would be drawn for days."""
    burst = [(f"2026-01-01 00:00:{second:02}", second % 7) for second in range(60)]
    series = windows.instants(log(*burst, ("2026-01-09", 1)))
    thinned = thin(series, 10)
    assert values(thinned)[-2][2] == 59 % 7


def test_a_short_series_is_not_thinned():
    """What fits is drawn as it is."""
    series = windows.instants(log(("2026-01-01", 1), ("2026-01-02", 2)))
    pd.testing.assert_frame_equal(thin(series, 10), series)


# Twins and properties


@given(logs(), kinds, zones)
def test_running_sums_equal_a_count_call_by_call(rows, kind, zone):
    """The sum at every stamp, exactly, for every kind of window."""
    expected = [(at, *sums_twin(rows, at, kind, zone)) for at in sorted({row[0] for row in rows})]
    assert values(windows.running(usage_of(rows), kind, zone)) == expected


@given(logs(), st.lists(offsets, max_size=6), st.sampled_from(BASES), kinds, zones)
def test_sums_at_any_instants_equal_a_count_call_by_call(rows, moments, base, kind, zone):
    """Instants between calls, before the first and after the last, in any order."""
    if rows:
        base = rows[0][0]
    at = [base + sign * moment for moment in moments for sign in (1, -1)]
    expected = [(t, *sums_twin(rows, t, kind, zone)) for t in at]
    assert values(windows.running_at(usage_of(rows), at, kind, zone)) == expected


@given(logs(), kinds, zones, st.sampled_from(["credits", "calls"]))
def test_the_peak_is_the_greatest_sum_and_its_earliest_stamp(rows, kind, zone, measure):
    """The twin asks every stamp."""
    (calls, amount), end = peak_twin(rows, kind, zone, measure)
    found = windows.peak(usage_of(rows), kind, zone, measure)
    assert found == Peak(amount, calls, None if end is None else pd.Timestamp(end))


@given(logs(minimum=1, users=True), kinds, zones)
def test_peaks_per_user_equal_a_count_of_each_users_calls(rows, kind, zone):
    """One global key gives what counting user by user gives, in the organization's blocks."""
    expected = []
    for user in sorted({row[3] for row in rows}):
        own = [row for row in rows if row[3] == user]
        by_credits = peak_twin(own, kind, zone, "credits", rows)
        by_calls = peak_twin(own, kind, zone, "calls", rows)
        expected.append(
            (user, "user", by_credits[0][1], by_credits[1], by_calls[0][0], by_calls[1])
        )
    assert values(windows.peaks(usage_of(rows), kind, zone)) == expected


@given(logs(minimum=1, users=True), st.sampled_from(["trailing", "calendar"]), zones)
@FEWER
def test_a_users_peak_is_the_peak_of_that_users_calls_alone(rows, kind, zone):
    """Other people's calls don't change a user's own trailing or calendar peak."""
    usage = usage_of(rows)
    for row in windows.peaks(usage, kind, zone).itertuples():
        own = windows.peak(usage[usage["user"] == row.user], kind, zone)
        assert (row.peak_credits, row.peak_credits_end) == (own.credits, own.end)


def test_users_of_one_name_and_different_basis_are_different_users():
    """A user `crm` and an app `crm` without users are two identities."""
    usage = log(("2026-01-01", 2), ("2026-01-01", 3), ("2026-01-01", 4))
    usage["user"], usage["user_basis"] = ["crm", "crm", "ann"], ["user", "app", "app"]
    found = windows.peaks(usage)[["user", "user_basis", "peak_credits"]]
    assert values(found) == [("ann", "app", 4), ("crm", "app", 3), ("crm", "user", 2)]


@given(logs(), offsets, kinds, zones)
def test_what_comes_back_is_what_is_used(rows, moment, kind, zone):
    """Each return lies ahead, none is empty, they sum to the used, and after them none is left."""
    usage = usage_of(rows)
    at = (rows[0][0] if rows else BASES[0]) + moment
    back = windows.coming_back(usage, at, kind, zone)
    held = held_twin(rows, at, kind, zone)
    assert back[["calls", "credits"]].sum().tolist() == list(sums_twin(rows, at, kind, zone))
    assert (back["at"] > at).all()
    assert back["at"].is_monotonic_increasing
    assert (back["calls"] > 0).all()
    if kind == "trailing":
        expected = defaultdict(int)
        for row in held:
            expected[row[0] + HOURS_24] += row[2]
        assert dict(zip(back["at"], back["credits"], strict=True)) == expected
    elif held:
        [returns] = back["at"].dt.to_pydatetime().tolist()
        assert sums_twin(held, returns, kind, zone)[0] == 0
        assert sums_twin(held, returns - MICROSECOND, kind, zone)[0] > 0


@given(logs(minimum=1), zones)
def test_days_equal_a_count_by_local_date_and_keep_every_call(rows, zone):
    """Days join without gap or overlap, and together hold all calls."""
    expected = defaultdict(lambda: (0, 0))
    for at, calls, amount in rows:
        had = expected[local_day(at, zone)]
        expected[local_day(at, zone)] = (had[0] + calls, had[1] + amount)
    days = windows.days(usage_of(rows), zone)
    first, last = min(expected), max(expected)
    assert days["day"].tolist() == [
        first + timedelta(days=n) for n in range((last - first).days + 1)
    ]
    assert [(row[3], row[4]) for row in values(days)] == [
        expected.get(day, (0, 0)) for day in days["day"]
    ]
    assert (days["end"][:-1].to_numpy() == days["start"][1:].to_numpy()).all()


@given(logs())
def test_blocks_equal_a_count_block_by_block_and_keep_every_call(rows):
    """Every call lies in exactly one block."""
    expected = []
    for start in blocks_twin(rows):
        held = [row for row in rows if start <= row[0] < start + HOURS_24]
        sums = (sum(row[1] for row in held), sum(row[2] for row in held))
        expected.append((start, start + HOURS_24, *sums))
    blocks = windows.blocks(usage_of(rows))
    assert values(blocks) == expected
    assert blocks["calls"].sum() == sum(row[1] for row in rows)


@given(logs(), kinds, zones, offsets, offsets, st.integers(0, 20))
def test_steps_hold_every_change_and_nothing_else(rows, kind, zone, lead, length, limit):
    """Between two steps the sum stays; at each step it changes; above is read off exactly."""
    start = (min(row[0] for row in rows) if rows else BASES[0]) - HOURS_24 + lead
    end = start + max(length, timedelta(0))
    steps = values(windows.steps(usage_of(rows), kind, zone, start, end))
    # The sum can only change at a stamp, 24 hours after one, and on the quarter-hours at which
    # these zones have their midnights.
    quarters = [
        datetime.combine(start.date(), datetime.min.time()) + n * timedelta(minutes=15)
        for n in range(4 * 24 * (max(length.days, 0) + 3))
    ]
    stamps = [row[0] + shift for row in rows for shift in (timedelta(0), HOURS_24)]
    moments = quarters if kind == "calendar" else []
    moments = sorted({start, *(t for t in [*stamps, *moments] if start < t <= end)})
    if kind == "calendar":
        # Only dates on which the zone's day changes matter; the twin is slow.
        moments = [
            t
            for t in moments
            if t == start or t in stamps or local_day(t, zone) != local_day(t - MICROSECOND, zone)
        ]
    expected = []
    for t in moments:
        sums = sums_twin(rows, t, kind, zone)
        if not expected or sums != expected[-1][1:]:
            expected.append((t, *sums))
    if expected[-1][0] != end:
        expected.append((end, *expected[-1][1:]))
    assert steps == expected
    frame = windows.steps(usage_of(rows), kind, zone, start, end)
    over = sum(
        (after[0] - row[0] for row, after in pairwise(expected)
         if row[2] > limit),
        timedelta(0),
    )  # fmt: skip
    spans = above(frame, limit)
    assert time_above(spans) == over
    assert (spans["end"] > spans["start"]).all()
    assert (spans["start"][1:].to_numpy() > spans["end"][:-1].to_numpy()).all()


@given(st.data(), logs(minimum=1, users=True), kinds, zones)
@FEWER
def test_the_order_of_rows_is_irrelevant_and_the_frame_stays_as_it_was(data, rows, kind, zone):
    """Logs come in any order; asking changes nothing."""
    usage = usage_of(rows)
    shuffled = usage_of(data.draw(st.permutations(rows)))
    before = shuffled.copy(deep=True)
    at = rows[0][0]
    for ask in (
        lambda frame: windows.instants(frame),
        lambda frame: windows.running(frame, kind, zone),
        lambda frame: windows.peaks(frame, kind, zone),
        lambda frame: windows.coming_back(frame, at, kind, zone),
        lambda frame: windows.days(frame, zone),
        lambda frame: windows.blocks(frame),
        lambda frame: windows.steps(frame, kind, zone, at - HOURS_24, at + HOURS_24),
    ):
        pd.testing.assert_frame_equal(ask(shuffled), ask(usage))
    assert windows.peak(shuffled, kind, zone) == windows.peak(usage, kind, zone)
    pd.testing.assert_frame_equal(shuffled, before)


@given(logs(), kinds, zones)
@FEWER
def test_fractional_credits_count_like_whole_millionths(rows, kind, zone):
    """A frame of fractions gives what the same frame in millionths gives."""
    fractions = usage_of([(at, n, amount / 1_000_000) for at, n, amount in rows], fractional=True)
    millionths = windows.running(usage_of(rows), kind, zone)["credits"]
    found = windows.running(fractions, kind, zone)["credits"]
    assert found.tolist() == [amount / 1_000_000 for amount in millionths.tolist()]


@given(logs(), offsets, kinds, zones)
def test_the_windows_start_tells_which_calls_it_holds(rows, moment, kind, zone):
    """What lies between the start and `at` is what is used."""
    at = (rows[0][0] if rows else BASES[0]) + moment
    start, includes = windows.window_start(usage_of(rows), at, kind, zone)
    used = [
        row
        for row in rows
        if start is not None and (start <= row[0] if includes else start < row[0]) and row[0] <= at
    ]
    assert sorted(used) == sorted(held_twin(rows, at, kind, zone))
