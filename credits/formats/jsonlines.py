"""Any JSON log, whatever its keys are called: they are told by name, as columns are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from credits import CreditsError
from credits.formats import exchanges, headers, ids
from credits.formats.base import OBJECT_LINES, Exchanges, Options, Reading, Sample
from credits.formats.keys import (
    BEFORE,
    Envelope,
    carried,
    envelopes,
    instant,
    pointer,
    reading,
    stamps_before,
    views,
)
from credits.formats.meanings import filled, plain_name
from credits.formats.staging import first_filled
from credits.formats.stamps import is_ambiguous
from credits.formats.values import fields_sql, value_sql

_DEEPEST = 6
_WIDEST = 400

SAYS_WHAT = ("user", "api", "path", "method", "calls", "credits")
"""A row without any of these is no call, though it has a time (a heartbeat, a start-up message)."""

_HEARTBEAT = "'(?i)(heart ?beat|keep-?alive)?'"


class JsonLines:
    """Any log of JSON objects whose keys can be told by name."""

    name = "jsonl"
    title = "JSON"
    generic = True

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """A JSON log if at least half of its first lines are objects that name calls."""
        if not sample.objects and forced:
            raise CreditsError(
                f"{sample.plain.name} has no JSON objects in its beginning: choose another format."
            )
        if len(sample.objects) * 2 < len(sample.filled[:OBJECT_LINES]) and not forced:
            return None
        of_apps: Reading | None = None
        for view in views(sample):
            envelope, rows = view.envelope, view.rows
            cells = _flatten(rows)
            if options.mapping and not set(options.mapping.values()) <= set(_dotted(cells)):
                continue
            found = _match(cells, rows, options)
            around = _time_around(sample, envelope, found)
            if not options.mapping and not headers.names_calls({**around, **found}):
                continue
            read = self._reading(sample, options, envelope, rows, cells, found, around)
            if options.mapping or _says_what(found):
                return read
            # Of what a container says, each line has the container's app.
            if of_apps is None and not _is_carried(rows, found):
                of_apps = read
        if of_apps or (not forced and not options.mapping):
            return of_apps
        cells = _flatten(sample.objects)
        found = _match(cells, sample.objects, options)
        return self._reading(sample, options, Envelope(), sample.objects, cells, found, {})

    def _reading(
        self,
        sample: Sample,
        options: Options,
        envelope: Envelope,
        rows: Sequence[Mapping[str, Any]],
        cells: Mapping[str, Sequence[str]],
        found: Mapping[str, str],
        around: Mapping[str, str],
    ) -> Reading:
        spelt = {} if options.mapping else _spelt_otherwise(rows, cells, found)
        told = None if options.mapping else _requests(rows, found, spelt)
        calls, together = told or (_calls(found, spelt), None)
        every = list(cells)
        fields = fields_sql(
            {field: every.index(name) for field, name in found.items()},
            [*map(_braced, every)],
            list(cells.values()),
            () if options.mapping else every,
        )
        if not options.mapping:
            fields |= _in_two_keys(cells, found.get("occurred_at"))
        for field, others in spelt.items():
            texts = (value_sql(field, _braced(name), cells[name]) for name in others)
            fields[field] = first_filled([fields[field], *texts])
        read = reading(
            self.name,
            sample,
            fields,
            calls=calls,
            envelope=envelope,
            rows=rows,
            columns={
                field: ", ".join(_dotted([name, *spelt.get(field, ())]))
                for field, name in {**around, **found}.items()
            },
            around={
                field: name if name == BEFORE else _path(name) for field, name in around.items()
            },
            exchanges=together,
        )
        ambiguous = options.day_first is None and is_ambiguous(read.stamps)
        return replace(read, ambiguous_days=ambiguous, names=_dotted(cells))


def _spelt_otherwise(
    rows: Sequence[Mapping[str, Any]], cells: Mapping[str, Sequence[str]], found: Mapping[str, str]
) -> dict[str, list[str]]:
    """Field → further names under which some rows tell what others tell under the one found.

    No row tells both, but of a time; and beside what may be a path stands a method or a status.
    """
    names = list(cells)
    places = {field: names.index(name) for field, name in found.items()}
    dotted = [name.replace("\0", ".").split(".") for name in names]
    further = headers.spelt_otherwise(dotted, list(cells.values()), places)
    if not further:
        return {}
    texts = [{n: c for n, c in _texts(row).items() if filled([c])} for row in rows]
    spelt: dict[str, list[str]] = {}
    for field, others in further.items():
        for name in (names[index] for index in others):
            known = [found[field], *spelt.get(field, ())]
            alone = [row for row in texts if name in row and row.keys().isdisjoint(known)]
            both = any(name in row and not row.keys().isdisjoint(known) for row in texts)
            if not alone or (both and field != "occurred_at"):
                continue
            answered = {*_answered(found, spelt)}
            if field != "path" or any(answered & row.keys() for row in alone):
                spelt.setdefault(field, []).append(name)
    return spelt


def _answered(found: Mapping[str, str], spelt: Mapping[str, Sequence[str]]) -> list[str]:
    """The names beside which a path is one that was called."""
    told = ("method", "status")
    return [name for f in told if f in found for name in (found[f], *spelt.get(f, ()))]


def _calls(found: Mapping[str, str], spelt: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Which rows are calls, as `keys.reading` takes it: those that say by whom or what."""
    telling = {field: _path(name) for field, name in found.items() if field in SAYS_WHAT}
    api = telling.pop("api", None)
    answered = " OR ".join(f"{_braced(name)} <> ''" for name in _answered(found, spelt))
    also = [
        f"{_braced(name)} <> '' AND ({answered})"
        for field in ("method", "path")
        for name in spelt.get(field, ())
    ]
    named = [] if api is None else [f"NOT regexp_full_match({{{api}}}, {_HEARTBEAT})"]
    return (*telling.values(), *also, *named) or tuple(map(_path, found.values()))


