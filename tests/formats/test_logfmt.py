"""Lines of key=value pairs, whoever writes them and whatever stands around the pairs."""

from __future__ import annotations

import json
from datetime import datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.formats.pairs import Style

ROUTER = (
    "2026-02-03T10:00:{:02}.250000+00:00 heroku[router]: at=info method=GET"
    ' path="/api/v1/leads/{}?q=a b" host=shop.example.com request_id=r-{}'
    ' fwd="203.0.113.7, 10.0.0.1" dyno=web.1 connect=0ms service=1ms status=200 bytes=3'
)
PLAIN = (
    'time="2026-02-03T10:00:00Z" level=info msg="done it" user=ann method=GET path=/a status=200'
)


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_heroku_tells_the_time_first_and_who_called_among_the_pairs(load):
    found, calls = load(log(ROUTER.format(1, 4711, 1), ROUTER.format(2, 12, 2)))
    assert (found.format, found.rows, found.loaded) == ("logfmt", 2, 2)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 2, 3, 10, 0, 1, 250000)
    assert (call["user"], call["user_basis"], call["request_id"]) == ("203.0.113.7", "ip", "r-1")
    assert (call["api"], call["method"], call["status"]) == (
        "GET /api/v1/leads/{id}",
        "GET",
        "200",
    )


def test_what_a_program_says_between_its_requests_is_no_call(load):
    words = "2026-02-03T10:00:00+00:00 app[web.1]: Rendered leads/index, with a=1"
    metric = "2026-02-03T10:00:00+00:00 heroku[web.1]: source=web.1 dyno=d.1 sample#load_avg=0.00"
    found, _ = load(log(*[words] * 20, metric, ROUTER.format(1, 1, 1), "", words))
    assert (found.format, found.rows, found.loaded, found.skipped) == ("logfmt", 24, 1, 23)


def test_pairs_stand_in_any_order_and_any_may_be_missing(load):
    _, calls = load(
        log(
            PLAIN,
            'status=500 path=/b user=bob method=PUT time="2026-02-03T10:00:01Z" level=info',
            'time="2026-02-03T10:00:02Z" flag method=GET path=/c level=warn another',
        )
    )
    assert [(c["user"], c["api"], c["status"]) for c in calls] == [
        ("ann", "GET /a", "200"),
        ("bob", "PUT /b", "500"),
        ("(unknown)", "GET /c", None),
    ]


def test_quotes_hold_anything_and_what_they_escape_is_as_it_was(load):
    text = r'time=2026-02-03T10:00:00Z msg="a \" user=eve \\" user="Zo\u00eb \"Z\" C:\\d" path=/a'
    _, (call,) = load(log(text))
    assert call["user"] == 'Zoë "Z" C:\\d'


def test_a_quote_that_never_closes_costs_no_other_line(load):
    found, calls = load(log(PLAIN, PLAIN + ' err="cut', PLAIN.replace("ann", "bob")))
    assert (found.rows, found.loaded) == (3, 3)
    assert [call["user"] for call in calls] == ["ann", "ann", "bob"]


@pytest.mark.parametrize(
    "lead",
    [
        "",
        "<189>",
        "<134>1 2026-02-03T09:00:00Z web1 api 12 - - ",
        "Feb  3 10:00:00 web1 api[12]: ",
        "api-7d9f  | ",
        "\x1b[36mapi_1 |\x1b[0m ",
    ],
)
def test_whatever_comes_first_the_pairs_are_the_same(load, lead):
    found, (call,) = load(log(lead + PLAIN))
    assert found.format == "logfmt"
    assert (call["occurred_at"], call["user"]) == (datetime(2026, 2, 3, 10), "ann")


@pytest.mark.parametrize(
    ("lead", "at"),
    [
        ("2026-02-03T10:00:00.5Z ", datetime(2026, 2, 3, 10, 0, 0, 500000)),
        ("2026-02-03 10:00:00,250 INFO [main] ", datetime(2026, 2, 3, 10, 0, 0, 250000)),
        ("2026/02/03 10:00:00 ", datetime(2026, 2, 3, 10)),
        ("I, [2026-02-03T10:00:00.5 #4]  INFO -- : [r-1] ", datetime(2026, 2, 3, 10, 0, 0, 500000)),
        ("[03/Feb/2026:12:00:00 +0200] ", datetime(2026, 2, 3, 10)),
        ("812\t2026-02-03T10:00:00Z\tweb1\tLocal7\tInfo\tapi\t", datetime(2026, 2, 3, 10)),
    ],
)
def test_the_time_may_stand_before_the_pairs(load, lead, at):
    _, (call,) = load(log(lead + "method=GET path=/a status=200 expires=2027-01-01T00:00:00Z"))
    assert call["occurred_at"] == at


