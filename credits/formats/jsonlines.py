"""JSON logs: one object a line, whatever its keys are called; the base of JSON formats we know.

Arrays, `{"Records": […]}` and pretty-printed documents are first written out one object a line by
`documents`, so that everything here may think in lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from credits import CreditsError
from credits.formats import headers, lines
from credits.formats.base import Options, Reading, Sample, first, literal
from credits.formats.stamps import is_ambiguous

_DEEPEST = 6
_WIDEST = 400


def pointer(keys: str | Sequence[str | int]) -> str:
    """Keys as a JSON path: `request.headers` → `$."request"."headers"`."""
    parts = keys.split(".") if isinstance(keys, str) else keys
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f'."{p}"' for p in parts)


def reading(
    format: str,
    sample: Sample,
    paths: Mapping[str, Sequence[str]],
    *,
    columns: Mapping[str, str] | None = None,
    wanted: Sequence[str] = (),
    expressions: Mapping[str, str] | None = None,
    also: Mapping[str, str] | None = None,
) -> Reading:
    """A log of JSON objects, one a line.

    `paths`: field → JSON paths in order of preference. `wanted`: paths of which a row must have
    one to be a call at all. `expressions`: field → SQL over `{name}` placeholders, one for each
    entry of `also` (name → JSON path), where a field is more than one value.
    """
    every = list(dict.fromkeys([p for ps in paths.values() for p in ps]))
    every += [p for p in [*wanted, *(also or {}).values()] if p not in every]
    at = {path: f"v[{index + 1}]" for index, path in enumerate(every)}
    listed = "[" + ", ".join(literal(path) for path in every) + "]"
    fields = {field: first(at[p] for p in ps) for field, ps in paths.items() if ps}
    names = {name: at[path] for name, path in (also or {}).items()}
    fields |= {field: sql.format(**names) for field, sql in (expressions or {}).items()}
    no_call = "false"
    if wanted:
        no_call = " AND ".join(f"{at[path]} IS NULL" for path in dict.fromkeys(wanted))
    stamps = tuple(_values(sample.objects, paths.get("occurred_at", ())))
    return lines.reading(
        format,
        sample,
        f"TRY(json_extract_string(line, {listed})) AS v",
        fields,
        columns=columns or {f: _shown(ps[0]) for f, ps in paths.items() if ps},
        stamps=stamps,
        skip=f"coalesce({lines.BLANK_OR_COMMENT},"
        f" CASE WHEN v IS NOT NULL AND ({no_call}) THEN 'no call' END)",
        reject="CASE WHEN v IS NULL THEN 'is not valid JSON' END",
    )


def _shown(path: str) -> str:
    return path.removeprefix("$.").replace('"', "")


def value(row: Mapping[str, Any], path: str) -> Any:
    """What stands at a JSON path (as `pointer` writes it) of an object, or None."""
    found: Any = row
    for key in _keys(path):
        if isinstance(key, int):
            found = found[key] if isinstance(found, list) and key < len(found) else None
        else:
            found = found.get(key) if isinstance(found, dict) else None
        if found is None:
            return None
    return found


def _keys(path: str) -> Iterable[str | int]:
    for part in path.removeprefix("$").replace("[", ".[").split('."'):
        name, *indexes = part.split(".[")
        if name:
            yield name.removesuffix('"')
        for index in indexes:
            yield int(index.rstrip("]."))


def _values(rows: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> Iterable[str]:
    for row in rows:
        found = next((v for p in paths if (v := value(row, p)) is not None), None)
        if found is not None and not isinstance(found, dict | list):
            yield str(found)


class JsonLines:
    """Any log of JSON objects whose keys can be told by name."""

    name = "jsonl"
    title = "JSON"
    generic = True

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """A JSON log if at least half of its first lines are objects that name calls."""
        objects = sample.objects
        if not objects or (not forced and len(objects) * 2 < len(sample.filled[:200])):
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no JSON objects in its beginning:"
                    " choose another format."
                )
            return None
        cells = _flatten(objects)
        names = list(cells)
        found = _match(names, list(cells.values()), options)
        if not headers.names_calls(found) and not options.mapping and not forced:
            return None
        paths = {field: [pointer(name.split("\0"))] for field, name in found.items()}
        telling = [p for field, ps in paths.items() if field != "occurred_at" for p in ps]
        read = reading(
            self.name,
            sample,
            paths,
            columns={field: name.replace("\0", ".") for field, name in found.items()},
            wanted=telling,
        )
        ambiguous = options.day_first is None and is_ambiguous(read.stamps)
        return replace(read, ambiguous_days=ambiguous)


def _match(
    names: Sequence[str], values: Sequence[Sequence[str]], options: Options
) -> dict[str, str]:
    """Field → name: what was said, then whole names (`user.email`), then last parts (`email`)."""
    dotted = [name.replace("\0", ".") for name in names]
    said = headers.chosen(options.mapping, dotted, numbered=False)
    found = headers.match(dotted, values)
    leaves = [name.split("\0")[-1] for name in names]
    for field, index in headers.match(leaves, values).items():
        if field not in found and index not in found.values():
            found[field] = index
    found = {field: index for field, index in found.items() if index not in said.values()}
    return {field: names[index] for field, index in {**found, **said}.items()}


def _flatten(objects: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Name of each leaf (keys joined by NUL) → its values in the sample, as text."""
    cells: dict[str, list[str]] = {}

    def walk(prefix: str, node: Mapping[str, Any], depth: int) -> None:
        for key, item in node.items():
            if '"' in key or "\0" in key or "\\" in key:
                continue
            name = f"{prefix}{key}"
            if isinstance(item, dict) and depth < _DEEPEST:
                walk(f"{name}\0", item, depth + 1)
            elif not isinstance(item, list | dict) and (name in cells or len(cells) < _WIDEST):
                cells.setdefault(name, []).append("" if item is None else str(item))

    for row in objects:
        walk("", row, 0)
    # Shallow names first: the row's own `time` before one deep inside it.
    return dict(sorted(cells.items(), key=lambda entry: entry[0].count("\0")))


FORMATS = (JsonLines(),)
