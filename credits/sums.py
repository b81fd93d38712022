"""Usage frames as exact integers, and sums of them.

Integers stay int64, and credits with fractions become integer millionths, so that a sum has no
rounding in it. Stamps are microseconds. The windows rest on this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credits import CreditsError
from credits.times import Ints, firsts, microseconds

_MILLION = 1_000_000
_LONG = 500
"""Values of a group from which on it is quicker to look at each group by itself."""


@dataclass(frozen=True)
class Rows:
    """A usage frame as integers."""

    times: Ints
    """Microseconds since 1970, UTC."""
    calls: Ints
    amounts: Ints
    """Credits × scale."""
    scale: int
    """1 for whole credits, a million where the log has fractions."""


def as_integers(usage: pd.DataFrame) -> Rows:
    """A usage frame row by row, in its order. Raises CreditsError where it can't be added up."""
    calls = _integers(usage["calls"], 1)
    fractional = pd.api.types.is_float_dtype(_numeric(usage["credits"]).dtype)
    scale = _MILLION if fractional else 1
    amounts = _integers(usage["credits"], scale)
    return Rows(microseconds(usage["occurred_at"]), calls, amounts, scale)


def by_instant(usage: pd.DataFrame) -> Rows:
    """A usage frame sorted, one row per distinct stamp, ties summed."""
    rows = as_integers(usage)
    times, calls, amounts = collapsed(rows.times, rows.calls, rows.amounts)
    return Rows(times, calls, amounts, rows.scale)


def _numeric(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column with a number's dtype: an empty frame, and some queries, give `object`."""
    if column.dtype.kind in "iuf":
        return column
    return pd.to_numeric(column) if len(column) else column.astype(np.int64)


def _integers(column: pd.Series[Any], scale: int) -> Ints:
    """The column × scale, as exact integers. What can't be added up exactly is refused."""
    numbers = _numeric(column)
    if numbers.hasnans:
        raise CreditsError(f"The {column.name} can't be added up: a number is missing.")
    values = numbers.to_numpy()
    if float(values.sum(dtype=np.float64)) * scale >= 2.0**63:
        raise CreditsError(f"The {column.name} can't be added up: the sum is far too large.")
    if values.dtype.kind == "f":
        scaled = values * scale
        values = np.rint(scaled)
        if scale == 1 and not np.array_equal(values, scaled):
            raise CreditsError(f"The {column.name} must be whole numbers.")
    return values.astype(np.int64, copy=False)


def in_credits(amounts: Ints, scale: int) -> Ints | npt.NDArray[np.float64]:
    """Amounts as credits: int64 for whole ones, float64 for fractions."""
    return amounts if scale == 1 else amounts / scale


def collapsed(keys: Ints, calls: Ints, amounts: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted distinct keys, and the calls and amounts of each."""
    if not _is_ascending(keys):
        order = np.argsort(keys)
        keys, calls, amounts = keys[order], calls[order], amounts[order]
    first = firsts(keys)
    if len(first) == len(keys):
        return keys, calls, amounts
    return keys[first], np.add.reduceat(calls, first), np.add.reduceat(amounts, first)


def ranked(times: Ints) -> tuple[Ints, Ints]:
    """The sorted distinct times, and each row's position among them."""
    if not _is_ascending(times):
        distinct, rank = np.unique(times, return_inverse=True)
        return distinct, rank
    first = firsts(times)
    new = np.zeros(len(times), dtype=np.int64)
    new[first[1:]] = 1
    return times[first], np.cumsum(new)


def _is_ascending(values: Ints) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))


def first_maxima(values: npt.NDArray[Any], first: Ints) -> Ints:
    """The earliest position of the greatest value in each group; groups begin at `first`."""
    if not len(first):
        return first
    sizes = np.diff(np.append(first, len(values)))
    if len(first) * _LONG < len(values):
        pairs = zip(first.tolist(), (first + sizes).tolist(), strict=True)
        return np.array([start + int(values[start:end].argmax()) for start, end in pairs])
    tops = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, first), sizes))
    return tops[np.searchsorted(tops, first)]


def cumulative(amounts: Ints) -> Ints:
    """The sums of the first 0, 1, 2 … amounts."""
    sums = np.zeros(len(amounts) + 1, dtype=np.int64)
    np.cumsum(amounts, out=sums[1:])
    return sums


def since(amounts: Ints, low: Ints) -> Ints:
    """For every position, the sum from position `low` up to and with itself."""
    sums = cumulative(amounts)
    return sums[1:] - sums[low]


def between(ascending: Ints, first: int, last: int) -> Ints:
    """The values in [first, last]."""
    low = np.searchsorted(ascending, first)
    high = np.searchsorted(ascending, last, "right")
    return ascending[low:high]


def whole(number: float) -> int | float:
    """A whole number as an int; a fraction to the sixth place."""
    return int(number) if number == int(number) else round(float(number), 6)
