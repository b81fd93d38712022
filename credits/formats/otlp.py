"""Logs and traces of OpenTelemetry as JSON: a row for each record or span, its attributes by name.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: what a collector's file exporter
writes holds records inside of scopes inside of resources, and every attribute is an object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_WITHIN = {
    "resourceLogs": (("scopeLogs", "instrumentationLibraryLogs"), "logRecords"),
    "resourceSpans": (("scopeSpans", "instrumentationLibrarySpans"), "spans"),
}
_TIMES = ("timeUnixNano", "startTimeUnixNano", "observedTimeUnixNano")
_CALLED = {
    "user": ("enduser.id", "user.name", "user.email", "user.id"),
    "app": ("user_agent.original", "http.user_agent"),
    "path": ("url.path", "http.target", "url.full", "http.url", "http.route"),
    "method": ("http.request.method", "http.method"),
    "status": ("http.response.status_code", "http.status_code", "rpc.grpc.status_code"),
    "ip": ("client.address", "http.client_ip"),
}
"""Field → the attribute that tells it, by the conventions of today and those before."""
_PROCEDURE = ("rpc.service", "rpc.method")
_CLIENT = (3, "SPAN_KIND_CLIENT")


def holds(value: Mapping[str, Any]) -> bool:
    """Whether an object is such a document."""
    return any(isinstance(value.get(name), list) for name in _WITHIN)


def rows(value: Mapping[str, Any]) -> Iterator[str]:
    """Each record or span as an object of its own, as JSON; what is nested too deeply is none."""
    for name, (scopes, records) in _WITHIN.items():
        for resource in _objects(value.get(name)):
            service = _attributes(_object(resource.get("resource"))).get("service.name")
            for scope in (s for key in scopes for s in _objects(resource.get(key))):
                for record in _objects(scope.get(records)):
                    try:
                        yield json.dumps(_row(record, service))
                    except RecursionError:
                        yield "nested too deeply"


def _row(record: Mapping[str, Any], service: object) -> dict[str, Any]:
    row = _attributes(record)
    for field, names in _CALLED.items():
        told = next((row[name] for name in names if row.get(name) not in (None, "")), None)
        if told is not None:
            row[field] = told
    if row.get("rpc.method"):
        row["api"] = "/".join(str(row[name]) for name in _PROCEDURE if row.get(name))
    # Nought stands for a time that nobody knows.
    times = (record.get(name) for name in _TIMES)
    row["timestamp"] = next((time for time in times if time not in (None, "", "0", 0)), None)
    if "body" in record:
        row["message"] = _plain(record["body"])
    if record.get("spanId") and "kind" in record:
        row["request_id"] = record["spanId"]
    if record.get("kind") in _CLIENT and service is not None:
        # Who calls is the service itself; a server's span tells by it who was called.
        row["app"] = service
    return row


def _attributes(owner: Mapping[str, Any]) -> dict[str, Any]:
    found = _objects(owner.get("attributes"))
    return {str(one.get("key")): _plain(one.get("value")) for one in found}


def _plain(value: object) -> Any:
    """The value in an object that says of what kind it is, `{"intValue": "200"}`."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, held),) = value.items()
    if kind == "arrayValue":
        return [_plain(one) for one in _object(held).get("values") or []]
    if kind == "kvlistValue":
        return _attributes({"attributes": _object(held).get("values")})
    return held


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
