"""Shapes of known logs that are seldom seen: exports as tables, older defaults, shared ids."""

from __future__ import annotations

import json

import pytest
from samples import SAMPLES

HEAD = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be b"


def lines(*rows: object) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


def test_events_of_one_request_are_calls_of_their_own_in_a_table_of_cloudtrail(load):
    flat, calls = load(
        "eventTime,eventSource,eventName,sourceIPAddress,userAgent,userIdentity.arn,requestID,"
        "eventID,errorCode\n"
        "2026-01-05T10:00:00Z,sts.amazonaws.com,AssumeRole,192.0.2.7,cli,arn:ann,r1,e1,\n"
        "2026-01-05T10:00:00Z,kms.amazonaws.com,Decrypt,192.0.2.7,cli,arn:bob,r1,e2,AccessDenied\n"
    )
    assert (flat.format, flat.loaded, flat.duplicates) == ("cloudtrail-table", 2, 0)
    assert {(call["user"], call["api"], call["status"]) for call in calls} == {
        ("arn:ann", "sts.amazonaws.com:AssumeRole", "OK"),
        ("arn:bob", "kms.amazonaws.com:Decrypt", "AccessDenied"),
    }


def test_athena_names_the_caller_inside_a_cell(load):
    _, (call,) = load(
        '"useridentity","eventtime","eventsource","eventname","sourceipaddress","useragent",'
        '"errorcode","requestid","eventid"\n'
        '"{type=IAMUser, principalid=A, arn=arn:aws:iam::1:user/ann, accountid=1}",'
        '"2026-01-05T10:00:00Z","sts.amazonaws.com","AssumeRole","192.0.2.7","cli",,"r1","e1"\n'
    )
    assert (call["user"], call["request_id"]) == ("arn:aws:iam::1:user/ann", "e1")


def test_what_one_request_to_s3_deletes_or_copies_are_several_calls(load):
    at = "[06/Feb/2026:00:00:39 +0000] 192.0.2.3"
    rest = '- - - - - "-" "-" - h= SigV4'
    deleted, _ = load(
        lines(
            f"{HEAD} {at} ann R1 BATCH.DELETE.OBJECT a.txt - 204 {rest}",
            f"{HEAD} {at} ann R1 BATCH.DELETE.OBJECT b.txt - 204 {rest}",
            f"{HEAD} {at} ann R2 REST.COPY.OBJECT_GET a.txt - 200 {rest}",
            f'{HEAD} {at} ann R2 REST.COPY.OBJECT c.txt "PUT /b/c.txt HTTP/1.1" 200 {rest}',
        )
    )
    assert (deleted.format, deleted.loaded, deleted.duplicates) == ("s3", 4, 0)


def test_haproxy_may_write_the_host_before_the_times_and_no_request_is_passed_over(load):
    row = (
        "haproxy[1]: 192.0.2.7:38862 [05/Jan/2026:10:00:00.222] front~ back/one{} 0/0/1/2/3 200"
        ' 98 - - ---- 1/1/0/0/0 0/0 "GET /v1/leads HTTP/1.1"'
    )
    read, calls = load(
        lines(row.format(""), row.format(" api.example.com"), row.replace("/2/", ""))
    )
    assert (read.loaded, read.rejected, read.skipped) == (2, 1, 0)
    assert {call["api"] for call in calls} == {"GET /v1/leads"}


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ('"5/13/2026, 10:00:01.123 PM"', "2026-05-13 22:00:01.123000"),
        ('"May 18, 2026 @ 12:34:56.789"', "2026-05-18 12:34:56.789000"),
        ('"May 18, 2026 @ 12:34:56"', "2026-05-18 12:34:56"),
    ],
)
def test_stamps_of_portals_and_of_kibana(load, stamp, at):
    _, (call,) = load(f"timestamp,user,path\n{stamp},ann,/a\n")
    assert str(call["occurred_at"]) == at


def test_the_day_of_a_w3c_log_as_its_specification_writes_it(load):
    _, (call,) = load(
        "#Version: 1.0\n#Date: 2-Jan-2026 00:00:00\n#Fields: time cs-method cs-uri\n"
        "00:34:23 GET /foo/bar.html\n"
    )
    assert str(call["occurred_at"]) == "2026-01-02 00:34:23"


