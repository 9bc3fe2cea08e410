# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unity's SCIM side: conformance by an independent tester, and the gateway's checks."""

from __future__ import annotations

import base64

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import ORGANIZATION, SEEDS, Tenants, simulation_of

KEY = ("2b6f0cc9-0000-4000-8000-c0f0a0000001", "SENTINELscimkeysecret4e1d0000000")
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "new@example.com"}


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def test_conformance() -> None:
    tester = pytest.importorskip("scim2_tester")
    httpx2 = pytest.importorskip("httpx2")
    from scim2_client.engines.httpx2 import SyncSCIMClient

    with Simulator(simulation_of("conformance")) as simulator:
        base_url = f"{simulator.url}/scim/v2/tenants/{ORGANIZATION}"
        with httpx2.Client(base_url=base_url, headers=basic(*KEY), trust_env=False) as http:
            client = SyncSCIMClient(http)
            client.discover()
            results = tester.check_server(client)
    wrong = [f"{result.title}: {result.reason}" for result in results if result.status.name not in ("SUCCESS", "SKIPPED")]
    assert not wrong
    assert len(results) > 100


def test_a_bearer_token_of_the_service_account() -> None:
    seed = read_seed(SEEDS / "conformance.yml")
    seed["unity"]["organizations"][0]["service_accounts"][0]["bearer_tokens"] = ["SENTINEL-bearer"]
    with Simulator(Simulation(seed)) as simulator:
        tenants = Tenants(simulator.url)
        headers = {"Authorization": "Bearer SENTINEL-bearer"}
        assert tenants.call("GET", tenants.scim + "/Users", headers=headers).status_code == 200
        assert "SENTINEL-bearer" in tenants.control("GET", "state?secrets=true")["secrets"]


class TestGateway:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic !!"}, basic("nobody", "x"), {"Authorization": "Bearer x"}])
    def test_bad_credentials(self, tenants: Tenants, headers: dict[str, str]) -> None:
        answer = tenants.call("GET", tenants.scim + "/Users", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == 51
        assert set(answer.json()) == {"title", "detail", "code", "type", "status", "details", "requestId"}
        assert answer.headers["Unity-Request-Id"] == answer.json()["requestId"]

    def test_missing_role(self, tenants: Tenants) -> None:
        header = tenants.header(tenants.account(roles=("Project Creator",)))
        answer = tenants.call("GET", tenants.scim + "/Users", headers={"Authorization": header})
        assert answer.status_code == 403 and "SCIM Authenticator" in answer.json()["detail"]

    def test_other_tenant(self, tenants: Tenants) -> None:
        header = tenants.header(tenants.account())
        assert tenants.call("GET", "/scim/v2/tenants/999/Users", headers={"Authorization": header}).status_code == 403
        assert tenants.call("GET", "/scim/v2/tenants/999/Users").status_code == 401

    def test_groups_are_refused_gracefully(self, tenants: Tenants) -> None:
        header = tenants.header(tenants.account())
        answer = tenants.call("GET", tenants.scim + "/Groups", headers={"Authorization": header})
        assert answer.status_code == 501
        assert answer.json()["status"] == "501"

    def test_life_of_a_user(self, tenants: Tenants) -> None:
        headers = {"Authorization": tenants.header(tenants.account()), "Content-Type": "application/scim+json"}
        made = tenants.call("POST", tenants.scim + "/Users", headers=headers, json=USER)
        assert made.status_code == 201
        assert made.headers["Content-Type"] == "application/scim+json"
        assert made.headers["Location"] == f"{tenants.url}{tenants.scim}/Users/{made.json()['id']}"
        twice = tenants.call("POST", tenants.scim + "/Users", headers=headers, json=USER)
        assert twice.status_code == 409 and twice.json()["scimType"] == "uniqueness"
        outside = tenants.call("POST", tenants.scim + "/Users", headers=headers, json={**USER, "userName": "new@draft.example.net"})
        assert outside.status_code == 400 and "not validated" in outside.json()["detail"]
        found = tenants.call("GET", tenants.scim + "/Users", headers=headers, params={"filter": 'userName eq "NEW@example.com"'})
        assert found.json()["totalResults"] == 1
        address = f"{tenants.scim}/Users/{made.json()['id']}"
        assert tenants.call("DELETE", address, headers=headers).status_code == 204
        assert tenants.call("GET", address, headers=headers).status_code == 404


def test_a_server_that_pages_and_does_not_filter() -> None:
    seed = read_seed(SEEDS / "conformance.yml")
    seed["unity"]["organizations"][0]["scim"].update(page_limit=2, ignore_filters=True)
    seed["unity"]["organizations"][0]["users"] = [{"userName": f"person{number}@example.com"} for number in range(5)]
    with Simulator(Simulation(seed)) as simulator:
        tenants = Tenants(simulator.url)
        query = {"filter": 'userName eq "person4@example.com"', "count": 100, "startIndex": 1}
        page = tenants.call("GET", tenants.scim + "/Users", headers=basic(*KEY), params=query).json()
        assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (5, 2, 2)
