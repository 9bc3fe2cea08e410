# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's published console API, and Directory Insights."""

from __future__ import annotations

import json
from typing import Iterator

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import API_KEY, APPLICATION, ARTISTS, DEVELOPERS, SEEDS, Tenants

HOME = "5f0a1b2c3d4e5f6071829301"
OTHER = "5f0a1b2c3d4e5f6071829302"
ADA = "64bb00000000000000000001"
ASSOCIATIONS = f"/api/v2/applications/{APPLICATION}/associations"


@pytest.fixture
def provider() -> Iterator[Tenants]:
    """The API key belongs to a multi-tenant administrator; another key may only read."""
    seed = read_seed(SEEDS / "empty.yml")
    seed["jumpcloud"]["organizations"].append({"id": OTHER, "name": "Other"})
    seed["jumpcloud"]["api_keys"][0]["organizations"] = [HOME, OTHER]
    seed["jumpcloud"]["api_keys"].append({"key": "SENTINEL-reader", "read_only": True})
    with Simulator(Simulation(seed)) as simulator:
        yield Tenants(simulator.url)


def test_applications(tenants: Tenants) -> None:
    found = tenants.jumpcloud("GET", "/api/applications", params={"limit": 1, "sort": "_id", "skip": 1}).json()
    assert found["totalCount"] == 2 and [row["displayLabel"] for row in found["results"]] == ["Meetings"]
    by_name = tenants.jumpcloud("GET", "/api/applications", params={"filter": "name:$eq:unity"}).json()
    assert [row["_id"] for row in by_name["results"]] == [APPLICATION]
    assert by_name["results"][0]["config"]["idpPrivateKey"]["value"].startswith("-----BEGIN FAKE")
    assert tenants.jumpcloud("GET", "/api/applications", params={"filter": "name:eq:unity"}).status_code == 400
    assert tenants.jumpcloud("GET", f"/api/applications/{APPLICATION}").json()["displayLabel"] == "Unity"
    missing = tenants.jumpcloud("GET", "/api/applications/64aa000000000000000000ff")
    assert missing.status_code == 404 and set(missing.json()) == {"code", "message", "status"}
    second = tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}").json()
    assert second["provision"] is None and second["_id"] == APPLICATION
    assert tenants.jumpcloud("GET", "/api/v2/applications").headers["X-Total-Count"] == "2"


def test_the_put_that_resets_what_is_not_sent(tenants: Tenants) -> None:
    tenants.jumpcloud("PUT", f"/api/applications/{APPLICATION}", json={"displayLabel": "Unity Cloud"})
    left = tenants.jumpcloud("GET", f"/api/applications/{APPLICATION}").json()
    assert (left["displayLabel"], left["name"], left["ssoUrl"], left["config"], left["active"]) == ("Unity Cloud", "", "", {}, False)


