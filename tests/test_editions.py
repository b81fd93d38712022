"""The editions are the vendors' tables: every number here was copied from them by hand."""

import pytest

from credits import CreditsError
from credits.editions import edition, editions

TABLE = {  # base limit, credits per user, cap, concurrent calls, add-ons
    "Bigin Free": (5_000, 0, 5_000, None, False),
    "Bigin Express": (50_000, 250, 100_000, None, False),
    "Bigin Premier": (50_000, 250, 100_000, None, False),
    "Bigin Zoho One": (50_000, 250, 100_000, None, False),
    "Zoho CRM Free": (5_000, 0, 5_000, 5, False),
    "Zoho CRM Standard": (50_000, 250, 100_000, 10, True),
    "Zoho CRM Starter": (50_000, 250, 100_000, 10, True),
    "Zoho CRM Professional": (50_000, 500, 3_000_000, 15, True),
    "Zoho CRM Enterprise": (50_000, 1_000, 5_000_000, 20, True),
    "Zoho CRM Zoho One": (50_000, 1_000, 5_000_000, 20, True),
    "Zoho CRM Ultimate": (50_000, 2_000, None, 25, True),
    "Zoho CRM CRM Plus": (50_000, 2_000, None, 25, True),
}


def test_the_editions_are_those_of_the_vendors_tables():
    """Every edition, with its numbers, in the vendors' order."""
    assert {
        each.name: (
            each.base_limit,
            each.credits_per_user,
            each.cap,
            each.concurrent_calls,
            each.add_ons,
        )
        for each in editions()
    } == TABLE


def test_every_edition_says_where_its_numbers_come_from():
    assert all(each.source.startswith("https://") and each.as_of for each in editions())


@pytest.mark.parametrize(
    ("name", "users", "allowance"),
    [
        ("Bigin Express", 10, 52_500),
        ("Bigin Express", 199, 99_750),
        ("Bigin Express", 200, 100_000),
        ("Bigin Express", 201, 100_000),
        ("Bigin Free", 0, 5_000),
        ("Bigin Free", 1_000, 5_000),
        ("Zoho CRM Ultimate", 1_000_000, 2_000_050_000),
    ],
)
def test_users_add_credits_up_to_the_cap(name, users, allowance):
    assert edition(name).plan(users).allowance == allowance


def test_add_on_credits_count_where_they_are_sold():
    assert edition("Zoho CRM Standard").plan(10, add_on=25_000).allowance == 77_500


def test_add_on_credits_are_refused_where_none_are_sold():
    with pytest.raises(CreditsError, match="Bigin Free"):
        edition("Bigin Free").plan(10, add_on=1)


def test_an_edition_is_found_whatever_its_case():
    assert edition(" bigin express ").edition == "Express"


def test_an_unknown_edition_is_answered_with_the_known_ones():
    with pytest.raises(CreditsError, match="Bigin Premier"):
        edition("Bigin Platinum")


EXPRESS = """
[[edition]]
vendor = "A"
edition = "B"
base_limit = 1
credits_per_user = 2
add_ons = false
source = "https://example.com"
as_of = 2026-08-13
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (EXPRESS + EXPRESS, "twice"),
        (EXPRESS.replace("base_limit = 1", ""), "base_limit"),
        (EXPRESS.replace("base_limit = 1", "base_limit = -1"), "base_limit"),
        (EXPRESS.replace("base_limit = 1", "base_limit = 1.5"), "base_limit"),
        (EXPRESS.replace("false", '"no"'), "add_ons"),
        (EXPRESS.replace("as_of = 2026-08-13", 'as_of = "today"'), "as_of"),
        (EXPRESS.replace('vendor = "A"', ""), "vendor"),
        (EXPRESS + "basis = 3", "basis"),
        ("edition = 3", "edition"),
    ],
)
def test_a_file_that_is_no_list_of_editions_is_answered_with_a_sentence(tmp_path, text, says):
    path = tmp_path / "plans.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CreditsError, match=says):
        editions(path)
