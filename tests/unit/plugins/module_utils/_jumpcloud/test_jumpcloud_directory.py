# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to groups and people."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, User, UserGroup
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import GROUPS_PAGE, PAGE, V1_PAGE, v1

HOST = "https://console.jumpcloud.com"
FILTERED = {**V1_PAGE, "filter": "email:$eq:ada@example.com"}
EVERYBODY = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}


@pytest.fixture
def gateway(console: HttpClient) -> Directory:
    return Directory(console)


def test_groups(http: ExactCalls, gateway: Directory) -> None:
    rows = [{"id": "g%d" % number, "name": "Group %d" % number} for number in range(100)]
    total = {"X-Total-Count": "101"}
    http.expect("GET", HOST + "/api/v2/usergroups", reply(rows, headers=total), query=GROUPS_PAGE)
    last = reply([{"id": "last", "name": "Zoë's\n{{ group }}"}], headers=total)
    http.expect("GET", HOST + "/api/v2/usergroups", last, query={**GROUPS_PAGE, "skip": 100})
    found = list(gateway.groups())
    assert len(found) == 101
    assert found[-1] == UserGroup("last", "Zoë's\n{{ group }}")
    assert found[-1].as_result() == {"id": "last", "name": "Zoë's\n{{ group }}"}


@pytest.mark.parametrize("body", [{}, [{"id": "g1"}], [{"id": 1, "name": "x"}], [{"_id": "g1", "name": "x"}]])
def test_groups_of_another_shape(http: ExactCalls, gateway: Directory, body: t.Any) -> None:
    http.expect("GET", HOST + "/api/v2/usergroups", reply(body), query=GROUPS_PAGE)
    with pytest.raises(UnexpectedAnswer, match="list the user groups"):
        list(gateway.groups())


def test_member_ids(http: ExactCalls, gateway: Directory) -> None:
    rows = [{"id": "u1", "type": "user"}, {"id": "g2", "type": "user_group"}, {"id": "u2", "type": "user"}]
    http.expect("GET", HOST + "/api/v2/usergroups/g%2F1/membership", reply(rows), query=PAGE)
    assert list(gateway.member_ids("g/1")) == ["u1", "u2"]


def test_find_by_email(http: ExactCalls, gateway: Directory) -> None:
    rows = [
        {"_id": "u1", "email": "Ada@Example.com", "username": "ada", "state": "STAGED", "suspended": False},
        {"_id": "u2", "email": "ada@example.com.evil.net"},
        {"_id": "u3", "email": None},
    ]
    http.expect("GET", HOST + "/api/systemusers", reply(v1(*rows)), query={**V1_PAGE, "filter": "email:$eq:ada@example.com"})
    found = gateway.find_by_email("ADA@example.com")
    assert found == [User("u1", "Ada@Example.com", "ada", None, None, "STAGED", False)]
    assert found[0].as_result() == {"id": "u1", "email": "Ada@Example.com", "username": "ada", "state": "STAGED", "suspended": False}


@pytest.mark.parametrize("answer", [reply({"message": "no"}, status) for status in (400, 403, 404, 405, 501)] + [reply(v1())])
def test_a_filter_that_finds_nobody_proves_nothing(http: ExactCalls, gateway: Directory, answer: t.Any) -> None:
    """Whatever the reason, the list decides; and it is read once for all addresses."""
    http.expect("GET", HOST + "/api/systemusers", answer, query=FILTERED)
    rows = [{"_id": "u1", "email": "ADA@example.com"}, {"_id": "u2", "email": "bob@example.com"}, {"_id": "u3", "email": None}]
    http.expect("GET", HOST + "/api/systemusers", reply(v1(*rows)), query=EVERYBODY)
    assert [user.id for user in gateway.find_by_email("Ada@example.com")] == ["u1"]
    assert [user.id for user in gateway.find_by_email("BOB@example.com")] == ["u2"]
    assert gateway.find_by_email("nobody@example.com") == []


@pytest.mark.parametrize("status", [401, 500])
def test_find_by_email_does_not_read_everybody_for_another_reason(http: ExactCalls, gateway: Directory, status: int) -> None:
    http.expect("GET", HOST + "/api/systemusers", reply({"message": "no"}, status), query=FILTERED)
    with pytest.raises(ApiError, match="HTTP %d" % status):
        gateway.find_by_email("ada@example.com")


def test_nobody_is_looked_up_in_a_list_with_odd_entries(http: ExactCalls, gateway: Directory) -> None:
    http.expect("GET", HOST + "/api/systemusers", reply(v1()), query=FILTERED)
    http.expect("GET", HOST + "/api/systemusers", reply(v1({"_id": "u1", "email": ["ada@example.com"]})), query=EVERYBODY)
    with pytest.raises(ScimError, match=r"1 entry of JumpCloud's list of users \(\"u1\"\) can't be read"):
        gateway.find_by_email("ada@example.com")


@pytest.mark.parametrize("fields, title", [({"email": "a@b", "username": "a"}, "a@b"), ({"username": "a"}, "a"), ({}, "u1")])
def test_user(http: ExactCalls, gateway: Directory, fields: dict[str, str], title: str) -> None:
    http.expect("GET", HOST + "/api/systemusers/u1", reply({"_id": "u1", **fields}))
    found = gateway.user("u1")
    assert found and found.title == title


@pytest.mark.parametrize("answer", [reply({"message": "Not Found"}, 404), reply(), reply({})])
def test_a_user_who_does_not_exist(http: ExactCalls, gateway: Directory, answer: t.Any) -> None:
    http.expect("GET", HOST + "/api/systemusers/u1", answer)
    assert gateway.user("u1") is None


@pytest.mark.parametrize("body", [[{"_id": "u1"}], {"id": "u1"}, {"_id": "u1", "suspended": "no"}])
def test_a_user_of_another_shape(http: ExactCalls, gateway: Directory, body: t.Any) -> None:
    http.expect("GET", HOST + "/api/systemusers/u1", reply(body))
    with pytest.raises(UnexpectedAnswer, match="read a user"):
        gateway.user("u1")


def test_a_refusal(http: ExactCalls, gateway: Directory) -> None:
    http.expect("GET", HOST + "/api/systemusers/u1", reply({"message": "no"}, 403))
    with pytest.raises(ApiError, match="HTTP 403"):
        gateway.user("u1")
