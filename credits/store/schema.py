"""The tables, and what is kept up to date in them with every load.

Roll-ups are kept load by load and added up when they are read: a load only adds rows, undoing one
only removes its own, and neither touches what the others brought.
"""

from __future__ import annotations

VERSION = 2
"""Advanced whenever a table changes its shape."""

# Ids differ in every row: what DuckDB would choose for them takes twice as long to write as zstd.
_CALL = """
    load_id INTEGER NOT NULL,
    occurred_at TIMESTAMP NOT NULL,
    "user" VARCHAR NOT NULL,
    user_basis VARCHAR NOT NULL,
    app VARCHAR,
    api VARCHAR NOT NULL,
    method VARCHAR,
    parameters VARCHAR,
    status VARCHAR,
    refused BOOLEAN NOT NULL,
    records BIGINT,
    ip VARCHAR,
    request_id VARCHAR USING COMPRESSION zstd,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    refused_credits DECIMAL(38, 6),
    credits_basis VARCHAR NOT NULL,
    fingerprint UBIGINT
"""

CALL_COLUMNS = tuple(
    line.split()[0] for line in _CALL.strip().splitlines() if line.strip() and "(" not in line[:4]
)

# What version 1 did not have.
_SINCE_2 = """
CREATE TABLE scenarios (
    name VARCHAR PRIMARY KEY, document VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL
);
CREATE TABLE rate_cards (
    name VARCHAR PRIMARY KEY, document VARCHAR NOT NULL, changed_at TIMESTAMP NOT NULL
);
INSERT INTO meta VALUES ('rate_card', 'bigin');
"""

UPGRADES = {"1": _SINCE_2}
"""What turns a database of an earlier version into one of the next."""

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
CREATE TABLE calls ({_CALL});
CREATE TABLE duplicates ({_CALL});
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
CREATE TABLE quarters (
    load_id INTEGER NOT NULL,
    quarter TIMESTAMP NOT NULL,
    "user" VARCHAR NOT NULL,
    user_basis VARCHAR NOT NULL,
    app VARCHAR,
    api VARCHAR NOT NULL,
    status VARCHAR,
    calls BIGINT NOT NULL,
    credits DECIMAL(38, 6) NOT NULL,
    assumed DECIMAL(38, 6) NOT NULL,
    refused BIGINT NOT NULL,
    refused_credits DECIMAL(38, 6) NOT NULL
);
INSERT INTO meta VALUES ('schema', '{VERSION}'), ('version', '0');
{_SINCE_2}
"""

_SUMS = """sum(calls)::BIGINT AS calls, sum(credits) AS credits,
    sum(CASE WHEN credits_basis = 'assumed' THEN credits ELSE 0 END) AS assumed,
    sum(CASE WHEN refused THEN calls ELSE 0 END)::BIGINT AS refused,
    coalesce(sum(refused_credits), 0) AS refused_credits"""

MINUTES = f"""
SELECT load_id, date_trunc('minute', occurred_at) AS minute, {_SUMS}
FROM calls GROUP BY load_id, date_trunc('minute', occurred_at)
"""
"""Minutes of the organization, from the calls."""

# Every zone's offset in use since 1972 is a multiple of 15 minutes, so that a quarter of an hour
# never straddles a day of any zone.
QUARTER = "time_bucket(INTERVAL 15 minutes, occurred_at)"
QUARTERS = f"""
SELECT load_id, {QUARTER} AS quarter, "user", user_basis, app, api, status, {_SUMS}
FROM calls GROUP BY load_id, {QUARTER}, "user", user_basis, app, api, status
"""
"""Quarters of an hour by user, app, API and status, from the calls."""

ROLL_UPS = {"minutes": MINUTES, "quarters": QUARTERS}

OF_A_LOAD = ("loads", "calls", "duplicates", "rejects", "folded", *ROLL_UPS)
"""The tables that hold something of one load, and lose it when it is undone."""
