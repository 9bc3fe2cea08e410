# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The graph between applications, groups and people: who is bound, and by which paths."""

from __future__ import annotations

import copy
import time
from typing import Any, Iterator

from .records import Application, Binding, Group, User
from .state import State

Path = list[dict[str, Any]]


class StaleBindings:
    """Read-after-write lag: for a while, reads of an application's bindings give what was there before the write."""

    def __init__(self) -> None:
        self._old: dict[str, tuple[float, list[Binding]]] = {}

    def remember(self, application: Application, seconds: float) -> None:
        until, bindings = self._old.get(application.id, (0.0, application.bindings))
        if until < time.monotonic():
            bindings = application.bindings
        self._old[application.id] = (time.monotonic() + seconds, copy.deepcopy(bindings))

    def visible(self, application: Application) -> list[Binding]:
        until, bindings = self._old.get(application.id, (0.0, []))
        return bindings if until > time.monotonic() else application.bindings

    def clear(self) -> None:
        self._old.clear()


def connection(source: tuple[str, str], target: tuple[str, str]) -> dict[str, Any]:
    return {
        "from": {"type": source[0], "id": source[1]},
        "to": {"type": target[0], "id": target[1]},
    }


def bound_groups(state: State, application: Application, bindings: list[Binding]) -> list[Group]:
    wanted = [binding.id for binding in bindings if binding.type == "user_group"]
    known = {group.id: group for group in state.jumpcloud.groups if group.organization == application.organization}
    return [known[identifier] for identifier in wanted if identifier in known]


def people_paths(state: State, application: Application, bindings: list[Binding]) -> dict[str, list[Path]]:
    """The routes from the application to each person: directly, and through each bound group."""
    home = ("application", application.id)
    paths: dict[str, list[Path]] = {}
    for binding in bindings:
        if binding.type == "user":
            paths.setdefault(binding.id, []).append([connection(home, ("user", binding.id))])
    for group in bound_groups(state, application, bindings):
        through = ("user_group", group.id)
        for member in group.members:
            paths.setdefault(member, []).append([connection(home, through), connection(through, ("user", member))])
    existing = {user.id for user in state.jumpcloud.users}
    return {identifier: routes for identifier, routes in paths.items() if identifier in existing}


def wanted_people(state: State, application: Application) -> Iterator[User]:
    """Whom the engine provisions: bound, activated, not suspended (published)."""
    reached = people_paths(state, application, application.bindings)
    for user in state.jumpcloud.users:
        if user.id in reached and user.organization == application.organization and user.state == "ACTIVATED":
            yield user
