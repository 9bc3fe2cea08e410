# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the role found, did and left open, as one summary. Pure.

A result is what the task of a step has registered: empty where the tags left it out, skipped where nothing was to be done.
"""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import summary_lines
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import CONSOLE, SECRET_FILE, SUPPLIED
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary_lines import HELD, NONE_RAN, STAYS, WAITS

Result = t.Mapping[str, t.Any]

PREREQUISITES = ("application", "test_user", "single_sign_on")
# what has to be looked at for the steps of a tag
LOOKED_AT = {
    "prerequisites": PREREQUISITES,
    "service_account": ("service_account",),
    "connector_url": ("connector_url",),
    "identity_management": (*PREREQUISITES, "service_account", "connector_url", "identity_management"),
    "user_groups": ("application", "user_groups"),
    "enforcement": ("enforcement",),
}


EVERY = (*PREREQUISITES, "service_account", "connector_url", "identity_management", "user_groups", "enforcement")
# no step: the result of the task that revokes an undelivered key
UNDELIVERED = "undelivered"
RETIRE = "retire_keys"
# JumpCloud never shows which key it has
UNTOLD = "a key is supplied; whether JumpCloud has it can't be told, and scim_provisioning_update_secret=always delivers it"
# what has to be known for a step to be judged
NEEDED = {"service_account_key": "key", "identity_management": "key", "user_groups": "application_id"}
# what has to be looked at for an entry point of the role, whatever the tags
LOOKED_AT_BY_ENTRY = {
    "rotate": EVERY[: EVERY.index("user_groups")],
    "deprovision": ("application", "service_account", "identity_management"),
}


def looked_at(tags: t.Sequence[str], entry: str = "", left_out: t.Sequence[str] = ()) -> list[str]:
    """The steps that scim_preflight_info has to look at for this entry point and these tags, in its order; all of them unless either chooses some.

    ``left_out``: the tags that are skipped. ScimError where a step would be left without what another one hands on to it.
    """
    delivers = entry in ("", "rotate", "audit") and "identity_management" not in left_out and {"all", "identity_management"} & set(tags)
    if delivers and "connector_url" in left_out:
        raise ScimError("The step identity_management needs what connector_url finds out. Nothing was changed. Skip both tags, or neither.")
    # A takedown that leaves the account alone need not know whose its keys are, unless who stops provisioning depends on who makes them.
    needs_none = set(tags) <= {"enforcement", "user_groups"} and bool(tags)
    spared = {"service_account"} if entry == "deprovision" and ("service_account" in left_out or needs_none) else set()
    chosen = list(LOOKED_AT_BY_ENTRY.get(entry, ())) or [step for tag in tags for step in LOOKED_AT.get(tag, ())]
    if entry == "deprovision" and "user_groups" not in left_out and {"all", "user_groups"} & set(tags):
        # before the enforcement is lifted the guard has to allow the unbinding
        chosen.append("user_groups")
    return [step for step in EVERY if (step in chosen or not chosen) and step not in spared]


def makes_account(tags: t.Collection[str], entry: str = "", left_out: t.Collection[str] = ()) -> bool:
    """Whether a missing service account is no obstacle: the run makes it before a key of it, or makes none. True where that can't be told of the tags."""
    if entry not in ("", "rotate"):
        return True
    # a tag of the playbook may run everything
    delivers = "identity_management" not in left_out and ("all" in tags or ("identity_management" in tags and set(tags) <= set(LOOKED_AT)))
    is_made = entry == "" and "service_account" not in left_out and bool({"all", "service_account"} & set(tags))
    return is_made or not delivers


def is_active(preflight: Result, identity: Result) -> bool:
    """Whether provisioning is active, as what follows the identity management needs it: since before, or by this run. In check mode all of it is shown."""
    return bool(preflight.get("check_mode") or preflight.get("is_active") or not (identity.get("skipped") or identity.get("pending")))


def may_take_account(preflight: Result, identity: Result) -> bool:
    """Whether a run that takes provisioning down may go on to the account: JumpCloud calls Unity with a key of it until it is stopped."""
    if not identity.get("step"):
        # the tags left it out
        return preflight.get("is_active") is False
    # a person who has to stop it can do both in one sitting
    by_hand = (((preflight.get("seen") or {}).get("methods") or {}).get("unity") or {}).get("method") == "manual"
    return bool(not identity.get("pending") or preflight.get("check_mode") or by_hand)


def may_stop(bindings: Result) -> bool:
    """Whether a run that takes provisioning down may go on to stop it: JumpCloud deprovisions nobody any more then.

    Not as long as its events lack people of whom they could tell. Where they can't tell, another wait would show nothing more.
    """
    return not (bindings.get("deprovisioned") is False and bindings.get("awaited_users_count"))


