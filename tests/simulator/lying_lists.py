# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of an honest list one that lies: SCIM's, JumpCloud's v1 and v2, and the events of Directory Insights."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlencode

from .unity_errors import scim_refusal
from .wire import Request, Response

if TYPE_CHECKING:
    from .lies import Lie

Row = dict[str, Any]
Serve = Callable[[Request], Response]
TOTAL_HEADER = "X-Total-Count"
MORE_THAN_THERE_ARE = 60


@dataclass(frozen=True)
class Form:
    """How a kind of list is asked for, and where its rows and its total stand. No field: a bare array, its total in a header."""

    position: str
    first: int
    amount: str
    most: int
    rows_field: str = ""
    total_field: str = ""

    def read(self, response: Response) -> tuple[list[Row], int]:
        body = json.loads(response.payload())
        if not self.rows_field:
            return body, int(response.headers[TOTAL_HEADER])
        return body.get(self.rows_field) or [], body[self.total_field]

    def written(self, honest: Response, rows: list[Row], total: int | None) -> Response:
        """No total: it is left out where it is a header; in a body it is always an integer."""
        headers = {name: value for name, value in honest.headers.items() if name.lower() != "etag"}
        if not self.rows_field:
            del headers[TOTAL_HEADER]
            return Response(200, rows, headers if total is None else {**headers, TOTAL_HEADER: str(total)})
        body = {**json.loads(honest.payload()), self.rows_field: rows}
        if total is not None:
            body[self.total_field] = total
        if "itemsPerPage" in body:
            body["itemsPerPage"] = len(rows)
        return Response(200, body, headers)

    def start(self, request: Request) -> int:
        """How many rows come before this page."""
        return max(0, int(request.parameter(self.position) or self.first) - self.first)

    def whole(self, request: Request, serve: Serve) -> list[Row]:
        """All rows, whatever page was asked for."""
        rows: list[Row] = []
        while True:
            page, total = self.read(serve(_asking(request, **{self.position: len(rows) + self.first, self.amount: self.most})))
            rows += page
            if not page or len(rows) >= total:
                return rows


SCIM = Form("startIndex", 1, "count", 1000, "Resources", "totalResults")
CONSOLE = Form("skip", 0, "limit", 100, "results", "totalCount")
DIRECTORY = Form("skip", 0, "limit", 100)


def told_list(lie: Lie, request: Request, honest: Response, serve: Serve) -> Response:
    form = _form(lie, request, honest)
    if form is None:
        return honest
    if lie.filter != "honest" and request.parameter("filter"):
        return form.written(honest, [], 0) if lie.filter == "empty" else _refused(lie, int(lie.filter), "Filtering is not supported")
    start, rows = form.start(request), form.read(honest)[0]
    slots = _with_dead_records(form.whole(request, serve), lie.thin)
    size = _page_size(form, request, honest, lie.cap)
    if start and start >= len(slots) and lie.beyond_end != "empty":
        return Response(204) if lie.beyond_end == 204 else _refused(lie, int(lie.beyond_end), f"{form.position} is beyond the end of the list")
    page = slots[start : start + size]
    if lie.repeat and start:
        # those of the page before come again, and those in whose place they come never do
        before = slots[max(0, start - size) : start]
        again = min(lie.repeat, len(before), len(page))
        page = before[:again] + page[again:]
    if lie.lost_after is not None:
        page = page[: max(0, lie.lost_after - start)]
    rows = [_odd_person(row, lie.odd) for row in page if row is not None]
    return form.written(honest, rows, _total(lie.total, len(rows), len(slots)))


def _form(lie: Lie, request: Request, honest: Response) -> Form | None:
    """None: this is no list."""
    if request.method != "GET" or honest.body is None:
        return None
    if TOTAL_HEADER in honest.headers:
        return DIRECTORY
    body = json.loads(honest.payload())
    form = SCIM if lie.service == "unity-scim" else CONSOLE
    return form if isinstance(body, dict) and form.total_field in body else None


def _page_size(form: Form, request: Request, honest: Response, cap: int) -> int:
    """How many rows the honest service gives at most, and the lying one therefore."""
    rows, total = form.read(honest)
    asked = int(request.parameter(form.amount) or 0)
    size = len(rows) if form.start(request) + len(rows) < total and rows else max(asked, len(rows))
    return min(size, cap) if cap else size


def _with_dead_records(rows: list[Row], every: int) -> list[Row | None]:
    """One position in the middle of each full stretch is a record that nobody sees any more. It counts in the total."""
    if not every:
        return list(rows)
    slots: list[Row | None] = []
    for begin in range(0, len(rows), every - 1):
        stretch: list[Row | None] = list(rows[begin : begin + every - 1])
        if len(stretch) == every - 1:
            stretch.insert(every // 2, None)
        slots += stretch
    return slots


def _total(said: str, on_page: int, honest: int) -> int | None:
    if said == "absent":
        return None
    return {
        "page": on_page,
        "zero": 0,
        "minus_one": -1,
        "one_short": max(0, honest - 1),
        "too_many": honest + MORE_THAN_THERE_ARE,
    }.get(said, honest)


def _refused(lie: Lie, status: int, why: str) -> Response:
    if lie.service == "unity-scim":
        return scim_refusal(status, f"{why}.").response
    return Response(status, {"code": 0, "message": why, "status": str(status)})


def _asking(request: Request, **changes: int) -> Request:
    """The same request for another page."""
    query = {**request.query, **{name: [str(value)] for name, value in changes.items()}}
    return replace(request, query_string=urlencode(query, doseq=True))


def _odd_person(row: Row, odd: dict[str, str]) -> Row:
    name = str(row.get("userName", ""))
    kind = odd.get(name.lower()) if name else None
    if kind == "no_user_name":
        return {field: value for field, value in row.items() if field != "userName"}
    changes: dict[str | None, Row] = {
        "emails_text": {"emails": [name]},
        "emails_null": {"emails": None},
        "active_text": {"active": "True"},
        "numeric_external_id": {"externalId": 4711},
    }
    return {**row, **changes.get(kind, {})}


def told_events(lie: Lie, request: Request, honest: Response, serve: Serve) -> Response:
    """The number of events is said to be what was asked for, and nothing leads to the next ones."""
    if not isinstance(honest.body, list):
        return honest
    if lie.cap:
        query = request.json_object()
        honest = serve(replace(request, body=json.dumps({**query, "limit": min(lie.cap, int(query.get("limit") or lie.cap))}).encode("utf-8")))
    headers = dict(honest.headers)
    if lie.incomplete and honest.body:
        del headers["X-Search_after"]
        headers["X-Result-Count"] = headers["X-Limit"] = str(request.json_object().get("limit") or headers["X-Limit"])
    rows = [] if lie.lost_after == 0 else [_odd_event(event, lie.odd) for event in honest.body]
    return Response(200, rows, headers)


def _odd_event(event: Row, odd: dict[str, str]) -> Row:
    resource = event.get("resource")
    kind = odd.get(str(resource.get("email", "")).lower()) if isinstance(resource, dict) else None
    if kind == "no_timestamp":
        return {name: value for name, value in event.items() if name != "timestamp"}
    return {**event, "error_message": {"code": 17, "text": "an object"}} if kind == "error_object" else event
