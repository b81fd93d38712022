"""A workbook's cells: numbers exact or as text, text never a formula, tables ready to print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from credits.report.texts import clean

EXACT = 2**53
"""Up to here a cell holds every whole number exactly; a greater one is written as text."""
LONGEST = 32_767
"""UTF-16 units that a cell can hold."""
MOST_ROWS = 1_000_000
"""Rows of a table; a sheet ends at 1,048,576."""
_DIGITS = 15
"""Significant digits that a cell keeps."""

COUNT, FRACTION, TENTHS, PERCENT = "#,##0", "#,##0.00", "0.0%", "0.00%"
TIME, DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
TITLE: Mapping[str, Any] = {"bold": True, "font_size": 16, "font_color": "#18212F"}
HEAD: Mapping[str, Any] = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": "#2457D6", "text_wrap": True,
    "valign": "vcenter", "border": 1, "border_color": "#E2E7EE",
}  # fmt: skip
SECTION: Mapping[str, Any] = {"bold": True, "font_color": "#1E48B0", "bottom": 2, "font_size": 12}
INPUT: Mapping[str, Any] = {"font_color": "#1E48B0", "bg_color": "#FFF8E5", "border": 1,
                            "border_color": "#E2C98A"}  # fmt: skip
RESULT: Mapping[str, Any] = {"bold": True}
NOTE: Mapping[str, Any] = {"font_color": "#566476", "text_wrap": True, "valign": "top"}
TOTAL: Mapping[str, Any] = {"bold": True, "top": 1, "bg_color": "#F5F7FA"}


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    """Of the frame."""
    title: str
    width: float = 13
    form: str = COUNT
    """Number format; text stays text whatever it says."""
    align: str = "right"
    """Of header and cells: names to the left, numbers to the right."""


def fits(value: object) -> bool:
    """Whether a cell can hold a number as it is: all its digits, and no more than it keeps."""
    if isinstance(value, int):
        return abs(value) <= EXACT
    if isinstance(value, Decimal):
        return len(value.normalize().as_tuple().digits) <= _DIGITS and value.is_finite()
    return isinstance(value, float) and math.isfinite(value) and abs(value) <= EXACT


def fitted(text: str) -> str:
    """Text cut at what a cell can hold, which counts an emoji twice."""
    if len(text) <= LONGEST // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


class Book:
    """A workbook that is made in memory."""

    def __init__(self, now: datetime) -> None:
        self._file = BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self._file, options)
        self.book.set_properties({"title": "API credits", "created": now})
        self._looks: dict[tuple[tuple[str, Any], ...], Format] = {}

    def look(self, *parts: Mapping[str, Any], **more: Any) -> Format:
        """A format, made once."""
        whole: dict[str, Any] = {"font_name": "Calibri", "valign": "vcenter"}
        for part in (*parts, more):
            whole.update(part)
        key = tuple(sorted(whole.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format(whole)
        return self._looks[key]

    def name(self, name: str, sheet: str, row: int, column: int) -> None:
        """Give a cell a name, for formulas to refer to."""
        self.book.define_name(name, f"='{sheet}'!${chr(ord('A') + column)}${row + 1}")

    def content(self) -> bytes:
        """The file."""
        self.book.close()
        return self._file.getvalue()


class Sheet:
    """A sheet with a title, notes below it, and a table or rows."""

    def __init__(self, book: Book, name: str, title: str, notes: Sequence[str] = ()) -> None:
        self.book, self.name = book, name
        self.sheet: Worksheet = book.book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        self.sheet.set_footer("&L&A&RPage &P of &N")
        self.sheet.set_row(0, 26)
        self.put(0, 0, title, TITLE)
        for row, note in enumerate(notes, 1):
            self.put(row, 0, note, NOTE, text_wrap=False)
        self.next = len(notes) + 2

    def note(self, text: str) -> None:
        """One more note below the title."""
        self.put(self.next - 1, 0, text, NOTE, text_wrap=False)
        self.next += 1

    def put(
        self, row: int, column: int, value: object, *look: Mapping[str, Any], **more: Any
    ) -> None:
        """Write a value: a number that a cell would round is written as text, as is all text."""
        side = {} if isinstance(value, str) else {"align": "right"}
        self._write(row, column, value, self.book.look(side, *look, **more))

    def _write(self, row: int, column: int, value: Any, look: Format) -> None:
        if hasattr(value, "item"):
            value = value.item()
        if isinstance(value, bool):
            value = "yes" if value else "no"
        missing = value is None or value is pd.NaT or value is pd.NA
        if missing or (isinstance(value, float) and math.isnan(value)):
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, datetime | date) and 1900 < value.year < 9999:
            self.sheet.write_datetime(row, column, value, look)
        elif isinstance(value, int | float | Decimal) and fits(value):
            kept = round(value, 6) if isinstance(value, float) else value
            self.sheet.write_number(row, column, kept, look)
        else:
            self.sheet.write_string(row, column, fitted(clean(value)), look)

    def formula(
        self, row: int, column: int, formula: str, value: Any, *look: Mapping[str, Any], **more: Any
    ) -> None:
        """Write a formula with what it comes to, for those who show a file without working it out.

        Where a cell can't hold that exactly, it is written instead, as text.
        """
        if not isinstance(value, str) and not fits(value):
            self.put(row, column, value, *look, **more)
            return
        self.sheet.write_formula(row, column, formula, self.book.look(*look, **more), value)

    def table(self, columns: Sequence[Column], frame: pd.DataFrame) -> tuple[int, int]:
        """A table with a header that stays in view and is printed on every page.

        Gives its first row and the row after its last.
        """
        head = self.next
        self.sheet.set_row(head, 32)
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
            found = frame[column.name].head(MOST_ROWS) if column.name in frame else pd.Series()
            cells = found.astype(object).tolist()
            # Made once: a hundred thousand users are a million cells.
            look = self.book.look(num_format=column.form, align=column.align)
            self.put(head, place, column.title, HEAD, align=column.align)
            for row, value in enumerate(cells, head + 1):
                self._write(row, place, value, look)
        self.sheet.freeze_panes(head + 1, 1)
        self.sheet.repeat_rows(head)
        end = head + 1 + min(len(frame), MOST_ROWS)
        if len(frame):
            self.sheet.autofilter(head, 0, end - 1, len(columns) - 1)
        return head + 1, end

    def total(self, row: int, column: int, first: int, value: Any, **form: Any) -> None:
        """A total below a column: a formula over its cells, or text where one of them is text."""
        letter = chr(ord("A") + column)
        if row == first:
            self.put(row, column, value, TOTAL, **form)
            return
        places = form.pop("places", None)
        inner = f"SUM({letter}{first + 1}:{letter}{row})"
        whole = inner if places is None else f"ROUND({inner},{places})"
        self.formula(row, column, f"={whole}", value, TOTAL, **form)
