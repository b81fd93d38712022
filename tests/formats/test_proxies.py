"""HAProxy and uWSGI, whose calls stand among other messages."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

PREFIX = "Mar  5 10:00:01 lb1 haproxy[812]: "
CALL = (
    "203.0.113.4:53332 [05/Mar/2026:10:00:{:02}.143] front~ back/{} 0/0/7/1457/1487 {} 11394"
    ' - - ---- 2/1/0/0/0 0/0 {{Agent 1.0 (x)}} {{}} "{}"'
)


def row(second=1, server="web1", status="200", request="GET /v1/items/12?q=1 HTTP/1.1"):
    return CALL.format(second, server, status, request)


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_haproxy_rows_are_calls_and_messages_are_not(load):
    found, calls = load(
        log(
            PREFIX + "Proxy front started.",
            PREFIX + row(1),
            PREFIX + row(2, request="POST /v1/items HTTP/2.0"),
            f"{PREFIX}203.0.113.4:5332 [05/Mar/2026:10:00:03.143] in db/pg1 0/0/57 212 -- 0/0",
            f"{PREFIX}203.0.113.4:5332 [05/Mar/2026:10:00:04.143] in/1: SSL handshake failure",
            "",
        )
    )
    assert (found.format, found.rows, found.loaded, found.skipped) == ("haproxy", 6, 2, 4)
    assert calls[0]["occurred_at"] == datetime(2026, 3, 5, 10, 0, 1, 143000)
    assert (calls[0]["api"], calls[0]["status"]) == ("GET /v1/items/{id}", "200")
    assert (calls[0]["user"], calls[0]["user_basis"]) == ("203.0.113.4", "ip")


def test_haproxy_without_a_prefix_in_the_zone_that_is_chosen(load):
    found, calls = load(log(row(1), row(2)), time_zone="Europe/Berlin")
    assert found.loaded == 2
    assert calls[0]["occurred_at"] == datetime(2026, 3, 5, 9, 0, 1, 143000)


def test_bad_and_cut_requests_are_calls_of_an_unknown_api(load):
    cut = row(3, request="GET /v1/a-very-long").removesuffix('"')
    found, calls = load(log(row(1), row(2, "<NOSRV>", "-1", "<BADREQ>"), cut))
    assert found.loaded == 3
    assert [call["status"] for call in calls] == ["200", None, "200"]
    assert [call["api"] for call in calls] == [
        "GET /v1/items/{id}",
        "(unknown)",
        "GET /v1/a-very-long",
    ]


def test_haproxy_that_logs_no_http_says_so(load):
    with pytest.raises(CreditsError, match="without HTTP calls"):
        load(log(PREFIX + "Proxy front started.", PREFIX + "Proxy back started."))


UWSGI = (
    "[pid: 881|app: 0|req: {0}/{0}] 198.51.100.{0} ({1}) {{38 vars in 696 bytes}}"
    " [Sun Mar  8 22:49:{0:02} 2026] {2} => generated 47 bytes in 129 msecs (HTTP/1.1 {3})"
    " 9 headers in 378 bytes (1 switches on core 3)"
)


def test_uwsgi_request_lines_are_calls_and_the_rest_is_not(load):
    found, calls = load(
        log(
            "*** Starting uWSGI 2.0.28 (64bit) on [Sun Mar  8 22:00:00 2026] ***",
            "compiled with version: 12.2.0",
            UWSGI.format(1, "", "POST /metrics", 200),
            UWSGI.format(12, "ann", "GET /v1/users/41?x=a b", 404),
            "web_1  | " + UWSGI.format(13, "", "GET /", 200),
            UWSGI.format(4, "", "GET /", 200)[:50],
        )
    )
    assert (found.format, found.loaded, found.skipped, found.rejected) == ("uwsgi", 3, 2, 1)
    assert calls[1]["occurred_at"] == datetime(2026, 3, 8, 22, 49, 12)
    assert (calls[1]["user"], calls[1]["api"], calls[1]["status"]) == (
        "ann",
        "GET /v1/users/{id}",
        "404",
    )
    assert (calls[0]["user_basis"], calls[0]["ip"]) == ("ip", "198.51.100.1")


@pytest.mark.parametrize("name", ["logfile_haproxy.0", "logfile_uwsgi.0"])
def test_real_logs_agree_with_their_truth(real_log, name):
    log = real_log("lnav_formats", name)
    assert log.loads[0].format in name
    assert log.found == log.truth


THREE = "{} 00000 ann 192.0.2.7:5123 198.51.100.9:80 120 1621 0 {}"


@pytest.mark.parametrize(
    ("head", "request_"),
    [
        ("260105100000.000 3128", "GET http://a.example/v1/leads/12 HTTP/1.1"),
        ("1767607200.000  PROXY.3128", "GET_http://a.example/v1/leads/12_HTTP/1.1"),
        ("05-01-2026 11:00:00 +0100 PROXY.3128", "GET http://a.example/v1/leads/12 HTTP/1.1"),
    ],
)
def test_3proxy_writes_its_line_in_several_ways(load, head, request_):
    listening = THREE.format(head, "Accepting connections [1/2]").replace("ann", "-")
    found, (call,) = load(log(listening, THREE.format(head, request_)), time_zone="Asia/Tokyo")
    assert (found.format, found.skipped) == ("3proxy", 1)
    assert (call["occurred_at"], call["user"]) == (datetime(2026, 1, 5, 10), "ann")
    assert (call["api"], call["ip"], call["status"]) == (
        "GET /v1/leads/{id}",
        "192.0.2.7",
        "00000",
    )


def test_3proxy_may_write_nearly_as_web_servers_do(load):
    line = '192.0.2.7 - ann [05/Jan/2026:10:00:00 +0000] "{}" 00407 1621'
    found, calls = load(log(line.format("GET http://a.example/a HTTP/1.1"), line.format("-"), "x"))
    assert (found.format, found.skipped, found.rejected) == ("3proxy", 1, 1)
    assert [(call["api"], call["status"]) for call in calls] == [("GET /a", "00407")]


def test_artifactory_names_who_asked_it(load):
    new = "2026-01-05T10:00:00.000Z|c0ffee1|192.0.2.7|ann|GET|/api/storage/7|200|-1|2|1|jfrog-cli/2"
    old = "20260105100000|12|REQUEST|192.0.2.7|ann|GET|/api/storage/7|HTTP/1.1|200|123"
    moved = "20260105100000|12|DOWNLOAD|192.0.2.7|libs:a.jar|123"
    for text, skipped in ((log(new), 0), (log(moved, old), 1)):
        found, (call,) = load(text, f"{skipped}.log", keep_duplicates=True)
        assert (found.format, found.skipped) == ("artifactory", skipped)
        assert (call["occurred_at"], call["user"]) == (datetime(2026, 1, 5, 10), "ann")
        assert (call["api"], call["status"], call["ip"]) == (
            "GET /api/storage/{id}",
            "200",
            "192.0.2.7",
        )


def test_oauth2_proxy_names_who_asked_for_what(load):
    line = (
        "192.0.2.7:5000 - {}ann@example.com [2026/01/05 11:00:00] a.example GET - "
        '"/v1/leads/12" HTTP/1.1 "curl/8 (\\"x\\")" 200 12 0.001'
    )
    login = "192.0.2.7:5000 - ann@example.com [2026/01/05 11:00:00] [AuthSuccess] Authenticated"
    identity = "7a000000-aaaa-bbbb-cccc-0123456789ab"
    rows = log(line.format(f"{identity} - "), line.format(""), login, "x")
    found, calls = load(rows, time_zone="Europe/Berlin")
    assert (found.format, found.loaded, found.skipped) == ("oauth2-proxy", 2, 1)
    assert {(call["user"], call["api"], call["ip"]) for call in calls} == {
        ("ann@example.com", "GET /v1/leads/{id}", "192.0.2.7")
    }
    assert {call["occurred_at"] for call in calls} == {datetime(2026, 1, 5, 10)}
    assert {call["request_id"] for call in calls} == {identity, None}
