#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_service_account_info
short_description: Read Unity service accounts and their organization roles
version_added: 0.1.0
description:
  - >-
    Reads the service accounts of a Unity organization: all of them, or the one with this name or ID.
  - Unity publishes console clicks for this, and no API. This module B(assumes) one, and is experimental until Unity publishes it. If the answers are
    not as assumed, it stops.
options:
  name:
    description:
      - Read only the account with exactly this name.
    type: str
  service_account_id:
    description:
      - Read only the account with this ID. Mutually exclusive with O(name).
    type: str
seealso:
  - module: unity_jumpcloud.scim.unity_service_account
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
- name: Read all service accounts
  unity_jumpcloud.scim.unity_service_account_info:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
  register: accounts

- name: Read one
  unity_jumpcloud.scim.unity_service_account_info:
    organization_id: "12345678901234"
    name: JumpCloud SCIM
"""

RETURN = r"""
---
service_accounts:
  description: The accounts, in the order of the service; empty if none matches.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The account's ID; null in check mode if it does not exist yet.
      type: str
      returned: success
      sample: 2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55
    name:
      description: The account's name.
      type: str
      returned: success
      sample: JumpCloud SCIM
    description:
      description: The account's description; empty if it has none.
      type: str
      returned: success
      sample: SCIM provisioning from JumpCloud, managed by Ansible
    created_at:
      description: When the account was created, as RFC 3339; null if that is unknown.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    roles:
      description: The names of its organization roles, sorted.
      type: list
      elements: str
      returned: success
      sample: [SCIM Authenticator]
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
      sample: list the service accounts
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import run_info

ARGUMENTS = UNITY + Arguments(
    {"name": {"type": "str"}, "service_account_id": {"type": "str"}},
    {"mutually_exclusive": [("name", "service_account_id")]},
)


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
