"""A backup of the database while it is in use, and the way back.

DuckDB lets no second process open the file. A copy of its bytes is a database all the same, as long
as nobody changes them meanwhile: what the file and the log beside it hold at such a moment is what
a power cut would leave, and DuckDB puts that in order when it opens the copy. `holding` sees to it
that nobody does; and whatever is copied is opened and checked before it counts as a copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from credits import CreditsError
from credits.formats.files import is_no_room
from credits.store import holding, private
from credits.store.checking import Checked, check
from credits.store.database import Database
from credits.store.explaining import IN_USE, no_room

_TRIES = 5
_CHUNK = 1 << 24


def checked(path: Path, *, memory_limit: str) -> Checked:
    """Whether a database is as it should be; one that is in use is looked at in a copy of it.

    Raises CreditsError where it can't be opened.
    """
    path = _found(path)
    try:
        return _checked(path, memory_limit)
    except CreditsError as error:
        if IN_USE not in str(error):
            raise
    with _part(path) as part:
        return _checked_copy(path, part, memory_limit)


def backup(path: Path, to: Path, *, memory_limit: str) -> Checked:
    """Write a copy of a database, whoever uses it; a file that is there is replaced in one step.

    Raises CreditsError where it can't be written, or where the copy is not as it should be; what
    was there then still is.
    """
    path, to = _found(path), to.resolve()
    if to.is_dir() or holding.beside(to) or holding.identity(to) == holding.identity(path):
        raise CreditsError(f"{to} is a folder, or a database in use: name another file.")
    with _part(to) as part:
        found = _checked_copy(path, part, memory_limit)
        _must_be_sound(path, found)
        _settle(part, to)
    return found


def restore(copy: Path, path: Path, *, memory_limit: str) -> Checked:
    """Put a backup in a database's place. What was there is kept beside it, as `holding.kept`.

    Whoever has the database open goes on with the backup. Raises CreditsError where the backup is
    not as it should be; nothing is changed then.
    """
    copy, path = _found(copy), path.resolve()
    if holding.identity(copy) == holding.identity(path):
        raise CreditsError(f"{copy} is the database itself: name a backup.")
    with _part(path) as part:
        found = _checked_copy(copy, part, memory_limit, in_use=False)
        _must_be_sound(copy, found)
        with holding.still(path) as sure, _told(path):
            if not sure:
                raise _not_sure(path)
            if holding.written_by_somebody(path) and not private.is_open(path):
                raise CreditsError(
                    f"{path} {IN_USE}, which would go on with the database that is replaced: stop"
                    " that one, and try again."
                )
            _settle(part, holding.waiting(path))
            holding.swap(path)
    return found


def _found(path: Path) -> Path:
    """The file, by the name that all use for it."""
    if not path.is_file():
        raise CreditsError(f"{path} is no file: name a database of this program.")
    if path.stat().st_size == 0:
        raise CreditsError(f"{path} is empty: name a database of this program.")
    return path.resolve()


def _must_be_sound(path: Path, found: Checked) -> None:
    if found.problems:
        raise CreditsError(f"{path} is damaged, and nothing was written: {found.problems[0]}")


def _not_sure(path: Path) -> CreditsError:
    return CreditsError(
        f"{path} can't be kept from changing meanwhile: stop the app, and see that its folder can"
        " be written to."
    )


def _checked_copy(path: Path, part: Path, memory_limit: str, *, in_use: bool = True) -> Checked:
    """Copy a database, and look at the copy."""
    _copy(path, part, in_use=in_use)
    try:
        return _checked(part, memory_limit)
    except CreditsError as error:
        # By the name that whoever reads it knows.
        raise CreditsError(str(error).replace(str(part), str(path))) from error


def _checked(path: Path, memory_limit: str) -> Checked:
    database = Database(path, memory_limit=memory_limit)
    try:
        with database.using() as cursor:
            return check(cursor)
    finally:
        database.close()


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """Where a copy is made, beside what it is to become. Nothing of it stays, not after a kill."""
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        private.sweep(path.parent)
        folder = private.beside(path, "part")
    try:
        yield folder.path / "copy.duckdb"
    finally:
        folder.remove()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system refuses is a sentence."""
    try:
        yield
    except OSError as error:
        if is_no_room(error):
            raise no_room() from error
        raise CreditsError(
            f"{path} can't be written: {error.strerror or error}. Name another file."
        ) from error


def _copy(path: Path, part: Path, *, in_use: bool = True) -> None:
    """The bytes of a database, of one moment."""
    # A backup that nobody ever opened has no lock, and is not to get one.
    for _ in range(_TRIES):
        lonely = not in_use and not holding.lock(path).exists()
        with nullcontext(True) if lonely else holding.still(path) as sure, _told(part):
            if not sure:
                raise _not_sure(path)
            before = _state(path)
            for each in before:
                _copy_file(each, part.with_name(each.name.replace(path.name, part.name, 1)))
            # A program that knows nothing of our lock may have it open.
            if _state(path) == before:
                return
    raise CreditsError(f"{path} changed while it was copied: try again.")


def _state(path: Path) -> dict[Path, tuple[int, int]]:
    """The files of a database, and what shows that they changed."""
    found = {}
    for each in (path, *holding.beside(path)):
        stat = each.stat()
        found[each] = stat.st_size, stat.st_mtime_ns
    return found


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file inside the system where it can; some share the blocks, which takes no time."""
    with source.open("rb") as read, target.open("wb") as write:
        if hasattr(os, "copy_file_range"):
            with suppress(OSError):
                while os.copy_file_range(read.fileno(), write.fileno(), _CHUNK):
                    pass
        # From wherever that has got to.
        read.seek(os.lseek(read.fileno(), 0, os.SEEK_CUR))
        write.seek(os.lseek(write.fileno(), 0, os.SEEK_CUR))
        shutil.copyfileobj(read, write, _CHUNK)


def _settle(part: Path, to: Path) -> None:
    """Give a finished file its name, once it is safely on the disk."""
    with _told(to):
        _written(part)
        part.replace(to)
        _written(to.parent)


def _written(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
