"""What a reader says of a log: where its rows are and which expression gives which field.

A reader looks at a sample and answers with a `Reading`, a piece of SQL for each field of the call
schema, or with None where the log is none of its own. Everything after that (time stamps, paths,
weights, rejects) is the same for every format and stands in `staging`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from credits.formats.files import HEAD, Plain

FIELDS: tuple[str, ...] = (
    "occurred_at",
    "user",
    "app",
    "api",
    "path",
    "method",
    "status",
    "records",
    "credits",
    "calls",
    "ip",
    "request_id",
)
"""What a reader may know of a call. `api` is an operation's name, `path` a path, URL or request
line that becomes an API by folding; the rest is as in the call schema."""

Locate = Callable[[list[int]], Mapping[int, tuple[int, str | None]]]
"""Ordinals of rows (from 0, ascending) to their line number and, if `row` lacks it, their text."""


@dataclass(frozen=True)
class Correction:
    """How a log with certain columns is to be read, as a person said once and saved."""

    name: str
    header: tuple[str, ...]
    """The names of its columns, by which it is recognised."""
    mapping: Mapping[str, str]
    time_zone: str
    day_first: bool | None


@dataclass(frozen=True)
class Options:
    """What a person may say about a log that the log does not say itself."""

    format: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Field of the call schema → name of a column (or its number, from 1, without a header)."""
    pattern: str | None = None
    """A regular expression whose named groups are fields."""
    time_zone: str = "UTC"
    """The zone of stamps that carry none."""
    day_first: bool | None = None
    """Whether 05/06/2026 is the fifth of June; None: as the log shows, else asked for."""
    saved: tuple[Correction, ...] = ()
    """Corrections for logs of which the person says nothing now."""
    scratch: Path | None = None
    """A folder for what a reader has to write while it reads; the load clears it."""


OBJECT_LINES = 1000
"""Lines of a sample that are tried as JSON."""


