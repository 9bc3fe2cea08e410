# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When older keys may be revoked: which may go, which are strange, and what speaks against it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import (
    CALL_TYPES,
    Delivery,
    older_keys,
    require_accepted,
    require_comparable,
    require_no_concurrent_run,
    require_untouched,
    seen_keys,
    strange_keys,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

AT, LATER = "2026-11-24T05:40:04Z", "2026-11-24T05:50:04Z"
TEST = {"success": True, "at": AT, "message": "Connection verified."}
NEW, OLD, OLDEST, FOREIGN = (
    Key("new", "2026-11-24T00:00:00Z", "ours 00000000000a"),
    Key("old", "2026-10-01T00:00:00Z", "ours 00000000000b"),
    Key("oldest", None, "ours"),
    Key("foreign", "2026-01-01T00:00:00Z", "Backup"),
)


def policy(keep: int | None = None) -> KeyPolicy:
    return KeyPolicy("ours", "never", None, keep, 1)


def call(success: bool | None = True, code: int | None = 201, message: str | None = None) -> Event:
    return Event("user_create_provision", AT, success, "app", message, code, None, None, {})


@pytest.mark.parametrize(
    "keys, key_id, keep, check_mode, gone",
    [
        ([NEW], "new", None, False, []),
        ([NEW, FOREIGN], "new", None, False, []),
        ([NEW, OLD, FOREIGN, OLDEST], "new", None, False, ["oldest", "old"]),
        ([NEW, OLD, FOREIGN, OLDEST], "new", 1, False, ["oldest"]),
        ([NEW, OLD, FOREIGN, OLDEST], "new", 2, False, []),
        ([NEW, OLD], "new", None, True, ["old"]),
        # in check mode there is no new key yet
        ([], "(new)", None, True, []),
        ([FOREIGN], "(new)", None, True, []),
        ([OLD, OLDEST], "(new)", None, True, ["oldest", "old"]),
        ([OLD, OLDEST], "(new)", 1, True, ["oldest"]),
    ],
)
def test_older_keys(keys: list[Key], key_id: str, keep: int | None, check_mode: bool, gone: list[str]) -> None:
    assert [key.id for key in older_keys(keys, key_id, policy(keep), check_mode)] == gone


@pytest.mark.parametrize("key_id, check_mode", [("(new)", False), ("gone", False), ("gone", True), ("", True)])
def test_a_new_key_that_is_not_live_retires_none(key_id: str, check_mode: bool) -> None:
    with pytest.raises(ScimError, match="so its other keys stay"):
        older_keys([OLD, OLDEST], key_id, policy(), check_mode)


@pytest.mark.parametrize(
    "keys, known, strange",
    [
        ([], [], []),
        ([NEW, OLD], ["new", "old"], []),
        ([NEW, OLD], ["NEW", "old"], []),
        ([NEW], ["new", "old"], []),
        ([NEW, FOREIGN], ["new"], []),
        ([NEW, OLD, OLDEST], ["new"], ["oldest", "old"]),
        ([NEW], [], ["new"]),
    ],
)
def test_strange_keys(keys: list[Key], known: list[str], strange: list[str]) -> None:
    assert strange_keys(keys, known, policy()) == strange


@pytest.mark.parametrize(
    "seen, keys",
    [
        (None, None),
        ({}, None),
        ("odd", None),
        ({"service_account_key": None}, None),
        ({"service_account_key": []}, None),
        ({"service_account_key": {}}, None),
        ({"service_account_key": {"keys": None}}, None),
        ({"service_account_key": {"keys": ["odd"]}}, None),
        ({"service_account_key": {"keys": [{"name": "ours"}]}}, None),
        ({"service_account_key": {"keys": []}}, []),
        ({"service_account_key": {"keys": [{**OLD.as_result(), "managed": True}, OLDEST.as_result()]}}, [OLD, OLDEST]),
        ({"service_account_key": {"keys": [{"id": "bare", "name": 7}]}}, [Key("bare", None)]),
    ],
)
def test_what_was_seen(seen: t.Any, keys: list[Key] | None) -> None:
    assert seen_keys(seen) == keys


def test_a_concurrent_run() -> None:
    require_no_concurrent_run([])
    with pytest.raises(ScimError) as caught:
        require_no_concurrent_run(["a", "b"])
    assert caught.value.sentence() == (
        "Another run has created a key of this service account since this run has looked (a, b). "
        "This run stops, and revokes no key that JumpCloud could have. Let the other run finish, then run again."
    )


