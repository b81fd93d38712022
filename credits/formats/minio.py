"""MinIO: its audit log, as it posts it to a webhook, and what `mc admin trace --json` shows.

https://min.io/docs/minio/linux/operations/monitoring/minio-logging.html,
https://min.io/docs/minio/linux/reference/minio-mc-admin/mc-admin-trace.html. A call's API is the
operation of S3 or of its own administration: paths name buckets and objects, which are data.
"""

from __future__ import annotations

from credits.formats.objects import Objects, address

FORMATS = (
    Objects(
        "minio",
        "MinIO audit log",
        shapes=(("deploymentid", "time", "api.name"),),
        fields={
            "occurred_at": ("time",),
            # An access key made for a program belongs to somebody.
            "user": ("parentUser", "accessKey"),
            "app": ("userAgent",),
            "api": ("api.name",),
            "status": ("api.statusCode", "api.status"),
            "ip": (address("remotehost"),),
            "request_id": ("requestID",),
        },
        # What a server does by itself (heal, expire) has another trigger.
        calls="{api.name} <> '' AND coalesce({trigger}, 'incoming') IN ('incoming', '')",
    ),
    Objects(
        "minio-trace",
        "MinIO trace (mc admin trace)",
        shapes=(
            ("time", "host", "client", "api", "statusCode"),
            ("time", "host", "client", "function", "request.method", "response.statusCode"),
        ),
        fields={
            "occurred_at": ("time",),
            "app": ("request.headers.User-Agent.0",),
            "api": ("api", "function"),
            "method": ("request.method",),
            "status": ("statusCode", "response.statusCode"),
            "ip": (address("client"),),
        },
        # Servers of a cluster also tell of what they ask each other, and of their disks.
        calls="regexp_matches(coalesce({api}, {function}), '^(s3|admin|sts|kms)\\.')",
    ),
)