@pytest.mark.parametrize(
    "line",
    [
        "time=2026-02-03T10:00:00Z, user=ann lee, method=GET, path=/a, status=200",
        "2026-02-03 10:00:00 INFO [main] user=ann lee, method=GET, path=/a, status=200, ok",
        "time=2026-02-03T10:00:00Z;user=ann lee;method=GET;path=/a;status=200",
        "time=2026-02-03T10:00:00Z | user=ann lee | method=GET | path=/a | status=200",
        "time=2026-02-03T10:00:00Z user='ann lee' method=GET path=/a status=200",
        'time="2026-02-03T10:00:00Z",user="ann lee",method="GET",path="/a",status="200"',
        "date=2026-02-03 time=10:00:00 user=\"ann lee\" method=GET path=/a status=200",
        "time=2026-02-03 10:00:00 user=\"ann lee\" method=GET path=/a status=200",
        "time:2026-02-03T10:00:00Z\tuser:ann lee\tmethod:GET\turi:/a\tstatus:200",
        "time:[03/Feb/2026:10:00:00 +0000]\tuser:ann lee\treq:GET /a HTTP/1.1\tstatus:200",
    ],
)  # fmt: skip
def test_pairs_are_written_in_many_ways(load, line):
    found, calls = load(log(line, line))
    assert found.format == "logfmt"
    assert [(c["occurred_at"], c["user"], c["api"], c["status"]) for c in calls] == [
        (datetime(2026, 2, 3, 10), "ann lee", "GET /a", "200")
    ] * 2


def test_of_several_lines_for_a_request_the_one_with_a_status_is_the_call(load):
    pair = "http.request.id=r-{0} http.request.method=GET http.request.uri=/v2/ auth.user.name=ann"
    rows = [
        f'time="2026-02-03T10:00:0{i}Z" level=info msg="{{}}" {pair.format(i)} instance.id=i-1{{}}'
        for i in range(3)
    ]
    found, calls = load(
        log(
            *(row.format("authorized request", "") for row in rows),
            *(row.format("response completed", " http.response.status=200") for row in rows),
        )
    )
    assert (found.loaded, found.skipped, found.duplicates) == (3, 3, 0)
    assert [(c["user"], c["status"], c["request_id"]) for c in calls] == [
        ("ann", "200", "r-0"),
        ("ann", "200", "r-1"),
        ("ann", "200", "r-2"),
    ]


def test_keys_are_those_of_the_lines_that_tell_of_requests(load):
    other = 'time="2026-02-03T10:00:00Z" level=info msg=ready url=/metrics'
    call = "t=2026-02-03T10:00:00Z lvl=info uname=ann userId=7 method=GET path=/a status=200"
    found, calls = load(log(other, other, call, other))
    assert (found.loaded, found.skipped, calls[0]["user"]) == (1, 3, "ann")


def test_what_a_message_counts_is_no_number_of_calls(load):
    found, _ = load(log(PLAIN + " count=25", PLAIN))
    assert (found.loaded, found.calls) == (2, 2)


@pytest.mark.parametrize(
    "line",
    [
        'level=info ts=2026-02-03T10:00:00Z caller=compact.go:5 component=tsdb msg="done" count=3',
        "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 exit=-13 uid=500",
        "Feb  3 10:00:00 fw kernel: [1.2] IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.8 PROTO=TCP",
    ],
)
def test_pairs_that_are_no_calls_are_refused_with_their_keys(load, line):
    with pytest.raises(CreditsError, match=r"a\.log has no columns that make a call.*it has \w+, "):
        load(log(*[line] * 5))


