# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole road to a SCIM server that nobody here wrote, and nothing left to do when it is gone again."""

from __future__ import annotations

from peers.conftest import Peer
from peers.people import ODD, Population
from peers.proxy import Proxy
from simulator.testing import TEST_EMAIL
from stories.pair import GROUPS, Pair, Seed

# people arrive while it is played, by the simulator's engine: of 1,500 in the directory these three are in the groups
BOUND = [person.email for person in ODD]


def test_provision_twice(pair: Pair, proxy: Proxy, peer: Peer, size: str, population: Population) -> None:
    def change(seed: Seed) -> None:
        population.into(seed)
        for group in seed["jumpcloud"]["groups"]:
            group["members"] = [member for member in group["members"] if member in BOUND]

    proxy.peer = peer.copy(size)
    pair.begin("empty", change)

    first = pair.play("provision").succeeded()
    assert first.steps["identity_management"]["verified"] == ["connection test passed", "read back as active"]
    assert pair.is_active() and pair.bound_groups() == GROUPS
    written = [exchange for exchange in proxy.exchanges if exchange.is_write]
    assert written and {exchange.by for exchange in written} == {"engine"}, "only JumpCloud writes to Unity's SCIM"

    pair.tenants.settle()
    # JumpCloud looks people up by a filter: without one nobody arrives
    arrived = BOUND if peer.knows_filters else []
    assert sorted(peer.users()) == population.in_unity_with(*arrived)
    assert TEST_EMAIL not in peer.users()

    proxy.exchanges.clear()
    second = pair.play("provision").succeeded()
    assert second.changed == 0 and second.did() == {} and second.writes == []
    assert not any(exchange.is_write for exchange in proxy.exchanges)
