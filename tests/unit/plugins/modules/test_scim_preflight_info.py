# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_preflight_info: each step is looked at once, judged, and handed on."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.scim_app import tenant_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_model import Section, to_json
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import AGE_UNKNOWN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import STEPS
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_preflight_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_preflight_info import ARGUMENTS, main, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, dropped, meeting, refused, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    API_KEY,
    APP_ID,
    ASSOCIATIONS,
    BASE_URL,
    BOUND_PAGE,
    FIRST_PAGE,
    GROUPS_PAGE,
    HEADER,
    JC_ORG,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PAGE,
    PROVISION,
    SECRET,
    SSO,
    TOKEN,
    V1_PAGE,
    account,
    application,
    configuration,
    edge,
    event,
    event_query,
    key,
    paged,
    roles,
    scim_list,
    sso,
    v1,
)

EMAIL = "scim-test@example.com"
ORGANIZATION = "/api/unity/legacy/v1/organizations/%s" % ORG
OWNER = {"unity_organization_id": ORG, "unity_access_token": TOKEN}
SUPPLIED = {"key_id": KEY_ID, "secret_key": SECRET}
ARTISTS, CODERS = {"id": "65f0c0ffee65f0c0ffee00b1", "name": "Artists"}, {"id": "65f0c0ffee65f0c0ffee00b2", "name": "Coders"}
EVENTS = "/insights/directory/v1/events"
KNOWN_SINCE = "2026-08-26T06:00:00Z"
CALLS = ("user_create_provision", "user_update_provision", "user_deprovision", "user_delete_provision", "user_lookup_provision")
LISTED = {"type": "user", "id": "ada"}


@pytest.fixture(autouse=True)
def both_vendors_together(http: ExactCalls) -> t.Iterator[None]:
    """Each in the order of its steps; which of them comes first is open."""
    with http.in_any_order():
        yield


def options(**given: t.Any) -> dict[str, t.Any]:
    pair = {**JUMPCLOUD, **OWNER, "application": "Unity", "test_email": EMAIL, "service_account": "JumpCloud SCIM", "groups": ["Artists"]}
    # what becomes of people is told in test_scim_preflight_people.py
    pair["preview_people"] = False
    return params(ARGUMENTS, **{**pair, **given})


def expect_application(http: ExactCalls, *rows: t.Any) -> None:
    http.expect("GET", "/api/applications", reply(v1(*(rows or [application()]))), query=V1_PAGE)


def expect_test_user(http: ExactCalls, *people: t.Any) -> None:
    """A filter that finds nobody would prove nothing, so the list is read, without asking one."""
    fields = "email username firstname lastname state suspended password_expired"
    http.expect("GET", "/api/systemusers", reply(v1(*(people or [{"_id": "ada", "email": "ada@example.com"}]))), query={**V1_PAGE, "fields": fields})


def expect_sso(http: ExactCalls, answer: t.Any = None) -> None:
    http.expect("GET", SSO, answer or reply(sso()), headers={"Authorization": "Bearer " + TOKEN})


def expect_organization(http: ExactCalls) -> None:
    http.expect("GET", ORGANIZATION, reply({"genesisId": ORG, "name": "Studio", "role": "owner"}))


def expect_account(http: ExactCalls, *keys: t.Any) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", ACCOUNTS + "/%s/organization-roles" % ACCOUNT_ID, reply(roles("SCIM Authenticator")))
    http.expect("GET", ACCOUNTS + "/%s/keys" % ACCOUNT_ID, reply(paged(*keys)), query=FIRST_PAGE)


def expect_key_works(http: ExactCalls, header: str = HEADER) -> None:
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=7)), query={"startIndex": 1, "count": 1}, headers={"Authorization": header})
    http.expect("GET", BASE_URL + "/ServiceProviderConfig", reply({}), headers={"Authorization": header})


def expect_provisioning(http: ExactCalls, answer: t.Any = None) -> None:
    http.expect("GET", PROVISION, answer or reply(configuration()))


def expect_groups(http: ExactCalls, *bound: t.Any) -> None:
    http.expect("GET", "/api/v2/usergroups", reply([ARTISTS, CODERS]), query=GROUPS_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([edge(group["id"]) for group in bound]), query=BOUND_PAGE)


def expect_events(http: ExactCalls, *rows: t.Any) -> None:
    http.expect("POST", EVENTS, reply(list(rows)), json=event_query(KNOWN_SINCE, ("integration_activate", "integration_deactivate")))


def expect_all(http: ExactCalls) -> None:
    """A pair that works, with everything from the API."""
    expect_application(http)
    http.expect("GET", "/api/organizations", reply(v1({"_id": JC_ORG})), query=V1_PAGE, without=("x-org-id",))
    expect_test_user(http)
    expect_sso(http)
    expect_account(http, key(name="unity_jumpcloud.scim 0000000000a1"))
    expect_provisioning(http)
    expect_groups(http, CODERS)


def verdicts(result: dict[str, t.Any]) -> dict[str, str]:
    return {one["step"]: one["verdict"] for one in result["verdicts"]}


def reasons(result: dict[str, t.Any]) -> dict[str, str]:
    return {one["step"]: one["reason"] for one in result["verdicts"] if one["verdict"] not in ("done", "api", "unproven")}


# as it is where everything works, and where only published operations are needed
WORKS = {**dict.fromkeys(STEPS, "done"), "connector_url": "unproven"}
EMPTY = {**WORKS, "service_account": "api", "identity_management": "unproven", "user_groups": "api"}
PROVEN = {"method": "api", "reason": "the endpoint answers as assumed", "proven": True}


def closing(result: dict[str, t.Any]) -> list[str]:
    return ["Nothing was changed. These steps can not run as they are set up now:", *result["stops"]]


def test_a_pair_that_works_is_seen_in_ten_requests(http: ExactCalls, context: Context) -> None:
    expect_all(http)
    result = run_info(options(expected_organization_id=JC_ORG, enforced=True), context)
    assert len(http.seen) == 10
    assert verdicts(result) == {**WORKS, "user_groups": "api", "enforcement": "api"} and tuple(verdicts(result)) == STEPS
    assert result["lines"][0] == "application: done. JumpCloud has it: Unity." and result["stops"] == result["manual_steps"] == []
    assert result["step"] == {
        "step": "prerequisites",
        "method": "api",
        "changed": False,
        "found": "identity management is active",
        "did": [],
        "verified": ["application %s" % APP_ID, "test user unknown to JumpCloud", "single sign-on enabled", "domain validated"],
        "pending": False,
        "waiting": False,
        "reason": "",
    }
    assert result["checked"] == {"sso": True, "test_user": True}
    assert (result["in_use"], result["is_active"], result["application_id"]) == (True, True, APP_ID)
    assert result["key"] == {
        "source": "jumpcloud",
        "reason": "JumpCloud uses a key.",
        "rotate": "auto",
        "redeliver": False,
        "calls_key_module": True,
        "calls_account_module": True,
        "secret_file": None,
    }
    assert_documented(scim_preflight_info, result)


def test_both_vendors_are_looked_at_together(http: ExactCalls, context: Context) -> None:
    both = meeting(2)
    http.expect("GET", "/api/applications", replace(reply(v1(application())), meets=both), query=V1_PAGE)
    http.expect("GET", SSO, replace(reply(sso()), meets=both))
    assert set(verdicts(run_info(options(steps=["application", "single_sign_on"]), context)).values()) == {"done"}


def test_what_a_vendor_is_asked_behind_its_first_step_waits_for_nothing_else(http: ExactCalls, context: Context) -> None:
    expect_all(http)
    http.let_meet("/api/systemusers", PROVISION, "/api/v2/usergroups")
    http.let_meet(*(ACCOUNTS + "/%s/%s" % (ACCOUNT_ID, part) for part in ("organization-roles", "keys")))
    run_info(options(expected_organization_id=JC_ORG, concurrency=8), context)


