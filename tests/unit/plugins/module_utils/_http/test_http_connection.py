# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of the connection, and what is known of their outcome."""

from __future__ import annotations

import ssl

import pytest
import requests
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, connect_timeout, cut_off, dropped, read_timeout, refused
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProxyError
from urllib3.exceptions import SSLError as Urllib3SSLError

NEW = NewConnectionError(None, "Failed to establish a new connection: [Errno 111] Connection refused")  # type: ignore[arg-type]


def failure_of(http: ExactCalls, context: Context, happens: Break) -> ApiError:
    http.expect("POST", URL + "/things", happens)
    with pytest.raises(ApiError) as caught:
        make_client(context, time_budget=0.01).request("POST", "/things", "make a thing")
    return caught.value


def tls(inner: Exception) -> Break:
    return Break(requests.exceptions.SSLError(MaxRetryError(None, "/things?token=1", Urllib3SSLError(inner))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "happens, reason, outcome",
    [
        (refused(), "no connection (NewConnectionError)", "not_sent"),
        (connect_timeout(), "no connection (ConnectTimeout)", "not_sent"),
        (dropped(), "the connection broke or timed out after the request was sent (RemoteDisconnected)", "unknown"),
        (read_timeout(), "the connection broke or timed out after the request was sent (ReadTimeout)", "unknown"),
        (cut_off(), "the connection broke or timed out after the request was sent (ProtocolError)", "unknown"),
    ],
)
def test_sentence(http: ExactCalls, context: Context, happens: Break, reason: str, outcome: str) -> None:
    error = failure_of(http, context, happens)
    assert error.message == "Things: cannot make a thing: %s." % reason
    assert (error.outcome, error.status, error.service, error.operation) == (outcome, None, "Things", "make a thing")


def test_whatever_breaks_within_a_request_has_an_outcome(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    """A fault of a library is no reason to leave a key behind: it is not tried again, and who cleans up knows that the request may have taken effect."""
    error = failure_of(http, context, Break(RuntimeError("SENTINEL")))
    assert error.message == "Things: cannot make a thing: the answer could not be read (RuntimeError)."
    assert (error.outcome, error.retryable, warnings) == ("unknown", False, [])
    assert "SENTINEL" not in everything_in(error)


def test_a_proxy_that_does_not_listen_was_not_reached(http: ExactCalls, context: Context) -> None:
    inner = MaxRetryError(None, "/", ProxyError("Unable to connect", NEW))  # type: ignore[arg-type]
    error = failure_of(http, context, Break(requests.exceptions.ProxyError(inner)))
    assert error.outcome == "not_sent"
    assert "scim_provisioning_proxy" in (error.hint or "")


def refused_tunnel(said: str) -> Break:
    """What requests makes of a proxy that answers CONNECT with an error."""
    inner = ProxyError("Unable to connect to proxy", OSError("Tunnel connection failed: " + said))
    return Break(requests.exceptions.ProxyError(MaxRetryError(None, "/", inner)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said, status, hint, passing",
    [
        ("407 Proxy Authentication Required", 407, "The proxy wants credentials", False),
        ("403 Forbidden", 403, "Check that the proxy lets this host through.", False),
        ("407", 407, "The proxy wants credentials", False),
        ("503 Service Unavailable", 503, "Check that the proxy lets this host through.", True),
    ],
)
def test_a_proxy_that_refuses_to_connect(http: ExactCalls, context: Context, said: str, status: int, hint: str, passing: bool) -> None:
    error = failure_of(http, context, refused_tunnel(said))
    assert error.message == "Things: cannot make a thing: the proxy refused the connection (HTTP %d)." % status
    assert (error.outcome, error.retryable) == ("not_sent", passing)
    assert hint in (error.hint or "")


def test_a_proxy_that_refuses_for_a_while_is_asked_again(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    """A create as well, since the request has not left yet."""
    http.expect("POST", URL + "/things", refused_tunnel("502 Bad Gateway"))
    http.expect("POST", URL + "/things")
    assert make_client(context).request("POST", "/things", "make a thing").status == 200
    assert len(warnings) == 1


def test_the_operating_systems_words_are_shown(http: ExactCalls, context: Context) -> None:
    inner = ConnectionResetError(104, "Connection reset by peer")
    error = failure_of(http, context, Break(requests.exceptions.ConnectionError(inner)))
    assert "(Connection reset by peer)" in error.message


def test_an_untrusted_certificate(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    error = failure_of(http, context, tls(ssl.SSLCertVerificationError(1, "certificate verify failed")))
    assert (error.outcome, warnings) == ("not_sent", [])
    assert "the TLS connection failed (certificate verify failed)" in error.message
    assert error.hint == "Check the URL options, the proxy, and ca_path (scim_provisioning_ca_path, REQUESTS_CA_BUNDLE)."


def test_tls_that_breaks_later_has_an_unknown_outcome(http: ExactCalls, context: Context) -> None:
    """OpenSSL reports a peer that goes away without a closing message this way, and the request may have been processed."""
    error = failure_of(http, context, tls(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")))
    assert error.outcome == "unknown"


def test_tls_failures_are_not_tried_again(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    http.expect("GET", URL + "/things", tls(ssl.SSLCertVerificationError(1, "certificate verify failed")))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert (warnings, caught.value.retryable) == ([], False)


@pytest.mark.parametrize("value", ["key-0123\n", "key-0123 ", " key-0123", "key\r\nx-evil: 1", "ключ-0123", "\u201ckey-0123\u201d", "k\x00ey-0123"])
def test_a_credential_that_no_header_can_carry_is_not_sent(http: ExactCalls, context: Context, warnings: list[str], value: str) -> None:
    """A key that was read from a file often ends in a newline."""
    client = make_client(context)
    client._headers = lambda: {"x-api-key": value}
    with pytest.raises(ApiError, match="the header x-api-key holds a character that HTTP can't carry. The request was not sent.") as caught:
        client.request("GET", "/things", "list things")
    assert (http.seen, warnings) == ([], [])
    assert value not in everything_in(caught.value) and "newline" in (caught.value.hint or "")
    assert (caught.value.outcome, caught.value.retryable) == ("not_sent", False)


@pytest.mark.parametrize("kind", [requests.exceptions.InvalidURL, requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema])
def test_an_address_that_no_connection_can_be_made_to(http: ExactCalls, context: Context, warnings: list[str], kind: type[Exception]) -> None:
    http.expect("GET", URL + "/things", Break(kind("Missing dependencies for SOCKS support.")))
    with pytest.raises(ApiError, match="the request could not be made") as caught:
        make_client(context).request("GET", "/things", "list things")
    assert (caught.value.outcome, caught.value.retryable, warnings) == ("not_sent", False, [])
