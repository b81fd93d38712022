"""Bad input is told in one clear sentence, costs no data, and the store goes on working."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from credits import CreditsError
from credits.formats import Options
from credits.store import Store, Terms, schema

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 22)
HEADER = "time,user,path,method,status\n"
ROW = "2026-01-05T10:00:00Z,ada,/v1/leads,GET,200\n"
LOG = (HEADER + ROW * 500).encode()
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.csv"
    path.write_text(HEADER + ROW)
    return path


@pytest.fixture(scope="module")
def opened(good: Path) -> Iterator[Store]:
    """A store that holds one call, and still can load when all is over."""
    with Store(good.with_name("calls.duckdb")) as store:
        store.load(good, now=NOW)
        yield store
        (load,), _ = store.load(good, now=NOW)
        assert (load.rows, load.duplicates) == (1, 1), "the next file is loaded as ever"


@pytest.fixture
def store(opened: Store) -> Iterator[Store]:
    """The store, in which what was loaded before must be there afterwards."""
    yield opened
    with opened.answers() as answers:
        assert answers.totals([], where={"user": ["ada"]})["calls"].tolist()[0] >= 1
        assert answers.loads()["path"].str.endswith("good.csv").any()


def sentence(error: BaseException) -> str:
    """The text of the error, which must be one line that ends as a sentence does."""
    text = str(error)
    assert "\n" not in text
    assert text.endswith(".")
    assert "Error" not in text
    return text


def refused(store: Store, path: Path, options: Options | None = None) -> str:
    """Why a file was refused; nothing has changed."""
    version = store.version()
    with pytest.raises(CreditsError) as caught:
        store.load(path, Terms(options or Options()), now=NOW)
    assert store.version() == version
    return sentence(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("zeros.csv", b"\0" * 1000, "is empty"),
        ("bom.csv", b"\xef\xbb\xbf", "is empty"),
        ("header.csv", HEADER.encode(), "has no rows"),
        ("header.tsv", HEADER.replace(",", "\t").encode(), "has no rows"),
        ("empty.json", b"[]", "no JSON objects"),
        ("binary.log", bytes(range(256)) * 50, "is a binary file"),
        ("picture.csv", PNG, "is a PNG picture"),
        ("paper.csv", b"%PDF-1.7\n", "is a PDF document"),
        ("letter.txt", b"Dear all,\nno calls here.\nYours\n", "in no log format"),
        ("people.csv", b"name,age\nada,36\nbob,40\n", "no columns that make a call"),
        ("people.json", b'{"name":"ada"}\n{"name":"bob"}\n', "no columns that make a call"),
        ("cut.csv.gz", gzip.compress(LOG, mtime=0)[:-20], "is a damaged gzip file"),
        ("cut.csv.gz", gzip.compress(LOG, mtime=0)[:12], "is a damaged gzip file"),
        (
            "bent.csv.gz",
            gzip.compress(LOG, mtime=0)[:40] + b"garbage" * 5,
            "is a damaged gzip file",
        ),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("cut.csv.zst", b"\x28\xb5\x2f\xfd\x04", "is a damaged zstd file"),
        ("cut.zip", b"PK\x03\x04" + b"\0" * 50, "is a damaged zip file"),
        ("cut.parquet", b"PAR1" + b"\0" * 50, "is a damaged Parquet file"),
        ("no.db", b"SQLite format 3\0" + b"\0" * 100, "is an SQLite database"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_one_sentence(
    store: Store, tmp_path: Path, name: str, content: bytes, because: str
):
    path = tmp_path / name
    path.write_bytes(content)
    assert because in refused(store, path)


def test_a_file_that_is_not_there_is_refused(store: Store, tmp_path: Path):
    assert "There is no file" in refused(store, tmp_path / "nowhere.csv")


def test_a_folder_is_no_file(store: Store, tmp_path: Path):
    assert "is a folder" in refused(store, tmp_path)


def test_half_broken_rows_are_rejects_and_the_others_calls(store: Store, tmp_path: Path):
    broken = (
        *("only words", "2026-99-99T10:00:00Z,bob,/a,GET,200", ',"', '"', ";;;;;", "\x07\x08"),
        *("2026-01-05T10:00:00Z,bob", "x" * 100_000, "\ufffd", "NULL,NULL,NULL,NULL,NULL"),
    )
    rows = "".join(
        ROW.replace("10:00:00", f"11:00:{i:02}") + f"{b}\n" for i, b in enumerate(broken)
    )
    path = tmp_path / "a.csv"
    path.write_text(HEADER + rows)
    (load,), _ = store.load(path, now=NOW)
    assert load.rows == load.loaded + load.duplicates + load.rejected + load.skipped == 20
    assert load.loaded == 11, "ten whole rows, and one without path and status"
    assert load.rejected == 9


def test_bytes_that_are_no_text_are_replaced_and_told(store: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    good = "2026-01-05T11:00:00Z,Zoë,/v1/leads,GET,200\n" * 3
    path.write_bytes((HEADER + good).encode() + b"2026-01-05T11:00:01Z,b\xffb,/a,GET,200\n")
    (load,), _ = store.load(path, now=NOW)
    assert (load.loaded, load.replaced) == (4, 1)
    assert "replaced" in load.notes[0]


def test_a_packed_file_that_is_cut_off_brings_none_of_its_rows(store: Store, tmp_path: Path):
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    whole = packer.compress(LOG) + packer.flush()
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert "ends early" in refused(store, path)


def test_an_option_that_fits_no_log_is_refused(store: Store, good: Path):
    for options, because in (
        (Options(format="nonsense"), "There is no format"),
        (Options(format="access"), "no lines of an access log"),
        (Options(format="jsonl"), "no JSON objects"),
        (Options(mapping={"user": "nobody"}), "has no column"),
        (Options(mapping={"user": "9"}), "has no column"),
        (Options(time_zone="Mars/Base"), "There is no time zone"),
        (Options(pattern="("), "group"),
        (Options(pattern="(?P<occurred_at>nowhere)"), "fits no line"),
    ):
        assert because in refused(store, good, options)


# ── the database ──────────────────────────────────────────────────────────────────────────────


def unopened(path: Path, **options: str) -> str:
    with pytest.raises(CreditsError) as caught:
        Store(path, **options)
    return sentence(caught.value)


def test_a_database_in_use_by_another_process_is_told(tmp_path: Path):
    path = tmp_path / "x.duckdb"
    program = f"""
