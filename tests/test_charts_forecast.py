"""Charts of what is to come: the past, the band after it, limits and risks labelled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from figures import spec, values

from credits import charts
from credits.charts import DARK, LIGHT

FIRST = date(2026, 8, 14)
RISKS = (0.05, 0.5)


def days(start: date, count: int) -> list[date]:
    return [start + timedelta(days=place) for place in range(count)]


HISTORY = pd.DataFrame({"day": days(FIRST - timedelta(days=4), 4), "peak": [1.0, 2.0, 3.0, 4.0]})
BAND = pd.DataFrame(
    {"day": days(FIRST, 4), "low": [1.0] * 4, "median": [5.0] * 4, "high": [9.0, 9.0, 9.0, 90.0]}
)


def drawn(*first_days: date | None, allowance: int = 52_500) -> dict[str, Any]:
    passes = list(zip(RISKS, first_days, strict=False))
    return spec(charts.forecast(HISTORY, BAND, allowance, passes, LIGHT))


def labels(figure: dict[str, Any]) -> list[str]:
    return [label["text"] for label in figure["layout"]["annotations"]]


def test_the_past_is_followed_by_the_median_in_its_band() -> None:
    traces = drawn()["data"]
    assert [trace.get("name") for trace in traces] == [None, "90 % band", "Past peaks", "Median"]
    low, high, past, median = (values(trace["y"]) for trace in traces)
    assert (low, high) == (BAND["low"].tolist(), BAND["high"].tolist())
    assert (past, median) == (HISTORY["peak"].tolist(), BAND["median"].tolist())
    assert traces[1]["fill"] == "tonexty"
    assert traces[2]["x"][-1] < traces[3]["x"][0]
    assert traces[3]["customdata"][0] == [1, 9]


def test_the_allowance_and_the_first_days_of_risk_are_labelled() -> None:
    assert labels(drawn(None, None)) == ["Allowance 52,500"]
    assert labels(drawn(FIRST, None)) == ["Allowance 52,500", "5 % risk: 14 Aug"]
    both = drawn(FIRST, date(2026, 8, 16))
    assert labels(both)[1:] == ["5 % risk: 14 Aug", "50 % risk: 16 Aug"]
    assert [shape["x0"] for shape in both["layout"]["shapes"][1:]] == ["2026-08-14", "2026-08-16"]


def test_labels_of_risk_lie_below_each_other_and_one_day_has_one() -> None:
    _, first, second = drawn(FIRST, date(2026, 8, 15))["layout"]["annotations"]
    assert first["yshift"] - second["yshift"] >= 12
    assert labels(drawn(FIRST, FIRST))[1:] == ["5 % and 50 % risk: 14 Aug"]


def test_a_label_at_the_right_edge_opens_to_the_left() -> None:
    assert drawn(date(2026, 8, 17))["layout"]["annotations"][-1]["xanchor"] == "right"


@pytest.mark.parametrize(("allowance", "top"), [(10, 90), (200, 200)])
def test_the_axis_leaves_room_above_the_band_and_the_allowance(allowance: int, top: int) -> None:
    assert drawn(allowance=allowance)["layout"]["yaxis"]["range"][1] > top


def test_nothing_used_and_no_allowance_can_be_drawn() -> None:
    nothing = BAND.assign(low=0.0, median=0.0, high=0.0)
    figure = spec(charts.forecast(HISTORY.head(0), nothing, 0, (), DARK))
    assert labels(figure) == ["Allowance 0"]
    assert figure["layout"]["yaxis"]["range"] == [0, 1]


@pytest.mark.parametrize(
    ("chance", "colour"),
    [(0.049, LIGHT.blue), (0.05, LIGHT.amber), (0.499, LIGHT.amber), (0.5, LIGHT.red),
     (1.0, LIGHT.red)],
)  # fmt: skip
def test_the_risk_of_a_day_is_drawn_in_per_cent_and_in_colour(chance: float, colour: str) -> None:
    frame = pd.DataFrame({"day": [FIRST], "probability": [chance]})
    figure = spec(charts.probabilities(frame, RISKS, LIGHT))
    bars = figure["data"][0]
    assert values(bars["y"]) == pytest.approx([100 * chance])
    assert bars["marker"]["color"] == [colour]
    assert labels(figure) == ["5 %", "50 %"]
