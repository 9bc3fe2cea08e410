# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_key_retirement: the older keys go only when nobody can doubt which key JumpCloud uses."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import scim_key_retirement as scim_key_retirement_logic
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import DELIVERED_BEFORE
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_key_retirement
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_key_retirement import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, Reply, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    APP_ID,
    FIRST_PAGE,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PROVISION,
    TOKEN,
    V1_PAGE,
    account,
    application,
    configuration,
    event,
    event_query,
    key,
    paged,
    v1,
)

KEYS, EVENTS, APPLICATION = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID), "/insights/directory/v1/events", "/api/applications/" + APP_ID
NEW = key(name="unity_jumpcloud.scim 00000000000a")
OLD = key("old", "2025-01-01T00:00:00Z", "unity_jumpcloud.scim 000000000000")
OLDER = key("older", "2024-06-01T00:00:00Z", "unity_jumpcloud.scim")
FOREIGN = key("foreign", "2024-01-01T00:00:00Z", "Backup")
STRANGE = key("strange", "2026-11-24T05:41:00Z", "unity_jumpcloud.scim 00000000000b")
SINCE, LATER = "2026-11-24T05:40:04Z", "2026-11-24T05:50:00Z"
TEST = {"success": True, "at": SINCE, "message": "Connection verified."}
CALLS = event_query(SINCE, ["user_create_provision", "user_update_provision", "user_deprovision", "user_delete_provision"])
# 90 days before the time of the tests
RETENTION = "2026-08-26T06:00:00Z"
HISTORY = ["integration_activate", "integration_deactivate"]
HISTORY_CALLS = [*CALLS["search_term"]["and"]["event_type"], "user_lookup_provision"]
CONCURRENT = r"Another run has created a key of this service account since this run has looked \(strange\)\. This run stops"
BY_TEST = "JumpCloud's connection test used the new key; no provisioning call yet"
BY_CALL = "a provisioning call succeeded with the new key"
BY_EVENT = "JumpCloud's events show the activation; no provisioning call yet"


@pytest.fixture
def lines() -> list[str]:
    """What was announced."""
    return []


@pytest.fixture
def context(context: Context, lines: list[str]) -> Context:  # pylint: disable=redefined-outer-name
    return replace(context, announce=lines.append)


def options(**given: t.Any) -> dict[str, t.Any]:
    fixed = {
        **JUMPCLOUD,
        "unity_method": "api",
        "unity_organization_id": ORG,
        "unity_access_token": TOKEN,
        "application_id": APP_ID,
        "service_account": "JumpCloud SCIM",
        "key_id": KEY_ID,
        "known_key_ids": ["foreign", "older", "old", KEY_ID],
        "used_since": SINCE,
        "activated_with": TEST,
        "verify_timeout": 0.0,
    }
    return params(ARGUMENTS, **{**fixed, **given})


