# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account_key and unity_service_account_key_info do."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import SETTLE, find_account, open_gateway
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import run_manual
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first, reason_to_create, require_room, superfluous
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccount, ServiceAccounts

STEP = "Create keys for the service account"
TITLE = "Unity service account keys"
TARGET = "service account key"


@dataclass(frozen=True)
class CreatedKey:
    """A new key with its secret."""

    key: Key
    secret: str


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make a usable key exist, creating one where the policy says so; or revoke one; or revoke our own ones that are not in use."""
    if params["method"] == "manual":
        return run_manual(params, context)
    shown_account = params["service_account"] or params["service_account_id"]
    policy = KeyPolicy(**{name: params[name] for name in ("key_name", "rotate", "max_age", "keep_previous", "max_keys")})
    policy.require_sense()
    with assumed_step(STEP, _manual_steps(params["state"], shown_account, params["key_id"], policy)):
        gateway = open_gateway(params, context)
        account = find_account(gateway, params["service_account_id"], params["service_account"])
        keys = oldest_first(gateway.keys(account.id)) if account else []
        if account is None and params["state"] != "absent" and not context.check_mode:
            raise ScimError("Unity has no service account %s." % quoted(shown_account), "Create it first, with unity_service_account.")
        plan = make_plan(params["state"], keys, params["key_id"], policy, context)
        created = None
        if account and plan.changed and not context.check_mode:
            accountant = _Accountant(gateway, account, keys, policy, context)
            if params["state"] == "present":
                created = accountant.create()
                plan = plan_created(plan, keys, created.key)
            else:
                accountant.revoke(plan)
        return _result(plan, account, policy, created)


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the keys of the account, oldest first, without any secret."""
    with assumed_step(STEP, []):
        gateway = open_gateway(params, context)
        account = find_account(gateway, params["service_account_id"], params["service_account"])
        keys = oldest_first(gateway.keys(account.id)) if account else []
        policy = KeyPolicy(params["key_name"], "never", None, None, 0)
        return {"changed": False, "service_account_id": account.id if account else None, "live_keys": [_shown(key, policy) for key in keys]}


def _manual_steps(state: str, account: str, key_id: str | None, policy: KeyPolicy) -> instructions.Steps:
    if state == "present":
        return instructions.create_key(account)
    if state == "absent":
        return instructions.revoke_key(account, key_id or "")
    return instructions.prune_keys(account, policy.key_name, key_id or "")


def make_plan(state: str, keys: list[Key], key_id: str | None, policy: KeyPolicy, context: Context) -> Plan:
    """What to do with these keys. The key that would be created is a placeholder."""
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
        return _plan(keys, [*keys, Key("(new)", None)], Action("create", TARGET, {"reason": reason}))
    gone = [key for key in keys if key.id == key_id] if state == "absent" else superfluous(keys, key_id or "", policy) if keys else []
    return _plan(keys, [key for key in keys if key not in gone], *(Action("revoke", TARGET, {"key_id": key.id}) for key in gone))


def plan_created(plan: Plan, keys: list[Key], created: Key) -> Plan:
    """The plan as it came out: the placeholder has become a key."""
    return _plan(keys, [*keys, created], Action("create", TARGET, {"key_id": created.id, **plan.actions[0].shown}))


def _plan(before: list[Key], after: list[Key], *actions: Action) -> Plan:
    return Plan({"keys": [key.as_result() for key in before]}, {"keys": [key.as_result() for key in after]}, actions, TITLE)


def revoke_keys(gateway: ServiceAccounts, account: ServiceAccount, keys: list[Key], plan: Plan, policy: KeyPolicy, context: Context) -> None:
    """Carry a plan out that only revokes, and see the keys gone."""
    _Accountant(gateway, account, keys, policy, context).revoke(plan)


