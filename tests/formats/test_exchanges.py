"""A request that a log tells in two rows, as it comes and as it is answered, has its status."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import LoadText
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.store import Store, Terms, staged

AT = datetime(2026, 1, 12, 10)
NOW = datetime(2026, 11, 22)
UUID = "11111111-2222-3333-4444-55555555555{id}"


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def row_of_pino(place: int, pid: int, request: str, code: str | None) -> dict[str, Any]:
    """The row that Fastify writes of a request that comes, or (with a `code`) of its answer."""
    row = {"level": 30, "time": 1768212000000 + place, "pid": pid, "hostname": "h"}
    if code is None:
        asked = {"method": "GET", "url": "/v2/leads", "remoteAddress": "192.0.2.7"}
        return row | {"reqId": request, "req": asked, "msg": "incoming request"}
    answered = {"res": {"statusCode": int(code)}, "responseTime": 3.2, "msg": "request completed"}
    return row | {"reqId": request} | answered


def text_of(turns: str, begins: str, ends: str) -> str:
    """Lines of a log, told by letters: a request that comes, its answer by its last digit.

    `+1 +2 -2 -1`: requests 1 and 2 came, then 2 was answered, and then 1.
    """
    pieces = {"+": begins, "-": ends}
    words = enumerate(turns.split())
    return "".join(pieces[word[0]].format(at=at, id=word[1:]) + "\n" for at, word in words)


def statuses(calls: list[dict[str, Any]]) -> list[str | None]:
    return [call["status"] for call in calls]


def test_what_is_refused_in_a_second_row_costs_no_credits_and_counts_as_refused(
    store: Store, load: LoadText
):
    told = [(0, "req-1", None), (12, "req-1", "429"), (20, "req-2", None), (21, "req-2", "200")]
    found, calls = load(lines(*(row_of_pino(at, 7, request, code) for at, request, code in told)))
    assert (found.loaded, found.skipped, found.rejected, found.credits) == (2, 2, 0, 1)
    assert found.columns["status"] == "res.statusCode"
    assert statuses(calls) == ["429", "200"]
    with store.answers() as answers:
        summary = answers.summary()
    assert (summary.calls, summary.credits, summary.refused) == (2, 1, 1)


def test_rows_of_one_context_share_the_path_and_only_the_first_has_the_method(load: LoadText):
    row = {"timestamp": "2026-01-12T10:00:00Z", "user": "ada", "path": "/v2/leads"}
    found, calls = load(
        lines(
            row | {"event": "request_started", "request_id": "f0-a", "method": "GET"},
            row | {"event": "lead_saved", "request_id": "f0-a"},
            row | {"event": "request_finished", "request_id": "f0-a", "status": 429},
            row | {"event": "request_started", "request_id": "f0-b", "method": "GET"},
        )
    )
    assert (found.loaded, found.duplicates, found.skipped) == (2, 0, 2)
    assert [(c["user"], c["request_id"], c["status"]) for c in calls] == [
        ("ada", "f0-a", "429"),
        ("ada", "f0-b", None),
    ]


def test_pairs_tell_of_requests_in_two_lines_as_objects_do(load: LoadText):
    line = "time=2026-01-12T10:00:0{at}Z level=info pid={pid} request_id={id} "
    asked, answered = line + "method=GET path=/v2/leads user=ada", line + "status=42{pid}"
    turns = [(asked, 1), (asked, 2), (answered, 2), (answered, 1), (asked, 3)]
    found, calls = load(
        "".join(
            each.format(at=at, pid=pid, id=f"req-{pid % 2}") + "\n"
            for at, (each, pid) in enumerate(turns)
        )
    )
    assert (found.format, found.loaded, found.skipped) == ("logfmt", 3, 2)
    assert [(c["user"], c["status"]) for c in calls] == [("ada", s) for s in ("421", "422", None)]


@pytest.mark.parametrize("form", ["json", "pairs"])
def test_where_both_rows_have_the_path_the_one_with_the_status_is_the_call(
    load: LoadText, form: str
):
    """As django-structlog writes it, which has the method in front of the path."""
    row = {"timestamp": "2026-01-12T10:00:00Z", "user_id": "ada", "request": "GET /v2/leads"}
    rows = [
        row | {"event": "request_started", "request_id": "f0-a"},
        row | {"event": "lead_saved", "request_id": "f0-a"},
        row | {"event": "request_finished", "request_id": "f0-a", "code": 429},
        row | {"event": "request_started", "request_id": "f0-b"},
        row | {"event": "request_finished", "request_id": "f0-b", "code": 200},
    ]
    texts = [" ".join(f'{k}="{v}"' for k, v in each.items()) + "\n" for each in rows]
    found, calls = load(lines(*rows) if form == "json" else "".join(texts))
    assert (found.loaded, found.duplicates, found.skipped, found.credits) == (2, 0, 3, 1)
    assert sorted(statuses(calls)) == ["200", "429"]


def test_where_few_requests_are_told_twice_those_without_a_status_are_calls(load: LoadText):
    row = {"time": "2026-01-12T10:00:00Z", "path": "/v2/leads"}
    rows = [row | {"request_id": f"f0-{place}"} for place in range(5)]
    found, calls = load(lines(*rows, rows[0] | {"status": 500}))
    assert (found.loaded, found.duplicates) == (5, 1)
    assert statuses(calls) == [None] * 5


def test_what_one_row_tells_wholly_stays_as_it_is(load: LoadText):
    row = {"time": "2026-01-12T10:00:00Z", "request_id": "f0-a"}
    asked = {"method": "GET", "path": "/v2/leads"}
    whole = row | asked | {"request_id": "f0-b", "status": 201}
    found, calls = load(lines(row | asked, row | {"status": 429}, whole))
    assert (found.loaded, found.skipped, sorted(statuses(calls))) == (2, 1, ["201", "429"])


def test_a_row_that_cannot_be_read_has_its_answer_all_the_same(load: LoadText):
    rows = [row_of_pino(at, 7, "req-1", code) for at, code in enumerate((None, None, "429", "200"))]
    found, calls = load(lines(rows[0], rows[1] | {"time": "never"}, *rows[2:]))
    assert (found.rejected, statuses(calls)) == (1, ["200"])


STARTED = 'Started GET "/v2/leads" for 192.0.2.7 at 2026-01-12 10:00:0{at} +0000'
COMPLETED = "Completed 42{id} Too Many Requests in 5ms"
RUBY = "I, [2026-01-12T10:00:0{at}.123456 #{id}]  INFO -- : "
PHOENIX = "2026-01-12 10:00:0{at}.123 request_id=F9abcdefgh{id} [info] "
SPRING = "2026-01-12T10:00:0{at}.123Z DEBUG 7 --- [shop] [nio-8080-exec-{id}] o.s.web: "
ASP = "2026-01-12 10:00:0{at}.123 [INF] "


@pytest.mark.parametrize(
    ("turns", "begins", "ends", "expected"),
    [
        # by the id of the request
        ("+1 +2 -2 -1 +3", f"[{UUID}] {STARTED}", f"[{UUID}] {COMPLETED}", ["421", "422", None]),
        (
            "-9 +1 +2 -2 -1",
            f"{RUBY}[{UUID}] {STARTED}",
            f"{RUBY}[{UUID}] {COMPLETED}",
            ["421", "422"],
        ),
        (
            "+1 +2 -2 -1",
            PHOENIX + "GET /v2/leads",
            PHOENIX + "Sent 42{id} in 2ms",
            ["421", "422"],
        ),
        # by the process or the thread
        ("+1 +2 -2 -1 +1 -1", RUBY + STARTED, RUBY + COMPLETED, ["421", "422", "421"]),
        (
            "+1 +2 -2 -1",
            SPRING + 'GET "/v2/leads", parameters={{}}',
            SPRING + "Completed 42{id} TOO_MANY_REQUESTS",
            ["421", "422"],
        ),
        # by nothing
        ("-9 +1 -1 +2 -2 +3", STARTED, COMPLETED, ["421", "422", None]),
        (
            "+1 -1 +2 -2",
            ASP + "Request starting HTTP/1.1 GET http://a.example/v2/leads  ",
            ASP + "Request finished in 3.1ms 42{id} application/json",
            ["421", "422"],
        ),
    ],
)
def test_an_answer_is_known_by_what_its_line_shares_with_the_request(
    load: LoadText, turns: str, begins: str, ends: str, expected: list[str | None]
):
    found, calls = load(text_of(turns, begins, ends))
    assert statuses(calls) == expected
    assert found.rows == found.loaded + found.skipped == len(turns.split())


@pytest.mark.parametrize(
    "turns", ["+1 +2 -1 -2", "+1 +2 -2", "+1 -1 -2 +3 -3"], ids=["both", "the first", "the second"]
)
def test_where_several_requests_are_served_at_once_nobody_knows_which_was_answered(
    load: LoadText, turns: str
):
    _, calls = load(text_of(turns, STARTED, COMPLETED))
    assert set(statuses(calls)) == {None}
    # One process does so, another does not.
    one = "I, [2026-01-12T10:00:0{at}.123456 #7]  INFO -- : "
    log = text_of(turns, one + STARTED, one + COMPLETED)
    log += text_of("+1 -1", RUBY + STARTED, RUBY + COMPLETED)
    _, calls = load(log, "processes.log")
    assert sorted(str(status) for status in statuses(calls)) == ["421"] + ["None"] * (
        len(calls) - 1
    )


def test_what_rails_has_no_route_for_is_answered_so(load: LoadText):
    log = (
        f"{STARTED}\n\n"
        'ActionController::RoutingError (No route matches [GET] "/v2/leads"):\n\n'
        f"{STARTED}\n{COMPLETED}\n"
    ).format(at=0, id=9)
    _, calls = load(log)
    assert sorted(statuses(calls)) == ["404", "429"]


def test_requests_of_the_first_rails_have_the_status_of_their_end(load: LoadText):
    log = """Processing LeadsController#index (for 203.0.113.7 at 2026-01-12 10:00:0{at}) [GET]
  Parameters: {{"action"=>"index"}}
