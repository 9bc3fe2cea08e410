# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_scim_connector: the base URL, the proof of the key, the enforcement."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_scim_connector
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_scim_connector import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    BASE_URL,
    HEADER,
    KEY_ID,
    ORG,
    SECRET,
    SSO,
    UNITY,
    scim_list,
    scim_user,
    sso,
)

COUNT = {"startIndex": 1, "count": 1}
KEY = {"key_id": KEY_ID, "secret_key": SECRET}
FEATURES = {"patch": True, "bulk": False, "filter": False, "changePassword": False, "sort": False, "etag": False}
REFUSED = {"status": "401", "detail": "bad key"}


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{"organization_id": ORG, "enforcement_method": "api", **given})


def expect_count(http: ExactCalls, answer: t.Any = None) -> None:
    http.expect("GET", BASE_URL + "/Users", answer or reply(scim_list(total=7)), query=COUNT, headers={"Authorization": HEADER})


def expect_features(http: ExactCalls) -> None:
    http.expect("GET", BASE_URL + "/ServiceProviderConfig", reply({"patch": {"supported": True}}), headers={"Authorization": HEADER})


def test_without_a_key_nothing_is_sent(http: ExactCalls, context: Context) -> None:
    result = run(options(), context)
    assert result["connector"] == {"base_url": BASE_URL, "verified": None, "features": None, "users": None, "test_user_unknown": None}
    assert (result["changed"], result["enforced"], http.seen) == (False, None, [])


@pytest.mark.parametrize("given", [KEY, {"authorization_header": HEADER}, {**KEY, "base_url": BASE_URL}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_key_is_proven(http: ExactCalls, context: Context, check_context: Context, given: dict[str, str], check_mode: bool) -> None:
    expect_count(http)
    expect_features(http)
    result = run(options(**given), check_context if check_mode else context)
    assert result["connector"] == {"base_url": BASE_URL, "verified": True, "features": FEATURES, "users": 7, "test_user_unknown": None}
    assert_documented(unity_scim_connector, result)
    assert result["changed"] is False
    assert SECRET not in repr(result) and HEADER not in repr(result)


@pytest.mark.parametrize("status, hint", [(401, "was revoked"), (403, "SCIM Authenticator"), (404, "Check base_url"), (500, None)])
def test_a_key_that_does_not_work(http: ExactCalls, context: Context, status: int, hint: str | None) -> None:
    expect_count(http, reply({"status": str(status), "detail": "no"}, status))
    with pytest.raises(ApiError, match="count the users") as caught:
        run(options(**KEY), context)
    assert hint in (caught.value.hint or "") if hint else caught.value.hint is None


@pytest.mark.parametrize("status", [401, 403])
def test_a_new_key_is_waited_for(http: ExactCalls, context: Context, time: FakeTime, status: int) -> None:
    for _unused in range(2):
        expect_count(http, reply(REFUSED, status))
    expect_count(http)
    expect_features(http)
    assert run(options(**KEY, wait_timeout=30.0), context)["connector"]["verified"]
    assert time.sleeps == [0.5, 1.0]


def test_the_wait_ends(http: ExactCalls, context: Context, time: FakeTime) -> None:
    for _unused in range(4):
        expect_count(http, reply(REFUSED, 401))
    with pytest.raises(ApiError, match="HTTP 401"):
        run(options(**KEY, wait_timeout=5.0), context)
    assert sum(time.sleeps) <= 5.0


def test_the_wait_does_not_use_up_the_time_of_the_requests(http: ExactCalls, context: Context, time: FakeTime) -> None:
    for _unused in range(3):
        expect_count(http, reply(REFUSED, 401))
    expect_count(http)
    expect_features(http)
    assert run(options(**KEY, wait_timeout=30.0, time_budget=1.0), context)["connector"]["verified"]
    assert sum(time.sleeps) > 1.0


def test_other_failures_are_not_waited_for(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_count(http, reply({"detail": "no"}, 404))
    with pytest.raises(ApiError):
        run(options(**KEY, wait_timeout=30.0), context)
    assert time.sleeps == []


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"base_url": BASE_URL + "/"}, "must not end with a slash"),
        ({"base_url": BASE_URL.replace("https", "http")}, "must start with https"),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"base_url": BASE_URL.replace(ORG, "999")}, 'belongs to the organization "999"'),
        ({"base_url": BASE_URL + "\n"}, "must be a plain URL"),
        ({"api_url": "http://services.api.unity.com"}, "must start with https"),
        ({"expected_organization_id": "999"}, 'but "999" is expected'),
        ({"organization_id": ""}, "No Unity organization"),
        ({"organization_id": "my-studio"}, "must be the Genesis ID"),
        ({"authorization_header": "Bearer " + SECRET, "key_id": None, "secret_key": None}, "does not start with 'Basic '"),
        ({"authorization_header": "Basic " + SECRET}, "authorization header value"),
        ({"authorization_header": "Authorization: " + HEADER}, "does not start with 'Basic '"),
        ({"authorization_header": HEADER + "\n"}, "authorization header value"),
    ],
)
def test_no_key_goes_to_a_wrong_place(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run(options(**{**KEY, **given}), context)
    assert http.carrying(SECRET, HEADER) == [] and http.seen == []


def test_a_base_url_at_the_given_api(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "http://127.0.0.1:8080/scim/v2/tenants/%s/Users" % ORG, reply(scim_list()), query=COUNT)
    http.expect("GET", "http://127.0.0.1:8080/scim/v2/tenants/%s/ServiceProviderConfig" % ORG, reply({}))
    assert run(options(**KEY, api_url="http://127.0.0.1:8080/"), context)["connector"]["users"] == 0


def test_a_page_instead_of_the_service(http: ExactCalls, context: Context) -> None:
    expect_count(http, text_reply("<html>Sign in</html>"))
    with pytest.raises(ApiError, match="an HTML page"):
        run(options(**KEY), context)


@pytest.mark.parametrize("before, wanted, verb", [(False, True, "enforce"), (True, False, "stop_enforcing")])
def test_enforcement(http: ExactCalls, context: Context, time: FakeTime, before: bool, wanted: bool, verb: str) -> None:
    http.expect("GET", SSO, reply(sso(enforced=before)))
    http.expect("PATCH", SSO, reply(sso(enforced=wanted)), json={"scim": {"enforced": wanted}})
    http.expect("GET", SSO, reply(sso(enforced=before)))
    http.expect("GET", SSO, reply(sso(enforced=wanted)))
    result = run(options(**UNITY, enforced=wanted), context)
    assert (result["changed"], verbs(result), result["enforced"]) == (True, [verb], wanted)
    assert (result["diff"]["before"], result["diff"]["after"]) == ({"enforced": before}, {"enforced": wanted})
    assert (time.sleeps, context.progress.done) == ([0.5], [{"action": verb, "target": "SCIM provisioning"}])


@pytest.mark.parametrize("before, wanted", [(False, True), (True, False)])
def test_enforcement_in_check_mode(http: ExactCalls, check_context: Context, before: bool, wanted: bool) -> None:
    http.expect("GET", SSO, reply(sso(enforced=before)))
    result = run(options(**UNITY, enforced=wanted), check_context)
    assert (result["changed"], result["diff"]["after"], http.writes) == (True, {"enforced": wanted}, [])


@pytest.mark.parametrize("enforced", [True, False])
def test_enforcement_as_wanted(http: ExactCalls, context: Context, enforced: bool) -> None:
    http.expect("GET", SSO, reply(sso(enforced=enforced)))
    result = run(options(**UNITY, enforced=enforced), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])


