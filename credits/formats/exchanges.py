"""Requests that are told in two rows: one when they come, and one when they are answered.

Only the first says what was asked for, only the second the status. They belong together by what
they share: the id of the request, and the process that gave it, since many count from 1 anew with
each start. Lines without an id may name the process or the thread that wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credits.formats import ids
from credits.formats.base import Exchanges, literal
from credits.formats.meanings import plain_name

_PROCESSES = frozenset(
    ("pid", "processid", "processpid", "hostname", "host", "podname", "containerid")
)
"""Names of what tells one process from another."""

_WRITERS = (
    # Ruby's `I, [2026-01-12T10:00:00.123456 #1234]  INFO -- : `
    r"^[A-Z], \[\S+ #(\d+)\]",
    # Spring's `DEBUG 7 --- [nio-8080-exec-1] `, before which may stand the app
    r"(\d+ --- (?:\[[^\]]*\] ?)+)",
    # syslog's `host app[1234]: `
    r"(\S+ \S+\[\d+\]): ",
)
"""Where a line tells which process or thread wrote it."""


@dataclass(frozen=True)
class Apart:
    """How the objects of a log tell of a request and of its answer."""

    asks: str
    """The field that only those have which tell of a request; see `ids.asks`."""
    shared: tuple[str, ...]
    """The names of what both have: the id of the request, then what tells the process."""


def told_apart(rows: Sequence[Mapping[str, str]], found: Mapping[str, str]) -> Apart | None:
    """How most requests are told in two rows that share an id, if they are.

    `rows`: name → value; `found`: field → name.
    """
    asks = ids.asks(found)
    if not {asks, "status"} <= found.keys():
        return None
    asked, status = found[asks], found["status"]
    begun = [row for row in rows if row.get(asked) and not row.get(status)]
    done = [row for row in rows if row.get(status) and not row.get(asked)]
    for name in dict.fromkeys(name for row in done for name in row if ids.is_id(name)):
        begins, ends = ({row[name] for row in some if row.get(name)} for some in (begun, done))
        if begins and len(begins & ends) * 2 >= len(begins):
            halves = [row for row in (*begun, *done) if row.get(name)]
            processes = [other for other in halves[0] if _is_process(other)]
            told = [other for other in processes if all(row.get(other) for row in halves)]
            return Apart(asks, (name, *told))
    return None


def _is_process(name: str) -> bool:
    *_, owner, leaf = ["", *map(plain_name, re.split(r"[\0.]", name))]
    return not {leaf, owner + leaf}.isdisjoint(_PROCESSES)


def by_id(shared: Sequence[str]) -> Exchanges:
    """How rows belong together by what they share, in SQL: the id, then what tells the process."""
    return Exchanges(f"CASE WHEN {shared[0]} <> '' THEN hash({', '.join(shared)}) END")


def by_writer(calls: Sequence[str], text: str) -> Exchanges:
    """How lines without ids of requests belong together: by who wrote them, if they tell, or all.

    `calls`: those of the sample; `text`: SQL of a line.
    """
    for pattern in _WRITERS:
        if all(re.search(pattern, line, re.ASCII) for line in calls):
            writer = f"nullif(regexp_extract({text}, {literal(pattern)}, 1), '')"
            return Exchanges(writer, in_turn=True)
    return Exchanges("''", in_turn=True)
