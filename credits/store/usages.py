"""Usage frames: every call of a range, or only those that say where the window peaks.

A hundred million calls can't be handed over one by one, and need not be: of most minutes the sum is
enough. `pruning` says of which it is not, and only those are read from the calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from credits.pruning import Buckets, Mask, needed
from credits.store.wanted import Where, chosen, within
from credits.sums import as_integers
from credits.times import DAY, Ints, microseconds
from credits.windows import Kind

_MINUTE = 60_000_000
_QUARTER = 15 * _MINUTE
_NEVER = 2**62
"""Later than any bucket."""
_WHO = """
    SELECT kind_id, dense_rank() OVER (ORDER BY "user", user_basis) - 1 AS owner FROM kinds"""
Moments = Sequence[datetime | None]


class Usages:
    """Questions about usage to one snapshot of the data; a part of `Answers`."""

    _cursor: duckdb.DuckDBPyConnection
    _credits: str

    many = 2_000_000
    """Calls that are handed over one by one; where a range has more, most are added up."""

    def _read(self, sql: str, given: Sequence[Any]) -> pd.DataFrame:
        return self._cursor.execute(sql, list(given)).df()

    def _sums(self) -> str:
        return f"sum(calls)::BIGINT AS calls, coalesce(sum(credits), 0)::{self._credits} AS credits"

    def usage(
        self, start: datetime | None = None, end: datetime | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Exact usage in [start, end]: occurred_at, calls, credits; a row per instant, in order."""
        sql, given = within("occurred_at", start, end, where)
        return self._read(
            f"""SELECT occurred_at, {self._sums()} FROM {_table(where)} WHERE {sql}
            GROUP BY occurred_at ORDER BY occurred_at""",
            given,
        )

    def usage_by_user(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> pd.DataFrame:
        """Exact usage by user: occurred_at, user, user_basis (both categorical), calls, credits."""
        sql, given = within("occurred_at", start, end, None)
        return self._named(
            self._read(
                f"""SELECT occurred_at, owner, {self._sums()}
                FROM stored_calls JOIN ({_WHO}) USING (kind_id) WHERE {sql}
                GROUP BY occurred_at, owner""",
                given,
            )
        )

    def window_usage(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
        where: Where | None = None,
        *,
        at: Moments = (),
    ) -> pd.DataFrame:
        """Usage in [since, end] for windows from `start` on: as `usage`, or in fewer rows.

        With many calls, a row is a whole minute (of some calls only: a quarter of an hour) and
        stands at its last microsecond, except where the peak may lie and around `start`, `end` and
        the instants `at`: there each instant has its row. So peaks, sums at those instants and sums
        at the end of each minute are exact. `since`: from when on windows that count hold calls.
        """
        if not self._is_much(since, end):
            return self.usage(since, end, where)
        width = _QUARTER if where else _MINUTE
        table, column = ("quarters", "quarter") if where else ("minutes", "minute")
        buckets, scale = self._buckets(table, column, width, since, end, where)
        exact = needed(
            buckets,
            kind,
            zone,
            (_place(start, width), _place(end, width, _NEVER)),
            openings=self._openings(end) if kind == "anchored" else None,
            always=_edges([since, start, end, *at], width),
        )
        single = self._in_buckets(buckets.places[exact], width, since, end, where)
        return pd.concat([_summed(buckets, ~exact, scale), single]).sort_values("occurred_at")

    def window_usage_by_user(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
    ) -> pd.DataFrame:
        """Usage by user in [since, end] of which each user's peaks from `start` on are right.

        As `usage_by_user`; with many calls, a row is a quarter of an hour of a user and stands at
        its last microsecond, except where the user's peak may lie.
        """
        if not self._is_much(since, end):
            return self.usage_by_user(since, end)
        buckets, scale = self._buckets(
            f"quarter_sums JOIN ({_WHO}) USING (kind_id)", "quarter", _QUARTER, since, end, None
        )
        exact = needed(
            buckets,
            kind,
            zone,
            (_place(start, _QUARTER), _place(end, _QUARTER, _NEVER)),
            openings=self._openings(end) if kind == "anchored" else None,
            always=_edges([since, start, end], _QUARTER),
        )
        cold = _summed(buckets, ~exact, scale).assign(owner=buckets.owners[~exact])
        sql, given = within("occurred_at", since, end, None)
        hot = self._read(
            f"""WITH hot AS (SELECT unnest(?::BIGINT[]) AS owner, unnest(?::BIGINT[]) AS place)
            SELECT occurred_at, who.owner, {self._sums()}
            FROM stored_calls JOIN ({_WHO}) AS who USING (kind_id) SEMI JOIN hot
                ON hot.owner = who.owner AND hot.place = epoch_us(occurred_at) // {_QUARTER}
            WHERE {sql} GROUP BY occurred_at, who.owner""",
            [buckets.owners[exact].tolist(), buckets.places[exact].tolist(), *given],
        )
        return self._named(pd.concat([cold, hot], ignore_index=True))

    def _is_much(self, since: datetime | None, end: datetime | None) -> bool:
        """Whether a range may have many calls: those of all loads that reach into it."""
        rows = self._cursor.execute(
            """SELECT coalesce(sum(loaded), 0) FROM loads
            WHERE last >= coalesce($since, last) AND first <= coalesce($end, first)""",
            {"since": since, "end": end},
        ).fetchall()
        return int(rows[0][0]) > self.many

    def _buckets(
        self,
        table: str,
        column: str,
        width: int,
        since: datetime | None,
        end: datetime | None,
        where: Where | None,
    ) -> tuple[Buckets, int]:
        """Sums by bucket, those at both ends whole, and what their amounts are multiples of."""
        wanted, given = chosen(where)
        conditions = [wanted] if wanted else []
        for edge, sign in ((since, ">="), (end, "<=")):
            if edge is not None:
                conditions.append(f"epoch_us({column}) // {width} {sign} ?")
                given.append(_place(edge, width))
        owner = "owner" if "owner" in table else "0"
        frame = self._read(
            f"""SELECT {owner}::BIGINT AS owner, epoch_us({column}) // {width} AS place,
                {self._sums()} FROM {table} WHERE {" AND ".join(conditions) or "true"}
            GROUP BY ALL ORDER BY 1, 2""",
            given,
        )
        stamps = (frame["place"].to_numpy() * width).view("datetime64[us]")
        rows = as_integers(frame.assign(occurred_at=stamps))
        owners, places = frame["owner"].to_numpy(), frame["place"].to_numpy()
        return Buckets(width, owners, places, rows.calls, rows.amounts), rows.scale

    def _in_buckets(
        self,
        places: Ints,
        width: int,
        since: datetime | None,
        end: datetime | None,
        where: Where | None,
    ) -> pd.DataFrame:
        """Exact usage in some buckets, as far as they lie in [since, end]; see `usage`."""
        sql, given = within("occurred_at", since, end, where)
        return self._read(
            f"""SELECT occurred_at, {self._sums()} FROM {_table(where)}
            SEMI JOIN (SELECT unnest(?::BIGINT[]) AS place) AS hot
                ON hot.place = epoch_us(occurred_at) // {width}
            WHERE {sql} GROUP BY occurred_at""",
            [places.tolist(), *given],
        )

    def _openings(self, end: datetime | None) -> Ints:
        """The stamps that open an anchored block, up to `end`, found from minute to minute."""
        minutes = self._read("SELECT DISTINCT minute FROM minutes ORDER BY minute", [])
        known = microseconds(minutes["minute"])
        last = _NEVER if end is None else int(microseconds([end])[0])
        found: list[int] = []
        after = int(known[0]) if len(known) else last + 1
        while after <= last:
            opening = self._first_call(known, after)
            if opening is None or opening > last:
                break
            found.append(opening)
            after = opening + DAY
        return np.array(found, dtype=np.int64)

    def _first_call(self, minutes: Ints, after: int) -> int | None:
        """The first call at or after an instant; `minutes` are those that have calls."""
        place = int(np.searchsorted(minutes, after // _MINUTE * _MINUTE))
        for minute in minutes[place : place + 2].tolist():
            found = self._cursor.execute(
                """SELECT epoch_us(min(occurred_at)) FROM stored_calls
                WHERE occurred_at >= make_timestamp(?) AND occurred_at < make_timestamp(?)""",
                [max(after, minute), minute + _MINUTE],
            ).fetchall()[0][0]
            if found is not None:
                return int(found)
        return None

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame with owners as one with users and their bases."""
        owners = self._cursor.execute(
            'SELECT DISTINCT "user", user_basis FROM kinds ORDER BY "user", user_basis'
        ).fetchall()
        named: dict[str, Any] = {}
        for place, name in enumerate(("user", "user_basis")):
            names, codes = np.unique([row[place] for row in owners], return_inverse=True)
            named[name] = pd.Categorical.from_codes(
                codes[frame["owner"]].astype(np.int64), categories=pd.Index(names)
            )
        return frame[["occurred_at"]].assign(
            **named, calls=frame["calls"], credits=frame["credits"]
        )


def _table(where: Where | None) -> str:
    return "calls" if where else "stored_calls"


def _place(at: datetime | None, width: int, none: int = 0) -> int:
    """The bucket that holds an instant."""
    return none if at is None else int(microseconds([at])[0]) // width


def _edges(moments: Moments, width: int) -> Ints:
    """The buckets of some instants, and of those where their trailing windows begin."""
    stamps = microseconds([moment for moment in moments if moment is not None])
    return np.unique(np.concatenate([stamps, stamps - DAY]) // width)


def _summed(buckets: Buckets, chosen: Mask, scale: int) -> pd.DataFrame:
    """Some buckets as rows of a usage frame, each at its last microsecond."""
    amounts = buckets.amounts[chosen]
    return pd.DataFrame(
        {
            "occurred_at": buckets.ends[chosen].view("datetime64[us]"),
            "calls": buckets.calls[chosen],
            "credits": amounts if scale == 1 else amounts / scale,
        }
    )
