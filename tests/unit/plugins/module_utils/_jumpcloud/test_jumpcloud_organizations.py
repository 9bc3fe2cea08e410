# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organizations that the credentials reach, and the guard against the wrong one."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import organization_ids, require_reachable_organization
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import V1_PAGE, v1

A, B = "a" * 24, "b" * 24


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
