# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long wait: how often it looks, how long it rests, what it says."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import Pauses, Wait
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def watched(context: Context, lines: list[str]) -> Context:
    return replace(context, announce=lines.append)


def never(_value: t.Any) -> bool:
    return False


def shows(*values: str) -> t.Callable[[], str]:
    """One value a look; the last one stays."""
    found = iter(values)
    return lambda: next(found, values[-1])


@pytest.mark.parametrize(
    "pauses, expected",
    [(Pauses(2.0), [2.0] * 5), (Pauses(1.0, 2.0, 4.0), [1.0, 2.0, 4.0, 4.0, 4.0]), (Pauses(1.0, 1.5), [1.0, 1.5, 2.25, 3.375, 5.0625])],
)
def test_pauses(pauses: Pauses, expected: list[float]) -> None:
    assert list(itertools.islice(pauses, 5)) == expected


def test_nothing_is_said_where_it_is_done_already(watched: Context, lines: list[str], time: FakeTime) -> None:
    assert Wait("Waiting", 10.0, Pauses(1.0), watched).until(bool, lambda: "there") == "there"
    assert (lines, time.sleeps) == ([], [])


def test_what_was_seen_before_is_not_looked_at_again(watched: Context, time: FakeTime) -> None:
    assert Wait("Waiting", 10.0, Pauses(1.0), watched).until(lambda value: value == "there", shows("there"), "not yet") == "there"
    assert time.sleeps == [1.0]


def test_it_looks_for_the_last_time_when_the_time_is_up(watched: Context, lines: list[str], time: FakeTime) -> None:
    looks: list[float] = []
    Wait("Waiting for it", 10.0, Pauses(1.0, 2.0, 4.0), watched).until(never, lambda: looks.append(time.clock.now()))
    assert time.sleeps == [1.0, 2.0, 4.0, 3.0] and len(looks) == 5
    assert lines == ["Waiting for it (0 s of 10 s)."]


def test_no_time_is_one_look(watched: Context, lines: list[str], time: FakeTime) -> None:
    assert Wait("Waiting for it", 0.0, Pauses(1.0), watched).until(never, lambda: "no") == "no"
    assert (lines, time.sleeps) == (["Waiting for it (0 s of 0 s)."], [])


def test_a_line_every_twenty_seconds(watched: Context, lines: list[str]) -> None:
    Wait("Waiting for it", 50.0, Pauses(3.0), watched).until(never, lambda: None)
    assert lines == ["Waiting for it (%d s of 50 s)." % seconds for seconds in (0, 21, 42)]


def test_what_is_new_is_said_at_once(watched: Context, lines: list[str]) -> None:
    wait: Wait[str] = Wait("Waiting for it", 25.0, Pauses(5.0), watched, str)
    wait.until(lambda value: value == "4", shows("1", "1", "2", "3", "3", "4"))
    assert lines == ["Waiting for it (%d s of 25 s): %s" % said for said in ((0, "1"), (10, "2"), (15, "3"))]


def test_a_secret_is_not_said(watched: Context, lines: list[str]) -> None:
    watched.masker.register("hunter2-hunter2")
    Wait("Waiting for hunter2-hunter2", 0.0, Pauses(5.0), watched, str).until(never, lambda: "hunter2-hunter2")
    assert len(lines) == 1 and "hunter2" not in lines[0]
