# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom to wait for until JumpCloud has deprovisioned those who lost access. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BindingChange, Event

# what tells that somebody's account is deprovisioned
DEPROVISIONING_TYPES = ("user_deprovision", "user_delete_provision")
# for so long, a run before may have left people who are still to be deprovisioned: it broke off, or its time ran out
RECENT_SECONDS = 86400.0


@dataclass(frozen=True)
class Losing:
    """A person who lost access and may have an account. ``email`` is None where nobody may read it, and ``since`` where no event tells when it was."""

    id: str
    email: str | None
    since: datetime | None


@dataclass(frozen=True)
class Awaited:
    """``people``: since when an event of each of them, by id, ends the wait. None where the events can't tell who it is about.

    ``ids``: of each of them by address, since not every event has both.
    """

    people: dict[str, datetime] | None = None
    ids: t.Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a wait. ``deprovisioned``: None where nothing was waited for, or nobody knows whether there was anybody to wait for.

    ``left``: of how many no event told when it ended; None where that can't be known.
    """

    deprovisioned: bool | None = None
    left: int | None = None

    def as_result(self) -> dict[str, t.Any]:
        return {"deprovisioned": self.deprovisioned, "awaited_users_count": self.left}


def lost_access(found: t.Iterable[BindingChange], members: t.Mapping[str, t.Collection[str]]) -> dict[str, datetime]:
    """Who may have lost access by these, and when the last time. ``members`` by group."""
    lost: dict[str, datetime] = {}
    for one in sorted(found, key=lambda one: one.at):
        lost.update(dict.fromkeys([*one.people, *(member for group in one.whole_groups for member in members[group])], one.at))
    return lost


def whom_to_wait_for(losing: t.Collection[Losing], unseen: int) -> Awaited | None:
    """None where there is nobody to wait for. ``unseen``: so many people more may lose access."""
    if not losing and not unseen:
        return None
    people = {person.id: person.since for person in losing if person.since}
    # where people can't be read, it is not known who of them had an account to lose
    is_known = not unseen and all(person.email for person in losing) and len(people) == len(losing)
    return Awaited(people, {matching_key(person.email): person.id for person in losing}) if is_known else Awaited()


def found_nobody(event: Event) -> bool:
    """Whether a deprovisioning failed since the account was gone already, which is what was wanted.

    ASSUMED: Unity's answer 404 means that. Neither vendor publishes whether JumpCloud then tells of a failure.
    """
    return event.success is False and event.event_type in DEPROVISIONING_TYPES and event.response_code == 404


def came_about(event: Event) -> bool | None:
    """Whether what JumpCloud was after is so now; None where the event does not say."""
    return found_nobody(event) or event.success


def still_there(people: t.Mapping[str, datetime], events: t.Iterable[Event], ids: t.Mapping[str, str] | None = None) -> dict[str, datetime]:
    """Those of whom no event tells that they have been deprovisioned since they lost access. ``ids`` by address, as far as they are known."""
    left = dict(people)
    for event in events:
        person = event.resource.get("id") or (ids or {}).get(matching_key(event.resource.get("email") or event.resource.get("username")))
        is_gone = came_about(event) is True and event.event_type in DEPROVISIONING_TYPES
        if is_gone and person in left and moment(event.timestamp) >= left[person]:
            del left[person]
    return left
