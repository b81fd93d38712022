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
    assert "loads" in filled(small_disk(folder, 24), folder, "disk")


def test_a_file_that_may_not_grow_takes_nothing_and_the_same_program_goes_on(tmp_path: Path):
    folder = tmp_path / "here"
    folder.mkdir()
    assert "loads" in filled([], folder, "limit")


def _obey_permissions() -> None:
    """Root may write anywhere, unless it gives that up for good."""
    system = ctypes.CDLL(None, use_errno=True)
    for power in _OVERRIDES:
        system.prctl(_DROP, power, 0, 0, 0)


# Whatever is tried is refused in one sentence, and nothing changes; then it is allowed, and works.
_TRIES = """
import sys
from datetime import datetime
from pathlib import Path
from credits import CreditsError
from credits.store import Store

folder, log = Path(sys.argv[1]), Path(sys.argv[2])
now = datetime(2026, 11, 22)

def load(name):
    with Store(folder / name) as store:
        store.load(log, now=now)
        return len(store.loads())

assert load("old.duckdb") == 1
loads = 1
for path, locked, usual in ((folder, 0o555, 0o755), (folder / "old.duckdb", 0o444, 0o644)):
    before = (folder / "old.duckdb").read_bytes()
    path.chmod(locked)
    for name in ("new.duckdb", "old.duckdb") if path == folder else ("old.duckdb",):
        try:
            load(name)
        except CreditsError as error:
            print(error)
        else:
            sys.exit(3)
    assert (folder / "old.duckdb").read_bytes() == before
    path.chmod(usual)
    loads += 1
    assert load("old.duckdb") == loads
assert load("new.duckdb") == 1
"""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_a_folder_that_may_not_be_written_to_is_told_and_used_once_it_may(tmp_path: Path):
    folder, log = tmp_path / "folder", tmp_path / "a.csv"
    folder.mkdir()
    log.write_text(LOG)
    done = subprocess.run(
        [sys.executable, "-c", _TRIES, str(folder), str(log)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=_obey_permissions if sys.platform == "linux" else None,
    )  # fmt: skip
    if done.returncode == 3:
        pytest.skip("this user may write anywhere, and can't give that up")
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 3
    for sentence in told:
        assert "can't be" in sentence
        assert "folder writable" in sentence
