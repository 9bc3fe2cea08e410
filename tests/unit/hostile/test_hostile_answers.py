# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service answers, a request ends within its budget, takes little memory, and fails with an ApiError that says what is the matter.

In real time, against a real socket: a fake can't be slow.
"""

from __future__ import annotations

import itertools
import re
import resource
import time as real_time
import tracemalloc
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account_key import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.hostile import raw_server
from ansible_collections.unity_jumpcloud.scim.tests.unit.hostile.raw_server import MEBIBYTE, HostileServer, nested, redirect_to, whole
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import make_client
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    FIRST_PAGE,
    KEY_ID,
    SECRET,
    UNITY,
    account,
    key,
    paged,
)

BUDGET = 1.5
SLACK = 2.0
# the cap on decoded bytes is 16 MiB; they are held twice while they are put together
MAX_MEMORY = 64 * MEBIBYTE
ADDRESS_SPACE = 1024 * MEBIBYTE
TIME_IS_UP = r"time_budget|in time|too long|too slow"
TOO_LARGE = r"MiB|too large|larger than|too long"


@pytest.fixture(autouse=True)
def bounded_memory(monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    """A client without limits fails here, instead of taking the machine with it. And nobody's proxy takes part."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + ADDRESS_SPACE, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Outcome(t.NamedTuple):
    error: ApiError
    seconds: float
    peak: int

    def said(self, pattern: str) -> bool:
        return re.search(pattern, self.error.sentence()) is not None


def failure_of(url: str, method: str = "GET", shape: t.Any = None, budget: float = BUDGET, **settings: t.Any) -> Outcome:
    """Ask, read the answer, and require an ApiError in time and within the memory."""
    tracemalloc.start()
    begun = real_time.monotonic()
    try:
        with pytest.raises(ApiError) as caught:
            make_client(Context(), url, time_budget=budget, **settings).request(method, "/things", "read the things").json(shape or {"id": str})
        seconds, peak = real_time.monotonic() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < budget + SLACK, "%.1f s with a budget of %.1f s" % (seconds, budget)
    assert peak < MAX_MEMORY, "%d MiB" % (peak // MEBIBYTE)
    assert "\n" not in caught.value.sentence() and len(caught.value.sentence()) < 1000
    return Outcome(caught.value, seconds, peak)


@pytest.mark.parametrize("answer", [raw_server.slow_body, raw_server.slow_chunks, raw_server.slow_headers, raw_server.endless_continue])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_does_not_come_to_an_end(answer: raw_server.Answer, method: str) -> None:
    with HostileServer(answer) as server:
        outcome = failure_of(server.url, method)
        # newer versions of Python end a request themselves after a hundred interim answers
        is_ended = answer is raw_server.endless_continue and outcome.said("the connection broke")
        assert outcome.said(TIME_IS_UP) or is_ended, outcome.error.sentence()
        assert outcome.error.outcome == "unknown"
        assert method == "GET" or len(server.seen) == 1, "what may have had an effect is not sent again"


@pytest.mark.parametrize(
    "scheme, answer",
    [("https", raw_server.slow_status), ("http", raw_server.slow_body), ("http", raw_server.slow_headers), ("http", raw_server.endless_continue)],
)
def test_a_proxy_that_does_not_come_to_an_end(scheme: str, answer: raw_server.Answer) -> None:
    with HostileServer(answer) as server:
        outcome = failure_of("%s://things.example.com" % scheme, proxy=server.url)
        assert outcome.said(TIME_IS_UP + "|proxy"), outcome.error.sentence()
        assert server.seen[0].startswith("CONNECT things.example.com:443" if scheme == "https" else "GET http://things.example.com/things")
        assert outcome.error.outcome in (("not_sent", "unknown") if scheme == "https" else ("unknown",))


@pytest.mark.parametrize("answer", [raw_server.endless_body, raw_server.gzip_bomb, raw_server.deflate_in_one_member])
def test_an_answer_that_is_too_large(answer: raw_server.Answer) -> None:
    raw_server.two_gigabytes_in_two_megabytes()
    with HostileServer(answer) as server:
        # much is decoded until the cap is reached, and tracemalloc makes that slow: the size has to end it, and not the time
        outcome = failure_of(server.url, budget=60)
        assert outcome.said(TOO_LARGE), outcome.error.sentence()
        assert outcome.error.outcome == "unknown"


def test_a_header_that_is_too_long() -> None:
    with HostileServer(raw_server.endless_headers) as server:
        assert failure_of(server.url, budget=60).error.outcome == "unknown"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_damaged_gzip(method: str) -> None:
    with HostileServer(raw_server.damaged_gzip) as server:
        outcome = failure_of(server.url, method, budget=6)
        assert outcome.said(r"gzip|compress|decod"), outcome.error.sentence()
        assert outcome.error.outcome == "unknown"


def test_a_redirect_loop() -> None:
    with HostileServer(redirect_to("/things")) as server:
        outcome = failure_of(server.url)
        assert outcome.said("redirect") and not outcome.said("empty body"), outcome.error.sentence()
        assert len(server.seen) <= 10


def test_a_redirect_to_another_port_shows_the_port() -> None:
    with HostileServer(whole(b"{}")) as other, HostileServer(redirect_to(other.url + "/things")) as server:
        outcome = failure_of(server.url)
        assert outcome.said("redirect") and outcome.said("127.0.0.1:%d" % other.port), outcome.error.sentence()
        assert other.seen == []


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "500 Internal Server Error"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_json_that_is_nested_too_deeply(status: str, method: str) -> None:
    with HostileServer(whole(nested(100000), status)) as server:
        outcome = failure_of(server.url, method)
        assert outcome.error.outcome == ("refused" if status.startswith("4") else "unknown")
        assert outcome.said("nested|deep" if status.startswith("2") else "HTTP %s" % status[:3]), outcome.error.sentence()


WAITS = [
    "+99999999999999999999",
    "99999999999999999999",
    "9" * 400,
    "-1",
    "\u0661\u0662".encode("utf-8").decode("latin-1"),
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 01 Jan 0001 00:00:00 +2359",
]


@pytest.mark.parametrize("wait", WAITS, ids=range(len(WAITS)))
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_retry_after_that_makes_no_sense(status: str, wait: str) -> None:
    with HostileServer(whole(b"{}", status, Retry_After=wait)) as server:
        outcome = failure_of(server.url)
        # on a slow machine the last of the tries can run out of time
        assert outcome.said("HTTP %s" % status[:3]) or outcome.said(TIME_IS_UP), outcome.error.sentence()


def test_a_number_of_a_thousand_digits_is_no_crash() -> None:
    """Python converts no more than 4,300 digits, with a ValueError."""
    with HostileServer(whole(b'{"id": ' + b"9" * 5000 + b"}")) as server:
        assert failure_of(server.url).error.outcome == "unknown"


def test_a_page_of_very_many_rows() -> None:
    """The budget holds for what is done with the answer, too: the rows come in time, or an error."""
    body = raw_server.many_rows(300000)
    with HostileServer(whole(body)) as server:
        client = make_client(Context(), server.url, time_budget=2 * BUDGET)
        # of the processor: parsing is all that it is about, and other tests may run beside this one
        begun = real_time.process_time()
        try:
            rows = client.request("GET", "/things", "read the things").json([{"id": str, "name": str}])
            assert len(rows) == 300000
        except ApiError as error:
            assert re.search(TIME_IS_UP + "|" + TOO_LARGE, error.sentence()), error.sentence()
        assert real_time.process_time() - begun < 2 * BUDGET + SLACK


# A key whose secret is lost in the answer must not stay.

KEYS = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID)
DEEP = Reply(201, nested(100000), {"Content-Type": "application/json"})


