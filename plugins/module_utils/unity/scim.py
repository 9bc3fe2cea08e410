# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to Unity's SCIM service.

PUBLISHED ("Unity Identity SCIM" OpenAPI 2.0.0): server ``https://services.api.unity.com/scim/v2``, ``/tenants/{organizationId}/Users``,
media type ``application/scim+json``, ``filter``, ``startIndex``, ``count`` as in RFC 7644 section 3.4; Basic authentication with a
service account key; the role SCIM Authenticator. From RFC 7644: ``/ServiceProviderConfig``. Not published: whether a filter is
honoured and how large a page may be, so results are compared again here, and paging goes by what the service returns.
ASSUMED: that the dashboard's "SCIM base connector URL" is ``{server}/tenants/{Genesis ID}``; the proof is a call to it.
"""
from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.http import ErrorReader, HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.paging import PAGE_SIZE, Page, iterate_scim
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.secrets import authorization_header, parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.unity.client import (
    REQUEST_ID_FIELD,
    is_missing_route,
    read_error,
    require_organization,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.urls import LOOPBACK_HOSTS, require_safe_url

UNITY_API_HOST = "services.api.unity.com"
MEDIA_TYPE = "application/scim+json"
TENANT_PATH = "/scim/v2/tenants/"
USER = {"id": str, "userName": str, "active": Optional(bool), "externalId": Optional(str), "emails": Optional([dict]), "name": Optional(dict)}
USER_LIST = {"totalResults": int, "Resources": Optional([USER])}
FEATURES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")


def derive_base_url(api_url: str, organization_id: str) -> str:
    """The organization's SCIM base connector URL."""
    return require_safe_url(api_url, "api_url") + TENANT_PATH + organization_id


def require_base_url(base_url: str, organization_id: str | None = None, allowed_hosts: t.Collection[str] = ()) -> str:
    """Return the SCIM base connector URL if a key may be sent there; else raise ScimError.

    It must be https (or loopback), have no trailing slash (JumpCloud refuses one), point to Unity's API or a host in
    ``allowed_hosts``, and name a tenant: this organization, where one is given.
    """
    hint = "Copy the 'SCIM base connector URL' from the Unity Dashboard (Administration > Single sign on > SCIM)."
    if base_url.endswith("/"):
        raise ScimError("base_url must not end with a slash: %s." % quoted(base_url), "JumpCloud does not accept one. Remove it.")
    require_safe_url(base_url, "base_url")
    host = urlsplit(base_url).hostname
    if host not in {UNITY_API_HOST, *LOOPBACK_HOSTS, *allowed_hosts}:
        raise ScimError("base_url points to the host %s, which is not Unity's API: %s." % (quoted(host), quoted(base_url)), hint)
    before, separator, tenant = urlsplit(base_url).path.partition(TENANT_PATH)
    if not separator or before or not tenant.isalnum():
        raise ScimError("base_url has not the form https://%s%s<organization ID>: %s." % (UNITY_API_HOST, TENANT_PATH, quoted(base_url)), hint)
    if organization_id and tenant != organization_id:
        raise ScimError("base_url belongs to the organization %s, not to %s." % (quoted(tenant), quoted(organization_id)), hint)
    return base_url


def base_url_beside_jumpcloud(params: dict[str, t.Any]) -> str:
    """As base_url_from, with the options of a module that calls JumpCloud as well."""
    names = {"organization_id": "unity_organization_id", "expected_organization_id": "unity_expected_organization_id", "api_url": "unity_api_url"}
    return base_url_from({"base_url": params["base_url"], **{name: params[option] for name, option in names.items()}})


def base_url_from(params: dict[str, t.Any]) -> str:
    """The base URL that the options give, checked, else the one derived from the organization."""
    organization_id = require_organization(params)
    derived = derive_base_url(params["api_url"], organization_id)
    return require_base_url(params["base_url"] or derived, organization_id, [urlsplit(derived).hostname or ""])


@dataclass(frozen=True)
class ScimUser:
    """A provisioned user. ``emails`` are the values of the user's email addresses; ``active`` is None where the service does not say."""

    id: str
    user_name: str
    external_id: str | None
    active: bool | None
    emails: tuple[str, ...]
    given_name: str | None = None
    family_name: str | None = None

    def as_result(self) -> dict[str, t.Any]:
        return {
            "id": self.id,
            "user_name": self.user_name,
            "external_id": self.external_id,
            "active": self.active,
            "emails": list(self.emails),
            "given_name": self.given_name,
            "family_name": self.family_name,
        }


