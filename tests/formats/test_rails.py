"""Requests of Rails 1 and 2, which are told over several lines."""

from __future__ import annotations

from datetime import datetime

REQUEST = """Processing {} (for 203.0.113.7 at 2026-01-12 10:00:00) [{}]
  Parameters: {{"action"=>"index"}}
Completed in 14ms (View: 12, DB: 1) | 200 OK [http://a.example/leads]

"""


def test_a_request_is_a_call_when_it_begins(load):
    log = REQUEST.format("LeadsController#index", "GET")
    log += "app[7]: " + REQUEST.format("Admin::LeadsController#show to json", "POST")
    found, calls = load(log)
    assert (found.format, found.loaded, found.skipped, found.rejected) == ("rails", 2, 6, 0)
    assert [(c["occurred_at"], c["user"], c["user_basis"]) for c in calls] == [
        (datetime(2026, 1, 12, 10), "203.0.113.7", "ip")
    ] * 2
    assert sorted((c["api"], c["method"]) for c in calls) == [
        ("Admin::LeadsController#show", "POST"),
        ("LeadsController#index", "GET"),
    ]
