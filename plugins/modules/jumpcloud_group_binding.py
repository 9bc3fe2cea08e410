#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_group_binding
short_description: Bind user groups to a JumpCloud application
version_added: 0.1.0
description:
  - Binds user groups to an application, unbinds them, or makes them exactly the bound ones, all in one task.
  - JumpCloud then provisions the members of bound groups in Unity. When a group is unbound, it deprovisions those members whom no other bound group
    holds, and Unity B(deletes) their accounts. The module counts and names these people first, in the diff, too, and refuses if they are more than
    O(max_deprovisioned_users).
  - JumpCloud's list of bound people is not believed alone. The members of each group that is to be unbound, direct and indirect, are read as well, and
    whoever of them is not in that list counts as losing access, unless a group that is bound in the same task holds them.
  - New groups are bound first. When they are seen to be bound, and right before the first group is unbound, the people are determined once more. If by
    then someone would lose an account who was not in the plan, no group is unbound, and the error names who that is.
  - Only published operations are used, except for one request that O(wait_timeout) makes with O(method=api).
options:
  state:
    description:
      - V(present) binds O(groups) and leaves other bindings alone. V(absent) unbinds them. V(exact) also unbinds every other group.
    type: str
    choices: [present, absent, exact]
    default: present
  groups:
    description:
      - The user groups, by ID or by exact name, mixed as you like. An ID wins over a name.
      - An unknown group is an error, and nothing is changed. With O(state=absent) it is a warning, since a deleted group is not bound.
      - With O(state=absent) and O(state=exact), the ID of a bound group is known, even if JumpCloud's list of groups does not show it.
      - An empty list with O(state=exact) unbinds every group.
    type: list
    elements: str
    required: true
  max_deprovisioned_users:
    description:
      - How many people may lose access by unbinding. If more would, the module fails, names them, and changes nothing.
      - Staged and suspended people do not count. JumpCloud exports activated people only, so they have no account in Unity. People whom the credentials
        may not read do count.
    type: int
    default: 0
  wait_timeout:
    description:
      - Seconds to wait at the most, after the unbinding, until JumpCloud has deprovisioned the people who lost access. V(0) does not wait.
      - Once provisioning is stopped, JumpCloud deletes nobody any more. So wait before you stop it. Where it is not active, there is no wait.
      - It is waited for JumpCloud's published events of those people, as of the time that the service tells right before the first group is unbound, or, if
        it tells none, as of the event of the unbinding. Where the events can't tell who it is about, the whole time is waited for. That is so if people or
        events can't be read.
      - Where nothing is to be unbound any more, a run that broke off, or whose time ran out, may have unbound it. So it is waited for those who were in the
        groups that were unbound within the last day, are not bound any more, and of whom no event tells yet. If events can't be read, or don't tell which
        groups these are, nobody knows whether there is anybody, and the whole time is waited for.
      - If the time runs out, the module does not fail, see RV(deprovisioned). With O(state=present), and in check mode, there is no wait.
      - While it waits, a line tells at least every 20 seconds what has been seen, where the module runs in the controller's process.
    type: float
    default: 0.0
  method:
    description:
      - How O(wait_timeout) finds out whether provisioning is active. Groups are bound and unbound in the same way with both.
      - V(api) reads the identity management with an endpoint that this collection B(assumes).
      - V(manual) looks for the activation in JumpCloud's published events.
      - Where that can't be read, a warning says so, and provisioning is taken as active. The groups are unbound by then, so it is no failure.
      - V(auto) does what RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) says in O(seen), and else what V(manual) does.
    type: str
    choices: [auto, api, manual]
    default: auto
  max_created_users:
    description:
      - A guard against a wrong group. How many accounts binding may create in Unity. If it would create more, the module fails, names the people, and changes
        nothing.
      - People who are left out for a reason of which no vendor says that it keeps an account from them count as well. They have no name, an address outside the
        validated domains, the address of somebody else, or are not in JumpCloud's list of users. Staged and suspended people, and those without an address, do
        not count.
      - With it, people are read before each binding, whatever O(preview_people) is. Without it there is no limit, and they are read as O(preview_people) says.
      - Where Unity's people can't be read, everybody who would get an account counts, also who is there already.
    type: int
  preview_people:
    description:
      - Whether to look who would be created, adopted or left out, and who is in Unity and in no bound group, see RV(people). The diff names them.
      - If it is left out, that is so in check mode, where a group is to be bound.
      - V(false) does not turn O(max_created_users) off. With a limit it is always so where a group is to be bound.
    type: bool
  domains:
    description:
      - The validated domains of the Unity organization. Who has an address in another one is left out, but counts for O(max_created_users).
      - If it is left out, they are taken from O(seen); if that does not tell, domains are not looked at.
    type: list
    elements: str
  unity_organization_id:
    description:
      - The Genesis ID of the Unity organization whose people are read. O(organization_id) is JumpCloud's.
      - If it is left out, E(UNITY_ORGANIZATION_ID) is used.
    type: str
  unity_expected_organization_id:
    description:
      - A guard. If it is set and O(unity_organization_id) is another one, Unity's people are not read.
    type: str
  unity_api_url:
    description:
      - The URL of Unity's API gateway.
      - If it is left out, E(UNITY_API_URL) is used.
    type: str
    default: https://services.api.unity.com
  base_url:
    description:
      - The SCIM base connector URL. If it is left out, it is derived from O(unity_api_url) and O(unity_organization_id).
    type: str
  key_id:
    description:
      - The key ID of a Unity service account with the organization role C(SCIM Authenticator), to read Unity's people with.
      - Without it, only JumpCloud's half of RV(people) is known.
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
    type: str
  seen:
    description:
      - What another module has just read, so that this one need not read it again. RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) has this form.
        Without it, or where it has another form, the module reads by itself.
      - Its C(application) is taken for the application that O(application) or O(application_id) means, and not read again.
      - Its C(user_groups), C({wanted, bound}) with C(id) and C(name) of each group, is enough in check mode, and where nothing is
        to be done. Then no request is made. Otherwise groups and bindings are read before anything is written. It is not used where a group is to be unbound.
      - Its C(preview) is shown as RV(people) in check mode, and people are not read again. Its C(single_sign_on) tells the validated domains.
      - What tells of another application, or lacks one of O(groups), is ignored.
    type: dict
