# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_service_account_info: what is read, and nothing is written."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_service_account_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, dropped, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import ACCOUNTS, FIRST_PAGE, UNITY, account, paged, roles


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, **given})


@pytest.mark.parametrize(
    "given, ids",
    [({}, ["a", "b"]), ({"name": "B"}, ["b"]), ({"service_account_id": "a"}, ["a"]), ({"name": "C"}, []), ({"service_account_id": "c"}, [])],
)
def test_which(http: ExactCalls, context: Context, given: dict[str, str], ids: list[str]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account("A", "a"), account("B", "b", description=None))), query=FIRST_PAGE)
    for account_id in ids:
        http.expect("GET", "%s/%s/organization-roles" % (ACCOUNTS, account_id), reply(roles("z", "a")))
    result = run_info(options(**given), context)
    assert_documented(unity_service_account_info, result)
    assert result["changed"] is False
    assert [found["id"] for found in result["service_accounts"]] == ids
    assert all(found["roles"] == ["a", "z"] and found["description"] == "" for found in result["service_accounts"])


def test_twins(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account("A", "a"), account("A", "b"))), query=FIRST_PAGE)
    with pytest.raises(ScimError, match="2 service accounts"):
        run_info(options(name="A"), context)


def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply({}), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed):
        run_info(options(), context)


def test_what_another_answer_is_like(http: ExactCalls, context: Context) -> None:
    """Its fields and types, and no value."""
    row = {"accountId": "2b6f0cc9-0000-4000-8000-acc000000001", "name": "SENTINEL", "keysById": {"SENTINEL-4711": {"secretKey": "SENTINEL"}}}
    http.expect("GET", ACCOUNTS, reply({"items": [row, row], "total": 4711}), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed) as caught:
        run_info(options(), context)
    error = caught.value.as_result()["error"]
    assert "SENTINEL" not in str(error) and "4711" not in str(error)
    item = {"accountId": "a string (17-64)", "name": "a string (1-16)", "keysById": {"a name (1-16)": {"secretKey": "a string (1-16)"}}}
    assert error["shape"] == {"status": 200, "media_type": "application/json", "body": {"items": [item], "total": "a whole number"}}
    assert caught.value.endpoint == "GET /auth/v1/organizations/{org}/service-accounts"


@pytest.mark.parametrize("status", [403, 429, 500])
def test_what_an_error_is_like(http: ExactCalls, context: Context, status: int) -> None:
    for _unused in range(5 if status == 429 else 1):
        http.expect("GET", ACCOUNTS, reply({"title": "SENTINEL", "status": status}, status), query=FIRST_PAGE)
    with pytest.raises(ScimError) as caught:
        run_info(options(), context)
    assert caught.value.as_result()["error"]["shape"] == {
        "status": status,
        "media_type": "application/json",
        "body": {"status": "a whole number", "title": "a string (1-16)"},
    }


def test_no_answer_is_like_nothing(http: ExactCalls, context: Context) -> None:
    for _unused in range(5):
        http.expect("GET", ACCOUNTS, dropped(), query=FIRST_PAGE)
    with pytest.raises(ScimError) as caught:
        run_info(options(), context)
    assert "shape" not in caught.value.as_result()["error"]


def test_no_credentials(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="No credentials for Unity"):
        run_info(options(access_token=None), context)
    assert http.seen == []
