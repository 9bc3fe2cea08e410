# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of the people, apart from any service."""

from __future__ import annotations

import importlib.util
import itertools
import sqlite3
import sys
import tracemalloc
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people import reconciliation
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.reconciliation import KINDS, open_reconciliation
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser

Row = t.Dict[str, t.Any]
JUST_NOW = datetime(2026, 11, 24, 5, 50, tzinfo=timezone.utc)


def person(identifier: str, email: str | None = None, **fields: t.Any) -> User:
    given = {"username": identifier, "first_name": None, "last_name": None, "state": "ACTIVATED", "suspended": False, **fields}
    return User(id=identifier, email="%s@example.com" % identifier if email is None else email, **given)


def user(identifier: str, user_name: str | None = None, **fields: t.Any) -> ScimUser:
    given = {"external_id": None, "active": True, "emails": (), **fields}
    return ScimUser(id="u-" + identifier, user_name=user_name or "%s@example.com" % identifier, **given)


def compare(bound: t.Iterable[t.Any], people: t.Iterable[User], users: t.Iterable[ScimUser], at_most: int = 100, domains: list[str] | None = None) -> Row:
    with open_reconciliation() as found:
        found.add_bound((entry, None) if isinstance(entry, str) else entry for entry in bound)
        found.add_directory(people)
        found.add_provisioned(users)
        return found.result(at_most, domains)


def named(result: Row) -> dict[str, list[str]]:
    """The kinds that somebody is of, and who."""
    return {kind: [row["email"] for row in result[kind]] for kind in KINDS if result[kind]}


def test_nobody() -> None:
    result = compare([], [], [])
    assert named(result) == {} and result["in_sync"] and not result["truncated"] and set(result["counts"].values()) == {0}
    assert set(result["counts"]) == {"bound", "expected", "provisioned", "matched", *KINDS}


def test_in_sync_whatever_the_case_and_the_order() -> None:
    result = compare("cab", [person("a"), person("b"), person("c")], [user("b"), user("c", "C@Example.com"), user("a")])
    assert result["in_sync"] and named(result) == {}
    assert result["counts"]["expected"] == result["counts"]["matched"] == result["counts"]["provisioned"] == 3


def test_missing_and_pending() -> None:
    result = compare(["a", ("b", JUST_NOW), "c"], [person("c", first_name="Cleo", last_name="Doe"), person("b"), person("a")], [user("a")])
    assert named(result) == {"missing": ["c@example.com"], "pending": ["b@example.com"]} and not result["in_sync"]
    assert result["pending"][0]["reason"] == "bound a moment ago"
    assert result["missing"] == [
        {
            "email": "c@example.com",
            "name": "Cleo Doe",
            "status": "activated",
            "jumpcloud_id": "c",
            "unity_id": None,
            "user_name": None,
            "reason": None,
            "differences": [],
            "action": "provision_user",
            "remedy": "Run the playbook provision_user for this person.",
        }
    ]


def test_pending_alone_is_in_sync() -> None:
    assert compare([("b", JUST_NOW)], [person("b")], [])["in_sync"]


def test_who_is_bound_a_moment_ago_and_there_is_not_pending() -> None:
    assert named(compare([("b", JUST_NOW)], [person("b")], [user("b")])) == {}


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "who, at, is_pending",
    [
        (("b", None), JUST_NOW + SECOND, False),
        (("b", None), JUST_NOW, False),
        # what failed before the binding is tried again after it
        (("b", None), JUST_NOW - SECOND, True),
        ((None, "B@Example.com"), JUST_NOW + SECOND, False),
        (("another", "b@example.com"), JUST_NOW + SECOND, False),
        (("another", None), JUST_NOW + SECOND, True),
        ((None, None), JUST_NOW + SECOND, True),
        (("\ud800", "\ud800"), JUST_NOW + SECOND, True),
    ],
)
def test_who_failed_since_the_binding_is_missing_and_not_pending(who: tuple[str | None, str | None], at: datetime, is_pending: bool) -> None:
    """However many people a list names."""
    with open_reconciliation() as found:
        found.add_bound([("a", JUST_NOW), ("b", JUST_NOW), ("lost", JUST_NOW)])
        found.add_directory([person("a"), person("b"), person("lost", "")])
        assert found.pending_since() == JUST_NOW
        found.add_failures([(*who, at)])
        result = found.result(0, None)
    assert (result["counts"]["missing"], result["counts"]["pending"], result["in_sync"]) == ((0, 3, True) if is_pending else (1, 2, False))


