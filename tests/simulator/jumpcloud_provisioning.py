# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's identity management of an application. Only path names are published: methods, fields and answers are assumed."""

from __future__ import annotations

from typing import Any, Callable

from .clock import object_id, timestamp
from .connection_test import try_connection
from .events import integration_changed
from .jumpcloud_auth import Administrator, authenticated, check_may_write, chosen_organization
from .jumpcloud_console import find_application
from .jumpcloud_errors import invalid_field, refusal
from .records import Application, Connection, Integration
from .state import State
from .wire import Request, Response, Router

PROVISION = "/api/v2/applications/{id}/provision"
FIELDS = {
    "type": "type",
    "version": "version",
    "authMethod": "auth_method",
    "baseUrl": "base_url",
    "headerName": "header_name",
    "headerValue": "header_value",
    "testEmail": "test_email",
    "groupManagement": "group_management",
}
"""Wire names and the record's."""
CONNECTING_FIELDS = ("base_url", "header_name", "header_value")


class JumpCloudProvisioning:
    def __init__(self, state: State, changed: Callable[[], None]) -> None:
        self._state = state
        self._changed = changed
        self._router = Router()
        self._router.add("GET", PROVISION, self._read)
        self._router.add("PUT", PROVISION, self._write)
        self._router.add("DELETE", PROVISION, self._remove)
        self._router.add("POST", PROVISION + "/activate", self._activate)
        self._router.add("DELETE", PROVISION + "/activate", self._deactivate)
        self._router.add("POST", PROVISION + "/reactivate", self._reactivate)

    def handle(self, request: Request) -> Response:
        if (request.method, request.path) == ("POST", "/api/v2/provision/client/verify"):
            return self._verify(request)
        with self._state.lock:
            administrator, organization = self._caller(request)
            handler, names = self._router.find(request)
            return handler(find_application(self._state, organization, names["id"]), request, administrator)

    def _caller(self, request: Request) -> tuple[Administrator, str]:
        administrator = authenticated(self._state, request)
        organization = chosen_organization(administrator, request)
        check_may_write(administrator, request)
        return administrator, organization

    def _read(self, application: Application, _request: Request, _by: Administrator) -> Response:
        return Response(200, show_integration(_configured(application)))

    def _write(self, application: Application, request: Request, _by: Administrator) -> Response:
        sent = _validated(request.json_object())
        present = application.integration
        if present and present.active and not sent.get("test_email"):
            raise invalid_field("testEmail", "is required for any change to an active configuration")
        for name in ("type", "version", "auth_method", "base_url", "header_name"):
            if not sent.get(name):
                wire_name = next(wire for wire, attribute in FIELDS.items() if attribute == name)
                raise invalid_field(wire_name, "is required")
        if present is None:
            present = application.integration = Integration(object_id(), "", "", "", "", "")
        before = _connecting(present)
        for name, value in sent.items():
            setattr(present, name, value)
        self._state.secrets.add(present.header_value)
        if _connecting(present) != before:
            present.last_test = None
        return Response(200, show_integration(present))

    def _remove(self, application: Application, _request: Request, by: Administrator) -> Response:
        integration = _configured(application)
        if integration.active:
            integration_changed(self._state, application, False, by)
        application.integration = None
        return Response(204)

    def _activate(self, application: Application, _request: Request, by: Administrator) -> Response:
        integration = _configured(application)
        if integration.active:
            if pending_reactivation(integration):
                raise refusal(409, "The active configuration was changed: test it and reactivate it")
            return Response(200, show_integration(integration))
        return self._switch_on(application, integration, by)

    def _reactivate(self, application: Application, _request: Request, by: Administrator) -> Response:
        integration = _configured(application)
        if not integration.active:
            raise refusal(409, "The configuration is not active: activate it")
        return self._switch_on(application, integration, by)

    def _switch_on(self, application: Application, integration: Integration, by: Administrator) -> Response:
        if not integration.header_value:
            raise invalid_field("headerValue", "must be set before the configuration can be activated")
        if not (integration.last_test or {}).get("success"):
            raise refusal(409, "The connection must be tested successfully after the last change")
        integration.active = True
        integration.activated = Connection(integration.base_url, integration.header_name, integration.header_value)
        for person in integration.provisioned.values():
            person.fingerprint = ""  # everybody is looked at again
        integration_changed(self._state, application, True, by)
        self._changed()
        return Response(200, show_integration(integration))

    def _deactivate(self, application: Application, _request: Request, by: Administrator) -> Response:
        """Nobody is deleted by this; syncing stops."""
        integration = _configured(application)
        if integration.active:
            integration.active, integration.activated = False, None
            integration_changed(self._state, application, False, by)
        return Response(204)

    def _verify(self, request: Request) -> Response:
        """Tests over HTTP, so the lock must not be held: the SCIM side of this process answers the call."""
        with self._state.lock:
            _by, organization = self._caller(request)
            sent = request.json_object()
            application_id = sent.pop("applicationId", None)
            if not isinstance(application_id, str):
                raise invalid_field("applicationId", "is required")
            application = find_application(self._state, organization, application_id)
            stored = application.integration or Integration("", "scim", "2.0", "apiKey", "", "Authorization")
            tried = Integration(**{**vars(stored), **_validated(sent)})
            for name, wire_name in (("base_url", "baseUrl"), ("header_value", "headerValue"), ("test_email", "testEmail")):
                if not getattr(tried, name):
                    raise invalid_field(wire_name, "is required for the test")
            self._state.secrets.add(tried.header_value)
        result = try_connection(Connection(*_connecting(tried)), tried.test_email)
        with self._state.lock:
            integration = application.integration
            if integration and _connecting(integration) == _connecting(tried):
                integration.last_test = {"success": result["success"], "at": timestamp(), "message": result["message"]}
        return Response(200, result)


