# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a service account's keys: which are managed, when to create one, and which to revoke. Pure functions of values.

A key is managed if its name is the ``key_name`` of the options, alone or followed by a blank and a nonce. Every other key is foreign:
it is counted, and never revoked.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

SECONDS_A_DAY = 86400.0
# clocks of two services may differ by this many seconds without anything being wrong
TOLERATED_SKEW = 300.0
# as make_nonce of the context gives it
NONCE = " [0-9a-f]{12}"

AGE_UNKNOWN = (
    "scim_provisioning_key_max_age has no effect: a person makes the keys, which can't be listed, so their age is unknown. Rotate with "
    "scim_provisioning_rotate=always when it is time."
)


@dataclass(frozen=True)
class KeyPolicy:
    """``max_age`` in days, or None; ``keep_previous``: how many older managed keys stay beside the newest, or None where that is nobody's concern."""

    key_name: str
    rotate: str
    max_age: float | None
    keep_previous: int | None
    max_keys: int

    def require_sense(self) -> None:
        """Raise ScimError for limits that would create or revoke keys without end."""
        for name, value, least in (("max_age", self.max_age, 0), ("keep_previous", self.keep_previous, 0), ("max_keys", self.max_keys, 1)):
            if value is not None and value < least:
                raise ScimError("%s must be at least %d, not %s." % (named(name), least, value), "Leave it out, if it does not matter.")

    def is_managed(self, key: Key) -> bool:
        return is_managed_name(key.name, self.key_name)


def is_managed_name(name: str | None, key_name: str) -> bool:
    return name is not None and (name == key_name or re.fullmatch(re.escape(key_name) + NONCE, name) is not None)


def oldest_first(keys: t.Iterable[Key]) -> list[Key]:
    """Keys without a date count as the oldest."""
    return sorted(keys, key=lambda key: (created(key) or datetime.min.replace(tzinfo=timezone.utc), key.id))


def created(key: Key) -> datetime | None:
    """When the key was created; None where the service does not say, or not readably."""
    return creation_of(key.created_at)


def creation_of(said: t.Any) -> datetime | None:
    """As a key's ``created_at`` says it. Without a zone it is taken as UTC."""
    return (moment_of(said) or moment_of(said + "Z")) if isinstance(said, str) else None


def reason_to_create(keys: list[Key], policy: KeyPolicy, now: float, warn: t.Callable[[str], None]) -> str | None:
    """Why a key has to be created, in words; None if it has not. ``now`` in seconds since the epoch."""
    if policy.rotate == "always":
        return "rotate is 'always'"
    if policy.rotate == "never":
        if not keys:
            raise ScimError(
                "The service account has no key, and rotate is 'never'.", "Set %s to auto, or create a key in the Unity Dashboard." % named("rotate")
            )
        return None
    if not keys:
        return "the account has no key"
    own = oldest_first(key for key in keys if policy.is_managed(key))
    if policy.keep_previous is not None and len(own) > policy.keep_previous + 1:
        return "%d managed keys are live, and which of them is in use can't be told" % len(own)
    if policy.max_age is None:
        return None
    if not own:
        warn(
            "The account has %s, and none was made under the name %s, so max_age applies to none. Rotate once with rotate=always."
            % (counted(len(keys), "key", "keys"), quoted(policy.key_name))
        )
        return None
    return _reason_of_age(own[-1], policy.max_age, now, warn)


def _reason_of_age(newest: Key, max_age: float, now: float, warn: t.Callable[[str], None]) -> str | None:
    moment = created(newest)
    if moment is None:
        warn("The age of the key %s is unknown, so max_age can't be applied to it. Rotate it with rotate=always." % newest.id)
        return None
    age = now - moment.timestamp()
    if age < -TOLERATED_SKEW:
        warn("The key %s was created in the future (%s): the clocks of Unity and this machine differ. It counts as new." % (newest.id, newest.created_at))
    return "the key %s is %s old" % (newest.id, counted(round(age / SECONDS_A_DAY), "day", "days")) if age > max_age * SECONDS_A_DAY else None


def require_room(keys: list[Key], policy: KeyPolicy) -> None:
    """Raise ScimError if the account can't hold one more key."""
    if len(keys) >= policy.max_keys:
        own = sum(policy.is_managed(key) for key in keys)
        raise ScimError(
            "The service account has %s, and %s allowed. No key was created." % (counted(len(keys), "key", "keys"), counted(policy.max_keys, "is", "are")),
            "Revoke keys that are not in use (%s made by this collection, %d by others), or raise %s."
            % (counted(own, "of them was", "of them were"), len(keys) - own, named("max_keys")),
        )


def require_key_id(key_id: str | None) -> None:
    """Raise ScimError if it is not said which key is meant: that of no key would be gone already, and a person would be asked to revoke it."""
    if not key_id:
        raise ScimError("key_id has an empty text in place of an ID. Nothing was changed.", "Say which key is meant.")


def superfluous(keys: list[Key], key_id: str, policy: KeyPolicy) -> list[Key]:
    """The managed keys that may go, oldest first: all but ``key_id`` and the newest ``keep_previous`` of the others."""
    key_id = listed_id(key_id, (key.id for key in keys))
    if all(key.id != key_id for key in keys):
        raise ScimError("The service account has no key %s (any more), so its other keys stay." % quoted(key_id), "Check key_id.")
    others = [key for key in oldest_first(keys) if key.id != key_id and policy.is_managed(key)]
    return others[: len(others) - (policy.keep_previous or 0)] if len(others) > (policy.keep_previous or 0) else []


def beside_a_request(policy: KeyPolicy, kept: str | None, live: t.Collection[str]) -> KeyPolicy:
    """While a person is asked to revoke the keys older than ``kept``, which lives, it is known which key is in use: they are no reason for another one."""
    return replace(policy, keep_previous=None) if kept and listed_id(kept, live) in live else policy
