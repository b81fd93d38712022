"""From a reading to rows of the call schema, the same way for every format.

What this module gives is SQL: one SELECT, in file order, of one row for each row of the log, with
`skip`, `reject`, `line` and `text` for the rows that are no calls.

Millions of rows are of a few thousand kinds, and who called what is the same in all rows of a kind.
So of every row only its own is worked out (when, how many records, which id), and the hash of what
makes its kind, as the log has it; `kinds_sql` cleans that, once for a kind.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from credits.formats.base import FIELDS, Reading, literal, one_of
from credits.formats.paths import key_sql, parameters_sql
from credits.formats.stamps import EARLIEST, LATEST, stamp_sql

BLANK_CELLS = (
    "",
    "-",
    "null",
    "NULL",
    "None",
    "(null)",
    "undefined",
    "nan",
    "NaN",
    "\\N",
    "--",
    "N/A",
)
UNKNOWN = "(unknown)"
IS_CALL = "skip IS NULL AND reject IS NULL"
"""Which of the staged rows are calls."""
MOST = 10**15
"""Calls that one row may stand for, and credits that it may have cost."""

_CLEANED = ("api", "path", "credits", "calls", "ip", "request_id")
"""Fields that each row is asked for; the rest is cleaned for a kind, or when it is cast."""
MAKES = ("by_user", "by_app", "by_ip", "key", "is_path", "verb", "parameters", "code")
"""What makes the kind of a row, as the log has it; `makes` is the list of it, as text."""
_VERB = r"^[A-Za-z]{3,12} +(/|\*|https?://)\S*"
_PARTS = r"'^(\S+) +(\S*)'"
"""The verb and the target of what begins as `_VERB` says."""
_SPACE = " \t\r\n"
_LONGEST_BLANK = max(map(len, BLANK_CELLS))
_BLANK = f"^({'|'.join(re.escape(text) for text in BLANK_CELLS if text)})$"
ABSENT = {
    "logged": "NULL::DECIMAL(38, 6)",
    "calls": "1",
    "fingerprint": "NULL::UBIGINT",
    "line": "NULL::BIGINT",
    "text": "NULL::VARCHAR",
    "log": "0",
    "exchange": "NULL::UBIGINT",
    "answer": "NULL::VARCHAR",
}
"""What stands for these of a log that does not have them; nothing is staged of it."""


def first_filled(texts: Sequence[str]) -> str:
    """SQL: the first of some texts that stands for something, as a `-` does not; or the last."""
    *tried, last = texts
    filled = [f"CASE WHEN NOT {one_of(text, BLANK_CELLS)} THEN {text} END" for text in tried]
    return f"coalesce({', '.join([*filled, last])})" if tried else last


def staging_sql(
    reading: Reading, parameters: Iterable[str], is_known: str = "false", kinds: str = "NULL"
) -> str:
    """SELECT of occurred_at, records, ip, request_id, skip, reject, kind, makes, and such of
    `ABSENT` as the log has.

    `log` is the number of the log, where several are read at once, and rows of different ones are
    of different kinds. `logged` are the credits that the log carries; `fingerprint` is the hash of
    the id, or of a row without one; `kind` is a hash of `makes` and of whether there are `logged`
    and `records`. `exchange` is what a call and the row that tells its `answer`, the status, share.
    `parameters`: the query parameters that a rate card tells calls apart by. `is_known`: SQL for
    whether what makes a `kind` is known, by the set `known_kinds`; it is NULL then. `kinds`: SQL of
    that set, which DuckDB copies for each of its blocks of rows as often as it stands somewhere.
    """
    has = reading.fields.keys()
    raw = ", ".join(f"{reading.fields.get(f, 'NULL::VARCHAR')} AS f_{f}" for f in FIELDS)
    known = [f for f in _CLEANED if f in has]
    clean = ", ".join(f"{clean_sql(f'f_{f}')} AS f_{f}" for f in known)
    stamp = stamp_sql("f_occurred_at", reading.stamps, reading.day_first)
    weighted, logs_credits = "calls" in has, "credits" in has
    logged, calls = _decimal("f_credits") if logs_credits else "NULL", _whole("f_calls")
    has_own = {name: sql for name, sql in _own(reading).items() if sql}
    own = ", ".join(f"{sql} AS {name}" for name, sql in has_own.items())
    texts = ", ".join(f"{name}::VARCHAR" for name in MAKES)
    made = [*MAKES, "logged IS NULL", "records IS NULL", *(["log"] if reading.log else [])]
    return f"""
SELECT {", ".join(has_own)}, occurred_at, records, ip, request_id, skip, reject, kind,
  CASE WHEN {is_known} THEN NULL ELSE [{texts}] END AS makes
