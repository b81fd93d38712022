r"""Lines of ArcSight's Common Event Format, as firewalls for the web and proxies write them.

`CEF:0|vendor|product|version|id|name|severity|key=value …`, behind whatever a syslog put first
(“ArcSight Common Event Format Implementation Standard”). Values hold blanks and no quotes: one ends
where the next key begins. A sign of equality in a value is written `\=`, a bar in the header `\|`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, first, literal
from credits.formats.stamps import STAMP, is_ambiguous

_FIELD = r"(?:[^|\\]|\\.)*"
HEADER = rf"^(.*?)CEF: ?\d+(?:\.\d+)?\|(?:{_FIELD}\|){{4}}({_FIELD})\|{_FIELD}\| *"
"""What precedes the pairs: what a syslog put first, and the name of the event."""
_KEY = r"[A-Za-z_][\w.-]*(?:\[\d+\])?"
_TRIED = 500

_KEYS = {
    "occurred_at": ("rt", "start", "end", "deviceReceiptTime", "startTime", "art"),
    "user": ("suser", "sourceUserName", "requestUser", "duser"),
    "app": ("requestClientApplication",),
    "path": ("request", "requestUrl", "url"),
    "method": ("requestMethod", "method"),
    "status": ("outcome", "httpStatusCode", "cn1"),
    "ip": ("src", "sourceAddress", "c-ip"),
}
"""Field → keys in order of preference."""
_METHOD = r"[A-Z]{3,10}"
_BEFORE = "(before CEF)"


class Cef:
    """Lines of CEF that tell of requests, or of what users did."""

    name = "cef"
    title = "CEF (Common Event Format)"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log of CEF lines if some of them name a request or, without ports, a user."""
        tried = sample.filled[:_TRIED]
        rows = [pairs for line in tried if (pairs := pairs_of(line[:20_000])) is not None]
        if len(rows) * 2 <= len(tried) or not rows:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no lines of {self.title} in its beginning:"
                    " choose another format."
                )
            return None
        asking = [row for row in rows if _asks(row)]
        of_people = [row for row in rows if _of_a_person(row)]
        if not asking and len(of_people) * 2 <= len(rows):
            return None
        found = {field: _used(keys, asking or of_people) for field, keys in _KEYS.items()}
        stamps = tuple(row[key] for row in rows for key in found["occurred_at"][:1] if key in row)
        if not found["occurred_at"]:
            before = (re.search(STAMP, line.split("CEF:", 1)[0]) for line in tried)
            stamps = tuple(match[0] for match in before if match)
            found["occurred_at"] = (_BEFORE,) if stamps else ()
        value = {"status": _code} if asking else {}
        fields = {
            field: first(map(value.get(field, _value), keys))
            for field, keys in found.items()
            if keys
        }
        fields |= _described(fields, asking=bool(asking))
        return lines.reading(
            self.name,
            sample,
            _steps(),
            fields,
            columns={field: ", ".join(keys) for field, keys in found.items() if keys},
            stamps=stamps,
            skip=f"coalesce({lines.BLANK_OR_COMMENT}, CASE WHEN NOT ({_is_call(bool(asking))})"
            " THEN 'no call' END)",
            reject="CASE WHEN head.name = '' AND ext = line THEN 'is no line of CEF' END",
            ambiguous_days=options.day_first is None and is_ambiguous(stamps),
        )


def pairs_of(line: str) -> dict[str, str] | None:
    """The pairs of a line, the first of each key; None if it is no line of CEF."""
    head = re.match(HEADER, line, re.ASCII) if "CEF:" in line else None
    if head is None:
        return None
    words = re.sub(f" ({_KEY}=)", "\x01\\1", " " + line[head.end() :]).split("\x01")
    found: dict[str, str] = {}
    for word in words[1:]:
        key, _, value = word.partition("=")
        found.setdefault(key, value.strip())
    return found


def _asks(row: dict[str, str]) -> bool:
    """Whether a line tells of a request: of its method, or of its address."""
    return any(row.get(key) for field in ("method", "path") for key in _KEYS[field])


def _of_a_person(row: dict[str, str]) -> bool:
    """Whether a line tells what somebody did, and of no connection between two machines."""
    return any(row.get(key) for key in _KEYS["user"]) and not row.keys() & {"dpt", "spt", "proto"}


def _used(keys: Sequence[str], rows: Sequence[dict[str, str]]) -> tuple[str, ...]:
    return tuple(key for key in keys if any(row.get(key) for row in rows))


def _steps() -> str:
    cut = literal(f" ({_KEY}=)")
    header = literal(HEADER)
    return f"""
regexp_extract(line, {header}, ['before', 'name']) AS head,
regexp_replace(line, {header}, '') AS ext
;
string_split(regexp_replace(' ' || ext, {cut}, chr(1) || '\\1', 'g'), chr(1)) AS words
"""


def _value(key: str) -> str:
    """SQL: what stands behind a key, or NULL; or the time before CEF."""
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


def _is_call(asking: bool) -> str:
    fields = ("method", "path") if asking else ("user",)
    told = [f"{_value(key)} IS NOT NULL" for field in fields for key in _KEYS[field]]
    # What is no line of CEF is a reject.
    return f"{' OR '.join(told)} OR ext = line"


FORMATS = (Cef(),)
