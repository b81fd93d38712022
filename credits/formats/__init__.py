"""A log file becomes rows of the call schema: one small module for each family of formats.

A module of this package that has `FORMATS` is a family. Adding a format is adding such a module;
nothing else knows their names. Formats that are `generic` (CSV, JSON lines) read what no other
format claims.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb

from credits import CreditsError
from credits.formats import carried, delimited, documents, headers, jsonlines, pattern, shipped
from credits.formats.base import (
    OBJECT_LINES,
    Correction,
    Format,
    Options,
    Reading,
    Sample,
    sample,
)
from credits.formats.files import NotALog, Plain, Tick, copied
from credits.formats.packing import Limits, unpack
from credits.formats.records import Layout
from credits.formats.stamps import STAMP

__all__ = ["NotALog", "Options", "Plain", "Reading", "check", "formats", "logs", "recognise"]

_LAST = "requests"
"""What reads any text in which a request is named, tables of another kind among them."""
_IN_TEXTS = ("logfmt", _LAST)
"""Formats of lines whose time may be that of the object in which they are shipped."""


@cache
def formats() -> tuple[Format, ...]:
    """Every format: the generic ones after the others, and last what reads any text."""
    found: list[Format] = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found += getattr(importlib.import_module(module.name), "FORMATS", ())
    return tuple(sorted(found, key=lambda form: (form.generic, form.name == _LAST, form.name)))


def logs(
    path: Path,
    name: str,
    scratch: Path,
    *,
    limits: Limits | None = None,
    tick: Tick | None = None,
    reaches: Callable[[Path], bool] = lambda path: False,
) -> Iterator[Plain | NotALog]:
    """The logs in one file: itself, or the members of an archive.

    `reaches` tells whether DuckDB may read a file where it lies; it may in the scratch folder.
    """
    for plain in unpack(path, name, scratch, limits=limits, tick=tick):
        if isinstance(plain, Plain):
            yield replace(plain, path=_within_reach(plain.path, scratch, reaches))
        else:
            yield plain


def _within_reach(path: Path, scratch: Path, reaches: Callable[[Path], bool]) -> Path:
    """The file where DuckDB may read it, under a name that it takes for a name: no pattern, and
    nothing but Unicode. A link, which is at once there; a copy only from another disk.
    """
    text = str(path)
    named = text.encode("utf-8", "replace").decode() == text and not set("*?[") & set(text)
    if path.parent == scratch or (named and reaches(path)):
        return path
    other = scratch / os.urandom(8).hex()
    try:
        # Not a symbolic one: DuckDB asks where that leads to.
        os.link(path.resolve(), other)
    except OSError:
        copied(path, other)
    return other


def check(options: Options) -> None:
    """Raises CreditsError for options by which no log at all could be read."""
    if options.format is not None:
        _named(options.format)
    headers.check(options.mapping)
    if options.pattern is not None:
        pattern.check(options.pattern)


def recognise(
    plain: Plain, options: Options, scratch: Path, connection: duckdb.DuckDBPyConnection
) -> Reading:
    """How a log is read: by the format a person named, else by the one that its content shows.

    A log that a saved correction fits is read by that one, if the person says nothing now. Raises
    CreditsError, as one sentence, where no format fits or the log holds no calls.
    """
    options = replace(options, scratch=scratch)
    try:
        reading = _recognise(plain, options, scratch, connection)
        names = reading.names
    except headers.NoCallsError as error:
        reading, names, refused = None, error.names, error
    fitting = None if _said(options) else _fitting(options.saved, names)
    if fitting is not None:
        zone, days = fitting.time_zone, fitting.day_first
        options = replace(options, mapping=fitting.mapping, time_zone=zone, day_first=days)
        corrected = _recognise(plain, options, scratch, connection)
        return replace(corrected, correction=fitting, day_first=days)
    if reading is None:
        raise refused
    return replace(reading, day_first=options.day_first)


def _said(options: Options) -> bool:
    """Whether the person says how the log is to be read."""
    return bool(options.format or options.mapping or options.pattern) or options.time_zone != "UTC"


def _fitting(saved: Sequence[Correction], names: tuple[str, ...]) -> Correction | None:
    return next((one for one in saved if names and one.header == names), None)


def _recognise(
    plain: Plain, options: Options, scratch: Path, connection: duckdb.DuckDBPyConnection
) -> Reading:
    if plain.kind != "text":
        reader = importlib.import_module(f"credits.formats.{plain.kind}")
        found: Reading = reader.read(plain, options, connection)
        return found
    begins: array[int] | None = None
    look = sample(plain)
    if options.pattern is None and documents.needs_unfolding(look):
        plain, begins = documents.unfold(plain, scratch)
        look = sample(plain)
    elif layout := _carries(look, options, scratch):
        if carried.tells_of_calls(look, layout):
            return _by_name(look, replace(options, format="csv"))
        plain, begins = carried.unfold(plain, layout, scratch)
        look = sample(plain)
    reading = _shipped(look, options, scratch)
    if reading is None:
        reading = _by_name(look, options) if options.format else _by_content(look, options)
    if begins is not None:
        known = begins
        return replace(reading, locate=lambda rows: {row: (known[row], None) for row in rows})
    return reading


def _carries(look: Sample, options: Options, scratch: Path) -> Layout | None:
    """How a table is laid out in which stand lines of a format that is known."""
    if options.pattern is not None or options.mapping or options.format in ("csv", "tsv"):
        return None
    layout = carried.layout_of(look)
    if layout is None and (objects := carried.layout_with_objects(look)) is not None:
        # A format with a name may know the table as it stands.
        layout = None if _with_a_name(look, options) else objects
    if layout is None:
        return None
    head = sample(carried.head(look, layout, scratch))
    texts = [row["message"] for row in head.objects if isinstance(row.get("message"), str)]
    objects = sum(text.startswith("{") for text in texts)
    known = objects * 2 > len(texts) or _shipped(head, options, scratch) is not None
    return layout if known else None


def _shipped(look: Sample, options: Options, scratch: Path) -> Reading | None:
    """How lines are read that a shipper put into objects, if they are of a format with a name."""
    if options.pattern is not None or options.mapping:
        return None
    for key in shipped.keys_of(look):
        head = sample(shipped.unwrapped(look.plain, key, scratch, OBJECT_LINES))
        if form := _with_a_name(head, options):
            whole = shipped.unwrapped(look.plain, key, scratch)
            return form.read(sample(whole), options, forced=False)
        for text in map(_named, _IN_TEXTS):
            if options.format in (None, text.name) and _tells_more(text, look, key, scratch):
                whole = shipped.unwrapped(look.plain, key, scratch, timed=True)
                return text.read(sample(whole), options, forced=False)
    return None


def _tells_more(form: Format, look: Sample, key: str, scratch: Path) -> bool:
    """Whether a shipper's texts tell more of calls, by a format, than the objects around them."""
    head = sample(shipped.unwrapped(look.plain, key, scratch, OBJECT_LINES, timed=True))
    with suppress(CreditsError):
        within = form.read(head, Options(), forced=False)
        around = jsonlines.FORMATS[0].read(look, Options(), forced=False)
        if within is not None:
            return around is None or (_asks(within) and not _asks(around))
    return False


