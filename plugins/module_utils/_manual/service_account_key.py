# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account_key does with method=manual: a person makes the key and hands it over in a file; it is proven at SCIM."""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile, WrongContent
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import STEP as ACCOUNT_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import open_step, plan_of, prove, step_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import open_sections
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization, UnityOwner, require_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimService, base_url_from

STEP = "unity_service_account_key"
REVOKE_STEP = "unity_service_account_key_revocation"
REVOKE_WORD = "retire_keys"
PRUNING = "Revoke the older keys of the service account %s"
TITLE = "Unity service account keys"
TARGET = "service account key"
SOURCE = "secret_file"


@dataclass(frozen=True)
class AccountChoice:
    """The service account that is meant, by its name or its ID."""

    service_account: str | None
    service_account_id: str | None

    @property
    def shown(self) -> str:
        return self.service_account or self.service_account_id or ""


@dataclass(frozen=True)
class Options:
    """The options of unity_service_account_key."""

    http: HttpSettings
    owner: UnityOwner
    account: AccountChoice
    policy: KeyPolicy
    method: str
    runbook: str | None
    manual_timeout: float
    secret_file: str | None
    confirmed: bool
    state: str
    key_id: str | None
    base_url: str | None
    remove_secret_file: bool
    seen: dict[str, t.Any] | None


def run_manual(options: Options, context: Context, reason: str) -> dict[str, t.Any]:
    """Take a key from the secret file, asking a person for it if it is not there; or ask for the revocation of keys."""
    organization, account = options.owner.organization, options.account.shown
    if options.state != "present":
        key_id = options.key_id or ""
        asked = ask_for_revocation(organization, account, key_id, options.state == "pruned", options.runbook, context, options.confirmed, reason)
        return {**asked, **_result(options, None)}
    if options.policy.rotate == "never":
        plan = Plan({}, {}, title=TITLE)
        said = Step("service_account_key", plan, _NOTHING_ASKED["evidence"]["detail"], method="manual")
        return {**plan.as_result(), **_NOTHING_ASKED, **_result(options, None), "step": said.as_result()}
    secret_file = SecretFile(options.secret_file) if options.secret_file else None
    title = "Make a key of the service account %s, and hand it to the run" % account
    step = open_step(STEP, title, organization, options.runbook, context, options.manual_timeout, reason)
    steps = [
        *instructions.switch_organization(require_organization(organization)),
        *(instructions.create_key_for_file(account, secret_file.command_to_fill) if secret_file else instructions.create_key(account)),
    ]
    taker = _Taker(secret_file, options, context)
    outcome = step.carry_out(steps, taker.look)
    header = None if outcome.pending or context.check_mode else taker.header
    if header:
        step.close()
        # a key that works shows that its account exists and has the role
        open_step(ACCOUNT_STEP, "", organization, options.runbook, context).close()
        if options.remove_secret_file and secret_file:
            secret_file.remove()
    if outcome.pending:
        plan = plan_of(outcome, TITLE, {"key": "one that a person makes"}, account, {"key": None})
    else:
        taken = parse_authorization_header(taker.header or "")[0]
        plan = Plan({"key": None}, {"key": taken}, (Action("take", TARGET, {"key_id": taken}),), TITLE)
    result = _result(options, header, None if outcome.pending else taker.header)
    verified = ("key %s is accepted by the SCIM service" % result["key"]["id"],) if header else ()
    return {**plan.as_result(), **outcome.as_result(), **result, "step": step_of("service_account_key", plan, outcome, *verified)}


_NOTHING_ASKED: dict[str, t.Any] = {
    "method": "manual",
    "pending": False,
    "manual_steps": [],
    "runbook": None,
    "evidence": Evidence(None, SOURCE, "rotate is 'never', so nobody was asked. Whether the account has a key can't be told.").as_result(),
}


class _Taker:
    """Reads the file and proves what it holds, again and again. ``header`` is the value that has been proven."""

    def __init__(self, secret_file: SecretFile | None, options: Options, context: Context):
        self._file = secret_file
        self._base_url = base_url_from(options.owner.organization, options.base_url)
        self._transport = open_transport(options.http, context, options.manual_timeout)
        self._context = context
        self.header: str | None = None

    def look(self) -> Evidence:
        if self._file is None:
            return Evidence(None, SOURCE, "Without secret_file the key can't be handed over. Supply it as key_id and secret_key.")
        try:
            header = self._file.read()
        except WrongContent as error:
            return Evidence(False, SOURCE, error.sentence())
        if header is None:
            return Evidence(False, SOURCE, "There is no key in %s yet." % quoted(self._file.path))
        # registered as a secret that leaves in the result, before the service registers it as one that must not
        self._context.masker.register_key(*parse_authorization_header(header), returned=True)
        evidence = prove(ScimService(self._base_url, header, self._transport))
        if evidence.found:
            self.header = header
        return evidence


def kept_by_open_pruning(runbook: str | None, tenant: str, account: str) -> str | None:
    """The ID of the key beside which an earlier run has asked a person to revoke the older ones of this account."""
    return next((one.key_id for one in open_sections(runbook, tenant, REVOKE_STEP) if one.title == PRUNING % account), None)


def close_revocation(organization: UnityOrganization, runbook: str | None, context: Context) -> None:
    """What a person was asked to revoke was seen to be gone."""
    open_step(REVOKE_STEP, "", organization, runbook, context).close()


def ask_for_revocation(
    organization: UnityOrganization, account: str, key_id: str, is_pruning: bool, runbook: str | None, context: Context, is_confirmed: bool, reason: str
) -> dict[str, t.Any]:
    """No evidence of a revocation is published: only the revoked key itself, which nobody has, could tell. ``is_pruning``: the key is the one to keep."""
    title = PRUNING % account if is_pruning else "Revoke the key %s" % key_id
    step = open_step(REVOKE_STEP, title, organization, runbook, context, reason=reason)
    step.word = REVOKE_WORD
    if is_pruning:
        step.command = context.provision
    steps = (instructions.revoke_other_keys if is_pruning else instructions.revoke_key)(account, key_id)
    # what was said of the keys before another one is not about those before this one
    word = Word(REVOKE_WORD, is_confirmed, step.has_asked(key_id, math.inf))
    evidence = word.instead_of(Evidence(None, "none", "Nothing published tells which keys an account has."), "Once that is done")
    outcome = step.carry_out([*instructions.switch_organization(require_organization(organization)), *steps], lambda: evidence, key_id=key_id)
    if not outcome.pending:
        step.close()
    before: dict[str, t.Any] = {"keys": [key_id, "those that JumpCloud used before"]} if is_pruning else {"key": key_id}
    plan = plan_of(outcome, TITLE, {"keys": [key_id]} if is_pruning else {"key": None}, account, before)
    said = step_of("retire_keys" if is_pruning else "service_account_key", plan, outcome)
    return {**plan.as_result(), **outcome.as_result(), "step": said}


def _result(options: Options, header: str | None, proven: str | None = None) -> dict[str, t.Any]:
    """As with the API: ``credentials`` is the only part with a secret. What only an API could tell is null.

    ``proven``: the header value that was found to work, in check mode as well, where none is handed on.
    """
    credentials = key = None
    if header:
        key_id, secret_key = parse_authorization_header(header)
        credentials = {"key_id": key_id, "secret_key": secret_key, "authorization_header": header}
    if proven:
        key = {"id": parse_authorization_header(proven)[0], "name": None, "managed": None, "created_at": None}
    return {"service_account_id": options.account.service_account_id, "key": key, "live_keys": None, "credentials": credentials, "kept": False}
