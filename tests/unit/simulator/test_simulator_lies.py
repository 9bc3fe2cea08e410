# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each lie of the simulator is told as its name says, on every kind of list, and to nobody but the caller who is to be deceived."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import SEEDS, Tenants

KEY = ("2b6f0cc9-0000-4000-8000-c0f0a0000001", "SENTINELscimkeysecret4e1d0000000")
GROUPS = "/api/v2/usergroups"
USERS = "/api/systemusers"
NAMES = [f"person{number:05d}@example.com" for number in range(7)]
TEAMS = [f"Team {number:04d}" for number in range(7)]


def seven_of_each() -> dict[str, Any]:
    seed = read_seed(SEEDS / "conformance.yml")
    seed["jumpcloud"].update(users=[], groups=[])
    seed["generate"] = {"users": 7, "groups": 7}
    seed["unity"]["organizations"][0]["users"] = [
        {"userName": name, "externalId": f"x{number}", "emails": [{"value": name}]} for number, name in enumerate(NAMES)
    ]
    return seed


@pytest.fixture(name="seven")
def seven_fixture() -> Iterator[Tenants]:
    """Seven people at both vendors, and seven groups."""
    with Simulator(Simulation(seven_of_each())) as simulator:
        yield Tenants(simulator.url)


def lie(tenants: Tenants, service: str, **how: Any) -> None:
    tenants.control("DELETE", "lies")
    tenants.control("POST", "lies", json={"service": service, **how})


def scim(tenants: Tenants, before: int = 0, count: int = 3, **query: Any) -> Any:
    answer = tenants.call("GET", tenants.scim + "/Users", auth=KEY, params={"startIndex": before + 1, "count": count, **query})
    return answer.json() if answer.status_code == 200 else answer.status_code


def scim_page(tenants: Tenants, before: int = 0, count: int = 3, **query: Any) -> tuple[list[str], Any]:
    page = scim(tenants, before, count, **query)
    assert page["itemsPerPage"] == len(page["Resources"])
    return [row["userName"] for row in page["Resources"]], page["totalResults"]


def v1_page(tenants: Tenants, before: int = 0, count: int = 3, **query: Any) -> tuple[list[str], Any]:
    page = tenants.jumpcloud("GET", USERS, params={"skip": before, "limit": count, "sort": "email", **query}).json()
    return [row["email"] for row in page["results"]], page["totalCount"]


def v2_page(tenants: Tenants, before: int = 0, count: int = 3, **query: Any) -> tuple[list[str], Any]:
    answer = tenants.jumpcloud("GET", GROUPS, params={"skip": before, "limit": count, "sort": "name", **query})
    total = answer.headers.get("X-Total-Count")
    return [row["name"] for row in answer.json()], None if total is None else int(total)


LISTS = [pytest.param("unity-scim", scim_page, id="scim"), pytest.param("jumpcloud", v1_page, id="v1"), pytest.param("jumpcloud", v2_page, id="v2")]


def in_order(tenants: Tenants, page: Any) -> list[str]:
    """All rows as the honest list has them: Unity's is in the order of its ids."""
    rows, total = page(tenants, 0, 100)
    assert total == 7 and sorted(rows) == (TEAMS if page is v2_page else NAMES)
    return rows


@pytest.mark.parametrize("service, page", LISTS)
@pytest.mark.parametrize("total, said", [("page", (3, 1)), ("zero", (0, 0)), ("minus_one", (-1, -1)), ("one_short", (6, 6)), ("too_many", (67, 67))])
def test_a_wrong_total(seven: Tenants, service: str, page: Any, total: str, said: tuple[int, int]) -> None:
    rows = in_order(seven, page)
    lie(seven, service, total=total)
    assert page(seven) == (rows[:3], said[0]) and page(seven, 6) == (rows[6:], said[1]) and page(seven, 9)[0] == []


def test_no_total(seven: Tenants) -> None:
    rows = in_order(seven, v2_page)
    lie(seven, "jumpcloud", total="absent")
    assert v2_page(seven, 3) == (rows[3:6], None)
    assert v1_page(seven)[1] == 7, "that one is always an integer"


@pytest.mark.parametrize("service, page", LISTS)
def test_dead_records_take_a_position_and_are_not_shown(seven: Tenants, service: str, page: Any) -> None:
    rows = in_order(seven, page)
    lie(seven, service, thin=3)
    pages = [page(seven, before) for before in (0, 3, 6, 9, 12)]
    assert pages == [(rows[0:2], 10), (rows[2:4], 10), (rows[4:6], 10), (rows[6:], 10), ([], 10)]


