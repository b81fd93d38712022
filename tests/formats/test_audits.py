"""Audit logs of clouds, from invented rows and from real ones."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from samples import OBJECTS

GCP = {
    "insertId": "i-1",
    "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
    "protoPayload": {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": {"principalEmail": "ada@example.com"},
        "methodName": "v1.compute.firewalls.list",
        "serviceName": "compute.googleapis.com",
        "numResponseItems": "12",
        "status": {"code": 7},
        "requestMetadata": {"callerIp": "192.0.2.7", "callerSuppliedUserAgent": "gcloud/1"},
    },
    "timestamp": "2026-01-05T10:00:00.123456789Z",
}
GCP_REQUEST = {
    "insertId": "i-2",
    "logName": "projects/p/logs/requests",
    "httpRequest": {
        "requestMethod": "GET",
        "requestUrl": "https://api.example.com/v1/leads/1?x=1",
        "status": 200,
        "userAgent": "curl/8",
        "remoteIp": "192.0.2.8",
    },
    "timestamp": "2026-01-05T10:00:01Z",
}
GCP_TEXT = {"insertId": "i-3", "textPayload": "started", "timestamp": "2026-01-05T10:00:02Z"}


@pytest.mark.parametrize("write", [json.dumps, lambda rows: "\n".join(map(json.dumps, rows))])
def test_google_audit_and_request_entries_are_calls_and_texts_are_not(write, load):
    found, (audit, request) = load(write([GCP, GCP_REQUEST, GCP_TEXT]))
    assert (found.format, found.loaded, found.skipped) == ("gcp", 2, 1)
    assert audit["api"] == "compute.googleapis.com:v1.compute.firewalls.list"
    assert (audit["user"], audit["app"], audit["ip"]) == (
        "ada@example.com",
        "gcloud/1",
        "192.0.2.7",
    )
    assert (audit["records"], audit["status"], audit["request_id"]) == (12, "7", "i-1")
    assert (request["api"], request["status"]) == ("GET /v1/leads/{id}", "200")
    assert (request["user"], request["ip"]) == ("curl/8", "192.0.2.8")


AZURE = {
    "time": "2026-01-05T10:00:00.1234567",
    "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G",
    "operationName": "MICROSOFT.COMPUTE/DISKS/WRITE",
    "category": "Administrative",
    "resultType": "Start",
    "callerIpAddress": "192.0.2.7",
    "correlationId": "shared",
    "identity": {
        "claims": {
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "ada@example.com",
        }
    },
}


def test_azure_steps_of_one_operation_stay_calls_of_their_own(load):
    done = AZURE | {"time": "2026-01-05T10:00:01Z", "resultType": "Success"}
    found, calls = load(json.dumps({"records": [AZURE, done]}), time_zone="Asia/Tokyo")
    assert (found.format, found.loaded) == ("azure", 2)
    assert calls[0]["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 123456)
    assert [call["status"] for call in calls] == ["Start", "Success"]
    assert {call["user"] for call in calls} == {"ada@example.com"}
    assert calls[0]["api"] == "MICROSOFT.COMPUTE/DISKS/WRITE"


def test_azure_as_the_command_line_prints_it(load):
    row = {
        "caller": "ada@example.com",
        "correlationId": "shared",
        "eventDataId": "e-1",
        "eventTimestamp": "2026-01-05T10:00:00Z",
        "httpRequest": {"clientIpAddress": "192.0.2.7", "method": "PUT"},
        "operationName": {"localizedValue": "Write disk", "value": "Microsoft.Compute/disks/write"},
        "status": {"value": "Succeeded"},
    }
    found, (call,) = load(json.dumps([row], indent=2))
    assert found.format == "azure"
    assert (call["api"], call["method"]) == ("Microsoft.Compute/disks/write", "PUT")
    assert (call["request_id"], call["status"], call["ip"]) == ("e-1", "Succeeded", "192.0.2.7")


def test_an_application_gateway_is_read_by_its_requests(load):
    row = {
        "timeStamp": "2026-01-05T10:00:00+00:00",
        "operationName": "ApplicationGatewayAccess",
        "category": "ApplicationGatewayAccessLog",
        "resourceId": "/X",
        "time": "2026-01-05T10:00:00Z",
        "properties": {
            "clientIP": "192.0.2.7",
            "httpMethod": "GET",
            "requestUri": "/v1/leads/1",
            "userAgent": "curl/8",
            "httpStatus": 429,
            "transactionId": "one for both",
        },
    }
    health = {"time": "2026-01-05T10:00:00Z", "category": "Health", "properties": {"healthy": 2}}
    found, calls = load(json.dumps({"records": [row, row, health]}))
    assert (found.format, found.loaded, found.skipped) == ("appgateway", 2, 1)
    assert (calls[0]["api"], calls[0]["refused"]) == ("GET /v1/leads/{id}", True)
    assert (calls[0]["user"], calls[0]["user_basis"]) == ("curl/8", "app")


M365 = {
    "CreationTime": "2021-05-18T21:13:33",
    "Id": "m-1",
    "Operation": "FileAccessed",
    "RecordType": 6,
    "ResultStatus": "Succeeded",
    "UserId": "Ada@example.com",
    "Workload": "SharePoint",
    "ClientIP": "[2001:db8::7]:4711",
    "Parameters": [{"Name": "a\nb", "Value": 'quoted "x"'}],
}


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def test_microsoft_audit_times_are_utc_whatever_zone_the_person_chose(load):
    login = M365 | {"Id": "m-2", "Operation": "UserLoggedIn", "CreationTime": "2021-05-18T21:13:34"}
    found, (one, two) = load(json.dumps([M365, login, login]), time_zone="America/New_York")
    assert (found.format, found.loaded, found.duplicates) == ("m365", 2, 1)
    assert one["occurred_at"] == datetime(2021, 5, 18, 21, 13, 33)
    assert (one["user"], one["api"], one["ip"]) == (
        "Ada@example.com",
        "FileAccessed",
        "2001:db8::7",
    )
    assert two["api"] == "UserLoggedIn"


@pytest.mark.parametrize("first", ["", "#TYPE Selected.System.Management.Automation\r\n"])
def test_microsoft_audit_exports_hold_json_in_their_cells(first, load, rejects):
    head = "RecordType,CreationDate,UserIds,Operations,AuditData\r\n"
    second = M365 | {"Id": "m-2", "CreationTime": "2021-05-18T21:15:00"}
    cut_off = quoted("6", "5/18/2021 9:14:00 PM", "bo@example.com", "FileDeleted", '{"Id": "m')
    broken = quoted("6", "soon", "bo@example.com", "FileDeleted", "")
    text = first + head
    for row in (M365, second, second):
        cell = json.dumps(row, indent=1)
        text += quoted("6", "5/18/2021 9:13:33 PM", row["UserId"], "FileAccessed", cell)
    found, calls = load(text + cut_off + broken, "audit.csv", time_zone="Europe/Berlin")
    assert (found.format, found.loaded, found.duplicates, found.rejected) == ("m365", 3, 1, 1)
    assert [call["occurred_at"].minute for call in calls] == [13, 14, 15]
    assert calls[1]["occurred_at"] == datetime(2021, 5, 18, 21, 14)
    assert [call["user"] for call in calls] == ["Ada@example.com", "bo@example.com"] + [
        "Ada@example.com"
    ]
    assert [call["api"] for call in calls] == ["FileAccessed", "FileDeleted", "FileAccessed"]
    assert "soon" in rejects()[0][1]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("gcp_logging.jsonl", "gcp"),
        ("azure_activity_log.jsonl", "azure"),
        ("azure_application_gateway_access.json", "appgateway"),
        ("microsoft_audit_log.jsonl", "m365"),
    ],
)
def test_real_logs_agree_with_their_truth(name, form, real_log):
    log = real_log("plaso_formats", name)
    assert log.found == log.truth
    assert log.loads[0].format == form


def test_vault_tells_of_a_request_twice_and_it_is_one_call(load):
    rows = [
        {**OBJECTS["vault"][place], "error": error, "request": request}
        for number, error in enumerate(["", "permission denied"])
        for place in (0, 1)
        for request in [{**OBJECTS["vault"][0]["request"], "id": f"r-{number}"}]
    ]
    found, calls = load("\n".join(map(json.dumps, rows)))
    assert (found.format, found.loaded, found.skipped, found.duplicates) == ("vault", 2, 2, 0)
    assert {(c["user"], c["api"], c["status"], c["ip"]) for c in calls} == {
        ("ann", "READ /secret/data/shop", None, "192.0.2.7"),
        ("ann", "READ /secret/data/shop", "error", "192.0.2.7"),
    }


def test_auth0_names_the_user_where_it_can_and_the_request_where_there_is_one(load):
    rows = [*OBJECTS["auth0"], {**OBJECTS["auth0: flat"][0], "log_id": "9003"}]
    found, calls = load("\n".join(map(json.dumps, rows)))
    assert (found.format, found.loaded) == ("auth0", 2)
    assert [(c["user"], c["app"], c["api"]) for c in calls] == [
        ("auth0|7", "c-1", "PATCH /api/v2/branding"),
        ("ann@example.com", "Shop", "s"),
    ]


def test_whom_an_action_was_done_to_is_no_user_in_githubs_table_either(load):
    head = "@timestamp,_document_id,action,actor,actor_ip,user"
    found, (call,) = load(f"{head}\n1767607200512,d-1,team.add_member,ann,192.0.2.7,bob\n")
    assert (found.format, call["user"], call["api"]) == ("github", "ann", "team.add_member")


def test_a_call_of_githubs_api_says_which_it_is(load):
    request = {**OBJECTS["github"][0], "_document_id": "d-2", "action": "api.request"}
    request |= {"request_method": "GET", "route": "/repos/{owner}/{repo}/pulls", "status_code": 429}
    found, calls = load("\n".join(map(json.dumps, [*OBJECTS["github"], request])))
    assert (found.format, found.loaded) == ("github", 2)
    assert {(c["api"], c["status"], c["refused"]) for c in calls} == {
        ("team.add_member", None, False),
        ("GET /repos/{owner}/{repo}/pulls", "429", True),
    }


@pytest.mark.parametrize("page", [False, True])
def test_an_activity_of_google_is_one_call_however_it_is_handed_out(load, page):
    called = OBJECTS["google-workspace"][0]
    loaded = {**called, "id": {**called["id"], "applicationName": "drive", "uniqueQualifier": "8"}}
    loaded["events"] = [{"type": "access", "name": "download"}, {"name": "view"}]
    rows = [called, loaded]
    handed = json.dumps({"kind": "admin#reports#activities", "items": rows})
    found, calls = load(handed if page else "\n".join(map(json.dumps, rows)))
    assert (found.format, found.loaded, found.skipped) == ("google-workspace", 2, 0)
    assert {(c["user"], c["app"], c["api"]) for c in calls} == {
        ("ann@example.com", "Backup", "drive.files.list"),
        ("ann@example.com", None, "drive:download"),
    }


def test_a_page_that_tells_its_own_time_is_a_page_all_the_same(load):
    page = {"meta": {"timestamp": "2026-01-06T00:00:00Z"}, "items": OBJECTS["google-workspace"]}
    found, _ = load(json.dumps(page))
    assert (found.format, found.loaded) == ("google-workspace", 1)


def test_what_a_cluster_wrote_is_read_out_of_azures_diagnostic_log(load):
    event = OBJECTS["kubernetes"][1]
    row = {
        "time": "2026-01-05T10:00:01Z", "resourceId": "/SUBSCRIPTIONS/A", "category": "kube-audit",
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "properties": {"log": json.dumps(event), "stream": "stdout", "pod": "kube-apiserver-1"},
    }  # fmt: skip
    found, calls = load(json.dumps(row) + "\n" + json.dumps(row | {"properties": {"log": "I1"}}))
    assert (found.format, found.loaded, found.skipped) == ("kubernetes", 1, 1)
    assert (calls[0]["user"], calls[0]["request_id"]) == (event["user"]["username"], "a-1")


def test_lines_that_google_took_from_a_container_are_read_as_what_they_are(load):
    line = '192.0.2.7 - ann [05/Jan/2026:10:00:00 +0000] "GET /v1/leads HTTP/1.1" 200 7 "-" "curl"'
    row = {"insertId": "i", "timestamp": "2026-01-05T10:00:01Z", "logName": "projects/p/logs",
           "textPayload": line, "resource": {"type": "k8s_container"}}  # fmt: skip
    found, (call,) = load(json.dumps(row))
    assert (found.format, call["user"], call["api"]) == ("access", "ann", "GET /v1/leads")


AZURE_STORAGE = {
    "time": "2026-01-05T10:00:00.19Z", "category": "StorageWrite", "operationName": "PutBlob",
    "statusCode": 503, "statusText": "ServerBusy", "callerIpAddress": "192.0.2.7:3820",
    "identity": {"type": "OAuth", "requester": {"upn": "ann@example.com", "objectId": "o-1"}},
    "properties": {"accountName": "shop", "userAgentHeader": "azsdk/12"},
    "uri": "https://shop.blob.example.com/c/b", "resourceId": "/SUBSCRIPTIONS/A",
}  # fmt: skip


@pytest.mark.parametrize("left_out", ["uri", "resourceId"])
def test_azures_storage_tells_who_asked_and_what_it_answered(load, left_out):
    row = {key: item for key, item in AZURE_STORAGE.items() if key != left_out}
    nobody = row | {"identity": {"type": "AccountKey"}}
    by_id = row | {"identity": {"requester": {"objectId": "o-1"}}}
    found, calls = load("\n".join(map(json.dumps, [row, by_id, nobody])))
    assert (found.format, found.loaded) == ("azure", 3)
    assert [call["user"] for call in calls] == ["ann@example.com", "o-1", "azsdk/12"]
    assert {(c["app"], c["api"], c["status"], c["ip"], c["refused"]) for c in calls} == {
        ("azsdk/12", "PutBlob", "503", "192.0.2.7", False)
    }


_XML = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


@pytest.mark.parametrize(
    ("claim", "user"),
    [
        ({_XML + "upn": "ann@example.com", _XML + "oid": "o-1", "appid": "a-1"}, "ann@example.com"),
        ({_XML + "oid": "o-1", "appid": "a-1"}, "o-1"),
        ({_ID: "o-2", "appid": "a-1"}, "o-2"),
        ({"appid": "a-1"}, "a-1"),
    ],
)
@pytest.mark.parametrize("address", ["callerIPAddress", "callerIpAddress", "CallerIpAddress"])
def test_azures_key_vault_tells_who_opened_it(load, claim, user, address):
    row = {
        "time": "2026-01-05T10:00:00Z", "category": "AuditEvent", "operationName": "VaultGet",
        "resourceId": "/SUBSCRIPTIONS/A", "resultType": "Success", "resultSignature": "OK",
        "identity": {"claim": claim}, address: "192.0.2.7", "correlationId": "shared",
        "properties": {"requestUri": "https://v.example.com/vaults/c?api-version=7",
                       "clientInfo": "azsdk/12", "httpStatusCode": 429, "id": "https://v"},
    }  # fmt: skip
    found, (call,) = load(json.dumps({"records": [row]}))
    assert (found.format, call["user"], call["api"]) == ("azure", user, "VaultGet")
    assert (call["status"], call["refused"], call["ip"]) == ("429", True, "192.0.2.7")
    assert call["app"] == "azsdk/12"


def test_what_a_firewall_of_azure_matched_is_told_by_its_path(load):
    row = {
        "time": "2026-01-05T10:00:00Z", "category": "ApplicationGatewayFirewallLog",
        "resourceId": "/X", "operationName": "ApplicationGatewayFirewall",
        "properties": {"clientIp": "192.0.2.7", "requestUri": "/v1/leads", "action": "Blocked"},
    }  # fmt: skip
    found, (call,) = load(json.dumps({"records": [row]}))
    assert (found.format, call["api"], call["user"]) == ("jsonl", "/v1/leads", "192.0.2.7")


def test_an_audit_of_atlassians_is_read_from_a_cloud_and_from_a_server(load):
    cloud, server = (OBJECTS[f"atlassian-audit{of}"][0] for of in ("", ": of a server"))
    nobody = {k: v for k, v in cloud.items() if k != "authorAccountId"} | {"id": 7002}
    found, calls = load("\n".join(map(json.dumps, [cloud, nobody])))
    assert (found.format, [call["user"] for call in calls]) == (
        "atlassian-audit",
        ["a-1", "192.0.2.7"],
    )
    spaces = {"summary": "Space made", "creationDate": 1767607200645, "category": "Spaces"}
    spaces["author"] = {"type": "user", "displayName": "System"}
    found, calls = load(json.dumps(spaces), "b.log")
    assert (calls[0]["user"], calls[0]["api"]) == ("System", "Space made")
    found, (call,) = load(json.dumps(server), "c.log")
    assert call["occurred_at"] == datetime(2026, 1, 5, 10, 0, 0, 512_000)
    assert (call["user"], call["api"], call["ip"]) == ("ann", "Board renamed", "192.0.2.7")


@pytest.mark.parametrize("date", ["2026-01-05T10:00:00.896Z", {"$numberLong": "1767607200896"}])
def test_mongodb_tells_who_did_what(load, date):
    row = OBJECTS["mongodb-audit"][0] | {"ts": {"$date": date}}
    other = row | {"atype": "logout", "param": {}, "users": []}
    found, calls = load("\n".join(map(json.dumps, [row, other])))
    assert (found.format, found.loaded) == ("mongodb-audit", 2)
    assert {(c["user"], c["api"], c["ip"]) for c in calls} == {
        ("ann", "authCheck:find", "192.0.2.7"),
        ("192.0.2.7", "logout", "192.0.2.7"),
    }
    assert {c["occurred_at"] for c in calls} == {datetime(2026, 1, 5, 10, 0, 0, 896_000)}


@pytest.mark.parametrize("name", ["gcp", "m365", "okta", "auth0", "kubernetes", "cloudtrail"])
def test_a_known_event_may_stand_under_any_key(load, name):
    rows = OBJECTS[name]
    plain, bare = load("\n".join(map(json.dumps, rows)), "a.log")
    wrapped = {"events": [{"fields": {"tag": "x"}, "given.to": row} for row in rows]}
    found, calls = load(json.dumps(wrapped, indent=2), "b.log", keep_duplicates=True)
    assert (found.format, found.loaded, found.skipped) == (name, plain.loaded, plain.skipped)
    for call, same in zip(calls, bare, strict=True):
        assert {**call, "load_id": 0} == {**same, "load_id": 0}


def test_what_a_row_with_a_time_holds_is_no_event_of_its_own(load):
    row = {"time": "2026-01-05T10:00:00Z", "user": "ann", "action": "replay", "of": GCP}
    found, (call,) = load(json.dumps(row))
    assert (found.format, call["user"], call["api"]) == ("jsonl", "ann", "replay")


def test_events_of_a_lake_tell_who_called_what(load):
    row = OBJECTS["ocsf"][0]
    role = row | {"actor": {"user": {"uid": "AROA1:ann"}}, "metadata": {"uid": "e-2", "version": 1}}
    flow = {"class_uid": 4001, "time": 1767607201000, "metadata": {"uid": "e-3", "version": "1"}}
    found, calls = load("\n".join(map(json.dumps, [row, role, flow])))
    assert (found.format, found.loaded, found.skipped) == ("ocsf", 2, 1)
    assert {(c["user"], c["request_id"]) for c in calls} == {("ann", "e-1"), ("AROA1:ann", "e-2")}
    assert {(c["app"], c["api"], c["ip"]) for c in calls} == {
        ("boto/1", "net.example.com:ListGateways", "192.0.2.7")
    }


def test_what_was_done_may_have_but_a_number(load):
    vault = OBJECTS["bitwarden"][0] | {"type": 1107, "date": "2026-01-05T10:00:01Z"}
    page = {"object": "list", "data": [*OBJECTS["bitwarden"], vault], "continuationToken": None}
    found, calls = load(json.dumps(page))
    assert (found.format, found.loaded) == ("bitwarden", 2)
    assert [call["api"] for call in calls] == ["event 1000", "event 1107"]
    assert {call["user"] for call in calls} == {"a2b2c3d4-0000-1111-2222-333344445555"}
    page = {"data": OBJECTS["sentinelone"], "pagination": {"totalItems": 1}}
    found, (call,) = load(json.dumps(page), "b.log")
    assert (found.format, call["api"], call["user"]) == ("sentinelone", "activity 27", "Ann")


@pytest.mark.parametrize(
    "log",
    [
        "created_at,user,activity_type,description\n2026-01-05T10:00:00Z,ann,27,Ann logged in.\n",
        '{"created_at": "2026-01-05T10:00:00Z", "user": "ann", "of": {"activityType": 27}}\n',
        "created_at=2026-01-05T10:00:00Z user=ann activity_type=27 source=web\n",
    ],
    ids=["table", "objects", "pairs"],
)
def test_a_number_stands_for_what_somebody_did_where_nothing_names_it(load, log):
    _, (call,) = load(log)
    assert (call["api"], call["user"]) == ("activity 27", "ann")


def test_a_number_stands_for_nothing_where_a_name_does(load):
    _, (call,) = load("time,user,event_type,action\n2026-01-05T10:00:00Z,ann,27,log in\n")
    assert call["api"] == "log in"


@pytest.mark.parametrize(
    ("name", "user", "api", "status"),
    [
        ("consul", "Ann", "GET /v1/kv/{id}", "200"),
        ("elasticsearch", "ann", "indices:data/read/search", "access_granted"),
        ("opensearch", "ann", "GET /leads/_search", "AUTHENTICATED"),
        ("dropbox", "ann@example.com", "file_download", None),
        ("keycloak", "ann", "UPDATE /users/{id}", None),
        ("pagerduty", "Ann", "user:update", None),
        ("teleport", "ann", "user.login", None),
    ],
)
def test_audits_tell_who_did_what(load, name, user, api, status):
    (row,) = OBJECTS[name]
    found, (call,) = load(json.dumps(row))
    assert (found.format, call["user"], call["api"], call["status"]) == (name, user, api, status)
    assert call["ip"] in ("192.0.2.7", None)


def test_what_an_audit_tells_again_is_no_second_call(load):
    (done,), (granted,), (asked,) = (
        OBJECTS[name] for name in ("consul", "elasticsearch", "opensearch")
    )
    begun = done | {"payload": done["payload"] | {"stage": "OperationStart"}}
    let_in = granted | {"event.action": "authentication_success", "url.path": "/leads/_search"}
    del let_in["action"]
    inside = asked | {"audit_request_layer": "TRANSPORT"}
    for place, rows in enumerate([(begun, done), (let_in, granted), (asked, inside)]):
        found, _ = load("\n".join(map(json.dumps, rows)), f"{place}.log")
        assert (found.loaded, found.skipped) == (1, 1)


def test_a_request_that_went_through_teleport_is_one(load):
    asked = {"event": "app.session.request", "method": "GET", "path": "/a/7", "status_code": 200}
    _, (call,) = load(json.dumps(OBJECTS["teleport"][0] | asked))
    assert (call["api"], call["status"]) == ("GET /a/{id}", "200")


def test_where_a_row_itself_is_found_is_not_what_was_called(load):
    row = {
        "url": "https://x.example/api/v2/audit_logs/1498220.json",
        "id": 1498220,
        "actor_name": "Ann",
        "action": "update",
        "created_at": "2026-01-05T10:00:00Z",
    }
    _, (call,) = load(json.dumps({"audit_logs": [row], "count": 1, "next_page": None}))
    assert (call["api"], call["user"]) == ("update", "Ann")
