# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of a step, from published sources."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What can be seen of a step. ``found`` is None where nothing published tells.

    ``at`` is RFC 3339 in the source's own clock; ``contradicts`` is the field whose value the evidence speaks against. ``confirmed``: a
    person says that it is done, and nothing else can.
    """

    found: bool | None
    source: str
    detail: str
    at: str | None = None
    contradicts: str | None = None
    confirmed: bool = False

    @property
    def settles(self) -> bool:
        return self.found is True or self.confirmed

    def as_result(self) -> dict[str, t.Any]:
        return {"found": self.found, "source": self.source, "at": self.at, "detail": self.detail, "contradicts": self.contradicts}


# where only a person's word is left
CONFIRMED = Evidence(None, "confirmed", "You say that it is done. Nothing published shows it.", confirmed=True)
