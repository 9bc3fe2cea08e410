#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_scim_app_info
short_description: Read the SCIM identity management of a JumpCloud SSO application
version_added: 0.1.0
description:
  - Reads the one application with this label or ID, and its identity management.
  - >-
    The application is read by a published API. Its identity management is not: JumpCloud publishes console clicks only, and the module B(assumes) an
    endpoint. If it answers otherwise than assumed, the module stops and returns RV(manual_steps).
options:
  method:
    description:
      - V(api) reads the settings from the endpoint that this collection B(assumes).
      - V(manual) calls no such endpoint. The status is told by the published events of Directory Insights, which go back 90 days; the settings are
        null.
      - V(auto) does what V(api) does, and what V(manual) does where that endpoint is missing, answers otherwise than assumed, or refuses.
    type: str
    choices: [auto, api, manual]
    default: auto
seealso:
  - module: unity_jumpcloud.scim.jumpcloud_scim_app
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
- name: Read the application
  unity_jumpcloud.scim.jumpcloud_scim_app_info:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
  register: unity_app

- name: Read the status by published operations only
  unity_jumpcloud.scim.jumpcloud_scim_app_info:
    application: Unity
    method: manual
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
identity_management:
  description: The identity management settings as they are now; null if there are none.
  returned: success
  type: dict
  contains:
    api_type:
      description: The API type.
      type: str
      returned: success
      sample: scim
    scim_version:
      description: The SCIM version.
      type: str
      returned: success
      sample: "2.0"
    authentication_method:
      description: The authentication method.
      type: str
      returned: success
      sample: api_key
    base_url:
      description: The base URL.
      type: str
      returned: success
      sample: https://services.api.unity.com/scim/v2/tenants/12345678901234
    header_name:
      description: The name of the authorization header.
      type: str
      returned: success
      sample: Authorization
    header_value_set:
      description: Whether a header value is stored. The value itself can't be read back.
      type: bool
      returned: success
      sample: true
    test_email:
      description: The test user's email address.
      type: str
      returned: success
      sample: scim-test@example.com
    group_management:
      description: Whether group management is on.
      type: bool
      returned: success
      sample: false
    status:
      description: V(active) or V(inactive).
      type: str
      returned: success
      sample: active
    pending_reactivation:
      description: Whether a change of active settings is stored, but not in use yet.
      type: bool
      returned: success
      sample: false
    last_test:
      description: The last connection test that JumpCloud knows of, or null.
      type: dict
      returned: success
      sample: {"success": true, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."}
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
      sample: list the applications
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
    - where: JumpCloud Admin Portal > Access > SSO Applications > Unity > Identity Management
      do: Select the API type.
      field: null
      value: null
      why: Unity speaks SCIM.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD, METHOD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_scim_app import run_info

ARGUMENTS = JUMPCLOUD + APPLICATION_IDENTITY + Arguments({"method": METHOD})


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
