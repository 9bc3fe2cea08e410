# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_drift_info: who should be in Unity, and who is."""

from __future__ import annotations

import typing as t
from types import SimpleNamespace

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import PROVISIONING_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_drift import _unchecked as unchecked
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_drift_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_drift_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    ASSOCIATIONS,
    BASE_URL,
    BOUND_PAGE,
    GROUPS_PAGE,
    HEADER,
    JUMPCLOUD,
    ORG,
    PAGE,
    V1_PAGE,
    application,
    edge,
    event,
    event_query,
    scim_list,
    scim_user,
    v1,
)

BOUND, PEOPLE, USERS, EVENTS = "/api/v2/applications/%s/users" % APP_ID, "/api/systemusers", BASE_URL + "/Users", "/insights/directory/v1/events"
PEOPLE_PAGE = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}
SCIM_PAGE = {"startIndex": 1, "count": 100}
# an hour before the time of the tests
GRACE = event_query("2026-11-24T05:00:00Z", ["association_change", "integration_activate"])
NOW = "2026-11-24T06:00:00Z"
GROUPS = ["65f0c0ffee65f0c0ffee00b%d" % number for number in range(10)]


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", "unity_organization_id": ORG, "authorization_header": HEADER, **given})


def bound(identifier: str, *groups: str) -> dict[str, t.Any]:
    """Somebody who is bound by these groups, or directly."""
    ways = [[{"to": {"type": "user_group", "id": group}}, {"to": {"type": "user", "id": identifier}}] for group in groups]
    return {"id": identifier, "type": "user", "paths": ways or [[{"to": {"type": "user", "id": identifier}}]]}


def person(identifier: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"_id": identifier, "email": "%s@example.com" % identifier, "state": "ACTIVATED", "suspended": False, **fields}


def provisioned(identifier: str, **fields: t.Any) -> dict[str, t.Any]:
    return scim_user("u-" + identifier, "%s@example.com" % identifier, **fields)


def expect_events(http: ExactCalls, *rows: dict[str, t.Any], answer: t.Any = None) -> None:
    http.expect("POST", EVENTS, answer or reply(list(rows)), json=GRACE)


def expect_calls(http: ExactCalls, *rows: dict[str, t.Any], since: str = "2026-11-24T05:40:04Z", answer: t.Any = None) -> None:
    """Where somebody would be pending, those who failed since the first of them was bound are looked for."""
    http.expect("POST", EVENTS, answer or reply(list(rows)), json=event_query(since, PROVISIONING_TYPES))


def failed(identifier: str, at: str = "2026-11-24T05:45:00Z", **fields: t.Any) -> dict[str, t.Any]:
    return event(timestamp=at, success=False, resource={"type": "user", "id": identifier}, message_chain={"response_code": 401}, **fields)


def expect_people(http: ExactCalls, ties: list[t.Any], people: list[t.Any], users: list[t.Any]) -> None:
    """All three lists are read at the same time. One page of SCIM is proven by a read behind its end."""
    with http.in_any_order():
        http.expect("GET", BOUND, reply(ties), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1(*people)), query=PEOPLE_PAGE)
        expect_users(http, *users)


def expect_users(http: ExactCalls, *users: t.Any) -> None:
    http.expect("GET", USERS, reply(scim_list(*users)), query=SCIM_PAGE, headers={"Authorization": HEADER})
    if users:
        http.expect("GET", USERS, reply(scim_list(total=len(users))), query={**SCIM_PAGE, "startIndex": 1 + len(users)})


def expect_application(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)


def association(*ends: t.Any, op: str = "add", **fields: t.Any) -> dict[str, t.Any]:
    """Somebody bound, or unbound, something."""
    connection = dict(zip(("from", "to"), ({"type": kind, "object_id": identifier} for kind, identifier in ends)))
    return event("association_change", association={"op": op, "connection": connection}, **fields)


ODD_ENDS: list[t.Any] = [
    "ada",
    ["ada"],
    {"type": "user"},
    {"object_id": "ada"},
    {"type": "user", "object_id": 7},
    {"type": "user", "object_id": ["ada"]},
    {"type": 7, "object_id": "ada"},
    {"type": ["user"], "object_id": "ada"},
]


