# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source and the rulebook in ansible-rulebook, which nobody here wrote: from what happens in JumpCloud to the playbook's report.

Skipped where there is no Java 17, or no ansible-rulebook: the step `partners` installs it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
import yaml
from stories.conftest import forking, pair
from stories.pair import GROUPS, WANTED, Pair, account_of, finished, read_seed

__all__ = ["forking", "pair"]

ROOT = Path(__file__).resolve().parents[2]
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "provisioning.yml"
PROGRAM = Path(os.environ.get("PARTNERS_PYTHON") or "/nonexistent").parent / "ansible-rulebook"
PATIENCE = 150.0
SEED = read_seed("configured")
KEY = account_of(SEED)["keys"][0]
CLIENT = SEED["jumpcloud"]["oauth_clients"][0]
# as the simulator's events call it
US = "service account"
# an audit that finds drift ends with status 2, and ansible-rulebook says so
AUDITED = "ansible_rulebook.action.run_playbook - ERROR"


def java() -> str:
    """The version of Java; empty where there is none."""
    program = shutil.which("java")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr if program else ""
    found = re.search(r'version "(\d+)', said)
    return found[1] if found else ""


pytestmark = [
    pytest.mark.skipif(not PROGRAM.exists(), reason="PARTNERS_PYTHON names no Python with ansible-rulebook"),
    pytest.mark.skipif(int(java() or 0) < 17, reason=f"ansible-rulebook needs Java 17 or newer, and here is {'version ' + java() if java() else 'none'}"),
]


