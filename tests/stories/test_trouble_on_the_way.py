# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong at the vendors: a run goes on where that is safe, or stops with the reason and leaves no key behind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, Seed, account_of, finished
from stories.test_crash_safety import delivered_key_is_live

PROVISION = f"/api/v2/applications/{APPLICATION}/provision"
OTHER_KEY = "2b6f0cc9-0000-4000-8000-c0f190000002"


def test_rate_limit_is_waited_for_with_a_warning(pair: Pair) -> None:
    pair.fault("status", "jumpcloud", "GET", "/api/applications$", status=429, headers={"Retry-After": "1"})
    pair.fault("status", "unity-admin", "POST", "/service-accounts$", status=429, headers={"Retry-After": "http-date:+1"})
    run = pair.play("provision", may_warn=True).succeeded()
    assert run.said("JumpCloud: cannot list the applications: HTTP 429", "Trying again in", "Unity administration: cannot create the service account")
    assert pair.people() == PEOPLE and len(pair.keys()) == 1


# service, method, path, fault, what the last message says
BROKEN_ANSWERS = {
    "HTML instead of the applications": ("jumpcloud", "GET", "/api/applications$", "html", ["JumpCloud: cannot list the applications", "got an HTML page"]),
    "truncated list of service accounts": ("unity-admin", "GET", "/service-accounts$", "truncate", ["Unity administration: cannot list the service accounts"]),
    "SSO settings of another shape": ("unity-admin", "GET", "/sso$", "json", ["Expected a field 'enabled'", "No secret was sent.", "manual_steps"]),
    "500 at the users": ("jumpcloud", "GET", "/api/systemusers", "status", ["JumpCloud: cannot list the users: HTTP 500"]),
    "500 at the roles": ("unity-admin", "PUT", "/organization-roles$", "status", ["cannot set the service account's organization roles: HTTP 500"]),
}


@pytest.mark.parametrize("case", BROKEN_ANSWERS)
def test_broken_answer_stops_the_run_before_a_key_exists(pair: Pair, case: str) -> None:
    service, method, path, action, says = BROKEN_ANSWERS[case]
    pair.fault(action, service, method, path, times=0, **({"status": 500} if action == "status" else {"body": {}} if action == "json" else {}))
    given = {"scim_provisioning_time_budget": 2, "scim_provisioning_unity_method": "api"}
    run = pair.play("provision", extra_vars=given, may_warn=action == "truncate")
    run.failed(*says)
    assert pair.is_untouched()
    pair.tenants.control("DELETE", "faults")
    if case == "500 at the roles":
        assert pair.play("provision").succeeded().did()["service_account"] == ["set_roles"]
        assert pair.people() == PEOPLE


REVOKED = "which was created in this run and could not be delivered, was revoked."
# service, method, path, fault, by whom, what the last message says
UNDELIVERED = {
    "SCIM answers 500 to the key": (
        "unity-scim",
        "GET",
        "/Users",
        {"action": "status", "status": 500},
        "module",
        ["Unity SCIM: cannot count the users: HTTP 500"],
    ),
    "SCIM refuses the key": (
        "unity-scim",
        "GET",
        "/Users",
        {"action": "status", "status": 403},
        "module",
        ["has not the organization role 'SCIM Authenticator'"],
    ),
    "connection test gets 500": (
        "unity-scim",
        "POST",
        "/Users",
        {"action": "status", "status": 500},
        "engine",
        ["JumpCloud's connection test failed", "Nothing was changed."],
    ),
    "connection test gets 403": (
        "unity-scim",
        "POST",
        "/Users",
        {"action": "status", "status": 403},
        "engine",
        ["JumpCloud's connection test failed", "role SCIM Authenticator"],
    ),
    "HTML instead of the settings": ("jumpcloud-provisioning", "PUT", "/provision$", {"action": "html"}, "module", ["No secret was sent.", "got an HTML page"]),
    "500 at the activation": (
        "jumpcloud-provisioning",
        "POST",
        "/activate$",
        {"action": "status", "status": 500},
        "module",
        ["cannot activate provisioning: HTTP 500"],
    ),
}


@pytest.mark.parametrize("case", UNDELIVERED)
def test_undelivered_key_is_revoked_and_the_next_run_converges(pair: Pair, case: str) -> None:
    service, method, path, rule, by, says = UNDELIVERED[case]
    pair.fault(service=service, method=method, path=path, times=0, by=by, **rule)
    run = pair.play("provision", extra_vars={"scim_provisioning_connector_wait_timeout": 0})
    run.failed(*says, REVOKED)
    assert pair.keys() == [] and not pair.is_active() and pair.bound_groups() == []
    assert pair.identity_management() is None or case == "500 at the activation"

    pair.tenants.control("DELETE", "faults")
    again = pair.play("provision").succeeded()
    assert again.did()["service_account_key"] == ["create"]
    assert len(pair.keys()) == 1 and pair.is_active() and pair.people() == PEOPLE


