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
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
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


def test_no_credentials(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="No credentials for Unity"):
        run_info(options(access_token=None), context)
    assert http.seen == []
