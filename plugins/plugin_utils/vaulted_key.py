# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a vars file on the controller that Ansible Vault encrypts. It runs in the controller's process only: nothing else has Ansible Vault."""

from __future__ import annotations

import os
import stat
import typing as t

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.action import ActionBase
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import read_regular, write_atomically
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import kept_for

ARGUMENTS: dict[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
    "state": {"type": "str", "choices": ["read", "present"], "default": "read"},
    "purpose": {"type": "str", "choices": ["provisioning", "audit", "jumpcloud"], "default": "provisioning"},
    "key_id": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "unity_organization_id": {"type": "str"},
    "jumpcloud_organization_id": {"type": "str"},
    "service_account": {"type": "str"},
    "key_name": {"type": "str", "default": "unity_jumpcloud.scim", "no_log": False},
}
RULES: dict[str, t.Any] = {"required_if": [("state", "present", ("key_id", "secret_key"))]}
# the file can be given to a playbook as it is
VARIABLES = {
    "provisioning": {"key_id": "scim_provisioning_key_id", "secret_key": "scim_provisioning_secret_key"},
    "audit": {"key_id": "scim_provisioning_audit_key_id", "secret_key": "scim_provisioning_audit_secret_key"},
    "jumpcloud": {"key_id": "scim_provisioning_jumpcloud_client_id", "secret_key": "scim_provisioning_jumpcloud_client_secret"},
}
FILE = {
    "provisioning": "scim_provisioning_vaulted_file",
    "audit": "scim_provisioning_audit_key_file",
    "jumpcloud": "bootstrap_jumpcloud_file",
}
LARGEST = 65536
MODE = stat.S_IRUSR | stat.S_IWUSR


class VaultedKeyAction(ActionBase):
    """An action plugin without a module process."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, params = self.validate_argument_spec(ARGUMENTS, **RULES)  # type: ignore[no-untyped-call]  # ansible-core gives it no types
        try:
            return {**result, **run(params, self._task.check_mode)}
        except ScimError as error:
            # a result, as a module's failure is: failed_when does not see an exception
            return {**result, "failed": True, "changed": False, "msg": error.sentence()}


def run(params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Read the key back, or make the file hold it. Everything that could go wrong with the file is found first, before a key is created."""
    if not params["path"] or not params["password"]:
        raise ScimError(
            "The encrypted file needs a path and a password. Nothing was changed.",
            "Set %s and scim_provisioning_vaulted_file_password." % FILE[params["purpose"]],
        )
    variables = VARIABLES[params["purpose"]]
    if params["state"] == "present" and not all((params[name] or "").strip() for name in variables):
        # the file may hold the only copy of a secret
        raise ScimError(
            "There is no key to keep: key_id or secret_key is empty. Nothing was changed.", "Give both, or leave the task out where no key was created."
        )
    path, secret = os.path.abspath(params["path"]), VaultSecret(params["password"].encode())
    _require_replaceable(path)
    held, owner = _read(path, secret, variables), kept_for.kept_for({option: params[option] for option in kept_for.VARIABLES})
    kept_for.require_own(path, held or {}, owner, FILE[params["purpose"]])
    found = {name: str(held[variable]) for name, variable in variables.items()} if held is not None else None
    if params["state"] == "read":
        return {"changed": False, "key": found}
    # on ansible-core 2.18 the result of another task is a string of a type of Ansible's, which str() leaves as it is, and YAML refuses
    wanted = {name: str.__str__(params[name]) for name in variables}
    is_due = wanted != found or not owner.items() <= (held or {}).items() or _is_open_to_others(path)
    if is_due and not check_mode:
        _write(path, secret, {**{variables[name]: value for name, value in wanted.items()}, **kept_for.told_by(held or {}), **owner})
    return {"changed": is_due, "key": wanted}


def _is_open_to_others(path: str) -> bool:
    return os.path.exists(path) and bool(stat.S_IMODE(os.stat(path).st_mode) & ~MODE)


def _require_replaceable(path: str) -> None:
    folder = os.path.dirname(path)
    in_order = os.path.isfile(path) if os.path.lexists(path) else True
    if os.path.islink(path) or not in_order or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise ScimError(
            "%s can't be the store of the key. It must be a regular file, no symbolic link, in a folder that exists and is writable. Nothing was changed."
            % quoted(path),
            "Name another file.",
        )


def _read(path: str, secret: VaultSecret, variables: dict[str, str]) -> dict[str, t.Any] | None:
    """What the file holds; None where there is no file."""
    try:
        content = read_regular(path, LARGEST)
    except OSError as error:
        raise ScimError("%s can't be read (%s). Nothing was changed." % (quoted(path), error.strerror), "Make it readable, or name another file.") from None
    if content is None:
        return None
    try:
        held = yaml.safe_load(VaultLib([("default", secret)]).decrypt(content))
        return {**held, **{variable: held[variable] for variable in variables.values()}}
    except (AnsibleError, yaml.YAMLError, KeyError, TypeError):
        # what it holds enters no message
        raise ScimError(
            "%s can't be decrypted with this password, or is not a file that this module wrote. Nothing was changed." % quoted(path),
            "Give the password that it was encrypted with, or name another file.",
        ) from None


def _write(path: str, secret: VaultSecret, held: dict[str, str]) -> None:
    text = yaml.safe_dump(held, explicit_start=True)
    write_atomically(path, VaultLib().encrypt(text, secret).decode(), MODE, "the encrypted file")
