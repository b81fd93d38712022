"""What the columns of an IIS log are, where its `#Fields:` line was cut off: part of a longer one.

IIS writes the columns that were chosen in an order of its own, which no setting changes:
https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from credits.formats.meanings import mostly

_ASKED = ("cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip")
"""Chosen unless somebody chose otherwise, and in each other's neighbourhood then."""
_LOOKS = (
    re.compile(r"[A-Z][A-Z_-]*$|-$"),
    re.compile(r"/|\*$|-$"),
    re.compile(r""),
    re.compile(r"\d{1,5}$"),
    re.compile(r""),
    re.compile(r"\d{1,3}(\.\d{1,3}){3}$|[\da-fA-F]*:[\da-fA-F:.]+(%\w+)?$|-$"),
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_TIME = re.compile(r"\d\d:\d\d:\d\d$")
_NUMBER = re.compile(r"\d+$|-$")
_STATUS = re.compile(r"[1-5]\d\d$")
_AGENT = re.compile(r"(?!https?:)[^=]*[/+]")
_MOST_BEFORE = 5
"""Date, time, site, computer, address of the server."""


def columns(lines: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns, as a `#Fields:` line has them; empty where it is no log of IIS.

    Columns that mean nothing here are called `x`.
    """
    rows = [line.split() for line in lines]
    rows = [row for row in rows if len(row) > 1 and _DATE.match(row[0]) and _TIME.match(row[1])]
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count, default=0)
    rows = [row for row in rows if len(row) == width]
    if not rows or len(rows) * 2 < len(lines):
        return ()
    told = [[row[place] for row in rows] for place in range(width)]
    for first in range(2, _MOST_BEFORE + 1):
        asked = told[first : first + len(_ASKED)]
        after = told[first + len(_ASKED) :]
        status = _status(after)
        if status is not None and all(
            mostly(looks, cells) for looks, cells in zip(_LOOKS, asked, strict=True)
        ):
            between = _between(after[:status])
            rest = ["x"] * (len(after) - status - 1)
            return ("date", "time", *["x"] * (first - 2), *_ASKED, *between, "sc-status", *rest)
    return ()


def _status(after: Sequence[Sequence[str]]) -> int | None:
    """Where the status stands: numbers of other kinds follow it, and none go before."""
    for place, cells in enumerate(after):
        if mostly(_STATUS, cells):
            numbers = after[place + 1 : place + 3]
            return place if all(mostly(_NUMBER, column) for column in numbers) else None
    return None


def _between(cells: Sequence[Sequence[str]]) -> list[str]:
    """Version, user agent, cookie, referer and host, as far as they are there."""
    names = ["x"] * len(cells)
    for place, column in enumerate(cells[:2]):
        filled = [cell for cell in column if cell != "-"]
        if any(cell.startswith("HTTP/") for cell in filled):
            continue
        if sum(1 for cell in filled if _AGENT.match(cell)) * 2 > len(filled):
            names[place] = "cs(user-agent)"
        break
    return names
