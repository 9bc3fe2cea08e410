# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure one task, or a playbook, on a pair of tenants with very many people, beside a bare script. See docs/benchmark.md."""

from __future__ import annotations

import argparse
import base64
import json
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from report import conditions, median_ratio, with_range
from run import BIN, HERE, QUIET_ANSIBLE, Failed, measured
from tenants import TESTS, Tenants, environment_for, running_simulator

SEED = TESTS / "simulator" / "seeds" / "configured.yml"
BASELINE = "requests script"
LIMIT = "requests script, {} at a time"
COLLECTION = "unity_jumpcloud.scim."
DEFAULT_TASK = "scim_drift_info"
HEADINGS = (
    "way",
    "seconds: median (range)",
    f"ratio to {BASELINE}",
    "ratio to the concurrent one",
    "requests by service",
    "largest process, MiB",
    "all processes, MiB",
)


@dataclass(frozen=True)
class Pair:
    """The ids and the credentials of the tenants."""

    application_id: str
    application: str
    organization_id: str
    base_url: str
    key_id: str
    secret_key: str

    @property
    def header(self) -> str:
        return "Basic " + base64.b64encode(f"{self.key_id}:{self.secret_key}".encode()).decode()


@dataclass(frozen=True)
class Run:
    """One measured run."""

    way: str
    seconds: float
    peak_bytes: int
    tree_bytes: int | None
    requests: dict[str, int]


def seed_for(options: argparse.Namespace) -> dict[str, Any]:
    """A pair that works, and many people in many bound groups, who are provisioned already."""
    seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    hundredth = options.people // 100
    section = {"users": options.people, "groups": options.groups, "groups_per_person": options.groups_per_person, "domain": "example.com"}
    return {**seed, "generate": {**section, "staged": hundredth, "suspended": hundredth, "bind": "Unity", "provisioned": "Unity"}}


def pair_of(seed: dict[str, Any], url: str) -> Pair:
    """What is in the seed, and where it is served."""
    organization, application = seed["unity"]["organizations"][0], seed["jumpcloud"]["applications"][0]
    key = organization["service_accounts"][0]["keys"][0]
    base_url = application["provision"]["baseUrl"].replace("{simulator}", url)
    return Pair(application["id"], application["displayLabel"], str(organization["genesis_id"]), base_url, key["id"], key["secret"])


def make_drift(tenants: Tenants, pair: Pair, amount: int) -> None:
    """So many people are missing in Unity, so many are unexpected there, and so many have another name than in JumpCloud."""
    users = f"unity/users/{pair.organization_id}"
    for number in range(amount):
        tenants.control("DELETE", f"{users}/person{number:05d}@example.com")
        tenants.control("PATCH", f"{users}/person{amount + number:05d}@example.com", {"name": {"givenName": "Another", "familyName": "Name"}})
        tenants.control("POST", users, {"userName": f"stranger{number:05d}@example.com"})


def options_of(task: str, pair: Pair) -> dict[str, Any]:
    """The options of the task; what is left out comes from the environment."""
    key = {"base_url": pair.base_url, "key_id": pair.key_id, "secret_key": pair.secret_key}
    if task == "unity_scim_user_info":
        return {**key, "organization_id": pair.organization_id}
    return {**key, "application": pair.application, "unity_organization_id": pair.organization_id, "max_listed": 100}


def playbook_of(task: str, pair: Pair, drift: int, concurrency: int) -> list[dict[str, Any]]:
    """A play of the one task, and of a look at its result: a fast wrong answer is none."""
    checks = [f"result.counts[item] == {drift}"]
    return [
        {
            "name": "Measure one task",
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": [
                {"name": "The task", COLLECTION + task: {**options_of(task, pair), "concurrency": concurrency}, "register": "result"},
                {
                    "name": "It found what differs",
                    "ansible.builtin.assert": {"that": checks, "quiet": True},
                    "loop": ["missing", "unexpected", "differing"],
                    "when": "result.counts is defined",
                },
            ],
        }
    ]


