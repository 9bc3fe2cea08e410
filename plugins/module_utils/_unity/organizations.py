# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to a Unity organization and its single sign-on settings.

OBSERVED in Unity's own packages, not published: ``GET {services}/api/unity/legacy/v1/organizations/{genesisId}`` ->
``{id, genesisId, name, role}``. It proves that the credentials reach the expected organization.

ASSUMED (the dashboard shows these settings in Administration > SSO; no API is published):

    GET   /auth/v1/organizations/{org}/sso   200 {enabled, domains: [{name, validated}], scim: {enabled, enforced, baseUrl}}
    PATCH /auth/v1/organizations/{org}/sso   200 the same; body {scim: {enforced}}
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import AssumedPath

ORGANIZATION = {"genesisId": str, "name": str, "role": Optional(str)}
SSO = {"enabled": bool, "domains": [{"name": str, "validated": bool}], "scim": {"enabled": bool, "enforced": bool, "baseUrl": Optional(str)}}


@dataclass(frozen=True)
class Organization:
    """``id`` is the Genesis ID; ``role`` is the caller's role in it, or None."""

    id: str
    name: str
    role: str | None

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "name": self.name, "role": self.role}


@dataclass(frozen=True)
class Sso:
    """The organization's single sign-on and SCIM settings. ``domains`` maps a lower-case domain to whether it is validated."""

    enabled: bool
    domains: dict[str, bool]
    scim_enabled: bool
    scim_enforced: bool
    base_url: str | None

    def as_result(self) -> dict[str, t.Any]:
        return {
            "enabled": self.enabled,
            "domains": [{"name": name, "validated": validated} for name, validated in sorted(self.domains.items())],
            "scim": {"enabled": self.scim_enabled, "enforced": self.scim_enforced, "base_url": self.base_url},
        }


class Organizations:
    """One organization, seen as its owner or manager."""

    def __init__(self, admin: HttpClient, services: HttpClient, organization_id: str):
        self._admin = admin
        self._services = services
        self._id = organization_id
        self._sso_path = AssumedPath("/auth/v1/organizations/{org}/sso", {"org": organization_id})

    def read(self) -> Organization:
        path = "/api/unity/legacy/v1/organizations/%s" % quote(self._id, safe="")
        answer = self._services.request("GET", path, "read the organization")
        row = answer.json(ORGANIZATION)
        if row["genesisId"] != self._id:
            raise answer.unexpected("the organization with the Genesis ID that was asked for", "another organization")
        return Organization(row["genesisId"], row["name"], row.get("role"))

    def sso(self) -> Sso:
        return _sso(self._admin.request("GET", self._sso_path, "read the single sign-on settings"))

    def set_enforced(self, enforced: bool) -> Sso:
        body = {"scim": {"enforced": enforced}}
        return _sso(self._admin.request("PATCH", self._sso_path, "set the enforcement of SCIM provisioning", json_body=body))


def _sso(answer: Answer) -> Sso:
    row = answer.json(SSO)
    domains = {domain["name"].lower(): domain["validated"] for domain in row["domains"]}
    return Sso(row["enabled"], domains, row["scim"]["enabled"], row["scim"]["enforced"], row["scim"].get("baseUrl"))
