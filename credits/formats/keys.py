"""How a log of JSON objects is asked: by keys in order of preference, out of what carries them.

One object a line: arrays, `{"Records": […]}` and pretty-printed documents are first written out so
by `documents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from credits.formats import lines
from credits.formats.base import OBJECT_LINES, Exchanges, Reading, Sample, json_value, literal
from credits.formats.holders import is_time
from credits.formats.staging import first_filled
from credits.formats.stamps import STAMP

Choice = str | tuple[str, ...]
"""Keys in order of preference; or SQL over keys in braces. Either may stand among the other."""

_KEY = re.compile(r"\{([^\W\d][^{}]*|\$[^{}]*|@[^{}]*)\}")


def pointer(keys: str | Sequence[str | int]) -> str:
    """Keys as a JSON path: `request.headers` → `$."request"."headers"`."""
    if isinstance(keys, str):
        if keys.startswith("$"):
            return keys
        keys = [int(part) if part.isdigit() else part for part in keys.split(".")]
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f'."{p}"' for p in keys)


def shown(path: str) -> str:
    """A JSON path as people know it: `request.headers`."""
    return path.removeprefix("$").replace('"', "").lstrip(".")


def paths_in(choices: Iterable[Choice]) -> Iterator[str]:
    """Every JSON path that some choices speak of, in their order."""
    for choice in choices:
        for entry in (choice,) if isinstance(choice, str) else choice:
            if not _is_sql(entry):
                yield pointer(entry)
            else:
                yield from (pointer(key) for key in _KEY.findall(entry))


def _is_sql(entry: str) -> bool:
    return _KEY.search(entry) is not None


def fill(choice: Choice, at: Mapping[str, str], *, test: bool = False) -> str:
    """A choice as SQL, given the expression `at` which each JSON path stands.

    With `test` the answer is whether there is such a value.
    """
    entries = (choice,) if isinstance(choice, str) else choice
    parts = [
        _KEY.sub(lambda key: at[pointer(key[1])], entry) if _is_sql(entry) else at[pointer(entry)]
        for entry in entries
    ]
    if test:
        told = (
            part if _is_sql(entry) else f"{part} <> ''"
            for part, entry in zip(parts, entries, strict=True)
        )
        return " OR ".join(f"({part})" for part in told) or "true"
    return first_filled(parts)


def instant(seconds: str, nanos: str) -> str:
    """SQL over two keys: an instant in nanoseconds since 1970, NULL without its seconds."""
    whole = f"TRY_CAST({{{seconds}}} AS BIGINT) * 1000000000"
    return f"({whole} + coalesce(TRY_CAST({{{nanos}}} AS BIGINT), 0))::VARCHAR"


# ── where in its line an object stands ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Envelope:
    """What a shipper wrapped each object in: an object under a key, or its text under a key."""

    key: str | None = None
    text: bool = False

    def line(self, line: str) -> str:
        """SQL: the JSON text that holds the object."""
        return (
            f"json_extract_string({line}, {literal(pointer(self.key))})"
            if self.text and self.key
            else line
        )

    def path(self, path: str) -> str:
        """The JSON path of a value of the object."""
        return path if self.key is None or self.text else pointer(self.key) + path[1:]


ENVELOPES = (
    "_source",
    "detail",
    "event",
    "result",
    "log",
    "line",
    "message",
    "@message",
    "MESSAGE",
    "_raw",
    "result._raw",
    "AuditData",
    "textPayload",
    "jsonPayload",
    "properties.log",
)
"""Keys under which log shippers keep what they were given: Elasticsearch, EventBridge, Splunk,
Docker, Grafana, Filebeat, CloudWatch, journald, Google Cloud and Azure for what runs in them."""


def carried(row: Mapping[str, Any], key: str) -> Any:
    """What an object carries under one of `ENVELOPES`, or None."""
    return value(row, pointer(key)) if "." in key else row.get(key)


def envelopes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those of `ENVELOPES` that some objects may have, as far as their first keys tell."""
    names = set().union(*rows)
    return [key for key in ENVELOPES if first_key(pointer(key)) in names]


