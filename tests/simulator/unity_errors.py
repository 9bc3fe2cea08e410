# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error bodies of Unity's gateway (published) and of SCIM (RFC 7644)."""

from __future__ import annotations

import uuid

from .wire import Refused, Response

REQUEST_ID = "Unity-Request-Id"
"""Assumed: that every answer names its request, and in which header."""

# Published codes of the gateway
API_MISSING = 4
TOO_MANY_REQUESTS = 50
INVALID_TOKEN = 51
# Assumed codes
FORBIDDEN = 53
NOT_FOUND = 54
CONFLICT = 55
INVALID_ARGUMENT = 56
LIMIT_EXCEEDED = 57


def gateway_refusal(status: int, code: int, title: str, detail: str) -> Refused:
    request_id = str(uuid.uuid4())
    body = {
        "title": title,
        "detail": detail,
        "code": code,
        "type": f"https://services.docs.unity.com/docs/errors/#{code}",
        "status": status,
        "details": [],
        "requestId": request_id,
    }
    headers = {"Content-Type": "application/problem+json", REQUEST_ID: request_id}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="unity"'
    return Refused(Response(status, body, headers))


def scim_refusal(status: int, detail: str, scim_type: str | None = None) -> Refused:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": detail}
    if scim_type:
        body["scimType"] = scim_type
    return Refused(Response(status, body, {"Content-Type": "application/scim+json"}))


def invalid_token() -> Refused:
    return gateway_refusal(401, INVALID_TOKEN, "Unauthorized", "The credentials are missing, unknown or expired.")
