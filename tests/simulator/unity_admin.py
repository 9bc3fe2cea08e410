# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unity's administration of service accounts and SSO. No path or field of it is published: all of it is assumed."""

from __future__ import annotations

import uuid
from typing import Any, Callable

from .clock import key_secret, timestamp
from .records import Key, ServiceAccount, UnityOrganization
from .seeding import ROLES, role_id
from .state import State
from .unity_auth import managed_organization
from .unity_errors import API_MISSING, CONFLICT, INVALID_ARGUMENT, LIMIT_EXCEEDED, NOT_FOUND, gateway_refusal
from .wire import NoRoute, NotJSON, Refused, Request, Response, Router, as_int

MAX_ACCOUNTS = 50
"""Published for the self-hosted edition, unknown for the cloud."""
MAX_KEYS = 20
DEFAULT_LIMIT = 20
MAX_LIMIT = 100
ACCOUNTS = "/auth/v1/organizations/{organization}/service-accounts"
ACCOUNT = ACCOUNTS + "/{account}"


class UnityAdmin:
    def __init__(self, state: State, base_url: str) -> None:
        self._state = state
        self._base_url = base_url
        self._router = Router()
        self._add("GET", ACCOUNTS, self._list_accounts)
        self._add("POST", ACCOUNTS, self._create_account)
        self._add("GET", ACCOUNT, self._get_account)
        self._add("PATCH", ACCOUNT, self._update_account)
        self._add("DELETE", ACCOUNT, self._delete_account)
        self._add("GET", ACCOUNT + "/organization-roles", self._get_roles)
        self._add("PUT", ACCOUNT + "/organization-roles", self._put_roles)
        self._add("GET", ACCOUNT + "/keys", self._list_keys)
        self._add("POST", ACCOUNT + "/keys", self._create_key)
        self._add("DELETE", ACCOUNT + "/keys/{key}", self._delete_key)
        self._add("GET", "/auth/v1/organizations/{organization}/sso", self._get_sso)
        self._add("PATCH", "/auth/v1/organizations/{organization}/sso", self._patch_sso)

    def _add(self, method: str, template: str, handler: Callable[..., Response]) -> None:
        self._router.add(method, template, handler)

    def handle(self, request: Request) -> Response:
        try:
            handler, names = self._router.find(request)
        except NoRoute as error:
            raise gateway_refusal(error.status, API_MISSING, "API Missing", f"{error}.") from error
        with self._state.lock:
            organization = managed_organization(self._state, request, names.pop("organization"))
            try:
                return handler(organization, request, **names)
            except NotJSON as error:
                raise invalid(f"Expected a JSON object: {error}.") from error

    def _list_accounts(self, organization: UnityOrganization, request: Request) -> Response:
        accounts = sorted(organization.service_accounts, key=lambda account: (account.created_at, account.id))
        return Response(200, page(request, [show_account(account) for account in accounts]))

    def _create_account(self, organization: UnityOrganization, request: Request) -> Response:
        wanted = request.json_object()
        name = _name(wanted.get("name"))
        _check_name_is_free(organization, name, None)
        if len(organization.service_accounts) >= MAX_ACCOUNTS:
            raise limit(f"The organization already has {MAX_ACCOUNTS} service accounts.")
        account = ServiceAccount(str(uuid.uuid4()), name, str(wanted.get("description") or ""), timestamp())
        organization.service_accounts.append(account)
        return Response(201, show_account(account))

    def _get_account(self, organization: UnityOrganization, _request: Request, account: str) -> Response:
        return Response(200, show_account(find_account(organization, account)))

    def _update_account(self, organization: UnityOrganization, request: Request, account: str) -> Response:
        found, wanted = find_account(organization, account), request.json_object()
        if "name" in wanted:
            name = _name(wanted["name"])
            _check_name_is_free(organization, name, found)
            found.name = name
        if "description" in wanted:
            found.description = str(wanted["description"] or "")
        return Response(200, show_account(found))

    def _delete_account(self, organization: UnityOrganization, _request: Request, account: str) -> Response:
        organization.service_accounts.remove(find_account(organization, account))
        return Response(204)

    def _get_roles(self, organization: UnityOrganization, _request: Request, account: str) -> Response:
        return Response(200, show_roles(find_account(organization, account)))

    def _put_roles(self, organization: UnityOrganization, request: Request, account: str) -> Response:
        found, wanted = find_account(organization, account), request.json_object().get("roles")
        if not isinstance(wanted, list):
            raise invalid("roles must be a list of {name} or {id}.")
        roles = []
        for entry in wanted:
            asked = str(entry.get("id") or entry.get("name") or "") if isinstance(entry, dict) else str(entry)
            identifier = role_id(asked)
            if identifier is None:
                raise invalid(f"Unknown organization role {asked!r}.")
            roles.append(identifier)
        found.roles = list(dict.fromkeys(roles))
        return Response(200, show_roles(found))

    def _list_keys(self, organization: UnityOrganization, request: Request, account: str) -> Response:
        return Response(200, page(request, [show_key(key) for key in find_account(organization, account).keys]))

    def _create_key(self, organization: UnityOrganization, request: Request, account: str) -> Response:
        found = find_account(organization, account)
        name = request.json_object().get("name", "")
        if not isinstance(name, str):
            raise invalid("The name of a key is a text.")
        if len(found.keys) >= MAX_KEYS:
            raise limit(f"The service account already has {MAX_KEYS} keys.")
        key = Key(str(uuid.uuid4()), key_secret(), timestamp(), name)
        found.keys.append(key)
        self._state.secrets.add_pair(key.id, key.secret)
        return Response(201, {**show_key(key), "secretKey": key.secret})

    def _delete_key(self, organization: UnityOrganization, _request: Request, account: str, key: str) -> Response:
        remove_key(organization, account, key)
        return Response(204)

    def _get_sso(self, organization: UnityOrganization, _request: Request) -> Response:
        return Response(200, self._show_sso(organization))

    def _patch_sso(self, organization: UnityOrganization, request: Request) -> Response:
        wanted = request.json_object()
        scim = wanted.get("scim", {})
        if set(wanted) - {"enabled", "scim"} or not isinstance(scim, dict) or set(scim) - {"enabled", "enforced"}:
            raise invalid("Only enabled, scim.enabled and scim.enforced can be changed.")
        if not all(isinstance(value, bool) for value in [wanted.get("enabled", True), *scim.values()]):
            raise invalid("enabled, scim.enabled and scim.enforced are booleans.")
        if scim.get("enforced") and not scim.get("enabled", organization.scim_enabled):
            raise invalid("SCIM provisioning must be enabled before it can be enforced.")
        organization.sso_enabled = wanted.get("enabled", organization.sso_enabled)
        organization.scim_enabled = scim.get("enabled", organization.scim_enabled)
        organization.scim_enforced = scim.get("enforced", organization.scim_enforced)
        return Response(200, self._show_sso(organization))

    def _show_sso(self, organization: UnityOrganization) -> dict[str, Any]:
        return {
            "enabled": organization.sso_enabled,
            "domains": [{"name": domain.name, "validated": domain.validated} for domain in organization.domains],
            "scim": {
                "enabled": organization.scim_enabled,
                "enforced": organization.scim_enforced,
                "baseUrl": f"{self._base_url}/scim/v2/tenants/{organization.genesis_id}",
            },
        }


