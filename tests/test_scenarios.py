"""Scenarios come back from a document, a link and the database as they were; and compared."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.comparison import COLUMNS, compare
from credits.editions import edition, editions
from credits.plan import Plan
from credits.prices import Prices, Slab, cost
from credits.replay import least_users, replay
from credits.scenarios import (
    PARAMETERS,
    Scenario,
    document,
    from_address,
    from_document,
    of_edition,
    to_address,
)
from credits.store import Store
from credits.windows import KINDS

NOW = datetime(2026, 8, 1)
START = datetime(2026, 3, 28, 12)
FIVE = Prices(per_user=Decimal("5.00"))
FULL = Scenario(
    "Ünïcode & co: 50 % = more?",
    Plan(50_000, 12, 500, 25_000, 3_000_000),
    "Zoho CRM Professional",
    12.5,
    Prices(
        "EUR",
        Decimal("0.10"),
        Decimal("7"),
        Decimal("3.333333"),
        (Slab(25_000, Decimal("0.14")), Slab(None, Decimal("0.025"))),
    ),
)
BARE = Scenario("Bare", Plan(0, 0, 0))

names = st.text(min_size=1, max_size=100).filter(lambda text: _is_name(text))
counts = st.integers(0, 10**12)
money = st.one_of(st.none(), st.decimals(0, 10**9, places=6), st.just(Decimal("1E+2")))
slab_lists = st.lists(st.integers(1, 10**9), unique=True, max_size=4).flatmap(
    lambda ends: st.lists(
        st.decimals(0, 100, places=3), min_size=len(ends) + 1, max_size=len(ends) + 1
    ).map(
        lambda each: tuple(
            Slab(end, price)
            for end, price in zip([*(e * 1_000 for e in sorted(ends)), None], each, strict=True)
        )
    )
)
prices = st.builds(
    Prices,
    st.sampled_from(["USD", "eur", "INR", "KWD", "₹"]),
    money,
    money,
    money,
    st.one_of(st.just(()), slab_lists),
)
plans = st.builds(
    Plan, counts, st.integers(0, 10**6), st.integers(0, 10**6), counts, st.one_of(st.none(), counts)
)
scenarios = st.builds(
    Scenario,
    names,
    plans,
    st.sampled_from(["", "Bigin Express", "Other vendor"]),
    st.one_of(st.integers(-100, 10_000), st.floats(-100, 10_000)),
    prices,
)


def _is_name(text: str) -> bool:
    try:
        Scenario(text, Plan())
    except CreditsError:
        return False
    return True


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "x.duckdb") as opened:
        yield opened


# Documents and links


@given(scenarios)
def test_a_scenario_comes_back_from_its_document_and_its_link_as_it_was(scenario):
    assert from_document(document(scenario)) == scenario
    assert from_address(to_address(scenario)) == scenario


@pytest.mark.parametrize("scenario", [FULL, BARE], ids=["full", "bare"])
def test_money_keeps_its_digits_and_is_nowhere_a_float(scenario):
    """5.00 stays 5.00, and what was not entered stays so."""
    again = from_address(to_address(scenario))
    assert [str(p) for p in (again.prices.per_user, again.prices.fixed, again.prices.add_on)] == [
        str(p) for p in (scenario.prices.per_user, scenario.prices.fixed, scenario.prices.add_on)
    ]
    assert not any(isinstance(v, float) for v in json.loads(document(scenario))["prices"].values())


def test_a_link_uses_the_names_that_the_pages_use():
    assert to_address(FULL) == {
        "name": "Ünïcode & co: 50 % = more?",
        "edition": "Zoho CRM Professional",
        "base": "50000",
        "users": "12",
        "per_user": "500",
        "add_on": "25000",
        "cap": "3000000",
        "growth": "12.5",
        "currency": "EUR",
        "price_user": "0.10",
        "price_fixed": "7",
        "price_add_on": "3.333333",
        "slabs": "25000:0.14,:0.025",
    }
    assert set(to_address(FULL)) == set(PARAMETERS)
    assert to_address(BARE)["cap"] == "none"
    assert "price_user" not in to_address(BARE)


def test_what_a_link_leaves_out_is_taken_from_the_pages_own_plan():
    """A page's address holds only what differs from its default."""
    found = from_address({"name": "x", "users": "3", "zone": "UTC"}, Plan(cap=100_000))
    assert found == Scenario("x", Plan(users=3, cap=100_000))


