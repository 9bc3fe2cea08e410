# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit in ansible-navigator without an execution environment: its exit status, and the record of the run that it leaves beside the playbook."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from partners.partner import needs, program
from simulator.testing import ORGANIZATION
from stories.pair import PEOPLE, Pair, account_of, default_ansible_playbook, finished, read_seed, run_process
from stories.secrecy import files_below

pytestmark = needs("ansible-navigator")
KEY = account_of(read_seed("configured"))["keys"][0]


@pytest.mark.parametrize("status, verdict", [(0, "In sync"), (2, "Drift: 1 person is missing."), (1, "Not in sync: unchecked.")])
def test_the_audit_and_its_record(pair: Pair, status: int, verdict: str) -> None:
    pair.begin("configured", finished)
    if status == 2:
        pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")
    playbook = pair.machine / "audit.yml"
    playbook.write_text(yaml.safe_dump([{"name": "Audit", "import_playbook": "unity_jumpcloud.scim.audit"}]), encoding="utf-8")
    report = {"scim_provisioning_report": str(pair.machine / "report")}
    key = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
    (_playbook, _name, _e, given), environment, folder = pair.prepared("audit", {**report, **(key if status != 1 else {})})
    # the Ansible that is tested, and not the one beside ansible-navigator
    environment["PATH"] = f"{Path(default_ansible_playbook()).parent}{os.pathsep}{environment['PATH']}"
    command = [str(program("ansible-navigator")), "run", str(playbook), "--execution-environment", "false", "--mode", "stdout", "--check", "-e", given]
    found = run_process(command, environment, folder)
    assert found[0] == status, found[1][-3000:]
    (record,) = folder.glob("audit-artifact-*.json")
    told = json.loads(record.read_text(encoding="utf-8"))
    assert verdict in "\n".join(told["stdout"]) and told["status"] == ("successful" if status == 0 else "failed")
    outcome = json.loads((folder / "report.json").read_text(encoding="utf-8"))["outcome"]
    assert outcome == {0: "in_sync", 1: "error", 2: "drift"}[status]
    assert pair.keys() == [KEY["id"]] and pair.is_active()
    left = {path: text for path, text in files_below(folder).items() if not Path(path).name.startswith("given-")}
    pair.require_no_secret({"output": found[1], **left})
