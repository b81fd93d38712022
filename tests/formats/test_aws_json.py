"""AWS logs in JSON, from invented rows and from real ones."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

EVENT = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/ada", "userName": "ada"},
    "eventTime": "2026-01-05T10:00:00Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "awsRegion": "eu-central-1",
    "sourceIPAddress": "192.0.2.7",
    "userAgent": "aws-cli/2.15",
    "requestID": "shared",
    "eventID": "e-1",
    "eventType": "AwsApiCall",
}
SERVICE = EVENT | {
    "userIdentity": {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"},
    "eventTime": "2026-01-05T10:00:01Z",
    "eventID": "e-2",
    "errorCode": "AccessDenied",
}
AGAIN = EVENT | {"eventTime": "2026-01-05T10:00:05Z"}
SHAPES = {
    "records": json.dumps({"Records": [EVENT, SERVICE, AGAIN]}),
    "array": json.dumps([EVENT, SERVICE, AGAIN], indent=3),
    "lines": "\n".join(map(json.dumps, [EVENT, SERVICE, AGAIN])),
    "records line by line": "\n".join(
        json.dumps({"Records": [e]}) for e in [EVENT, SERVICE, AGAIN]
    ),
    "search results": "\n".join(
        json.dumps({"_id": 1, "_source": e}) for e in [EVENT, SERVICE, AGAIN]
    ),
    "texts of a shipper": "\n".join(
        json.dumps({"message": json.dumps(e), "stream": "s"}) for e in [EVENT, SERVICE, AGAIN]
    ),
    "events of a bus": "\n".join(
        json.dumps({"id": "x", "detail-type": "AWS API Call via CloudTrail", "detail": e})
        for e in [EVENT, SERVICE, AGAIN]
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_cloudtrail_is_the_same_in_all_its_shapes(shape, load):
    found, calls = load(SHAPES[shape], "trail.json")
    assert (found.format, found.rows, found.loaded, found.duplicates) == ("cloudtrail", 3, 2, 1)
    one, two = calls
    assert one["occurred_at"] == datetime(2026, 1, 5, 10)
    assert (one["user"], one["app"]) == ("arn:aws:iam::1:user/ada", "aws-cli/2.15")
    assert (one["api"], one["status"]) == ("ec2.amazonaws.com:DescribeInstances", "OK")
    assert (one["ip"], one["request_id"]) == ("192.0.2.7", "e-1")
    assert (two["user"], two["status"]) == ("autoscaling.amazonaws.com", "AccessDenied")


def test_an_event_without_event_time_uses_the_time_of_the_pipeline(load):
    event = {key: item for key, item in EVENT.items() if key != "eventTime"}
    _, calls = load(json.dumps(event | {"@timestamp": "2026-01-05T11:00:00.000Z"}))
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 11)


def looked_up(event, **more):
    """An event as `aws cloudtrail lookup-events` prints it."""
    head = {key[0].upper() + key[1:]: event[key] for key in ("eventName", "eventTime")}
    head["EventId"] = event["eventID"]
    source = {"EventSource": event["eventSource"], "CloudTrailEvent": json.dumps(event)}
    return {**head, **source, **more}


def test_looked_up_events_are_read_with_the_event_inside_them(load):
    rows = [
        looked_up(EVENT, Username="ada", Resources=[{"ResourceName": "i-1"}]),
        looked_up(SERVICE),
    ]
    found, calls = load(json.dumps({"Events": rows}))
    assert (found.format, found.loaded) == ("cloudtrail", 2)
    assert [call["user"] for call in calls] == ["ada", "autoscaling.amazonaws.com"]
    assert [call["status"] for call in calls] == ["OK", "AccessDenied"]
    assert {call["api"] for call in calls} == {"ec2.amazonaws.com:DescribeInstances"}
    assert calls[0]["ip"] == "192.0.2.7"


def test_an_event_looked_up_is_the_one_that_the_trail_had(load):
    load(json.dumps(EVENT), "trail.json")
    found, _ = load(json.dumps([looked_up(EVENT)]), "looked-up.json")
    assert (found.rows, found.duplicates) == (1, 1)


def test_what_is_no_event_is_no_call(load):
    found, _ = load("\n".join([json.dumps(EVENT), '{"digest": 1}', "", "{broken"]))
    assert (found.loaded, found.skipped, found.rejected) == (1, 2, 1)


GATEWAY = {
    "requestId": "r-1",
    "ip": "192.0.2.8",
    "caller": "-",
    "user": "-",
    "requestTime": "05/Jan/2026:10:00:00 +0000",
    "httpMethod": "GET",
    "resourcePath": "/pets/{id}",
    "status": "200",
    "protocol": "HTTP/1.1",
    "responseLength": "57",
}

LATER = GATEWAY | {
    "requestId": "r-2",
    "caller": "AIDA1",
    "status": "429",
    "requestTime": "05/Jan/2026:10:00:01 +0000",
}


def test_api_gateway_access_logs_are_read_by_resource(load):
    rows = [
        GATEWAY,
        LATER,
        {"message": "deployment finished"},
    ]
    found, calls = load("\n".join(map(json.dumps, rows)))
    assert (found.format, found.loaded, found.skipped) == ("apigateway", 2, 1)
    assert (calls[0]["user"], calls[0]["user_basis"]) == ("192.0.2.8", "ip")
    assert (calls[0]["api"], calls[0]["method"]) == ("GET /pets/{id}", "GET")
    assert (calls[1]["user"], calls[1]["refused"]) == ("AIDA1", True)
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10)


def test_api_gateway_of_the_http_kind_names_its_route(load):
    row = {"requestId": "r", "ip": "192.0.2.8", "requestTimeEpoch": "1767607200123"}
    found, calls = load(json.dumps(row | {"routeKey": "POST /orders", "status": "201"}))
    assert found.format == "apigateway"
    assert (calls[0]["api"], calls[0]["method"]) == ("POST /orders", "POST")
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123000)


def test_notices_of_a_bucket_are_no_cloudtrail(load):
    notice = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-01-05T10:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDA1"},
        "requestParameters": {"sourceIPAddress": "192.0.2.7"},
    }
    assert load(json.dumps({"Records": [notice]}))[0].format == "jsonl"


def test_real_cloudtrail_arrays_agree_with_their_truth(real_log):
    log = real_log("cloudtrail_stratus")
    assert log.found == log.truth
    assert {load.format for load in log.loads} == {"cloudtrail"}
    assert len({call["user"] for call in log.calls}) == 41


def test_real_cloudtrail_in_zip_files_agrees_with_its_truth(real_log):
    log = real_log("cloudtrail_otrf_zip")
    assert log.found == log.truth
    assert {load.format for load in log.loads} == {"cloudtrail", "csv"}


def test_real_looked_up_events_agree_with_their_truth(real_log):
    log = real_log("plaso_formats", "aws_cloudtrail.jsonl")
    assert log.found == log.truth
    # The sixth, which names nobody, was made by EC2 itself: its event says so.
    users = [call["user"] for call in log.calls]
    assert (users.count("fakeusername"), users.count("ec2.amazonaws.com")) == (5, 1)
