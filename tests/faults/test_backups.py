"""A backup is of one moment, whatever goes on meanwhile; what is restored was looked at before."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from working import COMMITS, Logs, Step, Truth, do, seen, work

from credits import CreditsError
from credits.store import Store, copying, holding

ROOT = Path(__file__).resolve().parents[2]


def credits(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "credits", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def answer(*arguments: object) -> Any:
    done = credits(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(copying: Callable[..., object], *paths: Path) -> str:
    """The one sentence with which it is refused."""
    with pytest.raises(CreditsError) as caught:
        copying(*paths, memory_limit="1GB")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    folder = tmp_path / "logs"
    folder.mkdir()
    return Logs(folder, rows=500)


class Busy:
    """A process that has a database open and changes it all the time."""

    def __init__(self, logs: Logs, pipe: Connection, steps: list[Step]) -> None:
        self.logs, self.pipe, self.steps = logs, pipe, steps
        self.heard: list[str | None] = []
        self.changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                said = self.pipe.recv()
                with self.changed:
                    if said == COMMITS:
                        continue
                    self.heard.append(said)
                    self.changed.notify_all()
        except (EOFError, OSError):
            return

    @property
    def done(self) -> int:
        """Steps that are acknowledged, or refused."""
        return max(len(self.heard) // 2 - 1, 0)

    def after(self, more: int) -> int:
        """Wait until so many more steps are done; how many are done then."""
        with self.changed:
            wanted = self.done + more
            assert self.changed.wait_for(lambda: self.done >= wanted, timeout=90)
            return self.done

    def said_no(self, step: int) -> bool:
        return str(self.heard[2 * step + 3]).startswith("refused")

    def truth(self, steps: list[Step], start: Truth | None = None) -> Truth:
        truth = start or Truth()
        for step in steps:
            truth = truth.after(step)
        return truth


@contextmanager
def busy(path: Path, logs: Logs) -> Iterator[Busy]:
    # Loads come and go, so that what is there at any moment is small.
    steps = []
    for log in range(40):
        steps.append(Step("load", log % 7))
        if log % 3 == 2:
            steps.append(Step("rerate", card=["cheap", "dear"][log % 2]))
        if log > 2:
            steps.append(Step("undo", (log - 2) % 7))
    for log in range(7):
        logs.path(log)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["credits.store"])
    mine, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(path, logs, steps * 20, theirs))
    worker.start()
    theirs.close()
    try:
        yield Busy(logs, mine, steps * 20)
    finally:
        worker.kill()
        worker.join()
        time.sleep(0.1)
        mine.close()


def test_a_backup_under_load_is_the_database_of_one_moment_and_check_finds_nothing(
    tmp_path: Path, logs: Logs
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with busy(path, logs) as working:
        for _ in range(2):
            first = working.after(2)
            written = answer("backup", copy, "--database", path)
            last = working.done + 1
            found = seen(copy)
            assert first <= found["version"] <= last
            truth = working.truth(working.steps[: found["version"]])
            assert found == truth.seen(logs)
            assert (written["calls"], written["loads"]) == (found["calls"], len(truth.loads))
            working.after(1)
        assert answer("check", "--database", path)["sound"]
        working.after(1)
        assert not any(working.said_no(step) for step in range(working.done))
    left = {each.name for each in tmp_path.iterdir()}
    assert {name for name in left if "copy" in name or "part" in name} == {"copy.duckdb"}


def test_a_restore_under_load_puts_all_of_the_backup_in_place_and_work_goes_on(
    tmp_path: Path, logs: Logs
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with busy(path, logs) as working:
        working.after(3)
        answer("backup", copy, "--database", path)
        backed_up = seen(copy)
        first = working.after(3)
        kept = answer("restore", copy, "--database", path)["kept"]
        last = working.after(3)
    end = working.done
    steps = [step for place, step in enumerate(working.steps[:end]) if not working.said_no(place)]
    told = [str(each) for each in working.heard if str(each).startswith("refused")]
    assert len(told) <= 1
    # A load that is taken back may be one that the backup does not have.
    right = ("replaced meanwhile", "opened anew", "is not there any more")
    assert all(any(words in each for words in right) for each in told), told
    found = seen(path)
    assert found["problems"] == ()
    # What was done around the swap may have come before it, and is in what was kept then.
    start = working.truth(working.steps[: backed_up["version"]])
    possible = [
        working.truth(working.steps[place:end], start).seen(logs)
        for place in range(first, min(last, end) + 1)
    ]
    if len(steps) < end:
        possible += [
            working.truth([*steps[place:]], start).seen(logs) for place in range(first, len(steps))
        ]
    # The kill may have cut off one more step, which was committed.
    possible += [
        working.truth([*working.steps[place : end + 1]], start).seen(logs)
        for place in range(first, end + 1)
    ]
    assert {**found, "version": 0} in [{**each, "version": 0} for each in possible]
    before = seen(Path(kept))
    assert before == working.truth(working.steps[: before["version"]]).seen(logs)


def test_a_backup_that_is_damaged_is_not_restored(tmp_path: Path, logs: Logs):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with Store(path) as store:
        do(store, logs, Step("load", 0))
    copying.backup(path, copy, memory_limit="1GB")
    with Store(path) as store:
        do(store, logs, Step("load", 1))
    before, whole = seen(path), copy.read_bytes()
    for spoiled in (whole[: len(whole) // 2], b"no database", b""):
        copy.write_bytes(spoiled)
        assert str(copy) in refused(copying.restore, copy, path)
        assert copy.read_bytes() == spoiled
        assert seen(path) == before
    copy.write_bytes(whole)
    with Store(copy) as store, store._database.writer() as cursor:
        cursor.execute("UPDATE loads SET rows = rows + 1")
    assert "number of its rows" in refused(copying.restore, copy, path)
    assert seen(path) == before
    assert not holding.kept(path).exists()


def test_a_backup_does_not_overwrite_what_it_is_of_nor_a_database_in_use(
    tmp_path: Path, logs: Logs
):
    path, link, other = (tmp_path / name for name in ("x.duckdb", "link.duckdb", "other.duckdb"))
    with Store(path) as store:
        do(store, logs, Step("load", 0))
    link.symlink_to(path)
    for to in (path, link, tmp_path):
        assert "name another file" in refused(copying.backup, path, to)
    with Store(other) as store:
        do(store, logs, Step("load", 1))
        assert "name another file" in refused(copying.backup, path, other)
    assert "no file" in refused(copying.backup, tmp_path / "nowhere", tmp_path / "y")
    assert not (tmp_path / "nowhere").exists()


# A program that knows nothing of ours, and changes the database when it is told to.
STRANGER = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reads") as connection:
    print("open", flush=True)
    for _ in sys.stdin:
        connection.execute("UPDATE meta SET value = 'stranger' WHERE key = 'rate_card'")
        print("changed", flush=True)
"""


