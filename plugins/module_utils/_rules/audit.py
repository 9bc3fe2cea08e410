# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit makes of what it could not read, and of what was seen before it. Pure.

What could not be read is unchecked. It is an error as well, unless something that was found already explains it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.commands import GET_AUDIT_KEY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import account_name
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import is_managed_name

Facts = t.Dict[str, t.Any]

REFUSALS = (401, 403)
# the lists of people whom a diff names, and how many of each
NAMED = ("missing", "unexpected", "differing", "duplicates", "at_risk")
MAX_NAMED = 100
# not everybody who may audit may read the events, and not every subscription has them
FORBIDDEN_EVENTS = (401, 402, 403)
ACCOUNT_STEPS = ("service_account", "service_account_key")
# the description of the account, by which nobody is let in or kept out
HARMLESS = ["update"]
NO_KEY = {
    "what": "people",
    "why": "The people were not compared: there is no key to read Unity's users with. %s; scim_provisioning_check_people=false leaves the people out."
    % GET_AUDIT_KEY,
}


@dataclass(frozen=True)
class Unread:
    """A part that could not be read: why, by what cause, whether that is an error of the audit, and whether Unity's SCIM service refused the key."""

    what: str
    why: str
    cause: str
    is_error: bool
    refused: bool = False

    def as_row(self) -> dict[str, str]:
        return {"what": self.what, "why": self.why}


def unread_people(error: ScimError, said: str, steps: t.Sequence[t.Any]) -> Unread:
    """``said``: what the error says, fit to be shown. ``steps``: those of the set-up that were compared."""
    refused = isinstance(error, ApiError) and error.status in REFUSALS and "SCIM" in error.service
    return Unread("people", "The people could not be compared. %s" % said, said, not (refused and explains_a_refusal(steps)), refused)


def explains_a_refusal(steps: t.Sequence[t.Any]) -> bool:
    """An account without its role or its key is drift that was found already, and why Unity refuses to answer; one of which nothing tells is not."""
    found = [step for step in steps if isinstance(step, dict) and step.get("changed") is True and step.get("known") is not False]
    return any(step.get("step") in ACCOUNT_STEPS and step.get("did") != HARMLESS for step in found)


def unread_events(error: ScimError, said: str) -> Unread:
    forbidden = isinstance(error, ApiError) and error.status in FORBIDDEN_EVENTS
    return Unread("events", said + (" scim_provisioning_check_events=false leaves the events out." if forbidden else ""), said, not forbidden)


def stopped(stops: t.Sequence[str], failure: str | None, steps: t.Sequence[t.Any], run_tags: t.Sequence[str]) -> str | None:
    """What stopped the comparison of the set-up, each reason once; None where nothing did.

    What every run looks at is no step of a tag, so the prerequisites alone count only where their tag was asked for.
    """
    blocked = " ".join(stops)
    reasons = [reason for reason in (blocked, "" if failure and failure in blocked else failure) if reason]
    if not reasons and run_tags and not [step for step in steps if step != "prerequisites" or "prerequisites" in run_tags]:
        reasons = ["No step was compared, since the tags select none. The tags are named like the steps."]
    return "The set-up could not be compared. %s" % " ".join(reasons) if reasons else None


def said_errors(run_error: str | None, unread: t.Sequence[Unread]) -> str | None:
    """Why the audit could not be completed, each reason once: two parts may have failed for the same one."""
    said: list[str] = [run_error] if run_error else []
    for part in unread:
        if part.is_error and not any(part.cause in other for other in said):
            said.append(part.why)
    return " ".join(said) or None


def parts_off(switched_off: t.Sequence[str], check_people: bool, check_events: bool) -> list[str]:
    """What the audit is told not to look at, in whatever way."""
    told = {*switched_off, *(() if check_people else ("people",)), *(() if check_events else ("events",))}
    return [part for part in ("steps", "people", "events") if part in told]


def part(seen: t.Any, *names: str) -> t.Any:
    """What is there under these names, one within the other; None where nothing is, or something of another shape."""
    for name in names:
        seen = seen.get(name) if isinstance(seen, dict) else None
    return seen


def seen_object(seen: t.Any, *names: str) -> Facts | None:
    found = part(seen, *names)
    return found if isinstance(found, dict) and found else None


