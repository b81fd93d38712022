"""The access log of Barracuda's web application firewall, one line a request, as it sends it on.

`time unit TR address port client port … user method protocol host version status … path query
referer cookie "user agent" proxy port user …`; names may hold spaces, and `"-"` stands for nothing.
https://campus.barracuda.com/product/webapplicationfirewall/doc/4259935/exporting-log-formats/
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, literal
from credits.formats.lines import Lines
from credits.formats.staging import first_filled

_LINE = (
    r"^.{0,200}?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4}) +\S+ +TR \S+ \d+ (\S+) \d+ \S+"
    r' (.*?) (?:"-"|([A-Za-z_]+)) (?:HTTP|(?:TLS|SSL)v[\d.]+) \S+ (?:"-"|\S+/[\d.]+)'
    r" (\d\d\d) (.*)$"
)
"""Time, client, user by certificate, method, status, and what follows it."""
_PATH = r" (?:VALID|INVALID) (/\S*)"
_AGENT = r'"([^"]*)"+ [\d.:A-Fa-f]+ \d+ (\S+) '
_PARTS = f"""
regexp_extract(line, {literal(_LINE)}, ['stamp', 'client', 'named', 'method', 'status', 'rest'])
  AS part
;
regexp_extract(part.rest, '{_PATH}', 1) AS path,
regexp_extract(part.rest, '{_AGENT}', ['agent', 'who']) AS caller
"""


def _reading(name: str, sample: Sample) -> Reading:
    found = (re.match(_LINE, line[:8000]) for line in sample.filled[:500])
    return lines.reading(
        name,
        sample,
        _PARTS,
        {
            "occurred_at": "nullif(part.stamp, '')",
            "user": first_filled(["trim(part.named, '\"')", "trim(caller.who, '\"')"]),
            "app": "caller.agent",
            "path": "nullif(path, '')",
            "method": "nullif(part.method, '')",
            "status": "part.status",
            "ip": "part.client",
        },
        columns={
            "occurred_at": "time",
            "user": "certificate user, authenticated user",
            "app": "user agent",
            "path": "URL",
            "method": "method",
            "status": "HTTP status",
            "ip": "client IP",
        },
        stamps=tuple(match[1] for match in found if match),
        # The firewall's other logs may be sent to the same place.
        skip=f"coalesce({lines.BLANK_OR_COMMENT}, CASE WHEN part.stamp = ''"
        " AND regexp_matches(line, ' (WF|AUDIT|NF|SYS) ') THEN 'no HTTP call' END)",
        reject="CASE WHEN part.stamp = '' THEN 'does not look like a line of Barracuda' END",
    )


FORMATS = (Lines("barracuda", "Barracuda web access log", re.compile(_LINE), _reading),)