@pytest.mark.parametrize(
    "wrong",
    [
        {"base": "-1"},
        {"base": "many"},
        {"users": "1.5"},
        {"users": "none"},
        {"cap": ""},
        {"add_on": "9" * 30},
        {"base": "9" * 13},
        {"growth": "nan"},
        {"growth": "1e300"},
        {"growth": "-101"},
        {"price_user": "1,5"},
        {"price_fixed": "-1"},
        {"currency": "no currency"},
        {"slabs": "25000"},
        {"slabs": "25000:0.14"},
        {"slabs": ":"},
        {"slabs": "2:1,:1"},
        {"name": " "},
        {"name": "x" * 81},
        {"name": "a\x00b"},
    ],
    ids=str,
)
def test_a_damaged_link_is_one_sentence_and_no_other_scenario(wrong):
    with pytest.raises(CreditsError) as caught:
        from_address(to_address(FULL) | wrong)
    assert "\n" not in str(caught.value)


def changed(**values: object) -> str:
    """The full scenario's document with other values at its top."""
    return json.dumps(json.loads(document(FULL)) | values)


def priced(**values: object) -> str:
    """The full scenario's document with other prices."""
    return changed(prices=json.loads(document(FULL))["prices"] | values)


def planned(**values: object) -> str:
    """The full scenario's document with other numbers in its plan."""
    return changed(plan=json.loads(document(FULL))["plan"] | values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        "{}",
        changed(name=None),
        changed(name=""),
        changed(name="\ud800"),
        changed(plan=None),
        changed(plan={}),
        changed(growth="10"),
        changed(growth=True),
        changed(growth=float("inf")),
        changed(edition=7),
        planned(users=1.0),
        planned(users=True),
        planned(users=None),
        planned(users=-1),
        planned(cap="none"),
        planned(base_limit=10**30),
        priced(per_user=5.0),
        priced(per_user="five"),
        priced(currency=None),
        priced(slabs=None),
        priced(slabs=[1]),
        changed(growth=10**400),
        changed(growth=-(10**400)),
        changed(growth=0).replace('"growth": 0', f'"growth": 1{"0" * 5000}'),
        planned(users=10**400),
        priced(slabs=[{"up_to": 10**400, "price": "1"}]),
        priced(slabs=[{"up_to": None}]),
        priced(slabs=[{"up_to": "1000", "price": "1"}]),
        priced(slabs=[{"up_to": 1000, "price": "1"}]),
    ],
)
def test_a_damaged_document_is_one_sentence(text):
    with pytest.raises(CreditsError) as caught:
        from_document(text)
    assert "\n" not in str(caught.value)


def test_fields_of_a_later_version_are_passed_over():
    assert from_document(changed(colour="red")) == FULL
    assert from_document(priced(tax="0.19")) == FULL
    assert from_document(planned(region="EU")) == FULL


def test_a_name_loses_blanks_that_nobody_sees():
    assert Scenario("  more \n users ", Plan()).name == "more users"


# Saved


def test_a_scenario_is_saved_under_its_name_and_replaced_by_the_next(store: Store):
    store.save_scenario(FULL, now=NOW)
    store.save_scenario(BARE, now=NOW)
    again = replace(BARE, growth=5)
    store.save_scenario(again, now=NOW)
    assert store.scenarios() == [again, FULL]
    store.forget_scenario("Bare")
    store.forget_scenario("never saved")
    assert store.scenarios() == [FULL]


