# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one value, from which every form of it is made. Pure: no files, and the time is given."""
from __future__ import annotations

import json
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.report import chain, history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.report.given import COUNTS, PEOPLE_LISTS, read_all
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.report.wording import counted, listed, moment, shown_number
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.version import VERSION

Report = t.Dict[str, t.Any]
REPORT_VERSION = 1
COLLECTION = "unity_jumpcloud.scim"
NOTHING_COMPARED = "Nothing was compared: the audit gave neither steps nor people."
# these lists are drift, if anybody is on one
DRIFT = ("missing", "unexpected", "differing", "duplicates")


def make(params: t.Mapping[str, t.Any], checked_at: str, past: t.Sequence[history.Line]) -> Report:
    """The report of what the audit found at ``checked_at`` (RFC 3339). ``past`` are other runs; those before it make its trend."""
    now = moment(checked_at)
    if now is None:
        raise ValueError("not a time")
    facts = _facts(params)
    people, health = facts["people"], facts["health"]
    links = chain.links(facts, now)
    differences = [{"step": step["step"], "found": step["found"], "would_do": step["did"]} for step in facts["steps"] if step["changed"]]
    error = facts["error"] or (None if facts["steps"] or people else NOTHING_COMPARED)
    outcome = _outcome(error, differences, people, links)
    line = history.line(checked_at, outcome, people, health, chain.key_age(facts, now))
    return {
        "report_version": REPORT_VERSION,
        "collection": {"name": COLLECTION, "version": VERSION},
        "name": facts["name"],
        "checked_at": checked_at,
        "subject": _subject(facts),
        "outcome": outcome,
        "verdict": _verdict(outcome, len(facts["steps"]), differences, people, links),
        "chain": links,
        "differences": differences,
        "groups": facts["groups"] or [],
        "people": people,
        "health": health,
        "events": facts["events"],
        "not_seen": _not_seen(facts),
        "error": error,
        "history": history.with_line([one for one in past if one["checked_at"] < checked_at], line)[-history.SHOWN:],
    }


def as_json(report: Report) -> str:
    """ASCII only, so that no name can change how the rest is read."""
    return json.dumps(report, indent=2) + "\n"


def _facts(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    try:
        facts = read_all(params)
    except ShapeMismatch as error:
        raise ScimError("The report can't be made: %s." % error, "Hand over the results of the modules as they are, or leave the option out.") from None
    people = facts["people"]
    if people:
        counts = people["counts"] or dict.fromkeys(COUNTS)
        # a list says at least how many it names
        people["counts"] = {**counts, **{name: len(people[name]) if counts[name] is None else counts[name] for name in PEOPLE_LISTS}}
        people["in_sync"] = not any(people["counts"][name] for name in DRIFT) if people["in_sync"] is None else people["in_sync"]
        people["missing"] = _with_reasons(people["missing"], facts["health"])
    return facts


def _with_reasons(missing: list[dict[str, t.Any]], health: dict[str, t.Any] | None) -> list[dict[str, t.Any]]:
    """Why somebody is missing: the failure that is the newest thing that is known of the person, found by JumpCloud's id, else by email."""
    by_id: dict[str, str] = {}
    by_email: dict[str, str] = {}
    for failure in (health or {}).get("failures") or []:
        # those whose newest event is still a failure come first
        for person in failure["people"][: failure["open_people_count"]]:
            if person["id"]:
                by_id.setdefault(person["id"], failure["title"])
            if person["email"]:
                by_email.setdefault(person["email"].casefold(), failure["title"])
    return [
        {**person, "reason": person["reason"] or by_id.get(person["jumpcloud_id"] or "") or by_email.get((person["email"] or "").casefold())}
        for person in missing
    ]


def _outcome(error: str | None, differences: list[t.Any], people: dict[str, t.Any] | None, links: list[chain.Link]) -> str:
    """A broken link is drift, even where no step names it: nothing that does not work is called in sync. Failed syncs alone are not."""
    if error:
        return "error"
    broken = any(link["state"] == "red" for link in links)
    return "drift" if differences or broken or (people and not people["in_sync"]) else "in_sync"


def _verdict(outcome: str, steps: int, differences: list[t.Any], people: dict[str, t.Any] | None, links: list[chain.Link]) -> str:
    if outcome == "error":
        return "The audit could not be completed, so it has no result."
    if outcome == "drift":
        return "Drift: %s." % listed(_what_drifted(differences, people, links))
    compared = "all %s steps are as wanted" % shown_number(steps) if steps > 1 else "the one step is as wanted"
    verdict = "In sync: %s, and %s" % (compared if steps else "steps were not compared", _people_in_sync(people))
    amber = [link["title"].lower() for link in links if link["state"] == "amber"]
    return "%s%s." % (verdict, "; worth a look: %s" % listed(amber) if amber else "")


def _people_in_sync(people: dict[str, t.Any] | None) -> str:
    if people is None:
        return "people were not compared"
    count = people["counts"]
    expected = count["expected"]
    if count["pending"]:
        return "%s of %s expected people have their accounts, with %s pending" % (
            shown_number(count["matched"]), shown_number(expected), shown_number(count["pending"])
        )
    if not expected:
        return "nobody is expected in Unity" if expected == 0 else "everybody has an account who should"
    return "the one expected person has an account" if expected == 1 else "all %s expected people have their accounts" % shown_number(expected)


def _what_drifted(differences: list[t.Any], people: dict[str, t.Any] | None, links: list[chain.Link]) -> list[str]:
    parts = [counted(len(differences), "step differs", "steps differ")] if differences else []
    words = (("person is missing", "people are missing"), ("account is unexpected", "accounts are unexpected"))
    words += (("account differs", "accounts differ"), ("account is a duplicate", "accounts are duplicates"))
    for name, (one, many) in zip(DRIFT, words):
        number = people["counts"][name] if people else 0
        if number:
            parts.append(counted(number, one, many))
    broken = [link["title"].lower() for link in links if link["state"] == "red"]
    if broken and not parts:
        parts.append("the chain is broken at %s" % listed(broken))
    return parts or ["people on both sides do not agree"]


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


def _not_seen(facts: dict[str, t.Any]) -> list[dict[str, str]]:
    found = [*facts["not_seen"], *((facts["people"] or {}).get("not_seen") or [])]
    return [row for position, row in enumerate(found) if row not in found[:position]]