def test_credentials(tenants: Tenants) -> None:
    assert tenants.call("GET", "/api/applications", headers={"x-api-key": "wrong"}).status_code == 401
    assert tenants.call("GET", "/api/v2/usergroups").status_code == 401
    form = {"scope": "api", "grant_type": "client_credentials"}
    answer = tenants.call("POST", "/oauth2/token", auth=("example-client", "SENTINEL-client-secret-55d0"), data=form).json()
    assert answer["expires_in"] == 3600
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert tenants.call("GET", "/api/organizations", headers=headers).json()["results"][0]["_id"] == HOME
    assert tenants.call("POST", "/oauth2/token", auth=("example-client", "wrong"), data=form).json()["error"] == "invalid_client"
    wrong_scope = tenants.call("POST", "/oauth2/token", auth=("example-client", "SENTINEL-client-secret-55d0"), data={**form, "scope": "all"})
    assert (wrong_scope.status_code, wrong_scope.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("organization, status", [(None, 401), ("nonsense", 400), ("5f0a1b2c3d4e5f60718293ff", 404), (HOME, 200)])
def test_multi_tenant_administrators_name_the_organization(provider: Tenants, organization: str | None, status: int) -> None:
    headers = {"x-api-key": API_KEY, **({"x-org-id": organization} if organization else {})}
    assert provider.call("GET", "/api/v2/usergroups", headers=headers).status_code == status
    assert provider.call("GET", "/api/applications", headers=headers).status_code == status


def test_organizations_and_readers(provider: Tenants) -> None:
    assert provider.jumpcloud("GET", "/api/organizations").json()["totalCount"] == 2
    assert provider.call("GET", "/api/organizations", headers={"x-api-key": API_KEY, "x-org-id": HOME}).status_code == 403
    reader = {"x-api-key": "SENTINEL-reader"}
    assert provider.call("GET", "/api/v2/usergroups", headers=reader).status_code == 200
    body = {"op": "add", "type": "user_group", "id": ARTISTS}
    assert provider.call("POST", ASSOCIATIONS, headers=reader, json=body).status_code == 403


def test_groups_and_people(tenants: Tenants) -> None:
    exact = tenants.jumpcloud("GET", "/api/v2/usergroups", params={"filter": "name:eq:Unity Artists"}).json()
    assert [group["id"] for group in exact] == [ARTISTS]
    wild = tenants.jumpcloud("GET", "/api/v2/usergroups", params={"filter": "name:eq:Unity*", "sort": "-name"}).json()
    assert [group["id"] for group in wild] == [DEVELOPERS, ARTISTS]
    assert tenants.jumpcloud("GET", "/api/v2/usergroups", params={"filter": "name:$eq:x"}).status_code == 400
    members = tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/members", params={"limit": 2}).json()
    assert [row["to"]["type"] for row in members] == ["user", "user"]
    membership = tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/membership").json()
    assert len(membership) == 3 and membership[0]["paths"][0][0]["to"]["id"] == membership[0]["id"]
    person = tenants.jumpcloud("GET", "/api/systemusers", params={"filter": "email:$eq:suspended@example.com"}).json()["results"][0]
    assert (person["suspended"], person["activated"], person["state"]) == (True, True, "SUSPENDED")
    assert tenants.jumpcloud("GET", f"/api/systemusers/{ADA}").json()["email"] == "ada@example.com"


def test_associations(tenants: Tenants) -> None:
    assert tenants.jumpcloud("GET", ASSOCIATIONS).status_code == 400
    assert tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "nonsense"}).status_code == 400
    assert tenants.associate("add", ARTISTS) == 204
    twice = tenants.jumpcloud("POST", ASSOCIATIONS, json={"op": "add", "type": "user_group", "id": ARTISTS})
    assert (twice.status_code, twice.json()) == (409, {"message": "Already Exists"})
    assert tenants.associate("remove", DEVELOPERS) == 404
    assert tenants.associate("add", "64cc000000000000000000ff") == 404
    assert tenants.associate("replace", ARTISTS) == 400
    rows = tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "user_group"}).json()
    assert [(row["to"]["type"], row["to"]["id"]) for row in rows] == [("user_group", ARTISTS)]
    back = tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/associations", params={"targets": "application"}).json()
    assert [row["to"]["id"] for row in back] == [APPLICATION]
    assert len(tenants.jumpcloud("GET", f"/api/v2/usergroups/{ARTISTS}/applications").json()) == 1
    body = {"op": "remove", "type": "application", "id": APPLICATION}
    assert tenants.jumpcloud("POST", f"/api/v2/usergroups/{ARTISTS}/associations", json=body).status_code == 204
    assert tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "user_group,user"}).json() == []


def test_paths_tell_every_route_to_a_person(tenants: Tenants) -> None:
    tenants.associate("add", ARTISTS)
    tenants.associate("add", ADA, kind="user")
    users = {row["id"]: row for row in tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/users", params={"limit": 100}).json()}
    routes = sorted([[step["to"]["type"] for step in path] for path in users[ADA]["paths"]], key=len)
    assert routes == [["user"], ["user_group", "user"]]
    groups = tenants.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/usergroups").json()
    assert [(row["id"], len(row["paths"])) for row in groups] == [(ARTISTS, 1)]


def test_group_changes(tenants: Tenants) -> None:
    address = f"/api/v2/usergroups/{ARTISTS}"
    assert tenants.jumpcloud("PUT", address, json={"name": "Artists"}).json()["name"] == "Artists"
    assert tenants.jumpcloud("PUT", address, json={}).status_code == 400
    tenants.associate("add", ARTISTS)
    assert tenants.jumpcloud("DELETE", address).status_code == 200
    assert tenants.jumpcloud("GET", address).status_code == 404
    assert tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "user_group"}).json() == []


