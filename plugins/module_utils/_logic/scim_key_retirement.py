# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_key_retirement does."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import SECONDS_BETWEEN_LINES, Pauses, Wait
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Provisioning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, chosen, owner_is_accepted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.key_accountant import (
    MORE_READS,
    SECONDS_BETWEEN_READS,
    TARGET,
    Found,
    KeyAccountant,
    keys_without_concurrent_run,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import find_account
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account_key import TITLE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import (
    REVOKE_STEP,
    AccountChoice,
    ask_for_revocation,
    close_revocation,
    kept_by_open_pruning,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import evidence_of_activity, read_history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import CONFIRMED
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first, require_key_id
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import BY_WORD, DELIVERED_BEFORE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import (
    CALL_TYPES,
    Delivery,
    is_overtaken,
    older_keys,
    require_accepted,
    require_comparable,
    require_no_concurrent_run,
    require_untouched,
    seen_keys,
    strange_keys,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import BESIDE_JUMPCLOUD, UnityConnection, UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccount, ServiceAccounts

STEP = "Retire the older keys"
MAX_CALLS_READ = 1000


@dataclass(frozen=True)
class Options:
    """The options of scim_key_retirement."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    owner: UnityOwner = field(metadata=BESIDE_JUMPCLOUD)
    account: AccountChoice
    key_name: str
    runbook: str | None
    unity_method: str
    confirmed: bool
    key_id: str
    known_key_ids: tuple[str, ...]
    seen: dict[str, t.Any] | None
    keep_previous: int | None
    jumpcloud_method: str
    used_since: str
    activated_with: dict[str, t.Any] | None
    verify_timeout: float
    verify_delay: float
    grace_period: float


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Revoke the older managed keys, once JumpCloud uses the new one; or ask a person for it."""
    options = parse(Options, params)
    policy = KeyPolicy(options.key_name, "never", None, options.keep_previous, 1)
    policy.require_sense()
    require_key_id(options.key_id)
    for name, seconds in (("verify_timeout", options.verify_timeout), ("grace_period", options.grace_period)):
        if seconds < 0:
            raise ScimError("%s must not be negative, but is %s." % (name, seconds))
    if options.verify_delay <= 0:
        raise ScimError("verify_delay must be more than 0, not %s." % options.verify_delay, "Set verify_timeout to 0, if nothing shall be looked for.")
    return carry_out(
        options.unity_method,
        chosen(options.unity_method, "unity", options.seen),
        lambda: _Retirement(options, policy, context).retire(),
        lambda reason: _ask(options, context, reason),
        context,
        options.owner.is_known,
        lambda: owner_is_accepted(options.owner, options.http, context),
        lambda: left_to_a_person(options.runbook, unity_tenant(options.owner.organization.organization_id), REVOKE_STEP),
    )


def _ask(options: Options, context: Context, reason: str) -> dict[str, t.Any]:
    """Keys that a person makes can't be listed. There are older ones, unless the look before has shown that JumpCloud did not provision."""
    before = (options.seen or {}).get("identity_management") or {}
    provisioned = before.get("status") == "active" or (before.get("evidence") or {}).get("source") == CONFIRMED.source
    if options.seen and not provisioned and _kept_by_request(options) != options.key_id:
        return _result(Plan({}, {}, title=TITLE), [])
    return _ask_for_all(options, context, reason)


def _kept_by_request(options: Options) -> str | None:
    return kept_by_open_pruning(options.runbook, unity_tenant(options.owner.organization.organization_id), options.account.shown)


def _ask_for_all(options: Options, context: Context, reason: str) -> dict[str, t.Any]:
    asked = ask_for_revocation(options.owner.organization, options.account.shown, options.key_id, True, options.runbook, context, options.confirmed, reason)
    return {**asked, "revoked": []}


class _Retirement:
    """One retirement. Both vendors share the time, which the waits don't use up."""

    def __init__(self, options: Options, policy: KeyPolicy, context: Context):
        self._options = options
        self._policy = policy
        self._context = context
        self._known = {options.key_id, *options.known_key_ids, *(key.id for key in seen_keys(options.seen) or () if policy.is_managed(key))}
        self._delivery = Delivery(options.key_id, options.used_since, options.activated_with or None, options.jumpcloud_method == "manual")
        waits = MORE_READS * SECONDS_BETWEEN_READS + options.verify_timeout + options.grace_period
        self._transport = open_transport(options.http, context, waits)
        self._jumpcloud = JumpCloudConnection(options.jumpcloud, self._transport)
        self._accounts = self._open_accounts()
        self._steps = instructions.prune_keys(options.account.shown, options.key_name, options.key_id)

    def retire(self) -> dict[str, t.Any]:
        request = _kept_by_request(self._options)
        if self._known == {self._delivery.key_id} and request is None:
            # this run has seen no other key, so there is none that it may revoke
            return _result(_plan([], []), [])
        # an earlier run has delivered the key and asked, and this one can't tell which key JumpCloud uses meanwhile
        is_asked_for = request == self._delivery.key_id and self._delivery.activated_with is None
        if request and request != self._delivery.key_id and not self._delivery.by_word:
            # JumpCloud has another key now than the one beside which a person was asked to revoke all; that must not be done, whatever becomes of this run
            self._close_request()
        seen = seen_keys(self._options.seen) if self._context.check_mode else None
        if seen is not None:
            if is_asked_for and is_overtaken(self._delivery.key_id, seen, self._policy):
                return self._ask_nobody()
            plan = self._plan_retirement(oldest_first(seen))
            return self._ask(plan, DELIVERED_BEFORE) if is_asked_for else _result(plan, [])
        account = self._find_account()
        if account is None and not self._context.check_mode:
            raise ScimError("Unity has no service account %s." % quoted(self._options.account.shown), "Create it first, with unity_service_account.")
        keys = self._read_keys(account) if account else []
        if is_asked_for and account and is_overtaken(self._delivery.key_id, keys, self._policy):
            return self._ask_nobody()
        plan = self._plan_retirement(keys)
        strange = strange_keys(keys, self._known, self._policy)
        if is_asked_for and plan.changed:
            return self._ask(plan, BY_WORD if self._delivery.by_word else DELIVERED_BEFORE)
        if self._context.check_mode:
            require_no_concurrent_run(strange)
        if account is None or self._context.check_mode or not (plan.changed or strange):
            if account and request == self._delivery.key_id:
                # the list proves it, whatever was said
                self._close_request()
            return _result(plan, [])
        if self._delivery.by_word:
            # what JumpCloud has stopped to use must not be revoked on a word
            return self._ask(plan, BY_WORD)
        application = open_application(self._jumpcloud, self._options.target, self._options.seen)
        if self._delivery.activated_with is None and not self._delivery.by_hand:
            # it would fail in the end, when everything was waited for
            require_comparable(self._read_identity_management(application), self._delivery)
        calls = self._read_calls(application)
        require_accepted(calls, self._delivery)
        self._wait_for_grace()
        keys = keys_without_concurrent_run(self._read_keys(account), lambda: self._read_keys(account), self._known, self._policy, self._context.clock)
        require_untouched(self._read_identity_management(application), self._delivery)
        plan = self._plan_retirement(keys)
        if plan.changed:
            with self._assumed():
                KeyAccountant(self._accounts, Found(account.id, keys), self._policy, self._context).revoke(action.shown["key_id"] for action in plan.actions)
        return _result(plan, [self._delivery.proof(calls)])

    def _ask_nobody(self) -> dict[str, t.Any]:
        self._close_request()
        self._context.warn(
            "A person was asked to revoke all keys but %s, which is gone, or not the newest any more. Which key JumpCloud has can't be told, so none is to be "
            "revoked. To have one that is known, rotate the key." % self._delivery.key_id
        )
        return _result(_plan([], []), [])

    def _close_request(self) -> None:
        close_revocation(self._options.owner.organization, self._options.runbook, self._context)

    def _ask(self, plan: Plan, reason: str) -> dict[str, t.Any]:
        """Ask a person for what the plan would revoke, if anything."""
        asked = _ask_for_all(self._options, self._context, reason) if plan.changed else _result(plan, [])
        if asked["step"]:
            asked["step"]["reason"] = reason
        return asked

    def _plan_retirement(self, keys: list[Key]) -> Plan:
        return _plan(keys, older_keys(keys, self._delivery.key_id, self._policy, self._context.check_mode))

    def _read_calls(self, application: Application) -> list[Event]:
        """JumpCloud's first provisioning calls with the new key. Where events can't be read, the connection test remains as the proof."""
        since, timeout = self._delivery.used_since.strip().upper().replace(" ", "T"), self._options.verify_timeout
        if timeout == 0 or moment_of(since) is None:
            return []
        events = Events(self._jumpcloud.insights)
        line = "Waiting for JumpCloud's next provisioning call with the key %s" % self._delivery.key_id
        wait: Wait[list[Event]] = Wait(line, timeout, Pauses(self._options.verify_delay), self._context)
        try:
            calls = wait.until(bool, lambda: list(itertools.islice(events.search(application.id, CALL_TYPES, since), MAX_CALLS_READ)))
        except ScimError:
            return []
        for gap in events.gaps:
            self._context.warn(gap)
        return calls

    def _wait_for_grace(self) -> None:
        seconds, clock = self._options.grace_period, self._context.clock
        if seconds == 0:
            return
        end = clock.now() + seconds
        line = "Waiting for the end of the grace period, in which the older keys still work"
        wait: Wait[float] = Wait(line, seconds, Pauses(SECONDS_BETWEEN_LINES), self._context)
        wait.until(lambda now: now >= end, clock.now)
        # an exchanged token may have expired meanwhile
        self._accounts = self._open_accounts()

    def _read_identity_management(self, application: Application) -> dict[str, t.Any] | None:
        if self._delivery.by_hand:
            history = read_history(Events(self._jumpcloud.insights), application.id, self._context.clock.wall())
            if history.gap:
                why = "%s Which key JumpCloud uses can't be told, so no key was revoked." % history.gap
                raise ScimError(why, "Let Directory Insights be read, then run again.")
            return {"evidence": evidence_of_activity(history, None, False, None).as_result()}
        with self._assumed():
            found = Provisioning(self._jumpcloud.console, application.id).read()
        return found.as_result() if found else None

    def _open_accounts(self) -> ServiceAccounts:
        connection = UnityConnection(self._options.owner, self._transport)
        return ServiceAccounts(connection.admin, connection.organization_id)

    def _find_account(self) -> ServiceAccount | None:
        with self._assumed():
            return find_account(self._accounts, self._options.account.service_account_id, self._options.account.service_account)

    def _read_keys(self, account: ServiceAccount) -> list[Key]:
        with self._assumed():
            return oldest_first(self._accounts.keys(account.id))

    def _assumed(self) -> t.ContextManager[None]:
        return assumed_step(STEP, self._steps)


def _plan(keys: list[Key], gone: list[Key]) -> Plan:
    before, after = ([key.as_result() for key in found] for found in (keys, [key for key in keys if key not in gone]))
    return Plan({"keys": before}, {"keys": after}, tuple(Action("revoke", TARGET, {"key_id": key.id}) for key in gone), TITLE)


def _result(plan: Plan, verified: list[str]) -> dict[str, t.Any]:
    """``step`` is None where there is nothing to retire."""
    step = Step("retire_keys", plan, "older managed keys: %d" % len(plan.actions), tuple(verified)).as_result()
    revoked = [action.shown["key_id"] for action in plan.actions]
    return {**plan.as_result(), "revoked": revoked, "step": step if plan.changed else None}
