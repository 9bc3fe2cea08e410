# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account and unity_service_account_info do."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan, differences
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of, plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import run_manual
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import ServiceAccount, ServiceAccounts

STEP = "Provision a Unity service account"
# seconds within which a write must be readable
SETTLE = 10.0
ACCOUNT_FIELDS = ("id", "name", "description", "created_at")
SEEN = {"account": Optional({"id": str, "name": str, "description": str, "created_at": Optional(str), "roles": [str]})}


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make the service account exist, with this name, description and exactly these roles, or not exist."""
    if params["method"] == "manual":
        return run_manual(params, context)
    steps = instructions.create_service_account(params["name"] or "", params["description"], params["roles"] or ())
    if params["state"] == "absent":
        steps = instructions.delete_service_account(params["name"] or params["service_account_id"])
    with assumed_step(STEP, steps):
        gateway = open_gateway(params, context)
        plan = plan_by(_seen(params), lambda: _read(gateway, params), lambda found, _context: _plan(found["account"], params), context)[1]
        if context.check_mode:
            return {**plan.as_result(), "service_account": plan.after, "step": _step(plan)}
        account_id = _apply(plan, gateway, plan.before["id"] if plan.before else None, context)
        found = _verify(plan, gateway, account_id, context)
        return {**plan.as_result(), "service_account": found, "step": _step(plan, "account and roles read back" if found else "the account is gone")}


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the service accounts with their roles: all, or the one with this name or id."""
    with assumed_step(STEP, []):
        gateway = open_gateway(params, context)
        if params["service_account_id"] or params["name"]:
            account = find_account(gateway, params["service_account_id"], params["name"])
            accounts = [account] if account else []
        else:
            accounts = list(gateway.list())
        return {"changed": False, "service_accounts": [_as_result(account, gateway.roles(account.id)) for account in accounts]}


def open_gateway(params: dict[str, t.Any], context: Context) -> ServiceAccounts:
    connection = UnityConnection(params, context)
    return ServiceAccounts(connection.admin, connection.organization_id)


def find_account(gateway: ServiceAccounts, account_id: str | None, name: str | None) -> ServiceAccount | None:
    """The account with this id, else with exactly this name. Two with the same name are an error that lists both ids."""
    matches = [account for account in gateway.list() if (account.id == account_id if account_id else account.name == name)]
    if len(matches) > 1:
        ids = ", ".join(account.id for account in matches)
        raise ScimError("Unity has %d service accounts named %s: %s." % (len(matches), quoted(name), ids), "Pass service_account_id of the right one.")
    return matches[0] if matches else None


def _seen(params: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """What was seen of the very account that the options name."""
    found = part_of(params["seen"], "service_account", SEEN)
    if found is None or found["account"] is None:
        # that there is no account of a name says nothing of an ID
        return None if params["service_account_id"] else found
    account = found["account"]
    is_it = account["id"] == params["service_account_id"] if params["service_account_id"] else account["name"] == params["name"]
    return {"account": {**{field: account.get(field) for field in ACCOUNT_FIELDS}, "roles": sorted(account["roles"])}} if is_it else None


def _read(gateway: ServiceAccounts, params: dict[str, t.Any]) -> dict[str, t.Any]:
    """In the shape of what was seen."""
    account = find_account(gateway, params["service_account_id"], params["name"])
    return {"account": _as_result(account, gateway.roles(account.id)) if account else None}


def _plan(current: dict[str, t.Any] | None, params: dict[str, t.Any]) -> Plan:
    return plan_absent(current) if params["state"] == "absent" else plan_present(current, params)


def plan_present(current: dict[str, t.Any] | None, params: dict[str, t.Any]) -> Plan:
    """What to do so that the account exists as wanted. An option that was left out is left alone."""
    desired = {"name": params["name"], "description": params["description"]}
    roles = None if params["roles"] is None else sorted(set(params["roles"]))
    actions = []
    if current is None:
        if params["service_account_id"]:
            raise ScimError("Unity has no service account with the id %s." % quoted(params["service_account_id"]), "Check it, or pass name to create one.")
        values = {"name": desired["name"], "description": desired["description"] or ""}
        actions.append(Action("create", "service account", {"name": desired["name"]}, values))
        after = {"id": None, **values, "created_at": None, "roles": []}
    else:
        changes = differences(current, desired)
        if changes:
            actions.append(Action("update", "service account", {"name": current["name"], "fields": sorted(changes)}, changes))
        after = {**current, **changes}
    if roles is not None and roles != after["roles"]:
        actions.append(Action("set_roles", "service account", {"name": after["name"], "roles": roles}, {"roles": roles}))
        after = {**after, "roles": roles}
    return Plan(current, after, tuple(actions), title="Unity service account")


def plan_absent(current: dict[str, t.Any] | None) -> Plan:
    actions = (Action("delete", "service account", {"name": current["name"], "id": current["id"]}),) if current else ()
    return Plan(current, None, actions, title="Unity service account")


def _apply(plan: Plan, gateway: ServiceAccounts, account_id: str | None, context: Context) -> str:
    for action in plan.actions:
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
        return plan.after
    expected = None if plan.after is None else {name: plan.after[name] for name in ("name", "description", "roles")}

    def read() -> dict[str, t.Any] | None:
        account = find_account(gateway, account_id, None)
        return _as_result(account, gateway.roles(account.id)) if account else None

    def is_as_planned(found: dict[str, t.Any] | None) -> bool:
        return found is None if expected is None else found is not None and not differences(found, expected)

    found = poll(read, is_as_planned, context.clock, SETTLE)
    if not is_as_planned(found):
        raise ScimError(
            "Unity accepted the change of the service account %s, but still shows something else." % quoted(account_id),
            "Run again to see what differs; if it persists, look at the account in the Unity Dashboard.",
        )
    return found


def _step(plan: Plan, *verified: str) -> dict[str, t.Any]:
    return Step("service_account", plan, "the account exists" if plan.before else "no account", verified).as_result()


def _as_result(account: ServiceAccount, roles: t.Iterable[str]) -> dict[str, t.Any]:
    return {"id": account.id, "name": account.name, "description": account.description, "created_at": account.created_at, "roles": list(roles)}
