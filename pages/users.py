"""API consumption by users: who used how much, through which API, and when."""

from __future__ import annotations

from typing import Any

import streamlit as st

from credits import charts, extremes, times, views, windows
from credits.people import Person
from credits.phrases import clock_beside, percent
from credits.plan import Plan
from pages import choices, data, following, parts
from pages.parts import number

NAMES = {
    "user": "User",
    "credits": "Credits",
    "share": "Share, %",
    "trend": "Over time",
    "peak_credits": "Peak in 24 h",
    "peak_credits_end": "Peak at",
    "calls": "Calls",
    "refused": "Refused",
    "assumed": "Assumed",
    "user_basis": "Known by",
}

_LONGEST_NAME = 80

summary, chosen, version = parts.opening("API consumption by users")
zone, colours = chosen.zone, parts.palette()
found = data.people(*version, chosen.start, chosen.end, chosen.kind, zone)
everyone = found.users


def opened() -> tuple[str, str] | None:
    """The user that the address names, if there ever was one."""
    basis, _, name = st.query_params.get("user", "").partition(":")
    ever = data.totals(*version, ("user", "user_basis"), summary.first, summary.last)
    known = ((ever["user"] == name) & (ever["user_basis"] == basis)).any()
    return (name, basis) if known else None


def show(name: str, basis: str) -> None:
    """Open a user, so that a link opens it too."""
    st.query_params["user"] = f"{basis}:{name}"


def in_numbers(plan: Plan) -> None:
    """Everybody together, beside how many users the plan pays for; nothing where one is open."""
    if who is not None or everyone.empty:
        return
    busiest = everyone.iloc[0]
    paid = f"plan pays for {plan.users:,}"
    if found.named < len(everyone):
        paid = f"{found.named:,} by name, {paid}"
    parts.cards(
        (
            ("Users", f"{len(everyone):,}", paid, "gray"),
            ("Credits", number(everyone["credits"].sum()), chosen.period, "gray"),
            (
                "Calls",
                number(everyone["calls"].sum()),
                f"{everyone['refused'].sum():,} refused",
                "gray",
            ),
            (
                "Greatest share",
                percent(busiest["share"], 1),
                parts.plain(str(busiest["user"])),
                "gray",
            ),
        )
    )


def everybody() -> None:
    """The list of users, and the greatest ones by API."""
    clicked = _table()
    # An app may have the name of a user: who they are, and not what they are called, tells them
    # apart.
    names = views.told_apart(everyone.head(10))
    by_api = found.by_api.merge(names, on=["user", "user_basis"])
    apis, order = views.merged(by_api, "api", 5, "name"), list(names["name"])
    bars = parts.panel(
        "The greatest users, by API",
        lambda: charts.stacked(apis, "name", "api", colours, order=order, height=420),
        lambda: found.by_api,
        "by_user_and_api",
        note="Click a bar to open that user.",
        selects=True,
    )
    rows = [*clicked["rows"], *(row for row, _ in clicked["cells"])]
    rows = rows or parts.picked(bars, range(len(order)))
    if rows:
        row = everyone.iloc[rows[0]]
        show(row["user"], row["user_basis"])
        st.rerun()


def _table() -> Any:
    """Every user in a row; gives what is selected in it."""
    with st.container(border=True):
        st.markdown("**Every user**")
        st.caption("Click a row to open that user.")
        rows = views.localized(everyone, "peak_credits_end", zone).assign(
            share=100 * everyone["share"], trend=views.shrunk(everyone["trend"])
        )
        return parts.numbers(
            rows[list(NAMES)],
            "users",
            NAMES,
            on_select="rerun",
            selection_mode=["single-row", "single-cell"],
            height=parts.tall(len(rows), 398),
            column_config={
                # However long a name is, the numbers stay in sight.
                "User": st.column_config.TextColumn(width=150),
                "Share, %": st.column_config.ProgressColumn(
                    width=112, format=parts.SHARE, max_value=float(rows["share"].max())
                ),
                "Over time": st.column_config.AreaChartColumn(
                    width=88, y_min=0, help="Credits over the period"
                ),
                "Peak at": st.column_config.DatetimeColumn(format=parts.CLOCK),
            },
        )["selection"]


def one(name: str, basis: str) -> None:
    """One user: the window's sum over time, APIs, apps, hours."""
    st.button("← All users", key="all_users", on_click=lambda: st.query_params.pop("user", None))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("User", anchor=False, width="content")
        st.text(name)
    if basis != "user":
        st.caption(f"The log names no user for these calls; they go by their {basis}.")
    rows = everyone[(everyone["user"] == name) & (everyone["user_basis"] == basis)]
    if rows.empty:
        st.info(f"No calls by this user {chosen.within}: choose another period.")
        return
    shown = data.person(*version, name, basis, chosen.start, chosen.end, chosen.kind, zone)
    row, peak = rows.iloc[0], shown.series.peak
    ended = None if peak.end is None else times.local(peak.end, zone)
    parts.cards(
        (
            (
                "Credits",
                number(row["credits"]),
                f"{percent(row['share'], 1)} of all, {chosen.period}",
                "gray",
            ),
            ("Calls", number(row["calls"]), f"{row['refused']:,} refused", "gray"),
            (
                "Peak in 24 h",
                number(peak.credits),
                clock_beside(peak.end, summary.last, zone) if ended else "none",
                "gray",
            ),
            ("Assumed", number(row["assumed"]), "credits without a record count", "gray"),
        )
    )
    steps, of = extremes.drawn(shown.series.steps, 1_500, zone)
    marked = windows.Peak(peak.credits, peak.calls, ended)
    parts.panel(
        "Credits in 24 hours",
        lambda: charts.usage_line(steps, marked, colours, of=of),
        lambda: steps,
        "person",
        note=parts.as_extremes(of),
        names=parts.extremes_names(of, zone),
    )
    _made_of(shown)


def _made_of(shown: Person) -> None:
    """A user's APIs, apps and hours, side by side."""
    grid = views.grid(shown.hours, *chosen.by_the_clock)
    left, middle, right = st.columns(3)
    for column, title, frame, label in (
        (left, "APIs", shown.apis, "api"),
        (middle, "Apps", views.named(shown.apps, "app"), "app"),
    ):
        with column:
            parts.panel(
                title,
                lambda frame=frame, label=label: charts.ranked(frame.head(8), label, colours),
                lambda frame=frame: frame,
                f"person_{label}",
            )
    with right:
        parts.panel(
            f"By {views.of_days(grid)}",
            lambda: charts.heat(grid, colours, height=300),
            lambda: views.listed(grid),
            "person_hours",
        )


def unknown() -> str:
    """What the address names as a user where nobody is called so; nothing where it names none."""
    basis, _, name = st.query_params.get("user", "").partition(":")
    return "" if who is not None else (name or basis)[:_LONGEST_NAME]


who = opened()
if stranger := unknown():
    st.info(parts.plain(f"No user called “{stranger}” is in the logs loaded: this is everybody."))
following.plan(version, choices.plan, in_numbers)
if who is not None:
    one(*who)
elif everyone.empty:
    st.info(f"No calls {chosen.within}: choose another period.")
else:
    everybody()
