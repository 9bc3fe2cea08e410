# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach JumpCloud: regions, authentication, errors, paging.

Published: the console hosts by region, ``x-api-key``, ``x-org-id`` (24 hex digits) for multi-tenant administrators, errors
``{code, message, status}``. Observed in the vendor's own code: the token call of a service account (client credentials), that
``x-org-id`` is left out for ``/api/organizations``, ``X-Total-Count`` on v2 lists.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.commands import PLAYBOOK
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.error_reader import ErrorReader
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.held_token import HeldToken
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import Listing, Page
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import require_safe_url
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.scopes import SCOPES

OBJECT_ID = re.compile(r"\A[0-9a-f]{24}\Z")
CONSOLE_URLS = {"us": "https://console.jumpcloud.com", "eu": "https://console.eu.jumpcloud.com", "in": "https://console.in.jumpcloud.com"}
OAUTH_URLS = {"us": "https://admin-oauth.id.jumpcloud.com", "eu": "https://admin-oauth.id.eu.jumpcloud.com", "in": "https://admin-oauth.id.in.jumpcloud.com"}
INSIGHTS_URLS = {"us": "https://api.jumpcloud.com", "eu": "https://api.eu.jumpcloud.com", "in": "https://api.in.jumpcloud.com"}
# about as long as one lives (observed)
DEFAULT_TOKEN_LIFETIME = 3600.0
MAX_TOKEN_LIFETIME = 86400
LONGEST_NUMBER = 16


@dataclass(frozen=True)
class JumpCloudAccess:
    """Where JumpCloud is, and who asks."""

    api_key: str | None = field(repr=False)
    client_id: str | None
    client_secret: str | None = field(repr=False)
    organization_id: str | None
    expected_organization_id: str | None
    region: str
    console_url: str | None
    oauth_url: str | None
    insights_url: str | None


class JumpCloudConnection:
    """Clients for the console API of one region, with an API key or as a service account."""

    def __init__(self, access: JumpCloudAccess, transport: Transport):
        """``transport``: services that get the same one share their time and their concurrency."""
        self.access = access
        self._transport = transport
        self._token = HeldToken(self._fetch_token, transport.context.clock)
        transport.context.masker.register(access.api_key)
        transport.context.masker.register_key(access.client_id, access.client_secret)
        organization_id = access.organization_id
        if organization_id and not OBJECT_ID.match(organization_id):
            raise ScimError("%s must be a JumpCloud organization ID of 24 hexadecimal digits, not %s." % (ORGANIZATION, quoted(organization_id)))
        self._region = _region(access.region)
        url = require_safe_url(access.console_url or CONSOLE_URLS[self._region], named("console_url", "jumpcloud"))
        errors = ERRORS._replace(forbidden=_of_administrators if access.api_key else _of_service_accounts)
        self.console = HttpClient("JumpCloud", url, transport, self._headers_of_organization, errors, self._refused)
        insights_url = require_safe_url(access.insights_url or INSIGHTS_URLS[self._region], named("insights_url", "jumpcloud"))
        self.insights = HttpClient("JumpCloud Directory Insights", insights_url, transport, self._headers_of_organization, errors, self._refused)
        self.across_organizations = HttpClient("JumpCloud", url, transport, self._headers, errors, self._refused)

    def check_credentials(self) -> None:
        """Get the access token of a service account, so that wrong credentials show. It takes no scope."""
        self._headers()

    def _headers_of_organization(self) -> dict[str, str]:
        organization_id = self.access.organization_id
        return {**self._headers(), **({"x-org-id": organization_id} if organization_id else {})}

    def _headers(self) -> dict[str, str]:
        if self.access.api_key:
            return {"x-api-key": self.access.api_key}
        if not self.access.client_id:
            raise ScimError(
                "No credentials for JumpCloud.",
                "Set %s, or %s and %s of a service account." % tuple(named(option, "jumpcloud") for option in ("api_key", "client_id", "client_secret")),
            )
        return self._token.headers()

    def _refused(self, headers: t.Mapping[str, str]) -> bool:
        return not self.access.api_key and self._token.refused(headers)

    def _fetch_token(self) -> tuple[str, float]:
        basic = authorization_header(self.access.client_id or "", self.access.client_secret or "")
        url = require_safe_url(self.access.oauth_url or OAUTH_URLS[self._region], named("oauth_url", "jumpcloud"))
        client = HttpClient("JumpCloud OAuth", url, self._transport, lambda: {"Authorization": basic}, ERRORS)
        form = {"scope": "api", "grant_type": "client_credentials"}
        answer = client.request("POST", "/oauth2/token", "get an access token for the service account", form=form, reads=True)
        body = answer.json({"access_token": str})
        self._transport.context.masker.register(body["access_token"])
        lifetime = body.get("expires_in")
        known = isinstance(lifetime, int) and not isinstance(lifetime, bool) and 0 < lifetime
        return body["access_token"], float(min(lifetime, MAX_TOKEN_LIFETIME)) if known else DEFAULT_TOKEN_LIFETIME


def _region(given: str) -> str:
    """As people write it: in any case."""
    region = given.strip().lower()
    if region not in CONSOLE_URLS:
        raise ScimError("%s must be %s, not %s." % (REGION, " or ".join(CONSOLE_URLS), quoted(given)))
    return region


def list_v1(
    client: HttpClient,
    path: str,
    operation: str,
    what: str,
    row: t.Any,
    query: dict[str, t.Any] | None = None,
    convert: t.Callable[[t.Any], t.Any] = lambda found: found,
    capped: bool = False,
) -> Listing[t.Any]:
    """A v1 list ``{results, totalCount}`` (published), sorted by ``_id`` so that pages don't shift. ``capped``: see Listing."""
    fetch = _counted_pages(client, path, operation, row, {"sort": "_id", **(query or {})})
    return _listing(client, fetch, lambda found: identity_of(found, "_id"), what, operation, convert, capped)


