"""Zeek's http.log as tab-separated text: `#fields` names the columns, `-` is an unset one.

https://docs.zeek.org/en/master/log-formats.html. A `uid` is a connection, which carries many
calls, so it is no request id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, literal
from credits.formats.sections import by_section, numbered, sections

COLUMNS = {
    "ts": "occurred_at",
    "username": "user",
    "user_agent": "app",
    "uri": "path",
    "method": "method",
    "status_code": "status",
    "id.orig_h": "ip",
    "id_orig_h": "ip",
}
"""Column → field."""

_SEPARATOR = re.compile(r"#separator (\\x[0-9a-fA-F]{2}|\S)")


class Zeek:
    """An http.log; other logs of Zeek hold no calls."""

    name = "zeek"
    title = "Zeek http.log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Raises CreditsError for another log of Zeek."""
        told = [line for line in sample.lines if line.startswith("#fields")]
        if not told:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no #fields line to say what its columns are:"
                    " choose another format."
                )
            return None
        separator = _separator(sample)
        names = told[0].split(separator)[1:]
        if "ts" not in names or not {"uri", "method"} & set(names):
            about = next(
                (line.split()[-1] for line in sample.lines if line.startswith("#path")), ""
            )
            raise CreditsError(
                f"{sample.plain.name} is Zeek's {about or 'other'} log, which holds no API calls:"
                " load its http log."
            )
        return _reading(sample, options, separator)


def _separator(sample: Sample) -> str:
    found = next((m for line in sample.lines[:20] if (m := _SEPARATOR.match(line))), None)
    if found is None:
        return "\t"
    return chr(int(found[1][2:], 16)) if len(found[1]) == 4 else found[1]


def _reading(sample: Sample, options: Options, separator: str) -> Reading:
    def names_of(line: str) -> Sequence[str] | None:
        told = line.split(separator)
        return told[1:] if told[0] == "#fields" else None

    path = sample.plain.path
    parts = [replace(part, day=None) for part in sections(path, names_of)]
    parts = [part for i, part in enumerate(parts) if i == 0 or part.names != parts[i - 1].names]
    path, text, before = numbered(path, parts, options.scratch or path.parent)
    every = {name for part in parts for name in part.names}
    at = {
        column: by_section(
            [part.names.index(column) + 1 if column in part.names else 0 for part in parts]
        )
        for column in COLUMNS
        if column in every
    }
    stamps = tuple(line.split(separator)[0] for line in sample.filled[:500])
    found = lines.reading(
        "zeek",
        replace(sample, plain=replace(sample.plain, path=path)),
        f"{before}string_split({text}, {literal(separator)}) AS c",
        {COLUMNS[column]: f"nullif(c[{place}], '(empty)')" for column, place in at.items()},
        columns={COLUMNS[column]: column for column in at},
        stamps=stamps,
        skip=lines.BLANK_OR_COMMENT.replace("line", text),
        reject=f"CASE WHEN len(c) < {by_section([_needed(part.names) for part in parts])}"
        f" THEN 'has ' || len(c) || ' fields where #fields names '"
        f" || {by_section([len(part.names) for part in parts])} END",
    )
    return replace(found, row=text, fingerprint=f"hash({text})")


def _needed(names: Sequence[str]) -> int:
    """How many cells a row must have to tell what was called."""
    called = [names.index(name) + 1 for name in ("method", "uri") if name in names]
    return max(called, default=len(names))


FORMATS = (Zeek(),)
