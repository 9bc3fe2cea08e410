# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_provisioning_event_info does."""
from __future__ import annotations

import itertools
import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.jumpcloud.client import JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.jumpcloud.events import EVENT_TYPES, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.logic.jumpcloud_group_binding import open_application


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the application's events, newest first. ``since`` defaults to 24 hours ago."""
    since = params["since"] or _hours_ago(context, 24)
    for name, value in (("since", since), ("until", params["until"])):
        if value:
            _require_time(name, value)
    connection = JumpCloudConnection(params, context)
    application = open_application(connection, params)
    found = Events(connection.insights).search(application.id, params["event_types"] or EVENT_TYPES, since, params["until"])
    if params["success"] is not None:
        found = (event for event in found if event.success == params["success"])
    events = [event.as_result() for event in itertools.islice(found, params["limit"])]
    return {"changed": False, "application": application.as_result(), "since": since, "events": events}


def _hours_ago(context: Context, hours: int) -> str:
    moment = datetime.fromtimestamp(context.clock.wall(), timezone.utc) - timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _require_time(name: str, value: str) -> None:
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise ScimError("%s must be a time such as 2026-11-24T05:40:04Z, not %s." % (name, quoted(value))) from None
