# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_scim_app and jumpcloud_scim_app_info do."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan, differences
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Configuration, Provisioning, configuration_from
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, chosen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.identity_management_writer import IdentityManagementWriter
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.scim_app import STEP as MANUAL_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.scim_app import Options, run_manual, run_manual_info, tenant_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.identity_management import (
    SETTINGS,
    Wanted,
    plan_absent,
    plan_configured,
    step_of,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import header_from, require_base_url

STEP = "In JumpCloud, turn on SCIM for the provisioning of users"
# what is stored, or was seen to be; None in it where nothing is
Found = t.Tuple[t.Optional[Configuration]]


@dataclass(frozen=True)
class InfoOptions:
    """The options of jumpcloud_scim_app_info."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    method: str


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make the application's identity management configured, tested and active; or inactive; or absent."""
    options = parse(Options, params)
    header = _require_valid_options(options, context)
    return carry_out(
        options.method,
        chosen(options.method, "jumpcloud", options.seen),
        lambda: _run_api(options, header, context),
        lambda reason: run_manual(options, header, context, reason),
        context,
        accepts=lambda: _is_accepted(options, context),
        asked=lambda: _left_to_a_person(options, context) if options.runbook else "",
    )


def _is_accepted(options: Options | InfoOptions, context: Context) -> bool:
    """Whether JumpCloud still takes the credentials, and knows the application: either may have ended since it was looked up."""
    with suppress(ScimError):
        open_application(JumpCloudConnection(options.jumpcloud, open_transport(options.http, context)), options.target)
        return True
    return False


def _left_to_a_person(options: Options, context: Context) -> str:
    application = open_application(JumpCloudConnection(options.jumpcloud, open_transport(options.http, context)), options.target, options.seen)
    return left_to_a_person(options.runbook, tenant_of(application), MANUAL_STEP)


def _run_api(options: Options, header: str | None, context: Context) -> dict[str, t.Any]:
    wanted = options.wanted
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    application = open_application(connection, options.target, options.seen)
    gateway = Provisioning(connection.console, application.id)
    steps = instructions.configure_identity_management(application.title, wanted.given)
    if wanted.state != "active":
        steps = instructions.deactivate_identity_management(application.title)
    with assumed_step(STEP, steps):
        seen = _seen(options.seen)
        (current,), plan = plan_by(seen, lambda: (gateway.read(),), lambda found, _context: _plan(found[0], seen, wanted, header, context), context)
    result = {"application": application.as_result(), "test": None, "activated_with": None}
    if context.check_mode or not plan.actions:
        step = step_of(plan, wanted.state, False, context.check_mode)
        return {**plan.as_result(), **result, "identity_management": plan.after, "step": step.as_result()}
    writer = IdentityManagementWriter(gateway, current, header, STEP, steps, context)
    try:
        writer.apply(plan)
        with assumed_step(STEP, steps, lambda: writer.secret_sent):
            found = _verify(plan, gateway, context) if plan.changed else gateway.read()
    except ScimError as error:
        error.details["key_may_be_in_use"] = writer.key_may_be_in_use
        raise
    _forget_secret_file(options.secret_file, header, context)
    test = writer.test_result
    result["test"] = {"success": test.success, "message": test.message} if test else None
    result["activated_with"] = writer.activated_with.as_result() if writer.activated_with else None
    step = step_of(plan, wanted.state, test is not None, False)
    return {**plan.as_result(), **result, "identity_management": found.as_result() if found else None, "step": step.as_result()}


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the one application with this label or id, and its identity management; null where that is not configured."""
    options = parse(InfoOptions, params)
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    application = open_application(connection, options.target)

    def by_api() -> dict[str, t.Any]:
        with assumed_step(STEP, instructions.configure_identity_management(application.title, {})):
            current = Provisioning(connection.console, application.id).read()
        return {"changed": False, "application": application.as_result(), "identity_management": current.as_result() if current else None}

    return carry_out(
        options.method,
        None,
        by_api,
        lambda _reason: run_manual_info(connection, application, context),
        context,
        accepts=lambda: _is_accepted(options, context),
    )


def _plan(current: Configuration | None, seen: Found | None, wanted: Wanted, header: str | None, context: Context) -> Plan:
    if wanted.state == "absent":
        return plan_absent(current)
    # in check mode the header that a real run would send may not exist yet
    has_header = header is not None or (context.check_mode and wanted.update_secret == "always")
    return plan_configured(current, wanted, has_header, context.check_mode, was_active=bool(seen and seen[0] and seen[0].active))


def _seen(seen: dict[str, t.Any] | None) -> Found | None:
    """What was seen of the settings; null there means that there are none."""
    with suppress(ShapeMismatch):
        if seen and "identity_management" in seen:
            return (configuration_from(seen["identity_management"]) if seen["identity_management"] is not None else None,)
    return None


def _require_valid_options(options: Options, context: Context) -> str | None:
    """Check what can be checked without a request, and return the header value if there is one."""
    if options.wanted.base_url:
        require_base_url(options.wanted.base_url, options.unity_organization_id, options.allowed_hosts or ())
    if options.wanted.group_management and not options.accept_group_management:
        raise ScimError(
            "Group management was asked for, but Unity's guide for JumpCloud says not to enable it.",
            "Leave %s out, or set %s to true if Unity support has told you otherwise." % (named("group_management"), named("accept_group_management")),
        )
    header = header_from(options.key)
    if header:
        context.masker.register_key(*parse_authorization_header(header))
    return header


def _forget_secret_file(path: str | None, header: str | None, context: Context) -> None:
    """JumpCloud has the header value, so the file through which a person handed it over is not needed any more."""
    if not path or not header:
        return
    try:
        secret_file = SecretFile(path)
        if secret_file.read() == header:
            secret_file.remove()
    except ScimError as error:
        context.warn("The secret file is not needed any more, but stays: %s" % error.message)


def _verify(plan: Plan, gateway: Provisioning, context: Context) -> Configuration | None:
    """Read the configuration back until it is as planned. A successful answer to a write is no proof."""
    wanted = None if plan.after is None else {name: plan.after[name] for name in (*SETTINGS, "header_value_set", "status", "pending_reactivation")}

    def is_as_planned(found: Configuration | None) -> bool:
        return found is None if wanted is None else found is not None and not differences(found.as_result(), wanted)

    found = poll(gateway.read, is_as_planned, context.clock)
    if not is_as_planned(found):
        differing = sorted(differences(found.as_result(), wanted)) if found and wanted else ["existence"]
        raise ScimError(
            "JumpCloud accepted the change of the identity management, but shows something else in: %s." % ", ".join(differing),
            "Run again to see what differs; if it persists, look at the application in the JumpCloud Admin Portal.",
        )
    return found
