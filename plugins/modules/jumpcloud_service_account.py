#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_service_account
short_description: Make a JumpCloud service account that may do what chosen playbooks need, and nothing else
version_added: 0.1.0
description:
  - Makes a custom role with the fewest and narrowest scopes that the chosen playbooks of this collection need, a service account with it, and a client
    secret. Scopes that are missing are added, and all others are taken away.
  - Which scopes an operation takes is published by JumpCloud, see the guide on credentials of this collection. The operations are published, too.
  - JumpCloud shows a client secret once. The module returns it in RV(credentials) and nowhere else, so put C(no_log=true) on the task, and keep it. If it
    can't be kept, take it back with O(state=absent) and O(secret_id).
  - Only an Admin with Billing manages roles and service accounts, in the organization itself, not on the home page of a multi-tenant portal. An organization
    has at most 20 custom roles.
  - JumpCloud publishes no operation that changes a service account, or that revokes one of its client secrets. They end after O(lifetime); rotation adds a
    new one, and the older one stays live until it ends, or until somebody deletes it in the JumpCloud Admin Portal. Two have been seen to be allowed.
options:
  name:
    description:
      - The name of the service account.
    type: str
    default: unity_jumpcloud.scim
  role:
    description:
      - The name of the custom role. A role of this name that is there gets the scopes of the playbooks, and no others.
      - If it is left out, it is O(name).
    type: str
  playbooks:
    description:
      - The playbooks of this collection that the service account is to run, such as V(provision), V(audit), V(preflight), V(provision_user), V(rotate_key) and
        V(deprovision). Required with O(state=present).
    type: list
    elements: str
  lifetime:
    description:
      - For how many days a new client secret is valid.
    type: int
    choices: [30, 60, 90, 365]
    default: 90
  rotate:
    description:
      - When to make a new client secret. V(auto) does so where none is live, where the store holds none (O(stored_client_id)), and where the one in use ends
        within O(renew_before). V(always) does so in each run.
    type: str
    choices: [auto, always]
    default: auto
  renew_before:
    description:
      - The days before its end at which a client secret gets a successor.
    type: float
    default: 14.0
  stored_client_id:
    description:
      - The client ID that your store holds, or an empty text if it holds none. If it is none of a live client secret, a new one is made.
      - If it is left out, the client secret that ends last is taken to be in use.
    type: str
  secret_id:
    description:
      - With O(state=absent), the RV(secret_id) of a client secret that could not be kept. The account is deleted if it has no other live one; the role stays.
        Else nothing is changed and the module fails, since the others are in use, and one alone can't be revoked.
    type: str
  wait_timeout:
    description:
      - Seconds for which a refusal (401 or 403) of a new client secret is asked again. If it stays refused, what was made for it is deleted.
    type: float
    default: 30.0
  state:
    description:
      - V(present) makes the account exist. V(absent) deletes it, which ends its client secrets, and the role, unless another account has it.
      - A role that JumpCloud says is in use stays, which is no failure, see RV(lines). That shows only where it is to be deleted, and not in check mode.
    type: str
    choices: [present, absent]
    default: present
attributes:
  idempotent:
    support: partial
    details:
      - With O(rotate=always) each run makes a client secret.
seealso:
  - module: unity_jumpcloud.scim.scim_vaulted_key
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: See what would be changed
  unity_jumpcloud.scim.jumpcloud_service_account:
    api_key: "{{ jumpcloud_api_key }}"
    playbooks: [audit, preflight]
  check_mode: true
  diff: true

- name: There is a service account for the nightly audit and the rotation
  unity_jumpcloud.scim.jumpcloud_service_account:
    api_key: "{{ jumpcloud_api_key }}"
    playbooks: [audit, rotate_key]
  register: made
  no_log: true

- name: The encrypted file holds its client secret
  unity_jumpcloud.scim.scim_vaulted_key:
    path: jumpcloud-client.yml
    password: "{{ vault_password }}"
    state: present
    purpose: jumpcloud
    key_id: "{{ made.credentials.client_id }}"
    secret_key: "{{ made.credentials.client_secret }}"
  # it is null where none was made
  when: made.credentials is not none
  no_log: true

- name: The service account is gone, with its role
  unity_jumpcloud.scim.jumpcloud_service_account:
    api_key: "{{ jumpcloud_api_key }}"
    state: absent
"""

RETURN = r"""
---
role:
  description: The custom role as it is now, or would be in check mode; null if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its ID; null in check mode if it would be created.
      type: str
      returned: success
      sample: 66a0c0ffee66a0c0ffee0001
    name:
      description: Its name.
      type: str
      returned: success
      sample: unity_jumpcloud.scim
    scopes:
      description: Its scopes.
      type: list
      elements: str
      returned: success
      sample: [applications.readonly, directoryinsights.readonly, organizations.readonly, users.readonly]

