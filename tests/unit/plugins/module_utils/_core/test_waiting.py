# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting, on a clock that stands still."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import wait_for
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def watched(time: FakeTime, lines: list[str]) -> Context:
    return Context(clock=time.clock, announce=lines.append)


def wait(watched: Context, seen: list[str], timeout: float = 60.0, **given: t.Any) -> str:
    """Until an "end" is seen; the last of these stays."""

    def look() -> str:
        return seen.pop(0) if len(seen) > 1 else seen[0]

    return wait_for("the end", look, lambda value: value == "end", timeout, watched, **{"pause": 2.0, **given})


def test_what_is_there_is_not_waited_for(watched: Context, time: FakeTime, lines: list[str]) -> None:
    assert (wait(watched, ["end"]), time.sleeps, lines) == ("end", [], [])


def test_what_was_seen_before_is_not_looked_for_again(watched: Context, time: FakeTime) -> None:
    assert (wait(watched, ["end"], first="not yet"), time.sleeps) == ("end", [2.0])


@pytest.mark.parametrize("longest, sleeps", [(0.0, [2.0] * 4 + [1.0]), (4.0, [2.0, 3.0, 4.0])])
def test_the_pause(watched: Context, time: FakeTime, longest: float, sleeps: list[float]) -> None:
    """It grows up to the longest one. The last one is cut, so that the time that was given is not exceeded."""
    assert wait(watched, ["no"], 9.0, longest_pause=longest) == "no"
    assert time.sleeps == sleeps


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_without_time_it_looks_once(watched: Context, time: FakeTime, lines: list[str], timeout: float) -> None:
    assert (wait(watched, ["no", "end"], timeout), time.sleeps, lines) == ("no", [], [])


def test_a_line_now_and_then(watched: Context, lines: list[str]) -> None:
    wait(watched, ["no"], 60.0)
    assert lines == ["Waiting for: the end (%d s of 60 s)." % seconds for seconds in (0, 20, 40)]


def test_a_line_where_something_new_is_seen(watched: Context, lines: list[str]) -> None:
    watched.masker.register("hunter2")
    wait(watched, ["one", "one", "hunter2", "end"], detail=lambda value: value)
    assert lines == ["Waiting for: the end (0 s of 60 s): one", "Waiting for: the end (4 s of 60 s): ********"]
