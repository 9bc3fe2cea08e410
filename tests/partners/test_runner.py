# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definitions for AWX, in the ansible-runner that it runs jobs with: its injectors, its survey answers, and artifacts from one node to the next."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

import ansible_runner
import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from partners.partner import ROOT
from simulator.testing import API_KEY, ORGANIZATION, TOKEN
from stories.pair import CONNECTIONS, PEOPLE, WANTED, Pair, account_of, finished, read_seed
from stories.secrecy import files_below

AWX = ROOT / "extensions" / "awx"
TEMPLATES = {known["name"]: known for known in yaml.safe_load((AWX / "job_templates.yml").read_text(encoding="utf-8"))}
CREDENTIAL_TYPES = {known["name"]: known for known in yaml.safe_load((AWX / "credential_types.yml").read_text(encoding="utf-8"))}
WORKFLOW = yaml.safe_load((AWX / "workflow_job_template.yml").read_text(encoding="utf-8"))
KEY = account_of(read_seed("configured"))["keys"][0]
ARTIFACTS = "scim_provisioning_artifacts"
FOR_AUDITS = {"Unity SCIM: key for audits": {"key_id": KEY["id"], "secret_key": KEY["secret"]}}
# what ansible-runner itself keeps of the environment, which AWX hides before it stores it
WITH_ENVIRONMENT = ("command", "envvars")


@dataclass(frozen=True)
class Job:
    status: str
    rc: int
    said: str = field(repr=False)
    artifacts: dict[str, Any] = field(repr=False)
    writes: list[str]

    @property
    def last(self) -> dict[str, Any]:
        """What it hands over of the one pair."""
        found: dict[str, Any] = self.artifacts[ARTIFACTS]["localhost"]["Unity"]
        return found


class Controller:
    """Launches job templates as AWX does, each in a private folder of its own."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self._numbers = itertools.count(1)
        self.credentials = {
            "Unity organization: access token": {
                "organization_id": ORGANIZATION,
                "access_token": TOKEN,
                "exchange_token": False,
                "api_url": pair.url,
                "services_url": pair.url,
            },
            "JumpCloud: API key": {"api_key": API_KEY, "region": "us", "console_url": pair.url, "insights_url": pair.url},
            **FOR_AUDITS,
        }

    def environment(self) -> dict[str, str]:
        """What the injectors make of the credentials; a field that was left out is empty."""
        render = ImmutableSandboxedEnvironment().from_string
        found = {}
        for name, given in self.credentials.items():
            kind = CREDENTIAL_TYPES[name]
            fields = {known["id"]: given.get(known["id"], known.get("default", "")) for known in kind["inputs"]["fields"]}
            assert set(given) <= set(fields)
            found.update({variable: render(template).render(fields) for variable, template in kind["injectors"]["env"].items()})
        return found

    def launch(self, name: str, answers: dict[str, Any] | None = None, job_type: str = "", inherited: dict[str, Any] | None = None, **settled: Any) -> Job:
        """``inherited``: the artifacts of earlier nodes. Extra variables of the template, then its survey's defaults, answers, and artifacts: the last wins."""
        template = TEMPLATES[name]
        private = self.pair.machine / f"job-{next(self._numbers)}"
        for folder in ("env", "inventory", "project"):
            (private / folder).mkdir(parents=True)
        asked = template.get("survey_spec", {}).get("spec", []) if template["survey_enabled"] else []
        assert set(answers or {}) <= {question["variable"] for question in asked}
        defaults = {question["variable"]: question["default"] for question in asked}
        variables = {**WANTED, **settled, **defaults, **(answers or {}), **(inherited or {})}
        (private / "env" / "extravars").write_text(json.dumps(variables), encoding="utf-8")
        machine = {key: value for key, value in self.pair.prepared("preflight", {})[1].items() if not key.startswith(CONNECTIONS)}
        (private / "env" / "envvars").write_text(json.dumps({**machine, **self.environment()}), encoding="utf-8")
        (private / "inventory" / "hosts").write_text("localhost\n", encoding="utf-8")
        play = [{"name": name, "import_playbook": f"unity_jumpcloud.scim.{template['playbook'].removesuffix('.yml')}"}]
        (private / "project" / template["playbook"]).write_text(yaml.safe_dump(play), encoding="utf-8")
        options = "--check " * ((job_type or template["job_type"]) == "check") + "--diff" * template["diff_mode"]
        self.pair.tenants.control("DELETE", "log")
        handed: dict[str, Any] = {}

        def keep(event: dict[str, Any]) -> bool:
            handed.update(event.get("event_data", {}).get("artifact_data", {}))
            return True

        done = ansible_runner.run(
            private_data_dir=str(private), playbook=template["playbook"], cmdline=options.strip() or None, ident="1", quiet=True, event_handler=keep
        )
        entries = self.pair.tenants.control("GET", "log")["entries"]
        writes = [f"{entry['method']} {entry['path']}" for entry in entries if entry["write"] and entry["by"] == "module"]
        kept = {path: text for path, text in files_below(private).items() if Path(path).name not in WITH_ENVIRONMENT}
        self.pair.require_no_secret(kept)
        assert "WARNING" not in done.stdout.read()
        return Job(done.status, done.rc, done.stdout.read(), handed, writes)


