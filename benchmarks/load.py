"""Loading against what is known to be fast: DuckDB's own readers, and GoAccess.

Run it with `python benchmarks/load.py`; `--rows`, `--rounds` and `--seed` choose the size. The logs
are generated: a hundred users, some of them busy, over 28 days, every call with a request id. All
loads are whole: read, rated, de-duplicated, rolled up and committed to a database of its own.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import duckdb
from measure import ROOT, Finding, in_turn, table

from credits.store import Store

NOW = datetime(2026, 11, 22)
SMALL = 10_000
COLUMNS = '"timestamp", "user", method, endpoint, status, records, app, ip, request_id'

# Pseudo-random by hash, so that any row can be made by itself, in any order, by every thread.
CALLS = """
SELECT strftime(moment, '%Y-%m-%dT%H:%M:%S.%g') || 'Z' AS "timestamp", moment,
    'user' || who || '@example.com' AS "user",
    CASE WHEN kind < 5 THEN 'GET' WHEN kind < 8 THEN 'POST' ELSE 'PUT' END AS method,
    '/bigin/v2/' || ['Contacts', 'Deals', 'Products', 'settings/modules', 'users', 'Contacts',
        'Deals', 'bulk/read', 'Tasks', 'Contacts'][kind + 1]
        || CASE WHEN dice(4, row) < 0.5 THEN '' ELSE
            '/' || (4150868000000000000 + dice(5, row) * 1e9)::BIGINT END AS endpoint,
    CASE WHEN dice(6, row) < 0.01 THEN 429 WHEN dice(7, row) < 0.02 THEN 404 ELSE 200 END AS status,
    1 + floor(dice(11, row) ** 4 * 200)::INTEGER AS records,
    'app' || CASE WHEN dice(8, row) < 0.9 THEN who % 8
        ELSE floor(dice(9, row) * 8)::INTEGER END AS app,
    '10.0.' || who || '.' || floor(dice(10, row) * 4)::INTEGER AS ip,
    left(md5(concat_ws('/', $seed, row)), 24) AS request_id
