r"""One pass over the bytes of a text file: is it clean, and where are its empty lines?

Every byte of every log comes through here, so each question is asked of a whole chunk by something
that runs at the speed of memory. To search for `\n\n` as bytes, or for the places of line feeds,
takes longer than everything else together. Pieces of a large file are looked at side by side: each
begins behind a line feed, which is never inside a character.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from credits.times import Ints

CHUNK = 1 << 19
"""Bytes: small enough to stay in the processor's cache while they are looked at several times."""
PIECE = 32 << 20
"""Bytes, more or less, that a thread looks at before it turns to the next ones."""
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
    parts = list(pairwise(_ends(path)))
    if len(parts) == 1:
        pieces = [_look(path, *parts[0])]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            pieces = list(threads.map(lambda ends: _look(path, *ends), parts))
    carriage, pairs, newlines, blank = (
        sum(getattr(piece, count) for piece in pieces)
        for count in ("carriage", "pairs", "newlines", "blank")
    )
    return Survey(
        utf8=all(piece.utf8 for piece in pieces),
        # One kind of line end throughout: DuckDB's CSV reader stops at a mixture.
        dirty=any(piece.dirty for piece in pieces) or carriage != pairs or (0 < pairs != newlines),
        carriage=carriage,
        pairs=pairs,
        newlines=newlines,
        blank=blank,
        trailing_blank=_trailing_blank(path),
    )


def _ends(path: Path) -> Iterator[int]:
    """Where a piece of the file ends and the next begins, from 0 to the end of the file."""
    yield 0
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for place in range(PIECE, size, PIECE):
            file.seek(place)
            # Of a line that is longer, the end is not looked for: the piece before goes on.
            if (feed := file.read(CHUNK).find(b"\n")) >= 0 and place + feed + 1 < size:
                yield place + feed + 1
    yield size


def _look(path: Path, start: int, end: int) -> Survey:
    """Look at a piece of a file: all but `trailing_blank`, and `dirty` by its bytes alone."""
    found = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    buffer = bytearray(min(CHUNK, end - start))
    with path.open("rb") as file:
        file.seek(max(0, start - 2))
        ends = _LineEnds(found, before=file.read(2) if start else b"\n")
        while start < end and (count := file.readinto(buffer)):
            left = min(count, end - start)
            chunk = buffer if left == len(buffer) else buffer[:left]
            bytes_ = np.frombuffer(chunk, np.uint8)
            if found.utf8 and (bytes_.max() >= _BEYOND_ASCII or decoder.getstate()[0]):
                found.utf8 = _decodes(decoder, chunk)
            found.dirty |= bool(bytes_.min() <= 1)
            ends.look(bytes_, carriages=b"\r" in chunk)
            start += len(chunk)
    found.utf8 = found.utf8 and _decodes(decoder, b"", final=True)
    return found


def _trailing_blank(path: Path) -> int:
    """Empty lines at the end of a file, as far as they matter."""
    with path.open("rb") as file:
        file.seek(-min(TAIL, path.stat().st_size), os.SEEK_END)
        end = file.read()
    return max(0, end[len(end.rstrip(b"\r\n")) :].count(b"\n") - 1)


class _LineEnds:
    """Counts line ends, and the lines with nothing before them, chunk by chunk."""

    def __init__(self, found: Survey, before: bytes) -> None:
        self.found = found
        self.before = before
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
