# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_organization_info does."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_connector import open_organizations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOwner

STEP = "Check the single sign-on settings"


@dataclass(frozen=True)
class InfoOptions:
    """The options of unity_organization_info."""

    http: HttpSettings
    owner: UnityOwner


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the organization, and its single sign-on and SCIM settings."""
    options = parse(InfoOptions, params)
    gateway = open_organizations(options.owner, open_transport(options.http, context))
    with assumed_step(STEP, instructions.read_sso_settings()):
        return {"changed": False, "organization": gateway.read().as_result(), "sso": gateway.sso().as_result()}
