"""Delimited files read record by record, making the best of every row and knowing its line.

Slower than DuckDB's own reader, and needed where that one stops: a field too few or too many, a
quote that never closes, an empty line, a comment.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from credits.formats.base import is_separator, table_of

_LONGEST_FIELD = 1 << 20

csv.field_size_limit(min(sys.maxsize, 1 << 30))


@dataclass(frozen=True)
class Layout:
    """How the rows of a delimited file are laid out."""

    delimiter: str
    names: tuple[str, ...]
    header: bool
    """Whether the first row has the names."""
    width: int
    noted: bool = False
    """Whether a comment above the first row has them."""
    above: int = 0
    """Lines of a title above the header."""

    @property
    def named(self) -> bool:
        """Whether the log says what its columns are called, so that names can be trusted."""
        return self.header or self.noted


@dataclass(frozen=True)
class Record:
    """A row of a delimited file: the line it begins on, text, cells; or why it is no call."""

    line: int
    text: str
    cells: Sequence[str]
    skip: str = ""


def records(path: Path, layout: Layout) -> Iterator[Record]:
    """Every row after the header, in order, read leniently; blank lines and comments included."""
    header, above = layout.header, layout.above
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for line, text, cells in _logical(file, layout):
            blank = not text.strip()
            comment = not blank and (
                (text.startswith("#") and (header or layout.noted or len(cells) != layout.width))
                or (line == 1 and is_separator(text))
            )
            if header and not blank and not comment:
                if above:
                    above -= 1
                    yield Record(line, text, (), "above the header")
                    continue
                header = False
                continue
            if blank or comment:
                yield Record(line, text, (), "blank" if blank else "comment")
            elif layout.header and tuple(cell.strip() for cell in cells) == layout.names:
                yield Record(line, text, (), "repeated header")
            else:
                yield Record(line, text, cells)


_MOST_LINES = 1000
"""A quoted cell that goes on for more lines than this never closes."""


def _logical(file: Iterator[str], layout: Layout) -> Iterator[tuple[int, str, list[str]]]:
    """Records: one line, or several where a quoted cell holds line breaks.

    A quote that never closes would swallow what follows it: if the record that it makes has the
    wrong width, the line is taken for itself alone, and the next one is read for itself.
    """
    waiting: list[str] = []
    number = 0
    while True:
        line = waiting.pop(0) if waiting else next(file, None)
        if line is None:
            return
        number += 1
        text = line.rstrip("\r\n")
        if '"' not in text:
            yield number, text, text.split(layout.delimiter)
            continue
        cells = _split(text, layout.delimiter)
        if not _open_quote(text):
            yield number, text, cells
            continue
        more = _rest(file, waiting)
        joined, taken = _close(line, more, layout)
        waiting[:0] = more[taken:]
        if taken:
            joined = joined.rstrip("\r\n")
            yield number, joined, _split(joined, layout.delimiter)
        else:
            yield number, text, cells
        number += taken


def _rest(file: Iterator[str], waiting: list[str]) -> list[str]:
    more, waiting[:] = waiting[:], []
    more += islice(file, max(0, _MOST_LINES - len(more)))
    return more


def _close(line: str, more: Sequence[str], layout: Layout) -> tuple[str, int]:
    """The record that begins with `line`, and how many of the lines after it belong to it."""
    quotes = line.count('"')
    for taken, following in enumerate(more, start=1):
        quotes += following.count('"')
        if quotes % 2 == 0 and '"' in following:
            joined = "".join([line, *more[:taken]])
            whole = _well_formed(joined.rstrip("\r\n"), layout)
            return joined, taken if whole else 0
    return line, 0


def _well_formed(text: str, layout: Layout) -> bool:
    """Whether a record over several lines is one: as wide as all, well-formed in its quotes."""
    try:
        cells = next(csv.reader([text], delimiter=layout.delimiter, strict=True), [])
    except csv.Error:
        return False
    return len(cells) == layout.width


def _open_quote(text: str) -> bool:
    return text.count('"') % 2 == 1


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def spool(records: Iterable[Record], width: int, scratch: Path) -> Path:
    """Records written down well-formed: line, why it is no call, text, exactly `width` cells."""
    target = scratch / f"{os.urandom(8).hex()}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        for record in records:
            cells = list(record.cells[:width])
            cells += [""] * (width - len(cells))
            write([record.line, record.skip, record.text[:_LONGEST_FIELD], *cells])
    return target


def spooled(target: Path, width: int) -> str:
    """What `spool` wrote, as a table expression: line, skip, text, c1, c2 and so on."""
    names = ["line", "skip", "text", *(f"c{i + 1}" for i in range(width))]
    # The line break is told, because one in the first rows' cells may be of another kind.
    options = "header = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n'"
    return table_of(target, names, options, longest=64 << 20)


def locate(path: Path, layout: Layout, ordinals: list[int]) -> dict[int, tuple[int, str]]:
    """Line and text of rows, by their place among those that DuckDB's reader gives."""
    wanted = set(ordinals)
    rows = (record for record in records(path, layout) if record.skip not in ("blank", "comment"))
    return {
        ordinal: (record.line, record.text)
        for ordinal, record in enumerate(rows)
        if ordinal in wanted
    }