@pytest.mark.parametrize(
    "state, reason",
    [(sso(enabled=False), "single sign-on is not enabled"), (sso(scim={"enabled": False, "enforced": False}), "SCIM provisioning is not enabled")],
)
def test_what_is_not_enabled_is_not_enforced(http: ExactCalls, context: Context, state: dict[str, t.Any], reason: str) -> None:
    http.expect("GET", SSO, reply(state))
    with pytest.raises(ScimError, match=reason):
        run(options(**UNITY, enforced=True), context)
    assert http.writes == []


def test_enforcement_that_does_not_show(http: ExactCalls, context: Context) -> None:
    http.expect("GET", SSO, reply(sso()))
    http.expect("PATCH", SSO, reply(sso(enforced=True)), json={"scim": {"enforced": True}})
    for _unused in range(7):
        http.expect("GET", SSO, reply(sso()))
    with pytest.raises(ScimError, match="but does not show it"):
        run(options(**UNITY, enforced=True), context)
    assert len(context.progress.done) == 1


def test_a_bad_key_stops_before_the_enforcement(http: ExactCalls, context: Context) -> None:
    expect_count(http, reply(REFUSED, 401))
    with pytest.raises(ApiError, match="HTTP 401"):
        run(options(**UNITY, **KEY, enforced=True), context)
    assert http.writes == []


@pytest.mark.parametrize("shown, warned", [(BASE_URL, 0), (None, 0), (BASE_URL.replace(ORG, "999"), 1)])
def test_another_base_url_is_warned_of(http: ExactCalls, context: Context, warnings: list[str], shown: str | None, warned: int) -> None:
    http.expect("GET", SSO, reply(sso(scim={"enabled": True, "enforced": True, "baseUrl": shown})))
    run(options(**UNITY, enforced=True), context)
    assert len(warnings) == warned
    assert all("Set base_url (scim_provisioning_base_url) if that is wrong" in warning for warning in warnings)


