"""Access logs of Nginx Proxy Manager, whose lines begin with the time and end with who asked.

`[time] cache upstream-status status - GET https host "/path" [Client address] … "agent" "referer"`;
for what it answers itself it writes only the status, or `-` for what there is not.
https://github.com/NginxProxyManager/nginx-proxy-manager/blob/develop/docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, literal
from credits.formats.lines import Lines

_HEAD = r"^\[([^\]]*)\] (?:\S+ )*(\d\d\d) - (\S*) \S+ \S+ $"
"""What stands before the path: time, status and method. Of several upstreams each has a status."""
_LOOKS = re.compile(
    r"\[(\d\d?/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*)\] (?:\S+ ){0,9}?\d\d\d - \S* \S+ \S+"
    r' "[^"]*" \[Client '
)

_PARTS = f"""
string_split(line, '"') AS cut
;
regexp_extract(cut[1], {literal(_HEAD)}, ['stamp', 'status', 'method']) AS head,
regexp_extract(cut[3], '^ \\[Client ([^\\]]*)\\]', 1) AS client
"""


def _reading(name: str, sample: Sample) -> Reading:
    found = (_LOOKS.match(line[:4000]) for line in sample.filled[:500])
    return lines.reading(
        name,
        sample,
        _PARTS,
        {
            "occurred_at": "nullif(head.stamp, '')",
            "app": "cut[4]",
            "path": "cut[2]",
            "method": "head.method",
            "status": "head.status",
            "ip": "client",
        },
        columns={
            "occurred_at": "[time]",
            "app": "user agent",
            "path": "request",
            "method": "request",
            "status": "status",
            "ip": "[Client]",
        },
        stamps=tuple(match[1] for match in found if match),
        skip=lines.BLANK_OR_COMMENT,
        reject="CASE WHEN head.stamp = '' OR client = ''"
        " THEN 'does not look like a line of Nginx Proxy Manager' END",
    )


FORMATS = (Lines("proxy-manager", "Nginx Proxy Manager access log", _LOOKS, _reading),)
