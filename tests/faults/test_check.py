"""`check` finds whatever is not as it should be, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from working import Logs, Step, do

from credits.store import Store, copying
from credits.store.checking import Checked


def checked(path: Path, *spoil: str) -> Checked:
    """What is found once some statements have been at a database that was as it should be."""
    folder = path.parent / "logs"
    folder.mkdir()
    logs = Logs(folder, rows=50)
    with Store(path) as store:
        # The first two and the last two overlap, and the one that is undone stood between them.
        for step in (*(Step("load", log) for log in range(3)), Step("undo", 1), Step("load", 1)):
            do(store, logs, step)
        broken = folder / "broken.csv"
        broken.write_text("time,user\n2026-01-01T00:00:00Z,ada\nx,bob\n")
        store.load(broken, now=store.loads()["loaded_at"][0], name="broken.csv")
        for statement in spoil:
            with store._database.writer() as cursor, store._database.keep(cursor):
                cursor.execute(statement)
    return copying.checked(path, memory_limit="1GB")


def test_a_database_as_it_should_be_has_no_problems(tmp_path: Path):
    found = checked(tmp_path / "x.duckdb")
    assert found.problems == ()
    assert (found.loads, found.version) == (4, 6)
    assert found.calls == found.credits == 50 + 35 + 35 + 1


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE loads SET rows = rows + 1 WHERE load_id = 3", "Load 3 (2.csv): the number of"),
        ("UPDATE loads SET calls = calls + 1 WHERE load_id = 3", "the sum of its calls"),
        ("UPDATE loads SET first = last WHERE load_id = 3", "its first call"),
        ("DELETE FROM rejects", "what was rejected is 1, and should be 0"),
        ("DELETE FROM stored_duplicates", "what was known already"),
        ("DELETE FROM stored_calls WHERE load_id = 1", "what it loaded"),
        ("UPDATE stored_calls SET credits = credits + 1 WHERE load_id = 1", "sum of its credits"),
        ("UPDATE minutes SET credits = credits + 1 WHERE load_id = 1", "sums in minutes"),
        ("DELETE FROM minutes WHERE load_id = 1", "sums in minutes"),
        ("INSERT INTO minutes BY NAME (SELECT * FROM minutes LIMIT 1)", "1 sums in minutes"),
        ("UPDATE quarter_sums SET calls = calls - 1 WHERE load_id = 1", "sums in quarter_sums"),
        ("INSERT INTO rejects VALUES (77, 1, 'why', 'text')", "rows of rejects belong to a load"),
        ("DELETE FROM loads WHERE load_id = 1", "belong to a load that is not there"),
        ("DELETE FROM kinds WHERE load_id = 1", "can be seen"),
        ("UPDATE loads SET load_id = 999 WHERE load_id = 1", "a number that is taken"),
        ("UPDATE stored_duplicates SET request_id = 'nowhere'", "no call is there"),
        ("UPDATE meta SET value = 'lost' WHERE key = 'rate_card'", "lost"),
    ],
)
def test_whatever_was_tampered_with_is_found(tmp_path: Path, statement: str, told: str):
    problems = checked(tmp_path / "x.duckdb", statement).problems
    assert any(told in problem for problem in problems), problems


def test_a_block_that_the_disk_spoiled_is_found(tmp_path: Path):
    path = tmp_path / "x.duckdb"
    assert checked(path).problems == ()
    content = bytearray(path.read_bytes())
    spoiled = 0
    for place in range(len(content) // 2, len(content), 4_096):
        if any(content[place : place + 64]):
            content[place + 13] ^= 0xFF
            spoiled += 1
    assert spoiled
    path.write_bytes(content)
    try:
        assert copying.checked(path, memory_limit="1GB").problems
    except copying.CreditsError as error:
        assert "damaged" in str(error)
