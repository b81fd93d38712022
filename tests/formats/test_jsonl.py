"""JSON whose keys are in the user's words, one object a line."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from credits import CreditsError

ROW = {"time": "2026-01-05T10:00:00Z", "user": "ada", "path": "/v1/leads/17", "method": "GET"}


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_keys_are_found_by_their_meaning_however_deep_they_are(load):
    row = {
        "@timestamp": "2026-01-05T10:00:00Z",
        "actor": {"email": "ada@example.org"},
        "http": {"request": {"method": "POST", "uri": "/v1/leads?x=1"}, "status": 201},
        "client": {"ip": "10.0.0.1"},
    }
    _, calls = load(lines(row), "a.jsonl")
    call = calls[0]
    assert (call["user"], call["api"]) == ("ada@example.org", "POST /v1/leads")
    assert (call["status"], call["ip"]) == ("201", "10.0.0.1")


@pytest.mark.parametrize(
    "stamp", [1767607200, 1767607200.0, 1767607200000, "1767607200", "2026-01-05 10:00:00"]
)
def test_times_are_numbers_or_text(load, stamp: object):
    _, calls = load(lines(ROW | {"time": stamp}), "a.jsonl")
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10)


def test_a_line_that_is_no_json_is_a_reject_with_its_text(load, rejects):
    log = lines(ROW, ROW) + '{"time": "2026-01-05T10:00:00Z", "user": \n' + lines(ROW)
    found, _ = load(log, "a.jsonl")
    assert (found.loaded, found.rejected) == (3, 1)
    assert rejects() == [(3, "is not valid JSON", '{"time": "2026-01-05T10:00:00Z", "user": ')]


def test_an_object_without_a_time_is_a_reject_and_another_kind_of_record_is_skipped(load, rejects):
    found, _ = load(lines(ROW, {"user": "ada"}, {"message": "started"}) + "\n", "a.jsonl")
    assert (found.rows, found.loaded, found.rejected, found.skipped) == (4, 1, 1, 2)
    assert rejects() == [(2, "has no time", '{"user": "ada"}')]


@pytest.mark.parametrize("blank", [None, "", "-", "null"])
def test_a_blank_user_is_none(load, blank: object):
    _, calls = load(lines(ROW | {"user": blank, "app": "sync"}, ROW), "a.jsonl")
    assert [(call["user"], call["user_basis"]) for call in calls] == [
        ("sync", "app"),
        ("ada", "user"),
    ]


def test_keys_that_were_named_by_hand_go_first(load):
    row = {"t": "2026-01-05T10:00:00Z", "who": {"id": 7}, "user": "wrong"}
    mapping = {"occurred_at": "t", "user": "who.id"}
    found, calls = load(lines(row), "a.jsonl", mapping=mapping)
    assert calls[0]["user"] == "7"
    assert found.columns["user"] == "who.id"


def test_text_in_any_script_arrives_as_it_is(load):
    names = ["Zoë 🦊", "مها", 'say "hi"', "back\\slash", "two\nlines", "O'Brien", "<b>"]
    _, calls = load(lines(*(ROW | {"user": name} for name in names)), "a.jsonl")
    assert sorted(call["user"] for call in calls) == sorted(names)


def test_records_credits_and_request_ids_are_read(load):
    row = ROW | {"record_count": 11, "credits": 2.5, "request_id": "r1"}
    found, calls = load(lines(row, row), "a.jsonl")
    assert (found.loaded, found.duplicates) == (1, 1)
    call = calls[0]
    assert (call["records"], float(call["credits"]), call["credits_basis"]) == (11, 2.5, "logged")


def test_an_array_and_lines_of_the_same_objects_are_the_same_calls(load):
    _, of_lines = load(lines(ROW, ROW), "a.jsonl")
    _, of_array = load(json.dumps([ROW, ROW], indent=2), "b.json", keep_duplicates=True)
    keys = ("occurred_at", "user", "api", "method")
    assert [[c[k] for k in keys] for c in of_array] == [[c[k] for k in keys] for c in of_lines]


def test_objects_that_are_no_calls_are_refused(load):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(lines({"name": "ada", "age": 36}), "a.jsonl")
