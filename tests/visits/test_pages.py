"""Every page in every state: what it says, which choices it keeps, and what it does with names."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_log import HEADER, NOW, WEEK
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner
from visiting import address, figures, metrics, press, ran, spelled, texts, visit, visitor

from credits import cli
from credits import store as stores
from credits.store import Store

PAGES = ("organization.py", "users.py", "plan.py", "logs.py")
TITLES = ("Organization API storage", "API consumption by users", "Credit plan", "Logs")


# ── nothing loaded, no calls, nothing spent ───────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES[:3])
def test_an_empty_database_offers_the_upload_and_the_sample(store: Store, page: str) -> None:
    at = visit(page)
    assert "Nothing is loaded yet" in texts(at)
    assert [b.label for b in at.main.button] == ["Upload a log", "Load the sample"]
    assert not at.metric
    assert "View" not in [heading.value for heading in at.sidebar.subheader]


def test_the_logs_page_of_an_empty_database_takes_files_and_offers_the_sample(store: Store) -> None:
    at = visit("logs.py")
    assert at.title[0].value == "Logs"
    assert at.get("file_uploader")
    assert at.button(key="load_sample").label == "Load the sample"


@pytest.mark.parametrize(("page", "title"), list(zip(PAGES, TITLES, strict=True)))
def test_every_page_says_what_it_is(week: None, page: str, title: str) -> None:
    assert visit(page).title[0].value == title


def test_the_sample_is_named_on_every_page_until_it_is_cleared(
    store: Store, load: Callable[..., None], tmp_path: Path
) -> None:
    path = tmp_path / "sample.csv"
    path.write_text(WEEK)
    store.load_sample(path, now=NOW)
    for page in PAGES:
        at = visit(page)
        assert "sample data" in texts(at), page
        assert at.button(key="clear_sample").label == "Clear the sample"
    loaded = store.version()
    press(press(at, "clear_sample"), "clear_sample_no")
    assert store.version() == loaded, "nothing is cleared before it is asked"
    press(at, "clear_sample")
    at.button(key="clear_sample_yes").click()
    ran(at)
    assert "sample data" not in texts(at)
    assert "Nothing is loaded yet" in texts(visit())
    assert store.loads().empty


def test_the_offered_sample_is_loaded(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text(WEEK)
    monkeypatch.setattr("pages.data.SAMPLE", sample)
    at = visit()
    at.button(key="load_sample").click()
    assert metrics(ran(at))["Used"] == "60"
    assert "sample data" in texts(at)


@pytest.mark.parametrize("page", PAGES[:2])
def test_a_window_without_calls_says_so_and_is_not_an_empty_database(week: None, page: str) -> None:
    at = visit(page, at="2026-08-20T00:00", period="24h")
    assert "no calls" in texts(at).lower()
    assert "Nothing is loaded yet" not in texts(at)


def test_panels_without_calls_say_so_instead_of_drawing_an_empty_chart(week: None) -> None:
    at = visit(at="2026-08-20T00:00", period="24h")
    assert list(figures(at)) == ["trailing"]
    assert texts(at).count("No calls in") == 6


def test_a_plan_without_an_allowance_says_so(week: None) -> None:
    at = visit(base="0", users="0")
    assert "Used: 60 (no allowance)" in texts(at)
    assert metrics(visit("plan.py", base="0", users="0"))["Allowance"] == "0"


def test_refused_calls_alone_use_0_credits_which_is_not_no_calls(load: Callable[..., None]) -> None:
    load(HEADER + "2026-08-13T09:00:00Z,Ada,Web,getRecords,429,\n" * 3)
    at = visit()
    assert metrics(at)["Used"] == "0"
    said = texts(at)
    assert "3 calls made" in said
    assert "3 calls refused" in said
    assert "no calls" not in said.lower()
    assert metrics(visit("users.py"))["Credits"] == "0"


# ── the same numbers everywhere ───────────────────────────────────────────────────────────────


def usage(*arguments: str) -> dict[str, Any]:
    """What `python -m credits usage --json` says of this test's database."""
    stores.close_all()
    said = CliRunner().invoke(cli.app, ["usage", "--json", *arguments])
    assert said.exit_code == 0, said.output
    return dict(json.loads(said.stdout))


@pytest.mark.parametrize(
    ("chosen", "arguments"),
    [
        ({}, []),
        ({"base": "70", "users": "2", "per_user": "1", "cap": "none"},
         ["--base-limit=70", "--users=2", "--credits-per-user=1"]),
        ({"window": "calendar", "zone": "Asia/Tokyo", "at": "2026-08-13T18:15"},
         ["--window=calendar", "--time-zone=Asia/Tokyo", "--at=2026-08-13T09:15:00Z"]),
        ({"window": "anchored"}, ["--window=anchored"]),
    ],
)  # fmt: skip
def test_pages_and_command_line_say_the_same(
    week: None, chosen: dict[str, str], arguments: list[str]
) -> None:
    if "cap" not in chosen:
        arguments = [*arguments, "--cap=100000"]
    shown = metrics(visit(**chosen, period="all"))
    users = visit("users.py", **chosen, period="all")
    planned = metrics(visit("plan.py", **chosen, period="all"))
    said = usage(*arguments)
    assert shown["Used"] == f"{said['used']:,}"
    assert shown["Unused"] == f"{said['unused']:,}"
    assert shown["Total"] == planned["Allowance"] == f"{said['allowance']:,}"
    if "at" not in chosen:
        assert shown["Peak, all data"] == f"{said['peak']['credits']:,}"
        assert metrics(users)["Credits"] == f"{said['credits']:,}"
        assert metrics(users)["Calls"] == f"{said['calls']:,}"
        listed = users.dataframe[0].value[["User", "Credits", "Calls", "Peak in 24 h"]]
        assert listed.to_numpy().tolist() == [
            [user["user"], user["credits"], user["calls"], user["peak"]["credits"]]
            for user in said["users"]
        ]


