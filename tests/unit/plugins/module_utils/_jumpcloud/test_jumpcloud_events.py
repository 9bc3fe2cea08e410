# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to Directory Insights: pages, filters, and what an event says."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BINDING_TYPES, EVENT_TYPES, PAGE_SIZE, Event, Events
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import jumpcloud
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, JUMPCLOUD, event, event_query

URL = "https://api.jumpcloud.com/insights/directory/v1/events"
SINCE = "2026-11-24T00:00:00Z"
QUERY = event_query(SINCE, EVENT_TYPES)


@pytest.fixture
def gateway(context: Context) -> Events:
    return Events(jumpcloud(context, **JUMPCLOUD).insights)


def search(gateway: Events, *event_types: str, until: str | None = None) -> list[Event]:
    return list(gateway.search(APP_ID, event_types or EVENT_TYPES, SINCE, until))


def page(rows: list[dict[str, t.Any]], position: str | None = None, limit: str | None = str(PAGE_SIZE)) -> Reply:
    headers = {"X-Result-Count": str(len(rows))}
    if limit is not None:
        headers["X-Limit"] = limit
    if position is not None:
        headers["X-Search_after"] = position
    return reply(rows, headers=headers)


def events(count: int, first: int = 0) -> list[dict[str, t.Any]]:
    return [event(error_message=str(number)) for number in range(first, first + count)]


def numbers(found: t.Iterable[Event]) -> list[int]:
    return [int(one.error_message or "") for one in found]


def test_an_event(http: ExactCalls, gateway: Events) -> None:
    row = event(
        "user_create_provision",
        timestamp="2026-11-24T05:40:04.123Z",
        success=False,
        error_message="Unauthorized",
        message_chain={"response_code": "401", "response_message": "Unauthorized", "message_details": "Invalid credentials"},
        initiated_by={"type": "admin", "email": "admin@example.com", "id": "1"},
        resource={"type": "user", "id": "u1", "username": "ada", "email": "ada@example.com", "other": 1},
        client_ip="192.0.2.1",
    )
    http.expect("POST", URL, page([row]), json=QUERY, headers={"x-api-key": JUMPCLOUD["api_key"]})
    (found,) = search(gateway)
    assert found.as_result() == {
        "event_type": "user_create_provision",
        "timestamp": "2026-11-24T05:40:04.123Z",
        "success": False,
        "application_id": APP_ID,
        "error_message": "Unauthorized",
        "response_code": 401,
        "details": "Invalid credentials",
        "initiated_by": "admin@example.com",
        "resource": {"type": "user", "id": "u1", "username": "ada", "email": "ada@example.com"},
    }


def test_an_event_that_says_next_to_nothing(http: ExactCalls, gateway: Events) -> None:
    row = {"event_type": "integration_activate", "timestamp": "2026-11-24T05:40:04Z", "application": {"id": APP_ID}}
    http.expect("POST", URL, page([row, {**row, "success": None, "message_chain": None, "initiated_by": None, "resource": None}]), json=QUERY)
    nothing = Event("integration_activate", "2026-11-24T05:40:04Z", None, APP_ID, None, None, None, None, {})
    assert search(gateway) == [nothing, nothing]


@pytest.mark.parametrize(
    "code, expected", [("200", 200), (401, 401), ("0", None), (0, None), ("-1", None), ("", None), (None, None), ("²", None), (True, None), ([], None)]
)
def test_response_code(http: ExactCalls, gateway: Events, code: t.Any, expected: int | None) -> None:
    http.expect("POST", URL, page([event(message_chain={"response_code": code, "response_message": "OK"})]), json=QUERY)
    (found,) = search(gateway)
    assert (found.response_code, found.details) == (expected, "OK")


