# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_scim_user_info does."""
from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.transport import open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.unity.scim import ScimService, base_url_from, header_from


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the provisioned users: all, or those with these email addresses."""
    base_url = base_url_from(params)
    header = header_from(params)
    if header is None:
        raise ScimError("No key for Unity's SCIM service.", "Set key_id and secret_key (UNITY_SCIM_KEY_ID, UNITY_SCIM_SECRET_KEY), or authorization_header.")
    service = ScimService(base_url, header, open_transport(params, context))
    if params["emails"] is None:
        users = list(service.users())
    else:
        found = {user.id: user for email in params["emails"] for user in service.find_by_email(email)}
        users = list(found.values())
    return {"changed": False, "users": [user.as_result() for user in sorted(users, key=lambda user: (user.user_name.lower(), user.id))]}
