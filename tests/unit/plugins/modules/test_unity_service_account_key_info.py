# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_service_account_key_info: keys without secrets."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import AssumptionFailed
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_service_account_key_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account_key_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import ACCOUNT_ID, ACCOUNTS, FIRST_PAGE, SECRET, UNITY, account, key, paged

KEYS = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID)


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, **given})


@pytest.mark.parametrize("given", [{"service_account": "JumpCloud SCIM"}, {"service_account_id": ACCOUNT_ID}])
def test_keys_oldest_first(http: ExactCalls, context: Context, given: dict[str, str]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    new = {**key("new", name="unity_jumpcloud.scim 000000000001"), "secretKey": SECRET}
    http.expect("GET", KEYS, reply(paged(new, key("old", "2025-01-01T00:00:00Z", "Backup"), key("unknown", None))), query=FIRST_PAGE)
    result = run_info(options(**given), context)
    assert [found["id"] for found in result["live_keys"]] == ["unknown", "old", "new"]
    shown = [(found["name"], found["managed"]) for found in result["live_keys"]]
    assert shown == [(None, False), ("Backup", False), ("unity_jumpcloud.scim 000000000001", True)]
    assert (result["changed"], result["service_account_id"]) == (False, ACCOUNT_ID)
    assert_documented(unity_service_account_key_info, result)
    assert SECRET not in repr(result)


def test_own_is_what_bears_the_key_name(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(key("a", name="Backup"), key("b", name="unity_jumpcloud.scim 000000000001"))), query=FIRST_PAGE)
    result = run_info(options(service_account="JumpCloud SCIM", key_name="Backup"), context)
    assert [(found["id"], found["managed"]) for found in result["live_keys"]] == [("a", True), ("b", False)]


def test_no_such_account(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    assert run_info(options(service_account="x"), context) == {"changed": False, "service_account_id": None, "live_keys": []}


def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply([key()]), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed):
        run_info(options(service_account="JumpCloud SCIM"), context)
