# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another module has read a moment before, so that it need not be read again where nothing has to be written. Knows no HTTP."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch, check_shape

State = t.TypeVar("State")


def part_of(seen: dict[str, t.Any] | None, name: str, shape: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """The part of this name, if it has all fields of the shape, be they null; else None: then it is as if nothing had been seen."""
    part: t.Any = (seen or {}).get(name)
    try:
        check_shape(part, shape)
    except ShapeMismatch:
        return None
    found: dict[str, t.Any] = part
    return found if set(shape) <= set(found) else None


def plan_by(seen: State | None, read: t.Callable[[], State], make: t.Callable[[State, Context], Plan], context: Context) -> tuple[State, Plan]:
    """The state and the plan for it: of what was seen, where the plan is only shown or does nothing; else of what is read now.

    What was seen may be out of date. So nothing is written on its word, and, outside of check mode, nothing fails on its word.
    """
    if seen is not None:
        # a plan that is thrown away must not warn: the next one does
        warnings: list[str] = []
        try:
            plan = make(seen, replace(context, warn=warnings.append))
        except ScimError:
            if context.check_mode:
                raise
        else:
            if context.check_mode or not plan.actions:
                for warning in warnings:
                    context.warn(warning)
                return seen, plan
    found = read()
    plan = make(found, context)
    context.progress.writes = bool(plan.actions) and not context.check_mode
    return found, plan
