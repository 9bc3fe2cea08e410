# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_service_account_key: a secret that is shown once, and never created twice."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import failure
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_model
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_service_account_key
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account_key import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime, Reply, dropped, read_timeout, refused, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, everything_in, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    FIRST_PAGE,
    HEADER,
    KEY_ID,
    ORG,
    SECRET,
    UNITY,
    account,
    key,
    paged,
)

KEYS = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID)
NAME, SECOND_NAME = "unity_jumpcloud.scim 000000000001", "unity_jumpcloud.scim 000000000002"
NEW = key(name=NAME)
OLD = key("old", "2025-01-01T00:00:00Z", "unity_jumpcloud.scim 000000000000")
FOREIGN = key("foreign", "2024-01-01T00:00:00Z", "Backup")
SHOWN = {"id": KEY_ID, "name": NAME, "created_at": "2026-11-24T05:40:04Z", "managed": True}
SHOWN_OLD = {"id": "old", "name": "unity_jumpcloud.scim 000000000000", "created_at": "2025-01-01T00:00:00Z", "managed": True}
SHOWN_FOREIGN = {"id": "foreign", "name": "Backup", "created_at": "2024-01-01T00:00:00Z", "managed": False}
# a key that came into being although its answer got lost
LOST_KEY = key("lost", "2026-11-24T05:40:00Z", NAME)
LOST = [dropped(), read_timeout(), reply({"title": "oops"}, 500), reply({"title": "gateway"}, 504), text_reply("<html>", 201), text_reply('{"id": "7b', 201)]
# reads of a list that never shows what is waited for
READS = 7


@pytest.fixture
def context(context: Context) -> Context:  # pylint: disable=redefined-outer-name
    """A context whose nonces are 1, 2 and so on."""
    numbers = itertools.count(1)
    return replace(context, make_nonce=lambda: "%012x" % next(numbers))


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, "service_account": "JumpCloud SCIM", "method": "api", **given})


