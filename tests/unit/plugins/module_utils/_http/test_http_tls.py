# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the matter with a TLS connection, against real servers on this machine. A request that was not sent has an outcome that says so."""

from __future__ import annotations

import socket
import ssl
import threading
import typing as t
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.failures import PRIVATE_CA
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client
from urllib3.exceptions import MaxRetryError

trustme = pytest.importorskip("trustme")

HOST = "127.0.0.1"
OLD = "the TLS connection failed (the service speaks TLS only in ways that are not safe any more)"
# RFC 5246 section 7.2: an alert, fatal, protocol_version
PROTOCOL_VERSION = b"\x15\x03\x01\x00\x02\x02\x46"
# section 7.4.1.3: the version, a random number, no session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression
HELLO_OF_TLS_1_0 = b"\x02\x00\x00\x26\x03\x01" + bytes(32) + b"\x00\x00\x2f\x00"
Greeting = t.Callable[[socket.socket], None]


@contextmanager
def listening(greet: Greeting, seen: list[bytes]) -> t.Iterator[str]:
    """A server whose connections are each handed to ``greet``; ``seen`` gets what comes after the handshake, decrypted."""
    with closing(socket.create_server((HOST, 0))) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    try:
                        greet(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, name="tls server", daemon=True)
        thread.start()
        try:
            yield "https://%s:%d" % (HOST, listener.getsockname()[1])
        finally:
            # closing alone does not wake a thread that waits in accept
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(6)
    assert seen == [], "the request was sent"


