"""What AWS writes as lines of text: load balancers (ALB and the classic ELB) and S3 access logs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, literal, one_of
from credits.formats.lines import Lines

_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?"
_ALB = re.compile(rf"(?:https?|h2|grpcs?|wss?) {_ISO} \S+ \S+ \S+ [\d.-]+ [\d.-]+ [\d.-]+ ")
_ELB = re.compile(rf"{_ISO} \S+ \S+ \S+ [\d.-]+ [\d.-]+ [\d.-]+ ")
_S3 = re.compile(
    r"\S+ \S+ \[\d\d/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \S+ .*? \S+"
    r" [A-Z0-9]+\.[A-Z.]\S* \S+ "
)

_KINDS = ("http", "https", "h2", "grpc", "grpcs", "ws", "wss")

# Quotes part head, request, user agent and the rest; an ALB has its type before the time.
_BALANCER = """
string_split(line, '"') AS q
;
string_split(q[1], ' ') AS h, string_split(q[2], ' ') AS r
;
CASE WHEN h[1] < 'a' THEN 0 ELSE 1 END AS o
;
h[1 + o] AS stamp, h[3 + o] AS client, h[8 + o] AS code, h[1] AS kind,
CASE WHEN o = 0 AND h[8] = '-' AND starts_with(q[2], '- - -')
     OR h[1] IN ('tls', 'tcp', 'udp', 'tcp_udp')
     THEN 'no HTTP call' END AS raw
"""

# The operation is the first thing that looks like REST.GET.OBJECT; a requester may hold spaces.
_S3_LINE = (
    r"^\S+ \S+ \[([^\]]*)\] (.*? \S+ [A-Z0-9]+\.[A-Z0-9_.]+) \S+"
    r' (?:"(.*?)"|-) ((?:\d\d\d|-) .*)$'
)
_S3_PARTS = f"""
regexp_extract(line, {literal(_S3_LINE)}, ['stamp', 'asked', 'request', 'rest']) AS part
;
string_split(part.asked, ' ') AS a, string_split(part.request, ' ') AS r,
string_split(part.rest, '"') AS q
"""


def _balancer(name: str, sample: Sample) -> Reading:
    """Both kinds of balancer: a file may hold rows of either.

    The trace id is not taken for a request id: it is the caller's, and calls may share it.
    """
    return lines.reading(
        name,
        sample,
        _BALANCER,
        {
            "occurred_at": "CASE WHEN ends_with(stamp, 'Z') THEN stamp ELSE stamp || 'Z' END",
            "app": "q[4]",
            "path": "CASE WHEN len(r) >= 3 AND r[2] <> '' AND r[1] <> '-' THEN r[2] END",
            "method": "r[1]",
            "status": "code",
            "ip": "trim(regexp_replace(client, ':\\d+$', ''), '[]')",
        },
        columns={
            "occurred_at": "time",
            "app": "user_agent",
            "path": "request",
            "method": "request",
            "status": "elb_status_code",
            "ip": "client:port",
        },
        stamps=("2001-01-01T00:00:00Z",),
        skip=f"coalesce({lines.BLANK_OR_COMMENT}, raw)",
        reject="CASE WHEN len(h) < 9 + o OR len(q) < 2"
        f" OR (o = 1 AND NOT {one_of('kind', _KINDS)})"
        " THEN 'does not look like a line of a load balancer' END",
    )


def _s3(name: str, sample: Sample) -> Reading:
    """A row of S3: every one is a request, save what S3 does by itself (expiry, transition)."""
    stamps = [m[1] for line in sample.filled[:500] if (m := re.search(r"\[([^\[\]]*)\]", line))]
    operation = "a[len(a)]"
    return lines.reading(
        name,
        sample,
        _S3_PARTS,
        {
            "occurred_at": "nullif(part.stamp, '')",
            "user": "CASE WHEN len(a) = 4 THEN a[2] ELSE array_to_string(a[2:len(a) - 2], ' ') END",
            "app": "q[4]",
            "api": operation,
            "method": "CASE WHEN len(r) >= 2 THEN r[1] END",
            "status": "split_part(part.rest, ' ', 1)",
            "ip": "a[1]",
            # One request deletes many objects, and a copy reads one and writes another.
            "request_id": f"CASE WHEN starts_with({operation}, 'BATCH.')"
            f" OR ends_with({operation}, '_GET') THEN NULL ELSE a[len(a) - 1] END",
        },
        columns={
            "occurred_at": "Time",
            "user": "Requester",
            "app": "User-Agent",
            "api": "Operation",
            "method": "Request-URI",
            "status": "HTTP status",
            "ip": "Remote IP",
            "request_id": "Request ID",
        },
        stamps=tuple(stamps),
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        f" CASE WHEN starts_with({operation}, 'S3.') THEN 'done by S3 itself' END)",
        reject="CASE WHEN part.stamp = '' THEN 'does not look like a line of an S3 access log' END",
    )


FORMATS = (
    Lines("alb", "AWS application load balancer log", _ALB, _balancer, _ELB),
    Lines("elb", "AWS classic load balancer log", _ELB, _balancer, _ALB),
    Lines("s3", "S3 server access log", _S3, _s3),
)
