# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several writes at a time."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import results_of, run_parallel


def api_error(status: int) -> ApiError:
    return ApiError("refused", service="Things", operation="bind", status=status)


@pytest.mark.parametrize("concurrency", [0, 1, 3, 50])
def test_all_items_are_done(concurrency: int) -> None:
    done: list[int] = []
    assert run_parallel(range(20), lambda item: None, done.append, concurrency) == []
    assert sorted(done) == list(range(20))


def test_no_items() -> None:
    assert run_parallel([], lambda item: None, lambda item: None, 4) == []


def test_they_really_run_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=5)
    assert run_parallel([1, 2, 3], lambda item: together.wait() and None, lambda item: None, 3) == []


@pytest.mark.parametrize("concurrency, most", [(0, 1), (1, 1), (3, 3)])
def test_no_more_run_at_the_same_time(concurrency: int, most: int) -> None:
    """The last one that may run waits a moment for one that may not."""
    lock, another, under_way = threading.Lock(), threading.Event(), [0]

    def work(item: int) -> None:
        with lock:
            under_way[0] += 1
            if under_way[0] > most:
                another.set()
            is_last = under_way[0] == most
        if is_last:
            another.wait(0.2)
        with lock:
            under_way[0] -= 1

    assert run_parallel(range(most + 1), work, lambda item: None, concurrency) == []
    assert not another.is_set()


def test_failures_are_returned_in_order_and_the_others_are_done() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item % 2:
            raise ScimError("no %d" % item)

    failures = run_parallel(range(6), work, done.append, 3)
    assert [(item, str(error)) for item, error in failures] == [(1, "no 1"), (3, "no 3"), (5, "no 5")]
    assert sorted(done) == [0, 2, 4]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_the_credentials_stops_the_rest(status: int) -> None:
    tried: list[int] = []

    def work(item: int) -> None:
        tried.append(item)
        raise api_error(status)

    failures = run_parallel(range(5), work, lambda item: None, 1)
    assert tried == [0]
    assert [str(error) for item, error in failures] == ["refused"] + ["Not tried, since the credentials were refused before."] * 4


@pytest.mark.parametrize("status", [400, 404, 409, 429, 500, None])
def test_other_failures_do_not(status: int) -> None:
    tried: list[int] = []

    def work(item: int) -> None:
        tried.append(item)
        raise api_error(status)

    assert len(run_parallel(range(5), work, lambda item: None, 1)) == 5
    assert tried == [0, 1, 2, 3, 4]


def test_a_bug_is_not_swallowed() -> None:
    def work(item: int) -> None:
        raise KeyError(item)

    with pytest.raises(KeyError):
        run_parallel([1], work, lambda item: None, 1)


def test_results_come_in_the_order_of_the_reads_which_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=5)
    assert results_of(lambda: (together.wait(), "a")[1], lambda: (together.wait(), "b")[1]) == ["a", "b"]
    assert results_of() == []


def test_the_first_error_is_raised_once_all_have_ended() -> None:
    ended: list[str] = []

    def fail(status: int) -> None:
        raise api_error(status)

    with pytest.raises(ApiError) as caught:
        results_of(lambda: fail(500), lambda: fail(404), lambda: ended.append("third"))
    assert caught.value.status == 500 and ended == ["third"]
