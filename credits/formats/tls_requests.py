"""The log in which Apache notes by which cipher each request came, beside its access log or alone.

`[time] host protocol cipher "request" bytes`, as the configuration that comes with mod_ssl has it;
it tells no status, and `-` for the protocol and the cipher of a request without encryption.
https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#logformats
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.access import REQUEST
from credits.formats.base import Reading, Sample, literal
from credits.formats.lines import Lines

_LINE = (
    r"^\[(\d\d?/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*)\] (\S+) (?:(?:TLS|SSL)v[\d.]+|-) \S+"
    r' "(.*)" (?:\d+|-)(?: .*)?$'
)
_PARTS = f"""
regexp_extract(line, {literal(_LINE)}, ['stamp', 'client', 'asked']) AS part
;
regexp_extract(part.asked, {literal(REQUEST)}, ['method', 'path']) AS request
"""


def _reading(name: str, sample: Sample) -> Reading:
    found = (re.match(_LINE, line[:4000]) for line in sample.filled[:500])
    return lines.reading(
        name,
        sample,
        _PARTS,
        {
            "occurred_at": "nullif(part.stamp, '')",
            "path": "nullif(request.path, '')",
            "method": "nullif(request.method, '')",
            "ip": "part.client",
        },
        columns={
            "occurred_at": "[time]",
            "path": "request",
            "method": "request",
            "ip": "host",
        },
        stamps=tuple(match[1] for match in found if match),
        skip=lines.BLANK_OR_COMMENT,
        reject="CASE WHEN part.stamp = ''"
        " THEN 'does not look like a line of Apache’s log of TLS requests' END",
    )


FORMATS = (Lines("tls-requests", "Apache log of TLS requests", re.compile(_LINE), _reading),)
