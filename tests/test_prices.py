"""Money is exact and decimal, and a price that nobody entered is not zero."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.amounts import amount
from credits.buying import (
    UnitBuys,
    by_users,
    cheapest,
    one_more_thousand,
    one_more_user,
    unit_buys,
)
from credits.editions import add_ons, edition, slabs
from credits.plan import Plan
from credits.prices import (
    Prices,
    Slab,
    add_on_a_day,
    add_on_a_month,
    cost,
    currency,
    decimals,
    per_thousand,
    price,
    rounded,
    written,
)

ZOHO = slabs(edition("Zoho CRM Professional"), "USD")
STANDARD = edition("Zoho CRM Standard")
EXPRESS = edition("Bigin Express")


def dollars(per_user: str | None = None, **others: object) -> Prices:
    """Prices in dollars, with the vendor's slabs."""
    return Prices("USD", None if per_user is None else Decimal(per_user), slabs=ZOHO, **others)


# Add-on credits


@pytest.mark.parametrize(
    ("add_on", "a_day"),
    [
        (0, "0"),
        (1, "0.14"),
        (1_000, "0.14"),
        (1_001, "0.28"),
        (24_999, "3.50"),
        (25_000, "3.50"),
        (25_001, "3.56"),
        (80_000, "6.80"),
        (100_000, "8.00"),
        (100_001, "8.05"),
        (250_000, "15.50"),
        (250_001, "15.525"),
        (1_000_000, "34.25"),
    ],
)
def test_each_thousand_costs_what_its_slab_says_and_a_started_one_counts(add_on, a_day):
    """80,000 credits are the vendor's own example: 25 × 0.14 + 55 × 0.06 = $6.80 a day."""
    assert add_on_a_day(dollars(), add_on) == Decimal(a_day)


def test_a_hundred_thousand_add_on_credits_cost_240_dollars_a_month():
    """The vendor's second example; a month is 30 days."""
    assert add_on_a_month(dollars(), 100_000) == Decimal(240)


def test_a_price_that_was_entered_goes_before_the_vendors_slabs():
    entered = replace(dollars(), add_on=Decimal("1.50"))
    assert add_on_a_month(entered, 2_500) == Decimal("4.50")
    assert add_on_a_day(entered, 2_500) == Decimal("0.15")


def test_add_on_credits_without_a_price_are_not_free():
    assert add_on_a_month(Prices(), 1) is None
    assert add_on_a_month(Prices(), 0) == 0


def test_slabs_are_those_of_the_vendor_in_its_own_currency():
    """No exchange rate is invented, and an edition without add-ons has no price for them."""
    (sold,) = add_ons()
    assert (sold.vendor, sold.currency) == ("Zoho CRM", "USD")
    assert sold.source.startswith("https://")
    assert [(each.up_to, str(each.price)) for each in sold.slabs] == [
        (25_000, "0.14"),
        (100_000, "0.06"),
        (250_000, "0.05"),
        (None, "0.025"),
    ]
    assert slabs(STANDARD, "usd") == sold.slabs
    assert slabs(STANDARD, "EUR") == ()
    assert slabs(EXPRESS, "USD") == slabs(edition("Zoho CRM Free"), "USD") == ()


