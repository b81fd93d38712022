"""AWS logs in JSON: CloudTrail in its several shapes, and the access log of an API Gateway.

CloudTrail: docs.aws.amazon.com/awscloudtrail, "record contents". An event's `requestID` may be
shared by several events, its `eventID` may not, so a call's request id is the latter.
"""

from __future__ import annotations

from credits.formats.objects import Objects, joined

_WHO = ("arn", "username", "principalid", "invokedby")

FORMATS = (
    Objects(
        "cloudtrail",
        "AWS CloudTrail",
        shapes=(
            ("eventName", "eventSource", "sourceIPAddress"),
            ("eventName", "eventSource", "eventType", "eventID"),
            # What `aws cloudtrail lookup-events` prints; the event itself is a text in it.
            ("EventName", "EventId", "EventTime", "CloudTrailEvent"),
        ),
        fields={
            # Pipelines that keep the time as their own drop `eventTime`.
            "occurred_at": ("eventTime", "EventTime", "@timestamp"),
            "user": (
                "Username",
                "userIdentity.arn",
                "userIdentity.userName",
                "userIdentity.principalId",
                "userIdentity.invokedBy",
            ),
            "app": ("userAgent",),
            "api": (joined("eventSource", "eventName"), joined("EventSource", "EventName")),
            "status": "coalesce(nullif({errorCode}, ''), 'OK')",
            "ip": ("sourceIPAddress",),
            "request_id": ("eventID", "EventId"),
        },
        calls=("eventName", "EventName"),
        cell="CloudTrailEvent",
    ),
    Objects(
        "cloudtrail-table",
        "AWS CloudTrail as a table (event history, Athena)",
        shapes=(
            ("Event time", "Event source", "Event name", "Event ID"),
            ("eventtime", "eventsource", "eventname", "eventid"),
            ("eventTime", "eventSource", "eventName", "eventID"),
        ),
        unless=("userIdentity", "eventType"),
        fields={
            "occurred_at": ("Event time", "eventtime", "eventTime"),
            "user": (
                "User name",
                # Athena's: `{type=IAMUser, principalid=…, arn=…, accountid=…, …}`.
                *(f"regexp_extract({{useridentity}}, '{key}=([^,}}]+)', 1)" for key in _WHO),
                '$."userIdentity.arn"',
                '$."userIdentity.userName"',
                '$."userIdentity.principalId"',
            ),
            "app": ("User agent", "useragent", "userAgent"),
            "api": (
                joined("Event source", "Event name"),
                joined("eventsource", "eventname"),
                joined("eventSource", "eventName"),
            ),
            "status": "coalesce(nullif({Error code}, ''), nullif({errorcode}, ''),"
            " nullif({errorCode}, ''), 'OK')",
            "ip": ("Source IP address", "sourceipaddress", "sourceIPAddress"),
            "request_id": ("Event ID", "eventid", "eventID"),
        },
        calls=("Event name", "eventname", "eventName"),
        tables=True,
    ),
    Objects(
        "apigateway",
        "AWS API Gateway access log",
        shapes=(
            ("requestId", "httpMethod", "resourcePath", "requestTime"),
            ("requestId", "httpMethod", "resourcePath", "requestTimeEpoch"),
            ("requestId", "routeKey", "requestTime"),
            ("requestId", "routeKey", "requestTimeEpoch"),
        ),
        fields={
            "occurred_at": ("requestTime", "requestTimeEpoch"),
            "user": ("user", "caller"),
            "app": ("userAgent",),
            "path": ("resourcePath", "path", "routeKey"),
            "method": ("httpMethod",),
            "status": ("status",),
            "ip": ("ip", "sourceIp"),
            "request_id": ("requestId",),
        },
        calls=("resourcePath", "routeKey", "httpMethod"),
    ),
)
