# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variable of the role gives which option of the modules, for module_defaults. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, UNITY, UNITY_OWNER_BESIDE_JUMPCLOUD
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import PREFIX, variable_of


def _own(vendor: str, names: t.Iterable[str]) -> dict[str, str]:
    """The variables of the options that all modules of the vendor have."""
    return {name: variable_of(name, vendor) for name in names}


def _named_alike(*names: str) -> dict[str, str]:
    return {name: PREFIX + name for name in names}


OWNER = _named_alike(*UNITY_OWNER_BESIDE_JUMPCLOUD.options)
# by the action group or module that takes them
OPTIONS = {
    "unity": _own("unity", UNITY.options),
    "jumpcloud": _own("jumpcloud", JUMPCLOUD.options),
    "scim_key_retirement": OWNER,
    "scim_preflight_info": {
        **OWNER,
        **_named_alike("test_email", "groups_state", "base_url", "key_name", "rotate", "keep_previous", "max_keys", "enforced", "unity_method"),
        **_named_alike("jumpcloud_method", "enforcement_method", "check_sso", "group_management", "accept_group_management"),
        "max_age": PREFIX + "key_max_age",
    },
}
PATHS = ("ca_path",)


def options_of(whose: str, value_of: t.Callable[[str], t.Any], absolute_path: t.Callable[[str], str]) -> dict[str, t.Any]:
    """The options that were given. What is null or an empty text counts as not given, so that the module's default holds, or the environment."""
    found = {option: value_of(variable) for option, variable in OPTIONS[whose].items()}
    return {option: absolute_path(value) if option in PATHS else value for option, value in found.items() if value is not None and value != ""}
