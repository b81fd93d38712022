"""Who used it, and what that comes to: a bill shared out so that nothing is lost to rounding.

Shares rounded one by one add up to 99.99 %, and money to a cent less than the bill. Here they are
shared out by largest remainder (see `sharing`): each gets its whole units, and the units left over
go to those who had the most of one coming. Nobody is off by a unit or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from credits import CreditsError
from credits.prices import decimals, exact, rounded
from credits.sharing import shared_among

By = Literal["user", "app", "api"]
BY: dict[By, tuple[str, ...]] = {
    "user": ("user", "user_basis"),
    "app": ("app",),
    "api": ("api",),
}
"""By whom a bill can be shared out, and the columns that say who that is."""
MEASURES = ("calls", "credits", "assumed", "refused")
"""Columns that measure; all others name who is measured."""
_HUNDRED_PER_CENT = 100_00
_MOST = 10**18
_MICRO = 1_000_000


def showback(sums: pd.DataFrame, bill: Decimal | None, currency: str) -> pd.DataFrame:
    """Sums (who, in any columns; calls; credits) with what each bears of a bill.

    The same rows in the same order, with `share` (per cent, a Decimal of two decimals: together
    100.00) and `money` (a Decimal in minor units of the currency: together the bill, rounded to
    them; None without a bill). By credits; by calls where no credits were used. Where there is
    neither, nobody can bear anything: no rows. Units left over that are due to several alike go to
    the one with more, then by name, whatever the order of the rows.

    Raises CreditsError for a bill that is negative or no number.
    """
    if bill is not None and (not bill.is_finite() or not 0 <= bill <= _MOST):
        raise CreditsError(f"A bill must be between 0 and {_MOST:,}.")
    weights = _weights(sums)
    frame = sums.reset_index(drop=True)
    if not any(weights):
        return frame.iloc[:0].assign(share=pd.Series(dtype=object), money=pd.Series(dtype=object))
    keys = _keys(sums)
    shares = _money(shared_among(_HUNDRED_PER_CENT, weights, keys), 2)
    if bill is None:
        money: list[Decimal | None] = [None] * len(weights)
    else:
        places = decimals(currency)
        units = int(rounded(bill, currency).scaleb(places))
        money = _money(shared_among(units, weights, keys), places)
    return frame.assign(share=pd.Series(shares, dtype=object), money=pd.Series(money, dtype=object))


def document(shared: pd.DataFrame, by: By, bill: Decimal | None, currency: str) -> dict[str, Any]:
    """The document of `python -m credits showback`, without its period. `shared`: see `showback`.

    Shares (per cent) and money stand in it as text, so that they stay decimal.
    """
    names = BY[by]
    return {
        "by": by,
        "currency": currency,
        "bill": None if bill is None else f"{rounded(bill, currency):f}",
        "calls": int(shared["calls"].sum()),
        "credits": shared["credits"].to_numpy().sum().item() if len(shared) else 0,
        "shares": [
            {
                **{name: None if pd.isna(row[name]) else row[name] for name in names},
                "calls": row["calls"],
                "credits": row["credits"],
                "share": f"{row['share']:f}",
                "money": None if row["money"] is None else f"{row['money']:f}",
            }
            for row in shared.to_dict("records")
        ],
    }


def _weights(sums: pd.DataFrame) -> list[int]:
    """Credits in millionths if there are any, else calls, as Python's integers: they don't end."""
    used = [int(exact(value) * _MICRO) for value in sums["credits"].to_numpy().tolist()]
    return used if any(used) else [int(value) for value in sums["calls"].to_numpy().tolist()]


def _keys(sums: pd.DataFrame) -> list[tuple[object, ...]]:
    names = [sums[name].tolist() for name in sums.columns if name not in MEASURES]
    rows = zip(*names, strict=True) if names else [()] * len(sums)
    # A call without an app has no name there: it stands before those that have one.
    return [tuple("" if pd.isna(value) else f"={value}" for value in row) for row in rows]


def _money(units: Sequence[int], places: int) -> list[Decimal | None]:
    return [Decimal(each).scaleb(-places) for each in units]
