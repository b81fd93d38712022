"""Mutated logs of every format, loaded into a store: nothing may crash, hang, or go uncounted.

    PYTHONPATH=. python tests/formats/fuzz.py --lines 1000000 --seed 7

A file is made from a sample by its own number and the seed alone, so that `--only NUMBER` makes it
again. What failed is kept in a folder, which is named at the end.
"""

from __future__ import annotations

import argparse
import faulthandler
import gzip
import io
import json
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from samples import NO_CALLS, OBJECTS, SAMPLES, TEXTS

from credits import CreditsError
from credits.formats.base import sample
from credits.formats.documents import needs_unfolding
from credits.formats.files import Plain
from credits.formats.packing import unpack
from credits.store import Load, Store

NOW = datetime(2026, 11, 22)
LONGEST = 60
"""Seconds after which a file is taken for hanging."""
SLOW = (2.0, 1.0)
"""Seconds of the processor that a file may take, and for each MB of it besides."""
LINES = ("access", "alb", "elb", "s3", "haproxy", "uwsgi", "atlassian", "bitbucket", "w3c")
LINES += ("cloudfront", "zeek", "proxy-manager", "cef")
LINES += tuple(name for name in OBJECTS if f"{name}: table" not in TEXTS)
"""Formats that have a row for each line."""

# ── how a log is spoiled ───────────────────────────────────────────────────────────────────────

HUGE = [
    b"a" * 50_000, b"[" * 10_000, b"{" * 10_000, b"(" * 10_000, b'"' * 9_999, b"\\" * 9_999,
    b" " * 20_000, b"\t" * 5_000, b"," * 5_000, b"1" * 5_000, b"1:" * 5_000, b"a:" * 5_000,
    b"[pid: " * 1_500, b"-exec-1 a A " * 800, b"X." * 4_000, b"." * 4_000, b'{"a":' * 3_000,
    b"[12/Apr/2026:10:00:01 " * 600, b'[12/Apr/2026:10:00:01] "' * 600, b"/1" * 10_000,
    b"/a@" * 4_000, b"%7B" * 4_000, b"::" * 5_000, b"a, " * 5_000, b"-" * 20_000, b"'" * 9_999,
    b'"a ' * 5_000, b'""' * 5_000, b"[1," * 5_000, b"(a " * 5_000, b"2026-" * 3_000,
]  # fmt: skip
SMALL = [
    b"", b"-", b'"', b"'", b"\\", b"[", b"]", b"{", b"}", b"(", b")", b",", b"\t", b"|", b" ", b"#",
    b"\0", b"\x01", b"\x02", b"\x07", b"\x1b[31m", b"\x7f", b"\xff", b"\xfe\xff", b"\xc3", b"\xe4",
    b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xef\xbb\xbf", b"\xa4\xa4\xa4\xe5", b"\\ud800",
    b"\\u0000", b"\\x01", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0c", b"\x0b", b"\r", b"\n", b"\r\n",
    b"\n\n", b"NaN", b"Infinity", b"null", b"true", b"{}", b"[]", b'{"a": 1}', b"''", b"%",
    b"%zz", b"%FF", b"${x}", b"chr(0)", b"; DROP TABLE calls; --", b"\\N", b"\\1", b"$1",
]  # fmt: skip
NUMBERS = [
    b"", b"0", b"-1", b"-0", b"1e99", b"1e999", b"9" * 19, b"9" * 25, b"9" * 400, b"1.5", b"1,5",
    b"0x10", b"NaN", b"inf", b"-inf", b"1_000", b"9223372036854775807", b"9223372036854775808",
    b"18446744073709551616", b"0.0000000001", b"\xd9\xa3\xd9\xa4", b"\xc2\xb2", b"1e-9", b"+5",
    b"99999999999999", b"253402300800", b"-62135596800", b"5.", b".5", b"1.7976931348623157e308",
]  # fmt: skip
STAMPS = [
    b"0000-00-00 00:00:00", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59.999999Z",
    b"2026-02-30T10:00:00Z", b"2026-13-01", b"2026-01-05T25:61:61Z", b"294247-01-10 04:00:54",
    b"[99/Foo/2026:99:99:99 +9999]", b"31/Feb/2026:10:00:00 +0200", b"1969-12-31T23:59:59Z",
    b"[12/Apr/2026:10:00:01 +9900]", b"2026-01-05T10:00:00+99:99", b"20261305", b"29/02/2025",
    b"2026-W01-1", b"infinity", b"-infinity", b"epoch", b"today", b"now()", b"5/6/26", b"13/13/13",
    b"290309-12-22 (BC) 00:00:00", b"10:00:00", b"Thu, 30 Feb 2026 10:00:00 XYZ", b"24:00:00",
]  # fmt: skip
FIELDS = [
    b"#Fields: time cs-method cs-uri-stem", b"#Fields:", b"#Fields: date", b"#Date: 2026-02-31",
    b"#Fields: cs-method date time cs-uri-stem c-ip sc-status cs(User-Agent) x y z", b"#Fields: , ",
    b"#fields\tts\turi", b"#fields", b"#separator \\x00", b"#separator", b"#Date: 9999-12-31",
    b"#Fields: date time cs-uri-stem " + b"x " * 500, b"#separator \\x22", b"#TYPE x", b"# a",
]  # fmt: skip