def test_a_host_that_is_lost_on_the_way_is_told_with_the_first_step(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    for _unused in range(5):
        expect_provisioning(http, dropped())
        http.expect("GET", "/api/v2/usergroups", dropped(), query=GROUPS_PAGE)
    said = reasons(run_info(options(steps=["application", "identity_management", "user_groups"]), context))
    assert said["identity_management"].startswith("JumpCloud: cannot read the identity management settings")
    assert said["user_groups"] == "JumpCloud could not be reached, see identity_management."


def test_what_was_seen_is_handed_on(http: ExactCalls, context: Context) -> None:
    expect_all(http)
    seen = run_info(options(expected_organization_id=JC_ORG), context)["seen"]
    created = "2026-11-24T05:40:04Z"
    known = {"id": KEY_ID, "name": "unity_jumpcloud.scim 0000000000a1", "created_at": created, "managed": True}
    assert seen["service_account"] == {
        "account": {"id": ACCOUNT_ID, "name": "JumpCloud SCIM", "description": "", "created_at": created, "roles": ["SCIM Authenticator"]}
    }
    assert seen["service_account_key"] == {"service_account_id": ACCOUNT_ID, "keys": [known]}
    assert seen["enforcement"] == {"enabled": True, "scim_enabled": True, "scim_enforced": False, "base_url": BASE_URL}
    assert (seen["application"]["id"], seen["application"]["organization_id"]) == (APP_ID, JC_ORG) and "config" not in seen["application"]
    assert (seen["identity_management"]["status"], seen["identity_management"]["header_value_set"]) == ("active", True)
    assert seen["methods"] == {"single_sign_on": PROVEN, "unity": PROVEN, "jumpcloud": PROVEN}
    assert seen["user_groups"] == {"wanted": [ARTISTS], "bound": [CODERS]}


def test_an_empty_pair(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_test_user(http)
    expect_sso(http)
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    expect_provisioning(http, reply({"message": "not found"}, 404))
    expect_events(http)
    expect_groups(http)
    result = run_info(options(), context)
    assert verdicts(result) == EMPTY
    assert result["seen"]["service_account"] == {"account": None} and result["seen"]["identity_management"] is None
    assert result["seen"]["service_account_key"] == {"service_account_id": None, "keys": []}
    assert (result["key"]["source"], result["key"]["rotate"], result["is_active"]) == ("create", "always", False)
    assert result["step"]["found"] == "identity management is not configured"


@pytest.mark.parametrize(
    "method, answer, said",
    [
        ("api", reply({"message": "not found"}, 404), "Nothing is configured."),
        (
            "auto",
            reply({"message": "not found"}, 404),
            "Whether the assumed endpoint exists is not proven: its 404 can also mean that nothing is configured yet.",
        ),
        ("api", reply(configuration(status="inactive")), "The settings can be read, and provisioning is not active."),
        ("api", reply(configuration(lastTest=None)), "The settings can be read."),
    ],
)
def test_what_is_said_of_the_identity_management(http: ExactCalls, context: Context, method: str, answer: t.Any, said: str) -> None:
    expect_application(http)
    expect_provisioning(http, answer)
    if method == "auto":
        expect_events(http)
    result = run_info(options(steps=["identity_management"], jumpcloud_method=method), context)
    assert [one["reason"] for one in result["verdicts"]] == [said]


def test_a_supplied_key_needs_no_owner(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_test_user(http)
    expect_key_works(http)
    expect_provisioning(http)
    expect_groups(http, ARTISTS)
    result = run_info(options(**SUPPLIED, unity_access_token=None), context)
    assert verdicts(result) == dict.fromkeys(STEPS, "done")
    assert (result["key"]["source"], result["key"]["calls_key_module"], result["checked"]["sso"]) == ("supplied", False, False)
    assert result["step"]["verified"] == ["application %s" % APP_ID, "test user unknown to JumpCloud"]
    assert http.carrying(HEADER.partition(" ")[2]) == ["GET /scim/v2/tenants/%s/%s" % (ORG, path) for path in ("Users", "ServiceProviderConfig")]
    assert SECRET not in str(result) and HEADER not in str(result)


def test_a_supplied_key_that_does_not_work(http: ExactCalls, context: Context) -> None:
    http.expect("GET", BASE_URL + "/Users", reply({"detail": "no"}, 401), query={"startIndex": 1, "count": 1})
    result = run_info(options(**SUPPLIED, steps=["connector_url"]), context)
    assert "HTTP 401" in reasons(result)["connector_url"] and verdicts(result) == {"connector_url": "blocked"}
    assert result["key"]["source"] == "supplied"


@pytest.mark.parametrize("given, part", [({"key_id": KEY_ID}, "key ID"), ({"secret_key": SECRET}, "secret key")])
def test_half_a_key(http: ExactCalls, context: Context, given: dict[str, str], part: str) -> None:
    with pytest.raises(ScimError) as caught:
        run_info(options(**given), context)
    assert caught.value.sentence() == (
        "Of the supplied key, only the %s was given. Nothing was changed. "
        "Set both scim_provisioning_key_id (UNITY_SCIM_KEY_ID) and scim_provisioning_secret_key (UNITY_SCIM_SECRET_KEY) in the same place, or neither." % part
    )
    assert http.seen == []


def test_half_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("UNITY_SCIM_KEY_ID", KEY_ID)
    assert "only the key ID was given" in run_main(main, capsys, application="Unity", api_key=API_KEY, unity_organization_id=ORG)["msg"]


@pytest.mark.parametrize(
    "given, says",
    [
        ({"unity_expected_organization_id": "999"}, 'The Unity organization is "%s", but "999" is expected. Nothing was changed.' % ORG),
        ({"organization_id": "Example"}, "must be a JumpCloud organization ID of 24 hexadecimal digits"),
        ({"max_age": -1.0}, "max_age .scim_provisioning_key_max_age. must be at least 0"),
        ({"test_email": "scim test@example.com"}, '"scim test@example.com" is no address of a test user: it holds a blank. Nothing was changed.'),
        ({"concurrency": 0}, "concurrency .scim_provisioning_concurrency. must be between 1 and 32"),
        ({"connect_timeout": 0.0}, "connect_timeout .scim_provisioning_connect_timeout. must be more than 0 seconds, not 0.0"),
    ],
)
def test_bad_options_end_it_before_any_request(http: ExactCalls, context: Context, given: dict[str, t.Any], says: str) -> None:
    with pytest.raises(ScimError, match=says):
        run_info(options(**given), context)
    assert http.seen == []


# ---- only what is asked for


def test_only_what_is_asked_for_is_read(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_groups(http, ARTISTS)
    result = run_info(options(steps=["user_groups"]), context)
    assert verdicts(result) == {"user_groups": "done"} and set(result["seen"]) == {"application", "user_groups", "methods", "preview"}
    assert (result["key"], result["in_use"], result["is_active"], result["application_id"]) == (None, False, None, APP_ID)
    assert result["step"]["found"] == "identity management was not read"


def test_the_enforcement_alone(http: ExactCalls, context: Context) -> None:
    expect_sso(http)
    result = run_info(options(steps=["enforcement"], enforced=False), context)
    assert verdicts(result) == {"enforcement": "done"} and result["seen"]["enforcement"]["scim_enforced"] is False


def test_an_address_is_checked_without_a_request(http: ExactCalls, context: Context) -> None:
    result = run_info(options(steps=["connector_url"], base_url=BASE_URL + "/"), context)
    variable = "scim_provisioning_base_url, scim_provisioning_key_id or scim_provisioning_secret_key"
    assert "must not end with a slash" in reasons(result)["connector_url"] and result["verdicts"][0]["variable"] == variable
    assert http.seen == []


def test_without_a_test_email_neither_it_nor_its_domain_is_checked(http: ExactCalls, context: Context) -> None:
    expect_sso(http)
    result = run_info(options(test_email=None, steps=["test_user", "single_sign_on"]), context)
    assert verdicts(result) == {"test_user": "done", "single_sign_on": "done"}
    assert result["step"]["verified"] == ["single sign-on enabled"] and result["application_id"] is None


@pytest.mark.parametrize("email, name", [("test@b\u00fccher.example", "xn--bcher-kva.example"), ("test@XN--bcher-kva.example", "B\u00fccher.example")])
def test_an_internationalized_domain_is_the_one_that_is_validated(http: ExactCalls, context: Context, email: str, name: str) -> None:
    expect_sso(http, reply(sso(domains=[{"name": name, "validated": True}])))
    result = run_info(options(test_email=email, steps=["single_sign_on"]), context)
    assert verdicts(result) == {"single_sign_on": "done"} and "domain validated" in result["step"]["verified"]


# ---- guards


def test_a_test_user_who_is_in_jumpcloud(http: ExactCalls, context: Context) -> None:
    expect_test_user(http, {"_id": "u1", "email": EMAIL})
    result = run_info(options(steps=["test_user"]), context)
    assert result["stops"] == [
        "test_user: The test user's email %s is in use in JumpCloud. Nothing was changed. "
        "Set scim_provisioning_test_email to an address that neither JumpCloud nor Unity knows." % EMAIL
    ]
    assert result["lines"] == [result["stops"][0].replace(": The", ": blocked. The") + " Set what the message names.", *closing(result)]


def test_another_jumpcloud_organization(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("GET", "/api/organizations", reply(v1({"_id": JC_ORG})), query=V1_PAGE)
    result = run_info(options(steps=["application", "test_user"], expected_organization_id="f" * 24), context)
    assert verdicts(result) == {"application": "blocked", "test_user": "blocked"}
    assert all("is expected. Nothing was changed." in reason for reason in reasons(result).values())


@pytest.mark.parametrize(
    "answer, email, reason",
    [
        (
            sso(enabled=False),
            EMAIL,
            "Single sign-on is not enabled in the Unity organization. Nothing was changed. "
            "Set it up in the Unity Dashboard (Administration > Single sign on) first.",
        ),
        (
            sso(),
            "scim-test@Draft.example.net",
            "The domain draft.example.net of the test user is not a validated domain of the Unity organization (validated: example.com). Nothing was changed. "
            "Validate it in the Unity Dashboard (Administration > Single sign on), or choose another scim_provisioning_test_email.",
        ),
        (sso(domains=[{"name": "example.com", "validated": False}]), EMAIL, "(validated: none)"),
    ],
)
def test_single_sign_on_is_not_ready(http: ExactCalls, context: Context, answer: t.Any, email: str, reason: str) -> None:
    expect_sso(http, reply(answer))
    result = run_info(options(steps=["single_sign_on"], test_email=email), context)
    assert reason in reasons(result)["single_sign_on"] and result["checked"]["sso"] is False


def test_group_management_is_refused_unless_accepted(http: ExactCalls, context: Context) -> None:
    result = run_info(options(steps=["identity_management"], group_management=True), context)
    assert result["lines"] == [
        "identity_management: blocked. Group management was asked for, but Unity's guide for JumpCloud says not to enable it. Nothing was changed. "
        "Leave scim_provisioning_group_management out, or set scim_provisioning_accept_group_management to true. Set what the message names.",
        *closing(result),
    ]
    expect_application(http)
    expect_provisioning(http)
    accepted = run_info(options(steps=["identity_management"], group_management=True, accept_group_management=True), context)
    assert verdicts(accepted) == {"identity_management": "done"}


def test_a_bound_group_that_the_list_does_not_show(http: ExactCalls, context: Context) -> None:
    """As it has no name, the step reads it again."""
    expect_application(http)
    http.expect("GET", "/api/v2/usergroups", reply([]), query=GROUPS_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([edge(ARTISTS["id"])]), query=BOUND_PAGE)
    result = run_info(options(steps=["user_groups"], groups=[ARTISTS["id"]], groups_state="exact"), context)
    assert verdicts(result) == {"user_groups": "done"} and result["seen"]["user_groups"]["wanted"] == []


@pytest.mark.parametrize("groups, says", [(["artist"], '(did you mean "Artists"?)'), (["Coders"], "2 user groups named")])
def test_groups_that_are_unknown_or_ambiguous(http: ExactCalls, context: Context, groups: list[str], says: str) -> None:
    expect_application(http)
    twins = [ARTISTS, CODERS, {**CODERS, "id": "65f0c0ffee65f0c0ffee00b3"}]
    http.expect("GET", "/api/v2/usergroups", reply(twins), query=GROUPS_PAGE)
    result = run_info(options(steps=["user_groups"], groups=groups), context)
    assert says in reasons(result)["user_groups"] and result["verdicts"][0]["verdict"] == "blocked"


@pytest.mark.parametrize("allowed, verdict", [(0, "blocked"), (1, "api")])
def test_whom_unbinding_would_cost_their_access(http: ExactCalls, context: Context, allowed: int, verdict: str) -> None:
    expect_application(http)
    expect_groups(http, CODERS)
    path = [{"to": {"type": "user_group", "id": CODERS["id"]}, "from": {"type": "application", "id": APP_ID}}, {"to": LISTED, "from": None}]
    http.expect("GET", "/api/v2/applications/%s/users" % APP_ID, reply([{"id": "ada", "paths": [path]}]), query=PAGE)
    for group in (CODERS, ARTISTS):
        http.expect("GET", "/api/v2/usergroups/%s/membership" % group["id"], reply([]), query=PAGE)
    http.expect("GET", "/api/systemusers/ada", reply({"_id": "ada", "email": "ada@example.com"}))
    result = run_info(options(steps=["user_groups"], groups_state="exact", max_deprovisioned_users=allowed), context)
    assert verdicts(result) == {"user_groups": verdict}
    assert allowed or "Unbinding would take 1 person their access" in reasons(result)["user_groups"]


# ---- failures of requests


def test_a_host_that_can_not_be_reached_is_told_once(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    for _unused in range(5):
        http.expect("GET", "/api/applications", refused(), query=V1_PAGE)
    for _unused in range(5):
        expect_sso(http, dropped())
    result = run_info(options(enforced=True), context)
    said = reasons(result)
    assert "no connection" in said.pop("application")
    assert said.pop("single_sign_on").startswith("Unity administration: cannot read the single sign-on settings")
    seen = dict.fromkeys(("test_user", "identity_management", "user_groups"), "JumpCloud could not be reached, see application.")
    assert said == {**seen, **dict.fromkeys(("service_account", "enforcement"), "Unity administration could not be reached, see single_sign_on.")}
    assert [line for line in result["lines"] if line.startswith("user_groups")] == ["user_groups: blocked. JumpCloud could not be reached, see application."]
    assert set(verdicts(result).values()) == {"blocked", "unproven"} and warnings


@pytest.mark.parametrize("check_sso", [True, False])
def test_refused_credentials_are_sent_once(http: ExactCalls, context: Context, check_sso: bool) -> None:
    """Whichever step is the first that asks: vendors lock out those who repeat them."""
    refused_once = reply({"title": "Unauthorized"}, 401)
    if check_sso:
        expect_sso(http, refused_once)
    else:
        http.expect("GET", ACCOUNTS, refused_once, query=FIRST_PAGE)
    steps = ["single_sign_on", "service_account", "enforcement"]
    result = run_info(options(steps=steps, check_sso=check_sso, enforced=True, **BY_API), context)
    first = "single_sign_on" if check_sso else "service_account"
    assert reasons(result)["enforcement"] == "Unity administration refuses the credentials, see %s." % first


def test_a_refused_token_exchange_says_nothing_of_the_assumed_endpoints(http: ExactCalls, context: Context) -> None:
    """They were not asked."""
    http.expect("POST", "/api/auth/v1/genesis-token-exchange/unity", reply({"title": "Forbidden"}, 403), json={"token": TOKEN})
    result = run_info(options(steps=["single_sign_on"], unity_exchange_token=True), context)
    assert verdicts(result) == {"single_sign_on": "blocked"} and "cannot exchange the access token" in reasons(result)["single_sign_on"]


def test_what_was_read_before_the_vendor_was_lost_counts(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_provisioning(http)
    for _unused in range(5):
        http.expect("GET", "/api/v2/usergroups", dropped(), query=GROUPS_PAGE)
    result = run_info(options(steps=["application", "identity_management", "user_groups"]), context)
    assert verdicts(result)["user_groups"] == "blocked" and verdicts(result)["identity_management"] == "done" and result["is_active"] is True


def test_an_application_that_is_not_found_is_told_once(http: ExactCalls, context: Context) -> None:
    expect_application(http, application("Other"))
    result = run_info(options(steps=["application", "identity_management", "user_groups"], application="Unitty"), context)
    assert 'JumpCloud has no application labelled "Unitty"' in reasons(result)["application"]
    assert reasons(result)["identity_management"] == reasons(result)["user_groups"] == "What it needs could not be read, see application."


@pytest.mark.parametrize(
    "by_id, steps, is_taken_down",
    [
        (False, ["application", "service_account", "identity_management", "user_groups"], True),
        (True, ["application", "service_account", "identity_management"], True),
        (False, ["application", "user_groups"], False),
        (False, ["application", "service_account", "identity_management", "connector_url"], False),
        (True, ["application", "service_account", "identity_management", "connector_url"], False),
    ],
)
def test_whoever_takes_provisioning_down_is_not_told_to_add_the_application(
    http: ExactCalls, context: Context, by_id: bool, steps: list[str], is_taken_down: bool
) -> None:
    if by_id:
        http.expect("GET", "/api/applications/" + APP_ID, reply({"message": "Not Found"}, 404))
    else:
        expect_application(http, application("Other"))
    if "service_account" in steps:
        expect_account(http, key())
    given = {"application": None, "application_id": APP_ID} if by_id else {"application": "Unitty"}
    said = reasons(run_info(options(steps=steps, **given), context))["application"]
    assert said.endswith("the module unity_service_account with state: absent removes it.") is is_taken_down
    assert ("or add the Unity SSO application" in said) is (not is_taken_down and not by_id)
    assert "application_id (scim_provisioning_application_id)" in said if by_id else "application (scim_provisioning_application)" in said


BY_API = dict.fromkeys(("unity_method", "jumpcloud_method", "enforcement_method"), "api")
ASSUMED = ("single_sign_on", "service_account", "identity_management", "enforcement")


def expect_other_answers(http: ExactCalls) -> None:
    expect_application(http)
    expect_test_user(http)
    expect_sso(http, text_reply("<html>"))
    http.expect("GET", ACCOUNTS, reply({"code": 4}, 404), query=FIRST_PAGE)
    expect_provisioning(http, reply({"type": "other"}))


def test_assumed_endpoints_that_answer_otherwise_leave_it_to_a_person(http: ExactCalls, context: Context) -> None:
    expect_other_answers(http)
    expect_events(http)
    expect_groups(http)
    result = run_info(options(enforced=True), context)
    assert verdicts(result) == {**EMPTY, **dict.fromkeys(ASSUMED, "manual")} and result["stops"] == result["manual_steps"] == []
    assert {side: method["method"] for side, method in result["seen"]["methods"].items()} == dict.fromkeys(
        ("single_sign_on", "unity", "jumpcloud", "enforcement"), "manual"
    )
    assert "expected an endpoint that knows this operation" in reasons(result)["service_account"]
    assert (result["key"]["source"], result["key"]["calls_key_module"], result["key"]["calls_account_module"]) == ("console", False, True)


def test_assumed_endpoints_that_have_to_answer_as_assumed_block(http: ExactCalls, context: Context) -> None:
    expect_other_answers(http)
    expect_groups(http)
    result = run_info(options(enforced=True, description="Ours", roles=["SCIM Authenticator"], **BY_API), context)
    assert verdicts(result) == {**EMPTY, **dict.fromkeys(ASSUMED, "blocked")}
    assert {one["step"]: one["variable"] for one in result["verdicts"]}["enforcement"] == "scim_provisioning_enforcement_method=auto or manual"
    assert [line.split(":")[0] for line in result["stops"]] == [step for step in STEPS if step in ASSUMED]
    assert {"Ours", "SCIM Authenticator", "JumpCloud SCIM"} <= {step["value"] for step in result["manual_steps"] if isinstance(step["value"], str)}
    assert result["key"] is None and len(http.seen) == 7, "the single sign-on settings are asked for once"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_of_credentials_that_are_taken_elsewhere_leaves_it_to_a_person(http: ExactCalls, context: Context, status: int) -> None:
    expect_organization(http)
    expect_sso(http, reply({"title": "No"}, status))
    http.expect("GET", ACCOUNTS, reply({"title": "No"}, status), query=FIRST_PAGE)
    given = {"steps": ["single_sign_on", "service_account", "enforcement"], "enforced": True}
    result = run_info(options(**given), context)
    assert set(verdicts(result).values()) == {"manual"} and len(http.seen) == 3 and result["stops"] == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_credentials_that_are_refused_everywhere_block(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("GET", ACCOUNTS, reply({"title": "No"}, status), query=FIRST_PAGE)
    http.expect("GET", ORGANIZATION, reply({"title": "No"}, status))
    result = run_info(options(steps=["service_account"]), context)
    assert verdicts(result) == {"service_account": "blocked"} and "HTTP %d: No" % status in reasons(result)["service_account"]
    assert result["verdicts"][0]["variable"] == "what the message names"


@pytest.mark.parametrize("status", [401, 403])
def test_with_the_api_alone_a_refusal_blocks(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("GET", ACCOUNTS, reply({"title": "No"}, status), query=FIRST_PAGE)
    assert verdicts(run_info(options(steps=["service_account"], **BY_API), context)) == {"service_account": "blocked"}


@pytest.mark.parametrize("answer", [reply({"message": "no"}, 401), reply({"message": "no"}, 403), text_reply("<html>", 404), text_reply("", 200)])
def test_jumpclouds_endpoint_refuses_what_its_other_endpoints_take(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_account(http)
    expect_application(http)
    expect_provisioning(http, answer)
    expect_events(http)
    result = run_info(options(steps=["service_account", "identity_management"]), context)
    assert verdicts(result) == {"service_account": "done", "identity_management": "manual"}
    assert (result["key"]["source"], result["key"]["calls_key_module"]) == ("create", True)


@pytest.mark.parametrize("status, tries", [(429, 5), (500, 1)])
def test_a_service_that_fails_decides_nothing(http: ExactCalls, context: Context, status: int, tries: int) -> None:
    expect_application(http)
    for _unused in range(tries):
        expect_provisioning(http, reply({"message": "later"}, status))
    assert verdicts(run_info(options(steps=["identity_management"]), context)) == {"identity_management": "blocked"}


def test_events_show_that_it_works_although_the_api_knows_nothing_of_it(http: ExactCalls, context: Context) -> None:
    """What works is left alone, whoever made it."""
    expect_application(http)
    expect_provisioning(http, reply({"message": "not found"}, 404))
    activated = event("integration_activate")
    expect_events(http, activated)
    http.expect("POST", EVENTS, reply([]), json=event_query(activated["timestamp"], CALLS))
    result = run_info(options(steps=["service_account", "identity_management"], unity_access_token=None), context)
    assert verdicts(result) == {"service_account": "done", "identity_management": "done"}
    assert (result["in_use"], result["is_active"], result["key"]["source"], result["seen"]["methods"]["jumpcloud"]["method"]) == (
        True,
        True,
        "jumpcloud",
        "manual",
    )


@pytest.mark.parametrize("answer", [reply([]), reply({"message": "no"}, 403), reply({"message": "no"}, 404)])
@pytest.mark.parametrize("confirmed", [True, False])
def test_a_persons_word_counts_where_no_event_tells(http: ExactCalls, context: Context, answer: t.Any, confirmed: bool) -> None:
    expect_application(http)
    expect_provisioning(http, reply({"message": "not found"}, 404))
    http.expect("POST", EVENTS, answer, json=event_query(KNOWN_SINCE, ("integration_activate", "integration_deactivate")))
    given = {"steps": ["identity_management"], "unity_access_token": None, "confirmed": ["identity_management"] if confirmed else []}
    result = run_info(options(**given), context)
    assert verdicts(result) == {"identity_management": "done" if confirmed else "manual"} and result["in_use"] is confirmed
    said = "You say that it is done. Nothing published shows it."
    assert (result["verdicts"][0]["reason"] == said) is confirmed and (confirmed or "scim_provisioning_confirmed" in result["verdicts"][0]["reason"])
    assert result["step"]["found"] == "identity management is " + ("confirmed by you" if confirmed else "unknown: no event tells")


def test_a_word_does_not_count_against_the_events(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event("integration_deactivate"))
    given = {"steps": ["identity_management"], "jumpcloud_method": "manual", "confirmed": ["identity_management"]}
    assert verdicts(run_info(options(**given), context)) == {"identity_management": "manual"}


def test_the_enforcement_is_confirmed(http: ExactCalls, context: Context) -> None:
    given = {"steps": ["enforcement"], "enforced": True, "unity_access_token": None}
    assert verdicts(run_info(options(**given), context)) == {"enforcement": "manual"}
    assert verdicts(run_info(options(**given, confirmed=["enforcement"]), context)) == {"enforcement": "done"} and http.seen == []


def leave(folder: Path, step: str, title: str, tenant: str, state: str = "pending", key_id: str | None = None) -> str:
    """What an earlier run has asked for; the path of the runbook."""
    section = Section(step, title, tenant, (), state, "2026-11-24T05:00:00Z", key_id=key_id)
    (folder / "scim.json").write_text(to_json([section]), encoding="utf-8")
    return str(folder / "scim")


@pytest.mark.parametrize(
    "title, state, word, beside",
    [
        ("Revoke the older keys of the service account JumpCloud SCIM", "pending", "retire_keys", KEY_ID),
        ("Revoke the older keys of the service account JumpCloud SCIM", "pending", "identity_management", KEY_ID),
        ("Revoke the older keys of the service account JumpCloud SCIM", "done", "retire_keys", None),
        ("Revoke the older keys of the service account Another", "pending", "retire_keys", None),
        ("Revoke the key %s" % KEY_ID, "pending", "retire_keys", None),
    ],
)
def test_older_keys_that_a_person_was_asked_to_revoke(context: Context, tmp_path: Path, title: str, state: str, word: str, beside: str | None) -> None:
    runbook = leave(tmp_path, "unity_service_account_key_revocation", title, "Unity organization %s" % ORG, state, KEY_ID)
    result = run_info(options(steps=["enforcement"], unity_method="manual", runbook=runbook, confirmed=[word]), context)
    assert result["retired_beside"] == beside


def test_a_word_of_before_does_not_lift_the_enforcement(context: Context, tmp_path: Path) -> None:
    given = {"steps": ["enforcement"], "enforced": False, "unity_access_token": None, "runbook": str(tmp_path / "scim"), "confirmed": ["enforcement"]}
    assert verdicts(run_info(options(**given), context)) == {"enforcement": "manual"}
    leave(tmp_path, "unity_scim_connector", "Do not enforce SCIM provisioning", "Unity organization %s" % ORG)
    assert verdicts(run_info(options(**given), context)) == {"enforcement": "done"}
    assert verdicts(run_info(options(**{**given, "enforced": True}), context)) == {"enforcement": "manual"}


@pytest.mark.parametrize("title", ["Deactivate provisioning of the application Unity", "Take down provisioning of the application Unity", "Connect"])
@pytest.mark.parametrize("state", ["pending", "done"])
def test_a_word_of_before_a_pause_is_not_that_it_goes_on(http: ExactCalls, context: Context, tmp_path: Path, title: str, state: str) -> None:
    tenant = "JumpCloud application Unity (%s)" % APP_ID
    leave(tmp_path, "jumpcloud_scim_app", title, tenant, state)
    expect_application(http)
    http.expect("POST", EVENTS, reply({"message": "no"}, 403), json=ANY)
    given = {"steps": ["identity_management"], "jumpcloud_method": "manual", "confirmed": ["identity_management"], "runbook": str(tmp_path / "scim")}
    result = run_info(options(**given), context)
    assert result["in_use"] is (title == "Connect") and ("It was said before" in result["verdicts"][0]["reason"]) is not result["in_use"]


ROTATES = {"steps": ["application", "identity_management"], "activates": False}
STOPPED = [
    "identity_management: Provisioning is stopped, so no key was rotated. Nothing was changed. The playbook provision activates it again, and with "
    "-e scim_provisioning_rotate=always gives it a new key."
]


@pytest.mark.parametrize(
    "answer, given, stops",
    [
        (reply(configuration(status="inactive")), {}, STOPPED),
        (reply(configuration(status="inactive", lastTest=None)), {}, STOPPED),
        # a run that was killed has left it; it is active all the same
        (reply(configuration(pendingReactivation=True)), {}, []),
        (reply(configuration()), {}, []),
        # the role says that it is not configured, or that the key is supplied
        (reply({"message": "not found"}, 404), {}, []),
        (reply(configuration(status="inactive")), {"key_id": KEY_ID}, []),
        (reply(configuration(status="inactive")), {"activates": True}, []),
    ],
)
def test_a_rotation_does_not_activate_what_is_stopped(http: ExactCalls, context: Context, answer: t.Any, given: dict[str, t.Any], stops: list[str]) -> None:
    expect_application(http)
    expect_provisioning(http, answer)
    assert run_info(options(**{**ROTATES, "jumpcloud_method": "api", **given}), context)["stops"] == stops


@pytest.mark.parametrize(
    "answers, title, stops",
    [
        ([reply([event("integration_deactivate")])], "", STOPPED),
        # then the calls since are asked for, too; the person has not come to it yet, or somebody has activated it again
        ([reply([event("integration_activate")]), reply([])], "Deactivate provisioning of the application Unity", STOPPED),
        ([reply([event("integration_activate")]), reply([])], "Deactivate provisioning of the application Unity (done)", []),
        # nothing is known but what a person was asked for last
        ([reply({"message": "no"}, 403)], "Deactivate provisioning of the application Unity", STOPPED),
        ([reply({"message": "no"}, 403)], "Connect", []),
        ([reply({"message": "no"}, 403)], "", []),
    ],
)
def test_nor_by_hand(http: ExactCalls, context: Context, tmp_path: Path, answers: list[t.Any], title: str, stops: list[str]) -> None:
    if title:
        state = "done" if title.endswith(" (done)") else "pending"
        leave(tmp_path, "jumpcloud_scim_app", title.removesuffix(" (done)"), "JumpCloud application Unity (%s)" % APP_ID, state)
    expect_application(http)
    for answer in answers:
        http.expect("POST", EVENTS, answer, json=ANY)
    given = {**ROTATES, "jumpcloud_method": "manual", "runbook": str(tmp_path / "scim")}
    assert run_info(options(**given), context)["stops"] == stops


def test_no_credentials(http: ExactCalls, context: Context) -> None:
    given = {"api_key": None, "unity_access_token": None, "steps": ["application", "single_sign_on", "service_account"]}
    result = run_info(options(**given), context)
    assert reasons(result)["application"].startswith("No credentials for JumpCloud.")
    assert reasons(result)["service_account"] == "A person does it: no credentials of an owner or manager were given."
    assert reasons(result)["single_sign_on"].endswith("In the Unity Dashboard, see that it is set up, and its domains validated.")
    blocked = run_info(options(**{**given, **BY_API}), context)
    assert reasons(blocked)["service_account"].startswith("No credentials for Unity.")
    assert http.seen == []


def test_an_account_without_a_name(http: ExactCalls, context: Context) -> None:
    result = run_info(options(service_account=None, steps=["service_account"]), context)
    assert result["stops"] == ["service_account: service_account is needed to look the account up. Set scim_provisioning_service_account."]
    assert http.seen == []


@pytest.mark.parametrize(
    "given, verdict",
    [({}, "blocked"), ({"unity_method": "api"}, "blocked"), ({"makes_account": True}, "api"), ({"unity_method": "manual"}, "manual"), (SUPPLIED, "done")],
)
def test_an_account_that_nobody_makes(http: ExactCalls, context: Context, given: dict[str, t.Any], verdict: str) -> None:
    if verdict in ("blocked", "api"):
        http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run_info(options(**{"steps": ["service_account"], "makes_account": False, **given}), context)
    assert verdicts(result) == {"service_account": verdict}
    said = 'Unity has no service account "JumpCloud SCIM", and this run does not make it. Nothing was changed. Run the provision playbook, without tags, first.'
    assert result["stops"] == (["service_account: %s" % said] if verdict == "blocked" else [])


def test_an_account_that_is_there_need_not_be_made(http: ExactCalls, context: Context) -> None:
    expect_account(http)
    assert verdicts(run_info(options(steps=["service_account"], makes_account=False), context)) == {"service_account": "done"}


def test_it_fails_where_that_is_wanted(http: ExactCalls, context: Context) -> None:
    expect_application(http, application("Other"))
    with pytest.raises(ScimError) as caught:
        run_info(options(steps=["application", "identity_management", "connector_url"], application="Unitty", fail=True), context)
    assert caught.value.sentence().startswith(
        'Nothing was changed. These steps can not run as they are set up now: application, identity_management: JumpCloud has no application labelled "Unitty".'
    )
    failed = caught.value.as_result()
    assert (len(failed["verdicts"]), len(failed["lines"]), len(failed["stops"]), failed["manual_steps"]) == (3, 3, 1, [])


def test_it_does_not_fail_where_nothing_stops(http: ExactCalls, context: Context) -> None:
    assert run_info(options(steps=["connector_url"], fail=True), context)["stops"] == []


# ---- which key


def look(http: ExactCalls, context: Context, *keys: t.Any, answer: t.Any = None, **given: t.Any) -> dict[str, t.Any]:
    expect_account(http, *keys)
    expect_application(http)
    expect_provisioning(http, answer)
    return run_info(options(steps=["service_account", "identity_management"], **given), context)["key"]


def test_the_stored_key(http: ExactCalls, context: Context) -> None:
    stored = {"stored_key": {"key_id": KEY_ID, "secret_key": SECRET}, "has_store": True}
    assert look(http, context, key(), **stored)["source"] == "stored"
    inactive = reply(configuration(status="inactive"))
    found = look(http, context, key(), answer=inactive, **stored)
    assert (found["source"], found["redeliver"]) == ("stored", True)
    assert look(http, context, key("another"), **stored)["source"] == "create"
    assert look(http, context, key(), has_store=True, stored_key={})["source"] == "create"
    assert http.carrying(SECRET) == []


@pytest.mark.parametrize(
    "steps, warns", [(["service_account", "connector_url", "identity_management"], True), (["service_account", "identity_management"], False)]
)
def test_a_store_without_a_key_is_told_where_none_may_be_made(http: ExactCalls, context: Context, warnings: list[str], steps: list[str], warns: bool) -> None:
    """Where provisioning is taken down, the store is not read."""
    expect_account(http, key())
    expect_application(http)
    expect_provisioning(http)
    found = run_info(options(steps=steps, has_store=True, rotate="never"), context)["key"]
    assert (found["source"], found["rotate"]) == ("jumpcloud", "never")
    assert warnings == ["JumpCloud uses a key, and the store has none that works; since rotate is 'never', none is made for it."][:warns]


@pytest.mark.parametrize(
    "fields, source",
    [
        ({"status": "inactive"}, "revive"),
        ({"lastTest": None}, "revive"),
        ({"pendingReactivation": True}, "create"),
        ({"headerValueSet": False, "status": "inactive"}, "create"),
    ],
)
def test_what_jumpcloud_has(http: ExactCalls, context: Context, fields: dict[str, t.Any], source: str) -> None:
    assert look(http, context, key(), answer=reply(configuration(**fields)))["source"] == source


def test_in_check_mode_nothing_is_tried(http: ExactCalls, check_context: Context) -> None:
    assert look(http, check_context, key(), answer=reply(configuration(status="inactive")))["source"] == "jumpcloud"


# ---- another application with the same account

OTHER_ID = "65f0c0ffee65f0c0ffee00a2"
OURS = key(name="unity_jumpcloud.scim 0000000000a1")
NO_HEADER = configuration(headerValueSet=False, status="inactive", lastTest=None)
USES_IT = 'The service account\'s keys may be in use by the application "Unity 2". Nothing was changed.'


def beside_another(
    http: ExactCalls, context: Context, other: t.Any, row: dict[str, t.Any] | None = None, keys: t.Any = (OURS,), **given: t.Any
) -> dict[str, t.Any]:
    """``other``: the answer for its provisioning; None where nobody may ask for it."""
    rows = [application(), application("Meetings", "65f0c0ffee65f0c0ffee00a3", name="zoom", displayName="Zoom")]
    rows.append(row or application("Unity 2", OTHER_ID))
    expect_account(http, *keys)
    expect_application(http, *rows)
    expect_provisioning(http, given.pop("settings", None) or reply(NO_HEADER))
    if other is not None:
        expect_application(http, *rows)
        http.expect("GET", "/api/v2/applications/%s/provision" % OTHER_ID, other)
    return run_info(options(**{"steps": ["service_account", "connector_url", "identity_management"], **given}), context)


@pytest.mark.parametrize(
    "other, row",
    [
        ({}, None),
        ({"baseUrl": BASE_URL.upper() + "/"}, None),
        ({"lastTest": None}, None),
        ({}, application("Unity 2", OTHER_ID, name="custom", displayName="Custom")),
        ({}, application("Game people", OTHER_ID)),
    ],
)
def test_keys_that_another_application_may_use_are_not_revoked(
    http: ExactCalls, context: Context, other: dict[str, t.Any], row: dict[str, t.Any] | None
) -> None:
    result = beside_another(http, context, reply(configuration(**other)), row)
    title = row["displayLabel"] if row else "Unity 2"
    assert verdicts(result)["service_account"] == "blocked" and result["key"] is None
    assert result["stops"] == [ANY] and USES_IT.replace("Unity 2", title) in result["stops"][0]
    assert "Set scim_provisioning_service_account or scim_provisioning_key_name" in result["stops"][0]


def test_an_application_that_is_not_configured_has_no_key(http: ExactCalls, context: Context) -> None:
    result = beside_another(http, context, reply(configuration()), settings=reply({"message": "not found"}, 404), jumpcloud_method="api")
    assert result["stops"] == [ANY] and USES_IT in result["stops"][0]


@pytest.mark.parametrize(
    "other",
    [
        reply({"message": "not found"}, 404),
        reply(configuration(status="inactive")),
        reply(configuration(baseUrl=BASE_URL.replace(ORG, "999"))),
    ],
)
def test_another_application_that_uses_none_of_them(http: ExactCalls, context: Context, other: t.Any) -> None:
    assert beside_another(http, context, other)["key"]["source"] == "create"


@pytest.mark.parametrize("other", [reply({"message": "Forbidden"}, 403), reply({"status": "?"})])
def test_it_fails_closed_where_the_other_one_can_not_be_read(http: ExactCalls, context: Context, other: t.Any) -> None:
    result = beside_another(http, context, other)
    assert "Whether the application \"Unity 2\" uses the service account's keys can't be told: " in result["stops"][0] and result["key"] is None


@pytest.mark.parametrize(
    "given",
    [
        # it has a header value
        {"settings": reply(configuration())},
        {"settings": reply(configuration(status="inactive"))},
        # no key would be revoked
        {"keys": ()},
        {"keys": (key(),)},
        {"key_name": "unity_jumpcloud.scim second"},
        # none is made
        {"stored_key": {"key_id": KEY_ID, "secret_key": SECRET}, "has_store": True},
    ],
)
def test_nobody_is_asked_where_no_key_would_be_revoked(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    assert beside_another(http, context, None, **given)["stops"] == []


def test_a_community_is_no_unity(http: ExactCalls, context: Context) -> None:
    rows = [application(), application("Community Portal", OTHER_ID, name="bookmark", displayName="Opportunity")]
    expect_account(http, OURS)
    expect_application(http, *rows)
    expect_provisioning(http, reply(NO_HEADER))
    expect_application(http, *rows)
    assert run_info(options(steps=["service_account", "connector_url", "identity_management"]), context)["stops"] == []


@pytest.mark.parametrize("calls", [None, [event("user_create_provision", success=False)]])
def test_by_hand_nobody_is_asked_where_an_event_tells_that_it_once_had_a_key(http: ExactCalls, context: Context, tmp_path: Path, calls: t.Any) -> None:
    """It is paused, or its newest call was refused."""
    expect_account(http, OURS)
    expect_application(http, application(), application("Unity 2", OTHER_ID))
    expect_events(http, event("integration_deactivate" if calls is None else "integration_activate"))
    if calls is not None:
        http.expect("POST", EVENTS, reply(calls), json=event_query("2026-11-24T05:40:04Z", CALLS))
    given = {"jumpcloud_method": "manual", "secret_file": str(tmp_path / "key")}
    assert run_info(options(steps=["service_account", "connector_url", "identity_management"], **given), context)["stops"] == []


PAUSED = configuration(status="inactive")
# made since the application was tested for the last time
NEWER = key("7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10", name="unity_jumpcloud.scim 0000000000a2", created_at="2026-11-24T05:40:05Z")
TAKEDOWN = ["service_account", "identity_management"]


@pytest.mark.parametrize("settings", [PAUSED, NO_HEADER])
@pytest.mark.parametrize("steps, hint", [(TAKEDOWN, "--skip-tags service_account"), (None, "pause or deprovision that one first")])
def test_keys_of_the_application_that_took_the_place_are_not_revoked(
    http: ExactCalls, context: Context, settings: dict[str, t.Any], steps: list[str] | None, hint: str
) -> None:
    """Another one was set up with the account while this one was paused. Now this one is taken down, or resumed, for which its own key is too old."""
    result = beside_another(http, context, reply(configuration()), keys=(NEWER,), settings=reply(settings), **({"steps": steps} if steps else {}))
    assert result["stops"] == [ANY] and USES_IT in result["stops"][0] and hint in result["stops"][0]


@pytest.mark.parametrize("steps", [TAKEDOWN, None])
@pytest.mark.parametrize(
    "settings, keys",
    [
        # it is in use itself
        (configuration(), (NEWER,)),
        # the key is as old as its last test, or nothing tells
        (PAUSED, (OURS,)),
        (PAUSED, (key(name="unity_jumpcloud.scim 0000000000a3", created_at=None),)),
        (configuration(status="inactive", lastTest=None), (NEWER,)),
    ],
)
def test_nobody_is_asked_where_the_keys_are_its_own(
    http: ExactCalls, context: Context, settings: dict[str, t.Any], keys: t.Any, steps: list[str] | None
) -> None:
    assert beside_another(http, context, None, keys=keys, settings=reply(settings), **({"steps": steps} if steps else {}))["stops"] == []


def test_a_takedown_beside_an_application_that_is_paused(http: ExactCalls, context: Context) -> None:
    assert beside_another(http, context, reply(PAUSED), keys=(NEWER,), settings=reply(PAUSED), steps=TAKEDOWN)["stops"] == []


@pytest.mark.parametrize(
    "change, said",
    [("integration_activate", USES_IT), (None, "\"Unity 2\" uses the service account's keys can't be told: No event tells."), ("integration_deactivate", "")],
)
def test_by_hand_the_events_of_the_other_application_tell(http: ExactCalls, context: Context, tmp_path: Path, change: str | None, said: str) -> None:
    rows = [application(), application("Unity 2", OTHER_ID)]
    theirs = {"application": {"id": OTHER_ID, "name": "unity"}}
    expect_account(http, OURS)
    for _look in range(2):
        expect_application(http, *rows)
        expect_events(http, *([event(change, **theirs)] if change else []))
    if change == "integration_activate":
        http.expect("POST", EVENTS, reply([]), json=event_query("2026-11-24T05:40:04Z", CALLS))
    given = {"jumpcloud_method": "manual", "secret_file": str(tmp_path / "key")}
    stops = run_info(options(steps=["service_account", "connector_url", "identity_management"], **given), context)["stops"]
    assert said in stops[0] if said else stops == []


# ---- what a person does


def test_a_person_does_it_all(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_test_user(http)
    activated = event("integration_activate")
    expect_events(http, activated)
    http.expect("POST", EVENTS, reply([]), json=event_query(activated["timestamp"], CALLS))
    expect_groups(http, ARTISTS)
    by_hand = dict.fromkeys(("unity_method", "jumpcloud_method", "enforcement_method"), "manual")
    result = run_info(options(enforced=True, **by_hand), context)
    assert verdicts(result) == {**WORKS, "single_sign_on": "manual", "enforcement": "manual"}
    assert (result["in_use"], result["is_active"], result["key"]["source"]) == (True, True, "jumpcloud")
    assert (result["key"]["calls_key_module"], result["key"]["calls_account_module"]) == (False, False)
    assert result["seen"]["identity_management"]["evidence"]["found"] is True


@pytest.mark.parametrize(
    "events, is_active, found",
    [([], None, "unknown: no event tells"), ([event("integration_deactivate")], False, "inactive")],
)
def test_what_the_events_tell(http: ExactCalls, context: Context, events: list[t.Any], is_active: bool | None, found: str) -> None:
    expect_application(http)
    expect_events(http, *events)
    result = run_info(options(steps=["identity_management"], jumpcloud_method="manual", unity_method="manual"), context)
    assert (result["is_active"], result["in_use"], result["step"]["found"]) == (is_active, False, "identity management is " + found)
    assert (result["key"]["source"], result["key"]["calls_key_module"], result["key"]["secret_file"]) == ("console", False, None)


@pytest.mark.parametrize(
    "given, warned",
    [({}, False), ({"max_age": 90}, True), ({"max_age": 90, **SUPPLIED}, False), ({"max_age": 90, "steps": ["identity_management"]}, False)],
)
def test_an_age_that_nobody_can_tell_is_warned_of(http: ExactCalls, context: Context, warnings: list[str], given: dict[str, t.Any], warned: bool) -> None:
    """Else a nightly rotation would be green for ever."""
    expect_application(http)
    expect_events(http)
    if "key_id" in given:
        expect_key_works(http)
    run_info(options(**{"steps": ["identity_management", "connector_url"], "jumpcloud_method": "manual", "unity_method": "manual", **given}), context)
    assert warnings == ([AGE_UNKNOWN] if warned else [])


@pytest.mark.parametrize(
    "given, source, path",
    [({}, "console", None), ({"secret_file": "/s"}, "create", "/s"), ({"has_store": True}, "create", "/r/scim-%s.secret" % APP_ID)],
)
def test_the_key_goes_from_one_console_to_the_other_unless_the_run_needs_it(
    http: ExactCalls, context: Context, given: dict[str, t.Any], source: str, path: str | None
) -> None:
    expect_application(http)
    expect_events(http)
    found = run_info(options(steps=["identity_management"], jumpcloud_method="manual", unity_method="manual", runbook="/r/scim", **given), context)["key"]
    assert (found["source"], found["secret_file"]) == (source, path)


def with_secret_file(http: ExactCalls, context: Context, path: Path) -> dict[str, t.Any]:
    return run_info(options(steps=["service_account", "identity_management"], jumpcloud_method="manual", secret_file=str(path)), context)


def secret_file(folder: Path, text: str = HEADER, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize("status, source", [(200, "secret_file"), (401, "create")])
def test_a_key_that_a_person_still_has_to_deliver(http: ExactCalls, context: Context, tmp_path: Path, status: int, source: str) -> None:
    expect_account(http, key())
    expect_application(http)
    expect_events(http)
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=7), status), query={"startIndex": 1, "count": 1}, headers={"Authorization": HEADER})
    result = with_secret_file(http, context, secret_file(tmp_path))
    assert result["key"]["source"] == source and SECRET not in str(result)


@pytest.mark.parametrize("text, warns", [("", 0), ("This is no key.", 1)])
def test_a_secret_file_without_a_key(http: ExactCalls, context: Context, tmp_path: Path, warnings: list[str], text: str, warns: int) -> None:
    expect_account(http, key())
    expect_application(http)
    expect_events(http)
    result = with_secret_file(http, context, secret_file(tmp_path, text))
    assert (result["key"]["source"], len(warnings)) == ("create", warns)


def test_a_secret_file_that_others_can_read(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect_account(http, key())
    expect_application(http)
    expect_events(http)
    result = with_secret_file(http, context, secret_file(tmp_path, mode=0o644))
    assert "has mode 0644" in reasons(result)["identity_management"] and result["key"] is None


def expect_proof(http: ExactCalls, status: int) -> None:
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=7), status), query={"startIndex": 1, "count": 1}, headers={"Authorization": HEADER})


def with_key_in_file(http: ExactCalls, context: Context, path: Path, *keys: t.Any, status: int = 200, events: t.Any = (), **given: t.Any) -> dict[str, t.Any]:
    """JumpCloud's steps are a person's, and the file at ``path`` holds a key, to whose proof Unity answers so."""
    expect_account(http, *keys)
    expect_application(http)
    expect_events(http, *events)
    if events:
        http.expect("POST", EVENTS, reply([]), json=event_query(events[0]["timestamp"], CALLS))
    expect_proof(http, status)
    steps = ["service_account", "connector_url", "identity_management"]
    return run_info(options(**{"steps": steps, "jumpcloud_method": "manual", "secret_file": str(path), **given}), context)


def remember(folder: Path, state: str = "done", title: str = "Unity", app_id: str = APP_ID, key_id: str = KEY_ID) -> str:
    """A runbook by which a person was asked to give an application a key."""
    return leave(folder, "jumpcloud_scim_app", "Connect", tenant_of(Application(app_id, None, None, title, None, None, None)), state, key_id)


@pytest.mark.parametrize("status, why", [(200, "none of the keys of this service account"), (403, "none of the keys"), (401, "it may be of another one")])
def test_a_key_of_another_account_in_a_file_is_neither_taken_nor_overwritten(http: ExactCalls, context: Context, tmp_path: Path, status: int, why: str) -> None:
    path = secret_file(tmp_path)
    result = with_key_in_file(http, context, path, key("another"), status=status)
    said = reasons(result)["identity_management"]
    assert verdicts(result)["identity_management"] == "blocked" and result["key"] is None
    assert str(path) in said and KEY_ID in said and why in said and "Leave scim_provisioning_secret_file out" in said and "delete the file" in said


def test_the_secret_file_of_an_account_that_is_not_there_yet(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    expect_application(http)
    expect_events(http)
    expect_proof(http, 200)
    steps = ["service_account", "connector_url", "identity_management"]
    result = run_info(options(steps=steps, jumpcloud_method="manual", secret_file=str(secret_file(tmp_path))), context)
    assert verdicts(result)["identity_management"] == "blocked"


def test_a_key_of_another_account_is_in_nobodys_way_where_none_is_handed_over(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    path = secret_file(tmp_path)
    in_use = with_key_in_file(http, context, path, key("another"), events=[event("integration_activate")])
    assert in_use["key"]["source"] == "jumpcloud" and in_use["seen"]["secret_file"] == {"replaces": None}
    taken_down = with_key_in_file(http, context, path, key("another"), steps=["application", "service_account", "identity_management"])
    assert verdicts(taken_down)["identity_management"] == "manual" and taken_down["seen"]["secret_file"] == {"replaces": None}


@pytest.mark.parametrize("age, verdict", [(2.0, "blocked"), (5.0, "done")])
def test_a_key_that_grows_too_old_would_be_replaced(http: ExactCalls, context: Context, tmp_path: Path, age: float, verdict: str) -> None:
    path, own = secret_file(tmp_path), key("another", "2026-11-20T05:40:04Z", "JumpCloud SCIM")
    result = with_key_in_file(http, context, path, own, events=[event("integration_activate")], max_age=age, key_name="JumpCloud SCIM")
    assert verdicts(result)["identity_management"] == verdict


@pytest.mark.parametrize("keys, status", [([key()], 401), ([key()], 403), ([key("another")], 401)])
def test_a_dead_key_that_the_application_was_to_get_is_replaced(http: ExactCalls, context: Context, tmp_path: Path, keys: list[t.Any], status: int) -> None:
    runbook = remember(tmp_path)
    result = with_key_in_file(http, context, secret_file(tmp_path), *keys, status=status, runbook=runbook)
    assert result["key"]["source"] == "create" and result["seen"]["secret_file"] == {"replaces": KEY_ID}


def test_the_request_of_another_application_tells_nothing(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    runbook = remember(tmp_path, app_id="65f0c0ffee65f0c0ffee00a2")
    result = with_key_in_file(http, context, secret_file(tmp_path), key("another"), status=401, runbook=runbook)
    assert verdicts(result)["identity_management"] == "blocked"


@pytest.mark.parametrize("keys, status, source", [([key()], 200, "secret_file"), ([key("another")], 401, "create"), ([key("another")], 200, None)])
def test_each_application_has_a_file_of_its_own_beside_the_runbook(
    http: ExactCalls, context: Context, tmp_path: Path, keys: list[t.Any], status: int, source: str | None
) -> None:
    path = secret_file(tmp_path).rename(tmp_path / ("scim-%s.secret" % APP_ID))
    (tmp_path / "scim-65f0c0ffee65f0c0ffee00a2.secret").write_text("nobody reads it", encoding="utf-8")
    result = with_key_in_file(http, context, path, *keys, status=status, secret_file=None, runbook=str(tmp_path / "scim"))
    assert (result["key"] or {}).get("source") == source
    assert (result["key"] or {}).get("secret_file") == (str(path) if source else None)


OTHERS = {"key_id": "9c0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a11", "secret_key": "z8Zr5tVw2xYb4nMk7pLs9dFg3hJc6aQf"}


@pytest.mark.parametrize("remembers, status, verdict", [(False, 200, "blocked"), (False, 401, "blocked"), (True, 200, "manual"), (True, 401, "manual")])
def test_a_supplied_key_takes_the_place_of_one_that_the_application_was_to_get(
    http: ExactCalls, context: Context, tmp_path: Path, remembers: bool, status: int, verdict: str
) -> None:
    runbook = remember(tmp_path) if remembers else None
    expect_application(http)
    expect_events(http)
    expect_key_works(http, authorization_header(OTHERS["key_id"], OTHERS["secret_key"]))
    expect_proof(http, status)
    given = {"steps": ["connector_url", "identity_management"], "jumpcloud_method": "manual", "secret_file": str(secret_file(tmp_path)), "runbook": runbook}
    result = run_info(options(**given, **OTHERS), context)
    assert verdicts(result)["identity_management"] == verdict
    assert result["seen"].get("secret_file") == ({"replaces": KEY_ID} if remembers else None)


def test_the_supplied_key_may_be_in_the_file_already(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect_application(http)
    expect_events(http)
    expect_key_works(http)
    given = {"steps": ["connector_url", "identity_management"], "jumpcloud_method": "manual", "secret_file": str(secret_file(tmp_path))}
    assert verdicts(run_info(options(**given, **SUPPLIED), context))["identity_management"] == "manual"


def test_where_the_endpoint_may_turn_out_otherwise_nothing_in_the_file_is_replaced(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect_account(http, key("another"))
    expect_application(http)
    expect_provisioning(http, reply({"message": "not found"}, 404))
    expect_events(http)
    given = {"steps": ["service_account", "connector_url", "identity_management"], "secret_file": str(secret_file(tmp_path))}
    result = run_info(options(**given), context)
    assert verdicts(result)["identity_management"] == "unproven" and result["seen"]["secret_file"] == {"replaces": None}


# ---- a stored key, where a person makes Unity's keys

STORED = {"stored_key": {"key_id": KEY_ID, "secret_key": SECRET}, "has_store": True}


def with_stored_key(http: ExactCalls, context: Context, status: int | None, **given: t.Any) -> dict[str, t.Any]:
    expect_application(http)
    expect_provisioning(http)
    if status:
        expect_proof(http, status)
    steps = ["connector_url", "identity_management"]
    return run_info(options(**{"steps": steps, "unity_access_token": None, **STORED, **given}), context)


@pytest.mark.parametrize("status, source", [(200, "stored"), (401, "create")])
def test_a_persons_stored_key_is_proven(http: ExactCalls, context: Context, status: int, source: str) -> None:
    result = with_stored_key(http, context, status)
    found = result["key"]
    assert (found["source"], found["calls_key_module"]) == (source, source == "create") and SECRET not in str(result)
    assert verdicts(result)["connector_url"] == ("done" if status == 200 else "unproven")
    assert found["reason"] == (
        "The stored key is in use." if status == 200 else "JumpCloud has a key, but the store has to know it, and Unity refuses the one that the store has."
    )


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_proof_that_fails_otherwise_is_an_error_of_its_step(http: ExactCalls, context: Context, status: int) -> None:
    result = with_stored_key(http, context, status)
    assert verdicts(result) == {"connector_url": "blocked", "identity_management": "done"} and "HTTP %d" % status in reasons(result)["connector_url"]


def test_a_persons_stored_key_is_sent_to_no_other_host(http: ExactCalls, context: Context) -> None:
    result = with_stored_key(http, context, None, base_url="https://example.com/scim/v2/tenants/" + ORG)
    assert verdicts(result)["connector_url"] == "blocked" and http.carrying(SECRET) == []


def test_a_stored_key_that_is_replaced_anyway_is_not_proven(http: ExactCalls, context: Context) -> None:
    assert with_stored_key(http, context, None, rotate="always")["key"]["source"] == "create" and http.carrying(SECRET) == []


def test_a_stored_key_is_proven_where_only_the_key_is_looked_for(http: ExactCalls, context: Context) -> None:
    assert with_stored_key(http, context, 401, steps=["identity_management"])["key"]["source"] == "create"


def test_a_stored_key_that_waits_in_the_secret_file_is_in_nobodys_way(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    """It is proven as the stored one, and not once more as another."""
    expect_application(http)
    expect_events(http)
    expect_proof(http, 200)
    steps = ["connector_url", "identity_management"]
    given = {"steps": steps, "unity_access_token": None, "jumpcloud_method": "manual", "secret_file": str(secret_file(tmp_path)), **STORED}
    result = run_info(options(**given), context)
    assert verdicts(result) == {"connector_url": "done", "identity_management": "manual"}
    assert result["key"]["source"] == "stored" and result["seen"]["secret_file"] == {"replaces": None}
