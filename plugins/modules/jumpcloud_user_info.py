#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_user_info
short_description: Look up JumpCloud users by email address
version_added: 0.1.0
description:
  - Looks up users by email address, whatever its case. Checks first that the credentials work in the expected organization, if one is given.
options:
  emails:
    description:
      - The email addresses to look up.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes.info
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Look one user up
  unity_jumpcloud.scim.jumpcloud_user_info:
    api_key: "{{ jumpcloud_api_key }}"
    emails:
      - scim-test@example.com
  register: found
"""

RETURN = r"""
---
users:
  description: The users that were found, sorted by ID.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The user's ID.
      type: str
      returned: success
      sample: 65f0c0ffee65f0c0ffee00c1
    email:
      description: The email address.
      type: str
      returned: success
      sample: ada@example.com
    username:
      description: The user name.
      type: str
      returned: success
      sample: ada
    state:
      description: V(ACTIVATED), V(STAGED) or V(SUSPENDED). Only activated users are provisioned.
      type: str
      returned: success
      sample: ACTIVATED
    suspended:
      description: Whether the user is suspended; null if JumpCloud does not say.
      type: bool
      returned: success
      sample: false
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
      sample: look up users by email
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
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_user import run_info

ARGUMENTS = JUMPCLOUD + Arguments({"emails": {"type": "list", "elements": "str", "required": True}})


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
