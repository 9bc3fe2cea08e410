# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking it down deletes people's accounts in Unity: only as many as were allowed, and in the right order."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.testing import APPLICATION, ORGANIZATION
from stories.pair import GROUPS, PEOPLE, Pair, Seed, application_of, finished, unity_of
from stories.test_the_report import Report

# JumpCloud's deprovisioning takes a moment
ALLOWED = {"scim_provisioning_max_deprovisioned_users": 3, "scim_provisioning_deprovision_wait": 10, "scim_provisioning_enforced": False}
# times are UTC, wherever the controller is
WEST = {"TZ": "PST8"}


def finished_and_enforced(seed: Seed) -> None:
    finished(seed)
    unity_of(seed)["scim"]["enforced"] = True


def test_guard_refuses_then_all_goes_in_order_and_a_second_run_finds_nothing(pair: Pair) -> None:
    pair.begin("configured", finished_and_enforced)
    assert pair.people() == PEOPLE

    refused = pair.play("deprovision")
    # the two who are staged or suspended are bound as well, but have no account in Unity
    refused.failed("Unbinding would take 3 people their access, and Unity deletes the accounts of those who have one", *PEOPLE)
    refused.failed("At most 0 are allowed", "at least 3")
    assert refused.writes == [] and pair.people() == PEOPLE and pair.is_active()

    check = pair.play("deprovision", check=True, diff=True, extra_vars=ALLOWED).succeeded()
    assert check.writes == [] and check.changed == 4 and pair.bound_groups() == GROUPS
    people = check.custom_stats["scim_provisioning_summary"]["deprovisioned_users"]
    assert [person["email"] for person in people] == PEOPLE
    assert check.said("3 people would lose access, and Unity would delete their accounts. --diff names them.")

    account, keys = pair.account(), pair.keys()
    assert account
    run = pair.play("deprovision", extra_vars=ALLOWED, env=WEST).succeeded()
    assert run.result("JumpCloud has deprovisioned their people")["deprovisioned"], "by its events, and not by a fixed time"
    accounts = f"/auth/v1/organizations/{ORGANIZATION}/service-accounts"
    associations, provision = f"/api/v2/applications/{APPLICATION}/associations", f"/api/v2/applications/{APPLICATION}/provision"
    assert run.writes == [
        f"PATCH /auth/v1/organizations/{ORGANIZATION}/sso",
        f"POST {associations}",
        f"POST {associations}",
        f"DELETE {provision}/activate",
        f"DELETE {provision}",
        f"DELETE {accounts}/{account['id']}/keys/{keys[0]}",
        f"DELETE {accounts}/{account['id']}",
    ]
    assert pair.people() == [] and pair.account() is None and pair.is_untouched()
    assert run.custom_stats["scim_provisioning_summary"]["lines"][-1] == "3 people have lost access, and Unity deletes their accounts. --diff names them."
    assert not pair.state()["unity"]["organizations"][0]["scim_enforced"]

    second = pair.play("deprovision", extra_vars=ALLOWED).succeeded()
    assert second.writes == [] and second.changed == 0 and second.said("Nobody has lost access.")
    summary = second.custom_stats["scim_provisioning_summary"]
    assert (summary["changed"], summary["check_mode"], summary["deprovisioned_users"], summary["pending"]) == (False, False, [], [])


def test_whoever_was_gone_from_unity_already_keeps_nobody_waiting(pair: Pair, tmp_path: Path) -> None:
    def gone_is_failure(seed: Seed) -> None:
        finished(seed)
        seed["jumpcloud"]["gone_is_failure"] = True

    pair.begin("configured", gone_is_failure)
    report = Report(tmp_path)
    assert pair.people() == PEOPLE
    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/alan@example.com")
    only_artists = {"scim_provisioning_groups": ["Unity Artists"], "scim_provisioning_groups_state": "exact", "scim_provisioning_max_deprovisioned_users": 3}
    pair.play("provision", extra_vars=only_artists).succeeded()
    assert pair.people() == [email for email in PEOPLE if email != "alan@example.com"]
    events = pair.tenants.events("user_deprovision")
    assert [(event["resource"]["email"], event["success"]) for event in events] == [("alan@example.com", False)]
    pair.play("audit", extra_vars={**report.options, **only_artists}).succeeded()
    assert report.checks["people"] == "green" and report.data["health"]["open_failures"] == 0

    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")
    run = pair.play("deprovision", extra_vars=ALLOWED).succeeded()
    assert run.result("JumpCloud has deprovisioned their people")["deprovisioned"] and pair.people() == []


def test_provisioning_is_not_stopped_before_the_people_are_gone(pair: Pair) -> None:
    """Unity refuses to delete them for a while. Stopped then, JumpCloud would never try again."""
    impatient = {**ALLOWED, "scim_provisioning_deprovision_wait": 2}
    pair.begin("configured", finished)
    pair.fault("status", "unity-scim", "DELETE", "/Users/", by="engine", status=503, times=0)
    first = pair.play("deprovision", extra_vars=impatient).succeeded()
    summary = first.custom_stats["scim_provisioning_summary"]
    assert (pair.bound_groups(), pair.people(), pair.is_active()) == ([], PEOPLE, True) and pair.account()
    assert (summary["pending"], summary["waiting"]) == ([], ["identity_management", "service_account"])
    assert summary["lines"][-1] == "3 people have lost access, and JumpCloud's events do not show any of them deprovisioned yet. --diff names them."
    assert first.said("Run again in a few minutes, with the same options, and it waits once more: ansible-playbook unity_jumpcloud.scim.deprovision")

    again = pair.play("deprovision", extra_vars={**impatient, "scim_provisioning_pending_is_failure": True})
    assert again.rc != 0 and again.writes == [] and pair.is_active()
    assert again.said("JumpCloud's events do not show 3 people deprovisioned yet who lost access before this run.")

    pair.tenants.control("DELETE", "faults")
    pair.tenants.control("POST", "sync")
    last = pair.play("deprovision", extra_vars=ALLOWED).succeeded()
    assert last.custom_stats["scim_provisioning_summary"]["waiting"] == [] and not last.result("JumpCloud has deprovisioned their people")["changed"]
    assert pair.people() == [] and pair.account() is None and pair.is_untouched()


