"""Apache and nginx access logs, common and combined, and what servers add to either.

`host ident user [time] "request" status bytes "referer" "user agent"`, with a virtual host before
the address, a list of forwarded addresses instead of one, or further fields at the end.
"""

from __future__ import annotations

import re

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, literal

# Four groups, no choice: RE2 then runs in one pass. A request with quotes in it, a missing last
# quote and brackets before the time are left to the lenient pattern.
STRICT = r'^([^\[]*)\[([^\]]*)\] "([^"]*)" (\d\d\d .*|\d\d\d)$'
LENIENT = (
    r"^(.*?)\[(\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*)\] "
    r'"(.*?)"? +(\d\d\d(?: .*)?)$'
)
HEAD = (
    r"^(?:\S+ )??((?:\d+(?:\.\d+){3}|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.%]+\]?)"
    r"(?:, ?[^ ,]+)*) (\S+) (.*?) *$"
)
REQUEST = r"^(\S+) +(.*?)(?: +HTTP/[\d.]+)?$"
_LINE = re.compile(LENIENT)
_TIME = re.compile(r"\[(\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d[^\]]*)\]")

PARTS = f"""
regexp_extract(line, {literal(STRICT)}, ['head', 'stamp', 'request', 'rest']) AS strict
;
CASE WHEN strict.stamp <> '' THEN strict
     ELSE regexp_extract(line, {literal(LENIENT)}, ['head', 'stamp', 'request', 'rest']) END AS part
;
string_split(part.head, ' ') AS h, string_split(part.request, ' ') AS r,
string_split(part.rest, '"') AS q
;
CASE WHEN len(h) = 4 AND h[4] = ''
     THEN {{'ip': h[1], 'ident': h[2], 'who': h[3]}}
     ELSE regexp_extract(part.head, {literal(HEAD)}, ['ip', 'ident', 'who']) END AS who,
CASE WHEN len(r) = 3 THEN r
     ELSE regexp_extract_all(part.request, {literal(REQUEST)}, 1)
          || regexp_extract_all(part.request, {literal(REQUEST)}, 2) END AS request
"""


class Access:
    """Lines of the common or the combined log format."""

    name = "access"
    title = "Apache or nginx access log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """An access log if at least half of the first lines look like it."""
        tried = sample.filled[:100]
        fitting = sum(1 for line in tried if _LINE.match(line[:5000]))
        if not forced and (not tried or fitting * 2 < len(tried)):
            return None
        if forced and not fitting:
            raise CreditsError(
                f"{sample.plain.name} has no lines of an access log in its beginning:"
                " choose another format."
            )
        found = [_TIME.search(line) for line in sample.filled[:500]]
        return lines.reading(
            self.name,
            sample,
            PARTS,
            {
                "occurred_at": "nullif(part.stamp, '')",
                "user": "who.who",
                "app": "q[4]",
                "path": "request[2]",
                "method": "CASE WHEN len(request) >= 2 THEN request[1] END",
                "status": "left(part.rest, 3)",
                "ip": "split_part(who.ip, ',', 1)",
            },
            columns={
                "occurred_at": "[time]",
                "user": "3rd field",
                "path": "request",
                "method": "request",
                "status": "status",
                "app": "user agent",
                "ip": "1st field",
            },
            stamps=tuple(match[1] for match in found if match),
            reject="CASE WHEN part.stamp = '' OR who.ident = '' "
            "THEN 'does not look like a line of an access log' END",
        )


FORMATS = (Access(),)
