"""`report` and `showback` say what `usage` and `replay` say, and write files whole."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from reports import busy, labelled, sheets

from credits import cli
from credits.plan import Plan
from credits.prices import Prices
from credits.scenarios import Scenario
from credits.settings import settings
from credits.store import Store

Run = Any


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`run("usage", "--json")` in a folder of this test's own: exit code, output, error."""
    monkeypatch.chdir(tmp_path)
    Path("calls.jsonl").write_text(busy(), encoding="utf-8")

    def ran(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["credits", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return ran


@pytest.fixture
def loaded(run: Run) -> Run:
    assert run("load", "calls.jsonl")[0] == 0
    return run


PLAN = ("--base-limit", "900", "--users", "4", "--credits-per-user", "25")


def test_report_usage_replay_and_the_workbook_say_the_same(loaded: Run):
    window = ("--window", "calendar", "--time-zone", "Asia/Tokyo")
    code, out, err = loaded("report", *PLAN, *window, "--json", "--output", "a.xlsx")
    assert (code, err) == (0, "")
    said = json.loads(out)
    used = json.loads(loaded("usage", *PLAN, *window, "--json")[1])
    played = json.loads(loaded("replay", *PLAN, *window, "--json")[1])
    for name in ("calls", "credits", "assumed_credits", "allowance", "used", "unused", "peak"):
        assert said[name] == used[name]
    for name in ("refused", "blocked_minutes", "least_allowance", "window"):
        assert said[name] == played[name]
    cells = labelled(sheets(Path("a.xlsx").read_bytes())["Inputs"])
    shown = ("Allowance", "Used", "Unused", "Peak", "Headroom", "Blocked minutes")
    keys = ("allowance", "used", "unused", None, "headroom", "blocked_minutes")
    for label, key in zip(shown, keys, strict=True):
        assert cells[label] == (said[key] if key else said["peak"]["credits"])
    days = sheets(Path("a.xlsx").read_bytes())["Days"]
    listed = [[str(row[0]), row[1], row[2]] for row in days if row[8] in ("yes", "no")]
    assert listed == [[day["day"], day["calls"], day["credits"]] for day in used["days"]]


def test_calls_that_the_log_refused_are_left_out_of_the_report_where_they_were_not_wanted(
    loaded: Run,
):
    demand = []
    for refused in ("--refused", "--no-refused"):
        said = json.loads(loaded("report", *PLAN, refused, "--json", "--output", "a.html")[1])
        played = json.loads(loaded("replay", *PLAN, refused, "--json")[1])
        for name in ("refused", "least_allowance"):
            assert said[name] == played[name]
        assert said["demand"]["credits"] == played["demand"]["credits"]
        demand.append(said["demand"]["credits"])
    assert demand[0] > demand[1]


def test_add_on_credits_have_the_price_that_is_entered(loaded: Run):
    bought = (*PLAN, "--add-on", "2500", "--price-per-user", "7.50", "--add-on-price", "0.40")
    said = json.loads(loaded("report", *bought, "--json", "--output", "a.html")[1])
    assert Decimal(said["cost"]) == 4 * Decimal("7.50") + 3 * Decimal("0.40")


def test_both_files_are_written_where_none_is_named(loaded: Run, tmp_path: Path):
    code, out, _ = loaded("report")
    assert code == 0
    assert (tmp_path / "credits-report.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "credits-report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "credits-report.xlsx: " in out
    assert "Allowance: 50,000 + 10 × 250 = 52,500" in out


def test_several_outputs_are_written_at_once(loaded: Run):
    code, out, _ = loaded("report", "--output", "a.XLSX", "--output", "b.html", "--json")
    assert code == 0
    written = json.loads(out)["written"]
    assert [(file["path"], file["kind"]) for file in written] == [
        ("a.XLSX", "xlsx"),
        ("b.html", "html"),
    ]
    assert [Path(file["path"]).stat().st_size for file in written] == [
        file["bytes"] for file in written
    ]


def test_an_edition_brings_its_prices_of_add_on_credits(loaded: Run):
    plan = ("--plan", "Zoho CRM Enterprise", "--users", "3", "--add-on", "80000")
    out = loaded("report", *plan, "--price-per-user", "10", "--output", "a.html", "--json")[1]
    assert json.loads(out)["cost"] == "234.00"


@pytest.mark.parametrize(
    ("given", "allowance"),
    [
        ((), 52_500),
        (("--base-limit", "900"), 3_400),
        (("--users", "0"), 50_000),
        (("--credits-per-user", "0", "--cap", "40"), 40),
        (("--base-limit", "900", "--users", "4", "--credits-per-user", "25"), 1_000),
    ],
)
def test_numbers_given_beside_an_edition_go_before_its_own(
    loaded: Run, given: tuple[str, ...], allowance: int
):
    for command in (("replay",), ("report", "--output", "a.html")):
        out = loaded(*command, "--plan", "bigin  express", *given, "--json")[1]
        assert json.loads(out)["allowance"] == allowance


def test_a_saved_plan_is_named_and_what_is_given_beside_it_wins(loaded: Run):
    prices = Prices("EUR", per_user=Decimal("2.50"))
    with Store(settings().database) as store:
        plan = Scenario("Ours", Plan(300, 4, 50), growth=100, prices=prices)
        store.save_scenario(plan, now=datetime(2026, 8, 13))
    ours = ("--plan", "ours", "--json")
    assert json.loads(loaded("replay", *ours)[1])["allowance"] == 500
    assert json.loads(loaded("replay", *ours, "--users", "5")[1])["allowance"] == 550
    grown, as_it_was = (
        json.loads(loaded("replay", *ours, *growth)[1])["demand"]["credits"]
        for growth in ((), ("--growth", "0"))
    )
    assert grown == 2 * as_it_was
    report = ("report", *ours, "--output", "a.html")
    for given, cost, currency in (
        ((), "10.00", "EUR"),
        (("--price-per-user", "3"), "12.00", "EUR"),
        (("--currency", "USD"), None, "USD"),
        (("--currency", "USD", "--fixed-price", "7", "--price-per-user", "0"), "7.00", "USD"),
    ):
        found = json.loads(loaded(*report, *given)[1])
        assert (found["cost"], found["currency"]) == (cost, currency)
    assert "Ours" in loaded("replay", "--plan", "Nobody's")[2]


def test_money_of_the_showback_adds_up(loaded: Run):
    arguments = ("--bill", "1000", "--currency", "usd", "--by", "app", "--json")
    code, out, err = loaded("showback", *arguments)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["by"], found["currency"], found["bill"]) == ("app", "USD", "1000.00")
    assert sum(Decimal(row["money"]) for row in found["shares"]) == 1000
    assert sum(Decimal(row["share"]) for row in found["shares"]) == 100
    assert found["credits"] == sum(row["credits"] for row in found["shares"])


def test_the_showback_is_a_table_for_people(loaded: Run):
    code, out, _ = loaded("showback", "--bill", "1000", "--from", "2026-08-12")
    assert code == 0
    assert out.splitlines()[0].startswith("Bill: 1,000.00 USD, from 2026-08-12T00:00:00Z")
    assert out.splitlines()[-1].split() == ["total", "6", "915", "100.00", "%", "1,000.00"]


def test_days_are_those_of_the_time_zone(loaded: Run):
    period = ("--from", "2026-08-12", "--to", "2026-08-12", "--json")
    first = json.loads(loaded("showback", *period, "--time-zone", "Asia/Tokyo")[1])
    assert (first["from"], first["to"]) == ("2026-08-11T15:00:00Z", "2026-08-12T14:59:59.999999Z")
    assert first["bill"] is None
    assert {row["money"] for row in first["shares"]} == {None}


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--output", "a.pdf"),
        ("report", "--output", "a"),
        ("report", "--plan", "Nobody's"),
        ("report", "--plan", "Bigin Free", "--add-on", "1000"),
        ("report", "--price-per-user", "1,5,0"),
        ("report", "--price-per-user", "1.500"),
        ("report", "--price-per-user", "-1"),
        ("report", "--currency", "a b"),
        ("report", "--bill", "much"),
        ("report", "--by", "moon"),
        ("report", "--growth", "nan"),
        ("report", "--base-limit", "9" * 20),
        ("report", "--from", "yesterday"),
        ("report", "--from", "2026-08-12", "--to", "2026-08-11"),
        ("report", "--to", "0001-01-01"),
        ("report", "--to", "9999-12-31"),
        ("report", "--time-zone", "Mars/Base"),
        ("showback", "--bill", "-5"),
        ("showback", "--bill", "1e3"),
        ("showback", "--currency", ""),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(loaded: Run, tmp_path: Path, arguments: Any):
    code, out, err = loaded(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("credits: ")
    assert not list(tmp_path.glob("credits-report*"))


def test_what_can_not_be_written_is_one_line_and_exit_code_1(loaded: Run, tmp_path: Path):
    code, out, err = loaded("report", "--output", "nowhere/a.html")
    assert (code, out) == (1, "")
    assert err.startswith("credits: nowhere/a.html can't be written: ")


def test_before_anything_is_loaded_there_is_nothing_to_report(run: Run, tmp_path: Path):
    code, out, err = run("report")
    assert (code, out) == (1, "")
    assert err.startswith("credits: Nothing is loaded yet")
    assert not list(tmp_path.glob("credits-report*"))
    assert run("showback", "--bill", "5")[1].startswith("Nothing is loaded yet")
    assert json.loads(run("showback", "--bill", "5", "--json")[1])["shares"] == []


def test_other_commands_do_not_wait_for_what_writes_reports():
    program = "import credits.cli, sys; print({'xlsxwriter', 'credits.report'} & set(sys.modules))"
    root = Path(__file__).resolve().parents[1]
    said = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    assert said.stdout.strip() == "set()"