def _requests(
    rows: Sequence[Mapping[str, Any]], found: Mapping[str, str], spelt: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], Exchanges | None] | None:
    """Which rows are calls where requests have two of them, and how these belong together.

    None where each has one; no exchanges where the second row tells the request whole.
    """
    told = [*map(_texts, rows)]
    if ids.told_twice(told, found):
        both = (f"{_braced(found[field])} <> ''" for field in (ids.asks(found), "status"))
        return (" AND ".join(both),), None
    apart = exchanges.told_apart(told, found)
    if apart is None:
        return None
    asks = (found[apart.asks], *spelt.get(apart.asks, ()))
    return tuple(map(_path, asks)), exchanges.by_id([*map(_braced, apart.shared)])


def _path(name: str) -> str:
    """A name as a JSON path."""
    return pointer(name.split("\0"))


def _braced(name: str) -> str:
    """A name as SQL over keys has it."""
    return f"{{{_path(name)}}}"


def _in_two_keys(cells: Mapping[str, Sequence[str]], when: str | None) -> dict[str, str]:
    """The time of a call, where it stands under two keys: the day and a clock, or seconds and
    nanoseconds.
    """
    if when is None:
        return {}
    if (clock := _clock_of(cells, when)) is not None:
        sql = headers.clock_sql(_braced(clock), cells[clock])
        return {"occurred_at": f"{_braced(when)} || ' ' || {sql}"}
    nanos = _nanos_of(cells, when)
    return {} if nanos is None else {"occurred_at": instant(_path(when), _path(nanos))}


def _clock_of(cells: Mapping[str, Sequence[str]], day: str) -> str | None:
    """The name of what tells the time of day beside what tells only the day."""
    owner = day.split("\0")[:-1]
    near = [name for name in cells if name.split("\0")[:-1] == owner]
    leaves = [name.split("\0")[-1] for name in near]
    index = headers.clock_of(leaves, [cells[name] for name in near], filled(cells[day]))
    return None if index is None else near[index]


_SECONDS = ("epochsecond", "epochseconds", "seconds")
_NANOS = ("nano", "nanos", "nanoofsecond", "nanoseconds")


