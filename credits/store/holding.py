"""Who may touch the database file: one process changes it, or another copies or swaps it.

DuckDB keeps a second process from opening the file, not from reading its bytes while they change.
So whoever changes it shares a lock, and whoever copies or swaps it has that lock alone: a copy
waits for the change that is being made, and the next change for the copy. The system lets go of the
lock when its holder dies.

The lock is on a file of its own beside the database. On the database itself it could not be: a
process that opens and closes a file loses every lock that it had on it (POSIX's rule for `fcntl`),
DuckDB's too, and a second server could come in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":  # where an open database can't be copied anyway
    import fcntl

Identity = tuple[int, int]
"""Which file it is, whatever it is called."""


def identity(path: Path) -> Identity | None:
    """Which file stands there; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """The database changes: nobody copies it meanwhile. Where no lock can be had, it goes on."""
    handle = _locked(path, alone=False)
    try:
        finish_swap(path, handle)
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def still(path: Path) -> Iterator[bool]:
    """The database holds still, once the change that is being made has ended; False: not sure."""
    handle = _locked(path, alone=True)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def beside(path: Path) -> list[Path]:
    """What DuckDB keeps beside a database: changes that are not in the file itself yet."""
    with suppress(OSError):
        return sorted(
            each for each in path.parent.iterdir() if each.name.startswith(f"{path.name}.wal")
        )
    return []


def lock(path: Path) -> Path:
    """The file beside a database whose lock is had. It stays: others may be waiting for it."""
    return path.with_name(f".{path.name}.lock")


def waiting(path: Path) -> Path:
    """Where a database stands, whole and checked, that is to take this one's place."""
    return path.with_name(f".{path.name}.restored")


def kept(path: Path) -> Path:
    """Where the database goes whose place another takes."""
    return path.with_name(f"{path.name}.before")


def swap(path: Path) -> None:
    """Put the database that waits in its place, and keep the one that was there.

    Only while it holds still. Each step may be the last one: whoever opens the database next goes
    on from there, since what was there is out of the way before the new one comes.
    """
    if not waiting(path).exists():
        return
    if path.exists():
        for old in (kept(path), *beside(kept(path))):
            old.unlink(missing_ok=True)
        path.replace(kept(path))
    for part in beside(path):
        part.replace(part.with_name(part.name.replace(path.name, kept(path).name, 1)))
    waiting(path).replace(path)


# Asked by a process of its own: see above, who opens and closes the file loses the locks on it.
_ASK = """
import fcntl, sys
with open(sys.argv[1], "rb") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        print("held")
"""


def written_by_somebody(path: Path) -> bool:
    """Whether DuckDB has the file open for writing, in whatever program; False: not that we know.

    Only while it holds still.
    """
    if sys.platform == "win32" or not path.exists():
        return False
    with suppress(OSError):
        asked = [sys.executable, "-I", "-S", "-c", _ASK, str(path)]
        answer = subprocess.run(asked, capture_output=True, check=False)
        return answer.stdout.startswith(b"held")
    return False


def finish_swap(path: Path, handle: int | None) -> None:
    """Go on with a swap that was cut off."""
    if handle is None or not waiting(path).exists():
        return
    # Two that share it can't both have it alone: each lets go first, and then looks again.
    fcntl.flock(handle, fcntl.LOCK_UN)
    fcntl.flock(handle, fcntl.LOCK_EX)
    swap(path)
    fcntl.flock(handle, fcntl.LOCK_SH)


def _locked(path: Path, *, alone: bool) -> int | None:
    """The lock of a database, as a handle; None where the folder or the system has none to give."""
    if sys.platform == "win32":
        return None
    handle = None
    try:
        handle = os.open(lock(path), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    except OSError:
        if handle is not None:
            os.close(handle)
        return None
    return handle
