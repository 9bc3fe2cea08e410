# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unity's SCIM service: the gateway's checks in front of the SCIM library (published, where not marked)."""

from __future__ import annotations

import json
import re

from scim2_server.requests import ScimRequest

from .records import UnityOrganization
from .state import State
from .unity_auth import service_account_of
from .unity_errors import API_MISSING, FORBIDDEN, gateway_refusal, invalid_token, scim_refusal
from .wire import Request, Response

PATH = re.compile(r"/scim/v2/tenants/(?P<organization>[^/]+)(?P<rest>/.*)?\Z")
REQUIRED_ROLE = "role-scim-authenticator"


def handle(state: State, base_url: str, request: Request) -> Response:
    match = PATH.match(request.path)
    if not match:
        raise gateway_refusal(404, API_MISSING, "API Missing", f"No service answers {request.path}.")
    genesis_id, rest = match["organization"], match["rest"] or "/"
    with state.lock:
        organization = _authorized_organization(state, request, genesis_id)
        tenant = state.tenants[genesis_id]
        _check_groups(organization, rest)
        _check_domains(organization, request, rest)
        ignored = ("filter",) if organization.scim_ignore_filters else ()
    return tenant.handle(
        ScimRequest(
            method=request.method,
            base_url=f"{base_url}/scim/v2/tenants/{genesis_id}",
            path=rest,
            query={name: values[-1] for name, values in request.query.items() if name not in ignored},
            headers=request.headers,
            body=request.body,
        )
    )


def _authorized_organization(state: State, request: Request, genesis_id: str) -> UnityOrganization:
    owner = service_account_of(state, request)
    if owner is None:
        raise invalid_token()
    organization, account = owner
    if organization.genesis_id != genesis_id:
        raise gateway_refusal(403, FORBIDDEN, "Forbidden", f"The service account does not belong to organization {genesis_id}.")
    if REQUIRED_ROLE not in account.roles:
        raise gateway_refusal(403, FORBIDDEN, "Forbidden", "The service account lacks the organization role SCIM Authenticator.")
    if not organization.scim_enabled:
        # Assumed: nothing is published about the answer while the setting is off.
        raise gateway_refusal(403, FORBIDDEN, "Forbidden", f"SCIM provisioning is not enabled in organization {genesis_id}.")
    return organization


def _check_groups(organization: UnityOrganization, rest: str) -> None:
    if not organization.scim_groups and re.match(r"/Groups(/|\Z)", rest, re.IGNORECASE):
        # Assumed: groups are published as verified for Okta only; how others are refused is not published.
        raise scim_refusal(501, "Group provisioning is not available in this organization.")


def _check_domains(organization: UnityOrganization, request: Request, rest: str) -> None:
    """Assumed: people outside the validated domains are refused. The prerequisite is published, the answer is not."""
    if not organization.scim_check_domains or request.method not in ("POST", "PUT"):
        return
    if not re.match(r"/Users(/[^/.]|/?\Z)", rest, re.IGNORECASE):
        return
    try:
        user = json.loads(request.body)
        addresses = [str(email.get("value", "")) for email in user.get("emails") or []] + [str(user.get("userName", ""))]
    except (ValueError, AttributeError):
        return  # the SCIM library says what is wrong with such a body
    validated = {domain.name.lower() for domain in organization.domains if domain.validated}
    for address in addresses:
        name, at_sign, domain = address.rpartition("@")
        if at_sign and name and domain.lower() not in validated:
            raise scim_refusal(400, f"The domain {domain} is not validated for this organization.", "invalidValue")
