# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configures, tests and activates the identity management of an application, and knows at each moment whether JumpCloud may use the key."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Configuration, Provisioning, TestResult
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.identity_management import TITLE

NOTHING_CHANGED = "Nothing was changed."


class IdentityManagementWriter:
    """Carries a plan out. A failed connection test leaves what was there before in use: see ``_configure``."""

    def __init__(self, gateway: Provisioning, current: Configuration | None, header: str | None, step: str, steps: instructions.Steps, context: Context):
        self._gateway = gateway
        self._current = current
        self._header = header
        self._step, self._steps = step, steps
        self._context = context
        self.secret_sent = False
        self.key_may_be_in_use = False
        self._header_may_be_stored = False
        self.test_result: TestResult | None = None
        self.activated_with: TestResult | None = None

    def apply(self, plan: Plan) -> None:
        tests = any(action.verb == "test" for action in plan.actions)
        for action in plan.actions:
            with assumed_step(self._step, self._steps, lambda: self.secret_sent):
                if action.verb == "configure":
                    self._configure(action.values["settings"], "authorization_header" in action.shown["fields"], tests)
                elif action.verb == "test":
                    self._test(action.values["settings"])
                elif action.verb in ("activate", "reactivate"):
                    self._activate(action.verb)
                else:
                    getattr(self._gateway, action.verb)()
            self._context.progress.record(action)

    def _configure(self, settings: dict[str, t.Any], sends_secret: bool, tests: bool) -> None:
        """Write the settings.

        Where there are none yet, they are first written without the secret: the answer must have the assumed shape before the secret
        leaves. Where there are some, the new ones are first tested without being written.
        """
        header = self._header if sends_secret else None
        if self._current is None:
            self._gateway.write(settings, None)
            try:
                self._write(settings, header)
            except ScimError as error:
                self._remove_draft(error)
                raise
            return
        if tests:
            self.secret_sent = self.secret_sent or header is not None
            self.test_result = self._require_passed(self._gateway.test(settings, header), settings)
        if not self._write(settings, header).is_tested:
            # the service wants the test of what is stored
            self.test_result = None

    def _write(self, settings: dict[str, t.Any], header: str | None) -> Configuration:
        self.secret_sent = self.secret_sent or header is not None
        # should the answer get lost, it is as if what is active had taken it at once
        self.key_may_be_in_use = header is not None and self._current is not None and self._current.active
        self._header_may_be_stored = header is not None
        try:
            found = self._gateway.write(settings, header)
        except ApiError as error:
            self._header_may_be_stored = self._header_may_be_stored and error.outcome == "unknown"
            self.key_may_be_in_use = self.key_may_be_in_use and error.outcome == "unknown"
            raise
        # it should not be, before it is activated again
        self.key_may_be_in_use = header is not None and found.active and not found.pending_reactivation
        return found

    def _test(self, settings: dict[str, t.Any]) -> None:
        """Test what is stored, unless it has passed just now. What did not exist before is removed again if the test fails."""
        if self.test_result is not None:
            return
        try:
            # with the header that this run has sent: the test then speaks of no other, even if somebody else writes at the same time
            self.test_result = self._require_passed(self._gateway.test(settings, self._header if self.secret_sent else None), settings)
        except ScimError as error:
            if self._current is None:
                self._remove_draft(error)
            raise

    def _remove_draft(self, error: ScimError) -> None:
        """Remove the settings that this run has stored where there were none. If that fails, too, the operator has to know both."""
        try:
            with self._gateway.cleanup():
                found = self._gateway.read()
                if found is not None and found.active:
                    self.key_may_be_in_use = self._header_may_be_stored
                    error.hint = " ".join(part for part in ("Another run, or a person, has activated it meanwhile, so it stays.", error.hint) if part)
                    return
                self._gateway.remove()
        except ApiError as failure:
            left = "The new settings could not be removed again (%s); they are stored, and this run has not activated them." % failure.message.rstrip(".")
            if not self._context.progress.done:
                self._context.progress.record(Action("prepare", TITLE))
        else:
            left = NOTHING_CHANGED
            self._context.progress.done.clear()
        error.hint = " ".join(part for part in (left, error.hint) if part)

    def _activate(self, verb: str) -> None:
        """Activate. If the answer got lost, look whether it took effect: a key that is in use must not count as undelivered."""
        used_before, self.key_may_be_in_use = self.key_may_be_in_use, self.secret_sent
        try:
            found = getattr(self._gateway, verb)()
        except ApiError as error:
            if error.status == 409:
                error.hint = "Another run, or a person, has changed the identity management meanwhile. Let it finish, then run again."
            found = self._read_after(error) if error.outcome == "unknown" else None
            if found is None or not found.active or found.pending_reactivation:
                self.key_may_be_in_use = used_before
                raise
            self._context.warn("%s Provisioning is active all the same; going on." % error.message)
        self.activated_with = found.last_test

    def _read_after(self, error: ApiError) -> Configuration | None:
        """What is stored after a request whose outcome is unknown. If that can't be read either, the request's own error is the one to report."""
        try:
            with self._gateway.cleanup():
                return self._gateway.read()
        except ApiError as failure:
            error.hint = "Whether it took effect is not known, since the settings could not be read either (%s). Run again." % failure.message.rstrip(".")
            raise error from failure

    def _require_passed(self, test: TestResult, settings: dict[str, t.Any]) -> TestResult:
        if test.success:
            return test
        hint = (
            "Check that the key is live and its service account has the role SCIM Authenticator, that Unity's SCIM service can be reached, and that the "
            "test email %s is in a validated domain and unknown to Unity and JumpCloud. If another run tests at the same time, let it finish, then run again."
            % quoted(settings["test_email"])
        )
        if not self._context.progress.done:
            hint = "%s %s" % (NOTHING_CHANGED, hint)
        raise ScimError("JumpCloud's connection test failed: %s." % (test.message or "no reason given").rstrip("."), hint)
