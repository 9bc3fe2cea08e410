# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Unity's administration is reached: guards, addresses, authentication, errors."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in, unity
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import HEADER, KEY_ID, ORG, SECRET, TOKEN, UNITY

EXCHANGE = "https://services.unity.com/api/auth/v1/genesis-token-exchange/unity"


def connect(context: Context, **given: t.Any) -> UnityConnection:
    return UnityConnection(*unity(context, **{**UNITY, **given}))


def test_access_token(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "https://services.api.unity.com/x", reply({}), headers={"Authorization": "Bearer " + TOKEN})
    connect(context).admin.request("GET", "/x", "read x")


def test_services_use_their_own_address(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "https://services.unity.com/x", reply({}), headers={"Authorization": "Bearer " + TOKEN})
    connect(context).services.request("GET", "/x", "read x")


def test_admin_key(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "https://services.api.unity.com/x", reply({}), headers={"Authorization": HEADER})
    connect(context, access_token=None, admin_key_id=KEY_ID, admin_secret_key=SECRET).admin.request("GET", "/x", "read x")


def test_a_token_is_exchanged_once(http: ExactCalls, context: Context) -> None:
    http.expect("POST", EXCHANGE, reply({"token": "exchanged-jwt-0123"}), json={"token": TOKEN}, without=("Authorization",))
    for _unused in range(2):
        http.expect("GET", "https://services.api.unity.com/x", reply({}), headers={"Authorization": "Bearer exchanged-jwt-0123"})
    connection = connect(context, exchange_token=True)
    for _unused in range(2):
        connection.admin.request("GET", "/x", "read x")
    assert context.masker.redact("exchanged-jwt-0123") == "********"


def test_a_token_that_is_refused_is_exchanged_again(http: ExactCalls, context: Context) -> None:
    connection = connect(context, exchange_token=True)
    for number, status in ((1, 200), (1, 401), (2, 200)):
        if status == 200:
            http.expect("POST", EXCHANGE, reply({"token": "exchanged-%d" % number}), json={"token": TOKEN})
        http.expect("GET", "https://services.api.unity.com/x", reply({}, status), headers={"Authorization": "Bearer exchanged-%d" % number})
    for _unused in range(2):
        connection.admin.request("GET", "/x", "read x")


