"""What the commands share: options, the plan they say, the database, periods, bad usage."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from credits import CreditsError, terminal
from credits.plan import Plan
from credits.prices import Prices


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
    typer.Option(
        "--plan",
        help="An edition, such as “Bigin Express”, or a saved plan. Numbers given beside it win.",
        show_default=False,
    ),
]
BaseLimit = Annotated[
    int | None,
    typer.Option(
        "--base-limit", min=0, help="Credits that come with the edition. Default: 50,000."
    ),
]
Users = Annotated[int | None, typer.Option("--users", min=0, help="Users paid for. Default: 10.")]
CreditsPerUser = Annotated[
    int | None,
    typer.Option("--credits-per-user", min=0, help="Credits that each user adds. Default: 250."),
]
AddOn = Annotated[
    int | None, typer.Option("--add-on", min=0, help="Credits bought on top. Default: 0.")
]
Cap = Annotated[
    int | None, typer.Option("--cap", min=0, help="The most that the vendor gives. Default: none.")
]
Growth = Annotated[
    float | None,
    typer.Option("--growth", min=-100, help="Per cent by which all demand grows. Default: 0."),
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
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency", help="The currency of prices and bill. Default: the plan's, or USD."
    ),
]
PricePerUser = Annotated[
    str | None,
    typer.Option("--price-per-user", metavar="AMOUNT", help="Per user paid for and month."),
]
FixedPrice = Annotated[
    str | None, typer.Option("--fixed-price", metavar="AMOUNT", help="Per month.")
]
AddOnPrice = Annotated[
    str | None,
    typer.Option("--add-on-price", metavar="AMOUNT", help="Per 1,000 add-on credits and month."),
]


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


@dataclass(frozen=True)
class Given:
    """The numbers of a plan that the command says; None: it doesn't say."""

    base_limit: int | None = None
    users: int | None = None
    credits_per_user: int | None = None
    add_on: int | None = None
    cap: int | None = None

    def over(self, plan: Plan) -> Plan:
        """A plan with these numbers in place of its own."""
        said = {name: value for name, value in vars(self).items() if value is not None}
        return replace(plan, **said)


def scenario(name: str | None, given: Given, growth: float | None, saved: list[Any]) -> Any:
    """What a command plays again: an edition, a saved plan or numbers of one's own, as a scenario.

    Whatever is given beside a name goes before what the name stands for. `saved`: the scenarios of
    the database. Raises CreditsError where the name stands for nothing.
    """
    from credits.editions import editions
    from credits.scenarios import OWN, Scenario, of_edition

    if name is None:
        return Scenario(OWN, given.over(Plan()), OWN, growth or 0)
    wanted = " ".join(name.split()).casefold()
    for each in editions():
        if each.name.casefold() == wanted:
            users = Plan().users if given.users is None else given.users
            each.plan(users, given.add_on or 0)  # refuses add-on credits where none are sold
            found = of_edition(each, users, Prices(), given.add_on or 0, growth or 0)
            return replace(found, plan=given.over(found.plan))
    for each in saved:
        if each.name.casefold() == wanted:
            grown = each.growth if growth is None else growth
            return replace(each, plan=given.over(each.plan), growth=grown)
    known = [each.name for each in (*editions(), *saved)]
    raise CreditsError(
        f"There is no edition and no saved plan {name!r}: name one of {', '.join(known)}."
    )


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
    # As it is written: at the ends of the calendar there is no UTC to ask about.
    _in_range("--at", text, at, "time")
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).replace(tzinfo=None)


def period(
    first: str | None, last: str | None, zone: str
) -> tuple[datetime | None, datetime | None]:
    """The first and the last instant of a period of days, naive UTC; None where no day is named."""
    from credits import times

    begin, end = _day("--from", first), _day("--to", last)
    if begin is not None and end is not None and begin > end:
        raise typer.BadParameter(f"--from {first} is after --to {last}: swap them.")
    start = None if begin is None else times.day_span(begin, begin, zone)[0]
    return start, None if end is None else times.day_span(end, end, zone)[1]


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text} is no day: write it as 2026-08-13.") from None
    _in_range(option, text, day, "day")
    return day


def _in_range(option: str, text: str, at: date, thing: str) -> None:
    if not 1900 <= at.year < 2200:
        raise typer.BadParameter(
            f"{option} {text} is out of range: name a {thing} from 1900 to 2199."
        )


def amount(text: str | None) -> Decimal | None:
    """A price or a bill; None where none was given."""
    from credits import amounts

    with bad_usage():
        return None if text is None else amounts.amount(text)


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
