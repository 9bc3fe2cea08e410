# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_user_info: people by email."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_user_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_user_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import JC_ORG, JUMPCLOUD, V1_PAGE, v1


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "emails": ["ada@example.com", "Ada@Example.com"], **given})


def expect_users(http: ExactCalls) -> None:
    for _unused in range(2):
        http.expect("GET", "/api/systemusers", reply(v1({"_id": "u1", "email": "ada@example.com"})), query={**V1_PAGE, "filter": "email:$eq:ada@example.com"})


def test_users(http: ExactCalls, context: Context) -> None:
    expect_users(http)
    users = [{"id": "u1", "email": "ada@example.com", "username": None, "state": None, "suspended": None}]
    result = run_info(options(), context)
    assert_documented(jumpcloud_user_info, result)
    assert result == {"changed": False, "users": users}


def test_the_expected_organization_comes_first(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": JC_ORG})), query=V1_PAGE, without=("x-org-id",))
    expect_users(http)
    assert len(run_info(options(expected_organization_id=JC_ORG), context)["users"]) == 1


def test_another_organization(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": "f" * 24})), query=V1_PAGE)
    with pytest.raises(ScimError, match="is expected. Nothing was changed"):
        run_info(options(expected_organization_id=JC_ORG), context)


def test_no_credentials(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="No credentials for JumpCloud"):
        run_info(options(api_key=None), context)
    assert http.seen == []