def test_keys_can_be_mapped(load):
    line = 'when=2026-02-03T10:00:00Z, by="ann, lee", what.it=list, n=3'
    mapping = {"occurred_at": "when", "user": "by", "api": "what.it", "calls": "n"}
    found, (call,) = load(log(line), mapping=mapping)
    assert (found.format, call["user"], call["api"], call["calls"]) == (
        "logfmt",
        "ann, lee",
        "list",
        3,
    )


def test_another_log_by_this_name_is_refused(load):
    with pytest.raises(CreditsError, match="choose another format"):
        load("time,user\n2026-01-01T00:00:00Z,ann\n", format="logfmt")


def docker(line: str) -> str:
    return json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-04-12T08:00:01.25Z"})


def test_pairs_that_a_shipper_carries_have_its_time_if_none_of_their_own(load):
    bare = "method=GET path=/a status=200"
    _, (own,) = load(log(docker(PLAIN)), "own.log")
    found, (theirs,) = load(log(docker(bare)), "theirs.log")
    assert found.format == "logfmt"
    assert own["occurred_at"] == datetime(2026, 2, 3, 10)
    assert theirs["occurred_at"] == datetime(2026, 4, 12, 8, 0, 1, 250000)


@pytest.mark.parametrize("stamp", [1775980801250, 1775980801.25, "1775980801250000"])
def test_a_shippers_time_may_be_an_epoch(load, stamp):
    row = {"timestamp": stamp, "message": "method=GET path=/a status=200"}
    _, (call,) = load(log(json.dumps(row)))
    assert call["occurred_at"] == datetime(2026, 4, 12, 8, 0, 1, 250000)


def test_objects_that_tell_of_calls_themselves_are_read_as_objects(load):
    row = {"time": "2026-04-12T08:00:01Z", "user": "ada", "path": "/a", "message": "a=1 b=2 c=3"}
    assert load(log(json.dumps(row)))[0].format == "jsonl"


VALUES = st.text(st.sampled_from('ab=" \\,/é'), max_size=8)


@given(values=st.lists(VALUES, min_size=1, max_size=4))
def test_sql_and_python_take_the_same_out_of_a_line(load_pairs, values):
    line = " ".join(f"k{i}={json.dumps(value)}" for i, value in enumerate(values))
    assert load_pairs(line, len(values)) == values


@pytest.fixture(scope="module")
def load_pairs():
    """The values of the keys `k0`, `k1` … in a line, as SQL takes them out of it."""

    def values(line: str, count: int) -> list[str]:
        style = Style()
        pairs = ", ".join(f"{style.pair_sql(f'k{i}', [])} AS r{i}" for i in range(count))
        held = ", ".join(f"{style.held_sql(f'r{i}')} AS h{i}" for i in range(count))
        source = "(SELECT ? AS line)"
        for step in "\n;\n".join([style.words_sql(), pairs, held]).split("\n;\n"):
            source = f"(SELECT *, {step} FROM {source})"
        meant = ", ".join(style.meant_sql(f"h{i}", f"r{i}") for i in range(count))
        return list(duckdb.execute(f"SELECT {meant} FROM {source}", [line]).fetchall()[0])

    return values


def test_the_zone_of_the_time_before_the_pairs_is_kept(load):
    for number, zone in enumerate(("-05", " EST", " -0500")):
        line = f"2026-01-12T10:00:00{zone} level=info method=GET path=/a status=200 user=ada\n"
        _, (call,) = load(line, f"{number}.log")
        assert (call["occurred_at"], call["user"]) == (datetime(2026, 1, 12, 15), "ada"), zone


def test_the_way_somebody_logged_in_is_no_method_of_http(load):
    """The requests of a proxy have `httpmethod`; what administrators did there, a `method`."""
    row = '<189>date=2026-05-07 time=08:53:0{} type="{}" srcip=192.0.2.7 {} status="{}"'
    read, calls = load(
        row.format(1, "traffic", 'httpmethod="GET" url="https://a.example/b"', 403)
        + "\n"
        + row.format(2, "event", 'user="ann" method="https" action="login"', "failed")
        + "\n"
    )
    assert (read.format, read.loaded, read.skipped) == ("logfmt", 1, 1)
    assert [(call["api"], call["user"], call["status"]) for call in calls] == [
        ("GET /b", "192.0.2.7", "403")
    ]