@pytest.fixture
def controller(pair: Pair) -> Controller:
    return Controller(pair)


def somebody_is_missing(pair: Pair) -> None:
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")


# ---- each job template once


def test_every_template_is_launched_here() -> None:
    assert set(TEMPLATES) == set(LAUNCHED)


def is_untouched(pair: Pair, job: Job) -> None:
    assert job.writes == [] and pair.keys() == [KEY["id"]] and pair.is_active()


def has_reported(pair: Pair, job: Job) -> None:
    is_untouched(pair, job)
    assert job.last["audit"]["outcome"] == "in_sync"


def has_overview(pair: Pair, job: Job) -> None:
    assert (pair.machine / "overview.json").is_file()


def has_rotated(pair: Pair, job: Job) -> None:
    assert len(pair.keys()) == 1 and pair.keys() != [KEY["id"]] and pair.is_active()


def is_paused(pair: Pair, job: Job) -> None:
    assert not pair.is_active() and pair.identity_management() and pair.people() == PEOPLE


def is_gone(pair: Pair, job: Job) -> None:
    assert pair.is_untouched() and pair.people() == []


Came = Callable[[Pair, Job], None]
LAUNCHED: dict[str, tuple[dict[str, Any], Came]] = {
    "SCIM preflight": ({}, is_untouched),
    "SCIM provisioning": ({}, is_untouched),
    "SCIM key for audits": ({}, is_untouched),
    "SCIM audit": ({}, has_reported),
    "SCIM overview of many pairs": ({}, has_overview),
    "SCIM provisioning of one person": ({"scim_provisioning_user": PEOPLE[0]}, is_untouched),
    "SCIM pause": ({}, is_paused),
    "SCIM key rotation": ({}, has_rotated),
    "SCIM deprovisioning": ({"scim_provisioning_max_deprovisioned_users": len(PEOPLE)}, is_gone),
}


@pytest.mark.parametrize("name", LAUNCHED)
def test_job_template(pair: Pair, controller: Controller, name: str) -> None:
    pair.begin("configured", finished)
    answers, came = LAUNCHED[name]
    settled: dict[str, Any] = {}
    if name == "SCIM overview of many pairs":
        report = str(pair.machine / "reports") + "/"
        assert controller.launch("SCIM audit", scim_provisioning_report=report).rc == 0
        settled = {"scim_provisioning_reports": report, "scim_provisioning_overview": str(pair.machine / "overview")}
    job = controller.launch(name, answers, **settled)
    assert (job.status, job.rc) == ("successful", 0), job.said[-3000:]
    came(pair, job)


