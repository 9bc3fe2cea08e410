# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated pair of tenants, and real runs of ansible-playbook against it."""

from __future__ import annotations

import copy
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable

import yaml
from simulator.testing import API_KEY, APPLICATION, ORGANIZATION, SEEDS, TEST_EMAIL, TOKEN, Tenants
from stories.forked import ForkingPlaybook
from stories.secrecy import ProcessWatch, files_below, find_secrets

CALLBACKS = Path(__file__).resolve().parent / "callbacks"
PLAYBOOK_SECONDS = 120
ACCOUNT = "JumpCloud SCIM"
JUMPCLOUD_ORGANIZATION = "5f0a1b2c3d4e5f6071829301"
GROUPS = ["Unity Artists", "Unity Developers"]
PEOPLE = ["ada@example.com", "alan@example.com", "grace@example.com"]
WANTED = {
    "scim_provisioning_application": "Unity",
    "scim_provisioning_test_email": TEST_EMAIL,
    "scim_provisioning_groups": GROUPS,
    # nothing to wait for where nobody is bound yet
    "scim_provisioning_verify_timeout": 0.4,
    "scim_provisioning_verify_delay": 0.2,
}
# the variables that tasks read, and not Ansible when it starts
CONNECTIONS = ("UNITY_", "JUMPCLOUD_", "VAULT_")

Seed = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What came of one run of ansible-playbook. ``entries`` are the requests that it made itself."""

    rc: int
    output: str = field(repr=False)
    tasks: list[dict[str, Any]] = field(repr=False)
    stats: dict[str, Any]
    custom_stats: dict[str, Any]
    entries: list[dict[str, Any]] = field(repr=False)

    def said(self, *texts: str) -> bool:
        """Whether the output holds all of these; line breaks and blanks are not compared, since Ansible wraps warnings."""
        shown = "".join(self.output.split())
        return all("".join(text.split()) in shown for text in texts)

    @property
    def core(self) -> tuple[int, ...]:
        """The version of ansible-core, as far as it tells behaviour apart."""
        found = re.search(r"\[core (\d+)\.(\d+)", self.output)
        assert found, self.output[:300]
        return int(found[1]), int(found[2])

    @property
    def writes(self) -> list[str]:
        """Method and path of the requests that write, in their order."""
        return [f"{entry['method']} {entry['path']}" for entry in self.entries if entry["write"]]

    @property
    def requests(self) -> dict[str, int]:
        return {"reads": len(self.entries) - len(self.writes), "writes": len(self.writes)}

    @property
    def headers(self) -> int:
        """How many tasks the terminal shows, skipped ones too."""
        return sum(line.startswith("TASK [") for line in self.output.splitlines())

    @property
    def services(self) -> set[str]:
        return {entry["service"] for entry in self.entries}

    @property
    def changed(self) -> int:
        return self.stats.get("changed", 0)

    def result(self, task: str) -> dict[str, Any]:
        """The result of the one task whose name ends so."""
        found = [line["result"] for line in self.tasks if line["task"].endswith(task)]
        assert len(found) == 1, f"{len(found)} tasks ended whose name ends with {task!r}\n{self.output[-3000:]}"
        return found[0]

    def ran(self, task: str) -> bool:
        return any(line["task"].endswith(task) and line["status"] != "skipped" for line in self.tasks)

    @property
    def failure(self) -> str:
        """The message of the last task that failed: what an operator reads last."""
        found = [line["result"].get("msg") for line in self.tasks if line["status"] == "failed"]
        assert found, f"no task failed\n{self.output[-3000:]}"
        last = found[-1]
        return last if isinstance(last, str) else "\n".join(last)

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """The summary's steps by name, as a workflow gets them."""
        return {step["step"]: step for step in self.custom_stats["scim_provisioning_summary"]["steps"]}

    def did(self) -> dict[str, list[str]]:
        return {name: step["did"] for name, step in self.steps.items() if step["did"]}

    def succeeded(self) -> Run:
        assert self.rc == 0, self.output[-6000:]
        return self

    def failed(self, *texts: str) -> Run:
        """It failed, and the last message says all of this."""
        assert self.rc != 0, self.output[-3000:]
        shown = " ".join(self.failure.split())
        missing = [text for text in texts if text not in shown]
        assert not missing, f"{missing} not in: {shown}"
        return self