def test_the_users_of_24_hours_add_up_to_what_the_organization_used(week: None) -> None:
    """A call exactly 24 hours old has left the window, and so it has left the period."""
    chosen = {"period": "24h", "at": "2026-08-13T10:00"}
    assert metrics(visit(**chosen))["Used"] == metrics(visit("users.py", **chosen))["Credits"]
    assert metrics(visit(**chosen))["Used"] == "50"


def test_fractions_of_credits_are_shown_without_the_dust_of_binary(
    load: Callable[..., None],
) -> None:
    rows = [f"2026-08-13T09:00:0{i}Z,Ada,Web,op{i},200,0.1\n" for i in range(3)]
    load(HEADER + "".join(rows))
    at = visit()
    assert metrics(at)["Used"] == "0.30"
    drawn = figures(at)
    assert drawn["trailing"]["layout"]["annotations"][-1]["text"] == "Peak 0.30"
    assert drawn["who"]["data"][0]["text"] == ["0.30"]


def test_huge_numbers_fit_a_card_and_are_exact_in_the_table(load: Callable[..., None]) -> None:
    load(HEADER + f"2026-08-13T09:00:00Z,Ada,Web,op,200,{10**15 - 1}\n")
    at = visit()
    assert metrics(at)["Used"] == "1,000.0 tn"
    at.toggle(key="who_table").set_value(True)
    assert ran(at).dataframe[0].value["credits"].tolist() == [10**15 - 1]


def test_20_years_of_calls_are_answered_quickly(load: Callable[..., None]) -> None:
    """What is sent for every user doesn't grow with the length of the log."""
    days = pd.date_range("2006-01-01", "2026-01-01", freq="7D")
    load(HEADER + "".join(f"{d:%Y-%m-%d}T09:00:00Z,u{i % 50},Web,op,200,1\n"
                          for i, d in enumerate(days)))  # fmt: skip
    for page in PAGES[:3]:
        visit(page, period="all")
    trends = visit("users.py", period="all").dataframe[0].value["Over time"]
    assert trends.map(len).max() <= 100


def test_calls_of_the_future_are_counted_like_others(load: Callable[..., None]) -> None:
    load(HEADER + "2150-01-01T00:00:00Z,Ada,Web,op,200,7\n")
    for page in PAGES:
        visit(page, period="own")
    assert metrics(visit())["Used"] == "7"


# ── choices ───────────────────────────────────────────────────────────────────────────────────


def test_a_deep_link_sets_what_its_sender_saw(week: None) -> None:
    chosen = {
        "base": "60000", "users": "12", "per_user": "300", "add_on": "2500", "cap": "none",
        "period": "own", "from": "2026-08-10", "to": "2026-08-12", "window": "calendar",
        "zone": "Asia/Kolkata",
    }  # fmt: skip
    at = visitor(**chosen)
    ran(at.switch_page("plan.py"))
    assert metrics(at)["Allowance"] == f"{60_000 + 12 * 300 + 2_500:,}"
    assert at.select_slider(key="base").value == 60_000
    assert at.number_input(key="base_exact").value == 60_000
    assert at.selectbox(key="zone").value == "Asia/Kolkata"
    assert address(at) == chosen


def test_choices_survive_going_from_page_to_page(week: None) -> None:
    at = visit()
    at.select_slider(key="base").set_value(60_000)
    at.number_input(key="users_exact").set_value(12)
    at.get("button_group")[0].set_value("24h")
    at.session_state["rarer"] = True
    ran(at)
    at.selectbox(key="zone").set_value("Asia/Tokyo")
    at.number_input(key="cap").set_value(None)
    ran(at)
    for page in (*PAGES[1:], PAGES[2], PAGES[0], PAGES[2]):
        at.switch_page(page)
        ran(at)
        assert at.select_slider(key="base").value == 60_000, page
        assert at.number_input(key="users_exact").value == 12
        assert at.session_state["cap"] is None
        assert at.selectbox(key="zone").value == "Asia/Tokyo"
        assert address(at) == {
            "base": "60000", "users": "12", "period": "24h", "zone": "Asia/Tokyo", "cap": "none",
        }  # fmt: skip


