# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run in sentences for people: a line for each step, and at most two on what a person has to do. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.deeds import in_words
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted

WAITS = "it waits for the identity management"
STAYS = "JumpCloud is active, as far as is known, with a key of it, so it waits: run deprovision without tags"
HELD = "it waits until JumpCloud's events show everybody as deprovisioned"
NONE_RAN = "no step ran, since the tags select none; they are named like the steps"
CONSOLES = ("Unity Dashboard", "JumpCloud Admin Portal")


def line(step: t.Mapping[str, t.Any], check_mode: bool) -> str:
    """What was found, done and verified in a step."""
    found = step["found"].rstrip(".")
    if step["waiting"]:
        return "%s: %s" % (step["step"], found if found in (WAITS, STAYS, HELD) else found + "; it waits")
    parts = [found, _done(step["did"], check_mode)]
    if step["verified"]:
        parts.append("verified: " + ", ".join(step["verified"]))
    return "%s: %s" % (step["step"], "; ".join(parts))


def asks(
    pending: t.Mapping[str, t.Sequence[t.Mapping[str, t.Any]]],
    waiting: t.Sequence[str],
    runbooks: t.Mapping[str, str],
    check_mode: bool,
    command: str = "",
    words: t.Sequence[str] = (),
) -> list[str]:
    """What a person has to do, and where, and what to run then; empty where there is nothing.

    ``pending``: the clicks by step; ``runbooks``: the pages that were written, by step; ``words``: what to say with the command, since nothing else can tell.
    """
    if not pending:
        return []
    verb = "would have" if check_mode else "has"
    number = sum(len(clicks) for clicks in pending.values())
    consoles = _listed(["the %s" % console for console in _consoles(click for clicks in pending.values() for click in clicks)])
    said = "A person %s to do %s: %s%s." % (verb, _listed(list(pending)), counted(number, "step", "steps"), " in " + consoles if consoles else "")
    pages = list(dict.fromkeys(runbooks[step] for step in pending if step in runbooks))
    waits = ""
    if waiting:
        waits = "%s %s for that. " % (_listed(waiting), "would wait" if check_mode else "waits" if len(waiting) == 1 else "wait")
    return ["%s %s" % (said, _where(pages, number)), waits + _next(check_mode, command, words)]


def wait_again(command: str = "") -> str:
    """What to run where the events did not show everybody in time, and what to say where they never will."""
    known = "If you see that Unity has no account of them left, say scim_provisioning_deprovision_wait=0, and nothing is waited for."
    said = "Run again in a few minutes, with the same options, and it waits once more"
    return "%s %s" % (known, "%s: %s" % (said, command) if command else said + ".")


def lost_access(bindings: t.Mapping[str, t.Any], check_mode: bool) -> str:
    """How many people a deprovisioning cost their access, and what is known of their accounts. Names are in the diff."""
    count = sum(bindings.get(name) or 0 for name in ("deprovisioned_users_count", "unseen_users_count"))
    done, left = bindings.get("deprovisioned"), bindings.get("awaited_users_count") or 0
    if not count:
        if left and not check_mode:
            return "JumpCloud's events do not show %s deprovisioned yet who lost access before this run." % counted(left, "person", "people")
        return "Nobody %s access." % ("would lose" if check_mode else "has lost")
    them, accounts = ("the person", "the account") if count == 1 else ("them", "their accounts")
    if check_mode:
        lost, then = "would lose", "and Unity would delete %s" % accounts
    else:
        lost = "has lost" if count == 1 else "have lost"
        look = "look for %s in Unity, since JumpCloud deletes nobody once provisioning is stopped" % accounts
        if done:
            then = "and Unity deletes %s" % accounts
        elif left:
            whom = them if count == 1 else "any of them" if left >= count else "%d of them" % left
            then = "and JumpCloud's events do not show %s deprovisioned yet" % whom
        elif done is None:
            then = "and nothing has shown %s deprovisioned: %s" % (them, look)
        else:
            then = "and the events can't tell whether JumpCloud has deprovisioned %s: %s" % (them, look)
    return "%s %s access, %s. --diff names %s." % (counted(count, "person", "people"), lost, then, them)


def _done(did: t.Sequence[str], check_mode: bool) -> str:
    words = in_words(did, check_mode)
    return ("would " if check_mode else "") + ", ".join(words) if words else "nothing to do"


def _consoles(clicks: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    """In the order in which a person comes to them. Their pages begin with their names."""
    found = dict.fromkeys(click["where"].partition(" > ")[0] for click in clicks)
    return [name for name in found if name in CONSOLES]


def _where(pages: list[str], number: int) -> str:
    if pages:
        return "Runbook: %s" % _listed(pages)
    return "%s in scim_provisioning_summary.manual_steps." % ("It is" if number == 1 else "They are")


def _next(check_mode: bool, command: str, words: t.Sequence[str]) -> str:
    said = "To begin, run without check mode" if check_mode else "Then run again, with the same options"
    if words and not check_mode:
        said = "Then say that it is done, by scim_provisioning_confirmed: [%s], and run, with the same other options" % ", ".join(words)
    return "%s: %s" % (said, command) if command else said + "."


def _listed(names: t.Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; empty for none."""
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])
