"""Editions that vendors sell, as presets for a plan: facts with a source and a day, from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

from credits import CreditsError, presets
from credits.plan import Plan
from credits.presets import Table

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


def editions(path: Path = PLANS) -> tuple[Edition, ...]:
    """Every edition of the file, in its order.

    Raises CreditsError where it can't be read, or names an edition twice.
    """
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@cache
def _read(path: Path, _changed: int) -> tuple[Edition, ...]:
    """A page asks at every move of a slider: the file is read again only when it has changed."""
    file = presets.read(path)
    file.only(frozenset({"edition"}))
    found = tuple(_edition(table) for table in file.tables("edition"))
    names = [each.name for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CreditsError(f"{path.name} has {twice[0]} twice.")
    return found


def edition(name: str) -> Edition:
    """The edition of that name, whatever its case; CreditsError where there is none."""
    known = editions()
    for each in known:
        if each.name.casefold() == name.strip().casefold():
            return each
    raise CreditsError(
        f"There is no edition {name!r}: name one of {', '.join(each.name for each in known)}."
    )


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
