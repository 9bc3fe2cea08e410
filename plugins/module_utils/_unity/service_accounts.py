# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to the service accounts of a Unity organization: accounts, organization roles, keys.

Everything here is ASSUMED. Unity publishes console clicks only (Administration > Service Accounts); no public page or client
names an API. The assumed contract, at the gateway's host, JSON, as an owner or manager:

    GET    /auth/v1/organizations/{org}/service-accounts?limit=&offset=   200 {results: [{id, name, description, createdAt}], offset, limit, total}
    POST   /auth/v1/organizations/{org}/service-accounts                  201 account; 409 when the name is taken
    PATCH  .../service-accounts/{id}                                      200 account
    DELETE .../service-accounts/{id}                                      204
    GET    .../service-accounts/{id}/organization-roles                   200 {roles: [{id, name}]}
    PUT    .../service-accounts/{id}/organization-roles                   200 the same
    GET    .../service-accounts/{id}/keys                                 200 {results: [{id, name, createdAt}], offset, limit, total}
    POST   .../service-accounts/{id}/keys                                 201 {id, name, secretKey, createdAt}, the only answer with a secret
    DELETE .../service-accounts/{id}/keys/{keyId}                         204

A key's ``name`` may be missing; such a key is never taken for a managed one. Published for the self-hosted edition
only: names are unique in an organization, 50 accounts, 20 keys per account, deletion is final.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import Listing, Page
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import AssumedPath

ACCOUNT = {"id": str, "name": str, "description": Optional(str), "createdAt": Optional(str)}
ROLES = {"roles": [{"id": str, "name": str}]}
KEY = {"id": str, "name": Optional(str), "createdAt": Optional(str)}
CREATED_KEY = {**KEY, "secretKey": str}


@dataclass(frozen=True)
class ServiceAccount:
    """An account without its roles, which are read separately. ``created_at`` is RFC 3339, or None."""

    id: str
    name: str
    description: str
    created_at: str | None


@dataclass(frozen=True)
class Key:
    """A key without its secret. ``created_at`` is RFC 3339, or None; ``name`` is None where the service does not show one."""

    id: str
    created_at: str | None
    name: str | None = None

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "name": self.name, "created_at": self.created_at}


class ServiceAccounts:
    """The service accounts of one organization."""

    def __init__(self, client: HttpClient, organization_id: str):
        self._client = client
        self._path = AssumedPath("/auth/v1/organizations/{org}/service-accounts", {"org": organization_id})

    def list(self) -> t.Iterator[ServiceAccount]:
        return (_account(row) for row in self._pages(self._path, ACCOUNT, "list the service accounts", "service accounts"))

    def create(self, name: str, description: str) -> ServiceAccount:
        body = {"name": name, "description": description}
        answer = self._client.request("POST", self._path, "create the service account", json_body=body)
        return _account(answer.json(ACCOUNT))

    def update(self, account_id: str, changes: dict[str, str]) -> ServiceAccount:
        """``changes``: name, description, or both."""
        with self._one(account_id):
            answer = self._client.request("PATCH", self._of(account_id), "update the service account", json_body=changes)
        return _account(answer.json(ACCOUNT))

    def delete(self, account_id: str) -> None:
        """Delete the account with its keys and roles; one that is gone already is fine."""
        self._delete(self._of(account_id), "delete the service account")

    def roles(self, account_id: str) -> tuple[str, ...]:
        """The names of the account's organization roles, sorted."""
        with self._one(account_id):
            answer = self._client.request("GET", self._of(account_id, "/organization-roles"), "read the service account's organization roles")
        return _role_names(answer)

    def set_roles(self, account_id: str, roles: t.Iterable[str]) -> tuple[str, ...]:
        body = {"roles": [{"name": role} for role in roles]}
        with self._one(account_id):
            answer = self._client.request("PUT", self._of(account_id, "/organization-roles"), "set the service account's organization roles", json_body=body)
        return _role_names(answer)

    def keys(self, account_id: str) -> t.List[Key]:
        with self._one(account_id):
            rows = self._pages(self._of(account_id, "/keys"), KEY, "list the service account's keys", "keys")
            return [_key(row) for row in rows]

    def create_key(self, account_id: str, name: str) -> tuple[Key, str]:
        """Create a key and return it with its secret, which Unity shows this once. Never sent twice."""
        with self._one(account_id):
            answer = self._client.request("POST", self._of(account_id, "/keys"), "create a key of the service account", json_body={"name": name})
        created = answer.json(CREATED_KEY)
        return _key(created), created["secretKey"]

    def revoke_key(self, account_id: str, key_id: str) -> None:
        """Revoke a key; one that is gone already is fine."""
        self._delete(self._of(account_id, "/keys/{keyId}", keyId=key_id), "revoke the service account's key")

    def cleanup(self) -> t.ContextManager[None]:
        """Within, there is time for requests even if the time budget is used up."""
        return self._client.transport.cleanup()

    @contextmanager
    def _one(self, account_id: str) -> t.Iterator[None]:
        """Requests about one account. Where it is gone, which the list tells, a 404 says nothing of the endpoint, and is an error that no other way avoids."""
        try:
            yield
        except ApiError as error:
            if error.status != 404 or isinstance(error, UnexpectedAnswer) or any(account.id == account_id for account in self.list()):
                raise
            raise ScimError("The service account %s was deleted meanwhile: Unity does not list it any more." % quoted(account_id), "Run again.") from error

    def _of(self, account_id: str, below: str = "", **values: str) -> AssumedPath:
        return self._path.below("/{id}" + below, id=account_id, **values)

    def _delete(self, path: AssumedPath, operation: str) -> None:
        self._client.request("DELETE", path, operation, handled=(404,)).is_missing()

    def _pages(self, path: AssumedPath, row: dict[str, t.Any], operation: str, what: str) -> Listing[t.Any]:
        def fetch(offset: int, limit: int) -> Page:
            answer = self._client.request("GET", path, operation, query={"limit": limit, "offset": offset})
            page = answer.json({"results": [row], "total": int})
            return Page(page["results"], page["total"])

        return Listing(fetch, lambda found: found["id"], what, ahead=self._client.transport.settings.concurrency)


def _account(row: dict[str, t.Any]) -> ServiceAccount:
    return ServiceAccount(row["id"], row["name"], row.get("description") or "", row.get("createdAt"))


def _key(row: dict[str, t.Any]) -> Key:
    return Key(row["id"], row.get("createdAt"), row.get("name") or None)


def _role_names(answer: Answer) -> tuple[str, ...]:
    return tuple(sorted(role["name"] for role in answer.json(ROLES)["roles"]))
