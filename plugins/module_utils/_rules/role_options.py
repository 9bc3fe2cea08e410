# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variable of the role gives which option of the modules, for module_defaults. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, SCIM_READER, UNITY, UNITY_OWNER_BESIDE_JUMPCLOUD
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import PREFIX, variable_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import looked_at, makes_account


def _own(vendor: str, names: t.Iterable[str]) -> dict[str, str]:
    """The variables of the options that all modules of the vendor have."""
    return {name: variable_of(name, vendor) for name in names}


def _named_alike(*names: str) -> dict[str, str]:
    return {name: PREFIX + name for name in names}


OF_UNITY, OF_JUMPCLOUD = _own("unity", UNITY.options), _own("jumpcloud", JUMPCLOUD.options)
OWNER = {**OF_JUMPCLOUD, **_named_alike(*UNITY_OWNER_BESIDE_JUMPCLOUD.options)}
TARGET = _named_alike("application", "application_id")
RUNBOOK = {"runbook": PREFIX + "runbook_dir"}
KEY = {**_named_alike("base_url", "key_name", "keep_previous", "max_keys"), "max_age": PREFIX + "key_max_age"}
GROUP_MANAGEMENT = _named_alike("group_management", "accept_group_management")
# By the action group or module that takes them. What names things is no secret that its variable looks up.
OPTIONS = {
    "unity": OF_UNITY,
    "jumpcloud": OF_JUMPCLOUD,
    "names": {**RUNBOOK, **_named_alike("service_account")},
    "scim_key_retirement": {
        **OWNER,
        **RUNBOOK,
        **_named_alike("service_account", "key_name", "keep_previous", "verify_timeout", "verify_delay", "grace_period", "unity_method"),
    },
    "scim_preflight_info": {
        **OWNER,
        **TARGET,
        **KEY,
        **GROUP_MANAGEMENT,
        **_named_alike("service_account", "groups", "groups_state", "max_deprovisioned_users", "test_email", "rotate", "enforced", "check_sso", "secret_file"),
        **RUNBOOK,
        **_named_alike("unity_method", "jumpcloud_method", "enforcement_method", "confirmed"),
        **_named_alike("audit_key_id", "audit_secret_key", "max_created_users", "domains"),
    },
    "unity_scim_connector": {**OF_UNITY, **RUNBOOK, **_named_alike("base_url", "enforcement_method")},
    "unity_service_account": {
        **OF_UNITY,
        "name": PREFIX + "service_account",
        "description": PREFIX + "service_account_description",
        "roles": PREFIX + "service_account_roles",
        "method": PREFIX + "unity_method",
        **RUNBOOK,
    },
    "unity_service_account_key": {**OF_UNITY, **RUNBOOK, **KEY, **_named_alike("service_account", "manual_timeout"), "method": PREFIX + "unity_method"},
    "jumpcloud_scim_app": {
        **OF_JUMPCLOUD,
        **GROUP_MANAGEMENT,
        **RUNBOOK,
        **_named_alike("manual_timeout", "header_name", "test_email", "test_connection"),
        "method": PREFIX + "jumpcloud_method",
    },
    "jumpcloud_group_binding": {
        **OF_JUMPCLOUD,
        **_named_alike(*(name for name in SCIM_READER.options if name.startswith("unity_")), "base_url", "domains", "groups"),
        **_named_alike("max_created_users", "max_deprovisioned_users"),
        "state": PREFIX + "groups_state",
    },
}
# where the role has another default than the module, or the module none
DEFAULTS: dict[str, t.Any] = {
    PREFIX + "groups": [],
    PREFIX + "service_account": "JumpCloud SCIM",
    PREFIX + "service_account_description": "SCIM provisioning from JumpCloud, managed by Ansible",
    PREFIX + "service_account_roles": ["SCIM Authenticator"],
    PREFIX + "header_name": "Authorization",
    PREFIX + "audit_service_account": "JumpCloud SCIM audit",
}
# What an entry point can't do without, and what it may be. Ansible takes an empty text, such as the answer that a survey did not get, for given.
NEEDED = {
    "application": "Give the label of the Unity SSO application in JumpCloud, or its ID as scim_provisioning_application_id.",
    "test_email": "Give an address in a domain that Unity has validated, which neither JumpCloud nor Unity knows.",
    "groups": "Name the user groups whose members are provisioned, or give [] for none.",
}
NEEDED_BY = {"rotate": ("application", "test_email"), "deprovision": ("application", "groups")}
STATE_OF_GROUPS = {"scim_preflight_info": "groups_state", "jumpcloud_group_binding": "state"}
# whether an entry point shows who would be provisioned; the others look where people may be affected
SHOWS_PEOPLE = {"preflight": True, "audit": False, "deprovision": False}
NO_LIMIT = 1000000000
PATHS = ("ca_path", "runbook", "secret_file", "contract_report")


