# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of both vendors, as their contracts say, and the options that lead to them."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header

ORG = "12345678901234"
TOKEN = "owner-token-1f4b7c"
KEY_ID = "7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10"
SECRET = "q8Zr5tVw2xYb4nMk7pLs9dFg3hJc6aQe"
HEADER = authorization_header(KEY_ID, SECRET)
BASE_URL = "https://services.api.unity.com/scim/v2/tenants/" + ORG

UNITY = {"organization_id": ORG, "access_token": TOKEN}
ACCOUNTS = "/auth/v1/organizations/%s/service-accounts" % ORG
SSO = "/auth/v1/organizations/%s/sso" % ORG
ACCOUNT_ID = "2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55"
FIRST_PAGE = {"limit": 100, "offset": 0}

API_KEY = "jca-key-0f9e8d7c6b"
JC_ORG = "65f0c0ffee65f0c0ffee0000"
APP_ID = "65f0c0ffee65f0c0ffee00a1"
JUMPCLOUD = {"api_key": API_KEY}
PROVISION = "/api/v2/applications/%s/provision" % APP_ID
ASSOCIATIONS = "/api/v2/applications/%s/associations" % APP_ID
V1_PAGE = {"limit": 100, "skip": 0, "sort": "_id"}
GROUPS_PAGE = {"limit": 100, "skip": 0, "sort": "name", "fields": "id,name"}
BOUND_PAGE = {"limit": 100, "skip": 0, "targets": "user_group"}
PAGE = {"limit": 100, "skip": 0}


def account(name: str = "JumpCloud SCIM", account_id: str = ACCOUNT_ID, **fields: t.Any) -> dict[str, t.Any]:
    return {"id": account_id, "name": name, "description": "", "createdAt": "2026-11-24T05:40:04Z", **fields}


def paged(*rows: t.Any, total: int | None = None) -> dict[str, t.Any]:
    """A page of Unity's administration."""
    return {"results": list(rows), "offset": 0, "limit": 100, "total": len(rows) if total is None else total}


def roles(*names: str) -> dict[str, t.Any]:
    return {"roles": [{"id": "role-%s" % name, "name": name} for name in names]}


def key(key_id: str = KEY_ID, created_at: str | None = "2026-11-24T05:40:04Z", name: str | None = None) -> dict[str, t.Any]:
    return {"id": key_id, "name": name, "createdAt": created_at}


def sso(enabled: bool = True, enforced: bool = False, **fields: t.Any) -> dict[str, t.Any]:
    scim = {"enabled": True, "enforced": enforced, "baseUrl": BASE_URL}
    return {"enabled": enabled, "domains": [{"name": "Example.com", "validated": True}], "scim": scim, **fields}


def v1(*rows: t.Any, total: int | None = None) -> dict[str, t.Any]:
    """A page of JumpCloud's v1 API."""
    return {"results": list(rows), "totalCount": len(rows) if total is None else total}


def application(label: str | None = "Unity", app_id: str = APP_ID, **fields: t.Any) -> dict[str, t.Any]:
    secret = {"idpPrivateKey": {"value": "-----BEGIN PRIVATE KEY-----"}}
    row = {"_id": app_id, "name": "unity", "displayName": "Unity", "displayLabel": label, "active": True, "organization": JC_ORG}
    return {**row, "ssoUrl": "https://sso.jumpcloud.com/saml2/unity", "config": secret, **fields}


def configuration(**fields: t.Any) -> dict[str, t.Any]:
    """An active, tested identity management."""
    return {
        "type": "scim",
        "version": "2.0",
        "authMethod": "apiKey",
        "baseUrl": BASE_URL,
        "headerName": "Authorization",
        "headerValueSet": True,
        "testEmail": "scim-test@example.com",
        "groupManagement": False,
        "status": "active",
        "lastTest": {"success": True, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."},
        **fields,
    }


def edge(group_id: str, kind: str = "user_group") -> dict[str, t.Any]:
    return {"to": {"id": group_id, "type": kind, "attributes": None}}


def scim_user(user_id: str, user_name: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"id": user_id, "userName": user_name, **fields}


def scim_list(*users: t.Any, total: int | None = None) -> dict[str, t.Any]:
    resources = list(users)
    return {"totalResults": len(resources) if total is None else total, "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources}


def event(event_type: str = "user_create_provision", **fields: t.Any) -> dict[str, t.Any]:
    """An event of Directory Insights about the application."""
    return {"event_type": event_type, "timestamp": "2026-11-24T05:40:04Z", "success": True, "application": {"id": APP_ID, "name": "unity"}, **fields}


def event_query(since: str, event_types: t.Iterable[str]) -> dict[str, t.Any]:
    return {
        "service": ["directory"],
        "start_time": since,
        "limit": 1000,
        "sort": "DESC",
        "search_term": {"and": {"event_type": list(event_types)}},
    }
