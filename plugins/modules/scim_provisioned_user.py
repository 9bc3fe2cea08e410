#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_provisioned_user
short_description: Have JumpCloud provision one person in Unity now
version_added: 0.1.0
description:
  - Provision on demand. One person is looked up on both sides, JumpCloud is given a reason to provision that person now, and the attempt is followed until
    Unity's SCIM service shows the person as JumpCloud has them, or until an event says why that failed.
  - Somebody whom Unity has already, and in whom nothing differs, leads to no write at all (RV(outcome=found)).
  - An account whose C(externalId) is the ID of another person who exists in JumpCloud is that person's. If its user name is the address, as when an address
    got a new owner, the module fails and writes nothing. If that person is activated, they come first, so that JumpCloud changes the address of their account;
    else somebody has to decide what becomes of it. If it only lists the address among its emails, it is passed over.
  - Nothing is tried for a person whom JumpCloud would not export (RV(outcome=skipped), with RV(reason)). That is somebody who is staged or suspended, is in no
    bound group, or while provisioning is deactivated. This is no failure, since nothing is wrong at the interface. Unless somebody is staged or suspended, an
      account in Unity that is another person's is one in any case.
  - To start an attempt, a direct binding of the person to the application is added. If a bound group holds the person already, it is removed again as soon as
    the attempt is over, whatever came of it. Right before that, the person's bindings are read once more. If no group holds the person any more, the
    direct binding stays, with a warning, since JumpCloud would deprovision the person, and Unity B(deletes) accounts.
  - Only published operations are used.
options:
  user:
    description:
      - The person, by JumpCloud's user ID (24 hexadecimal digits) or by email address, whatever its case.
      - Nobody, and two people with the same address, are an error.
    type: str
    required: true
  timeout:
    description:
      - Seconds to follow the attempt. With V(0), Unity is looked at once.
      - The time comes on top of O(time_budget). In check mode nothing is waited for.
    type: float
    default: 120.0
  bind_directly:
    description:
      - Whether to bind somebody directly who is in no bound group, and to leave it so. If it is V(false), such a person is skipped.
      - Whoever shall be taken away later must then be unbound directly, too.
    type: bool
    default: false
notes:
  - How JumpCloud reacts to a second binding is B(assumed). That is, that a direct binding of a person whom a group holds starts a new attempt, and that its
    removal takes nothing away while the group still holds the person. If nothing comes of it within O(timeout), change an attribute of the person in JumpCloud.
  - A person who is bound directly already can't be given a reason in this way, and to unbind them first would cost the account. So nothing is written, and the
    module only follows what JumpCloud does by itself.
  - Neither the provisioning engine's delays nor the delay of its events are published. The default of O(timeout) is a guess.
  - The credentials need to read users, bindings and events, and to change bindings. Without permission to read events (Directory Insights), Unity's side alone
    is followed, with a warning, and RV(unchecked) says so. Causes of failures are not known then.
seealso:
  - module: unity_jumpcloud.scim.jumpcloud_group_binding
  - module: unity_jumpcloud.scim.jumpcloud_provisioning_event_info
  - module: unity_jumpcloud.scim.unity_scim_user_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.jumpcloud.application
  - unity_jumpcloud.scim.unity.scim_service
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Ada is in Unity
  unity_jumpcloud.scim.scim_provisioned_user:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
    unity_organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
    user: ada@example.com
  register: ada

- name: Say why she is not
  ansible.builtin.debug:
    msg: "{{ ada.reason }}"
  when: ada.outcome == 'skipped'

- name: What would be done for Grace?
  unity_jumpcloud.scim.scim_provisioned_user:
    application: Unity
    user: 65f0c0ffee65f0c0ffee00c2
  check_mode: true
  diff: true

- name: A contractor who is in none of the groups is in Unity, and stays bound
  unity_jumpcloud.scim.scim_provisioned_user:
    application: Unity
    user: alan@example.com
    bind_directly: true
    timeout: 600
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
  description: The SCIM base connector URL that was asked.
  returned: success
  type: str
  sample: https://services.api.unity.com/scim/v2/tenants/12345678901234
outcome:
  description:
    - C(found) if Unity had the person already. C(created) or C(updated) if the person arrived, or would be provisioned in check mode. C(skipped) if nothing
      was tried, for RV(reason).
    - C(failed) in a failure of the attempt, and where the account is another person's.
  returned: success, and when the attempt fails
  type: str
  sample: created
reason:
  description: Why the person was skipped, why nothing was written, or why it failed, in a sentence; else null.
  returned: success, and when the attempt fails
  type: str
  sample: null
user:
  description: The person in JumpCloud.
  returned: success, and when the attempt fails
  type: dict
  contains:
    id:
      description: JumpCloud's ID.
      type: str
      returned: always
      sample: 65f0c0ffee65f0c0ffee00c1
    email:
      description: The email address.
      type: str
      returned: always
      sample: ada@example.com
    name:
      description: First and last name, or null.
      type: str
      returned: always
      sample: Ada Lovelace
    status:
      description: Usually C(activated), C(staged) or C(suspended). Only activated people are exported.
      type: str
      returned: always
      sample: activated
