#!/usr/bin/python
# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_fleet_report
short_description: Make one overview of the reports of many pairs of tenants
version_added: 0.1.0
description:
  - >-
    Reads the JSON files that M(unity_jumpcloud.scim.scim_audit), M(unity_jumpcloud.scim.scim_audit_report) and the playbook C(audit) have written, and writes
    one overview of all pairs as JSON, as Markdown, and as one HTML page that needs no network: the worst first, what differs in a line, the trend of each, and
    a link to its report.
  - No vendor is called, and no credentials are needed. So the reports of several jobs, pipelines and days can be brought together.
  - A pair without a report, or with one that can't be read, is damaged, is of another version, is older than O(max_age), or is from the future, is
    V(not_audited), and so is a place in O(reports) that leads to no report. It stands first, with what to do. It stops no other.
  - Two reports are of the same pair if they have the same Unity organization and the same application, or the same name where the organization is not known.
    They are not if the IDs of their JumpCloud organizations or of their applications are known and differ, or if O(pairs) gives them different names. The
    newer one counts; RV(overview.left_out) names the other. One that could be of either of two pairs stands for itself, and so does one from the future.
  - The overview names nobody. The reports that it leads to do.
options:
  reports:
    description:
      - The paths of the reports' JSON files, of folders that hold them, and patterns such as V(/var/lib/scim/*/audit.json), in which V(**) stands for any
        number of folders.
      - A folder is not searched below. An overview in it is left out.
      - A path that leads to nothing is a pair that was not audited, and so is a folder or a pattern without a report. Where no path leads to anything, the
        module fails.
    type: list
    elements: path
    default: []
  pairs:
    description:
      - Pairs that were to be audited, for who knows them. They are in the overview whether there is a report or not.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What the pair is called, if its report does not say.
        type: str
        required: true
      report:
        description: The path of the JSON file of its report. If it is left out, the pair was not audited.
        type: path
      why:
        description: Why the pair was not audited. A file that is at O(pairs[].report) is that of an earlier audit, and is not read.
        type: str
  max_age:
    description:
      - How many hours old a report may be, more than 0. A pair whose newest report is older is V(not_audited).
      - With or without it, a report from the future, by more than ten minutes, is V(not_audited), and replaces no other report of the pair. The clock of the
        runner that wrote it was wrong.
      - Without it, an old report is as good as a new one, and RV(overview.verdict) says of which day the oldest is, if it is more than a day older than the
        newest.
    type: float
  path:
    description:
      - The path of the overview without its suffix. V(/path/overview) makes V(/path/overview.json), V(/path/overview.md) and V(/path/overview.html).
      - If it is left out, it is C(overview) in the folder that all reports have in common, or beside the first where they have none but the root.
      - The folder is made where it is missing. All of the files are replaced, or none. A symbolic link is replaced by a file, never written through. Nothing
        is written in check mode.
    type: path
  mode:
    description:
      - The mode of the files, as four octal digits in quotes.
    type: str
    default: "0600"
attributes:
  idempotent:
    support: full
seealso:
  - module: unity_jumpcloud.scim.scim_audit
  - module: unity_jumpcloud.scim.scim_audit_report
extends_documentation_fragment:
  - unity_jumpcloud.scim.attributes
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Write the report of a pair
  unity_jumpcloud.scim.scim_audit_report:
    name: Example Games
    error: The audit was not made.
    path: /var/lib/scim/pairs/example-games

- name: Bring the reports of a folder together
  unity_jumpcloud.scim.scim_fleet_report:
    reports: [/var/lib/scim/pairs]

- name: Bring the reports of last night together
  unity_jumpcloud.scim.scim_fleet_report:
    reports: [/var/lib/scim/pairs]
    max_age: 12

