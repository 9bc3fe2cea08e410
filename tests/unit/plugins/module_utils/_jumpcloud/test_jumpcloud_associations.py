# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to what is bound to an application."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import IncompleteList
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations, BoundUser
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, dropped, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, ASSOCIATIONS, BOUND_PAGE, PAGE, edge

BOUND = "https://console.jumpcloud.com" + ASSOCIATIONS
USERS = "https://console.jumpcloud.com/api/v2/applications/%s/users" % APP_ID


OWED = reply([], headers={"X-Total-Count": "1"})


@pytest.fixture
def gateway(console: HttpClient) -> Associations:
    return Associations(console, APP_ID)


def test_an_id_stays_within_its_part_of_the_path(http: ExactCalls, console: HttpClient) -> None:
    http.expect("GET", "https://console.jumpcloud.com/api/v2/applications/a%2F..%3Fb/users", reply([]), query=PAGE)
    assert list(Associations(console, "a/..?b").users()) == []


def test_group_ids(http: ExactCalls, gateway: Associations) -> None:
    rows = [edge("g%d" % number) for number in range(100)]
    total = {"X-Total-Count": "102"}
    http.expect("GET", BOUND, reply(rows, headers=total), query=BOUND_PAGE)
    http.expect("GET", BOUND, reply([edge("last"), edge("u1", "user")], headers=total), query={**BOUND_PAGE, "skip": 100})
    found = gateway.group_ids()
    assert len(found) == 101 and "last" in found and "u1" not in found


def test_a_total_that_is_the_size_of_the_first_page_is_not_believed(http: ExactCalls, gateway: Associations) -> None:
    """Those whom nobody saw would lose their accounts."""
    for skip, row in enumerate((edge("g1"), edge("g2"))):
        http.expect("GET", BOUND, reply([row]), query={**BOUND_PAGE, "skip": skip})
    http.expect("GET", BOUND, reply([]), query={**BOUND_PAGE, "skip": 2})
    assert gateway.group_ids() == {"g1", "g2"}
    http.expect("GET", USERS, reply([{"id": "u1", "type": "user", "paths": []}]), query=PAGE)
    http.expect("GET", USERS, reply([{"id": "u2", "type": "user", "paths": []}]), query={**PAGE, "skip": 1})
    http.expect("GET", USERS, reply([]), query={**PAGE, "skip": 2})
    assert [user.id for user in gateway.users()] == ["u1", "u2"]
    assert http.proofs == 0


@pytest.mark.parametrize("body", [{}, [{"id": "g1"}], [{"to": {"id": "g1"}}], [{"to": {"id": 1, "type": "user_group"}}], None])
def test_group_ids_of_another_shape(http: ExactCalls, gateway: Associations, body: t.Any) -> None:
    http.expect("GET", BOUND, reply(body), query=BOUND_PAGE)
    with pytest.raises(UnexpectedAnswer, match="^JumpCloud: cannot list the bound user groups: "):
        gateway.group_ids()


def test_group_ids_that_are_missing(http: ExactCalls, gateway: Associations) -> None:
    http.expect("GET", BOUND, OWED, query=BOUND_PAGE)
    with pytest.raises(IncompleteList, match="^The list of associations is not whole: "):
        gateway.group_ids()


def test_users(http: ExactCalls, gateway: Associations) -> None:
    rows = [
        {"id": "u1", "type": "user", "paths": [[edge("g1"), edge(APP_ID, "application")], [edge("g2"), edge("g3")]]},
        {"id": "u2", "type": "user", "paths": [[edge(APP_ID, "application")]]},
    ]
    http.expect("GET", USERS, reply(rows), query=PAGE)
    paths, direct = (frozenset({"g1"}), frozenset({"g2", "g3"})), (frozenset(),)
    assert list(gateway.users()) == [BoundUser("u1", paths, paths), BoundUser("u2", direct, direct)]


APPLICATION = (APP_ID, "application")


def step(source: tuple[str, str], target: tuple[str, str]) -> dict[str, t.Any]:
    return {"from": {"id": source[0], "type": source[1]}, **edge(*target)}


