# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_service_account: the exact calls of each story."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account_key import PRUNING, REVOKE_STEP
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_model
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_service_account
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, dropped, read_timeout, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import ACCOUNT_ID, ACCOUNTS, FIRST_PAGE, ORG, UNITY, account, key, paged, roles

ROLE = "SCIM Authenticator"
ONE = ACCOUNTS + "/" + ACCOUNT_ID
ROLES = ONE + "/organization-roles"
RESULT = {"id": ACCOUNT_ID, "name": "JumpCloud SCIM", "description": "", "created_at": "2026-11-24T05:40:04Z", "roles": [ROLE]}
NAMES = ["JumpCloud SCIM", 'with "quotes"', "Zoë 東京", "{{ lookup('env', 'HOME') }}", "two\nlines"]


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, "name": "JumpCloud SCIM", "method": "api", **given})


def expect_state(http: ExactCalls, *accounts: dict[str, t.Any], has: tuple[str, ...] | None = (ROLE,)) -> None:
    """The account is looked up, and, where it is found, its roles are read."""
    http.expect("GET", ACCOUNTS, reply(paged(*accounts)), query=FIRST_PAGE)
    if accounts and has is not None:
        http.expect("GET", ROLES, reply(roles(*has)))


def expect_doomed(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    """Before an account is deleted, its keys are read."""
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", ONE + "/keys", reply(paged(*keys)), query=FIRST_PAGE)
    http.expect("GET", ROLES, reply(roles(ROLE)))


@pytest.mark.parametrize("name", NAMES)
def test_create(http: ExactCalls, context: Context, name: str) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, reply(account(name), 201), json={"name": name, "description": "d"})
    http.expect("PUT", ROLES, reply(roles(ROLE)), json={"roles": [{"name": ROLE}]})
    expect_state(http, account(name, description="d"))
    result = run(options(name=name, description="d", roles=[ROLE, ROLE]), context)
    assert (result["changed"], verbs(result)) == (True, ["create", "set_roles"])
    assert result["service_account"] == {**RESULT, "name": name, "description": "d"}
    assert_documented(unity_service_account, result)
    assert result["diff"]["before"] == {}
    assert [done["action"] for done in context.progress.done] == ["create", "set_roles"]


def test_create_without_roles(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, reply(account(), 201), json={"name": "JumpCloud SCIM", "description": ""})
    expect_state(http, account(), has=())
    assert verbs(run(options(), context)) == ["create"]


@pytest.mark.parametrize("given", [{}, {"description": ""}, {"roles": [ROLE]}, {"name": None, "service_account_id": ACCOUNT_ID}])
def test_no_change(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_state(http, account())
    result = run(options(**given), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])
    assert result["service_account"] == RESULT
    assert result["diff"]["before"] == result["diff"]["after"]


CHANGES = [
    pytest.param({"description": "new"}, {"description": "new"}, [ROLE], id="description"),
    pytest.param({"service_account_id": ACCOUNT_ID, "name": "New"}, {"name": "New"}, [ROLE], id="rename"),
    pytest.param({"roles": ["Other", ROLE]}, {}, ["Other", ROLE], id="add-role"),
    pytest.param({"roles": []}, {}, [], id="remove-roles"),
    pytest.param({"description": "new", "roles": ["Other"]}, {"description": "new"}, ["Other"], id="both"),
]


@pytest.mark.parametrize("given, fields, wanted", CHANGES)
def test_update(http: ExactCalls, context: Context, given: dict[str, t.Any], fields: dict[str, str], wanted: list[str]) -> None:
    expect_state(http, account())
    if fields:
        http.expect("PATCH", ONE, reply(account(**fields)), json=fields)  # type: ignore[arg-type]
    if wanted != [ROLE]:
        http.expect("PUT", ROLES, reply(roles(*wanted)), json={"roles": [{"name": role} for role in wanted]})
    expect_state(http, account(**fields), has=tuple(wanted))  # type: ignore[arg-type]
    result = run(options(**given), context)
    assert result["changed"]
    assert verbs(result) == (["update"] if fields else []) + (["set_roles"] if wanted != [ROLE] else [])
    assert result["service_account"] == {**RESULT, **fields, "roles": wanted} == result["diff"]["after"]


