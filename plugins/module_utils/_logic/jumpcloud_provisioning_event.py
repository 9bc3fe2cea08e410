# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_provisioning_event_info does."""

from __future__ import annotations

import collections
import itertools
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, moment, moment_of, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import EVENT_TYPES, INTEGRATION_TYPES, PROVISIONING_TYPES, Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import RETENTION_DAYS, oldest_kept
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.health import Health


@dataclass(frozen=True)
class WantedEvents:
    """Which events are asked for. ``limit`` is for those that are shown."""

    event_types: tuple[str, ...] | None
    success: bool | None
    limit: int


@dataclass(frozen=True)
class InfoOptions:
    """The options of jumpcloud_provisioning_event_info."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    wanted: WantedEvents
    health: bool
    since: str | None
    until: str | None


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the application's events, newest first. ``since`` defaults to 24 hours ago."""
    options = parse(InfoOptions, params)
    since, until = _window(options, context)
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    application = open_application(connection, options.target)
    result = read_events(options.wanted, since, until, connection, application, context, Health() if options.health else None)
    return {"changed": False, "application": application.as_result(), **result}


def _window(options: InfoOptions, context: Context) -> tuple[str, str | None]:
    """From when and until when, once the options are known to make sense."""
    since = _time("since", options.since or _hours_ago(context, 24))
    until = _time("until", options.until) if options.until else None
    if until and moment(until) < moment(since):
        raise ScimError("until must not be earlier than since: %s is before %s." % (quoted(until), quoted(since)))
    if options.wanted.limit < 1:
        raise ScimError("limit must be at least 1, not %d." % options.wanted.limit)
    return since, until


def read_events(
    wanted: WantedEvents,
    since: str,
    until: str | None,
    connection: JumpCloudConnection,
    application: Application,
    context: Context,
    health: Health | None,
) -> dict[str, t.Any]:
    """The events of the application, as the module's result has them. ``health`` learns from them, if there is one."""
    oldest = oldest_kept(context.clock.wall())
    if moment(since) < oldest.replace(microsecond=0):
        context.warn("JumpCloud keeps events for %d days. Those before %s are gone, though since is %s." % (RETENTION_DAYS, rfc3339(oldest), quoted(since)))
    events = Events(connection.insights)
    types = wanted.event_types or EVENT_TYPES
    if health:
        searched = [name for name in EVENT_TYPES if name in (*types, *PROVISIONING_TYPES, *INTEGRATION_TYPES)]
        found = health.watch(events.search(application.id, searched, since, until))
    else:
        found = events.search(application.id, types, since, until)
    selected = (event for event in found if event.event_type in types and wanted.success in (None, event.success))
    shown = [event.as_result() for event in itertools.islice(selected, wanted.limit)]
    result: dict[str, t.Any] = {"since": since, "events": shown, "health": None}
    if health:
        # the limit is for what is shown; the health is that of all events
        _read_all(found)
        if health.integration_change is None and moment(since) > oldest and (until is None or moment(until) > oldest):
            _read_all(health.watch(events.search(application.id, INTEGRATION_TYPES, rfc3339(oldest), until)))
        result["health"] = health.as_result(rfc3339(moment(since)), rfc3339(moment(until) if until else _now(context)))
        result["health"]["incomplete"] = bool(events.gaps)
    for gap in events.gaps:
        context.warn("%s What is counted is at least so many." % gap if health else gap)
    return {**result, "gaps": events.gaps}


def _read_all(events: t.Iterator[Event]) -> None:
    collections.deque(events, maxlen=0)


def _now(context: Context) -> datetime:
    return at(context.clock.wall())


def _hours_ago(context: Context, hours: int) -> str:
    return rfc3339(_now(context) - timedelta(hours=hours))


def _time(name: str, value: str) -> str:
    """The time that an option gives, as RFC 3339. Without a zone it would be anybody's guess, and JumpCloud refuses it."""
    if moment_of(value) is None:
        raise ScimError("%s must be a time such as 2026-11-24T05:40:04Z, not %s." % (name, quoted(value)))
    # YAML turns a time without quotes into one with a blank
    return value.strip().upper().replace(" ", "T")
