"""What pages read, cached by the data version: a load in one browser shows in all of them.

Each function here asks everything it needs of one snapshot, so that no page mixes before and after.
Moving a slider changes none of their arguments, and so asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st

from credits import comparison, demand, forecast, replay, usage
from credits import whose as blame
from credits.people import People, Person, everyone
from credits.people import person as one_person
from credits.presets import DATA
from credits.rates import RateCard
from credits.settings import settings
from credits.store import Answers, Preview, Store, Summary, Terms, shared
from credits.store.trials import Batching, Trial
from credits.windows import Kind

T = TypeVar("T")
_MOST_KNOWN = 2_000
SAMPLE = DATA / "sample.csv.gz"


def store() -> Store:
    """The database of this process; a new one starts with the sample."""
    chosen = settings()
    opened = shared(chosen.database, memory_limit=chosen.memory_limit, reads=[chosen.inbox])
    if chosen.sample and opened.version() == 0:
        with st.spinner("Loading the sample log, on this first start only …"):
            opened.load_sample(SAMPLE, now=now(), first=True)
    return opened


@st.cache_data(max_entries=64, show_spinner="Looking at the file …")
def preview(version: int, path: Path, name: str, terms: Terms, most: int) -> list[Preview]:
    """What a file that waits would be read as: the first logs in it."""
    return store().preview(path, terms, name=name, most=most)


def follow(version: int) -> None:
    """Start the page anew where others have loaded, undone or rated anew since a version."""
    if store().version() != version:
        st.rerun()


def load_sample() -> None:
    """Take in the sample because somebody asked for it."""
    store().load_sample(SAMPLE, now=now())


@contextmanager
def _moment(version: int) -> Iterator[Answers]:
    """Questions to the data as of a version; where that has passed, the page starts anew."""
    with store().answers() as answers:
        if answers.version() != version:
            st.rerun()
        yield answers


def now() -> pd.Timestamp:
    """The moment, naive UTC."""
    return pd.Timestamp.now("UTC").tz_localize(None)


@st.cache_resource(max_entries=4, show_spinner=False)
def summary(path: Path, version: int) -> Summary:
    """All that is loaded, in one row."""
    with _moment(version) as answers:
        return answers.summary()


@st.cache_resource(max_entries=32, show_spinner="Adding up …")
def overview(
    path: Path,
    version: int,
    at: pd.Timestamp,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind,
    zone: str,
) -> usage.Overview:
    """Everything that the organization page shows."""
    with _moment(version) as answers:
        return usage.overview(answers, at, start, end, kind, zone)


def drawn(name: str, key: Hashable, draw: Callable[[], T]) -> T:
    """What was drawn under a name for a key, drawn when it is asked for the first time.

    A page redraws at every move of a slider; what does not know the plan is drawn once.
    """
    # As text, because Streamlit takes a millisecond to tell one tuple of instants from another.
    return _drawn(f"{name} {key!r}", draw)


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: str, _draw: Callable[[], T]) -> T:
    return _draw()


@st.cache_resource(max_entries=32, show_spinner="Adding up …")
def window(path: Path, version: int, at: pd.Timestamp, kind: Kind, zone: str) -> usage.Window:
    """The window at an instant."""
    with _moment(version) as answers:
        return usage.window_at(answers, at, kind, zone)


@st.cache_resource(max_entries=64, show_spinner="Adding up …")
def totals(
    path: Path,
    version: int,
    by: tuple[str, ...],
    start: pd.Timestamp,
    end: pd.Timestamp,
    where: tuple[tuple[str, tuple[str | None, ...]], ...] = (),
) -> pd.DataFrame:
    """Sums by some dimensions, of the calls that `where` wants."""
    with _moment(version) as answers:
        return answers.totals(by, start, end, {name: list(values) for name, values in where})


@st.cache_resource(max_entries=4, show_spinner=False)
def users_seen(path: Path, version: int) -> int:
    """How many users the logs name."""
    with _moment(version) as answers:
        return int((answers.totals(("user", "user_basis"))["user_basis"] == "user").sum())


@st.cache_resource(max_entries=16, show_spinner="Adding up by user …")
def people(
    path: Path, version: int, start: pd.Timestamp, end: pd.Timestamp, kind: Kind, zone: str
) -> People:
    """Everything that the users page shows."""
    with _moment(version) as answers:
        return everyone(answers, start, end, kind, zone)


@st.cache_resource(max_entries=32, show_spinner="Adding up …")
def person(
    path: Path,
    version: int,
    user: str,
    basis: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    kind: Kind,
    zone: str,
) -> Person:
    """Everything about one user."""
    with _moment(version) as answers:
        return one_person(answers, user, basis, start, end, kind, zone)


@st.cache_resource(max_entries=3, show_spinner="Reading what was wanted, minute by minute …")
def wanted(path: Path, version: int, kind: Kind, zone: str, refused: bool) -> demand.Demand:
    """All demand, ready to be played again. `refused`: whether calls refused in the log count."""
    with _moment(version) as answers:
        return demand.prepared(answers.demand(refused=refused), kind, zone)


@st.cache_resource(max_entries=4, show_spinner="Letting the demand grow …")
def grown(
    path: Path, version: int, kind: Kind, zone: str, refused: bool, growth: float
) -> demand.Demand:
    """All demand, grown by so many per cent."""
    return wanted(path, version, kind, zone, refused).grown(growth)


Played = tuple[Path, int, Kind, str, bool, float]
"""What a replay depends on beside the allowance: the arguments of `grown`."""


@st.cache_resource(max_entries=6, show_spinner=False)
def replayed(played: Played, allowance: int) -> replay.Replay:
    """All demand played again under an allowance."""
    return replay.play(grown(*played), allowance)


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcomes(played: Played) -> dict[int, comparison.Outcome]:
    """What is known already; see `outcomes`."""
    return {}


def outcomes(played: Played, allowances: list[int]) -> list[comparison.Outcome]:
    """What became of all demand under some allowances, in a few numbers each."""
    known = _outcomes(played)
    missing = set(allowances) - known.keys()
    if len(known) > _MOST_KNOWN:
        known.clear()
        missing = set(allowances)
    if missing:
        whole = grown(*played)
        known |= {each: comparison.outcome(whole, each) for each in missing}
    return [known[each] for each in allowances]


@st.cache_resource(max_entries=8, show_spinner="Playing the usage again under many allowances …")
def curve(played: Played) -> pd.DataFrame:
    """Refused against allowance; see `replay.curve`."""
    return replay.curve(grown(*played))


@st.cache_resource(max_entries=16, show_spinner="Finding out whose calls they were …")
def whose(played: Played, allowance: int, by: str) -> pd.DataFrame:
    """What was refused, by user or by API; see `whose.whose`."""
    found = replayed(played, allowance)
    with _moment(played[1]) as answers:
        wanted_by = answers.demand_by(by, found.blocked, refused=played[4])
    return blame.whose(found, wanted_by)


@st.cache_resource(max_entries=8, show_spinner="Trying the rate card …")
def tried(path: Path, version: int, document: str, _card: RateCard) -> Trial:
    """What a rate card, known by its document, would make of everything loaded."""
    with _moment(version) as answers:
        return answers.trial(_card)


@st.cache_resource(max_entries=8, show_spinner="Looking for calls to batch …")
def batched(path: Path, version: int, document: str, _card: RateCard) -> Batching:
    """What fuller calls would have saved under a rate card."""
    with _moment(version) as answers:
        return answers.batching(_card)


@st.cache_resource(max_entries=8, show_spinner=False)
def untold(path: Path, version: int, document: str, _card: RateCard) -> pd.DataFrame:
    """Loads that must be taken in again for some rules of a rate card."""
    with _moment(version) as answers:
        return answers.untold(_card)


@st.cache_resource(max_entries=16, show_spinner="Looking ahead …")
def foreseen(
    path: Path, version: int, kind: Kind, zone: str, refused: bool, growth: float
) -> forecast.Forecast:
    """What the coming 90 days may need: no plan is asked for, so that none simulates again.

    `refused`: whether calls refused in the log count.
    """
    with _moment(version) as answers:
        demand = answers.demand(refused=refused)
        return forecast.forecast(demand, zone, growth=growth, kind=kind)
