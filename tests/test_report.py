"""A report says what pages and command line say, and a workbook follows its inputs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from reports import (
    HOSTILE,
    NOW,
    PLAN,
    busy,
    call,
    changed,
    gathered,
    labelled,
    names,
    parts,
    sheets,
    table,
)

from credits import CreditsError, rates, report
from credits.editions import edition, editions
from credits.plan import Plan
from credits.prices import Prices, cost
from credits.report import drawings
from credits.report.sheets import fits, fitted
from credits.scenarios import OTHER_VENDOR, OWN, Scenario, of_edition
from credits.store import Store


@pytest.fixture
def found(tmp_path: Path) -> report.Report:
    return gathered(tmp_path, bill=Decimal("100"))


def workbook(found: report.Report) -> bytes:
    return report.made(found, "xlsx")


def page(found: report.Report) -> str:
    return report.made(found, "html").decode()


# ── the workbook ──────────────────────────────────────────────────────────────────────────────


def test_the_sheets_stand_in_the_order_in_which_people_ask(found: report.Report):
    assert list(sheets(workbook(found))) == [
        *("Inputs", "Days", "Users", "Blocked", "Scenarios", "Showback", "Assumptions")
    ]


def test_without_a_bill_there_is_no_showback(tmp_path: Path):
    found = gathered(tmp_path)
    assert "Showback" not in sheets(workbook(found))
    assert "The bill of" not in page(found)


def test_inputs_hold_the_plan_and_what_follows_from_it(found: report.Report):
    cells = labelled(sheets(workbook(found))["Inputs"])
    assert (cells["Base limit"], cells["Users"], cells["Credits per user"]) == (900, 4, 25)
    assert (cells["Add-on credits"], cells["Cap"]) == (0, "")
    assert (cells["Allowance"], cells["Worked out for"]) == (1000, 1000)
    assert (cells["Used"], cells["Unused"]) == (found.used, found.unused)
    assert (cells["Peak"], cells["Headroom"]) == (found.series.peak.credits, found.headroom)
    assert cells["Refused credits"] == found.played.refused > 0
    assert cells["Least allowance"] == found.played.least_allowance
    assert cells["Total"] == 39.6
    assert cells["Window"] == "trailing"
    assert cells["Data through"] == datetime(2026, 8, 12, 9, 50)


def test_the_allowance_is_a_formula_over_named_cells(found: report.Report):
    content = workbook(found)
    sheet, cells = parts(content)["xl/worksheets/sheet1.xml"], names(content)
    formulas = dict(re.findall(r'<c r="(\w+)"[^>]*><f>([^<]*)</f>', sheet))
    allowance = "MIN(base_limit+users_paid*credits_per_user+add_on,cap)"
    assert formulas[cells["allowance"]] == allowance
    assert formulas[cells["headroom"]] == "allowance-peak"
    assert formulas[cells["unused"]] == "MAX(allowance-used,0)"


def test_every_formula_carries_what_it_comes_to(found: report.Report):
    for text in parts(workbook(found)).values():
        cells = re.findall(r"<c [^>]*><f>[^<]*</f>(<v>[^<]+</v>)?", text)
        assert "" not in cells


def test_of_very_many_users_the_first_are_listed_and_the_others_are_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Sums and the bill stay what they are, and a sentence says where the rest is."""
    monkeypatch.setattr("credits.report.workbook.LISTED", 2)
    names = [f"user {n}" for n in range(5)]
    found = gathered(tmp_path, busy(names), bill=Decimal("100"))
    whole = sheets(workbook(found))
    head, rows = table(whole["Users"])
    users = [row[0] for row in rows]
    assert users[:4] == [*found.users["user"].head(2), "all others (3)", "Total"]
    for name in ("calls", "credits"):
        place = {"calls": 2, "credits": 3}[name]
        assert sum(row[place] for row in rows[:3]) == rows[3][place] == found.users[name].sum()
    assert head[0] == "User"
    assert "python -m credits usage --json" in str(whole["Users"])
    rows = table(whole["Showback"])[1]
    assert [row[0] for row in rows][2:4] == ["all others (3)", "Total"]
    assert round(sum(row[-1] for row in rows[:3]), 2) == rows[3][-1] == 100
    assert "python -m credits showback --json" in str(whole["Showback"])


