"""Parquet files, whose columns are matched by meaning like those of a CSV file."""

from __future__ import annotations

import duckdb

from credits import CreditsError
from credits.formats import headers
from credits.formats.base import Options, Reading, identifier, literal
from credits.formats.delimited import columns
from credits.formats.files import Plain
from credits.formats.stamps import is_ambiguous
from credits.formats.values import fields_sql


def read(plain: Plain, options: Options, connection: duckdb.DuckDBPyConnection) -> Reading:
    """How a Parquet file is read. Raises CreditsError where it is broken or holds no calls."""
    # What its folder is called is no column of it.
    source = f"read_parquet({literal(str(plain.path))}, hive_partitioning = false)"
    try:
        # DuckDB shuts a database in which it meets what it did not expect: so a damaged file is
        # met in one of its own, in which all of it is read once.
        with duckdb.connect() as apart:
            described = apart.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            names = [row[0] for row in described]
            every = ", ".join(identifier(name) for name in names)
            texts = ", ".join(_text(row[0], row[1]) for row in described)
            rows = apart.execute(f"SELECT {texts} FROM {source} LIMIT 200").fetchall()
            apart.execute(f"SELECT max(hash({every})) FROM {source}")
    except (duckdb.Error, RuntimeError) as error:
        raise CreditsError(
            f"{plain.name} is a damaged Parquet file: write it again and load it anew."
        ) from error
    values = [[row[i] or "" for row in rows] for i in range(len(names))]
    found = columns(names, values, options, header=True)
    if not headers.names_calls(found, names) and not options.mapping:
        raise headers.NoCallsError(plain.name, names)
    types = {row[0]: row[1] for row in described}
    told = [_text(name, types[name]) for name in names]
    fields = fields_sql(found, told, values, () if options.mapping else names)
    stamps = tuple(values[found["occurred_at"]]) if "occurred_at" in found else ()
    return Reading(
        format="parquet",
        source=source,
        fields=fields,
        columns={field: names[index] for field, index in found.items()},
        row=None,
        fingerprint=f"hash({every})",
        stamps=stamps,
        names=tuple(names),
        ambiguous_days=options.day_first is None and is_ambiguous(stamps),
        locate=lambda ordinals: _locate(plain, names, ordinals, connection),
    )


def _locate(
    plain: Plain, names: list[str], ordinals: list[int], connection: duckdb.DuckDBPyConnection
) -> dict[int, tuple[int, str | None]]:
    """Rows have no lines in Parquet: their number, from 1, and their columns as JSON."""
    shown = ", ".join(f"{literal(name)}: {identifier(name)}" for name in names)
    found = connection.execute(
        f"SELECT file_row_number, CAST(to_json({{{shown}}}) AS VARCHAR)"
        f" FROM read_parquet({literal(str(plain.path))}, file_row_number = true,"
        " hive_partitioning = false)"
        " WHERE file_row_number IN (SELECT unnest(?::BIGINT[]))",
        [ordinals],
    ).fetchall()
    return {row: (row + 1, text) for row, text in found}


def _text(name: str, kind: str) -> str:
    """A column as text; a time with a zone as UTC, whatever the session's zone."""
    column = identifier(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(timezone('UTC', {column}), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return f"strftime({column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind in ("DOUBLE", "FLOAT"):
        # 1.0 is a whole number to the person who wrote it.
        return f"regexp_replace(CAST({column} AS VARCHAR), '\\.0$', '')"
    return f"CAST({column} AS VARCHAR)"
