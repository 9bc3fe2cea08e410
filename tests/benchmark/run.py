# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the collection beside two other ways of doing the same work, on a simulated pair of tenants. See docs/benchmark.md."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report import BASELINE, Run, as_markdown
from tenants import Tenants, environment_for, group_names, running_simulator, seed_for

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
PLAYBOOK = "unity_jumpcloud.scim.provision"
SETTINGS = {
    "application": "Unity",
    "test_email": "scim-test@example.com",
    "account": "JumpCloud SCIM",
    "description": "SCIM provisioning from JumpCloud, managed by Ansible",
    "role": "SCIM Authenticator",
}
QUIET_ANSIBLE = {"ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0"}
PASSES = ("first", "second")
SHOWN_LINES = 40


@dataclass(frozen=True)
class Way:
    """One way of doing the work."""

    name: str
    command: list[str]


class Failed(Exception):
    """A run failed, or did something else than the others: there is nothing to compare."""


def make_ways(folder: Path, groups: int) -> list[Way]:
    """The commands, with their settings in files. The same settings, under the names that each of them knows."""
    settings = {**SETTINGS, "groups": group_names(groups)}
    role = {
        "scim_provisioning_application": settings["application"],
        "scim_provisioning_test_email": settings["test_email"],
        "scim_provisioning_service_account": settings["account"],
        "scim_provisioning_service_account_description": settings["description"],
        "scim_provisioning_service_account_roles": [settings["role"]],
        "scim_provisioning_groups": settings["groups"],
    }
    ansible = str(BIN / "ansible-playbook")
    return [
        Way("collection", [ansible, PLAYBOOK, "-e", "@" + _written(folder / "role.json", role)]),
        Way(BASELINE, [ansible, str(HERE / "uri_playbook.yml"), "-e", "@" + _written(folder / "playbook.json", {"settings": settings})]),
        Way("requests script", [sys.executable, str(HERE / "requests_script.py"), _written(folder / "script.json", settings)]),
    ]


def _written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def measured(command: list[str], environment: dict[str, str], folder: Path) -> dict[str, Any]:
    """Run a command to its end: status, seconds, peak_bytes. Its output goes to the folder."""
    result, output = folder / "measured.json", folder / "output.txt"
    result.unlink(missing_ok=True)
    with open(output, "w", encoding="utf-8") as stream:
        wrapper = [sys.executable, "-I", "-S", str(HERE / "measure.py"), str(result), *command]
        subprocess.run(wrapper, env=environment, stdout=stream, stderr=stream, check=True)
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    if found["status"] != 0:
        lines = output.read_text(encoding="utf-8").splitlines()[-SHOWN_LINES:]
        raise Failed(f"{' '.join(command[:2])} ended with status {found['status']}:\n" + "\n".join(lines))
    return found


class Comparison:  # pylint: disable=too-few-public-methods
    """All runs with one number of groups, in one simulator."""

    def __init__(self, tenants: Tenants, groups: int, environment: dict[str, str], folder: Path, listing: bool) -> None:
        self._tenants = tenants
        self._groups = groups
        self._environment = environment
        self._folder = folder
        self._listing = listing
        self._expected: Any = None
        self.runs: list[Run] = []

    def run(self, way: Way, round_number: int) -> None:
        """Provision an empty pair of tenants, then do it again, which must change nothing."""
        self._tenants.reset()
        self._tenants.settle()
        self._pass(way, PASSES[0], round_number)
        self._tenants.require_provisioned(self._groups)
        state = self._tenants.state()
        self._require_equal(way, state)
        second = self._pass(way, PASSES[1], round_number)
        if second.requests.writes or self._tenants.state() != state:
            raise Failed(f"the second run of the {way.name} changed something: {second.requests.writes} writes")

    def _pass(self, way: Way, name: str, round_number: int) -> Run:
        self._tenants.clear_log()
        found = measured(way.command, self._environment, self._folder)
        self._tenants.settle()
        run = Run(self._groups, name, way.name, found["seconds"], found["cpu_seconds"], found["peak_bytes"], self._tenants.requests())
        self.runs.append(run)
        _say(f"{self._groups} groups, round {round_number}, {way.name}, {name} run: {run.seconds:.2f} s, {run.requests} requests")
        if self._listing and round_number == 1:
            _say("\n".join("    " + line for line in self._tenants.listing()))
        return run

    def _require_equal(self, way: Way, state: Any) -> None:
        if self._expected is None:
            self._expected = state
        if state != self._expected:
            paths = [self._folder / "state_expected.json", self._folder / "state_found.json"]
            for path, content in zip(paths, (self._expected, state)):
                path.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
            difference = subprocess.run(["diff", *map(str, paths)], capture_output=True, text=True, check=False).stdout
            raise Failed(f"the {way.name} left another state than the first run of all (<):\n{difference}")


def compare(options: argparse.Namespace, groups: int, folder: Path) -> list[Run]:
    """Every way in each round, one after the other, so that a slow minute of the machine meets all of them."""
    seed = seed_for(groups)
    with running_simulator(options.simulator_python, seed, options.latency_ms, folder) as tenants:
        environment = {**os.environ, **QUIET_ANSIBLE, **environment_for(seed, tenants.url)}
        comparison = Comparison(tenants, groups, environment, folder, options.list_requests)
        ways = make_ways(folder, groups)
        for round_number in range(1, options.rounds + 1):
            for way in ways:
                comparison.run(way, round_number)
    return comparison.runs


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the collection beside a playbook of uri tasks and a bare script.")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured")
    parser.add_argument("--groups", type=int, nargs="+", default=[5, 200], help="how many user groups are bound")
    parser.add_argument("--latency-ms", type=float, default=20, help="how long each simulated answer takes")
    parser.add_argument("--simulator-python", default=sys.executable, help="the Python that has what the simulator needs")
    parser.add_argument("--list-requests", action="store_true", help="list the requests of the first round")
    parser.add_argument("--output", help="also write the table to this file")
    options = parser.parse_args()
    if options.rounds < 1 or min(options.groups) < 1:
        parser.error("--rounds and --groups must be at least 1")
    return options


def main() -> int:
    """The table goes to standard output, the progress to standard error."""
    options = _arguments()
    # else the simulator would outlive a benchmark that is told to end
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))
    runs: list[Run] = []
    try:
        for groups in options.groups:
            with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
                runs += compare(options, groups, Path(folder))
    except Failed as failure:
        _say(f"Failed: {failure}")
        return 1
    table = as_markdown(runs, options.rounds, options.latency_ms)
    print(table)
    if options.output:
        Path(options.output).write_text(table + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
