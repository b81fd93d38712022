"""The plan page in every state: its answer, its choices, prices, saved plans and links."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from small_log import HEADER, NOW
from streamlit.testing.v1 import AppTest
from visiting import metrics, press, ran, spelled, texts, visitor

from credits.plan import Plan
from credits.prices import Prices
from credits.scenarios import Scenario
from credits.store import Store

SMALL = {"base": "400", "users": "0", "per_user": "50", "cap": "none"}
"""A plan that refuses 600 of the 1,000 credits of the third, and 100 of the 500 of the tenth."""


def visit(tab: str = "", **address: str) -> AppTest:
    """A fresh visitor at an address, at one of the tabs."""
    at = visitor(**address)
    if tab:
        at.session_state["more"] = tab
    return ran(at.switch_page("plan.py"))


def said(at: AppTest) -> str:
    """Every sentence, as it is read."""
    return spelled(texts(at)).replace("*", "")


def table(at: AppTest, column: str) -> list[object]:
    return at.dataframe[0].value[column].tolist()


# ── the answer ────────────────────────────────────────────────────────────────────────────────


def test_a_plan_that_is_enough_says_what_would_be_and_what_is_to_spare(week: None) -> None:
    at = visit()
    assert at.success
    assert "This plan would have refused nothing in the 11 days that the logs cover." in said(at)
    assert "It leaves 51,500 credits to spare at the peak." in said(at)
    assert metrics(at)["Refused"] == "0"
    assert metrics(at)["Blocked"] == "never"
    assert metrics(at)["Least headroom"] == "51,500"


def test_what_is_to_spare_is_one_number_where_credits_are_fractional(
    load: Callable[[str], None],
) -> None:
    load("time,user,api,credits\n2026-08-13T09:00Z,Ada,a,1.25\n2026-08-13T09:01Z,Ada,a,2\n")
    at = visit(base="10", users="0")
    assert "It leaves 6.75 credits to spare at the peak." in said(at)
    assert metrics(at)["Least headroom"] == "6.75"


def test_a_plan_that_is_not_says_how_much_when_and_what_would_be(week: None) -> None:
    at = visit(**SMALL)
    assert at.warning
    assert "refused 700 credits (43.7 % of what was wanted) on 2 of 11 days" in said(at)
    assert "1,000 credits per 24 hours: 12 users on this plan." in said(at)
    assert metrics(at)["Refused"] == "700"


@pytest.mark.parametrize("edition", ["Own numbers", "Other vendor"])
def test_a_plan_without_a_name_is_this_plan_in_a_sentence(week: None, edition: str) -> None:
    at = visit(**SMALL | {"cap": "450", "edition": edition})
    assert "this plan is capped at 450" in said(at)
    at = visit(**SMALL | {"per_user": "0", "edition": edition})
    assert "no number of users gives that on this plan" in said(at)


def test_where_the_cap_forbids_it_an_edition_is_named(load: Callable[..., None]) -> None:
    load(HEADER + "2026-08-13T09:00:00Z,Ada,Web,op,200,120000\n")
    text = said(visit())
    assert "Bigin Express is capped at 100,000" in text
    assert "Zoho CRM Professional with 140 users would do" in text


@pytest.mark.parametrize("cap", ["40000", "0"])
def test_a_cap_that_takes_something_away_is_said_in_place_of_the_sum(week: None, cap: str) -> None:
    told = f"{int(cap):,} (capped at {int(cap):,})"
    assert f"Allowance: {told}" in texts(visit(cap=cap))
    assert f"Total: {told}" in texts(ran(visitor(cap=cap)))


def test_growth_is_part_of_the_answer_and_of_the_address(week: None) -> None:
    at = visit(**SMALL)
    at.select_slider(key="growth").set_value(100)
    ran(at)
    assert "With 100 % more demand, this plan would have refused" in said(at)
    assert "2,000 credits per 24 hours" in said(at)
    assert "100" in at.query_params["growth"]
    ran(at.switch_page("users.py"))
    ran(at.switch_page("plan.py"))
    assert at.select_slider(key="growth").value == 100


def test_calls_refused_in_the_log_count_unless_they_are_switched_off(week: None) -> None:
    at = visit(base="0", users="0")
    every = at.metric[1].delta
    at.toggle(key="refused").set_value(False)
    ran(at)
    assert (every, at.metric[1].delta) == ("7 calls", "6 calls")
    assert "0" in at.query_params["refused"]


@pytest.mark.parametrize("window", ["trailing", "calendar", "anchored"])
@pytest.mark.parametrize(
    "tab",
    ["", "Compare plans", "Save and share", "Refused by allowance", "Cost by users", "When",
     "Whose calls"],
)  # fmt: skip
@pytest.mark.parametrize("address", [{}, SMALL])
def test_every_tab_is_drawn(week: None, tab: str, window: str, address: dict[str, str]) -> None:
    at = visit(tab, window=window, **address)
    assert len(at.get("plotly_chart")) <= 2


def test_whose_calls_were_refused(week: None) -> None:
    at = visit("Whose calls", **SMALL)
    users, apis = (frame.value for frame in at.dataframe[:2])
    assert list(users) == ["User", "Known by", "Refused", "Share, %", "Calls"]
    assert users[["User", "Refused"]].to_numpy().tolist() == [["Ada", 600], ["Ben", 100]]
    assert apis[["API", "Refused"]].to_numpy().tolist() == [
        ["getRecords", 600], ["insertRecords", 100],
    ]  # fmt: skip


def test_blocked_times_and_days_are_listed(week: None) -> None:
    at = visit("When", **SMALL, zone="Asia/Tokyo")
    blocked, days = (frame.value for frame in at.dataframe[:2])
    times = ["From (Asia/Tokyo)", "To (Asia/Tokyo)", "How long"]
    assert list(blocked) == [*times, "Refused", "Calls"]
    assert all(name[0].isupper() for name in days)
    assert blocked["Refused"].tolist() == [600, 100]
    assert len(days) == 12


# ── prices ────────────────────────────────────────────────────────────────────────────────────


def priced(at: AppTest, **typed: str) -> AppTest:
    """The page after the prices were opened and some typed."""
    at.session_state["prices_open"] = True
    ran(at)
    for name, text in typed.items():
        at.text_input(key=name).set_value(text)
        ran(at)
    return at


def test_no_price_is_invented(week: None) -> None:
    at = visit("Compare plans")
    assert metrics(at)["Cost a month"] == "no price"
    assert set(table(at, "Cost a month")) == {"no price entered"}


def test_prices_are_those_of_the_edition_they_were_entered_for(week: None) -> None:
    at = priced(visit("Compare plans"), price_per_user="12.10", currency_typed="eur")
    assert metrics(at)["Cost a month"] == "121.00 EUR"
    costs = dict(zip(table(at, "Plan"), table(at, "Cost a month"), strict=True))
    assert costs["This plan"] == costs["Bigin Express"] == "121.00 EUR"
    assert costs["Bigin Premier"] == "no price entered"
    at.selectbox(key="edition").select("Zoho CRM Ultimate")
    assert metrics(ran(at))["Cost a month"] == "no price"
    at.selectbox(key="edition").select("Bigin Express")
    assert metrics(ran(at))["Cost a month"] == "121.00 EUR"
    ran(at.switch_page("users.py"))
    assert metrics(ran(at.switch_page("plan.py")))["Cost a month"] == "121.00 EUR"


def test_what_is_no_price_is_said_and_changes_nothing(week: None) -> None:
    at = priced(visit(), price_per_user="12.10")
    at.text_input(key="price_per_user").set_value("about 13")
    ran(at)
    assert "is no price" in said(at)
    assert at.text_input(key="price_per_user").value == "about 13"
    assert metrics(at)["Cost a month"] == "121.00 USD"
    at.text_input(key="price_per_user").set_value("13")
    assert "is no price" not in said(ran(at))
    assert metrics(at)["Cost a month"] == "130.00 USD"


def test_what_one_more_user_and_one_more_dollar_buy_is_said(week: None) -> None:
    at = priced(visit(), price_per_user="12.50")
    assert "One more user adds 250 credits per 24 hours for 12.50 USD a month." in said(at)
    assert "One more USD a month buys 20.0 through users." in said(at)


def test_another_vendors_plan_has_free_fields(week: None) -> None:
    at = visit()
    at.selectbox(key="edition").select("Other vendor")
    ran(at)
    at.text_input(key="vendor").set_value("<b>Acme</b> *Gold*")
    at.number_input(key="base_exact").set_value(800)
    ran(at)
    assert at.selectbox(key="edition").value == "Other vendor"
    assert "1 user on <b>Acme</b> Gold." in said(at)
    ran(at.switch_page("users.py"))
    ran(at.switch_page("plan.py"))
    assert at.text_input(key="vendor").value == "<b>Acme</b> *Gold*"


# ── saved plans and links ─────────────────────────────────────────────────────────────────────


def test_a_plan_is_saved_compared_opened_and_deleted(store: Store, week: None) -> None:
    at = visit("Save and share", **SMALL, growth="10")
    at.text_input(key="scenario_name").set_value("Small *one*")
    press(at, "save_scenario")
    assert "Saved as Small one." in said(at)
    assert [each.plan for each in store.scenarios()] == [Plan(400, 0, 50)]
    other = visit("Compare plans")
    assert table(other, "Plan")[:2] == ["This plan", "Small *one*"]
    assert table(other, "Refused")[:2] == [0, 850]
    other.session_state["more"] = "Save and share"
    press(ran(other), "open_scenario")
    assert metrics(other)["Allowance"] == "400"
    assert other.select_slider(key="growth").value == 10
    press(other, "delete_scenario")
    assert len(store.scenarios()) == 1
    press(other, "delete_scenario_no")
    press(press(other, "delete_scenario"), "delete_scenario_yes")
    assert store.scenarios() == []
    assert "Nothing is saved yet" in said(other)


def test_a_plan_without_a_name_is_not_saved_and_says_so(store: Store, week: None) -> None:
    at = press(visit("Save and share"), "save_scenario")
    assert "needs a name" in said(at)
    assert store.scenarios() == []


def test_todays_plan_is_kept_and_marked(store: Store, week: None) -> None:
    press(visit("Save and share", users="7"), "save_today")
    at = visit("Refused by allowance", users="12")
    assert "50,000 + 7 × 250 = 51,750" in said(at)


def test_a_damaged_saved_plan_says_so_and_can_be_deleted(store: Store, week: None) -> None:
    store.save_scenario(Scenario("Broken", Plan()), now=NOW)
    with store._database.writer() as cursor, store._database.keep(cursor):
        cursor.execute("UPDATE scenarios SET document = 'nonsense'")
    at = visit("Save and share")
    assert "Broken: The scenario is damaged" in said(at)
    press(at, "drop_0")
    assert store.damaged_scenarios() == {}


def test_a_link_opens_what_its_sender_saw(store: Store, week: None) -> None:
    sent = Scenario(
        "Ours", Plan(300, 4, 50, 0, None), "Acme Gold", 20, Prices("EUR", per_user=None)
    )
    store.save_scenario(sent, now=NOW)
    at = visit("Save and share")
    link = urlsplit(at.code[-1].value)
    other = visit(**dict(parse_qsl(link.query, keep_blank_values=True)))
    assert metrics(other)["Allowance"] == "500"
    assert other.select_slider(key="growth").value == 20
    assert other.selectbox(key="edition").value == "Other vendor"
    assert other.text_input(key="vendor").value == "Acme Gold"
    assert "Opened from a link: Ours" in said(other)


def test_a_link_plays_usage_again_as_its_sender_saw_it(week: None) -> None:
    at = visit("Save and share", window="calendar", zone="Asia/Tokyo", refused="0")
    sent = dict(parse_qsl(urlsplit(at.code[0].value).query))
    assert (sent["window"], sent["zone"], sent["refused"]) == ("calendar", "Asia/Tokyo", "0")
    assert metrics(visit(**sent)) == metrics(at)


def test_a_link_carries_prices_exactly(week: None) -> None:
    at = visit(name="Shared", edition="Bigin Premier", price_user="10.000001", currency="CHF")
    assert metrics(at)["Cost a month"] == "100.00 CHF"
    assert at.selectbox(key="edition").value == "Bigin Premier"
    assert "price_user" not in at.query_params


@pytest.mark.parametrize(
    "damage",
    [{"price_user": "12,50"}, {"users": "ten"}, {"growth": "much"}, {"base": str(10**10)},
     {"currency": "a b"}],
)  # fmt: skip
def test_a_damaged_link_is_said_in_a_sentence_and_never_guessed(
    week: None, damage: dict[str, str]
) -> None:
    at = visit(**({"name": "Shared", "users": "20", "growth": "10"} | damage))
    assert len(at.error) == 1
    assert metrics(at)["Allowance"] == "52,500"
    assert at.select_slider(key="growth").value == 0