"""
    end = "Completed in 14ms (View: 12, DB: 1) | 42{id} Too Many [http://a.example/leads]\n"
    _, calls = load(text_of("+1 -1 +2 -2", log, end))
    assert statuses(calls) == ["421", "422"]
    _, calls = load(text_of("+1 +2 -2 -1", log, end), "at_once.log", keep_duplicates=True)
    assert statuses(calls) == [None, None]


def test_files_are_read_each_by_itself_packed_or_not(store: Store, tmp_path: Path):
    one, other = (
        lines(row_of_pino(at, 7, "req-1", None), row_of_pino(at, 7, "req-1", code))
        for at, code in ((1, "429"), (2, "200"))
    )
    # It ends with a request whose answer is in the next file, which is another log.
    (tmp_path / "1.log").write_text(one + lines(row_of_pino(5, 7, "req-2", None)))
    (tmp_path / "2.log").write_text(lines(row_of_pino(6, 7, "req-2", "500")) + other)
    (tmp_path / "3.log.gz").write_bytes(gzip.compress(one.replace("000001", "000009").encode()))
    files = [(path, path.name) for path in sorted(tmp_path.glob("*.log*"))]
    taken = store.load_all(files, Terms(), now=NOW)
    loads = [load for each in taken for load in each.loads]
    assert [(load.rows, load.loaded, load.skipped) for load in loads] == [
        (3, 2, 1), (3, 1, 2), (2, 1, 1)
    ]  # fmt: skip
    with store._database.snapshot() as cursor:
        found = cursor.execute("SELECT status FROM calls ORDER BY occurred_at").fetchall()
    assert [status for (status,) in found] == ["429", "200", None, "429"]


Row = tuple[int, str, str | None]
"""Process, id, and the status that a row tells; None where it tells of a request that comes."""

rows = st.tuples(
    st.sampled_from([7, 8]),
    st.sampled_from(["req-1", "req-2"]),
    st.sampled_from([None, None, "200", "429"]),
)
heads = st.integers(1, 24)


def taken_in(log: str, head: int) -> list[tuple[datetime, str | None]]:
    """The calls of a log, of which so many rows are the head whose kinds are kept aside."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(staged, "_LARGE", 0)
        patch.setattr(staged, "_HEAD", head)
        path = Path(folder) / "a.log"
        path.write_text(log)
        with Store(Path(folder) / "calls.duckdb") as store:
            (load,), _ = store.load(path, now=NOW, name="a.log")
            with store._database.snapshot() as cursor:
                calls = cursor.execute(
                    "SELECT occurred_at, status FROM calls ORDER BY 1"
                ).fetchall()
    assert load.rows == load.loaded + load.skipped == log.count("\n")
    assert load.credits == sum(status != "429" for _, status in calls)
    return calls


