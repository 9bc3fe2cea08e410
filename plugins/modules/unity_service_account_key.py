#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_service_account_key
short_description: Create, rotate and revoke keys of a Unity service account
version_added: 0.1.0
description:
  - Makes a usable key of a service account exist, creates a new one by age or on demand, or revokes keys.
  - >-
    Unity shows the secret of a key once, when it is created. The module returns it in RV(credentials) and nowhere else. Put C(no_log: true) on a
    task that may create a key, and on every task that uses the result.
  - >-
    A request to create whose outcome is not known is never sent again. The module lists the keys instead. A key that has the very name of that
    request is revoked, since its secret is lost, and another one is created; no other key is touched.
  - Two runs at the same time see each other's keys. The one whose key is older goes on, the other one takes its key back and fails.
  - >-
    Unity publishes console clicks for this, and no API. This module B(assumes) one, and is experimental until Unity publishes it. If the answers
    are not as assumed, it stops before anything secret is sent and returns RV(manual_steps).
  - With O(method=manual) a person makes the key and writes it into O(secret_file), as the value of the header (C(Basic ...)) or as two lines
    C(key_id:) and C(secret_key:). The module proves it against Unity's SCIM service and returns it in RV(credentials), like a key that it has created itself.
  - Other keys can't be seen then, so O(max_age), O(keep_previous), O(max_keys) and O(key_name) have no effect, and O(rotate=auto) is as V(always). With
    O(state=absent) and O(state=pruned) nothing published tells whether the keys are gone, so RV(pending) stays true.
options:
  state:
    description:
      - V(present) makes a key exist as O(rotate) says. V(absent) revokes the key O(key_id). V(pruned) revokes the keys of this collection (see
        O(key_name)) other than O(key_id), except the newest O(keep_previous) of them.
    type: str
    choices: [present, absent, pruned]
    default: present
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
      - With O(state=present), a key that must be live; the module fails if it is not.
      - With O(state=absent), the key to revoke. Required then. One that is gone already is fine, and one that O(secret_file) holds is kept.
      - With O(state=pruned), the key that is in use, which must be live. Required then. In check mode, V((new\)) stands for a key, and an account, that a
        real run would have created before.
      - Blanks around it are ignored, and so is its case, where Unity lists it in another one.
    type: str
  rotate:
    description:
      - When to create a key. V(auto) creates one if the account has none, if the newest managed key is older than O(max_age), or if more managed keys than
        O(keep_previous) and one are live. V(always) creates one in any case. V(never) creates none, and fails if there is none.
      - The keys that are there stay. Revoke them with O(state=pruned) once the new one is in use.
      - With V(always) the module is not idempotent, as it says.
    type: str
    choices: [auto, always, never]
    default: auto
  max_age:
    description:
      - The age in days from which a key is replaced with O(rotate=auto). If it is left out, age does not matter.
      - Where keys are live, but none of them has the name O(key_name), it applies to none, with a warning.
      - A key without a date is not replaced, with a warning. A key from the future counts as new, with a warning.
    type: float
  keep_previous:
    description:
      - How many older managed keys stay live beside the newest. With O(state=pruned) and left out, none stays.
      - With O(rotate=auto), a key is created if more are live, since then a run was interrupted, and which of the keys is in use can't be
        told. If it is left out, their number does not matter.
    type: int
  max_keys:
    description:
      - How many keys the account can hold. With as many the module fails before it creates one.
      - Unity publishes 20 for its self-hosted edition, and nothing for the cloud.
    type: int
    default: 20
  key_name:
    description:
      - The name of the keys that this collection makes, to which it adds a blank and a nonce. It tells its managed keys from foreign ones,
        which it never revokes.
    type: str
    default: unity_jumpcloud.scim
  base_url:
    description:
      - With O(method=manual), the SCIM base connector URL against which the key is proven.
      - If it is left out, it is derived from O(api_url) and O(organization_id).
    type: str
  remove_secret_file:
    description:
      - With O(method=manual), whether to remove O(secret_file) once its key was proven and is returned.
      - Set it to V(false) if a later task still needs the file, and let that one remove it.
    type: bool
    default: true
  seen:
    description:
      - What another module has just read, so that this one need not read it again. RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) has this form.
        Without it, or where it has another form, the module reads by itself.
      - Its C(service_account_key) is C({service_account_id, keys}). Each key has C(id), C(name) and C(created_at); C(service_account_id) is null where there is
        no account.
      - Where nothing has to be changed, and in check mode, no request is made. Where something has to be changed, the module reads again before it
        writes.
      - With O(state=absent) it is used in check mode only, since a key may have been made in between.
      - It has no effect with O(method=manual).
    type: dict
attributes:
  idempotent:
    support: partial
    details:
      - With O(rotate=always) each run creates a key. With O(method=manual) each run asks for one.
