# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_organization_info: the organization and its single sign-on settings."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_organization_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_organization_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, ORG, SSO, UNITY, sso

ORGANIZATION = "/api/unity/legacy/v1/organizations/" + ORG


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, **given})


def test_read(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ORGANIZATION, reply({"genesisId": ORG, "name": "Studio", "role": "owner"}))
    http.expect("GET", SSO, reply(sso()))
    result = run_info(options(), context)
    assert_documented(unity_organization_info, result)
    assert result == {
        "changed": False,
        "organization": {"id": ORG, "name": "Studio", "role": "owner"},
        "sso": {
            "enabled": True,
            "domains": [{"name": "example.com", "validated": True}],
            "scim": {"enabled": True, "enforced": False, "base_url": BASE_URL},
        },
    }


@pytest.mark.parametrize("answer", [reply({"genesisId": "999", "name": "Another"}), text_reply("<html>", 404), reply({"id": ORG})])
def test_another_organization_or_another_answer(http: ExactCalls, context: Context, answer: t.Any) -> None:
    http.expect("GET", ORGANIZATION, answer)
    with pytest.raises(AssumptionFailed) as caught:
        run_info(options(), context)
    assert "scim_provisioning_check_sso" in caught.value.manual_steps[-1]["do"]


def test_a_refusal_is_no_failed_assumption(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ORGANIZATION, reply({"title": "no"}, 401))
    with pytest.raises(ApiError) as caught:
        run_info(options(), context)
    assert not isinstance(caught.value, AssumptionFailed)


def test_the_expected_organization(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="is expected"):
        run_info(options(expected_organization_id="999"), context)
    assert http.seen == []
