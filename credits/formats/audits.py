"""Audit logs of clouds in JSON: Google Cloud, Azure, Microsoft 365."""

from __future__ import annotations

from credits.formats.objects import Objects, address, joined, utc

_CLAIM = '"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'
_US_ORDER = "['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M']"
_ISO_UTC = "'%Y-%m-%dT%H:%M:%SZ'"

FORMATS = (
    Objects(
        "gcp",
        "Google Cloud audit and request log",
        shapes=(
            ("protoPayload.methodName",),
            ("logName", "protoPayload.@type"),
            ("logName", "insertId", "httpRequest.requestMethod"),
        ),
        fields={
            "occurred_at": ("timestamp", "receiveTimestamp"),
            "user": (
                "protoPayload.authenticationInfo.principalEmail",
                "protoPayload.authenticationInfo.principalSubject",
            ),
            "app": (
                "protoPayload.requestMetadata.callerSuppliedUserAgent",
                "httpRequest.userAgent",
            ),
            "api": joined("protoPayload.serviceName", "protoPayload.methodName"),
            "path": ("httpRequest.requestUrl",),
            "method": ("httpRequest.requestMethod",),
            "status": ("protoPayload.status.code", "httpRequest.status"),
            "records": ("protoPayload.numResponseItems",),
            "ip": ("protoPayload.requestMetadata.callerIp", "httpRequest.remoteIp"),
            "request_id": ("insertId",),
        },
        calls=("protoPayload.methodName", "httpRequest.requestMethod", "httpRequest.requestUrl"),
    ),
    Objects(
        "azure",
        "Azure activity log",
        shapes=(
            ("event_timestamp", "operation_name.value"),
            ("eventTimestamp", "operationName.value"),
            ("time", "operationName", "category", "resourceId"),
            ("TimeGenerated", "OperationNameValue"),
        ),
        unless=("properties.requestUri", "properties.httpStatus"),
        fields={
            "occurred_at": tuple(
                utc(key) for key in ("time", "event_timestamp", "eventTimestamp", "TimeGenerated")
            ),
            "user": (
                "caller",
                "Caller",
                f'$."identity"."claims".{_CLAIM}upn"',
                f'$."identity"."claims".{_CLAIM}name"',
                "identity.claims.appid",
            ),
            "api": (
                "operation_name.value",
                "operationName.value",
                "operationName",
                "OperationNameValue",
            ),
            "method": ("http_request.method", "httpRequest.method"),
            "status": (
                "resultType",
                "status.value",
                "ActivityStatusValue",
                "resultSignature",
            ),
            "ip": (
                address("callerIpAddress"),
                "CallerIpAddress",
                "http_request.client_ip_address",
                "httpRequest.clientIpAddress",
            ),
            # Not the correlation id: all steps of one operation share it.
            "request_id": ("event_data_id", "eventDataId", "EventDataId"),
        },
        calls=(
            "operation_name.value",
            "operationName",
            "OperationNameValue",
        ),
    ),
    Objects(
        "appgateway",
        "Azure Application Gateway access log",
        shapes=(
            ("properties.httpMethod", "properties.requestUri", "properties.clientIP"),
            ("properties.httpMethod", "properties.requestUri", "properties.clientIp"),
        ),
        fields={
            "occurred_at": (utc("timeStamp"), utc("time")),
            "app": ("properties.userAgent",),
            "path": ("properties.requestUri",),
            "method": ("properties.httpMethod",),
            "status": ("properties.httpStatus",),
            "ip": (address("properties.clientIP"), address("properties.clientIp")),
            # Not the transaction id: several requests may carry the same one.
        },
        calls=("properties.httpMethod",),
    ),
    Objects(
        "m365",
        "Microsoft 365 unified audit log",
        shapes=(
            ("CreationTime", "Operation", "UserId", "Workload"),
            ("CreationTime", "Operation", "UserId", "RecordType"),
            # Tables, as PowerShell and the Purview portal export them.
            ("CreationDate", "Operations", "AuditData"),
            ("CreationDate", "Operation", "AuditData"),
        ),
        fields={
            "occurred_at": (
                utc("CreationTime"),
                f"strftime(try_strptime({{CreationDate}}, {_US_ORDER}), {_ISO_UTC})",
                utc("CreationDate"),
            ),
            "user": ("UserId", "UserIds", "UserKey"),
            "api": ("Operation", "Operations"),
            "status": ("ResultStatus",),
            "ip": (address("ClientIP"), address("ClientIPAddress"), "ActorIpAddress"),
            "request_id": ("Id", "Identity", "RecordId"),
        },
        calls=("Operation", "Operations"),
        tables=True,
        cell="AuditData",
    ),
)
