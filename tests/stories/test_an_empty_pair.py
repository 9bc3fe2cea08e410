# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main road: nothing is there, and a few minutes later people arrive in Unity."""

from __future__ import annotations

from stories.pair import ACCOUNT, GROUPS, PEOPLE, Pair

# How many requests each run takes today. Fewer is an achievement, more is a question.
REQUESTS = {
    "check run on an empty pair": {"reads": 12, "writes": 0},
    "first run": {"reads": 23, "writes": 9},
    "second run": {"reads": 11, "writes": 0},
    "check run on a finished pair": {"reads": 11, "writes": 0},
}
STEPS = ["prerequisites", "service_account", "service_account_key", "connector_url", "identity_management", "user_groups", "enforcement"]
FIRST_RUN = {
    "service_account": ["create", "set_roles"],
    "service_account_key": ["create"],
    "identity_management": ["configure", "test", "activate"],
    "user_groups": ["bind 2"],
}


def test_check_tells_all_and_writes_nothing_then_the_first_run_does_it_and_the_second_nothing(pair: Pair) -> None:
    check = pair.play("provision", check=True, diff=True, env={"ANSIBLE_SHOW_CUSTOM_STATS": "1"}).succeeded()
    assert check.writes == [] and check.requests == REQUESTS["check run on an empty pair"]
    assert list(check.steps) == STEPS and check.did() == FIRST_RUN
    assert check.said("service_account: no account; would create one, set its roles", "user_groups: 0 groups bound; people: at most 3 to create")
    assert check.said("no limit is set (scim_provisioning_max_created_users); would bind 2 groups")
    assert check.said("CUSTOM STATS:", '"changed": true, "check_mode": true')
    assert pair.is_untouched() and pair.account() is None

    first = pair.play("provision").succeeded()
    assert first.requests == REQUESTS["first run"]
    assert first.did() == FIRST_RUN and first.changed == 4
    assert first.steps["identity_management"]["verified"] == ["connection test passed", "read back as active"]
    account = pair.account()
    assert account and account["roles"] == ["role-scim-authenticator"] and len(account["keys"]) == 1
    assert pair.is_active() and pair.bound_groups() == GROUPS
    # not the staged one, not the suspended one, and the test user is gone
    assert pair.people() == PEOPLE
    assert first.said(f"key {account['keys'][0]['id']} is listed")

    second = pair.play("provision").succeeded()
    assert second.requests == REQUESTS["second run"] and second.writes == []
    assert second.changed == 0 and second.did() == {}

    checked_again = pair.play("provision", check=True, diff=True).succeeded()
    assert checked_again.requests == REQUESTS["check run on a finished pair"]
    assert checked_again.changed == 0 and checked_again.did() == {}
    assert "\n+ " not in checked_again.output and "\n- " not in checked_again.output
    assert pair.people() == PEOPLE and pair.keys() == [account["keys"][0]["id"]] and account["name"] == ACCOUNT


def test_summary_reaches_a_workflow_as_a_statistic(pair: Pair) -> None:
    run = pair.play("provision", "--tags", "user_groups", env={"ANSIBLE_SHOW_CUSTOM_STATS": "1"}).succeeded()
    assert run.said("CUSTOM STATS:", '"changed": true, "check_mode": false')
    summary = run.custom_stats["scim_provisioning_summary"]
    assert summary["changed"] and not summary["check_mode"] and [step["step"] for step in summary["steps"]] == ["prerequisites", "user_groups"]
