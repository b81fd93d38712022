"""Packed files and odd encodings become clean text; bombs and broken ones become a sentence."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow
import pytest

from credits import CreditsError
from credits.formats import packing
from credits.formats.files import NotALog
from credits.formats.packing import Limits, unpack
from credits.store import Store, Terms

LOG = "time,user,api\n" + "".join(f"2026-01-01T00:00:{i:02}Z,ann{i},list\n" for i in range(60))
PLAIN = LOG.encode()


def zstd(data: bytes) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return sink.getvalue().to_pybytes()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def taken(tmp_path: Path, data: bytes, name: str = "a.log", limits: Limits | None = None):
    """What becomes of a file: (name, text) of each log, (name, None) of what was passed over."""
    path, scratch = tmp_path / "given", tmp_path / "scratch"
    path.write_bytes(data)
    scratch.mkdir(exist_ok=True)
    found = []
    for plain in unpack(path, name, scratch, limits=limits):
        if isinstance(plain, NotALog):
            found.append((plain.name, None))
        else:
            found.append((plain.name, plain.path.read_bytes().decode("utf-8")))
    return found


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        bz2.compress,
        lzma.compress,
        zstd,
        lambda d: gzip.compress(d[:900]) + gzip.compress(d[900:]),
    ],
    ids=["gz", "bz2", "xz", "zst", "gz in two parts"],
)
def test_a_packed_log_is_the_log(tmp_path, pack):
    assert taken(tmp_path, pack(PLAIN)) == [("a.log", LOG)]


def test_packed_twice_is_unpacked_twice(tmp_path):
    assert taken(tmp_path, gzip.compress(bz2.compress(PLAIN))) == [("a.log", LOG)]


def test_nothing_is_left_in_the_scratch_folder_but_what_is_read(tmp_path):
    taken(tmp_path, gzip.compress(gzip.compress(PLAIN)))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_zip_gives_its_logs_and_names_what_is_none(tmp_path):
    members = {
        "b/deep/nested.csv": PLAIN,
        "a.csv": PLAIN,
        "b/picture.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "__MACOSX/._a.csv": b"\x00\x05\x16\x07",
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "empty.csv": b"",
        "inner.zip": zipped({"x.csv": PLAIN}),
        "c.csv.gz": gzip.compress(PLAIN),
        "torn.csv.gz": gzip.compress(PLAIN)[:200],
    }
    found = taken(tmp_path, zipped(members), "z.zip")
    assert found == [
        ("z.zip/.DS_Store", None),
        ("z.zip/__MACOSX/._a.csv", None),
        ("z.zip/a.csv", LOG),
        ("z.zip/b/deep/nested.csv", LOG),
        ("z.zip/b/picture.png", None),
        ("z.zip/c.csv.gz", LOG),
        ("z.zip/empty.csv", None),
        ("z.zip/inner.zip/x.csv", LOG),
        ("z.zip/torn.csv.gz", None),
    ]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_gives_its_logs(tmp_path, mode):
    found = taken(tmp_path, tarred({"logs/a.csv": PLAIN, "logs/b.csv": PLAIN}, mode), "t.tar")
    assert found == [("t.tar/logs/a.csv", LOG), ("t.tar/logs/b.csv", LOG)]


def test_names_in_an_archive_never_become_paths(tmp_path):
    found = taken(tmp_path, zipped({"../../evil.csv": PLAIN, "/etc/evil.csv": PLAIN}), "z.zip")
    assert [text for _, text in found] == [LOG, LOG]
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_member_packed_in_an_unknown_way_is_not_taken_for_a_locked_one(tmp_path):
    data = bytearray(zipped({"a.log": b"a line\n"}, zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(mark) + place
        data[at : at + 2] = (77).to_bytes(2, "little")
    path, scratch = tmp_path / "z.zip", tmp_path / "scratch"
    path.write_bytes(bytes(data))
    scratch.mkdir()
    (first,) = unpack(path, "z.zip", scratch)
    assert isinstance(first, NotALog)
    assert "not known" in first.reason


def test_a_locked_member_is_named(tmp_path):
    data = bytearray(zipped({"a.csv": PLAIN, "b.csv": PLAIN}))
    # The flag of an encrypted member, in its local header and in the directory.
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + place] |= 1
    path, scratch = tmp_path / "z.zip", tmp_path / "scratch"
    path.write_bytes(bytes(data))
    scratch.mkdir()
    first, second = unpack(path, "z.zip", scratch)
    assert isinstance(first, NotALog)
    assert "password" in first.reason
    assert not isinstance(second, NotALog)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_packed_file_that_ends_early_is_one_sentence(tmp_path, pack, share):
    packed = pack(PLAIN * 50)
    with pytest.raises(CreditsError, match=r"^a\.log is a damaged .*\.$"):
        taken(tmp_path, packed[: int(len(packed) * share)])


def test_a_zip_or_tar_that_ends_early_is_one_sentence(tmp_path):
    for packed in (zipped({"a.csv": PLAIN}), tarred({"a.csv": PLAIN * 99}, "w")):
        with pytest.raises(CreditsError, match="damaged"):
            taken(tmp_path, packed[: len(packed) // 2])


def test_a_changed_byte_in_a_packed_file_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(PLAIN * 50))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(CreditsError, match="damaged"):
        taken(tmp_path, bytes(packed))


SMALL = Limits(expanded=4 << 20, ratio=20, free=1 << 20, members=50)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
def test_a_bomb_stops_at_the_limit(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(packing, "CHUNK", 64 << 10)
    with pytest.raises(
        CreditsError, match=r"expands to more than \d+ MB, which is beyond the limit"
    ):
        taken(tmp_path, pack(b"a" * (30 << 20)), limits=SMALL)
    assert sum(f.stat().st_size for f in (tmp_path / "scratch").iterdir()) < 6 << 20


def test_a_zip_bomb_stops_at_the_limit_too(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "CHUNK", 64 << 10)
    bomb = zipped({f"{i}.csv": b"a" * (3 << 20) for i in range(10)})
    with pytest.raises(CreditsError, match="beyond the limit"):
        taken(tmp_path, bomb, limits=SMALL)


def test_a_bomb_inside_a_zip_inside_a_zip_stops_too(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "CHUNK", 64 << 10)
    bomb = zipped({"inner.zip": zipped({"x.csv": b"a" * (30 << 20)})}, zipfile.ZIP_STORED)
    assert taken(tmp_path, bomb, "z.zip", limits=SMALL) == [("z.zip/inner.zip", None)]


def test_archives_nested_without_end_stop(tmp_path):
    data = PLAIN
    for _ in range(2000):
        data = gzip.compress(data)
    with pytest.raises(CreditsError, match="packed more than"):
        taken(tmp_path, data)


def test_too_many_members_are_refused(tmp_path):
    for packed in (
        zipped({f"{i}.csv": b"x" for i in range(60)}),
        tarred({f"{i}.csv": b"x" for i in range(60)}),
    ):
        with pytest.raises(CreditsError, match="more than 50 files"):
            taken(tmp_path, packed, limits=SMALL)


def test_members_are_counted_over_all_archives_in_an_archive(tmp_path):
    data = zipped({"a.csv": PLAIN})
    for _ in range(5):
        data = zipped({f"{i}.zip": data for i in range(10)})
    found = taken(tmp_path, data, "z.zip", limits=SMALL)
    assert len([text for _, text in found if text]) < 50
    assert len([name for name, text in found if not text]) <= 6


def test_what_does_not_add_up_in_a_zip_is_passed_over(tmp_path):
    """The directory says otherwise than the members: 20 its method, 30 its size, 42 its place."""
    for place, value in ((10, 99), (20, 1 << 31), (42, 1 << 30), (46, 0xFFFE)):
        data = bytearray(zipped({"a.csv": PLAIN * 9, "b.csv": PLAIN}))
        at = data.index(b"PK\x01\x02") + place
        data[at : at + 2] = (value & 0xFFFF).to_bytes(2, "little")
        if value > 0xFFFF:
            data[at : at + 4] = value.to_bytes(4, "little")
        assert dict(taken(tmp_path, bytes(data), "z.zip"))["z.zip/b.csv"] == LOG


def entry(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"", **more) -> bytes:
    """One entry of a tar file, to the byte."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(data)
    for field, value in more.items():
        setattr(info, field, value)
    padding = bytes(-len(data) % 512)
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape") + data + padding


