# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are not what the contract says."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client

WRONG = [
    pytest.param(text_reply("<!doctype html><html>Sign in</html>"), "an HTML page", id="html"),
    pytest.param(text_reply("  <html>", media_type="application/json"), "an HTML page", id="html-as-json"),
    pytest.param(text_reply('{"id": "1', media_type="application/json"), "JSON that was cut off", id="cut-off"),
    pytest.param(text_reply("fine"), "text that is not JSON", id="text"),
    pytest.param(Reply(200, b"\xff\xfe\x00\xd8"), "text that is not JSON", id="bytes"),
    pytest.param(reply(), "an empty body", id="empty"),
    pytest.param(text_reply(" \n"), "an empty body", id="blank"),
    pytest.param(reply([]), "a list", id="list"),
    pytest.param(reply("x"), "a string", id="string"),
    pytest.param(reply(None), "null", id="null"),
    pytest.param(reply({}), "none", id="no-field"),
    pytest.param(reply({"id": None}), "null", id="null-field"),
    pytest.param(reply({"id": 7}), "a whole number", id="number"),
]


@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
def test_a_deletion_that_a_page_answers_is_no_deletion(http: ExactCalls, context: Context, media_type: str) -> None:
    """A login page of what stands between, with the status 200."""
    for answer in (reply(status=204), text_reply("OK"), reply({})):
        http.expect("DELETE", URL + "/things/1", answer)
        assert make_client(context).request("DELETE", "/things/1", "delete a thing").is_missing() is False
    http.expect("DELETE", URL + "/things/1", text_reply(" <html>Sign in</html>", media_type=media_type))
    with pytest.raises(UnexpectedAnswer, match="expected the service's own answer, got an HTML page") as caught:
        make_client(context).request("DELETE", "/things/1", "delete a thing").is_missing()
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("answer, got", WRONG)
def test_wrong_answer(http: ExactCalls, context: Context, answer: Reply, got: str) -> None:
    http.expect("GET", URL + "/things/1", answer)
    with pytest.raises(UnexpectedAnswer) as caught:
        make_client(context).request("GET", "/things/1", "read a thing").json({"id": str})
    assert got in caught.value.got
    assert (caught.value.operation, caught.value.status, caught.value.outcome) == ("read a thing", 200, "unknown")
    assert str(caught.value).startswith("Things: cannot read a thing: HTTP 200, expected ")


@pytest.mark.parametrize("text", ['{"id": 7, "secretKey": "created-once-0123"}', '{"secretKey": "created-once-0123"', "<p>created-once-0123</p>"])
def test_the_body_does_not_get_into_the_error(http: ExactCalls, context: Context, text: str) -> None:
    http.expect("POST", URL + "/keys", text_reply(text))
    with pytest.raises(UnexpectedAnswer) as caught:
        make_client(context).request("POST", "/keys", "make a key").json({"id": str})
    assert "created-once" not in everything_in(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        reply({"message": "Method not allowed"}, 405),
        reply({"message": "Not implemented"}, 501),
        text_reply("<html>Not found</html>", 404),
        reply(status=404),
        reply({"code": 4, "message": "API missing"}, 404),
    ],
)
def test_a_missing_route_is_unexpected(http: ExactCalls, context: Context, answer: Reply) -> None:
    http.expect("GET", URL + "/things", answer)
    with pytest.raises(UnexpectedAnswer) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert caught.value.expected == "an endpoint that knows this operation"
    assert caught.value.outcome == "refused", "nothing can have been done"
    assert caught.value.status == answer.status


def test_a_missing_resource_is_not(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things/1", reply({"code": 9, "message": "No such thing"}, 404))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things/1", "read a thing")
    assert not isinstance(caught.value, UnexpectedAnswer)
    assert (caught.value.code, caught.value.hint) == (9, "Check the id.")


@pytest.mark.parametrize("code, shown", [(2**63 - 1, 2**63 - 1), (1 - 2**63, 1 - 2**63), (2**63, None), (-(2**63), None), (10**300, None), (1.5, None)])
def test_a_code_is_shown_as_far_as_it_can_be_one(http: ExactCalls, context: Context, code: t.Any, shown: t.Any) -> None:
    http.expect("GET", URL + "/things/1", reply({"code": code, "message": "bad"}, 400))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things/1", "read a thing")
    assert caught.value.code == shown


@pytest.mark.parametrize("body", [["message"], "no", 7, None])
def test_an_error_body_of_another_kind(http: ExactCalls, context: Context, body: t.Any) -> None:
    http.expect("GET", URL + "/things", reply(body, 401))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert str(caught.value) == "Things: cannot list things: HTTP 401."
    assert (caught.value.code, caught.value.hint) == (None, "Log in.")


def test_an_error_page_of_a_proxy(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", text_reply("<html>blocked</html>", 403))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing")
    assert str(caught.value) == "Things: cannot make a thing: HTTP 403: an HTML page."


@pytest.mark.parametrize("status, outcome", [(200, "unknown"), (201, "unknown"), (404, "refused"), (409, "refused")])
def test_a_handled_answer_of_another_shape(http: ExactCalls, context: Context, status: int, outcome: str) -> None:
    http.expect("POST", URL + "/things", text_reply("<html>", status))
    answer = make_client(context).request("POST", "/things", "make a thing", handled=(404, 409))
    with pytest.raises(UnexpectedAnswer) as caught:
        answer.json({"id": str})
    assert caught.value.outcome == outcome


@pytest.mark.parametrize("answer", [text_reply("<html>Sign in to the proxy</html>", 407), reply(status=407), reply({"message": "no"}, 407)])
def test_a_refusal_of_the_proxy(http: ExactCalls, context: Context, answer: Reply) -> None:
    http.expect("POST", URL + "/things", answer)
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing")
    assert str(caught.value) == "Things: cannot make a thing: the proxy refused the request, HTTP 407."
    assert (caught.value.hint or "").startswith("The proxy wants credentials: give them in HTTPS_PROXY")
    assert (caught.value.status, caught.value.outcome, caught.value.retryable) == (407, "refused", False)
    assert not isinstance(caught.value, UnexpectedAnswer)


@pytest.mark.parametrize("status", [300, 418, 599])
def test_any_other_status_is_an_error(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("GET", URL + "/things", reply({}, status))
    with pytest.raises(ApiError, match="HTTP %d" % status):
        make_client(context).request("GET", "/things", "list things")


@pytest.mark.parametrize("name", ["x-request-id", "Request-Id", "X-Correlation-Id"])
def test_request_id(http: ExactCalls, context: Context, name: str) -> None:
    http.expect("GET", URL + "/things", reply({"message": "no."}, 403, {name: "4f1c2d7e"}))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert caught.value.request_id == "4f1c2d7e"
    assert str(caught.value) == "Things: cannot list things: HTTP 403: no (request id 4f1c2d7e)."


def test_a_long_message_is_cut_and_put_on_one_line(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply({"message": "a\nb\t" + "x" * 1000}, 400))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert "HTTP 400: a b xxx" in str(caught.value) and len(str(caught.value)) < 400
