"""Exact peaks, and everything else that a page asks for, however many calls there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from generating import Logs
from loading import NOW, great
from measure import Finding, against, in_turn

from credits import people, usage, windows
from credits.store import Store

_RANGE = """
SELECT max(used) FROM (SELECT sum(credits) OVER (ORDER BY occurred_at
    RANGE BETWEEN INTERVAL 86399999999 MICROSECONDS PRECEDING AND CURRENT ROW) AS used FROM calls)
"""
USERS = 500


def of_the_organization(folder: Path, scale: float, rounds: int, seed: int) -> Iterator[Finding]:
    """The peak of 10 million calls, times `scale`, as a page asks it, against SQL over them."""
    rows = round(10_000_000 * scale)
    log = Logs(folder, rows, seed).csv()
    path = folder / "peak.duckdb"
    with Store(path) as store:
        store.load(log, now=NOW)
        found: dict[str, float] = {}

        def ours() -> None:
            with store.answers() as answers:
                known = answers.summary()
                peak = usage.series(answers, known.first, known.last).peak
                found["ours"] = peak.credits

        with store.answers() as answers:
            usage_frame = answers.usage()
        bare = duckdb.connect()
        bare.execute("CREATE TABLE calls AS SELECT occurred_at, credits FROM usage_frame")
        del usage_frame

        def theirs() -> None:
            sums = bare.execute(_RANGE).fetchall()
            found["theirs"] = sums[0][0]

        sql, page = in_turn(rounds, theirs, ours)
    path.unlink()
    if found["ours"] != found["theirs"]:
        raise AssertionError(f"the peaks differ: {found}")
    name = f"exact peak of {rows:,} calls, against SQL's RANGE window (times faster)"
    yield against(name, page, sql, 50, faster=True)


def of_users(scale: float, rounds: int, seed: int) -> Iterator[Finding]:
    """The peak of each of 500 users among a million calls, times `scale`, against pandas."""
    rows = round(1_000_000 * scale)
    random = np.random.default_rng(seed)
    calls = pd.DataFrame(
        {
            "occurred_at": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(np.sort(random.integers(0, 28 * 86_400_000_000, rows)), unit="us"),
            "user": random.integers(0, USERS, rows).astype(str),
            "user_basis": "user",
            "calls": 1,
            "credits": random.integers(1, 5, rows),
        }
    )
    found: dict[str, pd.Series] = {}

    def theirs() -> None:
        indexed = calls.set_index("occurred_at")
        rolled = indexed.groupby("user")["credits"].rolling("24h").sum()
        found["theirs"] = rolled.groupby("user").max()

    def ours() -> None:
        found["ours"] = windows.peaks(calls).set_index("user")["peak_credits"]

    pandas, own = in_turn(rounds, theirs, ours)
    if not (found["ours"] == found["theirs"]).all():
        raise AssertionError("the users' peaks differ")
    name = f"exact peak of each of {USERS} users, {rows:,} calls, against pandas (times faster)"
    yield against(name, own, pandas, 5, faster=True)


def asked_by_pages(folder: Path, scale: float, rounds: int, seed: int) -> Iterator[Finding]:
    """All that pages ask, at 100 million calls and at a million, times `scale`."""
    many, few = round(100_000_000 * scale), round(1_000_000 * scale)
    with Store(great(folder, many, seed)) as full, Store(great(folder, few, seed)) as small:
        for title, ask in PAGES.items():
            slow, quick = in_turn(rounds, lambda: ask(full), lambda: ask(small))  # noqa: B023
            name = f"what the {title} asks at {many:,} calls, against at {few:,}"
            yield against(name, slow, quick, 1.3)


def _overview(store: Store) -> None:
    with store.answers() as answers:
        known = answers.summary()
        usage.overview(answers, known.last, known.last - pd.Timedelta(days=7), known.last)


def _people(store: Store) -> None:
    with store.answers() as answers:
        last = answers.summary().last
        people.everyone(answers, last - pd.Timedelta(days=7), last)


def _demand(store: Store) -> None:
    with store.answers() as answers:
        answers.demand()


def _logs(store: Store) -> None:
    with store.answers() as answers:
        answers.summary()
        answers.loads()


PAGES = {
    "organization page": _overview,
    "users page": _people,
    "plan page": _demand,
    "logs page": _logs,
}
