# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege: what has to be done so that a service account of JumpCloud may do what the chosen playbooks need, and nothing else. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted, with_suggestion
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.roles import MAX_CUSTOM_ROLES, Role
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.scopes import CALLED, SCOPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.service_accounts import ServiceAccount
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.client_secrets import (
    NOT_REVOCABLE,
    SecretPolicy,
    live_secrets,
    may_delete_with,
    reason_to_create,
    require_room,
    shown,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.fewest_scopes import fewest

ROLE, ACCOUNT, SECRET = "custom role", "service account", "client secret"
TITLE = "JumpCloud service account"
NEW_SECRET = {"id": None, "client_id": "(new)", "created_at": None, "expires_at": None, "status": None}
Result = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Found:
    """What is there. ``custom_roles``: how many; ``others``: the names of other accounts with the same role."""

    role: Role | None
    account: ServiceAccount | None
    custom_roles: int
    others: tuple[str, ...] = ()

    def as_result(self) -> Result:
        role = self.role
        shown_role = {"id": role.id, "name": role.name, "scopes": list(role.scopes)} if role else None
        return {"role": shown_role, "service_account": self.account.as_result() if self.account else None}


def wanted_scopes(playbooks: t.Collection[str]) -> list[str]:
    """The fewest and narrowest scopes that these playbooks need together."""
    unknown = [with_suggestion(name, CALLED) for name in playbooks if name not in CALLED]
    if unknown:
        raise ScimError("No playbook that a service account can run with is called %s." % ", ".join(unknown), "They are %s." % ", ".join(CALLED))
    scopes = fewest(SCOPES.get(operation, ()) for name in sorted(set(playbooks)) for operation in CALLED[name])
    if not scopes:
        asks_nothing = "%s asks nothing of JumpCloud, so the service account would have no scope, and nothing to do." % ", ".join(playbooks)
        raise ScimError(
            asks_nothing if playbooks else "No playbook is named that the service account is to run.",
            "Name those that it is to run: %s." % ", ".join(name for name in CALLED if CALLED[name]),
        )
    return scopes


def plan_present(found: Found, name: str, role_name: str, scopes: list[str], policy: SecretPolicy, now: float) -> Plan:
    """The role gets exactly these scopes, and the account has it and a client secret that somebody holds."""
    role, account = found.role, found.account
    actions: list[Action] = []
    if role is None:
        if found.custom_roles >= MAX_CUSTOM_ROLES:
            raise ScimError(
                "The organization has %d custom roles, and JumpCloud allows %d. Nothing was changed." % (found.custom_roles, MAX_CUSTOM_ROLES),
                "Delete one that is not in use, or name one that exists as role: it gets the scopes of these playbooks, and no others.",
            )
        actions.append(Action("create", ROLE, {"name": role_name, "scopes": scopes}))
    elif not role.is_custom:
        raise ScimError("The role %s is one of JumpCloud's own, which can't be changed." % quoted(role.name), "Give another name as role.")
    elif set(role.scopes) != set(scopes):
        added, removed = sorted(set(scopes) - set(role.scopes)), sorted(set(role.scopes) - set(scopes))
        actions.append(Action("set_scopes", ROLE, {"name": role.name, "added": added, "removed": removed}))
    secrets = [secret.as_result() for secret in account.secrets] if account else []
    if account is None:
        actions.append(Action("create", ACCOUNT, {"name": name}))
        secrets = [NEW_SECRET]
    else:
        _require_ours(account, role, role_name)
        reason = reason_to_create(account.secrets, policy, now)
        if reason:
            require_room(account, now)
            actions.append(Action("create", SECRET, {"reason": reason}))
            secrets = [*secrets, NEW_SECRET]
    after = {
        "role": {"id": role.id if role else None, "name": role_name, "scopes": scopes},
        "service_account": {"id": account.id if account else None, "name": name, "role": role_name, "secrets": secrets},
    }
    return Plan(found.as_result(), after, tuple(actions), TITLE)


def _require_ours(account: ServiceAccount, role: Role | None, role_name: str) -> None:
    """No operation changes an account, so what is wrong with it stays wrong."""
    hint = "JumpCloud publishes no operation that changes a service account: use another name, or remove this one (state=absent) and run again."
    if account.auth_type == "API_KEY":
        raise ScimError("The service account %s has an API key, and no client secret." % quoted(account.name), hint)
    if role is None or not account.has(role):
        has = quoted(account.role_name or account.role_id)
        raise ScimError("The service account %s has the role %s, not %s." % (quoted(account.name), has, quoted(role_name)), hint)


def plan_absent(found: Found, secret_id: str | None, now: float) -> Plan:
    """The account goes, and its role, unless another account has it. To take a client secret back, the account goes only if nothing else depends on it."""
    account, role = found.account, found.role
    goes = account is not None and (may_delete_with(account, secret_id, now) if secret_id else True)
    role_goes = role is not None and not secret_id and role.is_custom and not found.others
    actions = [Action("delete", ACCOUNT, {"name": account.name})] if account and goes else []
    actions += [Action("delete", ROLE, {"name": role.name})] if role and role_goes else []
    after = Found(None if role_goes else role, None if goes else account, 0).as_result()
    return Plan(found.as_result(), after, tuple(actions), TITLE)


def keep_role(plan: Plan) -> Plan:
    """The plan as if the role had not been to go."""
    after = {**(plan.after or {}), "role": (plan.before or {})["role"]}
    return replace(plan, after=after, actions=tuple(action for action in plan.actions if action.target != ROLE))


def lines_present(plan: Plan, found: Found, playbooks: t.Collection[str], now: float) -> list[str]:
    """What came of it, for people. ``found`` is how it is now, or was in check mode."""
    after = plan.after or {}
    name, role, scopes = quoted(after["service_account"]["name"]), quoted(after["role"]["name"]), after["role"]["scopes"]
    lines = ["The role %s has exactly the scopes that %s need: %s." % (role, ", ".join(sorted(set(playbooks))), ", ".join(scopes))]
    live = live_secrets(found.account.secrets, now) if found.account else []
    for action in plan.actions:
        if action.verb == "set_scopes":
            changes = ["%s %s" % (verb, ", ".join(action.shown[verb])) for verb in ("added", "removed") if action.shown[verb]]
            lines.append("Its scopes before were others: %s." % "; ".join(changes))
        elif action.target == ACCOUNT:
            lines.append("The service account %s is new." % name)
        elif action.target == SECRET:
            lines.append("The service account %s gets a new client secret, since %s." % (name, action.shown["reason"]))
    lines += ["It has a client secret (%s)." % shown(secret) for secret in live]
    if len(live) > 1:
        lines.append("Once nothing uses the older client secret: %s." % NOT_REVOCABLE)
    return lines


def lines_absent(plan: Plan, found: Found, role_in_use: bool = False) -> list[str]:
    """``role_in_use``: JumpCloud says so, and keeps it."""
    gone = ["The %s %s is gone." % (action.target, quoted(action.shown["name"])) for action in plan.actions]
    reason = "JumpCloud says that it is in use" if role_in_use else "%s has it, too" % ", ".join(map(quoted, found.others))
    why = ["The role %s stays, since %s." % (quoted(found.role.name), reason)] if found.role and (role_in_use or found.others) else []
    return gone + why or ["There is nothing to remove."]
