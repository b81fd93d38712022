"""W3C extended logs: IIS, CloudFront and others that name their columns in `#Fields:`."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError
from credits.formats.sections import sections
from credits.formats.w3c import names_of

IIS = (
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip"
    " cs(User-Agent) sc-status time-taken"
)
ROW = (
    "2026-03-01 10:00:{:02} 10.0.0.9 GET /api/v2/orders/4711 page=2 443 {} 203.0.113.{}"
    " Shop+Sync/2.1+(+https://shop.example) 200 31"
)


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_a_row_of_iis_is_a_call_with_user_path_and_app(load):
    found, calls = load(log("#Software: IIS", "#Version: 1.0", IIS, ROW.format(1, "ACME\\ann", 7)))
    assert (found.format, found.rows, found.loaded, found.skipped) == ("w3c", 4, 1, 3)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 3, 1, 10, 0, 1)
    assert (call["user"], call["ip"], call["status"]) == ("ACME\\ann", "203.0.113.7", "200")
    assert (call["method"], call["api"]) == ("GET", "GET /api/v2/orders/{id}")
    assert call["app"] == "Shop Sync/2.1 ( https://shop.example)"


def test_its_times_are_utc_whatever_zone_is_chosen(load):
    _, calls = load(log(IIS, ROW.format(1, "-", 7)), time_zone="Asia/Kolkata")
    assert calls[0]["occurred_at"] == datetime(2026, 3, 1, 10, 0, 1)
    assert calls[0]["user_basis"] == "app"


def test_local_times_are_in_the_zone_that_is_chosen(load):
    fields = "#Fields: date-local time-local cs-method cs-uri-stem sc-status"
    _, calls = load(log(fields, "2026-03-01 10:00:00 GET /a 200"), time_zone="Asia/Kolkata")
    assert calls[0]["occurred_at"] == datetime(2026, 3, 1, 4, 30)


def test_columns_may_change_in_the_middle_of_a_file(load):
    other = "#Fields: time date c-ip cs-uri-stem cs-method sc-status cs-username"
    found, calls = load(
        log(
            "#Software: IIS",
            IIS,
            ROW.format(1, "ann", 1),
            "#Software: IIS",
            other,
            "10:00:02 2026-03-01 203.0.113.2 /b POST 201 bob",
            IIS,
            ROW.format(3, "cyd", 3),
        )
    )
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (8, 3, 5, 0)
    assert [call["user"] for call in calls] == ["ann", "bob", "cyd"]
    assert [call["method"] for call in calls] == ["GET", "POST", "GET"]
    assert [call["ip"] for call in calls] == ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
    assert [call["occurred_at"].second for call in calls] == [1, 2, 3]


def test_rejects_of_a_file_with_changing_columns_keep_their_line_and_text(load, rejects):
    other = "#Fields: date time cs-uri-stem"
    found, _ = load(
        log(IIS, ROW.format(1, "ann", 1), other, "2026-03-01", "", "2026-03-01 10:00:00 /b")
    )
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (6, 2, 3, 1)
    assert rejects() == [(4, "has 1 fields where #Fields: names 3", "2026-03-01")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("chunk", [3, 7, 64, 1 << 20])
def test_sections_are_copied_whole_whatever_the_chunk(load, monkeypatch, chunk, end):
    monkeypatch.setattr("credits.formats.sections.CHUNK", chunk)
    rows = [
        "#Date: 2026-03-01", "#Fields: time cs-method cs-uri-stem",
        "10:00:00 GET /a", "11:00:00 GET /b",
        "#Date: 2026-03-02", "#Fields: time cs-uri-stem cs-method", "10:00:00 /a POST",
    ]  # fmt: skip
    found, calls = load(end.join(rows))
    assert (found.rows, found.loaded, found.skipped) == (7, 3, 4)
    assert [call["api"] for call in calls] == ["GET /a", "GET /b", "POST /a"]
    assert [call["occurred_at"].day for call in calls] == [1, 1, 2]


def test_without_a_date_column_the_day_is_that_of_the_date_line_above(load):
    fields = "#Fields: time c-ip cs-method cs-uri-stem sc-status"
    found, calls = load(
        log(
            "#Date: 2026-03-01 22:00:00",
            fields,
            "22:00:00 203.0.113.1 GET /a 200",
            "23:59:59 203.0.113.1 GET /a 200",
            "00:00:01 203.0.113.1 GET /a 200",
            "#Date: 2026-03-07 09:00:00",
            fields,
            "09:00:00 203.0.113.1 GET /a 200",
        )
    )
    assert (found.loaded, found.skipped) == (4, 4)
    # Past midnight the clock falls back: the next day has begun, though no line says so.
    assert [call["occurred_at"].day for call in calls] == [1, 1, 2, 7]


def test_a_time_of_day_without_any_date_is_a_reject(load, rejects):
    found, _ = load(log("#Fields: time cs-method cs-uri-stem", "22:00:00 GET /a"))
    assert (found.loaded, found.rejected) == (0, 1)
    assert rejects()[0][1] == "has a time but no date"


def test_the_same_rows_in_two_exports_are_known_whatever_their_section(load):
    other = "#Fields: date time cs-uri-stem cs-method"
    load(log(IIS, ROW.format(1, "ann", 1), other, "2026-03-01 10:00:02 /b POST"), "one.log")
    found, _ = load(
        log(other, "2026-03-01 10:00:02 /b POST", "2026-03-01 10:00:03 /b POST"), "two.log"
    )
    assert (found.loaded, found.duplicates) == (1, 1)


def test_quoted_cells_and_runs_of_blanks_part_cells_as_well(load):
    fields = "#Fields:  date  time  c-ip  cs-method  cs-uri  cs(User-Agent)  sc-status "
    row = '2026-03-01   10:00:00   "203.0.113.5"  GET  /x   "Agent [en] (""beta""; U)"   "200"  '
    found, calls = load(log(fields, row))
    assert found.loaded == 1
    assert calls[0]["app"] == 'Agent [en] (""beta""; U)'
    assert (calls[0]["ip"], calls[0]["status"], calls[0]["api"]) == ("203.0.113.5", "200", "GET /x")


def test_a_user_agent_with_bare_spaces_does_not_shift_what_stands_behind_it(load):
    row = "2026-03-01 10:00:00 10.0.0.9 GET /a - 443 ann 203.0.113.1 My Agent 1.0 404 31"
    _, calls = load(log(IIS, row))
    assert (calls[0]["app"], calls[0]["status"], calls[0]["user"]) == ("My Agent 1.0", "404", "ann")


def test_rows_cut_by_rotation_are_calls_as_long_as_they_name_a_path(load, rejects):
    found, _ = load(log(IIS, ROW.format(1, "ann", 1)[:60], "2026-03-01 10:00:02 10.0.0.9"))
    assert (found.loaded, found.rejected) == (1, 1)
    assert rejects() == [
        (3, "has 3 fields where #Fields: names 12", "2026-03-01 10:00:02 10.0.0.9")
    ]


def test_rows_of_other_columns_than_were_named_are_rejects(load, rejects):
    row = "2026-03-01 10:00:00 203.0.113.1 GET /robots.txt - 80 - 198.51.100.1 Bot/1.0 404 0 2"
    found, _ = load(log("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query", row))
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (2, 0, 1, 1)
    assert rejects()[0][1] == "has 13 fields where #Fields: names 6"


def test_rows_before_the_first_fields_line_have_its_columns(load):
    found, _ = load(log(ROW.format(1, "ann", 1), IIS, ROW.format(2, "ann", 1)))
    assert (found.format, found.loaded, found.skipped) == ("w3c", 2, 1)


def test_a_firewall_log_holds_no_calls_and_says_so(load):
    fields = "#Fields: date time action protocol src-ip dst-ip src-port dst-port size"
    with pytest.raises(CreditsError, match="no columns that make an HTTP call"):
        load(log(fields, "2026-03-01 10:00:00 DROP TCP 203.0.113.1 10.0.0.9 53311 22 60"))


def test_w3c_without_a_fields_line_says_what_is_missing(load):
    with pytest.raises(CreditsError, match="no #Fields: line"):
        load(log("2026-03-01 10:00:01 /v1/a GET 200 203.0.113.7"), format="w3c")


CLOUDFRONT = (
    "#Version: 1.0",
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
    " cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id"
    " x-host-header cs-protocol",
)


def edge(second: int, request_id: str, agent: str = "Shop%2520Sync/2.1%2520(Linux)") -> str:
    cells = [
        "2026-03-01", f"10:00:{second:02}", "FRA56-P1", "2390", "203.0.113.8", "GET",
        "d1.example.net", "/v1/items/9f8e7d6c5b4a3928", "200", "-", agent, "-", "-",
        "Hit", request_id, "cdn.example.com", "https",
    ]  # fmt: skip
    return "\t".join(cells)


def test_cloudfront_rows_may_be_a_field_short_and_agents_are_decoded(load):
    found, calls = load(
        log(*CLOUDFRONT, edge(1, "AbC=="), edge(2, "DeF==").rsplit("\t", 1)[0], edge(3, "AbC=="))
    )
    assert (found.format, found.rows, found.loaded, found.skipped) == ("cloudfront", 5, 2, 2)
    assert found.duplicates == 1, "the request id tells that the third row is the first again"
    assert calls[0]["app"] == "Shop Sync/2.1 (Linux)"
    assert calls[0]["api"] == "GET /v1/items/{id}"
    assert calls[0]["request_id"] == "AbC=="


def test_an_agent_that_cannot_be_decoded_is_kept_as_it_is(load):
    _, calls = load(log(*CLOUDFRONT, edge(1, "a", "100%E4%bot"), edge(2, "b", "plain%20agent")))
    assert [call["app"] for call in calls] == ["100%E4%bot", "plain agent"]


def test_sections_begin_where_a_comment_says_so(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"x\n#Fields: a b\n#Fields: a b\ny\n#Date: 03/May/2026 1:2:3\n#Fields: c\n")
    found = sections(path, names_of)
    assert [(part.begins, part.names, part.day) for part in found] == [
        (0, ("a", "b"), None),
        (2, ("a", "b"), None),
        (30, ("a", "b"), "2026-05-03"),
        (55, ("c",), "2026-05-03"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "iis10.log", "iis10_cookies.log", "iis10_edge_cases.log", "iis6.log", "iis7_owa.log",
        "iis7_sqli.log", "iis_without_date.log",
    ],
)  # fmt: skip
def test_iis_logs_of_plaso_agree_with_their_truth(real_log, name):
    log = real_log("plaso_formats", name)
    assert log.loads[0].format == "w3c"
    assert log.found == log.truth


@pytest.mark.parametrize("name", [*(f"logfile_w3c.{i}" for i in range(7)), "logfile_w3c_big.0"])
def test_w3c_logs_of_lnav_agree_with_their_truth(real_log, name):
    log = real_log("lnav_formats", name)
    assert log.loads[0].format == "w3c"
    assert log.found == log.truth


def test_streaming_servers_call_the_status_by_the_client(load):
    fields = "#Fields: c-ip date time cs-uri-stem c-status cs(User-Agent)"
    _, (call,) = load(log(fields, "192.0.2.7 2026-03-01 10:00:00 /live 200 player/1"))
    assert (call["status"], call["ip"]) == ("200", "192.0.2.7")


# ── what was cut out of a longer log ──────────────────────────────────────────────────────────

AT = "2026-03-01 10:00:{:02}"
CUT = {
    "plain": f"{AT} 10.0.0.9 GET /v1/a q=1 443 {{}} 203.0.113.7 Sync/2+(x) - 200 0 0 9",
    "old": f"{AT} W3SVC1 10.0.0.9 GET /v1/a - 80 {{}} 203.0.113.7 Sync/2+(x) 200 0 0",
    "whole": (
        f"{AT} W3SVC1 web1 10.0.0.9 GET /v1/a - 80 {{}} 203.0.113.7 HTTP/1.1"
        " Sync/2+(x) a=b https://x.example/y api.example.com 200 0 0 123 456 789"
    ),
    "more": (
        f"{AT} fe80::1%8 GET /v1/a - 80 {{}} 203.0.113.7 Sync/2+(x) - 200 0 0 12 198.51.100.3"
    ),
}


@pytest.mark.parametrize("row", CUT.values(), ids=CUT)
def test_iis_writes_its_columns_in_one_order_so_that_rows_tell_them(load, row):
    found, calls = load(log(row.format(1, "ACME\\ann"), row.format(2, "-")))
    assert (found.format, found.loaded, found.rejected) == ("w3c", 2, 0)
    first, second = sorted(calls, key=lambda call: call["occurred_at"])
    assert first["occurred_at"] == datetime(2026, 3, 1, 10, 0, 1)
    assert (first["user"], first["app"], first["ip"]) == ("ACME\\ann", "Sync/2 (x)", "203.0.113.7")
    assert (first["api"], first["status"]) == ("GET /v1/a", "200")
    assert (second["user"], second["user_basis"]) == ("Sync/2 (x)", "app")


def test_a_cookie_or_a_referer_in_its_place_is_no_user_agent(load):
    row = "2026-03-01 10:00:01 GET /v1/a - 80 ann 203.0.113.7 {} 200 0 0"
    for cell in ("session=1/2+3", "https://x.example/y", "-"):
        _, (call,) = load(log(row.format(cell)))
        assert (call["app"], call["status"]) == (None, "200")


def test_columns_that_change_further_down_are_those_of_what_follows(load):
    rows = [CUT["plain"].format(second, "ann") for second in range(3)]
    found, calls = load(log(*rows, IIS, ROW.format(9, "bob", 8)))
    assert (found.loaded, found.rejected, found.skipped) == (4, 0, 1)
    assert {(call["user"], call["status"]) for call in calls} == {("ann", "200"), ("bob", "200")}


def test_pieces_of_iis_with_other_columns_each_are_told_row_by_row(load, rejects):
    asked = "GET /v1/leads/7 id=7 443"
    found, calls = load(
        "2026-03-01 10:00:00 198.51.100.1 " + asked + " ann 203.0.113.4 sync/1+(x) - 200 0 0 15\n"
        "# cut here\n"
        "2026-03-01 10:00:01 W3SVC1 WEB1 198.51.100.1 " + asked + " - 203.0.113.5 HTTP/1.1 cli/2"
        " k=/v - a.example 429 0 0 500 23 1\n"
        "2026-03-01 10:00:02 W3SVC1 " + asked + " EX\\bob fe80::7%3 - a.example 500 0 64 12 x\n"
        "2026-03-01 10:00:03 198.51.100.1 " + asked + " - 203.0.113.6 - 304 0 0 2 203.0.113.9,::7\n"
        "2026-03-01 10:00:04 198.51.100.1 " + asked + " - 203.0.113.6 https://a/ 404 0 2 3 4 5 x\n"
        "2026-03-01 10:00:05 torn\n"
    )
    assert (found.format, found.loaded, found.skipped) == ("iis", 5, 1)
    assert [(c["user"], c["app"], c["status"], c["ip"]) for c in calls] == [
        ("ann", "sync/1 (x)", "200", "203.0.113.4"),
        ("cli/2", "cli/2", "429", "203.0.113.5"),
        ("EX\\bob", None, "500", "fe80::7%3"),
        ("203.0.113.6", None, "304", "203.0.113.6"),
        ("203.0.113.6", None, "404", "203.0.113.6"),
    ]
    assert {call["api"] for call in calls} == {"GET /v1/leads/{id}"}
    assert calls[1]["occurred_at"] == datetime(2026, 3, 1, 10, 0, 1)
    assert [line for line, _, _ in rejects()] == [7]


def test_rows_of_another_order_are_left_to_others(load):
    with pytest.raises(CreditsError):
        load(log("2026-03-01 10:00:01 10.0.0.9 started 7 workers on port 443 for all of them"))
