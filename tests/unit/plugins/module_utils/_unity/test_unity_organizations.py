# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to the organization and its single sign-on settings."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_connector import open_organizations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.organizations import Organization, Organizations, Sso
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import unity
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, ORG, SSO, UNITY, sso

ORGANIZATION = "https://services.unity.com/api/unity/legacy/v1/organizations/" + ORG
SETTINGS = "https://services.api.unity.com" + SSO


@pytest.fixture
def gateway(context: Context) -> Organizations:
    return open_organizations(*unity(context, **UNITY))


@pytest.mark.parametrize("role", ["owner", None])
def test_read(http: ExactCalls, gateway: Organizations, role: str | None) -> None:
    http.expect("GET", ORGANIZATION, reply({"id": "7", "genesisId": ORG, "name": "Zoë's studio", "role": role}))
    found = gateway.read()
    assert found == Organization(ORG, "Zoë's studio", role)
    assert found.as_result() == {"id": ORG, "name": "Zoë's studio", "role": role}


@pytest.mark.parametrize(
    "body, got",
    [
        ({"genesisId": "99", "name": "Another"}, "another organization"),
        ({"id": ORG, "name": "Studio"}, "none"),
        ({"genesisId": int(ORG), "name": "Studio"}, "a whole number"),
        ({"genesisId": ORG}, "none"),
        ([], "a list"),
        (None, "null"),
    ],
)
def test_read_something_else(http: ExactCalls, gateway: Organizations, body: t.Any, got: str) -> None:
    http.expect("GET", ORGANIZATION, reply(body))
    with pytest.raises(UnexpectedAnswer) as caught:
        gateway.read()
    assert caught.value.got == got


def test_sso(http: ExactCalls, gateway: Organizations) -> None:
    http.expect("GET", SETTINGS, reply(sso(domains=[{"name": "Zeta.example", "validated": False}, {"name": "Example.COM", "validated": True}])))
    found = gateway.sso()
    assert found == Sso(True, {"zeta.example": False, "example.com": True}, True, False, BASE_URL)
    assert found.as_result() == {
        "enabled": True,
        "domains": [{"name": "example.com", "validated": True}, {"name": "zeta.example", "validated": False}],
        "scim": {"enabled": True, "enforced": False, "base_url": BASE_URL},
    }


@pytest.mark.parametrize("enforced", [True, False])
def test_set_enforced(http: ExactCalls, gateway: Organizations, enforced: bool) -> None:
    http.expect("PATCH", SETTINGS, reply(sso(enforced=enforced)), json={"scim": {"enforced": enforced}})
    assert gateway.set_enforced(enforced).scim_enforced is enforced


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        sso(enabled="yes"),  # type: ignore[arg-type]
        sso(domains=None),
        sso(domains=["example.com"]),
        sso(domains=[{"name": "example.com"}]),
        sso(scim=None),
        sso(scim={"enabled": True}),
        sso(scim={"enabled": True, "enforced": 1}),
        sso(scim={"enabled": True, "enforced": False, "baseUrl": 7}),
    ],
)
def test_settings_of_another_shape(http: ExactCalls, gateway: Organizations, body: t.Any) -> None:
    http.expect("GET", SETTINGS, reply(body))
    with pytest.raises(UnexpectedAnswer, match="read the single sign-on settings"):
        gateway.sso()
