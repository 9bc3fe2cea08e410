# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run: which steps it tells of, in which words, and what became of a key where the run stopped."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import (
    UNTOLD,
    failure,
    is_delivered,
    joined,
    looked_at,
    may_stop,
    may_take_account,
    summary,
)

# as the modules fail: with what they have done
FAILED = {"failed": True, "actions": []}
SKIPPED = {"skipped": True, "changed": False}
SEEN = {"step": {"step": "prerequisites", "changed": False, "found": "nothing", "did": [], "verified": [], "pending": False, "waiting": False}}
CREATED = {"credentials": {"key_id": "k1"}}
NOBODY: dict[str, t.Any] = {}


def result(name: str, did: t.Sequence[str] = (), found: str = "it", verified: t.Sequence[str] = (), **more: t.Any) -> dict[str, t.Any]:
    step = {
        "step": name,
        "method": "api",
        "changed": bool(did),
        "found": found,
        "did": list(did),
        "verified": list(verified),
        "pending": False,
        "waiting": False,
    }
    return {"step": {**step, **more}}


def found_of(name: str, **preflight: t.Any) -> tuple[str, bool] | None:
    step = next((step for step in summary({"check_mode": False, **preflight}, {name: SKIPPED})["steps"] if step["step"] == name), None)
    return (step["found"], step["waiting"]) if step else None


@pytest.mark.parametrize(
    "name, preflight, said",
    [
        ("service_account", {"key": {"source": "supplied"}}, ("a key is supplied", False)),
        ("service_account", {"key": {"source": "jumpcloud"}}, ("a key of it is in use", False)),
        ("service_account_key", {"key": {"source": "supplied"}}, (UNTOLD, False)),
        ("service_account_key", {"key": {"source": "jumpcloud"}}, ("JumpCloud uses a key", False)),
        ("service_account_key", {"key": {"source": "console"}}, ("a person takes it from Unity straight to JumpCloud", False)),
        ("service_account", {"key": {"source": "console"}}, ("a key of it is in use", False)),
        ("identity_management", {"status": "inactive"}, ("inactive", True)),
        ("identity_management", {"status": None}, ("not configured", True)),
        ("user_groups", {}, ("it waits for the identity management", True)),
        ("enforcement", {"enforcement_is_wanted": True}, ("it waits for the identity management", True)),
        ("enforcement", {"enforcement_is_wanted": False}, ("left alone", False)),
        ("retire_keys", {}, None),
        ("connector_url", {}, None),
    ],
)
def test_a_step_that_had_nothing_to_do(name: str, preflight: dict[str, t.Any], said: tuple[str, bool] | None) -> None:
    assert found_of(name, **preflight) == said


@pytest.mark.parametrize(
    "identity, check_mode, said",
    [
        (result("identity_management", ["configure", "test", "activate"]), False, "the supplied key is used"),
        (result("identity_management", ["configure", "test", "reactivate"]), True, "the supplied key would be used"),
        (result("identity_management"), False, UNTOLD),
        (result("identity_management"), True, UNTOLD),
        # with the key that JumpCloud has
        (result("identity_management", ["test", "activate"]), False, UNTOLD),
        ({"failed": True, "msg": "No."}, False, UNTOLD),
        ({}, False, UNTOLD),
        ({**result("identity_management", ["ask"], method="manual", pending=True), "pending": True}, False, "the supplied key waits for its delivery"),
        # an activation, but of which key the events don't tell
        (result("identity_management", ["see_done"], method="manual"), False, UNTOLD),
    ],
)
def test_a_supplied_key_is_said_to_be_used_only_where_it_was_delivered(identity: dict[str, t.Any], check_mode: bool, said: str) -> None:
    """Whoever reads it revokes the other keys."""
    told = summary({"check_mode": check_mode, "key": {"source": "supplied"}}, {"service_account_key": SKIPPED, "identity_management": identity})
    assert told["steps"][0]["found"] == said


def test_what_the_tags_left_out_is_not_told() -> None:
    told = summary(SEEN, {"service_account": {}, "user_groups": result("user_groups", ["bind 2"])})
    assert [step["step"] for step in told["steps"]] == ["prerequisites", "user_groups"]


