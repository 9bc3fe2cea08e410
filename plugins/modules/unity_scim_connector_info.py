#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_scim_connector_info
short_description: Read the SCIM connector of a Unity organization
version_added: 0.1.0
description:
  - Gives the SCIM base connector URL of the organization. With a key, tells what the SCIM service supports and counts its users. With an owner's
    credentials, tells whether SCIM provisioning is enabled and enforced, by an endpoint that Unity does not publish.
options:
  wait_timeout:
    description:
      - Seconds for which a refusal (401 or 403) is asked again, where the key or its role was made a moment ago and may not be known everywhere yet.
    type: float
    default: 0.0
seealso:
  - module: unity_jumpcloud.scim.unity_scim_connector
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity.scim_credentials
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes.info
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Read the connector
  unity_jumpcloud.scim.unity_scim_connector_info:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
  register: connector
"""

RETURN = r"""
---
connector:
  description: The organization's SCIM connector.
  returned: success
  type: dict
  contains:
    base_url:
      description: The SCIM base connector URL, as JumpCloud wants it.
      type: str
      returned: success
      sample: https://services.api.unity.com/scim/v2/tenants/12345678901234
    verified:
      description: True if the service has answered to the key; null if no key was given. A key that does not work is a failure.
      type: bool
      returned: success
      sample: true
    features:
      description: What the service says that it supports (RFC 7643 section 5); null if no key was given.
      type: dict
      returned: success
      sample: {"patch": true, "bulk": false, "filter": true, "changePassword": false, "sort": true, "etag": false}
    users:
      description: The number of provisioned users; null if no key was given.
      type: int
      returned: success
      sample: 42
enabled:
  description: Whether SCIM provisioning is enabled; null without an owner's credentials.
  returned: success
  type: bool
  sample: true
enforced:
  description: Whether SCIM provisioning is enforced; null without an owner's credentials.
  returned: success
  type: bool
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
      sample: Unity SCIM
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: count the users
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import SCIM_CREDENTIALS, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_connector import run_info

ARGUMENTS = UNITY + SCIM_CREDENTIALS + Arguments({"wait_timeout": {"type": "float", "default": 0.0}})


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
