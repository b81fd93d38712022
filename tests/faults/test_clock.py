"""The system's clock jumps, between commands and in the middle of them: nothing gets lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from clocks import FUTURE, NOW, PAST, Clock
from sessions import as_if_one_after_the_other
from working import Logs

from credits.store import Store

ROOT = Path(__file__).resolve().parents[2]
UNDO = """
import sys
from pathlib import Path
from credits.store import Store
with Store(Path(sys.argv[1])) as store:
    store.undo(int(sys.argv[2]))
"""


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    (tmp_path / "logs").mkdir()
    return Logs(tmp_path / "logs", rows=2_000)


def ran(*arguments: object, clock: Clock | None = None) -> str:
    """What Python answers, by the right clock or by another."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT, env=os.environ | (clock.environment if clock else {}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def answer(command: str, path: Path, *arguments: object, clock: Clock | None = None) -> Any:
    given = ("-m", "credits", command, *arguments, "--database", path, "--json")
    return json.loads(ran(*given, clock=clock))


def test_a_clock_that_is_set_is_seen_by_the_process(clock: Clock):
    year = "import time; print(time.gmtime().tm_year)"
    for time, seen in ((PAST, "1971"), (FUTURE, "2150")):
        clock.set(time)
        assert ran("-c", year, clock=clock).strip() == seen


def test_commands_on_days_in_any_order_do_what_they_do_on_one_day(
    tmp_path: Path, clock: Clock, logs: Logs
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    for log, time in enumerate((NOW, PAST, FUTURE)):
        clock.set(time)
        (load,) = answer("load", path, logs.path(log), clock=clock)["loads"]
        assert load["rows"] == load["loaded"] + load["duplicates"] == 2_000
    with Store(path) as store:
        years = store.loads()["loaded_at"].dt.year.tolist()
    assert years == [2150, 1971, datetime.now(UTC).year], "the last is the newest, by turn"
    clock.set(PAST)
    answer("backup", path, copy, clock=clock)
    ran("-c", UNDO, path, 2, clock=clock)
    must_be_right(path, logs, loads=2)
    clock.set(FUTURE)
    answer("restore", path, copy, clock=clock)
    must_be_right(path, logs, loads=3)


def test_a_clock_that_jumps_in_the_middle_of_loading_and_undoing_changes_nothing(
    tmp_path: Path, clock: Clock, logs: Logs
):
    path, some = tmp_path / "x.duckdb", [logs.path(log) for log in (2, 3, 4)]
    with clock.jumping():
        assert len(answer("load", path, *some, clock=clock)["loads"]) == 3
        ran("-c", UNDO, path, 1, clock=clock)
        assert answer("check", path, clock=clock)["sound"]
    must_be_right(path, logs, loads=2)


def must_be_right(path: Path, logs: Logs, *, loads: int) -> None:
    """All is as these loads make it on a day like any other."""
    folder = path.with_name(f"alone{loads}")
    folder.mkdir()
    with Store(path) as store:
        assert len(store.loads()) == loads
        as_if_one_after_the_other(store, folder, logs)
