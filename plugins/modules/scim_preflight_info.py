#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_preflight_info
short_description: Tell how the steps of the set-up stand and will be done, before anything is changed
version_added: 0.1.0
description:
  - Looks at each step of the set-up of SCIM provisioning from JumpCloud to Unity, and gives a verdict on it. A step that can't run is no failure of this
    module, but a verdict, unless O(fail=true).
  - Everything is read once. RV(seen) hands it to the modules that write, which then need not read it again where they have nothing to do.
  - It also tells which key a run goes on with, in RV(key). Where that is a new one for an application that has none, while keys with O(key_name) live,
    and another application of JumpCloud may provision to the same address with one of them, the step V(service_account) is V(blocked).
options:
  steps:
    description:
      - The steps to look at. What only other steps need is not read.
      - If it is left out, all of them.
    type: list
    elements: str
    choices: [application, test_user, single_sign_on, service_account, connector_url, identity_management, user_groups, enforcement]
  fail:
    description:
      - Whether to fail if a step can't run, with one message that tells all reasons.
    type: bool
    default: false
  activates:
    description:
      - Whether the run may activate provisioning. If not, and it was stopped, as far as that can be told, V(identity_management) can't run.
    type: bool
    default: true
  left_out:
    description:
      - Steps that the run does not do, and that are looked at all the same, since others need what they show. Without V(identity_management) nothing is
        activated, so nobody is counted for that.
    type: list
    elements: str
    choices: [identity_management]
    default: []
  makes_account:
    description:
      - Whether the run makes the service account where Unity has none. If not, and an API makes the keys, V(service_account) can't run without it.
    type: bool
    default: true
  test_email:
    description:
      - The email address of the test user, which JumpCloud must not know, and whose domain must be validated in Unity.
      - If it is left out, neither is checked.
    type: str
  check_sso:
    description:
      - Whether to check that single sign-on is enabled in Unity. No API for that is published.
      - It is not checked with O(unity_method=manual), nor with a supplied key where no credentials of an owner are given.
    type: bool
    default: true
  service_account:
    description:
      - The name of the Unity service account, compared exactly. It is needed to look at the account.
    type: str
  description:
    description:
      - The description that the account shall have. It is only shown to a person who has to make the account.
    type: str
  roles:
    description:
      - The organization roles that the account shall have. They are only shown to a person who has to make the account.
    type: list
    elements: str
  key_name:
    description:
      - The name of the keys that this collection makes, alone or followed by a blank and a suffix.
    type: str
    default: unity_jumpcloud.scim
  rotate:
    description:
      - When to create a key, as in M(unity_jumpcloud.scim.unity_service_account_key).
    type: str
    choices: [auto, always, never]
    default: auto
  max_age:
    description:
      - The age in days at which a key is to be replaced. Here it is only checked that it makes sense.
    type: float
  keep_previous:
    description:
      - How many older keys of this collection may stay. Here it is only checked that it makes sense.
    type: int
  max_keys:
    description:
      - How many keys the account can hold. Here it is only checked that it makes sense.
    type: int
    default: 20
  base_url:
    description:
      - The SCIM base connector URL, as the Unity Dashboard shows it in Administration > Single sign on > SCIM.
      - If it is left out, it is derived from O(unity_api_url) and O(unity_organization_id).
    type: str
  key_id:
    description:
      - The key ID of a supplied key, which is one that you have made yourself. With it, neither an account nor a key has to be made.
      - If it and O(secret_key) are left out, E(UNITY_SCIM_KEY_ID) is used.
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id). Half a key is an error.
      - If it and O(key_id) are left out, E(UNITY_SCIM_SECRET_KEY) is used.
    type: str
  stored_key:
    description:
      - The key that was read back from the operator's store; nothing or an empty dictionary where there is none.
      - It is sent to Unity's SCIM service only, to read people, and where a person makes Unity's keys, which can't be listed. If it is refused with 401 there,
        it counts as gone. Any other failure is one of the step V(connector_url).
    type: dict
    suboptions:
      key_id:
        description:
          - Its key ID.
        type: str
      secret_key:
        description:
          - Its secret key.
        type: str
  store_error:
    description:
      - Why the store could not be read. The module then fails with it.
    type: str
  warnings:
    description:
      - What to warn of, beside what the module sees. The role has its misspelled variables told so.
    type: list
    elements: str
    default: []
  has_store:
    description:
      - Whether there is a store from which keys can be read back. Then a key that JumpCloud has, but the store has not, is replaced.
    type: bool
    default: false
  groups:
    description:
      - The user groups that shall be bound to the application, by ID or by exact name.
    type: list
    elements: str
    default: []
  groups_state:
    description:
      - What shall become of O(groups), as O(unity_jumpcloud.scim.jumpcloud_group_binding#module:state).
    type: str
    choices: [present, absent, exact]
    default: present
  max_deprovisioned_users:
    description:
      - How many people with an account may lose their access by the unbinding of groups, and how many by the activation of provisioning that was stopped, since
        they were unbound meanwhile.
    type: int
    default: 0
  max_created_users:
    description:
      - How many accounts may be created in Unity, by binding groups as O(unity_jumpcloud.scim.jumpcloud_group_binding#module:max_created_users), and by
        activating provisioning for those who are bound already.
    type: int
  preview_people:
    description:
      - Whether to look, where groups are to be bound, or provisioning is to be activated or enforced, who would be created, adopted or left out, and who is in
        Unity and in no bound group. RV(lines) then have the counts, and in diff mode the names.
      - If it is left out, that is so where provisioning was stopped and is activated again, where it is to be enforced, and in check mode.
      - V(false) does not turn O(max_created_users) off. With a limit it is always so where a group is to be bound, or provisioning is to be activated.
    type: bool
  domains:
    description:
      - The validated domains of the Unity organization, as O(unity_jumpcloud.scim.jumpcloud_group_binding#module:domains). If it is left out, those that the
        single sign-on shows.
    type: list
    elements: str
  audit_key_id:
    description:
      - The key ID to read Unity's people with. If it and O(audit_secret_key) are left out, E(UNITY_SCIM_AUDIT_KEY_ID) is used, else O(key_id),
        else that of O(stored_key).
    type: str
  audit_secret_key:
    description:
      - The secret key that belongs to O(audit_key_id). If it and O(audit_key_id) are left out, E(UNITY_SCIM_AUDIT_SECRET_KEY) is used.
    type: str
  group_management:
    description:
      - Whether JumpCloud shall manage groups in Unity, too. Unity's guide says not to enable it.
    type: bool
    default: false
  accept_group_management:
    description:
      - Accept the risk of O(group_management=true).
    type: bool
    default: false
  enforced:
    description:
      - Whether SCIM provisioning shall be enforced. If it is left out, it is left alone.
    type: bool
  unity_method:
    description:
      - How the account and its key are made. V(manual) means by a person, and calls no assumed endpoint of Unity but those for O(enforcement_method).
      - V(auto) is V(api) where the assumed endpoints answer so, and V(manual) where they are missing, answer otherwise than assumed, refuse credentials that
        another endpoint of the service takes, or where no credentials for them are given. RV(seen) hands the choice on, with its reason.
    type: str
    choices: [auto, api, manual]
    default: auto
  jumpcloud_method:
    description:
      - How the identity management is set up. V(manual) means by a person; what is set up already is seen from the events.
      - V(auto) as for O(unity_method). It is V(manual), too, where events show that it works although the assumed endpoint knows nothing of it, and where
        a person does Unity's steps and it is not proven that the endpoint exists.
    type: str
    choices: [auto, api, manual]
    default: auto
  enforcement_method:
    description:
      - How SCIM provisioning is enforced, as for O(unity_method).
    type: str
    choices: [auto, api, manual]
    default: auto
  confirmed:
    description:
      - The steps that a person says to have done. It counts where nothing published shows the contrary.
      - With O(runbook), V(identity_management) does not count after a pause or takedown was asked for there, nor V(enforcement) for O(enforced=false) before
        that was.
    type: list
    elements: str
    choices: [service_account, identity_management, retire_keys, enforcement]
    default: []
  secret_file:
    description:
      - The path of the file in which a person is given a key, or gives one. If it is left out, O(runbook) with the suffix C(-APPLICATION.secret), with the
        ID of the application; but where a person does the steps in both consoles, the key then goes straight from one to the other.
      - Where a person does JumpCloud's steps only, a key that works, is one of the account's, and that a person still has to deliver, is found there.
      - A key in it that another application may wait for is an error of the step V(identity_management), if the run would put another one in its place.
    type: path
  runbook:
    description:
      - The path of the runbook without its suffix. It is not written here.
    type: path
  contract_report:
    description:
      - The path of a JSON file to write, also in check mode, if an assumed endpoint answers otherwise than assumed. It holds what RV(contract) does, the
        version of the collection and the date, and no value of the tenant, so it can be attached to an issue.
      - If it is left out, or there is nothing to report, nothing is written. If it can't be written, that is a warning.
    type: path
seealso:
  - module: unity_jumpcloud.scim.unity_service_account
  - module: unity_jumpcloud.scim.unity_service_account_key
  - module: unity_jumpcloud.scim.unity_scim_connector
  - module: unity_jumpcloud.scim.jumpcloud_scim_app
  - module: unity_jumpcloud.scim.jumpcloud_group_binding
extends_documentation_fragment:
  - unity_jumpcloud.scim.unity.owner_beside_jumpcloud
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
- name: How will the steps be done?
  unity_jumpcloud.scim.scim_preflight_info:
    application: Unity
    unity_organization_id: "12345678901234"
    test_email: scim-test@example.com
    service_account: JumpCloud SCIM
    groups: [Unity Artists]
  register: preflight

- name: Show the verdicts
  ansible.builtin.debug:
    msg: "{{ preflight.lines }}"

- name: Stop unless the groups can be bound, and only they
  unity_jumpcloud.scim.scim_preflight_info:
    application: Unity
    unity_organization_id: "12345678901234"
    groups: [Unity Artists]
    groups_state: exact
    steps: [application, user_groups]
    fail: true
"""

RETURN = r"""
---
started_at:
  description: When the look began, as RFC 3339 has it.
  returned: success
  type: str
  sample: "2026-11-27T05:40:04.250000+00:00"
verdicts:
  description: One for each step that was looked at, in the order of the set-up.
  returned: success, or a step that can't run with O(fail=true)
  type: list
  elements: dict
  contains:
    step:
      description: The step, as in O(steps).
      type: str
      returned: success
      sample: single_sign_on
    verdict:
      description:
        - V(done) where it is as wanted, or not needed; V(api) where an API does it that answers; V(manual) where a person does it; V(unproven) where it is
          not known whether the assumed endpoint exists, and the first write will tell; V(blocked) where it can't run as it is set up.
      type: str
      returned: success
      sample: done
    reason:
      description: One sentence. What is in the way and has one cause is told once, and later steps refer to the first one.
      type: str
      returned: success
      sample: "JumpCloud has it: \"Unity\"."
    playbook:
      description: The playbook that comes next.
      type: str
      returned: success
      sample: audit
    variable:
      description: Which variable of the role scim_provisioning to set where it is blocked; else empty.
      type: str
      returned: success
      sample: ""
    cause:
      description: The step that the same is in the way of, and that tells it; else empty.
      type: str
      returned: success
      sample: ""
lines:
  description: The verdicts in words, and what the groups to be bound mean for people; at the end RV(stops), unless O(fail=true).
  returned: success, or a step that can't run with O(fail=true)
  type: list
  elements: str
  sample: ["application: done. JumpCloud has it: \"Unity\"."]
stops:
  description:
    - Why steps can't run as they are set up now, which are those with the verdict V(blocked). There is one line for each cause, which begins
      with the steps that it is in the way of.
  returned: success, or a step that can't run with O(fail=true)
  type: list
  elements: str
  sample: []
manual_steps:
  description: The clicks that do the steps, in order, whose assumed endpoints answered otherwise than assumed although O(unity_method) and the like are V(api).
  returned: success, or a step that can't run with O(fail=true)
  type: list
  elements: dict
  sample: []
contract:
  description:
    - The answers of assumed endpoints that were otherwise than assumed, each endpoint once, also where V(auto) has left the step to a person. No value of the
      tenant is in it, and no ID.
    - A refusal counts where another endpoint of the service takes the same credentials. That a service fails, or that there is no answer, does not.
  returned: success, or a step that can't run with O(fail=true)
  type: list
  elements: dict
  contains:
    operation:
      description: What was asked.
      type: str
      returned: success
      sample: list the service accounts
    endpoint:
      description: The method, and the path as the assumptions guide has it.
      type: str
      returned: success
      sample: GET /auth/v1/organizations/{org}/service-accounts
    step:
      description: The step, as in O(steps).
      type: str
      returned: success
      sample: service_account
    expected:
      description: What was expected.
      type: str
      returned: success
      sample: a field 'results' in the answer
    status:
      description: The HTTP status.
      type: int
      returned: success
      sample: 200
    media_type:
      description: The media type without its parameters; V(another one) if it is not a usual one, null if there is none.
      type: str
      returned: success
      sample: application/json
    body:
      description: As RV(error.shape) has it.
      type: raw
      returned: success
      sample: {"items": [{"createdAt": "a string (17-64)", "id": "a string (17-64)", "enabled": "true or false"}], "total": "a whole number"}
seen:
  description: What was read, for the option C(seen) of the modules that write. What was not read is not in it.
  returned: success
  type: dict
  sample:
    service_account: {"account": null}
    service_account_key: {"service_account_id": null, "keys": []}
    enforcement: {"enabled": true, "scim_enabled": true, "scim_enforced": false, "base_url": "https://services.api.unity.com/scim/v2/tenants/12345678901234"}
    application: {"id": "65f0c0ffee65f0c0ffee00a1", "display_label": "Unity"}
    identity_management: null
    user_groups: {"wanted": [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists"}], "bound": []}
    single_sign_on: {"validated_domains": ["example.com"]}
    preview: {"people": null, "names": null}
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: The name of the step.
      type: str
      returned: success
      sample: prerequisites
    method:
      description: V(api), or V(manual) where a person does it.
      type: str
      returned: success
      sample: api
    changed:
      description: Whether something was changed, or would be in check mode.
      type: bool
      returned: success
      sample: false
    found:
      description: How it was before.
      type: str
      returned: success
      sample: identity management is active
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: []
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: ["application 65f0c0ffee65f0c0ffee00a1", "test user unknown to JumpCloud", "single sign-on enabled", "domain validated"]
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
checked:
  description: What was checked, and is as it must be.
  returned: success
  type: dict
  contains:
    sso:
      description: Whether single sign-on is enabled, and the domain of the test user validated.
      type: bool
      returned: success
      sample: true
    test_user:
      description: Whether the test user is unknown to JumpCloud.
      type: bool
      returned: success
      sample: true
key:
  description:
    - Which key a run goes on with. Null where that can't be told, since the steps V(identity_management) and V(service_account) were not both looked at
      with success.
  returned: success
  type: dict
  contains:
    source:
      description:
        - V(supplied), V(secret_file) or V(stored) is the key that was given so.
        - V(jumpcloud) is the one that JumpCloud has; the policy of M(unity_jumpcloud.scim.unity_service_account_key) may still replace it.
        - V(revive) is the one that JumpCloud has, but does not use. It is tried before another one is made.
        - V(create) is a new one. V(console) is a new one, too, which a person makes in Unity and takes straight to JumpCloud.
      type: str
      returned: success
      sample: jumpcloud
    reason:
      description: Why, in one sentence.
      type: str
      returned: success
      sample: JumpCloud uses a key.
    rotate:
      description:
        - The option O(unity_jumpcloud.scim.unity_service_account_key#module:rotate) to go on with.
        - With RV(key.source=revive) it holds where JumpCloud's key has proven to work; where it has not, V(always) is to be used.
      type: str
      returned: success
      sample: auto
    redeliver:
      description: Whether JumpCloud has to be given the stored key again.
      type: bool
      returned: success
      sample: false
    calls_key_module:
      description: Whether M(unity_jumpcloud.scim.unity_service_account_key) has to be called.
      type: bool
      returned: success
      sample: true
    calls_account_module:
      description: Whether M(unity_jumpcloud.scim.unity_service_account) has to be called.
      type: bool
      returned: success
      sample: true
    secret_file:
      description: The file in which the key is handed from or to a person where one has to; null where it goes from one console to the other.
      type: str
      returned: success
      sample: null
in_use:
  description: Whether JumpCloud provisions with the key that it has. V(false) also where that was not read.
  returned: success
  type: bool
  sample: true
is_active:
  description: Whether provisioning is active; null where that was not read, or no event tells.
  returned: success
  type: bool
  sample: true
status:
  description: The status of the identity management, such as C(active); null where it is not configured, or unknown.
  type: str
  returned: success
  sample: active
retired_beside:
  description: The ID of the key beside which a person was asked to revoke the older ones, and no run has heard that it is done; else null.
  type: str
  returned: success
  sample: null
enforcement_is_wanted:
  description: Whether O(enforced) was given.
  type: bool
  returned: success
  sample: false
check_mode:
  description: Whether the module ran in check mode, as what follows it does.
  type: bool
  returned: success
  sample: false
application_id:
  description: The ID of the application, or null.
  returned: success
  type: str
  sample: 65f0c0ffee65f0c0ffee00a1
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
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import (
    APPLICATION_IDENTITY,
    ENVIRONMENT,
    JUMPCLOUD,
    KEY_NAME,
    METHOD,
    PEOPLE,
    RUNBOOK,
    SECRET_FILE,
    UNITY_OWNER_BESIDE_JUMPCLOUD,
    Arguments,
    env_fallback,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_preflight import run_info

STEPS = ["application", "test_user", "single_sign_on", "service_account", "connector_url", "identity_management", "user_groups", "enforcement"]
CONFIRMABLE = ["service_account", "identity_management", "retire_keys", "enforcement"]

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + UNITY_OWNER_BESIDE_JUMPCLOUD
    + KEY_NAME
    + RUNBOOK
    + SECRET_FILE
    + PEOPLE
    + Arguments(
        {
            "steps": {"type": "list", "elements": "str", "choices": STEPS},
            "fail": {"type": "bool", "default": False},
            "activates": {"type": "bool", "default": True},
            "left_out": {"type": "list", "elements": "str", "choices": ["identity_management"], "default": []},
            "makes_account": {"type": "bool", "default": True},
            "test_email": {"type": "str"},
            "check_sso": {"type": "bool", "default": True},
            "service_account": {"type": "str"},
            "description": {"type": "str"},
            "roles": {"type": "list", "elements": "str"},
            "rotate": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
            "max_age": {"type": "float"},
            "keep_previous": {"type": "int"},
            "max_keys": {"type": "int", "default": 20, "no_log": False},
            "base_url": {"type": "str"},
            # half a key is refused in words that name both halves, so there is no rule that binds them together
            "key_id": {"type": "str", "no_log": False, "fallback": (env_fallback, [ENVIRONMENT["scim"]["key_id"]])},
            "secret_key": {"type": "str", "no_log": True, "fallback": (env_fallback, [ENVIRONMENT["scim"]["secret_key"]])},
            # not as a whole: its key ID must show in the list of live keys
            "stored_key": {
                "type": "dict",
                "no_log": False,
                "options": {"key_id": {"type": "str", "no_log": False}, "secret_key": {"type": "str", "no_log": True}},
            },
            "store_error": {"type": "str"},
            "contract_report": {"type": "path"},
            "has_store": {"type": "bool", "default": False},
            "warnings": {"type": "list", "elements": "str", "default": []},
            "groups": {"type": "list", "elements": "str", "default": []},
            "groups_state": {"type": "str", "choices": ["present", "absent", "exact"], "default": "present"},
            "max_deprovisioned_users": {"type": "int", "default": 0},
            "audit_key_id": {"type": "str", "no_log": False, "fallback": (env_fallback, [ENVIRONMENT["audit"]["key_id"]])},
            "audit_secret_key": {"type": "str", "no_log": True, "fallback": (env_fallback, [ENVIRONMENT["audit"]["secret_key"]])},
            "group_management": {"type": "bool", "default": False},
            "accept_group_management": {"type": "bool", "default": False},
            "enforced": {"type": "bool"},
            "unity_method": METHOD,
            "jumpcloud_method": METHOD,
            "enforcement_method": METHOD,
            "confirmed": {"type": "list", "elements": "str", "choices": CONFIRMABLE, "default": []},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run_info)


if __name__ == "__main__":
    main()
