# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit did not see. Green means seen: whatever is listed here keeps an audit from being in sync, unless it only explains. Pure."""

from __future__ import annotations

import typing as t

Facts = t.Dict[str, t.Any]
Row = t.Dict[str, str]

# what an audit may be told not to look at
PARTS = ("steps", "people", "events")
# an audit that gives neither the part nor a reason has not looked
ABSENT = {"steps": "The steps of the set-up were not compared.", "people": "The people were not compared."}
# who would be pending is missing then: it hides no drift
EXPLAINS_ONLY = ("pending",)
# names of what people are compared by; what else the comparison did not see is listed with the people
OF_PEOPLE = ("people", "users", "scim_users", "bound", "directory", "provisioned", "odd_rows")
NO_COUNTS = "The comparison of the people does not say how many are expected and how many of them were found."
EVENTS_INCOMPLETE = "Directory Insights did not show all events, so their numbers are at least what the report says."


def kind(row: Row) -> str:
    return row["what"].strip().lower().replace(" ", "_")


def is_untold(step: Facts) -> bool:
    """Whether nothing tells how a step stands, so that all that is left is to ask a person."""
    return not step["known"] and step["did"] == ["ask"]


def complete(facts: Facts, failed: bool) -> None:
    """List what was handed over in part, and what was neither handed over nor switched off; of an audit that failed its error tells that."""
    people, health = facts["people"], facts["health"]
    facts["unchecked"] += [{"what": step["step"], "why": step["found"]} for step in facts["steps"] if is_untold(step)]
    said = {kind(row) for row in facts["unchecked"]}
    for part, why in ABSENT.items():
        if not failed and not facts[part] and part not in facts["switched_off"] and part not in said:
            facts["unchecked"].append({"what": part, "why": why})
    if people and (people["counts"]["expected"] is None or people["counts"]["matched"] is None):
        people["unchecked"].append({"what": "people", "why": NO_COUNTS})
    if health and health["incomplete"] and "events" not in said:
        facts["unchecked"].append({"what": "events", "why": EVENTS_INCOMPLETE})


def everything(facts: Facts) -> list[Row]:
    """Each row once."""
    found = [*facts["unchecked"], *((facts["people"] or {}).get("unchecked") or [])]
    return [row for position, row in enumerate(found) if row not in found[:position]]


def unchecked(facts: Facts) -> list[Row]:
    """What keeps the audit from being in sync."""
    return [row for row in everything(facts) if kind(row) not in EXPLAINS_ONLY]


def of_people(facts: Facts) -> list[Row]:
    """What the comparison of the people did not see."""
    own = (facts["people"] or {}).get("unchecked") or []
    return [row for row in unchecked(facts) if row in own or kind(row) in OF_PEOPLE]
