# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module intends to do: the state before, the state after, and the actions between. Knows no HTTP.

A plan is made by a pure function of the current and the desired state. ``changed``, the diff and the writes all come from it,
so check mode is the plan without the writes, and there is no second code path that simulates.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """One write. ``verb``, ``target`` and ``shown`` go into the result; ``values`` go to the code that applies it and are never shown.

    ``changes`` is False for a write that leaves everything as it was, such as a connection test.
    """

    verb: str
    target: str
    shown: dict[str, t.Any] = field(default_factory=dict)
    values: dict[str, t.Any] = field(default_factory=dict)
    changes: bool = True

    def as_result(self) -> dict[str, t.Any]:
        return {"action": self.verb, "target": self.target, **self.shown}


@dataclass(frozen=True)
class Plan:
    """``before`` and ``after`` are the resource as the result shows it; None where it does not exist.

    The fields in ``undiffed`` are facts that the service keeps, not settings, and so are left out of the diff.
    """

    before: dict[str, t.Any] | None
    after: dict[str, t.Any] | None
    actions: tuple[Action, ...] = ()
    title: str = ""
    undiffed: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return any(action.changes for action in self.actions)

    def as_result(self) -> dict[str, t.Any]:
        """``changed``, ``diff`` and ``actions`` of the module's result."""
        return {"changed": self.changed, "diff": self.diff(), "actions": [action.as_result() for action in self.actions]}

    def diff(self) -> dict[str, t.Any]:
        """The diff as Ansible prints it; a resource that does not exist is an empty object."""
        return {
            "before_header": "%s (before)" % self.title,
            "after_header": "%s (after)" % self.title,
            "before": self._diffed(self.before),
            "after": self._diffed(self.after),
        }

    def _diffed(self, resource: dict[str, t.Any] | None) -> dict[str, t.Any]:
        return {name: value for name, value in (resource or {}).items() if name not in self.undiffed}


class Progress:
    """The actions that were carried out so far. A failure reports them, so that nothing already done is lost from sight.

    ``writes``: from now on, something is written.
    """

    def __init__(self) -> None:
        self.done: list[dict[str, t.Any]] = []
        self.writes = False

    def record(self, action: Action) -> None:
        self.done.append(action.as_result())


def differences(current: dict[str, t.Any], desired: dict[str, t.Any]) -> dict[str, t.Any]:
    """The desired fields that differ. A desired value of None means "leave alone"."""
    return {name: value for name, value in desired.items() if value is not None and current.get(name) != value}
