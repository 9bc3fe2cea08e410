# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who loses access when groups are unbound, word for word. What a module makes of it is tested with jumpcloud_group_binding."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import AffectedUsers, DeprovisionGuard, LosingPerson
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, meeting, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import jumpcloud
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, JUMPCLOUD, PAGE, V1_PAGE, edge, v1

BOUND = "/api/v2/applications/%s/users" % APP_ID
PEOPLE = "/api/systemusers"
PEOPLE_PAGE = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}
REMOVED = frozenset({"g1"})
UNREAD = " %d of the people could not be read in JumpCloud, and %s: check what the credentials may read."


@pytest.fixture
def console(context: Context) -> HttpClient:
    return jumpcloud(context, **JUMPCLOUD).console


def guard(console: HttpClient, allowed: int = 0, concurrency: int = 1) -> DeprovisionGuard:
    return DeprovisionGuard(Directory(console), Associations(console, APP_ID), allowed, concurrency)


def numbered(count: int) -> list[str]:
    return ["u%02d" % number for number in range(count)]


def expect_bound(http: ExactCalls, *user_ids: str, owed: int = 0) -> None:
    """All of them are members of the group that is removed, and of none else."""
    rows = [{"id": user_id, "type": "user", "paths": [[edge("g1")]]} for user_id in user_ids]
    total = {"X-Total-Count": str(len(rows) + owed)}
    http.expect("GET", BOUND, reply(rows, headers=total), query=PAGE)
    if rows and owed:
        # what is missing of the page, and then what is behind it
        for limit in (owed, 100):
            http.expect("GET", BOUND, reply([], headers=total), query={"limit": limit, "skip": len(rows)})
    expect_members(http, "g1", *user_ids)


def expect_members(http: ExactCalls, group_id: str, *user_ids: str) -> None:
    http.expect("GET", "/api/v2/usergroups/%s/membership" % group_id, reply([{"id": user_id, "type": "user"} for user_id in user_ids]), query=PAGE)


def user(user_id: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"_id": user_id, "email": user_id + "@example.com", "state": "ACTIVATED", **fields}


def expect_user(http: ExactCalls, user_id: str, **fields: t.Any) -> None:
    http.expect("GET", "%s/%s" % (PEOPLE, user_id), reply(user(user_id, **fields)))


def active(*user_ids: str) -> tuple[LosingPerson, ...]:
    return tuple(LosingPerson(user_id, user_id + "@example.com", "activated") for user_id in user_ids)


def refusal(caught: pytest.ExceptionInfo[ScimError]) -> tuple[str, str | None]:
    return caught.value.message, caught.value.hint


# ---- the plan


@pytest.mark.parametrize("count, more", [(1, ""), (19, ""), (20, ""), (21, ", and 1 more"), (23, ", and 3 more")])
def test_up_to_twenty_are_named(http: ExactCalls, console: HttpClient, count: int, more: str) -> None:
    people = numbered(count)
    expect_bound(http, *people)
    if count <= 20:
        for user_id in people:
            expect_user(http, user_id)
    else:
        http.expect("GET", PEOPLE, reply(v1(*(user(user_id) for user_id in people))), query=PEOPLE_PAGE)
    with pytest.raises(ScimError) as caught:
        guard(console).plan(REMOVED, ())
    assert refusal(caught) == (
        "Unbinding would take %s their access, and Unity deletes the accounts of those who have one: %s%s. At most 0 are allowed. "
        "Nothing was changed." % (counted(count, "person", "people"), ", ".join(user_id + "@example.com" for user_id in people[:20]), more),
        "If that is what you want, raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least %d." % count,
    )


