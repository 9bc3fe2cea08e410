# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_scim_user_info: who is provisioned."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_scim_user_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_scim_user_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, HEADER, ORG, SECRET, scim_list, scim_user

USERS = BASE_URL + "/Users"
PAGE = {"startIndex": 1, "count": 100}


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{"organization_id": ORG, "authorization_header": HEADER, **given})


def by_email(email: str) -> str:
    return 'userName eq "%s"' % email


def expect_end(http: ExactCalls, seen: int, **query: t.Any) -> None:
    """The proof that there are no more."""
    http.expect("GET", USERS, reply(scim_list(total=seen)), query={**PAGE, **query, "startIndex": seen + 1})


def test_all_users_sorted(http: ExactCalls, context: Context) -> None:
    http.expect("GET", USERS, reply(scim_list(scim_user("2", "Bob"), scim_user("1", "ada"), scim_user("0", "bob"))), query=PAGE)
    expect_end(http, 3)
    result = run_info(options(), context)
    assert_documented(unity_scim_user_info, result)
    assert ([user["id"] for user in result["users"]], result["changed"]) == (["1", "0", "2"], False)


def test_by_email(http: ExactCalls, context: Context) -> None:
    ada = scim_user("1", "ada@example.com", emails=[{"value": "al@example.com"}])
    http.expect("GET", USERS, reply(scim_list(ada)), query={**PAGE, "filter": by_email("ada@example.com")})
    http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "filter": by_email("al@example.com")})
    # that a filter finds nobody is confirmed by the list, once for all addresses
    http.expect("GET", USERS, reply(scim_list(ada)), query=PAGE)
    expect_end(http, 1)
    result = run_info(options(emails=["ada@example.com", "al@example.com", "bob@example.com"]), context)
    assert [user["id"] for user in result["users"]] == ["1"], "once, though two addresses found it"


def test_no_emails_is_nobody(http: ExactCalls, context: Context) -> None:
    assert run_info(options(emails=[]), context)["users"] == []
    assert http.seen == []


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"authorization_header": None}, "No key for Unity's SCIM service"),
        ({"authorization_header": None, "key_id": "a"}, "only the key ID was given."),
        ({"authorization_header": None, "secret_key": "b-secret-0123"}, "Of the key for Unity.s SCIM service, only the secret key was given."),
        ({"authorization_header": "Bearer " + SECRET}, "authorization header value"),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"expected_organization_id": "999"}, "is expected"),
    ],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run_info(options(**given), context)
    assert http.seen == []


def test_filter_attributes_and_page_size_are_sent(http: ExactCalls, context: Context) -> None:
    sent = {"startIndex": 1, "count": 2, "filter": "active eq false", "attributes": "id,userName,name.givenName"}
    first = scim_list(scim_user("2", "Bob", active=False, name={"givenName": "Bob"}), scim_user("1", "ada"), total=3)
    http.expect("GET", USERS, reply(first), query=sent)
    http.expect("GET", USERS, reply(scim_list(scim_user("3", "cleo"), total=3)), query={**sent, "startIndex": 3})
    result = run_info(options(filter="active eq false", attributes=["name.givenName", "userName"], page_size=2), context)
    names = [(user["user_name"], user["given_name"], user["family_name"]) for user in result["users"]]
    assert names == [("ada", None, None), ("Bob", "Bob", None), ("cleo", None, None)]
    assert result["total"] == 3


def test_attributes_and_page_size_with_emails(http: ExactCalls, context: Context) -> None:
    """The addresses are asked for as well: they are compared. A service that does not know the filter gets the rest all the same."""
    sent = {"startIndex": 1, "count": 2, "attributes": "id,userName,active,emails"}
    http.expect("GET", USERS, reply({"scimType": "invalidFilter"}, 400), query={**sent, "filter": by_email("ada@example.com")})
    http.expect("GET", USERS, reply(scim_list(scim_user("1", "x", emails=[{"value": "ADA@example.com"}]))), query=sent)
    expect_end(http, 1, **{name: value for name, value in sent.items() if name != "startIndex"})
    result = run_info(options(emails=["ada@example.com"], attributes=["active"], page_size=2), context)
    assert [user["id"] for user in result["users"]] == ["1"] and result["total"] is None


def test_the_limit_counts_users_not_addresses(http: ExactCalls, context: Context) -> None:
    ada, bob = scim_user("1", "ada@example.com"), scim_user("2", "bob@example.com")
    for _again in range(2):
        http.expect("GET", USERS, reply(scim_list(ada)), query={**PAGE, "filter": by_email("ada@example.com")})
    http.expect("GET", USERS, reply(scim_list(bob)), query={**PAGE, "filter": by_email("bob@example.com")})
    found = run_info(options(emails=["ada@example.com", "ada@example.com", "bob@example.com", "cleo@example.com"], limit=2), context)
    assert [user["id"] for user in found["users"]] == ["1", "2"]


