# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would be created, adopted, left out and why, and who is in Unity in no bound group."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.preview import Preview, preview
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser

ADA = User("ada", "ada@example.com", "ada", "Ada", "Lovelace", "ACTIVATED", False)


def person(identifier: str, **fields: t.Any) -> User:
    return replace(ADA, **{"id": identifier, "email": identifier + "@example.com", "username": identifier, **fields})


def account(user_name: str, external_id: str | None = None, active: bool | None = True) -> ScimUser:
    return ScimUser("u-" + user_name, user_name, external_id, active, ())


@pytest.mark.parametrize(
    "user, why",
    [
        (ADA, None),
        (person("ada", first_name="", last_name="Lovelace"), None),
        (person("ada", state="STAGED"), "staged"),
        (person("ada", suspended=True), "suspended"),
        (person("ada", state="SUSPENDED"), "suspended"),
        (person("ada", state="LOCKED"), "in the state locked"),
        (person("ada", email=None), "no email address"),
        (person("ada", email=" "), "no email address"),
        (person("ada", first_name=None, last_name=" "), "no name"),
        (person("ada", email="ada@partner.example"), "outside the validated domains"),
        (person("ada", email="ADA@EXAMPLE.COM"), None),
        (person("ada", email="twin@example.com"), "shares the address"),
        # it is a risk, and no reason to leave somebody out
        (person("ada", password_expired=True), None),
    ],
)
def test_why_somebody_is_left_out(user: User, why: str | None) -> None:
    twin = person("twin", email="Twin@example.com")
    found = preview(["ada"], ["twin"], [user, twin], [], ["@Example.com"])
    assert [reason for _name, reason in found.left_out] == ([why] if why else [])
    assert len(found.created) == (0 if why else 1)


def test_a_suspended_twin_shares_nothing_since_nobody_exports_it() -> None:
    found = preview(["ada", "old"], [], [ADA, person("old", email=ADA.email, suspended=True)], [], None)
    assert found.created == ("ada@example.com",) and found.left_out == (("ada@example.com", "suspended"),)


def test_who_is_in_unity_already_is_adopted_and_who_belongs_to_nobody_is_named() -> None:
    there = [
        account("ADA@example.com"),
        account("old.name@example.com", "bob"),
        account("carl@example.com", "ada"),
        account("dora@example.com", "gone"),
        account("guest@partner.example"),
        account("left@example.com", active=False),
        account("eve@example.com"),
    ]
    people = [ADA, *(person(name) for name in ("bob", "carl", "dora", "eve", "new"))]
    found = preview(["ada", "bob", "carl", "dora", "new"], ["eve"], people, there, ["example.com"], limit=2)
    assert found.created == ("new@example.com",)
    assert found.adopted == ("ada@example.com", "bob@example.com", "dora@example.com")
    # an external id that names another person who exists is no match; it counts, since that person has another address by now, and the account may get it
    assert found.unsure == found.left_out == (("carl@example.com", "the account belongs to somebody else: ada"),)
    assert found.in_no_group == ("guest@partner.example",)
    assert found.sentence() == ("1 to create, 3 to adopt, 1 left out (1 the account belongs to somebody else), 1 in Unity in no bound group, limit 2")
    found.require_allowed()


def test_an_address_that_becomes_free_makes_room_for_an_account() -> None:
    """Ada has got another address, and the new one has her old one: JumpCloud renames her account, and makes another one."""
    ada, new = person("ada", email="ada.new@example.com"), person("new", email="ada@example.com")
    found = preview(["new"], ["ada"], [ada, new], [account("ada@example.com", "ada")], None, limit=0)
    assert found.created == () and [name for name, _why in found.unsure] == ["ada@example.com"]
    with pytest.raises(ScimError, match="may create accounts in Unity for 1 person who is only assumed to get none: ada@example.com"):
        found.require_allowed()
    # nobody leaves the account, or nobody moves on from it
    assert preview(["new"], [], [ada, new], [account("ada@example.com", "ada")], None).unsure == ()
    assert preview(["new"], ["ada"], [person("ada"), new], [account("ada@example.com", "ada")], None).unsure == ()


@pytest.mark.parametrize("limit, is_allowed", [(0, False), (1, True), (None, True)])
def test_who_was_unbound_while_provisioning_was_stopped_counts_where_it_is_resumed(limit: int | None, is_allowed: bool) -> None:
    there = [
        account("ada@example.com", "ada"),
        account("bob@example.com", "bob"),
        account("carl@example.com", "carl", active=False),
        account("dora@example.com"),
    ]
    everybody = [ADA, *(person(name) for name in ("bob", "carl", "dora"))]
    found = preview(["ada"], [], everybody, there, None, max_deprovisioned=limit)
    assert found.forsaken == (None if limit is None else ("bob@example.com",))
    assert ("1 to be deprovisioned" in found.sentence()) is (limit is not None)
    if is_allowed:
        found.require_allowed()
    else:
        with pytest.raises(
            ScimError, match="Activating may make JumpCloud deprovision 1 person who is not bound any more: bob@example.com. At most 0 are allowed."
        ):
            found.require_allowed()
    assert preview(["ada"], [], everybody, None, None, unread="no key", max_deprovisioned=limit).forsaken is None


