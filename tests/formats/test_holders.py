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
        {"request": CALL, "events": [{"timestamp": AT, "message": "in"}]},
        {"request": CALL, "records": LINES},
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
@pytest.mark.parametrize("name", ["records", "data", "audit"])
def test_a_page_that_says_when_it_was_made_hands_out_calls_all_the_same(load, page, name):
    found, calls = load(json.dumps(page | {name: [CALL, CALL | {"user": "bob"}]}))
    assert (found.loaded, {call["user"] for call in calls}) == (2, {"ann", "bob"})


LINKS = [{"rel": "self", "href": "https://api.example.com/logs?page=1"}]
OWNERS = [{"id": "u-1", "created": "2020-01-01T00:00:00Z"}]


@pytest.mark.parametrize(
    "page",
    [
        {"data": [CALL], "links": LINKS},
        {"links": LINKS, "results": [CALL | {"links": LINKS}], "totalCount": 1},
        {"preview": False, "init_offset": 0, "messages": [], "fields": [{"name": "_time"}],
         "results": [{**CALL, "_time": AT}], "highlighted": {}},
        {"timestamp": AT, "records": [CALL], "links": LINKS},
        {"audit": [CALL], "links": LINKS},
        {"data": [CALL], "included": OWNERS},
        {"response": {"links": LINKS, "logs": [CALL]}},
    ],
)  # fmt: skip
def test_beside_other_lists_the_one_with_times_in_it_holds_the_rows(load, page):
    found, (call,) = load(json.dumps(page, indent=1))
    assert (found.rows, found.loaded, found.rejected) == (1, 1, 0)
    assert (call["user"], call["api"], call["status"]) == ("ann", "/orders", "201")


def test_an_object_with_several_lists_and_a_time_of_unknown_name_is_a_row(load):
    row = {"wann": AT, "wer": "ann", "was": "/a", "posten": [{"id": 1}], "rabatte": [{"id": 2}]}
    mapping = {"occurred_at": "wann", "user": "wer", "path": "was"}
    found, (call,) = load(lines(row), mapping=mapping)
    assert (found.rows, call["user"]) == (1, "ann")


TABLE = {
    "name": "PrimaryResult",
    "columns": [{"name": "timestamp", "type": "datetime"}, {"name": "user_Id"}, {"name": "url"}],
    "rows": [[AT, "ann", "/a"], [AT, "bob", "/b"], [AT, "eve"], "torn"],
}


@pytest.mark.parametrize("page", [{"tables": [TABLE]}, TABLE, {"tables": [TABLE], "render": {}}])
@pytest.mark.parametrize("indent", [None, 1])
def test_an_answer_in_columns_and_rows_is_read_as_the_rows_it_holds(load, page, indent):
    found, calls = load(json.dumps(page, indent=indent))
    assert (found.rows, found.loaded, found.skipped) == (4, 3, 1)
    assert {(c["user"], c["api"]) for c in calls} == {
        ("ann", "/a"),
        ("bob", "/b"),
        ("eve", "(unknown)"),
    }


def test_an_answer_in_pairs_of_fields_and_values_is_read_as_the_rows_it_holds(load):
    rows = [
        [{"field": "@timestamp", "value": "2026-01-05 10:00:00.000"},
         {"field": "user", "value": user}, {"field": "path", "value": "/a"},
         {"field": "@ptr", "value": "p"}]
        for user in ("ann", "bob")
    ]  # fmt: skip
    page = {"results": rows, "statistics": {"recordsMatched": 2.0}, "status": "Complete"}
    found, calls = load(json.dumps(page, indent=4))
    assert (found.rows, found.loaded) == (2, 2)
    assert {(c["user"], c["api"]) for c in calls} == {("ann", "/a"), ("bob", "/a")}


@pytest.mark.parametrize("odd", [{"field": ["a"], "value": 1}, {"field": "a"}, "text", None, []])
def test_what_only_begins_like_such_an_answer_is_no_crash(load, odd):
    pairs = [{"field": f"f{i}", "value": "x"} for i in range(30)]
    for page in (
        {"results": [[*pairs, odd], *[pairs] * 2, odd]},
        {"columns": [{"name": "time"}] * 30 + [odd], "rows": [[1, 2]]},
        {"columns": [{"name": "time"}], "rows": [[AT], odd]},
    ):
        found, _ = load(lines(CALL, page, CALL), keep_duplicates=True)
        assert found.loaded >= 2