- name: Bring those of several pipelines together, beside a pair that must not be forgotten
  unity_jumpcloud.scim.scim_fleet_report:
    reports:
      - /var/lib/scim/pairs
      - /var/lib/scim/pipelines/*/audit.json
    pairs:
      - name: Example Studio
        why: Its pipeline did not run.
    path: /var/lib/scim/overview

- name: How do all pairs stand?
  unity_jumpcloud.scim.scim_fleet_report:
    reports: [/var/lib/scim/pairs]
  check_mode: true
  register: result
"""

RETURN = r"""
---
actions:
  description: The files that were written, or would be in check mode. A file that is already as it should be is not written.
  returned: always
  type: list
  elements: dict
  sample:
    - {"action": "write", "target": "/var/lib/scim/overview.md", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/overview.html", "option": "path"}
    - {"action": "write", "target": "/var/lib/scim/overview.json", "option": "path"}
files:
  description: The paths of the forms of the overview.
  returned: success
  type: dict
  sample: {"json": "/var/lib/scim/overview.json", "markdown": "/var/lib/scim/overview.md", "html": "/var/lib/scim/overview.html"}
lines:
  description: The overview in lines for people.
  returned: success
  type: list
  elements: str
  sample:
    - "Of 50 pairs, 1 was not audited, 2 differ and 47 are in sync."
    - "NOT AUDITED: Example Studio: Its pipeline did not run."
overview:
  description:
    - The overview, as the JSON file has it, but without the trends. The collection ships the JSON Schema of the file as
      C(roles/scim_provisioning/files/fleet_report.schema.json).
  returned: success
  type: dict
  contains:
    overview_version:
      description: The version of this form. It is raised when a field changes its meaning or goes away.
      type: int
      returned: success
      sample: 1
    collection:
      description: What made the overview.
      type: dict
      returned: success
      sample: {"name": "unity_jumpcloud.scim", "version": "0.1.0"}
    outcome:
      description: The worst outcome, V(in_sync), V(drift) or V(error). A pair that was not audited makes it V(error).
      type: str
      returned: success
      sample: error
    verdict:
      description:
        - The outcome in one sentence. Where O(max_age) is not given, a second one has the day of the oldest report, if that is more than a day older than the
          newest.
      type: str
      returned: success
      sample: "Of 50 pairs, 1 was not audited, 2 differ and 47 are in sync."
    checked_from:
      description: When the oldest of the audits was made, as RFC 3339 in UTC, or null. Those of pairs that are V(not_audited) don't count.
      type: str
      returned: success
      sample: "2026-11-24T05:40:04Z"
    checked_until:
      description: When the newest of the audits was made, or null.
      type: str
      returned: success
      sample: "2026-11-24T05:58:31Z"
    counts:
      description: How many pairs there are, and how many of each outcome.
      type: dict
      returned: success
      sample: {"pairs": 50, "not_audited": 1, "error": 0, "drift": 2, "in_sync": 47}
    people:
      description: The counts of people of all pairs in which they were seen; null where nobody has seen any.
      type: dict
      returned: success
      sample: {"expected": 20600, "provisioned": 20596, "missing": 4, "pending": 0, "unexpected": 0, "differing": 0, "open_failures": 4}
    pairs:
      description: The pairs, the worst first.
      type: list
      elements: dict
      returned: success
      sample:
        - name: Example Games
          outcome: drift
          since: "2026-11-22T05:40:02Z"
          summary: "1 step differs and 4 people are missing. Step: user groups."
          checked_at: "2026-11-24T05:40:04Z"
          subject: {unity_organization_id: "12345678901234", application: Unity}
          counts: {expected: 412, missing: 4, open_failures: 4, key_age_days: 45}
          checks: {groups: red, people: red}
          report: pairs/example-games.html
          file: /var/lib/scim/pairs/example-games.json
    left_out:
      description: What was found and is not in the overview, and why.
      type: list
      elements: str
      returned: success
      sample: []
"""

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_fleet_report import run

ARGUMENTS = Arguments(
    {
        "reports": {"type": "list", "elements": "path", "default": []},
        "pairs": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "report": {"type": "path"},
                "why": {"type": "str"},
            },
        },
        "max_age": {"type": "float"},
        "path": {"type": "path"},
        "mode": {"type": "str", "default": "0600"},
    }
)


def main() -> None:
    run_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
