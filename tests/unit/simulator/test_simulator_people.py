# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many people, groups within groups, and people who are changed on one side only."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import API_KEY, APPLICATION, ARTISTS, DEVELOPERS, ORGANIZATION, SEEDS, Tenants

ADA = "64bb00000000000000000001"
GRACE = "64bb00000000000000000002"
EVERYONE = "64cc00000000000000000003"
USERS = f"/api/v2/applications/{APPLICATION}/users"
PEOPLE = 250


def seed_of(name: str = "configured", **changes: Any) -> dict[str, Any]:
    seed = read_seed(SEEDS / f"{name}.yml")
    return {**seed, **changes}


@pytest.fixture
def large() -> Iterator[Tenants]:
    """Everybody who is generated is in two of ten bound groups, and has an account already."""
    section = {"users": PEOPLE, "groups": 10, "groups_per_person": 2, "bind": "Unity", "provisioned": "Unity", "staged": 3, "suspended": 2}
    with Simulator(Simulation(seed_of(generate=section))) as simulator:
        yield Tenants(simulator.url)


@pytest.fixture
def configured() -> Iterator[Tenants]:
    with Simulator(Simulation(seed_of())) as simulator:
        tenants = Tenants(simulator.url)
        tenants.settle()
        yield tenants


def scim(tenants: Tenants, method: str, path: str, **arguments: Any) -> Any:
    header = read_seed(SEEDS / "configured.yml")["jumpcloud"]["applications"][0]["provision"]["headerValue"]
    return tenants.call(method, f"{tenants.scim}/Users{path}", headers={"Authorization": header}, **arguments)


def pages(read: Any) -> list[Any]:
    rows: list[Any] = []
    while True:
        page = read(len(rows))
        rows += page
        if len(page) < 100:
            return rows


def jumpcloud_people(tenants: Tenants) -> list[dict[str, Any]]:
    query = {"limit": 100, "sort": "_id", "fields": "email state"}
    return pages(lambda skip: tenants.jumpcloud("GET", "/api/systemusers", params={**query, "skip": skip}).json()["results"])


def bound_people(tenants: Tenants) -> dict[str, list[Any]]:
    rows = pages(lambda skip: tenants.jumpcloud("GET", USERS, params={"limit": 100, "skip": skip}).json())
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row["paths"] for row in rows}


def unity_people(tenants: Tenants) -> list[dict[str, Any]]:
    return pages(lambda seen: scim(tenants, "GET", "", params={"startIndex": seen + 1, "count": 100}).json().get("Resources", []))


def stops(path: list[dict[str, Any]]) -> list[str]:
    """The ids on a path, from its beginning to its end."""
    assert all(edge["to"] == following["from"] for edge, following in zip(path, path[1:]))
    return [path[0]["from"]["id"], *(edge["to"]["id"] for edge in path)]


