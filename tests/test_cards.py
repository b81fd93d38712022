"""A rate card comes back from a table, a document and JSON as it was, or says in a sentence why."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError, apis, cards, rates
from credits.rates import Rate, RateCard, Rule

TODAY = date(2026, 11, 22)

amounts = st.one_of(
    st.integers(0, rates.MOST_CREDITS),
    st.decimals(0, rates.MOST_CREDITS, places=6),
    st.just(Decimal("1E+2")),
)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: text.strip() != ""
)
records = st.integers(1, rates.MOST_RECORDS)


@st.composite
def a_rate(draw: Any) -> Rate:
    charge = draw(amounts)
    per = draw(st.none() | records)
    most = draw(st.none() | amounts)
    carried = None if per is None else draw(st.none() | records)
    if carried is not None and per is not None:
        at_most = rates.most_credits(charge, per, carried)
        most = at_most if most is None else min(most, at_most)
    return Rate(draw(names), charge, per, most, carried, draw(st.booleans()))


templates = st.lists(
    st.sampled_from(["a", "{id}", "*", "{version}", "ü,“x”", 'q"\\']), min_size=1, max_size=3
).map(lambda parts: "/" + "/".join(parts))
rules = st.builds(
    Rule,
    a_rate(),
    st.lists(names, max_size=2).map(tuple),
    st.frozensets(st.sampled_from(["GET", "POST", "PATCH"])),
    st.lists(templates, max_size=2).map(tuple),
    st.frozensets(st.sampled_from(["cvid", "page"])),
)
a_card = st.builds(
    RateCard,
    names, names, names,
    st.dates(date(1970, 1, 1), date(2200, 1, 1)),
    a_rate(),
    st.lists(rules, max_size=4).map(tuple),
    st.frozensets(st.sampled_from(["429", "503", "x y"])),
)  # fmt: skip


@given(card=a_card)
def test_a_card_comes_back_from_its_document(card: RateCard) -> None:
    assert cards.from_document(cards.document(card), "x") == card


@given(card=a_card)
def test_a_card_comes_back_from_its_table(card: RateCard) -> None:
    table = cards.frame(card)
    assert tuple(table.columns) == cards.COLUMNS
    assert len(table) == len(card.rules) + 1
    assert cards.from_frame(table, card) == card
    # What a browser sends back has lost the kinds of its columns.
    assert cards.from_frame(table.astype(object).where(table.notna(), None), card) == card


@pytest.mark.parametrize("name", rates.names())
def test_the_cards_of_the_project_come_back(name: str) -> None:
    card = rates.load(name)
    assert cards.from_document(cards.document(card), "x") == card
    assert cards.from_frame(cards.frame(card), card) == card


def bigin() -> pd.DataFrame:
    return cards.frame(rates.load("bigin"))


def test_what_is_typed_into_a_row_is_in_the_card() -> None:
    table = bigin()
    place = table.index[table["name"] == "Insert records"][0]
    table.loc[place, "credits"] = 0.3
    card = cards.from_frame(table, rates.load("bigin"))
    rate = card.rate("insertRecords")
    assert rate.credits == Decimal("0.3")
    assert rate.max_credits == 3


def test_a_number_between_two_others_moves_a_row_there() -> None:
    table = bigin()
    names = list(table["name"])
    table.loc[0, "order"] = 2.5
    card = cards.from_frame(table, rates.load("bigin"))
    expected = [names[1], names[0], *names[2:]]
    assert [rate.rule for rate in card.rates] == expected


def test_a_new_row_without_a_number_comes_before_the_default() -> None:
    new = pd.DataFrame([{"name": "COQL", "credits": 2.0, "operations": ["coql*"]}])
    table = pd.concat([bigin(), new, pd.DataFrame([{"assumed": False}])], ignore_index=True)
    card = cards.from_frame(table, rates.load("bigin"))
    assert [rate.rule for rate in card.rates][-2:] == ["COQL", "Any other API"]
    assert card.rate("coql") == Rate("COQL", 2)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"credits": None}, r"Row 3 \(“Get records with cvid”\): credits must be there"),
        ({"credits": -1.0}, "Row 3 .*zero or more"),
        ({"credits": 1e10}, "Row 3 .*at most 1,000,000,000"),
        ({"credits": 1e-7}, "Row 3 .*six decimals"),
        ({"name": None}, "Row 3: name must be there"),
        ({"per_records": 0}, "Row 3 .*per_records must be a whole number"),
        ({"max_records": 100}, "Row 3 .*max_records needs per_records"),
        ({"paths": ["users"]}, "Row 3 .*must begin with a slash"),
        ({"paths": ["/a/**/b"]}, "Row 3 .*whole segment"),
        ({"order": 99.0}, "Row 12 .*the last row prices every call"),
    ],
)
def test_a_row_that_is_no_rule_is_named_with_what_is_wrong(
    cells: dict[str, Any], says: str
) -> None:
    table = bigin().astype(object)
    for column, value in cells.items():
        table.at[2, column] = value
    with pytest.raises(CreditsError, match=says):
        cards.from_frame(table, rates.load("bigin"))


def test_a_card_without_rows_is_answered_with_a_sentence() -> None:
    with pytest.raises(CreditsError, match="one row at least"):
        cards.from_frame(bigin().head(0), rates.load("bigin"))


def test_an_edited_card_says_so_and_an_unchanged_one_does_not() -> None:
    card = rates.load("bigin")
    assert cards.edited(card, card, TODAY) == card
    table = bigin()
    table.loc[0, "credits"] = 2
    new = cards.edited(cards.from_frame(table, card), card, TODAY)
    assert (new.title, new.as_of) == ("Bigin by Zoho, edited", TODAY)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_a_name_is_one_short_line(name: str) -> None:
    with pytest.raises(CreditsError, match="name of one line"):
        cards.named(rates.load("bigin"), name)


# ── what Zoho answers ─────────────────────────────────────────────────────────────────────────


def answered(*entries: tuple[str, str, Any, Any]) -> bytes:
    found = [
        {
            "path": path,
            "operation_types": [
                {"method": method, "oauth_scope": "x", "min_credits": least, "max_credits": most}
            ],
        }
        for path, method, least, most in entries
    ]
    return json.dumps({"__apis": found}).encode()


def imported(*entries: tuple[str, str, Any, Any]) -> RateCard:
    return apis.card(answered(*entries), "apis.json", today=TODAY)


def test_a_call_costs_its_minimum_and_a_range_is_an_assumption() -> None:
    card = imported(("/crm/v8/{module}", "GET", 1, 3), ("/crm/v8/{module}", "POST", 2, 2))
    assert card.rate("GET /crm/v8/Leads").cost(None) == (1, True)
    assert card.rate("POST /crm/v8/Leads").cost(None) == (2, False)
    assert (card.name, card.as_of, card.free_statuses) == ("apis", TODAY, frozenset({"429"}))
    assert cards.from_document(cards.document(card), "x") == card


def test_fixed_paths_are_asked_before_placeholders_whatever_their_order() -> None:
    card = imported(
        ("/crm/v8/{module}/{id}", "GET", 1, 1),
        ("/crm/v8/{module}/actions", "GET", 2, 2),
        ("/crm/v8/settings/{what}", "GET", 3, 3),
    )
    asked = ["/crm/v8/a/7", "/crm/v8/a/actions", "/crm/v8/settings/x"]
    assert [card.rate(f"GET {path}").credits for path in asked] == [1, 2, 3]


def test_any_version_matches_and_a_path_without_one_lies_below_crm() -> None:
    card = imported(("/crm/v8/org", "GET", 5, 5), ("coql", "POST", 7, 7))
    paths = ("GET /crm/v2.1/org", "POST /crm/v8/coql", "POST /coql")
    assert [card.rate(path).credits for path in paths] == [5, 7, 7]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "not valid JSON"),
        (b"{}", "no list __apis"),
        (b'[{"__apis": []}]', "no list __apis"),
        (b'{"__apis": {}}', "no list __apis"),
        (b'{"__apis": []}', "names no API"),
        (b'{"__apis": [1]}', "API 1: path"),
        (b'{"__apis": [{"path": "/a"}]}', "operation_types"),
        (b'{"__apis": [{"path": "/a", "operation_types": [1]}]}', "operation_types"),
        (b'{"__apis": [{"path": "/a", "operation_types": [{}]}]}', "method"),
        (answered(("/a", "GET", None, 1)), "credits must be there"),
        (answered(("/a", "GET", "1", 1)), "credits must be a number"),
        (answered(("/a", "GET", True, 1)), "credits must be a number"),
        (answered(("/a", "GET", -1, 1)), "credits must be a number"),
        (answered(("/a", "GET", 1, "x")), "max_credits must be a number"),
        (answered(("/a", "GET", 3, 1)), "less than min_credits"),
        (answered(("/a", "GET", 10**30, 10**30)), "at most 1,000,000,000"),
        (answered(("/a/**/b", "GET", 1, 1)), "whole segment"),
        (answered(("/a", "GET", 1, 1)).replace(b"1", b"NaN"), "not valid JSON"),
        (answered(("/a", "GET", 1, 1)).replace(b"1", b"9" * 5_000), "not valid JSON"),
        (b'{"__apis": ' + b"[" * 200_000, "nested too deeply|not valid JSON"),
        (b"a = " + b"[" * 200_000, "nested too deeply|not valid TOML"),
        (b" " * 4_000_001, "million bytes"),
        (b"\xff\xfe", "not UTF-8"),
        (b"\x89PNG", "not UTF-8"),
        (b"time,user\n1,2\n", "not valid TOML"),
        (answered(*((f"/a{i}", "GET", 1, 1) for i in range(2_001))), "more than 2,000"),
    ],
)
def test_what_is_no_card_is_answered_with_one_sentence(content: bytes, says: str) -> None:
    with pytest.raises(CreditsError, match=says) as told:
        apis.card(content, "apis.json", today=TODAY)
    assert len(str(told.value)) < 300
    assert "\n" not in str(told.value)


def test_a_toml_card_is_taken_as_it_is(tmp_path: Path) -> None:
    content = (rates.RATES / "bigin.toml").read_bytes()
    assert apis.card(content, "mine.toml", today=TODAY) == rates.load("bigin")
