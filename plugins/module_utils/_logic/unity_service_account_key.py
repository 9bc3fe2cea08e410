# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account_key and unity_service_account_key_info do."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id, parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header, parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of, plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, chosen, owner_is_accepted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.key_accountant import TARGET, CreatedKey, Found, KeyAccountant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import find_account, open_gateway
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import STEP as ACCOUNT_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import (
    REVOKE_STEP,
    AccountChoice,
    Options,
    kept_by_open_pruning,
    run_manual,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import STEP as MANUAL_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import (
    KeyPolicy,
    beside_a_request,
    oldest_first,
    reason_to_create,
    require_key_id,
    require_room,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import PLACEHOLDER, older_keys
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccounts

STEP = "Create keys for the service account"
TITLE = "Unity service account keys"
SEEN = {"service_account_id": Optional(str), "keys": [{"id": str, "name": Optional(str), "created_at": Optional(str)}]}


@dataclass(frozen=True)
class InfoOptions:
    """The options of unity_service_account_key_info."""

    http: HttpSettings
    owner: UnityOwner
    account: AccountChoice
    key_name: str


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make a usable key exist, creating one where the policy says so; or revoke one; or revoke managed ones that are not in use."""
    options = parse(Options, params)
    return manage(options, context)


def manage(options: Options, context: Context) -> dict[str, t.Any]:
    """As ``run``, for logic that has the options already."""
    if options.state != "present":
        require_key_id(options.key_id)
    return carry_out(
        options.method,
        chosen(options.method, "unity", options.seen),
        lambda: _run_api(options, context),
        lambda reason: run_manual(options, context, reason),
        context,
        options.owner.is_known,
        lambda: owner_is_accepted(options.owner, options.http, context),
        lambda: _left_to_a_person(options),
    )


def _left_to_a_person(options: Options) -> str:
    """A key of an account that a person has yet to make is theirs to make, too."""
    part = part_of(options.seen, "service_account_key", SEEN)
    asked_for = [MANUAL_STEP, *([ACCOUNT_STEP] if part and part["service_account_id"] is None else [])] if options.state == "present" else [REVOKE_STEP]
    return left_to_a_person(options.runbook, unity_tenant(options.owner.organization.organization_id), *asked_for)


def _run_api(options: Options, context: Context) -> dict[str, t.Any]:
    shown_account, policy = options.account.shown, options.policy
    policy.require_sense()
    with assumed_step(STEP, _manual_steps(options.state, shown_account, options.key_id, policy)):
        gateway = open_gateway(options.owner, open_transport(options.http, context))

        kept = options.state == "absent" and _is_in_file(options.key_id, options.secret_file)

        def make(found: Found, context: Context) -> Plan:
            if found.account_id is None and options.state != "absent" and not _may_appear(options, context):
                raise ScimError("Unity has no service account %s." % quoted(shown_account), "Create it first, with unity_service_account.")
            return _plan(found.keys, found.keys) if kept else make_plan(options.state, found.keys, options.key_id, _wanted(options, found.keys), context)

        found, plan = plan_by(_seen(options, context), lambda: _read(gateway, options.account), make, context)
        created = None
        if found.account_id and plan.changed and not context.check_mode:
            accountant = KeyAccountant(gateway, found, policy, context)
            if options.state == "present":
                created = accountant.create()
                plan = plan_created(plan, found.keys, created.key)
            else:
                accountant.revoke(action.shown["key_id"] for action in plan.actions)
        step = Step("service_account_key", plan, "the secret file holds the key") if kept else _step(plan, options, created, context)
        return {**_result(plan, found.account_id, policy, created), "kept": kept, "step": step.as_result()}


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the keys of the account, oldest first, without any secret."""
    options = parse(InfoOptions, params)
    with assumed_step(STEP, []):
        gateway = open_gateway(options.owner, open_transport(options.http, context))
        found = _read(gateway, options.account)
        policy = KeyPolicy(options.key_name, "never", None, None, 0)
        return {"changed": False, "service_account_id": found.account_id, "live_keys": [_shown(key, policy) for key in found.keys]}


def _may_appear(options: Options, context: Context) -> bool:
    """Whether a real run may have made the account before. One whose key is in use is there already."""
    return context.check_mode and (options.state == "present" or options.key_id == PLACEHOLDER)


def _wanted(options: Options, keys: list[Key]) -> KeyPolicy:
    if options.state != "present":
        return options.policy
    kept = kept_by_open_pruning(options.runbook, unity_tenant(options.owner.organization.organization_id), options.account.shown)
    return beside_a_request(options.policy, kept, [key.id for key in keys])


def _seen(options: Options, context: Context) -> Found | None:
    """What was seen of the account. A key to revoke may have been made since, so that it was not seen is no reason to leave it."""
    part = part_of(options.seen, "service_account_key", SEEN)
    if part is None or options.account.service_account_id not in (None, part["service_account_id"]) or (options.state == "absent" and not context.check_mode):
        return None
    return Found(part["service_account_id"], oldest_first(Key(key["id"], key.get("created_at"), key.get("name") or None) for key in part["keys"]))


def _is_in_file(key_id: str | None, path: str | None) -> bool:
    """Whether the secret file holds this very key, so that its secret is not lost."""
    if not path:
        return False
    with suppress(ScimError):
        header = SecretFile(path).read()
        return header is not None and parse_authorization_header(header)[0].lower() == (key_id or "").lower()
    return False


def _read(gateway: ServiceAccounts, choice: AccountChoice) -> Found:
    account = find_account(gateway, choice.service_account_id, choice.service_account)
    return Found(account.id, oldest_first(gateway.keys(account.id))) if account else Found(None, [])


def _manual_steps(state: str, account: str, key_id: str | None, policy: KeyPolicy) -> instructions.Steps:
    if state == "present":
        return instructions.create_key(account)
    if state == "absent":
        return instructions.revoke_key(account, key_id or "")
    return instructions.prune_keys(account, policy.key_name, key_id or "")


def make_plan(state: str, keys: list[Key], key_id: str | None, policy: KeyPolicy, context: Context) -> Plan:
    """What to do with these keys. The key that would be created is a placeholder."""
    key_id = listed_id(key_id, (key.id for key in keys)) if key_id else None
    if state == "present":
        if key_id and all(key.id != key_id for key in keys):
            raise ScimError(
                "The service account has no key %s (any more): somebody revoked it, or it belongs to another account." % quoted(key_id),
                "Leave key_id out and set rotate to auto, to get a new key where none is left.",
            )
        reason = reason_to_create(keys, policy, context.clock.wall(), context.warn)
        if reason is None:
            return _plan(keys, keys)
        require_room(keys, policy)
        return _plan(keys, [*keys, Key(PLACEHOLDER, None)], Action("create", TARGET, {"reason": reason}))
    gone = [key for key in keys if key.id == key_id] if state == "absent" else older_keys(keys, key_id or "", policy, context.check_mode) if keys else []
    return _plan(keys, [key for key in keys if key not in gone], *(Action("revoke", TARGET, {"key_id": key.id}) for key in gone))


def plan_created(plan: Plan, keys: list[Key], created: Key) -> Plan:
    """The plan as it came out: the placeholder has become a key."""
    return _plan(keys, [*keys, created], Action("create", TARGET, {"key_id": created.id, **plan.actions[0].shown}))


def _plan(before: list[Key], after: list[Key], *actions: Action) -> Plan:
    return Plan({"keys": [key.as_result() for key in before]}, {"keys": [key.as_result() for key in after]}, actions, TITLE)


def _step(plan: Plan, options: Options, created: CreatedKey | None, context: Context) -> Step:
    if options.state == "pruned":
        return Step("retire_keys", plan, "older managed keys: %d" % len(plan.actions))
    verified: tuple[str, ...] = ()
    if created:
        verified = ("key %s is listed" % created.key.id,)
    elif options.state == "absent" and not context.check_mode:
        verified = ("key %s is not listed" % (plan.actions[0].shown["key_id"] if plan.actions else options.key_id),)
    return Step("service_account_key", plan, "live keys: %d" % len((plan.before or {})["keys"]), verified)


def _result(plan: Plan, account_id: str | None, policy: KeyPolicy, created: CreatedKey | None) -> dict[str, t.Any]:
    """``credentials`` is the only part of the result that holds a secret; it is null unless a key was really created."""
    credentials = None
    if created:
        key_id, secret = created.key.id, created.secret
        credentials = {"key_id": key_id, "secret_key": secret, "authorization_header": authorization_header(key_id, secret)}
    live = [Key(key["id"], key["created_at"], key["name"]) for key in (plan.after or {})["keys"] if key["id"] != PLACEHOLDER]
    return {
        **plan.as_result(),
        "service_account_id": account_id,
        "key": _shown(created.key, policy) if created else None,
        "live_keys": [_shown(key, policy) for key in live],
        "credentials": credentials,
    }


def _shown(key: Key, policy: KeyPolicy) -> dict[str, t.Any]:
    return {**key.as_result(), "managed": policy.is_managed(key)}
