# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a seed (a plain mapping, usually from YAML) into records."""

from __future__ import annotations

from typing import Any

from .clock import derived_object_id, derived_uuid, timestamp
from .generating import generated
from .records import (
    AccessToken,
    AdminKey,
    APIKey,
    Application,
    Binding,
    ClientSecret,
    Connection,
    CustomRole,
    Domain,
    Group,
    Integration,
    JumpCloud,
    JumpCloudOrganization,
    JumpCloudServiceAccount,
    Key,
    OAuthClient,
    Provider,
    ServiceAccount,
    Unity,
    UnityOrganization,
    User,
)

ROLES = {
    "role-scim-authenticator": "SCIM Authenticator",
    "role-manager": "Manager",
    "role-project-creator": "Project Creator",
}
"""Organization roles by id. The names are Unity's, the ids are assumed."""


def role_id(name_or_id: str) -> str | None:
    for identifier, name in ROLES.items():
        if name_or_id in (identifier, name):
            return identifier
    return None


def unity_from_seed(seed: dict[str, Any]) -> Unity:
    organizations = [_unity_organization(entry) for entry in seed.get("organizations", [])]
    everywhere = [organization.genesis_id for organization in organizations]
    return Unity(
        require_exchange=bool(seed.get("require_exchange", False)),
        access_tokens=[
            AccessToken(
                token=entry["token"],
                user=entry.get("user", "owner"),
                organizations=[str(known) for known in entry.get("organizations", everywhere)],
                role=entry.get("role", "owner"),
            )
            for entry in seed.get("access_tokens", [])
        ],
        admin_keys=[
            AdminKey(
                key_id=entry["key_id"],
                secret_key=entry["secret_key"],
                organizations=[str(known) for known in entry.get("organizations", everywhere)],
            )
            for entry in seed.get("admin_keys", [])
        ],
        organizations=organizations,
    )


def _unity_organization(entry: dict[str, Any]) -> UnityOrganization:
    genesis_id = str(entry["genesis_id"])
    sso, scim = entry.get("sso", {}), entry.get("scim", {})
    return UnityOrganization(
        genesis_id=genesis_id,
        id=str(entry.get("id", derived_uuid("unity-organization", genesis_id))),
        name=entry.get("name", "Example Studio"),
        sso_enabled=sso.get("enabled", True),
        domains=[Domain(name=domain["name"], validated=domain.get("validated", False)) for domain in sso.get("domains", [])],
        scim_enabled=scim.get("enabled", True),
        scim_enforced=scim.get("enforced", False),
        scim_groups=scim.get("groups", False),
        scim_check_domains=scim.get("check_domains", True),
        scim_ignore_filters=scim.get("ignore_filters", False),
        scim_page_limit=scim.get("page_limit", 1000),
        service_accounts=[_service_account(genesis_id, account) for account in entry.get("service_accounts", [])],
    )


def _service_account(genesis_id: str, entry: dict[str, Any]) -> ServiceAccount:
    name = entry["name"]
    return ServiceAccount(
        id=entry.get("id", derived_uuid("service-account", f"{genesis_id}/{name}")),
        name=name,
        description=entry.get("description", ""),
        created_at=entry.get("created_at", timestamp()),
        roles=[role_id(role) or role for role in entry.get("roles", [])],
        keys=[
            Key(
                id=key.get("id", derived_uuid("key", f"{genesis_id}/{name}/{number}")),
                secret=key["secret"],
                created_at=key.get("created_at", timestamp()),
                name=key.get("name", ""),
            )
            for number, key in enumerate(entry.get("keys", []))
        ],
        bearer_tokens=list(entry.get("bearer_tokens", [])),
    )


def jumpcloud_from_seed(seed: dict[str, Any], generate: dict[str, Any] | None = None) -> JumpCloud:
    organizations = [
        JumpCloudOrganization(
            id=entry["id"],
            name=entry.get("name", "Example Studio"),
            logo_url=entry.get("logo_url"),
            max_system_users=entry.get("max_system_users", 0),
        )
        for entry in seed.get("organizations", [])
    ]
    everywhere = [organization.id for organization in organizations]
    home = everywhere[0] if everywhere else ""
    users = [_user(entry, home) for entry in seed.get("users", [])]
    groups = [_group(entry, home, users) for entry in seed.get("groups", [])]
    section = generate or {}
    made = generated(section, home)
    users += made.users
    groups += made.groups
    by_name = {group.name: group.id for group in groups}
    for group, entry in zip(groups, seed.get("groups", [])):
        group.groups = [by_name.get(inner, inner) for inner in entry.get("groups", [])]
    applications = [_application(entry, home, users, groups) for entry in seed.get("applications", [])]
    if section.get("bind"):
        made.bind(section["bind"], applications)
    return JumpCloud(
        organizations=organizations,
        gone_is_failure=seed.get("gone_is_failure", False),
        providers=[Provider(id=entry["id"], organizations=entry.get("organizations", everywhere)) for entry in seed.get("providers", [])],
        api_keys=[
            APIKey(
                key=entry["key"],
                organizations=entry.get("organizations", everywhere[:1]),
                read_only=entry.get("read_only", False),
                insights=entry.get("insights", True),
                providers=entry.get("providers", []),
                billing=entry.get("billing", True),
            )
            for entry in seed.get("api_keys", [])
        ],
        oauth_clients=[
            OAuthClient(
                client_id=entry["client_id"],
                client_secret=entry["client_secret"],
                organizations=entry.get("organizations", everywhere[:1]),
                read_only=entry.get("read_only", False),
                insights=entry.get("insights", True),
                providers=entry.get("providers", []),
            )
            for entry in seed.get("oauth_clients", [])
        ],
        roles=[_role(entry, home) for entry in seed.get("roles", [])],
        service_accounts=[_jumpcloud_account(entry, home) for entry in seed.get("service_accounts", [])],
        applications=applications,
        groups=groups,
        users=users,
        events=list(seed.get("events", [])),
    )