class TestInsights:
    EVENTS = "/insights/directory/v1/events"
    QUERY = {"service": ["directory"], "start_time": "2020-01-01T00:00:00Z"}

    def test_pages(self, tenants: Tenants) -> None:
        tenants.connect()
        tenants.associate("add", ARTISTS)
        tenants.people()
        total = tenants.jumpcloud("POST", self.EVENTS + "/count", json=self.QUERY).json()["count"]
        seen: list[str] = []
        query = {**self.QUERY, "limit": 2, "sort": "ASC"}
        while True:
            answer = tenants.jumpcloud("POST", self.EVENTS, json=query)
            seen += [event["id"] for event in answer.json()]
            if int(answer.headers["X-Result-Count"]) < int(answer.headers["X-Limit"]):
                break
            query["search_after"] = json.loads(answer.headers["X-Search_after"])
        assert len(seen) == len(set(seen)) == total == 6
        assert tenants.control("GET", "contract-violations")["violations"] == []

    def test_search(self, tenants: Tenants) -> None:
        tenants.connect()
        term = {"and": {"event_type": ["integration_activate"], "application.id": APPLICATION, "success": True}}
        assert len(tenants.jumpcloud("POST", self.EVENTS, json={**self.QUERY, "search_term": term}).json()) == 1
        upper = {"and": {"event_type": "INTEGRATION_ACTIVATE"}}
        assert tenants.jumpcloud("POST", self.EVENTS, json={**self.QUERY, "search_term": upper}).json() == []
        later = {**self.QUERY, "start_time": "2999-01-01T00:00:00Z"}
        assert tenants.jumpcloud("POST", self.EVENTS, json=later).json() == []

    def test_refusals(self, tenants: Tenants) -> None:
        assert tenants.call("POST", self.EVENTS, json=self.QUERY).status_code == 401
        assert tenants.jumpcloud("POST", self.EVENTS, json={"service": ["directory"]}).status_code == 400
        assert tenants.jumpcloud("POST", self.EVENTS, json={"start_time": "2020-01-01T00:00:00Z"}).status_code == 400
        assert tenants.jumpcloud("POST", self.EVENTS, json={**self.QUERY, "limit": 10001}).status_code == 400


# ---- the organizations of a provider

PROVIDER = "5f0a1b2c3d4e5f60718293aa"
ORGANIZATIONS = f"/api/v2/providers/{PROVIDER}/organizations"


@pytest.fixture
def portal() -> Iterator[Tenants]:
    """A provider that manages one of both organizations."""
    seed = read_seed(SEEDS / "empty.yml")
    seed["jumpcloud"]["organizations"].append({"id": OTHER, "name": "Other", "max_system_users": 25})
    seed["jumpcloud"]["providers"] = [{"id": PROVIDER, "organizations": [OTHER]}]
    seed["jumpcloud"]["api_keys"].append({"key": "SENTINEL-provider", "organizations": [OTHER], "providers": [PROVIDER]})
    seed["jumpcloud"]["oauth_clients"][0]["providers"] = [PROVIDER]
    with Simulator(Simulation(seed)) as simulator:
        yield Tenants(simulator.url)


def test_organizations_of_a_provider(portal: Tenants) -> None:
    headers = {"x-api-key": "SENTINEL-provider"}
    found = portal.call("GET", ORGANIZATIONS, headers=headers, params={"limit": 100, "skip": 0})
    assert found.json() == {"results": [{"id": OTHER, "name": "Other", "maxSystemUsers": 25}], "totalCount": 1}
    assert portal.call("GET", ORGANIZATIONS, headers=headers, params={"skip": 1}).json() == {"results": [], "totalCount": 1}
    form = {"scope": "api", "grant_type": "client_credentials"}
    token = portal.call("POST", "/oauth2/token", auth=("example-client", "SENTINEL-client-secret-55d0"), data=form).json()["access_token"]
    assert portal.call("GET", ORGANIZATIONS, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert portal.control("GET", "contract-violations") == {"violations": [], "checked": True}


def test_who_may_not_see_the_organizations_of_a_provider(portal: Tenants) -> None:
    assert portal.jumpcloud("GET", ORGANIZATIONS).status_code == 403
    assert portal.call("GET", ORGANIZATIONS, headers={"x-api-key": "SENTINEL-provider", "x-org-id": OTHER}).status_code == 403
    assert portal.call("GET", "/api/v2/providers/x/organizations", headers={"x-api-key": "SENTINEL-provider"}).status_code == 404
    assert portal.call("GET", ORGANIZATIONS).status_code == 401
    assert portal.control("GET", "contract-violations") == {"violations": [], "checked": True}
