"""Small logs that are alike are taken in together, and come out as if each had come by itself."""

from __future__ import annotations

import errno
import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLES

from credits import CreditsError, rates
from credits.formats import Options, recognise
from credits.formats.files import Plain
from credits.formats.together import Log, likeness
from credits.store import Load, Store, Taken, Terms, loading
from credits.store.checking import check
from credits.store.storing import Storing

NOW = datetime(2026, 11, 22)
DUMP = (
    "SELECT * EXCLUDE (load_id) FROM loads",
    "SELECT * FROM calls",
    "SELECT * FROM duplicates",
    "SELECT * FROM rejects",
    "SELECT * FROM folded",
    "SELECT * FROM told_apart",
    "SELECT * EXCLUDE (kind_id, owner) FROM kinds",
    'SELECT load_id, "user", user_basis, api, app, status, day, calls, credits FROM day_sums'
    " JOIN kinds USING (load_id, kind_id)",
    "SELECT * EXCLUDE (owner) FROM user_sums JOIN owners USING (owner)",
    "SELECT * FROM minutes",
    "SELECT * EXCLUDE (owner) FROM owners",
)
"""Everything that is kept of loads, without the numbers that whoever was first got first."""


_AT_ONCE = 9
"""Formats that share a pair of databases."""


def dump(store: Store) -> list[list[tuple[Any, ...]]]:
    with store._database.snapshot() as cursor:
        return [cursor.execute(f"FROM ({sql}) ORDER BY ALL").fetchall() for sql in DUMP]


def files(folder: Path, texts: Sequence[str | bytes]) -> list[tuple[Path, str]]:
    found = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.log"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found.append((path, path.name))
    return found


class Together(list[int]):
    """How many logs were stored at once, each time."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        run = Storing.run

        def counted(storing: Storing, now: datetime) -> list[Load | CreditsError]:
            self.append(len(storing.logs))
            return run(storing, now)

        patch.setattr(Storing, "run", counted)


def both_ways(texts: Sequence[str | bytes], *, keep: bool = False) -> tuple[list[Taken], list[int]]:
    """Logs taken in together, found to be as if one came after another; how many at once."""
    terms = Terms(keep_duplicates=keep)
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        named = files(folder, texts)
        at_once = Together(patch)
        with Store(folder / "together.duckdb") as store:
            taken = store.load_all(named, terms, now=NOW)
            together = dump(store)
            with store._database.using() as cursor:
                assert not check(cursor).problems
        done = list(at_once)
        with Store(folder / "apart.duckdb") as store:
            apart = [store.load_all([each], terms, now=NOW)[0] for each in named]
            assert dump(store) == together
    assert [told(one) for one in taken] == [told(one) for one in apart]
    return taken, done


def told(taken: Taken) -> tuple[Any, ...]:
    """What is said of a file, but for the numbers of its loads."""
    names = [each.name for each in fields(Load) if each.name != "load_id"]
    loads = [tuple(getattr(load, name) for name in names) for load in taken.loads]
    return taken.name, loads, taken.passed, str(taken.problem)


CALL = '{} - {} [05/Jan/2026:10:{:02}:00 +0000] "GET /v1/{} HTTP/1.1" {} 12 "-" "curl/8"'
access_lines = st.one_of(
    st.builds(
        CALL.format,
        st.sampled_from(["10.0.0.1", "10.0.0.2"]),
        st.sampled_from(["ada", "bob", "-"]),
        st.integers(0, 2),
        st.sampled_from(["leads", "leads/17", "leads/18"]),
        st.sampled_from(["200", "429"]),
    ),
    st.sampled_from(["", "no call at all", "# a comment"]),
)
FIRST = CALL.format("10.0.0.9", "eve", 59, "deals", 200)
access_logs = st.lists(access_lines, max_size=8).map(lambda rows: "\n".join([FIRST, *rows]))


@settings(max_examples=10)
@given(logs=st.lists(access_logs, min_size=2, max_size=5), keep=st.booleans())
def test_lines_are_taken_in_as_if_their_logs_came_one_after_another(logs: list[str], keep: bool):
    both_ways(logs, keep=keep)


rows = st.builds(
    "2026-01-05T10:00:{:02}Z,{},/v1/leads/{},200,{}".format,
    st.integers(0, 2),
    st.sampled_from(["ada", "bob", ""]),
    st.integers(1, 2),
    st.sampled_from(["", "r1", "r2", "r3", "r4"]),
)
# Of more than four files at once, DuckDB leaves out in silence what a quote leaves open.
quoted = st.sampled_from(
    [
        '2026-01-05T10:00:01Z,"ada,/v1/leads/1,200,r1',
        '2026-01-05T10:00:01Z,"ada\nbob",/v1/leads/1,200,r2',
        '2026-01-05T10:00:01Z,"ada ""x""",/v1/leads/1,200,',
        '2026-01-05T10:00:01Z,ada 5" x,/v1/leads/1,200,',
    ]
)
tables = st.lists(st.one_of(rows, rows, rows, quoted), max_size=8).map(
    lambda found: "\n".join(["time,user,path,status,request id", *found]) + "\n"
)


