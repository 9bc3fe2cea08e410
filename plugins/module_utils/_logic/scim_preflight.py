# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_preflight_info does: look at each step once, judge it, and hand on what was seen. It only reads."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import AssumptionFailed, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import email_trouble
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_reads import JumpCloudReads, Reads, UnityReads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import KeyFacts, choose_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import STEPS, Causes, Probe, Verdict, judge, refusal, stops_of


@dataclass(frozen=True)
class InfoOptions:
    """The options of scim_preflight_info."""

    reads: Reads
    runbook: str | None
    secret_file: str | None
    steps: tuple[str, ...] | None
    fail: bool
    test_email: str | None
    check_sso: bool
    key_id: str | None
    secret_key: str | None = field(repr=False)
    stored_key: dict[str, t.Any] | None = field(repr=False)
    store_error: str | None
    has_store: bool
    warnings: tuple[str, ...]
    group_management: bool
    accept_group_management: bool


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Look at the steps, and tell which will run hands-free, which need a person, and which are blocked."""
    options = parse(InfoOptions, params)
    for warning in options.warnings:
        context.warn(warning)
    header = _require_valid_options(options, context)
    preflight = _Preflight(options, context, header)
    verdicts = preflight.judged()
    result: dict[str, t.Any] = {
        "verdicts": [verdict.as_result() for verdict in verdicts],
        "lines": [verdict.line for verdict in verdicts],
        "stops": stops_of(verdicts),
        "manual_steps": preflight.manual_steps,
    }
    said = refusal(verdicts)
    if options.fail and said:
        raise ScimError(said, **result)
    return {"changed": False, **result, **preflight.found()}


def _require_valid_options(options: InfoOptions, context: Context) -> str | None:
    """Check what can be checked without a request, and return the header of the supplied key, if there is one."""
    key_id, secret_key = options.key_id, options.secret_key
    if bool(key_id) != bool(secret_key):
        raise ScimError(
            "Of the supplied key, only the %s was given. Nothing was changed." % ("key ID" if key_id else "secret key"),
            "Set both scim_provisioning_key_id (UNITY_SCIM_KEY_ID) and scim_provisioning_secret_key (UNITY_SCIM_SECRET_KEY), or neither.",
        )
    options.reads.policy.require_sense()
    trouble = email_trouble(options.test_email) if options.test_email else None
    if trouble:
        raise ScimError(
            "%s is no address of a test user: %s. Nothing was changed." % (quoted(options.test_email), trouble),
            "Set %s to one address, in a domain that Unity has validated, which neither JumpCloud nor Unity knows." % named("test_email"),
        )
    if options.fail:
        _require_places(options)
    if options.store_error:
        raise ScimError("The key can't be read back from its store. %s" % options.store_error)
    stored = options.stored_key or {}
    context.masker.register_key(stored.get("key_id"), stored.get("secret_key"))
    return authorization_header(key_id, secret_key) if key_id and secret_key else None


def _require_places(options: InfoOptions) -> None:
    """Where a person does steps, the next run has to find what was asked for, and the key is handed over in a file."""
    by_hand = {name for name in ("unity", "jumpcloud", "enforcement") if getattr(options.reads, name + "_method") == "manual"}
    hands_over = by_hand & {"unity", "jumpcloud"} and not options.key_id
    if by_hand and (not options.runbook or (hands_over and not options.secret_file)):
        raise ScimError(
            "With method 'manual' a person does steps. Nothing was changed.",
            "Set scim_provisioning_runbook_dir to a folder for the runbook, which the next run has to find again, and scim_provisioning_secret_file to a path "
            "in a private folder, in which the key is handed over.",
        )


class _Preflight:
    """Probes the steps that are asked for, in their order."""

    def __init__(self, options: InfoOptions, context: Context, header: str | None):
        self._options = options
        self._context = context
        self._header = header
        self._unity = UnityReads(options.reads, context, header)
        self._jumpcloud = JumpCloudReads(options.reads, context, self._unity.transport)
        self._steps = [step for step in STEPS if step in (options.steps or STEPS)]
        self._causes = Causes()
        self._passed: set[str] = set()
        self._secret_file_key_id: str | None = None
        self.manual_steps: list[dict[str, t.Any]] = []
        has_owner = options.reads.owner.is_known
        by_hand = options.reads.unity_method == "manual"
        # whoever brings a key may have no credentials of an owner: then what only an owner can read is not checked
        self._checks_sso = options.check_sso and not by_hand and (has_owner or header is None)
        self._reads_accounts = header is None and not by_hand
        self._reads_enforcement = options.reads.enforced is not None and options.reads.enforcement_method == "api"

    def judged(self) -> list[Verdict]:
        return [judge(self._probe(step), self._shown) for step in self._steps]

    def _shown(self, error: ScimError) -> str:
        return self._context.masker.redact(error.sentence())

    def _probe(self, step: str) -> Probe:
        skipped, person = self._is_skipped(step), self._is_a_persons(step)
        error: ScimError | None = None
        if not skipped:
            try:
                self._causes.require_reachable(self._services(step))
                getattr(self, "_look_at_%s" % step)()
                self._passed.add(step)
            except ScimError as failure:
                error = self._causes.told(step, failure)
        if isinstance(error, AssumptionFailed):
            self.manual_steps += error.manual_steps
        return Probe(step, error, skipped, person)

    def _is_skipped(self, step: str) -> bool:
        needed = {
            "test_user": bool(self._options.test_email),
            "single_sign_on": self._checks_sso,
            "service_account": self._reads_accounts,
            "enforcement": self._reads_enforcement,
        }
        return not needed.get(step, True)

    def _is_a_persons(self, step: str) -> bool:
        options = self._options
        persons: dict[str, bool] = {
            "service_account": options.reads.unity_method == "manual" and self._header is None,
            "identity_management": options.reads.jumpcloud_method == "manual",
            "enforcement": options.reads.enforcement_method == "manual" and options.reads.enforced is not None,
        }
        return persons.get(step, False)

    def _services(self, step: str) -> tuple[str, ...]:
        """Without which of them the step need not be looked at."""
        if step in ("application", "test_user", "identity_management", "user_groups"):
            return self._jumpcloud.services
        return self._unity.services[step]

    def _look_at_application(self) -> None:
        self._jumpcloud.application()

    def _look_at_test_user(self) -> None:
        self._jumpcloud.require_new_test_user(self._options.test_email or "")

    def _look_at_single_sign_on(self) -> None:
        self._unity.require_sso(self._options.test_email)

    def _look_at_service_account(self) -> None:
        self._unity.accounts()

    def _look_at_connector_url(self) -> None:
        self._unity.prove_connector()

    def _look_at_identity_management(self) -> None:
        if self._options.group_management and not self._options.accept_group_management:
            raise ScimError(
                "Group management was asked for, but Unity's guide for JumpCloud says not to enable it. Nothing was changed.",
                "Leave scim_provisioning_group_management out, or set scim_provisioning_accept_group_management to true.",
            )
        self._jumpcloud.identity_management()
        if self._waits_for_a_person:
            self._secret_file_key_id = self._unity.key_in_secret_file(self._options.secret_file or "")

    @property
    def _waits_for_a_person(self) -> bool:
        """Whether an earlier run may have made a key that a person still has to deliver."""
        return bool(self._options.secret_file) and self._options.reads.jumpcloud_method == "manual" and self._reads_accounts

    def _look_at_user_groups(self) -> None:
        self._jumpcloud.require_bindable()

    def _look_at_enforcement(self) -> None:
        self._unity.enforcement()

    def found(self) -> dict[str, t.Any]:
        """What was seen, and what follows from it."""
        application = self._jumpcloud.seen.get("application")
        sso, test_user = "single_sign_on" in self._passed, "test_user" in self._passed
        verified = [
            *(["application %s" % application["id"]] if application else []),
            *(["test user unknown to JumpCloud"] if test_user else []),
            *(["single sign-on enabled"] if sso else []),
            *(["domain validated"] if sso and self._options.test_email else []),
        ]
        step = {"step": "prerequisites", "method": "api", "changed": False, "found": self._jumpcloud.found(), "did": [], "verified": verified}
        return {
            "seen": {**self._jumpcloud.seen, **self._unity.seen},
            "step": {**step, "pending": False, "waiting": False},
            "checked": {"sso": sso, "test_user": test_user},
            "key": self._key(),
            "in_use": self._jumpcloud.in_use,
            "is_active": self._jumpcloud.is_active,
            "status": (self._jumpcloud.seen.get("identity_management") or {}).get("status"),
            "enforcement_is_wanted": self._options.reads.enforced is not None,
            "check_mode": self._context.check_mode,
            "application_id": application["id"] if application else None,
        }

    def _key(self) -> dict[str, t.Any] | None:
        """None where it can't be told: a step that it depends on was not looked at, or not with success."""
        options = self._options
        is_known = "identity_management" in self._passed and ("service_account" in self._passed or not self._reads_accounts)
        if self._header is None and not is_known:
            return None
        stored = options.stored_key or {}
        facts = KeyFacts(
            supplied=self._header is not None,
            stored_key_id=stored.get("key_id") if stored.get("secret_key") else None,
            has_store=options.has_store,
            live_key_ids=self._unity.live_key_ids,
            secret_file_key_id=self._secret_file_key_id,
            has_header=self._jumpcloud.has_header,
            in_use=self._jumpcloud.in_use,
            is_pending=self._jumpcloud.is_pending,
            unity_method=options.reads.unity_method,
            jumpcloud_method=options.reads.jumpcloud_method,
            rotate=options.reads.policy.rotate,
            check_mode=self._context.check_mode,
        )
        return choose_key(facts).as_result()
