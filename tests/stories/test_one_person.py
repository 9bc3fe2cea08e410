# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One person is provisioned now, by the playbook for it, and followed until Unity shows the person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, account_of, finished, read_seed

KEY = account_of(read_seed("configured"))["keys"][0]
AUDIT_KEY = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"], "scim_provisioning_user_timeout": 20}
ADA = PEOPLE[0]
ASSOCIATIONS = f"POST /api/v2/applications/{APPLICATION}/associations"


def wanted(user: str, **more: Any) -> dict[str, Any]:
    return {**AUDIT_KEY, "scim_provisioning_user": user, **more}


# the seed has no event of an activation, which the module remarks on: hence may_warn


def outcome(run: Any) -> str:
    return run.custom_stats["scim_provisioning_user_outcome"]


def test_somebody_who_is_lost_comes_back_and_is_then_found(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/12345678901234/{ADA}")
    assert ADA not in pair.people()

    check = pair.play("provision_user", check=True, diff=True, extra_vars=wanted(ADA), may_warn=True).succeeded()
    assert check.writes == [] and check.changed == 1 and outcome(check) == "created" and ADA not in pair.people()

    run = pair.play("provision_user", diff=True, extra_vars=wanted(ADA), may_warn=True).succeeded()
    assert outcome(run) == "created" and run.writes == [ASSOCIATIONS] * 2 and pair.people() == PEOPLE
    assert pair.bound_groups() == GROUPS, "and the person is no longer bound directly"

    again = pair.play("provision_user", extra_vars=wanted(ADA.upper())).succeeded()
    assert outcome(again) == "found" and again.writes == [] and again.changed == 0


def test_the_account_of_another_person_is_not_taken_for_that_of_the_addresss_new_owner(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/12345678901234/{ADA}")
    grace = next(user["id"] for user in read_seed("configured")["jumpcloud"]["users"] if user["email"] == "grace@example.com")
    pair.tenants.control("POST", "unity/users/12345678901234", json={"userName": ADA, "externalId": grace})
    for check in (True, False):
        run = pair.play("provision_user", check=check, extra_vars=wanted(ADA), may_warn=True)
        run.failed("(grace@example.com)", "Nothing was changed. Look which of the accounts of grace@example.com is in use, and keep that one")
        assert run.writes == [] and any(entry["path"].endswith("/systemusers/" + grace) for entry in run.entries)


def test_halves_of_two_keys_are_not_put_together(pair: Pair) -> None:
    """The secret of the key for audits was forgotten where a pipeline has the key of the provisioning."""
    pair.begin("configured", finished)
    env = {"UNITY_SCIM_KEY_ID": "2b6f0cc9-0000-4000-8000-c0f190000007", "UNITY_SCIM_SECRET_KEY": KEY["secret"]}
    half = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_user": ADA}
    said = "Of the key for Unity's SCIM service, only the key ID was given. Set both key_id (scim_provisioning_audit_key_id"
    run = pair.play("provision_user", env=env, extra_vars=half)
    run.failed(said)
    assert run.entries == []
    audit = pair.play("audit", env=env, extra_vars=half)
    assert audit.rc == 1 and audit.said(said)


@pytest.mark.parametrize(
    "user, reason",
    [
        ("staged@example.com", "is staged in JumpCloud, which exports activated people only."),
        ("suspended@example.com", "is suspended in JumpCloud, which exports activated people only."),
    ],
)
def test_who_is_not_exported_is_skipped_with_the_reason(pair: Pair, user: str, reason: str) -> None:
    pair.begin("configured", finished)
    run = pair.play("provision_user", extra_vars=wanted(user)).succeeded()
    assert outcome(run) == "skipped" and run.said(reason) and run.writes == []


def test_a_failure_tells_its_cause_and_what_to_do(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/12345678901234/{ADA}")
    pair.fault("status", "unity-scim", "POST", "/Users$", by="engine", status=409, times=0)
    run = pair.play("provision_user", extra_vars=wanted(ADA), may_warn=True)
    run.failed("could not be provisioned in Unity.", "409")
    assert run.rc == 2 and pair.bound_groups() == GROUPS and ADA not in pair.people()


def test_without_a_key_nothing_is_tried(pair: Pair) -> None:
    pair.begin("configured", finished)
    run = pair.play("provision_user", extra_vars={"scim_provisioning_user": ADA})
    run.failed("There is no key to see the person in Unity with. Nothing was changed.")
    assert run.entries == []


def test_the_key_of_a_store_will_do(pair: Pair, tmp_path: Path) -> None:
    store = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(tmp_path / "key.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password",
    }
    pair.more_secrets += ["SENTINEL-vault-password"]
    pair.play("provision", extra_vars=store).succeeded()
    assert pair.people() == PEOPLE
    run = pair.play("provision_user", extra_vars={**store, "scim_provisioning_user": ADA}).succeeded()
    assert outcome(run) == "found" and run.writes == []
