"""Whose calls were refused: parts that add up to the whole, and go to those who wanted most."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.demand import prepared
from credits.replay import play
from credits.sharing import product_over, shared_out
from credits.store import Store
from credits.whose import whose

NOW = datetime(2026, 8, 14)
LOG = """time,user,app,api,status,credits
2026-08-10T08:00:00Z,Ada,Web,getRecords,200,10
2026-08-10T08:00:30Z,Ben,Sync,insertRecords,200,10
2026-08-10T09:00:10Z,Ada,Web,getRecords,200,6
2026-08-10T09:00:20Z,Ben,Sync,getRecords,200,3
2026-08-10T09:00:40Z,Cem,Sync,insertRecords,200,1
2026-08-10T09:05:00Z,Ben,Sync,insertRecords,429,5
2026-08-12T09:00:00Z,Cem,Sync,insertRecords,200,1
"""
groups = st.lists(
    st.tuples(st.integers(0, 100), st.lists(st.integers(0, 50), min_size=1, max_size=6)),
    min_size=1,
    max_size=8,
)


@given(groups, st.sampled_from([1, 10**9]))
def test_parts_add_up_and_are_within_one_of_their_proportion(found, scale) -> None:
    """Even where products have more than 64 bits."""
    amounts = np.array([amount * scale for amount, _ in found], dtype=np.int64)
    of = np.repeat(np.arange(len(found)), [len(weights) for _, weights in found])
    weights = np.array([w * scale for _, each in found for w in each], dtype=np.int64)
    parts = shared_out(amounts, of, weights)
    assert np.bincount(of, parts, len(found)).tolist() == amounts.tolist()
    for place, (amount, each) in enumerate(found):
        whole = sum(each) or len(each)
        shares = [(w if sum(each) else 1) * amount * scale / whole for w in each]
        assert np.abs(parts[of == place] - shares).max() < 1 + scale * 1e-6


@given(st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 2**40), st.integers(1, 9))))
def test_a_product_over_a_number_equals_pythons(rows) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    # No part of a whole is greater than it: what comes out has 64 bits.
    by = columns[2] + columns[1]
    expected = [one * other // (more + other) for one, other, more in rows]
    assert product_over(columns[0], columns[1], by).tolist() == expected


@pytest.fixture
def store(tmp_path: Path) -> Store:
    path = tmp_path / "calls.csv"
    path.write_text(LOG)
    opened = Store(tmp_path / "x.duckdb")
    opened.load(path, now=NOW, name="calls.csv")
    return opened


def refused_by(store: Store, by: str, allowance: int, growth: float = 0) -> pd.DataFrame:
    with store.answers() as answers:
        found = play(prepared(answers.demand()).grown(growth), allowance)
        parts = whose(found, answers.demand_by(by, found.blocked))
    assert parts["refused"].sum() == found.refused
    assert parts["calls"].sum() <= found.refused_calls
    return parts


def test_what_a_minute_refused_is_shared_by_what_was_wanted_in_it(store: Store) -> None:
    """Of 10 wanted at 9:00, 5 fit: Ada's 6 lose 3, Ben's 3 and Cem's 1 the rest; then Ben's 5."""
    with store:
        users = refused_by(store, "user", 25)
        assert users[["user", "refused"]].to_numpy().tolist() == [["Ben", 7], ["Ada", 3]]
        apis = refused_by(store, "api", 25)
        assert set(apis["api"]) == {"getRecords", "insertRecords"}
        assert apis["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("growth", [0, 10, 150])
def test_parts_add_up_when_demand_has_grown(store: Store, growth: float) -> None:
    with store:
        for by in ("user", "api"):
            for allowance in (0, 7, 25, 30):
                refused_by(store, by, allowance, growth)


def test_refused_calls_are_demand_unless_they_are_left_out(store: Store) -> None:
    with store, store.answers() as answers:
        every, served = answers.demand(), answers.demand(refused=False)
        assert len(every) == len(served) + 1
        assert every["credits"].sum() - served["credits"].sum() > 0
        assert every["calls"].sum() - served["calls"].sum() == 1
        whole = pd.DataFrame({"start": [every["minute"].min()], "end": [pd.Timestamp(NOW)]})
        for refused, frame in ((True, every), (False, served)):
            for by in ("user", "api"):
                found = answers.demand_by(by, whole, refused=refused)
                sums = found.groupby("minute", as_index=False)[["calls", "credits"]].sum()
                pd.testing.assert_frame_equal(sums, frame, check_dtype=False)


def test_nothing_refused_is_nobodys(store: Store) -> None:
    with store:
        assert refused_by(store, "user", 10**6).empty
