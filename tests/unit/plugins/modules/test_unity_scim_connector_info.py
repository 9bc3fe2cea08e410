# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_scim_connector_info: the connector as it is."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_scim_connector_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_scim_connector_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, HEADER, KEY_ID, ORG, SECRET, SSO, TOKEN, scim_list, sso

UNKNOWN = {"base_url": BASE_URL, "verified": None, "features": None, "users": None}


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{"organization_id": ORG, **given})


def test_without_credentials(http: ExactCalls, context: Context) -> None:
    assert run_info(options(), context) == {"changed": False, "connector": UNKNOWN, "enabled": None, "enforced": None}
    assert http.seen == []


@pytest.mark.parametrize("given", [{"access_token": TOKEN}, {"admin_key_id": KEY_ID, "admin_secret_key": SECRET}])
def test_with_an_owners_credentials(http: ExactCalls, context: Context, given: dict[str, str]) -> None:
    http.expect("GET", SSO, reply(sso(enforced=True)))
    assert run_info(options(**given), context) == {"changed": False, "connector": UNKNOWN, "enabled": True, "enforced": True}


def test_with_a_key(http: ExactCalls, context: Context) -> None:
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=3)), query={"startIndex": 1, "count": 1})
    http.expect("GET", BASE_URL + "/ServiceProviderConfig", reply({}))
    result = run_info(options(authorization_header=HEADER), context)
    assert_documented(unity_scim_connector_info, result)
    connector = result["connector"]
    assert (connector["verified"], connector["users"]) == (True, 3)


def test_another_base_url_is_warned_of(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    http.expect("GET", SSO, reply(sso(scim={"enabled": False, "enforced": False, "baseUrl": "https://other"})))
    result = run_info(options(access_token=TOKEN), context)
    assert (result["enabled"], len(warnings)) == (False, 1)


def test_a_bad_key(http: ExactCalls, context: Context) -> None:
    http.expect("GET", BASE_URL + "/Users", reply({"detail": "no"}, 401), query={"startIndex": 1, "count": 1})
    with pytest.raises(ApiError, match="HTTP 401"):
        run_info(options(authorization_header=HEADER), context)


def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    http.expect("GET", SSO, reply({}))
    with pytest.raises(AssumptionFailed):
        run_info(options(access_token=TOKEN), context)
