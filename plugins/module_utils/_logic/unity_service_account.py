# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account and unity_service_account_info do."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id, parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan, differences
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of, plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, chosen, owner_is_accepted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.key_accountant import TARGET as KEY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.key_accountant import Found, KeyAccountant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import STEP as MANUAL_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import Options, run_manual, unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import close_revocation, kept_by_open_pruning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import seen_keys
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection, UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccount, ServiceAccounts

STEP = "Provision a Unity service account"
ACCOUNT_FIELDS = ("id", "name", "description", "created_at")
SEEN = {"account": Optional({"id": str, "name": str, "description": str, "created_at": Optional(str), "roles": [str]})}


@dataclass(frozen=True)
class InfoOptions:
    """The options of unity_service_account_info."""

    http: HttpSettings
    owner: UnityOwner
    name: str | None
    service_account_id: str | None


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make the service account exist, with this name, description and exactly these roles, or not exist."""
    options = parse(Options, params)
    return manage(options, context)


def manage(options: Options, context: Context) -> dict[str, t.Any]:
    """As ``run``, for logic that has the options already."""
    result = carry_out(
        options.method,
        chosen(options.method, "unity", options.seen),
        lambda: _run_api(options, context),
        lambda reason: run_manual(options, context, reason),
        context,
        options.owner.is_known,
        lambda: owner_is_accepted(options.owner, options.http, context),
        lambda: left_to_a_person(options.runbook, unity_tenant(options.owner.organization.organization_id), MANUAL_STEP),
    )
    if options.state == "absent" and not result.get("pending"):
        _close_requests(options, context)
    return result


def _close_requests(options: Options, context: Context) -> None:
    """With the account its keys are gone, or all that are managed where it stays, so nobody has to revoke them any more."""
    organization = options.owner.organization
    if kept_by_open_pruning(options.runbook, unity_tenant(organization.organization_id), options.name or options.service_account_id or ""):
        close_revocation(organization, options.runbook, context)


def _run_api(options: Options, context: Context) -> dict[str, t.Any]:
    steps = instructions.create_service_account(options.name or "", options.description, options.roles or ())
    if options.state == "absent":
        steps = instructions.delete_service_account(options.name or options.service_account_id or "")
    with assumed_step(STEP, steps):
        gateway = open_gateway(options.owner, open_transport(options.http, context))
        plan = plan_by(_seen(options), lambda: _read(gateway, options), lambda found, _context: _plan(found, options), context)[1]
        if context.check_mode:
            return {**plan.as_result(), "service_account": _without_keys(plan.after), "step": _step(plan)}
        account_id = _apply(plan, gateway, plan.before["id"] if plan.before else None, options, context)
        found = _verify(plan, gateway, account_id, context)
        return {**plan.as_result(), "service_account": found, "step": _step(plan, *_verified(plan, found))}


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the service accounts with their roles: all, or the one with this name or id."""
    options = parse(InfoOptions, params)
    with assumed_step(STEP, []):
        gateway = open_gateway(options.owner, open_transport(options.http, context))
        if options.service_account_id or options.name:
            account = find_account(gateway, options.service_account_id, options.name)
            accounts = [account] if account else []
        else:
            accounts = list(gateway.list())
        return {"changed": False, "service_accounts": [_as_result(account, gateway.roles(account.id)) for account in accounts]}


def open_gateway(owner: UnityOwner, transport: Transport) -> ServiceAccounts:
    connection = UnityConnection(owner, transport)
    return ServiceAccounts(connection.admin, connection.organization_id)


def find_account(gateway: ServiceAccounts, account_id: str | None, name: str | None) -> ServiceAccount | None:
    """The account with this id, else with exactly this name. Two with the same name are an error that lists both ids."""
    accounts = list(gateway.list())
    meant = listed_id(account_id, (account.id for account in accounts)) if account_id else None
    matches = [account for account in accounts if (account.id == meant if meant else account.name == name)]
    if len(matches) > 1:
        ids = ", ".join(account.id for account in matches)
        raise ScimError("Unity has %d service accounts named %s: %s." % (len(matches), quoted(name), ids), "Pass service_account_id of the right one.")
    return next(iter(matches), None)


def _seen(options: Options) -> dict[str, t.Any] | None:
    """What was seen of the very account that the options name."""
    found = part_of(options.seen, "service_account", SEEN)
    if found is None or found["account"] is None:
        # that there is no account of a name says nothing of an ID
        return None if options.service_account_id else found
    account = found["account"]
    is_it = account["id"] == options.service_account_id if options.service_account_id else account["name"] == options.name
    shown = {**{field: account.get(field) for field in ACCOUNT_FIELDS}, "roles": sorted(account["roles"])}
    if not is_it or options.state == "present":
        return {"account": shown} if is_it else None
    keys = seen_keys(options.seen)
    return None if keys is None else {"account": shown, "keys": oldest_first(keys)}


def _read(gateway: ServiceAccounts, options: Options) -> dict[str, t.Any]:
    """In the shape of what was seen."""
    account = find_account(gateway, options.service_account_id, options.name)
    keys = oldest_first(gateway.keys(account.id)) if account and options.state == "absent" else []
    return {"account": _as_result(account, gateway.roles(account.id)) if account else None, "keys": keys}


def _plan(found: dict[str, t.Any], options: Options) -> Plan:
    if options.state == "present":
        return plan_present(found["account"], options)
    return plan_absent(found["account"], found.get("keys") or [], _policy(options), options.delete_foreign_keys)


def _policy(options: Options) -> KeyPolicy:
    return KeyPolicy(options.key_name, "never", None, None, 0)


