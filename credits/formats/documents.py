"""JSON documents, arrays and wrapped arrays, written out as one object a line.

`[{…}, {…}]`, `{"Records": [{…}]}`, objects printed over many lines, and several documents one after
another all become JSON lines; where each object began in the file is remembered for its rejects.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from credits import CreditsError
from credits.formats.base import Sample
from credits.formats.packing import Plain

_CHUNK = 4 << 20
_LARGEST = 256 << 20
"""Characters of one JSON value that is held in memory while it is split."""


def needs_unfolding(sample: Sample) -> bool:
    """Whether a log is JSON but not one object a line."""
    start = sample.text.lstrip()
    if not start.startswith(("{", "[")):
        return False
    line = next(iter(sample.filled), "").strip()
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # An access log with an IPv6 address or a bracketed time begins with "[" too.
        return start[1:].lstrip()[:1] in ("{", '"', "]", "}", "[", "")
    if isinstance(value, list):
        return True
    return isinstance(value, dict) and _wrapped(value) is not None


def unfold(plain: Plain, scratch: Path) -> tuple[Plain, array[int]]:
    """The log as JSON lines in the scratch folder, and the line each object began on.

    Raises CreditsError where the file is no JSON after all.
    """
    target = scratch / f"{os.urandom(8).hex()}.jsonl"
    begins = array("q")
    with plain.path.open(encoding="utf-8", errors="replace") as file, target.open("w") as out:
        for text, line in _Splitter(file).objects():
            out.write(text.replace("\n", " ").replace("\r", " "))
            out.write("\n")
            begins.append(line)
    if not begins:
        raise CreditsError(f"{plain.name} holds no JSON objects: there is nothing to load.")
    return replace(plain, path=target, blank=False, trailing_blank=0), begins


def _wrapped(value: dict[str, Any]) -> str | None:
    """The key under which an object carries the rows, as CloudTrail's `Records` does."""
    lists = [
        key
        for key, item in value.items()
        if isinstance(item, list) and item and all(isinstance(row, dict) for row in item[:20])
    ]
    if len(lists) == 1 and len(value) <= 8 and not _looks_like_a_row(value):
        return lists[0]
    return next((key for key in ("Records", "records") if key in lists), None)


def _looks_like_a_row(value: dict[str, Any]) -> bool:
    from credits.formats.headers import MEANINGS, plain_name

    times = set(MEANINGS["occurred_at"].split())
    return any(plain_name(key) in times for key in value)


class _Splitter:
    """Reads JSON values one after another without ever holding the whole file."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.decoder = json.JSONDecoder()
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def objects(self) -> Iterator[tuple[str, int]]:
        """The text and the first line of every object, however they are nested."""
        while (mark := self._peek()) is not None:
            if mark in "[],:":
                self._skip(1)
                continue
            if (wrapper := self._wrapper()) is not None:
                self._skip(wrapper)
                continue
            if mark == "}":
                self._skip(1)
                continue
            line = self.line
            try:
                value, end = self._value()
            except ValueError:
                yield self._rest_of_line(), line
                continue
            if isinstance(value, dict):
                key = _wrapped(value)
                rows = value[key] if key else [value]
                whole = self.text[self.at : end] if key is None else ""
                for row in rows:
                    yield (whole or json.dumps(row, ensure_ascii=False), line)
            self._skip(end - self.at)

    def _wrapper(self) -> int | None:
        """The length of `{"Records": [` at this place, so that its rows are read one by one."""
        head = self.text[self.at : self.at + 40]
        for key in ("Records", "records", "value"):
            opened = f'{{"{key}":['
            squeezed = "".join(head.split())
            if squeezed.startswith(opened):
                return head.index("[") + 1
        return None

    def _value(self) -> tuple[Any, int]:
        """The value here and where it ends. Raises ValueError where there is none."""
        while True:
            try:
                return self.decoder.raw_decode(self.text, self.at)
            except RecursionError:
                raise ValueError("nested too deeply") from None
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self.text) - 64 or error.msg.startswith("Unterminated")
                if not cut or self.ended or len(self.text) - self.at > _LARGEST:
                    raise
                self._more()

    def _rest_of_line(self) -> str:
        """What stands on this line from here on: no JSON, so that it becomes a reject."""
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        text = self.text[self.at : end]
        self._skip(end - self.at)
        return text

    def _peek(self) -> str | None:
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n\ufeff":
                self._skip(1)
            if self.at < len(self.text):
                if len(self.text) - self.at < 64 and not self.ended:
                    self._more()
                return self.text[self.at]
            if self.ended:
                return None
            self._more()

    def _skip(self, count: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _more(self) -> None:
        # Twice as much each time: a large value is then parsed a few times, not once a chunk.
        chunk = self.file.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not chunk
        self.text = self.text[self.at :] + chunk
        self.at = 0
