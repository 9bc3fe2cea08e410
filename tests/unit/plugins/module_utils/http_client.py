# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of a service that no vendor has, for the tests of http.py."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.error_reader import ErrorReader
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import RetryPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport

URL = "https://things.example.com"
SECRET = "s3cr3t/value+0123456789"


def read_error(body: t.Any) -> tuple[t.Any, str | None]:
    return (body.get("code"), body.get("message")) if isinstance(body, dict) else (None, None)


ERRORS = ErrorReader(read_error, {401: "Log in.", 404: "Check the id."}.get, lambda status, code: status == 404 and code == 4)


def make_client(context: Context, url: str = URL, policy: RetryPolicy | None = None, **settings: t.Any) -> HttpClient:
    context.masker.register(SECRET)
    return HttpClient("Things", url, Transport(HttpSettings(**settings), context, policy), lambda: {"Authorization": "Bearer " + SECRET}, ERRORS)
