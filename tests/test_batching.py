"""A card tried out says what applying it would bring; batching saves what fewer calls would."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from credits import CreditsError, rates
from credits.formats import Options
from credits.rates import Rate, RateCard, Rule, most_credits
from credits.store import Store, Terms
from credits.store.trials import chunk

NOW = datetime(2026, 11, 22)
START = datetime(2026, 8, 13, 9)
# A column is recognised by what stands in it, too, and here that is random.
AS_NAMED = Terms(
    Options(mapping={name: name for name in ("records", "credits", "calls", "status")}),
    keep_duplicates=True,
)
HEADER = "time,user,app,api,status,records,credits,calls\n"

rows = st.tuples(
    st.sampled_from([0, 1, 30, 59, 60, 61, 3_600]),
    st.sampled_from(["ada", "ben", ""]),
    st.sampled_from(["sync", ""]),
    st.sampled_from(["insert", "tag", "get"]),
    st.sampled_from(["200", "200", "503", "429"]),
    st.sampled_from(["", "0", "1", "1", "7", "10", "15", "101"]),
    st.sampled_from(["", "", "", "2"]),
    st.sampled_from(["1", "1", "3"]),
)
logs = st.lists(rows, min_size=1, max_size=20)


@st.composite
def priced(draw: Any, name: str) -> Rate:
    charge = draw(st.sampled_from([0, 1, 2, Decimal("0.5")]))
    per = draw(st.sampled_from([None, 1, 10, 10]))
    carried = None if per is None else draw(st.sampled_from([None, 5, 15, 100]))
    most = draw(st.sampled_from([None, None, 2]))
    if carried is not None and per is not None:
        at_most = most_credits(charge, per, carried)
        most = at_most if most is None else min(most, at_most)
    return Rate(name, charge, per, most, carried)


some_cards = st.builds(
    lambda one, two, rest: RateCard(
        "tried",
        "Tried",
        "here",
        date(2026, 1, 1),
        rest,
        (Rule(one, ("insert",)), Rule(two, ("tag",))),
        frozenset({"429"}),
    ),
    priced("Insert"),
    priced("Tag"),
    priced("Rest"),
)


def written(folder: Path, cells: Sequence[Any]) -> Path:
    path = folder / "calls.csv"
    lines = [
        ",".join([f"{(START + timedelta(seconds=row[0])).isoformat()}Z", *row[1:]]) for row in cells
    ]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


def cost(rate: Rate, records: int, calls: int) -> Decimal:
    """Of a row that stands for some calls, by `Rate.cost` alone."""
    single, _ = rate.cost(0)
    if rate.per_records is None:
        return Decimal(single) * calls
    lots = max(calls, -(-records // rate.per_records))
    most = None if rate.max_credits is None else rate.max_credits * calls
    dear = Decimal(lots * rate.credits)
    return dear if most is None else min(dear, Decimal(most))


def brute_force(card: RateCard, cells: Sequence[Any]) -> tuple[dict[Any, list[Any]], int]:
    """calls, records, spent, saved by user and app; and the calls without a number of records."""
    groups: dict[Any, list[Any]] = {}
    unknown = 0
    for second, user, app, api, status, records, logged, weight in cells:
        rate, calls = card.rate(api), int(weight or 1)
        if rate.per_records is None or status == "429" or logged:
            continue
        if not records:
            unknown += calls
            continue
        who = (user or app or "(unknown)", "user" if user else "app" if app else "unknown", app)
        minute = (START + timedelta(seconds=second)).replace(second=0)
        group = groups.setdefault((*who, api, minute), [0, 0, Decimal(0), rate])
        group[0] += calls
        group[1] += max(int(records), 0)
        group[2] += cost(rate, int(records), calls)
    people: dict[Any, list[Any]] = {}
    for (user, basis, app, _, _), (calls, records, spent, rate) in groups.items():
        left, batched, full = records, Decimal(0), chunk(rate)
        while full is not None and left > full:
            batched += rate.cost(full)[0]
            left -= full
        batched += rate.cost(left)[0]
        sums = people.setdefault((user, basis, app or None), [0, 0, Decimal(0), Decimal(0)])
        for place, value in enumerate((calls, records, spent, max(spent - batched, Decimal(0)))):
            sums[place] += value
    return people, unknown


@settings(max_examples=30, phases=(Phase.explicit, Phase.generate))
@given(cells=logs, card=some_cards)
def test_batching_saves_what_full_calls_in_the_same_minute_would_have(
    cells: list[Any], card: RateCard
) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.duckdb") as store:
        store.load(written(Path(folder), cells), AS_NAMED, now=NOW)
        with store.answers() as answers:
            found = answers.batching(card)
            trial = answers.trial(card)
    people, unknown = brute_force(card, cells)
    shown = {
        (row["user"], row["user_basis"], row["app"] if isinstance(row["app"], str) else None): [
            row["calls"],
            row["records"],
            Decimal(str(row["spent"])),
            Decimal(str(row["saved"])),
        ]
        for row in found.people.to_dict("records")
    }
    assert shown == people
    assert found.unknown == unknown
    assert found.people["saved"].is_monotonic_decreasing
    assert (found.people["fewer"] <= found.people["calls"]).all()
    assert (found.people["spent"] - found.people["batched"] == found.people["saved"]).all()
    assert trial.minutes["tried"].sum() == trial.total("tried")


@settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
@given(cells=logs, card=some_cards)
def test_a_trial_says_what_applying_brings(cells: list[Any], card: RateCard) -> None:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.duckdb") as store:
        store.load(written(Path(folder), cells), AS_NAMED, now=NOW)
        with store.answers() as answers:
            before, version = answers.trial(card), store.version()
            assert before.total("credits") == answers.summary().credits
        assert store.version() == version, "trying changes nothing"
        store.rerate(card, now=NOW)
        with store.answers() as answers:
            after, summary = answers.trial(card), answers.summary()
    assert before.total("calls") == summary.calls
    assert before.total("tried") == after.total("credits") == summary.credits
    assert before.total("assumed") == summary.assumed
    assert before.total("refused") == summary.refused
    assert after.rules["credits"].tolist() == before.rules["tried"].tolist()


# ── single cases ──────────────────────────────────────────────────────────────────────────────

LOG = """time,user,app,path,method,records
2026-08-13T09:00:00Z,Ada,Sync,/bigin/v2/Contacts,POST,1
2026-08-13T09:00:20Z,Ada,Sync,/bigin/v2/Contacts,POST,1
2026-08-13T09:00:40Z,Ada,Sync,/bigin/v2/Contacts,POST,8
2026-08-13T09:01:00Z,Ada,Sync,/bigin/v2/Contacts,POST,1
2026-08-13T09:01:10Z,Ben,Sync,/bigin/v2/Contacts,POST,
2026-08-13T09:01:20Z,Ben,Sync,/bigin/v2/Contacts?cvid=7,GET,
2026-08-13T09:01:30Z,Ben,Sync,/bigin/v2/Deals?page=7,GET,
"""


@pytest.fixture
def store(tmp_path: Path):
    path = tmp_path / "calls.csv"
    path.write_text(LOG)
    with Store(tmp_path / "x.duckdb") as opened:
        opened.load(path, now=NOW, name="calls.csv")
        yield opened


def test_three_inserts_within_a_minute_could_have_been_one(store: Store) -> None:
    with store.answers() as answers:
        found = answers.batching(rates.load("bigin"))
    assert found.people.to_dict("records") == [
        {
            "user": "Ada",
            "user_basis": "user",
            "app": "Sync",
            "calls": 4,
            "records": 11,
            "spent": 4,
            "batched": 2,
            "saved": 2,
            "fewer": 2,
        }
    ]
    assert (found.saved, found.unknown) == (2, 1)


def test_each_row_says_which_calls_it_accounted_for(store: Store) -> None:
    with store.answers() as answers:
        rules = answers.trial(rates.load("bigin")).rules
    seen = rules[rules["calls"] > 0][["rule", "calls", "credits", "tried", "assumed"]]
    assert seen.to_numpy().tolist() == [
        ["Get records with cvid", 1, 3, 3, 0],
        ["Insert records", 5, 5, 5, 1],
        ["Any other API", 1, 1, 1, 0],
    ]


def test_a_parameter_that_no_load_kept_is_named_with_its_loads(store: Store) -> None:
    card = rates.load("bigin")
    paged = Rule(
        Rate("Pages", 5), paths=("/bigin/{version}/{module}",), parameters=frozenset({"page"})
    )
    needs = replace(card, name="paged", rules=(paged, *card.rules))
    elsewhere = replace(needs, rules=(replace(paged, paths=("/elsewhere",)), *card.rules))
    with store.answers() as answers:
        assert answers.untold(card).empty
        assert answers.untold(elsewhere).empty
        missing = answers.untold(needs)
    assert missing.drop(columns="load_id").to_numpy().tolist() == [["calls.csv", "page", "Pages"]]
    store.rerate(needs, now=NOW)
    store.undo(1)
    store.load(store.path.with_name("calls.csv"), now=NOW)
    with store.answers() as answers:
        assert answers.untold(needs).empty
        assert answers.trial(needs).rules["calls"].tolist()[0] == 1


def test_a_card_too_dear_to_add_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(f"time,user,api,calls\n2026-08-13T09:00:00Z,a,x,{10**12}\n")
    card = replace(rates.load("bigin"), default=Rate("Any", 10**9))
    with Store(tmp_path / "x.duckdb") as store:
        store.load(path, now=NOW)
        with store.answers() as answers, pytest.raises(CreditsError, match="added up"):
            answers.trial(card)


def test_nothing_loaded_is_nothing_spent(tmp_path: Path) -> None:
    with Store(tmp_path / "x.duckdb") as store, store.answers() as answers:
        trial, batching = (f(rates.load("bigin")) for f in (answers.trial, answers.batching))
        assert (trial.total("calls"), trial.total("tried"), batching.saved) == (0, 0, 0)
        assert trial.minutes.empty
        assert answers.untold(rates.load("bigin")).empty