def plan_present(current: dict[str, t.Any] | None, options: Options) -> Plan:
    """What to do so that the account exists as wanted. An option that was left out is left alone."""
    desired = {"name": options.name, "description": options.description}
    roles = None if options.roles is None else sorted(set(options.roles))
    actions = []
    if current is None:
        if options.service_account_id:
            raise ScimError("Unity has no service account with the id %s." % quoted(options.service_account_id), "Check it, or pass name to create one.")
        values = {"name": desired["name"], "description": desired["description"] or ""}
        actions.append(Action("create", "service account", {"name": desired["name"]}, values))
        after: dict[str, t.Any] = {"id": None, **values, "created_at": None, "roles": []}
    else:
        changes = differences(current, desired)
        if changes:
            actions.append(Action("update", "service account", {"name": current["name"], "fields": sorted(changes)}, changes))
        after = {**current, **changes}
    if roles is not None and roles != after["roles"]:
        actions.append(Action("set_roles", "service account", {"name": after["name"], "roles": roles}, {"roles": roles}))
        after = {**after, "roles": roles}
    return Plan(current, after, tuple(actions), title="Unity service account")


def plan_absent(current: dict[str, t.Any] | None, keys: list[Key], policy: KeyPolicy, delete_foreign_keys: bool) -> Plan:
    """The managed keys are revoked, oldest first, and the account is deleted, unless it holds keys of others that must stay."""
    if current is None:
        return Plan(None, None, title="Unity service account")
    managed = [key.id for key in keys if policy.is_managed(key)]
    foreign = [key.id for key in keys if key.id not in managed]
    stays = bool(foreign) and not delete_foreign_keys
    actions = [Action("revoke", KEY, {"key_id": key_id}) for key_id in managed]
    if not stays:
        actions.append(Action("delete", "service account", {"name": current["name"], "id": current["id"]}))
    before = {**current, "keys": [*managed, *foreign]}
    return Plan(before, {**current, "keys": foreign} if stays else None, tuple(actions), title="Unity service account")


def _apply(plan: Plan, gateway: ServiceAccounts, account_id: str | None, options: Options, context: Context) -> str:
    revoked = [action.shown["key_id"] for action in plan.actions if action.verb == "revoke"]
    if revoked:
        KeyAccountant(gateway, Found(account_id, []), _policy(options), context).revoke(revoked)
    for action in plan.actions[len(revoked) :]:
        if action.verb == "create":
            account_id = _create(gateway, action.values["name"], action.values["description"], context).id
        elif action.verb == "update":
            gateway.update(account_id or "", action.values)
        elif action.verb == "set_roles":
            gateway.set_roles(account_id or "", action.values["roles"])
        elif action.verb == "delete":
            gateway.delete(account_id or "")
        context.progress.record(action)
    return account_id or ""


def _create(gateway: ServiceAccounts, name: str, description: str, context: Context) -> ServiceAccount:
    """Create the account. If the answer got lost, look whether it was created instead of creating it twice."""
    try:
        return gateway.create(name, description)
    except ApiError as error:
        if error.status == 409:
            error.hint = "The name is in use by an account that the list did not show. Choose another name, or wait for a deletion to finish."
        if error.outcome != "unknown":
            raise
        account = find_account(gateway, None, name)
        if account is None:
            raise
        context.warn("%s The account was created all the same; going on with it." % error.message)
        return account


def _verify(plan: Plan, gateway: ServiceAccounts, account_id: str, context: Context) -> dict[str, t.Any] | None:
    """Read the account back until it is as planned. A successful answer to a write is no proof."""
    if not plan.changed:
        return _without_keys(plan.after)
    expected = None if plan.after is None else {name: plan.after[name] for name in ("name", "description", "roles")}

    def read() -> dict[str, t.Any] | None:
        account = find_account(gateway, account_id, None)
        # one that is still listed a moment after its deletion may have no roles any more
        return _as_result(account, gateway.roles(account.id) if expected else ()) if account else None

    def is_as_planned(found: dict[str, t.Any] | None) -> bool:
        return found is None if expected is None else found is not None and not differences(found, expected)

    found = poll(read, is_as_planned, context.clock)
    if not is_as_planned(found):
        raise ScimError(
            "Unity accepted the change of the service account %s, but still shows something else." % quoted(account_id),
            "Run again to see what differs; if it persists, look at the account in the Unity Dashboard.",
        )
    return found


def _without_keys(account: dict[str, t.Any] | None) -> dict[str, t.Any] | None:
    return None if account is None else {name: value for name, value in account.items() if name != "keys"}


def _step(plan: Plan, *verified: str) -> dict[str, t.Any]:
    found = "the account exists" if plan.before else "no account"
    foreign = (plan.after or {}).get("keys")
    if foreign:
        found = "the account stays, since it has %s that this collection did not make: %s" % (
            counted(len(foreign), "key", "keys"),
            ", ".join(foreign),
        )
    return Step("service_account", plan, found, verified).as_result()


def _verified(plan: Plan, found: dict[str, t.Any] | None) -> tuple[str, ...]:
    if found is None:
        return ("the account is gone",)
    if plan.after and "keys" not in plan.after:
        return ("account and roles read back",)
    # it stays for keys of others
    return ("the revoked keys are not listed",) if plan.actions else ()


def _as_result(account: ServiceAccount, roles: t.Iterable[str]) -> dict[str, t.Any]:
    return {"id": account.id, "name": account.name, "description": account.description, "created_at": account.created_at, "roles": list(roles)}
