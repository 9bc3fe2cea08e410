# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of its keys a run of the role takes for what. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import is_same
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import PREFIX
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import STORED, SUPPLIED

Key = t.Mapping[str, t.Any]
NO_KEY: Key = {}


def supplied(half: str, concern: str, value_of: t.Callable[[str], t.Any], environment: t.Mapping[str, str]) -> str:
    """Half of the key that the operator supplies: of the variables, else of the environment. Never one from each, unless both have the same ID.

    ``half``: key_id or secret_key. ``concern``: scim for the key that JumpCloud gets, audit for the one for audits.
    """
    prefix = PREFIX + ("audit_" if concern == "audit" else "")
    given, other = value_of(prefix + half), value_of(prefix + ("secret_key" if half == "key_id" else "key_id"))
    names = ENVIRONMENT[concern]
    if given or other and not (half == "secret_key" and is_same(other, environment.get(names["key_id"]))):
        return str(given or "")
    return environment.get(names[half], "")


def key_for(purpose: str, registered: t.Callable[[str], t.Any]) -> Key:
    """The key of the run for this purpose, ``{key_id, secret_key}``, or an empty one. ``registered`` tells what its tasks have registered so far."""
    if purpose == "reading":
        # after the look, every run but an audit may make a new key, so the stored one may be out of date
        return reading(registered("given"), bool(registered("seen")) and registered("entry") != "audit")
    if purpose == "audit":
        return for_audits(registered("given"), registered("vaulted_key").get("key"))
    return handed_over(registered("key").get("credentials"), (registered("seen").get("key") or {}).get("source"), registered("given"))


def handed_over(new: Key | None, source: str | None, given: t.Mapping[str, t.Any]) -> Key:
    """The key that JumpCloud gets from this run: the one that it has made, the stored one, or the supplied one."""
    if new:
        return new
    chosen = {STORED: "stored_key", SUPPLIED: "key"}.get(source or "")
    return (given.get(chosen) or NO_KEY) if chosen else NO_KEY


def reading(given: t.Mapping[str, t.Any], is_replaceable: bool = False) -> Key:
    """The key that Unity's people are read with: the one for audits, the supplied one, or the stored one, unless the run may have replaced that."""
    found = next((given[name] for name in ("audit_key", "key") if _is_given(given, name)), None)
    return found or (NO_KEY if is_replaceable else given.get("stored_key") or NO_KEY)


def for_audits(given: t.Mapping[str, t.Any], stored: Key | None) -> Key:
    """The key for audits: the one that was given, or the one that its file holds."""
    return given["audit_key"] if _is_given(given, "audit_key") else stored or NO_KEY


def _is_given(given: t.Mapping[str, t.Any], name: str) -> bool:
    """Half a key is refused by the module that gets it, and not replaced by another key."""
    return any((given.get(name) or NO_KEY).get(half) for half in ("key_id", "secret_key"))
