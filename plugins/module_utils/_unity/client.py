# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach Unity: addresses, authentication, errors.

Published: the API gateway's host and its error body ``{title, detail, code, status, details[], requestId}`` (Unity Services web
API docs); Basic authentication with a service account key. Observed in Unity's own packages, not published: the exchange of a
person's token at ``/api/auth/v1/genesis-token-exchange/unity``.
"""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import PREFIX
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.error_reader import ErrorReader
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.held_token import HeldToken
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import require_safe_url

ROUTE_MISSING_CODE = 4
REQUEST_ID_FIELD = "requestId"


# the options of an owner in a module that calls JumpCloud as well: there, organization_id is JumpCloud's
BESIDE_JUMPCLOUD = {PREFIX: "unity_"}


@dataclass(frozen=True)
class UnityOrganization:
    """The organization that is meant."""

    organization_id: str
    expected_organization_id: str | None
    api_url: str

    def __post_init__(self) -> None:
        if not self.organization_id:
            raise ScimError("No Unity organization.", "Set %s to the ID of the organization in the Unity Dashboard." % named("organization_id", "unity"))


@dataclass(frozen=True)
class UnityOwner:
    """An owner or manager of the organization."""

    organization: UnityOrganization
    access_token: str | None = field(repr=False)
    exchange_token: bool
    admin_key_id: str | None
    admin_secret_key: str | None = field(repr=False)
    services_url: str

    @property
    def is_known(self) -> bool:
        return bool(self.access_token or self.admin_key_id)


def require_organization(organization: UnityOrganization) -> str:
    """The organization's Genesis ID, if it is the expected one."""
    organization_id, expected = organization.organization_id, organization.expected_organization_id
    if expected and organization_id != expected:
        raise ScimError(
            "The Unity organization is %s, but %s is expected. Nothing was changed." % (quoted(organization_id), quoted(expected)),
            "Check %s and %s: one of them belongs to another environment." % (named("organization_id", "unity"), named("expected_organization_id", "unity")),
        )
    if not organization_id.isalnum():
        raise ScimError("%s must be the Genesis ID of the Unity organization, not %s." % (named("organization_id", "unity"), quoted(organization_id)))
    return organization_id


class UnityConnection:
    """Clients for Unity's administration, which authenticate as an owner or manager of the organization."""

    def __init__(self, owner: UnityOwner, transport: Transport):
        """``transport``: services that get the same one share their time and their concurrency."""
        self.organization_id = require_organization(owner.organization)
        self._owner = owner
        self._transport = transport
        self._exchanged = HeldToken(self._exchange, transport.context.clock)
        masker = transport.context.masker
        masker.register(owner.access_token)
        masker.register_key(owner.admin_key_id, owner.admin_secret_key)
        self.admin = self._client("Unity administration", owner.organization.api_url, "api_url")
        self.services = self._client("Unity", owner.services_url, "services_url")

    def _client(self, service: str, url: str, option: str) -> HttpClient:
        return HttpClient(service, require_safe_url(url, named(option, "unity")), self._transport, self._headers, ADMIN_ERRORS, self._refused)

    def _headers(self) -> dict[str, str]:
        if self._owner.admin_key_id and self._owner.admin_secret_key:
            return {"Authorization": authorization_header(self._owner.admin_key_id, self._owner.admin_secret_key)}
        if not self._owner.access_token:
            raise ScimError(
                "No credentials for Unity.",
                "Set %s, or %s and %s, of an owner or manager of the organization."
                % tuple(named(option, "unity") for option in ("access_token", "admin_key_id", "admin_secret_key")),
            )
        return self._exchanged.headers() if self._exchanges else {"Authorization": "Bearer " + self._owner.access_token}

    @property
    def _exchanges(self) -> bool:
        return self._owner.exchange_token and not self._owner.admin_key_id

    def _refused(self, headers: t.Mapping[str, str]) -> bool:
        return self._exchanges and self._exchanged.refused(headers)

    def _exchange(self) -> tuple[str, float]:
        """Turn a person's access token into a token of Unity's gateway (observed, not published). How long that lasts is not known."""
        client = HttpClient("Unity", require_safe_url(self._owner.services_url, named("services_url", "unity")), self._transport, dict, ADMIN_ERRORS)
        body = {"token": self._owner.access_token}
        answer = client.request("POST", "/api/auth/v1/genesis-token-exchange/unity", "exchange the access token", json_body=body, reads=True)
        exchanged: str = answer.json({"token": str})["token"]
        self._transport.context.masker.register(exchanged)
        return exchanged, math.inf


def read_error(body: t.Any) -> tuple[t.Any, str | None]:
    """Code and message of an error in either form: the gateway's, or SCIM's (RFC 7644 section 3.12)."""
    if not isinstance(body, dict):
        return None, None
    code = body.get("scimType") or body.get("code")
    parts = [body.get(name) for name in ("title", "detail")]
    return code, ": ".join(part for part in parts if isinstance(part, str) and part) or None


def is_missing_route(status: int, code: t.Any) -> bool:
    """The gateway's "ApiMissing" (published code 4)."""
    return status == 404 and code == ROUTE_MISSING_CODE


def _admin_hint(status: int) -> str | None:
    return {
        401: "The credentials are not valid, or have expired. Get a new access token and run again.",
        403: "The credentials are valid, but are not those of an owner or manager of this organization.",
        404: "Check %s: it must be the organization's Genesis ID." % named("organization_id", "unity"),
        429: "Unity limits the rate of requests. Run again later.",
    }.get(status)


ADMIN_ERRORS = ErrorReader(read_error, _admin_hint, is_missing_route, REQUEST_ID_FIELD)
