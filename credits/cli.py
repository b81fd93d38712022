"""`python -m credits`: its commands, of which `usage` and `replay` stand here.

`--json` prints one JSON document on standard output. A failure is one line `credits: …` on standard
error; the exit code is 1 for bad input and 2 for bad usage.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated, cast

import typer

from credits import CreditsError, cli_care, cli_load, cli_rates, cli_report, terminal
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
app.command()(cli_load.load)


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
        terminal.say(str(error) or "Nobody is reading the output.")
        sys.exit(1)
    except _BadUsage as error:
        terminal.say(f"{' '.join(error.format_message().split())} See --help.")
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        terminal.say("Stopped; what was loaded before stays loaded.")
        sys.exit(130)
