"""JSON objects that hold rows: CloudTrail's `Records`, a page of answers, a span with results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeGuard

from credits.formats import otlp
from credits.formats.meanings import WORDS, filled, fits, plain_name, time_name

HOLDERS = frozenset(
    {"records", "value", "values", "data", "events", "logs", "items", "results", "result", "list"}
    | {"entries", "rows", "hits", "messages", "requests", "calls", "logevents", "response"}
)
"""Names under which programming interfaces hand out rows."""


def holds_rows(value: Mapping[str, Any]) -> bool:
    """Whether an object is no row, but has rows in it."""
    return _unfolding(value) is not None or holder(value) is not None


def holder(value: Mapping[str, Any], depth: int = 2) -> tuple[str, ...] | None:
    """The keys under which an object carries the rows, as CloudTrail's `Records` does."""
    lists = {key: item[0] for key, item in value.items() if type(item) is list and _are_rows(item)}
    if lists:
        return _list_of_rows(value, lists)
    if not depth or len(value) > 8 or _is_row(value):
        return None
    inner = [
        (key, *path)
        for key, item in value.items()
        if isinstance(item, dict) and (path := holder(item, depth - 1))
    ]
    return inner[0] if len(inner) == 1 else None


def _list_of_rows(
    value: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]]
) -> tuple[str] | None:
    """Which list of an object holds the rows. `lists`: the first object in each."""
    known = next((key for key in lists if key in ("Records", "records")), None)
    if known is None and len(value) > 8:
        return None
    if known is not None and _calls_nothing(value):
        return (known,)
    if len(lists) > 1:  # links to further pages, the columns, who is named in the rows
        lists = {key: first for key, first in lists.items() if _is_timed(first)}
    if len(lists) > 1:
        lists = {key: first for key, first in lists.items() if plain_name(key) in HOLDERS}
    if len(lists) != 1:
        return None
    ((key, first),) = lists.items()
    if plain_name(key) not in HOLDERS and not _is_row(first) and _unfolding(first) is None:
        return None
    if not _is_timed(value):
        return (key,)
    # A page may tell when it was made, and a call what was ordered by it.
    more = _is_timed(first) and (_calls_nothing(value) or _told(value) < _told(first))
    return (key,) if more else None


def _calls_nothing(value: Mapping[str, Any]) -> bool:
    """Whether an object is no row itself, nor carries one: a time, and who called what."""
    return not _is_row(value) and not (_is_dated(value) and _told(value))


def _are_rows(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items[:20])


def _is_row(value: Mapping[str, Any]) -> bool:
    return any(is_time(key) for key in value)


def _is_dated(value: Mapping[str, Any]) -> bool:
    """Whether an object tells its time in an object within."""
    return any(isinstance(item, dict) and _is_row(item) for item in value.values())


def _is_timed(value: Mapping[str, Any]) -> bool:
    return _is_row(value) or _is_dated(value)


def _told(value: Mapping[str, Any]) -> set[str]:
    """What an object tells of a call, be it in an object within: who called what.

    Not the status, which a page has, too.
    """
    near = [(key, key, item) for key, item in value.items()]
    for owner, inner in value.items():
        if isinstance(inner, dict):
            near += [(key, owner + key, item) for key, item in inner.items()]
    return {
        field
        for key, name, item in near
        if isinstance(item, str | int)
        for field, word in _meanings(key, name)
        if filled([str(item)]) and fits(field, word, [str(item)])
    }


@lru_cache(4096)
def _meanings(*names: str) -> tuple[tuple[str, str], ...]:
    """The fields that may go by any of some names, each with the name."""
    fields = ("user", "api", "path", "method")
    return tuple((f, word) for f in fields for word in map(plain_name, names) if word in WORDS[f])


_TIMES = frozenset(WORDS["occurred_at"])


@lru_cache(4096)
def is_time(key: str) -> bool:
    """Whether a key is what a log calls the time of a call."""
    plain = plain_name(key)
    return plain in _TIMES or time_name(plain) in _TIMES


def _is_bucket(value: Mapping[str, Any]) -> bool:
    """Whether it is a span of time with what happened in it, as in OpenAI's usage export."""
    return "start_time" in value and _are_rows(_list(value.get("results")))


def _is_stream(value: Mapping[str, Any]) -> bool:
    """Whether it is what Loki answers: the labels of a stream, and its lines each with a time."""
    held = _list(value.get("values"))
    return isinstance(value.get("stream"), dict) and bool(held) and all(map(_is_line, held[:20]))


def _is_line(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) >= 2 and all(isinstance(v, str) for v in value[:2])
    )


def _is_table(value: Mapping[str, Any]) -> bool:
    """Whether it is what Log Analytics answers: the names of columns, and rows of bare cells."""
    columns, rows = _list(value.get("columns")), _list(value.get("rows"))
    return _all_have("name", columns) and bool(rows) and isinstance(rows[0], list)


def _is_answer(value: Mapping[str, Any]) -> bool:
    """Whether it is what CloudWatch's Logs Insights answers: rows of fields with their values."""
    rows = _list(value.get("results"))
    return bool(rows) and _are_pairs(rows[0])


def _are_pairs(row: object) -> TypeGuard[list[dict[str, Any]]]:
    pairs = _list(row)
    return _all_have("field", pairs) and all("value" in pair for pair in pairs)


def _all_have(name: str, items: list[Any]) -> bool:
    """Whether there are objects, and a text of such a name in each."""
    told = (isinstance(item, dict) and isinstance(item.get(name), str) for item in items)
    return bool(items) and all(told)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _emptied(bucket: Mapping[str, Any]) -> Iterator[str]:
    """Each row of a bucket, with the bucket's own values in it."""
    shared = {key: item for key, item in bucket.items() if not isinstance(item, list | dict)}
    for row in bucket["results"]:
        yield json.dumps({**shared, **row} if isinstance(row, dict) else row)


def _lines(stream: Mapping[str, Any]) -> Iterator[str]:
    """Each line of a stream with its time; not with the labels, which tell of the program."""
    for row in stream["values"]:
        yield json.dumps({"timestamp": row[0], "line": row[1]} if _is_line(row) else row)


def _laid_out(table: Mapping[str, Any]) -> Iterator[str]:
    """Each row of a table as an object."""
    names = [column["name"] for column in table["columns"]]
    for row in table["rows"]:
        yield json.dumps(dict(zip(names, row, strict=False)) if isinstance(row, list) else row)


def _paired(answer: Mapping[str, Any]) -> Iterator[str]:
    """Each row of an answer as an object."""
    for row in answer["results"]:
        pairs = {pair["field"]: pair["value"] for pair in row} if _are_pairs(row) else row
        yield json.dumps(pairs)


_Unfold = Callable[[Mapping[str, Any]], Iterator[str]]
_UNFOLDINGS: tuple[tuple[Callable[[Mapping[str, Any]], bool], _Unfold], ...] = (
    (_is_bucket, _emptied),
    (_is_stream, _lines),
    (_is_table, _laid_out),
    (_is_answer, _paired),
    (otlp.holds, otlp.rows),
)
"""What is no row and no plain list of rows either, and how its rows are taken out of it."""


def _unfolding(value: Mapping[str, Any]) -> _Unfold | None:
    return next((unfold for fits, unfold in _UNFOLDINGS if fits(value)), None)


def rows_of(value: Any, text: str) -> Iterable[str]:
    """A value that was read whole, as rows."""
    if type(value) is dict and (unfold := _unfolding(value)) is not None:
        return unfold(value)
    if type(value) is list and any(isinstance(row, dict) for row in value):
        return map(json.dumps, value)
    return (text,)
