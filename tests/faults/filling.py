"""Work on a database until the disk is full, look, make room, and go on with the same program.

Run by test_disks.py in a process of its own: `filling.py FOLDER LOGS disk|limit`. The disk is full
for real (a small file system, filled by a ballast), or files may not grow beyond a size.
"""

from __future__ import annotations

import itertools
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from working import Logs, Step, Truth, do

from credits import CreditsError
from credits.store import Store, copying
from credits.store.checking import check

_MB = 1 << 20
NO_ROOM = "There is no room left on the disk: free some space and try again."


def seen(store: Store) -> dict[str, object]:
    """What is in the database, asked of the store that has it open."""
    with store._database.using() as cursor:
        found = check(cursor)
        loads = cursor.execute("SELECT path, rows FROM loads ORDER BY load_id").fetchall()
        card = cursor.execute("SELECT value FROM meta WHERE key = 'rate_card'").fetchall()[0][0]
    return {
        "version": found.version, "card": card, "loads": loads, "calls": found.calls,
        "credits": int(found.credits), "problems": found.problems,
    }  # fmt: skip


def until_refused(attempt: Callable[[int], None], most: int) -> tuple[int, str]:
    """Try until it is refused: how often it went well, and what was said."""
    for number in range(most):
        try:
            attempt(number)
        except CreditsError as error:
            return number, str(error)
    raise AssertionError("there was room for everything")


def _well_or_no_room(attempt: Callable[[], object]) -> None:
    """A small step may find room enough."""
    told = ""
    try:
        attempt()
    except CreditsError as error:
        told = str(error)
    assert told in ("", NO_ROOM)


def main(folder: Path, logs: Logs, fill: Callable[[], None], make_room: Callable[[], None]) -> None:
    """Raises AssertionError where something is lost, or is not said."""
    path = folder / "x.duckdb"
    truth = Truth()

    def take(step: Step) -> None:
        nonlocal truth
        do(store, logs, step)
        truth = truth.after(step)

    with Store(path) as store:
        for log in range(5):
            take(Step("load", log))
        for card in ("cheap", "dear", "cheap"):
            fill()
            _, told = until_refused(lambda log: take(Step("load", log + len(truth.loads))), 60)
            assert told == NO_ROOM
            assert seen(store) == truth.seen(logs), "it can be read while the disk is full"
            _well_or_no_room(lambda card=card: take(Step("rerate", card=card)))
            _well_or_no_room(lambda: take(Step("undo", truth.loads[0])))
            assert seen(store) == truth.seen(logs)
            make_room()
            for step in (
                Step("rerate", card=card),
                Step("undo", truth.loads[-1]),
                Step("load", 90),
            ):
                take(step)
                assert seen(store) == truth.seen(logs), step
            for log in truth.loads[4:]:
                take(Step("undo", log))
        fill()
    with Store(path) as store:
        assert seen(store) == truth.seen(logs), "it can be closed and opened while the disk is full"
    there = set(folder.iterdir())
    copy = folder / "copy.duckdb"
    _well_or_no_room(lambda: copying.backup(path, copy, memory_limit="1GB"))
    assert set(folder.iterdir()) - {copy} == there
    make_room()
    with Store(path) as store:
        assert seen(store) == truth.seen(logs)
    print(f"{len(truth.loads)} loads, version {truth.version}")


def _on_a_disk(folder: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """Leaves room for a little, more each time: another step of a load is the one that fails."""
    ballast = folder / "ballast"
    spare = itertools.cycle((0, 1, 2))

    def fill() -> None:
        disk = os.statvfs(folder)
        room = disk.f_bavail * disk.f_frsize - next(spare) * _MB
        ballast.write_bytes(bytes(max(room, 0)))

    return fill, ballast.unlink


def _within_a_limit(path: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def fill() -> None:
        size = max(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, hard))

    return fill, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


if __name__ == "__main__":
    where, logs_in, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    ways = _on_a_disk(where) if how == "disk" else _within_a_limit(where / "x.duckdb")
    main(where, Logs(logs_in, rows=2_000), *ways)
