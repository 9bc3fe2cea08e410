# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""method: auto. Whatever the assumed endpoints answer, a run ends in a person's hands or with an error: no secret is sent, and nothing is left behind."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from simulator.operator import Operator, header_of
from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, Run, cases, finished

# the assumed endpoints of each side
SIDES = {"unity": ("unity-admin",), "jumpcloud": ("jumpcloud-provisioning",)}
LOGIN = {"Location": "https://login.example.com/"}
# how an endpoint can answer that is not as assumed, or not there: a person does its steps
BY_HAND: dict[str, tuple[str, dict[str, Any]]] = {
    "404 in the vendor's form": ("status", {"status": 404}),
    "404 as HTML": ("html", {"status": 404}),
    "404 with Unity's code 4": ("json", {"status": 404, "body": {"title": "Not Found", "code": 4, "message": "no such API"}}),
    "405": ("status", {"status": 405}),
    "401": ("status", {"status": 401}),
    "403": ("status", {"status": 403}),
    "a redirect to a login": ("status", {"status": 302, "headers": LOGIN}),
    "another shape": ("json", {"body": {"other": "shape"}}),
    "an empty 200": ("empty", {}),
}
# what tells nothing of the endpoint
ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "500": ("status", {"status": 500}),
    "429": ("status", {"status": 429}),
    "a timeout": ("hang", {"seconds": 3}),
}
# the rule that decides, and each module with each answer, are unit tests
EVERY_ANSWER = list(itertools.product(SIDES, BY_HAND))
NOT_THERE, FORBIDDEN, EMPTY = "404 in the vendor's form", "403", "an empty 200"
IMPATIENT = {"scim_provisioning_time_budget": 2, "scim_provisioning_request_timeout": 1}


def spoil(pair: Pair, side: str, action: str, rule: dict[str, Any]) -> None:
    for service in SIDES[side]:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            pair.fault(action, service, method, "", times=0, **rule)


def header_of_new_key(operator: Operator) -> str:
    return header_of(*operator.create_key())


def methods(run: Run) -> dict[str, str | None]:
    return {step["step"]: step["method"] for step in run.custom_stats["scim_provisioning_summary"]["steps"]}


def verdicts(run: Run) -> dict[str, str]:
    return {one["step"]: one["verdict"] for one in run.custom_stats["scim_provisioning_preflight"]}


def pending(run: Run) -> list[str]:
    pending_steps: list[str] = run.custom_stats["scim_provisioning_summary"]["pending"]
    return pending_steps


@pytest.mark.parametrize("side, answer", cases([("unity", FORBIDDEN), ("unity", EMPTY), ("jumpcloud", NOT_THERE), ("jumpcloud", EMPTY)], EVERY_ANSWER))
def test_an_empty_pair_whose_endpoint_is_not_as_assumed_ends_in_a_persons_hands(pair: Pair, side: str, answer: str) -> None:
    action, rule = BY_HAND[answer]
    spoil(pair, side, action, rule)
    check = pair.play("provision", check=True).succeeded()
    assert check.writes == [] and pair.is_untouched()
    # one that is not there says what one says where nothing is configured; only the first write tells
    is_open = side == "jumpcloud" and rule.get("status") == 404 and action != "html"
    looked = pair.play("preflight").succeeded()
    mine, other = ("service_account", "identity_management") if side == "unity" else ("identity_management", "service_account")
    assert verdicts(looked)[mine] == ("unproven" if is_open else "manual") and looked.writes == []
    assert verdicts(looked)[other] in ("api", "unproven", "manual") and "blocked" not in verdicts(looked).values()
    first = pair.play("provision").succeeded()
    assert methods(first)[mine] == "manual" and mine in pending(first)
    assert all("header" not in str(write).lower() for write in first.writes if side == "jumpcloud")
    again = pair.play("provision").succeeded()
    assert again.writes == [] and pending(again) == pending(first) and len(pair.keys()) == (side == "jumpcloud")
    # a person does it, by what the runbook says
    operator = Operator(pair.url)
    runbook = pair.machine / "scim-runbook" / "localhost"
    if side == "unity":
        operator.create_account()
    secret = runbook / f"scim-{APPLICATION}.secret"
    both = {"service_account", "identity_management"} <= set(pending(again))
    if side == "unity" and not both:
        operator.hand_over_key(secret)
    else:
        header = operator.read_secret_file(secret) if side == "jumpcloud" else None
        operator.activate(header or header_of_new_key(operator))
    done = pair.play("provision").succeeded()
    assert pending(done) == [] and pair.bound_groups() == GROUPS and pair.people() == PEOPLE and not secret.exists()
    steady = pair.play("provision").succeeded()
    assert (steady.changed, steady.writes, pending(steady), steady.did()) == (0, [], [], {}), steady.did()


