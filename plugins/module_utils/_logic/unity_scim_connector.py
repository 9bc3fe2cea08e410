# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_scim_connector and unity_scim_connector_info do."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of, plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.by_method import carry_out, chosen, owner_is_accepted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.people_preview import beside_enforcement
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.enforcement import STEP as MANUAL_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.enforcement import enforce_by_hand
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection, UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.organizations import Organizations, Sso
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, base_url_from, header_from

STEP = "Enforce SCIM provisioning"
SEEN = {"enabled": bool, "scim_enabled": bool, "scim_enforced": bool, "base_url": Optional(str)}


@dataclass(frozen=True)
class Connector:
    """What both modules need."""

    owner: UnityOwner
    key: ScimKey
    base_url: str | None
    wait_timeout: float


@dataclass(frozen=True)
class InfoOptions:
    """The options of unity_scim_connector_info."""

    http: HttpSettings
    base: Connector


@dataclass(frozen=True)
class Options:
    """The options of unity_scim_connector."""

    http: HttpSettings
    base: Connector
    runbook: str | None
    enforced: bool | None
    enforcement_method: str
    enforcement_confirmed: bool
    test_email: str | None
    seen: dict[str, t.Any] | None


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Know the connector's base URL, prove the key against it, and make enforcement what is wanted."""
    options = parse(Options, params)
    result = _run(options, context)
    return beside_enforcement(result, options.seen) if options.enforced and result["changed"] else result


def _run(options: Options, context: Context) -> dict[str, t.Any]:
    enforced, owner = options.enforced, options.base.owner
    transport = open_transport(options.http, context, options.base.wait_timeout)
    connector, service = _connector(options.base, transport, context)
    connector["test_user_unknown"] = _require_unknown(options.test_email, service)
    if enforced is None:
        plan = Plan(None, None, title="Enforcement of SCIM provisioning")
        return {**plan.as_result(), "connector": connector, "enforced": None, "step": _connector_step(plan, connector).as_result()}
    done = carry_out(
        options.enforcement_method,
        chosen(options.enforcement_method, "enforcement", options.seen),
        lambda: _enforce(options, enforced, connector["base_url"], transport, context),
        lambda reason: enforce_by_hand(owner.organization, enforced, _evidence(options), options.enforcement_confirmed, options.runbook, context, reason),
        context,
        owner.is_known,
        lambda: owner_is_accepted(owner, options.http, context),
        lambda: left_to_a_person(options.runbook, unity_tenant(owner.organization.organization_id), MANUAL_STEP),
    )
    return {**done, "connector": connector, "enforced": _enforced_so_far(options) if done.get("pending") else enforced}


def _enforced_so_far(options: Options) -> bool | None:
    """While a person has yet to do it."""
    seen = _seen(options.seen)
    return seen.scim_enforced if seen else None


def _evidence(options: Options) -> Evidence | None:
    """What shows that enforcement is as wanted, where a person does it."""
    seen = _seen(options.seen)
    if seen is not None and seen.scim_enforced == options.enforced:
        return Evidence(True, "Unity administration", "Unity's settings show it.")
    return None


