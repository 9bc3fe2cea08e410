# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach and authenticate to Unity's administration."""

from __future__ import annotations


class ModuleDocFragment:
    """The organization and the credentials of an owner or manager; and, separately, the key for the SCIM service."""

    DOCUMENTATION = r"""
options:
  organization_id:
    description:
      - The Genesis ID of the Unity organization, as the Unity Dashboard shows it.
      - If it is left out, E(UNITY_ORGANIZATION_ID) is used. One of them is needed.
    type: str
  expected_organization_id:
    description:
      - A guard. If it is set and O(organization_id) is another one, the module fails before any request.
      - Set it where the playbook lives, and O(organization_id) where the environment is chosen.
    type: str
  access_token:
    description:
      - The access token of a person who is an owner or manager of the organization.
      - If it is left out, E(UNITY_ACCESS_TOKEN) is used.
      - Mutually exclusive with O(admin_key_id).
    type: str
  exchange_token:
    description:
      - Whether to exchange O(access_token) for a token of Unity's gateway first.
      - The exchange is not published by Unity. It is what Unity's own packages do.
      - If it is left out, E(UNITY_EXCHANGE_TOKEN) is used.
    type: bool
    default: false
  admin_key_id:
    description:
      - The key ID of a service account that may manage the organization, instead of O(access_token). Whether Unity allows this is not published.
      - If it and O(admin_secret_key) are left out, E(UNITY_ADMIN_KEY_ID) is used.
    type: str
  admin_secret_key:
    description:
      - The secret key that belongs to O(admin_key_id).
      - If it and O(admin_key_id) are left out, E(UNITY_ADMIN_SECRET_KEY) is used.
    type: str
  api_url:
    description:
      - The URL of Unity's API gateway.
      - If it is left out, E(UNITY_API_URL) is used.
    type: str
    default: https://services.api.unity.com
  services_url:
    description:
      - The URL of the service that exchanges tokens and knows the organizations.
      - If it is left out, E(UNITY_SERVICES_URL) is used.
    type: str
    default: https://services.unity.com
seealso:
  - name: Unity's guide for JumpCloud
    description: The steps that this collection automates, as a person does them.
    link: https://docs.unity.com/
"""

    OWNER_BESIDE_JUMPCLOUD = r"""
options:
  unity_organization_id:
    description:
      - The Genesis ID of the Unity organization, as the Unity Dashboard shows it. O(organization_id) is JumpCloud's.
      - If it is left out, E(UNITY_ORGANIZATION_ID) is used. One of them is needed.
    type: str
  unity_expected_organization_id:
    description:
      - A guard. If it is set and O(unity_organization_id) is another one, the module fails before any request.
      - Set it where the playbook lives, and O(unity_organization_id) where the environment is chosen.
    type: str
  unity_access_token:
    description:
      - The access token of a person who is an owner or manager of the organization.
      - If it is left out, E(UNITY_ACCESS_TOKEN) is used.
      - Mutually exclusive with O(unity_admin_key_id).
    type: str
  unity_exchange_token:
    description:
      - Whether to exchange O(unity_access_token) for a token of Unity's gateway first.
      - The exchange is not published by Unity. It is what Unity's own packages do.
      - If it is left out, E(UNITY_EXCHANGE_TOKEN) is used.
    type: bool
    default: false
  unity_admin_key_id:
    description:
      - The key ID of a service account that may manage the organization, instead of O(unity_access_token). Whether Unity allows this is not published.
      - If it and O(unity_admin_secret_key) are left out, E(UNITY_ADMIN_KEY_ID) is used.
    type: str
  unity_admin_secret_key:
    description:
      - The secret key that belongs to O(unity_admin_key_id).
      - If it and O(unity_admin_key_id) are left out, E(UNITY_ADMIN_SECRET_KEY) is used.
    type: str
  unity_api_url:
    description:
      - The URL of Unity's API gateway.
      - If it is left out, E(UNITY_API_URL) is used.
    type: str
    default: https://services.api.unity.com
  unity_services_url:
    description:
      - The URL of the service that exchanges tokens and knows the organizations.
      - If it is left out, E(UNITY_SERVICES_URL) is used.
    type: str
    default: https://services.unity.com
"""

    SCIM_CREDENTIALS = r"""
options:
  base_url:
    description:
      - The SCIM base connector URL, as the Unity Dashboard shows it in Administration > Single sign on > SCIM.
      - If it is left out, it is derived from O(api_url) and O(organization_id).
      - It must belong to O(organization_id), be at Unity's API, and have no trailing slash.
    type: str
  key_id:
    description:
      - The key ID of the service account with the organization role C(SCIM Authenticator).
      - If it and O(secret_key) are left out, E(UNITY_SCIM_KEY_ID) is used.
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
      - If it and O(key_id) are left out, E(UNITY_SCIM_SECRET_KEY) is used.
    type: str
  authorization_header:
    description:
      - The value of the Authorization header, C(Basic <base64(key ID:secret key)>), instead of O(key_id) and O(secret_key). It wins if both are given.
    type: str
"""

    SCIM_SERVICE = r"""
options:
  unity_organization_id:
    description:
      - The Genesis ID of the Unity organization, as the Unity Dashboard shows it. O(organization_id) is JumpCloud's.
      - If it is left out, E(UNITY_ORGANIZATION_ID) is used. One of them is needed.
    type: str
  unity_expected_organization_id:
    description:
      - A guard. If it is set and O(unity_organization_id) is another one, the module fails before any request.
    type: str
  unity_api_url:
    description:
      - The URL of Unity's API gateway.
      - If it is left out, E(UNITY_API_URL) is used.
    type: str
    default: https://services.api.unity.com
  base_url:
    description:
      - The SCIM base connector URL, as the Unity Dashboard shows it in Administration > Single sign on > SCIM.
      - If it is left out, it is derived from O(unity_api_url) and O(unity_organization_id).
      - It must belong to O(unity_organization_id), be at Unity's API, and have no trailing slash.
    type: str
  key_id:
    description:
      - The key ID of a Unity service account with the organization role C(SCIM Authenticator).
      - If it and O(secret_key) are left out, E(UNITY_SCIM_AUDIT_KEY_ID) is used. If neither that nor E(UNITY_SCIM_AUDIT_SECRET_KEY) is set,
        it is E(UNITY_SCIM_KEY_ID).
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
      - If it and O(key_id) are left out, E(UNITY_SCIM_AUDIT_SECRET_KEY) is used. If neither that nor E(UNITY_SCIM_AUDIT_KEY_ID) is set,
        it is E(UNITY_SCIM_SECRET_KEY).
    type: str
  authorization_header:
    description:
      - The value of the Authorization header, C(Basic <base64(key ID:secret key)>), instead of O(key_id) and O(secret_key). It wins if both are given.
    type: str
"""
