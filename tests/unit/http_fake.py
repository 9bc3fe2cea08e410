# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP fake that knows the exact calls of a test, in their order, and a clock that stands still.

``ExactCalls`` is a transport adapter for a real ``requests.Session``: what it compares is what would have gone over the wire. A call
that is missing, extra, reordered or different fails the test, at the latest in ``verify``, which a fixture calls.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import RemoteDisconnected
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import requests
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError
from urllib3.response import HTTPResponse

NO_BODY = object()
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Reply:
    """What the fake answers. ``takes``: the seconds that pass on the fake clock before it does.

    ``meets``: the answer comes once as many requests are under way as meet at this barrier; where they don't, the test fails.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    takes: float = 0.0
    meets: threading.Barrier | None = None


@dataclass(frozen=True)
class Break:
    """A failure of the connection instead of an answer; ``takes`` as in Reply."""

    error: Exception
    takes: float = 0.0


def reply(value: t.Any = NO_BODY, status: int = 200, headers: dict[str, str] | None = None, media_type: str = "application/json", takes: float = 0.0) -> Reply:
    """An answer with a JSON body, or without one. A bare array comes with its total, as JumpCloud's do."""
    if value is NO_BODY:
        return Reply(status, b"", dict(headers or {}), takes)
    total = {"X-Total-Count": str(len(value))} if isinstance(value, list) else {}
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Reply(status, body, {"Content-Type": media_type, **total, **(headers or {})}, takes)


def meeting(number: int) -> threading.Barrier:
    """For Reply's ``meets``: so many requests must be under way at a time."""
    return threading.Barrier(number, timeout=5)


def text_reply(text: str, status: int = 200, media_type: str = "text/html") -> Reply:
    """An answer whose body is this text, whatever it is."""
    return Reply(status, text.encode("utf-8"), {"Content-Type": media_type})


def refused() -> Break:
    """Nobody listens: the request was surely not sent."""
    inner = NewConnectionError(None, "Failed to establish a new connection: [Errno 111] Connection refused")  # type: ignore[arg-type]
    return Break(requests.exceptions.ConnectionError(MaxRetryError(None, "/", inner)))  # type: ignore[arg-type]


def dropped() -> Break:
    """The service closed the connection after the request was sent."""
    return Break(requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", RemoteDisconnected("Remote end closed connection"))))


def cut_off() -> Break:
    """The connection broke within the answer."""
    return Break(requests.exceptions.ChunkedEncodingError(ProtocolError("Response ended prematurely")))


def read_timeout() -> Break:
    return Break(requests.exceptions.ReadTimeout("Read timed out."))


def connect_timeout() -> Break:
    return Break(requests.exceptions.ConnectTimeout("Connection timed out."))


@dataclass(frozen=True)
class Seen:
    """A request as it would have gone over the wire, with the arguments of the transport."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    timeout: t.Any
    verify: t.Any
    proxies: t.Any

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, t.Any]:
        """The query's parameters; one that is there more than once is a list, and so equals no expectation."""
        found = parse_qs(urlsplit(self.url).query, keep_blank_values=True)
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)

    def carries(self, secret: str) -> bool:
        """True if the secret is anywhere in the request, in any of the usual forms."""
        text = "\n".join((self.url, json.dumps(self.headers), self.body.decode("utf-8", "replace")))
        encoded = base64.b64encode(secret.encode("utf-8")).decode("ascii")
        return any(form in text for form in (secret, quote(secret, safe=""), encoded, encoded.rstrip("=")))


@dataclass(frozen=True)
class Expected:
    """A call that must come."""

    method: str
    url: str
    query: dict[str, str]
    json: t.Any
    form: dict[str, str] | None
    headers: dict[str, str]
    without: tuple[str, ...]
    answer: Reply | Break
    group: int | None

    def difference(self, seen: Seen) -> str | None:
        """What is different, in words; None if it is the same call."""
        address = seen.path if self.url.startswith("/") else seen.url.partition("?")[0]
        checks = [("method", self.method, seen.method), ("address", self.url, address), ("query", self.query, seen.query)]
        if self.form is not None:
            checks.append(("form", self.form, dict(parse_qsl(seen.body.decode("utf-8")))))
        elif self.json is NO_BODY:
            checks.append(("body", b"", seen.body))
        else:
            checks.append(("body", self.json, seen.json if seen.body else None))
        names = {name.lower() for name in seen.headers}
        lower = {name.lower(): value for name, value in seen.headers.items()}
        checks += [("header %s" % name, value, lower.get(name.lower())) for name, value in self.headers.items()]
        checks += [("unwanted header %s" % name, False, name.lower() in names) for name in self.without]
        return next(("%s: expected %r, got %r" % check for check in checks if check[1] != check[2]), None)

    def __str__(self) -> str:
        return "%s %s %s" % (self.method, self.url, self.query or "")


class FakeTime:
    """Time that passes only when somebody sleeps or ``pass_`` is called. ``chance`` is what the clock's random() gives."""

    WALL = 1795500000.0

    def __init__(self, chance: float = 0.5):
        self.elapsed = 0.0
        self.chance = chance
        self.sleeps: list[float] = []

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: 1000.0 + self.elapsed, wall=lambda: self.WALL + self.elapsed, sleep=self._sleep, random=lambda: self.chance)

    def pass_(self, seconds: float) -> None:
        self.elapsed += seconds

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.elapsed += seconds


