"""The logs of Salesforce and Zoho Analytics."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from samples import OBJECTS

from credits import CreditsError

SALESFORCE = (
    '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","API_FAMILY","API_VERSION",'
    '"API_RESOURCE","CLIENT_NAME","HTTP_METHOD","CLIENT_IP","COUNTS_AGAINST_API_LIMIT",'
    '"CONNECTED_APP_ID","CONNECTED_APP_NAME","ENTITY_NAME","STATUS_CODE","TIMESTAMP_DERIVED",'
    '"USER_NAME"'
)


def event(
    request_id,
    kind="ApiTotalUsage",
    time="20251009183437.652",
    derived="2025-10-09T18:34:37.652Z",
    user="ann@example.com",
    resource="/services/data/v58.0/sobjects/Account/001D000000IRFmaIAH",
    counts="1",
    app="Loader",
    entity="Account",
):
    cells = [
        kind, time, request_id, "00D000000000001", "005D000000abcde", "REST", "58.0", resource,
        "client", "GET", "203.0.113.4", counts, "0H4", app, entity, "200", derived, user,
    ]  # fmt: skip
    return ",".join(f'"{cell}"' for cell in cells)


def log(*rows: str, header: str = SALESFORCE) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_an_api_total_usage_event_is_a_call(load):
    found, calls = load(log(event("r1")))
    assert (found.format, found.rows, found.loaded) == ("salesforce", 1, 1)
    call = calls[0]
    assert call["occurred_at"] == datetime(2025, 10, 9, 18, 34, 37, 652000)
    assert (call["user"], call["app"], call["ip"]) == ("ann@example.com", "Loader", "203.0.113.4")
    assert (call["status"], call["request_id"]) == ("200", "r1")
    assert call["api"].startswith("GET /services/data/v58.0/sobjects/Account/")
    assert call["credits_basis"] == "rated"


def test_the_compact_stamp_is_utc_and_blank_cells_fall_back(load):
    _, calls = load(
        log(event("r1", derived="", user="", resource="", app="")), time_zone="Asia/Kolkata"
    )
    call = calls[0]
    assert call["occurred_at"] == datetime(2025, 10, 9, 18, 34, 37, 652000)
    assert (call["user"], call["app"], call["api"]) == ("005D000000abcde", "client", "Account")


@pytest.mark.parametrize(
    ("counts", "basis"),
    [("0", "logged"), ("false", "logged"), ("1", "rated"), ("true", "rated"), ("", "rated")],
)
def test_a_call_that_does_not_count_against_the_limit_costs_nothing(load, counts, basis):
    _, calls = load(log(event("r1", counts=counts)))
    assert calls[0]["credits_basis"] == basis
    assert (calls[0]["credits"] == 0) == (basis == "logged")


def test_events_that_are_no_api_calls_are_skipped(load):
    found, _ = load(log(event("r1"), event("r2", "Login"), event("r3", "RestApi"), event("r1")))
    assert (found.rows, found.loaded, found.skipped, found.duplicates) == (4, 2, 1, 1)


def test_a_file_of_logins_says_that_it_holds_no_calls(load):
    with pytest.raises(CreditsError, match="Salesforce's Login events, which are no API calls"):
        load(log(event("r1", "Login"), event("r2", "Login")))


def test_salesforces_events_in_json_are_those_of_its_tables(load):
    counted = OBJECTS["salesforce-json"][0]
    free = {**counted, "REQUEST_ID": "r-2", "USER_NAME": "", "COUNTS_AGAINST_API_LIMIT": False}
    del free["TIMESTAMP_DERIVED"]
    other = {**counted, "REQUEST_ID": "r-3", "EVENT_TYPE": "ApexExecution"}
    found, calls = load("\n".join(map(json.dumps, (counted, free, other))))
    assert (found.format, found.loaded, found.skipped) == ("salesforce-json", 2, 1)
    assert {(c["user"], c["app"], c["api"], c["credits"]) for c in calls} == {
        ("ann@example.com", "Sync", "GET /v56.0/sobjects/Lead", 1),
        ("005", "Sync", "GET /v56.0/sobjects/Lead", 0),
    }
    assert {str(c["occurred_at"]) for c in calls} == {"2026-01-05 10:00:00.885000"}


def test_a_broken_row_of_salesforce_is_read_leniently(load):
    found, calls = load(log(event("r1"), event("r2").rstrip('"'), "", event("r3") + ',"more"'))
    assert (found.rows, found.loaded, found.skipped) == (4, 3, 1)
    assert found.format == "salesforce"
    assert {call["request_id"] for call in calls} == {"r1", "r2", "r3"}


ZOHO = "Date,User EmailID,API Name,Rows Processed,Units Consumed,API Count,IP"


def test_units_are_credits_and_the_count_is_calls(load):
    found, calls = load(
        log(
            "2026-05-01 09:00:00,ann@example.com,Bulk Import,5000,52.5,3,203.0.113.4",
            '2026-05-01 09:01:00,bob@example.com,Export Data,100,"1,000",,203.0.113.5',
            header=ZOHO,
        )
    )
    assert (found.format, found.rows, found.loaded, found.calls) == ("zoho-analytics", 2, 2, 4)
    assert [call["calls"] for call in calls] == [3, 1]
    assert [call["credits"] for call in calls] == [Decimal("52.5"), Decimal(1000)]
    assert {call["credits_basis"] for call in calls} == {"logged"}
    assert (calls[0]["user"], calls[0]["records"], calls[0]["api"]) == (
        "ann@example.com",
        5000,
        "Bulk Import",
    )


@pytest.mark.parametrize(
    "stamp",
    [
        "01 May, 2026 09:00:00",
        "01 May 2026 09:00:00",
        "May 01, 2026 09:00 AM",
        "01-May-2026 09:00:00",
    ],
)
def test_dates_in_words_are_read(load, stamp):
    found, calls = load(log(f'"{stamp}",a@example.com,Export,1,1,1,203.0.113.4', header=ZOHO))
    assert found.rejected == 0
    assert calls[0]["occurred_at"] == datetime(2026, 5, 1, 9)


@pytest.mark.parametrize("name", ["salesforce", "zoho-analytics"])
def test_another_log_by_their_name_is_refused(load, name):
    with pytest.raises(CreditsError, match="choose another format"):
        load("time,user\n2026-01-01T00:00:00Z,ann\n", format=name)
