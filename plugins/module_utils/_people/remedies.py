# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about somebody who differs: a short name, by which people are counted, and a sentence. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import is_of_another
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible

BIND, PROVISION, IN_JUMPCLOUD, IN_UNITY = "bind_group", "provision_user", "correct_in_jumpcloud", "correct_in_unity"
Remedy = t.Tuple[t.Optional[str], t.Optional[str]]
NONE: Remedy = (None, None)
NO_ADDRESS, SHARED, NOT_BOUND = "no email address in JumpCloud", "shares the address with ", "in no bound group"
UNKNOWN = "unknown to JumpCloud"
# what the owner of an account has in Unity beside it: nothing, another account, or one whose externalId names somebody else
NO_ACCOUNT, OWN, FOREIGN = "none", "own", "foreign"
# an account that is nobody's pair, by what its owner has. Where that is nothing, nobody could read the owner: else it would be the owner's pair.
LEFT_OVER = {
    NO_ACCOUNT: "Keep the account: by the externalId it is that of %s, who is bound, and could not be read in JumpCloud.",
    OWN: "Look which of the accounts of %s is in use, and keep that one: by the externalId, this one is what JumpCloud manages.",
    FOREIGN: "Keep the account: by the externalId it is that of %s, whose address another person's account still has. See to that one first.",
}
# an account with the address of somebody who is not its owner, by what the owner has
OF_ANOTHER: dict[str, Remedy] = {
    NO_ACCOUNT: (
        PROVISION,
        "The account is that of %s: run the playbook provision_user for that person first, so that JumpCloud changes its address, then for this one.",
    ),
    OWN: (IN_UNITY, "Look which of the accounts of %s is in use, and keep that one, then run the playbook provision_user for both people."),
    FOREIGN: (
        IN_JUMPCLOUD,
        "The account is that of %s, whose new address is taken as well. In JumpCloud, give that person an address that nobody has. Run the playbook "
        "provision_user for that person, then for this one; then give the address back, and run it once more.",
    ),
}
# an account whose externalId names somebody else than the person, who has no access now, and is not suspended: by that one's state in JumpCloud
OF_ABSENT = "The account is that of %s, who %s%s. Delete it in Unity only if that person is not to have an account."
FIRST = ", and run the playbook provision_user for that person first, then for this one"
ABSENT = {
    "activated": "is in no bound group: add that person to one",
    "staged": "is staged in JumpCloud: activate that person",
}
# by the state in JumpCloud
UNEXPECTED: dict[str, Remedy] = {
    "unbound": (IN_JUMPCLOUD, "Add the person to a bound group, or delete the account in Unity."),
    "staged": (IN_JUMPCLOUD, "Activate the person in JumpCloud, or delete the account in Unity."),
    "suspended": (IN_UNITY, "Delete the account in Unity, unless the person comes back."),
    "activated": (IN_UNITY, "Delete this account in Unity: the person has another one."),
    "unknown": (IN_UNITY, "Delete the account in Unity, unless somebody needs it."),
}
# where JumpCloud's lists are not whole: who was not seen may be the one whose account it is, or be bound
KEEP: Remedy = (
    IN_JUMPCLOUD,
    "Keep the account until everybody is seen: not all people were, and it may be that of somebody who should have one. See to what is unchecked, then audit "
    "again.",
)
# what is no drift, but worth a word
OF_LIST: dict[str, Remedy] = {
    "pending": (None, "Wait, and audit again."),
    "duplicates": (IN_UNITY, "Delete the account that nobody uses in Unity."),
    "staged": (None, "Activate the person in JumpCloud."),
    "at_risk": (None, "Let the person set a new password in JumpCloud."),
}


class Owner(t.NamedTuple):
    """Whom the externalId of an account names: how that person is called, whether they should have an account, and which one they have beside this one.

    ``status``: in JumpCloud; None where it is not known. ``is_other``: somebody else than the person whom the row is about.
    """

    title: str
    is_expected: bool
    has: str
    status: str | None = None
    is_other: bool = True

    @property
    def is_absent(self) -> bool:
        """Whether it is somebody else who has no access now, and may well get it."""
        return self.is_other and not self.is_expected and self.status not in (None, "suspended")


def remedy_of(kind: str, row: t.Mapping[str, t.Any], owner: Owner | None = None, is_expired: bool = False, is_whole: bool = True) -> Remedy:
    """For somebody on the list ``kind`` of a comparison. JumpCloud manages what the externalId of an expected person names: nobody is told to delete that.

    ``is_whole``: whether all that JumpCloud's lists hold was seen.
    """
    reason = row["reason"] or ""
    if kind == "missing":
        if reason.startswith(NOT_BOUND):
            return BIND, "Bind the group: run the playbook provision."
        if reason == NO_ADDRESS:
            return IN_JUMPCLOUD, "Give the person an email address in JumpCloud."
        if reason.startswith(SHARED):
            return IN_JUMPCLOUD, "Give each of them an address of their own in JumpCloud."
        return PROVISION, "Run the playbook provision_user for this person."
    if kind in ("unexpected", "duplicates") and owner and owner.is_expected:
        return IN_UNITY, LEFT_OVER[owner.has] % visible(owner.title)
    if not is_whole and _may_be_kept(kind, row, owner):
        return KEEP
    if kind in ("unexpected", "duplicates") and owner and owner.is_absent:
        return _of_absent(owner, "")
    if kind == "unexpected":
        return UNEXPECTED.get(row["status"], (IN_UNITY, "Delete the account in Unity, or set the person right in JumpCloud."))
    if kind == "differing":
        if is_of_another(row["differences"]):
            return _of_another(owner)
        if is_expired and [one["attribute"] for one in row["differences"]] == ["active"]:
            return IN_JUMPCLOUD, OF_LIST["at_risk"][1]
        return PROVISION, "Run the playbook provision_user for this person: JumpCloud sends it again."
    return OF_LIST.get(kind, NONE)


def _may_be_kept(kind: str, row: t.Mapping[str, t.Any], owner: Owner | None) -> bool:
    """Whether it is an account that may turn out to be of somebody expected. Whoever is suspended should have none, whoever else was not seen."""
    is_left_over = kind in ("unexpected", "duplicates") or (kind == "differing" and is_of_another(row["differences"]))
    status = owner.status if owner else row["status"]
    return is_left_over and not (owner and owner.is_expected) and status != "suspended"


def _of_absent(owner: Owner, then: str) -> Remedy:
    why = ABSENT.get(owner.status or "", "is not exported in the state that JumpCloud has: set that person right there")
    return IN_JUMPCLOUD, OF_ABSENT % (visible(owner.title), why, then)


def _of_another(owner: Owner | None) -> Remedy:
    if owner and owner.is_expected:
        action, words = OF_ANOTHER[owner.has]
        return action, (words or "") % visible(owner.title)
    if owner and owner.is_absent:
        return _of_absent(owner, FIRST)
    return IN_UNITY, "Delete the account in Unity, which is another person's, then run the playbook provision_user."
