# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account_key and unity_service_account_key_info do."""
from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils import manual_steps
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.change import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.logic.unity_service_account import SETTLE, find_account, open_gateway
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.manual_steps import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.unity.service_accounts import Key, ServiceAccount, ServiceAccounts

STEP = "Create keys for the service account"


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make a usable key exist, minting one where the ``rotate`` policy says so, or revoke one."""
    shown_account = params["service_account"] or params["service_account_id"]
    absent = params["state"] == "absent"
    steps = manual_steps.revoke_key(shown_account, params["key_id"]) if absent else manual_steps.create_key(shown_account)
    with assumed_step(STEP, steps):
        gateway = open_gateway(params, context)
        account = find_account(gateway, params["service_account_id"], params["service_account"])
        keys = _sorted(gateway.keys(account.id)) if account else []
        if absent:
            return _revoke(plan_absent(keys, params["key_id"]), gateway, account, keys, context)
        if account is None:
            _require_account_or_check_mode(shown_account, context)
        plan = plan_present(keys, params["key_id"], params["rotate"])
        if not plan.changed or context.check_mode or account is None:
            return _result(plan, account, keys, None, None)
        return _mint(plan, gateway, account, keys, context)


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the keys of the account, oldest first, without any secret."""
    with assumed_step(STEP, []):
        gateway = open_gateway(params, context)
        account = find_account(gateway, params["service_account_id"], params["service_account"])
        keys = _sorted(gateway.keys(account.id)) if account else []
        return {"changed": False, "service_account_id": account.id if account else None, "live_keys": [key.as_result() for key in keys]}


def plan_present(keys: list[Key], key_id: str | None, rotate: str) -> Plan:
    """Decide whether a key must be minted. ``rotate``: ``auto`` when there is none, ``always``, or ``never``."""
    if key_id and all(key.id != key_id for key in keys):
        raise ScimError(
            "The service account has no key %s (any more): somebody revoked it, or it belongs to another account." % quoted(key_id),
            "Leave key_id out and set rotate to auto, to get a new key where none is left.",
        )
    if rotate == "never" and not keys:
        raise ScimError("The service account has no key, and rotate is 'never'.", "Set rotate to auto, or create a key in the Unity Dashboard.")
    mint = rotate == "always" or (rotate == "auto" and not keys)
    before = {"keys": [key.as_result() for key in keys]}
    if not mint:
        return Plan(before, before, title="Unity service account keys")
    after = {"keys": [*before["keys"], {"id": "(new)", "created_at": None}]}
    return Plan(before, after, (Action("mint", "service account key"),), title="Unity service account keys")


def plan_absent(keys: list[Key], key_id: str) -> Plan:
    before = {"keys": [key.as_result() for key in keys]}
    after = {"keys": [key.as_result() for key in keys if key.id != key_id]}
    actions = (Action("revoke", "service account key", {"key_id": key_id}),) if before != after else ()
    return Plan(before, after, actions, title="Unity service account keys")


def _revoke(plan: Plan, gateway: ServiceAccounts, account: ServiceAccount | None, keys: list[Key], context: Context) -> dict[str, t.Any]:
    if account is None or context.check_mode:
        return _result(plan, account, keys, None, None)
    for action in plan.actions:
        gateway.revoke_key(account.id, action.shown["key_id"])
        context.progress.record(action)
        _require_settled(gateway, account, action.shown["key_id"], context, present=False)
    return _result(plan, account, [key for key in keys if key.as_result() in (plan.after or {})["keys"]], None, None)


def _mint(plan: Plan, gateway: ServiceAccounts, account: ServiceAccount, keys: list[Key], context: Context) -> dict[str, t.Any]:
    key, secret = _mint_once(gateway, account, keys)
    context.masker.register_key(key.id, secret, returned=True)
    context.progress.record(Action("mint", "service account key", {"key_id": key.id}))
    try:
        _require_settled(gateway, account, key.id, context, present=True)
    except ScimError:
        # the secret is lost with this failure, so the key must not stay
        gateway.revoke_key(account.id, key.id)
        context.progress.record(Action("revoke", "service account key", {"key_id": key.id}))
        raise
    after = {"keys": [*(plan.before or {})["keys"], key.as_result()]}
    minted = Plan(plan.before, after, (Action("mint", "service account key", {"key_id": key.id}),), plan.title)
    return _result(minted, account, [*keys, key], key, secret)


def _mint_once(gateway: ServiceAccounts, account: ServiceAccount, keys: list[Key]) -> tuple[Key, str]:
    """Mint a key. If the answer got lost, the secret is lost with it: look which key appeared, and name it."""
    try:
        return gateway.mint_key(account.id)
    except ApiError as error:
        if error.outcome != "unknown":
            error.hint = error.hint or "An account can hold a limited number of keys (20 in Unity's self-hosted edition): revoke one that is not in use."
            raise
        suspects = _new_key_ids(gateway, account, keys)
        if suspects is None:
            error.hint = "The keys could not be listed either. Look at the account's keys in the Unity Dashboard, and revoke one that nobody uses."
        elif suspects:
            error.hint = (
                "Unity shows a new key all the same (%s); its secret is lost. Revoke it (unity_service_account_key with state=absent and this key_id), "
                "then run again." % ", ".join(suspects)
            )
        else:
            error.hint = "No new key has appeared. Run again."
        raise


def _new_key_ids(gateway: ServiceAccounts, account: ServiceAccount, keys: list[Key]) -> list[str] | None:
    """The ids of keys that were not there before; None if that can't be told."""
    known = {key.id for key in keys}
    try:
        return [key.id for key in gateway.keys(account.id) if key.id not in known]
    except ApiError:
        return None


def _require_settled(gateway: ServiceAccounts, account: ServiceAccount, key_id: str, context: Context, present: bool) -> None:
    """A successful answer to a write is no proof: read the keys until the change shows."""

    def is_listed() -> bool:
        return any(key.id == key_id for key in gateway.keys(account.id))

    if poll(is_listed, lambda listed: listed == present, context.clock, SETTLE) != present:
        raise ScimError(
            "Unity %s the key %s, but its list of keys %s." % (("created", key_id, "does not show it") if present else ("revoked", key_id, "still shows it")),
            "Look at the account in the Unity Dashboard, and revoke the key if it is there.",
        )


def _require_account_or_check_mode(shown_account: str, context: Context) -> None:
    if not context.check_mode:
        raise ScimError("Unity has no service account %s." % quoted(shown_account), "Create it first, with unity_service_account.")


def _result(plan: Plan, account: ServiceAccount | None, keys: list[Key], minted: Key | None, secret: str | None) -> dict[str, t.Any]:
    """``credentials`` is the only part of the result that holds a secret; it is null unless a key was really minted."""
    credentials = None
    if minted and secret:
        credentials = {"key_id": minted.id, "secret_key": secret, "authorization_header": authorization_header(minted.id, secret)}
    return {
        **plan.as_result(),
        "service_account_id": account.id if account else None,
        "key": minted.as_result() if minted else None,
        "live_keys": [key.as_result() for key in keys],
        "credentials": credentials,
    }


def _sorted(keys: list[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (key.created_at or "", key.id))
