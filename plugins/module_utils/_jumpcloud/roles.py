# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to the roles of JumpCloud's administrators and service accounts.

PUBLISHED: ``GET``/``POST /api/v2/roles``, ``PUT``/``DELETE /api/v2/roles/{role_id}``; a role ``{id, name, description, scopes, isCustom, organizationIds,
providerId}``; an organization has at most 20 custom roles, and only an Admin with Billing makes them, not on the home page of a multi-tenant portal.
``DELETE`` may answer 409.
NOT PUBLISHED: for what reasons; it is taken for a role that is in use. And whether ``PUT`` keeps what it is not sent. So all that was read is sent again.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import list_counted

PATH = "/api/v2/roles"
ROLE = {"id": str, "name": str, "scopes": [str], "isCustom": Optional(bool)}
KEPT = ("description", "organizationIds", "providerId")
MAX_CUSTOM_ROLES = 20
IN_USE = 409


@dataclass(frozen=True)
class Role:
    """A role. ``kept``: what else the service shows of it, to be sent again."""

    id: str
    name: str
    scopes: tuple[str, ...]
    is_custom: bool
    kept: dict[str, t.Any] = field(default_factory=dict)


class Roles:
    """The roles of one organization."""

    def __init__(self, client: HttpClient):
        self._client = client

    def list(self) -> t.List[Role]:
        return list(list_counted(self._client, PATH, "list the roles", "roles", ROLE, "id", _role))

    def create(self, name: str, description: str, scopes: t.Iterable[str]) -> Role:
        body = {"name": name, "description": description, "scopes": sorted(scopes)}
        return _role(self._client.request("POST", PATH, "create the custom role", json_body=body).json(ROLE))

    def set_scopes(self, role: Role, scopes: t.Iterable[str]) -> None:
        body = {**role.kept, "name": role.name, "scopes": sorted(scopes)}
        self._client.request("PUT", self._of(role.id), "set the scopes of the custom role", json_body=body)

    def delete(self, role_id: str) -> bool:
        """Delete the role; one that is gone already is fine. False if the service says that it is in use."""
        answer = self._client.request("DELETE", self._of(role_id), "delete the custom role", handled=(404, IN_USE))
        answer.is_missing()
        return answer.status != IN_USE

    def _of(self, role_id: str) -> str:
        return "%s/%s" % (PATH, quote(role_id, safe=""))


def _role(row: dict[str, t.Any]) -> Role:
    # what does not say that it is a predefined one may be changed as far as the service allows
    return Role(row["id"], row["name"], tuple(sorted(row["scopes"])), row.get("isCustom") is not False, {name: row[name] for name in KEPT if row.get(name)})
