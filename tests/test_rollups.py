"""What pages read equals what the calls say, whatever was loaded, kept twice and taken back.

The brute-force twin is a list of loads in Python: after an undo it takes in what is left once more,
by the duplicate rules as they are promised.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits import CreditsError
from credits.store import Store, Terms, schema

START = datetime(2026, 3, 28, 22)
NOW = datetime(2026, 11, 22)


class Row(NamedTuple):
    """A row of a log, with what it costs."""

    second: int
    user: str
    app: str
    api: str
    status: str
    request_id: str
    credits: int

    @property
    def at(self) -> datetime:
        return START + timedelta(seconds=self.second)

    def text(self) -> str:
        cells = (f"{self.at.isoformat()}Z", *self[1:])
        return ",".join(str(cell) for cell in cells)


HEADER = "time,user,app,api,status,request_id,credits\n"
# Few values, so that rows are often equal; the last two fall into one quarter of an hour.
ROWS = st.builds(
    Row,
    second=st.sampled_from([0, 1, 899, 900, 901, 3_600, 90_000, 90_100]),
    user=st.sampled_from(["ada", "bob", ""]),
    app=st.sampled_from(["sync", ""]),
    api=st.sampled_from(["getRecords", "insertRecords"]),
    status=st.sampled_from(["200", "429"]),
    request_id=st.sampled_from(["", "", "", "r1", "r2"]),
    credits=st.integers(0, 3),
)
LOGS = st.lists(ROWS, min_size=1, max_size=12)


@dataclass
class Taken:
    """A load of the twin."""

    rows: Sequence[Row]
    keep: bool
    calls: list[Row] = field(default_factory=list)


def shadowed(loads: Sequence[Taken]) -> None:
    """Take in every log in turn, by the rules of duplicates, row by row."""
    ids: set[str] = set()
    known: Counter[Row] = Counter()
    for load in loads:
        left = known.copy()
        load.calls = []
        for row in load.rows:
            if not load.keep and row.request_id and row.request_id in ids:
                continue
            if not load.keep and not row.request_id and left[row]:
                left[row] -= 1
                continue
            load.calls.append(row)
            ids |= {row.request_id} - {""}
        known.update(row for row in load.calls if not row.request_id)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("load"), LOGS, st.booleans()),
        st.tuples(st.just("again"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("undo"), st.integers(0, 9), st.just(False)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=10)
@given(steps=STEPS)
def test_after_any_loads_and_undos_calls_follow_the_rules_and_roll_ups_follow_the_calls(
    steps: list[tuple[str, object, bool]],
):
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.duckdb") as store:
        loads: dict[int, Taken] = {}
        for step, given_, keep in steps:
            if step == "undo" and loads:
                load_id = list(loads)[int(given_) % len(loads)]  # type: ignore[call-overload]
                store.undo(load_id)
                del loads[load_id]
            elif step != "undo":
                rows = given_
                if step == "again":
                    if not loads:
                        continue
                    every = [row for load in loads.values() for row in load.rows]
                    rows = every[int(given_) :] or every  # type: ignore[call-overload]
                path = Path(folder) / "a.csv"
                path.write_text(HEADER + "".join(f"{row.text()}\n" for row in rows))
                (load,), _ = store.load(path, Terms(keep_duplicates=keep), now=NOW)
                assert load.rows == load.loaded + load.duplicates + load.rejected + load.skipped
                assert load.rejected == 0
                loads[load.load_id] = Taken(rows, keep)
            shadowed(list(loads.values()))
            compare(store, loads)


def test_duplicates_that_count_after_all_are_in_the_roll_ups(tmp_path: Path):
    path = tmp_path / "a.csv"
    rows = [Row(0, "ada", "", "getRecords", "200", "", 2), Row(1, "bob", "", "b", "429", "r1", 0)]
    path.write_text(HEADER + "".join(f"{row.text()}\n" for row in [*rows, rows[1]]))
    with Store(tmp_path / "x.duckdb") as store:
        store.load(path, now=NOW)
        (load,), _ = store.load(path, now=NOW)
        assert (load.loaded, load.duplicates) == (0, 3)
        store.keep_duplicates(load.load_id)
        assert_roll_ups(store)
        with store.answers() as answers:
            assert answers.summary().calls == answers.totals([])["calls"].sum() == 5
            listed = answers.loads().iloc[0]
        assert (listed["loaded"], listed["duplicates"], listed["calls"]) == (3, 0, 3)
        with pytest.raises(CreditsError, match="not there any more"):
            store.keep_duplicates(99)


def compare(store: Store, loads: dict[int, Taken]) -> None:
    expected = {load_id: Counter(map(identity, load.calls)) for load_id, load in loads.items()}
    assert calls(store) == {load_id: counter for load_id, counter in expected.items() if counter}
    assert_roll_ups(store)
    with store.answers() as answers:
        listed = answers.loads().set_index("load_id")
        summary = answers.summary()
    for load_id, load in loads.items():
        row = listed.loc[load_id]
        assert (row["loaded"], row["duplicates"]) == (
            len(load.calls),
            len(load.rows) - len(load.calls),
        )
        assert row["calls"] == len(load.calls)
        assert row["credits"] == sum(call.credits for call in load.calls)
        assert (row["first"], row["last"]) == span(load.calls)
    every = [row for load in loads.values() for row in load.calls]
    assert summary.calls == len(every)
    assert summary.credits == sum(row.credits for row in every)
    assert summary.refused == sum(row.status == "429" for row in every)


def span(rows: Sequence[Row]) -> tuple[object, object]:
    if not rows:
        return pd.NaT, pd.NaT
    return min(row.at for row in rows), max(row.at for row in rows)


def identity(row: Row) -> tuple[object, ...]:
    """What the table of calls says of a row."""
    user = row.user or row.app or "(unknown)"
    basis = "user" if row.user else "app" if row.app else "unknown"
    return (
        *(row.at, user, basis, row.app or None, row.api, row.status),
        *(row.request_id or None, row.credits),
    )


def calls(store: Store) -> dict[int, Counter[tuple[object, ...]]]:
    with store._database.snapshot() as cursor:
        rows = cursor.execute(
            """SELECT load_id, occurred_at, "user", user_basis, app, api, status, request_id,
                credits::BIGINT FROM calls"""
        ).fetchall()
    found: dict[int, Counter[tuple[object, ...]]] = {}
    for load_id, *row in rows:
        found.setdefault(load_id, Counter())[tuple(row)] += 1
    return found


def assert_roll_ups(store: Store) -> None:
    with store._database.snapshot() as cursor:
        for table, sql in schema.ROLL_UPS.items():
            kept = cursor.execute(f"SELECT * FROM {table}").fetchall()
            anew = cursor.execute(f"SELECT * FROM ({sql('stored_calls')})").fetchall()
            # An undo may add a second row for the same minute of a load; their sum counts.
            assert added_up(kept, KEYS[table]) == added_up(anew, KEYS[table]), table


KEYS = {"minutes": 2, "day_sums": 3, "user_sums": 3}
"""How many columns of a roll-up come before its sums."""


def added_up(
    rows: Sequence[tuple[object, ...]], keys: int
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The sums of rows, by the columns before them."""
    frame: dict[tuple[object, ...], tuple[object, ...]] = {}
    for row in rows:
        key, sums = row[:keys], row[keys:]
        old = frame.get(key, (0,) * len(sums))
        frame[key] = tuple(a + b for a, b in zip(old, sums, strict=True))  # type: ignore[operator]
    return frame


