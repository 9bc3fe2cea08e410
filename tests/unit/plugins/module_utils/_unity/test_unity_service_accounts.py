# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to service accounts, roles and keys."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import open_gateway
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccount, ServiceAccounts
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, dropped, read_timeout, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in, unity
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    FIRST_PAGE,
    KEY_ID,
    SECRET,
    UNITY,
    account,
    key,
    paged,
    roles,
)

LIST = "https://services.api.unity.com" + ACCOUNTS
ONE = LIST + "/" + ACCOUNT_ID
KEYS = ONE + "/keys"
ROLES = ONE + "/organization-roles"
FOUND = ServiceAccount(ACCOUNT_ID, "JumpCloud SCIM", "", "2026-11-24T05:40:04Z")


@pytest.fixture
def gateway(context: Context) -> ServiceAccounts:
    return open_gateway(*unity(context, **UNITY))


def test_list_reads_all_pages(http: ExactCalls, gateway: ServiceAccounts) -> None:
    first = [account("a%d" % number, "id-%d" % number) for number in range(100)]
    http.expect("GET", LIST, reply(paged(*first, total=101)), query=FIRST_PAGE)
    http.expect("GET", LIST, reply(paged(account("last", "id-100", description=None, createdAt=None), total=101)), query={"limit": 100, "offset": 100})
    found = list(gateway.list())
    assert len(found) == 101
    assert found[-1] == ServiceAccount("id-100", "last", "", None)


def test_keys_on_a_second_page_are_not_missed(http: ExactCalls, gateway: ServiceAccounts) -> None:
    first = [{"id": "key-%d" % number, "name": "by hand", "createdAt": None} for number in range(100)]
    own = {"id": "key-100", "name": "unity_jumpcloud.scim 000000000000", "createdAt": "2026-11-24T05:40:04Z"}
    http.expect("GET", KEYS, reply(paged(*first, total=101)), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(own, total=101)), query={"limit": 100, "offset": 100})
    found = gateway.keys(ACCOUNT_ID)
    assert len(found) == 101 and found[-1] == Key("key-100", "2026-11-24T05:40:04Z", "unity_jumpcloud.scim 000000000000")


