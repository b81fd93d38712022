"""Logs of 3proxy: the line it writes by itself, and the common `logformat` of its manual.

https://3proxy.org/doc/man5/3proxy.cfg.5.html, `logformat`. By itself: `time port error user
client:port remote:port out in hops text`, with the time as `%y%m%d%H%M%S.%.` in UTC; its sample
configuration has seconds since 1970 or a date, and the service's name before the port. The text is
the request, with `_` for its spaces where the configuration says so. What it calls an error is a
code of its own, of five digits, and `00000` where there is none.
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, address_in, literal
from credits.formats.lines import Lines

_PEER = r"\[?[0-9A-Fa-f.:]+\]?:\d+"
_OWN = (
    r"^(\d{12}\.\d{3}|\d{9,10}\.\d{3}|\d\d-\d\d-\d{4} \d\d:\d\d:\d\d [+-]\d{4}) +(?:\w+\.)?\d+"
    rf" (\d{{5}}) (\S+) ({_PEER}) {_PEER} \d+ \d+ \d+ (.*)$"
)
_COMMON = r'^([0-9A-Fa-f.:]+) - (\S+) \[([^\]]*)\] "(.*)" (\d{5}) \d+(?: .*)?$'
_LOOKS = re.compile(f"{_OWN}|{_COMMON}")
_REQUEST = r"^([A-Z]{3,10})[_ ](\S+?)(?:[_ ]HTTP/[\d.]+)?$"

_PARTS = f"""
regexp_extract(line, {literal(_OWN)}, ['stamp', 'error', 'who', 'client', 'text']) AS own,
regexp_extract(line, {literal(_COMMON)}, ['client', 'who', 'stamp', 'text', 'error']) AS common
;
CASE WHEN own.stamp <> '' THEN own.text ELSE common.text END AS text
;
regexp_extract(text, {literal(_REQUEST)}, ['method', 'path']) AS request
"""
_ORDERS = (
    # UTC, unless it is told otherwise.
    (r"^(\d{6})(\d{6}\.\d{3})$", r"20\1T\2Z"),
    (r"^(\d\d)-(\d\d)-(\d{4}) ", r"\3-\2-\1 "),
)
"""How it writes a time that others would take for another one, and how that is put."""


def _reading(name: str, sample: Sample) -> Reading:
    found = (_LOOKS.match(line[:4000]) for line in sample.filled[:500])
    stamps = (match[1] or match[8] for match in found if match)
    return lines.reading(
        name,
        sample,
        _PARTS,
        {
            "occurred_at": _ordered_sql(_either("stamp")),
            "user": _either("who"),
            "path": "nullif(request.path, '')",
            "method": "nullif(request.method, '')",
            "status": _either("error"),
            "ip": address_in(_either("client")),
        },
        columns={
            "occurred_at": "time",
            "user": "user",
            "path": "request",
            "method": "request",
            "status": "error",
            "ip": "client",
        },
        stamps=tuple(map(_ordered, stamps)),
        # It also tells that it began to listen, and of what goes through it and is no HTTP.
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        " CASE WHEN text <> '' AND request.method = '' THEN 'no HTTP call' END)",
        reject=f"CASE WHEN {_either('stamp')} IS NULL"
        " THEN 'does not look like a line of 3proxy' END",
    )


def _either(part: str) -> str:
    """SQL: a part of a line, in whichever form it is written."""
    return f"coalesce(nullif(own.{part}, ''), nullif(common.{part}, ''))"


def _ordered_sql(stamp: str) -> str:
    for pattern, replacement in _ORDERS:
        stamp = f"regexp_replace({stamp}, {literal(pattern)}, {literal(replacement)})"
    return stamp


def _ordered(stamp: str) -> str:
    for pattern, replacement in _ORDERS:
        stamp = re.sub(pattern, replacement, stamp)
    return stamp


FORMATS = (Lines("3proxy", "3proxy log", _LOOKS, _reading),)
