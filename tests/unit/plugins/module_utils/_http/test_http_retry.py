# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent again: by method, and by what is known of the outcome."""

from __future__ import annotations

import email.utils

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import RetryPolicy
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import (
    Break,
    ExactCalls,
    FakeTime,
    Reply,
    connect_timeout,
    cut_off,
    dropped,
    read_timeout,
    refused,
    reply,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client

SAFE = ("GET", "HEAD", "PUT", "DELETE")
UNSAFE = ("POST", "PATCH")
SECONDS = {"Retry-After": "1"}

OUTCOMES = [
    # what happens, whether a safe method is sent again, whether an unsafe one is, the outcome in the error
    pytest.param(reply({"message": "slow down"}, 429), True, True, "refused", id="429"),
    pytest.param(reply({"message": "slow down"}, 429, SECONDS), True, True, "refused", id="429-retry-after"),
    pytest.param(reply({"message": "gateway"}, 502), True, False, "unknown", id="502"),
    pytest.param(reply({"message": "busy"}, 503), True, False, "unknown", id="503"),
    pytest.param(reply({"message": "busy"}, 503, SECONDS), True, False, "unknown", id="503-retry-after"),
    pytest.param(reply({"message": "gateway"}, 504), True, False, "unknown", id="504"),
    pytest.param(reply({"message": "oops"}, 500), False, False, "unknown", id="500"),
    pytest.param(reply({"message": "oops"}, 500, SECONDS), False, False, "unknown", id="500-retry-after"),
    pytest.param(reply({"message": "bad"}, 400), False, False, "refused", id="400"),
    pytest.param(reply({"message": "who"}, 401), False, False, "refused", id="401"),
    pytest.param(reply({"message": "no"}, 403), False, False, "refused", id="403"),
    pytest.param(reply({"message": "where"}, 404), False, False, "refused", id="404"),
    pytest.param(reply({"message": "twice"}, 409), False, False, "refused", id="409"),
    pytest.param(reply({"message": "when"}, 408), False, False, "refused", id="408"),
    pytest.param(reply({"message": "proxy"}, 407), False, False, "refused", id="407"),
    pytest.param(reply({"message": "how"}, 405), False, False, "refused", id="405"),
    pytest.param(reply({"message": "how"}, 501), False, False, "refused", id="501"),
    pytest.param(reply({"message": "odd"}, 300), False, False, "refused", id="300"),
    pytest.param(refused(), True, True, "not_sent", id="refused"),
    pytest.param(connect_timeout(), True, True, "not_sent", id="connect-timeout"),
    pytest.param(dropped(), True, False, "unknown", id="dropped"),
    pytest.param(read_timeout(), True, False, "unknown", id="read-timeout"),
    pytest.param(cut_off(), True, False, "unknown", id="cut-off"),
]


@pytest.mark.parametrize("method", SAFE + UNSAFE)
@pytest.mark.parametrize("happens, safe_again, unsafe_again, outcome", OUTCOMES)
def test_matrix(
    http: ExactCalls, context: Context, warnings: list[str], method: str, happens: Reply | Break, safe_again: bool, unsafe_again: bool, outcome: str
) -> None:
    again = safe_again if method in SAFE else unsafe_again
    http.expect(method, URL + "/things", happens)
    if again:
        http.expect(method, URL + "/things", reply({"id": "1"}))
        assert make_client(context).request(method, "/things", "touch things").status == 200
        assert len(warnings) == 1
    else:
        with pytest.raises(ApiError) as caught:
            make_client(context).request(method, "/things", "touch things")
        assert caught.value.outcome == outcome
        assert warnings == []


@pytest.mark.parametrize("happens, safe_again, unsafe_again, outcome", OUTCOMES)
def test_the_outcome_is_told_when_all_tries_are_used(
    http: ExactCalls, context: Context, happens: Reply | Break, safe_again: bool, unsafe_again: bool, outcome: str
) -> None:
    tries = 3 if safe_again else 1
    for _unused in range(tries):
        http.expect("GET", URL + "/things", happens)
    with pytest.raises(ApiError) as caught:
        make_client(context, policy=RetryPolicy(tries=3)).request("GET", "/things", "list things")
    assert (caught.value.outcome, caught.value.retryable) == (outcome, safe_again)


def test_repeatable_overrides_the_method(http: ExactCalls, context: Context) -> None:
    http.expect("POST", URL + "/things", dropped(), json={"a": 1})
    http.expect("POST", URL + "/things", reply(status=204), json={"a": 1})
    assert make_client(context).request("POST", "/things", "bind", json_body={"a": 1}, idempotent=True).status == 204


def test_not_repeatable_overrides_the_method(http: ExactCalls, context: Context) -> None:
    http.expect("PUT", URL + "/things", dropped())
    with pytest.raises(ApiError) as caught:
        make_client(context).request("PUT", "/things", "put", idempotent=False)
    assert caught.value.outcome == "unknown"


def test_at_most_five_tries_with_a_warning_for_each_retry(http: ExactCalls, context: Context, time: FakeTime, warnings: list[str]) -> None:
    for _unused in range(5):
        http.expect("GET", URL + "/things", reply({"message": "busy", "code": 7}, 503))
    with pytest.raises(ApiError) as caught:
        make_client(context).request("GET", "/things", "list things")
    assert time.sleeps == [0.25, 0.5, 1.0, 2.0]  # half of 0.5, 1, 2 and 4 s
    assert warnings == [
        "Things: cannot list things: HTTP 503: busy. Trying again in 0.2 s (try 2 of 5).",
        "Things: cannot list things: HTTP 503: busy. Trying again in 0.5 s (try 3 of 5).",
        "Things: cannot list things: HTTP 503: busy. Trying again in 1.0 s (try 4 of 5).",
        "Things: cannot list things: HTTP 503: busy. Trying again in 2.0 s (try 5 of 5).",
    ]
    assert (caught.value.status, caught.value.code, caught.value.retryable) == (503, 7, True)


@pytest.mark.parametrize("chance, expected", [(0.0, [0.0, 0.0]), (1.0, [0.5, 1.0])])
def test_full_jitter(http: ExactCalls, context: Context, time: FakeTime, chance: float, expected: list[float]) -> None:
    time.chance = chance
    for happens in (refused(), refused(), reply({})):
        http.expect("GET", URL + "/things", happens)
    make_client(context).request("GET", "/things", "list things")
    assert time.sleeps == expected


def test_retry_after_in_seconds_is_a_lower_bound(http: ExactCalls, context: Context, time: FakeTime) -> None:
    http.expect("GET", URL + "/things", reply({}, 429, {"Retry-After": "7"}))
    http.expect("GET", URL + "/things", reply({}))
    make_client(context).request("GET", "/things", "list things")
    assert time.sleeps == [7.25]


LATER = [
    pytest.param(refused(), "not_sent", id="refused"),
    pytest.param(reply({"message": "who"}, 401), "refused", id="401"),
    pytest.param(reply({"message": "where"}, 404), "refused", id="404"),
    pytest.param(reply({"message": "twice"}, 409), "refused", id="409"),
    pytest.param(reply({}, 302, {"Location": "https://login.example/"}), "refused", id="302"),
    pytest.param(reply({"message": "slow down"}, 429), "refused", id="429"),
]


@pytest.mark.parametrize("later, alone", LATER)
@pytest.mark.parametrize("earlier", [dropped(), read_timeout(), reply({"message": "gateway"}, 502), reply({"message": "busy"}, 503, SECONDS)])
@pytest.mark.parametrize("method, reads", [("PUT", None), ("DELETE", None), ("POST", None), ("POST", True), ("GET", None)])
def test_what_an_earlier_try_may_have_done_is_not_undone_by_what_a_later_one_is_told(
    http: ExactCalls, context: Context, method: str, reads: bool | None, earlier: Reply | Break, later: Reply | Break, alone: str
) -> None:
    """An activation whose answer is lost, and which is then refused as there is nothing left to activate, has taken effect."""
    client = make_client(context)
    http.expect(method, URL + "/things", earlier)
    for _again in range(client.transport.policy.tries - 1):
        http.expect(method, URL + "/things", later)
        if alone == "refused" and later.status != 429:  # type: ignore[union-attr]
            break
    with pytest.raises(ApiError) as caught:
        client.request(method, "/things", "touch things", idempotent=None if reads else True, reads=reads)
    assert caught.value.outcome == (alone if method == "GET" or reads else "unknown")
    assert (caught.value.hint or "").startswith("Whether an earlier try took effect is not known.") is (method != "GET" and not reads)


def test_no_time_left_for_another_try_does_not_tell_that_nothing_was_sent(
    http: ExactCalls, context: Context, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(context)
    http.expect("PUT", URL + "/things", dropped())
    monkeypatch.setattr(client.transport.budget, "remaining", lambda: 0.0 if time.sleeps else 100.0)
    with pytest.raises(ApiError, match="is used up") as caught:
        client.request("PUT", "/things", "touch things")
    assert caught.value.outcome == "unknown"


def test_retry_after_as_a_date(http: ExactCalls, context: Context, time: FakeTime) -> None:
    moment = email.utils.formatdate(FakeTime.WALL + 12, usegmt=True)
    http.expect("POST", URL + "/things", reply({}, 429, {"Retry-After": moment}))
    http.expect("POST", URL + "/things", reply({}))
    make_client(context).request("POST", "/things", "make a thing")
    assert time.sleeps == [12.25]


def test_a_wait_that_exceeds_the_budget_ends_the_run_at_once(http: ExactCalls, context: Context, time: FakeTime, warnings: list[str]) -> None:
    http.expect("GET", URL + "/things", reply({}, 429, {"Retry-After": "600"}))
    with pytest.raises(ApiError) as caught:
        make_client(context, time_budget=300.0).request("GET", "/things", "list things")
    assert (caught.value.hint or "").startswith("Waiting 600 s more would exceed time_budget (300 s): raise it, or try again later.")
    assert (caught.value.retryable, time.sleeps, warnings) == (True, [], [])


def test_the_hint_of_the_status_is_kept_when_the_budget_ends(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", refused())
    with pytest.raises(ApiError) as caught:
        make_client(context, time_budget=0.1).request("GET", "/things", "list things")
    assert "time_budget" in (caught.value.hint or "") and "Check the network" in (caught.value.hint or "")


def test_nothing_is_sent_once_the_budget_is_used_up(http: ExactCalls, context: Context) -> None:
    """A request with a timeout of next to nothing would have an unknown outcome for certain."""
    http.expect("GET", URL + "/things", reply({}, takes=11.0))
    client = make_client(context, time_budget=10.0)
    client.request("GET", "/things", "list things")
    with pytest.raises(ApiError) as caught:
        client.request("POST", "/things", "make a thing", json_body={})
    assert (caught.value.outcome, caught.value.operation) == ("not_sent", "make a thing")
    assert "time_budget" in (caught.value.hint or "")


def test_there_is_time_for_cleaning_up(http: ExactCalls, context: Context) -> None:
    http.expect("GET", URL + "/things", reply({}, takes=11.0))
    http.expect("DELETE", URL + "/things/1", reply({}, 503, {"Retry-After": "20"}))
    http.expect("DELETE", URL + "/things/1", reply(status=204, takes=10.0))
    client = make_client(context, time_budget=10.0)
    client.request("GET", "/things", "list things")
    with client.transport.cleanup():
        client.request("DELETE", "/things/1", "delete a thing")
        with pytest.raises(ApiError, match="time_budget"):
            client.request("DELETE", "/things/2", "delete a thing")
    assert [seen.timeout for seen in http.seen[1:]] == [(10.0, 30.0), (9.75, 9.75)]
    with pytest.raises(ApiError, match="the time_budget of 10 s is used up"):
        client.request("GET", "/things", "list things")


def test_the_budget_is_shared_by_all_requests_of_a_run(http: ExactCalls, context: Context) -> None:
    client = make_client(context, time_budget=10.0)
    http.expect("GET", URL + "/things", reply({}, takes=9.0))
    client.request("GET", "/things", "list things")
    http.expect("GET", URL + "/things", reply({}, 503, {"Retry-After": "2"}))
    with pytest.raises(ApiError, match="list things"):
        client.request("GET", "/things", "list things")
