# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How JumpCloud pages, filters and sorts its lists: v1 `field:$eq:value`, v2 `field:eq:value` (published)."""

from __future__ import annotations

import fnmatch
from typing import Any

from .jumpcloud_errors import invalid_field
from .wire import Request, Response, as_int

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
"""The default is published; what a larger limit than the maximum gives is assumed: the maximum."""

Rows = list[dict[str, Any]]


def console_list(request: Request, rows: Rows) -> Response:
    """A v1 list: `{results, totalCount}`, the count being of all that match."""
    expression = request.parameter("filter")
    if expression:
        rows = [row for row in rows if _matches_v1(row, expression)]
    rows = _sorted(rows, [name for name in request.parameter("sort").split(",") if name])
    names = request.parameter("fields").replace(",", " ").split()
    shown = [_only(row, names + ["_id"]) if names else row for row in _cut(request, rows)]
    return Response(200, {"results": shown, "totalCount": len(rows)})


def directory_list(request: Request, rows: Rows) -> Response:
    """A v2 list: a bare array with its total in a header."""
    for expression in request.parameter_list("filter"):
        rows = [row for row in rows if _matches_v2(row, expression)]
    rows = _sorted(rows, request.parameter_list("sort"))
    names = request.parameter_list("fields")
    shown = [_only(row, names + ["id", "_id", "type"]) if names else row for row in _cut(request, rows)]
    return Response(200, shown, {"X-Total-Count": str(len(rows))})


def _cut(request: Request, rows: Rows) -> Rows:
    try:
        limit, skip = as_int(request.parameter("limit"), DEFAULT_LIMIT), as_int(request.parameter("skip"), 0)
    except ValueError as error:
        raise invalid_field("limit", "limit and skip must be integers") from error
    if limit < 0 or skip < 0:
        raise invalid_field("limit", "limit and skip must not be negative")
    return rows[skip:skip + min(limit, MAX_LIMIT)]


def _sorted(rows: Rows, names: list[str]) -> Rows:
    for name in reversed(names):
        plain = name.lstrip("-")
        rows = sorted(rows, key=lambda row, field=plain: str(row.get(field, "")), reverse=name.startswith("-"))
    return rows


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