@pytest.mark.parametrize("answer", [text_reply("<html>", 404), reply({"enabled": True}), reply({"title": "x", "code": 4}, 404)])
def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any) -> None:
    http.expect("GET", SSO, answer)
    with pytest.raises(AssumptionFailed) as caught:
        run(options(**UNITY, enforced=True), context)
    assert caught.value.manual_steps[0]["do"].startswith("Turn on 'Enforce SCIM Provisioning'")


def test_enforcement_needs_an_owners_credentials(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="No credentials for Unity"):
        run(options(enforced=True), context)
    assert http.seen == []


# ---- the test user


EMAIL = "scim-test@example.com"
PAGE = {"startIndex": 1, "count": 100}
IN_USE = [scim_user("1", "Scim-Test@example.com"), scim_user("2", "bob", emails=[{"value": EMAIL}])]


def expect_search(http: ExactCalls, listed: list[dict[str, t.Any]]) -> None:
    """A filter that finds nobody would prove nothing, so the list is read, without asking one."""
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(*listed)), query=PAGE)
    if listed:
        http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=len(listed))), query={**PAGE, "startIndex": len(listed) + 1})


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("listed", [[], [scim_user("1", "ada@example.com")]])
def test_a_test_user_who_is_unknown(http: ExactCalls, context: Context, check_context: Context, check_mode: bool, listed: list[dict[str, t.Any]]) -> None:
    expect_count(http)
    expect_features(http)
    expect_search(http, listed)
    result = run(options(**KEY, test_email=EMAIL), check_context if check_mode else context)
    assert result["connector"]["test_user_unknown"] is True
    assert result["step"] == {**STEP, "verified": ["the SCIM service accepts the key", "test user unknown to Unity"]}
    assert_documented(unity_scim_connector, result)


@pytest.mark.parametrize("listed", [IN_USE[:1], IN_USE[1:]])
def test_a_test_user_who_is_in_use(http: ExactCalls, context: Context, listed: list[dict[str, t.Any]]) -> None:
    """Nothing is written, not even where the enforcement was to be changed."""
    expect_count(http)
    expect_features(http)
    expect_search(http, listed)
    with pytest.raises(ScimError) as caught:
        run(options(**UNITY, **KEY, test_email=EMAIL, enforced=True), context)
    assert caught.value.sentence() == (
        "The test user's email scim-test@example.com is in use in Unity. JumpCloud was not changed. "
        "Set test_email (scim_provisioning_test_email) to an address that neither JumpCloud nor Unity knows."
    )


def test_without_a_key_no_test_user_is_looked_up(http: ExactCalls, context: Context) -> None:
    assert run(options(test_email=EMAIL), context)["connector"]["test_user_unknown"] is None
    assert http.seen == []


# ---- the step, and what was seen before


STEP = {
    "step": "connector_url",
    "method": "api",
    "changed": False,
    "found": BASE_URL,
    "did": [],
    "verified": [],
    "pending": False,
    "waiting": False,
    "reason": "",
}
ENFORCEMENT = {**STEP, "step": "enforcement", "found": "enforced"}


def seen(scim_enforced: bool, **fields: t.Any) -> dict[str, t.Any]:
    return {"enforcement": {"enabled": True, "scim_enabled": True, "scim_enforced": scim_enforced, "base_url": BASE_URL, **fields}, "application": {}}


def test_step_of_the_connector(http: ExactCalls, context: Context) -> None:
    assert run(options(seen=seen(True)), context)["step"] == STEP
    expect_count(http)
    expect_features(http)
    assert run(options(**KEY), context)["step"] == {**STEP, "verified": ["the SCIM service accepts the key"]}


@pytest.mark.parametrize("enforced", [True, False])
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
def test_enforcement_that_was_seen_as_wanted_needs_no_request(
    http: ExactCalls, context: Context, check_context: Context, enforced: bool, trusted: bool, check_mode: bool
) -> None:
    if not trusted:
        http.expect("GET", SSO, reply(sso(enforced=enforced)))
    result = run(options(**UNITY, enforced=enforced, seen=seen(enforced) if trusted else None), check_context if check_mode else context)
    assert (result["changed"], result["enforced"], result["diff"]["before"]) == (False, enforced, {"enforced": enforced})
    assert result["step"] == {**ENFORCEMENT, "found": "enforced" if enforced else "not enforced"}
    assert_documented(unity_scim_connector, result)


