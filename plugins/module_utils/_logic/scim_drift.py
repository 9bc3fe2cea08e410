# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_drift_info does."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, UnexpectedAnswer, which
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import read_together
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import Listing, unreadable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations, BoundUser
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, User, UserGroup
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import PROVISIONING_TYPES, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_group_binding import resolve_groups
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.pending import Recent
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.reconciliation import Reconciliation, open_reconciliation
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import Health
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import BESIDE_JUMPCLOUD, UnityOrganization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, ScimUser, base_url_from, require_header

# 90 days, for which JumpCloud keeps events
LONGEST_GRACE = 90 * 24 * 3600
# who is not in a list of thousands, since people come while it is read, is looked up one by one
MAX_UNLISTED = 100
NOBODY = "The events could not be read, so nobody counts as pending. %s"

# how provisioning goes, and since when, where the caller has read it already
KnownHealth = t.Optional[t.Tuple[Health, datetime]]


@dataclass(frozen=True)
class Comparison:
    """How the people are compared."""

    domains: tuple[str, ...] | None
    pending_grace: int
    max_listed: int
    page_size: int


@dataclass(frozen=True)
class InfoOptions:
    """The options of scim_drift_info."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    unity: UnityOrganization = field(metadata=BESIDE_JUMPCLOUD)
    key: ScimKey
    base_url: str | None
    groups: tuple[str, ...]
    wanted: Comparison


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Compare the people who should be in Unity with those who are."""
    options = parse(InfoOptions, params)
    require_sense(options.wanted)
    base_url, header = base_url_from(options.unity, options.base_url), require_header(options.key)
    # one transport: both vendors share the time, and how many requests are under way
    transport = open_transport(options.http, context)
    service = ScimService(base_url, header, transport)
    connection = JumpCloudConnection(options.jumpcloud, transport)
    application = open_application(connection, options.target)
    names = {group.id: group for group in Directory(connection.console).groups()} if options.groups else {}
    groups = [names[group_id] for group_id in sorted(resolve_groups(options.groups, names, "present", context))]
    return {"changed": False, **compare(options.wanted, connection, application, service, context, groups), "base_url": base_url}


def require_sense(wanted: Comparison) -> None:
    """Raise ScimError for limits that nothing can be compared with."""
    for name, value, least in (
        (named("max_listed"), wanted.max_listed, 0),
        (named("pending_grace"), wanted.pending_grace, 0),
        ("page_size", wanted.page_size, 1),
    ):
        if value < least:
            raise ScimError("%s must be at least %d, not %d." % (name, least, value))
    if wanted.pending_grace > LONGEST_GRACE:
        raise ScimError("%s must be at most %d, not %d: JumpCloud keeps events for 90 days." % (named("pending_grace"), LONGEST_GRACE, wanted.pending_grace))


def compare(
    wanted: Comparison,
    connection: JumpCloudConnection,
    application: Application,
    service: ScimService,
    context: Context,
    groups: t.Sequence[UserGroup] = (),
    known_health: t.Callable[[], KnownHealth] = lambda: None,
) -> dict[str, t.Any]:
    """Who should be in Unity, and who is, as the module's result has it. ``groups``: those that shall be bound, and may not be.

    Where all people were compared, whoever is not expected is left out of the health.
    """
    checked_at = context.clock.rfc3339()
    events = Events(connection.insights)
    recent, unchecked = _recent_bindings(events, application.id, wanted.pending_grace, context)
    directory = Directory(connection.console)
    associations = Associations(connection.console, application.id)
    bound, everybody, provisioned = associations.users(), directory.users(), service.users(page_size=wanted.page_size)

    def add_bound(users: list[BoundUser]) -> None:
        for user in users:
            recent.see(user)
        people.add_bound((user.id, recent.bound_at(user)) for user in users)

    with open_reconciliation() as people:
        read_together([(bound.seen(), add_bound), (everybody.seen(), people.add_directory), (provisioned.seen(), people.add_provisioned)])
        for group in groups:
            people.add_wanted(directory.member_ids(group.id), group.name)
        hidden, unread = _add_unlisted(people, directory)
        unchecked += _add_unbound(people, directory, recent, associations)
        known, unseen = known_health(), _unchecked(bound, everybody, provisioned, hidden, unread)
        notes, unsure = _let_failures_count(people, events, application.id, known)
        unchecked, unseen = unchecked + notes, unseen + unsure
        is_whole = not (hidden or unread or any(listing.owed or listing.odd for listing in (bound, everybody)))
        found = people.result(wanted.max_listed, wanted.domains, is_whole)
        if known and not unseen:
            known[0].leave_out(people.expects)
    shown = {"application": application.as_result(), "checked_at": checked_at}
    # who was not seen can't be in sync
    return {**shown, **found, "in_sync": found["in_sync"] and not unseen, "unchecked": unchecked + unseen}


def _recent_bindings(events: Events, application_id: str, grace: int, context: Context) -> tuple[Recent, list[dict[str, str]]]:
    """What was bound within the grace time. Not everybody who may read people may read events, and the comparison goes on without."""
    if not grace:
        return Recent(), []
    try:
        recent = Recent(events.binding_changes(application_id, context.clock.rfc3339(grace)))
        return recent, [_pending("Who is pending is not known for sure. %s" % " ".join(events.gaps))] if events.gaps else []
    except ScimError as error:
        return Recent(), [_pending(NOBODY % error.sentence())]