def expect_keys(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", KEYS, reply(paged(*keys)), query=FIRST_PAGE)


def expect_state(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    expect_keys(http, *keys)


def created(created_key: dict[str, t.Any], takes: float = 0.0) -> Reply:
    return reply({**created_key, "secretKey": SECRET}, 201, takes=takes)


def expect_create(http: ExactCalls, answer: t.Any = None, name: str = NAME) -> None:
    http.expect("POST", KEYS, answer or created(key(name=name)), json={"name": name})


def expect_revoke(http: ExactCalls, key_id: str, answer: Reply | None = None) -> None:
    http.expect("DELETE", "%s/%s" % (KEYS, key_id), answer or reply(status=204))


def without_own(*shown: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    return [{name: value for name, value in one.items() if name != "managed"} for one in shown]


@pytest.mark.parametrize(
    "rotate, before, reason",
    [
        ("auto", [], "the account has no key"),
        ("always", [], "rotate is 'always'"),
        ("always", [OLD], "rotate is 'always'"),
        ("always", [FOREIGN, OLD], "rotate is 'always'"),
    ],
)
def test_create(http: ExactCalls, context: Context, rotate: str, before: list[dict[str, t.Any]], reason: str) -> None:
    expect_state(http, *before)
    expect_create(http)
    expect_keys(http, *before, NEW)
    result = run(options(rotate=rotate), context)
    assert result["changed"]
    assert result["actions"] == [{"action": "create", "target": "service account key", "key_id": KEY_ID, "reason": reason}]
    assert result["credentials"] == {"key_id": KEY_ID, "secret_key": SECRET, "authorization_header": HEADER}
    assert_documented(unity_service_account_key, result)
    assert result["key"] == SHOWN
    assert result["live_keys"] == [{"old": SHOWN_OLD, "foreign": SHOWN_FOREIGN}[one["id"]] for one in before] + [SHOWN]
    assert result["diff"]["after"]["keys"] == without_own(*result["live_keys"])
    assert context.progress.done == [{"action": "create", "target": "service account key", "key_id": KEY_ID}]


PRUNING = "Revoke the older keys of the service account JumpCloud SCIM"


@pytest.mark.parametrize(
    "asked, title, creates", [("old", PRUNING, False), ("OLD", PRUNING, False), ("another", PRUNING, True), ("old", "Revoke the key old", True)]
)
def test_older_keys_that_a_person_is_asked_to_revoke_are_no_reason_for_another(
    http: ExactCalls, check_context: Context, tmp_path: Path, asked: str, title: str, creates: bool
) -> None:
    """Which key is in use is known then, unless it was one key alone that should go."""
    section = runbook_model.Section("unity_service_account_key_revocation", title, "Unity organization %s" % ORG, (), "pending", "now", key_id=asked)
    (tmp_path / "scim.json").write_text(runbook_model.to_json([section]), encoding="utf-8")
    for rotate in ("auto", "always"):
        expect_state(http, {**OLD, "id": "older"}, OLD)
        result = run(options(keep_previous=0, rotate=rotate, runbook=str(tmp_path / "scim")), check_context)
        assert result["changed"] is (creates or rotate == "always")


def test_the_keys_name_is_an_option(http: ExactCalls, context: Context) -> None:
    theirs = key(name="site-b 000000000001")
    expect_state(http, OLD)
    expect_create(http, created(theirs), "site-b 000000000001")
    expect_keys(http, OLD, theirs)
    result = run(options(key_name="site-b", rotate="always"), context)
    assert [one["managed"] for one in result["live_keys"]] == [False, True]


def test_nonces_differ() -> None:
    assert Context().make_nonce() != Context().make_nonce()


def test_the_secret_is_in_the_credentials_only(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    expect_create(http)
    expect_keys(http, NEW)
    result = run(options(), context)
    rest = repr({name: value for name, value in result.items() if name != "credentials"}) + repr(warnings) + repr(context.progress.done)
    assert SECRET not in rest and HEADER.partition(" ")[2] not in rest
    assert context.masker.redact(SECRET + HEADER) == "********Basic ********"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rotate": "never"},
        {"key_id": "old"},
        {"key_id": "old", "rotate": "never"},
        {"keep_previous": 1},
        {"max_age": 30},
        {"max_keys": 1},
        {"key_name": "site-b", "keep_previous": 0},
    ],
)
def test_no_change(http: ExactCalls, context: Context, warnings: list[str], given: dict[str, t.Any]) -> None:
    expect_state(http, NEW, OLD)
    result = run(options(**given), context)
    assert (result["changed"], result["credentials"], result["key"], http.writes, warnings) == (False, None, None, [], [])
    assert [one["id"] for one in result["live_keys"]] == ["old", KEY_ID], "oldest first"
    assert result["diff"]["before"] == result["diff"]["after"]
    assert result["service_account_id"] == ACCOUNT_ID


@pytest.mark.parametrize("rotate, before", [("auto", []), ("always", [OLD])])
def test_check_mode_never_makes_a_secret_up(http: ExactCalls, check_context: Context, rotate: str, before: list[dict[str, t.Any]]) -> None:
    expect_state(http, *before)
    result = run(options(rotate=rotate), check_context)
    assert (result["changed"], verbs(result), http.writes) == (True, ["create"], [])
    assert (result["credentials"], result["key"]) == (None, None)
    assert result["diff"]["after"]["keys"][-1] == {"id": "(new)", "name": None, "created_at": None}
    assert [one["id"] for one in result["live_keys"]] == [one["id"] for one in before], "the placeholder is no key"
    assert_documented(unity_service_account_key, result)


def test_check_mode_where_the_account_does_not_exist_yet(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run(options(), check_context)
    assert (result["changed"], verbs(result), result["service_account_id"], result["credentials"]) == (True, ["create"], None, None)
    assert result["live_keys"] == []


@pytest.mark.parametrize("given", [{}, {"state": "pruned", "key_id": "old"}])
def test_an_account_that_does_not_exist(http: ExactCalls, context: Context, given: dict[str, str]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match='Unity has no service account "JumpCloud SCIM"'):
        run(options(**given), context)


@pytest.mark.parametrize("keys", [[], [OLD]])
@pytest.mark.parametrize("rotate", ["auto", "always", "never"])
def test_a_key_that_vanished(http: ExactCalls, context: Context, keys: list[dict[str, t.Any]], rotate: str) -> None:
    expect_state(http, *keys)
    with pytest.raises(ScimError, match="no key .* somebody revoked it") as caught:
        run(options(key_id=KEY_ID, rotate=rotate), context)
    assert "rotate" in (caught.value.hint or "")
    assert http.writes == []


def test_never_without_a_key(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    with pytest.raises(ScimError, match="has no key, and rotate is 'never'"):
        run(options(rotate="never"), context)
    assert http.writes == []


# ---- policies (see also test_unity_key_policy.py)


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"max_age": 90}, "the key old is 692 days old"),
        ({"keep_previous": 0}, "2 managed keys are live, and which of them is in use can't be told"),
    ],
)
def test_rotate_by_policy(http: ExactCalls, context: Context, check_context: Context, given: dict[str, t.Any], reason: str) -> None:
    older = key("older", "2024-06-01T00:00:00Z", "unity_jumpcloud.scim")
    before = [older, OLD] if "keep_previous" in given else [OLD]
    expect_state(http, *before)
    planned = run(options(**given), check_context)
    assert http.writes == []
    expect_state(http, *before)
    expect_create(http)
    expect_keys(http, *before, NEW)
    result = run(options(**given), context)
    assert planned["actions"][0]["reason"] == result["actions"][0]["reason"] == reason
    assert [one["id"] for one in result["live_keys"]] == [*(one["id"] for one in before), KEY_ID], "the older ones stay"


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_limit_is_found_before_anything_is_changed(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    expect_state(http, FOREIGN, OLD)
    with pytest.raises(ScimError) as caught:
        run(options(rotate="always", max_keys=2), check_context if check_mode else context)
    assert str(caught.value) == "The service account has 2 keys, and 2 are allowed. No key was created."
    assert "(1 of them was made by this collection, 1 by others)" in (caught.value.hint or "")
    assert http.writes == []


@pytest.mark.parametrize("created, warning", [(None, "The age of the key old is unknown"), ("soon", "is unknown"), ("2027-06-01T00:00:00Z", "in the future")])
def test_an_age_that_can_not_be_told_changes_nothing(http: ExactCalls, context: Context, warnings: list[str], created: str | None, warning: str) -> None:
    expect_state(http, key("old", created, NAME))
    assert run(options(max_age=1), context)["changed"] is False
    assert len(warnings) == 1 and warning in warnings[0]


def test_an_age_that_applies_to_none_of_the_keys_is_told(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    """Else a nightly job would never rotate, and nobody would know."""
    expect_state(http, OLD)
    assert run(options(key_name="corp scim", max_age=1), context)["changed"] is False
    said = 'The account has 1 key, and none was made under the name "corp scim", so max_age applies to none. Rotate once with rotate=always.'
    assert warnings == [said] and http.writes == []


# ---- lost answers


@pytest.mark.parametrize("answer", LOST)
def test_a_lost_key_is_revoked_and_another_one_created(http: ExactCalls, context: Context, warnings: list[str], answer: t.Any) -> None:
    new = key(name=SECOND_NAME)
    expect_state(http, OLD)
    expect_create(http, answer)
    expect_keys(http, OLD, LOST_KEY)
    expect_revoke(http, "lost")
    expect_create(http, name=SECOND_NAME)
    expect_keys(http, OLD, new)
    result = run(options(rotate="always"), context)
    assert result["credentials"]["key_id"] == KEY_ID
    assert [one["id"] for one in result["live_keys"]] == ["old", KEY_ID]
    assert len(warnings) == 1 and warnings[0].endswith("The key lost was created all the same, and its secret is lost: it was revoked.")
    assert [(done["action"], done["key_id"]) for done in context.progress.done] == [("revoke", "lost"), ("create", KEY_ID)]


def test_a_lost_key_that_shows_late_is_found(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http)
    expect_create(http, dropped())
    expect_keys(http)
    expect_keys(http)
    expect_keys(http, LOST_KEY)
    expect_revoke(http, "lost")
    expect_create(http, name=SECOND_NAME)
    expect_keys(http, key(name=SECOND_NAME))
    assert run(options(), context)["credentials"]["key_id"] == KEY_ID
    assert time.sleeps == [0.5, 1.0]


@pytest.mark.parametrize("answer", LOST)
def test_two_lost_keys_are_revoked_and_no_third_one_is_created(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http)
    expect_create(http, dropped())
    expect_keys(http, LOST_KEY)
    expect_revoke(http, "lost")
    expect_create(http, answer, SECOND_NAME)
    expect_keys(http, key("lost-2", None, SECOND_NAME))
    expect_revoke(http, "lost-2")
    with pytest.raises(ApiError, match="create a key|did not answer as") as caught:
        run(options(), context)
    assert "The key lost-2 was created all the same; its secret is lost, so it was revoked. Run again." in caught.value.sentence()
    assert [(done["action"], done["key_id"]) for done in context.progress.done] == [("revoke", "lost"), ("revoke", "lost-2")]


def test_a_lost_key_that_can_not_be_revoked_is_named_and_no_other_one_is_created(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    expect_create(http, dropped())
    expect_keys(http, LOST_KEY)
    expect_revoke(http, "lost", reply({"title": "no"}, 403))
    with pytest.raises(ApiError, match="cannot create a key") as caught:
        run(options(), context)
    assert caught.value.hint == (
        "The key lost, whose secret is lost, could not be revoked (Unity administration: cannot revoke the service account's key: HTTP 403: no): "
        "revoke it (unity_service_account_key with state=absent and key_id=lost)."
    )
    assert (context.progress.done, warnings) == ([], [])


@pytest.mark.parametrize("answer", LOST[:4])
def test_a_lost_answer_to_a_creation_that_took_no_effect(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, OLD)
    expect_create(http, answer)
    for _unused in range(READS):
        expect_keys(http, OLD)
    with pytest.raises(ApiError) as caught:
        run(options(rotate="always"), context)
    assert caught.value.hint == "No new key has appeared. Run again."
    assert context.progress.done == []


@pytest.mark.parametrize("name", [None, "unity_jumpcloud.scim", "unity_jumpcloud.scim 00000000000c", "unity_jumpcloud.scim 000000000010", "Somebody's"])
def test_a_new_key_of_another_name_is_not_revoked(http: ExactCalls, context: Context, name: str | None) -> None:
    expect_state(http, OLD)
    expect_create(http, dropped())
    for _unused in range(READS):
        expect_keys(http, OLD, key("theirs", None, name))
    with pytest.raises(ApiError) as caught:
        run(options(rotate="always"), context)
    assert (caught.value.hint or "").startswith("New keys have appeared since (theirs), but none has the name of this request, so none is revoked.")
    assert [seen.method for seen in http.writes] == ["POST"]


@pytest.mark.parametrize("answer", [reply({"title": "no"}, 500), text_reply("<html>"), reply(paged(key("one"), total=300))])
def test_a_lost_answer_where_the_keys_cannot_be_listed_either(http: ExactCalls, context: Context, answer: Reply) -> None:
    expect_state(http)
    expect_create(http, dropped())
    http.expect("GET", KEYS, answer, query=FIRST_PAGE)
    if b"one" in answer.body:
        # a list that is not whole is none
        with http.in_any_order():
            for offset in (100, 200):
                http.expect("GET", KEYS, reply(paged(total=300)), query={**FIRST_PAGE, "offset": offset})
    with pytest.raises(ApiError, match="cannot create a key") as caught:
        run(options(), context)
    assert (caught.value.hint or "").startswith('The keys could not be listed either. If a key named "unity_jumpcloud.scim 000000000001" was created')


@pytest.mark.parametrize("answer", [reply({"title": "no"}, 405), reply({"title": "no"}, 501), reply({"code": 4}, 404), text_reply("<html>", 404)])
def test_a_missing_route_claims_no_lost_answer(http: ExactCalls, context: Context, answer: Reply) -> None:
    expect_state(http)
    expect_create(http, answer)
    with pytest.raises(AssumptionFailed) as caught:
        run(options(), context)
    assert caught.value.outcome == "refused"
    assert not any(word in caught.value.sentence() for word in ("lost", "limited number", "not known"))
    assert any(step["do"].startswith("Copy the key ID") for step in caught.value.manual_steps)


def test_a_creation_that_was_surely_not_sent_is_sent_again(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    expect_create(http, refused())
    expect_create(http, reply({"title": "slow"}, 429, {"Retry-After": "1"}))
    expect_create(http)
    expect_keys(http, NEW)
    assert run(options(), context)["credentials"]["secret_key"] == SECRET
    assert len(warnings) == 2


@pytest.mark.parametrize("status", [400, 409, 422])
def test_the_limit_is_reached(http: ExactCalls, context: Context, status: int) -> None:
    expect_state(http, OLD)
    expect_create(http, reply({"title": "Limit", "detail": "too many keys"}, status))
    with pytest.raises(ApiError, match="too many keys") as caught:
        run(options(rotate="always"), context)
    assert "hold a limited number" in (caught.value.hint or "")


def test_a_refusal_keeps_its_own_hint(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    expect_create(http, reply({"title": "no"}, 403))
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "owner or manager" in (caught.value.hint or "")


# ---- two runs at the same time


def concurrent(created_at: str | None, name: str = "unity_jumpcloud.scim 00000000000c", key_id: str = "concurrent") -> dict[str, t.Any]:
    return key(key_id, created_at, name)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        pytest.param(NEW, concurrent("2026-11-24T05:40:03Z"), id="older"),
        pytest.param(NEW, concurrent("2026-11-24T05:40:04Z", key_id="0"), id="of the same second, with the smaller id"),
        pytest.param(key(created_at=None, name=NAME), concurrent(None, key_id="0"), id="both without a date, with the smaller id"),
        pytest.param(NEW, concurrent(None), id="without a date"),
    ],
)
def test_the_run_whose_key_is_younger_gives_way(http: ExactCalls, context: Context, ours: dict[str, t.Any], theirs: dict[str, t.Any]) -> None:
    expect_state(http, OLD)
    expect_create(http)
    expect_keys(http, OLD, ours, theirs)
    expect_revoke(http, KEY_ID)
    with pytest.raises(ScimError, match="Another run has created the key %s of this service account at the same time" % theirs["id"]) as caught:
        run(options(rotate="always"), context)
    assert [(done["action"], done["key_id"]) for done in context.progress.done] == [("create", KEY_ID), ("revoke", KEY_ID)]
    assert SECRET not in everything_in(caught.value)
    assert caught.value.hint == "Let the other run finish, then run again."


YOUNGER = [
    pytest.param(concurrent("2026-11-24T05:40:05Z"), id="younger"),
    pytest.param(concurrent("2026-11-24T05:40:04Z", key_id="z"), id="of the same second, with the greater id"),
]


@pytest.mark.parametrize("theirs", YOUNGER)
@pytest.mark.parametrize("more_reads", [1, 4])
def test_the_run_whose_key_is_older_waits_for_the_other_to_give_way(
    http: ExactCalls, context: Context, time: FakeTime, theirs: dict[str, t.Any], more_reads: int
) -> None:
    expect_state(http, OLD)
    expect_create(http)
    for _number in range(more_reads):
        expect_keys(http, OLD, NEW, theirs)
    expect_keys(http, OLD, NEW)
    assert run(options(rotate="always"), context)["credentials"]["key_id"] == KEY_ID
    assert time.sleeps == [2.0] * more_reads


@pytest.mark.parametrize("theirs", YOUNGER)
def test_where_the_other_run_does_not_give_way_nobody_can_tell_whose_key_counts(http: ExactCalls, context: Context, theirs: dict[str, t.Any]) -> None:
    expect_state(http, OLD)
    expect_create(http)
    for _number in range(5):
        expect_keys(http, OLD, NEW, theirs)
    expect_revoke(http, KEY_ID)
    with pytest.raises(ScimError, match="Another run has created a key of this service account since this run has looked"):
        run(options(rotate="always"), context)


@pytest.mark.parametrize(
    "theirs",
    [
        pytest.param(concurrent("2026-11-24T05:40:03Z", "Backup"), id="foreign"),
        pytest.param(concurrent("2026-11-24T05:40:03Z", "unity_jumpcloud.scim-b 000000000001"), id="of another key_name"),
    ],
)
def test_a_key_that_is_not_managed_is_no_concurrent_runs(http: ExactCalls, context: Context, theirs: dict[str, t.Any]) -> None:
    expect_state(http, OLD)
    expect_create(http)
    expect_keys(http, OLD, NEW, theirs)
    assert run(options(rotate="always"), context)["credentials"]["key_id"] == KEY_ID


def test_concurrent_runs_are_compared_by_the_dates_of_the_list(http: ExactCalls, context: Context) -> None:
    """The answer to a creation may have no date, or another precision; both runs would then take themselves for the older one."""
    expect_state(http)
    expect_create(http, created(key(created_at=None, name=NAME)))
    expect_keys(http, NEW, concurrent("2026-11-24T05:40:03Z"))
    expect_revoke(http, KEY_ID)
    with pytest.raises(ScimError, match="Another run"):
        run(options(), context)


def test_giving_way_where_the_supplied_key_can_not_be_revoked(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    expect_create(http)
    expect_keys(http, NEW, concurrent("2026-11-24T05:40:03Z"))
    expect_revoke(http, KEY_ID, reply({"title": "no"}, 403))
    with pytest.raises(ScimError, match="Another run has created the key concurrent") as caught:
        run(options(), context)
    assert "The key %s, whose secret is lost, could not be revoked" % KEY_ID in (caught.value.hint or "")


# ---- a creation that can't be verified


def test_a_list_that_lags_behind(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http)
    expect_create(http)
    expect_keys(http)
    expect_keys(http, NEW)
    assert run(options(), context)["changed"]
    assert time.sleeps == [0.5]


def test_a_created_key_that_never_shows_is_revoked(http: ExactCalls, context: Context) -> None:
    """Its secret is lost with the failure, so nobody could ever use it."""
    expect_state(http)
    expect_create(http)
    for _unused in range(READS):
        expect_keys(http)
    expect_revoke(http, KEY_ID)
    with pytest.raises(ScimError, match="but its list of keys does not show it") as caught:
        run(options(), context)
    assert SECRET not in everything_in(caught.value)
    assert [done["action"] for done in context.progress.done] == ["create", "revoke"]


def test_a_key_that_cannot_be_verified_is_revoked(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    expect_create(http)
    http.expect("GET", KEYS, reply({"title": "no"}, 403), query=FIRST_PAGE)
    expect_revoke(http, KEY_ID)
    with pytest.raises(ApiError, match="list the service account's keys"):
        run(options(), context)


@pytest.mark.parametrize("listing", [reply({"title": "no"}, 403), text_reply("<html>")])
@pytest.mark.parametrize("revoking", [reply({"title": "not allowed"}, 403), text_reply("<html>", 404), reply({"code": 4}, 404)])
def test_a_key_that_cannot_be_verified_nor_revoked_is_named(http: ExactCalls, context: Context, listing: Reply, revoking: Reply) -> None:
    expect_state(http)
    expect_create(http)
    http.expect("GET", KEYS, listing, query=FIRST_PAGE)
    expect_revoke(http, KEY_ID, revoking)
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert SECRET not in everything_in(caught.value)
    result = failure(caught.value, context)
    assert "cannot list the service account's keys" in result["msg"]
    assert "The key %s, whose secret is lost, could not be revoked (Unity administration: cannot revoke" % KEY_ID in result["msg"]
    assert (result["changed"], result["actions"]) == (True, [{"action": "create", "target": "service account key", "key_id": KEY_ID}])


@pytest.mark.parametrize("revoking_takes", [0.0, 29.0])
def test_a_key_is_revoked_even_if_the_time_budget_is_used_up(http: ExactCalls, context: Context, revoking_takes: float) -> None:
    expect_state(http)
    expect_create(http, created(NEW, takes=301.0))
    expect_revoke(http, KEY_ID, reply(status=204, takes=revoking_takes))
    with pytest.raises(ApiError, match="the time_budget of 300 s is used up") as caught:
        run(options(), context)
    assert caught.value.operation == "list the service account's keys"
    assert [done["action"] for done in context.progress.done] == ["create", "revoke"]


def test_a_lost_key_is_found_and_revoked_even_if_the_time_budget_is_used_up(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    expect_create(http, replace(read_timeout(), takes=301.0))
    expect_keys(http, LOST_KEY)
    expect_revoke(http, "lost")
    with pytest.raises(ApiError, match="the time_budget of 300 s is used up") as caught:
        run(options(), context)
    assert (caught.value.operation, caught.value.outcome) == ("create a key of the service account", "not_sent")
    assert [(done["action"], done["key_id"]) for done in context.progress.done] == [("revoke", "lost")]


# ---- revoke


def test_revoke(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD, NEW)
    expect_revoke(http, "old")
    expect_keys(http, NEW)
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["actions"]) == (True, [{"action": "revoke", "target": "service account key", "key_id": "old"}])
    assert result["live_keys"] == [SHOWN]
    assert result["diff"]["after"]["keys"] == without_own(SHOWN)
    assert result["credentials"] is None
    assert_documented(unity_service_account_key, result)


def test_a_foreign_key_is_revoked_when_it_is_named(http: ExactCalls, context: Context) -> None:
    expect_state(http, FOREIGN)
    expect_revoke(http, "foreign")
    expect_keys(http)
    assert run(options(state="absent", key_id="foreign"), context)["live_keys"] == []


def test_revoke_in_check_mode(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, OLD, NEW)
    result = run(options(state="absent", key_id="old"), check_context)
    assert (result["changed"], result["live_keys"], http.writes) == (True, [SHOWN], [])


def test_revoke_what_is_gone(http: ExactCalls, context: Context) -> None:
    expect_state(http, NEW)
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])


def test_revoke_where_the_account_is_gone(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["service_account_id"]) == (False, None)


@pytest.mark.parametrize("given", ["OLD", "old ", "\tOld"])
def test_a_key_is_revoked_however_its_id_is_written(http: ExactCalls, context: Context, given: str) -> None:
    expect_state(http, OLD, NEW)
    expect_revoke(http, "old")
    expect_keys(http, NEW)
    result = run(options(state="absent", key_id=given), context)
    assert (result["changed"], result["live_keys"], result["step"]["verified"]) == (True, [SHOWN], ["key old is not listed"])


def test_a_key_must_be_live_however_its_id_is_written(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD)
    assert run(options(key_id=" OLD", rotate="never"), context)["changed"] is False


@pytest.mark.parametrize("key_id", ["", " "])
@pytest.mark.parametrize("state", ["absent", "pruned"])
@pytest.mark.parametrize("method", ["api", "manual", "auto"])
def test_a_key_without_an_id_is_none(http: ExactCalls, context: Context, method: str, state: str, key_id: str) -> None:
    """Nobody is told that it is not listed, and nobody is asked to revoke it."""
    with pytest.raises(ScimError, match="^key_id has an empty text in place of an ID. Nothing was changed.$"):
        run(options(state=state, key_id=key_id, method=method), context)
    assert http.seen == []


def test_a_revoked_key_that_still_shows(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD)
    expect_revoke(http, "old")
    for _unused in range(READS):
        expect_keys(http, OLD)
    with pytest.raises(ScimError, match="still shows it"):
        run(options(state="absent", key_id="old"), context)
    assert [done["action"] for done in context.progress.done] == ["revoke"]


# ---- prune


UNNAMED = key("unnamed", None)
BARE = key("bare", "2025-06-01T00:00:00Z", "unity_jumpcloud.scim")


@pytest.mark.parametrize(
    "key_id, keep, gone",
    [
        (KEY_ID, None, ["old", "bare"]),
        (KEY_ID, 0, ["old", "bare"]),
        (KEY_ID, 1, ["old"]),
        (KEY_ID, 2, []),
        (KEY_ID, 9, []),
        ("old", None, ["bare", KEY_ID]),
        ("old", 1, ["bare"]),
        ("foreign", None, ["old", "bare", KEY_ID]),
    ],
)
def test_prune(http: ExactCalls, context: Context, check_context: Context, key_id: str, keep: int | None, gone: list[str]) -> None:
    """Neither foreign keys nor the key that is in use are ever revoked."""
    before = [NEW, OLD, FOREIGN, UNNAMED, BARE]
    given = options(state="pruned", key_id=key_id, keep_previous=keep)
    expect_state(http, *before)
    planned = run(given, check_context)
    assert http.writes == []
    expect_state(http, *before)
    for one in gone:
        expect_revoke(http, one)
    if gone:
        expect_keys(http, *(one for one in before if one["id"] not in gone))
    result = run(given, context)
    assert planned == result
    assert ([action["key_id"] for action in result["actions"]], result["changed"]) == (gone, bool(gone))
    assert [one["id"] for one in result["live_keys"]] == [one for one in ("unnamed", "foreign", "old", "bare", KEY_ID) if one not in gone]
    assert (result["credentials"], result["key"]) == (None, None)
    assert_documented(unity_service_account_key, result)


def test_prune_the_keys_of_another_name(http: ExactCalls, context: Context) -> None:
    theirs = key("theirs", "2025-06-01T00:00:00Z", "site-b 000000000001")
    expect_state(http, theirs, OLD, NEW)
    expect_revoke(http, "theirs")
    expect_keys(http, OLD, NEW)
    assert len(run(options(state="pruned", key_id=KEY_ID, key_name="site-b"), context)["actions"]) == 1


@pytest.mark.parametrize("check_mode", [True, False])
def test_prune_refuses_where_the_key_in_use_is_not_live(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    expect_state(http, OLD, BARE)
    with pytest.raises(ScimError, match="no key .* so its other keys stay"):
        run(options(state="pruned", key_id=KEY_ID), check_context if check_mode else context)
    assert http.writes == []


@pytest.mark.parametrize("exists", [True, False])
def test_nothing_to_prune_in_check_mode(http: ExactCalls, check_context: Context, exists: bool) -> None:
    """The key that a real run would create before does not exist."""
    http.expect("GET", ACCOUNTS, reply(paged(account()) if exists else paged()), query=FIRST_PAGE)
    if exists:
        expect_keys(http)
    assert run(options(state="pruned", key_id="(new)"), check_context)["changed"] is False


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_key_in_use_is_of_an_account_that_is_there(http: ExactCalls, context: Context, check_context: Context, check_mode: bool, trusted: bool) -> None:
    """So check mode fails as the run does."""
    nothing = {"service_account_key": {"service_account_id": None, "keys": []}} if trusted else None
    if not (trusted and check_mode):
        http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match="^Unity has no service account"):
        run(options(state="pruned", key_id=KEY_ID, seen=nothing), check_context if check_mode else context)


@pytest.mark.parametrize("keep, gone", [(None, ["old", "bare"]), (1, ["old"])])
def test_check_mode_prunes_beside_a_key_that_a_real_run_would_create(http: ExactCalls, check_context: Context, keep: int | None, gone: list[str]) -> None:
    expect_state(http, OLD, FOREIGN, BARE)
    result = run(options(state="pruned", key_id="(new)", keep_previous=keep), check_context)
    assert [action["key_id"] for action in result["actions"]] == gone


def test_no_real_run_prunes_beside_a_key_that_is_not_there(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD)
    with pytest.raises(ScimError, match="no key .* so its other keys stay"):
        run(options(state="pruned", key_id="(new)"), context)


def test_a_pruning_that_stops_half_way_tells_what_is_done(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD, BARE, NEW)
    expect_revoke(http, "old")
    expect_revoke(http, "bare", reply({"title": "no"}, 403))
    with pytest.raises(ApiError, match="revoke the service account's key"):
        run(options(state="pruned", key_id=KEY_ID), context)
    assert [done["key_id"] for done in context.progress.done] == ["old"]


# ---- bad input


@pytest.mark.parametrize("given", [{"access_token": None}, {"expected_organization_id": "999"}])
@pytest.mark.parametrize("state", ["present", "absent", "pruned"])
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], state: str) -> None:
    with pytest.raises(ScimError):
        run(options(state=state, key_id=None if state == "present" else "old", **given), context)
    assert http.seen == []


@pytest.mark.parametrize(
    "state, step",
    [
        ("present", "Copy the key ID and the secret key, and keep them safe."),
        ("absent", "delete the key."),
        ("pruned", "delete the keys named unity_jumpcloud.scim, alone or with a suffix, but not the one with this key ID."),
    ],
)
def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context, state: str, step: str) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, text_reply("<html>"), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed) as caught:
        run(options(state=state, key_id="old"), context)
    steps = [one for one in caught.value.manual_steps if step in one["do"]]
    assert len(steps) == 1
    assert steps[0]["value"] == (None if state == "present" else "old")
    assert http.writes == []


