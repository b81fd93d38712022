"""What stands in an address: the name of each choice, its default, and how its text is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from credits import CreditsError, pricelist
from credits.editions import edition, editions
from credits.prices import currency
from credits.scenarios import OTHER_VENDOR
from credits.showback import BY
from credits.windows import KINDS
from pages import planned
from pages.planned import MOST, MOST_CAP

PERIODS = {"24h": "24h", "7d": "7d", "30d": "30d", "all": "All", "own": "Own"}
AHEAD = (7, 90)
RISKS = (1, 5, 10, 20)
"""Days ahead; per cent of risk."""
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2199, 12, 31)
_DEFAULT = edition(planned.DEFAULT)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def _number(most: int) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        return int(text) if text.isdecimal() and len(text) < 20 and int(text) <= most else None

    return parse


def _slide(least: int, most: int, step: int = 1) -> Callable[[str], int | None]:
    places = {str(value): value for value in range(least, most + 1, step)}
    return places.get


def _one_of(values: Any) -> Callable[[str], str | None]:
    return lambda text: text if text in values else None


def _cap(text: str) -> int | str | None:
    return "none" if text == "none" else _number(MOST_CAP)(text)


def _typed(most: int) -> Callable[[str], str | None]:
    # As it was typed: what is wrong with it, the page says.
    return lambda text: text if len(text) <= most and text != "none" else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST.date() <= day <= LATEST.date() else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if EARLIEST <= moment.replace(tzinfo=None) <= LATEST else None


def _growth(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not -100 <= number <= 10_000:
        return None
    return int(number) if number == int(number) else number


def _currency(text: str) -> str | None:
    try:
        return currency(text)
    except CreditsError:
        return None


def _prices(text: str) -> str | None:
    try:
        return pricelist.written(pricelist.read(text))
    except CreditsError:
        return None


# Name in session and address → default, and how the address's text is read (None: it is no value).
KEPT: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "base": (_DEFAULT.base_limit, _number(MOST["base"])),
    "users": (planned.USERS, _number(MOST["users"])),
    "per_user": (_DEFAULT.credits_per_user, _number(MOST["per_user"])),
    "add_on": (0, _number(MOST["add_on"])),
    "cap": (_DEFAULT.cap, _cap),
    "edition": ("", _one_of({*(each.name for each in editions()), OTHER_VENDOR})),
    "vendor": ("", lambda text: text[:80]),
    "growth": (0, _growth),
    "refused": (True, {"0": False, "1": True}.get),
    "currency": ("USD", _currency),
    "prices": ("", _prices),
    "period": ("7d", _one_of(PERIODS)),
    "from": (None, _day),
    "to": (None, _day),
    "at": (None, _moment),
    "window": ("trailing", _one_of(KINDS)),
    "zone": ("", _one_of(ZONES)),
    "ahead": (30, _slide(*AHEAD)),
    "risk": (5, {str(risk): risk for risk in RISKS}.get),
    "share_by": ("user", _one_of(BY)),
    "bill": ("", _typed(40)),
    "bill_currency": ("", _typed(12)),
}


def written(value: Any) -> str:
    """A value as an address says it."""
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
