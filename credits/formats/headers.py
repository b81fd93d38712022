"""Columns matched by meaning, in every log whose columns a person named: CSV, Parquet, JSON, pairs.

`meanings` says what a name means and what must stand below it; here it is found which column
serves which field, and what a person said instead. How its values are read stands in `values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from credits import CreditsError
from credits.formats.base import FIELDS
from credits.formats.ids import ASKED, REQUEST_IDS, is_of_another
from credits.formats.meanings import (
    KIND,
    VERB,
    WORDS,
    filled,
    fits,
    is_processor_time,
    mostly,
    numbered,
    plain_name,
    time_name,
)
from credits.formats.stamps import is_stamp


def match(names: Sequence[str], values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column that means it.

    `names`: the column names; `values`: for each column some cells from the sample. A column
    serves one field only, and only if its cells fit that field.
    """
    plain = [plain_name(name) for name in names]
    times = [time_name(name) for name in plain]
    found: dict[str, int] = {}
    taken: set[int] = set()
    # Counts before paths (`requests` is a number, `request` a line), ids last (`id` is vague).
    for field in ("occurred_at", "calls", "credits", "records", *FIELDS):
        if field in found:
            continue
        fitting = [
            index
            for word in WORDS[field]
            for index, name in enumerate(plain)
            if (name == word or (field == "occurred_at" and times[index] == word))
            and index not in taken
            and fits(field, word, values[index])
            and not (name == "user" and is_processor_time(plain, values[index]))
        ]
        if fitting:
            # A column that is blank throughout tells less than any other, a word less than the
            # number of a status, and how somebody logged in less than HTTP's method.
            fitting.sort(key=lambda i: field == "status" and not are_codes(values[i]))
            fitting.sort(key=lambda i: field == "method" and not _are_verbs(values[i]))
            found[field] = next((i for i in fitting if filled(values[i])), fitting[0])
            taken.add(found[field])
    return found


def are_codes(cells: Sequence[str]) -> bool:
    """Whether cells hold HTTP's numbers of a status."""
    told = filled(cells)
    return bool(told) and mostly(r"[1-5]\d\d(\.0)?$", told)


def _are_verbs(cells: Sequence[str]) -> bool:
    """Whether cells hold HTTP's methods."""
    told = filled(cells)
    return bool(told) and mostly(rf"({VERB}|CONNECT|TRACE)$", told)


