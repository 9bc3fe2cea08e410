# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to JumpCloud's Directory Insights: what its provisioning engine and its administrators did.

PUBLISHED: ``POST /insights/directory/v1/events`` ``{service, start_time, end_time, limit, sort, search_term, search_after}``; the next page
is asked for with the header ``X-Search_after``, and the last one has ``X-Result-Count`` < ``X-Limit``; events are kept for 90 days. Event
types and fields as in WATCHED_TYPES and Event. Not published: how long an event takes to appear, and whether ``application.id`` can be
searched for, so it is compared here. ASSUMED: an event has an ``id``; one without it is known by all that it says.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import http_date, moment, moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import ROWS_BETWEEN_LOOKS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import LONGEST_NUMBER

PROVISIONING_TYPES = ("user_create_provision", "user_update_provision", "user_deprovision", "user_delete_provision", "user_lookup_provision")
INTEGRATION_TYPES = ("integration_activate", "integration_deactivate")
# bound or unbound
BINDING_TYPES = ("association_change",)
EVENT_TYPES = (*PROVISIONING_TYPES, *INTEGRATION_TYPES, *BINDING_TYPES)
# which attributes are sent
ATTRIBUTE_TYPES = ("integrationattribute_include", "integrationattribute_exclude")
WATCHED_TYPES = (*EVENT_TYPES, *ATTRIBUTE_TYPES)
PAGE_SIZE = 1000
# what can lie on the way from an application to a person
GRAPH_TYPES = {"application", "user_group", "user"}
LONGEST_IDENTITY = 64


@dataclass(frozen=True)
class Event:
    """One event. ``timestamp`` is RFC 3339, in JumpCloud's time; ``response_code`` is the HTTP status that the SCIM service gave, or None.

    ``identity`` tells it apart from all others.
    """

    event_type: str
    timestamp: str
    success: bool | None
    application_id: str | None
    error_message: str | None
    response_code: int | None
    details: str | None
    initiated_by: str | None
    resource: dict[str, t.Any]
    identity: str = field(default="", compare=False)

    def as_result(self) -> dict[str, t.Any]:
        return {
            "event_type": self.event_type,
            "timestamp": self.timestamp,
            "success": self.success,
            "application_id": self.application_id,
            "error_message": self.error_message,
            "response_code": self.response_code,
            "details": self.details,
            "initiated_by": self.initiated_by,
            "resource": self.resource,
        }


@dataclass(frozen=True)
class BindingChange:
    """When people or groups, by their ids, were bound to an application, or unbound; neither, where an event does not say whom it concerns.

    Where a person joined or left a group, both are named. ``is_removal``: None where the event does not say.
    """

    at: datetime
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    is_removal: bool | None = False

    @property
    def whole_groups(self) -> frozenset[str]:
        """The groups all of whose people it concerns: where a person joined or left one, it is about the person."""
        return frozenset() if self.people else self.groups

    @property
    def is_of_the_application(self) -> bool:
        """Whether it is about a binding of the application itself, and not about who belongs to a group, which names both."""
        return len(self.people) + len(self.groups) < 2


class Events:
    """The events of one JumpCloud organization."""

    def __init__(self, client: HttpClient):
        self._client = client
        # in words: what the service did not show, or not in a usable form, of all that was asked for
        self.gaps: list[str] = []
        # what time the service had when it answered last; None where it did not say
        self.service_time: datetime | None = None

    def search(self, application_id: str, event_types: t.Sequence[str], since: str, until: str | None = None) -> t.Iterator[Event]:
        """Events of this application, newest first, page by page. ``since`` and ``until`` are RFC 3339.

        Afterwards ``gaps`` tells what is missing of them.
        """
        # the service returns whole matches only if it knows the field; what it does not filter is filtered here
        return (_event(row) for row in self._rows(event_types, since, until) if _is_of(row, application_id))

    def binding_changes(self, application_id: str, since: str) -> t.Iterator[BindingChange]:
        """What was bound and unbound since then; an activation of provisioning names nobody.

        ASSUMED: the field ``association`` of the event ``association_change`` holds ``op`` (``remove`` unbinds) and ``connection``, which
        names both ends as ``{type, object_id}``; one end is the application, or it is a group that a person or a group joined. Where there are
        no ends, an event of this application counts for everybody, so that nobody is called missing too early.
        """
        for row in self._rows((*BINDING_TYPES, "integration_activate"), since, None):
            ends = _association_ends(row)
            named = [identifier for identifier in (_application_id(row), *ends.get("application", ())) if identifier is not None]
            concerns_others = any(identifier != application_id for identifier in named) or set(ends) - GRAPH_TYPES
            if concerns_others or row.get("success") is False:
                continue
            change = _binding_change(row)
            if change.people or change.groups or (named and not change.is_removal):
                yield change

    def unbindings(self, application_id: str, since: str) -> list[BindingChange]:
        """What was unbound from the application since then, newest first. What does not say whether it bound or unbound may have unbound."""
        rows = (row for row in self._rows(BINDING_TYPES, since, None) if _is_of(row, application_id) and row.get("success") is not False)
        return [change for change in map(_binding_change, rows) if change.is_removal is not False]

    def _rows(self, event_types: t.Sequence[str], since: str, until: str | None) -> t.Iterator[dict[str, t.Any]]:
        body: dict[str, t.Any] = {
            "service": ["directory"],
            "start_time": since,
            "limit": PAGE_SIZE,
            "sort": "DESC",
            "search_term": {"and": {"event_type": list(event_types)}},
        }
        if until:
            body["end_time"] = until
        positions: set[str] = set()
        odd = 0
        while True:
            answer = self._client.request("POST", "/insights/directory/v1/events", "search the provisioning events", json_body=body, reads=True)
            self.service_time = http_date(answer.header("Date"))
            rows = answer.json([dict])
            for number, row in enumerate(rows):
                if number % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1:
                    self._client.require_time_left("search the provisioning events")
                if moment_of(row.get("timestamp")) is None or not isinstance(row.get("event_type"), str):
                    odd += 1
                elif row["event_type"] in event_types:
                    yield row
            position = answer.header("X-Search_after")
            is_full = bool(rows) and len(rows) >= _page_size(answer)
            if is_full and not position:
                self._miss("JumpCloud gave as many events as it gives at a time, and did not say where the next ones begin: older ones are missing.")
            if not position or not is_full:
                break
            if position in positions:
                raise ScimError("The list of events does not advance: JumpCloud sent the same page twice.", "Try again.")
            positions.add(position)
            body = {**body, "search_after": _position(answer, position)}
        if odd:
            self._miss(counted(odd, "event has no readable time or type, and is left out.", "events have no readable time or type, and are left out."))

    def _miss(self, what: str) -> None:
        if what not in self.gaps:
            self.gaps.append(what)