seealso:
  - module: unity_jumpcloud.scim.jumpcloud_group_binding_info
  - module: unity_jumpcloud.scim.jumpcloud_scim_app
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.jumpcloud.application
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Two groups are provisioned
  unity_jumpcloud.scim.jumpcloud_group_binding:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
    groups:
      - Unity Artists
      - Unity Developers

- name: See what would change
  unity_jumpcloud.scim.jumpcloud_group_binding:
    application: Unity
    groups:
      - Unity Artists
    state: exact
    max_deprovisioned_users: 10
  check_mode: true
  diff: true

- name: One group is not provisioned any more, which may cost ten people their accounts
  unity_jumpcloud.scim.jumpcloud_group_binding:
    application: Unity
    groups:
      - Unity Artists
    state: absent
    max_deprovisioned_users: 10

- name: No group is provisioned any more, and JumpCloud gets up to two minutes to deprovision the people
  unity_jumpcloud.scim.jumpcloud_group_binding:
    application: Unity
    groups: []
    state: exact
    max_deprovisioned_users: 10
    wait_timeout: 120
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
groups:
  description: The user groups that are bound now, or would be in check mode, sorted by name.
  returned: success
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists"}]
added:
  description: The groups that were bound, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists"}]
removed:
  description: The groups that were unbound, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample: []
deprovisioned_users:
  description:
    - The people who lose access by the unbinding, and so their accounts in Unity, sorted by email.
    - The address is null where the credentials may not read people.
  returned: success, and when the module refuses to unbind
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00c1", "email": "ada@example.com"}]
deprovisioned_users_count:
  description: How many people these are. The list ends after 100 of them, and so does the diff; this number is exact.
  returned: success, and when the module refuses to unbind
  type: int
  sample: 1
