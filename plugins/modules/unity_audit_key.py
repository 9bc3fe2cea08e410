#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_audit_key
short_description: Get a key that reads Unity's people for audits
version_added: 0.1.0
description:
  - An audit compares people, and reads Unity's with a key of its own, which is never delivered to JumpCloud.
  - Where O(key_id) and O(secret_key) are given, the module shows that the key can read Unity's people by SCIM. Without them, a key is made, or a person is
    asked to make one in the Unity Dashboard, by a runbook.
  - Unity shows the secret of a key once. The module returns the secret of a key that it made in RV(credentials) and nowhere else, so put C(no_log=true) on the
    task, and keep it in O(file) with M(unity_jumpcloud.scim.scim_vaulted_key).
  - Unity publishes console clicks for making accounts and keys, and no API. Making them by O(method=api) B(assumes) one, see
    M(unity_jumpcloud.scim.unity_service_account_key).
options:
  method:
    description:
      - How a key is made where there is none. V(api) calls endpoints that this collection assumes. V(manual) asks a person, and calls none of them.
      - V(auto) is as V(api) where the credentials of an owner and O(file) are given and the endpoints answer as assumed, else as V(manual).
    type: str
    choices: [auto, api, manual]
    default: auto
  service_account:
    description:
      - The name of the service account that the key belongs to. With V(api) it is made where it is missing.
      - It has the organization role C(SCIM Authenticator), since a role that only reads is not known.
    type: str
    default: JumpCloud SCIM audit
  key_id:
    description:
      - The key ID of the key for audits.
      - If it and O(secret_key) are left out, E(UNITY_SCIM_AUDIT_KEY_ID) is used.
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
      - If it and O(key_id) are left out, E(UNITY_SCIM_AUDIT_SECRET_KEY) is used.
    type: str
  base_url:
    description:
      - The SCIM base connector URL.
      - If it is left out, it is derived from O(api_url) and O(organization_id).
    type: str
  file:
    description:
      - The path of the encrypted vars file in which a later task keeps RV(credentials). The module does not touch it. Without it no key is made, since its
        secret would be lost.
      - Where O(key_id) is given, it is the file that the key was read from. Leave it out if the key came from elsewhere, since the command for the next step
        names it.
    type: path
  wait_timeout:
    description:
      - Seconds for which a refusal (401 or 403) of a new key is asked again. If it stays refused, the key is revoked.
    type: float
    default: 30.0
attributes:
  idempotent:
    support: partial
    details:
      - Where no key is given, each run makes one, or asks for one.
seealso:
  - module: unity_jumpcloud.scim.scim_vaulted_key
  - module: unity_jumpcloud.scim.scim_audit
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: The key for audits can read Unity's people
  unity_jumpcloud.scim.unity_audit_key:
    organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"

- name: See whether a key would be made
  unity_jumpcloud.scim.unity_audit_key:
    organization_id: "12345678901234"
    file: audit_key.yml
  check_mode: true

- name: A person is asked for a key
  unity_jumpcloud.scim.unity_audit_key:
    organization_id: "12345678901234"
    method: manual
    runbook: "{{ playbook_dir }}/audit_key"

- name: There is a key for audits
  unity_jumpcloud.scim.unity_audit_key:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    file: audit_key.yml
  register: audit_key
  no_log: true

- name: The encrypted file holds it
  unity_jumpcloud.scim.scim_vaulted_key:
    path: audit_key.yml
    password: "{{ vault_password }}"
    state: present
    purpose: audit
    key_id: "{{ audit_key.credentials.key_id }}"
    secret_key: "{{ audit_key.credentials.secret_key }}"
  # it is null where none was made
  when: audit_key.credentials is not none
  no_log: true
"""

RETURN = r"""
---
credentials:
  description:
    - The new key with its secret, the only part of the result that holds one. Null if no key was created, and always null in check mode.
  returned: success
  type: dict
  contains:
    key_id:
      description: The key ID.
      type: str
      returned: when a key was created
      sample: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    secret_key:
      description: The secret key.
      type: str
      returned: when a key was created
      sample: "(32 letters and digits)"
    authorization_header:
      description: The value of the Authorization header for Unity's SCIM service.
      type: str
      returned: when a key was created
      sample: Basic <base64(key ID:secret key)>

users:
  description: How many users the key shows; null where no key was proven.
  returned: success
  type: int
  sample: 42

lines:
  description: What came of it, and what to do next, for people.
  returned: success
  type: list
  elements: str
  sample: ["The key for audits 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10 can read Unity's people (42 users)."]

method:
  description: How a key was made or is to be made, V(api) or V(manual); where one was given, what O(method) says.
  returned: success
  type: str
  sample: manual
pending:
  description: Whether a person still has to do RV(manual_steps).
  returned: success
  type: bool
  sample: true
runbook:
  description: The files of the runbook; null if O(runbook) was left out. They are written when somebody is asked for something.
  returned: success
  type: dict
  contains:
    markdown:
      description: The runbook as Markdown.
      type: str
      returned: success
      sample: /path/runbook.md
    html:
      description: The runbook as an HTML page that needs no network.
      type: str
      returned: success
      sample: /path/runbook.html
    state:
      description: What the next run needs to know.
      type: str
      returned: success
      sample: /path/runbook.json
actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
  returned: always
  type: list
  elements: dict
  sample: [{"action": "create", "target": "service account key", "key_id": "7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10"}]
error:
  description: What is known of a request that failed. It never holds a header or a body.
  returned: failure of a request
  type: dict
  contains:
    service:
      description: The service that was asked.
      type: str
      returned: always
      sample: Unity administration
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: create a key of the service account
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
manual_steps:
  description:
    - The clicks that do the same step in the vendor's console, in order, where an endpoint that no vendor documentation describes answered
      otherwise than assumed. Nothing secret was sent by then, unless the message says so.
    - Empty where a person has nothing to do.
  returned: success, or failure of an assumed endpoint
  type: list
  elements: dict
  sample:
    - where: Unity Dashboard > Administration > Service accounts
      do: Select the account, then Add key in the Keys section.
      field: Service account
      value: JumpCloud SCIM audit
      why: Audits read Unity's people with it.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import AUDIT_KEY, RUNBOOK, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_audit_key import run

ARGUMENTS = (
    UNITY
    + AUDIT_KEY
    + RUNBOOK
    + Arguments(
        {
            "method": {"type": "str", "choices": ["auto", "api", "manual"], "default": "auto"},
            "service_account": {"type": "str", "default": "JumpCloud SCIM audit"},
            "base_url": {"type": "str"},
            "file": {"type": "path"},
            "wait_timeout": {"type": "float", "default": 30.0},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
