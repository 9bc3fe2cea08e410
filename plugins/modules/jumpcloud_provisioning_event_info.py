#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_provisioning_event_info
short_description: Read the provisioning events of a JumpCloud application
version_added: 0.1.0
description:
  - >-
    Reads from Directory Insights what JumpCloud's provisioning engine and its administrators did with an application, newest first:
    who was created, updated or deprovisioned, what failed and why, and who activated or deactivated provisioning.
  - With O(health), it also says how provisioning goes, computed over all provisioning events of the time. That is counts, causes with what to do about each,
    for whom it still fails, and who activated or deactivated provisioning last.
  - JumpCloud keeps events for 90 days. What happened before can't be read any more, by nobody, so a O(since) before that is a warning, and an application that
    was activated earlier has no RV(health.last_integration_change). How long an event takes to appear is not published. Only published operations are used.
options:
  event_types:
    description:
      - Read only events of these types. If it is left out, all of them are read.
    type: list
    elements: str
    choices:
      - user_create_provision
      - user_update_provision
      - user_deprovision
      - user_delete_provision
      - user_lookup_provision
      - integration_activate
      - integration_deactivate
      - association_change
  since:
    description:
      - The time from which on events are read, as RFC 3339. If it is left out, it is 24 hours ago.
      - JumpCloud keeps events for 90 days. If it is earlier, the module warns that older events are gone.
    type: str
  until:
    description:
      - The time up to which events are read, as RFC 3339. If it is left out, it is now.
    type: str
  success:
    description:
      - Read only events that succeeded (V(true)) or failed (V(false)). If it is left out, both are read.
    type: bool
  limit:
    description:
      - How many events to return at the most. It does not limit what RV(health) is computed from.
    type: int
    default: 1000
  health:
    description:
      - Whether to return RV(health) as well. It is computed over every provisioning event from O(since) to O(until), whatever O(event_types), O(success)
        and O(limit) say. The events are read once, page by page, and are not kept. What grows is the number of people in it.
      - One more question is asked, for 90 days back, if nobody activated or deactivated provisioning in that time.
      - What the events say in words is not published by the vendors. The causes are told by the HTTP status first, and by words (B(assumed)) only where one
        status, or none, has several causes.
    type: bool
    default: false
seealso:
  - module: unity_jumpcloud.scim.jumpcloud_scim_app_info
  - module: unity_jumpcloud.scim.scim_provisioned_user
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
- name: Who could not be provisioned since yesterday?
  unity_jumpcloud.scim.jumpcloud_provisioning_event_info:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
    success: false
  register: failures

- name: When was provisioning activated last, and by whom?
  unity_jumpcloud.scim.jumpcloud_provisioning_event_info:
    application: Unity
    event_types: [integration_activate]
    since: "2026-09-01T00:00:00Z"
    limit: 1

- name: How has provisioning been for a week?
  unity_jumpcloud.scim.jumpcloud_provisioning_event_info:
    application: Unity
    since: "{{ '%Y-%m-%dT%H:%M:%SZ' | strftime(now().timestamp() - 7 * 86400, utc=true) }}"
    health: true
    limit: 1
  register: week

- name: Show what to do, beginning with what keeps most people out
  ansible.builtin.debug:
    msg: "{{ item.open_people_count }} people: {{ item.title }} {{ item.remedy }}"
  loop: "{{ week.health.failures }}"
"""

RETURN = r"""
---
gaps:
  description: What is missing of the events that were read, in words. Empty where they are whole.
  returned: success
  type: list
  elements: str
  sample: []
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
since:
  description: The time from which on events were read.
  returned: success
  type: str
  sample: "2026-11-23T05:40:04Z"
