"""Lines that name a request, as frameworks, servers and HTTP clients write among other messages.

Django, Werkzeug, Uvicorn, Gin, Rails, Tornado, OpenStack, urllib3, httpx and many more each have
a line of their own, and all of them say `METHOD path`, mostly a status, and a time somewhere. How
a log does it is found in its first lines, and each row is asked only for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import OBJECT_LINES, Exchanges, Options, Reading, Sample, literal
from credits.formats.exchanges import by_id, by_writer
from credits.formats.meanings import mostly_once
from credits.formats.stamps import STAMP, ZONE, is_ambiguous

_TRIED, _LONGEST = 1_000, 4_000
"""Lines of the sample, and characters of each, that are looked at."""
_COLOUR = r"\x1b\[[\d;]*m|\[\d\d?(?:;\d\d?)*m"
"""What a terminal is told amid a line; who copies it from there loses its first character."""
_METHOD = "(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)"
ASKED = rf"(?:^|[\s\"'(|\[\]:])({_METHOD})[\s:|]+[\"']?((?:https?://|/)[^\s\"'|,]*)"
"""What a line asks for: the method, and the path or address."""

_CODE = r"([1-5]\d\d)"
_STATUSES = (
    # `HTTP/1.1" 200`, `"HTTP/1.1 200 OK"`, `HTTP/1.1" status: 200`
    rf"HTTP/\d(?:\.\d)?[\"']?,?\s+(?:status[:=]\s*)?{_CODE}\b",
    rf"(?i)\bstatus(?:[ _-]?code)?[\"']?\s*[:=]\s*[\"']?{_CODE}\b",
    rf"\|\s*{_CODE}\s*\|",
    rf"(?:^|[\s|\]]){_CODE}\s+[\"']?{_METHOD}\s",
    rf"(?i)(?:responded|returned|completed|->|=>|→)(?: with)? {_CODE}\b",
    # A number may stand before it: what was sent, `-1` where nobody knows.
    rf"{_METHOD}\s+[\"']?/[^\s\"']*[\"']?\s+(?:-?\d+\s+)??{_CODE}\b",
    # `- 200 4B in 55µs` of chi, `, 200 OK in 5ms` of Gitea, `[404]: GET` of PHP
    rf"[-,] {_CODE} (?:\d+B|[A-Z][A-Za-z' -]*) in \d",
    rf" \[{_CODE}\]: ",
    # ASP.NET's `Request finished HTTP/1.1 GET http://a.example/a - - - 200 7 text/plain 1.2ms`
    rf"\bfinished HTTP/[\d.]+ {_METHOD} \S+(?: \S+){{0,4}}? - {_CODE} ",
)
"""Where the status stands, the surest place first."""
_BEGINS = "|".join(
    (
        rf"\bStarted {_METHOD} \"",
        rf"\bRequest starting HTTP/[\d.]+ {_METHOD} ",
        rf"\b{_METHOD} \"/[^\"]*\", parameters=",
        rf"\[info\] +{_METHOD} /\S*$",
    )
)
"""Rails, ASP.NET before 5, Spring's dispatcher and Phoenix tell the status some lines later: a call
is what begins, and its status what `_ANSWERS` finds in the line that answers it."""
_ANSWERS = rf"\b(?:Completed|Sent|Chunked|Request finished in [\d.,]+ ?ms) {_CODE}\b"
_UNROUTED = "ActionController::RoutingError (No route matches "
"""Rails answers 404 where it has no route, and says no more of that."""


@dataclass(frozen=True)
class _Writing:
    """A way to write a time, and what makes it the usual one."""

    pattern: str
    replaced: str = ""
    by: str = ""

    def sql(self, text: str) -> str:
        """SQL: a time that is written so, as it is usual."""
        if not self.replaced:
            return text
        return f"regexp_replace({text}, {literal(self.replaced)}, {literal(self.by)})"

    def usual(self, text: str) -> str:
        """The same in Python."""
        return re.sub(self.replaced, self.by, text) if self.replaced else text


_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_MONTH = "[A-Za-z]{3}"
_TIMES = (
    _Writing(f"({STAMP})"),
    _Writing(rf"(\d{{4}}/\d\d/\d\d - {_CLOCK})", " - ", " "),
    _Writing(
        rf"(\d\d?[/ -]{_MONTH}[/ -]\d{{4}} {_CLOCK}(?:{ZONE})?)",
        rf"^(\d\d?).({_MONTH}).(\d{{4}}) ",
        r"\1/\2/\3:",
    ),
    _Writing(r"(\d\d?[/.]\d\d?[/.]\d{4},? \d\d?:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?)"),
    # `[I 260112 10:00:00 web:2239]`
    _Writing(rf"\[[A-Z] (\d{{6}} {_CLOCK})", "^(..)(..)(..)", r"20\1-\2-\3"),
    # `Mon Jan 12 10:00:00 2026`
    _Writing(
        rf"({_MONTH} +\d\d? {_CLOCK}(?:{ZONE})? (?:19|20)\d\d)\b",
        rf"^({_MONTH}) +(\d\d?) (.*) (\d{{4}})$",
        r"\2/\1/\4:\3",
    ),
    _Writing(rf"({_MONTH}[a-z]* \d\d?, \d{{4}},? \d\d?:\d\d:\d\d(?: [AP]M)?)"),
    # nginx's `$msec`
    _Writing(r"^\[?(1\d{9}(?:\.\d+|\d{3})?)\b"),
)
"""How the time may be written."""

_ADDRESSES = (
    r"(?:^|[^\d.\w/-])((?:\d{1,3}\.){3}\d{1,3})(?:$|[^\d.])",
    r"(?:^|[\s\[(\"'|=,@])((?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?::(?:[0-9A-Fa-f]{1,4}"
    r"(?::[0-9A-Fa-f]{1,4})*)?|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4})(?:$|[\s\])\"'|,])",
)
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDS = (
    rf"\b(req-{_UUID})\b",
    r"(?i)\brequest[_-]?id[\"']?[=: ]+[\"']?([\w-]{6,})",
    rf"[\[( ]({_UUID})[\]) ]",
)
_USERS = (
    # OpenStack puts the id of the user behind that of the request.
    rf"\[req-{_UUID} ([^\s\]-][^\s\]]*) ",
    # Between the address and the method; what is in capitals there is a level.
    rf"\b(?:\d{{1,3}}\.){{3}}\d{{1,3}} (-|[a-z][^\s\]]*) {_METHOD}\s",
    # Jupyter's `(ada@192.0.2.7)`
    r"\(([^\s@()]*)@[\da-f.:]+\)",
    # Behind what nginx calls `$msec $remote_addr`.
    rf"^\d{{10}}\.\d+ (?:\d{{1,3}}\.){{3}}\d{{1,3}} (-|[^\s\"]+) \"{_METHOD}\s",
    r"(?i)\buser(?:[_ -]?(?:name|id))?[\"']?[=:]\s*[\"']?([^\s\"',;|)\]]+)",
)
_NAMES = {"occurred_at": "time", "path": "request", "method": "request", "ip": "address"}
"""What a person is told that a field was taken from, where it is not its own name."""


@dataclass(frozen=True)
class Requests:
    """Any log in whose lines requests are named; asked after all others."""

    name: str = "requests"
    title: str = "log of requests among other messages"
    generic: bool = True

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log some of whose lines name a request with its status and time.

        Raises CreditsError where they have no time.
        """
        if len(sample.objects) * 2 > len(sample.filled[:OBJECT_LINES]) or options.mapping:
            return None
        tried = [line[:_LONGEST] for line in sample.filled[:_TRIED]]
        found = _Found([re.sub(_COLOUR, "", line) for line in tried])
        enough = len(found.asking) * 50 >= len(tried)
        if not found.asking or not found.ends or not (enough or forced):
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no lines that name a request and its status in its"
                    " beginning: choose another format."
                )
            return None
        if found.time is None:
            raise CreditsError(
                f"{sample.plain.name} names requests, but not when they were: let the program that"
                " writes it put the date and time on each line."
            )
        coloured = any(re.search(_COLOUR, line) for line in tried)
        return self._reading(sample, options, found, found.time, coloured=coloured)

    def _reading(
        self, sample: Sample, options: Options, found: _Found, time: _Writing, *, coloured: bool
    ) -> Reading:
        begins = found.ends == _BEGINS
        patterns = {
            "status": _ANSWERS if begins else found.ends,
            "request_id": found.id,
            "user": _first_of(_USERS, found.calls, 0.5),
        }
        told = {field: each for field, each in patterns.items() if each}
        fields = {field: f"nullif(r_{field}, '')" for field in told}
        if _first_of(_ADDRESSES, found.calls, 0):
            told |= dict(zip(("v4", "v6"), _ADDRESSES, strict=True))
            fields["ip"] = "coalesce(nullif(r_v4, ''), nullif(r_v6, ''))"
        told["at"] = time.pattern
        parts = [f"regexp_extract(bare, {literal(each)}, 1) AS r_{f}" for f, each in told.items()]
        parts.append(f"regexp_extract(bare, {literal(ASKED)}, ['method', 'path']) AS asked")
        bare = f"regexp_replace(line, '{_COLOUR}', '', 'g')" if coloured else "line"
        fields |= {
            "occurred_at": f"nullif({time.sql('r_at')}, '')",
            "path": "nullif(asked.path, '')",
            "method": "nullif(asked.method, '')",
        }
        if begins:
            unrouted = f"contains(bare, {literal(_UNROUTED)})"
            fields["status"] = f"CASE WHEN {unrouted} THEN '404' ELSE {fields['status']} END"
        ends = f"regexp_matches(bare, '{_BEGINS}')" if begins else "r_status <> ''"
        read = lines.reading(
            self.name,
            sample,
            f"{bare} AS bare\n;\n{', '.join(parts)}",
            fields,
            columns={field: _NAMES.get(field, field) for field in fields},
            stamps=found.stamps,
            skip=f"coalesce({lines.BLANK},"
            f" CASE WHEN NOT (asked.path <> '' AND {ends}) THEN 'no call' END)",
            ambiguous_days=options.day_first is None and is_ambiguous(found.stamps),
        )
        return replace(read, exchanges=found.exchanges) if begins else read


