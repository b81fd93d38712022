"""A path becomes the API it calls, the same in Python as in SQL."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credits.formats.paths import LONGEST, fold, fold_sql, key_sql, parameters_sql

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def in_sql(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> list[str]:
    sql = f"SELECT {fold_sql(key_sql('p'))} FROM (SELECT unnest(?::VARCHAR[]) AS p)"
    return [row[0] for row in connection.execute(sql, [paths]).fetchall()]


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/Contacts", "/Contacts"),
        ("/Contacts/4150868000000624042", "/Contacts/{id}"),
        ("/Contacts/4150868000000624042/Notes?page=2", "/Contacts/{id}/Notes"),
        ("/v1/a/1/2/3", "/v1/a/{id}/{id}/{id}"),
        ("/v2.1/a", "/v2.1/a"),
        ("/api/v8/", "/api/v8/"),
        (f"/a/{UUID}", "/a/{id}"),
        (f"/a/{UUID.upper()}/b", "/a/{id}/b"),
        (f"/a/%7B{UUID}%7D", "/a/{id}"),
        ("/a/d41d8cd98f00b204e9800998ecf8427e", "/a/{id}"),
        ("/a/deadbeef", "/a/{id}"),
        ("/a/deadbee", "/a/deadbee"),
        ("/a/12.json", "/a/{id}.json"),
        ("/invoices/INV-000123", "/invoices/{id}"),
        ("/a/2026-01-05/b", "/a/{date}/b"),
        ("/a/2026-01-05T10:00:00Z", "/a/{date}"),
        ("/users/ada@example.org/mail", "/users/{email}/mail"),
        ("/users/ada%40example.org", "/users/{email}"),
        ("/t/AbCdEfGhIjKlMnOpQrSt1", "/t/{id}"),
        ("/v1/customers/cus_NfgrFeUfNV2Hib/sources", "/v1/customers/{id}/sources"),
        ("/v1/charges/ch_3Mmlo2eZvKYlo2C", "/v1/charges/{id}"),
        ("/v1/rpc/get_oauth2token", "/v1/rpc/get_oauth2token"),
        ("/v1/rpc/get_report2024", "/v1/rpc/get_report2024"),
        ("/v1/rpc/list_allTheTransactions", "/v1/rpc/list_allTheTransactions"),
        ("/t/a-readable-title-of-an-article", "/t/a-readable-title-of-an-article"),
        ("https://api.example.org/v1/a/1?x=1#top", "/v1/a/{id}"),
        ("https://api.example.org", "/"),
        ("https://12345", "/"),
        ("", "/"),
        ("/", "/"),
        ("?x=1", "/"),
        ("/a;jsessionid=1234", "/a"),
        ("/a//b", "/a//b"),
        ("*", "*"),
    ],
)
def test_ids_dates_and_queries_are_folded_away(connection, path: str, api: str):
    assert fold(path) == api
    assert in_sql(connection, [path]) == [api]


PIECES = st.sampled_from(
    [
        *("a", "Contacts", "v2", "v2.1", "12", "4150868000000624042", UUID, UUID[:8], "INV-000123"),
        *("2026-01-05", "2026-01-05T10:00Z", "ada@example.org", "x%40y.de", "12.json", "x.html"),
        *(
            "AbCdEfGhIjKlMnOpQrSt1",
            "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-1",
            "é",
            "١٢٣",
            "\uff11\uff12",
            "x" * 80,
        ),
        *(
            "",
            ".",
            "..",
            "?",
            "#",
            ";jsessionid=1",
            "?a=/1/2",
            "#/3",
            "{id}",
            "%7B",
            "1\n",
            "\n",
            " ",
        ),
    ]
)
PATHS = st.one_of(
    st.lists(PIECES, max_size=7).map(lambda pieces: "/" + "/".join(pieces)),
    st.lists(PIECES, max_size=5).map("".join),
    st.lists(PIECES, max_size=5).map(lambda pieces: "https://host:80" + "/".join(pieces)),
    st.text("ab12/?#@.%-{}:é ", max_size=30),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
)


@settings(max_examples=150)
@given(st.lists(PATHS, min_size=1, max_size=40))
@example(paths=["https://12345", "http://1?2", "/" + "a" * (LONGEST - 3) + "/123456"])
def test_python_and_sql_fold_alike(connection, paths: list[str]):
    assert in_sql(connection, paths) == [fold(path) for path in paths]


@given(PATHS)
def test_an_api_has_no_query_and_is_no_longer_than_it_may_be(path: str):
    api = fold(path)
    assert api
    assert not set("?#") & set(api)
    assert len(api) <= 2 * LONGEST


@given(PATHS)
def test_folding_an_api_again_changes_nothing(path: str):
    api = fold(path)
    if len(api) <= LONGEST and "://" not in api:
        assert fold(api) == api


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/a?cvid=1", "cvid"),
        ("/a?x=1&cvid", "cvid"),
        ("/a?xcvid=1", None),
        ("/a?cvidx=1", None),
        ("/cvid", None),
        ("/a?page=2&cvid=1", "cvid&page"),
    ],
)
def test_the_parameters_that_tell_calls_apart_are_found(connection, path: str, found: str | None):
    sql = f"SELECT {parameters_sql('p', ['page', 'cvid'])} FROM (SELECT ? AS p)"
    assert connection.execute(sql, [path]).fetchall() == [(found,)]


def test_without_parameters_to_look_for_there_are_none(connection):
    assert connection.execute(f"SELECT {parameters_sql('p', [])}").fetchall() == [(None,)]
