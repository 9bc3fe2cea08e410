# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_scim_app: configured, tested, active; and no secret to whom it does not belong."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import failure
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_scim_app
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_scim_app import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, everything_in, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    BASE_URL,
    HEADER,
    JC_ORG,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PROVISION,
    SECRET,
    V1_PAGE,
    application,
    configuration,
    v1,
)

VERIFY = "/api/v2/provision/client/verify"
EMAIL = "scim-test@example.com"
WIRE = {
    "type": "scim",
    "version": "2.0",
    "authMethod": "apiKey",
    "baseUrl": BASE_URL,
    "headerName": "Authorization",
    "testEmail": EMAIL,
    "groupManagement": False,
}
DRAFT = configuration(status="inactive", lastTest=None, headerValueSet=False)
STORED = configuration(status="inactive", lastTest=None)
INACTIVE = configuration(status="inactive")
UNTESTED = configuration(lastTest=None)
PENDING = configuration(lastTest=None, pendingReactivation=True)
WHOLE = {"base_url": BASE_URL, "test_email": EMAIL}
PASSED = reply({"success": True, "message": "Connection verified."})
FAILED = reply({"success": False, "message": "401 from the service."})
NOT_CONFIGURED = reply({"message": "Not configured"}, 404)


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", "authorization_header": HEADER, "method": "api", **given})


def expect_state(http: ExactCalls, current: dict[str, t.Any] | None, label: str = "Unity") -> None:
    http.expect("GET", "/api/applications", reply(v1(application(label))), query=V1_PAGE)
    expect_read(http, current)


def expect_read(http: ExactCalls, current: dict[str, t.Any] | None) -> None:
    http.expect("GET", PROVISION, NOT_CONFIGURED if current is None else reply(current))


def expect_put(http: ExactCalls, answer: t.Any, header: str | None = HEADER, **fields: t.Any) -> None:
    http.expect("PUT", PROVISION, answer, json={**WIRE, **fields, **({"headerValue": header} if header else {})})


def expect_test(http: ExactCalls, answer: t.Any = PASSED, header: str | None = None, **fields: t.Any) -> None:
    http.expect("POST", VERIFY, answer, json={"applicationId": APP_ID, **WIRE, **fields, **({"headerValue": header} if header else {})})


def expect_creation(http: ExactCalls, test: t.Any = PASSED) -> None:
    """The settings without the secret, then with it, then the test of what is stored, with the very header that was stored."""
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, reply(STORED))
    expect_test(http, test, header=HEADER)


