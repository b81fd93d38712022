"""A load: every row has its place, duplicates are told apart, credits are right, nothing is half.

Logs are written to a folder and go through a real store, as a person's would.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from credits import CreditsError
from credits.formats import Options
from credits.store import Load, Store, Terms, duplicates, schema

NOW = datetime(2026, 11, 22)
HEADER = "time,user,path,method,status\n"
IDS = "time,user,path,request_id\n"

ADA = "2026-01-05T10:00:00Z,ada,/v1/leads,GET,200\n"
BOB = "2026-01-05T11:00:00Z,bob,/v1/leads,GET,200\n"
EVE = "2026-01-05T12:00:00Z,eve,/v1/leads,GET,200\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "calls.duckdb") as opened:
        yield opened


Take = Callable[..., Load]


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Take:
    """`take(text, name, **terms)`: what became of one log."""

    def taken(log: str | bytes, name: str = "a.csv", **terms: Any) -> Load:
        path = tmp_path / name
        path.write_bytes(log if isinstance(log, bytes) else log.encode())
        (load,), _ = store.load(path, Terms(**terms), now=NOW, name=name)
        return load

    return taken


def counts(load: Load) -> tuple[int, int, int, int]:
    """loaded, duplicates, rejected, skipped."""
    four = (load.loaded, load.duplicates, load.rejected, load.skipped)
    assert load.rows == sum(four), "rows = loaded + duplicates + rejected + skipped"
    return four


def column(store: Store, name: str, table: str = "calls") -> list[Any]:
    """A column of everything loaded, sorted by time."""
    with store._database.snapshot() as cursor:
        sql = f'SELECT "{name}" FROM {table} ORDER BY occurred_at, "user", load_id'
        return [row[0] for row in cursor.execute(sql).fetchall()]


def rejects(store: Store, load: Load) -> list[tuple[int, str, str]]:
    with store.answers() as answers:
        return list(answers.rejects(load.load_id).itertuples(index=False, name=None))


def stored_counts(store: Store) -> list[tuple[int, int, int]]:
    """loaded, duplicates and calls of every load, the oldest first, as the list of loads says."""
    with store.answers() as answers:
        loads = answers.loads().sort_values("load_id")
    return list(loads[["loaded", "duplicates", "calls"]].itertuples(index=False, name=None))


# ── the four counts ───────────────────────────────────────────────────────────────────────────


def test_every_row_has_its_place(take: Take):
    take(HEADER + ADA)
    log = HEADER + ADA + BOB + "no time,eve,/v1/leads,GET,200\n" + "\n" + EVE
    assert counts(take(log, "b.csv")) == (2, 1, 1, 1)


def test_blank_lines_at_the_end_are_rows_that_are_skipped(take: Take):
    assert counts(take(HEADER + ADA + "\n\n")) == (1, 0, 0, 2)


def test_a_load_tells_what_it_brought(take: Take):
    load = take(HEADER + ADA + EVE)
    assert (load.calls, load.credits) == (2, 2)
    assert (load.first, load.last) == (datetime(2026, 1, 5, 10), datetime(2026, 1, 5, 12))
    assert dict(load.columns) == {
        "occurred_at": "time",
        "user": "user",
        "path": "path",
        "method": "method",
        "status": "status",
    }


def test_loads_are_listed_the_newest_first(store: Store, take: Take):
    take(HEADER + ADA, "old.csv")
    take(HEADER + BOB, "new.csv", sample=True)
    with store.answers() as answers:
        listed = answers.loads()
    assert listed["path"].tolist() == ["new.csv", "old.csv"]
    assert listed["sample"].tolist() == [True, False]
    assert listed["loaded_at"].tolist() == [NOW, NOW]


# ── duplicates ────────────────────────────────────────────────────────────────────────────────


def test_a_file_loaded_twice_adds_nothing(store: Store, take: Take):
    log = HEADER + ADA + ADA + BOB
    assert counts(take(log)) == (3, 0, 0, 0)
    assert counts(take(log)) == (0, 3, 0, 0)
    assert column(store, "user") == ["ada", "ada", "bob"]


def test_equal_rows_inside_one_file_are_separate_calls(take: Take):
    assert counts(take(HEADER + ADA * 3)) == (3, 0, 0, 0)


def test_the_kth_equal_row_is_the_kth_of_what_is_known(take: Take):
    take(HEADER + ADA * 2)
    assert counts(take(HEADER + ADA * 3 + BOB, "b.csv")) == (2, 2, 0, 0)
    assert counts(take(HEADER + ADA * 4, "c.csv")) == (1, 3, 0, 0)
    assert counts(take(HEADER + ADA, "d.csv")) == (0, 1, 0, 0)


def test_overlapping_exports_unite(store: Store, take: Take):
    take(HEADER + ADA + BOB)
    assert counts(take(HEADER + BOB + EVE, "b.csv")) == (1, 1, 0, 0)
    assert column(store, "user") == ["ada", "bob", "eve"]


def test_an_overlapping_export_unites_though_one_of_its_rows_is_broken(take: Take):
    """A broken row makes the file be read in another way, by which its rows stay the same."""
    log = "time,user,path,status,note\n2026-01-05T10:00:00Z,ada,/v1/leads,200,\n"
    take(log)
    again = log + '2026-01-05T10:00:00Z,"ada",/v1/leads,200,""\nbroken\n\n'
    assert counts(take(again, "b.csv")) == (1, 1, 1, 1)


def test_rows_that_differ_in_any_column_are_different_calls(take: Take):
    log = "time,user,path,note\n2026-01-05T10:00:00Z,ada,/v1/leads,{}\n"
    take(log.format("first"))
    assert counts(take(log.format("second"), "b.csv")) == (1, 0, 0, 0)


def test_the_later_row_of_a_request_id_is_a_duplicate_whatever_else_it_says(
    store: Store, take: Take
):
    log = IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n2026-01-05T09:00:00Z,bob,/b,r1\n"
    assert counts(take(log)) == (1, 1, 0, 0)
    assert column(store, "user") == ["ada"]


def test_a_request_id_that_is_loaded_already_is_a_duplicate(store: Store, take: Take):
    take(IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n")
    log = IDS + "2026-03-05T10:00:00Z,eve,/z,r1\n2026-03-05T10:00:00Z,eve,/z,r2\n"
    assert counts(take(log, "b.csv")) == (1, 1, 0, 0)
    assert column(store, "request_id") == ["r1", "r2"]


def test_a_reject_shadows_no_call(take: Take):
    log = IDS + "no time,ada,/a,r1\n2026-01-05T10:00:00Z,ada,/a,r1\n"
    assert counts(take(log)) == (1, 0, 1, 0)


@pytest.mark.parametrize(("looked_up", "sorted_at_once"), [(1_000, 16), (1, 2), (0, 1)])
def test_ids_are_found_however_many_are_looked_up_or_sorted_at_a_time(
    take: Take, monkeypatch: pytest.MonkeyPatch, looked_up: int, sorted_at_once: int
):
    monkeypatch.setattr(duplicates, "_LOOKED_UP", looked_up)
    monkeypatch.setattr(duplicates, "_SORTED", sorted_at_once)

    def log(*ids: str) -> str:
        return IDS + "".join(f"2026-01-05T10:00:00Z,ada,/v1/leads,{each}\n" for each in ids)

    first = take(log("r1", "r2", "r3", "r2"), "a.csv")
    second = take(log("r4", "r3", "r1", "r5", "r4"), "b.csv")
    assert [(load.loaded, load.duplicates) for load in (first, second)] == [(3, 1), (2, 3)]


@pytest.mark.parametrize("looked_up", [1_000, 0])
def test_ids_whose_hashes_are_alike_are_told_apart_by_what_they_are(
    store: Store, take: Take, monkeypatch: pytest.MonkeyPatch, looked_up: int
):
    monkeypatch.setattr(duplicates, "_LOOKED_UP", looked_up)
    take(IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n")
    alike = ", ".join(f"{name} = {part}" for name, part in schema.hashed("'r2'").items())
    with store._database.writer() as cursor, store._database.change(cursor):
        cursor.execute(f"UPDATE stored_calls SET {alike}")
    assert counts(take(IDS + "2026-01-05T10:00:00Z,ada,/a,r2\n", "b.csv")) == (1, 0, 0, 0)
    assert column(store, "request_id") == ["r1", "r2"]


def test_rows_with_and_without_request_ids_stand_side_by_side(take: Take):
    bare = "2026-01-05T10:00:00Z,ada,/a,\n"
    log = IDS + bare * 2 + "2026-01-05T10:00:00Z,ada,/a,r1\n"
    assert counts(take(log)) == (3, 0, 0, 0)
    again = IDS + bare * 3 + "2026-01-05T10:00:00Z,ada,/a,r1\n"
    assert counts(take(again, "b.csv")) == (1, 3, 0, 0)


def test_dashes_are_no_request_ids(take: Take):
    assert counts(take(IDS + "2026-01-05T10:00:00Z,ada,/a,-\n" * 2)) == (2, 0, 0, 0)


def test_keeping_duplicates_loads_every_row(store: Store, take: Take):
    log = IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n" * 2 + "2026-01-05T10:00:00Z,ada,/a,\n"
    assert counts(take(log, keep_duplicates=True)) == (3, 0, 0, 0)
    assert counts(take(log, keep_duplicates=True)) == (3, 0, 0, 0)
    assert len(column(store, "user")) == 6


def test_rows_that_were_kept_twice_are_known_twice(take: Take):
    take(HEADER + ADA)
    take(HEADER + ADA, keep_duplicates=True)
    assert counts(take(HEADER + ADA * 3, "c.csv")) == (1, 2, 0, 0)


# ── taking loads back ─────────────────────────────────────────────────────────────────────────


def test_undoing_a_load_takes_its_calls_rejects_and_sums(store: Store, take: Take):
    kept = take(HEADER + ADA)
    gone = take(HEADER + BOB + "no time,eve,/v1/leads,GET,200\n", "b.csv")
    store.undo(gone.load_id)
    assert column(store, "user") == ["ada"]
    assert rejects(store, gone) == []
    with store.answers() as answers:
        assert answers.loads()["load_id"].tolist() == [kept.load_id]
        assert answers.summary().calls == 1


def test_undoing_restores_the_rows_that_the_load_had_shadowed(store: Store, take: Take):
    first = take(HEADER + ADA * 2 + BOB)
    take(HEADER + ADA * 3, "b.csv")
    store.undo(first.load_id)
    assert column(store, "user") == ["ada"] * 3
    assert stored_counts(store) == [(3, 0, 3)]


def test_undoing_restores_calls_along_a_chain_of_three_loads(store: Store, take: Take):
    first, second, third = (take(HEADER + ADA * n, f"{n}.csv") for n in (1, 2, 3))
    assert stored_counts(store) == [(1, 0, 1), (1, 1, 1), (1, 2, 1)]
    store.undo(second.load_id)
    assert stored_counts(store) == [(1, 0, 1), (2, 1, 2)]
    store.undo(first.load_id)
    assert stored_counts(store) == [(3, 0, 3)]
    store.undo(third.load_id)
    assert column(store, "user") == []


def test_undoing_restores_request_ids_along_a_chain_of_three_loads(store: Store, take: Take):
    row = "2026-01-05T10:00:00Z,{},/a,r1\n"
    first = take(IDS + row.format("ada"))
    second = take(IDS + row.format("bob") + row.format("bobby"), "b.csv")
    take(IDS + row.format("eve"), "c.csv")
    store.undo(first.load_id)
    assert column(store, "user") == ["bob"], "the first row of the oldest load that has the id"
    store.undo(second.load_id)
    assert column(store, "user") == ["eve"]


def test_undoing_two_of_three_loads_at_once_is_undoing_one_after_the_other(
    store: Store, take: Take
):
    first, second, _ = (take(HEADER + ADA * n, f"{n}.csv") for n in (1, 2, 3))
    store.undo(second.load_id, first.load_id)
    assert stored_counts(store) == [(3, 0, 3)]


def test_a_call_kept_on_purpose_does_not_hold_back_an_earlier_one(store: Store, take: Take):
    """What is left after an undo is what would be there had that load never been made."""
    log = IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n"
    first = take(log)
    take(log)
    take(log, keep_duplicates=True)
    store.undo(first.load_id)
    assert stored_counts(store) == [(1, 0, 1), (1, 0, 1)]


def test_an_undone_file_can_be_loaded_again(store: Store, take: Take):
    log = IDS + "2026-01-05T10:00:00Z,ada,/a,r1\n2026-01-05T10:00:00Z,ada,/a,\n"
    store.undo(take(log).load_id)
    assert counts(take(log)) == (2, 0, 0, 0)


def test_undoing_what_is_not_there_changes_nothing(store: Store, take: Take):
    load = take(HEADER + ADA)
    version = store.version()
    with pytest.raises(CreditsError, match="not there any more"):
        store.undo(load.load_id, 99)
    assert column(store, "user") == ["ada"]
    assert store.version() == version


def test_clearing_leaves_nothing(store: Store, take: Take):
    take(HEADER + ADA)
    take(HEADER + ADA + "x\n", "b.csv")
    store.clear()
    with store.answers() as answers:
        assert answers.summary().loads == 0
        assert answers.usage().empty
        assert answers.totals(["user"]).empty
    assert counts(take(HEADER + ADA)) == (1, 0, 0, 0)


def test_the_shadowed_rows_of_a_large_load_come_back_in_file_order(store: Store, take: Take):
    rows = [f"2026-01-05T10:00:00Z,user{i},/a,r{i % 5000}\n" for i in range(10_000)]
    first = take(IDS + "".join(rows[:5000]))
    take(IDS + "".join(rows), "b.csv")
    store.undo(first.load_id)
    assert Counter(column(store, "user")) == Counter(f"user{i}" for i in range(5000))


# ── rejects ───────────────────────────────────────────────────────────────────────────────────


def test_a_reject_keeps_its_line_its_reason_and_its_text(store: Store, take: Take):
    log = HEADER + ADA + "yesterday,bob,/v1/leads,GET,200\n" + EVE
    load = take(log)
    reason = "its time is not understood: yesterday"
    assert rejects(store, load) == [(3, reason, "yesterday,bob,/v1/leads,GET,200")]


def test_rejects_of_a_csv_with_line_breaks_in_cells_name_the_line_they_begin_on(
    store: Store, take: Take
):
    log = (
        "time,user,note,path\n"
        '2026-01-05T10:00:00Z,ada,"one\ntwo",/a\n'
        'no time,bob,"three\nfour",/a\n'
        ",eve,,/a\n"
        '2026-01-05T10:00:00Z,ada,"five",/a\n'
    )
    load = take(log)
    assert counts(load) == (2, 0, 2, 0)
    assert rejects(store, load) == [
        (4, "its time is not understood: no time", 'no time,bob,"three\nfour",/a'),
        (6, "has no time", ",eve,,/a"),
    ]


def test_blank_lines_and_comments_keep_their_line_numbers(store: Store, take: Take):
    log = HEADER + "\n# a comment\n" + ADA + "\n\nno time,bob,/v1/leads,GET,200\n"
    load = take(log)
    assert counts(load) == (1, 0, 1, 4)
    assert [line for line, _, _ in rejects(store, load)] == [7]


def test_comments_before_the_header_are_skipped(store: Store, take: Take):
    load = take("# exported by hand\n" + HEADER + ADA + "no time,bob,/v1/leads,GET,200\n")
    assert counts(load) == (1, 0, 1, 1)
    assert [line for line, _, _ in rejects(store, load)] == [4]


def test_a_quote_that_never_closes_costs_one_row_at_most(store: Store, take: Take):
    log = HEADER + ADA + '2026-01-05T10:30:00Z,"bob,/v1/leads,GET,200\n' + EVE + BOB
    load = take(log)
    assert load.rows == 4
    assert column(store, "user")[0] == "ada"
    assert {"bob", "eve"} <= set(column(store, "user")[1:])
    assert all(line == 3 for line, _, _ in rejects(store, load))


def test_a_row_with_too_few_cells_is_a_reject_unless_it_still_is_a_call(store: Store, take: Take):
    load = take(HEADER + ADA + "2026-01-05T10:30:00Z,bob\nonly words\n" + EVE)
    assert counts(load) == (3, 0, 1, 0)
    assert rejects(store, load)[0][0] == 4


def test_rejects_of_a_thousand_rows_are_all_kept(store: Store, take: Take):
    load = take(HEADER + "".join(f"{ADA}bad{i},bob,/v1/leads,GET,200\n" for i in range(1000)))
    kept = rejects(store, load)
    assert counts(load) == (1000, 0, 1000, 0)
    assert [line for line, _, _ in kept] == list(range(3, 2003, 2))
    assert [text for _, _, text in kept] == [f"bad{i},bob,/v1/leads,GET,200" for i in range(1000)]


def test_an_instant_before_1970_is_a_reject(store: Store, take: Take):
    load = take(HEADER + ADA + "0001-01-01T00:00:00Z,bob,/v1/leads,GET,200\n")
    assert rejects(store, load)[0][1].startswith("its time is not between 1970 and 2200")


# ── one transaction ───────────────────────────────────────────────────────────────────────────


class StoppedError(Exception):
    """Somebody has had enough."""


@pytest.mark.parametrize("words", ["Looking at", "Reading", "Rating", "Storing", "Adding up"])
def test_a_load_that_is_stopped_leaves_nothing(store: Store, tmp_path: Path, words: str):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ADA)
    store.load(path, now=NOW)
    version = store.version()
    path.write_text(HEADER + ADA * 2 + BOB + "broken\n" * 2)

    def progress(share: float, message: str) -> None:
        if message.startswith(words):
            raise StoppedError

    with pytest.raises(StoppedError):
        store.load(path, now=NOW, progress=progress)
    assert column(store, "user") == ["ada"]
    assert store.version() == version
    assert not [thread for thread in threading.enumerate() if thread.name == "credits-load"]
    (load,), _ = store.load(path, now=NOW)
    assert counts(load) == (2, 1, 2, 0)


def test_a_load_that_is_stopped_while_the_file_is_read_leaves_nothing_running(
    store: Store, tmp_path: Path
):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ADA * 300_000)

    def progress(share: float, message: str) -> None:
        if message.startswith("Reading"):
            raise StoppedError

    with pytest.raises(StoppedError):
        store.load(path, now=NOW, progress=progress)
    assert not [thread for thread in threading.enumerate() if thread.name == "credits-load"]
    path.write_text(HEADER + ADA)
    (load,), _ = store.load(path, now=NOW)
    assert counts(load) == (1, 0, 0, 0)


def test_a_process_that_dies_in_the_middle_leaves_nothing(tmp_path: Path):
    """After a crash the load before is there whole, and nothing of the one that died."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(HEADER + ADA)
    new.write_text(HEADER + BOB)
    program = f"""
import os
from datetime import datetime
from pathlib import Path
from credits.store import Store
store = Store(Path({str(tmp_path / "x.duckdb")!r}))
now = datetime(2026, 1, 6)
store.load(Path({str(old)!r}), now=now)
dies = lambda share, words: os._exit(7) if words.startswith("Adding up") else None
store.load(Path({str(new)!r}), now=now, progress=dies)
"""
    root = Path(__file__).resolve().parents[1]
    died = subprocess.run([sys.executable, "-c", program], cwd=root, check=False)
    assert died.returncode == 7
    with Store(tmp_path / "x.duckdb") as store:
        assert column(store, "user") == ["ada"]
        (load,), _ = store.load(new, now=NOW)
        assert counts(load) == (1, 0, 0, 0)


