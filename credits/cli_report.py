"""`python -m credits report` and `showback`: something to send on, from a terminal or a script."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from credits import options, terminal
from credits.options import By, Window

if TYPE_CHECKING:
    from credits.report import Made, Report
    from credits.scenarios import Scenario

DEFAULT_OUTPUTS = ("credits-report.xlsx", "credits-report.html")


def report(
    database: options.Database = None,
    plan_name: options.PlanName = None,
    window: options.Kind = Window.trailing,
    time_zone: options.Zone = "UTC",
    base_limit: options.BaseLimit = None,
    users: options.Users = None,
    credits_per_user: options.CreditsPerUser = None,
    add_on: options.AddOn = None,
    cap: options.Cap = None,
    growth: options.Growth = None,
    refused: options.Refused = True,
    first_day: options.From = None,
    last_day: options.To = None,
    price_per_user: options.PricePerUser = None,
    fixed_price: options.FixedPrice = None,
    add_on_price: options.AddOnPrice = None,
    currency: options.Currency = None,
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

    zone = options.known_zone(time_zone)
    start, end = options.period(first_day, last_day, zone)
    paths = outputs or [Path(name) for name in DEFAULT_OUTPUTS]
    given = options.Given(base_limit, users, credits_per_user, add_on, cap)
    paid = tuple(map(options.amount, (price_per_user, fixed_price, add_on_price)))
    shared = options.amount(bill)
    with options.bad_usage():
        kinds = [reports.kind_of(path) for path in paths]
    with options.opened(database) as store, store.answers() as answers:
        saved = store.scenarios()
        with options.bad_usage():
            plan = _priced(options.scenario(plan_name, given, growth, saved), currency, *paid)
        wanted = reports.Wanted(
            plan, window.value, zone, start, end, shared, by.value, tuple(saved), refused=refused
        )
        with options.progress_bar("report") as told:
            tell = told or (lambda share, message: None)
            tell(0.1, "Adding up …")
            found = reports.gather(answers, wanted, now=datetime.now(UTC).replace(tzinfo=None))
            tell(0.7, "Writing …")
            written = _written(found, paths, kinds)
    document = {"written": written, **reports.document(found)}
    print(terminal.dumps(document) if as_json else terminal.reported(document, plan.plan))


def _written(found: Report, paths: list[Path], kinds: list[Made]) -> list[dict[str, Any]]:
    """Every file made first, and then written: all of them or none."""
    from credits import report as reports

    files = [reports.made(found, kind) for kind in kinds]
    for path, content in zip(paths, files, strict=True):
        reports.write(path, content)
    return [
        {"path": str(path), "kind": kind, "bytes": len(content)}
        for path, kind, content in zip(paths, kinds, files, strict=True)
    ]


def _priced(
    plan: Scenario,
    currency: str | None,
    per_user: Decimal | None,
    fixed: Decimal | None,
    add_on: Decimal | None,
) -> Scenario:
    """The plan with the prices that were given, before those it was saved with.

    In another currency than it was saved with, it has only what was given, and what its vendor
    publishes in that one: no exchange rate is invented.
    """
    from credits.editions import editions, slabs
    from credits.prices import Prices

    own = plan.prices
    code = Prices(own.currency if currency is None else currency).currency
    if code != own.currency:
        sold = next((each for each in editions() if each.name == plan.edition), None)
        own = Prices(code, slabs=slabs(sold, code) if sold else ())
    priced = replace(
        own,
        per_user=own.per_user if per_user is None else per_user,
        fixed=own.fixed if fixed is None else fixed,
        add_on=own.add_on if add_on is None else add_on,
    )
    return replace(plan, prices=priced)


def showback(
    database: options.Database = None,
    bill: options.Bill = None,
    currency: options.Currency = None,
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
        code = Prices("USD" if currency is None else currency).currency
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
