# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provisioning is stopped, and nothing else: nobody loses anything, and one run of the playbook provision goes on with it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, Seed, account_of, finished

STOPPED = "Provisioning is stopped, so no key was rotated. Nothing was changed. The playbook provision activates it again"

# the seed has no event of an activation, which the module remarks on: hence may_warn


def test_pause_and_go_on(pair: Pair) -> None:
    pair.begin("configured", finished)
    check = pair.play("pause", check=True, diff=True, may_warn=True).succeeded()
    assert (check.writes, check.changed, pair.is_active()) == ([], 1, True)

    run = pair.play("pause", may_warn=True).succeeded()
    assert run.writes == [f"DELETE /api/v2/applications/{APPLICATION}/provision/activate"] and run.changed == 1
    assert (pair.is_active(), pair.bound_groups(), pair.people()) == (False, GROUPS, PEOPLE)

    again = pair.play("pause", may_warn=True).succeeded()
    assert (again.writes, again.changed) == ([], 0)

    pair.play("provision", may_warn=True).succeeded()
    assert (pair.is_active(), pair.people()) == (True, PEOPLE)


def test_by_hand(pair: Pair) -> None:
    pair.begin("configured", finished)
    by_hand = {"scim_provisioning_jumpcloud_method": "manual", "scim_provisioning_runbook_dir": str(pair.machine / "runbook")}
    run = pair.play("pause", extra_vars=by_hand, may_warn=True)
    run.failed(
        "JumpCloud still provisions with the application Unity, as far as is known. Stop it by hand:",
        "JumpCloud Admin Portal > Access > SSO Applications > Unity > Identity Management",
        "Deactivate provisioning in the application's Actions menu.",
        f"in the JumpCloud Admin Portal. Runbook: {pair.machine / 'runbook' / 'scim.html'}",
        "Then run again, with the same options: ansible-playbook unity_jumpcloud.scim.pause -e ",
    )
    assert (run.rc, run.writes, pair.is_active()) == (2, [], True)
    # a person does it
    assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204
    assert pair.play("pause", extra_vars=by_hand, may_warn=True).succeeded().writes == []


@pytest.mark.parametrize("age", [{"scim_provisioning_key_max_age": 90}, {}])
def test_a_rotation_does_not_go_on_with_it(pair: Pair, age: dict[str, int]) -> None:
    """Whether the key is old enough or not."""

    def with_a_young_key(seed: Seed) -> None:
        finished(seed)
        yesterday = datetime.now(timezone.utc) - timedelta(days=1)
        account_of(seed)["keys"][0]["created_at"] = yesterday.strftime("%Y-%m-%dT%H:%M:%SZ")

    pair.begin("configured", with_a_young_key)
    keys = pair.keys()
    pair.play("pause", may_warn=True).succeeded()
    for check in (True, False):
        run = pair.play("rotate_key", check=check, extra_vars=age, may_warn=True).failed(STOPPED)
        assert (run.rc, run.writes, pair.is_active(), pair.keys()) == (2, [], False, keys)

    pair.play("provision", extra_vars={"scim_provisioning_rotate": "always"}, may_warn=True).succeeded()
    assert pair.is_active() and len(pair.keys()) == 1 and pair.keys() != keys
    if age:
        assert pair.play("rotate_key", extra_vars=age, may_warn=True).succeeded().writes == []


def test_a_rotation_by_hand_does_not_go_on_with_it(pair: Pair) -> None:
    pair.begin("configured", finished)
    by_hand = {"scim_provisioning_jumpcloud_method": "manual", "scim_provisioning_runbook_dir": str(pair.machine / "runbook")}
    assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204
    keys = pair.keys()
    for check in (True, False):
        run = pair.play("rotate_key", check=check, extra_vars=by_hand, may_warn=True).failed(STOPPED)
        assert (run.writes, pair.is_active(), pair.keys()) == ([], False, keys)


STOP = """
- name: Somebody stops provisioning just now
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    state: inactive
    test_connection: never
"""


@pytest.mark.parametrize("playbook", ["rotate_key", "provision"])
def test_who_stops_it_during_a_run_has_it_stopped(pair: Pair, playbook: str) -> None:
    pair.begin("configured", finished)
    keys = pair.keys()
    store = pair.machine / "store.yml"
    store.write_text(STOP, encoding="utf-8")
    given = {"scim_provisioning_key_store_tasks": str(store), "scim_provisioning_rotate": "always"}
    pair.play(playbook, extra_vars=given, may_warn=True).failed("Somebody has stopped provisioning since this run looked at it.", "was revoked.")
    assert not pair.is_active() and pair.keys() == keys
