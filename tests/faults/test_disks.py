"""A full disk, or one that nobody may write to: a sentence, and all is well once that is over."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
_DROP = 24  # PR_CAPBSET_DROP
_OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
LOG = "time,user,api,status\n2026-01-05T10:00:00Z,ada,getRecords,200\n"


def filled(command: list[str], folder: Path, way: str) -> str:
    """What filling.py answers: it fails where something was lost."""
    logs = folder.parent / "logs"
    logs.mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))}
    done = subprocess.run(
        [*command, sys.executable, str(HERE / "filling.py"), str(folder), str(logs), way],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def small_disk(folder: Path, megabytes: int) -> list[str]:
    """What to write before a command, so that it finds a small file system in a folder."""
    for who in ((), ("--user", "--map-root-user")):
        mount = f"mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' && exec \"$@\""
        command = ["unshare", "--mount", *who, "sh", "-c", mount, "sh"]
        if shutil.which("unshare"):
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    pytest.skip("no file system may be mounted here")


def test_a_full_disk_is_told_takes_nothing_and_the_same_program_goes_on_with_more_room(
    tmp_path: Path,
):
    folder = tmp_path / "disk"
    folder.mkdir()
    assert "2 loads" in filled(small_disk(folder, 16), folder, "disk")


def test_a_file_that_may_not_grow_takes_nothing_and_the_same_program_goes_on(tmp_path: Path):
    folder = tmp_path / "here"
    folder.mkdir()
    assert "loads" in filled([], folder, "limit")


def _obey_permissions() -> None:
    """Root may write anywhere, unless it gives that up for good."""
    system = ctypes.CDLL(None, use_errno=True)
    for power in _OVERRIDES:
        system.prctl(_DROP, power, 0, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_a_folder_that_may_not_be_written_to_is_told_and_used_once_it_may(tmp_path: Path):
    folder, log = tmp_path / "folder", tmp_path / "a.csv"
    folder.mkdir()
    log.write_text(LOG)

    def load(database: str) -> subprocess.CompletedProcess[str]:
        path = str(folder / database)
        command = [sys.executable, "-m", "credits", "load", str(log), "--database", path]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False,
            preexec_fn=_obey_permissions if sys.platform == "linux" else None,
        )  # fmt: skip

    assert load("old.duckdb").returncode == 0
    before = (folder / "old.duckdb").read_bytes()
    modes = [(folder, 0o555, 0o755), (folder / "old.duckdb", 0o444, 0o644)]
    for path, locked, usual in modes:
        path.chmod(locked)
        for database in ("new.duckdb", "old.duckdb")[path != folder :]:
            done = load(database)
            if done.returncode == 0:
                pytest.skip("this user may write anywhere, and can't give that up")
            assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
            assert "make the folder writable" in done.stderr.replace("its", "the")
        assert (folder / "old.duckdb").read_bytes() == before
        path.chmod(usual)
        assert load("old.duckdb").returncode == 0
        before = (folder / "old.duckdb").read_bytes()
    assert load("new.duckdb").returncode == 0
