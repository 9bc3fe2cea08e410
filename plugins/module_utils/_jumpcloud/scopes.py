# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scopes JumpCloud's operations take, and which operations the playbooks call. scripts/scopes.py writes this file; don't edit it.

PUBLISHED, but for these, which are ASSUMED: ``GET /api/systemusers``, ``GET /api/systemusers/{id}``, ``GET /api/v2/usergroups/{id}/membership``.
The operations below ``provision`` are assumed themselves, so no scope of theirs is known.
"""

from __future__ import annotations

SCOPES: dict[str, tuple[str, ...]] = {
    "DELETE /api/v2/roles/{role_id}": ("roles",),
    "DELETE /api/v2/service-accounts/{service_account_id}": ("serviceaccounts",),
    "GET /api/applications": (
        "applications",
        "applications.readonly",
    ),
    "GET /api/organizations": (
        "commandrunner.legacy",
        "organizations",
        "organizations.readonly",
    ),
    "GET /api/systemusers": (
        "users",
        "users.readonly",
    ),
    "GET /api/systemusers/{id}": (
        "users",
        "users.readonly",
    ),
    "GET /api/v2/applications/{application_id}/associations": (
        "associations.applications",
        "associations.applications.readonly",
        "associations",
        "associations.readonly",
    ),
    "GET /api/v2/applications/{application_id}/users": (
        "users",
        "users.readonly",
    ),
    "GET /api/v2/providers/{provider_id}/organizations": (
        "providers",
        "providers.readonly",
    ),
    "GET /api/v2/roles": (
        "roles.readonly",
        "roles",
    ),
    "GET /api/v2/service-accounts": (
        "serviceaccounts",
        "serviceaccounts.readonly",
    ),
    "GET /api/v2/usergroups": (
        "groups",
        "groups.readonly",
    ),
    "GET /api/v2/usergroups/{id}/membership": (
        "groups",
        "groups.readonly",
    ),
    "POST /api/v2/applications/{application_id}/associations": (
        "associations.applications",
        "associations",
    ),
    "POST /api/v2/roles": ("roles",),
    "POST /api/v2/service-accounts": ("serviceaccounts",),
    "POST /api/v2/service-accounts/{service_account_id}/auth-config": ("serviceaccounts",),
    "POST /insights/directory/v1/events": ("directoryinsights.readonly",),
    "PUT /api/v2/roles/{role_id}": ("roles",),
}
CALLED: dict[str, tuple[str, ...]] = {
    "provision": (
        "GET /api/applications",
        "GET /api/organizations",
        "GET /api/systemusers",
        "GET /api/systemusers/{id}",
        "GET /api/v2/applications/{application_id}/associations",
        "GET /api/v2/applications/{application_id}/users",
        "GET /api/v2/applications/{id}/provision",
        "GET /api/v2/usergroups",
        "GET /api/v2/usergroups/{id}/membership",
        "POST /api/v2/applications/{application_id}/associations",
        "POST /api/v2/applications/{id}/provision/activate",
        "POST /api/v2/applications/{id}/provision/reactivate",
        "POST /api/v2/provision/client/verify",
        "POST /insights/directory/v1/events",
        "PUT /api/v2/applications/{id}/provision",
    ),
    "preflight": (
        "GET /api/applications",
        "GET /api/organizations",
        "GET /api/systemusers",
        "GET /api/systemusers/{id}",
        "GET /api/v2/applications/{application_id}/associations",
        "GET /api/v2/applications/{application_id}/users",
        "GET /api/v2/applications/{id}/provision",
        "GET /api/v2/usergroups",
        "GET /api/v2/usergroups/{id}/membership",
        "POST /insights/directory/v1/events",
    ),
    "audit": (
        "GET /api/applications",
        "GET /api/organizations",
        "GET /api/systemusers",
        "GET /api/systemusers/{id}",
        "GET /api/v2/applications/{application_id}/associations",
        "GET /api/v2/applications/{application_id}/users",
        "GET /api/v2/applications/{id}/provision",
        "GET /api/v2/usergroups",
        "GET /api/v2/usergroups/{id}/membership",
        "POST /insights/directory/v1/events",
    ),
    "provision_user": (
        "GET /api/applications",
        "GET /api/systemusers",
        "GET /api/systemusers/{id}",
        "GET /api/v2/applications/{application_id}/associations",
        "GET /api/v2/applications/{application_id}/users",
        "POST /api/v2/applications/{application_id}/associations",
        "POST /insights/directory/v1/events",
    ),
    "rotate_key": (
        "GET /api/applications",
        "GET /api/organizations",
        "GET /api/systemusers",
        "GET /api/v2/applications/{id}/provision",
        "POST /api/v2/applications/{id}/provision/reactivate",
        "POST /api/v2/provision/client/verify",
        "POST /insights/directory/v1/events",
        "PUT /api/v2/applications/{id}/provision",
    ),
    "deprovision": (
        "DELETE /api/v2/applications/{id}/provision",
        "DELETE /api/v2/applications/{id}/provision/activate",
        "GET /api/applications",
        "GET /api/systemusers/{id}",
        "GET /api/v2/applications/{application_id}/associations",
        "GET /api/v2/applications/{application_id}/users",
        "GET /api/v2/applications/{id}/provision",
        "GET /api/v2/usergroups",
        "GET /api/v2/usergroups/{id}/membership",
        "POST /api/v2/applications/{application_id}/associations",
        "POST /insights/directory/v1/events",
    ),
    "audit_key": (),
    "fleet_report": (),
    "pause": (
        "DELETE /api/v2/applications/{id}/provision/activate",
        "GET /api/applications",
        "GET /api/v2/applications/{id}/provision",
        "POST /insights/directory/v1/events",
    ),
}