def test_a_w3c_row_that_is_far_too_short_is_a_reject_and_no_request_is_no_call(load, rejects):
    head = "#Fields: date time s-ip cs-method cs-uri-stem cs-username c-ip cs(User-Agent) sc-status"
    read, _calls = load(
        lines(
            head,
            "2026-01-05 10:00:00 10.0.0.1 GET /a ann 192.0.2.7 curl 200",
            "2026-01-05 10:00:01 GET cut-and-shifted 80 - 192.0.2.7",
            "2026-01-05 10:00:02 10.0.0.1 - - - 192.0.2.7 - -",
        )
    )
    assert (read.loaded, read.rejected, read.skipped) == (1, 1, 2)
    assert rejects()[0][1] == "has 7 fields where #Fields: names 9"


@pytest.mark.parametrize(
    ("before", "after", "user"),
    [
        ("1.2.3.4 - - ", "", "1.2.3.4"),
        ("1.2.3.4 - [5.6.7.8] - ann ", " ", "ann"),
        ("1.2.3.4 - [1.2.3.4] - - ", " ", "1.2.3.4"),
        ('1.2.3.4 - "" ', " ", "1.2.3.4"),
        ("1.2.3.4 -  -  ", " ", "1.2.3.4"),
    ],
)
def test_older_and_odder_access_logs_name_the_same_users(load, before, after, user):
    line = f'{before}[05/Jan/2026:10:00:00 +0000]{after}"GET /a HTTP/1.1" 200 5'
    read, (call,) = load(line + "\n")
    assert (read.format, call["user"], call["api"]) == ("access", user, "GET /a")


@pytest.mark.parametrize("blank", ["-", " - ", "null ", "\tNone", " ", "undefined             "])
def test_a_blank_cell_may_have_white_space_around_it(load, blank):
    _, (call,) = load(f"time,user,path,ip\n2026-01-05T10:00:00Z,{blank},/a,192.0.2.7\n")
    assert (call["user"], call["user_basis"]) == ("192.0.2.7", "ip")


def test_an_id_that_several_different_calls_carry_is_none_of_a_call(load):
    shared, calls = load(
        lines(
            *(
                {"time": f"2026-01-05T10:00:0{i}Z", "path": path, "user": "ann", word: "t-1"}
                for word in ("trace_id", "correlation_id")
                for i, path in enumerate(("/a", "/b", "/c"))
            )
        ),
        "shared.jsonl",
    )
    assert (shared.loaded, shared.duplicates) == (6, 0)
    assert {call["request_id"] for call in calls} == {None}


@pytest.mark.parametrize("written", ["envoy", "envoy-text"])
def test_an_id_that_is_handed_on_from_call_to_call_is_no_calls_own(load, written):
    """A service hands the id of its own caller on; but a row that comes twice is one call."""
    row = {
        "envoy": (
            '{{"start_time": "2026-01-05T10:00:0{0}.123Z", "method": "GET", "path": "/{1}",'
            ' "x_request_id": "{2}", "response_code": 200, "response_flags": "-"}}'
        ),
        "envoy-text": ISTIO.replace("r-{0}", "{2}"),
    }[written]
    asked = [(at, path, f"r-{at // 2}") for at, path in enumerate("abcdab")]
    shared, calls = load(lines(*(row.format(*each) for each in asked)))
    assert (shared.format, shared.loaded, shared.duplicates) == (written, 6, 0)
    assert {call["request_id"] for call in calls} == {None}
    again, _ = load(lines(*(row.format(at, "x", f"q-{at // 2}") for at in range(6))), "b.log")
    assert (again.loaded, again.duplicates) == (3, 3)


def test_a_trace_of_one_call_each_unites_overlapping_logs(load):
    row = '{{"time": "2026-01-05T10:00:0{0}Z", "path": "/a", "user": "ann", "trace_id": "t-{0}"}}'
    load(lines(*(row.format(i) for i in range(4))), "one.jsonl")
    again, _ = load(lines(*(row.format(i) for i in range(2, 6))), "two.jsonl")
    assert (again.loaded, again.duplicates) == (2, 2)


def test_a_number_that_begins_anew_with_each_process_is_no_id(load):
    rows = [
        {"time": 1767607200000 + at, "req": {"id": number, "method": "GET", "url": url}}
        for at, (number, url) in enumerate([(1, "/a"), (2, "/b"), (1, "/c")])
    ]
    read, _ = load(lines(*rows), "pino.json")
    assert (read.loaded, read.duplicates) == (3, 0)


