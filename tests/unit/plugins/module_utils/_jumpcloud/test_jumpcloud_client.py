# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How JumpCloud is reached: regions, authentication, errors, paging."""

from __future__ import annotations

import dataclasses
import threading
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudConnection, list_v1, list_v2
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, meeting, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in, jumpcloud
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import API_KEY, JC_ORG, JUMPCLOUD, PAGE, V1_PAGE, v1

CLIENT = {"api_key": None, "client_id": "client-1", "client_secret": "client-secret-0123"}
FORM = {"scope": "api", "grant_type": "client_credentials"}
BASIC = authorization_header("client-1", "client-secret-0123")
ROW = {"_id": str}


def connect(context: Context, **given: t.Any) -> JumpCloudConnection:
    return jumpcloud(context, **{**JUMPCLOUD, **given})


@pytest.mark.parametrize(
    "region, host", [("us", "https://console.jumpcloud.com"), ("eu", "https://console.eu.jumpcloud.com"), ("in", "https://console.in.jumpcloud.com")]
)
def test_regions(http: ExactCalls, context: Context, region: str, host: str) -> None:
    http.expect("GET", host + "/x", headers={"x-api-key": API_KEY}, without=("x-org-id", "Authorization"))
    connect(context, region=region).console.request("GET", "/x", "read x")


@pytest.mark.parametrize("region, host", [("us", "https://api.jumpcloud.com"), ("eu", "https://api.eu.jumpcloud.com"), ("in", "https://api.in.jumpcloud.com")])
def test_regions_of_directory_insights(http: ExactCalls, context: Context, region: str, host: str) -> None:
    http.expect("GET", host + "/x", headers={"x-api-key": API_KEY, "x-org-id": JC_ORG}, without=("Authorization",))
    connect(context, region=region, organization_id=JC_ORG).insights.request("GET", "/x", "read x")


def test_insights_url_wins_over_the_region(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "http://127.0.0.1:8081/x")
    connect(context, region="eu", insights_url="http://127.0.0.1:8081").insights.request("GET", "/x", "read x")


def test_console_url_wins_over_the_region(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "http://127.0.0.1:8080/x")
    connect(context, region="eu", console_url="http://127.0.0.1:8080/").console.request("GET", "/x", "read x")


