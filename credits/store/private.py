"""Folders that a process has to itself, and what killed ones left of theirs.

A process keeps a file in its folder locked for as long as it lives. The system lets go of the lock
when the process dies, however that comes, and knows of it whoever runs it and in which container:
so whoever can take the lock may remove the folder, and nobody else. Numbers of processes would not
do: they are given out again, and mean something else in every container.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

from credits.store import holding

if sys.platform != "win32":  # where what is open can't be removed, and a lock is another matter
    import fcntl

_HELD = ".held"
"""The file that is locked. A folder without it is nobody's here, and stays."""
_ANY = "[a-z0-9_]{8}"
_OURS = re.compile(rf"credits-(upload-)?{_ANY}|\..+\.{_ANY}\.(open|part)")
_TRIES = 20


class Folder:
    """A folder of this process's own. It goes with the object, and at the latest with the process.

    Raises OSError where none can be made.
    """

    def __init__(self, parent: Path, prefix: str, suffix: str = "") -> None:
        around, handle = _made(parent, prefix, suffix)
        self._remove = weakref.finalize(self, _given_up, around, handle)
        self.path = around / "content"
        self.path.mkdir(0o700)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._remove()


def temporary(name: str = "") -> Folder:
    """A folder where the system keeps what is temporary; those of dead processes go first."""
    parent = Path(tempfile.gettempdir())
    sweep(parent)
    return Folder(parent, f"credits-{name}")


def beside(path: Path, what: str) -> Folder:
    """A hidden folder beside a database; `what`: "open" as long as it is, "part" for a copy."""
    return Folder(path.parent, _beginning(path), f".{what}")


def is_open(path: Path) -> bool:
    """Whether a living program of ours has the database open."""
    named = re.compile(rf"{re.escape(_beginning(path))}{_ANY}\.open")
    with suppress(OSError):
        found = [each for each in path.parent.iterdir() if named.fullmatch(each.name)]
        return any(_is_held(each) for each in found)
    return False


def sweep(parent: Path) -> None:
    """Remove what dead processes left in a folder; what can't be removed now stays for the next."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        for path in tuple(parent.iterdir()):
            if _OURS.fullmatch(path.name):
                with suppress(OSError):
                    _remove_if_left(path)


def _beginning(path: Path) -> str:
    # A name has room for 255 bytes, of which each letter may take four.
    return f".{path.name[:40]}."


def _made(parent: Path, prefix: str, suffix: str) -> tuple[Path, int | None]:
    """A new folder and the lock on it; None where there is none to be had."""
    for _ in range(_TRIES):
        path = Path(tempfile.mkdtemp(suffix, prefix, parent)).resolve()
        if sys.platform == "win32":
            return path, None
        try:
            return path, _hold(path)
        except (BlockingIOError, FileNotFoundError):
            # Between the making of the file and its lock somebody took it for left: he removes it.
            continue
    raise OSError("a folder is removed as soon as it is made")


def _hold(path: Path) -> int | None:
    """The lock on a folder that was just made.

    Raises BlockingIOError or FileNotFoundError where another process has just taken it for left.
    """
    if sys.platform == "win32":
        return None
    handle = None
    try:
        flags = os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        handle = os.open(path / _HELD, flags, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(handle)
        if holding.identity(path / _HELD) != (found.st_dev, found.st_ino):
            raise FileNotFoundError
    except OSError as error:
        if handle is not None:
            os.close(handle)
        if isinstance(error, BlockingIOError | FileNotFoundError):
            raise
        # No room, or a disk without locks: then nobody may take it for left.
        with suppress(OSError):
            (path / _HELD).unlink(missing_ok=True)
        return None
    return handle


def _given_up(path: Path, handle: int | None) -> None:
    if sys.platform == "win32" or handle is None:
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        with suppress(OSError):
            folder = _opened(path)
            try:
                _remove(path, folder)
            finally:
                os.close(folder)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    """A folder itself, and not what a link leads to."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _lock_file(folder: int) -> int:
    return os.open(_HELD, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)


def _remove_if_left(path: Path) -> None:
    """Remove a folder if it is ours and nobody holds it. Raises OSError where somebody does."""
    folder = _opened(path)
    try:
        found = os.fstat(folder)
        # In a folder that others may write to, what stands there may be theirs.
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            return
        handle = _lock_file(folder)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Another may have removed it, lock and all, while this one came to have it.
            now = os.stat(_HELD, dir_fd=folder, follow_symlinks=False)
            if os.path.samestat(now, os.fstat(handle)):
                _remove(path, folder)
        finally:
            os.close(handle)
    finally:
        os.close(folder)


def _remove(path: Path, folder: int) -> None:
    """Remove what is in a folder, and last of all what shows whose it is: a kill in between leaves
    something that is recognised.
    """
    for name in os.listdir(folder):
        if name == _HELD:
            continue
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            shutil.rmtree(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)
    os.unlink(_HELD, dir_fd=folder)
    path.rmdir()


def _is_held(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    try:
        folder = _opened(path)
        try:
            handle = _lock_file(folder)
        finally:
            os.close(folder)
    except OSError as error:
        # Another user's can't be looked into: it is believed.
        return isinstance(error, PermissionError)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