GUEST = {"people": {"in_no_bound_group": 1, "unread": None}, "names": {"people_in_no_bound_group": ["guest@example.com"]}}


@pytest.mark.parametrize(
    "preview, said, names",
    [
        (GUEST, "1 person in Unity is in no bound group", ["guest@example.com"]),
        ({"people": {"in_no_bound_group": 0}, "names": {}}, "0 people in Unity are in no bound group", []),
        (
            {"people": {"in_no_bound_group": None, "unread": "there is no key"}, "names": {}},
            "who is in Unity in no bound group is not known: there is no key",
            [],
        ),
        ({"people": None, "names": None}, "who is in Unity in no bound group is not known: nobody has looked", []),
    ],
)
def test_who_is_in_no_bound_group_is_told_before_the_enforcement(check_context: Context, preview: dict[str, t.Any], said: str, names: list[str]) -> None:
    both = {**seen(False), "preview": preview}
    result = run(options(**UNITY, enforced=True, seen=both), check_context)
    assert result["step"]["found"] == "not enforced; " + said
    assert result["diff"]["before"] == {"enforced": False, "people_in_no_bound_group": []}
    assert result["diff"]["after"] == {"enforced": True, "people_in_no_bound_group": names}
    assert "guest" not in str({name: value for name, value in result.items() if name != "diff"})
    by_hand = run(options(enforced=True, enforcement_method="manual", seen=both), check_context)
    assert by_hand["pending"] and by_hand["step"]["found"].endswith("; " + said)


@pytest.mark.parametrize("enforced, was", [(True, True), (False, True)])
def test_nobody_is_told_where_nothing_is_enforced_anew(check_context: Context, enforced: bool, was: bool) -> None:
    result = run(options(**UNITY, enforced=enforced, seen={**seen(was), "preview": GUEST}), check_context)
    assert result["step"]["found"] == "enforced" and set(result["diff"]["after"]) == {"enforced"}


@pytest.mark.parametrize("enforced, found, verb", [(True, "not enforced", "enforce"), (False, "enforced", "stop_enforcing")])
def test_check_mode_shows_the_enforcement_that_was_seen(check_context: Context, http: ExactCalls, enforced: bool, found: str, verb: str) -> None:
    result = run(options(**UNITY, enforced=enforced, seen=seen(not enforced)), check_context)
    assert (result["step"], http.seen) == ({**ENFORCEMENT, "changed": True, "found": found, "did": [verb]}, [])


def test_enforcement_is_read_again_before_it_is_written(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    http.expect("GET", SSO, reply(sso()))
    http.expect("PATCH", SSO, reply(sso(enforced=True)), json={"scim": {"enforced": True}})
    http.expect("GET", SSO, reply(sso(enforced=True)))
    result = run(options(**UNITY, enforced=True, seen=seen(False, base_url="https://other.example.com")), context)
    assert result["step"] == {**ENFORCEMENT, "changed": True, "found": "not enforced", "did": ["enforce"], "verified": ["read back"]}
    assert warnings == [], "what was seen is out of date"


def test_enforcement_that_somebody_else_has_set_is_not_written(http: ExactCalls, context: Context) -> None:
    http.expect("GET", SSO, reply(sso(enforced=True)))
    assert run(options(**UNITY, enforced=True, seen=seen(False)), context)["step"] == ENFORCEMENT
    assert http.writes == []


def test_what_was_seen_not_to_be_enabled_may_be_by_now(http: ExactCalls, context: Context, check_context: Context) -> None:
    given = options(**UNITY, enforced=True, seen=seen(False, scim_enabled=False))
    with pytest.raises(ScimError, match="SCIM provisioning is not enabled"):
        run(given, check_context)
    assert http.seen == []
    http.expect("GET", SSO, reply(sso(enforced=True)))
    assert not run(given, context)["changed"]


OTHER_FORMS = [{}, {"enforcement": None}, {"enforcement": {"scim_enforced": True}}, seen("yes"), seen(True, base_url=1)]  # type: ignore[arg-type]


@pytest.mark.parametrize("other", OTHER_FORMS)
def test_what_was_seen_in_another_form_is_ignored(http: ExactCalls, check_context: Context, other: dict[str, t.Any]) -> None:
    http.expect("GET", SSO, reply(sso()))
    assert run(options(**UNITY, enforced=True, seen=other), check_context)["step"]["found"] == "not enforced"


def test_another_base_url_that_was_seen_is_warned_of(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    run(options(**UNITY, enforced=True, seen=seen(True, base_url=BASE_URL.replace(ORG, "999"))), context)
    assert len(warnings) == 1 and http.seen == []