@pytest.mark.parametrize("given", [{}, {"authorization_header": None, "key_id": KEY_ID, "secret_key": SECRET}, {"group_management": False, "api_type": "scim"}])
def test_create(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_creation(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    result = run(options(**WHOLE, **given), context)
    assert (result["changed"], verbs(result)) == (True, ["configure", "test", "activate"])
    assert result["test"] == {"success": True, "message": "Connection verified."}
    assert result["activated_with"] == result["identity_management"]["last_test"] == configuration()["lastTest"]
    assert result["identity_management"]["status"] == "active"
    assert_documented(jumpcloud_scim_app, result)
    assert result["diff"]["before"] == {}
    assert "last_test" not in result["diff"]["after"]
    assert [done["action"] for done in context.progress.done] == ["configure", "test", "activate"]
    assert SECRET not in repr(result) and HEADER.partition(" ")[2] not in repr(result) + repr(context.progress.done)


def test_the_secret_is_sent_to_be_stored_and_to_be_tested_and_nowhere_else(http: ExactCalls, context: Context) -> None:
    expect_creation(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    run(options(**WHOLE), context)
    assert http.carrying(SECRET, HEADER.partition(" ")[2]) == ["PUT " + PROVISION, "POST " + VERIFY]


@pytest.mark.parametrize("held, stays", [(HEADER, False), ("Basic b3RoZXI6c2VjcmV0", True)], ids=["what was delivered", "another key"])
def test_once_it_is_delivered_the_secret_file_goes(http: ExactCalls, context: Context, tmp_path: Path, held: str, stays: bool) -> None:
    secret_file = tmp_path / "secret"
    secret_file.write_text(held + "\n", encoding="utf-8")
    secret_file.chmod(0o600)
    expect_creation(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    run(options(**WHOLE, secret_file=str(secret_file)), context)
    assert secret_file.exists() is stays


def test_create_inactive(http: ExactCalls, context: Context) -> None:
    expect_creation(http)
    expect_read(http, configuration(status="inactive"))
    result = run(options(**WHOLE, state="inactive"), context)
    assert verbs(result) == ["configure", "test"]
    assert (result["identity_management"]["status"], result["activated_with"]) == ("inactive", None)


def test_create_without_a_test_stays_inactive(http: ExactCalls, context: Context) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, reply(STORED))
    expect_read(http, STORED)
    assert verbs(run(options(**WHOLE, state="inactive", test_connection="never"), context)) == ["configure"]


CHANGES = [
    pytest.param(None, {**WHOLE}, ["configure", "test", "activate"], id="create"),
    pytest.param(configuration(), {"test_email": "new@example.com"}, ["configure", "test", "reactivate"], id="change"),
    pytest.param(configuration(), {"update_secret": "always"}, ["configure", "test", "reactivate"], id="secret"),
    pytest.param(configuration(status="inactive"), {}, ["test", "activate"], id="activate"),
    pytest.param(STORED, {}, ["test", "activate"], id="test-and-activate"),
    pytest.param(configuration(pendingReactivation=True), {}, ["test", "reactivate"], id="pending"),
    pytest.param(DRAFT, {}, ["configure", "test", "activate"], id="draft"),
    pytest.param(configuration(), {"state": "inactive"}, ["deactivate"], id="deactivate"),
    pytest.param(configuration(), {"state": "absent"}, ["deactivate", "remove"], id="remove"),
    pytest.param(configuration(status="inactive"), {"state": "absent"}, ["remove"], id="remove-inactive"),
]


@pytest.mark.parametrize("current, given, expected", CHANGES)
def test_check_mode(http: ExactCalls, check_context: Context, current: dict[str, t.Any] | None, given: dict[str, t.Any], expected: list[str]) -> None:
    expect_state(http, current)
    result = run(options(**given), check_context)
    assert (result["changed"], verbs(result), http.writes) == (True, expected, [])
    assert http.carrying(SECRET, HEADER.partition(" ")[2]) == []


@pytest.mark.parametrize("current, given, expected", [case for case in CHANGES if case.id != "secret"])
def test_check_mode_needs_no_secret(
    http: ExactCalls, check_context: Context, current: dict[str, t.Any] | None, given: dict[str, t.Any], expected: list[str]
) -> None:
    """It may be created by an earlier task of the real run."""
    expect_state(http, current)
    result = run(options(**given, authorization_header=None), check_context)
    assert verbs(result) == expected


@pytest.mark.parametrize("given", [{}, WHOLE, {"authorization_header": None}, {"state": "active", "header_name": "Authorization", "scim_version": "2.0"}])
def test_no_change(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_state(http, configuration())
    result = run(options(**given), context)
    assert (result["changed"], result["actions"], result["test"], http.writes) == (False, [], None, [])
    assert result["diff"]["before"] == result["diff"]["after"]
    assert http.carrying(SECRET) == []


def test_a_secret_to_be_written_always_that_is_not_given_is_not_written(http: ExactCalls, context: Context) -> None:
    """Only in check mode may it be made by an earlier task."""
    expect_state(http, configuration())
    result = run(options(update_secret="always", authorization_header=None), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])


@pytest.mark.parametrize(
    "given, shown", [({"state": "inactive"}, configuration()["lastTest"]), ({"test_email": "new@example.com"}, None), ({"test_connection": "always"}, None)]
)
def test_check_mode_shows_the_old_test_unless_there_would_be_a_new_one(
    http: ExactCalls, check_context: Context, given: dict[str, t.Any], shown: dict[str, t.Any] | None
) -> None:
    expect_state(http, configuration(lastTest=configuration()["lastTest"], pendingReactivation=True))
    assert run(options(**given), check_context)["identity_management"]["last_test"] == shown


def test_change_of_active_settings(http: ExactCalls, context: Context, check_context: Context) -> None:
    """Tested first, with the new values and without writing them; then written, tested again, activated again."""
    fields = {"testEmail": "new@example.com"}
    expect_state(http, configuration())
    planned = run(options(test_email="new@example.com"), check_context)
    expect_state(http, configuration())
    expect_test(http, header=HEADER, **fields)
    expect_put(http, reply({**PENDING, **fields}), **fields)
    expect_test(http, header=HEADER, **fields)
    http.expect("POST", PROVISION + "/reactivate", reply(configuration(**fields)))
    expect_read(http, configuration(**fields))
    result = run(options(test_email="new@example.com"), context)
    assert result["actions"][0] == {"action": "configure", "target": "JumpCloud identity management", "fields": ["test_email", "authorization_header"]}
    assert result["identity_management"]["test_email"] == "new@example.com"
    assert (planned["diff"], planned["actions"], planned["changed"]) == (result["diff"], result["actions"], result["changed"])


def test_a_service_that_counts_the_test_before_the_writing(http: ExactCalls, context: Context) -> None:
    expect_state(http, configuration())
    expect_test(http, header=HEADER)
    expect_put(http, reply(configuration(pendingReactivation=True)))
    http.expect("POST", PROVISION + "/reactivate", reply(configuration()))
    expect_read(http, configuration())
    assert run(options(update_secret="always"), context)["test"]["success"]


def test_change_without_a_header_keeps_the_stored_one(http: ExactCalls, context: Context) -> None:
    fields = {"testEmail": "new@example.com"}
    expect_state(http, configuration())
    expect_test(http, header=None, **fields)
    expect_put(http, reply({**PENDING, **fields}), header=None, **fields)
    expect_test(http, **fields)
    http.expect("POST", PROVISION + "/reactivate", reply(configuration(**fields)))
    expect_read(http, configuration(**fields))
    result = run(options(test_email="new@example.com", authorization_header=None), context)
    assert result["actions"][0]["fields"] == ["test_email"]


def test_change_without_a_test_stays_inactive(http: ExactCalls, context: Context) -> None:
    fields = {"testEmail": "new@example.com"}
    expect_state(http, configuration(status="inactive"))
    expect_put(http, reply({**STORED, **fields}), **fields)
    expect_read(http, {**STORED, **fields})
    result = run(options(test_email="new@example.com", state="inactive", test_connection="never"), context)
    assert (verbs(result), result["test"]) == (["configure"], None)


@pytest.mark.parametrize("header", [HEADER, None])
@pytest.mark.parametrize("verb, before", [("activate", INACTIVE), ("reactivate", configuration(pendingReactivation=True)), ("reactivate", UNTESTED)])
def test_what_is_activated_is_tested_before(
    http: ExactCalls, context: Context, check_context: Context, header: str | None, verb: str, before: dict[str, t.Any]
) -> None:
    """The last test may be as old as the configuration: it is no proof that today's key works."""
    given = options(authorization_header=header)
    expect_state(http, before)
    planned = run(given, check_context)
    assert http.writes == []
    expect_state(http, before)
    expect_test(http)
    http.expect("POST", PROVISION + "/" + verb, reply(configuration()))
    expect_read(http, configuration())
    result = run(given, context)
    assert verbs(result) == verbs(planned) == ["test", verb]
    assert (result["test"]["success"], planned["diff"]) == (True, result["diff"])
    assert http.carrying(SECRET) == []


@pytest.mark.parametrize("before", [INACTIVE, configuration(pendingReactivation=True), UNTESTED])
def test_what_is_stored_and_fails_its_test_is_not_activated(http: ExactCalls, context: Context, before: dict[str, t.Any]) -> None:
    expect_state(http, before)
    expect_test(http, FAILED)
    with pytest.raises(ScimError, match="connection test failed") as caught:
        run(options(), context)
    assert (caught.value.hint or "").startswith("Nothing was changed.")
    assert context.progress.done == []


def test_activate_without_a_test_what_has_passed_one(http: ExactCalls, context: Context) -> None:
    """That is what test_connection=never asks for."""
    expect_state(http, INACTIVE)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    assert verbs(run(options(test_connection="never"), context)) == ["activate"]


def test_a_test_in_every_run_is_no_change(http: ExactCalls, context: Context) -> None:
    expect_state(http, configuration())
    expect_test(http)
    expect_read(http, configuration())
    result = run(options(test_connection="always"), context)
    assert (result["changed"], verbs(result), result["test"]["success"], result["activated_with"]) == (False, ["test"], True, None)
    assert result["identity_management"]["status"] == "active"


@pytest.mark.parametrize("current, calls", [(configuration(), ["/activate", ""]), (configuration(status="inactive"), [""])])
def test_remove(http: ExactCalls, context: Context, current: dict[str, t.Any], calls: list[str]) -> None:
    expect_state(http, current)
    for below in calls:
        http.expect("DELETE", PROVISION + below, reply(status=204))
    expect_read(http, None)
    result = run(options(state="absent"), context)
    assert (result["changed"], result["identity_management"], result["diff"]["after"]) == (True, None, {})


def test_remove_what_is_gone(http: ExactCalls, context: Context) -> None:
    expect_state(http, None)
    result = run(options(state="absent"), context)
    assert (result["changed"], http.writes) == (False, [])


def test_deactivate(http: ExactCalls, context: Context) -> None:
    expect_state(http, configuration())
    http.expect("DELETE", PROVISION + "/activate", reply(status=204))
    expect_read(http, configuration(status="inactive"))
    result = run(options(state="inactive", authorization_header=None), context)
    assert (verbs(result), result["identity_management"]["status"]) == (["deactivate"], "inactive")


@pytest.mark.parametrize("answer", [FAILED, reply({"success": False})])
def test_a_failed_test_of_a_new_configuration_removes_it_again(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_creation(http, test=answer)
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(ScimError, match="JumpCloud's connection test failed: (401 from the service|no reason given)\\.") as caught:
        run(options(**WHOLE), context)
    assert (caught.value.hint or "").startswith("Nothing was changed. Check that the key is live")
    assert EMAIL in (caught.value.hint or "")
    assert context.progress.done == []


def test_a_draft_that_cannot_be_removed_is_told(http: ExactCalls, context: Context) -> None:
    expect_creation(http, test=FAILED)
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply({"message": "no"}, 403))
    with pytest.raises(ScimError, match="connection test failed: 401 from the service") as caught:
        run(options(**WHOLE), context)
    assert "could not be removed again (JumpCloud: cannot remove the identity management settings: HTTP 403: no)" in (caught.value.hint or "")
    assert "Nothing was changed" not in caught.value.sentence()
    assert [done["action"] for done in context.progress.done] == ["configure"]


REFUSALS = [reply({"message": "no"}, 403), reply({"message": "bad"}, 400), reply({"message": "oops"}, 500), text_reply("<html>"), reply({"message": "x"}, 405)]


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.parametrize("removed", [reply(status=204), NOT_CONFIGURED])
def test_a_draft_is_removed_if_the_secret_cannot_be_written(http: ExactCalls, context: Context, answer: t.Any, removed: t.Any) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, answer)
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, removed)
    with pytest.raises(ApiError, match="write the identity management settings|did not answer as") as caught:
        run(options(**WHOLE), context)
    result = failure(caught.value, context)
    assert (result["changed"], result["actions"]) == (False, [])
    assert "Nothing was changed." in result["msg"]


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.parametrize("removed", [reply({"message": "not allowed"}, 403), text_reply("<html>", 404), reply({"message": "x"}, 405)])
def test_a_draft_that_stays_is_told(http: ExactCalls, context: Context, answer: t.Any, removed: t.Any) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, answer)
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, removed)
    with pytest.raises(ApiError) as caught:
        run(options(**WHOLE), context)
    result = failure(caught.value, context)
    assert (result["changed"], result["actions"]) == (True, [{"action": "prepare", "target": "JumpCloud identity management"}])
    assert "The new settings could not be removed again (JumpCloud: cannot remove the identity management settings" in result["msg"]
    assert "they are stored, and this run has not activated them" in result["msg"] and "Nothing was changed" not in result["msg"]


