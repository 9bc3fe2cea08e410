#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_scim_connector
short_description: Know and prove the SCIM connector of a Unity organization
version_added: 0.1.0
description:
  - Gives the SCIM base connector URL of the organization. With a key, calls the SCIM service with it, tells what it supports, and counts its users.
  - It tells a wrong or revoked key (401) from a missing role (403) from a service that can't be reached.
  - >-
    With O(enforced), makes the enforcement of SCIM provisioning what is wanted. Unity publishes no API for that: the module B(assumes) one, stops if
    the answers are not as assumed, and returns RV(manual_steps) then.
options:
  enforced:
    description:
      - Whether SCIM provisioning is enforced. Enforcing stops self sign-up and just-in-time provisioning, and turns the enforcement of single sign-on on.
      - If it is left out, it is left alone, and no credentials but the key are needed.
    type: bool
  enforcement_method:
    description:
      - How O(enforced) is done. V(api) calls an endpoint that this collection B(assumes).
      - V(manual) calls no such endpoint. It returns RV(manual_steps) and RV(pending=true) until O(enforcement_confirmed) is V(true), since nothing that
        Unity publishes shows the setting. A person's word is all there is.
      - V(auto) uses them as far as they prove themselves, and is V(manual) in the same task where they are missing, answer otherwise than assumed, refuse
        credentials that another endpoint of the service takes, or where no credentials for them are given. Whatever else goes wrong is an error. The
        reason is in RV(step).
    type: str
    choices: [auto, api, manual]
    default: auto
  enforcement_confirmed:
    description:
      - With O(enforcement_method=manual), says that a person has seen the setting in the Unity Dashboard to be as O(enforced) says.
      - With O(runbook), O(enforced=false) needs an earlier run that has asked for it in the same runbook, and so does O(enforced=true) after that.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds for which a refusal (401 or 403) is asked again, where the key or its role was made a moment ago and may not be known everywhere yet.
    type: float
    default: 0.0
  test_email:
    description:
      - The email address of the test user of JumpCloud's connection test, which must be unknown to Unity. Where a key is given, the address is looked up
        in Unity's SCIM service, and the module fails if it is in use.
    type: str
  seen:
    description:
      - What another module has just read, so that this one need not read it again. RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) has this form.
        Without it, or where it has another form, the module reads by itself.
      - Its C(enforcement) is C({enabled, scim_enabled, scim_enforced, base_url}), and is used with O(enforced).
      - Where nothing has to be changed, and in check mode, no request is made but those that prove a key. Where something has to be changed, the module
        reads again before it writes.
      - Before SCIM provisioning is enforced, its C(preview) tells how many people in Unity are in no bound group, and the diff names them.
      - With O(enforcement_method=manual) nobody is asked where its C(enforcement) is as wanted.
    type: dict
attributes:
  idempotent:
    support: partial
    details:
      - With O(enforcement_method=manual) a step that is not confirmed is asked for, and reported as a change, in each run.
seealso:
  - module: unity_jumpcloud.scim.unity_scim_connector_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity.scim_credentials
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Know the base URL
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
  register: connector

- name: Prove a key
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"

- name: Prove a key, and that the address for JumpCloud's connection test is free
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
    test_email: scim-test@example.com

- name: SCIM provisioning is enforced
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    enforced: true

- name: See whether it is still enforced, without changing it
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    enforced: true
  check_mode: true
  diff: true

- name: A person enforces it
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    enforced: true
    enforcement_method: manual
    runbook: "{{ playbook_dir }}/runbook"

- name: SCIM provisioning is not enforced any more
  unity_jumpcloud.scim.unity_scim_connector:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    enforced: false
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
    test_user_unknown:
      description: True if no user of Unity has the address O(test_email); null if no key or no address was given. An address that is in use is a failure.
      type: bool
      returned: success
      sample: true
enforced:
  description:
    - Whether SCIM provisioning is enforced now, or would be in check mode; null if O(enforced) was left out.
    - While RV(pending), what O(seen) shows, or null.
  returned: success
  type: bool
  sample: true
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: C(enforcement) where O(enforced) is given, else C(connector_url).
      type: str
      returned: success
      sample: enforcement
    method:
      description: V(api), or V(manual) where a person does it.
      type: str
      returned: success
      sample: api
    changed:
      description: Whether something was changed, or would be in check mode.
      type: bool
      returned: success
      sample: true
    found:
      description: How it was before.
      type: str
      returned: success
      sample: "not enforced"
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [enforce]
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: [read back]
    pending:
      description: Whether a person still has to do it.
      type: bool
      returned: success
      sample: false
    waiting:
      description: Whether it waits for another step, which only the role can tell; here it is always false.
      type: bool
      returned: success
      sample: false
    reason:
      description: Why this method was chosen; empty where there was no choice.
      type: str
      returned: success
      sample: ""
method:
  description: V(manual).
  returned: where a person does the step
  type: str
  sample: manual
pending:
  description: Whether a person still has to do RV(manual_steps).
  returned: where a person does the step
  type: bool
  sample: true
runbook:
  description: The files of the runbook; null if O(runbook) was left out. They are written when somebody is asked for something.
  returned: where a person does the step
  type: dict
  contains:
    markdown:
      description: The runbook as Markdown.
      type: str
      returned: success
      sample: /path/runbook.md
    html:
      description: The runbook as an HTML page that needs no network.
      type: str
      returned: success
      sample: /path/runbook.html
    state:
      description: What the next run needs to know.
      type: str
      returned: success
      sample: /path/runbook.json
evidence:
  description: What can be seen of the step.
  returned: where a person does the step
  type: dict
  contains:
    found:
      description: True if it is done, false if it is not, null if nothing published tells.
      type: bool
      returned: success
      sample: null
    source:
      description: Where it was looked for.
      type: str
      returned: success
      sample: none
    at:
      description: When it was done, as RFC 3339 in the clock of the source; null if that is unknown.
      type: str
      returned: success
      sample: null
    detail:
      description: What was seen, in words.
      type: str
      returned: success
      sample: Nothing published shows it.
    contradicts:
      description: The field of the console whose value the evidence speaks against, or null.
      type: str
      returned: success
      sample: null
actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
  returned: always
  type: list
  elements: dict
  sample: [{"action": "enforce", "target": "SCIM provisioning"}]
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
manual_steps:
  description:
    - The clicks that do the same step in the vendor's console, in order, where an endpoint that no vendor documentation describes answered
      otherwise than assumed. Nothing secret was sent by then, unless the message says so.
    - With O(enforcement_method=manual), the steps that a person still has to do, on success and on failure; empty if nothing has to be done.
  returned: where a person does the step, or failure of an assumed endpoint
  type: list
  elements: dict
  sample:
    - where: Unity Dashboard > Administration > Single sign on
      do: Turn on 'Enforce SCIM Provisioning' in the SCIM section.
      field: null
      value: null
      why: No API for it is published.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import METHOD, RUNBOOK, SCIM_CREDENTIALS, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_scim_connector import run

ARGUMENTS = (
    UNITY
    + SCIM_CREDENTIALS
    + RUNBOOK
    + Arguments(
        {
            "enforced": {"type": "bool"},
            "enforcement_method": METHOD,
            "enforcement_confirmed": {"type": "bool", "default": False},
            "wait_timeout": {"type": "float", "default": 0.0},
            "test_email": {"type": "str"},
            "seen": {"type": "dict"},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