def one_by_one(told: list[Row]) -> list[tuple[datetime, str | None]]:
    """When each request came, and its status: a pile of open ones for each process and id."""
    found: dict[int, str | None] = {}
    opened: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, (pid, request, code) in enumerate(told):
        waiting = opened[pid, request]
        if code is None:
            found[place] = None
            waiting.append(place)
        elif waiting:
            found[waiting.pop()] = code
    return [(AT + timedelta(milliseconds=place), code) for place, code in found.items()]


@settings(max_examples=12)
@given(told=st.lists(rows, max_size=24), head=heads)
def test_an_answer_goes_to_the_latest_request_that_waits_for_one(told: list[Row], head: int):
    told = [*((7, f"req-{i}", code) for i in "abc" for code in (None, "200")), *told]
    log = lines(*(row_of_pino(place, *row) for place, row in enumerate(told)))
    assert taken_in(log, head) == one_by_one(told)


def in_turn(told: list[Row]) -> list[tuple[datetime, str | None]]:
    """The same where only the process is told: what follows a request is its answer, or none is."""
    alike = {
        pid
        for pid in (7, 8)
        if any(
            (one is None) == (other is None)
            for one, other in pairwise(code for process, _, code in told if process == pid)
        )
    }
    return one_by_one([(pid, "", "" if code and pid in alike else code) for pid, _, code in told])


@settings(max_examples=12)
@given(told=st.lists(rows, max_size=9), head=heads)
def test_without_ids_only_a_process_is_believed_whose_rows_take_turns(told: list[Row], head: int):
    told = [(7, "", None), (7, "", "200"), *told]
    log = ""
    for place, (pid, _, code) in enumerate(told):
        log += f"I, [2026-01-12T10:00:00.{place:03} #{pid}]  INFO -- : "
        log += 'Started GET "/v2/leads"\n' if code is None else f"Completed {code} in 5ms\n"
    assert taken_in(log, head) == [(at, code or None) for at, code in in_turn(told)]
