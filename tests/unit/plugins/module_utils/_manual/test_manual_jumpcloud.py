# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's step by a person: what the events tell, and how the header value is handed over. The calls are exact: none of them is assumed."""

from __future__ import annotations

import dataclasses
import json
import shlex
import stat
import typing as t
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import ANY

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES, PROVISIONING_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import ManualTimeout
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_model
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_scim_app, jumpcloud_scim_app_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    BASE_URL,
    HEADER,
    JC_ORG,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    SECRET,
    application,
)

EVENTS = "/insights/directory/v1/events"
TEST_EMAIL = "scim-test@example.com"
T1, T2, T3 = ("2026-11-24T05:40:0%d.123Z" % second for second in (1, 2, 3))
OTHER_KEY = "Basic b3RoZXI6bm9ib2R5c3NlY3JldA=="


def event(kind: str, at: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"event_type": kind, "timestamp": at, "success": True, "application": {"id": APP_ID}, "initiated_by": {"email": "admin@example.com"}, **fields}


def activated(at: str = T1) -> dict[str, t.Any]:
    return event("integration_activate", at)


def deactivated(at: str = T1) -> dict[str, t.Any]:
    return event("integration_deactivate", at)


def failed(code: int | None, email: str = "ada@example.com", kind: str = "user_create_provision") -> dict[str, t.Any]:
    chain = {"message_chain": {"response_code": code}} if code else {}
    return event(kind, T3, success=False, error_message="it said no", resource={"type": "user", "email": email}, **chain)


