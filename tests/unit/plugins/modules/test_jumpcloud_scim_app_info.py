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
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, reply, text_reply
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


@pytest.mark.parametrize(
    "answer, media_type, body",
    [
        (reply({"SENTINEL-4711": {"enabled": True}}), "application/json", {"a name (1-16)": {"enabled": "true or false"}}),
        (text_reply("<p>SENTINEL", media_type="text/html; charset=SENTINEL"), "text/html", "an HTML page (1-16)"),
        (text_reply("SENTINEL" * 9, 404, "application/x-sentinel"), "another one", "text that is not JSON, or JSON that was cut off (65-256)"),
        (reply(), None, "an empty body (0)"),
    ],
)
def test_what_another_answer_is_like(http: ExactCalls, context: Context, answer: Reply, media_type: str | None, body: t.Any) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, answer)
    with pytest.raises(AssumptionFailed) as caught:
        run_info(options(), context)
    error = caught.value.as_result()["error"]
    assert error["shape"] == {"status": answer.status, "media_type": media_type, "body": body}
    assert caught.value.endpoint == "GET /api/v2/applications/{id}/provision"
    assert "sentinel" not in str(error).lower()


def test_a_published_endpoint_has_no_shape(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply({"message": "no"}, 403), query=V1_PAGE)
    with pytest.raises(ScimError) as caught:
        run_info(options(), context)
    assert "shape" not in caught.value.as_result()["error"]
