"""Loading against what is known to be fast: DuckDB's own readers, and GoAccess.

All loads are whole: read, rated, de-duplicated, rolled up and committed to a database of its own.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import duckdb
from generating import Logs
from measure import ROOT, Finding, against, in_turn, most_memory

from credits.store import Store, Terms

NOW = datetime(2026, 11, 22)
SMALL = 10_000
PIECES = 1_000
"""Files of a folder as programs fill it that write one every few minutes."""
PARTS = 10
"""Files that a great database is loaded from."""


def great(folder: Path, rows: int, seed: int) -> Path:
    """A database of so many calls over 28 days, from ten files of consecutive days."""
    path = folder / f"{rows}.duckdb"
    if not path.exists():
        part = rows // PARTS
        with Store(path) as store:
            for i in range(PARTS):
                logs = Logs(folder, part, seed, start=i * part, done=i * part, total=rows)
                log = logs.csv()
                store.load(log, now=NOW)
                log.unlink()
    return path


class Bench:
    """What is measured, in a scratch folder."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        self.numbers = count()

    def fresh(self) -> Path:
        """Where no database is yet."""
        return self.folder / f"{next(self.numbers)}.duckdb"

    def load(self, *paths: Path) -> None:
        """Load logs into a database of its own."""
        database = self.fresh()
        with Store(database) as store:
            taken = store.load_all([(path, path.name) for path in paths], Terms(), now=NOW)
        if any(each.problem for each in taken):
            raise AssertionError("not all was loaded")
        database.unlink()

    def bare(self, reader: str, path: Path) -> None:
        """Let DuckDB alone make a table of a log, in a database of its own."""
        database = self.fresh()
        with duckdb.connect(database) as connection:
            connection.execute(f"CREATE TABLE calls AS SELECT * FROM {reader}('{path}')")
        database.unlink()

    def against_bare(
        self, name: str, reader: str, path: Path, target: float | None = None
    ) -> Finding:
        """Our load against the bare reader."""
        bare, ours = in_turn(self.rounds, lambda: self.bare(reader, path), lambda: self.load(path))
        return against(name, ours, bare, target)

    def against_goaccess(self, name: str, path: Path) -> Finding:
        """GoAccess against our load: how many times faster we are."""
        program = shutil.which("goaccess")
        if program is None:
            return Finding(name, None, 10, "skipped: goaccess is not installed", "higher")
        report = self.folder / "report.json"
        command = [program, str(path), "--log-format=COMBINED", "--no-global-config", "-o"]
        theirs, ours = in_turn(
            self.rounds,
            lambda: subprocess.run([*command, str(report)], check=True, capture_output=True),
            lambda: self.load(path),
        )
        return against(name, ours, theirs, 10, faster=True)

    def into_a_great_database(self, name: str, database: Path, small: list[Path]) -> Finding:
        """A small log is loaded into a database that holds much, and into an empty one."""
        into_great, into_empty = iter(small), iter(small)
        with Store(database) as full:

            def empty() -> None:
                with Store(self.fresh()) as store:
                    store.load(next(into_empty), now=NOW)

            baseline, ours = in_turn(
                self.rounds, empty, lambda: full.load(next(into_great), now=NOW)
            )
            full.undo(*(int(load) for load in full.loads()["load_id"][: self.rounds]))
        return against(name, ours, baseline, 1.5)

    def memory(self, path: Path) -> int:
        """Megabytes that a process of its own takes at most while it loads a log."""
        answer = subprocess.run(
            [sys.executable, __file__, str(path), str(self.fresh())],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        return int(answer.stdout.split()[0])


def measured(folder: Path, scale: float, rounds: int, seed: int) -> Iterator[Finding]:
    """Loads of 10 million CSV calls and 2 million combined lines, times `scale`."""
    bench = Bench(folder, rounds)
    rows = round(10_000_000 * scale)
    logs = Logs(folder, rows, seed)
    csv = logs.csv()
    name = f"load {rows:,} CSV calls, against CREATE TABLE AS of the file"
    yield bench.against_bare(name, "read_csv", csv, 1.3)
    yield _size(folder, csv)
    yield from _others(bench, logs)
    few = round(2_000_000 * scale)
    lines = Logs(folder, few, seed).access()
    name = f"load {few:,} combined log lines, against GoAccess (times faster)"
    yield bench.against_goaccess(name, lines)
    lines.unlink()
    yield _pieces(bench, scale, seed)
    yield _memory(bench, csv, seed)


def _size(folder: Path, csv: Path) -> Finding:
    database = folder / "size.duckdb"
    with Store(database) as store:
        store.load(csv, now=NOW)
    ours, theirs = database.stat().st_size / 1e6, csv.stat().st_size / 1e6
    database.unlink()
    detail = f"{ours:,.0f} MB against {theirs:,.0f} MB"
    return Finding("size of the database, against its CSV", ours / theirs, 1 / 3, detail)


def _others(bench: Bench, logs: Logs) -> Iterator[Finding]:
    """The same calls in other clothes; a tenth of them, where they have no target."""
    few = Logs(bench.folder, logs.rows // 10, 1)
    path = few.jsonl()
    name = f"load {few.rows:,} JSON lines, against read_json into a table"
    yield bench.against_bare(name, "read_json", path, 2)
    path.unlink()
    plain, packed = few.csv(), bench.folder / "calls.csv.gz"
    with plain.open("rb") as file, gzip.open(packed, "wb", compresslevel=6) as target:
        shutil.copyfileobj(file, target)
    name = f"load {few.rows:,} calls of CSV.gz, against read_csv into a table"
    yield bench.against_bare(name, "read_csv", packed)
    plain.unlink()


def _pieces(bench: Bench, scale: float, seed: int) -> Finding:
    """A million lines in a thousand files, times `scale`, against one file."""
    whole = Logs(bench.folder, round(1_000_000 * scale), seed).access()
    lines = whole.read_bytes().splitlines(keepends=True)
    each = max(1, len(lines) // (PIECES if scale == 1 else PIECES // 10))
    pieces = []
    for begins in range(0, len(lines), each):
        piece = bench.folder / f"piece-{begins}.log"
        piece.write_bytes(b"".join(lines[begins : begins + each]))
        pieces.append(piece)
    one, all_of_them = in_turn(bench.rounds, lambda: bench.load(whole), lambda: bench.load(*pieces))
    for path in (whole, *pieces):
        path.unlink()
    name = f"load {len(lines):,} lines in {len(pieces):,} files, against in one file"
    return against(name, all_of_them, one, None)


def _memory(bench: Bench, csv: Path, seed: int) -> Finding:
    more = Logs(bench.folder, 3 * int(csv.name.split("-")[1]), seed)
    once, thrice = bench.memory(csv), bench.memory(more.csv())
    name = f"peak memory of loading {more.rows:,} calls, against {more.rows // 3:,}"
    return Finding(name, thrice / once, 1.15, f"{thrice:,} MB against {once:,} MB")


def into_a_great_database(folder: Path, scale: float, rounds: int, seed: int) -> Iterator[Finding]:
    """10,000 calls into a database of 100 million, times `scale`."""
    rows = round(100_000_000 * scale)
    small = [Logs(folder, SMALL, seed, start=rows + i * SMALL).csv() for i in range(rounds)]
    name = f"load {SMALL:,} calls into {rows:,}, against into an empty database"
    yield Bench(folder, rounds).into_a_great_database(name, great(folder, rows, seed), small)


def growth(folder: Path, scale: float, seed: int) -> Iterator[Finding]:
    """How time and memory grow from 1 to 10 to 100 million calls, times `scale`, in ten files.

    In two, where it is not to its full size: of little, most would be the start of a process.
    """
    parts = PARTS if scale == 1 else 2
    for total in (1_000_000, 10_000_000, 100_000_000):
        rows = round(total * scale)
        part, database = rows // parts, folder / f"growth-{rows}.duckdb"
        taken = most = 0.0
        for i in range(parts):
            log = Logs(folder, part, seed, start=i * part, done=i * part, total=rows).csv()
            done = subprocess.run(
                [sys.executable, __file__, str(log), str(database)],
                check=True,
                capture_output=True,
                text=True,
                cwd=ROOT,
            )
            memory, seconds = done.stdout.split()
            most, taken = max(most, float(memory)), taken + float(seconds)
            log.unlink()
        size = database.stat().st_size / 1e6
        database.unlink()
        detail = f"{taken:.1f} s, {most:,.0f} MB of memory, {size:,.0f} MB of database"
        of = "ten files" if parts == PARTS else f"{parts} files"
        yield Finding(f"{rows:,} calls loaded from {of}", None, None, detail)


if __name__ == "__main__":
    # What a load takes is seen in a process of its own.
    log, into = (Path(argument) for argument in sys.argv[1:])
    begun = time.perf_counter()
    with Store(into) as store:
        store.load(log, now=NOW)
    print(most_memory(), time.perf_counter() - begun)