@pytest.mark.parametrize(
    "address_",
    [
        {"base": "-1"}, {"base": "5000001"}, {"base": "1e3"}, {"base": ""}, {"base": "²"},
        {"base": "9" * 5_000},
        {"users": "many"}, {"cap": "-5"}, {"period": "decade"}, {"window": "sliding"},
        {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}, {"at": "yesterday"},
        {"at": "0001-01-01T00:00"}, {"at": "9999-12-31T23:59"}, {"from": "2026-02-30"},
        {"period": "own", "from": "0001-01-01", "to": "9999-12-31"}, {"user": "user:Nobody"},
    ],
)  # fmt: skip
def test_what_is_no_value_in_the_address_is_ignored(week: None, address_: dict[str, str]) -> None:
    at = visitor(**address_)
    ran(at.switch_page("users.py"))
    assert metrics(at)["Users"] == "2"
    left = {name: value for name, value in address(at).items() if name in address_}
    own = {"period": "own", "from": "2026-08-03", "to": "2026-08-13"}
    assert left == {} or "user" in left or left == own


def test_a_number_typed_exactly_moves_the_slider(week: None) -> None:
    at = visit("plan.py")
    at.number_input(key="base_exact").set_value(52_345)
    ran(at)
    assert at.select_slider(key="base").value == 52_345
    assert metrics(at)["Allowance"] == "54,845"
    at.select_slider(key="base").set_value(1_050_000)
    ran(at)
    assert at.number_input(key="base_exact").value == 1_050_000
    assert address(at)["base"] == "1050000"


def test_a_field_that_lags_behind_the_slider_does_not_pull_it_back(week: None) -> None:
    """A browser sends the slider's new place together with the field's old number."""
    at = visit("plan.py")
    at.select_slider(key="base").set_value(51_000)
    at.number_input(key="base_exact").set_value(49_000)
    ran(at)
    assert at.select_slider(key="base").value == 51_000
    assert at.number_input(key="base_exact").value == 51_000


def test_an_edition_sets_its_numbers_and_own_numbers_are_called_so(week: None) -> None:
    at = visit("plan.py")
    at.selectbox(key="edition").select("Bigin Free")
    ran(at)
    assert metrics(at)["Allowance"] == "5,000"
    assert "more users add nothing" in texts(at)
    at.number_input(key="base_exact").set_value(4_000)
    ran(at)
    assert at.selectbox(key="edition").value == "Own numbers"
    at.selectbox(key="edition").select("Zoho CRM Standard")
    ran(at)
    assert at.selectbox(key="edition").value == "Zoho CRM Standard"
    at.switch_page("organization.py")
    assert ran(at).selectbox(key="edition").value == "Zoho CRM Standard"


@pytest.mark.parametrize(("users", "full"), [(199, False), (200, True), (201, True)])
def test_a_plan_at_its_cap_says_that_more_users_add_nothing(
    week: None, users: int, full: bool
) -> None:
    for page in ("plan.py", "organization.py"):
        assert ("more users add nothing" in texts(visit(page, users=str(users)))) is full


def test_a_page_that_looks_at_all_data_asks_for_no_period_and_keeps_it_for_the_others(
    week: None,
) -> None:
    at = visit(period="30d")
    for page in ("forecast.py", "rates.py", "logs.py"):
        ran(at.switch_page(page))
        assert "Period" not in {control.label for control in at.sidebar.get("button_group")}
        assert address(at)["period"] == "30d"
    ran(at.switch_page("organization.py"))
    assert "Period" in {control.label for control in at.sidebar.get("button_group")}


def test_an_app_with_the_name_of_a_user_is_told_apart_among_who_used_it(
    load: Callable[..., None],
) -> None:
    load("time,user,app,api\n2026-08-13T09:00Z,Sync,Web,a\n2026-08-13T09:01Z,,Sync,a\n")
    at = visit()
    assert "2 users in this window." in texts(at)
    drawn = "".join(chart.proto.spec for chart in at.get("plotly_chart"))
    assert "Sync (user)" in drawn
    assert "Sync (app)" in drawn


def test_callers_without_a_user_are_not_counted_as_users_that_a_plan_pays_for(
    load: Callable[..., None],
) -> None:
    load("time,user,app,api\n2026-08-13T09:00Z,Ada,Web,a\n2026-08-13T09:01Z,,Sync,a\n")
    assert "1 by name, plan pays for 10" in [card.delta for card in visit("users.py").metric]


def test_the_plan_says_how_many_users_the_logs_show_beside_how_many_it_pays_for(week: None) -> None:
    assert "The logs show **2 users**; the plan pays for **10**." in texts(visit("plan.py"))


def test_an_own_range_begins_with_the_days_of_the_log(week: None) -> None:
    at = visit(period="own")
    assert [d.value.isoformat() for d in at.date_input] == ["2026-08-03", "2026-08-13"]
    assert address(at)["from"] == "2026-08-03"


def test_an_own_range_holds_its_last_day_whole(week: None) -> None:
    chosen = {"period": "own", "from_": "2026-08-10", "to": "2026-08-10"}
    assert metrics(visit("users.py", **chosen))["Credits"] == "500"
    at = visit(**chosen)
    assert metrics(at)["Used"] == "500"
    assert "Peak, 10 Aug to 10 Aug 2026" in metrics(at)
    assert "10 Aug to 10 Aug 2026: never above the limit" in texts(at)
    assert "10 Aug to 10 Aug 2026 and the plan" in texts(visit("showback.py", **chosen))


