"""A rate card prices calls as the vendor's table says, and says clearly when it can't be read."""

import time
from decimal import Decimal

import pytest

from credits import CreditsError, rates
from credits.rates import Rate

BIGIN = rates.load("bigin")


def cost(api, records=None, method=None, parameters=()):
    return BIGIN.rate(api, method, parameters).cost(records)


@pytest.mark.parametrize(
    "api",
    [
        "GET /bigin/v2/users",
        "GET /bigin/v2/users/{id}",
        "GET /bigin/v2/settings/roles",
        "GET /bigin/v2/settings/profiles",
        "GET /bigin/v2/settings/modules",
        "GET /bigin/v2/settings/modules/Contacts",
        "GET /bigin/v2/settings/fields",
        "Get Users",
        "getRoles",
        "Get Profiles",
        "Get list of modules",
        "Get Field Metadata",
        "modules.get",
    ],
)
def test_users_roles_profiles_modules_and_metadata_cost_one_credit(api):
    assert cost(api) == (1, False)


@pytest.mark.parametrize(
    ("api", "parameters", "credits_"),
    [
        ("GET /bigin/v2/Contacts", ["fields", "cvid"], 3),
        ("GET /bigin/v2.1/Contacts", ["CVID"], 3),
        ("Get Records", ["cvid"], 3),
        ("Get records with cvid", [], 3),
        ("GET /bigin/v2/Contacts", ["fields"], 1),
        ("GET /bigin/v2/Contacts", [], 1),
        ("Get Records", [], 1),
        ("GET /bigin/v2/Contacts/{id}", ["cvid"], 1),
        ("GET /bigin/v2/users", ["cvid"], 1),
        ("DELETE /bigin/v2/Contacts", ["cvid"], 1),
    ],
)
def test_getting_records_costs_three_credits_with_cvid_alone(api, parameters, credits_):
    assert cost(api, parameters=parameters) == (credits_, False)


WRITES = [
    "POST /bigin/v2/Contacts",
    "POST /bigin/v1/Pipelines/",
    "POST https://www.zohoapis.eu/bigin/v2/Contacts",
    "PUT /bigin/v2/Contacts",
    "PUT /bigin/v2/Contacts/{id}",
    "POST /bigin/v2/Contacts/upsert",
    "Insert Records",
    "insertRecords",
    "update_records",
    "Upsert Records",
    "Contacts.insert",
    "Contacts.update",
]


@pytest.mark.parametrize("api", WRITES)
@pytest.mark.parametrize(
    ("records", "credits_"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (99, 10), (100, 10)]
)
def test_inserting_and_updating_cost_one_credit_for_each_started_ten(api, records, credits_):
    assert cost(api, records) == (credits_, False)


TAGS = [
    "POST /bigin/v2/Contacts/actions/add_tags",
    "POST /bigin/v2/Contacts/actions/remove_tags",
    "POST /bigin/v2/Contacts/{id}/actions/add_tags",
    "POST /bigin/v2/Contacts/{id}/actions/remove_tags",
    "Add Tags to Multiple Records",
    "removeTags",
    "Contacts.add_tag",
]


@pytest.mark.parametrize("api", TAGS)
@pytest.mark.parametrize(
    ("records", "credits_"), [(1, 1), (50, 1), (51, 2), (100, 2), (101, 3), (500, 10)]
)
def test_tags_cost_one_credit_for_each_started_fifty(api, records, credits_):
    assert cost(api, records) == (credits_, False)


@pytest.mark.parametrize(("api", "most"), [(WRITES[0], 100), (WRITES[4], 100), (TAGS[0], 500)])
def test_a_call_never_costs_more_than_the_most_records_it_can_carry(api, most):
    assert [cost(api, records) for records in (most, most + 1, 10**12)] == [(10, False)] * 3


@pytest.mark.parametrize("api", WRITES + TAGS)
def test_records_that_the_log_does_not_tell_cost_the_minimum_and_are_assumed(api):
    assert cost(api, None) == (1, True)


@pytest.mark.parametrize("records", [0, -5])
def test_no_records_cost_the_minimum_and_nothing_is_assumed(records):
    assert cost("Insert Records", records) == (1, False)


@pytest.mark.parametrize(
    ("api", "credits_"),
    [
        ("POST /bigin/bulk/v2/read", 50),
        ("POST /bigin/bulk/v2/write", 500),
        ("Create Bulk Read Job", 50),
        ("Bulk read, initialize", 50),
        ("bulkRead", 50),
        ("Create Bulk Write Job", 500),
        ("Bulk Write Initialise", 500),
    ],
)
def test_beginning_a_bulk_job_costs_fifty_to_read_and_five_hundred_to_write(api, credits_):
    assert cost(api, 25_000) == (credits_, False)


@pytest.mark.parametrize(
    "api",
    [
        "GET /bigin/bulk/v2/read/{id}",
        "GET /bigin/bulk/v2/read/{id}/result",
        "GET /bigin/bulk/v2/write/{id}",
        "Get Bulk Read Job Details",
        "Get the Status of the Bulk Write Job",
        "Download Bulk Read Result",
        "POST /bigin/v2/upload",
    ],
)
def test_asking_after_a_bulk_job_and_uploading_for_it_cost_one_credit(api):
    assert cost(api) == (1, False)


