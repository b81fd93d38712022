"""How a database of an earlier version becomes one of the next, in SQL."""

from __future__ import annotations

from credits.store import schema


def _moved(name: str) -> str:
    """What turns calls of the first version, which held their kind each, into stored ones."""
    same = " AND ".join(
        f"old.{column} IS NOT DISTINCT FROM kinds.{column}" for column in schema.KIND
    )
    columns = {c: f"old.{c}" for c in schema.CALL_COLUMNS} | {"kind_id": "kinds.kind_id"}
    columns |= {
        name: f"CASE WHEN old.request_id IS NOT NULL THEN {part} END"
        for name, part in schema.hashed("old.request_id").items()
    }
    return f"""
INSERT INTO stored_{name}
SELECT {", ".join(columns[c] for c in schema.CALL_COLUMNS)}
FROM old_{name} AS old JOIN kinds ON old.load_id = kinds.load_id AND {same}
ORDER BY old.rowid;
DROP TABLE old_{name};
"""


def _added_to_ids(column: str, kind: str) -> str:
    """What gives calls that have an id one more part of its hash."""
    return "".join(
        f"""
ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {kind};
UPDATE {table} SET {column} = {schema.hashed("request_id")[column]} WHERE request_id IS NOT NULL;
"""
        for table in ("stored_calls", "stored_duplicates")
    )


UPGRADES = {
    "1": f"""
ALTER TABLE calls RENAME TO old_calls;
ALTER TABLE duplicates RENAME TO old_duplicates;
DROP TABLE quarters;
{schema.CALLS}
INSERT INTO kinds
SELECT row_number() OVER (), load_id, 0, {", ".join(schema.KIND)} FROM (
    SELECT DISTINCT load_id, {", ".join(schema.KIND)}
    FROM (SELECT * FROM old_calls UNION ALL SELECT * FROM old_duplicates));
{_moved("calls")}
{_moved("duplicates")}
{schema.FINANCE}
-- Until then only the project's own cards were at hand, and none but Bigin's asks for one.
INSERT INTO told_apart SELECT load_id, 'cvid' FROM loads WHERE rate_card = 'bigin';
""",
    "2": _added_to_ids("id_hash", "UINTEGER"),
    # Of these, a database of an earlier version may have some, with other columns or nothing in it.
    "3": f"""
DROP VIEW IF EXISTS quarters;
DROP VIEW calls;
DROP VIEW duplicates;
DROP TABLE IF EXISTS quarter_sums;
DROP TABLE IF EXISTS user_sums;
DROP TABLE IF EXISTS day_sums;
DROP TABLE IF EXISTS owners;
ALTER TABLE kinds RENAME TO old_kinds;
{schema.OWNERS}
{schema.KINDS}
{schema.USER_SUMS}
{schema.DAY_SUMS}
{schema.new_owners("old_kinds")};
INSERT INTO kinds BY NAME
SELECT kind_id, load_id, owners.owner, {", ".join(f"kinds.{c}" for c in schema.KIND)}
FROM old_kinds AS kinds JOIN owners USING ("user", user_basis) ORDER BY kind_id;
DROP TABLE old_kinds;
{schema.view("calls")}
{schema.view("duplicates")}
INSERT INTO user_sums BY NAME {schema.user_sums("stored_calls")};
INSERT INTO day_sums BY NAME {schema.day_sums("stored_calls")};
""",
    "4": _added_to_ids("id_check", "USMALLINT"),
    # The roll-up tells which loads have to be looked through: sums of fractions may be whole.
    "5": """
UPDATE loads SET fractional = true
WHERE NOT fractional AND load_id IN (
    SELECT load_id FROM stored_calls
    WHERE load_id IN (SELECT load_id FROM minutes WHERE refused_credits > 0)
        AND refused_credits <> floor(refused_credits));
""",
}
"""What turns a database of an earlier version into one of the next."""
