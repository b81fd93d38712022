"""Any text log, by a regular expression that a person wrote: its named groups are fields."""

from __future__ import annotations

import re

import duckdb

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import FIELDS, Options, Reading, Sample, literal
from credits.formats.stamps import is_ambiguous

_GROUP = re.compile(r"\(\?P?<(\w+)>")


class Pattern:
    """Lines that a pattern fits; the groups `occurred_at`, `user`, `path` … become fields."""

    name = "pattern"
    title = "a pattern of your own"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims nothing unless a pattern was given. Raises CreditsError for a bad pattern."""
        if options.pattern is None:
            if forced:
                raise CreditsError("A pattern is needed: give one with --pattern.")
            return None
        check(options.pattern)
        pattern = _GROUP.sub(r"(?P<\1>", options.pattern)
        groups = _GROUP.findall(pattern)
        part = (
            f"CASE WHEN regexp_matches(line, {literal(pattern)})"
            f" THEN regexp_extract(line, {literal(pattern)}, {_numbered(pattern)}) END AS part"
        )
        stamps = _stamps(part, sample.lines[:500])
        if not stamps:
            return None
        return lines.reading(
            self.name,
            sample,
            part,
            {group: f'part."{group}"' for group in groups},
            columns={group: f"({group})" for group in groups},
            stamps=tuple(stamps),
            ambiguous_days=options.day_first is None and is_ambiguous(stamps),
            reject="CASE WHEN part IS NULL THEN 'does not fit the pattern' END",
        )


def _stamps(part: str, tried: list[str]) -> list[str]:
    """The times in the first lines, by RE2: Python's own matching may take forever on a line."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT part.occurred_at FROM (SELECT {part} FROM"
            " (SELECT unnest(?::VARCHAR[]) AS line)) WHERE part IS NOT NULL",
            [tried],
        ).fetchall()
    return [row[0] for row in found]


def _numbered(pattern: str) -> list[str]:
    """A name for every group, in order: DuckDB names groups by their place."""
    names = {number: name for name, number in re.compile(pattern).groupindex.items()}
    last = max(names, default=0)
    return [names.get(number, f"group {number}") for number in range(1, last + 1)]


def check(pattern: str) -> None:
    """Raises CreditsError for a pattern by which no log can be read."""
    pattern = _GROUP.sub(r"(?P<\1>", pattern)
    groups = _GROUP.findall(pattern)
    unknown = [group for group in groups if group not in FIELDS]
    if unknown:
        raise CreditsError(
            f"The pattern names a group “{unknown[0]}”, which is no field: use {', '.join(FIELDS)}."
        )
    if "occurred_at" not in groups:
        raise CreditsError("The pattern needs a group (?P<occurred_at>…) for the time of a call.")
    try:
        re.compile(pattern)
        # RE2 has no lookaround and no back-references, which is why it can't be made to hang.
        duckdb.execute("SELECT regexp_matches('', ?)", [pattern])
    except (re.error, duckdb.Error) as error:
        message = str(error).splitlines()[0]
        raise CreditsError(f"The pattern can't be used: {message}. Correct it.") from None


FORMATS = (Pattern(),)
