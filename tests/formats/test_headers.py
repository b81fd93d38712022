"""What columns and keys are called, in tables and in objects alike."""

from __future__ import annotations

import csv
import io
import json

import pytest

from credits import CreditsError

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
        {
            "date": "2026-01-05",
            "time": "10:00:00",
            "s-ip": "198.51.100.7",
            "c-ip": "192.0.2.7",
            "cs-method": "GET",
            "cs-uri-stem": "/v1/leads/12",
            "cs-uri-query": "-",
            "cs-username": "ann",
            "cs(Host)": "api.example.com",
            "cs(User-Agent)": "sync/1",
            "sc-status": "200",
            "time-taken": "0.022",
        },
        {
            "reqTimeSec": "1767607200.000",
            "tlsOverheadTimeMSec": "0",
            "cliIP": "192.0.2.7",
            "statusCode": "200",
            "proto": "HTTPS",
            "reqMethod": "GET",
            "reqPath": "/v1/leads/12",
            "UA": "sync/1",
            "user": "ann",
        },
        {
            "EventTimestampMs": "1767607200000",
            "requestTimeMs": "12",
            "clientIP": "192.0.2.7",
            "clientRequestMethod": "GET",
            "clientRequestPath": "/v1/leads/12",
            "clientRequestUserAgent": "sync/1",
            "responseStatus": "200",
            "email": "ann",
        },
        {
            "time": "Mon Jan  5 10:00:00 2026",
            "action": "Allowed",
            "app": "HTTPS",
            "login": "ann",
            "ua": "sync/1",
            "eurl": "/v1/leads/12",
            "reqmethod": "GET",
            "respcode": "200",
            "src": "192.0.2.7",
        },
        {
            "EventTimeString": "1/5/2026 10:00:00 AM +00:00",
            "ActivityId": "shared",
            "RequestMethod": "GET",
            "RequestUri": "/v1/leads/12",
            "StatusCode": "200",
            "Caller": "ann",
            "ApplicationName": "sync/1",
            "CallerIpAddress": "192.0.2.7",
        },
    ],
    ids=[
        *("ECS", "Datadog", "Apigee", "WSO2", "New Relic", "Tyk", "Athena"),
        "blank and levels",
        *("W3C", "requests and responses in short", "units in names", "verdicts and protocols"),
        "Azure Event Hubs",
    ],
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


def test_an_audit_log_tells_the_type_of_an_action(load):
    row = {"when": TIME, "action": {"type": "token_create"}, "actor": {"email": "ann", "ip": "::7"}}
    _, (call,) = load(json.dumps(row))
    assert (call["user"], call["api"], call["ip"]) == ("ann", "token_create", "::7")


def test_records_of_event_hubs_tell_their_time_as_a_string(load):
    event = {"EventName": "Create Event Hub", "category": "OperationalLogs", "Caller": "Portal"}
    opened = {"ActivityName": "ConnectionOpen", "time_string": "2026-01-05 10:00:00", "Count": 3}
    stamped = {**event, "EventTimeString": "1/5/2026 10:00:00 AM +00:00"}
    _, (call,) = load(json.dumps({"records": [stamped]}))
    assert (str(call["occurred_at"]), call["api"]) == ("2026-01-05 10:00:00", "Create Event Hub")
    _, (call,) = load(json.dumps(opened), "b.log")
    assert (str(call["occurred_at"]), call["api"], call["calls"]) == (
        "2026-01-05 10:00:00",
        "ConnectionOpen",
        3,
    )


@pytest.mark.parametrize("day", ["2026-01-05", "01/05/2026"])
def test_the_time_of_day_is_that_beside_the_day(load, day):
    row = {"log": {"date": day, "time": "10:00:00"}, "time": "x", "user": "ann", "path": "/a"}
    _, (call,) = load(json.dumps(row))
    assert str(call["occurred_at"]) == "2026-01-05 10:00:00"


