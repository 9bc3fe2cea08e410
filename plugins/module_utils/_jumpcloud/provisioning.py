# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to the identity management (SCIM configuration) of a JumpCloud application.

Everything here is ASSUMED. JumpCloud publishes console clicks only; of the API it publishes path names without any operation:
``/api/v2/applications/{id}/provision``, ``.../provision/activate``, ``.../provision/reactivate``, ``/api/v2/provision/client/verify``.
The assumed contract, JSON:

    GET    /api/v2/applications/{id}/provision              200 configuration (below); 404 with a v2 error: not configured
    PUT    /api/v2/applications/{id}/provision              200 configuration, never the header's value; without headerValue the stored one stays
    POST   /api/v2/provision/client/verify                  200 {success, message, details}; body {applicationId, ...configuration, headerValue}
    POST   /api/v2/applications/{id}/provision/activate     200 configuration; /reactivate after a change of an active one
    DELETE /api/v2/applications/{id}/provision/activate     204, deactivates
    DELETE /api/v2/applications/{id}/provision              204, removes the configuration

    configuration = {type: "scim", version: "2.0", authMethod: "apiKey", baseUrl, headerName, headerValueSet, testEmail,
                     groupManagement, status: "inactive|active", lastTest: {success, at, message}, pendingReactivation}

lastTest is null once the connection was changed after it. pendingReactivation (may be missing) tells that a change of an active
configuration is stored, but not yet in use. Whoever is bound is provisioned by an activation, and whoever was unbound while it was inactive is deprovisioned.
A header value is sent only after this application's configuration was read, or written without a secret, in the assumed shape.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import OneOf, Optional, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import AssumedPath

TEST_RESULT = {"success": bool, "at": Optional(str), "message": Optional(str)}
CONFIGURATION = {
    "type": OneOf("scim"),
    "version": str,
    "authMethod": str,
    "baseUrl": str,
    "headerName": str,
    "headerValueSet": bool,
    "testEmail": Optional(str),
    "groupManagement": bool,
    "status": OneOf("inactive", "active"),
    "lastTest": Optional(TEST_RESULT),
    "pendingReactivation": Optional(bool),
}
VERIFICATION = {"success": bool, "message": Optional(str)}
ERROR = {"message": str}
# a configuration as a result shows it
SHOWN = {
    "api_type": OneOf("scim"),
    "scim_version": str,
    "authentication_method": str,
    "base_url": str,
    "header_name": str,
    "test_email": Optional(str),
    "group_management": bool,
    "header_value_set": bool,
    "status": OneOf("inactive", "active"),
    "pending_reactivation": bool,
    "last_test": Optional(TEST_RESULT),
}
# our name of each setting, and JumpCloud's (assumed)
WIRE_NAMES = {
    "api_type": "type",
    "scim_version": "version",
    "authentication_method": "authMethod",
    "base_url": "baseUrl",
    "header_name": "headerName",
    "test_email": "testEmail",
    "group_management": "groupManagement",
}
WIRE_VALUES = {"api_key": "apiKey"}
OUR_VALUES = {value: name for name, value in WIRE_VALUES.items()}


