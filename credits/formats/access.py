"""Apache and nginx access logs, common and combined, and what servers add to either.

`host ident user [time] "request" status bytes "referer" "user agent"`, with a virtual host before
the address, a list of forwarded addresses instead of one, or further fields at the end.
"""

from __future__ import annotations

import re

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, address_in, literal

# Four groups, no choice: RE2 then runs in one pass. A request with quotes in it, something between
# the time and the request, and a missing last quote are left to the lenient patterns.
STRICT = r'^([^\[]*)\[([^\]]*)\] ?"([^"]*)" (\d\d\d .*|\d\d\d)$'
_CLF = r"\d{1,2}/[^\s\d/]{3,10}/\d{4}:\d\d:\d\d:\d\d[^\]]*"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\]]*"
_TIMES = f"{_CLF}|{_ISO}"
# Traefik has no status of what it did not hand on.
_ANSWER = r'\d\d\d(?:[ "].*)?|- (?:\d+|-)(?: .*)?'
LENIENT = rf'^(.*?)\[({_TIMES})\] ?(?:\S+ ){{0,2}}"(.*?)" +({_ANSWER})$'
TORN = rf'^(.*?)\[({_TIMES})\] ?"([^"]*?) +(\d\d\d(?: .*)?)$'
GROUPS = "['head', 'stamp', 'request', 'rest']"

# Before the time: perhaps a virtual host or what a syslog puts first, an address or several or a
# host's name, the identity (`-` nearly always), and the user, who may have spaces.
_ADDRESS = (
    r"(?:(?:\d+(?:\.\d+){3}|\[?(?:[0-9A-Fa-f]*:)*:[0-9A-Fa-f:.%\w]*\]?"
    r"|\[?(?:[0-9A-Fa-f]+:){7}[0-9A-Fa-f]+\]?)(?::\d+)?|unknown)"
)
_FORWARDED = rf"{_ADDRESS}(?:, ?{_ADDRESS})*"
HEADS = (
    rf"^(?:.*? )??({_FORWARDED}) (-) (.*?) *$",
    r"^(?:.*? )??(\S+) (-) (.*?) *$",
    rf"^(?:.*? )??({_FORWARDED}) (\S+) (.*?) *$",
)
# aiohttp writes neither identity nor user.
ALONE = (
    r"^(?:.* )?(\d+(?:\.\d+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*|\[[0-9A-Fa-f:.]+\])"
    r"(?::\d+)? *$"
)
# Whoever speaks no HTTP (`SSH-2.0-Go`, `\x03\x00/*`) names no method, and asks for nothing.
METHOD = "[A-Za-z][A-Za-z_-]{0,19}"
REQUEST = rf"^({METHOD}) +(.*?)(?: +HTTP/[\d.]+)?$"

# With a time in ISO's style, other logs begin: here an identity and a user stand before it.
_LOOKS = re.compile(rf'(?:\[{_CLF}\]| - [^\["]+\[{_ISO}\]) ?(?:[^" ]+ ){{0,2}}"')
_STATUS = re.compile(r'["\s](\d\d\d|- (\d+|-))(\s|$)')
_PORT = re.compile(r"(?:^|[ ,])(?:\d+(?:\.\d+){3}:\d+|\[[\w%.]*:[\w%.:]*\](?::\d+)?)[ ,]")
_TIME = re.compile(rf'\[({_TIMES})\] ?(?:[^" ]+ ){{0,2}}"')
# Older Traefiks put no quotes around a referer that there is not.
_NO_REFERER = re.compile(r'" \d\d\d (\d+|-) - "(?!-?"|https?:)')


def _head() -> str:
    """SQL: what stands before the time, by the first pattern that fits; blank, if none does."""
    fit = [f"regexp_extract(part.head, {literal(head)}, ['ip', 'ident', 'who'])" for head in HEADS]
    ways = [f"WHEN regexp_matches(part.head, {literal(HEADS[i])}) THEN {fit[i]}" for i in (0, 1)]
    return f"CASE {' '.join(ways)} ELSE {fit[2]} END"


def _alone() -> str:
    """SQL: what stands before the time where that is but an address; NULL, if it is more."""
    ip = f"nullif(regexp_extract(part.head, {literal(ALONE)}, 1), '')"
    return f"CASE WHEN {ip} IS NOT NULL THEN {{'ip': {ip}, 'ident': '-', 'who': '-'}} END"


_BARE = (
    "CASE WHEN contains(part.rest, '\\\"') THEN replace(part.rest, '\\\"', '''') ELSE part.rest END"
)

# Nearly every line is as simple as `::1 - ada [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 7`,
# with no escaped quote. Cut at its quotes and spaces it is read in half the time that a pattern
# takes, and brackets before the time are no matter then.
_SIMPLE = """CASE WHEN len(front) = 6 AND strlen(front[4]) = 21 AND strlen(front[5]) = 6
    AND starts_with(front[4], '[') AND ends_with(front[5], ']') AND front[6] = ''
    AND (starts_with(cut[3], ' 200 ') OR regexp_matches(cut[3], '^ \\d\\d\\d '))
    AND NOT contains(line, '\\"') THEN true ELSE false END"""

