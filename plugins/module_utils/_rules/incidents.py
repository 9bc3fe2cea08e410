# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What events mean for whoever watches: somebody else changed something, people newly fail, many are deprovisioned, and what may be done about it. Pure."""

from __future__ import annotations

import hashlib
import re
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted, one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import (
    ATTRIBUTE_TYPES,
    BINDING_TYPES,
    INTEGRATION_TYPES,
    PROVISIONING_TYPES,
    Event,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.causes import cause_of, message_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import DEPROVISIONING_TYPES, came_about
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import LONG_AGO, LOOKUP, happened_at, says_how_it_goes
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.watching import Memory, Now

CHANGING_TYPES = (*INTEGRATION_TYPES, *BINDING_TYPES, *ATTRIBUTE_TYPES)
# what may be over by the time that it is tried again for one person
PASSING_CAUSES = ("rate_limited", "service_failed", "timeout", "unreachable", "other")
# what is older is told, but nothing is done about it by itself: a person may have done it long since
STALE = timedelta(hours=1)
MOST_LISTED = 20
# what a playbook may be given: it would take a text with braces for a template, and anybody can choose an odd user name
ID = re.compile(r"\A[0-9a-f]{24}\Z")
ADDRESS = re.compile(r"\A[\w.%+-]+@[\w.-]+\Z", re.ASCII)
Told = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Watchwords:
    """``ours``: by whom changes are expected. ``max_deprovisioned``: how many people may be deprovisioned within ``within``. The rest: what is allowed."""

    ours: tuple[str, ...] = ()
    max_deprovisioned: int = 10
    within: timedelta = timedelta(minutes=60)
    may_provision_users: bool = False
    may_pause: bool = False


def kind_of(event: Event) -> str:
    """What it is for a rulebook. A change that failed changes nothing."""
    if event.event_type in CHANGING_TYPES:
        named = {"integration_activate": "activated", "integration_deactivate": "deactivated"}
        return "other" if event.success is False else named.get(event.event_type, "changed")
    if event.event_type in PROVISIONING_TYPES and came_about(event) is False:
        return "person_failed"
    if event.event_type in DEPROVISIONING_TYPES and came_about(event):
        return "person_deprovisioned"
    if event.event_type in PROVISIONING_TYPES and event.event_type != LOOKUP and event.success:
        return "person_provisioned"
    return "other"


def is_by_us(event: Event, ours: t.Iterable[str]) -> bool:
    """Whoever is not known to be one of us is somebody else."""
    return event.initiated_by is not None and matching_key(event.initiated_by) in {matching_key(name) for name in ours}


def told(event: Event, words: Watchwords, now: Now) -> Told:
    """The event as a rulebook gets it."""
    kind, failed = kind_of(event), event.success is False
    return {
        "kind": kind,
        "id": event.identity,
        "event_type": event.event_type,
        "timestamp": event.timestamp,
        "age": max(0, int((now.latest - happened_at(event)).total_seconds())),
        "success": event.success,
        "initiated_by": event.initiated_by,
        "by_us": is_by_us(event, words.ours),
        "person": _person(event) if event.event_type in PROVISIONING_TYPES else None,
        "cause": cause_of(event).slug if kind == "person_failed" else None,
        "message": one_line(message_of(event) or "") if failed else None,
    }


def incidents(memory: Memory, fresh: t.Sequence[Event], words: Watchwords, now: Now) -> tuple[list[Told], Memory]:
    """What the new events amount to, at most one of each kind, and what has to be known of them next time."""
    # an event that says it is of tomorrow counts as one of now
    new_losses = [(min(happened_at(event), now.latest), who_of(event)) for event in fresh if kind_of(event) == "person_deprovisioned"]
    losses, burst = count_losses(memory.losses, new_losses, words.max_deprovisioned, words.within)
    outcomes, failing = _newly_failing(memory.outcomes, fresh)
    # playbooks run one after another, and a pause must not wait for the audits of the others
    found = [_many_deprovisioned(burst, words, now), _changed_by_others(fresh, words), _people_failing(failing, words, now)]
    return [one for one in found if one], replace(memory, outcomes=outcomes, losses=losses)


def unwatched(reason: str) -> Told:
    return {"kind": "unwatched", "reason": reason, "text": "Nobody knows what happened: %s" % reason}


def _changed_by_others(fresh: t.Sequence[Event], words: Watchwords) -> Told | None:
    changes = [event for event in fresh if kind_of(event) in ("activated", "deactivated", "changed") and not is_by_us(event, words.ours)]
    if not changes:
        return None
    last = changes[-1]
    who = "%s at %s by %s" % (last.event_type, last.timestamp, last.initiated_by or "nobody knows whom")
    return {
        "kind": "changed_by_others",
        "count": len(changes),
        "changes": [{"event_type": event.event_type, "timestamp": event.timestamp, "initiated_by": event.initiated_by} for event in changes[-MOST_LISTED:]],
        "text": one_line("%s by others, the last one: %s." % (counted(len(changes), "change", "changes"), who)),
    }


def who_of(event: Event) -> str:
    """Who it is about, without an address: it is kept in a file."""
    identifier, address = event.resource.get("id"), event.resource.get("email") or event.resource.get("username")
    if identifier and len(identifier) <= 64:
        return str(identifier)
    return hashlib.sha256(matching_key(address).encode("utf-8", "surrogatepass")).hexdigest()[:24] if address else event.identity


Outcomes = t.Dict[str, t.Tuple[datetime, bool]]


def _newly_failing(known: t.Mapping[str, tuple[datetime, bool]], fresh: t.Sequence[Event]) -> tuple[Outcomes, list[Event]]:
    """The newest outcome of each person, and the last failure of each for whom it did not fail before."""
    outcomes: Outcomes = dict(known)
    failing: dict[str, Event] = {}
    for event in fresh:
        who, at = who_of(event), happened_at(event)
        since, did_fail = outcomes.get(who, (LONG_AGO, False))
        # that a lookup failed says less than what came of it in the same instant
        if not says_how_it_goes(event) or at < since or (at == since and event.event_type == LOOKUP):
            continue
        outcomes[who] = (at, not came_about(event))
        if came_about(event):
            failing.pop(who, None)
        elif who in failing or not did_fail:
            failing[who] = event
    return outcomes, list(failing.values())


def _people_failing(failing: t.Sequence[Event], words: Watchwords, now: Now) -> Told | None:
    if not failing:
        return None
    one, causes = failing[0], sorted({cause_of(event).slug for event in failing})
    user = _handle(one) if len(failing) == 1 else None
    whom = _name(one) if len(failing) == 1 else counted(len(failing), "person", "people")
    passing = causes[0] in PASSING_CAUSES and one.event_type not in DEPROVISIONING_TYPES and now.latest - happened_at(one) <= STALE
    return {
        "kind": "people_failing",
        "count": len(failing),
        "people": [_person(event) for event in failing[:MOST_LISTED]],
        "causes": causes,
        "user": user,
        "may_provision_user": bool(words.may_provision_users and user and passing),
        "text": one_line("JumpCloud could not provision %s: %s." % (whom, cause_of(one).title.rstrip("."))),
    }


Loss = t.Tuple[datetime, str]


def count_losses(known: t.Sequence[Loss], new: t.Iterable[Loss], most: int, within: timedelta) -> tuple[tuple[Loss, ...], list[Loss]]:
    """What has to be known next time, and all deprovisionings of a time in which there were too many; empty where there were not.

    What an alarm has told is not counted again. The rest is known for twice as long as it counts, since another one may come late.
    """
    losses = sorted({*known, *new})
    left = 0
    people: dict[str, int] = {}
    for at, who in losses:
        people[who] = people.get(who, 0) + 1
        while at - losses[left][0] > within:
            gone = losses[left][1]
            people[gone] -= 1
            if not people[gone]:
                del people[gone]
            left += 1
        if len(people) > most:
            return (), losses[left:]
    return tuple(loss for loss in losses if losses[-1][0] - loss[0] <= 2 * within), []


def _many_deprovisioned(burst: t.Sequence[Loss], words: Watchwords, now: Now) -> Told | None:
    if not burst:
        return None
    first, last, count = burst[0][0], burst[-1][0], len({who for _at, who in burst})
    minutes = int(words.within.total_seconds() / 60)
    return {
        "kind": "many_deprovisionings",
        "count": count,
        "limit": words.max_deprovisioned,
        "minutes": minutes,
        "first": rfc3339(first),
        "last": rfc3339(last),
        "may_pause": words.may_pause and now.latest - last <= STALE,
        "text": "%s deprovisioned from %s to %s: more than %d within %d minutes."
        % (counted(count, "person was", "people were"), rfc3339(first), rfc3339(last), words.max_deprovisioned, minutes),
    }


def _handle(event: Event) -> str | None:
    """What the playbook provision_user is told: the id, or else the address."""
    identifier, address = event.resource.get("id") or "", event.resource.get("email") or ""
    return identifier if ID.match(identifier) else address if ADDRESS.match(address) else None


def _name(event: Event) -> str:
    shown = _person(event)
    return shown["email"] or shown["id"] or "somebody"


def _person(event: Event) -> dict[str, t.Any]:
    return {"id": event.resource.get("id"), "email": event.resource.get("email") or event.resource.get("username")}
