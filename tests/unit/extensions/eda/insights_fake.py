# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directory Insights on loopback, with events that appear when a test says so, and answers that are spoiled one after the other."""

from __future__ import annotations

import gzip
import json
import threading
import time
import typing as t
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import application, v1

Fault = t.Callable[["Handler"], None]
EVENTS = "/insights/directory/v1/events"


class Handler(BaseHTTPRequestHandler):
    """Everything of one answer in one segment, since Nagle's algorithm would make the rest wait."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    insights: Insights

    def do_GET(self) -> None:
        self.answer(200, v1(application()) if "limit" in self.path else application())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.insights.queries.append(body)
        fault = self.insights.faults.pop(0) if self.insights.faults else None
        if self.insights.is_closed:
            # a connection that was kept alive does not outlive the server
            self.drop()
        elif fault:
            fault(self)
        else:
            self.answer(200, list(self.insights.visible), {"X-Limit": "1000"})

    def answer(self, status: int, body: t.Any, headers: dict[str, str] | None = None, cut: int = 0) -> None:
        """``cut``: so many bytes of what was announced are missing."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) - cut])
        self.wfile.flush()
        if cut:
            self.drop()

    def drop(self) -> None:
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(time.time() + self.insights.ahead, usegmt=True)

    def log_message(self, format: str, *args: t.Any) -> None:  # pylint: disable=redefined-builtin
        """Nobody reads it."""


class Insights:
    """``visible``: the events that it shows. ``faults``: what happens to the next answers. ``ahead``: how many seconds its clock is ahead."""

    def __init__(self, port: int = 0) -> None:
        self.visible: list[dict[str, t.Any]] = []
        self.faults: list[Fault] = []
        self.queries: list[dict[str, t.Any]] = []
        self.ahead = 0.0
        self.is_closed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"insights": self}))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.is_closed = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def status(code: int, body: t.Any = None, **headers: str) -> Fault:
    shown = {"message": "no"} if body is None else body
    return lambda handler: handler.answer(code, shown, {name.replace("_", "-"): value for name, value in headers.items()})


def hangs(handler: Handler) -> None:
    time.sleep(0.6)
    handler.drop()


LOGIN_PAGE = b"<!DOCTYPE html><html><body><form action='/login'>Log in</form></body></html>"
FAULTS: dict[str, Fault] = {
    "no answer in time": hangs,
    "dropped before the answer": Handler.drop,
    "dropped within the answer": lambda handler: handler.answer(200, [{"id": "x" * 500}], cut=200),
    "429 with Retry-After": status(429, Retry_After="1"),
    "429 with a long Retry-After": status(429, Retry_After="2"),
    "429 without": status(429),
    "500": status(500),
    "502 with a page": status(502, b"<html>Bad Gateway</html>", Content_Type="text/html"),
    "503": status(503, Retry_After="0"),
    "a login page": status(200, LOGIN_PAGE, Content_Type="text/html"),
    "a login page with 403": status(403, LOGIN_PAGE, Content_Type="text/html"),
    "nothing": status(200, b""),
    "truncated JSON": status(200, b'[{"id": "abc", "event_ty'),
    "an object": status(200, {"results": []}),
    "null": status(200, b"null"),
    "numbers": status(200, [1, 2]),
    "too deep": status(200, b"[" * 100000),
    "damaged gzip": status(200, gzip.compress(b"[]")[:-4], Content_Encoding="gzip"),
    "no text": status(200, b"\xff\xfe\x00"),
    "a redirect to elsewhere": status(302, b"", Location="http://127.0.0.2:1/"),
    "400": status(400),
    "401": status(401),
    "403": status(403),
    "404": status(404),
    "404 with a page": status(404, LOGIN_PAGE, Content_Type="text/html"),
    "405": status(405),
}