@pytest.mark.parametrize(
    "initiator, expected",
    [({"email": "a@example.com", "name": "A", "type": "admin"}, "a@example.com"), ({"name": "A", "type": "x"}, "A"), ({"type": "x"}, "x")],
)
def test_initiated_by(http: ExactCalls, gateway: Events, initiator: dict[str, str], expected: str) -> None:
    http.expect("POST", URL, page([event(initiated_by=initiator)]), json=QUERY)
    assert search(gateway)[0].initiated_by == expected


# ---- filters


def test_what_is_asked_for(http: ExactCalls, gateway: Events) -> None:
    types, until = ["integration_activate", "user_deprovision"], "2026-11-24T06:00:00Z"
    http.expect("POST", URL, page([]), json={**event_query(SINCE, types), "end_time": until})
    assert search(gateway, *types, until=until) == []


def test_what_the_service_does_not_filter_is_filtered_here(http: ExactCalls, gateway: Events) -> None:
    rows = [
        event("integration_activate", error_message="1"),
        event("integration_activate", application={"id": "f" * 24}),
        event("integration_activate", application={"name": "Unity"}),
        event("integration_activate", application=None),
        event("user_deprovision"),
        event("something_new"),
        event("integration_activate", error_message="2"),
    ]
    del rows[3]["application"]
    http.expect("POST", URL, page(rows), json=event_query(SINCE, ["integration_activate"]))
    assert numbers(search(gateway, "integration_activate")) == [1, 2]


BOUND_GROUP = {"from": {"type": "application", "object_id": APP_ID}, "to": {"type": "user_group", "object_id": "g"}}
BOUND_PERSON = {"from": {"type": "application", "object_id": APP_ID}, "to": {"type": "user", "object_id": "u"}}
LEFT_A_GROUP = {"from": {"type": "user_group", "object_id": "g"}, "to": {"type": "user", "object_id": "u"}}


@pytest.mark.parametrize(
    "association, success, found",
    [
        ({"op": "add", "connection": BOUND_GROUP}, True, []),
        ({"op": "remove", "connection": BOUND_GROUP}, True, [(set(), {"g"}, {"g"}, True)]),
        ({"op": "remove", "connection": BOUND_PERSON}, True, [({"u"}, set(), set(), True)]),
        # it is about the person, and not about all of the group
        ({"op": "remove", "connection": LEFT_A_GROUP}, True, [({"u"}, {"g"}, set(), True)]),
        ({"op": "remove", "connection": BOUND_GROUP}, None, [(set(), {"g"}, {"g"}, True)]),
        ({"op": "remove", "connection": BOUND_GROUP}, False, []),
        # it does not say what it did, or not in a usable form
        ({"connection": BOUND_GROUP}, True, [(set(), {"g"}, {"g"}, None)]),
        ({"op": ["remove"], "connection": None}, True, [(set(), set(), set(), None)]),
        (None, True, [(set(), set(), set(), None)]),
    ],
)
def test_what_was_unbound(http: ExactCalls, gateway: Events, association: t.Any, success: bool | None, found: list[t.Any]) -> None:
    others = event("association_change", application={"id": "f" * 24}, association={"op": "remove"})
    http.expect("POST", URL, page([event("association_change", association=association, success=success), others]), json=event_query(SINCE, BINDING_TYPES))
    changes = gateway.unbindings(APP_ID, SINCE)
    assert [(one.people, one.groups, one.whole_groups, one.is_removal) for one in changes] == found


# ---- pages


def test_pages(http: ExactCalls, gateway: Events) -> None:
    """The next page is asked for with the position that the last one gave, as it is."""
    positions = ['[1795500000000, "a-1"]', '["x", null]']
    http.expect("POST", URL, page(events(PAGE_SIZE), positions[0]), json=QUERY)
    http.expect("POST", URL, page(events(PAGE_SIZE, PAGE_SIZE), positions[1]), json={**QUERY, "search_after": [1795500000000, "a-1"]})
    http.expect("POST", URL, page(events(7, 2 * PAGE_SIZE), '["end"]'), json={**QUERY, "search_after": ["x", None]})
    assert numbers(search(gateway)) == list(range(2 * PAGE_SIZE + 7))


