# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a vendor's client tells the HTTP client about the vendor's errors."""

from __future__ import annotations

import typing as t

MISSING_METHOD_STATUSES = frozenset((405, 501))
UNKNOWN = "unknown"


class ErrorReader(t.NamedTuple):
    """What a vendor's client knows about error answers.

    ``read`` maps the JSON body to (code, message), ``hint`` a status to advice, ``is_missing_route`` tells "no such API" (status,
    code) from "no such resource". ``request_id_field`` is where the body names the request, for answers without a header for that.
    ``forbidden``: better advice where this request (method, path) is refused with 403, or None.
    """

    read: t.Callable[[t.Any], tuple[t.Any, str | None]]
    hint: t.Callable[[int], str | None]
    is_missing_route: t.Callable[[int, t.Any], bool] = lambda status, code: False
    request_id_field: str | None = None
    forbidden: t.Callable[[str, str], str | None] = lambda method, path: None


def outcome_of(status: int) -> str:
    """A success that can't be read, and a server error, can come after the effect; a refusal and a missing route have none."""
    return "refused" if 300 <= status < 500 or status in MISSING_METHOD_STATUSES else UNKNOWN
