# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each step of the role gives its module, by what the tasks before have registered."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_steps import STEPS, options_of_step

SEEN = {"application_id": "a1", "identity_management": None, "methods": {"jumpcloud": {"method": "api"}}}
CHOICE = {"source": "jumpcloud", "redeliver": False, "rotate": "auto", "secret_file": None}
LOOK = {"seen": SEEN, "key": CHOICE, "application_id": "a1", "in_use": False, "retired_beside": None}
CONNECTOR = {"connector": {"base_url": "https://scim.example.com/scim/v2/tenants/1"}}
GIVEN = {
    "service_account": "JumpCloud SCIM",
    "unity_organization_id": "1",
    "key": {"key_id": ""},
    "audit_key": {"key_id": ""},
    "stored_key": {"key_id": "s1", "secret_key": "SENTINEL-s"},
}
NEW_KEY = {"changed": True, "key": {"id": "k2"}, "credentials": {"key_id": "k2", "secret_key": "SENTINEL-k", "authorization": "Basic SENTINEL"}}
OF_THE_STORE = {"seen": {**LOOK, "key": {**CHOICE, "source": "stored"}}}


def step(name: str, registered: dict[str, t.Any] | None = None, **values: t.Any) -> dict[str, t.Any]:
    """The options, where both sides were looked at, the connector is known, and these tasks have ended so beside it."""
    ended = {"seen": LOOK, "connector": CONNECTOR, "given": GIVEN, **(registered or {})}
    known = {**{"__scim_provisioning_" + key: value for key, value in ended.items()}, **{"scim_provisioning_" + key: value for key, value in values.items()}}
    return options_of_step(name, known.get, lambda path: "/here/" + path)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_has_the_options_of_the_variables_and_what_was_seen(name: str) -> None:
    identity = {"identity": {"step": {"method": "api"}}}
    values = {"runbook_dir": "book", "time_budget": 60, "unity_api_url": "https://u", "jumpcloud_api_key": "SENTINEL-j", "enforced": True}
    found = step(name, identity, **values)
    assert found["time_budget"] == 60 and (name == "connector_url" or found["seen"] == SEEN)
    assert name == "user_groups" or found["runbook"] == "/here/book/scim"
    vendor = "jumpcloud" if "application_id" in found else "unity"
    assert ("api_key" in found, "api_url" in found) == (vendor == "jumpcloud", vendor == "unity")


@pytest.mark.parametrize(
    "source, revival, rotate, method",
    [
        ("create", {"skipped": True}, "auto", "auto"),
        ("revive", {"msg": "The connection test failed."}, "always", "auto"),
        ("secret_file", {}, "auto", "manual"),
    ],
)
def test_the_key_that_the_look_has_chosen(source: str, revival: dict[str, t.Any], rotate: str, method: str) -> None:
    """A person's secret file is read whoever makes keys, and where JumpCloud's own key can't be activated there is a new one."""
    look = {**LOOK, "key": {**CHOICE, "source": source, "secret_file": "/here/secret"}}
    found = step("service_account_key", {"seen": look, "revival": revival}, unity_method="auto")
    assert (found["rotate"], found["method"], found["secret_file"]) == (rotate, method, "/here/secret")


@pytest.mark.parametrize(
    "registered, options",
    [
        ({}, {"test_email": "t@e"}),
        ({"seen": {**LOOK, "in_use": True}}, {}),
        ({"key": {"skipped": True}, "seen": {**LOOK, "in_use": True}}, {}),
        ({"key": NEW_KEY}, {"test_email": "t@e", "wait_timeout": 30, "key_id": "k2", "secret_key": "SENTINEL-k"}),
        ({"key": NEW_KEY, "seen": {**LOOK, "in_use": True}}, {"test_email": "t@e", "wait_timeout": 30, "key_id": "k2", "secret_key": "SENTINEL-k"}),
        (OF_THE_STORE, {"test_email": "t@e", "key_id": "s1", "secret_key": "SENTINEL-s"}),
    ],
)
def test_the_service_is_asked_with_the_key_and_of_the_test_user_before_a_test(registered: dict[str, t.Any], options: dict[str, t.Any]) -> None:
    found = step("connector_url", registered, test_email="t@e", connector_wait_timeout=30, runbook_dir="book")
    assert found == {"runbook": "/here/book/scim", **options}


def delivered(source: str = "jumpcloud", redeliver: bool = False, secret_file: str | None = None, **values: t.Any) -> dict[str, t.Any]:
    choice = {"source": source, "redeliver": redeliver, "secret_file": secret_file}
    return step("identity_management", {"seen": {**LOOK, "key": choice}, **values.pop("registered", {})}, **values, runbook_dir="book")


def test_what_the_steps_before_hand_on_to_jumpcloud() -> None:
    found = delivered(update_secret="on_change", confirmed=[])
    assert found["base_url"] == CONNECTOR["connector"]["base_url"] and found["allowed_hosts"] == ["scim.example.com"]
    assert found["application_id"] == "a1" and found["seen"] == SEEN and found["confirmed"] is False and found["update_secret"] == "on_change"
    assert found["unity_organization_id"] == "1" and not {"secret_file", "service_account", "audit_service_account", "key_id"} & set(found)


def test_which_key_jumpcloud_gets() -> None:
    assert [delivered(registered={"key": NEW_KEY})[name] for name in ("key_id", "secret_key")] == ["k2", "SENTINEL-k"]
    assert [delivered("stored")[name] for name in ("key_id", "secret_key")] == ["s1", "SENTINEL-s"]