class Measurement:  # pylint: disable=too-few-public-methods
    """All runs, in one simulator."""

    def __init__(self, tenants: Tenants, pair: Pair, environment: dict[str, str], folder: Path, options: argparse.Namespace) -> None:
        self._tenants = tenants
        self._environment = environment
        self._folder = folder
        self._drift = options.drift
        self._listing = options.list_requests
        self._script = [sys.executable, str(HERE / "people_script.py"), pair.application_id, pair.base_url]
        playbook = options.playbook or folder / "playbook.yml"
        if not options.playbook:
            playbook.write_text(json.dumps(playbook_of(options.task, pair, options.drift, options.concurrency)), encoding="utf-8")
        self._ansible = [str(BIN / "ansible-playbook"), str(playbook), "-e", json.dumps({"benchmark": {**vars(pair), "folder": str(folder)}})]
        self._name = str(options.playbook or options.task)
        self._limit = LIMIT.format(options.concurrency)
        self._concurrent_script = [*self._script, str(options.concurrency)]

    def run(self, rounds: int) -> list[Run]:
        """Both scripts and the task in turns, after a first reading that is not measured: it makes the simulator prepare its answers."""
        self._measured(BASELINE, self._script)
        self._require_expected()
        runs = []
        for number in range(rounds):
            ways = {BASELINE: self._script, self._limit: self._concurrent_script, self._name: self._ansible}
            runs += [self._measured(way, command) for way, command in ways.items()]
            for run in runs[-len(ways) :]:
                _say(f"round {number + 1}, {run.way}: {run.seconds:.1f} s, {_by_service(run.requests)}")
            if self._listing and number == 0:
                _say("\n".join("    " + line for line in self._tenants.listing()))
        return runs

    def _measured(self, way: str, command: list[str]) -> Run:
        self._tenants.control("DELETE", "log")
        found = measured(command, self._environment, self._folder)
        return Run(way, found["seconds"], found["peak_bytes"], found["tree_bytes"], self._tenants.requests_by_service())

    def _require_expected(self) -> None:
        counts = json.loads((self._folder / "output.txt").read_text(encoding="utf-8"))
        _say(f"the script counts {counts}")
        if [counts[name] for name in ("missing", "unexpected", "differing")] != [self._drift] * 3:
            raise Failed(f"the script was to find {self._drift} people of each kind, and found {counts}")


def as_markdown(runs: list[Run], options: argparse.Namespace) -> str:
    """The conditions, then a row for each way."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(way, runs) for way in dict.fromkeys(run.way for run in runs))]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    size = f"{options.people} people, {options.groups} groups, {options.groups_per_person} of them for each person"
    drift = f"{options.drift} people missing, as many unexpected, as many different"
    return f"{size}; {drift}. {conditions(options.rounds, options.latency_ms)}\n\n{table}"


def _row(way: str, runs: list[Run]) -> tuple[str, ...]:
    limit = next(run.way for run in runs if run.way.startswith(BASELINE + ","))
    own, baseline, concurrent = ([run for run in runs if run.way == name] for name in (way, BASELINE, limit))
    seconds = [run.seconds for run in own]
    trees = [run.tree_bytes for run in own if run.tree_bytes is not None]
    return (
        way,
        with_range(seconds, 1),
        f"{median_ratio(seconds, [run.seconds for run in baseline]):.2f}",
        f"{median_ratio(seconds, [run.seconds for run in concurrent]):.2f}",
        " or ".join(dict.fromkeys(_by_service(run.requests) for run in own)),
        f"{median(run.peak_bytes for run in own) / 2**20:.0f}",
        f"{median(trees) / 2**20:.0f}" if trees else "unknown",
    )


def _by_service(requests: dict[str, int]) -> str:
    return ", ".join(f"{service} {amount}" for service, amount in sorted(requests.items()))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="people", description="Measure one task on a pair of tenants with very many people, beside a bare script.")
    parser.add_argument("--people", type=int, default=50000)
    parser.add_argument("--groups", type=int, default=200, help="how many user groups are bound")
    parser.add_argument("--groups-per-person", type=int, default=2)
    parser.add_argument("--drift", type=int, default=20, help="how many people are missing, how many unexpected, how many differ")
    parser.add_argument("--task", default=DEFAULT_TASK, choices=[DEFAULT_TASK, "unity_scim_user_info"], help="the module to measure")
    parser.add_argument("--playbook", type=Path, help="measure this playbook instead; ids and credentials are in its variable benchmark")
    parser.add_argument("--concurrency", type=int, default=4, help="how many requests the concurrent script and the task have under way at a time")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured")
    parser.add_argument("--latency-ms", type=float, default=0, help="how long each simulated answer takes")
    parser.add_argument("--simulator-python", default=sys.executable, help="the Python that has what the simulator needs")
    parser.add_argument("--list-requests", action="store_true", help="list the requests of the first round")
    parser.add_argument("--output", help="also write the table to this file")
    options = parser.parse_args()
    if options.rounds < 1 or options.groups < 1 or options.people * 0.98 < 2 * options.drift:
        parser.error("--rounds and --groups must be at least 1, and --people more than twice --drift")
    return options


def main() -> int:
    """The table goes to standard output, the progress to standard error."""
    options = _arguments()
    # else the simulator would outlive a benchmark that is told to end
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))
    seed = seed_for(options)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            with running_simulator(options.simulator_python, seed, options.latency_ms, Path(name)) as tenants:
                tenants.settle()
                pair = pair_of(seed, tenants.url)
                make_drift(tenants, pair, options.drift)
                named = {"JUMPCLOUD_INSIGHTS_URL": tenants.url, "BENCHMARK_SCIM_HEADER": pair.header}
                environment = {**os.environ, **QUIET_ANSIBLE, **environment_for(seed, tenants.url), **named}
                runs = Measurement(tenants, pair, environment, Path(name), options).run(options.rounds)
    except Failed as failure:
        _say(f"Failed: {failure}")
        return 1
    table = as_markdown(runs, options)
    print(table)
    if options.output:
        Path(options.output).write_text(table + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
