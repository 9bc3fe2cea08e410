#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_drift_info
short_description: Compare the people who should be provisioned in Unity with those who are
version_added: 0.1.0
description:
  - Expected are the people who are bound to the JumpCloud application, directly or through groups, and activated. JumpCloud does not export staged
    or suspended people.
  - Provisioned are the users in Unity's SCIM service. A user belongs to the person whose email address is its user name, whatever the case, else to the
    person whose JumpCloud ID is its external ID.
  - Which attributes JumpCloud sends is a setting of the application, which no API shows. The default mapping is assumed, and what Unity does not show is not
    compared.
  - Lists are read page by page and joined on disk, so that memory stays flat for any number of people.
options:
  groups:
    description:
      - The user groups that shall be bound, by ID or by exact name. Their members are expected, too, so that whoever lost an account when a group was
        unbound is missing, with that reason.
    type: list
    elements: str
    default: []
  domains:
    description:
      - The email domains of the people whom JumpCloud provisions. A user in another one, whom JumpCloud does not know, came by another way, and is no drift.
      - If it is left out, they are the domains of the expected people; if nobody is expected, of all in JumpCloud.
    type: list
    elements: str
  pending_grace:
    description:
      - Seconds in which somebody who was bound a moment ago may be missing, and somebody who was unbound may still be there. That is read from the events of
        Directory Insights; V(0) does not read them.
      - Who failed after being bound or unbound is not pending. What failed before it does not count, since JumpCloud tries again.
      - Nobody is pending who was suspended a moment ago, since no such event is known.
      - Where they can't be read, nobody is pending, and RV(unchecked) says why. JumpCloud keeps them for 90 days, which is the most.
    type: int
    default: 3600
  max_listed:
    description:
      - How many people each list names. The counts are always exact.
    type: int
    default: 1000
  page_size:
    description:
      - How many users to ask Unity for at a time. The service may return fewer.
    type: int
    default: 100
requirements:
  - the module C(sqlite3) of Python's standard library
seealso:
  - module: unity_jumpcloud.scim.scim_provisioned_user
  - module: unity_jumpcloud.scim.jumpcloud_provisioning_event_info
  - module: unity_jumpcloud.scim.unity_scim_user_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity.scim_service
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
- name: Who should be in Unity and is not, and who is there and should not be?
  unity_jumpcloud.scim.scim_drift_info:
    application: Unity
    unity_organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
  register: people

- name: Stop if somebody is missing
  ansible.builtin.assert:
    that: people.counts.missing == 0
    fail_msg: "{{ people.missing | map(attribute='email') | join(', ') }}"
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
base_url:
  description: The SCIM base connector URL whose users were read.
  returned: success
  type: str
  sample: https://services.api.unity.com/scim/v2/tenants/12345678901234
checked_at:
  description: When, as RFC 3339.
  returned: success
  type: str
  sample: "2026-11-24T05:40:04Z"
in_sync:
  description: Whether nobody is missing, unexpected, differing or there twice.
  returned: success
  type: bool
  sample: false
counts:
  description: How many people there are of each kind, exactly.
  returned: success
  type: dict
  contains:
    bound:
      description: People who are bound to the application, in any state.
      type: int
      returned: success
      sample: 44
    expected:
      description: Those of them who are activated.
      type: int
      returned: success
      sample: 42
    provisioned:
      description: Users in Unity.
      type: int
      returned: success
      sample: 42
    matched:
      description: Expected people who are in Unity.
      type: int
      returned: success
      sample: 41
    missing:
      description: The length of RV(missing), had it no limit.
      type: int
      returned: success
      sample: 1
    pending:
      description: The length of RV(pending), had it no limit.
      type: int
      returned: success
      sample: 1
    unexpected:
      description: The length of RV(unexpected), had it no limit.
      type: int
      returned: success
      sample: 1
    differing:
      description: The length of RV(differing), had it no limit.
      type: int
      returned: success
      sample: 1
    duplicates:
      description: The length of RV(duplicates), had it no limit.
      type: int
      returned: success
      sample: 1
    outside_domain:
      description: The length of RV(outside_domain), had it no limit.
      type: int
      returned: success
      sample: 1
    staged:
      description: The length of RV(staged), had it no limit.
      type: int
      returned: success
      sample: 1
    suspended:
      description: The length of RV(suspended), had it no limit.
      type: int
      returned: success
      sample: 1
    at_risk:
      description: The length of RV(at_risk), had it no limit.
      type: int
      returned: success
      sample: 1
