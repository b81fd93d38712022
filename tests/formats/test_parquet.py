"""Parquet: columns by meaning, whatever their types."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

AT = datetime(2026, 8, 13, 14, 5, 6, 123_456)
EPOCH = datetime(1970, 1, 1)


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("times", "at"),
    [
        (pa.array([AT], pa.timestamp("us")), AT),
        (pa.array([AT], pa.timestamp("ns")), AT),
        (pa.array([AT], pa.timestamp("ms")), AT.replace(microsecond=123_000)),
        (pa.array([AT], pa.timestamp("s")), AT.replace(microsecond=0)),
        (pa.array([AT.replace(tzinfo=UTC)], pa.timestamp("us", "UTC")), AT),
        (pa.array([AT.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin")), AT),
        (pa.array([(AT - EPOCH) // timedelta(microseconds=1)]), AT),
        (pa.array([(AT - EPOCH) // timedelta(seconds=1)]), AT.replace(microsecond=0)),
        (pa.array([f"{AT.isoformat()}Z"]), AT),
        (pa.array([date(2026, 8, 13)]), datetime(2026, 8, 13)),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_a_time_of_any_type_is_its_instant(load, times: pa.Array, at: datetime):
    found, calls = load(parquet(time=times, user=["ada"]), "a.parquet")
    assert (found.format, calls[0]["occurred_at"]) == ("parquet", at)


def test_a_naive_time_is_in_the_zone_that_was_chosen_and_another_is_not(load):
    naive = pa.array([AT], pa.timestamp("us"))
    _, calls = load(parquet(time=naive, user=["ada"]), "a.parquet", time_zone="Europe/Berlin")
    assert calls[0]["occurred_at"] == AT - timedelta(hours=2)
    zoned = pa.array([AT.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"))
    _, calls = load(parquet(time=zoned, user=["ada"]), "b.parquet", time_zone="Europe/Berlin")
    assert calls[0]["occurred_at"] == AT


def test_numbers_are_read_as_numbers_and_gaps_as_gaps(load):
    data = parquet(
        time=[AT, AT],
        user=["ada", None],
        status=[429.0, 200.0],
        credits=pa.array([None, Decimal("0.50")], pa.decimal128(10, 2)),
        calls=pa.array([3, 1], pa.int32()),
        records=pa.array([None, 7.0]),
    )
    found, calls = load(data, "a.parquet")
    calls = sorted(calls, key=lambda call: call["user"])
    assert [call["user"] for call in calls] == ["(unknown)", "ada"]
    assert [call["status"] for call in calls] == ["200", "429"]
    assert [float(call["credits"]) for call in calls] == [0.5, 0]
    assert [call["calls"] for call in calls] == [1, 3]
    assert [call["records"] for call in calls] == [7, None]
    assert found.calls == 4


def test_a_reject_names_its_row_and_shows_its_columns(load, rejects):
    times = [f"2026-01-05T10:00:0{i}Z" for i in range(3)]
    load(parquet(time=[*times, "no time"], user=["a", "b", "c", 'Zoë "x"']), "a.parquet")
    ((line, reason, text),) = rejects()
    assert (line, reason) == (4, "its time is not understood: no time")
    assert text is not None
    assert "Zoë" in text
    assert "no time" in text


def test_a_file_loaded_twice_adds_nothing(load):
    data = parquet(time=[AT, AT, AT], user=["ada", "ada", None])
    assert load(data, "a.parquet")[0].loaded == 3
    assert load(data, "b.parquet")[0].duplicates == 3


def test_a_file_without_rows_says_so(load):
    from credits import CreditsError

    with pytest.raises(CreditsError, match="no rows"):
        load(parquet(time=pa.array([], pa.timestamp("us")), user=pa.array([], pa.string())), "a.pq")


def test_odd_names_and_nested_columns_do_no_harm(load):
    data = parquet(
        **{'my "time"': [1, 2], "time": [AT, AT], "user": ["ada", "bob"], "it's": [[1], [2]]},
        deep=[{"a": 1}, {"a": 2}],
    )
    found, calls = load(data, "a.parquet")
    assert (found.loaded, sorted(call["user"] for call in calls)) == (2, ["ada", "bob"])
