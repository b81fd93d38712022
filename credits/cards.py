"""A rate card in the shapes that people handle: a table of rows to edit, and a TOML document.

Both ways lead through `rates.rule_of`, so that what is typed into a table is checked as what is
written into a file, and both come back exactly as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from credits import CreditsError, presets, rates
from credits.rates import Rate, RateCard, Rule

NUMBERS = ("credits", "per_records", "max_records", "max_credits")
LISTS = ("operations", "methods", "paths", "parameters")
COLUMNS = ("order", "name", *NUMBERS, "assumed", *LISTS)
"""Of the frame to edit; see `frame`."""
LONGEST_NAME = 60
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


# ── a table of rows ───────────────────────────────────────────────────────────────────────────


def frame(card: RateCard) -> pd.DataFrame:
    """A row for each rule in the order in which they are asked, and the default last: COLUMNS.

    `order` (1, 2, 3 …; float64, so that 2.5 puts a row between two) · `name` · `credits`,
    `max_credits` (float64) · `per_records`, `max_records` (Int64) · `assumed` (bool) ·
    `operations`, `methods`, `paths`, `parameters` (lists of texts). `max_credits` is missing where
    it only says what `max_records` says already.
    """
    rules = [*card.rules, Rule(card.default)]
    rows = []
    for rule in rules:
        rate = rule.rate
        limit = None if rate.max_credits == _at_most(rate) else rate.max_credits
        rows.append(
            (rate.rule, _float(rate.credits), rate.per_records, rate.max_records, _float(limit),
             rate.assumed, list(rule.operations), sorted(rule.methods), list(rule.paths),
             sorted(rule.parameters))
        )  # fmt: skip
    found = pd.DataFrame(rows, columns=list(COLUMNS[1:]))
    found.insert(0, "order", [float(place) for place in range(1, len(rules) + 1)])
    kinds = {"credits": "float64", "max_credits": "float64", "assumed": "bool"}
    return found.astype(kinds | {"per_records": "Int64", "max_records": "Int64"})


def from_frame(rows: pd.DataFrame, card: RateCard) -> RateCard:
    """The card that a table says (see `frame`), with the name, source and so on of `card`.

    Rows stand in the order of their numbers, new ones without a number before the last, and the
    last is the default. Empty rows are passed over. Raises CreditsError, naming the row, for one
    that is no rule.
    """
    tables = [_table(row, place) for place, row in enumerate(_in_order(rows), 1)]
    if not tables:
        raise CreditsError("A rate card needs one row at least: the price of any call.")
    *others, last = tables
    if any(key in last.values for key in LISTS):
        raise CreditsError(
            f"{last.where}: the last row prices every call that no other row matches, so it can't"
            " have operations, methods, paths or parameters."
        )
    rules = tuple(rates.rule_of(table) for table in others)
    return replace(card, rules=rules, default=rates.rate_of(last))


def named(card: RateCard, name: str) -> RateCard:
    """The card under another name. Raises CreditsError for one that can't be a card's."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CreditsError(
            f"A rate card needs a name of one line and at most {LONGEST_NAME} characters."
        )
    return replace(card, name=name)


def _in_order(rows: pd.DataFrame) -> list[Mapping[str, Any]]:
    filled = []
    for row in rows.reindex(columns=list(COLUMNS)).to_dict("records"):
        cells = {str(key): value for key, value in row.items() if not _is_missing(value)}
        if cells.keys() - {"order", "assumed"}:
            filled.append(cells)
    old = sorted((row for row in filled if "order" in row), key=lambda row: float(row["order"]))
    new = [row for row in filled if "order" not in row]
    return [*old[:-1], *new, *old[-1:]]


def _table(row: Mapping[str, Any], place: int) -> presets.Table:
    """A row as the TOML table that would say the same."""
    name = row.get("name")
    where = f"Row {place}" + (f" (“{name}”)" if isinstance(name, str) else "")
    values: dict[str, Any] = {"name": name} if "name" in row else {}
    values |= {key: _exact(row[key]) for key in NUMBERS if key in row}
    values |= {key: _texts(row[key]) for key in LISTS if key in row}
    if bool(row.get("assumed", False)):
        values["assumed"] = True
    return presets.Table(values, where)


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if pd.api.types.is_list_like(value):
        return not len(value)  # type: ignore[arg-type]
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def _exact(value: Any) -> Any:
    """A cell's number as TOML would read it: whole, or an exact decimal."""
    if isinstance(value, str | bool):
        return value
    number = Decimal(repr(float(value)) if isinstance(value, float) else str(value))
    whole = number.is_finite() and number == number.to_integral_value()
    return int(number) if whole and abs(number) < 10**18 else number


def _texts(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def _float(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)


def _at_most(rate: Rate) -> int | Decimal | None:
    """What `max_records` says of the most that a call can cost."""
    if rate.max_records is None or rate.per_records is None:
        return None
    return rates.most_credits(rate.credits, rate.per_records, rate.max_records)


# ── a TOML document ───────────────────────────────────────────────────────────────────────────


def document(card: RateCard) -> str:
    """The card as TOML; `from_document` reads back the same card."""
    head = [
        f"name = {_quoted(card.name)}",
        f"title = {_quoted(card.title)}",
        f"source = {_quoted(card.source)}",
        f"as_of = {card.as_of.isoformat()}",
    ]
    if card.free_statuses:
        head.append(f"free_statuses = {_list(sorted(card.free_statuses))}")
    blocks = [head, ["[default]", *_price(card.default)]]
    blocks += [["[[rule]]", *_price(rule.rate), *_conditions(rule)] for rule in card.rules]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def from_document(text: str, where: str) -> RateCard:
    """The card that a TOML text says; `where` is its place in a sentence.

    Raises CreditsError where it says none.
    """
    return rates.from_table(presets.parse(text, where))


def _price(rate: Rate) -> Iterable[str]:
    yield f"name = {_quoted(rate.rule)}"
    yield f"credits = {_number(rate.credits)}"
    if rate.per_records is not None:
        yield f"per_records = {rate.per_records}"
    if rate.max_records is not None:
        yield f"max_records = {rate.max_records}"
    if rate.max_credits is not None and rate.max_credits != _at_most(rate):
        yield f"max_credits = {_number(rate.max_credits)}"
    if rate.assumed:
        yield "assumed = true"


def _conditions(rule: Rule) -> Iterable[str]:
    for key in LISTS:
        texts = getattr(rule, key)
        if texts:
            yield f"{key} = {_list(texts if isinstance(texts, tuple) else sorted(texts))}"


def _number(value: int | Decimal) -> str:
    """A number without an exponent, whole ones without a point."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0: quotes, backslashes and control characters are escaped."""
    return '"' + "".join(map(_character, text)) + '"'


def _character(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x20 or ord(sign) == 0x7F else sign


# ── what differs ──────────────────────────────────────────────────────────────────────────────


def edited(card: RateCard, origin: RateCard, today: date) -> RateCard:
    """A card whose rules are no longer those of its source, saying so in its title."""
    same = (card.rules, card.default, card.free_statuses) == (
        origin.rules, origin.default, origin.free_statuses,
    )  # fmt: skip
    if same:
        return card
    title = origin.title if origin.title.endswith(", edited") else f"{origin.title}, edited"
    return replace(card, title=title, as_of=today)