def _role(entry: dict[str, Any], home: str) -> CustomRole:
    return CustomRole(
        id=derived_object_id("role", entry["name"]),
        organization=entry.get("organization", home),
        name=entry["name"],
        scopes=list(entry.get("scopes", [])),
        description=entry.get("description", ""),
        is_custom=entry.get("custom", True),
    )


def _jumpcloud_account(entry: dict[str, Any], home: str) -> JumpCloudServiceAccount:
    return JumpCloudServiceAccount(
        id=entry.get("id", derived_object_id("service-account", entry["name"])),
        organization=entry.get("organization", home),
        name=entry["name"],
        role_id=derived_object_id("role", entry["role"]),
        created_at=entry.get("created_at", timestamp()),
        secrets=[ClientSecret(**secret) for secret in entry.get("secrets", [])],
    )


def _user(entry: dict[str, Any], home: str) -> User:
    email = entry["email"]
    first, last = entry.get("firstname", ""), entry.get("lastname", "")
    return User(
        id=entry.get("id", derived_object_id("user", email)),
        organization=entry.get("organization", home),
        email=email,
        username=entry.get("username", email.partition("@")[0]),
        firstname=first,
        lastname=last,
        displayname=entry.get("displayname", f"{first} {last}".strip()),
        password_expired=entry.get("password_expired", False),
        state=entry.get("state", "ACTIVATED"),
    )


def _group(entry: dict[str, Any], home: str, users: list[User]) -> Group:
    by_email = {user.email: user.id for user in users}
    return Group(
        id=entry.get("id", derived_object_id("group", entry["name"])),
        organization=entry.get("organization", home),
        name=entry["name"],
        description=entry.get("description", ""),
        members=[by_email.get(member, member) for member in entry.get("members", [])],
    )


def _application(entry: dict[str, Any], home: str, users: list[User], groups: list[Group]) -> Application:
    label = entry.get("displayLabel", entry.get("displayName", ""))
    identifier = entry.get("id", derived_object_id("application", label))
    return Application(
        id=identifier,
        organization=entry.get("organization", home),
        name=entry.get("name", "saml2"),
        display_name=entry.get("displayName", label),
        display_label=label,
        active=entry.get("active", True),
        description=entry.get("description", ""),
        sso_url=entry.get("ssoUrl", f"https://sso.jumpcloud.com/saml2/{identifier[:8]}"),
        created=entry.get("created", "2026-01-01T00:00:00.000Z"),
        sso=dict(entry.get("sso", {"type": "saml", "beta": False, "jit": False, "hidden": False})),
        config=_application_config(identifier),
        bindings=[_binding(binding, users, groups) for binding in entry.get("bindings", [])],
        integration=_integration(entry["provision"], identifier) if entry.get("provision") else None,
    )


def _application_config(identifier: str) -> dict[str, Any]:
    """SAML settings; the private key is a sentinel that no output may ever carry."""
    return {
        "acsUrl": {"type": "text", "value": "https://login.example.invalid/saml/acs"},
        "databaseAttributes": {"position": 0},
        "idpCertificate": {"type": "file", "value": "-----BEGIN FAKE CERTIFICATE-----"},
        "idpEntityId": {"type": "text", "value": "JumpCloud"},
        "idpPrivateKey": {"type": "file", "value": f"-----BEGIN FAKE PRIVATE KEY----- SENTINEL-idp-private-key-{identifier[:8]}"},
        "spEntityId": {"type": "text", "value": "unity"},
    }


def _binding(entry: dict[str, Any], users: list[User], groups: list[Group]) -> Binding:
    kind = entry.get("type", "user_group")
    known = {group.name: group.id for group in groups} if kind == "user_group" else {user.email: user.id for user in users}
    return Binding(type=kind, id=known.get(entry["id"], entry["id"]))


def _integration(entry: dict[str, Any], application_id: str) -> Integration:
    active = entry.get("status") == "active"
    integration = Integration(
        id=derived_object_id("integration", application_id),
        type=entry.get("type", "scim"),
        version=entry.get("version", "2.0"),
        auth_method=entry.get("authMethod", "apiKey"),
        base_url=entry["baseUrl"],
        header_name=entry.get("headerName", "Authorization"),
        header_value=entry.get("headerValue", ""),
        test_email=entry.get("testEmail", ""),
        group_management=entry.get("groupManagement", False),
        active=active,
        last_test=entry.get("lastTest"),
    )
    if active:
        integration.activated = Connection(integration.base_url, integration.header_name, integration.header_value)
    return integration
