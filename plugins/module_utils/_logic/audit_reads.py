# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_audit reads: the people and the events, over one transport."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import PAGE_SIZE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import (
    Application,
    ApplicationChoice,
    open_application,
    require_expected_organization,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID, JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import UserGroup
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_provisioning_event import WantedEvents, read_events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit_report import WantedFiles
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_drift import Comparison, compare, require_sense
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import audit as rules
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import RETENTION_DAYS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import Health
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, base_url_from, require_header

Facts = t.Dict[str, t.Any]
SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True)
class Options:
    """The options of scim_audit."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    files: WantedFiles
    unity_organization_id: str | None
    unity_expected_organization_id: str | None
    unity_api_url: str
    key_id: str | None
    secret_key: str | None = field(repr=False)
    base_url: str | None
    key_name: str
    reading_error: str | None
    steps: tuple[Facts, ...]
    seen: Facts | None
    connector: Facts | None
    name: str | None
    started_at: str | None
    key_max_age: float
    check_people: bool
    check_events: bool
    events_days: float
    pending_grace: int
    domains: tuple[str, ...] | None
    stops: tuple[str, ...]
    failure: str | None
    run_tags: tuple[str, ...]
    switched_off: tuple[str, ...]


class Reader:
    """Reads both vendors over one transport, and the application once. ``unread`` tells what could not be read, ``unchecked`` also what was not tried."""

    def __init__(self, options: Options, context: Context):
        self._options = options
        self.context = context
        self._transport: Transport | None = None
        self._opened: tuple[JumpCloudConnection, Application] | None = None
        self._failure: ScimError | None = None
        self.off = rules.parts_off(options.switched_off, options.check_people, options.check_events)
        self.unread: list[rules.Unread] = []
        self.unchecked: list[dict[str, str]] = []
        self.refused_at: str | None = None
        self._events: Facts | None = None
        self._health: tuple[Health, datetime] | None = None

    def people(self) -> Facts | None:
        """As scim_drift_info has them; None where they were not compared."""
        if "people" in self.off:
            return None
        if self._options.reading_error:
            error = ScimError(self._options.reading_error)
            self._miss(rules.unread_people(error, self._said(error), []))
            return None
        if not (self._options.key_id or self._options.secret_key):
            self.unchecked.append(rules.NO_KEY)
            return None
        base_url = None
        try:
            header = require_header(ScimKey(self._options.key_id, self._options.secret_key, None))
            base_url = self._base_url()
            return {**self._compared(base_url, header), "base_url": base_url}
        except ScimError as error:
            unread = rules.unread_people(error, self._said(error), self._options.steps)
            self.refused_at = base_url if unread.refused else None
            self._miss(unread)
            return None

    def events(self) -> Facts:
        """``health`` and ``events`` as jumpcloud_provisioning_event_info has them, read once; neither where they could not be read."""
        if self._events is None:
            self._events = self._read_events()
        return self._events

    def _read_events(self) -> Facts:
        if "events" in self.off:
            return {}
        try:
            days = self._options.events_days
            if not days > 0:
                raise ScimError("scim_provisioning_events_days must be more than 0, not %g." % days)
            connection, application = self._open()
            since = self.context.clock.rfc3339(SECONDS_PER_DAY * min(days, RETENTION_DAYS))
            asked = WantedEvents(None, None, max(self._options.files.max_listed, 1))
            health = Health()
            read = read_events(asked, since, None, connection, application, self.context, health)
            self._health = health, moment(since)
            return read
        except ScimError as error:
            self._miss(rules.unread_events(error, self._said(error)))
            return {}

    def _compared(self, base_url: str, header: str) -> Facts:
        grace = 0 if "events" in self.off else self._options.pending_grace
        asked = Comparison(self._options.domains, grace, self._options.files.max_listed, PAGE_SIZE)
        require_sense(asked)
        service = ScimService(base_url, header, self._shared())
        connection, application = self._open()
        groups = [UserGroup(group["id"], group["name"]) for group in rules.groups_to_bind(self._options.seen)]
        compared = compare(asked, connection, application, service, self.context, groups, self._known_health)
        if self._events and self._health:
            self._events["health"].update(self._health[0].failing())
        return compared

    def _known_health(self) -> tuple[Health, datetime] | None:
        self.events()
        return self._health

    def _base_url(self) -> str:
        options = self._options
        organization = UnityOrganization(options.unity_organization_id or "", options.unity_expected_organization_id, options.unity_api_url)
        return base_url_from(organization, options.base_url)

    def _shared(self) -> Transport:
        self._transport = self._transport or open_transport(self._options.http, self.context)
        return self._transport

    def _open(self) -> tuple[JumpCloudConnection, Application]:
        """The connection and the application, which are opened once. What failed once is not tried again: vendors block those who repeat it."""
        if self._failure:
            raise self._failure
        try:
            if self._opened is None:
                connection = JumpCloudConnection(self._options.jumpcloud, self._shared())
                self._opened = connection, self._application(connection)
        except ScimError as error:
            self._failure = error
            raise
        return self._opened

    def _application(self, connection: JumpCloudConnection) -> Application:
        """The one that was seen, if it is the one that is asked for; else it is read."""
        identifier, label = self._options.target.application_id, self._options.target.application
        seen = rules.seen_object(self._options.seen, "application") or {}
        names = (seen.get("display_label"), seen.get("display_name"))
        is_asked_for = identifier in (None, "", seen.get("id")) and (not label or label in names)
        if is_asked_for and isinstance(seen.get("id"), str) and OBJECT_ID.match(seen["id"]):
            application = Application(seen["id"], None, names[1], names[0], None, seen.get("organization_id"), None)
            require_expected_organization(application, self._options.jumpcloud.expected_organization_id)
            return application
        if not identifier and not label:
            raise ScimError("No application was named.", "Set application or application_id.")
        return open_application(connection, self._options.target)

    def _said(self, error: ScimError) -> str:
        return self.context.masker.redact(error.sentence())

    def _miss(self, unread: rules.Unread) -> None:
        self.unread.append(unread)
        self.unchecked.append(unread.as_row())
