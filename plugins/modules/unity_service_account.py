#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: unity_service_account
short_description: Manage a Unity service account and its organization roles
version_added: 0.1.0
description:
  - Makes a service account exist in a Unity organization, with this name, description and exactly these organization roles, or not exist.
  - Unity publishes console clicks for this, and no API. This module B(assumes) one, and is experimental until Unity publishes it. If the answers are
    not as assumed, it stops before anything secret is sent and returns RV(manual_steps).
  - With O(method=manual) a person makes the account. A key of it, where one is given, is the evidence. It shows that an account with the role exists,
    and neither its name nor its description.
options:
  state:
    description:
      - V(present) creates or updates the account; V(absent) revokes its managed keys (see O(key_name)) and deletes it with its roles, for good.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - The account's name, compared exactly.
      - One of O(name) and O(service_account_id) is required. With both, the account with the ID is renamed to O(name).
    type: str
  service_account_id:
    description:
      - The account's ID. It wins over the name as identity. Blanks around it are ignored, and so is its case, where Unity lists it in another one.
    type: str
  description:
    description:
      - The account's description. If it is left out, the description is left alone, and is empty on creation.
    type: str
  roles:
    description:
      - The names of exactly the organization roles that the account shall have. JumpCloud's key needs C(SCIM Authenticator).
      - If it is left out, the roles are left alone. An empty list takes all roles away.
    type: list
    elements: str
  key_name:
    description:
      - With O(state=absent), the name of the keys that this collection makes, to which it adds a blank and a nonce. It tells its managed keys from
        foreign ones.
    type: str
    default: unity_jumpcloud.scim
  delete_foreign_keys:
    description:
      - With O(state=absent), whether an account that has foreign keys is deleted with them. With V(false) only its managed keys are revoked, and the
        account stays.
    type: bool
    default: false
  seen:
    description:
      - What another module has just read, so that this one need not read it again. RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) has this form.
        Without it, or where it has another form, the module reads by itself.
      - Its C(service_account) is C({account}). C(account) has C(id), C(name), C(description), C(created_at) and C(roles), or is null where there is none.
      - With O(state=absent) its C(service_account_key) is needed, too.
      - Where nothing has to be changed, and in check mode, no request is made. Where something has to be changed, the module reads again before it
        writes.
      - It has no effect with O(method=manual).
    type: dict
attributes:
  idempotent:
    support: partial
    details:
      - With O(method=manual) a step that is not done is asked for, and reported as a change, in each run.
seealso:
  - module: unity_jumpcloud.scim.unity_service_account_key
  - module: unity_jumpcloud.scim.unity_service_account_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity
  - unity_jumpcloud.scim.unity.scim_credentials
  - unity_jumpcloud.scim.manual
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_unity
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: The service account for JumpCloud exists
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    access_token: "{{ unity_access_token }}"
    name: JumpCloud SCIM
    description: SCIM provisioning from JumpCloud, managed by Ansible
    roles:
      - SCIM Authenticator

- name: See what would change, without changing anything
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    name: JumpCloud SCIM
    roles:
      - SCIM Authenticator
  check_mode: true
  diff: true

- name: The account has another name
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    service_account_id: 2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55
    name: JumpCloud SCIM (production)

- name: A person makes the account, and is shown how
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    method: manual
    name: JumpCloud SCIM
    roles:
      - SCIM Authenticator
    runbook: "{{ playbook_dir }}/runbook"

- name: The account is gone, unless somebody else has keys of it
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    name: JumpCloud SCIM
    state: absent

- name: The account is gone, with all its keys
  unity_jumpcloud.scim.unity_service_account:
    organization_id: "12345678901234"
    name: JumpCloud SCIM
    state: absent
    delete_foreign_keys: true
"""

RETURN = r"""
---
service_account:
  description:
    - The account as it is now, or would be in check mode; null if it does not exist.
    - While RV(pending), null unless a key shows that Unity knows the account. Then only its O(service_account_id) and O(name) are given, as the options say.
  returned: success
  type: dict
  contains:
    id:
      description: The account's ID; null in check mode if it does not exist yet, and where a person does the step without O(service_account_id).
      type: str
      returned: success
      sample: 2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55
    name:
      description: The account's name.
      type: str
      returned: success
      sample: JumpCloud SCIM
    description:
      description: The account's description; empty if it has none, null where a person does the step and it is not known.
      type: str
      returned: success
      sample: SCIM provisioning from JumpCloud, managed by Ansible
    created_at:
      description: When the account was created, as RFC 3339; null if that is unknown.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    roles:
      description: The names of its organization roles, sorted; null where a person does the step and they are not known.
      type: list
      elements: str
      returned: success
      sample: [SCIM Authenticator]
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: The name of the step.
      type: str
      returned: success
      sample: service_account
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
      sample: "no account"
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [create, set_roles]
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: [account and roles read back]
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
      sample: true
    source:
      description: Where it was looked for.
      type: str
      returned: success
      sample: Unity SCIM
    at:
      description: When it was done, as RFC 3339 in the clock of the source; null if that is unknown.
      type: str
      returned: success
      sample: null
    detail:
      description: What was seen, in words.
      type: str
      returned: success
      sample: "The SCIM service accepts the key, so its account exists and has the role (users: 42)."
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
  sample: [{"action": "create", "target": "service account", "name": "JumpCloud SCIM"}]
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
      sample: create the service account
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
      do: Select New.
      field: null
      value: null
      why: JumpCloud authenticates to Unity as a service account.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import KEY_NAME, MANUAL, SCIM_CREDENTIALS, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.unity_service_account import run

ARGUMENTS = (
    UNITY
    + SCIM_CREDENTIALS
    + MANUAL
    + KEY_NAME
    + Arguments(
        {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "name": {"type": "str"},
            "service_account_id": {"type": "str"},
            "description": {"type": "str"},
            "roles": {"type": "list", "elements": "str"},
            "delete_foreign_keys": {"type": "bool", "default": False, "no_log": False},
            "seen": {"type": "dict"},
        },
        {"required_one_of": [("name", "service_account_id")]},
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
