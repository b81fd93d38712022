"""Ids of requests, and what only looks like one: of a thing, an errand, or a whole mesh of calls.

Two rows with the same id are one call, so whatever is taken for an id must be a call's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from credits.formats.meanings import MEANINGS, filled, mostly_once, plain_name

ASKED = ("method", "path", "api")
"""What was asked for."""
REQUEST_IDS = frozenset(
    ("requestid", "xrequestid", "reqid", "callid", "traceid", "correlationid", "rayid")
    + ("requestidentifier",)
)
"""Names of ids that only a request has; anything may have an `id`."""


@lru_cache(4096)
def is_id(name: str) -> bool:
    """Whether what a column or a key is called is the id of a request."""
    *_, owner, leaf = ["", *map(plain_name, re.split(r"[\0.]", name))]
    return not {leaf, owner + leaf}.isdisjoint(REQUEST_IDS)


_OWNERS = frozenset(
    word for field in ("user", "app", "api") for word in MEANINGS[field].split()
) - {"event", "action", "activity", "call", "operation"} | {"service", "org", "organization"}


def is_of_another(parts: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether an id below another key is not the call's own: a user's, a server's, or a small
    number, since each process counts from 1 anew.
    """
    *_, owner, leaf = ["", *map(plain_name, parts)]
    if not owner or all(re.fullmatch(r"\d{1,9}", cell) for cell in cells):
        return bool(owner)
    vague = leaf in ("id", "uuid", "guid", "recordid") and owner not in ("request", "req")
    return vague and (owner in _OWNERS or not mostly_once(cells))


def asks(found: Mapping[str, str]) -> str:
    """The field that only rows have which tell of a request: its method, if that is told at all,
    since many a program notes the path on whatever it says of a request.
    """
    return "method" if "method" in found else "path"


def told_twice(rows: Sequence[Mapping[str, str]], found: Mapping[str, str]) -> bool:
    """Whether a log tells of most requests before they have an answer, and again with the status.

    `rows`: name → value; `found`: field → name. The two are known by an id that they share.
    """
    if not {asks(found), "status"} <= found.keys():
        return False
    answered: set[tuple[str, str]] = set()
    asked: list[set[tuple[str, str]]] = []
    for row in rows:
        if row.get(found[asks(found)]):
            own = {(name, value) for name, value in row.items() if value and is_id(name)}
            if row.get(found["status"]):
                answered |= own
            elif own:
                asked.append(own)
    twice = sum(not own.isdisjoint(answered) for own in asked)
    return twice * 2 >= len(asked) > 0


def is_shared(told: Mapping[str, Sequence[str]], name: str | None = None) -> bool:
    """Whether different calls share an id, as that of an errand, of a mesh, or of a thing.

    `told`: field → what each row tells, blank where it tells nothing, `request_id` among them.
    `name`: what the id is called, where a column's name is all that is known of it.
    """
    by = ASKED if name is None else _agreeing(name)
    calls: dict[str, list[set[str]]] = {}
    ids = [cell if filled([cell]) and cell != "0" else "" for cell in told["request_id"]]
    for place, identity in enumerate(ids):
        of_it = calls.setdefault(identity, [set() for _ in by])
        for values, field in zip(of_it, by, strict=True):
            values.update(filled(told[field][place : place + 1]) if field in told else ())
    shared = {i for i, of_it in calls.items() if i and any(len(values) > 1 for values in of_it)}
    return sum(i in shared for i in ids) * 10 > sum(map(bool, ids))


def _agreeing(name: str) -> tuple[str, ...]:
    """What rows with the same id have to agree in to be one call, as far as they tell it.

    What is called a request's own id is taken at its word, whatever its rows say.
    """
    return () if is_id(name) else (*ASKED, "user", "occurred_at")
