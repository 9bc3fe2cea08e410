# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do so that an application's identity management is as wanted, and what a summary says of it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan, differences
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Configuration

# what the vendor's guide says for the settings that are not the operator's to choose
GUIDE = {
    "api_type": "scim",
    "scim_version": "2.0",
    "authentication_method": "api_key",
    "header_name": "Authorization",
    "group_management": False,
}
SETTINGS = (*GUIDE, "base_url", "test_email")
TITLE = "JumpCloud identity management"


@dataclass(frozen=True)
class Wanted:
    """The settings and the state that there shall be. None leaves a setting alone."""

    state: str
    api_type: str | None
    scim_version: str | None
    authentication_method: str | None
    header_name: str | None
    group_management: bool | None
    base_url: str | None
    test_email: str | None
    update_secret: str
    test_connection: str

    @property
    def given(self) -> dict[str, t.Any]:
        return {name: getattr(self, name) for name in SETTINGS if getattr(self, name) is not None}

    @property
    def settings(self) -> dict[str, t.Any]:
        """With what the guide says for those that are left out."""
        return {**GUIDE, "base_url": None, "test_email": None, **self.given}


def plan_absent(current: Configuration | None) -> Plan:
    actions = []
    if current and current.active:
        actions.append(Action("deactivate", TITLE))
    if current:
        actions.append(Action("remove", TITLE))
    return Plan(current.as_result() if current else None, None, tuple(actions), TITLE, undiffed=("last_test",))


def plan_configured(current: Configuration | None, wanted: Wanted, has_header: bool, check_mode: bool, was_active: bool = False) -> Plan:
    """What to do so that the settings are as wanted and the state is active or inactive. An option that was left out is left alone.

    ``was_active``: as it was seen when the run began. Whoever has stopped it since then wants it stopped.
    """
    if was_active and wanted.state == "active" and not (current and current.active):
        raise ScimError(
            "Somebody has stopped provisioning since this run looked at it. JumpCloud was not changed.",
            "The playbook provision activates it again.",
        )
    settings = {**current.settings, **wanted.given} if current else wanted.settings
    changes = settings if current is None else differences(current.settings, wanted.given)
    sends_secret = current is None or not current.header_value_set or (has_header and (bool(changes) or wanted.update_secret == "always"))
    if sends_secret and not has_header and not check_mode:
        raise ScimError(
            "The application has no authorization header value yet.", "Pass authorization_header, or key_id and secret_key, of the Unity service account."
        )
    writes = bool(changes) or sends_secret
    tested = current is not None and current.is_tested and not writes
    active = wanted.state == "active"
    activates = active and (current is None or not current.active or current.pending_reactivation or writes or not tested)
    # an old test is no proof of today's key, so nothing is activated on it
    tests = wanted.test_connection == "always" or (wanted.test_connection == "on_change" and (writes or activates))
    if current is None or tests:
        require_complete(settings)
    if activates and not tests and not tested:
        raise ScimError("The application can't be activated without a passed connection test.", "Set %s to on_change or always." % named("test_connection"))

    written = Action("configure", TITLE, {"fields": sorted(changes) + (["authorization_header"] if sends_secret else [])}, {"settings": settings})
    test = Action("test", "connection", {}, {"settings": settings}, changes=False)
    actions = [*([written] if writes else []), *([test] if tests else [])]
    if activates:
        actions.append(Action("reactivate" if current and current.active else "activate", TITLE))
    elif not active and current and current.active:
        actions.append(Action("deactivate", TITLE))
    before = current.as_result() if current else None
    after: dict[str, t.Any] | None = {
        **settings,
        # where it is not, it is sent
        "header_value_set": True,
        "status": "active" if active else "inactive",
        "pending_reactivation": False,
        "last_test": before["last_test"] if before and not tests else None,
    }
    if not any(action.changes for action in actions):
        after = before
    return Plan(before, after, tuple(actions), TITLE, undiffed=("last_test",))


def require_complete(settings: dict[str, t.Any]) -> None:
    hints = {"base_url": "Take it from unity_scim_connector.", "test_email": "Choose an address in a validated domain that is unknown to both sides."}
    for name, hint in hints.items():
        if not settings[name]:
            raise ScimError("%s is needed to configure and test the application." % named(name), hint)


def step_of(plan: Plan, state: str, is_tested: bool, check_mode: bool) -> Step:
    """``is_tested``: this run has made a connection test, and it has passed."""
    verified = ["connection test passed"] if is_tested else []
    if not check_mode:
        verified.append("read back as %s" % ("not configured" if state == "absent" else state))
    found = plan.before["status"] if plan.before else "not configured"
    return Step("identity_management", plan, found, tuple(verified))
