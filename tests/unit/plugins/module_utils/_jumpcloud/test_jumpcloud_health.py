# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of provisioning, from a stream of events."""

from __future__ import annotations

import itertools
import json
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import Health

SINCE, UNTIL = "2026-11-20T00:00:00Z", "2026-11-24T06:00:00Z"
ADA = {"type": "user", "id": "a", "email": "ada@example.com"}
GRACE = {"type": "user", "id": "g", "email": "grace@example.com"}


def call(at: str, code: int | None = 200, who: dict[str, t.Any] | None = None, kind: str = "user_create_provision", **fields: t.Any) -> Event:
    """A provisioning call; it failed if its status is none of a success. ``at``: day and time, short."""
    facts: dict[str, t.Any] = {"success": code == 200, "response_code": None if code == 200 else code, "error_message": None, "details": None, **fields}
    timestamp = "2026-11-%s:00Z" % at if "T" in at and len(at) == 8 else at
    resource = ADA if who is None else who
    return Event(kind, timestamp, facts["success"], "app", facts["error_message"], facts["response_code"], facts["details"], "JumpCloud", resource)


def change(at: str, kind: str = "integration_activate", success: bool | None = True) -> Event:
    return Event(kind, "2026-11-%s:00Z" % at, success, "app", None, None, None, "admin@example.com", {"type": "application"})


def health_of(*events: Event) -> dict[str, t.Any]:
    health = Health()
    assert list(health.watch(events)) == list(events)
    result = health.as_result(SINCE, UNTIL)
    assert json.loads(json.dumps(result)) == result
    return result


def test_nothing_happened() -> None:
    assert health_of() == {
        "since": SINCE,
        "until": UNTIL,
        "retention_days": 90,
        "succeeded": 0,
        "failed": 0,
        "last_success": None,
        "last_failure": None,
        "last_integration_change": None,
        "failures": [],
        "open_failures": 0,
        "days": [],
    }


