# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom to wait for until JumpCloud has deprovisioned those who lost access, and what a summary says of the identity management."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BindingChange, Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import (
    Awaited,
    Losing,
    lost_access,
    still_there,
    whom_to_wait_for,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.identity_management import step_of

AT, LATER = "2026-11-24T05:40:04Z", "2026-11-24T05:40:05.5Z"
THEN, THEN_LATER = moment(AT), moment(LATER)
ADA, ALAN, UNREAD = Losing("u1", "ada@example.com", THEN), Losing("u2", "alan@example.com", THEN_LATER), Losing("u3", None, THEN)
WHOLE_TIME = Awaited()

CASES = [
    # who loses access, unseen -> whom to wait for
    pytest.param([], 0, None, id="nobody loses access"),
    pytest.param([ADA], 0, Awaited({"u1": THEN}, {"ada@example.com": "u1"}), id="one person"),
    pytest.param([ADA, ALAN], 0, Awaited({"u1": THEN, "u2": THEN_LATER}, {"ada@example.com": "u1", "alan@example.com": "u2"}), id="two people"),
    pytest.param([ADA, Losing("u2", "alan@example.com", None)], 0, WHOLE_TIME, id="events tell of no unbinding"),
    pytest.param([ADA, UNREAD], 0, WHOLE_TIME, id="people can't be read"),
    pytest.param([Losing("u1", "", THEN)], 0, WHOLE_TIME, id="an empty address"),
    pytest.param([ADA], 1, WHOLE_TIME, id="the list owes people"),
    pytest.param([], 2, WHOLE_TIME, id="the list shows nobody"),
]


@pytest.mark.parametrize("losing, unseen, expected", CASES)
def test_whom_to_wait_for(losing: list[Losing], unseen: int, expected: Awaited | None) -> None:
    assert whom_to_wait_for(losing, unseen) == expected


def event(kind: str, user_id: str | None, success: bool | None = True, at: str = AT, code: int | None = None, **names: str) -> Event:
    return Event(kind, at, success, "app", None, code, None, None, {**({"id": user_id} if user_id else {}), **names})


def test_who_has_lost_access_and_when_the_last_time() -> None:
    found = [
        BindingChange(THEN_LATER, groups=frozenset("b")),
        BindingChange(THEN, groups=frozenset("a")),
        # of whom one left a group, it is about that person alone
        BindingChange(THEN, frozenset(["u9"]), frozenset("c")),
    ]
    assert lost_access(found, {"a": ["u1", "u2"], "b": ["u2"]}) == {"u1": THEN, "u2": THEN_LATER, "u9": THEN}


EVENTS = [
    pytest.param([], {"u1", "u2"}, id="none"),
    pytest.param([event("user_deprovision", "u1")], {"u2"}, id="deprovisioned"),
    pytest.param([event("user_delete_provision", "u1"), event("user_deprovision", "u2", at=LATER)], set(), id="either of both"),
    pytest.param([event("user_deprovision", "u2")], {"u1", "u2"}, id="before that person lost access the last time"),
    pytest.param([event("user_deprovision", "u1", at=LATER), event("user_deprovision", "u1")], {"u2"}, id="twice"),
    pytest.param([event("user_deprovision", "u1", False)], {"u1", "u2"}, id="failed"),
    pytest.param([event("user_deprovision", "u1", False, code=404)], {"u2"}, id="gone already"),
    pytest.param([event("user_delete_provision", "u1", False, code=404), event("user_deprovision", "u2", False, code=404)], {"u2"}, id="before, gone already"),
    pytest.param([event("user_deprovision", "u1", False, code=410), event("user_deprovision", "u1", False, code=401)], {"u1", "u2"}, id="refused"),
    pytest.param([event("user_update_provision", "u1", False, code=404)], {"u1", "u2"}, id="something else found nobody"),
    pytest.param([event("user_deprovision", "u1", None)], {"u1", "u2"}, id="nobody knows"),
    pytest.param([event("user_deprovision", "u1", None, code=404)], {"u1", "u2"}, id="nobody knows, whatever the status"),
    pytest.param([event("user_update_provision", "u1")], {"u1", "u2"}, id="something else"),
    pytest.param([event("user_deprovision", "u9"), event("user_deprovision", None)], {"u1", "u2"}, id="somebody else"),
    pytest.param([event("user_deprovision", None, email="ADA@Example.com")], {"u2"}, id="by the address alone"),
    pytest.param([event("user_deprovision", None, username="ada@example.com")], {"u2"}, id="by the user name alone"),
    pytest.param([event("user_deprovision", "u9", email="ada@example.com")], {"u1", "u2"}, id="somebody else who has the address by now"),
]


@pytest.mark.parametrize("events, expected", EVENTS)
def test_who_is_still_there(events: list[Event], expected: set[str]) -> None:
    ids = {"ada@example.com": "u1", "alan@example.com": "u2"}
    assert set(still_there({"u1": THEN, "u2": THEN_LATER}, events, ids)) == expected


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
