# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls Unity: persons' tokens, exchanged tokens, keys."""

from __future__ import annotations

import base64
import json
import secrets
import time

from .records import AccessToken, ServiceAccount, UnityOrganization
from .state import State
from .unity_errors import FORBIDDEN, NOT_FOUND, gateway_refusal, invalid_token
from .wire import Request

EXCHANGED_TOKEN_SECONDS = 3600


def basic_credentials(request: Request) -> tuple[str, str] | None:
    scheme, _space, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return (name, secret) if colon else None


def bearer_token(request: Request) -> str | None:
    scheme, _space, value = request.headers.get("authorization", "").partition(" ")
    return value if scheme.lower() == "bearer" else None


def exchange(state: State, token: str) -> str:
    """Swap a person's token for one that the newer services take (observed)."""
    person = next((known for known in state.unity.access_tokens if known.token == token and not known.exchanged), None)
    if person is None:
        raise invalid_token()
    expires_at = time.time() + EXCHANGED_TOKEN_SECONDS
    claims = {"sub": person.user, "iss": "simulator", "exp": int(expires_at)}
    parts = [json.dumps({"alg": "none", "typ": "JWT"}).encode(), json.dumps(claims).encode(), secrets.token_bytes(32)]
    made = ".".join(base64.urlsafe_b64encode(part).decode("ascii").rstrip("=") for part in parts)
    state.unity.access_tokens.append(AccessToken(made, person.user, person.organizations, person.role, True, expires_at))
    state.secrets.add(made)
    return made


def managed_organization(state: State, request: Request, genesis_id: str, manager: bool = True) -> UnityOrganization:
    """The organization, if the caller may administer it (or, unless manager, read it)."""
    organizations, role = _administrator(state, request)
    organization = state.unity_organization(genesis_id)
    if organization is None:
        raise gateway_refusal(404, NOT_FOUND, "Not Found", f"No organization has the Genesis ID {genesis_id}.")
    if genesis_id not in organizations or (manager and role not in ("owner", "manager")):
        raise gateway_refusal(403, FORBIDDEN, "Forbidden", f"The caller may not administer organization {genesis_id}.")
    return organization


def _administrator(state: State, request: Request) -> tuple[list[str], str]:
    token = bearer_token(request)
    if token is not None:
        for known in state.unity.access_tokens:
            if known.token == token and (known.exchanged or not state.unity.require_exchange):
                if known.expires_at is None or known.expires_at > time.time():
                    return known.organizations, known.role
    pair = basic_credentials(request)
    if pair is not None:
        for admin_key in state.unity.admin_keys:
            if (admin_key.key_id, admin_key.secret_key) == pair:
                return admin_key.organizations, "manager"
    if service_account_of(state, request) is not None:
        return [], "service account"
    raise invalid_token()


def service_account_of(state: State, request: Request) -> tuple[UnityOrganization, ServiceAccount] | None:
    """Whose live key (or long-lived bearer token, published for Entra) this request carries."""
    pair, token = basic_credentials(request), bearer_token(request)
    for organization in state.unity.organizations:
        for account in organization.service_accounts:
            if pair in [(key.id, key.secret) for key in account.keys] or token in account.bearer_tokens:
                return organization, account
    return None
