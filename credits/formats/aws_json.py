"""AWS logs in JSON: CloudTrail in its several shapes, and the access log of an API Gateway.

CloudTrail: docs.aws.amazon.com/awscloudtrail, "record contents". An event's `requestID` may be
shared by several events, its `eventID` may not, so a call's request id is the latter.
"""

from __future__ import annotations

from credits.formats.objects import Objects, joined

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
