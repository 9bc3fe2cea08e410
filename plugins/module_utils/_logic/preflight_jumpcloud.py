# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight reads of JumpCloud, over one connection. Whatever is not as it must be is a ScimError."""

from __future__ import annotations

import typing as t
from datetime import datetime
from functools import lru_cache, partial

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import results_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import sentence
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, Applications, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import require_reachable_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Configuration, Provisioning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import jumpcloud_group_binding as bindings
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import jumpcloud_scim_app as scim_app
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_contract import OddAnswers
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_people import Activation, GroupChange
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_reads import Once, Reads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.scim_app import STEP, is_stop_open, tenant_of, was_stopped
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person, was_handed_over
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import DeprovisionGuard
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import WORD, evidence_of_activity, read_history, unknown_settings
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import AUTO, Method, MethodFacts, choose_method, needs_second_look
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.shared_keys import Other, is_alike
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import API, DONE, MANUAL, UNPROVEN, Found


class JumpCloudReads:
    """``seen`` is what the modules that write can be given, by name; ``in_use`` and the like are known once the identity management was read."""

    def __init__(self, options: Reads, context: Context, transport: Transport, runbook: str | None, odd_answers: OddAnswers):
        self._options = options
        self._runbook = runbook
        self._odd_answers = odd_answers
        self._context = context
        self._connection = JumpCloudConnection(options.jumpcloud, transport)
        self._directory = Directory(self._connection.console)
        self.application = Once(self._find_application)
        self.services = ("JumpCloud", "JumpCloud OAuth")
        self.seen: dict[str, t.Any] = {}
        self.in_use = self.has_header = self.is_pending = False
        self.is_active: bool | None = None
        # when it was last tested or activated, which is with a key of the time before
        self.used_at: datetime | None = None
        self.group_change: GroupChange | None = None
        self.method: Method | None = None
        self._settings: Configuration | None = None
        self._evidence: Evidence | None = None
        self._asked = ""
        self._was_asked_to_stop = self._is_stop_open = False

    def _find_application(self) -> Application:
        application = open_application(self._connection, self._options.target)
        self.seen["application"] = application.as_result()
        return application

    def require_new_test_user(self, email: str) -> None:
        require_reachable_organization(self._connection.across_organizations, self._options.jumpcloud)
        if self._directory.holders(email):
            raise ScimError(
                "The test user's email %s is in use in JumpCloud. Nothing was changed." % email,
                "Set scim_provisioning_test_email to an address that neither JumpCloud nor Unity knows.",
            )

    def read_identity_management(self) -> None:
        """The settings, or, where there are none or they can't be read, what the events tell."""
        application, wanted = self.application(), self._options.jumpcloud_method
        self._asked = left_to_a_person(self._runbook, tenant_of(application), STEP) if wanted == AUTO else ""
        try:
            if wanted != MANUAL:
                with assumed_step(scim_app.STEP, instructions.configure_identity_management(application.title, {})):
                    self._settings = Provisioning(self._connection.console, application.id).read()
        except ScimError as error:
            # the application was read with the same credentials
            self.method = choose_method(MethodFacts(wanted, error=error, accepts=needs_second_look(error)))
            self._odd_answers.note("identity_management", error, self.method is not None)
            if self.method is None:
                raise
        if wanted != API and (self._settings is None or self._asked):
            self._evidence = self._read_events(application)

    def identity_management(self, beside_manual: bool) -> Found:
        """How it stands, and who does it. ``beside_manual``: a person does Unity's steps."""
        settings, evidence = self._settings, self._evidence
        if self.method is None:
            works = evidence is not None and evidence.settles
            facts = MethodFacts(self._options.jumpcloud_method, unproven=settings is None, works=works, beside_manual=beside_manual, asked=self._asked)
            self.method = t.cast(Method, choose_method(facts))
        if self.method.method == API:
            self._take(settings)
        if self.in_use:
            return Found(DONE, evidence.detail if evidence else "Provisioning is active, and its last connection test passed.")
        if self.method.method == MANUAL:
            return Found(MANUAL, "A person does it%s. %s" % (": " + self.method.reason if self.method.reason else "", evidence.detail if evidence else ""))
        if settings is not None:
            return Found(API, "The settings can be read%s." % (", and provisioning is not active" if not settings.active else ""))
        return Found(UNPROVEN, sentence(self.method.reason or "Nothing is configured"))

    def _take(self, found: Configuration | None) -> None:
        self.seen["identity_management"] = found.as_result() if found else None
        self.is_active = found is not None and found.active
        self.in_use = self.has_header = self.is_pending = False
        if found:
            self.has_header, self.is_pending = found.header_value_set, found.pending_reactivation
            self.used_at = moment_of(found.last_test.at) if found.last_test else None
            # JumpCloud provisions with the header value that it has; nothing has to be delivered for that
            self.in_use = found.active and found.is_tested and not found.pending_reactivation

    def _read_events(self, application: Application) -> Evidence:
        """The events tell it: provisioning was activated, and no later call was refused. A person's word counts where they tell nothing."""
        history = read_history(Events(self._connection.insights), application.id, self._context.clock.wall())
        self._was_asked_to_stop, self._is_stop_open = was_stopped(self._runbook, application), is_stop_open(self._runbook, application)
        word = Word(WORD, WORD in self._options.confirmed, not self._was_asked_to_stop)
        evidence = evidence_of_activity(history, None, False, None, word)
        self.seen["identity_management"] = {**unknown_settings(scim_app.SETTINGS, history.status), "evidence": evidence.as_result()}
        self.is_active = None if history.status is None else history.status == "active"
        self.in_use = self.has_header = evidence.settles
        self.used_at = moment_of(history.baseline)
        return evidence

    @property
    def had_key(self) -> bool:
        """Whether it has, or once had, a key of its own: a header value, or an event that tells of an activation, whatever came of it since."""
        by_hand = self.method is not None and self.method.method == MANUAL
        return self.has_header or (by_hand and self.is_active is not None)

    @property
    def is_stopped(self) -> bool:
        """Whether it is configured and not active, as far as anything tells: the settings, else the events, else what a person was asked for last.

        Where a person is still asked to stop it, that it is active says only that they have not come to it.
        """
        if self.seen.get("identity_management") is None:
            return False
        if self._is_stop_open:
            return True
        is_active = self._settings.active if self._settings else self.is_active
        return self._was_asked_to_stop if is_active is None else not is_active

    @property
    def was_stopped(self) -> bool:
        """Whether it is stopped, and was active before: what never passed a test was not."""
        return self.is_stopped and (self._settings is None or self.used_at is not None)

    def was_asked_for(self, key_id: str) -> bool:
        """Whether a person was asked to give this application that key, whether that is done or not."""
        return was_handed_over(self._runbook, tenant_of(self.application()), STEP, key_id)

    def others(self) -> list[Other]:
        """The other applications that can be ones for Unity, with what is known of their provisioning."""
        application = self.application()
        alike = [one for one in Applications(self._connection.console).list() if is_alike(application, one)]
        found: list[Other] = results_of(*(partial(self._look_at_other, one) for one in alike))
        return found

    def _look_at_other(self, application: Application) -> Other:
        try:
            if self.method is not None and self.method.method == MANUAL:
                history = read_history(Events(self._connection.insights), application.id, self._context.clock.wall())
                is_active = None if history.status is None else history.status == "active"
                return Other(application.title, is_active, unknown=history.gap or "No event tells.")
            settings = Provisioning(self._connection.console, application.id).read()
        except ScimError as error:
            return Other(application.title, None, unknown=sentence(error.message))
        return Other(application.title, settings.active, settings.settings["base_url"]) if settings else Other(application.title, False)

    def found(self) -> str:
        """In words, how the identity management was."""
        if "identity_management" not in self.seen:
            return "identity management was not read"
        by_hand = self.method is not None and self.method.method == MANUAL
        nothing = "confirmed by you" if by_hand and self.in_use else "unknown: no event tells" if by_hand else "not configured"
        return "identity management is %s" % ((self.seen["identity_management"] or {}).get("status") or nothing)

    def change_of_groups(self, passed: t.Collection[str], activation: Activation) -> GroupChange | None:
        """None where nothing of the application is of interest. What is activated concerns people even where no group is bound."""
        if "user_groups" in passed or not activation.is_due:
            return self.group_change if "user_groups" in passed else None
        return GroupChange(self._directory, Associations(self._connection.console, self.application().id), frozenset(), frozenset())

    def user_groups(self) -> Found:
        """The groups are known, and unbinding those that are not wanted would not take more people their access than allowed."""
        options, associations = self._options, Associations(self._connection.console, self.application().id)
        groups = {group.id: group for group in self._directory.groups()}
        bound = lru_cache(maxsize=None)(associations.group_ids)
        wanted = bindings.resolve_groups(options.groups, groups, options.groups_state, self._context, bound)
        plan = bindings.make_plan(options.groups_state, wanted, bound(), groups)
        self.seen["user_groups"] = {
            # a bound group that the list does not show has no name: whoever needs it reads by itself
            "wanted": sorted((groups[group_id].as_result() for group_id in wanted if group_id in groups), key=lambda group: (group["name"], group["id"])),
            "bound": (plan.before or {})["groups"],
        }
        added, removed = (frozenset(action.values["id"] for action in plan.actions if action.verb == verb) for verb in ("bind", "unbind"))
        self.group_change = GroupChange(self._directory, associations, added, removed)
        if removed:
            DeprovisionGuard(self._directory, associations, options.max_deprovisioned_users, options.http.concurrency).plan(removed, added)
        if not plan.actions:
            return Found(DONE, "The wanted groups are bound.")
        return Found(API, "Groups to bind: %d, to unbind: %d." % (len(added), len(removed)))
