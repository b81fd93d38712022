"""Twenty people at once: sessions of the server, each with a slider that moves every two seconds.

The sessions speak Streamlit's own protocol in place of a browser: twenty of those would measure the
machine that draws, and not the server.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from browser import served
from loading import great
from measure import ROOT, Finding, most_memory
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SESSIONS = 20
PAUSE = 2.0


class Session:
    """One person on a page that has the plan's sliders."""

    def __init__(self, address: str, page: str = "") -> None:
        place = urlsplit(address).netloc
        self.socket = connect(
            f"ws://{place}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,  # type: ignore[list-item]
        )
        self.page, self.slider, self.fragment = page, "", ""
        self.value = 0
        self.options: list[str] = []
        self.run()

    def run(self) -> float:
        """Ask for the page with the slider where it is; seconds until all of it has arrived."""
        asked = BackMsg()
        asked.rerun_script.page_name = self.page
        if self.slider:
            asked.rerun_script.fragment_id = self.fragment
            state = asked.rerun_script.widget_states.widgets.add(id=self.slider)
            state.string_array_value.data.append(self.options[self.value % len(self.options)])
        begun = time.perf_counter()
        self.socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=120))
            self._look(message)
            if message.WhichOneof("type") == "script_finished":
                return time.perf_counter() - begun

    def _look(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "slider" and element.slider.id.endswith("-base"):
            self.slider, self.options = element.slider.id, list(element.slider.options)
            self.fragment = message.delta.fragment_id
            self.value = self.value or 20

    def move(self, times: int) -> list[float]:
        """The seconds of some moves, a pause after each."""
        taken = []
        for _ in range(times):
            self.value += 1
            taken.append(self.run())
            time.sleep(max(PAUSE - taken[-1], 0))
        return taken


def twenty(folder: Path, moves: int = 10) -> Iterator[Finding]:
    """The 95th percentile of twenty sessions' moves, against the median of one's."""
    with served(ROOT / "app.py", folder) as server:
        alone = statistics.median(Session(server.address).move(moves))
        sessions = [Session(server.address) for _ in range(SESSIONS)]
        taken = _at_once(sessions, moves)
    worst = statistics.quantiles(taken, n=20)[-1]
    name = (
        f"95th percentile of {SESSIONS} sessions, a move every {PAUSE:.0f} s, against one's median"
    )
    detail = f"{worst * 1000:.0f} ms against {alone * 1000:.0f} ms, without a browser's drawing"
    yield Finding(name, worst / alone, 5, detail)


def _at_once(sessions: list[Session], moves: int) -> list[float]:
    """The seconds of all moves of some sessions, which begin one after the other."""
    taken: list[float] = []
    threads = []
    for place, session in enumerate(sessions):

        def go(session: Session = session, wait: float = place * PAUSE / len(sessions)) -> None:
            time.sleep(wait)
            taken.extend(session.move(moves))

        threads.append(threading.Thread(target=go))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def crowd(folder: Path, scale: float, seed: int) -> Iterator[Finding]:
    """Memory of the app with 100 million calls, times `scale`, and ten sessions on four pages."""
    rows = round(100_000_000 * scale)
    own = Path(tempfile.mkdtemp(dir=folder))
    os.link(great(folder, rows, seed), own / "credits.duckdb")
    with served(ROOT / "app.py", own) as server:
        pages = ["", "users", "plan", "forecast"]
        sessions = [Session(server.address, pages[place % 4]) for place in range(10)]
        taken = _at_once(sessions, 5)
        memory = most_memory(server.process)
    if len(taken) < 50 or not all(session.slider for session in sessions):
        raise AssertionError("a page had no slider")
    name = f"memory of the app with {rows:,} calls and ten sessions, against 2 GB"
    yield Finding(name, memory / 2000, 1, f"{memory:,} MB; a move takes {max(taken):.2f} s at most")