@dataclass(frozen=True)
class TestResult:
    """The outcome of a connection test; ``at`` is RFC 3339, or None."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    success: bool
    at: str | None
    message: str | None

    def as_result(self) -> dict[str, t.Any]:
        return {"success": self.success, "at": self.at, "message": self.message}


@dataclass(frozen=True)
class Configuration:
    """The identity management of an application, without the header's value, which can't be read back.

    ``settings`` holds the values under our names (see WIRE_NAMES).
    """

    settings: dict[str, t.Any]
    header_value_set: bool
    active: bool
    last_test: TestResult | None
    pending_reactivation: bool = False

    @property
    def is_tested(self) -> bool:
        """True if the stored connection has passed a test."""
        return self.last_test is not None and self.last_test.success

    def as_result(self) -> dict[str, t.Any]:
        return {
            **self.settings,
            "header_value_set": self.header_value_set,
            "status": "active" if self.active else "inactive",
            "pending_reactivation": self.pending_reactivation,
            "last_test": self.last_test.as_result() if self.last_test else None,
        }


def configuration_from(shown: t.Any) -> Configuration:
    """The configuration that a result shows. ShapeMismatch if it shows none."""
    check_shape(shown, SHOWN)
    last = shown.get("last_test")
    test = TestResult(last["success"], last.get("at"), last.get("message")) if last else None
    settings = {name: shown.get(name) for name in WIRE_NAMES}
    return Configuration(settings, shown["header_value_set"], shown["status"] == "active", test, shown["pending_reactivation"])


class Provisioning:
    """The identity management of one application."""

    def __init__(self, client: HttpClient, application_id: str):
        self._client = client
        self._application_id = application_id
        self._path = AssumedPath("/api/v2/applications/{id}/provision", {"id": application_id})

    def read(self) -> Configuration | None:
        """The configuration, or None where there is none."""
        answer = self._client.request("GET", self._path, "read the identity management settings", handled=(404,))
        return None if _is_missing(answer) else _configuration(answer)

    def write(self, settings: dict[str, t.Any], header_value: str | None) -> Configuration:
        """Write all settings. Without a header value the stored one is kept."""
        answer = self._client.request("PUT", self._path, "write the identity management settings", json_body=_wire(settings, header_value))
        return _configuration(answer)

    def test(self, settings: dict[str, t.Any], header_value: str | None) -> TestResult:
        """Let JumpCloud test the connection: it creates and removes a test user at the service. Without a header value it uses the stored one."""
        body = {"applicationId": self._application_id, **_wire(settings, header_value)}
        answer = self._client.request("POST", AssumedPath("/api/v2/provision/client/verify"), "test the connection", json_body=body)
        verdict = answer.json(VERIFICATION)
        return TestResult(verdict["success"], None, verdict.get("message"))

    def activate(self) -> Configuration:
        return _configuration(self._client.request("POST", self._path.below("/activate"), "activate provisioning", idempotent=True))

    def reactivate(self) -> Configuration:
        """Activate again after a change of an active configuration."""
        return _configuration(self._client.request("POST", self._path.below("/reactivate"), "activate provisioning again", idempotent=True))

    def deactivate(self) -> None:
        """Stop provisioning; JumpCloud then syncs nobody, and deletes nobody."""
        _is_missing(self._client.request("DELETE", self._path.below("/activate"), "deactivate provisioning", handled=(404,)))

    def remove(self) -> None:
        _is_missing(self._client.request("DELETE", self._path, "remove the identity management settings", handled=(404,)))

    def cleanup(self) -> t.ContextManager[None]:
        """Within, there is time for requests even if the time budget is used up."""
        return self._client.transport.cleanup()


def _is_missing(answer: Answer) -> bool:
    """True if there is no configuration. Without the error body of the API, something else than the assumed endpoint has answered."""
    if answer.status == 404:
        answer.json(ERROR)
    return answer.status == 404


def _wire(settings: dict[str, t.Any], header_value: str | None) -> dict[str, t.Any]:
    body = {WIRE_NAMES[name]: WIRE_VALUES.get(value, value) if isinstance(value, str) else value for name, value in settings.items()}
    if header_value is not None:
        body["headerValue"] = header_value
    return body


def _configuration(answer: Answer) -> Configuration:
    row = answer.json(CONFIGURATION)
    settings = {name: OUR_VALUES.get(row.get(wire), row.get(wire)) if isinstance(row.get(wire), str) else row.get(wire) for name, wire in WIRE_NAMES.items()}
    last = row.get("lastTest")
    test = TestResult(last["success"], last.get("at"), last.get("message")) if last else None
    return Configuration(settings, row["headerValueSet"], row["status"] == "active", test, bool(row.get("pendingReactivation")))
