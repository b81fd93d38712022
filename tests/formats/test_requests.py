"""Lines in which a request is named, among whatever else a program says."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from conftest import LoadText

from credits import CreditsError
from credits.formats import requests

AT = datetime(2026, 1, 12, 10, 0)


def test_a_line_of_each_program_is_a_call(load: LoadText):
    for line, method, api, status in (
        ('[12/Jan/2026 10:00:00] "GET /items/ HTTP/1.1" 200 512', "GET", "/items/", "200"),
        ('203.0.113.7 - - [12/Jan/2026 10:00:00] "PUT /a?b=1 HTTP/1.1" 201 -', "PUT", "/a", "201"),
        ("[W 260112 10:00:00 web:2239] 404 GET /a (203.0.113.7) 1.20ms", "GET", "/a", "404"),
        ("2026-01-12T10:00:00Z HTTP DELETE /a responded 204 in 3.1 ms", "DELETE", "/a", "204"),
        ("2026-01-12 10:00:00.000 GET /a 304 0.412 ms - -", "GET", "/a", "304"),
        ("2026-01-12 10:00:00,000:DEBUG:client: GET /a, 200, in 12 ms", "GET", "/a", "200"),
        ('2026-01-12T10:00:00 192.0.2.7 - GET "/a?b=c" -1 200 5778 "-" "x"', "GET", "/a", "200"),
        ("2026-01-12T10:00:00 192.0.2.7 - GET /a 17 404 5778", "GET", "/a", "404"),
        ("2026/01/12 10:00:00 method and path: POST /a status=503", "POST", "/a", "503"),
        ("12/01/2026, 10:00:00 [HTTP] GET /a -> 200", "GET", "/a", "200"),
        (
            '2026-01-12 10:00:00 DEBUG urllib3 https://a.example:443 "GET /v1/a HTTP/1.1" 200 12',
            *("GET", "/v1/a", "200"),
        ),
        # chi, Gitea, PHP's own server
        (
            '2026/01/12 10:00:00 "GET http://a.example:3333/a HTTP/1.1" from [::1]:4999 - 200 4B'
            " in 55µs",
            *("GET", "/a", "200"),
        ),
        (
            "2026/01/12 10:00:00 router: completed POST /a for 203.0.113.7:0, 201 Created in 5ms",
            *("POST", "/a", "201"),
        ),
        ("[Mon Jan 12 10:00:00 2026] [::1]:5000 [404]: GET /a", "GET", "/a", "404"),
        (
            "2026-01-12 10:00:00,000 INFO httpx HTTP Request: POST https://a.example/v1/a"
            ' "HTTP/1.1 429 Too Many Requests"',
            *("POST", "/v1/a", "429"),
        ),
    ):
        _, (call,) = load(line + "\n", f"{hash(line)}.log", day_first=True)
        found = (call["occurred_at"], call["method"], call["api"], call["status"])
        assert found == (AT, method, f"{method} {api}", status), line


@pytest.mark.parametrize(
    ("at", "fraction"),
    [
        ("Mon Jan 12 10:00:00 2026", 0),
        ("[Mon Jan 12 10:00:00.25 2026]", 250_000),
        ("Mon Jan 12 11:00:00 CET 2026", 0),
        ("12.01.2026 10:00:00", 0),
        ("12.01.2026 10:00:00,250", 250_000),
        ("Mon, 12 Jan 2026 10:00:00 GMT", 0),
        ("Mon, 12 Jan 2026 03:00:00 -0700", 0),
        ("12-Jan-2026 10:00:00", 0),
        ("12-Jan-2026 10:00:00.250", 250_000),
        ("12 Jan 2026 10:00:00,250", 250_000),
        ("[12/Jan/2026 11:00:00 +0100]", 0),
        ("Jan 12, 2026 10:00:00 AM", 0),
        ("1768212000", 0),
        ("1768212000.250", 250_000),
        ("[1768212000250]", 250_000),
    ],
)
def test_a_line_may_tell_its_time_in_any_style(load: LoadText, at: str, fraction: int):
    _, (call,) = load(f'{at} INFO "GET /a HTTP/1.1" 200\n')
    assert (call["occurred_at"], call["api"]) == (AT.replace(microsecond=fraction), "GET /a")


def test_who_called_stands_behind_the_seconds_and_the_address(load: LoadText):
    _, (call,) = load('1768212000.250 203.0.113.7 ada "GET /a HTTP/1.1" 200 7\n')
    assert (call["user"], call["user_basis"], call["ip"]) == ("ada", "user", "203.0.113.7")


def test_the_zone_of_a_line_is_told_by_name_or_by_its_hours(load: LoadText):
    for number, (at, hour) in enumerate(
        (
            ("2026-01-12 10:00:00 PST", 18),
            ("2026-07-12 10:00:00,250 PDT", 17),
            ("2026-01-12T10:00:00-05", 15),
            ("2026-01-12 10:00:00 UTC", 10),
            ("2026-01-12 10:00:00 WARN", 10),
            ("2026-01-12 10:00:00UTC", 10),
        )
    ):
        _, (call,) = load(f'{at} INFO web - "GET /a HTTP/1.1" 200 12ms\n', f"{number}.log")
        assert call["occurred_at"].hour == hour, at


def test_colours_of_a_terminal_are_no_part_of_a_line(load: LoadText):
    line = (
        "[GIN] 2026/01/12 - 10:00:00 |\x1b[97;42m 200 \x1b[0m|   1.2ms |  203.0.113.7 |"
        '\x1b[97;44m GET     \x1b[0m "/a"\n'
    )
    _, (call,) = load(line)
    assert (call["occurred_at"], call["api"], call["status"]) == (AT, "GET /a", "200")
    assert call["ip"] == "203.0.113.7"


def test_colours_that_were_copied_from_a_terminal_are_no_part_of_a_line_either(load: LoadText):
    log = (
        '203.0.113.7 - - [12/Jan/2026 10:00:00] "[33mGET /a HTTP/1.1[0m" 404 -\n'
        '203.0.113.7 - - [12/Jan/2026 10:00:00] "GET /b HTTP/1.1" 200 -\n'
    )
    found, calls = load(log)
    assert found.loaded == 2
    assert sorted((c["api"], c["status"]) for c in calls) == [("GET /a", "404"), ("GET /b", "200")]


def test_who_called_may_stand_before_the_address(load: LoadText):
    log = (
        "[I 2026-01-12 10:00:00.000 Hub log:19] 200 GET /a (ada@::ffff:203.0.113.7) 1.2ms\n"
        "[W 2026-01-12 10:00:00.000 Hub log:19] 404 GET /b (@2001:db8::1) 1.2ms\n"
    )
    _, calls = load(log)
    assert sorted((c["user"], c["user_basis"], c["status"]) for c in calls) == [
        ("2001:db8::1", "ip", "404"),
        ("ada", "user", "200"),
    ]


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ('web: GET "/a", parameters={}', "web: Completed 200 OK"),
        ("[info] GET /a", "[info] Sent 200 in 2ms"),
        ("[INF] Request starting HTTP/1.1 GET http://a.example/a", "[INF] Request finished in 2ms"),
    ],
)
def test_a_request_whose_answer_is_told_later_is_a_call(load: LoadText, begins: str, ends: str):
    _, calls = load(
        f"2026-01-12 10:00:00.000 {begins}\n2026-01-12 10:00:01.000 {ends}\n"
        f"2026-01-12 10:00:00.000 {begins}\n2026-01-12 10:00:01.000 {ends}\n"
    )
    assert [(c["occurred_at"], c["api"]) for c in calls] == [(AT, "GET /a")] * 2


def test_of_a_request_that_starts_and_finishes_the_end_is_the_call(load: LoadText):
    begins = "Request starting HTTP/2 POST https://a.example/a?b=1 - application/json 7"
    ends = "Request finished HTTP/2 POST https://a.example/a?b=1 - 201 9 application/json 3.1ms"
    at = "2026-01-12 10:00:00.000 +00:00 [INF]"
    found, (call,) = load(f"{at} {begins}\n{at} {ends}\n")
    assert (call["api"], call["status"], found.skipped) == ("POST /a", "201", 1)


def test_an_object_amid_a_line_makes_no_json_of_it(load: LoadText):
    log = '2026/01/12 10:00:00 GET /a 200 1.2ms {"size": 7}\n2026/01/12 10:00:01 x\n2026/01/12 y\n'
    found, (call,) = load(log)
    assert (found.format, call["api"], call["status"]) == ("requests", "GET /a", "200")


def test_who_called_may_stand_between_the_address_and_the_method(load: LoadText):
    row = "2026-01-12T10:00:0{} 192.0.2.7 {} GET /a -1 200 5778\n"
    _, calls = load("".join(row.format(at, who) for at, who in enumerate(["ann", "-", "-"])))
    assert sorted((c["user"], c["user_basis"]) for c in calls) == [
        ("192.0.2.7", "ip"), ("192.0.2.7", "ip"), ("ann", "user"),
    ]  # fmt: skip
    _, (call,) = load(row.format(0, "INFO"), "level.log")
    assert call["user_basis"] == "ip"


def test_what_else_a_program_says_is_no_call(load: LoadText):
    log = (
        "2026-01-12 10:00:00 INFO started, 2 workers\n"
        '2026-01-12 10:00:01 INFO 203.0.113.7:4711 - "GET /a HTTP/1.1" 200\n'
        "2026-01-12 10:00:02 ERROR Exception in GET /a\n"
        "Traceback (most recent call last):\n"
        '2026-01-12 10:00:03 INFO 203.0.113.8:4712 - "GET /b HTTP/1.1" 200\n'
    )
    found, calls = load(log)
    assert (found.format, found.loaded, found.skipped) == ("requests", 2, 3)
    assert [(call["user"], call["user_basis"]) for call in calls] == [
        ("203.0.113.7", "ip"),
        ("203.0.113.8", "ip"),
    ]


def test_of_a_request_that_is_told_of_twice_the_end_is_the_call(load: LoadText):
    log = (
        "2026-01-12 10:00:00 --> GET /a request_id=abcdef01 user=ann\n"
        "2026-01-12 10:00:01 <-- GET /a 200 request_id=abcdef01 user=ann\n"
        "2026-01-12 10:00:02 --> GET /b request_id=abcdef02 user=bob\n"
        "2026-01-12 10:00:03 <-- GET /b 404 request_id=abcdef02 user=bob\n"
    )
    found, calls = load(log)
    assert (found.loaded, found.skipped) == (2, 2)
    assert [(c["user"], c["request_id"], c["status"]) for c in calls] == [
        ("ann", "abcdef01", "200"),
        ("bob", "abcdef02", "404"),
    ]


def test_openstack_says_who_called(load: LoadText):
    line = (
        "2026-01-12 10:00:00.008 25746 INFO nova.osapi_compute.wsgi.server"
        " [req-38101a0b-2096-447d-96ea-a692162415ae 113d3a99 54fadb41 - - -] 203.0.113.7"
        ' "GET /v2/servers/detail HTTP/1.1" status: 200 len: 1893 time: 0.2477829\n'
    )
    _, (call,) = load(line)
    assert (call["user"], call["user_basis"], call["ip"]) == ("113d3a99", "user", "203.0.113.7")
    assert call["request_id"] == "req-38101a0b-2096-447d-96ea-a692162415ae"


def test_rails_tells_what_begins(load: LoadText):
    log = (
        'Started GET "/items/7" for 2001:db8::7 at 2026-01-12 11:00:00 +0100\n'
        "Processing by ItemsController#show as JSON\n"
        "Completed 200 OK in 12ms (Views: 3.0ms | ActiveRecord: 1.0ms)\n\n\n"
    )
    found, (call,) = load(log)
    assert (call["occurred_at"], call["api"], call["ip"]) == (AT, "GET /items/{id}", "2001:db8::7")
    assert (call["status"], found.skipped) == ("200", 4)


def test_lines_without_a_time_get_that_of_the_container(load: LoadText):
    text = 'INFO:     203.0.113.7:50000 - "GET /a HTTP/1.1" 200 OK\n'
    row = {"log": text, "stream": "stdout", "time": "2026-01-12T10:00:00.123456789Z"}
    found, (call,) = load(json.dumps(row) + "\n")
    assert (found.format, call["api"], call["status"]) == ("requests", "GET /a", "200")
    assert call["occurred_at"] == AT.replace(microsecond=123456)


@pytest.mark.parametrize(
    "line", ["GET /a 200 12.345 ms - 512", 'INFO:     203.0.113.7:50000 - "GET /a HTTP/1.1" 200 OK']
)
def test_requests_without_a_time_are_refused_and_what_to_do_is_said(load: LoadText, line: str):
    with pytest.raises(CreditsError, match="names requests, but not when they were: let the"):
        load(f"{line}\n" * 3)


def test_a_log_of_errors_holds_no_calls(load: LoadText):
    line = (
        '2026/01/12 10:00:00 [error] 12#12: *1 open() "/srv/a" failed (2: No such file or'
        ' directory), client: 203.0.113.7, server: a, request: "GET /a HTTP/1.1", host: "a"\n'
    )
    with pytest.raises(CreditsError):
        load(line * 3)


def test_a_table_with_such_cells_stays_a_table(load: LoadText):
    log = 'time,user,request,status\n2026-01-12 10:00:00,ann,"GET /a HTTP/1.1",200\n'
    found, (call,) = load(log)
    assert (found.format, call["user"], call["api"]) == ("csv", "ann", "GET /a")


def test_a_long_line_is_looked_at_in_no_time():
    for text in ("a:" * 5_000, "GET " * 5_000, "1." * 5_000, "status " * 5_000, "(0000:" * 3_000):
        found = requests._Found([text[:4_000]] * 20)
        assert not found.calls