@pytest.mark.parametrize("kind", ["trailing", "calendar", "anchored"])
def test_a_day_that_the_period_cuts_shows_the_part_that_lies_in_it(tmp_path: Path, kind: str):
    """The second day has calls at 9:00 to 9:50, 11:00 to 11:02 and, refused in the log, 12:00."""
    start, end = datetime(2026, 8, 11, 9, 30, 0, 1), datetime(2026, 8, 12, 9, 20)
    found = gathered(tmp_path, start=start, end=end, kind=kind)
    with Store(tmp_path / "report.duckdb") as store, store.answers() as answers:
        demand = answers.demand()
    floor = pd.Timestamp(start).floor("min")
    inside = demand[(demand["minute"] >= floor) & (demand["minute"] <= end)]
    by_day = inside.groupby(inside["minute"].dt.date)["credits"].sum()
    assert found.days["day"].tolist() == [date(2026, 8, 11), date(2026, 8, 12)]
    assert found.days["demand"].tolist() == by_day.tolist()
    assert found.days["credits"].sum() == found.sums["credits"]
    assert (found.days["admitted"] + found.days["refused"] == found.days["demand"]).all()
    whole = gathered(tmp_path / "whole", kind=kind)
    assert whole.days["refused"].sum() == whole.played.refused
    assert (found.days["demand"].to_numpy() < whole.days["demand"][1:].to_numpy()).all()
    cells = table(sheets(report.made(found, "xlsx"))["Days"])[1]
    assert [row[3] for row in cells[:2]] == found.days["demand"].tolist()


def test_days_are_those_of_the_report_and_say_which_were_above(found: report.Report):
    head, rows = table(sheets(workbook(found))["Days"])
    assert head[0] == "Day"
    assert [row[0] for row in rows[:3]] == [date(2026, 8, day) for day in (10, 11, 12)]
    named = dict(
        zip(("calls", "credits", "demand", "admitted", "refused"), range(1, 6), strict=True)
    )
    for name, place in named.items():
        assert [row[place] for row in rows[:3]] == found.days[name].tolist()
        assert rows[3][place] == found.days[name].sum()
    above = [row["peak_demand"] > 1000 for row in found.days.to_dict("records")]
    assert [row[8] == "yes" for row in rows[:3]] == above
    assert True in above
    assert False in above


def test_users_blocked_times_and_scenarios_are_those_of_the_report(found: report.Report):
    read = sheets(workbook(found))
    _, rows = table(read["Users"])
    users = found.users
    assert [row[0] for row in rows[:3]] == users["user"].tolist()
    assert [row[3] for row in rows[:4]] == [*users["credits"], users["credits"].sum()]
    assert [row[7] for row in rows[:3]] == users["peak_credits"].tolist()
    _, spans = table(read["Blocked"])
    assert [row[0] for row in spans[:-1]] == found.played.blocked["start"].tolist()
    assert sum(row[2] for row in spans[:-1]) == spans[-1][2] >= found.played.blocked_minutes
    head, plans = table(read["Scenarios"])
    assert plans[0][0] == "Plan of 1,000 per 24 hours (in force)"
    place = head.index("Refused credits")
    assert [row[place] for row in plans] == found.compared["refused"].tolist()


def test_money_of_the_showback_adds_up_to_the_bill_and_shares_to_100_per_cent(found: report.Report):
    _, rows = table(sheets(workbook(found))["Showback"])
    *users, total = rows
    assert sum(Decimal(str(row[5])) for row in users) == Decimal(100) == total[5]
    assert sum(Decimal(str(row[4])) for row in users) == 1 == total[4]