def _somewhere(rng: Random, line: bytes, piece: bytes) -> bytes:
    at = rng.choice([0, len(line), rng.randint(0, len(line))])
    return line[:at] + piece + line[at:]


def _fields(rng: Random, line: bytes) -> tuple[bytes, list[bytes]]:
    present = [mark for mark in (b",", b"\t", b";", b"|", b" ", b'"', b":") if mark in line]
    mark = rng.choice(present or [b" "])
    return mark, line.split(mark)


def cut(rng: Random, line: bytes) -> bytes:
    """Only its beginning, or its end."""
    at = rng.randint(0, len(line))
    return rng.choice([line[:at], line[at:]])


def without(rng: Random, line: bytes) -> bytes:
    """Some bytes are gone."""
    at = rng.randint(0, len(line))
    return line[:at] + line[at + rng.randint(1, 20) :]


def changed(rng: Random, line: bytes) -> bytes:
    """One byte is another one."""
    at = rng.randrange(len(line) + 1)
    return line[:at] + bytes([rng.randrange(256)]) + line[at + 1 :]


def with_small(rng: Random, line: bytes) -> bytes:
    """Something that matters to a parser, anywhere."""
    return _somewhere(rng, line, rng.choice(SMALL))


def with_huge(rng: Random, line: bytes) -> bytes:
    """Something long that invites backtracking, anywhere."""
    return _somewhere(rng, line, rng.choice(HUGE))


def swapped(rng: Random, line: bytes) -> bytes:
    """Two fields in each other's place."""
    mark, cells = _fields(rng, line)
    one, two = rng.randrange(len(cells)), rng.randrange(len(cells))
    cells[one], cells[two] = cells[two], cells[one]
    return mark.join(cells)


def refilled(rng: Random, line: bytes) -> bytes:
    """A field holds something else."""
    mark, cells = _fields(rng, line)
    pieces = rng.choice([SMALL, NUMBERS, STAMPS, NUMBERS, STAMPS, HUGE])
    cells[rng.randrange(len(cells))] = rng.choice(pieces)
    return mark.join(cells)


def more_or_fewer(rng: Random, line: bytes) -> bytes:
    """A field too many or too few."""
    mark, cells = _fields(rng, line)
    at = rng.randrange(len(cells))
    cells[at : at + rng.randint(0, 2)] = [rng.choice(SMALL)] * rng.randint(0, 2)
    return mark.join(cells)


def renumbered(rng: Random, line: bytes) -> bytes:
    """A number is nonsense, huge or negative."""
    starts = [i for i, byte in enumerate(line) if 48 <= byte <= 57]
    if not starts:
        return line
    at = end = rng.choice(starts)
    while end < len(line) and 48 <= line[end] <= 57:
        end += 1
    return line[:at] + rng.choice(NUMBERS) + line[end:]


