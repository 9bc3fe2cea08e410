# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bootstrapped once with an administrator's key, every playbook runs with a service account whose role has exactly the scopes that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.scopes import CALLED
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.service_account_plan import wanted_scopes
from simulator.testing import ORGANIZATION
from stories.pair import GROUPS, JUMPCLOUD_ORGANIZATION, PEOPLE, Pair, Run, Seed, account_of, finished, read_seed

NAME = "unity_jumpcloud.scim"
PASSWORD = "SENTINEL-vault-password-2b19"
KEY = account_of(read_seed("configured"))["keys"][0]
AUDIT_KEY = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
EXPECTED = {"scim_provisioning_jumpcloud_expected_organization_id": JUMPCLOUD_ORGANIZATION}
WITHOUT_API_KEY = {"JUMPCLOUD_API_KEY": None}
ALL = [name for name, operations in CALLED.items() if operations]
STORE_FAILS = "---\n- name: Nobody is there\n  ansible.builtin.fail:\n    msg: The store is down.\n"


class Bootstrap:
    """Runs of the playbook, and what they keep."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.file = pair.machine / "client.yml"
        pair.more_secrets.append(PASSWORD)

    def run(self, *playbooks: str, **given: Any) -> Run:
        variables = {"bootstrap_jumpcloud_file": str(self.file), "scim_provisioning_vaulted_file_password": PASSWORD, **EXPECTED, **given.pop("extra_vars", {})}
        return self.pair.play("bootstrap_jumpcloud", extra_vars={"bootstrap_jumpcloud_playbooks": list(playbooks), **variables}, **given)

    @property
    def kept(self) -> dict[str, str]:
        found: dict[str, str] = yaml.safe_load(VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(self.file.read_bytes()))
        return found

    @property
    def environment(self) -> dict[str, str | None]:
        kept = self.kept
        client = {
            "JUMPCLOUD_CLIENT_ID": kept["scim_provisioning_jumpcloud_client_id"],
            "JUMPCLOUD_CLIENT_SECRET": kept["scim_provisioning_jumpcloud_client_secret"],
        }
        return {**WITHOUT_API_KEY, **client}


@pytest.fixture
def bootstrap(pair: Pair) -> Bootstrap:
    return Bootstrap(pair)


def role_of(pair: Pair) -> dict[str, Any] | None:
    return next((role for role in pair.state()["jumpcloud"]["roles"] if role["name"] == NAME), None)


def account_in(pair: Pair) -> dict[str, Any] | None:
    return next((account for account in pair.state()["jumpcloud"]["service_accounts"] if account["name"] == NAME), None)


def secrets_in(pair: Pair) -> list[dict[str, Any]]:
    return (account_in(pair) or {}).get("secrets", [])


def test_bootstrapped_once(bootstrap: Bootstrap, pair: Pair) -> None:
    preview = bootstrap.run("audit", "rotate_key", check=True, diff=True).succeeded()
    assert preview.writes == [] and role_of(pair) is None and not bootstrap.file.exists()
    assert preview.said("associations.applications.readonly", '"client_id": "(new)"')

    first = bootstrap.run("audit", "rotate_key").succeeded()
    assert [write.partition(" ")[0] for write in first.writes] == ["POST", "POST"] and len(secrets_in(pair)) == 1
    assert bootstrap.kept["scim_provisioning_jumpcloud_client_id"] == secrets_in(pair)[0]["client_id"]

    for check in (True, False):
        again = bootstrap.run("audit", "rotate_key", check=check).succeeded()
        assert again.writes == [] and again.changed == 0 and len(secrets_in(pair)) == 1


@pytest.mark.parametrize("expected", [EXPECTED, {"scim_provisioning_jumpcloud_expected_organization_id": ""}], ids=["expected", "looked up"])
def test_the_client_of_another_organization_is_not_overwritten(bootstrap: Bootstrap, pair: Pair, expected: dict[str, str]) -> None:
    """Another host, with the same variables: its organization has made nothing yet."""
    vault = VaultSecret(PASSWORD.encode())
    given = {**expected, "bootstrap_jumpcloud_file": f"{pair.machine}/"}
    bootstrap.file = pair.machine / "localhost.jumpcloud.yml"
    bootstrap.run("audit", extra_vars=given).succeeded()
    assert bootstrap.kept["scim_kept_for_jumpcloud_organization_id"] == JUMPCLOUD_ORGANIZATION
    assert bootstrap.run("audit", extra_vars=given).succeeded().changed == 0
    bootstrap.run(extra_vars={**given, "bootstrap_jumpcloud_state": "absent"}).succeeded()

    others = {**bootstrap.kept, "scim_kept_for_jumpcloud_organization_id": "5f0a1b2c3d4e5f6071829399"}
    bootstrap.file.write_bytes(VaultLib().encrypt(yaml.safe_dump(others), vault))
    run = bootstrap.run("audit", extra_vars=given)
    run.failed('holds the key of another use: that of the JumpCloud organization "5f0a1b2c3d4e5f6071829399"', "Set bootstrap_jumpcloud_file to another file")
    assert run.writes == [] and account_in(pair) is None and bootstrap.kept == others


def test_scopes_are_set_right_with_a_difference(bootstrap: Bootstrap, pair: Pair) -> None:
    bootstrap.run("audit").succeeded()
    role = role_of(pair)
    assert role
    body = {"name": NAME, "description": "by hand", "scopes": [*role["scopes"][1:], "users"]}
    assert pair.tenants.jumpcloud("PUT", f"/api/v2/roles/{role['id']}", json=body).status_code == 200

    preview = bootstrap.run("audit", check=True, diff=True).succeeded()
    assert preview.writes == [] and preview.said(f"added {role['scopes'][0]}; removed users.")
    run = bootstrap.run("audit").succeeded()
    assert run.writes == [f"PUT /api/v2/roles/{role['id']}"] and role_of(pair) == {**role, "description": "by hand"}

    bootstrap.run("audit", "deprovision").succeeded()
    assert "associations.applications" in (role_of(pair) or {})["scopes"] and len(secrets_in(pair)) == 1


def test_rotated_with_overlap_and_removed(bootstrap: Bootstrap, pair: Pair) -> None:
    pair.begin("configured", finished)
    bootstrap.run("audit").succeeded()
    older = bootstrap.environment
    rotated = bootstrap.run("audit", extra_vars={"bootstrap_jumpcloud_rotate": "always"}).succeeded()
    assert rotated.said("Once nothing uses the older client secret") and len(secrets_in(pair)) == 2
    for environment in (older, bootstrap.environment):
        pair.play("audit", env=environment, extra_vars={**EXPECTED, **AUDIT_KEY}, may_warn=True).succeeded()

    full = bootstrap.run("audit", extra_vars={"bootstrap_jumpcloud_rotate": "always"})
    full.failed("has 2 client secrets already", "2 are allowed", "Nothing was changed", "wait until it has ended")
    assert full.writes == []

    gone = bootstrap.run(extra_vars={"bootstrap_jumpcloud_state": "absent"}).succeeded()
    assert [write.partition(" ")[0] for write in gone.writes] == ["DELETE", "DELETE"] and account_in(pair) is None and role_of(pair) is None
    assert bootstrap.run(extra_vars={"bootstrap_jumpcloud_state": "absent"}).succeeded().writes == []
    refused = pair.play("audit", env=bootstrap.environment, extra_vars={**EXPECTED, **AUDIT_KEY}, may_warn=True)
    assert refused.rc == 1 and refused.said("JumpCloud OAuth: cannot get an access token for the service account: HTTP 401")


def test_a_lost_file_gets_a_new_client_secret(bootstrap: Bootstrap, pair: Pair) -> None:
    bootstrap.run("audit").succeeded()
    bootstrap.file.unlink()
    run = bootstrap.run("audit").succeeded()
    assert run.said("since the store holds no client secret") and len(secrets_in(pair)) == 2
    assert bootstrap.kept["scim_provisioning_jumpcloud_client_id"] == secrets_in(pair)[1]["client_id"]


def set_scopes(pair: Pair, scopes: list[str]) -> None:
    """Somebody changes the role by hand."""
    role = role_of(pair)
    assert role
    assert pair.tenants.jumpcloud("PUT", f"/api/v2/roles/{role['id']}", json={"name": NAME, "scopes": scopes}).status_code == 200


def play_all(pair: Pair, environment: dict[str, str | None]) -> dict[str, Run]:
    """Each playbook with its own scopes alone, in the order in which they make sense."""

    def play(name: str, **extra_vars: Any) -> Run:
        set_scopes(pair, wanted_scopes([name]) if CALLED[name] else [])
        return pair.play(name, env=environment, extra_vars={**EXPECTED, **extra_vars}, may_warn=True)

    found = {"preflight": play("preflight"), "provision": play("provision")}
    key = pair.tenants.control("GET", "state?secrets=true")["unity"]["organizations"][0]["service_accounts"][0]["keys"][0]
    reading = {"scim_provisioning_audit_key_id": key["id"], "scim_provisioning_audit_secret_key": key["secret"]}
    found["audit_key"] = play("audit_key", **reading)
    found["audit"] = play("audit", **reading)
    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")
    found["provision_user"] = play("provision_user", **reading, scim_provisioning_user=PEOPLE[0], scim_provisioning_user_timeout=20)
    found["rotate_key"] = play("rotate_key")
    found["pause"] = play("pause")
    found["provision"] = play("provision")
    found["deprovision"] = play("deprovision", scim_provisioning_max_deprovisioned_users=3, scim_provisioning_deprovision_wait=2)
    return found


def test_every_playbook_runs_with_the_service_account(bootstrap: Bootstrap, pair: Pair) -> None:
    bootstrap.run(*ALL).succeeded()
    runs = play_all(pair, bootstrap.environment)
    # that one looks at files alone
    assert set(runs) == set(CALLED) - {"fleet_report"}
    for name, run in runs.items():
        assert run.rc == 0, name + run.output[-4000:]
        refused = [entry for entry in run.entries if entry["status"] in (401, 403)]
        assert refused == [], name
    assert not pair.is_active() and pair.bound_groups() == []


# what is asked of JumpCloud with the scope, by a run that has all others
LACKING = {
    "applications.readonly": "applications or applications.readonly",
    "associations.applications.readonly": "associations.applications or associations.applications.readonly",
    "groups.readonly": "groups or groups.readonly",
    "organizations.readonly": "organizations or organizations.readonly",
    "users.readonly": "users or users.readonly",
    "directoryinsights.readonly": "directoryinsights.readonly",
}


def test_a_role_that_lacks_one_scope_is_refused(bootstrap: Bootstrap, pair: Pair) -> None:
    pair.begin("configured", finished)
    bootstrap.run("audit").succeeded()
    assert set((role_of(pair) or {})["scopes"]) == set(LACKING)
    for scope, named in LACKING.items():
        set_scopes(pair, sorted(set(LACKING) - {scope}))
        run = pair.play("audit", env=bootstrap.environment, extra_vars={**EXPECTED, **AUDIT_KEY}, may_warn=True)
        assert run.rc != 0 and 403 in [entry["status"] for entry in run.entries], scope
        assert run.said("must have the scope", named), scope + run.output[-3000:]


def test_who_may_only_read_associations_binds_nobody(bootstrap: Bootstrap, pair: Pair) -> None:
    pair.begin("configured", finished)
    bootstrap.run("provision").succeeded()
    set_scopes(pair, wanted_scopes(["preflight"]))
    run = pair.play("provision", env=bootstrap.environment, extra_vars={"scim_provisioning_groups": [*GROUPS, "Everyone else"]}, may_warn=True)
    run.failed("must have the scope associations.applications or associations", "bootstrap_jumpcloud")


@pytest.mark.parametrize(
    "playbooks, given, said",
    [
        (["audits"], {}, 'called "audits" (did you mean "audit"?). They are provision,'),
        (["bootstrap_jumpcloud"], {}, "No playbook that a service account can run with"),
        (["audit_key"], {}, "audit_key asks nothing of JumpCloud, so the service account would have no scope"),
        ([], {}, "No playbook is named"),
        (["audit"], {"bootstrap_jumpcloud_file": ""}, "nothing would keep it. Nothing was changed."),
        (["audit"], {"bootstrap_jumpcloud_file": "/nowhere/client.yml"}, "can't be the store"),
    ],
)
def test_bad_input_is_refused_before_anything_is_made(bootstrap: Bootstrap, playbooks: list[str], given: dict[str, str], said: str) -> None:
    run = bootstrap.run(*playbooks, extra_vars=given)
    run.failed(said)
    assert run.writes == []


def test_who_may_not(bootstrap: Bootstrap, pair: Pair) -> None:
    def no_billing(seed: Seed) -> None:
        seed["jumpcloud"]["api_keys"][0]["billing"] = False

    pair.begin("empty", no_billing)
    bootstrap.run("audit").failed("HTTP 403", "Only an Admin with Billing", "not on the home page of a multi-tenant portal")


def test_a_service_account_makes_no_others(bootstrap: Bootstrap, pair: Pair) -> None:
    bootstrap.run("audit").succeeded()
    bootstrap.run("audit", env=bootstrap.environment).failed("HTTP 403", "A service account must not make others")


def test_a_store_that_fails_leaves_no_secret(bootstrap: Bootstrap, pair: Pair) -> None:
    store = pair.machine / "store.yml"
    store.write_text(STORE_FAILS, encoding="utf-8")
    failing = {"bootstrap_jumpcloud_store_tasks": str(store), "bootstrap_jumpcloud_file": ""}
    bootstrap.run("audit", extra_vars=failing).failed("The store is down.", f'The service account "{NAME}" is gone.')
    assert account_in(pair) is None

    bootstrap.run("audit").succeeded()
    in_use = secrets_in(pair)
    run = bootstrap.run("audit", extra_vars={**failing, "bootstrap_jumpcloud_rotate": "always"})
    run.failed("The store is down.", "could not be taken back", "delete it in the JumpCloud Admin Portal")
    assert secrets_in(pair)[0] == in_use[0] and len(secrets_in(pair)) == 2


def test_handed_to_a_store_of_ones_own(bootstrap: Bootstrap, pair: Pair, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    copy = {"dest": str(kept), "content": "{{ bootstrap_jumpcloud_new_client.client_id }}", "mode": "0600"}
    store = pair.machine / "store.yml"
    store.write_text(yaml.safe_dump([{"name": "Keep it", "ansible.builtin.copy": copy}]), encoding="utf-8")
    given = {"bootstrap_jumpcloud_store_tasks": str(store), "bootstrap_jumpcloud_file": ""}
    bootstrap.run("audit", extra_vars=given).succeeded()
    assert kept.read_text(encoding="utf-8") == secrets_in(pair)[0]["client_id"]
    assert bootstrap.run("audit", extra_vars=given).succeeded().writes == []


def test_what_a_store_of_ones_own_has_lost_is_made_anew_if_it_can_tell(bootstrap: Bootstrap, pair: Pair, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    copy = {"dest": str(kept), "content": "{{ bootstrap_jumpcloud_new_client.client_id }}", "mode": "0600"}
    store = pair.machine / "store.yml"
    store.write_text(yaml.safe_dump([{"name": "Keep it", "ansible.builtin.copy": copy}]), encoding="utf-8")
    told = "{{ lookup('ansible.builtin.file', '%s', errors='ignore') | default('', true) }}" % kept
    given = {"bootstrap_jumpcloud_store_tasks": str(store), "bootstrap_jumpcloud_file": "", "bootstrap_jumpcloud_stored_client_id": told}
    for _again in range(2):
        bootstrap.run("audit", extra_vars=given, may_warn=True).succeeded()
        assert kept.read_text(encoding="utf-8") == secrets_in(pair)[0]["client_id"] and len(secrets_in(pair)) == 1
    kept.unlink()
    assert bootstrap.run("audit", extra_vars={**given, "bootstrap_jumpcloud_stored_client_id": None}).succeeded().writes == []
    bootstrap.run("audit", extra_vars=given, may_warn=True).succeeded()
    assert kept.read_text(encoding="utf-8") == secrets_in(pair)[1]["client_id"]


def test_a_store_that_fails_keeps_the_file_as_it_was(bootstrap: Bootstrap, pair: Pair) -> None:
    bootstrap.run("audit").succeeded()
    before = bootstrap.kept
    store = pair.machine / "store.yml"
    store.write_text(STORE_FAILS, encoding="utf-8")
    failing = {"bootstrap_jumpcloud_store_tasks": str(store), "bootstrap_jumpcloud_rotate": "always"}
    bootstrap.run("audit", extra_vars=failing).failed("The store is down.", "could not be taken back")
    assert bootstrap.kept == before


@pytest.mark.parametrize("days, taken", [(0, "0.0"), ("", "14.0"), (100, "100.0")])
def test_how_long_before_its_end_a_client_secret_is_renewed(bootstrap: Bootstrap, pair: Pair, days: Any, taken: str) -> None:
    given = {"bootstrap_jumpcloud_playbooks": ["audit"], "bootstrap_jumpcloud_renew_before": days, **EXPECTED}
    kept = {"bootstrap_jumpcloud_file": str(bootstrap.file), "scim_provisioning_vaulted_file_password": PASSWORD}
    assert pair.play("bootstrap_jumpcloud", "-vvv", check=True, extra_vars={**given, **kept}, may_warn=True).said(f'"renew_before": {taken}')


@pytest.mark.parametrize("path", ["/api/v2/service-accounts$", "/api/v2/roles$"])
def test_a_creation_whose_answer_is_lost_is_not_repeated(bootstrap: Bootstrap, pair: Pair, path: str) -> None:
    pair.fault("drop_after", "jumpcloud", "POST", path)
    run = bootstrap.run("audit", may_warn=True)
    assert [write for write in run.writes if write.startswith("POST")].count(f"POST {path.rstrip('$')}") == 1
    if path.startswith("/api/v2/service"):
        run.failed("it was created all the same, its client secret is lost, and so it was deleted: run again")
        assert account_in(pair) is None
    else:
        assert run.succeeded().said("It took effect all the same")
    bootstrap.run("audit").succeeded()
    assert len(secrets_in(pair)) == 1
