"""The tables, and what is kept up to date in them with every load.

Millions of calls are of a few thousand kinds: the same user through the same app to the same API
with the same end. A kind is kept once and a call points to it, which takes a third of the time to
write and a tenth to add up; the views `calls` and `duplicates` show both as one. Who called is a
number too, the same in all loads.

Roll-ups are kept load by load and added up when they are read: a load only adds rows, undoing one
only removes its own, and neither touches what the others brought.
"""

from __future__ import annotations

VERSION = 6
"""Advanced whenever a table changes its shape, or a column what it says."""

KIND = (
    '"user"', "user_basis", "app", "api", "method", "parameters", "status", "refused",
    "credits_basis",
)  # fmt: skip
"""What calls of one kind have in common."""

OWNERS = """
CREATE TABLE owners (owner INTEGER NOT NULL, "user" VARCHAR NOT NULL, user_basis VARCHAR NOT NULL);
"""
"""Whom calls belong to."""
KINDS = """
CREATE TABLE kinds (
    kind_id INTEGER NOT NULL,
    load_id INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    "user" VARCHAR NOT NULL,
    user_basis VARCHAR NOT NULL,
    app VARCHAR,
    api VARCHAR NOT NULL,
    method VARCHAR,
    parameters VARCHAR,
    status VARCHAR,
    refused BOOLEAN NOT NULL,
    credits_basis VARCHAR NOT NULL
);
"""
"""What calls have in common, each kind with whom it belongs to."""

# Ids differ in every row: what DuckDB would choose for them takes twice as long to write as zstd.
# Whether one is known is asked of their hashes first, which are read in a tenth of the time. Half a
# hash is looked through for all of them; of the few that have it a quarter more is compared, so
# that hardly any id is read in vain.
_CALL = """
    load_id INTEGER NOT NULL,
    kind_id INTEGER NOT NULL,
    occurred_at TIMESTAMP NOT NULL,
    records BIGINT,
    ip VARCHAR,
    request_id VARCHAR USING COMPRESSION zstd,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    refused_credits DECIMAL(38, 6),
    fingerprint UBIGINT,
    id_hash UINTEGER,
    id_check USMALLINT
"""
CALL_COLUMNS = (
    "load_id", "kind_id", "occurred_at", "records", "ip", "request_id", "calls", "credits",
    "refused_credits", "fingerprint", "id_hash", "id_check",
)  # fmt: skip

# By day, because the calls of a quarter of an hour are of nearly as many kinds as there are calls.
DAY_SUMS = """
CREATE TABLE day_sums (
    load_id INTEGER NOT NULL,
    kind_id INTEGER NOT NULL,
    day DATE NOT NULL,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL
);
"""
"""A roll-up: kinds of calls by day."""

USER_SUMS = """
CREATE TABLE user_sums (
    load_id INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    quarter TIMESTAMP NOT NULL,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    assumed DECIMAL(38, 6) NOT NULL,
    refused BIGINT NOT NULL
);
"""
"""A roll-up: users by quarter of an hour."""


def view(name: str) -> str:
    """The call schema, whole: a call with its kind."""
    return f"""
CREATE VIEW {name} AS
SELECT load_id, occurred_at, "user", user_basis, app, api, method, parameters, status, refused,
    records, ip, request_id, calls, credits, refused_credits, credits_basis, fingerprint
FROM stored_{name} JOIN (SELECT * EXCLUDE (load_id, owner) FROM kinds) USING (kind_id);
"""


CALLS = f"""
{OWNERS}
{KINDS}
CREATE TABLE stored_calls ({_CALL});
CREATE TABLE stored_duplicates ({_CALL});
{DAY_SUMS}
{USER_SUMS}
{view("calls")}
{view("duplicates")}
"""
"""The calls, whose they are, of what kind, and what is added up of them."""

# A rule that asks for a query parameter can only price calls of loads that told it apart.
FINANCE = """
CREATE TABLE scenarios (
    name VARCHAR PRIMARY KEY, document VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL
);
CREATE TABLE rate_cards (
    name VARCHAR PRIMARY KEY, document VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL
);
CREATE TABLE told_apart (load_id INTEGER NOT NULL, parameter VARCHAR NOT NULL);
INSERT INTO meta VALUES ('rate_card', 'bigin');
"""
"""What finance keeps."""

