"""Access logs in JSON of gateways, proxies and edges: each request is an object of known keys."""

from __future__ import annotations

from credits.formats.objects import Objects, address, listed

_ZEEK = {
    "occurred_at": ("ts",),
    "user": ("username",),
    "app": ("user_agent",),
    "path": ("uri",),
    "method": ("method",),
    "status": ("status_code",),
    "ip": ('$."id.orig_h"', "id_orig_h"),
    # Not `uid`: that is the connection, which carries many calls.
}

_METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
"""What Gravitee counts from 1, and 0 for any other."""


def _method(key: str) -> str:
    """SQL over a key: the method for which a number of Gravitee's stands."""
    numbers = " ".join(f"WHEN '{i}' THEN '{name}'" for i, name in enumerate(_METHODS, 1))
    return f"CASE {{{key}}} {numbers} WHEN '0' THEN NULL ELSE {{{key}}} END"


FORMATS = (
    Objects(
        "kong",
        "Kong file-log or http-log",
        shapes=(
            ("started_at", "request.method", "latencies"),
            ("started_at", "request.method", "request.uri", "response.status"),
        ),
        fields={
            "occurred_at": ("started_at",),
            "user": ("consumer.username", "consumer.custom_id", "authenticated_entity.consumer_id"),
            "app": ("request.headers.user-agent",),
            "path": ("request.uri", "request.url"),
            "method": ("request.method",),
            "status": ("response.status",),
            "ip": ("client_ip",),
            "request_id": ("response.headers.x-kong-request-id", "request.id"),
        },
        calls=("request.method", "response.status"),
    ),
    Objects(
        "envoy",
        "Envoy access log",
        shapes=(
            ("start_time", "response_code", "response_flags"),
            ("start_time", "response_code", "upstream_host", "protocol"),
        ),
        fields={
            "occurred_at": ("start_time",),
            "user": ("username",),
            "app": ("user_agent", "user-agent"),
            "path": ("path", "x-envoy-origin-path"),
            "method": ("method",),
            # 0: the client went away before there was an answer.
            "status": ("response_code",),
            "ip": (
                address("x_forwarded_for"),
                address("x-forwarded-for"),
                address("downstream_remote_address"),
            ),
            "request_id": ("x_request_id", "x-request-id", "request_id"),
        },
        # What has neither a method nor an answer is a raw TCP connection.
        calls="{method} NOT IN ('', '-') OR {response_code} NOT IN ('', '-', '0')",
    ),
    Objects(
        "gravitee",
        "Gravitee's metrics of requests",
        # Those of the second version of its APIs, and of the fourth.
        shapes=(
            ("gateway", "transaction", "method", "uri", "local-address", "remote-address"),
            ("gateway", "transaction-id", "request-id", "http-method", "request-ended"),
        ),
        fields={
            "occurred_at": ("@timestamp",),
            "user": ("user",),
            # 1 stands for a caller who subscribed to nothing.
            "app": ("nullif({application}, '1')", "nullif({application-id}, '1')", "user-agent"),
            "path": ("uri",),
            "method": (_method("method"), _method("http-method")),
            "status": ("status",),
            "ip": (address("remote-address"),),
            "request_id": ("request-id", "_id"),
        },
        calls=("method", "http-method"),
    ),
    Objects(
        "traefik",
        "Traefik access log",
        shapes=(
            ("RequestMethod", "RequestPath", "DownstreamStatus"),
            ("RequestMethod", "RequestPath", "StartUTC"),
        ),
        fields={
            "occurred_at": ("StartUTC", "StartLocal", "time"),
            "user": ("ClientUsername",),
            "app": ("request_User-Agent",),
            "path": ("RequestPath",),
            "method": ("RequestMethod",),
            "status": ("DownstreamStatus",),
            "ip": ("ClientHost", address("ClientAddr")),
        },
        calls=("RequestMethod",),
    ),
    Objects(
        "caddy",
        "Caddy access log",
        shapes=(
            ("ts", "logger", "request.uri", "request.method"),
            ("ts", "msg", "request.uri", "request.method", "resp_headers"),
        ),
        fields={
            "occurred_at": ("ts",),
            "user": ("user_id",),
            "app": ("request.headers.User-Agent.0",),
            "path": ("request.uri",),
            "method": ("request.method",),
            "status": ("status",),
            # `client_ip` is who called behind trusted proxies, `remote_ip` the last of those.
            "ip": ("request.client_ip", "request.remote_ip", address("request.remote_addr")),
        },
        # What a handler complains of is a second row of a call that has its own.
        calls="{request.uri} <> '' AND coalesce({logger} LIKE 'http.log.access%'"
        " OR {msg} = 'handled request', true)",
    ),
    Objects(
        "cloudflare",
        "Cloudflare Logpush, HTTP requests",
        shapes=(
            ("EdgeStartTimestamp", "ClientRequestMethod"),
            ("RayID", "ClientRequestURI", "EdgeResponseStatus"),
        ),
        fields={
            "occurred_at": ("EdgeStartTimestamp", "EdgeEndTimestamp"),
            "app": ("ClientRequestUserAgent",),
            "path": ("ClientRequestURI", "ClientRequestPath"),
            "method": ("ClientRequestMethod",),
            "status": ("EdgeResponseStatus",),
            "ip": ("ClientIP",),
            "request_id": ("RayID",),
        },
        calls=("ClientRequestMethod", "ClientRequestURI"),
        tables=True,
    ),
    Objects(
        "hasura",
        "Hasura http-log",
        shapes=(("timestamp", "type", "detail.http_info.url", "detail.http_info.method"),),
        fields={
            "occurred_at": ("timestamp",),
            "user": ("detail.operation.user_vars.x-hasura-user-id",),
            "path": ("detail.http_info.url",),
            "method": ("detail.http_info.method",),
            "status": ("detail.http_info.status",),
            "ip": (address("detail.http_info.ip"),),
            "request_id": ("detail.request_id", "detail.operation.request_id"),
        },
        calls="{type} = 'http-log'",
    ),
    Objects(
        "grpc",
        "gRPC calls, as its middleware for Go logs them",
        shapes=(('$."grpc.service"', '$."grpc.method"'),),
        fields={
            "occurred_at": ("ts", "time", "timestamp", "@timestamp", '$."grpc.start_time"'),
            "api": """{$."grpc.service"} || '/' || {$."grpc.method"}""",
            "status": ('$."grpc.code"',),
            "ip": (address('$."peer.address"'),),
        },
        # It tells of a call's beginning, too, and of what it carries.
        calls=('$."grpc.code"',),
    ),
    Objects(
        "aws_waf",
        "AWS WAF log",
        shapes=(("timestamp", "webaclId", "httpRequest.uri"),),
        fields={
            "occurred_at": ("timestamp",),
            "app": (listed("httpRequest.headers", "user-agent"),),
            "path": ("httpRequest.uri",),
            "method": ("httpRequest.httpMethod",),
            # What is blocked is answered so, unless a rule says otherwise.
            "status": ("responseCodeSent", "CASE WHEN {action} = 'BLOCK' THEN '403' END"),
            "ip": ("httpRequest.clientIp",),
            "request_id": ("httpRequest.requestId",),
        },
        calls=("httpRequest.httpMethod",),
    ),
    Objects(
        "har",
        "HTTP archive of a browser or a proxy",
        shapes=(("startedDateTime", "request.method", "request.url"),),
        fields={
            "occurred_at": ("startedDateTime",),
            "app": (listed("request.headers", "user-agent"),),
            "path": ("request.url",),
            "method": ("request.method",),
            # Nought of what got no answer.
            "status": "nullif({response.status}, '0')",
        },
        calls=("request.method",),
    ),
    Objects(
        "suricata",
        "Suricata EVE log",
        shapes=tuple(("timestamp", "event_type", "src_ip", key) for key in ("flow_id", "dest_ip")),
        fields={
            "occurred_at": ("timestamp",),
            "user": ("http.username",),
            "app": ("http.http_user_agent",),
            "path": ("http.url",),
            "method": ("http.http_method",),
            "status": ("http.status",),
            "ip": (address("http.xff"), "src_ip"),
        },
        # It tells of all traffic, and of an HTTP call also as a flow and as a file.
        calls="{event_type} = 'http'",
    ),
    Objects(
        "zeek-json",
        "Zeek http.log in JSON",
        shapes=tuple(
            ("ts", "uid", origin, known)
            for origin in ('$."id.orig_h"', "id_orig_h")
            for known in ("method", "trans_depth")
        ),
        fields=_ZEEK,
        # Other logs of Zeek, as SIP's, have the same columns.
        calls="coalesce({_path} = 'http', true)"
        " AND coalesce({method}, {uri}, {status_code}, '') <> ''",
    ),
)
