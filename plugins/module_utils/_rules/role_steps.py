# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each step of the role gives its module: what the variables say, what was seen of both sides, and what the steps before hand on. Pure."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import PREFIX
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_choice import CONSOLE, SECRET_FILE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.retirement import PLACEHOLDER
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_keys import key_for
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import DEFAULTS, key_of, options_of

Options = t.Dict[str, t.Any]


class Run:
    """What the tasks of a run have registered so far; ``value_of`` tells a variable, or None."""

    def __init__(self, value_of: t.Callable[[str], t.Any]) -> None:
        self._value_of = value_of
        self.seen = self.registered("seen")

    def registered(self, name: str) -> t.Any:
        return self._value_of("__scim_provisioning_%s" % name) or {}

    def given(self, name: str) -> t.Any:
        return self._value_of(PREFIX + name)

    def is_confirmed(self, step: str) -> bool:
        return step in (self.given("confirmed") or ())

    @property
    def new_key(self) -> Options:
        """The credentials of the key that the run has made, or found in the secret file."""
        found: Options = self.registered("key").get("credentials") or {}
        return found


def service_account(run: Run) -> Options:
    return {"seen": run.seen["seen"]}


def service_account_key(run: Run) -> Options:
    choice = run.seen["key"]
    options = {"secret_file": choice["secret_file"], "rotate": choice["rotate"], "seen": run.seen["seen"]}
    if choice["source"] == SECRET_FILE:
        options["method"] = "manual"
    if "msg" in run.registered("revival"):
        # JumpCloud's own key could not be activated
        options["rotate"] = "always"
    return options


def connector_url(run: Run) -> Options:
    """The test user is looked up before a connection test, and a key that is new is waited for."""
    options = key_of(key_for("handed_over", run.registered))
    if run.new_key:
        options["wait_timeout"] = run.given("connector_wait_timeout")
    if run.new_key or not run.seen.get("in_use"):
        options["test_email"] = run.given("test_email")
    return options


def identity_management(run: Run) -> Options:
    """Where the SCIM service is, the key, and how it gets to JumpCloud."""
    choice, given = run.seen["key"], run.registered("given")
    base_url = run.registered("connector")["connector"]["base_url"]
    options = {
        **key_of(key_for("handed_over", run.registered)),
        "application_id": run.seen["application_id"],
        "base_url": base_url,
        "allowed_hosts": [urlsplit(base_url).hostname],
        "confirmed": run.is_confirmed("identity_management"),
        # the attempt with JumpCloud's own key has changed it, so what was seen before no longer holds
        "seen": {"methods": run.seen["seen"]["methods"]} if run.registered("revival").get("step") else run.seen["seen"],
        "secret_file": choice["secret_file"],
        "unity_organization_id": given["unity_organization_id"],
        "update_secret": "always" if run.registered("key").get("changed") or choice["redeliver"] else run.given("update_secret"),
    }
    if choice["source"] == CONSOLE:
        # whose key a person takes from one console to the other
        options["service_account"] = given["service_account"]
        if not given["audit_key"]["key_id"] and not run.registered("entry"):
            options["audit_service_account"] = run.given("audit_service_account") or DEFAULTS[PREFIX + "audit_service_account"]
    return options


def retire_keys(run: Run) -> Options:
    """What was asked for beside another key stands until it is confirmed. Check mode creates no key that could be named."""
    key, identity = run.registered("key"), run.registered("identity")
    tested = (identity.get("identity_management") or {}).get("last_test") or {}
    return {
        "application_id": run.seen["application_id"],
        "jumpcloud_method": identity["step"]["method"],
        "confirmed": run.is_confirmed("retire_keys"),
        "key_id": ((key.get("key") or {}).get("id") if key.get("changed") else run.seen["retired_beside"]) or PLACEHOLDER,
        "known_key_ids": [known["id"] for known in key.get("live_keys") or () if known["managed"]],
        "seen": run.seen["seen"],
        "used_since": (identity["evidence"] if "evidence" in identity else tested).get("at"),
        # an activation of a run that has made no key says nothing of the one that an earlier run asked about
        "activated_with": identity.get("activated_with") if key.get("changed") else None,
    }


def user_groups(run: Run) -> Options:
    return {**key_of(key_for("reading", run.registered)), "application_id": run.seen["application_id"], "seen": run.seen["seen"]}


def enforcement(run: Run) -> Options:
    return {"enforced": run.given("enforced"), "enforcement_confirmed": run.is_confirmed("enforcement"), "seen": run.seen["seen"]}


# the module of each step, and what it is given beside the options of the variables
STEPS: dict[str, tuple[str, t.Callable[[Run], Options]]] = {
    "service_account": ("unity_service_account", service_account),
    "service_account_key": ("unity_service_account_key", service_account_key),
    "connector_url": ("unity_scim_connector", connector_url),
    "identity_management": ("jumpcloud_scim_app", identity_management),
    "retire_keys": ("scim_key_retirement", retire_keys),
    "user_groups": ("jumpcloud_group_binding", user_groups),
    "enforcement": ("unity_scim_connector", enforcement),
}


def options_of_step(step: str, value_of: t.Callable[[str], t.Any], absolute_path: t.Callable[[str], str]) -> Options:
    """All options of the step's module that have a value."""
    module, handed_on = STEPS[step]
    handed = {option: value for option, value in handed_on(Run(value_of)).items() if value is not None and value != ""}
    return {**options_of(module, value_of, absolute_path), **handed}
