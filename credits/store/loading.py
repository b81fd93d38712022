"""One log is taken in: read, rated, told apart from what is known, rolled up, committed.

The log is first staged in a temporary table, row for row, so that every row has its place; what
follows (which rows are calls, what they cost, which are duplicates) is asked of that table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from credits import CreditsError, rates
from credits.formats import NotALog, Options, Plain, Reading, logs
from credits.store import cards, duplicates, rating, schema
from credits.store.database import Database, Progress
from credits.store.staged import Staging, set_time_zone
from credits.store.watching import in_any_order, watched


@dataclass(frozen=True)
class Load:
    """What became of one log."""

    load_id: int
    path: str
    """The file as it was named; a member of an archive stands behind a `/`."""
    format: str
    columns: Mapping[str, str]
    """Field → what it was called in the log."""
    rows: int
    loaded: int
    duplicates: int
    rejected: int
    skipped: int
    calls: int
    credits: Decimal
    first: datetime | None
    """Of the calls loaded, UTC."""
    last: datetime | None
    replaced: int
    """Bytes that were no text and were replaced."""
    notes: tuple[str, ...] = ()
    """What a person should know about how the log was read, as sentences."""


@dataclass(frozen=True)
class Terms:
    """How a log is to be taken in."""

    options: Options = field(default_factory=Options)
    rate_card: str | None = None
    """The name of a rate card, or the path of one; None is the card in force."""
    keep_duplicates: bool = False
    fold: tuple[str, ...] = ()
    """A person's own rules for folding paths; see `paths.ruled_sql`."""
    sample: bool = False
    """Whether this is the log that comes with the project."""


def load(
    database: Database,
    path: Path,
    terms: Terms,
    *,
    now: datetime,
    name: str | None = None,
    progress: Progress | None = None,
) -> tuple[list[Load], list[NotALog]]:
    """Take in one file: a log, or every log in an archive. Each log is its own transaction.

    Gives the loads and what was passed over. Raises CreditsError for a file that can't be read as
    a log, and where nothing in an archive can.
    """
    loads: list[Load] = []
    passed: list[NotALog] = []
    tell = progress or (lambda share, message: None)
    with database.writer() as cursor, database.scratch() as scratch:
        card = cards.card(cursor, terms.rate_card)
        set_time_zone(cursor, terms.options.time_zone)
        # A name on disk may be no Unicode, but whoever reads it here expects some.
        shown = (name or str(path)).encode("utf-8", "replace").decode()
        reaches = database.reaches
        for plain in logs(
            path, shown, scratch, tick=lambda message: tell(0.0, message), reaches=reaches
        ):
            if isinstance(plain, NotALog):
                passed.append(plain)
                continue
            try:
                taking = _Taking(database, cursor, plain, terms, card, scratch, tell)
                loads.append(taking.run(now))
            except CreditsError as error:
                if plain.name == shown:
                    raise
                passed.append(NotALog(plain.name, str(error)))
    if not loads and passed:
        raise CreditsError(f"{shown} holds no log that can be read: {passed[0].reason}")
    if not loads:
        raise CreditsError(f"{shown} is empty: there is nothing in it to load.")
    return loads, passed


