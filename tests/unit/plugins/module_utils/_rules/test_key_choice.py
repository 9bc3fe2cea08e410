# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which key a run goes on with: a table of situations, and every combination of facts against the rules told one after the other."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import KeyChoice, KeyFacts, choose_key

FILE = "The key in the secret file is still to be delivered."
NO_HEADER = "JumpCloud has no header value."
PENDING = "A change of JumpCloud's settings waits to be activated, and which key they hold can't be told."
REVIVE = "JumpCloud has a key that is not in use; it is tried before another one is made."
USES, HAS = "JumpCloud uses a key.", "JumpCloud has a key."
WANTED = "A new key is wanted, since rotate is 'always'."
IN_USE, AGAIN = "The stored key is in use.", "The stored key is delivered again, since JumpCloud does not use a key that works."
NOT_STORED = "JumpCloud has a key, but the store has to know it, and it is not in the store."
GONE = "JumpCloud has a key, but the store has to know it, and it is none of the account's keys any more."
UNSTORED = "JumpCloud uses a key, and the store has none that works; since rotate is 'never', none is made for it."
REFUSED = "JumpCloud has a key, but the store has to know it, and Unity refuses the one that the store has."
FROM_UNITY = " A person takes one from Unity straight to JumpCloud."
WORKS = {"has_header": True, "in_use": True}
STORE = {"has_store": True, "stored_key_id": "k1", "live_key_ids": frozenset({"k1", "k2"})}
BY_HAND = {"unity_method": "manual"}
DELIVERED_BY_HAND = {"jumpcloud_method": "manual"}

# facts; source, rotate, redeliver, calls the key's module, calls the account's module; reason
TABLE: dict[str, tuple[dict[str, t.Any], tuple[t.Any, ...], str]] = {
    "nothing is there": ({}, ("create", "always", False, True, True), NO_HEADER),
    "nothing is there, and a person makes it": (BY_HAND, ("create", "always", False, True, True), NO_HEADER),
    "nothing is there, and no key is wanted": ({"rotate": "never"}, ("create", "always", False, True, True), NO_HEADER),
    "it works": (WORKS, ("jumpcloud", "auto", False, True, True), USES),
    "it works, and is to stay": ({**WORKS, "rotate": "never"}, ("jumpcloud", "never", False, True, True), USES),
    "it works by hand": ({**WORKS, **BY_HAND}, ("jumpcloud", "auto", False, False, False), USES),
    "a new key is wanted": ({**WORKS, "rotate": "always"}, ("create", "always", False, True, True), WANTED),
    "a new key is wanted of a person": ({**WORKS, **BY_HAND, "rotate": "always"}, ("create", "always", False, True, False), WANTED),
    "a supplied key": ({**WORKS, **STORE, "supplied": True, "rotate": "always"}, ("supplied", "always", False, False, False), "A key is supplied."),
    "a supplied key by hand": ({"supplied": True, **BY_HAND}, ("supplied", "auto", False, False, False), "A key is supplied."),
    "the stored key is in use": ({**WORKS, **STORE}, ("stored", "auto", False, True, True), IN_USE),
    "the stored key is not in use": ({**STORE, "has_header": True}, ("stored", "auto", True, True, True), AGAIN),
    "the stored key was revoked": ({**WORKS, **STORE, "live_key_ids": frozenset({"k2"})}, ("create", "always", False, True, True), GONE),
    "the stored key of a person": ({**STORE, **BY_HAND, "live_key_ids": None}, ("stored", "auto", True, False, True), AGAIN),
    "the stored key of a person is dead": (
        {**WORKS, **BY_HAND, "has_store": True, "is_stored_key_refused": True},
        ("create", "always", False, True, False),
        REFUSED,
    ),
    "the stored key of a person, where keys can be listed all the same": (
        {**STORE, **WORKS, **BY_HAND, "live_key_ids": frozenset({"k2"})},
        ("create", "always", False, True, False),
        GONE,
    ),
    "the store is empty": ({**WORKS, "has_store": True}, ("create", "always", False, True, True), NOT_STORED),
    "the store is empty, and no key is wanted": ({**WORKS, "has_store": True, "rotate": "never"}, ("jumpcloud", "never", False, True, True), UNSTORED),
    "the stored key was revoked, and no key is wanted": (
        {**WORKS, **STORE, "live_key_ids": frozenset({"k2"}), "rotate": "never"},
        ("jumpcloud", "never", False, True, True),
        UNSTORED,
    ),
    "the stored key of a person is dead, and no key is wanted": (
        {**WORKS, **BY_HAND, "has_store": True, "is_stored_key_refused": True, "rotate": "never"},
        ("jumpcloud", "never", False, False, False),
        UNSTORED,
    ),
    "it is not active, the store is empty, and no key is wanted": (
        {"has_header": True, "has_store": True, "rotate": "never"},
        ("revive", "never", False, True, True),
        REVIVE,
    ),
    "nothing is there, the store is empty, and no key is wanted": ({"has_store": True, "rotate": "never"}, ("create", "always", False, True, True), NO_HEADER),
    "it is not active": ({"has_header": True}, ("revive", "auto", False, True, True), REVIVE),
    "it is not active, and the store is empty": ({"has_header": True, "has_store": True}, ("revive", "always", False, True, True), REVIVE),
    "it is not active, in check mode": ({"has_header": True, "check_mode": True}, ("jumpcloud", "auto", False, True, True), HAS),
    "a change waits": ({"has_header": True, "is_pending": True}, ("create", "always", False, True, True), PENDING),
    "a secret file waits": ({**DELIVERED_BY_HAND, "secret_file_key_id": "k1", "rotate": "always"}, ("secret_file", "always", False, True, True), FILE),
    "a secret file of a person's key": (
        {**DELIVERED_BY_HAND, **BY_HAND, "secret_file_key_id": "k1", "wants_secret_file": True},
        ("create", "always", False, True, True),
        NO_HEADER,
    ),
    "persons at both consoles": ({**DELIVERED_BY_HAND, **BY_HAND}, ("console", "auto", False, False, True), NO_HEADER + FROM_UNITY),
    "persons at both consoles rotate": (
        {**WORKS, **DELIVERED_BY_HAND, **BY_HAND, "rotate": "always"},
        ("console", "always", True, False, False),
        WANTED + FROM_UNITY,
    ),
    "persons at both consoles, and a store": ({**DELIVERED_BY_HAND, **BY_HAND, "has_store": True}, ("create", "always", False, True, True), NO_HEADER),
    "a secret file that is of no use": ({"secret_file_key_id": "k1"}, ("create", "always", False, True, True), NO_HEADER),
    "delivered by hand": ({**WORKS, **DELIVERED_BY_HAND}, ("jumpcloud", "auto", False, True, True), USES),
    "to be delivered by hand": (DELIVERED_BY_HAND, ("create", "always", False, True, True), NO_HEADER),
}


