# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who in JumpCloud is who in Unity, and what differs between the two. Pure.

PUBLISHED: SCIM tells users apart by ``userName``, which is unique whatever its case (RFC 7643 sections 4.1.1 and 2.2), and JumpCloud exports
activated people only. ASSUMED: JumpCloud's default attribute mapping, that is ``userName`` = email, ``externalId`` = JumpCloud's id,
``name.givenName`` and ``name.familyName`` = first and last name, ``active`` = true. An attribute that Unity does not show is not compared. An
``externalId`` that names nobody (any more) is no difference; one that names somebody else who is there is.
"""

from __future__ import annotations

import typing as t
import unicodedata

OWNER = "externalId"
# lists of a comparison that are about accounts in Unity, and not about people in JumpCloud
OF_ACCOUNTS = ("unexpected", "duplicates")


def matching_key(value: str | None) -> str:
    """Equal for addresses that differ in case, in surrounding blanks, in the way that Unicode writes them, or in the form of an internationalized domain.

    Lower case, not a fold: a fold makes one of two people whom a service keeps apart, such as straße@ and strasse@.
    """
    name, at_sign, domain = _plain(value).lower().rpartition("@")
    return name + at_sign + (_ascii_domain(domain) if at_sign else domain)


def email_trouble(value: str) -> str | None:
    """Why this can't be an address of a test user, in words; None where nothing speaks against it."""
    if value.split() != [value]:
        return "it holds a blank"
    if value.count("@") != 1:
        return "it has no @" if "@" not in value else "it has more than one @"
    return None if all(value.split("@")) else "something is missing before or after its @"


def email_domain(value: str | None) -> str:
    """The domain of an email address, as matching_key has it; empty where there is none."""
    return matching_key(value).rpartition("@")[2] if "@" in (value or "") else ""


def domain_key(value: str) -> str:
    """A domain, with or without the @ before it, as email_domain has it."""
    return email_domain("@" + value.strip())


def name_key(value: str | None) -> str:
    """Equal for names that people see as the same: composed or not, with blanks around them, nothing or blanks alone."""
    return _plain(value)


def _plain(value: str | None) -> str:
    return unicodedata.normalize("NFC", (value or "").strip())


def _ascii_domain(domain: str) -> str:
    """The form of an internationalized domain that is sent: each label in punycode (RFC 5890), without a mapping that would make two names one."""
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in domain.split("."))


def account_name(kind: str, row: t.Mapping[str, t.Any]) -> str | None:
    """What a row of the list ``kind`` is about, where that is an account: its name in Unity, since its person may have another account, or another address.

    A duplicate bears its id as well: its name looks like another one.
    """
    name, email = row["user_name"], row["email"]
    if kind not in OF_ACCOUNTS or not name:
        return None
    unity_id = ", Unity ID %s" % row["unity_id"] if kind == "duplicates" and row["unity_id"] else ""
    return "%s%s%s" % (name, unity_id, ", in JumpCloud %s" % email if matching_key(email) not in ("", matching_key(name)) else "")


def differing_attributes(expected: t.Any, provisioned: t.Any) -> list[dict[str, t.Any]]:
    """What differs, as ``{attribute, jumpcloud, unity}``. ``expected`` is a directory.User, ``provisioned`` a scim.ScimUser."""
    pairs: list[tuple[str, t.Any, t.Any]] = []
    if matching_key(expected.email) not in ("", matching_key(provisioned.user_name)):
        pairs.append(("userName", expected.email, provisioned.user_name))
    for attribute, ours, theirs in (
        ("name.givenName", expected.first_name, provisioned.given_name),
        ("name.familyName", expected.last_name, provisioned.family_name),
    ):
        if theirs is not None and name_key(ours) != name_key(theirs):
            pairs.append((attribute, ours, theirs))
    if provisioned.active is False:
        pairs.append(("active", True, False))
    return [{"attribute": attribute, "jumpcloud": ours, "unity": theirs} for attribute, ours, theirs in pairs]


def other_owner(expected: t.Any, owner_id: str, owner_title: str) -> dict[str, t.Any]:
    """The difference where Unity's externalId names another person, who exists in JumpCloud: the address has got a new owner, and the account has not."""
    return {"attribute": OWNER, "jumpcloud": "%s (%s)" % (expected.id, expected.title), "unity": "%s (%s)" % (owner_id, owner_title)}


def is_of_another(differences: t.Iterable[t.Mapping[str, t.Any]]) -> bool:
    """Whether the account that differs is another person's."""
    return any(one["attribute"] == OWNER for one in differences)