@pytest.mark.parametrize(
    "name, value, message",
    [
        ("max_age", -0.5, "max_age .scim_provisioning_key_max_age. must be at least 0, not -0.5."),
        ("keep_previous", -1, "keep_previous .scim_provisioning_keep_previous. must be at least 0, not -1."),
        ("max_keys", 0, "max_keys .scim_provisioning_max_keys. must be at least 1, not 0."),
    ],
)
def test_limits_that_make_no_sense(http: ExactCalls, context: Context, name: str, value: float, message: str) -> None:
    with pytest.raises(ScimError, match=message):
        run(options(**{name: value}), context)
    assert http.seen == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_stops_the_run_leaves_no_key(http: ExactCalls, context: Context, stop: type[BaseException]) -> None:
    """Also before the answer came: then the key is found by its name."""
    expect_state(http)
    http.expect("POST", KEYS, Break(stop()), json={"name": NAME})  # type: ignore[arg-type]
    expect_keys(http, key("lost", None, NAME), OLD)
    expect_revoke(http, "lost")
    with pytest.raises(stop):
        run(options(), context)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_stops_the_run_after_the_creation_leaves_no_key(http: ExactCalls, context: Context, stop: type[BaseException]) -> None:
    expect_state(http)
    expect_create(http)
    http.expect("GET", KEYS, Break(stop()), query=FIRST_PAGE)  # type: ignore[arg-type]
    expect_revoke(http, key(name=NAME)["id"])
    with pytest.raises(stop):
        run(options(), context)