class Users:
    """A list of users that is read page by page while it is iterated. ``total`` is how many the service says there are; None before the first page."""

    def __init__(self, fetch: t.Callable[[int, int], Page], page_size: int):
        self._fetch = fetch
        self._page_size = page_size
        self.total: int | None = None

    def __iter__(self) -> t.Iterator[ScimUser]:
        return (_user(row) for row in iterate_scim(self._read, lambda row: row["id"], "users", self._page_size))

    def _read(self, start_index: int, count: int) -> Page:
        page = self._fetch(start_index, count)
        self.total = page.total
        return page


class ScimService:
    """The SCIM service of one organization, called with a service account key as an identity provider would."""

    def __init__(self, base_url: str, header: str, transport: Transport):
        transport.context.masker.register_key(*parse_authorization_header(header))
        errors = ErrorReader(read_error, _hint, is_missing_route, REQUEST_ID_FIELD)
        self._client = HttpClient("Unity SCIM", base_url, transport, lambda: {"Authorization": header}, errors)

    def features(self) -> dict[str, bool]:
        """What the service supports, from its ServiceProviderConfig (RFC 7643 section 5)."""
        answer = self._get("/ServiceProviderConfig", "read the service's features")
        config = answer.json({name: Optional({"supported": bool}) for name in FEATURES})
        return {name: bool((config.get(name) or {}).get("supported")) for name in FEATURES}

    def count_users(self) -> int:
        """The number of users, read with one cheap request."""
        return self._get("/Users", "count the users", {"startIndex": 1, "count": 1}).json(USER_LIST)["totalResults"]

    def users(self, scim_filter: str | None = None, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> Users:
        """All users, page by page. The service may ignore the filter, the attributes (RFC 7644 section 3.9) and the size of a page: compare again."""
        query: dict[str, t.Any] = {}
        if scim_filter:
            query["filter"] = scim_filter
        if attributes:
            # without them a row could not be told from others
            query["attributes"] = ",".join(dict.fromkeys(["id", "userName", *attributes]))

        def fetch(start_index: int, count: int) -> Page:
            page = self._get("/Users", "list the users", {"startIndex": start_index, "count": count, **query}).json(USER_LIST)
            return Page(page.get("Resources") or [], page["totalResults"])

        return Users(fetch, page_size)

    def find_by_email(self, email: str, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> list[ScimUser]:
        """Users whose userName or one of whose emails is this address, whatever its case."""
        # what is compared must be there
        attributes = [*attributes, "emails"] if attributes else ()
        wanted, literal = email.lower(), json.dumps(email)  # quoted as RFC 7644 figure 1 wants a compValue
        try:
            found = list(self.users("userName eq %s or emails.value eq %s" % (literal, literal), attributes, page_size))
        except ApiError as error:
            if error.status != 400:
                raise
            # which filters the service knows is not published
            found = list(self.users(None, attributes, page_size))
        return [user for user in found if wanted in {user.user_name.lower(), *(address.lower() for address in user.emails)}]

    def _get(self, path: str, operation: str, query: dict[str, t.Any] | None = None) -> t.Any:
        return self._client.request("GET", path, operation, query=query, media_type=MEDIA_TYPE)


def header_from(params: dict[str, t.Any]) -> str | None:
    """The Authorization header value from a module's options; None where no key was given."""
    if params.get("authorization_header"):
        parse_authorization_header(params["authorization_header"])
        return params["authorization_header"]
    if params.get("key_id") and params.get("secret_key"):
        return authorization_header(params["key_id"], params["secret_key"])
    return None


def require_header(params: dict[str, t.Any]) -> str:
    """As header_from; ScimError where no key was given."""
    header = header_from(params)
    if header is None:
        raise ScimError("No key for Unity's SCIM service.", "Set key_id and secret_key (UNITY_SCIM_KEY_ID, UNITY_SCIM_SECRET_KEY), or authorization_header.")
    return header


def _user(row: dict[str, t.Any]) -> ScimUser:
    emails = tuple(email["value"] for email in row.get("emails") or [] if isinstance(email.get("value"), str))
    name = row.get("name") or {}
    given_name, family_name = (value if isinstance(value, str) else None for value in (name.get("givenName"), name.get("familyName")))
    return ScimUser(row["id"], row["userName"], row.get("externalId"), row.get("active"), emails, given_name, family_name)


def _hint(status: int) -> str | None:
    return {
        400: "The service does not accept the request. Which filters Unity knows is not published: try a simpler one, or none.",
        401: "The key ID or the secret key is wrong, or the key was revoked. Create a new key of the service account.",
        403: "The key is valid, but its service account has not the organization role 'SCIM Authenticator' in this organization. Assign it.",
        404: "Check base_url and organization_id: this organization has no SCIM service at that address.",
        429: "Unity limits the rate of requests. Run again later.",
    }.get(status)