def test_since_when_somebody_is_pending() -> None:
    with open_reconciliation() as found:
        found.add_bound([("a", JUST_NOW - SECOND), ("b", JUST_NOW), ("c", JUST_NOW + SECOND), ("d", None)])
        found.add_directory([person(name) for name in "abcd"])
        found.add_provisioned([user("a")])
        assert found.pending_since() == JUST_NOW
        found.let_nobody_be_pending()
        assert found.pending_since() is None
        assert named(found.result(10, None)) == {"missing": ["b@example.com", "c@example.com", "d@example.com"]}


def test_who_was_unbound_a_moment_ago_and_is_still_there_is_pending() -> None:
    people = [person("a"), person("b"), person("c"), person("d", suspended=True), person("e", "new@example.com"), person("wanted")]
    users = [user(name) for name in "abcd"]
    users += [user("2", "E@Example.com", external_id="e"), user("1", "new@example.com"), user("wanted"), user("gone", external_id="gone"), user("x")]
    with open_reconciliation() as found:
        found.add_unbound([(name, JUST_NOW) for name in ("a", "b", "d", "e", "gone", "nobody", "wanted")])
        found.add_bound([("a", None), ("e", None), ("z", JUST_NOW)])
        found.add_wanted(["wanted"], "Artists")
        found.add_directory([*people, person("z")])
        found.add_provisioned(users)
        assert found.any_unbound() and found.pending_since() == JUST_NOW
        found.add_unbound([("c", JUST_NOW - SECOND)])
        assert not found.any_unbound() and found.pending_since() == JUST_NOW - SECOND
        found.add_failures([("d", None, JUST_NOW)])
        result = found.result(100, None)
    # A and E are bound otherwise, and so is not leaving whose second account E's is
    assert [(row["email"], row["reason"], row["action"]) for row in result["pending"]] == [
        ("b@example.com", "unbound a moment ago", None),
        ("c@example.com", "unbound a moment ago", None),
        ("gone@example.com", "unbound a moment ago", None),
        ("z@example.com", "bound a moment ago", None),
    ]
    assert [(row["user_name"], row["status"]) for row in result["unexpected"]] == [
        ("d@example.com", "suspended"),
        ("E@Example.com", "activated"),
        ("x@example.com", "unknown"),
    ]
    assert result["counts"]["pending"] == 4


def test_nobody_is_leaving_where_that_is_not_known() -> None:
    with open_reconciliation() as found:
        found.add_unbound([("a", JUST_NOW)])
        found.add_directory([person("a")])
        found.add_provisioned([user("a")])
        found.let_nobody_be_pending()
        assert found.pending_since() is None and found.any_unbound()
        assert named(found.result(100, None)) == {"unexpected": ["a@example.com"]}


def test_who_is_expected() -> None:
    with open_reconciliation() as found:
        found.add_bound([("a", None), ("s", None), ("lost", None)])
        found.add_directory([person("a"), person("s", suspended=True), person("u"), person("lost", "")])
        asked = [
            ("a", None),
            (None, "A@Example.com"),
            ("old", "a@example.com"),
            ("s", "s@example.com"),
            ("u", None),
            (None, None),
            ("lost", ""),
            ("\ud800", ""),
        ]
        assert [found.expects(*who) for who in asked] == [True, True, True, False, False, False, True, False]