class Pair:
    """Both tenants, and the machine that ansible-playbook runs on."""

    def __init__(
        self,
        url: str,
        evidence: list[Path],
        machine: Path,
        temporary: Path,
        collections: str,
        ansible_playbook: str,
        forking: ForkingPlaybook | None = None,
    ) -> None:
        self.tenants = Tenants(url)
        self.url = url
        self.machine = machine
        self.temporary = temporary
        self.more_secrets: list[str] = []
        self._evidence = evidence
        self._collections = collections
        self._ansible_playbook = ansible_playbook
        self.forking = forking
        self._numbers = itertools.count(1)

    def begin(self, seed: str = "empty", change: Callable[[Seed], None] | None = None) -> None:
        """Begin anew with these tenants."""
        wanted = read_seed(seed)
        if change:
            change(wanted)
        self.tenants.control("POST", "reset", json={"seed": wanted})
        self.tenants.settle()

    # ----------------------------------------------------------------- runs

    def play(
        self,
        playbook: str,
        *arguments: str,
        check: bool = False,
        diff: bool = False,
        extra_vars: dict[str, Any] | None = None,
        env: dict[str, str | None] | None = None,
        folder: Path | None = None,
        may_warn: bool = False,
        search: bool = True,
    ) -> Run:
        """Run a playbook of the collection by its name, or any one by its path, and search all that it leaves behind for secrets."""
        number = next(self._numbers)
        results, log = self.machine / f"results-{number}.jsonl", self.machine / f"ansible-{number}.log"
        given = self.machine / f"given-{number}.json"  # never on the command line, and not searched: secrets may be given
        given.write_text(json.dumps({**WANTED, **(extra_vars or {})}), encoding="utf-8")
        environment = self._environment(results, log, f"{self.machine}-{number}", env or {})
        command = [self._ansible_playbook, "-vvv", playbook if os.sep in playbook else f"unity_jumpcloud.scim.{playbook}", "-e", f"@{given}", *arguments]
        command += ["--check"] * check + ["--diff"] * diff
        self.tenants.control("DELETE", "log")
        # what Ansible reads when it starts is to be the same for all forks
        is_usual = folder is None and all(name.startswith(CONNECTIONS) for name in env or {}) and not Path(environment["ANSIBLE_CONFIG"]).stat().st_size
        with ProcessWatch(environment["STORY"]) as watch:
            forked = self._forked(playbook, command, environment) if is_usual else None
            status, output = forked or run_process(command, environment, folder or self.machine)
        places = {"output": output, "process arguments": watch.arguments, **files_below(self.temporary), **self._evidence_texts(results, log)}
        if search:
            self.require_no_secret(places)
        assert forked or watch.arguments, "no process was seen"
        assert may_warn or "WARNING" not in output, [line for line in output.splitlines() if "WARNING" in line]
        return self._read_run(status, output, results)

    def _forked(self, playbook: str, command: list[str], environment: dict[str, str]) -> tuple[int, str] | None:
        """The run in a fork, if there is something to fork, and another run of the entry point has been a process of its own."""
        entry = "a playbook of somebody's own" if os.sep in playbook else playbook
        return self.forking.run(entry, command, environment, self.machine, PLAYBOOK_SECONDS) if self.forking else None

    def inventory(self, *arguments: str, env: dict[str, str | None] | None = None) -> Run:
        """Run ansible-inventory, and search all that it leaves behind for secrets."""
        number = next(self._numbers)
        log = self.machine / f"ansible-{number}.log"
        environment = self._environment(self.machine / f"results-{number}.jsonl", log, f"{self.machine}-{number}", env or {})
        self.tenants.control("DELETE", "log")
        status, output = run_process([str(Path(self._ansible_playbook).parent / "ansible-inventory"), *arguments], environment, self.machine)
        self.require_no_secret({"output": output, **files_below(self.temporary), **self._evidence_texts(log)})
        return Run(status, output, [], {}, {}, self._entries())

    def prepared(self, playbook: str, extra_vars: dict[str, Any]) -> tuple[list[str], dict[str, str], Path]:
        """Command, environment and folder of a run that the test starts, and stops, by itself."""
        number = next(self._numbers)
        given = self.machine / f"given-{number}.json"
        given.write_text(json.dumps({**WANTED, **extra_vars}), encoding="utf-8")
        environment = self._environment(self.machine / f"results-{number}.jsonl", self.machine / f"ansible-{number}.log", f"{self.machine}-{number}", {})
        return [self._ansible_playbook, f"unity_jumpcloud.scim.{playbook}", "-e", f"@{given}"], environment, self.machine

    def require_no_secret(self, places: dict[str, str]) -> None:
        found = find_secrets(self.secrets(), places)
        assert not found, found

    def secrets(self) -> list[str]:
        """Every secret that existed since the beginning, in the tenants or in what a run was given."""
        return [*self.tenants.control("GET", "state?secrets=true")["secrets"], *self.more_secrets, "SENTINEL-idp-private-key"]

    def simulator_texts(self) -> dict[str, str]:
        return self._evidence_texts()

    def _evidence_texts(self, *more: Path) -> dict[str, str]:
        return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in [*self._evidence, *more] if path.exists()}

    def _environment(self, results: Path, log: Path, mark: str, changes: dict[str, str | None]) -> dict[str, str]:
        settings = self.machine / "ansible.cfg"
        settings.touch()
        environment: dict[str, str | None] = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.machine),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.temporary),
            "STORY": mark,
            "STORY_RESULTS": str(results),
            "ANSIBLE_CONFIG": str(settings),
            "ANSIBLE_HOME": str(self.temporary / "home"),
            "ANSIBLE_LOCAL_TEMP": str(self.temporary / "local"),
            "ANSIBLE_REMOTE_TMP": str(self.temporary / "remote"),
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_COLLECTIONS_PATH": self._collections,
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "story_results",
            "ANSIBLE_NOCOLOR": "1",
            # else every run without an inventory warns
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "UNITY_ORGANIZATION_ID": ORGANIZATION,
            "UNITY_ACCESS_TOKEN": TOKEN,
            "UNITY_API_URL": self.url,
            "UNITY_SERVICES_URL": self.url,
            "JUMPCLOUD_API_KEY": API_KEY,
            "JUMPCLOUD_CONSOLE_URL": self.url,
            "JUMPCLOUD_OAUTH_URL": self.url,
            "JUMPCLOUD_INSIGHTS_URL": self.url,
            **changes,
        }
        return {name: value for name, value in environment.items() if value is not None}

    def _read_run(self, rc: int, output: str, results: Path) -> Run:
        lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []
        last = next((line for line in lines if "stats" in line), {"stats": {}, "custom": {}})
        tasks = [line for line in lines if "task" in line]
        return Run(rc, output, tasks, last["stats"].get("localhost", {}), handed_over(last["custom"].get("_run", {})), self._entries())

    def _entries(self) -> list[dict[str, Any]]:
        return [entry for entry in self.tenants.control("GET", "log")["entries"] if entry["by"] == "module"]

    # ------------------------------------------------- what the tenants show

    def state(self) -> dict[str, Any]:
        return self.tenants.control("GET", "state")

    def account(self, name: str = ACCOUNT) -> dict[str, Any] | None:
        accounts = self.state()["unity"]["organizations"][0]["service_accounts"]
        return next((account for account in accounts if account["name"] == name), None)

    def keys(self, name: str = ACCOUNT) -> list[str]:
        account = self.account(name)
        return [key["id"] for key in account["keys"]] if account else []

    def application(self) -> dict[str, Any]:
        return next(known for known in self.state()["jumpcloud"]["applications"] if known["id"] == APPLICATION)

    def identity_management(self) -> dict[str, Any] | None:
        return self.application()["integration"]

    def is_active(self) -> bool:
        return bool((self.identity_management() or {}).get("active"))

    def bound_groups(self) -> list[str]:
        state = self.state()
        names = {group["id"]: group["name"] for group in state["jumpcloud"]["groups"]}
        return sorted(names[binding["id"]] for binding in self.application()["bindings"])

    def people(self) -> list[str]:
        """Who has arrived in Unity."""
        return self.tenants.people()

    def is_untouched(self) -> bool:
        """JumpCloud holds nothing of SCIM, and Unity no key."""
        return self.identity_management() is None and not self.bound_groups() and not self.keys()

    # ----------------------------------------------- what happens to tenants

    def fault(self, action: str, service: str, method: str, path: str, **rule: Any) -> None:
        by = rule.pop("by", "module")
        self.tenants.control("POST", "faults", json={"match": {"service": service, "method": method, "path": path, "by": by}, "action": action, **rule})

    def joins(self, email: str, group: str) -> None:
        """Somebody new is hired, and put into a group."""
        first, _dot, last = email.partition("@")[0].partition(".")
        self.tenants.control("POST", "jumpcloud/users", json={"email": email, "firstname": first.title(), "lastname": last.title(), "state": "ACTIVATED"})
        self.tenants.control("POST", f"jumpcloud/groups/{group}/members", json={"add": [email]})


