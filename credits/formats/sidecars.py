"""Proxies that write a line for each call and nothing else: Squid in its own format, and Envoy.

https://wiki.squid-cache.org/Features/LogFormat, `squid`: its stamp counts seconds, in UTC.
https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage, the
default format string; Istio puts three fields more behind the flags, and who called at the end.
"""

from __future__ import annotations

import re

from credits.formats import lines
from credits.formats.base import Reading, Sample, address_in
from credits.formats.ids import is_shared
from credits.formats.lines import Lines

# time elapsed client result/status bytes method URL user hierarchy/host type
# Some have the client's port written behind the client, more numbers behind the bytes, HTTP's
# version behind the URL, and the referer and the user agent in quotes at the end.
_SQUID = re.compile(
    r"\d{9,10}\.\d{3} +-?\d+ \S+ (?:\d+ )?[A-Z_]+/\d{3} \d+ (?:(?:\d+|-) ){0,9}?\S+ \S+"
    r" (?:\d\.\d )?\S+ \S+/\S+"
)
_SQUID_PARTS = r"""
regexp_extract_all(line, '\S+') AS c
;
CASE WHEN contains(c[4], '/') THEN 0 ELSE 1 END AS p
;
6 + p + CASE WHEN c[6 + p] >= 'A' OR NOT regexp_full_match(c[6 + p], '\d+|-') THEN 0
     ELSE coalesce(list_position([regexp_full_match(x, '\d+|-') FOR x IN c[7 + p:]], false), 0)
     END AS m
;
CASE WHEN strlen(c[m + 2]) <> 3 THEN 0 WHEN regexp_full_match(c[m + 2], '\d\.\d') THEN 1
     ELSE 0 END AS v, string_split(line, '"') AS q
"""
_SQUID_PORT = re.compile(r"\S+ +\S+ (?:\d+(?:\.\d+){3}:\d+|\[\S+) ")

# [start] "method path protocol" status flags … "forwarded for" "user agent" "request id" …
# A container's log, Ambassador and others put something before each line.
_ENVOY = re.compile(
    r'[^"]*?\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "\S+ \S+ \S+" \d{1,3} \S+ [^"]*'
    r'(?:"[^"]*" [\d -]+)?"[^"]*" "[^"]*" "[^"]*" "[^"]*"'
)
_ENVOY_PARTS = """
string_split(line, '"') AS q
;
string_split(q[2], ' ') AS r, trim(split_part(q[1], '[', -1), '] ') AS stamp,
string_split(trim(q[3]), ' ') AS after, CASE WHEN regexp_matches(q[5], '\\d') THEN 2 ELSE 0 END AS o
"""
# cluster, upstream local, downstream local, downstream remote …
_CALLER = address_in("string_split(trim(q[15]), ' ')[4]")


def _squid(name: str, sample: Sample) -> Reading:
    ported = any(map(_SQUID_PORT.match, sample.filled[:500]))
    return lines.reading(
        name,
        sample,
        _SQUID_PARTS,
        {
            "occurred_at": "c[1]",
            "user": "c[m + 2 + v]",
            # Of two texts in quotes, the first is the referer.
            "app": "CASE WHEN len(q) >= 5 THEN q[4] ELSE q[2] END",
            "path": "c[m + 1]",
            "method": "c[m]",
            "status": "split_part(c[4 + p], '/', 2)",
            "ip": address_in("c[3]") if ported else "c[3]",
        },
        columns={
            "occurred_at": "time",
            "user": "user",
            "app": "user agent",
            "path": "URL",
            "method": "method",
            "status": "result/status",
            "ip": "client",
        },
        stamps=tuple(line.split(None, 1)[0] for line in sample.filled[:500]),
        # What caches ask each other comes over UDP.
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        " CASE WHEN starts_with(c[4 + p], 'UDP_') THEN 'no HTTP call' END)",
        reject="CASE WHEN len(c) < m + 3 + v OR NOT contains(c[4 + p], '/')"
        " THEN 'does not look like a line of Squid' END",
    )


def _envoy(name: str, sample: Sample) -> Reading:
    cut = [line.split('"') for line in sample.filled[:500] if _ENVOY.match(line[:8000])]
    told = {
        "request_id": [q[9 if re.search(r"\d", q[4]) else 7] for q in cut if len(q) > 9],
        "path": [" ".join(q[1].split()[:2]) for q in cut if len(q) > 9],
    }
    # Between services each hands the id of its own caller on.
    handed_on = is_shared(told)
    identity = {} if handed_on else {"request_id": "q[8 + o]"}
    return lines.reading(
        name,
        sample,
        _ENVOY_PARTS,
        {
            "occurred_at": "stamp",
            "app": "q[6 + o]",
            "path": "r[2]",
            "method": "r[1]",
            "status": "after[1]",
            "ip": "CASE WHEN q[4 + o] <> '-' THEN trim(split_part(q[4 + o], ',', 1))"
            f" WHEN o = 2 THEN {_CALLER} END",
            **identity,
        },
        columns={
            "occurred_at": "start_time",
            "app": "user_agent",
            "path": "request",
            "method": "request",
            "status": "response_code",
            "ip": "x_forwarded_for",
            **dict.fromkeys(identity, "x_request_id"),
        },
        stamps=("2001-01-01T00:00:00.000Z",),
        # A raw connection has no method, no path and no answer.
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        " CASE WHEN q[2] = '- - -' AND after[1] IN ('0', '-') THEN 'no HTTP call' END)",
        reject="CASE WHEN len(q) < 10 + o OR len(r) <> 3"
        " THEN 'does not look like a line of Envoy' END",
    )


FORMATS = (
    Lines("envoy-text", "Envoy or Istio access log, text", _ENVOY, _envoy),
    Lines("squid", "Squid access log, native", _SQUID, _squid),
)
