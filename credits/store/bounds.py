"""What is loaded must stay below what can be added up, whoever changes it.

Pages and the command line add up in 64 bits; where there are fractions, in millionths. What was
refused is wanted as well when everything is played again, so it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from credits import CreditsError
from credits.store import schema

WANTED = "(coalesce(sum(credits), 0) + coalesce(sum(refused_credits), 0))"
"""The credits that calls cost, or would have cost had they not been refused."""


@dataclass(frozen=True)
class Sums:
    """Calls, the credits that were wanted of them, and whether some of these are fractions."""

    calls: int = 0
    wanted: Decimal = Decimal(0)
    fractional: bool = False


def must_add_up(cursor: duckdb.DuckDBPyConnection, what: str, more: Sums | None = None) -> None:
    """Raises CreditsError where all loads can't be added up, with `more` that is to come.

    `what`: how the sentence begins, up to “there would be”. Loads and minutes are asked, no calls.
    """
    more = more or Sums()
    calls, wanted, fractional = cursor.execute(_LOADED).fetchall()[0]
    most = schema.most_credits(fractional or more.fractional)
    if calls + more.calls >= 2**63 or wanted + more.wanted >= most:
        raise CreditsError(
            f"{what} there would be more than {most:,} calls or credits (with those of refused"
            " calls), more than can be added up."
        )


_LOADED = """
SELECT coalesce(sum(calls), 0)::HUGEINT, coalesce(sum(credits), 0)
    + (SELECT coalesce(sum(refused_credits), 0) FROM minutes), coalesce(bool_or(fractional), false)
FROM loads
"""
