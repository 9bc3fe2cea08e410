#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_scim_app
short_description: Manage the SCIM identity management of a JumpCloud SSO application
version_added: 0.1.0
description:
  - Makes the identity management of an SSO application configured, tested and active, or inactive, or absent. The application itself must exist.
  - The connection is tested before the settings are written, and provisioning is activated only after a passed test. A failed test leaves everything
    as it was.
  - JumpCloud publishes console clicks for this, and no API. This module B(assumes) one, and is experimental until JumpCloud publishes it. If the
    answers are not as assumed, it stops before anything secret is sent and returns RV(manual_steps).
  - With O(method=manual) a person does it in the JumpCloud Admin Portal. If a header value is given, it is put into O(secret_file) for the person, and
    the file is removed once the activation was seen. The evidence are the published events of Directory Insights. An activation counts if no later
    provisioning call was refused; if one was, RV(evidence.contradicts) names the field to look at.
  - In that mode settings can't be read, so O(test_connection) has no effect, and a difference in O(base_url) or O(test_email) alone is not noticed.
options:
  state:
    description:
      - V(active) configures, tests and activates provisioning. V(inactive) configures and tests it, and stops it if it is active; JumpCloud then
        syncs nobody and deletes nobody. V(absent) stops it and removes the settings.
      - With O(method=manual), V(absent) only stops it. JumpCloud publishes no way to remove the settings, so they stay, with the key, which must be
        revoked in Unity.
    type: str
    choices: [active, inactive, absent]
    default: active
  api_type:
    description:
      - The API type. V(scim) is the SCIM API. If it is left out, it is left alone, and is V(scim) at first.
    type: str
    choices: [scim]
  scim_version:
    description:
      - The SCIM version. If it is left out, it is left alone, and is V(2.0) at first.
    type: str
    choices: ["2.0"]
  authentication_method:
    description:
      - How JumpCloud authenticates to Unity. If it is left out, it is left alone, and is V(api_key) at first.
    type: str
    choices: [api_key]
  base_url:
    description:
      - The organization's SCIM base connector URL, without a trailing slash, as M(unity_jumpcloud.scim.unity_scim_connector) returns it.
      - It must be at Unity's API or at a host in O(allowed_hosts), since the key is sent there.
      - Needed where the application is not configured yet. If it is left out, it is left alone.
    type: str
  unity_organization_id:
    description:
      - A guard. If it is set, O(base_url) must belong to this Unity organization.
      - Once provisioning is seen to be active, the part of O(runbook) that asks for the organization's service account is done, too.
    type: str
  allowed_hosts:
    description:
      - Further hosts that O(base_url) may point to.
    type: list
    elements: str
  header_name:
    description:
      - The name of the header that carries the key. If it is left out, it is left alone, and is V(Authorization) at first.
    type: str
  authorization_header:
    description:
      - The value of that header, C(Basic <base64(key ID:secret key)>), without C(Authorization:) before it. It wins over O(key_id) and O(secret_key).
      - Needed where no header value is stored yet. See O(update_secret) for when it is sent.
      - In check mode it may be missing there, since the key may be one that a real run makes before. A real run without it fails.
    type: str
  key_id:
    description:
      - The key ID of the Unity service account, instead of O(authorization_header).
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
    type: str
  update_secret:
    description:
      - When to send the header value. JumpCloud never shows the stored one, so the module can't see whether it differs.
      - V(on_change) sends it if none is stored, and along with any other change. A new value alone is B(not) noticed.
      - V(always) sends it in every run, tests the connection, and reports a change each time. Use it when you know that the key is new.
    type: str
    choices: [on_change, always]
    default: on_change
  test_email:
    description:
      - The email address of the test user. It must be unknown to Unity and to JumpCloud, in a domain that Unity has validated.
      - Needed where the connection is tested and none is stored. If it is left out, it is left alone.
    type: str
  test_connection:
    description:
      - When JumpCloud tests the connection. It creates and removes a test user at Unity for that.
      - V(on_change) tests before anything is written, and before an activation whose last test is missing or has failed.
      - V(always) tests in every run. A test alone is not reported as a change.
      - V(never) tests nothing; the module then refuses to activate what has not been tested.
    type: str
    choices: [on_change, always, never]
    default: on_change
  group_management:
    description:
      - Whether JumpCloud manages groups at Unity, too. Unity's guide for JumpCloud says not to enable it.
      - V(true) is refused unless O(accept_group_management) is V(true). If it is left out, it is left alone, and is off at first.
    type: bool
  accept_group_management:
    description:
      - Confirms that O(group_management=true) is meant, against the guide.
    type: bool
    default: false
  service_account:
    description:
      - With O(method=manual) and no key, the Unity service account whose key a person makes in the Unity Dashboard and pastes into JumpCloud's console
        from there. No file and no run gets to know the key. With O(update_secret=always) a new one is asked for.
    type: str
  audit_service_account:
    description:
      - Where a person makes a key of O(service_account), the runbook also asks for a key of this account, for audits (see
        M(unity_jumpcloud.scim.unity_audit_key)). Needs O(unity_organization_id).
    type: str
  evidence_since:
    description:
      - With O(method=manual), only an activation after this time counts, as RFC 3339 in JumpCloud's clock.
      - If it is left out and a person has to be asked, only an activation counts that is newer than the newest one at that time. That is kept in
        O(runbook) for the next run, and does not depend on this machine's clock.
    type: str
  seen:
    description:
      - What another module has just read, so that this one need not read it again. RV(unity_jumpcloud.scim.scim_preflight_info#module:seen) has this form.
        Without it, or where it has another form, the module reads by itself.
      - Its C(application) is taken for the application that O(application) or O(application_id) means, and not read again.
      - Its C(identity_management), null where there is none, is enough in check mode, and where nothing is to be done. Then no
        request is made. Otherwise the settings are read before anything is written. It is not used with O(method=manual).
      - If provisioning was active there, and was stopped meanwhile, O(state=active) is an error, since whoever has stopped it wants it stopped.
      - Its C(secret_file) tells which key in O(secret_file) may be replaced, by its ID in C(replaces). Any other one is left there, and is an error. Without
        it, whatever key is there is replaced.
      - What tells of another application is ignored.
    type: dict
attributes:
  idempotent:
    support: partial
    details:
      - With O(update_secret=always) each run sends the header value. With O(method=manual) it asks for that once for each key ID, if there
        is a O(runbook).
seealso:
  - module: unity_jumpcloud.scim.unity_scim_connector
  - module: unity_jumpcloud.scim.jumpcloud_group_binding
  - module: unity_jumpcloud.scim.jumpcloud_scim_app_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.jumpcloud.application
  - unity_jumpcloud.scim.manual
  - unity_jumpcloud.scim.manual.runbook
  - unity_jumpcloud.scim.manual.secret_file
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Provisioning is configured, tested and active
  unity_jumpcloud.scim.jumpcloud_scim_app:
    api_key: "{{ jumpcloud_api_key }}"
    application: Unity
    base_url: https://services.api.unity.com/scim/v2/tenants/12345678901234
    # where no key was created, credentials is null, and JumpCloud goes on with the key that it has
    authorization_header: "{{ key.credentials.authorization_header | default(omit) }}"
    update_secret: "{{ 'always' if key.changed else 'on_change' }}"
    test_email: scim-test@example.com
    group_management: false
  no_log: true

- name: See what would change
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    base_url: https://services.api.unity.com/scim/v2/tenants/12345678901234
    test_email: scim-test@example.com
  check_mode: true
  diff: true

- name: Deliver a new key
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
    update_secret: always

- name: A person configures and activates provisioning, within ten minutes
  unity_jumpcloud.scim.jumpcloud_scim_app:
    method: manual
    application: Unity
    base_url: https://services.api.unity.com/scim/v2/tenants/12345678901234
    authorization_header: "{{ key.credentials.authorization_header | default(omit) }}"
    update_secret: "{{ 'always' if key.changed else 'on_change' }}"
    test_email: scim-test@example.com
    runbook: "{{ playbook_dir }}/runbook"
    secret_file: "{{ lookup('ansible.builtin.env', 'HOME') }}/jumpcloud-header"
    manual_timeout: 600
  no_log: true

- name: Provisioning is stopped
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    state: inactive

- name: The settings are gone
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    state: absent
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
identity_management:
  description:
    - The identity management settings as they are now, or would be in check mode; null if there are none.
    - With O(method=manual), the status as the events tell it, or null; everything else is null.
  returned: success
  type: dict
  contains:
    api_type:
      description: The API type.
      type: str
      returned: success
      sample: scim
    scim_version:
      description: The SCIM version.
      type: str
      returned: success
      sample: "2.0"
    authentication_method:
      description: The authentication method.
      type: str
      returned: success
      sample: api_key
    base_url:
      description: The base URL.
      type: str
      returned: success
      sample: https://services.api.unity.com/scim/v2/tenants/12345678901234
    header_name:
      description: The name of the authorization header.
      type: str
      returned: success
      sample: Authorization
    header_value_set:
      description: Whether a header value is stored. The value itself can't be read back.
      type: bool
      returned: success
      sample: true
    test_email:
      description: The test user's email address.
      type: str
      returned: success
      sample: scim-test@example.com
    group_management:
      description: Whether group management is on.
      type: bool
      returned: success
      sample: false
    status:
      description: V(active) or V(inactive).
      type: str
      returned: success
      sample: active
    pending_reactivation:
      description: Whether a change of active settings is stored, but not in use yet.
      type: bool
      returned: success
      sample: false
    last_test:
      description: The last connection test that JumpCloud knows of, or null.
      type: dict
      returned: success
      sample: {"success": true, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."}
test:
  description: The connection test of this run; null if none was made.
  returned: success
  type: dict
  sample: {"success": true, "message": "Connection verified."}
activated_with:
  description:
    - The connection test that JumpCloud showed when this run activated provisioning; null if it did not.
    - If RV(identity_management.last_test) is another one later, somebody else has changed the settings since.
  returned: success
  type: dict
  sample: {"success": true, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."}
key_may_be_in_use:
  description:
    - Whether JumpCloud may call Unity with the given key by now, although the module failed. Whoever revoked it then could end the provisioning.
  returned: on failure, with the API, once the settings were to be changed
  type: bool
  sample: false
step:
  description: What this step found and did, for a summary. Texts are for people.
  returned: success
  type: dict
  contains:
    step:
      description: The name of the step.
      type: str
      returned: success
      sample: identity_management
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
      description: V(active), V(inactive) or V(not configured). With O(method=manual), what the events tell, in words.
      type: str
      returned: success
      sample: not configured
    did:
      description: What was done, or would be done in check mode, in order.
      type: list
      elements: str
      returned: success
      sample: [configure, test, activate]
    verified:
      description: What was seen to be as wanted afterwards.
      type: list
      elements: str
      returned: success
      sample: [connection test passed, read back as active]
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
      sample: JumpCloud Directory Insights
    at:
      description: When it was done, as RFC 3339 in the clock of the source; null if that is unknown.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    detail:
      description: What was seen, in words.
      type: str
      returned: success
      sample: Provisioning was activated at 2026-11-24T05:40:04Z.
    contradicts:
      description: The field of the console whose value the evidence speaks against, or null.
      type: str
      returned: success
      sample: null
actions:
  description:
    - What was done, or would be done in check mode, in order.
    - On failure, what had been done by then.
    - C(prepare) tells of first settings that are stored, but inactive, since a later request failed and they could not be removed again.
  returned: always
  type: list
  elements: dict
  sample: [{"action": "test", "target": "connection"}, {"action": "activate", "target": "JumpCloud identity management"}]
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
      sample: test the connection
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
    - where: JumpCloud Admin Portal > Access > SSO Applications > Unity > Identity Management
      do: Select Test Connection.
      field: null
      value: null
      why: Activate only after it has passed.
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD, MANUAL, SECRET_FILE, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_scim_app import run

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + MANUAL
    + SECRET_FILE
    + Arguments(
        {
            "state": {"type": "str", "choices": ["active", "inactive", "absent"], "default": "active"},
            "api_type": {"type": "str", "choices": ["scim"]},
            "scim_version": {"type": "str", "choices": ["2.0"]},
            "authentication_method": {"type": "str", "choices": ["api_key"]},
            "base_url": {"type": "str"},
            "unity_organization_id": {"type": "str"},
            "allowed_hosts": {"type": "list", "elements": "str"},
            "header_name": {"type": "str"},
            "authorization_header": {"type": "str", "no_log": True},
            "key_id": {"type": "str", "no_log": False},
            "secret_key": {"type": "str", "no_log": True},
            "update_secret": {"type": "str", "choices": ["on_change", "always"], "default": "on_change", "no_log": False},
            "test_email": {"type": "str"},
            "test_connection": {"type": "str", "choices": ["on_change", "always", "never"], "default": "on_change"},
            "group_management": {"type": "bool"},
            "accept_group_management": {"type": "bool", "default": False},
            "service_account": {"type": "str"},
            "audit_service_account": {"type": "str"},
            "evidence_since": {"type": "str"},
            "seen": {"type": "dict"},
        },
        {"required_together": [("key_id", "secret_key")]},
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