def test_what_could_not_be_seen_is_not_told() -> None:
    """An audit goes on without it, and skips what depends on it."""
    skipped = dict.fromkeys(("service_account_key", "identity_management", "user_groups"), SKIPPED)
    unseen = {"check_mode": True, "key": None, "application_id": None}
    assert summary(unseen, {"service_account": result("service_account"), **skipped, "enforcement": SKIPPED})["steps"] == [
        {**result("service_account")["step"], "known": True},
        summary({"check_mode": True}, {"enforcement": SKIPPED})["steps"][0],
    ]
    known = {"check_mode": True, "key": {"source": "jumpcloud"}, "application_id": "a1"}
    assert [step["step"] for step in summary(known, skipped)["steps"]] == list(skipped)


def test_a_key_that_was_revoked_again_is_not_told() -> None:
    done = {"service_account": result("service_account"), "service_account_key": result("service_account_key")}
    revoked = summary({"check_mode": False}, {**done, "undelivered": {"changed": True}})
    assert [step["step"] for step in revoked["steps"]] == ["service_account"]
    for kept in ({}, {"skipped": True}, {"msg": "HTTP 500"}, {"changed": False, "kept": True}):
        assert [step["step"] for step in summary({"check_mode": False}, {**done, "undelivered": kept})["steps"]] == ["service_account", "service_account_key"]


def test_what_a_person_has_to_do() -> None:
    asked = {
        **result("service_account", ["ask"], pending=True),
        "manual_steps": [{"where": "Unity Dashboard", "do": "Enter it.", "field": "Name", "value": "x"}],
    }
    done = {**result("service_account_key"), "manual_steps": [{"where": "Not here", "do": "No.", "field": None, "value": None}]}
    told = summary({"check_mode": False}, {"service_account": asked, "service_account_key": done, "user_groups": SKIPPED}, "", "ansible-playbook x.yml")
    assert (told["pending"], told["waiting"]) == (["service_account"], ["user_groups"])
    assert told["manual_steps"] == asked["manual_steps"]
    assert told["lines"][0] == "service_account: it; asked a person"
    assert told["asks"] == [
        "A person has to do service_account: 1 step in the Unity Dashboard. It is in scim_provisioning_summary.manual_steps.",
        "user_groups waits for that. Then run again, with the same options: ansible-playbook x.yml",
    ]
    assert summary({"check_mode": False}, {"service_account": done})["asks"] == []


@pytest.mark.parametrize(
    "entry, names, check_mode, said",
    [
        (
            "deprovision",
            ["identity_management", "service_account"],
            False,
            "by scim_provisioning_confirmed: [service_account], and run, with the same other options: again",
        ),
        ("deprovision", ["service_account", "enforcement"], False, "[enforcement, service_account], and run, with the same other options: again"),
        ("deprovision", ["service_account"], True, "To begin, run without check mode: again"),
        # that an account is there, a key of it shows
        ("", ["service_account"], False, "Then run again, with the same options: again"),
        ("rotate", ["retire_keys"], False, "[retire_keys], and run, with the same other options: provision"),
        ("", ["retire_keys", "enforcement"], False, "[retire_keys, enforcement], and run, with the same other options: provision"),
    ],
)
def test_what_only_a_word_tells_is_asked_for(entry: str, names: list[str], check_mode: bool, said: str) -> None:
    asked = {name: {**result(name, ["ask"], pending=True), "evidence": {"found": None}} for name in names}
    assert summary({"check_mode": check_mode}, asked, entry, "again", "provision")["asks"][-1].endswith(said)
    if "service_account" in asked:
        # a key of it would tell
        seen = {**asked["service_account"], "evidence": {"found": False}}
        assert summary({"check_mode": False}, {"service_account": seen}, entry, "again")["asks"][-1] == "Then run again, with the same options: again"


@pytest.mark.parametrize(
    "evidence, pending, known",
    [({"found": None}, True, False), ({"found": False}, True, True), ({"found": None}, False, True), (None, True, True)],
)
def test_whether_anything_tells_how_a_step_stands(evidence: t.Any, pending: bool, known: bool) -> None:
    told = summary({"check_mode": True, **SEEN}, {"service_account": {**result("service_account", ["ask"], pending=pending), "evidence": evidence}})
    assert [step["known"] for step in told["steps"]] == [True, known]