@settings(max_examples=10)
@given(logs=st.lists(tables, min_size=2, max_size=7), keep=st.booleans())
def test_rows_with_ids_and_without_are_known_from_the_logs_before(logs: list[str], keep: bool):
    both_ways(logs, keep=keep)


@pytest.mark.parametrize("first", range(0, len(SAMPLES), _AT_ONCE))
def test_logs_of_every_format_are_taken_in_together(first: int):
    texts = list(SAMPLES.values())[first : first + _AT_ONCE]
    both_ways([each for text in texts for each in (text, f"{text.rstrip()}\n!! no row at all\n")])


@pytest.mark.parametrize("name", SAMPLES)
def test_any_log_of_text_is_alike_to_itself(name: str, tmp_path: Path):
    found = []
    for path, _ in files(tmp_path, [SAMPLES[name]] * 2):
        plain = Plain(path.name, path, "text")
        with duckdb.connect() as connection:
            found.append(likeness(Log(plain, recognise(plain, Options(), tmp_path, connection))))
    # One has a cell that goes over lines.
    assert (found[0] is None) == (name == "csv: weights")
    assert found[0] == found[1]


def test_the_logs_of_a_folder_are_taken_in_at_once():
    taken, at_once = both_ways([CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(9)])
    assert at_once == [9]
    assert [one.loads[0].loaded for one in taken] == [1] * 9


def test_a_log_of_another_kind_parts_them():
    table = "time,user,path,status\n2026-01-05T10:00:00Z,ada,/v1/leads,200\n"
    _, at_once = both_ways([FIRST, FIRST, table, FIRST, FIRST, FIRST])
    assert at_once == [2, 1, 3]


def test_what_is_no_log_among_them_is_said_and_stops_none():
    header = "time,user,path,status\n"
    row = "2026-01-05T10:00:0{}Z,ada,/v1/leads,200\n"
    taken, _ = both_ways([header + row.format(1), b"\x89PNG", header, header + row.format(2)])
    assert [len(one.loads) for one in taken] == [1, 0, 0, 1]
    assert "a PNG picture" in str(taken[1].problem)
    assert "has no rows" in str(taken[2].problem)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # The three after it are halved until it stands alone.
        ('"a"b,/v1/leads,200', [7, 3, 4, 2, 2, 1, 1]),
        # Quotes that hide a row, which is seen by counting.
        ('a 5" x,"/v1/leads', [7, 3, 4, 2, 2, 1, 1]),
        ('"ada,/v1/leads', [5, 1, 1]),
    ],
)
def test_one_that_stops_the_statement_stops_only_itself(cells: str, expected: list[int]):
    table = "time,user,path,status\n2026-01-05T10:00:00Z,ada,/v1/leads,200\n"
    broken = f"{table}2026-01-05T10:00:01Z,{cells}\n"
    names = ["ada", "bob", "cleo", "dan", "eve"]
    others = [table.replace("ada", name) for name in names]
    taken, at_once = both_ways([*others, broken, table.replace("ada", "flo")])
    assert at_once == expected
    assert [one.loads[0].loaded for one in taken] == [1] * 7


