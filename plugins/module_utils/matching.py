# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who in JumpCloud is who in Unity, and what differs between the two. Pure.

PUBLISHED: SCIM tells users apart by ``userName``, which is unique whatever its case (RFC 7643 sections 4.1.1 and 2.2), and JumpCloud exports
activated people only. ASSUMED: JumpCloud's default attribute mapping, that is ``userName`` = email, ``externalId`` = JumpCloud's id,
``name.givenName`` and ``name.familyName`` = first and last name, ``active`` = true. An attribute that Unity does not show is not compared.
"""
from __future__ import annotations

import typing as t
import unicodedata

ATTRIBUTES = ("userName", "name.givenName", "name.familyName", "active")


def matching_key(value: str | None) -> str:
    """Equal for values that differ in case, in surrounding blanks or in the way that Unicode writes them."""
    return unicodedata.normalize("NFC", (value or "").strip()).casefold()


def email_domain(value: str | None) -> str:
    """The domain of an email address, lower case; empty where there is none."""
    return matching_key(value).rpartition("@")[2] if "@" in (value or "") else ""


def differing_attributes(expected: t.Any, provisioned: t.Any) -> list[dict[str, t.Any]]:
    """What differs, as ``{attribute, jumpcloud, unity}``. ``expected`` is a directory.User, ``provisioned`` a scim.ScimUser."""
    pairs: list[tuple[str, t.Any, t.Any]] = []
    if expected.email is not None and matching_key(expected.email) != matching_key(provisioned.user_name):
        pairs.append(("userName", expected.email, provisioned.user_name))
    for attribute, ours, theirs in (
        ("name.givenName", expected.first_name, provisioned.given_name),
        ("name.familyName", expected.last_name, provisioned.family_name),
    ):
        if theirs is not None and (ours or "") != theirs:
            pairs.append((attribute, ours, theirs))
    if provisioned.active is False:
        pairs.append(("active", True, False))
    return [{"attribute": attribute, "jumpcloud": ours, "unity": theirs} for attribute, ours, theirs in pairs]