def test_scenarios_are_still_there_after_a_restart(tmp_path: Path):
    with Store(tmp_path / "x.duckdb") as first:
        first.save_scenario(FULL, now=NOW)
    with Store(tmp_path / "x.duckdb") as second:
        assert second.scenarios() == [FULL]


def test_saving_a_scenario_leaves_what_pages_have_cached(store: Store):
    """The data version is that of the data, of which a scenario is no part."""
    store.save_scenario(FULL, now=NOW)
    store.forget_scenario(FULL.name)
    assert store.version() == 0
    with store.answers() as answers:
        assert answers.version() == 0


def test_a_damaged_scenario_hides_none_of_the_others_and_can_be_forgotten(store: Store):
    store.save_scenario(FULL, now=NOW)
    with store._database.writer() as cursor, store._database.keep(cursor):
        cursor.execute("INSERT INTO scenarios VALUES ('broken', '{}', ?)", [NOW])
        huge = changed(growth=10**400)
        cursor.execute("INSERT INTO scenarios VALUES ('huge', ?, ?)", [huge, NOW])
    assert store.scenarios() == [FULL]
    assert list(store.damaged_scenarios()) == ["broken", "huge"]
    store.forget_scenario("broken")
    store.forget_scenario("huge")
    assert store.damaged_scenarios() == {}


