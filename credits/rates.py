"""What a call costs: a rate card is read from TOML, and asked once for every kind of call.

A load has millions of calls but few distinct APIs, so the card answers for an API, a method and
the names of the query parameters; the answer is a small `Rate` that turns a number of records
into credits. Whoever has the calls joins the two.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from credits import CreditsError, presets
from credits.presets import Table

RATES = presets.DATA / "rates"
"""Where the cards that come with the project lie."""

_CARD = frozenset({"name", "title", "source", "as_of", "free_statuses", "default", "rule"})
_PRICE = frozenset({"name", "credits", "per_records", "max_records", "max_credits", "assumed"})
_RULE = _PRICE | {"operations", "methods", "paths", "parameters"}
_METHOD_AND_PATH = re.compile(r"(?:([A-Z]+|[a-z]+)[ \t]+)?(?:https?://[^/?#]*)?(/[^?#]*)")
_VERSION = r"v\d+(?:\.\d+)*"
MOST_CREDITS = 10**9
"""The greatest price: with its six decimals it passes through a float unharmed."""
MOST_RECORDS = 10**6


@dataclass(frozen=True)
class Rate:
    """What one kind of call costs."""

    rule: str
    """Name of the rule that says so."""
    credits: int | Decimal
    """Credits per call or, with `per_records`, for each started `per_records` records."""
    per_records: int | None = None
    """How many records one charge covers, or None where their number does not matter."""
    max_credits: int | Decimal | None = None
    """The most that one call can cost, or None where there is no limit."""
    max_records: int | None = None
    """How many records one call can carry, or None where the card does not say."""
    assumed: bool = False
    """Whether the price itself is a guess: the vendor names a range, and this is its lower end."""

    def cost(self, records: int | None) -> tuple[int | Decimal, bool]:
        """Credits of one call, and whether they rest on an assumption.

        `records` is None where the log does not say. A started lot counts as a whole one: 11
        records at 1 credit per 10 cost 2. Unknown records, and none at all, cost the minimum.
        """
        if self.per_records is None:
            return self._capped(self.credits), self.assumed
        if records is None:
            return self._capped(self.credits), True
        lots = max(1, -(-records // self.per_records))
        return self._capped(lots * self.credits), self.assumed

    def _capped(self, cost: int | Decimal) -> int | Decimal:
        return cost if self.max_credits is None else min(cost, self.max_credits)


@dataclass(frozen=True)
class Rule:
    """Which calls a rate is for: by operation or by path, then by method and parameters."""

    rate: Rate
    operations: tuple[str, ...] = ()
    """Globs over operation names, whatever their case."""
    methods: frozenset[str] = frozenset()
    """HTTP methods in capitals; empty means any."""
    paths: tuple[str, ...] = ()
    """Path templates; see `_path_pattern`."""
    parameters: frozenset[str] = frozenset()
    """Names of query parameters, in small letters, that must all be there."""
    _operation: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _path: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        operations = _either(fnmatch.translate(glob.lower()) for glob in self.operations)
        paths = _either(_path_pattern(template.lower()) for template in self.paths)
        object.__setattr__(self, "_operation", operations)
        object.__setattr__(self, "_path", paths)

    def matches(self, call: _Call) -> bool:
        """Whether this rule prices the call.

        A path says little without its method, so a rule with `methods` wants to see it; an
        operation's name says it all, so there only a method that contradicts counts.
        """
        if self.methods and call.method not in self.methods:
            if call.method or call.path is not None:
                return False
        if self.parameters and not self.parameters <= call.parameters:
            return False
        if self._operation is None and self._path is None:
            return True
        pattern, text = self._path, call.path
        if text is None:
            pattern, text = self._operation, call.operation
        return pattern is not None and pattern.fullmatch(text) is not None


@dataclass(frozen=True)
class RateCard:
    """A vendor's price list for API calls, in credits."""

    name: str
    title: str
    source: str
    """Address of the page that the numbers come from."""
    as_of: date
    """The day on which they stood there."""
    default: Rate
    """What a call costs that no rule matches."""
    rules: tuple[Rule, ...] = ()
    """In order: the first that matches decides."""
    free_statuses: frozenset[str] = frozenset()
    """Statuses of calls that cost nothing, because the vendor refused them."""

    def rate(self, api: str, method: str | None = None, parameters: Iterable[str] = ()) -> Rate:
        """What a call to `api` costs.

        `api` is an operation's name, or `METHOD /path/template` with ids folded away; a method
        in it goes before `method`. `parameters` are the names in the query string.
        """
        return self.rates[self.place(api, method, parameters)]

    def place(self, api: str, method: str | None = None, parameters: Iterable[str] = ()) -> int:
        """Where in `rates` the rate stands that `rate` gives: rules may have equal names."""
        call = _Call.of(api, method, parameters)
        matching = (place for place, rule in enumerate(self.rules) if rule.matches(call))
        return next(matching, len(self.rules))

    @property
    def rates(self) -> tuple[Rate, ...]:
        """What each rule says, in order, and the default last."""
        return (*(rule.rate for rule in self.rules), self.default)

    @property
    def parameters(self) -> frozenset[str]:
        """The query parameters by which the card tells calls apart."""
        return frozenset(name for rule in self.rules for name in rule.parameters)

    def is_free(self, status: str | int | None) -> bool:
        """Whether a call that ended with `status` costs nothing."""
        return status is not None and str(status).strip() in self.free_statuses


