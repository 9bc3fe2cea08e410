# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's multi-tenant portal: the organizations of a provider (published). Who is refused how is assumed."""

from __future__ import annotations

from .jumpcloud_auth import Administrator, authenticated, refuse_organization_header
from .jumpcloud_errors import refusal
from .jumpcloud_lists import provider_list
from .state import State
from .wire import Request, Response, Router


class JumpCloudProviders:
    def __init__(self, state: State) -> None:
        self._state = state
        self._router = Router()
        self._router.add("GET", "/api/v2/providers/{id}/organizations", self._organizations)

    def handle(self, request: Request) -> Response:
        with self._state.lock:
            administrator = authenticated(self._state, request)
            refuse_organization_header(request)
            handler, names = self._router.find(request)
            return handler(administrator, request, **names)

    def _organizations(self, administrator: Administrator, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        provider = next((known for known in self._state.jumpcloud.providers if known.id == id), None)
        if provider is None:
            raise refusal(404, f"Provider {id} not found")
        if id not in administrator.providers:
            raise refusal(403, "Forbidden: the credentials are not of this provider")
        rows = [
            {"id": known.id, "name": known.name, "maxSystemUsers": known.max_system_users}
            for known in self._state.jumpcloud.organizations
            if known.id in provider.organizations
        ]
        return provider_list(request, rows)
