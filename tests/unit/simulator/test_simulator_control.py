# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests rely on: the log, the state, its saving and loading, the contract checks, the process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.testing import API_KEY, APPLICATION, ARTISTS, SEEDS, TOKEN, Tenants, simulation_of


def session(tenants: Tenants) -> None:
    """A typical run against both vendors."""
    tenants.connect()
    tenants.jumpcloud("GET", "/api/applications", params={"limit": 100, "skip": 0, "sort": "_id", "fields": "displayLabel"})
    tenants.jumpcloud("GET", f"/api/applications/{APPLICATION}")
    tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}")
    tenants.jumpcloud("GET", "/api/v2/usergroups", params={"filter": "name:eq:Unity Artists", "limit": 100, "skip": 0})
    tenants.associate("add", ARTISTS)
    tenants.associate("add", ARTISTS)
    tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/associations", params={"targets": "user_group", "limit": 100})
    tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/users", params={"limit": 100})
    tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/usergroups", params={"limit": 100})
    tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/associations", params={"targets": "application"})
    tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/applications")
    tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}")
    tenants.settle()
    tenants.events("user_create_provision")


class TestLog:
    def test_counts(self, tenants: Tenants) -> None:
        tenants.unity("GET", tenants.accounts)
        tenants.unity("POST", tenants.accounts, json={"name": "One"})
        tenants.call("POST", "/api/auth/v1/genesis-token-exchange/unity", json={"token": TOKEN})
        tenants.events("association_change")
        tenants.verify(**tenants.configuration("Basic eDp5"))
        report = tenants.control("GET", "log")
        assert report["counts"] == {
            "reads": 3,
            "writes": 2,
            "by_service": {"unity-admin": 2, "unity-observed": 1, "insights": 1, "jumpcloud-provisioning": 1},
        }
        assert {entry["by"] for entry in report["entries"]} == {"module", "engine"}
        tested = [entry for entry in report["entries"] if entry.get("test")]
        assert [entry["path"] for entry in tested] == ["/api/v2/provision/client/verify"]
        assert {"n", "at", "by", "service", "method", "path", "query", "status", "fault", "write"} == set(report["entries"][0])
        tenants.control("DELETE", "log")
        assert tenants.control("GET", "log")["counts"] == {"reads": 0, "writes": 0, "by_service": {}}

    def test_holds_no_secret(self, tmp_path: Path) -> None:
        log = tmp_path / "log.jsonl"
        with Simulator(simulation_of("empty", log_path=str(log))) as simulator:
            tenants = Tenants(simulator.url)
            session(tenants)
            tenants.call("GET", "/api/applications", params={"x-api-key": API_KEY})
            secrets = tenants.control("GET", "state?secrets=true")["secrets"]
            shown = json.dumps(tenants.control("GET", "log")) + json.dumps(tenants.control("GET", "state")) + log.read_text(encoding="utf-8")
            shown += json.dumps(tenants.control("GET", "contract-violations"))
        assert len(secrets) >= 8 and API_KEY in secrets and TOKEN in secrets
        assert [secret for secret in secrets if secret in shown] == []
        assert "(held a secret)" in shown
        assert len(log.read_text(encoding="utf-8").splitlines()) > 20