def expect_app(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications/%s" % APP_ID, reply(application()))


def expect_history(http: ExactCalls, *rows: t.Any, calls: t.Sequence[t.Any] | None = None) -> None:
    """The question for activations, and, where the newest event is one, that for the provisioning calls since."""

    def body(types: t.Sequence[str], since: str) -> dict[str, t.Any]:
        return {"service": ["directory"], "start_time": since, "limit": 1000, "sort": "DESC", "search_term": {"and": {"event_type": list(types)}}}

    oldest = _now_less_ninety_days(http)
    http.expect("POST", EVENTS, reply(list(rows)), json=body(INTEGRATION_TYPES, oldest))
    if rows and rows[0]["event_type"] == "integration_activate" and rows[0]["success"]:
        http.expect("POST", EVENTS, reply(list(calls or [])), json=body(PROVISIONING_TYPES, rows[0]["timestamp"]))


def _now_less_ninety_days(http: ExactCalls) -> str:
    return (datetime.fromtimestamp(http.time.WALL + http.time.elapsed, timezone.utc) - timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ")


def app(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {**JUMPCLOUD, "method": "manual", "application_id": APP_ID, "base_url": BASE_URL, "test_email": TEST_EMAIL, **given}
    return jumpcloud_scim_app.run(params(jumpcloud_scim_app.ARGUMENTS, **options), context)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return {"runbook": str(tmp_path / "runbook"), "secret_file": str(tmp_path / "secret")}


def section(files: dict[str, str]) -> dict[str, t.Any]:
    return json.loads(Path(files["runbook"] + ".json").read_text(encoding="utf-8"))["sections"][0]


# ------------------------------------------------------------------------------------------- the evidence matrix


def test_active_and_nothing_new_to_deliver_is_done(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http, activated(T2), deactivated(T1))
    result = app(context, group_management=False)
    assert not result["pending"] and not result["changed"] and result["evidence"]["at"] == T2 and result["identity_management"]["status"] == "active"
    assert result["identity_management"]["header_value_set"] is None and result["diff"]["before"] == result["diff"]["after"]


def test_no_event_tells_nothing_and_says_for_how_long_events_are_kept(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http)
    result = app(context)
    assert result["pending"] and result["evidence"]["found"] is None and "90 days" in result["evidence"]["detail"]
    assert result["identity_management"]["status"] is None and verbs(result) == ["ask"]


def test_what_was_left_out_is_as_the_guide_has_it(context: Context, http: ExactCalls, check_context: Context) -> None:
    expect_app(http)
    expect_history(http)
    after = app(check_context, header_name="X-Authorization")["diff"]["after"]
    assert (after["api_type"], after["scim_version"], after["authentication_method"], after["group_management"]) == ("scim", "2.0", "api_key", False)
    assert (after["header_name"], after["base_url"], after["test_email"]) == ("X-Authorization", BASE_URL, TEST_EMAIL)


def test_newest_deactivation_is_inactive(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http, deactivated(T2), activated(T1))
    result = app(context)
    assert result["pending"] and result["evidence"]["found"] is False and result["identity_management"]["status"] == "inactive"


def test_failed_activation_is_none(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http, {**activated(T2), "success": False})
    assert app(context)["evidence"]["found"] is None


def test_event_of_another_application_is_none(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http, {**deactivated(T2), "application": {"id": "f" * 24}})
    assert app(context)["evidence"]["found"] is None


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (failed(401), "Authorization header value"),
        (failed(403), "Admin (role of the Unity service account)"),
        (failed(404), "Base URL"),
        (failed(None), "Base URL"),
        (failed(409, TEST_EMAIL.upper()), "Test user email"),
    ],
)
def test_refused_call_after_the_activation_contradicts_it(context: Context, http: ExactCalls, call: t.Any, field: str) -> None:
    expect_app(http)
    expect_history(http, activated(T2), calls=[call])
    result = app(context)
    assert result["pending"] and result["evidence"]["found"] is False and result["evidence"]["contradicts"] == field


@pytest.mark.parametrize("call", [failed(409), failed(400), failed(500), event("user_create_provision", T3)])
def test_trouble_of_one_person_contradicts_nothing(context: Context, http: ExactCalls, call: t.Any) -> None:
    expect_app(http)
    expect_history(http, activated(T2), calls=[call])
    assert app(context)["evidence"]["found"] is True


def test_call_before_the_activation_contradicts_nothing(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http, activated(T3), calls=[{**failed(401), "timestamp": T3}])
    assert app(context)["evidence"]["found"] is True


@pytest.mark.parametrize(
    ("state", "rows", "found"),
    [("inactive", [deactivated()], True), ("absent", [deactivated()], True), ("absent", [activated()], False), ("absent", [], None)],
)
def test_inactive_and_absent_look_for_the_deactivation(context: Context, http: ExactCalls, state: str, rows: list[t.Any], found: bool | None) -> None:
    expect_app(http)
    expect_history(http, *rows)
    result = app(context, state=state)
    assert result["evidence"]["found"] is found and result["pending"] is (found is not True)
    assert all("Deactivate" in step["do"] for step in result["manual_steps"][1:])


# ---------------------------------------------------------------------------------------- handing the header over


def test_header_goes_into_the_private_file_and_nowhere_else(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    expect_app(http)
    expect_history(http)
    result = app(context, authorization_header=HEADER, update_secret="always", **files)
    path = Path(files["secret_file"])
    assert path.read_text(encoding="utf-8") == HEADER + "\n" and stat.S_IMODE(path.stat().st_mode) == 0o600
    everything = json.dumps(result) + "".join(Path(files["runbook"] + suffix).read_text(encoding="utf-8") for suffix in (".md", ".html", ".json"))
    assert SECRET not in everything and HEADER.partition(" ")[2] not in everything and "cat %s" % shlex.quote(str(path)) in everything
    assert section(files)["key_id"] == KEY_ID and section(files)["baseline_event_timestamp"] is None
    assert http.carrying(SECRET) == []


def test_next_run_sees_the_activation_removes_the_file_and_asks_no_more(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    given = {"authorization_header": HEADER, "update_secret": "always", **files}
    for rows in ([], [activated(T1)], [activated(T1)]):
        expect_app(http)
        expect_history(http, *rows)
    assert app(context, **given)["pending"]
    second = app(context, **given)
    assert not second["pending"] and second["changed"] and not Path(files["secret_file"]).exists() and section(files)["state"] == "done"
    third = app(context, **given)
    assert not third["pending"] and not third["changed"], "the same key is not asked for again"


@pytest.mark.parametrize("given", [{"authorization_header": HEADER}, {}])
def test_the_key_of_another_application_that_is_in_the_file_by_now_stays(
    context: Context, http: ExactCalls, files: dict[str, str], given: dict[str, t.Any]
) -> None:
    for rows in ([], [activated(T1)]):
        expect_app(http)
        expect_history(http, *rows)
    assert app(context, authorization_header=HEADER, update_secret="always", **files)["pending"]
    path = Path(files["secret_file"])
    path.write_text(OTHER_KEY + "\n", encoding="utf-8")
    assert not app(context, **given, **files)["pending"] and path.read_text(encoding="utf-8") == OTHER_KEY + "\n"


def test_new_key_needs_a_new_activation(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    """It is active with the old key. Only an activation after that one, by JumpCloud's clock, is the answer."""
    given = {"authorization_header": HEADER, "update_secret": "always", **files}
    expect_app(http)
    expect_history(http, activated(T1))
    first = app(context, **given)
    assert first["pending"] and first["identity_management"]["status"] == "active" and "not again since" in first["evidence"]["detail"]
    assert section(files)["baseline_event_timestamp"] == T1
    assert [step["field"] for step in first["manual_steps"] if step["field"]] == ["Address", "Command", "Authorization header value", "Test user email"]
    expect_app(http)
    expect_history(http, activated(T1))
    assert app(context, **given)["pending"]
    expect_app(http)
    expect_history(http, activated(T2), activated(T1))
    assert not app(context, **given)["pending"]


def test_open_request_goes_on_without_the_header(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    expect_app(http)
    expect_history(http, activated(T1))
    app(context, authorization_header=HEADER, update_secret="always", **files)
    expect_app(http)
    expect_history(http, activated(T1))
    assert app(context, **files)["pending"], "what was asked for is not forgotten"
    assert section(files)["key_id"] == KEY_ID
    expect_app(http)
    expect_history(http, activated(T2))
    assert not app(context, **files)["pending"] and not Path(files["secret_file"]).exists()


def test_another_key_is_another_request(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    expect_app(http)
    expect_history(http)
    app(context, authorization_header=OTHER_KEY, update_secret="always", **files)
    expect_app(http)
    expect_history(http, activated(T1))
    result = app(context, authorization_header=HEADER, update_secret="always", **files)
    assert result["pending"], "that activation may have been with the other key"
    assert section(files)["baseline_event_timestamp"] == T1 and Path(files["secret_file"]).read_text(encoding="utf-8") == HEADER + "\n"


def test_evidence_since_is_the_operators_own_base_line(context: Context, http: ExactCalls) -> None:
    for since, pending in ((T1, True), ("2026-11-24T05:40:00Z", False)):
        expect_app(http)
        expect_history(http, activated(T1))
        assert app(context, evidence_since=since)["pending"] is pending
    expect_app(http)
    expect_history(http)
    with pytest.raises(ScimError, match="is not a time"):
        app(context, evidence_since="yesterday")


def test_wrong_value_is_told_while_it_waits_and_corrected(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    lines: list[str] = []
    expect_app(http)
    http.time.chance = 0.0
    watched = dataclasses.replace(context, announce=lines.append, clock=dataclasses.replace(context.clock, wall=lambda: http.time.WALL))
    expect_history(http)
    expect_history(http, activated(T1), calls=[failed(401)])
    expect_history(http, activated(T3), calls=[])
    result = app(watched, authorization_header=HEADER, update_secret="always", manual_timeout=60.0, **files)
    assert not result["pending"] and result["changed"] and not Path(files["secret_file"]).exists()
    assert any("the provisioning call at %s failed: it said no" % T3 in line for line in lines)


def test_time_runs_out_and_the_file_stays_for_the_next_run(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    fixed = dataclasses.replace(context, clock=dataclasses.replace(context.clock, wall=lambda: http.time.WALL))
    expect_app(http)
    for _look in range(4):
        expect_history(http)
    with pytest.raises(ManualTimeout, match="nobody has done it within 4 s"):
        app(fixed, authorization_header=HEADER, update_secret="always", manual_timeout=4.0, **files)
    assert Path(files["secret_file"]).exists()


def test_check_mode_writes_no_file(check_context: Context, http: ExactCalls, files: dict[str, str], tmp_path: Path) -> None:
    expect_app(http)
    expect_history(http)
    result = app(check_context, authorization_header=HEADER, update_secret="always", manual_timeout=60.0, **files)
    assert result["pending"] and result["changed"] and list(tmp_path.iterdir()) == []


def test_foreign_file_is_not_overwritten_and_nobody_is_asked(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    path = Path(files["secret_file"])
    path.write_text("something else", encoding="utf-8")
    path.chmod(0o600)
    expect_app(http)
    expect_history(http)
    with pytest.raises(ScimError, match="It was not overwritten"):
        app(context, authorization_header=HEADER, update_secret="always", **files)
    assert path.read_text(encoding="utf-8") == "something else" and not Path(files["runbook"] + ".md").exists()


def test_what_activation_needs_is_asked_for_before_a_person_is(context: Context, http: ExactCalls) -> None:
    expect_app(http)
    expect_history(http)
    with pytest.raises(ScimError, match="test_email .*is needed"):
        app(context, test_email=None)


# ------------------------------------------------------------------------------------------------- a person's word


EARLY = "It was said before it was asked for: scim_provisioning_confirmed names identity_management"
ANOTHER = "Basic YW5vdGhlcjpub2JvZHlzc2VjcmV0"


def word(context: Context, http: ExactCalls, **given: t.Any) -> dict[str, t.Any]:
    """A run while Directory Insights is off, with the word in its variables."""
    expect_app(http)
    http.expect("POST", EVENTS, reply({"message": "no"}, 403), json=ANY)
    return app(context, **{"confirmed": True, **given})


def is_early(result: dict[str, t.Any]) -> bool:
    """Told once, and where a person reads it."""
    assert result["step"]["found"] == result["evidence"]["detail"] and result["evidence"]["detail"].count(EARLY) <= 1
    assert result["pending"] is (EARLY in result["evidence"]["detail"]) and result["pending"] is bool(result["manual_steps"])
    return result["pending"]


def test_a_word_that_nothing_new_is_asked_for_is_taken_at_once(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    for _run in range(2):
        result = word(context, http, **files)
        assert not is_early(result) and not result["changed"] and result["evidence"]["source"] == "confirmed"
    assert not Path(files["runbook"] + ".json").exists()


def test_a_word_of_before_is_not_about_a_new_key(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    """Its secret is in the file, and stays there until a run after the request hears that JumpCloud has it."""
    path = Path(files["secret_file"])
    first = word(context, http, authorization_header=HEADER, update_secret="always", **files)
    assert is_early(first) and path.read_text(encoding="utf-8") == HEADER + "\n" and section(files)["key_id"] == KEY_ID
    second = word(context, http, authorization_header=HEADER, update_secret="always", **files)
    assert not is_early(second) and second["changed"] and not path.exists() and section(files)["state"] == "done"
    again = word(context, http, authorization_header=HEADER, update_secret="always", **files)
    assert not is_early(again) and not again["changed"], "that key is known to be delivered"
    for update_secret in ("on_change", "always"):
        another = word(context, http, authorization_header=OTHER_KEY, update_secret=update_secret, **files)
        assert is_early(another) and section(files)["key_id"] == "other" and path.exists()
        # another key, while that one is asked for
        assert is_early(word(context, http, authorization_header=ANOTHER, update_secret=update_secret, **files))
        assert section(files)["key_id"] == "another"


def test_a_key_of_a_file_that_was_not_asked_for_stays(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    word(context, http, authorization_header=HEADER, update_secret="always", **files)
    path = Path(files["secret_file"])
    path.write_text(OTHER_KEY + "\n", encoding="utf-8")
    assert not is_early(word(context, http, **files)) and path.read_text(encoding="utf-8") == OTHER_KEY + "\n"


def test_while_a_run_waits_no_word_of_before_is_taken(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    expect_app(http)
    for _look in range(4):
        http.expect("POST", EVENTS, reply({"message": "no"}, 403), json=ANY)
    with pytest.raises(ManualTimeout, match="It was said before it was asked for"):
        app(context, confirmed=True, authorization_header=HEADER, update_secret="always", manual_timeout=4.0, **files)
    assert Path(files["secret_file"]).exists()
    assert not is_early(word(context, http, authorization_header=HEADER, update_secret="always", manual_timeout=4.0, **files))


def test_a_word_of_before_is_not_about_a_key_that_goes_from_console_to_console(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    given = {"service_account": "JumpCloud SCIM", "unity_organization_id": ORG, "runbook": files["runbook"]}
    for _rotation in range(2):
        assert is_early(word(context, http, update_secret="always", **given))
        assert not is_early(word(context, http, update_secret="always", **given))
    assert not is_early(word(context, http, update_secret="on_change", **given))


def test_in_check_mode_the_key_that_would_be_made_is_a_new_one(check_context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    assert is_early(word(check_context, http, update_secret="always", **files)) and not is_early(word(check_context, http, **files))


def test_a_word_of_before_is_not_about_what_is_newer_than_a_time(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    assert is_early(word(context, http, evidence_since=T1, **files))


@pytest.mark.parametrize("state, next_day", [("inactive", False), ("absent", True)])
def test_a_word_of_before_does_not_stop_provisioning(context: Context, http: ExactCalls, files: dict[str, str], state: str, next_day: bool) -> None:
    assert is_early(word(context, http, state=state, **files))
    assert not is_early(word(context, http, state=state, **files))
    # a takedown is told in several words; a pause is over as soon as somebody goes on
    assert is_early(word(context, http, state=state, **files)) is not next_day
    http.time.pass_(86400.0)
    assert is_early(word(context, http, state=state, **files)) is next_day
    assert is_early(word(context, http, state="absent" if state == "inactive" else "inactive", **files)), "the one is not the other"


@pytest.mark.parametrize("state", ["inactive", "absent"])
def test_after_a_stop_a_word_of_before_does_not_start_provisioning(context: Context, http: ExactCalls, files: dict[str, str], state: str) -> None:
    word(context, http, state=state, **files)
    assert is_early(word(context, http, **files)) and "Activate" in section(files)["steps"][-1]["do"]
    assert not is_early(word(context, http, **files)) and not is_early(word(context, http, **files))
    assert is_early(word(context, http, state=state, **files))


def test_a_stop_that_is_seen_delivers_no_key(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    """While a request to deliver one is open."""
    word(context, http, authorization_header=HEADER, update_secret="always", **files)
    expect_app(http)
    expect_history(http, deactivated(T2))
    assert not app(context, state="inactive", **files)["pending"]
    assert section(files)["state"] == "pending" and Path(files["secret_file"]).exists()


@pytest.mark.parametrize("given", [{"state": "inactive"}, {"state": "absent"}, {"authorization_header": HEADER, "update_secret": "always"}])
def test_without_a_runbook_a_word_is_about_the_task(context: Context, http: ExactCalls, given: dict[str, t.Any]) -> None:
    assert not is_early(word(context, http, **given))


def test_the_runbook_of_another_application_is_no_memory(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    assert is_early(word(context, http, state="inactive", **files))
    path = Path(files["runbook"] + ".json")
    path.write_text(path.read_text(encoding="utf-8").replace(APP_ID, "f" * 24), encoding="utf-8")
    assert is_early(word(context, http, state="inactive", **files))


# ------------------------------------------------------------------------------------------------- the info module


@pytest.mark.parametrize(("rows", "status", "found"), [([], None, None), ([activated()], "active", True), ([deactivated()], "inactive", False)])
def test_info_reads_the_status_from_the_events(context: Context, http: ExactCalls, rows: list[t.Any], status: str | None, found: bool | None) -> None:
    expect_app(http)
    expect_history(http, *rows)
    given = params(jumpcloud_scim_app_info.ARGUMENTS, **JUMPCLOUD, method="manual", application_id=APP_ID)
    shown = jumpcloud_scim_app_info.run_info(given, context)["identity_management"]
    assert shown["status"] == status and shown["evidence"]["found"] is found and shown["base_url"] is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-11-24T05:40:04Z", "2026-11-24T05:40:04.1Z"),
        ("2026-11-24T05:40:04.9Z", "2026-11-24T05:40:04.95Z"),
        ("2026-11-24T06:40:04+01:00", "2026-11-24T05:40:05Z"),
        ("2026-11-24T05:40:04.123456789Z", "2026-11-24T05:40:04.123457Z"),
    ],
)
def test_times_are_compared_as_times(earlier: str, later: str) -> None:
    assert moment(earlier) < moment(later)


# ------------------------------------------------------------------------------- the step, and what was seen just now


SEEN_APP = {"id": APP_ID, "template": "unity", "display_name": "Unity", "display_label": "Unity", "active": True, "organization_id": JC_ORG, "sso_url": None}


def step(changed: bool, found: str, did: list[str], verified: list[str], pending: bool) -> dict[str, t.Any]:
    shown = {"step": "identity_management", "method": "manual", "changed": changed, "found": found, "did": did}
    return {**shown, "verified": verified, "pending": pending, "waiting": False, "reason": ""}


def test_step(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    given = {"authorization_header": HEADER, "update_secret": "always", **files}
    for rows in ([deactivated(T1)], [activated(T2)], [activated(T2)]):
        expect_app(http)
        expect_history(http, *rows)
    assert app(context, **given)["step"] == step(True, "Provisioning was deactivated at %s." % T1, ["ask"], [], True)
    found, verified = "Provisioning was activated at %s by admin@example.com." % T2, ["the events show the activation"]
    assert app(context, **given)["step"] == step(True, found, ["see_done"], verified, False)
    assert app(context, **given)["step"] == step(False, found, [], verified, False)


@pytest.mark.parametrize("state", ["inactive", "absent"])
def test_step_of_the_deactivation(context: Context, http: ExactCalls, state: str) -> None:
    expect_app(http)
    expect_history(http, deactivated(T1))
    found, verified = "Provisioning was deactivated at %s." % T1, ["the events show the deactivation"]
    assert app(context, state=state)["step"] == step(False, found, [], verified, False)


@pytest.mark.parametrize("identity", [None, {"status": "active"}])
def test_of_what_was_seen_only_the_application_is_used(context: Context, http: ExactCalls, check_context: Context, identity: t.Any) -> None:
    seen = {"application": SEEN_APP, "identity_management": identity}
    for chosen in (check_context, context):
        expect_history(http, activated(T2))
        result = app(chosen, seen=seen, expected_organization_id=JC_ORG)
        assert (result["application"], result["changed"], result["step"]["verified"]) == (SEEN_APP, False, ["the events show the activation"])
    seen_requests = len(http.seen)
    with pytest.raises(ScimError, match="Nothing was changed"):
        app(context, seen=seen, expected_organization_id="f" * 24)
    assert len(http.seen) == seen_requests


@pytest.mark.parametrize("missing", [None, "service_account", "audit_service_account", "unity_organization_id"])
def test_whoever_makes_a_key_in_unitys_console_is_asked_for_one_for_audits_too(
    context: Context, http: ExactCalls, files: dict[str, str], missing: str | None
) -> None:
    given = {"service_account": "JumpCloud SCIM", "audit_service_account": "Auditor", "unity_organization_id": ORG}
    expect_app(http)
    expect_history(http)
    app(context, runbook=files["runbook"], **{name: value for name, value in given.items() if name != missing})
    asked = json.loads(Path(files["runbook"] + ".json").read_text(encoding="utf-8"))["sections"]
    assert [one["step"] for one in asked] == ["jumpcloud_scim_app", *([] if missing else ["unity_audit_key"])]
    if not missing:
        assert asked[1]["tenant"] == "Unity organization %s" % ORG and "Auditor" in json.dumps(asked[1]["steps"])


@pytest.mark.parametrize("state, events, closes", [("active", activated, True), ("inactive", deactivated, False)])
def test_provisioning_that_is_active_shows_that_the_account_is_there(
    context: Context, http: ExactCalls, files: dict[str, str], state: str, events: t.Callable[[str], dict[str, t.Any]], closes: bool
) -> None:
    """Also in a run that hands no key over."""
    asked = runbook_model.Section("unity_service_account", "Create it", "Unity organization %s" % ORG, (), "pending", T1, command="provision")
    state_file = Path(files["runbook"] + ".json")
    state_file.write_text(runbook_model.to_json([asked]), encoding="utf-8")
    expect_app(http)
    expect_history(http, events(T1))
    assert not app(context, runbook=files["runbook"], state=state, unity_organization_id=ORG)["pending"]
    assert [one.is_pending for one in runbook_model.from_json(state_file.read_text(encoding="utf-8"))] == [not closes]


def test_nobody_is_asked_for_a_key_for_audits_where_provisioning_is_active(context: Context, http: ExactCalls, files: dict[str, str]) -> None:
    expect_app(http)
    expect_history(http, activated(T1))
    assert not app(context, runbook=files["runbook"], service_account="JumpCloud SCIM", audit_service_account="Auditor")["pending"]
    assert not Path(files["runbook"] + ".json").exists()