class Rulebook:
    """A running ansible-rulebook, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert self.process.poll() is None and time.monotonic() < end, self.said[-5000:]
            time.sleep(0.1)

    def until_said(self, text: str, times: int = 1) -> None:
        self.until(lambda: self.said.count(text) >= times)


@contextmanager
def running(pair: Pair, rulebook: str, variables: dict[str, Any]) -> Iterator[Rulebook]:
    """Acme's pair in the inventory, and a service account of ours in the environment."""
    _command, environment, folder = pair.prepared("audit", {})
    environment = {name: value for name, value in environment.items() if name != "JUMPCLOUD_API_KEY"}
    environment.update(JUMPCLOUD_CLIENT_ID=CLIENT["client_id"], JUMPCLOUD_CLIENT_SECRET=CLIENT["client_secret"])
    environment["PATH"] = f"{PROGRAM.parent}{os.pathsep}{environment['PATH']}"
    audit_key = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
    wanted = {**WANTED, **audit_key, "scim_provisioning_report": str(folder / "report"), "scim_provisioning_user_timeout": 20}
    (folder / "inventory.yml").write_text(json.dumps({"all": {"hosts": {"acme": wanted}}}), encoding="utf-8")
    (folder / "variables.yml").write_text(json.dumps(variables), encoding="utf-8")
    log = folder / "rulebook.log"
    with log.open("wb") as stream:
        command = [str(PROGRAM), "--rulebook", rulebook, "--inventory", "inventory.yml", "--vars", "variables.yml"]
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield Rulebook(process, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
    pair.require_no_secret({"output": log.read_text(encoding="utf-8", errors="replace"), "state": (folder / "state.json").read_text(encoding="utf-8")})


@contextmanager
def watching(pair: Pair, **more: Any) -> Iterator[Rulebook]:
    """The collection's own rulebook, once it has looked for the first time."""
    state = pair.machine / "state.json"
    variables = {"scim_watch_application": "Unity", "scim_watch_state_file": str(state), "scim_watch_interval": 0.5, "scim_watch_ours": [US], **more}
    with running(pair, "unity_jumpcloud.scim.provisioning", variables) as found:
        found.until(state.exists)
        yield found
        begun = time.monotonic()
        found.process.send_signal(signal.SIGINT)
        assert found.process.wait(30) == 130 and time.monotonic() - begun < 15
        assert "Traceback" not in found.said and "Source error" not in found.said


def report(pair: Pair) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((pair.machine / "report.json").read_text(encoding="utf-8"))
    return found


def test_a_person_is_tried_again_and_somebody_elses_deactivation_is_audited(pair: Pair) -> None:
    pair.begin("configured", finished)
    with watching(pair, scim_watch_may_provision_users=True) as rulebook:
        pair.fault("status", "unity-scim", "POST", "/Users$", by="engine", status=500, times=1)
        pair.joins("bob@example.com", GROUPS[0])
        rulebook.until_said("bob@example.com: created")
        assert "JumpCloud could not provision bob@example.com" in rulebook.said and rulebook.said.count(AUDITED) == 1
        assert "bob@example.com" in pair.people()
        (pair.machine / "report.json").unlink()
        # another administrator at the console
        assert pair.tenants.jumpcloud("DELETE", pair.tenants.provision + "/activate").status_code == 204
        rulebook.until_said("integration_deactivate")
        rulebook.until_said(AUDITED, 2)
        assert "Provisioning is inactive. Run the provision playbook." in rulebook.said
    assert rulebook.said.count("1 change by others") == 1
    assert report(pair)["outcome"] == "drift" and not pair.is_active()


def test_provisioning_is_paused_where_many_are_deprovisioned_and_that_is_allowed(pair: Pair) -> None:
    pair.begin("configured", finished)
    with watching(pair, scim_watch_may_pause=True, scim_watch_max_deprovisioned=1) as rulebook:
        people = pair.people()
        pair.tenants.control("POST", "jumpcloud/groups/64cc00000000000000000001/members", json={"remove": people})
        pair.tenants.control("POST", "jumpcloud/groups/64cc00000000000000000002/members", json={"remove": people})
        # said before the playbook has run
        rulebook.until_said("Provisioning is to be paused.")
        rulebook.until_said(AUDITED)
        assert not pair.is_active() and pair.identity_management() is not None and pair.bound_groups() == GROUPS
    # it was us who paused it
    assert "by others" not in rulebook.said
    assert report(pair)["outcome"] == "drift"


CHANGED, MANY, FAILING = {"kind": "changed_by_others"}, {"kind": "many_deprovisionings"}, {"kind": "people_failing"}
PAYLOAD: list[tuple[dict[str, Any], str | None]] = [
    (CHANGED, "Somebody else changed the application or its provisioning"),
    ({**FAILING, "may_provision_user": True}, "Somebody could not be provisioned, and may be tried again"),
    ({**FAILING, "may_provision_user": False}, "People could not be provisioned"),
    ({**MANY, "may_pause": True}, "Many people were deprovisioned, and provisioning may be paused"),
    ({**MANY, "may_pause": False}, "Many people were deprovisioned"),
    ({"kind": "unwatched"}, "Something may have happened that nobody has seen"),
    ({"kind": "deactivated", "by_us": False}, None),
    ({"kind": "person_failed"}, None),
    ({"kind": "person_deprovisioned", "may_pause": True}, None),
]


def test_which_rule_is_for_which_event(pair: Pair) -> None:
    """The conditions, as Drools understands them; with actions that only say which rule it is."""
    (ruleset,) = yaml.safe_load(RULEBOOK.read_text(encoding="utf-8"))
    events = [{**event, "number": number} for number, (event, _rule) in enumerate(PAYLOAD)]
    ruleset["sources"] = [{"eda.builtin.generic": {"payload": [*events, {"kind": "end"}]}}]
    for rule in ruleset["rules"]:
        assert all(set(action) <= {"debug", "run_playbook"} for action in rule["actions"])
        rule["actions"] = [{"debug": {"msg": "FIRED {{ event.number }} %s." % rule["name"]}}]
    ruleset["rules"].append({"name": "End", "condition": 'event.kind == "end"', "action": {"shutdown": {}}})
    (pair.machine / "conditions.yml").write_text(yaml.safe_dump([ruleset], sort_keys=False), encoding="utf-8")
    (pair.machine / "state.json").touch()
    with running(pair, "conditions.yml", {}) as rulebook:
        rulebook.process.wait(PATIENCE)
    fired = re.findall(r"FIRED (\d+) (.*)\.", rulebook.said)
    assert fired == [(str(number), rule) for number, (_event, rule) in enumerate(PAYLOAD) if rule], rulebook.said