def test_without_a_header_an_address_that_every_row_has_is_the_one_that_was_called(load):
    row = "HIT|200|176760720{}321|12|203.0.113.7|{}|https://api.example.com/v1/leads/{}|curl/8\n"
    text = row.format(0, "https://example.com/", 12) + row.format(1, "-", 13)
    _, calls = load(text)
    assert {call["api"] for call in calls} == {"/v1/leads/{id}"}


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("time,path,request_id\n", "2026-01-05T10:00:00Z,/{0},{1}\n"),
        ("", '{{"time": "2026-01-05T10:00:00Z", "path": "/{0}", "request_id": {1}}}\n'),
        ("", "time=2026-01-05T10:00:00Z path=/{0} status=200 request_id={1}\n"),
    ],
    ids=["table", "objects", "pairs"],
)
def test_a_nought_is_the_id_of_no_call(load, head, row):
    found, calls = load(head + "".join(row.format(i, "078"[max(0, i - 2)]) for i in range(5)))
    assert (found.loaded, found.duplicates) == (5, 0)
    assert [call["request_id"] for call in calls] == [None, None, None, "7", "8"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("curl%2F8%20%28x%3B%20y%29", "curl/8 (x; y)"),
        ("curl%2F8+%28x%3B+y%29", "curl/8 (x; y)"),
        ("curl%2F8%20%2Bx", "curl/8 +x"),
        ("100%", "100%"),
        ("wget/1", "wget/1"),
    ],
)
def test_user_agents_that_an_edge_wrote_as_in_an_address_are_decoded(load, written, read):
    rows = [
        {"reqTimeSec": f"176760720{i}", "reqMethod": "GET", "reqPath": "/a", "UA": agent}
        for i, agent in enumerate((written, "x%2Fy"))
    ]
    table = "reqTimeSec,reqMethod,reqPath,UA\n" + "".join(
        f"{','.join(row.values())}\n" for row in rows
    )
    for text in ("\n".join(map(json.dumps, rows)), table):
        _, calls = load(text, f"{hash(text)}.log")
        assert {call["app"] for call in calls} == {read, "x/y"}


def test_a_user_agent_with_spaces_is_left_to_the_letter(load):
    _, calls = load(
        "time,method,path,user_agent\n"
        "2026-01-05T10:00:00Z,GET,/a,Shop 50%20off\n2026-01-05T10:00:01Z,GET,/a,x%2Fy\n"
    )
    assert {call["app"] for call in calls} == {"Shop 50%20off", "x%2Fy"}


@pytest.mark.parametrize(
    ("written", "api"),
    [
        ("www.shop.example/a/b", "/a/b"),
        ("api.example.com:8443/v1/leads/12?x=1", "/v1/leads/{id}"),
        ("example.com/v1/leads", "/v1/leads"),
        ("192.0.2.7/v1/leads", "/v1/leads"),
        ("localhost:8080/v1/leads", "/v1/leads"),
        ("www.shop.example", "/"),
        ("www.shop.example?a=b", "/"),
        # A first part with a dot may be anything else.
        ("v2.1/leads", "/v2.1/leads"),
        ("v2.1.beta/leads", "/v2.1.beta/leads"),
        ("index.php/leads", "/index.php/leads"),
        ("com.example.leads/list", "/com.example.leads/list"),
        ("file.txt", "file.txt"),
        ("jquery.min.js", "jquery.min.js"),
        ("api.example.com", "api.example.com"),
        ("logs.2026.backup/a.gz", "/logs.2026.backup/a.gz"),
    ],
)
def test_the_host_of_an_address_without_a_scheme_is_no_part_of_its_path(load, written, api):
    table = f"time,user,url\n{TIME},ann,{written}\n"
    objects = json.dumps({"time": TIME, "user": "ann", "url": written})
    for text in (table, objects):
        _, (call,) = load(text, f"{len(text)}.log", keep_duplicates=True)
        assert call["api"] == api


def test_among_addresses_without_a_scheme_a_path_stays_what_it_is(load):
    urls = ("www.shop.example/a", "api.shop.example/b", "api.shop.example", "v2.1/c", "/e")
    _, calls = load("time,url\n" + "".join(f"{TIME},{url}\n" for url in (urls[0], *urls)))
    assert {call["api"] for call in calls} == {"/a", "/b", "/", "/v2.1/c", "/e"}


@pytest.mark.parametrize(
    ("method", "path", "api", "verb"),
    [
        ("leads.list", "", "leads.list", None),
        ("GetLeads", "", "GetLeads", None),
        # How somebody logged in, or was let through.
        ("password", "", "(unknown)", None),
        ("client_credentials", "", "(unknown)", None),
        ("domain", "/v1/leads/12", "/v1/leads/{id}", None),
        ("get", "/a", "GET /a", "GET"),
        ("PROPFIND", "/a", "PROPFIND /a", "PROPFIND"),
    ],
)
def test_what_is_called_a_method_may_be_the_name_of_an_api(load, method, path, api, verb):
    _, (call,) = load(f"time,user,method,path\n{TIME},ann,{method},{path}\n")
    assert (call["api"], call["method"]) == (api, verb)


