"""Zeek's http.log as text."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

NAMES = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "method",
    "host",
    "uri",
    "user_agent",
    "status_code",
    "tags",
    "username",
]
ROW = [
    "1767225600.250000",
    "CAbc1",
    "192.0.2.7",
    "52026",
    "GET",
    "api.example.com",
    "/v1/users/77",
    "sync/1",
    "200",
    "(empty)",
    "-",
]


def log(*rows: list[str], names: list[str] = NAMES, head: str = "#separator \\x09") -> str:
    lines = [head, "#unset_field\t-", "#path\thttp", "\t".join(["#fields", *names]), "#types\ttime"]
    return (
        "\n".join([*lines, *("\t".join(row) for row in rows), "#close\t2026-01-01-00-00-00"]) + "\n"
    )


def but(**changed: str) -> list[str]:
    return [
        changed.get(name.replace(".", "_"), cell) for name, cell in zip(NAMES, ROW, strict=True)
    ]


def test_calls_of_one_connection_stay_separate(load):
    found, calls = load(
        log(ROW, ROW, but(ts="1767225601.0", username="ann", user_agent="(empty)", status_code="-"))
    )
    assert (found.format, found.rows, found.loaded, found.skipped) == ("zeek", 9, 3, 6)
    assert calls[0]["occurred_at"] == datetime(2026, 1, 1, 0, 0, 0, 250000)
    assert (calls[0]["user"], calls[0]["user_basis"], calls[0]["ip"]) == (
        "sync/1",
        "app",
        "192.0.2.7",
    )
    assert (calls[2]["user"], calls[2]["app"], calls[2]["status"]) == ("ann", None, None)
    assert calls[0]["api"] == "GET /v1/users/{id}"
    assert calls[0]["request_id"] is None


def test_columns_may_change_where_logs_were_joined(load):
    other = [*NAMES[:4], *NAMES[5:7], "method"]
    joined = log(ROW) + log(["1767225601.5", *ROW[1:4], *ROW[5:7], "POST"], names=other)
    found, calls = load(joined)
    assert (found.loaded, found.skipped, found.rejected) == (2, 12, 0)
    assert [call["method"] for call in calls] == ["GET", "POST"]
    assert [call["user_basis"] for call in calls] == ["app", "ip"]


def test_another_separator_is_as_the_first_line_says(load):
    text = log(ROW, head="#separator \\x7c").replace("\t", "|")
    assert load(text)[0].loaded == 1


def test_a_row_that_was_cut_is_a_reject(load, rejects):
    found, _ = load(log(ROW, ROW[:3]))
    assert (found.loaded, found.rejected) == (1, 1)
    assert rejects()[0][:2] == (7, "has 3 fields where #fields names 11")


def test_other_logs_of_zeek_hold_no_calls_and_say_so(load):
    conn = log(ROW[:4], names=["ts", "uid", "id.orig_h", "id.orig_p"]).replace("\thttp", "\tconn")
    with pytest.raises(CreditsError, match="Zeek's conn log, which holds no API calls"):
        load(conn)


@pytest.mark.parametrize(
    ("folder", "name"), [("zeek_http", "http.log"), ("lnav_formats", "logfile_bro_http.log.0")]
)
def test_real_logs_agree_with_their_truth(real_log, folder, name):
    log = real_log(folder, name)
    assert log.loads[0].format == "zeek"
    assert log.found == log.truth


def test_the_parts_of_an_address_may_be_joined_by_a_line(load):
    names = [name.replace(".", "_") for name in NAMES]
    found, (call,) = load(log(ROW, names=names))
    assert (found.format, call["ip"]) == ("zeek", "192.0.2.7")