FROM (SELECT *, floor(dice(2, row) ** 2 * 100)::INTEGER AS who,
    floor(dice(3, row) ** 2 * 10)::INTEGER AS kind,
    make_timestamp(1767225600000000 + ((row - $first + dice(1, row)) * $step)::BIGINT) AS moment
FROM (SELECT $first + range AS row FROM range($rows)))
"""
JSON_LINE = f"to_json({{{', '.join(f'{c}: {c}' for c in COLUMNS.split(', '))}}})"
LOG_LINE = """concat(ip, ' - ', "user", ' [', strftime(moment, '%d/%b/%Y:%H:%M:%S +0000'), '] "',
    method, ' ', endpoint, ' HTTP/1.1" ', status, ' ', 100 + records * 57, ' "-" "Mozilla/5.0',
    ' (X11; Linux x86_64) ', app, '/1.0 like Gecko"')"""


class Logs:
    """Generated logs in a folder, all of the same calls."""

    def __init__(self, folder: Path, rows: int, seed: int, first: int = 0) -> None:
        self.folder, self.rows, self.first = folder, rows, first
        self.connection = duckdb.connect()
        self.connection.execute(
            f"CREATE MACRO dice(n, row) AS hash(row, n, {seed}) / 18446744073709551616.0"
        )
        microseconds = 28 * 86_400_000_000
        given = {"$seed": seed, "$first": first, "$rows": rows, "$step": microseconds / rows}
        self.calls = CALLS
        for mark, value in given.items():
            self.calls = self.calls.replace(mark, str(value))

    def _written(self, name: str, columns: str, form: str) -> Path:
        path = self.folder / f"{self.first}-{self.rows}-{name}"
        self.connection.execute(f"COPY (SELECT {columns} FROM ({self.calls})) TO '{path}' ({form})")
        return path

    def csv(self) -> Path:
        """As CSV, with a header."""
        return self._written("calls.csv", COLUMNS, "FORMAT csv, HEADER")

    def parquet(self) -> Path:
        """As Parquet."""
        return self._written("calls.parquet", COLUMNS, "FORMAT parquet")

    def jsonl(self) -> Path:
        """As JSON, one object a line."""
        return self._lines("calls.jsonl", JSON_LINE)

    def access(self) -> Path:
        """As a combined access log, without request ids."""
        return self._lines("access.log", LOG_LINE)

    def _lines(self, name: str, line: str) -> Path:
        form = "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE ''"
        return self._written(name, f"{line} AS line", form)


class Bench:
    """What is measured, in a scratch folder."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder, self.rounds = folder, rounds
        self.numbers = count()

    def fresh(self) -> Path:
        """Where no database is yet."""
        return self.folder / f"{next(self.numbers)}.duckdb"

    def load(self, path: Path) -> None:
        """Load a log into a database of its own."""
        database = self.fresh()
        with Store(database) as store:
            store.load(path, now=NOW)
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
        detail = f"{ours:.2f} s against {bare:.2f} s, {path.stat().st_size / 1e6:,.0f} MB"
        return Finding(name, ours / bare, target, "lower", detail)

    def against_goaccess(self, path: Path) -> Finding:
        """GoAccess against our load: how many times faster we are."""
        name = "combined log lines against GoAccess (times faster)"
        program = shutil.which("goaccess")
        if program is None:
            return Finding(name, None, 8, "higher", "skipped: goaccess is not installed")
        report = self.folder / "report.json"
        command = [program, str(path), "--log-format=COMBINED", "--no-global-config", "-o"]
        theirs, ours = in_turn(
            self.rounds,
            lambda: subprocess.run([*command, str(report)], check=True, capture_output=True),
            lambda: self.load(path),
        )
        return Finding(name, theirs / ours, 8, "higher", f"{ours:.2f} s against {theirs:.2f} s")

    def into_a_full_database(self, path: Path, small: Iterator[Path]) -> Finding:
        """A small log is loaded into a database that holds much, and into an empty one."""
        files = list(small)
        into_full, into_empty = iter(files), iter(files)
        with Store(self.fresh()) as full:
            full.load(path, now=NOW)

            def empty() -> None:
                with Store(self.fresh()) as store:
                    store.load(next(into_empty), now=NOW)

            baseline, ours = in_turn(
                self.rounds, empty, lambda: full.load(next(into_full), now=NOW)
            )
        name = f"{SMALL:,} rows into a full database against an empty one"
        return Finding(
            name, ours / baseline, 1.5, "lower", f"{ours:.2f} s against {baseline:.2f} s"
        )

    def memory(self, path: Path) -> int:
        """Megabytes that a process of its own takes at most while it loads a log."""
        answer = subprocess.run(
            [sys.executable, __file__, "--memory-of", str(path), "--into", str(self.fresh())],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        return int(answer.stdout)


def _memory_of(path: Path, database: Path) -> int:
    import resource  # not on Windows

    with Store(database) as store:
        store.load(path, now=NOW)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(folder: Path, rows: int, rounds: int, seed: int) -> Iterator[Finding]:
    """Every finding, as soon as it is there."""
    bench = Bench(folder, rounds)
    logs = Logs(folder, rows, seed)
    csv = logs.csv()
    yield bench.against_bare(f"{rows:,} CSV calls against read_csv", "read_csv", csv, 2)
    packed = folder / "calls.csv.gz"
    with csv.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as target:
        shutil.copyfileobj(plain, target)
    yield bench.against_bare("the same as CSV.gz", "read_csv", packed)
    yield bench.against_bare("the same as Parquet", "read_parquet", logs.parquet())
    jsonl = logs.jsonl()
    yield bench.against_bare("the same as JSON lines against read_json", "read_json", jsonl, 2)
    yield bench.against_goaccess(logs.access())
    others = (Logs(folder, SMALL, seed, first=rows + i * SMALL).csv() for i in range(rounds))
    yield bench.into_a_full_database(csv, others)
    once, thrice = bench.memory(csv), bench.memory(Logs(folder, 3 * rows, seed).csv())
    name = f"peak memory of {3 * rows:,} CSV calls against {rows:,}"
    yield Finding(name, thrice / once, None, "lower", f"{thrice:,} MB against {once:,} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.memory_of:
        print(_memory_of(said.memory_of, said.into))
        return
    with tempfile.TemporaryDirectory(prefix="credits-bench-") as name:
        findings = []
        for found in measured(Path(name), said.rows, said.rounds, said.seed):
            print(f"… {found.name}: {found.detail}", file=sys.stderr)
            findings.append(found)
        print(table(findings))


if __name__ == "__main__":
    main()
