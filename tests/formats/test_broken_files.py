"""Workbooks and Parquet files with bytes that are other bytes, or gone: one sentence, no more.

`FUZZ_FILES` says how many of each seed; `FUZZ_SEED` where the seeds begin.
"""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from random import Random

import duckdb
import pytest
from conftest import NOW
from test_workbook import xlsx

from credits import CreditsError
from credits.store import Load, Store

FILES = int(os.environ.get("FUZZ_FILES", "12"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
PIECES = (
    b"", b"<v>", b'r="ZZZZ99999999"', b't="s"', b"1e999", b"<v>-5</v>", b"&#0;", b"\0", b't="d"',
)  # fmt: skip


def parquet(folder: Path) -> bytes:
    path = folder / "whole.parquet"
    duckdb.sql(f"""COPY (SELECT TIMESTAMP '2026-01-05' + INTERVAL (range) SECOND AS time,
        'user' || (range % 9) AS "user", '/a/' || range AS path, 200 AS status,
        'r' || range AS request_id, [1, 2] AS list, {{'a': 1}} AS struct FROM range(500))
        TO '{path}' (FORMAT parquet)""")
    return path.read_bytes()


def workbook() -> bytes:
    rows = [[f"2026-01-05 10:00:{second:02d}", "ada", second] for second in range(60)]
    return xlsx(Log=[["time", "user", "credits"], *rows])


def spoiled(rng: Random, whole: bytes) -> bytes:
    """Cut short, or with some bytes changed; half of the time near the end."""
    if rng.random() < 0.25:
        return whole[: rng.randrange(len(whole))]
    data = bytearray(whole)
    first = 0 if rng.random() < 0.5 else max(0, len(data) - 1200)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data[rng.randrange(first, len(data))] = rng.randrange(256)
    return bytes(data)


def spoiled_inside(rng: Random, whole: bytes) -> bytes:
    """A workbook that unpacks, with one of its parts spoiled."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(packed, "w") as new:
        victim = rng.choice(old.namelist())
        for name in old.namelist():
            part = bytearray(old.read(name))
            for _ in range(rng.randint(1, 8) if name == victim else 0):
                at = rng.randrange(len(part))
                part[at : at + rng.choice([1, 1, rng.randint(0, 30)])] = rng.choice(
                    [bytes([rng.randrange(256)]), *PIECES]
                )
            new.writestr(name, bytes(part))
    return packed.getvalue()


@pytest.mark.parametrize("seed", range(SEED, SEED + 3))
@pytest.mark.parametrize("kind", ["parquet", "xlsx", "inside"])
def test_a_broken_file_is_one_sentence_and_the_store_goes_on(tmp_path: Path, kind: str, seed: int):
    rng = Random(f"{kind} {seed}")
    whole = parquet(tmp_path) if kind == "parquet" else workbook()
    path = tmp_path / f"a.{'parquet' if kind == 'parquet' else 'xlsx'}"
    log = tmp_path / "after.csv"
    log.write_text("time,user,api\n2026-01-05T10:00:00Z,ada,getRecords\n")
    with Store(tmp_path / "x.duckdb") as store:
        for number in range(FILES):
            data = spoiled_inside(rng, whole) if kind == "inside" else spoiled(rng, whole)
            path.write_bytes(data)
            loads: list[Load] = []
            with suppress(CreditsError):
                loads, _ = store.load(path, now=NOW)
            for load in loads:
                parts = load.loaded + load.duplicates + load.rejected + load.skipped
                assert load.rows == parts, number
        assert store.load(log, now=NOW)[0][0].rows == 1
