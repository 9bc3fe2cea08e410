# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt to have JumpCloud provision one person now: start it, follow it, and leave no direct binding behind that was only made to start it."""

from __future__ import annotations

import itertools
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import differing_attributes, matching_key, other_owner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import Pauses, Wait
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import PROVISIONING_TYPES, Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import FOREIGN, NO_ACCOUNT, OWN, Owner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import newest_change
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import came_about
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import happened_at
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimService, ScimUser

# seconds
SETTLE = 15.0
PAUSES = Pauses(1.0, 2.0, 4.0)
# JumpCloud's clock and this machine's may differ by so much
CLOCK_TOLERANCE = 600.0
# when thousands arrive at the same time, nobody reads all of their events again and again
MAX_EVENTS_READ = 10000
MAX_EVENTS_SHOWN = 50
Found = t.TypeVar("Found")


def bind_action(person: User) -> Action:
    return Action("bind", "user", {"id": person.id, "email": person.email})


def unbind_action(person: User) -> Action:
    return Action("unbind", "user", {"id": person.id, "email": person.email})


class Accounts:
    """Finds the person's account in Unity. An account whose externalId names another person who exists is never a match."""

    def __init__(self, service: ScimService, directory: Directory, person: User):
        self._service = service
        self._directory = directory
        self._person = person
        self._owners: dict[str, User | None] = {}

    def find_provisioned(self) -> ScimUser | None:
        """The one with this userName, even if it differs in its owner, else the one that JumpCloud made, else the only one with this address."""
        return self._the_one(self._service.find_by_email(self._person.email or ""))

    def find_anew(self) -> ScimUser | None:
        self._service.forget()
        return self.find_provisioned()

    def find_again(self) -> ScimUser | None:
        """As find_provisioned, but by a filter where the service takes any: it is asked again and again, and the whole list comes last."""
        found = self._service.find_by_user_name(self._person.email or "")
        return self.find_anew() if not found and self._service.refuses_filters else self._the_one(found)

    def differences(self, user: ScimUser) -> list[dict[str, t.Any]]:
        """What differs, with the owner of the account, where that is somebody else."""
        owner = self._other_owner(user)
        return differing_attributes(self._person, user) + ([other_owner(self._person, owner.id, owner.title)] if owner else [])

    def owner_of(self, user: ScimUser) -> Owner | None:
        """What the advice about another person's account depends on. Whether its owner is bound is not read: the audit knows that of everybody."""
        owner = self._other_owner(user)
        if owner is None:
            return None
        is_activated = owner.status == "activated"
        return Owner(owner.title, is_activated, self._beside(user, owner) if is_activated and owner.email else NO_ACCOUNT, owner.status)

    def _beside(self, user: ScimUser, owner: User) -> str:
        """What the owner has beside this account. A look that fails is no reason to say less of why the person was not provisioned."""
        theirs = Accounts(self._service, self._directory, owner)
        try:
            found = theirs.find_provisioned()
            if found is None or found.id == user.id:
                return NO_ACCOUNT
            return FOREIGN if theirs._other_owner(found) else OWN
        except ScimError:
            return NO_ACCOUNT

    def _the_one(self, found: list[ScimUser]) -> ScimUser | None:
        by_name = [user for user in found if matching_key(user.user_name) == matching_key(self._person.email)]
        for matches in (by_name, [user for user in found if user.external_id == self._person.id]):
            if len(matches) == 1:
                return matches[0]
        candidates = [user for user in found if user in by_name or self._other_owner(user) is None]
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        ids = ", ".join(sorted(quoted(user.id) for user in candidates))
        raise ScimError(
            "Unity has %d users with the address %s: %s." % (len(candidates), quoted(self._person.email), ids),
            "Decide which of them is the person, and remove the address from the others in Unity.",
        )

    def _other_owner(self, user: ScimUser) -> User | None:
        """Who in JumpCloud the account belongs to, if not the person; read once. An externalId that names nobody (any more) is no difference."""
        owner_id = user.external_id or ""
        if owner_id == self._person.id or not OBJECT_ID.match(owner_id):
            return None
        if owner_id not in self._owners:
            self._owners[owner_id] = self._directory.user(owner_id)
        return self._owners[owner_id]


