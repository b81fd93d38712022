"""`python -m credits`: load logs and ask for usage from a terminal or a script.

`--json` prints one JSON document on standard output. A failure is one line `credits: …` on standard
error; the exit code is 1 for bad input and 2 for bad usage.
"""

from __future__ import annotations

import glob
import io
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from credits import CreditsError, cli_care, cli_rates, cli_report, terminal
from credits.options import (
    AddOn,
    BaseLimit,
    Cap,
    CreditsPerUser,
    Database,
    Given,
    Growth,
    Json,
    Kind,
    PlanName,
    Refused,
    Users,
    Window,
    Zone,
    bad_usage,
    instant,
    known_zone,
    opened,
    progress_bar,
    scenario,
)
from credits.plan import Plan

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Load call logs, and see what they used of the organization's credits.",
)


@app.command()
def load(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Log files, folders or patterns such as logs/*.gz."),
    ],
    database: Database = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="The format of the logs. Default: found from the content."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column is which field, by name, or by number from 1. May be repeated.",
        ),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", help="A regular expression whose named groups are fields."),
    ] = None,
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="The zone of time stamps that carry none.")
    ] = "UTC",
    day_first: Annotated[
        bool | None,
        typer.Option(
            "--day-first/--month-first",
            help="How to read dates such as 05/06/2026 that the log leaves open.",
            show_default=False,
        ),
    ] = None,
    rate_card: Annotated[
        str | None,
        typer.Option(
            "--rate-card",
            help="The rate card by which calls are rated. Default: the one in force.",
            show_default=False,
        ),
    ] = None,
    keep_duplicates: Annotated[
        bool, typer.Option("--keep-duplicates", help="Load rows again that are known already.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Take in log files, and tell what became of every row."""
    from credits.formats import Options, check, folders
    from credits.settings import settings
    from credits.store import Terms

    options = Options(
        format=format,
        mapping=_mapping(mapping or []),
        pattern=pattern,
        time_zone=known_zone(time_zone),
        day_first=day_first,
    )
    with bad_usage():
        check(options)
    terms = Terms(options, rate_card, keep_duplicates, settings().fold)
    named = [each for path in paths for each in glob.glob(path, recursive=True) or [path]]
    with opened(database, reads=named) as store:
        _must_be_a_card(store, rate_card)
        report = _Report()
        for path in paths:
            files, others = folders.named(path, store.path)
            for sentence in others:
                _note(f"passed over: {sentence}")
            for file in files:
                report.take(store, file, terms)
            if not files:
                report.fail(f"There are no logs in {path}: name a folder or files that are some.")
        report.print(store, as_json)
    return 1 if report.failures else 0


class _Report:
    """What became of the files named on the command line."""

    def __init__(self) -> None:
        self.loads: list[Any] = []
        self.failures: list[str] = []

    def take(self, store: Any, path: str, terms: Any) -> None:
        """Load one file; a failure is told and does not stop the others."""
        now = datetime.now(UTC).replace(tzinfo=None)
        try:
            with progress_bar(path) as progress:
                loads, passed = store.load(Path(path), terms, now=now, progress=progress)
        except CreditsError as error:
            self.fail(str(error))
            return
        self.loads += loads
        for note in [note for load in loads for note in load.notes]:
            _note(note)
        for other in passed:
            _note(f"passed over: {other.reason}")

    def fail(self, sentence: str) -> None:
        """Tell a failure, and remember that there was one."""
        self.failures.append(sentence)
        _say(sentence)

    def print(self, store: Any, as_json: bool) -> None:
        """The loads and their rejects."""
        with store.answers() as answers:
            rejects = [
                {"path": load.path, **row}
                for load in self.loads
                for row in answers.rejects(load.load_id).to_dict("records")
            ]
        if as_json:
            loads = [terminal.load_fields(load) for load in self.loads]
            print(terminal.dumps({"loads": loads, "rejects": rejects}))
            return
        for load in self.loads:
            print(terminal.safe(terminal.loaded(load)))
        for reject in rejects[:20]:
            print(terminal.safe(f"  {reject['path']}:{reject['line']}: {reject['reason']}"))
        if len(rejects) > 20:
            print(f"  … and {len(rejects) - 20:,} more rejected rows (all of them with --json)")


@app.command()
def usage(
    database: Database = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="The instant to ask about, ISO 8601. Default: the last call."),
    ] = None,
    window: Kind = Window.trailing,
    time_zone: Zone = "UTC",
    base_limit: BaseLimit = None,
    users: Users = None,
    credits_per_user: CreditsPerUser = None,
    add_on: AddOn = None,
    cap: Cap = None,
    top: Annotated[
        int | None, typer.Option("--top", min=0, help="Only so many users. Default: all.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what is used of the allowance, by whom, and when the peak was."""
    from credits.document import document

    plan = Given(base_limit, users, credits_per_user, add_on, cap).over(Plan())
    zone = known_zone(time_zone)
    moment = None if at is None else instant(at, zone)
    with opened(database) as store, store.answers() as answers:
        found = document(answers, plan, at=moment, kind=window.value, zone=zone)
    found["users"] = found["users"][:top]
    print(terminal.dumps(found) if as_json else terminal.used(found, plan, top))


@app.command()
def replay(
    database: Database = None,
    plan_name: PlanName = None,
    window: Kind = Window.trailing,
    time_zone: Zone = "UTC",
    base_limit: BaseLimit = None,
    users: Users = None,
    credits_per_user: CreditsPerUser = None,
    add_on: AddOn = None,
    cap: Cap = None,
    growth: Growth = None,
    refused: Refused = True,
    as_json: Json = False,
) -> None:
    """Play the usage that really happened again under a plan: what would have been refused."""
    from credits import replay as replays

    given = Given(base_limit, users, credits_per_user, add_on, cap)
    zone = known_zone(time_zone)
    with opened(database) as store, store.answers() as answers:
        with bad_usage():
            chosen = scenario(plan_name, given, growth, store.scenarios())
        demand = answers.demand(refused=refused)
    plan = chosen.plan
    played = replays.replay(demand, plan, window.value, zone, chosen.growth)
    found = replays.document(played, plan)
    print(terminal.dumps(found) if as_json else terminal.replayed(found, plan))


app.command()(cli_rates.rerate)
app.command()(cli_report.report)
app.command()(cli_report.showback)
app.command()(cli_care.backup)
app.command()(cli_care.restore)
app.command()(cli_care.check)


# ── what the commands need ───────────────────────────────────────────────────────────────────


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field or not column:
            raise typer.BadParameter(f"“{pair}” is not FIELD=COLUMN.", param_hint="--map")
        found[field.strip()] = column.strip()
    return found


def _must_be_a_card(store: Any, name: str | None) -> None:
    """A rate card that is named must be there; one that can't be read is bad input."""
    if name is not None and name not in store.rate_cards()[1] and not Path(name).is_file():
        with bad_usage():
            store.rate_card(name)


def _say(sentence: str) -> None:
    print(f"credits: {terminal.safe(sentence)}", file=sys.stderr)


def _note(sentence: str) -> None:
    print(f"note: {terminal.safe(sentence)}", file=sys.stderr)


# Typer carries its own copy of click and names only one of its errors.
_BadUsage = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])


def main() -> None:
    """Run the command; failures are one line and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # JSON is UTF-8 wherever it is written, and a log may name its users in any script.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(standalone_mode=False) or 0
        if code == 130:
            raise KeyboardInterrupt
        sys.exit(code)
    except (CreditsError, BrokenPipeError) as error:
        _say(str(error) or "Nobody is reading the output.")
        sys.exit(1)
    except _BadUsage as error:
        _say(f"{' '.join(error.format_message().split())} See --help.")
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        _say("Stopped; what was loaded before stays loaded.")
        sys.exit(130)