@pytest.mark.parametrize(
    "path, cutting",
    [
        ([step(APPLICATION, ("outer", "user_group")), step(("outer", "user_group"), ("inner", "user_group")), edge("u1", "user")], {"outer"}),
        ([edge("u1", "user"), step(("inner", "user_group"), ("outer", "user_group")), step(("outer", "user_group"), APPLICATION)], {"outer"}),
        ([step(APPLICATION, ("u1", "user"))], set()),
        ([{"from": None, **edge("outer")}, {"from": None, **edge("inner")}], {"outer", "inner"}),
        ([step(("outer", "user_group"), ("inner", "user_group"))], {"outer", "inner"}),
    ],
    ids=["from the application", "towards the application", "directly", "without a beginning", "without the application"],
)
def test_which_groups_cut_a_path(http: ExactCalls, gateway: Associations, path: list[dict[str, t.Any]], cutting: set[str]) -> None:
    http.expect("GET", USERS, reply([{"id": "u1", "type": "user", "paths": [path]}]), query=PAGE)
    whole = {"outer", "inner"} if cutting else set()
    assert list(gateway.users()) == [BoundUser("u1", (frozenset(cutting),), (frozenset(whole),))]


@pytest.mark.parametrize("body", [{}, [7], None])
def test_users_of_another_shape(http: ExactCalls, gateway: Associations, body: t.Any) -> None:
    http.expect("GET", USERS, reply(body), query=PAGE)
    with pytest.raises(UnexpectedAnswer, match="^JumpCloud: cannot list the bound users: "):
        list(gateway.users())


def test_users_who_are_missing(http: ExactCalls, gateway: Associations) -> None:
    http.expect("GET", USERS, OWED, query=PAGE)
    with pytest.raises(IncompleteList, match="^The list of bound users is not whole: "):
        list(gateway.users())


END = {"id": "g1", "type": "user_group"}
ODD_EDGES = [1, {}, {"to": None}, {"to": {"id": "g1"}}, {"to": {**END, "id": 1}}, {"to": END, "from": {"id": "g1"}}, {"to": END, "from": {**END, "type": 1}}]
ODD_PATHS: list[t.Any] = [None, {}, [{"to": END}], [[]], [[{"to": END}], []], *([[edge]] for edge in ODD_EDGES)]
ODD = [{"id": "u1", "type": "user"}, {"paths": []}, {"id": 1, "paths": []}, *({"id": "u1", "type": "user", "paths": paths} for paths in ODD_PATHS)]


def test_a_person_who_comes_twice_stands_for_another(http: ExactCalls, gateway: Associations) -> None:
    total = {"X-Total-Count": "2"}
    http.expect("GET", USERS, reply([{"id": "u1", "paths": []}, {"id": "u1", "paths": [[edge("g1")]]}], headers=total), query=PAGE)
    http.expect("GET", USERS, reply([], headers=total), query={**PAGE, "skip": 2})
    users = gateway.users()
    assert list(users.seen()) == [BoundUser("u1", ())] and users.owed == 1


def test_two_odd_entries_are_two(http: ExactCalls, gateway: Associations) -> None:
    http.expect("GET", USERS, reply([{"id": "u1"}, {"id": "u2"}, {"paths": []}, {"paths": [[]]}]), query=PAGE)
    users = gateway.users()
    assert list(users) == [] and users.odd == 4


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_entry_is_counted_and_nobody_is_looked_for_beside_it(http: ExactCalls, gateway: Associations, odd: dict[str, t.Any]) -> None:
    rows = [odd, {"id": "u2", "type": "user", "paths": [[edge("g1")]]}]
    for _again in range(3):
        http.expect("GET", USERS, reply(rows), query=PAGE)
    users = gateway.users()
    assert [user.id for user in users] == ["u2"] and users.odd == 1
    assert gateway.paths_of("u2") == (frozenset({"g1"}),)
    with pytest.raises(ScimError, match=r"^1 entry of JumpCloud's list of bound users( \(\"u1\"\))? can't be read: "):
        gateway.paths_of("u1")


@pytest.mark.parametrize(
    "paths, removed, loses",
    [
        ([{"g1"}], {"g1"}, True),
        ([{"g1"}], {"g2"}, False),
        ([{"g1"}, {"g2"}], {"g1"}, False),
        ([{"g1"}, {"g2"}], {"g1", "g2"}, True),
        ([{"g1", "g2"}], {"g2"}, True),  # a group within a group
        ([set()], {"g1"}, False),  # bound directly
        ([set(), {"g1"}], {"g1"}, False),
        ([], {"g1"}, True),  # no path at all: better safe than sorry
    ],
)
def test_who_loses_access(paths: list[set[str]], removed: set[str], loses: bool) -> None:
    assert BoundUser("u1", tuple(frozenset(path) for path in paths)).loses_access_without(frozenset(removed)) is loses