class _Call(NamedTuple):
    """A call as rules see it: an operation or a path, in small letters."""

    operation: str
    path: str | None
    method: str
    parameters: frozenset[str]

    @classmethod
    def of(cls, api: str, method: str | None, parameters: Iterable[str]) -> _Call:
        asked = frozenset(name.lower() for name in parameters)
        verb = (method or "").strip().upper()
        api = api.strip()
        if found := _METHOD_AND_PATH.match(api):
            path = found[2].lower().rstrip("/") or "/"
            return cls("", path, (found[1] or verb).upper(), asked)
        return cls(api.lower(), None, verb, asked)


class _TemplateError(CreditsError):
    """A path template that can't be understood; whoever reads the card knows where it stands."""


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all of them: 100,000 APIs are matched once per rule, not once per glob."""
    joined = "|".join(patterns)
    return re.compile(joined, re.DOTALL) if joined else None


def _path_pattern(template: str) -> str:
    """The regular expression of a path template, segment by segment.

    `{version}` is `v1`, `v2`, `v2.1` …, any other `{…}` and `*` are one segment, and `**` is any
    rest, or none. `**` may only end a template: then no path, however odd, takes more than one
    pass.
    """
    if not template.startswith("/"):
        raise _TemplateError(f"the path {template!r} must begin with a slash.")
    segments = template[1:].split("/")
    if segments[-1] == "**":
        return _segments(segments[:-1], template) + "(?:/.*)?"
    return _segments(segments, template)


def _segments(segments: list[str], template: str) -> str:
    pattern = ""
    for segment in segments:
        if segment == "{version}":
            pattern += "/" + _VERSION
        elif segment == "*" or re.fullmatch(r"\{[^{}]*\}", segment):
            pattern += "/[^/]+"
        elif "*" in segment:
            raise _TemplateError(
                f"in the path {template!r}, * must be a whole segment and ** the last one."
            )
        else:
            pattern += "/" + re.escape(segment)
    return pattern


def names() -> tuple[str, ...]:
    """Names of the rate cards that come with the project, in alphabetical order."""
    return tuple(sorted(path.stem for path in RATES.glob("*.toml")))


def load(name_or_path: str | Path) -> RateCard:
    """Read a rate card: one of `names()`, or a TOML file of one's own.

    Raises CreditsError where there is no such card, or where it can't be read as one.
    """
    path = _find(name_or_path)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> RateCard:
    """Every log of a folder asks for the card: its patterns are made once."""
    return from_table(presets.read(path))


def from_table(card: Table) -> RateCard:
    """The rate card that a TOML document says. Raises CreditsError where it says none."""
    card.only(_CARD)
    default = card.table("default")
    default.only(_PRICE)
    return RateCard(
        name=card.text("name"),
        title=card.text("title"),
        source=card.text("source"),
        as_of=card.day("as_of"),
        default=rate_of(default) if default.values else Rate("Any API", 1),
        rules=tuple(rule_of(rule) for rule in card.tables("rule")),
        free_statuses=frozenset(card.texts("free_statuses")),
    )


def _find(name_or_path: str | Path) -> Path:
    known = names()
    if str(name_or_path) in known:
        return RATES / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise CreditsError(
        f"There is no rate card {str(name_or_path)!r}: "
        f"name one of {', '.join(known)}, or give the path of a .toml file."
    )


def rule_of(table: Table) -> Rule:
    """The rule that a table says. Raises CreditsError where it says none."""
    table.only(_RULE)
    try:
        return Rule(
            rate=rate_of(table),
            operations=table.texts("operations"),
            methods=frozenset(text.upper() for text in table.texts("methods")),
            paths=table.texts("paths"),
            parameters=frozenset(text.lower() for text in table.texts("parameters")),
        )
    except _TemplateError as error:
        raise CreditsError(f"{table.where}: {error}") from error


def rate_of(table: Table) -> Rate:
    """The rate that a table says. Raises CreditsError where it says none."""
    charge = _amount(table, "credits")
    if charge is None:
        raise CreditsError(f"{table.where}: credits must be there, as a number.")
    per_records = table.count("per_records", least=1, most=MOST_RECORDS)
    max_records = table.count("max_records", least=1, most=MOST_RECORDS)
    most = _amount(table, "max_credits")
    if max_records is not None:
        if per_records is None:
            raise CreditsError(f"{table.where}: max_records needs per_records beside it.")
        at_most = most_credits(charge, per_records, max_records)
        most = at_most if most is None else min(most, at_most)
    assumed = "assumed" in table.values and table.flag("assumed")
    return Rate(table.text("name"), charge, per_records, most, max_records, assumed)


def most_credits(charge: int | Decimal, per_records: int, max_records: int) -> int | Decimal:
    """What a call costs that carries as many records as it can."""
    return -(-max_records // per_records) * charge


def _amount(table: Table, key: str) -> int | Decimal | None:
    value = table.amount(key)
    if value is not None and (value > MOST_CREDITS or round(value, 6) != value):
        raise CreditsError(
            f"{table.where}: {key} must be at most {MOST_CREDITS:,}, with at most six decimals."
        )
    return value