def test_who_was_deprovisioned() -> None:
    people = [{"id": "u1", "email": "ada@example.com"}]
    assert summary({"check_mode": False}, {"user_groups": {**result("user_groups"), "deprovisioned_users": people}})["deprovisioned_users"] == people
    assert summary({"check_mode": False}, {"user_groups": {}})["deprovisioned_users"] == []


def test_a_step_of_two_tasks_is_one() -> None:
    first, second = result("x", ["test", "activate"], "inactive", ["test passed"]), result("x", [], "active", ["test passed", "read back"])
    assert joined(first, second)["step"] == {**result("x", ["test", "activate"], "inactive", ["test passed", "read back"])["step"]}
    assert joined({}, second) == second and joined(SKIPPED, second) == second
    assert joined({"msg": "failed"}, second) == second


@pytest.mark.parametrize(
    "key, identity, revocation, fate",
    [
        (NOBODY, NOBODY, NOBODY, "No key was created in this run."),
        ({"skipped": True}, NOBODY, NOBODY, "No key was created in this run."),
        ({"failed": True, "credentials": None}, NOBODY, NOBODY, None),
        (
            CREATED,
            {"failed": True, "msg": "Timed out after 5 second(s)."},
            SKIPPED,
            "The key k1 was created in this run, and stays, since JumpCloud may use it already. Run again: that sets it right.",
        ),
        (CREATED, {"changed": True}, SKIPPED, "The key k1 was created and delivered in this run, and stays."),
        (CREATED, FAILED, {"changed": True}, "The key k1, which was created in this run and could not be delivered, was revoked."),
        (
            CREATED,
            FAILED,
            {"msg": "HTTP 500"},
            "The key k1, which was created in this run and could not be delivered, could not be revoked either (HTTP 500). Revoke it in the Unity Dashboard "
            "(Administration > Service accounts).",
        ),
        (CREATED, {"pending": True}, {"kept": True}, "The key k1 is kept: its secret is in /f, and the next run goes on with it."),
        (
            CREATED,
            NOBODY,
            {"changed": True, "kept": False},
            "The key k1, which was created in this run and could not be delivered, was revoked.",
        ),
    ],
)
def test_what_became_of_the_key(key: t.Any, identity: t.Any, revocation: t.Any, fate: str | None) -> None:
    said = failure({"msg": "It broke."}, "Deliver", key, identity, revocation, "/f")
    assert said == "It broke. (Task: Deliver.)" + (" " + fate if fate else "")


def test_what_a_task_of_the_operator_shows_of_the_key_is_masked() -> None:
    """The secret and its header value: a store may fail with what it was given in its message."""
    key_id, secret = "4e1b7c1e-7a55-4f0d-9d38-1f0c1a4b8a55", "SENTINELnewsecret"
    header = authorization_header(key_id, secret)
    said = failure(
        {"msg": "Invalid value: {'secret_key': '%s', 'header': '%s'}" % (secret, header)},
        "Store",
        {"credentials": {"key_id": key_id, "secret_key": secret}},
        {},
        {},
        None,
    )
    assert secret not in said and header.partition(" ")[2] not in said and "Invalid value: {'secret_key': '" in said and key_id in said


def test_a_failure_without_words() -> None:
    assert failure({}, "Deliver", {}, {}, {}, None).startswith("the task failed without a message (Task: Deliver.) No key")


@pytest.mark.parametrize(
    "identity, delivered",
    [
        ({}, False),
        (FAILED, False),
        ({"failed": True, "msg": "Timed out after 5 second(s)."}, True),
        (SKIPPED, False),
        ({"pending": True}, False),
        ({"pending": False}, True),
    ],
)
def test_is_delivered(identity: dict[str, t.Any], delivered: bool) -> None:
    assert is_delivered(identity) is delivered


EVERY = ["application", "test_user", "single_sign_on", "service_account", "connector_url", "identity_management", "user_groups", "enforcement"]


