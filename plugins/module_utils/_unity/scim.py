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

import itertools
import json
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.commands import GET_AUDIT_KEY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import half_given
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header, parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.error_reader import ErrorReader
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import PAGE_SIZE, REFUSALS_OF_A_FILTER, Listing, Page, require_readable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import LOOPBACK_HOSTS, require_safe_url
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import (
    REQUEST_ID_FIELD,
    UnityOrganization,
    is_missing_route,
    read_error,
    require_organization,
)

UNITY_API_HOST = "services.api.unity.com"
MEDIA_TYPE = "application/scim+json"
TENANT_PATH = "/scim/v2/tenants/"
USER_LIST = {"totalResults": int, "Resources": Optional([dict])}
BOOLEANS = {"true": True, "false": False}
FEATURES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")

BASE_URL = named("base_url")


def derive_base_url(api_url: str, organization_id: str) -> str:
    """The organization's SCIM base connector URL."""
    return require_safe_url(api_url, named("api_url", "unity")) + TENANT_PATH + organization_id


def require_base_url(base_url: str, organization_id: str | None = None, allowed_hosts: t.Collection[str] = ()) -> str:
    """Return the SCIM base connector URL if a key may be sent there; else raise ScimError.

    It must be https (or loopback), have no trailing slash (JumpCloud refuses one), point to Unity's API or a host in
    ``allowed_hosts``, and name a tenant: this organization, where one is given.
    """
    hint = "Copy the 'SCIM base connector URL' from the Unity Dashboard (Administration > Single sign on > SCIM) to %s, or leave that out." % BASE_URL
    if base_url.endswith("/"):
        raise ScimError("base_url must not end with a slash: %s." % quoted(base_url), "JumpCloud does not accept one. Remove it from %s." % BASE_URL)
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


def base_url_from(organization: UnityOrganization, base_url: str | None) -> str:
    """The base URL that is given, checked, else the one derived from the organization."""
    organization_id = require_organization(organization)
    derived = derive_base_url(organization.api_url, organization_id)
    return require_base_url(base_url or derived, organization_id, [urlsplit(derived).hostname or ""])


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