@pytest.mark.parametrize("fails", ["write", "answer", "test"])
def test_what_somebody_else_has_activated_meanwhile_is_no_draft(http: ExactCalls, context: Context, fails: str) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, {"write": reply({"message": "no"}, 403), "answer": text_reply("<html>"), "test": reply(STORED)}[fails])
    if fails == "test":
        expect_test(http, FAILED, header=HEADER)
    expect_read(http, configuration())
    with pytest.raises(ScimError) as caught:
        run(options(**WHOLE), context)
    assert "Another run, or a person, has activated it meanwhile, so it stays." in (caught.value.hint or "")
    assert "Nothing was changed" not in failure(caught.value, context)["msg"]
    # what is stored, and active now, is what this run has sent, unless that was refused
    assert failure(caught.value, context)["key_may_be_in_use"] is (fails != "write")


@pytest.mark.parametrize("unreadable", [text_reply("<html>"), reply({"message": "no"}, 403)])
def test_what_can_not_be_read_is_not_removed(http: ExactCalls, context: Context, unreadable: t.Any) -> None:
    expect_creation(http, test=FAILED)
    http.expect("GET", PROVISION, unreadable)
    with pytest.raises(ScimError, match="connection test failed") as caught:
        run(options(**WHOLE), context)
    assert "could not be removed again (JumpCloud: cannot read the identity management settings" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "answer, before, in_use",
    [
        (dropped(), configuration(), True),
        (reply({"message": "oops"}, 500), configuration(), True),
        (text_reply("<html>"), configuration(), True),
        (reply({"message": "no"}, 403), configuration(), False),
        (dropped(), INACTIVE, False),
    ],
)
def test_a_lost_answer_to_the_write_of_what_is_active(http: ExactCalls, context: Context, answer: t.Any, before: dict[str, t.Any], in_use: bool) -> None:
    """What JumpCloud does with a header before it is activated again is assumed."""
    expect_state(http, before)
    expect_test(http, header=HEADER)
    for _try in range(5 if isinstance(answer, Break) else 1):
        expect_put(http, answer)
    with pytest.raises(ApiError) as caught:
        run(options(update_secret="always"), context)
    assert failure(caught.value, context)["key_may_be_in_use"] is in_use