@pytest.mark.parametrize(
    ("chosen", "within"),
    [
        ({"period": "own", "from": "2001-01-01", "to": "2001-01-02"},
         "No calls from 01 Jan to 02 Jan 2001"),
        ({"period": "own", "from": "2000-12-31", "to": "2001-01-02"},
         "No calls from 31 Dec 2000 to 02 Jan 2001"),
        ({"period": "24h", "at": "2026-08-20T00:00"}, "No calls in the last 24 hours"),
    ],
)  # fmt: skip
def test_a_period_without_calls_is_named_in_a_sentence(
    week: None, chosen: dict[str, str], within: str
) -> None:
    assert texts(visit(**chosen)).count(f"{within}.") == 4
    for page in ("users.py", "showback.py"):
        assert f"{within}: choose another period." in texts(visit(page, **chosen))


@pytest.mark.parametrize(
    ("begin", "end"), [("2030-01-01", "2030-01-02"), ("2001-01-01", "2001-01-02")]
)
def test_a_range_without_calls_has_no_use_of_another_time(week: None, begin: str, end: str) -> None:
    at = visit(period="own", from_=begin, to=end)
    assert metrics(at)["Used"] == "0"
    assert "no calls" in texts(at).lower()


def test_a_log_of_last_century_can_be_looked_at(load: Callable[..., None]) -> None:
    load(HEADER + "1995-07-01T00:00:01Z,Ada,Web,op,200,7\n")
    assert metrics(visit(period="own"))["Used"] == "7"
    assert metrics(visit(at="1995-07-01T12:00"))["Used"] == "7"


def test_a_moment_is_of_the_chosen_zone_unless_it_names_one(week: None) -> None:
    plain = visit(at="2026-08-13T18:10", zone="Asia/Tokyo")
    zoned = visit(at="2026-08-13T09:10:00Z", zone="Asia/Tokyo")
    assert metrics(plain)["Used"] == metrics(zoned)["Used"] == "90"
    assert address(zoned)["at"] == "2026-08-13T18:10:00"


# ── the organization, narrowed ────────────────────────────────────────────────────────────────


def choose(at: AppTest, key: str, *points: dict[str, Any]) -> AppTest:
    """The page after points of a chart were clicked."""
    at.session_state[key] = {"selection": {"points": list(points), "point_indices": []}}
    return ran(at)


def bars(at: AppTest, key: str) -> dict[str, Any]:
    """The bars of a chart: name → number beside it."""
    figure = figures(at)[key]
    return dict(zip(figure["layout"]["yaxis"]["ticktext"], figure["data"][0]["text"], strict=True))


def test_a_bar_that_is_clicked_narrows_what_stands_at_its_right(week: None) -> None:
    at = visit(period="all")
    assert bars(at, "by_app") == {"Web": "1,340", "Sync": "250", "Mobile": "10"}
    apis = list(bars(at, "by_api"))
    choose(at, "by_api", {"y": apis.index("insertRecords")})
    assert bars(at, "by_app") == {"Sync": "200"}
    assert bars(at, "by_status") == {"200": "1"}
    assert len(bars(at, "by_api")) == len(apis)


def test_a_caption_never_breaks_between_a_number_and_its_per_cent_sign(week: None) -> None:
    told = visit().get("image")[0].proto.imgs[0].caption
    assert told.count("\u00a0%") == told.count("%") == 3


def test_panels_side_by_side_say_what_they_count(week: None) -> None:
    at = visit(period="all")
    assert "By app**  \n:gray[:small[credits; 3 in all]]" in texts(at)
    assert "By status**  \n:gray[:small[calls; 2 in all]]" in texts(at)
    choose(at, "by_app", {"y": 0})
    assert "By status**  \n:gray[:small[calls of what is chosen at the left]]" in texts(at)
    scale = figures(at)["hours"]["data"][0]["colorbar"]
    assert scale["title"]["text"] == "credits"


def test_calls_without_an_app_are_not_those_of_an_app_called_none(
    load: Callable[..., None],
) -> None:
    load(HEADER + "2026-08-13T09:00:00Z,Ada,,a,200,5\n2026-08-13T09:00:00Z,Ada,(none),b,201,3\n")
    at = choose(visit(), "by_app", {"y": 0})
    assert bars(at, "by_status") == {"200": "1"}
    at = choose(at, "by_app", {"y": 1})
    assert bars(at, "by_status") == {"201": "1"}


def test_a_point_that_is_clicked_narrows_everything_below_to_its_window(week: None) -> None:
    at = visit(period="all", zone="Asia/Tokyo")
    choose(at, "trailing", {"x": "2026-08-10 18:00:00", "y": 500})
    assert "What it was made of: the window at 10 Aug 2026, 18:00" in texts(at)
    assert bars(at, "by_app") == {"Web": "300", "Sync": "200"}


