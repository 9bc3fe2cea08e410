# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of the summary: one source for what changed and what was done."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.step import Step


@pytest.mark.parametrize(
    "step, differs",
    [
        (Step("thing", Plan({}, {}), "there"), {}),
        (
            Step("thing", Plan(None, {}, (Action("create", "x"), Action("set", "x"))), "there", ("read back",)),
            {"changed": True, "did": ["create", "set"], "verified": ["read back"]},
        ),
        (Step("thing", Plan({}, {}, (Action("test", "x", changes=False),)), "there"), {"did": ["test"]}),
        (Step("thing", Plan({}, {}), "there", method="manual", pending=True), {"method": "manual", "pending": True}),
        (Step("thing", Plan({}, {}, (Action("bind", "x"), Action("bind", "y"))), "there", did=("bind 2",)), {"changed": True, "did": ["bind 2"]}),
        (Step("thing", Plan({}, {}, (Action("test", "x", changes=False),)), "there", did=()), {}),
    ],
)
def test_step(step: Step, differs: dict[str, object]) -> None:
    nothing = {
        "step": "thing",
        "method": "api",
        "changed": False,
        "found": "there",
        "did": [],
        "verified": [],
        "pending": False,
        "waiting": False,
        "reason": "",
    }
    assert step.as_result() == {**nothing, **differs}