def test_rejects_know_the_line_of_their_own_file():
    log = f"{FIRST}\n\nno call\n{CALL.format('10.0.0.1', 'ada', 1, 'leads', 200)}\n"
    document = {"Records": [json.loads(row) for row in SAMPLES["cloudtrail"].splitlines()[:1]]}
    pretty = json.dumps(document, indent=2).replace('"eventTime": "20', '"eventTime": "x20')
    for texts in ([log, log.replace("ada", "bob")], [pretty, pretty.replace("GetUser", "PutUser")]):
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.duckdb") as store:
            taken = store.load_all(files(Path(folder), texts), Terms(), now=NOW)
            found = [store.rejects(one.loads[0].load_id) for one in taken]
        assert found[0][["line", "reason"]].equals(found[1][["line", "reason"]])
        assert len(found[0]) == 1


def test_an_archive_and_the_files_beside_it_are_taken_in_together(tmp_path: Path):
    lines = [CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(6)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, line in enumerate(lines[1:4]):
            archive.writestr(f"{number}.log.gz", gzip.compress(line.encode()))
    taken, at_once = both_ways([lines[0], packed.getvalue(), lines[4], gzip.compress(b"nothing")])
    assert at_once == [5]
    assert [load.path for load in taken[1].loads] == [f"1.log/{n}.log.gz" for n in range(3)]
    assert taken[3].problem is not None


def test_no_more_wait_than_are_taken_in_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lines = [CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(7)]
    named, size = files(tmp_path, lines), len(lines[0])
    for name, most, expected in (
        ("_TOGETHER", 4, [4, 3]),
        ("_BYTES", 3 * size, [3, 3, 1]),
        ("_SMALL", size - 1, [1] * 7),
    ):
        at_once = Together(monkeypatch)
        monkeypatch.setattr(loading, name, most)
        with Store(tmp_path / f"{name}.duckdb") as store:
            assert len(store.load_all(named, Terms(), now=NOW)) == 7
        assert at_once == expected
        monkeypatch.undo()


def test_how_far_it_is_never_falls_back_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told: list[tuple[float, str]] = []
    lines = [CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(3)]
    monkeypatch.setattr(loading, "_SMALL", len(lines[0]))
    with Store(tmp_path / "x.duckdb") as store:
        store.load_all(
            files(tmp_path, [*lines, lines[0] * 9]),
            Terms(),
            now=NOW,
            progress=lambda *each: told.append(each),
        )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[0][1] == "Looking at 0.log (1 of 4)"
    assert any("Reading 0.log and 2 others" in message for _, message in told)


def test_one_of_them_can_be_undone(tmp_path: Path):
    text = f"{FIRST}\n{CALL.format('10.0.0.1', 'ada', 1, 'leads', 200)}\n"
    with Store(tmp_path / "x.duckdb") as store:
        taken = store.load_all(files(tmp_path, [FIRST, text, text]), Terms(), now=NOW)
        store.undo(taken[1].loads[0].load_id)
        loads = store.loads().sort_values("load_id")
        assert loads["loaded"].tolist() == [1, 1]
        assert loads["duplicates"].tolist() == [0, 1]
        with store._database.using() as cursor:
            assert not check(cursor).problems


def test_a_file_that_is_named_twice_is_read_twice(tmp_path: Path):
    named = files(tmp_path, [FIRST, FIRST.replace("eve", "ada")])
    with Store(tmp_path / "x.duckdb", reads=[tmp_path]) as store:
        taken = store.load_all([*named, named[0]], Terms(), now=NOW)
    assert [one.loads[0].loaded for one in taken] == [1, 1, 0]
    assert [one.loads[0].duplicates for one in taken] == [0, 0, 1]


@pytest.mark.parametrize("folder", ["line=x", "c1=2026-01-07", "user=eve", "text=y", "log=1"])
def test_what_a_folder_is_called_says_nothing_of_the_calls(tmp_path: Path, folder: str):
    """DuckDB takes `user=eve` for a column, as others partition tables."""
    (tmp_path / folder).mkdir()
    table = "time,user,path,status\n2026-01-05T10:00:00Z,{},/v1/leads,200\n"
    texts = [FIRST, FIRST.replace("eve", "ada"), table.format("ada"), table.format("bob")]
    with Store(tmp_path / "x.duckdb", reads=[tmp_path]) as store:
        taken = store.load_all(files(tmp_path / folder, texts), Terms(), now=NOW)
        with store._database.snapshot() as cursor:
            found = cursor.execute('SELECT occurred_at::VARCHAR, "user" FROM calls').fetchall()
    assert [one.loads[0].loaded for one in taken] == [1] * 4
    assert sorted(found) == [
        ("2026-01-05 10:00:00", "ada"),
        ("2026-01-05 10:00:00", "bob"),
        ("2026-01-05 10:59:00", "ada"),
        ("2026-01-05 10:59:00", "eve"),
    ]


def test_a_card_put_in_force_meanwhile_rates_what_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loading, "_TOGETHER", 1)
    dear = replace(rates.load("bigin"), name="dear")
    with Store(tmp_path / "x.duckdb") as store:
        store.save_rate_card(dear, now=NOW)

        def put_in_force(_: float, message: str) -> None:
            if message.startswith("Looking at 2.log") and store.rate_cards()[0] != "dear":
                store.rerate(dear, now=NOW)

        lines = [CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(4)]
        store.load_all(files(tmp_path, lines), Terms(), now=NOW, progress=put_in_force)
        assert set(store.loads()["rate_card"]) == {"dear"}


