"""CSV, TSV and their kin, clean and dirty."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from credits import CreditsError

HEADER = "time,user,api,status"
ROWS = [f"2026-01-01T00:00:{i:02}Z,ann,list{i},200" for i in range(5)]


def log(*rows: str, end: str = "\n") -> str:
    return end.join(rows) + end


def kept(found) -> tuple[int, int, int, int]:
    return found.rows, found.loaded, found.rejected, found.skipped


def test_a_clean_csv_is_read_by_the_names_of_its_columns(load):
    found, calls = load(log(HEADER, *ROWS), "a.csv")
    assert (found.format, *kept(found)) == ("csv", 5, 5, 0, 0)
    assert calls[3]["occurred_at"] == datetime(2026, 1, 1, 0, 0, 3)
    assert (calls[3]["user"], calls[3]["api"], calls[3]["status"]) == ("ann", "list3", "200")


@pytest.mark.parametrize(
    ("delimiter", "name"), [(",", "csv"), (";", "csv"), ("|", "csv"), ("\t", "tsv")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_delimiter_and_line_end(load, delimiter, name, end):
    found, calls = load(log(HEADER, *ROWS, end=end).replace(",", delimiter))
    assert (found.format, *kept(found)) == (name, 5, 5, 0, 0)
    assert {call["status"] for call in calls} == {"200"}


def test_a_semicolon_file_may_hold_commas(load):
    found, calls = load("time;user;api\n2026-01-01T00:00:00Z;Bell, Ann;a,b,c\n")
    assert kept(found) == (1, 1, 0, 0)
    assert (calls[0]["user"], calls[0]["api"]) == ("Bell, Ann", "a,b,c")


def test_rows_with_too_few_or_too_many_fields_are_read_as_far_as_they_go(load, rejects):
    found, calls = load(
        log(HEADER, ROWS[0], ROWS[1] + ",more,still", "2026-01-01T00:00:07Z,bob", "soon")
    )
    assert kept(found) == (4, 3, 1, 0)
    assert [call["user"] for call in calls] == ["ann", "ann", "bob"]
    assert rejects() == [(5, "its time is not understood: soon", "soon")]


def test_blank_lines_comments_and_repeated_headers_are_skipped(load):
    found, _ = load(
        log("# made by us", HEADER, ROWS[0], "", HEADER, "# more", ROWS[1], "  ", "", "")
    )
    assert (found.loaded, found.rejected) == (2, 0)
    assert found.rows == found.loaded + found.skipped


def test_a_repeated_header_alone_does_not_become_a_reject(load):
    found, _ = load(log(HEADER, *ROWS, HEADER, *ROWS))
    assert kept(found) == (11, 10, 0, 1)


def test_quoted_line_breaks_and_json_in_cells_stay_in_their_cell(load):
    body = '"{""a"": 1,\n ""b"": [2, 3]\n}"'
    rows = [f'2026-01-01T00:00:0{i}Z,ann,"say ""hi"", you",{body}' for i in range(3)]
    found, calls = load(log("time,user,api,detail", *rows))
    assert kept(found) == (3, 3, 0, 0)
    assert calls[0]["api"] == 'say "hi", you'


def test_rows_behind_quoted_line_breaks_keep_their_line_number(load, rejects):
    body = '"{""a"": 1,\n\n ""b"": 2}"'
    bad = "2026-01-01T00:00:09Z,ann,x"
    found, _ = load(
        log("time,user,api,detail", f"2026-01-01T00:00:00Z,ann,x,{body}", bad, "soon,ann,x,y")
    )
    assert kept(found) == (3, 2, 1, 0)
    assert rejects() == [(6, "its time is not understood: soon", "soon,ann,x,y")]


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("second", [None, 700])
@pytest.mark.parametrize("quoted", [True, False])
def test_a_missing_last_quote_costs_one_row_at_most(load, column, second, quoted):
    rows = [["2026-01-01T00:00:00Z", f"user {i}", f"api {i % 7}", "a, b"] for i in range(1200)]
    cells = [[f'"{c}"' if quoted or "," in c else c for c in row] for row in rows]
    for broken in (300, second):
        if broken is not None:
            cells[broken][column] = '"' + rows[broken][column]
    found, calls = load(log("time,user,api,note", *(",".join(row) for row in cells)))
    torn = 1 + (second is not None)
    assert found.rows == 1200
    assert found.loaded >= 1200 - torn
    assert len({call["user"] for call in calls} & {f"user {i}" for i in range(1200)}) >= 1200 - torn


def test_many_rows_with_one_quote_are_read_in_reasonable_time(load):
    rows = [f'2026-01-01T00:00:00Z,user{i},"api {i},x' for i in range(3000)]
    found, _ = load(log("time,user,api,note", *rows))
    assert kept(found) == (3000, 3000, 0, 0)


UNUSED = "," * 16


def test_a_file_without_a_header_with_sixteen_unused_columns(load, rejects):
    rows = [
        f"10.1.2.{i % 3},[29/Nov/2026:06:{i % 60:02}:55,GET /home/{i} HTTP/1.1,302{UNUSED}"
        for i in range(300)
    ]
    odd = ["chmod:,cannot,'a.out':,No" + UNUSED, "rm:,cannot,'*.o':,No" + UNUSED]
    found, calls = load(log(*rows[:150], *odd, *rows[150:], rows[0], end="\r\n"))
    assert kept(found) == (303, 301, 2, 0)
    assert rejects()[0] == (151, "its time is not understood: cannot", odd[0])
    assert found.columns == {
        "occurred_at": "column 2", "ip": "column 1", "path": "column 3", "status": "column 4"
    }  # fmt: skip
    first = calls[0]
    assert first["occurred_at"] == datetime(2026, 11, 29, 6, 0, 55)
    assert (first["api"], first["method"], first["status"]) == ("GET /home/{id}", "GET", "302")


def test_the_same_with_a_header_whose_words_are_misspelt(load):
    rows = [f"10.1.2.3,[29/Nov/2026:06:{i:02}:55,GET /home HTTP/1.1,302" for i in range(60)]
    found, calls = load(log("IP,Time,URL,Staus", *rows, "timeout,2,a,b"))
    assert kept(found) == (61, 60, 1, 0)
    assert (calls[0]["api"], calls[0]["status"], calls[0]["ip"]) == ("GET /home", "302", "10.1.2.3")


@pytest.mark.parametrize(
    "header",
    ["timestamp,count", "minute,requests", "Time,Hits", "ts,calls", "datetime,total_requests"],
)
def test_counts_per_minute_are_calls_with_a_weight(load, header):
    rows = [f"2026-01-01 00:{i:02}:00,{3_000_000_000 + i}" for i in range(4)]
    found, calls = load(log(header, *rows))
    assert (*kept(found), found.calls) == (4, 4, 0, 0, 12_000_000_006)
    assert {call["user_basis"] for call in calls} == {"unknown"}


def test_counts_sum_beyond_what_a_double_holds_exactly(load):
    found, _ = load(
        log("minute,requests", *(f"2026-01-01 00:0{i}:00,999999999999999" for i in range(9)))
    )
    assert found.calls == 9 * 999_999_999_999_999


def test_counts_that_are_no_numbers_are_rejects(load, rejects):
    found, _ = load(
        log("minute,requests", *["2026-01-01 00:00:00,5"] * 9, "2026-01-01 00:00:00,many")
    )
    assert kept(found) == (10, 9, 1, 0)
    assert rejects()[0][1] == "its number of calls is not understood: many"


def test_a_row_that_counts_no_calls_and_cost_nothing_is_no_call(load, rejects):
    rows = [f"2026-01-01 0{hour}:00:00,{count}" for hour, count in enumerate([0, 4, *[0] * 7])]
    found, calls = load(log("hour,requests", *rows, "2026-01-01 09:00:00,-1"))
    assert kept(found) == (10, 1, 1, 8)
    assert (found.first, found.last) == (datetime(2026, 1, 1, 1), datetime(2026, 1, 1, 1))
    assert [call["calls"] for call in calls] == [4]
    assert rejects()[0][1] == "its number of calls is not understood: -1"


def test_a_row_that_counts_no_calls_keeps_its_credits(load):
    rows = ["2026-01-01 00:00:00,0,0", "2026-01-01 01:00:00,0,7", "2026-01-01 02:00:00,0,"]
    found, calls = load(log("hour,requests,credits", *rows))
    assert kept(found) == (3, 1, 0, 2)
    assert [(call["calls"], call["credits"]) for call in calls] == [(0, 7)]


def test_columns_named_by_hand_go_before_what_they_seem_to_be(load):
    text = log(
        "a,b,c,time", "2026-01-01T00:00:00Z,ann,list,12:30", "2026-01-01T00:00:01Z,bob,list,1"
    )
    found, calls = load(text, mapping={"occurred_at": "a", "user": "b", "api": "c"})
    assert kept(found) == (2, 2, 0, 0)
    assert [call["user"] for call in calls] == ["ann", "bob"]


def test_columns_without_a_header_go_by_number(load):
    text = log("x,2026-01-01T00:00:00Z,ann", "y,2026-01-01T00:00:01Z,bob")
    _, calls = load(text, mapping={"occurred_at": "2", "user": "3", "api": "1"})
    assert [(call["user"], call["api"]) for call in calls] == [("ann", "x"), ("bob", "y")]


def test_a_column_that_is_not_there_is_named_in_the_refusal(load):
    with pytest.raises(
        CreditsError, match="no column “who” for user: it has time, user, api, status"
    ):
        load(log(HEADER, *ROWS), mapping={"user": "who"})
    with pytest.raises(CreditsError, match="no field “usr”"):
        load(log(HEADER, *ROWS), mapping={"usr": "user"})


def test_a_date_and_a_clock_in_two_columns_make_one_stamp(load):
    found, calls = load(
        log("Date,Time,User,API", "2026-01-05,09:30:00,ann,x", "2026-01-06,09:30,ann,x")
    )
    assert kept(found) == (2, 2, 0, 0)
    assert [call["occurred_at"] for call in calls] == [
        datetime(2026, 1, 5, 9, 30), datetime(2026, 1, 6, 9, 30)
    ]  # fmt: skip


def test_names_that_differ_in_case_stay_apart(load):
    _, calls = load(log("time,user", "2026-01-01T00:00:00Z,Ann", "2026-01-01T00:00:01Z,ann"))
    assert [call["user"] for call in calls] == ["Ann", "ann"]


def test_blanks_of_every_kind_are_no_users(load):
    blanks = ["", "-", "null", "NULL", "None", "  ", "nan", '""']
    rows = [f"2026-01-01T00:00:{i:02}Z,{blank},list" for i, blank in enumerate(blanks)]
    found, calls = load(log("time,user,api", *rows))
    assert found.loaded == len(blanks)
    assert {call["user_basis"] for call in calls} == {"unknown"}


def test_a_header_alone_says_that_nothing_is_there(load):
    with pytest.raises(CreditsError, match="header alone"):
        load(HEADER + "\n")


def test_equal_rows_are_separate_calls_unless_they_share_a_request_id(load):
    assert load(log(HEADER, ROWS[0], ROWS[0], ROWS[0]), "a.csv")[0].loaded == 3
    ids = log("time,user,request_id", *["2026-01-01T00:00:00Z,ann,r1"] * 3)
    found, _ = load(ids, "b.csv")
    assert (found.loaded, found.duplicates) == (1, 2)


def test_a_wide_file_with_long_cells(load):
    wide = ",".join(["x" * 5000] * 50)
    names = ",".join(f"col{i}" for i in range(50))
    found, _ = load(log(f"time,user,{names}", *[f"2026-01-01T00:00:00Z,ann,{wide}"] * 20))
    assert kept(found) == (20, 20, 0, 0)


def test_mutated_files_never_lose_a_row(load):
    """Whatever is torn, the four counts add up and nothing is swallowed unseen."""
    rng = random.Random(7)
    alphabet = '",\n\r;|\t#\\x'
    for turn in range(25):
        text = log(HEADER, *(f'2026-01-01T00:00:00Z,"ann, {i}",list{i},200' for i in range(60)))
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(HEADER) + 1, len(text))
            text = (
                text[:at]
                + rng.choice(alphabet) * rng.randint(0, 2)
                + text[at + rng.randint(0, 2) :]
            )
        found, _ = load(text, f"{turn}.csv", keep_duplicates=True)
        assert found.rows >= 40
        assert found.loaded >= 40


def test_cells_in_quotes_may_be_parted_by_spaces(load):
    row = '"192.0.2.7" "-" "[05/Jan/2026:11:00:0{} +0100]" "GET /v1/a HTTP/1.1" "200" "curl/8"\n'
    found, (call, _) = load(row.format(0) + row.format(1))
    assert (found.format, found.loaded) == ("csv", 2)
    assert str(call["occurred_at"]) == "2026-01-05 10:00:00"
    assert (call["app"], call["api"], call["status"], call["ip"]) == (
        "curl/8",
        "GET /v1/a",
        "200",
        "192.0.2.7",
    )


@pytest.mark.parametrize(
    ("cells", "credits"),
    [
        (["1,5", "2,5", "1.234"], [1.5, 2.5, 1234]),
        (["1.234,5", "7", "1.000.000"], [1234.5, 7, 1_000_000]),
        (["1,500", "2,25", "3"], [1.5, 2.25, 3]),
        (["1,500", "1,234.5", "3"], [1500, 1234.5, 3]),
        (["1,500", "12,34,567", "0.25"], [1500, 1_234_567, 0.25]),
    ],
)
def test_a_comma_is_a_decimal_point_where_the_column_says_so(load, cells, credits):
    rows = [f"2026-01-05T10:00:0{i}Z;ann;{cell}" for i, cell in enumerate(cells)]
    _, calls = load(log("time;user;credits", *rows))
    assert [float(call["credits"]) for call in calls] == credits


def test_numbers_that_may_be_either_are_rejects(load, rejects):
    rows = [f"2026-01-05T10:00:0{i}Z;ann;{cell}" for i, cell in enumerate(["1,5", "1.5", "7"])]
    found, _ = load(log("time;user;credits", *rows))
    assert kept(found) == (3, 2, 1, 0)
    assert rejects()[0][1] == "its credits are not understood: 1,5"


def test_a_count_with_a_fraction_is_a_reject(load, rejects):
    counts = ["5", "5.0", "1,234", "1.5", "1,5"]
    found, _ = load(
        log("minute;requests", *(f"2026-01-01 00:0{i}:00;{n}" for i, n in enumerate(counts)))
    )
    assert (*kept(found), found.calls) == (5, 3, 2, 0, 1244)
    assert [reason.rsplit(": ")[1] for _, reason, _ in rejects()] == ["1.5", "1,5"]


def test_a_column_called_credits_is_credits_though_much_of_it_is_no_number(load, rejects):
    cells = ["7", "unknown", "unknown", "8"]
    rows = [f"2026-01-05T10:00:0{i}Z,ann,{cell}" for i, cell in enumerate(cells)]
    found, calls = load(log("time,user,credits", *rows))
    assert kept(found) == (4, 2, 2, 0)
    assert [int(call["credits"]) for call in calls] == [7, 8]
    assert {reason for _, reason, _ in rejects()} == {"its credits are not understood: unknown"}


def test_a_date_and_an_hour_make_one_stamp(load):
    _, calls = load(log("Date,Hour,User,Calls", "2026-01-05,9,ann,3", "2026-01-05,23,ann,1"))
    assert [call["occurred_at"].hour for call in calls] == [9, 23]


@pytest.mark.parametrize("mark", [",", "\t"])
def test_without_a_header_a_clock_is_no_address(load, mark):
    rows = [
        "2026-01-05,10:00:00,203.0.113.7,GET,/v1/x,200",
        "2026-01-05,11:30:00,203.0.113.8,GET,/v1/y,200",
    ]
    _, calls = load(log(*(row.replace(",", mark) for row in rows)))
    assert [(call["occurred_at"].hour, call["ip"]) for call in calls] == [
        (10, "203.0.113.7"), (11, "203.0.113.8")
    ]  # fmt: skip


def test_azure_says_in_a_columns_name_of_what_type_it_is(load):
    _, calls = load(
        log(
            '"TimeGenerated [UTC]",OperationName,requestUri_s,httpMethod_s,clientIP_s,httpStatus_d',
            '"6/19/2023, 9:07:25.123 AM",AccessLog,/api/x,GET,192.0.2.4,429',
        )
    )
    assert [(c["method"], c["status"], c["ip"]) for c in calls] == [("GET", "429", "192.0.2.4")]


@pytest.mark.parametrize("above", ["#time,user,path,status", "# Fields: time,user,path,status"])
def test_names_may_stand_in_a_comment_above_the_rows(load, above):
    rows = [f"2026-01-05T10:00:0{i}Z,ann,/v1/leads/{i},200" for i in range(3)]
    found, calls = load(log("# an export", above, *rows))
    assert kept(found) == (5, 3, 0, 2)
    assert {(c["user"], c["api"], c["status"]) for c in calls} == {("ann", "/v1/leads/{id}", "200")}


@pytest.mark.parametrize("mark", [";", ","])
def test_a_first_line_for_excel_is_no_row(load, mark):
    rows = ["time,user,path", "2026-01-05T10:00:00Z,ann,/a", "2026-01-05T10:00:01Z,bob,/b"]
    found, calls = load(log(f"sep={mark}", *(row.replace(",", mark) for row in rows)))
    assert kept(found) == (3, 2, 0, 1)
    assert [call["user"] for call in calls] == ["ann", "bob"]


@pytest.mark.parametrize("mark", [";", ","])
def test_a_title_may_stand_above_the_header(load, mark):
    rows = ["time,user,path", "2026-01-05T10:00:00Z,ann,/a", "2026-01-05T10:00:01Z,bob,/b"]
    title = ["Report: API calls", "Generated: 6 Jan 2026", ""]
    found, calls = load(log(*title, *(row.replace(",", mark) for row in rows)))
    assert kept(found) == (5, 2, 0, 3)
    assert [call["user"] for call in calls] == ["ann", "bob"]


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_a_table_in_no_known_words_is_refused_with_its_columns(load, mark):
    rows = ["Ajankohta,Tekijä,Polku", "2026-01-05T10:00:00Z,Ada,/kontakte"]
    with pytest.raises(CreditsError, match=r"it has Ajankohta, Tekijä, Polku"):
        load(log(*(row.replace(",", mark) for row in rows)))


def test_a_line_of_text_is_no_list_of_columns(load):
    with pytest.raises(CreditsError, match="in no log format"):
        load(log(*["2026-01-05 10:00:00.123 DEBUG [gw,abc] --- ready, waiting"] * 2))
