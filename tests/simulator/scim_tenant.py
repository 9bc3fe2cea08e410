# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One organization's SCIM service, served by the scim2-server library."""

from __future__ import annotations

import functools
import threading
from collections.abc import Hashable
from typing import Any

from scim2_models import AuthenticationScheme, Bulk, ChangePassword, Filter, Meta, Resource, ResourceType, ScimProvider, SearchRequest
from scim2_server.handler import ScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.storage import SearchPage
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config

from .wire import Response

MAX_ANSWERS = 2000
NEW_USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "active": True}


@functools.lru_cache(maxsize=None)
def _service(groups: bool, page_limit: int) -> ScimService:
    config = load_default_service_provider_config()
    config.bulk = Bulk(supported=False, max_operations=0, max_payload_size=0)
    config.filter = Filter(supported=True, max_results=page_limit)
    config.change_password = ChangePassword(supported=False)
    config.authentication_schemes = [AuthenticationScheme(type=AuthenticationScheme.Type.httpbasic, name="HTTP Basic", description="Key of a service account")]
    kinds = [kind for kind in load_default_resource_types().values() if groups or kind.name != "Group"]
    schemas = [schema for schema in load_default_schemas().values() if groups or not str(schema.id).endswith(":Group")]
    return ScimService(ScimProvider.from_discovery(schemas, kinds, config=config))


class _Storage(InMemoryStorage):
    """The library's, which sorts everybody for each page. This one keeps the order of a plain list until it is told that something changed."""

    def __init__(self) -> None:
        super().__init__()
        self._in_order: dict[Hashable, list[Resource[Any]]] = {}

    def changed(self) -> None:
        self._in_order = {}

    def search(self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None) -> SearchPage:
        if search_request.filter is not None or search_request.sort_by is not None or search_request.cursor is not None:
            return super().search(resource_types, search_request, position=position)
        with self.lock:
            names = tuple(kind.name for kind in resource_types)
            if names not in self._in_order:
                found = [resource for resource in self.resources if resource.meta and resource.meta.resource_type in names]
                self._in_order[names] = sorted(found, key=lambda resource: str(resource.id))
            everyone = self._in_order[names]
            start = search_request.start_index_0 or 0
            stop = None if search_request.count is None else start + search_request.count
            return SearchPage(len(everyone), [resource.model_copy(deep=True) for resource in everyone[start:stop]])


class ScimTenant:
    """page_limit is the most that a list answers at once, whatever count asks for."""

    def __init__(self, groups: bool, page_limit: int) -> None:
        self._service = _service(groups, page_limit)
        self._storage = _Storage()
        self._handler = ScimHandler(self._service, self._storage)
        self._lock = threading.Lock()
        self._revision = 0
        self._answers: dict[Hashable, Response] = {}

    def handle(self, request: ScimRequest) -> Response:
        """What is asked again is answered again, until something is written: the library needs a third of a millisecond for each person."""
        if request.method != "GET":
            try:
                return self._handled(request)
            finally:
                self._changed()
        key = (request.url, tuple(sorted(request.query.items())), request.header("If-None-Match"))
        with self._lock:
            revision, answer = self._revision, self._answers.get(key)
        if answer is None:
            answer = self._handled(request)
            if answer.body is not None:
                answer.body = answer.payload()  # as text it takes a tenth of the memory
            with self._lock:
                if revision == self._revision:
                    if len(self._answers) >= MAX_ANSWERS:
                        self._answers.clear()
                    self._answers[key] = answer
        # a copy: each answer gets a request id of its own
        return Response(answer.status, answer.body, dict(answer.headers))

    def _handled(self, request: ScimRequest) -> Response:
        try:
            response = self._handler.handle(request)
        except Exception as error:  # pylint: disable=broad-exception-caught
            # The library's own application does the same: error_response knows every exception.
            response = self._service.error_response(error)
        return Response(int(response.status), response.body, {"Location": request.url, **response.headers})

    def _changed(self) -> None:
        self._storage.changed()
        with self._lock:
            self._revision += 1
            self._answers.clear()

    def add_user(self, user: dict[str, Any]) -> str:
        """A person who was there before, or whom somebody adds behind JumpCloud's back; the id."""
        kind, model = self._users()
        added = self._storage.create(kind, model.model_validate({**NEW_USER, **user}))
        self._changed()
        return str(added.id)

    def change_user(self, name_or_id: str, fields: dict[str, Any]) -> str:
        """Replace these attributes, whoever manages the person; the id. KeyError: there is no such person."""
        kind, model = self._users()
        found = self._find_user(name_or_id)
        self._storage.update(kind, model.model_validate({**found.model_dump(), **fields}))
        self._changed()
        return str(found.id)

    def delete_user(self, name_or_id: str) -> None:
        """KeyError: there is no such person."""
        self._storage.delete(self._users()[0], str(self._find_user(name_or_id).id))
        self._changed()

    def fill(self, users: dict[str, dict[str, Any]]) -> None:
        """Many people at once, by their ids, beside those who are there. Nothing is checked but their form."""
        kind, model = self._users()
        made = []
        for scim_id, user in users.items():
            resource = model.model_validate({**NEW_USER, **user})
            resource.id = scim_id
            now = self._storage.clock()
            resource.meta = Meta(resource_type=kind.name, created=now, last_modified=now, version=self._storage.next_version())
            made.append(resource)
        self._storage.resources = self._storage.resources + made
        self._changed()

    def _users(self) -> tuple[ResourceType, type[Resource[Any]]]:
        kind = self._service.get_resource_type_by_endpoint("/Users")
        assert kind is not None
        return kind, self._service.get_model(kind)

    def _find_user(self, name_or_id: str) -> Any:
        for resource in self._storage.resources:
            known = (resource.id, str(getattr(resource, "user_name", "")).lower())
            if resource.meta and resource.meta.resource_type == "User" and (known[0] == name_or_id or known[1] == name_or_id.lower()):
                return resource
        raise KeyError(f"no person is named {name_or_id}")

    def dump(self) -> list[dict[str, Any]]:
        with self._storage.lock:
            return [resource.model_dump() for resource in self._storage.resources]

    def load(self, resources: list[dict[str, Any]]) -> None:
        models = {kind.name: self._service.get_model(kind) for kind in self._service.provider.resource_types}
        self._storage.resources = [models[resource["meta"]["resourceType"]].model_validate(resource) for resource in resources]
        self._changed()
