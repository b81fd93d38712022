"""Usage of language models: LiteLLM's spend log, and OpenAI's usage export (counted already)."""

from __future__ import annotations

from credits.formats.objects import Objects, joined, utc

FORMATS = (
    Objects(
        "litellm",
        "LiteLLM spend log",
        shapes=(
            ("request_id", "call_type", "startTime", "spend"),
            # What its callbacks are given.
            ("id", "call_type", "startTime", "response_cost"),
        ),
        fields={
            "occurred_at": utc("startTime"),
            "user": ("user", "end_user", "metadata.user_api_key_user_id"),
            "app": (
                "api_key",
                "metadata.user_api_key_alias",
                "metadata.user_api_key_hash",
                "request_tags",
            ),
            "api": joined("call_type", "model"),
            "status": ("status",),
            "records": ("total_tokens",),
            "ip": ("requester_ip_address", "metadata.requester_ip_address"),
            "request_id": ("request_id", "id"),
        },
        calls=("call_type", "model"),
        tables=True,
    ),
    Objects(
        "openai",
        "OpenAI usage export",
        shapes=(
            ("start_time", "num_model_requests"),
            ("aggregation_timestamp", "n_requests", "snapshot_id"),
        ),
        fields={
            "occurred_at": ("start_time", "aggregation_timestamp"),
            "user": ("user_id",),
            "app": ("api_key_id", "project_id"),
            "api": ("model", "snapshot_id"),
            "calls": ("num_model_requests", "n_requests"),
        },
        # A bucket without usage has no requests.
        calls=("num_model_requests", "n_requests"),
        tables=True,
    ),
)
