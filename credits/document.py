"""The document of `python -m credits usage`: everything that is loaded, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from credits import people, usage, windows
from credits.plan import Plan
from credits.sums import whole
from credits.windows import Kind


def document(
    answers: usage.Answers, plan: Plan, *, at: datetime | None, kind: Kind, zone: str
) -> dict[str, Any]:
    """All that is loaded and the window at `at` (the last call, unless given), as the README says.

    Times are naive UTC; sums are exact, whole ones are ints.
    """
    summary = answers.summary()
    moment = pd.Timestamp(at) if at is not None else summary.last
    everything = answers.window_usage(kind, zone, None, None, None)
    now = None if moment is None else usage.window_at(answers, moment, kind, zone)
    spent = 0 if now is None else now.credits
    days = windows.days(everything, zone)
    return {
        "at": moment,
        "window": kind,
        "calls": summary.calls,
        "credits": whole(summary.credits),
        "assumed_credits": whole(summary.assumed),
        "allowance": plan.allowance,
        "used": whole(spent),
        "unused": whole(max(plan.allowance - spent, 0)),
        "used_calls": 0 if now is None else now.calls,
        "peak": _full(windows.peak(everything, kind, zone)),
        "peak_calls": _calls(windows.peak(everything, kind, zone, "calls")),
        "users": _listed(people.users(answers, None, None, kind, zone)) if summary.loads else [],
        "days": [
            {"day": str(row["day"]), "calls": row["calls"], "credits": whole(row["credits"])}
            for row in days.to_dict("records")
        ],
    }


def _full(peak: windows.Peak) -> dict[str, Any]:
    return {"credits": whole(peak.credits), "calls": peak.calls, "end": peak.end}


def _calls(peak: windows.Peak) -> dict[str, Any]:
    return {"calls": peak.calls, "end": peak.end}


def _listed(found: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in ("user", "user_basis", "calls")},
            "credits": whole(row["credits"]),
            "share": round(row["share"], 6),
            "peak": {"credits": whole(row["peak_credits"]), "end": row["peak_credits_end"]},
            "peak_calls": {"calls": row["peak_calls"], "end": row["peak_calls_end"]},
        }
        for row in found.to_dict("records")
    ]
