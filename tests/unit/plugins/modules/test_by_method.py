# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""method=auto in the modules themselves: what falls to a person, in the same task, with nothing lost and no secret sent."""

from __future__ import annotations

import typing as t
from pathlib import Path
from unittest.mock import ANY

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.modules import (
    jumpcloud_scim_app,
    jumpcloud_scim_app_info,
    scim_key_retirement,
    unity_scim_connector,
    unity_service_account,
    unity_service_account_key,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    APP_ID,
    BASE_URL,
    FIRST_PAGE,
    HEADER,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PROVISION,
    SECRET,
    SSO,
    TOKEN,
    UNITY,
    V1_PAGE,
    account,
    application,
    configuration,
    paged,
    roles,
    v1,
)

ROLE = "SCIM Authenticator"
KEYS = ACCOUNTS + "/%s/keys" % ACCOUNT_ID
ORGANIZATION = "/api/unity/legacy/v1/organizations/%s" % ORG
INSIGHTS = "/insights/directory/v1/events"
MISSING_ROUTE = reply({"title": "Not Found", "code": 4}, 404)
FORBIDDEN = reply({"title": "Forbidden"}, 403)
NOT_CONFIGURED = reply({"message": "Not configured"}, 404)
OTHERWISE = [MISSING_ROUTE, reply({}, 405), text_reply("<html>", 404), text_reply("<html>"), text_reply(""), reply({"other": "shape"})]
MEMBER = reply({"genesisId": ORG, "name": "Studio", "role": "owner"})
CHOSEN = {"methods": {side: {"method": "manual", "reason": "so it was seen", "proven": True} for side in ("unity", "jumpcloud", "enforcement")}}