def expect_keys(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", KEYS, reply(paged(*keys)), query=FIRST_PAGE, headers={"Authorization": "Bearer " + TOKEN})


def expect_listing(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    expect_keys(http, *keys)


def expect_begin(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    expect_listing(http, *(keys or (OLD, NEW)))
    http.expect("GET", APPLICATION, reply(application()), headers={"x-api-key": JUMPCLOUD["api_key"]})


def expect_calls(http: ExactCalls, *rows: dict[str, t.Any], answer: t.Any = None) -> None:
    http.expect("POST", EVENTS, answer or reply(list(rows)), json=CALLS)


def expect_end(http: ExactCalls, keys: tuple[dict[str, t.Any], ...] = (OLD, NEW), gone: tuple[str, ...] = ("old",)) -> None:
    """Nobody else is at work, the application is as delivered, and the older keys go."""
    expect_keys(http, *keys)
    http.expect("GET", PROVISION, reply(configuration()))
    expect_revocation(http, keys, gone)


def expect_revocation(http: ExactCalls, keys: tuple[dict[str, t.Any], ...] = (OLD, NEW), gone: tuple[str, ...] = ("old",)) -> None:
    for key_id in gone:
        http.expect("DELETE", "%s/%s" % (KEYS, key_id), reply(status=204))
    expect_keys(http, *(one for one in keys if one["id"] not in gone))


def step(number: int, *verified: str) -> dict[str, t.Any]:
    fixed = {"step": "retire_keys", "method": "api", "changed": True, "found": "older managed keys: %d" % number, "did": ["revoke"] * number}
    return {**fixed, "verified": list(verified), "pending": False, "waiting": False, "reason": ""}


# ---- the older keys go


def test_the_older_keys_are_revoked(http: ExactCalls, context: Context, time: FakeTime, lines: list[str]) -> None:
    keys = (FOREIGN, OLDER, OLD, NEW)
    expect_begin(http, *keys)
    expect_end(http, keys, ("older", "old"))
    result = run(options(), context)
    assert_documented(scim_key_retirement, result)
    assert (result["changed"], result["revoked"], result["step"]) == (True, ["older", "old"], step(2, BY_TEST))
    revocations = [{"action": "revoke", "target": "service account key", "key_id": one} for one in ("older", "old")]
    assert result["actions"] == context.progress.done == revocations
    assert [one["id"] for one in result["diff"]["before"]["keys"]] == ["foreign", "older", "old", KEY_ID]
    assert [one["id"] for one in result["diff"]["after"]["keys"]] == ["foreign", KEY_ID]
    assert (time.sleeps, lines) == ([], [])


def test_names_are_as_good_as_ids(http: ExactCalls, context: Context) -> None:
    expect_listing(http, OLD, NEW)
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    expect_end(http)
    given = {"application": "Unity", "application_id": None, "service_account": None, "service_account_id": ACCOUNT_ID}
    assert run(options(**given), context)["revoked"] == ["old"]


def test_so_many_older_keys_are_kept(http: ExactCalls, context: Context) -> None:
    keys = (FOREIGN, OLDER, OLD, NEW)
    expect_begin(http, *keys)
    expect_end(http, keys, ("older",))
    assert run(options(keep_previous=1), context)["step"] == step(1, BY_TEST)


def test_a_key_that_is_known_without_being_named(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    expect_end(http)
    assert run(options(known_key_ids=["old"]), context)["revoked"] == ["old"]


@pytest.mark.parametrize("keep, keys", [(None, (NEW,)), (None, (FOREIGN, NEW)), (1, (OLD, NEW)), (2, (OLDER, OLD, NEW))])
def test_nothing_to_retire_asks_nothing_more(http: ExactCalls, context: Context, time: FakeTime, keep: int | None, keys: tuple[dict[str, t.Any], ...]) -> None:
    expect_listing(http, *keys)
    result = run(options(keep_previous=keep, verify_timeout=30.0, grace_period=60.0), context)
    assert (result["changed"], result["revoked"], result["step"], result["actions"], time.sleeps) == (False, [], None, [], [])
    assert result["diff"]["before"] == result["diff"]["after"]


@pytest.mark.parametrize("known", [[], [KEY_ID]])
def test_no_other_key_is_known_so_nothing_is_asked(http: ExactCalls, context: Context, check_context: Context, known: list[str]) -> None:
    for one in (context, check_context):
        result = run(options(known_key_ids=known, verify_timeout=30.0, grace_period=60.0), one)
        assert_documented(scim_key_retirement, result)
        assert (result["changed"], result["revoked"], result["step"]) == (False, [], None)
    assert http.seen == []


# ---- JumpCloud's next provisioning calls


def test_a_provisioning_call_is_seen_at_once(http: ExactCalls, context: Context, time: FakeTime, lines: list[str]) -> None:
    expect_begin(http)
    expect_calls(http, event("user_update_provision"))
    expect_end(http)
    assert run(options(verify_timeout=30.0), context)["step"] == step(1, BY_CALL)
    assert (time.sleeps, lines) == ([], [])


def test_a_provisioning_call_is_waited_for(http: ExactCalls, context: Context, time: FakeTime, lines: list[str]) -> None:
    expect_begin(http)
    for _number in range(2):
        expect_calls(http, event(application={"id": "another"}))
    expect_calls(http, event(success=False, error_message="taken", message_chain={"response_code": 409}), event())
    expect_end(http)
    assert run(options(verify_timeout=30.0), context)["step"]["verified"] == [BY_CALL]
    assert time.sleeps == [3.0, 3.0]
    assert lines == ["Waiting for JumpCloud's next provisioning call with the key %s (0 s of 30 s)." % KEY_ID]


@pytest.mark.parametrize(
    "timeout, delay, sleeps, said", [(30.0, 3.0, [3.0] * 10, ["0 s of 30 s", "21 s of 30 s"]), (1.0, 0.4, [0.4, 0.4, 0.2], ["0 s of 1 s"])]
)
def test_no_call_comes(
    http: ExactCalls, context: Context, time: FakeTime, lines: list[str], timeout: float, delay: float, sleeps: list[float], said: list[str]
) -> None:
    expect_begin(http)
    for _number in range(len(sleeps) + 1):
        expect_calls(http)
    expect_end(http)
    assert run(options(verify_timeout=timeout, verify_delay=delay), context)["step"]["verified"] == [BY_TEST]
    assert time.sleeps == pytest.approx(sleeps)
    assert [line.partition("(")[2].rstrip(").") for line in lines] == said


@pytest.mark.parametrize("since", ["", "yesterday"])
def test_nobody_knows_since_when(http: ExactCalls, context: Context, since: str) -> None:
    expect_begin(http)
    expect_end(http)
    assert run(options(verify_timeout=30.0, used_since=since), context)["step"]["verified"] == [BY_TEST]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 500])
def test_events_that_cannot_be_read_leave_the_test_as_the_proof(http: ExactCalls, context: Context, time: FakeTime, warnings: list[str], status: int) -> None:
    expect_begin(http)
    expect_calls(http, answer=reply({"message": "no"}, status))
    expect_end(http)
    assert run(options(verify_timeout=30.0), context)["step"] == step(1, BY_TEST)
    assert (time.sleeps, warnings) == ([], [])


def test_an_answer_that_is_no_list_of_events_does_the_same(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    expect_calls(http, answer=text_reply("<html>"))
    expect_end(http)
    assert run(options(verify_timeout=30.0), context)["step"]["verified"] == [BY_TEST]


def test_events_that_are_missing_are_warned_of(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_begin(http)
    expect_calls(http, event(), event(timestamp="odd"))
    expect_end(http)
    run(options(verify_timeout=30.0), context)
    assert warnings == ["1 event has no readable time or type, and is left out."]


@pytest.mark.parametrize("code", [401, "403"])
def test_a_call_that_unity_refuses_keeps_the_older_keys(http: ExactCalls, context: Context, time: FakeTime, code: t.Any) -> None:
    expect_begin(http)
    expect_calls(http, event(), event(success=False, error_message="no role", message_chain={"response_code": code}))
    with pytest.raises(ScimError) as caught:
        run(options(verify_timeout=30.0, grace_period=600.0), context)
    assert caught.value.sentence() == (
        "JumpCloud was given the new key %s, and its connection test passed, but Unity refused its next provisioning calls (no role). "
        "The older keys were not revoked. Look at the service account's role in Unity, then run again." % KEY_ID
    )
    assert time.sleeps == [] and [seen.method for seen in http.writes] == ["POST"]


# ---- the grace period


@pytest.mark.parametrize("seconds, sleeps", [(20.0, [20.0]), (45.0, [20.0, 20.0, 5.0]), (0.5, [0.5])])
def test_the_grace_period_is_waited_for(http: ExactCalls, context: Context, time: FakeTime, lines: list[str], seconds: float, sleeps: list[float]) -> None:
    expect_begin(http)
    expect_end(http)
    assert run(options(grace_period=seconds), context)["revoked"] == ["old"]
    assert (time.sleeps, time.elapsed) == (sleeps, seconds)
    waited = [sum(sleeps[:number]) for number in range(len(sleeps))]
    assert lines == ["Waiting for the end of the grace period, in which the older keys still work (%.0f s of %.0f s)." % (one, seconds) for one in waited]


def test_the_waits_come_on_top_of_the_time_budget(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_begin(http)
    for _number in range(11):
        expect_calls(http)
    expect_end(http)
    assert run(options(verify_timeout=30.0, grace_period=3600.0, time_budget=5.0), context)["changed"]
    assert time.elapsed == 3630.0


def test_a_token_is_exchanged_anew_after_the_grace_period(http: ExactCalls, context: Context) -> None:
    def expect_exchange(token: str) -> None:
        http.expect("POST", "/api/auth/v1/genesis-token-exchange/unity", reply({"token": token}), json={"token": TOKEN})

    def expect_with(token: str, *keys: dict[str, t.Any]) -> None:
        http.expect("GET", KEYS, reply(paged(*keys)), query=FIRST_PAGE, headers={"Authorization": "Bearer " + token})

    expect_exchange("first-token-0123")
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE, headers={"Authorization": "Bearer first-token-0123"})
    expect_with("first-token-0123", OLD, NEW)
    http.expect("GET", APPLICATION, reply(application()))
    expect_exchange("second-token-0123")
    expect_with("second-token-0123", OLD, NEW)
    http.expect("GET", PROVISION, reply(configuration()))
    http.expect("DELETE", KEYS + "/old", reply(status=204), headers={"Authorization": "Bearer second-token-0123"})
    expect_with("second-token-0123", NEW)
    assert run(options(unity_exchange_token=True, grace_period=7200.0), context)["revoked"] == ["old"]


# ---- concurrent runs


def test_a_concurrent_run(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_begin(http, OLD, NEW, STRANGE)
    for _number in range(5):
        expect_keys(http, OLD, NEW, STRANGE)
    with pytest.raises(ScimError, match=CONCURRENT):
        run(options(), context)
    assert (time.sleeps, http.writes) == ([2.0] * 4, [])


def test_a_concurrent_run_is_noticed_even_if_all_keys_are_kept(http: ExactCalls, context: Context) -> None:
    expect_begin(http, NEW, STRANGE)
    for _number in range(5):
        expect_keys(http, NEW, STRANGE)
    with pytest.raises(ScimError, match=CONCURRENT):
        run(options(keep_previous=3), context)


@pytest.mark.parametrize("reads", [1, 4])
def test_a_run_that_gives_way_takes_its_key_back(http: ExactCalls, context: Context, time: FakeTime, reads: int) -> None:
    expect_begin(http)
    for _number in range(reads):
        expect_keys(http, OLD, NEW, STRANGE)
    expect_end(http)
    assert run(options(), context)["revoked"] == ["old"]
    assert time.sleeps == [2.0] * reads


def test_a_strange_key_that_is_gone_leaves_nothing_to_retire(http: ExactCalls, context: Context) -> None:
    expect_begin(http, NEW, STRANGE)
    expect_keys(http, NEW)
    http.expect("GET", PROVISION, reply(configuration()))
    result = run(options(), context)
    assert (result["changed"], result["step"]) == (False, None)


def test_keys_that_were_seen_before_are_known(http: ExactCalls, context: Context) -> None:
    """The key of a secret file was made by an earlier run, so no creation has told which keys there were."""
    expect_begin(http, FOREIGN, OLD, NEW)
    expect_end(http, (FOREIGN, OLD, NEW))
    seen = {"service_account_key": {"service_account_id": "x", "keys": [{"id": one["id"], "name": one["name"]} for one in (FOREIGN, OLD, NEW)]}}
    assert run(options(known_key_ids=[], seen=seen), context)["revoked"] == ["old"]


def test_keys_of_others_alone_are_nothing_to_retire(http: ExactCalls, context: Context) -> None:
    seen = {"service_account_key": {"service_account_id": "x", "keys": [{"id": "foreign", "name": "Backup"}]}}
    assert run(options(known_key_ids=[], seen=seen), context)["changed"] is False and http.seen == []


# ---- a person revokes


def by_hand(tmp_path: Path, status: str | None, **given: t.Any) -> dict[str, t.Any]:
    seen = {"identity_management": {"status": status} if status else None}
    return options(unity_method="manual", unity_access_token=None, runbook=str(tmp_path / "unity"), seen=seen, **given)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_person_is_asked_to_revoke_what_was_in_use_before(
    http: ExactCalls, context: Context, check_context: Context, tmp_path: Path, check_mode: bool
) -> None:
    result = run(by_hand(tmp_path, "active"), check_context if check_mode else context)
    assert set(result) - {"changed", "diff"} <= set(yaml.safe_load(scim_key_retirement.RETURN))
    assert (result["changed"], result["pending"], result["revoked"]) == (True, True, [])
    assert (result["step"]["step"], result["step"]["did"]) == ("retire_keys", ["ask"])
    assert result["step"]["found"].endswith("Once that is done, say so: scim_provisioning_confirmed: [retire_keys].")
    assert result["manual_steps"][-1]["value"] == KEY_ID and "delete its keys that JumpCloud used before" in result["manual_steps"][-1]["do"]
    assert http.seen == [] and (tmp_path / "unity.md").exists() is not check_mode


def test_what_a_rotation_leaves_over_is_gone_on_with_without_another_one(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    assert run(by_hand(tmp_path, "active"), replace(context, command="the rotation", provision="the provisioning"))["pending"]
    for page in ("unity.md", "unity.html"):
        text = (tmp_path / page).read_text(encoding="utf-8")
        assert "the provisioning" in text and "the rotation" not in text


def test_a_person_is_asked_where_nothing_was_looked_at() -> None:
    """Then there may be older keys."""
    assert run(options(unity_method="manual", unity_access_token=None), Context())["pending"] is True


@pytest.mark.parametrize("status", ["inactive", None])
def test_nobody_is_asked_where_jumpcloud_did_not_provision(http: ExactCalls, context: Context, tmp_path: Path, status: str | None) -> None:
    result = run(by_hand(tmp_path, status), context)
    assert (result["changed"], result["step"], list(tmp_path.iterdir()), http.seen) == (False, None, [], [])


# ---- somebody has changed the application


@pytest.mark.parametrize(
    "found",
    [
        configuration(lastTest={**TEST, "at": LATER}),
        configuration(lastTest=None),
        None,
    ],
)
def test_somebody_has_changed_the_application(http: ExactCalls, context: Context, found: dict[str, t.Any] | None) -> None:
    expect_begin(http)
    expect_keys(http, OLD, NEW)
    http.expect("GET", PROVISION, reply(found) if found else reply({"message": "Not Found"}, 404))
    with pytest.raises(ScimError) as caught:
        run(options(), context)
    assert caught.value.sentence() == (
        "Somebody else has changed the identity management of the application since this run delivered the key %s: another run, or a person. "
        "Which key JumpCloud uses can't be told, so no key was revoked. Let the other run finish, then run again." % KEY_ID
    )
    assert http.writes == []


@pytest.mark.parametrize("missing", [None, {}])
def test_a_missing_test_fails_before_anything_is_waited_for(
    http: ExactCalls, context: Context, time: FakeTime, lines: list[str], missing: dict[str, t.Any] | None
) -> None:
    expect_begin(http)
    http.expect("GET", PROVISION, reply(configuration()))
    with pytest.raises(ScimError, match="activated_with is needed"):
        run(options(activated_with=missing, verify_timeout=30.0, grace_period=600.0), context)
    assert (time.sleeps, lines, http.writes) == ([], [], [])


def test_an_application_that_shows_no_test_needs_none(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    http.expect("GET", PROVISION, reply(configuration(lastTest=None)))
    expect_keys(http, OLD, NEW)
    http.expect("GET", PROVISION, reply(configuration(lastTest=None)))
    expect_revocation(http)
    assert run(options(activated_with=None), context)["revoked"] == ["old"]


def test_nothing_to_retire_needs_no_test(http: ExactCalls, context: Context) -> None:
    expect_listing(http, FOREIGN, NEW)
    assert run(options(activated_with=None), context)["changed"] is False


# ---- a person activated it


def expect_history(http: ExactCalls, *rows: dict[str, t.Any], since: str | None = SINCE) -> None:
    http.expect("POST", EVENTS, reply(list(rows)), json=event_query(RETENTION, HISTORY))
    if since:
        http.expect("POST", EVENTS, reply([]), json=event_query(since, HISTORY_CALLS))


def test_by_hand(http: ExactCalls, context: Context) -> None:
    """No endpoint that JumpCloud does not publish is asked."""
    expect_begin(http)
    expect_calls(http)
    expect_calls(http)
    expect_keys(http, OLD, NEW)
    expect_history(http, event("integration_activate"), event("integration_activate", timestamp="2026-11-01T00:00:00Z"))
    expect_revocation(http)
    result = run(options(jumpcloud_method="manual", activated_with=None, verify_timeout=0.25, verify_delay=0.25), context)
    assert result["step"] == step(1, BY_EVENT)


@pytest.mark.parametrize(
    "rows, since",
    [
        ([event("integration_activate", timestamp=LATER), event("integration_activate")], LATER),
        ([event("integration_deactivate", timestamp=LATER), event("integration_activate")], None),
        ([], None),
    ],
)
def test_by_hand_somebody_has_changed_the_application(http: ExactCalls, context: Context, rows: list[dict[str, t.Any]], since: str | None) -> None:
    expect_begin(http)
    expect_keys(http, OLD, NEW)
    expect_history(http, *rows, since=since)
    with pytest.raises(ScimError, match="Somebody else has changed the identity management"):
        run(options(jumpcloud_method="manual", activated_with=None), context)
    assert [seen.path for seen in http.writes if seen.path != EVENTS] == []


def test_by_hand_events_that_cannot_be_read_prove_nothing(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    expect_calls(http, answer=reply({"message": "no"}, 403))
    expect_keys(http, OLD, NEW)
    http.expect("POST", EVENTS, reply({"message": "no"}, 403), json=event_query(RETENTION, HISTORY))
    with pytest.raises(ScimError, match="search the provisioning events: HTTP 403: no. Which key JumpCloud uses can't be told, so no key was revoked."):
        run(options(jumpcloud_method="manual", verify_timeout=30.0), context)


@pytest.mark.parametrize("older", [True, False])
def test_by_a_persons_word_alone_no_key_is_revoked(http: ExactCalls, context: Context, tmp_path: Path, older: bool) -> None:
    """The person is asked to do it, once there are older keys."""
    given = {"jumpcloud_method": "manual", "activated_with": None, "used_since": "", "runbook": str(tmp_path / "scim"), "confirmed": True}
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, reply(paged(*([OLD] if older else []), FOREIGN, NEW)), query=FIRST_PAGE)
    result = run(options(**given), context)
    assert http.writes == [] and result["revoked"] == [] and result["changed"] is older
    if older:
        assert result["pending"] and result["step"]["reason"] == scim_key_retirement_logic.BY_WORD and result["manual_steps"][-1]["value"] == KEY_ID
        assert "It was said before it was asked for: scim_provisioning_confirmed names retire_keys" in result["step"]["found"]
    else:
        assert result["step"] is None


def test_what_was_asked_for_stays_with_the_person(http: ExactCalls, context: Context, check_context: Context, tmp_path: Path) -> None:
    """The run that goes on has not delivered the key, so it can't tell whether JumpCloud still uses it."""
    assert run(by_hand(tmp_path, "active"), context)["pending"]
    plain = options(runbook=str(tmp_path / "unity"), activated_with=None, used_since="2026-11-24T05:00:00Z")
    expect_listing(http, OLD, NEW)
    asked = run(plain, context)
    assert (asked["pending"], asked["step"]["reason"], asked["step"]["did"], http.writes) == (True, DELIVERED_BEFORE, ["ask"], [])
    seen = {"service_account_key": {"service_account_id": "x", "keys": [{"id": one["id"], "name": one["name"]} for one in (OLD, NEW)]}}
    shown = run({**plain, "seen": seen}, check_context)
    assert (shown["pending"], shown["step"]["reason"], shown["step"]["did"]) == (True, DELIVERED_BEFORE, ["ask"])
    # the endpoint is asked again by the next run, and the list proves it
    expect_listing(http, NEW)
    assert (run(plain, context)["step"], "pending" in (tmp_path / "unity.json").read_text(encoding="utf-8")) == (None, False)


NEWEST = key("newest", "2026-11-24T05:41:00Z", "unity_jumpcloud.scim 00000000000b")


def is_request_open(folder: Path) -> bool:
    return "pending" in (folder / "unity.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("refused", [False, True])
def test_a_key_that_was_delivered_since_ends_the_request_to_revoke_it(http: ExactCalls, context: Context, tmp_path: Path, refused: bool) -> None:
    """A person was asked to revoke all keys but one. If JumpCloud has another one now, that would revoke it, even where this run breaks off."""
    assert run(by_hand(tmp_path, "active"), context)["pending"] and is_request_open(tmp_path)
    given = {"runbook": str(tmp_path / "unity"), "key_id": "newest", "known_key_ids": ["old", KEY_ID, "newest"]}
    if refused:
        http.expect("GET", ACCOUNTS, reply({}, 500), query=FIRST_PAGE)
        with pytest.raises(ScimError):
            run(options(**given), context)
    else:
        expect_begin(http, OLD, NEW, NEWEST)
        expect_end(http, (OLD, NEW, NEWEST), ("old", KEY_ID))
        assert run(options(**given), context)["revoked"] == ["old", KEY_ID]
    assert not is_request_open(tmp_path)


@pytest.mark.parametrize("keys", [(NEWEST,), (OLD, NEW, NEWEST), ()])
def test_a_request_beside_a_key_that_is_gone_or_not_the_newest_ends(
    http: ExactCalls, context: Context, check_context: Context, warnings: list[str], tmp_path: Path, keys: tuple[dict[str, t.Any], ...]
) -> None:
    """A run that was killed after its delivery, or a person, has left a newer key: which of them JumpCloud has can't be told any more."""
    assert run(by_hand(tmp_path, "active"), context)["pending"]
    plain = options(runbook=str(tmp_path / "unity"), activated_with=None, used_since="2026-11-24T05:00:00Z", known_key_ids=[])
    rows = [{name: one[field] for name, field in (("id", "id"), ("name", "name"), ("created_at", "createdAt"))} for one in keys]
    shown = run({**plain, "seen": {"service_account_key": {"service_account_id": "x", "keys": rows}}}, check_context)
    assert (shown["step"], shown["revoked"], is_request_open(tmp_path)) == (None, [], True)
    expect_listing(http, *keys)
    result = run(plain, context)
    assert (result["step"], result["revoked"], http.writes, is_request_open(tmp_path)) == (None, [], [], False)
    assert len(warnings) == 2 and len(set(warnings)) == 1 and "all keys but %s, which is gone" % KEY_ID in warnings[0]


# ---- check mode


@pytest.mark.parametrize(
    "keys, key_id, keep, gone",
    [
        ((), "(new)", None, []),
        ((FOREIGN,), "(new)", None, []),
        ((FOREIGN, OLDER, OLD), "(new)", None, ["older", "old"]),
        ((FOREIGN, OLDER, OLD), "(new)", 1, ["older"]),
        ((OLD,), "(new)", 1, []),
        ((OLD, NEW), KEY_ID, None, ["old"]),
    ],
)
def test_check_mode_tells_what_would_go(
    http: ExactCalls, check_context: Context, time: FakeTime, keys: tuple[dict[str, t.Any], ...], key_id: str, keep: int | None, gone: list[str]
) -> None:
    expect_listing(http, *keys)
    given = options(key_id=key_id, keep_previous=keep, verify_timeout=30.0, grace_period=60.0)
    result = run(given, check_context)
    assert_documented(scim_key_retirement, result)
    assert (result["changed"], result["revoked"], result["step"]) == (bool(gone), gone, step(len(gone)) if gone else None)
    assert [one["id"] for one in result["diff"]["after"]["keys"]] == [one["id"] for one in keys if one["id"] not in gone]
    assert (time.sleeps, http.writes, check_context.progress.done) == ([], [], [])
    # what was seen a moment ago tells the same without a request
    rows = [{"id": one["id"], "name": one["name"], "created_at": one["createdAt"]} for one in keys]
    assert run({**given, "seen": {"service_account_key": {"service_account_id": ACCOUNT_ID, "keys": rows}}}, check_context) == result


@pytest.mark.parametrize("seen", [{}, {"service_account_key": None}, {"service_account_key": {"keys": "odd"}}])
def test_check_mode_reads_by_itself_where_what_was_seen_is_odd(http: ExactCalls, check_context: Context, seen: dict[str, t.Any]) -> None:
    expect_listing(http, OLD)
    assert run(options(key_id="(new)", seen=seen), check_context)["revoked"] == ["old"]


def test_what_was_seen_does_not_count_outside_check_mode(http: ExactCalls, context: Context) -> None:
    expect_listing(http, NEW)
    seen = {"service_account_key": {"service_account_id": ACCOUNT_ID, "keys": [{"id": "old", "name": "unity_jumpcloud.scim", "created_at": None}]}}
    assert run(options(seen=seen), context)["revoked"] == []


@pytest.mark.parametrize("key_id", [KEY_ID, "(new)"])
def test_check_mode_fails_on_a_concurrent_run_as_the_run_does(http: ExactCalls, check_context: Context, time: FakeTime, key_id: str) -> None:
    expect_listing(http, OLD, STRANGE, *([NEW] if key_id == KEY_ID else []))
    with pytest.raises(ScimError, match=CONCURRENT):
        run(options(key_id=key_id), check_context)
    assert time.sleeps == []


def test_check_mode_without_an_account(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    assert run(options(key_id="(new)"), check_context)["step"] is None


# ---- what goes wrong


def test_no_account(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match='^Unity has no service account "JumpCloud SCIM"'):
        run(options(), context)


@pytest.mark.parametrize("method", ["api", "manual"])
def test_the_key_that_stays_has_an_id(http: ExactCalls, context: Context, method: str) -> None:
    with pytest.raises(ScimError, match="key_id has an empty text in place of an ID"):
        run(options(key_id=" ", unity_method=method), context)
    assert http.seen == []


@pytest.mark.parametrize("key_id", [KEY_ID, "(new)"])
def test_a_new_key_that_is_not_live(http: ExactCalls, context: Context, key_id: str) -> None:
    expect_listing(http, OLD)
    with pytest.raises(ScimError, match="has no key .* so its other keys stay"):
        run(options(key_id=key_id), context)


def test_a_new_key_that_was_revoked_meanwhile(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    expect_keys(http, OLD)
    http.expect("GET", PROVISION, reply(configuration()))
    with pytest.raises(ScimError, match="has no key .* so its other keys stay"):
        run(options(), context)
    assert http.writes == []


def test_another_organization_of_jumpcloud(http: ExactCalls, context: Context) -> None:
    expect_begin(http)
    with pytest.raises(ScimError, match="belongs to the JumpCloud organization"):
        run(options(expected_organization_id="65f0c0ffee65f0c0ffee0009"), context)


def test_a_revocation_that_stops_half_way_tells_what_is_done(http: ExactCalls, context: Context) -> None:
    keys = (OLDER, OLD, NEW)
    expect_begin(http, *keys)
    expect_keys(http, *keys)
    http.expect("GET", PROVISION, reply(configuration()))
    http.expect("DELETE", KEYS + "/older", reply(status=204))
    http.expect("DELETE", KEYS + "/old", reply({"title": "no"}, 403))
    with pytest.raises(ApiError, match="revoke the service account's key"):
        run(options(), context)
    assert [done["key_id"] for done in context.progress.done] == ["older"]


def test_a_connection_that_breaks_is_no_concurrent_run(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_begin(http)
    http.expect("GET", KEYS, dropped(), query=FIRST_PAGE)
    expect_end(http)
    assert run(options(), context)["revoked"] == ["old"] and len(warnings) == 1


def test_answers_that_are_not_as_assumed(http: ExactCalls, context: Context) -> None:
    def expect_odd_application() -> None:
        expect_begin(http)
        expect_keys(http, OLD, NEW)
        http.expect("GET", PROVISION, text_reply("<html>"))

    for expect_odd in (lambda: http.expect("GET", ACCOUNTS, text_reply("<html>"), query=FIRST_PAGE), expect_odd_application):
        expect_odd()
        with pytest.raises(AssumptionFailed) as caught:
            run(options(), context)
        assert caught.value.step == "Retire the older keys" and caught.value.manual_steps[0]["value"] == KEY_ID
    assert http.writes == []


@pytest.mark.parametrize(
    "given, said",
    [
        ({"keep_previous": -1}, "keep_previous .scim_provisioning_keep_previous. must be at least 0"),
        ({"verify_timeout": -1.0}, "verify_timeout must not be negative"),
        ({"grace_period": -1.0}, "grace_period must not be negative"),
        ({"verify_delay": 0.0}, "verify_delay must be more than 0"),
        ({"unity_expected_organization_id": "999"}, 'The Unity organization is "12345678901234", but "999" is expected'),
        ({"unity_access_token": None}, "No credentials for Unity"),
        ({"unity_api_url": "http://unity.example.com"}, "api_url"),
        ({"organization_id": "short"}, "24 hexadecimal digits"),
    ],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], said: str) -> None:
    with pytest.raises(ScimError, match=said):
        run(options(**given), context)
    assert http.seen == []


def test_secrets_are_masked(http: ExactCalls, context: Context) -> None:
    """Those of both vendors."""
    expect_listing(http, NEW)
    run(options(), context)
    assert context.masker.redact(TOKEN + JUMPCLOUD["api_key"]) == "********" * 2


def test_a_key_of_a_service_account_does_as_well(http: ExactCalls, context: Context) -> None:
    answer: Reply = reply(paged(account()))
    http.expect("GET", ACCOUNTS, answer, query=FIRST_PAGE, headers={"Authorization": "Basic YWRtaW46czNjcmV0LTAxMjM0NTY3ODk="})
    http.expect("GET", KEYS, reply(paged(NEW)), query=FIRST_PAGE)
    run(options(unity_access_token=None, unity_admin_key_id="admin", unity_admin_secret_key="s3cret-0123456789"), context)
