# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to JumpCloud's service accounts and their client secrets.

PUBLISHED: ``GET``/``POST /api/v2/service-accounts``, ``DELETE .../{id}``, ``POST .../{id}/auth-config``; an account ``{objectId, name, roleId, roleName,
authType, authConfigList: [{clientSecretConfig: {objectId, clientId, clientSecret, createdAt, expiresAt, lifetime, status}}]}``; lifetimes of 30, 60, 90
and 365 days. No operation changes an account, and none revokes one of its secrets: only the deletion of the account does.
OBSERVED: an account has up to two client secrets.
ASSUMED: that the answer that creates a client secret shows it, and no other does (published so for API keys only), and that a role's ``id`` is what
``roleId`` takes, whose format is ``byte``.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import list_counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.roles import Role

PATH = "/api/v2/service-accounts"
TEXT = Optional(str)
SECRET = {"objectId": TEXT, "clientId": TEXT, "clientSecret": TEXT, "createdAt": TEXT, "expiresAt": TEXT, "status": TEXT}
CONFIG = {"clientSecretConfig": Optional(SECRET)}
ACCOUNT = {"objectId": str, "name": str, "roleId": TEXT, "roleName": TEXT, "authType": TEXT, "authConfigList": Optional([CONFIG])}
NEEDED = ("objectId", "clientId")
MAX_SECRETS = 2


@dataclass(frozen=True)
class ClientSecret:
    """A client secret without the secret itself. Times are RFC 3339, or None."""

    id: str
    client_id: str
    created_at: str | None
    expires_at: str | None
    status: str | None

    def as_result(self) -> dict[str, t.Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class CreatedSecret:
    """A new client secret with the secret, which JumpCloud shows this once. ``account_id``: whose it is."""

    account_id: str
    public: ClientSecret
    secret: str = field(repr=False)


@dataclass(frozen=True)
class ServiceAccount:
    """``auth_type`` is CLIENT_SECRET or API_KEY."""

    id: str
    name: str
    role_id: str | None
    role_name: str | None
    auth_type: str | None
    secrets: tuple[ClientSecret, ...]

    def has(self, role: Role) -> bool:
        return role.id == self.role_id or role.name == self.role_name

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "name": self.name, "role": self.role_name, "secrets": [secret.as_result() for secret in self.secrets]}


class ServiceAccounts:
    """The service accounts of one organization."""

    def __init__(self, client: HttpClient):
        self._client = client

    def list(self) -> t.List[ServiceAccount]:
        return list(list_counted(self._client, PATH, "list the service accounts", "service accounts", ACCOUNT, "objectId", _account))

    def create(self, name: str, role_id: str, lifetime: int) -> CreatedSecret:
        """Create an account with its first client secret, for so many days. Never sent twice."""
        body = {"name": name, "roleId": role_id, "authConfig": _wanted(lifetime)}
        answer = self._client.request("POST", PATH, "create the service account", json_body=body)
        row = answer.json({"serviceAccount": {"objectId": str, "authConfigList": [CONFIG]}})["serviceAccount"]
        return _created(answer, row["objectId"], row["authConfigList"])

    def add_secret(self, account_id: str, lifetime: int) -> CreatedSecret:
        """Give the account another client secret, for so many days. Never sent twice."""
        path = self._of(account_id) + "/auth-config"
        answer = self._client.request("POST", path, "create a client secret of the service account", json_body={"authConfig": _wanted(lifetime)})
        return _created(answer, account_id, [answer.json({"authConfig": CONFIG})["authConfig"]])

    def delete(self, account_id: str) -> None:
        """Delete the account with its client secrets; one that is gone already is fine."""
        self._client.request("DELETE", self._of(account_id), "delete the service account", handled=(404,)).is_missing()

    def cleanup(self) -> t.ContextManager[None]:
        """Within, there is time for requests even if the time budget is used up."""
        return self._client.transport.cleanup()

    def _of(self, account_id: str) -> str:
        return "%s/%s" % (PATH, quote(account_id, safe=""))


def _wanted(lifetime: int) -> dict[str, t.Any]:
    return {"authType": "CLIENT_SECRET", "clientSecretConfig": {"lifetime": "%d Days" % lifetime}}


def _created(answer: Answer, account_id: str, configs: list[dict[str, t.Any]]) -> CreatedSecret:
    """The one client secret that an answer shows. Errors name types only, never a value."""
    found = [config["clientSecretConfig"] for config in configs if (config.get("clientSecretConfig") or {}).get("clientSecret")]
    if len(found) != 1 or not all(found[0].get(name) for name in NEEDED):
        raise answer.unexpected("one new client secret with its ids", "%d client secrets" % len(found))
    return CreatedSecret(account_id, _secret(found[0]), found[0]["clientSecret"])


def _account(row: dict[str, t.Any]) -> ServiceAccount:
    configs = [config.get("clientSecretConfig") for config in row.get("authConfigList") or []]
    secrets = tuple(_secret(config) for config in configs if config)
    return ServiceAccount(row["objectId"], row["name"], row.get("roleId"), row.get("roleName"), row.get("authType"), secrets)


def _secret(config: dict[str, t.Any]) -> ClientSecret:
    """What an answer may say of the secret itself is dropped here."""
    return ClientSecret(config.get("objectId") or "", config.get("clientId") or "", config.get("createdAt"), config.get("expiresAt"), config.get("status"))