def _add_unbound(people: Reconciliation, directory: Directory, recent: Recent, associations: Associations) -> list[dict[str, str]]:
    """The events name groups, and neither their members nor what they lead to. That is asked for only where it may explain somebody."""
    unchecked = []
    unbound = recent.unbound()
    people.add_unbound(unbound.people.items())
    if recent.needs_bound_groups and people.any_unbound():
        try:
            unbound = recent.unbound(associations.group_ids())
            people.add_unbound(unbound.people.items())
        except ScimError as error:
            unchecked.append(_pending("Which groups lead to the application could not be read. %s" % error.sentence()))
    for group_id, unbound_at in sorted(unbound.groups.items()):
        if not people.any_unbound():
            break
        try:
            people.add_unbound((user_id, unbound_at) for user_id in directory.member_ids(group_id))
        except ScimError as error:
            unchecked.append(_pending("The members of the group %s, which was unbound, could not be read. %s" % (group_id, error.sentence())))
    return unchecked


Rows = t.List[t.Dict[str, str]]


def _let_failures_count(people: Reconciliation, events: Events, application_id: str, known: KnownHealth) -> tuple[Rows, Rows]:
    """Whoever failed since the binding is not waited for. What failed before it says nothing: JumpCloud tries again after that.

    What explains who is missing, and what was not seen: who failed there would be pending for no reason.
    """
    since = people.pending_since()
    if since is None:
        return [], []
    health, known_since = known or (Health(), None)
    gaps: list[str] = []
    if known_since is None or known_since > since:
        health, seen = Health(), len(events.gaps)
        try:
            collections.deque(health.watch(events.search(application_id, PROVISIONING_TYPES, rfc3339(since))), maxlen=0)
        except ScimError as error:
            people.let_nobody_be_pending()
            return [_pending(NOBODY % error.sentence())], []
        gaps = events.gaps[seen:]
    people.add_failures((person.id, person.email, person.at) for person in health.open_people())
    return [], [{"what": "people", "why": "Whether provisioning failed for those who are pending is not known for sure. %s" % " ".join(gaps)}] if gaps else []


def _pending(why: str) -> dict[str, str]:
    return {"what": "pending", "why": why}


def _add_unlisted(people: Reconciliation, directory: Directory) -> tuple[int, list[str]]:
    """Look those up who are bound, but not listed, and return how many could not be found, and the ids of those who can't be read.

    ScimError if they are many: then the list is not to be trusted.
    """
    unlisted = people.unlisted(MAX_UNLISTED + 1)
    if len(unlisted) > MAX_UNLISTED:
        raise ScimError(
            "More than %d people are bound to the application, but not in JumpCloud's list of users, so the people can't be compared." % MAX_UNLISTED,
            "Check that the credentials may read all users of the organization.",
        )
    found: list[User] = []
    unread: list[str] = []
    for user_id in unlisted:
        try:
            user = directory.user(user_id)
        except UnexpectedAnswer:
            unread.append(user_id)
        else:
            found += [user] if user else []
    people.add_directory(found)
    return len(unlisted) - len(found) - len(unread), unread


def _unchecked(
    bound: Listing[BoundUser], everybody: Listing[User], provisioned: Listing[ScimUser], hidden: int, unread: t.Sequence[str]
) -> list[dict[str, str]]:
    """What the lists still owe at their end. People come and go while they are read, and credentials may not see everybody."""
    again = "Run again; if it persists, tell the vendor."
    found = []
    if bound.owed:
        found.append(("bound", "JumpCloud's list of bound people is not whole: at least %s missing. %s" % (counted(bound.owed, "is", "are"), again)))
    if hidden:
        found.append(
            (
                "bound",
                "%s not in JumpCloud's list of users: deleted a moment ago, or these credentials may not see them."
                % counted(hidden, "bound person is", "bound people are"),
            )
        )
    if everybody.owed:
        found.append(("directory", "JumpCloud's list of users is not whole: at least %s missing. %s" % (counted(everybody.owed, "is", "are"), again)))
    if provisioned.owed:
        total = provisioned.total or 0
        said = counted(total, "user", "users")
        why = "Unity says that it has %s, but showed %d. Run again; if it persists, try another page_size." % (said, total - provisioned.owed)
        if total - provisioned.owed < 0 or not total:
            why = "Unity's list of users is not whole: at least %s missing. %s" % (counted(provisioned.owed, "is", "are"), again)
        found.append(("provisioned", why))
    for listing, whose in ((bound, "JumpCloud's list of bound people"), (everybody, "JumpCloud's list of users"), (provisioned, "Unity's list of users")):
        if listing.odd:
            found.append(("odd_rows", "%s, and %s left out." % (unreadable(listing, whose), "is" if listing.odd == 1 else "are")))
    if unread:
        people = counted(len(unread), "bound person", "bound people")
        found.append(("odd_rows", "%s%s can't be read in JumpCloud." % (people, which(unread, len(unread)))))
    return [{"what": what, "why": why} for what, why in found]
