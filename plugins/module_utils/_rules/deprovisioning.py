# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom to wait for until JumpCloud has deprovisioned those who lost access. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event

# what tells that somebody's account is deprovisioned
DEPROVISIONING_TYPES = ("user_deprovision", "user_delete_provision")
# what tells that somebody was unbound: for so long, a run that broke off may have left people who are still to be deprovisioned
UNBINDING_TYPES = ("association_change",)
RECENT_SECONDS = 600.0


@dataclass(frozen=True)
class Losing:
    """A person who lost access and may have an account. ``email`` is None where nobody may read it."""

    id: str
    email: str | None


@dataclass(frozen=True)
class Awaited:
    """``ids``: the people whose events, since ``since``, end the wait. None where the events can't tell who it is about."""

    ids: frozenset[str] | None = None
    since: str | None = None


@dataclass(frozen=True)
class Unbinding:
    """``at``: the time of the newest change of the bindings in the last minutes, as the events tell it; None if there is none.

    ``is_known``: whether events could be read at all.
    """

    at: str | None
    is_known: bool = True


def whom_to_wait_for(unbinds: bool, losing: t.Collection[Losing], unseen: int, last: Unbinding) -> Awaited | None:
    """None where there is nobody to wait for.

    ``unbinds``: this run has unbound a group. ``unseen``: so many people more may lose access.
    """
    if not unbinds:
        # a run that broke off has not left word who they are, and where events can't be read, nobody knows whether there was one
        return Awaited() if last.at is not None or not last.is_known else None
    if not losing and not unseen:
        return None
    # where people can't be read, it is not known who of them had an account to lose
    is_known = not unseen and all(person.email for person in losing)
    if not is_known or last.at is None:
        return Awaited()
    return Awaited(frozenset(person.id for person in losing), last.at)


def still_there(ids: frozenset[str], events: t.Iterable[Event]) -> frozenset[str]:
    """Those of whom no event tells that they are deprovisioned."""
    gone = {event.resource.get("id") for event in events if event.success is True and event.event_type in DEPROVISIONING_TYPES}
    return ids - gone
