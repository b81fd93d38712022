"""How tests visit a page: what a visitor does there, and what there is to be read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def visitor(**address: str) -> AppTest:
    """A fresh visitor at an address, before the first run."""
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=90)
    for name, value in address.items():
        at.query_params[name.rstrip("_")] = value
    return at


def visit(page: str = "organization.py", **address: str) -> AppTest:
    """A fresh visitor at an address."""
    at = visitor(**address)
    if page != "organization.py":
        at.switch_page(page)
    return ran(at)


def ran(at: AppTest) -> AppTest:
    """The page after a run that raised nothing."""
    at.run()
    assert not at.exception, at.exception[0].value
    return at


def press(at: AppTest, key: str) -> AppTest:
    """The page after a button was pressed."""
    at.button(key=key).click()
    return ran(at)


def texts(at: AppTest) -> str:
    """Everything that the page says in words."""
    kinds = ("title", "subheader", "caption", "markdown", "text", "error", "warning", "info",
             "success")  # fmt: skip
    words = [element.value for kind in kinds for element in at.get(kind)]
    return "\n".join(words + [f"{m.label}: {m.value} ({m.delta})" for m in at.metric])


def spelled(text: str) -> str:
    """Markdown with backslashes and joiners, as it is read."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\u2060", "")


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def address(at: AppTest) -> dict[str, str]:
    """The choices in the address; the zone only where it isn't the test's own, UTC."""
    there = {name: at.query_params[name] for name in at.query_params}
    said = {name: text if isinstance(text, str) else text[0] for name, text in there.items()}
    return {name: text for name, text in said.items() if (name, text) != ("zone", "UTC")}


def figures(at: AppTest) -> dict[str, Any]:
    """Every chart on the page by its key."""
    charts = at.get("plotly_chart")
    return {chart.proto.id.rpartition("-")[2]: json.loads(chart.proto.spec) for chart in charts}
