# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request looks like, and what a good answer gives."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import USER_AGENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import SECRET, URL, make_client


def test_headers_query_and_body(http: ExactCalls, context: Context) -> None:
    headers = {"Accept": "application/x+json", "Content-Type": "application/x+json", "User-Agent": USER_AGENT, "Authorization": "Bearer " + SECRET}
    http.expect("POST", URL + "/things", reply({"id": "1"}, 201), query={"a": "x y&z"}, json={"name": "Zoë"}, headers=headers)

    answer = make_client(context).request("POST", "/things", "make a thing", query={"a": "x y&z"}, json_body={"name": "Zoë"}, media_type="application/x+json")

    assert answer.status == 201
    assert answer.json({"id": str}) == {"id": "1"}


def test_user_agent_names_the_version() -> None:
    assert USER_AGENT == "unity_jumpcloud.scim/" + VERSION


def test_without_a_body_no_content_type_is_sent(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply([]), without=("Content-Type",))
    assert make_client(context).request("GET", "/things", "list things").json([str]) == []


def test_an_empty_object_is_a_body(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", reply({}), json={})
    assert make_client(context).request("POST", "/things", "make a thing", json_body={}).is_empty()


def test_form(http: ExactCalls, context: Context) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    http.expect("POST", URL + "/token", reply({}), form={"scope": "api", "grant": "a b"}, headers=headers)
    make_client(context).request("POST", "/token", "get a token", form={"scope": "api", "grant": "a b"})


def test_headers_are_asked_anew_for_each_request(http: ExactCalls, context: Context) -> None:
    client = make_client(context)
    tokens = iter(("one", "two"))
    client._headers = lambda: {"Authorization": next(tokens)}
    for token in ("one", "two"):
        http.expect("GET", URL + "/things", reply({}), headers={"Authorization": token})
    for _unused in range(2):
        client.request("GET", "/things", "list things")


def test_a_handled_status_is_returned(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things/1", reply({"code": 9, "message": "No such thing"}, 404, {"X-Total-Count": "7"}))
    answer = make_client(context).request("GET", "/things/1", "read a thing", handled=(404,))
    assert (answer.status, answer.header("x-total-count"), answer.header("Missing")) == (404, "7", None)
    failure = answer.failure()
    assert not failure.retryable
    assert (failure.status, failure.code, failure.hint) == (404, 9, "Check the id.")


@pytest.mark.parametrize("value, empty", [(None, True), ({}, True), ([], True), ("", False), ({"id": 1}, False), (0, False)])
def test_is_empty(http: ExactCalls, context: Context, value: object, empty: bool) -> None:
    http.expect("GET", URL + "/things/1", reply(value))
    assert make_client(context).request("GET", "/things/1", "read a thing").is_empty() is empty


def test_no_body_is_empty(http: ExactCalls, context: Context) -> None:
    http.expect("DELETE", URL + "/things/1", reply(status=204))
    assert make_client(context).request("DELETE", "/things/1", "delete a thing").is_empty()


@pytest.mark.parametrize("media_type", ["application/json", "application/scim+json", "application/octet-stream", "text/plain"])
def test_json_is_utf_8_whatever_its_media_type(http: ExactCalls, context: Context, media_type: str) -> None:
    """RFC 8259 section 8.1: JSON between systems is UTF-8. requests guesses for types that it does not know, and takes Latin-1 for text."""
    http.expect("GET", URL + "/things/1", reply({"name": "Zoë Ångström 東京"}, media_type=media_type))
    assert make_client(context).request("GET", "/things/1", "read a thing").json({"name": str}) == {"name": "Zoë Ångström 東京"}


def test_timeouts_are_passed(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply({}))
    make_client(context, connect_timeout=3.0, read_timeout=7.0).request("GET", "/things", "list things")
    assert http.seen[0].timeout == (3.0, 7.0)


def test_timeouts_shrink_to_what_is_left_of_the_budget(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply({}, takes=6.0))
    http.expect("GET", URL + "/things", reply({}))
    client = make_client(context, connect_timeout=3.0, read_timeout=7.0, time_budget=8.0)
    for _unused in range(2):
        client.request("GET", "/things", "list things")
    assert [seen.timeout for seen in http.seen] == [(3.0, 7.0), (2.0, 2.0)]


def test_open_transport_takes_the_options_of_a_module(context: Context) -> None:
    options = {"connect_timeout": 1.0, "read_timeout": 2.0, "time_budget": 3.0, "ca_path": "/ca.pem", "proxy": "http://proxy:3128", "concurrency": 2}
    options["other"] = 1
    settings = open_transport(parse(HttpSettings, options), context).settings
    assert vars(settings) == {name: value for name, value in options.items() if name != "other"}


def test_the_session_ignores_the_environment_and_is_made_once(context: Context) -> None:
    transport = make_client(context).transport
    assert transport.session.trust_env is False
    first, second = transport.session, transport.session
    assert first is second


def test_without_a_fake_a_real_session_is_opened() -> None:
    assert type(make_client(Context()).transport.session).__module__ == "requests.sessions"