def test_whoever_knows_better_waits_for_nobody(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.fault("status", "unity-scim", "DELETE", "/Users/", by="engine", status=503, times=0)
    run = pair.play("deprovision", extra_vars={**ALLOWED, "scim_provisioning_deprovision_wait": 0}).succeeded()
    assert not pair.is_active() and pair.account() is None and run.custom_stats["scim_provisioning_summary"]["waiting"] == []
    assert run.said("3 people have lost access, and nothing has shown them deprovisioned: look for their accounts in Unity")


def test_the_guard_comes_before_the_enforcement_is_lifted(pair: Pair) -> None:
    pair.begin("configured", finished_and_enforced)
    refused = pair.play("deprovision", extra_vars={"scim_provisioning_enforced": True})
    refused.failed("Nothing was changed.", "user_groups: Unbinding would take 3 people their access", "scim_provisioning_max_deprovisioned_users")
    assert refused.writes == [] and pair.state()["unity"]["organizations"][0]["scim_enforced"]
    lifted = pair.play("deprovision", "--tags", "enforcement", extra_vars={"scim_provisioning_enforced": True}).succeeded()
    assert lifted.writes == [f"PATCH /auth/v1/organizations/{ORGANIZATION}/sso"] and pair.people() == PEOPLE


@pytest.mark.parametrize("arguments", [("--tags", "service_account"), ("--skip-tags", "identity_management")])
def test_the_account_stays_while_jumpcloud_is_active(pair: Pair, arguments: tuple[str, str]) -> None:
    pair.begin("configured", finished)
    keys = pair.keys()
    for check in (True, False):
        run = pair.play("deprovision", *arguments, check=check, extra_vars=ALLOWED).succeeded()
        assert run.said("service_account: JumpCloud is active, as far as is known, with a key of it, so it waits: run deprovision without tags")
        assert pair.keys() == keys and pair.is_active() and not [write for write in run.writes if "service-accounts" in write]
    # what is stopped calls nobody
    pair.play("pause", may_warn=True).succeeded()
    pair.play("deprovision", *arguments, extra_vars=ALLOWED).succeeded()
    assert pair.account() is None


def test_neither_a_key_nor_its_store_is_needed(pair: Pair) -> None:
    """Of a supplied key the ID tells enough: its account is left alone."""
    pair.begin("configured", finished)
    keys = pair.keys()
    supplied = pair.play("deprovision", extra_vars={**ALLOWED, "scim_provisioning_key_id": keys[0]}).succeeded()
    assert pair.people() == [] and pair.keys() == keys and pair.identity_management() is None and "service_account" not in supplied.did()

    pair.begin("configured", finished)
    lost = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(pair.machine / "lost" / "key.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    pair.play("provision", "--tags", "user_groups", extra_vars=lost, may_warn=True).succeeded()
    pair.play("deprovision", extra_vars={**ALLOWED, **lost}).succeeded()
    assert pair.people() == [] and pair.account() is None


def test_deprovisioning_of_an_empty_pair_does_nothing(pair: Pair) -> None:
    run = pair.play("deprovision").succeeded()
    assert run.writes == [] and run.changed == 0


def test_where_the_application_is_gone_nobody_is_told_to_add_it(pair: Pair) -> None:
    def without_application(seed: Seed) -> None:
        finished(seed)
        application_of(seed).update(displayLabel="Another", displayName="Another")

    pair.begin("configured", without_application)
    run = pair.play("deprovision", extra_vars=ALLOWED)
    run.failed("has no application labelled", "the module unity_service_account with state: absent removes it.")
    assert run.writes == [] and not run.said("add the Unity SSO application")


def test_unbinding_beyond_the_guard_names_the_people(pair: Pair) -> None:
    pair.begin("configured", finished)
    assert pair.people() == PEOPLE
    only_artists = {"scim_provisioning_groups": ["Unity Artists"], "scim_provisioning_groups_state": "exact"}
    for check in (True, False):
        run = pair.play("provision", check=check, extra_vars=only_artists)
        run.failed(
            "Unbinding would take 1 person their access",
            "alan@example.com. At most 0 are allowed. Nothing was changed.",
            "raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least 1",
        )
        assert run.writes == [] and "grace@example.com" not in run.failure
    assert pair.people() == PEOPLE and pair.bound_groups() == GROUPS

    allowed = pair.play("provision", extra_vars={**only_artists, "scim_provisioning_max_deprovisioned_users": 1}).succeeded()
    assert allowed.did() == {"user_groups": ["unbind 1"]}
    assert pair.people() == ["ada@example.com", "grace@example.com"]
