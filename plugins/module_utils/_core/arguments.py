# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs, composed from one part per concern, and the one table of environment variables."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleFallbackNotFound

# An option that is left out is taken from this environment variable of the process that runs the module.
ENVIRONMENT: dict[str, dict[str, str]] = {
    "unity": {
        "organization_id": "UNITY_ORGANIZATION_ID",
        "access_token": "UNITY_ACCESS_TOKEN",
        "exchange_token": "UNITY_EXCHANGE_TOKEN",
        "admin_key_id": "UNITY_ADMIN_KEY_ID",
        "admin_secret_key": "UNITY_ADMIN_SECRET_KEY",
        "api_url": "UNITY_API_URL",
        "services_url": "UNITY_SERVICES_URL",
    },
    "scim": {
        "key_id": "UNITY_SCIM_KEY_ID",
        "secret_key": "UNITY_SCIM_SECRET_KEY",
    },
    # a key that is only read with, and that is never delivered
    "audit": {
        "key_id": "UNITY_SCIM_AUDIT_KEY_ID",
        "secret_key": "UNITY_SCIM_AUDIT_SECRET_KEY",
    },
    "jumpcloud": {
        "api_key": "JUMPCLOUD_API_KEY",
        "client_id": "JUMPCLOUD_CLIENT_ID",
        "client_secret": "JUMPCLOUD_CLIENT_SECRET",
        "organization_id": "JUMPCLOUD_ORGANIZATION_ID",
        "region": "JUMPCLOUD_REGION",
        "console_url": "JUMPCLOUD_CONSOLE_URL",
        "oauth_url": "JUMPCLOUD_OAUTH_URL",
        "insights_url": "JUMPCLOUD_INSIGHTS_URL",
    },
}


