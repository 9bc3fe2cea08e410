# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and titles as the report's pages say them. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import account_name
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted

# what is wrong comes first
STATE_ORDER = ("red", "amber", "unknown", "green")
STATE_WORDS = {"green": "OK", "amber": "Attention", "red": "Broken", "unknown": "Unchecked"}
OUTCOME_WORDS = {"in_sync": "In sync", "drift": "Drift", "error": "Unchecked"}
UNCHECKED = "Not in sync: unchecked. "

# list, title, what being on it means
PEOPLE_TITLES = (
    ("missing", "Missing in Unity", "They should have an account, and have none."),
    ("unexpected", "Unexpected in Unity", "They have an account, and should have none."),
    ("differing", "Differing", "Their account shows something else than JumpCloud does."),
    ("duplicates", "Duplicates", "One person has more than one account."),
    ("pending", "Pending", "They were bound or unbound a moment ago. JumpCloud may still be working on it. This is not drift."),
    ("outside_domain", "Outside the domains", "Accounts that came another way, such as guests. This is not drift."),
    ("staged", "Staged in JumpCloud", "JumpCloud provisions nobody before activation. This is not drift."),
    ("suspended", "Suspended in JumpCloud", "JumpCloud provisions nobody who is suspended. This is not drift."),
    ("at_risk", "At risk", "Their password in JumpCloud has expired, and JumpCloud may send their accounts as inactive. This is not drift."),
)
# what is to be done about drift: before the number of people, and after it
TO_DO = (
    ("bind_group", "bind groups for", ""),
    ("provision_user", "run provision_user for", ""),
    ("correct_in_jumpcloud", "correct", " in JumpCloud"),
    ("correct_in_unity", "correct", " in Unity"),
)
MAX_NAMED_GROUPS = 5


def worst_first(checks: t.Sequence[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """By state; what is of the same state stays in its order, in which one check leans on the one before."""
    return sorted(checks, key=lambda check: STATE_ORDER.index(check["state"]))


def open_first(failures: t.Sequence[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """What still keeps people out comes before what was overcome."""
    return sorted(failures, key=lambda failure: not failure["open_people_count"])


def shown_number(value: int | None) -> str:
    return "\u2013" if value is None else "{:,}".format(value)


def listed(parts: t.Sequence[str]) -> str:
    """``a, b and c``."""
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def have_accounts(matched: int | None, expected: int | None) -> str:
    """``1 of 1 expected person has an account``, ``2 of 3 expected people have their accounts``."""
    who = "%s of %s expected %s" % (shown_number(matched), shown_number(expected), "person" if expected == 1 else "people")
    return who + (" has an account" if 1 in (matched, expected) else " have their accounts")


def are_shown(shown: int, count: int | None) -> str:
    return "%s of %s %s shown." % (shown_number(shown), shown_number(count), "is" if shown == 1 else "are")


def verdict_beside(outcome: str, verdict: str) -> str:
    """The verdict where the outcome's word stands beside it, and need not be said twice."""
    said = next((verdict[len(start) :] for start in (OUTCOME_WORDS[outcome] + ": ", UNCHECKED) if verdict.startswith(start)), verdict)
    return said[:1].upper() + said[1:]


def to_bind(groups: t.Sequence[dict[str, t.Any]] | None) -> list[str]:
    """The names of the groups that are to be bound."""
    return [group["name"] or group["id"] or "\u2013" for group in groups or () if not group["bound"]]


def to_do(groups: t.Sequence[dict[str, t.Any]] | None, people: dict[str, t.Any] | None) -> str:
    """Which groups are to be bound, and how many people need what, in sentences; empty where nothing is known of either."""
    names = to_bind(groups)
    named = names[:MAX_NAMED_GROUPS] + (["%d more" % (len(names) - MAX_NAMED_GROUPS)] if len(names) > MAX_NAMED_GROUPS else [])
    counts = (people or {}).get("to_do") or {}
    parts = ["%s %s%s" % (verb, counted(counts[name], "person", "people"), where) for name, verb, where in TO_DO if counts.get(name)]
    said = (["To be bound: %s." % listed(named)] if named else []) + (["To do: %s." % ", ".join(parts)] if parts else [])
    return " ".join(said)


def step_title(step: str) -> str:
    return step.replace("_", " ").capitalize()


def event_title(event_type: str) -> str:
    """What was tried, since the outcome says whether it was done."""
    titles = {
        "user_create_provision": "Create account",
        "user_update_provision": "Update account",
        "user_deprovision": "Deprovision account",
        "user_delete_provision": "Delete account",
        "user_lookup_provision": "Look account up",
        "integration_activate": "Activate provisioning",
        "integration_deactivate": "Deactivate provisioning",
        "association_change": "Change binding",
    }
    return titles.get(event_type, step_title(event_type))


def event_subject(event: dict[str, t.Any]) -> str:
    """Whom or what an event is about."""
    resource = event["resource"] or {}
    if resource.get("type") == "application":
        return "the application"
    return resource.get("email") or resource.get("username") or resource.get("id") or "\u2013"


def person_name(kind: str, person: dict[str, t.Any]) -> str:
    """As somebody on this list is called."""
    return account_name(kind, person) or person["email"] or person["user_name"] or person["name"] or person["jumpcloud_id"] or person["unity_id"] or "\u2013"


def why(person: dict[str, t.Any]) -> str:
    """The reason, and what differs."""
    differences = ["%s: %s in JumpCloud, %s in Unity" % (row["attribute"], _value(row["jumpcloud"]), _value(row["unity"])) for row in person["differences"]]
    return "; ".join([*([person["reason"]] if person["reason"] else []), *differences])


def _value(value: str | None) -> str:
    return "nothing" if value in (None, "") else str(value)


def outcome_of(event: dict[str, t.Any]) -> str:
    return {True: "succeeded", False: "failed"}.get(event["success"], "not said")