@dataclass(frozen=True)
class View:
    """The objects of a sample, as they stand or out of an envelope."""

    envelope: Envelope
    rows: list[dict[str, Any]]

    @cached_property
    def names(self) -> frozenset[str]:
        """The keys that any of them has."""
        return frozenset().union(*self.rows)


@lru_cache(2)  # every format asks for those of one sample
def views(sample: Sample) -> tuple[View, ...]:
    """The objects as they stand, then what is wrapped in them, for each envelope."""
    return tuple(_views(sample))


def _views(sample: Sample) -> Iterator[View]:
    if sample.objects:
        yield View(Envelope(), sample.objects)
    for key in envelopes(sample.objects):
        items = [carried(row, key) for row in sample.objects]
        held = [item for item in items if isinstance(item, dict)]
        if held:
            yield View(Envelope(key), held)
        texts = (item for item in items if isinstance(item, str) and item.startswith("{"))
        held = [found for text in texts if isinstance(found := json_value(text), dict)]
        if held:
            yield View(Envelope(key, text=True), held)


@lru_cache(2)
def wrapped(sample: Sample) -> tuple[View, ...]:
    """The objects under any other key, for each that most rows have; not of rows with a time."""
    if any(is_time(key) for row in sample.objects for key in row):
        return ()
    held: dict[str, list[dict[str, Any]]] = {}
    for row in sample.objects:
        for key, item in row.items():
            if isinstance(item, dict) and '"' not in key:
                held.setdefault(key, []).append(item)
    return tuple(
        View(Envelope(pointer([key])), rows)
        for key, rows in held.items()
        if len(rows) * 2 > len(sample.objects) and key not in ENVELOPES
    )


def reading(
    format: str,
    sample: Sample,
    fields: Mapping[str, Choice],
    *,
    calls: Choice,
    envelope: Envelope | None = None,
    rows: Sequence[Mapping[str, Any]] = (),
    columns: Mapping[str, str] | None = None,
    cell: str | None = None,
    around: Mapping[str, str] | None = None,
    exchanges: Exchanges | None = None,
) -> Reading:
    """A log of JSON objects, one a line.

    `calls`: what a row must have to be a call at all. `rows`: the objects of the sample. `cell`: a
    key under which the rows may carry more of themselves, as JSON in a text. `around`: field → JSON
    path in the object that carries the text of another, or `BEFORE`. `exchanges`: by what
    keys a row is known to tell the status of another.
    """
    wrapped = envelope or Envelope()
    every = list(
        dict.fromkeys(paths_in([*fields.values(), calls, exchanges.of if exchanges else ()]))
    )
    at = {path: f"v[{index + 1}]" for index, path in enumerate(every)}
    listed = "[" + ", ".join(literal(wrapped.path(path)) for path in every) + "]"
    inner = ""
    if cell is not None and any(cell in row for row in rows):
        text = f"json_extract_string({{line}}, {literal(wrapped.path(pointer([cell])))})"
        within = "[" + ", ".join(map(literal, every)) + "]"
        inner = f", TRY(json_extract_string({text}, {within})) AS w"
        at = {path: f"coalesce(v[{i + 1}], w[{i + 1}])" for i, path in enumerate(every)}
        rows = [*rows, *(r for row in rows if isinstance(r := json_value(row.get(cell)), dict))]
    no_call = f"NOT coalesce({fill(calls, at, test=True)}, false)"
    whole = _object_sql(sample)
    held, steps = wrapped.line(whole), ""
    if wrapped.text:
        # A step of its own: DuckDB takes what two TRYs share out of both, and then it throws.
        held, steps = "held", f"{_healed(held, whole)} AS held\n;\n"
    extracted = f"json_extract_string({held}, {listed})"
    outer = {field: _around_sql(path, whole) for field, path in (around or {}).items()}
    # A shipper also carries what is no JSON at all; that is no call, and nothing is broken.
    other = f"WHEN v IS NULL AND json_valid({whole}) THEN 'no call' " if wrapped.text else ""
    read = lines.reading(
        format,
        sample,
        f"{steps}{_healed(extracted, held)} AS v{inner.format(line=held)}",
        {**{field: fill(choice, at) for field, choice in fields.items()}, **outer},
        columns=columns or _columns(fields, rows),
        stamps=tuple(_stamps(sample, fields, rows, around or {})),
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        f" CASE WHEN v IS NOT NULL AND {no_call} THEN 'no call' {other}END)",
        reject="CASE WHEN v IS NULL THEN 'is not valid JSON' END",
    )
    if exchanges is None:
        return read
    return replace(read, exchanges=replace(exchanges, of=fill(exchanges.of, at)))


