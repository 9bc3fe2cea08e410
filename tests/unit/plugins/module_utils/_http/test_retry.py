# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to try again, how long to wait, how long to poll."""

from __future__ import annotations

import email.utils
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import RetryPolicy, TimeBudget, may_repeat_after_status, parse_retry_after, poll
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime

NOW = FakeTime.WALL


@pytest.mark.parametrize("tries, longest", [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (7, 30.0), (50, 30.0)])
@pytest.mark.parametrize("chance", [0.0, 0.25, 1.0])
def test_delay_is_jittered_over_the_whole_span(tries: int, longest: float, chance: float) -> None:
    assert RetryPolicy().delay(tries, None, FakeTime(chance).clock) == pytest.approx(chance * longest)


@pytest.mark.parametrize("chance, expected", [(0.0, 20.0), (1.0, 20.5)])
def test_retry_after_is_a_lower_bound(chance: float, expected: float) -> None:
    assert RetryPolicy().delay(1, 20.0, FakeTime(chance).clock) == expected


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 429, 500, 501, 502, 503, 504])
@pytest.mark.parametrize("idempotent", [True, False])
def test_may_repeat_after_status(status: int, idempotent: bool) -> None:
    assert may_repeat_after_status(status, idempotent) is (status in ((429, 502, 503, 504) if idempotent else (429,)))


@pytest.mark.parametrize(
    "value, expected",
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("17", 17.0),
        (" 17 ", 17.0),
        (email.utils.formatdate(NOW + 90, usegmt=True), 90.0),
        (email.utils.formatdate(NOW - 90, usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Tue, 99 Nov 2026 06:00:00 GMT", None),
    ],
)
def test_parse_retry_after(value: str | None, expected: float | None) -> None:
    assert parse_retry_after(value, FakeTime().clock) == expected


def test_time_budget() -> None:
    time = FakeTime()
    budget = TimeBudget(10.0, time.clock)
    time.pass_(4.0)
    assert budget.remaining() == 6.0
    time.pass_(7.0)
    assert budget.remaining() == 0.0


@pytest.mark.parametrize("passed, within", [(0.0, 10.0), (5.0, 5.0), (8.0, 3.0), (10.0, 3.0), (99.0, 3.0)])
def test_a_time_budget_can_be_stretched_for_a_while(passed: float, within: float) -> None:
    time = FakeTime()
    budget = TimeBudget(10.0, time.clock)
    time.pass_(passed)
    with budget.at_least(3.0):
        assert budget.remaining() == within
        time.pass_(1.0)
        assert budget.remaining() == within - 1.0
    assert budget.remaining() == max(0.0, 9.0 - passed)


def test_a_stretched_time_budget_ends_with_an_exception_too() -> None:
    time = FakeTime()
    budget = TimeBudget(1.0, time.clock)
    time.pass_(2.0)
    with pytest.raises(KeyError):
        with budget.at_least(3.0):
            raise KeyError
    assert budget.remaining() == 0.0


def reads(*values: t.Any) -> t.Callable[[], t.Any]:
    left = iter(values)
    return lambda: next(left)


def test_poll_does_not_wait_if_it_need_not() -> None:
    time = FakeTime()
    assert poll(reads(True), bool, time.clock, 10.0) is True
    assert time.sleeps == []


def test_poll_waits_longer_each_time_up_to_four_pauses() -> None:
    time = FakeTime()
    assert poll(reads(0, 0, 0, 0, 0, 7), bool, time.clock, 100.0) == 7
    assert time.sleeps == [0.5, 1.0, 2.0, 2.0, 2.0]


def test_poll_gives_up_within_the_timeout_and_returns_the_last_value() -> None:
    time = FakeTime()
    assert poll(lambda: "no", lambda value: value == "yes", time.clock, 4.0) == "no"
    assert time.sleeps == [0.5, 1.0, 2.0]


def test_poll_without_a_timeout_reads_once() -> None:
    time = FakeTime()
    assert poll(reads(False), bool, time.clock, 0.0) is False
    assert time.sleeps == []
