# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before anything is changed, the plan shows the people: whom it brings to Unity, whom it leaves out and why, and who is there and in no bound group."""

from __future__ import annotations

from typing import Any

from simulator.testing import APPLICATION, ARTISTS, ORGANIZATION
from stories.pair import ACCOUNT, GROUPS, PEOPLE, Pair, Seed, account_of, application_of, finished

HALF = "at most 3 to create, 2 left out (1 staged, 1 suspended), who is in Unity already was not read: there is no key to read with"


def key_of(seed: Seed) -> dict[str, Any]:
    key = account_of(seed)["keys"][0]
    return {"scim_provisioning_audit_key_id": key["id"], "scim_provisioning_audit_secret_key": key["secret"]}


def test_check_and_preflight_show_the_people_and_a_diff_names_them(pair: Pair) -> None:
    pair.begin()
    check = pair.play("provision", check=True, diff=True).succeeded()
    assert check.writes == [] and check.said(
        HALF, "no limit is set (scim_provisioning_max_created_users)", '"people_created": [', '"staged@example.com (staged)"'
    )
    assert pair.is_untouched()

    preflight = pair.play("preflight", diff=True).succeeded()
    assert preflight.writes == [] and preflight.said("people: " + HALF, "To create: ada@example.com, alan@example.com, grace@example.com")

    counts_only = pair.play("preflight").succeeded()
    shown = next(line["result"]["msg"] for line in counts_only.tasks if line["task"].endswith("Show the verdicts"))
    assert shown[-1].startswith("people: " + HALF) and "@" not in "".join(shown)


def test_a_wrong_group_is_stopped_before_anything_is_changed(pair: Pair) -> None:
    pair.begin()
    limit = {"scim_provisioning_max_created_users": 2}
    stopped = pair.play("provision", extra_vars=limit).failed(
        "This would create accounts in Unity for 3 people: ada@example.com, alan@example.com, grace@example.com. At most 2 are allowed.",
        "scim_provisioning_max_created_users",
    )
    assert stopped.writes == [] and pair.is_untouched()
    limit["scim_provisioning_max_created_users"] = 3
    assert pair.play("provision", extra_vars=limit).succeeded().said(HALF, "limit 3") and pair.people() == PEOPLE


def test_an_activation_counts_who_is_bound_already(pair: Pair) -> None:
    """As is usual where single sign-on was set up first."""

    def bound_for_sso(seed: Seed) -> None:
        application_of(seed)["bindings"] = [{"type": "user_group", "id": ARTISTS}]

    pair.begin("empty", bound_for_sso)
    limit = {"scim_provisioning_groups": ["Unity Artists"], "scim_provisioning_max_created_users": 0}
    for check in (True, False):
        stopped = pair.play("provision", check=check, extra_vars=limit).failed("This would create accounts in Unity for 2 people", "At most 0 are allowed.")
        assert stopped.writes == [] and pair.people() == []
    limit["scim_provisioning_max_created_users"] = 2
    assert pair.play("provision", extra_vars=limit).succeeded() and len(pair.people()) == 2


def test_a_resumption_counts_who_was_unbound_while_provisioning_was_stopped(pair: Pair) -> None:
    given: dict[str, Any] = {"scim_provisioning_groups": []}

    def readable(seed: Seed) -> None:
        finished(seed)
        given.update(key_of(seed))

    pair.begin("configured", readable)
    pair.play("pause", may_warn=True).succeeded()
    for binding in pair.application()["bindings"]:
        body = {"op": "remove", "type": binding["type"], "id": binding["id"]}
        assert pair.tenants.jumpcloud("POST", f"/api/v2/applications/{APPLICATION}/associations", json=body).status_code == 204
    for check in (True, False):
        stopped = pair.play("provision", check=check, extra_vars=given).failed(
            "Activating may make JumpCloud deprovision 3 people who are not bound any more: ada@example.com, alan@example.com, grace@example.com. "
            "At most 0 are allowed."
        )
        assert stopped.writes == [] and pair.people() == PEOPLE and not pair.is_active()
    allowed = {**given, "scim_provisioning_max_deprovisioned_users": 3}
    assert pair.play("provision", extra_vars=allowed).succeeded().said("3 to be deprovisioned") and pair.people() == [] and pair.is_active()


def test_before_the_enforcement_it_tells_who_is_in_unity_and_in_no_bound_group(pair: Pair) -> None:
    given: dict[str, Any] = {"scim_provisioning_enforced": True}

    def unbound(seed: Seed) -> None:
        finished(seed)
        # the people were brought there before, and nobody took them away
        given.update(key_of(seed))
        application_of(seed)["bindings"] = application_of(seed)["bindings"][:1]
        given["scim_provisioning_groups"] = ["Unity Artists"]

    pair.begin("configured", unbound)
    pair.tenants.control("POST", f"unity/users/{ORGANIZATION}", json={"userName": "guest@example.com"})
    check = pair.play("provision", check=True, diff=True, extra_vars=given).succeeded()
    assert check.said("enforcement: not enforced; 1 person in Unity is in no bound group", '"guest@example.com"') and check.writes == []
    run = pair.play("provision", extra_vars=given).succeeded()
    assert run.said("1 person in Unity is in no bound group; turned it on")


def test_the_audit_names_the_group_to_be_bound_and_who_lost_an_account_by_it(pair: Pair) -> None:
    given: dict[str, Any] = {}

    def before(seed: Seed) -> None:
        finished(seed)
        given.update(key_of(seed))
        next(user for user in seed["jumpcloud"]["users"] if user["email"] == "grace@example.com")["password_expired"] = True

    pair.begin("configured", before)
    assert pair.people() == PEOPLE
    assert pair.tenants.associate("remove", ARTISTS) == 204
    assert "ada@example.com" not in pair.people()
    audit = pair.play("audit", extra_vars=given).failed("To be bound: Unity Artists. To do: bind groups for 1 person.")
    shown = next(line["result"]["msg"] for line in audit.tasks if line["task"].endswith("Show the report"))
    assert "@" not in "".join(shown) and audit.writes == []
    named = pair.play("audit", diff=True, extra_vars=given).failed("1 person is missing")
    assert named.said("missing: ada@example.com (in no bound group: Unity Artists is to be bound). Bind the group: run the playbook provision.")
    assert named.said("at_risk: grace@example.com (the password has expired")
    pair.play("provision", extra_vars=given).succeeded()
    assert pair.people() == PEOPLE


def test_a_stored_key_that_is_gone_reads_nobody_and_is_replaced(pair: Pair) -> None:
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    given: dict[str, Any] = {
        "scim_provisioning_groups": GROUPS[:1],
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(pair.machine / "key.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    pair.play("provision", extra_vars=given).succeeded()
    gone = pair.keys()
    for key in gone:
        pair.tenants.control("DELETE", f"unity/keys/{ORGANIZATION}/{ACCOUNT}/{key}")

    given |= {"scim_provisioning_groups": GROUPS, "scim_provisioning_max_created_users": 0}
    stopped = pair.play("provision", extra_vars=given).failed("At most 0 are allowed.")
    assert stopped.writes == [] and pair.keys() == [] and not any(entry["status"] == 401 for entry in stopped.entries)

    given["scim_provisioning_max_created_users"] = 3
    run = pair.play("provision", extra_vars=given).succeeded()
    assert {"service_account_key", "identity_management", "user_groups"} <= set(run.did()) and len(pair.keys()) == 1 and pair.keys() != gone
    assert not any(entry["status"] == 401 for entry in run.entries) and pair.people() == PEOPLE
