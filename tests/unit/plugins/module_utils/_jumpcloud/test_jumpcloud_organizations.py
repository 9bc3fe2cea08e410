# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organizations that the credentials reach, and the guard against the wrong one."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import IncompleteList
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import (
    Organization,
    organization_ids,
    organizations_of_key,
    organizations_of_provider,
    require_reachable_organization,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import PAGE, V1_PAGE, v1

A, B = "a" * 24, "b" * 24
PROVIDER = "c" * 24
OF_PROVIDER = "/api/v2/providers/%s/organizations" % PROVIDER


def access(expected: str | None, chosen: str | None) -> JumpCloudAccess:
    return parse(JumpCloudAccess, params(JUMPCLOUD, expected_organization_id=expected, organization_id=chosen))


def test_organization_ids(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", "https://console.jumpcloud.com/api/organizations", reply(v1({"_id": A, "displayName": "One"}, {"_id": B})), query=V1_PAGE)
    assert organization_ids(console) == [A, B]


def test_without_an_expectation_nothing_is_asked(http: ExactCalls, console: HttpClient) -> None:
    require_reachable_organization(console, access(None, None))
    assert http.seen == []


@pytest.mark.parametrize("reachable, chosen", [([A], None), ([A], A), ([A, B], A)])
def test_the_expected_one(http: ExactCalls, console: HttpClient, reachable: list[str], chosen: str | None) -> None:
    http.expect("GET", "/api/organizations", reply(v1(*({"_id": found} for found in reachable))), query=V1_PAGE)
    require_reachable_organization(console, access(A, chosen))


@pytest.mark.parametrize(
    "reachable, chosen, shown",
    [([B], None, B), ([A, B], B, B), ([A, B], None, "%s, %s" % (A, B)), ([B], A, A), ([], None, "")],
)
def test_another_one(http: ExactCalls, console: HttpClient, reachable: list[str], chosen: str | None, shown: str) -> None:
    http.expect("GET", "/api/organizations", reply(v1(*({"_id": found} for found in reachable))), query=V1_PAGE)
    with pytest.raises(ScimError) as caught:
        require_reachable_organization(console, access(A, chosen))
    assert str(caught.value) == 'The JumpCloud credentials work in the organization "%s", but "%s" is expected. Nothing was changed.' % (shown, A)


# ---- the organizations themselves


def of_provider(first: int, rows: int, total: int) -> dict[str, t.Any]:
    return v1(*({"id": "%024x" % number, "name": "Customer %d" % number, "maxSystemUsers": 10} for number in range(first, first + rows)), total=total)


def test_organizations_of_a_key(http: ExactCalls, console: HttpClient) -> None:
    rows = [{"_id": A, "displayName": "One", "logoUrl": "https://example.com/one.png"}, {"_id": B, "displayName": None, "logoUrl": None}, {"_id": PROVIDER}]
    http.expect("GET", "/api/organizations", reply(v1(*rows)), query=V1_PAGE, without=("x-org-id",))
    assert organizations_of_key(console) == [Organization(A, "One", "https://example.com/one.png"), Organization(B), Organization(PROVIDER)]


def test_organizations_of_a_provider(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", OF_PROVIDER, reply(v1({"id": A, "name": "One", "maxSystemUsers": 25}, {"id": B})), query=PAGE, without=("x-org-id",))
    assert organizations_of_provider(console, PROVIDER) == [Organization(A, "One", max_system_users=25), Organization(B)]


def test_a_thousand_organizations_of_a_provider(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", OF_PROVIDER, reply(of_provider(0, 100, 1000)), query=PAGE)
    with http.in_any_order():
        for skip in range(100, 1000, 100):
            http.expect("GET", OF_PROVIDER, reply(of_provider(skip, 100, 1000)), query={**PAGE, "skip": skip})
    http.expect("GET", OF_PROVIDER, reply(v1(total=1000)), query={**PAGE, "skip": 1000})
    assert [one.id for one in organizations_of_provider(console, PROVIDER)] == ["%024x" % number for number in range(1000)]


def test_a_list_of_a_provider_that_is_not_whole(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", OF_PROVIDER, reply(of_provider(0, 3, 5)), query=PAGE)
    http.expect("GET", OF_PROVIDER, reply(v1(total=5)), query={**PAGE, "skip": 3, "limit": 2})
    http.expect("GET", OF_PROVIDER, reply(v1(total=5)), query={**PAGE, "skip": 3})
    with pytest.raises(IncompleteList, match="The list of organizations is not whole: the service showed 3, and at least 2 more are missing"):
        organizations_of_provider(console, PROVIDER)


@pytest.mark.parametrize(
    "status, hint",
    [
        (401, "API access is off by default"),
        (403, "They are shown to administrators of the provider, and to service accounts with the scope providers.readonly"),
        (404, "No such provider is known there. Check provider_id and region"),
        (402, "The JumpCloud subscription does not include this"),
    ],
)
def test_a_refusal_says_what_to_do(http: ExactCalls, console: HttpClient, status: int, hint: str) -> None:
    http.expect("GET", OF_PROVIDER, reply({"code": 7, "message": "no", "status": "NO"}, status), query=PAGE)
    with pytest.raises(ApiError) as caught:
        organizations_of_provider(console, PROVIDER)
    assert caught.value.sentence().startswith('JumpCloud: cannot list the organizations of the provider "%s": HTTP %d: no' % (PROVIDER, status))
    assert hint in caught.value.sentence() and "organization_id" not in caught.value.sentence()


def test_an_id_of_a_provider_is_no_path(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", "/api/v2/providers/..%2Fx%3Fy/organizations", reply(v1()), query=PAGE)
    assert organizations_of_provider(console, "../x?y") == []


@pytest.mark.parametrize("row", [{"displayName": "One"}, {"_id": 7}, {"_id": A, "displayName": 7}])
def test_odd_rows(http: ExactCalls, console: HttpClient, row: dict[str, t.Any]) -> None:
    http.expect("GET", "/api/organizations", reply(v1(row)), query=V1_PAGE)
    with pytest.raises(UnexpectedAnswer):
        organizations_of_key(console)


def test_an_odd_id(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": "../x"})), query=V1_PAGE)
    with pytest.raises(ScimError, match="is not 24 hexadecimal digits"):
        organizations_of_key(console)
