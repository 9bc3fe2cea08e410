# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight tells of people, once both sides are known: whom groups to be bound and an activation bring, and whom an enforcement is about."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.people_preview import (
    PeopleOptions,
    Shown,
    UnityReader,
    look,
    shown_or_warned,
    validated_domains,
    wants_preview,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.preview import Preview
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization

Facts = t.Dict[str, t.Any]
# what the diff calls its lists, in words
TITLES = {
    "people_created": "To create",
    "people_adopted": "To adopt",
    "people_left_out": "Left out",
    "people_in_no_bound_group": "In Unity in no bound group",
}


@dataclass(frozen=True)
class PreviewOptions:
    """The options of scim_preflight_info that are about people."""

    people: PeopleOptions
    audit_key_id: str | None
    audit_secret_key: str | None = field(repr=False)


@dataclass(frozen=True)
class GroupChange:
    """The groups to be bound and to be unbound, and where their members are read."""

    directory: Directory
    associations: Associations
    added: frozenset[str]
    removed: frozenset[str]


def is_enforcement_due(enforced: bool | None, seen: Facts) -> bool:
    """Whether SCIM provisioning is to be enforced, and is not known to be so already."""
    return bool(enforced) and not (seen.get("enforcement") or {}).get("scim_enforced")


def reading_key(options: PreviewOptions, *others: t.Tuple[t.Optional[str], t.Optional[str]]) -> tuple[str | None, str | None]:
    """The key for audits, else the first of the others that was given. One of which only half was is not replaced by another one."""
    keys = ((options.audit_key_id, options.audit_secret_key), *others)
    return next((key for key in keys if key[0] or key[1]), (None, None))


@dataclass(frozen=True)
class Activation:
    """What becomes of provisioning. ``max_deprovisioned``: where it was stopped and is resumed, how many may have been unbound meanwhile; else None."""

    is_due: bool = False
    max_deprovisioned: int | None = None


def activation_of(activates: bool, is_active: bool | None, was_stopped: bool, max_deprovisioned: int) -> Activation:
    """``activates``: whether the run sees to it that provisioning is active; ``is_active``: None where that can't be told."""
    return Activation(activates and (is_active is False or was_stopped), max_deprovisioned if activates and was_stopped else None)


@dataclass(frozen=True)
class Plans:
    """What a run is about to do that concerns people; ``change`` is None where nothing of the application is of interest."""

    change: GroupChange | None
    activation: Activation
    enforced: bool | None


def preview_people(
    plans: Plans,
    options: PreviewOptions,
    key: tuple[str | None, str | None],
    where: tuple[UnityOrganization, str | None, Facts],
    transport: Transport,
    context: Context,
) -> Shown:
    """ScimError where more accounts would be created, or lost, than allowed. Nobody is read where nothing is to be bound, activated or enforced."""
    change, activation, (organization, base_url, seen) = plans.change, plans.activation, where
    enforces = is_enforcement_due(plans.enforced, seen)
    binds = change is not None and (bool(change.added) or activation.is_due)
    if change is None or not (binds or enforces):
        return Shown()
    limit = options.people.max_created_users
    is_asked = enforces if options.people.preview_people is None else options.people.preview_people
    # an audit compares everybody by itself
    max_deprovisioned = None if options.people.preview_people is False else activation.max_deprovisioned
    if not (is_asked or max_deprovisioned is not None or wants_preview(binds, options.people.preview_people, limit, context)):
        return Shown()
    reader = UnityReader(organization.organization_id, organization.expected_organization_id, organization.api_url, base_url, *key)
    domains = validated_domains(options.people.domains, seen)

    def read() -> Preview:
        groups, activates = (change.added, change.removed), activation.is_due
        return look(change.directory, change.associations, groups, reader, domains, limit, transport, context, activates, max_deprovisioned)

    return shown_or_warned(read, limit, context, max_deprovisioned)


def lines_of(found: Shown, context: Context) -> list[str]:
    """What a person is shown: counts, and with a diff, names."""
    if not found.people:
        return []
    names = [(TITLES[kind], people) for kind, people in (found.names or {}).items() if people and context.diff_mode]
    return ["people: %s" % found.people["said"], *("  %s: %s" % (title, ", ".join(people)) for title, people in names)]