# In one branch for nearly all rows: where branches meet, DuckDB copies the lists they give.
_NAMED = f"""CASE r[1] WHEN 'GET' THEN true WHEN 'POST' THEN true
    ELSE regexp_full_match(r[1], {literal(METHOD)}) END"""

PARTS = f"""
string_split(line, '"') AS cut
;
string_split(cut[1], ' ') AS front
;
{_SIMPLE} AS simple
;
CASE WHEN NOT simple THEN regexp_extract(line, {literal(STRICT)}, {GROUPS}) END AS strict
;
CASE WHEN simple THEN NULL
     WHEN strict.stamp <> '' THEN strict
     WHEN regexp_matches(line, {literal(LENIENT)})
     THEN regexp_extract(line, {literal(LENIENT)}, {GROUPS})
     ELSE regexp_extract(line, {literal(TORN)}, {GROUPS}) END AS part
;
CASE WHEN simple THEN substring(cut[1], -28, 26) ELSE part.stamp END AS stamp,
CASE WHEN simple THEN cut[2] ELSE part.request END AS asked,
CASE WHEN simple THEN substring(cut[3], 2, 3)
     WHEN NOT starts_with(part.rest, '-') THEN left(part.rest, 3) END AS status,
CASE WHEN simple THEN cut[6] ELSE string_split({_BARE}, '"')[4] END AS agent,
CASE WHEN NOT simple THEN string_split(part.head, ' ') END AS h
;
string_split(asked, ' ') AS r,
CASE WHEN simple THEN {{'ip': front[1], 'ident': front[2], 'who': front[3]}}
     WHEN len(h) = 4 AND h[4] = '' THEN {{'ip': h[1], 'ident': h[2], 'who': h[3]}}
     WHEN len(h) = 5 AND h[5] = '' AND h[3] = '-' AND NOT ends_with(h[1], ',')
     THEN {{'ip': h[2], 'ident': h[3], 'who': h[4]}}
     ELSE {_head()} END AS who
;
CASE WHEN len(r) = 3 AND {_NAMED} THEN r
     ELSE regexp_extract_all(asked, {literal(REQUEST)}, 1)
          || regexp_extract_all(asked, {literal(REQUEST)}, 2) END AS request
"""

# An older ingress-nginx puts an address in brackets before the user, others put the user in quotes.
_USER = r"""trim(regexp_replace(who.who, '^\[[^\]]*\] - ', ''), '"')"""

_ENDS = r"^ \d\d\d (\d+|-) - $"
_REFERER = "(starts_with(cut[4], 'http') OR cut[4] = '' OR cut[4] = '-')"


class Access:
    """Lines of the common or the combined log format."""

    name = "access"
    title = "Apache or nginx access log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """An access log if at least half of the first lines look like it."""
        tried = sample.filled[:100]
        fitting = sum(1 for line in tried if _fits(line[:5000]))
        if not forced and (not tried or fitting * 2 < len(tried)):
            return None
        if forced and not fitting:
            raise CreditsError(
                f"{sample.plain.name} has no lines of an access log in its beginning:"
                " choose another format."
            )
        found = [_TIME.search(line[:5000]) for line in sample.filled[:500]]
        return lines.reading(
            self.name,
            sample,
            _parts(sample),
            {
                "occurred_at": "nullif(stamp, '')",
                "user": f"CASE WHEN simple THEN who.who ELSE {_USER} END",
                "app": _agent(sample),
                "path": "request[2]",
                "method": "CASE WHEN len(request) >= 2 THEN request[1] END",
                "status": "status",
                "ip": _address(sample),
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
            skip=lines.BLANK_OR_COMMENT,
            reject="CASE WHEN stamp = '' OR who.ident = '' "
            "THEN 'does not look like a line of an access log' END",
        )


def _parts(sample: Sample) -> str:
    """`PARTS`, for a log in which but an address stands before the time of most rows."""
    tried = [line[:5000] for line in sample.filled[:100]]
    heads = [line[: found.start()] for line in tried if (found := _TIME.search(line))]
    alone = sum(re.match(ALONE, head) is not None for head in heads)
    if alone * 2 <= len(heads):
        return PARTS
    return PARTS.replace(_head(), f"coalesce({_alone()}, {_head()})")


def _address(sample: Sample) -> str:
    """SQL: who called, the first of several; bare, where the sample has ports or brackets."""
    if any(_PORT.search(line[:5000].split('"', 1)[0]) for line in sample.filled[:500]):
        return address_in("who.ip")
    # To look for a comma takes less than half of what cutting at one does.
    return "CASE WHEN contains(who.ip, ',') THEN split_part(who.ip, ',', 1) ELSE who.ip END"


def _agent(sample: Sample) -> str:
    """SQL: the user agent, which stands further to the front where a referer has no quotes."""
    if not any(_NO_REFERER.search(line[:5000]) for line in sample.filled[:500]):
        return "agent"
    bare = f"regexp_matches(cut[3], '{_ENDS}') AND NOT {_REFERER}"
    return f"CASE WHEN {bare} THEN cut[4] ELSE agent END"


def _fits(line: str) -> bool:
    """Whether a line has the time, the request and the status of an access log."""
    found = _LOOKS.search(line)
    return found is not None and _STATUS.search(line, found.end()) is not None


FORMATS = (Access(),)