def _nanos_of(cells: Mapping[str, Sequence[str]], seconds: str) -> str | None:
    """The name of the nanoseconds beside an instant's seconds, as Java and Protobuf tell it."""
    *owner, leaf = seconds.split("\0")
    if plain_name(leaf) not in _SECONDS:
        return None
    near = (name for name in cells if name.split("\0")[:-1] == owner)
    return next((name for name in near if plain_name(name.split("\0")[-1]) in _NANOS), None)


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: cells[0] for name, cells in _flatten([row]).items()}


def _says_what(found: Mapping[str, str]) -> bool:
    return any(field in found for field in SAYS_WHAT)


def _time_around(sample: Sample, envelope: Envelope, found: Mapping[str, str]) -> dict[str, str]:
    """The time that a shipper noted beside a text, where that tells none: field → name."""
    if "occurred_at" in found or not _says_what(found):
        return {}
    if not envelope.text:
        before = len(stamps_before(sample)) * 2 > len(sample.objects)
        return {"occurred_at": BEFORE} if before else {}
    cells = _flatten(sample.objects)
    around = match(list(cells), list(cells.values()), Options())
    return {field: name for field, name in around.items() if field == "occurred_at"}


def _is_carried(rows: Sequence[Mapping[str, Any]], found: Mapping[str, str]) -> bool:
    """Whether rows carry texts, and name an app only among their labels."""
    keys = envelopes(rows)
    texts = sum(any(isinstance(carried(row, key), str) for key in keys) for row in rows)
    return "\0" in found.get("app", "") and texts * 2 > len(rows)


def names(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every key of some objects that a person may map a field to."""
    return _dotted(_flatten(rows[:200]))


def _dotted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.replace("\0", ".") for name in names)


def match(
    names: Sequence[str], values: Sequence[Sequence[str]], options: Options
) -> dict[str, str]:
    """Field → name: what was said, then whole names (`user.email`), then last parts (`email`)."""
    dotted = [name.replace("\0", ".") for name in names]
    said = headers.chosen(options.mapping, dotted, numbered=False)
    found = headers.match_parts([name.split(".") for name in dotted], values)
    found = {field: index for field, index in found.items() if index not in said.values()}
    return {field: names[index] for field, index in {**found, **said}.items()}


def _match(
    cells: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, Any]], options: Options
) -> dict[str, str]:
    """What `match` finds, but no id that different calls share: another then, or none."""
    found = match(list(cells), list(cells.values()), options)
    if "path" not in options.mapping and (_is_aside(found, cells) or _is_own(found, rows)):
        found.pop("path")
    name = found.get("request_id")
    if name is None or "request_id" in options.mapping or len({*cells[name]}) == len(cells[name]):
        return found
    texts = [*map(_texts, rows)]
    told = {field: [row.get(key, "") for row in texts] for field, key in found.items()}
    if not ids.is_shared(told, name):
        return found
    return _match({other: cells[other] for other in cells if other != name}, rows, options)


def _is_aside(found: Mapping[str, str], cells: Mapping[str, Sequence[str]]) -> bool:
    """Whether an address is but a detail of what somebody did: deeper than that, not answered."""
    if not {"user", "api", "path"} <= found.keys() or "method" in found:
        return False
    answered = "status" in found and headers.are_codes(cells[found["status"]])
    return not answered and found["path"].count("\0") > found["api"].count("\0")


def _is_own(found: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an address is where the row itself is found (`/audit_logs/7.json`, of which the id is
    7), and what was done has a name.
    """
    if not {"api", "path"} <= found.keys() or "method" in found:
        return False
    path = found["path"]
    identity = "\0".join([*path.split("\0")[:-1], "id"])
    told = [(t[path], t[identity]) for t in map(_texts, rows) if t.keys() >= {path, identity}]
    return bool(told) and all(re.search(rf"/{re.escape(i)}(\.\w+)?$", at) for at, i in told)


_SIMPLE = re.compile(r'[^"\\\0{}]+')
"""Keys that a JSON path can name."""


def _flatten(objects: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Name of each leaf (keys joined by NUL) → its values in the sample, as text."""
    cells: dict[str, list[str]] = {}

    def walk(prefix: str, node: Mapping[str, Any], depth: int) -> None:
        for key, item in node.items():
            if not _SIMPLE.fullmatch(key):
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