def test_paths_of_one_person(http: ExactCalls, gateway: Associations) -> None:
    """The list is read up to there: there is another page, but it is not asked for."""
    rows = [{"id": "u%d" % number, "type": "user", "paths": [[edge("g1")], [edge(APP_ID, "application")]]} for number in range(100)]
    http.expect("GET", USERS, reply(rows), query=PAGE)
    assert gateway.paths_of("u42") == (frozenset({"g1"}), frozenset())


def test_paths_of_somebody_who_is_not_bound(http: ExactCalls, gateway: Associations) -> None:
    http.expect("GET", USERS, reply([{"id": "u1", "type": "user", "paths": [[edge("g1")]]}]), query=PAGE)
    assert gateway.paths_of("u") == ()


def test_who_is_bound_directly(http: ExactCalls, gateway: Associations) -> None:
    for found, expected in (([edge("u2", "user"), edge("u1", "user")], True), ([edge("u2", "user")], False), ([edge("u1")], False), ([], False)):
        http.expect("GET", BOUND, reply(found), query={**PAGE, "targets": "user"})
        assert gateway.is_bound_directly("u1") is expected


def test_who_is_bound_directly_is_not_known(http: ExactCalls, gateway: Associations) -> None:
    for answer in (reply([{"to": "u1"}]), OWED):
        http.expect("GET", BOUND, answer, query={**PAGE, "targets": "user"})
    with pytest.raises(UnexpectedAnswer, match="^JumpCloud: cannot list the people who are bound directly: "):
        gateway.is_bound_directly("u1")
    with pytest.raises(IncompleteList, match="^The list of associations is not whole: "):
        gateway.is_bound_directly("u1")


@pytest.mark.parametrize("verb, op, already", [("add_user", "add", 409), ("remove_user", "remove", 404)])
def test_writes_of_a_persons_binding(http: ExactCalls, gateway: Associations, verb: str, op: str, already: int) -> None:
    body = {"op": op, "type": "user", "id": "u1"}
    for answer in (reply(status=204), reply({"message": "Already Exists"}, already), dropped(), reply(status=204)):
        http.expect("POST", BOUND, answer, json=body)
    for _number in range(3):
        getattr(gateway, verb)("u1")
    http.expect("POST", BOUND, reply({"message": "no"}, 403), json=body)
    with pytest.raises(ApiError, match="^JumpCloud: cannot %s the user u1: HTTP 403: no\\." % {"add": "bind", "remove": "unbind"}[op]):
        getattr(gateway, verb)("u1")


def test_what_was_bound_for_a_while_is_removed_however_late_it_is(http: ExactCalls, gateway: Associations, time: FakeTime) -> None:
    time.pass_(9999)
    with pytest.raises(ScimError, match="time"):
        gateway.remove_user("u1")
    assert http.seen == []
    http.expect("POST", BOUND, reply(status=204), json={"op": "remove", "type": "user", "id": "u1"})
    with gateway.cleanup():
        gateway.remove_user("u1")


@pytest.mark.parametrize("verb, op, already", [("add_group", "add", 409), ("remove_group", "remove", 404)])
def test_writes(http: ExactCalls, gateway: Associations, verb: str, op: str, already: int) -> None:
    body = {"op": op, "type": "user_group", "id": "g1"}
    for answer in (reply(status=204), reply({"message": "Already Exists"}, already)):
        http.expect("POST", BOUND, answer, json=body)
        getattr(gateway, verb)("g1")


@pytest.mark.parametrize("verb, op", [("add_group", "add"), ("remove_group", "remove")])
def test_writes_may_be_repeated(http: ExactCalls, gateway: Associations, verb: str, op: str) -> None:
    body = {"op": op, "type": "user_group", "id": "g1"}
    http.expect("POST", BOUND, dropped(), json=body)
    http.expect("POST", BOUND, reply({}, 503), json=body)
    http.expect("POST", BOUND, reply(status=204), json=body)
    getattr(gateway, verb)("g1")


@pytest.mark.parametrize("verb, op, status", [("add_group", "add", 404), ("remove_group", "remove", 409), ("add_group", "add", 400), ("add_group", "add", 403)])
def test_refusals(http: ExactCalls, gateway: Associations, verb: str, op: str, status: int) -> None:
    http.expect("POST", BOUND, reply({"message": "no"}, status), json={"op": op, "type": "user_group", "id": "g1"})
    with pytest.raises(ApiError, match="^JumpCloud: cannot %s the user group g1: HTTP %d: no\\." % ({"add": "bind", "remove": "unbind"}[op], status)):
        getattr(gateway, verb)("g1")
