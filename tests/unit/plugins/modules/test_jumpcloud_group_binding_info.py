# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_group_binding_info: what is bound."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_group_binding_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_group_binding_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    ASSOCIATIONS,
    BOUND_PAGE,
    GROUPS_PAGE,
    JUMPCLOUD,
    V1_PAGE,
    application,
    edge,
    v1,
)


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", **given})


def expect_application(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)


def test_bound_groups_sorted_by_name(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", ASSOCIATIONS, reply([edge("g2"), edge("g1"), edge("gone")]), query=BOUND_PAGE)
    http.expect("GET", "/api/v2/usergroups", reply([{"id": "g1", "name": "Artists"}, {"id": "g2", "name": "Zoë"}]), query=GROUPS_PAGE)
    result = run_info(options(), context)
    assert result["groups"] == [{"id": "gone", "name": None}, {"id": "g1", "name": "Artists"}, {"id": "g2", "name": "Zoë"}]
    assert (result["changed"], result["application"]["id"]) == (False, APP_ID)
    assert_documented(jumpcloud_group_binding_info, result)
    assert "PRIVATE KEY" not in repr(result)


def test_where_nothing_is_bound_the_groups_are_not_read(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)
    assert run_info(options(), context)["groups"] == []


def test_another_organization(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with pytest.raises(ScimError, match="is expected"):
        run_info(options(expected_organization_id="f" * 24), context)


def test_another_shape(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", ASSOCIATIONS, reply({}), query=BOUND_PAGE)
    with pytest.raises(UnexpectedAnswer):
        run_info(options(), context)