@pytest.mark.parametrize(("code", "money"), [("JPY", "#,##0"), ("KWD", "#,##0.000")])
def test_money_has_the_decimals_of_its_currency(tmp_path: Path, code: str, money: str):
    plan = Scenario("Plan", Plan(900, 4, 25), prices=Prices(code, Decimal("9.5")))
    content = workbook(gathered(tmp_path, plan=plan, bill=Decimal("100.5")))
    assert f'formatCode="{money}"' in parts(content)["xl/styles.xml"] or money == "#,##0"
    *users, total = table(sheets(content)["Showback"])[1]
    expected = Decimal(101) if code == "JPY" else Decimal("100.5")
    assert sum(Decimal(str(row[5])) for row in users) == expected == Decimal(str(total[5]))


def test_an_edition_has_its_vendors_price_of_add_on_credits_slab_by_slab(tmp_path: Path):
    plan = of_edition(
        edition("Zoho CRM Enterprise"), 7, Prices("USD", Decimal("12.345678")), 80_000
    )
    found = gathered(tmp_path, plan=plan)
    cells = labelled(sheets(workbook(found))["Inputs"])
    assert cells["Add-on"] == 204  # the vendor's example: $6.80 a day
    assert cells["Total"] == pytest.approx(float(cost(plan.plan, plan.prices).total or 0))


def test_a_number_that_a_cell_would_round_is_written_as_text(found: report.Report):
    huge = found.users.assign(credits=[2**53 + 1, 2**53, 1])
    _, rows = table(sheets(workbook(changed(found, users=huge)))["Users"])
    assert [row[3] for row in rows[:4]] == ["9007199254740993", 2**53, 1, str(2**54 + 2)]


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (2**53, True),
        (2**53 + 1, False),
        (Decimal("123456789012.345"), True),
        (Decimal("1234567890123.4567"), False),
        (0.5, True),
        (float("inf"), False),
    ],
)
def test_a_cell_fits_what_it_holds_exactly(value: Any, exact: bool):
    assert fits(value) is exact


def test_text_is_cut_where_a_cell_ends_which_counts_an_emoji_twice():
    assert fitted("a" * 32_767) == "a" * 32_767
    assert len(fitted("a" * 32_768)) == 32_767
    cut = fitted("🦊" * 16_384)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert cut == "🦊" * 16_383 + "…"


def test_times_are_those_of_the_zone(tmp_path: Path):
    found = gathered(tmp_path, zone="Asia/Tokyo")
    assert labelled(sheets(workbook(found))["Inputs"])["Data through"].hour == 18
    assert "12 Aug 2026, 18:50 (Asia/Tokyo)" in page(found)


# ── names from logs ───────────────────────────────────────────────────────────────────────────


def test_hostile_names_stay_text_in_every_sheet(tmp_path: Path):
    found = gathered(tmp_path, busy(HOSTILE), bill=Decimal(1000), by="app")
    content = workbook(found)
    read = sheets(content)
    shown = {row[0] for row in table(read["Users"])[1]}
    for name in ("=1+1", "+cmd|' /C calc'!A0", "<script>alert(1)</script>", "_x0041_", "🦊 Zoë"):
        assert name in shown
        assert any(f"{name} app" == row[0] for row in read["Showback"])
    assert "bell� and escape�[31m" in shown
    assert max(len(str(cell)) for rows in read.values() for row in rows for cell in row) <= 32_767
    files = parts(content)
    formulas = "".join(re.findall(r"<f>([^<]*)</f>", "".join(files.values())))
    assert "cmd" not in formulas
    assert "1+1" not in formulas
    assert not any("hyperlink" in text and "evil" in text for text in files.values())


@pytest.mark.parametrize("by", ["user", "app", "api"])
def test_hostile_names_stay_text_on_the_page(tmp_path: Path, by: str):
    text = page(gathered(tmp_path, busy(HOSTILE), bill=Decimal(1), by=by))
    assert text.count("<bdi>") == text.count("</bdi>") > 20
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "\u0007" not in text
    assert "\u001b" not in text
    assert len(text) < 300_000


# ── the page ──────────────────────────────────────────────────────────────────────────────────


