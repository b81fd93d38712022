"""Excel workbooks (.xlsx): the sheet that holds calls, its columns matched by meaning.

Read with python-calamine (Rust, without dependencies, 2 MB): openpyxl takes about twenty times as
long for the same sheet and has had no release since 2024. A sheet is written out as rows of text
with their numbers, which are then read as a CSV file is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import duckdb

from credits import CreditsError
from credits.formats import delimited, headers
from credits.formats.base import Options, Reading
from credits.formats.files import Plain, is_no_room
from credits.formats.records import Layout, Record, spool

LARGEST = 1 << 30
"""Bytes that a workbook may unpack to: it is held in memory while it is read."""
HIGHEST = 30
"""A header stands in one of the first rows; above it are titles and blank rows."""

Cells = Sequence[Any]


@dataclass(frozen=True)
class _Sheet:
    """A sheet whose columns have been understood."""

    grid: Any
    layout: Layout
    found: dict[str, int]
    values: list[list[str]]
    below: int
    """The row that the header stands in, from 1; 0 without one."""


def read(plain: Plain, options: Options, connection: duckdb.DuckDBPyConnection) -> Reading:
    """How a workbook is read. Raises CreditsError where it is broken or holds no calls."""
    del connection  # only Parquet needs one to be looked into
    if options.format is not None:
        raise CreditsError(f"{plain.name} is an Excel workbook: don't name another format.")
    from python_calamine import CalamineError, CalamineWorkbook  # only where it is needed

    folder = options.scratch or plain.path.parent
    try:
        _refuse_large(plain)
        sheet = _with_calls(plain, CalamineWorkbook.from_path(plain.path), options)
        # Much of what may be broken in a sheet is only met when its rows are read.
        written = spool(_records(sheet), sheet.layout.width, folder)
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, OSError) and is_no_room(error):
            raise
        raise CreditsError(
            f"{plain.name} is a damaged or locked workbook: save it again and load it anew."
        ) from error
    known = delimited.Known("xlsx")
    described = delimited.described(sheet.layout, sheet.found, sheet.values, options, known)
    return delimited.from_spool(described, written, sheet.layout.width)


def _refuse_large(plain: Plain) -> None:
    with zipfile.ZipFile(plain.path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > LARGEST:
        raise CreditsError(
            f"{plain.name} unpacks to {unpacked >> 20:,} MB, which is beyond the limit of"
            f" {LARGEST >> 20:,} MB for workbooks: save the sheet as CSV and load that."
        )


def _grids(book: Any) -> Iterator[Any]:
    """The sheets that have cells, in their order; charts and macros have none."""
    from python_calamine import SheetTypeEnum

    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            yield book.get_sheet_by_name(about.name)


def _with_calls(plain: Plain, book: Any, options: Options) -> _Sheet:
    """The first sheet whose columns name calls."""
    names: list[str] = []
    refused: CreditsError | None = None
    for grid in _grids(book):
        top = list(islice(_rows(grid), HIGHEST + 200))
        try:
            sheet = _understood(grid, top, options)
        except CreditsError as error:  # a column that a person named is in another sheet
            refused = refused or error
            continue
        if sheet is not None:
            return sheet
        names = names or next((_texts(row) for _, row in top if _filled(row) > 1), [])
    raise refused or headers.NoCallsError(plain.name, [name for name in names if name])


def _understood(grid: Any, top: list[tuple[int, Cells]], options: Options) -> _Sheet | None:
    refused: CreditsError | None = None
    for place, (number, row) in enumerate(top[:HIGHEST]):
        if _filled(row) < 2 or not all(isinstance(cell, str) for cell in row):
            continue
        names = [text.strip() for text in _texts(row)]
        try:
            sheet = _sheet(grid, names, top[place + 1 :], options, below=number)
        except CreditsError as error:
            refused = refused or error
            continue
        if sheet is not None:
            return sheet
    if refused is not None:
        raise refused
    width = max((len(row) for _, row in top), default=0)
    numbered = [f"column {i + 1}" for i in range(width)]
    return _sheet(grid, numbered, top, options, below=0)


def _sheet(
    grid: Any, names: list[str], rows: list[tuple[int, Cells]], options: Options, *, below: int
) -> _Sheet | None:
    texts = [_texts(row) for _, row in rows if _filled(row)]
    values = [[row[i] for row in texts if i < len(row)] for i in range(len(names))]
    found = delimited.columns(names, values, options, header=below > 0)
    if not headers.names_calls(found, names if below else ()) and not (
        options.mapping and "occurred_at" in found
    ):
        return None
    layout = Layout(",", tuple(names), below > 0, len(names))
    return _Sheet(grid, layout, found, values, below)


def _rows(grid: Any) -> Iterator[tuple[int, Cells]]:
    """The rows of a sheet with their numbers; columns that are empty throughout are left out."""
    return enumerate(grid.iter_rows(), start=1)


def _records(sheet: _Sheet) -> Iterator[Record]:
    for number, row in _rows(sheet.grid):
        if number <= sheet.below:
            continue
        cells = _texts(row)
        text = "\t".join(cells).rstrip("\t")
        if not text.strip():
            yield Record(number, text, (), "blank")
        elif sheet.below and tuple(cell.strip() for cell in cells) == sheet.layout.names:
            yield Record(number, text, (), "repeated header")
        else:
            yield Record(number, text, cells)


def _filled(row: Cells) -> int:
    return sum(1 for cell in row if cell not in ("", None))


def _texts(row: Cells) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without `.0`, days without a midnight."""
    if isinstance(cell, datetime):
        # Excel keeps times as fractions of a day: exact to a millisecond, not to more.
        rounded = cell + timedelta(microseconds=500)
        cell = rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
        return str(cell.date()) if cell.time() == time() else str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date | time | timedelta | int | float | bool):
        return str(cell)
    return "" if cell is None else str(cell)
