# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to the organizations that JumpCloud credentials can reach, and to those of a provider.

PUBLISHED: ``GET /api/organizations`` -> ``{results: [{_id, displayName, logoUrl}], totalCount}``, and
``GET /api/v2/providers/{provider_id}/organizations`` -> ``{results: [{id, name, maxSystemUsers}], totalCount}``. OBSERVED in the vendor's own code,
which checks credentials with the first one: neither takes ``x-org-id``. Give them a client that doesn't send it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID, JumpCloudAccess, list_of_provider, list_v1

ORGANIZATION = {"_id": str}
PUBLISHED = {"_id": str, "displayName": Optional(str), "logoUrl": Optional(str)}
PUBLISHED_OF_PROVIDER = {"id": str, "name": Optional(str), "maxSystemUsers": Optional(int)}
REGION = named("region", "jumpcloud")
# that of the client speaks of organization_id, which is not sent here
HINTS = {
    401: "The API key or the service account is not valid. API access is off by default for each administrator: an Admin with Billing switches it on. "
    "Check %s, too." % REGION,
}
HINTS_OF_PROVIDER = {
    **HINTS,
    403: "They are shown to administrators of the provider, and to service accounts with the scope providers.readonly: check the credentials and provider_id, "
    "or leave provider_id out to list the organizations that the credentials reach. Don't repeat it quickly.",
    404: "No such provider is known there. Check provider_id and %s." % REGION,
}


@dataclass(frozen=True)
class Organization:
    """What JumpCloud publishes of an organization. Which of it there is depends on where it was listed."""

    id: str
    name: str | None = None
    logo_url: str | None = None
    max_system_users: int | None = None


def organizations_of_key(client: HttpClient) -> list[Organization]:
    """The organizations that the credentials can reach."""

    def convert(row: dict[str, t.Any]) -> Organization:
        return Organization(_organization_id(row["_id"]), row.get("displayName"), logo_url=row.get("logoUrl"))

    return _whole(list_v1(client, "/api/organizations", "list the organizations", "organizations", PUBLISHED, convert=convert), HINTS)


def organizations_of_provider(client: HttpClient, provider_id: str) -> list[Organization]:
    """The organizations that the provider manages."""

    def convert(row: dict[str, t.Any]) -> Organization:
        return Organization(_organization_id(row["id"]), row.get("name"), max_system_users=row.get("maxSystemUsers"))

    path = "/api/v2/providers/%s/organizations" % quote(provider_id, safe="")
    operation = "list the organizations of the provider %s" % quoted(provider_id)
    return _whole(list_of_provider(client, path, operation, "organizations", PUBLISHED_OF_PROVIDER, convert), HINTS_OF_PROVIDER)


def _whole(listing: t.Iterable[Organization], hints: dict[int, str]) -> list[Organization]:
    try:
        return list(listing)
    except ApiError as error:
        error.hint = hints.get(error.status or 0, error.hint)
        raise


def _organization_id(given: str) -> str:
    """What else it may be could not be sent as ``x-org-id``."""
    if not OBJECT_ID.match(given):
        raise ScimError("JumpCloud lists an organization with the ID %s, which is not 24 hexadecimal digits." % quoted(given), "Tell JumpCloud's support.")
    return given


def organization_ids(client: HttpClient) -> list[str]:
    """The ids of the organizations that the credentials can reach."""
    return [row["_id"] for row in list_v1(client, "/api/organizations", "check the credentials", "organizations", ORGANIZATION)]


def working_organization(client: HttpClient, access: JumpCloudAccess) -> str | None:
    """The organization in which the credentials work; None where none is chosen, and they reach several, or may not list them (403)."""
    if access.organization_id:
        return access.organization_id
    try:
        reachable = organization_ids(client)
    except ApiError as error:
        if error.status != 403:
            raise
        return None
    return reachable[0] if len(reachable) == 1 else None


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
