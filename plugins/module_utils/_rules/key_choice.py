# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which key a run goes on with, and whether it has to make one. A pure function of what is known before anything is written.

A key is created only where it is needed: the policy says so, JumpCloud has no header value that works, or nobody can tell which key it has.
"""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

SUPPLIED, SECRET_FILE, STORED, JUMPCLOUD, REVIVE, CREATE, CONSOLE = "supplied", "secret_file", "stored", "jumpcloud", "revive", "create", "console"


@dataclass(frozen=True)
class KeyFacts:
    """What the choice is made of.

    ``supplied``: the operator brings a key. ``stored_key_id``: the key that the operator's store gave back, unless the SCIM service refuses it
    (``is_stored_key_refused``), which is asked where keys can't be listed. ``has_store``: a store is read at all.
    ``live_key_ids``: None where they can't be listed. ``secret_file_key_id``: the key in a secret file that waits to be delivered, and works.
    ``has_header``: JumpCloud has a header value. ``in_use``: provisioning is active with it, and nothing speaks against it. ``is_pending``: a changed
    configuration waits to be activated again. ``wants_secret_file``: the operator has named a file to hand a key over. ``rotate``: auto, always or
    never, as the operator wants it.
    """

    supplied: bool = False
    stored_key_id: str | None = None
    is_stored_key_refused: bool = False
    has_store: bool = False
    live_key_ids: frozenset[str] | None = None
    secret_file_key_id: str | bool | None = None
    has_header: bool = False
    in_use: bool = False
    is_pending: bool = False
    wants_secret_file: bool = False
    unity_method: str = "api"
    jumpcloud_method: str = "api"
    rotate: str = "auto"
    check_mode: bool = False


@dataclass(frozen=True)
class KeyChoice:
    """``source``: supplied, secret_file, stored, jumpcloud, revive, create or console, where a person takes a new key from one console to the other.
    ``reason``: one sentence.

    ``rotate``: what unity_service_account_key is given; for ``revive`` it holds once JumpCloud's key has proven to work, and is ``always`` where it has not.
    ``redeliver``: JumpCloud must get the stored key again, or that of the console. ``calls_key_module`` and ``calls_account_module``: whether the key's
    and the account's module have anything to do.
    """

    source: str
    reason: str
    rotate: str
    redeliver: bool
    calls_key_module: bool
    calls_account_module: bool

    def as_result(self) -> dict[str, t.Any]:
        return asdict(self)


def choose_key(facts: KeyFacts) -> KeyChoice:
    """The first source that will do, in this order: supplied, secret file, store, what JumpCloud has; else a new key."""
    by_hand = facts.unity_method == "manual"
    source, reason = _source(facts)
    if source == CREATE and by_hand and facts.jumpcloud_method == "manual" and not (facts.has_store or facts.wants_secret_file):
        return KeyChoice(
            CONSOLE,
            "%s A person takes one from Unity straight to JumpCloud." % reason,
            facts.rotate,
            redeliver=facts.in_use,
            calls_key_module=False,
            calls_account_module=not facts.in_use,
        )
    # there has to be a new key, whatever the operator's policy says
    needs_key = source == CREATE or (source == REVIVE and _store_needs_key(facts))
    rotate = "always" if needs_key else facts.rotate
    return KeyChoice(
        source,
        reason,
        rotate,
        redeliver=source == STORED and not facts.in_use,
        # ask a person for a key only if one is needed; a key in the secret file is always taken and proven
        calls_key_module=source == SECRET_FILE or (source != SUPPLIED and (not by_hand or rotate == "always")),
        # don't ask for the account while JumpCloud uses its key: only that key could show that it exists
        calls_account_module=not facts.supplied and not (by_hand and facts.in_use),
    )


def _source(facts: KeyFacts) -> tuple[str, str]:
    if facts.supplied:
        return SUPPLIED, "A key is supplied."
    if facts.secret_file_key_id and facts.jumpcloud_method == "manual" and facts.unity_method != "manual":
        return SECRET_FILE, "The key in the secret file is still to be delivered."
    if facts.rotate == "always":
        return CREATE, "A new key is wanted, since rotate is 'always'."
    if facts.stored_key_id is not None and _is_live(facts, facts.stored_key_id):
        return STORED, "The stored key is %s." % ("in use" if facts.in_use else "delivered again, since JumpCloud does not use a key that works")
    if not facts.has_header:
        return CREATE, "JumpCloud has no header value."
    if facts.is_pending:
        return CREATE, "A change of JumpCloud's settings waits to be activated, and which key they hold can't be told."
    if not facts.in_use and facts.jumpcloud_method != "manual" and not facts.check_mode:
        return REVIVE, "JumpCloud has a key that is not in use; it is tried before another one is made."
    if _store_needs_key(facts):
        if facts.is_stored_key_refused:
            return CREATE, "JumpCloud has a key, but the store has to know it, and Unity refuses the one that the store has."
        gone = "is none of the account's keys any more" if facts.stored_key_id is not None else "is not in the store"
        return CREATE, "JumpCloud has a key, but the store has to know it, and it %s." % gone
    has_key = "JumpCloud %s a key" % ("uses" if facts.in_use else "has")
    if facts.has_store:
        return JUMPCLOUD, "%s, and the store has none that works; since rotate is 'never', none is made for it." % has_key
    return JUMPCLOUD, has_key + "."


def _store_needs_key(facts: KeyFacts) -> bool:
    """Beside a key that JumpCloud has. Whoever wants no rotation gets none for the sake of the store."""
    return facts.has_store and facts.rotate != "never"


def _is_live(facts: KeyFacts, key_id: str) -> bool:
    """A person's keys can't be listed; this one was proven at the SCIM service."""
    return facts.unity_method == "manual" if facts.live_key_ids is None else key_id in facts.live_key_ids
