# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How provisioning goes: what succeeded and failed, why, and for whom it still fails. Pure, over a stream of events.

It keeps counters, one aggregate for each cause, and the newest outcome of each person, so a window of 90 days takes no more memory than its people do.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES, PROVISIONING_TYPES, Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import RETENTION_DAYS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.causes import Cause, cause_of, message_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import DEPROVISIONING_TYPES, came_about, found_nobody

LOOKUP = "user_lookup_provision"
MAX_PEOPLE_LISTED = 100
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(eq=False)
class Person:
    """Somebody whom an event is about, and the newest outcome; ``failed_by`` is None if it is a success.

    ``is_removal``: whether it is that of a deprovisioning. ``is_left_out``: nobody waits for this person.
    """

    id: str | None
    email: str | None
    at: datetime = LONG_AGO
    by_lookup: bool = True
    failed_by: Cause | None = None
    is_removal: bool = False
    is_left_out: bool = False

    @property
    def open_cause(self) -> Cause | None:
        return None if self.is_left_out else self.failed_by

    def learn(self, at: datetime, event_type: str, failed_by: Cause | None) -> None:
        """Before each creation JumpCloud looks the person up, maybe in the same instant: that this failed says less than what came of it."""
        if at > self.at or (at == self.at and self.by_lookup):
            self.at, self.by_lookup, self.failed_by = at, event_type == LOOKUP, failed_by
            self.is_removal = event_type in DEPROVISIONING_TYPES

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "email": self.email}


@dataclass(eq=False)
class _Failures:
    """The failures that have one cause. ``oldest`` and ``newest`` are events."""

    cause: Cause
    oldest: Event
    newest: Event
    count: int = 0
    people: set[Person] = field(default_factory=set)

    def open_people(self) -> list[Person]:
        return [person for person in self.people if person.open_cause == self.cause]

    def as_result(self) -> dict[str, t.Any]:
        still_open = self.open_people()
        listed = sorted(self.people, key=lambda person: (person.open_cause != self.cause, person.email or "", person.id or ""))
        return {
            "cause": self.cause.slug,
            "title": self.cause.title,
            "remedy": self.cause.remedy,
            "response_code": self.newest.response_code,
            "count": self.count,
            "first": self.oldest.timestamp,
            "last": self.newest.timestamp,
            "people_count": len(self.people),
            "open_people_count": len(still_open),
            "people": [person.as_result() for person in listed[:MAX_PEOPLE_LISTED]],
            "message": message_of(self.newest),
        }


class Health:
    """Learns from events, in any order, and tells at the end."""

    def __init__(self) -> None:
        self._counts = {True: 0, False: 0}
        self._newest: dict[bool, Event] = {}
        self._days: dict[str, dict[bool, int]] = {}
        self._failures: dict[str, _Failures] = {}
        self._by_id: dict[str, Person] = {}
        self._by_email: dict[str, Person] = {}
        self._people: list[Person] = []
        self.integration_change: Event | None = None

    def watch(self, events: t.Iterable[Event]) -> t.Iterator[Event]:
        """Pass the events on, and learn from each."""
        for event in events:
            self.add(event)
            yield event

    def add(self, event: Event) -> None:
        if event.event_type in INTEGRATION_TYPES:
            # an attempt to activate that failed changes nothing
            if event.success is not False:
                self.integration_change = _newer(self.integration_change, event)
        elif says_how_it_goes(event):
            self._add_call(event, came_about(event) is True)

    def _add_call(self, event: Event, success: bool) -> None:
        at = happened_at(event)
        cause = None if success else cause_of(event)
        person = self._person(event)
        if person:
            person.learn(at, event.event_type, cause)
        # nobody waits for that person any more, and it says nothing about how provisioning goes
        if found_nobody(event):
            return
        self._counts[success] += 1
        self._newest[success] = _newer(self._newest.get(success), event)
        if at != LONG_AGO:
            self._days.setdefault(at.strftime("%Y-%m-%d"), {True: 0, False: 0})[success] += 1
        if cause:
            self._add_failure(event, cause, person)

    def _add_failure(self, event: Event, cause: Cause, person: Person | None) -> None:
        failures = self._failures.setdefault(cause.slug, _Failures(cause, event, event))
        failures.count += 1
        failures.newest = _newer(failures.newest, event)
        failures.oldest = event if happened_at(event) < happened_at(failures.oldest) else failures.oldest
        if person:
            failures.people.add(person)

    def _person(self, event: Event) -> Person | None:
        """By id, else by address, since not every event has both. Two ids with one address are two people."""
        identifier, email = _text(event.resource.get("id")), _text(event.resource.get("email")) or _text(event.resource.get("username"))
        person = self._by_id.get(identifier or "")
        if person is None and email:
            namesake = self._by_email.get(matching_key(email))
            person = namesake if namesake and not (namesake.id and identifier) else None
        if person is None:
            if not identifier and not email:
                return None
            person = Person(identifier, email)
            self._people.append(person)
        person.id, person.email = person.id or identifier, person.email or email
        if person.id:
            self._by_id[person.id] = person
        if email:
            self._by_email.setdefault(matching_key(email), person)
        return person

    def open_people(self) -> list[Person]:
        """Those whose newest outcome is a failure."""
        return [person for person in self._people if person.open_cause is not None]

    def leave_out(self, is_expected: t.Callable[[str | None, str | None], bool]) -> None:
        """Let those not count who failed and are not expected, by id and address, unless it is their account that could not be removed."""
        for person in self.open_people():
            # a user name that is no address may be that of anybody
            is_known = bool(person.id) or "@" in (person.email or "")
            person.is_left_out = is_known and not person.is_removal and not is_expected(person.id, person.email)

    def failing(self) -> dict[str, t.Any]:
        """The part of the result that tells for whom it still fails."""
        failures = sorted(self._failures.values(), key=lambda one: (-len(one.open_people()), -one.count, one.cause.slug))
        return {"failures": [one.as_result() for one in failures], "open_failures": len(self.open_people())}

    def as_result(self, since: str, until: str) -> dict[str, t.Any]:
        """``since`` and ``until``: the window that the events are from, RFC 3339."""
        return {
            "since": since,
            "until": until,
            "retention_days": RETENTION_DAYS,
            "succeeded": self._counts[True],
            "failed": self._counts[False],
            "last_success": _shown(self._newest.get(True)),
            "last_failure": _shown(self._newest.get(False)),
            "last_integration_change": _shown(self.integration_change),
            **self.failing(),
            "days": [{"day": day, "succeeded": counts[True], "failed": counts[False]} for day, counts in sorted(self._days.items())],
        }


def says_how_it_goes(event: Event) -> bool:
    """Whether it is the outcome of a provisioning call. That somebody was found, or found not to be there, is none."""
    return event.event_type in PROVISIONING_TYPES and event.success is not None and (event.event_type != LOOKUP or not event.success)


def happened_at(event: Event) -> datetime:
    """When it happened, in UTC. What has no readable time counts, but as long ago, and on no day."""
    return moment_of(event.timestamp) or LONG_AGO


def _newer(known: Event | None, event: Event) -> Event:
    return event if known is None or happened_at(event) > happened_at(known) else known


def _text(value: t.Any) -> str | None:
    """An event's fields about a person are not checked when it is read: only text can identify somebody."""
    return value if isinstance(value, str) and value else None


def _shown(event: Event | None) -> dict[str, t.Any] | None:
    return event.as_result() if event else None
