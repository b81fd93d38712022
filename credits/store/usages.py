"""Usage frames: every call of a range, or only those that say where the window peaks.

A hundred million calls can't be handed over one by one, and need not be: of most minutes the sum is
enough. `pruning` says of which it is not, and only those are read from the calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from credits.pruning import Buckets, Mask, needed
from credits.store.wanted import OF_KINDS, OF_OWNERS, Where, chosen, stretches, within
from credits.sums import as_integers
from credits.times import DAY, Ints, microseconds
from credits.windows import Kind

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_QUARTER = 15 * _MINUTE
_NEVER = 2**62
"""Later than any bucket."""
_OWNER = 2**32
"""More buckets than there are, of a second and wider, until the year 2106."""
_WHO = "JOIN (SELECT kind_id, owner FROM kinds) USING (kind_id)"


@dataclass(frozen=True)
class _Windows:
    """Which windows are asked about."""

    kind: Kind
    zone: str
    since: datetime | None
    """From when on calls count in them."""
    start: datetime | None
    """The first of them ends here."""
    end: datetime | None
    at: tuple[datetime | None, ...]
    """Instants around which every call must be known."""
    openings: Ints | None
    """The stamps that open an anchored block."""

    def hot(self, sums: pd.DataFrame, width: int) -> Mask:
        """Of which buckets every call must be known; `sums`: place, calls, credits, perhaps owner.

        Sorted by owner and place; places count buckets of `width` microseconds.
        """
        rows = as_integers(sums.assign(occurred_at=_ends(sums["place"], width)))
        places = sums["place"].to_numpy()
        owners = sums["owner"].to_numpy() if "owner" in sums else np.zeros_like(places)
        return needed(
            Buckets(width, owners, places, rows.calls, rows.amounts),
            self.kind,
            self.zone,
            (_place(self.start, width, 0), _place(self.end, width, _NEVER)),
            openings=self.openings,
            always=self.edges(width),
        )

    def edges(self, width: int) -> Ints:
        """The buckets of instants that are asked about, and where their trailing windows begin."""
        asked = (self.since, self.start, self.end, *self.at)
        stamps = microseconds([at for at in asked if at is not None])
        return np.concatenate([stamps, stamps - DAY]) // width

    def on_edge(self, places: pd.Series[int], width: int) -> Mask:
        """Which buckets are edges, or whole days before or after one, or where a block opens.

        Where no more than these are known call by call, no window holds more than the calls say:
        of each that ends in such a bucket, the bucket where it begins is known as well.
        """
        day = DAY // width
        found: Mask = np.isin(places % day, self.edges(width) % day)
        if self.openings is not None:
            found |= np.isin(places, np.append(self.openings, self.openings + DAY) // width)
        return found


@dataclass(frozen=True)
class _Calls:
    """Whose calls are asked about, in SQL."""

    owner: str
    """The number of whoever a stored call belongs to, from 0."""
    join: str
    """What has to be joined to know it."""
    where: Where | None

    def wanted(self, put: str = OF_KINDS) -> tuple[str, list[Any]]:
        """A condition on stored calls, or on what it is `put` for, and its parameters."""
        sql, given = chosen(self.where)
        return (put.format(sql) if sql else "true"), given


@dataclass(frozen=True)
class _Sums:
    """Where usage is read in buckets."""

    table: str
    column: str
    """When a row of it is, or begins."""
    width: int
    """Microseconds of a bucket."""
    finer: int
    """Of the buckets in which many calls of hot ones are read once more."""
    wanted: str = "{}"
    """A condition on kinds of calls, put so that the table can be asked it."""


_OF_ALL = _Sums("minutes", "minute", _MINUTE, _SECOND)
_OF_USERS = _Sums("user_sums", "quarter", _QUARTER, _SECOND, OF_OWNERS)
_OF_SOME = _Sums("stored_calls", "occurred_at", _QUARTER, _SECOND, OF_KINDS)
_BY_USER = _Sums("user_sums", "quarter", _QUARTER, _MINUTE)


class Usages:
    """Questions about usage to one snapshot of the data; a part of `Answers`."""

    _cursor: duckdb.DuckDBPyConnection
    _sums: str

    many = 500_000
    """Calls that are handed over one by one; where a range has more, most are added up."""
    most = 5_000_000
    """Calls among which a peak is looked for. Where usage is so steady that it may lie among more,
    it is looked for at the ends of seconds, and of a user's minutes."""

    def usage(
        self, start: datetime | None = None, end: datetime | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Exact usage in [start, end]: occurred_at, calls, credits; a row per instant, in order."""
        wanted, given = _Calls("0", "", where).wanted()
        sql, range_given = within("occurred_at", start, end)
        calls = f"stored_calls WHERE {wanted} AND {sql}"
        return self._added("occurred_at", calls, [*given, *range_given])

    def usage_by_user(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> pd.DataFrame:
        """Exact usage by user: occurred_at, user, user_basis (both categorical), calls, credits."""
        sql, given = within("occurred_at", start, end)
        calls = f"stored_calls {_WHO} WHERE {sql}"
        return self._named(self._added("occurred_at, owner", calls, given, sort=False))

    def window_usage(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
        where: Where | None = None,
        *,
        at: Sequence[datetime | None] = (),
    ) -> pd.DataFrame:
        """Usage in [since, end] for windows from `start` on: as `usage`, or in fewer rows.

        With many calls, a row is a whole minute (of some calls only: a quarter of an hour) and
        stands at its last microsecond, except where the peak may lie and around `start`, `end` and
        the instants `at`: there each instant has its row. So peaks, sums at those instants and sums
        at the end of each minute are exact. `since`: from when on windows that count hold calls.
        """
        if not self._is_much(since, end):
            return self.usage(since, end, where)
        windows = _Windows(kind, zone, since, start, end, tuple(at), self._openings(kind, end))
        of_users = where and where.keys() <= {"user", "user_basis"}
        sums = _OF_USERS if of_users else _OF_SOME if where else _OF_ALL
        found = self._found(_Calls("0::BIGINT", "", where), sums, windows)
        found = found.sort_values("occurred_at", ignore_index=True)
        return found[["occurred_at", "calls", "credits"]]

    def window_usage_by_user(
        self,
        kind: Kind,
        zone: str,
        since: datetime | None,
        start: datetime | None,
        end: datetime | None,
    ) -> pd.DataFrame:
        """Usage by user in [since, end] of which each user's peaks from `start` on are right.

        As `usage_by_user`; with many calls, a row is a quarter of an hour or a minute of a user and
        stands at its last microsecond, except where the user's peak may lie.
        """
        if not self._is_much(since, end):
            return self.usage_by_user(since, end)
        windows = _Windows(kind, zone, since, start, end, (), self._openings(kind, end))
        calls = _Calls("owner::BIGINT", _WHO, None)
        return self._named(self._found(calls, _BY_USER, windows))

    def _found(self, calls: _Calls, of: _Sums, windows: _Windows) -> pd.DataFrame:
        """Usage in few rows, with `owner`: whole buckets, and single calls where a peak may lie.

        Buckets that matter are read once more in finer ones, where they hold many calls.
        """
        width, finer = of.width, of.finer
        sums = self._rolled_up(calls, of, windows)
        hot = windows.hot(sums, width)
        kept = [_summed(sums[~hot], width)]
        some = sums[hot]
        if some["calls"].sum() > self.many:
            fine = self._within(calls, f"epoch_us(occurred_at) // {finer}", some, width, windows)
            # A bucket that is not read stands at its end, where its sum holds.
            cold = kept[0].assign(place=microseconds(kept[0]["occurred_at"]) // finer)
            both = pd.concat([cold.assign(read=False, rows=0), fine.assign(read=True)])
            both = both.sort_values(["owner", "place"], ignore_index=True)
            hot = self._few(both, windows.hot(both, finer), windows, finer)
            kept.append(_summed(both[both["read"] & ~hot], finer))
            some, width = both[hot], finer
        single = self._within(calls, "epoch_us(occurred_at)", some, width, windows)
        single["occurred_at"] = single["place"].to_numpy().view("datetime64[us]")
        columns = ["occurred_at", "owner", "calls", "credits"]
        return pd.concat([each[columns] for each in (single, *kept)], ignore_index=True)

    def _few(self, both: pd.DataFrame, hot: Mask, windows: _Windows, width: int) -> Mask:
        """The hot buckets, without those of the steadiest owners where they hold too much."""
        hot = hot & both["read"].to_numpy()
        # A row may stand for many calls: only rows cost time.
        if both["rows"][hot].sum() <= self.most:
            return hot
        rows = both[hot].groupby("owner")["rows"].sum().sort_values()
        few = rows.index[rows.cumsum() <= self.most]
        edge = both["read"] & windows.on_edge(both["place"], width)
        found: Mask = edge.to_numpy() | (hot & both["owner"].isin(few).to_numpy())
        return found

    def _added(
        self, by: str, calls: str, given: Sequence[Any], *, more: str = "", sort: bool = True
    ) -> pd.DataFrame:
        """Sums of calls (or of a roll-up of them) by some columns, in their order."""
        return self._cursor.execute(
            f"""SELECT {by}, {more} sum(calls)::BIGINT AS calls,
                coalesce(sum(credits), 0)::{self._sums} AS credits
            FROM {calls} GROUP BY {by} {f"ORDER BY {by}" if sort else ""}""",
            list(given),
        ).df()

    def _is_much(self, since: datetime | None, end: datetime | None) -> bool:
        """Whether a range may have many calls: those of all loads that reach into it."""
        rows = self._cursor.execute(
            """SELECT coalesce(sum(loaded), 0) FROM loads
            WHERE last >= coalesce($since, last) AND first <= coalesce($end, first)""",
            {"since": since, "end": end},
        ).fetchall()
        return int(rows[0][0]) > self.many

    def _rolled_up(self, calls: _Calls, of: _Sums, windows: _Windows) -> pd.DataFrame:
        """owner, place, calls, credits by bucket, in order; those at both ends are whole."""
        conditions, given = calls.wanted(of.wanted)
        for edge, sign, more in ((windows.since, ">=", 0), (windows.end, "<", 1)):
            if edge is not None:
                conditions += f" AND {of.column} {sign} make_timestamp(?)"
                given.append((_place(edge, of.width, 0) + more) * of.width)
        rolled = f"""(SELECT {calls.owner} AS owner, epoch_us({of.column}) // {of.width} AS place,
            calls, credits FROM {of.table} WHERE {conditions})"""
        return self._added("owner, place", rolled, given)

    def _within(
        self, calls: _Calls, place: str, some: pd.DataFrame, width: int, windows: _Windows
    ) -> pd.DataFrame:
        """owner, place, rows, calls, credits of the calls in some buckets; not in order.

        `some`: owner and place of the buckets, which are `width` wide; `place`: what place the
        calls are to have.
        """
        conditions, given = calls.wanted()
        sql, range_given = within("occurred_at", windows.since, windows.end)
        # Each stretch is asked for by itself: DuckDB compares every call with each part of an OR.
        stretch = """SELECT kind_id, occurred_at, calls, credits FROM stored_calls
            WHERE occurred_at >= make_timestamp(?) AND occurred_at < make_timestamp(?)"""
        edges = stretches(some["place"], width)
        keys = some["owner"].to_numpy() * _OWNER + some["place"].to_numpy()
        return self._added(
            "owner, place",
            f"""(SELECT {calls.owner} AS owner, {place} AS place, calls, credits,
                {calls.owner} * {_OWNER} + epoch_us(occurred_at) // {width} AS key
                FROM ({" UNION ALL ".join([stretch] * len(edges))}) {calls.join}
                WHERE {conditions} AND {sql})
            SEMI JOIN (SELECT unnest(?::BIGINT[]) AS key) USING (key)""",
            [*chain(*edges), *given, *range_given, keys.tolist()],
            more="count(*) AS rows,",
            sort=False,
        )

    def _openings(self, kind: Kind, end: datetime | None) -> Ints | None:
        """The stamps that open an anchored block, up to `end`, found from minute to minute."""
        if kind != "anchored":
            return None
        found = self._cursor.execute("SELECT DISTINCT minute FROM minutes ORDER BY minute").df()
        minutes = microseconds(found["minute"])
        last = _NEVER if end is None else int(microseconds([end])[0])
        openings: list[int] = []
        after = int(minutes[0]) if len(minutes) else _NEVER
        while (opening := self._first_call(minutes, after)) <= last and opening < _NEVER:
            openings.append(opening)
            after = opening + DAY
        return np.array(openings, dtype=np.int64)

    def _first_call(self, minutes: Ints, after: int) -> int:
        """The first call at or after an instant, or `_NEVER`; `minutes` are those with calls."""
        place = int(np.searchsorted(minutes, after // _MINUTE * _MINUTE))
        for minute in minutes[place : place + 2].tolist():
            found = self._cursor.execute(
                """SELECT epoch_us(min(occurred_at)) FROM stored_calls
                WHERE occurred_at >= make_timestamp(?) AND occurred_at < make_timestamp(?)""",
                [max(after, minute), minute + _MINUTE],
            ).fetchall()[0][0]
            if found is not None:
                return int(found)
        return _NEVER

    def _named(self, frame: pd.DataFrame, when: str = "occurred_at") -> pd.DataFrame:
        """A frame with owners as one with users and their bases, both categorical."""
        owners = self._cursor.execute('SELECT owner, "user", user_basis FROM owners').fetchall()
        places = np.zeros(max((row[0] for row in owners), default=0) + 1, dtype=np.int64)
        named: dict[str, Any] = {}
        for column, name in enumerate(("user", "user_basis"), 1):
            # Not as a numpy text, which loses NULs at its end.
            codes, names = pd.factorize(np.array([row[column] for row in owners], dtype=object))
            places[[row[0] for row in owners]] = codes
            named[name] = pd.Categorical.from_codes(
                places[frame["owner"]], categories=pd.Index(names)
            )
        return frame[[when]].assign(**named, calls=frame["calls"], credits=frame["credits"])


def _place(at: datetime | None, width: int, none: int) -> int:
    """The bucket that holds an instant."""
    return none if at is None else int(microseconds([at])[0]) // width


def _ends(places: pd.Series[int], width: int) -> npt.NDArray[np.datetime64]:
    """The last microseconds of buckets."""
    return ((places.to_numpy() + 1) * width - 1).view("datetime64[us]")


def _summed(sums: pd.DataFrame, width: int) -> pd.DataFrame:
    """Buckets as rows of a usage frame, each at its last microsecond."""
    return sums[["owner", "calls", "credits"]].assign(occurred_at=_ends(sums["place"], width))