def test_an_unpacked_log_may_be_called_as_if_it_were_packed(tmp_path: Path):
    path = tmp_path / "a.log.gz"
    path.write_text(FIRST)
    with Store(tmp_path / "x.duckdb", reads=[tmp_path]) as store:
        assert store.load_all([(path, "a")], Terms(), now=NOW)[0].loads[0].loaded == 1


def test_a_file_that_goes_while_it_waits_is_named_and_stops_no_other(tmp_path: Path):
    lines = [CALL.format("10.0.0.1", "ada", n, "leads", 200) for n in range(3)]
    named = files(tmp_path, lines)

    def remove(_: float, message: str) -> None:
        if message.startswith("Looking at 1.log"):
            named[0][0].unlink(missing_ok=True)

    with Store(tmp_path / "x.duckdb", reads=[tmp_path]) as store:
        taken = store.load_all(named, Terms(), now=NOW, progress=remove)
    assert [len(one.loads) for one in taken] == [0, 1, 1]
    assert "0.log can't be read any more" in str(taken[0].problem)


@pytest.mark.parametrize("at", range(3, 8))
def test_without_room_for_it_no_log_is_lost_in_silence(tmp_path: Path, at: int):
    table = "time,user,path,status\n2026-01-05T10:00:00Z,ada,/v1/leads,200\n"
    named = files(tmp_path, [table, table.replace("ada", "bob"), FIRST])
    with Store(tmp_path / "x.duckdb") as store, pytest.MonkeyPatch.context() as patch:
        scratch, asked = store._database.scratch, iter(range(100))

        def full() -> Any:
            if next(asked) == at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return scratch()

        patch.setattr(store._database, "scratch", full)
        taken = store.load_all(named, Terms(), now=NOW)
    for one in taken:
        assert one.loads or "no room" in str(one.problem)


def test_a_table_whose_cells_go_over_lines_is_read_by_itself():
    table = '2026-01-05T10:00:00Z,"ada\n{}",/v1/leads,200\n'
    logs = [f"time,user,path,status\n{table.format(n)}" for n in range(3)]
    assert both_ways(logs)[1] == [1, 1, 1]
