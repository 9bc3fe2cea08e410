# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of one answer as a whole: its time, from the first byte of its headers on, and its size once it is unpacked. Knows no vendor.

The timeouts of ``requests`` are for each read of the socket: a service that sends a byte a second, or one "100 Continue" after the other,
keeps them from ever ending. Here each read gets only the time that is left.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

try:
    from requests.adapters import HTTPAdapter
    from urllib3.connectionpool import HTTPConnectionPool
except ImportError:  # the module's shell reports it with Ansible's own words
    HTTPAdapter = HTTPConnectionPool = object  # type: ignore[assignment,misc]

# A page of 1,000 events is about 4 MiB, one of 100 applications with their logos less; JSON takes up to twenty times its size in memory.
MAX_DECODED_BYTES = 16 * 1024 * 1024
CHUNK = 64 * 1024
# unpacked, a piece can be a thousand times as large
PACKED_CHUNK = 2 * 1024
# with the usual 8 KiB, looking at the time for each read takes longer than reading
SOCKET_BUFFER = 64 * 1024
CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
ACCEPTED_CODINGS = "gzip, deflate"
_limits = threading.local()


class UnusableAnswer(Exception):
    """An answer that is not read to its end. ``reason`` completes "the answer ..."."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Received:
    """A whole answer: ``content`` is unpacked. ``endpoint``: method and path, as the contract names it, of one that is assumed."""

    status_code: int
    headers: t.Any
    content: bytes
    endpoint: str | None = None


@contextmanager
def time_limit(seconds_left: t.Callable[[], float]) -> t.Iterator[None]:
    """Within, this thread reads from sockets only as long as time is left."""
    before = getattr(_limits, "seconds_left", None)
    _limits.seconds_left = seconds_left
    try:
        yield
    finally:
        _limits.seconds_left = before


def read_whole(response: t.Any, seconds_left: t.Callable[[], float]) -> Received:
    """Read the body of a streamed answer of ``requests``. UnusableAnswer where it is too large, too slow, or packed in a way that was not asked for."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in CODINGS:
        raise UnusableAnswer("is packed in a way that was not asked for (Content-Encoding)")
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(PACKED_CHUNK if coding else CHUNK):
        # what has come whole is used, however late
        if pieces and seconds_left() <= 0:
            raise UnusableAnswer("did not end in time")
        size += len(piece)
        if size > MAX_DECODED_BYTES:
            raise UnusableAnswer("is larger than %d MiB" % (MAX_DECODED_BYTES // 2**20))
        pieces.append(piece)
    return Received(response.status_code, response.headers, b"".join(pieces))


class _TimedReader(io.RawIOBase):
    """What comes from a socket, as long as there is time."""

    def __init__(self, connected: t.Any, raw: t.Any):
        self._socket = connected
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> t.Any:
        seconds_left = getattr(_limits, "seconds_left", None)
        if seconds_left is not None:
            left = seconds_left()
            if left <= 0:
                raise socket.timeout("The read operation timed out")
            timeout = self._socket.gettimeout()
            if timeout is None or timeout > left:
                self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: t.Any, *arguments: t.Any, **options: t.Any):
        super().__init__(sock, *arguments, **options)
        # nothing has been read yet, so nothing is lost with the old buffer
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp.detach()), SOCKET_BUFFER)


def _timed(pools: t.Mapping[str, type[HTTPConnectionPool]]) -> dict[str, type[HTTPConnectionPool]]:
    """The pools of a manager, which are others for a SOCKS proxy, with connections whose reads obey the limit."""
    return {scheme: _timed_pool(pool) for scheme, pool in pools.items()}  # type: ignore[arg-type]  # classes can be hashed


@functools.lru_cache(maxsize=None)
def _timed_pool(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    if getattr(pool.ConnectionCls, "response_class", None) is _TimedResponse:
        # requests keeps the manager of a proxy, and asks for it with each request
        return pool
    connection = type("_Connection", (pool.ConnectionCls,), {"response_class": _TimedResponse})
    return type("_Pool", (pool,), {"ConnectionCls": connection})


class TimedAdapter(HTTPAdapter):
    """Connections, direct and through proxies, whose reads obey ``time_limit``."""

    def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _timed(self.poolmanager.pool_classes_by_scheme)

    def proxy_manager_for(self, *arguments: t.Any, **options: t.Any) -> t.Any:
        manager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = _timed(manager.pool_classes_by_scheme)
        return manager