@pytest.mark.parametrize("late", ["write", "test"])
def test_a_draft_is_removed_even_if_the_time_budget_is_used_up(http: ExactCalls, context: Context, late: str) -> None:
    expect_state(http, None)
    expect_put(http, replace(reply(DRAFT), takes=301.0 if late == "write" else 0.0), header=None)
    if late == "test":
        expect_put(http, replace(reply(STORED), takes=301.0))
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(ApiError, match="the time_budget of 300 s is used up"):
        run(options(**WHOLE), context)
    assert context.progress.done == []
    assert http.carrying(SECRET, HEADER.partition(" ")[2]) == ([] if late == "write" else ["PUT " + PROVISION])


def test_settings_that_were_there_before_are_never_removed(http: ExactCalls, context: Context) -> None:
    expect_state(http, DRAFT)
    expect_test(http, header=HEADER)
    expect_put(http, reply({"message": "no"}, 403))
    with pytest.raises(ApiError, match="HTTP 403: no"):
        run(options(), context)
    assert context.progress.done == []


@pytest.mark.parametrize("given", [{"test_email": "new@example.com"}, {"update_secret": "always"}])
def test_a_failed_test_leaves_active_settings_untouched(http: ExactCalls, context: Context, given: dict[str, str]) -> None:
    expect_state(http, configuration())
    expect_test(http, FAILED, header=HEADER, testEmail=given.get("test_email", EMAIL))
    with pytest.raises(ScimError, match="connection test failed") as caught:
        run(options(**given), context)
    assert (caught.value.hint or "").startswith("Nothing was changed.")
    assert [seen.path for seen in http.writes] == [VERIFY]
    assert context.progress.done == []


def test_a_failed_test_of_a_draft_does_not_activate_it(http: ExactCalls, context: Context) -> None:
    expect_state(http, STORED)
    expect_test(http, FAILED)
    with pytest.raises(ScimError, match="connection test failed"):
        run(options(), context)


def test_a_failed_test_of_what_was_stored_promises_nothing(http: ExactCalls, context: Context) -> None:
    expect_state(http, configuration())
    expect_test(http, header=HEADER)
    expect_put(http, reply(PENDING))
    expect_test(http, FAILED, header=HEADER)
    with pytest.raises(ScimError, match="connection test failed") as caught:
        run(options(update_secret="always"), context)
    assert "Nothing was changed" not in caught.value.sentence()
    assert [done["action"] for done in context.progress.done] == ["configure"]


def test_a_lost_answer_to_the_test_is_not_sent_again(http: ExactCalls, context: Context) -> None:
    expect_creation(http, test=dropped())
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(ApiError, match="test the connection") as caught:
        run(options(**WHOLE), context)
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("answer", [reply({"message": "oops"}, 500), text_reply("<html>"), reply({"ok": True})])
@pytest.mark.parametrize("verb, before", [("activate", INACTIVE), ("reactivate", configuration(pendingReactivation=True))])
def test_a_lost_answer_to_an_activation_that_took_effect(
    http: ExactCalls, context: Context, warnings: list[str], answer: t.Any, verb: str, before: dict[str, t.Any]
) -> None:
    expect_state(http, before)
    expect_test(http)
    http.expect("POST", PROVISION + "/" + verb, answer)
    expect_read(http, configuration())
    expect_read(http, configuration())
    result = run(options(), context)
    assert (result["changed"], result["activated_with"]) == (True, configuration()["lastTest"])
    assert len(warnings) == 1 and "Provisioning is active all the same" in warnings[0]