def over_tls(context: ssl.SSLContext, seen: list[bytes]) -> Greeting:
    def greet(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            seen.extend(filter(None, [secure.recv(65536)]))

    return greet


def alert(connection: socket.socket) -> None:
    """As servers do that know none of the versions that the client has offered."""
    assert connection.recv(65536)
    connection.sendall(PROTOCOL_VERSION)


def say_hello_as_of_old(connection: socket.socket) -> None:
    """As servers do that do not look at what the client has offered."""
    assert connection.recv(65536)
    connection.sendall(b"\x16\x03\x01" + len(HELLO_OF_TLS_1_0).to_bytes(2, "big") + HELLO_OF_TLS_1_0)


def write_to(url: str, warnings: list[str], **settings: t.Any) -> ApiError:
    """What a write fails with: it is the request that must not have had an effect."""
    client = make_client(Context(warn=warnings.append, clock=FakeTime().clock), url, **settings)
    with pytest.raises(ApiError) as caught:
        client.request("POST", "/things", "make a thing", json_body={"value": 1})
    assert warnings == [], "it does not pass"
    return caught.value


@pytest.fixture(scope="module")
def authority() -> t.Any:
    return trustme.CA()


@pytest.fixture
def bundle(authority: t.Any, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def seen() -> list[bytes]:
    return []


def server_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def self_signed(tmp_path: Path) -> ssl.SSLContext:
    lone = trustme.CA()
    path = tmp_path / "lone.pem"
    lone.cert_pem.write_to_path(path)
    lone.private_key_pem.write_to_path(path, append=True)
    context = server_context()
    context.load_cert_chain(path)
    return context


def with_its_own_root(tmp_path: Path) -> ssl.SSLContext:
    """The root that signed the certificate comes with it, and is not trusted."""
    root = trustme.CA()
    certificate = root.issue_cert(HOST)
    path = tmp_path / "checks.pem"
    for part in (certificate.private_key_pem, *certificate.cert_chain_pems, root.cert_pem):
        part.write_to_path(path, append=True)
    context = server_context()
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(
    "make, said",
    [(self_signed, "the certificate is self-signed"), (with_its_own_root, "the certificate's issuer is self-signed and not trusted")],
)
def test_a_certificate_that_nobody_vouches_for(
    make: t.Callable[[Path], ssl.SSLContext], said: str, bundle: str, seen: list[bytes], warnings: list[str], tmp_path: Path
) -> None:
    with listening(over_tls(make(tmp_path), seen), seen) as url:
        error = write_to(url, warnings, ca_path=bundle)
    assert error.message == "Things: cannot make a thing: the TLS connection failed (%s)." % said
    assert error.hint == PRIVATE_CA
    assert (error.outcome, error.retryable) == ("not_sent", False)


@pytest.mark.parametrize(
    "host, days, said, hint",
    [
        ("things.example.com", (-1, 1), "the certificate belongs to another host", "Check the host in the URL options."),
        ("127.0.0.2", (-1, 1), "the certificate belongs to another host", "Check the host in the URL options."),
        (HOST, (-2, -1), "the certificate has expired", "must renew it"),
        (HOST, (1, 2), "the certificate is not valid yet", "Check the clock of this machine."),
    ],
)
def test_a_certificate_that_is_of_no_use(
    host: str, days: tuple[int, int], said: str, hint: str, authority: t.Any, bundle: str, seen: list[bytes], warnings: list[str]
) -> None:
    begin, end = (datetime.now(timezone.utc) + timedelta(days=number) for number in days)
    context = server_context()
    authority.issue_cert(host, not_before=begin, not_after=end).configure_cert(context)
    with listening(over_tls(context, seen), seen) as url:
        error = write_to(url, warnings, ca_path=bundle)
    assert error.message == "Things: cannot make a thing: the TLS connection failed (%s)." % said
    assert hint in (error.hint or "")
    assert (error.outcome, error.retryable) == ("not_sent", False)


def test_a_certificate_for_another_name(authority: t.Any, bundle: str, seen: list[bytes], warnings: list[str]) -> None:
    context = server_context()
    authority.issue_cert("things.example.com", HOST).configure_cert(context)
    with listening(over_tls(context, seen), seen) as url:
        error = write_to(url.replace(HOST, "localhost"), warnings, ca_path=bundle)
    assert "the TLS connection failed (the certificate belongs to another host)" in error.message
    assert (error.outcome, error.hint) == ("not_sent", "Check the host in the URL options.")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_a_service_that_speaks_old_versions_of_tls_only(version: ssl.TLSVersion, authority: t.Any, bundle: str, seen: list[bytes], warnings: list[str]) -> None:
    context = server_context()
    authority.issue_cert(HOST).configure_cert(context)
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    except (ssl.SSLError, ValueError):
        pytest.skip("This OpenSSL knows no old versions.")
    with listening(over_tls(context, seen), seen) as url:
        error = write_to(url, warnings, ca_path=bundle)
    assert OLD in error.message
    assert error.hint == "TLS 1.2 or newer is needed: check the URL options and the proxy."
    assert (error.outcome, error.retryable) == ("not_sent", False)


@pytest.mark.parametrize("greet", [alert, say_hello_as_of_old])
def test_a_service_that_knows_none_of_our_versions_of_tls(greet: Greeting, seen: list[bytes], warnings: list[str], bundle: str) -> None:
    with listening(greet, seen) as url:
        error = write_to(url, warnings, ca_path=bundle)
    assert OLD in error.message
    assert (error.outcome, error.retryable) == ("not_sent", False)


@pytest.mark.parametrize(
    "said, is_old",
    [
        ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1000)", True),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1000)", True),
        ("[SSL: NO_PROTOCOLS_AVAILABLE] no protocols available (_ssl.c:1000)", True),
        # Debian 12: OpenSSL 3.0, and a Python that has no name for the first of them
        ("[SSL] legacy sigalg disallowed or unsupported (_ssl.c:992)", True),
        ("[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled (_ssl.c:992)", True),
        ("[SSL: WRONG_SIGNATURE_TYPE] wrong signature type (_ssl.c:1000)", False),
    ],
)
def test_what_openssl_says_of_old_protocols(http: ExactCalls, context: Context, said: str, is_old: bool) -> None:
    broken = MaxRetryError(None, "/", ssl.SSLError(1, said))  # type: ignore[arg-type]
    http.expect("POST", URL + "/things", Break(requests.exceptions.SSLError(broken)), json={})
    with pytest.raises(ApiError) as caught:
        make_client(context).request("POST", "/things", "make a thing", json_body={})
    assert (OLD in caught.value.message) is is_old and (caught.value.outcome == "not_sent") is is_old
