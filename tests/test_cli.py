"""The command line keeps its contract: documents, exit codes, one line for a failure."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from credits import cli

ROOT = Path(__file__).resolve().parents[1]
LOG = (
    "time,user,path,method,status\n"
    "2026-01-05T10:00:00Z,ada,/v1/leads,GET,200\n"
    "2026-01-05T11:00:00Z,bob,/v1/leads,GET,200\n"
    "2026-01-06T12:00:00Z,ada,/v1/leads,GET,200\n"
)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


@dataclass
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def failures(self) -> list[str]:
        """The lines of failures; notes are none."""
        return [line for line in self.err.splitlines() if not line.startswith("note: ")]


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`run("load", "a.csv")` in a folder of this test's own."""
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["credits", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return Answer(int(left.value.code or 0), said.out, said.err)

    return ran


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(LOG)
    return path


# ── load ──────────────────────────────────────────────────────────────────────────────────────


def test_the_document_of_a_load_has_the_keys_and_types_of_the_contract(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text(LOG + "no time,eve,/v1/leads,GET,200\n\n" + LOG.split("\n")[1])
    found = run("load", "a.csv", "--json")
    assert (found.code, found.err) == (0, "")
    assert found.json == {
        "loads": [
            {
                "path": "a.csv",
                "format": "csv",
                "rows": 6,
                "loaded": 4,
                "duplicates": 0,
                "rejected": 1,
                "skipped": 1,
                "calls": 4,
                "credits": 4,
                "first": "2026-01-05T10:00:00Z",
                "last": "2026-01-06T12:00:00Z",
            }
        ],
        "rejects": [
            {
                "path": "a.csv",
                "line": 5,
                "reason": "its time is not understood: no time",
                "text": "no time,eve,/v1/leads,GET,200",
            }
        ],
    }
    assert list(found.json["loads"][0]) == [
        *("path", "format", "rows", "loaded", "duplicates", "rejected", "skipped"),
        *("calls", "credits", "first", "last"),
    ]


def test_a_load_without_calls_has_no_first_and_no_last(run: Run, log: Path):
    run("load", "a.csv")
    load = run("load", "a.csv", "--json").json["loads"][0]
    assert (load["loaded"], load["duplicates"], load["calls"], load["credits"]) == (0, 3, 0, 0)
    assert (load["first"], load["last"]) == (None, None)


def test_fractions_of_seconds_and_credits_are_written_as_they_are(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text("time,user,credits\n2026-01-05T10:00:00.125Z,ada,0.5\n")
    load = run("load", "a.csv", "--json").json["loads"][0]
    assert STAMP.fullmatch(load["first"])
    assert load["first"].startswith("2026-01-05T10:00:00.125")
    assert load["credits"] == 0.5


def test_one_bad_file_does_not_stop_the_others(run: Run, log: Path, tmp_path: Path):
    (tmp_path / "b.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "c.csv").write_text(LOG)
    found = run("load", "a.csv", "b.csv", "c.csv", "missing.csv", "--json")
    assert found.code == 1
    assert [load["path"] for load in found.json["loads"]] == ["a.csv", "c.csv"]
    assert [load["duplicates"] for load in found.json["loads"]] == [0, 3]
    assert found.failures == [
        "credits: b.csv is a PNG picture, not a log: load a log file instead.",
        "credits: There is no file missing.csv: check the path.",
    ]


def test_a_failure_with_json_still_prints_a_document(run: Run):
    found = run("load", "missing.csv", "--json")
    assert (found.code, found.json) == (1, {"loads": [], "rejects": []})


def test_a_folder_stands_for_the_files_in_it_but_the_hidden_ones(run: Run, tmp_path: Path):
    for name in ("logs/b.csv", "logs/deep/a.csv", "logs/.hidden", "logs/.git/config"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LOG if path.suffix else "no log at all")
    found = run("load", "logs", "--json")
    assert (found.code, found.err) == (0, "")
    assert [load["path"] for load in found.json["loads"]] == ["logs/b.csv", "logs/deep/a.csv"]


def test_a_folder_that_holds_the_database_too_is_read_without_it(run: Run, log: Path):
    for _ in range(2):
        found = run("load", ".", "--database", "credits.duckdb", "--json")
        assert (found.code, found.failures) == (0, [])
        assert [load["path"] for load in found.json["loads"]] == ["a.csv"]


def test_a_folder_with_databases_in_it_is_read_without_them_and_they_are_told(
    run: Run, log: Path, tmp_path: Path
):
    assert run("load", "a.csv", "--database", "credits.duckdb").code == 0
    assert run("backup", "copy.duckdb", "--database", "credits.duckdb").code == 0
    assert run("restore", "copy.duckdb", "--database", "credits.duckdb").code == 0
    (tmp_path / "credits.duckdb.before.wal").write_bytes(b"\1" * 200)
    spilled = tmp_path / "copy.duckdb.tmp" / "duckdb_temp_0"
    spilled.parent.mkdir()
    spilled.write_bytes(b"\2" * 200)
    (tmp_path / "same.duckdb").hardlink_to(tmp_path / "credits.duckdb")
    (tmp_path / "link.duckdb").symlink_to(tmp_path / "credits.duckdb")
    found = run("load", ".", "--database", "credits.duckdb", "--json")
    assert (found.code, [load["path"] for load in found.json["loads"]]) == (0, ["a.csv"])
    assert found.err.splitlines() == [
        f"note: Passed over: {sentence}, not a log."
        for sentence in (
            "copy.duckdb is a database (a backup, perhaps)",
            "copy.duckdb.tmp/duckdb_temp_0 belongs to the database copy.duckdb",
            "credits.duckdb.before is a database (a backup, perhaps)",
            "credits.duckdb.before.wal belongs to the database credits.duckdb.before",
        )
    ]
    found = run("load", "*.duckdb*", "--database", "credits.duckdb")
    assert "Passed over: credits.duckdb.before is a database" in found.err
    log.unlink()
    assert run("load", ".", "--database", "credits.duckdb").failures == [
        "credits: There are no logs in .: name a folder or files that are some."
    ]


def test_a_database_that_is_named_as_a_log_is_refused_as_what_it_is(run: Run, log: Path):
    assert run("load", "a.csv", "--database", "other.duckdb").code == 0
    found = run("load", "other.duckdb", "--database", "credits.duckdb")
    assert (found.code, found.failures) == (
        1,
        ["credits: other.duckdb is a DuckDB database, not a log: load a log file instead."],
    )


def test_a_log_that_only_looks_like_a_database_at_its_beginning_is_read(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text(LOG.replace("time,user", "time,usrDUCK,user"))
    (tmp_path / "b.csv").write_text("user_id,DUCK,time,status\nada,x,2026-01-01T00:00:00Z,200\n")
    (tmp_path / "c.wal.csv").write_text(LOG.replace("ada", "eve"))
    found = run("load", ".", "--json")
    assert (found.code, len(found.json["loads"])) == (0, 3), found.err


def test_an_empty_folder_is_a_failure(run: Run, tmp_path: Path):
    (tmp_path / "logs").mkdir()
    found = run("load", "logs")
    assert found.code == 1
    assert len(found.failures) == 1


def test_a_pattern_stands_for_the_files_that_it_fits(run: Run, log: Path, tmp_path: Path):
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(LOG.replace("ada", "eve").encode()))
    (tmp_path / "c.txt").write_text("no log")
    found = run("load", str(tmp_path / "*.csv*"), "--json")
    assert found.code == 0
    assert [Path(load["path"]).name for load in found.json["loads"]] == ["a.csv", "b.csv.gz"]
    assert run("load", "*.nothing").failures == [
        "credits: There is no file *.nothing: check the path."
    ]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(run: Run, tmp_path: Path):
    (tmp_path / "a[1].csv").write_text(LOG)
    assert run("load", "a[1].csv", "--json").json["loads"][0]["path"] == "a[1].csv"


def test_columns_are_mapped_by_name(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text("t,c,d\n2026-01-05 10:00:00,ada,x\n2026-01-05 11:00:00,bob,y\n")
    found = run("load", "a.csv", "--map", "occurred_at=t", "--map", "user=c", "--json")
    assert found.json["loads"][0]["loaded"] == 2
    assert [user["user"] for user in run("usage", "--json").json["users"]] == ["ada", "bob"]


def test_columns_are_mapped_by_number_where_there_is_no_header(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text("x,ada,2026-01-05 10:00:00\ny,bob,2026-01-05 11:00:00\n")
    found = run("load", "a.csv", "--map", "occurred_at=3", "--map", "user=2", "--json")
    assert found.json["loads"][0]["loaded"] == 2
    assert [user["user"] for user in run("usage", "--json").json["users"]] == ["ada", "bob"]


def test_a_pattern_reads_a_log_of_ones_own(run: Run, tmp_path: Path):
    (tmp_path / "a.log").write_text("[2026-01-05 10:00:00] ada did getRecords\nnonsense\n")
    pattern = r"^\[(?P<occurred_at>[^\]]+)\] (?P<user>\w+) did (?P<api>\w+)$"
    found = run("load", "a.log", "--pattern", pattern, "--json")
    load = found.json["loads"][0]
    assert (load["format"], load["loaded"], load["rejected"]) == ("pattern", 1, 1)
    assert found.json["rejects"][0]["text"] == "nonsense"


def test_a_time_zone_is_that_of_stamps_that_carry_none(run: Run, tmp_path: Path):
    text = "time,user\n2026-01-05 10:00:00,ada\n2026-07-05 10:00:00,ada\n2026-07-05T10:00:00Z,ada\n"
    (tmp_path / "a.csv").write_text(text)
    load = run("load", "a.csv", "--time-zone", "Europe/Berlin", "--json").json["loads"][0]
    assert (load["first"], load["last"]) == ("2026-01-05T09:00:00Z", "2026-07-05T10:00:00Z")


@pytest.mark.parametrize(
    ("options", "first"),
    [((), "2026-05-06"), (("--day-first",), "2026-06-05"), (("--month-first",), "2026-05-06")],
)
def test_a_day_that_may_be_a_month_is_read_as_told(
    run: Run, tmp_path: Path, options: tuple[str, ...], first: str
):
    (tmp_path / "a.csv").write_text("time,user\n05/06/2026 10:00:00,ada\n")
    found = run("load", "a.csv", *options, "--json")
    assert found.json["loads"][0]["first"] == f"{first}T10:00:00Z"
    assert ("--day-first" in found.err) == (not options)


def test_duplicates_are_kept_when_told_so(run: Run, log: Path):
    run("load", "a.csv")
    assert run("load", "a.csv", "--keep-duplicates", "--json").json["loads"][0]["loaded"] == 3


def test_a_format_can_be_named(run: Run, tmp_path: Path):
    (tmp_path / "a.txt").write_text(LOG.replace(",", "\t"))
    assert run("load", "a.txt", "--format", "tsv", "--json").json["loads"][0]["loaded"] == 3


def test_without_json_a_person_reads_sentences(run: Run, log: Path):
    found = run("load", "a.csv")
    assert (found.code, found.err) == (0, "")
    assert found.out == (
        "a.csv (csv): 3 of 3 rows loaded; 3 calls, 3 credits,"
        " 2026-01-05T10:00:00Z to 2026-01-06T12:00:00Z\n"
    )


def test_of_several_logs_the_sum_is_told_last(run: Run, log: Path, tmp_path: Path):
    (tmp_path / "b.csv").write_text(LOG + "never,eve,/a,GET,200\n")
    *_, last = [line for line in run("load", "a.csv", "b.csv").out.splitlines() if line[0] != " "]
    assert last == ("2 logs: 3 of 7 rows loaded, 3 known already, 1 rejected; 3 calls, 3 credits")


def test_what_a_log_says_never_reaches_the_terminal_as_a_command(run: Run, tmp_path: Path):
    text = LOG + "\x1b[2Jgone,eve,/a,GET,200\n2026-01-05T10:00:00Z,\x1b[31mred,/a,GET,200\n"
    (tmp_path / "a\x1b[2J.csv").write_text(text)
    loaded = run("load", "a\x1b[2J.csv")
    told = run("usage")
    assert loaded.code == told.code == 0
    assert "\x1b" not in loaded.out + loaded.err + told.out + told.err


# ── usage ─────────────────────────────────────────────────────────────────────────────────────


def test_the_document_of_usage_has_the_keys_and_types_of_the_contract(run: Run, log: Path):
    run("load", "a.csv")
    found = run("usage", "--json")
    assert (found.code, found.err) == (0, "")
    assert found.json == {
        "at": "2026-01-06T12:00:00Z",
        "window": "trailing",
        "calls": 3,
        "credits": 3,
        "assumed_credits": 0,
        "allowance": 52_500,
        "used": 1,
        "unused": 52_499,
        "used_calls": 1,
        "peak": {"credits": 2, "calls": 2, "end": "2026-01-05T11:00:00Z"},
        "peak_calls": {"calls": 2, "end": "2026-01-05T11:00:00Z"},
        "users": [
            {
                "user": "ada",
                "user_basis": "user",
                "calls": 2,
                "credits": 2,
                "share": 0.666667,
                "peak": {"credits": 1, "end": "2026-01-05T10:00:00Z"},
                "peak_calls": {"calls": 1, "end": "2026-01-05T10:00:00Z"},
            },
            {
                "user": "bob",
                "user_basis": "user",
                "calls": 1,
                "credits": 1,
                "share": 0.333333,
                "peak": {"credits": 1, "end": "2026-01-05T11:00:00Z"},
                "peak_calls": {"calls": 1, "end": "2026-01-05T11:00:00Z"},
            },
        ],
        "days": [
            {"day": "2026-01-05", "calls": 2, "credits": 2},
            {"day": "2026-01-06", "calls": 1, "credits": 1},
        ],
    }
    whole = [found.json[name] for name in ("calls", "credits", "used", "unused", "allowance")]
    assert all(type(number) is int for number in whole)


def test_before_anything_is_loaded_everything_is_zero(run: Run):
    found = run("usage", "--json")
    assert found.code == 0
    assert found.json["at"] is None
    assert (found.json["used"], found.json["unused"]) == (0, 52_500)
    assert found.json["peak"] == {"credits": 0, "calls": 0, "end": None}
    assert (found.json["users"], found.json["days"]) == ([], [])
    assert "Nothing is loaded yet" in run("usage").out


@pytest.mark.parametrize(
    ("at", "used"),
    [
        ("2026-01-05T11:00:00Z", 2),
        ("2026-01-06T10:59:59.999999Z", 1),
        ("2026-01-06T11:00:00Z", 0),
        ("2026-01-05T12:00:00+01:00", 2),
        ("2026-01-05T12:00:00", 2),
        ("2020-01-01", 0),
        ("2030-01-01", 0),
    ],
)
def test_used_is_what_the_window_at_an_instant_holds(run: Run, log: Path, at: str, used: int):
    run("load", "a.csv")
    found = run("usage", "--at", at, "--time-zone", "Europe/Berlin", "--json").json
    assert found["used"] == used
    assert found["calls"] == 3, "which covers everything loaded"
    assert STAMP.fullmatch(found["at"])


@pytest.mark.parametrize(("window", "used"), [("trailing", 2), ("calendar", 1), ("anchored", 1)])
def test_each_kind_of_window_counts_its_own_way(run: Run, tmp_path: Path, window: str, used: int):
    times = ("01-05T08:00", "01-05T20:00", "01-06T10:00")
    text = "".join(f"2026-{time}:00Z,ada\n" for time in times)
    (tmp_path / "a.csv").write_text(f"time,user\n{text}")
    run("load", "a.csv")
    found = run("usage", "--window", window, "--json").json
    assert (found["window"], found["used"]) == (window, used)


def test_days_are_those_of_the_time_zone(run: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text("time,user\n2026-01-05T23:30:00Z,ada\n")
    run("load", "a.csv")
    days = run("usage", "--time-zone", "Europe/Berlin", "--json").json["days"]
    assert days == [{"day": "2026-01-06", "calls": 1, "credits": 1}]


def test_the_plan_gives_the_allowance(run: Run, log: Path):
    run("load", "a.csv")
    plan = ["--base-limit=2", "--users=3", "--credits-per-user=10", "--add-on=5", "--cap=30"]
    found = run("usage", *plan, "--json").json
    assert (found["allowance"], found["unused"]) == (30, 29)
    assert run("usage", "--base-limit", "0", "--users", "0", "--json").json["unused"] == 0


def test_only_so_many_users_are_told(run: Run, log: Path):
    run("load", "a.csv")
    assert [user["user"] for user in run("usage", "--top", "1", "--json").json["users"]] == ["ada"]
    assert run("usage", "--top", "0", "--json").json["users"] == []


def test_without_json_a_person_reads_a_table(run: Run, log: Path):
    run("load", "a.csv")
    out = run("usage").out
    assert "1 of 52,500 credits, 52,499 unused" in out
    assert "50,000 + 10 × 250 = 52,500" in out
    assert re.search(r"^ada +2 +2 +66\.7%", out, re.MULTILINE)


def test_one_call_is_told_as_one(run: Run, tmp_path: Path):
    path = tmp_path / "one.csv"
    path.write_text("time,user,api,credits\n2026-01-05T10:00:00Z,ada,a,3\n")
    run("load", str(path))
    assert "Everything loaded: 1 call, 3 credits" in run("usage").out
    plan = ("--base-limit", "1", "--users", "1", "--credits-per-user", "1")
    played = run("replay", *plan).out
    assert "Demand: 1 call, 3 credits" in played
    assert "Refused: 1 call, 1 credits, in 1 minute\n" in played
    assert ": 3, 2 users" in played
    assert "1 user\n" in run("replay", *plan[:-1], "2").out
    assert "1 call, 3 credits" in run("report", *plan, "--output", str(tmp_path / "a.html")).out


def test_credits_without_a_call_are_loaded_all_the_same(run: Run, tmp_path: Path):
    path = tmp_path / "hours.csv"
    path.write_text("time,user,api,calls,credits\n2026-01-05T10:00:00Z,ada,a,0,3\n")
    run("load", str(path))
    assert "Everything loaded: 0 calls, 3 credits" in run("usage").out


# ── bad usage, bad input ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("load",),
        ("load", "a.csv", "--nonsense"),
        ("load", "a.csv", "--map", "user"),
        ("load", "a.csv", "--map", "=c"),
        ("load", "a.csv", "--map", "who=c"),
        ("load", "a.csv", "--format", "nonsense"),
        ("load", "a.csv", "--time-zone", "Mars/Base"),
        ("load", "a.csv", "--rate-card", "nonsense"),
        ("load", "a.csv", "--pattern", "("),
        ("load", "a.csv", "--pattern", r"(?P<user>\w+)"),
        ("usage", "--window", "nonsense"),
        ("usage", "--users", "-1"),
        ("usage", "--users", "many"),
        ("usage", "--top", "-1"),
        ("usage", "--time-zone", "Mars/Base"),
        ("usage", "--at", "yesterday"),
        ("usage", "--at", "0001-01-01T00:00:00+14:00"),
        ("usage", "--at", "0001-01-01T12:00:00Z"),
        ("usage", "--at", "9999-12-31T23:59:59-05:00"),
        (
            "usage",
            "--at",
            "9999-12-31T23:59:59Z",
            "--window",
            "calendar",
            "--time-zone",
            "Asia/Tokyo",
        ),
        ("usage", "--at", "1899-12-31T23:59:59Z"),
        ("usage", "--at", "2200-01-01T00:00:00Z"),
        ("usage", "stray"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(run: Run, log: Path, arguments: tuple[str, ...]):
    found = run(*arguments)
    assert found.code == 2
    assert found.out == ""
    assert len(found.err.splitlines()) == 1
    assert found.err.startswith("credits: ")


@pytest.mark.parametrize("window", ["trailing", "calendar", "anchored"])
@pytest.mark.parametrize("at", ["1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59-12:00"])
def test_the_first_and_the_last_moment_that_can_be_asked_about(
    run: Run, log: Path, at: str, window: str
):
    run("load", str(log))
    found = run("usage", "--at", at, "--window", window, "--time-zone", "Asia/Tokyo", "--json")
    assert (found.code, found.json["used"]) == (0, 0)


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 100, b"hello\nworld\n", b"time,user\n"])
def test_bad_input_is_one_line_and_exit_code_1(run: Run, tmp_path: Path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)
    found = run("load", "a.csv")
    assert found.code == 1
    assert found.out == ""
    assert len(found.err.splitlines()) == 1
    assert found.err.startswith("credits: a.csv ")


def test_a_column_that_the_log_lacks_is_bad_input(run: Run, log: Path):
    found = run("load", "a.csv", "--map", "user=nobody")
    assert found.code == 1
    assert found.failures == [
        "credits: The log has no column “nobody” for user: it has time, user, path, method, status."
    ]


@pytest.mark.parametrize("command", [("load", "a.csv"), ("usage",)])
def test_a_database_that_can_not_be_opened_is_one_line_and_exit_code_1(
    run: Run, log: Path, command: tuple[str, ...]
):
    found = run(*command, "--database", "a.csv")
    assert (found.code, found.out, len(found.err.splitlines())) == (1, "", 1)


def test_the_database_is_the_one_that_is_named(run: Run, log: Path, tmp_path: Path):
    run("load", "a.csv", "--database", "deep/other.duckdb")
    assert (tmp_path / "deep/other.duckdb").is_file()
    assert run("usage", "--json").json["calls"] == 0
    assert run("usage", "--database", "deep/other.duckdb", "--json").json["calls"] == 3


@pytest.mark.parametrize("command", [("--help",), ("load", "--help"), ("usage", "--help")])
def test_help_is_given(run: Run, command: tuple[str, ...]):
    found = run(*command)
    assert (found.code, found.err) == (0, "")
    assert "--help" in found.out


def test_it_runs_as_a_module_and_says_so_in_utf_8_wherever_it_runs(log: Path, tmp_path: Path):
    (tmp_path / "b.csv").write_text("time,user\n2026-01-05T10:00:00Z,Zoë 🦊\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    module = [sys.executable, "-m", "credits"]

    def ran(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*module, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False
        )

    assert ran("load", "b.csv", "missing.csv").returncode == 1
    told = ran("usage", "--json")
    assert (told.returncode, told.stderr) == (0, b"")
    assert json.loads(told.stdout.decode("utf-8"))["users"][0]["user"] == "Zoë 🦊"


# ── documentation ─────────────────────────────────────────────────────────────────────────────


def options() -> list[tuple[str, str]]:
    """Every option of every command."""
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    return [
        (name, option)
        for name, command in commands.items()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    ]


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_of_every_command_is_in_the_readme(command: str, option: str):
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"python -m credits {command}" in readme
    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", readme)
