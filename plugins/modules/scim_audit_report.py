#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_audit_report
short_description: Make a report of an audit, for programs and for people
version_added: 0.1.0
description:
  - >-
    Takes what other modules and the role C(scim_provisioning) found out about a pair of tenants, checks what stands between Unity's service account and the
    people, part by part, and returns one report. On request it is written as JSON, as Markdown, as one HTML page that needs no network, as CSV,
    as metrics for Prometheus, and as JUnit XML.
  - No vendor is called, and no credentials are needed. Everything that is handed over may be left out or be null; the report then says what was not seen.
  - >-
    The outcome is V(error) if the audit could not be made, or something is unchecked, as O(unchecked) says. It is V(drift) if a step differs, if somebody is
    missing, or an account is unexpected, differing or a duplicate, or if a check finds something broken. Otherwise it is V(in_sync). Syncs that failed are
    no drift by themselves: while nobody is missing they are worth a look.
  - Drift that was found beside an error or something unchecked is named in RV(report.verdict) and listed in RV(report.drift).
  - The files hold names of people, and no secret. Options that hold results of modules take them as they are; what the report does not use is left out.
options:
  name:
    description:
      - What the page shall be headed with, such as the name of the pair of tenants.
    type: str
  checked_at:
    description:
      - When the audit was made, as RFC 3339. If it is left out, it is now.
      - A report for the same time as the last one in O(history) replaces its line.
    type: str
  duration:
    description:
      - How long the audit took, in seconds. If it is left out, nobody measured it.
    type: float
  subject:
    description:
      - Which pair of tenants was audited. What is left out is taken from O(application), O(connector) and O(people).
    type: dict
    suboptions:
      unity_organization_id:
        description: The ID of the Unity organization.
        type: str
      jumpcloud_organization_id:
        description: The ID of the JumpCloud organization.
        type: str
      application:
        description: The display label of the application.
        type: str
      application_id:
        description: The ID of the application.
        type: str
      base_url:
        description: The SCIM base URL.
        type: str
  steps:
    description:
      - The steps that were compared, as C(scim_provisioning_summary.steps) of the role has them, with C(step), C(changed), C(found), C(did) and C(verified).
        With C(known) being V(false), and nothing to do but to ask a person, nothing tells how it stands, so that it is unchecked.
    type: list
    elements: dict
    default: []
  account:
    description:
      - The service account, with C(id), C(name) and C(roles). If it is left out, it was not seen, unless O(steps) says that it would be created.
    type: dict
  keys:
    description:
      - The live keys of the service account, each with C(id), C(name), C(created_at) and C(managed). An empty list says that there is none.
      - If it is left out, nobody looked.
    type: list
    elements: dict
  key_max_age:
    description:
      - The age in days from which on a key shall be replaced. From 14 days before, the report says so. V(0) sets no limit. The report counts whole days.
    type: float
    default: 0.0
  application:
    description:
      - The application, with C(display_label) and C(identity_management), which has C(status) and C(last_test), as
        M(unity_jumpcloud.scim.jumpcloud_scim_app_info) returns it.
    type: dict
  connector:
    description:
      - The SCIM connector, with C(base_url), C(reachable) and C(users), how many users it has.
    type: dict
  groups:
    description:
      - The bound user groups, each with C(id) and C(name). One with C(bound=false) is to be bound. An empty list says that none is bound. If it is left out,
        nobody looked.
    type: list
    elements: dict
  people:
    description:
      - Who should be in Unity and who is, as M(unity_jumpcloud.scim.scim_drift_info) returns it. If it is left out, nobody looked.
    type: dict
  health:
    description:
      - What the provisioning events tell, as RV(unity_jumpcloud.scim.jumpcloud_provisioning_event_info#module:health) has it. If it is left out, nobody looked.
      - Who is missing without a reason gets that of the failure that is the newest thing known of the person.
    type: dict
  events:
    description:
      - Events, newest first, as RV(unity_jumpcloud.scim.jumpcloud_provisioning_event_info#module:events) has them.
    type: list
    elements: dict
    default: []
  unchecked:
    description:
      - What could not be looked at, each with C(what), such as V(service_account), and C(why). The outcome is V(error) then.
      - The same holds for C(unchecked) of O(people), for O(people) without counts, and for O(health) with C(incomplete).
      - Only V(pending) explains no more than why nobody counts as pending. It does not change the outcome.
    type: list
    elements: dict
    default: []
  switched_off:
    description:
      - What the audit was told not to look at. That is no reason for V(error), and the verdict says it.
      - O(steps) and O(people) that are left out without it are unchecked.
    type: list
    elements: str
    choices: [steps, people, events]
    default: []
  error:
    description:
      - Why the audit could not be made. The outcome is V(error) then.
    type: str
  path:
    description:
      - The path of the report without its suffix. V(/path/report) makes V(/path/report.json), V(/path/report.md), V(/path/report.html) and
        V(/path/report.csv), which has the people for a spreadsheet.
      - It makes V(/path/report.prom), too, metrics that node_exporter's textfile collector reads, and V(/path/report.junit.xml), which pipelines show as
        tests. Neither names people.
      - The folder is made where it is missing.
      - All of them are replaced, or none. A symbolic link is replaced by a file, never written through. Nothing is written in check mode.
      - If it is left out, the report is returned only.
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
  max_listed:
    description:
      - How many rows each table of the page and of the Markdown file has. What is left out is counted. The JSON file has everything that was handed over.
    type: int
    default: 500
  mode:
    description:
      - The mode of the files, as four octal digits in quotes. Others than their owner should read them only if they may know the names of the people.
      - Only the metrics always have V(0644), since node_exporter is another user.
    type: str
    default: "0600"
attributes:
  idempotent:
    support: partial
    details:
      - Without O(checked_at) each run is another audit, and its time changes the files. With the same O(checked_at) and the same findings nothing changes.
seealso:
  - module: unity_jumpcloud.scim.scim_drift_info
  - module: unity_jumpcloud.scim.jumpcloud_provisioning_event_info
extends_documentation_fragment:
  - unity_jumpcloud.scim.attributes
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Compare people
  unity_jumpcloud.scim.scim_drift_info:
    application: Unity
  register: drift

- name: Write the report, with a trend over the runs
  unity_jumpcloud.scim.scim_audit_report:
    name: Example Games
    people: "{{ drift }}"
    switched_off: [steps, events]
    path: /var/lib/scim/report
    history: /var/lib/scim/history.jsonl

- name: What would the report say?
  unity_jumpcloud.scim.scim_audit_report:
    steps: "{{ scim_provisioning_summary.steps }}"
    switched_off: [people, events]
    path: /var/lib/scim/report
  check_mode: true
  register: result

- name: Say that the audit could not be made
  unity_jumpcloud.scim.scim_audit_report:
    error: "{{ ansible_failed_result.msg }}"
    path: /var/lib/scim/report
    history: /var/lib/scim/history.jsonl
"""

RETURN = r"""
---
actions:
  description: The files that were written, or would be in check mode. A file that is already as it should be is not written.
  returned: always
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
files:
  description: The paths of the forms of the report; null without O(path).
  returned: success
  type: dict
  sample:
    json: /var/lib/scim/report.json
    markdown: /var/lib/scim/report.md
    html: /var/lib/scim/report.html
    csv: /var/lib/scim/report.csv
    metrics: /var/lib/scim/report.prom
    junit: /var/lib/scim/report.junit.xml
report:
  description:
    - The report, as the JSON file has it. The collection ships its JSON Schema as C(roles/scim_provisioning/files/audit_report.schema.json).
  returned: success
  type: dict
  contains:
    report_version:
      description: The version of this form. It is raised when a field changes its meaning or goes away.
      type: int
      returned: success
      sample: 1
    collection:
      description: What made the report.
      type: dict
      returned: success
      sample: {"name": "unity_jumpcloud.scim", "version": "0.1.0"}
    name:
      description: What the page is headed with, or null.
      type: str
      returned: success
      sample: Example Games
    checked_at:
      description: When the audit was made, as RFC 3339 in UTC.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    duration_seconds:
      description: How long the audit took, or null.
      type: float
      returned: success
      sample: 4.2
    subject:
      description: Which pair of tenants was audited. What is not known is null.
      type: dict
      returned: success
      sample:
        unity_organization_id: "12345678901234"
        jumpcloud_organization_id: 65f0c0ffee65f0c0ffee0000
        application: Unity
        application_id: 65f0c0ffee65f0c0ffee00a1
        base_url: https://services.api.unity.com/scim/v2/tenants/12345678901234
    outcome:
      description: V(in_sync), V(drift) or V(error).
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
    key_age_seconds:
      description: The age of the newest key, or null.
      type: int
      returned: success
      sample: 3888000
    differences:
      description: The steps that a provision run would change.
      type: list
      elements: dict
      returned: success
      sample: [{"step": "user_groups", "found": "1 group bound", "would_do": ["bind 1 group"], "since": "2026-11-22T05:40:02Z"}]
    groups:
      description: The user groups that are bound, or are to be bound.
      type: list
      elements: dict
      returned: success
      sample: [{"id": "65f0c0ffee65f0c0ffee00b1", "name": "Unity Developers", "bound": true}]
    people:
      description: Who should be in Unity and who is, from O(people); null if nobody looked. C(in_sync) is never true beside anybody unseen.
      type: dict
      returned: success
      sample: {"in_sync": false, "counts": {"expected": 412, "matched": 409, "missing": 3}}
    health:
      description: What the provisioning events tell, from O(health); null if nobody looked.
      type: dict
      returned: success
      sample: {"succeeded": 812, "failed": 4, "open_failures": 3}
    events:
      description: The events, from O(events).
      type: list
      elements: dict
      returned: success
      sample: [{"event_type": "user_create_provision", "timestamp": "2026-11-24T05:40:04.123Z", "success": false}]
    unchecked:
      description: What could not be looked at, and why.
      type: list
      elements: dict
      returned: success
      sample: [{"what": "pending", "why": "Directory Insights refused the key."}]
    switched_off:
      description: What the audit was told not to look at, from O(switched_off), unless it was handed over all the same.
      type: list
      elements: str
      returned: success
      sample: []
    error:
      description: Why the audit could not be made, or null. What is unchecked stands in RV(report.unchecked) instead.
      type: str
      returned: success
      sample: null
    history:
      description: The outcome and the counts of up to 100 runs, oldest first, this one included. A count that nobody could see is null.
      type: list
      elements: dict
      returned: success
      sample:
        - checked_at: "2026-11-24T05:40:04Z"
          outcome: drift
          expected: 412
          provisioned: 410
          missing: 3
          pending: 0
          unexpected: 1
          differing: 0
          open_failures: 3
          key_age_days: 45
          checks:
            role: {state: green, since: null}
          differing_steps:
            - {step: user_groups, since: "2026-11-22T05:40:02Z"}
          people_since:
            missing:
              - {since: "2026-11-22T05:40:02Z", people: [5f0d6e1b2a3c4d5e]}
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit_report import run

ARGUMENTS = Arguments(
    {
        "name": {"type": "str"},
        "checked_at": {"type": "str"},
        "duration": {"type": "float"},
        "subject": {
            "type": "dict",
            "options": {
                "unity_organization_id": {"type": "str"},
                "jumpcloud_organization_id": {"type": "str"},
                "application": {"type": "str"},
                "application_id": {"type": "str"},
                "base_url": {"type": "str"},
            },
        },
        "steps": {"type": "list", "elements": "dict", "default": []},
        "account": {"type": "dict"},
        "keys": {"type": "list", "elements": "dict", "no_log": False},
        "key_max_age": {"type": "float", "default": 0.0, "no_log": False},
        "application": {"type": "dict"},
        "connector": {"type": "dict"},
        "groups": {"type": "list", "elements": "dict"},
        "people": {"type": "dict"},
        "health": {"type": "dict"},
        "events": {"type": "list", "elements": "dict", "default": []},
        "unchecked": {"type": "list", "elements": "dict", "default": []},
        "switched_off": {"type": "list", "elements": "str", "choices": ["steps", "people", "events"], "default": []},
        "error": {"type": "str"},
        "path": {"type": "path"},
        "history": {"type": "path"},
        "max_history": {"type": "int", "default": 1000},
        "max_listed": {"type": "int", "default": 500},
        "mode": {"type": "str", "default": "0600"},
    }
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
