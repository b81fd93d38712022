"""Presets are TOML files that people edit by hand, so what is wrong in one is said in a sentence.

Rate cards and editions are read through a `Table`, which knows where it stands in its file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from credits import CreditsError

DATA = Path(__file__).resolve().parent.parent / "data"
"""Where the presets that come with the project lie."""


@dataclass(frozen=True)
class Table:
    """A TOML table that answers with a value of the wanted kind, or a CreditsError."""

    values: Mapping[str, Any]
    where: str
    """The table's place, as the beginning of a sentence: `bigin.toml, [[rule]] 3`."""

    def only(self, known: frozenset[str]) -> None:
        """A misspelt field would be passed over in silence, so it is an error."""
        if others := sorted(set(self.values) - known):
            fields = ", ".join(sorted(known))
            raise CreditsError(f"{self.where}: {others[0]!r} is none of the fields here: {fields}.")

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        raise CreditsError(f"{self.where}: {key} must be there, as a text in quotes.")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where the field is missing."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(text, str) for text in value):
            return tuple(value)
        raise CreditsError(f"{self.where}: {key} must be a list of texts in quotes.")

    def day(self, key: str) -> date:
        """A day that must be there."""
        value = self.values.get(key)
        if type(value) is date:
            return value
        raise CreditsError(f"{self.where}: {key} must be there, as a day such as 2026-08-13.")

    def flag(self, key: str) -> bool:
        """True or false; it must be there."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        raise CreditsError(f"{self.where}: {key} must be there, as true or false.")

    def count(self, key: str, least: int = 0, most: int | None = None) -> int | None:
        """A whole number of at least `least`, or None where the field is missing."""
        value = self.values.get(key)
        if value is None or (type(value) is int and least <= value <= (most or value)):
            return value
        limit = f"{least} or more" if most is None else f"{least:,} to {most:,}"
        raise CreditsError(f"{self.where}: {key} must be a whole number, {limit}.")

    def amount(self, key: str) -> int | Decimal | None:
        """A number of zero or more, exact, or None where the field is missing."""
        value = self.values.get(key)
        if value is None or (type(value) is int and value >= 0):
            return value
        if isinstance(value, Decimal) and value.is_finite() and value >= 0:
            return value
        raise CreditsError(f"{self.where}: {key} must be a number, zero or more.")

    def table(self, key: str) -> Table:
        """The table `[key]`; an empty one where it is missing."""
        value = self.values.get(key, {})
        if isinstance(value, dict):
            return Table(value, f"{self.where}, [{key}]")
        raise CreditsError(f"{self.where}: {key} must be a table, written as [{key}].")

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables `[[key]]`, in order; none where they are missing."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            return tuple(
                Table(each, f"{self.where}, [[{key}]] {number}")
                for number, each in enumerate(value, 1)
            )
        raise CreditsError(f"{self.where}: {key} must be tables, each written as [[{key}]].")


def read(path: Path) -> Table:
    """The file's outermost table. Numbers with a point are read as exact decimals.

    Raises CreditsError where the file can't be read or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CreditsError(f"{path.name} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CreditsError(f"{path.name} is not valid TOML: {error}.") from error
    return parse(text, path.name)


def parse(text: str, where: str) -> Table:
    """The outermost table of a TOML text; `where` is its place in a sentence. Raises as `read`."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise CreditsError(f"{where} is nested too deeply to be read.") from error
    except (ValueError, ArithmeticError) as error:
        raise CreditsError(f"{where} is not valid TOML: {error}.") from error
    return Table(values, where)
