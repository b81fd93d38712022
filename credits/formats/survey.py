r"""One pass over the bytes of a text file: is it clean, and where are its empty lines?

Every byte of every log comes through here, so each question is asked of a whole chunk by something
that runs at the speed of memory; a search for `\n\n` as bytes alone took longer than all of them.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHUNK = 1 << 20
"""Bytes: small enough to stay in the processor's cache while they are looked at several times."""
TAIL = 256 << 10
_FEED, _RETURN = 10, 13


@dataclass
class Survey:
    """What one pass over the bytes of a text file found."""

    utf8: bool = True
    dirty: bool = False
    """Whether it has NUL bytes, U+0001 or more than one kind of line end."""
    carriage: int = 0
    pairs: int = 0
    newlines: int = 0
    blank: int = 0
    trailing_blank: int = 0


def survey(path: Path) -> Survey:
    """Look at every byte of a file."""
    found = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    ends = _LineEnds(found)
    buffer = bytearray(CHUNK)
    with path.open("rb") as file:
        while count := file.readinto(buffer):
            chunk = buffer if count == CHUNK else buffer[:count]
            if found.utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
                found.utf8 = _decodes(decoder, chunk)
            found.dirty |= b"\0" in chunk or b"\x01" in chunk
            ends.look(chunk)
        file.seek(-min(TAIL, file.tell()), os.SEEK_CUR)
        end = file.read()
    found.trailing_blank = max(0, end[len(end.rstrip(b"\r\n")) :].count(b"\n") - 1)
    found.utf8 = found.utf8 and _decodes(decoder, b"", final=True)
    # One kind of line end throughout: DuckDB's CSV reader stops at a mixture.
    found.dirty |= found.carriage != found.pairs or (0 < found.pairs != found.newlines)
    return found


class _LineEnds:
    """Counts line ends, and the lines with nothing before them, chunk by chunk."""

    def __init__(self, found: Survey) -> None:
        self.found = found
        self.offset = 0
        self.last_feed = -1
        self.last_byte = _FEED

    def look(self, chunk: bytearray) -> None:
        found = self.found
        bytes_ = np.frombuffer(chunk, np.uint8)
        feeds = np.flatnonzero(bytes_ == _FEED)
        found.newlines += len(feeds)
        # Asked first, because counting bytes that are not there takes ten times as long.
        carriages = int(np.count_nonzero(bytes_ == _RETURN)) if b"\r" in chunk else 0
        found.carriage += carriages
        if len(feeds):
            returns = self._returns(bytes_, feeds, carriages)
            lengths = np.diff(feeds, prepend=self.last_feed - self.offset) - 1
            found.blank += int(np.count_nonzero(lengths == 0))
            if returns is not None:
                found.pairs += int(np.count_nonzero(returns))
                found.blank += int(np.count_nonzero((lengths == 1) & returns))
            self.last_feed = self.offset + int(feeds[-1])
        self.offset += len(chunk)
        self.last_byte = chunk[-1]

    def _returns(self, bytes_: np.ndarray, feeds: np.ndarray, carriages: int) -> np.ndarray | None:
        """For each line feed whether a carriage return stands before it; None if none does."""
        if not carriages and self.last_byte != _RETURN:
            return None
        before: np.ndarray = bytes_[feeds - 1] == _RETURN
        if feeds[0] == 0:
            before[0] = self.last_byte == _RETURN
        return before


def _decodes(
    decoder: codecs.IncrementalDecoder, chunk: bytes | bytearray, *, final: bool = False
) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
