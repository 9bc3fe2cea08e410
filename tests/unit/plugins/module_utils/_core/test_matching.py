# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who in JumpCloud is who in Unity."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import (
    account_name,
    differing_attributes,
    domain_key,
    email_domain,
    email_trouble,
    matching_key,
    name_key,
    other_owner,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser


@pytest.mark.parametrize(
    "one, other, alike",
    [
        ("Ada@Example.com", "ada@example.com", True),
        (" ada@example.com\n", "ada@example.com", True),
        ("STRASSE@example.com", "straße@example.com", False),  # two people, whom a fold would make one
        ("STRAẞE@example.com", "straße@example.com", True),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", True),
        ("ada@BÜCHER.Example", "ada@XN--BCHER-KVA.example", True),
        ("ada@bu\u0308cher.example", "ada@bücher.example", True),
        ("ada@straße.example", "ada@strasse.example", False),
        ("bücher", "xn--bcher-kva", False),  # no domain
        ("Zoe\u0308@example.com", "zoë@example.com", True),
        ("ada@example.com", "ada@example.org", False),
        (None, "", True),
    ],
)
def test_matching_key(one: str | None, other: str, alike: bool) -> None:
    assert (matching_key(one) == matching_key(other)) is alike


@pytest.mark.parametrize("value, domain", [("ada@Example.COM ", "example.com"), ('"a@b"@example.com', "example.com"), ("ada", ""), ("", ""), (None, "")])
def test_email_domain(value: str | None, domain: str) -> None:
    assert email_domain(value) == domain


def person(**fields: t.Any) -> User:
    given = {"id": "p1", "email": "ada@example.com", "username": "ada", "first_name": "Ada", "last_name": "Lovelace", "state": "ACTIVATED", "suspended": False}
    return User(**{**given, **fields})


def user(**fields: t.Any) -> ScimUser:
    given = {"id": "u1", "user_name": "ADA@example.com", "external_id": "p1", "active": True, "emails": (), "given_name": "Ada", "family_name": "Lovelace"}
    return ScimUser(**{**given, **fields})


@pytest.mark.parametrize(
    "ours, theirs, expected",
    [
        ({}, {}, []),
        ({}, {"user_name": "ada@example.org"}, [("userName", "ada@example.com", "ada@example.org")]),
        ({"email": None}, {"user_name": "ada@example.org"}, []),
        ({}, {"given_name": "ada"}, [("name.givenName", "Ada", "ada")]),
        ({"last_name": None}, {}, [("name.familyName", None, "Lovelace")]),
        ({"last_name": None}, {"family_name": ""}, []),
        ({}, {"given_name": None, "family_name": None, "active": None}, []),
        ({}, {"active": False, "family_name": "King"}, [("name.familyName", "Lovelace", "King"), ("active", True, False)]),
    ],
)
def test_differing_attributes(ours: dict[str, t.Any], theirs: dict[str, t.Any], expected: list[tuple[t.Any, ...]]) -> None:
    found = differing_attributes(person(**ours), user(**theirs))
    assert [(row["attribute"], row["jumpcloud"], row["unity"]) for row in found] == expected


@pytest.mark.parametrize(
    "fields, status",
    [
        ({}, "activated"),
        ({"state": None, "suspended": None}, "activated"),
        ({"state": "STAGED"}, "staged"),
        ({"suspended": True}, "suspended"),
        ({"state": "SUSPENDED"}, "suspended"),
    ],
)
def test_status(fields: dict[str, t.Any], status: str) -> None:
    assert person(**fields).status == status


@pytest.mark.parametrize("domain", ["bücher.example", " bücher.example", "@bücher.example", " @XN--bcher-kva.EXAMPLE "])
def test_a_domain_has_one_key_with_and_without_the_sign(domain: str) -> None:
    assert domain_key(domain) == email_domain("ada@Bücher.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "one, other, alike",
    [
        ("Zoe\u0308", "Zoë", True),
        ("Ada ", "Ada", True),
        (None, " ", True),
        ("", None, True),
        ("Ada", "ada", False),
        ("Ada", "", False),
        ("Ada  Maria", "Ada Maria", False),
    ],
)
def test_names_are_compared_as_people_see_them(one: str | None, other: str | None, alike: bool) -> None:
    assert (name_key(one) == name_key(other)) is alike
    person = User("a", "ada@example.com", None, one, one, "ACTIVATED", False)
    found = differing_attributes(person, ScimUser("1", "ada@example.com", None, True, (), other, other))
    expected = [] if alike or other is None else ["name.givenName", "name.familyName"]
    assert [difference["attribute"] for difference in found] == expected


def test_whose_account_it_is_says_both() -> None:
    person = User("b", "new@example.com", None, None, None, "ACTIVATED", False)
    assert other_owner(person, "a", "old@example.com") == {"attribute": "externalId", "jumpcloud": "b (new@example.com)", "unity": "a (old@example.com)"}


@pytest.mark.parametrize(
    "kind, email, user_name, unity_id, called",
    [
        ("unexpected", "new@example.com", "old@example.com", "8", "old@example.com, in JumpCloud new@example.com"),
        ("unexpected", "Old@example.com", "old@example.com", "8", "old@example.com"),
        ("unexpected", None, "old@example.com", "8", "old@example.com"),
        ("unexpected", "new@example.com", None, "8", None),
        ("duplicates", "old@example.com", "OLD@example.com", "8", "OLD@example.com, Unity ID 8"),
        ("duplicates", "old@example.com", "OLD@example.com", None, "OLD@example.com"),
        ("differing", "new@example.com", "old@example.com", "8", None),
        ("missing", "new@example.com", None, None, None),
    ],
)
def test_what_an_account_is_called(kind: str, email: str | None, user_name: str | None, unity_id: str | None, called: str | None) -> None:
    assert account_name(kind, {"email": email, "user_name": user_name, "unity_id": unity_id}) == called


@pytest.mark.parametrize(
    "value, trouble",
    [
        ("scim-test@example.com", None),
        ("scim test@example.com", "it holds a blank"),
        (" scim-test@example.com", "it holds a blank"),
        ("scim-test@example.com\n", "it holds a blank"),
        ("scim-test", "it has no @"),
        ("scim@test@example.com", "it has more than one @"),
        ("@example.com", "something is missing before or after its @"),
        ("scim-test@", "something is missing before or after its @"),
    ],
)
def test_what_is_no_address(value: str, trouble: str | None) -> None:
    assert email_trouble(value) == trouble
