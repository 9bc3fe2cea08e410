# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under /_simulator/: what tests look at and turn, and no vendor has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scim2_models import SCIMException

from .bindings import remove_group
from .clock import derived_object_id
from .records import User
from .scim_tenant import ScimTenant
from .wire import NoRoute, NotJSON, Request, Response, Router

if TYPE_CHECKING:
    from .application import Simulation

USER_FIELDS = ("email", "username", "firstname", "lastname", "displayname", "state")
STATES = ("ACTIVATED", "STAGED", "SUSPENDED")


class Control:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._router = Router()
        for method, path, handler in (
            ("GET", "health", self._health),
            ("GET", "log", self._log),
            ("DELETE", "log", self._clear_log),
            ("GET", "state", self._state),
            ("POST", "reset", self._reset),
            ("GET", "faults", self._list_faults),
            ("POST", "faults", self._add_fault),
            ("DELETE", "faults", self._clear_faults),
            ("GET", "lies", self._list_lies),
            ("POST", "lies", self._add_lie),
            ("DELETE", "lies", self._clear_lies),
            ("POST", "settle", self._settle),
            ("POST", "sync", self._sync),
            ("POST", "jumpcloud/users", self._put_user),
            ("PATCH", "jumpcloud/users/{id}", self._edit_user),
            ("DELETE", "jumpcloud/users/{id}", self._delete_user),
            ("POST", "jumpcloud/groups/{id}/members", self._change_members),
            ("DELETE", "jumpcloud/groups/{id}", self._delete_group),
            ("DELETE", "unity/keys/{organization}/{account}/{key}", self._delete_key),
            ("POST", "unity/users/{organization}", self._add_scim_user),
            ("PATCH", "unity/users/{organization}/{id}", self._change_scim_user),
            ("DELETE", "unity/users/{organization}/{id}", self._delete_scim_user),
            ("GET", "contract-violations", self._violations),
            ("DELETE", "contract-violations", self._clear_violations),
        ):
            self._router.add(method, f"/_simulator/{path}", handler)

    def handle(self, request: Request) -> Response:
        try:
            handler, names = self._router.find(request)
            return handler(request, **names)
        except NoRoute as error:
            return _wrong(error.status, str(error))
        except (NotJSON, ValueError, KeyError, TypeError, re.error, SCIMException) as error:
            return _wrong(400, f"{type(error).__name__}: {error}")
        finally:
            if request.method != "GET":
                self._simulation.state.touch()

    def _health(self, _request: Request) -> Response:
        return Response(200, {"ok": True, "url": self._simulation.base_url})

    def _log(self, _request: Request) -> Response:
        return Response(200, self._simulation.log.report())

    def _clear_log(self, _request: Request) -> Response:
        self._simulation.log.clear()
        return Response(204)

    def _state(self, request: Request) -> Response:
        with_secrets = request.parameter("secrets") == "true"
        state = self._simulation.state
        return Response(200, state.to_plain() if with_secrets else state.without_secrets())

    def _reset(self, request: Request) -> Response:
        self._simulation.reset(request.json_object().get("seed"))
        return Response(200, {"reset": True})

    def _list_faults(self, _request: Request) -> Response:
        return Response(200, {"faults": self._simulation.faults.shown()})

    def _add_fault(self, request: Request) -> Response:
        return Response(201, self._simulation.faults.add(request.json_object()).shown())

    def _clear_faults(self, _request: Request) -> Response:
        self._simulation.faults.clear()
        self._simulation.stale.clear()
        return Response(204)

    def _list_lies(self, _request: Request) -> Response:
        return Response(200, {"lies": self._simulation.lies.shown()})

    def _add_lie(self, request: Request) -> Response:
        self._simulation.lies.add(request.json_object())
        return Response(201, {"lies": self._simulation.lies.shown()})

    def _clear_lies(self, _request: Request) -> Response:
        self._simulation.lies.clear()
        return Response(204)

    def _settle(self, request: Request) -> Response:
        return Response(200, {"idle": self._simulation.engine.wait_idle(float(request.json_object().get("timeout", 10)))})

    def _sync(self, _request: Request) -> Response:
        self._simulation.engine.trigger()
        return Response(202, {"triggered": True})

    def _put_user(self, request: Request) -> Response:
        """Adds a person, or changes the one with this id or, without an id, this email."""
        sent, state = request.json_object(), self._simulation.state
        fields = _user_fields(sent)
        with state.lock:
            found = next(
                (user for user in state.jumpcloud.users if sent.get("id", user.id) == user.id and ("id" in sent or user.email == sent.get("email"))), None
            )
            if found is None:
                found = _new_user(sent, fields, state.jumpcloud.organizations[0].id)
                state.jumpcloud.users.append(found)
            for name, value in fields.items():
                setattr(found, name, value)
            if "groups" in sent:
                for group in state.jumpcloud.groups:
                    self._set_membership(group.members, found.id, group.id in sent["groups"] or group.name in sent["groups"])
        self._simulation.engine.trigger()
        return Response(200, {"id": found.id})

    def _edit_user(self, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        """Changes a person, by id or email, and the engine does not notice before the next trigger."""
        fields, state = _user_fields(request.json_object()), self._simulation.state
        with state.lock:
            found = next((user for user in state.jumpcloud.users if id in (user.id, user.email)), None)
            if found is None:
                return _wrong(404, f"no person is {id}")
            for name, value in fields.items():
                setattr(found, name, value)
        return Response(200, {"id": found.id})

    def _delete_user(self, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        state = self._simulation.state
        with state.lock:
            if id not in [user.id for user in state.jumpcloud.users]:
                return _wrong(404, f"no person has the id {id}")
            state.jumpcloud.users = [user for user in state.jumpcloud.users if user.id != id]
            for group in state.jumpcloud.groups:
                self._set_membership(group.members, id, False)
            for application in state.jumpcloud.applications:
                application.bindings = [binding for binding in application.bindings if binding.id != id]
        self._simulation.engine.trigger()
        return Response(204)

    def _change_members(self, request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        sent, state = request.json_object(), self._simulation.state
        with state.lock:
            group = next((known for known in state.jumpcloud.groups if id in (known.id, known.name)), None)
            if group is None:
                return _wrong(404, f"no group has the id {id}")
            by_email = {user.email: user.id for user in state.jumpcloud.users}
            groups = {name: known.id for known in state.jumpcloud.groups for name in (known.id, known.name)}
            for wanted, names in ((True, sent.get("add", [])), (False, sent.get("remove", []))):
                for name in names:
                    held = group.groups if name in groups else group.members
                    self._set_membership(held, groups.get(name) or by_email.get(name, name), wanted)
        self._simulation.engine.trigger()
        return Response(200, {"members": group.members, "groups": group.groups})

    def _delete_group(self, _request: Request, id: str) -> Response:  # pylint: disable=redefined-builtin
        state = self._simulation.state
        with state.lock:
            group = next((known for known in state.jumpcloud.groups if id in (known.id, known.name)), None)
            if group is None:
                return _wrong(404, f"no group has the id {id}")
            remove_group(state, group)
        self._simulation.engine.trigger()
        return Response(204)

    @staticmethod
    def _set_membership(members: list[str], user_id: str, wanted: bool) -> None:
        if wanted and user_id not in members:
            members.append(user_id)
        elif not wanted and user_id in members:
            members.remove(user_id)

    def _delete_key(self, _request: Request, organization: str, account: str, key: str) -> Response:
        """Somebody revokes a key behind everyone's back. The account by id or name."""
        state = self._simulation.state
        with state.lock:
            found = state.unity_organization(organization)
            for known in found.service_accounts if found else []:
                if account in (known.id, known.name) and key in [held.id for held in known.keys]:
                    known.keys = [held for held in known.keys if held.id != key]
                    return Response(204)
        return _wrong(404, "no such organization, account or key")

    def _tenant(self, organization: str) -> ScimTenant:
        return self._simulation.state.tenants[organization]

    def _add_scim_user(self, request: Request, organization: str) -> Response:
        """Somebody adds a person at Unity behind JumpCloud's back."""
        return Response(201, {"id": self._tenant(organization).add_user(request.json_object())})

    def _change_scim_user(self, request: Request, organization: str, id: str) -> Response:  # pylint: disable=redefined-builtin
        """Replaces attributes of a person, by id or userName."""
        return Response(200, {"id": self._tenant(organization).change_user(id, request.json_object())})

    def _delete_scim_user(self, _request: Request, organization: str, id: str) -> Response:  # pylint: disable=redefined-builtin
        self._tenant(organization).delete_user(id)
        return Response(204)

    def _violations(self, _request: Request) -> Response:
        contracts = self._simulation.contracts
        found: list[dict[str, Any]] = contracts.violations() if contracts else []
        return Response(200, {"violations": found, "checked": contracts is not None})

    def _clear_violations(self, _request: Request) -> Response:
        if self._simulation.contracts:
            self._simulation.contracts.clear()
        return Response(204)


def _user_fields(sent: dict[str, Any]) -> dict[str, str]:
    fields = {name: str(value) for name, value in sent.items() if name in USER_FIELDS}
    if fields.get("state", STATES[0]) not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}")
    return fields


def _new_user(sent: dict[str, Any], fields: dict[str, str], organization: str) -> User:
    email = fields["email"]
    full_name = f"{fields.get('firstname', '')} {fields.get('lastname', '')}".strip()
    return User(
        id=sent.get("id") or derived_object_id("user", email),
        organization=sent.get("organization", organization),
        email=email,
        username=email.partition("@")[0],
        displayname=full_name,
    )


def _wrong(status: int, message: str) -> Response:
    return Response(status, {"message": message})