def test_the_other_credentials(pair: Pair, controller: Controller) -> None:
    """With a store in AWX that is still empty. Every type has been used by now."""
    pair.begin("configured", finished)
    seed = read_seed("configured")
    admin, client = seed["unity"]["admin_keys"][0], seed["jumpcloud"]["oauth_clients"][0]
    url = {"api_url": pair.url, "services_url": pair.url}
    used = set(controller.credentials)
    controller.credentials = {
        "Unity organization: administrative key": {
            "organization_id": ORGANIZATION,
            "admin_key_id": admin["key_id"],
            "admin_secret_key": admin["secret_key"],
            **url,
        },
        "Unity SCIM: supplied key": {"key_id": KEY["id"], "secret_key": KEY["secret"]},
        "Unity SCIM: stored key": {},
        "JumpCloud: service account": {
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "region": "us",
            "console_url": pair.url,
            "insights_url": pair.url,
            "oauth_url": pair.url,
        },
    }
    assert used | set(controller.credentials) == set(CREDENTIAL_TYPES)
    for variable in ("SCIM_STORED_KEY_ID", "SCIM_STORED_SECRET_KEY"):
        assert controller.environment()[variable] == ""
    job = controller.launch("SCIM audit")
    assert job.rc == 0, job.said[-3000:]
    has_reported(pair, job)


# ---- answers as they come


NUMBER, CHOICE, KEYS = "scim_provisioning_max_deprovisioned_users", "scim_provisioning_groups_state", "scim_provisioning_delete_foreign_keys"


@pytest.mark.parametrize(
    "answer, said",
    [
        ({NUMBER: "0"}, "Unbinding would take 3 people their access"),
        ({NUMBER: ""}, "unable to convert to int"),
        ({NUMBER: None}, "unable to convert to int"),
        ({NUMBER: "3", CHOICE: ""}, f"{CHOICE} must be one of"),
        ({NUMBER: "3", CHOICE: None}, f"{CHOICE} must be one of"),
    ],
)
def test_an_odd_answer_is_no_permission(pair: Pair, controller: Controller, answer: dict[str, Any], said: str) -> None:
    """Three people would lose access."""
    pair.begin("configured", finished)
    job = controller.launch("SCIM deprovisioning", answer)
    assert (job.status, job.rc) == ("failed", 2) and said in job.said, (job.status, job.rc, job.said[:3000])
    assert job.writes == [] and pair.people() == PEOPLE and pair.keys() == [KEY["id"]]


def test_numbers_and_booleans_as_text(pair: Pair, controller: Controller) -> None:
    pair.begin("configured", finished)
    job = controller.launch("SCIM deprovisioning", {NUMBER: "3", KEYS: "true", "scim_provisioning_deprovision_wait": "30"})
    assert job.rc == 0, job.said[-3000:]
    is_gone(pair, job)


# ---- a workflow


def test_audit_repair_audit_hand_on_what_nobody_believes(pair: Pair, controller: Controller) -> None:
    """The artifacts of each node are extra variables of the next, and these win over everything; even if they lie."""
    audit, repair = (node["unified_job_template"]["name"] for node in WORKFLOW["schema"] if node["unified_job_template"]["type"] == "job_template")
    somebody_is_missing(pair)
    pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate")
    found = controller.launch(audit)
    assert (found.status, found.rc) == ("failed", 2) and found.last["audit"]["outcome"] == "drift" and found.writes == []
    lie = json.loads(json.dumps(found.artifacts).replace('"drift"', '"in_sync"').replace(ORGANIZATION, "1" * 14).replace(KEY["id"], "another"))
    assert lie != found.artifacts
    # whatever the artifact says, the audit finds the same
    again = controller.launch(audit, inherited=lie)
    assert again.rc == 2 and again.last["audit"]["verdict"] == found.last["audit"]["verdict"]
    repaired = controller.launch(repair, inherited=lie)
    assert repaired.rc == 0, repaired.said[-3000:]
    assert pair.is_active() and "identity_management" in {step["step"] for step in repaired.last["summary"]["steps"] if step["did"]}
    pair.tenants.settle()
    person = controller.launch("SCIM provisioning of one person", {"scim_provisioning_user": PEOPLE[0]}, inherited=repaired.artifacts)
    assert person.rc == 0, person.said[-3000:]
    last = controller.launch(audit, inherited={**found.artifacts, **repaired.artifacts, **person.artifacts})
    assert (last.rc, last.last["audit"]["outcome"], last.writes) == (0, "in_sync", []), last.said[-3000:]
    # what it hands over is its own, and not what it was handed
    assert "user_outcome" not in last.last
