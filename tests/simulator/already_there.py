# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Begin as if the engine had provisioned everybody before: by HTTP it would take many minutes for many people."""

from __future__ import annotations

from typing import Any

from .bindings import wanted_people
from .clock import derived_object_id
from .engine import fingerprint
from .records import Application, Provisioned, User
from .state import State


def provision_before(state: State, label: str) -> None:
    """Put everybody whom the active integrations of the applications with this label want into the first Unity organization."""
    tenant = state.tenants[state.unity.organizations[0].genesis_id]
    there: dict[str, dict[str, Any]] = {}
    for application in state.jumpcloud.applications:
        if application.display_label == label and application.integration and application.integration.active:
            for user in wanted_people(state, application):
                there[_provision(application, user)] = _scim_user(user)
    tenant.fill(there)


def _provision(application: Application, user: User) -> str:
    """The id at Unity."""
    scim_id = derived_object_id("scim-user", user.id)
    if application.integration:
        application.integration.provisioned[user.id] = Provisioned(scim_id, fingerprint(user), user.email)
    return scim_id


def _scim_user(user: User) -> dict[str, Any]:
    """As the engine sends it."""
    return {
        "userName": user.email,
        "externalId": user.id,
        "displayName": user.displayname,
        "name": {"givenName": user.firstname, "familyName": user.lastname, "formatted": user.displayname},
        "emails": [{"value": user.email, "type": "work", "primary": True}],
    }