def test_key_that_can_be_neither_delivered_nor_revoked_is_named_and_the_next_run_leaves_no_orphan(pair: Pair) -> None:
    pair.fault("status", "jumpcloud-provisioning", "POST", "/activate$", times=0, status=500)
    pair.fault("status", "unity-admin", "DELETE", "/keys/", times=0, status=500)
    run = pair.play("provision")
    keys = pair.keys()
    assert len(keys) == 1
    run.failed("cannot activate provisioning: HTTP 500", f"The key {keys[0]}", "could not be revoked either", "Revoke it in the Unity Dashboard")
    pair.tenants.control("DELETE", "faults")
    pair.play("provision").succeeded()
    # JumpCloud holds the secret of that key, so it is used
    assert pair.keys() == keys and pair.is_active() and pair.people() == PEOPLE


def test_activation_whose_answer_is_lost_counts_as_delivered(pair: Pair) -> None:
    pair.fault("status", "jumpcloud-provisioning", "POST", "/activate$", status=500, effect=True)
    run = pair.play("provision", may_warn=True).succeeded()
    # up to 2.18 a task with no_log hides its warnings, too
    assert run.core < (2, 19) or run.said("Provisioning is active all the same; going on.")
    assert len(pair.keys()) == 1 and pair.people() == PEOPLE


@pytest.mark.parametrize("is_lost", [False, True], ids=["read-back", "activation and read-back"])
def test_key_that_jumpcloud_may_use_is_not_revoked_and_the_next_run_sets_it_right(pair: Pair, is_lost: bool) -> None:
    """What fails behind the activation is no reason to take JumpCloud's key away."""
    pair.begin("configured", finished)
    if is_lost:
        pair.fault("status", "jumpcloud-provisioning", "POST", "/reactivate$", times=0, status=500, effect=True)
    # the first two are the look at both sides, and the one before the change
    pair.fault("status", "jumpcloud-provisioning", "GET", "/provision$", times=0, status=500, after=2)
    run = pair.play("rotate_key", extra_vars={"scim_provisioning_time_budget": 5}, may_warn=True)
    run.failed("was created in this run, and stays, since JumpCloud may use it already. Run again: that sets it right.")
    assert len(pair.keys()) == 2 and provisions_with_a_live_key(pair)
    pair.tenants.control("DELETE", "faults")
    pair.joins("after.the.failure@example.com", GROUPS[0])
    assert "after.the.failure@example.com" in pair.people()
    again = pair.play("provision").succeeded()
    assert set(again.did()) == {"service_account_key", "identity_management", "retire_keys"} and len(pair.keys()) == 1 and provisions_with_a_live_key(pair)


LATER: list[tuple[str, dict[str, Any]]] = [
    ("nothing left to activate", {"action": "json", "status": 409, "body": {"message": "Nothing to activate"}}),
    ("not allowed any more", {"action": "status", "status": 401}),
    ("gone", {"action": "json", "status": 404, "body": {"message": "Not found"}}),
]


@pytest.mark.parametrize("later", [rule for _name, rule in LATER], ids=[name for name, _rule in LATER])
def test_an_activation_whose_answer_is_lost_before_another_one_comes_has_taken_effect(pair: Pair, later: dict[str, Any]) -> None:
    """The first answer does not come through, and the second try is refused: JumpCloud uses the new key all the same."""
    pair.begin("configured", finished)
    pair.fault("drop_after", "jumpcloud-provisioning", "POST", "/reactivate$")
    pair.fault(later["action"], "jumpcloud-provisioning", "POST", "/reactivate$", **{name: value for name, value in later.items() if name != "action"})
    run = pair.play("rotate_key", may_warn=True).succeeded()
    assert run.core < (2, 19) or run.said("Provisioning is active all the same; going on.")
    assert len(pair.keys()) == 1 and provisions_with_a_live_key(pair)


