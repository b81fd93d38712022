"""A slider of the plan page moved, on a year of minutes of 500 users, against a bare page.

Run it with `python benchmarks/plan.py`. It makes a log with calls in each of 525,600 minutes, loads
it, and measures the page under a plan that refuses nothing and under one that refuses a lot. Both
pages are measured in turn in one browser, as in `slider`; what is printed are ratios of medians.
"""

from __future__ import annotations

import statistics
import tempfile
from datetime import datetime
from pathlib import Path

import duckdb
import slider
from playwright.sync_api import sync_playwright

from credits.store import Store

MINUTES = 525_600
USERS = 500
PLANS = {"refuses nothing": "/plan?base=150000&cap=none", "refuses a lot": "/plan?base=20000"}
LOG = f"""
COPY (
    SELECT TIMESTAMP '2025-07-01' + to_minutes(i) + to_seconds(hash(i) % 60) AS time,
        'user ' || (hash(i * 7) % {USERS}) AS "user", 'app ' || (i % 5) AS app,
        'op ' || (hash(i * 3) % 12) AS api, 200 AS status,
        10 + hash(i) % 40 + CASE WHEN i // 1440 % 30 = 7 THEN 40 ELSE 0 END AS credits
    FROM range({MINUTES}) AS minutes(i)
) TO '{{path}}' (HEADER)
"""


def prepare(folder: Path) -> None:
    """The folder's database with a year of calls."""
    path = folder / "year.csv"
    duckdb.connect().execute(LOG.format(path=path))
    with Store(folder / "credits.duckdb") as store:
        store.load(path, now=datetime(2026, 7, 1), name="year.csv")
    path.unlink()


def main() -> None:
    """Measure both plans in turn with the bare page."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        prepare(folder)
        (folder / "bare.py").write_text(slider.BARE)
        browser = playwright.chromium.launch(executable_path=slider.chromium(), args=arguments)
        with (
            slider.served(str(folder / "bare.py"), folder) as bare_address,
            slider.served("app.py", folder) as address,
        ):
            size = {"width": 1440, "height": 900}
            bare = slider.opened(browser.new_page(viewport=size), bare_address)
            for title, path in PLANS.items():
                page = slider.opened(browser.new_page(viewport=size), address + path)
                pairs = [(slider.move(page), slider.move(bare)) for _ in range(slider.ROUNDS)]
                ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
                print(
                    f"plan, a year, {title:<16} {ours * 1000:6.0f} ms, bare page"
                    f" {theirs * 1000:6.0f} ms: {ours / theirs:.2f}× (at most 2×)"
                )
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
