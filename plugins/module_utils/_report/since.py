# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Since when something is so: a run takes the time from the run before it, as long as nothing has changed. Pure.

A run that could not look changes nothing. People are known by fingerprints, so that a history names nobody.
"""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import PEOPLE_LISTS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.history import Line

Row = t.Dict[str, t.Any]


def checks(found: t.Sequence[Row], known: t.Sequence[Line], checked_at: str) -> list[Row]:
    """The checks, each with the time since which its state is the same; what is green has none. ``known``: the runs so far, oldest first."""
    return [{**one, "since": None if one["state"] == "green" else _of_check(one, known, checked_at)} for one in found]


def _of_check(check: Row, known: t.Sequence[Line], checked_at: str) -> str:
    for run in reversed(known):
        before = (run.get("checks") or {}).get(check["check"])
        if before and before["state"] == check["state"]:
            return before["since"] or checked_at
        # nobody could look, or this run is made once more
        if before and before["state"] != "unknown" and run["checked_at"] != checked_at:
            break
    return checked_at


def differences(found: t.Sequence[Row], known: t.Sequence[Line], checked_at: str) -> list[Row]:
    """The steps that differ, each with the time since which it does."""
    return [{**one, "since": _of_step(one["step"], known, checked_at)} for one in found]


def _of_step(step: str, known: t.Sequence[Line], checked_at: str) -> str:
    for run in reversed(known):
        before = run.get("differing_steps")
        found: str | None = next((row["since"] for row in before or [] if row["step"] == step), None)
        if found:
            return found
        # a run that ended early may not have come to the step
        if before is not None and run["outcome"] != "error" and run["checked_at"] != checked_at:
            break
    return checked_at


def people(found: Row | None, known: t.Sequence[Line], checked_at: str) -> tuple[Row | None, Row | None]:
    """The people, each with the time since which audits see them on their list; and what the next run has to remember of it."""
    remembered = next((run["people_since"] for run in reversed(known) if run.get("people_since")), None)
    if found is None:
        return None, remembered
    dated: Row = {}
    memory: Row = {}
    for name in PEOPLE_LISTS:
        before = {mark: row["since"] for row in (remembered or {}).get(name) or [] for mark in row["people"] if row["since"] <= checked_at}
        times: dict[str, list[str]] = {}
        dated[name] = []
        for person in found[name]:
            mark = fingerprint(person)
            at = before.get(mark, checked_at)
            times.setdefault(at, []).append(mark)
            dated[name].append({**person, "since": at})
        memory[name] = [{"since": at, "people": times[at]} for at in sorted(times)]
    return {**found, **dated}, memory


def fingerprint(person: Row) -> str:
    """The same for the same person in every run, and no name: IDs come first, since addresses change."""
    known_by = person["jumpcloud_id"] or person["unity_id"] or matching_key(person["email"] or person["user_name"] or person["name"])
    return hashlib.sha256((known_by or "").encode("utf-8", "surrogatepass")).hexdigest()[:16]
