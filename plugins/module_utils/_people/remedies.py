# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about somebody who differs: a short name, by which people are counted, and a sentence. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import is_of_another

BIND, PROVISION, IN_JUMPCLOUD, IN_UNITY = "bind_group", "provision_user", "correct_in_jumpcloud", "correct_in_unity"
Remedy = t.Tuple[t.Optional[str], t.Optional[str]]
NONE: Remedy = (None, None)
NO_ADDRESS, SHARED, NOT_BOUND = "no email address in JumpCloud", "shares the address with ", "in no bound group"
UNKNOWN = "unknown to JumpCloud"
# by the state in JumpCloud
UNEXPECTED: dict[str, Remedy] = {
    "unbound": (IN_JUMPCLOUD, "Add the person to a bound group, or delete the account in Unity."),
    "staged": (IN_JUMPCLOUD, "Activate the person in JumpCloud, or delete the account in Unity."),
    "suspended": (IN_UNITY, "Delete the account in Unity, unless the person comes back."),
    "activated": (IN_UNITY, "Delete this account in Unity: the person has another one."),
    "unknown": (IN_UNITY, "Delete the account in Unity, unless somebody needs it."),
}
# what is no drift, but worth a word
OF_LIST: dict[str, Remedy] = {
    "pending": (None, "Wait, and audit again."),
    "duplicates": (IN_UNITY, "Delete the account that nobody uses in Unity."),
    "staged": (None, "Activate the person in JumpCloud."),
    "at_risk": (None, "Let the person set a new password in JumpCloud."),
}


def remedy_of(kind: str, row: t.Mapping[str, t.Any]) -> Remedy:
    """For somebody on the list ``kind`` of a comparison."""
    reason = row["reason"] or ""
    if kind == "missing":
        if reason.startswith(NOT_BOUND):
            return BIND, "Bind the group: run the playbook provision."
        if reason == NO_ADDRESS:
            return IN_JUMPCLOUD, "Give the person an email address in JumpCloud."
        if reason.startswith(SHARED):
            return IN_JUMPCLOUD, "Give each of them an address of their own in JumpCloud."
        return PROVISION, "Run the playbook provision_user for this person."
    if kind == "unexpected":
        return UNEXPECTED.get(row["status"], (IN_UNITY, "Delete the account in Unity, or set the person right in JumpCloud."))
    if kind == "differing":
        if is_of_another(row["differences"]):
            return IN_UNITY, "Delete the account in Unity, which is another person's, then run the playbook provision_user."
        return PROVISION, "Run the playbook provision_user for this person: JumpCloud sends it again."
    return OF_LIST.get(kind, NONE)
