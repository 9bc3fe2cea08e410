# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_group_binding and jumpcloud_group_binding_info do."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted, with_suggestion
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id, parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import run_parallel
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, UserGroup
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import settled
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.deprovisioning_wait import Deprovisioning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.people_preview import (
    PeopleOptions,
    Shown,
    UnityReader,
    look,
    seen_preview,
    shown_or_warned,
    validated_domains,
    wants_preview,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import AffectedUsers, DeprovisionGuard
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.preview import Preview

TITLE = "JumpCloud user groups bound to the application"
# seconds within which a write must be readable
SETTLE = 15.0
MAX_NAMED_GROUPS = 20
SEEN = {"wanted": [{"id": str, "name": str}], "bound": [{"id": str, "name": Optional(str)}]}


@dataclass(frozen=True)
class InfoOptions:
    """The options of jumpcloud_group_binding_info."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice


@dataclass(frozen=True)
class Options:
    """The options of jumpcloud_group_binding."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    state: str
    groups: tuple[str, ...]
    max_deprovisioned_users: int
    wait_timeout: float
    method: str
    people: PeopleOptions
    reader: UnityReader
    seen: dict[str, t.Any] | None


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Bind user groups to the application, unbind them, or make them exactly the bound ones."""
    options = parse(Options, params)
    if options.wait_timeout < 0:
        raise ScimError("%s must not be negative." % named("wait_timeout"))
    transport = open_transport(options.http, context, options.wait_timeout)
    connection = JumpCloudConnection(options.jumpcloud, transport)
    application = open_application(connection, options.target, options.seen)
    directory, associations = Directory(connection.console), Associations(connection.console, application.id)
    guard = DeprovisionGuard(directory, associations, options.max_deprovisioned_users, options.http.concurrency)
    plan, affected = _plan_of_seen(options, context), AffectedUsers()
    is_read = plan is None
    if plan is None:
        groups = {group.id: group for group in directory.groups()}
        bound = functools.lru_cache(maxsize=None)(associations.group_ids)
        wanted = resolve_groups(options.groups, groups, options.state, context, bound)
        plan = make_plan(options.state, wanted, bound(), groups)
        if _targets(plan, "unbind"):
            affected = guard.plan(_targets(plan, "unbind"), _targets(plan, "bind"))
    people = _preview(plan, options, directory, associations, transport, context)
    # what only binds takes nothing from anybody
    timeout = options.wait_timeout if options.state != "present" else 0.0
    deprovisioning = Deprovisioning(connection, application, guard, timeout, settled(options.method, "jumpcloud", options.seen), context)
    if is_read and not context.check_mode and plan.changed:
        deprovisioning.begin(affected)
        plan, affected = _apply(plan, affected, guard, associations, options.http.concurrency, context)
    outcome = deprovisioning.wait(affected if _targets(plan, "unbind") else None)
    return {
        **_with_people(plan, affected, people).as_result(),
        "application": application.as_result(),
        "groups": (plan.after or {})["groups"],
        "added": [action.shown for action in plan.actions if action.verb == "bind"],
        "removed": [action.shown for action in plan.actions if action.verb == "unbind"],
        **affected.as_result(),
        **outcome.as_result(),
        "people": people.people,
        "step": _step_of(plan, context.check_mode, people).as_result(),
    }


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the user groups that are bound to the application, sorted by name."""
    options = parse(InfoOptions, params)
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    application = open_application(connection, options.target)
    bound = Associations(connection.console, application.id).group_ids()
    names = {group.id: group for group in Directory(connection.console).groups()} if bound else {}
    return {"changed": False, "application": application.as_result(), "groups": _shown_groups(bound, names)}


def _plan_of_seen(options: Options, context: Context) -> Plan | None:
    """The plan for what was seen just now, if it is not to be carried out. None where it has to be read, as it has where a group is to be unbound."""
    seen = part_of(options.seen, "user_groups", SEEN)
    if seen is None:
        return None
    wanted = {group["id"]: UserGroup(group["id"], group["name"]) for group in seen["wanted"]}
    named = {group["id"]: UserGroup(group["id"], group["name"]) for group in seen["bound"] if group.get("name") is not None}
    found = _resolved(options.groups, wanted)
    if found is None:
        return None
    plan = make_plan(options.state, found, frozenset(group["id"] for group in seen["bound"]), {**named, **wanted})
    is_trusted = not _targets(plan, "unbind") and (context.check_mode or not plan.changed)
    return plan if is_trusted else None


def _resolved(entries: t.Sequence[str], groups: dict[str, UserGroup]) -> frozenset[str] | None:
    """The ids of these groups, if each entry means exactly one."""
    matches = [[entry] if entry in groups else [group.id for group in groups.values() if group.name == entry] for entry in entries]
    return frozenset(match[0] for match in matches) if all(len(match) == 1 for match in matches) else None


def _preview(plan: Plan, options: Options, directory: Directory, associations: Associations, transport: Transport, context: Context) -> Shown:
    """What another module has seen in check mode, else what is read now. Nobody is read where nothing is to be bound, and nobody asks for it."""
    added, removed = _targets(plan, "bind"), _targets(plan, "unbind")
    limit = options.people.max_created_users
    if not wants_preview(bool(added), options.people.preview_people, limit, context):
        return Shown()
    seen = seen_preview(options.seen) if context.check_mode else None
    if seen is not None and seen.keeps(limit):
        return seen
    domains = validated_domains(options.people.domains, options.seen)

    def read() -> Preview:
        return look(directory, associations, (added, removed), options.reader, domains, limit, transport, context)

    return shown_or_warned(read, limit, context)


def _step_of(plan: Plan, check_mode: bool, people: Shown) -> Step:
    found = counted(len((plan.before or {})["groups"]), "group bound", "groups bound")
    found = people.beside(found) if _targets(plan, "bind") else found
    did = tuple("%s %d" % (verb, len(_targets(plan, verb))) for verb in ("bind", "unbind") if _targets(plan, verb))
    return Step("user_groups", plan, found, ("bindings read back",) if plan.changed and not check_mode else (), did=did)


def resolve_groups(
    wanted: t.Sequence[str], groups: dict[str, UserGroup], state: str, context: Context, bound: t.Callable[[], frozenset[str]] = frozenset
) -> frozenset[str]:
    """The ids of the groups that are named by id or by exact name. An id wins; two groups with the same name are an error. Last of all, an entry may be an
    id in another case or with blanks around it.

    To unbind a group that does not exist (any more) is no error, but a warning, since it could be a misspelt name. One whose id is ``bound`` is there,
    even if the list of groups does not show it.
    """
    by_name: dict[str, list[str]] = {}
    for group in groups.values():
        by_name.setdefault(group.name, []).append(group.id)
    found: set[str] = set()
    unknown: list[str] = []
    for entry in wanted:
        matches = [entry] if entry in groups else by_name.get(entry) or _by_id(entry, groups) or (_by_id(entry, bound()) if state != "present" else [])
        if len(matches) > 1:
            raise ScimError("JumpCloud has %d user groups named %s: %s." % (len(matches), quoted(entry), ", ".join(sorted(matches))), "Pass the id instead.")
        if matches:
            found.add(matches[0])
        else:
            unknown.append(entry)
    if unknown:
        message = "JumpCloud has no user group %s." % ", ".join(with_suggestion(entry, by_name) for entry in unknown)
        if state != "absent":
            raise ScimError(message, "Nothing was changed. Names are compared exactly, upper and lower case included.")
        context.warn("%s It is taken as unbound." % message)
    return frozenset(found)


def _by_id(entry: str, ids: t.Collection[str]) -> list[str]:
    meant = listed_id(entry.strip(), ids)
    return [meant] if meant in ids else []


def make_plan(state: str, wanted: frozenset[str], bound: frozenset[str], groups: dict[str, UserGroup]) -> Plan:
    """Which groups to bind and to unbind. ``state``: present, absent or exact."""
    add = frozenset() if state == "absent" else wanted - bound
    remove = {"present": frozenset(), "absent": wanted & bound, "exact": bound - wanted}[state]
    actions = [_action("bind", group) for group in _shown_groups(add, groups)] + [_action("unbind", group) for group in _shown_groups(remove, groups)]
    before, after = _shown_groups(bound, groups), _shown_groups((bound | add) - remove, groups)
    return Plan({"groups": before}, {"groups": after}, tuple(actions), TITLE)


def _action(verb: str, group: dict[str, t.Any]) -> Action:
    return Action(verb, "user group", group, {"id": group["id"]})


def _apply(
    plan: Plan, affected: AffectedUsers, guard: DeprovisionGuard, associations: Associations, concurrency: int, context: Context
) -> tuple[Plan, AffectedUsers]:
    """Bind, look again at what unbinding would do, then unbind; return what was done of the plan, and who lost access.

    Between the plan and the writes time has passed, and a group is unbound only once the new ones are seen to be bound.
    """
    added, removed = _targets(plan, "bind"), _targets(plan, "unbind")
    _write(plan, "bind", associations.add_group, concurrency, context)
    if removed:
        found = _require_bindings(associations.group_ids, added, frozenset(), context, "No group was unbound. Run again to see what differs.")
        plan = _without_vanished(plan, removed - found)
        affected = guard.check_again(affected, removed & found, added) if removed & found else AffectedUsers()
        _write(plan, "unbind", associations.remove_group, concurrency, context)
    # that something is there shows before the list ends; that nothing is left, only at its end
    read = associations.group_ids if removed else lambda: associations.group_ids(added)
    _require_bindings(read, added, removed, context, "Run again to see what differs.")
    return plan, affected


def _targets(plan: Plan, verb: str) -> frozenset[str]:
    return frozenset(action.values["id"] for action in plan.actions if action.verb == verb)


def _without_vanished(plan: Plan, vanished: frozenset[str]) -> Plan:
    """The plan as if these groups, which somebody deleted or unbound meanwhile, had not been bound."""
    before = [group for group in (plan.before or {})["groups"] if group["id"] not in vanished]
    actions = tuple(action for action in plan.actions if action.verb == "bind" or action.values["id"] not in vanished)
    return replace(plan, before={"groups": before}, actions=actions)


def _with_people(plan: Plan, affected: AffectedUsers, people: Shown) -> Plan:
    """The plan with the people whom the diff names: who would get an account, and, where a group is unbound, who loses access."""
    plan = replace(plan, before=people.in_diff(plan.before, False), after=people.in_diff(plan.after, True))
    if not _targets(plan, "unbind"):
        return plan
    return replace(plan, before={**(plan.before or {}), **AffectedUsers().as_diff()}, after={**(plan.after or {}), **affected.as_diff()})


def _write(plan: Plan, verb: str, write: t.Callable[[str], None], concurrency: int, context: Context) -> None:
    """Bind or unbind, several groups at a time. What fails is reported for each group; what is done stays done."""
    actions = [action for action in plan.actions if action.verb == verb]
    failures = run_parallel(actions, lambda action: write(action.values["id"]), context.progress.record, concurrency)
    if failures:
        raise _partial_failure(verb, failures, len(actions))


def _partial_failure(verb: str, failures: list[tuple[Action, ScimError]], total: int) -> ScimError:
    first = failures[0][1]
    names = ", ".join(quoted(action.shown["name"]) for action, error in failures[:MAX_NAMED_GROUPS])
    failed = [{"id": action.values["id"], "name": action.shown["name"], "msg": error.message} for action, error in failures]
    return ScimError(
        "Could not %s %d of %s (%s). The first error: %s" % (verb, len(failures), counted(total, "user group", "user groups"), names, first.message),
        "What was done is kept (see actions). %s Run again to do the rest." % (first.hint or ""),
        failed_groups=failed,
        **first.as_result(),
    )


def _require_bindings(read: t.Callable[[], frozenset[str]], added: frozenset[str], removed: frozenset[str], context: Context, hint: str) -> frozenset[str]:
    """Read the bindings back until they are as written. A successful answer to a write is no proof, and reads may lag behind writes."""

    def is_as_written(found: frozenset[str]) -> bool:
        return added <= found and not removed & found

    found = poll(read, is_as_written, context.clock, SETTLE)
    if not is_as_written(found):
        raise ScimError(
            "JumpCloud accepted the bindings, but does not show them: missing %s, still there %s."
            % (", ".join(sorted(added - found)) or "none", ", ".join(sorted(removed & found)) or "none"),
            hint,
        )
    return found


def _shown_groups(ids: t.Iterable[str], groups: dict[str, UserGroup]) -> list[dict[str, t.Any]]:
    """Sorted by name. A bound group that the list of groups does not show has no name."""
    shown = [{"id": group_id, "name": groups[group_id].name if group_id in groups else None} for group_id in ids]
    return sorted(shown, key=lambda group: (group["name"] or "", group["id"]))