def _object_sql(sample: Sample) -> str:
    """SQL: the object on a line. `service  | {…}`: Docker and its kin write something before it."""
    bare = sum(line.startswith("{") for line in sample.filled[:OBJECT_LINES])
    return "line" if bare * 2 >= len(sample.objects) else "substr(line, strpos(line, '{'))"


def _stamps(
    sample: Sample,
    fields: Mapping[str, Choice],
    rows: Sequence[Mapping[str, Any]],
    around: Mapping[str, str],
) -> Iterable[str]:
    """The times in the sample: of the rows themselves, or of what carries them."""
    times = list(paths_in([fields[name] for name in ("occurred_at",) if name in fields]))
    times = times or [path for field, path in around.items() if field == "occurred_at"]
    if times == [BEFORE]:
        return stamps_before(sample)
    return _values(sample.objects if around else rows or sample.objects, times)


BEFORE = "(time before the object)"
"""Stands for a path where the value stands before the object."""
_BEFORE_PATTERN = rf"^[^{{]*?({STAMP})"
_BEFORE_SQL = f"nullif(regexp_extract(line, {literal(_BEFORE_PATTERN)}, 1), '')"


def _around_sql(path: str, whole: str) -> str:
    """SQL: what the object around another has at a path, or what stands before it on its line."""
    return _BEFORE_SQL if path == BEFORE else f"TRY(json_extract_string({whole}, {literal(path)}))"


def stamps_before(sample: Sample) -> list[str]:
    """The times that stand before the objects of a sample, on their lines."""
    found = (re.match(_BEFORE_PATTERN, line[:1000]) for line in sample.filled[:OBJECT_LINES])
    return [match[1] for match in found if match]


def _healed(expression: str, text: str) -> str:
    r"""SQL: an expression over a JSON text, NULL where that is broken.

    Half a character in it (`\ud83d` alone, where somebody cut a string) does not break it.
    """
    half = "'\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}'"
    whole = f"regexp_replace({text}, {half}, '\\\\ufffd', 'g')"
    again = f"TRY({expression.replace(text, whole, 1)})"
    return f"coalesce(TRY({expression}), CASE WHEN regexp_matches({text}, {half}) THEN {again} END)"


def _columns(fields: Mapping[str, Choice], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Field → the key in use, for people; fields that the sample never fills are left out."""
    found = {}
    for field, choice in fields.items():
        entries = (choice,) if isinstance(choice, str) else choice
        for entry in entries:
            paths = list(paths_in([entry]))
            used = [p for p in paths if any(value(row, p) not in (None, "") for row in rows)]
            if used or not rows:
                found[field] = ", ".join(dict.fromkeys(map(shown, used or paths)))
                break
    return found


def first_key(path: str) -> str | int:
    """The key with which a JSON path begins."""
    return _steps(path)[0]


def value(row: Mapping[str, Any], path: str) -> Any:
    """What stands at a JSON path (as `pointer` writes it) of an object, or None."""
    found: Any = row
    for step in _steps(path):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
        if found is None:
            return None
    return found


@lru_cache(4096)
def _steps(path: str) -> tuple[str | int, ...]:
    steps = re.findall(r'\."([^"]*)"|\[(\d+)\]', path)
    return tuple(int(place) if place else key for key, place in steps)


def _values(rows: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> Iterable[str]:
    for row in rows[:500]:
        found = next((v for p in paths if (v := value(row, p)) is not None), None)
        if found is not None and not isinstance(found, dict | list):
            yield str(found)
