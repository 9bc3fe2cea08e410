# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unity's assumed administration: who may, what is refused, what is shown once."""

from __future__ import annotations

import re
from typing import Iterator

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import ORGANIZATION, SEEDS, TOKEN, Tenants, simulation_of

GATEWAY_FIELDS = {"title", "detail", "code", "type", "status", "details", "requestId"}


@pytest.fixture
def strict() -> Iterator[Tenants]:
    """Only exchanged tokens are taken; one person has no access, one is a plain user; there are two organizations."""
    seed = read_seed(SEEDS / "empty.yml")
    seed["unity"]["require_exchange"] = True
    seed["unity"]["organizations"].append({"genesis_id": "999", "name": "Other"})
    seed["unity"]["access_tokens"][0]["organizations"] = [ORGANIZATION]
    seed["unity"]["access_tokens"].append({"token": "SENTINEL-plain-user", "user": "user@example.com", "role": "user"})
    with Simulator(Simulation(seed)) as simulator:
        yield Tenants(simulator.url)


def test_accounts(tenants: Tenants) -> None:
    made = tenants.unity("POST", tenants.accounts, json={"name": "One", "description": "first"})
    assert made.status_code == 201
    assert set(made.json()) == {"id", "name", "description", "createdAt"}
    address = f"{tenants.accounts}/{made.json()['id']}"
    assert tenants.unity("PATCH", address, json={"description": "changed"}).json()["description"] == "changed"
    assert tenants.unity("GET", address).json()["name"] == "One"
    twice = tenants.unity("POST", tenants.accounts, json={"name": "One"})
    assert twice.status_code == 409 and set(twice.json()) == GATEWAY_FIELDS
    tenants.unity("POST", tenants.accounts, json={"name": "Two"})
    assert tenants.unity("PATCH", address, json={"name": "Two"}).status_code == 409
    assert tenants.unity("POST", tenants.accounts, json={"name": ""}).status_code == 400
    assert tenants.unity("POST", tenants.accounts, data="not json").status_code == 400
    assert tenants.unity("DELETE", address).status_code == 204
    assert tenants.unity("DELETE", address).status_code == 404
    assert [account["name"] for account in tenants.unity("GET", tenants.accounts).json()["results"]] == ["Two"]


def test_limits_and_paging(tenants: Tenants) -> None:
    for number in range(50):
        assert tenants.unity("POST", tenants.accounts, json={"name": f"Account {number}"}).status_code == 201
    full = tenants.unity("POST", tenants.accounts, json={"name": "One too many"})
    assert full.status_code == 400 and "50" in full.json()["detail"]
    first = tenants.unity("GET", tenants.accounts).json()
    assert (len(first["results"]), first["offset"], first["limit"], first["total"]) == (20, 0, 20, 50)
    last = tenants.unity("GET", tenants.accounts, params={"limit": 500, "offset": 45}).json()
    assert (len(last["results"]), last["limit"]) == (5, 100)
    assert tenants.unity("GET", tenants.accounts, params={"limit": "many"}).status_code == 400
    account = last["results"][0]["id"]
    for _unused in range(20):
        assert tenants.unity("POST", f"{tenants.accounts}/{account}/keys").status_code == 201
    assert tenants.unity("POST", f"{tenants.accounts}/{account}/keys").status_code == 400


def test_keys(tenants: Tenants) -> None:
    account = tenants.account()
    keys = f"{tenants.accounts}/{account}/keys"
    made = tenants.unity("POST", keys).json()
    assert re.fullmatch(r"[A-Za-z0-9]{32}", made["secretKey"])
    listed = tenants.unity("GET", keys)
    assert listed.json()["results"] == [{"id": made["id"], "name": "", "createdAt": made["createdAt"]}]
    assert made["secretKey"] not in listed.text
    assert tenants.unity("DELETE", f"{keys}/{made['id']}").status_code == 204
    assert tenants.unity("DELETE", f"{keys}/{made['id']}").status_code == 404


