"""Usage of language models, from invented rows."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

SPENT = {
    "request_id": "chatcmpl-1",
    "call_type": "acompletion",
    "api_key": "hash-of-key",
    "spend": 0.0012,
    "total_tokens": 840,
    "startTime": "2026-01-05T10:00:00.250000",
    "endTime": "2026-01-05T10:00:02",
    "model": "gpt-4o",
    "user": "",
    "end_user": "ada@example.com",
    "status": "success",
    "requester_ip_address": "192.0.2.7",
    "request_tags": ["a"],
}
OTHER = SPENT | {"request_id": "chatcmpl-2", "user": "bo", "startTime": "2026-01-05T10:01:00+00:00"}


def as_csv(rows) -> str:
    lines = [",".join(rows[0])]
    for row in rows:
        lines.append(",".join('"' + str(item).replace('"', '""') + '"' for item in row.values()))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([SPENT, OTHER]),
        json.dumps({"data": [SPENT, OTHER], "total": 2, "page": 1}),
        "\n".join(map(json.dumps, [SPENT, OTHER])),
        as_csv([SPENT, OTHER]),
    ],
)
def test_litellm_spend_is_read_in_utc_whatever_zone_the_person_chose(text, load):
    found, calls = load(text, "spend", time_zone="Asia/Tokyo")
    assert (found.format, found.loaded) == ("litellm", 2)
    assert [call["user"] for call in calls] == ["ada@example.com", "bo"]
    assert {call["api"] for call in calls} == {"acompletion:gpt-4o"}
    assert (calls[0]["records"], calls[0]["app"]) == (840, "hash-of-key")
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 250000)


def used(requests, **more):
    return {"num_model_requests": requests, "user_id": "u-1", "model": "gpt-4o", **more}


BUCKETS = {
    "object": "page",
    "data": [
        {
            "object": "bucket",
            "start_time": 1767607200,
            "end_time": 1767610800,
            "results": [
                used(5, api_key_id="k-1"),
                used(3_000_000_000, user_id=None, api_key_id=None, project_id="p-1"),
            ],
        },
        {"object": "bucket", "start_time": 1767610800, "end_time": 1767614400, "results": []},
    ],
    "has_more": False,
    "next_page": None,
}


def test_openai_buckets_count_with_their_requests(load):
    found, calls = load(json.dumps(BUCKETS))
    assert (found.format, found.rows, found.loaded, found.skipped) == ("openai", 3, 2, 1)
    assert found.calls == 3_000_000_005
    few, many = sorted(calls, key=lambda call: call["calls"])
    assert (few["user"], many["user"]) == ("u-1", "p-1")
    assert (few["app"], few["api"], few["calls"]) == ("k-1", "gpt-4o", 5)
    assert few["occurred_at"] == datetime(2026, 1, 5, 10)


@pytest.mark.parametrize("write", [as_csv, json.dumps])
def test_openai_rows_may_also_be_flat(write, load):
    rows = [
        {"start_time": 1767607200, "end_time": 1767610800, **used(5)},
        {"start_time": 1767610800, "end_time": 1767614400, **used("", model="")},
    ]
    found, calls = load(write(rows), "usage")
    assert (found.format, found.loaded, found.skipped, found.calls) == ("openai", 1, 1, 5)
    assert calls[0]["user"] == "u-1"


def test_openai_rows_of_the_older_export_are_known_too(load):
    row = {"aggregation_timestamp": 1767607200, "n_requests": 7, "snapshot_id": "gpt-4-0613"}
    found, calls = load(json.dumps({"object": "list", "data": [row]}))
    assert (found.format, found.calls, calls[0]["api"]) == ("openai", 7, "gpt-4-0613")


def test_what_a_proxy_gives_to_callbacks_is_its_spend_log_too(load):
    row = {
        "id": "chatcmpl-3", "call_type": "acompletion", "model": "gpt-4o", "status": "success",
        "startTime": 1767607200.25, "response_cost": 0.001, "total_tokens": 30, "end_user": "",
        "metadata": {"user_api_key_user_id": "ann", "user_api_key_alias": "team", "x": None,
                     "requester_ip_address": "192.0.2.7"},
        "response": {"id": "chatcmpl-3", "created": 1767607201},
    }  # fmt: skip
    found, (call,) = load(json.dumps(row))
    assert (found.format, call["user"], call["app"]) == ("litellm", "ann", "team")
    assert call["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 250_000)
    assert (call["request_id"], call["ip"], call["records"]) == ("chatcmpl-3", "192.0.2.7", 30)
