# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on a bare socket that answers as no decent one does: slowly, endlessly, damaged, far too much.

Every answer has an end of its own, after SECONDS or MAX_BYTES, so that a client without limits fails a test, and does not hang it.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import socket
import threading
import time
import typing as t
import zlib

# how long a slow answer goes on, and between two of its bytes
SECONDS = 6.0
PAUSE = 0.2
MEBIBYTE = 1024 * 1024
# how long an endless answer gets
MAX_BYTES = 192 * MEBIBYTE

Answer = t.Callable[[socket.socket], None]


class HostileServer:
    """``with HostileServer(answer) as server``: every connection is answered by ``answer``, once for each request. ``seen`` holds the request lines."""

    def __init__(self, answer: Answer):
        self.seen: list[str] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self._thread = threading.Thread(target=self._accept, name="hostile", daemon=True)

    def __enter__(self) -> HostileServer:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        # closing alone does not wake a thread that waits in accept
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(2)

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="hostile connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._read_request(connection):
                    self._answer(connection)
            except OSError:
                pass  # the client has had enough

    def _read_request(self, connection: socket.socket) -> bool:
        with connection.makefile("rb", buffering=0) as stream:
            first = stream.readline().decode("latin-1").strip()
            if not first:
                return False
            self.seen.append(first)
            length = 0
            for line in iter(stream.readline, b"\r\n"):
                name, _colon, value = line.decode("latin-1").partition(":")
                if name.lower() == "content-length":
                    length = int(value)
                if not line:
                    return False
            while length > 0:
                length -= len(stream.read(length) or b" " * length)
            return True


def head(status: str = "200 OK", **headers: t.Any) -> bytes:
    """The head of an answer in JSON; underscores in names stand for hyphens."""
    lines = ["HTTP/1.1 %s" % status, "Content-Type: application/json"] + ["%s: %s" % (name.replace("_", "-"), value) for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes, status: str = "200 OK", **headers: t.Any) -> Answer:
    """An answer at once, as others send it."""
    return lambda connection: connection.sendall(head(status, Content_Length=len(body), **headers) + body)


def _drip(connection: socket.socket, data: t.Iterable[int]) -> None:
    end = time.monotonic() + SECONDS
    for byte in data:
        if time.monotonic() > end:
            connection.shutdown(socket.SHUT_RDWR)
            return
        connection.sendall(bytes((byte,)))
        time.sleep(PAUSE)


def slow_body(connection: socket.socket) -> None:
    """The head at once, then a byte at a time."""
    connection.sendall(head(Content_Length=100000))
    _drip(connection, itertools.repeat(ord(" ")))


def slow_chunks(connection: socket.socket) -> None:
    """A byte at a time of a chunk's size, which is a line that need not end."""
    connection.sendall(head(Transfer_Encoding="chunked"))
    _drip(connection, itertools.repeat(ord("0")))


def slow_headers(connection: socket.socket) -> None:
    """Not even the head comes to an end."""
    _drip(connection, itertools.chain(b"HTTP/1.1 200 OK\r\nX-Slow: ", itertools.repeat(ord("x"))))


def slow_status(connection: socket.socket) -> None:
    """As a proxy: the answer to CONNECT, a byte at a time."""
    _drip(connection, itertools.chain(b"HTTP/1.1 200 Connection established\r\nX-Slow: ", itertools.repeat(ord("x"))))


def endless_continue(connection: socket.socket) -> None:
    """Again and again: go on, the answer comes later."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 10)
        time.sleep(0.02)
    connection.shutdown(socket.SHUT_RDWR)


def endless_body(connection: socket.socket) -> None:
    """Chunks without an end."""
    connection.sendall(head(Transfer_Encoding="chunked"))
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _number in range(MAX_BYTES // 0x10000):
        connection.sendall(chunk)
    connection.shutdown(socket.SHUT_RDWR)


def endless_headers(connection: socket.socket) -> None:
    """One header without an end, as fast as it goes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _number in range(MAX_BYTES // MEBIBYTE):
        connection.sendall(b"x" * MEBIBYTE)
    connection.shutdown(socket.SHUT_RDWR)


@functools.lru_cache(maxsize=None)
def two_gigabytes_in_two_megabytes() -> bytes:
    """Many members of a gzip file, one after the other: made in a moment."""
    return gzip.compress(bytes(16 * MEBIBYTE), 9) * 128


def gzip_bomb(connection: socket.socket) -> None:
    whole(two_gigabytes_in_two_megabytes(), Content_Encoding="gzip")(connection)


def deflate_in_one_member(connection: socket.socket) -> None:
    """One member, 128 MiB."""
    packer = zlib.compressobj(1, wbits=31)
    # piece by piece: the memory of the client is what is measured
    whole(b"".join(packer.compress(bytes(MEBIBYTE)) for _piece in range(128)) + packer.flush(), Content_Encoding="gzip")(connection)


def damaged_gzip(connection: socket.socket) -> None:
    body = bytearray(gzip.compress(json.dumps({"id": "x" * 5000}).encode("utf-8")))
    body[10:20] = b"\xff" * 10
    whole(bytes(body), Content_Encoding="gzip")(connection)


def redirect_to(location: str) -> Answer:
    return whole(b"", "302 Found", Location=location)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@functools.lru_cache(maxsize=None)
def many_rows(amount: int) -> bytes:
    return json.dumps([{"id": "%06d" % number, "name": "x"} for number in range(amount)]).encode("utf-8")
