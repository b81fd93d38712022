"""An invented log of every format, and logs of other kinds: what the readers are told apart by.

`SAMPLES` has for each format one log or several; what stands before a colon is the format's name.
The last line of a text is a row, and so may be repeated. `NO_CALLS` are logs that hold no calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]

TEXTS = {
    "requests": (
        '2026-04-12 10:00:01,123 INFO uvicorn.access 203.0.113.7:50000 - "GET /a/7 HTTP/1.1" 200'
    ),
    "requests: bars": '[GIN] 2026/04/12 - 10:00:01 | 404 | 1.2ms | 203.0.113.7 | GET      "/a/7"',
    "requests: in words": 'Started POST "/a" for 203.0.113.7 at 2026-04-12 10:00:01 +0200',
    "access": '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 200 12 "-" "x/1"',
    "access: common": '203.0.113.7 - - [12/Apr/2026:10:00:01 +0200] "GET /a/7 HTTP/1.1" 404 -',
    "access: virtual host": (
        'api.example.com:443 203.0.113.7, 10.0.0.1 - ann [12/Apr/2026:10:00:01 +0200] "POST /a'
        ' HTTP/2.0" 201 12 "https://example.com/" "Mozilla/5.0 (X11)" "-" 0.012'
    ),
    "3proxy": (
        "260412100001.123 3128 00000 ann 192.0.2.7:5123 198.51.100.9:80 120 1621 0"
        " GET http://api.example.com/a/7 HTTP/1.1"
    ),
    "3proxy: common": (
        '192.0.2.7 - ann [12/Apr/2026:10:00:01 +0000] "GET http://a.example/a HTTP/1.1" 00000 16'
    ),
    "artifactory": (
        "2026-04-12T10:00:01.123Z|c0ffee1|192.0.2.7|ann|GET|/api/storage/a/7|200|-1|2|1|jfrog-cli/2"
    ),
    "artifactory: earlier": (
        "20260412100001|12|REQUEST|192.0.2.7|ann|GET|/libs/a.jar|HTTP/1.1|200|123"
    ),
    "oauth2-proxy": (
        "192.0.2.7:5000 - 7a000000-aaaa-bbbb-cccc-0123456789ab - ann@example.com"
        ' [2026/04/12 10:00:01] a.example GET - "/v1/leads/7" HTTP/1.1 "curl/8" 200 12 0.001'
    ),
    "alb": (
        "https 2026-02-03T04:05:01.123456Z app/shop/50dc6c 203.0.113.9:39212 10.0.0.66:9000 0.086"
        ' 0.048 0.037 200 200 34 366 "GET https://a:443/x HTTP/1.1" "x/1" ECDHE TLSv1.2 arn:a'
        ' "Root=1-58" "a" "arn:b" 1 2026-02-03T04:05:00.000000Z "forward" "-" "-" "10.0.0.66:9000"'
        ' "200" "-" "-"'
    ),
    "elb": (
        "2026-02-03T04:05:01.123456Z lb 203.0.113.9:39212 10.0.0.66:80 0.000073 0.001048 0.000057"
        ' 200 200 0 29 "GET http://a.example:80/x HTTP/1.1" "curl/8.0" - -'
    ),
    "s3": (
        "79a59df900b949e5 bucket [06/Feb/2026:00:00:38 +0000] 192.0.2.3 ann 3E57"
        ' REST.GET.OBJECT a.jpg "GET /a.jpg HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - qM=='
        " SigV4 ECDHE AuthHeader bucket.s3.example.com TLSv1.2 - -"
    ),
    "w3c": (
        "#Fields: date time cs-method cs-uri-stem cs-username c-ip sc-status\n"
        "2026-03-01 10:00:00 GET /a ann 203.0.113.4 200"
    ),
    "w3c: IIS without a date": (
        "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
        "#Date: 2026-03-01 10:00:00\n"
        "#Fields: time c-ip cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent)\n"
        "10:00:00 203.0.113.4 GET /a id=7 200 Mozilla/5.0+(X11)"
    ),
    "barracuda": (
        '<134>2026-01-12 11:00:00.959 +0100  waf1 TR 198.51.100.4 443 203.0.113.7 8210 "-" "-" GET'
        ' TLSv1.2 a.example HTTP/1.1 404 791 293 0 3 10.0.0.1 443 0 "-" INTERNAL DEFAULT PROTECTED'
        ' INVALID /a b=1 "-" "-" "sync/1 (x)" 203.0.113.7 8210 "-" "-" "-" "-" 186f-db6c'
    ),
    "iis": (
        "2026-03-01 10:00:00 198.51.100.1 GET /a id=7 443 ann pc7.example.com Mozilla/5.0+(X11) -"
        " 200 0 0 15"
    ),
    "cloudfront": (
        "#Version: 1.0\n#Fields: date time x-edge-location c-ip cs-method cs-uri-stem sc-status"
        " cs(User-Agent) x-edge-request-id\n"
        "2026-03-01\t10:00:00\tFRA56\t203.0.113.8\tGET\t/a\t200\tcurl%2F8\tq1w2e3"
    ),
    "zeek": (
        "#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tmethod\turi\tuser_agent\n"
        "1767225600.250000\tCAbc1\t192.0.2.7\tGET\t/a\tsync/1"
    ),
    "cef": (
        "CEF:0|Vendor|Gate|1.0|17|Allowed|3|rt=1767607200000 suser=Ann Bell src=192.0.2.7"
        " request=https://a.example/a?b\\=1 requestMethod=GET outcome=200"
    ),
    "leef": (
        "LEEF:2.0|Vendor|Gate|1.0|Allowed|^|devTime=1767607200000^usrName=Ann Bell^src=192.0.2.7"
        "^url=https://a.example/a?b=1^method=GET^sev=3"
    ),
    "rails": "Processing A#index (for 203.0.113.7 at 2026-01-12 10:00:00) [GET]",
    "haproxy": (
        "Mar  5 10:00:01 lb1 haproxy[812]: 203.0.113.4:53332 [05/Mar/2026:10:00:01.143] front~"
        ' back/web1 0/0/7/1457/1487 200 11394 - - ---- 2/1/0/0/0 0/0 "GET /a HTTP/1.1"'
    ),
    "proxy-manager": (
        '[12/Jan/2026:10:00:00 +0000] - 200 200 - GET https a.example "/a" [Client 203.0.113.7]'
        ' [Length 3] [Gzip -] [Sent-to 192.0.2.15] "sync/1.0" "-"'
    ),
    "tls-requests": (
        '[12/Jan/2026:11:00:00 +0100] 203.0.113.7 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /a?b=1'
        ' HTTP/1.1" 1375'
    ),
    "uwsgi": (
        "[pid: 881|app: 0|req: 1/1] 198.51.100.1 () {38 vars in 6 bytes} [Sun Mar  8 22:49:01 2026]"
        " GET /a => generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes"
        " (1 switches on core 3)"
    ),
    "atlassian": (
        "[17/Jun/2026:12:57:26 +0200] ann http-nio-8090-exec-6 192.0.2.1 GET /page HTTP/1.1 200"
        " 12ms 152 http://wiki.example/ Mozilla/5.0"
    ),
    "bitbucket": (
        "203.0.113.9 | https | o@9K7Z3NNx6x3112x1 | ann | 2026-10-29 00:06:26,838"
        ' | "GET /scm/a.git HTTP/1.1" | "" "git/2.44" | 200 | 13 | 0 | refs | 101 | t | '
    ),
    "salesforce": (
        '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","USER_ID","API_RESOURCE"\n'
        '"ApiTotalUsage","20251009183437.652","r1","005","/services/data"'
    ),
    "zoho-analytics": (
        "Date,User EmailID,API Name,Rows Processed,Units Consumed,API Count,IP\n"
        "2026-05-01 09:00:00,ann@example.com,Bulk Import,5000,52,3,203.0.113.4"
    ),
    "csv": "time,user,api\n2026-01-01T00:00:00Z,ann,listThings",
    "csv: weights": (
        "minute;endpoint;calls;credits;note\n"
        '2026-01-01 00:00:00;/v1/things/7;1,250;12.5;"two\nlines; ""quoted"""\n'
        "2026-01-01 00:01:00;/v1/things/8;3;1.25;plain"
    ),
    "csv: no header": (
        "203.0.113.7,ann@example.com,[29/Nov/2025:06:58:55,GET /a HTTP/1.1,200\n"
        "203.0.113.8,bob@example.com,[29/Nov/2025:06:58:56,GET /b/4711 HTTP/1.1,200"
    ),
    "tsv": "time\tuser\tapi\n2026-01-01T00:00:00Z\tann\tlistThings",
    "logfmt": (
        'time="2026-01-05T10:00:00Z" level=info msg="all, done; ok" user=ann method=GET path=/a'
        " status=200"
    ),
    "logfmt: Heroku": (
        '2026-01-05T10:00:00+00:00 heroku[router]: at=info method=GET path="/a?b=1" host=a.example'
        ' request_id=r-1 fwd="192.0.2.7" dyno=web.1 service=1ms status=200 bytes=3'
    ),
    "logfmt: LTSV": "time:2026-01-05T10:00:00Z\thost:192.0.2.7\treq:GET /a HTTP/1.1\tstatus:200",
    "m365: table": (
        "RecordType,CreationDate,UserIds,Operations,AuditData\n"
        '6,5/18/2026 9:13:33 PM,ann@example.com,FileAccessed,"{""Id"": ""m-1"", ""Operation"":'
        ' ""FileAccessed"", ""CreationTime"": ""2026-05-18T21:13:33"", ""UserId"": ""ann""}"'
    ),
    "squid": (
        "1767607200.450   5920 192.0.2.7 TCP_MISS/302 1015 POST https://login.example.com/a?x=1"
        " ann HIER_DIRECT/198.51.100.1 text/html"
    ),
    "envoy-text": (
        '[2026-01-05T10:00:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "192.0.2.7"'
        ' "nsq2http" "r-1" "locations" "tcp://198.51.100.1:80"'
    ),
    "envoy-text: istio": (
        '[2026-01-05T10:00:00.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4'
        ' "-" "curl/7.73" "r-1" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854'
    ),
    "cloudtrail-table": (
        "User name,AWS access key,Event time,Event source,Event name,Source IP address,User agent,"
        "Error code,Request ID,Event ID\n"
        "ann,AK,2026-01-05T10:00:00Z,iam.amazonaws.com,ListUsers,192.0.2.7,aws-cli,,r-1,e-1"
    ),
    "azure-table": (
        "Correlation id,Operation name,Status,Event category,Level,Time,Event initiated by\n"
        "c-1,Create Deployment,Accepted,Administrative,Informational,2026-01-05T10:00:00.123Z,a@b.c"
    ),
    "cloudflare: table": (
        "ClientIP,ClientRequestMethod,ClientRequestURI,EdgeResponseStatus,EdgeStartTimestamp,RayID\n"
        "192.0.2.7,GET,/v1/leads,429,1767607200433000200,3a60"
    ),
    "openai: table": (
        "start_time,end_time,num_model_requests,user_id,api_key_id,model\n"
        "1767607200,1767610800,5,u-1,k-1,gpt-4o"
    ),
    "litellm: table": (
        "request_id,call_type,startTime,spend,model,user,total_tokens\n"
        "r-1,acompletion,2026-01-05T10:00:00.25,0.0012,gpt-4o,ann,840"
    ),
}

