"""W3C extended logs: IIS, CloudFront, and whatever else says `#Fields:` what its columns are.

https://www.w3.org/TR/WD-logfile. The `#Fields:` line may come again and change, rows may be longer
or shorter than it, cells may be quoted or not, and without a `date` column the day stands in the
`#Date:` line alone. What was cut out of a log of IIS has no such line (see `iis`). `date` and
`time` are UTC; `date-local` and `time-local` are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from credits import CreditsError
from credits.formats import iis, lines
from credits.formats.base import Options, Reading, Sample
from credits.formats.sections import (
    Section,
    by_section,
    days_told_by_the_clock,
    numbered,
    sections,
)

WORDS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "date-utc", "date-local"),
    "time": ("time", "time-utc", "time-local"),
    "stamp": ("timestamp", "x-timestamp", "gmttime", "localtime"),
    "user": ("cs-username", "c-auth-id", "cs-user", "cs-auth-user"),
    "agent": ("cs(user-agent)", "c-agent", "cs-user-agent"),
    "path": ("cs-uri-stem", "cs-uri-path", "cs-uri", "cs-url", "r-uri"),
    "method": ("cs-method", "s-operation"),
    "status": ("sc-status", "cs-status", "c-status"),
    "ip": ("c-ip", "x-forwarded-for"),
    "request_id": ("x-edge-request-id",),
}
"""What columns are called, in order of preference."""

CALLED = {
    "user": "user",
    "agent": "app",
    "path": "path",
    "method": "method",
    "status": "status",
    "ip": "ip",
    "request_id": "request_id",
}
"""Column → field."""

_FIELDS = re.compile(r"#Fields:\s*(.*)", re.IGNORECASE)
# A cell in quotes goes on to a quote that white space follows; anything else to white space.
CELLS = r'"(?:[^"]|"")*"(?:\s|$)|\S+'
NOWHERE = 1_000_000
"""The place of a column that is not there, behind all others."""


def names_of(line: str) -> list[str] | None:
    """The column names of a `#Fields:` line, or None."""
    found = _FIELDS.match(line)
    return found[1].lower().split() if found else None


def place(names: Sequence[str], column: str) -> int:
    """Where a column stands, from 1; 0 where it is missing."""
    return next((names.index(word) + 1 for word in WORDS[column] if word in names), 0)


@dataclass(frozen=True)
class W3c:
    """A log with a `#Fields:` line that names a time and a method or a URI."""

    name: str
    title: str
    cloudfront: bool
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Raises CreditsError for a W3C log whose columns are no HTTP calls."""
        told = [names for line in sample.lines if (names := names_of(line)) is not None]
        cut = () if self.cloudfront else _cut(sample.lines)
        if not told and not cut:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no #Fields: line to say what its columns are:"
                    " choose another format, or give a --pattern."
                )
            return None
        if not told or (cut and len(cut) != len(told[0])):
            return self._reading(sample, options, cut)
        if self.cloudfront != any(name.startswith("x-edge-") for name in told[0]) and not forced:
            return None
        if not any(map(_names_calls, told)):
            if any("," in name for name in told[0]):
                return None
            raise CreditsError(
                f"{sample.plain.name} has no columns that make an HTTP call"
                f" (its #Fields: are {' '.join(told[0])[:200]}): there are no API calls in it."
            )
        return self._reading(sample, options)

    def _reading(self, sample: Sample, options: Options, cut: Sequence[str] = ()) -> Reading:
        path = sample.plain.path
        parts = sections(path, names_of, cut)
        if any(not place(part.names, "date") and place(part.names, "time") for part in parts):
            parts = days_told_by_the_clock(path, parts, _clock)
        else:
            parts = _merged(parts)
        path, text, before = numbered(path, parts, options.scratch or path.parent)
        found = lines.reading(
            self.name,
            replace(sample, plain=replace(sample.plain, path=path)),
            before + _parts(text, parts),
            self._fields(parts),
            columns=_columns(parts),
            # Not from the sample: that is what the date and the time are made into.
            stamps=("2001-01-01T00:00:00Z",) if place(parts[0].names, "time") else (),
            skip=f"coalesce({lines.BLANK_OR_COMMENT.replace('line', text)}, {_NO_REQUEST})",
            reject=_reject(parts),
        )
        return replace(found, row=text, fingerprint=f"hash({text})")

    def _fields(self, parts: Sequence[Section]) -> dict[str, str]:
        fields = {field: f"x_{column}" for column, field in CALLED.items()}
        decoded = "coalesce(TRY(url_decode(x_agent)), x_agent)"
        if self.cloudfront:
            # CloudFront encodes twice.
            fields["app"] = f"coalesce(TRY(url_decode({decoded})), x_agent)"
        else:
            fields["app"] = (
                "CASE WHEN contains(x_agent, ' ') THEN x_agent ELSE replace(x_agent, '+', ' ') END"
            )
        day = f"coalesce(x_date, {by_section([part.day for part in parts])})"
        local = [int("local" in _word(part.names, "time")) for part in parts]
        zone = f"CASE WHEN {by_section(local)} = 1 THEN '' ELSE 'Z' END"
        fields["occurred_at"] = f"coalesce({day} || 'T' || x_time || {zone}, x_stamp)"
        present = {column for column in CALLED for part in parts if place(part.names, column)}
        gone = {field for column, field in CALLED.items() if column not in present}
        return {field: sql for field, sql in fields.items() if field not in gone}


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    """The columns of what stands before any line that names them, where its order tells them."""
    before = list(takewhile(lambda line: names_of(line) is None, lines[:500]))
    return iis.columns([line for line in before if line.strip() and not line.startswith("#")])


