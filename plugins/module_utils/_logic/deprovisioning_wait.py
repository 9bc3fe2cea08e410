# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until JumpCloud has deprovisioned those who lost access: once provisioning is stopped, it deletes nobody any more."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import Pauses, Wait
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BindingChange, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Provisioning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import AffectedUsers, DeprovisionGuard
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import newest_change
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import (
    DEPROVISIONING_TYPES,
    RECENT_SECONDS,
    Awaited,
    Losing,
    Outcome,
    lost_access,
    still_there,
    whom_to_wait_for,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import API

PAUSES = Pauses(2.0)
UNKNOWN = "the events can't tell who it is about"


class Deprovisioning:
    """What JumpCloud does with those who lose access. ``begin`` comes before the first unbinding, ``wait`` after the last one."""

    def __init__(self, connection: JumpCloudConnection, application: Application, guard: DeprovisionGuard, timeout: float, method: str, context: Context):
        self._connection = connection
        self._application = application
        self._guard = guard
        self._timeout = 0.0 if context.check_mode else timeout
        self._method = method
        self._context = context
        self._events = Events(connection.insights)
        self._begun: datetime | None = None

    def begin(self, losing: AffectedUsers) -> None:
        """Note what time the service has: what follows from an unbinding has a later event, whichever group it is, and however late its own event comes."""
        if self._timeout > 0 and losing.count:
            self._recent_unbindings()
            self._begun = self._events.service_time

    def wait(self, unbound: AffectedUsers | None) -> Outcome:
        """Until the events show all of them, or the time runs out. ``unbound``: who lost access by this run; None where it has unbound nothing. Then it may be
        that a run before it broke off, or that its time ran out.

        Somebody may have been unbound by now, and what is asked here is only evidence. So what can't be read is waited for, and raises nothing.
        """
        if self._timeout <= 0:
            return Outcome()
        # where the moment is known from before, the events of the unbinding tell nothing more
        recent = self._recent_unbindings() if unbound is None or self._begun is None else None
        if unbound is not None:
            since = self._begun or (recent[0].at if recent else None)
            awaited = whom_to_wait_for([Losing(person.id, person.email, since) for person in unbound.deprovisioned], unbound.unseen)
        else:
            awaited = None if recent == [] else Awaited()
        if awaited is None or not _is_active(self._method, self._connection, self._events, self._application, self._context):
            return Outcome()
        if unbound is None:
            awaited = _left_by_others(recent, self._events, self._application, self._guard)
            if awaited is None:
                return Outcome()
        outcome = _Wait(self._application, self._events, awaited, self._timeout, self._context).until_done()
        # whom nobody can name may have been seen through by the run before
        return Outcome() if unbound is None and awaited.people is None else outcome

    def _recent_unbindings(self) -> list[BindingChange] | None:
        """Newest first. None where events can't be read."""
        try:
            return self._events.unbindings(self._application.id, self._context.clock.rfc3339(RECENT_SECONDS))
        except ScimError:
            return None


def _left_by_others(recent: list[BindingChange] | None, events: Events, application: Application, guard: DeprovisionGuard) -> Awaited | None:
    """Who has lost access lately, and is still to be deprovisioned. A run that broke off has not left word, but the groups tell who was in them."""
    if recent is None or not all(one.groups or one.people for one in recent):
        return Awaited()
    try:
        lost = lost_access(recent, {group_id: guard.members(group_id) for group_id in sorted({group for one in recent for group in one.whole_groups})})
        if not lost:
            return None
        left = still_there(lost, events.search(application.id, DEPROVISIONING_TYPES, _oldest(lost)))
        people = guard.without_access(left).deprovisioned if left else []
    except ScimError:
        return Awaited()
    # of whom an event tells by address alone, the wait's first look knows
    return whom_to_wait_for([Losing(person.id, person.email, left[person.id]) for person in people], 0)


def _oldest(people: dict[str, datetime]) -> str:
    return rfc3339(min(people.values()))


def _is_active(method: str, connection: JumpCloudConnection, events: Events, application: Application, context: Context) -> bool:
    try:
        if method == API:
            current = Provisioning(connection.console, application.id).read()
            return current is not None and current.active
        newest = newest_change(events, application.id, context.clock.wall())
    except ScimError as error:
        context.warn("%s Provisioning is taken as active." % error.message)
        return True
    # events are kept for a while only, so that there is none proves nothing
    return newest is None or newest.event_type == "integration_activate"


class _Wait:
    """One wait, with a line now and then for whoever watches."""

    def __init__(self, application: Application, events: Events, awaited: Awaited, timeout: float, context: Context):
        self._application = application
        self._events = events
        self._left, self._ids = awaited.people, awaited.ids
        self._total = len(awaited.people or ())
        self._timeout = timeout
        self._context = context
        self._detail = UNKNOWN if self._left is None else self._progress()

    def until_done(self) -> Outcome:
        wait: Wait[str] = Wait("Waiting for: %s" % self._title, self._timeout, PAUSES, self._context, str)
        detail = wait.until(lambda _detail: self._is_done, self._look)
        if self._is_done:
            self._context.say("%s: seen. %s" % (self._title, detail))
        return Outcome(self._is_done, None if self._left is None else len(self._left))

    @property
    def _title(self) -> str:
        return "JumpCloud has deprovisioned those who lost access to %s" % self._application.title

    @property
    def _is_done(self) -> bool:
        return self._left is not None and not self._left

    def _progress(self) -> str:
        gone = self._total - len(self._left or ())
        return "%d of %s" % (gone, counted(self._total, "person", "people"))

    def _look(self) -> str:
        """How it stands. A service that is out of order for a moment ends nothing. Where it refuses, the rest of the time is waited for."""
        if self._left:
            try:
                found = self._events.search(self._application.id, DEPROVISIONING_TYPES, _oldest(self._left))
                self._left = still_there(self._left, found, self._ids)
                self._detail = self._progress()
            except ScimError as error:
                self._detail = error.message
                if not isinstance(error, ApiError) or not error.retryable:
                    self._left = None
        return self._detail
