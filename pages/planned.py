"""The plan that is chosen, with its prices and its growth, as the scenario that it is.

What the controls hold is one side, a scenario (saved, or in a link) the other; here the one becomes
the other. Prices are kept by edition: what one costs says nothing of another.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from credits import CreditsError, pricelist, scenarios
from credits.editions import Edition, edition, editions, slabs
from credits.plan import Plan
from credits.prices import Prices
from credits.scenarios import OTHER_VENDOR, OWN, Scenario

DEFAULT = "Bigin Express"
"""The edition that stands there first, with so many users."""
USERS = 10
MOST = {"base": 5_000_000, "users": 5_000, "per_user": 5_000, "add_on": 1_000_000}
MOST_CAP = 10**12
_LINKED = ("name", "price_user", "price_fixed", "price_add_on", "slabs")
"""What a scenario's link says beyond the choices."""


def known(name: str) -> Edition | None:
    """The edition of this very name."""
    return next((each for each in editions() if each.name == name), None)


def label() -> str:
    """What the chosen plan is sold as: its edition, or what was typed for another vendor's."""
    state = st.session_state
    name: str = state["edition"]
    return (state["vendor"].strip() or OTHER_VENDOR) if name == OTHER_VENDOR else name


def called() -> str:
    """What the chosen plan is called in a sentence: `this plan` where nothing sells it by name."""
    name = label()
    return "this plan" if name in (OWN, OTHER_VENDOR) else name


def entered(name: str) -> pricelist.Entered:
    """The prices entered for an edition."""
    return pricelist.read(st.session_state["prices"]).get(name, pricelist.NOTHING)


def enter(name: str, **values: Any) -> None:
    """Keep prices for an edition in place of some of those it has."""
    state = st.session_state
    found = pricelist.read(state["prices"])
    old = found.get(name, pricelist.NOTHING)
    parts = {"per_user": old.per_user, "fixed": old.fixed, "add_on": old.add_on} | values
    state["prices"] = pricelist.written(found | {name: pricelist.Entered(**parts)})


def prices(name: str) -> Prices:
    """What an edition costs, as far as it was entered or its vendor publishes it."""
    own, currency = entered(name), st.session_state["currency"]
    sold = known(name)
    published = slabs(sold, currency) if sold else ()
    return Prices(currency, own.per_user, own.fixed, own.add_on, published)


def unpriced(name: str, currency: str) -> Prices:
    """What its vendor publishes of an edition's prices in a currency, and nothing entered."""
    sold = known(name)
    return Prices(currency, slabs=slabs(sold, currency) if sold else ())


def scenario(name: str, plan: Plan) -> Scenario:
    """What is chosen, under a name. Raises CreditsError for a name that can't be one."""
    return Scenario(name, plan, label(), st.session_state["growth"], prices(label()))


def choices_of(chosen: Scenario, priced: str = "") -> dict[str, Any]:
    """A scenario as values of the controls; `priced`: prices that are kept with it.

    Raises CreditsError where it has more than the controls can show.
    """
    plan, name = chosen.plan, chosen.edition
    numbers = {
        "base": plan.base_limit,
        "users": plan.users,
        "per_user": plan.credits_per_user,
        "add_on": plan.add_on,
    }
    for key, most in MOST.items():
        if numbers[key] > most:
            raise CreditsError(f"The scenario has {numbers[key]:,} where {most:,} is the most.")
    fits = name == OWN or known(name) is not None
    money = chosen.prices
    own = pricelist.Entered(money.per_user, money.fixed, money.add_on)
    return {
        **numbers,
        "cap": plan.cap,
        "edition": name if fits else OTHER_VENDOR,
        "vendor": "" if fits or name == OTHER_VENDOR else name,
        "growth": chosen.growth,
        "currency": money.currency,
        "prices": pricelist.written(pricelist.read(priced) | {name: own}),
    }


def from_link(priced: str) -> dict[str, Any]:
    """What a scenario's link says, as values of the controls; nothing where it is none.

    A damaged one says why, in `_link`, and changes nothing else.
    """
    said = {name: st.query_params[name] for name in st.query_params}
    if not any(name in said for name in _LINKED):
        return {"_link": None}
    try:
        found = scenarios.from_address({"name": "Shared plan"} | said, edition(DEFAULT).plan(USERS))
        return choices_of(found, priced) | {"_link": ("", found.name)}
    except CreditsError as error:
        # A plan of which a part was guessed would be wrong without anybody seeing it.
        return _untouched() | {"_link": (str(error), "")}


def _untouched() -> dict[str, Any]:
    """The controls as they stand before anybody moves them."""
    return choices_of(Scenario("Default", edition(DEFAULT).plan(USERS), DEFAULT))


def of_links(name: str) -> bool:
    """Whether this name in an address is a link's, to be taken in once."""
    return name in _LINKED
