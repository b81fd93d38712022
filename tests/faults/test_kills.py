"""A process that is killed loses nothing that it had acknowledged, and leaves nothing half done."""

from __future__ import annotations

from pathlib import Path

from killing import Killing
from working import Logs


def test_whenever_a_process_is_killed_what_it_acknowledged_is_whole_and_no_more(
    tmp_path: Path,
):
    logs = tmp_path / "logs"
    logs.mkdir()
    toll = Killing(tmp_path, Logs(logs, rows=2_000), seed=1).kill(20)
    assert toll.kills == 20, toll.told()
