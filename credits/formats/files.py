"""A file before anybody knows what log it is: of what kind, and where what is made of it goes."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from credits import CreditsError

CHUNK = 8 << 20
"""Bytes that are read or written at a time."""
HEAD = 256 << 10
"""Bytes by which a file is told."""
NO_ROOM = "There is no room left for unpacking: free some disk space and try again."

Tick = Callable[[str], None]
"""Called now and then with what is being done."""


@dataclass(frozen=True)
class Plain:
    """One log as clean text, Parquet or a workbook on disk."""

    name: str
    """The name that a person knows it by; a member of an archive stands behind a `/`."""
    path: Path
    kind: str
    """text, parquet or workbook"""
    replaced: int = 0
    """Bytes that were no text in the file's encoding and were replaced by U+FFFD."""
    blank: bool = False
    """Whether it has empty lines before its end."""
    trailing_blank: int = 0
    """Empty lines at its end."""
    overlong: int = 0
    """Lines that were left out because they were too long to be read."""


@dataclass(frozen=True)
class NotALog:
    """A file that was passed over, with the reason as one sentence."""

    name: str
    reason: str


MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)


@contextmanager
def opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A file to read; `name`: what to call it. Raises CreditsError where it can't be opened."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise CreditsError(f"There is no file {name}: check the path.") from None
    except IsADirectoryError:
        raise CreditsError(f"{name} is a folder: name the files in it.") from None
    except PermissionError:
        raise CreditsError(f"{name} can't be read: its permissions forbid it.") from None


def is_database(path: Path) -> bool:
    """Whether a file is a database of DuckDB; False where it can't be looked into."""
    try:
        with path.open("rb") as file:
            return _is_database(file.read(20))
    except OSError:
        return False


def _is_database(head: bytes) -> bool:
    # A sum of eight bytes, the name, and a small number in eight bytes: no text has such an end.
    return head[8:12] == b"DUCK" and head[14:20] == bytes(6)


def kind_of(head: bytes) -> str:
    """What begins so: one of `MAGIC`, "tar", "a DuckDB database", or "text"."""
    if head[257:262] == b"ustar":
        return "tar"
    if _is_database(head):
        return "a DuckDB database"
    return next((kind for magic, kind in MAGIC if head.startswith(magic)), "text")


def scratch_file(scratch: Path) -> Path:
    """A new file of our own naming: no name from an archive ever becomes a path."""
    return scratch / f"{os.urandom(8).hex()}"


def copied(path: Path, target: Path) -> None:
    """Copy a file to the scratch folder. Raises CreditsError where there is no room for it."""
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        refuse_full_disk(error)
        raise


def is_no_room(error: OSError) -> bool:
    """Whether it is for want of room that the system refused."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def refuse_full_disk(error: BaseException) -> None:
    """Raises CreditsError, with what to do, where it is the disk that has no room left."""
    if isinstance(error, OSError) and is_no_room(error):
        raise CreditsError(NO_ROOM) from error