FROM (SELECT {own}, occurred_at, records, f_ip AS ip, f_request_id AS request_id, skip, reject,
  {", ".join(MAKES)}, hash({", ".join(made)}) AS kind, {kinds} AS known_kinds
FROM (SELECT *, f_user AS by_user, f_app AS by_app, {_by_ip(has)} AS by_ip, f_status AS code,
  CASE WHEN target IS NOT NULL THEN {key_sql("target")} ELSE coalesce(f_api, f_path) END AS key,
  target IS NOT NULL AS is_path, {parameters_sql("target", parameters)} AS parameters,
  CASE WHEN skip IS NULL THEN {_reject(weighted, logs_credits)} END AS reject
FROM (SELECT * REPLACE (
    CASE WHEN request IS NULL THEN target ELSE regexp_extract(request, {_PARTS}, 2) END AS target),
    CASE WHEN request IS NULL THEN f_method ELSE regexp_extract(request, {_PARTS}, 1) END AS verb
FROM (SELECT *,
  CASE WHEN {_is_path("target")} THEN NULL
       WHEN regexp_matches(target, '{_VERB}') THEN target END AS request
FROM (SELECT * {f"REPLACE ({_skip(logs_credits)} AS skip)" if weighted else ""},
  {_target()} AS target,
  CASE WHEN stamp BETWEEN {EARLIEST} AND {LATEST} THEN stamp END AS occurred_at
FROM (SELECT *, {stamp} AS stamp, {_whole("f_records")} AS records, {logged} AS logged,
  {calls if weighted else "1"} AS calls
FROM (SELECT * {f"REPLACE ({clean})" if clean else ""}
FROM (SELECT {raw}, {reading.skip} AS skip, {reading.reject} AS broken,
  {_fingerprint(reading)} AS fingerprint, {reading.line or "NULL::BIGINT"} AS line,
  {reading.row or "NULL::VARCHAR"} AS text, {reading.log or "0"} AS log,
  {reading.exchanges.of if reading.exchanges else "NULL"} AS of
FROM {reading.source}))))))))
"""


def kinds_sql(rows: str) -> str:
    """SELECT of staged rows with what they are of: user, user_basis, app, key, is_path, method,
    parameters, status, has_credits, has_records, beside what the rows have.

    `key` is what `fold_sql` makes an API of (where `is_path`) or the operation's name itself.
    """
    user, app, code = (clean_sql(column) for column in ("by_user", "by_app", "code"))
    made = ", ".join(f"makes[{place}] AS {name}" for place, name in enumerate(MAKES, 1))
    return f"""
SELECT * REPLACE (is_path = 'true' AS is_path), coalesce(who, app, by_ip, '{UNKNOWN}') AS "user",
  CASE WHEN who IS NOT NULL THEN 'user' WHEN app IS NOT NULL THEN 'app'
       WHEN by_ip IS NOT NULL THEN 'ip' ELSE 'unknown' END AS user_basis,
  CASE WHEN ends_with(cleaned, '.0') THEN left(cleaned, -2) ELSE cleaned END AS status,
  logged IS NOT NULL AS has_credits, records IS NOT NULL AS has_records
FROM (SELECT *, {user} AS who, {app} AS app, {code} AS cleaned, upper({clean_sql("verb")}) AS method
FROM (SELECT * EXCLUDE (makes), {made} FROM ({rows})))"""


def completed_sql(reading: Reading, rows: str) -> str:
    """SELECT of staged rows with those of `ABSENT` that their log does not have."""
    absent = [f", {ABSENT[name]} AS {name}" for name, sql in _own(reading).items() if sql is None]
    return f"SELECT *{''.join(absent)} FROM {rows}"


def _own(reading: Reading) -> dict[str, str | None]:
    """What a log may have or not, in SQL; None where it has not."""
    return {
        "logged": "logged" if "credits" in reading.fields else None,
        "calls": "calls" if "calls" in reading.fields else None,
        "fingerprint": (
            "CASE WHEN f_request_id IS NULL THEN fingerprint ELSE hash(f_request_id) END"
            if "request_id" in reading.fields
            else "fingerprint"
        ),
        "line": "line" if reading.line else None,
        "text": "CASE WHEN reject IS NOT NULL THEN text END" if reading.row else None,
        "log": "log" if reading.log else None,
        **_apart(reading),
    }


def _apart(reading: Reading) -> dict[str, str | None]:
    """Of a log that tells status and call in two rows: which exchange a row of either kind is of,
    as a hash, and the status that a row tells which is no call.
    """
    if reading.exchanges is None:
        return {"exchange": None, "answer": None}
    status = clean_sql("f_status")
    is_half = f"(skip IS NULL) = ({status} IS NULL)"
    return {
        "exchange": f"CASE WHEN {is_half} AND of IS NOT NULL THEN hash(log, of) END",
        "answer": f"CASE WHEN skip IS NOT NULL THEN {status} END",
    }


def clean_sql(column: str) -> str:
    """A cell without what stands for nothing, and without white space around it.

    Of many cells of a log this is asked, so it is put in the cheapest words: a cell that is longer
    than any blank one needs to be asked for white space alone, and to ask whether it ends in any of
    four kinds costs less than to look at its last character. What begins with a control character
    comes to `trim` too, which leaves it. `trim` stands here once: what is written twice DuckDB
    works out for every cell.
    """
    long = f"strlen({column}) > {_LONGEST_BLANK} AND {column} >= '!'"
    spaced = " OR ".join(f"ends_with({column}, {literal(space)})" for space in _SPACE)
    return (
        f"CASE WHEN ({long} OR {begins_filled_sql(column)}) AND NOT ({spaced}) THEN {column}"
        f" WHEN {one_of(column, BLANK_CELLS)} THEN NULL WHEN {column} < '!' OR {column}[-1] <= ' '"
        f" THEN nullif(regexp_replace(trim({column}, '{_SPACE}'), '{_BLANK}', ''), '')"
        f" ELSE {column} END"
    )


def begins_filled_sql(column: str) -> str:
    """Whether a cell begins as no blank one does, nor with white space: most do, few others not."""
    return (
        f"{column} >= '.' AND {column} < 'N' OR {column} >= ']' AND {column} < 'n'"
        f" OR {column} >= 'up'"
    )


def _by_ip(has: Container[str]) -> str:
    """The address, where there is neither user nor app to count the call to."""
    known = " ".join(
        f"WHEN {begins_filled_sql(cell)} THEN NULL WHEN {clean_sql(cell)} IS NOT NULL THEN NULL"
        for cell in (f"f_{field}" for field in ("user", "app") if field in has)
    )
    return f"CASE {known} ELSE f_ip END" if known else "f_ip"


def _fingerprint(reading: Reading) -> str:
    """The row's fingerprint, at least where it has no request id: elsewhere it is not needed."""
    request_id = reading.fields.get("request_id")
    if request_id is None:
        return reading.fingerprint
    return f"CASE WHEN {begins_filled_sql(request_id)} THEN NULL ELSE {reading.fingerprint} END"


