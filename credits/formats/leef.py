r"""Lines of IBM's Log Event Extended Format (LEEF), which QRadar collects.

`LEEF:2.0|vendor|product|version|event|^|key=value^key=value …`: tabs part the pairs, unless the
head says by what other character, as itself or in hexadecimal (`x5E`, `0x5E`). A syslog may have
written the tabs as `#011`. https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components
"""

from __future__ import annotations

import re

from credits.formats.base import literal
from credits.formats.events import Events, Row

_HEAD = (
    r"^(.*?)LEEF: ?[12](?:\.\d)?\|(?:[^|]*\|){3}([^|]*)\|"
    r"(?:(\||[^\w|]|0?x[0-9A-Fa-f]{2}|)\|)?"
)
"""What precedes the pairs: what a syslog put first, the name of the event, and what parts them."""
_TAB = "#011"


def _pairs_of(line: str) -> Row | None:
    head = re.match(_HEAD, line) if "LEEF:" in line else None
    if head is None:
        return None
    mark, pairs = head[3] or "\t", line[head.end() :]
    if len(mark) > 1:
        mark = chr(int(mark[-2:], 16))
    if mark == "\t" and mark not in pairs:
        mark = _TAB
    found: dict[str, str] = {}
    for word in pairs.split(mark):
        key, _, value = word.partition("=")
        found.setdefault(key.strip(), value.strip())
    return found


_STEPS = f"""
regexp_extract(line, {literal(_HEAD)}, ['before', 'name', 'mark']) AS head,
regexp_replace(line, {literal(_HEAD)}, '') AS ext
;
CASE WHEN head.mark = '' THEN chr(9) WHEN length(head.mark) = 1 THEN head.mark
     ELSE chr(TRY_CAST('0x' || right(head.mark, 2) AS INTEGER)) END AS mark
;
string_split(ext, CASE WHEN mark = chr(9) AND NOT contains(ext, mark) THEN '{_TAB}' ELSE mark END)
AS words
"""

FORMATS = (
    Events(
        "leef",
        "LEEF (Log Event Extended Format)",
        "LEEF:",
        {
            "occurred_at": ("devTime", "eventTime"),
            "user": ("usrName", "accountName"),
            "app": ("userAgent", "requestClientApplication"),
            "path": ("url", "request", "requestUrl", "uri"),
            "method": ("method", "requestMethod", "httpMethod"),
            "status": ("httpStatusCode", "statusCode", "responseCode", "status", "outcome"),
            "ip": ("src", "identSrc"),
        },
        _pairs_of,
        _STEPS,
    ),
)
