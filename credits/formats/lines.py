"""What all logs with one record a line share: lines, blank ones and comments skipped."""

from __future__ import annotations

from collections.abc import Mapping

from credits.formats.base import Reading, Sample, lines_of

# What begins with white space is below `!`: cheap to see, and rare.
_EMPTY = "line IS NULL OR (line < '!' AND regexp_full_match(line, '\\s*'))"
BLANK = f"CASE WHEN {_EMPTY} THEN 'blank' END"
BLANK_OR_COMMENT = f"CASE WHEN {_EMPTY} THEN 'blank' WHEN starts_with(line, '#') THEN 'comment' END"


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