@pytest.mark.parametrize("x", ["2031-01-01 00:00", "1999-01-01", "", None, "x"])
def test_a_point_outside_the_period_narrows_nothing(week: None, x: str | None) -> None:
    """It was clicked before another period was chosen."""
    at = choose(visit(), "trailing", {"x": x})
    assert "What it was made of: last 7 days" in texts(at)


def test_a_bar_that_is_no_longer_there_narrows_nothing(week: None) -> None:
    at = choose(visit(), "by_api", {"y": 9}, {"y": -1}, {"y": "a"}, {})
    assert len(bars(at, "by_app")) == 3


@pytest.mark.parametrize("page", PAGES[:3])
def test_every_chart_has_a_table_of_the_same_numbers(week: None, page: str) -> None:
    at = visit(page, period="all")
    before = len(at.get("download_button"))
    toggles = [toggle.key for toggle in at.main.toggle if toggle.label == "Table"]
    assert len(toggles) == len(at.get("plotly_chart"))
    for key in toggles:
        at.toggle(key=key).set_value(True)
    ran(at)
    assert not at.get("plotly_chart")
    assert len(at.get("download_button")) == before + len(toggles)


# ── users ─────────────────────────────────────────────────────────────────────────────────────


def select(at: AppTest, key: str, *rows: int) -> AppTest:
    """The page after rows of a table were chosen."""
    at.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return ran(at)


def test_a_row_that_is_clicked_opens_its_user_who_stands_in_the_address(week: None) -> None:
    at = select(visit("users.py"), "users_rows", 1)
    assert address(at)["user"] == "user:Ben"
    assert metrics(at)["Credits"] == "250"
    assert "1 refused" in texts(at)
    at.button(key="all_users").click()
    assert metrics(ran(at))["Users"] == "2"
    assert "user" not in address(at)


def test_the_shares_of_all_users_are_told_to_a_tenth_of_a_per_cent(
    load: Callable[..., None],
) -> None:
    load(HEADER + "".join(f"2026-08-13T10:0{n}:00Z,U{n},Web,op,200,1\n" for n in range(3)))
    at = visit("users.py")
    assert metrics(at)["Greatest share"] == "33.3 %"
    table = at.dataframe[0]
    assert table.value["Share, %"].round(6).tolist() == [33.333333] * 3
    assert json.loads(table.proto.columns)["Share, %"]["type_config"]["format"] == "%.1f"


def test_over_months_the_extremes_of_each_unit_are_drawn_and_said(
    load: Callable[..., None],
) -> None:
    days = pd.date_range("2026-01-01 12:00", periods=100, freq="D")
    load(HEADER + "".join(f"{day:%Y-%m-%dT%H:%M:%SZ},Ada,Web,op,200,{day.day}\n" for day in days))
    told = "Each day's lowest to highest."
    for page, chart in (("organization.py", "trailing"), ("plan.py", "replayed")):
        at = visit(page, period="all")
        low, high = figures(at)[chart]["data"][:2]
        assert high["fill"] == "tonexty", page
        assert len(low["x"]) == 100
        assert told in texts(at)
        at.toggle(key=f"{chart}_table").set_value(True)
        table = ran(at).dataframe[0]
        assert len(table.value) == 100
        shown = json.loads(table.proto.columns)["day from (UTC)"]["type_config"]["format"]
        assert shown == "D MMM YYYY, HH:mm"
    at = visit("users.py", period="all", user="user:Ada")
    assert max(figures(at)["person"]["data"][1]["y"]) == 31
    assert told in texts(at)
    assert told not in texts(visit(period="30d"))


def test_a_bar_that_is_clicked_opens_its_user(week: None) -> None:
    at = choose(visit("users.py"), "by_user_and_api", {"y": 1})
    assert address(at)["user"] == "user:Ben"


def test_a_link_to_a_user_without_calls_in_the_period_says_so(week: None) -> None:
    at = visit("users.py", user="user:Ben", period="own", from_="2026-08-11", to="2026-08-12")
    assert "No calls by this user from 11 Aug to 12 Aug 2026" in texts(at)
    assert "Ben" in texts(at)
    at.button(key="all_users").click()
    assert metrics(ran(at))["Users"] == "1"


@pytest.mark.parametrize(
    "name", ["user:Nobody", "Nobody", "app:<b>Ada</b> *x*", "user:" + "N" * 999]
)
def test_a_link_to_a_user_whom_no_log_knows_says_so(week: None, name: str) -> None:
    at = visit("users.py", user=name)
    shown = name.rpartition(":")[2][:80]
    assert f"No user called “{shown}” is in the logs loaded" in spelled(texts(at))
    assert metrics(at)["Users"] == "2"
    assert "No user called" not in texts(visit("users.py", user="user:Ada"))
    assert "No user called" not in texts(visit("users.py"))


def test_an_app_with_the_name_of_a_user_is_another_one(load: Callable[..., None]) -> None:
    load(
        HEADER + "2026-08-13T09:00:00Z,Zapier,Web,op,200,5\n2026-08-13T09:00:00Z,,Zapier,op,200,3\n"
    )
    at = visit("users.py")
    drawn = figures(at)["by_user_and_api"]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["Zapier (user)", "Zapier (app)"]
    assert drawn["data"][0]["x"] == [5, 3]
    choose(at, "by_user_and_api", {"y": 1})
    assert address(at)["user"] == "app:Zapier"
    assert metrics(at)["Credits"] == "3"
    assert "The log names no user for these calls" in texts(at)


