# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom to wait for until JumpCloud has deprovisioned those who lost access, and what a summary says of the identity management."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import (
    Awaited,
    Losing,
    Unbinding,
    still_there,
    whom_to_wait_for,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.identity_management import step_of

ADA, ALAN, UNREAD = Losing("u1", "ada@example.com"), Losing("u2", "alan@example.com"), Losing("u3", None)
AT = "2026-11-24T05:40:04Z"
UNBOUND, NONE, UNKNOWN = Unbinding(AT), Unbinding(None), Unbinding(None, is_known=False)
WHOLE_TIME = Awaited()

CASES = [
    # this run unbinds, who loses access, unseen, the newest change of the bindings -> whom to wait for
    pytest.param(False, [], 0, NONE, None, id="nothing was unbound"),
    pytest.param(False, [], 0, UNKNOWN, WHOLE_TIME, id="nobody knows whether a run broke off"),
    pytest.param(False, [], 0, UNBOUND, WHOLE_TIME, id="a run broke off, and left no word who they are"),
    pytest.param(True, [], 0, UNBOUND, None, id="nobody loses access"),
    pytest.param(True, [], 0, UNKNOWN, None, id="nobody loses access, and events can't be read"),
    pytest.param(True, [ADA], 0, UNBOUND, Awaited(frozenset(["u1"]), AT), id="one person"),
    pytest.param(True, [ADA, ALAN], 0, UNBOUND, Awaited(frozenset(["u1", "u2"]), AT), id="two people"),
    pytest.param(True, [ADA, ALAN], 0, UNKNOWN, WHOLE_TIME, id="events can't be read"),
    pytest.param(True, [ADA, ALAN], 0, NONE, WHOLE_TIME, id="events tell of no unbinding"),
    pytest.param(True, [ADA, UNREAD], 0, UNBOUND, WHOLE_TIME, id="people can't be read"),
    pytest.param(True, [Losing("u1", "")], 0, UNBOUND, WHOLE_TIME, id="an empty address"),
    pytest.param(True, [ADA], 1, UNBOUND, WHOLE_TIME, id="the list owes people"),
    pytest.param(True, [], 2, UNBOUND, WHOLE_TIME, id="the list shows nobody"),
]


@pytest.mark.parametrize("unbinds, losing, unseen, last, expected", CASES)
def test_whom_to_wait_for(unbinds: bool, losing: list[Losing], unseen: int, last: Unbinding, expected: Awaited | None) -> None:
    assert whom_to_wait_for(unbinds, losing, unseen, last) == expected


def event(kind: str, user_id: str | None, success: bool | None = True) -> Event:
    return Event(kind, AT, success, "app", None, None, None, None, {"id": user_id} if user_id else {})


EVENTS = [
    pytest.param([], {"u1", "u2"}, id="none"),
    pytest.param([event("user_deprovision", "u1")], {"u2"}, id="deprovisioned"),
    pytest.param([event("user_delete_provision", "u1"), event("user_deprovision", "u2")], set(), id="either of both"),
    pytest.param([event("user_deprovision", "u1", False)], {"u1", "u2"}, id="failed"),
    pytest.param([event("user_deprovision", "u1", None)], {"u1", "u2"}, id="nobody knows"),
    pytest.param([event("user_update_provision", "u1")], {"u1", "u2"}, id="something else"),
    pytest.param([event("user_deprovision", "u9"), event("user_deprovision", None)], {"u1", "u2"}, id="somebody else"),
]


@pytest.mark.parametrize("events, expected", EVENTS)
def test_who_is_still_there(events: list[Event], expected: set[str]) -> None:
    assert still_there(frozenset(["u1", "u2"]), events) == expected


ACTIVE, INACTIVE = {"status": "active"}, {"status": "inactive"}
SET_UP = ["configure", "test", "activate"]
STEPS = [
    # before, actions, state, tested, check mode -> found, verified
    pytest.param(None, SET_UP, "active", True, False, "not configured", ["connection test passed", "read back as active"], id="set up"),
    pytest.param(None, SET_UP, "active", False, True, "not configured", [], id="check mode"),
    pytest.param(ACTIVE, [], "active", False, False, "active", ["read back as active"], id="nothing to do"),
    pytest.param(INACTIVE, ["activate"], "active", False, False, "inactive", ["read back as active"], id="activated"),
    pytest.param(ACTIVE, ["deactivate"], "inactive", False, False, "active", ["read back as inactive"], id="stopped"),
    pytest.param(INACTIVE, ["remove"], "absent", False, False, "inactive", ["read back as not configured"], id="removed"),
    pytest.param(None, [], "absent", False, False, "not configured", ["read back as not configured"], id="was not there"),
]


@pytest.mark.parametrize("before, actions, state, is_tested, check_mode, found, verified", STEPS)
def test_step(before: t.Any, actions: list[str], state: str, is_tested: bool, check_mode: bool, found: str, verified: list[str]) -> None:
    plan = Plan(before, None, tuple(Action(verb, "it") for verb in actions))
    assert step_of(plan, state, is_tested, check_mode).as_result() == {
        "step": "identity_management",
        "method": "api",
        "changed": bool(actions),
        "found": found,
        "did": actions,
        "verified": verified,
        "pending": False,
        "waiting": False,
        "reason": "",
    }
