r"""Text of any encoding and with any line ends becomes UTF-8 with one kind of line end.

What is clean already stays where it lies. NUL bytes go, and U+0001 (the delimiter with which DuckDB
is made to read whole lines) becomes a space.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from credits import CreditsError
from credits.formats.files import CHUNK, Plain, Tick, scratch_file
from credits.formats.survey import Survey, survey


def decoded(path: Path, name: str, head: bytes, scratch: Path, tick: Tick) -> Plain:
    """A text file as clean text; `head`: how it begins.

    Raises CreditsError for a file that is empty, or no text.
    """
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise CreditsError(f"{name} is empty: there is nothing in it to load.")
    encoding = _wide_encoding(head)
    if encoding is None and _looks_binary(head):
        raise CreditsError(f"{name} is a binary file, not a log: load a log file instead.")
    found = survey(path) if encoding is None else Survey(utf8=False)
    clean = found.utf8 and not found.dirty and not head.startswith(codecs.BOM_UTF8)
    if clean:
        return plain_text(name, path, found)
    if encoding is None:
        encoding = "utf-8-sig" if found.utf8 or _mostly_utf8(path) else "cp1252"
    tick(f"Decoding {name}")
    target = scratch_file(scratch)
    replaced = _rewrite(path, target, encoding, lone=_ends_in_returns(found))
    return plain_text(name, target, survey(target), replaced)


def _ends_in_returns(found: Survey) -> bool:
    """Whether carriage returns end the lines, though a line feed may have strayed among them."""
    return found.carriage - found.pairs > 10 * found.newlines or found.newlines == 0


def plain_text(name: str, path: Path, found: Survey, replaced: int = 0) -> Plain:
    """Clean text, by what was found in its bytes."""
    inner = found.blank > found.trailing_blank
    return Plain(name, path, "text", replaced, inner, found.trailing_blank)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half >= 8 and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


_CONTROL = bytes(byte for byte in range(32) if byte not in b"\0\t\n\r\f\x0b\x1b\x1c\x1d\x1e\x1f")


def _looks_binary(head: bytes) -> bool:
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > 0.02 * len(head) or head.count(0) > 0.3 * len(head)


def _mostly_utf8(path: Path) -> bool:
    """Whether the non-ASCII bytes are UTF-8 with a few broken ones, not another encoding."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if chunk.isascii():
                continue
            text = chunk.decode("utf-8", errors="replace")
            broken = text.count("\ufffd")
            whole = sum(1 for character in text if character > "\x7f") - broken
            return whole >= broken
    return True


def _rewrite(path: Path, target: Path, encoding: str, *, lone: bool) -> int:
    """Write `path` to `target` as clean UTF-8; the number of bytes that had to be replaced.

    `lone`: the file has no line feed at all, so a carriage return ends a line.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    replaced = 0
    held = ""
    with path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        while True:
            chunk = file.read(CHUNK)
            text = held + decoder.decode(chunk, final=not chunk)
            held = "\r" if chunk and text.endswith("\r") else ""
            text = text[: len(text) - len(held)]
            replaced += text.count("\ufffd")
            text = text.replace("\0", "").replace("\x01", " ").replace("\r\n", "\n")
            out.write(text.replace("\r", "\n" if lone else " "))
            if not chunk:
                return replaced