def test_unexpected_each_with_its_reason() -> None:
    people = [person("s", suspended=True), person("t", state="STAGED"), person("u"), person("w", state="PASSWORD_EXPIRED")]
    result = compare("stw", people, [*(user(name) for name in "stuvw"), user("guest", "guest@partner.example")])
    assert {row["user_name"][0]: (row["status"], row["reason"]) for row in result["unexpected"]} == {
        "s": ("suspended", "suspended in JumpCloud"),
        "t": ("staged", "staged in JumpCloud, so it is not exported"),
        "u": ("unbound", "in no group that is bound to the application"),
        "w": ("password_expired", "in the state password_expired in JumpCloud"),
        "v": ("unknown", "unknown to JumpCloud"),
    }
    # nobody is expected, so the domains are those of everybody in JumpCloud
    assert named(result)["outside_domain"] == ["guest@partner.example"]


def test_strangers_within_and_outside_the_domains() -> None:
    users = [user("a"), user("eve"), user("guest", "guest@partner.example"), user("odd", "no-address")]
    result = compare("a", [person("a")], users)
    assert named(result) == {"unexpected": ["eve@example.com"], "outside_domain": ["guest@partner.example", "no-address"]} and not result["in_sync"]
    given = compare("a", [person("a")], users, domains=["@Partner.example"])
    assert named(given) == {"unexpected": ["guest@partner.example"], "outside_domain": ["eve@example.com", "no-address"]}
    assert compare("a", [person("a")], users, domains=[])["in_sync"], "no domain is ours, so they all are guests"


def test_staged_and_suspended_people_are_told_apart() -> None:
    result = compare("abc", [person("a"), person("b", state="STAGED"), person("c", suspended=True), person("d", suspended=True)], [user("a")])
    assert named(result) == {"staged": ["b@example.com"], "suspended": ["c@example.com"]} and result["in_sync"]
    assert (result["counts"]["bound"], result["counts"]["expected"]) == (3, 1)


def test_an_address_that_changed_on_one_side_differs() -> None:
    result = compare("a", [person("a", "new@example.com")], [user("a", "old@example.com", external_id="a")])
    assert named(result) == {"differing": ["new@example.com"]}
    assert result["differing"][0]["differences"] == [{"attribute": "userName", "jumpcloud": "new@example.com", "unity": "old@example.com"}]


def test_an_address_wins_over_an_external_id() -> None:
    """The old address of one person was given to another one."""
    result = compare("ab", [person("a", "new@example.com"), person("b", "old@example.com")], [user("x", "old@example.com", external_id="a")])
    assert named(result) == {"missing": ["new@example.com"], "differing": ["old@example.com"]} and result["counts"]["matched"] == 1


def test_users_that_differ_in_case_only() -> None:
    users = [user("1", "ada@example.com"), user("2", "ADA@example.com", external_id="a"), user("3", "Ada@example.com")]
    result = compare("a", [person("a", "ada@example.com")], users)
    assert [row["unity_id"] for row in result["duplicates"]] == ["u-1", "u-3"] and result["counts"]["matched"] == 1 and not result["in_sync"]
    strangers = compare([], [], users, domains=["example.com"])
    assert [row["unity_id"] for row in strangers["unexpected"]] == ["u-1"] and len(strangers["duplicates"]) == 2


def test_people_who_share_an_address() -> None:
    """Only one of those who should be there can be. A third one is not exported, and so takes the address from nobody."""
    people = [person("a", "team@example.com", suspended=True), person("b", "Team@example.com"), person("c", "team@example.com")]
    result = compare("abc", people, [user("x", "team@example.com", external_id="c")])
    assert [(row["jumpcloud_id"], row["reason"]) for row in result["missing"]] == [("b", "shares the address with c in JumpCloud")]
    assert result["counts"]["matched"] == 1 and named(result)["suspended"] == ["team@example.com"]


def test_many_people_who_share_an_address_are_not_all_named() -> None:
    result = compare("abcde", [person(name, "team@example.com") for name in "abcde"], [])
    assert [row["reason"] for row in result["missing"]][-1] == "shares the address with a, b, c in JumpCloud"


