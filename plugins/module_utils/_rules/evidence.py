# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of a step, from published sources, and what a person's word for it is worth. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace


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


@dataclass(frozen=True)
class Word:
    """A person's word that a step is done. ``name``: how scim_provisioning_confirmed names the step.

    The word stays in the variables, since each run needs it again. So it may be older than what is asked for: ``counts`` is whether it can be about that.
    """

    name: str
    said: bool = False
    counts: bool = True

    @property
    def is_taken(self) -> bool:
        return self.said and self.counts

    @property
    def is_early(self) -> bool:
        return self.said and not self.counts

    @property
    def hint(self) -> str:
        """How to give the word, or why it was not taken."""
        if self.is_early:
            return (
                "It was said before it was asked for: scim_provisioning_confirmed names %s, but no earlier run has asked for just this, so the word was not "
                "taken. Once it is done, the next run that finds this runbook takes it." % self.name
            )
        return "say so: scim_provisioning_confirmed: [%s]." % self.name

    def instead_of(self, nothing: Evidence, once: str = "") -> Evidence:
        """The word where it is taken; else ``nothing``, with the hint. ``once``: when to give the word; where it is left out, only a refused one is told."""
        if self.is_taken:
            return CONFIRMED
        if self.is_early:
            return replace(nothing, detail="%s %s" % (nothing.detail, self.hint))
        return replace(nothing, detail="%s %s, %s" % (nothing.detail, once, self.hint)) if once else nothing