_HTTP = {"method": "GET", "uri": "/v1/leads/4711?page=2"}

OBJECTS: Mapping[str, Rows] = {
    "minio": [
        {
            "version": "1",
            "deploymentid": "d-1",
            "time": "2026-04-12T10:00:01.123456789Z",
            "trigger": "incoming",
            "api": {
                "name": "PutObject",
                "bucket": "b",
                "object": "a.jpg",
                "status": "OK",
                "statusCode": 200,
                "timeToResponse": "1ns",
            },
            "remotehost": "192.0.2.7",
            "requestID": "16A0BC",
            "userAgent": "MinIO (linux; amd64)",
            "requestPath": "/b/a.jpg",
            "accessKey": "KEY",
            "parentUser": "ann",
        }
    ],
    "minio-trace": [
        {
            "status": "success",
            "host": "minio:9000",
            "time": "2026-04-12T10:00:01.123456789Z",
            "client": "192.0.2.7",
            "callStats": {"rx": 119, "tx": 300, "duration": 1200000},
            "api": "s3.PutObject",
            "path": "/b/a.jpg",
            "statusCode": 200,
            "statusMsg": "OK",
        }
    ],
    "minio-trace: verbose": [
        {
            "type": "http",
            "host": "minio:9000",
            "time": "2026-04-12T10:00:01.123456789Z",
            "client": "192.0.2.7",
            "function": "s3.PutObject",
            "request": {
                "method": "PUT",
                "path": "/b/a.jpg",
                "headers": {"User-Agent": ["MinIO (linux; amd64)"]},
            },
            "response": {"statusCode": 200},
        }
    ],
    "github": [
        {
            "@timestamp": 1767607200512,
            "_document_id": "d-1",
            "action": "team.add_member",
            "actor": "ann",
            "actor_ip": "192.0.2.7",
            "user": "bob",
            "created_at": 1767607200512,
        }
    ],
    "databricks": [
        {
            "version": "2.0",
            "auditLevel": "WORKSPACE_LEVEL",
            "timestamp": 1767607200000,
            "orgId": "30",
            "accountId": "bd",
            "sourceIPAddress": "192.0.2.7",
            "userAgent": "databricks-cli",
            "sessionId": "",
            "userIdentity": {"email": "ann@example.com", "subjectName": None},
            "serviceName": "clusters",
            "actionName": "list",
            "requestId": "ServiceMain-1",
            "requestParams": {"cluster_id": "08"},
            "response": {"statusCode": 200, "errorMessage": None, "result": None},
        }
    ],
    "atlassian-audit": [
        {
            "id": 7001,
            "summary": "Board renamed",
            "created": "2026-01-05T10:00:00.645+0000",
            "category": "boards",
            "authorAccountId": "a-1",
            "remoteAddress": "192.0.2.7",
            "objectItem": {"id": "1", "name": "Leads", "typeName": "BOARD"},
        }
    ],
    "atlassian-audit: of a server": [
        {
            "timestamp": {"epochSecond": 1767607200, "nano": 512000000},
            "author": {"id": "7", "name": "ann", "type": "user", "uri": "https://x/people?id=7"},
            "auditType": {"action": "Board renamed", "actionI18nKey": "boards.renamed"},
            "affectedObjects": [{"name": "Leads", "type": "BOARD"}],
            "source": "192.0.2.7,10.0.0.1",
            "method": "Browser",
        }
    ],
    "ocsf": [
        {
            "class_uid": 6003,
            "time": 1767607200000,
            "activity_name": "Read",
            "actor": {"user": {"name": "ann", "uid": "AIDA1", "account": {"uid": "1"}}},
            "api": {
                "operation": "ListGateways",
                "request": {"uid": "q-1"},
                "service": {"name": "net.example.com"},
            },
            "http_request": {"user_agent": "boto/1"},
            "metadata": {"uid": "e-1", "version": "1.0.0", "product": {"name": "CloudTrail"}},
            "src_endpoint": {"ip": "192.0.2.7"},
            "status": "Success",
            "unmapped": {"eventType": "AwsApiCall"},
        }
    ],
    "mongodb-audit": [
        {
            "atype": "authCheck",
            "ts": {"$date": "2026-01-05T10:00:00.896+00:00"},
            "local": {"ip": "10.0.0.1", "port": 27017},
            "remote": {"ip": "192.0.2.7", "port": 3278},
            "users": [{"user": "ann", "db": "admin"}],
            "roles": [],
            "param": {"command": "find", "ns": "shop.leads"},
            "result": 0,
        }
    ],
    "gravitee": [
        {
            "gateway": "g",
            "@timestamp": "2026-01-05T10:00:00.123Z",
            "type": "request",
            "_id": "r-1",
            "transaction": "t-1",
            "method": 3,
            "uri": "/v1/leads/12?x=1",
            "status": 429,
            "response-time": 12,
            "plan": "p",
            "api": "api-1",
            "application": "app-1",
            "local-address": "192.0.2.1",
            "remote-address": "192.0.2.7",
            "user": "ann",
            "user-agent": "curl/8",
        }
    ],
    "gravitee: fourth version": [
        {
            "gateway": "g",
            "@timestamp": "2026-01-05T10:00:00.123Z",
            "type": "v4-metrics",
            "request-id": "r-1",
            "transaction-id": "t-1",
            "api-id": "api-1",
            "application-id": "app-1",
            "http-method": 7,
            "remote-address": "192.0.2.7",
            "uri": "/v1/leads/12",
            "request-ended": "true",
            "status": 201,
        }
    ],
    "consul": [
        {
            "created_at": "2026-01-05T10:00:00.2Z",
            "event_type": "audit",
            "payload": {
                "id": "p-1",
                "type": "HTTPEvent",
                "timestamp": "2026-01-05T10:00:00.123Z",
                "auth": {"accessor_id": "acc-1", "description": "Ann"},
                "request": {
                    "operation": "GET",
                    "endpoint": "/v1/kv/7",
                    "remote_addr": "192.0.2.7:5000",
                    "user_agent": "consul/1",
                },
                "response": {"status": "200"},
                "stage": "OperationComplete",
            },
        }
    ],
    "elasticsearch": [
        {
            "type": "audit",
            "timestamp": "2026-01-05T10:00:00,123+0000",
            "node.id": "n",
            "event.type": "transport",
            "event.action": "access_granted",
            "user.name": "ann",
            "origin.address": "192.0.2.7:5000",
            "request.id": "r-1",
            "action": "indices:data/read/search",
            "request.name": "SearchRequest",
        }
    ],
    "opensearch": [
        {
            "audit_category": "AUTHENTICATED",
            "audit_request_origin": "REST",
            "audit_request_layer": "REST",
            "audit_request_effective_user": "ann",
            "audit_rest_request_path": "/leads/_search",
            "audit_rest_request_method": "GET",
            "audit_rest_request_headers": {"User-Agent": ["curl/8"]},
            "audit_request_remote_address": "192.0.2.7",
            "@timestamp": "2026-01-05T10:00:00.123+00:00",
        }
    ],
    "dropbox": [
        {
            "timestamp": "2026-01-05T10:00:00Z",
            "event_category": {".tag": "files"},
            "actor": {".tag": "user", "user": {"display_name": "Ann", "email": "ann@example.com"}},
            "origin": {"geo_location": {"ip_address": "192.0.2.7"}},
            "event_type": {".tag": "file_download", "description": "Downloaded files"},
        }
    ],
    "keycloak": [
        {
            "time": 1767607200123,
            "realmId": "r",
            "authDetails": {"realmId": "r", "clientId": "cli", "userId": "ann"},
            "operationType": "UPDATE",
            "resourceType": "USER",
            "resourcePath": "users/7",
        }
    ],
    "pagerduty": [
        {
            "id": "PD1",
            "self": "https://api.example.com/audit/records/PD1",
            "execution_time": "2026-01-05T10:00:00.123Z",
            "execution_context": {"request_id": "r-1", "remote_address": "192.0.2.7"},
            "actors": [{"id": "PU", "type": "user_reference", "summary": "Ann"}],
            "method": {"type": "browser"},
            "root_resource": {"id": "PX", "type": "user_reference", "summary": "Bob"},
            "action": "update",
        }
    ],
    "teleport": [
        {
            "ei": 0,
            "event": "user.login",
            "uid": "u-1",
            "code": "T1000I",
            "time": "2026-01-05T10:00:00.123Z",
            "user": "ann",
            "success": True,
            "method": "local",
            "addr.remote": "192.0.2.7:5000",
            "user_agent": "tsh/1",
        }
    ],
    "hasura": [
        {
            "type": "http-log",
            "timestamp": "2026-01-05T10:00:00.123+0000",
            "level": "info",
            "detail": {
                "request_id": "r-1",
                "operation": {"user_vars": {"x-hasura-role": "user", "x-hasura-user-id": "ann"}},
                "http_info": {
                    "status": 200,
                    "url": "/v1/graphql",
                    "ip": "192.0.2.7",
                    "method": "POST",
                },
            },
        }
    ],
    "grpc": [
        {
            "level": "info",
            "ts": "2026-01-05T10:00:00.123Z",
            "msg": "finished unary call",
            "grpc.service": "a.Leads",
            "grpc.method": "List",
            "grpc.code": "OK",
            "peer.address": "192.0.2.7:5000",
        }
    ],
    "bitwarden": [
        {
            "object": "event",
            "type": 1000,
            "itemId": None,
            "memberId": None,
            "actingUserId": "a2b2c3d4-0000-1111-2222-333344445555",
            "date": "2026-01-05T10:00:00.123Z",
            "device": 9,
            "ipAddress": "192.0.2.7",
        }
    ],
    "sentinelone": [
        {
            "id": "1001",
            "activityType": 27,
            "createdAt": "2026-01-05T10:00:00.123Z",
            "primaryDescription": "The management user Ann logged in to the console.",
            "userId": "99",
            "accountName": "Acme",
            "data": {"username": "Ann", "ipAddress": "192.0.2.7"},
        }
    ],
    "slack": [
        {
            "id": "s-1",
            "date_create": 1767607200,
            "action": "file_downloaded",
            "actor": {"type": "user", "user": {"id": "W1", "name": "Ann", "email": "a@b.c"}},
            "entity": {"type": "user", "user": {"id": "W2", "email": "bob@b.c"}},
            "context": {"ua": "Slack/23", "ip_address": "192.0.2.7", "location": {"id": "E1"}},
        }
    ],
    "google-workspace": [
        {
            "kind": "admin#reports#activity",
            "id": {
                "time": "2026-01-05T10:00:00.442Z",
                "uniqueQualifier": "-67",
                "applicationName": "token",
            },
            "actor": {"callerType": "USER", "email": "ann@example.com", "profileId": "2"},
            "ipAddress": "192.0.2.7",
            "events": [
                {
                    "type": "auth",
                    "name": "activity",
                    "parameters": [
                        {"name": "method_name", "value": "drive.files.list"},
                        {"name": "num_response_bytes", "intValue": "12"},
                        {"name": "app_name", "value": "Backup"},
                    ],
                }
            ],
        }
    ],
    "okta": [
        {
            "actor": {"id": "00u1", "alternateId": "ann@example.com"},
            "client": {"userAgent": {"rawUserAgent": "curl"}, "ipAddress": "192.0.2.7"},
            "eventType": "user.session.end",
            "outcome": {"result": "SUCCESS"},
            "published": "2026-01-05T10:00:00.123Z",
            "uuid": "u-1",
            "transaction": {"id": "t-1"},
        }
    ],
    "auth0": [
        {
            "log_id": "9002",
            "data": {
                "date": "2026-01-05T10:00:00.706Z",
                "type": "sapi",
                "client_id": "c-1",
                "ip": "192.0.2.7",
                "user_id": "auth0|7",
                "details": {"request": {"method": "patch", "path": "/api/v2/branding"}},
            },
        }
    ],
    "auth0: flat": [
        {
            "log_id": "9002",
            "date": "2026-01-05T10:00:00.706Z",
            "type": "s",
            "client_id": "c-1",
            "client_name": "Shop",
            "user_name": "ann@example.com",
        }
    ],
    "vault": [
        {
            "time": "2026-01-05T10:00:00.356625452Z",
            "type": kind,
            "auth": {"display_name": "ldap-ann", "metadata": {"username": "ann"}},
            "request": {
                "id": "r-1",
                "operation": "read",
                "path": "secret/data/shop",
                "remote_address": "192.0.2.7",
            },
        }
        for kind in ("request", "response")
    ],
    "kubernetes": [
        {
            "kind": "Event",
            "auditID": "a-1",
            "stage": stage,
            "requestURI": "/api/v1/namespaces/default/pods",
            "verb": "list",
            "user": {"username": "ann"},
            "sourceIPs": ["192.0.2.7"],
            "responseStatus": {"code": 200},
            "requestReceivedTimestamp": "2026-01-05T10:00:00.123456Z",
        }
        for stage in ("RequestReceived", "ResponseComplete")
    ],
    "apim": [
        {
            "time": "2026-01-05T10:00:00.1234567Z",
            "operationName": "Microsoft.ApiManagement/GatewayLogs",
            "category": "GatewayLogs",
            "resourceId": "/SUBSCRIPTIONS/X",
            "callerIpAddress": "192.0.2.7",
            "correlationId": "c-1",
            "properties": {
                "method": "GET",
                "url": "https://x.azure-api.net/echo?p=1",
                "responseCode": 429,
                "userId": "ann",
            },
        }
    ],
    "azure: sign-in": [
        {
            "time": "2026-01-05T10:00:00.1234567Z",
            "operationName": "Sign-in activity",
            "category": "SignInLogs",
            "resourceId": "/tenants/t/providers/Microsoft.aadiam",
            "callerIpAddress": "192.0.2.7",
            "resultType": "50140",
            "properties": {"appDisplayName": "Office 365", "userPrincipalName": "ann@b.c"},
        }
    ],
    "cloudtrail": [
        {
            "eventVersion": "1.08",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/ann"},
            "eventTime": "2026-01-05T10:00:00Z",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "DescribeInstances",
            "sourceIPAddress": "192.0.2.7",
            "userAgent": "aws-cli/2.15",
            "requestParameters": {"ids": [{"a": "}"}, {"b": '"{'}]},
            "eventID": "e-1",
            "eventType": "AwsApiCall",
        }
    ],
    "cloudtrail: looked up": [
        {
            "EventId": "e-1",
            "EventName": "RunInstances",
            "EventTime": "2026-01-05T10:00:00Z",
            "Username": "ann",
            "CloudTrailEvent": '{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}',
        }
    ],
    "apigateway": [
        {
            "requestId": "r-1",
            "ip": "192.0.2.8",
            "caller": "-",
            "user": "-",
            "requestTime": "05/Jan/2026:10:00:00 +0000",
            "httpMethod": "GET",
            "resourcePath": "/pets/{id}",
            "status": "200",
        }
    ],
    "gcp": [
        {
            "insertId": "i-1",
            "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
            "protoPayload": {
                "authenticationInfo": {"principalEmail": "ann@example.com"},
                "methodName": "v1.compute.firewalls.list",
                "serviceName": "compute.googleapis.com",
                "numResponseItems": "12",
            },
            "timestamp": "2026-01-05T10:00:00.123456789Z",
        }
    ],
    "azure": [
        {
            "time": "2026-01-05T10:00:00.1234567",
            "resourceId": "/SUBSCRIPTIONS/S",
            "operationName": "MICROSOFT.COMPUTE/DISKS/WRITE",
            "category": "Administrative",
            "resultType": "Start",
            "callerIpAddress": "192.0.2.7",
        }
    ],
    "appgateway": [
        {
            "time": "2026-01-05T10:00:00Z",
            "operationName": "ApplicationGatewayAccess",
            "category": "ApplicationGatewayAccessLog",
            "resourceId": "/X",
            "properties": {
                "clientIP": "192.0.2.7",
                "httpMethod": "GET",
                "requestUri": "/v1/leads/1",
                "httpStatus": 429,
            },
        }
    ],
    "m365": [
        {
            "CreationTime": "2026-05-18T21:13:33",
            "Id": "m-1",
            "Operation": "FileAccessed",
            "RecordType": 6,
            "UserId": "Ann@example.com",
            "Workload": "SharePoint",
            "ClientIP": "[2001:db8::7]:4711",
            "Parameters": [{"Name": "a\nb", "Value": 'quoted "x"'}],
        }
    ],
    "kong": [
        {
            "started_at": 1767607200123,
            "client_ip": "192.0.2.7",
            "consumer": {"username": "ann"},
            "request": {**_HTTP, "headers": {"user-agent": "curl/8"}},
            "response": {"status": 429, "headers": {"x-kong-request-id": "k-1"}},
            "latencies": {"request": 7, "kong": 1, "proxy": 6},
        }
    ],
    "envoy": [
        {
            "start_time": "2026-01-05T10:00:00.123Z",
            "method": "POST",
            "path": "/v1/leads",
            "protocol": "HTTP/2",
            "response_code": "201",
            "response_flags": "-",
            "x_forwarded_for": "192.0.2.7,10.0.0.1",
            "user_agent": "grpc-go/1.6",
            "x_request_id": "e-1",
        }
    ],
    "traefik": [
        {
            "ClientHost": "192.0.2.7",
            "ClientUsername": "ann",
            "DownstreamStatus": 200,
            "RequestMethod": "GET",
            "RequestPath": "/v1/leads/1",
            "StartUTC": "2026-01-05T10:00:00.123456789Z",
            "request_User-Agent": "curl/8",
        }
    ],
    "caddy": [
        {
            "level": "info",
            "ts": 1767607200.123456,
            "logger": "http.log.access.log0",
            "msg": "handled request",
            "request": {"remote_ip": "192.0.2.7", **_HTTP, "headers": {"User-Agent": ["curl/8"]}},
            "user_id": "ann",
            "status": 200,
            "resp_headers": {},
        }
    ],
    "aws_waf": [
        {
            "timestamp": 1767607200123,
            "formatVersion": 1,
            "webaclId": "arn:aws:wafv2:eu-west-1:1:regional/webacl/a/7",
            "action": "BLOCK",
            "responseCodeSent": 429,
            "httpRequest": {
                "clientIp": "192.0.2.7",
                "headers": [{"name": "Host", "value": "a"}, {"name": "User-Agent", "value": "x/1"}],
                "uri": "/v1/leads/7",
                "httpMethod": "GET",
                "requestId": "1-5e",
            },
        }
    ],
    "cloudflare": [
        {
            "ClientIP": "192.0.2.7",
            "ClientRequestMethod": "GET",
            "ClientRequestURI": "/v1/leads/1?x=1",
            "EdgeResponseStatus": 200,
            "EdgeStartTimestamp": 1767607200123456789,
            "RayID": "87a1",
        }
    ],
    "salesforce-json": [
        {
            "EVENT_TYPE": "ApiTotalUsage",
            "TIMESTAMP": "20260105100000.885",
            "TIMESTAMP_DERIVED": "2026-01-05T10:00:00.885Z",
            "REQUEST_ID": "r-1",
            "ORGANIZATION_ID": "00D",
            "USER_ID": "005",
            "USER_NAME": "ann@example.com",
            "API_RESOURCE": "/v56.0/sobjects/Lead",
            "HTTP_METHOD": "GET",
            "STATUS_CODE": "200",
            "COUNTS_AGAINST_API_LIMIT": "1",
            "CLIENT_IP": "192.0.2.7",
            "CONNECTED_APP_NAME": "Sync",
        }
    ],
    "har": [
        {
            "startedDateTime": "2026-01-05T10:00:00.123Z",
            "time": 12.3,
            "request": {
                "method": "GET",
                "url": "https://api.example.com/v1/leads/4711?page=2",
                "httpVersion": "h2",
                "headers": [{"name": "User-Agent", "value": "curl/8"}],
            },
            "response": {"status": 429, "statusText": "", "headers": [], "content": {}},
            "cache": {},
            "serverIPAddress": "198.51.100.3",
        }
    ],
    "suricata": [
        {
            "timestamp": "2026-01-05T10:00:00.123456+0000",
            "flow_id": 7,
            "event_type": kind,
            "src_ip": "192.0.2.7",
            "http": {"http_method": "GET", "url": "/a/12", "status": 200, "http_user_agent": "x/1"},
        }
        for kind in ("http", "fileinfo", "flow")
    ],
    "zeek-json": [
        {
            "ts": 1767607200.123456,
            "uid": "CAbc1",
            "id.orig_h": "192.0.2.7",
            "trans_depth": 1,
            **_HTTP,
            "status_code": 200,
        }
    ],
    "litellm": [
        {
            "request_id": "chat-1",
            "call_type": "acompletion",
            "spend": 0.0012,
            "total_tokens": 840,
            "startTime": "2026-01-05T10:00:00.250000",
            "model": "gpt-4o",
            "user": "ann",
            "request_tags": ["a"],
        }
    ],
    "openai": [
        {
            "start_time": 1767607200,
            "num_model_requests": 5,
            "user_id": "u-1",
            "model": "gpt-4o",
            "api_key_id": None,
        }
    ],
    "jsonl": [{"time": "2026-01-01T00:00:00Z", "user": "Zoë", "api": "listThings", "calls": 3}],
}

