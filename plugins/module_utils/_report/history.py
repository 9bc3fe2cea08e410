# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past audits, one JSON object a line: enough to draw a trend and to say since when something is so, and nobody's name. Pure; files.py reads them."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of, rfc3339

Line = t.Dict[str, t.Any]
NUMBERS = ("expected", "provisioned", "missing", "pending", "unexpected", "differing", "open_failures", "key_age_days")
OUTCOMES = ("in_sync", "drift", "error")
STATES = ("green", "amber", "red", "unknown")
# what lines of earlier versions lack: the states of the checks, the steps that differ, and who is on which list, each with the time since which that is so
MEMORY = ("checks", "differing_steps", "people_since")
# how many runs a report carries
SHOWN = 100


def line(checked_at: str, outcome: str, people: dict[str, t.Any] | None, health: dict[str, t.Any] | None, key_age_days: int | None, **memory: t.Any) -> Line:
    """This run. A number that nobody could see is null, not zero. ``memory``: what is known of MEMORY."""
    counts = people["counts"] if people else {}
    numbers = {**{name: counts.get(name) for name in NUMBERS}, "open_failures": health["open_failures"] if health else None, "key_age_days": key_age_days}
    return {"checked_at": checked_at, "outcome": outcome, **numbers, **dict.fromkeys(MEMORY), **memory}


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
    if not all(found.get(name) is None or _IS_MEMORY[name](found[name]) for name in MEMORY):
        raise ValueError("not a line of a history")
    return {"checked_at": rfc3339(at), "outcome": found["outcome"], **{name: found.get(name) for name in (*NUMBERS, *MEMORY)}}


def _are_rows(value: t.Any, **fields: t.Callable[[t.Any], bool]) -> bool:
    """A list of objects with exactly these fields."""
    rows = value if isinstance(value, list) else [None]
    return all(isinstance(row, dict) and set(row) == set(fields) and all(fits(row[name]) for name, fits in fields.items()) for row in rows)


def _are_texts(value: t.Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_time(value: t.Any) -> bool:
    found = moment_of(value)
    return found is not None and rfc3339(found) == value


def _is_time_or_none(value: t.Any) -> bool:
    return value is None or _is_time(value)


_IS_MEMORY: dict[str, t.Callable[[t.Any], bool]] = {
    "checks": lambda value: isinstance(value, dict) and _are_rows([*value.values()], state=STATES.__contains__, since=_is_time_or_none),
    "differing_steps": lambda value: _are_rows(value, step=lambda step: isinstance(step, str), since=_is_time),
    "people_since": lambda value: isinstance(value, dict) and all(_are_rows(rows, since=_is_time, people=_are_texts) for rows in value.values()),
}


def with_line(lines: t.Sequence[Line], new: Line) -> list[Line]:
    """The lines, oldest first, and the new one. A run that is repeated for the same time replaces its own line. Only the newest remembers people."""
    # times are in UTC and of one form, so their texts sort as they do
    runs = sorted([*(one for one in lines if one["checked_at"] != new["checked_at"]), new], key=lambda one: one["checked_at"])
    return [*(without_people(one) for one in runs[:-1]), runs[-1]]


def without_people(one: Line) -> Line:
    return {**one, "people_since": None}


def as_text(lines: t.Sequence[Line]) -> str:
    return "".join(json.dumps(one) + "\n" for one in lines)