class TestManyPeople:
    def test_every_list_holds_everybody_once(self, large: Tenants) -> None:
        people = jumpcloud_people(large)
        generated = [row for row in people if row["email"].startswith("person")]
        assert (len(people), len(generated)) == (PEOPLE + 5, PEOPLE)
        assert [row["_id"] for row in people] == sorted(row["_id"] for row in people)
        assert [sum(row["state"] == state for row in generated) for state in ("ACTIVATED", "STAGED", "SUSPENDED")] == [PEOPLE - 5, 3, 2]
        bound = bound_people(large)
        assert set(bound) >= {row["_id"] for row in generated} and all(len(bound[row["_id"]]) == 2 for row in generated)
        names = [row["userName"] for row in unity_people(large)]
        activated = [row["email"] for row in generated if row["state"] == "ACTIVATED"]
        assert sorted(names) == sorted([*activated, "ada@example.com", "grace@example.com"])
        assert large.control("GET", "contract-violations")["violations"] == []

    def test_the_engine_finds_nothing_to_do(self, large: Tenants) -> None:
        large.settle()
        large.control("POST", "sync")
        large.settle()
        assert [entry for entry in large.control("GET", "log")["entries"] if entry["by"] == "engine"] == []

    def test_the_engine_goes_on_from_there(self, large: Tenants) -> None:
        """It knows the ids of those who were there before."""
        large.settle()
        gone = next(row for row in jumpcloud_people(large) if row["email"] == "person00007@example.com")
        large.control("DELETE", f"jumpcloud/users/{gone['_id']}")
        assert gone["email"] not in large.people()
        assert [entry["method"] for entry in large.control("GET", "log")["entries"] if entry["by"] == "engine"] == ["DELETE"]

    def test_lists_follow_each_change(self, large: Tenants) -> None:
        """What is remembered for the next page is forgotten with the first write, through whichever door it comes."""
        before = bound_people(large)
        group = large.jumpcloud("GET", "/api/v2/usergroups", params={"filter": "name:eq:Team 0000"}).json()[0]["id"]
        held = {user_id for user_id, paths in before.items() if any(group in stops(path) for path in paths)}
        assert len(held) == PEOPLE / 10 * 2
        assert large.associate("remove", group) == 204
        assert all(group not in stops(path) for paths in bound_people(large).values() for path in paths)
        assert large.associate("add", group) == 204
        large.control("POST", f"jumpcloud/groups/{group}/members", json={"remove": sorted(held)})
        assert len([1 for paths in bound_people(large).values() if any(group in stops(path) for path in paths)]) == 0
        assert large.jumpcloud("GET", f"/api/v2/usergroups/{group}/membership").json() == []
        somebody = min(held)
        large.control("PATCH", f"jumpcloud/users/{somebody}", json={"email": "new@example.com"})
        assert "new@example.com" in [row["email"] for row in jumpcloud_people(large)]
        assert large.jumpcloud("GET", f"/api/systemusers/{somebody}").json()["email"] == "new@example.com"
        large.control("DELETE", f"jumpcloud/users/{somebody}")
        assert large.jumpcloud("GET", f"/api/systemusers/{somebody}").status_code == 404
        assert somebody not in bound_people(large) and somebody not in [row["_id"] for row in jumpcloud_people(large)]
        large.jumpcloud("DELETE", f"/api/v2/usergroups/{group}")
        assert large.jumpcloud("GET", f"/api/v2/usergroups/{group}/membership").status_code == 404

    def test_a_list_of_accounts_follows_each_change(self, large: Tenants) -> None:
        large.settle()
        first = unity_people(large)
        assert first == unity_people(large)
        made = scim(large, "POST", "", json={"schemas": first[0]["schemas"], "userName": "scim@example.com"}).json()["id"]
        assert made in [row["id"] for row in unity_people(large)]
        scim(large, "DELETE", f"/{made}")
        assert unity_people(large) == first
        large.control("DELETE", f"unity/users/{ORGANIZATION}/{first[0]['id']}")
        assert unity_people(large) == first[1:]

    def test_each_answer_has_a_request_id_of_its_own(self, large: Tenants) -> None:
        answers = [scim(large, "GET", "", params={"count": 1}) for _unused in range(3)]
        assert answers[0].json() == answers[2].json()
        assert len({answer.headers["Unity-Request-Id"] for answer in answers}) == 3

    def test_descending_and_by_name_still_sort(self, large: Tenants) -> None:
        query = {"sortBy": "userName", "sortOrder": "descending", "count": 3, "startIndex": 1}
        names = [row["userName"] for row in scim(large, "GET", "", params=query).json()["Resources"]]
        assert names == sorted(names, reverse=True) and names[0].startswith("person00")
        found = scim(large, "GET", "", params={"filter": 'userName eq "PERSON00000@example.com"'}).json()
        assert found["totalResults"] == 1

    def test_the_state_shows_them(self, large: Tenants) -> None:
        state = large.control("GET", "state")
        assert len(state["scim"][ORGANIZATION]) == PEOPLE - 5 + 2
        assert all(resource["meta"]["resourceType"] == "User" for resource in state["scim"][ORGANIZATION])