def test_create(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("POST", LIST, reply(account("Zoë"), 201), json={"name": "Zoë", "description": "For\n{{ JumpCloud }}"})
    assert gateway.create("Zoë", "For\n{{ JumpCloud }}").name == "Zoë"


@pytest.mark.parametrize("changes", [{"name": "New"}, {"description": ""}, {"name": "New", "description": "d"}])
def test_update(http: ExactCalls, gateway: ServiceAccounts, changes: dict[str, str]) -> None:
    http.expect("PATCH", ONE, reply(account()), json=changes)
    assert gateway.update(ACCOUNT_ID, changes) == FOUND


@pytest.mark.parametrize("answer", [reply(status=204), reply({"title": "Not Found", "code": 54}, 404)])
def test_delete(http: ExactCalls, gateway: ServiceAccounts, answer: t.Any) -> None:
    http.expect("DELETE", ONE, answer)
    gateway.delete(ACCOUNT_ID)


def test_roles_are_sorted_by_name(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("GET", ROLES, reply(roles("b", "a")))
    assert gateway.roles(ACCOUNT_ID) == ("a", "b")


def test_set_roles(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("PUT", ROLES, reply(roles("SCIM Authenticator")), json={"roles": [{"name": "SCIM Authenticator"}]})
    assert gateway.set_roles(ACCOUNT_ID, ["SCIM Authenticator"]) == ("SCIM Authenticator",)


def test_keys(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("GET", KEYS, reply(paged(key("k1", name="ours n1"), key("k2", None), {"id": "k3"}, key("k4", name=""))), query=FIRST_PAGE)
    date = "2026-11-24T05:40:04Z"
    assert gateway.keys(ACCOUNT_ID) == [Key("k1", date, "ours n1"), Key("k2", None, None), Key("k3", None), Key("k4", date, None)]


def test_create_key(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("POST", KEYS, reply({**key(name="ours n1"), "secretKey": SECRET}, 201), json={"name": "ours n1"})
    assert gateway.create_key(ACCOUNT_ID, "ours n1") == (Key(KEY_ID, "2026-11-24T05:40:04Z", "ours n1"), SECRET)


@pytest.mark.parametrize("answer", [dropped(), read_timeout(), reply({"title": "oops"}, 500), reply({"title": "gateway"}, 502)])
def test_creating_a_key_is_never_sent_twice(http: ExactCalls, gateway: ServiceAccounts, answer: t.Any) -> None:
    http.expect("POST", KEYS, answer, json={"name": "ours n1"})
    with pytest.raises(ApiError) as caught:
        gateway.create_key(ACCOUNT_ID, "ours n1")
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("answer", [reply(status=204), reply({"title": "Not Found", "code": 54}, 404)])
def test_revoke_key(http: ExactCalls, gateway: ServiceAccounts, answer: t.Any) -> None:
    http.expect("DELETE", KEYS + "/" + KEY_ID, answer)
    gateway.revoke_key(ACCOUNT_ID, KEY_ID)


def test_ids_cannot_leave_their_place_in_the_path(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("DELETE", LIST + "/..%2Fother%3F/keys/a%2Fb")
    gateway.revoke_key("../other?", "a/b")


CALLS: dict[str, tuple[str, str, t.Callable[[ServiceAccounts], t.Any], t.Any, list[t.Any]]] = {
    "list": ("GET", LIST, lambda gateway: list(gateway.list()), None, [[], {"results": []}, {"results": {}, "total": 0}, paged({"id": "1"}), paged({"id": 1})]),
    "create": ("POST", LIST, lambda gateway: gateway.create("n", "d"), {"name": "n", "description": "d"}, [{}, [], {**account(), "name": None}, None]),
    "update": ("PATCH", ONE, lambda gateway: gateway.update(ACCOUNT_ID, {"name": "n"}), {"name": "n"}, [{}, account(description=7)]),
    "roles": ("GET", ROLES, lambda gateway: gateway.roles(ACCOUNT_ID), None, [{}, [], {"roles": ["a"]}, {"roles": [{"name": "a"}]}]),
    "set_roles": ("PUT", ROLES, lambda gateway: gateway.set_roles(ACCOUNT_ID, ["a"]), {"roles": [{"name": "a"}]}, [{}, {"roles": None}]),
    "keys": (
        "GET",
        KEYS,
        lambda gateway: gateway.keys(ACCOUNT_ID),
        None,
        [[key()], {"results": [key()]}, paged({"createdAt": "x"}), paged({"id": "1", "name": 7})],
    ),
    "create_key": (
        "POST",
        KEYS,
        lambda gateway: gateway.create_key(ACCOUNT_ID, "n"),
        {"name": "n"},
        [key(), {"secretKey": SECRET}, {"id": "1", "secretKey": {"value": SECRET}}, {"id": "1", "name": 7, "secretKey": SECRET}],
    ),
}


@pytest.mark.parametrize("name, number", [(name, number) for name, call in CALLS.items() for number in range(len(call[4]))])
def test_an_answer_of_another_shape_fails(http: ExactCalls, gateway: ServiceAccounts, name: str, number: int) -> None:
    method, url, call, body, answers = CALLS[name]
    query = FIRST_PAGE if name in ("list", "keys") else None
    if body is None:
        http.expect(method, url, reply(answers[number]), query=query)
    else:
        http.expect(method, url, reply(answers[number]), json=body)
    with pytest.raises(UnexpectedAnswer) as caught:
        call(gateway)
    assert SECRET not in everything_in(caught.value)


def expect_missing(http: ExactCalls, name: str) -> t.Callable[[ServiceAccounts], t.Any]:
    """The service says, in its own form, that there is no such thing."""
    method, url, call, body, _answers = CALLS[name]
    answer = reply({"title": "Not Found", "detail": "No service account has the id.", "code": 54}, 404)
    if body is None:
        http.expect(method, url, answer, query=FIRST_PAGE if name == "keys" else None)
    else:
        http.expect(method, url, answer, json=body)
    return call


OF_ONE_ACCOUNT = [name for name in CALLS if name not in ("list", "create")]


@pytest.mark.parametrize("name", OF_ONE_ACCOUNT)
def test_an_account_that_is_gone_says_nothing_of_the_endpoint(http: ExactCalls, gateway: ServiceAccounts, name: str) -> None:
    call = expect_missing(http, name)
    http.expect("GET", LIST, reply(paged(account("Another", "another"))), query=FIRST_PAGE)
    with pytest.raises(ScimError, match='The service account "%s" was deleted meanwhile' % ACCOUNT_ID) as caught:
        call(gateway)
    assert not isinstance(caught.value, ApiError) and caught.value.hint == "Run again."


@pytest.mark.parametrize("name", OF_ONE_ACCOUNT)
def test_a_404_about_an_account_that_is_listed_is_the_endpoints(http: ExactCalls, gateway: ServiceAccounts, name: str) -> None:
    call = expect_missing(http, name)
    http.expect("GET", LIST, reply(paged(account())), query=FIRST_PAGE)
    with pytest.raises(ApiError) as caught:
        call(gateway)
    assert (caught.value.status, caught.value.endpoint is None) == (404, False)


def test_where_the_list_fails_too_its_error_counts(http: ExactCalls, gateway: ServiceAccounts) -> None:
    call = expect_missing(http, "roles")
    http.expect("GET", LIST, reply({"title": "no"}, 403), query=FIRST_PAGE)
    with pytest.raises(ApiError, match="list the service accounts: HTTP 403"):
        call(gateway)


MISSING_ROUTES = [reply({"title": "Api missing", "code": 4}, 404), text_reply("<html>", 404), reply(status=404), reply({"title": "no"}, 405)]


@pytest.mark.parametrize("answer", MISSING_ROUTES)
def test_a_missing_route_is_no_proof_that_a_thing_is_gone(http: ExactCalls, gateway: ServiceAccounts, answer: t.Any) -> None:
    http.expect("DELETE", KEYS + "/" + KEY_ID, answer)
    http.expect("DELETE", ONE, answer)
    with pytest.raises(UnexpectedAnswer, match="revoke the service account's key"):
        gateway.revoke_key(ACCOUNT_ID, KEY_ID)
    with pytest.raises(UnexpectedAnswer, match="delete the service account"):
        gateway.delete(ACCOUNT_ID)


@pytest.mark.parametrize("answer", MISSING_ROUTES)
def test_a_missing_route_has_created_nothing(http: ExactCalls, gateway: ServiceAccounts, answer: t.Any) -> None:
    http.expect("POST", KEYS, answer, json={"name": "n"})
    with pytest.raises(UnexpectedAnswer) as caught:
        gateway.create_key(ACCOUNT_ID, "n")
    assert caught.value.outcome == "refused"


def test_a_delete_through_a_page_of_a_proxy_is_no_success(http: ExactCalls, gateway: ServiceAccounts) -> None:
    http.expect("DELETE", ONE, reply({"title": "no"}, 403))
    with pytest.raises(ApiError, match="delete the service account"):
        gateway.delete(ACCOUNT_ID)
