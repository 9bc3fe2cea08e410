# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One organization's SCIM service, served by the scim2-server library."""

from __future__ import annotations

import functools
from typing import Any

from scim2_models import AuthenticationScheme, Bulk, ChangePassword, Filter, ScimProvider
from scim2_server.handler import ScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config


@functools.lru_cache(maxsize=None)
def _service(groups: bool, page_limit: int) -> ScimService:
    config = load_default_service_provider_config()
    config.bulk = Bulk(supported=False, max_operations=0, max_payload_size=0)
    config.filter = Filter(supported=True, max_results=page_limit)
    config.change_password = ChangePassword(supported=False)
    config.authentication_schemes = [
        AuthenticationScheme(type=AuthenticationScheme.Type.httpbasic, name="HTTP Basic", description="Key of a service account")
    ]
    kinds = [kind for kind in load_default_resource_types().values() if groups or kind.name != "Group"]
    schemas = [
        schema for schema in load_default_schemas().values() if groups or not str(schema.id).endswith(":Group")
    ]
    return ScimService(ScimProvider.from_discovery(schemas, kinds, config=config))


class ScimTenant:
    """page_limit is the most that a list answers at once, whatever count asks for."""

    def __init__(self, groups: bool, page_limit: int) -> None:
        self._service = _service(groups, page_limit)
        self._storage = InMemoryStorage()
        self._handler = ScimHandler(self._service, self._storage)

    def handle(self, request: ScimRequest) -> ScimResponse:
        try:
            response = self._handler.handle(request)
        except Exception as error:  # pylint: disable=broad-exception-caught
            # The library's own application does the same: error_response knows every exception.
            response = self._service.error_response(error)
        response.headers.setdefault("Location", request.url)
        return response

    def add_user(self, user: dict[str, Any]) -> None:
        """A person who was there before."""
        kind = self._service.get_resource_type_by_endpoint("/Users")
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "active": True, **user}
        self._storage.create(kind, self._service.get_model(kind).model_validate(body))

    def dump(self) -> list[dict[str, Any]]:
        with self._storage.lock:
            return [resource.model_dump() for resource in self._storage.resources]

    def load(self, resources: list[dict[str, Any]]) -> None:
        models = {kind.name: self._service.get_model(kind) for kind in self._service.provider.resource_types}
        self._storage.resources = [models[resource["meta"]["resourceType"]].model_validate(resource) for resource in resources]
