"""Calls get the status that their log tells in a row of its own, once all rows are staged.

A row that answers is of the same exchange as its call, and comes later. An exchange may have more
of both, as where ids begin anew: then they go together like brackets, each answer with the latest
call that has none yet.
"""

from __future__ import annotations

import duckdb

from credits.formats.base import Exchanges
from credits.formats.staging import IS_CALL, MAKES


def hand_over(cursor: duckdb.DuckDBPyConnection, exchanges: Exchanges) -> None:
    """Give `staged` rows and `kinds_read` the statuses that other rows of `staged` tell.

    A kind of call that was answered in different ways becomes as many kinds.
    """
    believed = _TAKE_TURNS if exchanges.in_turn else ""
    cursor.execute(_ANSWERED.format(believed=believed))
    cursor.execute(_ANSWERED_KINDS)
    cursor.execute(_ANSWERED_ROWS)
    cursor.execute(_WITHOUT_ROWS)


_TAKE_TURNS = """
    WHERE exchange NOT IN (SELECT exchange FROM (
        SELECT exchange, (answer IS NULL) = lag(answer IS NULL) OVER (
            PARTITION BY exchange ORDER BY rowid) AS again
        FROM staged WHERE exchange IS NOT NULL) WHERE again)"""

# As with brackets, what goes together is as deep, and nothing else as deep stands between. An
# answer without a call opens nothing, so that the depth is counted from the least one so far.
_ANSWERED = """
CREATE OR REPLACE TEMP TABLE answered AS
WITH half AS (
    SELECT rowid AS row, kind, exchange, answer FROM staged{believed}
), counted AS (
    SELECT *, sum(CASE WHEN answer IS NULL THEN 1 ELSE -1 END) OVER so_far AS surplus
    FROM half WHERE exchange IS NOT NULL
    WINDOW so_far AS (PARTITION BY exchange ORDER BY row)
), nested AS (
    SELECT *, surplus - least(min(surplus) OVER so_far, 0) + (answer IS NOT NULL)::INTEGER AS depth
    FROM counted
    WINDOW so_far AS (PARTITION BY exchange ORDER BY row)
), followed AS (
    SELECT *, lead(answer) OVER (PARTITION BY exchange, depth ORDER BY row) AS status FROM nested
)
SELECT row, kind, status, hash(kind, status) AS answered_kind
FROM followed WHERE answer IS NULL AND status IS NOT NULL
"""

_CODE = MAKES.index("code") + 1
_ANSWERED_KINDS = f"""
INSERT INTO kinds_read
SELECT answered_kind, makes[:{_CODE - 1}] || [status] || makes[{_CODE + 1}:], logged, records, log
FROM kinds_read JOIN (SELECT DISTINCT kind, status, answered_kind FROM answered) USING (kind)
"""
_ANSWERED_ROWS = """
UPDATE staged SET kind = answered_kind FROM answered WHERE staged.rowid = answered.row
"""
_WITHOUT_ROWS = f"""
DELETE FROM kinds_read WHERE kind NOT IN (SELECT kind FROM staged WHERE {IS_CALL})
"""