def test_one_dead_record_in_a_hundred(seven: Tenants) -> None:
    seed = seven_of_each()
    seed["generate"] = {"users": 0, "groups": 250}
    seed["lies"] = [{"service": "jumpcloud", "thin": True, "total": "absent"}]
    seven.control("POST", "reset", json={"seed": seed})
    pages = [v2_page(seven, before, 100) for before in (0, 100, 200, 300)]
    assert [(len(rows), total) for rows, total in pages] == [(99, None), (99, None), (52, None), (0, None)]
    assert len({row for rows, _total in pages for row in rows}) == 250


@pytest.mark.parametrize("service, page", LISTS)
def test_rows_of_the_page_before_come_again(seven: Tenants, service: str, page: Any) -> None:
    rows = in_order(seven, page)
    lie(seven, service, repeat=2)
    assert [page(seven, before) for before in (0, 3, 6)] == [(rows[:3], 7), (rows[:2] + rows[5:6], 7), (rows[3:4], 7)]


@pytest.mark.parametrize("service, page", LISTS)
def test_an_empty_list_and_one_that_ends_early(seven: Tenants, service: str, page: Any) -> None:
    rows = in_order(seven, page)
    lie(seven, service, empty=True)
    assert page(seven) == ([], 7)
    lie(seven, service, lost_after=4)
    assert [page(seven, before) for before in (0, 3, 6)] == [(rows[:3], 7), (rows[3:4], 7), ([], 7)]


@pytest.mark.parametrize("service, page", LISTS)
def test_a_cap(seven: Tenants, service: str, page: Any) -> None:
    rows = in_order(seven, page)
    lie(seven, service, cap=2)
    assert page(seven, 1, 100) == (rows[1:3], 7)


@pytest.mark.parametrize("status", [204, 400, 404])
def test_a_page_beyond_the_end(seven: Tenants, status: int) -> None:
    lie(seven, "unity-scim", beyond_end=status)
    assert scim(seven, 7) == status and len(scim(seven, 6)["Resources"]) == 1
    lie(seven, "jumpcloud", beyond_end=status)
    for path in (USERS, GROUPS):
        answers = [seven.jumpcloud("GET", path, params={"skip": skip, "limit": 3}) for skip in (6, 7)]
        assert [answer.status_code for answer in answers] == [200, status]
    assert seven.jumpcloud("GET", USERS, params={"filter": "email:$eq:nobody@example.com"}).json()["totalCount"] == 0, "the first page is never beyond"


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_refused_filter(seven: Tenants, status: int) -> None:
    lie(seven, "unity-scim", filter=status)
    assert scim(seven, filter=f'userName eq "{NAMES[0]}"') == status and len(scim(seven)["Resources"]) == 3
    lie(seven, "jumpcloud", filter=status, path="/systemusers$")
    assert seven.jumpcloud("GET", USERS, params={"filter": f"email:$eq:{NAMES[0]}"}).status_code == status
    assert v2_page(seven, filter=f"name:eq:{TEAMS[0]}") == (TEAMS[:1], 1), "another path"


def test_a_filter_that_finds_nobody(seven: Tenants) -> None:
    assert scim_page(seven, filter=f'userName eq "{NAMES[0]}"') == (NAMES[:1], 1)
    lie(seven, "unity-scim", filter="empty")
    assert scim_page(seven, filter=f'userName eq "{NAMES[0]}"') == ([], 0)
    lie(seven, "jumpcloud", filter="empty")
    assert v1_page(seven, filter=f"email:$eq:{NAMES[0]}") == ([], 0)


def test_odd_people(seven: Tenants) -> None:
    kinds = ["emails_text", "emails_null", "active_text", "numeric_external_id", "no_user_name"]
    lie(seven, "unity-scim", odd=dict(zip(NAMES, kinds)))
    rows = {row.get("userName"): row for row in scim(seven, 0, 100)["Resources"]}
    assert rows[NAMES[0]]["emails"] == [NAMES[0]] and rows[NAMES[1]]["emails"] is None
    assert (rows[NAMES[2]]["active"], rows[NAMES[3]]["externalId"]) == ("True", 4711)
    assert rows[None]["externalId"] == "x4" and len(rows) == 7
    assert scim(seven, filter=f'userName eq "{NAMES[2]}"')["Resources"][0]["active"] == "True"


