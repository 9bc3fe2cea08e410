# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_service_account does with method=manual: a person makes the account, and its key proves it. Only SCIM is called."""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import SITTING, ManualStep, Outcome
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization, UnityOwner, require_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, base_url_from, header_from

STEP = "unity_service_account"
WORD = "service_account"
TITLE = "Unity service account"
SOURCE = "Unity SCIM"
REFUSALS = {
    401: ("Keys", "Unity's SCIM service does not know the key (401): it is wrong or was revoked, or the account is not there."),
    403: ("Admin", "Unity's SCIM service knows the key, but the role SCIM Authenticator is missing (403). Set Admin to SCIM Authenticator."),
}


@dataclass(frozen=True)
class Options:
    """The options of unity_service_account."""

    http: HttpSettings
    owner: UnityOwner
    key: ScimKey
    base_url: str | None
    method: str
    runbook: str | None
    manual_timeout: float
    confirmed: bool
    key_name: str
    state: str
    name: str | None
    service_account_id: str | None
    description: str | None
    roles: tuple[str, ...] | None
    delete_foreign_keys: bool
    seen: dict[str, t.Any] | None


def run_manual(options: Options, context: Context, reason: str) -> dict[str, t.Any]:
    """Ask a person for the account, or for its deletion, unless a key of it shows that it is so."""
    organization = options.owner.organization
    organization_id = require_organization(organization)
    shown = options.name or options.service_account_id or ""
    present = options.state == "present"
    if present and not options.name:
        raise ScimError("name is needed to ask a person for a service account.", "Pass name.")
    header = header_from(options.key)
    title = ("Create the service account %s, with its role" if present else "Delete the service account %s") % shown
    step = open_step(STEP, title, organization, options.runbook, context, options.manual_timeout, reason)
    wanted = instructions.create_service_account(shown, options.description, options.roles or ()) if present else instructions.delete_service_account(shown)
    # the key of an account that is gone would tell
    step.word = "" if present or header else WORD
    word = Word(WORD, options.confirmed, step.has_asked(remembered=math.inf if present else SITTING))
    look = _looker(options, header, present, word, context)
    first = [*instructions.switch_organization(organization_id), *(instructions.check_single_sign_on() if present else [])]
    outcome = step.carry_out([*first, *wanted], look)
    if not outcome.pending:
        step.close()
    identity = {"id": options.service_account_id, "name": options.name}
    unknown = {**identity, "description": None, "created_at": None, "roles": None}
    after = {**unknown, "description": options.description, "roles": None if options.roles is None else list(options.roles)} if present else None
    plan = plan_of(outcome, TITLE, after, shown, None if present else {name: value for name, value in identity.items() if value is not None})
    account = after if not outcome.pending else unknown if is_known(outcome.evidence, present) else None
    return {**plan.as_result(), **outcome.as_result(), "service_account": account, "step": step_of("service_account", plan, outcome)}


def is_known(evidence: Evidence, present: bool) -> bool:
    """Whether what speaks against the wanted state shows that the account exists: Unity knows a key of it."""
    return evidence.contradicts == "Admin" if present else evidence.found is False


def open_step(
    name: str, title: str, organization: UnityOrganization, runbook: str | None, context: Context, timeout: float = 0.0, reason: str = ""
) -> ManualStep:
    """The step of a Unity organization."""
    return ManualStep(name, title, unity_tenant(require_organization(organization)), runbook, context, timeout, reason)


def unity_tenant(organization_id: str) -> str:
    return "Unity organization %s" % organization_id


def plan_of(outcome: Outcome, title: str, after: dict[str, t.Any] | None, shown: str | None, before: dict[str, t.Any] | None = None) -> Plan:
    """The plan of a step that is a person's: nothing is written here, but it is a change all the same."""
    actions: tuple[Action, ...] = ()
    if outcome.changed:
        actions = (Action("ask" if outcome.pending else "see_done", title, {"name": shown, "by": "a person"}),)
    return Plan(before if outcome.changed else after, after, actions, title)


def step_of(name: str, plan: Plan, outcome: Outcome, *verified: str) -> dict[str, t.Any]:
    """The ``step`` of the result: what was found is the evidence."""
    return Step(name, plan, outcome.evidence.detail, verified, method="manual", pending=outcome.pending).as_result()


def prove(service: ScimService) -> Evidence:
    """Call SCIM with a key. 401 and 403 are evidence; every other failure is an error."""
    try:
        users = service.count_users()
    except ApiError as error:
        if error.status not in REFUSALS:
            raise
        field, detail = REFUSALS[error.status or 0]
        return Evidence(False, SOURCE, detail, contradicts=field)
    return Evidence(True, SOURCE, "The SCIM service accepts the key, so its account exists and has the role (users: %d)." % users)


def _looker(options: Options, header: str | None, present: bool, word: Word, context: Context) -> t.Callable[[], Evidence]:
    if header is None:
        said = word.instead_of(Evidence(None, SOURCE, "Without a key of the account nothing published tells whether it is so."))
        return lambda: said
    service = ScimService(base_url_from(options.owner.organization, options.base_url), header, open_transport(options.http, context, options.manual_timeout))

    def look() -> Evidence:
        evidence = prove(service)
        if present:
            return evidence
        gone = evidence.contradicts == "Keys"
        return Evidence(gone, SOURCE, "The SCIM service does not know the key any more." if gone else "The key of the account is still known.")

    return look
