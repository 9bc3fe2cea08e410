# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever request a run breaks off at, the next run ends where an undisturbed one would.

For every request of a run: the connection drops before the effect, it drops after the effect, or the process is killed right after the
effect. The requests are counted by an undisturbed run, so none can be forgotten.

A read has no effect, and one that drops is sent again (test_http_retry.py has every method and failure): to break off at it is to go on, and to be killed
after it is to be killed after the write before. Reads but the first are left out, unless STORIES_ALL_CASES is set.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from stories.pair import Pair, Seed, finished

PARTS = 4
ALL_CASES = bool(os.environ.get("STORIES_ALL_CASES"))
KILL_SECONDS = 30
OPTIONS = {
    "scim_provisioning_deprovision_wait": 4,
    "scim_provisioning_max_deprovisioned_users": 10,
}


FLOWS: dict[str, tuple[str, Callable[[Seed], None] | None]] = {
    "provision": ("empty", None),
    "rotate_key": ("configured", finished),
    "deprovision": ("configured", finished),
}


def end_state(pair: Pair) -> dict[str, Any]:
    """What has to be the same after any run, however it came about: no ids, no times."""
    people = pair.people()
    state = pair.tenants.control("GET", "state?secrets=true")
    accounts = state["unity"]["organizations"][0]["service_accounts"]
    integration = pair.identity_management()
    return {
        "accounts": [(account["name"], account["description"], account["roles"], len(account["keys"])) for account in accounts],
        "active": integration and integration["active"],
        "delivered": delivered_key_is_live(state),
        "groups": pair.bound_groups(),
        "people": people,
    }


def delivered_key_is_live(state: dict[str, Any]) -> bool | None:
    """Whether the header that JumpCloud provisions with is that of a live key; None where it does not provision."""
    integration = next(application["integration"] for application in state["jumpcloud"]["applications"] if application["display_label"] == "Unity")
    if not integration or not integration["active"]:
        return None
    pair_of_key = base64.b64decode(integration["activated"]["header_value"].removeprefix("Basic ")).decode()
    accounts = state["unity"]["organizations"][0]["service_accounts"]
    return pair_of_key in [f"{key['id']}:{key['secret']}" for account in accounts for key in account["keys"]]


def begin(pair: Pair, flow: str) -> None:
    seed, change = FLOWS[flow]
    pair.begin(seed, change)


def undisturbed(pair: Pair, flow: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The requests of a run without trouble, and where it ends."""
    begin(pair, flow)
    run = pair.play(flow, extra_vars=OPTIONS).succeeded()
    return run.entries, end_state(pair)


def kill_all(mark: str) -> None:
    """Kill every process of this run. Ansible's workers have sessions of their own, so the process group would not hold them."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
        except (OSError, ProcessLookupError):
            pass  # it is gone already


def asked_less_often_for_events(pair: Pair, entries: list[dict[str, Any]]) -> bool:
    """How often a run looks for events depends on how quick JumpCloud is; all other requests have to be the same."""
    made = [entry for entry in pair.tenants.control("GET", "log")["entries"] if entry["by"] == "module" and entry["service"] != "insights"]
    return len(made) == len([entry for entry in entries if entry["service"] != "insights"])


def killed_after(pair: Pair, flow: str, number: int, entries: list[dict[str, Any]]) -> bool:
    """Start the playbook, and kill it with all its children when the effect of this request is there. False if it came to an end before."""
    pair.tenants.control("DELETE", "log")
    pair.tenants.control("POST", "faults", json={"match": {"by": "module"}, "action": "hang", "after": number, "seconds": 3})
    command, environment, folder = pair.prepared(flow, OPTIONS)
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        end = time.monotonic() + KILL_SECONDS
        while not any(entry["fault"] == "hang" for entry in pair.tenants.control("GET", "log")["entries"]):
            assert time.monotonic() < end
            if process.poll() is not None:
                assert process.returncode == 0 and asked_less_often_for_events(pair, entries), "the run was over before the request"
                return False
            time.sleep(0.02)
        kill_all(environment["STORY"])
    pair.tenants.control("DELETE", "faults")
    return True


def quick(pair: Pair, flow: str) -> subprocess.CompletedProcess[str]:
    """A run without the search for secrets of Pair.play, which would make hundreds of runs too slow."""
    command, environment, folder = pair.prepared(flow, OPTIONS)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False)


def disturbed(pair: Pair, flow: str, kind: str, number: int, entries: list[dict[str, Any]]) -> bool:
    """Break a run off at this request; whether it got through all the same."""
    if kind == "kill":
        return not killed_after(pair, flow, number, entries)
    pair.tenants.control("DELETE", "log")
    pair.tenants.control("POST", "faults", json={"match": {"by": "module"}, "action": kind, "after": number})
    run = quick(pair, flow)
    used = pair.tenants.control("GET", "faults")["faults"][0]["used"]
    assert used == 1 or asked_less_often_for_events(pair, entries), f"the run of {flow} never came to request {number + 1}"
    pair.tenants.control("DELETE", "faults")
    return run.returncode == 0


def cases(entries: list[dict[str, Any]], kind: str) -> list[int]:
    """The requests at which to break off, by number from 0."""
    return [number for number, entry in enumerate(entries) if ALL_CASES or entry["write"] or (number == 0 and kind != "drop_after")]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "kill"])
@pytest.mark.parametrize("flow", FLOWS)
def test_next_run_ends_where_an_undisturbed_one_does(pair: Pair, flow: str, kind: str, part: int) -> None:
    entries, expected = undisturbed(pair, flow)
    for number in cases(entries, kind)[part::PARTS]:
        where = f"{flow}, {kind} at request {number + 1} of {len(entries)}: {entries[number]['method']} {entries[number]['path']}"
        begin(pair, flow)
        done = disturbed(pair, flow, kind, number, entries)
        state = pair.tenants.control("GET", "state?secrets=true")
        assert delivered_key_is_live(state) is not False, f"JumpCloud was left with a dead key by {where}"
        if not done:
            again = quick(pair, flow)
            assert again.returncode == 0, f"the next run failed after {where}\n{again.stdout[-4000:]}"
        assert end_state(pair) == expected, where