def test_scenarios_saved_at_once_are_all_kept(store: Store):
    threads = [
        threading.Thread(
            target=store.save_scenario, args=[replace(BARE, name=str(n))], kwargs={"now": NOW}
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.name for each in store.scenarios()] == [str(n) for n in range(8)]


# Side by side


def demand(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Minutes since the start, calls and credits as the frame that is replayed."""
    frame = pd.DataFrame(rows, columns=["minute", "calls", "credits"])
    frame["minute"] = pd.Series(
        [START + timedelta(minutes=minute) for minute, _, _ in rows], dtype="datetime64[us]"
    )
    return frame.groupby("minute", as_index=False).sum()


def flat(name: str, allowance: int, growth: float = 0) -> Scenario:
    """A scenario that gives just so many credits, for a dollar."""
    return Scenario(name, Plan(allowance, 0, 0), "", growth, Prices(fixed=Decimal(1)))


def test_scenarios_stand_side_by_side_with_what_they_refuse_and_cost():
    """Two days: 60,000 credits in the first hours, 30,000 a day and a half later."""
    wanted = demand((0, 10, 40_000), (60, 10, 20_000), (2 * 1_440 - 1, 10, 30_000))
    own = replace(of_edition(edition("Bigin Express"), 40, FIVE), name="ours")
    small = of_edition(edition("Zoho CRM Standard"), 10, FIVE)
    found = compare(wanted, [small, own, BARE]).set_index("name")
    assert list(found.columns) == list(COLUMNS[1:])
    standard = found.loc["Zoho CRM Standard"]
    assert standard["allowance"] == 52_500
    assert (standard["refused"], standard["refused_calls"]) == (7_500, 4)
    assert (standard["blocked_minutes"], standard["headroom"]) == (1, 0)
    assert (standard["peak_used"], standard["least_allowance"]) == (52_500, 60_000)
    assert standard["least_users"] == 40
    assert not standard["refuses_nothing"]
    assert standard["cost"] == 50
    # 82,500 in two days are 1,237,500 in thirty.
    assert round(standard["cost_per_1000"], 6) == Decimal("0.040404")
    assert (standard["user_buys"], standard["unit_way"]) == (250, "add-on")
    ours = found.loc["ours"]
    assert (ours["refused"], ours["headroom"], ours["refuses_nothing"]) == (0, 0, True)
    assert (ours["unit_buys"], ours["unit_way"]) == (50, "users")
    bare = found.loc["Bare"]
    assert (bare["refused"], bare["cost"], bare["cost_per_1000"]) == (90_000, None, None)
    assert pd.isna(bare["least_users"])
    assert (bare["unit_buys"], bare["unit_way"]) == (None, None)


def test_a_log_shorter_than_a_day_counts_as_one():
    """Otherwise an hour's log would be taken for seven hundred of its kind."""
    found = compare(demand((0, 1, 1_000)), [flat("x", 1_000)])
    assert found["cost_per_1000"].tolist() == [Decimal(1) / 30]


def test_nothing_loaded_is_compared_as_nothing_refused():
    empty = demand((0, 1, 1)).astype({"credits": "int64"}).iloc[:0]
    found = compare(empty, [FULL, BARE]).set_index("name")
    assert found["refused"].tolist() == [0, 0]
    assert found["headroom"].tolist() == [FULL.plan.allowance, 0]
    assert found["refuses_nothing"].all()
    assert found["cost_per_1000"].tolist() == [None, None]


def test_no_scenario_is_an_empty_comparison():
    found = compare(demand((0, 1, 1)), [])
    assert list(found.columns) == list(COLUMNS)
    assert found.empty


def test_every_edition_can_be_compared_without_any_price():
    """Nothing is invented: no cost, but all that the replay says."""
    found = compare(
        demand((0, 10, 60_000)), [of_edition(each, 10, Prices(), 5_000) for each in editions()]
    )
    assert found["name"].tolist() == [each.name for each in editions()]
    assert found["cost"].tolist() == [None] * len(found)
    assert found.set_index("name").loc["Bigin Express", "allowance"] == 52_500
    assert found.set_index("name").loc["Zoho CRM Standard", "allowance"] == 57_500


def test_an_editions_own_add_on_prices_count_in_their_currency_only():
    standard = edition("Zoho CRM Standard")
    assert cost(of_edition(standard, 10, FIVE, 1_000).plan, FIVE).total is None
    for scenario, total in [
        (of_edition(standard, 10, FIVE, 1_000), Decimal("54.20")),
        (of_edition(standard, 10, replace(FIVE, currency="EUR"), 1_000), None),
        (of_edition(edition("Bigin Express"), 10, FIVE, 1_000), 50),
    ]:
        assert cost(scenario.plan, scenario.prices).total == total


minutes = st.lists(
    st.tuples(st.integers(0, 6_000), st.integers(1, 5), st.integers(0, 40)),
    min_size=1,
    max_size=40,
)
fractions = st.lists(
    st.tuples(
        st.integers(0, 6_000), st.integers(1, 5), st.integers(0, 2_560).map(lambda n: n / 64)
    ),
    min_size=1,
    max_size=20,
)


@given(
    st.one_of(minutes, fractions),
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from([0, 10, -50])), max_size=6),
    st.sampled_from(KINDS),
)
def test_a_comparison_says_what_a_replay_of_each_scenario_says(rows, wanted, kind):
    """Sharing one replay among those that refuse nothing changes nothing."""
    frame = demand(*rows)
    asked = [flat(str(n), allowance, growth) for n, (allowance, growth) in enumerate(wanted)]
    found = compare(frame, asked, kind, "Europe/Berlin")
    for row, scenario in zip(found.to_dict("records"), asked, strict=True):
        alone = replay(frame, scenario.plan, kind, "Europe/Berlin", scenario.growth)
        assert row["refused"] == alone.refused
        assert row["refused_calls"] == alone.refused_calls
        assert row["blocked_minutes"] == alone.blocked_minutes
        assert row["headroom"] == alone.headroom()["min"]
        assert row["peak_used"] == alone.peak_used
        assert row["refuses_nothing"] == (alone.refused == 0)
        enough = least_users(scenario.plan, alone.least_allowance)
        assert (None if pd.isna(row["least_users"]) else row["least_users"]) == enough
