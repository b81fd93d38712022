"""Access logs of HAProxy and uWSGI, which both write other messages between their calls.

https://docs.haproxy.org/3.0/configuration.html#8.2.3, with or without a syslog prefix;
https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html, the format it has by itself.
Neither writes a zone: their stamps are the server's local time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, literal

_CLF = r"\d\d?/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*"
# client:port [accept date] frontend backend/server Tq/Tw/Tc/Tr/Tt status …
# A TCP row has three times instead of five; some write the host that was asked for before them.
HAPROXY = (
    rf"(?:^|\s)(\S+):\d+ \[({_CLF})\] \S+ \S+ (?:\S+ )??"
    r"-?\d+/-?\d+/-?\d+/-?\d+/\+?-?\d+ (-?\d+) (.*)$"
)
_HAPROXY_ANY = re.compile(rf"haproxy\[\d+\]: |^\S+:\d+ \[{_CLF}\] \S+ \S+/\S+ [\d/+-]+ ")

_ASKS = """regexp_matches(line, '"[A-Z]+ [^ "]+ HTTP/[0-9.]+"')"""

_HAPROXY_PARTS = f"""
regexp_extract(line, {literal(HAPROXY)}, ['client', 'stamp', 'status', 'rest']) AS part
;
string_split(string_split(part.rest, '"')[2], ' ') AS r
"""

# [pid: 1|app: 0|req: 1/1] ip (user) {vars} [time] GET /path => generated … (HTTP/1.1 200) …
UWSGI = r"\[pid: [^\]]*\] (\S+) \(([^)]*)\) \{[^}]*\} \[([^\]]*)\] (.*)$"
_UWSGI_ANY = re.compile(r"\[pid: \d+\|app: [^\]]*\] \S+ \(")
_UWSGI_PARTS = f"""
regexp_extract(line, {literal(UWSGI)}, ['ip', 'who', 'stamp', 'rest']) AS part
;
regexp_extract(part.rest, '^(\\S+) (.*?) => generated ', ['method', 'path']) AS asked,
regexp_extract(part.rest, '\\(HTTP/[\\d.]+ (\\d+)\\)', 1) AS status
"""


@dataclass(frozen=True)
class HaProxy:
    """HTTP rows of HAProxy; TCP rows and messages are no calls."""

    name: str = "haproxy"
    title: str = "HAProxy HTTP log"
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log whose lines are mostly HAProxy's, if there is an HTTP row among them."""
        del options
        found = _stamps(self, sample, _HAPROXY_ANY, re.compile(HAPROXY), group=2, forced=forced)
        if found is None:
            return None
        return lines.reading(
            self.name,
            sample,
            _HAPROXY_PARTS,
            {
                "occurred_at": "nullif(part.stamp, '')",
                "path": "CASE WHEN len(r) >= 2 THEN r[2] END",
                "method": "CASE WHEN len(r) >= 2 THEN r[1] END",
                "status": "nullif(part.status, '-1')",
                "ip": "part.client",
            },
            columns={
                "occurred_at": "accept_date",
                "path": "request",
                "method": "request",
                "status": "status_code",
                "ip": "client_ip",
            },
            stamps=found,
            skip=f"coalesce({lines.BLANK},"
            f" CASE WHEN part.stamp = '' AND NOT {_ASKS} THEN 'no HTTP call' END)",
            reject="CASE WHEN part.stamp = '' THEN 'does not look like a row of HAProxy' END",
        )


@dataclass(frozen=True)
class Uwsgi:
    """Request lines of uWSGI; what its workers say otherwise is no call."""

    name: str = "uwsgi"
    title: str = "uWSGI log"
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log with request lines, however many messages stand between them."""
        del options
        found = _stamps(self, sample, _UWSGI_ANY, re.compile(UWSGI), group=3, forced=forced)
        if found is None:
            return None
        return lines.reading(
            self.name,
            sample,
            _UWSGI_PARTS,
            {
                "occurred_at": "nullif(part.stamp, '')",
                "user": "part.who",
                "path": "nullif(asked.path, '')",
                "method": "nullif(asked.method, '')",
                "status": "status",
                "ip": "part.ip",
            },
            columns={
                "occurred_at": "[time]",
                "user": "(user)",
                "path": "request",
                "method": "request",
                "status": "status",
                "ip": "address",
            },
            stamps=found,
            skip=f"coalesce({lines.BLANK},"
            " CASE WHEN NOT contains(line, '[pid: ') THEN 'no request line' END)",
            reject="CASE WHEN part.stamp = '' THEN 'is cut or mixed with another line' END",
        )


def _stamps(
    form: HaProxy | Uwsgi,
    sample: Sample,
    any_line: re.Pattern[str],
    a_call: re.Pattern[str],
    *,
    group: int,
    forced: bool,
) -> tuple[str, ...] | None:
    """The time stamps of the calls in the sample; None where the log is another's."""
    tried = sample.filled[:2000]
    theirs = [line for line in tried if any_line.search(line[:4000])]
    stamps = tuple(m[group] for line in theirs[:500] if (m := a_call.search(line[:8000])))
    # uWSGI says much at its start, before the first request.
    enough = len(theirs) * (2 if isinstance(form, HaProxy) else 50) >= len(tried)
    if not theirs or not (enough or forced):
        if forced:
            raise CreditsError(
                f"{sample.plain.name} has no lines of a {form.title} in its beginning:"
                " choose another format."
            )
        return None
    if not stamps and not forced:
        raise CreditsError(
            f"{sample.plain.name} is a {form.title} without HTTP calls in its beginning: there are"
            " no API calls in it."
        )
    return stamps


FORMATS = (HaProxy(), Uwsgi())
