# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the vendors' guide as a person does them, for where no published API exists.

Source: Unity's guide "Set up SCIM with JumpCloud", and the console pages that it names. Each step says where, which field, which
value, and why. A secret is never among the values.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, UnexpectedAnswer

Steps = t.List[t.Dict[str, t.Any]]

# consoles change their menus: the other names that they have had
UNITY_ACCOUNTS = "Unity Dashboard > Administration > Service accounts (also: Account menu > Manage organization > Administration)"
UNITY_SSO = "Unity Dashboard > Administration > Single sign on (also: SSO > SCIM Provisioning)"
UNKNOWN_BASE_URL = "(the SCIM base connector URL that the Unity Dashboard shows in Administration > Single sign on > SCIM)"
UNKNOWN_EMAIL = "(an address that you choose)"
JUMPCLOUD_APP = "JumpCloud Admin Portal > Access > SSO Applications > %s > Identity Management (also: Provisioning, User Provisioning)"
UNITY_ADDRESS = "https://cloud.unity.com"
TERMINAL = "A terminal on the machine that runs Ansible"
THIS_ORGANIZATION = "Unity Dashboard > your organization's name > Switch organization"


def _step(where: str, do: str, why: str, field: str | None = None, value: t.Any = None) -> dict[str, t.Any]:
    return {"where": where, "do": do, "field": field, "value": value, "why": why}


def create_service_account(
    name: str, description: str | None, roles: t.Iterable[str], why: str = "JumpCloud authenticates to Unity as a service account."
) -> Steps:
    return [
        _step(UNITY_ACCOUNTS, "Select New, unless the account is there already.", why),
        _step(UNITY_ACCOUNTS, "Enter the name.", "The name tells what the account is for.", "Name", name),
        _step(UNITY_ACCOUNTS, "Enter the description, then select Create.", "It helps whoever audits the accounts.", "Description", description or ""),
        *(
            _step(UNITY_ACCOUNTS, "Select Manage organization roles, set Admin to this role, then select Save.", "SCIM calls need the role.", "Admin", role)
            for role in roles
        ),
    ]


def switch_organization(organization_id: str) -> Steps:
    why = "What follows belongs to one organization."
    return [
        _step("Unity Dashboard", "Sign in as an owner or a manager of the organization.", "Nobody else sees the pages.", "Address", UNITY_ADDRESS),
        _step(THIS_ORGANIZATION, "Select the organization with this ID.", why, "Organization ID", organization_id),
    ]


def open_admin_portal(address: str) -> Steps:
    return [_step("JumpCloud Admin Portal", "Sign in as an administrator.", "The application is set up there.", "Address", address)]


def check_single_sign_on() -> Steps:
    do = "See that single sign-on is set up, and that the domains of your people and of the test user are validated."
    return [_step(UNITY_SSO, do, "Unity provisions nobody else.")]


def create_key(account: str) -> Steps:
    return [
        _step(UNITY_ACCOUNTS, "Select the account, then Add key in the Keys section.", "JumpCloud needs a key of the account.", "Service account", account),
        _step(UNITY_ACCOUNTS, "Copy the key ID and the secret key, and keep them safe.", "Unity shows them this once.", "Keys"),
        _step("This playbook", "Run again with scim_provisioning_key_id and scim_provisioning_secret_key.", "The run then uses your key."),
    ]


def show_key(account: str) -> Steps:
    """The key stays in Unity's window until it is pasted into JumpCloud."""
    return [
        _step(UNITY_ACCOUNTS, "Select the account, then Add key in the Keys section.", "JumpCloud needs a key of the account.", "Service account", account),
        _step(UNITY_ACCOUNTS, "Leave the window with the key open. You need its Authorization header in JumpCloud.", "Unity shows the key this once.", "Keys"),
    ]


def create_key_for_file(account: str, command: str) -> Steps:
    """The key is handed over in a file that only the person and the run can read."""
    return [
        _step(UNITY_ACCOUNTS, "Select the account, then Add key in the Keys section.", "JumpCloud needs a key of the account.", "Service account", account),
        _step(UNITY_ACCOUNTS, "Leave the window with the key open.", "Unity shows the key this once.", "Keys"),
        _step(TERMINAL, "Run this command. It waits for your input.", "Only you can read the file, and no shell history gets the key.", "Command", command),
        _step(
            TERMINAL,
            "Paste the value of the authorization header, from 'Basic' on; then press Enter and Ctrl+D.",
            "Two lines 'key_id: ...' and 'secret_key: ...' work, too. The run reads the file, tries the key, and removes the file once JumpCloud uses it.",
            "Authorization header value",
        ),
    ]


def revoke_other_keys(account: str, key_id: str) -> Steps:
    do = "Select the account %s and delete its keys that JumpCloud used before, but keep this one." % account
    return [_step(UNITY_ACCOUNTS, do, "A key that nobody uses is a risk.", "Key ID to keep", key_id)]