def blanked(rng: Random, line: bytes) -> bytes:
    """Nothing, or nothing visible."""
    return rng.choice([b"", b" ", b"\t", b"#", b"\xc2\xa0", b",,,,", b'""', b"\x0c"])


def another(rng: Random, line: bytes) -> bytes:
    """A line of another log."""
    other = rng.choice([*SAMPLES.values(), *NO_CALLS.values()]).encode().split(b"\n")
    return rng.choice([*other, rng.choice(FIELDS)])


LINE_BY_LINE: list[Callable[[Random, bytes], bytes]] = [
    cut, without, changed, with_small, with_small, swapped, refilled, refilled, more_or_fewer,
    renumbered, renumbered, blanked, another,
]  # fmt: skip


def _digits(rng: Random, line: bytes) -> bytes:
    """The same row a little later: a digit near the end of a number is another."""
    places = [i for i, byte in enumerate(line) if 48 <= byte <= 57]
    changed = bytearray(line)
    for at in rng.sample(places, min(len(places), 2)):
        changed[at] = 48 + rng.randrange(6)
    return bytes(changed)


def _json(rng: Random, name: str, count: int) -> bytes:
    """JSON objects in one of the shapes that they come in."""
    rows = [*OBJECTS[name]] * count
    shape = rng.choice(["array", "records", "one after another", "wrapped", "texts", "prefixed"])
    if shape == "array":
        return json.dumps(rows, indent=rng.choice([None, 0, 2])).encode()
    if shape == "records":
        return json.dumps({"a": 1, "Records": rows}, indent=rng.choice([None, 1])).encode()
    if shape == "one after another":
        return b"\n".join(json.dumps(row, indent=2).encode() for row in rows)
    if shape == "wrapped":
        return b"\n".join(json.dumps({"_source": row}).encode() for row in rows)
    if shape == "texts":
        return b"\n".join(json.dumps({"message": json.dumps(row)}).encode() for row in rows)
    return b"\n".join(b"web-1  | " + json.dumps(row).encode() for row in rows)


