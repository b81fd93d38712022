"""JSON values read one after another without ever holding the whole file, broken ones among them.

Rows lie side by side, in arrays, or in objects that hold them; what is no JSON is a row of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO, Any

from credits.formats.holders import HOLDERS, holder, holds_rows, is_time, rows_of
from credits.formats.meanings import plain_name

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


class Splitter:
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
                held = yield from self._row(room=len(inside) < _DEEPEST)
                if held is not None:
                    inside.append(held)
                    self._skip(1)

    def _member(self, within: _Holder) -> list[_Holder | None]:
        """Pass over a member of an object, or step into it where it leads to the rows."""
        way = within.way
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
                if type(value) is not dict or holds_rows(value):
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
        if room and type(value) is dict and (way := holder(value)) is not None:
            return _Holder(way)
        for row in rows_of(value, self.text[self.at : end]):
            self.given += 1
            yield row, line
        self._skip(end - self.at)
        return None

    def _opens(self) -> _Holder | None:
        """What holds rows here although it is too large to be read whole, or is cut off."""
        head = _HEAD.match(self.text, self.at)
        if head is not None and plain_name(head[2]) in HOLDERS:
            if not any(map(is_time, _NAMES.findall(head[1]))):
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
