# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long wait, with a line now and then for whoever watches."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context

SECONDS_BETWEEN_LINES = 20.0
Value = t.TypeVar("Value")


@dataclass(frozen=True)
class Pauses:
    """How long to wait between two looks, in seconds: ``first``, and ``factor`` times as long each time, up to ``longest``."""

    first: float
    factor: float = 1.0
    longest: float = float("inf")

    def __iter__(self) -> t.Iterator[float]:
        pause = self.first
        while True:
            yield pause
            pause = min(pause * self.factor, self.longest)


@dataclass(frozen=True)
class Wait(t.Generic[Value]):
    """``line`` says what is waited for, ``detail`` how it stands; it is told at once when it is another one."""

    line: str
    timeout: float
    pauses: Pauses
    context: Context
    detail: t.Callable[[Value], str] | None = None

    def until(self, is_done: t.Callable[[Value], bool], look: t.Callable[[], Value], seen: Value | None = None) -> Value:
        """Look until it is done, or the time is up; return what was seen last. ``seen``: what an earlier look has found."""
        clock = self.context.clock
        start = clock.now()
        pauses = iter(self.pauses)
        value = look() if seen is None else seen
        told, told_at = "", start - SECONDS_BETWEEN_LINES
        while not is_done(value):
            passed = clock.now() - start
            detail = self.detail(value) if self.detail else ""
            if detail != told or start + passed - told_at >= SECONDS_BETWEEN_LINES:
                self._say(passed, detail)
                told, told_at = detail, start + passed
            if passed >= self.timeout:
                break
            clock.sleep(min(next(pauses), self.timeout - passed))
            value = look()
        return value

    def _say(self, passed: float, detail: str) -> None:
        self.context.say("%s (%.0f s of %.0f s)%s" % (self.line, passed, self.timeout, ": %s" % detail if self.detail else "."))
