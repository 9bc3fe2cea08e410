# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud Directory Insights: queries over the events (published)."""

from __future__ import annotations

import json
from typing import Any

from .clock import parse_timestamp
from .jumpcloud_auth import authenticated, chosen_organization
from .state import State
from .wire import NotJSON, Refused, Request, Response

EVENTS = "/insights/directory/v1/events"
DEFAULT_LIMIT = 1000
MAX_LIMIT = 10000
Event = dict[str, Any]


def handle(state: State, request: Request) -> Response:
    if request.method != "POST" or request.path not in (EVENTS, EVENTS + "/count"):
        raise _refusal(404, f"Nothing answers {request.method} {request.path}")
    with state.lock:
        try:
            administrator = authenticated(state, request)
            if not administrator.insights:
                raise _refusal(403, "Forbidden: the credentials may not read Directory Insights")
            organization = chosen_organization(administrator, request)
        except Refused as refused:
            raise _refusal(refused.response.status, refused.response.body["message"]) from refused
        events = [event for event in state.jumpcloud.events if event["organization"] == organization]
    try:
        query = request.json_object()
        events = _selected(query, events)
        if request.path == EVENTS:
            return _page(query, events)
    except (NotJSON, ValueError, TypeError, AttributeError) as error:
        raise _refusal(400, f"invalid query: {error}") from error
    return Response(200, {"count": len(events)})


def _refusal(status: int, message: str) -> Refused:
    return Refused(Response(status, {"message": message}))


def _selected(query: dict[str, Any], events: list[Event]) -> list[Event]:
    services = query.get("service")
    if not isinstance(services, list) or not services:
        raise ValueError("service is required, a list")
    start = parse_timestamp(str(query.get("start_time", "")))
    end = parse_timestamp(str(query["end_time"])) if query.get("end_time") else None
    found = []
    for event in events:
        moment = parse_timestamp(event["timestamp"])
        in_time = moment >= start and (end is None or moment <= end)
        if in_time and ("all" in services or event["service"] in services) and _matches(query.get("search_term") or {}, event):
            found.append(event)
    return found


def _matches(term: dict[str, Any], event: Event) -> bool:
    every, some, none = term.get("and") or {}, term.get("or") or {}, term.get("not") or {}
    return (
        all(_has(event, field, wanted) for field, wanted in every.items())
        and (not some or any(_has(event, field, wanted) for field, wanted in some.items()))
        and not any(_has(event, field, wanted) for field, wanted in none.items())
    )


def _has(event: Event, field: str, wanted: Any) -> bool:
    """Search values must be in lower case; what is stored is compared in lower case."""
    value: Any = event
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    stored = str(value).lower() if value is not None else None
    return stored in [str(item).lower() if isinstance(item, bool) else str(item) for item in (wanted if isinstance(wanted, list) else [wanted])]


def _position(event: Event) -> list[Any]:
    return [int(parse_timestamp(event["timestamp"]).timestamp() * 1000), event["id"]]


def _page(query: dict[str, Any], events: list[Event]) -> Response:
    size = int(query.get("limit") or DEFAULT_LIMIT)
    if not 1 <= size <= MAX_LIMIT:
        raise ValueError(f"limit must be between 1 and {MAX_LIMIT}")
    descending = str(query.get("sort", "ASC")).upper() == "DESC"
    events = sorted(events, key=_position, reverse=descending)
    after = query.get("search_after")
    if after:
        events = [event for event in events if (_position(event) < after if descending else _position(event) > after)]
    events = events[int(query.get("skip") or 0) :][:size]
    headers = {"X-Result-Count": str(len(events)), "X-Limit": str(size)}
    if events:
        headers["X-Search_after"] = json.dumps(_position(events[-1]))
    names = query.get("fields")
    shown = [{name: value for name, value in event.items() if name in names} for event in events] if names else events
    return Response(200, shown, headers)
