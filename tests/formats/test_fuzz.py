"""Spoiled logs neither crash a reader nor hang it, and every row is counted; what that once found.

`make fuzz` does the same with a million lines and more.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress

import fuzz
import pytest

from credits import CreditsError


def test_spoiled_logs_are_read_or_refused_and_their_rows_add_up(tmp_path):
    outcomes = list(fuzz.run(tmp_path, lines=6_000, seed=3))
    assert [f"{o.number} {o.name}: {o.problem}" for o in outcomes if o.problem] == []
    assert {"refused", "access", "csv"} <= {outcome.became for outcome in outcomes}


def test_line_breaks_in_a_cell_may_differ_from_those_of_the_file(load):
    head, row = "time;user;note;api\r\n", '2026-01-01T00:00:0{};ann;"two\r\nlines";list\r\n'
    broken = '2026-01-01T00:00:09Z;ann;"never closed;list\r\n'
    found, calls = load(head + "".join(row.format(f"{i}Z") for i in range(5)) + broken)
    assert (found.rows, found.loaded + found.rejected) == (6, 6)
    assert len(calls) >= 5


def test_a_cut_line_of_a_shipper_is_a_reject_also_where_json_holds_json(load):
    event = {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}
    row = {"EventId": "e", "EventName": "RunInstances", "EventTime": "2026-01-05T10:00:00Z"}
    text = json.dumps({"message": json.dumps(row | {"CloudTrailEvent": json.dumps(event)})})
    found, _ = load("\n".join([text, text[:150], text]) + "\n")
    assert (found.format, found.loaded, found.duplicates, found.rejected) == (
        "cloudtrail", 1, 1, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "time,user,system,idle\n2026-01-01T00:00:00Z,3,1,96\n",
        "time,user,nice\n2026-01-01T00:00:00Z,3.25,0.5\n",
        '{"time": "2026-01-01T00:00:00Z", "cpu": {"user": 3, "system": 1}}\n',
    ],
)
def test_the_time_that_a_processor_spends_for_users_is_no_user(load, text):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(text)


def test_a_user_may_be_a_number(load):
    _, calls = load("time,user,system\n2026-01-01T00:00:00Z,4711,crm\n")
    assert calls[0]["user"] == "4711"


CALL = '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 200 12 "-" "x/1"\n'
HEAD = "time,user,api,note\n2026-01-01T00:00:00Z,ann,list,x\n"
HOSTILE = {
    "addresses without end": ("haproxy[1]: " + "a:" * 4000 + "\n") * 32,
    "ports without end": ("haproxy[1]: " + "1:1" * 2700 + "\n") * 32,
    "times without end": CALL * 50 + "[12/Apr/2026:10:00:01 " * 11_000 + "\n",
    "threads without end": ("[17/Jun/2026:12:57:26 +0200] " + "-exec-1 a A " * 650 + "\n") * 32,
    "dots without end": ("a b [06/Feb/2026:00:00:38 +0000] x a A" + "." * 4000 + "\n") * 60,
    "workers without end": ("[pid: 1|app: 0|req: 1/1] x (" + "[pid: " * 1300 + "\n") * 32,
    "quotes that never close": HEAD + '2026-01-01T00:00:00Z,ann,list,"x\n' * 20_000,
    "columns without end": HEAD.replace("note", "," * 50_000),
    "columns of a known table": "start_time,num_model_requests,model"
    + ",x" * 30_000
    + "\n"
    + "1767607200,5,gpt-4o"
    + "," * 30_000
    + "\n",
    "commas without end": "," * 200_000 + "\n",
    "broken objects": "[\n" + "".join(f'{{"k{i}": broken}}\n' for i in range(60_000)) + "]",
    "broken texts": "[\n" + "".join(f'{{"k{i}": "open}}\n' for i in range(60_000)) + "]",
    "broken over lines": "[\n" + "".join(f'{{\n"k{i}": broken\n}}\n' for i in range(40_000)) + "]",
    "never closed over lines": "[\n" + "".join(f'{{\n"k{i}": broken\n' for i in range(40_000)),
    "objects in objects": '{"a":1,\n' * 60_000,
    "arrays in objects": '{"a": [1,\n' * 20_000,
    "brackets": "[" * 500_000,
    "opening braces": '{"a":' * 100_000,
    "columns that change": "".join(
        f"#Fields: date time cs-method cs-uri-stem x{i}\n2026-03-01 10:00:00 GET /a 1\n"
        for i in range(5_000)
    ),
    "midnights": "#Date: 2026-01-01\n#Fields: time cs-method cs-uri-stem\n"
    + "23:00:00 GET /a\n01:00:00 GET /a\n" * 5_000,
    "e-mail addresses in paths": CALL.replace("/a ", "/a@" * 1_500 + " ") * 50,
    "blank lines": HEAD + "\n" * 100_000 + "2026-01-01T00:00:00Z,bob,list,x\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_invites_backtracking_takes_no_time(load, name):
    began = time.process_time()
    with suppress(CreditsError):
        load(HOSTILE[name])
    assert time.process_time() - began < 4


def test_a_stray_line_feed_among_carriage_returns_costs_no_other_row(load):
    rows = [f"2026-01-01T00:00:{i:02}Z,ann,list" for i in range(40)]
    found, calls = load("\r".join(["time,user,api", *rows[:20]]) + "\n" + "\r".join(rows[20:]))
    assert (found.rows, found.loaded, len(calls)) == (40, 40, 40)


def test_half_a_character_in_json_breaks_nothing(load):
    row = '{"time": "2026-01-01T00:00:0%dZ", "ab\\ud800c": "x", "\\udc00": 1, "user": "%s"}\n'
    found, calls = load(row % (1, "ann") + row % (2, "\\ud800") + row % (3, "bob"))
    assert (found.rows, found.loaded + found.rejected) == (3, 3)
    assert {"ann", "bob"} <= {call["user"] for call in calls}
    with pytest.raises(CreditsError) as refused:
        load('{"\\ud800": 3}\n')
    assert str(refused.value).encode("utf-8")


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("", CALL),
        ("time,user,api\n", "2026-01-01T00:00:01Z,ann,list\n"),
        ("", '{"time": "2026-01-01T00:00:01Z", "user": "ann", "api": "list"}\n'),
    ],
)
def test_a_line_far_too_long_is_a_reject_and_costs_no_other_row(load, head: str, row: str):
    found, calls = load(head + row * 2 + "a" * (17 << 20) + "\n" + row)
    assert (found.rows, found.loaded, found.rejected, len(calls)) == (4, 3, 1, 3)
    assert "1 of its lines had more than 16 MB" in found.notes[-1]
