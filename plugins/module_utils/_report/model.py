# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one value, from which every form of it is made. Pure: no files, and the time is given."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.deeds import in_words
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history, since, unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.checks import all_checks, differing, in_days, key_age
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import ACTIONS, COUNTS, PEOPLE_LISTS, read_all
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.verdict import DRIFT, drift, outcome, verdict

Report = t.Dict[str, t.Any]
REPORT_VERSION = 1
COLLECTION = "unity_jumpcloud.scim"
NOTHING_COMPARED = "Nothing was compared: the audit gave neither steps nor people."


# takes the live keys and the time, gives {key_id, minutes} where a rotation is under way
FindRotation = t.Callable[[t.List[t.Dict[str, t.Any]], datetime], t.Optional[t.Dict[str, t.Any]]]


def _no_rotation(_keys: t.Any, _now: datetime) -> None:
    """Nobody looks."""


def make(
    given: t.Mapping[str, t.Any],
    checked_at: str,
    past: t.Sequence[history.Line],
    find_rotation: FindRotation = _no_rotation,
    replaced: history.Line | None = None,
) -> Report:
    """The report of what the audit found at ``checked_at`` (RFC 3339). ``past`` are other runs; those before it make its trend.

    ``replaced`` is the run of the report that this one takes the place of; without a past it tells since when something is so.
    """
    now = moment_of(checked_at)
    if now is None:
        raise ValueError("not a time")
    facts = _facts(given)
    facts["rotation"] = find_rotation(facts["keys"] or [], now)
    people, health = facts["people"], facts["health"]
    error = facts["error"] or (None if facts["steps"] or people else NOTHING_COMPARED)
    unseen.complete(facts, bool(error))
    unchecked, unseen_people = unseen.unchecked(facts), unseen.of_people(facts)
    if people:
        # whoever hands over true may have overlooked it
        people["in_sync"] = people["in_sync"] is not False and not unseen_people and not any(people["counts"][name] for name, _one, _many in DRIFT)
    known = [one for one in past if one["checked_at"] <= checked_at]
    known = known or ([replaced] if replaced and replaced["checked_at"] <= checked_at else [])
    checks = since.checks(all_checks(facts, now), known, checked_at)
    differences = [{"step": step["step"], "found": step["found"], "would_do": in_words(step["did"], True)} for step in differing(facts)]
    differences = since.differences(differences, known, checked_at)
    drifted = drift(facts, differences, checks, error, unseen_people)
    ends = outcome(error, unchecked, drifted)
    people, people_since = since.people(people, known, checked_at)
    newest_key = key_age(facts, now)
    line = history.line(
        checked_at,
        ends,
        people,
        health,
        in_days(newest_key),
        checks={check["check"]: {"state": check["state"], "since": check["since"]} for check in checks},
        differing_steps=[{"step": row["step"], "since": row["since"]} for row in differences] if facts["steps"] else None,
        people_since=people_since,
    )
    return {
        "report_version": REPORT_VERSION,
        "collection": {"name": COLLECTION, "version": VERSION},
        "name": facts["name"],
        "checked_at": checked_at,
        "duration_seconds": facts["duration"],
        "subject": _subject(facts),
        "outcome": ends,
        "verdict": verdict(facts, checks, error, unchecked, drifted),
        "drift": drifted,
        "checks": checks,
        "key_age_seconds": newest_key,
        "differences": differences,
        "groups": facts["groups"] or [],
        "people": people,
        "health": health,
        "events": facts["events"],
        "unchecked": unseen.everything(facts),
        "switched_off": facts["switched_off"],
        "error": error,
        "history": history.with_line([one for one in past if one["checked_at"] < checked_at], line)[-history.SHOWN :],
    }


def as_json(report: Report) -> str:
    """ASCII only, so that no name can change how the rest is read."""
    return json.dumps(report, indent=2) + "\n"


def _facts(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    try:
        facts = read_all(given)
    except ShapeMismatch as error:
        raise ScimError("The report can't be made: %s." % error, "Hand over the results of the modules as they are, or leave the option out.") from None
    people = facts["people"]
    facts["switched_off"] = [part for part in unseen.PARTS if part in facts["switched_off"] and not facts["health" if part == "events" else part]]
    if people:
        counts = people["counts"] or dict.fromkeys(COUNTS)
        # a list says at least how many it names
        people["counts"] = {**counts, **{name: len(people[name]) if counts[name] is None else counts[name] for name in PEOPLE_LISTS}}
        people["to_do"] = people["to_do"] or dict.fromkeys(ACTIONS, 0)
        people["missing"] = _with_reasons(people["missing"], facts["health"])
    return facts


def _with_reasons(missing: list[dict[str, t.Any]], health: dict[str, t.Any] | None) -> list[dict[str, t.Any]]:
    """Why somebody is missing: the failure that is the newest thing that is known of the person, found by JumpCloud's id, else by email."""
    by_id: dict[str, dict[str, t.Any]] = {}
    by_email: dict[str, dict[str, t.Any]] = {}
    for failure in (health or {}).get("failures") or []:
        # those whose newest event is still a failure come first
        for person in failure["people"][: failure["open_people_count"]]:
            if person["id"]:
                by_id.setdefault(person["id"], failure)
            if person["email"]:
                by_email.setdefault(matching_key(person["email"]), failure)
    explained = []
    for person in missing:
        cause = None if person["reason"] else by_id.get(person["jumpcloud_id"] or "") or by_email.get(matching_key(person["email"]))
        explained.append({**person, "reason": cause["title"], "remedy": cause["remedy"] or person["remedy"]} if cause else person)
    return explained


def _subject(facts: dict[str, t.Any]) -> dict[str, t.Any]:
    """Which pair of tenants; what was not said is taken from what was seen."""
    subject = facts["subject"] or dict.fromkeys(("unity_organization_id", "jumpcloud_organization_id", "application", "application_id", "base_url"))
    application = facts["application"] or (facts["people"] or {}).get("application") or {}
    seen = {
        "application": application.get("display_label") or application.get("display_name"),
        "application_id": application.get("id"),
        "base_url": (facts["connector"] or {}).get("base_url") or (facts["people"] or {}).get("base_url"),
    }
    return {name: value or seen.get(name) for name, value in subject.items()}