def summary(preflight: Result, results: t.Mapping[str, Result], entry: str = "", command: str = "", provision: str = "") -> dict[str, t.Any]:
    """``{changed, check_mode, steps, pending, waiting, manual_steps, deprovisioned_users, lines, asks}`` of the results by step, in their order.

    With the entry ``deprovision`` the steps were taken down, the last one first. ``lines`` say it for people; ``asks`` is what a person has to do, if only
    to run again, in lines, empty where there is nothing. With the entry ``deprovision``, the last of ``lines`` says how many people have lost access. Both
    together are eleven lines at most. ``command`` is the one that was typed, and ``provision`` the one that does not rotate again: that would ask for yet
    another key.
    Where a step has failed, those before it are told, but not a key that was revoked again.
    """
    ordered = [(name, result) for name, result in results.items() if name != UNDELIVERED]
    if (results.get(UNDELIVERED) or {}).get("changed"):
        ordered = [(name, {} if name == "service_account_key" else result) for name, result in ordered]
    # what was stopped shows nothing of an account that is to go
    results = dict(ordered[::-1]) if entry == "deprovision" else _shown_by_key(dict(ordered), preflight.get("key") or {})
    # without the look no step has run, so any other result is left over from an earlier use of the role
    results = results if preflight else {}
    is_supplied = (preflight.get("key") or {}).get("source") == SUPPLIED
    identity = results.get("identity_management") or {}
    bindings = results.get("user_groups") or {}
    is_held = entry == "deprovision" and not may_stop(bindings)
    waits = {"identity_management": HELD} if is_held else {}
    if entry == "deprovision" and not is_supplied and not may_take_account(preflight, identity):
        waits["service_account"] = WAITS if identity.get("step") or is_held else STAYS
    steps = [step for name, result in results.items() for step in [_step(name, result, preflight, waits.get(name, ""), identity)] if step]
    if preflight.get("step"):
        steps.insert(0, {**preflight["step"], "known": True})
    check_mode = bool(preflight.get("check_mode"))
    pending = [step["step"] for step in steps if step["pending"]]
    clicks = {name: list(results[name].get("manual_steps") or ()) for name in results if name in pending}
    runbooks = {name: results[name]["runbook"]["html"] for name in clicks if results[name].get("runbook") and not check_mode}
    waiting = [step["step"] for step in steps if step["waiting"]]
    lines = [summary_lines.line(step, check_mode) for step in steps]
    looked_at_steps = {verdict["step"] for verdict in preflight.get("verdicts") or ()} - set(PREREQUISITES)
    if looked_at_steps and not preflight.get("failed") and not any(results.values()):
        lines.append(NONE_RAN)
    if entry == "deprovision" and bindings.get("step"):
        lines.append(summary_lines.lost_access(bindings, check_mode))
    # what is held waits for JumpCloud, and not for a person
    asks = summary_lines.asks(clicks, [] if is_held else waiting, runbooks, check_mode, *_next(results, pending, entry, command, provision))
    return {
        "changed": any(step["changed"] for step in steps),
        "check_mode": check_mode,
        "steps": steps,
        "pending": pending,
        "waiting": waiting,
        "manual_steps": [one for name in clicks for one in clicks[name]],
        "deprovisioned_users": list(bindings.get("deprovisioned_users") or ()),
        "lines": lines,
        "asks": asks or ([summary_lines.wait_again(command)] if is_held else []),
    }


def _next(results: t.Mapping[str, Result], pending: t.Sequence[str], entry: str, command: str, provision: str) -> tuple[str, list[str]]:
    """The command to type next, and what to say with it, since nothing else tells. To rotate again would ask for yet another key."""
    by_word = (RETIRE, "enforcement", *(["service_account"] if entry == "deprovision" else []))
    words = [name for name in pending if name in by_word and (results[name].get("evidence") or {}).get("found") is None]
    return provision if RETIRE in pending else command, words


def joined(first: Result, second: Result) -> dict[str, t.Any]:
    """The result of a step that took two tasks: JumpCloud's own key was tried before another one was delivered."""
    if not (first.get("step") and second.get("step")):
        return dict(second)
    one, other = first["step"], second["step"]
    both = {name: [*one[name], *(said for said in other[name] if said not in one[name])] for name in ("did", "verified")}
    return {**second, "step": {**other, **both, "changed": one["changed"] or other["changed"], "found": one["found"]}}


def _shown_by_key(results: dict[str, Result], choice: Result) -> dict[str, Result]:
    """A key that a person has handed over, and that was proven, or with which JumpCloud was activated, shows more than was known when the run began."""
    account, key = results.get("service_account") or {}, results.get("service_account_key") or {}
    identity = results.get("identity_management") or {}
    proof = next((one for one in (key, *([identity] if choice.get("source") == CONSOLE else [])) if _is_proven(one)), None)
    if proof is None:
        return results
    if account.get("step") and account.get("pending"):
        seen = {**account["step"], "changed": False, "found": proof["step"]["found"], "did": [], "pending": False}
        results["service_account"] = {**account, "pending": False, "step": seen}
    if not _is_proven(key):
        return results
    if choice.get("source") == SECRET_FILE:
        results["service_account_key"] = {**key, "step": {**key["step"], "found": "the key in the secret file is still to be delivered"}}
    return results