@pytest.mark.parametrize("old_name", ["ada@old.example", "al@example.com"])
def test_an_account_that_was_left_behind_when_the_address_changed(old_name: str) -> None:
    """It belongs to somebody, so it is no guest, whatever its domain."""
    users = [user("new", "ada@example.com", external_id="a"), user("old", old_name, external_id="a")]
    result = compare("a", [person("a", "ada@example.com")], users)
    assert named(result) == {"unexpected": ["ada@example.com"]} and not result["in_sync"]
    left = result["unexpected"][0]
    assert (left["unity_id"], left["status"], left["reason"]) == ("u-old", "activated", "another account of a person who is there already")


def test_an_address_that_went_to_somebody_who_should_not_be_there() -> None:
    """The account still is that of the person whom its externalId names."""
    people = [person("a", "new@example.com"), person("b", "old@example.com")]
    result = compare("a", people, [user("x", "old@example.com", external_id="a")])
    assert named(result) == {"differing": ["new@example.com"]} and result["counts"]["matched"] == 1


def advice(result: Row) -> list[tuple[str, str, str | None, str]]:
    """On which list, the account, where, and the beginning of what is to be done."""
    return [(kind, row["user_name"] or row["email"], row["action"], (row["remedy"] or "")[:30]) for kind in KINDS for row in result[kind]]


LOOK, PROVISION_FIRST = "Look which of the accounts of ", "The account is that of a@new.e"
THIS_PERSON = "Run the playbook provision_use"


@pytest.mark.parametrize(
    "people, users, found",
    [
        # the address changed, and the person came by another way before JumpCloud changed the account
        ([person("a", "a@new.ex")], [("a@new.ex", None), ("a@ex", "a")], [("unexpected", "a@ex", "correct_in_unity", LOOK)]),
        # a duplicate that JumpCloud made
        (
            [person("a", "a@new.ex")],
            [("a@new.ex", "a"), ("A@new.ex", "a")],
            [("duplicates", "A@new.ex", "correct_in_unity", LOOK)],
        ),
        # the address of somebody who is nobody's colleague any more does not make it theirs
        (
            [person("a", "a@new.ex"), person("c", "a@ex", suspended=True)],
            [("a@new.ex", None), ("a@ex", "a")],
            [("unexpected", "a@ex", "correct_in_unity", LOOK)],
        ),
        # the old address was given to a new colleague
        (
            [person("a", "a@new.ex"), person("b", "a@ex")],
            [("a@ex", "a")],
            [("missing", "a@new.ex", "provision_user", THIS_PERSON), ("differing", "a@ex", "provision_user", PROVISION_FIRST)],
        ),
        (
            [person("a", "a@new.ex"), person("b", "a@ex")],
            [("a@ex", "a"), ("a@new.ex", None)],
            [("differing", "a@ex", "correct_in_unity", LOOK)],
        ),
        # two people changed their addresses
        (
            [person("a", "b@ex"), person("b", "a@ex")],
            [("a@ex", "a"), ("b@ex", "b")],
            [
                ("differing", "a@ex", "correct_in_jumpcloud", "The account is that of b@ex, w"),
                ("differing", "b@ex", "correct_in_jumpcloud", "The account is that of a@ex, w"),
            ],
        ),
        # each has got the address of the next one
        (
            [person("a", "b@ex"), person("b", "c@ex")],
            [("a@ex", "a"), ("b@ex", "b")],
            [
                ("missing", "c@ex", "provision_user", THIS_PERSON),
                ("unexpected", "a@ex", "correct_in_unity", "Keep the account: by the exter"),
                ("differing", "b@ex", "provision_user", "The account is that of c@ex: r"),
            ],
        ),
    ],
)
def test_nobody_is_told_to_delete_an_account_of_somebody_expected(people: list[User], users: list[tuple[str, str | None]], found: list[t.Any]) -> None:
    accounts = [user(str(number), name, external_id=owner) for number, (name, owner) in enumerate(users)]
    result = compare([one.id for one in people], people, accounts)
    assert [row for row in advice(result) if row[0] != "suspended"] == found
    assert "elete" not in str(result)


