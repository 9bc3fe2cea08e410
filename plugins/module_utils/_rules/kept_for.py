# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose key an encrypted file holds, so that two uses of one file do not replace each other's key for ever. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted

# by option; they are no variables of the role, since a playbook that is given the file must not have them as such
VARIABLES = {
    "unity_organization_id": "scim_kept_for_unity_organization_id",
    "jumpcloud_organization_id": "scim_kept_for_jumpcloud_organization_id",
    "service_account": "scim_kept_for_service_account",
    "key_name": "scim_kept_for_key_name",
}
WORDS = {
    "unity_organization_id": "the Unity organization %s",
    "jumpcloud_organization_id": "the JumpCloud organization %s",
    "service_account": "the service account %s",
    "key_name": "keys called %s",
}


def kept_for(owner: t.Mapping[str, t.Any]) -> dict[str, str]:
    """What the file is to tell, by the names of its variables; nothing where it was not said whose key it is."""
    if not owner.get("service_account"):
        return {}
    # on ansible-core 2.18 str() leaves a string of a type of Ansible's as it is
    return {variable: str.__str__(owner[option]).strip() for option, variable in VARIABLES.items() if owner.get(option)}


def told_by(held: t.Mapping[str, t.Any]) -> dict[str, str]:
    """What a file tells of whose key it holds. Whoever writes to it and does not say whose key it is leaves that as it is."""
    return {variable: str(held[variable]) for variable in VARIABLES.values() if variable in held}


def require_own(path: str, held: t.Mapping[str, t.Any], wanted: t.Mapping[str, str], variable: str) -> None:
    """Raise ScimError if the file tells that it holds another one's key. A file that does not tell is as good as one's own."""
    others = [
        WORDS[option] % quoted(str(held[name])) for option, name in VARIABLES.items() if name in held and name in wanted and str(held[name]) != wanted[name]
    ]
    if others:
        raise ScimError(
            "%s holds the key of another use: that of %s. Nothing was changed." % (quoted(path), ", ".join(others)),
            "Set %s to another file for this one, or to a folder, with a slash at the end, in which each host has a file of its own. "
            "If nobody needs that key, delete the file." % variable,
        )