def list_of_provider(client: HttpClient, path: str, operation: str, what: str, row: t.Any, convert: t.Callable[[t.Any], t.Any]) -> Listing[t.Any]:
    """A v2 list of a provider: ``{results, totalCount}`` (published). By which fields it may be sorted is not published, so it is not asked for."""
    return _listing(client, _counted_pages(client, path, operation, row, {}), lambda found: identity_of(found, "id"), what, operation, convert, False)


def _counted_pages(client: HttpClient, path: str, operation: str, row: t.Any, query: dict[str, t.Any]) -> t.Callable[[int, int], Page]:
    def fetch(skip: int, limit: int) -> Page:
        answer = client.request("GET", path, operation, query={"limit": limit, "skip": skip, **query})
        page = answer.json({"results": [row], "totalCount": int})
        return Page(page["results"], page["totalCount"])

    return fetch


def list_v2(
    client: HttpClient,
    path: str,
    operation: str,
    what: str,
    row: t.Any,
    identity: t.Callable[[t.Any], t.Any],
    query: dict[str, t.Any] | None = None,
    convert: t.Callable[[t.Any], t.Any] = lambda found: found,
    capped: bool = False,
) -> Listing[t.Any]:
    """A v2 list, a bare array (published). ``X-Total-Count`` (observed) is a claim to be met where it is sent."""

    def fetch(skip: int, limit: int) -> Page:
        answer = client.request("GET", path, operation, query={"limit": limit, "skip": skip, **(query or {})})
        total = answer.header("X-Total-Count") or ""
        return Page(answer.json([row]), int(total) if total.isascii() and total.isdecimal() and len(total) < LONGEST_NUMBER else None)

    return _listing(client, fetch, identity, what, operation, convert, capped)


def list_counted(
    client: HttpClient, path: str, operation: str, what: str, row: dict[str, t.Any], id_field: str, convert: t.Callable[[t.Any], t.Any]
) -> Listing[t.Any]:
    """A list ``{results, totalCount}`` of the v2 API (published, without saying that both are always there). How it is sorted is not published."""

    def fetch(skip: int, limit: int) -> Page:
        page = client.request("GET", path, operation, query={"limit": limit, "skip": skip}).json({"results": Optional([row]), "totalCount": Optional(int)})
        return Page(page.get("results") or [], page.get("totalCount"))

    return _listing(client, fetch, lambda found: found[id_field], what, operation, convert, False)


def identity_of(row: t.Any, field: str) -> t.Any:
    """What tells a row apart from others, even where it is odd and has no id."""
    identifier = row.get(field) if isinstance(row, dict) else None
    return identifier if isinstance(identifier, str) else ("odd", repr(row))


def _listing(
    client: HttpClient,
    fetch: t.Callable[[int, int], Page],
    identity: t.Callable[[t.Any], t.Any],
    what: str,
    operation: str,
    convert: t.Callable[[t.Any], t.Any],
    capped: bool,
) -> Listing[t.Any]:
    ahead = client.transport.settings.concurrency
    return Listing(fetch, identity, what, convert=convert, capped=capped, ahead=ahead, look=lambda: client.require_time_left(operation))


def _read_error(body: t.Any) -> tuple[t.Any, str | None]:
    """Code and message of a v1, v2 or OAuth error (RFC 6749 section 5.2)."""
    if not isinstance(body, dict):
        return None, None
    said = body.get("message") or body.get("error_description") or body.get("error")
    return body.get("code") or body.get("error"), said if isinstance(said, str) else None


ORGANIZATION, REGION = named("organization_id", "jumpcloud"), named("region", "jumpcloud")


def _hint(status: int) -> str | None:
    return {
        400: "Check the options that the message speaks of; a malformed %s also answers so." % ORGANIZATION,
        401: "The API key or the service account is not valid. API access is off by default for each administrator: an Admin with Billing switches it on. "
        "Check %s, too, and, as a multi-tenant administrator, %s." % (REGION, ORGANIZATION),
        402: "The JumpCloud subscription does not include this.",
        403: "The administrator or service account has no permission for this, or its address is blocked for a while. Don't repeat it quickly.",
        404: "It does not exist in this organization. Check the id, %s and %s." % (ORGANIZATION, REGION),
        429: "JumpCloud limits the rate of requests. Run again later.",
    }.get(status)


# published
RESTRICTIONS = (
    "Only an Admin with Billing manages custom roles and service accounts, in the organization itself, not on the home page of a multi-tenant portal, "
    "and an organization has at most 20 custom roles."
)


def _of_administrators(_method: str, path: str) -> str | None:
    return RESTRICTIONS if path.startswith(("/api/v2/roles", "/api/v2/service-accounts")) else None


def _of_service_accounts(method: str, path: str) -> str | None:
    """JumpCloud's answer does not say which scope is missing, but its documentation says which ones would do. None where it does not."""
    if _of_administrators(method, path):
        return "A service account must not make others: give an administrator's API key instead. %s" % RESTRICTIONS
    for operation, scopes in SCOPES.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation), "%s %s" % (method, path)):
            return (
                "The role of the service account must have the scope %s for this. Name this playbook in bootstrap_jumpcloud_playbooks, beside those that are "
                "there, and run with an administrator's key: %s. If the role has it, the address is blocked for a while: don't repeat it quickly."
                % (" or ".join(scopes), PLAYBOOK % "bootstrap_jumpcloud")
            )
    return None


ERRORS = ErrorReader(_read_error, _hint)
