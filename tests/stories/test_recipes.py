# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes for pipelines: their command, in their environment, ends with the status that the guide promises, and leaves a report."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from simulator.testing import API_KEY
from stories.pair import GROUPS, PEOPLE, Pair, Run, finished

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "recipes"
KEY = {"UNITY_SCIM_AUDIT_KEY_ID": "2b6f0cc9-0000-4000-8000-c0f190000001", "UNITY_SCIM_AUDIT_SECRET_KEY": "SENTINELconfiguredkeysecret8a2f0"}
# what a pipeline keeps as a secret
SECRETS = {"JUMPCLOUD_API_KEY": API_KEY, **KEY}
# the audit has no credentials of an owner
BY_HAND = {
    "scim_provisioning_unity_method": "manual",
    "scim_provisioning_jumpcloud_method": "manual",
    "scim_provisioning_runbook_dir": "runbook",
    "scim_provisioning_secret_file": "private/secret",
}


def gitlab(text: str) -> tuple[dict[str, str], str]:
    job = yaml.safe_load(text)["audit"]
    named = re.search(r"variables of the project: (.*)\.\n", text)
    assert named
    return {**job["variables"], **{name: SECRETS[name] for name in named[1].split(", ")}}, job["script"][0]


def github(text: str) -> tuple[dict[str, str], str]:
    job = yaml.safe_load(text)["jobs"]["audit"]
    given = {name: SECRETS[name] if value == "${{ secrets.%s }}" % name else value for name, value in job["env"].items()}
    return given, next(step["run"] for step in job["steps"] if "ansible-playbook" in step.get("run", ""))


def jenkins(text: str) -> tuple[dict[str, str], str]:
    given = dict(re.findall(r"^ +([A-Z_]+) = (.*)$", text, flags=re.MULTILINE))
    del given["HOME"]
    secret = {name: SECRETS[name] for name, value in given.items() if value == "credentials('%s')" % name.lower().replace("_", "-")}
    command = re.search(r"sh 'venv/bin/(ansible-playbook .*)'", text)
    assert command
    return {**{name: value.strip("'") for name, value in given.items()}, **secret}, command[1]


READERS = {"gitlab-ci.yml": gitlab, "github-actions.yml": github, "Jenkinsfile": jenkins}


def only(given: dict[str, str]) -> dict[str, str | None]:
    """Nothing but what the recipe gives, and where the simulator is."""
    return {"UNITY_ACCESS_TOKEN": None, "UNITY_ORGANIZATION_ID": None, "JUMPCLOUD_API_KEY": None, **given}


def people_missing(run: Run) -> int:
    """Of an audit that saw everything it should."""
    assert run.rc in (0, 2), run.output[-3000:]
    audit = run.custom_stats["scim_provisioning_audit"]
    assert (audit["unchecked"], audit["error"], audit["counts"]["expected"]) == ([], None, 3)
    return audit["counts"]["missing"]


def activated(pair: Pair) -> None:
    """By a person, lately enough for the events to tell: without that a person's steps are unchecked."""
    pair.begin("configured", finished)
    assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204
    assert pair.tenants.jumpcloud("POST", pair.tenants.provision + "/activate").status_code == 200


@pytest.mark.parametrize("name", READERS)
def test_recipe(pair: Pair, name: str) -> None:
    activated(pair)
    given, command = READERS[name]((RECIPES / name).read_text(encoding="utf-8"))
    program, playbook, *arguments = shlex.split(command)
    assert (program, playbook, arguments[:2]) == ("ansible-playbook", "unity_jumpcloud.scim.audit", ["-e", "@vars.yml"]) and set(SECRETS) <= set(given)
    (pair.machine / "vars.yml").write_text(yaml.safe_dump({**BY_HAND, "scim_provisioning_groups": GROUPS}), encoding="utf-8")

    def audit() -> Run:
        # whoever is missing a moment after the activation would be pending
        return pair.play("audit", *arguments, env=only(given), extra_vars={**BY_HAND, "scim_provisioning_pending_grace": 0})

    assert people_missing(audit()) == 0 and (pair.machine / "report" / "audit.html").is_file()
    tests = re.search(r"^ +(?:junit: |junit testResults: ')([\w./]+)", (RECIPES / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert bool(tests) == (name != "github-actions.yml") and (not tests or (pair.machine / tests[1]).is_file())

    pair.tenants.control("DELETE", f"unity/users/12345678901234/{PEOPLE[0]}")
    drifted = audit()
    assert drifted.rc == 2 and people_missing(drifted) == 1 and drifted.writes == []


def test_recipe_for_awx(pair: Pair) -> None:
    activated(pair)
    # an example that linters do not take for a playbook of this collection
    playbook = pair.machine / "audit.yml"
    playbook.write_text((RECIPES / "awx-project-audit.yml.example").read_text(encoding="utf-8"), encoding="utf-8")
    # neither of its credentials holds the organization
    run = pair.play(str(playbook), env=only(SECRETS), extra_vars={**BY_HAND, "scim_provisioning_unity_organization_id": "12345678901234"})
    assert people_missing(run) == 0
