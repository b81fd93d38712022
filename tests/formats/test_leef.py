"""The Log Event Extended Format, which says itself what parts its pairs."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

AT = datetime(2026, 2, 5, 10)
REQUEST = [
    "devTime=Feb 05 2026 10:00:00",
    "src=192.0.2.7",
    "srcPort=5000",
    "usrName=Ann Bell",
    "url=https://a.example/a/12?b=c|d",
    "method=GET",
    "statusCode=200",
    "userAgent=sync/1 (x; y)",
    "note=a b",
]


def line(head: str, mark: str, *pairs: str, before: str = "<14>Feb  5 10:00:09 gate ") -> str:
    return f"{before}LEEF:{head}{mark.join(pairs)}\n"


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("1.0|Vendor|Gate|1.0|Allowed|", "\t"),
        ("2.0|Vendor|Gate|1.0|Allowed|", "\t"),
        ("2.0|Vendor|Gate|1.0|Allowed||", "\t"),
        ("2.0|Vendor|Gate|1.0|Allowed|^|", "^"),
        ("2.0|Vendor|Gate|1.0|Allowed|x5E|", "^"),
        ("2.0|Vendor|Gate|1.0|Allowed|0x5e|", "^"),
        ("2.0|Vendor|Gate|1.0|Allowed|x09|", "\t"),
        ("2.0|Vendor|Gate|1.0|Allowed|¦|", "¦"),
        ("1.0|Vendor|Gate|1.0|Allowed|", "#011"),
    ],
)
def test_the_head_says_what_parts_the_pairs(load, head, mark):
    found, (call,) = load(line(head, mark, *REQUEST))
    assert (found.format, call["occurred_at"], call["user"]) == ("leef", AT, "Ann Bell")
    assert (call["api"], call["status"], call["app"]) == ("GET /a/{id}", "200", "sync/1 (x; y)")
    assert call["ip"] == "192.0.2.7"


@pytest.mark.parametrize(
    ("time", "written"),
    [
        ("05/02/2026 10:00:00", "dd/MM/yyyy HH:mm:ss"),
        ("02/05/2026 10:00:00", "MM/dd/yyyy HH:mm:ss"),
        ("5.2.2026 10:00:00", "d.M.yyyy HH:mm:ss"),
        ("1770285600000", "epoch"),
    ],
)
def test_a_date_is_read_as_the_event_says_that_it_is_written(load, time, written):
    pairs = [f"devTime={time}", f"devTimeFormat={written}", "usrName=ann"]
    found, (call,) = load(line("2.0|Vendor|Gate|1.0|log on|^|", "^", *pairs))
    assert (found.format, call["occurred_at"], call["api"]) == ("leef", AT, "log on")


def test_each_line_parts_its_pairs_as_its_own_head_says(load):
    other = [pair.replace("Ann Bell", "bob") for pair in REQUEST]
    bars = line("2.0|V|G|1|A|||", "|", *other[:4], "url=/b")
    found, calls = load(line("1.0|V|G|1|A|", "\t", *REQUEST) + bars + "no such line\n")
    assert (found.loaded, found.rejected) == (2, 1)
    assert {(call["user"], call["api"]) for call in calls} == {
        ("Ann Bell", "GET /a/{id}"), ("bob", "/b"),
    }  # fmt: skip


def test_connections_of_a_firewall_are_no_calls(load):
    pairs = ["src=192.0.2.7", "srcPort=5000", "dst=192.0.2.8", "dstPort=443", "proto=TCP"]
    with pytest.raises(CreditsError):
        load(line("2.0|V|G|1|A|^|", "^", "devTime=Feb 05 2026 10:00:00", *pairs))
