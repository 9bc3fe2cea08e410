#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_group_binding_info
short_description: Read the user groups that are bound to a JumpCloud application
version_added: 0.1.0
description:
  - Reads the user groups that are bound to an application directly. Only published operations are used.
seealso:
  - module: unity_jumpcloud.scim.jumpcloud_group_binding
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.jumpcloud.application
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes.info
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Read the bound groups
  unity_jumpcloud.scim.jumpcloud_group_binding_info:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
  register: bound
"""

RETURN = r"""
---
application:
  description: The application. Its C(config), which can hold the SAML signing key, is never returned.
  returned: success
  type: dict
  contains:
    id:
      description: Its ID.
      type: str
      returned: success
      sample: 65f0c0ffee65f0c0ffee00a1
    template:
      description: The name of the template in JumpCloud's catalogue that it was made from.
      type: str
      returned: success
      sample: unity
    display_name:
      description: Its display name, or null.
      type: str
      returned: success
      sample: Unity
    display_label:
      description: Its display label, or null.
      type: str
      returned: success
      sample: Unity
    active:
      description: Whether the application itself, not its provisioning, is active; null if unknown.
      type: bool
      returned: success
      sample: true
    organization_id:
      description: The JumpCloud organization that it belongs to.
      type: str
      returned: success
      sample: 65f0c0ffee65f0c0ffee0000
    sso_url:
      description: Its single sign-on URL, or null.
      type: str
      returned: success
      sample: https://sso.jumpcloud.com/saml2/unity
groups:
  description: The user groups that are bound now, sorted by name.
  returned: success
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists"}]
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
      sample: list the bound user groups
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_group_binding import run_info

ARGUMENTS = JUMPCLOUD + APPLICATION_IDENTITY


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