class TestContracts:
    def test_a_typical_session_keeps_them(self, tenants: Tenants) -> None:
        session(tenants)
        assert tenants.control("GET", "contract-violations") == {"violations": [], "checked": True}

    @pytest.mark.parametrize(
        "method, path, arguments, expected",
        [
            ("GET", "/api/applications", {"params": {"targets": "user"}}, "targets is not documented"),
            ("GET", "/api/v2/usergroups", {"params": {"limit": "many"}}, "limit: is not an integer"),
            ("GET", f"/api/v2/applications/{APPLICATION}/associations", {}, "targets is required"),
            ("GET", f"/api/v2/applications/{APPLICATION}/associations", {"params": {"targets": "system"}}, "does not satisfy enum"),
            ("POST", f"/api/v2/applications/{APPLICATION}/associations", {"json": {"op": "add", "type": "user_group"}}, "does not satisfy required"),
            ("POST", f"/api/v2/applications/{APPLICATION}/associations", {"data": "op=add"}, "media type"),
            ("POST", "/insights/directory/v1/events", {"json": {"service": ["directory"]}}, "does not satisfy required"),
            ("POST", "/insights/directory/v1/events", {"json": {"service": ["x"], "start_time": "2020-01-01T00:00:00Z"}}, "does not satisfy enum"),
            ("POST", "/insights/directory/v1/events", {"json": {"service": ["all"], "start_time": "yesterday"}}, "does not satisfy format"),
        ],
    )
    def test_a_wrong_request_is_recorded(self, tenants: Tenants, method: str, path: str, arguments: dict[str, Any], expected: str) -> None:
        tenants.jumpcloud(method, path, **arguments)
        found = tenants.control("GET", "contract-violations")["violations"]
        assert found and all(violation["side"] == "request" for violation in found)
        assert any(expected in violation["message"] for violation in found), found
        tenants.control("DELETE", "contract-violations")
        assert tenants.control("GET", "contract-violations")["violations"] == []

    def test_can_be_left_out(self) -> None:
        with Simulator(simulation_of("empty", check_contracts=False)) as simulator:
            tenants = Tenants(simulator.url)
            tenants.jumpcloud("GET", "/api/applications", params={"nonsense": "1"})
            assert tenants.control("GET", "contract-violations") == {"violations": [], "checked": False}


def test_reset(tenants: Tenants) -> None:
    session(tenants)
    tenants.control("POST", "reset", json={})
    assert tenants.people() == []
    assert tenants.unity("GET", tenants.accounts).json()["total"] == 0
    tenants.control("POST", "reset", json={"seed": {"unity": {"organizations": [{"genesis_id": "42"}]}}})
    assert tenants.unity("GET", tenants.accounts).status_code == 401
    assert [known["genesis_id"] for known in tenants.control("GET", "state")["unity"]["organizations"]] == ["42"]


def test_the_answers_take_their_time_in_parallel() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with Simulator(simulation_of("empty", latency_seconds=0.2)) as simulator:
        begun = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _number: Tenants(simulator.url).jumpcloud("GET", "/api/v2/usergroups").status_code, range(8)))
        elapsed = time.monotonic() - begun
    assert answers == [200] * 8
    assert 0.2 <= elapsed < 1.2


class TestProcess:
    @staticmethod
    def start(tmp_path: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
        ready = tmp_path / "ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "simulator", "--seed", str(SEEDS / "empty.yml"), "--ready-file", str(ready), *options]
        environment = {**os.environ, "PYTHONPATH": str(SEEDS.parents[1])}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        line = process.stdout.readline() if process.stdout else ""
        match = re.fullmatch(r"simulator ready on (http://127\.0\.0\.1:\d+)\n", line)
        assert match, line
        deadline = time.monotonic() + 10
        while not ready.exists():
            assert time.monotonic() < deadline
        told = json.loads(ready.read_text(encoding="utf-8"))
        assert told == {"url": match[1], "port": int(match[1].rsplit(":", 1)[1]), "pid": process.pid}
        return process, match[1]

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_saves_and_loads(self, tmp_path: Path, number: signal.Signals) -> None:
        saved = tmp_path / "state.json"
        process, url = self.start(tmp_path, "--save", str(saved))
        with process:
            tenants = Tenants(url)
            session(tenants)
            before, before_url = tenants.control("GET", "state?secrets=true"), url
            process.send_signal(number)
            assert process.wait(10) == 0
        assert saved.stat().st_mode & 0o777 == 0o600
        process, url = self.start(tmp_path, "--load", str(saved))
        with process:
            tenants = Tenants(url)
            after = tenants.control("GET", "state?secrets=true")
            assert json.dumps(after) == json.dumps(before).replace(before_url, url)
            assert tenants.jumpcloud("GET", tenants.provision).json()["baseUrl"].startswith(url)
            tenants.associate("remove", ARTISTS)
            assert tenants.people() == []
            process.send_signal(number)
            assert process.wait(10) == 0

    def test_engine_delay(self) -> None:
        with Simulator(simulation_of("empty", engine_delay_seconds=0.6)) as simulator:
            tenants = Tenants(simulator.url)
            tenants.connect()
            tenants.settle()
            tenants.associate("add", ARTISTS)
            assert tenants.control("GET", "state")["scim"]["12345678901234"] == []
            assert tenants.people() == ["ada@example.com", "grace@example.com"]
