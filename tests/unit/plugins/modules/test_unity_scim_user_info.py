# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_scim_user_info: who is provisioned."""
from __future__ import annotations

import typing as t

import pytest

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_scim_user_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_scim_user_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import BASE_URL, HEADER, ORG, SECRET, scim_list, scim_user

USERS = BASE_URL + "/Users"
PAGE = {"startIndex": 1, "count": 100}


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{"organization_id": ORG, "authorization_header": HEADER, **given})


def test_all_users_sorted(http: ExactCalls, context: Context) -> None:
    http.expect("GET", USERS, reply(scim_list(scim_user("2", "Bob"), scim_user("1", "ada"), scim_user("0", "bob"))), query=PAGE)
    result = run_info(options(), context)
    assert_documented(unity_scim_user_info, result)
    assert ([user["id"] for user in result["users"]], result["changed"]) == (["1", "0", "2"], False)


def test_by_email(http: ExactCalls, context: Context) -> None:
    ada = scim_user("1", "ada@example.com", emails=[{"value": "al@example.com"}])
    http.expect("GET", USERS, reply(scim_list(ada)), query={**PAGE, "filter": 'userName eq "ada@example.com"'})
    http.expect("GET", USERS, reply(scim_list(ada)), query={**PAGE, "filter": 'userName eq "al@example.com"'})
    http.expect("GET", USERS, reply(scim_list()), query={**PAGE, "filter": 'userName eq "bob@example.com"'})
    result = run_info(options(emails=["ada@example.com", "al@example.com", "bob@example.com"]), context)
    assert [user["id"] for user in result["users"]] == ["1"], "once, though two addresses found it"


def test_no_emails_is_nobody(http: ExactCalls, context: Context) -> None:
    assert run_info(options(emails=[]), context)["users"] == []
    assert http.seen == []


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"authorization_header": None}, "No key for Unity's SCIM service"),
        ({"authorization_header": "Bearer " + SECRET}, "authorization header value"),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"expected_organization_id": "999"}, "is expected"),
    ],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run_info(options(**given), context)
    assert http.seen == []