def json_value(text: Any) -> Any:
    """What a JSON text holds, or None where it is none."""
    try:
        value = json.loads(text)
        if _HALF.search(text):
            # Half a character (a lone surrogate) can neither be shown nor asked for.
            value = json.loads(_LONE.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
    except (TypeError, ValueError, RecursionError):
        return None
    return value


_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


def is_separator(line: str) -> bool:
    """Whether a first line is there for Excel alone: `sep=;` says what parts the cells."""
    return re.fullmatch(r'"?sep=.?"?\s*', line) is not None


@dataclass(frozen=True)
class Sample:
    """The beginning of a log, as much as recognising needs."""

    plain: Plain
    text: str
    whole: bool
    """Whether `text` is all of it."""

    @cached_property
    def lines(self) -> list[str]:
        """Its lines without their ends; the last one only if it is known to be whole."""
        lines = self.text.replace("\r\n", "\n").split("\n")
        if not self.whole or not lines[-1]:
            lines.pop()
        return lines

    @cached_property
    def filled(self) -> list[str]:
        """The lines that are neither blank nor comments."""
        lines = self.lines[int(bool(self.lines) and is_separator(self.lines[0])) :]
        return [line for line in lines if line.strip() and not line.startswith("#")]

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects among the first lines, one a line; what precedes them is passed over."""
        starts = [line.find("{") for line in self.filled[:OBJECT_LINES]]
        found = []
        for line, start in zip(self.filled, starts, strict=False):
            value = json_value(line[start:]) if start >= 0 else None
            # An empty one tells nothing: `parameters={}`.
            if value and isinstance(value, dict):
                found.append(value)
        return found

    def rows(self, delimiter: str, count: int = 200) -> list[list[str]]:
        """The first lines as rows of a delimited file, read leniently."""
        rows: list[list[str]] = []
        at = 0
        while at < len(self.filled) and len(rows) < count:
            taken = _lines_of_row(self.filled, at, delimiter)
            text = "\n".join(self.filled[at : at + taken])
            try:
                rows.append(next(csv.reader([text], delimiter=delimiter), []))
            except csv.Error:
                rows.append(text.split(delimiter))
            at += taken
        return rows


def _lines_of_row(lines: list[str], at: int, delimiter: str) -> int:
    """How many lines a row of a delimited file goes over: one, if its quote never closes."""
    quotes = lines[at].count('"')
    if quotes % 2 == 0:
        return 1
    for end in range(at + 1, min(at + 200, len(lines))):
        quotes += lines[end].count('"')
        if quotes % 2 == 0:
            text = "\n".join(lines[at : end + 1])
            try:
                next(csv.reader([text], delimiter=delimiter, strict=True), None)
            except csv.Error:
                return 1
            return end + 1 - at
    return 1


def sample(plain: Plain) -> Sample:
    """The beginning of a text log."""
    with plain.path.open("rb") as file:
        head = file.read(HEAD)
        whole = not file.read(1)
    return Sample(plain, head.decode("utf-8", errors="replace"), whole)


@dataclass(frozen=True)
class Exchanges:
    """How calls get their status from rows that are no calls, but tell one.

    Each such row answers the latest call before it of the same exchange that has none yet.
    """

    of: str
    """SQL expression: which exchange a row is of, or NULL: what a call and its answer share."""
    in_turn: bool = False
    """Whether all requests of a process share it. Then it is believed only where calls and answers
    take turns: of several requests at once nobody knows which of them was answered."""


@dataclass(frozen=True)
class Reading:
    """How a log is read: SQL over its rows, in file order."""

    format: str
    """The name that `--format` takes."""
    source: str
    """A table expression; each of its rows is a row of the log."""
    fields: Mapping[str, str]
    """Field → SQL expression of type VARCHAR over the source."""
    columns: Mapping[str, str]
    """Field → what it was called in the log, for people."""
    row: str | None
    """SQL expression, cheap: the row's text, kept with a reject; None where `locate` knows it."""
    fingerprint: str
    """SQL expression of type UBIGINT: equal rows of a log, and no others, have the same one."""
    stamps: tuple[str, ...] = ()
    """Values of the time column from the sample, by which its style is found."""
    skip: str = "NULL"
    """SQL expression: why the row is no call (blank, comment, another kind of record), or NULL."""
    reject: str = "NULL"
    """SQL expression: why the row can't be read, or NULL."""
    line: str | None = None
    """SQL expression: the row's line number; None: rows are lines, or `locate` knows."""
    heading: int | None = None
    """Lines above the first row, where each row is a line unless quotes say otherwise."""
    log: str | None = None
    """SQL expression: from which of several logs the row is, from 0; None: there is one."""
    exchanges: Exchanges | None = None
    """How calls get their status from rows of their own, if the log tells it so."""
    locate: Locate | None = None
    """Finds line and text of rows afterwards, where `row` can't give them."""
    thorough: Callable[[], Reading] | None = None
    """The same log read slowly but leniently: for when DuckDB stops at a broken row."""
    unread: int = 0
    """Blank lines that the source does not give as rows."""
    day_first: bool | None = None
    """What the person said of dates such as 05/06/2026."""
    correction: Correction | None = None
    """The saved correction by which it is read, if one fits."""
    names: tuple[str, ...] = ()
    """Every column of the log, where it has columns: what a person may map fields to."""
    ambiguous_days: bool = False
    """Whether its dates may be day-first or month-first, and nothing in the sample tells."""


class Format(Protocol):
    """A family of formats, one small module each."""

    name: str
    title: str
    generic: bool
    """Whether it is asked only about logs that no other format claims."""

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """How to read this log, or None where it is none of this format's.

        `forced`: the person named the format, so read what can be read, or raise CreditsError.
        """


def literal(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(text: str, values: Iterable[str]) -> str:
    """SQL: whether a text is one of some.

    Of `IN` with five values or more DuckDB makes a join, for which it works out the text of every
    row, in whichever branch of a CASE it is asked for.
    """
    return f"({' OR '.join(f'{text} = {literal(value)}' for value in values)})"


def address_in(text: str) -> str:
    """SQL: the first of a list of addresses, without brackets and port."""
    one = f"trim(split_part({text}, ',', 1))"
    return f"regexp_replace({one}, '^(\\d+(?:\\.\\d+)+):\\d+$|^\\[(.*)\\](?::\\d+)?$', '\\1\\2')"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


LONGEST_LINE = 16 << 20
"""Bytes that a line of a log may have."""


def table_of(path: Path, names: Iterable[str], options: str, *, longest: int = LONGEST_LINE) -> str:
    """A table expression: the columns of a delimited file in order, all of them text.

    Nothing is guessed: of a folder called `user=ann`, DuckDB would make a column, and what is
    called `a.log.gz` it would unpack, though that may be done already.
    """
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    # DuckDB would hold sixteen of the longest lines in each of its buffers; two are what it needs.
    return (
        f"read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false,"
        f" compression = 'none', hive_partitioning = false, max_line_size = {longest},"
        f" buffer_size = {2 * longest}, {options})"
    )


def lines_of(path: Path) -> str:
    """A table expression with one column, `line`: every line of a clean text file, in order."""
    options = "header = false, delim = '\x01', quote = '', escape = '', strict_mode = false"
    return table_of(path, ["line"], options)


def first(expressions: Iterable[str]) -> str:
    """The first of some expressions that is not NULL."""
    chosen = list(expressions)
    return chosen[0] if len(chosen) == 1 else f"coalesce({', '.join(chosen)})"