def test_a_week() -> None:
    """Newest first, as the service sends it."""
    newest = call("24T05:00", 401, GRACE, error_message="Unauthorized", details="No such key")
    result = health_of(
        newest,
        call("24T04:00", 401),
        change("23T12:00"),
        call("23T11:00", 409, GRACE),
        call("22T10:00", 200, GRACE, kind="user_update_provision"),
        change("22T09:00", "integration_deactivate"),
        call("22T08:00", 401, {**GRACE, "id": "other"}),
    )
    assert (result["succeeded"], result["failed"], result["open_failures"]) == (1, 4, 3)
    assert (result["last_success"]["timestamp"], result["last_failure"]) == ("2026-11-22T10:00:00Z", newest.as_result())
    assert (result["last_integration_change"]["event_type"], result["last_integration_change"]["initiated_by"]) == ("integration_activate", "admin@example.com")
    assert result["days"] == [
        {"day": "2026-11-22", "succeeded": 1, "failed": 1},
        {"day": "2026-11-23", "succeeded": 0, "failed": 1},
        {"day": "2026-11-24", "succeeded": 0, "failed": 2},
    ]
    key, taken = result["failures"]
    assert key.pop("title") and key.pop("remedy")
    assert key == {
        "cause": "key_refused",
        "response_code": 401,
        "count": 3,
        "first": "2026-11-22T08:00:00Z",
        "last": "2026-11-24T05:00:00Z",
        "people_count": 3,
        "open_people_count": 3,
        "people": [{"id": "a", "email": "ada@example.com"}, {"id": "g", "email": "grace@example.com"}, {"id": "other", "email": "grace@example.com"}],
        "message": "Unauthorized: No such key",
    }
    # Grace still fails, but not for this reason any more
    assert (taken["cause"], taken["people_count"], taken["open_people_count"]) == ("already_exists", 1, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_does_not_matter(order: tuple[int, ...]) -> None:
    events = [call("24T03:00", 401), call("24T02:00"), call("24T01:00", 500)]
    result = health_of(*(events[number] for number in order))
    assert (result["open_failures"], result["last_failure"]["response_code"]) == (1, 401)
    assert {one["cause"]: one["open_people_count"] for one in result["failures"]} == {"key_refused": 1, "service_failed": 0}


def test_what_succeeded_since_is_over() -> None:
    result = health_of(call("24T03:00"), call("24T02:00", 401), call("24T01:00", 401, GRACE))
    assert result["open_failures"] == 1
    failures = result["failures"][0]
    assert (failures["people_count"], failures["open_people_count"]) == (2, 1)
    # those for whom it still fails come first
    assert [person["id"] for person in failures["people"]] == ["g", "a"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_lookup_in_the_same_instant_says_less(turned: bool) -> None:
    events = [call("24T03:00"), call("24T03:00", 400, kind="user_lookup_provision")]
    assert health_of(*(reversed(events) if turned else events))["open_failures"] == 0


@pytest.mark.parametrize("turned", [False, True])
def test_a_lookup_that_succeeded_since_says_nothing(turned: bool) -> None:
    """That somebody was found, or not, is no account: nobody was ever provisioned here."""
    events = [call("24T03:00", kind="user_lookup_provision"), call("24T02:00", 401), call("23T02:00", kind="user_lookup_provision")]
    result = health_of(*(reversed(events) if turned else events))
    assert (result["succeeded"], result["failed"], result["open_failures"], result["last_success"]) == (0, 1, 1, None)
    assert result["days"] == [{"day": "2026-11-24", "succeeded": 0, "failed": 1}]


def test_a_lookup_that_failed_counts() -> None:
    result = health_of(call("24T03:00", 401, kind="user_lookup_provision"))
    assert (result["open_failures"], result["failed"], result["last_failure"]["event_type"]) == (1, 1, "user_lookup_provision")


def test_the_causes_with_most_open_people_come_first() -> None:
    many = [call("24T01:%02d" % number, 500) for number in range(9)]
    result = health_of(call("24T05:00", 409), call("24T05:01", 409, GRACE), call("24T04:00", 401, {"id": "x"}), *many)
    assert [(one["cause"], one["open_people_count"]) for one in result["failures"]] == [("already_exists", 2), ("key_refused", 1), ("service_failed", 0)]


def test_causes_with_as_many_open_people_come_by_their_number_then_by_their_name() -> None:
    people = [{"id": "p%d" % number} for number in range(4)]
    result = health_of(
        call("24T05:00", 500, people[0]),
        call("24T05:01", 409, people[1]),
        call("24T05:02", 401, people[2]),
        call("24T05:03", 401, people[2]),
        call("24T05:04", 403, people[3]),
    )
    found = [(one["cause"], one["count"], one["open_people_count"]) for one in result["failures"]]
    assert found[0] == ("key_refused", 2, 1)
    assert [one[1:] for one in found[1:]] == [(1, 1)] * 3
    names = [one[0] for one in found[1:]]
    assert names == sorted(names) and names[0] < "key_refused"


def test_what_is_not_counted() -> None:
    """What does not say how it went, what is about no provisioning, and a change that did not come about."""
    result = health_of(call("24T03:00", success=None), call("24T03:01", kind="association_change"), change("24T03:02", success=False))
    assert (result["succeeded"], result["failed"], result["days"], result["last_integration_change"]) == (0, 0, [], None)
    assert health_of(change("24T03:02", success=None))["last_integration_change"] is not None


@pytest.mark.parametrize("kind", ["user_deprovision", "user_delete_provision"])
@pytest.mark.parametrize("turned", [False, True])
def test_who_was_gone_already_is_as_good_as_deprovisioned(kind: str, turned: bool) -> None:
    """It is no success either: a wrong base URL is answered so, too."""
    gone = call("24T03:00", 404, kind=kind)
    assert health_of(gone) == health_of()
    events = [gone, call("24T02:00", 500, kind=kind)]
    result = health_of(*(reversed(events) if turned else events))
    assert (result["failed"], result["open_failures"], result["last_failure"]["response_code"]) == (1, 0, 500)
    assert [(one["cause"], one["people_count"], one["open_people_count"]) for one in result["failures"]] == [("service_failed", 1, 0)]
    # what comes later counts
    assert health_of(call("24T04:00", 401), gone)["open_failures"] == 1


def test_who_is_not_found_otherwise_fails() -> None:
    for kind in ("user_update_provision", "user_create_provision", "user_lookup_provision"):
        assert health_of(call("24T03:00", 404, kind=kind))["open_failures"] == 1


# ---- people


def test_a_person_without_an_id() -> None:
    nameless = {"email": "Ada@Example.com"}
    result = health_of(call("24T03:00", 200, nameless), call("24T02:00", 401))
    assert (result["open_failures"], result["failures"][0]["people"]) == (0, [{"id": "a", "email": "Ada@Example.com"}])
    result = health_of(call("24T03:00", 401), call("24T02:00", 409, nameless))
    assert (result["open_failures"], [one["people_count"] for one in result["failures"]]) == (1, [1, 1])
    assert health_of(call("24T03:00", 401, nameless))["failures"][0]["people"] == [{"id": None, "email": "Ada@Example.com"}]


def test_a_person_by_id_alone_gets_the_address_of_an_older_event() -> None:
    assert health_of(call("24T03:00", 401, {"id": "a"}), call("24T02:00"))["failures"][0]["people"] == [{"id": "a", "email": "ada@example.com"}]


def test_a_user_name_stands_for_an_address() -> None:
    assert health_of(call("24T03:00", 401, {"username": "ada"}))["failures"][0]["people"] == [{"id": None, "email": "ada"}]


@pytest.mark.parametrize("who", [{}, {"id": None}, {"id": "", "email": ""}, {"id": {"x": 1}, "email": ["ada"], "username": 7}])
def test_nobody_is_named(who: dict[str, t.Any]) -> None:
    result = health_of(call("24T03:00", 401, who))
    assert (result["failed"], result["open_failures"], result["failures"][0]["count"], result["failures"][0]["people"]) == (1, 0, 1, [])


def test_at_most_a_hundred_people_are_listed() -> None:
    result = health_of(*(call("24T03:00", 401, {"id": "u%03d" % number}) for number in range(150)))["failures"][0]
    assert (len(result["people"]), result["people_count"], result["open_people_count"]) == (100, 150, 150)


def test_who_is_not_expected_is_left_out_unless_the_removal_failed() -> None:
    health = Health()
    people = [{"id": "gone"}, {"email": "gone@example.com"}, {"username": "gone"}, {"id": "b", "email": "bob@example.com"}]
    for number, who in enumerate(people):
        health.add(call("24T03:0%d" % number, 409, who))
    health.add(call("24T04:00", 500, {"id": "stuck"}, kind="user_deprovision"))
    health.leave_out(lambda identifier, _email: identifier == "b")
    found = health.failing()
    assert found["open_failures"] == 3 and [person.id or person.email for person in health.open_people()] == ["gone", "b", "stuck"]
    taken = found["failures"][0]
    assert (taken["cause"], taken["count"], taken["people_count"], taken["open_people_count"]) == ("already_exists", 4, 4, 2)
    # those who count come first
    assert [row["email"] for row in taken["people"]] == ["bob@example.com", "gone", None, "gone@example.com"]
    result = health.as_result(SINCE, UNTIL)
    assert (result["failed"], result["open_failures"]) == (5, 3)


# ---- what is odd


@pytest.mark.parametrize("timestamp", ["", "yesterday", "2026-13-40T99:00:00Z", "0001-01-01T00:00:00+23:00"])
def test_a_time_that_cannot_be_read(timestamp: str) -> None:
    """It counts, but is older than everything else."""
    result = health_of(call(timestamp, 401), call("24T03:00"))
    assert (result["failed"], result["open_failures"]) == (1, 0)
    assert result["days"] == [{"day": "2026-11-24", "succeeded": 1, "failed": 0}]
    assert result["failures"][0]["first"] == timestamp


def test_a_failure_at_a_time_that_cannot_be_read_is_open_where_nothing_else_is_known() -> None:
    assert health_of(call("yesterday", 401))["open_failures"] == 1


def test_days_are_those_of_utc() -> None:
    assert health_of(call("2026-11-24T01:30:00.123456789+02:00"))["days"] == [{"day": "2026-11-23", "succeeded": 1, "failed": 0}]


def test_hostile_texts() -> None:
    texts = "'; DROP TABLE\n<script>\x1b[2J{{ 7 * 7 }}\u202e"
    result = health_of(call("24T03:00", 418, {"id": texts, "email": texts}, error_message=texts * 30))["failures"][0]
    assert result["people"] == [{"id": texts, "email": texts}]
    assert len(result["message"]) == 300 and result["message"].isprintable()
