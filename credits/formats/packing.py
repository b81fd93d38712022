r"""What a person hands over becomes clean text on disk: archives are unpacked, texts decoded.

The readers behind this module may then assume UTF-8, `\n` or `\r\n` throughout, no NUL bytes and
no U+0001. A file that is already clean is read where it lies; only what needs changing is written
to the scratch folder.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, cast

from credits import CreditsError
from credits.formats.decoding import decoded
from credits.formats.files import (
    CHUNK,
    HEAD,
    NO_ROOM,
    NotALog,
    Plain,
    Tick,
    kind_of,
    opened,
    refuse_full_disk,
    scratch_file,
)


@dataclass(frozen=True)
class Limits:
    """How far an archive may expand before it is taken for a bomb."""

    expanded: int = 256 << 30
    """Bytes that one upload may expand to."""
    ratio: int = 200
    """Expanded bytes for each byte of the upload, once `free` bytes have been written."""
    free: int = 1 << 30
    """Bytes that may be expanded at any ratio."""
    members: int = 10_000
    """Files in one upload, those of archives in archives among them."""
    depth: int = 8
    """Archives in archives."""
    spare: int = 256 << 20
    """Bytes of the disk that unpacking leaves to everybody else."""


STREAMS = {"gzip", "bzip2", "zstd", "xz"}
LONGEST = 1 << 20
"""Bytes that a name in an archive, or what is noted beside it, may take."""
DIRECTORY = 32 << 20
"""Bytes that the table of contents of a zip file may take: it is read into memory as a whole."""


def unpack(
    path: Path, name: str, scratch: Path, *, limits: Limits | None = None, tick: Tick | None = None
) -> Iterator[Plain | NotALog]:
    """Every log in `path`, packed or not, in a form that the readers can read.

    Raises CreditsError, as one clear sentence, for a file that is no log at all; inside an archive
    such a file is passed over as NotALog instead.
    """
    with opened(path, name) as file:
        packed = os.fstat(file.fileno()).st_size
    budget = _Budget(limits or Limits(), tick or (lambda message: None), packed, scratch)
    yield from _unpack(path, name, scratch, budget, depth=0)


def _unpack(
    path: Path, name: str, scratch: Path, budget: _Budget, *, depth: int, inside: bool = False
) -> Iterator[Plain | NotALog]:
    with opened(path, name) as file:
        head = file.read(HEAD)
    kind = kind_of(head)
    if depth > budget.limits.depth:
        raise CreditsError(
            f"{name} is packed more than {budget.limits.depth} times over: unpack it yourself."
        )
    if kind in STREAMS:
        unpacked = scratch_file(scratch)
        _decompress(path, name, kind, unpacked, budget)
        yield from _unpack(unpacked, name, scratch, budget, depth=depth + 1, inside=inside)
        unpacked.unlink(missing_ok=True)
    elif kind == "zip" and not _is_workbook(path, name):
        yield from _members(_zip_members(path, name, scratch, budget), scratch, budget, depth)
    elif kind == "tar":
        yield from _members(_tar_members(path, name, scratch, budget), scratch, budget, depth)
    elif kind in ("zip", "parquet"):
        yield Plain(name, path, "workbook" if kind == "zip" else "parquet")
    else:
        try:
            if kind != "text":
                raise CreditsError(f"{name} is {kind}, not a log: load a log file instead.")
            yield decoded(path, name, head, scratch, budget.tick)
        except CreditsError as error:
            if not inside:
                raise
            yield NotALog(name, str(error))


class _Budget:
    """Counts what has been expanded, and stops a bomb.

    What a member says of its own size is not believed: it is all held against the upload's.
    """

    def __init__(self, limits: Limits, tick: Tick, packed: int, scratch: Path) -> None:
        self.limits, self.tick, self.packed, self.scratch = limits, tick, packed, scratch
        self.expanded, self.files = 0, 0
        self.exceeded = False
        """Whether a limit was passed: then nothing more is unpacked."""

    def count(self, files: int, name: str) -> None:
        self.files += files
        if self.files > self.limits.members:
            self.exceeded = True
            raise CreditsError(
                f"{name} holds more than {self.limits.members:,} files, which is beyond the limit"
                " for archives: unpack it yourself and load the folder."
            )

    def spend(self, count: int, name: str) -> None:
        self.expanded += count
        limits = self.limits
        if shutil.disk_usage(self.scratch).free < limits.spare + count:
            self.exceeded = True
            raise CreditsError(NO_ROOM)
        if self.expanded > limits.expanded or (
            self.expanded > limits.free and self.expanded > limits.ratio * max(self.packed, 1)
        ):
            self.exceeded = True
            raise CreditsError(
                f"{name} expands to more than {self.expanded >> 20:,} MB, which is beyond the limit"
                " for packed files: unpack it yourself and load the logs one by one."
            )
        self.tick(f"Unpacking {name}: {self.expanded >> 20:,} MB")


def _stream(file: IO[bytes], kind: str) -> IO[bytes]:
    if kind == "gzip":
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if kind == "bzip2":
        return cast(IO[bytes], bz2.BZ2File(file))
    if kind == "xz":
        return cast(IO[bytes], lzma.LZMAFile(file))
    import pyarrow  # heavy, and Python has no zstd of its own before 3.14

    return cast(IO[bytes], pyarrow.CompressedInputStream(pyarrow.PythonFile(file), "zstd"))


def _decompress(path: Path, name: str, kind: str, target: Path, budget: _Budget) -> None:
    try:
        with path.open("rb") as file, _stream(file, kind) as stream, target.open("wb") as out:
            while chunk := stream.read(CHUNK):
                budget.spend(len(chunk), name)
                out.write(chunk)
    except (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        refuse_full_disk(error)
        raise CreditsError(
            f"{name} is a damaged {kind} file (it ends early or was changed on the way):"
            " fetch it again and load it anew."
        ) from error


def _is_workbook(path: Path, name: str) -> bool:
    _refuse_long_directory(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise CreditsError(
            f"{name} is a damaged zip file (it ends early or was changed on the way):"
            " fetch it again and load it anew."
        ) from None


def _refuse_long_directory(path: Path, name: str) -> None:
    """Stop before the table of contents is read, which takes ten times its size in memory."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (64 << 10) - 42))
        tail = file.read()
        end = tail.rfind(b"PK\x05\x06")
        length = int.from_bytes(tail[end + 12 : end + 16], "little")
        if length == 0xFFFFFFFF and tail[end - 20 : end - 16] == b"PK\x06\x07":
            file.seek(min(size, int.from_bytes(tail[end - 12 : end - 4], "little")))
            length = int.from_bytes(file.read(56)[40:48], "little")
    if end >= 0 and length > DIRECTORY:
        raise CreditsError(
            f"{name} holds too many files, or names too long, for an archive: unpack it yourself"
            " and load the folder."
        )


