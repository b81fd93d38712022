"""Many sessions of one server: some load, some read, one undoes, all at once.

What comes of it must be what would have come of it one after the other, and whoever reads must see
one moment, whatever he asks.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from working import NOW, Logs, Step, do

from credits import people
from credits.store import Answers, Store
from credits.store.checking import check


@dataclass
class Day:
    """What happened while all were at it."""

    loads: int = 0
    undone: int = 0
    read: int = 0
    """Moments that were looked at, each with every question."""
    versions: set[int] = field(default_factory=set)
    """Data versions that were seen."""
    faults: list[BaseException] = field(default_factory=list)

    def told(self, sessions: int) -> str:
        return (
            f"{sessions} sessions: {self.loads} loads at once, {self.undone} undone meanwhile,"
            f" {self.read} moments read in {len(self.versions)} data versions; no error, no moment"
            " that mixes two, and what was left equals the same loads made one after the other"
        )


class _Crew:
    """Those who work on one database, each in a thread of its own."""

    def __init__(self, store: Store, logs: Logs) -> None:
        self.store, self.logs, self.done = store, logs, Day()
        self.over = threading.Event()

    def start(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except BaseException as error:  # noqa: BLE001 - told at the end
                self.done.faults.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def load(self, logs: list[int]) -> None:
        for log in logs:
            do(self.store, self.logs, Step("load", log))
            self.done.loads += 1

    def read(self) -> None:
        while not self.over.is_set():
            self.done.versions.add(_one_moment(self.store))
            self.done.read += 1

    def undo(self) -> None:
        while not self.over.wait(0.05):
            loads = self.store.loads()["load_id"]
            if len(loads) > 3:
                self.store.undo(int(loads.iloc[-1 - self.done.undone % 3]))
                self.done.undone += 1


def day(folder: Path, logs: Logs, *, loaders: int = 4, readers: int = 3, each: int = 4) -> Day:
    """Let all work at once. Raises what shows that they were not alone."""
    todo = list(range(loaders * each))
    for log in todo:
        logs.path(log)
    random.Random(loaders).shuffle(todo)
    with Store(folder / "x.duckdb") as store:
        crew = _Crew(store, logs)
        others = [crew.start(crew.undo), *(crew.start(crew.read) for _ in range(readers))]
        for thread in [crew.start(crew.load, todo[mine::loaders]) for mine in range(loaders)]:
            thread.join()
        crew.over.set()
        for thread in others:
            thread.join()
        for fault in crew.done.faults:
            raise fault
        as_if_one_after_the_other(store, folder, logs)
    return crew.done


def _one_moment(store: Store) -> int:
    """Ask everything of one moment: each answer says the same. Its data version."""
    with store.answers() as answers:
        version, summary = answers.version(), answers.summary()
        loads = answers.loads()
        calls = {
            "loads": int(loads["calls"].sum()),
            "totals": int(answers.totals([])["calls"].sum()),
            "by user": int(answers.totals(["user", "api"])["calls"].sum()),
            "usage": int(answers.usage()["calls"].sum()),
            "summary": summary.calls,
        }
        if summary.first is not None:
            at, zone = pd.Timestamp(summary.last), "UTC"
            everyone = people.everyone(answers, pd.Timestamp(summary.first), at, "trailing", zone)
            calls["everyone"] = int(everyone.users["calls"].sum())
        assert len(set(calls.values())) == 1, calls
        assert (answers.version(), len(loads)) == (version, summary.loads)
    return version


def as_if_one_after_the_other(store: Store, folder: Path, logs: Logs) -> None:
    """What is left is what the same loads make when nobody else is there."""
    with store._database.using() as cursor:
        assert check(cursor).problems == ()
    columns = ["path", "rows", "loaded", "duplicates", "rejected", "skipped", "calls", "credits"]
    left = store.loads().iloc[::-1][columns].reset_index(drop=True)
    with Store(folder / "alone.duckdb") as alone:
        for path in left["path"]:
            alone.load(logs.folder / path, now=NOW, name=path)
        same = alone.loads().iloc[::-1][columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(left, same)
        with store.answers() as here, alone.answers() as there:
            pd.testing.assert_frame_equal(_in_order(here), _in_order(there))


def _in_order(answers: Answers) -> pd.DataFrame:
    """Every user's usage; rows of one instant come in any order."""
    found = answers.usage_by_user()
    return found.sort_values(list(found)).reset_index(drop=True)
