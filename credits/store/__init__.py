"""The store: loads in one transaction, roll-ups kept with them, questions answered by small frames.

`open_store` opens a file; `shared` gives the one that this process has open already, because DuckDB
lets one process hold a file, and a server has many sessions.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pandas as pd

from credits.formats import NotALog
from credits.formats.base import Correction
from credits.rates import RateCard
from credits.scenarios import Scenario
from credits.store import (
    cards,
    corrections,
    loading,
    previewing,
    rerating,
    scenarios,
    undoing,
)
from credits.store.database import Database, Progress
from credits.store.loading import Taken
from credits.store.loads import Load, Terms
from credits.store.previewing import Preview
from credits.store.questions import Answers, Summary
from credits.store.rerating import Rerating

__all__ = [
    "Answers",
    "Load",
    "Preview",
    "Progress",
    "Rerating",
    "Store",
    "Summary",
    "Taken",
    "Terms",
    "close_all",
    "shared",
]


class Store:
    """Everything loaded. Any number of threads may use it at once.

    `reads`: files and folders that are read where they lie; what else is loaded is linked to or
    copied first. See `Database`.
    """

    def __init__(
        self, path: Path, *, memory_limit: str = "1200MB", reads: Sequence[Path] = ()
    ) -> None:
        self._database = Database(Path(path), memory_limit=memory_limit, reads=reads)
        self._sampling = threading.Lock()

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @contextmanager
    def answers(self) -> Iterator[Answers]:
        """Questions to one moment of the data."""
        with self._database.snapshot() as cursor:
            yield Answers(cursor)

    def version(self) -> int:
        """The data version: it advances with every change.

        Raises CreditsError where the file is gone.
        """
        self._database.ready()
        return self._database.version

    def load(
        self,
        path: Path,
        terms: Terms | None = None,
        *,
        now: datetime,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> tuple[list[Load], list[NotALog]]:
        """Take in one file: the loads, and what was passed over. `now` is naive UTC.

        Raises CreditsError for a file that can't be read as a log, and where nothing in an archive
        can.
        """
        path = Path(path)
        (taken,) = self.load_all(
            [(path, name or str(path))], terms or Terms(), now=now, progress=progress
        )
        if taken.problem is not None:
            raise taken.problem
        return taken.loads, taken.passed

    def load_all(
        self,
        files: Sequence[tuple[Path, str]],
        terms: Terms,
        *,
        now: datetime,
        progress: Progress | None = None,
    ) -> list[Taken]:
        """Take in files with their names; see `loading.load`. `now` is naive UTC."""
        return loading.load(self._database, files, terms, now=now, progress=progress)

    def load_sample(self, path: Path, *, now: datetime, first: bool = False) -> None:
        """Take in the log that comes with the project; it is named as such until it is cleared.

        `first`: only if nothing was ever loaded here.
        """
        with self._sampling:
            if not first or self.version() == 0:
                self.load(path, Terms(sample=True), now=now, name=f"data/{path.name}")

    def clear_sample(self) -> None:
        """Take back the loads of the log that comes with the project."""
        loads = self.loads()
        self.undo(*(int(load) for load in loads.loc[loads["sample"], "load_id"]))

    def loads(self) -> pd.DataFrame:
        """Every load, the newest first; see `Answers.loads`."""
        with self.answers() as answers:
            return answers.loads()

    def preview(self, path: Path, terms: Terms, *, name: str, most: int = 20) -> list[Preview]:
        """What a file would be read as; see `previewing.preview`."""
        self._database.refuse(Path(path))
        return previewing.preview(self._database, Path(path), terms, name=name, most=most)

    def corrections(self) -> tuple[Correction, ...]:
        """How logs are to be read, as saved."""
        with self._database.snapshot() as cursor:
            return corrections.saved(cursor)

    def save_correction(self, correction: Correction) -> None:
        """Keep how a log is to be read; see `corrections.save`."""
        corrections.save(self._database, correction)

    def forget_correction(self, name: str) -> None:
        """Drop a correction."""
        corrections.forget(self._database, name)

    def scenarios(self) -> list[Scenario]:
        """The scenarios that people saved, by name; without those that are damaged."""
        with self._database.snapshot() as cursor:
            return scenarios.saved(cursor)[0]

    def damaged_scenarios(self) -> dict[str, str]:
        """Names of saved scenarios that can't be read, and why."""
        with self._database.snapshot() as cursor:
            return scenarios.saved(cursor)[1]

    def save_scenario(self, scenario: Scenario, *, now: datetime) -> None:
        """Keep a scenario; the data version stays. See `scenarios.save`."""
        scenarios.save(self._database, scenario, now=now)

    def forget_scenario(self, name: str) -> None:
        """Drop a scenario; the data version stays."""
        scenarios.forget(self._database, name)

    def rate_card(self, name: str | None = None) -> RateCard:
        """A rate card by name or path; None is the one in force. See `cards.card`."""
        with self._database.snapshot() as cursor:
            return cards.card(cursor, name)

    def rate_cards(self) -> tuple[str, list[str]]:
        """The name of the rate card in force, and the names of all."""
        with self._database.snapshot() as cursor:
            return cards.in_force(cursor), cards.names(cursor)

    def save_rate_card(self, card: RateCard, *, now: datetime) -> None:
        """Keep a rate card; the data version stays. See `cards.save`."""
        cards.save(self._database, card, now=now)

    def forget_rate_card(self, name: str) -> None:
        """Drop a saved rate card; the data version stays."""
        cards.forget(self._database, name)

    def rerate(
        self, card: RateCard, *, now: datetime, progress: Progress | None = None
    ) -> Rerating:
        """Rate everything loaded by a card, and put it in force. See `rerating.rerate`."""
        return rerating.rerate(self._database, card, now=now, progress=progress)

    def keep_duplicates(self, *load_ids: int) -> None:
        """Let the rows of loads that were known already count after all."""
        undoing.keep_duplicates(self._database, load_ids)

    def rejects(self, load_id: int, most: int | None = None) -> pd.DataFrame:
        """Rejects of a load by line: line, reason, text."""
        with self.answers() as answers:
            return answers.rejects(load_id, most)

    def folded(self, load_id: int) -> pd.DataFrame:
        """Which paths of a load became one API: api, paths, example; most paths first."""
        with self.answers() as answers:
            return answers.folded(load_id)

    def undo(self, *load_ids: int) -> None:
        """Take back loads; the calls they had shadowed come back."""
        undoing.undo(self._database, load_ids)

    def clear(self) -> None:
        """Take back everything."""
        undoing.clear(self._database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_open: dict[Path, Store] = {}
_opening = threading.Lock()


def shared(path: Path, *, memory_limit: str = "1200MB", reads: Sequence[Path] = ()) -> Store:
    """The store of this file in this process, opened when first asked for."""
    key = Path(path).resolve()
    with _opening:
        if key not in _open:
            _open[key] = Store(key, memory_limit=memory_limit, reads=reads)
        return _open[key]


def close_all() -> None:
    """Let go of every file that `shared` opened."""
    with _opening:
        while _open:
            _open.popitem()[1].close()
