"""What may be said of a log before it is loaded, and what became of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from credits.formats import Options
from credits.formats.together import Log


@dataclass(frozen=True)
class Load:
    """What became of one log."""

    load_id: int
    path: str
    """The file as it was named; a member of an archive stands behind a `/`."""
    format: str
    columns: Mapping[str, str]
    """Field → what it was called in the log."""
    rows: int
    loaded: int
    duplicates: int
    rejected: int
    skipped: int
    calls: int
    credits: Decimal
    first: datetime | None
    """Of the calls loaded, UTC."""
    last: datetime | None
    replaced: int
    """Bytes that were no text and were replaced."""
    notes: tuple[str, ...] = ()
    """See `notes`."""


@dataclass(frozen=True)
class Terms:
    """How a log is to be taken in."""

    options: Options = field(default_factory=Options)
    rate_card: str | None = None
    """The name of a rate card, or the path of one; None is the card in force."""
    keep_duplicates: bool = False
    fold: tuple[str, ...] = ()
    """A person's own rules for folding paths; see `paths.ruled_sql`."""
    sample: bool = False
    """Whether this is the log that comes with the project."""


def notes(log: Log) -> tuple[str, ...]:
    """What a person should know about how a log was read, as sentences."""
    plain, reading = log.plain, log.reading
    found = []
    if reading.ambiguous_days:
        found.append(
            f"{plain.name}: dates such as 05/06/2026 were read month-first; if the day comes"
            " first, undo this load and load it again day-first (--day-first)."
        )
    if plain.replaced:
        found.append(f"{plain.name}: {plain.replaced:,} bytes were no text and were replaced by �.")
    if plain.overlong:
        found.append(
            f"{plain.name}: {plain.overlong:,} of its lines had more than 16 MB, as no line of a"
            " log has, and were left out: they are among the rejects."
        )
    if reading.correction is not None:
        found.append(f"{plain.name}: read as saved under “{reading.correction.name}”.")
    return tuple(found)
