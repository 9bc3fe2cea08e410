# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever request a run breaks off at, the next run ends where an undisturbed one would.

For every request of a run: the connection drops before the effect, it drops after the effect, or the process is killed right after the effect; or
the vendor goes out of order, before or after the effect, and stays so until the run has ended: then nothing can be looked at, or undone, either.
A read has no effect, so the drop of one is the same before and after. The requests are counted by an undisturbed run, so none can be forgotten.
What a killed run leaves behind is the state of the tenants and nothing else: where it is the same after several kills, one next run proves all of them.

These hundreds of runs are made by playbooks that have started already (warm_playbook.py): the same playbook, role, modules and simulator, without
the start of Ansible. Some are made once more by ansible-playbook itself, which shows that this makes no difference.
"""

from __future__ import annotations

import base64
import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from stories.pair import Pair, Seed, cases, default_ansible_playbook, finished

PARTS = 4
# the last one: the answer is lost, and then the credentials are refused, so that the failure of a request changes its kind between two tries
DOWN = ("down_before", "down_after", "refused_after")
VENDORS = ("^/(auth|scim|api/unity)/", "^/(api|insights)/")
RUN_SECONDS = 60
HANG_SECONDS = 3
OPTIONS = {
    "scim_provisioning_deprovision_wait": 10,
    "scim_provisioning_max_deprovisioned_users": 10,
}
FLOWS: dict[str, tuple[str, Callable[[Seed], None] | None]] = {
    "provision": ("empty", None),
    "rotate_key": ("configured", finished),
    "deprovision": ("configured", finished),
}
# Where ansible-playbook itself is broken off: no key, a new one that is not delivered, an old one in use beside it, one whose secret nobody has, and
# one that is revoked while its account stays. In the first three the role's own rescue comes next, in the others the next run.
BROKEN_OFF_FOR_REAL = [
    ("provision", "drop_before", "POST", "/keys"),
    ("provision", "drop_before", "POST", "/verify"),
    ("rotate_key", "drop_after", "POST", "/verify"),
    ("rotate_key", "kill", "POST", "/keys"),
    ("deprovision", "kill", "DELETE", "/keys/[^/]+"),
]

SETTINGS = ("type", "version", "auth_method", "base_url", "header_name", "test_email", "group_management", "active")

Entry = dict[str, Any]


# ------------------------------------------------------------------ where a run ends


def end_state(pair: Pair) -> dict[str, Any]:
    """What has to be the same after any run, however it came about: no ids, no times."""
    pair.tenants.settle()
    state = pair.tenants.control("GET", "state?secrets=true")
    accounts = state["unity"]["organizations"][0]["service_accounts"]
    application = application_of(state)
    groups = {group["id"]: group["name"] for group in state["jumpcloud"]["groups"]}
    resources = [resource for tenant in state["scim"].values() for resource in tenant]
    return {
        "accounts": [(account["name"], account["description"], account["roles"], len(account["keys"])) for account in accounts],
        "settings": application["integration"] and {name: application["integration"][name] for name in SETTINGS},
        "delivered": delivered_key_is_live(state),
        "groups": sorted(groups[binding["id"]] for binding in application["bindings"]),
        "people": sorted(resource["userName"] for resource in resources if resource["meta"]["resourceType"] == "User"),
    }


def application_of(state: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(application for application in state["jumpcloud"]["applications"] if application["display_label"] == "Unity")
    return found


def delivered_key_is_live(state: dict[str, Any]) -> bool | None:
    """Whether the header that JumpCloud provisions with is that of a live key; None where it does not provision."""
    integration = application_of(state)["integration"]
    if not integration or not integration["active"]:
        return None
    pair_of_key = base64.b64decode(integration["activated"]["header_value"].removeprefix("Basic ")).decode()
    accounts = state["unity"]["organizations"][0]["service_accounts"]
    return pair_of_key in [f"{key['id']}:{key['secret']}" for account in accounts for key in account["keys"]]


# ------------------------------------------------------------------------ what runs


@dataclass(frozen=True)
class Started:
    """A run under way. ``wait`` gives its exit status and its output."""

    wait: Callable[[], tuple[int, str]]
    is_over: Callable[[], bool]
    kill: Callable[[], None]


class Warm:
    """A playbook that has started already, and what came of its first run, which nobody disturbed."""

    def __init__(self, pair: Pair, flow: str) -> None:
        command, environment, folder = pair.prepared(flow, OPTIONS)
        program = Path(__file__).with_name("warm_playbook.py")
        python = Path(default_ansible_playbook()).with_name("python")
        self._output = pair.machine / f"{flow}.txt"
        # -P: as with ansible-playbook, the folder of the program is no place to import from
        self._process = subprocess.Popen(
            [python, "-P", program, *command[1:]], env=environment, cwd=folder, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        begin(pair, flow)
        status, output = self.start().wait()
        assert status == 0, output[-4000:]
        self.entries = module_entries(pair)
        self.end = end_state(pair)

    def start(self) -> Started:
        assert self._process.stdin
        self._process.stdin.write(f"{self._output}\n".encode())
        process = self._answer()
        return Started(self._wait, lambda: self._has_answered(0), lambda: os.kill(process, signal.SIGKILL))

    def _has_answered(self, seconds: float) -> bool:
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _answer(self) -> int:
        assert self._process.stdout and self._has_answered(RUN_SECONDS), "the run does not end"
        return int(self._process.stdout.readline())

    def _wait(self) -> tuple[int, str]:
        return self._answer(), self._output.read_text(encoding="utf-8")

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(RUN_SECONDS)


@pytest.fixture(scope="module")
def warm(simulator_process: tuple[str, list[Path]], collections: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Warm]]:
    """The playbooks that have started, each at its first use."""
    url, evidence = simulator_process
    made: dict[str, Warm] = {}
    # short, as in conftest.py
    with tempfile.TemporaryDirectory(prefix="warm-", dir="/tmp") as temporary:
        pair = Pair(url, evidence, tmp_path_factory.mktemp("warm"), Path(temporary), collections, default_ansible_playbook())

        def of(flow: str) -> Warm:
            if flow not in made:
                made[flow] = Warm(pair, flow)
            return made[flow]

        yield of
        for playbook in made.values():
            playbook.close()


def started_for_real(pair: Pair, flow: str) -> Started:
    """ansible-playbook itself. To kill it is to kill all its workers, too, which have sessions of their own."""
    command, environment, folder = pair.prepared(flow, OPTIONS)
    output = pair.machine / "output.txt"
    with output.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT)

    def kill() -> None:
        for found in Path("/proc").glob("[0-9]*"):
            try:
                if environment["STORY"].encode() in (found / "environ").read_bytes():
                    os.kill(int(found.name), signal.SIGKILL)
            except OSError:
                pass  # it is gone already

    return Started(lambda: (process.wait(RUN_SECONDS), output.read_text(encoding="utf-8")), lambda: process.poll() is not None, kill)


# ------------------------------------------------------------------- what is disturbed


def begin(pair: Pair, flow: str) -> None:
    seed, change = FLOWS[flow]
    pair.begin(seed, change)
    pair.tenants.control("DELETE", "log")


def module_entries(pair: Pair) -> list[Entry]:
    return [entry for entry in pair.tenants.control("GET", "log")["entries"] if entry["by"] == "module"]


def kinds_of(entries: list[Entry]) -> list[str]:
    """The requests without their ids. How often a run looks for events depends on how quick JumpCloud is, and what is read at once has no order."""
    return sorted(f"{entry['method']} {re.sub('[0-9a-f-]{24,}', 'ID', entry['path'])}" for entry in entries if entry["service"] != "insights")


def broken_off(pair: Pair, start: Callable[[], Started], kind: str, number: int, entries: list[Entry]) -> bool:
    """Break a run off at this request. Whether it came to a good end all the same."""
    for fault in faults_of(kind, number, entries):
        pair.tenants.control("POST", "faults", json=fault)
    run = start()
    if kind == "kill":
        end = time.monotonic() + RUN_SECONDS
        # what hangs is logged when the effect is there
        while not (is_there := any(entry["fault"] == "hang" for entry in module_entries(pair))) and not run.is_over():
            assert time.monotonic() < end
            time.sleep(0.01)
        if is_there:
            run.kill()
    status, output = run.wait()
    used = pair.tenants.control("GET", "faults")["faults"][0]["used"]
    pair.tenants.control("DELETE", "faults")
    if not used:
        assert status == 0 and kinds_of(module_entries(pair)) == kinds_of(entries), f"the run never came to the request\n{output[-4000:]}"
    assert kind != "kill" or not used or status == -signal.SIGKILL
    return status == 0


def faults_of(kind: str, number: int, entries: list[Entry]) -> list[dict[str, Any]]:
    if kind not in DOWN:
        return [{"match": {"by": "module"}, "action": "hang" if kind == "kill" else kind, "after": number, "seconds": HANG_SECONDS}]
    vendor = vendor_of(entries[number])
    after = sum(vendor_of(entry) == vendor for entry in entries[:number])
    matched = {"match": {"by": "module", "path": vendor}, "after": after}
    out_of_order = {**matched, "action": "status", "status": 401 if kind == "refused_after" else 500}
    first = {"down_after": [{**out_of_order, "effect": True}], "refused_after": [{**matched, "action": "drop_after"}]}.get(kind, [])
    return [*first, {**out_of_order, "times": 0}]


def vendor_of(entry: Entry) -> str:
    return next(vendor for vendor in VENDORS if re.search(vendor, entry["path"]))


def without_chance(state: dict[str, Any]) -> str:
    """The state of both tenants, where ids are numbered in their order, without times and without secrets."""
    numbers: dict[str, int] = {}
    shown = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", json.dumps(state))
    return re.sub("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,32}", lambda found: f"ID {numbers.setdefault(found[0], len(numbers))}", shown)


def require_same_end(pair: Pair, flow: str, start: Callable[[], Started], kind: str, number: int, undisturbed: Warm, proven: set[str] | None = None) -> bool:
    """Break a run off, run again, and compare. Whether the first run came to a good end all the same. ``proven``: from these states it is known."""
    entries = undisturbed.entries
    where = f"{flow}, {kind} at request {number + 1} of {len(entries)}: {entries[number]['method']} {entries[number]['path']}"
    begin(pair, flow)
    is_done = broken_off(pair, start, kind, number, entries)
    state = pair.tenants.control("GET", "state?secrets=true")
    assert delivered_key_is_live(state) is not False, f"JumpCloud was left with a dead key by {where}"
    if kind == "kill" and proven is not None:
        pair.tenants.settle()
        left = without_chance(pair.state())
        if left in proven:
            return False
        proven.add(left)
    if not is_done:
        status, output = start().wait()
        assert status == 0, f"the next run failed after {where}\n{output[-4000:]}"
    assert end_state(pair) == undisturbed.end, where
    return is_done


def numbers_of(entries: list[Entry], kind: str) -> list[int]:
    """The requests at which to break off, by number from 0. A vendor that goes out of order before anything was written stops the run, and that is all."""
    writes = [number for number, entry in enumerate(entries) if entry["write"]]
    if kind == "down_before":
        # behind a write, something is looked at, or undone
        return cases(sorted({*writes, *(number + 1 for number in writes if number + 1 < len(entries))}), range(writes[0], len(entries)))
    return writes if kind in ("drop_after", "down_after", "refused_after") else list(range(len(entries)))


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "kill", *DOWN])
@pytest.mark.parametrize("flow", FLOWS)
def test_next_run_ends_where_an_undisturbed_one_does(pair: Pair, warm: Callable[[str], Warm], flow: str, kind: str, part: int) -> None:
    playbook = warm(flow)
    proven: set[str] = set()
    numbers = numbers_of(playbook.entries, kind)
    for number in numbers[part * len(numbers) // PARTS : (part + 1) * len(numbers) // PARTS]:
        require_same_end(pair, flow, playbook.start, kind, number, playbook, proven)


@pytest.mark.parametrize("flow", FLOWS)
def test_ansible_playbook_makes_the_same_requests_and_ends_there_too(pair: Pair, warm: Callable[[str], Warm], flow: str) -> None:
    playbook = warm(flow)
    begin(pair, flow)
    run = pair.play(flow, extra_vars=OPTIONS).succeeded()
    assert (kinds_of(run.entries), end_state(pair)) == (kinds_of(playbook.entries), playbook.end)


@pytest.mark.parametrize("flow, kind, method, path", BROKEN_OFF_FOR_REAL)
def test_next_ansible_playbook_ends_where_an_undisturbed_one_does(
    pair: Pair, warm: Callable[[str], Warm], flow: str, kind: str, method: str, path: str
) -> None:
    undisturbed = warm(flow)
    number = next(number for number, entry in enumerate(undisturbed.entries) if entry["method"] == method and re.search(path + "$", entry["path"]))
    assert not require_same_end(pair, flow, lambda: started_for_real(pair, flow), kind, number, undisturbed)
