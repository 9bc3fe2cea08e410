# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pair of tenants that the benchmark works on: a simulator in a process of its own, its log, and its state."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import requests
import yaml

TESTS = Path(__file__).resolve().parent.parent
SEED = TESTS / "simulator" / "seeds" / "empty.yml"
USERS = 10
"""Few, so that what JumpCloud's provisioning does in the background stays small."""
START_TIMEOUT = 180.0
SETTLE_TIMEOUT = 120.0
TOKEN_REQUEST = re.compile(r"/oauth2/token|/genesis-token-exchange/")
MADE_UP = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"), "(uuid)"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*(?:Z|[+-]\d\d:\d\d)"), "(time)"),
    (re.compile(r'W/"[^"]*"'), "(version)"),
)
"""What differs from one provisioning to the next, whoever does it."""


@dataclass(frozen=True)
class Requests:
    """What one run asked of both vendors. A connection test counts as a write."""

    reads: int
    writes: int
    tokens: int

    def __str__(self) -> str:
        return f"{self.reads} + {self.writes} + {self.tokens}"


def seed_for(groups: int) -> dict[str, Any]:
    """A pair of tenants with SSO and no SCIM, and this many user groups."""
    seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    return {**seed, "generate": {"groups": groups, "users": USERS, "domain": "example.com"}}


def group_names(groups: int) -> list[str]:
    """The names that the simulator gives to generated groups."""
    return [f"Team {number:04d}" for number in range(groups)]


def environment_for(seed: dict[str, Any], url: str) -> dict[str, str]:
    """What each way of doing the work finds its tenants and credentials by."""
    return {
        "UNITY_ORGANIZATION_ID": str(seed["unity"]["organizations"][0]["genesis_id"]),
        "UNITY_ACCESS_TOKEN": seed["unity"]["access_tokens"][0]["token"],
        "JUMPCLOUD_API_KEY": seed["jumpcloud"]["api_keys"][0]["key"],
        **dict.fromkeys(("UNITY_API_URL", "UNITY_SERVICES_URL", "JUMPCLOUD_CONSOLE_URL", "JUMPCLOUD_OAUTH_URL", "JUMPCLOUD_INSIGHTS_URL"), url),
    }


class Tenants:
    """The control side of a running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def control(self, method: str, name: str, body: dict[str, Any] | None = None) -> Any:
        """A request to the simulator's control API, which is counted nowhere."""
        answer = self._session.request(method, f"{self.url}/_simulator/{name}", json=body, timeout=SETTLE_TIMEOUT + 10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self) -> None:
        """Back to the seed, with an empty log."""
        self.control("POST", "reset", {})

    def clear_log(self) -> None:
        """From now on, other requests are counted."""
        self.control("DELETE", "log")

    def settle(self) -> None:
        """Wait until JumpCloud has provisioned everybody."""
        if not self.control("POST", "settle", {"timeout": SETTLE_TIMEOUT})["idle"]:
            raise RuntimeError("the simulator's provisioning engine did not come to rest")

    def requests(self) -> Requests:
        """The requests since the log was cleared, without those of the provisioning engine."""
        entries = [entry for entry in self.control("GET", "log")["entries"] if entry["by"] == "module"]
        tokens = sum(1 for entry in entries if TOKEN_REQUEST.search(entry["path"]))
        writes = sum(1 for entry in entries if entry["write"])
        return Requests(len(entries) - writes - tokens, writes, tokens)

    def requests_by_service(self) -> dict[str, int]:
        """The same requests, counted by the service that answered."""
        counts: dict[str, int] = self.control("GET", "log")["counts"]["by_service"]
        return counts

    def listing(self) -> list[str]:
        """The same requests, one a line."""
        entries = [entry for entry in self.control("GET", "log")["entries"] if entry["by"] == "module"]
        return [f"{entry['method']} {entry['path']}{'?' if entry['query'] else ''}{entry['query']} {entry['status']}" for entry in entries]

    def state(self) -> Any:
        """What both vendors hold, without secrets, in a form that two provisionings have in common."""
        state = self.control("GET", "state")
        del state["jumpcloud"]["events"]
        for organization in state["unity"]["organizations"]:
            for account in organization["service_accounts"]:
                for key in account["keys"]:
                    # only the collection gives its keys a name, to find one again whose creation was not answered
                    del key["name"]
        for application in state["jumpcloud"]["applications"]:
            if application["integration"]:
                del application["integration"]["id"]
        return _comparable(state)

    def require_provisioned(self, groups: int) -> None:
        """Fail if the work was not done: an equal nothing would not be a fair comparison."""
        application = self.control("GET", "state")["jumpcloud"]["applications"][0]
        integration = application["integration"] or {}
        found = (len(application["bindings"]), bool(integration.get("active")), len(integration.get("provisioned", {})))
        if found != (groups, True, USERS):
            raise RuntimeError(f"expected ({groups} groups bound, active, {USERS} people provisioned), found {found}")


@contextlib.contextmanager
def running_simulator(python: str, seed: dict[str, Any], latency_ms: float, folder: Path) -> Iterator[Tenants]:
    """A simulator that runs as long as the context; its output and its seed go to the folder."""
    seed_path, ready = folder / "seed.yml", folder / "ready.json"
    ready.unlink(missing_ok=True)
    seed_path.write_text(yaml.safe_dump(seed), encoding="utf-8")
    command = [python, "-m", "simulator", "--seed", str(seed_path), "--ready-file", str(ready), "--latency-ms", str(latency_ms), "--no-contracts"]
    with open(folder / "simulator.txt", "w", encoding="utf-8") as output:
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=output, stderr=output) as process:
            try:
                yield Tenants(_url_when_ready(process, ready))
            finally:
                process.terminate()


def _url_when_ready(process: subprocess.Popen[bytes], ready: Path) -> str:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        if ready.exists():
            return str(json.loads(ready.read_text(encoding="utf-8"))["url"])
        time.sleep(0.05)
    raise RuntimeError("the simulator did not start: see simulator.txt, and --simulator-python")


def _comparable(value: Any) -> Any:
    """Made-up values masked, lists sorted: the order in which things were made does not count."""
    if isinstance(value, dict):
        return {name: _comparable(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return sorted((_comparable(entry) for entry in value), key=lambda entry: json.dumps(entry, sort_keys=True))
    if isinstance(value, str):
        for pattern, mask in MADE_UP:
            value = pattern.sub(mask, value)
    return value
