"""Logs that say in the middle of the file what their columns are, as `#Fields:` lines do.

A server that starts anew, or a person who joins files, writes another such line further down. Lines
are then copied to the scratch folder with the number of their section in front, so that SQL knows
which columns each one has; a log that keeps its columns to the end is read where it lies.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from credits.formats.files import CHUNK

MARK = b"\x02"
"""Parts the number of a section from the line it stands before."""


@dataclass(frozen=True)
class Section:
    """Some lines of a log with the same columns."""

    begins: int
    """The byte it begins at."""
    names: tuple[str, ...]
    """What its columns are called; empty where nothing has said so yet."""
    day: str | None = None
    """The day that its `#Date:` line told last, as ISO 8601."""


Names = Callable[[str], Sequence[str] | None]
"""The column names that a comment line tells, or None where it tells none."""


def sections(path: Path, names_of: Names, unsaid: Sequence[str] = ()) -> list[Section]:
    """The sections of a log in order; neighbours differ in their columns or in their day.

    `unsaid`: the columns of what stands before the first line that names some; else they are its.
    """
    found = [Section(0, ())]
    for begins, line in _comments(path):
        names, day = names_of(line), _day(line)
        now = found[-1]
        if names is not None and tuple(names) != now.names:
            now = replace(now, begins=begins, names=tuple(names))
        if day is not None and day != now.day:
            now = replace(now, begins=begins, day=day)
        if now is not found[-1]:
            found.append(now)
    # What stands before the first line that names columns has those columns, most likely.
    first = tuple(unsaid) or next((section.names for section in found if section.names), ())
    return [section if section.names else replace(section, names=first) for section in found]


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    """Where each line that begins with `#` begins, and what it says."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = 0 if data[:1] == b"#" else data.find(b"\n#") + 1
        while at or data[:1] == b"#":
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end
            yield at, data[at : min(end, at + (1 << 20))].decode("utf-8", "replace").rstrip("\r")
            at = data.find(b"\n#", end) + 1
            if not at:
                return


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _day(line: str) -> str | None:
    """`#Date: 2024-05-01 00:00:13` → `2024-05-01`; others write `01/May/2024`, `1-May-2024`."""
    numbers, named = r"(\d{4})-(\d\d)-(\d\d)", r"(\d\d?)[/-](\w{3})[/-](\d{4})"
    found = re.match(rf"#(?:Start-)?Date:\s*(?:{numbers}|{named})", line)
    if found is None:
        return None
    if found[1]:
        return f"{found[1]}-{found[2]}-{found[3]}"
    month = found[5].lower()
    if month not in _MONTHS:
        return None
    return f"{found[6]}-{_MONTHS.index(month) + 1:02}-{int(found[4]):02}"


def _copy(path: Path, parts: Sequence[Section], scratch: Path) -> Path:
    """The log again, each line with the number of its section and MARK in front."""
    target = scratch / f"{os.urandom(8).hex()}.log"
    ends = [part.begins for part in parts[1:]] + [path.stat().st_size]
    with path.open("rb") as file, target.open("wb") as out:
        for number, (part, end) in enumerate(zip(parts, ends, strict=True), start=1):
            prefix = str(number).encode() + MARK
            at = part.begins
            file.seek(at)
            if at < end:
                out.write(prefix)
            while at < end:
                chunk = file.read(min(CHUNK, end - at))
                at += len(chunk)
                last = at == end and chunk.endswith(b"\n")
                body = chunk[:-1] if last else chunk
                out.write(body.replace(b"\n", b"\n" + prefix) + (b"\n" if last else b""))
    return target


def numbered(path: Path, parts: Sequence[Section], scratch: Path) -> tuple[Path, str, str]:
    """The log to read, the SQL of a line's own text, and the SQL stage that this needs before it.

    A log of one section is read where it lies. Of several, the stage gives a column `section`.
    """
    if len(parts) < 2:
        return path, "line", ""
    before = (
        "CAST(split_part(line, chr(2), 1) AS INTEGER) AS section,"
        " substr(line, strpos(line, chr(2)) + 1) AS text\n;\n"
    )
    return _copy(path, parts, scratch), "text", before


def days_told_by_the_clock(
    path: Path, parts: Sequence[Section], clock: Callable[[Section, str], str | None]
) -> list[Section]:
    """Sections parted again at midnight, for a log whose rows carry the time of day alone.

    `clock` gives the time of day of a row. Where it falls back by half a day or more, the next day
    has begun. (Row by row in Python, for the few servers that write no date.)
    """
    found: list[Section] = []
    ends = [part.begins for part in parts[1:]] + [path.stat().st_size]
    with path.open("rb") as file:
        for part, end in zip(parts, ends, strict=True):
            found.append(part)
            at, before = part.begins, -1
            file.seek(at)
            while at < end:
                raw = file.readline()
                seconds = _seconds(clock(part, raw.decode("utf-8", "replace")))
                if seconds is not None:
                    if before - seconds >= 12 * 3600 and found[-1].day is not None:
                        found.append(replace(found[-1], begins=at, day=_next(found[-1].day)))
                    before = seconds
                at += len(raw)
    return found


def _seconds(clock: str | None) -> int | None:
    found = re.match(r"(\d\d?):(\d\d):(\d\d)", clock or "")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None


def _next(day: str | None) -> str | None:
    try:
        return (date.fromisoformat(day or "") + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day


def by_section(values: Sequence[str | int | None]) -> str:
    """SQL: a value for each section (the source has a column `section`), or the one they share."""
    texts = ["NULL" if v is None else f"'{v}'" if isinstance(v, str) else str(v) for v in values]
    if len(set(texts)) == 1:
        return texts[0]
    return f"[{', '.join(texts)}][section]"
