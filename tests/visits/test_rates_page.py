"""The rate card's page in every state: what it says, what it keeps, tries and applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_log import NOW
from streamlit.testing.v1 import AppTest
from visiting import metrics, press, ran, spelled, texts, visit

from credits import cards, rates
from credits.store import Store

PAGE = "rates.py"
LOG = """time,user,app,path,method,records,status
2026-08-13T09:00:00Z,Ada,Sync,/bigin/v2/Contacts,POST,1,200
2026-08-13T09:00:20Z,Ada,Sync,/bigin/v2/Contacts,POST,1,200
2026-08-13T09:01:10Z,Ben,Sync,/bigin/v2/Contacts,POST,,200
2026-08-13T09:01:20Z,Ben,Sync,/bigin/v2/Deals?page=7,GET,,429
"""
HOSTILE = "<b>x</b> *y* :red[z] a--b"


@pytest.fixture
def loaded(store: Store, load: Callable[..., None]) -> Store:
    """Three inserts, two of them within a minute, and a refused call."""
    load(LOG)
    return store


def typed(at: AppTest, change: Callable[[pd.DataFrame], pd.DataFrame]) -> AppTest:
    """The page after somebody typed into its table: AppTest has no hands for one."""
    draft = at.session_state["rates_draft"]
    draft.rows = change(draft.rows)
    draft.seen = ()
    return ran(at)


def price(name: str, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(credits=rows["credits"].mask(rows["name"] == name, value))

    return change


def said(at: AppTest) -> str:
    return spelled(texts(at))


def rows(at: AppTest) -> pd.DataFrame:
    """The table that can be edited."""
    return at.session_state["rates_draft"].base


def tried(at: AppTest) -> pd.DataFrame:
    """The table of the trial, by the name of its rules."""
    (found,) = [frame.value for frame in at.dataframe if "Under this card" in frame.value]
    return found.set_index("Call")


# ── what it says ──────────────────────────────────────────────────────────────────────────────


def test_the_card_in_force_says_where_it_is_from_and_what_each_row_accounted_for(
    loaded: Store,
) -> None:
    at = visit(PAGE)
    assert at.title[0].value == "Rate card"
    assert "In force: **bigin** · Bigin by Zoho" in said(at)
    # To be followed, and to be copied to the letter.
    assert f" {rates.load('bigin').source} " in said(at)
    assert "as of 22 Nov 2026" in said(at)
    assert "Calls through" in said(at)
    assert metrics(at) == {
        "Credits": "3",
        "Assumed": "33.3 %",
        "Carried by the log": "0",
        "Batching would save": "1",
    }
    counted = rows(at).set_index("name")[["calls", "spent"]]
    assert counted.loc["Insert records"].tolist() == [3, 3]
    assert counted.loc["Any other API"].tolist() == [1, 0]


def test_credits_that_the_log_carried_stand_in_a_row_of_their_own(
    store: Store, load: Callable[..., None]
) -> None:
    """No row of the card priced them: none may have them to its credit."""
    head, *calls = LOG.splitlines()
    rows_of = [f"{call},{cost}" for call, cost in zip(calls, ("", "7", "", ""), strict=True)]
    load("\n".join([f"{head},credits", *rows_of]))
    at = visit(PAGE)
    assert metrics(at)["Carried by the log"] == "7"
    assert "in 1 call, by no row below" in said(at)
    assert rows(at).set_index("name").loc["Insert records", ["calls", "spent"]].tolist() == [2, 2]
    press(at, "rates_try")
    table = tried(at)
    figures = ["Calls", "Credits now", "Under this card"]
    assert table.loc["Carried by the log", figures].tolist() == [1, 7, 7]
    assert table["Calls"].sum() == 4


def test_with_nothing_loaded_the_card_can_be_edited_all_the_same(store: Store) -> None:
    at = visit(PAGE)
    assert "Nothing is loaded yet" in said(at)
    typed(at, price("Insert records", 2.0))
    press(at, "rates_try")
    assert metrics(at)["Credits under this card"] == "0"
    press(at, "rates_apply")
    assert "“bigin edited” is in force: 0 calls" in said(at)
    assert store.rate_card().rate("insertRecords").credits == 2


def test_batching_is_told_by_user_and_app_and_nothing_is_guessed(loaded: Store) -> None:
    at = visit(PAGE)
    assert "Batching would have saved **1 credits**" in said(at)
    assert "Of 1 more calls the logs do not say how many records" in said(at)
    (table,) = [frame.value for frame in at.dataframe if "Could be saved" in frame.value]
    assert table[["User", "App", "Could be saved"]].to_numpy().tolist() == [["Ada", "Sync", 1]]


# ── editing ───────────────────────────────────────────────────────────────────────────────────


def test_what_if_an_insert_cost_2_is_tried_before_it_is_applied(loaded: Store) -> None:
    at = visit(PAGE)
    version = loaded.version()
    assert at.button(key="rates_undo").disabled
    typed(at, price("Insert records", 2.0))
    assert not at.button(key="rates_undo").disabled
    press(at, "rates_try")
    assert metrics(at)["Credits under this card"] == "6"
    assert metrics(at)["Credits"] == "3"
    assert metrics(at)["Peak, to the minute"] == "6"
    assert tried(at).loc["Insert records", ["Credits now", "Under this card"]].tolist() == [3, 6]
    assert tried(at).loc["Insert records", "Difference"] == 3
    assert loaded.version() == version
    press(at, "rates_apply")
    assert "“bigin edited” is in force: 4 calls cost 6 credits now, 3 before" in said(at)
    assert metrics(at)["Credits"] == "6"
    assert "Bigin by Zoho, edited" in said(at)
    assert loaded.rate_cards() == ("bigin edited", ["bigin", "bigin edited"])
    assert at.button(key="rates_undo").disabled
    at.switch_page("organization.py")
    assert metrics(ran(at))["Used"] == "6"


def test_nothing_typed_is_lost_by_an_error_another_page_or_a_load(
    loaded: Store, tmp_path: Path
) -> None:
    at = visit(PAGE)
    typed(
        at, lambda table: price("Insert records", 2.0)(table).assign(paths=[["oops"]] * 11 + [[]])
    )
    assert "must begin with a slash" in said(at)
    for key in ("rates_try", "rates_apply", "rates_save"):
        assert at.button(key=key).disabled
    at.switch_page("users.py")
    ran(at)
    more = tmp_path / "more.csv"
    more.write_text(LOG.replace("2026-08-13", "2026-08-14"))
    loaded.load(more, now=NOW, name="more.csv")
    at.switch_page(PAGE)
    ran(at)
    assert rows(at).set_index("name").loc["Insert records", "credits"] == 2
    assert rows(at)["paths"].tolist() == [["oops"]] * 11 + [[]]
    press(at, "rates_undo")
    assert rows(at).set_index("name").loc["Insert records", "credits"] == 1
    assert not at.error


def test_a_name_and_statuses_that_were_typed_stay_when_one_comes_back(loaded: Store) -> None:
    at = visit(PAGE)
    at.text_input[0].set_value("ours")
    at.multiselect[0].set_value([])
    ran(at)
    at.switch_page("plan.py")
    ran(at)
    at.switch_page(PAGE)
    ran(at)
    assert (at.text_input[0].value, at.multiselect[0].value) == ("ours", [])
    press(at, "rates_apply")
    assert "“ours” is in force: 4 calls cost 4 credits now" in said(at)
    assert "0 calls were refused" in said(at)


def test_a_card_is_saved_chosen_applied_and_forgotten(loaded: Store) -> None:
    at = visit(PAGE)
    press(at, "rates_save")
    assert "“bigin” is the card in force" in said(at)
    press(at, "rates_close")
    typed(at, price("Insert records", 5.0))
    at.text_input[0].set_value("dear")
    press(at, "rates_save")
    assert "“dear” is saved" in said(at)
    assert loaded.rate_card().name == "bigin"

    at = visit(PAGE)
    at.main.selectbox[0].set_value("dear")
    ran(at)
    assert rows(at).set_index("name").loc["Insert records", "credits"] == 5
    assert "In force: **bigin**" in said(at)
    press(press(at, "rates_forget"), "rates_forget_yes")
    assert loaded.rate_cards()[1] == ["bigin"]
    assert rows(at).set_index("name").loc["Insert records", "credits"] == 1


def test_a_card_of_the_project_keeps_its_name(loaded: Store) -> None:
    at = visit(PAGE)
    typed(at, price("Insert records", 2.0))
    at.text_input[0].set_value("bigin")
    press(at, "rates_apply")
    assert "is a card that comes with the project" in said(at)
    assert rows(at).set_index("name").loc["Insert records", "credits"] == 2, "still typed"
    assert loaded.rate_card().name == "bigin"


# ── files ─────────────────────────────────────────────────────────────────────────────────────


def drop(at: AppTest, name: str, content: bytes) -> AppTest:
    at.get("file_uploader")[0].set_value([(name, content, "application/json")])
    return ran(at)


def test_what_zoho_answers_is_a_card_to_apply(loaded: Store) -> None:
    answer = b"""{"__apis": [{"path": "/bigin/v2/{module}", "operation_types":
        [{"method": "POST", "oauth_scope": "x", "min_credits": 4, "max_credits": 9}]}]}"""
    at = drop(visit(PAGE), "apis.json", answer)
    assert rows(at)["name"].tolist() == ["POST /bigin/{version}/{module}", "Any other API"]
    assert rows(at)["spent"].tolist() == [12, 0]
    press(at, "rates_apply")
    assert "“apis” is in force: 4 calls cost 12 credits now" in said(at)
    assert metrics(at)["Assumed"] == "100 %"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (f"{HOSTILE}.json", b"{", "is not valid JSON"),
        ("x.toml", b"oops", "is not valid TOML"),
        ("x.json", b"\xff", "is not UTF-8"),
        ("x.json", b"[" * 100_000, "x.json"),
        ("x.toml", b"a = " + b"[" * 100_000, "x.toml"),
        ("x.toml", b"#" * (1 << 20) + b"#", "has more than 1 MB"),
    ],
)
def test_a_file_that_is_no_card_is_answered_with_a_sentence(
    loaded: Store, name: str, content: bytes, says: str
) -> None:
    at = drop(visit(PAGE), name, content)
    assert says in said(at)
    assert name in spelled(at.error[0].value)
    assert len(rows(at)) == 12


def test_names_from_a_card_are_shown_to_the_letter(loaded: Store) -> None:
    card = replace(rates.load("bigin"), name=HOSTILE, title=HOSTILE, source=HOSTILE)
    loaded.rerate(card, now=NOW)
    at = visit(PAGE)
    assert spelled(at.main.caption[0].value).count(HOSTILE) == 3
    assert "<b>x" not in at.main.caption[0].value


def test_a_parameter_that_was_not_kept_is_told_with_its_log(loaded: Store) -> None:
    text = cards.document(replace(rates.load("bigin"), name="paged")) + (
        '\n[[rule]]\nname = "Pages"\ncredits = 5\npaths = ["/bigin/{version}/{module}"]\n'
        'parameters = ["page"]\n'
    )
    at = drop(visit(PAGE), "paged.toml", text.encode())
    (warning,) = [spelled(element.value) for element in at.warning]
    assert "“Pages” asks for page, which was not kept when calls.csv was loaded" in warning


def test_a_damaged_card_in_force_does_not_close_the_page(loaded: Store) -> None:
    with loaded._database.writer() as cursor:
        cursor.execute("INSERT INTO rate_cards VALUES ('bad', 'oops', now()::TIMESTAMP)")
        cursor.execute("UPDATE meta SET value = 'bad' WHERE key = 'rate_card'")
    at = visit(PAGE)
    assert "The rate card “bad” is not valid TOML" in said(at)
    press(at, "rates_apply")
    assert loaded.rate_card().name == "bigin"


def test_logs_are_loaded_by_the_card_in_force_unless_another_is_chosen(loaded: Store) -> None:
    loaded.rerate(replace(rates.load("bigin"), name="ours", title="Ours"), now=NOW)
    at = visit("logs.py")
    at.get("file_uploader")[0].set_value([("new.csv", LOG.encode(), "text/csv")])
    ran(at)
    assert at.selectbox(key="rate_card").options == ["ours (in force)", "bigin"]
