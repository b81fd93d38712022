"""One pass over the bytes of a file finds what a slow look at the whole of it finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.formats import survey as module
from credits.formats.survey import Survey, survey

PARTS = [b"\n", b"\r\n", b"\r", b"\n\n", b"a", b"bcd", b"\0", b"\x01", "é".encode(), b"\xff"]


def slowly(data: bytes) -> Survey:
    """The same, asked of the whole file."""
    try:
        data.decode()
    except UnicodeDecodeError:
        utf8 = False
    else:
        utf8 = True
    carriage, pairs, newlines = (data.count(end) for end in (b"\r", b"\r\n", b"\n"))
    lines = data.split(b"\n")[:-1]
    end = re.search(rb"[\r\n]*\Z", data)
    return Survey(
        utf8=utf8,
        dirty=b"\0" in data or b"\x01" in data or carriage != pairs or 0 < pairs != newlines,
        carriage=carriage,
        pairs=pairs,
        newlines=newlines,
        blank=sum(line in (b"", b"\r") for line in lines),
        trailing_blank=max(0, end[0].count(b"\n") - 1) if end else 0,
    )


@given(
    data=st.lists(st.sampled_from(PARTS), max_size=40).map(b"".join),
    chunk=st.integers(1, 9),
    chunks=st.integers(1, 4),
)
def test_what_is_found_does_not_depend_on_how_a_file_is_read(tmp_path_factory, data, chunk, chunks):
    path: Path = tmp_path_factory.mktemp("survey") / "log"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        patch.setattr(module, "PIECE", chunk * chunks)
        assert survey(path) == slowly(data)
