"""Figures say what their frames say: limits labelled, peaks where they begin, names as text."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figures import spec, values

from credits import charts, series
from credits.charts import DARK, LIGHT
from credits.windows import Peak

AXES = ("xaxis", "yaxis")
HOSTILE = "<b>x</b> & <a href='https://example.org'>y</a>"


def steps(*credits: float) -> pd.DataFrame:
    """A step series with a value an hour."""
    times = pd.date_range("2026-08-13", periods=len(credits), freq="h", unit="us")
    return pd.DataFrame({"occurred_at": times, "credits": credits, "calls": 1})


def peak_of(frame: pd.DataFrame) -> Peak:
    place = int(frame["credits"].argmax())
    return Peak(frame["credits"][place].item(), 1, frame["occurred_at"][place])


def trailing(frame: pd.DataFrame, allowance: int) -> dict[str, Any]:
    return spec(charts.trailing(frame, allowance, peak_of(frame), LIGHT))


def labels(figure: dict[str, Any]) -> list[str]:
    return [label["text"] for label in figure["layout"]["annotations"]]


def test_the_allowance_is_labelled_with_its_number() -> None:
    assert labels(trailing(steps(10, 20, 5), 52_500)) == ["Allowance 52,500", "Peak 20"]


def test_the_peak_stands_at_the_earliest_instant_of_a_plateau() -> None:
    figure = trailing(steps(1, 9, 9, 9, 2), 100)
    dot = figure["data"][-1]
    assert dot["x"][0].startswith("2026-08-13T01:00:00")
    assert dot["y"] == [9]


@pytest.mark.parametrize(("credits", "red"), [(99, False), (100, False), (101, True)])
def test_only_what_is_above_the_allowance_is_red(credits: int, red: bool) -> None:
    figure = trailing(steps(1, credits, 1), 100)
    colours = [trace.get("line", {}).get("color") for trace in figure["data"]]
    assert (LIGHT.red in colours) is red
    peak = figure["layout"]["annotations"][-1]
    assert (peak["font"]["color"] == LIGHT.red) is red


def test_a_single_step_above_the_allowance_is_red_until_the_next() -> None:
    """Of a step that ends at a lower one, a line without its end would draw nothing."""
    figure = trailing(steps(1, 101, 1, 102, 103, 5), 100)
    red = next(t for t in figure["data"] if t.get("line", {}).get("color") == LIGHT.red)
    hours = [(at - red["x"][0]) // 3_600_000 for at in red["x"]]
    assert list(zip(hours, red["y"], strict=True)) == [
        (0, 101), (1, 101), (1, None), (2, 102), (3, 103), (4, 103), (4, None)
    ]  # fmt: skip


def weeks(*highest: float) -> pd.DataFrame:
    """The extremes of weeks: the lowest is half the highest, a day before it."""
    at = pd.date_range("2026-01-07", periods=len(highest), freq="7D", unit="us")
    low = [value / 2 for value in highest]
    return pd.DataFrame(
        {"occurred_at": at, "credits": highest, "low_at": at - pd.Timedelta(days=1), "low": low}
    )


def test_extremes_are_a_band_with_the_highest_on_its_edge() -> None:
    frame = weeks(10, 30, 20)
    figure = spec(charts.trailing(frame, 25, peak_of(frame.assign(calls=1)), LIGHT, of="week"))
    low, high, above, dot = figure["data"]
    assert (low["y"], high["y"]) == ([5, 15, 10], [10, 30, 20])
    assert high["fill"] == "tonexty"
    assert "the most of the week" in high["hovertemplate"]
    assert "the least of the week" in low["hovertemplate"]
    assert (above["x"], above["y"]) == ([high["x"][1]], [30])
    assert above["marker"]["color"] == LIGHT.red
    assert dot["y"] == [30]
    axis = figure["layout"]["xaxis"]["range"]
    assert [each[:10] for each in axis] == ["2026-01-06", "2026-01-21"]
    one = spec(charts.usage_line(frame, peak_of(frame.assign(calls=1)), LIGHT, of="week"))
    assert [trace["y"] for trace in one["data"]] == [[5, 15, 10], [10, 30, 20], [30]]


def test_extremes_of_a_plan_show_what_was_wanted_above_what_was_used() -> None:
    frame = weeks(10, 30, 20).rename(columns={"credits": "wanted"})
    frame = frame.assign(used=frame["wanted"].clip(upper=25), used_at=frame["occurred_at"])
    figure = spec(charts.replayed(frame, 25, LIGHT, of="week"))
    low, used, wanted, on_top, _ = figure["data"]
    assert on_top["y"] == used["y"]
    assert (low["y"], used["y"], wanted["y"]) == ([5, 15, 10], [10, 25, 20], [10, 30, 20])
    assert wanted["line"]["color"] == LIGHT.red
    assert labels(figure) == ["Allowance 25", "Peak wanted 30"]
    enough = spec(charts.replayed(frame.assign(used=frame["wanted"]), 40, LIGHT, of="week"))
    assert len(enough["data"]) == 3


def test_the_labels_of_peak_and_limit_stand_on_different_sides() -> None:
    for frame, side in ((steps(9, 1, 1, 1), "right"), (steps(1, 1, 1, 9), "left")):
        limit, peak = trailing(frame, 9)["layout"]["annotations"]
        assert limit["xanchor"] == side
        assert peak["xanchor"] != side


def test_the_label_of_the_limit_stands_where_less_is_in_its_way() -> None:
    """A peak early in the middle leaves both ends free: what is new is not to be hidden."""
    for frame, side in (
        (steps(1, 1, 1, 9, 1, 1, 5, 5, 5), "left"),
        (steps(5, 5, 5, 9, 1, 1, 1, 1, 1), "right"),
    ):
        limit, _ = trailing(frame, 6)["layout"]["annotations"]
        assert limit["xanchor"] == side


def test_the_axis_leaves_room_for_the_limit_and_for_what_is_above_it() -> None:
    assert trailing(steps(1, 2), 100)["layout"]["yaxis"]["range"][1] > 100
    assert trailing(steps(1, 200), 100)["layout"]["yaxis"]["range"][1] > 200


def test_ticks_say_as_much_of_the_time_as_tells_them_apart() -> None:
    """Over a minute they stand seconds apart, and may not all say the same minute."""
    stops = trailing(steps(1, 2), 9)["layout"]["xaxis"]["tickformatstops"]
    stops = [stop for stop in stops if not isinstance(stop["dtickrange"][0], str)]
    for apart, said in ((200, "%3f"), (1_000, "%S"), (30_000, "%S"), (60_000, "%H:%M\n")):
        fitting = [
            stop["value"]
            for stop in stops
            if (stop["dtickrange"][0] or 0) <= apart
            and (not isinstance(stop["dtickrange"][1], int) or apart <= stop["dtickrange"][1])
        ]
        assert said in fitting[0]


@pytest.mark.parametrize("frame", [steps(0), steps(0, 0), steps()])
def test_nothing_used_can_be_drawn(frame: pd.DataFrame) -> None:
    nothing = Peak(0, 0, None)
    assert labels(spec(charts.trailing(frame, 0, nothing, LIGHT))) == ["Allowance 0"]
    assert labels(spec(charts.usage_line(frame, nothing, DARK))) == []
    empty = pd.DataFrame({"api": [], "calls": [], "credits": []})
    spec(charts.ranked(empty, "api", LIGHT))
    spec(charts.stacked(empty, "api", "api", LIGHT))
    spec(charts.heat(pd.DataFrame(columns=range(24)), LIGHT))


def test_a_long_series_is_drawn_with_few_points_and_keeps_its_peak() -> None:
    whole = steps(*range(20_000), 7)
    thin = series.thin(whole, 900)
    figure = spec(charts.trailing(thin, 10**6, peak_of(whole), LIGHT))
    assert len(values(figure["data"][0]["y"])) <= 1_000
    assert max(values(figure["data"][0]["y"])) == 19_999
    assert len(json.dumps(figure)) < 100_000


def test_what_a_plan_refuses_is_drawn_in_few_points_on_one_scale() -> None:
    """Two lines: what was wanted in red, and on it what was used, shaded in between."""
    count = 20_000
    frame = steps(*np.random.default_rng(2).integers(0, 1_000, count)).rename(
        columns={"credits": "wanted"}
    )
    frame["used"] = frame["wanted"].clip(upper=600)
    figure = spec(charts.replayed(frame, 600, LIGHT))
    wanted, used, _ = figure["data"]
    assert max(values(wanted["y"])) == frame["wanted"].max()
    assert max(values(used["y"])) == 600
    assert used["fill"] == "tonexty"
    assert wanted["line"]["color"] == LIGHT.red
    assert len(values(wanted["y"])) + len(values(used["y"])) < 2_300
    assert len(json.dumps(figure)) < 100_000
    nothing = spec(charts.replayed(frame.assign(used=frame["wanted"]), 1_000, LIGHT))
    assert LIGHT.red not in [trace.get("line", {}).get("color") for trace in nothing["data"]]


def test_names_are_text_on_axes_in_legends_and_where_the_mouse_is() -> None:
    frame = pd.DataFrame({"user": [HOSTILE], "api": [HOSTILE], "calls": [1], "credits": [2]})
    for figure in (
        charts.ranked(frame, "user", LIGHT),
        charts.stacked(frame, "user", "api", LIGHT, order=[HOSTILE]),
    ):
        document = json.dumps(spec(figure), ensure_ascii=False)
        assert "<b>" not in document
        assert "<a" not in document
        assert "&lt;b&gt;x" in document


def test_the_longest_number_has_room_beside_the_longest_bar() -> None:
    frame = pd.DataFrame({"api": ["x"], "calls": [1], "credits": [1_234_567_890]})
    layout = spec(charts.ranked(frame, "api", LIGHT))["layout"]
    assert layout["margin"]["r"] >= 13 * 6
    assert layout["xaxis"]["range"][1] == 1_234_567_890


def test_a_single_bar_is_not_blown_up_to_fill_its_panel() -> None:
    for count, width in ((1, pytest.approx(0.16)), (4, pytest.approx(0.64)), (5, None)):
        users = [f"user {n}" for n in range(count)]
        frame = pd.DataFrame({"user": users, "api": "read", "credits": 1})
        for figure in (
            charts.ranked(frame, "user", LIGHT),
            charts.stacked(frame, "user", "api", LIGHT, order=users),
        ):
            assert spec(figure)["data"][0].get("width") == width


def test_a_name_that_is_missing_is_named_so() -> None:
    frame = pd.DataFrame({"app": [None, float("nan")], "calls": [1, 1], "credits": [2, 1]})
    assert spec(charts.ranked(frame, "app", LIGHT))["layout"]["yaxis"]["ticktext"] == [
        "(none)", "(none)",
    ]  # fmt: skip


def test_long_names_are_shortened_before_their_signs_are_spelled_out() -> None:
    frame = pd.DataFrame({"api": ["<" * 30], "calls": [1], "credits": [2]})
    ticks = spec(charts.ranked(frame, "api", LIGHT))["layout"]["yaxis"]["ticktext"]
    assert ticks == ["&lt;" * 25 + "…"]


def test_stacked_bars_of_a_user_add_up_to_the_user() -> None:
    frame = pd.DataFrame(
        {"user": ["a", "a", "b"], "api": ["x", "y", "x"], "calls": 1, "credits": [5, 3, 2]}
    )
    figure = spec(charts.stacked(frame, "user", "api", LIGHT, order=["b", "a"]))
    bars = {trace["name"]: values(trace["x"]) for trace in figure["data"]}
    assert bars == {"x": [2, 5], "y": [0, 3]}
    assert figure["layout"]["showlegend"]


@pytest.mark.parametrize(
    ("share", "words", "colour"),
    [
        (0.0, "within the allowance", LIGHT.blue),
        (0.7999, "within the allowance", LIGHT.blue),
        (0.8, "above 80 %", LIGHT.amber),
        (0.8999, "above 80 %", LIGHT.amber),
        (0.9, "above 90 %", LIGHT.red),
        (1.0, "above 90 %", LIGHT.red),
        (1.0001, "over the allowance", LIGHT.red),
    ],
)
def test_a_level_is_said_in_words_and_in_colour(share: float, words: str, colour: str) -> None:
    assert charts.level_in_words(share) == words
    assert LIGHT.level(share) == colour
    assert colour in charts.gauge(share, LIGHT)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 7.5, 1e6])
def test_a_gauge_never_grows_beyond_its_frame(share: float) -> None:
    drawn = charts.gauge(share, LIGHT)
    assert all(float(width) <= 1_000 for width in re.findall(r' width="([\d.]+)"', drawn))


@pytest.mark.parametrize("length", ["0s", "1s", "59min", "60min", "2h"])
def test_under_an_hour_the_axis_shows_an_hour_around_it(length: str) -> None:
    """Of one call alone it would be in milliseconds."""
    start, span = pd.Timestamp("2026-08-13 10:00"), pd.Timedelta(length)
    frame = pd.DataFrame({"occurred_at": [start, start + span], "credits": [1, 2]})
    peak = Peak(2, 1, start + span)
    hour = pd.Timedelta(hours=1)
    for figure in (charts.trailing(frame, 9, peak, LIGHT), charts.usage_line(frame, peak, LIGHT)):
        axis = spec(figure)["layout"]["xaxis"]
        if span >= hour:
            assert "range" not in axis
        else:
            low, high = map(pd.Timestamp, axis["range"])
            assert high - low == hour
            assert low + (hour - span) / 2 == start


@pytest.mark.parametrize(("amount", "form", "scale"), [
    (0, ",~f", [0, 1]), (0.8, ",~f", None), (999, ",~f", None), (1_000, "~s", None),
])  # fmt: skip
def test_axes_shorten_thousands_and_nothing_else(
    amount: float, form: str, scale: list[int] | None
) -> None:
    frame = pd.DataFrame({"who": ["ada"], "api": ["x"], "credits": [amount]})
    axis = spec(charts.stacked(frame, "who", "api", LIGHT, order=["ada"]))["layout"]["xaxis"]
    assert (axis["tickformat"], axis.get("range")) == (form, scale)
    grid = pd.DataFrame([[amount] * 24], index=["Thu 13 Aug"], columns=range(24))
    assert spec(charts.heat(grid, LIGHT))["data"][0]["colorbar"]["tickformat"] == form


def test_the_heat_map_has_a_cell_for_each_day_and_hour() -> None:
    grid = pd.DataFrame([range(24)], index=["Thu 13 Aug"], columns=range(24))
    cells = spec(charts.heat(grid, LIGHT))["data"][0]
    assert cells["y"] == ["Thu 13 Aug"]
    assert cells["x"][:2] == ["00", "01"]
    assert len(cells["x"]) == 24


def test_an_hour_beside_the_period_is_a_gap_in_the_heat_map_and_no_zero() -> None:
    grid = pd.DataFrame([[float("nan"), 0, *range(22)]], index=["Thu 13 Aug"], columns=range(24))
    cells = spec(charts.heat(grid, LIGHT))["data"][0]
    assert cells["z"][0][:4] == [None, 0, 0, 1]
    assert cells["hoverongaps"] is False


@pytest.mark.parametrize(("least", "most", "top"), [(610, 614, 614), (0, 0, 1), (0.25, 0.5, 0.5)])
def test_the_colours_of_a_heat_map_begin_at_nothing(least: float, most: float, top: float) -> None:
    grid = pd.DataFrame([[least] * 23 + [most]], index=["Mon 05 Jan"], columns=range(24))
    cells = spec(charts.heat(grid, LIGHT))["data"][0]
    assert (cells["zmin"], cells["zmax"]) == (0, top)


def test_a_heat_map_has_room_for_all_beside_it_so_that_it_is_drawn_once() -> None:
    grid = pd.DataFrame([range(24)], index=["Thu 13 Aug"], columns=range(24))
    margin = spec(charts.heat(grid, LIGHT))["layout"]["margin"]
    # What Plotly makes of smaller ones, as seen in Chromium, at the price of a second drawing.
    assert margin["l"] >= 78
    assert margin["r"] >= 50
    assert margin["b"] >= 66


def test_the_number_of_users_is_marked_on_the_curve() -> None:
    curve = pd.DataFrame({"users": range(3), "allowance": [1, 2, 3]})
    assert labels(spec(charts.plan_curve(curve, [("This plan", 1)], LIGHT))) == ["This plan: 1"]


def test_what_comes_back_is_drawn_as_steps() -> None:
    back = pd.DataFrame({"at": [datetime(2026, 8, 13), datetime(2026, 8, 14)], "credits": [0, 5]})
    line = spec(charts.coming_back(back, LIGHT))["data"][0]
    assert line["line"]["shape"] == "hv"
    assert values(line["y"]) == [0, 5]


def test_what_is_shown_a_second_time_is_the_same_to_plotly() -> None:
    """Streamlit shows a chart twice: where anything but its width differs, it is drawn twice."""
    frame = steps(10, 20, 5)
    first, again, other = (trailing(f, 52_500) for f in (frame, frame.copy(), steps(10, 20, 6)))
    # A template is another object each time, and so is an array that is not a list.
    assert "template" not in first["layout"]
    assert all(isinstance(trace[axis], list) for trace in first["data"] for axis in "xy")
    revisions = [figure["layout"]["datarevision"] for figure in (first, again, other)]
    assert revisions[0] == revisions[1] != revisions[2]


def test_a_chart_whose_points_can_be_clicked_says_so_itself() -> None:
    figure = charts.trailing(steps(10, 20), 30, peak_of(steps(10, 20)), LIGHT)
    before, after = spec(figure), spec(figure.selectable())
    added = {"clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
    assert after == {**before, "layout": {**before["layout"], **added}}


def test_text_without_a_colour_of_its_own_follows_the_page() -> None:
    figure = trailing(steps(10, 20), 30)
    assert figure["layout"]["font"]["color"] in charts.STYLE
    assert all("color" not in figure["layout"][axis].get("tickfont", {}) for axis in AXES)
