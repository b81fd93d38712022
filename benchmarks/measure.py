"""What the benchmarks share: things timed in turn, and the table of their ratios.

A single time says more about the machine than about the program, so that every claim is a ratio of
two things measured turn by turn in one run, of the medians of all turns.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The project, so that a benchmark can be run by its path from anywhere."""
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    name: str
    ratio: float | None
    """None where it could not be measured; `detail` then says why."""
    target: float | None
    """None for what is shown for information."""
    better: str
    """lower or higher"""
    detail: str

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or no ratio."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio <= self.target if self.better == "lower" else self.ratio >= self.target


def seconds(action: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turn(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """The median seconds of each action, all of them run once in every round."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for taken, action in zip(times, actions, strict=True):
            taken.append(seconds(action))
    return [statistics.median(taken) for taken in times]


def table(findings: Sequence[Finding]) -> str:
    """The findings as lines of text."""
    rows = [("", "ratio", "target", "met", "")]
    for found in findings:
        sign = "≤" if found.better == "lower" else "≥"
        rows.append(
            (
                found.name,
                "–" if found.ratio is None else f"{found.ratio:.2f}",
                "–" if found.target is None else f"{sign} {found.target:g}",
                {True: "yes", False: "no", None: "–"}[found.met],
                found.detail,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]])
        for row in rows
    )


if __name__ == "__main__":
    # `make bench` runs every file here; this one has nothing to measure itself.
    sys.exit(0)
