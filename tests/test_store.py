"""The store: one moment for every question, one change at a time, a version that tells of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from credits import CreditsError
from credits.rates import Rate, RateCard
from credits.store import Store, close_all, copying, schema, shared

NOW = datetime(2026, 11, 22)
HEADER = "time,user,app,path,method,status\n"
ROWS = (
    "2026-01-05T10:00:00Z,ada,sync,/v1/leads,GET,200\n"
    "2026-01-05T10:20:00Z,bob,,/v1/leads,GET,429\n"
    "2026-01-05T11:00:00Z,,sync,/v1/notes,POST,\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROWS)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "x.duckdb") as opened:
        yield opened


def test_every_change_advances_the_version_and_no_question_does(store: Store, log: Path):
    seen = [store.version()]
    store.load(log, now=NOW)
    seen.append(store.version())
    with store.answers() as answers:
        answers.totals(["user"])
        assert answers.version() == seen[-1]
    store.undo(1)
    seen.append(store.version())
    store.clear()
    seen.append(store.version())
    assert seen == sorted(set(seen))
    assert store.version() == seen[-1]


FOURTH_VERSION = """
ALTER TABLE stored_calls DROP COLUMN id_check;
ALTER TABLE stored_duplicates DROP COLUMN id_check;
UPDATE meta SET value = '4' WHERE key = 'schema';
"""
"""To what it was before more than half a hash of ids was kept."""
FIRST_VERSION = """
CREATE TABLE old_calls AS SELECT * FROM calls;
CREATE TABLE old_duplicates AS SELECT * FROM duplicates;
DROP VIEW calls; DROP VIEW duplicates;
DROP TABLE stored_calls; DROP TABLE stored_duplicates;
DROP TABLE user_sums; DROP TABLE day_sums; DROP TABLE kinds; DROP TABLE owners;
DROP TABLE scenarios; DROP TABLE rate_cards; DROP TABLE told_apart;
ALTER TABLE old_calls RENAME TO calls;
ALTER TABLE old_duplicates RENAME TO duplicates;
CREATE TABLE quarters (quarter TIMESTAMP);
DELETE FROM meta WHERE key = 'rate_card';
UPDATE meta SET value = '1' WHERE key = 'schema';
"""
"""Takes a database back to what it was before calls pointed to their kinds."""


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path, log: Path):
    path = tmp_path / "old.duckdb"

    def seen(store: Store) -> list[object]:
        with store.answers() as answers:
            by = answers.totals(["user", "app", "api", "status"]).to_dict("records")
            return [answers.summary(), by, answers.quarters_by_user().to_dict("records")]

    with Store(path) as store:
        store.load(log, now=NOW)
        store.load(log, now=NOW)
        before, version = seen(store), store.version()
    with duckdb.connect(str(path)) as connection:
        connection.execute(FIRST_VERSION)
    for _ in range(2):
        with Store(path) as store:
            assert (seen(store), store.version()) == (before, version)
            assert store.scenarios() == []
    with Store(path) as store:
        store.undo(1)
        assert seen(store)[1:] == before[1:], "what the second load had shadowed is there again"


THIRD_VERSION = """
DROP VIEW calls; DROP VIEW duplicates;
DROP TABLE user_sums; DROP TABLE day_sums; DROP TABLE owners;
ALTER TABLE kinds DROP COLUMN owner;
CREATE VIEW calls AS SELECT * FROM stored_calls JOIN kinds USING (kind_id);
CREATE VIEW duplicates AS SELECT * FROM stored_duplicates JOIN kinds USING (kind_id);
CREATE TABLE user_sums ("user" VARCHAR, quarter TIMESTAMP);
CREATE TABLE quarter_sums (quarter TIMESTAMP);
CREATE VIEW quarters AS SELECT * FROM quarter_sums;
UPDATE meta SET value = '3' WHERE key = 'schema';
"""
"""Takes a database back to what it was before users had numbers, and days sums."""
SECOND_VERSION = f"""
{FOURTH_VERSION}
{THIRD_VERSION}
ALTER TABLE stored_calls DROP COLUMN id_hash;
ALTER TABLE stored_duplicates DROP COLUMN id_hash;
DROP TABLE user_sums;
UPDATE meta SET value = '2' WHERE key = 'schema';
"""
"""To what it was before ids had hashes, and users sums."""


@pytest.mark.parametrize(
    "earlier", [SECOND_VERSION, THIRD_VERSION, FOURTH_VERSION], ids=["second", "third", "fourth"]
)
def test_a_database_of_an_earlier_version_is_brought_up_to_date(
    tmp_path: Path, log: Path, earlier: str
):
    path = tmp_path / "old.duckdb"

    def tables() -> list[list[tuple[object, ...]]]:
        with duckdb.connect(str(path)) as connection:
            return [
                sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=str)
                for table, columns in (
                    ("stored_calls", ", ".join(schema.CALL_COLUMNS)),
                    ("stored_duplicates", ", ".join(schema.CALL_COLUMNS)),
                    ("user_sums", "*"),
                    ("day_sums", "*"),
                    ("kinds", "*"),
                    ("owners", "*"),
                )
            ]

    with Store(path) as store:
        store.load(log, now=NOW)
        store.load(log, now=NOW)
    before = tables()
    with duckdb.connect(str(path)) as connection:
        connection.execute(earlier)
    with Store(path) as store:
        assert store.load(log, now=NOW)[0][0].loaded == 0
        store.undo(3)
    assert tables() == before


FIFTH_VERSION = """
UPDATE loads SET fractional = false;
UPDATE meta SET value = '5' WHERE key = 'schema';
"""
"""To what it was before fractions of refused calls counted as such."""


@pytest.mark.parametrize(("price", "fractional"), [("0.25", True), ("3", False)])
def test_loads_whose_fractions_were_all_refused_are_found_in_a_database_of_before(
    tmp_path: Path, price: str, fractional: bool
):
    path, log = tmp_path / "old.duckdb", tmp_path / "refused.csv"
    log.write_text(HEADER + "2026-01-05T10:20:00Z,bob,,/v1/leads,GET,429\n" * 4)
    plain = Rate("Plain", Decimal(price))
    card = RateCard("tried", "Tried", "here", date(2026, 1, 1), plain, (), frozenset({"429"}))
    with Store(path) as store:
        store.rerate(card, now=NOW)
        store.load(log, now=NOW)
    with duckdb.connect(str(path)) as connection:
        connection.execute(FIFTH_VERSION)
    with Store(path) as store:
        assert store.loads()["fractional"].tolist() == [fractional]
    assert copying.checked(path, memory_limit="1GB").problems == ()


def test_a_load_that_fails_does_not_advance_the_version(store: Store, tmp_path: Path):
    bad = tmp_path / "bad.csv"
    bad.write_text("no log")
    with pytest.raises(CreditsError):
        store.load(bad, now=NOW)
    assert store.version() == 0


def test_answers_stay_of_one_moment_while_something_is_loaded(store: Store, log: Path):
    store.load(log, now=NOW)
    with store.answers() as before:
        calls, version = before.summary().calls, before.version()
        store.load(log, now=NOW)
        store.undo(1)
        assert (before.summary().calls, before.version()) == (calls, version)
        assert before.totals([])["calls"].tolist() == [calls]
        with store.answers() as after:
            assert after.version() > version


def test_loads_of_many_threads_come_one_after_the_other(store: Store, tmp_path: Path):
    paths = []
    for i in range(6):
        paths.append(tmp_path / f"{i}.csv")
        paths[-1].write_text(HEADER + ROWS.replace("ada", f"user{i}"))

    def load(path: Path) -> int:
        (found,), _ = store.load(path, now=NOW)
        with store.answers() as answers:
            assert answers.summary().calls == answers.totals([])["calls"].sum()
        return found.loaded

    with ThreadPoolExecutor(4) as pool:
        loaded = sum(pool.map(load, paths))
    assert loaded == 6 + 2, "the rows that all six share are there once"
    assert store.version() == 6
    with store.answers() as answers:
        assert answers.loads()["load_id"].is_unique


def test_what_is_loaded_is_there_when_the_file_is_opened_again(tmp_path: Path, log: Path):
    with Store(tmp_path / "x.duckdb") as store:
        store.load(log, now=NOW)
        with store.answers() as answers:
            before = answers.summary()
    with Store(tmp_path / "x.duckdb") as store, store.answers() as answers:
        assert answers.summary() == before
        assert answers.version() == 1


def test_a_process_shares_one_store_for_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    try:
        opened: list[Store] = []
        start = threading.Barrier(4)

        def ask() -> None:
            start.wait()
            opened.append(shared(Path("x.duckdb")))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({id(store) for store in opened}) == 1
        assert shared(tmp_path / "x.duckdb") is opened[0]
        assert shared(tmp_path / "y.duckdb") is not opened[0]
    finally:
        close_all()
    with Store(tmp_path / "x.duckdb") as store:
        assert store.version() == 0, "and lets go of it"


@pytest.mark.parametrize("way", ["snapshot", "writer"])
def test_ctrl_c_in_the_middle_of_a_statement_is_ctrl_c_and_the_store_goes_on(
    store: Store, log: Path, way: str
):
    # What DuckDB makes of it. Pressing it here would not be sure to meet a statement.
    with pytest.raises(KeyboardInterrupt), getattr(store._database, way)():
        raise RuntimeError("Query interrupted")
    store.load(log, now=NOW)
    assert store.version() == 1


# ── questions ─────────────────────────────────────────────────────────────────────────────────


def test_the_summary_tells_all_that_is_loaded(store: Store, log: Path):
    store.load(log, now=NOW)
    with store.answers() as answers:
        summary = answers.summary()
    assert (summary.loads, summary.calls, summary.credits, summary.refused) == (1, 3, 2, 1)
    assert (summary.first, summary.last) == (
        pd.Timestamp("2026-01-05 10:00"),
        pd.Timestamp("2026-01-05 11:00"),
    )
    assert (summary.loaded_at, summary.sample) == (pd.Timestamp(NOW), False)


def test_an_empty_store_has_an_empty_summary(store: Store):
    with store.answers() as answers:
        summary = answers.summary()
    assert (summary.loads, summary.calls, summary.credits) == (0, 0, 0)
    assert (summary.first, summary.last, summary.loaded_at) == (None, None, None)


def test_frames_have_the_columns_and_types_that_windows_ask_for(store: Store, log: Path):
    for _ in range(2):  # without and with calls
        with store.answers() as answers:
            usage, by_user = answers.usage(), answers.usage_by_user()
        assert list(usage) == ["occurred_at", "calls", "credits"]
        assert list(by_user) == ["occurred_at", "user", "user_basis", "calls", "credits"]
        for frame in (usage, by_user):
            assert str(frame["occurred_at"].dtype) == "datetime64[us]"
            assert [str(frame[name].dtype) for name in ("calls", "credits")] == ["int64"] * 2
        store.load(log, now=NOW)


@pytest.mark.parametrize("most", [10**12 - 1, 10**12, 10**12 + 1])
def test_sums_are_whole_beyond_what_a_decimal_of_64_bits_holds(
    store: Store, tmp_path: Path, most: int
):
    path = tmp_path / "dear.csv"
    path.write_text(
        f"time,user,credits\n2026-01-05T10:00:00Z,ada,{most - 5}\n2026-01-05T10:20:00Z,ada,5\n"
    )
    store.load(path, now=NOW)
    with store.answers() as answers:
        assert answers.summary().credits == most
        assert answers.totals(["user"])["credits"].tolist() == [most]
        assert answers.usage()["credits"].tolist() == [most - 5, 5]


def test_totals_by_any_dimension_come_with_the_most_credits_first(store: Store, log: Path):
    store.load(log, now=NOW)
    with store.answers() as answers:
        by_app = answers.totals(["app"])
        by_status = answers.totals(["status", "app"])
    assert by_app["app"].tolist()[0] == "sync"
    assert pd.isna(by_app["app"][1])
    assert by_app[["calls", "credits", "assumed", "refused"]].to_numpy().tolist() == [
        [2, 2, 0, 0],
        [1, 0, 0, 1],
    ]
    assert by_status["credits"].tolist() == [1, 1, 0]


def test_what_is_wanted_may_be_a_gap(store: Store, log: Path):
    store.load(log, now=NOW)
    with store.answers() as answers:
        assert answers.totals([], where={"app": [None]})["calls"].tolist() == [1]
        assert answers.totals([], where={"app": [None, "sync"]})["calls"].tolist() == [3]
        assert answers.totals([], where={"app": []})["calls"].tolist() == [0]
        assert answers.usage(where={"status": [None], "app": ["sync"]})["calls"].tolist() == [1]


def test_a_value_that_looks_like_sql_is_a_value(store: Store, log: Path):
    store.load(log, now=NOW)
    with store.answers() as answers:
        found = answers.totals([], where={"user": ["ada' OR 'a' = 'a"]})
    assert found["calls"].tolist() == [0]


def test_a_dimension_that_is_none_is_refused(store: Store):
    with store.answers() as answers, pytest.raises(ValueError, match="is no dimension"):
        answers.totals([], where={"password": ["x"]})


def test_only_so_many_rejects_are_told(store: Store, tmp_path: Path):
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + ROWS + "x,ada,,/a,GET,200\n" * 3)
    (load,), _ = store.load(path, now=NOW)
    with store.answers() as answers:
        assert answers.rejects(load.load_id)["line"].tolist() == [5, 6, 7]
        assert answers.rejects(load.load_id, most=2)["line"].tolist() == [5, 6]
