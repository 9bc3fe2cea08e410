# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduled audit names each link that somebody broke, changes nothing, and the next provision run repairs it."""

from __future__ import annotations

from typing import Callable

import pytest
from simulator.testing import ARTISTS, ORGANIZATION
from stories.pair import ACCOUNT, GROUPS, PEOPLE, Pair, finished

# these stories are about the steps; those of the people are told in test_the_report.py
STEPS_ONLY = {"scim_provisioning_check_people": False}
ENFORCED = {**STEPS_ONLY, "scim_provisioning_enforced": False}
NEWCOMER = "new.hire@example.com"


def test_audit_of_a_finished_pair_is_green(pair: Pair) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", diff=True, extra_vars=ENFORCED).succeeded()
    assert audit.writes == [] and audit.changed == 0 and audit.said("In sync", "people were not compared, since that is switched off")


def test_audit_of_an_empty_pair_lists_all_steps(pair: Pair) -> None:
    audit = pair.play("audit", extra_vars=STEPS_ONLY).failed(
        "Drift: 4 steps differ.",
        "service_account (found: no account): create one, set its roles",
        "service_account_key (found: live keys: 0): create one",
        "identity_management (found: not configured): configure it, test the connection, activate it",
        "user_groups (found: 0 groups bound): bind 2",
    )
    assert audit.writes == [] and pair.is_untouched()


def remove_the_role(pair: Pair) -> None:
    account = pair.account()
    assert account
    pair.tenants.unity("PUT", f"{pair.tenants.accounts}/{account['id']}/organization-roles", json={"roles": []})


def delete_the_key(pair: Pair) -> None:
    pair.tenants.control("DELETE", f"unity/keys/{ORGANIZATION}/{ACCOUNT}/{pair.keys()[0]}")


def unbind_a_group(pair: Pair) -> None:
    assert pair.tenants.associate("remove", ARTISTS) == 204


def enforce(pair: Pair) -> None:
    pair.tenants.unity("PATCH", f"/auth/v1/organizations/{ORGANIZATION}/sso", json={"scim": {"enforced": True}})


def deactivate(pair: Pair) -> None:
    pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate")


# the lines of the audit, and what the repair does
CASES: dict[Callable[[Pair], None], tuple[list[str], dict[str, list[str]]]] = {
    remove_the_role: (["service_account (found: the account exists): set its roles"], {"service_account": ["set_roles"]}),
    delete_the_key: (
        ["service_account_key (found: live keys: 0): create one", "identity_management (found: active): configure it, test the connection, activate it again"],
        {"service_account_key": ["create"], "identity_management": ["configure", "test", "reactivate"]},
    ),
    unbind_a_group: (["user_groups (found: 1 group bound): bind 1 group"], {"user_groups": ["bind 1"]}),
    enforce: (["enforcement (found: enforced): turn it off"], {"enforcement": ["stop_enforcing"]}),
    deactivate: (["identity_management (found: inactive): test the connection, activate it"], {"identity_management": ["test", "activate"]}),
}


@pytest.mark.parametrize("breaks", CASES, ids=lambda case: case.__name__)
def test_drift_is_named_and_repaired(pair: Pair, breaks: Callable[[Pair], None]) -> None:
    lines, repaired = CASES[breaks]
    pair.begin("configured", finished)
    assert pair.people() == PEOPLE
    keys = pair.keys()
    breaks(pair)

    audit = pair.play("audit", diff=True, extra_vars=ENFORCED).failed("Drift: %d step" % len(lines))
    assert audit.rc == 2
    assert audit.failure.splitlines()[1:] == lines
    assert audit.writes == []

    repair = pair.play("provision", extra_vars=ENFORCED).succeeded()
    assert repair.did() == repaired
    assert (pair.keys() != keys) == (breaks is delete_the_key) and len(pair.keys()) == 1
    assert pair.bound_groups() == GROUPS and pair.is_active()

    # the proof that the whole chain works again
    pair.joins(NEWCOMER, "Unity Artists")
    assert pair.people() == sorted([*PEOPLE, NEWCOMER])
    assert pair.play("audit", extra_vars=ENFORCED).succeeded().changed == 0
