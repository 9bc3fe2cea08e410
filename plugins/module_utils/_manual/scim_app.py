# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_scim_app and its info module do with method=manual: a person configures, the events tell. Only published operations are used."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.audit_key import ask_for_audit_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import Steps
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import STEP as ACCOUNT_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import plan_of, unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import SITTING, ManualStep, Outcome, section_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_model import Section
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import (
    WORD,
    History,
    evidence_of_activity,
    evidence_of_inactivity,
    read_history,
    unknown_settings,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.identity_management import SETTINGS, Wanted, require_complete
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey

STEP = "jumpcloud_scim_app"
TITLE = "JumpCloud identity management"
# the title of the request, by the state that it ends in
STOPS = {"inactive": "Deactivate provisioning of the application %s", "absent": "Take down provisioning of the application %s"}


@dataclass(frozen=True)
class Options:
    """The options of jumpcloud_scim_app."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    key: ScimKey
    wanted: Wanted
    unity_organization_id: str | None
    allowed_hosts: tuple[str, ...] | None
    accept_group_management: bool
    method: str
    runbook: str | None
    manual_timeout: float
    secret_file: str | None
    service_account: str | None
    audit_service_account: str | None
    confirmed: bool
    evidence_since: str | None
    seen: dict[str, t.Any] | None


def run_manual(options: Options, header: str | None, context: Context, reason: str) -> dict[str, t.Any]:
    """Ask a person for the state, unless the events show it."""
    settings = options.wanted.settings
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context, options.manual_timeout))
    application = open_application(connection, options.target, options.seen)
    request = _Request(options, header, context, connection, application, reason)
    history = request.read()
    if options.wanted.state == "active" and history.status != "active":
        require_complete(settings)
    outcome = request.carry_out(history, settings)
    before = unknown_settings(settings, request.last.status)
    active = options.wanted.state == "active"
    after = {**before, **({name: value for name, value in settings.items() if outcome.changed and active}), "status": "active" if active else "inactive"}
    plan = plan_of(outcome, TITLE, after, application.title, unknown_settings(settings, history.status))
    return {
        **Plan(plan.before, plan.after, plan.actions, TITLE, undiffed=("last_test",)).as_result(),
        **outcome.as_result(),
        "application": application.as_result(),
        "identity_management": before,
        "test": None,
        "activated_with": None,
        "step": _step_of(plan, outcome, options.wanted.state).as_result(),
    }


def run_manual_info(connection: JumpCloudConnection, application: Application, context: Context) -> dict[str, t.Any]:
    """The status as the events tell it."""
    history = read_history(Events(connection.insights), application.id, context.clock.wall())
    evidence = evidence_of_activity(history, None, False, None)
    shown = {**unknown_settings(SETTINGS, history.status), "evidence": evidence.as_result()}
    return {"changed": False, "application": application.as_result(), "identity_management": shown}


def _step_of(plan: Plan, outcome: Outcome, state: str) -> Step:
    shown = () if outcome.pending or outcome.evidence.confirmed else ("the events show the %s" % ("activation" if state == "active" else "deactivation"),)
    return Step("identity_management", plan, outcome.evidence.detail, shown, method="manual", pending=outcome.pending)


def tenant_of(application: Application) -> str:
    return "JumpCloud application %s (%s)" % (application.title, application.id)


def was_stopped(runbook: str | None, application: Application) -> bool:
    """Whether the last that a person was asked for, as far as the runbook knows, was to stop provisioning. What was said before is not that it goes on."""
    return _is_stop(section_of(runbook, tenant_of(application), STEP), application)


def is_stop_open(runbook: str | None, application: Application) -> bool:
    """Whether that is the last request, and nobody is known to have done it."""
    section = section_of(runbook, tenant_of(application), STEP)
    return section is not None and section.is_pending and _is_stop(section, application)


def _is_stop(section: Section | None, application: Application) -> bool:
    return section is not None and section.title in [title % application.title for title in STOPS.values()]


class _Request:
    """One request to a person, and what counts as its fulfilment."""

    def __init__(self, options: Options, header: str | None, context: Context, connection: JumpCloudConnection, application: Application, reason: str):
        self._options = options
        self._header = header
        self._context = context
        self._events = Events(connection.insights)
        self._application = application
        self._key_id = parse_authorization_header(header)[0] if header else None
        self._file = SecretFile(options.secret_file) if options.secret_file else None
        self._address = connection.console.base_url
        # the key goes from one console to the other
        self._account = options.service_account if header is None else None
        if options.wanted.state != "active":
            title = STOPS[options.wanted.state] % application.title
        else:
            made = "Make a key in Unity, and connect" if self._account else "Connect"
            title = "%s the application %s to Unity, test it and activate it" % (made, application.title)
        self._step = ManualStep(STEP, title, tenant_of(application), options.runbook, context, options.manual_timeout, reason)
        # of this run's request, no earlier word can be
        self._word = Word(WORD, options.confirmed, self._word_counts())
        self.last = History(None, None)

    def read(self) -> History:
        self.last = read_history(self._events, self._application.id, self._context.clock.wall())
        return self.last

    def carry_out(self, history: History, settings: dict[str, t.Any]) -> Outcome:
        baseline, must_be_newer = self._baseline(history)
        first = self._judge(history, baseline, must_be_newer)
        steps = self._steps(history, settings)
        key_id = self._key_id or (self._step.previous.key_id if self._step.previous and self._is_going_on else None)
        # once somebody was asked, only what is newer than what was there then can be the answer
        outcome = self._step.carry_out(
            steps,
            lambda: self._judge(self.read(), baseline, True),
            first=first,
            prepare=self._write_secret_file,
            baseline=baseline,
            key_id=key_id,
        )
        if not outcome.pending and not self._context.check_mode:
            # that it is stopped shows nothing of a key that waits to be delivered
            if self._options.wanted.state == "active" or _is_stop(self._step.previous, self._application):
                self._step.close()
            self._close_account()
            if outcome.asked or self._header:
                self._remove_secret_file(key_id)
        if outcome.pending:
            self._ask_for_audit_key()
        return outcome

    def _ask_for_audit_key(self) -> None:
        """Whoever sits at Unity's console anyway need not come back for it."""
        options = self._options
        if self._account and options.audit_service_account and options.unity_organization_id:
            ask_for_audit_key(options.unity_organization_id, options.audit_service_account, options.runbook, self._context)

    def _close_account(self) -> None:
        """JumpCloud provisions with a key of the account, so it exists and has the role. The run that sees it need not be one that hands a key over."""
        if self._options.wanted.state == "active" and self._options.unity_organization_id and self._options.runbook:
            tenant = unity_tenant(self._options.unity_organization_id)
            ManualStep(ACCOUNT_STEP, "", tenant, self._options.runbook, self._context).close()

    def _remove_secret_file(self, key_id: str | None) -> None:
        """Only of the key that was delivered: another one may wait there for its turn."""
        try:
            held = self._file.read() if self._file else None
            if self._file and held and parse_authorization_header(held)[0] == key_id:
                self._file.remove()
        except ScimError as error:
            self._context.warn("The secret file is not needed any more, but stays: %s" % error.message)

    def _baseline(self, history: History) -> tuple[str | None, bool]:
        """What the evidence must be newer than, and whether it must be newer at all.

        A request that an earlier run has left open goes on, if it is for the same key. A key that an earlier run has seen delivered is not asked for again.
        """
        previous = self._step.previous
        same_key = previous is not None and (self._key_id is None or previous.key_id in (None, self._key_id))
        if self._options.evidence_since:
            moment(self._options.evidence_since)
            return self._options.evidence_since, True
        if previous is not None and self._is_going_on and same_key:
            return previous.baseline_event_timestamp, True
        delivers = (self._header or self._account) is not None and self._options.wanted.update_secret == "always" and not self._is_delivered
        return history.baseline, delivers and self._options.wanted.state == "active"

    @property
    def _is_going_on(self) -> bool:
        """An earlier run has left this request open, for whatever key."""
        return self._step.is_open and self._step.previous is not None and self._step.previous.title == self._step.title

    @property
    def _is_delivered(self) -> bool:
        """An earlier run has seen the key delivered."""
        previous = self._step.previous
        return previous is not None and not previous.is_pending and previous.key_id is not None and previous.key_id == self._key_id

    def _word_counts(self) -> bool:
        """A word may be older than the request. Only that provisioning is active can have been so before anybody asked for it, and that with no new key."""
        state = self._options.wanted.state
        if state == "active" and not self._asks_anew():
            return True
        # each new key and each pause is a request of its own
        return self._step.has_asked(self._key_id, SITTING if state == "absent" else 0.0)

    def _asks_anew(self) -> bool:
        if self._options.evidence_since or _is_stop(self._step.previous, self._application):
            return True
        if self._header:
            return not self._is_delivered
        # in check mode, the key that a real run would make is not there yet
        return (self._account is not None or self._context.check_mode) and self._options.wanted.update_secret == "always"

    def _judge(self, history: History, baseline: str | None, must_be_newer: bool) -> Evidence:
        if self._options.wanted.state != "active":
            return evidence_of_inactivity(history, self._word)
        return evidence_of_activity(history, baseline, must_be_newer, self._options.wanted.test_email, self._word)

    def _steps(self, history: History, settings: dict[str, t.Any]) -> Steps:
        title, organization_id = self._application.title, self._options.unity_organization_id
        console = instructions.open_admin_portal(self._address)
        if self._options.wanted.state != "active":
            return [*console, *instructions.deactivate_identity_management(title)]
        command = self._file.command_to_show if self._file and self._header else None
        if history.status == "active" and (self._header or self._account):
            switch = instructions.switch_organization(organization_id) if self._account and organization_id else []
            return [*switch, *console, *instructions.replace_header(title, settings["test_email"], command, self._account)]
        return [*console, *instructions.configure_identity_management(title, settings, command, self._account)]

    def _write_secret_file(self) -> None:
        if self._file and self._header and self._options.wanted.state == "active":
            seen = part_of(self._options.seen, "secret_file", {"replaces": Optional(str)})
            self._file.write(self._header, None if seen is None else [seen["replaces"] or ""])
