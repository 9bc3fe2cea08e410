# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: one source for changed, diff and actions."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan, Progress, differences

HEADERS = {"before_header": "Thing (before)", "after_header": "Thing (after)"}


def test_no_actions_is_no_change() -> None:
    plan = Plan({"a": 1}, {"a": 1}, title="Thing")
    assert plan.as_result() == {"changed": False, "diff": {**HEADERS, "before": {"a": 1}, "after": {"a": 1}}, "actions": []}


def test_a_resource_that_does_not_exist_is_an_empty_object() -> None:
    plan = Plan(None, {"a": 1}, (Action("create", "thing"),), "Thing")
    assert plan.diff() == {**HEADERS, "before": {}, "after": {"a": 1}}
    assert plan.changed


def test_an_action_that_changes_nothing() -> None:
    plan = Plan({}, {}, (Action("test", "connection", changes=False),))
    assert (plan.changed, plan.as_result()["actions"]) == (False, [{"action": "test", "target": "connection"}])


def test_facts_are_left_out_of_the_diff_only() -> None:
    plan = Plan({"a": 1, "seen": "x"}, {"a": 2, "seen": "y"}, undiffed=("seen",))
    assert (plan.diff()["before"], plan.diff()["after"]) == ({"a": 1}, {"a": 2})
    assert plan.after == {"a": 2, "seen": "y"}


def test_values_are_never_shown() -> None:
    action = Action("write", "thing", {"fields": ["a"]}, {"secret": "0123456789"})
    assert action.as_result() == {"action": "write", "target": "thing", "fields": ["a"]}
    assert "0123456789" not in repr(Plan(None, {}, (action,)).as_result())


def test_progress() -> None:
    progress = Progress()
    progress.record(Action("write", "thing", {"id": "1"}))
    assert progress.done == [{"action": "write", "target": "thing", "id": "1"}]


@pytest.mark.parametrize(
    "current, desired, expected",
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": None}, {}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 0}, {"a": 0}),
        ({"a": "x"}, {"a": ""}, {"a": ""}),
        ({"a": True}, {"a": False}, {"a": False}),
        ({"a": 1, "b": 2}, {}, {}),
    ],
)
def test_differences(current: dict, desired: dict, expected: dict) -> None:
    assert differences(current, desired) == expected
