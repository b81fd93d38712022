"""JSON documents, arrays and wrapped arrays, written out as one object a line.

`[{…}, {…}]`, `{"Records": [{…}]}`, objects printed over many lines, and several documents one after
another all become JSON lines; where each object began in the file is remembered for its rejects.
What is no object, or broken, becomes a line of its own too: nothing in the file is lost.
"""

from __future__ import annotations

import json
import os
import re
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from credits import CreditsError
from credits.formats.base import Sample, json_value
from credits.formats.headers import MEANINGS, plain_name
from credits.formats.packing import Plain

_CHUNK = 4 << 20
_LARGEST_ROW = 4 << 20
"""Characters: an object that is longer is no row but holds rows, and is read as it comes."""
_DEEPEST = 20
"""Objects and arrays within each other that hold rows."""
_MARGIN = 200
_FORGOTTEN = 1 << 16
_SHORT = 2048
"""Characters tried first after something broken: Python counts the lines before an error."""
_TOO_DEEP = 100
_WARY = 20
"""Values read so before long ones are tried again."""
_CUT_OFF = 64
"""Characters before the end of what was read in which a token may have been cut in two."""

_LONGEST_TEXT = 4 << 20
"""Characters of a row that are kept: a longer one is no JSON any more, and becomes a reject."""
_HOLDERS = frozenset(
    {"records", "value", "values", "data", "events", "logs", "items", "results", "result", "list"}
    | {"entries", "rows", "hits", "messages", "requests", "calls", "logevents", "response"}
)
"""Names under which programming interfaces hand out rows."""


def needs_unfolding(sample: Sample) -> bool:
    """Whether a log is JSON but not one object a line."""
    start = sample.text.lstrip()
    if not start.startswith(("{", "[")):
        return False
    values = [json_value(line) for line in sample.filled[:20]]
    if any(isinstance(v, list) or (isinstance(v, dict) and _holds_rows(v)) for v in values):
        return True
    if values and isinstance(values[0], dict):
        return False
    # A broken first line does not make a document of the sound ones below it. And an access log
    # with an IPv6 address or a bracketed time begins with "[" too.
    opens = start.startswith("[") or not values or sample.filled[0].rstrip().endswith(("{", "["))
    sound = any(isinstance(v, dict) for v in values)
    return (opens or not sound) and start[1:].lstrip()[:1] in ("{", '"', "]", "}", "[", "")


