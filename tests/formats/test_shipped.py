"""What a shipper put into objects is read as the lines that it was given."""

from __future__ import annotations

import json

import pytest

LINES = [
    '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a/7 HTTP/1.1" 200 12 "-" "x/1"',
    '203.0.113.8 - bob [12/Apr/2026:10:00:02 +0200] "POST /b HTTP/1.1" 404 7 "-" "x/1"',
    '203.0.113.9 - eve [12/Apr/2026:10:00:03 +0200] "GET /c?\\"q\\" HTTP/1.1" 200 7 "-" "x/1"',
]


def docker(line: str) -> str:
    shell = {"log": line + "\n", "stream": "stdout", "time": "2026-04-12T08:00:01.123456789Z"}
    return json.dumps(shell)


def filebeat(line: str) -> str:
    return json.dumps(
        {"@timestamp": "2026-04-12T08:00:01Z", "host": {"name": "web1"}, "message": line}
    )


def journald(line: str) -> str:
    return json.dumps({"__REALTIME_TIMESTAMP": "1775980801000000", "_UID": "0", "MESSAGE": line})


def splunk(line: str) -> str:
    return json.dumps({"preview": False, "result": 1, "_raw": line})


def splunk_search(line: str) -> str:
    return json.dumps({"preview": False, "result": {"_raw": line, "source": "/x"}})


@pytest.mark.parametrize("shipper", [docker, filebeat, journald, splunk, splunk_search])
def test_access_lines_are_read_out_of_what_carries_them(load, shipper):
    plain, calls = load("\n".join(LINES) + "\n", "plain.log")
    found, same = load("\n".join(map(shipper, LINES)) + "\n", "shipped.log", keep_duplicates=True)
    assert (found.format, found.rows, found.loaded) == ("access", 3, 3)
    columns = ("occurred_at", "user", "api", "status", "ip")
    assert [[row[c] for c in columns] for row in same[-3:]] == [
        [row[c] for c in columns] for row in calls
    ]
    assert plain.loaded == 3


def test_lines_of_the_program_itself_are_rejects_with_their_number(load):
    log = [docker(LINES[0]), docker("starting up"), docker(""), "no JSON", docker(LINES[1])]
    found, _ = load("\n".join(log) + "\n")
    assert (found.rows, found.loaded, found.rejected, found.skipped) == (5, 2, 2, 1)


def test_a_batch_of_events_is_unfolded_first(load):
    events = [
        {"id": i, "timestamp": 1775980801000, "message": line} for i, line in enumerate(LINES)
    ]
    found, _ = load(json.dumps({"logStream": "web", "events": events}))
    assert (found.format, found.loaded) == ("access", 3)


def test_what_would_be_no_clean_text_is_cleaned(load):
    line = LINES[0].replace("ann", "a\0n\x01n").replace("/a/7", "/a\n7")
    found, calls = load("\n".join(map(docker, [line, *LINES])) + "\n")
    assert found.rows == 4
    assert found.loaded + found.rejected == 4
    assert {row["user"] for row in calls} >= {"ann", "bob", "eve"}


def test_texts_of_no_format_leave_the_object_what_it_is(load):
    row = {"time": "2026-04-12T08:00:01Z", "user": "ada", "path": "/v1/leads", "message": "done"}
    found, calls = load("\n".join([json.dumps(row)] * 3) + "\n")
    assert (found.format, found.loaded) == ("jsonl", 3)
    assert calls[0]["user"] == "ada"


def test_a_format_that_is_named_is_read_out_of_them_too(load):
    found, _ = load("\n".join(map(docker, LINES)) + "\n", format="access")
    assert (found.format, found.loaded) == ("access", 3)


def test_a_log_is_what_most_of_its_lines_are(load):
    """Sixty of a thousand lines that carry one are no reason to reject the others."""
    call = json.dumps({"@timestamp": "2026-04-12T08:00:01Z", "user": "ada", "path": "/v1/leads"})
    found, _ = load("\n".join([filebeat(LINES[0])] * 60 + [call] * 940) + "\n")
    assert (found.format, found.loaded, found.skipped) == ("jsonl", 940, 60)


def test_another_text_beside_the_lines_does_not_hide_them(load):
    rows = [json.dumps({"event": "request", "message": line}) for line in LINES]
    assert load("\n".join(rows) + "\n")[0].format == "access"


def test_a_text_that_sums_up_its_object_hides_nothing_of_it(load):
    row = {
        "@timestamp": "2026-04-12T08:00:01Z",
        "method": "get",
        "req": {"url": "/a", "remoteAddress": "203.0.113.7"},
        "statusCode": 200,
        "message": "GET /a 200 3ms - 9.0B",
    }
    found, (call,) = load(json.dumps(row) + "\n")
    assert (found.format, call["ip"], call["api"]) == ("jsonl", "203.0.113.7", "GET /a")
