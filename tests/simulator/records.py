# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both tenants hold, as plain dataclasses that can be turned into JSON and back."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass, field
from typing import Any, Optional


@dataclass
class Key:
    id: str
    secret: str
    created_at: str | None
    name: str = ""


@dataclass
class ServiceAccount:
    id: str
    name: str
    description: str
    created_at: str
    roles: list[str] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    bearer_tokens: list[str] = field(default_factory=list)


@dataclass
class Domain:
    name: str
    validated: bool = False


@dataclass
class UnityOrganization:
    genesis_id: str
    id: str
    name: str
    sso_enabled: bool = True
    domains: list[Domain] = field(default_factory=list)
    scim_enabled: bool = True
    scim_enforced: bool = False
    scim_groups: bool = False
    scim_check_domains: bool = True
    scim_ignore_filters: bool = False
    scim_page_limit: int = 1000
    service_accounts: list[ServiceAccount] = field(default_factory=list)


@dataclass
class AccessToken:
    token: str
    user: str
    organizations: list[str]
    role: str = "owner"
    exchanged: bool = False
    expires_at: Optional[float] = None


@dataclass
class AdminKey:
    key_id: str
    secret_key: str
    organizations: list[str]


@dataclass
class Unity:
    require_exchange: bool = False
    access_tokens: list[AccessToken] = field(default_factory=list)
    admin_keys: list[AdminKey] = field(default_factory=list)
    organizations: list[UnityOrganization] = field(default_factory=list)


@dataclass
class JumpCloudOrganization:
    id: str
    name: str
    logo_url: Optional[str] = None
    max_system_users: int = 0


@dataclass
class Provider:
    """A multi-tenant portal, and the ids of the organizations that it manages."""

    id: str
    organizations: list[str]


@dataclass
class APIKey:
    key: str
    organizations: list[str]
    read_only: bool = False
    insights: bool = True
    """False: Directory Insights is not permitted."""
    providers: list[str] = field(default_factory=list)
    billing: bool = True
    """False: no Admin with Billing."""


@dataclass
class OAuthClient:
    client_id: str
    client_secret: str
    organizations: list[str]
    read_only: bool = False
    insights: bool = True
    providers: list[str] = field(default_factory=list)


@dataclass
class OAuthToken:
    token: str
    organizations: list[str]
    expires_at: float
    read_only: bool = False
    insights: bool = True
    providers: list[str] = field(default_factory=list)
    service_account: str = ""
    """The id of the service account whose role says what the token may do; empty for a client of the seed, which may do everything."""


@dataclass
class CustomRole:
    id: str
    organization: str
    name: str
    scopes: list[str] = field(default_factory=list)
    description: str = ""
    is_custom: bool = True


@dataclass
class ClientSecret:
    id: str
    client_id: str
    client_secret: str
    created_at: str
    expires_at: str
    lifetime: str = "90 Days"


@dataclass
class JumpCloudServiceAccount:
    id: str
    organization: str
    name: str
    role_id: str
    created_at: str
    secrets: list[ClientSecret] = field(default_factory=list)


@dataclass
class Binding:
    type: str
    id: str


@dataclass
class Provisioned:
    """A person that the engine put, or found, at the other side."""

    scim_id: str
    fingerprint: str
    user_name: str


@dataclass
class Connection:
    """Where the engine calls, and with which header."""

    base_url: str
    header_name: str
    header_value: str


@dataclass
class Integration:
    """The identity management of one application (assumed contract)."""

    id: str
    type: str
    version: str
    auth_method: str
    base_url: str
    header_name: str
    header_value: str = ""
    test_email: str = ""
    group_management: bool = False
    active: bool = False
    last_test: Optional[dict[str, Any]] = None
    activated: Optional[Connection] = None
    provisioned: dict[str, Provisioned] = field(default_factory=dict)


@dataclass
class Application:
    id: str
    organization: str
    name: str
    display_name: str
    display_label: str
    active: bool = True
    description: str = ""
    sso_url: str = ""
    created: str = ""
    sso: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    integration: Optional[Integration] = None


@dataclass
class Group:
    id: str
    organization: str
    name: str
    description: str = ""
    members: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    """Groups whose members are members of this one as well."""


@dataclass
class User:
    id: str
    organization: str
    email: str
    username: str
    firstname: str = ""
    lastname: str = ""
    displayname: str = ""
    state: str = "ACTIVATED"
    password_expired: bool = False


@dataclass
class JumpCloud:
    organizations: list[JumpCloudOrganization] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)
    api_keys: list[APIKey] = field(default_factory=list)
    oauth_clients: list[OAuthClient] = field(default_factory=list)
    oauth_tokens: list[OAuthToken] = field(default_factory=list)
    roles: list[CustomRole] = field(default_factory=list)
    service_accounts: list[JumpCloudServiceAccount] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    gone_is_failure: bool = False


def to_plain(record: Any) -> Any:
    return dataclasses.asdict(record)


def from_plain(kind: Any, value: Any) -> Any:
    """Rebuild a record of this type from what to_plain made of it."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], item) for name, item in value.items()})
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        return None if value is None else from_plain(arguments[0], value)
    if origin is list:
        return [from_plain(arguments[0], item) for item in value]
    if origin is dict and arguments[1] is not Any:
        return {name: from_plain(arguments[1], item) for name, item in value.items()}
    return value
