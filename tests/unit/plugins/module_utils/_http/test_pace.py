# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests are under way at a time, and when the next one goes."""

from __future__ import annotations

import threading
import time as real_time
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.pace import Pace
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client

A_MOMENT = 0.05
"""Real seconds in which a thread gets as far as it can; a test is no stricter if it does not."""
LONG = 1000.0


@pytest.mark.parametrize(
    "status, headers, pause",
    [
        (200, {"RateLimit": "limit=20, remaining=0, reset=30"}, 30.0),
        (200, {"RateLimit": "limit=20, remaining=1, reset=30"}, 0.0),
        (200, {"RateLimit": "limit=20, remaining=0, reset=60"}, 60.0),
        (200, {"RateLimit": "limit=20, remaining=0, reset=61"}, 0.0),
        (200, {"Retry-After": "30"}, 0.0),
        (200, {}, 0.0),
        (302, {"Retry-After": "30"}, 0.0),
        (429, {"Retry-After": "30"}, 30.0),
        (429, {"Retry-After": "10", "RateLimit": "limit=20, remaining=0, reset=30"}, 30.0),
        (429, {}, 0.0),
        (503, {"Retry-After": "30"}, 30.0),
        (503, {}, 0.0),
    ],
)
def test_whoever_waits_for_a_turn_heeds_a_pause_that_begins_meanwhile(time: FakeTime, status: int, headers: dict[str, str], pause: float) -> None:
    pace, sent = Pace(1, time.clock), []

    def send() -> None:
        with pace.turn(lambda: LONG):
            sent.append(time.elapsed)

    with ThreadPoolExecutor() as pool:
        with pace.turn(lambda: LONG):
            waiting = [pool.submit(send) for _number in range(3)]
            real_time.sleep(A_MOMENT)
            pace.heed(status, headers)
        for one in waiting:
            one.result(timeout=5)
    assert sent == [pause] * 3 or (pause and min(sent) >= pause)


@pytest.mark.parametrize(
    "status, headers, limit",
    [
        (200, {"RateLimit": "limit=20, remaining=0, reset=30"}, 8),
        (404, {}, 8),
        (429, {}, 4),
        (503, {}, 8),
        (503, {"Retry-After": "1"}, 4),
    ],
)
def test_what_was_refused_for_coming_too_fast_goes_half_as_many_at_a_time(time: FakeTime, status: int, headers: dict[str, str], limit: int) -> None:
    pace = Pace(8, time.clock)
    pace.heed(status, headers)
    assert pace.limit == limit
    for _number in range(5):
        pace.heed(429, {})
    assert pace.limit == 1


def test_a_pause_is_not_longer_than_there_is_time(time: FakeTime) -> None:
    pace = Pace(1, time.clock)
    pace.heed(429, {"Retry-After": "30"})
    with pace.turn(lambda: 10.0 - time.elapsed):
        assert time.elapsed == 10.0


def test_no_more_go_at_a_time_than_may(time: FakeTime) -> None:
    pace, under_way, most, lock = Pace(2, time.clock), [0], [0], threading.Lock()

    def send(_number: int) -> None:
        with pace.turn(lambda: LONG):
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            real_time.sleep(A_MOMENT / 10)
            with lock:
                under_way[0] -= 1

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(send, range(16)))
    assert most == [2]


def test_a_request_whose_time_is_used_up_by_waiting_is_not_sent(http: ExactCalls, context: Context, time: FakeTime) -> None:
    """It would be sent with no time left for its answer: a key could be made whose secret nobody reads."""
    client = make_client(context, time_budget=10.0)
    http.expect("GET", URL + "/things", reply({}, 200, {"RateLimit": "limit=20, remaining=0, reset=5"}, takes=8.0))
    client.request("GET", "/things", "list things")
    with pytest.raises(ApiError, match="the time_budget of 10 s is used up") as caught:
        client.request("POST", "/keys", "create a key", json_body=t.cast(t.Any, {}))
    assert caught.value.outcome == "not_sent" and len(http.seen) == 1