def test_those_who_cannot_be_read_are_told(http: ExactCalls, console: HttpClient) -> None:
    expect_bound(http, "u1", "u2", "u3", owed=2)
    expect_user(http, "u1")
    for user_id in ("u2", "u3"):
        http.expect("GET", "%s/%s" % (PEOPLE, user_id), reply({"message": "gone"}, 404))
    with pytest.raises(ScimError) as caught:
        guard(console, allowed=4).plan(REMOVED, ())
    assert refusal(caught) == (
        "Unbinding would take 5 people their access, and Unity deletes the accounts of those who have one: u1@example.com, u2, u3, "
        "2 whom JumpCloud's list does not show. At most 4 are allowed. Nothing was changed.",
        "If that is what you want, raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least 5."
        + UNREAD % (2, "are counted as if they were activated"),
    )


@pytest.mark.parametrize("concurrency", [1, 3])
def test_people_are_read_several_at_a_time(http: ExactCalls, console: HttpClient, concurrency: int) -> None:
    expect_bound(http, "u1", "u2", "u3")
    together = meeting(concurrency)
    with http.in_any_order():
        for user_id in ("u1", "u2", "u3"):
            http.expect("GET", "%s/%s" % (PEOPLE, user_id), dataclasses.replace(reply(user(user_id)), meets=together))
    assert guard(console, 3, concurrency).plan(REMOVED, ()) == AffectedUsers(active("u1", "u2", "u3"))


def test_who_is_not_activated_has_no_account(http: ExactCalls, console: HttpClient) -> None:
    expect_bound(http, "u1", "u2", "u3", "u4")
    expect_user(http, "u1")
    expect_user(http, "u2", state="SUSPENDED")
    expect_user(http, "u3", state="STAGED", email=None)
    expect_user(http, "u4", state="something new")
    affected = guard(console, allowed=2).plan(REMOVED, ())
    assert affected.as_result() == {
        "unseen_users_count": 0,
        "deprovisioned_users": [{"id": "u1", "email": "u1@example.com"}, {"id": "u4", "email": "u4@example.com"}],
        "deprovisioned_users_count": 2,
        "users_without_account": [{"id": "u2", "email": "u2@example.com", "status": "suspended"}, {"id": "u3", "email": None, "status": "staged"}],
        "users_without_account_count": 2,
    }
    assert affected.as_diff() == {
        "people_losing_access": ["u1@example.com", "u4@example.com"],
        "people_without_account_losing_access": ["u2@example.com", "u3"],
    }


def test_people_with_the_same_address_are_sorted_by_id(http: ExactCalls, console: HttpClient) -> None:
    expect_bound(http, "u2", "u3", "u1")
    expect_user(http, "u2", email="same@example.com")
    expect_user(http, "u3", email=None)
    expect_user(http, "u1", email="same@example.com")
    assert [person.id for person in guard(console, allowed=3).plan(REMOVED, ()).people] == ["u1", "u2", "u3"]


@pytest.mark.parametrize("allowed, owed", [(3, 2), (4, 2), (1, 0)])
def test_as_many_as_are_allowed(http: ExactCalls, console: HttpClient, allowed: int, owed: int) -> None:
    expect_bound(http, "u1", owed=owed)
    expect_user(http, "u1")
    affected = guard(console, allowed).plan(REMOVED, ())
    assert affected == AffectedUsers(active("u1"), owed) and affected.count == 1 + owed


def test_members_of_added_groups_are_looked_for_only_where_somebody_loses_access(http: ExactCalls, console: HttpClient) -> None:
    expect_bound(http)
    assert guard(console).plan(REMOVED, ["g2"]) == AffectedUsers()
    expect_bound(http, "u1", "u2", "u3")
    expect_members(http, "g2", "u1")
    expect_members(http, "g3", "u3")
    expect_user(http, "u2")
    assert guard(console, allowed=1).plan(REMOVED, ["g2", "g3"]) == AffectedUsers(active("u2"))


# ---- members whom the list of bound people does not show


