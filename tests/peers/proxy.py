# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One address for everything: SCIM goes to a peer, all else to the simulator.

Unity's gateway stands before the peer: whether the Authorization header is good is asked of the simulator, and where it is not, the simulator's
answer is the answer. So keys that were made, or revoked, a moment ago count at once, and are seen to be used.
"""

from __future__ import annotations

import http.client
import re
import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from simulator.request_log import ENGINE_USER_AGENT

HOST = "127.0.0.1"
SCIM = re.compile(r"(?P<tenant>/scim/v2/tenants/[^/?]+)(?P<rest>[/?].*)?\Z", re.DOTALL)
# of this connection alone, or written anew
HOP_BY_HOP = frozenset(("connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"))
SECONDS = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """What was asked of the peer and what it answered; nothing of the Authorization header."""

    by: str
    method: str
    target: str
    status: int
    answer: str

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # one segment for headers and body: else Nagle's algorithm costs 40 ms an answer
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        answer = self.server.proxy.answer(self.command, self.path, headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 204:
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def log_message(self, format: str, *args: object) -> None:  # pylint: disable=redefined-builtin
        """The exchanges tell it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__((HOST, 0), _Handler)


class Proxy:
    """`with Proxy(simulator_url) as proxy: proxy.peer = ...; proxy.url`. ``peer`` is the address of a peer's service, without a slash at its end."""

    def __init__(self, simulator: str) -> None:
        self.peer = ""
        self.exchanges: list[Exchange] = []
        self._simulator = simulator
        self._connections = threading.local()
        self._server = _Server(self)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The simulator's answer, or the peer's where the simulator's gateway lets the caller through."""
        match = SCIM.match(target)
        if not match:
            answer = self._ask(self._simulator, method, target, headers, body)
            # Unity shows its own address
            return replace(answer, body=answer.body.replace(self._simulator.encode(), self.url.encode()))
        credentials = {name: value for name, value in headers.items() if name.lower() in ("authorization", "user-agent")}
        gate = self._ask(self._simulator, "GET", match["tenant"] + "/ServiceProviderConfig", credentials, b"")
        if gate.status != 200:
            return gate
        onward = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        answer = self._ask(self.peer, method, match["rest"] or "/", onward, body)
        by = "engine" if headers.get("User-Agent", "").startswith(ENGINE_USER_AGENT) else "module"
        self.exchanges.append(Exchange(by, method, match["rest"] or "/", answer.status, answer.body[:2000].decode("utf-8", "replace")))
        return answer

    def of_modules(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.by == "module"]

    def _ask(self, base: str, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """One connection for each thread and address; one that was closed meanwhile is opened anew, once."""
        place = urlsplit(base)
        known: dict[str, http.client.HTTPConnection] = self._connections.__dict__
        is_fresh = place.netloc not in known
        connection = known.setdefault(place.netloc, http.client.HTTPConnection(place.hostname or "", place.port, timeout=SECONDS))
        try:
            connection.request(method, place.path + target, body or None, headers)
            response = connection.getresponse()
            return Answer(response.status, tuple(response.getheaders()), response.read())
        except (http.client.RemoteDisconnected, ConnectionError):
            connection.close()
            del known[place.netloc]
            if is_fresh:
                raise
            return self._ask(base, method, target, headers, body)