# ── logs ──────────────────────────────────────────────────────────────────────────────────────


def drop(at: AppTest, *files: tuple[str, str | bytes]) -> AppTest:
    """The page after files were dropped on it."""
    at.get("file_uploader")[0].set_value(
        [(name, text.encode() if isinstance(text, str) else text, "") for name, text in files]
    )
    return ran(at)


def rows(at: AppTest, *names: str) -> list[list[Any]]:
    """What the table of results, or else the table of loads, says in some columns."""
    frame = at.dataframe[0].value
    return [list(row) for row in frame[list(names)].to_numpy()]


def test_a_dropped_csv_is_understood_loaded_and_seen(store: Store) -> None:
    at = drop(visit("logs.py"), ("week.csv", WEEK))
    assert "Understood: Time ← time, Credits ← credits, User ← user" in texts(at)
    assert len(at.dataframe[0].value) == 7
    assert store.loads().empty
    at = press(at, "load")
    assert "Loaded 7 calls from 1 file." in texts(at)
    assert rows(at, "File", "Rows", "Loaded", "Known already", "Rejected", "Skipped") == [
        ["week.csv", 7, 7, 0, 0, 0]
    ]
    assert not at.get("file_uploader")[0].value
    at = press(at, "close_results")
    assert "Loaded 7 calls" not in texts(at)
    assert metrics(visit())["Used"] == "60"


def test_an_access_log_is_dropped(store: Store) -> None:
    line = '192.0.2.7 - ada [13/Aug/2026:09:00:00 +0000] "GET /contacts/7 HTTP/1.1" 200 12\n'
    at = press(drop(visit("logs.py"), ("access.log", line * 3)), "load")
    assert rows(at, "File", "Format", "Loaded") == [["access.log", "access", 3]]


def test_a_bad_file_beside_a_good_one_costs_the_good_one_nothing(store: Store) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(20)
    at = drop(visit("logs.py"), ("*a_picture*.csv", picture), ("week.csv", WEEK), ("empty.csv", ""))
    assert len(at.main.error) == 2
    at = press(at, "load")
    assert [spelled(error.value)[:21] for error in at.main.error] == [
        "*a_picture*.csv is a ", "empty.csv is empty: t",
    ]  # fmt: skip
    assert rows(at, "File", "Loaded") == [["week.csv", 7]]


def test_bad_files_alone_leave_a_sentence_that_can_be_closed(store: Store) -> None:
    at = drop(visit("logs.py"), ("empty.csv", ""))
    assert at.button(key="load").disabled
    assert store.loads().empty
    at.session_state["results"] = ([], ["empty.csv is empty"], [])
    at = press(ran(at), "close_results")
    assert "results" not in at.session_state


def test_files_of_one_name_are_all_shown_and_loaded(store: Store) -> None:
    lines = WEEK.splitlines(keepends=True)
    files = [("part.csv", HEADER + line) for line in lines[1:]] * 3
    at = drop(visit("logs.py"), *files)
    assert "These are the first 20 logs; the others are read in the same way." in texts(at)
    at = press(at, "load")
    assert "Loaded 7 calls from 21 files." in texts(at)
    assert "14 rows were known already" in texts(at)


def test_rows_known_already_can_be_counted_all_the_same(load: Callable[..., None]) -> None:
    load(WEEK)
    at = press(drop(visit("logs.py"), ("again.csv", WEEK)), "load")
    assert rows(at, "Rows", "Loaded", "Known already") == [[7, 0, 7]]
    assert at.main.warning[0].value.startswith("No call was loaded from 1 file: what is in it was")
    assert not at.main.success
    press(at, "keep_all")
    assert metrics(visit())["Used"] == "120"


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (HEADER + "2026-08-99T09:00:00Z,Ada,Web,o,200,1\n", "its rows can't be read; choose"),
        ('{"timestamp":"2026-08-13T09:00:00Z","event_type":"flow","src_ip":"192.0.2.7",'
         '"dest_ip":"192.0.2.8","flow_id":1}\n', "none of its rows is a call"),
    ],
)  # fmt: skip
def test_where_no_call_was_loaded_it_is_said_why(store: Store, log: str, why: str) -> None:
    at = press(drop(visit("logs.py"), ("odd.log", log)), "load")
    assert at.main.warning[0].value.startswith(f"No call was loaded from 1 file: {why}")


def test_rows_known_already_are_loaded_when_that_is_asked_for(load: Callable[..., None]) -> None:
    load(WEEK)
    at = drop(visit("logs.py"), ("again.csv", WEEK))
    at.toggle(key="keep").set_value(True)
    at = press(ran(at), "load")
    assert rows(at, "Rows", "Loaded", "Known already") == [[7, 7, 0]]