def test_a_status_may_have_its_reason_behind_it(load):
    _, calls = load(f"time,path,status\n{TIME},/a,200 OK\n{TIME},/b,429 Too Many Requests\n")
    assert {(call["status"], call["refused"]) for call in calls} == {("200", False), ("429", True)}


def test_queries_of_a_warehouse_are_calls_that_gave_rows(load):
    head = "QUERY_ID,QUERY_TEXT,USER_NAME,QUERY_TYPE,START_TIME,ROWS_PRODUCED,CLIENT_APPLICATION_ID"
    _, (call,) = load(f"{head}\n01b-0,select 1,ANN,SELECT,{TIME},12,Connector 3\n")
    assert (call["user"], call["api"], call["records"]) == ("ANN", "SELECT", 12)
    assert (call["app"], call["request_id"]) == ("Connector 3", "01b-0")


def test_a_number_is_no_method(load):
    _, (call,) = load(f"time,http-method,uri,user\n{TIME},3,/v1/leads,ann\n")
    assert (call["api"], call["method"]) == ("/v1/leads", None)


@pytest.mark.parametrize(
    ("head", "cell", "user"),
    [
        ("time,,api", "ann@example.com", "ann@example.com"),
        # A number of the row, a word, or whom it was done to.
        ("time,,api", "7", "(unknown)"),
        ("time,,api", "ann", "(unknown)"),
        ("actor,time,,api", "ann@example.com", "bob"),
    ],
)
def test_addresses_of_mail_below_no_name_are_those_of_users(load, head, cell, user):
    row = f"{TIME},{cell},list\n"
    _, (call,) = load(f"{head}\n{'bob,' if head.startswith('actor') else ''}{row}")
    assert (call["user"], call["api"]) == (user, "list")


USERS = [
    {"user_name": "ann", "user_id": "5", "actor": "x", "credits": "1"},
    {"user_name": "-", "user_id": "6", "actor": "x", "credits": "2"},
    {"user_name": "", "user_id": "0", "actor": "x", "credits": "3"},
]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_whom_one_column_does_not_name_another_of_the_same_person_may(load, form):
    rows = [{"time": f"2026-01-05T10:00:0{i}Z", **row} for i, row in enumerate(USERS)]
    table = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    text = table if form == "csv" else "\n".join(map(json.dumps, rows))
    found, calls = load(text + "\n")
    assert found.format == form
    # Not the actor: two columns of different persons may be who did it, and to whom.
    assert {(call["credits"], call["user"], call["user_basis"]) for call in calls} == {
        (1, "ann", "user"), (2, "6", "user"), (3, "(unknown)", "unknown"),
    }  # fmt: skip


def test_what_a_person_says_who_called_is_all_that_is_asked(load):
    _, calls = load(
        "time,user_name,user_id\n2026-01-05T10:00:00Z,,5\n2026-01-05T10:00:01Z,ann,6\n",
        mapping={"user": "user_name", "occurred_at": "time"},
    )
    assert {call["user"] for call in calls} == {"ann", "(unknown)"}


def test_an_id_of_nobody_knows_what_is_no_user(load):
    rows = [
        {"time": f"2026-01-05T10:00:0{i}Z", "login": who, "id": f"r-{i}", "path": "/a"}
        for i, who in enumerate(("ann", None))
    ]
    _, calls = load("\n".join(map(json.dumps, rows)))
    assert {call["user"] for call in calls} == {"ann", "(unknown)"}


def test_the_number_of_a_status_tells_more_than_a_word(load):
    head = {
        "time": "2026-01-05T10:00:00Z",
        "method": "GET",
        "path": "/v1/leads",
        "status": "failed",
    }
    _, (call,) = load(f"{','.join(head)},code\n{','.join(head.values())},429\n")
    assert (call["status"], call["refused"]) == ("429", True)
    # Cloudflare's workers: the word stands outside, the number within.
    event = {
        "EventTimestampMs": 1767607200123,
        "Event": {
            "Request": {"URL": "https://example.com/v1/leads", "Method": "GET"},
            "Response": {"Status": 429},
        },
        "Outcome": "ok",
    }
    _, calls = load(json.dumps(event) + "\n", "b.json")
    assert (calls[-1]["status"], calls[-1]["refused"]) == ("429", True)


