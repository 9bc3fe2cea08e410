# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_audit_key: a key that reads Unity's people, proven, made, or asked for."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.commands import AUDIT_KEY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_audit_key
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_audit_key import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    FIRST_PAGE,
    HEADER,
    KEY_ID,
    ORG,
    SECRET,
    UNITY,
    account,
    key,
    paged,
    roles,
)

NAME = "JumpCloud SCIM audit"
KEYS = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID)
ROLES = "%s/%s/organization-roles" % (ACCOUNTS, ACCOUNT_ID)
USERS = "/scim/v2/tenants/%s/Users" % ORG
DESCRIPTION = "Reads Unity's people for audits of SCIM provisioning"
ACCOUNT = account(NAME, description=DESCRIPTION)
NEW = key(name="unity_jumpcloud.scim audit 000000000001")
GIVEN = {"key_id": KEY_ID, "secret_key": SECRET}
PEOPLE = {"totalResults": 3, "Resources": []}


@pytest.fixture
def context(context: Context) -> Context:  # pylint: disable=redefined-outer-name
    return replace(context, make_nonce=lambda: "000000000001")


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, **given})


def without_owner(**given: t.Any) -> dict[str, t.Any]:
    return options(access_token=None, **given)


def expect_people(http: ExactCalls, answer: t.Any = None) -> None:
    http.expect("GET", USERS, answer or reply(PEOPLE), query={"startIndex": 1, "count": 1}, headers={"Authorization": HEADER})


def expect_account(http: ExactCalls) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(ACCOUNT)), query=FIRST_PAGE)
    http.expect("GET", ROLES, reply(roles("SCIM Authenticator")))


def expect_key(http: ExactCalls, *others: dict[str, t.Any]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(ACCOUNT)), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(*others)), query=FIRST_PAGE)
    http.expect("POST", KEYS, reply({**NEW, "secretKey": SECRET}, 201), json={"name": NEW["name"]})
    http.expect("GET", KEYS, reply(paged(NEW, *others)), query=FIRST_PAGE)


def test_a_key_that_is_there_is_proven_and_nothing_else_is_asked(http: ExactCalls, context: Context) -> None:
    expect_people(http)
    result = run(options(**GIVEN), context)
    assert (result["changed"], result["pending"], result["users"], result["credentials"]) == (False, False, 3, None)
    assert result["lines"] == [
        "The key for audits %s can read Unity's people (3 users)." % KEY_ID,
        "Next: ansible-playbook unity_jumpcloud.scim.audit -e @vars.yml",
    ]
    assert_documented(unity_audit_key, result)


def test_the_next_command_names_the_file_for_a_shell(http: ExactCalls, context: Context) -> None:
    expect_people(http)
    said = run(options(file="/srv/with a blank/audit_key.yml", **GIVEN), context)["lines"][-1]
    assert said.endswith(" -e '@/srv/with a blank/audit_key.yml' --ask-vault-pass")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_says_how_to_get_another_one(http: ExactCalls, context: Context, status: int) -> None:
    expect_people(http, reply({"title": "no"}, status))
    with pytest.raises(ApiError) as caught:
        run(options(**GIVEN), context)
    assert caught.value.sentence().endswith("and get another one: %s" % AUDIT_KEY) and "(UNITY_SCIM_AUDIT_KEY_ID)" in caught.value.sentence()


@pytest.mark.parametrize("half", ["key_id", "secret_key"])
def test_half_a_key_is_refused(http: ExactCalls, context: Context, half: str) -> None:
    with pytest.raises(ScimError, match="Of the key for audits, only the .* was given"):
        run(options(**{half: GIVEN[half]}), context)


@pytest.mark.parametrize("given", [{}, {"file": "/x/audit_key.yml"}])
def test_without_an_owners_credentials_a_person_is_asked(http: ExactCalls, context: Context, tmp_path: Path, given: dict[str, t.Any]) -> None:
    result = run(without_owner(runbook=str(tmp_path / "audit_key"), **given), replace(context, command="the playbook that was typed", provision="another"))
    assert (result["changed"], result["pending"], result["method"], verbs(result)) == (True, True, "manual", ["ask"])
    assert result["lines"] == [
        "A person has to make a key for audits: 10 steps.",
        "Runbook: %s" % (tmp_path / "audit_key.html"),
        "Keep it as scim_provisioning_audit_key_id (UNITY_SCIM_AUDIT_KEY_ID) and "
        "scim_provisioning_audit_secret_key (UNITY_SCIM_AUDIT_SECRET_KEY), then run again: " + AUDIT_KEY,
    ]
    page = (tmp_path / "audit_key.md").read_text(encoding="utf-8")
    assert AUDIT_KEY in page and "run this again" not in page and "the playbook that was typed" not in page
    assert_documented(unity_audit_key, result)


