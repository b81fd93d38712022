"""The prices that people have entered, each edition's own: one text, for a session or an address.

What one edition costs says nothing of another, so that a price stands with the edition for which it
was entered, and every other one has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from credits import CreditsError
from credits.prices import Prices, price

MOST = 100
"""Editions with prices in one text."""


@dataclass(frozen=True)
class Entered:
    """What was entered for one edition; None where nothing was. See `Prices`."""

    per_user: Decimal | None = None
    fixed: Decimal | None = None
    add_on: Decimal | None = None

    def __post_init__(self) -> None:
        Prices(per_user=self.per_user, fixed=self.fixed, add_on=self.add_on)

    @property
    def texts(self) -> dict[str, str]:
        """As a person types them, by name; empty where nothing was entered."""
        values = {"per_user": self.per_user, "fixed": self.fixed, "add_on": self.add_on}
        return {name: "" if value is None else f"{value:f}" for name, value in values.items()}


NOTHING = Entered()


def written(entered: Mapping[str, Entered]) -> str:
    """Prices by edition as one text, the same for the same prices."""
    texts = {
        name: ",".join(each.texts.values())
        for name, each in sorted(entered.items())
        if each != NOTHING
    }
    return urlencode(texts)


def read(text: str) -> dict[str, Entered]:
    """The prices by edition of such a text. Raises CreditsError where it is damaged."""
    damaged = CreditsError("The prices in the link are damaged: enter them anew.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    except ValueError as error:
        raise damaged from error
    found: dict[str, Entered] = {}
    for name, values in pairs[: MOST + 1]:
        parts = values.split(",")
        if len(parts) != 3 or not name or len(found) == MOST:
            raise damaged
        found[name] = Entered(*(price(each) for each in parts))
    return found
