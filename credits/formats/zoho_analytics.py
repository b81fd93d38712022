"""The API log that Zoho Analytics lets an account's owner export: units are credits.

A row stands for as many calls as its `API Count` says, and carries what they cost together.
"""

from __future__ import annotations

from credits import CreditsError
from credits.formats import delimited
from credits.formats.base import Options, Reading, Sample
from credits.formats.meanings import plain_name

COLUMNS = {
    "date": "occurred_at",
    "useremailid": "user",
    "apiname": "api",
    "rowsprocessed": "records",
    "unitsconsumed": "credits",
    "apicount": "calls",
    "ip": "ip",
}
"""Column → field."""

_NEEDED = {"date", "useremailid", "apiname", "unitsconsumed"}


class ZohoAnalytics:
    """A CSV with the columns of that log, in any order."""

    name = "zoho-analytics"
    title = "Zoho Analytics API log"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a delimited log by its header alone."""
        layout = delimited.layout_of(sample, options, delimited.DELIMITERS)
        names = [plain_name(name) for name in layout.names] if layout else []
        if layout is None or not set(names) >= _NEEDED:
            if forced:
                raise CreditsError(
                    f"{sample.plain.name} lacks the columns Date, User EmailID, API Name and Units"
                    " Consumed: choose another format."
                )
            return None
        found = {field: names.index(name) for name, field in COLUMNS.items() if name in names}
        fields = {}
        if "calls" in found:
            count = f"c{found['calls'] + 1}"
            fields["calls"] = f"coalesce(nullif(nullif(trim({count}), ''), '-'), '1')"
        return delimited.reading(sample, options, layout, found, delimited.Known(self.name, fields))


FORMATS = (ZohoAnalytics(),)