SAMPLES: Mapping[str, str] = {
    **TEXTS,
    **{name: "\n".join(map(json.dumps, rows)) for name, rows in OBJECTS.items()},
}

_STATUS = "2026-04-09T19:58:07Z"

NO_CALLS: Mapping[str, str] = {
    "linux": "Mar  5 10:00:01 web1 sshd[812]: Failed password for root from 203.0.113.4 port 22",
    "syslog": f"<34>1 {_STATUS} web1 su - ID47 - 'su root' failed for ann on /dev/pts/8",
    "journal": '{"PRIORITY": "6", "MESSAGE": "Started.", "_PID": "1", "__CURSOR": "s=1"}',
    "apache error": "[Sun Dec 04 04:47:44 2025] [notice] workerEnv.init() ok /etc/httpd/conf",
    "apache 2.4 error": (
        "[Fri Sep 09 10:42:29.902022 2026] [core:error] [pid 35708:tid 4328636416] [client"
        " 203.0.113.4:52] AH00128: File does not exist: /usr/local/apache2/htdocs/favicon.ico"
    ),
    "nginx error": "2026/04/10 01:46:23 [error] 1#1: *7 open() failed, client: 203.0.113.7",
    "log4j": "2026-04-09 19:58:07,123 - INFO [main:Server@12] - Starting, please wait",
    "python": "2026-04-09 19:58:07,123:DEBUG:worker: GET /api/v1/things failed, retry in 12 ms",
    "zookeeper": "2026-07-29 17:41:44,747 - INFO [P[id=1]/0:0:0:0:0:0:0:0:21:L@7] - x",
    "hdfs": "081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for blk_38",
    "metrics": "timestamp,cpu,memory,load\n2026-04-09T19:58:07Z,12.5,2048,0.7",
    "metrics as JSON": '{"cpu": 12.5, "mem": 2048, "ts": 1767607200}',
    "metrics as nested JSON": (
        '{"time": "2026-04-09T19:58:07Z", "host": "web1", "cpu": {"user": 3, "system": 1}}'
    ),
    "prometheus": (
        "# HELP http_requests_total The total number of requests.\n"
        "# TYPE http_requests_total counter\n"
        'http_requests_total{method="post",code="200"} 1027 1767607200000'
    ),
    "health": "time,status,latency_ms\n2026-04-09T19:58:07Z,up,12\n2026-04-09T19:59:07Z,up,11",
    "inventory": "id,name,status,created_at\n1,Router,active,2026-04-09T19:58:07Z",
    "prices": "Edition,Price\nPremier,12",
    "prose": "Dear all,\nplease find the figures attached, as of 2026-04-09.\nKind regards",
    "vmstat": "procs memory swap io\n r b swpd free buff\n 1 0 0 12 13",
    "vmstat -t": (
        "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- ---\n"
        " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st  UTC\n"
        " 1  0      0 812344  10232 412344    0    0     3     9   12   40  1  0 99  0  0"
        " 2026-04-09 19:58:07"
    ),
    "vmstat as CSV": (
        "timestamp,r,b,swpd,free,buff,cache,si,so,bi,bo,in,cs,us,sy,id,wa,st\n"
        "2026-04-09 19:58:07,1,0,0,812344,10232,412344,0,0,3,9,12,40,1,0,99,0,0"
    ),
    "iostat": (
        "Linux 6.1.0 (web1)  04/09/26  _x86_64_  (2 CPU)\n\n"
        "Device             tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn\n"
        "sda               3.21        12.40        44.71     120341     431220"
    ),
    "iostat as CSV": (
        "date,time,device,tps,kb_read_s,kb_wrtn_s\n2026-04-09,19:58:07,sda,3.21,12.40,44.71"
    ),
    "iostat as JSON": (
        '{"sysstat": {"hosts": [{"nodename": "web1", "date": "04/09/26", "statistics": [\n'
        '{"timestamp": "04/09/26 19:58:07", "disk": [{"disk_device": "sda", "tps": 3.21}]}]}]}}'
    ),
    "package lock": json.dumps(
        {
            "name": "shop",
            "version": "1.0.0",
            "lockfileVersion": 3,
            "packages": {
                "": {"name": "shop", "dependencies": {"left-pad": "^1.3.0"}},
                "node_modules/left-pad": {"version": "1.3.0", "license": "WTFPL"},
            },
        },
        indent=2,
    ),
    "HTML": (
        "<!DOCTYPE html>\n<html>\n<head><title>API, usage</title></head>\n<body>\n"
        '<p class="a">On 2026-04-09 we made 12 calls.</p>\n</body>\n</html>'
    ),
    "XML": '<?xml version="1.0"?>\n<log>\n<entry time="2026-04-09T19:58:07Z" user="ann"/>\n</log>',
    "SQL dump": (
        "-- Dumped on 2026-04-09\nCREATE TABLE users (id int, name text, created timestamp);\n"
        "INSERT INTO users VALUES (1, 'ann', '2026-04-09 19:58:07');\n"
        "INSERT INTO users VALUES (2, 'bob', '2026-04-09 19:58:08');"
    ),
    "source code": (
        "import requests\n\n\ndef calls(user, api):\n    "
        'return requests.get(f"/v1/{api}", params={"user": user})\n\n'
        'print(calls("ann", "things"), "2026-04-09")'
    ),
    "shell": "#!/bin/sh\nset -eu\nfor user in ann bob; do\n  curl /v1/$user\ndone",
    "INI": "[server]\nhost = 0.0.0.0\nport = 8080\n; a comment\n[user]\nname = ann",
    "YAML": "version: 3\nservices:\n  api:\n    image: shop:1.2\n    ports: ['80:80']",
    "TOML": '[tool]\nname = "shop"\nreleased = 2026-04-09T19:58:07Z\nusers = ["ann", "bob"]',
    "mbox": (
        "From ann@example.com Thu Apr  9 19:58:07 2026\nFrom: Ann <ann@example.com>\n"
        "To: Bob <bob@example.com>\nSubject: Calls, users, credits\n"
        "Date: Thu, 09 Apr 2026 19:58:07 +0000\n\nDear Bob,\nsee you, Ann"
    ),
    "passwd": (
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
        "ann:x:1000:1000:Ann,,,:/home/ann:/bin/bash"
    ),
    "fstab": "UUID=5a-7b / ext4 errors=remount-ro 0 1\n/dev/sr0 /media/cdrom udf user,noauto 0 0",
    "Markdown table": "| user | role |\n|---|---|\n| ann | admin |\n| bob | guest |",
    "stack trace": (
        "Traceback (most recent call last):\n"
        '  File "/app/main.py", line 7, in <module>\n    main()\n'
        "ValueError: 2026-04-09 is no time, is it?"
    ),
    "dmesg": "[    0.000000] Linux version 6.1.0 (gcc 12.2.0) #1 SMP PREEMPT_DYNAMIC 2026-04-09",
    "git log": (
        "commit 5a7b1f0c9d\nAuthor: Ann <ann@example.com>\nDate:   Thu Apr 9 19:58:07 2026 +0200\n"
        "\n    Fold paths, users, calls"
    ),
    "diff": "--- a/api.py\n+++ b/api.py\n@@ -1,2 +1,2 @@\n-user, api = 1, 2\n+user, api = 2, 1",
    "GeoJSON": (
        '{"type": "FeatureCollection", "features": [\n{"type": "Feature", "geometry": null,'
        ' "properties": {"name": "a"}}]}'
    ),
    "notebook": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "numbers": "1\n2\n3\n5\n8",
    "pairs": 'ts=2026-04-09T19:58:07Z level=info caller=compact.go:5 msg="done, ok" blocks=3',
    "audit": "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 uid=500 pid=3",
    "words": "alpha\nbeta\ngamma",
}
