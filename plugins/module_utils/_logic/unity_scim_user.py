# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_scim_user_info does."""

from __future__ import annotations

import itertools
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import unreadable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, ScimUser, base_url_from, require_header

# RFC 7644 section 3.10
ATTRIBUTE = re.compile(r"\A[A-Za-z$][\w:.$-]*\Z", re.ASCII)


@dataclass(frozen=True)
class InfoOptions:
    """The options of unity_scim_user_info."""

    http: HttpSettings
    owner: UnityOwner
    key: ScimKey
    base_url: str | None
    emails: tuple[str, ...] | None
    filter: str | None
    attributes: tuple[str, ...] | None
    page_size: int
    limit: int | None


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the provisioned users: all, those with these email addresses, or those that a filter selects."""
    options = parse(InfoOptions, params)
    for name, value, least in (("page_size", options.page_size, 1), ("limit", options.limit, 0)):
        if value is not None and value < least:
            raise ScimError("%s must be at least %d, not %d." % (name, least, value))
    attributes = options.attributes or ()
    for name in attributes:
        if not ATTRIBUTE.match(name):
            raise ScimError("attributes must be names such as name.givenName, and %s is none." % quoted(name))
    if options.filter is not None and not options.filter.strip():
        raise ScimError("filter must not be empty.", "Leave it out to read all users.")
    base_url, header = base_url_from(options.owner.organization, options.base_url), require_header(options.key)
    service = ScimService(base_url, header, open_transport(options.http, context))
    if options.emails is None:
        everybody = service.users(options.filter, attributes, options.page_size)
        users = list(itertools.islice(everybody, options.limit))
        total = everybody.total
        if everybody.odd:
            are = "is" if everybody.odd == 1 else "are"
            context.warn("%s, without an id or a userName, and %s left out." % (unreadable(everybody, "Unity's list of users"), are))
    else:
        found = (user for email in options.emails for user in service.find_by_email(email, attributes, options.page_size))
        users, total = list(itertools.islice(_once_each(found), options.limit)), None
    shown = sorted(users, key=lambda user: (matching_key(user.user_name), user.id))
    return {"changed": False, "users": [user.as_result() for user in shown], "total": total}


def _once_each(users: t.Iterable[ScimUser]) -> t.Iterator[ScimUser]:
    """Two addresses can find the same user."""
    seen: set[str] = set()
    for user in users:
        if user.id not in seen:
            seen.add(user.id)
            yield user