def test_nothing_that_a_tar_can_name_is_read_or_written(tmp_path):
    """Links out of it, devices, pipes and folders are no files; a name goes nowhere."""
    (tmp_path / "secret").write_text(LOG)
    linked = {"linkname": str(tmp_path / "secret")}
    packed = b"".join(
        (
            entry("symbolic.csv", tarfile.SYMTYPE, **linked),
            entry("hard.csv", tarfile.LNKTYPE, **linked),
            entry("up.csv", tarfile.LNKTYPE, linkname="../secret"),
            entry("pipe.csv", tarfile.FIFOTYPE),
            entry("disk.csv", tarfile.BLKTYPE, devmajor=8),
            entry("zero.csv", tarfile.CHRTYPE, devmajor=1, devminor=5),
            entry("folder.csv", tarfile.DIRTYPE),
            entry("../../evil.csv", data=PLAIN),
            entry("/tmp/evil.csv", data=PLAIN),
            entry("line\nevil.csv", data=PLAIN),
            entry("\x1b[31mevil.csv", data=PLAIN),
            entry("a/" * 120 + "evil.csv", data=PLAIN),
            entry("\udcffevil.csv", data=PLAIN),
            bytes(1024),
        )
    )
    before = set(tmp_path.rglob("*"))
    found = taken(tmp_path, packed, "t.tar")
    assert [text for _, text in found] == [LOG] * 6
    assert found[-1][0] == "t.tar/?evil.csv"
    new = set(tmp_path.rglob("*")) - before - {tmp_path / "given"}
    assert {path.parent for path in new} <= {tmp_path, tmp_path / "scratch"}
    assert not [path for path in new if "evil" in path.name]
    assert not list(tmp_path.parent.glob("evil*"))
    assert not list(Path("/tmp").glob("evil*"))


