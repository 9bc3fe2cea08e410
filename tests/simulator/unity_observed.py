# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that Unity's own packages were seen to make: token exchange, legacy organization."""

from __future__ import annotations

from .state import State
from .unity_auth import exchange, managed_organization
from .unity_errors import API_MISSING, INVALID_ARGUMENT, gateway_refusal
from .wire import NotJSON, Request, Response

EXCHANGE = "/api/auth/v1/genesis-token-exchange/unity"
ORGANIZATION = "/api/unity/legacy/v1/organizations/"


def handle(state: State, request: Request) -> Response:
    if request.path == EXCHANGE and request.method == "POST":
        try:
            token = request.json_object().get("token")
        except NotJSON as error:
            raise gateway_refusal(400, INVALID_ARGUMENT, "Bad Request", f"Expected a JSON object with a token: {error}.") from error
        with state.lock:
            return Response(200, {"token": exchange(state, str(token))})
    if request.path.startswith(ORGANIZATION) and request.method == "GET":
        with state.lock:
            organization = managed_organization(state, request, request.path.removeprefix(ORGANIZATION), manager=False)
            shown = {"id": organization.id, "genesisId": organization.genesis_id, "name": organization.name, "role": "owner"}
            return Response(200, shown)
    raise gateway_refusal(404, API_MISSING, "API Missing", f"No service answers {request.method} {request.path}.")