def run_process(command: list[str], environment: dict[str, str], folder: Path) -> tuple[int, str]:
    """Exit status and output."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=PLAYBOOK_SECONDS, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout + done.stderr


def handed_over(custom: dict[str, Any]) -> dict[str, Any]:
    """What a workflow gets of the one use of the role on localhost, by what it is; and all of it, by host."""
    artifacts = custom.get("scim_provisioning_artifacts", {})
    uses = list(artifacts.get("localhost", {}).values())
    return {"artifacts": artifacts, **{f"scim_provisioning_{name}": value for use in uses[-1:] for name, value in use.items()}}


def read_seed(name: str) -> Seed:
    with open(SEEDS / f"{name}.yml", encoding="utf-8") as stream:
        return copy.deepcopy(yaml.safe_load(stream))


def unity_of(seed: Seed) -> dict[str, Any]:
    """The one Unity organization of a seed."""
    return seed["unity"]["organizations"][0]


def account_of(seed: Seed) -> dict[str, Any]:
    return unity_of(seed)["service_accounts"][0]


def application_of(seed: Seed) -> dict[str, Any]:
    return seed["jumpcloud"]["applications"][0]


def finished(seed: Seed) -> None:
    """Make the seed `configured` what a run would leave behind: the description and both groups, too."""
    account_of(seed)["description"] = "SCIM provisioning from JumpCloud, managed by Ansible"
    account_of(seed)["keys"][0]["name"] = "unity_jumpcloud.scim 000000000000"
    application_of(seed)["bindings"] = [{"type": "user_group", "id": name} for name in GROUPS]


def cases(few: Iterable[Any], all_of_them: Iterable[Any]) -> list[Any]:
    """Which cases of a story run: a few, that show each of its roads; with STORIES_ALL_CASES, which ``make test FULL=1`` sets, all of them."""
    return list(all_of_them if os.environ.get("STORIES_ALL_CASES") else few)


def default_ansible_playbook() -> str:
    return os.environ.get("STORIES_ANSIBLE_PLAYBOOK") or str(Path(sys.executable).parent / "ansible-playbook")