@pytest.mark.parametrize("given, fields, wanted", CHANGES)
def test_check_mode_shows_the_same_plan(http: ExactCalls, check_context: Context, given: dict[str, t.Any], fields: dict[str, str], wanted: list[str]) -> None:
    expect_state(http, account())
    result = run(options(**given), check_context)
    assert (result["changed"], http.writes, check_context.progress.done) == (True, [], [])
    assert result["diff"]["before"] == RESULT
    assert result["diff"]["after"] == {**RESULT, **fields, "roles": wanted} == result["service_account"]


def test_check_mode_of_a_creation(http: ExactCalls, check_context: Context) -> None:
    expect_state(http)
    result = run(options(roles=[ROLE]), check_context)
    assert (result["changed"], verbs(result), http.writes) == (True, ["create", "set_roles"], [])
    assert result["service_account"] == {**RESULT, "id": None, "created_at": None}


def test_delete(http: ExactCalls, context: Context) -> None:
    expect_doomed(http)
    http.expect("DELETE", ONE, reply(status=204))
    expect_state(http)
    result = run(options(state="absent"), context)
    assert (result["changed"], verbs(result), result["service_account"]) == (True, ["delete"], None)
    assert (result["diff"]["before"], result["diff"]["after"]) == ({**RESULT, "keys": []}, {})


MANAGED, LATER = key("m1", "2026-01-01T00:00:00Z", "unity_jumpcloud.scim 000000000001"), key("m2", "2026-02-01T00:00:00Z", "unity_jumpcloud.scim")
FOREIGN = key("f1", "2026-03-01T00:00:00Z", "unity_jumpcloud.scim-backup")


def expect_revoked(http: ExactCalls, *left: dict[str, t.Any]) -> None:
    """The managed keys go one after the other, oldest first, and are seen to be gone."""
    for key_id in ("m1", "m2"):
        http.expect("DELETE", "%s/keys/%s" % (ONE, key_id), reply(status=204))
    http.expect("GET", ONE + "/keys", reply(paged(*left)), query=FIRST_PAGE)


@pytest.mark.parametrize("state", ["absent", "present"])
def test_where_the_account_stays_nobody_is_asked_to_revoke_keys_that_are_gone(http: ExactCalls, context: Context, tmp_path: Path, state: str) -> None:
    title = PRUNING % "JumpCloud SCIM"
    section = runbook_model.Section(REVOKE_STEP, title, "Unity organization %s" % ORG, (), "pending", "now", key_id="m2")
    (tmp_path / "scim.json").write_text(runbook_model.to_json([section]), encoding="utf-8")
    if state == "present":
        expect_state(http, account())
    else:
        expect_doomed(http, LATER, FOREIGN, MANAGED)
        expect_revoked(http, FOREIGN)
        expect_state(http, account())
    assert run(options(state=state, roles=[ROLE], description=None, runbook=str(tmp_path / "scim")), context)["service_account"]
    assert ("pending" in (tmp_path / "scim.json").read_text(encoding="utf-8")) is (state == "present")


