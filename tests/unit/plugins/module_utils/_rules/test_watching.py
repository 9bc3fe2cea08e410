# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which events are news, what is remembered and forgotten, and when to look again."""

from __future__ import annotations

import itertools
import random
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.watching import (
    LONGEST_PAUSE,
    Memory,
    Now,
    begin,
    ends_the_watch,
    forgotten,
    news,
    now_between,
    pause_after_failure,
    remember,
    trouble_with,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
OVERLAP = timedelta(minutes=15)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def now(minutes: float = 0.0, theirs: float | None = None) -> Now:
    return now_between(after(minutes), after(minutes if theirs is None else theirs))


def event(identity: str, minutes: float) -> Event:
    return Event("user_create_provision", after(minutes).isoformat(), True, "a1", None, None, None, None, {}, identity)


def identities(events: t.Iterable[Event]) -> str:
    return "".join(one.identity for one in events)


# what each look finds: identity and minute of each event; what it tells
LOOKS: list[t.Any] = [
    pytest.param([([("a", 1)], "a"), ([("a", 1), ("b", 2)], "b")], id="each once"),
    pytest.param([([("b", 2), ("a", 1)], "ab")], id="in the order in which it happened"),
    pytest.param([([("a", 1), ("a", 1)], "a")], id="twice on one page"),
    pytest.param([([("b", 2)], "b"), ([("b", 2), ("a", 1)], "a")], id="late, after a newer one"),
    pytest.param([([("b", 14)], "b"), ([("b", 14), ("a", 0)], "a")], id="late by nearly the overlap"),
    pytest.param([([("b", 16)], "b"), ([("b", 16), ("a", 1)], ""), ([], "")], id="later than the overlap: it may have been told and forgotten"),
    pytest.param([([("a", 1)], "a"), ([], ""), ([("a", 1)], "")], id="gone for a while"),
    pytest.param([([("a", 1)], "a"), ([("b", 1)], "b")], id="two in the same instant"),
    pytest.param([([("a", -16)], "")], id="before the watch began"),
    pytest.param([([("a", 100000)], "a"), ([("a", 100000), ("b", 22)], "b"), ([("a", 100000)], "")], id="one of the future hides none of today"),
]


@pytest.mark.parametrize("looks", LOOKS)
def test_what_is_news(looks: list[tuple[list[tuple[str, float]], str]]) -> None:
    memory = begin(now(), OVERLAP)
    for number, (found, expected) in enumerate(looks, 1):
        fresh = news(memory, [event(*one) for one in found])
        assert identities(fresh) == expected
        memory = remember(memory, fresh, now(20 * number), OVERLAP)


def test_each_event_is_told_once_however_late_often_and_mixed_up_it_comes() -> None:
    """A hundred events, each visible up to 14 minutes after it happened, on pages that are shuffled."""
    for seed in range(20):
        chance = random.Random(seed)
        happened = {str(number): chance.uniform(0, 200) for number in range(100)}
        visible = {identity: minute + chance.uniform(0, 14) for identity, minute in happened.items()}
        memory, told = begin(now(), OVERLAP), []
        for minute in itertools.count(1):
            page = [event(one, at) for one, at in happened.items() if visible[one] <= minute and after(at) >= memory.floor.replace(microsecond=0)]
            fresh = news(memory, chance.sample(page * 2, 2 * len(page)))
            told += [one.identity for one in fresh]
            memory = remember(memory, fresh, now(minute), OVERLAP)
            if minute > 220:
                break
        assert sorted(told, key=int) == sorted(happened, key=int)
        assert len(memory.seen) < 30


def test_the_floor_never_sinks_and_follows_the_events() -> None:
    memory = begin(now(), OVERLAP)
    assert memory.floor == after(-15)
    memory = remember(memory, [event("a", 40)], now(41), OVERLAP)
    assert (memory.floor, set(memory.seen)) == (after(25), {"a"})
    # our clock, or both, jump back
    assert remember(memory, [], now(-5000), OVERLAP) == memory


def test_where_nothing_happens_the_time_that_is_asked_for_does_not_grow_without_end() -> None:
    memory = begin(now(), OVERLAP)
    quiet = 10 * 24 * 60.0
    assert remember(memory, [], now(quiet), OVERLAP).floor == after(quiet - 15 - 24 * 60)
    # unless our clock alone says so: it may have jumped
    assert remember(memory, [], now_between(after(quiet), None), OVERLAP) == memory
    assert remember(memory, [], now(quiet, theirs=1), OVERLAP) == memory


def test_what_is_remembered_is_bounded() -> None:
    fresh = [event(str(number), number / 1000) for number in range(1000)]
    memory = remember(begin(now(), OVERLAP), fresh, now(10), OVERLAP, most=100)
    assert len(memory.seen) == 100 and memory.floor == after(0.899)
    # what was forgotten is not told again
    assert news(memory, fresh) == []


def test_who_still_fails_is_remembered_and_who_does_not_for_as_long_as_needed() -> None:
    outcomes = {"fails": (after(-500), True), "went well": (after(-500), False), "at the floor": (after(-15), False), "lately": (after(-1), False)}
    memory = remember(Memory(after(-15), outcomes=outcomes), [], now(), OVERLAP)
    assert set(memory.outcomes) == {"fails", "lately"}
    many = {str(number): (after(number), True) for number in range(50)}
    assert set(remember(Memory(after(-15), outcomes=many), [], now(), OVERLAP, most=2).outcomes) == {"48", "49"}


DAYS_91 = -91 * 24 * 60.0
TROUBLE: list[t.Any] = [
    pytest.param(-15, now(), None, id="as it should be"),
    pytest.param(-15, now(60 * 24 * 30), None, id="a month later"),
    pytest.param(5, now(), None, id="clocks differ a little"),
    pytest.param(60, now(), "from the future", id="from the future"),
    pytest.param(60, now(0, theirs=50), None, id="our clock was set back, JumpCloud's was not"),
    pytest.param(60, now(50, theirs=0), None, id="the other way round"),
    pytest.param(DAYS_91, now(), "90 days", id="older than what JumpCloud keeps"),
    pytest.param(-15, now(-DAYS_91, theirs=0), None, id="our clock jumped ahead"),
]


@pytest.mark.parametrize("floor, at, expected", TROUBLE)
def test_a_memory_that_can_not_be_gone_on_with(floor: float, at: Now, expected: str | None) -> None:
    found = trouble_with(Memory(after(floor)), at)
    assert found is None if expected is None else expected in (found or "")


DAY = 24 * 60.0
# floor, now, whether it is of an earlier run -> since when it is not sure that anything is known
FORGOTTEN: list[t.Any] = [
    pytest.param(-15 * DAY, now(), True, None, id="just young enough"),
    pytest.param(-15 * DAY - 1, now(), True, "2026-11-09 12:00 UTC", id="older"),
    pytest.param(-89 * DAY, now(), True, "2026-11-09 12:00 UTC", id="much older"),
    pytest.param(-16 * DAY, now(), False, "2026-11-09 12:00 UTC", id="the machine has slept, or JumpCloud was out of reach"),
    pytest.param(-16 * DAY, now_between(NOON, None), True, "2026-11-09 12:00 UTC", id="nobody knows JumpCloud's clock"),
    pytest.param(-16 * DAY, now_between(NOON, None), False, None, id="nobody knows it, and nothing happens while all is watched"),
    pytest.param(-15, now(20 * DAY, theirs=0), True, None, id="our clock jumped ahead"),
]


@pytest.mark.parametrize("floor, at, is_resumed, since", FORGOTTEN)
def test_what_jumpcloud_may_have_forgotten(floor: float, at: Now, is_resumed: bool, since: str | None) -> None:
    found = forgotten(Memory(after(floor)), at, is_resumed)
    assert found is None if since is None else "before %s, since on its lowest plan it keeps events for 15 days" % since in (found or "")


# failures in a row, Retry-After, chance -> seconds
PAUSES = [
    (1, None, 0.5, 120.0),
    (1, None, 0.0, 90.0),
    (1, None, 1.0, 150.0),
    (2, None, 0.5, 240.0),
    (10, None, 0.5, LONGEST_PAUSE),
    (10000, None, 0.5, LONGEST_PAUSE),
    (1, 30.0, 0.5, 120.0),
    (1, 3600.0, 0.5, 3600.0),
]


@pytest.mark.parametrize("failures, retry_after, chance, expected", PAUSES)
def test_how_long_to_wait_after_failures(failures: int, retry_after: float | None, chance: float, expected: float) -> None:
    assert pause_after_failure(failures, 60.0, retry_after, chance) == expected


def test_whoever_looks_seldom_does_not_look_more_often_because_of_failures() -> None:
    assert pause_after_failure(1, 7200.0, None, 0.0) == 7200.0


# status, whether it is sure, whether something was seen before, refusals in a row -> whether it ends
ENDS: list[tuple[int | None, bool, bool, int, bool]] = [
    (401, True, False, 1, True),
    (403, True, False, 1, True),
    (404, True, False, 0, True),
    (None, True, False, 0, True),
    (401, False, False, 1, False),
    (503, False, False, 0, False),
    (500, True, False, 0, False),
    (None, False, False, 0, False),
    (401, True, True, 1, False),
    (401, True, True, 2, False),
    (401, True, True, 3, True),
    (402, True, True, 3, True),
    (403, True, True, 3, True),
    (404, True, True, 0, False),
    (None, True, True, 0, False),
]


@pytest.mark.parametrize("status, is_refusal, has_seen, refusals, expected", ENDS)
def test_when_to_give_up(status: int | None, is_refusal: bool, has_seen: bool, refusals: int, expected: bool) -> None:
    assert ends_the_watch(status, is_refusal, has_seen, refusals) is expected
