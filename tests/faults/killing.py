"""`kill -9` at random moments, again and again, of one database that lives through it all.

Which step is to be hit is drawn first, so that short ones are hit as often as long ones; and the
moment after, anywhere in the time that such a step took before. Nothing rests on how fast the
machine is: a kill that comes too late hits the next step.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from working import COMMITS, PRICES, Logs, Step, Truth, seen, work

_MOST_LOADS = 6
_TARGETS = ("load", "undo", "rerate", "checkpoint", COMMITS) * 2 + ("open", "reopen")


@dataclass
class Toll:
    """What was tried, and what became of it."""

    hit: Counter[str] = field(default_factory=Counter)
    """Kills, by what was being done at that moment."""
    acknowledged: int = 0
    """Changes that were acknowledged before."""
    whole: int = 0
    """Kills in a change that turned out to be there, whole: it was committed already."""
    without: int = 0
    """Kills in a change that left no trace."""

    @property
    def kills(self) -> int:
        return self.hit.total()

    def told(self) -> str:
        by = ", ".join(f"{count} in {what}" for what, count in sorted(self.hit.items()))
        return (
            f"{self.kills} kills ({by}): {self.acknowledged} acknowledged changes, all whole;"
            f" {self.without} changes cut off without a trace, {self.whole} committed"
            " just before; every sum equal to its recomputation"
        )


class Killing:
    """A database, those who work on it and are killed, and what must be in it."""

    def __init__(self, folder: Path, logs: Logs, seed: int) -> None:
        self.path, self.logs, self.chance = folder / "x.duckdb", logs, random.Random(seed)
        self.truth, self.toll, self._next = Truth(), Toll(), 0
        self._took = dict.fromkeys(_TARGETS, 0.2)
        # A server that has everything imported and forks: a start costs next to nothing then.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["credits.store"])

    def kill(self, times: int, tell: Callable[[str], None] = lambda _: None) -> Toll:
        """Work and be killed so many times. Raises AssertionError where something was lost."""
        for number in range(times):
            self._once(self.chance.choice(_TARGETS))
            if (number + 1) % 20 == 0:
                tell(self.toll.told())
        return self.toll

    def _steps(self, target: str) -> list[Step]:
        """Some steps; the one to be hit is the first of its sort, if it is one of them."""
        truth, steps = self.truth, []
        while len(steps) < 4:
            wanted = target if steps and target != "open" else self.chance.choice(_TARGETS)
            step = self._step(wanted, truth)
            truth = truth.after(step)
            steps.append(step)
        return steps

    def _step(self, what: str, truth: Truth) -> Step:
        if what == COMMITS:
            what = self.chance.choice(("load", "rerate"))
        if what == "rerate":
            return Step(what, card=self.chance.choice(list(PRICES)))
        if (what == "undo" and truth.loads) or len(truth.loads) >= _MOST_LOADS:
            return Step("undo", self.chance.choice(truth.loads))
        if what in ("undo", "load", "open"):
            self._next += 1
            # Not all in order, so that a log unites with a later one too.
            free = [log for log in range(self._next) if log not in truth.loads]
            return Step("load", free[-1] if self.chance.random() < 0.6 else free[-3:][0])
        return Step(what)

    def _once(self, target: str) -> None:
        steps = self._steps(target)
        for step in steps:
            if step.what == "load":
                self.logs.path(step.log)
        mine, theirs = self._context.Pipe(duplex=False)
        worker = self._context.Process(target=work, args=(self.path, self.logs, steps, theirs))
        worker.start()
        theirs.close()
        said = self._listen(mine, target)
        worker.kill()
        worker.join()
        said += _rest(mine)
        mine.close()
        self._look(["open", *(step.what for step in steps)], steps, said)

    def _listen(self, pipe: Connection, target: str) -> list[str | None]:
        """What is said until the moment of the kill."""
        said: list[str | None] = []
        began = time.monotonic()
        try:
            while True:
                said.append(pipe.recv())
                if said[-1] in (None, COMMITS):
                    before = str(said[-2])
                    took = time.monotonic() - began
                    self._took[before] = 0.5 * self._took[before] + 0.5 * took
                began = time.monotonic()
                if said[-1] == target:
                    time.sleep(self._took[target] * self.chance.uniform(0, 1.1))
                    return said
        except EOFError:
            return said

    def _look(self, names: list[str], steps: list[Step], said: list[str | None]) -> None:
        """What must be there is there; what was being done is there whole, or not at all."""
        last = said[-1] if said else None
        said = [each for each in said if each != COMMITS]
        done = said.count(None)
        begun = len(said) - done
        assert said == [each for name in names[:begun] for each in (name, None)][: len(said)]
        for step in steps[: max(done - 1, 0)]:
            before, self.truth = self.truth, self.truth.after(step)
            self.toll.acknowledged += before != self.truth
        cut_off = steps[begun - 2] if done < begun and begun > 1 else None
        what = names[begun - 1] if done < begun else "between"
        self.toll.hit[COMMITS if last == COMMITS else what] += 1
        if not self.path.exists():
            assert self.truth == Truth()
            return
        found = seen(self.path)
        without = self.truth.seen(self.logs)
        if cut_off is None or self.truth.after(cut_off) == self.truth:
            assert found == without
            return
        if found == without:
            self.toll.without += 1
            return
        self.truth = self.truth.after(cut_off)
        assert found == self.truth.seen(self.logs), f"after a kill in {cut_off}"
        self.toll.whole += 1


def _rest(pipe: Connection) -> list[str | None]:
    """What was said before the kill, and not heard yet."""
    said: list[str | None] = []
    try:
        while True:
            said.append(pipe.recv())
    except (EOFError, ConnectionError):
        return said
