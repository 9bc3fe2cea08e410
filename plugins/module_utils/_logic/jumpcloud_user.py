# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jumpcloud_user_info does."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import require_reachable_organization


@dataclass(frozen=True)
class InfoOptions:
    """The options of jumpcloud_user_info."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    emails: tuple[str, ...]


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the users with these email addresses, after a check that the credentials work in the expected organization."""
    options = parse(InfoOptions, params)
    connection = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context))
    require_reachable_organization(connection.across_organizations, options.jumpcloud)
    directory = Directory(connection.console)
    found = {user.id: user for email in options.emails for user in directory.find_by_email(email)}
    return {"changed": False, "users": [user.as_result() for user in sorted(found.values(), key=lambda user: user.id)]}
