r"""One pass over the bytes of a text file: is it clean, and where are its empty lines?

Every byte of every log comes through here, so each question is asked of a whole chunk by something
that runs at the speed of memory. To search for `\n\n` as bytes, or for the places of line feeds,
takes longer than everything else together.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from credits.times import Ints

CHUNK = 1 << 20
"""Bytes: small enough to stay in the processor's cache while they are looked at several times."""
TAIL = 256 << 10
_FEED, _RETURN = 10, 13
_BEYOND_ASCII = 128

Bytes = npt.NDArray[np.uint8]


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
            bytes_ = np.frombuffer(chunk, np.uint8)
            if found.utf8 and (bytes_.max() >= _BEYOND_ASCII or decoder.getstate()[0]):
                found.utf8 = _decodes(decoder, chunk)
            found.dirty |= bool(bytes_.min() <= 1)
            ends.look(bytes_, carriages=b"\r" in chunk)
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
        self.before = b"\n"
        """The last two bytes before the chunk; a file begins as if a line had ended there."""
        self.is_feed = np.empty(CHUNK, dtype=np.bool_)

    def look(self, bytes_: Bytes, *, carriages: bool) -> None:
        """Count those of a chunk; `carriages`: whether it has carriage returns."""
        is_feed = np.equal(bytes_, _FEED, out=self.is_feed[: len(bytes_)])
        self.found.newlines += int(np.count_nonzero(is_feed))
        # Most chunks have no empty line: only in the others is it asked where line feeds are.
        if carriages or self.before[-1] in (_FEED, _RETURN) or np.any(is_feed[1:] & is_feed[:-1]):
            self._look_closely(bytes_, np.flatnonzero(is_feed), carriages=carriages)
        self.before = (self.before + bytes_[-2:].tobytes())[-2:]

    def _look_closely(self, bytes_: Bytes, feeds: Ints, *, carriages: bool) -> None:
        found = self.found
        found.carriage += int(np.count_nonzero(bytes_ == _RETURN)) if carriages else 0
        if not len(feeds):
            return
        # Where the last feed before the chunk is, as far as it matters: right before, or one off.
        last = -1 if self.before[-1] == _FEED else -2 if self.before == b"\n\r" else -3
        lengths = np.diff(feeds, prepend=last) - 1
        found.blank += int(np.count_nonzero(lengths == 0))
        if carriages or self.before[-1] == _RETURN:
            returns = bytes_[feeds - 1] == _RETURN
            if feeds[0] == 0:
                returns[0] = self.before[-1] == _RETURN
            found.pairs += int(np.count_nonzero(returns))
            found.blank += int(np.count_nonzero((lengths == 1) & returns))


def _decodes(
    decoder: codecs.IncrementalDecoder, chunk: bytes | bytearray, *, final: bool = False
) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
