# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a step of the setup stands, as a summary shows it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step. ``found``: how it was before; ``did``: in check mode, what would be done; ``pending``: a person still has to do it."""

    step: str
    method: str
    changed: bool
    found: str
    did: t.Sequence[str] = ()
    verified: t.Sequence[str] = ()
    pending: bool = False
    waiting: bool = False

    def as_result(self) -> dict[str, t.Any]:
        return {
            "step": self.step,
            "method": self.method,
            "changed": self.changed,
            "found": self.found,
            "did": list(self.did),
            "verified": list(self.verified),
            "pending": self.pending,
            "waiting": self.waiting,
        }
