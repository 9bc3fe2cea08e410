# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what many pairs of tenants in one inventory cost the controller, beside one ansible-playbook for each pair. See docs/benchmark.md."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shlex
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from report import conditions, median_ratio, with_range
from run import BIN, HERE, QUIET_ANSIBLE, Failed, measured
from tenants import Requests, Tenants, running_simulator

CHECKOUT = HERE.parents[1]
NAMESPACE = "unity_jumpcloud"
DOMAIN = "example.com"
APPLICATION = "Unity"
GROUPS = ("Artists", "Developers")
PEOPLE = ("ada", "grace", "alan")
OWNERS_TOKEN = "owner-of-all"
ADDRESSES = ("UNITY_API_URL", "UNITY_SERVICES_URL", "JUMPCLOUD_CONSOLE_URL", "JUMPCLOUD_OAUTH_URL", "JUMPCLOUD_INSIGHTS_URL")
TASK_HEADER = "TASK ["
LOOP, LINEAR, FREE = "loop", "linear", "free"
HEADINGS = (
    "pairs",
    "way",
    "run",
    "CPU seconds a pair: median (range)",
    "ratio",
    "seconds: median (range)",
    "ratio",
    "requests a pair: reads + writes + tokens",
    "tasks",
    "largest process, MiB",
    "all processes, MiB",
)


@dataclass(frozen=True)
class Run:
    """One measured run over all pairs."""

    pairs: int
    way: str
    name: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    tree_bytes: int | None
    requests: Requests
    tasks: int


@dataclass(frozen=True)
class Pair:
    """A Unity organization and a JumpCloud one, their ids and credentials derived from a number."""

    number: int

    @property
    def name(self) -> str:
        return f"pair{self.number:03d}"

    @property
    def genesis_id(self) -> str:
        return f"{20_000_000_000_000 + self.number}"

    @property
    def api_key(self) -> str:
        return f"api-key-of-{self.name}"

    @property
    def audit_key(self) -> dict[str, str]:
        """What the audit reads Unity's users with; the key that the role makes is known to nobody afterwards."""
        return {"id": f"00000000-0000-4000-8000-{self.number:012x}", "secret": f"audit-secret-of-{self.name}"}

    def object_id(self, kind: int, number: int = 0) -> str:
        return f"{kind:02x}{number:06x}{self.number:016x}"

    def unity(self) -> dict[str, Any]:
        audit = {"name": "Audit", "roles": ["SCIM Authenticator"], "keys": [self.audit_key]}
        sso = {"enabled": True, "domains": [{"name": DOMAIN, "validated": True}]}
        return {"genesis_id": self.genesis_id, "name": self.name, "sso": sso, "service_accounts": [audit]}

    def jumpcloud(self) -> dict[str, list[dict[str, Any]]]:
        home = self.object_id(1)
        people = [(self.object_id(2, number), name) for number, name in enumerate(PEOPLE)]
        groups = [(self.object_id(3, number), name) for number, name in enumerate(GROUPS)]
        application = {"name": "unity", "displayName": APPLICATION, "displayLabel": APPLICATION}
        return {
            "organizations": [{"id": home, "name": self.name}],
            "api_keys": [{"key": self.api_key, "organizations": [home]}],
            "applications": [{"id": self.object_id(4), "organization": home, **application}],
            "users": [{"id": one, "organization": home, "email": f"{name}@{DOMAIN}", "firstname": name, "lastname": "Example"} for one, name in people],
            "groups": [{"id": one, "organization": home, "name": name, "members": [person for person, _name in people]} for one, name in groups],
        }

    def variables(self, folder: Path) -> dict[str, Any]:
        """Those of its host: only such as the other checkout knows by the same name."""
        settings = {
            "unity_organization_id": self.genesis_id,
            "jumpcloud_api_key": self.api_key,
            "application": APPLICATION,
            "test_email": f"scim-test@{DOMAIN}",
            "groups": list(GROUPS),
            "audit_key_id": self.audit_key["id"],
            "audit_secret_key": self.audit_key["secret"],
            "report": str(folder / f"report-{self.name}"),
        }
        return {f"scim_provisioning_{name}": value for name, value in settings.items()}


