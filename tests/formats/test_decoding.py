"""Text of any encoding and with any line ends becomes the same clean text."""

from __future__ import annotations

from pathlib import Path

import pytest

from credits.formats import decoding
from credits.formats.decoding import decoded
from credits.formats.files import Plain

LOG = "time,user,api\n" + "".join(f"2026-01-01T00:00:{i:02}Z,ann{i},list\n" for i in range(60))
NAMES = LOG.replace("ann", "Zoë ")


def text_of(tmp_path: Path, data: bytes) -> tuple[Plain, str]:
    """What becomes of a file, and its text."""
    path = tmp_path / "given"
    path.write_bytes(data)
    plain = decoded(path, "a.log", data, tmp_path, lambda message: None)
    return plain, plain.path.read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + NAMES.encode(),
        NAMES.encode("utf-16"),
        NAMES.encode("utf-16-be"),
        NAMES.encode("utf-16-le"),
        b"\xfe\xff" + NAMES.encode("utf-16-be"),
        NAMES.encode("utf-32"),
        NAMES.encode("latin-1"),
        NAMES.replace("\n", "\r").encode(),
        NAMES.replace("\n", "\r\n", 20).encode(),
        NAMES.replace("ann", "a\0nn").replace("list", "l\0ist").encode(),
        b"\xef\xbb\xbf" + NAMES.replace("\n", "\r\n").encode(),
    ],
    ids=[
        "BOM", "UTF-16", "UTF-16 BE bare", "UTF-16 LE bare", "UTF-16 BE", "UTF-32", "Latin-1",
        "lone CR", "mixed ends", "NUL", "BOM and CRLF",
    ],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [7, 8 << 20])
def test_every_encoding_and_line_end_becomes_the_same_text(tmp_path, monkeypatch, data, chunk):
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    assert text_of(tmp_path, data)[1] == NAMES


def test_crlf_throughout_is_left_as_it_is(tmp_path):
    text = LOG.replace("\n", "\r\n")
    assert text_of(tmp_path, text.encode())[1] == text


@pytest.mark.parametrize("chunk", [5, 8 << 20])
def test_a_few_bad_bytes_are_replaced_and_counted(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(decoding, "CHUNK", chunk)
    data = NAMES.encode().replace("Zoë 7".encode(), b"Zo\xff\xfe7")
    plain, text = text_of(tmp_path, data)
    assert plain.replaced == 2
    assert "Zo\ufffd\ufffd7" in text
    assert text.count("Zoë") == NAMES.count("Zoë") - 1


@pytest.mark.parametrize("chunk", [1, 2, 3, 11, 8 << 20])
def test_blank_lines_are_counted_across_chunks(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr("credits.formats.survey.CHUNK", chunk)
    for end in ("\n", "\r\n"):
        plain, _ = text_of(
            tmp_path, end.join(["a", "", "", "b", "c", "", "d", "", "", ""]).encode()
        )
        assert plain.blank
        assert plain.trailing_blank == 2
        plain, _ = text_of(tmp_path, end.join(["a", "b", "c", "", ""]).encode())
        assert (plain.blank, plain.trailing_blank) == (False, 1)