@pytest.mark.parametrize("foreign, given", [((), {}), ((FOREIGN,), {"delete_foreign_keys": True})])
def test_its_own_keys_are_revoked_before_an_account_goes(
    http: ExactCalls, context: Context, foreign: tuple[dict[str, t.Any], ...], given: dict[str, t.Any]
) -> None:
    expect_doomed(http, LATER, *foreign, MANAGED)
    expect_revoked(http, *foreign)
    http.expect("DELETE", ONE, reply(status=204))
    expect_state(http)
    result = run(options(state="absent", **given), context)
    assert (verbs(result), result["service_account"], result["diff"]["after"]) == (["revoke", "revoke", "delete"], None, {})
    assert context.progress.done == result["actions"] and result["diff"]["before"]["keys"] == ["m1", "m2", *(one["id"] for one in foreign)]


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_account_with_keys_of_others_stays(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    expect_doomed(http, LATER, FOREIGN, MANAGED)
    if not check_mode:
        expect_revoked(http, FOREIGN)
        expect_state(http, account())
    result = run(options(state="absent"), check_context if check_mode else context)
    assert (result["changed"], verbs(result), result["diff"]["after"]) == (True, ["revoke", "revoke"], {**RESULT, "keys": ["f1"]})
    assert result["step"]["found"] == "the account stays, since it has 1 key that this collection did not make: f1"
    assert result["step"]["verified"] == ([] if check_mode else ["the revoked keys are not listed"])


@pytest.mark.parametrize("trusted", [True, False])
def test_an_account_that_stays_is_left_alone_the_second_time(http: ExactCalls, context: Context, trusted: bool) -> None:
    if not trusted:
        expect_doomed(http, FOREIGN)
    seen_keys = {"service_account_key": {"service_account_id": ACCOUNT_ID, "keys": [FOREIGN]}}
    given = {**seen(RESULT), **seen_keys} if trusted else None
    result = run(options(state="absent", delete_foreign_keys=False, seen=given), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])
    assert result["step"]["verified"] == [], "its key is listed"


def test_a_key_that_can_not_be_revoked_keeps_the_account(http: ExactCalls, context: Context) -> None:
    expect_doomed(http, MANAGED, LATER)
    http.expect("DELETE", ONE + "/keys/m1", reply(status=204))
    http.expect("DELETE", ONE + "/keys/m2", reply({"title": "no"}, 403))
    with pytest.raises(ScimError):
        run(options(state="absent"), context)
    assert [done["key_id"] for done in context.progress.done] == ["m1"]


def test_delete_in_check_mode(http: ExactCalls, check_context: Context) -> None:
    expect_doomed(http)
    result = run(options(state="absent"), check_context)
    assert (result["changed"], result["diff"]["after"], http.writes) == (True, {}, [])


def test_delete_what_is_gone(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    result = run(options(state="absent"), context)
    assert (result["changed"], result["service_account"], http.writes) == (False, None, [])


@pytest.mark.parametrize("answer", [dropped(), read_timeout(), reply({"title": "gateway"}, 502)])
def test_a_lost_answer_to_a_creation_that_took_effect(http: ExactCalls, context: Context, warnings: list[str], answer: t.Any) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, answer, json={"name": "JumpCloud SCIM", "description": ""})
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("PUT", ROLES, reply(roles(ROLE)), json={"roles": [{"name": ROLE}]})
    expect_state(http, account())
    assert run(options(roles=[ROLE]), context)["service_account"] == RESULT
    assert len(warnings) == 1 and warnings[0].endswith("The account was created all the same; going on with it.")


def test_a_lost_answer_to_a_creation_that_took_no_effect(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, dropped(), json={"name": "JumpCloud SCIM", "description": ""})
    expect_state(http)
    with pytest.raises(ApiError, match="create the service account") as caught:
        run(options(), context)
    assert (caught.value.outcome, warnings) == ("unknown", [])


def test_a_name_in_use(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, reply({"title": "Conflict", "detail": "name taken"}, 409), json={"name": "JumpCloud SCIM", "description": ""})
    with pytest.raises(ApiError, match="HTTP 409: Conflict: name taken") as caught:
        run(options(), context)
    assert "Choose another name" in (caught.value.hint or "")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_creation(http: ExactCalls, context: Context, status: int) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, reply({"title": "no"}, status), json={"name": "JumpCloud SCIM", "description": ""})
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert (caught.value.outcome, context.progress.done) == ("refused", [])


