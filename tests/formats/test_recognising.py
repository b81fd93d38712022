"""Every text format is found by its content, and no other format claims its logs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from credits import CreditsError
from credits.formats import formats
from credits.formats.base import Options, sample
from credits.formats.packing import Plain

SAMPLES = {
    "access": '203.0.113.7 - ann [12/Apr/2026:10:00:01 +0200] "GET /a HTTP/1.1" 200 12 "-" "x/1"',
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
    "cloudfront": (
        "#Version: 1.0\n#Fields: date time x-edge-location c-ip cs-method cs-uri-stem sc-status\n"
        "2026-03-01\t10:00:00\tFRA56\t203.0.113.8\tGET\t/a\t200"
    ),
    "zeek": (
        "#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tmethod\turi\tuser_agent\n"
        "1767225600.250000\tCAbc1\t192.0.2.7\tGET\t/a\tsync/1"
    ),
    "haproxy": (
        "Mar  5 10:00:01 lb1 haproxy[812]: 203.0.113.4:53332 [05/Mar/2026:10:00:01.143] front~"
        ' back/web1 0/0/7/1457/1487 200 11394 - - ---- 2/1/0/0/0 0/0 "GET /a HTTP/1.1"'
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
    "tsv": "time\tuser\tapi\n2026-01-01T00:00:00Z\tann\tlistThings",
    "jsonl": '{"time": "2026-01-01T00:00:00Z", "user": "ann", "api": "listThings"}',
}

NO_CALLS = {
    "linux": "Mar  5 10:00:01 web1 sshd[812]: Failed password for root from 203.0.113.4 port 22",
    "apache error": "[Sun Dec 04 04:47:44 2025] [notice] workerEnv.init() ok /etc/httpd/conf",
    "nginx error": "2026/04/10 01:46:23 [error] 1#1: *7 open() failed, client: 203.0.113.7",
    "log4j": "2026-04-09 19:58:07,123 - INFO [main:Server@12] - Starting, please wait",
    "python": "2026-04-09 19:58:07,123:DEBUG:requests: GET /api/v1/things, 200, in 12 ms",
    "zookeeper": "2026-07-29 17:41:44,747 - INFO [P[id=1]/0:0:0:0:0:0:0:0:21:L@7] - x",
    "hdfs": "081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for blk_38",
    "metrics": "timestamp,cpu,memory,load\n2026-04-09T19:58:07Z,12.5,2048,0.7",
    "health": "time,status,latency_ms\n2026-04-09T19:58:07Z,up,12\n2026-04-09T19:59:07Z,up,11",
    "inventory": "id,name,status,created_at\n1,Router,active,2026-04-09T19:58:07Z",
    "prices": "Edition,Price\nPremier,12",
    "prose": "Dear all,\nplease find the figures attached, as of 2026-04-09.\nKind regards",
    "vmstat": "procs memory swap io\n r b swpd free buff\n 1 0 0 12 13",
}


NO_CALLS_IN_REALITY = [
    "logfile_epoch.0", "logfile_epoch.1", "logfile_generic.0", "logfile_generic.1",
    "logfile_generic.2", "logfile_generic.3",
]  # fmt: skip


def plain(tmp_path: Path, text: str) -> Plain:
    path = tmp_path / "a.log"
    path.write_text(text + "\n", "utf-8")
    return Plain("a.log", path, "text")


def claimants(look, scratch: Path) -> list[str]:
    options = Options(scratch=scratch)
    claimed = []
    for form in formats():
        try:
            if form.read(look, options, forced=False) is not None:
                claimed.append(form.name)
        except CreditsError:
            claimed.append(f"{form.name} refuses")
    return claimed


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("times", [1, 7])
def test_only_the_right_format_claims_a_log(tmp_path, name, times):
    head, _, row = SAMPLES[name].rpartition("\n")
    look = sample(plain(tmp_path, "\n".join(filter(None, [head, *[row] * times]))))
    generic = {form.name for form in formats() if form.generic}
    claimed = claimants(look, tmp_path)
    # The reader of CSV finds the delimiter by itself.
    assert claimed[0] == {"tsv": "csv"}.get(name, name)
    assert [other for other in claimed if other not in generic | {name}] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_format_may_be_named(load, name):
    found, calls = load(SAMPLES[name] + "\n", format=name)
    assert (found.format, len(calls)) == (name, 1)


@pytest.mark.parametrize("name", NO_CALLS)
@pytest.mark.parametrize("times", [1, 30])
def test_a_log_without_calls_loads_none_and_says_why(load, name, times):
    head, _, row = NO_CALLS[name].rpartition("\n")
    with pytest.raises(CreditsError, match=r"^a\.log .*\.$"):
        load("\n".join(filter(None, [head, *[row] * times])) + "\n")


@pytest.mark.parametrize("name", NO_CALLS_IN_REALITY)
def test_real_logs_without_calls_load_none_and_say_why(store, name):
    path = Path(__file__).parents[3] / "shared" / "real-logs" / "lnav_formats" / name
    if not path.exists():
        pytest.skip("the real logs lie beside the project, users don't have them")
    with pytest.raises(CreditsError, match=r"is in no log format|no columns that make a call"):
        store.load(path, now=datetime(2026, 11, 22))
