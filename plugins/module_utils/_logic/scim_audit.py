# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_audit does: it reads the people and the events, judges them beside what was seen of the set-up, and makes one report of it all."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
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
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit_report import (
    TITLE,
    WantedFiles,
    files_of,
    make_report,
    plan_files,
    validated,
    write_files,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_drift import Comparison, compare, require_sense
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import read_history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import audit as rules
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import RETENTION_DAYS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimKey, ScimService, base_url_from, header_from

Facts = t.Dict[str, t.Any]
SECONDS_PER_DAY = 86400.0
# what the report and its diff are made of is in the files, since it names people; this is not
OF_THE_REPORT = ("outcome", "verdict", "drift", "checked_at", "checks", "differences")


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


def run(params: Facts, context: Context) -> Facts:
    """Read and judge what is to be audited. What can't be read is unchecked, and a report that can't be written is not lost."""
    options = parse(Options, params)
    mode = validated(options.files, options.key_max_age)
    elapsed = _stopwatch(options.started_at, context)
    checked_at, reader = context.clock.rfc3339(), _Reader(options, context)
    people, events = reader.people(), reader.events()
    facts = {**_facts(options, people, events, reader), "duration": elapsed()}
    past, unwritable = _past(options.files.history, context)
    report = make_report(facts, checked_at, past, options.files.path)
    shown = history.without_people(report["history"][-1])
    plan = Plan(shown, shown, title=TITLE)
    if unwritable is None:
        wanted = plan_files(options.files, report, past, mode)
        try:
            write_files(wanted, context)
            plan = wanted
        except ScimError as error:
            unwritable = error
    files = files_of(options.files)
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
    lines = rules.lines_of(audit, written=not context.check_mode) + (rules.names_of(report["people"]) if context.diff_mode else [])
    return {**plan.as_result(), "audit": audit, "lines": lines}


def _stopwatch(started_at: str | None, context: Context) -> t.Callable[[], float | None]:
    """Gives the seconds since the audit began; None where the clock was set back meanwhile."""
    if not started_at:
        begun = context.clock.now()
        return lambda: context.clock.now() - begun
    start = moment_of(started_at)
    if start is None:
        raise ScimError("started_at must be a time such as 2026-11-24T05:40:04Z, not %s." % quoted(started_at))

    def elapsed() -> float | None:
        seconds = (at(context.clock.wall()) - start).total_seconds()
        return seconds if seconds >= 0 else None

    return elapsed


class _Reader:
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

    def people(self) -> Facts | None:
        """As scim_drift_info has them; None where they were not compared."""
        if "people" in self.off:
            return None
        if self._options.reading_error:
            error = ScimError(self._options.reading_error)
            self._miss(rules.unread_people(error, self._said(error), []))
            return None
        if not self._options.key_id:
            self.unchecked.append(rules.NO_KEY)
            return None
        base_url = None
        try:
            if not self._options.secret_key:
                raise ScimError("Of the key for audits, only the key ID was given.", "Set scim_provisioning_audit_secret_key as well.")
            base_url = self._base_url()
            return {**self._compared(base_url), "base_url": base_url}
        except ScimError as error:
            unread = rules.unread_people(error, self._said(error), self._options.steps)
            self.refused_at = base_url if unread.refused else None
            self._miss(unread)
            return None

    def events(self) -> Facts:
        """``health`` and ``events`` as jumpcloud_provisioning_event_info has them; neither where they could not be read."""
        if "events" in self.off:
            return {}
        try:
            days = self._options.events_days
            if not days > 0:
                raise ScimError("scim_provisioning_events_days must be more than 0, not %g." % days)
            connection, application = self._open()
            since = self.context.clock.rfc3339(SECONDS_PER_DAY * min(days, RETENTION_DAYS))
            asked = WantedEvents(None, None, max(self._options.files.max_listed, 1), True)
            return read_events(asked, since, None, connection, application, self.context)
        except ScimError as error:
            self._miss(rules.unread_events(error, self._said(error)))
            return {}

    def _compared(self, base_url: str) -> Facts:
        grace = 0 if "events" in self.off else self._options.pending_grace
        asked = Comparison(self._options.domains, grace, self._options.files.max_listed, PAGE_SIZE)
        require_sense(asked)
        service = ScimService(base_url, header_from(ScimKey(self._options.key_id, self._options.secret_key, None)) or "", self._shared())
        connection, application = self._open()
        groups = [UserGroup(group["id"], group["name"]) for group in rules.groups_to_bind(self._options.seen)]
        return compare(asked, connection, application, service, self.context, groups)

    def _base_url(self) -> str:
        options = self._options
        if not options.unity_organization_id:
            raise ScimError("No Unity organization was named.", "Set unity_organization_id (UNITY_ORGANIZATION_ID).")
        organization = UnityOrganization(options.unity_organization_id, options.unity_expected_organization_id, options.unity_api_url)
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


def _facts(options: Options, people: Facts | None, events: Facts, reader: _Reader) -> Facts:
    """Everything that the report is made of."""
    seen = options.seen
    setup = {**rules.setup_seen(seen, options.key_name), "connector": rules.connector_seen(options.connector, people, reader.refused_at)}
    setup = {name: _readable(name, value) for name, value in setup.items()}
    application = rules.seen_object(seen, "application") or {}
    return {
        "name": options.name,
        "subject": {
            "unity_organization_id": options.unity_organization_id,
            "jumpcloud_organization_id": _text(application.get("organization_id")),
            "application": _text(application.get("display_label")) or options.target.application,
            "application_id": _text(application.get("id")),
            "base_url": (setup["connector"] or {}).get("base_url"),
        },
        "steps": options.steps,
        **setup,
        "key_max_age": options.key_max_age,
        "people": people,
        "health": events.get("health"),
        "events": events.get("events") or [],
        "unchecked": reader.unchecked,
        "switched_off": reader.off,
        "error": rules.said_errors(reader.context.masker.redact(_stopped(options) or ""), reader.unread),
    }


def _stopped(options: Options) -> str | None:
    steps = [] if "steps" in options.switched_off else [step.get("step") for step in options.steps]
    return rules.stopped(options.stops, options.failure, steps, [] if "steps" in options.switched_off else options.run_tags)


def _readable(name: str, value: t.Any) -> t.Any:
    """What was seen of the set-up, unless it is of a shape that the report can't show: that was not seen."""
    try:
        GIVEN[name](value, name)
    except ShapeMismatch:
        return None
    return value


def _text(value: t.Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _past(path: str | None, context: Context) -> tuple[list[history.Line], ScimError | None]:
    """The runs before this one, and why they can't be read."""
    try:
        return (read_history(path, context.warn) if path else []), None
    except ScimError as error:
        return [], error
