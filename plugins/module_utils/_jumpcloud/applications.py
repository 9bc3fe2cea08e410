# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to JumpCloud's applications.

PUBLISHED: ``GET /api/applications`` -> ``{results, totalCount}`` and ``GET /api/applications/{id}``, with ``_id``, ``name`` (the
template's name, not unique), ``displayName``, ``displayLabel``, ``active``, ``organization``, ``ssoUrl``. Not published: filtering by
displayLabel on the server, so all are listed and compared here. OBSERVED: a missing id answers 404 or an empty 200, and
``config`` can hold the SAML signing key, so it is never kept.
``PUT /api/applications/{id}`` resets every field that is not sent (published): this collection never uses it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted, with_suggestion
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID, JumpCloudConnection, list_v1

APPLICATION = {"_id": str, "name": Optional(str), "displayName": Optional(str), "displayLabel": Optional(str), "organization": Optional(str)}
# an application as a result shows it
SHOWN = {
    "id": str,
    "template": Optional(str),
    "display_name": Optional(str),
    "display_label": Optional(str),
    "active": Optional(bool),
    "organization_id": Optional(str),
    "sso_url": Optional(str),
}


class NoSuchApplication(ScimError):
    """JumpCloud has no application that is meant."""


@dataclass(frozen=True)
class Application:
    """An SSO application. ``template`` is the catalogue's name for it; ``active`` speaks of single sign-on, not of provisioning."""

    id: str
    template: str | None
    display_name: str | None
    display_label: str | None
    active: bool | None
    organization_id: str | None
    sso_url: str | None

    @property
    def title(self) -> str:
        return self.display_label or self.display_name or self.id

    def as_result(self) -> dict[str, t.Any]:
        return {
            "id": self.id,
            "template": self.template,
            "display_name": self.display_name,
            "display_label": self.display_label,
            "active": self.active,
            "organization_id": self.organization_id,
            "sso_url": self.sso_url,
        }


class Applications:
    """The applications of one JumpCloud organization."""

    def __init__(self, client: HttpClient):
        self._client = client

    def list(self) -> t.Iterator[Application]:
        return (_application(row) for row in list_v1(self._client, "/api/applications", "list the applications", "applications", APPLICATION))

    def get(self, application_id: str) -> Application | None:
        if not OBJECT_ID.match(application_id):
            raise ScimError("%s must have 24 hexadecimal digits, not %s." % (named("application_id"), quoted(application_id)))
        answer = self._client.request("GET", "/api/applications/%s" % quote(application_id, safe=""), "read the application", handled=(404,))
        if answer.status == 404 or answer.is_empty():
            return None
        return _application(answer.json(APPLICATION))

    def find(self, application_id: str | None, label: str | None) -> Application:
        """The one application with this id or label; else ScimError, with the ids of the candidates. The display label wins over the display name."""
        if application_id:
            found = self.get(application_id)
            if found is None:
                raise NoSuchApplication(
                    "JumpCloud has no application with the id %s." % quoted(application_id),
                    "Check %s, %s and %s." % (named("application_id"), named("organization_id", "jumpcloud"), named("region", "jumpcloud")),
                )
            return found
        applications = list(self.list())
        matches = [one for one in applications if one.display_label == label] or [one for one in applications if one.display_name == label]
        if len(matches) == 1:
            return matches[0]
        if matches:
            candidates = ", ".join("%s (%s)" % (one.id, quoted(one.title)) for one in matches)
            message = "JumpCloud has %d applications labelled %s: %s." % (len(matches), quoted(label), candidates)
            raise ScimError(message, "Set %s to the right one." % named("application_id"))
        known = ", ".join(quoted(one.title) for one in applications[:20]) or "none"
        raise NoSuchApplication(
            "JumpCloud has no application labelled %s. Its applications: %s." % (with_suggestion(label or "", [one.title for one in applications]), known),
            "Correct %s, or add the Unity SSO application in JumpCloud (Access > SSO Applications) and set it up for single sign-on first."
            % named("application"),
        )


@dataclass(frozen=True)
class ApplicationChoice:
    """The application that is meant, by its label or its ID."""

    application: str | None
    application_id: str | None


def open_application(connection: JumpCloudConnection, choice: ApplicationChoice, seen: dict[str, t.Any] | None = None) -> Application:
    """The application that is meant, of the expected organization. One that was ``seen`` just now is not read again."""
    application = _seen_application(choice, seen) or Applications(connection.console).find(choice.application_id, choice.application)
    require_expected_organization(application, connection.access.expected_organization_id)
    return application


def _seen_application(choice: ApplicationChoice, seen: dict[str, t.Any] | None) -> Application | None:
    """The application of the option ``seen``; None where there is none, or another one than is meant."""
    shown = part_of(seen, "application", SHOWN)
    if shown is None or not OBJECT_ID.match(shown["id"]):
        return None
    application = Application(**{name: shown[name] for name in SHOWN})
    if choice.application_id:
        return application if application.id == choice.application_id else None
    label = choice.application
    return application if label and label in (application.display_label, application.display_name) else None


def require_expected_organization(application: Application, expected: str | None) -> None:
    """Raise ScimError if the application belongs to another organization than the expected one."""
    if expected and application.organization_id != expected:
        raise ScimError(
            "The application %s belongs to the JumpCloud organization %s, but %s is expected. Nothing was changed."
            % (quoted(application.title), quoted(application.organization_id), quoted(expected)),
            "Check the API key, %s and %s: one of them belongs to another environment."
            % (named("organization_id", "jumpcloud"), named("expected_organization_id", "jumpcloud")),
        )


def _application(row: dict[str, t.Any]) -> Application:
    active = row.get("active")
    return Application(
        id=row["_id"],
        template=row.get("name"),
        display_name=row.get("displayName"),
        display_label=row.get("displayLabel"),
        active=active if isinstance(active, bool) else None,
        organization_id=row.get("organization"),
        sso_url=row.get("ssoUrl") if isinstance(row.get("ssoUrl"), str) else None,
    )