def shown_test(minute: int) -> dict[str, t.Any]:
    return {"success": True, "at": "2026-11-24T05:%02d:04Z" % minute, "message": "Connection verified."}


@pytest.mark.parametrize("verb, before", [("activate", INACTIVE), ("reactivate", configuration(pendingReactivation=True))])
@pytest.mark.parametrize("shown", [shown_test(41), None])
def test_activated_with_is_the_test_in_the_answer_to_the_activation(
    http: ExactCalls, context: Context, verb: str, before: dict[str, t.Any], shown: dict[str, t.Any] | None
) -> None:
    """Not the one that is read later: that may belong to what somebody else has written since."""
    expect_state(http, before)
    expect_test(http)
    http.expect("POST", PROVISION + "/" + verb, reply(configuration(lastTest=shown)))
    expect_read(http, configuration(lastTest=shown_test(42)))
    result = run(options(), context)
    assert result["activated_with"] == shown
    assert result["identity_management"]["last_test"] == shown_test(42)
    assert_documented(jumpcloud_scim_app, result)


def test_activated_with_is_the_test_in_the_read_that_settles_a_lost_answer(http: ExactCalls, context: Context) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply({"message": "oops"}, 500))
    expect_read(http, configuration(lastTest=shown_test(41)))
    expect_read(http, configuration(lastTest=shown_test(42)))
    result = run(options(), context)
    assert result["activated_with"] == shown_test(41)
    assert result["identity_management"]["last_test"] == shown_test(42)


@pytest.mark.parametrize(
    "current, state, deleted",
    [
        pytest.param(configuration(), "active", None, id="no-change"),
        pytest.param(configuration(), "inactive", PROVISION + "/activate", id="deactivate"),
        pytest.param(INACTIVE, "absent", PROVISION, id="remove"),
    ],
)
def test_activated_with_is_null_where_nothing_was_activated(
    http: ExactCalls, context: Context, current: dict[str, t.Any], state: str, deleted: str | None
) -> None:
    expect_state(http, current)
    if deleted:
        http.expect("DELETE", deleted, reply(status=204))
        expect_read(http, INACTIVE if state == "inactive" else None)
    assert run(options(state=state), context)["activated_with"] is None


@pytest.mark.parametrize("current", [None, INACTIVE, configuration()])
def test_activated_with_is_null_in_check_mode(http: ExactCalls, check_context: Context, current: dict[str, t.Any] | None) -> None:
    expect_state(http, current)
    assert run(options(**WHOLE), check_context)["activated_with"] is None


@pytest.mark.parametrize("after", [configuration(status="inactive"), configuration(pendingReactivation=True), None])
def test_a_lost_answer_to_an_activation_that_took_no_effect(http: ExactCalls, context: Context, after: dict[str, t.Any] | None) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply({"message": "oops"}, 500))
    expect_read(http, after)
    with pytest.raises(ApiError, match="HTTP 500: oops"):
        run(options(), context)
    assert [done["action"] for done in context.progress.done] == ["test"]


@pytest.mark.parametrize("answer", [reply({"message": "no"}, 403), text_reply("<html>")])
def test_a_lost_answer_to_an_activation_where_the_settings_cannot_be_read_either(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply({"message": "oops"}, 500))
    http.expect("GET", PROVISION, answer)
    with pytest.raises(ApiError, match="cannot activate provisioning: HTTP 500: oops") as caught:
        run(options(), context)
    assert "the settings could not be read either (JumpCloud: cannot read the identity management settings" in (caught.value.hint or "")


LOST = reply({"message": "oops"}, 500)
WRITTEN = reply(configuration(pendingReactivation=True))


@pytest.mark.parametrize(
    "written, activation, reads, in_use",
    [
        pytest.param(reply({"message": "no"}, 403), None, [], False, id="not written"),
        pytest.param(WRITTEN, reply({"message": "no"}, 403), [], False, id="not activated"),
        pytest.param(WRITTEN, LOST, [WRITTEN], False, id="seen not to be activated"),
        pytest.param(WRITTEN, LOST, [reply({"message": "no"}, 403)], True, id="nobody knows"),
        pytest.param(WRITTEN, reply(configuration()), [reply({"message": "no"}, 403)], True, id="not read back"),
        pytest.param(WRITTEN, reply(configuration()), [text_reply("<html>")], True, id="read back as something else"),
        pytest.param(reply(configuration()), reply({"message": "no"}, 403), [], True, id="in use as soon as it was written"),
    ],
)
def test_whether_jumpcloud_may_use_the_key_of_a_run_that_fails(
    http: ExactCalls, context: Context, written: t.Any, activation: t.Any, reads: list[t.Any], in_use: bool
) -> None:
    expect_state(http, configuration())
    expect_test(http, header=HEADER)
    expect_put(http, written)
    if activation:
        http.expect("POST", PROVISION + "/reactivate", activation)
    for answer in reads:
        http.expect("GET", PROVISION, answer)
    with pytest.raises(ScimError) as caught:
        run(options(update_secret="always"), context)
    assert caught.value.as_result()["key_may_be_in_use"] is in_use


