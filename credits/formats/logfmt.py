"""Lines of `key=value` pairs: logfmt, as Heroku, Grafana and many services write it, and LTSV.

https://brandur.org/logfmt, http://ltsv.org. Pairs stand in any order, among words that are no
pairs and behind whatever a syslog or a shipper put first; a value in quotes may hold anything.
Keys are matched by what they mean, as those of JSON are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from credits import CreditsError
from credits.formats import headers, ids, jsonlines, lines
from credits.formats.base import OBJECT_LINES, Exchanges, Options, Reading, Sample, literal
from credits.formats.exchanges import Apart, by_id, told_apart
from credits.formats.pairs import TRIED, Pairs, Style, style_of
from credits.formats.stamps import STAMP, is_ambiguous
from credits.formats.values import value_sql

_FIRST = "(time before the pairs)"
"""What stands for a key where the time comes before the first pair."""
_CLOCK = re.compile(r"\d\d?:\d\d(:\d\d)?")


@dataclass(frozen=True)
class Logfmt:
    """Any log of pairs whose keys can be told by name."""

    name: str = "logfmt"
    title: str = "key=value pairs (logfmt or LTSV)"
    generic: bool = True

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """A log of pairs, if half of its first lines are such, or some are that tell of requests.

        Raises NoCallsError for a log of pairs whose keys make no call.
        """
        if not forced and len(sample.objects) * 2 >= max(len(sample.filled[:OBJECT_LINES]), 1):
            return None  # the texts of JSON may be pairs
        style = style_of(sample)
        mostly = style is not None
        # Between its requests a service, or Heroku for it, writes whatever its program says.
        style = style or style_of(sample, 0.02)
        if style is None:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no {self.title} in its beginning:"
                    " choose another format."
                )
            return None
        keys = _keys(sample, style, options)
        calls = headers.names_calls(keys.fields) or options.mapping or forced
        if calls and (mostly or forced or {"method", "path"} <= keys.fields.keys()):
            return self._reading(sample, options, keys)
        if mostly:
            raise headers.NoCallsError(sample.plain.name, keys.names)
        return None

    def _reading(self, sample: Sample, options: Options, keys: _Keys) -> Reading:
        read = lines.reading(
            self.name,
            sample,
            keys.steps(),
            {field: keys.sql(field) for field in keys.fields},
            columns=keys.fields,
            stamps=keys.stamps,
            skip=f"coalesce({lines.BLANK_OR_COMMENT},"
            f" CASE WHEN NOT coalesce({keys.calls_sql()}, false) THEN 'no call' END)",
            ambiguous_days=options.day_first is None and is_ambiguous(keys.stamps),
        )
        return replace(read, names=keys.names, exchanges=keys.exchanges)


def _keys(sample: Sample, style: Style, options: Options) -> _Keys:
    """The keys of a log: where some of its lines tell of requests, the keys of those."""
    tried = sample.filled[:TRIED]
    rows = [(line, style.pairs(line)) for line in tried if style.score(line) > 0]
    keys = _Keys(style, rows, options)
    method = keys.fields.get("method")
    if method is None or keys.apart:
        return keys
    return replace(keys, rows=[row for row in rows if method in row[1]])


@dataclass(frozen=True)
class _Keys:
    """Which key of a log is which field, and how its values are asked for in SQL."""

    style: Style
    rows: Sequence[tuple[str, Pairs]]
    """Lines of the sample, and their pairs."""
    options: Options

    @cached_property
    def cells(self) -> dict[str, list[str]]:
        """Key → its values in the sample."""
        found: dict[str, list[str]] = {}
        for _, pairs in self.rows:
            for key, (_, value) in pairs.items():
                found.setdefault(key, []).append(value)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.cells)

    @cached_property
    def fields(self) -> dict[str, str]:
        """Field → key."""
        found = jsonlines.match(self.names, list(self.cells.values()), self.options)
        # `count=3` is what a message counts.
        said = self.options.mapping
        fields = {f: key for f, key in found.items() if f != "calls" or f in said}
        if not said and self._shares_id(fields):
            del fields["request_id"]
        if "occurred_at" not in fields and any(self._first(line) for line, _ in self.rows):
            fields["occurred_at"] = _FIRST
        return fields

    def _shares_id(self, fields: Mapping[str, str]) -> bool:
        """Whether different calls share what seems to be the id of each."""
        if "request_id" not in fields:
            return False
        told = {f: [text.get(key, "") for text in self._texts] for f, key in fields.items()}
        return ids.is_shared(told, fields["request_id"])

    @cached_property
    def _texts(self) -> list[dict[str, str]]:
        """Key → value of each line."""
        return [{key: value for key, (_, value) in pairs.items()} for _, pairs in self.rows]

    @cached_property
    def _told_twice(self) -> bool:
        """Whether lines that answer a request tell it whole once more; see `ids.told_twice`."""
        return not self.options.mapping and ids.told_twice(self._texts, self.fields)

    @cached_property
    def apart(self) -> Apart | None:
        """How requests have a line as they come and another as they are answered, if they do."""
        if self.options.mapping or self._told_twice:
            return None
        return told_apart(self._texts, self.fields)

    @property
    def exchanges(self) -> Exchanges | None:
        """The same in SQL, made of the columns of `steps`."""
        if self.apart is None:
            return None
        return by_id([f"h_{name}" for name in self._shared])

    @property
    def _shared(self) -> dict[str, str]:
        """What both of these lines have: a name for it → key."""
        keys = self.apart.shared if self.apart else ()
        return {f"shared_{place}": key for place, key in enumerate(keys)}

    @cached_property
    def stamps(self) -> tuple[str, ...]:
        """The times in the sample."""
        key = self.fields.get("occurred_at", "")
        if key == _FIRST:
            return tuple(found for line, _ in self.rows if (found := self._first(line)))
        told = self.cells.get(key, [])
        return tuple(f"{day} {clock}" for day, clock in self._clocks) or tuple(told)

    def _first(self, line: str) -> str | None:
        """The time before the pairs of a line."""
        found = re.search(STAMP, line.split(self.style.sign, 1)[0])
        return found and found[0]

    @cached_property
    def _clocks(self) -> list[tuple[str, str]]:
        """Dates, and the times of day that stand in the next word, where one is no time itself."""
        key = self.fields.get("occurred_at", "")
        found = []
        for line, pairs in self.rows:
            if key in pairs:
                place, day = pairs[key]
                clock = self.style.words(line)[place : place + 1] or [""]
                found.append((day, clock[0].split(self.style.sign)[-1]))
        fits = all(not _CLOCK.search(day) and _CLOCK.match(clock) for day, clock in found)
        return found if fits else []

    def steps(self) -> str:
        """SQL: columns made of `line`, in steps: of each field its pair `r_`, and `h_` of that."""
        keys = {field: key for field, key in self.fields.items() if key != _FIRST} | self._shared
        pairs = [
            f"{self.style.pair_sql(key, self._places(key))} AS r_{field}"
            for field, key in keys.items()
        ]
        held = [f"{self.style.held_sql(f'r_{field}')} AS h_{field}" for field in keys]
        return "\n;\n".join([self.style.words_sql(), ", ".join(pairs), ", ".join(held)])

    def _places(self, key: str) -> list[int]:
        """Where among the words of a line a key mostly stands."""
        places = Counter(pairs[key][0] for _, pairs in self.rows if key in pairs)
        return [place for place, _ in places.most_common(1)]

    def sql(self, field: str) -> str:
        """SQL: the value of a field, made of the columns of `steps`."""
        key = self.fields[field]
        if key == _FIRST:
            before = f"split_part(line, {literal(self.style.sign)}, 1)"
            return f"nullif(regexp_extract({before}, {literal(STAMP)}), '')"
        told = self.style.meant_sql(f"h_{field}", f"r_{field}")
        if field == "occurred_at" and self._clocks:
            pair = literal(key + self.style.sign)
            clock = f"words[list_position(words, {pair} || r_{field}) + 1]"
            return f"{told} || ' ' || split_part({clock}, {literal(self.style.sign)}, -1)"
        return value_sql(field, told, self.cells[key], key)

    def calls_sql(self) -> str:
        """SQL: whether a line is a call.

        A service also writes messages between its requests, which may tell of a user or a path,
        and several lines for each request, of which the one with a status is the call.
        """
        if self.apart:
            return _filled(self.apart.asks)
        both = " AND ".join(map(_filled, (ids.asks(self.fields), "status")))
        if self._told_twice:
            return both
        told = [field for field in jsonlines.SAYS_WHAT if field in self.fields]
        requests = "method" in told and ("path" in told or "api" in told)
        if requests and not self.options.mapping:
            return both if self._has_answers_apart() else _filled("method")
        told = told or [field for field, key in self.fields.items() if key != _FIRST]
        return f"({' OR '.join(map(_filled, told))})" if told else "true"

    def _has_answers_apart(self) -> bool:
        """Whether requests without ids have lines with a status and without, by their number."""
        done = sum(bool(text.get(self.fields.get("status", ""))) for text in self._texts)
        return "request_id" not in self.fields and (len(self._texts) - done) * 2 > done > 0


def _filled(field: str) -> str:
    return f"h_{field} <> ''"


FORMATS = (Logfmt(),)
