# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What events mean: changes by others, people who newly fail, too many who are deprovisioned, and what may be done about it."""

from __future__ import annotations

import itertools
import json
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import WATCHED_TYPES, Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import LOOKUP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.incidents import (
    Told,
    Watchwords,
    count_losses,
    incidents,
    is_by_us,
    kind_of,
    told,
    unwatched,
    who_of,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.watching import Memory, now_between

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
NOW = now_between(NOON, NOON)
NUMBERS = itertools.count()


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def event(event_type: str, minutes: float = -1, who: str | None = "ada", success: bool | None = True, by: str | None = None, code: int | None = None) -> Event:
    resource = {"id": who, "email": "%s@example.com" % who} if who else {}
    return Event(event_type, after(minutes).isoformat(), success, "a1", None, code, None, by, resource, "e%d" % next(NUMBERS))


def fails(who: str = "ada", minutes: float = -1, code: int | None = 503, event_type: str = "user_create_provision") -> Event:
    return event(event_type, minutes, who, False, code=code)


def kinds(found: list[Told]) -> list[str]:
    return [one["kind"] for one in found]


KINDS: list[tuple[str, bool | None, str]] = [
    ("integration_activate", True, "activated"),
    ("integration_activate", None, "activated"),
    ("integration_activate", False, "other"),
    ("integration_deactivate", True, "deactivated"),
    ("association_change", True, "changed"),
    ("association_change", False, "other"),
    ("integrationattribute_include", True, "changed"),
    ("integrationattribute_exclude", True, "changed"),
    ("user_create_provision", True, "person_provisioned"),
    ("user_update_provision", True, "person_provisioned"),
    ("user_create_provision", False, "person_failed"),
    ("user_create_provision", None, "other"),
    ("user_deprovision", True, "person_deprovisioned"),
    ("user_delete_provision", True, "person_deprovisioned"),
    ("user_deprovision", False, "person_failed"),
    ("user_deprovision", None, "other"),
    ("user_lookup_provision", True, "other"),
    ("user_lookup_provision", False, "person_failed"),
]


@pytest.mark.parametrize("event_type, success, expected", KINDS)
def test_kind(event_type: str, success: bool | None, expected: str) -> None:
    assert kind_of(event(event_type, success=success)) == expected


def test_somebody_who_was_gone_already_is_deprovisioned() -> None:
    gone = fails(code=404, event_type="user_deprovision")
    shown = told(gone, Watchwords(), NOW)
    assert (shown["kind"], shown["success"], shown["cause"]) == ("person_deprovisioned", False, None)
    assert kind_of(fails(code=404)) == kind_of(fails(code=404, event_type=LOOKUP)) == kind_of(fails(code=500, event_type="user_deprovision")) == "person_failed"


def test_every_type_that_is_asked_for_has_a_kind() -> None:
    assert {event_type for event_type, _success, _kind in KINDS} == set(WATCHED_TYPES)


OURS = ("Robot@Example.com", "scim-service")


@pytest.mark.parametrize(
    "by, expected", [("robot@example.com", True), (" scim-service", True), ("eve@example.com", False), (None, False), ("", False), ("robot", False)]
)
def test_who_we_are(by: str | None, expected: bool) -> None:
    assert is_by_us(event("integration_deactivate", by=by), OURS) is expected
    assert not is_by_us(event("integration_deactivate", by=by), ())


def test_an_event_as_a_rulebook_gets_it() -> None:
    one = Event("user_create_provision", after(-2).isoformat(), False, "a1", "Bad\nGateway", 502, "later", "JumpCloud", {"id": "u1", "username": "ada"}, "e1")
    assert told(one, Watchwords(), NOW) == {
        "kind": "person_failed",
        "id": "e1",
        "event_type": "user_create_provision",
        "timestamp": after(-2).isoformat(),
        "age": 120,
        "success": False,
        "initiated_by": "JumpCloud",
        "by_us": False,
        "person": {"id": "u1", "email": "ada"},
        "cause": "service_failed",
        "message": "Bad Gateway: later",
    }
    change = told(event("integration_deactivate", by="robot@example.com", who=None), Watchwords(OURS), NOW)
    assert (change["kind"], change["by_us"], change["person"], change["cause"], change["message"]) == ("deactivated", True, None, None, None)
    json.dumps([change, unwatched("nothing was seen")])


# ---- changes by others


CHANGES: list[t.Any] = [
    pytest.param([event("integration_deactivate", by="eve@example.com")], 1, id="deactivated"),
    pytest.param([event("association_change", by="eve@example.com"), event("integrationattribute_exclude", by="eve@example.com")], 2, id="one incident a look"),
    pytest.param([event("integration_deactivate", by=None)], 1, id="nobody knows by whom"),
    pytest.param([event("integration_deactivate", by="robot@example.com")], 0, id="by us"),
    pytest.param([event("association_change", by="robot@example.com"), event("association_change", by="eve@example.com")], 1, id="by us and by others"),
    pytest.param([event("integration_activate", by="eve@example.com", success=False)], 0, id="it failed"),
    pytest.param([event("user_create_provision", by="eve@example.com")], 0, id="no change of the application"),
    pytest.param([], 0, id="nothing"),
]


@pytest.mark.parametrize("fresh, count", CHANGES)
def test_changes_by_others(fresh: list[Event], count: int) -> None:
    found, _memory = incidents(Memory(after(-15)), fresh, Watchwords(OURS), NOW)
    assert [(one["kind"], one["count"]) for one in found] == ([("changed_by_others", count)] if count else [])
    assert not found or found[0]["text"].count("\n") == 0


# ---- people who newly fail


def failing(looks: list[list[Event]], words: Watchwords | None = None) -> list[Told | None]:
    memory, found = Memory(after(-15)), []
    for fresh in looks:
        told_now, memory = incidents(memory, fresh, words or Watchwords(), NOW)
        found.append(next((one for one in told_now if one["kind"] == "people_failing"), None))
    return found


# the events of each look -> how many newly fail in it
FAILING: list[t.Any] = [
    pytest.param([[fails()], [fails()]], [1, 0], id="each person once"),
    pytest.param([[fails(), fails()]], [1], id="twice in one look"),
    pytest.param([[fails()], [event("user_create_provision")], [fails()]], [1, 0, 1], id="again, after it went well"),
    pytest.param([[fails("ada"), fails("alan")], [fails("ada"), fails("grace")]], [2, 1], id="several people"),
    pytest.param([[fails(), event("user_create_provision")]], [0], id="it went well at last"),
    pytest.param([[event("user_create_provision", -1)], [fails(minutes=-5)]], [0, 0], id="a late failure, after it went well"),
    pytest.param([[fails(minutes=-1)], [event("user_create_provision", -5)], [fails(minutes=-0.5)]], [1, 0, 0], id="a late success, before it failed"),
    pytest.param([[fails()], [event("user_lookup_provision")], [fails()]], [1, 0, 0], id="that somebody was found says nothing"),
    pytest.param([[fails(event_type="user_lookup_provision")]], [1], id="that somebody could not be looked up does"),
    pytest.param([[event("user_create_provision", success=None)]], [0], id="nobody knows what came of it"),
    pytest.param([[event("user_create_provision"), fails(event_type=LOOKUP)]], [0], id="a lookup failed in the instant in which it went well"),
    pytest.param([[fails(event_type=LOOKUP), event("user_create_provision")]], [0], id="the other way round"),
    pytest.param([[event("user_create_provision")], [fails(event_type=LOOKUP)]], [0, 0], id="the lookup is seen later"),
    pytest.param([[fails(event_type=LOOKUP)], [event("user_create_provision")], [fails()]], [1, 0, 1], id="the lookup is seen before"),
    pytest.param([[fails()], [event("user_create_provision", -0.9), fails(minutes=-0.8)]], [1, 1], id="it went well and failed again between two looks"),
    pytest.param([[fails()], [fails(minutes=-0.9), event("user_create_provision", -0.8)]], [1, 0], id="it failed again and went well between two looks"),
    pytest.param([[fails()], [event("user_create_provision", -5), fails()]], [1, 0], id="a late success, and it still fails"),
    pytest.param([[fails(code=404, event_type="user_deprovision")]], [0], id="who was to be removed was gone already"),
    pytest.param([[fails(code=404, event_type="user_delete_provision"), fails("alan")]], [1], id="and somebody else fails"),
    pytest.param([[fails()], [fails(code=404, event_type="user_deprovision")], [fails()]], [1, 0, 1], id="again, after the person had left"),
]


def test_what_came_of_it_is_told_and_not_the_lookup_of_the_same_instant() -> None:
    lookup, creation = fails(event_type=LOOKUP, code=404), fails(code=503)
    for fresh in ([lookup, creation], [creation, lookup]):
        (found,) = failing([fresh])
        assert found and found["causes"] == ["service_failed"]


@pytest.mark.parametrize("looks, expected", FAILING)
def test_who_newly_fails(looks: list[list[Event]], expected: list[int]) -> None:
    assert [one["count"] if one else 0 for one in failing(looks)] == expected


# the failures, what is allowed -> whom to try again
RETRIES: list[t.Any] = [
    pytest.param([fails()], True, "ada@example.com", id="one person, a cause that passes"),
    pytest.param([fails("64bb00000000000000000001")], True, "64bb00000000000000000001", id="by the id, where it is one"),
    pytest.param([fails("{{ lookup('pipe', 'id') }}")], True, None, id="a name that would be taken for a template"),
    pytest.param([fails("o'hara")], True, None, id="neither an id nor a plain address"),
    pytest.param([fails()], False, None, id="not allowed"),
    pytest.param([fails("ada"), fails("alan")], True, None, id="two people: something else is the matter"),
    pytest.param([fails(code=401)], True, None, id="the key is refused"),
    pytest.param([fails(code=403)], True, None, id="the role is missing"),
    pytest.param([fails(code=409)], True, None, id="the account is there already"),
    pytest.param([fails(minutes=-61)], True, None, id="long ago"),
    pytest.param([fails(event_type="user_deprovision")], True, None, id="who shall not have an account is not provisioned"),
    pytest.param([event("user_create_provision", who=None, success=False, code=503)], True, None, id="nobody knows who"),
    pytest.param([event("user_create_provision", who=None, success=False, code=503), fails()], True, None, id="one who is known and one who is not"),
]


@pytest.mark.parametrize("fresh, is_allowed, expected", RETRIES)
def test_whom_to_try_again(fresh: list[Event], is_allowed: bool, expected: str | None) -> None:
    (found,) = failing([fresh], Watchwords(may_provision_users=is_allowed))
    assert found
    assert (found["user"] if found["may_provision_user"] else None) == expected


def test_who_it_is_about_is_told_without_an_address() -> None:
    by_address = [
        Event("user_deprovision", "", True, "a1", None, None, None, None, {"email": email}, "e1") for email in ("Ada@example.com", "ada@example.com ")
    ]
    assert who_of(by_address[0]) == who_of(by_address[1]) and "ada" not in who_of(by_address[0]).lower()
    assert who_of(event("user_deprovision", who="u1")) == "u1"
    assert who_of(Event("user_deprovision", "", True, "a1", None, None, None, None, {}, "e9")) == "e9"


# ---- many who are deprovisioned


def losses(*given: tuple[float, str]) -> list[tuple[datetime, str]]:
    return [(after(minutes), who) for minutes, who in given]


HOUR = timedelta(minutes=60)
# known, new, how many told of; more than 2 within an hour is too many
LOSSES: list[t.Any] = [
    pytest.param([], [], 0, id="nothing"),
    pytest.param([], [(0, "a"), (1, "b")], 0, id="as many as may be"),
    pytest.param([], [(0, "a"), (1, "b"), (2, "c")], 3, id="one more"),
    pytest.param([], [(2, "c"), (0, "a"), (1, "b")], 3, id="in any order"),
    pytest.param([(0, "a"), (1, "b")], [(2, "c")], 3, id="over two looks"),
    pytest.param([(1, "b"), (2, "c")], [(0, "a")], 3, id="the last one comes late"),
    pytest.param([], [(0, "a"), (1, "a"), (2, "a")], 0, id="one person, deactivated and deleted"),
    pytest.param([], [(0, "a"), (60, "b"), (60, "c")], 3, id="just within the hour"),
    pytest.param([], [(0, "a"), (61, "b"), (62, "c")], 0, id="over more than an hour"),
    pytest.param([], [(0, "a"), (61, "b"), (62, "c"), (63, "d")], 3, id="the first one is too long ago"),
    pytest.param([], [(0, "a"), (50, "a"), (61, "b"), (62, "c")], 3, id="somebody twice, the first time too long ago"),
    pytest.param([], [(minute, str(minute)) for minute in range(50)], 50, id="one alarm for all"),
]


@pytest.mark.parametrize("known, new, expected", LOSSES)
def test_too_many_deprovisionings(known: list[tuple[float, str]], new: list[tuple[float, str]], expected: int) -> None:
    left, burst = count_losses(losses(*known), losses(*new), 2, HOUR)
    assert len({who for _at, who in burst}) == expected
    # what was told is not counted again
    assert left == () if expected else len(left) == len({*known, *new})


def test_what_can_not_count_any_more_is_forgotten() -> None:
    left, burst = count_losses(losses((0, "a"), (200, "b")), losses((201, "c")), 2, HOUR)
    assert (left, burst) == (tuple(losses((200, "b"), (201, "c"))), [])


# when it happened, what is allowed -> whether provisioning may be paused
PAUSING = [(-1, True, True), (-1, False, False), (-59, True, True), (-61, True, False)]


@pytest.mark.parametrize("minutes, is_allowed, expected", PAUSING)
def test_whether_to_pause(minutes: float, is_allowed: bool, expected: bool) -> None:
    fresh = [event("user_deprovision", minutes, who) for who in ("ada", "alan", "grace")]
    (found,), memory = incidents(Memory(after(-15)), fresh, Watchwords(max_deprovisioned=2, may_pause=is_allowed), NOW)
    assert (found["kind"], found["count"], found["may_pause"]) == ("many_deprovisionings", 3, expected)
    assert "3 people were deprovisioned" in found["text"] and "more than 2 within 60 minutes" in found["text"]
    assert incidents(memory, [event("user_deprovision", -1, "bob")], Watchwords(max_deprovisioned=2), NOW)[0] == []


def test_a_failed_deprovisioning_is_none() -> None:
    fresh = [event("user_deprovision", -1, who, success=None) for who in ("ada", "alan", "grace")]
    assert incidents(Memory(after(-15)), fresh, Watchwords(max_deprovisioned=0), NOW)[0] == []


def test_all_at_once() -> None:
    """What may pause provisioning comes first: what is run for the others would keep it waiting."""
    fresh = [event("integration_deactivate", by="eve@example.com"), fails(), event("user_deprovision", -1, "alan")]
    found, _memory = incidents(Memory(after(-15)), fresh, Watchwords(max_deprovisioned=0), NOW)
    assert kinds(found) == ["many_deprovisionings", "changed_by_others", "people_failing"]