@dataclass(frozen=True)
class _Found:
    """How a log names its requests, by its first lines."""

    tried: Sequence[str]

    @cached_property
    def asking(self) -> list[str]:
        """The lines that name a request."""
        return [line for line in self.tried if _search(ASKED, line)]

    @cached_property
    def ends(self) -> str | None:
        """What a line has that is a call: a status in one place, or Rails' word.

        None where hardly a line has either, as in a log of errors: what they name is no call of
        their own. Some programs tell of a request when it comes, too, and the call is its end.
        """
        return _first_of((*_STATUSES, _BEGINS), self.asking, 0.3)

    @cached_property
    def calls(self) -> list[str]:
        """The lines that are calls."""
        return [line for line in self.asking if _search(self.ends or "", line)]

    @cached_property
    def time(self) -> _Writing | None:
        """How most of them write the time."""
        pattern = _first_of([each.pattern for each in _TIMES], self.calls, 0.5)
        return next((each for each in _TIMES if each.pattern == pattern), None)

    @property
    def stamps(self) -> tuple[str, ...]:
        """The times in the sample."""
        time = self.time or _TIMES[0]
        found = (match[1] for line in self.calls if (match := _search(time.pattern, line)))
        return tuple(map(time.usual, found))

    @property
    def id(self) -> str | None:
        """Where the id of the request stands, if it is one."""
        pattern = _first_of(_IDS, self.calls, 0.5)
        ids = [found[1] for line in self.calls if pattern and (found := _search(pattern, line))]
        return pattern if mostly_once(ids) else None

    @property
    def exchanges(self) -> Exchanges:
        """Which lines answer which, in SQL, by the id of the request or by who wrote them."""
        if self.id is None:
            return by_writer(self.calls, "bare")
        return by_id(["r_request_id"])


def _search(pattern: str, line: str) -> re.Match[str] | None:
    """As RE2 does it in SQL."""
    return re.search(pattern, line, re.ASCII)


def _first_of(patterns: Sequence[str], rows: Sequence[str], share: float) -> str | None:
    """The first pattern that fits more than such a share of some lines."""
    for pattern in patterns:
        if sum(_search(pattern, line) is not None for line in rows) > share * len(rows):
            return pattern
    return None


FORMATS = (Requests(),)