@pytest.mark.parametrize(
    "api",
    [
        "POST /bigin/v2/settings/tags",
        "PUT /bigin/v2/settings/tags/{id}",
        "POST /bigin/v2/users",
        "PUT /bigin/v2/users/{id}",
        "POST /bigin/v2/coql",
        "POST /bigin/v2/files",
        "POST /bigin/v2/actions/watch",
        "PUT /bigin/v2/actions/watch",
        "POST /bigin/v2/Contacts/{id}/Notes",
        "POST /bigin/v2/Contacts/{id}/Attachments",
        "DELETE /bigin/v2/Contacts",
        "GET /bigin/v2/Contacts/search",
        "POST /elsewhere/v2/Contacts",
        "Update User",
        "updateField",
        "getUpdatedRecords",
        "Add Stage",
        "Send Mail",
        "(unknown)",
        "",
    ],
)
def test_what_the_table_does_not_list_costs_one_credit_however_many_records(api):
    assert cost(api, 100) == (1, False)


@pytest.mark.parametrize(
    ("api", "method", "credits_"),
    [
        ("/bigin/v2/Contacts", "post", 2),
        ("/bigin/v2/Contacts", "GET", 1),
        ("/bigin/v2/Contacts", None, 1),
        ("POST /bigin/v2/Contacts", "GET", 2),
        ("Insert Records", "POST", 2),
        ("Insert Records", "GET", 1),
    ],
)
def test_a_path_needs_its_method_and_a_name_must_not_contradict_it(api, method, credits_):
    assert cost(api, 11, method) == (credits_, False)


def test_refused_calls_are_free_and_failed_calls_are_not():
    assert [BIGIN.is_free(status) for status in ("429", 429, "200", 500, "", None)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_the_card_says_where_its_numbers_come_from():
    assert BIGIN.source.startswith("https://")
    assert BIGIN.as_of.year >= 2026


@pytest.mark.parametrize(
    "api",
    [
        "POST " + "/bigin/v2" * 50_000,
        "POST /bigin/v2/" + "/" * 400_000 + "x",
        "insert" * 50_000,
        "initialibulk" * 30_000,
        "add\n" * 100_000,
    ],
)
def test_a_hostile_name_is_priced_in_one_pass(api):
    """Backtracking would take minutes; a pass takes a fraction of a second."""
    start = time.perf_counter()
    cost(api)
    assert time.perf_counter() - start < 5


CARD = """
name = "mine"
title = "Mine"
source = "https://example.com"
as_of = 2026-08-13
"""


@pytest.fixture
def card(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(CARD + text, encoding="utf-8")
        return rates.load(path)

    return write


def test_the_first_rule_that_matches_decides(card):
    mine = card(
        """
        [default]
        name = "Rest"
        credits = 7
        [[rule]]
        name = "One"
        paths = ["/a/*"]
        credits = 2
        [[rule]]
        name = "All"
        paths = ["/a/**"]
        credits = 3
        """
    )
    apis = ["GET /a/b", "GET /a/b/c", "GET /a", "GET /ab", "GET /"]
    assert [mine.rate(api).rule for api in apis] == ["One", "All", "All", "Rest", "Rest"]


def test_fractions_of_a_credit_stay_exact(card):
    mine = card('[[rule]]\nname = "A"\noperations = ["*"]\ncredits = 0.1\nper_records = 1')
    assert mine.rate("a").cost(3) == (Decimal("0.3"), False)


def test_a_card_without_a_default_prices_a_call_at_one_credit(card):
    assert card("").rate("anything") == Rate("Any API", 1)


def test_the_smaller_of_two_limits_holds(card):
    rule = '[[rule]]\nname = "A"\noperations = ["*"]\ncredits = 2\nper_records = 10\n'
    limits = "max_records = 100\nmax_credits = {}"
    assert card(rule + limits.format(8)).rate("a").max_credits == 8
    assert card(rule + limits.format(30)).rate("a").max_credits == 20


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("oops", "TOML"),
        ("colour = 1", "colour"),
        ('[[rule]]\nname = "A"', "credits"),
        ("[[rule]]\ncredits = 1", "name"),
        ('[[rule]]\nname = "A"\ncredits = -1', "credits"),
        ('[[rule]]\nname = "A"\ncredits = nan', "credits"),
        ('[[rule]]\nname = "A"\ncredits = "1"', "credits"),
        ('[[rule]]\nname = "A"\ncredits = true', "credits"),
        ('[[rule]]\nname = "A"\ncredits = 1\nper_records = 0', "per_records"),
        ('[[rule]]\nname = "A"\ncredits = 1\nmax_records = 5', "per_records"),
        ('[[rule]]\nname = "A"\ncredits = 1\nmethod = ["GET"]', "method"),
        ('[[rule]]\nname = "A"\ncredits = 1\nmethods = "GET"', "methods"),
        ('[[rule]]\nname = "A"\ncredits = 1\npaths = ["/a/**/b"]', r"\[\[rule\]\] 1: .*segment"),
        ('[[rule]]\nname = "A"\ncredits = 1\npaths = ["a"]', "slash"),
        ("rule = 1", "rule"),
        ("default = 1", "default"),
    ],
)
def test_a_file_that_is_no_rate_card_is_answered_with_a_sentence(card, text, says):
    with pytest.raises(CreditsError, match=says):
        card(text)


def test_a_card_must_carry_its_source(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\ntitle = "Mine"\nas_of = 2026-08-13', encoding="utf-8")
    with pytest.raises(CreditsError, match="source"):
        rates.load(path)


def test_a_card_that_is_not_text_is_answered_with_a_sentence(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CreditsError, match="TOML"):
        rates.load(path)


@pytest.mark.parametrize("name", ["biggin", "", "../rates/bigin", "nowhere.toml"])
def test_an_unknown_card_is_answered_with_the_known_ones(name):
    assert "bigin" in rates.names()
    with pytest.raises(CreditsError, match="bigin"):
        rates.load(name)
