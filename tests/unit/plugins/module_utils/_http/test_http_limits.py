# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is read at a time, and the limits that hold where nobody says others."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import HTTP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.bounded import MAX_DECODED_BYTES, read_whole
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport

HIGHEST_RATIO = 1032  # of deflate
WHAT_A_SOCKET_GIVES = 64 * 1024


class Streamed:
    """An answer that notes in how large pieces it is read."""

    status_code = 200

    def __init__(self, coding: str) -> None:
        self.headers = {"Content-Encoding": coding}
        self.asked: list[int] = []

    def iter_content(self, size: int) -> t.Iterator[bytes]:
        self.asked.append(size)
        yield b"{}"


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
