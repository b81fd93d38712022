"""The request log of oauth2-proxy, which knows by whom each request was made.

`address - id - user [2026/01/05 10:00:00] host GET upstream "/path" HTTP/1.1 "agent" status bytes
seconds`, with the server's local time; the id is missing in its earlier versions.
https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview#request-log-format
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, address_in, literal
from credits.formats.lines import Lines

_LINE = (
    r"^(\S+) - (?:([0-9a-f-]{32,36}) - )?(\S+) \[(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\]"
    r' \S+ ([A-Z]+) \S+ "(.*?)" \S+ "(.*)" (\d{3}) \d+ [\d.]+$'
)
_LOOKS = re.compile(_LINE)
_AKIN = re.compile(r"(\S+ - (\S+ - )?\S+ )?\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\] \[")
"""It also writes who logged in, and what it says of itself."""
_GROUPS = "['ip', 'id', 'who', 'stamp', 'method', 'path', 'agent', 'status']"


def _reading(name: str, sample: Sample) -> Reading:
    found = (_LOOKS.match(line[:4000]) for line in sample.filled[:500])
    return lines.reading(
        name,
        sample,
        f"regexp_extract(line, {literal(_LINE)}, {_GROUPS}) AS part",
        {
            "occurred_at": "nullif(part.stamp, '')",
            "user": "part.who",
            "app": "part.agent",
            "path": "part.path",
            "method": "part.method",
            "status": "part.status",
            "ip": address_in("part.ip"),
            "request_id": "nullif(part.id, '')",
        },
        columns={
            "occurred_at": "time",
            "user": "user",
            "app": "user agent",
            "path": "request",
            "method": "request",
            "status": "status",
            "ip": "client",
            "request_id": "request id",
        },
        stamps=tuple(match[4] for match in found if match),
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        " CASE WHEN part.stamp = '' AND regexp_matches(line, '\\[\\d{4}/\\d\\d/\\d\\d ')"
        " THEN 'no request' END)",
        reject="CASE WHEN part.stamp = '' THEN 'does not look like a line of oauth2-proxy' END",
    )


FORMATS = (Lines("oauth2-proxy", "oauth2-proxy request log", _LOOKS, _reading, _AKIN),)