class TestGroupsWithinGroups:
    @pytest.fixture
    def nested(self) -> Iterator[Tenants]:
        """Artists hold Developers, which hold Everyone else, which hold Artists again."""
        seed = seed_of("empty")
        artists, developers, everyone = seed["jumpcloud"]["groups"]
        artists["groups"], developers["groups"], everyone["groups"] = [DEVELOPERS], ["Everyone else"], [ARTISTS]
        everyone["members"] = [ADA]
        with Simulator(Simulation(seed)) as simulator:
            yield Tenants(simulator.url)

    def test_paths(self, nested: Tenants) -> None:
        nested.associate("add", ARTISTS)
        bound = bound_people(nested)
        assert [stops(path) for path in bound[ADA]] == [[APPLICATION, ARTISTS, ADA], [APPLICATION, ARTISTS, DEVELOPERS, EVERYONE, ADA]]
        assert [stops(path) for path in bound[GRACE]] == [[APPLICATION, ARTISTS, GRACE], [APPLICATION, ARTISTS, DEVELOPERS, GRACE]]
        groups = nested.jumpcloud("GET", f"/api/v2/applications/{APPLICATION}/usergroups").json()
        assert {row["id"]: [stops(path) for path in row["paths"]] for row in groups} == {
            ARTISTS: [[APPLICATION, ARTISTS]],
            DEVELOPERS: [[APPLICATION, ARTISTS, DEVELOPERS]],
            EVERYONE: [[APPLICATION, ARTISTS, DEVELOPERS, EVERYONE]],
        }
        membership = nested.jumpcloud("GET", f"/api/v2/usergroups/{DEVELOPERS}/membership", params={"limit": 100}).json()
        ways = {row["id"]: [stops(path) for path in row["paths"]] for row in membership}
        assert ways[ADA] == [[DEVELOPERS, EVERYONE, ADA], [DEVELOPERS, EVERYONE, ARTISTS, ADA]]
        members = nested.jumpcloud("GET", f"/api/v2/usergroups/{DEVELOPERS}/members").json()
        assert [row["to"]["id"] for row in members if row["to"]["type"] == "user_group"] == [EVERYONE]
        assert nested.control("GET", "contract-violations")["violations"] == []

    def test_the_engine_provisions_those_within(self, nested: Tenants) -> None:
        nested.connect()
        nested.associate("add", DEVELOPERS)
        assert nested.people() == ["ada@example.com", "alan@example.com", "grace@example.com"]
        changed = nested.control("POST", f"jumpcloud/groups/{DEVELOPERS}/members", json={"remove": ["Everyone else"]})
        assert changed["groups"] == []
        assert nested.people() == ["alan@example.com", "grace@example.com"]
        assert nested.control("POST", f"jumpcloud/groups/{DEVELOPERS}/members", json={"add": [EVERYONE]})["groups"] == [EVERYONE]
        nested.control("DELETE", "jumpcloud/groups/Everyone else")
        assert nested.call("DELETE", "/_simulator/jumpcloud/groups/Everyone else").status_code == 404
        assert nested.people() == ["alan@example.com", "grace@example.com"]
        groups = {group["id"]: group["groups"] for group in nested.control("GET", "state")["jumpcloud"]["groups"]}
        assert groups == {ARTISTS: [DEVELOPERS], DEVELOPERS: []}