def test_a_time_limit_of_the_task_does_not_take_away_the_key_that_jumpcloud_uses(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.fault("hang", "jumpcloud-provisioning", "POST", "/reactivate$", seconds=12)
    run = pair.play("rotate_key", env={"ANSIBLE_TASK_TIMEOUT": "6"}, may_warn=True)
    run.failed("was created in this run, and stays, since JumpCloud may use it already. Run again: that sets it right.")
    assert len(pair.keys()) == 2 and provisions_with_a_live_key(pair)
    pair.play("provision", may_warn=True).succeeded()
    assert len(pair.keys()) == 1 and provisions_with_a_live_key(pair)


def test_a_creation_that_is_answered_with_a_503_is_not_repeated_blindly(pair: Pair) -> None:
    """It can come after the effect, from what stands before the service: the key whose secret is lost would stay, and be taken for another run's."""
    pair.fault("status", "unity-admin", "POST", "/keys$", status=503, effect=True, headers={"Retry-After": "0"})
    pair.play("provision", may_warn=True).succeeded()
    assert len(pair.keys()) == 1 and pair.is_active()


def test_what_a_store_shows_of_the_new_key_is_masked(pair: Pair) -> None:
    tasks = pair.machine / "store.yml"
    tasks.write_text(
        """
- name: Keep it
  ansible.builtin.fail:
    msg: "Parameter validation failed: Invalid type for parameter SecretString, value: {{ scim_provisioning_new_key }}"
""",
        encoding="utf-8",
    )
    # ansible-core shows the message of the failed task itself, in spite of no_log
    run = pair.play("provision", extra_vars={"scim_provisioning_key_store_tasks": str(tasks)}, search=False)
    run.failed("Invalid type for parameter SecretString, value: {'key_id': '", "'secret_key': '********'", "'Basic ********'", "was revoked")
    pair.require_no_secret({"the last message": run.failure})
    assert pair.keys() == []


def provisions_with_a_live_key(pair: Pair) -> bool | None:
    return delivered_key_is_live(pair.tenants.control("GET", "state?secrets=true"))


@pytest.mark.parametrize("status", [403, 500])
def test_a_key_whose_revocation_is_refused_is_not_said_to_be_revoked(pair: Pair, status: int) -> None:
    pair.fault("status", "jumpcloud-provisioning", "POST", "/activate$", times=0, status=500)
    pair.fault("status", "unity-admin", "DELETE", "/keys/", times=0, status=status)
    run = pair.play("provision").failed("could not be revoked either", "HTTP %d" % status, "Revoke it in the Unity Dashboard")
    assert len(pair.keys()) == 1 and pair.keys()[0] in run.failure


def test_create_whose_answer_is_lost_leaves_no_orphan(pair: Pair) -> None:
    pair.fault("drop_after", "unity-admin", "POST", "/keys$")
    run = pair.play("provision", may_warn=True).succeeded()
    # up to 2.18 a task with no_log hides its warnings, too
    assert run.core < (2, 19) or run.said("was created all the same, and its secret is lost: it was revoked.")
    assert len([write for write in run.writes if write.endswith("/keys")]) == 2
    assert len(pair.keys()) == 1 and pair.is_active() and pair.people() == PEOPLE


def test_create_whose_answer_is_lost_each_time_leaves_no_key(pair: Pair) -> None:
    pair.fault("drop_after", "unity-admin", "POST", "/keys$", times=0)
    run = pair.play("provision", may_warn=True)
    run.failed("the connection broke or timed out after the request was sent")
    assert pair.keys() == [] and pair.identity_management() is None
    pair.tenants.control("DELETE", "faults")
    pair.play("provision").succeeded()
    assert len(pair.keys()) == 1 and pair.people() == PEOPLE


def test_account_whose_creation_is_not_answered_is_not_created_twice(pair: Pair) -> None:
    pair.fault("drop_after", "unity-admin", "POST", "/service-accounts$")
    run = pair.play("provision", may_warn=True).succeeded()
    assert run.said("The account was created all the same; going on with it.")
    assert len(pair.state()["unity"]["organizations"][0]["service_accounts"]) == 1 and pair.people() == PEOPLE


def another_key_is_live(seed: Seed) -> None:
    """Somebody else uses a key of the same account."""
    finished(seed)
    account_of(seed)["keys"] = [{"id": OTHER_KEY, "secret": "SENTINELotherkeysecret77aa00bb11"}]
    seed["jumpcloud"]["applications"][0].update(provision=None, bindings=[])


def test_run_after_a_failed_activation_does_not_activate_with_the_revoked_key(pair: Pair) -> None:
    """JumpCloud still holds the header of the revoked key, and the account has another live one."""
    pair.begin("configured", another_key_is_live)
    pair.fault("status", "jumpcloud-provisioning", "POST", "/activate$", status=500)
    pair.play("provision").failed(REVOKED)
    assert pair.keys() == [OTHER_KEY]
    pair.play("provision").succeeded()
    assert pair.people() == PEOPLE and pair.is_active()
    # somebody else's key is never revoked
    assert OTHER_KEY in pair.keys() and len(pair.keys()) == 2


def test_bindings_that_lag_behind_are_waited_for(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.tenants.associate("remove", "64cc00000000000000000001")
    pair.fault("stale", "jumpcloud", "POST", "/associations$", seconds=1)
    pair.play("provision").succeeded()
    assert pair.bound_groups() == GROUPS


def test_key_that_unity_accepts_late_is_waited_for(pair: Pair) -> None:
    pair.fault("status", "unity-scim", "GET", "/Users", times=2, status=401)
    assert pair.play("provision").succeeded().changed == 4
    assert pair.people() == PEOPLE and len(pair.keys()) == 1


@pytest.mark.parametrize("playbook", ["provision", "preflight", "audit"])
def test_without_requests_one_line_names_all_that_waits_for_it(pair: Pair, playbook: str, tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    places = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    run = pair.play(playbook, env={"PYTHONPATH": places})
    assert run.rc != 0 and (playbook == "audit") == (run.rc == 1) and run.entries == []
    # no step is tried again: the first one says all, and an audit its outcome
    told = [line for line in run.output.splitlines() if line.startswith("fatal:")]
    assert len(told) == 1 and run.said(
        "application, test_user, single_sign_on, service_account, connector_url, identity_management", "requests is missing", "pip install 'requests>=2.28'"
    )