TABLES = f"""
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE SEQUENCE load_ids;
CREATE TABLE loads (
    load_id INTEGER PRIMARY KEY,
    path VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    columns VARCHAR NOT NULL,
    rate_card VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    loaded BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    fractional BOOLEAN NOT NULL,
    first TIMESTAMP,
    last TIMESTAMP,
    replaced BIGINT NOT NULL,
    sample BOOLEAN NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);
{CALLS}
CREATE TABLE corrections (
    name VARCHAR PRIMARY KEY,
    header VARCHAR[] NOT NULL,
    mapping VARCHAR NOT NULL,
    time_zone VARCHAR NOT NULL,
    day_first BOOLEAN
);
CREATE TABLE folded (
    load_id INTEGER NOT NULL, api VARCHAR NOT NULL, paths BIGINT NOT NULL, example VARCHAR NOT NULL
);
CREATE TABLE rejects (
    load_id INTEGER NOT NULL, line BIGINT NOT NULL, reason VARCHAR NOT NULL, text VARCHAR
);
CREATE TABLE minutes (
    load_id INTEGER NOT NULL,
    minute TIMESTAMP NOT NULL,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    assumed DECIMAL(38, 6) NOT NULL,
    refused BIGINT NOT NULL,
    refused_credits DECIMAL(38, 6) NOT NULL
);
INSERT INTO meta VALUES ('schema', '{VERSION}'), ('version', '0');
{FINANCE}
"""

# Every zone's offset in use since 1972 is a multiple of 15 minutes, so that a quarter of an hour
# never straddles a day of any zone.
QUARTER = "time_bucket(INTERVAL 15 minutes, occurred_at)"


def hashed(request_id: str) -> dict[str, str]:
    """What is stored of the hash of an id; of two ids in four billion `id_hash` is the same."""
    return parts_of(f"hash({request_id})")


def parts_of(id_hashed: str) -> dict[str, str]:
    """The same, from the hash."""
    return {
        "id_hash": f"({id_hashed} >> 32)::UINTEGER",
        "id_check": f"(({id_hashed} >> 16) & 65535)::USMALLINT",
    }


_ASSUMED = "sum(CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END) AS assumed"
_REFUSED = "sum(CASE WHEN refused THEN calls ELSE 0 END)::BIGINT AS refused"


def minutes(calls: str, kinds: str = "kinds") -> str:
    """SELECT of minutes of the organization, from stored calls: a table, or a query in brackets.

    `kinds`: likewise, those of the calls at least.
    """
    return f"""
SELECT load_id, date_trunc('minute', occurred_at) AS minute, sum(calls)::BIGINT AS calls,
    sum(credits) AS credits, {_ASSUMED}, {_REFUSED},
    coalesce(sum(refused_credits), 0) AS refused_credits
FROM {calls} JOIN (SELECT kind_id, credits_basis, refused FROM {kinds}) USING (kind_id)
GROUP BY load_id, date_trunc('minute', occurred_at)
"""


def day_sums(calls: str, kinds: str = "kinds") -> str:  # noqa: ARG001 - as the others
    """SELECT of days (UTC) by kind of call, from stored calls as for `minutes`."""
    return f"""
SELECT load_id, kind_id, occurred_at::DATE AS day, sum(calls)::BIGINT AS calls,
    sum(credits) AS credits
FROM {calls} GROUP BY load_id, kind_id, occurred_at::DATE
"""


def user_sums(calls: str, kinds: str = "kinds") -> str:
    """SELECT of quarters of an hour by user, from stored calls as for `minutes`."""
    return f"""
SELECT load_id, owner, {QUARTER} AS quarter, sum(calls)::BIGINT AS calls, sum(credits) AS credits,
    {_ASSUMED}, {_REFUSED}
FROM {calls} JOIN (SELECT kind_id, owner, credits_basis, refused FROM {kinds}) USING (kind_id)
GROUP BY load_id, owner, {QUARTER}
"""


# A price that is a fraction stands in `refused_credits` alone where all its calls were refused.
HAS_FRACTIONS = """bool_or(credits <> floor(credits)
    OR coalesce(refused_credits <> floor(refused_credits), false))"""
"""Whether some of the stored calls cost fractions, or would have, had they not been refused."""


def most_credits(fractional: bool) -> int:
    """What credits must stay below: sums are int64; where there are fractions, of millionths."""
    return 2**63 // (10**6 if fractional else 1)


ROLL_UPS = {"minutes": minutes, "user_sums": user_sums, "day_sums": day_sums}
"""How each roll-up is worked out from the calls."""

OF_A_LOAD = (
    "loads", "stored_calls", "stored_duplicates", "rejects", "folded", "kinds", "told_apart",
    *ROLL_UPS,
)  # fmt: skip
"""The tables that hold something of one load, and lose it when it is undone."""


def new_owners(kinds: str) -> str:
    """INSERT of those whom kinds of calls belong to and who have no number yet."""
    return f"""
INSERT INTO owners
SELECT row_number() OVER (ORDER BY "user", user_basis)
    + (SELECT coalesce(max(owner), -1) FROM owners), "user", user_basis
FROM (SELECT DISTINCT "user", user_basis FROM {kinds}) ANTI JOIN owners USING ("user", user_basis)
"""


OLD_OWNERS = "DELETE FROM owners WHERE owner NOT IN (SELECT owner FROM kinds)"
"""Forgets those who have no calls any more."""
