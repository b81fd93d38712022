"""What a plan costs: money is decimal and exact, and no price is invented.

What vendors ask per user differs by country, contract and year, so people enter it; until then a
cost is None ("no price entered"), which is not 0. Nothing is rounded before it is shown or billed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from credits import CreditsError
from credits.plan import Plan

DAYS = 30
"""Days of a month, as the vendors count them (100,000 add-on credits: $8 a day, $240 a month)."""
UNPRICED = "no price entered"

MOST = 10**9
"""The greatest price; with six decimals, whatever a plan costs is exact in 28 digits."""
_PLAIN = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")

# ISO 4217: the currencies that are in use, without metals, funds and testing codes.
_IN_USE = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UZS VES VND VUV WST XAF XCD XCG
XOF XPF YER ZAR ZMW ZWG
"""
_CODES = frozenset(_IN_USE.split())
_SIGNS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW",
    "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₦": "NGN", "₪": "ILS", "฿": "THB",
    "₱": "PHP", "R$": "BRL", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD",
    "ZŁ": "PLN", "KČ": "CZK", "FR.": "CHF",
}  # fmt: skip

# ISO 4217, minor units; every other currency has two decimals.
_DECIMALS = {
    0: {
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
        "VUV", "XAF", "XOF", "XPF",
    },
    3: {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"},
}  # fmt: skip


@dataclass(frozen=True)
class Slab:
    """A price for some of the add-on credits: those beyond the slab before, up to a number."""

    up_to: int | None
    """Add-on credits per 24 hours at which the slab ends; None: it is the last one."""
    price: Decimal
    """Per 1,000 credits and day."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "price", _checked(self.price))


@dataclass(frozen=True)
class Prices:
    """What a vendor asks, as far as it was entered, in one currency."""

    currency: str = "USD"
    """A code of ISO 4217, in capitals: USD, EUR, INR. A sign is read as the code it stands for."""
    per_user: Decimal | None = None
    """Per user and month, or None where nobody has entered it."""
    fixed: Decimal | None = None
    """Per month, whoever uses the API; None: there is none."""
    add_on: Decimal | None = None
    """Per 1,000 add-on credits and month, as a person entered it: it goes before the slabs."""
    slabs: tuple[Slab, ...] = ()
    """Prices of add-on credits by slab; none where the vendor sells none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "currency", currency(self.currency))
        for name in ("per_user", "fixed", "add_on"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else _checked(value))
        _check(self.slabs)

    @property
    def sells_add_ons(self) -> bool:
        """Whether there is a price for add-on credits."""
        return self.add_on is not None or bool(self.slabs)


