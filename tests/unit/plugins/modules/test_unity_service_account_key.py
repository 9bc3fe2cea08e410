# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unity_service_account_key: a secret that is shown once, and never minted twice."""
from __future__ import annotations

import typing as t

import pytest

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_service_account_key
from ansible_collections.unity_jumpcloud.scim.plugins.modules.unity_service_account_key import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, dropped, read_timeout, refused, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, everything_in, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    ACCOUNT_ID,
    ACCOUNTS,
    FIRST_PAGE,
    HEADER,
    KEY_ID,
    SECRET,
    UNITY,
    account,
    key,
    paged,
)

KEYS = "%s/%s/keys" % (ACCOUNTS, ACCOUNT_ID)
MINTED = {**key(), "secretKey": SECRET}
OLD = key("old", "2025-01-01T00:00:00Z")
SHOWN = {"id": KEY_ID, "created_at": "2026-11-24T05:40:04Z"}
SHOWN_OLD = {"id": "old", "created_at": "2025-01-01T00:00:00Z"}
LOST = [dropped(), read_timeout(), reply({"title": "oops"}, 500), reply({"title": "gateway"}, 504), text_reply("<html>", 201), text_reply('{"id": "7b', 201)]


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**UNITY, "service_account": "JumpCloud SCIM", **given})


