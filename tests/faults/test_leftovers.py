"""What a killed process leaves on the disk is gone at the next opening; the living lose nothing."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from credits import CreditsError
from credits.store import Store, copying, private

ROOT = Path(__file__).resolve().parents[2]
LOG = "time,user,api,status\n2026-01-05T10:00:00Z,ada,getRecords,200\n"
# A program with everything on the disk that one may have: an upload, what a load reads, what
# doesn't fit into memory and half a copy. It waits to be killed.
WORKS = """
import sys
from pathlib import Path
from credits.store import Store, copying, private

store, upload = Store(Path(sys.argv[1]), memory_limit="60MB"), private.temporary("upload-")
(upload.path / "a.csv").write_text("waiting")
with (
    store._database.scratch() as scratch,
    store._database.using() as cursor,
    copying._part(Path(sys.argv[1])) as part,
):
    (scratch / "unpacked").write_text("waiting")
    part.write_text("half a copy")
    cursor.execute("CREATE TEMP TABLE much AS SELECT hash(i) AS h FROM range(15_000_000) AS t(i)")
    print("working", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is temporary for all processes of this test."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@contextmanager
def working(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that has the database open and much on the disk."""
    command = [sys.executable, "-c", WORKS, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        try:
            assert program.stdout.readline() == "working\n"
            yield program
        finally:
            program.kill()


def everything(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*")}


def opened(path: Path) -> None:
    Store(path).close()


def test_what_a_killed_program_leaves_is_gone_at_the_next_opening(tmp_path: Path, temporary: Path):
    home = tmp_path / "home"
    opened(home / "x.duckdb")
    clean = everything(home, temporary)
    with working(home / "x.duckdb") as program:
        program.kill()
    left = everything(home, temporary) - clean
    assert {path.name for path in left} > {"a.csv", "unpacked", "copy.duckdb"}
    assert sum(path.stat().st_size for path in left if "duckdb_temp" in path.name) > 20 << 20
    opened(home / "x.duckdb")
    assert everything(home, temporary) == clean


def test_a_folder_for_temporary_files_that_is_gone_is_told(tmp_path: Path, temporary: Path):
    opened(tmp_path / "x.duckdb")
    temporary.rmdir()
    with pytest.raises(CreditsError, match="set TMPDIR to one"):
        opened(tmp_path / "x.duckdb")
    temporary.mkdir()
    opened(tmp_path / "x.duckdb")


def test_half_a_copy_of_a_killed_backup_goes_with_the_next_backup(tmp_path: Path, temporary: Path):
    path, folder = tmp_path / "x.duckdb", tmp_path / "backups"
    opened(path)
    folder.mkdir()
    with working(folder / "monday.duckdb") as program:
        program.kill()
    assert len(everything(folder)) > 3
    copying.backup(path, folder / "tuesday.duckdb", memory_limit="1GB")
    left = {each.name for each in everything(folder) if not each.name.endswith((".wal", ".lock"))}
    assert left == {"monday.duckdb", "tuesday.duckdb"}


def another_container() -> list[str]:
    """What to write before a command, so that it sees none of these processes."""
    command = ["unshare", "--pid", "--fork", "--mount-proc"]
    for who in ([], ["--user", "--map-root-user"]):
        if shutil.which("unshare"):
            tried = subprocess.run([*command, *who, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return [*command, *who]
    pytest.skip("no namespace for processes may be made here")


@pytest.mark.parametrize("where", ["here", "in another container"])
def test_what_belongs_to_a_living_program_stays_whoever_opens_what(
    tmp_path: Path, temporary: Path, where: str
):
    before = [] if where == "here" else another_container()
    home = tmp_path / "home"
    with working(home / "x.duckdb") as program:
        there = everything(home, temporary)
        other = home / "other.duckdb"
        opens = "import sys; from credits.store import Store; Store(sys.argv[1]).close()"
        command = [*before, sys.executable, "-c", opens, str(other)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=60)
        copying.backup(home / "x.duckdb", home / "copy.duckdb", memory_limit="1GB")
        assert everything(home, temporary) >= there
        program.communicate(timeout=60)
        assert program.returncode == 0
    left = {path.name.removesuffix(".wal") for path in everything(home, temporary)}
    seen = {name for name in left if not name.endswith(".lock")}
    assert seen == {"x.duckdb", "other.duckdb", "copy.duckdb"}, "who ends by himself tidies up"


def marked(path: Path, mode: int = 0o700) -> Path:
    path.mkdir()
    (path / ".held").touch()
    (path / "content").write_text("something")
    path.chmod(mode)
    return path


def linked(path: Path) -> None:
    path.symlink_to(marked(path.with_name("elsewhere")))


def foreign(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a folder away")
    os.chown(marked(path), 12_345, 12_345)


def without_lock_file(path: Path) -> None:
    (marked(path) / ".held").unlink()


def with_a_link_for_a_lock_file(path: Path) -> None:
    (marked(path) / ".held").rename(path.with_name("held"))
    (path / ".held").symlink_to(path.with_name("held"))


@pytest.mark.parametrize("make", [
    linked, foreign, without_lock_file, with_a_link_for_a_lock_file,
    lambda path: marked(path, 0o777), lambda path: path.write_text("a file"),
    lambda path: marked(path.with_name("credits-soak-abcdefgh")),
    lambda path: marked(path.with_name("credits-abcdefghi")),
    lambda path: marked(path.with_name("abcdefgh.open")),
])  # fmt: skip
def test_what_is_not_known_to_be_ours_stays(tmp_path: Path, make: Callable[[Path], object]):
    make(tmp_path / "credits-abcdefgh")
    there = everything(tmp_path)
    private.sweep(tmp_path)
    assert everything(tmp_path) == there


def test_what_nobody_holds_goes_with_links_in_it_but_not_where_they_lead(tmp_path: Path):
    for name in ("credits-abcdefgh", "credits-upload-abcdefgh", ".x.duckdb.abcd_123.part"):
        folder = marked(tmp_path / name)
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "file").symlink_to(tmp_path / "precious")
        (folder / "folder").symlink_to(tmp_path / "kept")
    (tmp_path / "precious").write_text("stays")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    private.sweep(tmp_path)
    assert {path.name for path in everything(tmp_path)} == {"precious", "kept", "file"}


def test_a_folder_whose_removal_was_cut_off_is_removed_by_the_next(tmp_path: Path):
    folder = marked(tmp_path / "credits-abcdefgh")
    with (folder / ".held").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (folder / "content").unlink()
        private.sweep(tmp_path)
        assert folder.exists()
    private.sweep(tmp_path)
    assert not folder.exists()


def make_and_sweep(parent: Path, rounds: int) -> None:
    """Have folders and lose none, while others do the same and sweep all the time."""
    for number in range(rounds):
        folder = private.Folder(parent, "credits-")
        (folder.path / "mine").write_text(str(number))
        private.sweep(parent)
        assert (folder.path / "mine").read_text() == str(number)
        folder.remove()
        assert not folder.path.parent.exists()


def test_those_who_make_folders_and_those_who_sweep_do_not_get_in_each_others_way(tmp_path: Path):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["credits.store"])
    workers = [context.Process(target=make_and_sweep, args=(tmp_path, 150)) for _ in range(4)]
    killed = [context.Process(target=make_and_sweep, args=(tmp_path, 10**9)) for _ in range(3)]
    for worker in (*workers, *killed):
        worker.start()
    for victim in killed:
        time.sleep(0.1)
        victim.kill()
        victim.join()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    private.sweep(tmp_path)
    for path in tmp_path.iterdir():
        # Killed in the very moment between the making of a folder and that of its lock.
        with suppress(FileNotFoundError):
            assert list(path.iterdir()) == []
