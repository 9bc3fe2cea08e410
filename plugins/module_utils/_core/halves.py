# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of two halves: both are options, or both come from the environment. Halves of two keys make none."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import FromEnvironment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named

SCIM_KEY = "the key for Unity's SCIM service"
# the public half and the secret one, of what they are halves, and what the two are called
PAIRS = (
    ("key_id", "secret_key", SCIM_KEY, "key ID", "secret key"),
    ("admin_key_id", "admin_secret_key", "Unity's administrative key", "key ID", "secret key"),
    ("client_id", "client_secret", "JumpCloud's service account", "client ID", "client secret"),
)


def half_given(option: str, concern: str) -> ScimError:
    """The error where of its pair only this option was given."""
    public, secret, whole, *called = next(pair for pair in PAIRS if option in pair)
    return ScimError(
        "Of %s, only the %s was given." % (whole, called[option == secret]),
        "Set both %s and %s in the same place, or neither." % (named(public, concern), named(secret, concern)),
    )


def require_whole(params: t.Mapping[str, t.Any]) -> None:
    """Raise ScimError where an option would be completed to a pair by what the environment holds, which may be half of another key.

    It is half of this one where the environment holds the same public half, too.
    """
    for name, value in params.items():
        if not isinstance(value, FromEnvironment):
            continue
        for public, secret, whole, *called in PAIRS:
            if value.option not in (public, secret):
                continue
            given = public if value.option == secret else secret
            other = params.get(name.removesuffix(value.option) + given)
            if not other or isinstance(other, FromEnvironment):
                continue
            if given == public and is_same(other, value.beside(public)):
                continue
            raise ScimError(
                "Of %s, the %s was given as an option or variable. The %s is only in the environment (%s), and may belong to another one."
                % (whole, called[given == secret], called[given == public], value.variable),
                "Give both in the same place: %s and %s." % (named(public, value.concern), named(secret, value.concern)),
            )


def is_same(one: t.Any, other: t.Any) -> bool:
    """Whether these are the same public half; case and blanks around it don't matter."""
    return str(one or "").strip().lower() == str(other or "").strip().lower()


def plain(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Without the marks: old versions of requests refuse subclasses of str in a header."""
    return {name: str.__str__(value) if isinstance(value, FromEnvironment) else value for name, value in params.items()}
