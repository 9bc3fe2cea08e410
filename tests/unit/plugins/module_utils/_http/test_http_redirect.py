# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redirects: followed on the same host only, by reads only."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import SECRET, URL, make_client

STATUSES = (301, 302, 303, 307, 308)


def redirect(target: str, status: int = 302) -> object:
    return reply(status=status, headers={"Location": target})


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("target", ["/moved", URL + "/moved", URL + ":443/moved"])
def test_a_read_follows_on_the_same_host(http: ExactCalls, context: Context, status: int, target: str) -> None:
    http.expect("GET", URL + "/things", redirect(target, status))
    http.expect("GET", "/moved", reply({"id": "1"}), headers={"Authorization": "Bearer " + SECRET})
    assert make_client(context).request("GET", "/things", "list things").status == 200


def test_the_query_is_not_added_to_the_new_address(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", redirect("/moved?limit=1"), query={"limit": 1})
    http.expect("GET", URL + "/moved", reply({}), query={"limit": 1})
    make_client(context).request("GET", "/things", "list things", query={"limit": 1})


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.net/things",
        "//evil.example.net/things",
        "http://things.example.com/things",
        "https://things.example.com:8443/things",
        "https://things.example.com.evil.net/",
        "https://things.example.com@evil.example.net/",
    ],
)
def test_another_host_is_refused_and_sees_no_credentials(http: ExactCalls, context: Context, target: str) -> None:
    http.expect("GET", URL + "/things", redirect(target))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert "redirected the request to" in str(caught.value)
    assert "credentials must not follow" in (caught.value.hint or "")
    assert len(http.seen) == 1


@pytest.mark.parametrize(
    "target, shown",
    [
        (URL + ":8443/things", URL + ":8443"),
        (URL.replace("https", "http") + ":443/things", URL.replace("https", "http") + ":443"),
        (URL.replace("https", "http") + "/things", URL.replace("https", "http")),
    ],
)
def test_another_port_of_the_same_host_is_refused_and_named(http: ExactCalls, context: Context, target: str, shown: str) -> None:
    http.expect("GET", URL + "/things", redirect(target))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert 'the service redirected the request to "%s".' % shown in caught.value.message
    assert (caught.value.outcome, len(http.seen)) == ("refused", 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_write_does_not_follow(http: ExactCalls, context: Context, method: str, status: int) -> None:
    http.expect(method, URL + "/things", redirect("/moved", status))
    with pytest.raises(ApiError, match="redirected the request to"):
        make_client(context).request(method, "/things", "touch things")


def test_a_loop_ends(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    for _unused in range(4):
        http.expect("GET", URL + "/things", redirect("/things"))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert (caught.value.status, warnings) == (302, [])


def test_without_a_location_it_ends_too(http: ExactCalls, context: Context) -> None:
    for _unused in range(4):
        http.expect("GET", URL + "/things", reply(status=307))
    with pytest.raises(ApiError, match="redirected the request more than 3 times"):
        make_client(context).request("GET", "/things", "list things")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("target", ["https://[broken/", "https://host:port/"])
def test_a_redirect_to_a_place_that_is_no_url(http: ExactCalls, context: Context, method: str, target: str) -> None:
    """requests itself trips over some of them, after the request was sent."""
    http.expect(method, URL + "/things", redirect(target))
    with pytest.raises(ApiError) as caught:
        make_client(context).request(method, "/things", "touch things")
    assert caught.value.outcome in ("unknown", "refused")


def test_tries_are_counted_without_redirects(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    http.expect("GET", URL + "/things", redirect("/moved"))
    http.expect("GET", URL + "/moved", reply({}, 503))
    http.expect("GET", URL + "/moved", reply({}))
    make_client(context).request("GET", "/things", "list things")
    assert len(warnings) == 1 and "(try 2 of 5)." in warnings[0]
