"""CSV, TSV and their kin: columns matched by meaning, read twice as leniently as they were written.

DuckDB reads a well-formed file quickly. Where it stops at a broken row (a field too few or too
many, a quote that never closes, an empty line, a comment) the file is read again, record by record,
by `records`, which makes the best of every row and knows each one's line number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

from credits import CreditsError
from credits.formats import headers, ids
from credits.formats.base import Options, Reading, Sample, literal, table_of
from credits.formats.meanings import WORDS, plain_name
from credits.formats.pairs import style_of
from credits.formats.records import Layout, locate, records, spool, spooled
from credits.formats.stamps import is_ambiguous, is_stamp
from credits.formats.values import fields_sql

DELIMITERS = (",", "\t", ";", "|")
MOST_COLUMNS = 3_000
"""Columns of a table: each of them is a part of every statement about it."""
_NAMES = {",": "csv", "\t": "tsv", ";": "csv", "|": "csv", " ": "csv"}
_QUOTED = re.compile(r'"[^"]*"( "[^"]*")+ *$')
"""A row whose cells are parted by spaces, all of them in quotes: some edges write so."""


@dataclass(frozen=True)
class Delimited:
    """Any delimited text whose columns can be told by name or by what stands in them."""

    name: str = "csv"
    title: str = "CSV"
    delimiters: tuple[str, ...] = DELIMITERS
    generic: bool = True

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """A delimited log if its columns name calls, or if the person says so."""
        if not forced and len(sample.objects) * 2 >= max(len(sample.filled[:200]), 1):
            # JSON is full of commas; with columns named by hand it would pass for a table.
            return None
        if not forced and style_of(sample):
            # So are pairs of keys and values.
            return None
        quoted = all(_QUOTED.match(line[:4000]) for line in sample.filled[:100])
        delimiters = (" ",) if sample.filled and quoted else self.delimiters
        layout = layout_of(sample, options, delimiters)
        if layout is None:
            _refuse_wide(sample, delimiters)
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no columns that {self.title} could be read by:"
                    " choose another format."
                )
            return None
        values = cells(layout, sample)
        found = columns(layout.names, values, options, header=layout.named)
        if (
            not headers.names_calls(found, layout.names if layout.named else ())
            and not (layout.named and headers.tells_who_was_answered(found, values))
            and not options.mapping
            and not forced
        ):
            return None
        return reading(sample, options, layout, found)


def columns(
    names: Sequence[str], values: Sequence[Sequence[str]], options: Options, *, header: bool
) -> dict[str, int]:
    """Field → index: what the person said, then what the names mean, then what the cells show."""
    said = headers.chosen(options.mapping, names, numbered=not header)
    found = headers.match_parts([name.split(".") for name in names], values) if header else {}
    found |= headers.caller_by_host(names, values, found) if header else {}
    found = {**headers.caller_without_name(names, values), **found} if header else found
    if "occurred_at" not in {**found, **said}:
        found = {**headers.guess(values), **found} if not header else found
    elif not header:
        found = headers.guess(values)
    found = {field: index for field, index in found.items() if index not in said.values()}
    identity = found.get("request_id")
    if identity is not None:
        told = {field: values[index] for field, index in found.items()}
        if ids.is_shared(told, names[identity]):
            del found["request_id"]
    return {**found, **said}


def cells(layout: Layout, sample: Sample) -> list[list[str]]:
    """For each column its cells in the sample."""
    rows = sample.rows(layout.delimiter)[layout.above + int(layout.header) :]
    rows = [row for row in rows if len(row) == layout.width] or rows
    return [[row[i] for row in rows if i < len(row)] for i in range(layout.width)]


def layout_of(sample: Sample, options: Options, delimiters: Sequence[str]) -> Layout | None:
    """How a log's rows are laid out, by the delimiter that parts them most evenly, or None."""
    best: tuple[float, Layout] | None = None
    for delimiter in delimiters:
        rows = sample.rows(delimiter)
        if not rows:
            continue
        widths = [len(row) for row in rows]
        width = max(set(widths), key=lambda w: (widths.count(w), w))
        if max(width, widths[0]) > MOST_COLUMNS:
            continue
        above = _above(rows, width)
        rows, widths = rows[above:], widths[above:]
        if width < 2 and not (options.mapping or (len(rows[0]) == 1 and is_stamp(rows[-1][0]))):
            continue
        even = widths.count(width) / len(widths)
        header = _has_header(rows)
        if even < (0.25 if header and len(rows[0]) == width else 0.5):
            continue
        names = tuple(name.strip() for name in rows[0]) if header else _numbers(width)
        if header and len(names) < width:
            names += tuple(f"column {i + 1}" for i in range(len(names), width))
        score = even * width
        if best is None or score > best[0]:
            best = score, Layout(delimiter, names, header, max(width, len(names)), above=above)
    return _noted(sample, best[1]) if best else None