missing:
  description: Who should be in Unity and is not.
  returned: success
  type: list
  elements: dict
  contains: &person
    email:
      description: The address in JumpCloud, else the user name in Unity.
      type: str
      returned: success
      sample: ada@example.com
    name:
      description: The full name, or null.
      type: str
      returned: success
      sample: Ada Lovelace
    status:
      description: The state in JumpCloud, V(activated), V(staged) or V(suspended); V(unbound) if activated, but not bound; V(unknown) if not in JumpCloud.
      type: str
      returned: success
      sample: activated
    jumpcloud_id:
      description: The ID in JumpCloud, or null.
      type: str
      returned: success
      sample: 65f0c0ffee65f0c0ffee0001
    unity_id:
      description: The ID in Unity's SCIM service, or null.
      type: str
      returned: success
      sample: 0b9f6f2e
    user_name:
      description: The user name in Unity, or null.
      type: str
      returned: success
      sample: ada@example.com
    reason:
      description: Why, where that can be told; else null.
      type: str
      returned: success
      sample: no email address in JumpCloud
    action:
      description:
        - What is to be done about drift, as a short name. V(bind_group), V(provision_user), V(correct_in_jumpcloud) or V(correct_in_unity); null for
          what is no drift.
      type: str
      returned: success
      sample: provision_user
    remedy:
      description: What to do, or null.
      type: str
      returned: success
      sample: Run the playbook provision_user for this person.
    differences:
      description: What differs, as C(attribute), C(jumpcloud) and C(unity).
      type: list
      elements: dict
      returned: success
      sample: [{"attribute": "name.givenName", "jumpcloud": "Ada", "unity": "Augusta"}]
pending:
  description: Who is not there yet, or still there, was bound or unbound less than O(pending_grace) seconds ago, and has not failed since.
  returned: success
  type: list
  elements: dict
  contains: *person
unexpected:
  description: Who is in Unity and should not be. This includes an account that was left behind when the address of its person changed.
  returned: success
  type: list
  elements: dict
  contains: *person
differing:
  description: Who is on both sides, but not alike.
  returned: success
  type: list
  elements: dict
  contains: *person
duplicates:
  description: Users in Unity whose user name differs from another one in upper and lower case only.
  returned: success
  type: list
  elements: dict
  contains: *person
outside_domain:
  description: Users in Unity whom JumpCloud does not know, and whose address is in none of the domains.
  returned: success
  type: list
  elements: dict
  contains: *person
staged:
  description: Who is bound, but staged, so that JumpCloud does not export them.
  returned: success
  type: list
  elements: dict
  contains: *person
suspended:
  description: Who is bound, but suspended, so that JumpCloud does not export them.
  returned: success
  type: list
  elements: dict
  contains: *person
at_risk:
  description:
    - Who is expected, and whose password in JumpCloud has expired. JumpCloud may send the account as inactive, and what Unity does then is not published. It is
      no drift.
  returned: success
  type: list
  elements: dict
  contains: *person
to_do:
  description: How many people differ, by what is to be done, as C(action) has it, exactly.
  returned: success
  type: dict
  sample: {"provision_user": 1}
truncated:
  description: Whether a list is shorter than its count.
  returned: success
  type: bool
  sample: false
unchecked:
  description:
    - What could not be seen, as C(what) and C(why). C(what) is V(pending) if the events could not be read, V(bound) if bound people are not in JumpCloud's
      list of users, V(provisioned) if Unity shows fewer users than it says there are, V(odd_rows) if an entry of a list, or a bound person, can't be
      read, and V(people) if it can't be told for whom of those who are pending provisioning failed.
  returned: success
  type: list
  elements: dict
  sample: []
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD, SCIM_SERVICE, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_drift import run_info

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + SCIM_SERVICE
    + Arguments(
        {
            "groups": {"type": "list", "elements": "str", "default": []},
            "domains": {"type": "list", "elements": "str"},
            "pending_grace": {"type": "int", "default": 3600},
            "max_listed": {"type": "int", "default": 1000},
            "page_size": {"type": "int", "default": 100},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
