"""Logs of Rails before its third version, which name a request by its controller and action.

`Processing LeadsController#index (for 203.0.113.7 at 2026-01-12 10:00:00) [GET]`, then some lines
on what it did, among them its status and address: of another request perhaps, where several
processes write one log. A call is what begins, and its status is known where those take turns; as
with `requests`, which reads the logs of later versions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from credits import CreditsError
from credits.formats import lines
from credits.formats.base import Options, Reading, Sample, literal
from credits.formats.exchanges import by_writer

_BEGINS = (
    r"\bProcessing ([A-Z]\w*(?:::\w+)*#\w+[?!]?)(?: to \S+)?"
    r" \(for ([^\s,]+)(?:, ?[^\s,]+)* at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\) \[([A-Z]+)\]"
)
_ANSWERS = r"\bCompleted in .*\| ([1-5]\d\d) "
_TRIED = 1_000


class Rails:
    """Logs in which requests begin as Rails 1 and 2 write it."""

    name = "rails"
    title = "log of Rails 1 or 2"
    generic = False

    def read(self, sample: Sample, options: Options, *, forced: bool) -> Reading | None:
        """Claims a log in which one of fifty lines, at least, begins a request."""
        del options
        tried = sample.filled[:_TRIED]
        found = [
            match
            for line in tried
            if "Processing " in line and (match := re.search(_BEGINS, line[:4_000], re.ASCII))
        ]
        if not found and forced:
            raise CreditsError(
                f"{sample.plain.name} has no lines of a {self.title} in its beginning:"
                " choose another format."
            )
        if not found or (len(found) * 50 < len(tried) and not forced):
            return None
        parts = f"regexp_extract(line, {literal(_BEGINS)}, ['api', 'ip', 'at', 'method']) AS begun"
        fields = {
            "occurred_at": "nullif(begun.at, '')",
            "api": "nullif(begun.api, '')",
            "method": "nullif(begun.method, '')",
            "ip": "nullif(begun.ip, '')",
            "status": f"nullif(regexp_extract(line, {literal(_ANSWERS)}, 1), '')",
        }
        read = lines.reading(
            self.name,
            sample,
            parts,
            fields,
            columns={field: field for field in fields},
            stamps=tuple(match[3] for match in found),
            skip=f"coalesce({lines.BLANK}, CASE WHEN begun.at = '' THEN 'no call' END)",
        )
        return replace(read, exchanges=by_writer([match.string for match in found], "line"))


FORMATS = (Rails(),)
