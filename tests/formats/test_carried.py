"""Lines and objects that an export carries in a column of a table, or Loki in its answers."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest

from credits import CreditsError

AT = datetime(2026, 1, 5, 10)
ACCESS = '192.0.2.7 - {} [05/Jan/2026:10:00:00 +0000] "GET /a/12 HTTP/1.1" 200 12 "-" "x/1"'
PAIRS = 'level=info msg="all, done" method=GET path=/a/12 status=200 user={}'
OBJECT = '{{"level": "info", "method": "GET", "path": "/a/12", "status": 200, "user": "{}"}}'
USERS = ("ann", "bob", "eve")


def table(head: list[str], *rows: list[str], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    return text.getvalue()


@pytest.mark.parametrize("line", [ACCESS, PAIRS, OBJECT], ids=["access", "logfmt", "jsonl"])
@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["@timestamp", "@message"], ["2026-01-05 10:00:00.000", ""]),
        (["timestamp", "message"], ["1767607200000", ""]),
        (["Time", "Line", "tsNs", "labels"], ["1767607200000", "", "1767607200000000000", "{}"]),
        (["_raw", "_time", "host", "source"], ["", "2026-01-05T10:00:00.000+0000", "web1", "/x"]),
        (["Date", "Host", "Service", "Message"], ["2026-01-05T10:00:00.000Z", "h", "api", ""]),
    ],
    ids=["Insights", "CloudWatch", "Grafana", "Splunk", "Datadog"],
)
def test_a_table_that_carries_lines_is_read_as_the_lines(load, request, head, row, line):
    rows = [[cell or line.format(user) for cell in row] for user in USERS]
    found, calls = load(table(head, *rows), "export.csv")
    assert (found.rows, found.loaded) == (3, 3)
    assert found.format in request.node.callspec.id
    assert [(c["occurred_at"], c["user"], c["api"], c["status"]) for c in calls] == [
        (AT, user, "GET /a/{id}", "200") for user in USERS
    ]


def test_objects_in_a_column_of_any_name_are_what_is_read(load):
    head = ["timestamp", "verdict", "httprequest"]
    request = '{{"clientIp": "192.0.2.7", "uri": "/a/12", "httpMethod": "GET", "user": "{}"}}'
    rows = [["1767607200000", "BLOCK", request.format(user)] for user in USERS]
    _, calls = load(table(head, *rows), "export.csv")
    assert [(c["occurred_at"], c["user"], c["api"], c["ip"]) for c in calls] == [
        (AT, user, "GET /a/{id}", "192.0.2.7") for user in USERS
    ]


def test_a_table_of_a_format_with_a_name_is_read_by_it(load):
    data = {"CreationTime": "2026-01-05T10:00:00", "Operation": "View", "UserId": "ann", "Id": "7"}
    row = ["2026-01-05T10:00:00Z", "ann", "View", json.dumps(data)]
    found, (call,) = load(table(["CreationDate", "UserIds", "Operations", "AuditData"], row))
    assert (found.format, call["user"], call["api"]) == ("m365", "ann", "View")


def test_objects_beside_what_tells_of_calls_are_left_where_they_are(load):
    head = ["time", "user", "action", "details"]
    found, (call,) = load(table(head, ["2026-01-05T10:00:00Z", "ann", "login", '{"user": "bob"}']))
    assert (found.format, call["user"], call["api"]) == ("csv", "ann", "login")


def test_a_table_that_tells_of_calls_itself_is_read_as_a_table(load):
    head = ["_raw", "_time", "user", "method", "uri", "status"]
    row = [ACCESS.format("raw"), "2026-01-05T11:00:00Z", "ann", "PUT", "/b", "201"]
    found, (call,) = load(table(head, row), "export.csv")
    assert (found.format, call["user"], call["api"]) == ("csv", "ann", "PUT /b")


def test_columns_that_are_blank_throughout_tell_of_no_calls(load):
    head = ["_raw", "_time", "eventtype", "user"]
    found, _ = load(table(head, [ACCESS.format("ann"), "2026-01-05T10:00:00Z", "", ""]))
    assert found.format == "access"


def test_what_else_is_carried_keeps_its_line(load, rejects):
    texts = [ACCESS.format("ann"), "starting\nup", ACCESS.format("bob"), ACCESS.format("eve")]
    text = table(["time", "message"], *(["2026-01-05T10:00:00Z", text] for text in texts))
    found, _ = load(text + "\n")
    assert (found.rows, found.loaded, found.rejected, found.skipped) == (5, 3, 1, 1)
    assert [line for line, *_ in rejects()] == [3]


def test_messages_that_are_no_calls_are_refused(load):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(table(["timestamp", "message"], ["2026-01-05T10:00:00Z", "compaction, done"]))


def answer(*lines: str) -> dict[str, object]:
    values = [[str(1767607200000000000), line] for line in lines]
    return {
        "status": "success",
        "data": {
            "resultType": "streams",
            "result": [{"stream": {"app": "shop", "user": "daemon"}, "values": values}],
        },
    }


@pytest.mark.parametrize("line", [ACCESS, PAIRS, OBJECT])
@pytest.mark.parametrize("indent", [None, 2])
def test_lokis_answers_are_the_lines_in_them(load, line, indent):
    text = json.dumps(answer(*map(line.format, USERS)), indent=indent)
    _, calls = load(text, "answer.json")
    assert [(c["occurred_at"], c["user"], c["api"]) for c in calls] == [
        (AT, user, "GET /a/{id}") for user in USERS
    ]


def test_a_line_beside_its_labels_is_what_tells_of_the_call(load):
    row = {"labels": {"app": "shop"}, "line": PAIRS.format("ann"), "timestamp": "2026-01-05T10:00Z"}
    _, (call,) = load(json.dumps(row | {"timestamp": "2026-01-05T10:00:00Z"}) + "\n")
    assert (call["occurred_at"], call["user"]) == (AT, "ann")


def container(text: str) -> str:
    return json.dumps(
        {
            "log": text,
            "time": "2026-01-05T10:00:00.000000000Z",
            "kubernetes": {"labels": {"app": "shop"}},
        }
    )


def test_an_object_in_a_text_has_the_time_of_its_shipper_if_none_of_its_own(load):
    text = container(OBJECT.format("ann")) + "\n" + container("starting up") + "\n"
    found, (call,) = load(text + container(OBJECT.format("bob"))[:90] + "\n")
    assert (found.loaded, found.skipped, found.rejected) == (1, 1, 1)
    assert (call["occurred_at"], call["user"]) == (AT, "ann")


def test_what_containers_say_are_no_calls_of_their_apps(load):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(container("starting up") + "\n")
