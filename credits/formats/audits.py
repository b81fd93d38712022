"""Audit logs in JSON of clouds, of clusters and of the secrets in them."""

from __future__ import annotations

from credits.formats.objects import Objects, address, joined, utc

_CLAIM = '"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/'
_OBJECT = '"http://schemas.microsoft.com/identity/claims/objectidentifier"'

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
            "ip": ("protoPayload.requestMetadata.callerIp", address("httpRequest.remoteIp")),
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
            # What a storage account was asked for.
            ("time", "operationName", "category", "properties.accountName"),
        ),
        unless=(
            # What came through a gateway. A key vault tells a URI, too, but not whose address.
            *("properties.clientIP", "properties.clientIp"),
            *("properties.httpStatus", "properties.responseCode"),
            # What a cluster wrote, in a text: see `keys.ENVELOPES`.
            "properties.log",
        ),
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
                # Key vaults.
                f'$."identity"."claim".{_CLAIM}upn"',
                f'$."identity"."claim".{_CLAIM}oid"',
                f'$."identity"."claim".{_OBJECT}',
                "identity.claim.appid",
                # Storage accounts.
                "identity.requester.upn",
                "identity.requester.objectId",
                # Sign-ins and what is done in a directory.
                "properties.userPrincipalName",
                "properties.servicePrincipalName",
                "properties.initiatedBy.user.userPrincipalName",
                "properties.initiatedBy.app.displayName",
            ),
            "app": (
                "properties.appDisplayName",
                "properties.userAgentHeader",
                "properties.clientInfo",
            ),
            "api": (
                "operation_name.value",
                "operationName.value",
                "operationName",
                "OperationNameValue",
            ),
            "method": ("http_request.method", "httpRequest.method"),
            "status": (
                "statusCode",
                "properties.httpStatusCode",
                "resultType",
                "status.value",
                "ActivityStatusValue",
                "properties.result",
                "resultSignature",
            ),
            "ip": (
                address("callerIpAddress"),
                address("callerIPAddress"),
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
        "azure-table",
        "Azure activity log as a table",
        shapes=(("Correlation id", "Operation name", "Event initiated by", "Time"),),
        fields={
            "occurred_at": (utc("Time"),),
            "user": ("Event initiated by",),
            "api": ("Operation name",),
            "status": ("Status",),
        },
        calls=("Operation name",),
        tables=True,
    ),
    Objects(
        "apim",
        "Azure API Management gateway log",
        shapes=(("properties.method", "properties.url", "properties.responseCode"),),
        fields={
            "occurred_at": (utc("time"),),
            "user": ("properties.userId", "properties.apimSubscriptionId"),
            "path": ("properties.url",),
            "method": ("properties.method",),
            "status": ("properties.responseCode",),
            "ip": (address("callerIpAddress"),),
            "request_id": ("correlationId",),
        },
        calls=("properties.method",),
    ),
    Objects(
        "appgateway",
        "Azure Application Gateway or Front Door access log",
        shapes=(
            ("properties.httpMethod", "properties.requestUri", "properties.clientIP"),
            ("properties.httpMethod", "properties.requestUri", "properties.clientIp"),
        ),
        fields={
            "occurred_at": (utc("timeStamp"), utc("time"), utc("timestamp")),
            "app": ("properties.userAgent",),
            "path": ("properties.requestUri",),
            "method": ("properties.httpMethod",),
            "status": ("properties.httpStatus", "properties.httpStatusCode"),
            "ip": (address("properties.clientIP"), address("properties.clientIp")),
            # Not the transaction id: several requests may carry the same one. A Front Door's is
            # the request's own.
            "request_id": ("properties.trackingReference",),
        },
        calls=("properties.httpMethod",),
    ),
    Objects(
        "vault",
        "HashiCorp Vault audit log",
        shapes=(("time", "type", "request.operation", "request.path"),),
        fields={
            "occurred_at": ("time",),
            "user": (
                "auth.metadata.username",
                "auth.metadata.email",
                "auth.display_name",
                "auth.entity_id",
            ),
            "path": ("request.path",),
            "method": ("request.operation",),
            "status": "CASE WHEN {error} <> '' THEN 'error' END",
            "ip": (address("request.remote_address"),),
            "request_id": ("request.id",),
        },
        # A request is told of when it comes and when it is answered.
        calls="{type} = 'response'",
    ),
    Objects(
        "consul",
        "Consul or Nomad audit log",
        shapes=(("created_at", "event_type", "payload.stage", "payload.request.endpoint"),),
        fields={
            "occurred_at": ("payload.timestamp", "created_at"),
            "user": ("payload.auth.name", "payload.auth.description", "payload.auth.accessor_id"),
            "app": ("payload.request.user_agent",),
            "path": ("payload.request.endpoint",),
            "method": ("payload.request.operation",),
            "status": ("payload.response.status", "payload.response.status_code"),
            "ip": (address("payload.request.remote_addr"),),
            "request_id": ("payload.id",),
        },
        # A request is told of when it comes and when it is answered.
        calls="{payload.stage} = 'OperationComplete'",
    ),
    Objects(
        "elasticsearch",
        "Elasticsearch audit log",
        shapes=(
            ("timestamp", '$."event.action"', '$."event.type"', '$."origin.address"'),
            ("timestamp", '$."event.action"', '$."event.type"', '$."request.id"'),
        ),
        fields={
            "occurred_at": ("timestamp", "@timestamp"),
            "user": ('$."user.name"', '$."authentication.token.name"'),
            "api": ("action",),
            "path": ('$."url.path"',),
            "method": ('$."request.method"',),
            "status": ('$."event.action"',),
            "ip": (address('$."origin.address"'),),
            # Not the request's id: all that it does in the cluster shares it.
        },
        # Whoever was let in is told of again by what was done.
        calls="""{action} <> '' OR {$."event.action"} <> 'authentication_success'""",
    ),
    Objects(
        "opensearch",
        "OpenSearch audit log",
        shapes=(("audit_category", "audit_request_layer", "@timestamp"),),
        fields={
            "occurred_at": ("@timestamp",),
            "user": ("audit_request_effective_user", "audit_request_initiating_user"),
            "app": ("audit_rest_request_headers.User-Agent.0",),
            "api": ("audit_request_privilege", "audit_transport_request_type"),
            "path": ("audit_rest_request_path",),
            "method": ("audit_rest_request_method",),
            "status": ("audit_category",),
            "ip": (address("audit_request_remote_address"),),
        },
        # What came by REST is told of once more where it goes on inside.
        calls="{audit_request_layer} = 'REST' OR {audit_request_origin} = 'TRANSPORT'",
    ),
    Objects(
        "mongodb-audit",
        "MongoDB audit log",
        shapes=(("atype", "ts.$date", "result"),),
        fields={
            "occurred_at": ("ts.$date.$numberLong", "ts.$date"),
            "user": ("users.0.user",),
            "api": (joined("atype", "param.command"), "atype"),
            "status": ("result",),
            "ip": ("remote.ip",),
        },
        calls=("atype",),
    ),
    Objects(
        "ocsf",
        "OCSF API activity (Amazon Security Lake)",
        shapes=(("class_uid", "time", "api.operation", "metadata.version"),),
        fields={
            "occurred_at": ("time",),
            "user": (
                "actor.user.name",
                "actor.user.email_addr",
                "actor.user.uid",
                "actor.invoked_by",
            ),
            "app": ("http_request.user_agent",),
            "api": (joined("api.service.name", "api.operation"),),
            "status": ("api.response.error", "status"),
            "ip": ("src_endpoint.ip",),
            # Not the request's id, which several events may share.
            "request_id": ("metadata.uid",),
        },
        calls=("api.operation",),
    ),
    Objects(
        "kubernetes",
        "Kubernetes audit log",
        shapes=(("auditID", "stage", "requestURI", "verb"),),
        fields={
            "occurred_at": ("requestReceivedTimestamp", "stageTimestamp"),
            "user": ("user.username",),
            "app": ("userAgent",),
            "path": ("requestURI",),
            "method": ("verb",),
            "status": ("responseStatus.code",),
            "ip": ("sourceIPs.0",),
            "request_id": ("auditID",),
        },
        # A request is told of at each of its stages; these are its last ones.
        calls="{stage} IN ('ResponseComplete', 'Panic')",
    ),
)
