# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_audit does: it reads the people and the events, judges them beside what was seen of the set-up, and makes one report of it all."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import PAGE_SIZE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, open_application, require_expected_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import OBJECT_ID, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_provisioning_event import read_events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit_report import (
    TITLE,
    files_of,
    make_report,
    plan_files,
    validated,
    write_files,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_drift import compare, require_sense
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import read_history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import audit as rules
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import RETENTION_DAYS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimService, base_url_beside_jumpcloud, header_from

Facts = t.Dict[str, t.Any]
SECONDS_PER_DAY = 86400.0
# what the report and its diff are made of is in the files, since it names people; this is not
OF_THE_REPORT = ("outcome", "verdict", "drift", "checked_at", "checks", "differences")


def run(params: Facts, context: Context) -> Facts:
    """Read and judge what is to be audited. What can't be read is unchecked, and a report that can't be written is not lost."""
    mode = validated(params)
    checked_at, reader = context.clock.rfc3339(), _Reader(params, context)
    people, events = reader.people(), reader.events()
    facts = _facts(params, people, events, reader)
    past, unwritable = _past(params, context)
    report = make_report(facts, checked_at, past, params["path"])
    shown = history.without_people(report["history"][-1])
    plan = Plan(shown, shown, title=TITLE)
    if unwritable is None:
        wanted = plan_files(params, report, past, mode)
        try:
            write_files(wanted, context)
            plan = wanted
        except ScimError as error:
            unwritable = error
    files = files_of(params)
    if unwritable:
        why = " ".join(part for part in (facts["error"], context.masker.redact(unwritable.sentence())) if part)
        report, files = {**report, "outcome": "error", "error": why, "verdict": why}, None
    audit = {
        **{name: report[name] for name in OF_THE_REPORT},
        "counts": (report["people"] or {}).get("counts") or {},
        "unchecked": report["unchecked"],
        "error": report["error"],
        "files": files,
    }
    return {**plan.as_result(), "audit": audit, "lines": rules.lines_of(audit, written=not context.check_mode)}