def test_the_host_that_wrote_a_log_calls_nobody(load):
    _, (call,) = load("date,host,url,user\n2026-01-05T10:00:00Z,web-1,/a,\n")
    assert (call["user"], call["ip"]) == ("(unknown)", None)


def test_in_githubs_log_the_actor_calls_and_not_whom_it_is_done_to(load):
    read, (call,) = load(
        lines({"@timestamp": 1767607200000, "_document_id": "d", "action": "org.add_member",
               "actor": "ann", "actor_ip": "192.0.2.7", "user": "bob"}),
        "audit.json",
    )  # fmt: skip
    assert (read.format, call["user"], call["ip"]) == ("github", "ann", "192.0.2.7")


def test_kubernetes_tells_of_a_request_at_each_stage_and_it_is_one_call(load):
    row = {
        "auditID": "a", "requestURI": "/api/v1/pods", "verb": "list", "user": {"username": "ann"},
        "sourceIPs": ["192.0.2.7"], "requestReceivedTimestamp": "2026-01-05T10:00:00.1Z",
    }  # fmt: skip
    read, (call,) = load(
        lines(row | {"stage": "RequestReceived"},
              row | {"stage": "ResponseComplete", "responseStatus": {"code": 403}}),
        "audit.log",
    )  # fmt: skip
    assert (read.loaded, read.skipped) == (1, 1)
    assert (call["user"], call["status"], call["ip"]) == ("ann", "403", "192.0.2.7")


def test_squid_writes_who_asked_for_what_and_caches_ask_each_other(load):
    row = "1767607200.450   5 192.0.2.7 {} 15 {} {} HIER_DIRECT/198.51.100.1 text/html"
    read, calls = load(
        lines(
            row.format("TCP_MISS/302", "POST https://login.example.com/a?x=1", "ann"),
            row.format("TCP_TUNNEL/200", "CONNECT login.example.com:443", "-"),
            row.format("UDP_MISS/000", "ICP_QUERY http://a.example/x", "-"),
            "1767607200.450   5 192.0.2.7 TCP_MISS",
        )
    )
    assert (read.format, read.loaded, read.skipped, read.rejected) == ("squid", 2, 1, 1)
    assert {(c["user"], c["api"], c["method"], c["status"]) for c in calls} == {
        ("ann", "POST /a", "POST", "302"),
        ("192.0.2.7", "login.example.com:443", "CONNECT", "200"),
    }


def test_squid_may_write_the_port_of_the_client_and_the_version_of_http(load):
    more = "1767607200.450 5 {} TCP_MISS/200 15 GET http://e.example/a {}HIER_DIRECT/1.2.3.4 text/x"
    read, calls = load(
        lines(
            more.format("192.0.2.7 58938", "1.1 bob "),
            more.format("192.0.2.7 58939", "1.1 - "),
            more.format("192.0.2.7 58940", "- "),
            more.format("192.0.2.7", "0.0 bob "),
            more.format("192.0.2.7", "a.b "),
            more.format("192.0.2.7 58941", "1.1 bob ")[:70],
        )
    )
    assert (read.format, read.loaded, read.rejected) == ("squid", 5, 1)
    users = ["bob", "192.0.2.7", "192.0.2.7", "bob", "a.b"]
    assert sorted(call["user"] for call in calls) == sorted(users)
    assert {(call["api"], call["status"]) for call in calls} == {("GET /a", "200")}


def test_squid_may_write_more_numbers_before_the_method_and_the_user_agent_at_the_end(load):
    row = (
        "1767607200.450 5 192.0.2.7 58938 TCP_{}/200 904 {} {} http://e.example/a 1.1 {}"
        " HIER_DIRECT/1.2.3.4 80 text/x - - {} 53 -"
    )
    read, calls = load(
        lines(
            row.format("MISS", "123 364 - 528", "GET", "bob", '"-" "curl/8"'),
            row.format("TUNNEL", "123 364 123 -", "CONNECT", "-", '"https://a/" "sync/1" "e" "-"'),
            row.format("MISS", "-", "PUT", "-", '"cli/2"'),
            row.format("MISS", "12", "PUT", "-", "-"),
        )
    )
    assert (read.format, read.loaded) == ("squid", 4)
    assert [(c["method"], c["status"], c["user"], c["app"]) for c in calls] == [
        ("GET", "200", "bob", "curl/8"),
        ("CONNECT", "200", "sync/1", "sync/1"),
        ("PUT", "200", "cli/2", "cli/2"),
        ("PUT", "200", "192.0.2.7", None),
    ]


