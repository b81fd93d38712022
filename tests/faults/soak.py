"""The long run of what tests/faults tries briefly: `make soak`, with KILLS=… and SESSIONS=….

It prints the figures that the README quotes, and stops at the first thing that was lost.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from killing import Killing
from sessions import day
from working import Logs


def main() -> None:
    """Kill, then let many sessions loose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=4, help="that load at once")
    parser.add_argument("--rows", type=int, default=20_000, help="of a small log")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="credits-soak-") as name:
        folder = Path(name)
        for each in ("logs", "kills", "sessions"):
            (folder / each).mkdir()
        logs = Logs(folder / "logs", rows=chosen.rows)
        toll = Killing(folder / "kills", logs, chosen.seed).kill(
            chosen.kills, lambda sentence: print(f"  … {sentence}", flush=True)
        )
        print(toll.told(), flush=True)
        done = day(folder / "sessions", logs, loaders=chosen.sessions, readers=3, each=4)
        print(done.told(chosen.sessions + 4))
    print(f"Nothing lost, in {timedelta(seconds=round(time.monotonic() - began))}")


if __name__ == "__main__":
    main()