def seed_for(pairs: list[Pair]) -> dict[str, Any]:
    """All pairs in one simulator: an owner of all organizations at Unity, an administrator of each at JumpCloud."""
    jumpcloud: dict[str, list[dict[str, Any]]] = {}
    for pair in pairs:
        for name, entries in pair.jumpcloud().items():
            jumpcloud.setdefault(name, []).extend(entries)
    unity = {"access_tokens": [{"token": OWNERS_TOKEN, "role": "owner"}], "organizations": [pair.unity() for pair in pairs]}
    return {"unity": unity, "jumpcloud": jumpcloud}


def linked(checkout: Path, folder: Path) -> str:
    """A folder for ANSIBLE_COLLECTIONS_PATH that leads to the checkout, whose plugins are compiled: else its first run would do that."""
    namespace = folder / "ansible_collections" / NAMESPACE
    namespace.mkdir(parents=True)
    (namespace / "scim").symlink_to(checkout)
    compileall.compile_dir(checkout / "plugins", quiet=2)
    return str(folder)


@dataclass(frozen=True)
class Way:
    """One way to run a playbook over all pairs: ``loop``, or a strategy over one inventory, with the collection in ``place``."""

    name: str
    kind: str
    place: str


class Measurement:  # pylint: disable=too-few-public-methods
    """All runs with one number of pairs, in one simulator."""

    def __init__(self, tenants: Tenants, pairs: list[Pair], folder: Path, options: argparse.Namespace) -> None:
        self._tenants = tenants
        self._pairs = pairs
        self._folder = folder
        inventory = {"pairs": {"hosts": {pair.name: pair.variables(folder) for pair in pairs}}}
        path = folder / "inventory.json"
        path.write_text(json.dumps(inventory), encoding="utf-8")
        self._options = ["-i", str(path), "-e", "scim_provisioning_hosts=pairs", "--forks", str(options.forks)]
        for pair in pairs:
            (folder / f"{pair.name}.json").write_text(json.dumps(pair.variables(folder)), encoding="utf-8")

    def run(self, way: Way, environment: dict[str, str]) -> list[Run]:
        """Provision all pairs, do it again, which must change nothing, and audit them, which must find everything in sync."""
        self._tenants.reset()
        self._tenants.settle()
        runs = [self._measured(way, "first", "provision", environment)]
        self._require_provisioned()
        for name, playbook in (("second", "provision"), ("audit", "audit")):
            run = self._measured(way, name, playbook, environment)
            if run.requests.writes:
                raise Failed(f"the {name} run, {way.name}, made {run.requests.writes} writes")
            runs.append(run)
        return runs

    def _measured(self, way: Way, name: str, playbook: str, environment: dict[str, str]) -> Run:
        self._tenants.clear_log()
        strategy = {} if way.kind == LOOP else {"ANSIBLE_STRATEGY": way.kind}
        found = measured(self._command(way, playbook), {**environment, **strategy, "ANSIBLE_COLLECTIONS_PATH": way.place}, self._folder)
        self._tenants.settle()
        lines = (self._folder / "output.txt").read_text(encoding="utf-8").splitlines()
        tasks = sum(line.startswith(TASK_HEADER) for line in lines)
        del found["status"]
        number = len(self._pairs)
        run = Run(number, way.name, name, requests=self._tenants.requests(), tasks=tasks, **found)
        _say(f"{number} pairs, {way.name}, {name} run: {run.cpu_seconds / number:.2f} CPU seconds a pair, {run.seconds:.1f} s, {run.requests} requests")
        return run

    def _command(self, way: Way, playbook: str) -> list[str]:
        command = [str(BIN / "ansible-playbook"), f"{NAMESPACE}.scim.{playbook}"]
        if way.kind != LOOP:
            return [*command, *self._options]
        each = " && ".join(shlex.join([*command, "-e", f"@{self._folder / pair.name}.json"]) for pair in self._pairs)
        (self._folder / "loop.sh").write_text(each + "\n", encoding="utf-8")
        return ["sh", str(self._folder / "loop.sh")]

    def _require_provisioned(self) -> None:
        """Fail if the work was not done: to do nothing is cheap."""
        for application in self._tenants.control("GET", "state")["jumpcloud"]["applications"]:
            integration = application["integration"] or {}
            found = (len(application["bindings"]), bool(integration.get("active")), len(integration.get("provisioned", {})))
            if found != (len(GROUPS), True, len(PEOPLE)):
                raise Failed(f"expected ({len(GROUPS)} groups bound, active, {len(PEOPLE)} people provisioned), found {found}")