@pytest.mark.parametrize("client", ["192.0.2.7:5000", "[2001:db8::7]:5000"])
def test_the_port_behind_a_client_of_squid_is_taken_off(load, client):
    row = f"1767607200.450 5 {client} TCP_HIT/200 15 GET http://e.example/a - HIER_NONE/- text/x"
    read, calls = load(lines(row, row))
    assert read.format == "squid"
    assert {call["ip"] for call in calls} == {client.removesuffix(":5000").strip("[]")}


def test_envoy_and_istio_write_the_same_fields_in_different_places(load):
    envoy = '[2026-01-05T10:00:0{}.310Z] "{}" {} - 154 0 226 100 "192.0.2.7,10.0.0.1" "grpc" "{}"'
    istio = (
        '[2026-01-05T10:00:05Z] "GET /s HTTP/1.1" 418 - via_upstream - "-" 0 1 4 4 "-" "curl" "r3"'
    )
    read, calls = load(
        lines(
            envoy.format(1, "POST /a/1 HTTP/2", 204, "r1") + ' "a" "b"',
            envoy.format(2, "- - -", 0, "-") + ' "a" "b"',
            istio + ' "a" "10.0.0.1:80"',
            "[2026-01-05T10:00:06Z] torn",
        )
    )
    assert (read.format, read.loaded, read.skipped, read.rejected) == ("envoy-text", 2, 1, 1)
    assert [(c["user"], c["api"], c["status"], c["ip"], c["request_id"]) for c in calls] == [
        ("grpc", "POST /a/{id}", "204", "192.0.2.7", "r1"),
        ("curl", "GET /s", "418", None, "r3"),
    ]


ISTIO = (
    '[2026-01-05T10:00:0{0}.310Z] "GET /{1} HTTP/1.1" 200 - via_upstream - "-" 0 1 4 4 "-" "-"'
    ' "r-{0}" "b:80" "10.0.0.1:80" inbound|80|| 127.0.0.6:4789 10.0.0.1:80 {2}:3969 - default'
)


def test_what_istio_answered_before_it_knew_the_method_is_a_call(load):
    answers = ("GET /a HTTP/1.1", 200), ("- - HTTP/1.1", 400), ("- - -", 400), ("- - -", 0)
    rows = [
        ISTIO.format(second, "a", "192.0.2.7").replace('"GET /a HTTP/1.1" 200', f'"{asked}" {code}')
        for second, (asked, code) in enumerate(answers)
    ]
    found, calls = load(lines(*rows))
    assert (found.loaded, found.skipped) == (3, 1)
    assert [(call["api"], call["status"]) for call in calls[1:]] == [("(unknown)", "400")] * 2


def test_istio_tells_who_called_behind_the_cluster(load):
    found, calls = load(lines(ISTIO.format(1, "a", "192.0.2.7"), ISTIO.format(2, "b", "[::7]")))
    assert (found.format, found.loaded, found.duplicates) == ("envoy-text", 2, 0)
    assert [call["user"] for call in calls] == ["192.0.2.7", "::7"]


@pytest.mark.parametrize(
    "before", ["2026-01-05T10:00:09.325744791Z stdout F ", "ACCESS ", "[pod/a/istio-proxy] "]
)
def test_something_may_stand_before_the_lines_of_envoy(load, before):
    text = lines(*(before + ISTIO.format(i, "a", "192.0.2.7") for i in (1, 2)))
    found, calls = load(text)
    assert (found.format, found.loaded) == ("envoy-text", 2)
    assert [str(call["occurred_at"]) for call in calls] == [
        "2026-01-05 10:00:01.310000",
        "2026-01-05 10:00:02.310000",
    ]


def test_a_port_behind_an_address_makes_no_other_caller(load):
    row = '192.0.2.7:{} - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5'
    _, calls = load(lines(row.format(1), row.format(2)))
    assert {call["user"] for call in calls} == {"192.0.2.7"}


def test_a_header_may_name_the_zone_of_its_times(load):
    _, (call,) = load("TimeGenerated [UTC],user,path\n2026-01-05 10:00:00,ann,/a\n")
    assert str(call["occurred_at"]) == "2026-01-05 10:00:00"


