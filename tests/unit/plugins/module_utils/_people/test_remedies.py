# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about somebody on a list of the comparison, and where."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import (
    BIND,
    FOREIGN,
    IN_JUMPCLOUD,
    IN_UNITY,
    NO_ACCOUNT,
    NO_ADDRESS,
    NOT_BOUND,
    OWN,
    PROVISION,
    SHARED,
    UNKNOWN,
    Owner,
    remedy_of,
)


def row(reason: str | None = None, status: str = "activated", *differing: str) -> dict[str, t.Any]:
    return {"reason": reason, "status": status, "differences": [{"attribute": attribute} for attribute in differing]}


@pytest.mark.parametrize(
    "kind, about, where, begins",
    [
        ("missing", row(), PROVISION, "Run the playbook provision_user"),
        ("missing", row("never sent"), PROVISION, "Run the playbook provision_user"),
        ("missing", row(NOT_BOUND + " (Engineers)"), BIND, "Bind the group"),
        ("missing", row(NO_ADDRESS), IN_JUMPCLOUD, "Give the person an email address"),
        ("missing", row(SHARED + "grace@example.com"), IN_JUMPCLOUD, "Give each of them an address"),
        ("unexpected", row(status="unbound"), IN_JUMPCLOUD, "Add the person to a bound group"),
        ("unexpected", row(status="staged"), IN_JUMPCLOUD, "Activate the person"),
        ("unexpected", row(status="suspended"), IN_UNITY, "Delete the account in Unity, unless the person comes back"),
        ("unexpected", row(status="activated"), IN_UNITY, "Delete this account in Unity: the person has another one"),
        ("unexpected", row(UNKNOWN, "unknown"), IN_UNITY, "Delete the account in Unity, unless somebody needs it"),
        ("unexpected", row(status="of a new kind"), IN_UNITY, "Delete the account in Unity, or set the person right"),
        ("differing", row(None, "activated", "active"), PROVISION, "Run the playbook provision_user for this person: JumpCloud sends it again"),
        ("differing", row(None, "activated", "active", "externalId"), IN_UNITY, "Delete the account in Unity, which is another person's"),
        ("pending", row(), None, "Wait"),
        ("duplicates", row(), IN_UNITY, "Delete the account that nobody uses"),
        ("staged", row(), None, "Activate the person"),
        ("at_risk", row(), None, "Let the person set a new password"),
    ],
)
def test_what_to_do(kind: str, about: dict[str, t.Any], where: str | None, begins: str) -> None:
    place, said = remedy_of(kind, about)
    assert place == where and (said or "").startswith(begins)


@pytest.mark.parametrize("status", ["activated", "unbound", "staged", "suspended", "unknown", "of a new kind"])
@pytest.mark.parametrize(
    "has, says",
    [
        (OWN, "Look which of the accounts of ada@example.com is in use, and keep that one: by the externalId, this one"),
        (FOREIGN, "Keep the account: by the externalId it is that of ada@example.com, whose address another person's account still has"),
        (NO_ACCOUNT, "Keep the account: by the externalId it is that of ada@example.com, who is bound, and could not be read"),
    ],
)
@pytest.mark.parametrize("kind", ["unexpected", "duplicates"])
def test_nobody_is_told_to_delete_what_jumpcloud_manages(kind: str, has: str, says: str, status: str) -> None:
    place, said = remedy_of(kind, row(status=status), Owner("ada@example.com", True, has))
    assert place == IN_UNITY and said and said.startswith(says) and "elete" not in said
    assert remedy_of(kind, row(status=status), Owner("ada@example.com", False, has)) == remedy_of(kind, row(status=status))


@pytest.mark.parametrize(
    "has, where, says",
    [
        (NO_ACCOUNT, PROVISION, "The account is that of ada@example.com: run the playbook provision_user for that person first, so that JumpCloud changes"),
        (OWN, IN_UNITY, "Look which of the accounts of ada@example.com is in use, and keep that one, then run the playbook provision_user for both"),
        (FOREIGN, IN_JUMPCLOUD, "The account is that of ada@example.com, whose new address is taken as well. In JumpCloud, give that person an address"),
    ],
)
def test_an_address_that_got_a_new_owner_costs_nobody_an_account(has: str, where: str, says: str) -> None:
    about = row(None, "activated", "active", "externalId")
    place, said = remedy_of("differing", about, Owner("ada@example.com", True, has))
    assert place == where and said and said.startswith(says) and "elete" not in said
    assert remedy_of("differing", about, Owner("ada@example.com", False, has)) == remedy_of("differing", about)


