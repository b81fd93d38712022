"""Access logs of Apache, nginx and their kin, as they are configured in the wild."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

REST = '[12/Apr/2026:10:00:{:02} +0200] "{}" {} 512 "{}" "{}"'


def row(
    second=1,
    head="203.0.113.7 - ann",
    request="GET /v1/users/42?x=1 HTTP/1.1",
    status=200,
    referer="-",
    agent="sync/3 (x; y)",
):
    return f"{head} {REST.format(second, request, status, referer, agent)}"


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_a_combined_row_is_a_call(load):
    found, calls = load(log(row()))
    assert (found.format, found.rows, found.loaded) == ("access", 1, 1)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 4, 12, 8, 0, 1)
    assert (call["user"], call["ip"], call["app"]) == ("ann", "203.0.113.7", "sync/3 (x; y)")
    assert (call["method"], call["api"], call["status"]) == ("GET", "GET /v1/users/{id}", "200")


@pytest.mark.parametrize(
    ("head", "ip", "user"),
    [
        ("203.0.113.7 - -", "203.0.113.7", None),
        ("203.0.113.7 - Ann Bell", "203.0.113.7", "Ann Bell"),
        ("203.0.113.7 - a[nn]", "203.0.113.7", "a[nn]"),
        ("203.0.113.7 - a[nn", "203.0.113.7", "a[nn"),
        ("203.0.113.7 ident ann", "203.0.113.7", "ann"),
        ("client.example.com - ann", "client.example.com", "ann"),
        ("client.example.com - Ann Bell", "client.example.com", "Ann Bell"),
        ("2001:db8::7 - ann", "2001:db8::7", "ann"),
        ("0:0:0:0:0:0:0:1 - ann", "0:0:0:0:0:0:0:1", "ann"),
        ("api.example.com:443 203.0.113.7 - ann", "203.0.113.7", "ann"),
        ("api.example.com:443 203.0.113.7 - Ann Bell", "203.0.113.7", "Ann Bell"),
        ("api.example.com client.example.com - ann", "client.example.com", "ann"),
        ("api.example.com 2001:db8::7 - -", "2001:db8::7", None),
        ("10.0.0.1 203.0.113.7 - -", "203.0.113.7", None),
        ("203.0.113.7, 10.0.0.1 - ann", "203.0.113.7", "ann"),
        ("203.0.113.7, 10.0.0.1, 10.0.0.2 - -", "203.0.113.7", None),
        ("203.0.113.7,10.0.0.1 - ann", "203.0.113.7", "ann"),
        ("2001:db8::7, 10.0.0.1 - ann", "2001:db8::7", "ann"),
        ("unknown, 203.0.113.7 - ann", "unknown", "ann"),
        ("api.example.com 203.0.113.7, 10.0.0.1 - ann", "203.0.113.7", "ann"),
        ("Apr 12 08:00:01 web1 nginx: 203.0.113.7 - ann", "203.0.113.7", "ann"),
        ("web-1  | 203.0.113.7 - ann", "203.0.113.7", "ann"),
        ("203.0.113.7:5000 - ann", "203.0.113.7", "ann"),
        ("api.example.com 203.0.113.7:5000 - -", "203.0.113.7", None),
        ("[2026-04-12 10:00:00 +0200] [12] [INFO] 203.0.113.7:5000 - -", "203.0.113.7", None),
        ("[2026-04-12 10:00:00 +0200] [12] [INFO] [2001:db8::7]:5000 - -", "2001:db8::7", None),
        ("[2001:db8::7]:5002 - -", "2001:db8::7", None),
        ("[2001:db8::7] - ann", "2001:db8::7", "ann"),
        ("[2001:db8::7]:5002 - Ann Bell", "2001:db8::7", "Ann Bell"),
        ("api.example.com:443 [2001:db8::7]:5002 - -", "2001:db8::7", None),
        ("203.0.113.7, 10.0.0.1:99 - -", "203.0.113.7", None),
        ("203.0.113.7:5000, 10.0.0.1:99 - ann", "203.0.113.7", "ann"),
        ("[2001:db8::7]:5002, 10.0.0.1 - ann", "2001:db8::7", "ann"),
    ],
)
def test_what_may_stand_before_the_time(load, head, ip, user):
    found, calls = load(log(row(head=head), row(2, head=head)))
    assert found.loaded == 2
    assert {call["ip"] for call in calls} == {ip}
    assert {c["user"] if c["user_basis"] == "user" else None for c in calls} == {user}


@pytest.mark.parametrize(
    ("request_line", "api", "method"),
    [
        ("POST /v1/orders HTTP/2.0", "POST /v1/orders", "POST"),
        ("GET /", "GET /", "GET"),
        ("GET /a b/c HTTP/1.1", "GET /a b/c", "GET"),
        ('GET /say/"hi" HTTP/1.1', 'GET /say/"hi"', "GET"),
        ("GET http://api.example.com/v1/x HTTP/1.1", "GET /v1/x", "GET"),
        ("OPTIONS * HTTP/1.0", "OPTIONS *", "OPTIONS"),
        ("-", "(unknown)", None),
        ("", "(unknown)", None),
        ("\\x16\\x03\\x01\\x02", "(unknown)", None),
        # What speaks to the port without speaking HTTP.
        ("\\x03\\x00/*\\xE0 Cookie: mstshash=Bob", "(unknown)", None),
        ("\\x03\\x00/*\\xE0 Cookie:mstshash=Bob", "(unknown)", None),
        ("SSH-2.0-Go x", "(unknown)", None),
        ("t3 12.2.1", "(unknown)", None),
        ("/v1/users HTTP/1.1", "(unknown)", None),
        ("\\x00 /v1/users HTTP/1.1", "(unknown)", None),
        ("M-SEARCH * HTTP/1.1", "M-SEARCH *", "M-SEARCH"),
        ("rpc_in_data /rpc/x HTTP/1.1", "RPC_IN_DATA /rpc/x", "RPC_IN_DATA"),
        ("VERSION-CONTROL /v1/x HTTP/1.1", "VERSION-CONTROL /v1/x", "VERSION-CONTROL"),
    ],
)
def test_requests_of_every_kind_are_calls(load, request_line, api, method):
    _, calls = load(log(row(), row(2, request=request_line)))
    assert (calls[1]["api"], calls[1]["method"]) == (api, method)


@pytest.mark.parametrize(
    "line",
    [
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404 12',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404 -',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404 1 "-" "x" 0.1 0.1 .',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404 1 "-" "x" r=1 "10.1"',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] api.example.com "GET /a HTTP/1.1" 404 12',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01.123 +0200] "GET /a HTTP/1.1" 404 12',
        '203.0.113.7 - ann [12/Apr/2026:08:00:01] "GET /a HTTP/1.1" 404 12',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 404 12 "-" "cut off he',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1 404 12 "-" "x"',
        '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1"  404  12',
        '203.0.113.7 - ann [2026-04-12T10:00:01+02:00] "GET /a HTTP/1.1" 404 12 "-" "x"',
        'api.example.com 203.0.113.7 - ann [2026-04-12 08:00:01] "GET /a HTTP/1.1" 404 12',
    ],
)
def test_shorter_longer_and_torn_rows_are_calls(load, line):
    found, calls = load(log(line, ""))
    assert (found.rows, found.loaded, found.skipped) == (2, 1, 1)
    call = calls[0]
    assert call["occurred_at"].replace(microsecond=0) == datetime(2026, 4, 12, 8, 0, 1)
    assert (call["user"], call["api"], call["status"]) == ("ann", "GET /a", "404")


def test_a_call_that_was_not_handed_on_has_no_status(load):
    bare = '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /{} HTTP/1.1" - - "-" "x" 7 "-" 0ms'
    found, calls = load(log(bare.format("a"), bare.format("b"), row()))
    assert (found.format, found.loaded) == ("access", 3)
    assert [(c["api"], c["status"], c["app"]) for c in calls[:2]] == [
        ("GET /a", None, "x"),
        ("GET /b", None, "x"),
    ]


def test_a_referer_that_there_is_not_may_have_no_quotes(load):
    bare = row().replace('"-" "sync/3 (x; y)"', '- "sync/4" 7 "a-router" "http://b"')
    quoted = row().replace(' 512 "-"', ' 512 - "-"')
    found, calls = load(log(bare, row(), quoted))
    assert found.loaded == 3
    assert [call["app"] for call in calls] == ["sync/4", "sync/3 (x; y)", "sync/3 (x; y)"]


def test_quotes_in_a_referer_do_not_shift_the_user_agent(load):
    _, calls = load(log(row(referer='http://x/\\"q\\"', agent='an \\"agent\\" 1')))
    assert calls[0]["app"] == "an 'agent' 1"


@pytest.mark.parametrize(
    ("head", "ip"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2026-04-12 10:00:01.123 INFO (Main) [web.access] 203.0.113.7", "203.0.113.7"),
    ],
)
def test_a_server_may_write_neither_identity_nor_user(load, head, ip):
    found, calls = load(log(row(head=head), row(2, head=head)))
    assert (found.format, found.loaded) == ("access", 2)
    assert {(c["ip"], c["user_basis"], c["app"]) for c in calls} == {(ip, "app", "sync/3 (x; y)")}


def test_a_row_without_identity_and_user_is_a_reject_with_its_text(load, rejects):
    torn = row(2).replace("- ann ", "")
    found, _ = load(log(row(), torn, row(3), "[12/Apr/2026:10:00:01 +0200]", row(4)))
    assert (found.rows, found.loaded, found.rejected) == (5, 3, 2)
    assert [(line, text) for line, _, text in rejects()] == [
        (2, torn),
        (4, "[12/Apr/2026:10:00:01 +0200]"),
    ]


def test_equal_rows_are_separate_calls(load):
    found, _ = load(log(row(), row(), row()))
    assert (found.loaded, found.duplicates) == (3, 0)


def test_an_error_log_holds_no_calls(load):
    error = (
        "[Fri Apr 10 01:46:23 2026] [error] [client 203.0.113.7] File does not exist: /var/www/x\n"
        "[Fri Apr 10 01:46:24 2026] [notice] Apache/2.4 configured -- resuming operations\n"
    )
    with pytest.raises(CreditsError):
        load(error * 20)


def test_nginx_error_logs_hold_no_calls(load):
    error = (
        "2026/04/10 01:46:23 [error] 1#1: *7 open() failed, client: 203.0.113.7, server: x,"
        ' request: "GET /a HTTP/1.1", host: "x"\n'
    )
    with pytest.raises(CreditsError):
        load(error * 20)


def test_a_long_line_that_nearly_fits_is_looked_at_quickly(load):
    near = '203.0.113.7 - - [12/Apr/2026:10:00:01 +0200] "' + " " * 200_000 + "x"
    found, _ = load(log(*[row()] * 60, *[near] * 40))
    assert (found.loaded, found.rejected) == (60, 40)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("plaso_formats", "apache_access.log"),
        ("lnav_formats", "logfile_access_log.0"),
        ("lnav_formats", "logfile_access_log.1"),
        ("lnav_formats", "logfile_access_log_dupe.0"),
        ("lnav_formats", "logfile_bad_access_log.0"),
    ],
)
def test_real_logs_agree_with_their_truth(real_log, folder, name):
    log = real_log(folder, name)
    assert log.loads[0].format == "access"
    assert log.found == log.truth


def test_the_month_may_have_a_name_of_another_language(load):
    line = '192.0.2.7 - ann [17/{}/2015:10:00:00 +0200] "GET /a HTTP/1.1" 200 12\n'
    found, calls = load("".join(map(line.format, ("oct.", "okt", "Oct", "août", "mai"))))
    assert (found.format, found.loaded) == ("access", 5)
    assert [call["occurred_at"].month for call in calls] == [5, 8, 10, 10, 10]