@pytest.mark.parametrize("owner", ["user", "client", "service", "account", "anything"])
def test_an_id_below_another_key_is_not_the_id_of_a_call(load, owner):
    row = '{{"time": "2026-01-05T10:00:0{0}Z", "path": "/a", "{1}": {{"id": "u-1"}}}}'
    found, calls = load(lines(*(row.format(i, owner) for i in range(4))))
    assert (found.loaded, found.duplicates) == (4, 0)
    assert {call["request_id"] for call in calls} == {None}


def test_the_id_below_a_request_is_the_id_of_a_call(load):
    row = '{"time": "2026-01-05T10:00:00Z", "path": "/a", "http": {"request": {"id": "r-1"}}}'
    found, calls = load(lines(row, row))
    assert (found.loaded, found.duplicates, calls[0]["request_id"]) == (1, 1, "r-1")


def test_keys_mean_what_their_last_two_parts_say_together(load):
    row = (
        '{"time": "2026-01-05T10:00:00Z", "path": "/a", "name": "web1",'
        ' "auth": {"user": {"name": "ann"}}, "caller": "server/handler.go:52"}'
    )
    _, (call,) = load(lines(row))
    assert (call["user"], call["user_basis"]) == ("ann", "user")


def test_the_line_of_a_program_calls_nobody(load):
    row = (
        '{"ts": 1767607200.5, "caller": "server/handler.go:52", "path": "/a", "remote": "[::1]:7"}'
    )
    _, (call,) = load(lines(row))
    assert call["user_basis"] == "ip"


def test_a_client_may_be_an_address_or_an_app(load):
    row = '{{"time": "2026-01-05T10:00:00Z", "path": "/a", "client": "{}"}}'
    _, (of_address,) = load(lines(row.format("192.0.2.7")), "address.log")
    _, (of_app,) = load(lines(row.format("192.0.2.sync")), "app.log")
    assert (of_address["ip"], of_address["app"]) == ("192.0.2.7", None)
    assert (of_app["ip"], of_app["app"]) == (None, "192.0.2.sync")