def test_the_page_loads_nothing_and_forbids_it(found: report.Report):
    text = page(found)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "://" not in text
    for loading in ("<script", "<link", "<iframe", "<img", "<object", "@import", "url(", " src="):
        assert loading not in text.replace('clip-path="url(#above)"', "")


def test_the_page_says_the_numbers_of_the_report(found: report.Report):
    text = page(found)
    for number in (found.used, found.unused, 1000, found.played.refused):
        assert f"<b>{number:,}</b>" in text or f'<b class="bad">{number:,}</b>' in text
    assert "900 + 4 × 25" in text
    assert f"{found.played.least_allowance:,}" in text
    assert "39.60 EUR" in text


def test_a_plan_that_is_enough_says_so(tmp_path: Path):
    found = gathered(tmp_path, plan=Scenario("Roomy", Plan(10**6, 0, 0)))
    assert "the plan would have refused nothing" in page(found)
    assert "Never: this plan would have refused nothing." in page(found)
    assert labelled(sheets(workbook(found))["Inputs"])["Blocked minutes"] == 0


# ── periods and empty ones ────────────────────────────────────────────────────────────────────


def test_a_period_cuts_what_was_used_and_not_what_is_played_again(tmp_path: Path):
    whole = gathered(tmp_path)
    one = gathered(
        tmp_path / "b", start=datetime(2026, 8, 12), end=datetime(2026, 8, 12, 23, 59, 59)
    )
    assert one.sums["calls"] == 6
    assert one.days["day"].tolist() == [date(2026, 8, 12)]
    assert one.played.refused == whole.played.refused


@pytest.mark.parametrize("year", [2020, 2030])
def test_a_period_without_calls_makes_a_report_of_zeros(tmp_path: Path, year: int):
    period = {"start": datetime(year, 1, 1), "end": datetime(year, 1, 31)}
    found = gathered(tmp_path, **period, bill=Decimal(10))
    assert found.sums["calls"] == 0
    assert found.used == 0
    assert len(found.users) == 0
    assert labelled(sheets(workbook(found))["Inputs"])["Used"] == 0
    assert "nobody can bear anything" in page(found)


def test_a_period_that_ends_before_it_begins_is_said(tmp_path: Path):
    with pytest.raises(CreditsError, match="swap its days"):
        gathered(tmp_path, start=datetime(2026, 8, 2), end=datetime(2026, 8, 1))


def test_calls_that_cost_nothing_make_a_report(tmp_path: Path):
    free = "".join(call(datetime(2026, 8, 10, hour), "Ada", 0) + "\n" for hour in range(3))
    found = gathered(tmp_path, free, plan=Scenario("None", Plan(0, 0, 0, 0, 0)), bill=Decimal(9))
    assert found.used == 0
    *users, _ = table(sheets(workbook(found))["Showback"])[1]
    assert [row[5] for row in users] == [9]
    assert "0 %" in page(found)


def test_fractions_of_credits_are_kept(tmp_path: Path):
    log = "".join(call(datetime(2026, 8, 10, hour), "Ada", 0.1) + "\n" for hour in range(3))
    found = gathered(tmp_path, log, bill=Decimal(9))
    assert labelled(sheets(workbook(found))["Inputs"])["Used"] == 0.3
    assert "0.30" in page(found)


