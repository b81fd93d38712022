"""Editions and add-on credits that vendors sell: facts with a source and a day, from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from credits import CreditsError, presets
from credits.plan import Plan
from credits.presets import Table
from credits.prices import Prices, Slab

PLANS = presets.DATA / "plans.toml"
"""Where the editions stand."""


@dataclass(frozen=True)
class Edition:
    """What a vendor gives with one edition, in credits per 24 hours."""

    vendor: str
    edition: str
    base_limit: int
    """Credits whoever uses it."""
    credits_per_user: int
    """Credits that each user adds; 0 where the allowance is flat."""
    cap: int | None
    """The most that the vendor gives, or None where it names no limit."""
    concurrent_calls: int | None
    """Calls that may run at once, or None where the vendor does not say."""
    add_ons: bool
    """Whether the vendor sells more credits on top."""
    source: str
    """Address of the page that the numbers come from."""
    as_of: date
    """The day on which they stood there."""

    @property
    def name(self) -> str:
        """The edition with its vendor: `Bigin Express`."""
        return f"{self.vendor} {self.edition}"

    def plan(self, users: int, add_on: int = 0) -> Plan:
        """The plan of an organization with so many users and add-on credits.

        Raises CreditsError for add-on credits where the vendor sells none, and for negative
        numbers.
        """
        if add_on and not self.add_ons:
            raise CreditsError(f"No add-on credits are sold for {self.name}: set them to 0.")
        return Plan(self.base_limit, users, self.credits_per_user, add_on, self.cap)


@dataclass(frozen=True)
class AddOn:
    """What a vendor asks for add-on credits, which it sells per 24 hours, by the thousand."""

    vendor: str
    currency: str
    slabs: tuple[Slab, ...]
    """Prices per 1,000 credits and day."""
    source: str
    """Address of the page that the numbers come from."""
    as_of: date
    """The day on which they stood there."""


def editions(path: Path = PLANS) -> tuple[Edition, ...]:
    """Every edition of the file, in its order.

    Raises CreditsError where it can't be read, or names an edition twice.
    """
    return _editions(path, _changed(path))


def edition(name: str) -> Edition:
    """The edition of that name, whatever its case; CreditsError where there is none."""
    known = editions()
    for each in known:
        if each.name.casefold() == name.strip().casefold():
            return each
    raise CreditsError(
        f"There is no edition {name!r}: name one of {', '.join(each.name for each in known)}."
    )


def add_ons(path: Path = PLANS) -> tuple[AddOn, ...]:
    """Every vendor's prices of add-on credits in the file, in its order.

    Raises CreditsError where it can't be read, or names a vendor twice.
    """
    return _add_ons(path, _changed(path))


def slabs(edition: Edition, currency: str) -> tuple[Slab, ...]:
    """The vendor's prices of add-on credits for an edition, in a currency.

    None where it sells none, or asks for them in another currency: no exchange rate is invented.
    """
    code = currency.strip().upper()
    for each in add_ons():
        if edition.add_ons and (each.vendor, each.currency) == (edition.vendor, code):
            return each.slabs
    return ()


def _changed(path: Path) -> int:
    """A page asks at every move of a slider: the file is read again only when it has changed."""
    return path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=8)
def _editions(path: Path, _changed: int) -> tuple[Edition, ...]:
    found = tuple(_edition(table) for table in _read(path).tables("edition"))
    names = [each.name for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CreditsError(f"{path.name} has {twice[0]} twice.")
    return found


@lru_cache(maxsize=8)
def _add_ons(path: Path, _changed: int) -> tuple[AddOn, ...]:
    found = tuple(_add_on(table) for table in _read(path).tables("add_on"))
    vendors = [each.vendor for each in found]
    if twice := sorted({vendor for vendor in vendors if vendors.count(vendor) > 1}):
        raise CreditsError(f"{path.name} has add-on credits of {twice[0]} twice.")
    return found


def _read(path: Path) -> Table:
    file = presets.read(path)
    file.only(frozenset({"edition", "add_on"}))
    return file


def _add_on(table: Table) -> AddOn:
    table.only(frozenset(each.name for each in fields(AddOn)))
    try:
        found = tuple(_slab(each) for each in table.tables("slabs"))
        prices = Prices(table.text("currency"), slabs=found)
    except CreditsError as error:
        text = str(error)
        raise CreditsError(text if table.where in text else f"{table.where}: {text}") from error
    if not found:
        raise CreditsError(f"{table.where}: slabs must be there, each with per_1000_a_day.")
    return AddOn(
        vendor=table.text("vendor"),
        currency=prices.currency,
        slabs=prices.slabs,
        source=table.text("source"),
        as_of=table.day("as_of"),
    )


def _slab(table: Table) -> Slab:
    table.only(frozenset({"up_to", "per_1000_a_day"}))
    price = table.amount("per_1000_a_day")
    if price is None:
        raise CreditsError(f"{table.where}: per_1000_a_day must be there.")
    return Slab(table.count("up_to", least=1_000), Decimal(price))


def _edition(table: Table) -> Edition:
    table.only(frozenset(each.name for each in fields(Edition)))
    base_limit, per_user = table.count("base_limit"), table.count("credits_per_user")
    if base_limit is None or per_user is None:
        raise CreditsError(f"{table.where}: base_limit and credits_per_user must be there.")
    return Edition(
        vendor=table.text("vendor"),
        edition=table.text("edition"),
        base_limit=base_limit,
        credits_per_user=per_user,
        cap=table.count("cap"),
        concurrent_calls=table.count("concurrent_calls", least=1),
        add_ons=table.flag("add_ons"),
        source=table.text("source"),
        as_of=table.day("as_of"),
    )