# ── totals over any range ─────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory):
    """A store with calls at the edges of quarters of an hour, to the microsecond, and its rows."""
    folder = tmp_path_factory.mktemp("totals")
    stamps = [
        datetime(2026, 3, 28, 22) + timedelta(minutes=15 * quarter, microseconds=shift)
        for quarter in range(12)
        for shift in (-1, 0, 1, 450_000_000)
    ]
    rows = [
        (at, f"user{i % 3}", f"app{i % 2}" if i % 5 else "", f"api{i % 4}", i % 7)
        for i, at in enumerate(stamps)
    ]
    text = "time,user,app,api,credits\n" + "".join(
        f"{at.isoformat(timespec='microseconds')}Z,{user},{app},{api},{cost}\n"
        for at, user, app, api, cost in rows
    )
    path = folder / "a.csv"
    path.write_text(text)
    with Store(folder / "x.duckdb") as store:
        store.load(path, now=NOW)
        yield store, rows


EDGES = st.one_of(
    st.none(),
    st.builds(
        lambda quarter, shift: (
            datetime(2026, 3, 28, 22) + timedelta(minutes=15 * quarter, microseconds=shift)
        ),
        st.integers(-1, 13),
        st.sampled_from([-2, -1, 0, 1, 2, 400_000_000, 450_000_000, 500_000_000]),
    ),
)
DIMENSIONS = {"user": 1, "app": 2, "api": 3}


@given(
    start=EDGES,
    end=EDGES,
    by=st.lists(st.sampled_from(sorted(DIMENSIONS)), unique=True, max_size=2),
    user=st.sampled_from([None, ["user0"], ["user1", "user2"], []]),
    app=st.sampled_from([None, [None], ["app1", None]]),
)
def test_totals_of_any_range_are_exact_to_the_instant(
    logs, start: datetime | None, end: datetime | None, by, user, app
):
    store, rows = logs
    where = {name: chosen for name, chosen in (("user", user), ("app", app)) if chosen is not None}
    expected: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        inside = (start is None or row[0] >= start) and (end is None or row[0] <= end)
        values = {name: row[place] or None for name, place in DIMENSIONS.items()}
        if inside and all(values[name] in chosen for name, chosen in where.items()):
            sums = expected.setdefault(tuple(values[name] for name in by), [0, 0])
            sums[0] += 1
            sums[1] += row[4]
    if not by:
        expected.setdefault((), [0, 0])
    with store.answers() as answers:
        found = answers.totals(by, start, end, where)
        usage = answers.usage(start, end, where)
    keys = [tuple(None if pd.isna(v) else v for v in key) for key in found[list(by)].to_numpy()]
    sums = found[["calls", "credits"]].to_numpy().tolist()
    assert dict(zip(keys, sums, strict=True)) == expected
    assert found["credits"].is_monotonic_decreasing
    assert int(usage["calls"].sum()) == sum(calls for calls, _ in expected.values())
    assert int(usage["credits"].sum()) == sum(credits for _, credits in expected.values())


def test_minutes_hold_every_call_of_their_range(logs):
    store, rows = logs
    first, last = rows[0][0], rows[-1][0]
    with store.answers() as answers:
        minutes = answers.minutes(first, last)
        totals = answers.totals([]).iloc[0]
    assert minutes["minute"].is_monotonic_increasing
    assert minutes[["calls", "credits", "assumed", "refused"]].sum().tolist() == totals.tolist()
