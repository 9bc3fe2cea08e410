# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary, where persons do the steps."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import failure, summary

UNKNOWN, ACCEPTED, NO_FILE = "Without a key nothing tells.", "The SCIM service accepts the key.", "There is no key in the file yet."


def result(step: str, found: str, *did: str, pending: bool = False, evidence: bool | None = None) -> dict[str, t.Any]:
    said = {"step": step, "method": "manual", "changed": bool(did), "found": found, "did": list(did), "verified": [], "pending": pending, "waiting": False}
    clicks = [{"where": "Unity Dashboard > " + step, "do": "Do it.", "field": None, "value": None}]
    return {"step": said, "pending": pending, "evidence": {"found": evidence}, "manual_steps": clicks}


ASKED_ACCOUNT = result("service_account", UNKNOWN, "ask", pending=True)
TAKEN = result("service_account_key", ACCEPTED, "take", evidence=True)


def test_a_proven_key_shows_its_account() -> None:
    told = summary({"check_mode": True}, {"service_account": ASKED_ACCOUNT, "service_account_key": TAKEN})
    assert (told["pending"], told["manual_steps"], told["asks"]) == ([], [], [])
    assert told["lines"] == [
        "service_account: The SCIM service accepts the key; nothing to do",
        "service_account_key: The SCIM service accepts the key; would take the key from the secret file",
    ]
    assert ASKED_ACCOUNT["step"]["pending"] is True


@pytest.mark.parametrize(
    "key",
    [
        result("service_account_key", NO_FILE, "ask", pending=True, evidence=False),
        result("service_account_key", "Nobody was asked."),
        {"skipped": True},
        {},
    ],
)
def test_without_a_proven_key_the_account_is_asked_for(key: dict[str, t.Any]) -> None:
    told = summary({"check_mode": False}, {"service_account": ASKED_ACCOUNT, "service_account_key": key, "identity_management": {"skipped": True}})
    assert told["pending"][0] == "service_account" and told["manual_steps"][0]["where"] == "Unity Dashboard > service_account"
    assert told["waiting"] == ["identity_management"]


ACTIVATED = result("identity_management", "Provisioning was activated.", evidence=True)


@pytest.mark.parametrize(
    "source, identity, pending",
    [
        ("console", ACTIVATED, []),
        # not with a key of this account, as far as anything tells
        ("jumpcloud", ACTIVATED, ["service_account"]),
        ("console", result("identity_management", "Nothing tells.", "ask", pending=True, evidence=False), ["service_account", "identity_management"]),
        ("console", result("identity_management", "It was said.", evidence=None), ["service_account"]),
    ],
)
def test_an_activation_with_the_key_from_the_console_shows_its_account(source: str, identity: dict[str, t.Any], pending: list[str]) -> None:
    """Within one run that has waited for it."""
    results = {"service_account": ASKED_ACCOUNT, "service_account_key": {"skipped": True}, "identity_management": identity}
    told = summary({"key": {"source": source}, "check_mode": False}, results)
    assert told["pending"] == pending
    assert "service_account" in summary({"key": {"source": source}, "check_mode": False}, results, "deprovision")["pending"]
    if not pending:
        assert told["lines"][0] == "service_account: Provisioning was activated; nothing to do"


def test_a_key_that_an_earlier_run_has_left_in_the_file() -> None:
    preflight = {"key": {"source": "secret_file"}}
    account = {**result("service_account", "the account exists"), "pending": False}
    told = summary(preflight, {"service_account": account, "service_account_key": TAKEN})
    assert [step["found"] for step in told["steps"]] == ["the account exists", "the key in the secret file is still to be delivered"]


def test_the_runbook_is_named_where_it_was_written() -> None:
    asked = {**ASKED_ACCOUNT, "runbook": {"html": "/home/me/runbook/unity.html"}}
    assert summary({"check_mode": False}, {"service_account": asked})["asks"] == [
        "A person has to do service_account: 1 step in the Unity Dashboard. Runbook: /home/me/runbook/unity.html",
        "Then run again, with the same options.",
    ]
    assert summary({"check_mode": True}, {"service_account": asked})["asks"] == [
        "A person would have to do service_account: 1 step in the Unity Dashboard. It is in scim_provisioning_summary.manual_steps.",
        "To begin, run without check mode.",
    ]


def test_what_is_taken_down_is_told_backwards() -> None:
    results = {name: result(name, "it is there", "ask", pending=True) for name in ("service_account", "identity_management", "user_groups")}
    assert summary({"check_mode": False}, results)["pending"] == list(results)
    told = summary({"step": result("prerequisites", "all is well")["step"]}, results, "deprovision")
    assert told["pending"] == ["user_groups", "identity_management", "service_account"]
    assert [step["where"].rpartition(" > ")[2] for step in told["manual_steps"]] == told["pending"] and told["steps"][0]["step"] == "prerequisites"


FAILED = {"failed": True, "actions": []}
KEY = {"credentials": {"key_id": "k1"}}
IN_A_FILE = {**KEY, "method": "manual", "evidence": {"source": "Unity SCIM", "found": True}}


@pytest.mark.parametrize(
    "key, identity, revocation, fate",
    [
        (IN_A_FILE, {"pending": False}, {}, "The key k1 was created and delivered in this run, and stays."),
        (IN_A_FILE, FAILED, {"skipped": True}, "The key k1 is kept: its secret is in /file, and the next run goes on with it."),
        (KEY, FAILED, {"skipped": True}, "The key k1, which a person handed over, was not delivered, and stays."),
        (KEY, FAILED, {"changed": True}, "The key k1, which was created in this run and could not be delivered, was revoked."),
    ],
)
def test_what_becomes_of_the_key(key: dict[str, t.Any], identity: dict[str, t.Any], revocation: dict[str, t.Any], fate: str) -> None:
    assert failure({"msg": "No."}, "It works", key, identity, revocation, "/file") == "No. (Task: It works.) " + fate