class _Accountant:
    """Carries a plan out on the keys of one account, and knows which of them were there before."""

    def __init__(self, gateway: ServiceAccounts, account: ServiceAccount, keys: list[Key], policy: KeyPolicy, context: Context):
        self._gateway = gateway
        self._account = account
        self._known = {key.id for key in keys}
        self._policy = policy
        self._context = context

    def revoke(self, plan: Plan) -> None:
        for action in plan.actions:
            self._revoke(action.shown["key_id"])
        gone = {action.shown["key_id"] for action in plan.actions}
        self._require_settled(lambda ids: not gone & ids, "revoked", "still shows", gone)

    def create(self) -> CreatedKey:
        """Create a key and see it listed. Whatever fails after the creation, the key does not stay: its secret would be lost."""
        created = self._create()
        self._context.masker.register_key(created.key.id, created.secret, returned=True)
        self._context.progress.record(Action("create", TARGET, {"key_id": created.key.id}))
        try:
            keys = self._require_settled(lambda ids: created.key.id in ids, "created", "does not show", {created.key.id})
            self._require_alone(created.key.id, keys)
        except BaseException as error:
            # also where somebody, or a time limit of the task, stops the run
            self._take_back(created.key.id, error)
            raise
        return created

    def _create(self, tries: int = 2) -> CreatedKey:
        """Send the request. If its answer got lost, so is the secret: a key of this very name is ours, and is replaced by another, once."""
        name = "%s %s" % (self._policy.key_name, self._context.make_nonce())
        try:
            return CreatedKey(*self._gateway.create_key(self._account.id, name))
        except ApiError as error:
            self._settle(error, name, tries)
        except BaseException as error:
            # it was stopped while it waited for the answer
            self._revoke_if_created(name, error)
            raise
        return self._create(tries - 1)

    def _revoke_if_created(self, name: str, error: BaseException) -> None:
        with suppress(ScimError), self._gateway.cleanup():
            for key in self._gateway.keys(self._account.id):
                if key.name == name:
                    self._take_back(key.id, error)

    def _settle(self, error: ApiError, name: str, tries: int) -> None:
        """Raise the error of a creation, unless its answer got lost, the lost key is revoked, and another try is left."""
        if error.outcome != "unknown":
            if not isinstance(error, UnexpectedAnswer):
                error.hint = error.hint or "Revoke keys that are not in use: an account can hold a limited number."
            raise error
        lost = self._find_lost(name, error)
        if lost is None:
            raise error
        error.hint = None
        if not self._take_back(lost.id, error):
            raise error
        if tries == 1:
            error.hint = "The key %s was created all the same; its secret is lost, so it was revoked. Run again." % lost.id
            raise error
        self._context.warn("%s The key %s was created all the same, and its secret is lost: it was revoked." % (error.message, lost.id))

    def _find_lost(self, name: str, error: ApiError) -> Key | None:
        """The key of this name, if it was created. The list may lag behind, so it is read for a while."""
        found: list[Key] = []

        def read() -> Key | None:
            found[:] = self._gateway.keys(self._account.id)
            return next((key for key in found if key.name == name), None)

        try:
            with self._gateway.cleanup():
                lost = poll(read, lambda key: key is not None, self._context.clock, SETTLE)
        except ScimError:
            error.hint = (
                "The keys could not be listed either. If a key named %s was created all the same, nobody knows its secret: "
                "revoke it (unity_service_account_key with state=absent and key_id), or let state=pruned do it." % quoted(name)
            )
            return None
        new = [key.id for key in found if key.id not in self._known]
        if lost is None and new:
            error.hint = (
                "New keys have appeared since (%s), but none has the name of this request, so none is revoked. If nobody else created them, "
                "revoke them (unity_service_account_key with state=absent and key_id)." % ", ".join(new)
            )
        elif lost is None:
            error.hint = "No new key has appeared. Run again."
        return lost

    def _require_alone(self, created_id: str, keys: list[Key]) -> None:
        """Two runs at the same time see each other's keys. The one whose key is older goes on, the other one takes its key back.

        Both go by the list, where both keys have their dates from the same clock.
        """
        ours = [key for key in oldest_first(keys) if key.id == created_id or (key.id not in self._known and self._policy.is_managed(key))]
        if ours[0].id != created_id:
            raise ScimError(
                "Another run has created the key %s of this service account at the same time. This run gives way, and takes its key back."
                % ", ".join(key.id for key in ours if key.id != created_id),
                "Let the other run finish, then run again.",
            )

    def _take_back(self, key_id: str, error: BaseException) -> bool:
        """Revoke a key that must not stay. If that fails, too, ``error`` tells both, or a warning where it can't."""
        try:
            with self._gateway.cleanup():
                self._revoke(key_id)
        except ApiError as failure:
            left = "The key %s, whose secret is lost, could not be revoked (%s): revoke it (unity_service_account_key with state=absent and key_id=%s)."
            said = left % (key_id, failure.message.rstrip("."), key_id)
            if isinstance(error, ScimError):
                error.hint = " ".join(part for part in (said, error.hint) if part)
            else:
                self._context.warn(said)
            return False
        return True

    def _revoke(self, key_id: str) -> None:
        self._gateway.revoke_key(self._account.id, key_id)
        self._context.progress.record(Action("revoke", TARGET, {"key_id": key_id}))

    def _require_settled(self, settled: t.Callable[[set[str]], bool], did: str, shows: str, key_ids: set[str]) -> list[Key]:
        """A successful answer to a write is no proof: read the keys until the change shows."""

        def is_settled(keys: list[Key]) -> bool:
            return settled({key.id for key in keys})

        keys = poll(lambda: self._gateway.keys(self._account.id), is_settled, self._context.clock, SETTLE)
        if not is_settled(keys):
            raise ScimError(
                "Unity %s the key %s, but its list of keys %s it." % (did, ", ".join(sorted(key_ids)), shows),
                "Look at the account in the Unity Dashboard, and run again.",
            )
        return keys


def _result(plan: Plan, account: ServiceAccount | None, policy: KeyPolicy, created: CreatedKey | None) -> dict[str, t.Any]:
    """``credentials`` is the only part of the result that holds a secret; it is null unless a key was really created."""
    credentials = None
    if created:
        key_id, secret = created.key.id, created.secret
        credentials = {"key_id": key_id, "secret_key": secret, "authorization_header": authorization_header(key_id, secret)}
    live = [Key(key["id"], key["created_at"], key["name"]) for key in (plan.after or {})["keys"] if key["id"] != "(new)"]
    return {
        **plan.as_result(),
        "service_account_id": account.id if account else None,
        "key": _shown(created.key, policy) if created else None,
        "live_keys": [_shown(key, policy) for key in live],
        "credentials": credentials,
    }


def _shown(key: Key, policy: KeyPolicy) -> dict[str, t.Any]:
    return {**key.as_result(), "managed": policy.is_managed(key)}