events:
  description: The events, newest first.
  returned: success
  type: list
  elements: dict
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
health:
  description:
    - How provisioning goes, over all provisioning events of the time; null without O(health). Lists, counts and times are those of the events, so an event
      that does not say whether it succeeded is in none of them. Neither is a lookup that succeeded, since it makes no account, nor a deprovisioning that
      Unity answered with 404, since the account was gone already, so that person does not fail any more.
    - A person is known by id, or by address where an event has no id.
  returned: success
  type: dict
  contains:
    since:
      description: The time from which on events were read, in UTC.
      type: str
      returned: always
      sample: "2026-11-17T05:40:04Z"
    until:
      description: The time up to which events were read, in UTC.
      type: str
      returned: always
      sample: "2026-11-24T05:40:04Z"
    retention_days:
      description: For how many days JumpCloud keeps events.
      type: int
      returned: always
      sample: 90
    incomplete:
      description: Whether C(gaps) names any, so that the numbers are at least so many.
      type: bool
      returned: always
      sample: false
    succeeded:
      description: How many provisioning calls succeeded.
      type: int
      returned: always
      sample: 41
    failed:
      description: How many provisioning calls failed.
      type: int
      returned: always
      sample: 7
    last_success:
      description: The newest provisioning call that succeeded, like one of RV(events), or null.
      type: dict
      returned: always
      sample: {"event_type": "user_create_provision", "timestamp": "2026-11-24T05:40:04.123Z", "success": true}
    last_failure:
      description: The newest provisioning call that failed, like one of RV(events), or null.
      type: dict
      returned: always
      sample: {"event_type": "user_create_provision", "timestamp": "2026-11-24T05:39:58.456Z", "success": false, "response_code": 401}
    last_integration_change:
      description:
        - The newest activation or deactivation of provisioning, like one of RV(events), up to O(until), and within 90 days. It tells who did it.
        - Null if there is none, so if provisioning was activated earlier, or never.
      type: dict
      returned: always
      sample: {"event_type": "integration_activate", "timestamp": "2026-11-20T08:00:00.000Z", "initiated_by": "admin@example.com"}
    open_failures:
      description: How many people's newest provisioning call is a failure.
      type: int
      returned: always
      sample: 3
    failures:
      description: The failures by cause, those that keep most people out first.
      type: list
      elements: dict
      returned: always
      contains:
        cause:
          description:
            - The cause, for programs. C(key_refused) (401), C(role_missing) (403), C(already_exists) (409), C(domain_not_validated) (400 that names a domain),
              C(invalid_data) (other 400, 422), C(not_found) (404), C(rate_limited) (429), C(service_failed) (5xx), C(not_scim) (2xx, but no SCIM answer),
              C(timeout) and C(unreachable) (no answer), or C(other).
          type: str
          returned: always
          sample: key_refused
        title:
          description: What happened, for people.
          type: str
          returned: always
          sample: Unity does not accept the key that JumpCloud sends.
        remedy:
          description: What to do about it.
          type: str
          returned: always
          sample: The key was revoked or replaced. Run the playbook rotate_key.
        response_code:
          description: The HTTP status of the newest of these failures, or null.
          type: int
          returned: always
          sample: 401
        count:
          description: How many calls failed so.
          type: int
          returned: always
          sample: 7
        first:
          description: When the first of them failed, in JumpCloud's time.
          type: str
          returned: always
          sample: "2026-11-23T22:01:00.000Z"
        last:
          description: When the last of them failed, in JumpCloud's time.
          type: str
          returned: always
          sample: "2026-11-24T05:39:58.456Z"
        people_count:
          description: How many people it happened to.
          type: int
          returned: always
          sample: 4
        open_people_count:
          description: For how many of them this is the newest outcome.
          type: int
          returned: always
          sample: 3
        people:
          description: The first 100 of them, those for whom it still fails first, then by address. C(id) or C(email) is null where no event has it.
          type: list
          elements: dict
          returned: always
          sample: [{"id": "65f0c0ffee65f0c0ffee00c1", "email": "ada@example.com"}]
        message:
          description: What the newest of these failures says, at most 300 characters on one line, or null. It is the vendors' text.
          type: str
          returned: always
          sample: "Unauthorized: Invalid credentials"
    days:
      description: The counts of each day (UTC) on which something happened, the oldest first.
      type: list
      elements: dict
      returned: always
      contains:
        day:
          description: The day.
          type: str
          returned: always
          sample: "2026-11-24"
        succeeded:
          description: How many provisioning calls succeeded on it.
          type: int
          returned: always
          sample: 12
        failed:
          description: How many failed on it.
          type: int
          returned: always
          sample: 2
error:
  description: What is known of a request that failed. It never holds a header or a body.
  returned: failure of a request
  type: dict
  contains:
    service:
      description: The service that was asked.
      type: str
      returned: always
      sample: JumpCloud Directory Insights
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: search the provisioning events
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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_provisioning_event import EVENT_TYPES, run_info

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + Arguments(
        {
            "event_types": {"type": "list", "elements": "str", "choices": list(EVENT_TYPES)},
            "since": {"type": "str"},
            "until": {"type": "str"},
            "success": {"type": "bool"},
            "limit": {"type": "int", "default": 1000},
            "health": {"type": "bool", "default": False},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
