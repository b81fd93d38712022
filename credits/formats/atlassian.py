"""Access logs of Confluence and Jira (Tomcat's valve, as Atlassian sets it) and of Bitbucket.

Confluence and Jira: `[time] (forwarded address) user thread address request status 12ms bytes
referer agent`, without a quote anywhere. Bitbucket: cells parted by ` | `, two rows a request, one
when it comes in (`i@`) and one when it has been answered (`o@`).
https://confluence.atlassian.com/bitbucketserverkb/how-to-read-the-bitbucket-data-center-log-formats-779171668.html
"""

from __future__ import annotations

import re

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, literal

LINE = r"^\[([^\]]*)\] (.*?) ?([^ ]+-exec-\d+[^ ]*|\S*ajp-\S+) (.*)$"
ANSWER = r"^(\S+) (.*?) (\d{3}|-) -?\d+ms (.*)$"
# The address that a proxy forwarded, or several, before the user.
FORWARDED = r"^(?:(?:\d+(?:\.\d+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|-|unknown)(?:, ?| ))+"
_STAMP = r"\[(\d\d?/[^\s\d/]{3,10}/\d{4}:\d\d:\d\d:\d\d[^\]]*)\]"
_LINE = re.compile(rf"{_STAMP} .*?(?:-exec-\d+|ajp-)\S* \S+ [A-Z]+ .* \d+ms ")

_PARTS = f"""
regexp_extract(line, {literal(LINE)}, ['stamp', 'who', 'thread', 'rest']) AS part
;
regexp_extract(part.rest, {literal(ANSWER)}, ['ip', 'request', 'status', 'tail']) AS answer,
regexp_replace(part.who, {literal(FORWARDED)}, '') AS who
;
string_split(answer.request, ' ') AS r
"""


class Atlassian:
    """Confluence's and Jira's access log, in the order of before and after 7.11 and 9.4."""

    name = "atlassian"
    title = "Confluence or Jira access log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log if more than half of its first lines look like it."""
        del options  # its stamps carry their zone
        stamps = _claimed(self.title, sample, _LINE, forced=forced)
        if stamps is None:
            return None
        return lines.reading(
            self.name,
            sample,
            _PARTS,
            {
                "occurred_at": "nullif(part.stamp, '')",
                "user": "who",
                "app": "regexp_extract(answer.tail, '^\\S+ \\S+ (.*)$', 1)",
                "path": "CASE WHEN len(r) >= 2 THEN r[2] END",
                "method": "CASE WHEN len(r) >= 2 THEN r[1] END",
                "status": "answer.status",
                "ip": "answer.ip",
            },
            columns={
                "occurred_at": "[time]",
                "user": "user",
                "app": "user agent",
                "path": "request",
                "method": "request",
                "status": "status",
                "ip": "address",
            },
            stamps=stamps,
            reject="CASE WHEN part.stamp = '' OR answer.ip = ''"
            " THEN 'does not look like a line of this access log' END",
        )


_CELLS = re.compile(
    r"\S+ \| \w+ \| (?:[io]?[@*][\w.-]+|-) \| .* \| (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+) \| \""
)
# The time is in the fifth cell, or in the sixth where the id of a mesh follows the request's own.
_BITBUCKET = """
string_split(line, ' | ') AS c
;
CASE WHEN starts_with(c[4], '@') AND NOT regexp_matches(c[5], '^\\d{4}-\\d\\d-\\d\\d ')
     THEN 1 ELSE 0 END AS o
;
c[5 + o] AS stamp, trim(c[6 + o], '"') AS action, c[8 + o] AS status, c[7 + o] AS seen,
CASE WHEN starts_with(c[3], 'i') AND contains(c[3], '@')
     THEN 'came in: the row of its answer is the call' END AS coming
;
string_split(action, ' ') AS r, string_split(seen, '"') AS q
;
CASE WHEN len(r) >= 3 AND starts_with(r[len(r)], 'HTTP/') THEN true ELSE false END AS http
"""


class Bitbucket:
    """Bitbucket's access log: HTTP, SSH and what its own servers say to each other."""

    name = "bitbucket"
    title = "Bitbucket access log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log if more than half of its first lines look like it.

        A request's id tells the minute of the day and counts since the server's start, so that it
        is unique together with the day.
        """
        del options
        stamps = _claimed(self.title, sample, _CELLS, forced=forced)
        if stamps is None:
            return None
        return lines.reading(
            self.name,
            sample,
            _BITBUCKET,
            {
                "occurred_at": "stamp",
                "user": "c[4 + o]",
                "app": "q[4]",
                "path": "CASE WHEN http THEN r[2] END",
                "api": "CASE WHEN NOT http THEN regexp_extract(action, '^[^'']*[^'' ]') END",
                "method": "CASE WHEN http THEN r[1] END",
                "status": "status",
                "ip": "split_part(c[1], ',', 1)",
                "request_id": "CASE WHEN contains(c[3], '@')"
                " THEN concat_ws(' ', left(stamp, 10), c[3], CASE WHEN o = 1 THEN c[4] END) END",
            },
            columns={
                "occurred_at": "5th field",
                "user": "4th field",
                "app": "user agent",
                "path": "request",
                "method": "request",
                "status": "status",
                "ip": "1st field",
                "request_id": "3rd field",
            },
            stamps=stamps,
            skip=f"coalesce({lines.BLANK}, coming)",
            reject="CASE WHEN len(c) < 6 THEN 'does not look like a line of this access log' END",
        )


def _claimed(
    title: str, sample: Sample, looks: re.Pattern[str], *, forced: bool
) -> tuple[str, ...] | None:
    """The time stamps of the sample, or None where most of its lines look otherwise."""
    tried = sample.filled[:500]
    stamps = tuple(m[1] for line in tried if (m := looks.match(line[:8000])))
    if forced and not stamps:
        raise CreditsError(
            f"{sample.plain.name} has no lines of a {title} in its beginning:"
            " choose another format."
        )
    return stamps if forced or len(stamps) * 2 > len(tried) else None


FORMATS = (Atlassian(), Bitbucket())
