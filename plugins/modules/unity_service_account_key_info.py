#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_service_account_key_info
short_description: Read the keys of a Unity service account
version_added: 0.1.0
description:
  - Reads the live keys of a service account, without their secrets, which can't be read.
  - Unity publishes console clicks for this, and no API. This module B(assumes) one, and is experimental until Unity publishes it. If the answers are
    not as assumed, it stops.
options:
  service_account:
    description:
      - The name of the service account, compared exactly. One of O(service_account) and O(service_account_id) is required.
    type: str
  service_account_id:
    description:
      - The ID of the service account.
    type: str
  key_name:
    description:
      - The name of the keys that this collection makes, to which it adds a blank and a nonce. It tells its managed keys from foreign ones,
        which it never revokes.
    type: str
    default: unity_jumpcloud.scim
seealso:
  - module: unity_jumpcloud.scim.unity_service_account_key
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes.info
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Read the keys
  unity_jumpcloud.scim.unity_service_account_key_info:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    service_account: JumpCloud SCIM
  register: keys
"""

RETURN = r"""
---
live_keys:
  description: The live keys of the account, oldest first, without their secrets.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The key ID.
      type: str
      returned: success
      sample: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    name:
      description: The key's name, or null.
      type: str
      returned: success
      sample: unity_jumpcloud.scim 5f0c1d2e3a4b
    managed:
      description: Whether this collection made the key, by its name.
      type: bool
      returned: success
      sample: true
    created_at:
      description: When the key was created, as RFC 3339; null if that is unknown.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
service_account_id:
  description: The ID of the account; null if there is no such account.
  returned: success
  type: str
  sample: 2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55
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
      sample: list the service account's keys
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import KEY_NAME, SERVICE_ACCOUNT_IDENTITY, UNITY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account_key import run_info

ARGUMENTS = UNITY + SERVICE_ACCOUNT_IDENTITY + KEY_NAME


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
