# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between Unity's service account and the people, check by check: what each is like, and what to do. Pure.

``green``: as it should be. ``amber``: it works, and somebody should look. ``red``: it does not work. ``unknown``: nobody could look; ``found``
says why.
"""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import remedies, unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.remedies import RUN, Remedy, run_then
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import have_accounts, listed, to_bind

Facts = t.Dict[str, t.Any]
Check = t.Dict[str, t.Any]
# state, what was found, what to do
Finding = t.Tuple[str, str, t.Optional[Remedy]]

ROLE = "SCIM Authenticator"
# days before its limit at which a key's age is worth a look
KEY_NOTICE = 14
SECONDS_PER_DAY = 86400
# steps, and what the step that delivers a key does for it
OF_KEYS = ("service_account_key", "retire_keys")
DELIVERY = {"configure", "test", "reactivate"}


def all_checks(facts: Facts, now: datetime) -> list[Check]:
    """The seven checks, in the order in which one leans on the other. ``facts`` is what given.read_all gave."""
    checks: tuple[tuple[str, str, Finding], ...] = (
        ("service_account", "Service account", _account(facts)),
        ("role", "Role", _role(facts)),
        ("key", "Key", _key(facts, now)),
        ("connector", "Connector", _connector(facts)),
        ("application", "Application", _application(facts)),
        ("groups", "Groups", _groups(facts)),
        ("people", "People", _people(facts)),
    )
    return [_as_row(check, title, *finding) for check, title, finding in checks]


def _as_row(check: str, title: str, state: str, found: str, remedy: Remedy | None) -> Check:
    words, command = remedy or (None, None)
    return {"check": check, "title": title, "state": state, "found": found, "remedy": words, "command": command}


def key_age(facts: Facts, now: datetime) -> int | None:
    """The age, in whole seconds, of the newest key: JumpCloud was given that one last."""
    ages = _key_ages(facts["keys"] or [], now)
    return min(ages) if ages else None


def in_days(age: int | None) -> int | None:
    """Whole days of an age in seconds."""
    return None if age is None else age // SECONDS_PER_DAY


def _key_ages(keys: list[Facts], now: datetime) -> list[int]:
    made = [moment_of(key["created_at"]) for key in keys]
    return [max(0, int((now - at).total_seconds())) for at in made if at]


def step(facts: Facts, name: str) -> Facts | None:
    return next((one for one in facts["steps"] if one["step"] == name), None)


def differing(facts: Facts) -> list[Facts]:
    """The steps that a provision run would change. What it would do to keys that are being rotated is no drift: whoever rotates them is at it."""
    changed = [one for one in facts["steps"] if one["changed"] and not unseen.is_untold(one)]
    if not facts["rotation"]:
        return changed
    return [one for one in changed if not _follows_from_a_rotation(one)]


def _follows_from_a_rotation(one: Facts) -> bool:
    """The key itself, and its delivery; but nothing that would activate or deactivate provisioning."""
    return one["step"] in OF_KEYS or (one["step"] == "identity_management" and set(one["did"]) <= DELIVERY)


def _would_do(facts: Facts, name: str, *verbs: str) -> bool:
    """Whether a provision run would do one of these in the step. An entry is a verb, or a verb and a number."""
    found = step(facts, name)
    return bool(found and found["changed"] and any(did.split(" ")[0] in verbs for did in found["did"]))


def _unseen(facts: Facts, *names: str) -> Finding:
    why = next((row["why"] for row in unseen.everything(facts) if unseen.kind(row) in names), None)
    if not why and any(name in facts["switched_off"] for name in names):
        why = "The audit was told not to look at it."
    said = next((one["found"] for one in facts["steps"] if one["step"] in names), None)
    return "unknown", why or "The audit did not look at it%s" % (". Its step found: %s." % said.rstrip(".") if said else "."), None


def _account(facts: Facts) -> Finding:
    account = facts["account"]
    if account:
        return "green", "%s exists." % (account["name"] or account["id"] or "It"), None
    if _would_do(facts, "service_account", "create"):
        return "red", "There is no such service account.", RUN
    return _unseen(facts, "service_account", "account")


def _role(facts: Facts) -> Finding:
    account = facts["account"]
    if account is None and _account(facts)[0] == "red":
        return "red", "Without the account there is no role.", RUN
    if account is None or account["roles"] is None:
        return _unseen(facts, "role", "roles", "service_account", "account")
    compared = step(facts, "service_account")
    if ROLE.lower() in (role.lower() for role in account["roles"]):
        return "green", "The account has the organization role %s." % ROLE, None
    if account["roles"] and compared and not compared["changed"]:
        return "green", "The account has the wanted organization roles: %s." % ", ".join(account["roles"]), None
    return "red", "The account lacks the organization role %s." % ROLE, run_then("SCIM calls are refused without the role.")


def _key(facts: Facts, now: datetime) -> Finding:
    keys, limit = facts["keys"], facts["key_max_age"]
    if keys is None:
        return _unseen(facts, "key", "keys", "service_account_key")
    if not keys:
        return "red", "No key is live.", RUN
    live = counted(len(keys), "key is live", "keys are live")
    if all(key["managed"] is False for key in keys):
        return (
            "amber",
            "%s, and none of them was made by this collection%s." % (live, ", so the maximum age applies to none" if limit else ""),
            _rotate("Unless one of them is your own, rotate the key: JumpCloud's may be gone."),
        )
    if facts["rotation"]:
        made = (facts["rotation"]["key_id"] or "that is the newest", counted(facts["rotation"]["minutes"], "minute", "minutes"))
        return "amber", "A rotation seems to be under way: the key %s was created %s ago." % made, Remedy("Audit again later.", remedies.AUDIT)
    age = in_days(key_age(facts, now))
    if age is None:
        return ("unknown" if limit else "green"), "%s; its age is not known." % live, None
    found = "%s; the newest is %s old%s." % (live, counted(age, "day", "days"), " (maximum age: %s)" % counted(limit, "day", "days") if limit else "")
    if limit and age > limit:
        return "amber", found, _rotate("Run the rotate_key playbook: it replaces the key without a gap.")
    if limit and age > limit - KEY_NOTICE:
        return "amber", found, _rotate("Rotate the key within %s." % counted(limit - age, "day", "days") if age < limit else "Rotate the key today.")
    if limit and max(_key_ages(keys, now)) // SECONDS_PER_DAY > limit:
        return "amber", "%s An older one is past the maximum age." % found, Remedy("Revoke the older key, if nothing else uses it.")
    return "green", found, None


def _rotate(words: str) -> Remedy:
    return Remedy(words, remedies.ROTATE_KEY)


def _connector(facts: Facts) -> Finding:
    connector = facts["connector"]
    if connector is None or connector["reachable"] is None:
        return _unseen(facts, "connector", "connector_url", "scim_service")
    if not connector["reachable"]:
        return (
            "red",
            "Unity's SCIM service does not answer, or refuses the key.",
            Remedy("Check the key, its role, and the network between here and Unity.", remedies.PREFLIGHT),
        )
    cut = any(unseen.kind(row) == "provisioned" for row in unseen.of_people(facts))
    users = "" if connector["users"] is None else " and has %s%s" % ("at least " if cut else "", counted(connector["users"], "user", "users"))
    return "green", "The SCIM service accepts the key%s." % users, None


def _application(facts: Facts) -> Finding:
    compared = step(facts, "identity_management")
    differs = bool(compared and compared in differing(facts))
    settings = (facts["application"] or {}).get("identity_management")
    if settings is None:
        if facts["application"] and differs:
            return "red", "Identity management is not configured.", RUN
        return _unseen(facts, "application", "identity_management")
    if settings["status"] is None:
        return _unseen(facts, "application", "identity_management")
    if settings["status"] != "active":
        return "red", "Provisioning is %s." % settings["status"], run_then("Until then JumpCloud syncs nobody.")
    test = settings["last_test"] or {}
    if test.get("success") is False:
        # what JumpCloud says of it may name people, and this goes to where no people are named
        return "red", "The last connection test failed.", Remedy("Check base URL, key and test user, then test again.", remedies.PROVISION)
    if differs:
        return "amber", "Provisioning is active, with settings that differ from what is wanted.", RUN
    tested = "" if test.get("success") is None else "; the last connection test passed%s" % (" on %s" % shown_time(test["at"]) if test["at"] else "")
    return "green", "Provisioning is active%s." % tested, None


def _groups(facts: Facts) -> Finding:
    groups = facts["groups"] if facts["groups"] is None else [group for group in facts["groups"] if group["bound"]]
    missing, extra = _would_do(facts, "user_groups", "bind"), _would_do(facts, "user_groups", "unbind")
    if groups is None and not missing:
        return _unseen(facts, "groups", "user_groups")
    bound = "No group is bound" if not groups else "%s" % counted(len(groups), "group is bound", "groups are bound")
    if missing:
        names = to_bind(facts["groups"])
        wanted = "to be bound: %s" % listed(names) if names else "one that is wanted is not"
        return "red", "%s; %s." % (bound, wanted), run_then("Until then its members get no accounts.")
    if not groups:
        return "red", "%s, so nobody is provisioned." % bound, Remedy("Name the groups, then run the provision playbook.", remedies.PROVISION)
    if extra:
        why = "Check whether it should be bound. Unbinding deletes the accounts of its members."
        return "amber", "%s; one of them is not wanted." % bound, Remedy(why, remedies.PREVIEW)
    return "green", "%s." % bound, None


def _people(facts: Facts) -> Finding:
    """Green only where everybody was seen."""
    people, health = facts["people"], facts["health"] or {}
    open_failures = health.get("open_failures") or 0
    failing = counted(open_failures, "person's last sync failed", "people's last syncs failed")
    if people is None:
        if open_failures:
            return "amber", "%s. Accounts were not compared." % failing, _first_remedy(health)
        return _unseen(facts, "people", "scim_users", "users")
    count = people["counts"]
    found = "People were compared, and not counted"
    if count["matched"] is not None and count["expected"] is not None:
        found = have_accounts(count["matched"], count["expected"])
    notes = [
        counted(count[name] or 0, *words)
        for name, words in (
            ("missing", ("is missing", "are missing")),
            ("unexpected", ("account is unexpected", "accounts are unexpected")),
            ("differing", ("account differs", "accounts differ")),
            ("duplicates", ("account is a duplicate", "accounts are duplicates")),
            ("pending", ("is pending", "are pending")),
        )
        if count[name]
    ]
    said = "%s%s." % (found, "; %s" % listed([*notes, *([failing] if open_failures else [])]) if notes or open_failures else "")
    if count["missing"]:
        reasons = "Look at the reason beside each name, then at the application's provisioning events."
        return "red", said, _first_remedy(health) or Remedy(reasons, remedies.ANYBODY)
    hidden = unseen.of_people(facts)
    if hidden:
        return "amber", " ".join([said, *(row["why"] for row in hidden)]), Remedy(_to_see_everybody({unseen.kind(row) for row in hidden}), remedies.AUDIT)
    if count["differing"] or count["unexpected"] or count["duplicates"]:
        compare = "Compare the accounts that the tables name, then do what stands beside each of them."
        return "amber", said, Remedy(compare, remedies.AUDIT)
    if open_failures:
        return "amber", said, _first_remedy(health)
    if count["pending"]:
        return (
            "amber",
            said,
            Remedy("Wait: JumpCloud works some time after people are bound or unbound. Audit again later.", remedies.AUDIT),
        )
    if count["expected"] == 0:
        add = "Add people to a bound group, if that is not intended."
        return "amber", "Nobody is expected: the bound groups have no active members.", Remedy(add, remedies.AUDIT)
    return "green", said, None


def _to_see_everybody(hidden: set[str]) -> str:
    """``hidden``: the kinds of what was not seen. What can't be read stays so until somebody sees to it."""
    said = ["Correct the entries that can't be read, or remove them."] if "odd_rows" in hidden else []
    if hidden & {"bound", "directory"}:
        said.append("Let the audit read all of JumpCloud's users, or run it again.")
    elif hidden != {"odd_rows"}:
        said.append("Run the audit again; green needs everybody to be seen.")
    return " ".join(said)


def _first_remedy(health: Facts) -> Remedy | None:
    """The remedy of what keeps most people out."""
    open_failures = (failure for failure in health.get("failures") or [] if failure["open_people_count"] and failure["remedy"])
    return next((Remedy(failure["remedy"], remedies.of_cause(failure)) for failure in open_failures), None)
