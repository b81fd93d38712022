"""Work on a database in a process of its own, which may be killed at any moment.

`work` runs in that process and says what it begins and what is done; `Truth` is what must be in the
database after whatever was done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from credits import CreditsError
from credits.rates import Rate, RateCard
from credits.store import Store
from credits.store.checking import check

NOW = datetime(2026, 11, 22)
COMMITS = "commit"
"""Said when a change is about to be committed."""
PRICES = {"cheap": 1, "dear": 3}
"""Rate cards by name, and what every call costs under each."""


class Step(NamedTuple):
    """One thing to do. `what`: load, undo, rerate, checkpoint, reopen."""

    what: str
    log: int = 0
    card: str = ""


@dataclass(frozen=True)
class Logs:
    """Logs that overlap: some calls of each are in the one before and the one after."""

    folder: Path
    rows: int
    """Of a small log; every fourth is large."""
    large: int = 8

    def ids(self, log: int) -> range:
        start = sum(self._rows(each) * 7 // 10 for each in range(log))
        return range(start, start + self._rows(log))

    def _rows(self, log: int) -> int:
        return self.rows * (self.large if log % 4 == 3 else 1)

    def path(self, log: int) -> Path:
        path = self.folder / f"{log}.csv"
        if not path.exists():
            lines = ["time,user,app,api,status,request_id"]
            lines += [
                f"2026-{1 + i % 9:02d}-{1 + i % 28:02d}T{i % 24:02d}:{i % 60:02d}:00Z,"
                f"user{i % 37},app{i % 5},getRecords,200,{i * 2654435761 % 2**64:016x}"
                for i in self.ids(log)
            ]
            path.write_text("\n".join(lines) + "\n")
        return path


@dataclass(frozen=True)
class Truth:
    """What is in the database."""

    version: int = 0
    loads: tuple[int, ...] = ()
    """The logs, in the order in which they were taken in."""
    card: str = "bigin"

    def after(self, step: Step) -> Truth:
        if step.what == "load":
            return replace(self, version=self.version + 1, loads=(*self.loads, step.log))
        if step.what == "undo":
            left = tuple(log for log in self.loads if log != step.log)
            return replace(self, version=self.version + 1, loads=left)
        if step.what == "rerate":
            return replace(self, version=self.version + 1, card=step.card)
        return self

    def seen(self, logs: Logs) -> dict[str, object]:
        """What `seen` sees in such a database."""
        known = {i for log in self.loads for i in logs.ids(log)}
        return {
            "version": self.version,
            "card": self.card,
            "loads": [(f"{log}.csv", len(logs.ids(log))) for log in self.loads],
            "calls": len(known),
            "credits": len(known) * PRICES.get(self.card, 1),
            "problems": (),
        }


def seen(path: Path) -> dict[str, object]:
    """Everything that matters in a database that nobody has open, which it leaves as it is."""
    aside = path.with_name("seen.duckdb")
    try:
        for part in (path, *path.parent.glob(f"{path.name}.wal*")):
            shutil.copyfile(part, part.with_name(part.name.replace(path.name, aside.name, 1)))
        with Store(aside) as store, store._database.using() as cursor:
            found = check(cursor)
            loads = "SELECT path, rows FROM loads ORDER BY load_id"
            card = "SELECT value FROM meta WHERE key = 'rate_card'"
            return {
                "version": found.version,
                "card": cursor.execute(card).fetchall()[0][0],
                "loads": cursor.execute(loads).fetchall(),
                "calls": found.calls,
                "credits": int(found.credits),
                "problems": found.problems,
            }
    finally:
        for part in path.parent.glob(f"*{aside.name}*"):
            part.unlink()


def work(path: Path, logs: Logs, steps: list[Step], pipe: Connection) -> None:
    """Do some steps one after the other; each is announced, and acknowledged once it is done."""
    pipe.send("open")
    store = Store(path)
    pipe.send(None)
    for step in steps:
        pipe.send(step.what)
        try:
            if step.what == "reopen":
                store.close()
                store = Store(path)
            else:
                do(store, logs, step, lambda: pipe.send(COMMITS))
            pipe.send(None)
        except CreditsError as error:
            pipe.send(f"refused: {error}")
    pipe.close()


def do(store: Store, logs: Logs, step: Step, commits: Callable[[], None] | None = None) -> None:
    """Do one step. `commits` is called when all of a load or a re-rating is ready to be written."""
    name = f"{step.log}.csv"

    told: list[str] = []

    def progress(share: float, words: str) -> None:
        if (share >= 0.92 and words == "Adding up") or words == "Writing it down":
            if commits and not told:
                commits()
            told.append(words)

    if step.what == "load":
        store.load(logs.path(step.log), now=NOW, name=name, progress=progress)
    elif step.what == "undo":
        loads = store.loads()
        store.undo(*(int(load) for load in loads.loc[loads["path"] == name, "load_id"]))
    elif step.what == "rerate":
        rate = Rate("every call", PRICES[step.card])
        card = RateCard(step.card, step.card, "here", date(2026, 1, 1), rate, (), frozenset())
        store.rerate(card, now=NOW, progress=progress)
    elif step.what == "checkpoint":
        with store._database.writer() as cursor:
            cursor.execute("CHECKPOINT")