@pytest.mark.parametrize(
    "calls, said",
    [
        ([], None),
        ([call()], None),
        ([call(False, 409, "taken"), call(False, 500, "oops"), call(False, None, "no answer")], None),
        ([call(False, 401, "no such key")], "no such key"),
        ([call(), call(False, 403, "no role")], "no role"),
        ([call(False, 403, "no role"), call(False, 401, "no such key"), call(False, 403, "no role")], "no role; no such key"),
        ([call(False, 401)], "no reason given"),
        # the status counts, whatever the event calls it
        ([call(True, 401, "odd")], "odd"),
    ],
)
def test_refused_calls(calls: list[Event], said: str | None) -> None:
    if said is None:
        require_accepted(calls, Delivery("new"))
        return
    with pytest.raises(ScimError) as caught:
        require_accepted(calls, Delivery("new"))
    assert caught.value.sentence() == (
        "JumpCloud was given the new key new, and its connection test passed, but Unity refused its next provisioning calls (%s). "
        "The older keys were not revoked. Look at the service account's role in Unity, then run again." % said
    )


def evidence(at: str | None) -> dict[str, t.Any]:
    return {"evidence": {"at": at}}


@pytest.mark.parametrize(
    "delivery, found, stands",
    [
        (Delivery("new", AT, TEST), {"last_test": dict(TEST)}, True),
        (Delivery("new", "", TEST), {"last_test": dict(TEST)}, True),
        (Delivery("new", AT, None), {"last_test": None}, True),
        (Delivery("new", AT, TEST), {"last_test": {**TEST, "at": LATER}}, False),
        (Delivery("new", AT, TEST), {"last_test": None}, False),
        (Delivery("new", AT, None), {"last_test": TEST}, False),
        (Delivery("new", AT, TEST), None, False),
        (Delivery("new", AT, None), None, False),
        (Delivery("new", AT, by_hand=True), evidence(AT), True),
        (Delivery("new", AT, by_hand=True), evidence(LATER), False),
        (Delivery("new", AT, by_hand=True), evidence(None), False),
        # what is unknown is no match
        (Delivery("new", "", by_hand=True), evidence(None), False),
    ],
)
def test_the_application_stands_as_delivered(delivery: Delivery, found: dict[str, t.Any] | None, stands: bool) -> None:
    if stands:
        require_untouched(found, delivery)
        return
    with pytest.raises(ScimError) as caught:
        require_untouched(found, delivery)
    assert caught.value.sentence() == (
        "Somebody else has changed the identity management of the application since this run delivered the key new: another run, or a person. "
        "Which key JumpCloud uses can't be told, so no key was revoked. Let the other run finish, then run again."
    )


@pytest.mark.parametrize(
    "delivery, found, comparable",
    [
        (Delivery("new", AT, TEST), {"last_test": dict(TEST)}, True),
        (Delivery("new", AT, TEST), {"last_test": None}, True),
        (Delivery("new", AT, None), {"last_test": dict(TEST)}, False),
        # the application never shows a test
        (Delivery("new", AT, None), {"last_test": None}, True),
        (Delivery("new", AT, None), None, True),
        (Delivery("new", AT, None, by_hand=True), {"last_test": dict(TEST)}, True),
    ],
)
def test_a_test_needs_another_one_to_be_compared_with(delivery: Delivery, found: dict[str, t.Any] | None, comparable: bool) -> None:
    if comparable:
        require_comparable(found, delivery)
        return
    with pytest.raises(ScimError) as caught:
        require_comparable(found, delivery)
    assert caught.value.sentence() == (
        "activated_with is needed to revoke the keys older than new: without it, nothing shows that JumpCloud uses that key. No key was revoked. "
        "Pass activated_with as jumpcloud_scim_app returned it when it activated provisioning with the key, or rotate again."
    )


@pytest.mark.parametrize(
    "calls, by_hand, proof",
    [
        ([call()], False, "a provisioning call succeeded with the new key"),
        ([call(False, 409), call()], True, "a provisioning call succeeded with the new key"),
        ([], False, "JumpCloud's connection test used the new key; no provisioning call yet"),
        ([call(False, 409), call(None)], False, "JumpCloud's connection test used the new key; no provisioning call yet"),
        ([], True, "JumpCloud's events show the activation; no provisioning call yet"),
    ],
)
def test_what_shows_that_the_key_is_in_use(calls: list[Event], by_hand: bool, proof: str) -> None:
    assert Delivery("new", by_hand=by_hand).proof(calls) == proof


def test_a_lookup_is_no_call() -> None:
    assert CALL_TYPES == ("user_create_provision", "user_update_provision", "user_deprovision", "user_delete_provision")