def make_account(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {**UNITY, "name": "JumpCloud SCIM", "roles": [ROLE], **given}
    return unity_service_account.run(params(unity_service_account.ARGUMENTS, **options), context)


def make_key(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {**UNITY, "service_account": "JumpCloud SCIM", **given}
    return unity_service_account_key.run(params(unity_service_account_key.ARGUMENTS, **options), context)


def set_up(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {**JUMPCLOUD, "application_id": APP_ID, "base_url": BASE_URL, "test_email": "scim-test@example.com", **given}
    return jumpcloud_scim_app.run(params(jumpcloud_scim_app.ARGUMENTS, **options), context)


def enforce(context: Context, **given: t.Any) -> dict[str, t.Any]:
    return unity_scim_connector.run(params(unity_scim_connector.ARGUMENTS, **{**UNITY, "enforced": True, **given}), context)


def expect_application(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications/" + APP_ID, reply(application()))


def assert_told(module: t.Any, result: dict[str, t.Any]) -> None:
    """All that a person's step returns is in the documentation."""
    assert set(result) - {"changed", "diff"} <= set(yaml.safe_load(module.RETURN))


def is_asked(result: dict[str, t.Any], reason: str) -> bool:
    step = result["step"]
    return result["pending"] and step["method"] == "manual" and step["pending"] and reason in step["reason"] and bool(result["manual_steps"])


# ---- Unity's account


@pytest.mark.parametrize("answer", OTHERWISE)
def test_the_account_is_a_persons_where_the_list_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any) -> None:
    http.expect("GET", ACCOUNTS, answer, query=FIRST_PAGE)
    result = make_account(context)
    assert is_asked(result, "did not answer as assumed: expected") and verbs(result) == ["ask"] and http.writes == []
    assert_told(unity_service_account, result)


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_the_account_is_a_persons_where_only_this_endpoint_refuses(http: ExactCalls, context: Context, status: int) -> None:
    headers = {"Location": "https://login.example.com/"} if status == 302 else {}
    http.expect("GET", ACCOUNTS, reply({"title": "No"}, status, headers=headers), query=FIRST_PAGE)
    http.expect("GET", ORGANIZATION, MEMBER)
    assert is_asked(make_account(context), "(HTTP %d)" % status) and http.writes == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_credentials_are_an_error(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("GET", ACCOUNTS, reply({"title": "No"}, status), query=FIRST_PAGE)
    http.expect("GET", ORGANIZATION, reply({"title": "No"}, status))
    with pytest.raises(ApiError, match="list the service accounts: HTTP %d: No" % status):
        make_account(context)


@pytest.mark.parametrize("answers", [[reply({"title": "Late"}, 500)], [dropped()] * 5])
def test_a_service_that_fails_is_an_error(http: ExactCalls, context: Context, answers: list[t.Any]) -> None:
    for answer in answers:
        http.expect("GET", ACCOUNTS, answer, query=FIRST_PAGE)
    with pytest.raises(ApiError):
        make_account(context)


def test_without_an_owner_nothing_is_called(http: ExactCalls, context: Context) -> None:
    assert is_asked(make_account(context, access_token=None), "no credentials of an owner or manager were given") and http.seen == []
    assert is_asked(make_key(context, access_token=None), "no credentials") and is_asked(enforce(context, access_token=None), "no credentials")
    with pytest.raises(ScimError, match="No credentials for Unity"):
        make_account(context, access_token=None, method="api")


def test_what_was_chosen_before_is_done(http: ExactCalls, context: Context) -> None:
    assert is_asked(make_account(context, seen=CHOSEN), "so it was seen")
    assert is_asked(make_key(context, seen=CHOSEN), "so it was seen")
    assert is_asked(enforce(context, seen=CHOSEN), "so it was seen")
    assert http.seen == []
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    http.expect("POST", ACCOUNTS, FORBIDDEN, json={"name": "JumpCloud SCIM", "description": ""})
    with pytest.raises(ApiError, match="HTTP 403"):
        make_account(context, seen=CHOSEN, method="api")


def test_what_the_api_has_done_before_a_person_goes_on_is_told(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    http.expect("POST", ACCOUNTS, reply(account(), 201), json={"name": "JumpCloud SCIM", "description": ""})
    http.expect("PUT", ACCOUNTS + "/%s/organization-roles" % ACCOUNT_ID, MISSING_ROUTE, json={"roles": [{"name": ROLE}]})
    result = make_account(context)
    assert is_asked(result, "expected an endpoint that knows this operation") and result["changed"]
    assert verbs(result) == result["step"]["did"] == ["create", "ask"]


def test_a_creation_whose_outcome_is_unknown_stays_an_error(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    http.expect("POST", ACCOUNTS, text_reply(""), json={"name": "JumpCloud SCIM", "description": ""})
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed):
        make_account(context)


GONE = reply({"title": "Not Found", "detail": "No service account has the id.", "code": 54}, 404)


def test_an_account_that_was_deleted_meanwhile_is_no_work_of_a_person(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS + "/%s/organization-roles" % ACCOUNT_ID, reply(roles(ROLE)))
    http.expect("PATCH", ACCOUNTS + "/" + ACCOUNT_ID, GONE, json={"description": "new"})
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match="was deleted meanwhile"):
        make_account(context, description="new", runbook=str(tmp_path))
    assert list(tmp_path.iterdir()) == [], "the next run is not asked either"


def test_an_endpoint_that_does_not_know_an_account_of_the_list_leaves_it_to_a_person(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS + "/%s/organization-roles" % ACCOUNT_ID, GONE)
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", ORGANIZATION, MEMBER)
    assert is_asked(make_account(context), "the assumed endpoint does not exist, as far as can be seen (HTTP 404)")


# ---- its key


def test_a_key_of_an_account_that_was_deleted_meanwhile_is_no_work_of_a_person(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, GONE, query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match="was deleted meanwhile"):
        make_key(context)


def test_a_key_that_the_api_does_not_make_is_a_persons(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged()), query=FIRST_PAGE)
    http.expect("POST", KEYS, MISSING_ROUTE, json=ANY)
    result = make_key(context, secret_file=str(tmp_path / "secret"))
    assert is_asked(result, "expected an endpoint that knows this operation") and result["credentials"] is None
    assert_told(unity_service_account_key, result)


# ---- JumpCloud


REFUSALS = [reply({"message": "no"}, 401), reply({"message": "no"}, 403)]


@pytest.mark.parametrize("later", [reply({"message": "no"}, 401), reply({"message": "not found"}, 404)])
@pytest.mark.parametrize("answer", REFUSALS)
def test_credentials_or_an_application_that_have_ended_are_no_reason_for_a_person(http: ExactCalls, context: Context, answer: t.Any, later: t.Any) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, answer)
    http.expect("GET", "/api/applications/" + APP_ID, later)
    with pytest.raises(ApiError, match="cannot read the identity management settings"):
        set_up(context, authorization_header=HEADER)


@pytest.mark.parametrize("answer", [*OTHERWISE[1:], *REFUSALS])
def test_jumpclouds_side_is_a_persons_where_its_endpoint_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any, tmp_path: Path) -> None:
    expect_application(http)
    http.expect("GET", PROVISION, answer)
    if answer in REFUSALS:
        # the credentials hold, and the application is there
        expect_application(http)
    expect_application(http)
    http.expect("POST", INSIGHTS, reply([]), json=ANY)
    secret_file = tmp_path / "secret"
    result = set_up(context, authorization_header=HEADER, secret_file=str(secret_file))
    assert is_asked(result, "the assumed endpoint") and http.carrying(SECRET) == []
    assert secret_file.read_text(encoding="utf-8") == HEADER + "\n"
    assert_told(jumpcloud_scim_app, result)


@pytest.mark.parametrize("replaces, is_written", [(KEY_ID, True), (None, False)])
def test_what_was_seen_tells_which_key_in_the_file_may_be_replaced(
    http: ExactCalls, context: Context, tmp_path: Path, replaces: str | None, is_written: bool
) -> None:
    expect_application(http)
    http.expect("POST", INSIGHTS, reply([]), json=ANY)
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_text(HEADER + "\n", encoding="utf-8")
    new = authorization_header("a-new-key", "z8Zr5tVw2xYb4nMk7pLs9dFg3hJc6aQf")
    given = {"method": "manual", "secret_file": str(path), "seen": {"secret_file": {"replaces": replaces}}, "authorization_header": new}
    if is_written:
        assert set_up(context, **given)["pending"]
    else:
        with pytest.raises(ScimError, match="It was not overwritten"):
            set_up(context, **given)
    assert path.read_text(encoding="utf-8").strip() == (new if is_written else HEADER)


@pytest.mark.parametrize("answer", [text_reply("<html>", 404), reply({}, 405), reply({"message": "no"}, 404), reply({"message": "no"}, 403)])
def test_the_first_write_carries_no_secret_and_tells(http: ExactCalls, context: Context, answer: t.Any) -> None:
    """A 404 of the vendor's form means: not configured, or no such endpoint."""
    expect_application(http)
    http.expect("GET", PROVISION, NOT_CONFIGURED)
    http.expect("PUT", PROVISION, answer, json=ANY)
    if b"no" in answer.body:
        # the credentials hold, and the application is there
        expect_application(http)
    expect_application(http)
    http.expect("POST", INSIGHTS, reply([]), json=ANY)
    result = set_up(context, authorization_header=HEADER)
    assert is_asked(result, "the assumed endpoint") and http.carrying(SECRET) == []
    assert verbs(result) == ["ask"], "nothing is left behind"


def test_a_secret_that_was_sent_leaves_it_to_nobody_else(http: ExactCalls, context: Context) -> None:
    draft = configuration(status="inactive", lastTest=None, headerValueSet=False)
    expect_application(http)
    http.expect("GET", PROVISION, NOT_CONFIGURED)
    http.expect("PUT", PROVISION, reply(draft), json=ANY)
    http.expect("PUT", PROVISION, reply({"message": "no"}, 403), json=ANY)
    http.expect("GET", PROVISION, reply(draft))
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(ApiError, match="HTTP 403: no"):
        set_up(context, authorization_header=HEADER)


def test_the_key_goes_from_one_console_to_the_other(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("POST", INSIGHTS, reply([]), json=ANY)
    result = set_up(context, method="manual", service_account="JumpCloud SCIM", unity_organization_id=ORG)
    did = [step["do"] for step in result["manual_steps"]]
    assert "Enter the header's value: copy it from Unity's window, from 'Basic' on." in did and did[-1] == "Select Activate."
    assert not any("Command" == step["field"] for step in result["manual_steps"])


def test_the_settings_are_told_by_events_where_the_endpoint_is_missing(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", PROVISION, text_reply("<html>", 404))
    http.expect("POST", INSIGHTS, reply([]), json=ANY)
    options = params(jumpcloud_scim_app_info.ARGUMENTS, **{**JUMPCLOUD, "application": "Unity"})
    found = jumpcloud_scim_app_info.run_info(options, context)
    assert found["identity_management"]["status"] is None and found["identity_management"]["evidence"]["found"] is None


# ---- enforcement and retirement


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_enforcement_is_a_persons_where_it_can_not_be_read(http: ExactCalls, context: Context, confirmed: bool) -> None:
    http.expect("GET", SSO, MISSING_ROUTE)
    result = enforce(context, enforcement_confirmed=confirmed)
    assert (result["pending"], result["evidence"]["source"]) == (not confirmed, "confirmed" if confirmed else "none")
    assert "the assumed endpoint did not answer" in result["step"]["reason"] and http.writes == []
    assert_told(unity_scim_connector, result)


def retire(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {
        **JUMPCLOUD,
        "unity_organization_id": ORG,
        "unity_access_token": TOKEN,
        "application_id": APP_ID,
        "service_account": "JumpCloud SCIM",
        "key_id": "new",
        "known_key_ids": ["old"],
        "used_since": "2026-11-24T05:40:04Z",
        **given,
    }
    return scim_key_retirement.run(params(scim_key_retirement.ARGUMENTS, **options), context)


def test_older_keys_of_an_account_that_was_deleted_meanwhile_are_no_work_of_a_person(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, GONE, query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match="was deleted meanwhile"):
        retire(context)


@pytest.mark.parametrize("confirmed", [True, False])
def test_older_keys_that_can_not_be_listed_are_a_persons(http: ExactCalls, context: Context, confirmed: bool) -> None:
    http.expect("GET", ACCOUNTS, MISSING_ROUTE, query=FIRST_PAGE)
    result = retire(context, confirmed=confirmed)
    assert (result["pending"], result["revoked"]) == (not confirmed, [])
    assert "the assumed endpoint did not answer" in result["step"]["reason"]