def test_columns_that_nobody_can_guess_are_chosen_by_hand(store: Store) -> None:
    text = "x1,x2,x3\n2026-08-13T09:00:00Z,Ada,5\n2026-08-13T10:00:00Z,Ben,7\n"
    at = drop(visit("logs.py"), ("odd.csv", text))
    assert "has no columns that make a call" in spelled(texts(at))
    assert at.button(key="load").disabled
    for field, column in (("occurred_at", "x1"), ("user", "x2"), ("credits", "x3")):
        at.selectbox(key=f"map_{field}").select(column)
    at = ran(at)
    assert "Understood: Time ← x1, User ← x2, Credits ← x3" in texts(at)
    assert rows(press(at, "load"), "Loaded", "Calls") == [[2, 2]]
    assert metrics(visit())["Used"] == "12"


GERMAN = (
    "Ajankohta;Tekija;Polku;Status\n"
    "2026-08-13T09:00:00Z;Ada;/kontakte;200\n"
    "2026-08-13T10:00:00Z;Ben;/kontakte;200\n"
)


def test_a_table_in_no_known_words_offers_its_columns_in_words_of_the_page(store: Store) -> None:
    at = drop(visit("logs.py"), ("anrufe.csv", GERMAN))
    assert "name them below, under “Columns”" in spelled(at.main.error[0].value)
    assert "--" not in spelled(texts(at))
    assert at.button(key="load").disabled
    for field, column in (("occurred_at", "Ajankohta"), ("user", "Tekija")):
        at.selectbox(key=f"map_{field}").select(column)
    at = ran(at)
    assert not at.button(key="load").disabled
    assert rows(press(at, "load"), "Loaded", "Calls") == [[2, 2]]


def test_a_table_without_a_column_for_the_time_says_so_before_it_is_loaded(store: Store) -> None:
    at = drop(visit("logs.py"), ("anrufe.csv", GERMAN))
    at.selectbox(key="format").select("CSV")
    at = ran(at)
    assert "No column of it is taken for the time, so no row would be loaded" in texts(at)
    assert at.button(key="load").disabled
    at.selectbox(key="map_occurred_at").select("Ajankohta")
    at = ran(at)
    assert "No column of it" not in texts(at)
    assert not at.button(key="load").disabled


def test_a_text_log_is_read_by_a_pattern(store: Store) -> None:
    at = drop(visit("logs.py"), ("own.log", "2026-08-13T09:00:00Z ## Ada ## 5\n" * 2))
    at.text_input(key="pattern").set_value(
        r"^(?P<occurred_at>\S+) ## (?P<user>\S+) ## (?P<credits>\d+)"
    )
    at = press(ran(at), "load")
    assert rows(at, "Format", "Loaded") == [["pattern", 2]]


@pytest.mark.parametrize(("answer", "day"), [("Day first", "05 Jun"), ("Month first", "06 May")])
def test_dates_that_can_be_read_in_two_ways_are_asked_about(
    store: Store, answer: str, day: str
) -> None:
    at = drop(visit("logs.py"), ("days.csv", "time,user,api\n05/06/2026 10:00:00,Ada,x\n"))
    assert "may be day-first or month-first" in texts(at)
    next(b for b in at.get("button_group") if b.key == "days").set_value(answer)
    at = ran(at)
    assert "may be day-first" not in texts(at)
    press(at, "load")
    assert f"{day} 2026" in texts(visit())


def test_every_reject_can_be_seen_with_line_reason_and_text(load: Callable[..., None]) -> None:
    load(WEEK + "yesterday,<b>Ada</b>,Web,getRecords,200,1\n")
    at = visit("logs.py")
    at = select(at, f"loads_rows_{stores_version()}", 0)
    assert "8 rows = 7 loaded + 0 known already + 1 rejected + 0 skipped" in texts(at)
    rejects = at.dataframe[1].value
    assert rejects["line"].tolist() == [9]
    assert "<b>Ada</b>" in rejects["text"][0]
    assert rejects["reason"][0]


def stores_version() -> int:
    """The data version of this test's database."""
    return stores.shared(Path(os.environ["CREDITS_DATABASE"])).version()


def test_undoing_takes_one_load_back_and_chooses_no_other(load: Callable[..., None]) -> None:
    load(WEEK)
    load(HEADER + "2026-08-13T15:00:00Z,Cleo,Web,getRecords,200,7\n", name="more.csv")
    at = select(visit("logs.py"), f"loads_rows_{stores_version()}", 0)
    assert "more.csv: 1 rows" in texts(at)
    at = press(at, "undo")
    assert "undo" not in [button.key for button in at.button]
    assert rows(at, "File") == [["calls.csv"]]
    assert metrics(visit())["Used"] == "60"


def test_what_was_just_loaded_can_be_taken_back_at_once(load: Callable[..., None], store: Store):
    load(WEEK)
    parts = [HEADER + line for line in WEEK.splitlines(keepends=True)[1:]]
    parts = [part.replace("2026-08", "2026-09") for part in parts]
    at = press(
        drop(visit("logs.py"), *((f"{n}.csv", part) for n, part in enumerate(parts))), "load"
    )
    assert "Loaded 7 calls from 7 files." in texts(at)
    at = press(at, "undo_results")
    assert "Loaded 7 calls" not in texts(at)
    assert rows(at, "File") == [["calls.csv"]]