def _configured(application: Application) -> Integration:
    if application.integration is None:
        raise refusal(404, f"Identity management of application {application.id} is not configured")
    return application.integration


def _connecting(integration: Integration) -> tuple[str, ...]:
    return tuple(getattr(integration, name) for name in CONNECTING_FIELDS)


def pending_reactivation(integration: Integration) -> bool:
    return integration.active and integration.activated != Connection(*_connecting(integration))


def _validated(sent: dict[str, Any]) -> dict[str, Any]:
    """The known fields by record name. A headerValue of null or nothing keeps what is stored."""
    values = {FIELDS[name]: value for name, value in sent.items() if name in FIELDS and value is not None}
    if not values.get("header_value"):
        values.pop("header_value", None)
    for wire_name, name in FIELDS.items():
        kind = bool if name == "group_management" else str
        if name in values and not isinstance(values[name], kind):
            raise invalid_field(wire_name, f"must be a {'boolean' if kind is bool else 'text'}")
    for wire_name, name, wanted in (("type", "type", "scim"), ("version", "version", "2.0"), ("authMethod", "auth_method", "apiKey")):
        if values.get(name, wanted) != wanted:
            raise invalid_field(wire_name, f"must be {wanted}")
    base_url = values.get("base_url")
    if base_url is not None and (not base_url.startswith(("https://", "http://")) or base_url.endswith("/")):
        raise invalid_field("baseUrl", "must be a URL without a trailing slash")
    return values


def show_integration(integration: Integration) -> dict[str, Any]:
    """Everything but the header value. pendingReactivation tells that the engine still uses what was activated before."""
    return {
        "type": integration.type,
        "version": integration.version,
        "authMethod": integration.auth_method,
        "baseUrl": integration.base_url,
        "headerName": integration.header_name,
        "headerValueSet": bool(integration.header_value),
        "testEmail": integration.test_email,
        "groupManagement": integration.group_management,
        "status": "active" if integration.active else "inactive",
        "lastTest": integration.last_test,
        "pendingReactivation": pending_reactivation(integration),
    }