def test_an_account_of_somebody_bound_who_could_not_be_read_is_kept() -> None:
    result = compare(["a", "b"], [person("a")], [user("a"), user("b", external_id="b"), user("c", external_id="c")])
    assert [(row["user_name"], row["remedy"]) for row in result["unexpected"]] == [
        ("b@example.com", "Keep the account: by the externalId it is that of b, who is bound, and could not be read in JumpCloud."),
        ("c@example.com", "Delete the account in Unity, unless somebody needs it."),
    ]


def test_an_account_of_somebody_who_should_not_be_there_may_go() -> None:
    people = [person("a", "old@example.com"), person("b", "new@example.com", suspended=True), person("c", "else@example.com")]
    result = compare("ab", people, [user("1", "old@example.com", external_id="b"), user("2", "x@example.com", external_id="c")])
    assert [row["remedy"] for kind in ("differing", "unexpected") for row in result[kind]] == [
        "Delete the account in Unity, which is another person's, then run the playbook provision_user.",
        "Add the person to a bound group, or delete the account in Unity.",
    ]


def test_an_account_whose_owner_is_in_no_bound_group_right_now_is_not_just_deleted() -> None:
    people = [person("a", "old@example.com"), person("b", "new@example.com"), person("c", "cleo@example.com", suspended=True), person("d", state="STAGED")]
    users = [user("1", "old@example.com", external_id="b"), user("2", "cleo@example.com", external_id="d"), user("3", "x@example.com", external_id="b")]
    result = compare("a", people, users)
    only_if = "Delete it in Unity only if that person is not to have an account."
    bind = (
        "The account is that of new@example.com, who is in no bound group: add that person to one, and run the playbook provision_user for that person first, "
    )
    assert [(kind, row["unity_id"], row["action"], row["remedy"]) for kind in ("differing", "unexpected") for row in result[kind]] == [
        ("differing", "u-1", "correct_in_jumpcloud", bind + "then for this one. " + only_if),
        ("unexpected", "u-2", "correct_in_jumpcloud", "The account is that of d@example.com, who is staged in JumpCloud: activate that person. " + only_if),
        # no other person has its address
        ("unexpected", "u-3", "correct_in_jumpcloud", "Add the person to a bound group, or delete the account in Unity."),
    ]
    assert result["to_do"] == {"correct_in_jumpcloud": 3}


def test_who_is_inactive_since_the_password_has_expired_is_told_one_thing() -> None:
    result = compare("ab", [person("a", password_expired=True), person("b")], [user("a", active=False), user("b", active=False)])
    remedies = {(kind, row["jumpcloud_id"]): row["remedy"] for kind in ("differing", "at_risk") for row in result[kind]}
    assert remedies[("differing", "a")] == remedies[("at_risk", "a")] == "Let the person set a new password in JumpCloud."
    assert remedies[("differing", "b")].startswith("Run the playbook provision_user")
    assert result["to_do"] == {"correct_in_jumpcloud": 1, "provision_user": 1}


def test_a_duplicate_that_is_somebody_elses_account_is_none() -> None:
    people = [person("a", "ada@example.com"), person("b", "bob@example.com")]
    users = [user("1", "ada@example.com", external_id="a"), user("2", "ADA@example.com", external_id="b")]
    assert named(compare("ab", people, users)) == {"differing": ["bob@example.com"]}


def test_a_duplicate_is_told_with_its_person() -> None:
    found = compare("a", [person("a", first_name="Ada")], [user("1", "a@example.com"), user("2", "A@example.com")])["duplicates"]
    assert [(row["unity_id"], row["status"], row["jumpcloud_id"], row["email"], row["name"]) for row in found] == [
        ("u-2", "activated", "a", "a@example.com", "Ada")
    ]


