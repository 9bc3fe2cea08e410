# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What unity_scim_user_info does."""
from __future__ import annotations

import itertools
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.transport import open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.unity.scim import ScimService, base_url_from, require_header


def run_info(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the provisioned users: all, those with these email addresses, or those that a filter selects."""
    for name, least in (("page_size", 1), ("limit", 0)):
        if params[name] is not None and params[name] < least:
            raise ScimError("%s must be at least %d, not %d." % (name, least, params[name]))
    base_url, header = base_url_from(params), require_header(params)
    service = ScimService(base_url, header, open_transport(params, context))
    if params["emails"] is None:
        found = service.users(params["filter"], params["attributes"] or (), params["page_size"])
    else:
        found = (user for email in params["emails"] for user in service.find_by_email(email))
    users = {user.id: user for user in itertools.islice(found, params["limit"])}
    shown = sorted(users.values(), key=lambda user: (matching_key(user.user_name), user.id))
    return {"changed": False, "users": [user.as_result() for user in shown]}
