"""What the columns of an IIS log are, where its `#Fields:` line was cut off: part of a longer one.

IIS writes the columns that were chosen in an order of its own, which no setting changes:
https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging. So even where pieces of several
logs stand in one, with other columns each, every row is told by its neighbourhoods.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from credits import CreditsError
from credits.formats import lines as one_a_line
from credits.formats.base import Options, Reading, Sample, literal
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


_ROW = (
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) +(?:\S+ +){0,3}?([A-Z][A-Z_-]*|-) +(/\S*|\*|-) +\S+"
    r" +\d{1,5} +(\S+) +(\S+) +(?:HTTP/[\d.]+ +)?(\S+) (.*)$"
)
"""Time, method, path, user, address, perhaps the user agent, and what follows it."""
_ANSWER = r"^(?:.*? )??([1-5]\d\d) +\d+ +\d+(?: |$)"
_PARTS = f"""
regexp_extract(line, {literal(_ROW)}, ['stamp', 'method', 'path', 'who', 'ip', 'agent', 'rest'])
  AS part
;
regexp_extract(part.agent || ' ' || part.rest, {literal(_ANSWER)}, 1) AS status,
NOT starts_with(part.agent, 'http') AND regexp_matches(part.agent, '^[^=]*[/+]') AS told
"""


@dataclass(frozen=True)
class Pieces:
    """Rows of IIS that have not the same columns, and no line that names them."""

    name: str = "iis"
    title: str = "IIS log in pieces of several layouts"
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log whose rows are mostly IIS's, where one layout for all would not do."""
        del options  # its stamps are UTC
        tried = sample.filled[:500]
        fitting = sum(re.match(_ROW, line[:8000]) is not None for line in tried)
        if forced and not fitting:
            raise CreditsError(
                f"{sample.plain.name} has no rows of IIS in its beginning: choose another format."
            )
        headed = any(line.lower().startswith("#fields:") for line in sample.lines)
        if not forced and (headed or fitting * 2 <= len(tried) or _are_even(tried)):
            return None
        return one_a_line.reading(
            self.name,
            sample,
            _PARTS,
            {
                "occurred_at": "nullif(part.stamp, '') || 'Z'",
                "user": "part.who",
                "app": "CASE WHEN told THEN replace(part.agent, '+', ' ') END",
                "path": "part.path",
                "method": "part.method",
                "status": "nullif(status, '')",
                "ip": "part.ip",
            },
            columns={
                "occurred_at": "date + time",
                "user": "cs-username",
                "app": "cs(user-agent)",
                "path": "cs-uri-stem",
                "method": "cs-method",
                "status": "sc-status",
                "ip": "c-ip",
            },
            stamps=("2001-01-01 00:00:00Z",),
            skip=one_a_line.BLANK_OR_COMMENT,
            reject="CASE WHEN part.stamp = '' THEN 'does not look like a row of IIS' END",
        )


def _are_even(lines: Sequence[str]) -> bool:
    """Whether one layout fits nearly all rows."""
    widths = [len(line.split()) for line in lines]
    width = max(set(widths), key=widths.count, default=0)
    return widths.count(width) * 10 >= len(widths) * 9 and bool(columns(lines))


FORMATS = (Pieces(),)
