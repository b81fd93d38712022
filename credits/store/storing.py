"""A log is stored: read, rated, told apart from what is known, rolled up, committed.

The log is first staged in a temporary table, row for row, so that every row has its place; what
follows (which rows are calls, what they cost, which are duplicates) is asked of that table. Small
logs that are alike go this way together, in one transaction, and each comes out as a load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from credits import CreditsError, rates
from credits.formats.together import Log
from credits.store import bounds, duplicates, rating, schema
from credits.store.database import Database, Progress
from credits.store.loads import Load, Terms, notes
from credits.store.staged import Staging, titled
from credits.store.watching import in_any_order, watched


@dataclass(frozen=True)
class _Read:
    """How many rows of a log were read."""

    first: int
    """The number that its first row has among all that are staged."""
    rows: int
    skipped: int


class Storing:
    """A log on its way into the database, or several that are alike."""

    def __init__(
        self,
        database: Database,
        cursor: duckdb.DuckDBPyConnection,
        logs: Sequence[Log],
        terms: Terms,
        card: rates.RateCard,
        scratch: Path,
        tell: Progress,
    ) -> None:
        self.database, self.cursor, self.logs = database, cursor, logs
        self.terms, self.card, self.scratch, self.tell = terms, card, scratch, tell

    def run(self, now: datetime) -> list[Load | CreditsError]:
        """What became of each log, in their order: a load, or why there is nothing to load.

        Raises CreditsError where nothing could be stored.
        """
        staging = Staging(self.cursor, self.logs, self.terms.options, self.scratch, self.tell)
        staging.run(self.card.parameters)
        self.logs = staging.logs
        read = self._read()
        found: list[Load | CreditsError] = [_empty(log) for log in self.logs]
        if read:
            self.tell(0.5, f"Rating {titled(self.logs)}")
            rating.rate_staged(self.cursor, self.card, self.terms.fold)
            self.tell(0.52, "Looking for duplicates")
            several = len(self.logs) > 1
            duplicates.find(self.cursor, several=several, keep=self.terms.keep_duplicates)
            with self.database.change(self.cursor):
                for log, load in self._store(read, now):
                    found[log] = load
        self.tell(1.0, f"Loaded {titled(self.logs)}")
        return found

    def _query(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.cursor.execute(sql, parameters or {}).fetchall()
        return found

    def _watched(
        self, sql: str, shares: tuple[float, float], message: str, given: Mapping[str, Any]
    ) -> None:
        watched(self.cursor, sql, self.tell, shares, message, given)

    def _read(self) -> dict[int, _Read]:
        """The logs that have rows, by their number."""
        staged = {log: counts for log, *counts in self._query(_READ)}
        found = {}
        for number, log in enumerate(self.logs):
            first, rows, skipped = staged.get(number, (0, 0, 0))
            if rows + log.reading.unread:
                unread = log.reading.unread
                found[number] = _Read(first, rows + unread, skipped + unread)
        return found

    def _store(self, read: Mapping[int, _Read], now: datetime) -> list[tuple[int, Load]]:
        """The loads of some logs, with their numbers."""
        # Whoever writes is alone, so that the numbers follow each other.
        numbers = "SELECT min(nextval('load_ids')) FROM range($logs)"
        given = {"load": int(self._query(numbers, {"logs": len(self.logs)})[0][0])}
        known = dict(self._query("SELECT log, count(*) FROM shadowed GROUP BY log"))
        chosen = "s.row NOT IN (SELECT row FROM shadowed)" if known else "true"
        weighted = "calls" in self.logs[0].reading.fields
        self.cursor.execute(schema.new_owners("staged_kinds"))
        self.cursor.execute(rating.KEEP_KINDS, given)
        with in_any_order(self.cursor):
            message = f"Storing {titled(self.logs)}"
            inserting = _insert("stored_calls", chosen, weighted=weighted)
            self._watched(inserting, (0.55, 0.88), message, given)
        if known:
            inserting = _insert("stored_duplicates", f"NOT ({chosen})", weighted=weighted)
            self.cursor.execute(f"{inserting} ORDER BY s.row", given)
        sums = self._sums(given)
        with in_any_order(self.cursor):
            ends = ((0.88, 0.92), (0.92, 0.99), (0.99, 1.0))
            for (table, sql), shares in zip(schema.ROLL_UPS.items(), ends, strict=True):
                mine = sql(*(f"(SELECT * FROM {t} WHERE load_id >= $load)" for t in _OF_THESE))
                self._watched(f"INSERT INTO {table} BY NAME {mine}", shares, "Adding up", given)
        self.cursor.execute(_FOLDED, given)
        loads = [given["load"] + number for number in read]
        parameters = {"loads": loads, "parameters": sorted(self.card.parameters)}
        self.cursor.execute(_TOLD_APART, parameters)
        rejected = self._store_rejects(read, given)
        stored, records = [], []
        for number, counts in read.items():
            load_id = given["load"] + number
            of_it = sums.get(load_id, _NO_CALLS)
            load = self._load(
                load_id, self.logs[number], counts, of_it, known.get(number, 0), rejected[number]
            )
            stored.append((number, load))
            records.append(self._record(load, now, fractional=of_it.fractional))
        types = ", ".join(f"{name} {kind}" for name, kind, *_ in self._query("DESCRIBE loads"))
        self.cursor.execute(_RECORDS.format(types=types), {"loads": records})
        return stored

    def _load(
        self, load_id: int, log: Log, read: _Read, sums: _Sums, known: int, rejected: int
    ) -> Load:
        plain, reading = log.plain, log.reading
        if read.rows != sums.loaded + known + rejected + read.skipped:
            raise CreditsError(
                f"{plain.name} was not loaded: its rows do not add up ({read.rows:,} read). This"
                " is a fault of the program, please report it."
            )
        return Load(
            load_id, plain.name, reading.format, dict(reading.columns), read.rows, sums.loaded,
            known, rejected, read.skipped, sums.calls, sums.credits, sums.first, sums.last,
            plain.replaced, notes(log),
        )  # fmt: skip

    def _record(self, load: Load, now: datetime, *, fractional: bool) -> dict[str, Any]:
        return {k: v for k, v in asdict(load).items() if k != "notes"} | {
            "columns": json.dumps(load.columns),
            "rate_card": self.card.name,
            "fractional": fractional,
            "sample": self.terms.sample,
            "loaded_at": now,
        }

    def _sums(self, given: Mapping[str, Any]) -> dict[int, _Sums]:
        """Sums by load. Raises CreditsError where these can't be added up with all the others."""
        # To look whether a sum is whole takes as long as to add it up: most prices leave no doubt.
        whole, refused = self._query(_DOUBTS)[0]
        fractional = "false" if whole else schema.HAS_FRACTIONS
        wanted = bounds.WANTED if refused else "sum(credits)"
        found = {
            load_id: _Sums(*sums)
            for load_id, *sums in self._query(
                f"""SELECT load_id, sum(calls)::HUGEINT, sum(credits), {wanted}, {fractional},
                    min(occurred_at), max(occurred_at), count(*)
                FROM stored_calls WHERE load_id >= $load GROUP BY load_id""",
                given,
            )
        }
        more = bounds.Sums(
            sum(sums.calls for sums in found.values()),
            sum((sums.wanted for sums in found.values()), Decimal(0)),
            any(sums.fractional for sums in found.values()),
        )
        bounds.must_add_up(self.cursor, f"{titled(self.logs)} was not loaded: with it", more)
        return found

    def _store_rejects(self, read: Mapping[int, _Read], given: Mapping[str, Any]) -> dict[int, int]:
        """Keep every reject with its line number, reason and text; how many there are by log."""
        firsts = [read[n].first if n in read else 0 for n in range(len(self.logs))]
        self.cursor.execute(_REJECTS, {**given, "firsts": firsts})
        rows: dict[int, list[int]] = {number: [] for number in read}
        for number, row in self._query(_REJECTED):
            rows[number].append(row - firsts[number])
        places = [
            (given["load"] + number, row, line, text)
            for number, ordinals in rows.items()
            if ordinals and (locate := self.logs[number].reading.locate) is not None
            for row, (line, text) in locate(ordinals).items()
        ]
        if places:
            names = ("loads", "rows", "lines", "texts")
            columns = map(list, zip(*places, strict=True))
            self.cursor.execute(_PLACES, dict(zip(names, columns, strict=True)))
        return {number: len(ordinals) for number, ordinals in rows.items()}


