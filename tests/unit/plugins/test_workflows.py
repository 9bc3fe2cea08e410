# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forge runs what people run, with what it needs, and asks nobody for what must not be public. The step `workflows` looks at the form of the workflows."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PATHS = {path.stem: path for path in (ROOT / ".github/workflows").glob("*.yml")}
WORKFLOWS = {name: yaml.safe_load(path.read_text(encoding="utf-8")) for name, path in PATHS.items()}
JOBS = {(name, job): facts for name, workflow in WORKFLOWS.items() for job, facts in workflow["jobs"].items()}
PINNED = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\Z")
MAKE = re.compile(r"^make ([a-z]+)", re.MULTILINE)
# Everything else may read the repository, at most.
WRITE = {
    ("docs", "deploy"): {"pages", "id-token"},
    ("release", "publish"): {"contents", "id-token", "attestations"},
}


def commands(job: dict[str, t.Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Two commands\n")[2].partition("\n## ")[0]
    told = [line.partition("#")[0].strip() for line in section.splitlines() if line.startswith("    ")]
    assert len(told) == 2
    assert [command for job in WORKFLOWS["ci"]["jobs"].values() for command in commands(job)] == told


def test_every_command_of_make_has_its_target() -> None:
    called = {target for job in JOBS.values() for command in commands(job) for target in MAKE.findall(command)}
    assert called >= {"test", "matrix", "docs", "release"}
    assert called - set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)) == set()


@pytest.mark.parametrize("name", sorted(PATHS))
def test_actions_are_pinned_by_digest_and_say_their_version(name: str) -> None:
    lines = [line.strip().removeprefix("- ") for line in PATHS[name].read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines and [line for line in lines if not PINNED.match(line)] == []


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_a_workflow_may_read_the_repository_at_most(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] in ({}, {"contents": "read"})


@pytest.mark.parametrize("name", sorted(JOBS), ids="-".join)
def test_few_jobs_may_write_and_they_run_nothing_of_the_repository(name: tuple[str, str]) -> None:
    job = JOBS[name]
    assert {scope for scope, level in job.get("permissions", {}).items() if level != "read"} == WRITE.get(name, set())
    if name in WRITE:
        assert not any("actions/checkout@" in step.get("uses", "") or "make" in step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("name", sorted(JOBS), ids="-".join)
def test_secrets_are_seen_by_one_step_each_in_an_environment(name: tuple[str, str]) -> None:
    job = JOBS[name]
    seeing = [step["run"].split()[:2] for step in job["steps"] if "secrets." in str(step)]
    assert seeing == {("release", "build"): [["make", "release"]], ("release", "galaxy"): [["venv/bin/ansible-galaxy", "collection"]]}.get(name, [])
    assert str(job).count("secrets.") == len(seeing)
    assert not seeing or job["environment"]


def test_the_form_for_an_assumed_endpoint_asks_for_its_shape_and_for_no_answer() -> None:
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/assumed_endpoint.yml").read_text(encoding="utf-8"))
    asked = {field["attributes"]["label"] for field in form["body"] if field.get("id")}
    fields = {label.removeprefix("error.") for label in asked if label.startswith("error.")}
    # request_id and the hint name a tenant, or can
    assert fields == {"step", "service", "status", "expected", "got", "shape"}
    (warning,) = [field["attributes"]["value"] for field in form["body"] if field["type"] == "markdown"]
    assert "Never paste an answer" in warning
    (promise,) = [field["attributes"]["options"] for field in form["body"] if field["type"] == "checkboxes"]
    assert [option["required"] for option in promise] == [True]
