# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which operations of JumpCloud each playbook calls: tests/contracts/called_operations.yml says so, and from it the guide says which scopes are needed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from simulator.testing import ORGANIZATION
from stories.pair import JUMPCLOUD_ORGANIZATION, PEOPLE, Pair, Run, account_of, finished, read_seed

ROOT = Path(__file__).resolve().parents[2]
CALLED: dict[str, list[str]] = yaml.safe_load((ROOT / "tests" / "contracts" / "called_operations.yml").read_text(encoding="utf-8"))
JUMPCLOUD = {"jumpcloud", "jumpcloud-provisioning", "insights"}
KEY = account_of(read_seed("configured"))["keys"][0]
GUARDED = {"scim_provisioning_jumpcloud_expected_organization_id": JUMPCLOUD_ORGANIZATION}
AUDIT_KEY = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
OTHER_GROUP = {"scim_provisioning_groups": ["Everyone else"], "scim_provisioning_groups_state": "exact", "scim_provisioning_max_deprovisioned_users": 3}


def load_script() -> Any:
    spec = importlib.util.spec_from_file_location("scopes", ROOT / "scripts" / "scopes.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def by_hand(pair: Pair) -> dict[str, Any]:
    methods = {"scim_provisioning_unity_method": "manual", "scim_provisioning_jumpcloud_method": "manual"}
    return {**methods, "scim_provisioning_runbook_dir": str(pair.machine / "runbook"), "scim_provisioning_secret_file": str(pair.machine / "secret")}


def provision(play: Callable[..., Run], pair: Pair) -> list[Run]:
    first = [play("provision", check=True, extra_vars=by_hand(pair)), play("provision")]
    return [*first, play("provision", extra_vars={**OTHER_GROUP, "scim_provisioning_rotate": "always"})]


def preflight(play: Callable[..., Run], pair: Pair) -> list[Run]:
    return [play("preflight"), play("preflight", extra_vars=OTHER_GROUP), play("preflight", extra_vars=by_hand(pair))]


def audit(play: Callable[..., Run], pair: Pair) -> list[Run]:
    return [play("audit", extra_vars=AUDIT_KEY), play("audit", extra_vars={**AUDIT_KEY, **OTHER_GROUP})]


def provision_user(play: Callable[..., Run], pair: Pair) -> list[Run]:
    given = {**AUDIT_KEY, "scim_provisioning_user_timeout": 20}
    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")
    by_name = play("provision_user", extra_vars={**given, "scim_provisioning_user": PEOPLE[0]})
    return [by_name, play("provision_user", extra_vars={**given, "scim_provisioning_user": "64bb00000000000000000002"})]


def rotate_key(play: Callable[..., Run], pair: Pair) -> list[Run]:
    return [play("rotate_key")]


def deprovision(play: Callable[..., Run], pair: Pair) -> list[Run]:
    given = {"scim_provisioning_max_deprovisioned_users": 3, "scim_provisioning_deprovision_wait": 2}
    # as after a run that broke off, whose people are looked for
    pair.play("provision", extra_vars=OTHER_GROUP, may_warn=True).succeeded()
    afterwards = play("deprovision", extra_vars=given)
    pair.begin("configured", finished)
    return [afterwards, play("deprovision", extra_vars=given)]


def bootstrap_jumpcloud(play: Callable[..., Run], pair: Pair) -> list[Run]:
    password = "SENTINEL-vault-password-2b19"
    pair.more_secrets.append(password)
    given = {"bootstrap_jumpcloud_file": str(pair.machine / "client.yml"), "scim_provisioning_vaulted_file_password": password}
    first = play("bootstrap_jumpcloud", extra_vars={**given, "bootstrap_jumpcloud_playbooks": ["audit"]})
    more = {"bootstrap_jumpcloud_playbooks": ["audit", "provision"], "bootstrap_jumpcloud_rotate": "always"}
    return [first, play("bootstrap_jumpcloud", extra_vars={**given, **more}), play("bootstrap_jumpcloud", extra_vars={"bootstrap_jumpcloud_state": "absent"})]


def pause(play: Callable[..., Run], pair: Pair) -> list[Run]:
    return [play("pause"), play("pause", extra_vars=by_hand(pair))]


RUNS = {function.__name__: function for function in (provision, preflight, audit, provision_user, pause, rotate_key, deprovision, bootstrap_jumpcloud)}


# they ask nothing of JumpCloud
WITHOUT_JUMPCLOUD = {"audit_key", "fleet_report"}
# see test_inventory.py
INVENTORY = {"jumpcloud_organizations"}


def test_every_playbook_is_looked_at() -> None:
    assert {name for name, operations in CALLED.items() if not operations} == WITHOUT_JUMPCLOUD
    assert set(RUNS) | WITHOUT_JUMPCLOUD == set(CALLED) - INVENTORY == {path.stem for path in (ROOT / "playbooks").glob("*.yml")}


@pytest.mark.parametrize("playbook", RUNS)
def test_operations_of_a_playbook(pair: Pair, playbook: str) -> None:
    if playbook != "provision":
        pair.begin("configured", finished)

    def play(name: str, extra_vars: dict[str, Any] | None = None, **given: Any) -> Run:
        # the seed has no event of an activation, which some modules remark on; and what an audit finds is no matter here
        run = pair.play(name, extra_vars={**GUARDED, **(extra_vars or {})}, may_warn=True, **given)
        assert run.rc == (2 if name == "audit" and extra_vars and "scim_provisioning_groups" in extra_vars else 0), run.output[-4000:]
        return run

    scopes = load_script()
    published = scopes.published_scopes()
    entries = [entry for run in RUNS[playbook](play, pair) for entry in run.entries if entry["service"] in JUMPCLOUD]
    called = sorted({scopes.operation_of(entry["method"], entry["path"], published) for entry in entries})
    assert called == CALLED[playbook], yaml.safe_dump({playbook: called}, width=1000)
