"""The store: loads in one transaction, roll-ups kept with them, questions answered by small frames.

`open_store` opens a file; `shared` gives the one that this process has open already, because DuckDB
lets one process hold a file, and a server has many sessions.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from credits.formats import NotALog
from credits.store import loading, undoing
from credits.store.database import Database, Progress
from credits.store.loading import Load, Terms
from credits.store.questions import Answers, Summary

__all__ = ["Answers", "Load", "Progress", "Store", "Summary", "Terms", "close_all", "shared"]


class Store:
    """Everything loaded. Any number of threads may use it at once."""

    def __init__(self, path: Path, *, memory_limit: str = "2GB") -> None:
        self._database = Database(Path(path), memory_limit=memory_limit)

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
        """The data version: it advances with every change."""
        with self.answers() as answers:
            return answers.version()

    def load(
        self,
        path: Path,
        terms: Terms | None = None,
        *,
        now: datetime,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> tuple[list[Load], list[NotALog]]:
        """Take in one file; see `loading.load`. `now` is naive UTC."""
        return loading.load(
            self._database, Path(path), terms or Terms(), now=now, name=name, progress=progress
        )

    def undo(self, *load_ids: int) -> None:
        """Take back loads; the calls they had shadowed come back."""
        undoing.undo(self._database, list(load_ids))

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


def shared(path: Path, *, memory_limit: str = "2GB") -> Store:
    """The store of this file in this process, opened when first asked for."""
    key = Path(path).resolve()
    with _opening:
        if key not in _open:
            _open[key] = Store(key, memory_limit=memory_limit)
        return _open[key]


def close_all() -> None:
    """Let go of every file that `shared` opened."""
    with _opening:
        while _open:
            _open.popitem()[1].close()