def refuse_writes(pair: Pair, *services: str) -> None:
    for service in services:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            pair.fault("status", service, method, "", times=0, status=405)


@pytest.mark.parametrize("side", SIDES)
def test_an_endpoint_that_reads_and_does_not_write_is_tried_once(pair: Pair, side: str) -> None:
    """What is open in the runbook stays with the person, until it is seen done."""
    refuse_writes(pair, *SIDES[side])
    first = pair.play("provision").succeeded()
    assert pending(first) and len(first.writes) == {"unity": 1, "jumpcloud": 4}[side]
    for check in (True, False):
        again = pair.play("provision", check=check).succeeded()
        assert again.writes == [] and pending(again) == pending(first) and len(pair.keys()) == (side == "jumpcloud")
    operator, secret = Operator(pair.url), pair.machine / "scim-runbook" / "localhost" / f"scim-{APPLICATION}.secret"
    if side == "jumpcloud":
        operator.activate(operator.read_secret_file(secret))
    else:
        operator.create_account(description="SCIM provisioning from JumpCloud, managed by Ansible")
        operator.hand_over_key(secret)
    done = pair.play("provision").succeeded()
    assert pending(done) == [] and pair.bound_groups() == GROUPS
    steady = pair.play("provision").succeeded()
    assert (steady.changed, steady.writes, pending(steady), steady.did()) == (0, [], [], {}), steady.did()


def test_an_enforcement_that_can_be_read_and_not_written_is_tried_once(pair: Pair) -> None:
    pair.begin("configured", finished)
    enforced = {"scim_provisioning_enforced": True}
    refuse_writes(pair, "unity-admin")
    first = pair.play("provision", extra_vars=enforced).succeeded()
    assert pending(first) == ["enforcement"] and len(first.writes) == 1
    again = pair.play("provision", extra_vars=enforced).succeeded()
    assert pending(again) == ["enforcement"] and again.writes == []
    Operator(pair.url).enforce()
    done = pair.play("provision", extra_vars=enforced).succeeded()
    assert pending(done) == [] and done.writes == [] and done.said("Unity's settings show it.")
    steady = pair.play("provision", extra_vars=enforced).succeeded()
    assert (steady.changed, steady.writes, pending(steady), steady.did()) == (0, [], [], {}), steady.did()


@pytest.mark.parametrize("answer", ERRORS)
@pytest.mark.parametrize("side", SIDES)
def test_a_service_that_fails_decides_nothing(pair: Pair, side: str, answer: str) -> None:
    action, rule = ERRORS[answer]
    spoil(pair, side, action, rule)
    for check in (True, False):
        run = pair.play("provision", check=check, extra_vars=IMPATIENT, may_warn=True)
        run.failed("Nothing was changed.")
        assert run.writes == [] and pair.is_untouched() and not (pair.machine / "scim-runbook").exists()


@pytest.mark.parametrize("answer", cases(["500"], ERRORS))
@pytest.mark.parametrize("side", SIDES)
def test_a_service_that_fails_is_an_error_of_every_playbook(pair: Pair, side: str, answer: str) -> None:
    """A pair that works goes on working: the audit can't tell, and neither a rotation nor a deprovisioning begins."""
    pair.begin("configured", finished)
    keys, groups = pair.keys(), pair.bound_groups()
    action, rule = ERRORS[answer]
    spoil(pair, side, action, rule)
    for playbook in ("provision", "audit", "rotate_key", "deprovision"):
        run = pair.play(playbook, extra_vars={**IMPATIENT, "scim_provisioning_max_deprovisioned_users": 9}, may_warn=True)
        assert run.rc != 0 and run.writes == [] and run.said("Unity administration" if side == "unity" else "JumpCloud"), run.output[-3000:]
        assert (playbook == "audit") == (run.rc == 1)
    assert pair.is_active() and (pair.keys(), pair.bound_groups()) == (keys, groups)


