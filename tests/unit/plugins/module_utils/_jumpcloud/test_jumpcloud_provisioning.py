# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to the identity management of an application."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Configuration, Provisioning, TestResult
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, BASE_URL, HEADER, PROVISION, configuration

ONE = "https://console.jumpcloud.com" + PROVISION
VERIFY = "https://console.jumpcloud.com/api/v2/provision/client/verify"
SETTINGS = {
    "api_type": "scim",
    "scim_version": "2.0",
    "authentication_method": "api_key",
    "base_url": BASE_URL,
    "header_name": "Authorization",
    "test_email": "scim-test@example.com",
    "group_management": False,
}
WIRE = {
    "type": "scim",
    "version": "2.0",
    "authMethod": "apiKey",
    "baseUrl": BASE_URL,
    "headerName": "Authorization",
    "testEmail": "scim-test@example.com",
    "groupManagement": False,
}
PASSED = TestResult(True, "2026-11-24T05:40:04Z", "Connection verified.")


@pytest.fixture
def gateway(console: HttpClient) -> Provisioning:
    return Provisioning(console, APP_ID)


def test_read(http: ExactCalls, gateway: Provisioning) -> None:
    http.expect("GET", ONE, reply(configuration()))
    found = gateway.read()
    assert found == Configuration(SETTINGS, True, True, PASSED)
    assert found and found.is_tested
    assert found.as_result() == {
        **SETTINGS,
        "header_value_set": True,
        "status": "active",
        "pending_reactivation": False,
        "last_test": {"success": True, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."},
    }


@pytest.mark.parametrize(
    "fields, is_tested, pending",
    [
        ({"lastTest": None}, False, False),
        ({"lastTest": {"success": False}}, False, False),
        ({"lastTest": {"success": True}, "pendingReactivation": True}, True, True),
    ],
)
def test_read_a_draft(http: ExactCalls, gateway: Provisioning, fields: dict[str, t.Any], is_tested: bool, pending: bool) -> None:
    http.expect("GET", ONE, reply(configuration(status="inactive", testEmail=None, headerValueSet=False, **fields)))
    found = gateway.read()
    assert found is not None
    assert (found.active, found.header_value_set, found.is_tested, found.pending_reactivation) == (False, False, is_tested, pending)
    assert found.as_result()["status"] == "inactive"


def test_not_configured(http: ExactCalls, gateway: Provisioning) -> None:
    http.expect("GET", ONE, reply({"message": "Not configured", "code": 5}, 404))
    assert gateway.read() is None


@pytest.mark.parametrize("answer", [text_reply("<html>", 404), reply(status=404), reply({}, 404), reply([], 404), text_reply("404 page not found", 404)])
def test_a_404_of_something_else_is_not_taken_for_not_configured(http: ExactCalls, gateway: Provisioning, answer: t.Any) -> None:
    http.expect("GET", ONE, answer)
    with pytest.raises(UnexpectedAnswer, match="read the identity management settings"):
        gateway.read()


NEEDED = [name for name in configuration() if name not in ("testEmail", "lastTest")]
WRONG = [{name: value for name, value in configuration().items() if name != left_out} for left_out in NEEDED] + [
    configuration(**fields)
    for fields in (
        {"type": "ldap"},
        {"type": None},
        {"status": "ACTIVE"},
        {"headerValueSet": "true"},
        {"groupManagement": None},
        {"baseUrl": None},
        {"version": 2.0},
        {"lastTest": True},
        {"lastTest": {"at": "x"}},
        {"pendingReactivation": "no"},
    )
]


@pytest.mark.parametrize("body", [*WRONG, [], None, {}])
def test_settings_of_another_shape(http: ExactCalls, gateway: Provisioning, body: t.Any) -> None:
    http.expect("GET", ONE, reply(body))
    with pytest.raises(UnexpectedAnswer):
        gateway.read()


@pytest.mark.parametrize("header, sent", [(HEADER, {"headerValue": HEADER}), (None, {})])
def test_write(http: ExactCalls, gateway: Provisioning, header: str | None, sent: dict[str, str]) -> None:
    http.expect("PUT", ONE, reply(configuration(status="inactive")), json={**WIRE, **sent})
    assert gateway.write(SETTINGS, header).active is False


@pytest.mark.parametrize("header, sent", [(HEADER, {"headerValue": HEADER}), (None, {})])
@pytest.mark.parametrize("success", [True, False])
def test_test(http: ExactCalls, gateway: Provisioning, header: str | None, sent: dict[str, str], success: bool) -> None:
    http.expect("POST", VERIFY, reply({"success": success, "message": "said", "details": [HEADER]}), json={"applicationId": APP_ID, **WIRE, **sent})
    assert gateway.test(SETTINGS, header) == TestResult(success, None, "said")
    assert TestResult(success, None, "said").as_result() == {"success": success, "at": None, "message": "said"}


@pytest.mark.parametrize("body", [{}, {"success": "true"}, {"success": None}, {"success": True, "message": {"text": "x"}}, []])
def test_a_test_of_another_shape_is_not_passed(http: ExactCalls, gateway: Provisioning, body: t.Any) -> None:
    http.expect("POST", VERIFY, reply(body), json={"applicationId": APP_ID, **WIRE, "headerValue": HEADER})
    with pytest.raises(UnexpectedAnswer, match="test the connection") as caught:
        gateway.test(SETTINGS, HEADER)
    assert HEADER not in everything_in(caught.value)


def test_a_test_is_never_sent_twice(http: ExactCalls, gateway: Provisioning) -> None:
    """It creates a user at the service."""
    http.expect("POST", VERIFY, dropped(), json={"applicationId": APP_ID, **WIRE})
    with pytest.raises(ApiError) as caught:
        gateway.test(SETTINGS, None)
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("verb", ["activate", "reactivate"])
def test_activation_may_be_repeated(http: ExactCalls, gateway: Provisioning, verb: str) -> None:
    http.expect("POST", ONE + "/" + verb, dropped())
    http.expect("POST", ONE + "/" + verb, reply(configuration()))
    assert getattr(gateway, verb)().active


@pytest.mark.parametrize("verb", ["activate", "reactivate"])
@pytest.mark.parametrize("answer", [reply(), reply({"ok": True}), text_reply("<html>"), reply({"message": "x"}, 405)])
def test_activation_of_another_shape(http: ExactCalls, gateway: Provisioning, verb: str, answer: t.Any) -> None:
    http.expect("POST", ONE + "/" + verb, answer)
    with pytest.raises(UnexpectedAnswer):
        getattr(gateway, verb)()


@pytest.mark.parametrize("verb, below", [("deactivate", "/activate"), ("remove", "")])
@pytest.mark.parametrize("answer", [reply(status=204), reply({"message": "Not Found"}, 404)])
def test_taking_down(http: ExactCalls, gateway: Provisioning, verb: str, below: str, answer: t.Any) -> None:
    http.expect("DELETE", ONE + below, answer)
    getattr(gateway, verb)()


@pytest.mark.parametrize("verb, below", [("deactivate", "/activate"), ("remove", "")])
def test_taking_down_where_the_route_is_missing(http: ExactCalls, gateway: Provisioning, verb: str, below: str) -> None:
    http.expect("DELETE", ONE + below, reply({"message": "Method not allowed"}, 405))
    with pytest.raises(UnexpectedAnswer):
        getattr(gateway, verb)()


@pytest.mark.parametrize("verb, below", [("deactivate", "/activate"), ("remove", "")])
@pytest.mark.parametrize("answer", [text_reply("<html>", 404), reply(status=404), reply({}, 404)])
def test_a_404_of_something_else_is_not_taken_for_taken_down(http: ExactCalls, gateway: Provisioning, verb: str, below: str, answer: t.Any) -> None:
    http.expect("DELETE", ONE + below, answer)
    with pytest.raises(UnexpectedAnswer):
        getattr(gateway, verb)()
