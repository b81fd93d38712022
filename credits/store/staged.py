"""A log is read into a temporary table, row for row, so that every row has its place.

The view `staging` is what is asked of it: which rows are calls, when they were, what they carry.
Whom they come from and what they ask for is in the table `kinds_read`, once for each kind of call:
a log has millions of rows and a few thousand kinds, and what makes a kind is the larger part of a
row. So of a large log the head is read first, and of the kinds that are in it nothing is kept with
the rows. Whether a row is of such a kind is asked of a set of bits, because a join would lose the
order of the rows. Such a set may take an unknown kind for a known one; that is seen in the end, and
the log is read again without a head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from credits import CreditsError
from credits.formats import Options, Plain, Reading, recognise
from credits.formats.overlong import shortened
from credits.formats.staging import IS_CALL, completed_sql, staging_sql
from credits.formats.together import Log, together
from credits.phrases import counted
from credits.store import answered
from credits.store.database import Progress
from credits.store.explaining import explained
from credits.store.watching import watched

_LARGE = 64 * 2**20
"""Bytes of a log whose head is read first: of smaller ones that takes longer than it saves."""
_HEAD = 20_000
"""Rows of the head: nine of ten calls are of a kind that is among the first ones."""
_BITS = 21
"""A set of 2^21 bits takes 256 KB, which processors keep at hand; where 20,000 kinds are known, it
takes two unknown ones in a million for known."""
_SHIFTS = (0, 14, 28, 43)
"""Where in the hash of a kind the numbers of its bits begin."""


class Staging:
    """One log on its way into `staging` and `kinds_read`, or several that are alike.

    `logs` are what was read in the end: a log with lines that no reader takes is read without them,
    one with broken rows leniently. Several are read as they are, or not at all.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        logs: Sequence[Log],
        options: Options,
        scratch: Path,
        tell: Progress,
    ) -> None:
        self.cursor, self.logs, self.options = cursor, list(logs), options
        self.scratch, self.tell = scratch, tell

    def run(self, parameters: frozenset[str]) -> None:
        """Read the log; `parameters`: the query parameters that tell its calls apart.

        Raises CreditsError where it can't be read.
        """
        while True:
            try:
                return self._read(parameters)
            except duckdb.Error as error:
                self._change_reading(error)

    def _change_reading(self, error: duckdb.Error) -> None:
        """After DuckDB stopped: another way to read the log, or CreditsError if there is none."""
        plain, reading = self.logs[0].plain, self.logs[0].reading
        if len(self.logs) > 1:
            raise _unreadable(plain, error) from error
        if "Maximum line size" in str(error) and not plain.overlong:
            self.tell(0.05, f"Leaving lines out of {plain.name} that are far too long")
            if shorter := shortened(plain, self.scratch / "shortened"):
                again = recognise(shorter, self.options, self.scratch, self.cursor)
                self.logs = [Log(shorter, again)]
                return
        if reading.thorough is None:
            raise _unreadable(plain, error) from error
        self.tell(0.05, f"Reading {plain.name} row by row: some are broken")
        self.logs = [Log(plain, reading.thorough())]

    def _read(self, parameters: frozenset[str]) -> None:
        reading = together(self.logs)
        if reading.correction is not None:
            set_time_zone(self.cursor, reading.correction.time_zone)
        is_large = self.logs[0].plain.path.stat().st_size >= _LARGE
        is_whole = self._read_rows(reading, parameters, _HEAD if is_large else 0)
        if not is_whole:
            self._read_rows(reading, parameters, 0)
        if reading.exchanges is not None:
            answered.hand_over(self.cursor, reading.exchanges)
        # Nobody asks for it any more, and without it memory lasts for more rows.
        self.cursor.execute("ALTER TABLE staged DROP COLUMN makes")
        rows = completed_sql(reading, _ROWS)
        self.cursor.execute(f"CREATE OR REPLACE TEMP VIEW staging AS {rows}")
        if len(self.logs) > 1:
            self._must_be_whole()

    def _must_be_whole(self) -> None:
        """Raises CreditsError where a row of several logs was left out, or is of none of them.

        A row whose quote never closes stops DuckDB, but it says nothing of it where it reads more
        than a few files at once.
        """
        found = dict(self.cursor.execute(_ROWS_OF_EACH).fetchall())
        if None in found:
            raise CreditsError(f"{titled(self.logs)} can't be told apart.")
        for number, log in enumerate(self.logs):
            heading, rows = log.reading.heading, found.get(number, 0) + log.reading.unread
            if heading is not None and heading + rows != _lines(log.plain.path):
                raise CreditsError(f"{log.plain.name} can't be read together with others.")

    def _read_rows(self, reading: Reading, parameters: frozenset[str], head: int) -> bool:
        """`staged` and `kinds_read`, by a head of so many rows; whether no kind was lost."""
        sql = staging_sql(reading, parameters)
        self.cursor.execute(_NO_HEAD)
        if head:
            rows = completed_sql(reading, f"({sql} LIMIT {head})")
            self.cursor.execute(_READ_HEAD.format(rows=rows))
            self.cursor.execute(_KEEP_BITS)
            sql = staging_sql(reading, parameters, _IS_KNOWN, _KNOWN)
        sql = f"CREATE OR REPLACE TEMP TABLE staged AS {sql}"
        watched(self.cursor, sql, self.tell, (0.05, 0.5), f"Reading {titled(self.logs)}")
        self.cursor.execute(_FIRST_ROWS)
        self.cursor.execute(_KINDS_READ.format(rows=completed_sql(reading, _ROWS)))
        return bool(self.cursor.execute(_NONE_LOST).fetchall()[0][0])