class ExactCalls(BaseAdapter):
    """The expected calls, and those that came.

    Of a list that came whole on one page, the fake shows nothing beyond its end, once: that is the proof of the end, and need not be expected. ``proofs``
    counts them; ``seen`` leaves them out.
    """

    def __init__(self, time: FakeTime | None = None):
        super().__init__()
        self.time = time or FakeTime()
        self.seen: list[Seen] = []
        self._expected: list[Expected] = []
        self._problems: list[str] = []
        self._lock = threading.Lock()
        self._group: int | None = None
        self._builder = HTTPAdapter()
        self._ends: dict[tuple[str, str], Reply] = {}
        self.proofs = 0

    def expect(
        self,
        method: str,
        url: str,
        answer: Reply | Break | None = None,
        *,
        query: dict[str, t.Any] | None = None,
        json: t.Any = NO_BODY,  # pylint: disable=redefined-outer-name
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        without: t.Iterable[str] = (),
    ) -> None:
        """The next call. ``url`` is a path, or a whole URL; the query and the body must be exactly these; ``without`` names headers not to be sent."""
        texts = {name: str(value) for name, value in (query or {}).items()}
        self._expected.append(Expected(method, url, texts, json, form, headers or {}, tuple(without), answer or reply({}), self._group))

    @contextmanager
    def in_any_order(self) -> t.Iterator[None]:
        """The calls that are expected within may come in any order."""
        self._group = len(self._expected)
        yield
        self._group = None

    def let_meet(self, *urls: str) -> None:
        """The calls to these must be under way at the same time."""
        together = meeting(len(urls))
        self._expected = [replace(one, answer=replace(t.cast(Reply, one.answer), meets=together)) if one.url in urls else one for one in self._expected]

    @property
    def writes(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.method in WRITES]

    def carrying(self, *secrets: str) -> list[str]:
        """The requests that carried one of the secrets, as method and path."""
        return ["%s %s" % (seen.method, seen.path) for seen in self.seen if any(seen.carries(secret) for secret in secrets)]

    def open_session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def verify(self) -> None:
        """Fail if a call was wrong, or did not come."""
        assert not self._problems, "\n".join(self._problems)
        assert not self._expected, "calls that did not come:\n%s" % "\n".join(str(expected) for expected in self._expected)

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):  # type: ignore[no-untyped-def]
        body = request.body or b""
        seen = Seen(
            request.method, request.url, dict(request.headers), body.encode("utf-8") if isinstance(body, str) else body, timeout, verify, dict(proxies or {})
        )
        with self._lock:
            answer = self._proof(seen)
            if answer is None:
                self.seen.append(seen)
                answer = self._take(seen)
                self._note_end(seen, answer)
            self.time.pass_(answer.takes)
        if isinstance(answer, Break):
            raise answer.error
        if answer.meets:
            self._meet(answer.meets, seen)
        raw = HTTPResponse(io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False)
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""

    def _meet(self, barrier: threading.Barrier, seen: Seen) -> None:
        try:
            barrier.wait()
        except threading.BrokenBarrierError:
            problem = "%s %s: fewer than %d requests were under way" % (seen.method, seen.url, barrier.parties)
            self._problems.append(problem)
            raise AssertionError(problem) from None

    def _proof(self, seen: Seen) -> Reply | None:
        """Nothing, where that is asked for once more behind a list, and no other call is expected there."""
        if self._expected and self._expected[0].difference(seen) is None:
            return None
        proof = self._ends.pop((seen.path, json.dumps(seen.query, sort_keys=True)), None)
        self.proofs += proof is not None
        return proof

    def _note_end(self, seen: Seen, answer: Reply | Break) -> None:
        if seen.method != "GET" or seen.query.get("skip") != "0" or not isinstance(answer, Reply) or answer.status != 200:
            return
        try:
            shown = json.loads(answer.body)
        except ValueError:
            return
        if isinstance(shown, list) and answer.headers.get("X-Total-Count") == str(len(shown)):
            rows, empty = len(shown), reply([], headers={"X-Total-Count": str(len(shown))})
        elif isinstance(shown, dict) and isinstance(shown.get("results"), list) and shown.get("totalCount") == len(shown["results"]):
            rows, empty = len(shown["results"]), reply({"results": [], "totalCount": len(shown["results"])})
        else:
            return
        self._ends[seen.path, json.dumps({**seen.query, "skip": str(rows)}, sort_keys=True)] = empty

    def _take(self, seen: Seen) -> Reply | Break:
        problem = "no call was expected any more"
        if self._expected:
            group = self._expected[0].group
            candidates = [one for one in self._expected if one.group == group] if group is not None else self._expected[:1]
            differences = [(one, one.difference(seen)) for one in candidates]
            for one, difference in differences:
                if difference is None:
                    self._expected.remove(one)
                    return one.answer
            problem = "; ".join("expected %s, but %s" % one for one in differences)
        self._problems.append("%s %s: %s" % (seen.method, seen.url, problem))
        raise AssertionError(self._problems[-1])
