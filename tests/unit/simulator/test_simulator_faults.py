# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault does what its name says, and only as often as asked."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from simulator.testing import APPLICATION, ARTISTS, Tenants

LIST = "/api/v2/usergroups"
ASSOCIATIONS = f"/api/v2/applications/{APPLICATION}/associations"


def fault(tenants: Tenants, action: str, match: dict[str, Any] | None = None, **rule: Any) -> None:
    tenants.control("POST", "faults", json={"match": match or {"service": "unity-admin", "method": "POST"}, "action": action, **rule})


def names(tenants: Tenants) -> list[str]:
    return [account["name"] for account in tenants.unity("GET", tenants.accounts).json()["results"]]


def create(tenants: Tenants) -> Any:
    return tenants.unity("POST", tenants.accounts, json={"name": "Wanted"})


def test_status_before_the_effect(tenants: Tenants) -> None:
    fault(tenants, "status", status=503, headers={"Retry-After": "7"}, body={"title": "busy"})
    answer = create(tenants)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (503, "7", {"title": "busy"})
    assert names(tenants) == []
    assert create(tenants).status_code == 201


def test_status_after_the_effect(tenants: Tenants) -> None:
    fault(tenants, "status", status=502, effect=True)
    assert create(tenants).status_code == 502
    assert names(tenants) == ["Wanted"]


def test_retry_after_as_a_date(tenants: Tenants) -> None:
    fault(tenants, "status", {"service": "jumpcloud"}, status=429, headers={"Retry-After": "http-date:+30"})
    moment = parsedate_to_datetime(tenants.jumpcloud("GET", LIST).headers["Retry-After"])
    assert 20 < moment.timestamp() - time.time() <= 31


def test_drop_before_the_effect(tenants: Tenants) -> None:
    fault(tenants, "drop_before")
    with pytest.raises(requests.ConnectionError):
        create(tenants)
    assert names(tenants) == []


def test_drop_after_the_effect(tenants: Tenants) -> None:
    fault(tenants, "drop_after")
    with pytest.raises(requests.ConnectionError):
        create(tenants)
    assert names(tenants) == ["Wanted"]


def test_truncated(tenants: Tenants) -> None:
    fault(tenants, "truncate")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        create(tenants)
    assert names(tenants) == ["Wanted"]


def test_html_empty_and_other_json(tenants: Tenants) -> None:
    match = {"path": "^/api/v2/usergroups$"}
    fault(tenants, "html", match)
    fault(tenants, "empty", match)
    fault(tenants, "json", match, body={"unexpected": True})
    answers = [tenants.jumpcloud("GET", LIST) for _unused in range(4)]
    assert answers[0].headers["Content-Type"].startswith("text/html") and answers[0].text.startswith("<!DOCTYPE")
    assert (answers[1].status_code, answers[1].content) == (200, b"")
    assert answers[2].json() == {"unexpected": True}
    assert len(answers[3].json()) == 3


def test_slow(tenants: Tenants) -> None:
    fault(tenants, "slow", {"path": LIST}, seconds=0.3)
    begun = time.monotonic()
    assert tenants.jumpcloud("GET", LIST).status_code == 200
    assert time.monotonic() - begun >= 0.3


def test_stale_reads(tenants: Tenants) -> None:
    fault(tenants, "stale", {"path": "/associations$", "method": "POST"}, seconds=1.5)
    begun = time.monotonic()
    assert tenants.associate("add", ARTISTS) == 204
    assert tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "user_group"}).json() == []
    while not tenants.jumpcloud("GET", ASSOCIATIONS, params={"targets": "user_group"}).json():
        assert time.monotonic() - begun < 10
    assert time.monotonic() - begun >= 1.4


def test_times_after_and_clearing(tenants: Tenants) -> None:
    fault(tenants, "status", {"path": LIST}, status=500, after=1, times=2)
    assert [tenants.jumpcloud("GET", LIST).status_code for _unused in range(4)] == [200, 500, 500, 200]
    fault(tenants, "status", {"path": LIST}, status=500, times=0)
    assert tenants.jumpcloud("GET", LIST).status_code == 500
    tenants.control("DELETE", "faults")
    assert tenants.jumpcloud("GET", LIST).status_code == 200
    assert tenants.control("GET", "faults") == {"faults": []}


def test_a_rule_that_makes_no_sense(tenants: Tenants) -> None:
    assert tenants.call("POST", "/_simulator/faults", json={"action": "explode"}).status_code == 400
    assert tenants.call("POST", "/_simulator/faults", json={"action": "html", "match": {"colour": "red"}}).status_code == 400


def test_the_log_names_the_fault(tenants: Tenants) -> None:
    fault(tenants, "drop_after")
    with pytest.raises(requests.ConnectionError):
        create(tenants)
    entry = tenants.control("GET", "log")["entries"][-1]
    assert (entry["fault"], entry["status"], entry["write"]) == ("drop_after", None, True)


def test_the_engine_tries_again_at_the_next_trigger(tenants: Tenants) -> None:
    tenants.connect()
    fault(tenants, "status", {"by": "engine", "method": "POST", "path": "/Users$"}, status=500, times=2)
    tenants.associate("add", ARTISTS)
    assert tenants.people() == []
    assert [event["message_chain"]["response_code"] for event in tenants.events("user_create_provision")] == [500, 500]
    tenants.control("POST", "sync")
    assert tenants.people() == ["ada@example.com", "grace@example.com"]


def test_meanwhile(tenants: Tenants) -> None:
    """The answer is the one from before; what comes next meets the change."""
    members = f"/api/v2/usergroups/{ARTISTS}/membership"
    request = {"path": f"jumpcloud/groups/{ARTISTS}/members", "body": {"remove": ["ada@example.com"]}}
    rule = {"match": {"method": "GET", "path": "/membership$"}, "action": "meanwhile", "request": request}
    assert tenants.call("POST", "/_simulator/faults", json={**rule, "request": {}}).status_code == 400
    tenants.control("POST", "faults", json=rule)
    assert [len(tenants.jumpcloud("GET", members).json()) for _unused in range(3)] == [3, 2, 2]
    assert [entry["fault"] for entry in tenants.control("GET", "log")["entries"]] == ["meanwhile", None, None]