def _is_proven(result: Result) -> bool:
    return bool(result.get("step") and not result.get("pending") and (result.get("evidence") or {}).get("found"))


def _step(name: str, result: Result, preflight: Result, waits_for: str, identity: Result) -> dict[str, t.Any] | None:
    if result.get("step"):
        nothing_tells = result["step"]["pending"] and (result.get("evidence") or {}).get("found", False) is None
        return {**result["step"], "known": not nothing_tells}
    if not result.get("skipped"):
        # the tags left it out, or it failed
        return None
    skipped = (waits_for, True) if waits_for else _skipped(name, preflight.get("key") or {}, preflight, identity)
    if skipped is None:
        return None
    found, waits = skipped
    nothing: dict[str, t.Any] = {"method": None, "changed": False, "did": [], "verified": [], "pending": False, "reason": "", "known": True}
    return {"step": name, "found": found, "waiting": waits, **nothing}


def _skipped(name: str, key: Result, preflight: Result, identity: Result) -> tuple[str, bool] | None:
    """What is said of a step that had nothing to do, and whether it waits for another one; None where nothing is said."""
    needed = NEEDED.get(name)
    if needed and needed in preflight and preflight[needed] is None:
        # an audit went on where this could not be seen
        return None
    if name in ("service_account", "service_account_key"):
        if key.get("source") == SUPPLIED:
            return "a key is supplied" if name == "service_account" else _supplied(identity, bool(preflight.get("check_mode"))), False
        if key.get("source") == CONSOLE and name == "service_account_key":
            return "a person takes it from Unity straight to JumpCloud", False
        if name == "service_account":
            return "a key of it is in use", False
        return "JumpCloud uses a key", False
    if name == "identity_management":
        return preflight.get("status") or "not configured", True
    if name == "user_groups":
        return WAITS, True
    if name == "enforcement":
        wanted = preflight.get("enforcement_is_wanted")
        return (WAITS, True) if wanted else ("left alone", False)
    return None


def _supplied(identity: Result, check_mode: bool) -> str:
    """Whoever reads that the supplied key is used revokes the others, so it is said only where this run has delivered it."""
    if identity.get("pending"):
        return "the supplied key waits for its delivery"
    # a header value that is at hand is part of whatever is written
    if "configure" not in (identity.get("step") or {}).get("did", ()):
        return UNTOLD
    return "the supplied key would be used" if check_mode else "the supplied key is used"


def failure(failed: Result, task: str, key: Result, identity: Result, revocation: Result, secret_file: str | None) -> str:
    """Why the run stops, and what became of the key that it has created.

    ``key``, ``identity``: the results of these steps; ``revocation``: that of the task that revokes an undelivered key, unless the secret file holds it.
    """
    credentials, masker = key.get("credentials") or {}, Masker()
    # the operator's own task may have shown what it was given
    masker.register_key(credentials.get("key_id"), credentials.get("secret_key"))
    reason = "%s (Task: %s.)" % (masker.redact(str(failed.get("msg") or "the task failed without a message")), task)
    return " ".join(part for part in (reason, _fate(key, identity, revocation, secret_file)) if part)


def _fate(key: Result, identity: Result, revocation: Result, secret_file: str | None) -> str:
    key_id = (key.get("credentials") or {}).get("key_id")
    if not key_id:
        # where the creation itself failed, the reason says what is known: the answer may have got lost after a key was created
        return "" if key.get("failed") else "No key was created in this run."
    if may_use_key(identity):
        return "The key %s was created in this run, and stays, since JumpCloud may use it already. Run again: that sets it right." % key_id
    if is_delivered(identity):
        return "The key %s was created and delivered in this run, and stays." % key_id
    # what a person has handed over stays in its file until JumpCloud has it
    handed_over = revocation.get("skipped") and key.get("method") == "manual" and secret_file
    if revocation.get("kept") or handed_over:
        return "The key %s is kept: its secret is in %s, and the next run goes on with it." % (key_id, secret_file)
    # the task that revokes never fails: it would hide the reason of the failure
    if revocation.get("msg"):
        why = revocation["msg"]
        return (
            "The key %s, which was created in this run and could not be delivered, could not be revoked either (%s). Revoke it in the Unity Dashboard "
            "(Administration > Service accounts)." % (key_id, why)
        )
    if revocation.get("skipped") or not revocation:
        return "The key %s, which a person handed over, was not delivered, and stays." % key_id
    return "The key %s, which was created in this run and could not be delivered, was revoked." % key_id


def may_use_key(failed: Result) -> bool:
    """Whether JumpCloud may use the key although its step has failed. What ended without telling its actions, as by a time limit, tells nothing of that."""
    return bool(failed.get("key_may_be_in_use") or (failed.get("failed") and "actions" not in failed))


def is_delivered(identity: Result) -> bool:
    """Whether JumpCloud has the key, by the result of its step; also where nobody knows, since to revoke a key that is in use would end the provisioning."""
    if may_use_key(identity):
        return True
    return bool(identity) and not identity.get("failed") and not identity.get("skipped") and not identity.get("pending")
