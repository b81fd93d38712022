"""Logs that look like somebody's work: the same calls as CSV, Parquet, JSON lines and access log.

A hundred users, some of them busier than others, over 28 days: calls are dense by day and sparse by
night, fewer at the end of a week, and a third more in the last week than in the first.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

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
    make_timestamp(1767225600000000 + (28 * 86400e6 * (part + sin(56 * pi() * part) / (112 * pi())
        + sin(8 * pi() * part) / (40 * pi()) + 0.15 * (part - part * part)))::BIGINT) AS moment
FROM (SELECT $start + range AS row, (range + $done + dice(1, row)) / $total AS part
    FROM range($rows)))
"""
JSON_LINE = f"to_json({{{', '.join(f'{c}: {c}' for c in COLUMNS.split(', '))}}})"
LOG_LINE = """concat(ip, ' - ', "user", ' [', strftime(moment, '%d/%b/%Y:%H:%M:%S +0000'), '] "',
    method, ' ', endpoint, ' HTTP/1.1" ', status, ' ', 100 + records * 57, ' "-" "Mozilla/5.0',
    ' (X11; Linux x86_64) ', app, '/1.0 like Gecko"')"""


class Logs:
    """Generated logs in a folder, all of the same calls.

    `rows` calls of `total` over 28 days, after the first `done` of them; `start` tells logs apart
    that would otherwise hold the same calls.
    """

    def __init__(
        self,
        folder: Path,
        rows: int,
        seed: int,
        *,
        start: int = 0,
        done: int = 0,
        total: int | None = None,
    ) -> None:
        self.folder, self.rows, self.start = folder, rows, start
        self.connection = duckdb.connect()
        self.connection.execute(
            f"CREATE MACRO dice(n, row) AS hash(row, n, {seed}) / 18446744073709551616.0"
        )
        given = {"$seed": seed, "$start": start, "$done": done}
        given |= {"$rows": rows, "$total": float(total or rows)}
        self.calls = CALLS
        for mark, value in given.items():
            self.calls = self.calls.replace(mark, str(value))

    def _written(self, name: str, columns: str, form: str) -> Path:
        path = self.folder / f"{self.start}-{self.rows}-{name}"
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
