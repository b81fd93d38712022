"""Plans against each other: curves over allowance and users."""

from __future__ import annotations

import pandas as pd

from credits.charts.drawing import Drawing, Palette, array, figure, mark


def plan_curve(curve: pd.DataFrame, chosen: int, palette: Palette, *, height: int = 280) -> Drawing:
    """The allowance over the number of users. `curve`: users, allowance; `chosen`: users now."""
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": array(curve["users"]),
        "y": array(curve["allowance"]),
        "line": {"color": palette.blue, "width": 2},
        "hovertemplate": "%{x:,} users<br>%{y:,} credits per 24 h<extra></extra>",
    }
    return figure(
        height,
        [line],
        x={"title": {"text": "users"}, "tickformat": ",d"},
        limits=[mark(chosen, palette.slate, f"{chosen:,} users")],
    )
