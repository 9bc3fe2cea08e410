# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""contract-report.json: what assumed endpoints answered otherwise, to be attached to an issue. It holds no string of any answer, and none of the tenants."""

from __future__ import annotations

import json
from typing import Any, Iterator

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.outline import WORDS
from simulator.testing import APPLICATION, ORGANIZATION
from stories.pair import Pair, Run, finished

ACCOUNT_ID = "2b6f0cc9-0000-4000-8000-acc0000000ff"
# as a real service could answer: other fields, and maps whose names are values
OTHER_SHAPE: dict[str, Any] = {
    "items": [
        {"accountId": ACCOUNT_ID, "displayName": "Studio bot", "createdBy": {"owner@canary.example": {"lovelace": True}}},
        {"accountId": "canary-4711", "displayName": "", "keysById": {"65f0c0ffee65f0c0ffee00a1": {"secretKey": "canarysecret"}}},
    ],
    "groups": {"Canary Artists": [], "artists_canary": [{"memberCount": 918273645}]},
    "next": "https://canary.example/?cursor=Y2FuYXJ5",
    "total": 918273645,
}
PAGE = "<!DOCTYPE html><title>Canary Studio</title><p>Sign in as ada@example.com"
REFUSAL = {"title": "Canary", "detail": "No organization canary", "code": 54, "requestId": "canary-request"}
# where each answer stands in the report
ACCOUNTS, SSO, SETTINGS = (
    "GET /auth/v1/organizations/{org}/service-accounts",
    "GET /auth/v1/organizations/{org}/sso",
    "GET /api/v2/applications/{id}/provision",
)
ENFORCED = {"scim_provisioning_enforced": True}


def spoil(pair: Pair) -> None:
    """All assumed endpoints that are read answer otherwise, each in its own way; credentials are fine."""
    pair.fault("json", "unity-admin", "GET", "/service-accounts", times=0, body=OTHER_SHAPE)
    pair.fault("json", "unity-admin", "GET", "/sso", times=0, status=404, body=REFUSAL)
    pair.fault("html", "jumpcloud-provisioning", "GET", "/provision", times=0, body=PAGE, headers={"Content-Type": "text/html; canary=1"})


def strings_of(value: Any) -> Iterator[str]:
    """The texts and numbers of a JSON value, without the names of its fields."""
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings_of(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def answers_again(pair: Pair, run: Run) -> list[Any]:
    """What the simulator answers to each read of a run without a fault, asked once more by an administrator."""
    pair.tenants.control("DELETE", "faults")
    found = []
    for path in sorted({entry["path"] for entry in run.entries if entry["method"] == "GET"}):
        ask = pair.tenants.unity if path.startswith("/auth") or "/unity/" in path else pair.tenants.jumpcloud
        answer = ask("GET", path, params={"targets": "user_group"} if path.endswith("/associations") else None)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


def of_the_tenants(pair: Pair, run: Run) -> set[str]:
    """Every value of the tenants, of their usual answers and of the odd ones, but for words of APIs in general, and what is too short to be told from one."""
    maps = [OTHER_SHAPE["items"][0]["createdBy"], OTHER_SHAPE["items"][1]["keysById"], OTHER_SHAPE["groups"]]
    found = {*strings_of([OTHER_SHAPE, REFUSAL, pair.state(), answers_again(pair, run)]), *(name for names in maps for name in names)}
    found |= {*pair.secrets(), pair.url, ORGANIZATION, APPLICATION, "lovelace", "canary", "Sign in"}
    return {value for value in found if len(value) > 3 and value.lower() not in WORDS}


@pytest.mark.parametrize("check", [False, True])
def test_a_preflight_reports_each_odd_endpoint_once_and_no_value(pair: Pair, check: bool) -> None:
    pair.begin("configured", finished)
    spoil(pair)
    folder = pair.machine / "scim-runbook" / "localhost"
    run = pair.play("preflight", check=check, extra_vars=ENFORCED).succeeded()
    assert run.writes == [] and run.headers <= 8
    path = folder / "contract-report.json"
    text = path.read_text(encoding="utf-8")
    report = json.loads(text)
    assert sorted((one["endpoint"], one["status"]) for one in report["answers"]) == [(SETTINGS, 200), (ACCOUNTS, 200), (SSO, 404)]
    assert set(report) == {"report_version", "collection_version", "date", "answers"}
    bodies = {one["endpoint"]: one["body"] for one in report["answers"]}
    assert {"accountId", "displayName", "createdBy"} <= set(bodies[ACCOUNTS]["items"][0]) and set(bodies[SSO]) == set(REFUSAL)
    assert bodies[SETTINGS].startswith("an HTML page") and {one["media_type"] for one in report["answers"]} == {"application/json", "text/html"}
    looked_for = of_the_tenants(pair, run)
    assert {"ada@example.com", "Lovelace", "Unity Artists", "JumpCloud SCIM", "lovelace", "918273645", ACCOUNT_ID, *pair.keys()} <= looked_for
    # case counts for nothing here, and neither does how JSON writes it
    assert [value for value in looked_for if value.lower() in text.lower() or json.dumps(value)[1:-1] in text] == []
    said = run.result("Show the verdicts")["msg"]
    assert str(path) in said[-1] and "attach it to an issue" in said[-1]
    # the folder can be handed a key later, so it is as the runbook makes it
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_without_an_odd_answer_and_without_a_preflight_there_is_no_file(pair: Pair) -> None:
    for seed in ("empty", "configured"):
        pair.begin(seed)
        run = pair.play("preflight", extra_vars=ENFORCED).succeeded()
        assert run.result("Look at both sides")["contract"] == []
    spoil(pair)
    pair.play("audit", extra_vars=ENFORCED)
    assert not list(pair.machine.rglob("contract-report.json"))


def test_the_file_is_beside_the_runbook_wherever_that_is(pair: Pair) -> None:
    spoil(pair)
    pair.play("preflight", extra_vars={"scim_provisioning_runbook_dir": "notes/pair"}).succeeded()
    assert [found.relative_to(pair.machine).as_posix() for found in pair.machine.rglob("contract-report.json")] == ["notes/pair/contract-report.json"]
