"""What the command line prints: JSON for programs, sentences and tables for people.

Text from a log is shown without what a terminal would obey.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from credits.phrases import counted
from credits.plan import Plan

_LOAD_KEYS = (
    *("path", "format", "rows", "loaded", "duplicates", "rejected", "skipped"),
    *("calls", "credits", "first", "last"),
)


def load_fields(load: Any) -> dict[str, Any]:
    """What became of a log, as `load --json` says it."""
    return {name: getattr(load, name) for name in _LOAD_KEYS}


def loaded(load: Any) -> str:
    """What became of a log, as a sentence."""
    span = f", {_iso(load.first)} to {_iso(load.last)}" if load.first else ""
    return f"{load.path} ({load.format}): {_brought([load])}{span}"


def altogether(loads: Sequence[Any]) -> str:
    """What became of some logs, as a sentence."""
    return f"{counted(len(loads), 'log')}: {_brought(loads)}"


def _brought(loads: Sequence[Any]) -> str:
    """The rows of some logs, and what was loaded of them."""
    words = {"duplicates": "known already", "rejected": "rejected", "skipped": "skipped"}
    sums = {
        name: sum(getattr(load, name) for load in loads)
        for name in ("rows", "loaded", "calls", "credits", *words)
    }
    counts = [f"{sums['loaded']:,} of {sums['rows']:,} rows loaded"]
    counts += [f"{sums[name]:,} {word}" for name, word in words.items() if sums[name]]
    calls = counted(sums["calls"], "call")
    return f"{', '.join(counts)}; {calls}, {_plain(sums['credits']):,} credits"


def used(found: dict[str, Any], plan: Plan, top: int | None) -> str:
    """The document of `usage` as a table."""
    # Not its calls: a log that counts by the hour may have hours of credits without any.
    if not found["days"]:
        return "Nothing is loaded yet: take in a log with `python -m credits load FILE`."
    rows = [
        f"Used at {_iso(found['at'])} ({found['window']}): {_plain(found['used']):,} of"
        f" {found['allowance']:,} credits, {_plain(found['unused']):,} unused",
        f"Allowance: {plan.formula}",
        f"Peak: {_plain(found['peak']['credits']):,} credits in 24 hours,"
        f" {_iso(found['peak']['end'])}",
        f"Everything loaded: {counted(found['calls'], 'call')},"
        f" {_plain(found['credits']):,} credits"
        f" ({_plain(found['assumed_credits']):,} assumed)",
        "",
        f"{'user':<40} {'calls':>12} {'credits':>12} {'share':>7} {'peak':>10}",
    ]
    for user in found["users"][: top or 20]:
        rows.append(
            f"{safe(user['user'])[:40]:<40} {user['calls']:>12,} {_plain(user['credits']):>12,}"
            f" {user['share']:>7.1%} {_plain(user['peak']['credits']):>10,}"
        )
    return "\n".join(rows)


def replayed(found: dict[str, Any], plan: Plan) -> str:
    """The document of `replay` as lines."""
    refused, least = found["refused"], found["least_allowance"]
    enough, many = found["least_users"], "more than any number of users gives"
    return "\n".join(
        (
            f"Allowance: {plan.formula} ({found['window']})",
            f"Demand: {counted(found['demand']['calls'], 'call')},"
            f" {_plain(found['demand']['credits']):,} credits",
            f"Refused: {counted(refused['calls'], 'call')},"
            f" {_plain(refused['credits']):,} credits,"
            f" in {counted(found['blocked_minutes'], 'minute')}",
            f"Headroom: least {_plain(found['headroom']['min']):,},"
            f" 5th percentile {_plain(found['headroom']['p5']):,},"
            f" median {_plain(found['headroom']['median']):,}",
            f"Least allowance that refuses nothing: {_plain(least):,}, "
            + (many if enough is None else counted(enough, "user")),
        )
    )


def reported(found: dict[str, Any], plan: Plan) -> str:
    """The document of `report` as lines: what was written, and what it says first."""
    refused = found["refused"]
    cost = "no price entered" if found["cost"] is None else f"{found['cost']} {found['currency']}"
    return "\n".join(
        (
            *(f"{safe(file['path'])}: {file['bytes']:,} bytes" for file in found["written"]),
            f"From {_iso(found['from'])} to {_iso(found['to'])} ({found['window']}):"
            f" {counted(found['calls'], 'call')}, {_plain(found['credits']):,} credits",
            f"Allowance: {plan.formula}; used {_plain(found['used']):,},"
            f" unused {_plain(found['unused']):,}, peak {_plain(found['peak']['credits']):,}",
            f"Played again: {_plain(refused['credits']):,} credits refused,"
            f" least allowance {_plain(found['least_allowance']):,}; cost a month: {cost}",
        )
    )


def shared(found: dict[str, Any]) -> str:
    """The document of `showback` as a table."""
    by, bill, shares = found["by"], found["bill"], found["shares"]
    if not shares:
        return "No calls in this period: nobody can bear anything."
    word = {"user": "user", "app": "app", "api": "API"}[by]
    money = f"Bill: {Decimal(bill):,f} {found['currency']}" if bill is not None else "No bill"
    rows = [
        f"{money}, from {_iso(found['from'])} to {_iso(found['to'])}",
        "",
        f"{word:<40} {'calls':>12} {'credits':>12} {'share':>9} {'money':>14}",
    ]
    for row in shares:
        amount = "" if row["money"] is None else f"{Decimal(row['money']):,f}"
        name = "(none)" if row[by] is None else safe(row[by])[:40]
        rows.append(
            f"{name:<40} {row['calls']:>12,} {_plain(row['credits']):>12,}"
            f" {row['share'] + ' %':>9} {amount:>14}"
        )
    whole = sum(Decimal(row["share"]) for row in shares)
    total = "" if bill is None else f"{sum(Decimal(row['money']) for row in shares):,f}"
    rows.append(
        f"{'total':<40} {found['calls']:>12,} {_plain(found['credits']):>12,}"
        f" {f'{whole} %':>9} {total:>14}"
    )
    return "\n".join(rows)


def dumps(document: dict[str, Any]) -> str:
    """A document as JSON: times in UTC with `Z`, whole numbers without a fraction.

    What a terminal would obey, or nobody would see, is spelled out; readers of JSON see the same.
    """
    text = json.dumps(document, default=_value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if hasattr(value, "item"):
        return value.item()
    return str(value)


def _iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC; fractions of a second only where there are any."""
    return None if at is None else f"{at.isoformat()}Z"


def _plain(number: Decimal | int | float) -> int | float:
    """A whole number without a fraction."""
    return int(number) if number == int(number) else round(float(number), 6)


def safe(text: str) -> str:
    """Text from a log without what a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in text)


def say(sentence: str) -> None:
    """Tell a failure, on standard error."""
    print(f"credits: {safe(sentence)}", file=sys.stderr)


def note(sentence: str) -> None:
    """Tell what somebody should know, on standard error."""
    print(f"note: {safe(sentence)}", file=sys.stderr)