def expect_shown(http: ExactCalls, *rows: dict[str, t.Any], **total: str) -> None:
    """As services may answer that send no X-Total-Count: what is beyond the rows is empty, so the list counts as whole."""
    body = text_reply(json.dumps(list(rows)), media_type="application/json")
    http.expect("GET", BOUND, dataclasses.replace(body, headers={**body.headers, **total}), query=PAGE)
    if rows:
        http.expect("GET", BOUND, text_reply("[]", media_type="application/json"), query={"limit": 100, "skip": len(rows)})


IN_G2 = {"id": "u9", "type": "user", "paths": [[edge("g2")]]}


@pytest.mark.parametrize("rows", [[], [IN_G2]], ids=["an empty list", "a list that ends early"])
def test_members_whom_the_list_does_not_show_lose_access(http: ExactCalls, console: HttpClient, rows: list[dict[str, t.Any]]) -> None:
    """u9 is in the group as well, and the list shows another way to the application."""
    for _look in range(3):
        expect_shown(http, *rows)
        expect_members(http, "g1", "u2", "u1", *(row["id"] for row in rows))
        if _look < 2:
            expect_user(http, "u1")
            expect_user(http, "u2")
    with pytest.raises(ScimError, match=r"^Unbinding would take 2 people their access, .*: u1@example.com, u2@example.com\. At most 1 is allowed\."):
        guard(console, allowed=1).plan(REMOVED, ())
    planned = guard(console, allowed=2).plan(REMOVED, ())
    assert planned == AffectedUsers(active("u1", "u2"))
    assert guard(console, allowed=2).check_again(planned, REMOVED, ()) == planned


def test_members_whom_the_list_does_not_show_by_now(http: ExactCalls, console: HttpClient) -> None:
    """Somebody bound the group a moment ago, and reads lag behind."""
    expect_shown(http)
    expect_members(http, "g1", "u1")
    expect_user(http, "u1")
    with pytest.raises(ScimError, match=r"^Since the plan was made, 1 more person would lose access .*: u1@example.com \(not in the plan\)\."):
        guard(console, allowed=9).check_again(AffectedUsers(), REMOVED, ())


def test_every_removed_group_is_asked_and_what_is_added_keeps_its_members(http: ExactCalls, console: HttpClient) -> None:
    expect_shown(http)
    expect_members(http, "g1", "u1", "u2")
    expect_members(http, "g2", "u2", "u3")
    expect_members(http, "g3", "u1", "u3")
    expect_user(http, "u2")
    assert guard(console, allowed=1).plan(frozenset({"g2", "g1"}), ["g3"]) == AffectedUsers(active("u2"))


@pytest.mark.parametrize("members, unseen", [((), 2), (("u1",), 1), (("u1", "u2"), 0), (("u1", "u2", "u3"), 0)])
def test_whom_the_list_owes_and_the_group_shows_counts_once(http: ExactCalls, console: HttpClient, members: tuple[str, ...], unseen: int) -> None:
    """One entry can't be read, and another one never comes."""
    expect_total = {"X-Total-Count": "2"}
    http.expect("GET", BOUND, reply([{"id": "u1", "paths": 7}], headers=expect_total), query=PAGE)
    for limit in (1, 100):
        http.expect("GET", BOUND, reply([], headers=expect_total), query={"limit": limit, "skip": 1})
    expect_members(http, "g1", *members)
    for user_id in members:
        expect_user(http, user_id)
    assert guard(console, allowed=3).plan(REMOVED, ()) == AffectedUsers(active(*members), unseen)


def test_a_binding_that_has_outlived_its_group(http: ExactCalls, console: HttpClient) -> None:
    expect_shown(http, IN_G2)
    http.expect("GET", "/api/v2/usergroups/g1/membership", reply({"message": "Not Found"}, 404), query=PAGE)
    assert guard(console).plan(REMOVED, ()) == AffectedUsers()


def test_where_the_members_can_not_be_read_nothing_is_unbound(http: ExactCalls, console: HttpClient) -> None:
    expect_shown(http, IN_G2)
    http.expect("GET", "/api/v2/usergroups/g1/membership", reply({"message": "no"}, 403), query=PAGE)
    with pytest.raises(ApiError, match="list the members of a user group: HTTP 403"):
        guard(console, allowed=9).plan(REMOVED, ())