def test_who_is_bound_already_is_no_news_and_who_is_not_listed_is_said() -> None:
    found = preview(["ada", "ghost"], ["ada"], [ADA], None, None, "no key")
    assert (found.created, found.left_out) == ((), (("ghost", "not in JumpCloud's list of users"),))
    assert found.as_result()["adopted"] is None and found.as_result()["in_no_bound_group"] is None


def test_without_unitys_people_it_is_an_upper_bound() -> None:
    found = preview(["ada"], [], [ADA], None, None, "there is no key.")
    assert found.sentence() == (
        "at most 1 to create, who is in Unity already was not read: there is no key, validated domains are not known, "
        "no limit is set (scim_provisioning_max_created_users)"
    )


def test_of_people_who_are_not_all_seen_those_who_are_need_no_account() -> None:
    """And nobody says that nobody else is there."""
    found = preview(["ada", "bob"], [], [ADA, person("bob")], [account("ada@example.com"), account("guest@x.example")], None, "1 entry can't be read", limit=1)
    assert (found.created, found.adopted, found.in_no_group) == (("bob@example.com",), ("ada@example.com",), None)
    assert found.sentence() == ("at most 1 to create, who is in Unity already was not read: 1 entry can't be read, validated domains are not known, limit 1")
    assert (found.as_result()["adopted"], found.as_result()["in_no_bound_group"]) == (None, None)
    found.require_allowed()


def test_the_guard_names_twenty_and_the_variable() -> None:
    people = [person("p%02d" % number) for number in range(25)]
    found = preview([user.id for user in people], [], people, None, None, "there is no key", limit=24)
    with pytest.raises(ScimError) as failure:
        found.require_allowed()
    said = failure.value.sentence()
    assert "for 25 people: p00@example.com, " in said and "p19@example.com, and 5 more. At most 24 are allowed. Nothing was changed." in said
    assert "raise max_created_users (scim_provisioning_max_created_users) to at least 25." in said and "was not read: there is no key" in said
    assert failure.value.details["people"]["created"] == 25


@pytest.mark.parametrize(
    "user, why",
    [
        (person("ada", first_name=None, last_name=None), "no name"),
        (person("ada", email="ada@partner.example"), "outside the validated domains"),
        (person("ada", email="twin@example.com"), "shares the address"),
        (None, "not in JumpCloud's list of users"),
    ],
)
def test_who_is_only_assumed_to_get_no_account_counts_for_the_limit(user: User | None, why: str) -> None:
    people = [person("twin"), *([user] if user else [])]
    found = preview(["ada"], ["twin"], people, [], ["example.com"], limit=0)
    with pytest.raises(ScimError) as failure:
        found.require_allowed()
    assert failure.value.message == (
        "This may create accounts in Unity for 1 person who is only assumed to get none: %s (%s). At most 0 are allowed. Nothing was changed."
        % (user.title if user else "ada", why)
    )
    assert "to at least 1." in (failure.value.hint or "") and failure.value.details["people"]["left_out"] == 1
    preview(["ada"], ["twin"], people, [], ["example.com"], limit=1).require_allowed()
    # whose account is there needs no other one
    there = [account((user.email if user else None) or "ada@example.com", "ada")]
    preview(["ada"], ["twin"], people, there, ["example.com"], limit=0).require_allowed()


@pytest.mark.parametrize("fields", [{"state": "STAGED"}, {"suspended": True}, {"state": "LOCKED"}, {"email": None}])
def test_who_gets_no_account_for_a_published_reason_does_not_count(fields: dict[str, t.Any]) -> None:
    found = preview(["ada"], [], [person("ada", **{"first_name": None, "last_name": None, **fields})], [], ["partner.example"], limit=0)
    found.require_allowed()
    assert len(found.left_out) == 1


def test_the_guard_names_both_kinds_apart() -> None:
    people = [person("p%02d" % number, last_name=None, first_name="p" if number < 2 else None) for number in range(24)]
    with pytest.raises(ScimError) as failure:
        preview([user.id for user in people], [], people, None, None, "there is no key", limit=2).require_allowed()
    said = failure.value.sentence()
    assert said.startswith("This would create accounts in Unity for 2 people: p00@example.com, p01@example.com. This may create accounts in Unity for 22")
    assert "p21@example.com (no name), and 2 more. At most 2 are allowed." in said and "to at least 24." in said


@pytest.mark.parametrize("number, last", [(99, "p098"), (100, "p099"), (101, "... and 1 more"), (102, "... and 2 more")])
def test_the_diff_names_a_hundred_of_each(number: int, last: str) -> None:
    lists = Preview(tuple("p%03d" % number for number in range(number)), (), (("x", "staged"),), None, "there is no key", True, None).as_diff()
    assert len(lists["people_created"]) == min(number, 101) and lists["people_created"][-1] == last
    assert lists["people_left_out"] == ["x (staged)"] and lists["people_in_no_bound_group"] == []


def test_a_name_that_is_no_line_is_shown_as_one() -> None:
    found = preview(["ada"], [], [person("ada", email="a\n\u202eda@example.com")], None, None, "no key")
    assert found.created == ("a\\u000a\\u202eda@example.com",)