service_account:
  description: The service account as it is now, or would be in check mode; null if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its ID; null in check mode if it would be created.
      type: str
      returned: success
      sample: 66a0c0ffee66a0c0ffee0002
    name:
      description: Its name.
      type: str
      returned: success
      sample: unity_jumpcloud.scim
    role:
      description: The name of its role.
      type: str
      returned: success
      sample: unity_jumpcloud.scim
    secrets:
      description: Its client secrets, each C(id), C(client_id), C(created_at), C(expires_at) and C(status), without the secret.
      type: list
      elements: dict
      returned: success
      sample:
        - id: 66a0c0ffee66a0c0ffee0003
          client_id: 66a0c0ffee66a0c0ffee0004
          created_at: "2026-11-24T05:40:04Z"
          expires_at: "2027-02-22T05:40:04Z"
          status: ACTIVE

organization_id:
  description:
    - The ID of the JumpCloud organization.
    - Where neither O(organization_id) nor O(expected_organization_id) is given, it is looked up with O(state=present) alone. It is null with O(state=absent),
      and where the credentials reach several organizations, or may not list them (HTTP 403).
  returned: success
  type: str
  sample: 5f0a1b2c3d4e5f6071829301

secret_id:
  description: The ID of the new client secret, for O(secret_id) if it can't be kept. Null if none was created, and always null in check mode.
  returned: success
  type: str
  sample: 66a0c0ffee66a0c0ffee0003

credentials:
  description:
    - The new client secret, the only part of the result that holds one. Null if none was created, and always null in check mode.
  returned: success
  type: dict
  contains:
    client_id:
      description: The client ID, for O(client_id) of the modules of this collection, or E(JUMPCLOUD_CLIENT_ID).
      type: str
      returned: when a client secret was created
      sample: 66a0c0ffee66a0c0ffee0004
    client_secret:
      description: The client secret, for O(client_secret) of the modules of this collection, or E(JUMPCLOUD_CLIENT_SECRET).
      type: str
      returned: when a client secret was created
      sample: "(letters and digits)"

lines:
  description: What came of it, for people.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      The role "unity_jumpcloud.scim" has exactly the scopes that rotate_key need: applications.readonly, directoryinsights.readonly, organizations.readonly,
      users.readonly.

actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
  returned: always
  type: list
  elements: dict
  sample: [{"action": "set_scopes", "target": "custom role", "name": "unity_jumpcloud.scim", "added": ["users.readonly"], "removed": ["users"]}]
error:
  description: What is known of a request that failed. It never holds a header or a body.
  returned: failure of a request
  type: dict
  contains:
    service:
      description: The service that was asked.
      type: str
      returned: always
      sample: JumpCloud
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: create the custom role
    status:
      description: The HTTP status; null if there was no answer.
      type: int
      returned: always
      sample: 403
    code:
      description: The service's own code for the error, or null.
      type: raw
      returned: always
      sample: 53
    request_id:
      description: The id under which the service knows the request, or null. Give it to the vendor's support.
      type: str
      returned: always
      sample: 4f1c2d7e
    retryable:
      description: Whether the same request may succeed later.
      type: bool
      returned: always
      sample: false
    outcome:
      description: C(refused) if nothing was done, C(not_sent) if it never reached the service, C(unknown) if it may have taken effect.
      type: str
      returned: always
      sample: refused
    hint:
      description: What to do next, or null.
      type: str
      returned: always
      sample: Get a new access token and run again.
    shape:
      description: What the answer of an assumed endpoint is like. It never holds a value or an ID.
      type: dict
      returned: failure of an assumed endpoint that has answered
      contains:
        status:
          description: The HTTP status.
          type: int
          returned: always
          sample: 200
        media_type:
          description: The media type without its parameters; V(another one) if it is not a usual one, null if there is none.
          type: str
          returned: always
          sample: application/json
        body:
          description:
            - The fields of the JSON value and their types, strings by the class of their length. A list has the distinct kinds of its items. Of the name of a
              field, which can be a value, too, only words are shown that are common in APIs; an ellipsis stands for others.
            - If it is not JSON, what it is, with the class of its length in bytes.
          type: raw
          returned: always
          sample: {"items": [{"createdAt": "a string (17-64)", "id": "a string (17-64)", "enabled": "true or false"}], "total": "a whole number"}
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_service_account import run

ARGUMENTS = JUMPCLOUD + Arguments(
    {
        "name": {"type": "str", "default": "unity_jumpcloud.scim"},
        "role": {"type": "str"},
        "playbooks": {"type": "list", "elements": "str"},
        "lifetime": {"type": "int", "choices": [30, 60, 90, 365], "default": 90},
        "rotate": {"type": "str", "choices": ["auto", "always"], "default": "auto"},
        "renew_before": {"type": "float", "default": 14.0},
        "stored_client_id": {"type": "str"},
        # it names a secret, and is none
        "secret_id": {"type": "str", "no_log": False},
        "wait_timeout": {"type": "float", "default": 30.0},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    {"required_if": [("state", "present", ("playbooks",))]},
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