def test_what_was_tried_with_jumpclouds_own_key_is_looked_up_again() -> None:
    assert delivered(registered={"revival": {"step": {"step": "identity_management"}}})["seen"] == {"methods": SEEN["methods"]}
    assert delivered(registered={"revival": {"skipped": True}})["seen"] == SEEN


@pytest.mark.parametrize(
    "how, sent",
    [({}, "on_change"), ({"redeliver": True}, "always"), ({"registered": {"key": {"changed": True}}}, "always"), ({"update_secret": "always"}, "always")],
)
def test_a_new_key_is_sent_whatever_the_policy(how: dict[str, t.Any], sent: str) -> None:
    assert delivered(**{"update_secret": "on_change", **how})["update_secret"] == sent


def test_a_confirmation_is_of_this_step() -> None:
    assert delivered(confirmed=["identity_management"])["confirmed"] is True and delivered(confirmed=["enforcement"])["confirmed"] is False
    assert delivered(secret_file="/here/secret")["secret_file"] == "/here/secret"
    assert [step("enforcement", confirmed=[name])["enforcement_confirmed"] for name in ("enforcement", "retire_keys")] == [True, False]


@pytest.mark.parametrize(
    "values, asked",
    [
        ({}, "JumpCloud SCIM audit"),
        ({"audit_service_account": "Auditor"}, "Auditor"),
        ({"registered": {"entry": "audit"}}, None),
        ({"registered": {"entry": "rotate"}}, None),
        ({"registered": {"given": {**GIVEN, "audit_key": {"key_id": "k1"}}}}, None),
    ],
)
def test_who_takes_a_key_from_console_to_console_is_asked_for_one_for_audits_too(values: dict[str, t.Any], asked: str | None) -> None:
    found = delivered("console", **values)
    assert (found["service_account"], found["unity_organization_id"], found.get("audit_service_account")) == ("JumpCloud SCIM", "1", asked)


TESTED = {"step": {"method": "api"}, "identity_management": {"last_test": {"at": "2026-01-02T03:04:05Z"}}, "activated_with": {"key_id": "k2"}}
BY_A_PERSON = {"step": {"method": "manual"}, "evidence": {"at": "2026-02-03T04:05:06Z"}}
LIVE = [{"id": "k1", "managed": True}, {"id": "f1", "managed": False}]


@pytest.mark.parametrize(
    "registered, options",
    [
        (
            {"key": {**NEW_KEY, "live_keys": LIVE}, "identity": TESTED},
            {
                "key_id": "k2",
                "known_key_ids": ["k1"],
                "used_since": "2026-01-02T03:04:05Z",
                "activated_with": {"key_id": "k2"},
                "jumpcloud_method": "api",
                "confirmed": False,
            },
        ),
        # check mode makes no key, and a delivery by hand has its events
        (
            {"key": {"changed": True, "key": None}, "identity": BY_A_PERSON},
            {"key_id": "(new)", "known_key_ids": [], "used_since": "2026-02-03T04:05:06Z", "jumpcloud_method": "manual", "confirmed": False},
        ),
        # nothing was sent, so its activation says nothing of the key that an earlier run asked about
        (
            {"seen": {**LOOK, "retired_beside": "k9"}, "key": {"changed": False, "live_keys": LIVE}, "identity": TESTED},
            {"key_id": "k9", "known_key_ids": ["k1"], "used_since": "2026-01-02T03:04:05Z", "jumpcloud_method": "api", "confirmed": False},
        ),
        # asked for by a run before, beside another key
        (
            {"seen": {**LOOK, "retired_beside": "k9"}, "key": {"skipped": True}, "identity": {"step": {"method": "manual"}, "identity_management": None}},
            {"key_id": "k9", "known_key_ids": [], "jumpcloud_method": "manual", "confirmed": False},
        ),
        (
            {"seen": {**LOOK, "retired_beside": ""}, "key": {"changed": False, "key": {"id": "k2"}, "live_keys": None}, "identity": BY_A_PERSON},
            {"key_id": "(new)", "known_key_ids": [], "used_since": "2026-02-03T04:05:06Z", "jumpcloud_method": "manual", "confirmed": False},
        ),
    ],
)
def test_which_keys_are_older_than_the_one_that_jumpcloud_has(registered: dict[str, t.Any], options: dict[str, t.Any]) -> None:
    found = step("retire_keys", registered, runbook_dir="book")
    assert found.pop("service_account") == "JumpCloud SCIM"
    assert found == {"runbook": "/here/book/scim", "application_id": "a1", "seen": SEEN, **options}
    assert step("retire_keys", registered, confirmed=["retire_keys"])["confirmed"] is True


@pytest.mark.parametrize("entry, key_id", [("", None), ("audit", "s1")])
def test_people_are_read_with_a_key_that_the_run_can_not_have_replaced(entry: str, key_id: str | None) -> None:
    assert step("user_groups", {"entry": entry}).get("key_id") == key_id
    supplied = {**GIVEN, "key": {"key_id": "k1", "secret_key": "SENTINEL-1"}}
    assert step("user_groups", {"entry": entry, "given": supplied})["key_id"] == "k1"


def test_what_is_empty_is_not_given() -> None:
    assert "enforced" not in step("enforcement", enforced="") and step("enforcement", enforced=False)["enforced"] is False
    assert "test_email" not in step("connector_url", test_email="")
