#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_key_retirement
short_description: Revoke the older keys of a Unity service account, once JumpCloud uses the new one
version_added: 0.1.0
description:
  - The last part of a rotation without a gap. A new key was created and delivered to JumpCloud before, and now the older keys go. Use
    M(unity_jumpcloud.scim.unity_service_account_key) and M(unity_jumpcloud.scim.jumpcloud_scim_app) for what comes before.
  - The module looks for JumpCloud's next provisioning call with the new key, and waits for the grace period. Then it sees that no concurrent run is at
    work, and that nobody has changed the application in between. Only after that it revokes the managed keys (see O(key_name)) other than O(key_id),
    except the newest O(keep_previous) of them. Foreign keys are never revoked.
  - If Unity refused a provisioning call (HTTP 401 or 403), if a managed key is live that is not among O(known_key_ids), or if the application's identity
    management is not as it was delivered, the module fails, and no key is revoked.
  - Without permission to read events, JumpCloud's connection test remains as the proof.
  - Where there is nothing to revoke, the keys are listed, and nothing else is asked or waited for. Where O(known_key_ids) names no other key than O(key_id),
    not even that.
  - With O(unity_method=manual) the keys can't be listed, so a person is asked to revoke the older ones, and nothing is read.
  - Unity publishes console clicks for keys, and no API. This module B(assumes) one, and is experimental until Unity publishes it. If the answers
    are not as assumed, it stops and returns RV(manual_steps).
