"""What was wanted of the credits: of the organization minute by minute, and by whom.

Calls that the log shows as refused were wanted too, with what they would have cost, unless they are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

BY = {"user": ('"user"', "user_basis"), "api": ("api",)}
"""By what demand may be told apart, and the columns of it."""


class Demands:
    """Questions about demand to one snapshot of the data; a part of `Answers`."""

    _cursor: duckdb.DuckDBPyConnection
    _credits: str

    def demand(self, *, refused: bool = True) -> pd.DataFrame:
        """What was wanted of the organization's credits: minute, calls, credits.

        `refused`: whether calls that the log shows as refused count. Without them, minutes that
        have none but refused calls are left out.
        """
        calls, amount = _counted(refused, "refused")
        return self._cursor.execute(
            f"""SELECT minute, sum({calls})::BIGINT AS calls,
                coalesce(sum({amount}), 0)::{self._credits} AS credits
            FROM minutes GROUP BY minute HAVING {refused} OR sum({calls}) > 0 ORDER BY minute"""
        ).df()

    def demand_by(self, by: str, spans: pd.DataFrame, *, refused: bool = True) -> pd.DataFrame:
        """What was wanted in some spans of whole minutes, by minute and by what BY names.

        `spans`: start, end (naive UTC), in order, without overlaps. Gives minute, user and
        user_basis or api, calls, credits, in the order of all but the sums.
        """
        names = ", ".join(BY[by])
        calls, amount = _counted(refused, "CASE WHEN refused THEN calls ELSE 0 END")
        return self._cursor.execute(
            f"""WITH spans AS (
                SELECT unnest(?::TIMESTAMP[]) AS span_start, unnest(?::TIMESTAMP[]) AS span_end
            )
            SELECT date_trunc('minute', occurred_at) AS minute, {names},
                sum({calls})::BIGINT AS calls,
                coalesce(sum({amount}), 0)::{self._credits} AS credits
            FROM calls ASOF JOIN spans ON occurred_at >= span_start
            WHERE occurred_at < span_end
            GROUP BY ALL HAVING {refused} OR sum({calls}) > 0 ORDER BY ALL""",
            [_listed(spans["start"]), _listed(spans["end"])],
        ).df()


def _counted(refused: bool, refused_calls: str) -> tuple[str, str]:
    """Expressions for the calls and the credits that are wanted."""
    if refused:
        return "calls", "credits + coalesce(refused_credits, 0)"
    return f"calls - {refused_calls}", "credits"


def _listed(times: pd.Series) -> Sequence[object]:
    return list(times.dt.to_pydatetime())
