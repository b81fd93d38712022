"""What a log would be read as, before it is loaded: nothing here changes the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pandas as pd

from credits import CreditsError
from credits.formats import NotALog, logs, recognise
from credits.formats.base import Reading
from credits.formats.headers import NoCallsError
from credits.formats.staging import completed_sql, kinds_sql, staging_sql
from credits.store.corrections import saved
from credits.store.database import Database
from credits.store.loads import Terms
from credits.store.rating import api_sql
from credits.store.staged import set_time_zone

_FIRST = """
SELECT occurred_at, "user", user_basis, app,
    {api} AS api, status, records,
    logged AS credits, calls, ip, request_id, coalesce(reject, skip) AS problem
FROM ({rows})
"""


@dataclass(frozen=True)
class Preview:
    """What was understood of one log."""

    name: str
    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field → what it is called in the log."""
    names: Sequence[str] = ()
    """Every column of the log, where it has columns: what a field can be mapped to."""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The first rows as calls, with `problem` where one is none."""
    ambiguous_days: bool = False
    correction: str = ""
    """The name of the saved correction by which it would be read."""
    problem: str = ""
    """Why it can't be read, as one sentence."""


def preview(
    database: Database, path: Path, terms: Terms, *, name: str, most: int, count: int = 8
) -> list[Preview]:
    """What each log in a file would be read as; a log that can't be read says why.

    `most`: logs of an archive that are looked at, besides what is none. `count`: rows of each.
    """
    found: list[Preview] = []
    with database.using() as cursor, database.scratch() as scratch:
        options = replace(terms.options, saved=saved(cursor))
        try:
            set_time_zone(cursor, options.time_zone)
            for plain in logs(path, name, scratch, reaches=database.reaches):
                if isinstance(plain, NotALog):
                    found.append(Preview(plain.name, problem=plain.reason))
                    continue
                if not most:
                    break
                most -= 1
                try:
                    reading = recognise(plain, options, scratch, cursor)
                    zone = reading.correction.time_zone if reading.correction else options.time_zone
                    set_time_zone(cursor, zone)
                    rows = _rows(cursor, reading, terms.fold, count)
                except NoCallsError as error:
                    found.append(Preview(plain.name, names=error.names, problem=str(error)))
                    continue
                except (CreditsError, duckdb.Error) as error:
                    found.append(Preview(plain.name, problem=str(error).splitlines()[0]))
                    continue
                found.append(
                    Preview(
                        plain.name,
                        reading.format,
                        reading.columns,
                        reading.names,
                        rows,
                        reading.ambiguous_days,
                        "" if reading.correction is None else reading.correction.name,
                    )
                )
        except (CreditsError, duckdb.Error) as error:
            found.append(Preview(name, problem=str(error).splitlines()[0]))
    return found


def _rows(
    cursor: duckdb.DuckDBPyConnection, reading: Reading, fold: Sequence[str], count: int
) -> pd.DataFrame:
    rows = kinds_sql(completed_sql(reading, f"({staging_sql(reading, ())} LIMIT {count})"))
    return cursor.execute(_FIRST.format(rows=rows, api=api_sql(fold))).df()
