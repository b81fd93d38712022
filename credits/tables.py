"""Frames as files to take away: CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import re

import pandas as pd

# The wide signs are formulas where Excel speaks Japanese.
_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the look-alikes are what is meant
# A spreadsheet that splits at semicolons, or at tabs, begins a cell there, quotes or none.
_INNER = re.compile("([;\t\r\n][\\s\"']*)(?=[=+\\-@＝＋－＠])")  # noqa: RUF001


def csv(frame: pd.DataFrame) -> bytes:
    """A frame as UTF-8 CSV with a byte-order mark, without its index.

    Fractions have six decimals, as many as are counted exactly. Text that a spreadsheet would take
    for a formula gets an apostrophe in front (OWASP, "CSV Injection"); numbers stay numbers, times
    are ISO 8601.
    """
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_float_dtype(safe[name]):
            safe[name] = safe[name].round(6)
        elif not pd.api.types.is_numeric_dtype(safe[name]) and not _is_time(safe[name]):
            safe[name] = safe[name].map(defused)
    safe.columns = [defused(name) for name in safe.columns]
    # With these line ends (RFC 4180) a lone carriage return in a name is quoted, too.
    text: str = safe.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S.%f", lineterminator="\r\n")
    return text.encode("utf-8-sig")


def defused(value: object) -> object:
    """Text with an apostrophe wherever a spreadsheet could see the beginning of a formula.

    That is at its own beginning, and where a cell begins for one that splits lines otherwise, as
    Excel does at semicolons in much of Europe. Anything else stays as it is.
    """
    if not isinstance(value, str):
        return value
    text = _INNER.sub(r"\1'", value)
    return f"'{text}" if text.startswith(_STARTS) else text


def _is_time(column: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column)