class _Reader:
    """Reads both vendors over one transport, and the application once. ``unread`` tells what could not be read, ``unchecked`` also what was not tried."""

    def __init__(self, params: Facts, context: Context):
        self._params = params
        self.context = context
        self._transport: Transport | None = None
        self._opened: tuple[JumpCloudConnection, Application] | None = None
        self._failure: ScimError | None = None
        self.off = rules.parts_off(params["switched_off"], params["check_people"], params["check_events"])
        self.unread: list[rules.Unread] = []
        self.unchecked: list[dict[str, str]] = []
        self.refused_at: str | None = None

    def people(self) -> Facts | None:
        """As scim_drift_info has them; None where they were not compared."""
        if "people" in self.off:
            return None
        if self._params["reading_error"]:
            error = ScimError(self._params["reading_error"])
            self._miss(rules.unread_people(error, self._said(error), []))
            return None
        if not self._params["key_id"]:
            self.unchecked.append(rules.NO_KEY)
            return None
        base_url = None
        try:
            if not self._params["secret_key"]:
                raise ScimError("Of the key for audits, only the key ID was given.", "Set scim_provisioning_audit_secret_key as well.")
            base_url = self._base_url()
            return {**self._compared(base_url), "base_url": base_url}
        except ScimError as error:
            unread = rules.unread_people(error, self._said(error), self._params["steps"])
            self.refused_at = base_url if unread.refused else None
            self._miss(unread)
            return None

    def events(self) -> Facts:
        """``health`` and ``events`` as jumpcloud_provisioning_event_info has them; neither where they could not be read."""
        if "events" in self.off:
            return {}
        try:
            days = self._params["events_days"]
            if not days > 0:
                raise ScimError("scim_provisioning_events_days must be more than 0, not %g." % days)
            connection, application = self._open()
            since = self.context.clock.rfc3339(SECONDS_PER_DAY * min(days, RETENTION_DAYS))
            asked = {"event_types": None, "success": None, "limit": max(self._params["max_listed"], 1), "health": True}
            return read_events(asked, since, None, connection, application, self.context)
        except ScimError as error:
            self._miss(rules.unread_events(error, self._said(error)))
            return {}

    def _compared(self, base_url: str) -> Facts:
        grace = 0 if "events" in self.off else self._params["pending_grace"]
        asked = {"domains": self._params["domains"], "pending_grace": grace, "max_listed": self._params["max_listed"], "page_size": PAGE_SIZE}
        require_sense(asked)
        service = ScimService(base_url, header_from(self._params) or "", self._shared())
        connection, application = self._open()
        return compare(asked, connection, application, service, self.context)

    def _base_url(self) -> str:
        if not self._params["unity_organization_id"]:
            raise ScimError("No Unity organization was named.", "Set unity_organization_id (UNITY_ORGANIZATION_ID).")
        return base_url_beside_jumpcloud(self._params)

    def _shared(self) -> Transport:
        self._transport = self._transport or open_transport(self._params, self.context)
        return self._transport

    def _open(self) -> tuple[JumpCloudConnection, Application]:
        """The connection and the application, which are opened once. What failed once is not tried again: vendors block those who repeat it."""
        if self._failure:
            raise self._failure
        try:
            if self._opened is None:
                connection = JumpCloudConnection(self._params, self.context, self._shared())
                self._opened = connection, self._application(connection)
        except ScimError as error:
            self._failure = error
            raise
        return self._opened

    def _application(self, connection: JumpCloudConnection) -> Application:
        """The one that was seen, if it is the one that is asked for; else it is read."""
        identifier, label = self._params["application_id"], self._params["application"]
        seen = rules.seen_object(self._params["seen"], "application") or {}
        names = (seen.get("display_label"), seen.get("display_name"))
        is_asked_for = identifier in (None, "", seen.get("id")) and (not label or label in names)
        if is_asked_for and isinstance(seen.get("id"), str) and OBJECT_ID.match(seen["id"]):
            application = Application(seen["id"], None, names[1], names[0], None, seen.get("organization_id"), None)
            require_expected_organization(application, self._params["expected_organization_id"])
            return application
        if not identifier and not label:
            raise ScimError("No application was named.", "Set application or application_id.")
        return open_application(connection, self._params)

    def _said(self, error: ScimError) -> str:
        return self.context.masker.redact(error.sentence())

    def _miss(self, unread: rules.Unread) -> None:
        self.unread.append(unread)
        self.unchecked.append(unread.as_row())


def _facts(params: Facts, people: Facts | None, events: Facts, reader: _Reader) -> Facts:
    """Everything that the report is made of."""
    seen = params["seen"]
    setup = {**rules.setup_seen(seen, params["key_name"]), "connector": rules.connector_seen(params["connector"], people, reader.refused_at)}
    setup = {name: _readable(name, value) for name, value in setup.items()}
    application = rules.seen_object(seen, "application") or {}
    return {
        "name": params["name"],
        "subject": {
            "unity_organization_id": params["unity_organization_id"],
            "jumpcloud_organization_id": _text(application.get("organization_id")),
            "application": _text(application.get("display_label")) or params["application"],
            "application_id": _text(application.get("id")),
            "base_url": (setup["connector"] or {}).get("base_url"),
        },
        "steps": params["steps"],
        **setup,
        "key_max_age": params["key_max_age"],
        "people": people,
        "health": events.get("health"),
        "events": events.get("events") or [],
        "unchecked": reader.unchecked,
        "switched_off": reader.off,
        "error": rules.said_errors(reader.context.masker.redact(_stopped(params) or ""), reader.unread),
    }


def _stopped(params: Facts) -> str | None:
    steps = [] if "steps" in params["switched_off"] else [step.get("step") for step in params["steps"]]
    return rules.stopped(params["stops"], params["failure"], steps, [] if "steps" in params["switched_off"] else params["run_tags"])


def _readable(name: str, value: t.Any) -> t.Any:
    """What was seen of the set-up, unless it is of a shape that the report can't show: that was not seen."""
    try:
        GIVEN[name](value, name)
    except ShapeMismatch:
        return None
    return value


def _text(value: t.Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _past(params: Facts, context: Context) -> tuple[list[history.Line], ScimError | None]:
    """The runs before this one, and why they can't be read."""
    try:
        return (read_history(params["history"], context.warn) if params["history"] else []), None
    except ScimError as error:
        return [], error
