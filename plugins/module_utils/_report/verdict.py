# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of an audit, and the sentence that says it. Pure.

An error counts more than drift, and so does what was not seen: nobody knows what it would have shown. Drift that was found is named beside it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.unseen import Row
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import UNCHECKED, have_accounts, listed, shown_number, to_do

Facts = t.Dict[str, t.Any]
Check = t.Dict[str, t.Any]

# these lists are drift, if anybody is on one: name, one, many
DRIFT = (
    ("missing", "person is missing", "people are missing"),
    ("unexpected", "account is unexpected", "accounts are unexpected"),
    ("differing", "account differs", "accounts differ"),
    ("duplicates", "account is a duplicate", "accounts are duplicates"),
)


def drift(facts: Facts, differences: t.Sequence[t.Any], checks: t.Sequence[Check], error: str | None, unseen_people: t.Sequence[Row]) -> list[str]:
    """What differs, in words. A broken check is drift, even where no step names it: nothing that does not work is called in sync."""
    people = facts["people"]
    parts = [counted(len(differences), "step differs", "steps differ")] if differences else []
    parts += [counted(people["counts"][name], one, many) for name, one, many in DRIFT if people and people["counts"][name]]
    broken = [check["title"].lower() for check in checks if check["state"] == "red"]
    # what refused to answer an audit that failed need not be what is broken
    if broken and not parts and not error:
        parts.append("broken at %s" % listed(broken))
    if not parts and people and not people["in_sync"] and not unseen_people:
        parts.append("people on both sides do not agree")
    return parts


def outcome(error: str | None, unchecked: t.Sequence[Row], drifted: t.Sequence[str]) -> str:
    """Failed syncs alone are no drift."""
    if error or unchecked:
        return "error"
    return "drift" if drifted else "in_sync"


def verdict(facts: Facts, checks: t.Sequence[Check], error: str | None, unchecked: t.Sequence[Row], drifted: t.Sequence[str]) -> str:
    if error or unchecked:
        too = " Drift was found, too: %s." % listed(drifted) if drifted else ""
        if error:
            return "The audit could not be completed%s" % ("." + too if too else ", so it has no result.")
        return "%s%s%s" % (UNCHECKED, " ".join(_sentence(row["why"]) for row in unchecked), too)
    if drifted:
        return " ".join(part for part in ("Drift: %s." % listed(drifted), to_do(facts["groups"], facts["people"])) if part)
    return _in_sync(facts, checks)


def _sentence(why: str) -> str:
    """On one line, and with its end."""
    line = " ".join(why.split())
    return line if line.endswith((".", "!", "?")) else line + "."


def _in_sync(facts: Facts, checks: t.Sequence[Check]) -> str:
    # one that is set aside, since a rotation is under way, is not as wanted
    steps = sum(not step["changed"] for step in facts["steps"])
    compared = "all %s steps are as wanted" % shown_number(steps) if steps > 1 else "the one step is as wanted"
    not_compared = "the steps wait for the end of a rotation" if facts["steps"] else "steps were not compared, since that is switched off"
    said = "In sync: %s, and %s" % (compared if steps else not_compared, _people_in_sync(facts["people"]))
    for words, state in (("worth a look", "amber"), ("not seen", "unknown")):
        titles = [check["title"].lower() for check in checks if check["state"] == state and check["check"] not in facts["switched_off"]]
        said += "; %s: %s" % (words, listed(titles)) if titles else ""
    return said + "."


def _people_in_sync(people: Facts | None) -> str:
    if people is None:
        return "people were not compared, since that is switched off"
    count = people["counts"]
    expected = count["expected"]
    if count["pending"]:
        return "%s, with %s pending" % (have_accounts(count["matched"], expected), shown_number(count["pending"]))
    if not expected:
        return "nobody is expected in Unity"
    return "the one expected person has an account" if expected == 1 else "all %s expected people have their accounts" % shown_number(expected)
