# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_provisioning_event_info does."""
from __future__ import annotations

import itertools
import re
import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.jumpcloud.client import JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.jumpcloud.events import EVENT_TYPES, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.logic.jumpcloud_group_binding import open_application

# RFC 3339 section 5.6
TIME = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the application's events, newest first. ``since`` defaults to 24 hours ago."""
    since = _time("since", params["since"] or _hours_ago(context, 24))
    until = _time("until", params["until"]) if params["until"] else None
    if until and _moment(until) < _moment(since):
        raise ScimError("until must not be earlier than since: %s is before %s." % (quoted(until), quoted(since)))
    if params["limit"] < 1:
        raise ScimError("limit must be at least 1, not %d." % params["limit"])
    connection = JumpCloudConnection(params, context)
    application = open_application(connection, params)
    found = Events(connection.insights).search(application.id, params["event_types"] or EVENT_TYPES, since, until)
    if params["success"] is not None:
        found = (event for event in found if event.success == params["success"])
    events = [event.as_result() for event in itertools.islice(found, params["limit"])]
    return {"changed": False, "application": application.as_result(), "since": since, "events": events}


def _hours_ago(context: Context, hours: int) -> str:
    moment = datetime.fromtimestamp(context.clock.wall(), timezone.utc) - timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(name: str, value: str) -> str:
    """The time that an option gives, as RFC 3339. Without a zone it would be anybody's guess, and JumpCloud refuses it."""
    # YAML turns a time without quotes into one with a blank
    moment = value.upper().replace(" ", "T")
    try:
        if not TIME.match(moment):
            raise ValueError
        _moment(moment)
    except ValueError:
        raise ScimError("%s must be a time such as 2026-11-24T05:40:04Z, not %s." % (name, quoted(value))) from None
    return moment


def _moment(value: str) -> datetime:
    """To the second, since not every version of Python reads all fractions of one."""
    return datetime.fromisoformat(re.sub(r"\.\d+", "", value).replace("Z", "+00:00"))
