# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How JumpCloud pages, filters and sorts its lists: v1 `field:$eq:value`, v2 `field:eq:value` (published)."""

from __future__ import annotations

import fnmatch
from typing import Any, Callable, Sequence, TypeVar

from .jumpcloud_errors import invalid_field
from .wire import Request, Response, as_int

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
"""The default is published; what a larger limit than the maximum gives is assumed: the maximum."""

Row = dict[str, Any]
Rows = list[Row]
Item = TypeVar("Item")


def console_list(request: Request, rows: Callable[[tuple[str, ...]], Rows]) -> Response:
    """A v1 list: `{results, totalCount}`, the count being of all that match. Rows gives all of them, in the order of these names."""
    found = rows(tuple(name for name in request.parameter("sort").split(",") if name))
    expression = request.parameter("filter")
    if expression:
        found = [row for row in found if _matches_v1(row, expression)]
    names = request.parameter("fields").replace(",", " ").split()
    shown = [_only(row, names + ["_id"]) if names else row for row in _cut(request, found)]
    return Response(200, {"results": shown, "totalCount": len(found)})


def directory_list(request: Request, rows: Rows) -> Response:
    """A v2 list: a bare array with its total in a header."""
    shown, total = _page_v2(request, rows)
    return Response(200, shown, {"X-Total-Count": str(total)})


def provider_list(request: Request, rows: Rows) -> Response:
    """A v2 list of a provider: `{results, totalCount}`."""
    shown, total = _page_v2(request, rows)
    return Response(200, {"results": shown, "totalCount": total})


def _page_v2(request: Request, rows: Rows) -> tuple[Rows, int]:
    for expression in request.parameter_list("filter"):
        rows = [row for row in rows if _matches_v2(row, expression)]
    rows = in_order(rows, request.parameter_list("sort"))
    names = request.parameter_list("fields")
    return [_only(row, names + ["id", "_id", "type"]) if names else row for row in _cut(request, rows)], len(rows)


def long_directory_list(request: Request, items: Sequence[Item], show: Callable[[Item], Row]) -> Response:
    """The same for a list that may be long: only what is on the page becomes a row, unless it has to be filtered or sorted first."""
    if request.parameter_list("filter") or request.parameter_list("sort") or request.parameter_list("fields"):
        return directory_list(request, [show(item) for item in items])
    return Response(200, [show(item) for item in _cut(request, items)], {"X-Total-Count": str(len(items))})


def _cut(request: Request, rows: Sequence[Item]) -> Sequence[Item]:
    try:
        limit, skip = as_int(request.parameter("limit"), DEFAULT_LIMIT), as_int(request.parameter("skip"), 0)
    except ValueError as error:
        raise invalid_field("limit", "limit and skip must be integers") from error
    if limit < 0 or skip < 0:
        raise invalid_field("limit", "limit and skip must not be negative")
    return rows[skip : skip + min(limit, MAX_LIMIT)]


def in_order(rows: Rows, names: Sequence[str]) -> Rows:
    """Sorted by these fields; a minus before a name sorts it downwards."""
    for name in reversed(names):
        rows = sorted(rows, key=_text_of(name.lstrip("-")), reverse=name.startswith("-"))
    return rows


def _text_of(field: str) -> Callable[[Row], str]:
    return lambda row: str(row.get(field, ""))


def _only(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in names}


def _matches_v1(row: dict[str, Any], expression: str) -> bool:
    parts = expression.split(":", 2)
    if len(parts) != 3 or parts[1] not in ("$eq", "$ne"):
        raise invalid_field("filter", "must be field:$eq:value or field:$ne:value")
    equal = _text(row.get(parts[0])) == parts[2]
    return equal if parts[1] == "$eq" else not equal


def _matches_v2(row: dict[str, Any], expression: str) -> bool:
    parts = expression.split(":", 2)
    if len(parts) != 3 or parts[1] not in ("eq", "ne", "in"):
        raise invalid_field("filter", "must be field:eq:value, field:ne:value or field:in:value|value")
    value = _text(row.get(parts[0]))
    if parts[1] == "in":
        return value in parts[2].split("|")
    equal = fnmatch.fnmatchcase(value, parts[2].replace("[", "[[]")) if "*" in parts[2] else value == parts[2]
    return equal if parts[1] == "eq" else not equal


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value if value is not None else "")
