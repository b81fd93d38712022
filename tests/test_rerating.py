"""Rating everything again gives what loading the same logs afresh under that card would give."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits import CreditsError, rates
from credits.rates import Rate, RateCard, Rule
from credits.store import Store, Terms

NOW = datetime(2026, 11, 22)
START = datetime(2026, 3, 28, 22)
HEADER = "time,user,app,path,method,status,records,credits,calls,request_id\n"

rows = st.tuples(
    st.sampled_from([0, 1, 59, 60, 899, 900, 90_000]),
    st.sampled_from(["ada", "bob", ""]),
    st.sampled_from(["sync", ""]),
    st.sampled_from(["/v1/a", "/v1/b", "/v1/b?cvid=7", "insert", ""]),
    st.sampled_from(["GET", "POST", ""]),
    st.sampled_from(["200", "429", "503", ""]),
    st.sampled_from(["", "", "0", "7", "30"]),
    st.sampled_from(["", "", "", "0", "2.5"]),
    st.sampled_from(["1", "1", "3"]),
    st.sampled_from(["", "", "", "r1", "r2"]),
)
logs = st.lists(
    st.tuples(st.lists(rows, min_size=1, max_size=10), st.booleans()), min_size=1, max_size=3
)
some_rates = st.builds(
    Rate,
    st.sampled_from(["one", "two"]),
    st.sampled_from([0, 1, 3, Decimal("0.5")]),
    st.sampled_from([None, 1, 10]),
    st.sampled_from([None, 2]),
    assumed=st.sampled_from([False, False, True]),
)
# Each tells `cvid` apart, as the first rule asks for it: what was not kept can't be rated again.
some_cards = st.builds(
    lambda first, second, default, free: RateCard(
        "tried",
        "Tried",
        "here",
        date(2026, 1, 1),
        default,
        (
            Rule(first, paths=("/v1/b",), parameters=frozenset({"cvid"})),
            Rule(second, ("insert",), frozenset(), ("/v1/a",)),
        ),
        frozenset(free),
    ),
    some_rates,
    some_rates,
    some_rates,
    st.sets(st.sampled_from(["429", "503"])),
)


def take_in(store: Store, folder: Path, taken: Sequence[Any]) -> None:
    """Load logs by the card in force."""
    for number, (cells, keep) in enumerate(taken):
        path = folder / f"{number}.csv"
        lines = [
            ",".join([f"{(START + timedelta(seconds=row[0])).isoformat()}Z", *row[1:]])
            for row in cells
        ]
        path.write_text(HEADER + "\n".join(lines) + "\n")
        store.load(path, Terms(keep_duplicates=keep), now=NOW, name=path.name)


ASKED = {
    "calls": "SELECT * FROM calls ORDER BY ALL",
    "duplicates": "SELECT * FROM duplicates ORDER BY ALL",
    "kinds": "SELECT * EXCLUDE (kind_id) FROM kinds ORDER BY ALL",
    "minutes": "SELECT * FROM minutes ORDER BY ALL",
    "days": "SELECT * EXCLUDE (kind_id) FROM day_sums ORDER BY ALL",
    "loads": "SELECT * FROM loads ORDER BY load_id",
    "told": "SELECT * FROM told_apart ORDER BY ALL",
}


def everything(store: Store) -> dict[str, list[Any]]:
    """What the tables say."""
    with store._database.snapshot() as cursor:
        found = {name: cursor.execute(sql).fetchall() for name, sql in ASKED.items()}
        twice = cursor.execute(
            "SELECT kind_id FROM kinds GROUP BY kind_id HAVING count(*) > 1"
        ).fetchall()
        order = cursor.execute(
            "SELECT load_id, occurred_at, request_id, fingerprint, records FROM stored_duplicates"
            " ORDER BY rowid"
        ).fetchall()
    assert twice == []
    return found | {"order of duplicates": order}


@settings(max_examples=10)
@given(taken=logs, first=some_cards, second=some_cards)
def test_rating_again_equals_loading_afresh_and_back_restores_everything(
    taken: list[Any], first: RateCard, second: RateCard
) -> None:
    first, second = replace(first, name="first"), replace(second, name="second")
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.duckdb", Path(folder) / "other.duckdb"
        with Store(one) as store, Store(other) as fresh:
            for each, card in ((store, first), (fresh, second)):
                each.rerate(card, now=NOW)
                take_in(each, Path(folder), taken)
            before = everything(store)
            told = store.rerate(second, now=NOW)
            assert everything(store) == everything(fresh)
            with fresh.answers() as answers:
                summary = answers.summary()
            assert (told.before, told.rate_card) == ("first", "second")
            assert (told.calls, told.credits) == (summary.calls, summary.credits)
            assert (told.assumed, told.refused) == (summary.assumed, summary.refused)
            store.rerate(first, now=NOW)
            assert everything(store) == before
            for each in (store, fresh):
                each.rerate(second, now=NOW)
                each.undo(1)
            assert everything(store) == everything(fresh), "after an undo, too"


# ── one at a time ─────────────────────────────────────────────────────────────────────────────

LOG = """time,user,api,records,status
2026-08-13T09:00:00Z,Ada,insertRecords,30,200
2026-08-13T09:01:00Z,Ada,insertRecords,,200
2026-08-13T09:02:00Z,Ben,getRecords,,429
"""


@pytest.fixture
def store(tmp_path: Path):
    path = tmp_path / "calls.csv"
    path.write_text(LOG)
    with Store(tmp_path / "x.duckdb") as opened:
        opened.load(path, now=NOW, name="calls.csv")
        yield opened


def mine(price: Any = 2, name: str = "mine") -> RateCard:
    card = rates.load("bigin")
    rules = tuple(
        replace(rule, rate=replace(rule.rate, credits=price, max_credits=10 * price))
        if rule.rate.rule == "Insert records"
        else rule
        for rule in card.rules
    )
    return replace(card, name=name, rules=rules)


def summary(store: Store) -> Any:
    with store.answers() as answers:
        return answers.summary()


def test_what_if_an_insert_cost_2(store: Store) -> None:
    assert (summary(store).credits, summary(store).assumed) == (4, 1)
    said: list[tuple[float, str]] = []
    version = store.version()
    found = store.rerate(mine(), now=NOW, progress=lambda *now: said.append(now))
    assert (summary(store).credits, summary(store).assumed) == (8, 2)
    assert (found.credits_before, found.credits) == (4, 8)
    assert store.version() == version + 1
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert store.rate_cards() == ("mine", ["bigin", "mine"])
    assert store.rate_card() == mine()
    assert store.loads()["rate_card"].tolist() == ["mine"]


def test_what_is_loaded_later_is_rated_by_the_card_in_force(store: Store, tmp_path: Path) -> None:
    store.rerate(mine(7), now=NOW)
    log = tmp_path / "more.csv"
    log.write_text("time,user,api,records\n2026-08-14T09:00:00Z,Ada,insertRecords,1\n")
    (load,), _ = store.load(log, now=NOW)
    assert load.credits == 7
    log.write_text("time,user,api,records\n2026-08-15T09:00:00Z,Ada,insertRecords,1\n")
    (load,), _ = store.load(log, Terms(rate_card="bigin"), now=NOW)
    assert load.credits == 1


def test_the_card_in_force_is_there_after_a_restart(store: Store) -> None:
    store.rerate(mine(), now=NOW)
    path = store.path
    store.close()
    with Store(path) as again:
        assert again.rate_card() == mine()


def test_an_interruption_leaves_everything_as_it_was(store: Store) -> None:
    before, version = everything(store), store.version()

    def stop(share: float, message: str) -> None:
        if share > 0.85:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.rerate(mine(), now=NOW, progress=stop)
    assert everything(store) == before
    assert store.version() == version
    assert store.rate_cards() == ("bigin", ["bigin"])
    store.rerate(mine(), now=NOW)
    assert summary(store).credits == 8


def test_credits_that_can_not_be_added_up_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(f"time,user,api,calls\n2026-08-13T09:00:00Z,a,insertRecords,{10**12}\n")
    with Store(tmp_path / "x.duckdb") as store:
        store.load(path, now=NOW)
        before = everything(store)
        with pytest.raises(CreditsError, match="more than can be added up"):
            store.rerate(mine(10**9), now=NOW)
        assert everything(store) == before


def test_what_was_refused_must_be_added_up_too(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(f"time,user,api,status,calls\n2026-08-13T09:00:00Z,a,cheap,429,{10**14}\n")
    with Store(tmp_path / "x.duckdb") as store:
        store.rerate(cheap(10**9), now=NOW)
        with pytest.raises(
            CreditsError, match=r"big\.csv was not loaded.*more than can be added up"
        ):
            store.load(path, now=NOW)
        assert summary(store).loads == 0
        store.rerate(cheap(1), now=NOW)
        store.load(path, now=NOW)
        before = everything(store)
        with pytest.raises(CreditsError, match=r"Nothing was changed.*more than can be added up"):
            store.rerate(cheap(10**9), now=NOW)
        assert everything(store) == before
        assert demanded(store) == 10**14


def logged(folder: Path, *rows: tuple[str, float]) -> Path:
    """A log of request ids with the credits that they cost."""
    path = folder / "logged.csv"
    lines = [f"2026-08-13T09:00:00Z,a,{name},{amount}\n" for name, amount in rows]
    path.write_text("time,user,request_id,credits\n" + "".join(lines))
    return path


def test_duplicates_that_can_not_be_added_up_stay_duplicates(tmp_path: Path) -> None:
    log = logged(tmp_path, ("r1", 5 * 10**12), ("r2", 0.5))
    with Store(tmp_path / "x.duckdb") as store:
        for _ in range(2):
            store.load(log, now=NOW)
        before = everything(store)
        with pytest.raises(CreditsError, match=r"Nothing was changed.*more than can be added up"):
            store.keep_duplicates(2)
        assert everything(store) == before


def test_a_load_stays_where_what_it_shadows_can_not_be_added_up(tmp_path: Path) -> None:
    with Store(tmp_path / "x.duckdb") as store:
        for rows in ([("r1", 1)], [("r1", 5 * 10**12)], [("r2", 5 * 10**12), ("r3", 0.5)]):
            store.load(logged(tmp_path, *rows), now=NOW)
        before = everything(store)
        with pytest.raises(CreditsError, match=r"Nothing was changed.*more than can be added up"):
            store.undo(1)
        assert everything(store) == before
        store.undo(1, 2)
        assert summary(store).credits == 5 * 10**12 + 0.5


def cheap(price: Any = Decimal("0.1")) -> RateCard:
    """A card by which a plain call costs 1 credit, and an API called cheap less."""
    rule = Rule(Rate("Cheap", price), ("cheap",))
    return RateCard(
        "cheap", "Cheap", "here", date(2026, 1, 1), Rate("Plain", 1), (rule,), frozenset({"429"})
    )


def refused_by_the_minute(folder: Path) -> Path:
    """A plain call, and for an hour four calls a minute of the cheap API that were refused."""
    times = [START + timedelta(seconds=15 * each) for each in range(240)]
    lines = [f"{at.isoformat()}Z,ada,cheap,429" for at in times]
    path = folder / "refused.csv"
    path.write_text("\n".join(["time,user,api,status", f"{START}Z,ada,plain,200", *lines]))
    return path


def demanded(store: Store) -> float:
    with store.answers() as answers:
        return float(answers.demand()["credits"].sum())


def test_fractions_that_were_refused_add_up_over_minutes(tmp_path: Path) -> None:
    log = refused_by_the_minute(tmp_path)
    with Store(tmp_path / "x.duckdb") as store:
        store.rerate(cheap(), now=NOW)
        store.load(log, now=NOW)
        assert demanded(store) == pytest.approx(25)
        store.rerate(cheap(1), now=NOW)
        assert demanded(store) == 241
        store.rerate(cheap(), now=NOW)
        assert demanded(store) == pytest.approx(25)


def test_fractions_that_were_refused_are_known_of_calls_that_come_back(tmp_path: Path) -> None:
    log = refused_by_the_minute(tmp_path)
    with Store(tmp_path / "x.duckdb") as store:
        store.rerate(cheap(), now=NOW)
        store.load(log, now=NOW)
        store.load(log, now=NOW)
        store.undo(1)
        assert demanded(store) == pytest.approx(25)


def test_with_nothing_loaded_the_card_is_put_in_force(tmp_path: Path) -> None:
    with Store(tmp_path / "x.duckdb") as store:
        found = store.rerate(mine(), now=NOW)
        assert (found.calls, found.credits) == (0, 0)
        assert store.rate_cards()[0] == "mine"


def test_a_card_of_the_project_keeps_its_name_to_itself(store: Store) -> None:
    for change in (store.rerate, store.save_rate_card):
        with pytest.raises(CreditsError, match=r"another name|card in force"):
            change(mine(name="bigin"), now=NOW)
    store.rerate(rates.load("bigin"), now=NOW)
    assert store.rate_cards() == ("bigin", ["bigin"])


def test_cards_are_saved_and_forgotten_but_not_the_one_in_force(store: Store) -> None:
    version = store.version()
    store.save_rate_card(mine(3, "draft"), now=NOW)
    assert store.rate_card("draft") == mine(3, "draft")
    assert store.version() == version
    store.rerate(mine(), now=NOW)
    with pytest.raises(CreditsError, match="card in force"):
        store.forget_rate_card("mine")
    with pytest.raises(CreditsError, match="card in force"):
        store.save_rate_card(mine(9), now=NOW)
    store.forget_rate_card("draft")
    assert store.rate_cards() == ("mine", ["bigin", "mine"])
    with pytest.raises(CreditsError, match=r"no rate card 'draft'.* mine"):
        store.rate_card("draft")


def test_a_damaged_card_is_told_in_a_sentence(store: Store) -> None:
    with store._database.writer() as cursor:
        cursor.execute("INSERT INTO rate_cards VALUES ('bad', 'oops', now()::TIMESTAMP)")
    with pytest.raises(CreditsError, match="rate card “bad” is not valid TOML"):
        store.rate_card("bad")