def test_what_was_done_before_a_failure_is_kept(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", ACCOUNTS, reply(account(), 201), json={"name": "JumpCloud SCIM", "description": ""})
    http.expect("PUT", ROLES, reply({"title": "no"}, 403), json={"roles": [{"name": ROLE}]})
    with pytest.raises(ApiError, match="set the service account's organization roles"):
        run(options(roles=[ROLE]), context)
    assert [done["action"] for done in context.progress.done] == ["create"]


def test_a_read_that_lags_behind(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http, account())
    http.expect("PATCH", ONE, reply(account(description="new")), json={"description": "new"})
    expect_state(http, account())
    expect_state(http)
    expect_state(http, account(description="new"))
    assert run(options(description="new"), context)["service_account"]["description"] == "new"
    assert time.sleeps == [0.5, 1.0]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_change_that_never_shows(http: ExactCalls, context: Context, time: FakeTime, state: str) -> None:
    if state == "present":
        expect_state(http, account())
        http.expect("PATCH", ONE, reply(account(description="new")), json={"description": "new"})
    else:
        expect_doomed(http)
        http.expect("DELETE", ONE, reply(status=204))
    for _unused in range(7):
        # what is to be gone has no roles to be looked at
        expect_state(http, account(), has=(ROLE,) if state == "present" else None)
    with pytest.raises(ScimError, match="but still shows something else"):
        run(options(state=state, description="new"), context)
    assert sum(time.sleeps) <= 10.0
    assert len(context.progress.done) == 1


def test_twins(http: ExactCalls, context: Context) -> None:
    expect_state(http, account(), account(account_id="another"), has=None)
    with pytest.raises(ScimError, match='2 service accounts named "JumpCloud SCIM": %s, another.' % ACCOUNT_ID) as caught:
        run(options(), context)
    assert "service_account_id" in (caught.value.hint or "")
    assert http.writes == []


def test_an_id_wins_over_a_twins_name(http: ExactCalls, context: Context) -> None:
    expect_state(http, account(account_id="another"), account())
    assert not run(options(service_account_id=ACCOUNT_ID), context)["changed"]


@pytest.mark.parametrize("given", [ACCOUNT_ID.upper(), ACCOUNT_ID + " "])
def test_an_account_goes_however_its_id_is_written(http: ExactCalls, context: Context, given: str) -> None:
    expect_doomed(http)
    http.expect("DELETE", ONE, reply(status=204))
    expect_state(http)
    result = run(options(service_account_id=given, name=None, state="absent"), context)
    assert (verbs(result), result["service_account"], result["step"]["verified"]) == (["delete"], None, ["the account is gone"])


def test_an_id_that_does_not_exist(http: ExactCalls, context: Context) -> None:
    expect_state(http, account(account_id="another"), has=None)
    with pytest.raises(ScimError, match="no service account with the id"):
        run(options(service_account_id=ACCOUNT_ID), context)


@pytest.mark.parametrize("name", ["jumpcloud scim", "JumpCloud SCIM ", "JumpCloud"])
def test_names_are_compared_exactly(http: ExactCalls, check_context: Context, name: str) -> None:
    expect_state(http, account(name, "another"), has=None)
    assert verbs(run(options(), check_context)) == ["create"]


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"access_token": None}, "No credentials for Unity"),
        ({"expected_organization_id": "999"}, 'but "999" is expected'),
        ({"organization_id": "not an id"}, "must be the Genesis ID"),
        ({"api_url": "http://services.api.unity.com"}, "must start with https"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str, state: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run(options(state=state, **given), context)
    assert http.seen == []


@pytest.mark.parametrize("state, step", [("present", "Select New, unless the account is there already."), ("absent", "Select the account, then delete it.")])
@pytest.mark.parametrize("answer", [text_reply("<html>", 404), reply({"code": 4, "title": "Not Found"}, 404), reply([]), reply({"accounts": []})])
def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context, state: str, step: str, answer: t.Any) -> None:
    http.expect("GET", ACCOUNTS, answer, query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed, match="No secret was sent.") as caught:
        run(options(state=state, roles=[ROLE], organization_id=ORG), context)
    assert step in [one["do"] for one in caught.value.manual_steps]
    assert http.writes == []


# ---- the step, and what was seen before


STEP = {
    "step": "service_account",
    "method": "api",
    "changed": False,
    "found": "the account exists",
    "did": [],
    "verified": [],
    "pending": False,
    "waiting": False,
    "reason": "",
}
READ_BACK = {"verified": ["account and roles read back"]}


def seen(account_: dict[str, t.Any] | None) -> dict[str, t.Any]:
    keys: dict[str, t.Any] = {"service_account_id": account_["id"] if account_ else None, "keys": []}
    return {"service_account": {"account": account_}, "service_account_key": keys, "application": {"id": "not of this module"}}


