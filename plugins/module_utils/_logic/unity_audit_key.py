# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_audit_key does: prove the key for audits where there is one, else make it, or ask a person for it."""

from __future__ import annotations

import shlex
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import unity_service_account, unity_service_account_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, owner_is_accepted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_connector import first_answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.audit_key import DESCRIPTION, ROLES, STEP, ask_for_audit_key, audit_key_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import AccountChoice
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import API
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOwner, require_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, base_url_from

TITLE = "Key for audits"
KEY_NAME = "unity_jumpcloud.scim audit"
NAMES = "scim_provisioning_audit_key_id (%(key_id)s) and scim_provisioning_audit_secret_key (%(secret_key)s)" % ENVIRONMENT["audit"]
MAX_KEYS = 20
Result = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Options:
    """The options of unity_audit_key."""

    http: HttpSettings
    owner: UnityOwner
    base_url: str | None
    key_id: str | None
    secret_key: str | None = field(repr=False)
    method: str
    service_account: str
    runbook: str | None
    file: str | None
    wait_timeout: float


def run(params: dict[str, t.Any], context: Context) -> Result:
    """Show that the key can read Unity's people. Without one, make it where its secret is kept, or ask a person."""
    options = parse(Options, params)
    require_organization(options.owner.organization)
    if bool(options.key_id) != bool(options.secret_key):
        raise ScimError("Of the key for audits, only the %s was given." % ("key ID" if options.key_id else "secret key"), "Set both %s, or neither." % NAMES)
    if options.key_id and options.secret_key:
        return _proven(options, options.key_id, options.secret_key, context)
    if options.method == API and not options.file:
        raise ScimError(
            "A key for audits can't be made: its secret is shown once, and nothing would keep it.",
            "Set scim_provisioning_audit_key_file to the path of a file to be encrypted, and scim_provisioning_vaulted_file_password.",
        )
    account, key = _options_of(options)
    made: Result = {}

    def make() -> Result:
        made.update(account=unity_service_account.manage(account, context), key=unity_service_account_key.manage(key, context))
        return {}

    asked = carry_out(
        options.method,
        None,
        make,
        lambda reason: _asked(options, context, reason),
        context,
        # its secret is shown once, so something has to keep it
        options.owner.is_known and bool(options.file),
        lambda: owner_is_accepted(options.owner, options.http, context),
        lambda: left_to_a_person(options.runbook, unity_tenant(options.owner.organization.organization_id), STEP),
    )
    return _made(options, key, made, context) if made else asked


def _options_of(options: Options) -> tuple[unity_service_account.Options, unity_service_account_key.Options]:
    """What the two modules are told that it is made with: a service account of its own, its role, and a key."""
    by_api: Result = {"http": options.http, "owner": options.owner, "method": "api", "runbook": None, "manual_timeout": 0.0, "state": "present"}
    unneeded: Result = {"base_url": None, "seen": None, "confirmed": False}
    account = unity_service_account.Options(
        **by_api,
        **unneeded,
        key=ScimKey(None, None, None),
        key_name=KEY_NAME,
        name=options.service_account,
        service_account_id=None,
        description=DESCRIPTION,
        roles=ROLES,
        delete_foreign_keys=False,
    )
    key = unity_service_account_key.Options(
        **by_api,
        **unneeded,
        account=AccountChoice(options.service_account, None),
        policy=KeyPolicy(KEY_NAME, "always", None, None, MAX_KEYS),
        secret_file=None,
        key_id=None,
        remove_secret_file=False,
    )
    return account, key


def _proven(options: Options, key_id: str, secret_key: str, context: Context) -> Result:
    try:
        users = _read_people(options, key_id, secret_key, 0.0, context)
    except ApiError as error:
        if error.status in (401, 403):
            error.hint = "%s Or remove the key from %s, and get another one: %s" % (error.hint or "", NAMES, context.playbook("audit_key"))
        raise
    step = audit_key_step(options.owner.organization.organization_id, options.runbook, context)
    was_asked_for = step.is_open
    step.close()
    plan = Plan(None, None, (Action("see_done", TITLE, {"by": "a person"}),) if was_asked_for else (), TITLE)
    lines = ["The key for audits %s can read Unity's people (%s)." % (key_id, counted(users, "user", "users")), _next(options, context)]
    return _result(plan, options.method, lines, users=users)


