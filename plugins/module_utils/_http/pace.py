# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests may be under way at a time; fewer, and later, where a service asks for it. Knows no vendor."""

from __future__ import annotations

import re
import typing as t
from contextlib import contextmanager
from threading import Condition

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import parse_retry_after

TOO_MANY_REQUESTS = 429
# seconds; a longer pause is left to the retry of the one request that was refused
LONGEST_PAUSE = 60.0
# "limit=20, remaining=0, reset=1", as in draft-ietf-httpapi-ratelimit-headers
REMAINING = re.compile(r"\bremaining=(\d{1,9})\b", re.ASCII)
RESET = re.compile(r"\breset=(\d{1,9})\b", re.ASCII)


class Pace:
    """Shared by all threads of one module run."""

    def __init__(self, limit: int, clock: Clock):
        self.limit = max(1, limit)
        self._clock = clock
        self._under_way = 0
        self._not_before = 0.0
        self._changed = Condition()

    @contextmanager
    def turn(self, seconds_left: t.Callable[[], float]) -> t.Iterator[None]:
        """Wait for one's turn, and for the end of a pause, but no longer than there is time."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._under_way < self.limit)
                pause = min(self._not_before - self._clock.now(), seconds_left())
                if pause <= 0:
                    self._under_way += 1
                    break
            # it may have begun while another request was waited for
            self._clock.sleep(pause)
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def heed(self, status: int, headers: t.Mapping[str, str]) -> None:
        """To be called in one's turn, so that nobody who waits for one comes before the pause.

        Where a request was refused for coming too fast, half as many at a time from now on, and none for so long as the service says. Where it would
        refuse the next one, by its header RateLimit, none until then.
        """
        retry_after = parse_retry_after(headers.get("Retry-After"), self._clock) if status >= 400 else None
        if status == TOO_MANY_REQUESTS or retry_after is not None:
            with self._changed:
                self.limit = max(1, self.limit // 2)
            self._pause(retry_after or 0.0)
        remaining, reset = (pattern.search(headers.get("RateLimit") or "") for pattern in (REMAINING, RESET))
        if remaining and reset and int(remaining.group(1)) == 0:
            self._pause(float(reset.group(1)))

    def _pause(self, seconds: float) -> None:
        if 0 < seconds <= LONGEST_PAUSE:
            self._not_before = max(self._not_before, self._clock.now() + seconds)