def test_a_tar_with_odd_names_is_loaded(tmp_path, store: Store):
    path = tmp_path / "t.tar"
    path.write_bytes(
        entry("\udcff\x1b[31m\n.csv", data=PLAIN) + entry("../b.csv", data=PLAIN) + bytes(1024)
    )
    loads, _ = store.load(path, now=datetime(2026, 3, 1))
    assert [load.path for load in loads] == [f"{path}/?\x1b[31m\n.csv", f"{path}/../b.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.csv",
        "/tmp/evil.csv",
        "C:\\evil.csv",
        "..\\evil.csv",
        "a\0evil",
        "a\nevil",
        "~/evil",
    ],
)
def test_nothing_that_a_zip_can_name_is_written(tmp_path, name):
    assert [text for _, text in taken(tmp_path, zipped({name: PLAIN}), "z.zip")] == [LOG]
    assert {path.name for path in tmp_path.iterdir()} == {"given", "scratch"}
    assert not [path for path in (tmp_path / "scratch").iterdir() if "evil" in path.name]
    assert not list(Path("/tmp").glob("evil*"))


def test_a_symbolic_link_in_a_zip_is_the_text_that_it_holds(tmp_path):
    (tmp_path / "secret").write_text(LOG)
    link = zipfile.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, str(tmp_path / "secret"))
    ((_, text),) = taken(tmp_path, packed.getvalue(), "z.zip")
    assert text == str(tmp_path / "secret")


def test_a_zip_of_a_hundred_thousand_members_is_refused_before_any_is_unpacked(tmp_path):
    # One member, named a hundred thousand times in the table of contents.
    one = zipped({"a.csv": b"x"})
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    table = one[at:end] * 100_000
    closing = bytearray(one[end:])
    closing[8:12] = b"\xff" * 4
    closing[12:16] = len(table).to_bytes(4, "little")
    with pytest.raises(CreditsError, match="more than 10,000 files"):
        taken(tmp_path, one[:at] + table + bytes(closing), "z.zip")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_folders_in_an_archive_count_as_its_members(tmp_path):
    for packed in (
        zipped({f"{i}/": b"" for i in range(60)}),
        b"".join(entry(f"{i}", tarfile.DIRTYPE) for i in range(60)) + bytes(1024),
    ):
        with pytest.raises(CreditsError, match="more than 50 files"):
            taken(tmp_path, packed, "a", limits=SMALL)