@pytest.mark.parametrize("case", TABLE)
def test_situations(case: str) -> None:
    facts, (source, rotate, redeliver, calls_key_module, calls_account_module), reason = TABLE[case]
    choice = KeyChoice(source, reason, rotate, redeliver, calls_key_module, calls_account_module)
    assert choose_key(KeyFacts(**facts)) == choice
    assert choice.as_result()["source"] == source


def told_step_by_step(facts: KeyFacts, works: bool) -> dict[str, t.Any]:
    """What comes of the rules if one follows the other, and a header is what they hand on. ``works``: what comes of trying JumpCloud's key."""
    unity_by_hand, jumpcloud_by_hand = facts.unity_method == "manual", facts.jumpcloud_method == "manual"
    header, picked_up, redelivers, is_tried, is_dead = facts.supplied, False, False, False, False
    calls_account_module = not header and (not unity_by_hand or not facts.in_use)
    if jumpcloud_by_hand and not unity_by_hand and not header and facts.secret_file_key_id:
        header = picked_up = True
    stored = facts.stored_key_id if facts.has_store and not header else None
    if stored and (unity_by_hand or stored in (facts.live_key_ids or ())) and facts.rotate != "always":
        header, redelivers = True, not facts.in_use
    could_be_tried = facts.has_header and not jumpcloud_by_hand and not facts.in_use and not facts.is_pending
    if could_be_tried and not header and facts.rotate != "always" and not facts.check_mode:
        is_tried, is_dead = True, not works
    from_console = unity_by_hand and jumpcloud_by_hand and not (facts.has_store or facts.wants_secret_file) and not header
    if from_console and (facts.rotate == "always" or not facts.has_header or facts.is_pending):
        return {
            "rotate": facts.rotate,
            "redeliver": facts.in_use,
            "calls_key_module": False,
            "calls_account_module": not facts.in_use,
            "is_tried": False,
        }
    needs_key = not header and (not facts.has_header or facts.is_pending or is_dead or (facts.has_store and facts.rotate != "never"))
    return {
        "rotate": "always" if needs_key else facts.rotate,
        "redeliver": redelivers,
        # what was picked up is taken from the file by it
        "calls_key_module": not facts.supplied and (picked_up or not unity_by_hand or needs_key or facts.rotate == "always"),
        "calls_account_module": calls_account_module,
        "is_tried": is_tried,
    }


BOTH = (False, True)
METHODS = ("api", "manual")
EVERY_FACT: dict[str, tuple[t.Any, ...]] = {
    "supplied": BOTH,
    "stored": (None, "live", "gone"),
    "has_store": BOTH,
    "secret_file_key_id": (None, "k1"),
    "wants_secret_file": BOTH,
    "has_header": BOTH,
    "in_use": BOTH,
    "is_pending": BOTH,
    "unity_method": METHODS,
    "jumpcloud_method": METHODS,
    "rotate": ("auto", "always", "never"),
    "check_mode": BOTH,
}


def every_situation() -> t.Iterator[KeyFacts]:
    for values in itertools.product(*EVERY_FACT.values()):
        given = dict(zip(EVERY_FACT, values))
        stored = given.pop("stored")
        if stored and not given["has_store"]:
            continue
        live = None if given["unity_method"] == "manual" else frozenset({"live", "other"})
        yield KeyFacts(**given, stored_key_id=stored, live_key_ids=live)


@pytest.mark.parametrize("works", BOTH)
def test_every_combination_is_as_told_step_by_step(works: bool) -> None:
    seen = set()
    for facts in every_situation():
        choice, told = choose_key(facts), told_step_by_step(facts, works)
        assert (choice.source == "revive") == told.pop("is_tried"), facts
        given = choice.as_result()
        if choice.source == "revive" and not works:
            given.update(rotate="always", calls_key_module=True)
        assert {name: given[name] for name in told} == told, facts
        seen.add(choice.source)
    assert seen == {"supplied", "secret_file", "stored", "jumpcloud", "revive", "create", "console"}
