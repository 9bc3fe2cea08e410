# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which key is taken for what."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_keys import for_audits, handed_over, reading, supplied

NONE = {"key_id": "", "secret_key": ""}
NEW, STORED, SUPPLIED, AUDIT = ({"key_id": name, "secret_key": "s"} for name in ("new", "stored", "supplied", "audit"))


def given(audit: t.Any = None, supplied: t.Any = None, stored: t.Any = None) -> dict[str, t.Any]:
    return {"audit_key": audit or NONE, "key": supplied or NONE, "stored_key": stored}


@pytest.mark.parametrize(
    "new, source, key",
    [
        (NEW, "create", NEW),
        (NEW, "stored", NEW),
        (None, "stored", STORED),
        ({}, "supplied", SUPPLIED),
        (None, "jumpcloud", {}),
        (None, "console", {}),
        (None, None, {}),
    ],
)
def test_what_jumpcloud_gets(new: t.Any, source: str | None, key: t.Any) -> None:
    """A key that is merely there is not sent."""
    assert handed_over(new, source, given(AUDIT, SUPPLIED, STORED)) == key


def test_a_store_may_be_empty() -> None:
    assert handed_over(None, "stored", {}) == reading({}) == for_audits({}, None) == {}
    assert handed_over(None, "stored", given()) == {} and reading(given()) == {} and reading(given(stored={})) == {}


@pytest.mark.parametrize(
    "keys, key",
    [((AUDIT, SUPPLIED, STORED), AUDIT), ((None, SUPPLIED, STORED), SUPPLIED), ((None, None, STORED), STORED)],
)
def test_what_people_are_read_with(keys: t.Any, key: t.Any) -> None:
    assert reading(given(*keys)) == key


def test_nobody_is_read_with_a_stored_key_that_may_be_gone() -> None:
    assert reading(given(stored=STORED), True) == {} and reading(given(supplied=SUPPLIED, stored=STORED), True) == SUPPLIED


@pytest.mark.parametrize("half", [{"key_id": "half", "secret_key": ""}, {"key_id": "", "secret_key": "half"}])
def test_half_a_key_is_not_replaced_by_another_one(half: t.Any) -> None:
    """The module that gets it refuses it."""
    assert reading(given(half, SUPPLIED, STORED)) == half and reading(given(None, half, STORED)) == half
    assert for_audits(given(half), STORED) == half


def test_the_key_for_audits() -> None:
    assert for_audits(given(AUDIT), STORED) == AUDIT
    assert for_audits(given(supplied=SUPPLIED, stored=SUPPLIED), STORED) == STORED
    assert for_audits(given(), None) == {}


OF_THE_ENVIRONMENT = {
    "UNITY_SCIM_KEY_ID": "E1",
    "UNITY_SCIM_SECRET_KEY": "SENTINEL-e",
    "UNITY_SCIM_AUDIT_KEY_ID": "A1",
    "UNITY_SCIM_AUDIT_SECRET_KEY": "SENTINEL-a",
}


@pytest.mark.parametrize(
    "variables, key",
    [
        ({}, ("E1", "SENTINEL-e")),
        ({"key_id": None, "secret_key": ""}, ("E1", "SENTINEL-e")),
        ({"key_id": "V1", "secret_key": "SENTINEL-v"}, ("V1", "SENTINEL-v")),
        # a half of each is no key, unless the environment has the other half of the same one
        ({"key_id": "V1"}, ("V1", "")),
        ({"secret_key": "SENTINEL-v"}, ("", "SENTINEL-v")),
        ({"key_id": " e1 "}, (" e1 ", "SENTINEL-e")),
        ({"key_id": 7}, ("7", "")),
        ({"audit_key_id": "V1", "audit_secret_key": "SENTINEL-v"}, ("E1", "SENTINEL-e")),
    ],
)
def test_a_key_is_supplied_from_one_place(variables: dict[str, t.Any], key: tuple[str, str]) -> None:
    value_of = {"scim_provisioning_" + name: value for name, value in variables.items()}.get
    assert (supplied("key_id", "scim", value_of, OF_THE_ENVIRONMENT), supplied("secret_key", "scim", value_of, OF_THE_ENVIRONMENT)) == key
    nothing: dict[str, str] = {}
    assert supplied("secret_key", "scim", value_of, nothing) == (variables.get("secret_key") or "")


def test_the_key_for_audits_has_names_of_its_own() -> None:
    value_of = {"scim_provisioning_audit_key_id": "V1", "scim_provisioning_secret_key": "SENTINEL-v"}.get
    assert [supplied(half, "audit", value_of, OF_THE_ENVIRONMENT) for half in ("key_id", "secret_key")] == ["V1", ""]
    assert [supplied(half, "audit", {}.get, OF_THE_ENVIRONMENT) for half in ("key_id", "secret_key")] == ["A1", "SENTINEL-a"]
