# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody began by hand, or a run broke off: the next run does what is missing, and nothing else."""

from __future__ import annotations

from typing import Callable

import pytest
from stories.pair import GROUPS, PEOPLE, Pair, Seed, account_of, application_of, finished


def account_without_role(seed: Seed) -> None:
    finished(seed)
    account_of(seed).update(roles=[], keys=[])
    application_of(seed).update(provision=None, bindings=[])


def account_with_a_key_and_nothing_in_jumpcloud(seed: Seed) -> None:
    finished(seed)
    application_of(seed).update(provision=None, bindings=[])


def application_configured_and_tested_but_inactive(seed: Seed) -> None:
    finished(seed)
    application_of(seed)["provision"]["status"] = "inactive"


def application_configured_but_never_tested(seed: Seed) -> None:
    application_configured_and_tested_but_inactive(seed)
    application_of(seed)["provision"]["lastTest"] = None


def one_of_two_groups_bound(seed: Seed) -> None:
    finished(seed)
    application_of(seed)["bindings"] = application_of(seed)["bindings"][:1]


# what is missing, and how many keys there are in the end
CASES: dict[Callable[[Seed], None], tuple[dict[str, list[str]], int]] = {
    account_without_role: (
        {
            "service_account": ["set_roles"],
            "service_account_key": ["create"],
            "identity_management": ["configure", "test", "activate"],
            "user_groups": ["bind 2"],
        },
        1,
    ),
    # the secret of the key that is there is known to nobody
    account_with_a_key_and_nothing_in_jumpcloud: (
        {
            "service_account_key": ["create"],
            "identity_management": ["configure", "test", "activate"],
            "retire_keys": ["revoke"],
            "user_groups": ["bind 2"],
        },
        1,
    ),
    application_configured_and_tested_but_inactive: ({"identity_management": ["test", "activate"]}, 1),
    application_configured_but_never_tested: ({"identity_management": ["test", "activate"]}, 1),
    one_of_two_groups_bound: ({"user_groups": ["bind 1"]}, 1),
}


@pytest.mark.parametrize("half_done", CASES, ids=lambda case: case.__name__)
def test_run_does_what_is_missing(pair: Pair, half_done: Callable[[Seed], None]) -> None:
    missing, keys = CASES[half_done]
    pair.begin("configured", half_done)

    check = pair.play("provision", check=True, diff=True).succeeded()
    assert check.writes == [] and check.did() == missing

    run = pair.play("provision").succeeded()
    assert run.did() == missing and run.changed == len(missing)
    assert len(pair.keys()) == keys and pair.is_active() and pair.bound_groups() == GROUPS
    assert pair.people() == PEOPLE


TAKEN_DOWN = {"scim_provisioning_max_deprovisioned_users": 5, "scim_provisioning_deprovision_wait": 10}


def a_second_application(seed: Seed) -> None:
    finished(seed)
    # with a template of its own it is known by its label
    seed["jumpcloud"]["applications"].append({"id": "64aa00000000000000000003", "name": "custom", "displayName": "Custom", "displayLabel": "Unity 2"})


def test_a_second_application_does_not_take_the_first_one_its_key(pair: Pair) -> None:
    pair.begin("configured", a_second_application)
    keys, second = pair.keys(), {"scim_provisioning_application": "Unity 2"}
    for playbook in ("preflight", "provision"):
        run = pair.play(playbook, extra_vars=second)
        run.failed('keys may be in use by the application "Unity". Nothing was changed.', "Set scim_provisioning_service_account or scim_provisioning_key_name")
        assert run.writes == [] and pair.keys() == keys
    own = {**second, "scim_provisioning_service_account": "JumpCloud SCIM 2"}
    pair.play("provision", extra_vars=own).succeeded()
    assert pair.play("provision", extra_vars=own).succeeded().changed == 0
    # the first one goes on, too
    assert pair.play("provision").succeeded().changed == 0 and pair.keys() == keys
    pair.joins("still.works@example.com", "Unity Artists")
    assert "still.works@example.com" in pair.people() and len(pair.keys("JumpCloud SCIM 2")) == 1


def test_a_second_application_takes_the_place_of_the_first_one(pair: Pair) -> None:
    pair.begin("configured", a_second_application)
    pair.play("pause").succeeded()
    run = pair.play("provision", extra_vars={"scim_provisioning_application": "Unity 2"}).succeeded()
    assert run.did()["retire_keys"] == ["revoke"] and len(pair.keys()) == 1
    # its key is the account's only one now, and neither to resume the first one nor to take it down may end that
    keys, second = pair.keys(), 'keys may be in use by the application "Unity 2". Nothing was changed.'
    assert pair.play("provision").failed(second, "pause or deprovision that one first").writes == []
    assert pair.play("deprovision", extra_vars=TAKEN_DOWN).failed(second, "--skip-tags service_account").writes == []
    assert pair.play("deprovision", "--skip-tags", "service_account", extra_vars=TAKEN_DOWN).succeeded().writes != []
    assert (pair.keys(), pair.identity_management(), pair.bound_groups()) == (keys, None, [])
    pair.joins("still.works@example.com", "Unity Artists")
    assert "still.works@example.com" in pair.people()
