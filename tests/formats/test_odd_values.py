"""A value of another kind than it should be costs its row something, and the others nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import LoadText
from samples import OBJECTS

ODD: tuple[Any, ...] = (
    "none", "", "-", "{", '"', "\\", 7, -1, 1e300, True, None, [], {}, ["a", 7], {"a": {"b": 1}},
    [{"name": 7}], "\ud800",
)  # fmt: skip
"""What stands in the place of each value in turn."""

UNKNOWN = {
    "time": "2026-01-05T10:00:00Z",
    "user": {"name": None, "id": 7},
    "http": {"method": "GET", "path": "/v1/leads/4711", "status": 200, "user_agent": "curl%2F8"},
    "ip": "192.0.2.7:4711",
    "request_id": "r-1",
}
"""A log of no format that has a name, which every part of a field's reading takes part in."""
ROWS = {**OBJECTS, "unknown": [UNKNOWN]}


def places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each value in an object, and to what holds it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in inside if isinstance(value, dict | list) else ():
        yield (*above, key)
        if isinstance(held, dict | list):
            yield from places(held, (*above, key))


def spoiled(row: dict[str, Any], way: tuple[str | int, ...], odd: Any) -> dict[str, Any]:
    changed = copy.deepcopy(row)
    owner: Any = changed
    for key in way[:-1]:
        owner = owner[key]
    owner[way[-1]] = odd
    return changed


@pytest.mark.parametrize("name", ROWS)
def test_whatever_stands_in_a_value_s_place_the_other_rows_are_loaded(load: LoadText, name: str):
    rows = [dict(row) for row in ROWS[name]]
    changed = [spoiled(row, way, odd) for row in rows for way in list(places(row)) for odd in ODD]
    # Many of the sound ones first, as a log has: the reader is found by those.
    sound = [json.dumps(row) for row in rows]
    alone, calls = load("\n".join(sound * 20), "alone.log")
    assert calls, name
    found, _ = load("\n".join([*sound * 20, *map(json.dumps, changed)]), "odd.log")
    assert found.format == alone.format
    assert found.rows == len(sound) * 20 + len(changed)