@pytest.mark.parametrize("position", [None, ""])
def test_a_full_page_without_a_position_is_the_last(http: ExactCalls, gateway: Events, position: str | None) -> None:
    http.expect("POST", URL, page(events(PAGE_SIZE), position), json=QUERY)
    assert len(search(gateway)) == PAGE_SIZE


def test_a_full_page_may_be_followed_by_an_empty_one(http: ExactCalls, gateway: Events) -> None:
    http.expect("POST", URL, page(events(PAGE_SIZE), "[1]"), json=QUERY)
    http.expect("POST", URL, page([], "[1]"), json={**QUERY, "search_after": [1]})
    assert len(search(gateway)) == PAGE_SIZE


def test_a_page_of_events_that_are_all_filtered_out_is_not_the_last(http: ExactCalls, gateway: Events) -> None:
    http.expect("POST", URL, page([event(application={"id": "f" * 24})] * PAGE_SIZE, "[1]"), json=QUERY)
    http.expect("POST", URL, page(events(1)), json={**QUERY, "search_after": [1]})
    assert numbers(search(gateway)) == [0]


def test_a_service_that_gives_smaller_pages_than_asked_for(http: ExactCalls, gateway: Events) -> None:
    """The last page is the one with fewer results than the service's own limit, which it tells (published)."""
    http.expect("POST", URL, page(events(3), "[1]", "3"), json=QUERY)
    http.expect("POST", URL, page(events(2, 3), "[2]", "3"), json={**QUERY, "search_after": [1]})
    assert numbers(search(gateway)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("limit", [None, "", "many", "10000", "-5", "²"])
def test_without_a_limit_that_says_anything_a_short_page_is_the_last(http: ExactCalls, gateway: Events, limit: str | None) -> None:
    http.expect("POST", URL, page(events(3), "[1]", limit), json=QUERY)
    assert len(search(gateway)) == 3


def test_a_limit_of_zero_does_not_go_on_for_ever(http: ExactCalls, gateway: Events) -> None:
    http.expect("POST", URL, page([], "[1]", "0"), json=QUERY)
    assert search(gateway) == []


@pytest.mark.parametrize("positions", [["[1]", "[1]"], ["[1]", "[2]", "[1]"]])
def test_a_list_that_does_not_advance(http: ExactCalls, gateway: Events, positions: list[str]) -> None:
    after: dict[str, t.Any] = {}
    for position in positions:
        http.expect("POST", URL, page(events(PAGE_SIZE), position), json={**QUERY, **after})
        after = {"search_after": json.loads(position)}
    with pytest.raises(ScimError, match="does not advance: JumpCloud sent the same page twice"):
        search(gateway)


@pytest.mark.parametrize("position", ["not JSON", "[1", '{"a": 1}', "7", "null"])
def test_a_position_of_another_shape(http: ExactCalls, gateway: Events, position: str) -> None:
    http.expect("POST", URL, page(events(PAGE_SIZE), position), json=QUERY)
    with pytest.raises(UnexpectedAnswer, match="X-Search_after"):
        search(gateway)


def test_a_search_may_be_sent_again(http: ExactCalls, gateway: Events, warnings: list[str]) -> None:
    """It is a POST, but changes nothing."""
    http.expect("POST", URL, dropped(), json=QUERY)
    http.expect("POST", URL, page(events(1)), json=QUERY)
    assert len(search(gateway)) == 1
    assert len(warnings) == 1


# ---- failures


@pytest.mark.parametrize(
    "status, hint",
    [
        (400, "Check the options"),
        (401, "The API key or the service account is not valid"),
        (402, "The JumpCloud subscription does not include this."),
        (403, "has no permission"),
    ],
)
def test_errors(http: ExactCalls, gateway: Events, status: int, hint: str) -> None:
    http.expect("POST", URL, reply({"message": "no"}, status), json=QUERY)
    with pytest.raises(ApiError) as caught:
        search(gateway)
    assert str(caught.value) == "JumpCloud Directory Insights: cannot search the provisioning events: HTTP %d: no." % status
    assert hint in (caught.value.hint or "")
    assert caught.value.outcome == "refused"


WRONG: list[t.Any] = [
    {},
    {"results": []},
    None,
    ["x"],
]
# each is left out, and told
ODD: list[t.Any] = [
    {"event_type": "user_deprovision"},
    {"timestamp": "2026-11-24T05:40:04Z"},
    event(timestamp=7),
    event(timestamp="yesterday"),
    event(timestamp="9999-12-31T23:59:59-23:59"),
]
# each field that is no use is as if it were not there
TOLERATED = [
    {"success": "yes"},
    {"success": 1},
    {"message_chain": "x"},
    {"resource": []},
    {"error_message": {"an": "object"}},
    {"initiated_by": 1},
    {"initiated_by": ["admin@example.com"]},
    {"message_chain": {"response_code": 10**30}},
]


@pytest.mark.parametrize("row", ODD)
def test_an_odd_event_is_left_out_and_told(http: ExactCalls, gateway: Events, row: t.Any) -> None:
    http.expect("POST", URL, reply([row, event("user_deprovision")]), json=QUERY)
    assert [found.event_type for found in search(gateway)] == ["user_deprovision"]
    assert gateway.gaps == ["1 event has no readable time or type, and is left out."]


@pytest.mark.parametrize("fields", TOLERATED)
def test_an_odd_field_costs_nothing_else(http: ExactCalls, gateway: Events, fields: dict[str, t.Any]) -> None:
    http.expect("POST", URL, reply([event("user_deprovision", **fields)]), json=QUERY)
    (found,) = search(gateway)
    nothing = Event("user_deprovision", "2026-11-24T05:40:04Z", None if "success" in fields else True, APP_ID, None, None, None, None, {})
    assert found == nothing
    assert gateway.gaps == []


@pytest.mark.parametrize("application", ["x", [APP_ID], {"id": [APP_ID]}, {"id": 7}, {}])
def test_an_odd_application_is_another_one(http: ExactCalls, gateway: Events, application: t.Any) -> None:
    http.expect("POST", URL, reply([event("user_deprovision", application=application), event("integration_activate")]), json=QUERY)
    assert [found.event_type for found in search(gateway)] == ["integration_activate"]
    assert gateway.gaps == []


@pytest.mark.parametrize("body", WRONG)
def test_another_shape(http: ExactCalls, gateway: Events, body: t.Any) -> None:
    http.expect("POST", URL, reply(body), json=QUERY)
    with pytest.raises(UnexpectedAnswer, match="search the provisioning events"):
        search(gateway)


@pytest.mark.parametrize("answer", [text_reply("<html>"), reply(), text_reply("<html>", 404), reply({"message": "x"}, 405)])
def test_a_page_instead_of_the_service(http: ExactCalls, gateway: Events, answer: Reply) -> None:
    http.expect("POST", URL, answer, json=QUERY)
    with pytest.raises(UnexpectedAnswer):
        search(gateway)


def test_odd_fields_cost_no_event(http: ExactCalls, gateway: Events) -> None:
    """What is published as text may be anything; the event counts all the same."""
    chain = {"message_details": {"a": 1}, "response_message": "said"}
    odd = event(message_chain=chain, initiated_by={"email": ["x"], "type": "admin"}, resource={"id": 7, "email": "a@b"})
    http.expect("POST", URL, page([odd]), json=QUERY, headers={"x-api-key": JUMPCLOUD["api_key"]})
    (found,) = search(gateway)
    assert (found.details, found.initiated_by, found.resource) == ("said", "admin", {"email": "a@b"})
