r"""What a person hands over becomes clean text on disk: unpacked, decoded, one kind of line end.

The readers behind this module may then assume UTF-8, `\n` or `\r\n` throughout, no NUL bytes and
no U+0001 (the delimiter with which DuckDB is made to read whole lines). A file that is already
clean is read where it lies; only what needs changing is written to the scratch folder.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, cast

from credits import CreditsError
from credits.formats.survey import Survey, survey

CHUNK = 8 << 20
HEAD = 256 << 10

Tick = Callable[[str], None]
"""Called now and then with what is being done."""


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
STREAMS = {"gzip", "bzip2", "zstd", "xz"}
NO_ROOM = "There is no room left for unpacking: free some disk space and try again."
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
    with _open(path, name) as file:
        packed = os.fstat(file.fileno()).st_size
    budget = _Budget(limits or Limits(), tick or (lambda message: None), packed, scratch)
    yield from _unpack(path, name, scratch, budget, depth=0)


def _unpack(
    path: Path, name: str, scratch: Path, budget: _Budget, *, depth: int, inside: bool = False
) -> Iterator[Plain | NotALog]:
    with _open(path, name) as file:
        head = file.read(HEAD)
    kind = _kind(head)
    if depth > budget.limits.depth:
        raise CreditsError(
            f"{name} is packed more than {budget.limits.depth} times over: unpack it yourself."
        )
    if kind in STREAMS:
        unpacked = _scratch_file(scratch)
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
            yield _text(path, name, head, kind, scratch, budget)
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


@contextmanager
def _open(path: Path, name: str) -> Iterator[IO[bytes]]:
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


def _kind(head: bytes) -> str:
    if head[257:262] == b"ustar":
        return "tar"
    if _is_database(head):
        return "a DuckDB database"
    return next((kind for magic, kind in MAGIC if head.startswith(magic)), "text")


def _scratch_file(scratch: Path) -> Path:
    """A new file of our own naming: no name from an archive ever becomes a path."""
    return scratch / f"{os.urandom(8).hex()}"


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


def copied(path: Path, target: Path) -> None:
    """Copy a file to the scratch folder. Raises CreditsError where there is no room for it."""
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        refuse_full_disk(error)
        raise


def refuse_full_disk(error: BaseException) -> None:
    """Raises CreditsError, with what to do, where it is the disk that has no room left."""
    if isinstance(error, OSError) and error.errno == 28:
        raise CreditsError(NO_ROOM) from error


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
            target = _scratch_file(scratch)
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
                target = _scratch_file(scratch)
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


# ── text ──────────────────────────────────────────────────────────────────────────────────────


def _text(path: Path, name: str, head: bytes, kind: str, scratch: Path, budget: _Budget) -> Plain:
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise CreditsError(f"{name} is empty: there is nothing in it to load.")
    if kind != "text":
        raise CreditsError(f"{name} is {kind}, not a log: load a log file instead.")
    encoding = _wide_encoding(head)
    if encoding is None and _looks_binary(head):
        raise CreditsError(f"{name} is a binary file, not a log: load a log file instead.")
    found = survey(path) if encoding is None else Survey(utf8=False)
    clean = found.utf8 and not found.dirty and not head.startswith(codecs.BOM_UTF8)
    if clean:
        return _plain(name, path, found)
    if encoding is None:
        encoding = "utf-8-sig" if found.utf8 or _mostly_utf8(path) else "cp1252"
    budget.tick(f"Decoding {name}")
    target = _scratch_file(scratch)
    replaced = _rewrite(path, target, encoding, lone=_ends_in_returns(found))
    return _plain(name, target, survey(target), replaced)


def _ends_in_returns(found: Survey) -> bool:
    """Whether carriage returns end the lines, though a line feed may have strayed among them."""
    return found.carriage - found.pairs > 10 * found.newlines or found.newlines == 0


def _plain(name: str, path: Path, found: Survey, replaced: int = 0) -> Plain:
    inner = found.blank > found.trailing_blank
    return Plain(name, path, "text", replaced, inner, found.trailing_blank)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half >= 8 and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


_CONTROL = bytes(byte for byte in range(32) if byte not in b"\0\t\n\r\f\x0b\x1b\x1c\x1d\x1e\x1f")


def _looks_binary(head: bytes) -> bool:
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > 0.02 * len(head) or head.count(0) > 0.3 * len(head)


def _mostly_utf8(path: Path) -> bool:
    """Whether the non-ASCII bytes are UTF-8 with a few broken ones, not another encoding."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if chunk.isascii():
                continue
            text = chunk.decode("utf-8", errors="replace")
            broken = text.count("\ufffd")
            whole = sum(1 for character in text if character > "\x7f") - broken
            return whole >= broken
    return True


def _rewrite(path: Path, target: Path, encoding: str, *, lone: bool) -> int:
    """Write `path` to `target` as clean UTF-8; the number of bytes that had to be replaced.

    `lone`: the file has no line feed at all, so a carriage return ends a line.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    replaced = 0
    held = ""
    with path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        while True:
            chunk = file.read(CHUNK)
            text = held + decoder.decode(chunk, final=not chunk)
            held = "\r" if chunk and text.endswith("\r") else ""
            text = text[: len(text) - len(held)]
            replaced += text.count("\ufffd")
            text = text.replace("\0", "").replace("\x01", " ").replace("\r\n", "\n")
            out.write(text.replace("\r", "\n" if lone else " "))
            if not chunk:
                return replaced
