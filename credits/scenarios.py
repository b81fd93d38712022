"""A plan under a name, with its growth and prices: to be saved, compared and sent as a link.

Both forms, the document and the address, give back exactly what they were made from. They come from
outside (a file that somebody edited, a link that lost its end), so what is damaged is said in one
sentence and never guessed: a price would be wrong without anybody seeing it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from credits import CreditsError
from credits.editions import Edition, slabs
from credits.plan import Plan
from credits.prices import Prices, Slab, price

OTHER_VENDOR = "Other vendor"
"""The edition of a plan whose numbers a person has entered."""
OWN = "Own numbers"
"""The edition of numbers that are no edition's."""
MOST_NAME = 80
MOST_COUNT = 10**12
"""The greatest number in a plan: sums of such numbers still fit where credits are added up."""
_PLAN = {
    "base": "base_limit",
    "users": "users",
    "per_user": "credits_per_user",
    "add_on": "add_on",
    "cap": "cap",
}
"""Names in an address, as the pages' own choices have them, and in a plan."""
_PRICES = {"price_user": "per_user", "price_fixed": "fixed", "price_add_on": "add_on"}
PARAMETERS = ("name", "edition", *_PLAN, "growth", "currency", *_PRICES, "slabs")
"""The names that a scenario may have in an address."""


@dataclass(frozen=True)
class Scenario:
    """A plan to be compared. Raises CreditsError for a name that can't be one, and for numbers
    beyond what can be counted.
    """

    name: str
    """Up to 80 characters; blanks around it and double ones are dropped."""
    plan: Plan
    edition: str = OTHER_VENDOR
    """What is sold under this plan, for people to read: `Bigin Express`."""
    growth: float = 0
    """Per cent by which all demand grows: 10 is a tenth more."""
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _name(self.name))
        object.__setattr__(self, "edition", _label(self.edition) or OTHER_VENDOR)
        numbers = (getattr(self.plan, each) for each in _PLAN.values())
        if max(number or 0 for number in numbers) > MOST_COUNT or self.plan.uncapped > 10**15:
            raise CreditsError("The plan has more credits than can be counted: enter fewer.")
        # NaN lies between no two numbers, and an integer may be too long to become a float.
        if not -100 <= self.growth <= 10_000:
            raise CreditsError("The growth must be between -100 and 10,000 per cent.")

    @property
    def title(self) -> str:
        """Its name; where that says nothing, as nobody gave it one, what the plan gives."""
        nameless = self.name in (OWN, OTHER_VENDOR)
        return f"Plan of {self.plan.allowance:,} per 24 hours" if nameless else self.name


def of_edition(
    edition: Edition, users: int, prices: Prices, add_on: int = 0, growth: float = 0
) -> Scenario:
    """An edition as a scenario, with the vendor's own prices of add-on credits.

    Add-on credits are left out where the vendor sells none; and without a price where it asks for
    them in another currency, unless one was entered.
    """
    plan = edition.plan(users, add_on if edition.add_ons else 0)
    own = slabs(edition, prices.currency)
    entered = prices.add_on if edition.add_ons else None
    priced = Prices(prices.currency, prices.per_user, prices.fixed, entered, own)
    return Scenario(edition.name, plan, edition.name, growth, priced)


def document(scenario: Scenario) -> str:
    """The scenario as a JSON document; money stands in it as text, so that it stays decimal."""
    prices = scenario.prices
    values = {
        "name": scenario.name,
        "edition": scenario.edition,
        "growth": scenario.growth,
        "plan": {name: getattr(scenario.plan, name) for name in _PLAN.values()},
        "prices": {
            "currency": prices.currency,
            **{name: _text(getattr(prices, name)) for name in _PRICES.values()},
            "slabs": [{"up_to": each.up_to, "price": _text(each.price)} for each in prices.slabs],
        },
    }
    return json.dumps(values, ensure_ascii=False)