def _is_path(column: str) -> str:
    """Whether a cell begins with `/`; what comes next in ASCII is `0`."""
    return f"{column} >= '/' AND {column} < '0'"


def _target() -> str:
    """The path, URL or request line of a call, from whichever field holds one."""
    return f"""CASE
  WHEN {_is_path("f_path")} OR f_path = '*' THEN f_path
  WHEN f_path IS NOT NULL AND contains(f_path, '/') THEN
    CASE WHEN contains(f_path, '://') OR regexp_matches(f_path, '{_VERB}') THEN f_path
         ELSE '/' || f_path END
  WHEN f_api IS NOT NULL AND ({_is_path("f_api")} OR contains(f_api, '://')
       OR regexp_matches(f_api, '{_VERB}')) THEN f_api END"""


_GROUPED = r"\s*\d{1,3}(,\d{2,3})*,\d{3}"
"""A number with thousands separators, also as written in India; `1,5` is none."""


def _whole(text: str) -> str:
    """A whole number that is written as one, with a `.0` or with thousands separators."""
    loose = f"TRY_CAST(TRY_CAST(replace({text}, ',', '') AS DECIMAL(38, 6)) AS BIGINT)"
    whole = f"regexp_full_match({text}, '({_GROUPED}|\\s*\\d+)(\\.0*)?\\s*')"
    return (
        # DuckDB would round a fraction.
        f"CASE WHEN contains({text}, '.') OR contains({text}, ',') THEN"
        f" CASE WHEN {whole} THEN {loose} END ELSE TRY_CAST({text} AS BIGINT) END"
    )


def _decimal(text: str) -> str:
    grouped = f"regexp_full_match({text}, '{_GROUPED}(\\.\\d*)?\\s*')"
    return (
        f"coalesce(TRY_CAST({text} AS DECIMAL(38, 6)),"
        f" CASE WHEN {grouped} THEN TRY_CAST(replace({text}, ',', '') AS DECIMAL(38, 6)) END,"
        f" TRY_CAST(TRY_CAST({text} AS DOUBLE) AS DECIMAL(38, 6)))"
    )


def _skip(logs_credits: bool) -> str:
    """Why a row is no call, or NULL; of a log that says how many calls a row stands for.

    A row that stands for no calls and cost nothing is none: it opens no block, and no period
    begins or ends with it.
    """
    nothing = "f_credits IS NULL OR logged = 0" if logs_credits else "true"
    return (
        f"CASE WHEN broken IS NULL AND calls = 0 AND ({nothing}) THEN coalesce(skip, 'no calls')"
        " ELSE skip END"
    )


def _reject(weighted: bool, logs_credits: bool) -> str:
    """Why a row can't be read as a call, or NULL; the first reason that holds."""
    time = clean_sql("f_occurred_at")
    reasons = [
        "WHEN broken IS NOT NULL THEN broken",
        f"""WHEN occurred_at IS NULL THEN CASE WHEN {time} IS NULL THEN 'has no time'
            ELSE CASE WHEN stamp IS NULL THEN 'its time is not understood: '
                ELSE 'its time is not between 1970 and 2200: ' END || left({time}, 60) END""",
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
