# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the keys of a service account are created and revoked: a secret that is shown once is never lost, and no key is left without one."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock, Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import require_no_concurrent_run, strange_keys
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccounts

TARGET = "service account key"
# a run that gives way takes its key back within seconds: so often the keys are read again, and so many seconds apart
MORE_READS = 4
SECONDS_BETWEEN_READS = 2.0


@dataclass(frozen=True)
class Found:
    """The keys of an account, oldest first. ``account_id`` is None where there is no such account."""

    account_id: str | None
    keys: list[Key]


@dataclass(frozen=True)
class CreatedKey:
    """A new key with its secret."""

    key: Key
    secret: str


def keys_without_concurrent_run(keys: list[Key], read: t.Callable[[], list[Key]], known_ids: t.Collection[str], policy: KeyPolicy, clock: Clock) -> list[Key]:
    """The keys, read again until no managed key is among them that this run does not know; ScimError if one stays."""
    reads_left = MORE_READS
    while reads_left and strange_keys(keys, known_ids, policy):
        reads_left -= 1
        clock.sleep(SECONDS_BETWEEN_READS)
        keys = read()
    require_no_concurrent_run(strange_keys(keys, known_ids, policy))
    return keys


class KeyAccountant:
    """Carries a plan out on the keys of one account, and knows which of them were there before."""

    def __init__(self, gateway: ServiceAccounts, found: Found, policy: KeyPolicy, context: Context):
        self._gateway = gateway
        self._account_id = found.account_id or ""
        self._known = {key.id for key in found.keys}
        self._policy = policy
        self._context = context

    def revoke(self, key_ids: t.Iterable[str]) -> None:
        gone = list(key_ids)
        for key_id in gone:
            self._revoke(key_id)
        self._require_settled(lambda ids: ids.isdisjoint(gone), "revoked", "still shows", gone)

    def create(self) -> CreatedKey:
        """Create a key, and see it listed, and no concurrent run at work. Whatever fails after the creation, the key does not stay."""
        created = self._create()
        self._context.masker.register_key(created.key.id, created.secret, returned=True)
        self._context.progress.record(Action("create", TARGET, {"key_id": created.key.id}))
        try:
            keys = self._require_settled(lambda ids: created.key.id in ids, "created", "does not show", {created.key.id})
            self._require_first(created.key.id, keys)
            known = {*self._known, created.key.id}
            keys_without_concurrent_run(keys, lambda: self._gateway.keys(self._account_id), known, self._policy, self._context.clock)
        except BaseException as error:
            # also where somebody, or a time limit of the task, stops the run
            self._take_back(created.key.id, error)
            raise
        return created

    def _create(self, tries: int = 2) -> CreatedKey:
        """Send the request. If its answer got lost, so is the secret: a key of this very name is ours, and is replaced by another, once."""
        name = "%s %s" % (self._policy.key_name, self._context.make_nonce())
        try:
            return CreatedKey(*self._gateway.create_key(self._account_id, name))
        except ApiError as error:
            self._settle(error, name, tries)
        except BaseException as error:
            # it was stopped while it waited for the answer
            self._revoke_if_created(name, error)
            raise
        return self._create(tries - 1)

    def _revoke_if_created(self, name: str, error: BaseException) -> None:
        with suppress(ScimError), self._gateway.cleanup():
            for key in self._gateway.keys(self._account_id):
                if key.name == name:
                    self._take_back(key.id, error)

    def _settle(self, error: ApiError, name: str, tries: int) -> None:
        """Raise the error of a creation, unless its answer got lost, the lost key is revoked, and another try is left."""
        if error.outcome != "unknown":
            if not isinstance(error, UnexpectedAnswer):
                error.hint = error.hint or "Revoke keys that are not in use: an account can hold a limited number."
            raise error
        lost = self._find_lost(name, error)
        if lost is None:
            raise error
        error.hint = None
        if not self._take_back(lost.id, error):
            raise error
        if tries == 1:
            error.hint = "The key %s was created all the same; its secret is lost, so it was revoked. Run again." % lost.id
            raise error
        self._context.warn("%s The key %s was created all the same, and its secret is lost: it was revoked." % (error.message, lost.id))

    def _find_lost(self, name: str, error: ApiError) -> Key | None:
        """The key of this name, if it was created. The list may lag behind, so it is read for a while."""
        found: list[Key] = []

        def read() -> Key | None:
            found[:] = self._gateway.keys(self._account_id)
            return next((key for key in found if key.name == name), None)

        try:
            with self._gateway.cleanup():
                lost = poll(read, lambda key: key is not None, self._context.clock)
        except ScimError:
            error.hint = (
                "The keys could not be listed either. If a key named %s was created all the same, nobody knows its secret: "
                "revoke it (unity_service_account_key with state=absent and key_id), or let state=pruned do it." % quoted(name)
            )
            return None
        new = [key.id for key in found if key.id not in self._known]
        if lost is None and new:
            error.hint = (
                "New keys have appeared since (%s), but none has the name of this request, so none is revoked. If nobody else created them, "
                "revoke them (unity_service_account_key with state=absent and key_id)." % ", ".join(new)
            )
        elif lost is None:
            error.hint = "No new key has appeared. Run again."
        return lost

    def _require_first(self, created_id: str, keys: list[Key]) -> None:
        """Two runs at the same time see each other's keys. The one whose key is older goes on, the other one takes its key back.

        Both go by the list, where both keys have their dates from the same clock.
        """
        ours = [key for key in oldest_first(keys) if key.id == created_id or (key.id not in self._known and self._policy.is_managed(key))]
        if ours[0].id != created_id:
            raise ScimError(
                "Another run has created the key %s of this service account at the same time. This run gives way, and takes its key back."
                % ", ".join(key.id for key in ours if key.id != created_id),
                "Let the other run finish, then run again.",
            )

    def _take_back(self, key_id: str, error: BaseException) -> bool:
        """Revoke a key that must not stay. If that fails, too, ``error`` tells both, or a warning where it can't."""
        try:
            with self._gateway.cleanup():
                self._revoke(key_id)
        except ApiError as failure:
            left = "The key %s, whose secret is lost, could not be revoked (%s): revoke it (unity_service_account_key with state=absent and key_id=%s)."
            said = left % (key_id, failure.message.rstrip("."), key_id)
            if isinstance(error, ScimError):
                error.hint = " ".join(part for part in (said, error.hint) if part)
            else:
                self._context.warn(said)
            return False
        return True

    def _revoke(self, key_id: str) -> None:
        self._gateway.revoke_key(self._account_id, key_id)
        self._context.progress.record(Action("revoke", TARGET, {"key_id": key_id}))

    def _require_settled(self, settled: t.Callable[[set[str]], bool], did: str, shows: str, key_ids: t.Iterable[str]) -> list[Key]:
        """A successful answer to a write is no proof: read the keys until the change shows."""

        def is_settled(keys: list[Key]) -> bool:
            return settled({key.id for key in keys})

        keys = poll(lambda: self._gateway.keys(self._account_id), is_settled, self._context.clock)
        if not is_settled(keys):
            raise ScimError(
                "Unity %s the key %s, but its list of keys %s it." % (did, ", ".join(sorted(key_ids)), shows),
                "Look at the account in the Unity Dashboard, and run again.",
            )
        return keys
