"""OpenTelemetry: what a collector writes of logs and traces, in the words of either convention."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import LoadText

from credits.formats import otlp


def told(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP writes them."""
    kinds = {str: "stringValue", int: "intValue", bool: "boolValue", float: "doubleValue"}
    return [
        {"key": key, "value": {kinds[type(value)]: str(value) if type(value) is int else value}}
        for key, value in attributes.items()
    ]


def traces(*spans: dict[str, Any], service: str = "shop") -> str:
    resource = {"attributes": told({"service.name": service})}
    scopes = [{"scope": {"name": "x"}, "spans": list(spans)}]
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": scopes}]}) + "\n"


def span(number: int, kind: int | str, **attributes: Any) -> dict[str, Any]:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return {
        "traceId": "t", "spanId": f"s-{number}", "name": "GET", "kind": kind,
        "startTimeUnixNano": f"17676072{number:02}123456789", "attributes": told(named),
    }  # fmt: skip


OLD = {"http__method": "GET", "http__target": "/v1/leads/17?a=b", "http__status_code": 429}
NEW = {"http__request__method": "GET", "url__path": "/v1/leads/17"} | {
    "http__response__status_code": 429
}


def test_spans_of_both_conventions_are_calls_and_work_inside_is_none(load: LoadText):
    who = {"enduser__id": "ann", "http__user_agent": "curl/8", "http__client_ip": "192.0.2.7"}
    new = {"user__id": "ann", "user_agent__original": "curl/8", "client__address": "192.0.2.7"}
    log = traces(span(1, 2, **OLD, **who), span(2, 1, db__system="mysql"))
    found, calls = load(log + traces(span(3, "SPAN_KIND_SERVER", **NEW, **new)))
    assert (found.rows, found.loaded, found.skipped, found.duplicates) == (3, 2, 1, 0)
    assert {(c["user"], c["app"], c["ip"], c["api"], c["status"]) for c in calls} == {
        ("ann", "curl/8", "192.0.2.7", "GET /v1/leads/{id}", "429")
    }
    assert {c["request_id"] for c in calls} == {"s-1", "s-3"}
    assert str(min(c["occurred_at"] for c in calls)).endswith("10:00:01.123456")


def test_who_asks_another_service_is_the_service_itself(load: LoadText):
    asked = {"http__request__method": "POST", "url__full": "https://api.example/v2/Leads?page=2"}
    _, (call,) = load(traces(span(1, 3, **asked, user_agent__original="Go"), service="crm-sync"))
    assert (call["app"], call["user_basis"], call["api"]) == ("crm-sync", "app", "POST /v2/Leads")


def test_a_procedure_is_called_by_its_name(load: LoadText):
    named = {"rpc__system": "grpc", "rpc__service": "shop.Cart", "rpc__method": "Add"}
    _, (call,) = load(traces(span(1, 2, **named, rpc__grpc__status_code=0)))
    assert call["api"] == "shop.Cart/Add"


def test_records_carry_lines_and_attributes(load: LoadText):
    line = '192.0.2.7 - ann [05/Jan/2026:10:00:00 +0000] "GET /v1/leads HTTP/1.1" 200 7 "-" "curl"'
    record = {"timeUnixNano": "0", "observedTimeUnixNano": "1767607200000000000"}

    def logs(**more: Any) -> str:
        scopes = [{"logRecords": [record | more]}]
        return json.dumps({"resourceLogs": [{"scopeLogs": scopes}]}) + "\n"

    found, (call,) = load(logs(body={"stringValue": line}))
    assert (found.format, call["user"], call["api"]) == ("access", "ann", "GET /v1/leads")
    told_apart = {"http.request.method": "GET", "url.path": "/v1/a", "enduser.id": "bob"}
    _, (call,) = load(logs(attributes=told(told_apart)), "attributes.json")
    assert (call["user"], call["api"]) == ("bob", "GET /v1/a")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"stringValue": "a"}, "a"),
        ({"intValue": "7"}, "7"),
        ({"arrayValue": {"values": [{"intValue": 1}, {"stringValue": "b"}]}}, [1, "b"]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}}, {"a": True}),
        ({}, {}), (None, None), ("bare", "bare"), ({"a": 1, "b": 2}, {"a": 1, "b": 2}),
    ],
)  # fmt: skip
def test_values_are_taken_out_of_their_kinds(value: Any, plain: Any):
    scopes = [{"logRecords": [{"attributes": [{"key": "k", "value": value}, 5]}, "no record"]}]
    (row,) = otlp.rows({"resourceLogs": [{"scopeLogs": scopes, "resource": None}, None]})
    assert json.loads(row) == {"k": plain, "timestamp": None}


def test_what_is_nested_too_deeply_costs_the_others_nothing():
    deep: dict[str, Any] = {"stringValue": "x"}
    for _ in range(5_000):
        deep = {"arrayValue": {"values": [deep]}}
    records = [{"attributes": [{"key": "a", "value": value}]} for value in (deep, {"intValue": 1})]
    first, second = otlp.rows({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    assert first == "nested too deeply"
    assert json.loads(second)["a"] == 1
