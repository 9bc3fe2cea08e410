# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's custom roles and service accounts (published).

Published or observed as limits: 20 custom roles, an Admin with Billing only, two client secrets. ASSUMED: which status a limit, a taken name and a role in
use answer with, that the client secret comes with the answer that creates it and never again, that one which has expired does not count, and that ids of
format ``byte`` are the 24 hexadecimal digits that the other operations show.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from .clock import key_secret, object_id, parse_timestamp, timestamp
from .jumpcloud_auth import Administrator, authenticated, check_may_write, chosen_organization
from .jumpcloud_errors import invalid_field, refusal
from .jumpcloud_lists import DEFAULT_LIMIT, Row, Rows
from .records import ClientSecret, CustomRole, JumpCloudServiceAccount
from .state import State
from .wire import Request, Response, Router, as_int

ROLES = "/api/v2/roles"
ACCOUNTS = "/api/v2/service-accounts"
MAX_ROLES = 20
MAX_SECRETS = 2
LIFETIMES = ("30 Days", "60 Days", "90 Days", "365 Days")


class JumpCloudAccounts:
    def __init__(self, state: State) -> None:
        self._state = state
        self._router = Router()
        self._router.add("GET", ROLES, self._list_roles)
        self._router.add("POST", ROLES, self._create_role)
        self._router.add("GET", ROLES + "/{id}", self._read_role)
        self._router.add("PUT", ROLES + "/{id}", self._replace_role)
        self._router.add("DELETE", ROLES + "/{id}", self._delete_role)
        self._router.add("GET", ACCOUNTS, self._list_accounts)
        self._router.add("POST", ACCOUNTS, self._create_account)
        self._router.add("GET", ACCOUNTS + "/{id}", self._read_account)
        self._router.add("DELETE", ACCOUNTS + "/{id}", self._delete_account)
        self._router.add("POST", ACCOUNTS + "/{id}/auth-config", self._add_secret)

    def handle(self, request: Request) -> Response:
        with self._state.lock:
            administrator = authenticated(self._state, request)
            organization = chosen_organization(administrator, request)
            check_may_write(administrator, request)
            _check_billing(administrator)
            handler, names = self._router.find(request)
            return handler(organization, request, **names)

    # ------------------------------------------------------------------ roles

    def _list_roles(self, organization: str, request: Request) -> Response:
        return _listed(request, [show_role(role) for role in self._roles(organization)])

    def _roles(self, organization: str) -> list[CustomRole]:
        return [role for role in self._state.jumpcloud.roles if role.organization == organization]

    def _role(self, organization: str, role_id: str) -> CustomRole:
        for role in self._roles(organization):
            if role.id == role_id:
                return role
        raise refusal(404, f"Role {role_id} not found")

    def _create_role(self, organization: str, request: Request) -> Response:
        sent = request.json_object()
        self._require_free(organization, sent["name"])
        if sum(role.is_custom for role in self._roles(organization)) >= MAX_ROLES:
            raise refusal(400, f"An organization can have at most {MAX_ROLES} custom roles", [])
        role = CustomRole(object_id(), organization, sent["name"], list(sent["scopes"]), sent.get("description", ""))
        self._state.jumpcloud.roles.append(role)
        return Response(201, show_role(role))

    def _require_free(self, organization: str, name: str, role_id: str = "") -> None:
        if any(role.name == name and role.id != role_id for role in self._roles(organization)):
            raise refusal(409, "A role of this name exists")

    def _read_role(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        return Response(200, show_role(self._role(organization, id)))

    def _replace_role(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        """ASSUMED: what is not sent is reset, as at the applications."""
        role, sent = self._role(organization, id), request.json_object()
        if not role.is_custom:
            raise refusal(403, "A predefined role can't be changed")
        self._require_free(organization, sent["name"], id)
        role.name, role.scopes, role.description = sent["name"], list(sent["scopes"]), sent.get("description", "")
        return Response(200, show_role(role))

    def _delete_role(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        role = self._role(organization, id)
        if any(account.role_id == id for account in self._state.jumpcloud.service_accounts):
            raise refusal(409, "The role is in use")
        self._state.jumpcloud.roles.remove(role)
        return Response(204)

    # ------------------------------------------------------- service accounts

    def _list_accounts(self, organization: str, request: Request) -> Response:
        return _listed(request, [self._shown(account) for account in self._accounts(organization)])

    def _accounts(self, organization: str) -> list[JumpCloudServiceAccount]:
        return [account for account in self._state.jumpcloud.service_accounts if account.organization == organization]

    def _account(self, organization: str, account_id: str) -> JumpCloudServiceAccount:
        for account in self._accounts(organization):
            if account.id == account_id:
                return account
        raise refusal(404, f"Service account {account_id} not found")

    def _create_account(self, organization: str, request: Request) -> Response:
        sent = request.json_object()
        role = self._role(organization, sent["roleId"])
        if any(account.name == sent["name"] for account in self._accounts(organization)):
            raise refusal(409, "A service account of this name exists")
        account = JumpCloudServiceAccount(object_id(), organization, sent["name"], role.id, timestamp())
        secret = self._made(account, sent["authConfig"])
        self._state.jumpcloud.service_accounts.append(account)
        return Response(201, {"serviceAccount": self._shown(account, secret)})

    def _read_account(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        return Response(200, self._shown(self._account(organization, id)))

    def _delete_account(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        self._state.jumpcloud.service_accounts.remove(self._account(organization, id))
        return Response(200, {})

    def _add_secret(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        account = self._account(organization, id)
        if sum(_status(secret) != "EXPIRED" for secret in account.secrets) >= MAX_SECRETS:
            raise refusal(400, f"A service account can have at most {MAX_SECRETS} client secrets", [])
        secret = self._made(account, request.json_object()["authConfig"])
        return Response(201, {"authConfig": _show_secret(secret, with_secret=True)})

    def _made(self, account: JumpCloudServiceAccount, wanted: dict[str, Any]) -> ClientSecret:
        lifetime = wanted.get("clientSecretConfig", {}).get("lifetime")
        if wanted.get("authType") != "CLIENT_SECRET" or lifetime not in LIFETIMES:
            raise invalid_field("authConfig", f"must be a CLIENT_SECRET with a lifetime of {', '.join(LIFETIMES)}")
        ends = datetime.now(timezone.utc) + timedelta(days=int(lifetime.split()[0]))
        made = ClientSecret(object_id(), object_id(), key_secret(), timestamp(), ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"), lifetime)
        account.secrets.append(made)
        self._state.secrets.add_pair(made.client_id, made.client_secret)
        return made

    def _shown(self, account: JumpCloudServiceAccount, new: ClientSecret | None = None) -> Row:
        role = self._role(account.organization, account.role_id)
        return {
            "objectId": account.id,
            "orgId": account.organization,
            "name": account.name,
            "roleId": role.id,
            "roleName": role.name,
            "authType": "CLIENT_SECRET",
            "createdAt": account.created_at,
            "authConfigList": [_show_secret(secret, secret is new) for secret in account.secrets],
        }


def _check_billing(administrator: Administrator) -> None:
    if not administrator.billing:
        raise refusal(403, "Forbidden: only an Admin with Billing manages roles and service accounts")


def show_role(role: CustomRole) -> Row:
    return {"id": role.id, "name": role.name, "description": role.description, "isCustom": role.is_custom, "scopes": role.scopes}


def _show_secret(secret: ClientSecret, with_secret: bool) -> Row:
    shown = {
        "objectId": secret.id,
        "clientId": secret.client_id,
        "createdAt": secret.created_at,
        "expiresAt": secret.expires_at,
        "lifetime": secret.lifetime,
        "status": _status(secret),
    }
    return {"authType": "CLIENT_SECRET", "clientSecretConfig": {**shown, **({"clientSecret": secret.client_secret} if with_secret else {})}}


def _status(secret: ClientSecret) -> str:
    return "ACTIVE" if parse_timestamp(secret.expires_at) > datetime.now(timezone.utc) else "EXPIRED"


def _listed(request: Request, rows: Rows) -> Response:
    try:
        limit, skip = as_int(request.parameter("limit"), DEFAULT_LIMIT), as_int(request.parameter("skip"), 0)
    except ValueError as error:
        raise invalid_field("limit", "limit and skip must be integers") from error
    return Response(200, {"results": rows[skip : skip + limit], "totalCount": len(rows)})
