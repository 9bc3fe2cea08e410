# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What messages call an option: by its own name, the role's variable, and the environment variable, since nobody knows which of them the reader typed."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT, HTTP

PREFIX = "scim_provisioning_"
# where the role's variable is not just the option with the prefix
OTHER_NAMES = {
    "max_age": "key_max_age",
    "max_listed": "report_max_listed",
    "history": "report_history",
    "path": "report",
    "wait_timeout": "deprovision_wait",
    "runbook": "runbook_dir",
}
OTHER_VARIABLES = {"ca_path": "REQUESTS_CA_BUNDLE", "proxy": "HTTPS_PROXY"}


def variable_of(option: str, vendor: str = "") -> str:
    """The role's variable for an option; ``vendor`` (unity, jumpcloud) for one of the connection to it."""
    own = vendor in ("unity", "jumpcloud") and option not in HTTP.options
    return PREFIX + (vendor + "_" if own else "") + OTHER_NAMES.get(option, option)


def named(option: str, vendor: str = "") -> str:
    """``region (scim_provisioning_jumpcloud_region, JUMPCLOUD_REGION)``. ``vendor`` may be ``scim`` or ``audit``, too: a key for Unity's SCIM service."""
    variable = variable_of(("audit_" if vendor == "audit" else "") + option, vendor)
    environment = ENVIRONMENT.get(vendor, OTHER_VARIABLES).get(option)
    return "%s (%s)" % (option, ", ".join(filter(None, [variable, environment])))