def from_document(text: str) -> Scenario:
    """The scenario of a JSON document. Fields that are not known are passed over.

    Raises CreditsError where it is damaged.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CreditsError("The scenario is damaged: it is no JSON document.") from error
    values = _object(values, "document")
    plan = _object(values.get("plan"), "plan")
    prices = _object(values.get("prices", {}), "prices")
    bought = prices.get("slabs", [])
    if not isinstance(bought, list):
        raise _damaged("slabs")
    money = {name: _money(prices.get(name), name) for name in _PRICES.values()}
    return Scenario(
        name=_string(values.get("name"), "name"),
        plan=_plan({name: plan.get(name) for name in _PLAN.values()}),
        edition=_string(values.get("edition", ""), "edition"),
        growth=_growth(values.get("growth", 0)),
        prices=Prices(
            _string(prices.get("currency", "USD"), "currency"),
            slabs=tuple(_slab(_object(each, "slabs")) for each in bought),
            **money,
        ),
    )


def to_address(scenario: Scenario) -> dict[str, str]:
    """The scenario as parameters of an address; see PARAMETERS. Prices not entered are left out."""
    plan, prices = scenario.plan, scenario.prices
    found = {"name": scenario.name, "edition": scenario.edition}
    for short, name in _PLAN.items():
        value = getattr(plan, name)
        found[short] = "none" if value is None else str(value)
    found |= {"growth": str(scenario.growth), "currency": prices.currency}
    for short, name in _PRICES.items():
        if (entered := _text(getattr(prices, name))) is not None:
            found[short] = entered
    if prices.slabs:
        found["slabs"] = ",".join(f"{s.up_to or ''}:{_text(s.price)}" for s in prices.slabs)
    return found


def from_address(parameters: Mapping[str, str], otherwise: Plan | None = None) -> Scenario:
    """The scenario that an address's parameters say; others among them are passed over.

    What the address leaves out of the plan is taken from `otherwise` (the plan without a cap and
    with the defaults of `Plan`, unless given). Raises CreditsError where a value can't be read.
    """
    assumed = otherwise or Plan()
    plan = {
        name: _count(parameters[short], short) if short in parameters else getattr(assumed, name)
        for short, name in _PLAN.items()
    }
    growth = parameters.get("growth", "0")
    return Scenario(
        name=parameters.get("name", ""),
        plan=_plan(plan),
        edition=parameters.get("edition", ""),
        growth=_growth(float(growth) if _NUMBER.fullmatch(growth) else growth),
        prices=Prices(
            parameters.get("currency", "USD"),
            slabs=_slabs(parameters.get("slabs", "")),
            **{name: price(parameters.get(short, "")) for short, name in _PRICES.items()},
        ),
    )


_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,25})?(e-?[0-9]{1,3})?")
_COUNT = re.compile(r"[0-9]{1,13}")


def _label(text: str) -> str:
    return " ".join(text.split())


def _name(text: str) -> str:
    name = _label(text)
    if not name:
        raise CreditsError("A scenario needs a name: type one.")
    if len(name) > MOST_NAME:
        raise CreditsError(f"The name is too long: use at most {MOST_NAME} characters.")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise CreditsError("The name has characters that can't be shown: type it anew.")
    return name


def _damaged(what: str) -> CreditsError:
    return CreditsError(f"The scenario is damaged: its {what.replace('_', ' ')} can't be read.")


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _damaged(what)
    return value


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise _damaged(what)
    return value


def _plan(values: Mapping[str, Any]) -> Plan:
    """A plan of counts; only the cap may be None."""
    for name, value in values.items():
        if type(value) is not int and not (name == "cap" and value is None):
            raise _damaged(name)
    return Plan(**values)


def _growth(value: Any) -> float:
    if type(value) not in (int, float):
        raise _damaged("growth")
    number: int | float = value
    return number if isinstance(number, int) or not number.is_integer() else int(number)


def _money(value: Any, what: str) -> Decimal | None:
    return None if value is None else price(_string(value, what))


def _slab(values: Mapping[str, Any]) -> Slab:
    up_to, each = values.get("up_to"), _money(values.get("price"), "slabs")
    if each is None or (up_to is not None and type(up_to) is not int):
        raise _damaged("slabs")
    return Slab(up_to, each)


def _count(text: str, what: str) -> int | None:
    if what == "cap" and text == "none":
        return None
    if not _COUNT.fullmatch(text):
        raise _damaged(what)
    return int(text)


def _slabs(text: str) -> tuple[Slab, ...]:
    found = []
    for part in text.split(",") if text else ():
        up_to, colon, each = part.partition(":")
        worth = price(each)
        if not colon or worth is None or not _COUNT.fullmatch(up_to or "0"):
            raise _damaged("slabs")
        found.append(Slab(int(up_to) if up_to else None, worth))
    return tuple(found)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
