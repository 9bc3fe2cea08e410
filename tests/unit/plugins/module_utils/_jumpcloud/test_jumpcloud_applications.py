# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway to applications."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, Applications, require_expected_organization
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, JC_ORG, V1_PAGE, application, v1

LIST = "https://console.jumpcloud.com/api/applications"
ONE = LIST + "/" + APP_ID
FOUND = Application(APP_ID, "unity", "Unity", "Unity", True, JC_ORG, "https://sso.jumpcloud.com/saml2/unity")
OTHER = "65f0c0ffee65f0c0ffee00a2"


@pytest.fixture
def gateway(console: HttpClient) -> Applications:
    return Applications(console)


def test_get(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", ONE, reply(application()))
    found = gateway.get(APP_ID)
    assert found == FOUND
    assert found and "PRIVATE KEY" not in repr(found) + repr(found.as_result())


@pytest.mark.parametrize("answer", [reply({"message": "Not Found"}, 404), reply(), reply(None), reply({}), text_reply("", 200, "application/json")])
def test_get_what_does_not_exist(http: ExactCalls, gateway: Applications, answer: t.Any) -> None:
    http.expect("GET", ONE, answer)
    assert gateway.get(APP_ID) is None


@pytest.mark.parametrize("app_id", ["", "1", APP_ID.upper(), APP_ID + "/x", "../../v2/users", APP_ID + "\n"])
def test_an_id_of_another_form_is_not_asked_for(http: ExactCalls, gateway: Applications, app_id: str) -> None:
    with pytest.raises(ScimError, match="24 hexadecimal digits"):
        gateway.get(app_id)
    assert http.seen == []


@pytest.mark.parametrize("body", [[application()], {"id": APP_ID}, application(displayLabel=7), application(app_id=None)])  # type: ignore[arg-type]
def test_get_of_another_shape(http: ExactCalls, gateway: Applications, body: t.Any) -> None:
    http.expect("GET", ONE, reply(body))
    with pytest.raises(UnexpectedAnswer, match="read the application"):
        gateway.get(APP_ID)


@pytest.mark.parametrize("fields, title", [({}, "Unity"), ({"displayLabel": None}, "Unity"), ({"displayLabel": None, "displayName": ""}, APP_ID)])
def test_title(http: ExactCalls, gateway: Applications, fields: dict[str, t.Any], title: str) -> None:
    http.expect("GET", ONE, reply(application(**fields)))
    found = gateway.get(APP_ID)
    assert found and found.title == title


@pytest.mark.parametrize("fields", [{"active": "yes"}, {"ssoUrl": {"value": "x"}}])
def test_facts_of_another_type_are_left_out(http: ExactCalls, gateway: Applications, fields: dict[str, t.Any]) -> None:
    http.expect("GET", ONE, reply(application(**fields)))
    found = gateway.get(APP_ID)
    assert found and None in (found.active, found.sso_url)


def test_find_by_id(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", ONE, reply(application("Another label")))
    assert gateway.find(APP_ID, "Unity").display_label == "Another label"


def test_find_by_an_id_that_does_not_exist(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", ONE, reply({"message": "Not Found"}, 404))
    with pytest.raises(ScimError, match="JumpCloud has no application with the id"):
        gateway.find(APP_ID, None)


LABELS = ["Unity", "unity ", 'The "Unity" app', "Zoë 東京", "{{ lookup('env', 'HOME') }}", "two\nlines"]


@pytest.mark.parametrize("label", LABELS)
def test_find_by_label(http: ExactCalls, gateway: Applications, label: str) -> None:
    http.expect("GET", LIST, reply(v1(application("other", OTHER), application(label))), query=V1_PAGE)
    assert gateway.find(None, label).id == APP_ID


def test_the_label_wins_over_the_name(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", LIST, reply(v1(application("Other", OTHER, displayName="Mine"), application("Mine", displayName="Unity"))), query=V1_PAGE)
    assert gateway.find(None, "Mine").id == APP_ID


def test_find_by_display_name(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", LIST, reply(v1(application("A label", displayName="Mine"), application("B", OTHER, displayName="Yours"))), query=V1_PAGE)
    assert gateway.find(None, "Mine").id == APP_ID


def test_twins(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", LIST, reply(v1(application(), application(app_id=OTHER))), query=V1_PAGE)
    with pytest.raises(ScimError) as caught:
        gateway.find(None, "Unity")
    assert str(caught.value) == 'JumpCloud has 2 applications labelled "Unity": %s ("Unity"), %s ("Unity").' % (APP_ID, OTHER)
    assert "application_id" in (caught.value.hint or "")


@pytest.mark.parametrize("label", ["unity", "Unit", "", "two\nlines"])
def test_an_unknown_label(http: ExactCalls, gateway: Applications, label: str) -> None:
    http.expect("GET", LIST, reply(v1(application(), application(None, OTHER, displayName=None))), query=V1_PAGE)
    with pytest.raises(ScimError) as caught:
        gateway.find(None, label)
    assert str(caught.value).endswith('Its applications: "Unity", "%s".' % OTHER)
    assert "\n" not in str(caught.value)


def test_no_applications_at_all(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", LIST, reply(v1()), query=V1_PAGE)
    with pytest.raises(ScimError, match="Its applications: none"):
        gateway.find(None, "Unity")


def test_a_refusal_is_not_taken_for_missing(http: ExactCalls, gateway: Applications) -> None:
    http.expect("GET", ONE, reply({"message": "no"}, 403))
    with pytest.raises(ApiError, match="HTTP 403"):
        gateway.find(APP_ID, None)


@pytest.mark.parametrize("expected", [None, "", JC_ORG])
def test_expected_organization(expected: str | None) -> None:
    require_expected_organization(FOUND, expected)


@pytest.mark.parametrize("organization_id", ["f" * 24, None])
def test_another_organization(organization_id: str | None) -> None:
    found = Application(APP_ID, None, None, None, None, organization_id, None)
    with pytest.raises(ScimError, match="Nothing was changed"):
        require_expected_organization(found, JC_ORG)