options:
  unity_method:
    description:
      - How the keys are revoked. V(api) uses endpoints that this collection B(assumes); with V(manual) a person does it.
      - V(auto) uses them as far as they prove themselves, and is V(manual) in the same task where they are missing, answer otherwise than assumed, refuse
        credentials that another endpoint of the service takes, or where no credentials for them are given. Whatever else goes wrong is an error. The
        reason is in RV(step).
    type: str
    choices: [auto, api, manual]
    default: auto
  confirmed:
    description:
      - Whether a person says that the older keys are revoked, where a person revokes them. Nothing published shows it.
      - With O(runbook), it is taken only where an earlier run has asked for it in the same runbook, for the same O(key_id).
    type: bool
    default: false
  service_account:
    description:
      - The name of the service account, compared exactly. One of O(service_account) and O(service_account_id) is required.
    type: str
  service_account_id:
    description:
      - The ID of the service account.
    type: str
  key_id:
    description:
      - The new key, which was delivered to JumpCloud. It must be live, and stays.
      - In check mode, V((new\)) stands for a key that a real run would have created before.
    type: str
    required: true
  known_key_ids:
    description:
      - The managed keys that this run has seen, before and after it created the new one. Those of O(seen) count, too. No other key is ever revoked.
      - RV(unity_jumpcloud.scim.unity_service_account_key#module:live_keys) has them.
      - A live managed key that is neither among them nor O(key_id) is that of a concurrent run. Such a run may give way, and take its key back within
        seconds, so the keys are read up to four times more, two seconds apart. In check mode they are read once, and such a key fails the task at once.
    type: list
    elements: str
    default: []
  seen:
    description:
      - What M(unity_jumpcloud.scim.scim_preflight_info) has just read, its C(seen). In check mode the keys are taken from it, and no request is made.
      - Without it, or where it has another form, the module reads by itself. Outside check mode it always does.
      - With O(unity_method=manual) nobody is asked where it shows that JumpCloud did not provision before, since there is no older key then.
    type: dict
  key_name:
    description:
      - The name of the keys that this collection makes, to which it adds a blank and a nonce. It tells its managed keys from foreign ones,
        which are never revoked.
    type: str
    default: unity_jumpcloud.scim
  keep_previous:
    description:
      - How many older managed keys stay live beside the new one. If it is left out, none stays.
    type: int
  jumpcloud_method:
    description:
      - How the key came into JumpCloud. With V(api) the application's identity management is read by endpoints that this collection B(assumes).
      - With V(manual) a person has activated it, and only the published events tell whether it was activated or deactivated again since.
    type: str
    choices: [api, manual]
    default: api
  used_since:
    description:
      - When JumpCloud began to use the new key, in its own clock, as RFC 3339. It is the time of the connection test with O(jumpcloud_method=api), and that of
        the activation, C(evidence.at), with O(jumpcloud_method=manual).
      - Provisioning calls are looked for from then on. If it is empty, or no such time, it counts as unknown, and none are looked for.
      - With O(jumpcloud_method=manual) the newest activation must still be the one of this time. Where it is unknown, only a person's word tells that JumpCloud
        has the new key. Then nothing is revoked, and a person is asked to do it.
    type: str
    default: ""
  activated_with:
    description:
      - The connection test that the activation was made with,
        RV(unity_jumpcloud.scim.jumpcloud_scim_app#module:activated_with). With O(jumpcloud_method=api) the application must still show this very test.
      - If it is left out, or null, with O(jumpcloud_method=api), the application must show no test at all. Else the module fails before it waits for anything,
        where there are keys to revoke. Check mode does not look.
    type: dict
  verify_timeout:
    description:
      - Seconds to look in Directory Insights for a provisioning call with the new key. If there is none, JumpCloud's connection test is the proof.
      - V(0) does not look.
    type: float
    default: 30.0
  verify_delay:
    description:
      - Seconds between two looks.
    type: float
    default: 3.0
  grace_period:
    description:
      - Seconds to wait before the older keys are revoked. They still work meanwhile.
    type: float
    default: 0.0
notes:
  - The waits come on top of O(time_budget). While the module waits, a line tells it at least every 20 seconds, where the module runs in the controller's
    process. In check mode nothing is waited for.
seealso:
  - module: unity_jumpcloud.scim.unity_service_account_key
  - module: unity_jumpcloud.scim.jumpcloud_scim_app
  - module: unity_jumpcloud.scim.jumpcloud_provisioning_event_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity.owner_beside_jumpcloud
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.jumpcloud.application
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: The older keys are revoked ten minutes after JumpCloud has begun to use the new one
  unity_jumpcloud.scim.scim_key_retirement:
    unity_organization_id: "12345678901234"
    unity_access_token: "{{ unity_access_token }}"
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
    service_account: JumpCloud SCIM
    # in check mode none was created
    key_id: "{{ new_key.key.id | default('(new)') }}"
    known_key_ids: "{{ new_key.live_keys | map(attribute='id') }}"
    used_since: "{{ delivered.identity_management.last_test.at }}"
    activated_with: "{{ delivered.activated_with }}"
    grace_period: 600
  when: new_key.changed

- name: See which keys a rotation would revoke
  unity_jumpcloud.scim.scim_key_retirement:
    unity_organization_id: "12345678901234"
    application: Unity
    service_account: JumpCloud SCIM
    key_id: (new)
    known_key_ids: "{{ keys_before.live_keys | map(attribute='id') }}"
  check_mode: true
  diff: true
"""

RETURN = r"""
---
revoked:
  description: The IDs of the keys that were revoked, or would be in check mode, oldest first.
  returned: success
  type: list
  elements: str
  sample: [7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10]
step:
  description: What this step found and did, for a summary; null if no key had to be revoked. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: The name of the step.
      type: str
      returned: success
      sample: retire_keys
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
      sample: "older managed keys: 1"
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [revoke]
    verified:
      description: What shows that JumpCloud uses the new key; empty in check mode.
      type: list
      elements: str
      returned: success
      sample: [a provisioning call succeeded with the new key]
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
      sample: false
    source:
      description: Where it was looked for.
      type: str
      returned: success
      sample: secret_file
    at:
      description: When it was done, as RFC 3339 in the clock of the source; null if that is unknown.
      type: str
      returned: success
      sample: null
    detail:
      description: What was seen, in words.
      type: str
      returned: success
      sample: There is no key in "/path/secret" yet.
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
  sample: [{"action": "revoke", "target": "service account key", "key_id": "7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10"}]
error:
  description: What is known of a request that failed. It never holds a header or a body.
  returned: failure of a request
  type: dict
  contains:
    service:
      description: The service that was asked.
      type: str
      returned: always
      sample: Unity administration
    operation:
      description: What was asked of it.
      type: str
      returned: always
      sample: create a key of the service account
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
  returned: where a person does the step, or failure of an assumed endpoint
  type: list
  elements: dict
  sample:
    - where: Unity Dashboard > Administration > Service accounts
      do: Select the account JumpCloud SCIM and delete the keys named unity_jumpcloud.scim, alone or with a suffix, but not the one with this key ID.
      field: Key ID
      value: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
      why: Keys that nobody uses are a risk. This key is in use.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import (
    APPLICATION_IDENTITY,
    CONFIRMED,
    JUMPCLOUD,
    KEY_NAME,
    METHOD,
    RUNBOOK,
    SERVICE_ACCOUNT_IDENTITY,
    UNITY_OWNER_BESIDE_JUMPCLOUD,
    Arguments,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_key_retirement import run

ARGUMENTS = (
    JUMPCLOUD
    + UNITY_OWNER_BESIDE_JUMPCLOUD
    + APPLICATION_IDENTITY
    + SERVICE_ACCOUNT_IDENTITY
    + KEY_NAME
    + RUNBOOK
    + CONFIRMED
    + Arguments(
        {
            "unity_method": METHOD,
            "key_id": {"type": "str", "required": True, "no_log": False},
            "known_key_ids": {"type": "list", "elements": "str", "default": [], "no_log": False},
            "seen": {"type": "dict"},
            "keep_previous": {"type": "int"},
            "jumpcloud_method": {"type": "str", "choices": ["api", "manual"], "default": "api"},
            "used_since": {"type": "str", "default": ""},
            "activated_with": {"type": "dict"},
            "verify_timeout": {"type": "float", "default": 30.0},
            "verify_delay": {"type": "float", "default": 3.0},
            "grace_period": {"type": "float", "default": 0.0},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
