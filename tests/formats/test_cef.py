"""The Common Event Format, whose values hold blanks and no quotes."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

AT = datetime(2026, 1, 5, 10)
HEAD = "CEF:0|Vendor|Gate|1.0|17|{}|3|"
REQUEST = (
    "act=Allowed app=HTTPS dhost=a.example src=192.0.2.7 spt=5000 dpt=443 suser={} request={}"
    " requestMethod=GET requestClientApplication=sync/1 (x; y) outcome={} cs1=a b cs1Label=group"
)


def line(*pairs: str, name: str = "Allowed", before: str = "") -> str:
    return f"{before}{HEAD.format(name)}{' '.join(pairs)}\n"


@pytest.mark.parametrize(
    "before", ["", "<14>", "Jan  5 10:00:00 gate ", "2026-01-05T10:00:00Z gate "]
)
@pytest.mark.parametrize(
    "at", ["rt=1767607200000", "rt=Jan 05 2026 10:00:00", "start=1767607200000 end=1767607201000"]
)
def test_a_request_is_a_call(load, before, at):
    request = REQUEST.format("Ann Bell", "https://a.example/a/12?b\\=c", "200")
    found, (call,) = load(line(at, request, before=before))
    assert (found.format, call["occurred_at"], call["user"]) == ("cef", AT, "Ann Bell")
    assert (call["api"], call["status"], call["app"]) == ("GET /a/{id}", "200", "sync/1 (x; y)")
    assert (call["ip"], call["request_id"]) == ("192.0.2.7", None)


@pytest.mark.parametrize(
    "request_", ["/a", "a.example/a", "http://a.example/a", "GET /a HTTP/1.1", "a.example:443/a"]
)
def test_what_was_called_is_written_in_several_ways(load, request_):
    _, (call,) = load(line("rt=1767607200000", REQUEST.format("ann", request_, "Blocked")))
    assert (call["api"], call["status"]) == ("GET /a", None)


def test_the_time_may_stand_before_it_alone(load):
    _, (call,) = load(line("src=192.0.2.7 request=/a", before="2026-01-05T10:00:00Z gate "))
    assert (call["occurred_at"], call["user"], call["api"]) == (AT, "192.0.2.7", "/a")


def test_what_asks_for_nothing_is_no_call_among_requests(load):
    request = line("rt=1767607200000", REQUEST.format("ann", "/a", "200"))
    other = line("rt=1767607200000", "msg=started", name="up")
    found, _ = load(request + other + "no such line\n" + "\n")
    assert (found.loaded, found.skipped, found.rejected) == (1, 2, 1)


def test_what_somebody_did_is_a_call_by_its_name(load):
    row = line("rt=1767607200000", "suser=ann@x.example msg=Log on", name="Log on \\| web")
    _, (call,) = load(row)
    assert (call["user"], call["api"]) == ("ann@x.example", "Log on | web")


def test_connections_of_a_firewall_are_no_calls(load):
    with pytest.raises(CreditsError):
        load(line("rt=1767607200000", "src=192.0.2.7 spt=5000 dst=192.0.2.8 dpt=443 proto=TCP"))
