"""What the command line prints: JSON for programs, sentences and tables for people.

Text from a log is shown without what a terminal would obey.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

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
    counts = [f"{load.loaded:,} of {load.rows:,} rows loaded"]
    counts += [
        f"{getattr(load, name):,} {word}"
        for name, word in (
            ("duplicates", "known already"),
            ("rejected", "rejected"),
            ("skipped", "skipped"),
        )
        if getattr(load, name)
    ]
    span = f", {_iso(load.first)} to {_iso(load.last)}" if load.first else ""
    return (
        f"{load.path} ({load.format}): {', '.join(counts)}; {load.calls:,} calls,"
        f" {_plain(load.credits):,} credits{span}"
    )


def used(found: dict[str, Any], plan: Plan, top: int | None) -> str:
    """The document of `usage` as a table."""
    if not found["calls"]:
        return "Nothing is loaded yet: take in a log with `python -m credits load FILE`."
    rows = [
        f"Used at {_iso(found['at'])} ({found['window']}): {_plain(found['used']):,} of"
        f" {found['allowance']:,} credits, {_plain(found['unused']):,} unused",
        f"Allowance: {plan.formula}",
        f"Peak: {_plain(found['peak']['credits']):,} credits in 24 hours,"
        f" {_iso(found['peak']['end'])}",
        f"Everything loaded: {found['calls']:,} calls, {_plain(found['credits']):,} credits"
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
    enough = found["least_users"]
    return "\n".join(
        (
            f"Allowance: {plan.formula} ({found['window']})",
            f"Demand: {found['demand']['calls']:,} calls,"
            f" {_plain(found['demand']['credits']):,} credits",
            f"Refused: {refused['calls']:,} calls, {_plain(refused['credits']):,} credits,"
            f" in {found['blocked_minutes']:,} minutes",
            f"Headroom: least {_plain(found['headroom']['min']):,},"
            f" 5th percentile {_plain(found['headroom']['p5']):,},"
            f" median {_plain(found['headroom']['median']):,}",
            f"Least allowance that refuses nothing: {_plain(least):,}, "
            + ("more than any number of users gives" if enough is None else f"{enough:,} users"),
        )
    )


def dumps(document: dict[str, Any]) -> str:
    """A document as JSON: times in UTC with `Z`, whole numbers without a fraction."""
    return json.dumps(document, default=_value, ensure_ascii=False)


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