def seen_list(seen: t.Any, *names: str) -> list[Facts] | None:
    """A list of objects; one with anything else in it was not seen. An empty one says that there is nothing."""
    found = part(seen, *names)
    return found if isinstance(found, list) and all(isinstance(row, dict) for row in found) else None


def keys_that_count(keys: list[Facts] | None, key_name: str) -> list[Facts] | None:
    """The managed keys. A foreign one, such as the one for audits, says nothing of the age of the one in use.

    Where there is none, all of them, as foreign ones; but without names nobody can tell them apart.
    """
    if keys is None:
        return None
    named = [key for key in keys if isinstance(key.get("name"), str) and key["name"]]
    managed = [key for key in named if is_managed_name(key["name"], key_name)]
    if managed:
        return managed
    if len(named) < len(keys):
        return [{name: value for name, value in key.items() if name != "managed"} for key in keys]
    return [{**key, "managed": False} for key in keys]


def connector_seen(connector: Facts | None, people: Facts | None, refused_at: str | None) -> Facts | None:
    """``refused_at``: the base URL at which the key was refused while the people were read; None where it was not."""
    base_url = part(connector, "base_url") or part(people, "base_url") or refused_at
    if not base_url:
        return None
    reached = bool(people) or part(connector, "verified") is True
    users = part(people, "counts", "provisioned") if people else part(connector, "users")
    return {"base_url": base_url, "reachable": True if reached else False if refused_at else None, "users": users}


def groups_to_bind(seen: t.Any) -> list[Facts]:
    """The groups that are wanted, and were seen not to be bound."""
    bound = seen_list(seen, "user_groups", "bound")
    ids = [group.get("id") for group in bound or ()]
    wanted = seen_list(seen, "user_groups", "wanted") if bound is not None else None
    known = (group for group in wanted or () if isinstance(group.get("id"), str) and isinstance(group.get("name"), str))
    return [{**group, "bound": False} for group in known if group["id"] not in ids]


def groups_seen(seen: t.Any) -> list[Facts] | None:
    """Those that are bound, and those that are to be bound."""
    bound = seen_list(seen, "user_groups", "bound")
    return None if bound is None else [*bound, *groups_to_bind(seen)]


def names_of(people: Facts | None) -> list[str]:
    """Whom a diff names: everybody who differs, and who is at risk, a line for each with the reason and what to do."""
    lines = []
    for kind in NAMED:
        rows = (people or {}).get(kind) or []
        lines += [_named(kind, row) for row in rows[:MAX_NAMED]]
        more = ((people or {}).get("counts") or {}).get(kind, 0) - min(len(rows), MAX_NAMED)
        lines += ["%s: ... and %d more" % (kind, more)] if more > 0 else []
    return lines


def _named(kind: str, row: Facts) -> str:
    differs = ", ".join(one["attribute"] for one in row["differences"])
    why = " (%s)" % (row["reason"] or differs) if row["reason"] or differs else ""
    name = account_name(kind, row) or row["email"] or row["user_name"] or row["jumpcloud_id"] or row["unity_id"] or "?"
    return one_line("%s: %s%s%s" % (kind, name, why, ". " + row["remedy"] if row["remedy"] else ""))


def setup_seen(seen: t.Any, key_name: str) -> Facts:
    """The report's facts of the set-up, but for the connector. What was not seen, or is of another shape, is None."""
    application = seen_object(seen, "application")
    return {
        "account": seen_object(seen, "service_account", "account"),
        "keys": keys_that_count(seen_list(seen, "service_account_key", "keys"), key_name),
        "application": {"display_label": application.get("display_label"), "identity_management": seen_object(seen, "identity_management")}
        if application
        else None,
        "groups": groups_seen(seen),
    }


def lines_of(audit: Facts, written: bool) -> list[str]:
    """What a person is shown of the audit. ``written``: whether the files are there, or would be."""
    lines = [audit["verdict"]]
    for check in audit["checks"]:
        remedy = " " + check["remedy"] if check["remedy"] and check["state"] in ("red", "amber") else ""
        lines.append("%s %s: %s%s" % (check["state"].upper(), check["title"], check["found"], remedy))
    lines += ["Unchecked: %s. %s" % (row["what"], row["why"]) for row in audit["unchecked"]]
    lines += ["%s: %s" % ("Written" if written else "Would be written", file) for file in (audit["files"] or {}).values()]
    return "\n".join(lines).strip().split("\n")
