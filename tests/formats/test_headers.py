"""What columns and keys are called, in tables and in objects alike."""

from __future__ import annotations

import csv
import io
import json

import pytest

TIME = "2026-01-05T10:00:00Z"


def table(row: dict[str, str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([row.keys(), row.values()])
    return text.getvalue()


@pytest.mark.parametrize("written", [table, json.dumps])
@pytest.mark.parametrize(
    "row",
    [
        {
            "@timestamp": TIME,
            "http.request.method": "GET",
            "url.path": "/v1/leads/12",
            "http.response.status_code": "200",
            "user.name": "ann",
            "source.ip": "192.0.2.7",
            "user_agent.original": "sync/1",
        },
        {
            "Date": TIME,
            "Service": "api",
            "@http.method": "GET",
            "@http.url": "https://api.example.com/v1/leads/12",
            "@http.status_code": "200",
            "@usr.id": "ann",
            "@network.client.ip": "192.0.2.7:5123",
            "@http.useragent": "sync/1",
        },
        {
            "client_received_start_timestamp": "2026-01-05 10:00:00",
            "apiproxy": "leads-v1",
            "request_verb": "GET",
            "request_uri": "/v1/leads/12?x=1",
            "response_status_code": "200",
            "developer_email": "ann",
            "developer_app": "sync/1",
            "client_ip": "192.0.2.7",
        },
        {
            "requestTimestamp": TIME,
            "apiName": "Leads",
            "apiMethod": "GET",
            "apiResourceTemplate": "/v1/leads/{id}",
            "proxyResponseCode": "200",
            "userName": "ann",
            "userAgent": "curl/8",
            "applicationName": "sync/1",
            "userIp": "192.0.2.7",
        },
        {
            "timestamp": TIME,
            "request.method": "GET",
            "request.uri": "/v1/leads/12",
            "httpResponseCode": "200",
            "enduser.id": "ann",
            "appName": "sync/1",
            "ip": "192.0.2.7",
        },
        {
            "timestamp": TIME,
            "method": "GET",
            "raw_path": "/v1/leads/12",
            "path": "/v1/leads/12",
            "response_code": "200",
            "api_key": "sync/1",
            "user_agent": "curl/8",
            "username": "ann",
            "ip_address": "192.0.2.7",
        },
        {
            "type": "https",
            "time": TIME,
            "elb_status_code": "200",
            "principalEmail": "ann",
            "client_ip": "192.0.2.7",
            "request_verb": "GET",
            "request_url": "https://api.example.com:443/v1/leads/12",
            "callerSuppliedUserAgent": "sync/1",
        },
        {
            "time": TIME,
            "status": "info",
            "method": "GET",
            "path": "/v1/leads/12",
            "http.status": "200",
            "user_name": "",
            "user_id": "ann",
            "client_id": "",
            "user_agent": "sync/1",
            "x_forwarded_for": "-",
            "remote": "192.0.2.7",
        },
    ],
    ids=["ECS", "Datadog", "Apigee", "WSO2", "New Relic", "Tyk", "Athena", "blank and levels"],
)
def test_what_products_call_their_columns_is_known(load, written, row):
    _, (call,) = load(written(row))
    assert str(call["occurred_at"]) == "2026-01-05 10:00:00"
    assert [call[field] for field in ("user", "app", "api", "method", "status", "ip")] == [
        "ann",
        "sync/1",
        "GET /v1/leads/{id}",
        "GET",
        "200",
        "192.0.2.7",
    ]