Member = tuple[str, Path | None, str]
"""Name, where it was unpacked to (or None), and why it was not."""


def _members(
    members: Iterator[Member], scratch: Path, budget: _Budget, depth: int
) -> Iterator[Plain | NotALog]:
    for member, unpacked, reason in members:
        if unpacked is None:
            yield NotALog(member, reason)
            continue
        try:
            yield from _unpack(unpacked, member, scratch, budget, depth=depth + 1, inside=True)
        except CreditsError as error:
            yield NotALog(member, str(error))
            if budget.exceeded:
                return
        finally:
            unpacked.unlink(missing_ok=True)


def _zip_members(path: Path, name: str, scratch: Path, budget: _Budget) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        budget.count(len(archive.infolist()), name)
        infos = [info for info in archive.infolist() if not info.is_dir()]
        for info in sorted(infos, key=lambda info: info.filename):
            member = f"{name}/{info.filename}"
            if _is_clutter(info.filename):
                yield member, None, f"{member} is no log: it belongs to the archive program."
                continue
            target = scratch_file(scratch)
            try:
                with archive.open(info) as packed, target.open("wb") as out:
                    while chunk := packed.read(CHUNK):
                        budget.spend(len(chunk), member)
                        out.write(chunk)
            except NotImplementedError:  # a RuntimeError, too
                yield member, None, f"{member} is packed in a way that is not known: use deflate."
                continue
            except RuntimeError:
                yield member, None, f"{member} is locked with a password: unpack it yourself."
                continue
            except (zipfile.BadZipFile, EOFError, zlib.error, OSError) as error:
                refuse_full_disk(error)
                yield member, None, f"{member} is damaged inside the zip file: pack it again."
                continue
            yield member, target, ""


class _Entry(tarfile.TarInfo):
    """An entry of a tar file; one whose name would fill the memory is damaged."""

    _NAMES = (
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    )

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """An entry as it is read. Raises ReadError for an endless name."""
        found = super().frombuf(buf, encoding, errors)
        if found.type in cls._NAMES and found.size > LONGEST:
            raise tarfile.ReadError("a name without end")
        return found


def _tar_members(path: Path, name: str, scratch: Path, budget: _Budget) -> Iterator[Member]:
    try:
        with tarfile.open(path, tarinfo=_Entry) as archive:
            for info in archive:
                budget.count(1, name)
                packed = archive.extractfile(info) if info.isfile() else None
                if packed is None or _is_clutter(info.name):
                    continue
                target = scratch_file(scratch)
                with target.open("wb") as out:
                    while chunk := packed.read(CHUNK):
                        budget.spend(len(chunk), name)
                        out.write(chunk)
                # A name that is no text in UTF-8 comes with halves of characters.
                member = info.name.encode("utf-8", "replace").decode()
                yield f"{name}/{member}", target, ""
    except (tarfile.TarError, OSError, ValueError) as error:
        refuse_full_disk(error)
        raise CreditsError(
            f"{name} is a damaged tar file: fetch it again and load it anew."
        ) from error


def _is_clutter(member: str) -> bool:
    parts = member.split("/")
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db")
