# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_preflight_info: what assumed endpoints answered otherwise, and the file that tells it."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_preflight_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_preflight_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Reply, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNTS,
    FIRST_PAGE,
    JUMPCLOUD,
    ORG,
    PROVISION,
    SSO,
    TOKEN,
    V1_PAGE,
    application,
    event_query,
    paged,
    v1,
)

LIST = "GET /auth/v1/organizations/{org}/service-accounts"
READ_SSO = "GET /auth/v1/organizations/{org}/sso"
READ_SETTINGS = "GET /api/v2/applications/{id}/provision"
STEPS = ["single_sign_on", "service_account", "identity_management", "enforcement"]
ODD = reply({"items": [{"ada@example.com": 1}]})
REFUSED = reply({"title": "Forbidden"}, 403)
REFUSAL = "a success, since the service takes the same credentials elsewhere"


@pytest.fixture(autouse=True)
def both_vendors_together(http: ExactCalls) -> t.Iterator[None]:
    """Each in the order of its steps; which of them comes first is open."""
    with http.in_any_order():
        yield


def options(**given: t.Any) -> dict[str, t.Any]:
    pair = {**JUMPCLOUD, "unity_organization_id": ORG, "unity_access_token": TOKEN, "application": "Unity", "service_account": "JumpCloud SCIM"}
    return params(ARGUMENTS, **{**pair, "enforced": True, "steps": STEPS, "preview_people": False, **given})


def expect(http: ExactCalls, single_sign_on: Reply, accounts: Reply, settings: Reply) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", SSO, single_sign_on)
    http.expect("GET", ACCOUNTS, accounts, query=FIRST_PAGE)
    http.expect("GET", PROVISION, settings)


def expect_events(http: ExactCalls) -> None:
    query = event_query("2026-08-26T06:00:00Z", ("integration_activate", "integration_deactivate"))
    http.expect("POST", "/insights/directory/v1/events", reply([]), json=query)


def expect_organization(http: ExactCalls, *answers: Reply) -> None:
    for answer in answers or (reply({"genesisId": ORG, "name": "Studio", "role": "owner"}),):
        http.expect("GET", "/api/unity/legacy/v1/organizations/%s" % ORG, answer)


def told(result: dict[str, t.Any]) -> list[tuple[str, str, str, int]]:
    return [(one["endpoint"], one["step"], one["expected"], one["status"]) for one in result["contract"]]


def test_each_endpoint_is_told_once_where_a_person_goes_on(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect(http, text_reply("<html>"), ODD, REFUSED)
    expect_events(http)
    path = tmp_path / "pair" / "contract-report.json"
    result = run_info(options(contract_report=str(path), runbook=str(tmp_path / "pair" / "scim")), context)
    assert_documented(scim_preflight_info, result)
    assert {one["verdict"] for one in result["verdicts"]} == {"manual"} and result["changed"] is False
    assert told(result) == [
        (READ_SETTINGS, "identity_management", REFUSAL, 403),
        (LIST, "service_account", "a field 'results' in the answer", 200),
        (READ_SSO, "single_sign_on", "JSON in the answer", 200),
    ]
    assert [one["body"] for one in result["contract"]] == [
        {"title": "a string (1-16)"},
        {"items": [{"a name (1-16)": "a whole number"}]},
        "an HTML page (1-16)",
    ]
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report == {"report_version": 1, "collection_version": VERSION, "date": "2026-11-24", "answers": result["contract"]}
    assert result["lines"][-2:] == [
        "Not as assumed: %s, %s, %s." % (READ_SETTINGS, LIST, READ_SSO),
        "  What they answered is outlined in %s. Please attach it to an issue of the collection: it holds no value of your tenant." % path,
    ]
    # as where the runbook itself makes the folder: a key may be handed over there
    assert {found.name for found in path.parent.iterdir()} == {".gitignore", path.name}


@pytest.mark.parametrize("fail", [True, False])
def test_an_answer_that_blocks_a_step_is_told_too(http: ExactCalls, check_context: Context, tmp_path: Path, fail: bool) -> None:
    """In check mode the file is written as well: it changes no tenant."""
    http.expect("GET", ACCOUNTS, ODD, query=FIRST_PAGE)
    path = tmp_path / "report.json"
    given = options(steps=["service_account"], unity_method="api", contract_report=str(path), fail=fail)
    if fail:
        with pytest.raises(ScimError) as caught:
            run_info(given, check_context)
        result = caught.value.as_result()
    else:
        result = run_info(given, check_context)
    assert told(result) == [(LIST, "service_account", "a field 'results' in the answer", 200)]
    assert json.loads(path.read_text(encoding="utf-8"))["answers"] == result["contract"]


@pytest.mark.parametrize(
    "accounts, organization, is_told",
    [
        (reply(paged()), [], False),
        # it refuses them everywhere
        (REFUSED, [REFUSED], False),
        (REFUSED, [], True),
        (reply({"title": "Not Found", "code": 54}, 404), [], True),
        (Reply(302, b"", {"Location": "https://login.example.com/"}), [], True),
    ],
)
def test_what_counts(http: ExactCalls, context: Context, tmp_path: Path, accounts: Reply, organization: list[Reply], is_told: bool) -> None:
    http.expect("GET", ACCOUNTS, accounts, query=FIRST_PAGE)
    if accounts.status != 200:
        expect_organization(http, *organization)
    path = tmp_path / "report.json"
    result = run_info(options(steps=["service_account"], contract_report=str(path)), context)
    assert told(result) == ([(LIST, "service_account", REFUSAL, accounts.status)] if is_told else [])
    assert path.exists() == is_told and len(result["lines"]) == (3 if is_told else 1) + (2 if result["stops"] else 0)


def test_a_service_that_fails_tells_nothing_of_an_endpoint(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    for _unused in range(5):
        http.expect("GET", ACCOUNTS, reply({"title": "Down"}, 503), query=FIRST_PAGE)
    result = run_info(options(steps=["service_account"]), context)
    assert result["contract"] == [] and result["verdicts"][0]["verdict"] == "blocked" and warnings


def test_nothing_is_written_unless_a_path_is_given(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    http.expect("GET", ACCOUNTS, ODD, query=FIRST_PAGE)
    result = run_info(options(steps=["service_account"], runbook=str(tmp_path / "scim")), context)
    assert len(result["contract"]) == 1 and list(tmp_path.iterdir()) == [] and len(result["lines"]) == 1


@pytest.mark.parametrize("runbook", ["file/scim", "elsewhere/scim"])
def test_no_verdict_is_lost_with_the_file(http: ExactCalls, context: Context, warnings: list[str], tmp_path: Path, runbook: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    http.expect("GET", ACCOUNTS, ODD, query=FIRST_PAGE)
    result = run_info(options(steps=["service_account"], contract_report=str(tmp_path / "file" / "report.json"), runbook=str(tmp_path / runbook)), context)
    assert len(result["lines"]) == 1 and len(result["contract"]) == 1
    assert len(warnings) == 1 and "Choose another path for" in warnings[0]
