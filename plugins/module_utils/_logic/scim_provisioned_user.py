# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_provisioned_user does."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import OWNER, differing_attributes, is_of_another
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID, JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.provisioning_attempt import (
    Accounts,
    DirectBinding,
    PersonalEvents,
    Seen,
    bind_action,
    follow,
    unbind_action,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import remedy_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.causes import cause_of, message_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import BESIDE_JUMPCLOUD, UnityOrganization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, ScimUser, base_url_from, require_header

TITLE = "The person in Unity"
MAX_GROUPS_NAMED = 10
ALREADY_DIRECT = (
    "The person was bound directly before, which can't start an attempt again. So nothing was written, and what JumpCloud does by itself is followed."
)


@dataclass(frozen=True)
class Case:
    """The person on both sides, as they are before anything is done."""

    application: Application
    base_url: str
    person: User
    provisioned: ScimUser | None
    events: PersonalEvents
    differences: list[dict[str, t.Any]] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        return self.provisioned is not None and not self.differences

    def result(self, outcome: str, reason: str | None, seen: Seen | None = None) -> dict[str, t.Any]:
        """What success and failure have in common."""
        person, user = self.person, (seen.user if seen else None) or self.provisioned
        name = " ".join(part for part in (person.first_name, person.last_name) if part) or None
        return {
            "application": self.application.as_result(),
            "base_url": self.base_url,
            "outcome": outcome,
            "reason": reason,
            "user": {"id": person.id, "email": person.email, "name": name, "status": person.status},
            "provisioned_user": user.as_result() if user else None,
            "differences": self.differences,
            "evidence": (seen or Seen()).as_result(),
            "unchecked": self.events.unchecked,
        }


@dataclass(frozen=True)
class Options:
    """The options of scim_provisioned_user."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    unity: UnityOrganization = field(metadata=BESIDE_JUMPCLOUD)
    key: ScimKey
    base_url: str | None
    user: str
    timeout: float
    bind_directly: bool


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Have JumpCloud provision one person now, unless Unity has the person already, and follow it until Unity shows the person."""
    options = parse(Options, params)
    if options.timeout < 0:
        raise ScimError("timeout must not be negative.")
    base_url, header = base_url_from(options.unity, options.base_url), require_header(options.key)
    # one time budget for both vendors; the time to follow is not a time in which requests may hang
    transport = open_transport(options.http, context, options.timeout)
    connection = JumpCloudConnection(options.jumpcloud, transport)
    service = ScimService(base_url, header, transport)
    application = open_application(connection, options.target)
    directory, associations = Directory(connection.console), Associations(connection.console, application.id)
    person = find_person(directory, options.user)
    accounts = Accounts(service, directory, person)
    provisioned = accounts.find_provisioned()
    differences = accounts.differences(provisioned) if provisioned else []
    case = Case(application, base_url, person, provisioned, PersonalEvents(Events(connection.insights), application.id, person, context), differences)
    if case.is_there:
        return _nothing_to_do(case, "found", _inactive(person))
    reason = _inactive(person)
    if reason is None and is_of_another(differences):
        raise _of_another(case, accounts, differences)
    reason = reason or _deactivated(case.events.deactivation())
    if reason:
        return _nothing_to_do(case, "skipped", reason)
    paths = associations.paths_of(person.id)
    if not paths and not options.bind_directly:
        return _nothing_to_do(case, "skipped", _unbound(person, directory, associations))
    plan = make_plan(case, paths)
    outcome = "updated" if provisioned else "created"
    reason = None if plan.actions else ALREADY_DIRECT
    if context.check_mode:
        return {**plan.as_result(), **case.result(outcome, reason), "changed": True}
    seen = _attempt(case, plan, DirectBinding(associations, application.title, person, context), accounts, context, options.timeout)
    return {**plan.as_result(), **case.result(outcome, reason, seen), "changed": True, "actions": context.progress.done}


def find_person(directory: Directory, wanted: str) -> User:
    """The person in JumpCloud with this id or email address; ScimError unless there is exactly one, with an address."""
    if OBJECT_ID.match(wanted):
        user = directory.user(wanted)
        found = [user] if user else []
    else:
        found = directory.find_by_email(wanted)
    if not found:
        raise ScimError("JumpCloud has no user %s." % quoted(wanted), "Pass an email address, or an id of 24 hexadecimal digits, of this organization.")
    if len(found) > 1:
        ids = ", ".join(sorted(quoted(user.id) for user in found))
        raise ScimError("JumpCloud has %d users with the address %s: %s." % (len(found), quoted(wanted), ids), "Pass the id instead.")
    if not found[0].email:
        raise ScimError("The JumpCloud user %s has no email address." % quoted(found[0].title), "Unity tells people apart by it. Enter one in JumpCloud.")
    return found[0]


def make_plan(case: Case, paths: tuple[frozenset[str], ...]) -> Plan:
    """What to write so that JumpCloud provisions the person now. ``paths``: how the person is bound already.

    A direct binding is added; one that adds nothing to a group's is removed again. Where it is there already, there is nothing to
    add, and to remove it first would cost the account.
    """
    is_direct = frozenset() in paths
    actions = () if is_direct else (bind_action(case.person), unbind_action(case.person)) if paths else (bind_action(case.person),)
    return Plan(_shown(case.provisioned), _expected(case.person, case.provisioned), actions, TITLE)


def _shown(user: ScimUser | None) -> dict[str, t.Any] | None:
    if user is None:
        return None
    return {"user_name": user.user_name, "given_name": user.given_name, "family_name": user.family_name, "active": user.active}


def _expected(person: User, known: ScimUser | None) -> dict[str, t.Any] | None:
    """The person as Unity is to show them. What Unity does not show now is not expected to appear."""
    differing = {difference["attribute"]: difference["jumpcloud"] for difference in differing_attributes(person, known)} if known else None
    if differing is None or known is None:
        return {"user_name": person.email, "given_name": person.first_name, "family_name": person.last_name, "active": True}
    return _shown(
        replace(
            known,
            user_name=differing.get("userName", known.user_name),
            given_name=differing.get("name.givenName", known.given_name),
            family_name=differing.get("name.familyName", known.family_name),
            active=differing.get("active", known.active),
        )
    )


def _nothing_to_do(case: Case, outcome: str, reason: str | None) -> dict[str, t.Any]:
    shown = _shown(case.provisioned)
    return {**Plan(shown, shown, (), TITLE).as_result(), **case.result(outcome, reason)}


def _inactive(person: User) -> str | None:
    if person.status == "activated":
        return None
    return "%s is %s in JumpCloud, which exports activated people only. Activate the person in JumpCloud, then run again." % (
        quoted(person.title),
        person.status if person.status in ("staged", "suspended") else "not activated",
    )


def _deactivated(event: Event | None) -> str | None:
    if event is None:
        return None
    by = " by %s" % quoted(event.initiated_by) if event.initiated_by else ""
    return "Provisioning was deactivated at %s%s. Activate it, with jumpcloud_scim_app or in JumpCloud, then run again." % (event.timestamp, by)


def _unbound(person: User, directory: Directory, associations: Associations) -> str:
    bound = associations.group_ids()
    if not bound:
        return "No user group is bound to the application. Bind one with jumpcloud_group_binding, and put %s into it, or set bind_directly." % quoted(
            person.title
        )
    names = sorted(quoted(group.name) for group in directory.groups() if group.id in bound)
    shown = ", ".join(names[:MAX_GROUPS_NAMED]) + (", and %d more" % (len(names) - MAX_GROUPS_NAMED) if len(names) > MAX_GROUPS_NAMED else "")
    return "%s is in no group that is bound to the application. Put the person into one of %s, or set bind_directly." % (quoted(person.title), shown)


def _attempt(case: Case, plan: Plan, binding: DirectBinding, accounts: Accounts, context: Context, timeout: float) -> Seen:
    """Start the attempt and follow it. ScimError if the person does not arrive."""
    case.events.remember()

    def followed() -> Seen:
        return follow(accounts, case.events, case.person, context, timeout)

    verbs = [action.verb for action in plan.actions]
    if verbs == ["bind", "unbind"]:
        with binding.for_a_while():
            seen = followed()
    else:
        if verbs:
            binding.make()
        seen = followed()
    if seen.arrived:
        return seen
    raise _refused(case, seen, seen.failure) if seen.failure else _time_is_up(case, accounts, seen, bool(verbs), timeout)


def _refused(case: Case, seen: Seen, event: Event) -> ScimError:
    cause, message = cause_of(event), message_of(event)
    failure = {"cause": cause.slug, "title": cause.title, "remedy": cause.remedy, "response_code": event.response_code, "message": message}
    said = " JumpCloud says: %s." % quoted(message) if message else ""
    return ScimError(
        "%s could not be provisioned in Unity. %s%s" % (quoted(case.person.title), cause.title, said),
        cause.remedy,
        failure=failure,
        **case.result("failed", cause.title, seen),
    )


def _of_another(case: Case, accounts: Accounts, differences: list[dict[str, t.Any]], seen: Seen | None = None) -> ScimError:
    """What a comparison of everybody says of such an account, too. JumpCloud may well give it to the person, and the other one's work with it."""
    reason = "Unity has an account with the address of %s that belongs to %s in JumpCloud." % (
        quoted(case.person.title),
        quoted(next(one["unity"] for one in differences if one["attribute"] == OWNER)),
    )
    user = seen.user if seen else case.provisioned
    return ScimError(
        reason if seen else "%s Nothing was changed." % reason,
        remedy_of("differing", {"reason": None, "differences": differences}, accounts.owner_of(user) if user else None)[1],
        failure=None,
        **{**case.result("failed", reason, seen), "differences": differences},
    )


def _time_is_up(case: Case, accounts: Accounts, seen: Seen, was_started: bool, timeout: float) -> ScimError:
    if is_of_another(seen.differences):
        return _of_another(case, accounts, seen.differences, seen)
    person = quoted(case.person.title)
    reason = "Unity does not show %s %s within %.0f s." % (person, "as JumpCloud has the person" if seen.user else "at all", timeout)
    if seen.events and seen.events[0].success:
        reason += " JumpCloud says that it succeeded, at %s." % quoted(seen.events[0].timestamp)
        hint = "Check that base_url is the one that JumpCloud calls, then run again."
    elif was_started:
        hint = (
            "JumpCloud may need longer: run again, with a longer timeout if need be. That a new binding starts an attempt is assumed. If nothing comes of it, "
            "change an attribute of the person in JumpCloud, and look at the failures that jumpcloud_provisioning_event_info reports."
        )
    else:
        hint = "%s To start one, change an attribute of the person in JumpCloud, then run again." % ALREADY_DIRECT
    return ScimError(reason, hint, failure=None, **case.result("failed", reason, seen))
