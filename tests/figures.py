"""What tests of charts read a figure with."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go


def spec(figure: go.Figure) -> dict[str, Any]:
    """A figure as the browser gets it, found to be a valid one: the pages don't ask."""
    document = figure.to_json(validate=False)
    go.Figure(json.loads(document))
    return dict(json.loads(document))


def values(numbers: Any) -> list[float]:
    """An array of a figure, which may be in base64."""
    if isinstance(numbers, dict):
        return list(np.frombuffer(base64.b64decode(numbers["bdata"]), numbers["dtype"]))
    return list(numbers)