@pytest.mark.parametrize("given", [{}, {"roles": [ROLE]}, {"description": ""}, {"service_account_id": ACCOUNT_ID}])
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_was_seen_as_wanted_needs_no_request(
    http: ExactCalls, context: Context, check_context: Context, given: dict[str, t.Any], trusted: bool, check_mode: bool
) -> None:
    """The result is the same as without it."""
    if not trusted:
        expect_state(http, account())
    result = run(options(**given, seen=seen(RESULT) if trusted else None), check_context if check_mode else context)
    assert (result["changed"], result["actions"], result["service_account"]) == (False, [], RESULT)
    assert result["step"] == {**STEP, **({} if check_mode else READ_BACK)}
    assert_documented(unity_service_account, result)


@pytest.mark.parametrize(
    "was, given, differs",
    [
        (None, {"roles": [ROLE]}, {"changed": True, "found": "no account", "did": ["create", "set_roles"]}),
        (RESULT, {"roles": []}, {"changed": True, "did": ["set_roles"]}),
        (RESULT, {"description": "new"}, {"changed": True, "did": ["update"]}),
        (RESULT, {"state": "absent"}, {"changed": True, "did": ["delete"]}),
        (None, {"state": "absent"}, {"found": "no account"}),
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
def test_check_mode_shows_what_was_seen(
    http: ExactCalls, check_context: Context, was: dict[str, t.Any] | None, given: dict[str, t.Any], differs: dict[str, t.Any], trusted: bool
) -> None:
    if not trusted:
        (expect_doomed if was and "state" in given else expect_state)(http, *([account()] if was and "state" not in given else []))
    result = run(options(**given, seen=seen(was) if trusted else None), check_context)
    keys = {"keys": []} if was and "state" in given else {}
    assert (result["step"], result["diff"]["before"]) == ({**STEP, **differs}, {**(was or {}), **keys})


def test_what_was_seen_is_read_again_before_a_write(http: ExactCalls, context: Context) -> None:
    """Meanwhile somebody has set the roles, and taken the description away."""
    expect_state(http, account())
    http.expect("PATCH", ONE, reply(account(description="d")), json={"description": "d"})
    expect_state(http, account(description="d"))
    result = run(options(description="d", roles=[ROLE], seen=seen({**RESULT, "description": "d", "roles": []})), context)
    assert result["step"] == {**STEP, **READ_BACK, "changed": True, "did": ["update"]}
    assert result["diff"]["before"] == RESULT


def test_what_has_become_as_wanted_since_it_was_seen_is_not_written(http: ExactCalls, context: Context) -> None:
    expect_state(http, account())
    result = run(options(roles=[ROLE], seen=seen(None)), context)
    assert (result["step"], http.writes) == ({**STEP, **READ_BACK}, [])


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"service_account": None},
        {"service_account": {}},
        {"service_account": {"account": []}},
        {"service_account": {"account": {**RESULT, "roles": None}}},
        seen({**RESULT, "name": "Another"}),
    ],
)
def test_what_was_seen_in_another_form_or_of_another_account_is_ignored(http: ExactCalls, context: Context, other: dict[str, t.Any]) -> None:
    expect_state(http, account())
    assert run(options(seen=other), context)["step"] == {**STEP, **READ_BACK}


@pytest.mark.parametrize("was", [None, {**RESULT, "id": "another"}])
def test_an_id_is_looked_up_unless_that_account_was_seen(http: ExactCalls, context: Context, was: dict[str, t.Any] | None) -> None:
    expect_state(http, account())
    assert not run(options(service_account_id=ACCOUNT_ID, seen=seen(was)), context)["changed"]


def test_step_of_a_deletion(http: ExactCalls, context: Context) -> None:
    expect_doomed(http)
    http.expect("DELETE", ONE, reply(status=204))
    expect_state(http)
    result = run(options(state="absent", seen=seen(RESULT)), context)
    assert result["step"] == {**STEP, "changed": True, "did": ["delete"], "verified": ["the account is gone"]}
