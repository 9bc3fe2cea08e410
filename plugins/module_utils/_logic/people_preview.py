# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads whom a change of the bindings, or an activation, is about, on both sides. Only where it is asked for: a run that does neither reads nobody."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import require_readable, unreadable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.preview import IN_NO_GROUP, NAMES, Preview, preview
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, ScimUser, base_url_from, require_header

NO_KEY = "there is no key to read with (scim_provisioning_audit_key_id)"
UNCOUNTED = "Who was unbound while provisioning was stopped, and may be deprovisioned by the activation, is not known: %s."
SEEN = {"people": Optional(dict), "names": Optional(dict)}


@dataclass(frozen=True)
class UnityReader:
    """Where Unity's people are read, and with which key; the key may be missing."""

    unity_organization_id: str | None
    unity_expected_organization_id: str | None
    unity_api_url: str
    base_url: str | None
    key_id: str | None
    secret_key: str | None = field(repr=False)


@dataclass(frozen=True)
class PeopleOptions:
    """Of whom a preview is made, and what it has to stay below."""

    max_created_users: int | None
    preview_people: bool | None
    domains: tuple[str, ...] | None


@dataclass(frozen=True)
class Shown:
    """A preview as it is handed on: ``people`` without names for results, ``names`` for the diff."""

    people: dict[str, t.Any] | None = None
    names: dict[str, list[str]] | None = None

    def keeps(self, limit: int | None) -> bool:
        """Whether it was held against this limit, or there is none."""
        return limit is None or (self.people or {}).get("max_created_users") == limit

    def in_diff(self, state: dict[str, t.Any] | None, is_after: bool) -> dict[str, t.Any]:
        """The state before or after a change, with the people."""
        lists = {} if self.names is None else self.names if is_after else {name: [] for name in NAMES}
        return {**(state or {}), **lists}

    def beside(self, found: str) -> str:
        """What was found, and what is to become of people."""
        return "%s; people: %s" % (found, self.people["said"]) if self.people else found


def wants_preview(binds: bool, asked: bool | None, limit: int | None, context: Context) -> bool:
    """Whether people are to be read: where groups are to be bound, and it is only planned; or as it was asked for. A limit is kept whatever was asked for."""
    if binds and limit is not None:
        return True
    return binds and context.check_mode if asked is None else asked


def seen_preview(seen: dict[str, t.Any] | None) -> Shown | None:
    """The preview that another module made just now; one without people where it had none to make. None where it did not say."""
    part = part_of(seen, "preview", SEEN)
    return Shown(part["people"], part["names"]) if part else None


def validated_domains(given: tuple[str, ...] | None, seen: dict[str, t.Any] | None) -> t.Sequence[str] | None:
    """Those that were named, else those that another module has seen; None where nobody knows."""
    part = part_of(seen, "single_sign_on", {"validated_domains": [str]})
    return given if given is not None else part["validated_domains"] if part else None


def beside_enforcement(result: dict[str, t.Any], seen: dict[str, t.Any] | None) -> dict[str, t.Any]:
    """The result of a step that turns the enforcement on, with those in Unity whom no bound group holds, as far as another module has looked."""
    preview_seen = seen_preview(seen)
    if preview_seen is None:
        return result
    people, names = preview_seen.people or {}, (preview_seen.names or {}).get(IN_NO_GROUP) or []
    number = people.get("in_no_bound_group")
    if isinstance(number, int):
        said = "%s in no bound group" % counted(number, "person in Unity is", "people in Unity are")
    else:
        said = "who is in Unity in no bound group is not known: %s" % (people.get("unread") or "nobody has looked")
    before, after = (dict(result["diff"][side] or {}) for side in ("before", "after"))
    shown = {**result["diff"], "before": {**before, IN_NO_GROUP: []}, "after": {**after, IN_NO_GROUP: names}}
    return {**result, "diff": shown, "step": {**result["step"], "found": "%s; %s" % (result["step"]["found"].rstrip("."), said)}}


def look(
    directory: Directory,
    associations: Associations,
    groups: tuple[frozenset[str], frozenset[str]],
    reader: UnityReader,
    domains: t.Sequence[str] | None,
    limit: int | None,
    transport: Transport,
    context: Context,
    activates: bool = False,
    max_deprovisioned: int | None = None,
) -> Preview:
    """``groups``: the ids of those to be bound, and of those to be unbound. What can't be read of JumpCloud is an error."""
    added, removed = groups
    ties = associations.users()
    bound = frozenset(user.id for user in ties if not user.loses_access_without(removed))
    require_readable(ties, "JumpCloud's list of bound people")
    members = frozenset(member for group_id in sorted(added) for member in directory.member_ids(group_id))
    if activates:
        # who is bound by now is provisioned as well
        members, bound = members | bound, frozenset()
    everybody = directory.everybody()
    provisioned, unread = _provisioned(reader, transport, context)
    return preview(members, bound, everybody, provisioned, domains, unread, limit, max_deprovisioned)


def shown_or_warned(read: t.Callable[[], Preview], limit: int | None, context: Context, max_deprovisioned: int | None = None) -> Shown:
    """The preview, within its limits. Without a limit of accounts to be created, what can't be read stops nothing."""
    try:
        found = read()
    except ScimError as error:
        if limit is not None:
            raise
        said = context.masker.redact(error.sentence())
        context.warn("Who would be created in Unity is not known. %s" % said if max_deprovisioned is None else UNCOUNTED % said.rstrip("."))
        return Shown()
    found.require_allowed()
    return Shown(found.as_result(), found.as_diff())


def _provisioned(reader: UnityReader, transport: Transport, context: Context) -> tuple[list[ScimUser] | None, str | None]:
    """Who is in Unity, or None, and why not everybody is known. That stops nothing: JumpCloud's half can be shown all the same."""
    if not (reader.key_id or reader.secret_key):
        return None, NO_KEY
    if not reader.unity_organization_id:
        return None, "no Unity organization was named (UNITY_ORGANIZATION_ID)"
    try:
        header = require_header(ScimKey(reader.key_id, reader.secret_key, None))
        organization = UnityOrganization(reader.unity_organization_id, reader.unity_expected_organization_id, reader.unity_api_url)
        listing = ScimService(base_url_from(organization, reader.base_url), header, transport).users()
        users = list(listing.seen())
    except ScimError as error:
        return None, context.masker.redact(error.message)
    if listing.owed:
        return None, "Unity's list of users is not whole: at least %s missing" % counted(listing.owed, "is", "are")
    # whom it shows is there, whoever else may be
    return users, unreadable(listing, "Unity's list of users") if listing.odd else None