_TITLE = 20
"""Lines that a title above the header may have."""


def _above(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many rows are a title above the header: they are narrower than the table."""
    whole = (place for place, row in enumerate(rows[:_TITLE]) if len(row) == width)
    above = next(whole, 0)
    return above if above and not _has_header(rows[:1]) and _has_header(rows[above:]) else 0


def _noted(sample: Sample, layout: Layout) -> Layout:
    """The layout with the names that stand in a comment above the first row, if they do."""
    above = takewhile(lambda line: line.startswith("#") or not line.strip(), sample.lines)
    for line in () if layout.header else above:
        cells = re.sub("^#+ *(Fields:)?", "", line).split(layout.delimiter)
        names = tuple(cell.strip() for cell in cells)
        if len(names) == layout.width and _has_header([names]):
            return replace(layout, names=names, noted=True)
    return layout


def _refuse_wide(sample: Sample, delimiters: Sequence[str]) -> None:
    """Raises CreditsError for a table that is too wide to be a log of calls."""
    width = max((len(row) for mark in delimiters for row in sample.rows(mark, 2)), default=0)
    if width > MOST_COLUMNS:
        raise CreditsError(
            f"{sample.plain.name} has {width:,} columns, which is beyond the limit of"
            f" {MOST_COLUMNS:,}: keep those that tell when and by whom what was called."
        )


def _numbers(width: int) -> tuple[str, ...]:
    return tuple(f"column {i + 1}" for i in range(width))


_DATA = re.compile(
    r"-?[\d.,]+$|\d{1,3}(\.\d{1,3}){3}|https?://|/|(GET|POST|PUT|PATCH|DELETE) /|\S+@\S+\.\w+$"
)


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: none of its cells is data, and some are words of ours.

    A header alone, with nothing below it, counts as one.
    """
    top = [cell.strip().lstrip("\ufeff") for cell in rows[0]]
    if any(is_stamp(cell) or _DATA.match(cell) for cell in top if cell):
        return False
    known = {word for words in WORDS.values() for word in words}
    if any(plain_name(cell) in known for cell in top):
        return True
    return any(is_stamp(cell) or _DATA.match(cell) for row in rows[1:20] for cell in row)


@dataclass(frozen=True)
class Known:
    """What a format of its own says about columns that a generic one only guesses."""

    format: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field → SQL over the columns `c1`, `c2` …, where it is more than one column's text."""
    skip: str = "NULL"
    """SQL expression: why a row is no call, or NULL."""


def reading(
    sample: Sample,
    options: Options,
    layout: Layout,
    found: Mapping[str, int],
    known: Known | None = None,
) -> Reading:
    """The reading of a delimited file whose columns are known."""
    path = sample.plain.path
    known = known or Known(_NAMES[layout.delimiter])
    quick = replace(
        described(layout, found, cells(layout, sample), options, known),
        source=_quick(path, layout),
        skip=f"coalesce({_repeated_header(layout)}, {known.skip})",
        locate=lambda ordinals: locate(path, layout, ordinals),
        unread=sample.plain.trailing_blank,
        heading=int(layout.header),
    )

    def thorough() -> Reading:
        written = spool(records(path, layout), layout.width, options.scratch or path.parent)
        return from_spool(replace(quick, skip=known.skip), written, layout.width)

    # DuckDB would take a comment above the header for the header.
    begins_late = sample.lines[:1] != sample.filled[:1]
    slowly = sample.plain.blank or begins_late or layout.above
    return thorough() if slowly else replace(quick, thorough=thorough)


def described(
    layout: Layout,
    found: Mapping[str, int],
    values: Sequence[Sequence[str]],
    options: Options,
    known: Known,
) -> Reading:
    """What is known of a delimited log but where it is: the caller sets its source."""
    texts = [f"c{index + 1}" for index in range(layout.width)]
    named = layout.named and not options.mapping
    fields = fields_sql(found, texts, values, layout.names if named else ())
    stamps = tuple(values[found["occurred_at"]][:500]) if "occurred_at" in found else ()
    fields, stamps = _join_date_and_time(fields, layout, values, found, stamps, options)
    return Reading(
        format=known.format,
        source="",
        fields={**fields, **known.fields},
        columns={field: layout.names[index] for field, index in found.items()},
        row=None,
        fingerprint=f"hash({', '.join(f'c{i + 1}' for i in range(layout.width))})",
        stamps=stamps,
        skip=known.skip,
        names=layout.names,
        ambiguous_days=options.day_first is None and is_ambiguous(stamps),
    )


def from_spool(reading: Reading, written: Path, width: int) -> Reading:
    """The same reading of what `spool` has written: its rows know their line and text."""
    return replace(
        reading,
        source=spooled(written, width),
        row="text",
        line="CAST(line AS BIGINT)",
        skip=f"coalesce(nullif(skip, ''), {reading.skip})",
        locate=None,
        thorough=None,
        unread=0,
        heading=None,
    )


def _join_date_and_time(
    fields: Mapping[str, str],
    layout: Layout,
    values: Sequence[Sequence[str]],
    found: Mapping[str, int],
    stamps: tuple[str, ...],
    options: Options,
) -> tuple[dict[str, str], tuple[str, ...]]:
    """A date in one column and the clock in the next make one stamp."""
    joined = dict(fields)
    if "occurred_at" in options.mapping or "occurred_at" not in found:
        return joined, stamps
    beside = None if layout.named else found["occurred_at"] + 1
    index = headers.clock_of(layout.names, values, stamps, beside)
    if index is None:
        return joined, stamps
    clock = headers.clock_sql(f"c{index + 1}", values[index])
    joined["occurred_at"] = f"{fields['occurred_at']} || ' ' || {clock}"
    clocks = map(headers.clock_text, values[index])
    return joined, tuple(f"{a} {b}" for a, b in zip(stamps, clocks, strict=False))


def _repeated_header(layout: Layout) -> str:
    """SQL: why a row is no call if it is the header once more, as in files that were joined."""
    named = [(f"c{i + 1}", name) for i, name in enumerate(layout.names) if name]
    if not layout.header or not named:
        return "NULL"
    (column, name), *others = named
    same = " AND ".join(f"trim({c}) = {literal(n)}" for c, n in others) or "true"
    # Rows whose first cell differs are done after one comparison.
    return (
        f"CASE WHEN {column} = {literal(name)} THEN CASE WHEN {same} THEN 'repeated header' END END"
    )


def _quick(path: Path, layout: Layout) -> str:
    names = (f"c{i + 1}" for i in range(layout.width))
    head, delimiter = str(layout.header).lower(), literal(layout.delimiter)
    options = f"header = {head}, delim = {delimiter}, quote = '\"', escape = '\"'"
    return table_of(path, names, options)


FORMATS = (Delimited("csv", "CSV"), Delimited("tsv", "TSV", ("\t",)))

__all__ = ["DELIMITERS", "FORMATS", "Delimited", "Known", "Layout", "cells", "columns", "reading"]