@contextmanager
def stranger(path: Path, does: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", STRANGER, str(path), does]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "open\n"
        yield program
        program.communicate()


def test_a_restore_is_refused_while_a_program_that_would_not_notice_has_the_database_open(
    tmp_path: Path, logs: Logs
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with Store(path) as store:
        do(store, logs, Step("load", 0))
    copying.backup(path, copy, memory_limit="1GB")
    backed_up = seen(copy)
    with stranger(path, "writes") as program:
        there, content = set(tmp_path.iterdir()), path.read_bytes()
        told = refused(copying.restore, copy, path)
        assert "is in use by another program" in told
        assert "stop that one, and try again" in told
        assert (set(tmp_path.iterdir()), path.read_bytes()) == (there, content)
        assert program.stdin
        assert program.stdout
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == "changed\n"
    assert not holding.kept(path).exists()
    assert seen(path)["card"] == "stranger", "its change is not lost"
    copying.restore(copy, path, memory_limit="1GB")
    assert seen(path) == backed_up


def test_a_restore_does_not_mind_who_only_reads_the_database_nor_a_program_that_was_killed(
    tmp_path: Path, logs: Logs
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with Store(path) as store:
        do(store, logs, Step("load", 0))
    copying.backup(path, copy, memory_limit="1GB")
    for number, does in enumerate(("reads", "writes"), 1):
        with stranger(path, does) as program:
            if does == "writes":
                program.kill()
                program.wait()
            copying.restore(copy, path, memory_limit="1GB")
        with Store(path) as store:
            do(store, logs, Step("load", number))
    assert seen(path)["loads"] == [("0.csv", 500), ("2.csv", 500)]


@pytest.mark.parametrize("done", ["nothing", "old away", "log away", "all"])
def test_a_restore_that_is_cut_off_is_finished_by_whoever_opens_the_database(
    tmp_path: Path, logs: Logs, done: str
):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with Store(copy) as store:
        do(store, logs, Step("load", 0))
    with busy(path, logs) as working:
        working.after(2)
    assert holding.beside(path), "killed, so that there is a log beside it"
    old, new = seen(path), seen(copy)
    copy.replace(holding.waiting(path))
    if done != "nothing":
        path.replace(holding.kept(path))
    if done in ("log away", "all"):
        for each in holding.beside(path):
            each.replace(each.with_name(each.name.replace(path.name, holding.kept(path).name)))
    if done == "all":
        holding.waiting(path).replace(path)
    with Store(path) as store:
        assert len(store.loads()) == 1
    assert seen(path) == new
    assert seen(holding.kept(path)) == old


def test_a_restore_that_is_killed_leaves_the_one_or_the_other(tmp_path: Path, logs: Logs):
    path, copy = tmp_path / "x.duckdb", tmp_path / "copy.duckdb"
    with Store(path) as store:
        do(store, logs, Step("load", 0))
    copying.backup(path, copy, memory_limit="1GB")
    with Store(path) as store:
        do(store, logs, Step("load", 1))
    old, new = seen(path), seen(copy)
    whole = path.read_bytes()
    command = [sys.executable, "-m", "credits", "restore", str(copy), "--database", str(path)]
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    took = time.monotonic() - began
    for share in (0.75, 0.95):
        path.write_bytes(whole)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as restoring:
            time.sleep(took * share)
            restoring.kill()
        Store(path).close()
        assert seen(path) in (old, new)
        assert seen(copy) == new