def match_parts(names: Sequence[Sequence[str]], values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column that means it, for names of several parts.

    `http.request.method` is looked at as it stands, then as `method` or `request.method`.
    """
    wholes = [".".join(parts) for parts in names]
    ends = [
        "" if count == 1 and _is_of_another_path(parts) else ".".join(parts[-count:])
        for count in (1, 2)
        for parts in names
    ]
    found: dict[str, int] = {}
    for called, cells in ((wholes, values), (ends, [*values, *values])):
        for field, place in match(called, cells).items():
            index = place % len(names)
            another = field == "request_id" and is_of_another(names[index], values[index])
            number = field == "status" and are_codes(values[index])
            known = field in found and (not number or are_codes(values[found[field]]))
            if not known and index not in found.values() and not another:
                found[field] = index
    if "user" in found:
        # Of what somebody did, an audit log tells the kind: `api_key.created`.
        kinds = [i for i, parts in enumerate(names) if list(parts) == ["type"]]
        told = filled(values[kinds[0]]) if kinds else []
        other = {field: found[field] for field in ("api", "path", "method") if field in found}
        # What only few rows tell is what a few kinds were done with.
        rare = all(len(filled(values[index])) * 2 < len(told) for index in other.values())
        if told and mostly(KIND, told) and rare:
            found = {f: index for f, index in found.items() if f not in other}
            found["api"] = kinds[0]
        if found.keys().isdisjoint(ASKED):
            found |= _numbered_kind(names, values, found)
    return found


def _numbered_kind(
    names: Sequence[Sequence[str]], values: Sequence[Sequence[str]], found: Mapping[str, int]
) -> dict[str, int]:
    """The column in which a number stands for what somebody did, where nothing else names it."""
    for index, parts in enumerate(names):
        if index not in found.values() and numbered(parts[-1], values[index]):
            return {"api": index}
    return {}


def _is_of_another_path(parts: Sequence[str]) -> bool:
    """Whether a name says where a file or a person's page lies: `log.file.path`, `author.uri`."""
    *_, owner, leaf = ["", *map(plain_name, parts)]
    if leaf == "path" and owner in ("file", "log", "process", "origin"):
        return True
    return leaf in WORDS["path"] and (owner == "author" or owner in WORDS["user"])


_SPELT = ("occurred_at", "method", "status", "path", "ip", "app")


def spelt_otherwise(
    names: Sequence[Sequence[str]], values: Sequence[Sequence[str]], found: Mapping[str, int]
) -> dict[str, list[int]]:
    """Field → further columns that mean it by their name, below the same keys as the one found.

    Of objects that not one program wrote, some may say `ts` where others say `timestamp`.
    """
    further: dict[str, list[int]] = {}
    for field in _SPELT:
        if field not in found:
            continue
        *owner, _ = ".".join(names[found[field]]).split(".")
        for index, parts in enumerate(names):
            *own, leaf = ".".join(parts).split(".")
            if own != owner or index in found.values():
                continue
            plain = plain_name(leaf)
            called = {plain, time_name(plain)} if field == "occurred_at" else {plain}
            word = next((word for word in WORDS[field] if word in called), None)
            if word and filled(values[index]) and fits(field, word, values[index]):
                further.setdefault(field, []).append(index)
    return further


def guess(values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column whose cells show what it is, for a log without a header."""
    found: dict[str, int] = {}
    told = [filled(cells) for cells in values]
    for field, looks in _LOOKS:
        fitting = [
            index
            for index, cells in enumerate(told)
            if index not in found.values()
            and cells
            and sum(1 for cell in cells if looks(cell)) * 10 >= len(cells) * 8
        ]
        if fitting:
            # Every call has a path, and not every one a referer, which looks like it.
            found[field] = max(fitting, key=lambda index: len(told[index]))
    return found


_MAIL = r"[^@\s]+@[^@\s]+\.\w+$"


def _looks_like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda cell: compiled.match(cell) is not None


_LOOKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("occurred_at", lambda cell: is_stamp(cell) and not re.match(r"\d{1,9}$", cell)),
    ("path", _looks_like(rf"(({VERB}|CONNECT|TRACE) )?(https?://|/)\S*")),
    # A clock has colons, too.
    ("ip", _looks_like(r"\d{1,3}(\.\d{1,3}){3}$|(?=.*::|([\da-f]*:){7})[\da-f:.]+$")),
    ("method", _looks_like(rf"({VERB})$")),
    ("user", _looks_like(_MAIL)),
    ("status", _looks_like(r"[1-5]\d\d$")),
    ("request_id", _looks_like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")),
    ("app", _looks_like(r"(Mozilla|curl|python-requests|okhttp)/")),
)


def check(mapping: Mapping[str, str]) -> None:
    """Raises CreditsError where a column is mapped to what is no field."""
    for field in mapping:
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            raise CreditsError(
                f"There is no field “{field}” to map a column to: use one of {known}."
            )


def chosen(mapping: Mapping[str, str], names: Sequence[str], *, numbered: bool) -> dict[str, int]:
    """What a person said (`--map user=c`), as field → index. Raises CreditsError.

    `numbered`: the log has no header, so columns go by their number, from 1.
    """
    check(mapping)
    found = {}
    for field, column in mapping.items():
        if column in names and not numbered:
            found[field] = names.index(column)
        elif column.isdigit() and 1 <= int(column) <= len(names):
            found[field] = int(column) - 1
        else:
            known = f"1 to {len(names)}" if numbered else ", ".join(names[:40])
            raise CreditsError(f"The log has no column “{column}” for {field}: it has {known}.")
    return found


_CLOCKS = ("time", "timeofday", "clock", "timeutc", "uhrzeit", "hora", "heure", "hour")


def clock_of(
    names: Sequence[str],
    values: Sequence[Sequence[str]],
    stamps: Sequence[str],
    beside: int | None = None,
) -> int | None:
    """Index of the column that tells the time of day, where the stamps tell only the day.

    `beside`: which column may be it, of a log without names.
    """
    if not stamps or any(re.search(r"\d:\d\d", stamp) for stamp in stamps):
        return None
    plain = [plain_name(name) for name in names]
    tried = [plain.index(word) for word in _CLOCKS if word in plain]
    if beside is not None:
        tried = [beside] if beside < len(values) else []
    for index in tried:
        told = filled(values[index])
        if told and (all(map(_CLOCK.match, told)) or (plain[index] == "hour" and _are_hours(told))):
            return index
    return None


_CLOCK = re.compile(r"\d\d?:\d\d")


def _are_hours(cells: Sequence[str]) -> bool:
    """Whether cells are hours of the day without minutes: `0` to `23`."""
    told = filled(cells)
    return bool(told) and all(re.match(r"([01]?\d|2[0-3])$", cell) for cell in told)


def clock_sql(text: str, cells: Sequence[str]) -> str:
    """SQL of the time of day that stands in a column."""
    return f"lpad(trim({text}), 2, '0') || ':00'" if _are_hours(cells) else text


def clock_text(cell: str) -> str:
    """The same of a cell of the sample."""
    return f"{cell.strip():0>2}:00" if _are_hours([cell]) else cell


def names_calls(fields: Mapping[str, int] | Mapping[str, str], names: Sequence[str] = ()) -> bool:
    """Whether some columns can be a call at all: a time, and at least one thing that names it.

    `fields` gives the name of each field's column, or its index in `names`.
    """
    telling = {"user", "app", "api", "path", "method", "calls", "credits"}
    identity = fields.get("request_id")
    if isinstance(identity, int):
        identity = names[identity] if names else "request id"
    if identity is not None and plain_name(identity.split("\0")[-1]) in REQUEST_IDS:
        telling.add("request_id")
    return "occurred_at" in fields and bool(telling & set(fields))


def tells_who_was_answered(fields: Mapping[str, int], values: Sequence[Sequence[str]]) -> bool:
    """Whether columns give a time, an address and HTTP's number of a status: a server's answers,
    though they do not say to what.
    """
    told = {"occurred_at", "ip", "status"} <= fields.keys()
    return told and are_codes(values[fields["status"]])


def caller_by_host(
    names: Sequence[str], values: Sequence[Sequence[str]], found: Mapping[str, int]
) -> dict[str, int]:
    """The address of a table of requests in which nothing but a `host` may say who called.

    Hosts of many domains called; that which was called, or wrote the log, is of one or two.
    """
    asks = {"occurred_at", "method", "path"} <= found.keys()
    plain = [plain_name(name) for name in names]
    if not asks or found.keys() & {"user", "app", "ip"} or "host" not in plain:
        return {}
    index = plain.index("host")
    hosts = filled(values[index])
    domains = {tuple(host.lower().split(".")[-2:]) for host in hosts}
    relative = mostly("/", filled(values[found["path"]]))
    many = len(domains) >= _MANY_DOMAINS and mostly(r"[\w.*-]+$", hosts)
    return {"ip": index} if relative and many else {}


_MANY_DOMAINS = 5


def caller_without_name(names: Sequence[str], values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Who called, where that stands below no name: addresses of mail in the one such column."""
    without = [index for index, name in enumerate(names) if not name.strip()]
    told = filled(values[without[0]]) if len(without) == 1 else []
    return {"user": without[0]} if told and mostly(_MAIL, told) else {}


class NoCallsError(CreditsError):
    """A log whose columns make no calls, as far as their names tell: a person may choose them."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        listed = ", ".join(names[:12]) + ("…" if len(names) > 12 else "")
        super().__init__(
            f"{name} has no columns that make a call, a time and who called or what was called"
            f" (it has {listed}): name them with --map or on the Logs page."
        )
        self.names = tuple(names)
