# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past audits, one JSON object a line: enough to draw a trend, and nobody's name. Pure; files.py reads and writes them."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of, rfc3339

Line = t.Dict[str, t.Any]
NUMBERS = ("expected", "provisioned", "missing", "pending", "unexpected", "differing", "open_failures", "key_age_days")
OUTCOMES = ("in_sync", "drift", "error")
# how many runs a report carries
SHOWN = 100


def line(checked_at: str, outcome: str, people: dict[str, t.Any] | None, health: dict[str, t.Any] | None, key_age_days: int | None) -> Line:
    """This run. A number that nobody could see is null, not zero."""
    counts = people["counts"] if people else {}
    numbers = {**{name: counts.get(name) for name in NUMBERS}, "open_failures": health["open_failures"] if health else None, "key_age_days": key_age_days}
    return {"checked_at": checked_at, "outcome": outcome, **numbers}


def parse(text: str) -> Line:
    """One line as an earlier run wrote it. ValueError for anything else."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("outcome") not in OUTCOMES:
        raise ValueError("not a line of a history")
    at = moment_of(found["checked_at"]) if isinstance(found.get("checked_at"), str) else None
    if at is None:
        raise ValueError("not a line of a history")
    for name in NUMBERS:
        value = found.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise ValueError("not a line of a history")
    return {"checked_at": rfc3339(at), "outcome": found["outcome"], **{name: found.get(name) for name in NUMBERS}}


def with_line(lines: t.Sequence[Line], new: Line) -> list[Line]:
    """The lines, oldest first, and the new one. A run that is repeated for the same time replaces its own line."""
    # times are in UTC and of one form, so their texts sort as they do
    return sorted([*(one for one in lines if one["checked_at"] != new["checked_at"]), new], key=lambda one: one["checked_at"])


def as_text(lines: t.Sequence[Line]) -> str:
    return "".join(json.dumps(one) + "\n" for one in lines)
