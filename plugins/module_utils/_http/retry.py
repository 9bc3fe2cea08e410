# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may be sent again, how long to wait before, and for how long altogether."""

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import http_date

# Repeating these has the effect of sending them once (RFC 9110 section 9.2.2).
IDEMPOTENT_METHODS = frozenset(("GET", "HEAD", "PUT", "DELETE"))
TRANSIENT_STATUSES = frozenset((429, 502, 503, 504))
# seconds; what is longer is as good as never, and no time budget is that long
MAX_RETRY_AFTER = 86400.0
# seconds within which a write must be readable
SETTLE = 10.0
Value = t.TypeVar("Value")


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with full jitter: before try n (from 1) wait between 0 and ``base * 2**(n - 1)`` seconds, at most ``longest``."""

    tries: int = 5
    base: float = 0.5
    longest: float = 30.0

    def delay(self, tries_made: int, retry_after: float | None, clock: Clock) -> float:
        """Seconds to wait; a Retry-After is a lower bound."""
        jittered: float = clock.random() * min(self.longest, self.base * 2 ** (tries_made - 1))
        return jittered if retry_after is None else retry_after + jittered


def may_repeat_after_status(status: int, idempotent: bool) -> bool:
    """After an answer: was it a transient refusal, and is it sure that a request which must not run twice was not processed?

    A 503 can come from what stands before the service, after the effect, also with a Retry-After.
    """
    return status in TRANSIENT_STATUSES if idempotent else status == 429


def parse_retry_after(value: str | None, clock: Clock) -> float | None:
    """Seconds to wait, from either form of Retry-After (RFC 9110 section 10.2.3); None where it is missing or unreadable."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), MAX_RETRY_AFTER)
    found = http_date(value)
    return None if found is None else min(max(0.0, found.timestamp() - clock.wall()), MAX_RETRY_AFTER)


class TimeBudget:
    """The seconds that all requests of one module run may take together, waits included."""

    def __init__(self, seconds: float, clock: Clock):
        self.seconds = seconds
        self._clock = clock
        self._end = clock.now() + seconds

    def remaining(self) -> float:
        return max(0.0, self._end - self._clock.now())

    @contextmanager
    def at_least(self, seconds: float) -> t.Iterator[None]:
        """Within, these seconds are left at least, even if the budget is used up."""
        end, self._end = self._end, max(self._end, self._clock.now() + seconds)
        try:
            yield
        finally:
            self._end = end


def poll(read: t.Callable[[], Value], done: t.Callable[[Value], bool], clock: Clock, timeout: float = SETTLE, pause: float = 0.5) -> Value:
    """Read until ``done`` says so or ``timeout`` seconds have passed; return the last value either way.

    The pause grows to four times its first length: what a vendor wrote may take a moment to be readable.
    """
    end = clock.now() + timeout
    wait = pause
    value = read()
    while not done(value) and clock.now() + wait <= end:
        clock.sleep(wait)
        wait = min(wait * 2, pause * 4)
        value = read()
    return value
