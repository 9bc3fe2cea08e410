# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what somebody else does, with a line now and then for whoever watches."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context

SECONDS_BETWEEN_LINES = 20.0
Value = t.TypeVar("Value")


def _nothing(_value: t.Any) -> str:
    return ""


def wait_for(
    what: str,
    look: t.Callable[[], Value],
    is_seen: t.Callable[[Value], bool],
    timeout: float,
    context: Context,
    *,
    pause: float,
    longest_pause: float = 0.0,
    detail: t.Callable[[Value], str] = _nothing,
    first: Value | None = None,
) -> Value:
    """Look until it is seen or ``timeout`` seconds have passed; return what was seen last either way. ``first`` was seen a moment before.

    A line is said every so often, and whenever the ``detail`` is another one. The pause grows by half each time, up to the longest one.
    """
    clock = context.clock
    start = clock.now()
    shown, said_at = None, 0.0
    value = look() if first is None else first
    while not is_seen(value) and (passed := clock.now() - start) < timeout:
        if detail(value) != shown or passed - said_at >= SECONDS_BETWEEN_LINES:
            shown, said_at = detail(value), passed
            context.say("Waiting for: %s (%.0f s of %.0f s)%s" % (what, passed, timeout, ": " + shown if shown else "."))
        clock.sleep(min(pause, timeout - passed))
        pause = max(pause, min(pause * 1.5, longest_pause))
        value = look()
    return value
