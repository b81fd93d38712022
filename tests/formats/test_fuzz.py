"""Spoiled logs neither crash a reader nor hang it, and every row is counted; what that once found.

`make fuzz` does the same with a million lines and more.
"""

from __future__ import annotations

import json

import fuzz
import pytest


def test_spoiled_logs_are_read_or_refused_and_their_rows_add_up(tmp_path):
    outcomes = list(fuzz.run(tmp_path, lines=6_000, seed=2))
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
    with pytest.raises(fuzz.CreditsError, match="no columns that make a call"):
        load(text)


def test_a_user_may_be_a_number(load):
    _, calls = load("time,user,system\n2026-01-01T00:00:00Z,4711,crm\n")
    assert calls[0]["user"] == "4711"
