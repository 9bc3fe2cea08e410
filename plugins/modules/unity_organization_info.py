#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_organization_info
short_description: Read a Unity organization and its single sign-on settings
version_added: 0.1.0
description:
  - >-
    Reads the organization, which proves that the credentials reach it, and its single sign-on settings: whether it is enabled, which domains are
    validated, and the state of SCIM.
  - Neither endpoint is published. The first is observed in Unity's own packages, the second is B(assumed). If the answers are not as assumed, the
    module stops and returns RV(manual_steps).
seealso:
  - module: unity_jumpcloud.scim.unity_scim_connector_info
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
- name: Read the organization
  unity_jumpcloud.scim.unity_organization_info:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
  register: unity

- name: Its domain is validated
  ansible.builtin.assert:
    that:
      - unity.sso.enabled
      - unity.sso.domains | selectattr('name', 'equalto', 'example.com') | map(attribute='validated') | first
"""

RETURN = r"""
---
organization:
  description: The organization.
  returned: success
  type: dict
  contains:
    id:
      description: Its Genesis ID.
      type: str
      returned: success
      sample: "12345678901234"
    name:
      description: Its name.
      type: str
      returned: success
      sample: Example Studios
    role:
      description: The role of the caller in it; null if the service does not say.
      type: str
      returned: success
      sample: owner
sso:
  description: Its single sign-on settings.
  returned: success
  type: dict
  contains:
    enabled:
      description: Whether single sign-on is set up.
      type: bool
      returned: success
      sample: true
    domains:
      description: Its domains in lower case, sorted, each with whether it is validated.
      type: list
      elements: dict
      returned: success
      sample: [{"name": "example.com", "validated": true}]
    scim:
      description: Whether SCIM is enabled and enforced, and the base URL as the dashboard shows it, or null.
      type: dict
      returned: success
      sample: {"enabled": true, "enforced": false, "base_url": "https://services.api.unity.com/scim/v2/tenants/12345678901234"}
error:
  description: What is known of a request that failed. It never holds a header or a body.
  returned: failure of a request
  type: dict
  contains:
    service:
      description: The service that was asked.
      type: str
      returned: always
      sample: Unity
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: read the organization
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
  returned: failure of an assumed endpoint
  type: list
  elements: dict
  sample:
    - where: Unity Dashboard > Administration > Single sign on
      do: Check that the domain of the test user is validated.
      field: null
      value: null
      why: Unity provisions no other domain.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import UNITY
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_organization import run_info

ARGUMENTS = UNITY


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
