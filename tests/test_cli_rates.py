"""`python -m credits rerate`, and loads by the card in force."""

from __future__ import annotations

from pathlib import Path

from test_cli import Run, run  # noqa: F401 - a fixture

from credits import cards, rates
from credits.cards import named

LOG = "time,user,api,records\n2026-01-05T10:00:00Z,ada,insertRecords,11\n"


def dear() -> str:
    """Bigin's card, with inserts at 3 credits for each started ten."""
    table = cards.frame(rates.load("bigin"))
    table.loc[table["name"] == "Insert records", "credits"] = 3
    return cards.document(named(cards.from_frame(table, rates.load("bigin")), "dear"))


def test_everything_is_rated_again_and_what_comes_later_too(run: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "a.csv").write_text(LOG)
    (tmp_path / "dear.toml").write_text(dear())
    assert run("load", "a.csv", "--json").json["loads"][0]["credits"] == 2
    answer = run("rerate", "--rate-card", "dear.toml", "--json")
    assert answer.code == 0
    assert answer.json == {
        "rate_card": "dear",
        "before": "bigin",
        "calls": 1,
        "refused_calls": 0,
        "credits_before": 2,
        "credits": 6,
        "assumed_credits": 0,
    }
    (tmp_path / "b.csv").write_text(LOG.replace("-05T", "-06T"))
    assert run("load", "b.csv", "--json").json["loads"][0]["credits"] == 6
    (tmp_path / "c.csv").write_text(LOG.replace("-05T", "-07T"))
    by_name = run("load", "c.csv", "--rate-card", "bigin", "--json")
    assert by_name.json["loads"][0]["credits"] == 2
    assert run("rerate", "--rate-card", "dear").out == (
        "dear is in force: 3 calls, 18 credits (0 assumed), 0 calls refused; 14 credits before\n"
    )
    assert run("rerate", "--rate-card", "bigin").out.startswith("bigin is in force: 3 calls, 6 ")


def test_a_card_that_is_not_there_changes_nothing(run: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "bad.json").write_text("{")
    for name, says in (("none", "no rate card 'none'"), ("bad.json", "not valid JSON")):
        answer = run("rerate", "--rate-card", name)
        assert answer.code == 1
        assert len(answer.failures) == 1
        assert says in answer.failures[0]
    assert run("rerate").code == 2
