"""The forecast page in every state: what it says, what it keeps, and when it simulates."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from small_log import HEADER, NOW
from streamlit.testing.v1 import AppTest
from visiting import address, figures, metrics, ran, spelled, texts, visit, visitor

from credits import bootstrap
from credits.store import Store
from pages import data

PAGE = "forecast.py"
CARDS = ["Chance to hold 30 days", "First day of 5 % risk", "Enough at 5 % risk", "Usual peak"]


def hourly(hours: int, of: Callable[[int], float]) -> str:
    """A log with a call an hour, which costs what its hour says."""
    at = pd.date_range("2026-06-01", periods=hours, freq="h")
    rows = [f"{t:%Y-%m-%dT%H:%M:%SZ},Ada,Web,op,200,{of(i)}\n" for i, t in enumerate(at)]
    return HEADER + "".join(rows)


@pytest.fixture
def uneven(load: Callable[..., None]) -> None:
    """Eight weeks of about 24 × 100 credits a day, never twice the same."""
    chance = np.random.default_rng(1).integers(50, 150, 56).repeat(24)
    load(hourly(56 * 24, lambda hour: int(chance[hour])))


def verdict(at: AppTest) -> str:
    found: str = (*at.main.error, *at.main.warning, *at.main.success)[0].value
    return found


def test_an_empty_database_offers_the_upload_and_the_sample(store: Store) -> None:
    at = visit(PAGE)
    assert "Nothing is loaded yet" in texts(at)
    assert not at.metric
    assert not at.main.slider


def test_the_sample_shows_a_forecast(store: Store) -> None:
    store.load_sample(data.SAMPLE, now=NOW)
    at = visit(PAGE, zone="Europe/Berlin")
    assert list(metrics(at)) == CARDS
    assert "sample data" in texts(at)
    drawn = figures(at)
    assert list(drawn) == ["forecast", "probabilities"]
    assert drawn["forecast"]["data"][2]["x"][-1].startswith("2026-08-13")
    assert drawn["forecast"]["data"][3]["x"][0].startswith("2026-08-14")
    assert len(drawn["probabilities"]["data"][0]["x"]) == 30
    assert "From only 27 whole days" in texts(at)


def test_where_the_risk_changes_nothing_the_page_says_so(store: Store) -> None:
    store.load_sample(data.SAMPLE, now=NOW)
    told = "would be enough: 27 whole days of history can't tell them apart."
    for risk in ("1", "20"):
        at = visit(PAGE, ahead="30", risk=risk)
        assert f"At each of these risks {metrics(at)[f'Enough at {risk} % risk']} {told}" in texts(
            at
        )


def test_where_the_risk_matters_nothing_is_said_of_it(uneven: None) -> None:
    assert "tell them apart" not in texts(visit(PAGE, ahead="7"))


def test_a_short_history_says_so_instead_of_drawing(load: Callable[..., None]) -> None:
    load(hourly(14 * 24 - 1, lambda hour: 1))
    at = visit(PAGE)
    said = spelled(at.main.info[0].value)
    assert said.startswith("A forecast needs two weeks of history; the log covers 13 whole days")
    assert not figures(at)
    assert not at.metric


def test_two_weeks_are_enough_but_not_to_try_the_method(load: Callable[..., None]) -> None:
    load(hourly(14 * 24, lambda hour: 1))
    at = visit(PAGE, base="24", users="0", forecast_more="x")
    assert metrics(at)["Usual peak"] == "24"
    assert metrics(at)["Chance to hold 30 days"] == "over 99 %"
    assert "This plan holds" in verdict(at)
    at.session_state["forecast_more"] = "How it did on your own past"
    assert "too short to try the method" in texts(ran(at))


@pytest.mark.parametrize(
    ("base", "chance", "says"),
    [("23", "under 1 %", "will probably be exceeded"), ("24", "over 99 %", "This plan holds"),
     ("25", "over 99 %", "This plan holds")],
)  # fmt: skip
def test_a_peak_that_equals_the_allowance_is_within_it(
    load: Callable[..., None], base: str, chance: str, says: str
) -> None:
    load(hourly(30 * 24, lambda hour: 1))
    at = visit(PAGE, base=base, users="0")
    assert metrics(at)["Chance to hold 30 days"] == chance
    assert metrics(at)["Enough at 5 % risk"] == "24"
    assert says in verdict(at)


def test_a_plan_without_an_allowance_says_so(uneven: None) -> None:
    at = visit(PAGE, base="0", users="0")
    assert "The plan gives no allowance" in verdict(at)
    assert metrics(at)["Chance to hold 30 days"] == "under 1 %"


def test_refused_calls_alone_are_forecast_as_nothing(load: Callable[..., None]) -> None:
    load(hourly(30 * 24, lambda hour: 0))
    at = visit(PAGE)
    assert metrics(at)["Enough at 5 % risk"] == "0"
    assert metrics(at)["Usual peak"] == "0"


def test_fractions_of_credits_are_shown_without_the_dust_of_binary(
    load: Callable[..., None],
) -> None:
    load(hourly(21 * 24, lambda hour: 0.1))
    at = visit(PAGE)
    assert metrics(at)["Usual peak"] == "2.40"
    assert metrics(at)["Enough at 5 % risk"] == "3"


def test_another_allowance_changes_the_risk_and_simulates_nothing(
    uneven: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    simulated = bootstrap.simulated
    monkeypatch.setattr(
        bootstrap, "simulated", lambda *given: runs.append(given) or simulated(*given)
    )
    at = visit(PAGE, base="2500", users="0")
    before, first = len(runs), metrics(at)["Chance to hold 30 days"]
    assert before
    at.number_input(key="base_exact").set_value(9_000)
    ran(at)
    at.slider(key="ahead").set_value(60)
    ran(at)
    assert metrics(at)["Chance to hold 60 days"] != first
    assert len(runs) == before
    at.select_slider(key="growth").set_value(50)
    assert metrics(ran(at))["Usual peak"] != ""
    assert len(runs) > before


def test_a_greater_risk_needs_a_smaller_allowance(uneven: None) -> None:
    enough = [metrics(visit(PAGE, risk=risk))[f"Enough at {risk} % risk"] for risk in ("1", "20")]
    first, last = (int(number.replace(",", "")) for number in enough)
    assert first > last


def test_choices_survive_going_from_page_to_page_and_stand_in_the_address(uneven: None) -> None:
    at = visit(PAGE)
    assert address(at) == {}
    at.slider(key="ahead").set_value(14)
    at.select_slider(key="growth").set_value(25)
    next(b for b in at.get("button_group") if b.key == "risk").set_value(10)
    ran(at)
    said = {"ahead": "14", "growth": "25", "risk": "10"}
    for page in ("plan.py", "organization.py", PAGE):
        at.switch_page(page)
        ran(at)
        assert address(at) == said, page
        if page == "plan.py":
            assert at.select_slider(key="growth").value == 25
    assert at.slider(key="ahead").value == 14
    assert "Enough at 10 % risk" in metrics(at)


@pytest.mark.parametrize(
    "chosen", [{"ahead": "6"}, {"ahead": "91"}, {"growth": "-101"}, {"growth": "²"}, {"risk": "2"}]
)
def test_what_is_no_value_in_the_address_is_ignored(uneven: None, chosen: dict[str, str]) -> None:
    at = visit(PAGE, **chosen)
    assert list(metrics(at)) == CARDS
    assert address(at) == {}


def test_the_backtest_is_told_in_words_and_as_a_table(uneven: None) -> None:
    at = visit(PAGE)
    at.session_state["forecast_more"] = "How it did on your own past"
    at = ran(at)
    said = texts(at)
    assert "On the last 42 whole days" in said
    assert "of 42** peaks lay in the band" in said
    assert "missed by" in said
    at.toggle(key="backtest_table").set_value(True)
    table = ran(at).dataframe[0].value
    assert list(table) == ["day", "peak", "5 %", "median", "95 %", "a week before"]
    assert len(table) == 42


def test_the_chart_has_its_table(uneven: None) -> None:
    at = visit(PAGE, ahead="7")
    at.toggle(key="forecast_table").set_value(True)
    table = ran(at).dataframe[0].value
    assert list(table) == ["day", "past peak", "5 %", "median", "95 %"]
    assert len(table) == 28 + 7


def test_the_page_says_what_it_rests_on(uneven: None) -> None:
    at = visit(PAGE)
    at.session_state["forecast_more"] = "How it is worked out"
    said = texts(ran(at))
    assert "56 whole days of UTC" in said
    assert "to the minute, as on the Credit plan page" in said


@pytest.mark.parametrize("window", ["trailing", "calendar"])
def test_the_greatest_peak_so_far_is_that_of_the_plan_page(store: Store, window: str) -> None:
    """One number, whichever page says it, and whether calls refused in the log count or not."""
    store.load_sample(data.SAMPLE, now=NOW)
    seen = set()
    for refused in ("1", "0"):
        told = {"window": window, "refused": refused, "zone": "Europe/Berlin", "base": "1000"}
        at = visit(PAGE, **told)
        found = re.search(r"most on [^(]*\(([\d,]+)\)", texts(at))
        assert found
        plan = ran(visitor(**told).switch_page("plan.py"))
        said = spelled(texts(plan)).replace("*", "")
        assert f"The least that refuses nothing is {found[1]} credits" in said
        seen.add(found[1])
    assert len(seen) == 2


def test_anchored_windows_are_said_to_be_forecast_as_trailing_ones(uneven: None) -> None:
    anchored, trailing = visit(PAGE, window="anchored"), visit(PAGE)
    assert "this page speaks of trailing 24 hours" in texts(anchored)
    assert "this page speaks of" not in texts(trailing)
    assert metrics(anchored) == metrics(trailing)


def test_calendar_days_are_forecast_as_days(uneven: None) -> None:
    at = visit(PAGE, window="calendar", zone="Asia/Tokyo")
    assert "Credits by day of Asia/Tokyo" in texts(at)
    assert metrics(at) != metrics(visit(PAGE, zone="Asia/Tokyo"))


def test_a_past_above_the_allowance_is_named(uneven: None) -> None:
    assert "The past itself passed this allowance, most on" in texts(
        visit(PAGE, base="2000", users="0")
    )
    assert "The past itself" not in texts(visit(PAGE))
