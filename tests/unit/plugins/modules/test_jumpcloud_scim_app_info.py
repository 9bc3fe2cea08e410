# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_scim_app_info: an application and its identity management."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_scim_app_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_scim_app_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    JC_ORG,
    JUMPCLOUD,
    PROVISION,
    V1_PAGE,
    application,
    configuration,
    v1,
)


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", "method": "api", **given})


def expect_application(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)


def test_configured(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, reply(configuration()))
    result = run_info(options(), context)
    assert result["identity_management"]["status"] == "active"
    assert (result["application"]["id"], result["changed"]) == (APP_ID, False)
    assert_documented(jumpcloud_scim_app_info, result)
    assert "PRIVATE KEY" not in repr(result)


def test_not_configured(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications/" + APP_ID, reply(application()))
    http.expect("GET", PROVISION, reply({"message": "Not configured"}, 404))
    assert run_info(options(application=None, application_id=APP_ID), context)["identity_management"] is None


def test_twins(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application(), application(app_id="f" * 24))), query=V1_PAGE)
    with pytest.raises(ScimError, match="2 applications labelled"):
        run_info(options(), context)


def test_another_organization(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with pytest.raises(ScimError, match="but .* is expected. Nothing was changed"):
        run_info(options(expected_organization_id="f" * 24), context)


def test_the_expected_organization(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, reply({"message": "Not configured"}, 404))
    assert run_info(options(expected_organization_id=JC_ORG), context)["identity_management"] is None


@pytest.mark.parametrize("answer", [text_reply("<html>"), text_reply("<html>", 404), reply([]), reply(configuration(status="on"))])
def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, answer)
    with pytest.raises(AssumptionFailed) as caught:
        run_info(options(), context)
    assert caught.value.manual_steps[-1]["do"] == "Select Activate."