def test_several_loads_can_be_chosen_and_undone(load: Callable[..., None]) -> None:
    load(WEEK)
    for number in (1, 2):
        load(
            HEADER + f"2026-08-13T15:00:0{number}Z,Cleo,Web,getRecords,200,7\n",
            name=f"more{number}.csv",
        )
    at = select(visit("logs.py"), f"loads_rows_{stores_version()}", 0, 1)
    assert "2 loads with 2 calls" in texts(at)
    at = press(at, "undo")
    assert rows(at, "File") == [["calls.csv"]]


def test_of_a_large_archive_the_first_logs_are_shown(store: Store) -> None:
    line = "2026-08-13T15:00:{:02}Z,Cleo,Web,getRecords,200,7\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number:02}.csv", HEADER + line.format(number))
        for number in range(7):
            archive.writestr(f"picture {number}.png", b"\x89PNG")
    at = drop(visit("logs.py"), ("many.zip", packed.getvalue()))
    assert "many.zip/19.csv" in texts(at)
    assert "many.zip/20.csv" not in texts(at)
    assert "These are the first 20 logs" in texts(at)
    at = press(at, "load")
    assert "Loaded 30 calls from 30 files." in texts(at)
    assert len(at.main.info) == 5, "what was passed over, the first of it"
    assert "2 more of these" in [expander.label for expander in at.expander]


def test_an_archive_that_begins_with_what_is_no_log_can_be_loaded(store: Store) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(25):
            archive.writestr(f"__MACOSX/._{number}.csv", b"\0\5\x16\7")
            archive.writestr(f"{number:02} note.txt", "Nothing to see here.\n")
        line = "2026-08-13T15:00:00Z,Cleo,Web,getRecords,200,7\n"
        archive.writestr("z.csv", HEADER + line)
    at = drop(visit("logs.py"), ("many.zip", packed.getvalue()))
    at = press(at, "load")
    assert "Loaded 1 call from 1 file." in texts(at)


def test_a_load_that_another_browser_undid_is_told_in_a_sentence(load: Callable[..., None]) -> None:
    load(WEEK)
    at = select(visit("logs.py"), f"loads_rows_{stores_version()}", 0)
    at.button(key="undo").click()
    store = stores.shared(Path(os.environ["CREDITS_DATABASE"]))
    store.undo(int(store.loads()["load_id"].iloc[0]))
    at = ran(at)
    assert len(at.main.error) == 1
    assert "not there any more" in at.main.error[0].value


def test_a_load_in_one_browser_shows_in_the_other_after_its_next_step(
    week: None, store: Store
) -> None:
    other = visit()
    assert metrics(other)["Used"] == "60"
    press(drop(visit("logs.py"), ("m.csv", HEADER + "2026-08-13T15:30:00Z,C,W,o,200,7\n")), "load")
    assert metrics(ran(other))["Used"] == "67"


# ── a database that can't be used ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES)
def test_a_database_that_is_none_is_told_in_one_sentence(database: Path, page: str) -> None:
    database.write_bytes(b"not a *database* of ours" * 100)
    at = visit(page)
    assert len(at.error) == 1
    assert "is not a database of this program" in spelled(at.error[0].value)
    assert "Traceback" not in texts(at)
    database.unlink()
    assert "Nothing is loaded yet" in texts(press(at, "again"))
    stores.close_all()


def test_a_database_in_use_by_another_program_is_told_in_one_sentence(database: Path) -> None:
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    command = [sys.executable, "-c", hold, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        at = visit()
        other.communicate(b"\n")
    assert [error for error in at.error if "in use by another program" in spelled(error.value)]
    assert not at.metric


# ── names of all kinds ────────────────────────────────────────────────────────────────────────

NAMES = (
    "<b>x</b>", "=HYPERLINK(1)", '"quoted", \'so\'', "🦄 emoji", "שלום עולם", "**bold** _it_",
    "$x^2$ $y$", ":red[alert]", ":material/home:", "[link](https://example.org)", "- a\t# b",
    "&lt;i&gt;", "`code`", "long " * 300,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_as_text_wherever_it_stands(load: Callable[..., None], name: str) -> None:
    rows = io.StringIO()
    csv.writer(rows).writerow(["2026-08-13T09:00:00Z", name, name, name, "200", "5"])
    load(HEADER + rows.getvalue(), name="calls.csv")
    shown = re.sub(r"\s+", " ", name).strip()
    for page in PAGES[:2]:
        at = visit(page)
        for figure in figures(at).values():
            for text in words(figure):
                assert not re.search(r"<(?!br>|extra></extra>|/extra>)", text), text
    greatest = next(metric for metric in at.metric if metric.label == "Greatest share")
    assert spelled(greatest.delta) == shown
    at = select(at, "users_rows", 0)
    assert name.strip() in [text.value.strip() for text in at.text]


def words(node: Any) -> Iterator[str]:
    """Every text in a figure."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            if name != "bdata":
                yield from words(value)
    elif isinstance(node, list):
        for value in node:
            yield from words(value)
