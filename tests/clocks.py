"""A clock for one process that is set while it runs, as no test may set the real one.

libfaketime stands between the process and the system and reads from a file what to answer. What
counts time, and never jumps, is left as it is; so are the times of files, which the system writes.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PAST, FUTURE, NOW = "@1971-01-01 00:00:00", "@2150-01-01 00:00:00", "+0"


class Clock:
    """Skips the test where libfaketime is not installed, or fails where REQUIRE_FAKETIME is 1."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(NOW)
        self.environment = {
            "LD_PRELOAD": _library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Without this a thread that waits for a while spins, and a server stands still.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    def set(self, time: str) -> None:
        """From now on it is that time there: `@2150-01-01 00:00:00`, or `+0` for the right one."""
        # In one step: who reads half of it would have no time at all.
        other = self._file.with_suffix(".next")
        other.write_text(f"{time}\n")
        other.replace(self._file)

    @contextmanager
    def jumping(self) -> Iterator[None]:
        """Set it back and forth all the time, and right at the end."""
        over = threading.Event()

        def jump() -> None:
            for time in itertools.cycle((PAST, "+3600", FUTURE, "-3600", NOW)):
                self.set(time)
                if over.wait(0.02):
                    return

        thread = threading.Thread(target=jump)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.set(NOW)


def _library() -> str:
    """What to load before a process: as the command `faketime` would."""
    command = shutil.which("faketime")
    if command is None:
        message = "No faketime on the path: install it, on Debian with `apt-get install faketime`."
        if os.environ.get("REQUIRE_FAKETIME") == "1":
            pytest.fail(message)
        pytest.skip(message)
    asked = [command, "-f", "+0", "sh", "-c", 'echo "$LD_PRELOAD"']
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