def revoke_key(account: str, key_id: str) -> Steps:
    return [_step(UNITY_ACCOUNTS, "Select the account %s and delete the key." % account, "A key that nobody uses is a risk.", "Key ID", key_id)]


def prune_keys(account: str, key_name: str, key_id: str) -> Steps:
    others = "Select the account %s and delete the keys named %s, alone or with a suffix, but not the one with this key ID." % (account, key_name)
    return [_step(UNITY_ACCOUNTS, others, "Keys that nobody uses are a risk. This key is in use.", "Key ID", key_id)]


def delete_service_account(account: str) -> Steps:
    return [_step(UNITY_ACCOUNTS, "Select the account, then delete it.", "This revokes its keys and roles for good.", "Service account", account)]


def read_sso_settings() -> Steps:
    return [
        _step(UNITY_SSO, "Check that single sign-on is set up, and that the domain of the test user is validated.", "Unity provisions no other domain."),
        _step("This playbook", "Run again with scim_provisioning_check_sso set to false.", "You have checked it yourself."),
    ]


def set_enforcement(enforced: bool) -> Steps:
    what = "Turn on" if enforced else "Turn off"
    do = "%s 'Enforce SCIM Provisioning' in the SCIM section." % what
    return [_step(UNITY_SSO, do, "No API for it is published.", "Enforce SCIM Provisioning", enforced)]


def configure_identity_management(application: str, settings: dict[str, t.Any], command: str | None = None, account: str | None = None) -> Steps:
    """``command`` shows the header's value in a terminal, where it is handed over in a file. ``account``: a person makes its key, and pastes it."""
    where = JUMPCLOUD_APP % application
    test_email = settings.get("test_email") or UNKNOWN_EMAIL
    return [
        *(show_key(account) if account else []),
        _step(where, "Select the API type.", "Unity speaks SCIM.", "API type", "SCIM API"),
        _step(where, "Select the version.", "Unity speaks SCIM 2.0.", "SCIM version", "SCIM 2.0"),
        _step(where, "Select the authentication method.", "The header carries the service account's key.", "Authentication method", "API Key"),
        _step(where, "Enter the base URL, without a trailing slash.", "It names your organization.", "Base URL", settings.get("base_url") or UNKNOWN_BASE_URL),
        _step(where, "Enter the header's name.", "Unity authenticates by it.", "Authorization header name", settings.get("header_name") or "Authorization"),
        *_show_header(command),
        _step(where, _enter_header(account), "It is secret: Basic <base64(key ID:secret key)>.", "Authorization header value"),
        _step(where, "Enter the test user's email.", "It must be new to both sides, in a validated domain.", "Test user email", test_email),
        _step(where, "Select Test Connection.", "Activate only after it has passed."),
        _step(where, "Turn group management off, if it is there.", "Unity's guide says so. It may appear only now, and be on.", "Group management", "off"),
        _step(where, "Select Activate.", "Provisioning starts with this."),
    ]


def replace_header(application: str, test_email: str | None, command: str | None = None, account: str | None = None) -> Steps:
    """Provisioning is active, and gets a new key."""
    where = JUMPCLOUD_APP % application
    older = "Select the account and delete its older keys, but not the one that you have just made."
    return [
        *(show_key(account) if account else []),
        *_show_header(command),
        _step(where, _enter_header(account), "It is secret: Basic <base64(key ID:secret key)>.", "Authorization header value"),
        _step(where, "Enter the test user's email.", "JumpCloud wants it with any change.", "Test user email", test_email),
        _step(where, "Select Test Connection.", "Activate only after it has passed."),
        _step(where, "Select Activate, even if provisioning is active.", "Only then is the new value in use, and only that is seen from outside."),
        *([_step(UNITY_ACCOUNTS, older, "A key that nobody uses is a risk.", "Service account", account)] if account else []),
    ]


def _enter_header(account: str | None) -> str:
    where = ": copy it from Unity's window, from 'Basic' on" if account else ""
    return "Enter the header's value%s." % where


def _show_header(command: str | None) -> Steps:
    if command is None:
        return []
    why = "It is secret, so it is in this file only. The run removes it."
    return [_step(TERMINAL, "Show the header's value, and copy the whole line.", why, "Command", command)]


def deactivate_identity_management(application: str) -> Steps:
    where = JUMPCLOUD_APP % application
    return [_step(where, "Deactivate provisioning in the application's Actions menu.", "JumpCloud then syncs nobody anymore.")]


@contextmanager
def assumed_step(step: str, manual_steps: Steps, secret_sent: t.Callable[[], bool] = lambda: False) -> t.Iterator[None]:
    """Turn an unexpected answer of an assumed endpoint into a failure that tells how to do the step by hand.

    ``secret_sent`` is asked when something fails: what happens within the step may have sent it.
    """
    try:
        yield
    except UnexpectedAnswer as error:
        raise AssumptionFailed(step, manual_steps, error, secret_sent()) from error
    except ApiError as error:
        error.secret_sent = secret_sent()
        raise