@pytest.mark.parametrize(
    ("names", "app"),
    [("Application,Application Name", "mobile"), ("Portal ID,Integration name", "mobile")],
)
def test_an_app_goes_by_its_name_where_it_has_one(load, names, app):
    _, (call,) = load(f"time,method,path,status,{names}\n2026-01-05T10:00:00Z,GET,/a,200,7,{app}\n")
    assert call["app"] == app


def test_the_method_may_stand_before_the_name_of_what_was_called(load):
    """Requests of Application Insights."""
    row = "2026-01-05T10:00:00Z,GET Leads/Get,429,https://example.com/v1/leads/17"
    _, (call,) = load(f"timestamp,operation_Name,resultCode,url\n{row}\n")
    assert (call["api"], call["method"], call["status"]) == ("GET /v1/leads/{id}", "GET", "429")


def test_what_is_counted_in_fractions_are_no_calls(load):
    rows = [{"Date": TIME, "User": "ann", "Requests": number} for number in ("1", "2.4")]
    found, _ = load("\n".join(map(json.dumps, rows)) + "\n")
    assert (found.loaded, found.calls) == (2, 2)


def test_views_of_a_page_are_calls_that_are_counted(load):
    _, (call,) = load("Date,Page,Views\n2026-01-05T10:00:00Z,/a,1250\n")
    assert (call["api"], call["calls"]) == ("/a", 1250)


def test_who_did_it_is_an_actor_by_the_name_of_its_principal(load):
    head = (
        "Date (UTC),CorrelationId,Activity,Result,ActorUserPrincipalName,ActorServicePrincipalName"
    )
    rows = ["c,Update user,success,ann@x.example,", "c,Add app,success,,sync"]
    _, calls = load("\n".join([head, *(f"{TIME},{row}" for row in rows)]) + "\n")
    assert sorted((c["user"], c["user_basis"]) for c in calls) == [
        ("ann@x.example", "user"),
        ("sync", "app"),
    ]


def hosts(*names: str) -> str:
    rows = [f"{name},{1767607200 + second},GET,/a,200" for second, name in enumerate(names)]
    return "\n".join(["host,time,method,url,response", *rows]) + "\n"


def test_hosts_of_many_domains_called_where_nothing_else_says_who(load):
    names = ["***.a.example", "x.b.example", "c.example", "d.test", "203.0.113.7"]
    _, calls = load(hosts(*names))
    assert [(call["user"], call["user_basis"]) for call in calls] == [(n, "ip") for n in names]


def test_hosts_of_one_domain_were_called(load):
    _, calls = load(hosts(*(f"web{number}.a.example" for number in range(6))))
    assert {call["user_basis"] for call in calls} == {"unknown"}


def test_a_server_may_say_whom_it_answered_but_not_to_what(load):
    text = "ip,date,time,document,code\n203.0.113.x,2026-01-05,10:00:00,17,{}\n"
    _, (call,) = load(text.format("200.0"))
    assert (str(call["occurred_at"]), call["user"]) == ("2026-01-05 10:00:00", "203.0.113.x")
    assert call["status"] == "200"
    with pytest.raises(CreditsError, match="no columns that make a call"):
        load(text.format("7"), "b.csv")


@pytest.mark.parametrize("nobody", ["--", "N/A"])
def test_a_sign_for_nobody_is_no_user(load, nobody):
    _, (call,) = load(json.dumps({"time": TIME, "user": nobody, "url": "/a", "remoteAddr": "::7"}))
    assert (call["user"], call["user_basis"]) == ("::7", "ip")


def test_columns_may_be_named_in_other_languages(load):
    for number, head in enumerate(("Datum;Uhrzeit;Benutzer;URL", "fecha;hora;usuario;url")):
        text = f"{head}\n05.01.2026;10:00:00;ann;/a\n"
        _, (call,) = load(text, f"{number}.csv", keep_duplicates=True)
        assert (str(call["occurred_at"]), call["user"]) == ("2026-01-05 10:00:00", "ann"), head