def test_two_old_accounts_of_a_person_who_is_not_there_under_the_right_name() -> None:
    users = [user("2", "old@example.com", external_id="a"), user("1", "older@example.com", external_id="a")]
    result = compare("a", [person("a", "new@example.com")], users)
    assert [row["unity_id"] for row in result["differing"]] == ["u-1"] and [row["unity_id"] for row in result["unexpected"]] == ["u-2"]


def test_who_has_no_address_adds_no_domain() -> None:
    result = compare("ab", [person("a", ""), person("b")], [user("b"), user("odd", "no-address")])
    assert named(result) == {"missing": [None], "outside_domain": ["no-address"]}


def test_every_user_is_of_one_kind() -> None:
    people = [person("a"), person("b", "shared@x.example"), person("c", "shared@x.example"), person("d", state="STAGED"), person("e")]
    names = ("a@example.com", "A@example.com", "shared@x.example", "d@example.com", "z@example.com", "z@other.example")
    each = enumerate(itertools.product(names, (None, "a", "b", "e", "unknown")))
    users = [user(str(number), name, external_id=owner) for number, (name, owner) in each]
    counts = compare("abcd", people, users)["counts"]
    assert counts["provisioned"] == counts["matched"] + counts["unexpected"] + counts["duplicates"] + counts["outside_domain"] == 30
    assert counts["expected"] == counts["matched"] + counts["missing"] + counts["pending"] == 3


def test_half_a_character_is_no_obstacle() -> None:
    """JSON can hold what UTF-8 can't."""
    half = "a\ud800"
    result = compare([half], [person(half, half, first_name=half)], [user("x", half)], domains=[half])
    assert result["counts"]["matched"] == 1 and result["counts"]["expected"] == 1


def test_who_is_bound_but_not_listed_is_named() -> None:
    with open_reconciliation() as found:
        found.add_bound([("z", JUST_NOW), ("a", None), ("y", None)])
        found.add_directory([person("a"), person("b")])
        # the first by id, in whatever order they are read
        found._connection.execute("PRAGMA reverse_unordered_selects = ON")  # pylint: disable=protected-access
        assert (found.unlisted(5), found.unlisted(1), found.unlisted(0)) == (["y", "z"], ["y"], [])


def test_who_was_deactivated_instead_of_deleted_is_no_drift() -> None:
    people = [person("a"), person("s", suspended=True)]
    gone = [("s", None), ("test", None), ("g", "g@partner.example"), ("2", "A@example.com")]
    users = [user("a"), *(user(identifier, user_name, active=False) for identifier, user_name in gone)]
    result = compare("as", people, users)
    assert result["in_sync"] and named(result) == {"suspended": ["s@example.com"]} and result["counts"]["provisioned"] == 5
    assert named(compare("a", [person("a")], [user("a", active=False)])) == {"differing": ["a@example.com"]}, "but who should be there must be active"


def test_only_who_should_be_there_differs() -> None:
    result = compare("as", [person("a"), person("s", suspended=True, first_name="Sam")], [user("a"), user("s", given_name="Samuel")])
    assert named(result)["unexpected"] == ["s@example.com"] and result["unexpected"][0]["differences"] == []


def test_an_index_that_fails_says_what_to_do() -> None:
    with pytest.raises(ScimError, match="^The temporary index of people failed: no such table") as caught:
        with open_reconciliation() as found:
            found._count("FROM nowhere")  # pylint: disable=protected-access
    assert caught.value.hint == "Make room in the temporary directory, or set TMPDIR to another one."


def test_the_index_is_closed_at_the_end() -> None:
    with open_reconciliation() as found:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        found.unlisted(1)


def test_the_index_keeps_to_its_cache_and_needs_no_journal() -> None:
    with open_reconciliation() as found:
        ask = found._connection.execute  # pylint: disable=protected-access
        settings = {name: ask("PRAGMA " + name).fetchone()[0] for name in ("cache_size", "journal_mode", "synchronous", "temp_store")}
    assert settings == {"cache_size": -4096, "journal_mode": "off", "synchronous": 0, "temp_store": 1}


