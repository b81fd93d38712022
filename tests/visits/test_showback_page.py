"""The showback page in every state: what it shares out, what it says, what it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from reports import HOSTILE, busy, call
from streamlit.testing.v1 import AppTest
from visiting import figures, metrics, ran, texts, visit

from credits import report
from credits.store import Store

PAGE = "showback.py"


@pytest.fixture
def calls(load: Callable[..., None]) -> None:
    load(busy(), name="calls.jsonl")


def listed(at: AppTest) -> Any:
    return at.dataframe[0].value


def figure(at: AppTest) -> dict[str, Any]:
    return dict(next(iter(figures(at).values())))


def test_an_empty_database_offers_the_upload_and_the_sample(store: Store) -> None:
    at = visit(PAGE)
    assert "Nothing is loaded yet" in texts(at)
    assert [b.label for b in at.main.button] == ["Upload a log", "Load the sample"]


def test_a_bill_is_shared_out_to_the_last_cent(calls: None) -> None:
    at = visit(PAGE, bill="1000", bill_currency="EUR", period="all")
    frame = listed(at)
    assert list(frame.columns) == ["User", "Calls", "Credits", "Share, %", "Money, EUR"]
    assert sum(Decimal(value) for value in frame["Money, EUR"]) == 1000
    assert sum(Decimal(value) for value in frame["Share, %"]) == 100
    assert metrics(at)["Bill"] == "1,000.00 EUR"
    bars = figure(at)["data"][0]
    assert bars["text"] == [f"{value:,.2f}" for value in frame["Money, EUR"]]


@pytest.mark.parametrize(("by", "title"), [("user", "User"), ("app", "App"), ("api", "API")])
def test_it_is_shared_by_user_app_or_api(calls: None, by: str, title: str) -> None:
    frame = listed(visit(PAGE, share_by=by, bill="10", period="all"))
    assert frame.columns[0] == title
    assert len(frame) == {"user": 3, "app": 4, "api": 1}[by]


def test_without_a_bill_shares_alone_are_shown(calls: None) -> None:
    at = visit(PAGE, period="all")
    assert list(listed(at).columns) == ["User", "Calls", "Credits", "Share, %"]
    assert metrics(at)["Bill"] == "none"
    assert "adds up to the bill" not in texts(at)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"bill": "12,5,0"}, "is no price"),
        ({"bill": "1.000"}, "1.000 may mean 1000 or 1: write 1000"),
        ({"bill": "-5"}, "is no price"),
        ({"bill": "9999999999"}, "must be between 0 and"),
        ({"bill": "5", "bill_currency": "a b"}, "'a b' is no currency"),
    ],
)
def test_what_is_no_amount_is_said_and_left_out(
    calls: None, address: dict[str, str], sentence: str
) -> None:
    at = visit(PAGE, **address, period="all")
    assert len(at.error) == 1
    assert sentence in at.error[0].value.replace("\\", "")
    assert list(listed(at).columns) == ["User", "Calls", "Credits", "Share, %"]


def test_a_period_without_calls_says_so(calls: None) -> None:
    at = visit(PAGE, at="2026-09-20T00:00", period="24h", bill="5")
    assert "No calls in the last 24 hours" in texts(at)
    assert not at.dataframe
    assert len(at.get("download_button")) == 2


def test_calls_that_cost_nothing_share_a_bill_by_their_number(
    load: Callable[..., None],
) -> None:
    lines = [
        call(datetime(2026, 8, 10, hour), user, 0) + "\n"
        for hour, user in enumerate(("Ada", "Ada", "Ben"))
    ]
    load("".join(lines), name="calls.jsonl")
    at = visit(PAGE, bill="9", period="all")
    assert "No credits were used" in texts(at)
    assert listed(at)["Money, USD"].tolist() == [6, 3]


def test_bill_currency_and_by_whom_are_kept_from_page_to_page(calls: None) -> None:
    at = visit(PAGE)
    at.text_input(key="bill").set_value("250.5")
    at.text_input(key="bill_currency").set_value("jpy")
    ran(at)
    assert metrics(at)["Bill"] == "251 JPY"
    for page in ("organization.py", "plan.py", "showback.py"):
        ran(at.switch_page(page))
        assert "250.5" in at.query_params["bill"]
        assert "jpy" in at.query_params["bill_currency"]
    assert at.text_input(key="bill").value == "250.5"
    assert metrics(at)["Bill"] == "251 JPY"


def test_a_bill_is_in_the_currency_of_the_plan_until_one_is_typed(calls: None) -> None:
    at = visit(PAGE, bill="1 000,50", currency="CHF", period="all")
    assert metrics(at)["Bill"] == "1,000.50 CHF"
    assert at.text_input(key="bill_currency").placeholder == "CHF"
    at.text_input(key="bill_currency").set_value("€")
    assert metrics(ran(at))["Bill"] == "1,000.50 EUR"


def test_hostile_names_are_shown_to_the_letter(load: Callable[..., None]) -> None:
    load(busy(HOSTILE), name="calls.jsonl")
    at = visit(PAGE, bill="100", period="all")
    shown = set(listed(at)["User"])
    assert {"=1+1", "<script>alert(1)</script>", "🦊 Zoë"} <= shown
    assert "<script" not in json.dumps(figure(at))


def test_the_two_reports_are_offered(calls: None) -> None:
    labels = [element.proto.label for element in visit(PAGE, period="all").get("download_button")]
    assert labels == ["CSV", "Excel workbook", "HTML report"]


def wanted(monkeypatch: pytest.MonkeyPatch, **address: str) -> tuple[report.Wanted, AppTest]:
    """What the reports of the page are to be about."""
    seen: list[report.Wanted] = []
    make = report.Wanted

    def noted(*values: Any, **named: Any) -> report.Wanted:
        seen.append(make(*values, **named))
        return seen[-1]

    with monkeypatch.context() as patch:
        patch.setattr("pages.sending.report.Wanted", noted)
        at = visit(PAGE, period="all", **address)
    return seen[-1], at


PRICED = {"prices": "Bigin+Express=7.50,20,&Bigin+Premier=9,,", "currency": "EUR"}


def test_the_reports_have_the_plan_as_the_plan_page_has_it(
    calls: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = wanted(monkeypatch, growth="10", refused="0", **PRICED)
    prices = found.plan.prices
    assert (prices.currency, prices.per_user, prices.fixed) == ("EUR", Decimal("7.50"), 20)
    assert (found.plan.edition, found.plan.growth, found.refused) == ("Bigin Express", 10, False)
    beside = {each.edition: each.prices.per_user for each in found.others}
    assert beside.pop("Bigin Premier") == 9
    assert "Bigin Express" not in beside
    assert set(beside.values()) == {None}


def test_a_bill_in_another_currency_leaves_the_plans_prices_out_and_says_so(
    calls: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, at = wanted(monkeypatch, bill="100", bill_currency="USD", **PRICED)
    assert (found.plan.prices.currency, found.plan.prices.per_user) == ("USD", None)
    assert "prices are in EUR, the bill in USD" in texts(at).replace("\\", "")
    found, at = wanted(monkeypatch, bill="100", bill_currency="EUR", **PRICED)
    assert found.plan.prices.per_user == Decimal("7.50")
    assert "leaves them out" not in texts(at)
