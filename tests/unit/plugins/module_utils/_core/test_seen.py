# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen before: trusted where nothing is written on its word."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of, plan_by
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional

SHAPE = {"id": Optional(str), "names": [str]}
GOOD = {"id": None, "names": ["a"]}


@pytest.mark.parametrize(
    "seen, found",
    [
        (None, None),
        ({}, None),
        ({"thing": None}, None),
        ({"thing": "text"}, None),
        ({"thing": {"names": []}}, None),
        ({"thing": {"id": 1, "names": []}}, None),
        ({"thing": {"id": "x", "names": "a"}}, None),
        ({"other": GOOD}, None),
        ({"thing": GOOD, "other": 1}, GOOD),
        ({"thing": {**GOOD, "more": 1}}, {**GOOD, "more": 1}),
    ],
)
def test_part(seen: dict[str, t.Any] | None, found: t.Any) -> None:
    assert part_of(seen, "thing", SHAPE) == found


def make(state: str, context: Context) -> Plan:
    """Wants it to be "good"; "odd" can't be planned for."""
    context.warn("warned of %s" % state)
    if state == "odd":
        raise ScimError("can't plan for %s" % state)
    return Plan({"is": state}, {"is": "good"}, () if state == "good" else (Action("mend", "thing"),))


@pytest.mark.parametrize(
    "seen, check_mode, trusted",
    [
        ("good", False, True),
        ("good", True, True),
        ("bad", True, True),
        ("bad", False, False),
        ("odd", False, False),
        (None, False, False),
        (None, True, False),
    ],
)
def test_plan(seen: str | None, check_mode: bool, trusted: bool) -> None:
    reads, warnings = [], []

    def read() -> str:
        reads.append(1)
        return "worse"

    found, plan = plan_by(seen, read, make, Context(check_mode=check_mode, warn=warnings.append))
    assert (found, len(reads)) == ((seen, 0) if trusted else ("worse", 1))
    assert plan.before == {"is": found}
    assert warnings == ["warned of %s" % found], "of the plan that is used, once"


def test_in_check_mode_it_fails_as_it_would_otherwise() -> None:
    with pytest.raises(ScimError, match="can't plan for odd"):
        plan_by("odd", lambda: "good", make, Context(check_mode=True))
