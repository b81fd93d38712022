"""What all logs with one record a line share: lines, blank ones and comments skipped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from credits import CreditsError
from credits.formats.base import Options, Reading, Sample, lines_of

# What begins with white space is below `!`, and with `#` below `$`: cheap to see, and rare.
_EMPTY = "line IS NULL OR (line < '!' AND regexp_full_match(line, '\\s*'))"
BLANK = f"CASE WHEN {_EMPTY} THEN 'blank' END"
_COMMENT = "line < '$' AND starts_with(line, '#')"
BLANK_OR_COMMENT = f"CASE WHEN {_EMPTY} THEN 'blank' WHEN {_COMMENT} THEN 'comment' END"


def reading(
    format: str,
    sample: Sample,
    parts: str,
    fields: Mapping[str, str],
    *,
    columns: Mapping[str, str],
    stamps: tuple[str, ...] = (),
    skip: str = BLANK,
    reject: str = "NULL",
    ambiguous_days: bool = False,
) -> Reading:
    """A log of lines. `parts` are SQL columns made from `line`, which the other pieces may use.

    `parts` may be computed in steps: each step is separated by a line that holds only `;`, and
    sees the columns of the step before.
    """
    source = lines_of(sample.plain.path)
    for step in parts.split("\n;\n"):
        source = f"(SELECT *, {step} FROM {source})"
    return Reading(
        format=format,
        source=source,
        fields=fields,
        columns=columns,
        row="line",
        fingerprint="hash(line)",
        stamps=stamps,
        skip=skip,
        reject=reject,
        ambiguous_days=ambiguous_days,
    )


@dataclass(frozen=True)
class Lines:
    """A format whose lines look like no other's."""

    name: str
    title: str
    looks: re.Pattern[str]
    reading: Callable[[str, Sample], Reading]
    akin: re.Pattern[str] | None = None
    """What other rows of the same reading look like."""
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log if more than half of its first lines look like it."""
        del options  # the stamps of such lines carry their zone
        tried = sample.filled[:100]
        fitting = sum(1 for line in tried if self.looks.match(line[:4000]))
        akin = sum(1 for line in tried if self.akin and self.akin.match(line[:4000]))
        if forced and not fitting:
            raise CreditsError(
                f"{sample.plain.name} has no lines of the {self.title} in its beginning:"
                " choose another format."
            )
        if not forced and (not tried or (fitting + akin) * 2 <= len(tried) or akin > fitting):
            return None
        return self.reading(self.name, sample)