def test_roles(tenants: Tenants) -> None:
    account = tenants.account()
    roles = f"{tenants.accounts}/{account}/organization-roles"
    assert tenants.unity("GET", roles).json() == {"roles": [{"id": "role-scim-authenticator", "name": "SCIM Authenticator"}]}
    unknown = tenants.unity("PUT", roles, json={"roles": [{"name": "Nobody"}]})
    assert unknown.status_code == 400 and "Nobody" in unknown.json()["detail"]
    assert tenants.unity("PUT", roles, json={"roles": [{"id": "role-manager"}]}).json()["roles"][0]["name"] == "Manager"
    assert tenants.unity("PUT", roles, json={}).status_code == 400
    assert tenants.unity("PUT", roles, json={"roles": []}).json() == {"roles": []}


def test_sso(tenants: Tenants) -> None:
    sso = f"/auth/v1/organizations/{ORGANIZATION}/sso"
    state = tenants.unity("GET", sso).json()
    assert state["scim"] == {"enabled": True, "enforced": False, "baseUrl": tenants.url + tenants.scim}
    assert {"name": "draft.example.net", "validated": False} in state["domains"]
    assert tenants.unity("PATCH", sso, json={"scim": {"enforced": True}}).json()["scim"]["enforced"] is True
    assert tenants.unity("PATCH", sso, json={"scim": {"enforced": "yes"}}).status_code == 400
    assert tenants.unity("PATCH", sso, json={"domains": []}).status_code == 400


def test_refusals(tenants: Tenants) -> None:
    assert tenants.unity("GET", tenants.accounts, token="unknown").status_code == 401
    assert tenants.call("GET", tenants.accounts).json()["code"] == 51
    assert tenants.unity("GET", "/auth/v1/organizations/000/service-accounts").status_code == 404
    assert tenants.unity("GET", f"{tenants.accounts}/none/keys").status_code == 404
    assert tenants.unity("GET", "/auth/v1/nothing").json()["code"] == 4
    header = tenants.header(tenants.account())
    assert tenants.call("GET", tenants.accounts, headers={"Authorization": header}).status_code == 403
    admin = ("0d5f9c1e-0000-4000-8000-5a17e0000001", "SENTINEL-unity-admin-secret-3c8b")
    assert tenants.call("GET", tenants.accounts, auth=admin).status_code == 200


def test_exchange(strict: Tenants) -> None:
    exchange = "/api/auth/v1/genesis-token-exchange/unity"
    assert strict.unity("GET", strict.accounts).status_code == 401
    token = strict.call("POST", exchange, json={"token": TOKEN}).json()["token"]
    assert token.count(".") == 2
    assert strict.unity("GET", strict.accounts, token=token).status_code == 200
    assert strict.call("POST", exchange, json={"token": token}).status_code == 401
    assert strict.unity("GET", "/auth/v1/organizations/999/service-accounts", token=token).status_code == 403
    organization = strict.unity("GET", f"/api/unity/legacy/v1/organizations/{ORGANIZATION}", token=token).json()
    assert organization["genesisId"] == ORGANIZATION and organization["id"] != ORGANIZATION
    plain = strict.call("POST", exchange, json={"token": "SENTINEL-plain-user"}).json()["token"]
    assert strict.unity("GET", strict.accounts, token=plain).status_code == 403
    assert strict.unity("GET", f"/api/unity/legacy/v1/organizations/{ORGANIZATION}", token=plain).status_code == 200


def test_large_seed() -> None:
    with Simulator(simulation_of("large")) as simulator:
        tenants = Tenants(simulator.url)
        users = tenants.jumpcloud("GET", "/api/systemusers", params={"limit": 100, "sort": "_id"}).json()
        assert (len(users["results"]), users["totalCount"]) == (100, 1005)
        groups = tenants.jumpcloud("GET", "/api/v2/usergroups", params={"limit": 100, "skip": 200})
        assert (len(groups.json()), groups.headers["X-Total-Count"]) == (3, "203")