def options_of(whose: str, value_of: t.Callable[[str], t.Any], absolute_path: t.Callable[[str], str]) -> dict[str, t.Any]:
    """The options that were given. What is null or an empty text counts as not given, so that the module's default holds, or the environment."""
    entry: str = value_of("__scim_provisioning_entry") or ""
    found = {option: value_of(variable) or DEFAULTS[variable] if variable in DEFAULTS else value_of(variable) for option, variable in OPTIONS[whose].items()}
    if "runbook" in found:
        found["runbook"] = "%s/scim" % (found["runbook"] or "scim-runbook/%s" % value_of("inventory_hostname"))
        if whose == "scim_preflight_info" and entry == "preflight":
            found["contract_report"] = found["runbook"].removesuffix("scim") + "contract-report.json"
    if whose == "scim_preflight_info":
        _refuse_what_is_empty(value_of, NEEDED_BY.get(entry, NEEDED))
        found.update(_of_the_look(value_of, entry))
    given = {option: value for option, value in found.items() if value is not None and value != ""}
    if entry == "audit":
        # which binds nothing, compares everybody by itself, and shows the drift that a real run would refuse to mend
        given.pop("max_created_users", None)
        if "max_deprovisioned_users" in found:
            given["max_deprovisioned_users"] = NO_LIMIT
    if "application_id" in given:
        given.pop("application", None)
    for option in given:
        if option in PATHS:
            given[option] = absolute_path(given[option])
    if isinstance(given.get("groups"), str):
        # a survey gives text: group names with commas between them
        given["groups"] = [name.strip() for name in given["groups"].split(",") if name.strip()]
    if whose == "scim_preflight_info" and entry == "rotate":
        given["rotate"] = _rotation(given.get("rotate"), given.get("max_age"))
    state = STATE_OF_GROUPS.get(whose)
    if state and entry == "deprovision":
        # there exact means every group, and else it is those that are named
        is_every = given.get(state) == "exact"
        given.update({"groups": [] if is_every else given.get("groups", []), state: "exact" if is_every else "absent"})
    return given


def _of_the_look(value_of: t.Callable[[str], t.Any], entry: str) -> dict[str, t.Any]:
    """What the look at both sides is for, and what the store told before. ScimError where the tags leave a step without what another one hands on to it."""
    tags, left_out = (value_of(name) or () for name in ("ansible_run_tags", "ansible_skip_tags"))
    given = value_of("__scim_provisioning_given") or {}
    return {
        "steps": looked_at(tags, entry, left_out),
        # what the run leaves to another one; null where it does not
        "activates": False if entry == "rotate" else None,
        "left_out": [step for step in ("identity_management",) if step in left_out] or None,
        "makes_account": None if makes_account(tags, entry, left_out) else False,
        "preview_people": SHOWS_PEOPLE.get(entry),
        "fail": entry not in ("preflight", "audit"),
        "has_store": given.get("has_store"),
        "stored_key": given.get("stored_key") or None,
        "store_error": (value_of("__scim_provisioning_vaulted_key") or {}).get("msg"),
        **key_of(given.get("key") or {}),
    }


def _refuse_what_is_empty(value_of: t.Callable[[str], t.Any], needed: t.Iterable[str]) -> None:
    def is_empty(option: str) -> bool:
        value = value_of(PREFIX + option)
        return value is None or isinstance(value, str) and not value.strip(" ,")

    for option in needed:
        if is_empty(option) and (option != "application" or is_empty("application_id")):
            raise ScimError("%s%s is empty. Nothing was changed." % (PREFIX, option), NEEDED[option])


def _rotation(rotate: str | None, max_age: float | None) -> str:
    """When whoever asks for a rotation gets a new key: now, or by age where one is given. The variables that are meant for all runs don't turn that off."""
    if rotate == "never":
        raise ScimError(
            "A rotation was asked for, but scim_provisioning_rotate is 'never'. Nothing was changed.",
            "To rotate all the same, run with -e scim_provisioning_rotate=always.",
        )
    return "always" if rotate == "always" or not max_age else "auto"


def key_of(key: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options of a key, where there is one."""
    return {option: key[option] for option in ("key_id", "secret_key") if key.get(option)}
