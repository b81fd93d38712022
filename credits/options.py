"""What the commands share: options, the plan they say, the database, periods, bad usage."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from credits import CreditsError, terminal


class Window(StrEnum):
    """What 24 hours mean."""

    trailing = "trailing"
    calendar = "calendar"
    anchored = "anchored"


Database = Annotated[
    Path | None,
    typer.Option(
        "--database",
        help="The database file. Default: CREDITS_DATABASE, else data/credits.duckdb.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Kind = Annotated[Window, typer.Option("--window", help="What 24 hours mean.")]
Zone = Annotated[
    str, typer.Option("--time-zone", help="The zone of days, and of an --at without one.")
]
PlanName = Annotated[
    str | None,
    typer.Option("--plan", help="An edition, such as “Bigin Express”, with --users users."),
]
BaseLimit = Annotated[
    int, typer.Option("--base-limit", min=0, help="Credits that come with the edition.")
]
Users = Annotated[int, typer.Option("--users", min=0, help="Users paid for.")]
CreditsPerUser = Annotated[
    int, typer.Option("--credits-per-user", min=0, help="Credits that each user adds.")
]
AddOn = Annotated[int, typer.Option("--add-on", min=0, help="Credits bought on top.")]
Cap = Annotated[
    int | None, typer.Option("--cap", min=0, help="The most that the vendor gives. Default: none.")
]
Growth = Annotated[
    float, typer.Option("--growth", min=-100, help="Per cent by which all demand grows.")
]
Refused = Annotated[
    bool,
    typer.Option(
        "--refused/--no-refused",
        help="Whether calls that the log shows as refused (429) count as demand.",
    ),
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DAY", help="The period's first day. Default: of all calls."),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="DAY", help="The period's last day. Default: of all calls."),
]
Currency = Annotated[str, typer.Option("--currency", help="The currency of prices and bill.")]


class By(StrEnum):
    """By whom a bill is shared out."""

    user = "user"
    app = "app"
    api = "api"


ShareBy = Annotated[By, typer.Option("--by", help="By whom the bill is shared out.")]
Bill = Annotated[
    str | None,
    typer.Option("--bill", metavar="AMOUNT", help="What is shared out, such as 1234.50."),
]


@contextmanager
def bad_usage() -> Iterator[None]:
    """What is wrong whatever the logs hold is the fault of whoever wrote the command."""
    try:
        yield
    except CreditsError as error:
        raise typer.BadParameter(str(error)) from None


@contextmanager
def opened(database: Path | None, reads: Sequence[str] = ()) -> Iterator[Any]:
    """The store of a database, of the settings' unless one is named.

    `reads`: files and folders that it is to load from.
    """
    from credits.settings import settings
    from credits.store import Store

    chosen = settings()
    files = [Path(each) for each in reads]
    path, limit = database or chosen.database, chosen.memory_limit
    with Store(path, memory_limit=limit, reads=files) as store:
        yield store


def known_zone(name: str) -> str:
    """A time zone that there is."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise typer.BadParameter(
            f"There is no time zone “{name}”: write it as Europe/Berlin or UTC."
        ) from None
    return name


def instant(text: str, zone: str) -> datetime:
    """A moment as naive UTC; without a zone of its own, in the one that is given."""
    from zoneinfo import ZoneInfo

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"--at {text} is no time: write it as 2026-08-13T14:00:00Z."
        ) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).replace(tzinfo=None)


def period(
    first: str | None, last: str | None, zone: str
) -> tuple[datetime | None, datetime | None]:
    """The first and the last instant of a period of days, naive UTC; None where no day is named."""
    from credits import views

    begin, end = _day("--from", first), _day("--to", last)
    if begin is not None and end is not None and begin > end:
        raise typer.BadParameter(f"--from {first} is after --to {last}: swap them.")
    midnight = datetime.min.time()
    start = None if begin is None else views.instant(datetime.combine(begin, midnight), zone)
    if end is None:
        return start, None
    after = views.instant(datetime.combine(end + timedelta(days=1), midnight), zone)
    return start, after - timedelta(microseconds=1)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text} is no day: write it as 2026-08-13.") from None
    if not 1900 <= day.year < 2200:
        raise typer.BadParameter(f"{option} {text} is out of range: name a day from 1900 to 2199.")
    return day


def amount(text: str | None) -> Decimal | None:
    """A price or a bill; None where none was given."""
    from credits.prices import price

    with bad_usage():
        return None if text is None else price(text)


@contextmanager
def progress_bar(path: str) -> Iterator[Any]:
    """A progress bar, where there is somebody to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(terminal.safe(path), total=1.0)

        def progress(share: float, message: str) -> None:
            bar.update(task, completed=share, description=terminal.safe(message))

        yield progress
