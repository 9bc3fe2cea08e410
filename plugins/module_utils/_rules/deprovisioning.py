# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom to wait for until JumpCloud has deprovisioned those who lost access. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event

# what tells that somebody's account is deprovisioned
DEPROVISIONING_TYPES = ("user_deprovision", "user_delete_provision")
# what tells that somebody was unbound: for so long, a run that broke off may have left people who are still to be deprovisioned
UNBINDING_TYPES = ("association_change",)
RECENT_SECONDS = 600.0


@dataclass(frozen=True)
class Losing:
    """A person who lost access and may have an account. ``email`` is None where nobody may read it, and ``since`` where no event tells when it was."""

    id: str
    email: str | None
    since: str | None


@dataclass(frozen=True)
class Awaited:
    """``people``: since when an event of each of them, by id, ends the wait. None where the events can't tell who it is about."""

    people: dict[str, str] | None = None


@dataclass(frozen=True)
class Unbinding:
    """When groups and people were unbound; neither, where the event does not say whom it concerns."""

    at: str
    groups: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


def unbindings(events: t.Iterable[Event]) -> list[Unbinding]:
    """Those among these changes of bindings. A change that does not say what it did may be one."""
    return [_unbinding(event) for event in events if event.success is not False and event.operation != "add"]


def _unbinding(event: Event) -> Unbinding:
    groups, people = (frozenset(event.ends.get(kind, ())) for kind in ("user_group", "user"))
    # where a person left a group, only the person is concerned, not all of the group
    return Unbinding(event.timestamp, frozenset() if people else groups, people)


def lost_access(found: t.Iterable[Unbinding], members: t.Mapping[str, t.Collection[str]]) -> dict[str, str]:
    """Who may have lost access by these, and when the last time. ``members`` by group."""
    lost: dict[str, str] = {}
    for one in sorted(found, key=lambda one: moment(one.at)):
        lost.update(dict.fromkeys([*one.people, *(member for group in one.groups for member in members[group])], one.at))
    return lost


def whom_to_wait_for(losing: t.Collection[Losing], unseen: int) -> Awaited | None:
    """None where there is nobody to wait for. ``unseen``: so many people more may lose access."""
    if not losing and not unseen:
        return None
    people = {person.id: person.since for person in losing if person.since}
    # where people can't be read, it is not known who of them had an account to lose
    is_known = not unseen and all(person.email for person in losing) and len(people) == len(losing)
    return Awaited(people if is_known else None)


def still_there(people: t.Mapping[str, str], events: t.Iterable[Event]) -> dict[str, str]:
    """Those of whom no event tells that they have been deprovisioned since they lost access."""
    left = dict(people)
    for event in events:
        person = event.resource.get("id")
        is_gone = event.success is True and event.event_type in DEPROVISIONING_TYPES
        if is_gone and person in left and moment(event.timestamp) >= moment(left[person]):
            del left[person]
    return left
