# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_service_account does: a custom role with exactly the scopes of the chosen playbooks, and a service account with it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import SETTLE, poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import RESTRICTIONS, JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import require_reachable_organization, working_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.roles import Role, Roles
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.service_accounts import CreatedSecret, ServiceAccount, ServiceAccounts
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.client_secret_maker import ClientSecretMaker, prove
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.client_secrets import SecretPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.service_account_plan import (
    ACCOUNT,
    ROLE,
    Found,
    keep_role,
    lines_absent,
    lines_present,
    plan_absent,
    plan_present,
    wanted_scopes,
)

DESCRIPTION = "What the playbooks of unity_jumpcloud.scim need, made by its playbook bootstrap_jumpcloud"
Result = t.Dict[str, t.Any]
Named = t.TypeVar("Named", Role, ServiceAccount)


@dataclass(frozen=True)
class Options:
    """The options of jumpcloud_service_account."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    name: str
    role: str | None
    playbooks: tuple[str, ...] | None
    lifetime: int
    policy: SecretPolicy
    secret_id: str | None
    wait_timeout: float
    state: str

    @property
    def role_name(self) -> str:
        return self.role or self.name


def run(params: dict[str, t.Any], context: Context) -> Result:
    """Make the service account exist, with a role that allows exactly what the playbooks need; or not exist."""
    options = parse(Options, params)
    present = options.state == "present"
    playbooks = options.playbooks or ()
    scopes = wanted_scopes(playbooks) if present else []
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    require_reachable_organization(connection.across_organizations, options.jumpcloud)
    organization_id = options.jumpcloud.expected_organization_id or options.jumpcloud.organization_id
    if present and not organization_id:
        # only what keeps a new secret needs to know; a deletion must not depend on it
        organization_id = working_organization(connection.across_organizations, options.jumpcloud)
    roles, accounts = Roles(connection.console), ServiceAccounts(connection.console)
    found, now = _read(roles, accounts, options), context.clock.wall()
    if present:
        plan = plan_present(found, options.name, options.role_name, scopes, options.policy, now)
    else:
        plan = plan_absent(found, options.secret_id, now)
    created, role_in_use = None, False
    is_done = bool(plan.actions) and not context.check_mode
    if is_done and present:
        # what could still fail must not come after the creation of a secret
        found, created = _apply_present(plan, roles, accounts, found, options, context)
    elif is_done:
        plan, role_in_use = _apply_absent(plan, roles, accounts, found, context)
    lines = lines_present(plan, found, playbooks, now) if present else lines_absent(plan, found, role_in_use)
    shown = found.as_result() if present and not context.check_mode else plan.after or {}
    return {**plan.as_result(), **shown, **_created(created), "organization_id": organization_id, "lines": lines}


def _created(created: CreatedSecret | None) -> Result:
    """``credentials`` is the only part of the result that holds a secret; it is null unless one was really created."""
    if created is None:
        return {"secret_id": None, "credentials": None}
    return {"secret_id": created.public.id, "credentials": {"client_id": created.public.client_id, "client_secret": created.secret}}


def _read(roles: Roles, accounts: ServiceAccounts, options: Options) -> Found:
    known, existing = roles.list(), accounts.list()
    role, account = _only(known, options.role_name, ROLE), _only(existing, options.name, ACCOUNT)
    others = tuple(one.name for one in existing if role and one.has(role) and one != account)
    return Found(role, account, sum(one.is_custom for one in known), others)


def _only(found: t.Iterable[Named], name: str, what: str) -> Named | None:
    matches = [one for one in found if one.name == name]
    if len(matches) > 1:
        ids = ", ".join(one.id for one in matches)
        raise ScimError("JumpCloud has %d times a %s called %s: %s." % (len(matches), what, quoted(name), ids), "Delete those not in use, or use another name.")
    return next(iter(matches), None)


def _apply_present(plan: Plan, roles: Roles, accounts: ServiceAccounts, found: Found, options: Options, context: Context) -> tuple[Found, CreatedSecret | None]:
    role, account, created = found.role, found.account, None
    maker = ClientSecretMaker(accounts, options.name, options.lifetime, context)

    def proven(secret: CreatedSecret) -> None:
        prove(secret, options.jumpcloud, options.http, options.wait_timeout, context)

    for action in plan.actions:
        if action.target == ROLE:
            role = _set_role(roles, role, (plan.after or {})["role"]["scopes"], options.role_name, action, context)
        elif role is not None:
            created, account = maker.add_secret(account, proven) if account else maker.create_account(role, proven)
    return Found(role, account, found.custom_roles), created


def _set_role(roles: Roles, role: Role | None, scopes: list[str], name: str, action: Action, context: Context) -> Role:
    """Create the role or give it these scopes, and read it back. If the answer got lost, the list tells whether it took effect."""

    def is_as_planned(found: Role | None) -> bool:
        return found is not None and set(found.scopes) == set(scopes)

    lost: ApiError | None = None
    try:
        if role is None:
            roles.create(name, DESCRIPTION, scopes)
        else:
            roles.set_scopes(role, scopes)
        context.progress.record(action)
    except ApiError as error:
        if error.status in (400, 409):
            error.hint = RESTRICTIONS
        if error.outcome != "unknown":
            raise
        lost = error
    found = poll(lambda: _only(roles.list(), name, ROLE), is_as_planned, context.clock)
    if found is None or not is_as_planned(found):
        raise lost or ScimError("JumpCloud accepted the role %s, but shows it otherwise." % quoted(name), "Run again to see what differs.")
    if lost:
        context.progress.record(action)
        context.warn("%s It took effect all the same; going on with it." % lost.message)
    return found


def _apply_absent(plan: Plan, roles: Roles, accounts: ServiceAccounts, found: Found, context: Context) -> tuple[Plan, bool]:
    """What was done of the plan, and whether the role stays since it is in use."""
    for action in plan.actions:
        if action.target == ACCOUNT and found.account:
            _delete_account(accounts, found.account, action, context)
        elif found.role and not _delete_role(roles, found.role, action, len(plan.actions) > 1, context):
            return keep_role(plan), True
    return plan, False


def _delete_account(accounts: ServiceAccounts, account: ServiceAccount, action: Action, context: Context) -> None:
    """The answer may come before the deletion (202), so the list is read until it is gone."""
    accounts.delete(account.id)
    context.progress.record(action)
    _require_gone(account, accounts.list, ACCOUNT, context)


def _delete_role(roles: Roles, role: Role, action: Action, account_goes: bool, context: Context) -> bool:
    """False if it is in use. Where its account has gone just now, the role may take a moment to be free."""
    if not poll(lambda: roles.delete(role.id), bool, context.clock, SETTLE if account_goes else 0.0):
        return False
    context.progress.record(action)
    _require_gone(role, roles.list, ROLE, context)
    return True


def _require_gone(one: Role | ServiceAccount, read: t.Callable[[], t.Sequence[Role | ServiceAccount]], what: str, context: Context) -> None:
    """A successful answer to a write is no proof."""

    def is_gone(ids: list[str]) -> bool:
        return one.id not in ids

    if not is_gone(poll(lambda: [shown.id for shown in read()], is_gone, context.clock)):
        raise ScimError("JumpCloud accepted the deletion of the %s %s, but still shows it." % (what, quoted(one.name)), "Run again.")
