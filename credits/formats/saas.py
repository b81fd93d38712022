"""Audit logs, most of them JSON, of services that a firm rents: office, code, identities, data."""

from __future__ import annotations

from credits.formats.keys import instant
from credits.formats.objects import Objects, address, joined, listed, utc

_US_ORDER = "['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M']"
_ISO_UTC = "'%Y-%m-%dT%H:%M:%SZ'"
_PARAMETERS = "[*].parameters[*]"

FORMATS = (
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
    Objects(
        "github",
        "GitHub audit log",
        shapes=(("action", "actor", "_document_id"), ("action", "actor", "@timestamp")),
        fields={
            "occurred_at": ("@timestamp", "created_at"),
            # Not `user`: that is whom the action was done to.
            "user": ("actor",),
            "app": ("user_agent",),
            # `api.request` is a call of GitHub's API, and says which.
            "api": "CASE WHEN coalesce({route}, {url_path}, '') = '' THEN {action} END",
            "path": ("route", "url_path"),
            "method": ("request_method",),
            "status": ("status_code",),
            "ip": ("actor_ip",),
            "request_id": ("_document_id",),
        },
        calls=("action",),
        tables=True,
    ),
    Objects(
        "okta",
        "Okta system log",
        shapes=(("eventType", "published", "actor.alternateId"),),
        fields={
            "occurred_at": ("published",),
            "user": ("actor.alternateId", "actor.displayName", "actor.id"),
            "app": ("client.userAgent.rawUserAgent",),
            "api": ("eventType",),
            "status": ("outcome.result",),
            "ip": ("client.ipAddress",),
            # Not the transaction's id, which all events of a request share.
            "request_id": ("uuid",),
        },
        calls=("eventType",),
    ),
    Objects(
        "auth0",
        "Auth0 log or log stream",
        shapes=(
            ("log_id", "data.date", "data.type"),
            ("log_id", "date", "type", "client_id"),
            ("log_id", "date", "type", "hostname"),
        ),
        fields={
            "occurred_at": ("data.date", "date"),
            "user": tuple(
                f"{where}{key}"
                for key in ("user_name", "details.request.auth.user.email", "user_id")
                for where in ("data.", "")
            ),
            "app": ("data.client_name", "client_name", "data.client_id", "client_id"),
            "api": ("data.type", "type"),
            "path": ("data.details.request.path", "details.request.path"),
            "method": ("data.details.request.method", "details.request.method"),
            "status": ("data.details.response.statusCode", "details.response.statusCode"),
            "ip": ("data.ip", "ip"),
            "request_id": ("log_id",),
        },
        calls=("data.type", "type"),
    ),
    Objects(
        "atlassian-audit",
        "Jira, Confluence or Bitbucket audit log",
        # As the clouds of the first two hand it out, and as servers do or write it to a file.
        shapes=(
            ("summary", "created", "category", "objectItem"),
            ("summary", "created", "category", "authorKey"),
            ("summary", "creationDate", "category", "author"),
            ("type.actionI18nKey", "author", "timestamp"),
            ("auditType.actionI18nKey", "author", "timestamp"),
        ),
        fields={
            "occurred_at": (
                "created",
                "creationDate",
                instant("timestamp.epochSecond", "timestamp.nano"),
                "timestamp",
            ),
            "user": (
                "authorAccountId",
                "authorKey",
                *(f"author.{key}" for key in ("username", "name", "displayName", "id")),
            ),
            "api": ("summary", "type.action", "auditType.action"),
            "ip": (address("remoteAddress"), address("source")),
            "request_id": ("id",),
        },
        calls=("summary", "type.action", "auditType.action"),
    ),
    Objects(
        "databricks",
        "Databricks audit log",
        # As files are delivered, and as the table `system.access.audit`, whose nested columns are
        # objects in JSON and texts of JSON in CSV.
        shapes=(
            ("serviceName", "actionName", "userIdentity", "timestamp"),
            ("service_name", "action_name", "user_identity", "event_time"),
        ),
        fields={
            "occurred_at": ("timestamp", "event_time"),
            "user": (
                "userIdentity.email",
                "userIdentity.subjectName",
                "user_identity.email",
                "TRY(json_extract_string({user_identity}, '$.email'))",
            ),
            "app": ("userAgent", "user_agent"),
            "api": (joined("serviceName", "actionName"), joined("service_name", "action_name")),
            "status": (
                "response.statusCode",
                "response.status_code",
                "TRY(json_extract_string({response}, '$.status_code'))",
            ),
            "ip": ("sourceIPAddress", "source_ip_address"),
            "request_id": ("requestId", "request_id"),
        },
        calls=("actionName", "action_name"),
        tables=True,
    ),
    Objects(
        "bitwarden",
        "Bitwarden event log",
        # https://bitwarden.com/help/public-api/: a number says what was done, and nothing else.
        shapes=(("object", "type", "date", "actingUserId"), ("object", "type", "date", "device")),
        fields={
            "occurred_at": ("date",),
            # Not the member: that is whom it was done to.
            "user": ("actingUserId",),
            "api": "'event ' || {type}",
            "ip": ("ipAddress",),
        },
        calls="{object} = 'event'",
    ),
    Objects(
        "dropbox",
        "Dropbox team log",
        shapes=(("timestamp", "event_category", '$."event_type".".tag"'),),
        fields={
            "occurred_at": (utc("timestamp"),),
            "user": (
                "actor.user.email",
                "actor.admin.email",
                "actor.user.display_name",
                "actor.admin.display_name",
            ),
            "app": ("actor.app.display_name", "origin.access_method.app.display_name"),
            "api": ('$."event_type".".tag"',),
            "ip": ("origin.geo_location.ip_address",),
        },
        calls=('$."event_type".".tag"',),
    ),
    Objects(
        "keycloak",
        "Keycloak admin events",
        shapes=(("time", "operationType", "resourcePath", "authDetails.realmId"),),
        fields={
            "occurred_at": ("time",),
            "user": ("authDetails.username", "authDetails.userId"),
            "app": ("authDetails.clientId",),
            "path": "'/' || {resourcePath}",
            "method": ("operationType",),
            "status": ("error",),
            "ip": (address("authDetails.ipAddress"),),
            "request_id": ("id",),
        },
        calls=("operationType",),
    ),
    Objects(
        "pagerduty",
        "PagerDuty audit records",
        shapes=(("execution_time", "action", "method.type", "root_resource.type"),),
        fields={
            "occurred_at": ("execution_time",),
            "user": ("actors.0.summary", "actors.0.id"),
            "app": ("method.description",),
            "api": "replace({root_resource.type}, '_reference', '') || ':' || {action}",
            "ip": ("execution_context.remote_address",),
            # Not that of the request: it may have changed several things.
            "request_id": ("id",),
        },
        calls=("action",),
    ),
    Objects(
        "sentinelone",
        "SentinelOne activities",
        shapes=(("activityType", "createdAt", "primaryDescription"),),
        fields={
            "occurred_at": ("createdAt",),
            "user": ("data.username", "data.byUser", "userId"),
            # What it describes is a sentence with names in it.
            "api": "'activity ' || {activityType}",
            "ip": (address("data.ipAddress"),),
            "request_id": ("id",),
        },
        calls=("activityType",),
    ),
    Objects(
        "slack",
        "Slack audit log",
        shapes=(("date_create", "action", "actor.type"),),
        fields={
            "occurred_at": ("date_create",),
            "user": ("actor.user.email", "actor.user.name", "actor.user.id"),
            "app": ("context.app.name", "context.ua"),
            "api": ("action",),
            "ip": ("context.ip_address",),
            "request_id": ("id",),
        },
        calls=("action",),
    ),
    Objects(
        "teleport",
        "Teleport audit log",
        shapes=(("ei", "event", "code", "uid", "time"),),
        fields={
            "occurred_at": ("time",),
            "user": ("user",),
            "app": ("user_agent",),
            # What went to a program behind it is a request; all else is told by name.
            "api": "CASE WHEN {event} <> 'app.session.request' THEN {event} END",
            "path": "CASE WHEN {event} = 'app.session.request' THEN {path} END",
            "method": "CASE WHEN {event} = 'app.session.request' THEN {method} END",
            "status": ("status_code", "CASE WHEN {success} = 'false' THEN 'failed' END"),
            "ip": (address('$."addr.remote"'),),
            "request_id": ("uid",),
        },
        calls=("event",),
    ),
    Objects(
        "google-workspace",
        "Google Workspace activities",
        shapes=(("id.time", "id.applicationName", "events"),),
        fields={
            "occurred_at": ("id.time",),
            "user": ("actor.email", "actor.key", "actor.profileId"),
            "app": (listed("events", "app_name", _PARAMETERS),),
            "api": (
                # Of a token it tells what was called with it: `drive.files.list`.
                listed("events", "method_name", _PARAMETERS),
                joined("id.applicationName", "events.0.name"),
                joined("id.applicationName", "events.name"),
            ),
            "ip": ("ipAddress",),
            "request_id": ("id.uniqueQualifier",),
        },
        calls=("events",),
    ),
)
