#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_scim_user_info
short_description: Read the users that are provisioned in Unity
version_added: 0.1.0
description:
  - Reads users from Unity's SCIM service, with the key of a service account that has the organization role C(SCIM Authenticator).
options:
  emails:
    description:
      - Read only the users with these addresses, whatever their case. For each it is the one whose user name it is; where there is none, all of whom it is one
        of the email addresses. If it is left out, all users are read.
      - Mutually exclusive with O(filter).
    type: list
    elements: str
  filter:
    description:
      - A filter of SCIM (RFC 7644 section 3.4.2.2), passed on as it is.
      - Which filters Unity knows is not published. A service may ignore one, and then all users are returned, and RV(total) is the number of all.
        What O(emails) selects is compared again, what a filter selects is not.
    type: str
  attributes:
    description:
      - The attributes of SCIM to ask for, for example V(name.givenName). The ID and the user name are always read, and with O(emails) the addresses, too.
        What did not come is null, or an empty list.
      - A service may ignore this and return all of them.
    type: list
    elements: str
  page_size:
    description:
      - How many users to ask for at a time. The service may return fewer.
    type: int
    default: 100
  limit:
    description:
      - How many users to read at the most, in the order of the service. If it is left out, all are read.
    type: int
  key_id:
    description:
      - The key ID of a service account with the organization role C(SCIM Authenticator).
      - If it and O(secret_key) are left out, E(UNITY_SCIM_AUDIT_KEY_ID) is used. If neither that nor E(UNITY_SCIM_AUDIT_SECRET_KEY) is set,
        it is E(UNITY_SCIM_KEY_ID).
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
      - If it and O(key_id) are left out, E(UNITY_SCIM_AUDIT_SECRET_KEY) is used. If neither that nor E(UNITY_SCIM_AUDIT_KEY_ID) is set,
        it is E(UNITY_SCIM_SECRET_KEY).
    type: str
seealso:
  - module: unity_jumpcloud.scim.unity_scim_connector_info
  - module: unity_jumpcloud.scim.scim_drift_info
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
- name: Look one user up
  unity_jumpcloud.scim.unity_scim_user_info:
    organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
    emails:
      - ada@example.com
  register: found

- name: Read who is not active
  unity_jumpcloud.scim.unity_scim_user_info:
    organization_id: "12345678901234"
    filter: active eq false
    page_size: 500
"""

RETURN = r"""
---
users:
  description: The users, sorted by user name, whatever its case, and by ID.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID in the SCIM service.
      type: str
      returned: success
      sample: 0b9f6f2e
    user_name:
      description: The user name, by which Unity tells users apart.
      type: str
      returned: success
      sample: ada@example.com
    external_id:
      description: The ID in the identity provider, or null.
      type: str
      returned: success
      sample: 65f0c0ffee65f0c0ffee0001
    active:
      description: Whether the user is active; null if the service does not say.
      type: bool
      returned: success
      sample: true
    emails:
      description: The email addresses.
      type: list
      elements: str
      returned: success
      sample: [ada@example.com]
    given_name:
      description: The first name; null if the service does not say.
      type: str
      returned: success
      sample: Ada
    family_name:
      description: The last name; null if the service does not say.
      type: str
      returned: success
      sample: Lovelace
total:
  description: How many users there are, as the service says, with O(filter) those that it selects; null with O(emails), and if nothing was read.
  returned: success
  type: int
  sample: 42
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
      sample: list the users
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import SCIM_READING, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_user import run_info

ARGUMENTS = (
    UNITY
    + SCIM_READING
    + Arguments(
        {
            "emails": {"type": "list", "elements": "str"},
            "filter": {"type": "str"},
            "attributes": {"type": "list", "elements": "str"},
            "page_size": {"type": "int", "default": 100},
            "limit": {"type": "int"},
        },
        {"mutually_exclusive": [("emails", "filter")]},
    )
)


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
