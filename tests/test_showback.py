"""A bill is shared out to the last cent, and shares are 100.00 % exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.showback import showback


def sums(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """Users with their calls and credits."""
    return pd.DataFrame(rows, columns=["user", "calls", "credits"])


def test_thirds_add_up_to_the_whole():
    """Three alike: the cent and the hundredth that are left over go to the first by name."""
    found = showback(sums(("c", 1, 5), ("a", 1, 5), ("b", 1, 5)), Decimal("100.00"), "USD")
    assert found["share"].tolist() == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert found["money"].tolist() == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert found["user"].tolist() == ["c", "a", "b"]


def test_money_is_in_the_minor_units_of_its_currency():
    three = sums(("a", 1, 1), ("b", 1, 1), ("c", 1, 1))
    assert showback(three, Decimal(100), "JPY")["money"].tolist() == [34, 33, 33]
    assert showback(three, Decimal("0.005"), "KWD")["money"].map(str).tolist() == [
        "0.002",
        "0.002",
        "0.001",
    ]


def test_a_bill_with_parts_of_a_cent_is_rounded_before_it_is_shared():
    found = showback(sums(("a", 1, 1), ("b", 1, 1)), Decimal("15.525"), "USD")
    assert sum(found["money"]) == Decimal("15.53")


def test_without_credits_calls_decide():
    found = showback(sums(("a", 3, 0), ("b", 1, 0)), Decimal(8), "USD")
    assert found["share"].tolist() == [75, 25]
    assert found["money"].tolist() == [6, 2]


def test_one_who_used_nothing_bears_nothing():
    found = showback(sums(("a", 3, 0), ("b", 1, 7)), Decimal(8), "USD")
    assert found["money"].tolist() == [0, 8]


@pytest.mark.parametrize("rows", [(), (("a", 0, 0),)])
def test_nothing_used_by_anybody_is_an_empty_answer(rows):
    found = showback(sums(*rows), Decimal(8), "USD")
    assert found.empty
    assert list(found.columns) == ["user", "calls", "credits", "share", "money"]


def test_without_a_bill_there_are_shares_and_no_money():
    found = showback(sums(("a", 1, 1)), None, "USD")
    assert (found["share"].tolist(), found["money"].tolist()) == ([100], [None])


@pytest.mark.parametrize("bill", ["-0.01", "NaN", "Infinity", "1E+30"])
def test_a_bill_that_can_not_be_is_one_sentence(bill):
    with pytest.raises(CreditsError, match="A bill must be between"):
        showback(sums(("a", 1, 1)), Decimal(bill), "USD")


def test_sums_beyond_what_a_float_holds_are_shared_exactly():
    """2^53 + 1 and 2^53 are told apart: the odd cent goes to the one with more."""
    found = showback(sums(("a", 1, 2**53), ("b", 1, 2**53 + 1)), Decimal("0.01"), "USD")
    assert found["money"].tolist() == [0, Decimal("0.01")]


def test_fractions_of_a_credit_count_to_six_decimals():
    """0.1 + 0.2 and 0.3 are the same number of credits, whatever floats make of it."""
    found = showback(sums(("a", 1, 0.1 + 0.2), ("b", 1, 0.3)), Decimal("0.01"), "USD")
    assert found["money"].tolist() == [Decimal("0.01"), 0]


def test_calls_without_an_app_bear_their_part_under_no_name():
    frame = pd.DataFrame({"app": [None, "None", ""], "calls": [1, 1, 1], "credits": [1, 1, 1]})
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        found = showback(frame.iloc[order], Decimal("0.02"), "USD")
        money = dict(zip(order, found["money"], strict=True))
        assert money == {0: Decimal("0.01"), 1: 0, 2: Decimal("0.01")}


used = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**56)), min_size=1, max_size=12)
fractional = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 10**9).map(lambda n: n / 10**6)),
    min_size=1,
    max_size=12,
)


@given(
    st.one_of(used, fractional),
    st.decimals(0, 10**6, places=3),
    st.sampled_from(["USD", "JPY", "KWD"]),
    st.randoms(use_true_random=False),
)
def test_shares_and_money_are_whole_near_the_truth_and_alike_in_any_order(
    rows, bill, currency, chance
):
    frame = sums(*((f"user {n}", calls, credits) for n, (calls, credits) in enumerate(rows)))
    found = showback(frame, bill, currency)
    exact = [Fraction(round(Fraction(c) * 10**6)) for c in frame["credits"].tolist()]
    weights = exact if any(exact) else [Fraction(n) for n in frame["calls"].tolist()]
    if not any(weights):
        assert found.empty
        return
    places = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    total = sum(found["money"])
    assert sum(found["share"]) == 100
    assert abs(total - bill) <= Decimal(5).scaleb(-places - 1)
    for weight, share, money in zip(weights, found["share"], found["money"], strict=True):
        part = weight / sum(weights)
        assert abs(Fraction(share) - part * 100) < Fraction(1, 100)
        assert abs(Fraction(money) - part * Fraction(total)) < Fraction(1, 10**places)
        assert (share.as_tuple().exponent, money.as_tuple().exponent) == (-2, -places)
    order = list(range(len(frame)))
    chance.shuffle(order)
    again = showback(frame.iloc[order], bill, currency).sort_values("user", ignore_index=True)
    pd.testing.assert_frame_equal(again, found.sort_values("user", ignore_index=True))