def as_markdown(runs: list[Run], options: argparse.Namespace) -> str:
    """The conditions, then a row for each run, by the number of pairs and the way."""
    rows = [HEADINGS, ("---",) * len(HEADINGS)]
    rows += [_row(*cell, runs) for cell in dict.fromkeys((run.pairs, run.way, run.name) for run in runs)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{options.forks} forks. {conditions(options.rounds, options.latency_ms)}\n\n{table}"


def _row(pairs: int, way: str, name: str, runs: list[Run]) -> tuple[str, ...]:
    alike = [run for run in runs if (run.pairs, run.name) == (pairs, name)]
    own = [run for run in alike if run.way == way]
    baseline = [run for run in alike if run.way == alike[0].way]
    trees = [run.tree_bytes for run in own if run.tree_bytes is not None]
    return (
        str(pairs),
        way,
        name,
        with_range([run.cpu_seconds / pairs for run in own], 2),
        f"{median_ratio([run.cpu_seconds for run in own], [run.cpu_seconds for run in baseline]):.2f}",
        with_range([run.seconds for run in own], 1),
        f"{median_ratio([run.seconds for run in own], [run.seconds for run in baseline]):.2f}",
        " or ".join(dict.fromkeys(_of_one_pair(run.requests, pairs) for run in own)),
        " or ".join(dict.fromkeys(str(run.tasks) for run in own)),
        f"{median(run.peak_bytes for run in own) / 2**20:.0f}",
        f"{median(trees) / 2**20:.0f}" if trees else "unknown",
    )


def _of_one_pair(requests: Requests, pairs: int) -> str:
    return " + ".join(f"{amount / pairs:g}" for amount in (requests.reads, requests.writes, requests.tokens))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fleet", description="Measure what many pairs of tenants in one inventory cost the controller.")
    parser.add_argument("--pairs", type=int, nargs="+", default=[5, 50, 200])
    parser.add_argument("--ways", nargs="+", choices=[LOOP, LINEAR, FREE], default=[LOOP, LINEAR, FREE], help="the first one is the baseline")
    parser.add_argument("--forks", type=int, default=10, help="as for ansible-playbook")
    parser.add_argument("--against", type=Path, help="a checkout of another version, which is measured with the linear strategy; it is the baseline then")
    parser.add_argument("--rounds", type=int, default=1, help="how often each run is measured")
    parser.add_argument("--latency-ms", type=float, default=50, help="how long each simulated answer takes")
    parser.add_argument("--simulator-python", default=sys.executable, help="the Python that has what the simulator needs")
    parser.add_argument("--output", help="also write the table to this file")
    options = parser.parse_args()
    if min(options.rounds, options.forks, *options.pairs) < 1:
        parser.error("--rounds, --pairs and --forks must be at least 1")
    if options.against and not (options.against / "galaxy.yml").is_file():
        parser.error("--against must name a folder with a galaxy.yml")
    return options


def compare(options: argparse.Namespace, number: int, folder: Path) -> list[Run]:
    """Every way in each round, one after the other, so that a slow minute of the machine meets all of them."""
    pairs = [Pair(one) for one in range(number)]
    here = linked(CHECKOUT, folder / "here")
    ways = [Way(kind, kind, here) for kind in options.ways]
    if options.against:
        ways.insert(0, Way(str(options.against), LINEAR, linked(options.against.resolve(), folder / "against")))
    runs: list[Run] = []
    with running_simulator(options.simulator_python, seed_for(pairs), options.latency_ms, folder) as tenants:
        measurement = Measurement(tenants, pairs, folder, options)
        environment = {**os.environ, **QUIET_ANSIBLE, **dict.fromkeys(ADDRESSES, tenants.url), "UNITY_ACCESS_TOKEN": OWNERS_TOKEN}
        for _round in range(options.rounds):
            for way in ways:
                runs += measurement.run(way, environment)
    return runs


def main() -> int:
    """The table goes to standard output, the progress to standard error."""
    options = _arguments()
    # else the simulator would outlive a benchmark that is told to end
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))
    runs: list[Run] = []
    try:
        for number in options.pairs:
            with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
                runs += compare(options, number, Path(name))
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
