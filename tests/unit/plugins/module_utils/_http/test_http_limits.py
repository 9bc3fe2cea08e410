# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is read at a time, and the limits that hold where nobody says others."""

from __future__ import annotations

import io
import socket
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import HTTP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.bounded import (
    MAX_DECODED_BYTES,
    TimedAdapter,
    UnusableAnswer,
    _TimedReader,
    _TimedResponse,
    read_whole,
    time_limit,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

HIGHEST_RATIO = 1032  # of deflate
WHAT_A_SOCKET_GIVES = 64 * 1024


def test_the_pools_of_a_proxy_are_made_once() -> None:
    """requests keeps the manager of a proxy, and asks for it with each request."""
    adapter = TimedAdapter()
    first = dict(adapter.proxy_manager_for("http://127.0.0.1:3128").pool_classes_by_scheme)
    assert adapter.proxy_manager_for("http://127.0.0.1:3128").pool_classes_by_scheme == first


class OfASocksProxy(HTTPSConnection):
    """As urllib3 has them for such a proxy, which is then reached in another way."""


class ThroughASocksProxy(HTTPSConnectionPool):
    ConnectionCls = OfASocksProxy


def test_what_urllib3_has_for_a_proxy_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Manager:
        pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": ThroughASocksProxy}

    monkeypatch.setattr("requests.adapters.HTTPAdapter.proxy_manager_for", lambda self, proxy: Manager())
    pools = TimedAdapter().proxy_manager_for("socks5h://127.0.0.1:1080").pool_classes_by_scheme
    assert issubclass(pools["https"], ThroughASocksProxy) and issubclass(pools["https"].ConnectionCls, OfASocksProxy)
    assert all(pool.ConnectionCls.response_class is _TimedResponse for pool in (*pools.values(), *TimedAdapter().poolmanager.pool_classes_by_scheme.values()))


class Streamed:
    """An answer that notes in how large pieces it is read."""

    status_code = 200

    def __init__(self, coding: str, *pieces: bytes) -> None:
        self.headers = {"Content-Encoding": coding}
        self.asked: list[int] = []
        self._pieces = pieces or (b"{}",)

    def iter_content(self, size: int) -> t.Iterator[bytes]:
        self.asked.append(size)
        yield from self._pieces


@pytest.mark.parametrize(
    "coding, least, most",
    [
        ("", WHAT_A_SOCKET_GIVES, MAX_DECODED_BYTES),
        ("gzip", 1, MAX_DECODED_BYTES // HIGHEST_RATIO),
        ("deflate", 1, MAX_DECODED_BYTES // HIGHEST_RATIO),
    ],
)
def test_no_piece_alone_is_larger_than_an_answer_may_be(coding: str, least: int, most: int) -> None:
    answer = Streamed(coding)
    assert read_whole(answer, lambda: 1.0).content == b"{}"
    assert len(answer.asked) == 1 and least <= answer.asked[0] <= most


def test_the_settings_are_the_documented_ones(context: Context) -> None:
    settings = Transport(HttpSettings(), context).settings
    spec = HTTP.options
    limits = ("connect_timeout", "read_timeout", "time_budget", "concurrency")
    assert {name: getattr(settings, name) for name in limits} == {name: spec[name]["default"] for name in limits}


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout", "time_budget"])
def test_a_limit_that_is_none(context: Context, name: str, value: float) -> None:
    """A wait on top of it makes no limit of it."""
    settings = HttpSettings(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(ScimError, match=r"%s \(scim_provisioning_%s\) must be more than 0 seconds" % (name, name)):
        open_transport(settings, context, 60.0)


def test_an_answer_may_have_sixteen_mebibytes() -> None:
    whole = bytes(16 * 1024 * 1024)
    assert read_whole(Streamed("", whole), lambda: 1.0).content == whole
    with pytest.raises(UnusableAnswer, match="is larger than 16 MiB"):
        read_whole(Streamed("", whole, b"}"), lambda: 1.0)


class Connected:
    def __init__(self) -> None:
        self.timeouts: list[float] = []

    def gettimeout(self) -> float:
        return 30.0

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)


@pytest.mark.parametrize("left, timeouts", [(0.0, None), (-1.0, None), (0.5, [0.5]), (30.0, []), (31.0, [])])
def test_a_socket_is_read_as_long_as_there_is_time(left: float, timeouts: list[float] | None) -> None:
    connected = Connected()
    reader, buffer = _TimedReader(connected, io.BytesIO(b"more")), bytearray(4)
    with time_limit(lambda: left):
        if timeouts is None:
            with pytest.raises(socket.timeout):
                reader.readinto(buffer)
        else:
            assert reader.readinto(buffer) == 4 and connected.timeouts == timeouts


def test_what_is_closed_twice_is_closed_once() -> None:
    class Raw(io.BytesIO):
        closings = 0

        def close(self) -> None:
            self.closings += 1
            super().close()

    raw = Raw(b"more")
    reader = _TimedReader(Connected(), raw)
    reader.close()
    reader.close()
    assert raw.closings == 1 and reader.closed
