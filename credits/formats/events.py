"""Lines of security events, as firewalls for the web and proxies send them to collectors.

CEF and LEEF name the event in a head of cells, behind whatever a syslog put first, and tell the
rest in pairs of keys and values. How each is written stands in a module of its own; which of its
lines are calls, and what a call's fields are, does not depend on that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, first, literal
from credits.formats.stamps import STAMP, is_ambiguous

_TRIED = 500

Row = Mapping[str, str]
"""The pairs of a line, the first of each key."""

_METHOD = r"[A-Z]{3,10}"
_BEFORE = "(before the event)"
_PORTS = frozenset({"dpt", "spt", "proto", "srcPort", "dstPort"})


@dataclass(frozen=True)
class Events:
    """Lines of security events that tell of requests, or of what users did."""

    name: str
    title: str
    mark: str
    """What begins the event, behind whatever a syslog put first."""
    keys: Mapping[str, Sequence[str]]
    """Field → keys in order of preference."""
    pairs_of: Callable[[str], Row | None]
    """The pairs of a line; None if it is no such line."""
    steps: str
    """SQL made of `line`: `head` with `before` and the event's `name`, `ext`, what of the line
    comes behind that (all of it, if it is no such line), and its `words`, `key=value` each."""
    generic: bool = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log of such lines if some of them name a request or, without ports, a user."""
        tried = sample.filled[:_TRIED]
        rows = [pairs for line in tried if (pairs := self.pairs_of(line[:20_000])) is not None]
        if len(rows) * 2 <= len(tried) or not rows:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no lines of {self.title} in its beginning:"
                    " choose another format."
                )
            return None
        asking = [row for row in rows if self._has(row, "method", "path")]
        # What somebody did, and no connection between two machines.
        of_people = [row for row in rows if self._has(row, "user") and not row.keys() & _PORTS]
        if not asking and len(of_people) * 2 <= len(rows):
            return None
        found = {field: _used(keys, asking or of_people) for field, keys in self.keys.items()}
        stamps = tuple(row[key] for row in rows for key in found["occurred_at"][:1] if key in row)
        if not found["occurred_at"]:
            before = (re.search(STAMP, line.split(self.mark, 1)[0]) for line in tried)
            stamps = tuple(match[0] for match in before if match)
            found["occurred_at"] = (_BEFORE,) if stamps else ()
        order = _order(rows)
        value = {"status": _code} if asking else {}
        fields = {
            field: first(map(value.get(field, _value), keys))
            for field, keys in found.items()
            if keys
        }
        fields |= _described(fields, asking=bool(asking))
        if order and "occurred_at" in fields:
            fields["occurred_at"] = f"regexp_replace({fields['occurred_at']}, '{_DAY}', '{order}')"
            stamps = tuple(re.sub(_DAY, order, stamp) for stamp in stamps)
        return lines.reading(
            self.name,
            sample,
            self.steps,
            fields,
            columns={field: ", ".join(keys) for field, keys in found.items() if keys},
            stamps=stamps,
            skip=f"coalesce({lines.BLANK_OR_COMMENT}, CASE WHEN NOT ({self._is_call(bool(asking))})"
            " THEN 'no call' END)",
            reject=f"CASE WHEN head.name = '' AND ext = line THEN 'is no line of {self.title}' END",
            ambiguous_days=options.day_first is None and is_ambiguous(stamps),
        )

    def _has(self, row: Row, *fields: str) -> bool:
        return any(row.get(key) for field in fields for key in self.keys[field])

    def _is_call(self, asking: bool) -> str:
        fields = ("method", "path") if asking else ("user",)
        told = [f"{_value(key)} IS NOT NULL" for field in fields for key in self.keys[field]]
        # What is no such line is a reject.
        return f"{' OR '.join(told)} OR ext = line"


_DAY = r"^(\d\d?)[/.-](\d\d?)[/.-](\d{4})"


def _order(rows: Sequence[Row]) -> str:
    """What puts a date in ISO's order, where lines say how they write it (`dd/MM/yyyy HH:mm`)."""
    written = next((row["devTimeFormat"] for row in rows if "devTimeFormat" in row), "")
    found = re.match(r"(d|M)\1?[/.-](d|M)\2?[/.-]yyyy", written)
    return "" if not found else r"\3-\2-\1" if found[1] == "d" else r"\3-\1-\2"


def _used(keys: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(key for key in keys if any(row.get(key) for row in rows))


def _value(key: str) -> str:
    """SQL: what stands behind a key, or NULL; or the time before the event."""
    if key == _BEFORE:
        return f"nullif(regexp_extract(head.before, {literal(STAMP)}), '')"
    word = f"list_filter(words, lambda x: starts_with(x, {literal(key + '=')}))[1]"
    value = f"trim(substr({word}, {len(key) + 2}))"
    return f"nullif(replace(replace({value}, '\\=', '='), '\\\\', '\\'), '')"


def _code(key: str) -> str:
    """SQL: the number of a status that stands behind a key, or NULL."""
    return f"nullif(regexp_extract({_value(key)}, '^[1-5]\\d\\d$'), '')"


def _described(fields: dict[str, str], *, asking: bool) -> dict[str, str]:
    """What the fields of a call are beyond their keys.

    Before the path may stand the method, or the host alone; what somebody did has but a name.
    """
    told = {}
    if "path" in fields:
        whole = f"regexp_extract({fields['path']}, '^{_METHOD} +(\\S+)', 1)"
        told["path"] = f"coalesce(nullif({whole}, ''), {_rooted(fields['path'])})"
        if "method" not in fields:
            verb = f"regexp_extract({fields['path']}, '^({_METHOD}) +[/h]', 1)"
            told["method"] = f"nullif({verb}, '')"
    if not asking:
        told["api"] = "nullif(replace(head.name, '\\|', '|'), '')"
    return told


def _rooted(path: str) -> str:
    """SQL: an address without its scheme (`a.example/b`) with one."""
    bare = f"regexp_matches({path}, '^[\\w.-]+\\.[a-zA-Z]{{2,}}(:\\d+)?(/|$)')"
    return f"CASE WHEN {bare} THEN 'http://' || {path} ELSE {path} END"