@pytest.mark.parametrize(
    "given, message",
    [
        ({"filter": " "}, "filter must not be empty"),
        ({"attributes": ["name", "a,b"]}, 'attributes must be names such as name.givenName, and "a,b" is none'),
        ({"attributes": [""]}, "attributes must be names"),
        ({"attributes": ["a b"]}, "attributes must be names"),
    ],
)
def test_what_can_not_be_asked_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(ScimError, match=message):
        run_info(options(**given), context)
    assert http.seen == []


def test_an_attribute_of_an_extension(http: ExactCalls, context: Context) -> None:
    name = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref"
    http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "attributes": "id,userName," + name})
    assert run_info(options(attributes=[name]), context)["total"] == 0


def test_emails_and_a_filter(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_main(unity_scim_user_info.main, capsys, organization_id=ORG, emails=["a@b"], filter="active eq true")
    assert result["failed"] and result["msg"] == "parameters are mutually exclusive: emails|filter"


@pytest.mark.parametrize("limit, pages, found", [(0, 0, []), (1, 1, ["2"]), (3, 2, ["1", "2", "3"])])
def test_a_limit_ends_the_reading(http: ExactCalls, context: Context, limit: int, pages: int, found: list[str]) -> None:
    rows = [scim_list(scim_user("2", "bob"), scim_user("1", "ada"), total=9), scim_list(scim_user("3", "cleo"), total=9)]
    for number in range(pages):
        http.expect("GET", USERS, reply(rows[number]), query=[PAGE, {"startIndex": 3, "count": 7}][number])
    assert [user["id"] for user in run_info(options(limit=limit), context)["users"]] == found


def test_a_filter_that_the_service_does_not_know(http: ExactCalls, context: Context) -> None:
    http.expect("GET", USERS, reply({"detail": "Invalid filter", "scimType": "invalidFilter"}, 400), query={**PAGE, "filter": "shoe eq 42"})
    with pytest.raises(ApiError) as caught:
        run_info(options(filter="shoe eq 42"), context)
    assert "HTTP 400: Invalid filter." in caught.value.sentence() and "Which filters Unity knows is not published" in caught.value.sentence()


@pytest.mark.parametrize("name, value, message", [("page_size", 0, "page_size must be at least 1, not 0."), ("limit", -1, "limit must be at least 0, not -1.")])
def test_sizes_that_make_no_sense(http: ExactCalls, context: Context, name: str, value: int, message: str) -> None:
    with pytest.raises(ScimError, match=message):
        run_info(options(**{name: value}), context)
    assert http.seen == []


def test_six_addresses_are_one_list_where_filters_are_refused(http: ExactCalls, context: Context) -> None:
    http.expect("GET", USERS, reply({"detail": "no"}, 501), query={**PAGE, "filter": by_email("a0@example.com")})
    users = [scim_user("u%d" % number, "A%d@Example.com" % number) for number in range(4)]
    http.expect("GET", USERS, reply(scim_list(*users)), query=PAGE)
    expect_end(http, 4)
    found = run_info(options(emails=["a%d@example.com" % number for number in range(6)]), context)["users"]
    assert [user["id"] for user in found] == ["u0", "u1", "u2", "u3"]


def test_an_odd_entry_does_not_cost_the_others(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    odd = [{"id": "invited"}, scim_user("2", "bob", emails=["plain@example.com", None], active="False", externalId=7), scim_user("3", "cleo", emails=None)]
    http.expect("GET", USERS, reply(scim_list(*odd)), query=PAGE)
    expect_end(http, 3)
    found = run_info(options(), context)["users"]
    shown = [(user["user_name"], user["emails"], user["active"], user["external_id"]) for user in found]
    assert shown == [("bob", ["plain@example.com"], False, "7"), ("cleo", [], None, None)]
    assert warnings == ["1 entry of Unity's list of users (\"invited\") can't be read, without an id or a userName, and is left out."]


def test_nobody_is_looked_up_in_a_list_with_odd_entries(http: ExactCalls, context: Context) -> None:
    http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "filter": by_email("ada@example.com")})
    http.expect("GET", USERS, reply(scim_list({"id": "invited"})), query=PAGE)
    expect_end(http, 1)
    with pytest.raises(ScimError, match=r"1 entry of Unity's list of users \(\"invited\"\) can't be read"):
        run_info(options(emails=["ada@example.com"]), context)
