# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of the summary that the role gives: what a module has found, done and verified, in words. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan


@dataclass(frozen=True)
class Step:
    """``found`` says how it was before. Whether it changed, and what was done (or would be, in check mode), is what the plan says;
    ``did`` says it in other words.

    ``pending``: a person still has to do it.
    """

    step: str
    plan: Plan
    found: str
    verified: tuple[str, ...] = ()
    method: str = "api"
    pending: bool = False
    did: tuple[str, ...] | None = None

    def as_result(self) -> dict[str, t.Any]:
        """The ``step`` of the module's result."""
        return {
            "step": self.step,
            "method": self.method,
            "changed": self.plan.changed,
            "found": self.found,
            "did": [action.verb for action in self.plan.actions] if self.did is None else list(self.did),
            "verified": list(self.verified),
            "pending": self.pending,
            # only the role knows that a step waits for another one
            "waiting": False,
            # what has chosen the method knows it
            "reason": "",
        }