def _names_calls(names: Sequence[str]) -> bool:
    timed = place(names, "time") or place(names, "stamp")
    return bool(timed and (place(names, "path") or place(names, "method")))


def _word(names: Sequence[str], column: str) -> str:
    at = place(names, column)
    return names[at - 1] if at else ""


def _merged(parts: Sequence[Section]) -> list[Section]:
    """Neighbours with the same columns as one: their day does not matter."""
    merged: list[Section] = []
    for part in parts:
        if not merged or merged[-1].names != part.names:
            merged.append(part)
    return merged


def _clock(part: Section, line: str) -> str | None:
    """The time of day of a row, where no column tells its day."""
    at = place(part.names, "time")
    if not at or place(part.names, "date") or line.startswith("#"):
        return None
    cells = line.split(None, at)
    return cells[at - 1].strip('"') if len(cells) >= at else None


def _parts(text: str, parts: Sequence[Section]) -> str:
    """SQL columns: the cells of a row, then those that mean something, each as `x_` and its name.

    In a row that is longer than it should be, a user agent was written with bare spaces: what
    stands behind it is counted from the end.
    """
    width = by_section([len(part.names) for part in parts])
    agent = by_section([place(part.names, "agent") or NOWHERE for part in parts])
    cells = f"""CASE WHEN contains({text}, chr(9)) THEN string_split({text}, chr(9))
        WHEN contains({text}, '"') OR contains({text}, '  ') OR ends_with({text}, ' ')
        THEN regexp_extract_all({text}, '{CELLS}') ELSE string_split({text}, ' ') END AS c"""
    raw = []
    for column in WORDS:
        at = by_section([place(part.names, column) for part in parts])
        behind = f"CASE WHEN len(c) > {width} AND {at} > {agent} THEN len(c) - {width} ELSE 0 END"
        cell = f"c[{at} + {behind}]"
        if column == "agent":
            whole = f"array_to_string(c[{at}:{at} + len(c) - {width}], ' ')"
            cell = f"CASE WHEN len(c) > {width} AND {at} > 0 THEN {whole} ELSE c[{at}] END"
        raw.append(f"{cell} AS r_{column}")
    bare = [
        f"CASE WHEN starts_with(r_{column}, '\"') THEN trim(r_{column}, '\" ')"
        f" ELSE r_{column} END AS x_{column}"
        for column in WORDS
    ]
    return f"{cells}\n;\n{', '.join(raw)}\n;\n{', '.join(bare)}"


_PATH = r"^(/|\*|-$|\w+:)"
# HTTP.SYS tells of connections that ended before anything was asked.
_NO_REQUEST = "CASE WHEN x_method = '-' AND x_path = '-' AND x_status = '-' THEN 'no request' END"


def _reject(parts: Sequence[Section]) -> str:
    width = by_section([len(part.names) for part in parts])
    agent = by_section([place(part.names, "agent") for part in parts])
    status = by_section([place(part.names, "status") for part in parts])
    needed = by_section([_needed(part.names) for part in parts])
    dated = by_section([int(bool(place(part.names, "date") or part.day)) for part in parts])
    reason = f"'has ' || len(c) || ' fields where #Fields: names ' || {width}"
    return (
        f"CASE WHEN len(c) > {width} AND ({agent} = 0 OR ({status} > 0"
        f" AND NOT coalesce(regexp_full_match(x_status, '\\d\\d\\d|-|0'), false))) THEN {reason}"
        f" WHEN len(c) < {needed} THEN {reason}"
        # The cells of a row that is far too short stand for others than their columns say.
        f" WHEN len(c) < {width} AND NOT regexp_matches(x_path, '{_PATH}') THEN {reason}"
        f" WHEN x_stamp IS NULL AND {dated} = 0 THEN 'has a time but no date' END"
    )


def _needed(names: Sequence[str]) -> int:
    """How many cells a row must have to tell its time and what was called."""
    called = [at for column in ("path", "method") if (at := place(names, column))]
    return max(place(names, "time"), place(names, "date"), min(called, default=1))


def _columns(parts: Sequence[Section]) -> dict[str, str]:
    names = next((part.names for part in parts if _names_calls(part.names)), parts[0].names)
    found = {field: word for column, field in CALLED.items() if (word := _word(names, column))}
    time = [_word(names, column) for column in ("date", "time", "stamp")]
    return {"occurred_at": " + ".join(filter(None, time[:2])) or time[2], **found}


FORMATS = (
    W3c("cloudfront", "CloudFront log (W3C)", cloudfront=True),
    W3c("w3c", "IIS or other W3C extended log", cloudfront=False),
)
