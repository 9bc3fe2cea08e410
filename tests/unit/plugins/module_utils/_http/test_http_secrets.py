# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No error gives a secret away, whatever the other side echoes."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
import requests
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import SECRET, URL, make_client

ENCODED = base64.b64encode(SECRET.encode()).decode()
FORMS = [SECRET, quote(SECRET, safe=""), ENCODED, ENCODED.rstrip("=")]


def assert_no_form_in(error: ApiError) -> None:
    text = everything_in(error) + repr(error.as_result())
    assert [form for form in FORMS if form in text] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [400, 401, 404, 405, 500, 503])
def test_echoed_in_the_message(http: ExactCalls, context: Context, status: int, form: str) -> None:
    http.expect("POST", URL + "/things", reply({"message": "bad value %s given" % form}, status), json={"value": SECRET})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", json_body={"value": SECRET})
    assert_no_form_in(caught.value)
    assert "********" in str(caught.value)


@pytest.mark.parametrize("form", FORMS)
def test_echoed_as_the_code(http: ExactCalls, context: Context, form: str) -> None:
    http.expect("POST", URL + "/things", reply({"code": "bad-" + form, "message": "bad"}, 400), json={"value": SECRET})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", json_body={"value": SECRET})
    assert_no_form_in(caught.value)


@pytest.mark.parametrize("code", [{"value": SECRET}, [SECRET]])
def test_echoed_within_a_code_that_is_no_scalar(http: ExactCalls, context: Context, code: object) -> None:
    http.expect("POST", URL + "/things", reply({"code": code, "message": "bad"}, 400), json={"value": SECRET})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", json_body={"value": SECRET})
    assert_no_form_in(caught.value)


def test_echoed_as_the_request_id(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", reply({"message": "bad"}, 400, {"X-Request-Id": SECRET}), json={"value": SECRET})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", json_body={"value": SECRET})
    assert_no_form_in(caught.value)


def test_echoed_where_the_message_is_cut(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", reply({"message": "x" * 280 + SECRET}, 400))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing")
    assert SECRET[:6] not in everything_in(caught.value)


def test_echoed_in_a_page(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", text_reply("<pre>Authorization: Bearer %s</pre>" % SECRET, 502))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing")
    assert_no_form_in(caught.value)


def test_echoed_in_a_redirect(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply(status=302, headers={"Location": "https://evil.example.net/?token=" + SECRET}))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert_no_form_in(caught.value)


@pytest.mark.parametrize("kind", [requests.exceptions.ConnectionError, requests.exceptions.SSLError, requests.exceptions.ReadTimeout])
def test_in_the_text_of_the_connection_error(http: ExactCalls, context: Context, kind: type[Exception]) -> None:
    http.expect("POST", URL + "/things", Break(kind("failed: /things?token=%s" % SECRET)))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing")
    assert_no_form_in(caught.value)


def test_in_the_warning_of_a_retry(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    http.expect("GET", URL + "/things", reply({"message": SECRET}, 503))
    http.expect("GET", URL + "/things", reply({}))
    make_client(context).request("GET", "/things", "list things")
    assert len(warnings) == 1 and SECRET not in warnings[0] and "********" in warnings[0]


def test_an_error_holds_neither_headers_nor_bodies(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", reply({"message": "bad", "more": "told-in-the-answer"}, 400), query={"q": "asked-for"}, json={"b": "in-the-body"})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", query={"q": "asked-for"}, json_body={"b": "in-the-body"})
    held = repr(vars(caught.value)) + repr(caught.value.args)
    assert [text for text in ("told-in-the-answer", "asked-for", "in-the-body", "Authorization") if text in held] == []


@pytest.mark.parametrize("form", ["s3cret@word", "s3cret%40word", "bWFyeTpzM2NyZXRAd29yZA=="])
def test_a_password_within_the_proxys_url_is_masked(context: Context, form: str) -> None:
    Transport(HttpSettings(proxy="http://mary:s3cret%40word@proxy.example:3128"), context)
    assert context.masker.redact("via %s." % form) == "via ********."


@pytest.mark.parametrize(
    "userinfo, said", [("mary:pw", "mary:pw@"), ("m%40ry:p%3Aw", "m@ry:p:w@"), ("a:b", "a:b@"), (":pw", ":pw@"), ("mary:pw", "mary:pw"), ("a:pw", "YTpwdw==")]
)
def test_a_short_password_is_masked_with_the_user_before_it(context: Context, userinfo: str, said: str) -> None:
    """Alone it could be any word."""
    Transport(HttpSettings(proxy="http://%s@proxy.example:3128" % userinfo), context)
    assert context.masker.redact("via http://%s@proxy.example:3128, %s." % (userinfo, said)).count("********") == 2
    assert context.masker.redact("a pw b: in b") == "a pw b: in b"


@pytest.mark.parametrize("proxy", ["http://margaret@proxy.example", "http://margaret:@proxy.example", "http://proxy.example:80/@"])
def test_a_proxy_with_a_user_alone_masks_no_addresses(context: Context, proxy: str) -> None:
    Transport(HttpSettings(proxy=proxy), context)
    assert context.masker.redact("margaret: margaret@example.com") == "margaret: margaret@example.com"


@pytest.mark.parametrize("proxy", ["mary:s3cret-word@proxy:3128", "http://mary:s3cret-word@[broken", "http://mary:s3cret-word/@proxy:3128"])
def test_a_password_within_a_proxy_that_is_no_url_is_masked_too(context: Context, proxy: str) -> None:
    Transport(HttpSettings(proxy=proxy), context)
    assert "s3cret-word" not in context.masker.redact(proxy)


def test_a_password_within_the_environments_proxy_is_masked(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://mary:s3cret-word@proxy:3128")
    Transport(HttpSettings(), context)
    assert context.masker.redact("s3cret-word") == "********"


def test_a_proxy_without_a_password_masks_nothing(context: Context) -> None:
    Transport(HttpSettings(proxy="http://proxy.example:3128"), context)
    assert context.masker.redact("http://proxy.example:3128") == "http://proxy.example:3128"
