# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the key that the secret file holds already, in every situation."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.held_key import HeldKey, is_taken, why_it_stays

WORKS, REFUSED, UNKNOWN = HeldKey("k1", True, True), HeldKey("k1", False, True), HeldKey("k1", False, False)
OWN, OTHERS, UNLISTED = frozenset({"k1", "k2"}), frozenset({"k2"}), None


@pytest.mark.parametrize("held, live, taken", [(WORKS, OWN, True), (WORKS, UNLISTED, True), (WORKS, OTHERS, False), (REFUSED, OWN, False)])
def test_what_is_taken(held: HeldKey, live: frozenset[str] | None, taken: bool) -> None:
    assert is_taken(held, live) is taken


@pytest.mark.parametrize("held, live", list(itertools.product((WORKS, REFUSED, UNKNOWN), (OWN, OTHERS, UNLISTED))))
@pytest.mark.parametrize("was_asked_for, is_own_file", list(itertools.product((False, True), repeat=2)))
def test_what_stays(held: HeldKey, live: frozenset[str] | None, was_asked_for: bool, is_own_file: bool) -> None:
    of_the_account, dead = live is OWN, held is UNKNOWN and (was_asked_for or is_own_file)
    superseded = live is UNLISTED and was_asked_for
    assert (why_it_stays(held, live, was_asked_for, is_own_file) is None) is (of_the_account or dead or superseded)