seealso:
  - module: unity_jumpcloud.scim.unity_service_account
  - module: unity_jumpcloud.scim.unity_service_account_key_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.manual
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.manual.secret_file
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: The account has a key
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    service_account: JumpCloud SCIM
  register: key
  no_log: true

- name: See whether a key would be created
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    service_account: JumpCloud SCIM
  check_mode: true

- name: Create a key if the newest one is older than 90 days
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    service_account: JumpCloud SCIM
    max_age: 90
  register: new_key
  no_log: true

- name: Create another key
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    service_account: JumpCloud SCIM
    rotate: always
  register: new_key
  no_log: true

- name: A person makes a key, within ten minutes
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    method: manual
    service_account: JumpCloud SCIM
    runbook: "{{ playbook_dir }}/runbook"
    secret_file: "{{ lookup('ansible.builtin.env', 'HOME') }}/unity-key"
    manual_timeout: 600
  register: key
  no_log: true

- name: Revoke the older keys of this collection, once the new one is in use
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    service_account: JumpCloud SCIM
    key_id: "{{ new_key.credentials.key_id }}"
    state: pruned
  # it is null where none was created
  when: new_key.credentials is not none

- name: Revoke a key
  unity_jumpcloud.scim.unity_service_account_key:
    organization_id: "12345678901234"
    service_account: JumpCloud SCIM
    key_id: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    state: absent
"""

RETURN = r"""
---
credentials:
  description:
    - The new key with its secret, the only part of the result that holds one. Null if no key was created, and always null in check mode.
  returned: success
  type: dict
  contains:
    key_id:
      description: The key ID.
      type: str
      returned: when a key was created
      sample: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    secret_key:
      description: The secret key.
      type: str
      returned: when a key was created
      sample: "(32 letters and digits)"
    authorization_header:
      description: The value of the Authorization header for Unity's SCIM service.
      type: str
      returned: when a key was created
      sample: Basic <base64(key ID:secret key)>
key:
  description:
    - The key that was created, without its secret; null if none was.
    - With O(method=manual) the key that was found in O(secret_file) and works, in check mode as well.
  returned: success
  type: dict
  sample:
    id: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    name: unity_jumpcloud.scim 5f0c1d2e3a4b
    managed: true
    created_at: "2026-11-24T05:40:04Z"
live_keys:
  description: The live keys of the account, oldest first, without their secrets. Null with O(method=manual).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The key ID.
      type: str
      returned: success
      sample: 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10
    name:
      description: The key's name, or null.
      type: str
      returned: success
      sample: unity_jumpcloud.scim 5f0c1d2e3a4b
    managed:
      description: Whether this collection made the key, by its name.
      type: bool
      returned: success
      sample: true
    created_at:
      description: When the key was created, as RFC 3339; null if that is unknown.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
kept:
  description: Whether a key was not revoked with O(state=absent), since O(secret_file) holds it.
  returned: success
  type: bool
  sample: false
service_account_id:
  description: The ID of the account; null in check mode if it does not exist yet.
  returned: success
  type: str
  sample: 2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: C(service_account_key), or C(retire_keys) with O(state=pruned).
      type: str
      returned: success
      sample: service_account_key
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
      sample: "live keys: 0"
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [create]
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: [key 7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10 is listed]
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
  sample: [{"action": "create", "target": "service account key", "key_id": "7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10"}]
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
    - With O(method=manual), the steps that a person still has to do, on success and on failure; empty if nothing has to be done.
  returned: where a person does the step, or failure of an assumed endpoint
  type: list
  elements: dict
  sample:
    - where: Unity Dashboard > Administration > Service accounts
      do: Select the account, then Add key in the Keys section.
      field: null
      value: null
      why: JumpCloud needs a key of the account.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import (
    KEY_NAME,
    MANUAL,
    SECRET_FILE,
    SERVICE_ACCOUNT_IDENTITY,
    UNITY,
    Arguments,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account_key import run

ARGUMENTS = (
    UNITY
    + SERVICE_ACCOUNT_IDENTITY
    + KEY_NAME
    + MANUAL
    + SECRET_FILE
    + Arguments(
        {
            "state": {"type": "str", "choices": ["present", "absent", "pruned"], "default": "present"},
            "key_id": {"type": "str", "no_log": False},
            "rotate": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
            "max_age": {"type": "float"},
            "keep_previous": {"type": "int"},
            "max_keys": {"type": "int", "default": 20, "no_log": False},
            "base_url": {"type": "str"},
            "remove_secret_file": {"type": "bool", "default": True, "no_log": False},
            "seen": {"type": "dict"},
        },
        {"required_if": [("state", "absent", ("key_id",)), ("state", "pruned", ("key_id",))]},
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
