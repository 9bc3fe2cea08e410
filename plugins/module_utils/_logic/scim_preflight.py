# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_preflight_info does: look at each step once, judge it, and hand on what was seen. It only reads."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from functools import partial

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import AssumptionFailed, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import results_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import NoSuchApplication
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.people_preview import Shown
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_contract import OddAnswers, report
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_jumpcloud import JumpCloudReads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_key import KeyLook
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_people import (
    Plans,
    activation_of,
    lines_of,
    preview_people,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_reads import InfoOptions, require_valid
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_unity import UnityReads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import (
    API,
    DONE,
    MANUAL,
    Causes,
    Found,
    Verdict,
    as_result,
    in_order,
    judge,
    refusal,
    stopped_by,
    stops_of,
    takes_down,
)

IF_GONE = "If it is gone from JumpCloud, what is left is the service account in Unity: the module unity_service_account with state: absent removes it."
JUMPCLOUD_STEPS = ("application", "test_user", "identity_management", "user_groups")


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Look at the steps, and tell how each of them stands and will be done, and which are blocked."""
    started_at = at(context.clock.wall()).isoformat()
    options = parse(InfoOptions, params)
    for warning in options.warnings:
        context.warn(warning)
    header = require_valid(options, context)
    try:
        preflight = _Preflight(options, context, header)
    except ScimError as error:
        # nothing can be asked of anybody, whatever the step
        stopped = stopped_by(error, in_order(options.steps), lambda found: context.masker.redact(found.sentence()))
        raise ScimError(" ".join(refusal(stopped)), **as_result(stopped)) from None
    verdicts = preflight.judged()
    contract = preflight.odd_answers.as_result()
    result = {**as_result(verdicts), "manual_steps": preflight.manual_steps, "contract": contract}
    result["lines"] += lines_of(preflight.people, context) + report(contract, options.contract_report, options.runbook, context)
    said = refusal(verdicts)
    if options.fail and said:
        raise ScimError(" ".join(said), **result)
    result["lines"] += said
    return {"changed": False, "started_at": started_at, **result, **preflight.found()}


class _Preflight:
    """Probes the steps that are asked for, in their order."""

    def __init__(self, options: InfoOptions, context: Context, header: str | None):
        self._options = options
        self._context = context
        self._header = header
        self.odd_answers = OddAnswers()
        self._unity = UnityReads(options.reads, context, header, options.runbook, self.odd_answers)
        self._jumpcloud = JumpCloudReads(options.reads, context, self._unity.transport, options.runbook, self.odd_answers)
        self._keys = KeyLook(options, bool(options.key_id), self._unity, self._jumpcloud, context)
        self._steps = in_order(options.steps)
        self._causes = Causes()
        self._passed: set[str] = set()
        self._has_checked_sso = False
        self._clicks: dict[str, list[dict[str, t.Any]]] = {}
        self.manual_steps: list[dict[str, t.Any]] = []
        self.people = Shown()

    def judged(self) -> list[Verdict]:
        """Both vendors are looked at together. The first step of each tells whether it answers at all; its others don't wait for each other."""
        probes: dict[str, Found | ScimError] = {}

        def look_at_vendor(steps: list[str]) -> None:
            first = 1 + next((number for number, step in enumerate(steps) if not self._is_silent(step)), len(steps))
            for together in (steps[:first], steps[first:]):
                outcomes = results_of(*(partial(self._look, step) for step in together))
                probes.update((step, self._noted(step, outcome)) for step, outcome in zip(together, outcomes))

        vendors = [[step for step in self._steps if (step in JUMPCLOUD_STEPS) == is_jumpcloud] for is_jumpcloud in (True, False)]
        results_of(*(partial(look_at_vendor, steps) for steps in vendors))
        self.manual_steps = [click for step in self._steps for click in self._clicks.get(step, ())]
        proof_of = "connector_url" if "connector_url" in self._steps else "identity_management"
        if self._passed >= {"identity_management", proof_of} and self._keys.is_proof_due:
            self._passed.discard(proof_of)
            probes[proof_of] = self._noted(proof_of, self._look(proof_of, self._keys.prove_stored_key))
        if isinstance(probes.get("identity_management"), Found):
            # who does JumpCloud's part depends on who does Unity's
            self._passed.discard("identity_management")
            chosen = self._look("identity_management", self._choose_identity_management)
            probes["identity_management"] = self._noted("identity_management", chosen)
        account = probes.get("service_account")
        if self._passed >= {"service_account", "identity_management"} and self._keys.is_sharing_possible:
            self._passed.discard("service_account")
            look = partial(self._keys.require_unshared, t.cast(Found, account))
            account = probes["service_account"] = self._noted("service_account", self._look("service_account", look))
        if isinstance(account, Found) and account.verdict == MANUAL and self._jumpcloud.in_use:
            # what JumpCloud provisions with exists, whoever made it
            probes["service_account"] = Found(DONE, "JumpCloud provisions with a key of it.")
        verdicts = [judge(step, probes[step], self._shown) for step in self._steps]
        # a run that stops anyway reads nobody
        error = None if self._options.fail and stops_of(verdicts) else self._look_at_people()
        blocked = "user_groups" if "user_groups" in self._passed else "identity_management"
        return [judge(blocked, error, self._shown) if error and one.step == blocked else one for one in verdicts]

    def _look_at_people(self) -> ScimError | None:
        """Once both sides are known: what the groups to be bound, and an activation, mean for people. The error where that is more than is allowed."""
        options, reads = self._options, self._options.reads
        key = self._keys.to_read_with(is_refused="connector_url" in self._steps and "connector_url" not in self._passed)
        activates = options.activates and "identity_management" in self._passed - set(options.left_out) and not takes_down(self._steps)
        activation = activation_of(activates, self._jumpcloud.is_active, self._jumpcloud.was_stopped, reads.max_deprovisioned_users)
        change = self._jumpcloud.change_of_groups(self._passed, activation)
        where = (reads.owner.organization, reads.base_url, self._unity.seen)
        try:
            plans = Plans(change, activation, reads.enforced)
            self.people = preview_people(plans, options.preview, key, where, self._unity.transport, self._context)
        except ScimError as error:
            return error
        return None

    def _shown(self, error: ScimError) -> str:
        return self._context.masker.redact(error.sentence())

    def _look(self, step: str, look: t.Callable[[], Found] | None = None) -> Found | ScimError:
        try:
            if look is None:
                self._causes.require_reachable(self._services(step))
            found: Found = (look or getattr(self, "_look_at_%s" % step))()
        except ScimError as error:
            return error
        return Found(found.verdict, self._context.masker.redact(found.reason))

    def _noted(self, step: str, outcome: Found | ScimError) -> Found | ScimError:
        """The outcome of a look. One cause is told once, with the first of the steps, in their order, that it is in the way of."""
        if isinstance(outcome, Found):
            self._passed.add(step)
            return outcome
        error = self._causes.told(step, outcome)
        if isinstance(error, AssumptionFailed):
            self._clicks[step] = error.manual_steps
        return error

    def _is_silent(self, step: str) -> bool:
        """Nobody is asked for it."""
        return (step == "single_sign_on" and not self._options.check_sso) or (step == "test_user" and not self._options.test_email)

    def _services(self, step: str) -> tuple[str, ...]:
        """Without which of them the step need not be looked at."""
        if step in JUMPCLOUD_STEPS:
            return self._jumpcloud.services
        return self._unity.services[step]

    def _look_at_application(self) -> Found:
        try:
            return Found(DONE, "JumpCloud has it: %s." % self._jumpcloud.application().title)
        except NoSuchApplication as error:
            if takes_down(self._options.steps):
                # nobody wants it back
                error.hint = "Check %s. %s" % (named("application_id" if self._options.reads.target.application_id else "application"), IF_GONE)
            raise

    def _look_at_test_user(self) -> Found:
        if not self._options.test_email:
            return Found(DONE, "No test email was given, so none is looked for.")
        self._jumpcloud.require_new_test_user(self._options.test_email)
        return Found(DONE, "JumpCloud does not know the address.")

    def _look_at_single_sign_on(self) -> Found:
        if not self._options.check_sso:
            return Found(DONE, "You have checked it yourself.")
        reads, has_owner = self._options.reads, self._options.reads.owner.is_known
        if self._header is not None and not has_owner:
            return Found(DONE, "It is not checked: a key is supplied, and only an owner of the Unity organization could look.")

        def look() -> Found:
            found = self._unity.single_sign_on(self._options.test_email)
            self._has_checked_sso = True
            return found

        found = self._unity.by_method("single_sign_on", reads.unity_method, look, has_owner)
        if found.verdict != MANUAL:
            return found
        return Found(MANUAL, "%s In the Unity Dashboard, see that it is set up, and its domains validated." % found.reason)

    def _look_at_service_account(self) -> Found:
        if self._options.key_id:
            return Found(DONE, "A key is supplied, so neither an account nor a key is made.")
        reads = self._options.reads
        found = self._unity.by_method("unity", reads.unity_method, self._unity.accounts, reads.owner.is_known)
        if found.verdict == API and not self._options.makes_account:
            raise ScimError(
                "Unity has no service account %s, and this run does not make it. Nothing was changed." % quoted(reads.service_account),
                "Run the provision playbook, without tags, first.",
            )
        return found

    def _look_at_connector_url(self) -> Found:
        return self._unity.connector_url()

    def _look_at_identity_management(self) -> Found:
        if self._options.group_management and not self._options.accept_group_management:
            raise ScimError(
                "Group management was asked for, but Unity's guide for JumpCloud says not to enable it. Nothing was changed.",
                "Leave scim_provisioning_group_management out, or set scim_provisioning_accept_group_management to true.",
            )
        self._jumpcloud.read_identity_management()
        return Found(DONE, "")

    def _choose_identity_management(self) -> Found:
        # what was asked for in one way is not asked for in another, while a person may be at it
        beside_manual = self._header is None and self._keys.unity_method == MANUAL and not self._unity.waits_for_key
        found = self._jumpcloud.identity_management(beside_manual)
        # only the operator can rotate a key that is supplied, which the role says
        if self._jumpcloud.is_stopped and not (self._options.activates or self._options.key_id):
            raise ScimError(
                "Provisioning is stopped, so no key was rotated. Nothing was changed.",
                "The playbook provision activates it again, and with -e scim_provisioning_rotate=always gives it a new key.",
            )
        held = self._keys.look_into_secret_file()
        if held:
            self._unity.seen["secret_file"] = held
        return found

    def _look_at_user_groups(self) -> Found:
        return self._jumpcloud.user_groups()

    def _look_at_enforcement(self) -> Found:
        reads = self._options.reads
        if reads.enforced is None:
            return Found(DONE, "It is left alone.")
        found = self._unity.by_method("enforcement", reads.enforcement_method, self._unity.enforcement, reads.owner.is_known)
        return self._unity.enforcement_by_word(found) if found.verdict == MANUAL else found

    def found(self) -> dict[str, t.Any]:
        """What was seen, and what follows from it."""
        application = self._jumpcloud.seen.get("application")
        sso, test_user = self._has_checked_sso, "test_user" in self._passed and bool(self._options.test_email)
        verified = [
            *(["application %s" % application["id"]] if application else []),
            *(["test user unknown to JumpCloud"] if test_user else []),
            *(["single sign-on enabled"] if sso else []),
            *(["domain validated"] if sso and self._options.test_email else []),
        ]
        unchecked = "" if sso or "single_sign_on" not in self._passed else ", and nobody checked single sign-on"
        step = {"step": "prerequisites", "method": "api", "changed": False, "found": self._jumpcloud.found() + unchecked, "did": [], "verified": verified}
        preview = {"people": self.people.people, "names": self.people.names}
        return {
            "seen": {**self._jumpcloud.seen, **self._unity.seen, "methods": self._methods(), "preview": preview},
            "step": {**step, "pending": False, "waiting": False, "reason": ""},
            "checked": {"sso": sso, "test_user": test_user},
            "key": self._key(),
            "retired_beside": self._retired_beside(),
            "in_use": self._jumpcloud.in_use,
            "is_active": self._jumpcloud.is_active,
            "status": (self._jumpcloud.seen.get("identity_management") or {}).get("status"),
            "enforcement_is_wanted": self._options.reads.enforced is not None,
            "check_mode": self._context.check_mode,
            "application_id": application["id"] if application else None,
        }

    def _retired_beside(self) -> str | None:
        # what can't be read is told by the step that needs it, and no verdict is lost with it
        with suppress(ScimError):
            return self._unity.kept_by_open_pruning
        return None

    def _methods(self) -> dict[str, t.Any]:
        """What was chosen, for the modules that write."""
        chosen = {**self._unity.methods, **({"jumpcloud": self._jumpcloud.method} if self._jumpcloud.method else {})}
        return {side: method.as_result() for side, method in chosen.items()}

    def _key(self) -> dict[str, t.Any] | None:
        """None where it can't be told: a step that it depends on was not looked at, or not with success."""
        is_known = "identity_management" in self._passed and ("service_account" in self._passed or self._keys.unity_method == MANUAL)
        return self._keys.as_result() if self._header is not None or is_known else None
