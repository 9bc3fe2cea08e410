# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCIM servers that nobody here wrote, each started once, in Unity's place. The step `peers` installs them, and says where they are."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
import requests
from peers.people import Population, few, many
from peers.proxy import Proxy
from simulator.testing import ORGANIZATION
from stories.conftest import START_SECONDS, collections, simulator_process
from stories.pair import Pair, account_of, application_of, default_ansible_playbook, finished, read_seed

__all__ = ["collections", "simulator_process"]

HERE = Path(__file__).resolve().parent
# the tests of the modules only read the first two; others are copies
SERVICES = ("few", "many", "copy")
BULK = 500
NO_NODE = "There is no Node.js and npm here, or PEERS_NODE_MODULES does not name the installed modules: scimmy was not tried."
# the slowest first
KINDS = ("scimmy", "scim2-flask", "scim2-flask-without-filters")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All tests of a peer in one process of pytest, so that each is started and filled once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPeer(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.rpartition("[")[2].rpartition("-")[0]

    return ByPeer(config, log)


@dataclasses.dataclass(frozen=True)
class Peer:
    kind: str
    url: str

    @property
    def knows_filters(self) -> bool:
        return "without-filters" not in self.kind

    def service(self, name: str) -> str:
        return f"{self.url}/{name}"

    def fill(self, name: str, users: tuple[dict[str, Any], ...]) -> None:
        """Add users over SCIM, many at a time (RFC 7644 section 3.7)."""
        for start in range(0, len(users), BULK):
            operations = [{"method": "POST", "path": "/Users", "bulkId": user["userName"], "data": user} for user in users[start : start + BULK]]
            body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
            answer = requests.post(self.service(name) + "/Bulk", json=body, headers={"Content-Type": "application/scim+json"}, timeout=60)
            refused = [operation for operation in answer.json()["Operations"] if operation["status"] != "201"]
            assert answer.status_code == 200 and not refused, refused[:3]

    def copy(self, source: str) -> str:
        """The address of a service like this one, anew: what is written there harms no other test."""
        answer = requests.post(f"{self.url}/_copy/{source}/copy", timeout=30)
        assert answer.status_code == 204, answer.text
        return self.service("copy")

    def users(self, name: str = "copy") -> dict[str, dict[str, Any]]:
        """Everybody, by the user name in lower case, as the peer itself tells it."""
        rows: list[dict[str, Any]] = []
        while True:
            answer = requests.get(self.service(name) + "/Users", params={"startIndex": len(rows) + 1, "count": 1000}, timeout=60).json()
            rows += answer["Resources"]
            if len(rows) >= answer["totalResults"]:
                return {row["userName"].lower(): row for row in rows}
            assert answer["Resources"], (len(rows), answer["totalResults"])

    def remove(self, user_name: str, name: str = "copy") -> None:
        """Somebody deletes a user behind JumpCloud's back."""
        answer = requests.delete(f"{self.service(name)}/Users/{self.users(name)[user_name]['id']}", timeout=30)
        assert answer.status_code == 204, answer.text


@contextmanager
def _started(kind: str, folder: Path) -> Iterator[str]:
    ready, output = folder / "ready.json", folder / "output.txt"
    environment = dict(os.environ)
    if kind == "scimmy":
        command = ["node", str(HERE / "scimmy_peer.cjs"), str(ready)]
        environment["NODE_PATH"] = os.environ["PEERS_NODE_MODULES"]
    else:
        python = os.environ.get("PEERS_PYTHON")
        assert python, "PEERS_PYTHON names no Python with scim2-flask. The step makes one: make test STEPS=peers"
        command = [python, str(HERE / "scim2_flask_peer.py"), str(ready), "no-filters" if "without" in kind else "filters", *SERVICES]
        environment.pop("PYTHONPATH", None)
    with output.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + START_SECONDS
            while not ready.exists():
                assert process.poll() is None and time.monotonic() < end, output.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield json.loads(ready.read_text(encoding="utf-8"))["url"]
            assert process.poll() is None, output.read_text(encoding="utf-8")
        finally:
            process.terminate()
            process.wait(START_SECONDS)


@pytest.fixture(scope="session", params=KINDS)
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """One server, with several services."""
    if request.param == "scimmy" and not os.environ.get("PEERS_NODE_MODULES"):
        pytest.skip(NO_NODE)
    with _started(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield Peer(request.param, url)


@pytest.fixture(scope="session", params=["few", "many"])
def size(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def population(peer: Peer, size: str) -> Population:
    """Three or 1,500 people, and those of them in the peer's service of that name who are said to be there. Tests only read it."""
    made = few() if size == "few" else many()
    peer.fill(size, made.users)
    return made


@pytest.fixture(scope="session")
def proxy(simulator_process: tuple[str, list[Path]]) -> Iterator[Proxy]:
    with Proxy(simulator_process[0]) as running:
        yield running


@pytest.fixture
def pair(proxy: Proxy, simulator_process: tuple[str, list[Path]], collections: str, tmp_path: Path) -> Iterator[Pair]:
    """JumpCloud and Unity's administration by the simulator, Unity's SCIM by a peer: at one address."""
    proxy.peer = ""
    proxy.exchanges.clear()
    with tempfile.TemporaryDirectory(prefix="peer-", dir="/tmp") as temporary:
        made = Pair(proxy.url, simulator_process[1], tmp_path, Path(temporary), collections, default_ansible_playbook())
        yield made
    made.require_no_secret({"answers": "\n".join(exchange.answer for exchange in proxy.exchanges)})
    # whoever came, came to the peer
    assert made.state()["scim"][ORGANIZATION] == []


KEY = account_of(read_seed("configured"))["keys"][0]


def begin_configured(pair: Pair, proxy: Proxy, population: Population, active: bool = True, members: tuple[str, ...] | None = None) -> None:
    """A finished pair with these people, whose identity management calls the proxy. ``members`` alone are bound, else everybody."""

    def change(seed: dict[str, Any]) -> None:
        population.into(seed)
        finished(seed)
        for group in seed["jumpcloud"]["groups"]:
            group["members"] = [member for member in group["members"] if members is None or member in members]
        provision = application_of(seed)["provision"]
        provision["baseUrl"] = provision["baseUrl"].replace("{simulator}", proxy.url)
        provision["status"] = "active" if active else "inactive"

    pair.begin("configured", change)
