# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scopes are enough, and that the plugin knows what the contracts say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.scopes import CALLED, SCOPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.fewest_scopes import fewest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.service_account_plan import wanted_scopes

ROOT = Path(__file__).resolve().parents[5]
ASKING = [name for name, operations in CALLED.items() if operations]


@pytest.mark.parametrize(
    "operations, chosen",
    [
        ([], []),
        ([()], []),
        ([("a", "a.readonly")], ["a.readonly"]),
        ([("a", "a.readonly"), ("a",)], ["a"]),
        ([("a.b", "a.b.readonly", "a", "a.readonly")], ["a.b.readonly"]),
        ([("a.b", "a"), ("a.b", "a.b.readonly", "a", "a.readonly")], ["a.b"]),
        ([("b.readonly",), ("a", "a.readonly"), ("b", "b.readonly")], ["a.readonly", "b.readonly"]),
    ],
)
def test_fewest(operations: list[tuple[str, ...]], chosen: list[str]) -> None:
    assert fewest(operations) == chosen


@pytest.mark.parametrize("playbook", ASKING)
def test_every_operation_of_a_playbook_has_its_scope_and_none_is_superfluous(playbook: str) -> None:
    scopes = set(wanted_scopes([playbook]))
    takes = [set(SCOPES[operation]) for operation in CALLED[playbook] if operation in SCOPES]
    assert all(scopes & one for one in takes)
    assert [scope for scope in scopes if all((scopes - {scope}) & one for one in takes)] == []


def test_together_no_scope_is_there_twice() -> None:
    assert "associations.applications.readonly" in wanted_scopes(["audit"])
    assert "associations.applications.readonly" not in wanted_scopes(["audit", "deprovision"])


@pytest.mark.parametrize(
    "playbooks, said",
    [
        (["provison"], 'called "provison" (did you mean "provision"?)'),
        (["bootstrap_jumpcloud"], 'called "bootstrap_jumpcloud"'),
        (["audit_key"], "audit_key asks nothing of JumpCloud"),
        ([], "No playbook is named"),
    ],
)
def test_what_is_no_choice(playbooks: list[str], said: str) -> None:
    with pytest.raises(ScimError) as caught:
        wanted_scopes(playbooks)
    assert said in caught.value.sentence() and "rotate_key" in caught.value.sentence()


def test_the_guide_and_the_plugin_are_as_the_contracts_say() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "scopes.py"), "--check"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
