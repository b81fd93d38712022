"""Sessions that load, read and undo at once get what they would get one after the other."""

from __future__ import annotations

from pathlib import Path

from sessions import day
from working import Logs


def test_sessions_that_load_read_and_undo_at_once_do_not_notice_each_other(tmp_path: Path):
    folder = tmp_path / "logs"
    folder.mkdir()
    done = day(tmp_path, Logs(folder, rows=300), loaders=4, readers=2, each=2)
    assert (done.loads, done.faults) == (8, [])
    assert done.undone
    assert len(done.versions) > 1
