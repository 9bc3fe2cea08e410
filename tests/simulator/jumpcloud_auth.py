# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls JumpCloud: API keys, bearer tokens of service accounts, and the organization header (published)."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import parse_qs

from .clock import parse_timestamp
from .contracts import scopes_of
from .jumpcloud_errors import refusal
from .records import JumpCloudServiceAccount, OAuthToken
from .state import State
from .unity_auth import basic_credentials, bearer_token
from .wire import Refused, Request, Response

TOKEN_SECONDS = 3600
ORGANIZATION_ID = re.compile(r"[0-9a-f]{24}\Z")


@dataclass(frozen=True)
class Administrator:
    name: str
    kind: str
    organizations: tuple[str, ...]
    read_only: bool
    insights: bool = True
    providers: tuple[str, ...] = ()
    billing: bool = True


def authenticated(state: State, request: Request) -> Administrator:
    api_key, token = request.headers.get("x-api-key"), bearer_token(request)
    if api_key is not None:
        for known in state.jumpcloud.api_keys:
            if known.key == api_key:
                reach = tuple(known.organizations), known.read_only, known.insights, tuple(known.providers), known.billing
                return Administrator("admin@example.com", "admin", *reach)
    elif token is not None:
        for issued in state.jumpcloud.oauth_tokens:
            if issued.token == token and issued.expires_at > time.time():
                if issued.service_account:
                    _check_scopes(state, issued.service_account, request)
                reach_of_token = tuple(issued.organizations), issued.read_only, issued.insights, tuple(issued.providers)
                return Administrator("service account", "service_account", *reach_of_token)
    raise refusal(401, "Unauthorized: the API key or the token is missing, unknown or expired")


def _check_scopes(state: State, account_id: str, request: Request) -> None:
    """What the role says now is what counts (assumed, as is the text). Where no scope of an operation is known, everybody may."""
    account = next((known for known in state.jumpcloud.service_accounts if known.id == account_id), None)
    if account is None:
        raise refusal(401, "Unauthorized: the service account is gone")
    role = next(known for known in state.jumpcloud.roles if known.id == account.role_id)
    takes = scopes_of(request)
    if takes and not set(takes) & set(role.scopes):
        raise refusal(403, "Forbidden")


def _service_account(state: State, pair: tuple[str, str] | None) -> JumpCloudServiceAccount | None:
    now = datetime.now(timezone.utc)
    for account in state.jumpcloud.service_accounts:
        if any((known.client_id, known.client_secret) == pair and parse_timestamp(known.expires_at) > now for known in account.secrets):
            return account
    return None


def chosen_organization(administrator: Administrator, request: Request) -> str:
    """The organization of x-org-id; it may be left out by those who have only one."""
    wanted = request.headers.get("x-org-id", "")
    if not wanted:
        if len(administrator.organizations) != 1:
            raise refusal(401, "Unauthorized: a multi-tenant administrator must send x-org-id")
        return administrator.organizations[0]
    if not ORGANIZATION_ID.match(wanted):
        raise refusal(400, "x-org-id must be 24 hexadecimal digits", [])
    if wanted not in administrator.organizations:
        raise refusal(404, f"Organization {wanted} not found")
    return wanted


def refuse_organization_header(request: Request) -> None:
    """For the routes that are about several organizations (published: 403 where none is taken)."""
    if "x-org-id" in request.headers:
        raise refusal(403, "Forbidden: this route takes no x-org-id")


def check_may_write(administrator: Administrator, request: Request) -> None:
    if administrator.read_only and request.method != "GET":
        raise refusal(403, "Forbidden: the credentials may only read")


def issue_token(state: State, request: Request) -> Response:
    """OAuth client credentials; the call is as the vendor's own code makes it."""
    if request.method != "POST" or request.path != "/oauth2/token":
        raise _oauth_refusal(404, "invalid_request", "Only POST /oauth2/token is served.")
    pair = basic_credentials(request)
    with state.lock:
        client = next((known for known in state.jumpcloud.oauth_clients if (known.client_id, known.client_secret) == pair), None)
        account = _service_account(state, pair)
        if client is None and account is None:
            raise _oauth_refusal(401, "invalid_client", "Client authentication failed.")
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            raise _oauth_refusal(400, "unsupported_grant_type", "The grant type must be client_credentials.")
        if form.get("scope") != "api":
            raise _oauth_refusal(400, "invalid_scope", "The scope must be api.")
        made = OAuthToken(secrets.token_urlsafe(48), [], time.time() + TOKEN_SECONDS)
        if client:
            made.organizations, made.read_only, made.insights, made.providers = client.organizations, client.read_only, client.insights, client.providers
        elif account:
            made.organizations, made.service_account = [account.organization], account.id
        state.jumpcloud.oauth_tokens.append(made)
        state.secrets.add(made.token)
    return Response(200, {"access_token": made.token, "expires_in": TOKEN_SECONDS, "scope": "api", "token_type": "bearer"})


def _oauth_refusal(status: int, error: str, description: str) -> Refused:
    return Refused(Response(status, {"error": error, "error_description": description}))