# ---- the second look


AGAIN = "Since the plan was made, %s would lose access by unbinding, and Unity deletes the accounts of those who have one: %s. "
HINT = "New bindings stay, see actions. Run again in check mode to see who would lose access now."


def test_whom_the_plan_did_not_count(http: ExactCalls, console: HttpClient) -> None:
    """u1 was planned, and is not read again; u2 was staged, u3 is new, u4 can't be read, u5 has no account."""
    planned = AffectedUsers((*active("u1"), LosingPerson("u2", "u2@example.com", "staged")), 1)
    expect_bound(http, "u1", "u2", "u3", "u4", "u5", owed=3)
    expect_user(http, "u2")
    expect_user(http, "u3")
    http.expect("GET", PEOPLE + "/u4", reply({"message": "no"}, 404))
    expect_user(http, "u5", suspended=True)
    with pytest.raises(ScimError) as caught:
        guard(console, allowed=9).check_again(planned, REMOVED, ())
    said = "u2@example.com (staged when it was made), u3@example.com (not in the plan), u4 (not in the plan), 2 whom JumpCloud's list does not show"
    assert refusal(caught) == (
        AGAIN % ("5 more people", said) + "That makes 7 people, and at most 9 are allowed. No group was unbound.",
        HINT + UNREAD % (1, "is counted as if activated"),
    )
    now = AffectedUsers((*active("u1", "u2", "u3"), LosingPerson("u4", None, None), LosingPerson("u5", "u5@example.com", "suspended")), 3)
    assert caught.value.details == {**now.as_result(), "deprovisioned_users": [{"id": person.id, "email": person.email} for person in now.people[:4]]}
    assert caught.value.details["users_without_account_count"] == 1 and caught.value.details["unseen_users_count"] == 3


@pytest.mark.parametrize("now, more", [(0, 0), (1, 0), (2, 0), (3, 1)])
def test_those_whom_the_list_owes_by_now(http: ExactCalls, console: HttpClient, now: int, more: int) -> None:
    expect_bound(http, "u1", owed=now)
    planned = AffectedUsers(active("u1"), 2)
    if not more:
        assert guard(console, allowed=3).check_again(planned, REMOVED, ()) == AffectedUsers(active("u1"), now)
        return
    with pytest.raises(ScimError) as caught:
        guard(console, allowed=3).check_again(planned, REMOVED, ())
    assert refusal(caught) == (
        AGAIN % ("1 more person", "1 whom JumpCloud's list does not show") + "That makes 4 people, and at most 3 are allowed. No group was unbound.",
        HINT,
    )


def test_what_is_added_counts_at_the_second_look_too(http: ExactCalls, console: HttpClient) -> None:
    expect_bound(http, "u1", "u2")
    expect_members(http, "g2", "u2")
    assert guard(console).check_again(AffectedUsers(active("u1")), REMOVED, ["g2"]) == AffectedUsers(active("u1"))


# ---- people


@pytest.mark.parametrize("email, title", [("u1@example.com", "u1@example.com"), (None, "u1"), ("", "u1"), ("two\nlines", '"two\\nlines"'), ("Zoë", "Zoë")])
def test_title(email: str | None, title: str) -> None:
    assert LosingPerson("u1", email, "activated").title == title


@pytest.mark.parametrize("count, listed", [(100, 100), (101, 101)])
def test_a_hundred_are_listed(count: int, listed: int) -> None:
    """The one after them says how many more there are."""
    people = tuple(LosingPerson("u%03d" % number, None, "activated" if number < count else "staged") for number in range(2 * count))
    diff = AffectedUsers(people).as_diff()
    assert len(diff["people_losing_access"]) == len(diff["people_without_account_losing_access"]) == listed
    assert ("... and 1 more" in diff["people_losing_access"]) is (count == 101)