class ScimService:
    """The SCIM service of one organization, called with a service account key as an identity provider would."""

    def __init__(self, base_url: str, header: str, transport: Transport):
        transport.context.masker.register_key(*parse_authorization_header(header))
        errors = ErrorReader(read_error, _hint, is_missing_route, REQUEST_ID_FIELD)
        self._client = HttpClient("Unity SCIM", base_url, transport, lambda: {"Authorization": header}, errors)
        self._by_address: dict[str, list[ScimUser]] | None = None
        self.refuses_filters = False

    def features(self) -> dict[str, bool]:
        """What the service supports, from its ServiceProviderConfig (RFC 7643 section 5)."""
        answer = self._get("/ServiceProviderConfig", "read the service's features")
        config = answer.json({name: Optional({"supported": bool}) for name in FEATURES})
        return {name: bool((config.get(name) or {}).get("supported")) for name in FEATURES}

    def count_users(self) -> int:
        """The number of users, read with one cheap request."""
        count: int = self._get("/Users", "count the users", {"startIndex": 1, "count": 1}).json(USER_LIST)["totalResults"]
        return count

    def users(self, scim_filter: str | None = None, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> Listing[ScimUser]:
        """All users. The service may ignore the filter, the attributes (RFC 7644 section 3.9) and the size of a page: compare again.

        An entry without an id or a userName, such as somebody who was only invited, counts as ``odd``, and is left out.
        """
        query: dict[str, t.Any] = {}
        if scim_filter:
            query["filter"] = scim_filter
        if attributes:
            # without them a row could not be told from others
            query["attributes"] = ",".join(dict.fromkeys(["id", "userName", *attributes]))
        operation = "list the users"

        def fetch(start_index: int, count: int) -> Page:
            page = self._get("/Users", operation, {"startIndex": start_index, "count": count, **query}).json(USER_LIST)
            return Page(page.get("Resources") or [], page["totalResults"])

        return Listing(
            fetch,
            _identity,
            "users",
            convert=_user,
            first=1,
            size=page_size,
            capped=True,
            ahead=self._client.transport.settings.concurrency,
            look=lambda: self._client.require_time_left(operation),
        )

    def find_by_email(self, email: str, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> list[ScimUser]:
        """The user whose userName is this address, as matching_key compares it; where there is none, those one of whose emails it is.

        Which filters the service knows is not published. That one is refused, or finds nobody, is no proof that nobody is there: then the whole
        list is read, once for each run, and found in from then on.
        """
        if self._by_address is None:
            found = self.find_by_user_name(email, [*attributes, "emails"] if attributes else (), page_size)
            if found:
                return found
        holders = self.holders(email, attributes, page_size)
        # as a filter would have found, so that the answer is the same whatever was looked up before
        return [user for user in holders if matching_key(user.user_name) == matching_key(email)] or holders

    def holders(self, email: str, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> list[ScimUser]:
        """All whose userName is this address, or one of whose emails, without asking a filter first: for an address that nobody should have."""
        # what is compared must be there
        attributes = [*attributes, "emails"] if attributes else ()
        if self._by_address is None:
            everybody = self.users(None, attributes, page_size)
            people: dict[str, list[ScimUser]] = {}
            for user in everybody:
                for key in {matching_key(address) for address in (user.user_name, *user.emails)}:
                    people.setdefault(key, []).append(user)
            require_readable(everybody, "Unity's list of users")
            self._by_address = people
        return self._by_address.get(matching_key(email), [])

    def find_by_user_name(self, user_name: str, attributes: t.Sequence[str] = (), page_size: int = PAGE_SIZE) -> list[ScimUser]:
        """The user whom a filter finds by this userName, which is unique. None is no proof that there is none."""
        # quoted as RFC 7644 figure 1 wants a compValue
        found = self.users("userName eq %s" % json.dumps(user_name.strip(), ensure_ascii=False), attributes, page_size)
        try:
            return list(itertools.islice((user for user in found if matching_key(user.user_name) == matching_key(user_name)), 1))
        except ApiError as error:
            if error.status not in REFUSALS_OF_A_FILTER:
                raise
            self.refuses_filters = True
        return []

    def forget(self) -> None:
        """What was read is out of date: look again."""
        self._by_address = None

    def _get(self, path: str, operation: str, query: dict[str, t.Any] | None = None) -> t.Any:
        return self._client.request("GET", path, operation, query=query, media_type=MEDIA_TYPE)


@dataclass(frozen=True)
class ScimKey:
    """The service account key that SCIM is called with, as its two parts or as the header value made of them."""

    key_id: str | None
    secret_key: str | None = field(repr=False)
    authorization_header: str | None = field(repr=False)


def header_from(key: ScimKey) -> str | None:
    """The Authorization header value of the key; None where none was given."""
    if key.authorization_header:
        parse_authorization_header(key.authorization_header)
        return key.authorization_header
    return authorization_header(key.key_id, key.secret_key) if key.key_id and key.secret_key else None


def require_header(key: ScimKey) -> str:
    """As header_from; ScimError where no key was given, or half of one."""
    header = header_from(key)
    if header is None and (key.key_id or key.secret_key):
        raise half_given("key_id" if key.key_id else "secret_key", "audit")
    if header is None:
        raise ScimError(
            "No key for Unity's SCIM service.",
            "Set %s and %s, or authorization_header. %s" % (named("key_id", "audit"), named("secret_key", "audit"), GET_AUDIT_KEY),
        )
    return header


def _identity(row: dict[str, t.Any]) -> t.Any:
    identifier = row.get("id")
    return identifier if isinstance(identifier, str) else ("odd", repr(row))


def _user(row: dict[str, t.Any]) -> ScimUser | None:
    """None for somebody who can't be told from others. Other services were seen to send numbers, words and plain addresses where RFC 7643 has other types."""
    identifier, user_name = row.get("id"), row.get("userName")
    if not isinstance(identifier, str) or not isinstance(user_name, str) or not user_name:
        return None
    name = row["name"] if isinstance(row.get("name"), dict) else {}
    given_name, family_name = (value if isinstance(value, str) else None for value in (name.get("givenName"), name.get("familyName")))
    return ScimUser(identifier, user_name, _external_id(row.get("externalId")), _active(row.get("active")), _emails(row), given_name, family_name)


def _external_id(value: t.Any) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value if isinstance(value, str) and value else None


def _active(value: t.Any) -> bool | None:
    return BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else value if isinstance(value, bool) else None


def _emails(row: dict[str, t.Any]) -> tuple[str, ...]:
    entries = row["emails"] if isinstance(row.get("emails"), list) else []
    values = (entry.get("value") if isinstance(entry, dict) else entry for entry in entries)
    return tuple(value for value in values if isinstance(value, str))


def _hint(status: int) -> str | None:
    return {
        400: "The service does not accept the request. Which filters Unity knows is not published: try a simpler one, or none.",
        401: "The key ID or the secret key is wrong, or the key was revoked. Create a new key of the service account.",
        403: "The key is valid, but its service account has not the organization role 'SCIM Authenticator' in this organization. Assign it.",
        404: "Check base_url and organization_id: this organization has no SCIM service at that address.",
        429: "Unity limits the rate of requests. Run again later.",
    }.get(status)