def test_organization_id_is_left_out_across_organizations(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/x", headers={"x-org-id": JC_ORG})
    http.expect("GET", "/y", headers={"x-api-key": API_KEY}, without=("x-org-id",))
    connection = connect(context, organization_id=JC_ORG)
    connection.console.request("GET", "/x", "read x")
    connection.across_organizations.request("GET", "/y", "read y")


@pytest.mark.parametrize("organization_id", ["12345", JC_ORG.upper(), JC_ORG[:12] + "\n" + JC_ORG[12:], "../" + JC_ORG])
def test_an_organization_id_of_another_form(http: ExactCalls, context: Context, organization_id: str) -> None:
    with pytest.raises(ScimError, match="24 hexadecimal digits") as caught:
        connect(context, organization_id=organization_id)
    assert "\n" not in str(caught.value)
    assert http.seen == []


@pytest.mark.parametrize("given", [{"api_key": None}, {"api_key": ""}])
def test_no_credentials(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    with pytest.raises(ScimError, match="No credentials for JumpCloud.") as caught:
        connect(context, **given).console.request("GET", "/x", "read x")
    assert "JUMPCLOUD_API_KEY" in (caught.value.hint or "")
    assert http.seen == []


@pytest.mark.parametrize("option", ["console_url", "oauth_url"])
def test_credentials_never_go_out_in_clear(http: ExactCalls, context: Context, option: str) -> None:
    with pytest.raises(ScimError, match="%s .*must start with https://" % option):
        connect(context, **CLIENT, **{option: "http://console.jumpcloud.com"}).console.request("GET", "/x", "read x")
    assert http.seen == []


@pytest.mark.parametrize(
    "given, host",
    [
        ({}, "https://admin-oauth.id.jumpcloud.com"),
        ({"region": "eu"}, "https://admin-oauth.id.eu.jumpcloud.com"),
        ({"region": "in"}, "https://admin-oauth.id.in.jumpcloud.com"),
        ({"oauth_url": "http://127.0.0.1:8081"}, "http://127.0.0.1:8081"),
    ],
)
def test_a_service_account_gets_a_token_once(http: ExactCalls, context: Context, given: dict[str, str], host: str) -> None:
    http.expect("POST", host + "/oauth2/token", reply({"access_token": "token-0123", "expires_in": 3600}), form=FORM, headers={"Authorization": BASIC})
    for _unused in range(2):
        http.expect("GET", "/x", headers={"Authorization": "Bearer token-0123"}, without=("x-api-key",))
    connection = connect(context, **CLIENT, **given)
    for _unused in range(2):
        connection.console.request("GET", "/x", "read x")
    assert context.masker.redact("token-0123 client-secret-0123") == "******** ********"


@pytest.mark.parametrize("expires_in, lifetime", [(600, 540), (None, 3540), ("600", 3540)])
def test_the_token_is_renewed_before_it_ends(http: ExactCalls, context: Context, time: FakeTime, expires_in: t.Any, lifetime: int) -> None:
    connection = connect(context, **CLIENT, time_budget=9999.0)
    http.expect("POST", "/oauth2/token", reply({"access_token": "token-1", "expires_in": expires_in}), form=FORM)
    http.expect("GET", "/x", headers={"Authorization": "Bearer token-1"})
    http.expect("GET", "/x", headers={"Authorization": "Bearer token-1"})
    http.expect("POST", "/oauth2/token", reply({"access_token": "token-2", "expires_in": expires_in}), form=FORM)
    http.expect("GET", "/x", headers={"Authorization": "Bearer token-2"})
    connection.console.request("GET", "/x", "read x")
    time.pass_(lifetime - 1)
    connection.console.request("GET", "/x", "read x")
    time.pass_(1)
    connection.console.request("GET", "/x", "read x")


REFUSED = reply({"message": "Unauthorized"}, 401)
BEARER = [{"Authorization": "Bearer token-%d" % number} for number in range(4)]


def expect_token(http: ExactCalls, number: int) -> None:
    http.expect("POST", "/oauth2/token", reply({"access_token": "token-%d" % number}), form=FORM)


def long_running(http: ExactCalls, context: Context, **given: t.Any) -> JumpCloudConnection:
    """With a token that has served once."""
    expect_token(http, 1)
    http.expect("GET", "/x", headers=BEARER[1])
    connection = connect(context, **CLIENT, **given)
    connection.console.request("GET", "/x", "read x")
    return connection


def test_a_token_that_is_refused_is_renewed_and_the_read_sent_again(http: ExactCalls, context: Context) -> None:
    connection = long_running(http, context)
    http.expect("GET", "/x", REFUSED, headers=BEARER[1])
    expect_token(http, 2)
    http.expect("GET", "/x", headers=BEARER[2])
    connection.console.request("GET", "/x", "read x")
    http.expect("POST", "https://api.jumpcloud.com/x", REFUSED, json={}, headers=BEARER[2])
    expect_token(http, 3)
    http.expect("POST", "https://api.jumpcloud.com/x", json={}, headers=BEARER[3])
    connection.insights.request("POST", "/x", "search x", json_body={}, reads=True)


@pytest.mark.parametrize("method, how", [("POST", {}), ("POST", {"idempotent": True}), ("PUT", {}), ("DELETE", {})])
def test_a_write_is_not_sent_again_with_a_new_token(http: ExactCalls, context: Context, method: str, how: dict[str, t.Any]) -> None:
    connection = long_running(http, context)
    http.expect(method, "/x", REFUSED, headers=BEARER[1])
    with pytest.raises(ApiError) as caught:
        connection.console.request(method, "/x", "change x", **how)
    assert (caught.value.status, caught.value.outcome) == (401, "refused")
    expect_token(http, 2)
    http.expect("GET", "/x", headers=BEARER[2])
    connection.console.request("GET", "/x", "read x")


def test_a_read_is_sent_again_once_only(http: ExactCalls, context: Context) -> None:
    connection = long_running(http, context)
    http.expect("GET", "/x", REFUSED, headers=BEARER[1])
    expect_token(http, 2)
    http.expect("GET", "/x", REFUSED, headers=BEARER[2])
    with pytest.raises(ApiError, match="HTTP 401"):
        connection.console.request("GET", "/x", "read x")


def test_a_token_that_was_just_got_is_not_got_again(http: ExactCalls, context: Context) -> None:
    expect_token(http, 1)
    http.expect("GET", "/x", REFUSED, headers=BEARER[1])
    with pytest.raises(ApiError, match="HTTP 401"):
        connect(context, **CLIENT).console.request("GET", "/x", "read x")


def test_an_account_that_gets_no_token_any_more_is_refused(http: ExactCalls, context: Context) -> None:
    connection = long_running(http, context)
    http.expect("GET", "/x", REFUSED, headers=BEARER[1])
    http.expect("POST", "/oauth2/token", reply({"error": "invalid_client"}, 401), form=FORM)
    with pytest.raises(ApiError) as caught:
        connection.console.request("GET", "/x", "read x")
    assert (caught.value.service, caught.value.status, caught.value.outcome) == ("JumpCloud OAuth", 401, "refused")


def test_an_api_key_that_is_refused_is_not_sent_again(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/x", REFUSED)
    with pytest.raises(ApiError, match="HTTP 401"):
        connect(context).console.request("GET", "/x", "read x")


def test_threads_renew_a_token_once(http: ExactCalls, context: Context) -> None:
    connection = long_running(http, context, concurrency=2)
    used = connection._headers()
    expect_token(http, 2)
    assert connection._refused(used) and connection._headers() == BEARER[2]
    assert connection._refused(used) and connection._headers() == BEARER[2]


@pytest.mark.parametrize(
    "answer, said",
    [
        (reply({"error": "invalid_client", "error_description": "Unknown client"}, 401), "HTTP 401: Unknown client"),
        (reply({"error": "access_denied"}, 403), "HTTP 403: access_denied"),
    ],
)
def test_oauth_errors(http: ExactCalls, context: Context, answer: t.Any, said: str) -> None:
    http.expect("POST", "/oauth2/token", answer, form=FORM)
    with pytest.raises(ApiError) as caught:
        connect(context, **CLIENT).console.request("GET", "/x", "read x")
    assert str(caught.value) == "JumpCloud OAuth: cannot get an access token for the service account: %s." % said
    assert caught.value.code in ("invalid_client", "access_denied")
    assert "client-secret-0123" not in everything_in(caught.value)


@pytest.mark.parametrize("body", [{}, {"access_token": 7}, []])
def test_a_token_of_another_shape(http: ExactCalls, context: Context, body: t.Any) -> None:
    http.expect("POST", "/oauth2/token", reply(body), form=FORM)
    with pytest.raises(UnexpectedAnswer, match="get an access token"):
        connect(context, **CLIENT).console.request("GET", "/x", "read x")


def test_secrets_are_masked_before_the_first_request(context: Context) -> None:
    connect(context, api_key=API_KEY, client_id="client-1", client_secret="client-secret-0123")
    assert context.masker.redact(" ".join((API_KEY, "client-secret-0123", BASIC))) == "******** ******** Basic ********"


@pytest.mark.parametrize(
    "body, code, said",
    [
        ({"code": 3, "message": "Not found", "status": "NOT_FOUND"}, 3, "HTTP 400: Not found."),
        ({"message": "Already Exists"}, None, "HTTP 400: Already Exists."),
        ({"message": ["a"]}, None, "HTTP 400."),
        ("Bad Request", None, "HTTP 400."),
    ],
)
def test_errors(http: ExactCalls, context: Context, body: t.Any, code: t.Any, said: str) -> None:
    http.expect("GET", "/x", reply(body, 400))
    with pytest.raises(ApiError) as caught:
        connect(context).console.request("GET", "/x", "read x")
    assert (str(caught.value), caught.value.code) == ("JumpCloud: cannot read x: " + said, code)


@pytest.mark.parametrize(
    "status, hint",
    [
        (400, "malformed organization_id"),
        (401, "multi-tenant"),
        (402, "subscription"),
        (403, "Don't repeat it quickly"),
        (404, "region"),
        (429, "Run again later"),
        (418, None),
    ],
)
def test_hints(http: ExactCalls, context: Context, status: int, hint: str | None) -> None:
    http.expect("POST", "/x", reply({"message": "no"}, status, {"Retry-After": "9999"}))
    with pytest.raises(ApiError) as caught:
        connect(context).console.request("POST", "/x", "change x")
    assert hint in (caught.value.hint or "") if hint else caught.value.hint is None


@pytest.mark.parametrize(
    "given, path, hint",
    [
        (
            CLIENT,
            "/api/applications",
            "must have the scope applications or applications.readonly for this. Name this playbook in bootstrap_jumpcloud_playbooks",
        ),
        (CLIENT, "/api/systemusers/64bb00000000000000000001", "must have the scope users or users.readonly for this"),
        # no scope of it is known
        (CLIENT, "/api/v2/applications/x/provision", "has no permission for this"),
        (CLIENT, "/api/v2/roles", "A service account must not make others"),
        ({}, "/api/v2/service-accounts/x/auth-config", "Only an Admin with Billing"),
        ({}, "/api/applications", "has no permission for this"),
    ],
)
def test_what_a_403_lacks(http: ExactCalls, context: Context, given: dict[str, t.Any], path: str, hint: str) -> None:
    if given:
        http.expect("POST", "/oauth2/token", reply({"access_token": "token-0123"}), form=FORM)
    http.expect("GET", path, reply({"message": "Forbidden"}, 403))
    with pytest.raises(ApiError) as caught:
        connect(context, **given).console.request("GET", path, "read it")
    assert hint in (caught.value.hint or "")


def test_list_v1(http: ExactCalls, context: Context) -> None:
    rows = [{"_id": str(number)} for number in range(100)]
    http.expect("GET", "/x", reply(v1(*rows, total=101)), query={**V1_PAGE, "filter": "a:$eq:b"})
    http.expect("GET", "/x", reply(v1({"_id": "100"}, total=101)), query={**V1_PAGE, "skip": 100, "filter": "a:$eq:b"})
    assert len(list(list_v1(connect(context).console, "/x", "list x", "x", ROW, {"filter": "a:$eq:b"}))) == 101


@pytest.mark.parametrize("version", [1, 2])
def test_pages_are_read_ahead(http: ExactCalls, context: Context, version: int) -> None:
    rows = [{"_id": str(number), "id": str(number)} for number in range(350)]
    together = meeting(3)

    def expect_page(skip: int, meets: threading.Barrier | None = None) -> None:
        page = rows[skip : skip + 100]
        answer = reply(v1(*page, total=350)) if version == 1 else reply(page, headers={"X-Total-Count": "350"})
        http.expect("GET", "/x", dataclasses.replace(answer, meets=meets), query={**(V1_PAGE if version == 1 else PAGE), "skip": skip})

    expect_page(0)
    with http.in_any_order():
        for skip in (100, 200, 300):
            expect_page(skip, together)
    console = connect(context, concurrency=3).console
    found = list_v1(console, "/x", "list x", "x", ROW) if version == 1 else list_v2(console, "/x", "list x", "x", {"id": str}, lambda row: row["id"])
    assert list(found) == rows


@pytest.mark.parametrize("body", [[], {}, {"results": []}, {"totalCount": 0}, v1({"id": "1"}), v1({"_id": 1}), {"results": [], "totalCount": "0"}])
def test_list_v1_of_another_shape(http: ExactCalls, context: Context, body: t.Any) -> None:
    http.expect("GET", "/x", reply(body), query=V1_PAGE)
    with pytest.raises(UnexpectedAnswer, match="list x"):
        list(list_v1(connect(context).console, "/x", "list x", "x", ROW))


@pytest.mark.parametrize(
    "headers, pages",
    [
        # without a total, or with a wrong one, an empty page proves the end
        ({"X-Total-Count": ""}, [0, 100, 101]),
        ({"X-Total-Count": "101"}, [0, 100]),
        ({"X-Total-Count": "100"}, [0, 100, 101]),
        ({"X-Total-Count": "0"}, [0, 100, 101]),
        ({"X-Total-Count": "many"}, [0, 100, 101]),
        ({"X-Total-Count": "²"}, [0, 100, 101]),
        ({"X-Total-Count": "9" * 5000}, [0, 100, 101]),
    ],
)
def test_list_v2(http: ExactCalls, context: Context, headers: dict[str, str], pages: list[int]) -> None:
    rows = [{"id": str(number)} for number in range(101)]
    for skip in pages:
        http.expect("GET", "/x", reply(rows[skip : skip + 100], headers=headers), query={**PAGE, "skip": skip})
    found = list(list_v2(connect(context).console, "/x", "list x", "x", {"id": str}, lambda row: row["id"]))
    assert len(found) == 101


@pytest.mark.parametrize("status", [204, 400, 404, 416])
def test_the_end_of_a_list_without_a_total_may_be_refused(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("GET", "/x", reply([{"id": "1"}], headers={"X-Total-Count": ""}), query=PAGE)
    http.expect("GET", "/x", reply(status=status), query={**PAGE, "skip": 1})
    assert list(list_v2(connect(context).console, "/x", "list x", "x", {"id": str}, lambda row: row["id"])) == [{"id": "1"}]


@pytest.mark.parametrize("body", [{}, {"results": []}, [1], [{"_id": "1"}], None])
def test_list_v2_of_another_shape(http: ExactCalls, context: Context, body: t.Any) -> None:
    http.expect("GET", "/x", reply(body), query=PAGE)
    with pytest.raises(UnexpectedAnswer, match="list x"):
        list(list_v2(connect(context).console, "/x", "list x", "x", {"id": str}, lambda row: row["id"]))


@pytest.mark.parametrize("region", ["EU", "eu", " Eu "])
def test_a_region_in_any_case(http: ExactCalls, context: Context, region: str) -> None:
    http.expect("GET", "https://console.eu.jumpcloud.com/x", reply({}))
    connect(context, api_key="jca-key-0123", region=region).console.request("GET", "/x", "read x")


def test_an_unknown_region(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError) as caught:
        connect(context, api_key="jca-key-0123", region="us-west")
    assert str(caught.value) == 'region (scim_provisioning_jumpcloud_region, JUMPCLOUD_REGION) must be us or eu or in, not "us-west".'