def _enforce(options: Options, enforced: bool, base_url: str, transport: Transport, context: Context) -> dict[str, t.Any]:
    with assumed_step(STEP, instructions.set_enforcement(enforced)):
        gateway = open_organizations(options.base.owner, transport)

        def make(sso: Sso, context: Context) -> Plan:
            _warn_of_another_base_url(sso, base_url, context)
            return plan_enforcement(sso, enforced)

        before, plan = plan_by(_seen(options.seen), gateway.sso, make, context)
        if plan.changed and not context.check_mode:
            gateway.set_enforced(enforced)
            context.progress.record(plan.actions[0])
            _verify(gateway, enforced, context)
        verified = ("read back",) if plan.changed and not context.check_mode else ()
        step = Step("enforcement", plan, "enforced" if before.scim_enforced else "not enforced", verified)
        return {**plan.as_result(), "step": step.as_result()}


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the connector's base URL, what the service says of itself, and, with an owner's credentials, whether SCIM is enforced."""
    options = parse(InfoOptions, params)
    transport = open_transport(options.http, context, options.base.wait_timeout)
    connector, _service = _connector(options.base, transport, context)
    enforced = enabled = None
    if options.base.owner.is_known:
        with assumed_step(STEP, []):
            sso = open_organizations(options.base.owner, transport).sso()
        _warn_of_another_base_url(sso, connector["base_url"], context)
        enforced, enabled = sso.scim_enforced, sso.scim_enabled
    return {"changed": False, "connector": connector, "enabled": enabled, "enforced": enforced}


def open_organizations(owner: UnityOwner, transport: Transport) -> Organizations:
    connection = UnityConnection(owner, transport)
    return Organizations(connection.admin, connection.services, connection.organization_id)


def plan_enforcement(sso: Sso, enforced: bool) -> Plan:
    before, after = {"enforced": sso.scim_enforced}, {"enforced": enforced}
    if enforced and not sso.scim_enforced and not (sso.enabled and sso.scim_enabled):
        raise ScimError(
            "SCIM provisioning can't be enforced: %s is not enabled in the Unity organization." % ("SCIM provisioning" if sso.enabled else "single sign-on"),
            "Enable it in the Unity Dashboard (Administration > Single sign on) first.",
        )
    actions = () if before == after else (Action("enforce" if enforced else "stop_enforcing", "SCIM provisioning"),)
    return Plan(before, after, actions, title="Enforcement of SCIM provisioning")


def _seen(seen: dict[str, t.Any] | None) -> Sso | None:
    part = part_of(seen, "enforcement", SEEN)
    return Sso(part["enabled"], {}, part["scim_enabled"], part["scim_enforced"], part["base_url"]) if part else None


def _connector_step(plan: Plan, connector: dict[str, t.Any]) -> Step:
    sentences = {"verified": "the SCIM service accepts the key", "test_user_unknown": "test user unknown to Unity"}
    return Step("connector_url", plan, connector["base_url"], tuple(sentence for fact, sentence in sentences.items() if connector[fact]))


def _connector(base: Connector, transport: Transport, context: Context) -> tuple[dict[str, t.Any], ScimService | None]:
    """``verified`` is null where no key was given. A key that does not work is an error, not a result."""
    base_url = base_url_from(base.owner.organization, base.base_url)
    header = header_from(base.key)
    if header is None:
        return {"base_url": base_url, "verified": None, "features": None, "users": None}, None
    service = ScimService(base_url, header, transport)
    users = first_answer(service, base.wait_timeout, context)
    return {"base_url": base_url, "verified": True, "features": service.features(), "users": users}, service


def _require_unknown(test_email: str | None, service: ScimService | None) -> bool | None:
    """The test user of a connection test must be nobody's. None where there is no key to ask with, or nobody to ask for."""
    if service is None or not test_email:
        return None
    if service.holders(test_email):
        raise ScimError(
            "The test user's email %s is in use in Unity. JumpCloud was not changed." % one_line(test_email),
            "Set %s to an address that neither JumpCloud nor Unity knows." % named("test_email"),
        )
    return True


def first_answer(service: ScimService, wait_timeout: float, context: Context) -> int:
    """Count the users. A key or role of a moment ago may not be known everywhere yet, so a refusal is asked again for a while."""

    def attempt() -> int | ApiError:
        try:
            return service.count_users()
        except ApiError as error:
            if error.status not in (401, 403):
                raise
            return error

    found = poll(attempt, lambda answer: isinstance(answer, int), context.clock, wait_timeout)
    if isinstance(found, ApiError):
        raise found
    return found


def _verify(gateway: Organizations, enforced: bool, context: Context) -> None:
    if poll(lambda: gateway.sso().scim_enforced, lambda now: now == enforced, context.clock) != enforced:
        raise ScimError(
            "Unity accepted the change of the enforcement, but does not show it.", "Look at Administration > Single sign on in the Unity Dashboard."
        )


def _warn_of_another_base_url(sso: Sso, base_url: str, context: Context) -> None:
    if sso.base_url and sso.base_url != base_url:
        context.warn(
            "Unity shows the SCIM base connector URL %s, but %s is used. Set %s if that is wrong." % (quoted(sso.base_url), quoted(base_url), named("base_url"))
        )
