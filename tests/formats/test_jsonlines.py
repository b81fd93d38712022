"""JSON whose keys are in the user's words."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.formats import jsonlines
from credits.formats.base import Options, Sample, sample
from credits.formats.files import Plain
from credits.formats.jsonlines import JsonLines
from credits.formats.keys import fill, paths_in, pointer, value, views

CALL = {"ts": "2026-01-05T10:00:00Z", "user": "ada", "method": "GET", "path": "/v1/leads/17"}


def lines(*rows) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


def table(*rows) -> str:
    return "\n".join(",".join(cells) for cells in [rows[0], *(row.values() for row in rows)])


def test_lines_of_objects_are_calls(load):
    found, (call,) = load(lines(CALL | {"status": 429, "ip": "192.0.2.7", "records": 11}))
    assert (found.format, found.loaded) == ("jsonl", 1)
    assert (call["user"], call["api"], call["status"]) == ("ada", "GET /v1/leads/{id}", "429")
    assert (call["ip"], call["records"]) == ("192.0.2.7", 11)


def test_nested_keys_are_found_by_their_last_part(load):
    row = {
        "@timestamp": "2026-01-05T10:00:00Z",
        "actor": {"email": "ada@example.com", "id": 7},
        "request": {"method": "GET", "url": "https://api.example.com/v1/leads/17", "bytes": 5},
        "response": {"status_code": 200},
    }
    _, (call,) = load(lines(row))
    assert (call["user"], call["api"]) == ("ada@example.com", "GET /v1/leads/{id}")
    assert call["status"] == "200"


@pytest.mark.parametrize(
    "stamp",
    [1767607200, 1767607200.0, "1767607200000", 1767607200000000000, "2026-01-05 10:00:00"],
)
def test_times_may_be_epochs_of_any_unit(stamp, load):
    _, (call,) = load(lines(CALL | {"ts": stamp}))
    assert call["occurred_at"] == datetime(2026, 1, 5, 10)


def test_names_come_in_every_script(load):
    names = ["Ада", "李雷", "محمد", "🙂", "Zoë"]
    rows = [CALL | {"user": name, "ts": 1767607200 + i} for i, name in enumerate(names)]
    plain = lines(*(json.dumps(row, ensure_ascii=False) for row in rows))
    assert [call["user"] for call in load(plain, "plain.jsonl")[1]] == names
    escaped, _ = load(lines(*rows), "escaped.jsonl", keep_duplicates=True)
    assert escaped.loaded == 5


def test_keys_in_any_script_can_be_mapped(load):
    row = {"время": "2026-01-05T10:00:00Z", "кто": {"имя": "Ада"}}
    mapping = {"occurred_at": "время", "user": "кто.имя"}
    found, (call,) = load(lines(row), mapping=mapping)
    assert (found.columns["user"], call["user"]) == ("кто.имя", "Ада")


def test_a_mapped_key_that_is_not_there_is_said_to_be_missing(load):
    with pytest.raises(CreditsError, match="no column “who”"):
        load(lines(CALL), mapping={"user": "who"})


def test_heartbeats_among_calls_are_no_calls(load, rejects):
    rows = [
        CALL,
        {"ts": "2026-01-05T10:00:01Z", "level": "info", "msg": "heartbeat", "id": "h-1"},
        {"ts": "2026-01-05T10:00:02Z", "status": "ok", "user": "", "path": None},
    ]
    found, _ = load(lines(*rows))
    assert (found.loaded, found.skipped, found.rejected) == (1, 2, 0)
    assert rejects() == []


def test_a_heartbeat_may_also_stand_where_operations_stand(load):
    rows = [
        {"time": "2026-01-05T10:00:00Z", "event": "contact.create", "user": "ada"},
        {"time": "2026-01-05T10:00:01Z", "event": "heartbeat"},
    ]
    found, _ = load(lines(*rows))
    assert (found.loaded, found.skipped) == (1, 1)


def test_what_is_no_json_is_a_reject_with_its_line(load, rejects):
    text = lines(CALL, "", "# a comment", "not json at all", CALL, '{"ts": "2026-01-05T10:')
    found, _ = load(text)
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (6, 2, 2, 2)
    assert [(line, reason) for line, reason, _ in rejects()] == [
        (4, "is not valid JSON"),
        (6, "is not valid JSON"),
    ]


def test_a_row_without_a_time_is_a_reject(load, rejects):
    found, _ = load(lines(CALL, {"user": "ada", "path": "/a"}))
    assert found.rejected == 1
    assert rejects()[0][:2] == (2, "has no time")


SOUND = [CALL, CALL | {"ts": "2026-01-05T10:00:01Z", "user": "bo"}]


@pytest.mark.parametrize(
    "text",
    [
        lines(*SOUND),
        json.dumps(SOUND),
        json.dumps(SOUND, indent=2),
        json.dumps({"data": SOUND, "page": 1}),
        lines(*({"Records": [row]} for row in SOUND)),
        lines(*SOUND).replace("\n", ""),
        lines(*(json.dumps(row, indent=1) for row in SOUND)),
        lines(*({"_index": "a", "_source": row} for row in SOUND)),
        json.dumps({"took": 1, "hits": {"total": 2, "hits": [{"_source": row} for row in SOUND]}}),
        lines(*({"log": json.dumps(row) + "\n", "stream": "stdout"} for row in SOUND)),
        lines(*("api-1  | " + json.dumps(row) for row in SOUND)),
        "\ufeff" + lines(*SOUND).replace("\n", "\r\n"),
    ],
    ids=[
        *("lines", "array", "printed array", "page", "records line by line", "on one line"),
        *("printed", "indexed", "search results", "container", "compose", "mark and CRLF"),
    ],
)
def test_the_same_calls_come_out_of_every_packing(text, load):
    found, calls = load(text)
    assert (found.format, found.rows, found.loaded) == ("jsonl", 2, 2)
    assert [(call["user"], call["api"]) for call in calls] == [
        ("ada", "GET /v1/leads/{id}"),
        ("bo", "GET /v1/leads/{id}"),
    ]


def test_a_container_may_also_say_what_is_no_json(load):
    rows = [
        {"log": json.dumps(CALL) + "\n", "stream": "stdout", "time": "2026-01-05T10:00:00.1Z"},
        {"log": "listening on :8080\n", "stream": "stderr", "time": "2026-01-05T10:00:00.2Z"},
    ]
    found, _ = load(lines(*rows))
    assert (found.loaded, found.skipped, found.rejected) == (1, 1, 0)


def test_rows_may_stand_for_many_calls(load):
    row = {"minute": "2026-01-05T10:00:00Z", "endpoint": "/v1/leads", "count": 2_000_000_000}
    found, _ = load(lines(row, row))
    assert found.calls == 4_000_000_000


def test_a_log_without_calls_says_what_it_has(load):
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(lines({"cpu": 0.5, "ts": 1767607200}, {"cpu": 0.6, "ts": 1767607201}))


def test_deep_objects_are_no_crash(load):
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    found, _ = load(lines(*[CALL] * 3, deep, "[" * 5000))
    assert (found.rows, found.loaded) == (5, 3)


KEYS = st.text(min_size=1, max_size=6).filter(lambda key: jsonlines._SIMPLE.fullmatch(key))


@given(keys=st.lists(KEYS, min_size=1, max_size=4), held=st.text(max_size=5))
def test_a_pointer_leads_to_where_it_was_made_for(keys, held):
    row: object = held
    for key in reversed(keys):
        row = {key: row}
    assert value(row, pointer(keys)) == held  # type: ignore[arg-type]


@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(
                ["ts", "user", "path", "log", "_source", "message", 'q"', "a{b}", "x[0]"]
            ),
            st.recursive(
                st.none() | st.integers() | st.text(max_size=9),
                lambda inner: (
                    st.lists(inner, max_size=2)
                    | st.dictionaries(st.text(max_size=4), inner, max_size=2)
                ),
            ),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_looking_at_objects_of_any_keys_never_fails(rows):
    text = lines(*rows)
    look = Sample(Plain("a", None, "text"), text, True)  # type: ignore[arg-type]
    for _ in views(look):
        pass
    cells = jsonlines._flatten(look.objects)
    assert all("\0" not in pointer(name.split("\0")) for name in cells)


def test_keys_and_sql_over_keys_stand_beside_each_other():
    choice = ("a.b", "lower({c.0})", '{$."d.e"}')
    assert list(paths_in([choice])) == ['$."a"."b"', '$."c"[0]', '$."d.e"']
    at = {'$."a"."b"': "v1", '$."c"[0]': "v2", '$."d.e"': "v3"}
    assert fill(choice, at, test=True) == "(v1 <> '') OR (lower(v2)) OR (v3)"
    assert fill("a.b", at) == "v1"


def test_a_sample_is_tried_as_json_only_as_far_as_it_goes(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text(lines(*[CALL] * 5000))
    look = sample(Plain("long.jsonl", path, "text"))
    assert len(look.objects) == 1000
    assert JsonLines().read(look, Options(), forced=False) is not None


@pytest.mark.parametrize(
    "before",
    [
        "2026/01/05 10:00:00.123\tINFO\thttp.log.access\thandled request\t",
        "2026-01-05T11:00:00.123+01:00 api-1 ",
        "[05/Jan/2026:10:00:00 +0000] ",
    ],
)
def test_the_time_may_stand_before_the_object(load, before):
    row = json.dumps({"user": "ann", "request": {"method": "GET", "uri": "/v1/leads/1"}})
    found, calls = load(f"{before}{row}\n{before}{row}\n")
    assert (found.format, found.loaded, found.duplicates) == ("jsonl", 2, 0)
    assert {call["occurred_at"].replace(microsecond=0) for call in calls} == {
        datetime(2026, 1, 5, 10)
    }


def test_an_object_without_a_time_before_it_is_a_reject(load, rejects):
    row = json.dumps({"user": "ann", "path": "/v1/leads/1"})
    found, _ = load(f"2026-01-05T10:00:00Z {row}\n" * 3 + f"api-1 {row}\n")
    assert (found.loaded, found.rejected) == (3, 1)
    assert rejects()[0][:2] == (4, "has no time")


def test_rows_may_say_the_same_under_other_keys(load):
    common = {"method": "GET", "user": "ada"}
    rows = [
        *[common | {"ts": f"2026-01-05T10:00:0{i}Z", "path": "/a", "status": 200} for i in (0, 1)],
        common | {"timestamp": "2026-01-05T10:00:02Z", "path": "/b", "statusCode": 429},
        common | {"ts": "2026-01-05T10:00:03Z", "url": "/c", "http_code": 404},
        {"timestamp": "2026-01-05T10:00:04Z", "level": "error", "msg": "boom", "url": "/d"},
    ]
    found, calls = load(lines(*rows))
    assert (found.loaded, found.skipped, found.rejected) == (4, 1, 0)
    assert [(c["api"], c["status"]) for c in calls] == [
        ("GET /a", "200"), ("GET /a", "200"), ("GET /b", "429"), ("GET /c", "404")
    ]  # fmt: skip


def test_keys_with_points_and_objects_below_keys_are_the_same(load):
    flat = {"@timestamp": "2026-01-05T10:00:00Z", "http.request.method": "GET", "url.path": "/a"}
    deep = {"http": {"request": {"method": "PUT"}}, "url": {"path": "/b"}}
    _, calls = load(lines(flat, flat, deep | {"@timestamp": "2026-01-05T10:00:01Z"}))
    assert [call["api"] for call in calls] == ["GET /a", "GET /a", "PUT /b"]


@pytest.mark.parametrize("log", [{}, {"log": {"file": {"path": "/var/log/a.log"}}}])
def test_the_path_of_a_file_is_none_that_was_called(load, log):
    row = log | {
        "@timestamp": "2026-01-05T10:00:00Z",
        "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
        "url": {"original": "/v1/leads/7?page=2"},
        "source": {"address": "192.0.2.7"},
    }
    _, (call,) = load(lines(row))
    assert (call["api"], call["ip"]) == ("GET /v1/leads/{id}", "192.0.2.7")


def test_who_changed_something_may_be_its_author(load):
    rows = [{"time": "2026-01-05T10:00:00Z", "author_name": "ann", "action": "visibility changed"}]
    _, (call,) = load(lines(*rows))
    assert call["user"] == "ann"


def test_a_number_that_each_process_counts_anew_is_no_id(load):
    rows = [
        {"time": f"2026-01-05T10:00:0{i}Z", "reqId": "req-1", "req": {"method": "GET", "url": url}}
        for i, url in enumerate(["/a", "/after-a-restart"])
    ]
    found, _ = load(lines(*rows))
    assert (found.loaded, found.duplicates) == (2, 0)


def test_the_zone_of_the_time_before_an_object_is_kept(load):
    line = '2026-01-12 10:00:00 EST INFO {"method":"GET","path":"/a","status":200,"user":"ann"}'
    _, (call,) = load(line + "\n")
    assert (call["occurred_at"], call["user"]) == (datetime(2026, 1, 12, 15), "ann")


DONE = {"time": "2026-01-05T10:00:00Z", "user": "ann", "action": "lead.created", "id": "lead-1"}


@pytest.mark.parametrize("write", [lines, table])
@pytest.mark.parametrize(
    "other",
    [
        {"action": "lead.deleted"},
        {"user": "bob"},
        {"time": "2026-01-05T11:00:00Z"},
    ],
)
def test_an_id_that_different_calls_share_is_no_calls_own(load, write, other):
    found, calls = load(write(DONE, DONE | other))
    assert (found.loaded, {call["request_id"] for call in calls}) == (2, {None})


@pytest.mark.parametrize("write", [lines, table])
def test_a_row_that_comes_again_is_known_by_its_id(load, write):
    found, _ = load(write(DONE, DONE, DONE | {"id": "lead-2"}))
    assert (found.loaded, found.duplicates) == (2, 1)


@pytest.mark.parametrize("write", [lines, table])
def test_a_request_that_begins_and_ends_is_one_by_its_own_id(load, write):
    row = {"time": "2026-01-05T10:00:00Z", "user": "ann", "path": "/a", "request_id": "r-1"}
    found, _ = load(write(row, row | {"time": "2026-01-05T10:00:01Z"}))
    assert (found.loaded, found.duplicates) == (1, 1)


@pytest.mark.parametrize("write", [lines, table])
@pytest.mark.parametrize("other", [{"path": "/b"}, {"user": "bob"}])
def test_a_requests_own_id_is_taken_at_its_word_and_a_traces_is_not(load, write, other):
    row = {"time": "2026-01-05T10:00:00Z", "user": "ann", "path": "/a", "request_id": "r-1"}
    found, _ = load(write(row, row | other))
    assert (found.loaded, found.duplicates) == (1, 1)
    row["trace_id"] = row.pop("request_id")
    found, _ = load(write(row, row | other))
    assert (found.loaded, found.duplicates) == (2, 0)


def test_an_id_of_its_own_is_found_beside_one_that_all_share(load):
    rows = [DONE | {"uuid": f"u-{n}", "action": f"lead.{n}"} for n in ("a", "b")]
    _, calls = load(lines(*rows))
    assert {call["request_id"] for call in calls} == {"u-a", "u-b"}


@pytest.mark.parametrize(
    "instant",
    [
        {"epochSecond": 1767607200, "nano": 51_000_000},
        {"epochSecond": 1767607200, "nanoOfSecond": 51_000_999},
        {"seconds": "1767607200", "nanos": 51_000_000},
        {"_seconds": 1767607200, "_nanoseconds": 51_000_000},
    ],
)
def test_an_instant_may_be_told_in_seconds_and_nanoseconds(load, instant):
    whole = {key: value for key, value in instant.items() if "nano" not in key}
    rows = [{"timestamp": of, "user": "ann", "action": "x"} for of in (instant, whole)]
    _, calls = load(lines(*rows))
    day = datetime(2026, 1, 5, 10)
    assert [call["occurred_at"] for call in calls] == [day, day.replace(microsecond=51_000)]


def test_the_page_of_a_person_is_no_path_that_was_called(load):
    row = {"time": "2026-01-05T10:00:00Z", "action": "lead.made"}
    row["author"] = {"name": "ann", "uri": "https://crm.example.com/people/ann"}
    _, (call,) = load(lines(row))
    assert (call["user"], call["api"]) == ("ann", "lead.made")


def test_the_kind_of_every_row_tells_more_than_what_a_few_rows_say(load):
    row = {"time": "2026-01-05T10:00:00Z", "actor": {"email": "ann@example.com"}}
    kinds = ["seat_asked", "key_made", "chat_opened", "page_seen"]
    rows = [row | {"type": kind} for kind in kinds]
    rows[0] |= {"request_type": "seat_upgrade", "model": "m-1"}
    nobody = {"time": "2026-01-05T10:00:01Z", "type": "page_seen", "actor": {"ip": "192.0.2.7"}}
    found, calls = load(lines(*rows, nobody))
    assert (found.loaded, found.skipped) == (5, 0)
    assert sorted(call["api"] for call in calls) == sorted([*kinds, "page_seen"])
    assert {call["method"] for call in calls} == {None}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"received": "2026-01-05T10:00:00Z", "action": "a", "actor": {"name": "ann"}}, "ann"),
        ({"date": "2026-01-05T10:00:00Z", "type": 1000, "actingUserId": "u-1"}, "u-1"),
        ({"time": "2026-01-05T10:00:00Z", "action": "a", "adminid": "ann"}, "ann"),
        ({"EventDate": "2026-01-05T10:00:00Z", "CreatedDate": "2026-01-05T10:00:08Z",
          "UserIdentifier": "u-2", "RequestIdentifier": "r-1", "Id": "000AAA"}, "u-2"),
        ({"activityDateTime": "2026-01-05T10:00:00Z", "activityDisplayName": "Add user",
          "initiatedBy": {"user": {"userPrincipalName": "ann"}, "app": None}}, "ann"),
        ({"createdDateTime": "2026-01-05T10:00:00Z", "userPrincipalName": "ann",
          "appDisplayName": "Shop"}, "ann"),
        ({"time": "2026-01-05T10:00:00Z", "operation": "Ask", "accountId": "7",
          "identity": {"arn": "arn:aws:iam::7:user/ann"}}, "arn:aws:iam::7:user/ann"),
        ({"time": "2026-01-05T10:00:00Z", "action": "a", "initiator": {"name": "ann"}}, "ann"),
        ({"time": "2026-01-05T10:00:00Z", "action": "a", "adminId": "7", "adminEmail": "ann"},
         "ann"),
        ({"time": "2026-01-05T10:00:00Z", "eventName": "List", "principalId": "7",
          "principalName": "ann"}, "ann"),
        ({"time": "2026-01-05T10:00:00Z", "method": "GET", "path": "/a",
          "origin.address": "[2001:db8::7]:51434"}, "2001:db8::7"),
    ],
)  # fmt: skip
def test_what_audit_logs_call_their_keys_is_known(load, row, told):
    _, (call,) = load(lines(row))
    assert (call["user"], call["occurred_at"]) == (told, datetime(2026, 1, 5, 10))
    assert call["request_id"] == row.get("RequestIdentifier")


def test_an_address_among_the_details_of_what_was_done_is_no_path_that_was_called(load):
    row = {"timestamp": "2026-01-05T10:00:00Z", "user": "ann", "action": "user.made"}
    row["details"] = {"requestUrl": "https://example.com/form"}
    _, (call,) = load(lines(row))
    assert call["api"] == "user.made"
    _, (call,) = load(lines(row | {"status": 200}), "b.log")
    assert call["api"] == "/form"


def test_a_request_and_its_response_in_one_row_are_told_by_the_request(load):
    row = {
        "request_id": "q-1", "request_created_at": "2026-01-05T10:00:00Z", "request_user_id": "ann",
        "request_path": "https://llm.example.com/v1/chat", "response_status": 200,
        "response_created_at": "2026-01-05T10:00:02Z", "response_body": {"created": 1767607201},
    }  # fmt: skip
    _, (call,) = load(lines(row))
    assert (call["user"], call["occurred_at"]) == ("ann", datetime(2026, 1, 5, 10))
    assert (call["api"], call["status"]) == ("/v1/chat", "200")


def test_an_action_may_be_the_method_of_a_request(load):
    row = {"time": "2026-01-05T10:00:00Z", "user": "ann", "action": "GET", "path": "/v1/leads"}
    _, (call,) = load(lines(row))
    assert (call["api"], call["method"]) == ("GET /v1/leads", "GET")