ADD_ON = """
[[add_on]]
vendor = "A"
currency = "USD"
slabs = [{ up_to = 1_000, per_1000_a_day = 1 }, { per_1000_a_day = 0.5 }]
source = "https://example.com"
as_of = 2026-08-13
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ADD_ON + ADD_ON, "twice"),
        (ADD_ON.replace("1_000,", "1_500,"), "whole thousands"),
        (ADD_ON.replace("1_000,", "10,"), "up_to"),
        (ADD_ON.replace(", { per_1000_a_day = 0.5 }", ""), "the last one at none"),
        (ADD_ON.replace("per_1000_a_day = 0.5", "up_to = 1_000, per_1000_a_day = 0.5"), "rising"),
        (ADD_ON.replace(", per_1000_a_day = 1 ", ""), "per_1000_a_day"),
        (ADD_ON.replace("0.5", "-0.5"), "per_1000_a_day"),
        (ADD_ON.replace("0.5", "0.0000001"), "six decimals"),
        (ADD_ON.replace("slabs", "slab"), "'slab'"),
        (ADD_ON.replace('currency = "USD"', ""), "currency"),
        (ADD_ON.replace("2026-08-13", '"today"'), "as_of"),
    ],
)
def test_a_file_with_wrong_slabs_is_answered_with_a_sentence_that_names_the_place(
    tmp_path, text, says
):
    path = tmp_path / "plans.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CreditsError, match=f"plans.toml.*{says}"):
        add_ons(path)


# Prices as they are entered


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("  ", None), ("0", "0"), (" 12.50 ", "12.50"), ("1000000000", "1000000000")],
)
def test_a_price_is_read_as_it_was_typed(text, value):
    assert price(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "text", ["-1", "1,50", "1.", ".5", "1e3", "NaN", "$5", "1.0000001", "1000000001", "٣", "1 000"]
)
def test_what_is_no_price_is_answered_with_a_sentence(text):
    with pytest.raises(CreditsError, match="price"):
        price(text)


@pytest.mark.parametrize("value", [0.1, 1, Decimal(-1), Decimal("nan"), Decimal("inf")])
def test_money_is_never_a_float_and_never_negative(value):
    with pytest.raises(CreditsError, match="price"):
        Prices(per_user=value)


@pytest.mark.parametrize(
    ("code", "places"), [("USD", 2), ("inr", 2), ("JPY", 0), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_its_own_decimals(code, places):
    assert decimals(code) == places


@pytest.mark.parametrize(
    ("said", "code"),
    [("usd", "USD"), (" EUR ", "EUR"), ("€", "EUR"), ("$", "USD"), ("zł", "PLN"), ("kč", "CZK"),
     ("₹", "INR")],
)  # fmt: skip
def test_a_currency_is_named_by_its_code_or_its_sign(said, code):
    assert currency(said) == Prices(said).currency == code


@pytest.mark.parametrize(
    "code", ["", "  ", "U S", "US\nD", "A" * 13, "U,D", "ABC", "EURO", "credits", "¤", "XXX", "🍪"]
)
def test_any_other_is_answered_with_a_sentence(code):
    with pytest.raises(CreditsError, match=r"currency.*three letters"):
        Prices(code)


# Amounts as people type them


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", None), ("0", "0"), ("12.5", "12.5"), ("12,5", "12.5"), ("12,50", "12.50"),
        ("0.125", "0.125"), ("0,125", "0.125"), ("1000.125", "1000.125"), ("1000,125", "1000.125"),
        ("1,000", "1000"), ("12,000", "12000"), ("1,000.00", "1000.00"), ("1.000,00", "1000.00"),
        ("1,000,000", "1000000"), ("1.000.000", "1000000"), ("1.234.567,8", "1234567.8"),
        ("1 000", "1000"), ("1 000,50", "1000.50"), ("1 000.50", "1000.50"), ("1\u202f000", "1000"),
        ("1'234.50", "1234.50"), ("1’234’567", "1234567"), ("1,00,000.50", "100000.50"),
    ],
)  # fmt: skip
def test_an_amount_is_understood_as_people_write_it(typed, value):
    assert amount(typed) == (None if value is None else Decimal(value))
    assert value is None or isinstance(amount(typed), Decimal)


def test_what_may_be_a_thousand_or_one_is_asked_back():
    with pytest.raises(CreditsError, match=r"1\.000 may mean 1000 or 1: write 1000, or 1\.0000"):
        amount("1.000")
    assert amount("1.0000") == 1


@pytest.mark.parametrize(
    "typed",
    ["-1", "1,0000,0", "1,00.5", "1.00,000", "10,00,00", "1.", ",5", "1e3", "1  000", "10 00",
     "0,000,000", "1,000,00", "1 000 00", "1 000.000,5", "NaN", "12 €", "1_000"],
)  # fmt: skip
def test_what_is_no_amount_is_answered_with_a_sentence(typed):
    with pytest.raises(CreditsError, match="price"):
        amount(typed)


@given(st.decimals(0, 10**9, places=2), st.sampled_from([",.", ".,", " ,", "'.", "\u202f,"]))
def test_every_way_to_group_says_the_same_amount(value, signs):
    text = f"{value:,.2f}".translate({ord(","): signs[0], ord("."): signs[1]})
    assert amount(text) == value


def test_half_a_cent_is_rounded_up_only_where_money_is_shown():
    assert rounded(Decimal("0.125"), "USD") == Decimal("0.13")
    assert written(Decimal("1234.5"), "USD") == "1,234.50 USD"
    assert written(Decimal("1234.5"), "JPY") == "1,235 JPY"
    assert written(Decimal(0), "USD") == "0.00 USD"
    assert written(None, "USD") == "no price entered"


# The cost of a plan


def test_a_plan_costs_its_users_its_add_on_credits_and_the_fixed_fee():
    found = cost(Plan(add_on=100_000), dollars("9.99", fixed=Decimal(50)))
    assert (found.users, found.add_on, found.fixed) == (Decimal("99.90"), 240, 50)
    assert found.total == Decimal("389.90")
    assert found.missing == ()


def test_a_plan_without_a_price_per_user_has_no_cost_rather_than_none_to_pay():
    found = cost(Plan(add_on=1_000), dollars())
    assert (found.total, found.add_on) == (None, Decimal("4.20"))
    assert "users" in found.missing
    assert cost(Plan(), Prices(per_user=Decimal(0))).total == 0


@pytest.mark.parametrize(
    ("plan", "prices", "total"),
    [
        (Plan(users=0), Prices(), None),
        (Plan(users=0), Prices(fixed=Decimal(70)), 70),
        (Plan(users=1), Prices(fixed=Decimal(70)), None),
        (Plan(users=0), Prices(per_user=Decimal(7)), 0),
        (Plan(users=2, add_on=1), Prices(per_user=Decimal(7)), None),
        (Plan(users=2, add_on=1), Prices(per_user=Decimal(7), add_on=Decimal(1)), 15),
    ],
)
def test_a_cost_is_known_when_everything_in_the_plan_has_a_price(plan, prices, total):
    assert cost(plan, prices).total == total


def test_a_thousand_credits_cost_their_part_of_the_money():
    assert per_thousand(Decimal(100), 50_000) == 2
    assert per_thousand(Decimal(1), 0.5) == 2_000
    assert per_thousand(Decimal(100), 0) is None
    assert per_thousand(None, 50_000) is None
    assert per_thousand(Decimal(0), 50_000) == 0


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.decimals(0, 10**9, places=6),
    st.decimals(0, 10**9, places=6),
)
def test_a_cost_is_exact_however_large(users, add_on, per_user, a_thousand):
    prices = Prices("USD", per_user, slabs=(Slab(1_000, per_user), Slab(None, a_thousand)))
    micros = users * int(per_user * 10**6)
    units = -(-add_on // 1_000)
    micros += 30 * (min(units, 1) * int(per_user * 10**6))
    micros += 30 * (max(units - 1, 0) * int(a_thousand * 10**6))
    assert cost(Plan(0, users, 0, add_on), prices).total == Decimal(micros).scaleb(-6)


# What one more buys


def test_one_more_user_adds_credits_until_the_cap():
    """199 users are the last that one more helps; in between the cap cuts what it adds."""
    prices = dollars("5")
    assert one_more_user(EXPRESS.plan(199), prices).credits == 250
    assert one_more_user(EXPRESS.plan(200), prices).credits == 0
    near = Plan(99_900, 0, 250, cap=100_000)
    assert (one_more_user(near, prices).credits, one_more_user(near, prices).cost) == (100, 5)


def test_one_more_thousand_has_the_price_of_its_slab():
    assert one_more_thousand(Plan(add_on=24_000), dollars()).cost == Decimal("4.20")
    assert one_more_thousand(Plan(add_on=25_000), dollars()).cost == Decimal("1.80")
    assert one_more_thousand(Plan(), Prices()).cost is None


def test_one_more_dollar_buys_most_where_credits_are_cheapest():
    """A user at $5 is 50 credits for the dollar; a thousand at $4.20 a month is 238."""
    found = unit_buys(STANDARD.plan(10), dollars("5"))
    assert found.users == 50
    assert (found.way, round(found.most or 0)) == ("add-on", 238)
    assert unit_buys(STANDARD.plan(10), dollars("1")).way == "users"


def test_nothing_is_bought_at_the_cap_or_without_a_price_or_for_free():
    nothing = UnitBuys(None, None)
    assert unit_buys(STANDARD.plan(200), dollars("5")) == nothing
    assert unit_buys(Plan(), Prices()) == nothing
    assert unit_buys(Plan(), Prices(per_user=Decimal(0))) == nothing
    assert (nothing.way, nothing.most) == (None, None)


def test_the_curve_has_allowance_and_cost_for_every_number_of_users():
    curve = by_users(EXPRESS.plan(7), Prices(per_user=Decimal("1.10")), 201)
    assert list(curve.columns) == ["users", "allowance", "cost"]
    assert curve.iloc[[0, 200, 201]].to_numpy().tolist() == [
        [0, 50_000, Decimal(0)],
        [200, 100_000, Decimal("220.00")],
        [201, 100_000, Decimal("221.10")],
    ]
    assert by_users(EXPRESS.plan(7), Prices(), 3)["cost"].tolist() == [None] * 4


# The cheapest way


def test_the_cheapest_way_to_an_allowance_weighs_users_against_add_on_credits():
    """60,000 credits with 10 people: users at $5 buy 50 for the dollar, add-ons 238."""
    assert cheapest(STANDARD.plan(0), dollars("5"), 60_000, 10) == STANDARD.plan(10, 8_000)
    assert cheapest(STANDARD.plan(0), dollars("0.90"), 60_000, 10) == STANDARD.plan(40)


def test_an_allowance_beyond_the_cap_or_without_prices_has_no_cheapest_way():
    assert cheapest(STANDARD.plan(0), dollars("5"), 100_001) is None
    assert cheapest(STANDARD.plan(0), dollars(), 60_000) is None
    assert cheapest(Plan(5_000, 0, 0), Prices(per_user=Decimal(1)), 5_001) is None
    assert cheapest(Plan(5_000, 0, 0), dollars("1"), 5_001) == Plan(5_000, 0, 0, 1_000)


def test_what_is_there_already_is_enough():
    assert cheapest(EXPRESS.plan(9, 0), Prices(per_user=Decimal(5)), 50_000) == EXPRESS.plan(0)


cents = st.integers(0, 300).map(lambda number: Decimal(number).scaleb(-2))
some_slabs = st.tuples(st.lists(st.integers(1, 40), unique=True, max_size=3), st.data())


@given(
    st.sampled_from([0, 1, 7, 100, 125, 250, 300, 333, 500, 800, 999, 1_000, 1_500, 2_000, 7_001]),
    st.integers(0, 70_000),
    st.integers(0, 5),
    st.integers(0, 3_000).map(lambda number: Decimal(number).scaleb(-2)),
    st.lists(st.integers(1, 40), unique=True, max_size=3),
    st.lists(cents, min_size=4, max_size=4),
)
def test_the_cheapest_way_is_found_among_all_ways(per_user, missing, least, user, ends, each):
    """The few combinations that are tried hold the best of all; prices may even rise by slab."""
    bounds = [*(end * 1_000 for end in sorted(ends)), None]
    prices = Prices(
        "USD", user, slabs=tuple(Slab(b, p) for b, p in zip(bounds, each, strict=False))
    )
    plan, wanted = Plan(1_000, 3, per_user), 1_000 + missing
    found = cheapest(plan, prices, wanted, least)
    assert found is not None
    assert found.allowance >= wanted
    assert found.users >= least
    best = None
    for units in range(-(-missing // 1_000) + 1):
        users = least
        left = missing - units * 1_000 - least * per_user
        if left > 0:
            if not per_user:
                continue
            users += -(-left // per_user)
        total = cost(replace(plan, users=users, add_on=units * 1_000), prices).total
        if best is None or (total, units * 1_000, users) < best:
            best = (total, units * 1_000, users)
    assert (cost(found, prices).total, found.add_on, found.users) == best


def test_the_cheapest_way_to_very_many_credits_is_found_at_once():
    """As many combinations as are tried depend on the prices, not on how much is wanted."""
    ultimate = edition("Zoho CRM Ultimate").plan(0)
    found = cheapest(ultimate, dollars("52"), 10**12, 10)
    assert found is not None
    assert found.allowance >= 10**12
