# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's console API v2: applications, groups, associations, members (published)."""

from __future__ import annotations

import functools
from typing import Any, Callable

from .bindings import Route, StaleBindings, bound_groups, connection, groups_by_id, path, people_routes, remove_group, walk
from .events import association_changed
from .jumpcloud_auth import Administrator, authenticated, check_may_write, chosen_organization
from .jumpcloud_console import find_application
from .jumpcloud_errors import already_exists, invalid_field, refusal
from .jumpcloud_lists import directory_list, long_directory_list
from .records import Application, Binding, Group
from .state import State
from .wire import Request, Response, Router

APPLICATION_TARGETS = ("agent_group", "user", "user_group")
GROUP_TARGETS = (
    "active_directory",
    "application",
    "g_suite",
    "idp_routing_policy",
    "ldap_server",
    "office_365",
    "password_manager_item",
    "policy",
    "policy_group",
    "radius_server",
    "system",
    "system_group",
)
APPLICATION = "/api/v2/applications/{id}"
GROUP = "/api/v2/usergroups/{id}"


class JumpCloudDirectory:
    def __init__(self, state: State, stale: StaleBindings, changed: Callable[[], None]) -> None:
        self._state = state
        self._stale = stale
        self._changed = changed
        self._administrator = Administrator("", "", (), True)
        self._stale_seconds = 0.0
        self._router = Router()
        self._router.add("GET", "/api/v2/applications", self._applications)
        self._router.add("GET", APPLICATION, self._application)
        self._router.add("GET", APPLICATION + "/associations", self._application_associations)
        self._router.add("POST", APPLICATION + "/associations", self._change_application_association)
        self._router.add("GET", APPLICATION + "/usergroups", self._application_groups)
        self._router.add("GET", APPLICATION + "/users", self._application_users)
        self._router.add("GET", "/api/v2/usergroups", self._groups)
        self._router.add("GET", GROUP, self._group)
        self._router.add("PUT", GROUP, self._replace_group)
        self._router.add("DELETE", GROUP, self._delete_group)
        self._router.add("GET", GROUP + "/members", self._members)
        self._router.add("GET", GROUP + "/membership", self._membership)
        self._router.add("GET", GROUP + "/associations", self._group_associations)
        self._router.add("POST", GROUP + "/associations", self._change_group_association)
        self._router.add("GET", GROUP + "/applications", self._group_applications)

    def handle(self, request: Request, stale_seconds: float) -> Response:
        """With stale_seconds, reads lag that long behind the write that this request makes."""
        with self._state.lock:
            self._administrator = authenticated(self._state, request)
            organization = chosen_organization(self._administrator, request)
            check_may_write(self._administrator, request)
            self._stale_seconds = stale_seconds
            handler, names = self._router.find(request)
            return handler(organization, request, **names)

    # Applications

    def _applications(self, organization: str, request: Request) -> Response:
        """Observed, not published."""
        rows = [show_application(known) for known in self._state.jumpcloud.applications if known.organization == organization]
        return directory_list(request, rows)

    def _application(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        return Response(200, show_application(find_application(self._state, organization, id)))

    def _application_associations(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        targets = _targets(request, APPLICATION_TARGETS)
        application = find_application(self._state, organization, id)
        rows = [
            {"to": {"type": binding.type, "id": binding.id, "attributes": None}, "attributes": None}
            for binding in self._stale.visible(application)
            if binding.type in targets
        ]
        return directory_list(request, rows)

    def _change_application_association(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        application = find_application(self._state, organization, id)
        operation, kind, target = _operation(request, APPLICATION_TARGETS)
        self._change(application, operation, Binding(kind, target))
        return Response(204)

    def _application_groups(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        application = find_application(self._state, organization, id)
        home = ("application", application.id)
        known, routes = groups_by_id(self._state, organization), dict[str, list[Route]]()
        for bound in bound_groups(self._state, application, self._stale.visible(application)):
            for group, route in walk(bound, known):
                routes.setdefault(group.id, []).append(route)
        rows = [
            {"type": "user_group", "id": group_id, "paths": [path(home, route, ("user_group", group_id)) for route in ways]}
            for group_id, ways in routes.items()
        ]
        return directory_list(request, rows)

    def _application_users(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        application = find_application(self._state, organization, id)
        bindings, home = self._stale.visible(application), ("application", application.id)
        # what is visible of the bindings also changes with time
        key = ("people", application.id, tuple((binding.type, binding.id) for binding in bindings))
        reached = self._state.remembered(key, lambda: list(people_routes(self._state, application, bindings).items()))
        return long_directory_list(request, reached, functools.partial(_show_reached, home))

    # Groups

    def _groups(self, organization: str, request: Request) -> Response:
        return directory_list(request, [show_group(known) for known in self._organization_groups(organization)])

    def _group(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        return Response(200, show_group(self._find_group(organization, id)))

    def _replace_group(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        group, sent = self._find_group(organization, id), request.json_object()
        if not isinstance(sent.get("name"), str) or not sent["name"]:
            raise invalid_field("name", "is required")
        group.name, group.description = sent["name"], sent.get("description", "")
        return Response(200, show_group(group))

    def _delete_group(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        group = self._find_group(organization, id)
        remove_group(self._state, group)
        self._changed()
        return Response(200, show_group(group))

    def _members(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        """Direct ones. How a group within a group is shown is assumed."""
        group = self._find_group(organization, id)
        members = [*(("user", member) for member in group.members), *(("user_group", inner) for inner in group.groups)]
        return long_directory_list(request, members, _show_member)

    def _membership(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        """Everybody, also through groups within it."""
        group = self._find_group(organization, id)

        def ways() -> list[tuple[str, list[Route]]]:
            routes: dict[str, list[Route]] = {}
            for inner, route in walk(group, groups_by_id(self._state, organization)):
                for member in inner.members:
                    # the group itself is where the way begins
                    routes.setdefault(member, []).append((*route, inner.id)[1:])
            return list(routes.items())

        reached = self._state.remembered(("membership", group.id), ways)
        return long_directory_list(request, reached, functools.partial(_show_reached, ("user_group", group.id)))

    def _group_associations(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        targets = _targets(request, GROUP_TARGETS)
        bound = self._applications_of(organization, id) if "application" in targets else []
        rows = [{"to": {"type": "application", "id": known.id, "attributes": None}, "attributes": None} for known in bound]
        return directory_list(request, rows)

    def _change_group_association(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        group = self._find_group(organization, id)
        operation, kind, target = _operation(request, GROUP_TARGETS)
        if kind != "application":
            raise refusal(404, f"{kind} {target} not found")
        self._change(find_application(self._state, organization, target), operation, Binding("user_group", group.id))
        return Response(204)

    def _group_applications(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        rows = [
            {"type": "application", "id": known.id, "paths": [[connection(("user_group", id), ("application", known.id))]]}
            for known in self._applications_of(organization, id)
        ]
        return directory_list(request, rows)

    # The graph

    def _change(self, application: Application, operation: str, binding: Binding) -> None:
        """Add: 409 when it is there already. Remove and update: 404 when it is not. Both are assumed from sibling calls."""
        self._check_target_exists(application.organization, binding)
        if operation == "add" and binding in application.bindings:
            raise already_exists()
        if operation != "add" and binding not in application.bindings:
            raise refusal(404, f"{binding.type} {binding.id} is not bound to application {application.id}")
        if operation == "update":
            return
        if self._stale_seconds:
            self._stale.remember(application, self._stale_seconds)
        if operation == "add":
            application.bindings.append(binding)
        else:
            application.bindings.remove(binding)
        association_changed(self._state, application, operation, binding, self._administrator)
        self._changed()

    def _check_target_exists(self, organization: str, binding: Binding) -> None:
        if binding.type == "user_group":
            self._find_group(organization, binding.id)
        elif binding.type == "user":
            if not any(user.id == binding.id and user.organization == organization for user in self._state.jumpcloud.users):
                raise refusal(404, f"User {binding.id} not found")
        else:
            raise refusal(404, f"{binding.type} {binding.id} not found")

    def _organization_groups(self, organization: str) -> list[Group]:
        return [known for known in self._state.jumpcloud.groups if known.organization == organization]

    def _find_group(self, organization: str, group_id: str) -> Group:
        for known in self._organization_groups(organization):
            if known.id == group_id:
                return known
        raise refusal(404, f"User group {group_id} not found")

    def _applications_of(self, organization: str, group_id: str) -> list[Application]:
        group = self._find_group(organization, group_id)
        binding = Binding("user_group", group.id)
        known = [application for application in self._state.jumpcloud.applications if application.organization == organization]
        return [application for application in known if binding in self._stale.visible(application)]


def _show_reached(home: tuple[str, str], reached: tuple[str, list[Route]]) -> dict[str, Any]:
    user_id, routes = reached
    return {"type": "user", "id": user_id, "paths": [path(home, route, ("user", user_id)) for route in routes]}


def _show_member(member: tuple[str, str]) -> dict[str, Any]:
    return {"to": {"type": member[0], "id": member[1], "attributes": None}, "attributes": None}


def show_application(application: Application) -> dict[str, Any]:
    """Assumed: `provision` is set while identity management is configured. When the vendor sets it is not published."""
    integration = application.integration
    return {
        "_id": application.id,
        "name": application.name,
        "displayName": application.display_name,
        "displayLabel": application.display_label,
        "description": application.description,
        "logo": {"color": "", "url": ""},
        "status": "",
        "provision": {"_id": integration.id, "type": integration.type, "beta": False} if integration else None,
        "sso": {"_id": application.id, "active": application.active, "type": "saml", "beta": False, "hidden": False, "url": application.sso_url},
    }


def show_group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "type": "user_group",
        "description": group.description,
        "email": "",
        "attributes": None,
        "membershipMethod": "STATIC",
        "organizationObjectId": group.organization,
    }


def _targets(request: Request, known: tuple[str, ...]) -> list[str]:
    targets = request.parameter_list("targets")
    if not targets or any(target not in known for target in targets):
        raise invalid_field("targets", f"is required, one or more of {', '.join(known)}")
    return targets


def _operation(request: Request, kinds: tuple[str, ...]) -> tuple[str, str, str]:
    sent = request.json_object()
    operation, kind, target = sent.get("op"), sent.get("type"), sent.get("id")
    if operation not in ("add", "remove", "update"):
        raise invalid_field("op", "must be add, remove or update")
    if kind not in kinds:
        raise invalid_field("type", f"must be one of {', '.join(kinds)}")
    if not isinstance(target, str) or not target:
        raise invalid_field("id", "is required")
    return operation, kind, target