import sys
from pathlib import Path
from credits.store import Store
store = Store(Path({str(path)!r}))
print("open", flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", program]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert "is in use by another program" in unopened(path)
        other.communicate()
    with Store(path) as store:
        assert store.version() == 0


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert "can't be written to" in unopened(tmp_path / "file" / "x.duckdb")
    assert "can't be written to" in unopened(tmp_path / "file" / "deeper" / "x.duckdb")


def test_a_read_only_folder_is_told(tmp_path: Path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write anywhere")
    assert "can't be opened for writing" in unopened(folder / "x.duckdb")


def test_a_folder_is_no_database(tmp_path: Path):
    assert str(tmp_path) in unopened(tmp_path)


@pytest.mark.parametrize("content", [b"time,user\n", b"\0" * 20_000, bytes(range(256)) * 80, PNG])
def test_what_is_no_database_is_told_and_left_alone(tmp_path: Path, content: bytes):
    path = tmp_path / "x.duckdb"
    path.write_bytes(content)
    assert "is not a database" in unopened(path)
    assert path.read_bytes() == content


def test_a_database_of_another_version_is_told_and_left_alone(tmp_path: Path):
    path = tmp_path / "x.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as connection:
        newer = str(schema.VERSION + 1)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [newer])
    assert "another version" in unopened(path)
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall() == [
            (newer,)
        ]


@pytest.mark.parametrize(
    "table",
    [
        "meta (a INTEGER)",
        "meta (key INTEGER, value BLOB)",
        "calls (a INTEGER)",
        "other (a INTEGER)",
    ],
)
def test_a_database_of_another_program_is_told_and_left_alone(tmp_path: Path, table: str):
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE {table}")
    assert str(path) in unopened(path)
    with duckdb.connect(str(path)) as connection:
        assert len(connection.execute("SHOW TABLES").fetchall()) == 1


def everything(path: Path) -> int:
    """Calls in a database; everything is read."""
    with Store(path) as store, store.answers() as answers:
        return int(answers.usage_by_user()["calls"].sum())


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_a_database_that_is_cut_off_is_told_unless_only_spare_room_is_gone(
    tmp_path: Path, share: float
):
    path = tmp_path / "x.duckdb"
    log = tmp_path / "a.csv"
    log.write_bytes(LOG)
    with Store(path) as store:
        store.load(log, now=NOW)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    try:
        assert everything(path) == 500
    except CreditsError as error:
        sentence(error)
    else:
        assert share > 0.4, "there is nothing to spare at the beginning"


def test_a_memory_limit_that_is_no_size_is_told(tmp_path: Path):
    assert "CREDITS_MEMORY_LIMIT" in unopened(tmp_path / "x.duckdb", memory_limit="plenty")