def test_progress_moves_forward_and_says_what_it_does(store: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ADA)
    told: list[tuple[float, str]] = []
    store.load(path, now=NOW, progress=lambda share, words: told.append((share, words)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all("a.csv" in words or words for _, words in told)


# ── rating ────────────────────────────────────────────────────────────────────────────────────


def rated(store: Store) -> list[tuple[Any, str]]:
    return list(zip(column(store, "credits"), column(store, "credits_basis"), strict=True))


def test_credits_in_the_log_win_over_the_rate_card(store: Store, take: Take):
    take("time,user,path,method,status,credits\n2026-01-05T10:00:00Z,ada,/a,GET,429,7\n")
    assert rated(store) == [(7, "logged")]


def test_a_call_without_credits_among_calls_with_them_is_rated(store: Store, take: Take):
    head = "time,user,path,method,credits\n"
    take(head + "2026-01-05T10:00:00Z,ada,/a,GET,7\n2026-01-05T11:00:00Z,ada,/a,GET,\n")
    assert rated(store) == [(7, "logged"), (1, "rated")]


def test_a_refused_call_is_counted_and_costs_nothing(store: Store, take: Take):
    load = take(HEADER + ADA + "2026-01-05T10:00:01Z,ada,/v1/leads,GET,429\n")
    assert (load.calls, load.credits) == (2, 1)
    assert rated(store) == [(1, "rated"), (0, "rated")]
    with store.answers() as answers:
        assert answers.summary().refused == 1


def test_records_cost_one_credit_for_every_ten_begun(store: Store, take: Take):
    rows = "".join(
        f"2026-01-05T10:00:{i:02}Z,ada,/bigin/v2/Contacts,POST,{records}\n"
        for i, records in enumerate((0, 1, 10, 11, 100, ""))
    )
    take("time,user,path,method,records\n" + rows)
    assert rated(store) == [
        *[(cost, "rated") for cost in (1, 1, 1, 2, 10)],
        (1, "assumed"),
    ]


def test_the_sum_of_what_was_assumed_is_known(store: Store, take: Take):
    row = "2026-01-05T10:00:00Z,ada,/bigin/v2/Contacts,POST,200\n"
    take(HEADER + row + ADA)
    with store.answers() as answers:
        summary = answers.summary()
    assert (summary.credits, summary.assumed) == (2, 1)


def test_a_call_whose_operation_the_log_does_not_name_is_assumed(store: Store, take: Take):
    take("time,user\n2026-01-05T10:00:00Z,ada\n")
    assert column(store, "api") == ["(unknown)"]
    assert rated(store) == [(1, "assumed")]


def test_a_row_that_stands_for_many_calls_costs_as_many_times(store: Store, take: Take):
    load = take("time,user,path,method,calls\n2026-01-05T10:00:00Z,ada,/a,GET,250\n")
    assert (load.rows, load.calls, load.credits) == (1, 250, 250)


def test_a_weight_that_is_no_number_is_a_reject(store: Store, take: Take):
    head = "time,user,path,method,calls\n"
    good = "".join(f"2026-01-05T10:00:0{i}Z,ada,/a,GET,2\n" for i in range(3))
    options = Options(mapping={"calls": "calls"})
    load = take(head + good + "2026-01-05T10:00:00Z,ada,/a,GET,many\n", options=options)
    assert counts(load) == (3, 0, 1, 0)
    assert rejects(store, load)[0][1] == "its number of calls is not understood: many"


def test_fractions_of_credits_add_up_exactly(store: Store, take: Take):
    head = "time,user,path,credits\n"
    load = take(head + "".join(f"2026-01-05T10:00:0{i}Z,ada,/a,0.1\n" for i in range(3)))
    assert load.credits == Decimal("0.3")
    with store.answers() as answers:
        assert answers.summary().credits == 0.3
        assert answers.usage()["credits"].dtype == "float64"


def test_whole_credits_stay_whole_after_a_load_with_fractions_is_undone(store: Store, take: Take):
    take(HEADER + ADA)
    load = take("time,user,path,credits\n2026-01-05T10:00:00Z,ada,/a,0.5\n", "b.csv")
    store.undo(load.load_id)
    with store.answers() as answers:
        assert answers.usage()["credits"].dtype == "int64"


def test_sums_beyond_two_to_the_53_are_exact(store: Store, take: Take):
    head = "time,user,path,credits,calls\n"
    most = 10**15 - 1
    rows = "".join(f"2026-01-05T10:00:{i:02}Z,ada,/a,{most},{most}\n" for i in range(20))
    load = take(head + rows + "2026-01-05T10:01:00Z,ada,/a,1,1\n")
    exact = 20 * most + 1
    assert exact > 2**53
    assert (load.calls, int(load.credits)) == (exact, exact)
    with store.answers() as answers:
        assert (answers.summary().calls, answers.summary().credits) == (exact, exact)
        totals = answers.totals(["user"]).iloc[0]
        assert (int(totals["calls"]), int(totals["credits"])) == (exact, exact)
        assert int(answers.usage()["credits"].sum()) == exact


@pytest.mark.parametrize("number", ["9e30", "10000000000000000000000000", "1000000000000001"])
def test_credits_that_no_call_can_have_are_a_reject(store: Store, take: Take, number: str):
    load = take(f"time,user,path,credits\n2026-01-05T10:00:00Z,ada,/a,{number}\n" + ADA_CREDITS)
    assert counts(load) == (1, 0, 1, 0)
    assert rejects(store, load)[0][1] == f"its credits are not understood: {number}"


ADA_CREDITS = "2026-01-05T10:00:00Z,ada,/a,1\n"


@pytest.mark.parametrize("field", ["calls", "credits"])
def test_a_load_that_could_not_be_added_up_is_refused_whole(store: Store, take: Take, field: str):
    rows = "".join(f"2026-01-05T10:00:00Z,user{i},/a,{10**15}\n" for i in range(5_000))
    log = f"time,user,path,{field}\n{rows}"
    take(log)
    with pytest.raises(CreditsError, match="more than"):
        take(log, keep_duplicates=True)
    with store.answers() as answers:
        assert answers.summary().loads == 1


# ── whose call it is ──────────────────────────────────────────────────────────────────────────


def test_a_call_without_a_user_belongs_to_its_app_else_its_address_else_to_unknown(
    store: Store, take: Take
):
    take(
        "time,user,app,ip,path\n"
        "2026-01-05T10:00:00Z,ada,sync,10.0.0.1,/a\n"
        "2026-01-05T10:00:01Z,-,sync,10.0.0.1,/a\n"
        "2026-01-05T10:00:02Z,,,10.0.0.1,/a\n"
        "2026-01-05T10:00:03Z,null,,,/a\n"
    )
    assert column(store, "user") == ["ada", "sync", "10.0.0.1", "(unknown)"]
    assert column(store, "user_basis") == ["user", "app", "ip", "unknown"]


@pytest.mark.parametrize(
    "name", ["O'Brien", "<b>ada</b>", 'say "hi"', "Zoë 🦊", "مها", "a, b", "=1+1", "\\N", "%s"]
)
def test_a_name_is_kept_as_it_is_written(store: Store, take: Take, name: str):
    quoted = name.replace('"', '""')
    take(f'time,user,path\n2026-01-05T10:00:00Z,"{quoted}",/a\nbroken\n')
    expected = "(unknown)" if name == "\\N" else name
    assert column(store, "user") == [expected]
    with store.answers() as answers:
        assert answers.totals(["user"], NOW.replace(year=2025), NOW)["user"].tolist() == [expected]


def test_a_status_written_as_a_fraction_is_the_same_status(store: Store, take: Take):
    """Tables with gaps are often exported with 429.0 for 429."""
    load = take("time,user,path,method,status\n2026-01-05T10:00:00Z,ada,/a,GET,429.0\n")
    assert column(store, "status") == ["429"]
    assert load.credits == 0


@pytest.mark.parametrize("name", ["a*.csv", "a?.csv", "a[b].csv", "[a]/ab.csv", "ab.csv\udcff"])
def test_a_file_is_read_by_its_very_name_whatever_stands_in_it(
    store: Store, tmp_path: Path, name: str
):
    """A name may look like a pattern, which then would fit its neighbours, or be no Unicode."""
    for neighbour in ("ab.csv", "abc.csv", "a/ab.csv", name):
        path = tmp_path / neighbour
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEADER + BOB)
    (tmp_path / name).write_text(HEADER + ADA + "broken\n")
    (load,), _ = store.load(tmp_path / name, now=NOW)
    assert counts(load) == (1, 0, 1, 0)
    assert column(store, "user") == ["ada"]