@pytest.mark.parametrize("side, answer", cases([("unity", NOT_THERE), ("jumpcloud", FORBIDDEN)], EVERY_ANSWER))
def test_a_pair_that_works_is_left_alone_whatever_the_endpoint_says_later(pair: Pair, side: str, answer: str) -> None:
    """Evidence comes first: audit, check and another run change nothing; a rotation and a deprovisioning ask a person, and leave nothing half done."""
    pair.begin("configured", finished)
    Operator(pair.url).activate(header_of_new_key(Operator(pair.url)))
    keys = pair.keys()
    action, rule = BY_HAND[answer]
    spoil(pair, side, action, rule)
    audit = pair.play("audit", extra_vars={"scim_provisioning_check_people": False, "scim_provisioning_check_events": False})
    assert audit.writes == [] and "service_account" not in str(audit.custom_stats["scim_provisioning_audit"].get("error") or "")
    for check in (True, False):
        run = pair.play("provision", check=check).succeeded()
        assert run.changed == 0 and run.writes == [] and pending(run) == []
    rotation = pair.play("rotate_key", extra_vars={"scim_provisioning_verify_timeout": 0}).succeeded()
    assert pending(rotation) and pair.is_active() and set(keys) <= set(pair.keys())
    down = pair.play("deprovision", extra_vars={"scim_provisioning_max_deprovisioned_users": 9, "scim_provisioning_deprovision_wait": 0}).succeeded()
    mine = "service_account" if side == "unity" else "identity_management"
    assert mine in pending(down) and pair.bound_groups() == [] and methods(down)[mine] == "manual"
    if side == "jumpcloud":
        # which calls Unity with a key of the account until it is stopped
        assert down.steps["service_account"]["waiting"] and set(keys) <= set(pair.keys())
        Operator(pair.url).deactivate()
        stopped = pair.play("deprovision", extra_vars={"scim_provisioning_max_deprovisioned_users": 9, "scim_provisioning_deprovision_wait": 0}).succeeded()
        assert pending(stopped) == [] and not stopped.steps["service_account"]["waiting"] and stopped.did()["service_account"][0] == "revoke"


@pytest.mark.parametrize("playbook", ["provision", "rotate_key", "audit", "deprovision"])
def test_without_an_owners_credentials_no_assumed_endpoint_of_unity_is_called(pair: Pair, playbook: str) -> None:
    pair.begin("configured", finished)
    Operator(pair.url).activate(header_of_new_key(Operator(pair.url)))
    given = {"scim_provisioning_max_deprovisioned_users": 9, "scim_provisioning_deprovision_wait": 0, "scim_provisioning_check_people": False}
    run = pair.play(playbook, env={"UNITY_ACCESS_TOKEN": None}, extra_vars=given)
    assert not run.services & {"unity-admin", "unity-observed"}
    assert run.rc == 0 or playbook == "audit"


def test_pending_is_a_failure_where_a_pipeline_wants_that(pair: Pair) -> None:
    run = pair.play("provision", env={"UNITY_ACCESS_TOKEN": None}, extra_vars={"scim_provisioning_pending_is_failure": True})
    assert run.rc != 0 and run.said("A person has to do service_account and identity_management:", "scim.html") and run.writes == []
    # the workflow gets what the person needs
    assert pending(run) == ["service_account", "identity_management"] and run.custom_stats["scim_provisioning_runbook"]
    as_text = pair.play("provision", "-e", "scim_provisioning_pending_is_failure=false", env={"UNITY_ACCESS_TOKEN": None}).succeeded()
    assert pending(as_text) == pending(run)


def test_a_persons_word_is_taken_where_directory_insights_is_off(pair: Pair) -> None:
    """Marked as such, wherever it is shown."""
    pair.fault("status", "insights", "POST", "", status=403, times=0)
    spoil(pair, "jumpcloud", "status", {"status": 404})
    no_owner = {"UNITY_ACCESS_TOKEN": None}
    first = pair.play("provision", env=no_owner).succeeded()
    assert pending(first) == ["service_account", "identity_management"]
    operator = Operator(pair.url)
    operator.create_account()
    operator.activate(header_of_new_key(operator))
    still = pair.play("provision", env=no_owner).succeeded()
    assert pending(still) == pending(first) and still.writes == []
    confirmed = {"scim_provisioning_confirmed": ["identity_management"]}
    done = pair.play("provision", env=no_owner, extra_vars=confirmed).succeeded()
    assert pending(done) == [] and pair.people() == PEOPLE
    assert done.said("identity management is confirmed by you") and done.said("You say that it is done. Nothing published shows it.")
    again = pair.play("provision", env=no_owner, extra_vars=confirmed).succeeded()
    assert again.changed == 0 and again.writes == []
