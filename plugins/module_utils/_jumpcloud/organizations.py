# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to the organizations that JumpCloud credentials can reach.

OBSERVED in the vendor's own code, which checks credentials this way: ``GET /api/organizations`` -> ``{results: [{_id, displayName}],
totalCount}``, without ``x-org-id``.
"""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, list_v1

ORGANIZATION = {"_id": str}


def organization_ids(client: HttpClient) -> list[str]:
    """The ids of the organizations that the credentials can reach."""
    return [row["_id"] for row in list_v1(client, "/api/organizations", "check the credentials", "organizations", ORGANIZATION)]


def require_reachable_organization(client: HttpClient, access: JumpCloudAccess) -> None:
    """Raise ScimError if the credentials don't work in the expected organization. Without an expectation nothing is asked."""
    expected = access.expected_organization_id
    if not expected:
        return
    reachable = organization_ids(client)
    chosen = access.organization_id or (reachable[0] if len(reachable) == 1 else None)
    if expected not in reachable or chosen != expected:
        raise ScimError(
            "The JumpCloud credentials work in the organization %s, but %s is expected. Nothing was changed."
            % (quoted(chosen or ", ".join(reachable)), quoted(expected)),
            "Check the API key, %s and %s: one of them belongs to another environment."
            % (named("organization_id", "jumpcloud"), named("expected_organization_id", "jumpcloud")),
        )