users_without_account_count:
  description: How many people without an account lose access.
  returned: success, and when the module refuses to unbind
  type: int
  sample: 0
unseen_users_count:
  description:
    - How many bound people JumpCloud promised and did not show, or not in a readable form, while it was looked who loses access, and whom the members of the
      groups do not account for. They count as losing it.
  returned: success, and when the module refuses to unbind
  type: int
  sample: 0
users_without_account:
  description:
    - The staged and suspended people who lose access as well, sorted by email, the first 100 of them. They have no account in Unity, and do not count.
  returned: success, and when the module refuses to unbind
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00c2", "email": "new@example.com", "status": "staged"}]
deprovisioned:
  description:
    - What came of O(wait_timeout). True if the events show that everybody who lost access is deprovisioned, or was gone from Unity already (404), false if the
      time ran out before. Null if nothing was waited for, and where nothing was to be unbound any more and nobody knows whether anybody is still to be
      deprovisioned.
  returned: success
  type: bool
  sample: true
awaited_users_count:
  description:
    - Of how many of those who were waited for no event told when the wait ended. 0 if the events show everybody. Null if nothing was waited for, and where the
      events can't tell who it is about.
  returned: success
  type: int
  sample: 0
people:
  description:
    - What binding means for people, before it is done. Names are in the diff alone, each list ending after 100.
    - Null where nobody was looked at, see O(preview_people) and O(max_created_users).
  returned: success, and when the module refuses to bind
  type: dict
  contains:
    created:
      description: How many accounts would be created. Where RV(people.unread) is not null, people who are in Unity already are among them.
      type: int
      returned: success
      sample: 3
    adopted:
      description: How many are in Unity already, under the same user name; null if unknown.
      type: int
      returned: success
      sample: 1
    left_out:
      description: How many members of the groups may get no account. O(max_created_users) says which of them count all the same.
      type: int
      returned: success
      sample: 2
    left_out_reasons:
      description: Why, with the number of people for each reason.
      type: dict
      returned: success
      sample: {"staged": 1, "suspended": 1}
    in_no_bound_group:
      description: How many people in Unity would be in no bound group, nor bound directly; null if unknown.
      type: int
      returned: success
      sample: 0
    unread:
      description: Why not all of Unity's people are known, or null.
      type: str
      returned: success
      sample: null
    domains_checked:
      description: Whether the validated domains are known.
      type: bool
      returned: success
      sample: true
    max_created_users:
      description: The limit; null if there is none.
      type: int
      returned: success
      sample: null
    said:
      description: All of it in words.
      type: str
      returned: success
      sample: 3 to create, 1 to adopt, 2 left out (1 staged, 1 suspended), no limit is set (scim_provisioning_max_created_users)
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: The name of the step.
      type: str
      returned: success
      sample: user_groups
    method:
      description: V(api), since groups are bound in this way with any O(method).
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
      sample: 1 group bound
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [bind 1]
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: [bindings read back]
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
failed_groups:
  description: The groups that could not be bound or unbound, each with its error. The others are done, see RV(actions).
  returned: partial failure
  type: list
  elements: dict
  sample: [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists", "msg": "JumpCloud cannot bind the user group, HTTP 500."}]
actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
  returned: always
  type: list
  elements: dict
  sample: [{"action": "bind", "target": "user group", "id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Artists"}]
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
      sample: bind the user group 65f0c0ffee65f0c0ffee00b1
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
    JUMPCLOUD,
    METHOD,
    PEOPLE,
    SCIM_READER,
    Arguments,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_group_binding import run

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + SCIM_READER
    + PEOPLE
    + Arguments(
        {
            "state": {"type": "str", "choices": ["present", "absent", "exact"], "default": "present"},
            "groups": {"type": "list", "elements": "str", "required": True},
            "max_deprovisioned_users": {"type": "int", "default": 0},
            "wait_timeout": {"type": "float", "default": 0.0},
            "method": METHOD,
            "seen": {"type": "dict"},
        }
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
