#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_vaulted_key
short_description: Keep the key of a Unity service account in an encrypted vars file
version_added: 0.1.0
description:
  - Writes a key into a vars file that Ansible Vault encrypts, or reads it back. The file is replaced as a whole, or not at all, and has mode 0600.
    With O(state=present), a file that others may read is replaced as well.
  - The file holds the variables C(scim_provisioning_key_id) and C(scim_provisioning_secret_key), so a playbook can be given it with C(--extra-vars @file).
  - The file may hold the variables C(scim_kept_for_service_account), C(scim_kept_for_unity_organization_id), C(scim_kept_for_jumpcloud_organization_id) and
    C(scim_kept_for_key_name), too, which tell whose key it is.
  - It always runs on the controller. Put C(no_log=true) on the task, since its result holds the secret.
options:
  path:
    description:
      - The path of the file. It must be a regular file, no symbolic link, in a folder that exists and is writable, which is checked before anything else.
    type: path
    required: true
  password:
    description:
      - The Ansible Vault password of the file.
    type: str
    required: true
  state:
    description:
      - V(read) reads the key back. V(present) makes the file hold O(key_id) and O(secret_key).
    type: str
    choices: [read, present]
    default: read
  purpose:
    description:
      - What the key is for. With V(audit), the variables in the file are C(scim_provisioning_audit_key_id) and C(scim_provisioning_audit_secret_key).
      - With V(jumpcloud), it is no key of Unity, but the client of a JumpCloud service account (M(unity_jumpcloud.scim.jumpcloud_service_account)), and the
        variables are C(scim_provisioning_jumpcloud_client_id) and C(scim_provisioning_jumpcloud_client_secret).
    type: str
    choices: [provisioning, audit, jumpcloud]
    default: provisioning
  key_id:
    description:
      - The key ID. Required with O(state=present), which refuses an empty text.
    type: str
  secret_key:
    description:
      - The secret key. Required with O(state=present), which refuses an empty text.
    type: str
  service_account:
    description:
      - The name of the service account whose key it is. The file then tells it beside the key, encrypted as the key is, and so it does
        O(unity_organization_id), O(jumpcloud_organization_id) and O(key_name).
      - A file that tells another one is not read, and not overwritten, so that two uses of one file do not replace each other's key. A file that tells
        nothing is taken as it is. If this option is left out, the file goes on telling what it tells.
    type: str
  unity_organization_id:
    description:
      - The ID of the Unity organization. It is only used with O(service_account).
    type: str
  jumpcloud_organization_id:
    description:
      - The ID of the JumpCloud organization whose service account it is, with O(purpose=jumpcloud). It is only used with O(service_account).
    type: str
  key_name:
    description:
      - The name of the keys that this collection makes for this use. It is only used with O(service_account).
    type: str
    default: unity_jumpcloud.scim
attributes:
  diff_mode:
    support: none
    details:
      - What the file holds is a secret.
seealso:
  - module: unity_jumpcloud.scim.unity_service_account_key
extends_documentation_fragment:
  - unity_jumpcloud.scim.attributes
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: The encrypted file holds the new key
  unity_jumpcloud.scim.scim_vaulted_key:
    path: unity-scim-key.yml
    password: "{{ vault_password }}"
    state: present
    key_id: "{{ new_key.credentials.key_id }}"
    secret_key: "{{ new_key.credentials.secret_key }}"
    service_account: JumpCloud SCIM
  # it is null where none was created
  when: new_key.credentials is not none
  no_log: true

- name: Read it back
  unity_jumpcloud.scim.scim_vaulted_key:
    path: unity-scim-key.yml
    password: "{{ vault_password }}"
  register: stored
  no_log: true
"""

RETURN = r"""
---
key:
  description: The key that the file holds, or would hold in check mode; null where there is no file.
  returned: success
  type: dict
  contains:
    key_id:
      description: The key ID.
      type: str
      returned: success
      sample: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    secret_key:
      description: The secret key.
      type: str
      returned: success
      sample: "(32 letters and digits)"
"""
