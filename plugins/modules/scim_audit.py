#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_audit
short_description: Audit a pair of tenants, and write one report of it
version_added: 0.1.0
description:
  - >-
    Compares the people who should be in Unity with those who are, reads how provisioning goes from the events, judges both beside what was seen of the set-up,
    and makes one report of it all, as M(unity_jumpcloud.scim.scim_audit_report) has it.
  - At both vendors it only reads. It writes nothing but the files of the report, on the machine that it runs on.
  - The report names people, so it is in its files only. What the module returns names nobody and holds no secret.
  - >-
    What could not be read is unchecked, and an error of the audit unless something that was found already explains it; neither makes the module fail, and nor
    does a report that could not be written. Look at RV(audit.outcome) and RV(audit.error). Only options that make no sense make the module fail.
  - Both vendors are read over the same connections, within one O(time_budget).
options:
  application:
    description:
      - The display label of the SSO application, compared exactly; if no application has it as its label, the display name is compared.
      - Without O(application) and O(application_id) it is the application in O(seen).
      - Mutually exclusive with O(application_id).
    type: str
  application_id:
    description:
      - The ID of the SSO application, 24 hexadecimal digits.
    type: str
  unity_organization_id:
    description:
      - The Genesis ID of the Unity organization, as the Unity Dashboard shows it. O(organization_id) is JumpCloud's.
      - If it is left out, E(UNITY_ORGANIZATION_ID) is used. Without it the people can't be compared.
    type: str
  unity_expected_organization_id:
    description:
      - A guard. If it is set and O(unity_organization_id) is another one, Unity is not asked, and the people are unchecked.
    type: str
  unity_api_url:
    description:
      - The URL of Unity's API gateway.
      - If it is left out, E(UNITY_API_URL) is used.
    type: str
    default: https://services.api.unity.com
  base_url:
    description:
      - The SCIM base connector URL, as the Unity Dashboard shows it in Administration > Single sign on > SCIM.
      - If it is left out, it is derived from O(unity_api_url) and O(unity_organization_id).
      - It must belong to O(unity_organization_id), be at Unity's API, and have no trailing slash.
    type: str
  key_id:
    description:
      - The ID of the key that Unity's users are read with.
      - If it is left out or empty, the people are unchecked. The environment is not looked into.
    type: str
  secret_key:
    description:
      - The secret key that belongs to O(key_id).
    type: str
  reading_error:
    description:
      - Why there is no key to read Unity's users with, where one was looked for in vain, such as in a store that does not answer.
      - The people are not compared then, and it is an error of the audit.
    type: str
  steps:
    description:
      - The steps of the set-up that were compared, each as C(step) in the result of the module that compared it, with C(step), C(changed), C(found), C(did) and
        C(verified). With C(known) being V(false), and nothing to do but to ask a person, nothing tells how it stands, so that it is unchecked.
    type: list
    elements: dict
    default: []
  seen:
    description:
      - What was seen of the set-up before it was compared, each part null or left out where nobody looked. The parts are C(application),
        C(identity_management), C(service_account.account), C(service_account_key.keys), C(user_groups.bound) and C(enforcement).
      - A part of another shape counts as not seen. The application is not read again where it is the one that is asked for.
    type: dict
  connector:
    description:
      - The SCIM connector, as RV(unity_jumpcloud.scim.unity_scim_connector#module:connector) has it.
    type: dict
  name:
    description:
      - What the page shall be headed with, such as the name of the pair of tenants.
    type: str
  started_at:
    description:
      - When the audit began, as RFC 3339, where that was before this module, such as with the comparison of the set-up. The report says how long it took.
      - If it is left out, the audit began with this module.
    type: str
  key_name:
    description:
      - The name by which managed keys are told from foreign ones. A managed key has this name, alone or followed by a blank and a suffix.
      - Only the age of managed keys counts. If there is none, the report says so.
    type: str
    default: unity_jumpcloud.scim
  key_max_age:
    description:
      - The age in days from which on a key shall be replaced. From 14 days before, the report says so. V(0) sets no limit. The report counts whole days.
    type: float
    default: 0.0
  check_people:
    description:
      - Whether to compare the people. V(false) is the same as V(people) in O(switched_off).
    type: bool
    default: true
  check_events:
    description:
      - Whether to read the events. V(false) is the same as V(events) in O(switched_off). Then nobody counts as pending, either.
    type: bool
    default: true
  events_days:
    description:
      - How many days to look back for events. At most 90, since JumpCloud keeps them for 90 days.
    type: float
    default: 7.0
  pending_grace:
    description:
      - Seconds in which somebody who was bound or unbound a moment ago is pending, as O(unity_jumpcloud.scim.scim_drift_info#module:pending_grace).
    type: int
    default: 3600
  domains:
    description:
      - The email domains of the people whom JumpCloud provisions, as O(unity_jumpcloud.scim.scim_drift_info#module:domains).
    type: list
    elements: str
  max_listed:
    description:
      - How many people each list of the report names, how many events it has, and how many rows each of its tables has. The counts are always exact.
    type: int
    default: 1000
  path:
    description:
      - The path of the report without its suffix. V(/path/report) makes V(/path/report.json), V(/path/report.md), V(/path/report.html) and
        V(/path/report.csv), which has the people for a spreadsheet.
      - It makes V(/path/report.prom), too, metrics that node_exporter's textfile collector reads, and V(/path/report.junit.xml), which pipelines show as
        tests. Neither names people.
      - The folder is made where it is missing.
      - All of them are replaced, or none. A symbolic link is replaced by a file, never written through. Nothing is written in check mode.
      - If it is left out, no report is written.
    type: path
  history:
    description:
      - The path of a file that keeps the outcome and the counts of each run, one JSON object a line, without names. The report draws its trend from it,
        and says since when a check is so, a step differs, and somebody is on a list. For the last it keeps short digests of what people are known by.
      - It is written last, and only if the report could be. A line that can't be read is left out, with a warning. A symbolic link is replaced by a file.
      - If it is left out, the report draws no trend, and says since when only as far as the report that it replaces at O(path) tells.
    type: path
  max_history:
    description:
      - How many lines the history keeps. The newest are kept.
    type: int
    default: 1000
  mode:
    description:
      - The mode of the files, as four octal digits in quotes. Others than their owner should read them only if they may know the names of the people.
      - Only the metrics always have V(0644), since node_exporter is another user.
    type: str
    default: "0600"
  stops:
    description:
      - Why steps can't run, as RV(unity_jumpcloud.scim.scim_preflight_info#module:stops) has it. The outcome is V(error) then. The rest is looked at all
        the same.
    type: list
    elements: str
    default: []
  failure:
    description:
      - What stopped the comparison of the set-up. The outcome is V(error) then, too.
    type: str
  run_tags:
    description:
      - The tags of the run that has made O(steps). It is an error if they have selected no step.
    type: list
    elements: str
    default: []
  switched_off:
    description:
      - What the audit is told not to look at. That is no reason for V(error), and the verdict says it.
    type: list
    elements: str
    choices: [steps, people, events]
    default: []
attributes:
  idempotent:
    support: none
    details:
      - Each run is another audit, and its time changes the files.
requirements:
  - the module C(sqlite3) of Python's standard library
seealso:
  - module: unity_jumpcloud.scim.scim_audit_report
  - module: unity_jumpcloud.scim.scim_drift_info
  - module: unity_jumpcloud.scim.jumpcloud_provisioning_event_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud
  - unity_jumpcloud.scim.connection
  - unity_jumpcloud.scim.attributes
  - unity_jumpcloud.scim.attributes.group_jumpcloud
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Compare the people, look at the events, and write the report, with a trend over the runs
  unity_jumpcloud.scim.scim_audit:
    application: Unity
    unity_organization_id: "12345678901234"
    key_id: "{{ scim_key_id }}"
    secret_key: "{{ scim_secret_key }}"
    switched_off: [steps]
    path: /var/lib/scim/report
    history: /var/lib/scim/history.jsonl
  register: result
  changed_when: false

- name: Stop unless all is well
  ansible.builtin.assert:
    that: result.audit.outcome == 'in_sync'
    fail_msg: "{{ result.lines }}"

- name: What would a report say of the set-up and of the last month?
  unity_jumpcloud.scim.scim_audit:
    application: Unity
    steps: "{{ scim_provisioning_summary.steps }}"
    switched_off: [people]
    events_days: 30
    path: /var/lib/scim/report
  check_mode: true
"""

RETURN = r"""
---
actions:
  description: The files that were written, or would be in check mode. It is empty if they could not be written.
  returned: success
  type: list
  elements: dict
  sample:
    - {"action": "write", "target": "/var/lib/scim/report.md", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/report.html", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/report.csv", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/report.prom", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/report.junit.xml", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/report.json", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/history.jsonl", "option": "history"}
lines:
  description: The audit as lines to be shown. They are the verdict, the checks, what is unchecked, and the files. They name nobody.
  returned: success
  type: list
  elements: str
  sample:
    - "Drift: 1 step differs and 3 people are missing."
    - "GREEN Service account: JumpCloud SCIM exists."
    - "Written: /var/lib/scim/report.json"
audit:
  description: The outcome of the audit, without the names of people.
  returned: success
  type: dict
  contains:
    outcome:
      description: V(in_sync), V(drift), or V(error) if something is unchecked, or went wrong.
      type: str
      returned: success
      sample: drift
    verdict:
      description: The outcome in one sentence.
      type: str
      returned: success
      sample: "Drift: 1 step differs and 3 people are missing."
    drift:
      description: What differs, in words, also where the outcome is V(error); empty if nothing was found to differ.
      type: list
      elements: str
      returned: success
      sample: [1 step differs, 3 people are missing]
    checked_at:
      description: When the audit was made, as RFC 3339 in UTC.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    checks:
      description: The seven checks from the service account to the people, each C(green), C(amber), C(red) or C(unknown), with what to do, as C(remedy) and
        as C(command), and since when audits have seen it so.
      type: list
      elements: dict
      returned: success
      sample:
        - check: role
          title: Role
          state: green
          found: The account has the organization role SCIM Authenticator.
          remedy: null
          command: null
          since: null
    differences:
      description: The steps that a provision run would change.
      type: list
      elements: dict
      returned: success
      sample: [{"step": "user_groups", "found": "1 group bound", "would_do": ["bind 1 group"], "since": "2026-11-22T05:40:02Z"}]
    counts:
      description: How many people there are of each kind; empty if they were not compared.
      type: dict
      returned: success
      sample: {"expected": 412, "matched": 409, "missing": 3}
    unchecked:
      description: What could not be looked at, as C(what) and C(why).
      type: list
      elements: dict
      returned: success
      sample: [{"what": "pending", "why": "Directory Insights refused the key."}]
    error:
      description: Why the audit could not be completed, or why the report could not be written; null if nothing went wrong.
      type: str
      returned: success
      sample: null
    files:
      description: The paths of the forms of the report; null without O(path), and where it could not be written.
      type: dict
      returned: success
      sample:
        json: /var/lib/scim/report.json
        markdown: /var/lib/scim/report.md
        html: /var/lib/scim/report.html
        csv: /var/lib/scim/report.csv
        metrics: /var/lib/scim/report.prom
        junit: /var/lib/scim/report.junit.xml
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, KEY_NAME, SCIM_READER, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit import run

ARGUMENTS = (
    JUMPCLOUD
    + SCIM_READER
    + KEY_NAME
    + Arguments(
        {
            "application": {"type": "str"},
            "application_id": {"type": "str"},
            "reading_error": {"type": "str"},
            "steps": {"type": "list", "elements": "dict", "default": []},
            "seen": {"type": "dict"},
            "connector": {"type": "dict"},
            "name": {"type": "str"},
            "started_at": {"type": "str"},
            "key_max_age": {"type": "float", "default": 0.0, "no_log": False},
            "check_people": {"type": "bool", "default": True},
            "check_events": {"type": "bool", "default": True},
            "events_days": {"type": "float", "default": 7.0},
            "pending_grace": {"type": "int", "default": 3600},
            "domains": {"type": "list", "elements": "str"},
            "max_listed": {"type": "int", "default": 1000},
            "path": {"type": "path"},
            "history": {"type": "path"},
            "max_history": {"type": "int", "default": 1000},
            "mode": {"type": "str", "default": "0600"},
            "stops": {"type": "list", "elements": "str", "default": []},
            "failure": {"type": "str"},
            "run_tags": {"type": "list", "elements": "str", "default": []},
            "switched_off": {"type": "list", "elements": "str", "choices": ["steps", "people", "events"], "default": []},
        },
        {"mutually_exclusive": [("application", "application_id")]},
    )
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