def test_a_lost_answer_to_an_activation_is_settled_even_if_the_time_budget_is_used_up(http: ExactCalls, context: Context) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", replace(reply({"message": "oops"}, 500), takes=301.0))
    expect_read(http, INACTIVE)
    with pytest.raises(ApiError, match="HTTP 500: oops"):
        run(options(), context)


@pytest.mark.parametrize("answer", [reply({"message": "no"}, 405), text_reply("<html>", 404)])
def test_an_activation_whose_route_is_missing_took_no_effect(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", answer)
    with pytest.raises(AssumptionFailed) as caught:
        run(options(), context)
    assert caught.value.outcome == "refused"


def test_a_refused_activation(http: ExactCalls, context: Context) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply({"message": "no"}, 403))
    with pytest.raises(ApiError, match="HTTP 403: no"):
        run(options(), context)


def test_an_activation_that_somebody_else_got_in_the_way_of(http: ExactCalls, context: Context) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply({"message": "test first"}, 409))
    with pytest.raises(ApiError, match="HTTP 409: test first") as caught:
        run(options(), context)
    assert "Another run, or a person, " in str(caught.value.hint)


def test_a_read_that_lags_behind(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration(status="inactive"))
    expect_read(http, configuration())
    assert run(options(), context)["identity_management"]["status"] == "active"
    assert time.sleeps == [0.5]


@pytest.mark.parametrize(
    "given, after, differing",
    [
        ({}, configuration(status="inactive"), "status"),
        ({}, configuration(baseUrl="https://other", pendingReactivation=True), "base_url, pending_reactivation"),
        ({}, None, "existence"),
        ({"state": "absent"}, configuration(status="inactive"), "existence"),
    ],
)
def test_a_change_that_never_shows(http: ExactCalls, context: Context, given: dict[str, str], after: dict[str, t.Any] | None, differing: str) -> None:
    expect_state(http, configuration(status="inactive"))
    if given:
        http.expect("DELETE", PROVISION, reply(status=204))
    else:
        expect_test(http)
        http.expect("POST", PROVISION + "/activate", reply(configuration()))
    for _unused in range(7):
        expect_read(http, after)
    with pytest.raises(ScimError, match="shows something else in: %s\\." % differing):
        run(options(**given), context)


# ---- fail closed before a secret is sent


ELSEWHERE = [text_reply("<html>"), text_reply("<html>", 404), reply({"message": "x"}, 405), reply([]), reply({"ok": True}), reply(configuration(type="ldap"))]


@pytest.mark.parametrize("answer", ELSEWHERE)
@pytest.mark.parametrize("state", ["active", "inactive", "absent"])
def test_an_answer_to_the_first_read_that_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any, state: str) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", PROVISION, answer)
    with pytest.raises(AssumptionFailed, match="No secret was sent.") as caught:
        run(options(**WHOLE, state=state), context)
    assert http.carrying(SECRET, HEADER.partition(" ")[2]) == [] and http.writes == []
    steps = caught.value.manual_steps
    assert len(steps) == (10 if state == "active" else 1)
    assert SECRET not in repr(steps) and HEADER not in repr(steps)


@pytest.mark.parametrize("answer", [*ELSEWHERE, reply(status=204)])
def test_an_answer_to_the_first_write_that_is_not_as_assumed(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, None)
    expect_put(http, answer, header=None)
    with pytest.raises(AssumptionFailed, match="No secret was sent."):
        run(options(**WHOLE), context)
    assert http.carrying(SECRET, HEADER.partition(" ")[2]) == []


def test_an_answer_to_the_write_of_the_secret_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, text_reply("<html>"))
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(AssumptionFailed, match="The secret had been sent by then.") as caught:
        run(options(**WHOLE), context)
    assert SECRET not in everything_in(caught.value)
    assert "Nothing was changed." in (caught.value.hint or "")


def test_an_answer_to_the_test_with_the_secret_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    expect_state(http, configuration())
    expect_test(http, reply({"ok": True}), header=HEADER)
    with pytest.raises(AssumptionFailed, match="The secret had been sent by then."):
        run(options(update_secret="always"), context)