@pytest.mark.parametrize("large", [False, True], ids=["zip", "zip64"])
def test_a_table_of_contents_without_end_is_not_read(tmp_path, monkeypatch, large):
    monkeypatch.setattr(packing, "DIRECTORY", 2_000)
    members = {f"{i:0100}.csv": b"x" for i in range(15)}
    data = zipped(members)
    if large:
        end = data.index(b"PK\x05\x06")
        start = int.from_bytes(data[end + 16 : end + 20], "little")
        record = struct.pack(
            "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 15, 15, end - start, start
        )
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
        closing = struct.pack(
            "<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0
        )
        data = data[:end] + record + locator + closing
        monkeypatch.setattr(packing, "DIRECTORY", 20_000)
        assert len(taken(tmp_path, data, "z.zip")) == 15
        monkeypatch.setattr(packing, "DIRECTORY", 2_000)
    with pytest.raises(CreditsError, match="too many files, or names too long"):
        taken(tmp_path, data, "z.zip")


@pytest.mark.parametrize(
    "kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK]
)
def test_a_name_without_end_does_not_fill_the_memory(tmp_path, kind):
    endless = entry("x", kind, data=b"a" * (2 << 20))
    good = entry("a.csv", data=PLAIN)
    with pytest.raises(CreditsError, match="damaged tar file"):
        taken(tmp_path, good + endless + good + bytes(1024), "t.tar")


def test_a_sparse_file_in_a_tar_cannot_claim_to_be_large(tmp_path, monkeypatch):
    """Ten kilobytes that say of themselves that they are a terabyte of zeros."""
    monkeypatch.setattr(packing, "CHUNK", 64 << 10)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.csv")
        info.pax_headers = {
            "GNU.sparse.major": "0",
            "GNU.sparse.minor": "1",
            "GNU.sparse.name": "a.csv",
            "GNU.sparse.map": "0,0",
            "GNU.sparse.numblocks": "1",
            "GNU.sparse.size": str(1 << 40),
        }
        archive.addfile(info)
    with pytest.raises(CreditsError, match="beyond the limit"):
        taken(tmp_path, packed.getvalue(), "t.tar", SMALL)
    assert sum(f.stat().st_size for f in (tmp_path / "scratch").iterdir()) < 6 << 20


def test_many_members_may_expand_together_as_far_as_the_upload_allows(tmp_path, monkeypatch):
    """The members' own sizes are their own word; that of the upload is known."""
    monkeypatch.setattr(packing, "CHUNK", 64 << 10)
    log = b"".join(b"2026-01-01T00:00:00Z,ann,%d\n" % (i * i) for i in range(30_000))
    packed = zipped({f"{i}.csv": log for i in range(4)})
    assert len(taken(tmp_path, packed, "z.zip", limits=SMALL)) == 4


@pytest.mark.parametrize("pack", [gzip.compress, lambda d: zipped({"a.csv": d})], ids=["gz", "zip"])
def test_unpacking_leaves_room_on_the_disk_for_others(tmp_path, pack):
    limits = Limits(spare=1 << 60)
    found: list[tuple[str, str | None]] = []
    with contextlib.suppress(CreditsError):
        found = taken(tmp_path, pack(PLAIN), "a", limits=limits)
    assert [text for _, text in found if text] == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG"),
        (b"%PDF-1.7\n" + bytes(99), "PDF"),
        (bytes(range(256)) * 40, "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Excel"),
    ],
)
def test_what_is_no_log_is_one_sentence(tmp_path, data, reason):
    with pytest.raises(CreditsError, match=rf"^a\.log .*{reason}.*\.$"):
        taken(tmp_path, data)


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path):
    with pytest.raises(CreditsError, match="There is no file"):
        list(unpack(tmp_path / "nowhere", "nowhere", tmp_path))
    with pytest.raises(CreditsError, match="is a folder"):
        list(unpack(tmp_path, "here", tmp_path))


def test_an_archive_is_loaded_log_by_log(store: Store, tmp_path):
    path = tmp_path / "z.zip"
    path.write_bytes(zipped({"a.csv": PLAIN, "b.csv": PLAIN, "c.txt": b"hello\nworld\n"}))
    loads, passed = store.load(path, Terms(), now=datetime(2026, 11, 22), name="z.zip")
    assert [(load.path, load.loaded, load.duplicates) for load in loads] == [
        ("z.zip/a.csv", 60, 0), ("z.zip/b.csv", 0, 60)
    ]  # fmt: skip
    assert [item.name for item in passed] == ["z.zip/c.txt"]
