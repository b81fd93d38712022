r"""Lines of ArcSight's Common Event Format, as firewalls for the web and proxies write them.

`CEF:0|vendor|product|version|id|name|severity|key=value …`, behind whatever a syslog put first
(“ArcSight Common Event Format Implementation Standard”). Values hold blanks and no quotes: one ends
where the next key begins. A sign of equality in a value is written `\=`, a bar in the header `\|`.
"""

from __future__ import annotations

import re

from credits.formats.base import literal
from credits.formats.events import Events

_FIELD = r"(?:[^|\\]|\\.)*"
HEADER = rf"^(.*?)CEF: ?\d+(?:\.\d+)?\|(?:{_FIELD}\|){{4}}({_FIELD})\|{_FIELD}\| *"
"""What precedes the pairs: what a syslog put first, and the name of the event."""
_KEY = r"[A-Za-z_][\w.-]*(?:\[\d+\])?"


def pairs_of(line: str) -> dict[str, str] | None:
    """The pairs of a line, the first of each key; None if it is no line of CEF."""
    head = re.match(HEADER, line, re.ASCII) if "CEF:" in line else None
    if head is None:
        return None
    words = re.sub(f" ({_KEY}=)", "\x01\\1", " " + line[head.end() :]).split("\x01")
    found: dict[str, str] = {}
    for word in words[1:]:
        key, _, value = word.partition("=")
        found.setdefault(key, value.strip())
    return found


_CUT = literal(f" ({_KEY}=)")
_STEPS = f"""
regexp_extract(line, {literal(HEADER)}, ['before', 'name']) AS head,
regexp_replace(line, {literal(HEADER)}, '') AS ext
;
string_split(regexp_replace(' ' || ext, {_CUT}, chr(1) || '\\1', 'g'), chr(1)) AS words
"""

FORMATS = (
    Events(
        "cef",
        "CEF (Common Event Format)",
        "CEF:",
        {
            "occurred_at": ("rt", "start", "end", "deviceReceiptTime", "startTime", "art"),
            "user": ("suser", "sourceUserName", "requestUser", "duser"),
            "app": ("requestClientApplication",),
            "path": ("request", "requestUrl", "url"),
            "method": ("requestMethod", "method"),
            "status": ("outcome", "httpStatusCode", "cn1"),
            "ip": ("src", "sourceAddress", "c-ip"),
        },
        pairs_of,
        _STEPS,
    ),
)