def expect_keys(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", KEYS, reply(paged(*keys)), query=FIRST_PAGE)


def numbered(context: Context) -> Context:
    """The nonces of its keys are 1, 2 and so on."""
    numbers = itertools.count(1)
    return replace(context, make_nonce=lambda: "%012x" % next(numbers))


def test_a_key_whose_answer_is_nested_too_deeply_is_revoked_and_another_one_created(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    expect_keys(http)
    http.expect("POST", KEYS, DEEP, json={"name": "unity_jumpcloud.scim 000000000001"})
    expect_keys(http, key("lost", "2026-11-24T05:40:00Z", "unity_jumpcloud.scim 000000000001"))
    http.expect("DELETE", KEYS + "/lost", reply(status=204))
    new = key(name="unity_jumpcloud.scim 000000000002")
    http.expect("POST", KEYS, reply({**new, "secretKey": SECRET}, 201), json={"name": "unity_jumpcloud.scim 000000000002"})
    expect_keys(http, new)
    result = run(params(ARGUMENTS, **{**UNITY, "service_account": "JumpCloud SCIM"}), numbered(context))
    assert result["credentials"]["key_id"] == KEY_ID


def test_two_keys_whose_answers_are_nested_too_deeply_are_both_revoked(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    expect_keys(http)
    for name in ("000000000001", "000000000002"):
        http.expect("POST", KEYS, DEEP, json={"name": "unity_jumpcloud.scim %s" % name})
        expect_keys(http, key("lost-" + name, "2026-11-24T05:40:00Z", "unity_jumpcloud.scim %s" % name))
        http.expect("DELETE", KEYS + "/lost-" + name, reply(status=204))
    with pytest.raises(ApiError) as caught:
        run(params(ARGUMENTS, **{**UNITY, "service_account": "JumpCloud SCIM"}), numbered(context))
    assert caught.value.outcome == "unknown"
    assert [(done["action"], done["key_id"]) for done in context.progress.done] == [("revoke", "lost-000000000001"), ("revoke", "lost-000000000002")]
