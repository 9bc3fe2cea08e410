# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps as a person does them."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step

ALL = {
    "create_service_account": instructions.create_service_account("SCIM", None, ["SCIM Authenticator", "Other"]),
    "create_key": instructions.create_key("SCIM"),
    "revoke_key": instructions.revoke_key("SCIM", "key-1"),
    "prune_keys": instructions.prune_keys("SCIM", "ours", "key-1"),
    "delete_service_account": instructions.delete_service_account("SCIM"),
    "read_sso_settings": instructions.read_sso_settings(),
    "set_enforcement": instructions.set_enforcement(True),
    "configure_identity_management": instructions.configure_identity_management("Unity", {"base_url": "https://x", "secret_key": "0123456789"}),
    "deactivate_identity_management": instructions.deactivate_identity_management("Unity"),
}
FIELDS = {"service": "Things", "operation": "list", "status": 200}


@pytest.mark.parametrize("name", ALL)
def test_each_step_says_where_what_and_why(name: str) -> None:
    assert ALL[name]
    for step in ALL[name]:
        assert list(step) == ["where", "do", "field", "value", "why"]
        assert step["where"] and step["do"].endswith(".") and step["why"].endswith(".")


@pytest.mark.parametrize("name", ALL)
def test_no_secret_is_a_value(name: str) -> None:
    assert "0123456789" not in repr(ALL[name])


def values(steps: list[dict[str, t.Any]]) -> dict[str, t.Any]:
    return {step["field"]: step["value"] for step in steps if step["field"]}


def test_create_service_account_has_a_step_for_each_role() -> None:
    assert [step["value"] for step in ALL["create_service_account"] if step["field"] == "Admin"] == ["SCIM Authenticator", "Other"]
    assert values(ALL["create_service_account"])["Description"] == ""
    assert values(instructions.create_service_account("SCIM", "For JumpCloud", []))["Description"] == "For JumpCloud"


def test_identity_management_follows_the_guide() -> None:
    settings = {"base_url": "https://x", "header_name": None, "test_email": "scim-test@example.com"}
    assert values(instructions.configure_identity_management("Unity", settings)) == {
        "API type": "SCIM API",
        "SCIM version": "SCIM 2.0",
        "Authentication method": "API Key",
        "Base URL": "https://x",
        "Authorization header name": "Authorization",
        "Authorization header value": None,
        "Test user email": "scim-test@example.com",
        "Group management": "off",
    }


def test_pruning_by_hand_spares_the_key_in_use() -> None:
    step = ALL["prune_keys"][0]
    assert step["do"].endswith("delete the keys named ours, alone or with a suffix, but not the one with this key ID.")
    assert (step["field"], step["value"]) == ("Key ID", "key-1")


@pytest.mark.parametrize("enforced, verb", [(True, "Turn on"), (False, "Turn off")])
def test_enforcement(enforced: bool, verb: str) -> None:
    step = instructions.set_enforcement(enforced)[0]
    assert step["do"].startswith(verb) and step["value"] is enforced


@pytest.mark.parametrize("secret_sent", [True, False])
def test_an_unexpected_answer_becomes_manual_steps(secret_sent: bool) -> None:
    cause = UnexpectedAnswer("no", expected="a list", got="an HTML page", **FIELDS)
    with pytest.raises(AssumptionFailed) as caught:
        with assumed_step("List", ALL["create_key"], lambda: secret_sent):
            raise cause
    assert caught.value.manual_steps == ALL["create_key"]
    assert caught.value.__cause__ is cause
    assert ("had been sent" in str(caught.value)) is secret_sent


@pytest.mark.parametrize("error", [ApiError("no", service="Things", operation="list"), KeyError("bug")])
def test_other_failures_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        with assumed_step("List", []):
            raise error
    assert caught.value is error


def test_success_passes() -> None:
    with assumed_step("List", []):
        pass
