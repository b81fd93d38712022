"""Every figure of every page agrees with every other, to the instant, whatever the window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits import people, usage, windows
from credits.document import document
from credits.plan import Plan
from credits.store import Answers, Store
from credits.windows import KINDS, Kind

NOW = datetime(2026, 11, 22)
START = datetime(2026, 3, 27, 21, 7)
ZONE = "Europe/Berlin"
PLAN = Plan(base_limit=100, users=0, credits_per_user=0)

few = settings(max_examples=8)
each_kind = pytest.mark.parametrize("kind", KINDS)


def log(fraction: str = "") -> str:
    """Four days of calls by five callers, over the night in which Berlin's clocks go forward.

    Stamps fall on, just before and just after quarters of an hour; two gaps are longer than a day.
    """
    rows = ["time,user,app,api,status,credits"]
    at = START
    for i in range(240):
        at += timedelta(microseconds=(0, 1, 899_999_999, 900_000_000, 1_234_567_891)[i * 7 % 5])
        at += timedelta(hours=30 if i in (60, 130) else 0)
        user, app = ("ada", "bob", "eve", "", "")[i * 3 % 5], ("sync", "")[i // 3 % 2]
        status = 429 if i % 17 == 0 else 200
        rows.append(f"{at.isoformat()}Z,{user},{app},api{i % 3},{status},{i % 11}{fraction}")
    return "\n".join(rows) + "\n"


def stored(folder: Path, text: str) -> Store:
    path = folder / "a.csv"
    path.write_text(text)
    store = Store(folder / "x.duckdb")
    store.load(path, now=NOW)
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stored(tmp_path_factory.mktemp("usage"), log()) as opened:
        yield opened


@pytest.fixture(scope="module")
def last(store: Store) -> pd.Timestamp:
    with store.answers() as answers:
        return answers.summary().last


INSTANTS = st.integers(-26 * 60, 130 * 60).map(
    lambda minutes: pd.Timestamp(START) + pd.Timedelta(minutes=minutes)
)
ZONES = st.sampled_from(["UTC", ZONE, "Asia/Kathmandu", "America/Los_Angeles"])


# ── many calls: most of them are added up before they are handed over ─────────────────────────


@few
@given(start=INSTANTS, length=st.integers(0, 4_000), kind=st.sampled_from(KINDS), zone=ZONES)
def test_with_many_calls_the_figures_are_the_same(
    store: Store, start: pd.Timestamp, length: int, kind: Kind, zone: str
):
    end = start + pd.Timedelta(minutes=length)
    asked: tuple[pd.Timestamp, pd.Timestamp, Kind, str] = (start, end, kind, zone)
    with store.answers() as answers:
        shown, everyone = _figures(answers, asked)
        for many in (100, 0):
            answers.many = many
            same, same_people = _figures(answers, asked)
            assert shown == same
            pd.testing.assert_frame_equal(everyone, same_people, check_categorical=False)


@each_kind
def test_where_usage_is_too_steady_peaks_are_to_the_second(tmp_path: Path, kind: Kind):
    rows = "".join(f"{START + timedelta(minutes=i)},ada,1\n" for i in range(4_000))
    with stored(tmp_path, "time,user,credits\n" + rows) as opened, opened.answers() as answers:
        first, last = (pd.Timestamp(START) + pd.Timedelta(minutes=i) for i in (0, 3_999))
        exact = usage.series(answers, first, last, kind).peak
        answers.many, answers.most = 0, 100
        found = usage.series(answers, first, last, kind).peak
        everyone = people.users(answers, first, last, kind)
    assert (found.credits, found.calls) == (exact.credits, exact.calls)
    assert found.end.floor("s") == exact.end
    assert everyone["peak_credits"].item() == exact.credits


def test_where_usage_is_too_steady_blocks_open_where_they_do(tmp_path: Path):
    calls = [("01-01T21:07:00", "ada"), *(("01-01T22:07:00", "ada"),) * 10]
    calls += [("01-02T21:01:00", "bob"), ("01-02T21:10:00", "bob")]
    rows = "".join(f"2026-{at}Z,{user},5\n" for at, user in calls)
    with stored(tmp_path, "time,user,credits\n" + rows) as opened, opened.answers() as answers:
        exact = people.users(answers, None, None, "anchored")
        answers.many, answers.most = 0, 4
        found = people.users(answers, None, None, "anchored")
    assert found["peak_credits"].tolist() == exact["peak_credits"].tolist() == [55, 5]


def _figures(answers: Answers, asked: tuple[pd.Timestamp, pd.Timestamp, Kind, str]):
    """What may not depend on how many rows are handed over."""
    start, end, kind, zone = asked
    everyone, *some = (
        usage.series(answers, start, end, kind, zone, where)
        for where in (None, {"user": ["ada"]}, {"user": ["bob"], "api": ["api0", "api1"]})
    )
    page = usage.overview(answers, end, start, end, kind, zone)
    shown = [
        *((found.peak, found.peak_calls) for found in (everyone, *some)),
        *(found.steps.iloc[[0, -1]].to_numpy().tolist() for found in (everyone, *some)),
        page.window,
        [usage.back_by(page.back, end + pd.Timedelta(hours=hours)) for hours in (1, 25)],
        document(answers, PLAN, at=end, kind=kind, zone=zone),
    ]
    return shown, people.users(answers, start, end, kind, zone)


# ── the window at an instant ──────────────────────────────────────────────────────────────────


@few
@given(at=INSTANTS, kind=st.sampled_from(KINDS), zone=ZONES)
def test_what_users_used_what_comes_back_and_the_used_are_the_same_sum(
    store: Store, at: pd.Timestamp, kind: Kind, zone: str
):
    with store.answers() as answers:
        found = usage.overview(answers, at, at - pd.Timedelta(days=1), at, kind, zone)
        told = document(answers, PLAN, at=at, kind=kind, zone=zone)
        twin = windows.running_at(answers.usage(), [at], kind, zone).iloc[0]
    used = (found.window.credits, found.window.calls)
    assert used == (twin["credits"], twin["calls"])
    assert used == (found.window_users["credits"].sum(), found.window_users["calls"].sum())
    assert used == (found.back["credits"].sum(), found.back["calls"].sum())
    assert used == (told["used"], told["used_calls"])
    assert told["unused"] == max(PLAN.allowance - used[0], 0)
    assert found.series.steps.iloc[-1][["credits", "calls"]].tolist() == list(used)


@each_kind
def test_one_users_window_is_their_share_of_the_organizations(
    store: Store, last: pd.Timestamp, kind: Kind
):
    with store.answers() as answers:
        window = usage.window_at(answers, last, kind, ZONE)
        users = answers.totals(["user", "user_basis"], window.first, last)
        for row in users.itertuples():
            where = {"user": [row.user], "user_basis": [row.user_basis]}
            alone = usage.window_at(answers, last, kind, ZONE, where)
            assert (alone.credits, alone.calls) == (row.credits, row.calls)


def test_outside_every_anchored_block_nothing_is_used(store: Store, last: pd.Timestamp):
    late = last + pd.Timedelta(days=3)
    with store.answers() as answers:
        window = usage.window_at(answers, late, "anchored")
        users = answers.totals(["user"], window.first, late)
    assert (window.start, window.credits, window.calls) == (None, 0, 0)
    assert users.empty


def test_credits_that_have_come_back_by_an_instant_are_added_up():
    at = pd.Timestamp(START)
    back = pd.DataFrame({"at": [at, at + pd.Timedelta(hours=1)], "credits": [3, 4]})
    assert usage.back_by(back, at) == 3
    assert usage.back_by(back, at + pd.Timedelta(hours=1)) == 7
    assert usage.back_by(back, at - pd.Timedelta(seconds=1)) == 0


# ── a range ───────────────────────────────────────────────────────────────────────────────────


@few
@given(start=INSTANTS, hours=st.integers(0, 60), kind=st.sampled_from(KINDS), zone=ZONES)
def test_users_apis_and_the_organization_have_the_same_sums_over_any_range(
    store: Store, start: pd.Timestamp, hours: int, kind: Kind, zone: str
):
    end = start + pd.Timedelta(hours=hours)
    with store.answers() as answers:
        organization = usage.overview(answers, end, start, end, kind, zone)
        everyone = people.everyone(answers, start, end, kind, zone)
    sums = organization.sums
    for name in ("calls", "credits", "assumed", "refused"):
        assert everyone.users[name].sum() == sums[name]
        assert everyone.by_api[name].sum() == sums[name]
    if sums["credits"]:
        assert everyone.users["share"].sum() == pytest.approx(1)
    assert all(isinstance(trend, list) for trend in everyone.users["trend"])
    assert everyone.users["credits"].is_monotonic_decreasing


@few
@given(
    start=INSTANTS,
    hours=st.integers(0, 60),
    kind=st.sampled_from(KINDS),
    zone=ZONES,
    place=st.integers(0, 4),
)
def test_a_users_own_page_says_what_the_list_of_users_says(
    store: Store, start: pd.Timestamp, hours: int, kind: Kind, zone: str, place: int
):
    end = start + pd.Timedelta(hours=hours)
    with store.answers() as answers:
        users = people.everyone(answers, start, end, kind, zone).users
        if users.empty:
            return
        row = users.iloc[place % len(users)]
        person = people.person(answers, row["user"], row["user_basis"], start, end, kind, zone)
    for name in ("calls", "credits", "assumed", "refused"):
        assert person.sums[name] == row[name]
        assert person.apis[name].sum() == row[name]
        assert person.apps[name].sum() == row[name]
    peak, peak_calls = person.series.peak, person.series.peak_calls
    assert (row["peak_credits"], row["peak_credits_end"]) == (peak.credits, peak.end)
    assert (row["peak_calls"], row["peak_calls_end"]) == (peak_calls.calls, peak_calls.end)


@each_kind
def test_no_user_peaks_above_the_organization_in_any_range(
    store: Store, last: pd.Timestamp, kind: Kind
):
    for hours in (1, 12, 40):
        start = last - pd.Timedelta(hours=hours)
        with store.answers() as answers:
            organization = usage.series(answers, start, last, kind, ZONE)
            users = people.users(answers, start, last, kind, ZONE)
        assert users["peak_credits"].max() <= organization.peak.credits
        assert users["peak_calls"].max() <= organization.peak_calls.calls


@each_kind
def test_the_peak_of_a_range_that_holds_everything_is_the_peak_of_the_document(
    store: Store, kind: Kind
):
    with store.answers() as answers:
        summary = answers.summary()
        series = usage.series(answers, summary.first, summary.last, kind, ZONE)
        told = document(answers, PLAN, at=None, kind=kind, zone=ZONE)
    peak = series.peak
    assert told["peak"] == {"credits": peak.credits, "calls": peak.calls, "end": peak.end}
    assert told["peak_calls"] == {
        "calls": series.peak_calls.calls,
        "end": series.peak_calls.end,
    }


def test_a_range_knows_the_calls_before_it_that_its_windows_hold(store: Store, last: pd.Timestamp):
    """A page that shows the last hour shows the same curve as one that shows everything."""
    with store.answers() as answers:
        first = answers.summary().first
        for kind in KINDS:
            short = usage.series(answers, last - pd.Timedelta(hours=1), last, kind, ZONE).steps
            long = usage.series(answers, first, last, kind, ZONE).steps
            tail = long[long["occurred_at"] > last - pd.Timedelta(hours=1)]
            pd.testing.assert_frame_equal(
                short.iloc[1:].reset_index(drop=True), tail.reset_index(drop=True)
            )


# ── days and hours of a zone ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("zone", ["UTC", ZONE, "Asia/Kathmandu"])
def test_hours_days_and_trends_conserve_what_they_count(store: Store, zone: str):
    with store.answers() as answers:
        summary = answers.summary()
        found = usage.overview(answers, summary.last, summary.first, summary.last, "trailing", zone)
        everyone = people.everyone(answers, summary.first, summary.last, "trailing", zone)
        told = document(answers, PLAN, at=None, kind="trailing", zone=zone)
    assert found.hours["credits"].sum() == summary.credits
    assert found.hours["calls"].sum() == summary.calls
    assert sum(day["credits"] for day in told["days"]) == summary.credits
    trends = dict(zip(everyone.users["user"], map(sum, everyone.users["trend"]), strict=True))
    assert trends == dict(zip(everyone.users["user"], everyone.users["credits"], strict=True))


def test_an_hour_that_the_clock_skips_has_no_calls(store: Store):
    with store.answers() as answers:
        found = usage.hours(answers.quarters(), ZONE)
    skipped = found[(found["day"].astype(str) == "2026-03-29") & (found["hour"] == 2)]
    assert skipped.empty


def test_trends_have_as_many_days_for_every_user(store: Store):
    with store.answers() as answers:
        summary = answers.summary()
        users = people.everyone(answers, summary.first, summary.last, "trailing", ZONE).users
    assert users["trend"].map(len).nunique() == 1


# ── the document ──────────────────────────────────────────────────────────────────────────────


@each_kind
def test_the_documents_users_and_days_add_up_to_everything(store: Store, kind: Kind):
    with store.answers() as answers:
        told = document(answers, PLAN, at=None, kind=kind, zone=ZONE)
    for name in ("calls", "credits"):
        assert sum(user[name] for user in told["users"]) == told[name]
        assert sum(day[name] for day in told["days"]) == told[name]
    assert sum(user["share"] for user in told["users"]) == pytest.approx(1, abs=1e-5)
    assert {(user["user"], user["user_basis"]) for user in told["users"]} == {
        *(("ada", "user"), ("bob", "user"), ("eve", "user")),
        *(("sync", "app"), ("(unknown)", "unknown")),
    }


def test_a_user_and_an_app_of_one_name_are_two_callers(tmp_path: Path):
    text = (
        "time,user,app,credits\n"
        "2026-01-05T10:00:00Z,sync,,1\n2026-01-05T10:00:00Z,,sync,2\n"
        "2026-01-05T10:00:01Z,\"a', 'user\",,3\n"
    )
    with stored(tmp_path, text) as store, store.answers() as answers:
        users = document(answers, PLAN, at=None, kind="trailing", zone="UTC")["users"]
    assert [(user["user"], user["user_basis"], user["credits"]) for user in users] == [
        ("a', 'user", "user", 3),
        ("sync", "app", 2),
        ("sync", "user", 1),
    ]
    assert [user["peak"]["credits"] for user in users] == [3, 2, 1]


def test_fractions_of_credits_are_exact_everywhere(tmp_path: Path):
    with stored(tmp_path, log(".1")) as store, store.answers() as answers:
        summary = answers.summary()
        told = document(answers, PLAN, at=None, kind="trailing", zone=ZONE)
        found = usage.overview(answers, summary.last, summary.first, summary.last)
        everyone = people.everyone(answers, summary.first, summary.last)
    whole = sum(i % 11 for i in range(240))
    assert told["credits"] == round(whole + 24.0, 6)
    assert found.window.credits == told["used"]
    assert round(found.window_users["credits"].sum(), 6) == told["used"]
    assert round(everyone.users["credits"].sum(), 6) == told["credits"]


@pytest.mark.parametrize("fraction", ["", ".5"])
def test_numbers_of_calls_are_whole_numbers(tmp_path: Path, fraction: str):
    """However the credits are written, nobody wants to read of 240.0 calls."""
    with stored(tmp_path, log(fraction)) as store, store.answers() as answers:
        summary = answers.summary()
        overview = usage.overview(answers, summary.last, summary.first, summary.last)
        person = people.person(answers, "ada", "user", summary.first, summary.last)
    for sums in (overview.sums, person.sums):
        assert f"{sums['calls']:,}" == f"{int(sums['calls']):,}"
        assert f"{sums['refused']:,}" == f"{int(sums['refused']):,}"


# ── little or nothing loaded ──────────────────────────────────────────────────────────────────

KEYS = {
    *("at", "window", "calls", "credits", "assumed_credits", "allowance", "used", "unused"),
    *("used_calls", "peak", "peak_calls", "users", "days"),
}


@each_kind
def test_without_a_load_everything_is_zero(tmp_path: Path, kind: Kind):
    with Store(tmp_path / "x.duckdb") as store, store.answers() as answers:
        told = document(answers, PLAN, at=None, kind=kind, zone=ZONE)
        at = pd.Timestamp(START)
        overview = usage.overview(answers, at, at - pd.Timedelta(days=1), at, kind, ZONE)
        everyone = people.everyone(answers, at - pd.Timedelta(days=1), at, kind, ZONE)
        person = people.person(answers, "ada", "user", at, at, kind, ZONE)
    assert set(told) == KEYS
    assert (told["at"], told["used"], told["unused"]) == (None, 0, 100)
    assert told["peak"] == {"credits": 0, "calls": 0, "end": None}
    assert (told["users"], told["days"]) == ([], [])
    assert (overview.window.credits, overview.sums["calls"]) == (0, 0)
    assert overview.window_users.empty
    assert overview.back.empty
    assert overview.hours.empty
    assert everyone.users.empty
    assert person.sums["calls"] == 0
    assert person.series.peak == windows.Peak(0, 0, None)


@each_kind
def test_a_load_without_a_single_call_is_like_none(tmp_path: Path, kind: Kind):
    text = "time,user,path\n2026-02-31T10:00:00Z,ada,/a\n"
    with stored(tmp_path, text) as store, store.answers() as answers:
        summary = answers.summary()
        told = document(answers, PLAN, at=None, kind=kind, zone=ZONE)
    assert (summary.loads, summary.calls, summary.last) == (1, 0, None)
    assert (told["at"], told["used"]) == (None, 0)
    assert (told["users"], told["days"]) == ([], [])


@each_kind
def test_calls_that_cost_nothing_are_shared_by_their_number(tmp_path: Path, kind: Kind):
    text = "time,user,api,status\n" + "".join(
        f"2026-01-05T10:00:0{i}Z,{user},getRecords,429\n" for i, user in enumerate("aab")
    )
    with stored(tmp_path, text) as store, store.answers() as answers:
        told = document(answers, PLAN, at=None, kind=kind, zone="UTC")
    assert told["credits"] == 0
    assert [(user["user"], user["share"]) for user in told["users"]] == [
        ("a", 0.666667),
        ("b", 0.333333),
    ]
    assert told["peak_calls"]["calls"] == 3
