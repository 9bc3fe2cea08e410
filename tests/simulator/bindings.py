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
Route = tuple[str, ...]
"""The ids of the groups on the way."""


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
    known = groups_by_id(state, application.organization)
    return [known[identifier] for identifier in wanted if identifier in known]


def groups_by_id(state: State, organization: str) -> dict[str, Group]:
    return {group.id: group for group in state.jumpcloud.groups if group.organization == organization}


def remove_group(state: State, group: Group) -> None:
    """From the directory, from groups that hold it, and from applications that it is bound to."""
    state.jumpcloud.groups.remove(group)
    for outer in state.jumpcloud.groups:
        outer.groups = [inner for inner in outer.groups if inner != group.id]
    for application in state.jumpcloud.applications:
        application.bindings = [binding for binding in application.bindings if binding.id != group.id]


def walk(group: Group, known: dict[str, Group], route: Route = ()) -> Iterator[tuple[Group, Route]]:
    """This group and all within it, each with the groups on the way to it, the outermost first. A group within itself is not entered again."""
    yield group, route
    for inner in group.groups:
        if inner in known and inner not in (*route, group.id):
            yield from walk(known[inner], known, (*route, group.id))


def people_routes(state: State, application: Application, bindings: list[Binding]) -> dict[str, list[Route]]:
    """The ways from the application to each person, by id: through which groups, the bound one first. None is a direct binding."""
    routes: dict[str, list[Route]] = {}
    for binding in bindings:
        if binding.type == "user":
            routes.setdefault(binding.id, []).append(())
    known = groups_by_id(state, application.organization)
    for bound in bound_groups(state, application, bindings):
        for group, route in walk(bound, known):
            through = (*route, group.id)
            for member in group.members:
                routes.setdefault(member, []).append(through)
    existing = {user.id for user in state.jumpcloud.users}
    return {identifier: routes[identifier] for identifier in sorted(routes) if identifier in existing}


def path(source: tuple[str, str], route: Route, target: tuple[str, str]) -> Path:
    """The edges from the source through these groups to the target, each end with its type and id."""
    stops = [source, *(("user_group", group_id) for group_id in route), target]
    return [connection(start, end) for start, end in zip(stops, stops[1:])]


def wanted_people(state: State, application: Application) -> Iterator[User]:
    """Whom the engine provisions: bound, activated, not suspended (published)."""
    reached = people_routes(state, application, application.bindings)
    for user in state.jumpcloud.users:
        if user.id in reached and user.organization == application.organization and user.state == "ACTIVATED":
            yield user
