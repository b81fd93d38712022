"""From a reading to rows of the call schema, the same way for every format.

What this module gives is SQL: one SELECT, in file order, of one row for each row of the log. Its
columns are those of the call schema before rating, and `skip`, `reject`, `line` and `text` for the
rows that are no calls.
"""

from __future__ import annotations

from collections.abc import Iterable

from credits.formats.base import FIELDS, Reading, literal
from credits.formats.paths import key_sql, parameters_sql
from credits.formats.stamps import EARLIEST, LATEST, stamp_sql

BLANK_CELLS = ("", "-", "null", "NULL", "None", "(null)", "undefined", "nan", "NaN", "\\N")
BLANKS = f"({', '.join(map(literal, BLANK_CELLS))})"
UNKNOWN = "(unknown)"
IS_CALL = "skip IS NULL AND reject IS NULL"
"""Which of the staged rows are calls."""
MOST = 10**15
"""Calls that one row may stand for, and credits that it may have cost."""

KIND = {
    **{name: name for name in ('"user"', "user_basis", "app", "key", "is_path", "method")},
    **{name: name for name in ("parameters", "status")},
    "has_credits": "(logged IS NOT NULL)",
    "has_records": "(records IS NOT NULL)",
}
"""What staged rows of one kind have in common: each with what it is in a row."""

_VERB = r"^[A-Za-z]{3,12} +(/|\*|https?://)\S*"


def staging_sql(reading: Reading, parameters: Iterable[str]) -> str:
    """SELECT of occurred_at, user, user_basis, app, key, is_path, method, parameters, status,
    records, logged, calls, ip, request_id, fingerprint, skip, reject, line, text, kind.

    `key` is what `fold_sql` makes an API of (where `is_path`) or the operation's name itself;
    `logged` the credits that the log carries; `kind` the hash of `KIND`. `parameters`: the query
    parameters that a rate card tells calls apart by.
    """
    raw = ", ".join(f"{reading.fields.get(f, 'NULL::VARCHAR')} AS f_{f}" for f in FIELDS)
    known = {*reading.fields, "occurred_at"}
    clean = ", ".join(f"{_clean(f'f_{f}')} AS f_{f}" for f in FIELDS if f in known)
    stamp = stamp_sql("f_occurred_at", reading.stamps, reading.day_first)
    weighted, logs_credits = "calls" in reading.fields, "credits" in reading.fields
    reject = _reject(weighted, logs_credits)
    return f"""
SELECT *, hash({", ".join(KIND.values())}) AS kind
FROM (SELECT occurred_at, coalesce(f_user, f_app, f_ip, '{UNKNOWN}') AS "user",
  CASE WHEN f_user IS NOT NULL THEN 'user' WHEN f_app IS NOT NULL THEN 'app'
       WHEN f_ip IS NOT NULL THEN 'ip' ELSE 'unknown' END AS user_basis,
  f_app AS app,
  CASE WHEN target IS NOT NULL THEN {key_sql("target")} ELSE coalesce(f_api, f_path) END AS key,
  target IS NOT NULL AS is_path, upper(f_method) AS method,
  {parameters_sql("target", parameters)} AS parameters,
  CASE WHEN ends_with(f_status, '.0') THEN left(f_status, -2) ELSE f_status END AS status,
  records, logged, calls, f_ip AS ip, f_request_id AS request_id,
  CASE WHEN f_request_id IS NULL THEN fingerprint END AS fingerprint,
  skip, reject, line, CASE WHEN reject IS NOT NULL THEN text END AS text
FROM (SELECT *, CASE WHEN skip IS NULL THEN {reject} END AS reject
FROM (SELECT * REPLACE (
    CASE WHEN request[1] <> '' THEN request[1] ELSE f_method END AS f_method,
    CASE WHEN request[2] <> '' THEN request[2] ELSE target END AS target)
FROM (SELECT *,
  CASE WHEN target IS NOT NULL AND NOT starts_with(target, '/')
       AND regexp_matches(target, '{_VERB}')
       THEN regexp_extract_all(target, '^(\\S+) +(\\S*)', 1)
            || regexp_extract_all(target, '^(\\S+) +(\\S*)', 2) END AS request
FROM (SELECT *, {_target()} AS target,
  CASE WHEN stamp BETWEEN {EARLIEST} AND {LATEST} THEN stamp END AS occurred_at
FROM (SELECT *, {stamp} AS stamp,
  {_whole("f_records")} AS records, {_decimal("f_credits") if logs_credits else "NULL"} AS logged,
  {_whole("f_calls") if weighted else "1"} AS calls
FROM (SELECT * REPLACE ({clean})
FROM (SELECT {raw}, {reading.skip} AS skip, {reading.reject} AS broken,
  {_fingerprint(reading)} AS fingerprint, {reading.line or "NULL::BIGINT"} AS line,
  {reading.row} AS text
FROM {reading.source}))))))))
"""