provisioned_user:
  description: The person in Unity as last seen, or null. In check mode, as now. Where RV(differences) has C(externalId), another person's account.
  returned: success, and when the attempt fails
  type: dict
  contains:
    id:
      description: Unity's ID.
      type: str
      returned: always
      sample: 0c3f6a52-1f5b-4d26-9d3c-6f0d6a2b9a11
    user_name:
      description: The user name.
      type: str
      returned: always
      sample: ada@example.com
    external_id:
      description: JumpCloud's ID, or null.
      type: str
      returned: always
      sample: 65f0c0ffee65f0c0ffee00c1
    active:
      description: Whether the account is active; null if Unity does not say.
      type: bool
      returned: always
      sample: true
    emails:
      description: The email addresses.
      type: list
      elements: str
      returned: always
      sample: [ada@example.com]
    given_name:
      description: The first name; null if Unity does not say.
      type: str
      returned: always
      sample: Ada
    family_name:
      description: The last name; null if Unity does not say.
      type: str
      returned: always
      sample: Lovelace
differences:
  description:
    - What differed before, where Unity had the person. What Unity does not show is not compared.
    - C(externalId) is among them where the account is that of another person, who exists in JumpCloud.
  returned: success, and when the attempt fails
  type: list
  elements: dict
  contains:
    attribute:
      description: The SCIM attribute.
      type: str
      returned: always
      sample: name.familyName
    jumpcloud:
      description: What JumpCloud has.
      type: raw
      returned: always
      sample: Lovelace
    unity:
      description: What Unity has.
      type: raw
      returned: always
      sample: Byron
evidence:
  description: What was seen while the attempt was followed. Empty if none was made.
  returned: success, and when the attempt fails
  type: dict
  contains:
    events:
      description: The person's provisioning events since the start, newest first, at most 50.
      type: list
      elements: dict
      returned: always
      contains:
        event_type:
          description: The type.
          type: str
          returned: success
          sample: user_create_provision
        timestamp:
          description: When it happened, as RFC 3339, in JumpCloud's time.
          type: str
          returned: success
          sample: "2026-11-24T05:40:04.123Z"
        success:
          description: Whether it succeeded; null if the event does not say.
          type: bool
          returned: success
          sample: false
        application_id:
          description: The application's ID.
          type: str
          returned: success
          sample: 65f0c0ffee65f0c0ffee00a1
        error_message:
          description: What went wrong, or null.
          type: str
          returned: success
          sample: Unauthorized
        response_code:
          description: The HTTP status that Unity's SCIM service answered with, or null.
          type: int
          returned: success
          sample: 401
        details:
          description: The details of the answer, or null.
          type: str
          returned: success
          sample: Invalid credentials
        initiated_by:
          description: Who or what started it, or null.
          type: str
          returned: success
          sample: admin@example.com
        resource:
          description: The person or the application that it was about, with as many of C(type), C(id), C(username) and C(email) as the event has.
          type: dict
          returned: success
          sample: {"type": "user", "id": "65f0c0ffee65f0c0ffee00c1", "email": "ada@example.com"}
    scim_user:
      description: The person in Unity as last seen, like RV(provisioned_user), or null.
      type: dict
      returned: always
      sample: {"id": "0c3f6a52-1f5b-4d26-9d3c-6f0d6a2b9a11", "user_name": "ada@example.com", "external_id": null, "active": true, "emails": []}
unchecked:
  description:
    - What could not be seen, and why. C(events) if Directory Insights could not be read, C(activation) if no activation of provisioning is left in the
      events of 90 days.
  returned: success, and when the attempt fails
  type: list
  elements: dict
  contains:
    what:
      description: What could not be seen.
      type: str
      returned: always
      sample: events
    why:
      description: The reason.
      type: str
      returned: always
      sample: "JumpCloud Directory Insights: cannot search the provisioning events: HTTP 403."
failure:
  description:
    - Why JumpCloud could not provision the person, from its newest event; null if the time was up without one, and where the account is another person's.
  returned: when the attempt fails
  type: dict
  contains:
    cause:
      description: The cause, for programs, as in RV(unity_jumpcloud.scim.jumpcloud_provisioning_event_info#module:health.failures[].cause).
      type: str
      returned: always
      sample: domain_not_validated
    title:
      description: What happened, for people.
      type: str
      returned: always
      sample: The person's email domain is not validated in Unity.
    remedy:
      description: What to do about it.
      type: str
      returned: always
      sample: Validate the domain in the Unity Dashboard.
    response_code:
      description: The HTTP status that Unity's SCIM service answered with, or null.
      type: int
      returned: always
      sample: 400
    message:
      description: What the event says, at most 300 characters on one line, or null. It is the vendors' text.
      type: str
      returned: always
      sample: "400: the domain is not validated"
actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
  returned: always
  type: list
  elements: dict
  sample:
    - {"action": "bind", "target": "user", "id": "65f0c0ffee65f0c0ffee00c1", "email": "ada@example.com"}
    - {"action": "unbind", "target": "user", "id": "65f0c0ffee65f0c0ffee00c1", "email": "ada@example.com"}
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
      sample: bind the user 65f0c0ffee65f0c0ffee00c1
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
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_provisioned_user import run

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + SCIM_SERVICE
    + Arguments(
        {
            "user": {"type": "str", "required": True},
            "timeout": {"type": "float", "default": 120.0},
            "bind_directly": {"type": "bool", "default": False},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
