"""JSON formats whose keys are known: declared here, not programmed.

A format says by which keys its rows are known, which of them are calls, and what becomes which
field; the same declaration reads a table (CSV) that has such columns. Keys are written as in
`request.headers.user-agent`, a number stands for a place in a list (`User-Agent.0`), and a key that
holds a dot itself as a JSON path: `$."id.orig_h"`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from credits import CreditsError
from credits.formats import delimited, ids, jsonlines
from credits.formats.base import Options, Reading, Sample, address_in, literal
from credits.formats.delimited import Layout
from credits.formats.keys import (
    Envelope,
    fill,
    first_key,
    paths_in,
    pointer,
    reading,
    shown,
    value,
    views,
    wrapped,
)

Shape = tuple[str, ...]
"""Keys that a row has, all of them."""


@dataclass(frozen=True)
class Objects:
    """A format of JSON objects."""

    name: str
    title: str
    shapes: tuple[Shape, ...]
    """A row of any of these shapes is a row of this format, and of no other."""
    fields: Mapping[str, str | tuple[str, ...]]
    """Field → keys in order of preference, or SQL over keys in braces."""
    calls: str | tuple[str, ...]
    """Which rows are calls: those that have one of these keys, or SQL over keys in braces."""
    unless: tuple[str, ...] = ()
    """Keys that only rows of another format have."""
    tables: bool = False
    """Whether it comes as a table, too."""
    cell: str | None = None
    """A key or column under which a row carries more of itself, as JSON in a text."""
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """A log of this format, if a row of the sample has one of its shapes."""
        for view in (*views(sample), *wrapped(sample)):
            if self._may_fit(view.names) and any(map(self._fits, view.rows)):
                return self._lines(sample, view.envelope, view.rows)
        layout = self._layout(sample) if self.tables else None
        if layout is not None:
            return self._table(sample, options, layout)
        if forced and sample.objects:
            return self._lines(sample, Envelope(), sample.objects)
        if forced:
            raise CreditsError(
                f"{sample.plain.name} has no JSON objects in its beginning: choose another format."
            )
        return None

    def _may_fit(self, names: frozenset[str]) -> bool:
        """Whether rows with such keys may be of this format: most are another's, and lack one."""
        return any(names.issuperset(map(_first_key, shape)) for shape in self.shapes)

    def _fits(self, row: Mapping[str, Any]) -> bool:
        return any(all(_has(row, key) for key in shape) for shape in self.shapes) and not any(
            _has(row, key) for key in self.unless
        )

    def _lines(
        self, sample: Sample, envelope: Envelope, rows: Sequence[Mapping[str, Any]]
    ) -> Reading:
        shared = _shares_id(self.fields, rows)
        fields = {f: choice for f, choice in self.fields.items() if f != "request_id" or not shared}
        read = reading(
            self.name,
            sample,
            fields,
            calls=self.calls,
            envelope=envelope,
            rows=rows,
            cell=self.cell,
        )
        return replace(read, names=jsonlines.names(rows))

    def _layout(self, sample: Sample) -> Layout | None:
        for delimiter in delimited.DELIMITERS:
            names = tuple(cell.strip() for cell in (sample.rows(delimiter, 1) or [[]])[0])
            told = any(set(shape) <= set(names) for shape in self.shapes)
            if told and len(names) <= delimited.MOST_COLUMNS:
                return Layout(delimiter, names, header=True, width=len(names))
        return None

    def _table(self, sample: Sample, options: Options, layout: Layout) -> Reading:
        """The reading of a table: a key is the column of that name, or stands in the JSON cell."""
        every = list(dict.fromkeys(paths_in([*self.fields.values(), self.calls])))
        columns = {pointer([name]): i for i, name in enumerate(layout.names)}
        at = {path: f"c{columns[path] + 1}" if path in columns else "NULL" for path in every}
        within = ""
        if self.cell in layout.names:
            listed = ", ".join(map(literal, every))
            cell = f"c{layout.names.index(self.cell) + 1}"
            within = f"TRY(json_extract_string({cell}, [{listed}])) AS v"
            # A column may be there and empty.
            at = {p: f"coalesce(nullif({at[p]}, ''), v[{i}])" for i, p in enumerate(every, start=1)}
        no_call = f"NOT coalesce({fill(self.calls, at, test=True)}, false)"
        cells = delimited.cells(layout, sample)
        known = {
            field: [path for path in paths_in([choice]) if path in columns]
            for field, choice in self.fields.items()
        }
        return _with(
            delimited.reading(sample, options, layout, {}),
            within,
            # DuckDB would take a comment above the header (`#TYPE …`) for the header itself.
            slow=sample.lines[0].startswith("#"),
            format=self.name,
            fields={field: fill(choice, at) for field, choice in self.fields.items()},
            columns={field: shown(paths[0]) for field, paths in known.items() if paths},
            skip=f"CASE WHEN {no_call} THEN 'no call' END",
            stamps=tuple(cell for path in known["occurred_at"] for cell in cells[columns[path]])[
                :500
            ],
        )