def titled(logs: Sequence[Log]) -> str:
    """What to call some logs while they are read."""
    first, others = logs[0].plain.name, len(logs) - 1
    return f"{first} and {counted(others, 'other')}" if others else first


def _lines(path: Path) -> int:
    """The lines of a small file."""
    data = path.read_bytes()
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _unreadable(plain: Plain, error: duckdb.Error) -> CreditsError:
    if "No space left" in str(error) or "Out of Memory" in str(error):
        return explained(error)
    if "Maximum line size" in str(error) or "support a full read" in str(error):
        found = re.search(r"on Line: (\d+)", str(error)[:200])
        row = f"the row at line {found[1]}" if found else "a row"
        return CreditsError(
            f"{plain.name} was not loaded: {row} of it has more than 16 MB,"
            " which is no row of a log; cut it out and load the file again."
        )
    return CreditsError(
        f"{plain.name} can't be read to its end ({str(error).splitlines()[0][:200]}):"
        " choose another format, or mend the file."
    )


def set_time_zone(cursor: duckdb.DuckDBPyConnection, zone: str) -> None:
    """The zone of stamps that carry none. Raises CreditsError where there is no such zone."""
    try:
        cursor.execute("SET TimeZone = ?", [zone])
    except duckdb.Error:
        raise CreditsError(
            f"There is no time zone “{zone}”: write it as Europe/Berlin or UTC."
        ) from None


_ROWS_OF_EACH = "SELECT log, count(*) FROM staging GROUP BY log"
_ROWS = "(SELECT rowid AS row, * FROM staged)"

_NO_HEAD = """
CREATE OR REPLACE TEMP TABLE head (
    kind UBIGINT, makes VARCHAR[], logged DECIMAL(38, 6), records BIGINT, log INTEGER)
"""
_READ_HEAD = f"""
INSERT INTO head
SELECT kind, any_value(makes), any_value(logged), any_value(records), 0 FROM ({{rows}})
WHERE {IS_CALL} GROUP BY kind
"""
_BIT = f"((kind >> {{shift}}) & {2**_BITS - 1})::INTEGER"
_KEEP_BITS = f"""
SET VARIABLE known_kinds = (
    SELECT bitstring_agg({_BIT.format(shift="shift")}, 0, {2**_BITS - 1})
    FROM head, (SELECT unnest({list(_SHIFTS)}) AS shift))
"""
_KNOWN = "getvariable('known_kinds')::BIT"
_IS_KNOWN = " AND ".join(
    f"get_bit(known_kinds, {_BIT.format(shift=shift)}) = 1" for shift in _SHIFTS
)

# To group by a number, and to look up a row of each group, takes a tenth of a DISTINCT.
_FIRST_ROWS = f"""
CREATE OR REPLACE TEMP TABLE first_rows AS
SELECT kind, min(rowid) FILTER (makes IS NOT NULL) AS row FROM staged WHERE {IS_CALL} GROUP BY kind
"""
_KINDS_READ = """
CREATE OR REPLACE TEMP TABLE kinds_read AS
SELECT kind, makes, logged, records, log FROM ({rows}) WHERE row IN (SELECT row FROM first_rows)
UNION ALL
SELECT * FROM head WHERE kind IN (SELECT kind FROM first_rows WHERE row IS NULL)
"""
_NONE_LOST = "SELECT (SELECT count(*) FROM first_rows) = (SELECT count(*) FROM kinds_read)"
