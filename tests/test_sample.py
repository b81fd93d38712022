"""The sample log is what its generator writes, small enough to ship, and true to the vendor."""

import gzip
import io
import re
from datetime import timedelta

import pandas as pd
import pytest

from credits import rates
from credits.demand import prepared
from credits.replay import play
from data import sample

ALLOWANCE = 52_500


@pytest.fixture(scope="module")
def text():
    return gzip.decompress(sample.TARGET.read_bytes()).decode()


@pytest.fixture(scope="module")
def calls(text):
    """The log as a frame, with its times and what each call costs by the rate card."""
    frame = pd.read_csv(io.StringIO(text), dtype={"records": "Int64", "status": str})
    frame["occurred_at"] = pd.to_datetime(frame["timestamp"], format="ISO8601").dt.tz_localize(None)
    card = rates.load("bigin")
    kinds = frame.groupby(["method", "endpoint", "records"], dropna=False).ngroup()
    costs = {}
    for kind, row in frame[~kinds.duplicated()].set_index(kinds[~kinds.duplicated()]).iterrows():
        path, _, query = row["endpoint"].partition("?")
        names = [part.partition("=")[0] for part in query.split("&") if part]
        rate = card.rate(f"{row['method']} {re.sub(r'/[0-9]{19}', '/{id}', path)}", None, names)
        records = None if pd.isna(row["records"]) else int(row["records"])
        costs[kind] = rate.cost(records)
    frame["credits"] = kinds.map(lambda kind: int(costs[kind][0]))
    frame["assumed"] = kinds.map(lambda kind: costs[kind][1])
    frame.loc[frame["status"].map(card.is_free), "credits"] = 0
    return frame


def test_the_file_is_what_the_generator_writes(text):
    """Two days are written anew; the rest follows from the same dice."""
    days = sample.all_days()[:3]
    fresh = list(sample.lines(sample.answered(sample.tried(days))))
    at_least = len(list(sample.lines(sample.tried(days[:2]))))
    assert text.split("\n")[:at_least] == fresh[:at_least]


def test_it_is_small_enough_to_ship_and_large_enough_to_mean_something(calls):
    assert sample.TARGET.stat().st_size < 3_000_000
    assert len(calls) >= 300_000


def test_its_columns_are_the_words_of_the_call_schema(calls):
    assert list(calls.columns[:9]) == sample.COLUMNS.split(",")
    assert calls["timestamp"].str.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z").all()
    assert calls["request_id"].is_unique


def test_it_covers_28_days_in_order_and_ends_in_office_hours(calls):
    times = calls["occurred_at"]
    assert times.is_monotonic_increasing
    assert timedelta(days=27.99) < times.iloc[-1] - times.iloc[0] <= timedelta(days=28)
    end = pd.Timestamp("2026-08-13T14:00")
    assert timedelta(0) <= end - times.iloc[-1] < timedelta(minutes=1)
    assert (times > end - timedelta(hours=1)).sum() > 500


def test_ten_people_use_it_and_some_calls_name_nobody(calls):
    assert set(calls["user"].dropna()) == {person.name for person in sample.PEOPLE}
    assert len(sample.PEOPLE) == 10
    nameless = calls[calls["user"].isna()]
    assert set(nameless["app"]) == {"Nightly sync", "Web form"}


def test_the_vendor_never_gives_more_than_the_allowance_and_gives_nearly_all_of_it(calls):
    trailing = calls.rolling("24h", on="occurred_at")["credits"].sum()
    assert ALLOWANCE - 10 <= trailing.max() <= ALLOWANCE


def test_calls_are_refused_for_hours_on_one_night_alone(calls):
    refused = calls.loc[calls["status"] == "429", "occurred_at"]
    assert len(refused) > 5_000
    assert refused.iloc[-1] - refused.iloc[0] > timedelta(hours=6)
    assert refused.between("2026-08-05T12:00", "2026-08-06T22:00").all()


def test_the_last_week_comes_close_to_the_limit_without_meeting_it(calls):
    trailing = calls.rolling("24h", on="occurred_at")["credits"].sum()
    week = trailing[calls["occurred_at"] > "2026-08-07T14:00"]
    assert 0.8 * ALLOWANCE < week.max() < 0.9 * ALLOWANCE


def test_a_workday_takes_about_half_of_the_allowance_and_a_weekend_little(calls):
    berlin = calls["occurred_at"] + timedelta(hours=2)
    days = calls.groupby(berlin.dt.date)["credits"].sum().iloc[1:-1]
    weekend = pd.to_datetime(days.index).day_of_week >= 5
    assert days[~weekend].between(20_000, ALLOWANCE).all()
    assert (days[weekend] < 8_000).all()


def test_every_price_of_the_card_and_every_basis_is_in_it(calls):
    assert {1, 3, 10, 50, 500} <= set(calls["credits"])
    assert 0 < calls.loc[calls["assumed"], "credits"].sum() < calls["credits"].sum() / 10
    assert {"200", "201", "400", "401", "404", "429", "500"} == set(calls["status"])


def test_the_real_plan_without_growth_reproduces_the_past(calls):
    """What was served fits just so: nothing more is refused, and one credit less would be."""
    served = calls[calls["status"] != "429"]
    minutes = served.assign(minute=served["occurred_at"].dt.floor("min"), calls=1)
    demand = minutes.groupby("minute", as_index=False)[["calls", "credits"]].sum()
    whole = prepared(demand.astype({"minute": "datetime64[us]"}))
    assert whole.least_allowance == ALLOWANCE
    assert play(whole, ALLOWANCE).refused == 0
    assert play(whole, ALLOWANCE - 1).refused > 0