@pytest.mark.parametrize(
    "tags, steps",
    [
        (["all"], EVERY),
        ([], EVERY),
        (["some tag of the playbook"], EVERY),
        (["user_groups"], ["application", "user_groups"]),
        (["service_account", "enforcement"], ["service_account", "enforcement"]),
        (["prerequisites"], EVERY[:3]),
        (["identity_management"], EVERY[:6]),
    ],
)
def test_what_is_looked_at_for_tags(tags: list[str], steps: list[str]) -> None:
    assert looked_at(tags) == steps


@pytest.mark.parametrize(
    "tags, left_out, is_guarded",
    [
        (["all"], [], True),
        (["some tag of the playbook"], [], False),
        (["service_account"], [], False),
        (["identity_management"], [], False),
        (["identity_management", "user_groups"], [], True),
        (["all"], ["user_groups"], False),
        (["all"], ["connector_url"], True),
        ([], [], False),
    ],
)
def test_the_guard_looks_at_a_taking_down_before_anything_is_changed(tags: list[str], left_out: list[str], is_guarded: bool) -> None:
    found = looked_at(tags, "deprovision", left_out)
    assert found == ["application", "service_account", "identity_management", *(["user_groups"] if is_guarded else [])]


def test_a_takedown_that_leaves_the_account_alone_does_not_look_whose_its_keys_are() -> None:
    assert looked_at(["all"], "deprovision", ["service_account"]) == ["application", "identity_management", "user_groups"]
    assert looked_at(["user_groups", "enforcement"], "deprovision") == ["application", "identity_management", "user_groups"]
    assert looked_at(["enforcement"], "deprovision") == ["application", "identity_management"]
    assert looked_at(["all"], "", ["service_account"]) == EVERY


@pytest.mark.parametrize("entry", ["", "rotate", "audit"])
def test_a_step_is_not_left_without_what_another_one_hands_on(entry: str) -> None:
    with pytest.raises(ScimError, match="identity_management needs what connector_url finds out. Nothing was changed. Skip both tags, or neither."):
        looked_at(["all"], entry, ["connector_url"])
    assert looked_at(["all"], entry, ["connector_url", "identity_management"]) == looked_at(["all"], entry)
    assert looked_at(["service_account"], entry, ["connector_url"]) == looked_at(["service_account"], entry)


def test_a_key_that_may_be_in_use_is_not_revoked() -> None:
    """Whether the activation failed, or only what came behind it."""
    failed = {"failed": True, "actions": [], "msg": "JumpCloud could not be read.", "key_may_be_in_use": True}
    assert is_delivered(failed) and not is_delivered({**failed, "key_may_be_in_use": False})
    key = {"credentials": {"key_id": "k1"}, "step": {"method": "api"}}
    said = failure(failed, "Provisioning is active", key, failed, {"skipped": True}, None)
    assert said.endswith("The key k1 was created in this run, and stays, since JumpCloud may use it already. Run again: that sets it right.")


@pytest.mark.parametrize("entry, waits", [("deprovision", True), ("", False)])
def test_an_account_stays_until_jumpcloud_is_stopped(entry: str, waits: bool) -> None:
    stopping = {**result("identity_management"), "pending": True}
    told = summary({"check_mode": False}, {"service_account": SKIPPED, "identity_management": stopping}, entry)
    supplied = summary({"check_mode": False, "key": {"source": "supplied"}}, {"service_account": SKIPPED, "identity_management": stopping}, entry)
    assert supplied["waiting"] == [] and "a key is supplied" in [step["found"] for step in supplied["steps"]]
    account = next(step for step in told["steps"] if step["step"] == "service_account")
    assert account["waiting"] is waits and (account["found"] == "it waits for the identity management") is waits


BY_HAND = {"seen": {"methods": {"unity": {"method": "manual"}}}}