def test_an_answer_that_is_nested_too_deep_leaves_no_key(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    deep = text_reply("[" * 100000 + "]" * 100000, 201, "application/json")
    for number in (1, 2):
        name = NAME[:-1] + str(number)
        expect_create(http, deep, name)
        expect_keys(http, key("lost", None, name))
        expect_revoke(http, "lost")
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert caught.value.outcome == "unknown"
    assert "nested too deep" in caught.value.message or "nested too deep" in caught.value.sentence()


# ---- the step, and what was seen before


STEP = {
    "step": "service_account_key",
    "method": "api",
    "changed": False,
    "found": "live keys: 1",
    "did": [],
    "verified": [],
    "pending": False,
    "waiting": False,
    "reason": "",
}


def seen(*shown: dict[str, t.Any], account_id: str | None = ACCOUNT_ID) -> dict[str, t.Any]:
    return {"service_account_key": {"service_account_id": account_id, "keys": list(shown)}, "application": {}}


@pytest.mark.parametrize("given", [{}, {"rotate": "never"}, {"key_id": "old"}, {"keep_previous": 1}, {"state": "pruned", "key_id": "old", "keep_previous": 2}])
@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
def test_keys_that_were_seen_as_wanted_need_no_request(
    http: ExactCalls, context: Context, check_context: Context, given: dict[str, t.Any], trusted: bool, check_mode: bool
) -> None:
    """The result is the same as without it."""
    if not trusted:
        expect_state(http, NEW, OLD)
    result = run(options(**given, seen=seen(SHOWN, SHOWN_OLD) if trusted else None), check_context if check_mode else context)
    assert (result["changed"], result["live_keys"], result["service_account_id"]) == (False, [SHOWN_OLD, SHOWN], ACCOUNT_ID)
    pruned = {"step": "retire_keys", "found": "older managed keys: 0"}
    assert result["step"] == {**STEP, "found": "live keys: 2", **(pruned if "state" in given else {})}
    assert_documented(unity_service_account_key, result)


@pytest.mark.parametrize(
    "account_id, was, given, differs",
    [
        (None, [], {}, {"found": "live keys: 0", "did": ["create"]}),
        (ACCOUNT_ID, [], {}, {"found": "live keys: 0", "did": ["create"]}),
        (ACCOUNT_ID, [SHOWN_OLD], {"rotate": "always"}, {"did": ["create"]}),
        (ACCOUNT_ID, [SHOWN_OLD], {"state": "absent", "key_id": "old"}, {"did": ["revoke"]}),
        (ACCOUNT_ID, [SHOWN_OLD, SHOWN], {"state": "pruned", "key_id": KEY_ID}, {"step": "retire_keys", "found": "older managed keys: 1", "did": ["revoke"]}),
    ],
)
def test_check_mode_shows_what_was_seen(
    check_context: Context, http: ExactCalls, account_id: str | None, was: list[dict[str, t.Any]], given: dict[str, t.Any], differs: dict[str, t.Any]
) -> None:
    result = run(options(**given, seen=seen(*was, account_id=account_id)), check_context)
    assert (result["step"], http.seen) == ({**STEP, "changed": True, **differs}, [])


def test_keys_that_were_seen_are_read_again_before_one_is_created(http: ExactCalls, context: Context) -> None:
    """Meanwhile the account was made, and another run has made a key in it."""
    expect_state(http, OLD)
    result = run(options(seen=seen(account_id=None)), context)
    assert (result["step"], result["live_keys"], http.writes) == (STEP, [SHOWN_OLD], [])


def test_step_of_a_creation(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD)
    expect_create(http)
    expect_keys(http, OLD, NEW)
    result = run(options(rotate="always", seen=seen()), context)
    assert result["step"] == {**STEP, "changed": True, "did": ["create"], "verified": ["key %s is listed" % KEY_ID]}
    assert SECRET not in repr(result["step"])


@pytest.mark.parametrize("given", [{"rotate": "never"}, {"key_id": KEY_ID}, {"state": "pruned", "key_id": KEY_ID}])
def test_nothing_fails_for_what_was_seen_before(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    """When it was seen, there was no account, and no key."""
    expect_state(http, NEW)
    assert not run(options(**given, seen=seen(account_id=None)), context)["changed"]


def test_step_of_a_pruning(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD, BARE, NEW)
    expect_revoke(http, "old")
    expect_revoke(http, "bare")
    expect_keys(http, NEW)
    result = run(options(state="pruned", key_id=KEY_ID, seen=seen(SHOWN_OLD)), context)
    assert result["step"] == {**STEP, "step": "retire_keys", "changed": True, "found": "older managed keys: 2", "did": ["revoke", "revoke"]}


def test_a_key_that_was_made_since_is_revoked(http: ExactCalls, context: Context) -> None:
    """That it was not seen is no reason to leave it."""
    expect_state(http, NEW)
    expect_revoke(http, KEY_ID)
    expect_keys(http)
    result = run(options(state="absent", key_id=KEY_ID, seen=seen()), context)
    assert result["step"] == {**STEP, "changed": True, "did": ["revoke"], "verified": ["key %s is not listed" % KEY_ID]}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"service_account_key": None},
        {"service_account_key": {"keys": [SHOWN]}},
        {"service_account_key": {"service_account_id": ACCOUNT_ID, "keys": [{"name": NAME}]}},
        {"service_account_key": {"service_account_id": ACCOUNT_ID, "keys": None}},
    ],
)
def test_what_was_seen_in_another_form_is_ignored(http: ExactCalls, check_context: Context, other: dict[str, t.Any]) -> None:
    expect_state(http, OLD)
    assert run(options(seen=other), check_context)["step"] == STEP