def event(number: int) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "event_type": "user_create_provision",
        "service": "directory",
        "timestamp": f"2026-01-01T00:00:0{number}.000Z",
        "organization": "5f0a1b2c3d4e5f6071829301",
        "success": True,
        "error_message": "",
        "resource": {"email": NAMES[number]},
    }


def test_events() -> None:
    with Simulator(Simulation(seven_of_each(), check_contracts=False)) as simulator:
        tenants = Tenants(simulator.url)
        simulator.simulation.state.jumpcloud.events += [event(number) for number in range(5)]

        def search(limit: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
            query = {"service": ["directory"], "start_time": "2020-01-01T00:00:00Z", "limit": limit}
            answer = tenants.jumpcloud("POST", "/insights/directory/v1/events", json=query)
            return answer.json(), {name: value for name, value in answer.headers.items() if name.startswith("X-")}

        assert search(2)[1].keys() == {"X-Result-Count", "X-Limit", "X-Search_after"} | {"x-request-id"} & search(2)[1].keys()
        lie(tenants, "insights", incomplete=True)
        rows, headers = search(2)
        assert len(rows) == 2 and (headers["X-Result-Count"], headers["X-Limit"]) == ("2", "2") and "X-Search_after" not in headers
        lie(tenants, "insights", incomplete=True, cap=3)
        rows, headers = search(1000)
        assert len(rows) == 3 and (headers["X-Result-Count"], headers["X-Limit"]) == ("1000", "1000") and "X-Search_after" not in headers
        lie(tenants, "insights", cap=3)
        rows, headers = search(1000)
        assert len(rows) == 3 and (headers["X-Result-Count"], headers["X-Limit"]) == ("3", "3") and "X-Search_after" in headers
        lie(tenants, "insights", odd={NAMES[0]: "no_timestamp", NAMES[1]: "error_object"})
        rows, _headers = search(1000)
        assert "timestamp" not in rows[0] and isinstance(rows[1]["error_message"], dict) and rows[2]["error_message"] == ""
        lie(tenants, "insights", empty=True)
        assert search(1000)[0] == []


def test_a_path_and_the_count_of_what_was_told(seven: Tenants) -> None:
    lie(seven, "jumpcloud", total="too_many", path="/usergroups$")
    assert (v1_page(seven)[1], v2_page(seven)[1], scim_page(seven)[1]) == (7, 67, 7)
    assert seven.jumpcloud("GET", GROUPS + "/unknown").status_code == 404
    shown = seven.control("GET", "lies")["lies"]
    assert [(known["service"], known["path"], known["total"], known["told"]) for known in shown] == [("jumpcloud", "/usergroups$", "too_many", 1)]
    seven.control("DELETE", "lies")
    assert v2_page(seven)[1] == 7 and seven.control("GET", "lies") == {"lies": []}


def test_lies_of_a_seed_end_with_it(seven: Tenants) -> None:
    seven.control("POST", "reset", json={"seed": {**seven_of_each(), "lies": [{"service": "unity-scim", "total": "zero"}]}})
    assert scim_page(seven)[1] == 0
    seven.control("POST", "reset", json={"seed": seven_of_each()})
    assert scim_page(seven)[1] == 7


def test_the_engine_is_told_the_truth(tenants: Tenants) -> None:
    tenants.connect()
    lie(tenants, "unity-scim", empty=True, filter="empty")
    tenants.control("POST", "unity/users/12345678901234", json={"userName": "ada@example.com"})
    tenants.associate("add", "64cc00000000000000000001")
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    assert [event["success"] for event in tenants.events("user_create_provision")] == [True]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"service": "unity-admin"},
        {"service": "unity-scim", "total": "absent"},
        {"service": "jumpcloud", "beyond_end": 500},
        {"service": "jumpcloud", "colour": "red"},
        {"service": "jumpcloud", "path": "("},
        {"service": "jumpcloud", "incomplete": True},
        {"service": "jumpcloud", "odd": {"ada@example.com": "emails_null"}},
        {"service": "unity-scim", "odd": {"ada@example.com": "no_timestamp"}},
    ],
)
def test_a_lie_that_makes_no_sense(seven: Tenants, nonsense: dict[str, Any]) -> None:
    assert seven.call("POST", "/_simulator/lies", json=nonsense).status_code == 400
    assert seven.control("GET", "lies") == {"lies": []}