@dataclass(frozen=True)
class Cost:
    """What a plan costs a month, in parts; a part is None where its price was not entered."""

    currency: str
    users: Decimal | None
    add_on: Decimal | None
    fixed: Decimal | None
    """The fixed fee, 0 where there is none; None where nothing at all was entered."""

    @property
    def total(self) -> Decimal | None:
        """The parts together, or None where one of them has no price."""
        if self.users is None or self.add_on is None or self.fixed is None:
            return None
        return self.users + self.add_on + self.fixed

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that have no price, in words."""
        parts = {"users": self.users, "add-on credits": self.add_on, "fixed fee": self.fixed}
        return tuple(name for name, value in parts.items() if value is None)


def currency(text: str) -> str:
    """The code (ISO 4217) of a currency that is named by it, or by its sign: `eur` and `€` are EUR.

    Raises CreditsError for any other.
    """
    code = text.strip().upper()
    found = _SIGNS.get(code, code)
    if found not in _CODES:
        named = f"{text.strip()[:20]!r} is no currency" if code else "The currency is missing"
        raise CreditsError(f"{named}: write its three letters, as USD, EUR or INR, or its sign.")
    return found


def price(text: str) -> Decimal | None:
    """A price as a person types it: digits, with a point before at most six decimals.

    None where nothing was typed. Raises CreditsError for anything else.
    """
    typed = text.strip()
    if not typed:
        return None
    if not _PLAIN.fullmatch(typed):
        raise CreditsError(
            f"{typed[:40]!r} is no price: write digits, and a point before the decimals, as 12.50."
        )
    return _checked(Decimal(typed))


def decimals(currency: str) -> int:
    """How many decimals the currency's amounts have (ISO 4217): 2, unless it is known otherwise."""
    code = currency.strip().upper()
    return next((places for places, codes in _DECIMALS.items() if code in codes), 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole minor units, half a unit rounded up."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def written(amount: Decimal | None, currency: str) -> str:
    """The amount as text, `1,234.50 USD`; without an amount, that no price was entered."""
    return UNPRICED if amount is None else f"{rounded(amount, currency):,f} {currency}"


def thousands(add_on: int) -> int:
    """Thousands of add-on credits to be bought: they are sold whole, so a started one counts."""
    return -(-add_on // 1_000)


def add_on_a_day(prices: Prices, add_on: int) -> Decimal | None:
    """What so many add-on credits (per 24 hours) cost a day, None where they have no price.

    Each thousand at the price of the slab it lies in; see `data/plans.toml` for the source.
    """
    if not add_on:
        return Decimal(0)
    if prices.add_on is not None:
        return thousands(add_on) * prices.add_on / DAYS
    return _by_slab(prices.slabs, thousands(add_on)) if prices.slabs else None


def add_on_a_month(prices: Prices, add_on: int) -> Decimal | None:
    """What so many add-on credits (per 24 hours) cost in 30 days, None where they have no price."""
    if add_on and prices.add_on is not None:
        return thousands(add_on) * prices.add_on
    a_day = add_on_a_day(prices, add_on)
    return None if a_day is None else a_day * DAYS


def cost(plan: Plan, prices: Prices) -> Cost:
    """What a plan costs a month.

    No users cost nothing, whatever each would cost. Where neither a price per user nor a fixed fee
    was entered, the cost is not known, even if the plan has no users.
    """
    entered = prices.per_user is not None or prices.fixed is not None
    users = Decimal(0) if not plan.users else None
    if prices.per_user is not None:
        users = plan.users * prices.per_user
    return Cost(
        currency=prices.currency,
        users=users,
        add_on=add_on_a_month(prices, plan.add_on),
        fixed=(prices.fixed or Decimal(0)) if entered else None,
    )


def per_thousand(amount: Decimal | None, used: int | float | Fraction) -> Decimal | None:
    """What 1,000 credits cost where `used` of them cost an amount.

    None where there is no amount, or nothing was used.
    """
    if amount is None or not used:
        return None
    return quotient(Fraction(amount) * 1_000, exact(used))


def finely(each: Decimal) -> Decimal:
    """A price of 1,000 credits to as many decimals as are shown: it may be far below a coin."""
    return Decimal(f"{each:.4f}")


def exact(number: int | float | Fraction) -> Fraction:
    """Credits as an exact number; of a float, the six decimals that matter."""
    if isinstance(number, float):
        return Fraction(round(Fraction(number) * 1_000_000), 1_000_000)
    return Fraction(number)


def quotient(amount: Fraction | int | Decimal, by: Fraction | int | Decimal) -> Decimal:
    """A fraction of exact numbers as a decimal of 28 digits."""
    found = Fraction(amount) / Fraction(by)
    return Decimal(found.numerator) / Decimal(found.denominator)


def _by_slab(slabs: tuple[Slab, ...], units: int) -> Decimal:
    total, begun = Decimal(0), 0
    for slab in slabs:
        end = units if slab.up_to is None else min(units, slab.up_to // 1_000)
        total += max(end - begun, 0) * slab.price
        begun = max(begun, end)
    return total


def _checked(value: Decimal) -> Decimal:
    # A float is wrong before it gets here: 0.1 is not a tenth.
    if not isinstance(value, Decimal):
        raise CreditsError("A price must be an exact decimal.")
    if not value.is_finite() or not 0 <= value <= MOST:
        raise CreditsError(f"A price must be between 0 and {MOST:,}.")
    plain = f"{value:f}"
    if len(plain.partition(".")[2]) > 6:
        raise CreditsError(f"A price has at most six decimals: {plain[:40]} has more.")
    return abs(Decimal(plain))


def _check(slabs: tuple[Slab, ...]) -> None:
    ends = [slab.up_to for slab in slabs]
    bounds = [end for end in ends[:-1] if end is not None]
    rising = all(low < high for low, high in zip([0, *bounds], bounds, strict=False))
    if slabs and (ends[-1] is not None or len(bounds) + 1 < len(ends) or not rising):
        raise CreditsError("Slabs must end at rising numbers of credits, the last one at none.")
    if any(end % 1_000 for end in bounds):
        raise CreditsError("Slabs must end at whole thousands of credits.")