def unfold(plain: Plain, scratch: Path) -> tuple[Plain, array[int]]:
    """The log as JSON lines in the scratch folder, and the line each object began on.

    Raises CreditsError where the file is no JSON after all.
    """
    target = scratch / f"{os.urandom(8).hex()}.jsonl"
    begins = array("q")
    objects = False
    with (
        plain.path.open(encoding="utf-8", errors="replace") as file,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for text, line in _Splitter(file).rows():
            row = text[:_LONGEST_TEXT]
            out.write(row.replace("\n", " ") if "\n" in row else row)
            out.write("\n")
            begins.append(line)
            objects = objects or text.startswith("{")
    if not objects:
        raise CreditsError(f"{plain.name} holds no JSON objects: there is nothing to load.")
    return replace(plain, path=target, blank=False, trailing_blank=0), begins


# ── what holds rows ────────────────────────────────────────────────────────────────────────────


def _holds_rows(value: Mapping[str, Any]) -> bool:
    return _holder(value) is not None or _is_bucket(value)


def _holder(value: Mapping[str, Any], depth: int = 2) -> tuple[str, ...] | None:
    """The keys under which an object carries the rows, as CloudTrail's `Records` does."""
    lists = [key for key, item in value.items() if type(item) is list and _are_rows(item)]
    known = next((key for key in lists if key in ("Records", "records")), None)
    if known is not None and (not _is_row(value) or _is_row(value[known][0])):
        return (known,)
    if len(value) > 8 or (not lists and not depth) or _is_row(value):
        return None
    if len(lists) == 1:
        held = plain_name(lists[0]) in _HOLDERS or _is_row(value[lists[0]][0])
        return (lists[0],) if held else None
    if lists or not depth:
        return None
    inner = [
        (key, *path)
        for key, item in value.items()
        if isinstance(item, dict) and (path := _holder(item, depth - 1))
    ]
    return inner[0] if len(inner) == 1 else None


def _are_rows(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items[:20])


def _is_row(value: Mapping[str, Any]) -> bool:
    return any(_is_time(key) for key in value)


_TIMES = frozenset(MEANINGS["occurred_at"].split())


@lru_cache(4096)
def _is_time(key: str) -> bool:
    return plain_name(key) in _TIMES


def _is_bucket(value: Mapping[str, Any]) -> bool:
    """Whether it is a span of time with what happened in it, as in OpenAI's usage export."""
    return "start_time" in value and _are_rows(_list(value.get("results")))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _emptied(bucket: Mapping[str, Any]) -> Iterator[str]:
    """Each row of a bucket, with the bucket's own values in it."""
    shared = {key: item for key, item in bucket.items() if not isinstance(item, list | dict)}
    for row in bucket["results"]:
        yield json.dumps({**shared, **row} if isinstance(row, dict) else row)


# ── reading ────────────────────────────────────────────────────────────────────────────────────


class _BrokenError(ValueError):
    """There is no JSON value at this place."""


_DECODER = json.JSONDecoder()
_SCAN = _DECODER.scan_once  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Holder:
    """An object that is open around the place where rows are read."""

    way: tuple[str, ...] | None
    """The keys that lead from here to its rows; None: whichever lead to objects."""
    start: tuple[str, int] = ("", 0)
    """How its text begins, and its line."""
    given: int = 0
    """How many rows had been given before it."""


class _Splitter:
    """Reads JSON values one after another without ever holding the whole file."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.scan = _DECODER.raw_decode
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False
        self.given = 0
        self.deep = False
        """Whether the value that was broken is nested too deeply to be read."""
        self.truncated = False
        """Whether it is broken only because the file ends in it."""
        self.wary = 0
        """How many of the next values are first looked for in a short text."""

    def rows(self) -> Iterator[tuple[str, int]]:
        """The text and the first line of every row, however they are nested."""
        inside: list[_Holder | None] = []  # None is an array
        while mark := self._mark():
            within = inside[-1] if inside else None
            if within is not None and mark == '"':
                inside += self._member(within)
            elif mark in "]}:":
                # A stray bracket means nothing.
                if inside and mark == ("]" if within is None else "}"):
                    inside.pop()
                    if within is not None and within.way is None and within.given == self.given:
                        yield within.start
                self._skip(1)
            elif within is not None:
                inside.pop()  # an object that goes on like this has ended
            elif mark == "[" and not inside:
                inside.append(None)
                self._skip(1)
            elif self.wary or not (yield from self._run()):
                holder = yield from self._row(room=len(inside) < _DEEPEST)
                if holder is not None:
                    inside.append(holder)
                    self._skip(1)

    def _member(self, holder: _Holder) -> list[_Holder | None]:
        """Pass over a member of an object, or step into it where it leads to the rows."""
        way = holder.way
        try:
            key, end = self._value()
            self._skip(end - self.at)
            while self._mark() == ":":
                self._skip(1)
            mark = self._mark()
            if mark == "[" and (way == (key,) or (way is None and self._next() == "{")):
                self._skip(1)
                return [None]
            if mark == "{" and way is not None and len(way) > 1 and way[0] == key:
                self._skip(1)
                return [_Holder(way[1:])]
            if mark not in "]}":
                # An object as large as that may hold the rows.
                _, end = self._value(most=_LARGEST_ROW) if mark == "{" else self._value()
                self._skip(end - self.at)
        except _BrokenError:
            large = len(self.text) - self.at > _LARGEST_ROW
            deeper = self.text.startswith("{", self.at) and large
            self._skip(1)
            return [_Holder(None, given=-1)] if deeper else []
        return []

    def _run(self) -> Generator[tuple[str, int], None, bool]:
        """The sound rows from here on that lie in what was read: what is common, done quickly."""
        text, at, line, scan = self.text, self.at, self.line, _SCAN
        given = self.given
        try:
            while True:
                start = _after_space(text, at)
                value, end = scan(text, start)
                if type(value) is not dict or _holds_rows(value):
                    break
                line += text.count("\n", at, start)
                yield text[start:end], line
                self.given += 1
                line += text.count("\n", start, end)
                at = end
        except (StopIteration, ValueError, RecursionError):
            pass  # where it is not so simple, `_row` looks again
        self.at, self.line = at, line
        return self.given > given

    def _row(self, *, room: bool) -> Generator[tuple[str, int], None, _Holder | None]:
        """Give what stands here as rows; or give none, and return what holds them."""
        line = self.line
        try:
            value, end = self._value(most=_LARGEST_ROW)
        except _BrokenError:
            held = self._opens() if room else None
            self.deep |= not room
            if held is None:
                self.given += 1
                yield self._broken(), line
            return held
        if room and type(value) is dict and (way := _holder(value)) is not None:
            return _Holder(way)
        for row in _rows(value, self.text[self.at : end]):
            self.given += 1
            yield row, line
        self._skip(end - self.at)
        return None

    def _opens(self) -> _Holder | None:
        """What holds rows here although it is too large to be read whole, or is cut off."""
        head = _HEAD.match(self.text, self.at)
        if head is not None and plain_name(head[2]) in _HOLDERS:
            if not any(map(_is_time, _NAMES.findall(head[1]))):
                return _Holder((head[2],))
        if self.text[self.at] == "{" and len(self.text) - self.at > _LARGEST_ROW:
            return _Holder(None, (self.text[self.at : self.at + 1000], self.line), self.given)
        return None

    def _value(self, most: int = 64 * _LARGEST_ROW) -> tuple[Any, int]:
        """The value here and where it ends. Raises _BrokenError where there is none."""
        deep, self.deep, self.truncated = self.deep, False, False
        if self.wary and (short := self._short(deep=deep)) is not None:
            return short
        while True:
            try:
                return self.scan(self.text, self.at)
            except RecursionError:
                self.deep = True
                raise _BrokenError("nested too deeply") from None
            except json.JSONDecodeError as error:
                place, open_string = error.pos, error.msg.startswith("Unterminated")
            except ValueError:
                raise _BrokenError("a number of too many digits") from None
            cut = open_string or place >= len(self.text) - _CUT_OFF
            if not cut or self.ended or len(self.text) - self.at > most:
                ends = open_string or (cut and "}" not in self.text[place:])
                self.truncated = self.ended and ends
                raise _BrokenError("no value here")
            self._more()

    def _short(self, *, deep: bool) -> tuple[Any, int] | None:
        """The value here if it is short; None if that can't be told. Raises _BrokenError.

        `deep`: the value before was nested too deeply, and so this one may be.
        """
        self.wary -= 1
        text = self.text[self.at : self.at + _SHORT]
        if deep and sum(map(text.count, "[{")) - sum(map(text.count, "]}")) > _TOO_DEEP:
            self.deep = True
            raise _BrokenError("nested too deeply")
        try:
            value, end = self.scan(text, 0)
        except json.JSONDecodeError as error:
            if error.pos < len(text) - _CUT_OFF and not error.msg.startswith("Unterminated"):
                raise _BrokenError("no value here") from None
            return None
        except (ValueError, RecursionError):
            return None
        return (value, self.at + end) if end < len(text) else None

    def _broken(self) -> str:
        """What can't be read, up to where reading may go on: its line, or where its like begins."""
        truncated, opening = self.truncated, None
        self.wary = _WARY
        if not self.ended and len(self.text) - self.at < _LARGEST_ROW:
            self._more()
        if not self.deep:
            opening = _OPENING.match(self.text, self.at)
        size = len(self.text)
        newline = self.text.find("\n", self.at)
        end = newline if newline >= 0 else size
        if opening is not None and self.text[self.at : end].strip() == "{":
            end = self._closed(opening)
        elif opening is not None:
            # How far to look for its like is bounded, lest each of many looks at all the rest.
            again = self.text.find(opening[0], opening.end(), size if truncated else end)
            end = min(end, again) if again >= 0 else size if truncated else end
        elif truncated:
            end = size
        end = end if end > self.at else size
        text = self.text[self.at : end].rstrip(" \t\r\n,")
        self._skip(end - self.at)
        # Python counts the lines before an error, each time: there should be few.
        if self.at > _FORGOTTEN:
            self._forget()
        return text

    def _closed(self, opening: re.Match[str]) -> int:
        """Where a broken object over many lines ends, or -1.

        It ends with the bracket that stands as far from the margin, or where its like begins.
        """
        margin = self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]
        bracket, reach, size = f"\n{margin}}}", _SHORT, len(self.text)
        while True:
            # A little further each time: whoever looks at all the rest does so for every object.
            stop = min(self.at + reach, size)
            closing = self.text.find(bracket, self.at, stop)
            again = self.text.find(opening[0], opening.end(), closing if closing >= 0 else stop)
            if again >= 0:
                return again
            if closing >= 0:
                return closing + len(bracket)
            if stop == size:
                return -1
            reach *= 4

    def _mark(self) -> str:
        """The next character that is neither white space nor a comma; empty at the end."""
        while True:
            end = _after_space(self.text, self.at)
            if end > self.at:
                self._skip(end - self.at)
            if len(self.text) - self.at >= _CUT_OFF or self.ended:
                return self.text[self.at : self.at + 1]
            self._more()

    def _next(self) -> str:
        """The character after this one, white space apart."""
        end = _after_space(self.text, self.at + 1)
        return self.text[end : end + 1]

    def _skip(self, count: int) -> None:
        end = self.at + count
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _more(self) -> None:
        # Twice as much each time: a large value is then parsed a few times, not once a chunk.
        chunk = self.file.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not chunk
        self._forget()
        self.text += chunk

    def _forget(self) -> None:
        """Let go of what has been read, but for what shows how far a line is indented."""
        kept = min(self.at, _MARGIN)
        self.text = self.text[self.at - kept :]
        self.at = kept


def _rows(value: Any, text: str) -> Iterable[str]:
    """A value that was read whole, as rows."""
    if type(value) is dict and _is_bucket(value):
        return _emptied(value)
    if type(value) is list and any(isinstance(row, dict) for row in value):
        return map(json.dumps, value)
    return (text,)


_SPACE = re.compile(r"[\s,\ufeff]*")
_OPENING = re.compile(r'\{\s*"[^"\\]*"\s*:')
_NAMES = re.compile(r'"([^"\\]*)"\s*:')
_HEAD = re.compile(
    r'\{\s*((?:"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*,\s*)*)"([^"\\]*)"\s*:\s*\[\s*\{'
)
"""The beginning of an object that holds rows: plain values, then an array of objects."""


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
