# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's error bodies: `{code, message, status}`, v2 with `details` on 400 (published)."""

from __future__ import annotations

from typing import Any

from .wire import Refused, Response

_STATUS = {
    400: (3, "INVALID_ARGUMENT"),
    401: (16, "UNAUTHENTICATED"),
    403: (7, "PERMISSION_DENIED"),
    404: (5, "NOT_FOUND"),
    405: (12, "UNIMPLEMENTED"),
    409: (9, "FAILED_PRECONDITION"),
}
"""The fields are published, these values are assumed."""


def refusal(status: int, message: str, details: list[dict[str, Any]] | None = None) -> Refused:
    code, name = _STATUS[status]
    body: dict[str, Any] = {"code": code, "message": message, "status": name}
    if details is not None:
        body["details"] = details
    return Refused(Response(status, body))


def invalid_field(field: str, message: str) -> Refused:
    return refusal(400, f"{field}: {message}", [{"field": field, "description": message}])


def already_exists() -> Refused:
    """Observed: a duplicate has a message only."""
    return Refused(Response(409, {"message": "Already Exists"}))