def test_an_answer_to_the_last_read_that_is_not_as_assumed(http: ExactCalls, context: Context) -> None:
    expect_creation(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    http.expect("GET", PROVISION, text_reply("<html>"))
    with pytest.raises(AssumptionFailed, match="The secret had been sent by then."):
        run(options(**WHOLE), context)


def test_a_given_header_that_was_not_sent_is_not_said_to_be(http: ExactCalls, context: Context) -> None:
    expect_state(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    http.expect("GET", PROVISION, text_reply("<html>"))
    with pytest.raises(AssumptionFailed, match="No secret was sent."):
        run(options(), context)


def test_the_secret_in_an_echo_is_masked(http: ExactCalls, context: Context) -> None:
    expect_state(http, None)
    expect_put(http, reply(DRAFT), header=None)
    expect_put(http, reply({"message": "headerValue %s is not valid" % HEADER}, 400))
    expect_read(http, DRAFT)
    http.expect("DELETE", PROVISION, reply(status=204))
    with pytest.raises(ApiError, match="is not valid") as caught:
        run(options(**WHOLE), context)
    assert HEADER.partition(" ")[2] not in everything_in(caught.value)


# ---- bad input


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"base_url": BASE_URL + "/"}, "must not end with a slash"),
        ({"base_url": BASE_URL.replace("https", "http")}, "must start with https"),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"base_url": BASE_URL, "unity_organization_id": "999"}, 'belongs to the organization "%s", not to "999"' % ORG),
        ({"base_url": BASE_URL + "\n"}, "must be a plain URL"),
        ({"authorization_header": "Bearer " + SECRET}, "does not start with 'Basic '"),
        ({"authorization_header": "Authorization: " + HEADER}, "does not start with 'Basic '"),
        ({"authorization_header": "Basic " + SECRET}, "authorization header value"),
        ({"group_management": True}, "Unity's guide for JumpCloud says not to enable it"),
        ({"api_key": None}, "No credentials for JumpCloud"),
        ({"console_url": "http://console.jumpcloud.com"}, "must start with https"),
        ({"organization_id": "not-an-id"}, "24 hexadecimal digits"),
        ({"application": None, "application_id": "1"}, "24 hexadecimal digits"),
    ],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason) as caught:
        run(options(**{**WHOLE, **given}), context)
    assert http.seen == []
    assert HEADER.partition(" ")[2] not in everything_in(caught.value)


def test_an_allowed_host(http: ExactCalls, check_context: Context) -> None:
    other = BASE_URL.replace("services.api.unity.com", "proxy.example.com")
    expect_state(http, None)
    result = run(options(base_url=other, test_email=EMAIL, allowed_hosts=["proxy.example.com"]), check_context)
    assert result["identity_management"]["base_url"] == other


def test_group_management_that_is_meant(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, None)
    result = run(options(**WHOLE, group_management=True, accept_group_management=True), check_context)
    assert result["identity_management"]["group_management"] is True


@pytest.mark.parametrize(
    "current, given, reason",
    [
        (None, {"test_email": EMAIL}, "base_url .*is needed"),
        (None, {"base_url": BASE_URL}, "test_email .*is needed"),
        (configuration(testEmail=None), {"test_connection": "always"}, "test_email .*is needed"),
        (None, {**WHOLE, "authorization_header": None}, "has no authorization header value yet"),
        (DRAFT, {"authorization_header": None}, "has no authorization header value yet"),
        (None, {**WHOLE, "test_connection": "never"}, "can't be activated without a passed connection test"),
        (STORED, {"test_connection": "never"}, "can't be activated without a passed connection test"),
        (configuration(), {"test_email": "new@example.com", "test_connection": "never"}, "can't be activated without a passed connection test"),
    ],
)
def test_what_is_missing_is_found_before_the_first_write(
    http: ExactCalls, context: Context, current: dict[str, t.Any] | None, given: dict[str, t.Any], reason: str
) -> None:
    expect_state(http, current)
    with pytest.raises(ScimError, match=reason):
        run(options(**given), context)
    assert http.writes == []


def test_another_organization(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    with pytest.raises(ScimError, match="Nothing was changed"):
        run(options(**WHOLE, expected_organization_id="f" * 24), context)
    assert http.carrying(SECRET) == []


def test_an_unknown_application(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application("Other", displayName=None))), query=V1_PAGE)
    with pytest.raises(ScimError, match='no application labelled "Unity". Its applications: "Other"'):
        run(options(**WHOLE), context)


@pytest.mark.parametrize("label", ['The "Unity" app', "Zoë 東京", "{{ 7 * 7 }}", "two\nlines"])
def test_labels_are_only_text(http: ExactCalls, context: Context, label: str) -> None:
    expect_state(http, configuration(), label)
    result = run(options(application=label), context)
    assert result["application"]["display_label"] == label


# ---- how the step stands, and what was seen just now


def settings(**fields: t.Any) -> dict[str, t.Any]:
    """What is shown of a configuration."""
    return {
        "api_type": "scim",
        "scim_version": "2.0",
        "authentication_method": "api_key",
        "base_url": BASE_URL,
        "header_name": "Authorization",
        "test_email": EMAIL,
        "group_management": False,
        "header_value_set": True,
        "status": "active",
        "pending_reactivation": False,
        "last_test": {"success": True, "at": "2026-11-24T05:40:04Z", "message": "Connection verified."},
        **fields,
    }


def seen_app(**fields: t.Any) -> dict[str, t.Any]:
    shown = {"id": APP_ID, "template": "unity", "display_name": "Unity", "display_label": "Unity", "active": True, "organization_id": JC_ORG}
    return {**shown, "sso_url": "https://sso.jumpcloud.com/saml2/unity", **fields}


def seen(identity: t.Any, **fields: t.Any) -> dict[str, t.Any]:
    return {"application": seen_app(), "identity_management": identity, "user_groups": {"wanted": [], "bound": []}, **fields}


def step(changed: bool, found: str, did: list[str], verified: list[str]) -> dict[str, t.Any]:
    shown = {"step": "identity_management", "method": "api", "changed": changed, "found": found, "did": did}
    return {**shown, "verified": verified, "pending": False, "waiting": False, "reason": ""}