@pytest.mark.parametrize(
    "preflight, identity, may",
    [
        # the tags left the identity management out
        ({"is_active": True}, {}, False),
        ({"is_active": None}, {}, False),
        ({"is_active": False}, {}, True),
        ({"is_active": True, "check_mode": True}, {}, False),
        ({"is_active": True, **BY_HAND}, {}, False),
        ({"is_active": False, **BY_HAND}, {}, True),
        # or it is stopped by this run, or not yet
        ({"is_active": True}, result("identity_management"), True),
        ({"is_active": True}, {**result("identity_management"), "pending": True}, False),
        ({"is_active": True, "check_mode": True}, {**result("identity_management"), "pending": True}, True),
        ({"is_active": True, **BY_HAND}, {**result("identity_management"), "pending": True}, True),
    ],
)
def test_an_account_goes_once_jumpcloud_is_stopped(preflight: dict[str, t.Any], identity: dict[str, t.Any], may: bool) -> None:
    preflight = {"check_mode": False, **preflight}
    assert may_take_account(preflight, identity) is may
    told = summary(preflight, {"service_account": SKIPPED, "identity_management": identity}, "deprovision")
    assert ("service_account" in told["waiting"]) is not may
    said = "service_account: JumpCloud is active, as far as is known, with a key of it, so it waits: run deprovision without tags"
    assert (said in told["lines"]) is not (may or bool(identity))


@pytest.mark.parametrize(
    "bindings, may",
    [
        ({"deprovisioned": False, "awaited_users_count": 1}, False),
        ({"deprovisioned": False, "awaited_users_count": 300}, False),
        # the events can't tell, however often it is waited
        ({"deprovisioned": False, "awaited_users_count": None}, True),
        ({"deprovisioned": True, "awaited_users_count": 0}, True),
        # nothing was waited for: by the options, in check mode, or since there was nobody
        ({"deprovisioned": None, "awaited_users_count": None}, True),
        # the tags left it out
        ({}, True),
        (SKIPPED, True),
    ],
)
def test_provisioning_goes_on_until_everybody_is_seen_to_be_deprovisioned(bindings: dict[str, t.Any], may: bool) -> None:
    assert may_stop(bindings) is may


HELD = {**result("user_groups", ["unbind 2"]), "deprovisioned": False, "deprovisioned_users_count": 3, "awaited_users_count": 2}


def test_what_is_said_where_the_events_lack_people() -> None:
    results = {"service_account": SKIPPED, "identity_management": SKIPPED, "user_groups": HELD}
    told = summary({"check_mode": False, "is_active": True, "status": "active"}, results, "deprovision", "again")
    assert (told["pending"], told["waiting"]) == ([], ["identity_management", "service_account"])
    assert told["lines"][1:] == [
        "identity_management: it waits until JumpCloud's events show everybody as deprovisioned",
        "service_account: it waits for the identity management",
        "3 people have lost access, and JumpCloud's events do not show 2 of them deprovisioned yet. --diff names them.",
    ]
    assert len(told["asks"]) == 1 and told["asks"][0].endswith("and it waits once more: again")
    supplied = summary({"check_mode": False, "is_active": True, "key": {"source": "supplied"}}, results, "deprovision")
    assert supplied["waiting"] == ["identity_management"]


def test_where_a_person_has_something_to_do_that_is_asked_for() -> None:
    """To run again comes after it in any case."""
    enforcement = {**result("enforcement", ["ask"], pending=True), "manual_steps": [], "evidence": {"found": False}}
    told = summary({"check_mode": False}, {"identity_management": SKIPPED, "user_groups": HELD, "enforcement": enforcement}, "deprovision", "again")
    assert told["pending"] == ["enforcement"] and told["asks"][1:] == ["Then run again, with the same options: again"]


def test_a_wait_elsewhere_holds_nothing() -> None:
    """Unbinding within a provisioning waits for nobody."""
    told = summary({"check_mode": False}, {"identity_management": result("identity_management"), "user_groups": HELD})
    assert told["waiting"] == [] and told["asks"] == []


@pytest.mark.parametrize("entry, is_told", [("deprovision", True), ("", False), ("rotate", False)])
def test_who_has_lost_access_is_told_where_that_was_the_aim(entry: str, is_told: bool) -> None:
    unbound = {**result("user_groups", ["unbind 1"]), "deprovisioned_users_count": 2}
    told = summary({"check_mode": False}, {"user_groups": unbound}, entry)
    assert any("2 people have lost access" in line for line in told["lines"]) is is_told
