"""What the benchmarks share: things timed in turn, their ratios, and where the ratios are written.

A single time says more about the machine than about the program, so that every claim is a ratio of
two things measured turn by turn in one run, of the medians of all turns.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
"""The project, so that a benchmark can be run by its path from anywhere."""
sys.path.insert(0, str(ROOT))

RESULTS = ROOT / "benchmarks" / "results.json"
README = ROOT / "README.md"
MARKS = "<!-- benchmarks -->", "<!-- /benchmarks -->"


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    name: str
    """What is measured, against what."""
    ratio: float | None
    """None where it could not be measured; `detail` then says why."""
    target: float | None
    """None for what is shown for information."""
    detail: str
    better: Literal["lower", "higher"] = "lower"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or no ratio."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio <= self.target if self.better == "lower" else self.ratio >= self.target

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """As a row of a table: name, ratio, target, whether it is met, detail."""
        at = "at most" if self.better == "lower" else "at least"
        return (
            self.name,
            "–" if self.ratio is None else f"{self.ratio:.2f}",
            "–" if self.target is None else f"{at} {self.target:g}",
            {True: "yes", False: "no", None: "–"}[self.met],
            self.detail,
        )


def seconds(action: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def most_memory(process: int | str = "self") -> int:
    """Megabytes that a process has had at most: of it alone.

    What `getrusage` says holds for whoever started it, too.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(dict(line.split(":", 1) for line in lines)["VmHWM"].split()[0]) // 1024


def in_turn(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """The median seconds of each action, all of them run once in every round."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for taken, action in zip(times, actions, strict=True):
            taken.append(seconds(action))
    return [statistics.median(taken) for taken in times]


def against(
    name: str, ours: float, theirs: float, target: float | None, *, faster: bool = False
) -> Finding:
    """Our seconds against theirs; `faster`: how many times faster we are."""
    detail = f"{_time(ours)} against {_time(theirs)}"
    if faster:
        return Finding(name, theirs / ours, target, detail, "higher")
    return Finding(name, ours / theirs, target, detail)


def _time(taken: float) -> str:
    return f"{taken:.2f} s" if taken >= 1 else f"{taken * 1000:.0f} ms"


def table(findings: Sequence[Finding]) -> str:
    """The findings as lines of text."""
    rows = [("", "ratio", "target", "met", ""), *(found.cells for found in findings)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]])
        for row in rows
    )


def write(findings: Iterable[Finding], path: Path = RESULTS) -> None:
    """Keep findings, each under its name; what a file already holds under other names stays."""
    known = json.loads(path.read_text()) if path.exists() else {}
    for found in findings:
        known[found.name] = {
            "ratio": None if found.ratio is None else round(found.ratio, 3),
            "target": found.target,
            "better": found.better,
            "met": found.met,
            "detail": found.detail,
        }
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")


def show(path: Path = RESULTS, readme: Path = README) -> None:
    """Write the README's table anew from the results."""
    lines = ["| what, against what | ratio | target | met | |", "|---|---|---|---|---|"]
    for name, known in json.loads(path.read_text()).items():
        found = Finding(name, known["ratio"], known["target"], known["detail"], known["better"])
        lines.append(f"| {' | '.join(found.cells)} |")
    text = readme.read_text()
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    body = "\n".join(lines)
    readme.write_text(f"{before}{MARKS[0]}\n{body}\n{MARKS[1]}{after}")
