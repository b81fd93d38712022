"""`python -m credits report` and `showback`: something to send on, from a terminal or a script."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from credits import options, terminal
from credits.options import By, Window
from credits.plan import Plan

if TYPE_CHECKING:
    from credits.prices import Prices
    from credits.scenarios import Scenario

DEFAULT_OUTPUTS = ("credits-report.xlsx", "credits-report.html")


def report(
    database: options.Database = None,
    plan_name: options.PlanName = None,
    window: options.Kind = Window.trailing,
    time_zone: options.Zone = "UTC",
    base_limit: options.BaseLimit = 50_000,
    users: options.Users = 10,
    credits_per_user: options.CreditsPerUser = 250,
    add_on: options.AddOn = 0,
    cap: options.Cap = None,
    growth: options.Growth = 0.0,
    refused: options.Refused = True,
    first_day: options.From = None,
    last_day: options.To = None,
    price_per_user: Annotated[
        str | None,
        typer.Option("--price-per-user", metavar="AMOUNT", help="Per user paid for and month."),
    ] = None,
    fixed_price: Annotated[
        str | None, typer.Option("--fixed-price", metavar="AMOUNT", help="Per month.")
    ] = None,
    add_on_price: Annotated[
        str | None,
        typer.Option(
            "--add-on-price", metavar="AMOUNT", help="Per 1,000 add-on credits and month."
        ),
    ] = None,
    currency: options.Currency = "USD",
    bill: options.Bill = None,
    by: options.ShareBy = By.user,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            help="A file that ends in .xlsx or .html; one that is there is replaced. May be"
            f" repeated. Default: {' and '.join(DEFAULT_OUTPUTS)}.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Write an Excel workbook and an HTML page to send on: numbers, charts, assumptions."""
    from credits import report as reports
    from credits.prices import Prices

    zone = options.known_zone(time_zone)
    start, end = options.period(first_day, last_day, zone)
    paths = outputs or [Path(name) for name in DEFAULT_OUTPUTS]
    with options.bad_usage():
        kinds = [reports.kind_of(path) for path in paths]
        plan = _plan(
            plan_name,
            Plan(base_limit, users, credits_per_user, add_on, cap),
            Prices(
                currency,
                options.amount(price_per_user),
                options.amount(fixed_price),
                options.amount(add_on_price),
            ),
            growth,
        )
    with options.opened(database) as store, store.answers() as answers:
        wanted = reports.Wanted(
            plan, window.value, zone, start, end, options.amount(bill), by.value,
            tuple(store.scenarios()), refused=refused,
        )  # fmt: skip
        found = reports.gather(answers, wanted, now=datetime.now(UTC).replace(tzinfo=None))
    files = [reports.made(found, kind) for kind in kinds]
    for path, content in zip(paths, files, strict=True):
        reports.write(path, content)
    written = [
        {"path": str(path), "kind": kind, "bytes": len(content)}
        for path, kind, content in zip(paths, kinds, files, strict=True)
    ]
    document = {"written": written, **reports.document(found)}
    print(terminal.dumps(document) if as_json else terminal.reported(document, plan.plan))


def _plan(name: str | None, plan: Plan, prices: Prices, growth: float) -> Scenario:
    """The plan as a scenario: an edition with its vendor's add-on prices, or one's own numbers."""
    from credits.editions import edition
    from credits.scenarios import Scenario, of_edition

    if name is None:
        return Scenario("Own numbers", plan, "Own numbers", growth, prices)
    chosen = edition(name)
    chosen.plan(plan.users, plan.add_on)  # refuses add-on credits where none are sold
    return of_edition(chosen, plan.users, prices, plan.add_on, growth)


def showback(
    database: options.Database = None,
    bill: options.Bill = None,
    currency: options.Currency = "USD",
    by: options.ShareBy = By.user,
    time_zone: options.Zone = "UTC",
    first_day: options.From = None,
    last_day: options.To = None,
    as_json: options.Json = False,
) -> None:
    """Share a bill out by credits: shares add up to 100 %, money to the bill."""
    from credits import showback as showbacks
    from credits.prices import Prices
    from credits.usage import NOTHING

    zone = options.known_zone(time_zone)
    start, end = options.period(first_day, last_day, zone)
    amount = options.amount(bill)
    with options.bad_usage():
        code = Prices(currency).currency
    with options.opened(database) as store, store.answers() as answers:
        summary = answers.summary()
        sums = answers.totals(showbacks.BY[by.value], start, end)
    shared = showbacks.showback(sums, amount, code)
    found: dict[str, Any] = {
        "from": summary.first if start is None else start,
        "to": summary.last if end is None else end,
        **showbacks.document(shared, by.value, amount, code),
    }
    if as_json:
        print(terminal.dumps(found))
    else:
        print(terminal.shared(found) if summary.loads else NOTHING)