def find_account(organization: UnityOrganization, account_id: str) -> ServiceAccount:
    for account in organization.service_accounts:
        if account.id == account_id:
            return account
    raise gateway_refusal(404, NOT_FOUND, "Not Found", f"No service account has the id {account_id}.")


def remove_key(organization: UnityOrganization, account_id: str, key_id: str) -> None:
    account = find_account(organization, account_id)
    if key_id not in [key.id for key in account.keys]:
        raise gateway_refusal(404, NOT_FOUND, "Not Found", f"Service account {account_id} has no key {key_id}.")
    account.keys = [key for key in account.keys if key.id != key_id]


def show_key(key: Key) -> dict[str, Any]:
    return {"id": key.id, "name": key.name, "createdAt": key.created_at}


def show_account(account: ServiceAccount) -> dict[str, Any]:
    return {"id": account.id, "name": account.name, "description": account.description, "createdAt": account.created_at}


def show_roles(account: ServiceAccount) -> dict[str, Any]:
    return {"roles": [{"id": identifier, "name": ROLES[identifier]} for identifier in account.roles]}


def page(request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        size, offset = as_int(request.parameter("limit"), DEFAULT_LIMIT), as_int(request.parameter("offset"), 0)
    except ValueError as error:
        raise invalid("limit and offset must be integers.") from error
    if size < 1 or offset < 0:
        raise invalid("limit must be at least 1 and offset at least 0.")
    size = min(size, MAX_LIMIT)
    return {"results": rows[offset : offset + size], "offset": offset, "limit": size, "total": len(rows)}


def invalid(detail: str) -> Refused:
    return gateway_refusal(400, INVALID_ARGUMENT, "Bad Request", detail)


def limit(detail: str) -> Refused:
    return gateway_refusal(400, LIMIT_EXCEEDED, "Limit Exceeded", detail)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid("name must be a text that is not empty.")
    return value


def _check_name_is_free(organization: UnityOrganization, name: str, holder: ServiceAccount | None) -> None:
    if any(account.name == name and account is not holder for account in organization.service_accounts):
        raise gateway_refusal(409, CONFLICT, "Conflict", f"A service account named {name!r} already exists.")
