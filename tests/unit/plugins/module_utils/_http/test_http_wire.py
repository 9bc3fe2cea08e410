# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Against real servers on this machine: certificates and netrc, where a fake would prove nothing."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.failures import PRIVATE_CA
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import SECRET, make_client

trustme = pytest.importorskip("trustme")


class _Handler(BaseHTTPRequestHandler):
    """Remembers the Authorization header, and answers with an object."""

    seen: list[str | None]

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_CONNECT(self) -> None:  # pylint: disable=invalid-name
        """A proxy that wants to know who is asking."""
        self.seen.append(self.headers.get("Proxy-Authorization"))
        self.send_response(407, "Proxy Authentication Required")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: t.Any) -> None:  # pylint: disable=redefined-builtin
        """Stay quiet."""


@pytest.fixture
def seen() -> list[str | None]:
    return []


@pytest.fixture
def server(seen: list[str | None]) -> t.Iterator[HTTPServer]:
    handler = type("Handler", (_Handler,), {"seen": seen})
    with HTTPServer(("127.0.0.1", 0), handler) as running:
        yield running


def serve(server: HTTPServer) -> None:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()


@pytest.fixture(scope="module")
def authority() -> t.Any:
    return trustme.CA()


@pytest.fixture
def bundle(authority: t.Any, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def other_bundle(tmp_path: Path) -> str:
    path = tmp_path / "other-ca.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def https(server: HTTPServer, authority: t.Any) -> t.Iterator[str]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    serve(server)
    yield "https://127.0.0.1:%d" % server.server_port
    server.shutdown()


@pytest.fixture
def plain(server: HTTPServer) -> t.Iterator[str]:
    serve(server)
    yield "http://127.0.0.1:%d" % server.server_port
    server.shutdown()


def real_context(warnings: list[str]) -> Context:
    """The real network, with a clock on which no retry waits."""
    return Context(warn=warnings.append, clock=FakeTime().clock)


def test_ca_path_wins_over_the_environment(
    https: str, bundle: str, other_bundle: str, seen: list[str | None], warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other_bundle)
    assert make_client(real_context(warnings), https, ca_path=bundle).request("GET", "/things", "list things").status == 200
    assert seen == ["Bearer " + SECRET]


def test_the_environments_bundle_is_used_without_ca_path(https: str, bundle: str, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    assert make_client(real_context(warnings), https).request("GET", "/things", "list things").status == 200


@pytest.mark.parametrize("chosen", [True, False], ids=["another-ca", "default-cas"])
def test_an_unknown_authority_fails_with_a_hint(https: str, other_bundle: str, seen: list[str | None], warnings: list[str], chosen: bool) -> None:
    with pytest.raises(ApiError) as caught:
        make_client(real_context(warnings), https, ca_path=other_bundle if chosen else None).request("GET", "/things", "list things")
    assert "the TLS connection failed (the certificate's issuer is not known)" in caught.value.message
    assert caught.value.hint == PRIVATE_CA
    assert (caught.value.outcome, seen, warnings) == ("not_sent", [], [])


def test_a_bundle_that_does_not_exist_is_named(https: str, warnings: list[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    with pytest.raises(ApiError) as caught:
        make_client(real_context(warnings), https, ca_path=missing).request("GET", "/things", "list things")
    assert missing in caught.value.sentence()
    assert (caught.value.outcome, warnings) == ("not_sent", [])


def test_netrc_does_not_replace_our_header(plain: str, seen: list[str | None], warnings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1\nlogin somebody\npassword else\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    make_client(real_context(warnings), plain).request("GET", "/things", "list things")
    assert seen == ["Bearer " + SECRET]


@pytest.mark.parametrize("user, sent", [("", None), ("ada:wrong-0123@", "Basic " + base64.b64encode(b"ada:wrong-0123").decode())])
def test_a_proxy_that_refuses_the_credentials(plain: str, seen: list[str | None], warnings: list[str], user: str, sent: str | None) -> None:
    client = make_client(real_context(warnings), "https://things.example.com", proxy=plain.replace("http://", "http://" + user))
    with pytest.raises(ApiError) as caught:
        client.request("POST", "/things", "make a thing", json_body={})
    assert caught.value.message == "Things: cannot make a thing: the proxy refused the connection (HTTP 407)."
    assert (caught.value.hint or "").startswith("The proxy wants credentials")
    assert (caught.value.outcome, caught.value.retryable, warnings) == ("not_sent", False, [])
    assert seen == [sent], "and the Authorization header stays with us"
    assert "wrong-0123" not in repr(vars(caught.value))


def test_a_closed_port_was_not_reached(plain: str, server: HTTPServer, warnings: list[str]) -> None:
    port = server.server_port
    server.shutdown()
    server.server_close()
    with pytest.raises(ApiError) as caught:
        make_client(real_context(warnings), "http://127.0.0.1:%d" % port).request("POST", "/things", "make a thing", json_body={})
    assert caught.value.outcome == "not_sent"
    assert len(warnings) == 4, "sent again, since it was surely not processed: %s" % plain


def test_a_name_that_nobody_knows_was_not_reached(warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: t.Any, **_options: t.Any) -> t.Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ApiError, match=r"Things: cannot make a thing: no connection \(") as caught:
        make_client(real_context(warnings), "https://things.invalid").request("POST", "/things", "make a thing", json_body={})
    assert (caught.value.outcome, caught.value.retryable) == ("not_sent", True)
    assert len(warnings) == 4, "sent again, a write too, since it was surely not processed"
