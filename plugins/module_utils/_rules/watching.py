# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events are news, what has to be remembered for that, and when to look again. Pure.

Events come late, twice and out of order. So each look asks again for what the last ones have seen, as far back as the overlap, and what is known by
its identity is no news. How far back is told by the events' own times and by JumpCloud's clock: ours alone has no say in it, since it may jump.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import LEAST_RETENTION_DAYS, RETENTION_DAYS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import happened_at

# what is remembered for longer than the overlap would grow without end
MOST_REMEMBERED = 20000
# clocks differ by so much
TOLERANCE = timedelta(minutes=10)
# seconds
LONGEST_PAUSE = 900.0
UNWATCHED_AFTER = 900.0
# before anything was seen: the options or the credentials are wrong, and whoever has started the watch is there
REFUSED_AT_START = (400, 401, 402, 403, 404)
# later: the key may have been revoked, or the address be blocked for a while
REFUSED = (401, 402, 403)
MOST_REFUSALS = 3
# an event that comes later than this, and than the overlap, is missed, since where nothing happens the time that is asked for must not grow without end
LONGEST_LAG = timedelta(days=1)


@dataclass(frozen=True)
class Now:
    """The time, as far as it is known: this machine's clock and JumpCloud's may differ, and either may be wrong."""

    earliest: datetime
    latest: datetime
    is_confirmed: bool = False


def now_between(ours: datetime, theirs: datetime | None) -> Now:
    return Now(min(ours, theirs or ours), max(ours, theirs or ours), theirs is not None)


@dataclass(frozen=True)
class Memory:
    """What is known of events so far.

    ``floor``: up to then nothing is asked for, told or remembered. ``seen``: when each event after it happened, by identity. ``outcomes``: the newest
    outcome of each person, as (when, whether it failed). ``losses``: deprovisionings that no alarm has told yet, as (when, who). ``told``: the trouble
    that was told and is not over.
    """

    floor: datetime
    seen: t.Mapping[str, datetime] = field(default_factory=dict)
    outcomes: t.Mapping[str, tuple[datetime, bool]] = field(default_factory=dict)
    losses: tuple[tuple[datetime, str], ...] = ()
    told: str = ""


def begin(now: Now, overlap: timedelta) -> Memory:
    return Memory(now.earliest - overlap)


def trouble_with(memory: Memory, now: Now) -> str | None:
    """Why a memory can't be gone on with, in words."""
    newest = max(memory.seen.values(), default=memory.floor)
    if memory.floor > now.latest + TOLERANCE:
        return "it is from the future: it has seen events of %s, and it is %s now" % (_shown(newest), _shown(now.latest))
    if memory.floor < now.earliest - timedelta(days=RETENTION_DAYS):
        return "it is older than the %d days for which JumpCloud keeps events: it ends at %s" % (RETENTION_DAYS, _shown(newest))
    return None


def forgotten(memory: Memory, now: Now, is_resumed: bool) -> str | None:
    """What JumpCloud may not know any more, though the memory can be gone on with; in words.

    Where its clock is not known and nothing happens, the floor stays behind while all is watched. So that is told of a memory from an earlier run only.
    """
    oldest = now.earliest - timedelta(days=LEAST_RETENTION_DAYS)
    if memory.floor >= oldest or not (is_resumed or now.is_confirmed):
        return None
    return "JumpCloud may have forgotten what was before %s, since on its lowest plan it keeps events for %d days" % (_shown(oldest), LEAST_RETENTION_DAYS)


def news(memory: Memory, events: t.Iterable[Event]) -> list[Event]:
    """What was not seen yet, in the order in which it happened. What lies at or before the floor may have been seen and forgotten."""
    fresh = {event.identity: event for event in events if event.identity not in memory.seen and happened_at(event) > memory.floor}
    return sorted(fresh.values(), key=lambda event: (happened_at(event), event.identity))


def remember(memory: Memory, fresh: t.Iterable[Event], now: Now, overlap: timedelta, most: int = MOST_REMEMBERED) -> Memory:
    """With these, and without what need not be known any more. The floor never sinks."""
    seen = {**memory.seen, **{event.identity: happened_at(event) for event in fresh}}
    # an event that says it is of tomorrow must not keep those of today from being asked for
    newest = max((min(at, now.earliest) for at in seen.values()), default=memory.floor)
    floor = max(memory.floor, newest - overlap)
    if now.is_confirmed:
        floor = max(floor, now.earliest - overlap - LONGEST_LAG)
    if len(seen) > most:
        floor = max(floor, sorted(seen.values(), reverse=True)[most])
    kept = {identity: at for identity, at in seen.items() if at > floor}
    outcomes = {who: outcome for who, outcome in memory.outcomes.items() if outcome[0] > floor or outcome[1]}
    if len(outcomes) > most:
        outcomes = dict(sorted(outcomes.items(), key=lambda one: one[1][0])[-most:])
    return replace(memory, floor=floor, seen=kept, outcomes=outcomes, losses=memory.losses[-most:])


def pause_after_failure(failures: int, interval: float, retry_after: float | None, chance: float) -> float:
    """Seconds, after so many failed looks in a row: twice as long each time, spread so that watchers do not come back together."""
    pause = min(LONGEST_PAUSE, interval * 2.0 ** min(failures, 20)) * (0.75 + chance / 2)
    return max(pause, interval, retry_after or 0.0)


def ends_the_watch(status: int | None, is_refusal: bool, has_seen: bool, refusals: int) -> bool:
    """Whether to give up. ``is_refusal``: it is sure that nothing is to be had with these options; ``refusals``: in a row, with this one."""
    if not has_seen:
        return is_refusal and (status is None or status in REFUSED_AT_START)
    return is_refusal and status in REFUSED and refusals >= MOST_REFUSALS


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