def test_without_a_file_that_keeps_it_none_is_made(http: ExactCalls, context: Context) -> None:
    """Its secret would be lost. Without a runbook the steps themselves are shown."""
    result = run(options(), context)
    assert result["pending"] and len(result["lines"]) == 12
    assert result["lines"][8].endswith("Keep the key ID under this name. Key ID: UNITY_SCIM_AUDIT_KEY_ID")
    with pytest.raises(ScimError, match="its secret is shown once, and nothing would keep it") as caught:
        run(options(method="api"), context)
    assert str(caught.value.hint).startswith("Set scim_provisioning_audit_key_file")


def test_what_a_person_was_asked_for_is_seen_done(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    runbook = str(tmp_path / "audit_key")
    run(without_owner(runbook=runbook), context)
    expect_people(http)
    expect_people(http)
    assert verbs(run(without_owner(runbook=runbook, **GIVEN), context)) == ["see_done"]
    assert run(without_owner(runbook=runbook, **GIVEN), context)["changed"] is False


def test_a_key_is_made_proven_and_returned(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    http.expect("POST", ACCOUNTS, reply(ACCOUNT, 201), json={"name": NAME, "description": DESCRIPTION})
    http.expect("PUT", ROLES, reply(roles("SCIM Authenticator")), json={"roles": [{"name": "SCIM Authenticator"}]})
    expect_account(http)
    expect_key(http)
    expect_people(http)
    result = run(options(file="/x/audit_key.yml"), context)
    assert verbs(result) == ["create", "set_roles", "create"] and result["method"] == "api"
    assert result["credentials"] == {**GIVEN, "authorization_header": HEADER}
    assert result["lines"][0].endswith(". Its place is /x/audit_key.yml."), "the module has not put it there"
    assert result["lines"][-1] == "Next: ansible-playbook unity_jumpcloud.scim.audit -e @vars.yml -e @/x/audit_key.yml --ask-vault-pass"
    assert SECRET not in repr({name: value for name, value in result.items() if name != "credentials"})
    assert_documented(unity_audit_key, result)


def test_a_key_of_a_run_that_broke_off_is_named(http: ExactCalls, context: Context) -> None:
    """It is not revoked: another pipeline may hold it."""
    expect_account(http)
    expect_key(http, key("lost", name="unity_jumpcloud.scim audit 000000000000"))
    expect_people(http)
    said = run(options(file="/x/audit_key.yml"), context)["lines"][-1]
    assert said == '1 key named "unity_jumpcloud.scim audit" lives beside it: lost. Revoke what no audit uses.'


def test_a_new_key_that_can_not_read_is_revoked(http: ExactCalls, context: Context) -> None:
    expect_account(http)
    expect_key(http)
    expect_people(http, reply({"title": "no"}, 403))
    http.expect("GET", ACCOUNTS, reply(paged(ACCOUNT)), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(NEW)), query=FIRST_PAGE)
    http.expect("DELETE", "%s/%s" % (KEYS, KEY_ID), reply(status=204))
    http.expect("GET", KEYS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ApiError, match="HTTP 403") as caught:
        run(options(file="/x/audit_key.yml", wait_timeout=0.0), context)
    assert caught.value.sentence().endswith("The new key was revoked.")


def test_a_new_key_that_can_neither_read_nor_be_revoked_is_named(http: ExactCalls, context: Context) -> None:
    expect_account(http)
    expect_key(http)
    expect_people(http, reply({"title": "no"}, 403))
    http.expect("GET", ACCOUNTS, reply(paged(ACCOUNT)), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(NEW)), query=FIRST_PAGE)
    http.expect("DELETE", "%s/%s" % (KEYS, KEY_ID), reply({"title": "not now"}, 403))
    with pytest.raises(ApiError, match="HTTP 403") as caught:
        run(options(file="/x/audit_key.yml", wait_timeout=0.0), context)
    said = caught.value.sentence()
    assert "The new key %s could not be revoked (Unity administration: " % KEY_ID in said and "HTTP 403: not now). Revoke it" in said


def test_where_an_endpoint_is_not_as_assumed_a_person_is_asked(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, text_reply("<html>"), query=FIRST_PAGE)
    assert run(options(file="/x/audit_key.yml"), context)["method"] == "manual"
    http.expect("GET", ACCOUNTS, text_reply("<html>"), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed):
        run(options(method="api", file="/x/audit_key.yml"), context)


def test_check_mode_writes_nothing(http: ExactCalls, check_context: Context, tmp_path: Path) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run(options(file="/x/audit_key.yml"), check_context)
    assert (result["changed"], result["credentials"], result["lines"]) == (True, None, ["A key for audits would be made. Its place is /x/audit_key.yml."])
    asked = run(without_owner(runbook=str(tmp_path / "audit_key")), check_context)
    assert asked["lines"][0] == "A person would have to make a key for audits: 10 steps." and list(tmp_path.iterdir()) == []
