# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directory Insights events: types and main fields are published, the rest of an event's shape is assumed."""

from __future__ import annotations

from typing import Any

from .clock import object_id, timestamp
from .jumpcloud_auth import Administrator
from .records import Application, Binding, User
from .state import State

ENGINE = {"type": "system", "name": "JumpCloud"}


def _initiator(administrator: Administrator) -> dict[str, Any]:
    return {"type": administrator.kind, "email": administrator.name, "id": "0" * 24}


def _event(application: Application, event_type: str, initiated_by: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": object_id(),
        "event_type": event_type,
        "service": "directory",
        "timestamp": timestamp(),
        "organization": application.organization,
        "success": True,
        "application": {"id": application.id, "name": application.name, "display_label": application.display_label},
        "initiated_by": initiated_by,
        "resource": resource,
    }


def association_changed(state: State, application: Application, operation: str, binding: Binding, by: Administrator) -> None:
    event = _event(application, "association_change", _initiator(by), {"type": "application", "id": application.id})
    event["association"] = {
        "op": operation,
        "action_source": "api",
        "connection": {
            "from": {"type": "application", "object_id": application.id, "name": application.display_label},
            "to": {"type": binding.type, "object_id": binding.id},
        },
    }
    state.jumpcloud.events.append(event)


def integration_changed(state: State, application: Application, active: bool, by: Administrator) -> None:
    kind = "integration_activate" if active else "integration_deactivate"
    resource = {"type": "application", "id": application.id, "name": application.display_label}
    state.jumpcloud.events.append(_event(application, kind, _initiator(by), resource))


def person_synced(state: State, application: Application, event_type: str, person: User, failure: tuple[int, str, str] | None) -> None:
    """A failure is (HTTP status or 0, short message, details)."""
    resource = {"type": "user", "id": person.id, "username": person.username, "email": person.email}
    event = _event(application, event_type, ENGINE, resource)
    if failure:
        status, message, details = failure
        event["success"] = False
        event["error_message"] = message
        event["message_chain"] = {"response_code": status, "response_message": message, "message_details": details}
    with state.lock:
        state.jumpcloud.events.append(event)
