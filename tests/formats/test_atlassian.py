"""Confluence, Jira and Bitbucket."""

from __future__ import annotations

from datetime import datetime

import pytest

TAIL = "GET /rest/page/90210?x=1 HTTP/1.1 {} 12ms 152 http://wiki.example/ Mozilla/5.0 (X11; U)"


def log(*rows: str) -> str:
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("who", "user"),
    [
        ("ann", "ann"),
        ("203.0.113.9 ann", "ann"),
        ("203.0.113.9, 10.0.0.1 ann", "ann"),
        ("- ann", "ann"),
        ("2001:db8::7 ann.bell@example.com", "ann.bell@example.com"),
        ("-", None),
        ("203.0.113.9 -", None),
        ("- -", None),
        ("203.0.113.9 Ann Bell", "Ann Bell"),
    ],
)
@pytest.mark.parametrize("thread", ["http-nio-8090-exec-6", "https-jsse-nio2-8443-exec-12"])
def test_the_user_stands_before_the_thread_behind_what_was_forwarded(load, who, user, thread):
    found, calls = load(
        log(f"[17/Jun/2026:12:57:26 +0200] {who} {thread} 192.0.2.1 {TAIL.format(200)}")
    )
    assert (found.format, found.loaded) == ("atlassian", 1)
    call = calls[0]
    assert (call["user"] if call["user_basis"] == "user" else None) == user
    assert call["occurred_at"] == datetime(2026, 6, 17, 10, 57, 26)
    assert (call["api"], call["status"]) == ("GET /rest/page/{id}", "200")
    assert (call["app"], call["ip"]) == ("Mozilla/5.0 (X11; U)", "192.0.2.1")


def test_torn_rows_are_rejects_and_blank_ones_skipped(load):
    row = f"[17/Jun/2026:12:57:26 +0200] ann http-nio-8090-exec-6 192.0.2.1 {TAIL.format(204)}"
    found, _ = load(log(row, "", row[:60], row))
    assert (found.rows, found.loaded, found.rejected, found.skipped) == (4, 2, 1, 1)


def bitbucket(
    direction: str, answer: str = "200", action: str = '"GET /scm/a/b.git/info HTTP/1.1"'
):
    user, millis = ("-", 738) if direction == "i" else ("ann", 838)
    return (
        f"203.0.113.9,10.0.0.1 | https | {direction}@9K7Z3NNx6x3112x1 | "
        f"{user} | 2026-10-29 00:06:26,{millis}"
        f' | {action} | "" "git/2.44" | {answer} | 13 | 0 | refs, cache:hit | 101 | tmpqqw | '
    )


def test_a_request_that_came_in_and_its_answer_are_one_call(load):
    found, calls = load(log(bitbucket("i", "-"), bitbucket("o")))
    assert (found.format, found.rows, found.loaded, found.skipped) == ("bitbucket", 2, 1, 1)
    call = calls[0]
    assert call["occurred_at"] == datetime(2026, 10, 29, 0, 6, 26, 838000)
    assert (call["user"], call["app"], call["ip"]) == ("ann", "git/2.44", "203.0.113.9")
    assert (call["api"], call["status"]) == ("GET /scm/a/b.git/info", "200")


def test_an_answer_that_is_exported_twice_is_one_call_and_other_days_are_others(load):
    found, _ = load(log(bitbucket("o"), bitbucket("o"), bitbucket("o").replace("-29 ", "-30 ")))
    assert (found.loaded, found.duplicates) == (2, 1)


def test_ssh_and_mesh_rows_are_calls_too(load):
    mesh = (
        "10.0.0.5 | grpc | o@1GGG0Q5Kx420x106x2 | @5XDWX5x420x2768x0 | bob"
        ' | 2026-11-12 07:09:18,086 | "HostingService/HttpBackend" | - | 0 | 2 | 1 | 1 | 1 | - '
    )
    ssh = bitbucket("o", action="\"SSH - git-upload-pack '/stash/stash.git'\"")
    found, calls = load(log(ssh, mesh, "torn | row"))
    assert (found.loaded, found.rejected) == (2, 1)
    assert [call["api"] for call in calls] == [
        "SSH - git-upload-pack",
        "HostingService/HttpBackend",
    ]
    assert calls[1]["user"] == "bob"


@pytest.mark.parametrize(
    "name",
    [
        "confluence_access.log", "confluence_access_post7.11.log", "jira_access.log",
        "jira_access_months.log", "jira_access_post9.4.log",
    ],
)  # fmt: skip
def test_real_logs_agree_with_their_truth(real_log, name):
    log = real_log("plaso_formats", name)
    assert log.loads[0].format == "atlassian"
    assert log.found == log.truth


def test_bitbuckets_real_log_agrees_but_for_the_row_that_came_in(real_log):
    log = real_log("plaso_formats", "atlassian-bitbucket-access.log")
    # On purpose: the truth counts rows. An `i@` row says that a request came in, its `o@` row that
    # it was answered (with the user and the status): counting both would double the usage.
    assert log.found == log.truth | {"calls": 7, "skipped": 1, "peak": 2}
