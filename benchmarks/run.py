"""All benchmarks in one table, which is also written to `results.json` and to the README.

`python benchmarks/run.py` takes about half an hour on two cores and 40 GB of disk; `--quick` does
everything at a hundredth of the size within minutes, and writes nothing. `--only NAME` runs one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import measure  # the project is on the path from here on
from measure import Finding

Benchmark = Callable[[Path, float, int, int], Iterator[Finding]]


def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by its name: a scratch folder, scale, rounds and seed give findings."""
    import browser
    import loading
    import peaks
    import sessions

    return {
        "loading": loading.measured,
        "growth": lambda folder, scale, rounds, seed: loading.growth(folder, scale, seed),
        "great": loading.into_a_great_database,
        "peak": peaks.of_the_organization,
        "users": lambda folder, scale, rounds, seed: peaks.of_users(scale, rounds, seed),
        "pages": peaks.asked_by_pages,
        "crowd": lambda folder, scale, rounds, seed: sessions.crowd(folder, scale, seed),
        "browser": lambda folder, scale, rounds, seed: browser.sliders(
            _fresh(folder), _moves(scale)
        ),
        "year": lambda folder, scale, rounds, seed: browser.a_year(_fresh(folder), _moves(scale)),
        "sessions": lambda folder, scale, rounds, seed: sessions.twenty(
            _fresh(folder), _moves(scale)
        ),
    }


def _moves(scale: float) -> int:
    """How often a slider is moved: a browser does not become quicker with smaller logs."""
    return 15 if scale == 1 else 3


def _fresh(folder: Path) -> Path:
    """A folder in which no database is."""
    return Path(tempfile.mkdtemp(dir=folder))


def main() -> None:
    known = benchmarks()
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="at a hundredth of the size")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the full size")
    parser.add_argument("--rounds", type=int, default=3, help="turns of which the median counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=known, action="append", help="may be repeated")
    said = parser.parse_args()
    scale = 0.01 if said.quick else said.scale
    findings = []
    with tempfile.TemporaryDirectory(prefix="credits-bench-") as folder:
        for name in said.only or known:
            print(f"python benchmarks/run.py --only {name} --scale {scale:g}", file=sys.stderr)
            for found in known[name](Path(folder), scale, said.rounds, said.seed):
                print(f"  {found.name}: {found.ratio} ({found.detail})", file=sys.stderr)
                findings.append(found)
                if scale == 1:
                    measure.write([found])
    print(measure.table(findings))
    if scale == 1:
        measure.show()


if __name__ == "__main__":
    main()
