"""`check` finds whatever is not as it should be, and says where."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from working import NOW, Logs, Step, do

from credits import CreditsError
from credits.store import Store, copying


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it should be."""
    folder = tmp_path_factory.mktemp("sound")
    logs = Logs(folder, rows=50)
    with Store(folder / "x.duckdb") as store:
        # The first two and the last two overlap, and the one that is undone stood between them.
        for step in (*(Step("load", log) for log in range(3)), Step("undo", 1), Step("load", 1)):
            do(store, logs, step)
        broken = folder / "broken.csv"
        broken.write_text("time,user\n2026-01-01T00:00:00Z,ada\nx,bob\n")
        store.load(broken, now=NOW, name="broken.csv")
    return folder / "x.duckdb"


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "x.duckdb"))


def test_a_database_as_it_should_be_has_no_problems(path: Path):
    found = copying.checked(path, memory_limit="1GB")
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
        ("UPDATE day_sums SET calls = calls - 1 WHERE load_id = 1", "sums in day_sums"),
        ("UPDATE user_sums SET owner = 99 WHERE load_id = 1", "sums in user_sums"),
        ("UPDATE owners SET \"user\" = 'x'", "rows of kinds and owners"),
        ("INSERT INTO owners VALUES (99, 'x', 'user')", "1 rows of kinds and owners"),
        ("INSERT INTO rejects VALUES (77, 1, 'why', 'text')", "rows of rejects belong to a load"),
        ("DELETE FROM loads WHERE load_id = 1", "belong to a load that is not there"),
        ("DELETE FROM kinds WHERE load_id = 1", "can be seen"),
        ("UPDATE loads SET load_id = 999 WHERE load_id = 1", "a number that is taken"),
        ("UPDATE stored_duplicates SET request_id = 'nowhere'", "no call is there"),
        ("UPDATE meta SET value = 'lost' WHERE key = 'rate_card'", "lost"),
    ],
)
def test_whatever_was_tampered_with_is_found(path: Path, statement: str, told: str):
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)
    problems = copying.checked(path, memory_limit="1GB").problems
    assert any(told in problem for problem in problems), problems


def test_a_block_that_the_disk_spoiled_is_found(path: Path):
    content = bytearray(path.read_bytes())
    spoiled = 0
    for place in range(len(content) // 2, len(content), 4_096):
        if any(content[place : place + 64]):
            content[place + 13] ^= 0xFF
            spoiled += 1
    assert spoiled
    path.write_bytes(content)
    problems: tuple[str, ...]
    try:
        problems = copying.checked(path, memory_limit="1GB").problems
    except CreditsError as error:
        problems = (str(error),)
    assert problems
