# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When older keys may be revoked, after a new one was delivered: only when nobody can doubt which key JumpCloud uses. Pure functions of values."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import PROVISIONING_TYPES, Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, created, oldest_first, superfluous
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

# in check mode, the key that a real run would have created and delivered before
PLACEHOLDER = "(new)"
# calls that need a key with its role; whether a lookup does is not published
CALL_TYPES = tuple(name for name in PROVISIONING_TYPES if name != "user_lookup_provision")
REFUSED = (401, 403)


@dataclass(frozen=True)
class Delivery:
    """How JumpCloud came to use the new key.

    ``used_since``: when, in JumpCloud's own clock; empty where that is unknown. ``activated_with``: the connection test that the activation was
    made with. ``by_hand``: a person activated it, and only events tell.
    """

    key_id: str
    used_since: str = ""
    activated_with: dict[str, t.Any] | None = None
    by_hand: bool = False

    @property
    def by_word(self) -> bool:
        """No event tells of the activation."""
        return self.by_hand and moment_of(self.used_since) is None

    def stands(self, found: dict[str, t.Any] | None) -> bool:
        """Whether nobody has changed the application since. ``found``: its identity management, as jumpcloud_scim_app_info shows it."""
        if found is None:
            return False
        return bool(found["evidence"]["at"] == self.used_since if self.by_hand else found["last_test"] == self.activated_with)

    def proof(self, calls: t.Iterable[Event]) -> str:
        """What shows that the new key is in use, in words."""
        if any(call.success is True for call in calls):
            return "a provisioning call succeeded with the new key"
        if self.by_hand:
            return "JumpCloud's events show the activation; no provisioning call yet"
        return "JumpCloud's connection test used the new key; no provisioning call yet"


def older_keys(keys: list[Key], key_id: str, policy: KeyPolicy, check_mode: bool) -> list[Key]:
    """The managed keys that may go once ``key_id`` is in use, oldest first."""
    return superfluous([*keys, Key(PLACEHOLDER, None)] if check_mode and key_id == PLACEHOLDER else keys, key_id, policy)


def is_overtaken(key_id: str, keys: t.Iterable[Key], policy: KeyPolicy) -> bool:
    """Whether the key that an earlier run wanted to keep is gone, or a managed one is newer: then nobody knows which of them JumpCloud has."""
    by_id = {key.id: key for key in keys}
    kept = by_id.get(listed_id(key_id, by_id))
    if kept is None:
        return True
    since = created(kept)
    return since is not None and any((at := created(key)) is not None and at > since for key in by_id.values() if policy.is_managed(key))


def seen_keys(seen: t.Any) -> list[Key] | None:
    """The keys that scim_preflight_info has read; None where they are not there, or not in its form."""
    part = seen.get("service_account_key") if isinstance(seen, dict) else None
    rows = part.get("keys") if isinstance(part, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
        return None
    texts = [{name: row[name] if isinstance(row.get(name), str) else None for name in ("created_at", "name")} for row in rows]
    return [Key(row["id"], text["created_at"], text["name"]) for row, text in zip(rows, texts)]


def strange_keys(keys: t.Iterable[Key], known_ids: t.Collection[str], policy: KeyPolicy) -> list[str]:
    """The ids of managed keys that this run has not seen, oldest first: a concurrent run has created them."""
    known = {key_id.lower() for key_id in known_ids}
    return [key.id for key in oldest_first(keys) if policy.is_managed(key) and key.id.lower() not in known]


def require_no_concurrent_run(strange: list[str]) -> None:
    """Two runs at the same time must not both go on: nobody could tell which key JumpCloud has in the end."""
    if strange:
        raise ScimError(
            "Another run has created a key of this service account since this run has looked (%s). "
            "This run stops, and revokes no key that JumpCloud could have." % ", ".join(strange),
            "Let the other run finish, then run again.",
        )


def require_accepted(calls: t.Iterable[Event], delivery: Delivery) -> None:
    """Raise ScimError if Unity refused a provisioning call since the new key is in use."""
    reasons = [call.error_message or "no reason given" for call in calls if call.response_code in REFUSED]
    if reasons:
        raise ScimError(
            "JumpCloud was given the new key %s, and its connection test passed, but Unity refused its next provisioning calls (%s). "
            "The older keys were not revoked." % (delivery.key_id, "; ".join(dict.fromkeys(reasons))),
            "Look at the service account's role in Unity, then run again.",
        )


def require_comparable(found: dict[str, t.Any] | None, delivery: Delivery) -> None:
    """Raise ScimError if the application shows a test, and nothing tells which one it was delivered with. ``found`` as in ``Delivery.stands``."""
    if found is not None and found["last_test"] is not None and delivery.activated_with is None and not delivery.by_hand:
        raise ScimError(
            "activated_with is needed to revoke the keys older than %s: without it, nothing shows that JumpCloud uses that key. No key was revoked."
            % delivery.key_id,
            "Pass activated_with as jumpcloud_scim_app returned it when it activated provisioning with the key, or rotate again.",
        )


def require_untouched(found: dict[str, t.Any] | None, delivery: Delivery) -> None:
    """Raise ScimError if somebody has changed the application since the new key was delivered. ``found`` as in ``Delivery.stands``."""
    if not delivery.stands(found):
        raise ScimError(
            "Somebody else has changed the identity management of the application since this run delivered the key %s: another run, or a person. "
            "Which key JumpCloud uses can't be told, so no key was revoked." % delivery.key_id,
            "Let the other run finish, then run again.",
        )
