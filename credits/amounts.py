"""Amounts and currencies as people type them: read where they can mean one thing, else asked back.

What machines write, in links and databases, is read by `prices.price`, to the letter.
"""

from __future__ import annotations

import re
from decimal import Decimal

from credits import CreditsError
from credits.prices import price

_SPACES = re.compile(r"(?<=[0-9])[ '\u2019\u00a0\u2009\u202f](?=[0-9]{3}(?:[^0-9]|$))")
_GROUPS = {
    # Thousands, or lakhs and crores; then what is left after a decimal sign.
    ",": re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})(?:\.([0-9]+))?"),
    ".": re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]+))?"),
}


def amount(text: str) -> Decimal | None:
    """An amount of money: `1234.5`, `1,234.50`, `1.234,50`, `1 234,50` or `1'234.50`.

    None where nothing was typed. `1,000` is a thousand, as it is written on every page; `1.000` is
    a thousand to some and one to others, and is asked back. Raises CreditsError for that, and for
    what is no amount.
    """
    typed = text.strip()
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", typed):
        other = typed.replace(".", "")
        raise CreditsError(
            f"{typed} may mean {other} or {Decimal(typed).normalize():f}: write {other}, or"
            f" {typed}0."
        )
    return price(_plain(typed))


def _plain(typed: str) -> str:
    """The same with nothing but a point before the decimals; what is no amount, as it is."""
    joined = _SPACES.sub("", typed)
    if joined != typed and re.search(r"[.,].*[.,]", joined):
        return typed
    if re.fullmatch(r"0,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,6})|[0-9]{4,},[0-9]+", joined):
        return joined.replace(",", ".")
    for sign, groups in _GROUPS.items():
        if sign in joined and (found := groups.fullmatch(joined)) and found[1][0] != "0":
            whole = found[1].replace(sign, "")
            return whole if found[2] is None else f"{whole}.{found[2]}"
    return joined
