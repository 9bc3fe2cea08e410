# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provisioning is stopped, and nothing else: nobody loses anything, and one run of the playbook provision goes on with it."""

from __future__ import annotations

from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, finished

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
    run.failed("JumpCloud still provisions, as far as is known. Stop it by hand:", "Deactivate provisioning in the application's Actions menu.")
    assert (run.rc, run.writes, pair.is_active()) == (2, [], True)
    # a person does it
    assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204
    assert pair.play("pause", extra_vars=by_hand, may_warn=True).succeeded().writes == []