class TestOneSideOnly:
    def test_jumpcloud(self, configured: Tenants) -> None:
        configured.control("DELETE", "log")
        assert configured.control("PATCH", "jumpcloud/users/ada@example.com", json={"firstname": "Augusta", "email": "king@example.com"}) == {"id": ADA}
        assert configured.people() == ["ada@example.com", "grace@example.com"]
        assert configured.control("GET", "log")["entries"] == []
        person = configured.jumpcloud("GET", f"/api/systemusers/{ADA}").json()
        assert (person["email"], person["firstname"], person["lastname"]) == ("king@example.com", "Augusta", "Lovelace")
        configured.control("POST", "sync")
        assert configured.people() == ["grace@example.com", "king@example.com"]

    def test_unity(self, configured: Tenants) -> None:
        made = configured.control("POST", f"unity/users/{ORGANIZATION}", json={"userName": "stranger@example.com", "name": {"givenName": "A"}})["id"]
        changed = {"name": {"givenName": "Augusta"}, "active": False}
        ada = configured.control("PATCH", f"unity/users/{ORGANIZATION}/ADA@example.com", json=changed)["id"]
        configured.control("DELETE", f"unity/users/{ORGANIZATION}/grace@example.com")
        people = {row["id"]: row for row in unity_people(configured)}
        assert set(people) == {made, ada}
        assert (people[ada]["name"]["givenName"], people[ada]["active"], people[ada]["externalId"]) == ("Augusta", False, ADA)
        assert (people[made]["userName"], people[made]["active"]) == ("stranger@example.com", True)
        assert people[ada]["meta"]["version"] != people[made]["meta"]["version"]
        configured.control("POST", "sync")
        # the engine looks at what it did, not at what is there
        assert configured.people() == ["ada@example.com", "stranger@example.com"]
        configured.control("DELETE", f"unity/users/{ORGANIZATION}/{made}")
        assert configured.people() == ["ada@example.com"]

    @pytest.mark.parametrize(
        "method, path, body, status",
        [
            ("PATCH", "jumpcloud/users/nobody@example.com", {}, 404),
            ("PATCH", f"jumpcloud/users/{ADA}", {"state": "ASLEEP"}, 400),
            ("POST", f"unity/users/{ORGANIZATION}", {"userName": "ada@example.com"}, 400),
            ("POST", f"unity/users/{ORGANIZATION}", {"userName": ["x"]}, 400),
            ("POST", "unity/users/42", {"userName": "x"}, 400),
            ("PATCH", f"unity/users/{ORGANIZATION}/nobody", {}, 400),
            ("DELETE", f"unity/users/{ORGANIZATION}/nobody", None, 400),
        ],
    )
    def test_mistakes_are_told(self, configured: Tenants, method: str, path: str, body: Any, status: int) -> None:
        answer = configured.call(method, f"/_simulator/{path}", json=body)
        assert answer.status_code == status and answer.json()["message"]
        assert configured.people() == ["ada@example.com", "grace@example.com"]


class TestInsightsNotPermitted:
    EVENTS = "/insights/directory/v1/events"
    QUERY = {"service": ["directory"], "start_time": "2020-01-01T00:00:00Z"}

    def test_of_a_key(self) -> None:
        seed = seed_of("empty")
        seed["jumpcloud"]["api_keys"].append({"key": "SENTINEL-blind", "insights": False})
        with Simulator(Simulation(seed)) as simulator:
            tenants = Tenants(simulator.url)
            blind = {"x-api-key": "SENTINEL-blind"}
            for path in (self.EVENTS, self.EVENTS + "/count"):
                assert tenants.call("POST", path, headers=blind, json=self.QUERY).status_code == 403
                assert tenants.call("POST", path, headers={"x-api-key": API_KEY}, json=self.QUERY).status_code == 200
            assert tenants.call("GET", "/api/systemusers", headers=blind).status_code == 200
            body = {"op": "add", "type": "user_group", "id": ARTISTS}
            assert tenants.call("POST", f"/api/v2/applications/{APPLICATION}/associations", headers=blind, json=body).status_code == 204

    def test_of_a_service_account(self) -> None:
        seed = seed_of("empty")
        seed["jumpcloud"]["oauth_clients"][0]["insights"] = False
        with Simulator(Simulation(seed)) as simulator:
            tenants = Tenants(simulator.url)
            form = {"grant_type": "client_credentials", "scope": "api"}
            pair = ("example-client", "SENTINEL-client-secret-55d0")
            token = tenants.call("POST", "/oauth2/token", auth=pair, data=form).json()["access_token"]
            blind = {"Authorization": f"Bearer {token}"}
            assert tenants.call("POST", self.EVENTS, headers=blind, json=self.QUERY).status_code == 403
            assert tenants.call("GET", "/api/systemusers", headers=blind).status_code == 200