def expect_keys(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", KEYS, reply(paged(*keys)), query=FIRST_PAGE)


def expect_state(http: ExactCalls, *keys: dict[str, t.Any]) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    expect_keys(http, *keys)


@pytest.mark.parametrize("rotate, before", [("auto", []), ("always", []), ("always", [OLD])])
def test_mint(http: ExactCalls, context: Context, rotate: str, before: list[dict[str, t.Any]]) -> None:
    expect_state(http, *before)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    expect_keys(http, *before, key())
    result = run(options(rotate=rotate), context)
    assert (result["changed"], result["actions"]) == (True, [{"action": "mint", "target": "service account key", "key_id": KEY_ID}])
    assert result["credentials"] == {"key_id": KEY_ID, "secret_key": SECRET, "authorization_header": HEADER}
    assert_documented(unity_service_account_key, result)
    assert result["key"] == SHOWN
    assert result["live_keys"] == ([SHOWN_OLD] if before else []) + [SHOWN] == result["diff"]["after"]["keys"]


def test_the_secret_is_in_the_credentials_only(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    expect_keys(http, key())
    result = run(options(), context)
    rest = repr({name: value for name, value in result.items() if name != "credentials"}) + repr(warnings) + repr(context.progress.done)
    assert SECRET not in rest and HEADER.partition(" ")[2] not in rest
    assert context.masker.redact(SECRET + HEADER) == "********Basic ********"


@pytest.mark.parametrize("given", [{}, {"rotate": "never"}, {"key_id": "old"}, {"key_id": "old", "rotate": "never"}])
def test_no_change(http: ExactCalls, context: Context, given: dict[str, str]) -> None:
    expect_state(http, key(), OLD)
    result = run(options(**given), context)
    assert (result["changed"], result["credentials"], result["key"], http.writes) == (False, None, None, [])
    assert result["live_keys"] == [SHOWN_OLD, SHOWN], "oldest first"
    assert result["service_account_id"] == ACCOUNT_ID


@pytest.mark.parametrize("rotate, before", [("auto", []), ("always", [OLD])])
def test_check_mode_never_makes_a_secret_up(http: ExactCalls, check_context: Context, rotate: str, before: list[dict[str, t.Any]]) -> None:
    expect_state(http, *before)
    result = run(options(rotate=rotate), check_context)
    assert (result["changed"], verbs(result), http.writes) == (True, ["mint"], [])
    assert (result["credentials"], result["key"]) == (None, None)
    assert result["diff"]["after"]["keys"][-1] == {"id": "(new)", "created_at": None}


def test_check_mode_where_the_account_does_not_exist_yet(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run(options(), check_context)
    assert (result["changed"], verbs(result), result["service_account_id"], result["credentials"]) == (True, ["mint"], None, None)


def test_an_account_that_does_not_exist(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    with pytest.raises(ScimError, match='Unity has no service account "JumpCloud SCIM"'):
        run(options(), context)


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


@pytest.mark.parametrize("answer", LOST)
def test_a_lost_answer_to_a_mint_that_took_effect(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, OLD)
    http.expect("POST", KEYS, answer, json={})
    expect_keys(http, OLD, key())
    with pytest.raises(ApiError, match="create a key|did not answer as") as caught:
        run(options(rotate="always"), context)
    assert KEY_ID in caught.value.sentence() and "its secret is lost" in caught.value.sentence()
    assert "old" not in (caught.value.hint or "").split(KEY_ID)[0].split()
    assert len(http.writes) == 1, "never minted twice"


@pytest.mark.parametrize("answer", LOST[:4])
def test_a_lost_answer_to_a_mint_that_took_no_effect(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, OLD)
    http.expect("POST", KEYS, answer, json={})
    expect_keys(http, OLD)
    with pytest.raises(ApiError) as caught:
        run(options(rotate="always"), context)
    assert caught.value.hint == "No new key has appeared. Run again."
    assert context.progress.done == []


def test_a_lost_answer_where_the_keys_cannot_be_listed_either(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", KEYS, dropped(), json={})
    http.expect("GET", KEYS, reply({"title": "no"}, 500), query=FIRST_PAGE)
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "could not be listed either" in (caught.value.hint or "")


def test_a_mint_that_was_surely_not_sent_is_sent_again(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    http.expect("POST", KEYS, refused(), json={})
    http.expect("POST", KEYS, reply({"title": "slow"}, 429, {"Retry-After": "1"}), json={})
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    expect_keys(http, key())
    assert run(options(), context)["credentials"]["secret_key"] == SECRET
    assert len(warnings) == 2


@pytest.mark.parametrize("status", [400, 409, 422])
def test_the_limit_is_reached(http: ExactCalls, context: Context, status: int) -> None:
    expect_state(http, OLD)
    http.expect("POST", KEYS, reply({"title": "Limit", "detail": "too many keys"}, status), json={})
    with pytest.raises(ApiError, match="too many keys") as caught:
        run(options(rotate="always"), context)
    assert "limited number of keys" in (caught.value.hint or "")


def test_a_refusal_keeps_its_own_hint(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", KEYS, reply({"title": "no"}, 403), json={})
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "owner or manager" in (caught.value.hint or "")


def test_a_list_that_lags_behind(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    expect_keys(http)
    expect_keys(http, key())
    assert run(options(), context)["changed"]
    assert time.sleeps == [0.5]


def test_a_minted_key_that_never_shows_is_revoked(http: ExactCalls, context: Context) -> None:
    """Its secret is lost with the failure, so nobody could ever use it."""
    expect_state(http)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    for _unused in range(7):
        expect_keys(http)
    http.expect("DELETE", KEYS + "/" + KEY_ID, reply(status=204))
    with pytest.raises(ScimError, match="but its list of keys does not show it") as caught:
        run(options(), context)
    assert SECRET not in everything_in(caught.value)
    assert [done["action"] for done in context.progress.done] == ["mint", "revoke"]


def test_a_key_that_cannot_be_verified_is_revoked(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    http.expect("GET", KEYS, reply({"title": "no"}, 403), query=FIRST_PAGE)
    http.expect("DELETE", KEYS + "/" + KEY_ID, reply(status=204))
    with pytest.raises(ApiError, match="list the service account's keys"):
        run(options(), context)


def test_a_key_that_cannot_be_verified_nor_revoked_is_named(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    http.expect("POST", KEYS, reply(MINTED, 201), json={})
    http.expect("GET", KEYS, reply({"title": "no"}, 403), query=FIRST_PAGE)
    http.expect("DELETE", KEYS + "/" + KEY_ID, reply({"title": "no"}, 403))
    with pytest.raises(ScimError) as caught:
        run(options(), context)
    assert SECRET not in everything_in(caught.value)
    assert context.progress.done == [{"action": "mint", "target": "service account key", "key_id": KEY_ID}]


def test_revoke(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD, key())
    http.expect("DELETE", KEYS + "/old", reply(status=204))
    expect_keys(http, key())
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["actions"]) == (True, [{"action": "revoke", "target": "service account key", "key_id": "old"}])
    assert result["live_keys"] == [SHOWN] == result["diff"]["after"]["keys"]
    assert result["credentials"] is None


def test_revoke_in_check_mode(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, OLD, key())
    result = run(options(state="absent", key_id="old"), check_context)
    assert (result["changed"], result["diff"]["after"]["keys"], http.writes) == (True, [SHOWN], [])


def test_revoke_what_is_gone(http: ExactCalls, context: Context) -> None:
    expect_state(http, key())
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])


def test_revoke_where_the_account_is_gone(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ACCOUNTS, reply(paged()), query=FIRST_PAGE)
    result = run(options(state="absent", key_id="old"), context)
    assert (result["changed"], result["service_account_id"]) == (False, None)


def test_a_revoked_key_that_still_shows(http: ExactCalls, context: Context) -> None:
    expect_state(http, OLD)
    http.expect("DELETE", KEYS + "/old", reply(status=204))
    for _unused in range(7):
        expect_keys(http, OLD)
    with pytest.raises(ScimError, match="still shows it"):
        run(options(state="absent", key_id="old"), context)
    assert [done["action"] for done in context.progress.done] == ["revoke"]


@pytest.mark.parametrize("given", [{"access_token": None}, {"expected_organization_id": "999"}])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], state: str) -> None:
    with pytest.raises(ScimError):
        run(options(state=state, key_id="old" if state == "absent" else None, **given), context)
    assert http.seen == []


@pytest.mark.parametrize("state, step", [("present", "Copy the key ID and the secret key, and keep them safe."), ("absent", "delete the key.")])
def test_an_api_that_is_not_as_assumed(http: ExactCalls, context: Context, state: str, step: str) -> None:
    http.expect("GET", ACCOUNTS, reply(paged(account())), query=FIRST_PAGE)
    http.expect("GET", KEYS, text_reply("<html>"), query=FIRST_PAGE)
    with pytest.raises(AssumptionFailed) as caught:
        run(options(state=state, key_id="old"), context)
    assert any(step in one["do"] for one in caught.value.manual_steps)
    assert http.writes == []