@dataclass(frozen=True)
class Arguments:
    """Options with the rules that bind them together."""

    options: dict[str, dict[str, t.Any]]
    rules: dict[str, list[t.Any]] = field(default_factory=dict)

    def __add__(self, other: Arguments) -> Arguments:
        rules = {name: self.rules.get(name, []) + other.rules.get(name, []) for name in {**self.rules, **other.rules}}
        return Arguments({**self.options, **other.options}, rules)

    def as_spec(self) -> dict[str, t.Any]:
        """Keyword arguments for AnsibleModule."""
        return {"argument_spec": self.options, **self.rules}

    def invocation(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The part of a result that tells how the module was called. What the preflight handed on stands in the preflight's own result."""
        return {"module_args": {name: params[name] for name in self.options if name != "seen"}}


def _with_environment(concern: str, options: dict[str, dict[str, t.Any]]) -> dict[str, dict[str, t.Any]]:
    variables = ENVIRONMENT[concern]
    return {name: {**option, "fallback": (env_fallback, [variables[name]])} if name in variables else option for name, option in options.items()}


class FromEnvironment(str):
    """A value that nobody gave as an option. ``concern`` and ``option`` say which one it stands for, ``variable`` where it was found; see halves."""

    concern: str
    option: str
    variable: str

    def beside(self, option: str) -> str:
        """What the environment holds for another option of the concern that this one was found in."""
        return os.environ.get(ENVIRONMENT[_place_of(self.variable)[0]][option], "")


def env_fallback(variable: str) -> FromEnvironment:
    """The value of this environment variable. One that is set, but empty, is not given: AWX and CI systems set them so."""
    value = os.environ.get(variable)
    if not value:
        raise AnsibleFallbackNotFound
    found = FromEnvironment(value)
    found.concern, found.option = _place_of(variable)
    found.variable = variable
    return found


def pair_fallback(half: str, other_half: str, instead: str) -> FromEnvironment:
    """As env_fallback, ``instead`` only where neither half of the pair is given: halves of two keys make none."""
    found = env_fallback(half if os.environ.get(half) or os.environ.get(other_half) else instead)
    found.concern = _place_of(half)[0]
    return found


def _place_of(variable: str) -> tuple[str, str]:
    return next((concern, option) for concern, variables in ENVIRONMENT.items() for option in variables if variables[option] == variable)


HTTP = Arguments(
    {
        "connect_timeout": {"type": "float", "default": 10.0},
        "read_timeout": {"type": "float", "default": 30.0},
        "time_budget": {"type": "float", "default": 300.0},
        "concurrency": {"type": "int", "default": 4},
        "ca_path": {"type": "path"},
        # its URL may hold a password
        "proxy": {"type": "str", "no_log": True},
    }
)

UNITY = HTTP + Arguments(
    _with_environment(
        "unity",
        {
            # UnityOrganization says in words that it is needed, and where it may be given
            "organization_id": {"type": "str"},
            "expected_organization_id": {"type": "str"},
            "access_token": {"type": "str", "no_log": True},
            "exchange_token": {"type": "bool", "default": False},
            "admin_key_id": {"type": "str", "no_log": False},
            "admin_secret_key": {"type": "str", "no_log": True},
            "api_url": {"type": "str", "default": "https://services.api.unity.com"},
            "services_url": {"type": "str", "default": "https://services.unity.com"},
        },
    ),
    {"required_together": [("admin_key_id", "admin_secret_key")], "mutually_exclusive": [("access_token", "admin_key_id")]},
)

_KEY: dict[str, dict[str, t.Any]] = {"key_id": {"type": "str", "no_log": False}, "secret_key": {"type": "str", "no_log": True}}

SCIM_CREDENTIALS = Arguments(
    {
        **_with_environment("scim", _KEY),
        "authorization_header": {"type": "str", "no_log": True},
        "base_url": {"type": "str"},
    },
    {"required_together": [("key_id", "secret_key")]},
)

# For modules that call both vendors: there, organization_id is JumpCloud's.
_UNITY_BESIDE_JUMPCLOUD: dict[str, dict[str, t.Any]] = {
    "unity_organization_id": {"type": "str", "fallback": (env_fallback, [ENVIRONMENT["unity"]["organization_id"]])},
    "unity_expected_organization_id": {"type": "str"},
    "unity_api_url": {"type": "str", "default": "https://services.api.unity.com", "fallback": (env_fallback, [ENVIRONMENT["unity"]["api_url"]])},
}

# Who only reads takes the key for audits first. That half of a key is given, require_header says in words that name the variables.
SCIM_READING = Arguments(
    {
        **SCIM_CREDENTIALS.options,
        **{
            half: {**_KEY[half], "fallback": (pair_fallback, [ENVIRONMENT["audit"][half], ENVIRONMENT["audit"][other], ENVIRONMENT["scim"][half]])}
            for half, other in (("key_id", "secret_key"), ("secret_key", "key_id"))
        },
    }
)

SCIM_SERVICE = SCIM_READING + Arguments(_UNITY_BESIDE_JUMPCLOUD)

# For one that goes on without Unity's users where it can't read them: nothing is required, and the key is the one that is given.
SCIM_READER = Arguments(
    {
        **_UNITY_BESIDE_JUMPCLOUD,
        **_KEY,
        "base_url": {"type": "str"},
    }
)

# Whom the groups to be bound bring to Unity.
PEOPLE = Arguments({"max_created_users": {"type": "int"}, "preview_people": {"type": "bool"}, "domains": {"type": "list", "elements": "str"}})

JUMPCLOUD = HTTP + Arguments(
    _with_environment(
        "jumpcloud",
        {
            "api_key": {"type": "str", "no_log": True},
            "client_id": {"type": "str"},
            "client_secret": {"type": "str", "no_log": True},
            "organization_id": {"type": "str"},
            "expected_organization_id": {"type": "str"},
            "region": {"type": "str", "default": "us"},
            "console_url": {"type": "str"},
            "oauth_url": {"type": "str"},
            "insights_url": {"type": "str"},
        },
    ),
    {"required_together": [("client_id", "client_secret")], "mutually_exclusive": [("api_key", "client_id")]},
)

# The owner's options of UNITY, for modules that call both vendors.
UNITY_OWNER_BESIDE_JUMPCLOUD = Arguments(
    {"unity_" + name: option for name, option in UNITY.options.items() if name not in HTTP.options},
    {rule: [tuple("unity_" + name for name in names) for names in alternatives] for rule, alternatives in UNITY.rules.items()},
)

RUNBOOK = Arguments({"runbook": {"type": "path"}})

METHOD = {"type": "str", "choices": ["auto", "api", "manual"], "default": "auto"}

CONFIRMED = Arguments({"confirmed": {"type": "bool", "default": False}})

MANUAL = RUNBOOK + CONFIRMED + Arguments({"method": METHOD, "manual_timeout": {"type": "float", "default": 0.0}})

AUDIT_KEY = Arguments(_with_environment("audit", _KEY))

SECRET_FILE = Arguments({"secret_file": {"type": "path", "no_log": False}})

KEY_NAME = Arguments({"key_name": {"type": "str", "default": "unity_jumpcloud.scim", "no_log": False}})

SERVICE_ACCOUNT_IDENTITY = Arguments(
    {"service_account": {"type": "str"}, "service_account_id": {"type": "str"}},
    {"required_one_of": [("service_account", "service_account_id")], "mutually_exclusive": [("service_account", "service_account_id")]},
)

APPLICATION_IDENTITY = Arguments(
    {"application": {"type": "str"}, "application_id": {"type": "str"}},
    {"required_one_of": [("application", "application_id")], "mutually_exclusive": [("application", "application_id")]},
)
