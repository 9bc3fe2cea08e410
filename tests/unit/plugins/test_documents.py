# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written for people and for AWX names what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
DOCUMENTS = sorted(
    path
    for folder in (".", "docs", "docs/docsite/rst", "extensions/awx", "roles/scim_provisioning", "tests/simulator")
    for path in (ROOT / folder).glob("*.md")
)
MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")
SPECS = yaml.safe_load((ROOT / "roles/scim_provisioning/meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
VARIABLES = {name for entry in SPECS.values() for name in entry["options"]}
TEMPLATES = yaml.safe_load((ROOT / "extensions/awx/job_templates.yml").read_text(encoding="utf-8"))
# run once, at a terminal, by whoever holds an administrator's key
NOT_IN_AWX = {"bootstrap_jumpcloud"}
WORKFLOW = yaml.safe_load((ROOT / "extensions/awx/workflow_job_template.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path: Path) -> None:
    targets = [
        link.partition("#")[0]
        for link in MARKDOWN_LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith(("#", "mailto:"))
    ]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_playbook_is_in_the_readme_and_has_a_job_template() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in PLAYBOOKS if f"| playbook `{name}` |" not in readme} == set()
    assert {template["playbook"] for template in TEMPLATES} == {f"{name}.yml" for name in PLAYBOOKS - NOT_IN_AWX}
    assert [name for name in PLAYBOOKS - NOT_IN_AWX if f"`{name}.yml`" not in (ROOT / "extensions/awx/README.md").read_text(encoding="utf-8")] == []


def test_surveys_ask_for_variables_of_the_role() -> None:
    asked = {question["variable"] for template in TEMPLATES for question in template.get("survey_spec", {}).get("spec", [])}
    assert asked and asked <= VARIABLES


def test_what_a_launch_has_to_answer_is_told() -> None:
    """AWX takes no default for a required question from its API."""
    told = (ROOT / "extensions" / "awx" / "README.md").read_text(encoding="utf-8").partition("## Launch through the API")[2].partition("## Know this")[0]
    questions = [question for template in TEMPLATES for question in template.get("survey_spec", {}).get("spec", [])]
    assert [one["variable"] for one in questions if one["required"] and one["variable"] not in told] == []
    shown = re.search(r"--data '(.*?)'", told, re.DOTALL)
    assert shown
    body = json.loads(shown.group(1))["extra_vars"]
    asked = next(template for template in TEMPLATES if template["name"] == "SCIM provisioning")["survey_spec"]["spec"]
    assert body == {question["variable"]: question["default"] for question in asked}


def test_the_workflow_runs_templates_that_there_are() -> None:
    jobs = {node["unified_job_template"]["name"] for node in WORKFLOW["schema"] if node["unified_job_template"]["type"] == "job_template"}
    assert jobs and jobs <= {template["name"] for template in TEMPLATES}


def test_the_guide_lists_every_job_template() -> None:
    guide = (ROOT / "docs/docsite/rst/guide_awx.rst").read_text(encoding="utf-8")
    assert [template["name"] for template in TEMPLATES if f"* - {template['name']}\n" not in guide] == []


def test_the_import_gives_each_template_what_its_playbook_takes() -> None:
    """A key for audits goes where one is taken."""
    code = re.findall(r"```yaml\n(---\n- name: Import\n.*?)```", (ROOT / "extensions/awx/README.md").read_text(encoding="utf-8"), re.DOTALL)
    (play,) = yaml.safe_load(code[0])
    entry_of = {"provision": "main", "rotate_key": "rotate"}
    takes = {name for name in PLAYBOOKS - NOT_IN_AWX if "scim_provisioning_audit_key_id" in SPECS.get(entry_of.get(name, name), {}).get("options", {})}
    assert {name.removesuffix(".yml") for name in play["vars"]["credentials_for"]} == takes
    assert set(play["vars"]["settled_for"]) <= {template["playbook"] for template in TEMPLATES}
    settled = [play["vars"]["settled"], *play["vars"]["settled_for"].values()]
    # the overview is made by a module, not by the role
    assert {name for one in settled for name in one} - VARIABLES == {"scim_provisioning_reports", "scim_provisioning_reports_max_age"}