@dataclass(frozen=True)
class _Sums:
    """What was loaded of a log."""

    calls: int
    credits: Decimal
    wanted: Decimal
    """With what refused calls would have cost."""
    fractional: bool
    first: datetime | None
    last: datetime | None
    loaded: int


_NO_CALLS = _Sums(0, Decimal(0), Decimal(0), False, None, None, 0)


def _empty(log: Log) -> CreditsError:
    return CreditsError(
        f"{log.plain.name} has no rows (a header alone, perhaps): there is nothing to load."
    )


_RECORDS = """
INSERT INTO loads BY NAME SELECT unnest($loads::STRUCT({types})[], recursive := true)
"""
_DOUBTS = f"SELECT {rating.ALL_WHOLE}, coalesce(bool_or(refused), false) FROM staged_kinds"
"""Whether no call can have cost a fraction, and whether some can have been refused."""
_READ = "SELECT log, min(row), count(*), count(skip) FROM staging GROUP BY log"
_REJECTED = "SELECT log, row FROM staging WHERE reject IS NOT NULL AND skip IS NULL ORDER BY row"
_REJECTS = """
INSERT INTO rejects
SELECT $load + log, coalesce(line, row - ($firsts::BIGINT[])[log + 1] + 1), reject, text
FROM staging WHERE reject IS NOT NULL AND skip IS NULL ORDER BY row
"""
_PLACES = """
UPDATE rejects SET line = place.line, text = coalesce(place.text, rejects.text)
FROM (
    SELECT unnest($loads::INTEGER[]) AS load_id, unnest($rows::BIGINT[]) + 1 AS row,
        unnest($lines::BIGINT[]) AS line, unnest($texts::VARCHAR[]) AS text) AS place
WHERE rejects.load_id = place.load_id AND rejects.line = place.row
"""
_TOLD_APART = """
INSERT INTO told_apart
SELECT load_id, parameter FROM (SELECT unnest($loads::INTEGER[]) AS load_id),
    (SELECT unnest($parameters::VARCHAR[]) AS parameter)
"""
# Which APIs stand for more than one path, with one of those as an example.
_FOLDED = """
INSERT INTO folded
SELECT $load + log, api, count(DISTINCT key), min(key) FROM staged_apis
WHERE is_path AND contains(api, '{') GROUP BY log, api
"""
_OF_THESE = ("stored_calls", "kinds")
"""What the roll-ups of new loads are worked out from."""


def _insert(table: str, chosen: str, *, weighted: bool) -> str:
    """INSERT of the staged calls, rated; `weighted`: whether a row may stand for many."""
    cost = rating.cost_sql("k", "s")
    credits, refused = rating.charged_sql(cost, "s.logged", "has_credits", "refused")
    # What is staged as a fingerprint is the hash of the id, where there is one.
    ids = ", ".join(
        f"CASE WHEN s.request_id IS NOT NULL THEN {part} END AS {name}"
        for name, part in schema.parts_of("s.fingerprint").items()
    )
    if not weighted:
        is_single = "NOT has_credits AND coalesce(s.records <= k.per_records, true)"
        credits = f"CASE WHEN {is_single} THEN single_credits ELSE {credits} END"
    return f"""
    INSERT INTO {table} BY NAME
    SELECT $load + s.log AS load_id, k.kind_id, s.occurred_at, s.records, s.ip, s.request_id,
        s.calls, {credits} AS credits, {refused} AS refused_credits,
        CASE WHEN s.request_id IS NULL THEN s.fingerprint END AS fingerprint, {ids}
    FROM staging AS s JOIN staged_kinds AS k ON s.kind = k.kind
    WHERE s.skip IS NULL AND s.reject IS NULL AND {chosen}"""
