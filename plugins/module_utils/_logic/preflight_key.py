# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which key a run goes on with, as far as the preflight looks for it: in the store, and in the file by which a person is handed one."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_jumpcloud import JumpCloudReads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_people import reading_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_reads import InfoOptions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_unity import UnityReads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.held_key import is_taken, why_it_stays
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import (
    CONSOLE,
    JUMPCLOUD,
    REVIVE,
    SECRET_FILE,
    STORED,
    KeyChoice,
    KeyFacts,
    choose_key,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import AGE_UNKNOWN, beside_a_request, reason_to_create
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import MethodFacts, choose_method
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.shared_keys import HINT, HINT_FOR_A_TAKEDOWN, are_newer, require_unshared
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import API, DONE, MANUAL, UNPROVEN, Found, takes_down


class KeyLook:
    """Knows the answer once both sides were looked at. ``supplied``: the operator brings a key."""

    def __init__(self, options: InfoOptions, supplied: bool, unity: UnityReads, jumpcloud: JumpCloudReads, context: Context):
        self._options = options
        self._supplied = supplied
        self._unity = unity
        self._jumpcloud = jumpcloud
        self._context = context
        self._waiting_key_id: str | None = None
        self._is_stored_refused = False

    @property
    def unity_method(self) -> str:
        """Also where the account was not looked at."""
        reads = self._options.reads
        method = self._unity.methods.get("unity") or choose_method(MethodFacts(reads.unity_method, reads.owner.is_known))
        return method.method if method else API

    @property
    def _jumpcloud_method(self) -> str:
        return self._jumpcloud.method.method if self._jumpcloud.method else API

    @property
    def _stored(self) -> tuple[str, str] | None:
        stored = self._options.stored_key or {}
        key_id, secret_key = stored.get("key_id"), stored.get("secret_key")
        return (key_id, secret_key) if key_id and secret_key else None

    @property
    def stored_that_lives(self) -> tuple[str | None, str | None]:
        """The stored key, unless it is known to be dead."""
        live, stored = self._unity.live_key_ids, self._stored
        return stored if stored and (not self._is_stored_refused if live is None else stored[0] in live) else (None, None)

    @property
    def is_proof_due(self) -> bool:
        """Whether only the SCIM service can tell if the stored key lives: a person's keys can't be listed. None is proven that would be replaced anyway."""
        by_hand = self.unity_method == MANUAL and self._unity.live_key_ids is None
        return by_hand and self._stored is not None and not self._supplied and self._options.reads.policy.rotate != "always"

    def prove_stored_key(self) -> Found:
        """The SCIM service tells whether the stored key lives. That it refuses it is no error, since the run then gets another one."""
        if self._unity.accepts(authorization_header(*t.cast("tuple[str, str]", self._stored))):
            return Found(DONE, "The SCIM service accepts the stored key.")
        self._is_stored_refused = True
        return Found(UNPROVEN, "The SCIM service refuses the stored key: it was revoked. A new one will prove it.")

    @property
    def _secret_file(self) -> str | None:
        """Beside the runbook, and that of this application alone, unless the operator names a file."""
        application = self._jumpcloud.seen.get("application")
        if self._options.secret_file or not (self._options.runbook and application):
            return self._options.secret_file
        return "%s-%s.secret" % (self._options.runbook, quote(application["id"], safe=""))

    def look_into_secret_file(self) -> dict[str, t.Any] | None:
        """What the file holds already may wait for its delivery, or be in the way of the key that this run hands over; then it is an error.

        For whoever writes the file: the ID of the key that may be replaced. None where no file is written, be the assumed endpoint as it may.
        """
        path = self._secret_file
        if not path or self._options.reads.jumpcloud_method == API:
            return None
        choice = self._choice()
        makes_key = not self._supplied and self.unity_method == API
        # a person who makes the key puts it there, and nothing takes its place
        if self._jumpcloud_method != MANUAL or not (makes_key or self._supplied or choice.source == STORED):
            return {"replaces": None}
        handed_over = self._options.key_id if self._supplied else (self._stored or (None,))[0] if choice.source == STORED else None
        held = self._unity.key_in_secret_file(path, None if makes_key else handed_over)
        live = self._unity.live_key_ids
        if held is None:
            return {"replaces": None}
        if makes_key and is_taken(held, live):
            self._waiting_key_id = held.key_id
            choice = self._choice()
        reason = why_it_stays(held, live, self._jumpcloud.was_asked_for(held.key_id), path != self._options.secret_file)
        if reason and choice.source != SECRET_FILE and self._is_handed_over(choice):
            raise ScimError(
                "The secret file %s holds the key %s, %s. It was not overwritten." % (quoted(path), held.key_id, reason),
                "Another use of the role may have left it for a person to deliver. Leave scim_provisioning_secret_file out, so that each application has a "
                "file of its own, or name another one here. If nobody needs that key, delete the file.",
            )
        return {"replaces": None if reason else held.key_id}

    def _is_handed_over(self, choice: KeyChoice) -> bool:
        """Whether this run hands a key to a person. One that takes provisioning down, which asks for no proof of the connector, does not."""
        if self._options.steps is not None and "connector_url" not in self._options.steps:
            return False
        if (self._supplied or choice.source == STORED) and not self._jumpcloud.in_use:
            return True
        return not self._supplied and self.unity_method == API and self._is_key_due(choice)

    def _is_key_due(self, choice: KeyChoice) -> bool:
        policy = replace(self._options.reads.policy, rotate=choice.rotate)
        policy = beside_a_request(policy, self._unity.kept_by_open_pruning, self._unity.live_key_ids or ())
        # where there is no key, and none may be made, the key's own step says so
        with suppress(ScimError):
            return policy.rotate == "always" or reason_to_create(self._unity.keys, policy, self._context.clock.wall(), lambda warning: None) is not None
        return False

    def to_read_with(self, is_refused: bool) -> tuple[str | None, str | None]:
        """The key to read Unity's people with. ``is_refused``: a supplied one was refused just now, so it is not tried again."""
        supplied = (None, None) if is_refused else (self._options.key_id, self._options.secret_key)
        return reading_key(self._options.preview, supplied, self.stored_that_lives)

    @property
    def is_sharing_possible(self) -> bool:
        """Whether this run would revoke keys that may be another application's: beside a new one, or where it takes provisioning down."""
        managed = list(filter(self._options.reads.policy.is_managed, self._unity.keys))
        if not managed or self._supplied or self._jumpcloud.in_use or self.unity_method != API:
            return False
        if self._jumpcloud.had_key and not are_newer(managed, self._jumpcloud.used_at):
            return False
        if takes_down(self._options.steps):
            return True
        if self._options.steps is not None and "connector_url" not in self._options.steps:
            return False
        choice = self._choice()
        # what waits for its delivery was made by a run that has looked; whether JumpCloud's own key still works is seen when it is tried
        return choice.source == REVIVE or (choice.source != SECRET_FILE and self._is_key_due(choice))

    def require_unshared(self, found: Found) -> Found:
        hint = HINT_FOR_A_TAKEDOWN if takes_down(self._options.steps) else HINT
        require_unshared(self._jumpcloud.others(), self._unity.base_url, hint)
        return found

    def _choice(self) -> KeyChoice:
        options, jumpcloud = self._options, self._jumpcloud
        facts = KeyFacts(
            supplied=self._supplied,
            stored_key_id=self._stored[0] if self._stored and not self._is_stored_refused else None,
            is_stored_key_refused=self._is_stored_refused,
            has_store=options.has_store,
            live_key_ids=self._unity.live_key_ids,
            secret_file_key_id=self._waiting_key_id,
            has_header=jumpcloud.has_header,
            in_use=jumpcloud.in_use,
            is_pending=jumpcloud.is_pending,
            unity_method=self.unity_method,
            jumpcloud_method=self._jumpcloud_method,
            wants_secret_file=bool(options.secret_file) or self._unity.waits_for_key,
            rotate=options.reads.policy.rotate,
            check_mode=self._context.check_mode,
        )
        return choose_key(facts)

    def as_result(self) -> dict[str, t.Any]:
        choice = self._choice()
        # where provisioning is taken down, the store was not read
        if choice.source == JUMPCLOUD and self._options.has_store and not takes_down(self._options.steps):
            self._context.warn(choice.reason)
        can_list = self.unity_method == API or self._unity.live_key_ids is not None
        if self._options.reads.policy.max_age is not None and not (can_list or self._supplied or takes_down(self._options.steps)):
            self._context.warn(AGE_UNKNOWN)
        return {**choice.as_result(), "secret_file": None if choice.source == CONSOLE else self._secret_file}