def test_five_requests_tell_it_all(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http)
    ties = [bound("ada", *GROUPS), bound("bob"), bound("cleo", GROUPS[0]), bound("dan", GROUPS[1])]
    people = [person("ada", firstname="Ada"), person("bob"), person("cleo", state="STAGED"), person("dan"), person("eve", suspended=True)]
    users = [provisioned("ada", name={"givenName": "Augusta"}), provisioned("dan"), provisioned("eve"), scim_user("g", "guest@partner.example")]
    expect_people(http, ties, people, users)
    result = run_info(options(), context)
    assert_documented(scim_drift_info, result)
    assert (result["changed"], result["in_sync"], result["checked_at"], result["base_url"]) == (False, False, NOW, BASE_URL)
    kinds = {kind: [row["email"] for row in found] for kind, found in result.items() if kind in result["counts"] and found}
    assert kinds == {
        "missing": ["bob@example.com"],
        "unexpected": ["eve@example.com"],
        "differing": ["ada@example.com"],
        "outside_domain": ["guest@partner.example"],
        "staged": ["cleo@example.com"],
    }
    assert result["counts"]["expected"] == 3 and result["counts"]["matched"] == 2, "a person in ten groups counts once"
    assert result["differing"][0]["differences"] == [{"attribute": "name.givenName", "jumpcloud": "Ada", "unity": "Augusta"}]
    assert result["unchecked"] == []


