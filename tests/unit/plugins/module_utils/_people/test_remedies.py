# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about somebody on a list of the comparison, and where."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import (
    BIND,
    IN_JUMPCLOUD,
    IN_UNITY,
    NO_ADDRESS,
    NOT_BOUND,
    PROVISION,
    SHARED,
    UNKNOWN,
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


def test_nothing_to_do() -> None:
    assert remedy_of("in_sync", row()) == (None, None)
