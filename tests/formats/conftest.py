"""What tests of the readers share: a log goes through the store, as a person's would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from credits import windows
from credits.formats.base import Options
from credits.store import Load, Store, Terms

NOW = datetime(2026, 11, 22)
REAL_LOGS = Path(__file__).parents[3] / "shared" / "real-logs"

Calls = list[dict[str, Any]]
LoadText = Callable[..., tuple[Load, Calls]]


def calls_of(store: Store, load_ids: list[int] | None = None) -> Calls:
    """The calls that are loaded, by time (the store keeps no other order), one dict each."""
    with store._database.snapshot() as cursor:
        found = cursor.execute(
            "SELECT * EXCLUDE (fingerprint, kind_id, place)"
            " FROM (SELECT *, rowid AS place FROM stored_calls)"
            " JOIN (SELECT * EXCLUDE (load_id) FROM kinds) USING (kind_id)"
            " WHERE $ids IS NULL OR list_contains($ids, load_id)"
            " ORDER BY load_id, occurred_at, place",
            {"ids": load_ids},
        )
        rows = found.fetchall()
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "calls.duckdb") as opened:
        yield opened


@pytest.fixture
def load(store: Store, tmp_path: Path) -> LoadText:
    """`load(text_or_bytes, name, **options)`: what became of one log, and its calls.

    Further arguments are those of `Options`, or `keep_duplicates` of `Terms`.
    """

    def taken(log: str | bytes, name: str = "a.log", **given: Any) -> tuple[Load, Calls]:
        path = tmp_path / name
        path.write_bytes(log if isinstance(log, bytes) else log.encode())
        keep = given.pop("keep_duplicates", False)
        terms = Terms(Options(**given), keep_duplicates=keep)
        (found,), _ = store.load(path, terms, now=NOW, name=name)
        parts = found.loaded + found.duplicates + found.rejected + found.skipped
        assert found.rows == parts, "rows = loaded + duplicates + rejected + skipped"
        return found, calls_of(store, [found.load_id])

    return taken


@pytest.fixture
def rejects(store: Store) -> Callable[[], list[tuple[int, str, str | None]]]:
    """Line, reason and text of every reject so far, in file order."""

    def kept() -> list[tuple[int, str, str | None]]:
        with store._database.snapshot() as cursor:
            return cursor.execute(
                "SELECT line, reason, text FROM rejects ORDER BY load_id, line"
            ).fetchall()

    return kept


@dataclass(frozen=True)
class RealLog:
    """A real log as it was read, and as `truth.json` has it, in the same words."""

    found: dict[str, Any]
    """rows, calls, rejected, skipped, and the greatest calls in 24 h with their end (peak, end)."""
    truth: dict[str, Any]
    loads: list[Load]
    calls: Calls


@pytest.fixture
def real_log(store: Store) -> Callable[..., RealLog]:
    """`real_log(folder, *names)`: files of a folder of real logs against their truth.

    Without names all files of the folder, against the truth of the whole. Where a difference is on
    purpose, a test says so: `found == truth | {"rejected": 2}  # because …`.
    """

    def read(folder: str, *names: str) -> RealLog:
        place = REAL_LOGS / folder
        if not place.is_dir():
            pytest.skip("the real logs lie beside the project, users don't have them")
        truth = json.loads((place / "truth.json").read_text("utf-8"))
        paths = [place / name for name in names] or [
            path for path in sorted(place.iterdir()) if path.name != "truth.json"
        ]
        truths = [truth["files"][name] for name in names] or [truth]
        loads: list[Load] = []
        # The truth tells no duplicates, so that none may be put aside here either.
        for path in paths:
            loads += store.load(path, Terms(keep_duplicates=True), now=NOW)[0]
        with store.answers() as answers:
            peak = windows.peak(answers.usage(), measure="calls")
        end = None if peak.end is None else peak.end.to_pydatetime()
        found = {
            "rows": sum(load.rows for load in loads),
            "calls": sum(load.calls for load in loads),
            "rejected": sum(load.rejected for load in loads),
            "skipped": sum(load.skipped for load in loads),
            "peak": peak.calls,
            "end": end,
        }
        return RealLog(found, _truth(truths), loads, calls_of(store))

    return read


def _truth(truths: list[dict[str, Any]]) -> dict[str, Any]:
    skipped = ("blank_rows", "comment_rows", "rows_that_are_not_calls")
    best = max((truth["max_24h"] for truth in truths), key=lambda most: most["calls"])
    return {
        "rows": sum(truth["rows_read"] for truth in truths),
        "calls": sum(truth["total_calls"] for truth in truths),
        "rejected": sum(truth["malformed_rows"] for truth in truths),
        "skipped": sum(truth[name] for truth in truths for name in skipped),
        "peak": best["calls"],
        "end": best["end"] and datetime.fromisoformat(best["end"]).replace(tzinfo=None),
    }