def test_a_saved_rate_card_is_told_with_its_source(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_text(busy())
    own = replace(rates.load("bigin"), name="ours", title="Our prices", source="the contract")
    with Store(tmp_path / "x.duckdb") as store:
        store.load(log, now=NOW)
        store.rerate(own, now=NOW)
        with store.answers() as answers:
            found = report.gather(answers, report.Wanted(PLAN), now=NOW)
    assert [(card.title, card.source) for card in found.cards] == [("Our prices", "the contract")]


def test_with_many_calls_the_report_says_the_same(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_text(busy())
    wanted = report.Wanted(PLAN, zone="Asia/Kathmandu")
    with Store(tmp_path / "x.duckdb") as store:
        store.load(log, now=NOW)
        with store.answers() as answers:
            exact = report.gather(answers, wanted, now=NOW)
            answers.many = 0
            found = report.gather(answers, wanted, now=NOW)
    assert report.document(found) == report.document(exact)
    pd.testing.assert_frame_equal(found.days, exact.days)
    assert found.series.peak == exact.series.peak


def test_a_rate_card_that_is_gone_is_named(found: report.Report):
    gone = report.gathering.Card("/tmp/<gone>.toml")
    text = page(changed(found, cards=(gone,)))
    assert "&lt;gone&gt;.toml" in text


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        (OWN, "API credits: Plan of 1,000 per 24 hours"),
        (OTHER_VENDOR, "API credits: Plan of 1,000 per 24 hours"),
        ("Next year", "API credits: Next year"),
    ],
)
def test_a_report_is_headed_by_its_plan_which_without_a_name_goes_by_its_allowance(
    found: report.Report, name: str, heading: str
):
    plan = replace(found.wanted.plan, name=name)
    named = replace(found, wanted=replace(found.wanted, plan=plan))
    assert f"<title>{heading}</title>" in page(named)
    assert f"<h1>{heading}</h1>" in page(named)
    assert sheets(workbook(named))["Inputs"][0][0] == heading


@pytest.mark.parametrize(
    ("count", "each", "first"),
    [(200, "day", "2026-01-01"), (201, "week", "2025-12-29"), (1_501, "month", "2026-01-01")],
)
def test_bars_of_many_days_are_those_of_weeks_or_months_and_conserve_the_sum(count, each, first):
    days = pd.DataFrame(
        {"day": pd.date_range("2026-01-01", periods=count).date, "admitted": 2, "refused": 1}
    )
    found, unit = drawings.units(days)
    assert (unit, str(found["day"][0])[:10]) == (each, first)
    assert (found["admitted"].sum(), found["refused"].sum()) == (2 * count, count)
    assert len(found) <= 215


def test_times_of_refusals_that_touch_on_the_screen_are_shaded_once():
    start = pd.Timestamp("2026-01-01")
    steps = pd.DataFrame({"occurred_at": [start, start + pd.Timedelta("1000D")], "credits": [1, 2]})
    minutes = [pd.Timedelta(minutes=at) for at in (1_440_000, 10, 12, 5_000)]
    spans = pd.DataFrame({"start": sorted(start + at for at in minutes)})
    spans["end"] = spans["start"] + pd.Timedelta(minutes=1)
    drawn = drawings.window_sum(steps, None, 3, spans, "")
    assert [float(x) for x in re.findall(r'class="refused" x="([\d.]+)"', drawn)] == [0.0, 3.5]


def test_assumptions_say_how_many_credits_rest_on_one(found: report.Report):
    said = dict(table(sheets(workbook(found))["Assumptions"])[1][n][:2] for n in range(5))
    assert "rest on an assumption" in said["Credits"]
    assert "(t − 24 h, t]" in said["Window"]
    assert "Bigin by Zoho (bigin), www.zoho.com" in said["Rate card"]


def test_saved_scenarios_stand_beside_the_plan_and_else_every_edition(tmp_path: Path):
    other = Scenario("=Other", Plan(10**6, 0, 0), prices=Prices("INR", Decimal("1.5")))
    found = gathered(tmp_path / "a", others=(other,))
    head, rows = table(sheets(workbook(found))["Scenarios"])
    assert [row[0] for row in rows] == ["Plan of 1,000 per 24 hours (in force)", "=Other"]
    assert [row[head.index("Enough?")] for row in rows] == ["no", "yes"]
    without = gathered(tmp_path / "b").compared
    assert len(without) == 1 + len(editions())
    assert without["cost"].tolist()[1:] == [None] * len(editions())


def test_growth_grows_what_is_played_again_and_says_so(tmp_path: Path):
    grown = gathered(tmp_path / "a", plan=replace(PLAN, growth=50))
    same = gathered(tmp_path / "b")
    assert grown.played.minutes["demand"].sum() > same.played.minutes["demand"].sum()
    assert grown.sums == same.sums
    assert "demand +50 %" in page(grown)
    assert labelled(sheets(workbook(grown))["Inputs"])["Growth of demand"] == 0.5