def test_nobody_is_bound_and_nobody_there(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_people(http, [], [], [])
    result = run_info(options(pending_grace=0), context)
    assert result["in_sync"] and result["counts"]["expected"] == 0


@pytest.mark.parametrize(
    "rows, pending",
    [
        ([], []),
        ([association(("application", APP_ID), ("user_group", GROUPS[1]))], ["bob"]),
        ([association(("application", APP_ID), ("user", "ada"))], ["ada"]),
        ([association(("user_group", GROUPS[0]), ("user", "ada"), application=None)], ["ada"]),
        # a group that leads nowhere, or that others are bound by
        ([association(("user_group", GROUPS[7]), ("user", "ada"), application=None)], []),
        ([association(("user_group", GROUPS[1]), ("user", "ada"), application=None)], []),
        ([association(("user_group", GROUPS[7]), ("user_group", GROUPS[0]), application=None)], []),
        ([event("integration_activate")], ["ada", "bob"]),
        ([event("association_change")], ["ada", "bob"]),
        ([event("association_change", association={"connection": "odd"})], ["ada", "bob"]),
        ([event("association_change", association={"connection": {"from": {"object_id": 7}, "to": None}})], ["ada", "bob"]),
        # ends that name nobody
        *[([event("association_change", association={"connection": {"from": end}})], ["ada", "bob"]) for end in ODD_ENDS],
        ([event("association_change", application=None)], []),
        ([event("association_change", application={"id": ["odd"]})], []),
        ([event("association_change", success=False), event("integration_activate", success=False)], []),
        # one person joined a group that others are in
        ([association(("user_group", GROUPS[1]), ("user", "somebody"), application=None)], []),
        ([association(("user_group", GROUPS[1]), ("user_group", GROUPS[2]), application=None)], []),
        ([association(("user_group", GROUPS[2]), ("user_group", GROUPS[3]), application=None)], ["bob"]),
        ([association(("user_group", GROUPS[3]), ("user", "bob"), application=None)], ["bob"]),
        # a group was bound to something else
        ([association(("application", "another"), ("user_group", GROUPS[1]), application=None)], []),
        ([association(("user_group", GROUPS[1]), ("system_group", "devices"), application=None)], []),
        ([association(("application", APP_ID), ("user_group", GROUPS[1]), op="remove")], []),
        ([association(("application", "another"), ("user_group", GROUPS[1]), application={"id": "another"})], []),
        ([event("integration_activate", application={"id": "another"})], []),
        ([event("user_create_provision")], []),
        # what concerns others hides nothing that is older
        ([event("integration_activate", application={"id": "another"}), association(("application", APP_ID), ("user", "ada"))], ["ada"]),
        ([event("association_change", success=False), association(("application", APP_ID), ("user", "ada"))], ["ada"]),
    ],
)
def test_who_was_bound_a_moment_ago_is_pending(http: ExactCalls, context: Context, rows: list[dict[str, t.Any]], pending: list[str]) -> None:
    expect_application(http)
    expect_events(http, *rows)
    by_groups = bound("bob", GROUPS[1], GROUPS[2])
    # the last of Bob's ways is by a group within a group
    by_groups["paths"][1].insert(1, {"from": {"type": "user_group", "id": GROUPS[2]}, "to": {"type": "user_group", "id": GROUPS[3]}})
    expect_people(http, [bound("ada", GROUPS[0]), by_groups], [person("ada"), person("bob")], [])
    if pending:
        expect_calls(http)
    result = run_info(options(), context)
    assert [row["jumpcloud_id"] for row in result["pending"]] == pending
    assert result["counts"]["missing"] == 2 - len(pending) and result["in_sync"] is (len(pending) == 2)


def test_who_failed_since_is_missing_and_not_pending(http: ExactCalls, context: Context) -> None:
    """Activated a moment ago: whom JumpCloud has tried since then, to no avail, it is not working on."""
    expect_application(http)
    expect_events(http, event("integration_activate", timestamp="2026-11-24T05:50:00Z"), association(("application", APP_ID), ("user", "ada")))
    people = ["ada", "bob", "cleo", "dan", "eve"]
    expect_people(http, [bound(name) for name in people], [person(name) for name in people], [provisioned("eve")])
    calls = [
        failed("ada", "2026-11-24T05:51:00Z"),
        event(timestamp="2026-11-24T05:52:00Z", resource={"type": "user", "id": "bob"}),
        failed("bob", "2026-11-24T05:51:00Z"),
        # the activation is newer
        failed("cleo", "2026-11-24T05:49:59Z"),
        failed("dan", "2026-11-24T05:51:00Z", application={"id": "another"}),
    ]
    expect_calls(http, *calls, since="2026-11-24T05:50:00Z")
    result = run_info(options(max_listed=1), context)
    assert (result["counts"]["missing"], result["counts"]["pending"], result["in_sync"]) == (1, 3, False)
    assert result["missing"][0]["jumpcloud_id"] == "ada" and result["missing"][0]["action"] == "provision_user"


LEFT = "2026-11-24T05:40:04Z"
MEMBERS = "/api/v2/usergroups/%s/membership"


@pytest.mark.parametrize(
    "ends, members, pending",
    [
        ([("application", APP_ID), ("user", "bob")], None, ["bob"]),
        ([("application", APP_ID), ("user_group", GROUPS[0])], ["ada", "bob", "cleo"], ["bob", "cleo"]),
        ([("application", "another"), ("user", "bob")], None, []),
        ([("application", APP_ID), ("agent_group", "x")], None, []),
    ],
)
def test_who_was_unbound_a_moment_ago_is_pending_while_still_there(
    http: ExactCalls, context: Context, ends: list[t.Any], members: list[str] | None, pending: list[str]
) -> None:
    expect_application(http)
    expect_events(http, association(*ends, op="remove", application=None))
    names = ["ada", "bob", "cleo"]
    expect_people(http, [bound("ada")], [person(name) for name in names], [provisioned(name) for name in names])
    if members:
        http.expect("GET", MEMBERS % GROUPS[0], reply([{"id": name, "type": "user"} for name in members]), query=PAGE)
    if pending:
        expect_calls(http, since=LEFT)
    result = run_info(options(), context)
    assert [row["jumpcloud_id"] for row in result["pending"]] == pending and result["counts"]["unexpected"] == 2 - len(pending)


@pytest.mark.parametrize(
    "left, ada, answer, is_pending, requests",
    [
        # somebody is still bound through the group, or through one that it is in
        (GROUPS[0], bound("ada", GROUPS[0]), None, True, 0),
        (GROUPS[0], bound("ada"), reply([edge(GROUPS[0])]), True, 1),
        # nobody is any more, and the group was unbound itself
        (GROUPS[1], bound("ada"), None, True, 0),
        # it has nothing to do with the application
        (GROUPS[7], bound("ada", GROUPS[0]), reply([edge(GROUPS[0])]), False, 1),
        (GROUPS[7], bound("ada"), reply([]), False, 1),
        (GROUPS[7], bound("ada"), reply({"message": "Forbidden"}, 403), False, 1),
    ],
)
@pytest.mark.parametrize("who", ["user", "user_group"])
def test_who_left_a_group_is_pending_only_where_the_group_led_to_the_application(
    http: ExactCalls, context: Context, left: str, ada: dict[str, t.Any], answer: Reply | None, is_pending: bool, requests: int, who: str
) -> None:
    """Bob was never expected, or has left a moment ago, alone or with a group that was in another one."""
    leaver, inner = ("bob", None) if who == "user" else (GROUPS[5], GROUPS[5])
    expect_application(http)
    changes = [association(("user_group", left), (who, leaver), op="remove", application=None)]
    if left == GROUPS[1]:
        changes.append(association(("application", APP_ID), ("user_group", left), op="remove"))
    expect_events(http, *changes)
    expect_people(http, [ada], [person("ada"), person("bob")], [provisioned("ada"), provisioned("bob")])
    if requests:
        http.expect("GET", ASSOCIATIONS, t.cast(Reply, answer), query=BOUND_PAGE)
    if is_pending and inner:
        for group in sorted({left, inner}):
            http.expect("GET", MEMBERS % group, reply([{"id": "bob", "type": "user"}] if group == inner else []), query=PAGE)
            if group == inner:
                break
    if is_pending:
        expect_calls(http, since=LEFT)
    result = run_info(options(), context)
    assert (result["counts"]["pending"], result["counts"]["unexpected"]) == ((1, 0) if is_pending else (0, 1))
    assert bool(result["unchecked"]) is (answer is not None and answer.status == 403)


def test_who_could_not_be_removed_is_unexpected(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, association(("application", APP_ID), ("user", "bob"), op="remove"))
    expect_people(http, [bound("ada")], [person("ada"), person("bob")], [provisioned("ada"), provisioned("bob")])
    expect_calls(http, {**failed("bob"), "event_type": "user_deprovision"}, since=LEFT)
    result = run_info(options(), context)
    assert [row["jumpcloud_id"] for row in result["unexpected"]] == ["bob"] and result["counts"]["pending"] == 0


def test_a_group_was_unbound_and_nobody_is_left_over(http: ExactCalls, context: Context) -> None:
    """Who is in the group is not asked."""
    expect_application(http)
    expect_events(http, association(("application", APP_ID), ("user_group", GROUPS[0]), op="remove"))
    expect_people(http, [bound("ada")], [person("ada"), person("bob")], [provisioned("ada")])
    assert run_info(options(), context)["in_sync"]


def test_a_group_that_was_unbound_can_not_be_read_any_more(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, association(("application", APP_ID), ("user_group", GROUPS[0]), op="remove"))
    expect_people(http, [], [person("bob")], [provisioned("bob")])
    http.expect("GET", MEMBERS % GROUPS[0], reply({"message": "Not Found"}, 404), query=PAGE)
    result = run_info(options(), context)
    assert result["counts"]["unexpected"] == 1 and [part["what"] for part in result["unchecked"]] == ["pending"]
    assert result["unchecked"][0]["why"].startswith("The members of the group %s, which was unbound, could not be read." % GROUPS[0])


def test_nobody_is_pending_so_nobody_is_looked_for(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event("integration_activate"))
    expect_people(http, [bound("ada")], [person("ada")], [provisioned("ada")])
    assert run_info(options(), context)["in_sync"]


@pytest.mark.parametrize(
    "answer, pending, what, why",
    [
        (reply({"message": "Forbidden"}, 403), 0, "pending", "nobody counts as pending"),
        (reply([event(timestamp="yesterday")]), 1, "people", "not known for sure. 1 event has no readable time or type"),
    ],
)
def test_who_failed_is_not_known_for_sure(http: ExactCalls, context: Context, answer: t.Any, pending: int, what: str, why: str) -> None:
    """Who is missing, and would be pending, is drift; who is pending, and may have failed, was not seen."""
    expect_application(http)
    expect_events(http, event("integration_activate"))
    expect_people(http, [bound("ada")], [person("ada")], [])
    expect_calls(http, answer=answer)
    result = run_info(options(), context)
    assert result["counts"]["pending"] == pending and [part["what"] for part in result["unchecked"]] == [what] and not result["in_sync"]
    assert why in result["unchecked"][0]["why"]


@pytest.mark.parametrize("answer", [reply({"message": "Forbidden"}, 403), reply({"message": "no"}, 401), text_reply("<html>", 404)])
def test_without_the_events_nobody_is_pending_and_that_is_said(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_application(http)
    expect_events(http, answer=answer)
    expect_people(http, [bound("ada")], [person("ada")], [])
    result = run_info(options(), context)
    assert result["counts"]["missing"] == 1 and [part["what"] for part in result["unchecked"]] == ["pending"]
    assert "nobody counts as pending" in result["unchecked"][0]["why"]


def test_events_that_do_not_advance_are_no_obstacle(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    answer = reply([event("user_deprovision")] * 1000, headers={"X-Search_after": "[1]", "X-Limit": "1000"})
    http.expect("POST", EVENTS, answer, json=GRACE)
    http.expect("POST", EVENTS, answer, json={**GRACE, "search_after": [1]})
    expect_people(http, [bound("ada")], [person("ada")], [])
    result = run_info(options(), context)
    assert result["counts"]["missing"] == 1 and "does not advance" in result["unchecked"][0]["why"]


def test_odd_events_make_pending_uncertain_but_cost_no_sync(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event("association_change", timestamp="yesterday"))
    expect_people(http, [bound("ada")], [person("ada")], [provisioned("ada")])
    result = run_info(options(), context)
    assert result["in_sync"] and [part["what"] for part in result["unchecked"]] == ["pending"]
    assert "1 event has no readable time or type" in result["unchecked"][0]["why"]


def test_lists_that_are_not_complete_are_told(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with http.in_any_order():
        http.expect("GET", BOUND, reply([bound("ada"), bound("gone", GROUPS[0])]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1(person("ada"))), query=PEOPLE_PAGE)
        http.expect("GET", USERS, reply(scim_list(provisioned("ada"), total=3)), query=SCIM_PAGE)
        http.expect("GET", USERS, reply(scim_list(total=3)), query={"startIndex": 2, "count": 2})
        http.expect("GET", USERS, reply(scim_list(total=3)), query={**SCIM_PAGE, "startIndex": 2})
    http.expect("GET", PEOPLE + "/gone", reply({"message": "Not Found"}, 404))
    result = run_info(options(pending_grace=0), context)
    assert not result["in_sync"] and (result["counts"]["bound"], result["counts"]["expected"]) == (2, 1)
    assert [part["what"] for part in result["unchecked"]] == ["bound", "provisioned"]
    assert result["unchecked"][0]["why"].startswith("1 bound person is not in JumpCloud's list of users: ")
    assert "has 3 users, but showed 1" in result["unchecked"][1]["why"]


@pytest.mark.parametrize(
    "number, said",
    [
        (1, ["at least 1 is missing", "1 bound person is not in", "at least 1 is missing", "it has 1 user, but showed 0."]),
        (2, ["at least 2 are missing", "2 bound people are not in", "at least 2 are missing", "it has 2 users, but showed 0."]),
    ],
)
def test_what_is_missing_is_said_of_one_and_of_many(number: int, said: list[str]) -> None:
    owing: list[t.Any] = [SimpleNamespace(owed=number, odd=0, total=number) for _list in range(3)]
    bound, everybody, provisioned = owing
    found = unchecked(bound, everybody, provisioned, number, [])
    assert [part for part, row in zip(said, found) if part not in row["why"]] == [] and len(found) == len(said)
    provisioned.total = None
    assert said[0] in unchecked(bound, everybody, provisioned, 0, [])[2]["why"]


def test_who_is_bound_but_not_listed_is_looked_up(http: ExactCalls, context: Context) -> None:
    """Somebody who came while the list was read is not forgotten."""
    expect_application(http)
    expect_people(http, [bound("ada"), bound("new")], [person("ada")], [provisioned("ada")])
    http.expect("GET", PEOPLE + "/new", reply(person("new")))
    result = run_info(options(pending_grace=0), context)
    assert [row["email"] for row in result["missing"]] == ["new@example.com"] and result["unchecked"] == []


def test_a_list_that_hides_many_is_an_error(http: ExactCalls, context: Context) -> None:
    """Credentials that see nobody must not make an audit green."""
    expect_application(http)
    ties = [bound("p%03d" % number) for number in range(101)]
    with http.in_any_order():
        http.expect("GET", BOUND, reply(ties[:100], headers={"X-Total-Count": "101"}), query=PAGE)
        http.expect("GET", BOUND, reply(ties[100:], headers={"X-Total-Count": "101"}), query={**PAGE, "skip": 100})
        http.expect("GET", PEOPLE, reply(v1()), query=PEOPLE_PAGE)
        expect_users(http)
    with pytest.raises(ScimError, match="More than 100 people are bound .* so the people can't be compared"):
        run_info(options(pending_grace=0), context)


LEFT_OVER_BOB = provisioned("bob", externalId="bob")
KEPT = "Keep the account until everybody is seen"


@pytest.mark.parametrize(
    "ties, people, theirs, kind, begins",
    [
        # an entry of the bound people can't be read
        ([bound("ada"), {"id": "bob", "paths": None}], [person("ada"), person("bob")], LEFT_OVER_BOB, "unexpected", KEPT),
        # one of all people
        ([bound("ada")], [person("ada"), person("bob"), {"_id": "x", "email": 7}], LEFT_OVER_BOB, "unexpected", KEPT),
        ([bound("ada")], [person("ada"), {"_id": "bob", "email": 7}], provisioned("bob"), "unexpected", KEPT),
        # the account is Bob's, who has another address now, and may be bound
        ([bound("ada"), {"id": "bob", "paths": None}], [person("ada"), person("bob", email="new@example.com")], None, "differing", KEPT),
        # who is suspended should have none, whoever was not seen
        (
            [bound("ada"), {"id": "x", "paths": None}],
            [person("ada"), person("bob", suspended=True)],
            LEFT_OVER_BOB,
            "unexpected",
            "Delete the account in Unity,",
        ),
        ([bound("ada")], [person("ada"), person("bob")], LEFT_OVER_BOB, "unexpected", "Add the person to a bound group, or delete the account"),
    ],
)
def test_nobody_is_told_to_delete_an_account_while_people_were_not_seen(
    http: ExactCalls, context: Context, ties: list[t.Any], people: list[t.Any], theirs: t.Any, kind: str, begins: str
) -> None:
    expect_application(http)
    expect_people(http, ties, people, [provisioned("ada", externalId="ada"), theirs] if theirs else [provisioned("ada", externalId="bob")])
    result = run_info(options(pending_grace=0), context)
    (row,) = result[kind]
    assert row["remedy"].startswith(begins)
    assert result["to_do"] == {row["action"]: 1} and (begins != KEPT or row["action"] == "correct_in_jumpcloud")


@pytest.mark.parametrize("whose", ["bound", "directory"])
def test_nobody_is_told_to_delete_an_account_while_a_list_owes_people(http: ExactCalls, context: Context, whose: str) -> None:
    expect_application(http)
    tie, owes = bound("ada"), {"X-Total-Count": "2"}
    with http.in_any_order():
        http.expect("GET", BOUND, reply([tie], headers=owes if whose == "bound" else {}), query=PAGE)
        if whose == "bound":
            for limit in (1, 100):
                http.expect("GET", BOUND, reply([], headers=owes), query={"limit": limit, "skip": 1})
            http.expect("GET", PEOPLE, reply(v1(person("ada"), person("bob"))), query=PEOPLE_PAGE)
        else:
            http.expect("GET", PEOPLE, reply({**v1(person("ada")), "totalCount": 2}), query=PEOPLE_PAGE)
            for limit in (1, 100):
                http.expect("GET", PEOPLE, reply({**v1(), "totalCount": 2}), query={**PEOPLE_PAGE, "limit": limit, "skip": 1})
        expect_users(http, provisioned("ada"), provisioned("bob"))
    result = run_info(options(pending_grace=0), context)
    assert [part["what"] for part in result["unchecked"]] == [whose] and result["unexpected"][0]["remedy"].startswith(KEPT)


@pytest.mark.parametrize("answer", [reply({"message": "no"}, 404), reply({"_id": "bob", "email": 7})])
def test_nobody_is_told_to_delete_an_account_while_somebody_bound_is_hidden_or_unread(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_application(http)
    expect_people(http, [bound("ada"), bound("bob")], [person("ada")], [provisioned("ada"), provisioned("bob")])
    http.expect("GET", PEOPLE + "/bob", answer)
    assert run_info(options(pending_grace=0), context)["unexpected"][0]["remedy"].startswith(KEPT)


def test_what_unity_does_not_show_makes_no_account_worth_keeping(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_people(http, [bound("ada")], [person("ada"), person("bob")], [provisioned("ada"), LEFT_OVER_BOB, {"id": "odd"}])
    result = run_info(options(pending_grace=0), context)
    assert result["unchecked"] and result["unexpected"][0]["remedy"].startswith("Add the person to a bound group, or delete the account")


def test_the_longest_grace(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("POST", EVENTS, reply([]), json={**GRACE, "start_time": "2026-08-26T06:00:00Z"})
    expect_people(http, [], [], [])
    assert run_info(options(pending_grace=7776000), context)["in_sync"]


def test_pages_go_by_what_is_asked_for(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    first = [bound("p%d" % number) for number in range(100)]
    with http.in_any_order():
        http.expect("GET", BOUND, reply(first), query=PAGE)
        http.expect("GET", BOUND, reply([]), query={**PAGE, "skip": 100})
        http.expect("GET", PEOPLE, reply(v1(*(person("p%d" % number) for number in range(100)), total=101)), query=PEOPLE_PAGE)
        http.expect("GET", PEOPLE, reply(v1(person("last"), total=101)), query={**PEOPLE_PAGE, "skip": 100})
        http.expect("GET", USERS, reply(scim_list(provisioned("p0"), provisioned("p1"), total=3)), query={"startIndex": 1, "count": 7})
        http.expect("GET", USERS, reply(scim_list(provisioned("last"), total=3)), query={"startIndex": 3, "count": 1})
        http.expect("GET", USERS, reply(scim_list(total=3)), query={"startIndex": 4, "count": 7})
    result = run_info(options(pending_grace=0, page_size=7, max_listed=1), context)
    assert (result["counts"]["missing"], len(result["missing"]), result["truncated"]) == (98, 1, True)
    assert [row["status"] for row in result["unexpected"]] == ["unbound"]


def test_domains_decide_who_is_a_guest(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_people(http, [], [], [scim_user("g", "guest@Partner.example")])
    result = run_info(options(pending_grace=0, domains=["partner.example"]), context)
    assert result["counts"]["unexpected"] == 1 and result["counts"]["outside_domain"] == 0


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"authorization_header": None}, "No key for Unity's SCIM service"),
        ({"authorization_header": None, "key_id": "a"}, "only the key ID was given."),
        ({"authorization_header": None, "secret_key": "b-secret-0123"}, "Of the key for Unity.s SCIM service, only the secret key was given."),
        ({"unity_expected_organization_id": "999"}, 'but "999" is expected'),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"base_url": BASE_URL + "9"}, "belongs to the organization"),
        ({"max_listed": -1}, "max_listed .scim_provisioning_report_max_listed. must be at least 0, not -1."),
        ({"pending_grace": -1}, "pending_grace .scim_provisioning_pending_grace. must be at least 0, not -1."),
        (
            {"pending_grace": 7776001},
            "pending_grace .scim_provisioning_pending_grace. must be at most 7776000, not 7776001: JumpCloud",
        ),
        ({"page_size": 0}, "page_size must be at least 1, not 0."),
    ],
)
def test_refused_before_any_request(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run_info(options(**given), context)
    assert http.seen == []


def test_a_refused_key_is_an_error(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with http.in_any_order():
        http.expect("GET", BOUND, reply([]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1()), query=PEOPLE_PAGE)
        http.expect("GET", USERS, reply({"detail": "no"}, 401), query=SCIM_PAGE)
    with pytest.raises(ApiError, match="HTTP 401"):
        run_info(options(pending_grace=0), context)


def test_odd_entries_are_left_out_and_nothing_is_in_sync_beside_them(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    ties = [bound("ada"), {"id": "odd", "paths": "none"}]
    people = [person("ada"), {**person("eve"), "email": 7}]
    users = [provisioned("ada", emails=["plain"], active="True", externalId=7), {"id": "invited"}, {"userName": "no-id"}]
    expect_people(http, ties, people, users)
    result = run_info(options(pending_grace=0), context)
    assert result["counts"]["matched"] == 1 and not result["in_sync"]
    assert not any(result["counts"][kind] for kind in ("missing", "unexpected", "differing", "duplicates"))
    assert [(part["what"], part["why"]) for part in result["unchecked"]] == [
        ("odd_rows", "1 entry of JumpCloud's list of bound people (\"odd\") can't be read, and is left out."),
        ("odd_rows", "1 entry of JumpCloud's list of users (\"eve\") can't be read, and is left out."),
        ("odd_rows", "2 entries of Unity's list of users (\"invited\", 1 more) can't be read, and are left out."),
    ]


@pytest.mark.parametrize("answer", [reply({**person("eve"), "email": 7}), text_reply("<html>")])
def test_somebody_bound_who_cannot_be_read_hides_nobody_else(http: ExactCalls, context: Context, answer: t.Any) -> None:
    """Nor is the account that JumpCloud made for them to be deleted."""
    expect_application(http)
    people = [person("ada"), {**person("eve"), "email": 7}]
    expect_people(http, [bound("ada"), bound("bob"), bound("eve")], people, [provisioned("ada"), provisioned("eve", externalId="eve")])
    http.expect("GET", PEOPLE + "/bob", reply({"message": "no"}, 404))
    http.expect("GET", PEOPLE + "/eve", answer)
    result = run_info(options(pending_grace=0), context)
    assert result["counts"]["matched"] == 1 and not result["in_sync"]
    assert [(part["what"], part["why"]) for part in result["unchecked"]] == [
        ("bound", "1 bound person is not in JumpCloud's list of users: deleted a moment ago, or these credentials may not see them."),
        ("odd_rows", "1 entry of JumpCloud's list of users (\"eve\") can't be read, and is left out."),
        ("odd_rows", '1 bound person ("eve") can\'t be read in JumpCloud.'),
    ]
    assert [row["remedy"] for row in result["unexpected"]] == [
        "Keep the account: by the externalId it is that of eve, who is bound, and could not be read in JumpCloud."
    ]


def test_a_list_of_another_shape_is_an_error(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with http.in_any_order():
        http.expect("GET", BOUND, reply([{"id": "ada"}, 7]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1()), query=PEOPLE_PAGE)
        expect_users(http)
    with pytest.raises(UnexpectedAnswer):
        run_info(options(pending_grace=0), context)


def test_the_members_of_wanted_groups_are_expected_too(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", "/api/v2/usergroups", reply([{"id": GROUPS[0], "name": "Artists"}]), query=GROUPS_PAGE)
    expect_people(http, [], [person("ada", password_expired=True)], [])
    http.expect("GET", "/api/v2/usergroups/%s/membership" % GROUPS[0], reply([{"id": "ada", "type": "user"}]), query=PAGE)
    result = run_info(options(pending_grace=0, groups=["Artists"]), context)
    assert_documented(scim_drift_info, result)
    assert not result["in_sync"] and result["missing"][0]["reason"] == "in no bound group: Artists is to be bound"
    assert result["to_do"] == {"bind_group": 1} and result["counts"]["at_risk"] == 1
