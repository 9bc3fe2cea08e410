# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody takes parts of a working pair away by hand, in any combination: one run puts back just these."""

from __future__ import annotations

import itertools
from typing import Callable

import pytest
from simulator.testing import ARTISTS, ORGANIZATION
from stories.pair import ACCOUNT, GROUPS, PEOPLE, Pair, cases, finished

PARTS = 4


def the_key(pair: Pair) -> None:
    for key in pair.keys():
        pair.tenants.control("DELETE", f"unity/keys/{ORGANIZATION}/{ACCOUNT}/{key}")


def the_role(pair: Pair) -> None:
    account = pair.account()
    assert account
    pair.tenants.unity("PUT", f"{pair.tenants.accounts}/{account['id']}/organization-roles", json={"roles": []})


def a_binding(pair: Pair) -> None:
    assert pair.tenants.associate("remove", ARTISTS) == 204


def the_activation(pair: Pair) -> None:
    assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204


def the_account(pair: Pair) -> None:
    account = pair.account()
    assert account
    pair.tenants.unity("DELETE", f"{pair.tenants.accounts}/{account['id']}")


TAKEN: list[Callable[[Pair], None]] = [the_key, the_role, a_binding, the_activation, the_account]
EVERY_COMBINATION = [chosen for size in range(1, len(TAKEN) + 1) for chosen in itertools.combinations(TAKEN, size)]
# with an even number of parts: of any four parts each combination is among them
COMBINATIONS = cases([chosen for chosen in EVERY_COMBINATION if len(chosen) % 2 == 0], EVERY_COMBINATION)


def steps_that_repair(taken: tuple[Callable[[Pair], None], ...]) -> set[str]:
    """Nothing but what is missing; a new key only where the one that JumpCloud has is gone."""
    steps = set()
    if the_account in taken or the_role in taken:
        steps.add("service_account")
    if the_account in taken or the_key in taken:
        steps |= {"service_account_key", "identity_management"}
    if the_activation in taken:
        steps.add("identity_management")
    if a_binding in taken:
        steps.add("user_groups")
    return steps


@pytest.mark.parametrize("part", range(PARTS))
def test_one_run_repairs_just_what_is_missing(pair: Pair, part: int) -> None:
    for taken in COMBINATIONS[part::PARTS]:
        what = ", ".join(take.__name__ for take in taken)
        pair.begin("configured", finished)
        assert pair.people() == PEOPLE
        keys = pair.keys()
        for take in taken:
            take(pair)
        run = pair.play("provision").succeeded()
        assert set(run.did()) == steps_that_repair(taken), what
        assert (pair.keys() != keys) == (the_account in taken or the_key in taken), what
        assert len(pair.keys()) == 1 and pair.is_active() and pair.bound_groups() == GROUPS, what
        pair.joins("after.the.repair@example.com", GROUPS[0])
        assert pair.people() == sorted([*PEOPLE, "after.the.repair@example.com"]), what