def test_what_was_seen_of_another_account_is_ignored(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, OLD)
    given = {"service_account": None, "service_account_id": ACCOUNT_ID}
    assert run(options(**given, seen=seen(SHOWN, SHOWN_OLD, account_id="another")), check_context)["step"] == STEP


def test_an_age_that_can_not_be_told_from_what_was_seen(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    """It is warned of once, as it would be of what is read."""
    undated = {"id": "old", "name": NAME, "created_at": None}
    run(options(max_age=1, seen=seen(undated)), context)
    assert len(warnings) == 1 and http.seen == []


@pytest.mark.parametrize("account_id, by_hand", [(None, True), (ACCOUNT_ID, False)])
def test_a_key_of_an_account_that_a_person_has_yet_to_make_is_theirs_to_make(
    http: ExactCalls, check_context: Context, tmp_path: Path, account_id: str | None, by_hand: bool
) -> None:
    section = runbook_model.Section(
        "unity_service_account", "Create it", "Unity organization %s" % ORG, (), "pending", "now", reason="the assumed endpoint refuses credentials"
    )
    (tmp_path / "scim.json").write_text(runbook_model.to_json([section]), encoding="utf-8")
    seen = {"service_account_key": {"service_account_id": account_id, "keys": []}}
    given = {"method": "auto", "secret_file": str(tmp_path / "scim.secret"), "runbook": str(tmp_path / "scim"), "seen": seen}
    assert run(options(**given), check_context)["step"]["method"] == ("manual" if by_hand else "api")


@pytest.mark.parametrize("held, kept", [("old", True), ("OLD", True), ("another", False), (None, False)])
def test_a_key_that_the_secret_file_holds_is_kept(http: ExactCalls, check_context: Context, tmp_path: Path, held: str | None, kept: bool) -> None:
    path = tmp_path / "scim.secret"
    if held:
        path.write_text(authorization_header(held, "a-secret-of-it") + "\n", encoding="utf-8")
        path.chmod(0o600)
    expect_state(http, OLD)
    result = run(options(state="absent", key_id="old", secret_file=str(path)), check_context)
    assert (result["kept"], result["changed"]) == (kept, not kept)
