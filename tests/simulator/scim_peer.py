# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's end of SCIM: calls the service provider over HTTP with the scim2-client library."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx2
from scim2_client import SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Email, Group, Name, ResourceType, SCIMException, ScimProvider, User

from .records import Connection
from .records import User as Person
from .request_log import ENGINE_USER_AGENT

TIMEOUT_SECONDS = 10.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PROVIDER_MODELS = (User, Group)


class PeerError(Exception):
    """The service provider refused, or did not answer in SCIM. Status 0: no answer at all."""

    def __init__(self, status: int, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details


class ScimPeer:
    def __init__(self, connection: Connection) -> None:
        if urlsplit(connection.base_url).hostname not in LOOPBACK:
            raise PeerError(0, "Could not reach the service provider", "The simulator calls loopback addresses only.")
        headers = {connection.header_name: connection.header_value, "User-Agent": ENGINE_USER_AGENT}
        try:
            self._http = httpx2.Client(base_url=connection.base_url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        except (ValueError, TypeError, httpx2.InvalidURL) as error:
            raise PeerError(0, "The base URL or the header cannot be used", type(error).__name__) from error
        provider = ScimProvider(models=_PROVIDER_MODELS, resource_types=[ResourceType.from_resource(model) for model in _PROVIDER_MODELS])
        self._client = SyncSCIMClient(self._http, provider=provider)

    def __enter__(self) -> ScimPeer:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def find_user(self, user_name: str) -> str | None:
        """The id of the person with this userName."""
        quoted = user_name.replace("\\", "\\\\").replace('"', '\\"')
        found = self._call(self._client.query, User, query_parameters={"filter": f'userName eq "{quoted}"'})
        for user in getattr(found, "resources", None) or []:
            if (user.user_name or "").lower() == user_name.lower():
                scim_id: str | None = user.id
                return scim_id
        return None

    def create_user(self, person: Person) -> str:
        scim_id: str = self._call(self._client.create, _scim_user(person)).id
        return scim_id

    def update_user(self, scim_id: str, person: Person, active: bool = True) -> None:
        user = _scim_user(person)
        user.id, user.active = scim_id, active
        self._call(self._client.replace, user)

    def delete_user(self, scim_id: str) -> None:
        self._call(self._client.delete, User, scim_id)

    def create_group(self, name: str) -> str:
        scim_id: str = self._call(self._client.create, Group(display_name=name)).id
        return scim_id

    def delete_group(self, scim_id: str) -> None:
        self._call(self._client.delete, Group, scim_id)

    @staticmethod
    def _call(operation: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return operation(*arguments, **named)
        except (SCIMClientException, SCIMException) as error:
            status = getattr(getattr(error, "source", None), "status_code", 0)
            raise PeerError(status, _explain(status), str(error)) from error


def _explain(status: int) -> str:
    """What the administrator reads; each cause has its own sentence."""
    known = {
        0: "Could not reach the service provider",
        400: "400: the service provider refused the request as invalid",
        401: "401: the service provider did not accept the authorization header",
        403: "403: the service provider says that the credentials lack permission",
        404: "404: the service provider does not know this address or resource",
        409: "409: the resource already exists at the service provider",
        429: "429: the service provider asks to slow down",
    }
    if 200 <= status < 300:
        return f"{status}: the service provider's answer is not SCIM"
    return known.get(status, f"{status}: the service provider failed")


def _scim_user(person: Person) -> User[Any]:
    full_name = person.displayname or f"{person.firstname} {person.lastname}".strip() or person.email
    return User(
        user_name=person.email,
        external_id=person.id or None,
        display_name=full_name,
        name=Name(given_name=person.firstname or None, family_name=person.lastname or None, formatted=full_name),
        emails=[Email(value=person.email, type=Email.Type.work, primary=True)],
        active=True,
    )