@pytest.mark.parametrize("years", [0, 12])
def test_a_log_of_one_call_and_one_of_many_years_are_drawn(tmp_path: Path, years: int):
    days = range(0, 365 * years + 1, 7)
    log = "".join(call(datetime(2010, 1, 1) + timedelta(days=n), "Ada") + "\n" for n in days)
    text = page(gathered(tmp_path, log))
    assert text.count('class="x"') >= 2
    assert len(text) < 300_000


# ── to the disk ───────────────────────────────────────────────────────────────────────────────


def test_a_file_is_replaced_whole(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_text("before")
    report.write(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_can_not_be_written_leaves_nothing(tmp_path: Path):
    (tmp_path / "a.html").mkdir()
    for path in (tmp_path / "a.html", tmp_path / "no" / "a.html"):
        with pytest.raises(CreditsError, match=r"can't be written: .*\. Name another file\.$"):
            report.write(path, b"after")
    assert [each.name for each in tmp_path.iterdir()] == ["a.html"]


def test_the_plan_of_the_tests_gives_1000():
    assert PLAN.plan.allowance == 1000


def test_calls_refused_in_the_log_are_left_out_where_that_was_chosen(tmp_path: Path) -> None:
    refused = busy() + call(datetime(2026, 8, 12, 18), "Ada", 7, status=429) + "\n"
    told = {}
    for count in (True, False):
        found = gathered(tmp_path / str(count), refused, refused=count)
        told[count] = report.document(found)["demand"]["credits"]
        assert ("they are left out, as was chosen" in page(found)) is not count
    assert told[True] - told[False] == 7 + 1  # and the one that the busy log refuses


@pytest.mark.parametrize("kind", ["trailing", "calendar", "anchored"])
def test_days_cover_the_period_where_refused_calls_are_left_out(tmp_path: Path, kind: str) -> None:
    statuses = {10: 429, 11: 200, 12: 429}
    log = [call(datetime(2026, 8, day, 9), "Ada", 5, status=s) for day, s in statuses.items()]
    found = gathered(tmp_path, "\n".join(log), refused=False, kind=kind)
    assert found.days["day"].tolist() == [date(2026, 8, day) for day in statuses]
    assert found.days["calls"].tolist() == [1, 1, 1]
    assert found.days["demand"].tolist() == [0, 5, 0]


def test_a_log_of_nothing_but_refused_calls_makes_a_report_without_them(tmp_path: Path) -> None:
    log = call(datetime(2026, 8, 10, 9), "Ada", status=429)
    for kind in ("trailing", "calendar", "anchored"):
        found = gathered(tmp_path / kind, log, refused=False, kind=kind, bill=Decimal(9))
        assert report.document(found)["demand"]["credits"] == 0
        assert found.days[["calls", "demand", "peak_used"]].to_numpy().tolist() == [[1, 0, 0]]
        assert "10 Aug 2026, 09:00 to 10 Aug 2026, 09:00" in page(found)
        assert labelled(sheets(workbook(found))["Inputs"])["Blocked minutes"] == 0


def test_what_1000_credits_cost_is_told_to_four_decimals_everywhere(found: report.Report) -> None:
    each = found.compared["cost_per_1000"].iloc[0]
    head, rows = table(sheets(workbook(found))["Scenarios"])
    assert rows[0][head.index("Cost per 1,000 credits")] == float(f"{each:.4f}")
    assert f"{each:,.4f} EUR" in page(found)


def test_a_priced_plan_under_which_nothing_was_used_is_not_called_unpriced(tmp_path: Path) -> None:
    found = gathered(tmp_path, call(datetime(2026, 8, 10), "Ada", 0) + "\n")
    head, rows = table(sheets(workbook(found))["Scenarios"])
    assert rows[0][head.index("Cost per 1,000 credits")] == "nothing used"
    assert "nothing used" in page(found)
