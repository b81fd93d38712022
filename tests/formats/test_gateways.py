"""Access logs in JSON, from invented rows and from real ones."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from samples import OBJECTS


def lines(*rows) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


KONG = {
    "started_at": 1767607200123,
    "client_ip": "192.0.2.7",
    "consumer": {"username": "ada", "id": "c-1"},
    "request": {
        "method": "GET",
        "uri": "/v1/leads/4711?page=2",
        "headers": {"user-agent": "curl/8", "host": "api"},
    },
    "response": {"status": 429, "headers": {"x-kong-request-id": "k-1"}},
    "latencies": {"request": 7, "kong": 1, "proxy": 6},
}
KONG_OPEN = {k: v for k, v in KONG.items() if k != "consumer"} | {
    "started_at": 1767607201000,
    "response": {"status": 200, "headers": {}},
}


@pytest.mark.parametrize("text", [lines(KONG, KONG_OPEN), json.dumps([KONG, KONG_OPEN], indent=1)])
def test_kong_is_read_line_by_line_or_as_an_array(text, load):
    found, (one, two) = load(text)
    assert (found.format, found.loaded) == ("kong", 2)
    assert one["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123000)
    assert (one["user"], one["app"], one["ip"]) == ("ada", "curl/8", "192.0.2.7")
    assert (one["api"], one["status"], one["refused"]) == ("GET /v1/leads/{id}", "429", True)
    assert one["request_id"] == "k-1"
    assert (two["user"], two["user_basis"]) == ("curl/8", "app")


ENVOY = {
    "start_time": "2026-01-05T10:00:00.123Z",
    "method": "POST",
    "path": "/v1/leads",
    "protocol": "HTTP/2",
    "response_code": "201",
    "response_flags": "-",
    "x_forwarded_for": "192.0.2.7,10.0.0.1",
    "user_agent": "grpc-go/1.6",
    "x_request_id": "e-1",
    "downstream_remote_address": "10.0.0.1:41234",
}
ENVOY_TCP = ENVOY | {"method": None, "path": None, "response_code": 0, "x_request_id": "-"}
ENVOY_INSIDE = ENVOY | {
    "start_time": "2026-01-05T10:00:01Z",
    "x_forwarded_for": "-",
    "downstream_remote_address": "[2001:db8::7]:41234",
    "x_request_id": "e-2",
    "response_code": 503,
}


def test_envoy_counts_requests_and_not_raw_connections(load):
    found, (one, two) = load(lines(ENVOY, ENVOY_TCP, ENVOY_INSIDE))
    assert (found.format, found.loaded, found.skipped) == ("envoy", 2, 1)
    assert (one["ip"], two["ip"]) == ("192.0.2.7", "2001:db8::7")
    assert (one["api"], one["status"], one["request_id"]) == ("POST /v1/leads", "201", "e-1")
    assert (one["app"], two["status"]) == ("grpc-go/1.6", "503")


@pytest.mark.parametrize("method", [None, "-"])
def test_what_envoy_answered_before_it_knew_the_method_is_a_call(load, method):
    broken = ENVOY_INSIDE | {"method": method, "path": method, "response_code": 400}
    found, (_, call) = load(lines(ENVOY, broken, ENVOY_TCP | {"method": method}))
    assert (found.loaded, found.skipped) == (2, 1)
    assert (call["api"], call["method"], call["status"]) == ("(unknown)", None, "400")


def test_what_kong_answered_before_it_knew_the_method_is_a_call(load):
    broken = KONG_OPEN | {"request": {"size": 0}, "response": {"status": 400, "headers": {}}}
    found, (_, call) = load(lines(KONG, broken, {"started_at": 1767607200123, "session": {}}))
    assert (found.loaded, found.skipped) == (2, 1)
    assert (call["api"], call["method"], call["status"]) == ("(unknown)", None, "400")


def test_envoy_may_call_its_columns_as_the_headers_are_called(load):
    renamed = {"path": "x-envoy-origin-path", "user_agent": "user-agent"} | {
        "x_forwarded_for": "x-forwarded-for",
        "x_request_id": "x-request-id",
    }
    found, (call,) = load(lines({renamed.get(key, key): value for key, value in ENVOY.items()}))
    assert (found.format, call["api"]) == ("envoy", "POST /v1/leads")
    assert (call["app"], call["ip"], call["request_id"]) == ("grpc-go/1.6", "192.0.2.7", "e-1")


TRAEFIK = {
    "ClientHost": "192.0.2.7",
    "ClientUsername": "-",
    "DownstreamStatus": 200,
    "RequestMethod": "GET",
    "RequestPath": "/v1/leads/1",
    "StartUTC": "2026-01-05T10:00:00.123456789Z",
    "StartLocal": "2026-01-05T11:00:00.123456789+01:00",
    "level": "info",
    "msg": "",
    "request_User-Agent": "curl/8",
    "time": "2026-01-05T10:00:05Z",
}


def test_traefik_counts_from_the_start_of_the_request(load):
    named = TRAEFIK | {"ClientUsername": "ada", "StartUTC": "2026-01-05T10:00:01Z"}
    other = {"level": "error", "msg": "middleware failed", "time": "2026-01-05T10:00:02Z"}
    found, (one, two) = load(lines(TRAEFIK, named, other))
    assert (found.format, found.loaded, found.skipped) == ("traefik", 2, 1)
    assert one["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123456)
    assert (one["user"], one["user_basis"], two["user"]) == ("curl/8", "app", "ada")
    assert (one["api"], one["status"], one["ip"]) == ("GET /v1/leads/{id}", "200", "192.0.2.7")


def test_traefik_may_tell_the_start_in_local_time_alone(load):
    _, (call,) = load(lines({key: value for key, value in TRAEFIK.items() if key != "StartUTC"}))
    assert call["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123456)


def test_traefik_may_tell_who_called_with_the_port_alone(load):
    row = {key: value for key, value in TRAEFIK.items() if key != "ClientHost"}
    _, calls = load(lines(*(row | {"ClientAddr": at} for at in ("192.0.2.7:51", "[::7]:51"))))
    assert [call["ip"] for call in calls] == ["192.0.2.7", "::7"]


def test_what_a_browser_archived_are_calls_of_its_user_agent(load):
    entry = OBJECTS["har"][0]
    lost = entry | {"request": {**entry["request"], "headers": []}, "response": {"status": 0}}
    log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [entry, lost]}
    found, calls = load(json.dumps({"log": log}), "session.har")
    assert (found.format, found.loaded) == ("har", 2)
    assert {(c["app"], c["api"], c["status"], c["ip"]) for c in calls} == {
        ("curl/8", "GET /v1/leads/{id}", "429", None),
        (None, "GET /v1/leads/{id}", None, None),
    }


@pytest.mark.parametrize("headers", ["none", ["abc", 5, {"name": 7}, {}], {"User-Agent": "x"}, 7])
def test_headers_that_are_no_list_of_names_and_values_break_no_archive(load, headers):
    entry = OBJECTS["har"][0]
    odd = entry | {"request": {**entry["request"], "headers": headers}}
    found, calls = load("\n".join(map(json.dumps, (entry, odd))))
    assert (found.format, found.loaded) == ("har", 2)
    assert {call["app"] for call in calls} == {"curl/8", None}


def test_suricata_tells_of_requests_among_all_that_it_sees(load):
    seen = {
        "timestamp": "2026-01-05T11:00:00.690014+0100",
        "flow_id": 2115002772430095,
        "src_ip": "192.0.2.7",
        "dest_ip": "198.51.100.1",
        "http": {"url": "/v1/leads/1", "http_user_agent": "curl/8", "http_method": "GET"},
    }
    seen["http"]["status"] = 200
    kinds = ("http", "fileinfo", "alert", "flow")
    stats = {"timestamp": seen["timestamp"], "event_type": "stats", "stats": {"http": {}}}
    found, (call,) = load(lines(*(seen | {"event_type": kind} for kind in kinds), stats))
    assert (found.format, found.loaded, found.skipped) == ("suricata", 1, 4)
    assert call["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 690014)
    assert (call["user"], call["api"], call["ip"]) == ("curl/8", "GET /v1/leads/{id}", "192.0.2.7")


CADDY = {
    "level": "info",
    "ts": 1767607200.123456,
    "logger": "http.log.access.log0",
    "msg": "handled request",
    "request": {
        "remote_ip": "10.0.0.1",
        "client_ip": "192.0.2.7",
        "method": "GET",
        "uri": "/a?b=c",
        "headers": {"User-Agent": ["curl/8"]},
    },
    "user_id": "ada",
    "status": 200,
    "resp_headers": {},
}
CADDY_ERROR = CADDY | {"logger": "http.log.error.log0", "msg": "dial tcp: refused", "status": 502}
CADDY_START = {"level": "info", "ts": 1767607100.5, "msg": "using config from file"}
CADDY_OLD = {
    **CADDY,
    "ts": 1767607201,
    "user_id": "",
    "request": {"remote_addr": "192.0.2.9:5123", "method": "HEAD", "uri": "/", "headers": {}},
}


@pytest.mark.parametrize("before", ["", "caddy-1  | ", "2026-01-05T10:00:00.1Z stdout F "])
def test_caddy_counts_handled_requests_only_whatever_stands_before_the_object(before, load):
    rows = [CADDY_START, CADDY, CADDY_ERROR, CADDY_OLD]
    found, (one, two) = load("".join(f"{before}{json.dumps(row)}\n" for row in rows))
    assert (found.format, found.loaded, found.skipped) == ("caddy", 2, 2)
    assert (one["user"], one["app"], one["ip"]) == ("ada", "curl/8", "192.0.2.7")
    assert (one["api"], one["status"]) == ("GET /a", "200")
    assert one["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123456)
    assert (two["user"], two["user_basis"]) == ("192.0.2.9", "ip")


CLOUDFLARE = {
    "ClientIP": "192.0.2.7",
    "ClientRequestHost": "api.example.com",
    "ClientRequestMethod": "GET",
    "ClientRequestURI": "/v1/leads/1?x=1",
    "ClientRequestUserAgent": "",
    "EdgeResponseStatus": 200,
    "RayID": "87a1",
}


@pytest.mark.parametrize(
    "stamp", [1767607200123456789, "2026-01-05T10:00:00.123456789Z", "1767607200.123456"]
)
def test_cloudflare_is_read_with_each_of_its_stamps(stamp, load):
    again = CLOUDFLARE | {"RayID": "87a2"}
    rows = [{**row, "EdgeStartTimestamp": stamp} for row in (CLOUDFLARE, again, again)]
    found, calls = load(lines(*rows))
    assert (found.format, found.loaded, found.duplicates) == ("cloudflare", 2, 1)
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123456)
    assert (calls[0]["user"], calls[0]["api"]) == ("192.0.2.7", "GET /v1/leads/{id}")


ZEEK = {
    "ts": 1767607200.5,
    "uid": "C1",
    "id.orig_h": "192.0.2.7",
    "id.resp_h": "192.0.2.80",
    "trans_depth": 1,
    "method": "GET",
    "host": "api.example.com",
    "uri": "/v1/leads/1",
    "status_code": 200,
    "user_agent": "curl/8",
}


def test_zeek_counts_every_request_of_a_connection(load):
    second = ZEEK | {"ts": 1767607201.5, "trans_depth": 2, "username": "ada"}
    silent = {k: v for k, v in ZEEK.items() if k not in ("method", "uri", "status_code")}
    conn = {"ts": 1767607202.5, "uid": "C1", "id.orig_h": "192.0.2.7", "proto": "tcp"}
    found, calls = load(lines(ZEEK, second, silent | {"ts": 1767607203.5}, conn))
    assert (found.format, found.loaded, found.skipped) == ("zeek-json", 2, 2)
    assert [call["user"] for call in calls] == ["curl/8", "ada"]
    assert (calls[0]["api"], calls[0]["ip"]) == ("GET /v1/leads/{id}", "192.0.2.7")


@pytest.mark.parametrize(
    ("folder", "name", "form"),
    [
        ("lnav_formats", "logfile_caddy_log.0", "caddy"),
        ("lnav_formats", "logfile_caddy_log.1", "caddy"),
        ("lnav_formats", "logfile_cloudflare.json", "cloudflare"),
        # Logpush as well, with stamps in nanoseconds.
        ("lnav_formats", "logfile_cloudflare.1", "cloudflare"),
        ("zeek_http", "data_json_http.log", "zeek-json"),
        ("zeek_http", "SCRANTON_http.log", "zeek-json"),
    ],
)
def test_real_logs_agree_with_their_truth(folder, name, form, real_log):
    log = real_log(folder, name)
    assert log.found == log.truth
    assert log.loads[0].format == form


def test_what_suricata_tells_of_other_traffic_is_no_call(load):
    found, (call,) = load("\n".join(map(json.dumps, OBJECTS["suricata"])) + "\n")
    assert (found.format, found.loaded, found.skipped) == ("suricata", 1, 2)
    assert (call["api"], call["status"], call["ip"]) == ("GET /a/{id}", "200", "192.0.2.7")


def test_a_firewall_of_aws_says_what_it_answered(load):
    row = OBJECTS["aws_waf"][0]
    bare = {**row, "responseCodeSent": None, "timestamp": 1767607201123}
    passed = {**bare, "action": "ALLOW", "timestamp": 1767607202123}
    other = [
        {**each, "httpRequest": {**row["httpRequest"], "requestId": str(place)}}
        for place, each in enumerate((bare, passed))
    ]
    found, calls = load(lines(row, *other))
    assert (found.format, found.loaded) == ("aws_waf", 3)
    assert [(call["user"], call["status"]) for call in calls] == [
        ("x/1", "429"), ("x/1", "403"), ("x/1", None)
    ]  # fmt: skip


def test_minio_tells_who_called_and_not_what_it_does_by_itself(load):
    (call,) = OBJECTS["minio"]
    healed = call | {"trigger": "healing", "requestID": "2", "remotehost": "", "accessKey": ""}
    keyed = {**call, "requestID": "3"}
    del keyed["parentUser"], keyed["trigger"]
    found, calls = load(lines(call, healed, keyed))
    assert (found.format, found.loaded, found.skipped) == ("minio", 2, 1)
    assert {call["user"] for call in calls} == {"ann", "KEY"}
    assert {(c["api"], c["status"], c["ip"], c["app"]) for c in calls} == {
        ("PutObject", "200", "192.0.2.7", "MinIO (linux; amd64)")
    }


def test_of_minios_trace_what_its_servers_ask_each_other_is_no_call(load):
    (short,), (verbose,) = OBJECTS["minio-trace"], OBJECTS["minio-trace: verbose"]
    within = short | {"api": "internal.ReadVersion"}
    found, calls = load(lines(short, within, verbose))
    assert (found.format, found.loaded, found.skipped) == ("minio-trace", 2, 1)
    assert {(call["api"], call["status"], call["ip"]) for call in calls} == {
        ("s3.PutObject", "200", "192.0.2.7")
    }


def test_gravitee_has_numbers_for_methods(load):
    (second,), (fourth,) = OBJECTS["gravitee"], OBJECTS["gravitee: fourth version"]
    other = second | {"_id": "r-2", "method": 0, "application": "1", "user": None}
    found, calls = load(lines({"index": {"_id": "r-1"}}, second, other))
    assert (found.format, found.loaded, found.skipped) == ("gravitee", 2, 1)
    assert {(call["api"], call["user"], call["app"]) for call in calls} == {
        ("GET /v1/leads/{id}", "ann", "app-1"),
        ("/v1/leads/{id}", "curl/8", "curl/8"),
    }
    found, (call,) = load(lines(fourth), "b.log", keep_duplicates=True)
    assert (found.format, call["api"], call["user"]) == ("gravitee", "POST /v1/leads/{id}", "app-1")
    assert (call["ip"], call["status"], call["request_id"]) == ("192.0.2.7", "201", "r-1")


@pytest.mark.parametrize(
    ("name", "user", "api", "status"),
    [("hasura", "ann", "POST /v1/graphql", "200"), ("grpc", "192.0.2.7", "a.Leads/List", "OK")],
)
def test_of_several_kinds_of_rows_one_is_the_call(load, name, user, api, status):
    (row,) = OBJECTS[name]
    other = {**row, "type": "query-log", "grpc.code": None}
    found, (call,) = load(lines(row, other))
    assert (found.format, found.skipped, call["user"]) == (name, 1, user)
    assert (call["api"], call["status"], call["ip"]) == (api, status, "192.0.2.7")