@pytest.mark.parametrize(
    "status, why",
    [
        ("activated", "is in no bound group: add that person to one"),
        ("staged", "is staged in JumpCloud: activate that person"),
        ("of a new kind", "is not exported in the state that JumpCloud has: set that person right there"),
    ],
)
def test_an_account_whose_owner_has_no_access_now_is_not_just_deleted(status: str, why: str) -> None:
    ada = Owner("ada@example.com", False, NO_ACCOUNT, status)
    begins, ends = "The account is that of ada@example.com, who " + why, ". Delete it in Unity only if that person is not to have an account."
    first = ", and run the playbook provision_user for that person first, then for this one"
    assert remedy_of("differing", row(None, "activated", "externalId"), ada) == (IN_JUMPCLOUD, begins + first + ends)
    for kind in ("unexpected", "duplicates"):
        for standing in ("suspended", "activated"):
            assert remedy_of(kind, row(status=standing), ada) == (IN_JUMPCLOUD, begins + ends)
        # the row says it of its own person
        assert remedy_of(kind, row(status="unbound"), ada._replace(is_other=False)) == remedy_of(kind, row(status="unbound"))
    for kind, about in (("differing", row(None, "activated", "externalId")), ("unexpected", row(status="unbound"))):
        assert remedy_of(kind, about, ada._replace(status="suspended")) == remedy_of(kind, about)


WHERE_NOT_ALL_WERE_SEEN: list[t.Any] = [
    # the list, the row, whom the externalId names, whether the account is to be kept
    ("unexpected", row(status="unbound"), None, True),
    ("unexpected", row(status="staged"), None, True),
    ("unexpected", row(status="activated"), None, True),
    ("unexpected", row(UNKNOWN, "unknown"), None, True),
    ("unexpected", row(status="unbound"), Owner("a", False, NO_ACCOUNT, "activated"), True),
    ("unexpected", row(status="suspended"), Owner("who was not seen", False, NO_ACCOUNT), True),
    ("duplicates", row(status="activated"), None, True),
    ("differing", row(None, "activated", "externalId"), Owner("a", False, NO_ACCOUNT, "activated"), True),
    ("differing", row(None, "activated", "externalId"), None, True),
    # whatever was not seen changes nothing about these
    ("unexpected", row(status="suspended"), None, False),
    ("unexpected", row(status="suspended"), Owner("a", False, NO_ACCOUNT, "suspended"), False),
    ("differing", row(None, "activated", "externalId"), Owner("a", False, NO_ACCOUNT, "suspended"), False),
    ("differing", row(None, "activated", "externalId"), Owner("a", True, NO_ACCOUNT, "activated"), False),
    ("unexpected", row(status="unbound"), Owner("a", True, OWN, "activated"), False),
    ("differing", row(None, "activated", "userName"), None, False),
    ("missing", row(), None, False),
    ("staged", row(status="staged"), None, False),
]


@pytest.mark.parametrize("kind, about, owner, is_kept", WHERE_NOT_ALL_WERE_SEEN)
def test_where_not_everybody_was_seen_an_account_is_kept(kind: str, about: dict[str, t.Any], owner: Owner | None, is_kept: bool) -> None:
    place, said = remedy_of(kind, about, owner, is_whole=False)
    if is_kept:
        assert place == IN_JUMPCLOUD and said and said.startswith("Keep the account until everybody is seen") and "elete" not in said
    else:
        assert (place, said) == remedy_of(kind, about, owner)


def test_a_name_that_tells_lies_is_shown_as_it_is() -> None:
    _place, said = remedy_of("duplicates", row(), Owner("a\u202eb", True, OWN))
    assert said and "a\\u202eb" in said


@pytest.mark.parametrize("differing, is_expired, waits", [(["active"], True, True), (["active"], False, False), (["active", "userName"], True, False)])
def test_who_is_inactive_since_the_password_has_expired_is_not_sent_again(differing: list[str], is_expired: bool, waits: bool) -> None:
    about = row(None, "activated", *differing)
    at_risk = remedy_of("at_risk", row())[1]
    sent_again = (PROVISION, "Run the playbook provision_user for this person: JumpCloud sends it again.")
    assert remedy_of("differing", about, is_expired=is_expired) == ((IN_JUMPCLOUD, at_risk) if waits else sent_again)


def test_nothing_to_do() -> None:
    assert remedy_of("in_sync", row()) == (None, None)
