# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's console API v1: applications, organizations, people (published)."""

from __future__ import annotations

import functools
from typing import Any

from .jumpcloud_auth import authenticated, check_may_write, chosen_organization, refuse_organization_header
from .jumpcloud_errors import refusal
from .jumpcloud_lists import Rows, console_list, in_order
from .records import Application, User
from .state import State
from .wire import Request, Response, Router


class JumpCloudConsole:
    def __init__(self, state: State) -> None:
        self._state = state
        self._router = Router()
        self._router.add("GET", "/api/applications", self._applications)
        self._router.add("GET", "/api/applications/{id}", self._application)
        self._router.add("PUT", "/api/applications/{id}", self._replace_application)
        self._router.add("GET", "/api/systemusers", self._users)
        self._router.add("GET", "/api/systemusers/{id}", self._user)

    def handle(self, request: Request) -> Response:
        with self._state.lock:
            administrator = authenticated(self._state, request)
            if request.path.rstrip("/") == "/api/organizations" and request.method == "GET":
                return self._organizations(request, administrator.organizations)
            organization = chosen_organization(administrator, request)
            check_may_write(administrator, request)
            handler, names = self._router.find(request)
            return handler(organization, request, **names)

    def _organizations(self, request: Request, allowed: tuple[str, ...]) -> Response:
        refuse_organization_header(request)
        rows = [
            {"_id": known.id, "id": known.id, "displayName": known.name, "logoUrl": known.logo_url}
            for known in self._state.jumpcloud.organizations
            if known.id in allowed
        ]
        return console_list(request, functools.partial(in_order, rows))

    def _applications(self, organization: str, request: Request) -> Response:
        rows = [show_application(known) for known in self._state.jumpcloud.applications if known.organization == organization]
        return console_list(request, functools.partial(in_order, rows))

    def _application(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        return Response(200, show_application(find_application(self._state, organization, id)))

    def _replace_application(self, organization: str, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        """Published trap: whatever is not sent is reset."""
        application, sent = find_application(self._state, organization, id), request.json_object()
        application.name = sent.get("name", "")
        application.display_name = sent.get("displayName", "")
        application.display_label = sent.get("displayLabel", "")
        application.active = sent.get("active", False)
        application.description = sent.get("description", "")
        application.sso_url = sent.get("ssoUrl", "")
        application.sso = sent.get("sso", {})
        application.config = sent.get("config", {})
        return Response(200, show_application(application))

    def _users(self, organization: str, request: Request) -> Response:
        def rows(names: tuple[str, ...]) -> Rows:
            return self._state.remembered(("users", organization, names), lambda: in_order(self._all_users(organization), names))

        return console_list(request, rows)

    def _all_users(self, organization: str) -> Rows:
        return [show_user(known) for known in self._state.jumpcloud.users if known.organization == organization]

    def _user(self, organization: str, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        by_id = self._state.remembered(("user by id", organization), lambda: {row["_id"]: row for row in self._all_users(organization)})
        if id not in by_id:
            raise refusal(404, f"User {id} not found")
        return Response(200, by_id[id])


def find_application(state: State, organization: str, application_id: str) -> Application:
    for known in state.jumpcloud.applications:
        if known.organization == organization and known.id == application_id:
            return known
    raise refusal(404, f"Application {application_id} not found")


def show_application(application: Application) -> dict[str, Any]:
    return {
        "_id": application.id,
        "active": application.active,
        "beta": False,
        "config": application.config,
        "created": application.created,
        "description": application.description,
        "displayLabel": application.display_label,
        "displayName": application.display_name,
        "name": application.name,
        "organization": application.organization,
        "sso": application.sso,
        "ssoUrl": application.sso_url,
    }


def show_user(user: User) -> dict[str, Any]:
    return {
        "_id": user.id,
        "id": user.id,
        "organization": user.organization,
        "email": user.email,
        "username": user.username,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "displayname": user.displayname,
        "activated": user.state != "STAGED",
        "suspended": user.state == "SUSPENDED",
        "password_expired": user.password_expired,
        "state": user.state,
    }
