"""Nobody reads in the middle of a commit: what is asked then is asked once more.

DuckDB (2.0) can show a question rows that are being committed at that moment, beyond the moment
that its transaction sees, where all threads stored them at once (`preserve_insertion_order` off).
The same question, asked again in the same transaction, is answered rightly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Answer = TypeVar("_Answer")
_DISTURBED = 2
"""How often a question may be disturbed before commits wait for it."""


class Commits:
    """The commits of one database: those who commit and those who ask know of each other."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = 0
        self._busy = False
        self._insisting = 0

    @contextmanager
    def making(self) -> Iterator[None]:
        """A commit; one at a time. It waits for nobody but questions that insist."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._busy or self._insisting))
            self._busy = True
            self._begun += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def undisturbed(self, ask: Callable[[], _Answer]) -> _Answer:
        """The answer to a question that no commit fell into: it may be asked more than once."""
        for _ in range(_DISTURBED):
            with self._changed:
                self._changed.wait_for(lambda: not self._busy)
                begun = self._begun
            answer = ask()
            if begun == self._begun:
                return answer
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)
            self._insisting += 1
        try:
            return ask()
        finally:
            with self._changed:
                self._insisting -= 1
                self._changed.notify_all()