def _shares_id(
    fields: Mapping[str, str | tuple[str, ...]], rows: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether different calls share the id of a request, as far as keys alone tell."""
    told = {
        field: [_first_of(row, paths_in([fields[field]])) for row in rows]
        for field in ("request_id", *ids.ASKED)
        if field in fields
    }
    return "request_id" in told and ids.is_shared(told)


def _first_of(row: Mapping[str, Any], paths: Iterable[str]) -> str:
    """What stands at the first path that has anything."""
    found = (value(row, path) for path in paths)
    return next((str(each) for each in found if each not in (None, "", "-")), "")


def _has(row: Mapping[str, Any], key: str) -> bool:
    return value(row, _pointer(key)) is not None


_pointer = cache(pointer)


@cache
def _first_key(key: str) -> str | int:
    return first_key(_pointer(key))


def _with(table: Reading, within: str, *, slow: bool, **ours: Any) -> Reading:
    """The reading of a table with fields of ours, read quickly or slowly."""
    thorough = table.thorough
    if slow and thorough is not None:
        return _with(thorough(), within, slow=False, **ours)
    source = f"(SELECT *, {within} FROM {table.source})" if within else table.source
    again = None if thorough is None else lambda: _with(thorough(), within, slow=False, **ours)
    skip = f"coalesce({table.skip}, {ours['skip']})"
    return replace(table, **{**ours, "source": source, "skip": skip, "thorough": again})


def address(key: str) -> str:
    """SQL over a key: the first of a list of addresses, without brackets and port."""
    return address_in(f"{{{key}}}")


def joined(*keys: str) -> str:
    """SQL: some names as one, `service:operation`; NULL without the last of them."""
    *heads, last = (f"nullif({{{key}}}, '')" for key in keys)
    return " || ".join([*(f"coalesce({head} || ':', '')" for head in heads), last])


def listed(key: str, name: str, within: str = "[*]") -> str:
    """SQL over a key: the value of what is called so in a list of names and values.

    `within`: the JSON path of the list's entries from there.
    """
    # As JSON: a text among the entries is none, and would break the query as one.
    entries = f"TRY(json_extract({{{key}}}, '${within}'))"
    named = f"lower(json_extract_string(p, '$.name')) = '{name}'"
    return f"([json_extract_string(p, '$.value') FOR p IN {entries} IF {named}])[1]"


def utc(key: str) -> str:
    """SQL: a stamp that means UTC, whether it says so or not."""
    bare = f"regexp_full_match({{{key}}}, '\\S+[T ]\\d\\d?:\\d\\d(:\\d\\d(\\.\\d+)?)?')"
    return f"CASE WHEN {bare} THEN {{{key}}} || 'Z' ELSE {{{key}}} END"