class PersonalEvents:
    """What Directory Insights tells of one person. It is evidence, and no condition: if it can't be read, a warning says so, and the rest goes on."""

    def __init__(self, events: Events, application_id: str, person: User, context: Context):
        self._events = events
        self._application_id = application_id
        self._person = person
        self._context = context
        self._since = context.clock.rfc3339(CLOCK_TOLERANCE)
        self._before: set[tuple[t.Any, ...]] = set()
        self._refused = False
        self.unchecked: list[dict[str, str]] = []

    def deactivation(self) -> Event | None:
        """The deactivation that is in force; None if provisioning is active, as far as can be seen."""
        newest = self._ask(lambda: newest_change(self._events, self._application_id, self._context.clock.wall()), None)
        if newest is None and not self._refused:
            self._miss("activation", "Directory Insights shows no activation or deactivation of provisioning within 90 days.")
        return newest if newest is not None and newest.event_type == "integration_deactivate" else None

    def remember(self) -> None:
        """What is there by now is not of this attempt."""
        self._before = {_identity(event) for event in self._read()}

    def new(self) -> list[Event]:
        """The person's provisioning events since ``remember``, newest first."""
        found = [event for event in self._read() if _identity(event) not in self._before]
        return sorted(found, key=happened_at, reverse=True)[:MAX_EVENTS_SHOWN]

    def _read(self) -> list[Event]:
        def read() -> list[Event]:
            found = self._events.search(self._application_id, PROVISIONING_TYPES, self._since)
            return [event for event in itertools.islice(found, MAX_EVENTS_READ) if self._is_about_the_person(event)]

        return self._ask(read, [])

    def _is_about_the_person(self, event: Event) -> bool:
        if event.resource.get("id"):
            return bool(event.resource["id"] == self._person.id)
        email = event.resource.get("email")
        return isinstance(email, str) and matching_key(email) == matching_key(self._person.email)

    def _ask(self, read: t.Callable[[], Found], otherwise: Found) -> Found:
        if self._refused:
            return otherwise
        try:
            return read()
        except ApiError as error:
            self._refused = True
            self._miss("events", error.message)
            return otherwise

    def _miss(self, what: str, why: str) -> None:
        self.unchecked.append({"what": what, "why": why})
        self._context.warn("%s Only Unity's side is followed." % why if what == "events" else "%s It is taken as active." % why)


def _identity(event: Event) -> tuple[t.Any, ...]:
    return (event.event_type, event.timestamp, event.success)


@dataclass
class Seen:
    """What has been seen of the attempt so far. ``events`` are new and the person's, newest first."""

    user: ScimUser | None = None
    differences: list[dict[str, t.Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def arrived(self) -> bool:
        return self.user is not None and not self.differences

    @property
    def failure(self) -> Event | None:
        """The newest event, if it is a failure. The lookup before it may bear the same time."""
        newest = [event for event in self.events if happened_at(event) == happened_at(self.events[0])]
        return next((event for event in newest if came_about(event) is False), None)

    def as_result(self) -> dict[str, t.Any]:
        return {"events": [event.as_result() for event in self.events], "scim_user": self.user.as_result() if self.user else None}


def follow(accounts: Accounts, events: PersonalEvents, person: User, context: Context, timeout: float) -> Seen:
    """Look until the person is in Unity and nothing differs, an event says that it failed, or the time is up."""
    seen = Seen()

    def take(user: ScimUser | None) -> None:
        seen.user = user
        seen.differences = accounts.differences(user) if user else []

    def look() -> Seen:
        take(accounts.find_again())
        seen.events = events.new()
        return seen

    wait: Wait[Seen] = Wait("Waiting for %s in Unity" % quoted(person.title), timeout, PAUSES, context)
    wait.until(lambda found: found.arrived or found.failure is not None, look)
    if not seen.user and not seen.failure:
        take(accounts.find_anew())
    return seen


class DirectBinding:
    """A direct binding of the person, made to have JumpCloud provision the person now."""

    def __init__(self, associations: Associations, application: str, person: User, context: Context):
        self._associations = associations
        self._application = application
        self._person = person
        self._context = context
        self._may_exist = self._is_made = False

    def make(self) -> None:
        """Bind the person. Where no answer came back, reading tells whether it took effect."""
        self._may_exist = True
        try:
            self._associations.add_user(self._person.id)
        except ApiError as error:
            self._may_exist = error.outcome == "unknown"
            if not self._may_exist or not self._shows(True):
                raise
        self._is_made = True
        self._context.progress.record(bind_action(self._person))

    @contextmanager
    def for_a_while(self) -> t.Iterator[None]:
        """Bound within, and not any more afterwards, whatever happens."""
        try:
            self.make()
            yield
        finally:
            if self._may_exist:
                self._remove()

    def _remove(self) -> None:
        """Never raises: what happened before is more important, and a warning tells what is left to do."""
        try:
            with self._associations.cleanup():
                left = self._remove_safely()
        except ScimError as error:
            left = "The direct binding that was made to start the attempt could not be removed: %s" % error.message
        if left:
            self._context.warn(
                "%s Remove the direct binding of %s from the application %s in JumpCloud by hand, unless it shall stay."
                % (left, quoted(self._person.title), quoted(self._application))
            )

    def _remove_safely(self) -> str | None:
        """Why the binding is still there; None if it is gone."""
        if not any(self._associations.paths_of(self._person.id)):
            return (
                "%s stays bound directly, since no bound group holds the person any more: without any binding, JumpCloud would deprovision, and Unity would "
                "delete the account." % quoted(self._person.title)
            )
        is_accepted = True
        try:
            self._associations.remove_user(self._person.id)
            self._record_removal()
        except ApiError as error:
            if error.outcome != "unknown":
                raise
            is_accepted = False
        try:
            is_gone = self._shows(False)
        except ScimError as error:
            return "Whether the direct binding that was made to start the attempt is gone could not be seen: %s" % error.message
        if is_gone and not is_accepted:
            self._record_removal()
        return None if is_gone else "JumpCloud still shows the direct binding that was made to start the attempt."

    def _record_removal(self) -> None:
        if self._is_made:
            self._context.progress.record(unbind_action(self._person))

    def _shows(self, expected: bool) -> bool:
        """Whether JumpCloud comes to show the binding, or its absence. Reads may lag behind writes."""
        return expected == poll(lambda: self._associations.is_bound_directly(self._person.id), lambda found: found == expected, self._context.clock, SETTLE)