@pytest.mark.parametrize(
    "text",
    [
        "time,path,client_ip\n2026-01-05T10:00:00Z,/a,{}\n",
        '{{"time": "2026-01-05T10:00:00Z", "path": "/a", "client_ip": "{}"}}\n',
    ],
)
@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("192.0.2.7:5123", "192.0.2.7"),
        ("[2001:db8::7]:5123", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_address_of_any_log_goes_without_its_port(load, text, told, address):
    _, (call,) = load(text.format(told))
    assert (call["user"], call["ip"]) == (address, address)


def test_of_several_addresses_the_first_called(load):
    _, (call,) = load('time,path,xff\n2026-01-05T10:00:00Z,/a,"192.0.2.7, 10.0.0.1"\n')
    assert call["user"] == "192.0.2.7"


def test_gin_writes_among_what_its_program_says_and_in_colours(load):
    found, calls = load(
        "[GIN-debug] Listening and serving HTTP on :8080\n"
        '[GIN] 2026/01/05 - 10:00:00 | 200 |     367.667µs |  192.0.2.7 | GET      "/a/12?x=1"\n'
        "api_1 | [GIN] 2026/01/05 - 10:00:01 |\x1b[97;43m 404 \x1b[0m|       1.2ms |    ::1"
        ' |\x1b[97;44m POST    \x1b[0m "/b"\n'
        "starting, user=ann\n"
        "[GIN] 2026/01/05 - 10:00:02 | 200 |\n",
        time_zone="Europe/Berlin",
    )
    assert (found.format, found.loaded, found.skipped, found.rejected) == ("requests", 2, 3, 0)
    assert [(str(c["occurred_at"]), c["user"], c["api"], c["status"]) for c in calls] == [
        ("2026-01-05 09:00:00", "192.0.2.7", "GET /a/{id}", "200"),
        ("2026-01-05 09:00:01", "::1", "POST /b", "404"),
    ]


def test_a_request_that_objects_tell_of_twice_is_the_one_with_a_status(load):
    row = {"time": "2026-01-05T10:00:00Z", "method": "GET", "uri": "/a", "correlation_id": "c-{}"}
    rows = [row | {"correlation_id": f"c-{i}"} for i in range(3)]
    done = [one | {"status": 200, "user": "ann"} for one in rows]
    found, calls = load(lines(*(row for pair in zip(rows, done, strict=True) for row in pair)))
    assert (found.loaded, found.skipped, found.duplicates) == (3, 3, 0)
    assert {call["user"] for call in calls} == {"ann"}


def test_calls_without_a_status_stay_calls_where_each_is_told_once(load):
    row = {"time": "2026-01-05T10:00:00Z", "method": "GET", "path": "/a", "request_id": "r-1"}
    found, _ = load(lines(row | {"status": 200}, row | {"request_id": "r-2"}))
    assert found.loaded == 2


def test_the_type_of_an_event_is_what_its_user_called(load):
    row = {"created_at": "2026-01-05T10:00:00Z", "actor": {"email": "ann"}}
    _, calls = load(lines(row | {"type": "api_key.created"}, row | {"type": "login.failed"}))
    assert {call["api"] for call in calls} == {"api_key.created", "login.failed"}
    _, (call,) = load(lines(row | {"type": "user"}), "b.log")
    assert call["api"] == "(unknown)"


def test_apaches_log_of_tls_requests_tells_who_asked_and_for_what(load):
    row = '[12/Jan/2026:11:00:{:02} +0100] {} {} "{}" {}'
    read, calls = load(
        lines(
            row.format(1, "203.0.113.7", "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256", "GET /a HTTP/2", 7),
            row.format(2, "2001:db8::7", "- -", r"POST /b?c=\"d\" HTTP/1.1", "-"),
            row.format(3, "a.example", "SSLv3 RC4-MD5", "-", "- 0.1"),
            "[12/Jan/2026:11:00:04 +0100] torn",
        )
    )
    assert (read.format, read.loaded, read.rejected) == ("tls-requests", 3, 1)
    assert [(str(c["occurred_at"]), c["user"], c["api"], c["status"]) for c in calls] == [
        ("2026-01-12 10:00:01", "203.0.113.7", "GET /a", None),
        ("2026-01-12 10:00:02", "2001:db8::7", "POST /b", None),
        ("2026-01-12 10:00:03", "a.example", "(unknown)", None),
    ]


@pytest.mark.parametrize(
    "name", ["access", "barracuda", "envoy-text", "iis", "proxy-manager", "squid", "tls-requests"]
)
def test_a_comment_among_the_lines_of_a_server_is_no_broken_line(load, name):
    read, _ = load(f"# what follows is a sample\n{SAMPLES[name]}\n#\n")
    assert (read.format, read.loaded, read.skipped, read.rejected) == (name, 1, 2, 0)


def test_barracudas_firewall_tells_who_asked_and_what_was_answered(load):
    row = (
        '<190>2026-01-12 11:00:0{}.959 +0100  waf1 TR 198.51.100.4 443 203.0.113.7 8210 "-" {}'
        ' TLSv1.3 a.example HTTP/1.1 {} 791 293 0 3 10.0.0.1 443 0 "-" SERVER DEFAULT PROTECTED {}'
        ' k=v; l=w "{}" 203.0.113.7 8210 {} "-" "-" "-" 186f-db6c'
    )
    read, calls = load(
        lines(
            row.format(0, '"-" GET', 200, "VALID /a/7 b=1 https://a.example/", "sync/1", '"-"'),
            row.format(1, "Ann Bee POST", 429, 'VALID /b "-" "-"', "sync/1", "carl"),
            row.format(2, '"-" PUT', 403, 'INVALID /c "-" "-"', "sync/1", "carl"),
            row.format(3, '"-" "-"', 400, 'INVALID  "-" "-"', "-", '"-"'),
            "<190>2026-01-12 11:00:09.959 +0100  waf1 SYS ADMIN_M ALER 51001 up",
            "<190>2026-01-12 11:00:09.959 +0100  waf1 TR torn",
        )
    )
    assert (read.format, read.loaded, read.skipped, read.rejected) == ("barracuda", 4, 1, 1)
    assert str(calls[0]["occurred_at"]) == "2026-01-12 10:00:00.959000"
    assert [(c["user"], c["api"], c["status"], c["app"]) for c in calls] == [
        ("sync/1", "GET /a/{id}", "200", "sync/1"),
        ("Ann Bee", "POST /b", "429", "sync/1"),
        ("carl", "PUT /c", "403", "sync/1"),
        ("203.0.113.7", "(unknown)", "400", None),
    ]
