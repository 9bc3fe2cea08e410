# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done, or would be, in words: the one table of verbs. Pure, and knows no HTTP."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted

# what was done, and what check mode would do
WORDS = {
    "ask": ("asked a person", "ask a person"),
    "see_done": ("saw that a person has done it", "go on, since a person has done it"),
    "take": ("took the key from the secret file", "take the key from the secret file"),
    "create": ("created one", "create one"),
    "set_roles": ("set its roles", "set its roles"),
    "update": ("updated it", "update it"),
    "delete": ("deleted it", "delete it"),
    "configure": ("configured it", "configure it"),
    "test": ("tested the connection", "test the connection"),
    "activate": ("activated it", "activate it"),
    "reactivate": ("activated it again", "activate it again"),
    "deactivate": ("deactivated it", "deactivate it"),
    "remove": ("removed its settings", "remove its settings"),
    "enforce": ("turned it on", "turn it on"),
    "stop_enforcing": ("turned it off", "turn it off"),
}
COUNTED_WORDS = {
    "bind": ("bound", "bind", "group", "groups"),
    "unbind": ("unbound", "unbind", "group", "groups"),
    "revoke": ("revoked", "revoke", "key", "keys"),
}


def in_words(did: t.Sequence[str], check_mode: bool) -> list[str]:
    """What a step did, or would do in check mode. An entry is a verb, or a verb and a number."""
    numbers: dict[str, int] = collections.Counter()
    for said in did:
        verb, _blank, number = said.partition(" ")
        numbers[verb] += int(number) if number.isdecimal() else 1
    return [_words(verb, number, check_mode) for verb, number in numbers.items()]


def _words(verb: str, number: int, check_mode: bool) -> str:
    if verb in COUNTED_WORDS:
        past, plain, one, many = COUNTED_WORDS[verb]
        return "%s %s" % (plain if check_mode else past, counted(number, one, many))
    # whoever makes a report of their own may name other deeds
    return WORDS.get(verb, (verb, verb))[check_mode]
