"""Request logs of JFrog's Artifactory, whose cells are parted by bars and have no names.

`time|trace|address|user|method|path|status|in|out|duration|agent`; before its seventh version
`20260105100000|duration|REQUEST|address|user|method|path|protocol|status|bytes`.
https://jfrog.com/help/r/jfrog-platform-administration-documentation/request-log
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample
from credits.formats.lines import Lines

_ADDRESS = r"[0-9A-Fa-f.:]*"
_SEVENTH = rf"\d{{4}}-\d\d-\d\dT[^|]*\|[0-9a-f]*\|{_ADDRESS}\|[^|]*\|[A-Z]+\|/[^|]*\|\d{{3}}\|"
_EARLIER = rf"\d{{14}}\|\d+\|REQUEST\|{_ADDRESS}\|[^|]*\|[A-Z]+\|[^|]*\|HTTP/[\d.]+\|\d{{3}}\|"
_LOOKS = re.compile(f"{_SEVENTH}|{_EARLIER}")
_AKIN = re.compile(r"\d{14}\|\d+\|(UPLOAD|DOWNLOAD)\|")
"""What is moved for a request is told of in rows of its own."""


def _reading(name: str, sample: Sample) -> Reading:
    tried = [line for line in sample.filled[:500] if _LOOKS.match(line[:4000])]
    # Of the earlier form, a cell more stands before the address.
    late = "CASE WHEN c[3] = 'REQUEST' THEN 1 ELSE 0 END AS p"
    return lines.reading(
        name,
        sample,
        f"string_split(line, '|') AS c\n;\n{late}",
        {
            "occurred_at": "c[1]",
            "user": "c[4 + p]",
            "app": "CASE WHEN p = 0 THEN c[11] END",
            "path": "c[6 + p]",
            "method": "c[5 + p]",
            "status": "CASE WHEN p = 1 THEN c[9] ELSE c[7] END",
            "ip": "c[3 + p]",
        },
        columns={
            "occurred_at": "time",
            "user": "user",
            "app": "user agent",
            "path": "path",
            "method": "method",
            "status": "status",
            "ip": "address",
        },
        stamps=tuple(line.split("|", 1)[0] for line in tried),
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        " CASE WHEN c[3] IN ('UPLOAD', 'DOWNLOAD') THEN 'no request' END)",
        reject="CASE WHEN len(c) < 9 THEN 'does not look like a line of Artifactory' END",
    )


FORMATS = (Lines("artifactory", "Artifactory request log", _LOOKS, _reading, _AKIN),)