def grown(rng: Random, name: str, count: int) -> list[bytes]:
    """A log of about so many rows, as lines."""
    if name in OBJECTS and rng.random() < 0.5:
        return _json(rng, name, max(1, count // 8)).split(b"\n")
    head, _, row = SAMPLES[name].encode().rpartition(b"\n")
    rows = [row if rng.random() < 0.3 else _digits(rng, row) for _ in range(count)]
    return [*filter(None, head.split(b"\n")), *rows]


def spoiled(rng: Random, lines: list[bytes]) -> list[bytes]:
    """Some lines are spoiled, each in a way of its own."""
    lines = list(lines)
    count = rng.choice([0, 1, 1, 3, len(lines) // 20 + 1, len(lines) // 3, len(lines)])
    for at in rng.sample(range(len(lines)), min(count, len(lines))):
        lines[at] = rng.choice(LINE_BY_LINE)(rng, lines[at])
    if rng.random() < 0.35:
        # Long ones are few, or the same all over: both matter to whoever looks at the sample.
        piece, place = rng.choice(HUGE), rng.random()
        for at in rng.sample(range(len(lines)), min(rng.choice([1, 3, 60]), len(lines))):
            cut_at = int(place * len(lines[at]))
            lines[at] = lines[at][:cut_at] + piece + lines[at][cut_at:]
    return lines


def rearranged(rng: Random, lines: list[bytes]) -> list[bytes]:
    """Lines are doubled, glued together, cut in two, repeated; headers come again or change."""
    lines, kind = list(lines), rng.randrange(9)
    at = rng.randrange(len(lines))
    if kind == 0:
        lines[at:at] = [lines[at]] * rng.randint(1, 50)
    elif kind == 1 and at + 1 < len(lines):
        lines[at : at + 2] = [lines[at] + lines[at + 1]]
    elif kind == 2:
        place = rng.randint(0, len(lines[at]))
        lines[at : at + 1] = [lines[at][:place], lines[at][place:]]
    elif kind == 3:
        lines[at:at] = lines[: rng.randint(1, 3)]
    elif kind == 4:
        for _ in range(rng.choice([1, 3, 200])):
            lines.insert(rng.randint(0, len(lines)), rng.choice(FIELDS))
    elif kind == 5:
        other = grown(rng, rng.choice(list(SAMPLES)), rng.randint(1, 30))
        lines[at:at] = other
    elif kind == 6:
        del lines[0]
    elif kind == 7:
        rng.shuffle(lines)
    else:
        lines[at:at] = [b""] * rng.randint(1, 30)
    return lines or [b""]


def written(rng: Random, lines: list[bytes]) -> bytes:
    """The bytes of a file: line ends, its end, its encoding, its packing."""
    end = rng.choice([b"\n", b"\n", b"\n", b"\n", b"\r\n", b"\r"])
    data = end.join(lines) + rng.choice([end, end, b"", end * 3])
    if rng.random() < 0.05:
        data = b"".join(line + rng.choice([b"\n", b"\r\n", b"\r"]) for line in lines)
    if rng.random() < 0.08:
        data = data[: rng.randint(1, max(1, len(data)))]
    if rng.random() < 0.05:
        data = b"\xef\xbb\xbf" + data
    if rng.random() < 0.04:
        text = data.decode("latin-1")
        data = text.encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"]))
    if rng.random() < 0.05:
        data = _packed(rng, data)
    return data


def _packed(rng: Random, data: bytes) -> bytes:
    if rng.random() < 0.5:
        packed = gzip.compress(data, 1)
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("logs/a.log", data)
            archive.writestr("b.bin", bytes(range(256)))
        packed = buffer.getvalue()
    return changed(rng, packed) if rng.random() < 0.3 else packed


def made(seed: int, number: int) -> tuple[str, bytes]:
    """A spoiled log: the sample it began as, and its bytes."""
    rng = Random(f"{seed}:{number}")
    name = list(SAMPLES)[number % len(SAMPLES)]
    if rng.random() < 0.03:
        name = rng.choice(list(NO_CALLS))
        lines = NO_CALLS[name].encode().split(b"\n") * rng.randint(1, 20)
    else:
        lines = grown(rng, name, rng.choice([1, 2, 7, 30, 150, 600, 2000]))
    if rng.random() < 0.5:
        lines = rearranged(rng, lines)
    lines = spoiled(rng, lines)
    if rng.random() < 0.3:
        lines = rearranged(rng, lines)
    return name, written(rng, lines)


# ── what must hold ─────────────────────────────────────────────────────────────────────────────


class HangError(Exception):
    """A file took too long."""


@dataclass
class Outcome:
    """What became of one file."""

    number: int
    name: str
    size: int
    lines: int = 0
    seconds: float = 0.0
    problem: str = ""
    became: str = ""


@dataclass
class Report:
    """What became of all of them."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(outcome.lines for outcome in self.outcomes)

    @property
    def problems(self) -> list[str]:
        return [f"{o.number} {o.name}: {o.problem}" for o in self.outcomes if o.problem]


def _lines(path: Path) -> int:
    data = path.read_bytes()
    return data.count(b"\n") + (not data.endswith(b"\n"))


def _counted(store: Store, load: Load) -> str:
    """What is wrong with the counts of a load."""
    if load.rows != load.loaded + load.duplicates + load.rejected + load.skipped:
        return f"the counts don't add up: {load}"
    with store._database.snapshot() as cursor:
        found = cursor.execute(
            """SELECT (SELECT count(*) FROM rejects WHERE load_id = $id),
                (SELECT count(*) FROM calls WHERE load_id = $id),
                (SELECT count(*) FROM duplicates WHERE load_id = $id),
                (SELECT count(*) FROM rejects WHERE load_id = $id
                 AND (line IS NULL OR line < 1 OR reason IS NULL OR text IS NULL))""",
            {"id": load.load_id},
        ).fetchall()[0]
    if found != (load.rejected, load.loaded, load.duplicates, 0):
        return f"rejects, calls, duplicates, rejects without a place are {found}: {load}"
    return ""


def _complete(path: Path, loads: list[Load]) -> str:
    """Which log of lines has not as many rows as lines."""
    by_name = {load.path: load for load in loads}
    with tempfile.TemporaryDirectory() as scratch:
        for plain in unpack(path, str(path), Path(scratch)):
            load = by_name.get(plain.name)
            if load is None or not isinstance(plain, Plain) or load.format not in LINES:
                continue
            lines = _lines(plain.path)
            if lines != load.rows and not needs_unfolding(sample(plain)):
                return f"{lines} lines became {load.rows} rows"
    return ""


@contextmanager
def _no_longer() -> Iterator[None]:
    """Raises HangError in Python code that takes too long; elsewhere, ends the process."""

    def stop(*_: object) -> None:
        raise HangError(f"took more than {LONGEST} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    faulthandler.dump_traceback_later(2 * LONGEST, exit=True)
    try:
        yield
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()


def tried(store: Store, path: Path, outcome: Outcome, watch: AbstractContextManager[None]) -> None:
    """Load one file, and look whether all is well."""
    began = time.process_time()
    try:
        with watch:
            loads, _ = store.load(path, now=NOW)
        outcome.became = loads[0].format
        problems = [*(_counted(store, load) for load in loads), _complete(path, loads)]
        outcome.problem = next(filter(None, problems), "")
    except CreditsError as error:
        outcome.became = "refused"
        if "\n" in str(error) or not str(error).endswith(".") or "fault of the" in str(error):
            outcome.problem = f"is no sentence: {str(error)[:300]!r}"
        elif "can't be read to its end" in str(error) or "could not do this" in str(error):
            outcome.problem = f"is what DuckDB says: {str(error)[:300]}"
        str(error).encode()
    except Exception:  # noqa: BLE001 - this is what is looked for
        outcome.problem = traceback.format_exc()
    outcome.seconds = time.process_time() - began
    if not outcome.problem and outcome.seconds > SLOW[0] + SLOW[1] * outcome.size / 1e6:
        outcome.problem = f"took {outcome.seconds:.1f} s for {outcome.size:,} bytes"


def run(
    folder: Path, *, lines: int, seed: int, first: int = 0, kept: Path | None = None
) -> Iterator[Outcome]:
    """Load spoiled logs until they had so many lines; those that fail are kept in a folder.

    With such a folder there is a limit to how long each may take; pytest has its own.
    """
    done, number, store = 0, first, None
    try:
        while done < lines:
            if store is None or number % 40 == 0:
                if store is not None:
                    store.close()
                store = Store(folder / f"{number}.duckdb")
            name, data = made(seed, number)
            path = folder / "fuzz.log"
            path.write_bytes(data)
            outcome = Outcome(number, name, len(data), max(1, data.count(b"\n")))
            tried(store, path, outcome, nullcontext() if kept is None else _no_longer())
            if outcome.problem and kept is not None:
                (kept / f"{number}.log").write_bytes(data)
            yield outcome
            done += outcome.lines
            number += 1
    finally:
        if store is not None:
            store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="make and load the file of this number alone")
    given = parser.parse_args()
    report, kept = Report(), Path(tempfile.mkdtemp(prefix="fuzz-"))
    wanted = 1 if given.only is not None else given.lines
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), lines=wanted, seed=given.seed, first=given.only or 0, kept=kept)
        for outcome in found:
            report.outcomes.append(outcome)
            if outcome.problem:
                print(
                    f"{outcome.number} {outcome.name} ({outcome.size:,} bytes): {outcome.problem}",
                    flush=True,
                )
            if len(report.outcomes) % 200 == 0:
                print(f"{report.lines:,} lines in {len(report.outcomes):,} files", flush=True)
    slowest = sorted(report.outcomes, key=lambda outcome: -outcome.seconds)[:8]
    print(
        "slowest:",
        *(f"{o.seconds:.1f} s {o.number} {o.name} {o.size:,} B" for o in slowest),
        sep="\n  ",
    )
    print("read as:", dict(Counter(o.became for o in report.outcomes).most_common()))
    print(
        f"{report.lines:,} lines in {len(report.outcomes):,} files, seed {given.seed}: "
        f"{len(report.problems)} problems" + (f", kept in {kept}" if report.problems else "")
    )
    return bool(report.problems)


if __name__ == "__main__":
    sys.exit(main())
