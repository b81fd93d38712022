"""Frames shaped for a screen: local times, grids, tops."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from credits import tables, views

BERLIN = "Europe/Berlin"
T = pd.Timestamp


def test_times_of_a_frame_are_shown_in_a_zone_and_nothing_else_changes() -> None:
    frame = pd.DataFrame({"at": [T("2026-08-13 22:30"), pd.NaT], "n": [1, 2]})
    shown = views.localized(frame, "at", BERLIN)
    assert shown["at"][0] == T("2026-08-14 00:30")
    assert pd.isna(shown["at"][1])
    assert shown["n"].tolist() == [1, 2]
    assert frame["at"][0] == T("2026-08-13 22:30")


def test_spans_are_listed_in_a_zone_with_their_length() -> None:
    frame = pd.DataFrame({"start": [T("2026-10-24 22:00")], "end": [T("2026-10-25 23:00")]})
    listed = views.spans(frame, BERLIN)
    assert listed["from"][0] == T("2026-10-25 00:00")
    assert listed["to"][0] == T("2026-10-26 00:00")
    assert listed["how long"][0] == "1 d 1 h"
    assert views.spans(frame.iloc[:0], BERLIN).empty


# ── shapes ────────────────────────────────────────────────────────────────────────────────────


def test_what_has_come_back_starts_at_zero_and_covers_24_hours() -> None:
    at = T("2026-08-13 12:00")
    back = pd.DataFrame({"at": [T("2026-08-13 13:00"), T("2026-08-13 15:00")], "credits": [5, 7]})
    found = views.returned(at, back)
    assert found["at"].tolist() == [at, *back["at"], T("2026-08-14 12:00")]
    assert found["credits"].tolist() == [0, 5, 12, 12]


def test_nothing_used_brings_nothing_back() -> None:
    at = T("2026-08-13 12:00")
    back = pd.DataFrame({"at": pd.Series(dtype="datetime64[us]"), "credits": pd.Series(dtype=int)})
    found = views.returned(at, back)
    assert found["at"].tolist() == [at, T("2026-08-14 12:00")]
    assert found["credits"].tolist() == [0, 0]


def test_a_day_of_25_hours_comes_back_after_more_than_24() -> None:
    at, midnight = T("2026-10-24 22:00"), T("2026-10-25 23:00")
    back = pd.DataFrame({"at": [midnight], "credits": [5]})
    assert views.returned(at, back)["at"].iloc[-1] == midnight


def ranked(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"user": [f"u{i}" for i in range(count)], "calls": 1, "credits": range(count, 0, -1)}
    )


@pytest.mark.parametrize(("count", "rows"), [(0, 0), (4, 4), (5, 5), (6, 6), (100, 6)])
def test_the_top_and_all_others_conserve_what_they_count(count: int, rows: int) -> None:
    frame = ranked(count)
    top = views.top(frame, "user", 5)
    assert len(top) == rows
    assert top["credits"].sum() == frame["credits"].sum()
    assert top["calls"].sum() == count
    assert ("all others" in str(list(top["user"]))) is (count > 5)


def test_the_least_series_are_taken_together() -> None:
    frame = pd.DataFrame(
        {"who": ["a", "a", "a", "b"], "api": ["x", "y", "z", "z"], "calls": 1,
         "credits": [9, 5, 1, 2]}
    )  # fmt: skip
    merged = views.merged(frame, "api", 1, "who")
    assert merged[["who", "api", "credits"]].to_numpy().tolist() == [
        ["a", "x", 9], ["a", "all others", 6], ["b", "all others", 2],
    ]  # fmt: skip
    assert merged["calls"].sum() == 4


def hours(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(date.fromisoformat(day), hour, 1, credits) for day, hour, credits in rows],
        columns=["day", "hour", "calls", "credits"],
    )


def grid_of(start: str, end: str, *rows: tuple[str, int, int]) -> pd.DataFrame:
    return views.grid(hours(*rows), pd.Timestamp(start), pd.Timestamp(end))


def test_a_grid_has_days_without_calls_and_whole_numbers() -> None:
    rows = ("2026-08-10", 9, 5), ("2026-08-12", 23, 7)
    grid = grid_of("2026-08-10", "2026-08-13", *rows)
    assert list(grid.index) == ["Mon 10 Aug", "Tue 11 Aug", "Wed 12 Aug"]
    assert grid.to_numpy().sum() == 12
    assert grid.loc["Mon 10 Aug", 9] == 5
    assert grid.dtypes.unique() == ["int64"]
    assert views.of_days(grid) == "day and hour"


def test_a_grid_of_a_long_range_has_the_mean_of_each_weekday() -> None:
    rows = ("2026-06-01", 9, 10), ("2026-08-02", 9, 18)
    grid = grid_of("2026-06-01", "2026-08-03", *rows)
    assert list(grid.index) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert grid.loc["Mon", 9] == pytest.approx(10 / 9, abs=0.05)
    assert grid.loc["Sun", 9] == 2
    assert views.of_days(grid) == "weekday (mean) and hour"


def test_hours_beside_the_period_are_missing_and_those_without_calls_are_zero() -> None:
    rows = ("2026-08-10", 9, 5), ("2026-08-11", 7, 2)
    grid = grid_of("2026-08-10 08:59:59", "2026-08-11 07:00:00", *rows)
    known = grid.notna().to_numpy()
    assert known.tolist() == [[hour >= 8 for hour in range(24)], [hour <= 7 for hour in range(24)]]
    assert grid.sum().sum() == 7
    assert grid.loc["Mon 10 Aug", 8] == 0
    table = views.listed(grid)
    assert table.loc[0, ["08:00", "09:00"]].tolist() == [0, 5]
    assert b"Mon 10 Aug,,,,,,,,,0,5,0," in tables.csv(table)


def test_the_mean_of_a_weekday_leaves_out_hours_beside_the_period() -> None:
    rows = ("2026-06-01", 12, 10), ("2026-08-03", 9, 18)
    grid = grid_of("2026-06-01 12:00", "2026-08-03 09:30", *rows)
    assert grid.loc["Mon", 12] == pytest.approx(10 / 9, abs=0.05)
    assert grid.loc["Mon", 9] == 2


def test_no_hours_make_an_empty_grid_that_can_be_listed() -> None:
    grid = grid_of("2026-08-10", "2026-08-11")
    assert grid.shape == (0, 24)
    assert views.of_days(grid) == "day and hour"
    assert list(views.listed(grid)) == ["day", *(f"{h:02d}:00" for h in range(24))]


def test_a_missing_name_gets_one() -> None:
    frame = pd.DataFrame({"app": ["a", None]})
    assert views.named(frame, "app")["app"].tolist() == ["a", "(none)"]


def test_users_of_one_name_are_told_apart_by_what_they_are_known_by() -> None:
    users = pd.DataFrame({"user": ["x", "y", "x"], "user_basis": ["user", "user", "app"]})
    assert views.told_apart(users)["name"].tolist() == ["x (user)", "y", "x (app)"]


@pytest.mark.parametrize("length", [1, 59, 60, 61, 120, 7_301])
def test_a_shrunk_trend_conserves_what_it_counts(length: int) -> None:
    trends = pd.Series([list(range(length)), [1] * length], index=[3, 9])
    shrunk = views.shrunk(trends)
    assert shrunk.map(sum).tolist() == [sum(range(length)), length]
    assert shrunk.map(len).tolist() == [min(length, 60)] * 2
    assert list(shrunk.index) == [3, 9]
