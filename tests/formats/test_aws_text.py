"""Load balancers and S3, as AWS writes them in text."""

from __future__ import annotations

from datetime import datetime

import pytest

from credits import CreditsError

ALB = (
    "https 2026-02-03T04:05:{:02}.123456Z app/shop/50dc6c495c0c9188 {} 10.0.0.66:9000"
    ' 0.086 0.048 0.037 {} {} 34 366 "{}" "{}" ECDHE TLSv1.2 arn:aws:elasticloadbalancing:tg/x'
    ' "Root=1-58337281-1d84f3d73c47ec4e58577259" "shop.example.com" "arn:aws:acm:c/1" 1'
    ' 2026-02-03T04:05:00.000000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-"'
)
GET = "GET https://shop.example.com:443/v1/orders/81723?expand=1 HTTP/1.1"


def alb(second=1, client="203.0.113.9:39212", status="200", request=GET, agent="sync/2 (x; y)"):
    return ALB.format(second, client, status, status, request, agent)


ELB = (
    "2026-02-03T04:05:{:02}.123456Z classic-lb 203.0.113.9:39212 10.0.0.66:80 0.000073 0.001048"
    ' 0.000057 {} {} 0 29 "{}" "curl/8.0" - -'
)


def elb(second=1, status="200", request="POST http://a.example:80/v1/orders HTTP/1.1"):
    return ELB.format(second, status, status, request)


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_an_alb_row_is_a_call_and_the_trace_is_no_request_id(load):
    found, calls = load(log(alb(1), alb(2)))
    assert (found.format, found.rows, found.loaded) == ("alb", 2, 2)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 2, 3, 4, 5, 1, 123456)
    assert (call["api"], call["method"], call["status"]) == ("GET /v1/orders/{id}", "GET", "200")
    assert (call["app"], call["ip"], call["request_id"]) == ("sync/2 (x; y)", "203.0.113.9", None)


def test_a_request_that_the_alb_refused_is_a_call_of_an_unknown_api(load):
    found, calls = load(log(alb(), alb(2, status="400", request="- http://shop.example.com:80- -")))
    assert (found.loaded, found.rejected) == (2, 0)
    assert [calls[1][name] for name in ("api", "method", "status")] == ["(unknown)", None, "400"]


@pytest.mark.parametrize("client", ["2001:db8::9:39212", "[2001:db8::9]:39212"])
def test_port_and_brackets_are_taken_off_an_ipv6_address_too(load, client):
    _, calls = load(log(alb(client=client)))
    assert calls[0]["ip"] == "2001:db8::9"


def test_classic_rows_for_raw_tcp_are_no_calls(load):
    found, calls = load(log(elb(1), elb(2, "-", "- - - "), elb(3, "504")))
    assert (found.format, found.rows, found.loaded, found.skipped) == ("elb", 3, 2, 1)
    assert [call["status"] for call in calls] == ["200", "504"]
    assert calls[0]["api"] == "POST /v1/orders"


def test_what_the_classic_balancer_answered_itself_is_a_call_of_an_unknown_api(load):
    found, calls = load(log(elb(1), elb(2, "400", "- - - ")))
    assert (found.loaded, found.skipped) == (2, 0)
    assert [calls[1][name] for name in ("api", "method", "status")] == ["(unknown)", None, "400"]


def test_rows_of_a_network_balancer_among_them_are_no_calls_and_torn_rows_rejects(load, rejects):
    tls = "tls 2.0 2026-02-03T04:05:06 net/nlb/c6 g3d4 203.0.113.9:51341 10.0.0.1:443 5 2 98 246 -"
    found, _ = load(log(alb(), elb(), elb(), alb(), alb(), tls, alb()[:70], "", "what is this"))
    assert (found.rows, found.loaded, found.skipped, found.rejected) == (9, 5, 2, 2)
    assert [line for line, _, _ in rejects()] == [7, 9]


S3 = (
    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket-of-ours"
    " [06/Feb/2026:00:00:38 +0000] {} {} {} {} {} {} 200 - 113 - 7 - {} {} - qM== SigV4 ECDHE"
    " AuthHeader bucket.s3.example.com TLSv1.2 - -"
)


def s3(
    request_id="3E57427F3EXAMPLE",
    ip="192.0.2.3",
    requester="arn:aws:iam::123456789012:user/ann",
    operation="REST.GET.OBJECT",
    key="photos/2026/08/puppy.jpg",
    uri='"GET /photos/2026/08/puppy.jpg?x-foo=bar HTTP/1.1"',
    referer='"-"',
    agent='"S3Console/0.4"',
):
    return S3.format(ip, requester, request_id, operation, key, uri, referer, agent)


def test_an_s3_row_is_its_operation_by_its_requester(load):
    found, calls = load(log(s3(), s3("OTHER").replace("00:38", "00:39"), s3()))
    assert (found.format, found.rows, found.loaded, found.duplicates) == ("s3", 3, 2, 1)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 2, 6, 0, 0, 38)
    assert (call["user"], call["ip"]) == ("arn:aws:iam::123456789012:user/ann", "192.0.2.3")
    assert (call["api"], call["method"], call["status"]) == ("REST.GET.OBJECT", "GET", "200")
    assert (call["app"], call["request_id"]) == ("S3Console/0.4", "3E57427F3EXAMPLE")


def test_an_s3_requester_that_is_missing_or_has_spaces(load):
    found, calls = load(
        log(
            s3("A", requester="-"),
            s3("B", requester="CN=Ann Bell, OU=Ops"),
            s3("C", agent='"a "b" c"'),
        )
    )
    assert (found.loaded, found.rejected) == (3, 0)
    assert [call["user_basis"] for call in calls] == ["app", "user", "user"]
    assert calls[1]["user"] == "CN=Ann Bell, OU=Ops"


def test_what_s3_does_by_itself_is_no_call(load):
    found, calls = load(
        log(
            s3("A"),
            s3("B"),
            s3("C", "-", "AmazonS3", "S3.EXPIRE.OBJECT", uri='"-"'),
            s3("D", uri="-", operation="REST.HEAD.BUCKET").replace("00:38", "00:39"),
            s3("E")[:80],
        )
    )
    assert (found.loaded, found.skipped, found.rejected) == (3, 1, 1)
    assert (calls[2]["api"], calls[2]["method"]) == ("REST.HEAD.BUCKET", None)


def test_a_format_by_name_that_is_not_there_is_refused(load):
    with pytest.raises(CreditsError, match="no lines of the S3 server access log"):
        load(log("hello", "world"), format="s3")


def test_the_real_log_agrees_with_its_truth(real_log):
    log = real_log("plaso_formats", "aws_elb_access.log")
    assert log.loads[0].format == "alb"
    assert log.found == log.truth