@pytest.mark.parametrize("given", [{}, {"exchange_token": True, "access_token": None, "admin_key_id": KEY_ID, "admin_secret_key": SECRET}])
def test_credentials_that_are_given_are_not_sent_again(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    connection = connect(context, **given)
    http.expect("GET", "/x", reply({}))
    http.expect("GET", "/x", reply({}, 401))
    connection.admin.request("GET", "/x", "read x")
    with pytest.raises(ApiError, match="HTTP 401"):
        connection.admin.request("GET", "/x", "read x")


@pytest.mark.parametrize("answer", [reply({}), reply({"token": None}), reply([])])
def test_an_exchange_that_gives_no_token(http: ExactCalls, context: Context, answer: t.Any) -> None:
    http.expect("POST", EXCHANGE, answer, json={"token": TOKEN})
    with pytest.raises(UnexpectedAnswer, match="exchange the access token") as caught:
        connect(context, exchange_token=True).admin.request("GET", "/x", "read x")
    assert TOKEN not in everything_in(caught.value)


@pytest.mark.parametrize("token", [None, ""])
def test_no_credentials(http: ExactCalls, context: Context, token: str | None) -> None:
    with pytest.raises(ScimError, match="No credentials for Unity.") as caught:
        connect(context, access_token=token).admin.request("GET", "/x", "read x")
    assert "UNITY_ACCESS_TOKEN" in (caught.value.hint or "")
    assert http.seen == []


def test_secrets_are_masked_before_the_first_request(context: Context) -> None:
    connect(context, access_token=TOKEN, admin_key_id=KEY_ID, admin_secret_key=SECRET)
    assert context.masker.redact(" ".join((TOKEN, SECRET, HEADER))) == "******** ******** Basic ********"


def test_the_expected_organization(http: ExactCalls, context: Context) -> None:
    assert connect(context, expected_organization_id=ORG).organization_id == ORG
    with pytest.raises(ScimError, match='The Unity organization is "12345678901234", but "999" is expected. Nothing was changed.'):
        connect(context, expected_organization_id="999")
    assert http.seen == []


@pytest.mark.parametrize("organization_id", [None, ""])
def test_no_organization(http: ExactCalls, context: Context, organization_id: str | None) -> None:
    said = r"^No Unity organization. Set organization_id \(scim_provisioning_unity_organization_id, UNITY_ORGANIZATION_ID\) to the ID of the organization in"
    with pytest.raises(ScimError) as caught:
        connect(context, organization_id=organization_id)
    assert re.match(said, caught.value.sentence()) and http.seen == []


@pytest.mark.parametrize("organization_id", ["../other", "12 34", "12\n34", "https://x", "{{ org }}"])
def test_what_is_no_genesis_id(http: ExactCalls, context: Context, organization_id: str) -> None:
    with pytest.raises(ScimError, match="organization_id .*must be the Genesis ID") as caught:
        connect(context, organization_id=organization_id)
    assert "\n" not in str(caught.value)
    assert http.seen == []


@pytest.mark.parametrize("option", ["api_url", "services_url"])
def test_credentials_never_go_out_in_clear(http: ExactCalls, context: Context, option: str) -> None:
    with pytest.raises(ScimError, match="%s .*must start with https://" % option):
        connect(context, **{option: "http://services.api.unity.com"})
    assert http.seen == []


@pytest.mark.parametrize(
    "body, code, said",
    [
        ({"title": "Not allowed", "detail": "No role", "code": 53, "status": 403}, 53, "HTTP 403: Not allowed: No role."),
        ({"title": "Not allowed"}, None, "HTTP 403: Not allowed."),
        ({"detail": "No role"}, None, "HTTP 403: No role."),
        ({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "scimType": "mutability", "detail": "No"}, "mutability", "HTTP 403: No."),
        ({"title": {"en": "No"}, "detail": 7}, None, "HTTP 403."),
        ([], None, "HTTP 403."),
    ],
)
def test_both_forms_of_errors(http: ExactCalls, context: Context, body: t.Any, code: t.Any, said: str) -> None:
    http.expect("GET", "/x", reply(body, 403))
    with pytest.raises(ApiError) as caught:
        connect(context).admin.request("GET", "/x", "read x")
    assert caught.value.code == code
    assert str(caught.value) == "Unity administration: cannot read x: " + said


@pytest.mark.parametrize(
    "body, headers, expected",
    [
        ({"title": "no", "requestId": "from-body"}, {}, "from-body"),
        ({"title": "no", "requestId": "from-body"}, {"X-Request-Id": "from-header"}, "from-header"),
        ({"title": "no", "requestId": 7}, {}, None),
        ({"title": "no", "requestId": TOKEN}, {}, "********"),
        (["no"], {}, None),
    ],
)
def test_the_gateways_errors_name_the_request(http: ExactCalls, context: Context, body: t.Any, headers: dict[str, str], expected: str | None) -> None:
    http.expect("GET", "/x", reply(body, 403, headers))
    with pytest.raises(ApiError) as caught:
        connect(context).admin.request("GET", "/x", "read x")
    assert caught.value.request_id == expected


def test_an_error_page_names_no_request(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/x", text_reply("<html>", 403))
    with pytest.raises(ApiError, match="an HTML page") as caught:
        connect(context).admin.request("GET", "/x", "read x")
    assert caught.value.request_id is None


@pytest.mark.parametrize(
    "status, hint", [(401, "Get a new access token"), (403, "owner or manager"), (404, "Genesis ID"), (429, "Run again later"), (418, None)]
)
def test_hints(http: ExactCalls, context: Context, status: int, hint: str | None) -> None:
    http.expect("PATCH", "/x", reply({"title": "no"}, status, {"Retry-After": "9999"}))
    with pytest.raises(ApiError) as caught:
        connect(context).admin.request("PATCH", "/x", "change x")
    assert hint in caught.value.hint if hint else caught.value.hint is None


def test_an_api_that_is_missing(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/x", reply({"title": "Not Found", "detail": "API missing", "code": 4, "status": 404}, 404))
    with pytest.raises(UnexpectedAnswer) as caught:
        connect(context).admin.request("GET", "/x", "read x")
    assert caught.value.got == "Not Found: API missing"
