# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP front: sockets, keep-alive, and answers that break off."""

from __future__ import annotations

import socket
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .application import Answer, Simulation
from .wire import Request, Response

HOST = "127.0.0.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, simulation: Simulation) -> None:
        self.simulation = simulation
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    # One segment for headers and body, sent at once: else Nagle's algorithm costs 40 ms an answer.
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _mark, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = self.server.simulation.answer(Request(self.command, path, query, headers, body))
        except Exception:  # pylint: disable=broad-exception-caught
            traceback.print_exc()
            answer = Answer(Response(500, {"message": "the simulator itself failed: its error output tells why"}))
        if answer.spoil == "drop":
            self._break_off()
            return
        self._send(answer.response, cut=answer.spoil == "truncate")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _send(self, response: Response, cut: bool) -> None:
        payload = response.payload()
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            # A cut answer promises more than it holds, even when there is nothing to cut.
            self.send_header("Content-Length", str(len(payload) + (1 if cut and not payload else 0)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(payload[: len(payload) // 2] if cut else payload)
        if cut:
            self.wfile.flush()
            self._break_off()

    def _break_off(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client was quicker

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the client went away

    def finish(self) -> None:
        try:
            super().finish()
        except (ConnectionError, ValueError):
            pass  # nothing is left to say to a client that went away

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        """The request log tells it, without the secrets that a request line could hold."""


class Simulator:
    """A running simulation: `with Simulator(Simulation(seed)) as simulator: simulator.url`."""

    def __init__(self, simulation: Simulation, port: int = 0) -> None:
        self.simulation = simulation
        self._server = _Server(port, simulation)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="front", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.simulation.start(self.url)

    def stop(self) -> None:
        self.simulation.stop()
        self._server.shutdown()
        self._server.server_close()
        self.simulation.log.close()

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