def test_no_address_at_all() -> None:
    result = compare("ab", [person("a", ""), person("b", "")], [user("x", "x@example.com")], domains=[])
    assert [row["reason"] for row in result["missing"]] == ["no email address in JumpCloud"] * 2


def test_who_is_bound_but_not_in_the_directory_has_just_been_deleted() -> None:
    result = compare("az", [person("a")], [user("a")])
    assert result["in_sync"] and (result["counts"]["bound"], result["counts"]["expected"]) == (2, 1)


def test_who_is_alike_to_the_letter_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all people are, and a closer look at each of thousands takes its time. What Unity does not show is no reason for one."""
    looked_at: list[str] = []
    monkeypatch.setattr(reconciliation, "differing_attributes", lambda ours, theirs: looked_at.append(ours.id) or [])
    people = [person("a", first_name="Ada", last_name="King"), person("b", first_name="Bob", last_name="Ray"), person("c"), person("d"), person("e")]
    shown, blank = {"given_name": "Ada", "family_name": "King"}, {"given_name": "", "family_name": ""}
    users = [user("a", **shown), user("b", active=None), user("c"), user("d", **blank), user("e", "E@example.com")]
    compare("abcde", people, users)
    assert looked_at == ["e"]


def test_a_stranger_is_told_as_unity_shows_them() -> None:
    found = compare("a", [person("a")], [user("a"), user("eve", given_name="Eve", family_name="Doe"), user("zoe")])["unexpected"]
    assert found == [
        {
            "email": "%s@example.com" % name,
            "name": full_name,
            "status": "unknown",
            "jumpcloud_id": None,
            "unity_id": "u-" + name,
            "user_name": "%s@example.com" % name,
            "reason": "unknown to JumpCloud",
            "differences": [],
            "action": "correct_in_unity",
            "remedy": "Delete the account in Unity, unless somebody needs it.",
        }
        for name, full_name in (("eve", "Eve Doe"), ("zoe", None))
    ]


def test_of_a_row_that_came_twice_the_later_one_counts() -> None:
    """People change while they are read."""
    result = compare(["a", ("a", JUST_NOW)], [person("a", "old@example.com"), person("a", "new@example.com")], [user("x", "old@example.com")])
    assert named(result) == {"pending": ["new@example.com"], "unexpected": ["old@example.com"]}


def test_the_same_row_on_two_pages_counts_once() -> None:
    result = compare(["a", "a"], [person("a"), person("a")], [user("a"), user("a")])
    assert result["in_sync"] and result["counts"]["bound"] == result["counts"]["provisioned"] == 1


@pytest.mark.parametrize("at_most, truncated", [(0, True), (2, True), (3, False)])
def test_lists_end_and_counts_do_not(at_most: int, truncated: bool) -> None:
    result = compare("cba", [person("a"), person("b"), person("c")], [], at_most)
    assert result["counts"]["missing"] == 3 and result["truncated"] is truncated
    assert [row["jumpcloud_id"] for row in result["missing"]] == list("abc")[:at_most]


def test_hostile_names_are_data() -> None:
    name = "'; DROP TABLE person; --\x00\u202e<b>"
    result = compare([name], [person(name, name, first_name=name)], [user("eve", name.upper())], domains=["x"])
    assert result["counts"]["matched"] == 1 and result["in_sync"]


def test_a_python_without_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    spec = importlib.util.spec_from_file_location("reconciliation_without_sqlite", reconciliation.__file__)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(ScimError, match="^This Python has no module sqlite3") as caught:
        with module.open_reconciliation():
            pass
    assert caught.value.hint == "Run the module on a machine with a full Python."


@pytest.mark.parametrize(
    "theirs, attributes",
    [
        ({}, []),
        ({"user_name": "A@EXAMPLE.COM"}, []),
        ({"given_name": "Ada", "family_name": "", "active": None}, []),
        ({"given_name": "ada"}, ["name.givenName"]),
        ({"given_name": ""}, ["name.givenName"]),
        ({"family_name": "L"}, ["name.familyName"]),
        ({"active": False}, ["active"]),
    ],
)
def test_what_differs_is_found_and_what_is_alike_is_not(theirs: Row, attributes: list[str]) -> None:
    """The index leaves out who is alike to the letter; who differs in anything must not get lost there."""
    result = compare("a", [person("a", first_name="Ada")], [user("a", **theirs)])
    assert [found["attribute"] for row in result["differing"] for found in row["differences"]] == attributes


def test_memory_stays_flat() -> None:
    """What Python holds for 20,000 people is what it holds for 2,000, and much less than one copy of them."""

    def peak(number: int) -> int:
        people = (person("p%05d" % index, first_name="First %d" % index, last_name="Last") for index in range(number))
        users = (user("p%05d" % index, given_name="First %d" % index, family_name="Last") for index in reversed(range(number)) if index % 1000)
        tracemalloc.start()
        try:
            counts = compare(("p%05d" % index for index in range(number)), people, users, at_most=10)["counts"]
            assert (counts["missing"], counts["matched"]) == (number // 1000, number - number // 1000)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(2_000), peak(20_000)
    assert large < 2 * small and large < 1_000_000


def test_who_lost_an_account_by_the_unbinding_of_a_wanted_group_is_missing_with_that_reason() -> None:
    people = [person("a"), person("b"), person("c"), person("d", state="STAGED"), person("e")]
    with open_reconciliation() as found:
        found.add_bound([("a", None)])
        found.add_wanted(["a", "b", "c", "d"], "Artists")
        found.add_directory(people)
        found.add_provisioned([user("a"), user("c")])
        result = found.result(10, None)
    # c has an account still, which is as wanted
    assert named(result) == {"missing": ["b@example.com"], "staged": ["d@example.com"]}
    assert (result["counts"]["bound"], result["counts"]["expected"], result["counts"]["matched"]) == (1, 3, 2)
    row = result["missing"][0]
    assert row["reason"] == "in no bound group: Artists is to be bound"
    assert (row["action"], row["remedy"]) == ("bind_group", "Bind the group: run the playbook provision.")
    assert result["to_do"] == {"bind_group": 1}


def test_a_wanted_member_who_is_not_in_the_list_is_looked_up() -> None:
    with open_reconciliation() as found:
        found.add_wanted(["ghost"], "Artists")
        assert found.unlisted(5) == ["ghost"]


def test_who_has_an_expired_password_is_at_risk_and_no_drift() -> None:
    people = [person("a", password_expired=True), person("b", password_expired=False), person("c"), person("d", password_expired=True, suspended=True)]
    result = compare("abcd", people, [user("a"), user("b"), user("c")])
    assert result["in_sync"] and named(result)["at_risk"] == ["a@example.com"] and result["to_do"] == {}
    assert result["at_risk"][0]["reason"] == "the password has expired: JumpCloud may send the account as inactive"
    assert result["at_risk"][0]["remedy"] == "Let the person set a new password in JumpCloud."


def test_each_reason_has_its_remedy_and_people_are_counted_by_it_beyond_the_lists() -> None:
    people = [person("a"), person("b", email=""), person("c", suspended=True), person("d"), person("e"), person("f", email="e@example.com"), person("g")]
    users = [user("c"), user("d", given_name="Other"), user("x"), user("D", user_name="D@example.com")]
    result = compare("abcdefg", people, users, at_most=1)
    assert result["to_do"]["correct_in_jumpcloud"] == 3 and result["to_do"]["correct_in_unity"] >= 2
    assert sum(result["to_do"].values()) == sum(result["counts"][kind] for kind in ("missing", "unexpected", "differing", "duplicates"))
    assert result["truncated"]