def _asks(reading: Reading) -> bool:
    """Whether a reading knows of requests what they asked for."""
    return {"method", "path"} <= reading.fields.keys()


def _with_a_name(look: Sample, options: Options) -> Format | None:
    """The format that claims a log, if it is no generic one, and the one asked for."""
    for form in formats():
        with suppress(CreditsError):
            asked = not form.generic and options.format in (None, form.name)
            if asked and form.read(look, options, forced=False) is not None:
                return form
    return None


def _by_name(look: Sample, options: Options) -> Reading:
    form = _named(options.format or "")
    reading = form.read(look, options, forced=True)
    if reading is None:
        raise CreditsError(
            f"{look.plain.name} can't be read as {form.title}: choose another format."
        )
    return reading


def _named(name: str) -> Format:
    form = next((form for form in formats() if form.name == name), None)
    if form is None:
        known = ", ".join(form.name for form in formats())
        raise CreditsError(f"There is no format “{name}”: use one of {known}.")
    return form


def _by_content(look: Sample, options: Options) -> Reading:
    if options.pattern is not None:
        return _by_pattern(look, options)
    try:
        for form in formats():
            if options.mapping and not form.generic:
                continue
            reading = form.read(look, options, forced=False)
            if reading is not None:
                return reading
    except headers.NoCallsError:
        # Commas and bars in a text make it look like a table.
        if reading := _named(_LAST).read(look, options, forced=False):
            return reading
        raise
    names = _column_names(look)
    if names:
        raise headers.NoCallsError(look.plain.name, names)
    raise CreditsError(
        f"{look.plain.name} is in no log format that is known here: name its format with"
        " --format, its columns with --map, or give a --pattern."
    )


def _by_pattern(look: Sample, options: Options) -> Reading:
    reading = pattern.FORMATS[0].read(look, options, forced=False)
    if reading is None:
        raise CreditsError(
            f"The pattern fits no line in the beginning of {look.plain.name}: correct it."
        )
    return reading


def _column_names(look: Sample) -> list[str]:
    """The names of columns, if the log seems to have any: for saying why it holds no calls."""
    if look.objects:
        return list(look.objects[0])
    tables = [look.rows(mark, 3) for mark in delimited.DELIMITERS]
    tops = [rows[0] for rows in tables if len(rows) > 1 and len({len(row) for row in rows}) == 1]
    widest = max(tops, key=len, default=[])
    names = [cell.strip() for cell in widest]
    # A line of text has commas, too.
    return names if len(names) > 1 and not any(re.match(STAMP, name) for name in names) else []