def _made(options: Options, key: unity_service_account_key.Options, found: Result, context: Context) -> Result:
    """A key that does not work does not stay."""
    account, made = found["account"], found["key"]
    actions = tuple(map(_action, [*account["actions"], *made["actions"]]))
    plan = Plan(None, {"service_account": options.service_account, "key": made["key"]}, actions, TITLE)
    credentials = made["credentials"]
    if credentials is None:
        return _result(plan, "api", ["A key for audits would be made. Its place is %s." % options.file])
    try:
        users = _read_people(options, credentials["key_id"], credentials["secret_key"], options.wait_timeout, context)
    except BaseException as error:
        fate = _revoked(replace(key, state="absent", key_id=credentials["key_id"]), context)
        if isinstance(error, ScimError):
            error.hint = " ".join(part for part in (error.hint, fate) if part)
        raise
    lines = [
        # whoever calls the module puts it there, and may have done so when this is read
        "A key for audits was made, and can read Unity's people (%s). Its place is %s." % (counted(users, "user", "users"), options.file),
        _next(options, context),
        *_left_over(made["live_keys"], credentials["key_id"]),
    ]
    return _result(plan, "api", lines, users=users, credentials=credentials)


def _left_over(live: list[Result], made: str) -> list[str]:
    """Another pipeline may hold one of them, so they stay, but are named: one may be that of a run that broke off."""
    others = [key["id"] for key in live if key["managed"] and key["id"] != made]
    if not others:
        return []
    number = counted(len(others), "key", "keys")
    lives = "lives" if len(others) == 1 else "live"
    return ["%s named %s %s beside it: %s. Revoke what no audit uses." % (number, quoted(KEY_NAME), lives, ", ".join(others))]


def _revoked(key: unity_service_account_key.Options, context: Context) -> str:
    """What became of it, in words."""
    try:
        unity_service_account_key.manage(key, context)
    except ScimError as error:
        why = error.message.rstrip(".")
        return "The new key %s could not be revoked (%s). Revoke it in the Unity Dashboard (Administration > Service accounts)." % (key.key_id, why)
    return "The new key was revoked."


def _asked(options: Options, context: Context, reason: str) -> Result:
    steps, outcome = ask_for_audit_key(options.owner.organization.organization_id, options.service_account, options.runbook, context, reason)
    plan = Plan(None, None, (Action("ask", TITLE, {"by": "a person"}),), TITLE)
    verb = "would have" if context.check_mode else "has"
    lines = ["A person %s to make a key for audits: %s." % (verb, counted(len(steps), "step", "steps"))]
    if outcome.files and not context.check_mode:
        lines.append("Runbook: %s" % outcome.files["html"])
    else:
        lines += ["%d. %s: %s%s" % (number, one["where"], one["do"], _shown(one)) for number, one in enumerate(steps, 1)]
    lines.append("Keep it as %s, then run again: %s" % (NAMES, context.playbook("audit_key")))
    return _result(plan, "manual", lines, pending=True, manual_steps=outcome.steps, runbook=outcome.files)


def _read_people(options: Options, key_id: str, secret_key: str, wait_timeout: float, context: Context) -> int:
    base_url = base_url_from(options.owner.organization, options.base_url)
    service = ScimService(base_url, authorization_header(key_id, secret_key), open_transport(options.http, context, wait_timeout))
    return first_answer(service, wait_timeout, context)


def _action(done: dict[str, t.Any]) -> Action:
    return Action(done["action"], done["target"], {name: value for name, value in done.items() if name not in ("action", "target")})


def _shown(step: dict[str, t.Any]) -> str:
    return "" if step["value"] is None else " %s: %s" % (step["field"], step["value"])


def _next(options: Options, context: Context) -> str:
    return "Next: %s%s" % (context.playbook("audit"), " -e %s --ask-vault-pass" % shlex.quote("@" + options.file) if options.file else "")


def _result(plan: Plan, method: str, lines: list[str], **facts: t.Any) -> Result:
    nothing: Result = {"users": None, "credentials": None, "pending": False, "manual_steps": [], "runbook": None}
    return {**plan.as_result(), "method": method, "lines": lines, **nothing, **facts}
