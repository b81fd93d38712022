"""Nginx Proxy Manager, whose lines are no lines of the combined format."""

from __future__ import annotations

from datetime import datetime

ROW = (
    '[12/Jan/2026:11:00:{:02} +0100] {} - {} https a.example "/v1/items/{}?q=1"'
    ' [Client 203.0.113.7] [Length 3] [Gzip 2.4] [Sent-to 192.0.2.15:8080] "sync/1.0" "-"\n'
)
COMBINED = '203.0.113.8 - ann [12/Jan/2026:10:00:59 +0000] "GET /b HTTP/1.1" 200 7 "-" "curl/8"\n'


def test_a_line_is_a_call_wherever_its_status_comes_from(load):
    answers = ("HIT 200 200", "- 404 404", "- - 301", "- 444", "502", "- 502, 200 200")
    log = "".join(ROW.format(at, answer, "GET", at) for at, answer in enumerate(answers))
    found, calls = load(log)
    assert (found.format, found.loaded, found.rejected) == ("proxy-manager", 6, 0)
    assert [call["status"] for call in calls] == ["200", "404", "301", "444", "502", "200"]
    assert {call["api"] for call in calls} == {"GET /v1/items/{id}"}
    assert calls[1]["occurred_at"] == datetime(2026, 1, 12, 10, 0, 1)
    assert (calls[0]["ip"], calls[0]["app"]) == ("203.0.113.7", "sync/1.0")


def test_a_bad_request_is_a_call_of_an_unknown_api(load):
    bad = (
        '[12/Jan/2026:10:00:00 +0000] - 400 - - http localhost "-" [Client 203.0.113.9]'
        ' [Length 154] [Gzip -] "-" "-"\n'
    )
    found, calls = load(ROW.format(1, "HIT 200 200", "POST", 7) + bad)
    assert (found.loaded, found.rejected) == (2, 0)
    assert [(call["api"], call["status"]) for call in calls] == [
        ("(unknown)", "400"),
        ("POST /v1/items/{id}", "200"),
    ]


def test_a_line_of_another_kind_among_them_is_a_reject(load, rejects):
    log = "".join(ROW.format(at, "HIT 200 200", "GET", at) for at in range(20))
    found, _ = load(log + COMBINED)
    assert (found.loaded, found.rejected, found.skipped) == (20, 1, 0)
    assert [row[:2] for row in rejects()] == [
        (21, "does not look like a line of Nginx Proxy Manager")
    ]
