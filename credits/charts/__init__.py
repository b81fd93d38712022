"""A frame becomes a Plotly figure. Times arrive in the zone they are to be read in.

Text, grid and background suit a light page and a dark one, so only series have colours here. A
limit is always labelled; colour is never the only sign. `drawing` has what all charts share.
"""

from credits.charts.bars import gauge, heat, ranked, stacked
from credits.charts.drawing import (
    DARK,
    LIGHT,
    STYLE,
    Drawing,
    Palette,
    level_in_words,
)
from credits.charts.forecast import forecast, probabilities
from credits.charts.plans import plan_curve, refused_curve, replayed
from credits.charts.series import coming_back, trailing, usage_line

__all__ = [
    "DARK",
    "LIGHT",
    "STYLE",
    "Drawing",
    "Palette",
    "coming_back",
    "forecast",
    "gauge",
    "heat",
    "level_in_words",
    "plan_curve",
    "probabilities",
    "ranked",
    "refused_curve",
    "replayed",
    "stacked",
    "trailing",
    "usage_line",
]
