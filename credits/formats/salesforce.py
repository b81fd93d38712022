"""Salesforce EventLogFile, as CSV or JSON: ApiTotalUsage and the other events that are API calls.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile_apitotalusage.htm
A call that does not count against the limit costs nothing; what one that does costs, the rate card
says. Other events (logins, reports, pages) are no calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from credits import CreditsError
from credits.formats import delimited
from credits.formats.base import Options, Reading, Sample
from credits.formats.objects import Objects

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "occurred_at": ("TIMESTAMP_DERIVED", "TIMESTAMP"),
    "user": ("USER_NAME", "USERNAME", "USER_EMAIL", "USER_ID_DERIVED", "USER_ID"),
    "app": ("CONNECTED_APP_NAME", "CLIENT_NAME", "CONNECTED_APP_ID"),
    "api": (
        "API_RESOURCE",
        "METHOD_NAME",
        "URI",
        "OPERATION_TYPE",
        "ENTITY_NAME",
        "ENTITY_TYPE",
        "API_FAMILY",
        "API_TYPE",
    ),
    "method": ("HTTP_METHOD",),
    "status": ("STATUS_CODE",),
    "records": ("ROWS_PROCESSED",),
    "credits": ("COUNTS_AGAINST_API_LIMIT",),
    "ip": ("CLIENT_IP",),
    "request_id": ("REQUEST_ID",),
}
"""Field → columns in order of preference: a blank cell falls back to the next one."""

_API_EVENT = "(?i)api|apexsoap|apexrest"
# 20251009183437.652, in UTC as all of Salesforce's stamps.
_COMPACT = r"^(\d{8})(\d{6}(?:\.\d+)?)$"


class EventLogFile:
    """A CSV whose header has Salesforce's EVENT_TYPE and TIMESTAMP."""

    name = "salesforce"
    title = "Salesforce EventLogFile"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Raises CreditsError for events that are no API calls."""
        rows = sample.rows(",")
        names = [name.strip().upper() for name in rows[0]] if rows else []
        theirs = "EVENT_TYPE" in names and bool({"TIMESTAMP", "TIMESTAMP_DERIVED"} & set(names))
        layout = delimited.layout_of(sample, options, (",",)) if theirs else None
        if layout is None:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} has no columns EVENT_TYPE and TIMESTAMP: choose another"
                    " format."
                )
            return None
        at = names.index("EVENT_TYPE")
        kinds = sorted({row[at] for row in rows[1:] if at < len(row) and row[at]})
        if kinds and not any(re.search(_API_EVENT, kind) for kind in kinds):
            raise CreditsError(
                f"{sample.plain.name} holds Salesforce's {', '.join(kinds)[:80]} events, which are"
                " no API calls: load its ApiTotalUsage events."
            )
        return _reading(sample, options, layout, names)


def _reading(
    sample: Sample, options: Options, layout: delimited.Layout, names: Sequence[str]
) -> Reading:
    found = {
        field: next(names.index(word) for word in words if word in names)
        for field, words in COLUMNS.items()
        if set(words) & set(names)
    }
    fields = {field: _cells(names, COLUMNS[field]) for field in found}
    if "credits" in found:
        counted = f"c{found['credits'] + 1}"
        fields["credits"] = f"CASE WHEN lower(trim({counted})) IN ('0', 'false') THEN '0' END"
    time = fields["occurred_at"]
    fields["occurred_at"] = f"regexp_replace({time}, '{_COMPACT}', '\\1T\\2Z')"
    if "METHOD" in names:  # RestApi events call it so
        fields["method"] = _cells(names, ("HTTP_METHOD", "METHOD"))
    event = f"c{names.index('EVENT_TYPE') + 1}"
    known = delimited.Known(
        "salesforce",
        fields,
        skip=f"CASE WHEN NOT regexp_matches({event}, '{_API_EVENT}') THEN 'no API call' END",
    )
    return delimited.reading(sample, options, layout, found, known)


def _cells(names: Sequence[str], words: Sequence[str]) -> str:
    """SQL: the first cell of some columns that is not blank."""
    cells = [f"nullif(trim(c{names.index(word) + 1}), '')" for word in words if word in names]
    return f"coalesce({', '.join(cells)}, NULL)"


FORMATS = (
    EventLogFile(),
    Objects(
        "salesforce-json",
        "Salesforce EventLogFile in JSON",
        shapes=(
            ("EVENT_TYPE", "TIMESTAMP_DERIVED", "ORGANIZATION_ID"),
            ("EVENT_TYPE", "TIMESTAMP", "ORGANIZATION_ID"),
        ),
        fields={
            **COLUMNS,
            "occurred_at": (
                "TIMESTAMP_DERIVED",
                f"regexp_replace({{TIMESTAMP}}, '{_COMPACT}', '\\1T\\2Z')",
            ),
            "method": ("HTTP_METHOD", "METHOD"),
            "credits": "CASE WHEN lower({COUNTS_AGAINST_API_LIMIT}) IN ('0', 'false') THEN '0' END",
        },
        calls=f"regexp_matches({{EVENT_TYPE}}, '{_API_EVENT}')",
    ),
)
