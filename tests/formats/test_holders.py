"""Objects with lists of objects in them: which are calls, and which only hand out calls."""

from __future__ import annotations

import json

import pytest

AT = "2026-01-05T10:00:00Z"
CALL = {"time": AT, "user": "ann", "path": "/orders", "status": 201}
LINES = [{"id": 1, "created_at": "2020-01-01T00:00:00Z"}, {"id": 2}]


def lines(*rows: object) -> str:
    return "\n".join(map(json.dumps, rows)) + "\n"


@pytest.mark.parametrize(
    "call",
    [
        {"startTimeMs": 1767607200123, "user": "ann", "path": "/orders", "items": [{"sku": "x"}]},
        CALL | {"items": [{"sku": "x"}, {"sku": "y"}]},
        CALL | {"records": LINES},
        CALL | {"Records": LINES, "data": LINES},
        {"time": AT, "user": "ann", "url": "/orders", "records": [LINES[0] | {"status": "open"}]},
        {"time": AT, "user": {"id": "ann"}, "path": "/orders", "records": LINES},
    ],
)
@pytest.mark.parametrize("write", [lines, lambda *rows: json.dumps(rows, indent=1)])
def test_a_call_with_a_list_of_objects_in_it_is_one_call(load, call, write):
    empty = {key: [] if isinstance(item, list) else item for key, item in call.items()}
    found, calls = load(write(call, empty), keep_duplicates=True)
    assert (found.format, found.rows, found.loaded) == ("jsonl", 2, 2)
    assert {(c["user"], c["api"]) for c in calls} == {("ann", "/orders")}


def test_what_a_worker_of_cloudflare_logged_belongs_to_its_request(load):
    row = {
        "EventTimestampMs": 1767607200123, "EventType": "fetch", "Outcome": "ok",
        "Event": {"RayID": "r-1", "Request": {"URL": "https://api.example.com/leads",
                  "Method": "GET"}, "Response": {"Status": 200}},
        "ScriptName": "leads", "Exceptions": [],
        "Logs": [{"Level": "log", "Message": ["in"], "TimestampMs": 1767607200124}],
    }  # fmt: skip
    found, (call,) = load(lines(row))
    assert (found.loaded, call["api"], call["status"]) == (1, "GET /leads", "200")


@pytest.mark.parametrize(
    "page",
    [
        {"timestamp": AT},
        {"timestamp": AT, "status": "success"},
        {"timestamp": AT, "page": 1, "accountId": "a-1"},
        {"generated": {"timestamp": AT}, "status": 200},
    ],
)
@pytest.mark.parametrize("name", ["records", "data"])
def test_a_page_that_says_when_it_was_made_hands_out_calls_all_the_same(load, page, name):
    found, calls = load(json.dumps(page | {name: [CALL, CALL | {"user": "bob"}]}))
    assert (found.loaded, {call["user"] for call in calls}) == (2, {"ann", "bob"})