def _clean(column: str) -> str:
    """A cell without what stands for nothing, and without white space around it.

    Of every cell of a log this is asked, so it is put in the cheapest words: a chain of comparisons
    costs half of what `IN` does, and the tests for white space a tenth of a regular expression.
    What is below `!` begins with white space, or with a control character that `trim` leaves alone.
    """
    blank = " OR ".join(f"{column} = {literal(text)}" for text in BLANK_CELLS)
    ends = " OR ".join(f"ends_with({column}, chr({ord(space)}))" for space in " \t\r\n")
    return (
        f"CASE WHEN {blank} THEN NULL WHEN {column} < '!' OR {ends}"
        f" THEN nullif(trim({column}, ' \t\r\n'), '') ELSE {column} END"
    )


def _fingerprint(reading: Reading) -> str:
    """The row's fingerprint, at least where it has no request id: elsewhere it is not needed.

    Most ids are seen at once to be none of the blank cells, which are short, nor white space.
    """
    request_id = reading.fields.get("request_id")
    if request_id is None:
        return reading.fingerprint
    longest = max(map(len, BLANK_CELLS))
    blank = f"{request_id} IS NULL OR strlen({request_id}) <= {longest} OR {request_id} < '!'"
    return f"CASE WHEN {blank} THEN {reading.fingerprint} END"


def _target() -> str:
    """The path, URL or request line of a call, from whichever field holds one."""
    return f"""CASE
  WHEN f_path IS NOT NULL AND (starts_with(f_path, '/') OR f_path = '*') THEN f_path
  WHEN f_path IS NOT NULL AND contains(f_path, '/') THEN
    CASE WHEN contains(f_path, '://') OR regexp_matches(f_path, '{_VERB}') THEN f_path
         ELSE '/' || f_path END
  WHEN f_api IS NOT NULL AND (starts_with(f_api, '/') OR contains(f_api, '://')
       OR regexp_matches(f_api, '{_VERB}')) THEN f_api END"""


def _whole(text: str) -> str:
    """A whole number that is written as one, with a `.0` or with thousands separators."""
    loose = f"TRY_CAST(TRY_CAST(replace({text}, ',', '') AS DECIMAL(38, 6)) AS BIGINT)"
    whole = f"regexp_full_match({text}, '[\\d,]+(\\.0*)?')"
    return (
        f"CASE WHEN {text} IS NULL THEN NULL ELSE"
        f" coalesce(TRY_CAST({text} AS BIGINT), CASE WHEN {whole} THEN {loose} END) END"
    )


def _decimal(text: str) -> str:
    return (
        f"coalesce(TRY_CAST({text} AS DECIMAL(38, 6)),"
        f" TRY_CAST(replace({text}, ',', '') AS DECIMAL(38, 6)),"
        f" TRY_CAST(TRY_CAST({text} AS DOUBLE) AS DECIMAL(38, 6)))"
    )


def _reject(weighted: bool, logs_credits: bool) -> str:
    """Why a row can't be read as a call, or NULL; the first reason that holds."""
    quoted = "left(f_occurred_at, 60)"
    reasons = [
        "WHEN broken IS NOT NULL THEN broken",
        "WHEN f_occurred_at IS NULL THEN 'has no time'",
        f"WHEN occurred_at IS NULL AND stamp IS NOT NULL"
        f" THEN 'its time is not between 1970 and 2200: ' || {quoted}",
        f"WHEN occurred_at IS NULL THEN 'its time is not understood: ' || {quoted}",
    ]
    if weighted:
        reasons += [
            "WHEN f_calls IS NULL THEN 'has no number of calls'",
            f"WHEN calls IS NULL OR calls NOT BETWEEN 0 AND {MOST}"
            " THEN 'its number of calls is not understood: ' || left(f_calls, 60)",
        ]
    if logs_credits:
        reasons.append(
            f"WHEN f_credits IS NOT NULL AND (logged IS NULL OR logged NOT BETWEEN 0 AND {MOST})"
            " THEN 'its credits are not understood: ' || left(f_credits, 60)"
        )
    return f"CASE {' '.join(reasons)} END"