def test_step(http: ExactCalls, context: Context, check_context: Context) -> None:
    expect_state(http, None)
    assert run(options(**WHOLE), check_context)["step"] == step(True, "not configured", ["configure", "test", "activate"], [])
    expect_creation(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    verified = ["connection test passed", "read back as active"]
    assert run(options(**WHOLE), context)["step"] == step(True, "not configured", ["configure", "test", "activate"], verified)
    expect_state(http, configuration())
    assert run(options(**WHOLE), context)["step"] == step(False, "active", [], ["read back as active"])
    expect_state(http, configuration())
    expect_test(http)
    expect_read(http, configuration())
    tested = run(options(**WHOLE, test_connection="always"), context)
    assert tested["step"] == step(False, "active", ["test"], verified)


@pytest.mark.parametrize("state, current", [("active", configuration()), ("inactive", INACTIVE), ("absent", None)])
def test_what_was_seen_and_needs_no_change_is_not_read_again(http: ExactCalls, context: Context, state: str, current: dict[str, t.Any] | None) -> None:
    expect_state(http, current)
    read = run(options(state=state), context)
    http.seen.clear()
    shown = settings(status="inactive" if state == "inactive" else "active") if current else None
    for given in ({}, {"application": None, "application_id": APP_ID}):
        assert run(options(state=state, seen=seen(shown), **given), context) == read
    assert http.seen == []


@pytest.mark.parametrize("current, given, expected", CHANGES)
def test_check_mode_believes_what_was_seen(
    http: ExactCalls, check_context: Context, current: dict[str, t.Any] | None, given: dict[str, t.Any], expected: list[str]
) -> None:
    expect_state(http, current)
    read = run(options(**given), check_context)
    http.seen.clear()
    shown = read["diff"]["before"] and {**read["diff"]["before"], "last_test": (current or {})["lastTest"]}
    assert run(options(**given, seen=seen(shown or None)), check_context) == read
    assert (http.seen, verbs(read)) == ([], expected)


def test_what_was_seen_is_read_again_before_anything_is_written(http: ExactCalls, context: Context) -> None:
    expect_read(http, INACTIVE)
    expect_test(http)
    http.expect("POST", PROVISION + "/activate", reply(configuration()))
    expect_read(http, configuration())
    result = run(options(seen=seen(settings(status="inactive"))), context)
    assert (verbs(result), result["step"]["found"]) == (["test", "activate"], "inactive")


def test_what_somebody_did_meanwhile_is_not_done_again(http: ExactCalls, context: Context) -> None:
    expect_read(http, configuration())
    result = run(options(**WHOLE, seen=seen(None)), context)
    assert (result["changed"], result["step"]) == (False, step(False, "active", [], ["read back as active"]))
    assert http.writes == []


@pytest.mark.parametrize("now", [INACTIVE, None])
def test_what_somebody_stopped_meanwhile_is_not_activated_again(http: ExactCalls, context: Context, now: dict[str, t.Any] | None) -> None:
    expect_read(http, now)
    with pytest.raises(ScimError, match="Somebody has stopped provisioning since this run looked at it. JumpCloud was not changed."):
        run(options(**WHOLE, update_secret="always", seen=seen(settings())), context)
    assert http.writes == []


def test_what_was_seen_to_be_impossible_is_looked_at_again(http: ExactCalls, context: Context) -> None:
    """There was no header value, and none is given; somebody has stored one meanwhile."""
    expect_read(http, configuration())
    shown = settings(header_value_set=False, last_test=None)
    assert not run(options(authorization_header=None, seen=seen(shown)), context)["changed"]


def test_what_was_seen_to_be_impossible_fails_in_check_mode_without_a_request(http: ExactCalls, check_context: Context) -> None:
    with pytest.raises(ScimError, match="base_url .*is needed"):
        run(options(seen=seen(None)), check_context)
    assert http.seen == []


def test_a_header_that_is_always_sent_is_sent_whatever_was_seen(http: ExactCalls, context: Context) -> None:
    expect_read(http, configuration())
    expect_test(http, header=HEADER)
    expect_put(http, reply(configuration()))
    http.expect("POST", PROVISION + "/reactivate", reply(configuration()))
    expect_read(http, configuration())
    assert run(options(update_secret="always", seen=seen(settings())), context)["changed"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"identity_management": {}},
        {"identity_management": settings(status="running")},
        {"identity_management": settings(header_value_set=None)},
        {"identity_management": "active"},
        {"identity_management": [settings()]},
    ],
)
def test_settings_of_another_form_are_read(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_read(http, configuration())
    assert not run(options(seen={"application": seen_app(), **given}), context)["changed"]


@pytest.mark.parametrize(
    "shown", [None, {}, [], "Unity", {"display_label": "Unity"}, seen_app(id=7), seen_app(id="../x"), seen_app(display_label="Other", display_name=None)]
)
def test_an_application_of_another_form_or_another_one_is_searched_for(http: ExactCalls, check_context: Context, shown: t.Any) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    result = run(options(seen={"application": shown, "identity_management": settings()}), check_context)
    assert result["application"] == seen_app()


def test_an_application_with_another_id_is_read(http: ExactCalls, check_context: Context) -> None:
    other = "65f0c0ffee65f0c0ffee00a2"
    http.expect("GET", "/api/applications/" + other, reply(application(app_id=other)))
    result = run(options(application=None, application_id=other, seen=seen(settings())), check_context)
    assert result["application"]["id"] == other


def test_an_application_that_was_seen_must_be_of_the_expected_organization_too(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="Nothing was changed"):
        run(options(seen=seen(settings()), expected_organization_id="f" * 24), context)
    assert run(options(seen=seen(settings()), expected_organization_id=JC_ORG), context)["changed"] is False
    assert http.seen == []