class _Taking:
    """One log on its way into the database."""

    def __init__(
        self,
        database: Database,
        cursor: duckdb.DuckDBPyConnection,
        plain: Plain,
        terms: Terms,
        card: rates.RateCard,
        scratch: Path,
        tell: Progress,
    ) -> None:
        self.database, self.cursor, self.plain = database, cursor, plain
        self.terms, self.card, self.scratch, self.tell = terms, card, scratch, tell

    def run(self, now: datetime) -> Load:
        self.tell(0.02, f"Looking at {self.plain.name}")
        staging = Staging(self.cursor, self.plain, self.terms.options, self.scratch, self.tell)
        staging.run(self.card.parameters)
        self.plain, reading = staging.plain, staging.reading
        rows = self._count("true") + reading.unread
        if rows == 0:
            raise CreditsError(
                f"{self.plain.name} has no rows (a header alone, perhaps): there is nothing to"
                " load."
            )
        self.tell(0.5, f"Rating {self.plain.name}")
        rating.rate_staged(self.cursor, self.card, self.terms.fold)
        self.tell(0.52, "Looking for duplicates")
        duplicates.find(self.cursor, keep=self.terms.keep_duplicates)
        skipped = self._count("skip IS NOT NULL") + reading.unread
        with self.database.change(self.cursor):
            load = self._store(reading, rows, skipped, now)
        self.tell(1.0, f"Loaded {self.plain.name}")
        return load

    def _query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.cursor.execute(sql, parameters or []).fetchall()
        return found

    def _count(self, condition: str) -> int:
        return int(self._query(f"SELECT count(*) FROM staging WHERE {condition}")[0][0])

    def _watched(
        self,
        sql: str,
        shares: tuple[float, float],
        message: str,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        watched(self.cursor, sql, self.tell, shares, message, given)

    def _store(self, reading: Reading, rows: int, skipped: int, now: datetime) -> Load:
        load_id = int(self._query("SELECT nextval('load_ids')")[0][0])
        known = int(self._query("SELECT count(*) FROM shadowed")[0][0])
        chosen = "s.row NOT IN (SELECT row FROM shadowed)" if known else "true"
        weighted = "calls" in reading.fields
        given: dict[str, Any] = {"load": load_id}
        self.cursor.execute(schema.new_owners("staged_kinds"))
        self.cursor.execute(rating.KEEP_KINDS, given)
        with in_any_order(self.cursor):
            message = f"Storing {self.plain.name}"
            inserting = _insert("stored_calls", chosen, weighted=weighted)
            self._watched(inserting, (0.55, 0.88), message, given)
        if known:
            inserting = _insert("stored_duplicates", f"NOT ({chosen})", weighted=weighted)
            self.cursor.execute(f"{inserting} ORDER BY s.row", given)
        sums = self._sums(load_id)
        with in_any_order(self.cursor):
            ends = ((0.88, 0.92), (0.92, 0.99), (0.99, 1.0))
            for (table, sql), shares in zip(schema.ROLL_UPS.items(), ends, strict=True):
                mine = sql(*(f"(SELECT * FROM {t} WHERE load_id = $load)" for t in _OF_ONE))
                self._watched(f"INSERT INTO {table} BY NAME {mine}", shares, "Adding up", given)
        self.cursor.execute(_FOLDED, [load_id])
        self.cursor.execute(
            "INSERT INTO told_apart SELECT ?, unnest(?::VARCHAR[])",
            [load_id, sorted(self.card.parameters)],
        )
        rejected = self._store_rejects(reading, load_id)
        calls, credits, fractional, first, last, loaded = sums
        load = Load(
            load_id, self.plain.name, reading.format, dict(reading.columns), rows, loaded,
            known, rejected, skipped, calls, credits, first, last, self.plain.replaced,
            _notes(self.plain, reading),
        )  # fmt: skip
        if rows != loaded + known + rejected + skipped:
            raise CreditsError(
                f"{self.plain.name} was not loaded: its rows do not add up ({rows:,} read). This"
                " is a fault of the program, please report it."
            )
        record = {k: v for k, v in asdict(load).items() if k != "notes"} | {
            "columns": json.dumps(dict(reading.columns)),
            "rate_card": self.card.name,
            "fractional": fractional,
            "sample": self.terms.sample,
            "loaded_at": now,
        }
        names = ", ".join(record)
        marks = ", ".join(f"${name}" for name in record)
        self.cursor.execute(f"INSERT INTO loads ({names}) VALUES ({marks})", record)
        return load

    def _sums(self, load_id: int) -> tuple[Any, ...]:
        """calls, credits, fractional, first, last, loaded; refused where they can't be added up."""
        # To look whether a sum is whole takes as long as to add it up: most prices leave no doubt.
        whole = self._query(f"SELECT {rating.ALL_WHOLE} FROM staged_kinds")[0][0]
        fractional = "false" if whole else "coalesce(bool_or(credits <> floor(credits)), false)"
        sums = self._query(
            f"""SELECT coalesce(sum(calls), 0)::HUGEINT, coalesce(sum(credits), 0),
                {fractional}, min(occurred_at), max(occurred_at), count(*)
            FROM stored_calls WHERE load_id = ?""",
            [load_id],
        )[0]
        calls, credits, fractional = self._query(
            """SELECT coalesce(sum(calls), 0)::HUGEINT, coalesce(sum(credits), 0),
                coalesce(bool_or(fractional), false) FROM loads"""
        )[0]
        most = schema.most_credits(fractional or sums[2])
        if calls + sums[0] >= 2**63 or credits + sums[1] >= most:
            raise CreditsError(
                f"{self.plain.name} was not loaded: with it there would be more than {most:,} calls"
                " or credits, more than can be added up."
            )
        return sums

    def _store_rejects(self, reading: Reading, load_id: int) -> int:
        """Keep every reject with its line number, reason and text; how many there are."""
        self.cursor.execute(
            """INSERT INTO rejects SELECT ?, coalesce(line, row + 1), reject, text
            FROM staging WHERE reject IS NOT NULL AND skip IS NULL ORDER BY row""",
            [load_id],
        )
        ordinals = [
            row[0]
            for row in self._query(
                "SELECT row FROM staging WHERE reject IS NOT NULL AND skip IS NULL ORDER BY row"
            )
        ]
        if reading.locate is not None and ordinals:
            places = reading.locate(ordinals)
            self.cursor.execute(
                """UPDATE rejects SET line = place.line, text = coalesce(place.text, rejects.text)
                FROM (SELECT unnest($rows::BIGINT[]) + 1 AS row, unnest($lines::BIGINT[]) AS line,
                    unnest($texts::VARCHAR[]) AS text) AS place
                WHERE load_id = $load AND rejects.line = place.row""",
                {
                    "load": load_id,
                    "rows": list(places),
                    "lines": [place[0] for place in places.values()],
                    "texts": [place[1] for place in places.values()],
                },
            )
        return len(ordinals)


def _notes(plain: Plain, reading: Reading) -> tuple[str, ...]:
    notes = []
    if reading.ambiguous_days:
        notes.append(
            f"{plain.name}: dates such as 05/06/2026 were read month-first; if the day comes"
            " first, undo this load and load it again day-first (--day-first)."
        )
    if plain.replaced:
        notes.append(f"{plain.name}: {plain.replaced:,} bytes were no text and were replaced by �.")
    if plain.overlong:
        notes.append(
            f"{plain.name}: {plain.overlong:,} of its lines had more than 16 MB, as no line of a"
            " log has, and were left out: they are among the rejects."
        )
    if reading.correction is not None:
        notes.append(f"{plain.name}: read as saved under “{reading.correction.name}”.")
    return tuple(notes)


# Which APIs stand for more than one path, with one of those as an example.
_FOLDED = """
INSERT INTO folded
SELECT ?, api, count(DISTINCT key), min(key) FROM staged_apis WHERE is_path AND contains(api, '{')
GROUP BY api
"""


_OF_ONE = ("stored_calls", "kinds")
"""What the roll-ups of one load are worked out from."""


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
    SELECT $load AS load_id, k.kind_id, s.occurred_at, s.records, s.ip, s.request_id, s.calls,
        {credits} AS credits, {refused} AS refused_credits,
        CASE WHEN s.request_id IS NULL THEN s.fingerprint END AS fingerprint, {ids}
    FROM staging AS s JOIN staged_kinds AS k ON s.kind = k.kind
    WHERE s.skip IS NULL AND s.reject IS NULL AND {chosen}"""