def _page_size(answer: Answer) -> int:
    """How many events a page holds: what was asked for, unless the service says that it gives less. An empty page is the last one in any case."""
    limit = answer.header("X-Limit") or ""
    return max(1, min(PAGE_SIZE, int(limit))) if limit.isascii() and limit.isdecimal() and len(limit) < LONGEST_NUMBER else PAGE_SIZE


def _position(answer: Answer, header: str) -> list[t.Any]:
    try:
        position = json.loads(header)
    except (ValueError, RecursionError):
        position = None
    if not isinstance(position, list):
        raise answer.unexpected("a JSON list in the header X-Search_after", "something else")
    return position


def _application_id(row: dict[str, t.Any]) -> t.Any:
    return _fields(row, "application").get("id")


def _is_of(row: dict[str, t.Any], application_id: str) -> bool:
    """A change of its bindings may name the application as one of its ends only."""
    return _application_id(row) == application_id or application_id in _association_ends(row).get("application", ())


def _fields(row: dict[str, t.Any], name: str) -> dict[str, t.Any]:
    """An object within an event; nothing where it is none, which must not cost the other events."""
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _binding_change(row: dict[str, t.Any]) -> BindingChange:
    """See Events.binding_changes for what is assumed. An activation binds."""
    operation, ends = _fields(row, "association").get("op"), _association_ends(row)
    people, groups = (frozenset(ends.get(kind, ())) for kind in ("user", "user_group"))
    is_removal = None if row["event_type"] in BINDING_TYPES else False
    return BindingChange(moment(row["timestamp"]), people, groups, {"add": False, "remove": True}.get(str(operation), is_removal))


def _association_ends(row: dict[str, t.Any]) -> dict[str, set[str]]:
    """The ids of what was connected, by type."""
    connection = _fields(row, "association").get("connection")
    ends: dict[str, set[str]] = {}
    for end in [connection.get("from"), connection.get("to")] if isinstance(connection, dict) else []:
        if isinstance(end, dict) and isinstance(end.get("object_id"), str) and isinstance(end.get("type"), str):
            ends.setdefault(end["type"], set()).add(end["object_id"])
    return ends


def _first_text(fields: dict[str, t.Any], *names: str) -> str | None:
    """What the service publishes as text may be something else in an odd event, which must not cost the others."""
    return next((fields[name] for name in names if fields.get(name) and isinstance(fields[name], str)), None)


def _event(row: dict[str, t.Any]) -> Event:
    chain, resource = _fields(row, "message_chain"), _fields(row, "resource")
    identifier, success = _application_id(row), row.get("success")
    return Event(
        event_type=row["event_type"],
        timestamp=row["timestamp"],
        success=success if isinstance(success, bool) else None,
        application_id=identifier if isinstance(identifier, str) else None,
        error_message=_first_text(row, "error_message"),
        response_code=_status(chain.get("response_code")),
        details=_first_text(chain, "message_details", "response_message"),
        initiated_by=_first_text(_fields(row, "initiated_by"), "email", "name", "type"),
        resource={name: resource[name] for name in ("type", "id", "username", "email") if isinstance(resource.get(name), str)},
        identity=_identity(row),
    )


def _identity(row: dict[str, t.Any]) -> str:
    given = row.get("id")
    if isinstance(given, str) and 0 < len(given) <= LONGEST_IDENTITY:
        return given
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode("ascii")).hexdigest()


def _status(code: t.Any) -> int | None:
    """An HTTP status, as a number or as text."""
    text = str(code) if isinstance(code, (int, str)) else ""
    return int(text) if len(text) == 3 and text.isascii() and text.isdecimal() and int(text) > 0 else None
